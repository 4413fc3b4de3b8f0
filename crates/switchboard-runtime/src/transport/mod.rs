//! The way requests go out. A client has one that speaks HTTP over TCP unless it is given another: a script in a test, a proxy
//! of one's own, whatever carries HTTP where there are no sockets.
//!
//! A transport makes one exchange and decides nothing. Redirects, repeats, time limits, credentials and unpacking are the
//! client's, and are the same whatever carries them.

#[cfg(feature = "transport")]
pub(crate) mod settings;
#[cfg(feature = "transport")]
mod tcp;

#[cfg(feature = "transport")]
pub(crate) use self::tcp::is_timeout;

use std::fmt;
use std::sync::Arc;

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;

use crate::body::Body;
use crate::environment::BoxFuture;
use crate::fault::{BoxError, TransportErrorKind};

/// Carries requests to servers, and their answers back.
///
/// ```
/// use switchboard_runtime::{BoxFuture, StatusCode, Transport, TransportFailure, TransportRequest, TransportResponse};
///
/// /// Answers everything by itself.
/// struct Offline;
///
/// impl Transport for Offline {
///     fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportFailure>> {
///         Box::pin(async { Ok(request.respond(StatusCode::OK).body("{}")) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and waits for the head of its answer; the body may still be on its way. Redirects are not followed,
    /// packed bodies not unpacked, and nothing is sent twice. A future that is dropped gives the exchange up.
    ///
    /// # Errors
    ///
    /// [`TransportFailure`], by whose kind the client decides whether to try again.
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportFailure>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportFailure>> {
        (**self).send(request)
    }
}

/// Without HTTP over TCP there is nothing that has time limits of its own.
#[cfg(not(feature = "transport"))]
pub(crate) fn is_timeout(_: &(dyn std::error::Error + 'static)) -> bool {
    false
}

/// A request as it goes out, complete: nothing is to be added to it but what frames a message.
#[non_exhaustive]
pub struct TransportRequest {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Body>,
}

impl TransportRequest {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL, absolute. It may hold secrets.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Of the URL what may be shown: without user name, password, query and fragment.
    pub(crate) fn shown_url(&self) -> String {
        crate::server::without_secrets(&self.url)
    }

    /// The headers. They may hold secrets.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body, if there is one.
    pub fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }

    /// Takes the body out, to be read.
    pub fn take_body(&mut self) -> Option<Body> {
        self.body.take()
    }

    /// An answer to this request, from its own URL, without headers and body so far.
    pub fn respond(self, status: StatusCode) -> TransportResponse {
        TransportResponse {
            status,
            headers: HeaderMap::new(),
            url: Box::new(self.url),
            body: Body::from(bytes::Bytes::new()),
        }
    }
}

/// What is sent may be secret, so of headers the names are shown, and of the URL what comes before its query.
impl fmt::Debug for TransportRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportRequest")
            .field("method", &self.method)
            .field("url", &self.shown_url())
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body", &self.body)
            .finish()
    }
}

/// An answer, its body perhaps still on its way.
pub struct TransportResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Which URL answered. Boxed, for every future on the way holds it.
    pub(crate) url: Box<Url>,
    pub(crate) body: Body,
}

impl TransportResponse {
    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The same with these headers in place of all others.
    #[must_use]
    pub fn headers(self, headers: HeaderMap) -> Self {
        Self { headers, ..self }
    }

    /// The same with a body, packed as its headers say. A stream of known length says so ([`Body::sized_stream`]): one that
    /// ends sooner is then an answer that broke off.
    #[must_use]
    pub fn body(self, body: impl Into<Body>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

/// Of headers the names are shown: values may be secret.
impl fmt::Debug for TransportResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportResponse")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body", &self.body)
            .finish()
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub struct TransportFailure {
    pub(crate) kind: TransportErrorKind,
    /// The host and port that was called: all of a URL that may be told.
    pub(crate) host: Option<Box<str>>,
    pub(crate) cause: BoxError,
}

impl TransportFailure {
    /// A failure of some kind, and what is behind it, which must not tell secrets. What was certainly not sent
    /// ([`Connect`](TransportErrorKind::Connect), [`ConnectTimeout`](TransportErrorKind::ConnectTimeout)) is tried again
    /// whatever the operation; what may have been sent ([`Interrupted`](TransportErrorKind::Interrupted)) where the
    /// operation may be sent twice; [`Tls`](TransportErrorKind::Tls), [`Proxy`](TransportErrorKind::Proxy),
    /// [`Url`](TransportErrorKind::Url) and [`NotTaken`](TransportErrorKind::NotTaken) never.
    pub fn new(kind: TransportErrorKind, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { kind, host: None, cause: cause.into() }
    }

    /// The same with the host and port that was called, which errors show.
    #[must_use]
    pub fn host(self, host: impl Into<String>) -> Self {
        Self { host: Some(host.into().into_boxed_str()), ..self }
    }
}
