//! Changes as they come about: looked for again and again, and where somebody says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::future::{Either, select};
use futures_util::stream;
use switchboard_runtime::{BoxFuture, Environment, SystemEnvironment};

use super::handle::{Asked, WatchHandle};
use super::{Changes, Snapshot, changes};
use crate::{Error, Operation, Query, Switchboard};

/// How often, and since when, to look for changes; see [`Switchboard::watch`].
#[derive(Clone)]
#[must_use = "`Switchboard::watch` takes it"]
pub struct Watch {
    interval: Duration,
    jitter: Duration,
    settle: Duration,
    since: Arc<Snapshot>,
    environment: Arc<dyn Environment>,
    handle: WatchHandle,
}

impl Switchboard {
    /// Looks for changes again and again. The stream does not end; it tells of every look, also if nothing has changed.
    ///
    /// ```no_run
    /// # async fn run(board: switchboard::Switchboard) {
    /// use std::time::Duration;
    ///
    /// use futures_util::StreamExt;
    /// use switchboard::Watch;
    ///
    /// let mut looks = board.watch(Watch::every(Duration::from_secs(300)));
    /// while let Some(changes) = looks.next().await {
    ///     for connection in changes.turned_unhealthy() {
    ///         println!("{} {}: {}", connection.provider, connection.id, connection.state);
    ///     }
    /// }
    /// # }
    /// ```
    pub fn watch(&self, watch: Watch) -> Pin<Box<dyn Stream<Item = Changes> + Send>> {
        Box::pin(watch.start(self.clone()))
    }
}

impl Watch {
    /// With this pause after each look. A look lists all connections of all providers, inside the rate limits of their
    /// clients.
    pub fn every(interval: Duration) -> Self {
        Self {
            interval,
            jitter: interval / 10,
            settle: Duration::from_secs(1),
            since: Arc::default(),
            environment: Arc::new(SystemEnvironment),
            handle: WatchHandle::default(),
        }
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

    /// What has this watch look before its next look is due: for who receives webhooks.
    ///
    /// ```no_run
    /// # async fn run(board: switchboard::Switchboard) {
    /// use std::time::Duration;
    ///
    /// use switchboard::Watch;
    ///
    /// let watch = Watch::every(Duration::from_secs(3600));
    /// let handle = watch.handle();
    /// let looks = board.watch(watch);
    /// // Where a webhook is received:
    /// handle.look_at("unified-to", "6659f1c2a7d3b80012c4e5f6");
    /// # }
    /// ```
    pub fn handle(&self) -> WatchHandle {
        self.handle.clone()
    }

    /// How long to wait, after the [handle](Self::handle) has asked for a look, for what else it may ask for: deliveries come
    /// in bursts. Without this call: a second.
    pub fn settle(self, settle: Duration) -> Self {
        Self { settle, ..self }
    }

    /// The pause until the next look.
    fn pause(&self) -> Duration {
        let spread = self.jitter.as_nanos().saturating_mul(self.environment.random().into()) >> u64::BITS;
        self.interval.saturating_add(Duration::from_nanos(u64::try_from(spread).unwrap_or(u64::MAX)))
    }

    /// See [`Switchboard::watch`].
    fn start(self, board: Switchboard) -> impl Stream<Item = Changes> + Send {
        let watching = Watching { watch: self, board, held: BTreeMap::new(), pause: None };
        stream::unfold(watching, |mut watching| async move { Some((watching.look().await, watching)) })
    }
}

/// A watch that was started.
struct Watching {
    watch: Watch,
    board: Switchboard,
    /// Until when providers have asked to wait: not even a look that is asked for is taken at them before.
    held: BTreeMap<String, Instant>,
    /// What comes then, before the next look at everything; nothing before the first one.
    pause: Option<Pause>,
}

/// A pause that a look may be asked for in.
enum Pause {
    /// One of that length.
    Of(Duration),
    /// What is left of one.
    Rest(BoxFuture<'static, ()>),
}

impl Watching {
    /// Waits until a look is due or asked for, and looks.
    async fn look(&mut self) -> Changes {
        let asked = self.wait().await;
        self.release(self.watch.environment.now());
        let mut passed_over = BTreeMap::new();
        let mut changes = match &asked {
            Asked::Connections(connections) if self.can_get(connections) => {
                changes::changes_of(&self.board, &self.watch.since, connections).await
            }
            _ => {
                passed_over.clone_from(&self.held);
                let (query, now) = (self.free(), self.watch.environment.system_time().into());
                changes::changes(&self.board, &self.watch.since, now, &query).await
            }
        };
        self.watch.since = Arc::clone(&changes.snapshot);
        let now = self.watch.environment.now();
        for (error, wait) in changes.errors.iter().filter_map(|error| Some((error, error.retry_after()?))) {
            self.held.extend(now.checked_add(wait).map(|until| (error.provider().to_owned(), until)));
        }
        let left = |until: Instant| until.saturating_duration_since(now);
        changes.errors.extend(passed_over.into_iter().map(|(provider, until)| Error::held(provider, left(until))));
        if self.pause.is_none() {
            self.pause = Some(Pause::Of(self.watch.pause().saturating_sub(self.hold())));
        }
        changes
    }

