//! A call from its request to its answer: credentials, pacing, attempts, pauses.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{Either, ready, select};
use http::header::{ACCEPT, AUTHORIZATION, COOKIE, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::OwnedSemaphorePermit;

use super::{Answer, Concurrency, Content, Engine, Mode, Streamed};
use crate::api::{Operation, RateLimit};
use crate::auth::{Alternatives, Applied, Brought};
use crate::body::{Body, Kept};
use crate::context::{Context, RepairHooks};
use crate::environment::BoxFuture;
use crate::error::{AuthError, AuthProblem, Failure, Insecure, InvalidRequest, RequestProblem, TransportError};
use crate::exchange::{Bounds, Outgoing, read};
use crate::fault::{TransportErrorKind, TransportFault};
use crate::observe::{Attempt, AttemptResult};
use crate::owned::is_owned_by_transport;
use crate::rate_limit::TooLate;
use crate::request::Request;
use crate::request_id::RequestId;
use crate::retry::{Outcome, RetryPolicy};
use crate::retry_after::{Asked, Unheeded, told_pause};
use crate::server::{self, Target};
use crate::timeouts::Timeouts;

/// A call on its way: the request, taken apart into what every attempt shares.
struct Call {
    engine: Arc<Engine>,
    operation: &'static Operation,
    security: Alternatives,
    /// Credentials that stand in the request already.
    brought: Option<Brought>,
    method: Method,
    target: Target,
    headers: HeaderMap,
    /// The `Cookie` header without the client's credentials.
    cookies: String,
    timeouts: Timeouts,
    retry: RetryPolicy,
    repeatable: bool,
    strict: bool,
    hooks: RepairHooks,
    deadline: Option<Instant>,
    mode: Mode,
    /// Whether it goes where redirects lead.
    follows: bool,
    spending: Spending,
}

/// What an attempt needs beside its call.
struct Turn {
    applied: Applied,
    /// One of the calls that may run at once.
    permit: Option<OwnedSemaphorePermit>,
}

/// What came of an attempt.
enum Reply {
    Answer(Content),
    Failed(TransportFault),
}

/// What a call has used up, and whether it could be sent once more.
#[derive(Default)]
struct Spending {
    resendable: bool,
    /// A credential was fetched anew after a 401, which is done once.
    renewed: bool,
    /// Repeats that the budget was charged for.
    paid_repeats: u32,
    /// What the server asked for with its last answer.
    asked: Option<Box<Asked>>,
}

/// What to do after an attempt.
enum Next {
    Done,
    Pause(Duration),
    RenewCredential,
}

/// What was waited for, if it came before the time was over.
fn in_time<T, W, L>(first: Either<(T, W), ((), L)>) -> Option<T> {
    match first {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(_) => None,
    }
}

impl Engine {
    /// Makes a call. Boxed: a caller's future stays small, and compiling it cheap. What is boxed is kept below a kilobyte,
    /// up to which memory is had at little cost.
    pub(crate) fn call(
        self: Arc<Self>,
        mut request: Request,
        mode: Mode,
    ) -> BoxFuture<'static, Result<Answer, Failure>> {
        if let Err(problem) = request.finish_body() {
            return Box::pin(ready(Err(InvalidRequest::of(request.operation.id, problem).into())));
        }
        let body = request.body.take().map(Box::new);
        match Call::new(self, request, mode) {
            Ok(call) => Box::pin(Box::new(call).run(body)),
            Err(error) => Box::pin(ready(Err(error.into()))),
        }
    }
}

impl Call {
    fn new(engine: Arc<Engine>, mut request: Request, mode: Mode) -> Result<Self, InvalidRequest> {
        let operation = request.operation;
        let method = request.method()?;
        let security = request.security(engine.api);
        let cookies = request.cookies();
        let brought = Brought::find(engine.api.schemes, &request, &cookies);
        let target = engine.target(&mut request)?;
        let timeouts = request.timeouts(engine.net.timeouts);
        let settings = request.settings();
        let told = settings.and_then(|settings| settings.repeatable);
        Ok(Self {
            retry: settings.and_then(|settings| settings.retry).unwrap_or(engine.net.retry),
            strict: settings.and_then(|settings| settings.strict).unwrap_or(engine.strict),
            follows: settings.and_then(|settings| settings.follows).unwrap_or(true),
            hooks: RepairHooks {
                client: engine.on_repair.clone(),
                call: settings.and_then(|settings| settings.on_repair.clone()),
            },
            repeatable: told.unwrap_or(request.is_repeatable()),
            operation,
            security,
            brought,
            method,
            target,
            headers: request.headers,
            cookies,
            timeouts,
            deadline: timeouts.whole.and_then(|whole| engine.net.environment.now().checked_add(whole)),
            mode,
            spending: Spending::default(),
            engine,
        })
    }

