//! Keeping a credential that expires. However many calls need it at once, it is fetched once, by a task of its own: a
//! call that gives up waiting does not end the fetch, and one whose credential still serves does not wait for the next.
//! Where no Tokio runtime takes tasks, the call that finds none to serve fetches it itself.
//! A failed fetch is told to all who waited for it, and how soon there is another is a matter of [pace](super::pace).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::secret::SecretString;
use tokio::sync::Notify;

use super::pace::{Failures, Refusals};
use super::source::{CredentialSource, Issued};
use crate::environment::{BoxFuture, Environment};
use crate::error::AuthProblem;

/// Where a credential comes from.
pub(crate) trait Fetch: Send + Sync {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, AuthProblem>>;

    /// The security scheme that it is for.
    fn scheme(&self) -> &'static str;
}

/// A caller's source, for one scheme.
pub(crate) struct FromSource {
    pub(crate) scheme: &'static str,
    pub(crate) source: Arc<dyn CredentialSource>,
}

impl Fetch for FromSource {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, AuthProblem>> {
        Box::pin(async {
            self.source
                .fetch()
                .await
                .map_err(|source| AuthProblem::Source { scheme: self.scheme, source: Arc::from(source) })
        })
    }

    fn scheme(&self) -> &'static str {
        self.scheme
    }
}

/// A credential, kept.
pub(crate) struct TokenCache {
    fetch: Box<dyn Fetch>,
    environment: Arc<dyn Environment>,
    state: Mutex<State>,
    /// Wakes all who wait when a fetch is over, however it ended.
    over: Notify,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// Counts the credentials fetched.
    generation: u64,
    /// The fetch that is under way.
    flight: Option<Flight>,
    flights: u64,
    failures: Failures,
    refusals: Refusals,
}

#[derive(Clone)]
struct Kept {
    secret: SecretString,
    generation: u64,
    /// From then on it is worth fetching another. `None`: never.
    refresh_at: Option<Instant>,
    expires_at: Option<Instant>,
    /// Some call was answered well with it.
    accepted: bool,
}

struct Flight {
    number: u64,
    begun: Instant,
}

/// A credential, and a mark to tell it from its successors.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: SecretString,
    pub(crate) generation: u64,
}

/// What there was when a call came, so that it is told what has come since.
#[derive(Clone, Copy)]
struct Arrival {
    generation: u64,
    failures: u64,
}

/// What a call finds.
enum Found {
    Token(Token),
    Failed(AuthProblem),
    /// A fetch is under way, or is to be begun.
    Nothing,
}

/// A fetch that takes longer than this is no longer counted on: the next call begins another. Its connection may be
/// half open, or nobody drives its runtime any more.
const LONGEST_FETCH: Duration = Duration::from_secs(120);

/// How often one call begins a fetch, where each ends without a word because the runtime it ran on is gone.
const MOST_BEGUN: u32 = 3;

/// How long before its expiry a credential is fetched anew: a tenth of its life, and a minute at most.
fn margin(lifetime: Duration) -> Duration {
    (lifetime / 10).min(Duration::from_secs(60))
}

fn is_before(now: Instant, moment: Option<Instant>) -> bool {
    moment.is_none_or(|moment| now < moment)
}

