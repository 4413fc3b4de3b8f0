//! A call from its request to its answer: credentials, pacing, attempts, pauses. Not generic, so it is compiled once,
//! here; [`Client`](crate::Client) adds the types at the very edge.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use http::header::{ACCEPT, COOKIE, HeaderValue, USER_AGENT};
use http::{HeaderMap, StatusCode};
use reqwest::Url;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api::{Api, DEFAULT_REQUEST_ID_HEADERS, Operation};
use crate::auth::{Applied, Credentials};
use crate::body::{Body, Kept};
use crate::environment::BoxFuture;
use crate::error::{
    AuthError, AuthProblem, Context, Failure, InvalidRequest, RequestProblem, TransportError, TransportErrorKind,
    find_request_id,
};
use crate::observe::{Attempt, AttemptResult, Observer};
use crate::options::IDEMPOTENCY_KEY;
use crate::rate_limit::RateLimiter;
use crate::request::Request;
use crate::response::RawResponse;
use crate::retry::{Outcome, RetryBudget, RetryPolicy, told_pause};
use crate::server;
use crate::timeouts::Timeouts;
use crate::transport::{Fault, Net, Outgoing, read};

/// Where calls go.
pub(crate) struct Servers {
    /// The API's server, if it names one or the caller does.
    pub(crate) base: Option<Url>,
    /// The caller named a base URL: it holds for every operation, whatever servers of its own one has.
    pub(crate) fixed: bool,
    /// The caller's values for server variables.
    pub(crate) variables: Vec<(&'static str, String)>,
}

/// All that a client is.
pub(crate) struct Engine {
    pub(crate) api: &'static Api,
    pub(crate) net: Arc<Net>,
    pub(crate) servers: Servers,
    pub(crate) credentials: Credentials,
    pub(crate) budget: RetryBudget,
    pub(crate) limiter: Option<RateLimiter>,
    pub(crate) concurrency: Option<Arc<Semaphore>>,
    pub(crate) max_body: u64,
    /// Whether an answer that does not keep to the document is an error even where a reasonable value exists.
    pub(crate) strict: bool,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// How an answer is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read to its end.
    Whole,
    /// Its body left to be read, if it reports success.
    Streamed,
}

/// An answer, and what is known of the call that it is for.
pub(crate) struct Answer {
    pub(crate) context: Context,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Whole(RawResponse),
    Streamed(Streamed),
}

/// An answer whose body is still to be read.
pub(crate) struct Streamed {
    pub(crate) response: reqwest::Response,
    /// The longest event or line, in bytes and unpacked, that is read into memory.
    pub(crate) max_item: u64,
    /// The call counts as running until its body is read.
    pub(crate) _permit: Option<OwnedSemaphorePermit>,
}

/// A request, taken apart into what every attempt shares.
struct Plan {
    operation: &'static Operation,
    url: Url,
    headers: HeaderMap,
    cookies: Vec<String>,
    timeouts: Timeouts,
    retry: RetryPolicy,
    repeatable: bool,
    strict: bool,
    deadline: Option<Instant>,
}

/// What came of an attempt.
enum Reply {
    Answer(Content),
    Failed(Fault),
}

/// What a call has used up, and whether it could be sent once more.
#[derive(Default)]
struct Spending {
    resendable: bool,
    /// A credential was fetched anew after a 401, which is done once.
    renewed: bool,
    /// Repeats that the budget was charged for.
    paid_repeats: u32,
}

/// What to do after an attempt.
enum Next {
    Done,
    Pause(Duration),
    RenewCredential,
}

impl Engine {
    /// Makes a call. Boxed: a caller's future stays small, and compiling it cheap.
    pub(crate) fn call(self: Arc<Self>, request: Request, mode: Mode) -> BoxFuture<'static, Result<Answer, Failure>> {
        Box::pin(async move {
            let operation = request.operation;
            let limit = request.timeouts(self.net.timeouts).whole;
            let attempts = AtomicU32::new(0);
            let Some(limit) = limit else { return self.run(request, mode, &attempts).await };
            match select(pin!(self.run(request, mode, &attempts)), self.net.environment.sleep(limit)).await {
                Either::Left((result, _)) => result,
                Either::Right(((), _)) => {
                    let kind = TransportErrorKind::WholeTimeout(limit);
                    Err(TransportError::new(operation.id, attempts.load(Ordering::Relaxed), kind, None).into())
                }
            }
        })
    }

