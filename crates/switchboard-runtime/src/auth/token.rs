//! Keeping a credential that expires. However many calls need it at once, it is fetched once; it is fetched again
//! ahead of its expiry, while the old one still serves; and a failed fetch is told to all who waited for it, instead of
//! each of them failing in turn.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::sync::Mutex as Gate;

use super::credential::{CredentialSource, Issued};
use crate::environment::{BoxFuture, Environment};
use crate::error::AuthProblem;

/// Where a credential comes from.
pub(crate) trait Fetch: Send + Sync {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, AuthProblem>>;
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
}

/// A credential, kept.
pub(crate) struct TokenCache {
    fetch: Box<dyn Fetch>,
    environment: Arc<dyn Environment>,
    state: Mutex<State>,
    /// Held by the one who fetches.
    gate: Gate<()>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// Counts the credentials fetched.
    generation: u64,
    /// Counts the fetches that failed, beside the last failure.
    failures: u64,
    failure: Option<AuthProblem>,
}

#[derive(Clone)]
struct Kept {
    secret: SecretString,
    generation: u64,
    /// From then on it is worth fetching another. `None`: never.
    refresh_at: Option<Instant>,
    expires_at: Option<Instant>,
}

/// A credential, and a mark to tell it from its successors.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: SecretString,
    pub(crate) generation: u64,
}

/// After a fetch ahead of expiry has failed, the next is tried no sooner than this.
const REFRESH_PAUSE: Duration = Duration::from_secs(5);

/// How long before its expiry a credential is fetched anew: a tenth of its life, and a minute at most.
fn margin(lifetime: Duration) -> Duration {
    (lifetime / 10).min(Duration::from_secs(60))
}

fn is_before(now: Instant, moment: Option<Instant>) -> bool {
    moment.is_none_or(|moment| now < moment)
}

impl TokenCache {
    pub(crate) fn new(fetch: Box<dyn Fetch>, environment: Arc<dyn Environment>) -> Self {
        Self { fetch, environment, state: Mutex::default(), gate: Gate::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credential, fetched if there is none that serves.
    pub(crate) async fn get(&self) -> Result<Token, AuthProblem> {
        let now = self.environment.now();
        let (kept, generation, failures) = {
            let state = self.state();
            (state.kept.clone(), state.generation, state.failures)
        };
        match kept {
            Some(kept) if is_before(now, kept.refresh_at) => Ok(kept.into()),
            Some(kept) if is_before(now, kept.expires_at) => Ok(self.renew_ahead(kept).await),
            _ => self.wait_for_another(generation, failures).await,
        }
    }

    /// The old one still serves: one call fetches another, the rest go on.
    async fn renew_ahead(&self, kept: Kept) -> Token {
        let Ok(_guard) = self.gate.try_lock() else { return kept.into() };
        match self.fetch_and_keep().await {
            Ok(token) => token,
            Err(_) => {
                let later = self.environment.now() + REFRESH_PAUSE;
                if let Some(current) = &mut self.state().kept {
                    current.refresh_at = Some(later);
                }
                kept.into()
            }
        }
    }

    /// None serves: the first who comes fetches, the others wait and take what came of it.
    async fn wait_for_another(&self, generation: u64, failures: u64) -> Result<Token, AuthProblem> {
        let _guard = self.gate.lock().await;
        {
            let state = self.state();
            if state.generation != generation
                && let Some(kept) = &state.kept
            {
                return Ok(kept.clone().into());
            }
            if state.failures != failures
                && let Some(problem) = &state.failure
            {
                return Err(problem.clone());
            }
        }
        self.fetch_and_keep().await
    }

    async fn fetch_and_keep(&self) -> Result<Token, AuthProblem> {
        // Its life is counted from before it was asked for: it began at some moment in between.
        let asked = self.environment.now();
        let fetched = self.fetch.fetch().await;
        let mut state = self.state();
        match fetched {
            Ok(issued) => {
                state.generation += 1;
                let expires_at = issued.expires_in.and_then(|lifetime| asked.checked_add(lifetime));
                let refresh_at = issued.expires_in.and_then(|lifetime| asked.checked_add(lifetime - margin(lifetime)));
                let kept = Kept { secret: issued.secret, generation: state.generation, refresh_at, expires_at };
                state.kept = Some(kept.clone());
                Ok(kept.into())
            }
            Err(problem) => {
                state.failures += 1;
                state.failure = Some(problem.clone());
                Err(problem)
            }
        }
    }

    /// Forgets a credential that the vendor did not accept, unless another has taken its place already.
    pub(crate) fn reject(&self, generation: u64) {
        let mut state = self.state();
        if state.kept.as_ref().is_some_and(|kept| kept.generation == generation) {
            state.kept = None;
        }
    }
}

impl From<Kept> for Token {
    fn from(kept: Kept) -> Self {
        Self { secret: kept.secret, generation: kept.generation }
    }
}
