//! Streams of gRPC behind HTTP, which Swagger 2.0 has no word for: gateways answer them as objects of a `result` or an `error`, a
//! line each, and their documents describe one such object, by a title of its own. Older ones keep those objects in an
//! extension.

use super::{Converter, STREAMS, add};
use crate::diagnostics::pointer_join;
use crate::schema::references;
use serde_json::{Map, Value};

/// What lines of JSON are called.
pub(super) const LINES: &str = "application/x-ndjson";

/// How the title of such an object begins.
const TITLE: &str = "Stream result of ";

impl Converter<'_> {
    /// Adds what the extension keeps to the schemas of the components.
    pub(super) fn stream_definitions(&mut self, definitions: &Value, components: &mut Map<String, Value>) {
        for (name, schema) in definitions.as_object().into_iter().flatten() {
            let is_taken = |name: &str| self.old.get("definitions").is_some_and(|known| known.get(name).is_some());
            let mut own = format!("{name}StreamResult");
            while is_taken(&own) {
                own.push('_');
            }
            let (place, old) = (pointer_join("/components/schemas", &own), pointer_join(&format!("/{STREAMS}"), name));
            self.moved(place.clone(), old.clone());
            let schema = self.schema(schema, &place, &old);
            add(components, "schemas", &own, schema);
        }
    }

    /// Whether the schema of an answer is that of the items of a stream.
    pub(super) fn is_stream(&self, schema: &Value) -> bool {
        let schema = references::resolve(self.old, schema, "").map_or(schema, |(found, _)| found);
        let has = |name: &str| schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
        let title = schema.get("title").and_then(Value::as_str).unwrap_or_default();
        title.starts_with(TITLE) && has("result") && has("error")
    }
}