    async fn run(&self, mut request: Request, mode: Mode, attempts: &AtomicU32) -> Result<Answer, Failure> {
        let mut body = request.body.take();
        let plan = self.plan(request)?;
        let mut spending = Spending::default();
        loop {
            let sent = attempts.load(Ordering::Relaxed);
            let failed = |problem: AuthProblem| AuthError::new(plan.operation.id, sent, problem);
            let apply = || self.credentials.apply(self.api.schemes, plan.operation);
            // Credentials come last: while a call waits, a token may expire. They come before the turn, too, or all who
            // waited for the same token would start at once.
            let permit = self.permit().await;
            let mut applied = apply().await.map_err(failed)?;
            if self.wait_for_turn().await {
                applied = apply().await.map_err(failed)?;
            }

            let number = attempts.fetch_add(1, Ordering::Relaxed) + 1;
            let (lent, kept) = body.take().map(Body::lend).unzip();
            let outgoing = plan.outgoing(&applied, lent);
            let reply = self.attempt(&plan, outgoing, mode, number, permit).await;
            let not_sent = reply.error() == Some(TransportErrorKind::Connect);
            let back = kept.map(|kept: Kept| kept.take_back(not_sent));
            spending.resendable = !matches!(back, Some(None));
            body = back.flatten();
            match self.decide(&plan, &reply, number, &applied, &mut spending) {
                Next::Done => return self.finish(&plan, reply, number, applied, &spending),
                Next::Pause(pause) => {
                    // The answer is dropped first: its connection can be used again.
                    drop(reply);
                    self.net.environment.sleep(pause).await;
                }
                Next::RenewCredential => spending.renewed = true,
            }
        }
    }

    fn plan(&self, mut request: Request) -> Result<Plan, InvalidRequest> {
        let operation = request.operation;
        let url = self.url(&mut request)?;
        let cookies = request.cookies().collect();
        let timeouts = request.timeouts(self.net.timeouts);
        let settings = request.settings();
        let retry = settings.and_then(|settings| settings.retry).unwrap_or(self.net.retry);
        let strict = settings.and_then(|settings| settings.strict).unwrap_or(self.strict);
        let told = settings.and_then(|settings| settings.repeatable);
        let repeatable = told.unwrap_or(operation.repeatable || request.headers.contains_key(IDEMPOTENCY_KEY));
        let mut headers = request.headers;
        if !operation.accept.is_empty() {
            headers.entry(ACCEPT).or_insert(HeaderValue::from_static(operation.accept));
        }
        headers.entry(USER_AGENT).or_insert_with(|| self.net.user_agent.clone());
        Ok(Plan {
            operation,
            url,
            headers,
            cookies,
            timeouts,
            retry,
            repeatable,
            strict,
            deadline: timeouts.whole.and_then(|whole| self.net.environment.now().checked_add(whole)),
        })
    }

    /// Where a request goes, without credentials.
    pub(crate) fn url(&self, request: &mut Request) -> Result<Url, InvalidRequest> {
        if let Some(url) = request.url.take() {
            return Ok(url);
        }
        let operation = request.operation;
        let invalid = |problem: RequestProblem| InvalidRequest::of(operation.id, problem);
        let target = request.target().map_err(invalid)?;
        let base = self.base(request).map_err(invalid)?;
        server::join(&base, &target).map_err(|reason| invalid(RequestProblem::InvalidUrl(reason)))
    }

