//! A call from its request to its answer: credentials, pacing, attempts, pauses.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use http::header::{ACCEPT, COOKIE, HeaderValue, USER_AGENT};
use http::{HeaderMap, StatusCode};
use tokio::sync::OwnedSemaphorePermit;

use super::{Answer, Content, Engine, Mode, Streamed};
use crate::api::Operation;
use crate::auth::Applied;
use crate::body::{Body, Kept};
use crate::error::{
    AuthError, AuthProblem, Context, Failure, InvalidRequest, RequestProblem, TransportError, TransportErrorKind,
};
use crate::observe::{Attempt, AttemptResult, RepairHooks};
use crate::options::IDEMPOTENCY_KEY;
use crate::owned::is_owned_by_transport;
use crate::request::Request;
use crate::request_id::RequestId;
use crate::retry::{Outcome, RetryPolicy, told_pause};
use crate::server::Target;
use crate::timeouts::Timeouts;
use crate::transport::{Fault, Outgoing, read};

/// A call on its way: the request, taken apart into what every attempt shares.
pub(super) struct Call {
    engine: Arc<Engine>,
    operation: &'static Operation,
    target: Target,
    headers: HeaderMap,
    cookies: Vec<String>,
    timeouts: Timeouts,
    retry: RetryPolicy,
    repeatable: bool,
    strict: bool,
    hooks: RepairHooks,
    deadline: Option<Instant>,
    mode: Mode,
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

impl Call {
    pub(super) fn new(engine: Arc<Engine>, mut request: Request, mode: Mode) -> Result<Self, InvalidRequest> {
        let operation = request.operation;
        let target = engine.target(&mut request)?;
        let cookies = request.cookies().collect();
        let timeouts = request.timeouts(engine.net.timeouts);
        let settings = request.settings();
        let told = settings.and_then(|settings| settings.repeatable);
        Ok(Self {
            retry: settings.and_then(|settings| settings.retry).unwrap_or(engine.net.retry),
            strict: settings.and_then(|settings| settings.strict).unwrap_or(engine.strict),
            hooks: RepairHooks {
                client: engine.on_repair.clone(),
                call: settings.and_then(|settings| settings.on_repair.clone()),
            },
            repeatable: told.unwrap_or(operation.repeatable || request.headers.contains_key(&IDEMPOTENCY_KEY)),
            operation,
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

    pub(super) async fn run(mut self: Box<Self>, mut body: Option<Box<Body>>) -> Result<Answer, Failure> {
        let mut sent = 0;
        loop {
            let mut turn = self.get_ready(sent).await?;
            sent += 1;
            let (mut lent, kept) = body.take().map(|body| body.lend()).unzip();
            let reply = self.attempt(&mut turn, &mut lent, sent).await?;
            // The call no longer counts as running, unless its answer is still to be read.
            turn.permit = None;
            let not_sent = reply.error() == Some(TransportErrorKind::Connect);
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

    /// Waits for all that an attempt needs, but no longer than the call may take.
    async fn get_ready(&self, sent: u32) -> Result<Turn, Failure> {
        let late = || {
            let kind = TransportErrorKind::WholeTimeout(self.timeouts.whole.unwrap_or_default());
            TransportError::new(self.operation.id, sent, kind, None)
        };
        let failed = |problem: AuthProblem| AuthError::new(self.operation.id, sent, problem);
        let environment = &self.engine.net.environment;
        let work = pin!(self.take_turn());
        let Some(left) = self.left(environment.now()) else { return Ok(work.await.map_err(failed)?) };
        // Most calls need not wait. The timer is only made when it is looked at, which is when they do.
        let timer = pin!(async { environment.sleep(left).await });
        match select(work, timer).await {
            Either::Left((ready, _)) => Ok(ready.map_err(failed)?),
            Either::Right(((), _)) => Err(late().into()),
        }
    }

    /// Credentials come last: while a call waits, a token may expire. They come before the turn, too, or all who waited
    /// for the same token would start at once.
    async fn take_turn(&self) -> Result<Turn, AuthProblem> {
        let engine = &self.engine;
        let apply = || engine.credentials.apply(engine.api.schemes, self.operation);
        let permit = engine.permit().await;
        let mut applied = apply().await?;
        if engine.wait_for_turn().await {
            applied = apply().await?;
        }
        Ok(Turn { applied, permit })
    }

    async fn attempt(&self, turn: &mut Turn, body: &mut Option<Body>, number: u32) -> Result<Reply, InvalidRequest> {
        let engine = &*self.engine;
        let mut watch = Watch::begin(engine, Attempt { operation: self.operation, number });
        let extra = engine.observer.as_ref().map(|observer| Box::new(observer.headers(&watch.attempt)));
        if let Some(name) = extra.as_ref().and_then(|extra| extra.keys().find(|name| is_owned_by_transport(name))) {
            return Err(InvalidRequest::of(self.operation.id, RequestProblem::OwnedHeader(name.to_string())));
        }
        let Turn { applied, permit } = turn;
        let work = async {
            let outgoing = |body| self.outgoing(applied, extra.as_deref(), body);
            let mut response = engine.net.open(outgoing, body.take()).await?;
            if self.mode == Mode::Streamed && response.status().is_success() {
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
        // A token that was not accepted is forgotten whether or not this call can be sent once more.
        if reply.status() == Some(StatusCode::UNAUTHORIZED) && applied.reject() {
            return if self.spending.renewed || !resendable { Next::Done } else { Next::RenewCredential };
        }
        let (outcome, told) = match reply {
            Reply::Answer(content) => {
                let now = engine.net.environment.system_time();
                (Outcome::Answer(content.status()), told_pause(content.status(), content.headers(), now))
            }
            Reply::Failed(fault) => (Outcome::Failed(fault.kind), None),
        };
        self.hold_others_back(reply.status(), told);
        if !resendable || !outcome.may_repeat(self.repeatable) {
            return Next::Done;
        }
        let Some(pause) = self.retry.pause(number, told, engine.net.environment.random()) else { return Next::Done };
        let in_time = self.deadline.is_none_or(|deadline| engine.net.environment.now() + pause < deadline);
        if !in_time || (told.is_none() && !engine.budget.spend()) {
            return Next::Done;
        }
        self.spending.paid_repeats += u32::from(told.is_none());
        Next::Pause(pause)
    }

    /// Where there is a limit, and the server says that it is reached, all calls wait.
    fn hold_others_back(&self, status: Option<StatusCode>, told: Option<Duration>) {
        let told = told.filter(|told| *told <= self.retry.max_retry_after);
        if let (Some(limiter), Some(StatusCode::TOO_MANY_REQUESTS), Some(told)) = (&self.engine.limiter, status, told) {
            limiter.pause_until(self.engine.net.environment.now() + told);
        }
    }

    fn finish(&self, reply: Reply, number: u32, applied: &Applied) -> Result<Answer, Failure> {
        let operation = self.operation.id;
        match reply {
            Reply::Failed(fault) => Err(TransportError::new(operation, number, fault.kind, fault.source).into()),
            Reply::Answer(content) => {
                if content.status().is_success() {
                    self.engine.budget.earn(self.spending.paid_repeats);
                }
                let request_id = RequestId::find(content.headers(), &self.engine.request_id_headers);
                let redactor = applied.redactor();
                let (strict, hooks) = (self.strict, self.hooks.clone());
                let context = Context { operation, attempts: number, request_id, redactor, strict, hooks };
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
        headers.reserve(4 + applied.carried.len() + extra.map_or(0, HeaderMap::len));
        if !self.operation.accept.is_empty() {
            headers.entry(ACCEPT).or_insert(HeaderValue::from_static(self.operation.accept));
        }
        headers.entry(USER_AGENT).or_insert_with(|| self.engine.net.user_agent.clone());
        let mut cookies = if self.cookies.is_empty() { String::new() } else { self.cookies.join("; ") };
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
        if let Some(mut value) = HeaderValue::from_str(&cookies).ok().filter(|_| !cookies.is_empty()) {
            value.set_sensitive(true);
            headers.insert(COOKIE, value);
        }
        for (name, value) in extra.into_iter().flatten() {
            headers.insert(name.clone(), value.clone());
        }
        Outgoing { method: self.operation.method.into(), url, headers, body }
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
    fn begin(engine: &'e Engine, attempt: Attempt) -> Self {
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
