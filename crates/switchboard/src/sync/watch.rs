//! Changes as they come about: looked for again and again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use futures_util::stream;
use switchboard_runtime::{Environment, SystemEnvironment};

use super::{Changes, Snapshot};
use crate::{Error, Switchboard};

/// How often, and since when, to look for changes; see [`Switchboard::watch`].
#[derive(Clone)]
#[must_use = "`Switchboard::watch` takes it"]
pub struct Watch {
    interval: Duration,
    jitter: Duration,
    since: Arc<Snapshot>,
    environment: Arc<dyn Environment>,
}

impl Watch {
    /// With this pause after each look. A look lists all connections of all providers, inside the rate limits of their
    /// clients.
    pub fn every(interval: Duration) -> Self {
        let environment = Arc::new(SystemEnvironment);
        Self { interval, jitter: interval / 10, since: Arc::default(), environment }
    }

    /// At most this much is added to each pause, by chance, so that many programs do not look at the same moment. Without
    /// this call: a tenth of the interval.
    pub fn jitter(self, most: Duration) -> Self {
        Self { jitter: most, ..self }
    }

    /// The first changes are told against this snapshot. Without this call all connections are new at first.
    pub fn since(self, snapshot: impl Into<Arc<Snapshot>>) -> Self {
        Self { since: snapshot.into(), ..self }
    }

    /// Where time, pauses and chance come from. Without this call: [`SystemEnvironment`], whose pauses need a Tokio runtime.
    pub fn environment(self, environment: Arc<dyn Environment>) -> Self {
        Self { environment, ..self }
    }

    /// How long to wait before the next look: no less than a provider asks for.
    fn pause(&self, errors: &[Error]) -> Duration {
        let spread = self.jitter.as_nanos().saturating_mul(self.environment.random().into()) >> u64::BITS;
        let spread = Duration::from_nanos(u64::try_from(spread).unwrap_or(u64::MAX));
        let asked = errors.iter().filter_map(Error::retry_after).max().unwrap_or_default();
        self.interval.saturating_add(spread).max(asked)
    }

    /// See [`Switchboard::watch`].
    pub(crate) fn start(self, board: Switchboard) -> impl Stream<Item = Changes> + Send {
        stream::unfold((self, board, Duration::ZERO), |(mut watch, board, pause)| async move {
            if !pause.is_zero() {
                watch.environment.sleep(pause).await;
            }
            let now = watch.environment.system_time().into();
            let changes = super::changes(&board, &watch.since, now).await;
            watch.since = Arc::clone(&changes.snapshot);
            let pause = watch.pause(&changes.errors);
            Some((changes, (watch, board, pause)))
        })
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interval, jitter, .. } = self;
        f.debug_struct("Watch").field("interval", interval).field("jitter", jitter).finish_non_exhaustive()
    }
}