    /// The server of a call: the caller's for this call, the client's, the operation's own, the API's.
    fn base(&self, request: &Request) -> Result<Url, RequestProblem> {
        if let Some(url) = request.settings().and_then(|settings| settings.base_url.as_deref()) {
            return server::parse(url, None).map_err(|problem| RequestProblem::InvalidServer(problem.to_string()));
        }
        match request.operation.servers.first().filter(|_| !self.servers.fixed) {
            None => self.servers.base.clone().ok_or(RequestProblem::NoServer),
            Some(template) => server::fill(template, &self.servers.variables)
                .and_then(|text| server::parse(&text, self.servers.base.as_ref()))
                .map_err(|problem| RequestProblem::InvalidServer(problem.to_string())),
        }
    }

    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed, so there always comes a permit.
        Arc::clone(self.concurrency.as_ref()?).acquire_owned().await.ok()
    }

    /// Whether the turn was long in coming.
    async fn wait_for_turn(&self) -> bool {
        let Some(limiter) = &self.limiter else { return false };
        let wait = limiter.reserve(self.net.environment.now());
        if wait.is_zero() {
            return false;
        }
        self.net.environment.sleep(wait).await;
        true
    }

    async fn attempt(
        &self,
        plan: &Plan,
        mut outgoing: Outgoing,
        mode: Mode,
        number: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Reply {
        let attempt = Attempt { operation: plan.operation, number };
        let mut watch = Watch::begin(self, attempt, &mut outgoing.headers);
        let work = self.net.within(plan.timeouts.attempt, TransportErrorKind::AttemptTimeout, async {
            let response = self.net.open(outgoing).await?;
            if mode == Mode::Streamed && response.status().is_success() {
                return Ok(Content::Streamed(Streamed { response, max_item: self.max_body, _permit: permit }));
            }
            read(response, self.max_body).await.map(Content::Whole)
        });
        #[cfg(feature = "tracing")]
        let span = crate::observe::span(&attempt, &plan.url);
        #[cfg(feature = "tracing")]
        let work = tracing::Instrument::instrument(work, span.clone());
        let reply = match work.await {
            Ok(content) => Reply::Answer(content),
            Err(fault) => Reply::Failed(fault),
        };
        (watch.status, watch.error) = (reply.status(), reply.error());
        #[cfg(feature = "tracing")]
        crate::observe::record(&span, &watch.result());
        reply
    }

    fn decide(&self, plan: &Plan, reply: &Reply, number: u32, applied: &Applied, spending: &mut Spending) -> Next {
        // A token that was not accepted is forgotten whether or not this call can be sent once more.
        if reply.status() == Some(StatusCode::UNAUTHORIZED) && applied.reject() {
            return if spending.renewed || !spending.resendable { Next::Done } else { Next::RenewCredential };
        }
        let (outcome, told) = match reply {
            Reply::Answer(content) => {
                let now = self.net.environment.system_time();
                (Outcome::Answer(content.status()), told_pause(content.status(), content.headers(), now))
            }
            Reply::Failed(fault) => (Outcome::Failed(fault.kind), None),
        };
        self.hold_others_back(plan, reply.status(), told);
        if !spending.resendable || !outcome.may_repeat(plan.repeatable) {
            return Next::Done;
        }
        let Some(pause) = plan.retry.pause(number, told, self.net.environment.random()) else { return Next::Done };
        let in_time = plan.deadline.is_none_or(|deadline| self.net.environment.now() + pause < deadline);
        if !in_time || (told.is_none() && !self.budget.spend()) {
            return Next::Done;
        }
        spending.paid_repeats += u32::from(told.is_none());
        Next::Pause(pause)
    }

    /// Where there is a limit, and the server says that it is reached, all calls wait.
    fn hold_others_back(&self, plan: &Plan, status: Option<StatusCode>, told: Option<Duration>) {
        let told = told.filter(|told| *told <= plan.retry.max_retry_after);
        if let (Some(limiter), Some(StatusCode::TOO_MANY_REQUESTS), Some(told)) = (&self.limiter, status, told) {
            limiter.pause_until(self.net.environment.now() + told);
        }
    }

    fn finish(
        &self,
        plan: &Plan,
        reply: Reply,
        number: u32,
        applied: Applied,
        spending: &Spending,
    ) -> Result<Answer, Failure> {
        let operation = plan.operation.id;
        match reply {
            Reply::Failed(fault) => Err(TransportError::new(operation, number, fault.kind, fault.source).into()),
            Reply::Answer(content) => {
                if content.status().is_success() {
                    self.budget.earn(spending.paid_repeats);
                }
                let names = match self.api.request_id_headers {
                    [] => DEFAULT_REQUEST_ID_HEADERS,
                    names => names,
                };
                let request_id = find_request_id(content.headers(), names);
                let context = Context {
                    operation,
                    attempts: number,
                    request_id,
                    redactor: applied.redactor,
                    strict: plan.strict,
                };
                Ok(Answer { context, content })
            }
        }
    }
}