    /// Lets the providers be asked again that asked to wait until then, or earlier.
    fn release(&mut self, then: Instant) {
        self.held.retain(|_, until| *until > then);
    }

    /// All connections of the providers that have not asked to wait. There is one: as long as there is none nobody looks.
    fn free(&self) -> Query {
        let mut query = Query::new();
        if !self.held.is_empty() {
            let free = self.board.providers().map(|provider| provider.name());
            query.providers = free.filter(|name| !self.held.contains_key(*name)).map(str::to_owned).collect();
        }
        query
    }

    /// How long no provider is to be asked.
    fn hold(&self) -> Duration {
        let names = self.board.providers().map(|provider| provider.name());
        self.left(names).min().unwrap_or_default()
    }

    /// How long each of these providers has asked to wait, from now on.
    fn left<'n>(&self, names: impl Iterator<Item = &'n str>) -> impl Iterator<Item = Duration> {
        let now = self.watch.environment.now();
        names.map(move |name| self.held.get(name).map_or(Duration::ZERO, |until| until.saturating_duration_since(now)))
    }

    /// Whether these connections can be asked for one by one.
    fn can_get(&self, connections: &BTreeSet<(String, String)>) -> bool {
        let mut providers = connections.iter().filter_map(|(provider, _)| self.board.provider(provider));
        providers.all(|provider| provider.capabilities().can(Operation::Get))
    }

    /// Waits for the end of the pause, or for somebody who asks for a look. A look at a few connections puts none at everything
    /// off: then the rest of the pause is left.
    async fn wait(&mut self) -> Asked {
        let hold = self.hold();
        if !hold.is_zero() {
            let then = self.watch.environment.now().checked_add(hold);
            self.watch.environment.sleep(hold).await;
            then.into_iter().for_each(|then| self.release(then));
        }
        let environment = &self.watch.environment;
        let handle = &self.watch.handle;
        let pause = match self.pause.take() {
            None | Some(Pause::Of(Duration::ZERO)) => None,
            Some(Pause::Of(length)) => Some(environment.sleep(length)),
            Some(Pause::Rest(rest)) => Some(rest),
        };
        if let Some(pause) = pause
            && let Either::Right(((), rest)) = select(pause, poll_fn(|cx| handle.poll_asked(cx))).await
        {
            environment.sleep(self.watch.settle).await;
            let asked = handle.take();
            let Asked::Connections(connections) = &asked else { return asked };
            let held = self.left(connections.iter().map(|(provider, _)| provider.as_str())).max().unwrap_or_default();
            if held.is_zero() {
                self.pause = Some(Pause::Rest(rest));
                return asked;
            }
            // What comes first: the end of what a provider asked to wait, or the next look at everything.
            return match select(rest, environment.sleep(held)).await {
                Either::Left(_) => Asked::Everything,
                Either::Right(((), rest)) => {
                    self.pause = Some(Pause::Rest(rest));
                    asked
                }
            };
        }
        // Whatever was asked for is a part of it.
        handle.take();
        Asked::Everything
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interval, jitter, settle, .. } = self;
        let mut shown = f.debug_struct("Watch");
        shown.field("interval", interval).field("jitter", jitter).field("settle", settle).finish_non_exhaustive()
    }
}
