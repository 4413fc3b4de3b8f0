//! What a failed call says. An error must tell which operation, what the vendor answered and in its own words, and
//! what to do about it, without the caller digging; and it must never tell a secret.

mod auth;
mod body;
mod message;
mod paging;
mod request;
mod response;
mod transport;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub use self::auth::AuthError;
pub(crate) use self::auth::{AuthProblem, Insecure, wanted};
pub use self::body::{ErrorBody, Undescribed, Undocumented};
pub(crate) use self::message::find_message;
pub(crate) use self::paging::PagingProblem;
pub use self::paging::{PagingError, PagingErrorKind};
pub use self::request::InvalidRequest;
pub(crate) use self::request::RequestProblem;
pub use self::response::{DecodeError, ErrorResponse};
pub use self::transport::TransportError;
use crate::fault::TransportErrorKind;
use crate::headers::ErrorHeaders;
use crate::raw_response::RawResponse;
use crate::retry_after::{is_limited, is_passing};

/// Why a call failed. `E` is the operation's typed error body.
///
/// `Error` alone, of the body as it came, is what a function returns that makes several calls: `?` takes the errors of them all
/// into it.
///
/// ```
/// # use switchboard_runtime::{Error, Undescribed};
/// # async fn first() -> Result<u8, Error<Undescribed>> { Ok(1) }
/// async fn both() -> Result<(), Error> {
///     first().await?;
///     Ok(())
/// }
/// ```
///
/// `Display` says it all in one line, down to the last cause ("connection refused"), so there is no
/// [source](std::error::Error::source) to print behind it; [`cause`](Self::cause) has it for whoever wants to know its
/// type.
#[non_exhaustive]
pub enum Error<E = Undocumented> {
    /// The arguments make no valid request. Nothing was sent.
    InvalidRequest(InvalidRequest),
    /// No answer arrived, or not all of it: no connection, a reset, a time limit, a body cut off.
    Transport(Box<TransportError>),
    /// No credential was to be had. Nothing was sent to the API.
    Auth(Box<AuthError>),
    /// The vendor answered with a status that is no success.
    Response(Box<ErrorResponse<E>>),
    /// The vendor reported success, but the body is not what the document promises.
    Decode(Box<DecodeError>),
    /// A list could not be read to its end: its pages make no sense, or it ends without proof of its end.
    Paging(Box<PagingError>),
}