/// Tells the observer that an attempt is over, also when the call is dropped in the midst of it.
struct Watch<'e> {
    engine: &'e Engine,
    attempt: Attempt,
    started: Instant,
    status: Option<StatusCode>,
    error: Option<TransportErrorKind>,
}

impl<'e> Watch<'e> {
    fn begin(engine: &'e Engine, attempt: Attempt, headers: &mut HeaderMap) -> Self {
        if let Some(observer) = &engine.observer {
            for (name, value) in &observer.headers(&attempt) {
                headers.insert(name.clone(), value.clone());
            }
            observer.before(&attempt);
        }
        Self { engine, attempt, started: engine.net.environment.now(), status: None, error: None }
    }

    fn result(&self) -> AttemptResult {
        let elapsed = self.engine.net.environment.now().saturating_duration_since(self.started);
        AttemptResult { status: self.status, error: self.error, elapsed }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(observer) = &self.engine.observer {
            observer.after(&self.attempt, &self.result());
        }
    }
}

impl Plan {
    /// The request of one attempt.
    fn outgoing(&self, applied: &Applied, body: Option<Body>) -> Outgoing {
        let mut url = self.url.clone();
        if !applied.query.is_empty() {
            let old = url.query().map(str::to_owned);
            let new = applied.query.iter().map(|pair| format!("{}={}", pair.name, pair.value));
            let query: Vec<String> = old.into_iter().chain(new).collect();
            url.set_query(Some(&query.join("&")));
        }
        let mut headers = self.headers.clone();
        for (name, value) in &applied.headers {
            headers.insert(name.clone(), value.clone());
        }
        let cookies: Vec<&str> = self.cookies.iter().chain(&applied.cookies).map(String::as_str).collect();
        // Every part was checked when it was made.
        if let Some(mut value) = HeaderValue::from_str(&cookies.join("; ")).ok().filter(|_| !cookies.is_empty()) {
            value.set_sensitive(true);
            headers.insert(COOKIE, value);
        }
        Outgoing { method: self.operation.method.into(), url, headers, body }
    }
}

impl Reply {
    fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answer(content) => Some(content.status()),
            Self::Failed(_) => None,
        }
    }

    fn error(&self) -> Option<TransportErrorKind> {
        match self {
            Self::Answer(_) => None,
            Self::Failed(fault) => Some(fault.kind),
        }
    }
}

impl Content {
    fn status(&self) -> StatusCode {
        match self {
            Self::Whole(raw) => raw.status(),
            Self::Streamed(streamed) => streamed.response.status(),
        }
    }

    fn headers(&self) -> &HeaderMap {
        match self {
            Self::Whole(raw) => raw.headers(),
            Self::Streamed(streamed) => streamed.response.headers(),
        }
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