impl TokenCache {
    pub(crate) fn new(fetch: Box<dyn Fetch>, environment: Arc<dyn Environment>) -> Self {
        Self { fetch, environment, state: Mutex::default(), over: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credential. While it serves nobody waits; a fetch ahead of its expiry goes on beside the calls.
    pub(crate) async fn get(self: &Arc<Self>) -> Result<Token, AuthProblem> {
        let now = self.environment.now();
        let arrival = {
            let state = self.state();
            match &state.kept {
                Some(kept) if is_before(now, kept.refresh_at) => return Ok(kept.token()),
                _ => Arrival { generation: state.generation, failures: state.failures.count() },
            }
        };
        let mut begun = 0;
        loop {
            let mut over = std::pin::pin!(self.over.notified());
            // Before looking, or what lands in between would go unnoticed.
            over.as_mut().enable();
            let (found, flight) = self.state().look(self.environment.now(), arrival);
            let own = flight.and_then(|flight| {
                begun += 1;
                Arc::clone(self).begin(flight)
            });
            match (found, own) {
                // Dropped, its own fetch is one that was never begun.
                (Found::Token(token), _) => return Ok(token),
                (Found::Failed(problem), _) => return Err(problem),
                (Found::Nothing, _) if begun > MOST_BEGUN => {
                    return Err(AuthProblem::Unfinished { scheme: self.fetch.scheme() });
                }
                (Found::Nothing, Some(own)) => own.await,
                (Found::Nothing, None) => over.await,
            }
        }
    }

    /// Begins a fetch, which is the caller's to make where there is no runtime that could.
    fn begin(self: Arc<Self>, number: u64) -> Option<BoxFuture<'static, ()>> {
        let flight = self.fly(number);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(flight);
                None
            }
            Err(_) => Some(Box::pin(flight)),
        }
    }

    /// Fetches a credential, and tells all who wait.
    fn fly(self: Arc<Self>, number: u64) -> impl Future<Output = ()> + Send + 'static {
        // Made at once, not when it is first polled, which a runtime that shuts down never does.
        let landing = Landing { cache: self, number, outcome: None };
        async move {
            let mut landing = landing;
            // Its life is counted from before it was asked for: it began at some moment in between.
            let asked = landing.cache.environment.now();
            let fetched = landing.cache.fetch.fetch().await;
            landing.outcome = Some((asked, fetched));
        }
    }

    /// Whether another try would go out with another credential. One that the vendor did not accept is forgotten, unless
    /// another has taken its place already, or it is [too soon](super::pace) for another.
    pub(crate) fn reject(&self, generation: u64) -> bool {
        let now = self.environment.now();
        let mut state = self.state();
        match &state.kept {
            Some(kept) if kept.generation == generation => {
                let accepted = kept.accepted;
                if !state.refusals.allow(now, accepted) {
                    crate::observe::not_renewed(self.fetch.scheme());
                    return false;
                }
                state.kept = None;
                true
            }
            _ => true,
        }
    }

    /// Remembers that a call was answered well.
    pub(crate) fn accept(&self, generation: u64) {
        match &mut self.state().kept {
            Some(kept) if kept.generation == generation => kept.accepted = true,
            _ => {}
        }
    }
}

impl State {
    /// What there is for a call, and the number of the fetch that it is to begin, if any.
    fn look(&mut self, now: Instant, arrival: Arrival) -> (Found, Option<u64>) {
        match &self.kept {
            Some(kept) if is_before(now, kept.expires_at) => {
                let (token, due) = (kept.token(), !is_before(now, kept.refresh_at));
                (Found::Token(token), if due { self.begin(now) } else { None })
            }
            // However short its life: it was fetched for those who waited.
            Some(kept) if kept.generation != arrival.generation => (Found::Token(kept.token()), None),
            _ => match self.failures.told(now, arrival.failures) {
                Some(problem) => (Found::Failed(problem), None),
                None => (Found::Nothing, self.begin(now)),
            },
        }
    }

    /// The number of a fetch that begins, unless one is under way, or has failed just now.
    fn begin(&mut self, now: Instant) -> Option<u64> {
        let is_under_way = |flight: &Flight| now.saturating_duration_since(flight.begun) < LONGEST_FETCH;
        if self.flight.as_ref().is_some_and(is_under_way) || !self.failures.allow(now) {
            return None;
        }
        self.flights += 1;
        self.flight = Some(Flight { number: self.flights, begun: now });
        Some(self.flights)
    }

    fn keep(&mut self, asked: Instant, issued: Issued) {
        self.generation += 1;
        self.failures.end();
        let moment = |lifetime: Duration| asked.checked_add(lifetime);
        self.kept = Some(Kept {
            secret: issued.secret,
            generation: self.generation,
            refresh_at: issued.expires_in.and_then(|lifetime| moment(lifetime - margin(lifetime))),
            expires_at: issued.expires_in.and_then(moment),
            accepted: false,
        });
    }
}

/// The end of a fetch: by an outcome, by a panic, or because its runtime is gone.
struct Landing {
    cache: Arc<TokenCache>,
    number: u64,
    outcome: Option<(Instant, Result<Issued, AuthProblem>)>,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let panicked = || AuthProblem::Panicked { scheme: self.cache.fetch.scheme() };
        let now = self.cache.environment.now();
        let mut state = self.cache.state();
        match self.outcome.take() {
            Some((asked, Ok(issued))) => state.keep(asked, issued),
            Some((_, Err(problem))) => state.failures.add(now, problem),
            None if std::thread::panicking() => state.failures.add(now, panicked()),
            None => {}
        }
        if state.flight.as_ref().is_some_and(|flight| flight.number == self.number) {
            state.flight = None;
        }
        drop(state);
        self.cache.over.notify_waiters();
    }
}

impl Kept {
    fn token(&self) -> Token {
        Token { secret: self.secret.clone(), generation: self.generation }
    }
}
