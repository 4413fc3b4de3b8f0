//! Calls that got no whole answer.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::fault::{TransportErrorKind, TransportFault};

/// No answer arrived, or not all of it.
///
/// `Display` says it all in one line, down to the last cause, so there is no [source](Error::source) to print behind it;
/// [`cause`](Self::cause) has it for whoever wants to know its type.
#[derive(Debug)]
pub struct TransportError {
    operation: &'static str,
    attempts: u32,
    fault: TransportFault,
}

impl TransportError {
    pub(crate) fn new(operation: &'static str, attempts: u32, fault: TransportFault) -> Self {
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

    /// A time limit was reached, be it one that an HTTP client of the caller's own has by itself.
    pub fn is_timeout(&self) -> bool {
        use TransportErrorKind::{AttemptTimeout, Concurrency, ConnectTimeout, IdleTimeout, WholeTimeout};
        match self.kind() {
            AttemptTimeout(_) | WholeTimeout(_) | IdleTimeout(_) | ConnectTimeout(_) | Concurrency(_) => true,
            _ => self.fault.source.as_deref().is_some_and(|cause| crate::transport::is_timeout(cause)),
        }
    }

    /// The request was certainly not sent, or not read by the server.
    pub fn is_not_sent(&self) -> bool {
        use TransportErrorKind::{
            Concurrency, Connect, ConnectTimeout, NotTaken, Proxy, RateLimit, Tls, Url, WholeTimeout,
        };
        match self.kind() {
            Connect | ConnectTimeout(_) | Tls | Proxy | Url | NotTaken => true,
            RateLimit(_) | Concurrency(_) | WholeTimeout(_) => self.attempts == 0,
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
    #[cfg(feature = "transport")]
    use crate::fault::{BoxError, Told};

    fn error(attempts: u32, kind: TransportErrorKind, cause: Option<std::io::Error>) -> TransportError {
        let fault = TransportFault { kind, host: None, source: cause.map(Into::into) };
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

    #[cfg(feature = "transport")]
    #[test]
    fn a_timeout_tells_what_may_be_out_of_reach_and_nothing_else_of_its_cause() {
        let timed_out = |source: BoxError| {
            let kind = TransportErrorKind::ConnectTimeout(Some(Duration::from_secs(1)));
            TransportFault { kind, host: Some("host:443".into()), source: Some(source) }.to_string()
        };
        let told = "timed out: no connection within 1s (`connect_timeout`), to host:443";
        assert_eq!(timed_out("too long".into()), told);
        let doubted = Told::of("a proxy", "too long".into());
        assert_eq!(timed_out(doubted), format!("{told}: a proxy"));
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
