//! Calls that got no whole answer.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::BoxError;
use super::message::LONGEST;
use crate::text::cut;

/// No answer arrived, or not all of it.
#[derive(Debug)]
pub struct TransportError {
    operation: &'static str,
    attempts: u32,
    kind: TransportErrorKind,
    source: Option<BoxError>,
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: refused, no such host. The request was certainly not sent.
    Connect,
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
    /// The server sent the call from one place to the next without end, or to a place that cannot be gone to.
    Redirect,
    /// The body to be sent could not be read to its end.
    RequestBody,
}

impl TransportError {
    pub(crate) fn new(
        operation: &'static str,
        attempts: u32,
        kind: TransportErrorKind,
        source: Option<BoxError>,
    ) -> Self {
        Self { operation, attempts, kind, source }
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
        self.kind
    }

    /// A time limit was reached.
    pub fn is_timeout(&self) -> bool {
        use TransportErrorKind::{AttemptTimeout, IdleTimeout, WholeTimeout};
        matches!(self.kind, AttemptTimeout(_) | WholeTimeout(_) | IdleTimeout(_))
    }

    /// The request was certainly not sent, or not read by the server.
    pub fn is_not_sent(&self) -> bool {
        use TransportErrorKind::{Connect, Proxy, Tls, Url};
        matches!(self.kind, Connect | Tls | Proxy | Url)
    }

    /// The same call may well succeed later.
    pub fn is_retryable(&self) -> bool {
        self.kind.is_passing()
    }
}

impl TransportErrorKind {
    /// Whether the same request may well succeed later.
    pub(crate) fn is_passing(self) -> bool {
        use TransportErrorKind::{BodyTooLarge, ContentCoding, Proxy, Redirect, RequestBody, Tls, Url};
        !matches!(self, BodyTooLarge(_) | ContentCoding | Redirect | RequestBody | Tls | Proxy | Url)
    }

    /// What went wrong, with the whole chain of causes: "connection refused" is at its end, and it is what the reader wants
    /// to know.
    pub(crate) fn told(self, source: Option<&BoxError>) -> String {
        let mut told = self.to_string();
        let mut last = told.clone();
        let mut cause = source.map(|source| &**source as &(dyn Error + 'static));
        while let Some(error) = cause {
            let text = error.to_string();
            let text = cut(&text, LONGEST).into_owned();
            if !last.ends_with(&text) {
                told = format!("{told}: {text}");
                last = text;
            }
            cause = error.source();
        }
        told
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("no connection"),
            Self::Tls => f.write_str("no secure connection"),
            Self::Proxy => f.write_str("the proxy refuses"),
            Self::Url => f.write_str("no such URL can be called"),
            Self::Interrupted => f.write_str("the connection failed before the answer came"),
            Self::Body => f.write_str("the answer broke off or could not be unpacked"),
            Self::ContentCoding => f.write_str("the answer cannot be unpacked"),
            Self::BodyTooLarge(limit) => write!(f, "the body of the answer is longer than {limit} bytes"),
            Self::AttemptTimeout(limit) => write!(f, "no answer within {limit:?}"),
            Self::WholeTimeout(limit) => write!(f, "not done within {limit:?}"),
            Self::IdleTimeout(limit) => write!(f, "the answer was silent for {limit:?}"),
            Self::Redirect => f.write_str("redirected without end, or to where no call can go"),
            Self::RequestBody => f.write_str("the body to be sent could not be read to its end"),
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.kind.told(self.source.as_ref()))?;
        match self.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " ({attempts} attempts)"),
        }
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_operation_and_causes() {
        let cause = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        let error = TransportError::new("listThings", 3, TransportErrorKind::Connect, Some(Box::new(cause)));
        assert_eq!(error.to_string(), "listThings: no connection: connection refused (3 attempts)");
        assert!(error.is_retryable() && error.is_not_sent() && error.source().is_some());
    }

    #[test]
    fn a_body_too_large_stays_too_large() {
        let error = TransportError::new("listThings", 1, TransportErrorKind::BodyTooLarge(10), None);
        assert_eq!(error.to_string(), "listThings: the body of the answer is longer than 10 bytes");
        assert!(!error.is_retryable());
    }
}
