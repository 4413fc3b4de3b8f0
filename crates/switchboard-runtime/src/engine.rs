//! What a client is made of, and how its calls begin. Not generic, so it is compiled once, here;
//! [`Client`](crate::Client) adds the types at the very edge.

mod call;

use std::sync::Arc;

use http::HeaderMap;
use http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use crate::api::Api;
use crate::auth::Credentials;
use crate::context::Context;
use crate::error::{InvalidRequest, RequestProblem};
use crate::exchange::{Incoming, Net};
use crate::observe::{Observer, OnRepair};
use crate::rate_limit::RateLimiter;
use crate::raw_response::RawResponse;
use crate::request::Request;
use crate::retry::RetryBudget;
use crate::server::{self, Target};

/// Where calls go.
pub(crate) struct Servers {
    /// The API's server, if it names one or the caller does.
    pub(crate) base: Option<Arc<Url>>,
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
    /// What every call carries unless it has a header of the same name.
    pub(crate) headers: HeaderMap,
    /// Whether credentials may go over plain http to another machine.
    pub(crate) insecure_http: bool,
    pub(crate) budget: RetryBudget,
    pub(crate) limiter: Option<RateLimiter>,
    pub(crate) concurrency: Option<Concurrency>,
    pub(crate) max_body: u64,
    /// Whether an answer that does not keep to the document is an error even where a reasonable value exists.
    pub(crate) strict: bool,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) on_repair: Option<OnRepair>,
}

/// How many calls may run at once.
pub(crate) struct Concurrency {
    pub(crate) limit: usize,
    /// One for each that may still begin.
    pub(crate) permits: Arc<Semaphore>,
}

impl Concurrency {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, permits: Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS))) }
    }
}

/// How an answer is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read to its end.
    Whole,
    /// Read to its end, with the URL that answered.
    Located,
    /// Its body left to be read, if it reports success.
    Streamed,
    /// The same, and one that says where else to look is a success, too: it is what was asked for.
    Redirected,
}

impl Mode {
    /// Whether the body of an answer of this status is left to be read.
    fn leaves_unread(self, status: StatusCode) -> bool {
        match self {
            Self::Whole | Self::Located => false,
            Self::Streamed => status.is_success(),
            Self::Redirected => status.is_success() || status.is_redirection(),
        }
    }
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
    pub(crate) response: Incoming,
    /// The longest event or line, in bytes and unpacked, that is read into memory.
    pub(crate) max_item: u64,
    /// The call counts as running until its body is read.
    pub(crate) _permit: Option<OwnedSemaphorePermit>,
}

impl Engine {
    /// Where a request goes, without credentials.
    pub(crate) fn target(&self, request: &mut Request) -> Result<Target, InvalidRequest> {
        if let Some(url) = request.url.take() {
            return Ok(Target::Url(url));
        }
        let operation = request.operation;
        let invalid = |problem: RequestProblem| InvalidRequest::of(operation.id, problem);
        let base = self.base(request).map_err(invalid)?;
        let mut path = Target::begin(&base);
        request.complete(&mut path).map_err(invalid)?;
        Ok(Target::Path(base, path))
    }

    /// The server of a call: the caller's for this call, the client's, the operation's own, the API's.
    fn base(&self, request: &Request) -> Result<Arc<Url>, RequestProblem> {
        let invalid = |problem: server::ServerProblem| RequestProblem::InvalidServer(problem.to_string());
        if let Some(url) = request.settings().and_then(|settings| settings.base_url.as_deref()) {
            return server::parse(url, None).map(Arc::new).map_err(invalid);
        }
        match request.operation.servers.first().filter(|_| !self.servers.fixed) {
            None => self.servers.base.clone().ok_or(RequestProblem::NoServer),
            Some(template) => server::fill(template, &self.servers.variables)
                .and_then(|text| server::parse(&text, self.servers.base.as_deref()))
                .map(Arc::new)
                .map_err(invalid),
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
mod limits;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod told;
#[cfg(test)]
mod wire;
