//! Calls that got no whole answer.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::message::LONGEST;
use crate::exchange::Fault;
use crate::span::span;
use crate::text::cut;

/// No answer arrived, or not all of it.
///
/// `Display` says it all in one line, down to the last cause, so there is no [source](Error::source) to print behind it;
/// [`cause`](Self::cause) has it for whoever wants to know its type.
#[derive(Debug)]
pub struct TransportError {
    operation: &'static str,
    attempts: u32,
    fault: Fault,
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

impl TransportError {
    pub(crate) fn new(operation: &'static str, attempts: u32, fault: Fault) -> Self {
        Self { operation, attempts, fault }
    }

    /// The operation's id.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// How many times the request was sent, or was tried to be.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What went wrong.
    pub fn kind(&self) -> TransportErrorKind {
        self.fault.kind
    }

    /// The host and port that was called, if it came so far: `api.example.com:443`. Where there is a proxy between, the
    /// connection may have failed on the way to that.
    pub fn host(&self) -> Option<&str> {
        self.fault.host.as_deref()
    }

    /// What is behind it, such as the error of the HTTP client.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.fault.source.as_deref()
    }

    /// A time limit was reached.
    pub fn is_timeout(&self) -> bool {
        use TransportErrorKind::{AttemptTimeout, Concurrency, ConnectTimeout, IdleTimeout, WholeTimeout};
        matches!(self.kind(), AttemptTimeout(_) | WholeTimeout(_) | IdleTimeout(_) | ConnectTimeout(_) | Concurrency(_))
    }

    /// The request was certainly not sent, or not read by the server.
    pub fn is_not_sent(&self) -> bool {
        use TransportErrorKind::{Concurrency, Connect, ConnectTimeout, Proxy, RateLimit, Tls, Url};
        match self.kind() {
            Connect | ConnectTimeout(_) | Tls | Proxy | Url => true,
            RateLimit(_) | Concurrency(_) => self.attempts == 0,
            _ => false,
        }
    }

    /// The same call may well succeed later.
    pub fn is_retryable(&self) -> bool {
        self.kind().is_passing()
    }

    /// How long to wait until there is a turn by the client's own rate limit.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self.kind() {
            TransportErrorKind::RateLimit(wait) => Some(wait),
            _ => None,
        }
    }
}

impl TransportErrorKind {
    /// Whether the same request may well succeed later.
    pub(crate) fn is_passing(self) -> bool {
        use TransportErrorKind::{BodyTooLarge, ContentCoding, Proxy, Redirect, RequestBody, Tls, Url};
        !matches!(self, BodyTooLarge(_) | ContentCoding | Redirect | RequestBody | Tls | Proxy | Url)
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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.host) {
            (TransportErrorKind::Interrupted, Some(host)) => {
                write!(f, "the connection to {host} failed before the answer came")?;
            }
            (kind @ (TransportErrorKind::Connect | TransportErrorKind::Tls), Some(host)) => {
                write!(f, "{kind} to {host}")?
            }
            (TransportErrorKind::Proxy, Some(host)) => write!(f, "the proxy refuses the way to {host}")?,
            // That it took too long is all that the cause would say.
            (kind @ TransportErrorKind::ConnectTimeout(Some(_)), Some(host)) => return write!(f, "{kind}, to {host}"),
            (kind @ TransportErrorKind::ConnectTimeout(None), Some(host)) => return write!(f, "{kind} to {host}"),
            (kind, _) => write!(f, "{kind}")?,
        }
        match &self.source {
            Some(source) => write!(f, ": {}", chain(&**source)),
            None => Ok(()),
        }
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

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.fault)?;
        match self.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " ({attempts} attempts)"),
        }
    }
}

impl Error for TransportError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(attempts: u32, kind: TransportErrorKind, cause: Option<std::io::Error>) -> TransportError {
        let fault = Fault { kind, host: None, source: cause.map(Into::into) };
        TransportError::new("listThings", attempts, fault)
    }

    #[test]
    fn display_names_operation_and_causes_and_is_all_there_is_to_print() {
        let cause = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        let error = error(3, TransportErrorKind::Connect, Some(cause));
        assert_eq!(error.to_string(), "listThings: no connection: connection refused (3 attempts)");
        assert!(error.is_retryable() && error.is_not_sent() && error.source().is_none());
        let cause = error.cause().and_then(|cause| cause.downcast_ref::<std::io::Error>()).unwrap();
        assert_eq!(cause.kind(), std::io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn a_body_too_large_stays_too_large() {
        let error = error(1, TransportErrorKind::BodyTooLarge(10), None);
        assert_eq!(error.to_string(), "listThings: the body of the answer is longer than 10 bytes");
        assert!(!error.is_retryable());
    }

    #[test]
    fn limits_of_the_clients_own_are_named_and_pass() {
        let second = Duration::from_secs(1);
        let refused = error(0, TransportErrorKind::RateLimit(3 * second), None);
        assert!(refused.is_retryable() && refused.is_not_sent() && !refused.is_timeout());
        assert_eq!(refused.retry_after(), Some(3 * second));
        let late = error(1, TransportErrorKind::Concurrency(second), None);
        assert!(late.is_retryable() && !late.is_not_sent() && late.is_timeout());
    }
}