    async fn run(mut self: Box<Self>, mut body: Option<Box<Body>>) -> Result<Answer, Failure> {
        let mut sent = 0;
        loop {
            let mut turn = self.get_ready(sent).await?;
            sent += 1;
            let (mut lent, kept) = body.take().map(|body| body.lend()).unzip();
            let reply = self.attempt(&mut turn, &mut lent, sent).await?;
            // The call no longer counts as running, unless its answer is still to be read.
            turn.permit = None;
            let not_sent = reply.error().is_some_and(TransportErrorKind::is_unconnected);
            let back = kept.map(|kept: Kept| kept.take_back(not_sent));
            self.spending.resendable = !matches!(back, Some(None));
            body = back.flatten().map(Box::new);
            match self.decide(&reply, sent, &turn.applied) {
                Next::Done => return self.finish(reply, sent, &turn.applied),
                Next::Pause(pause) => {
                    // The answer is dropped first: its connection can be used again.
                    drop(reply);
                    self.engine.net.environment.sleep(pause).await;
                }
                Next::RenewCredential => self.spending.renewed = true,
            }
        }
    }

    /// Waits for all that an attempt needs, but no longer than the call may take: for one of the calls that may run at
    /// once, for credentials, for its turn by the rate limit. Credentials come before the turn, or all who waited for the
    /// same token would start at once; and after it once more, for while a call waits, a token may expire.
    async fn get_ready(&self, sent: u32) -> Result<Turn, Failure> {
        let engine = &*self.engine;
        let environment = &*engine.net.environment;
        let failed_by = |fault| Failure::from(TransportError::new(self.operation.id, sent, fault));
        let late = |whole| {
            failed_by(TransportFault::because(
                TransportErrorKind::WholeTimeout(whole),
                "no credential came in that time",
            ))
        };
        let failed = |problem| Failure::from(AuthError::new(self.operation.id, sent, problem));
        let whole = self.timeouts.whole.unwrap_or_default();
        let left = self.left(environment.now());
        // Most calls need not wait. The timer is only made when it is looked at, which is when they do.
        let mut timer = pin!(async move {
            match left {
                Some(left) => environment.time_limit(left).await,
                None => pending().await,
            }
        });

        let permit = match &engine.concurrency {
            None => None,
            Some(Concurrency { limit, permits }) => {
                let permit = in_time(select(pin!(Arc::clone(permits).acquire_owned()), timer.as_mut()).await);
                let busy = || format!("at most {limit} at once (`concurrency`)");
                let busy = || failed_by(TransportFault::because(TransportErrorKind::Concurrency(whole), busy()));
                // They are never closed, so there always comes one.
                permit.ok_or_else(busy)?.ok()
            }
        };
        let apply = || engine.credentials.apply(engine.api.schemes, self.security, self.brought.as_ref());
        let applied = in_time(select(pin!(apply()), timer.as_mut()).await);
        let mut applied = applied.ok_or_else(|| late(whole))?.map_err(failed)?;
        if let Some(limiter) = &engine.limiter {
            let turn = in_time(select(pin!(limiter.turn(environment, self.deadline)), timer.as_mut()).await);
            let turn = turn.unwrap_or_else(|| Err(limiter.too_late(environment.now())));
            let turn = turn.map_err(|TooLate { limit: RateLimit { requests, per }, wait }| {
                let limit = format!("at most {requests} requests in {per:?} (`rate_limit`)");
                failed_by(TransportFault::because(TransportErrorKind::RateLimit(wait), limit))
            })?;
            if turn.waited {
                let again = in_time(select(pin!(apply()), timer.as_mut()).await);
                applied = again.ok_or_else(|| late(whole))?.map_err(failed)?;
            }
            turn.take();
        }
        self.check_secure(&applied).map_err(failed)?;
        Ok(Turn { applied, permit })
    }

