//! Everything that is traced, ours and that of the crates below: for tests of what is told, and of what is not.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Subscriber, set_default};
use tracing::{Event, Metadata};

/// A span, with its fields as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Span {
    pub(crate) name: &'static str,
    pub(crate) fields: BTreeMap<&'static str, String>,
}

/// Listens, on this thread, for as long as it lives.
pub(crate) struct Spans {
    log: Arc<Mutex<Log>>,
    _guard: DefaultGuard,
}

#[derive(Default)]
struct Log {
    spans: Vec<Span>,
    events: String,
}

struct Listener(Arc<Mutex<Log>>);

impl Spans {
    pub(crate) fn listen() -> Self {
        let log = Arc::default();
        let guard = set_default(Listener(Arc::clone(&log)));
        Self { log, _guard: guard }
    }

    /// The spans of this crate, in the order of their beginning.
    pub(crate) fn own(&self) -> Vec<Span> {
        let spans = self.log.lock().unwrap().spans.clone();
        spans.into_iter().filter(|span| span.name == "http.client").collect()
    }

    /// All that was traced, as text.
    pub(crate) fn text(&self) -> String {
        let log = self.log.lock().unwrap();
        format!("{:?}{}", log.spans, log.events)
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut log = self.0.lock().unwrap();
        let mut span = Span { name: attributes.metadata().name(), ..Span::default() };
        attributes.record(&mut Fields(&mut span.fields));
        log.spans.push(span);
        Id::from_u64(log.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let index = id.into_u64() as usize - 1;
        values.record(&mut Fields(&mut self.0.lock().unwrap().spans[index].fields));
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        writeln!(self.0.lock().unwrap().events, "{} {fields:?}", event.metadata().name()).unwrap();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
