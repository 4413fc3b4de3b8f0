//! What can go wrong between a request and the end of its answer, whatever call it is for.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::span::span;
use crate::text::{LONGEST, cut};

/// A boxed error of any type.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why an exchange failed.
#[derive(Debug)]
pub(crate) struct TransportFault {
    pub(crate) kind: TransportErrorKind,
    /// The host and port that was called: all of a URL that may be told.
    pub(crate) host: Option<Box<str>>,
    pub(crate) source: Option<BoxError>,
}

impl TransportFault {
    pub(crate) fn new(kind: TransportErrorKind) -> Self {
        Self { kind, host: None, source: None }
    }

    pub(crate) fn because(kind: TransportErrorKind, reason: impl Into<BoxError>) -> Self {
        Self { kind, host: None, source: Some(reason.into()) }
    }
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: refused, no such host. The request was certainly not sent.
    Connect,
    /// No connection within the limit for opening one, or within the operating system's own. The request was certainly
    /// not sent. Without the limit if that is of an HTTP client handed in by the caller.
    ConnectTimeout(Option<Duration>),
    /// No secure connection, and no other attempt would make one: no trust in the server's certificate, or the server
    /// has none in the client's, or they do not speak the same TLS. The server has not read the request.
    Tls,
    /// The proxy wants a user name and a password, or others (RFC 9110, section 15.5.8). The request was not sent. Where
    /// there is no TLS the proxy's refusal is an answer as any other, of status 407.
    Proxy,
    /// The client cannot call such a URL: it cannot speak its scheme, or it is too long. The request was not sent.
    Url,
    /// The [transport](crate::Transport) does not take such a request, for a reason of its own. It was not sent.
    NotTaken,
    /// The connection failed after the request may have been sent, wholly or in part.
    Interrupted,
    /// The answer began to arrive, but broke off or could not be unpacked.
    Body,
    /// The body of the answer is packed in a way that the client cannot unpack, or there is more in it than what is packed
    /// (RFC 9110, section 8.4).
    ContentCoding,
    /// The body of the answer is longer than the client's limit, in bytes.
    BodyTooLarge(u64),
    /// One attempt took longer than it may.
    AttemptTimeout(Duration),
    /// All attempts and pauses together took longer than they may.
    WholeTimeout(Duration),
    /// A streamed answer was silent for longer than it may.
    IdleTimeout(Duration),
    /// The client keeps to a rate limit, and the request's turn would come only after the time that the call may take.
    /// It was not waited for; the turn would come so long after the error.
    RateLimit(Duration),
    /// No other call ended in all the time that the call may take, and no more may run at once.
    Concurrency(Duration),
    /// The server sent the call from one place to the next without end, or to a place that cannot be gone to.
    Redirect,
    /// The body to be sent could not be read to its end.
    RequestBody,
}

impl TransportErrorKind {
    /// Whether no connection came, so that nothing was sent, and another attempt may find one.
    pub(crate) fn is_unconnected(self) -> bool {
        matches!(self, Self::Connect | Self::ConnectTimeout(_))
    }

    /// Whether the same request may well succeed later.
    pub(crate) fn is_passing(self) -> bool {
        use TransportErrorKind::{BodyTooLarge, ContentCoding, NotTaken, Proxy, Redirect, RequestBody, Tls, Url};
        !matches!(self, BodyTooLarge(_) | ContentCoding | Redirect | RequestBody | Tls | Proxy | Url | NotTaken)
    }
}

/// An error with the whole chain of its causes: "connection refused" is at its end, and it is what the reader wants to
/// know. What an error repeats of its cause is said once.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut told = cut(&error.to_string(), LONGEST).into_owned();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        let text = cut(&text, LONGEST);
        if !told.ends_with(&*text) {
            told.extend([": ", &*text]);
        }
        cause = error.source();
    }
    told
}

impl fmt::Display for TransportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.host) {
            (TransportErrorKind::Interrupted, Some(host)) => {
                write!(f, "the connection to {host} failed before the answer came")?;
            }
            (kind @ (TransportErrorKind::Connect | TransportErrorKind::Tls), Some(host)) => {
                write!(f, "{kind} to {host}")?
            }
            (TransportErrorKind::Proxy, Some(host)) => write!(f, "the proxy refuses the way to {host}")?,
            (kind @ TransportErrorKind::ConnectTimeout(Some(_)), Some(host)) => write!(f, "{kind}, to {host}")?,
            (kind @ TransportErrorKind::ConnectTimeout(None), Some(host)) => write!(f, "{kind} to {host}")?,
            (kind, _) => write!(f, "{kind}")?,
        }
        match (self.kind, &self.source) {
            // That it took too long is all that the HTTP client would say.
            (TransportErrorKind::ConnectTimeout(_), Some(source)) if self.host.is_some() => {
                source.downcast_ref::<Told>().map_or(Ok(()), |told| write!(f, ": {told}"))
            }
            (_, Some(source)) => write!(f, ": {}", chain(&**source)),
            (_, None) => Ok(()),
        }
    }
}

/// A cause with what can be done.
#[derive(Debug)]
pub(crate) struct Told {
    advice: Cow<'static, str>,
    cause: BoxError,
}

#[cfg(feature = "transport")]
impl Told {
    pub(crate) fn of(advice: impl Into<Cow<'static, str>>, cause: BoxError) -> BoxError {
        Box::new(Self { advice: advice.into(), cause })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.advice)
    }
}

impl Error for Told {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("no connection"),
            Self::ConnectTimeout(Some(limit)) => {
                write!(f, "timed out: no connection within {limit:?} (`connect_timeout`)")
            }
            Self::ConnectTimeout(None) => f.write_str("timed out: no connection"),
            Self::Tls => f.write_str("no secure connection"),
            Self::Proxy => f.write_str("the proxy refuses"),
            Self::Url => f.write_str("no such URL can be called"),
            Self::NotTaken => f.write_str("the transport does not take the request"),
            Self::Interrupted => f.write_str("the connection failed before the answer came"),
            Self::Body => f.write_str("the answer broke off or could not be unpacked"),
            Self::ContentCoding => f.write_str("the answer cannot be unpacked"),
            Self::BodyTooLarge(limit) => write!(f, "the body of the answer is longer than {limit} bytes"),
            Self::AttemptTimeout(limit) => write!(f, "timed out: no answer within {limit:?} (`attempt_timeout`)"),
            Self::WholeTimeout(limit) => write!(f, "timed out: not done within {limit:?} (`timeout`)"),
            Self::IdleTimeout(limit) => {
                write!(f, "timed out: the answer was silent for {limit:?} (`idle_timeout`)")
            }
            Self::RateLimit(wait) => write!(
                f,
                "the client's rate limit leaves no turn in time: it would come in {}, beyond the call's end (`timeout`)",
                span(*wait)
            ),
            Self::Concurrency(limit) => write!(f, "timed out: no other call ended within {limit:?} (`timeout`)"),
            Self::Redirect => f.write_str("redirected without end, or to where no call can go"),
            Self::RequestBody => f.write_str("the body to be sent could not be read to its end"),
        }
    }
}