    /// Nothing that proves who is calling goes over a network in the clear.
    fn check_secure(&self, applied: &Applied) -> Result<(), AuthProblem> {
        let server = self.target.server();
        if !server::is_insecure(server) || self.engine.insecure_http {
            return Ok(());
        }
        let own = [&AUTHORIZATION, &COOKIE].iter().any(|name| self.headers.contains_key(*name));
        match own || !applied.carried.is_empty() {
            true => Err(AuthProblem::Insecure(Insecure(server.origin().ascii_serialization()))),
            false => Ok(()),
        }
    }

    async fn attempt(&self, turn: &mut Turn, body: &mut Option<Body>, number: u32) -> Result<Reply, InvalidRequest> {
        let engine = &*self.engine;
        let mut watch = Watch::begin(engine, Attempt { operation: self.operation, method: &self.method, number });
        let extra = engine.observer.as_ref().map(|observer| Box::new(observer.headers(&watch.attempt)));
        if let Some(name) = extra.as_ref().and_then(|extra| extra.keys().find(|name| is_owned_by_transport(name))) {
            return Err(InvalidRequest::of(self.operation.id, RequestProblem::OwnedHeader(name.to_string())));
        }
        let Turn { applied, permit } = turn;
        let work = async {
            let outgoing = |body| self.outgoing(applied, extra.as_deref(), body);
            let bounds = if self.follows { Bounds::Anywhere } else { Bounds::Nowhere };
            let mut response = engine.net.open(bounds, outgoing, body.take()).await?;
            if self.mode.leaves_unread(response.status()) {
                let _permit = permit.take();
                return Ok(Content::Streamed(Streamed { response, max_item: engine.max_body, _permit }));
            }
            let answered = (self.mode == Mode::Located).then(|| Box::new(response.url().clone()));
            let raw = read(&mut response, engine.max_body).await?;
            Ok(Content::Whole(raw.answered_by(answered)))
        };
        #[cfg(feature = "tracing")]
        let span = crate::observe::span(&watch.attempt, self.target.server());
        #[cfg(feature = "tracing")]
        let work = tracing::Instrument::instrument(work, span.clone());
        let reply = match engine.net.within(self.attempt_limit(watch.started), pin!(work)).await {
            Ok(content) => Reply::Answer(content),
            Err(fault) => Reply::Failed(fault),
        };
        (watch.status, watch.error) = (reply.status(), reply.error());
        #[cfg(feature = "tracing")]
        crate::observe::record(&span, &watch.result());
        Ok(reply)
    }

    fn decide(&mut self, reply: &Reply, number: u32, applied: &Applied) -> Next {
        let (engine, resendable) = (&self.engine, self.spending.resendable);
        let (outcome, told) = match reply {
            Reply::Answer(content) => {
                let now = engine.net.environment.system_time();
                (Outcome::Answer(content.status()), told_pause(content.status(), content.headers(), now))
            }
            Reply::Failed(fault) => (Outcome::Failed(fault.kind), None),
        };
        let asked = |unheeded| told.map(|pause| Box::new(Asked { pause, unheeded }));
        self.spending.asked = asked(None);
        // A token that was not accepted is forgotten whether or not this call can be sent once more.
        if reply.status() == Some(StatusCode::UNAUTHORIZED)
            && let Some(another) = applied.reject()
        {
            return if self.spending.renewed || !resendable || !another { Next::Done } else { Next::RenewCredential };
        }
        self.hold_others_back(reply.status(), told);
        if !resendable || !outcome.may_repeat(self.repeatable) {
            return Next::Done;
        }
        let Some(pause) = self.retry.pause(number, told, engine.net.environment.random()) else {
            let too_long = Unheeded::TooLong(self.retry.max_retry_after);
            self.spending.asked = asked((number < self.retry.max_attempts).then_some(too_long));
            return Next::Done;
        };
        let now = engine.net.environment.now();
        let turn = engine.limiter.as_ref().map_or(Duration::ZERO, |limiter| limiter.outlook(now));
        if let Some(left) = self.left(now).filter(|left| pause.max(turn) >= *left) {
            self.spending.asked = asked((pause >= left).then_some(Unheeded::NoTime(left)));
            return Next::Done;
        }
        if told.is_none() && !engine.budget.spend() {
            return Next::Done;
        }
        self.spending.paid_repeats += u32::from(told.is_none());
        Next::Pause(pause)
    }

