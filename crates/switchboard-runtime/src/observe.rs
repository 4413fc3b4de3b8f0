//! Watching calls from outside: hooks around every attempt, and spans after OpenTelemetry's conventions for HTTP
//! clients behind the feature `tracing`. Neither ever sees a secret, a URL with its arguments, or a body.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};

use crate::api::Operation;
use crate::decode::Repair;
use crate::fault::TransportErrorKind;

/// Told of every attempt of every call of a client. Called from within the call, so it should be quick.
pub trait Observer: Send + Sync + 'static {
    /// Headers to send with an attempt, beside its own and in place of those of the same name: a `traceparent`, for
    /// example (W3C Trace Context, section 3.2). Asked for right after [`before`](Self::before). One that is the
    /// transport's, such as `Content-Length`, fails the attempt before it is sent.
    fn headers(&self, attempt: &Attempt<'_>) -> HeaderMap {
        let _ = attempt;
        HeaderMap::new()
    }

    /// An attempt is about to be sent.
    fn before(&self, attempt: &Attempt<'_>) {
        let _ = attempt;
    }

    /// An attempt is over. There is neither a status nor an error if the call was given up in the midst of it: it was
    /// dropped, or the time for the whole call was up.
    fn after(&self, attempt: &Attempt<'_>, result: &AttemptResult) {
        let _ = (attempt, result);
    }
}

/// One attempt of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation. That of a call that no document describes ([`Client::request`](crate::Client::request)) is called
    /// `request`, and has no path.
    pub operation: &'static Operation,
    /// The method, which is not always the operation's: that of a call that no document describes is the caller's, and a link
    /// to the next page may be followed by GET.
    pub method: &'a Method,
    /// Which attempt of its call, counted from 1.
    pub number: u32,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptResult {
    /// The status, if an answer came.
    pub status: Option<StatusCode>,
    /// What went wrong, if none came.
    pub error: Option<TransportErrorKind>,
    /// How long it took, by the client's [`Environment`](crate::Environment).
    pub elapsed: Duration,
}

/// What had to be made good in an answer, or in a part of one that is read on its own: a page of a list, an item, an event.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Repaired<'a> {
    /// The operation's id.
    pub operation: &'static str,
    /// The vendor's id for the request, if it sent one.
    pub request_id: Option<&'a str>,
    /// Where the answer does not keep to its document; at least one place. Names of properties are the vendor's, who may
    /// put anything into them.
    pub repairs: &'a [Repair],
}

/// Someone to be told of repairs.
pub(crate) type OnRepair = Arc<dyn Fn(&Repaired<'_>) + Send + Sync>;

/// Tells that a credential was not accepted, and that it is too soon to fetch another.
pub(crate) fn not_renewed(scheme: &'static str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        switchboard.scheme = scheme,
        "the server accepts no credential, so none is fetched anew for a while"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = scheme;
}

/// The span of an attempt (OpenTelemetry semantic conventions, "HTTP client spans").
#[cfg(feature = "tracing")]
pub(crate) fn span(attempt: &Attempt<'_>, server: &url::Url) -> tracing::Span {
    let operation = attempt.operation;
    // A call that no document describes has none. Its path is its caller's, and may hold anything.
    let template = Some(operation.path).filter(|path| !path.is_empty());
    let resent = attempt.number.checked_sub(1).filter(|resent| *resent > 0);
    tracing::info_span!(
        "http.client",
        otel.kind = "client",
        otel.name = [Some(attempt.method.as_str()), template].into_iter().flatten().collect::<Vec<_>>().join(" "),
        otel.status_code = tracing::field::Empty,
        http.request.method = attempt.method.as_str(),
        http.request.resend_count = resent,
        http.response.status_code = tracing::field::Empty,
        url.template = template,
        server.address = server.host_str(),
        server.port = server.port_or_known_default(),
        error.r#type = tracing::field::Empty,
        switchboard.operation = operation.id,
    )
}

/// Writes what became of an attempt into its span.
#[cfg(feature = "tracing")]
pub(crate) fn record(span: &tracing::Span, result: &AttemptResult) {
    if let Some(status) = result.status {
        span.record("http.response.status_code", status.as_u16());
    }
    let failed = match (result.status, result.error) {
        (Some(status), _) if status.is_client_error() || status.is_server_error() => Some(status.as_u16().to_string()),
        (_, Some(error)) => Some(error_type(error).to_owned()),
        _ => None,
    };
    if let Some(failed) = failed {
        span.record("error.type", failed);
        span.record("otel.status_code", "ERROR");
    }
}

/// A name of low cardinality for `error.type`.
#[cfg(feature = "tracing")]
fn error_type(kind: TransportErrorKind) -> &'static str {
    match kind {
        TransportErrorKind::Connect => "connect",
        TransportErrorKind::ConnectTimeout(_) => "connect_timeout",
        TransportErrorKind::RateLimit(_) => "rate_limit",
        TransportErrorKind::Concurrency(_) => "concurrency",
        TransportErrorKind::Tls => "tls",
        TransportErrorKind::Proxy => "proxy",
        TransportErrorKind::Url => "url",
        TransportErrorKind::NotTaken => "not_taken",
        TransportErrorKind::Interrupted => "interrupted",
        TransportErrorKind::Body => "body",
        TransportErrorKind::ContentCoding => "content_coding",
        TransportErrorKind::BodyTooLarge(_) => "body_too_large",
        TransportErrorKind::AttemptTimeout(_) | TransportErrorKind::WholeTimeout(_) => "timeout",
        TransportErrorKind::IdleTimeout(_) => "idle_timeout",
        TransportErrorKind::Redirect => "redirect",
        TransportErrorKind::RequestBody => "request_body",
    }
}

#[cfg(test)]
#[cfg(feature = "tracing")]
mod tests;