impl<E> Error<E> {
    /// Whether the same call may well succeed later. Says nothing on whether a repeat is safe: a reset connection
    /// leaves open what the server did.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_retryable(),
            Self::Auth(error) => error.is_retryable(),
            Self::Response(error) => is_passing(error.status()) || self.is_rate_limited(),
            Self::InvalidRequest(_) | Self::Decode(_) | Self::Paging(_) => false,
        }
    }

    /// The vendor answered 404 or 410.
    pub fn is_not_found(&self) -> bool {
        self.is_answer(&[404, 410])
    }

    /// The vendor answered 429, or a 403 that asks to wait or says that a limit is used up, or the client's own rate limit
    /// leaves the call no turn in its time.
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Self::Transport(error) => matches!(error.kind(), TransportErrorKind::RateLimit(_)),
            Self::Response(error) => is_limited(error.status(), error.headers(), error.retry_after()),
            _ => false,
        }
    }

    /// How long to wait before the same call may be made again: what the vendor asked for
    /// ([`ErrorResponse::retry_after`]), or what it takes until there is a turn by the client's own rate limit.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Response(error) => error.retry_after(),
            Self::Transport(error) => error.retry_after(),
            _ => None,
        }
    }

    /// No credential was to be had, or the vendor did not accept it: 401 or 403. Some vendors also answer 403 for what
    /// does not exist, or for a limit: that is [`is_rate_limited`](Self::is_rate_limited) as well.
    pub fn is_auth(&self) -> bool {
        matches!(self, Self::Auth(_)) || self.is_answer(&[401, 403])
    }

    /// A time limit was reached: that of an attempt, of the call, or of the whole list.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_timeout(),
            Self::Paging(error) => error.kind() == PagingErrorKind::TimeLimit,
            _ => false,
        }
    }

    fn is_answer(&self, statuses: &[u16]) -> bool {
        matches!(self, Self::Response(error) if statuses.contains(&error.status().as_u16()))
    }

    /// The status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.raw().map(RawResponse::status)
    }

    /// The headers, if there was an answer.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.raw().map(RawResponse::headers)
    }

    /// The headers that the document describes for the operation's errors, if there was an answer that is no success.
    pub fn typed_headers(&self) -> Option<E::Headers>
    where
        E: ErrorHeaders,
    {
        match self {
            Self::Response(error) => Some(error.typed_headers()),
            _ => None,
        }
    }

    /// The typed body, if there was an answer that is no success.
    pub fn body(&self) -> Option<&E> {
        match self {
            Self::Response(error) => Some(error.body()),
            _ => None,
        }
    }

    /// The body as it came, if there was an answer.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.raw().map(RawResponse::body)
    }

    fn raw(&self) -> Option<&RawResponse> {
        match self {
            Self::Response(error) => Some(error.raw()),
            Self::Decode(error) => Some(error.raw()),
            Self::Paging(error) => error.raw(),
            _ => None,
        }
    }

    /// What is behind the error, if that is no answer: the error of the HTTP client, or of a source of credentials.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        match self {
            Self::Transport(error) => error.cause(),
            Self::Auth(error) => error.cause(),
            _ => None,
        }
    }

    /// The vendor's id for the request, if it sent one: what its support asks for first.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Response(error) => error.request_id(),
            Self::Decode(error) => error.request_id(),
            Self::Paging(error) => error.request_id(),
            _ => None,
        }
    }

    /// The vendor's own words, if it said any.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Response(error) => error.message(),
            Self::Paging(error) => error.message(),
            _ => None,
        }
    }

    /// The operation's id.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::InvalidRequest(error) => error.operation(),
            Self::Transport(error) => error.operation(),
            Self::Auth(error) => error.operation(),
            Self::Response(error) => error.operation(),
            Self::Decode(error) => error.operation(),
            Self::Paging(error) => error.operation(),
        }
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        match self {
            Self::InvalidRequest(_) => 0,
            Self::Transport(error) => error.attempts(),
            Self::Auth(error) => error.attempts(),
            Self::Response(error) => error.attempts(),
            Self::Decode(error) => error.attempts(),
            Self::Paging(error) => error.attempts(),
        }
    }

    /// The same error without its typed body, for code that handles the errors of several operations.
    pub fn erase(self) -> Error {
        match self {
            Self::InvalidRequest(error) => Error::InvalidRequest(error),
            Self::Transport(error) => Error::Transport(error),
            Self::Auth(error) => Error::Auth(error),
            Self::Response(error) => Error::Response(Box::new(error.erase())),
            Self::Decode(error) => Error::Decode(error),
            Self::Paging(error) => Error::Paging(error),
        }
    }
}

/// The error of any operation. [`Undocumented`] is the body of no operation, so this is no conversion of a type to itself.
impl<E: ErrorBody> From<Error<E>> for Error {
    fn from(error: Error<E>) -> Self {
        error.erase()
    }
}

impl<E> From<InvalidRequest> for Error<E> {
    fn from(error: InvalidRequest) -> Self {
        Self::InvalidRequest(error)
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Auth(error) => error.fmt(f),
            Self::Response(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::Paging(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Auth(error) => error.fmt(f),
            Self::Response(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::Paging(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug> std::error::Error for Error<E> {}

/// Why a call failed before there was an answer to read: the part that does not depend on any operation's types.
#[derive(Debug)]
pub(crate) enum Failure {
    InvalidRequest(InvalidRequest),
    Transport(Box<TransportError>),
    Auth(Box<AuthError>),
}

impl<E> From<Failure> for Error<E> {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::InvalidRequest(error) => Self::InvalidRequest(error),
            Failure::Transport(error) => Self::Transport(error),
            Failure::Auth(error) => Self::Auth(error),
        }
    }
}

impl From<InvalidRequest> for Failure {
    fn from(error: InvalidRequest) -> Self {
        Self::InvalidRequest(error)
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::Transport(Box::new(error))
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::Auth(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_error<T: std::error::Error + Send + Sync + 'static>() {}

    #[test]
    fn errors_travel() {
        assert_error::<Error>();
        assert_error::<Error<String>>();
        assert_error::<ErrorResponse<Vec<u8>>>();
        assert!(size_of::<Error<[u64; 32]>>() <= 24, "{}", size_of::<Error<[u64; 32]>>());
    }
}