    /// Where there is a limit, and the server says that it is reached, all calls wait.
    fn hold_others_back(&self, status: Option<StatusCode>, told: Option<Duration>) {
        let told = told.filter(|told| *told <= self.retry.max_retry_after);
        if let (Some(limiter), Some(StatusCode::TOO_MANY_REQUESTS), Some(told)) = (&self.engine.limiter, status, told)
            && let Some(until) = self.engine.net.environment.now().checked_add(told)
        {
            limiter.pause_until(until);
        }
    }

    fn finish(&mut self, reply: Reply, number: u32, applied: &Applied) -> Result<Answer, Failure> {
        let operation = self.operation.id;
        match reply {
            Reply::Failed(fault) => Err(TransportError::new(operation, number, fault).into()),
            Reply::Answer(content) => {
                if content.status().is_success() {
                    applied.accept();
                    self.engine.budget.earn(self.spending.paid_repeats);
                }
                let request_id = RequestId::find(content.headers());
                let (redactor, asked) = (applied.redactor(), self.spending.asked.take());
                let (strict, hooks) = (self.strict, self.hooks.clone());
                let context = Context { operation, attempts: number, request_id, redactor, strict, hooks, asked };
                Ok(Answer { context, content })
            }
        }
    }

    /// What is left of the time that the call may take.
    fn left(&self, now: Instant) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(now))
    }

    /// How long an attempt may take, and what it means if it takes longer: one timer for both limits.
    fn attempt_limit(&self, now: Instant) -> Option<(Duration, TransportErrorKind)> {
        let whole = self.left(now).zip(self.timeouts.whole.map(TransportErrorKind::WholeTimeout));
        let attempt = self.timeouts.attempt.map(|limit| (limit, TransportErrorKind::AttemptTimeout(limit)));
        match (whole, attempt) {
            (Some(whole), Some(attempt)) => Some(if whole.0 < attempt.0 { whole } else { attempt }),
            (whole, attempt) => whole.or(attempt),
        }
    }

    /// The request of one attempt.
    fn outgoing(&self, applied: &Applied, extra: Option<&HeaderMap>, body: Option<Body>) -> Outgoing {
        let mut url = self.target.url();
        let mut headers = self.headers.clone();
        headers.reserve(4 + applied.carried.len() + extra.map_or(0, HeaderMap::len) + self.engine.headers.len());
        for (name, value) in &self.engine.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        if !self.operation.accept.is_empty() {
            headers.entry(ACCEPT).or_insert(HeaderValue::from_static(self.operation.accept));
        }
        headers.entry(USER_AGENT).or_insert_with(|| self.engine.net.user_agent.clone());
        let mut cookies = self.cookies.clone();
        for carried in &applied.carried {
            for pair in &carried.query {
                let begun = url.query().map(|query| format!("{query}&")).unwrap_or_default();
                url.set_query(Some(&format!("{begun}{}={}", pair.name, pair.value)));
            }
            for (name, value) in &carried.headers {
                headers.insert(name.clone(), value.clone());
            }
            for cookie in &carried.cookies {
                let separator = if cookies.is_empty() { "" } else { "; " };
                cookies.extend([separator, cookie]);
            }
        }
        // Every part was checked when it was made.
        if let Some(mut value) = HeaderValue::from_bytes(cookies.as_bytes()).ok().filter(|_| !cookies.is_empty()) {
            value.set_sensitive(true);
            headers.insert(COOKIE, value);
        }
        for (name, value) in extra.into_iter().flatten() {
            headers.insert(name.clone(), value.clone());
        }
        Outgoing { method: self.method.clone(), url, headers, body }
    }
}

/// Tells the observer that an attempt is over, also when the call is dropped in the midst of it.
struct Watch<'e> {
    engine: &'e Engine,
    attempt: Attempt<'e>,
    started: Instant,
    status: Option<StatusCode>,
    error: Option<TransportErrorKind>,
}

impl<'e> Watch<'e> {
    fn begin(engine: &'e Engine, attempt: Attempt<'e>) -> Self {
        if let Some(observer) = &engine.observer {
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
