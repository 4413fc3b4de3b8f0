//! What a failed call of the facade says: which provider, doing what, and what kind of failure in terms that are the
//! same for all APIs. The generated client's own error is kept whole, for those who want to know what only it knows.

use std::fmt;
use std::time::Duration;

use switchboard_runtime::{Error as CallError, PagingErrorKind, StatusCode};

use crate::Operation;

/// A boxed error of any type.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a provider could not do what it was asked for.
///
/// `Display` says it all in one line: provider, operation, and what the API answered, down to the last cause, so that
/// there is no more of it in the [source](std::error::Error::source). [`cause`](Self::cause) is the error of the generated
/// client, if a call was made; it can be downcast, to `switchboard::runtime::Error<E>` with the `E` of that client's
/// operation, for the typed body and the headers.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    provider: String,
    operation: Operation,
    kind: ErrorKind,
    problem: Problem,
    status: Option<StatusCode>,
    message: Option<String>,
    request_id: Option<String>,
    retryable: bool,
    retry_after: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("the API has no such operation")]
    Unsupported,
    #[error("there is no provider of this name; {0}")]
    UnknownProvider(String),
    #[error("{0}")]
    Said(String),
    #[error("{0}")]
    Caused(BoxError),
}

/// What kind of failure it is, the same for all APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The provider has no such operation. Nothing was sent.
    Unsupported,
    /// The switchboard has no provider of that name. Nothing was sent.
    UnknownProvider,
    /// There is no connection with that id.
    NotFound,
    /// No credential was to be had, or the vendor did not accept it: 401 or 403.
    Auth,
    /// The vendor has had too many requests (429), or the client's own rate limit leaves the call no turn in its time.
    RateLimited,
    /// The vendor refused what was asked for (400, 409, 415, 422), or it cannot be asked for at all; either way nothing
    /// was changed.
    Invalid,
    /// Several connections are what was asked for, and nobody can tell which one is meant. Nothing was changed.
    Ambiguous,
    /// No answer arrived, or not all of it.
    Transport,
    /// The answer is not what the vendor's document promises, or a list ends without proof of its end.
    Decode,
    /// The vendor answered with any other error.
    Api,
}

impl Error {
    /// The API has no such operation.
    pub fn unsupported(provider: impl Into<String>, operation: Operation) -> Self {
        Self::new(provider, operation, ErrorKind::Unsupported, Problem::Unsupported)
    }

    /// The arguments make no request. `reason` is shown, so it must not hold secrets.
    pub fn invalid(provider: impl Into<String>, operation: Operation, reason: impl Into<String>) -> Self {
        Self::new(provider, operation, ErrorKind::Invalid, Problem::Said(reason.into()))
    }

    /// Several connections are what was asked for. `reason` is shown.
    pub(crate) fn ambiguous(provider: impl Into<String>, operation: Operation, reason: impl Into<String>) -> Self {
        Self::new(provider, operation, ErrorKind::Ambiguous, Problem::Said(reason.into()))
    }

    /// The vendor reported success, but its answer lacks what cannot be done without. `reason` is shown.
    pub fn unreadable(provider: impl Into<String>, operation: Operation, reason: impl Into<String>) -> Self {
        Self::new(provider, operation, ErrorKind::Decode, Problem::Said(reason.into()))
    }

    /// A call of a generated client failed.
    pub fn call<E>(provider: impl Into<String>, operation: Operation, error: CallError<E>) -> Self
    where
        E: fmt::Debug + Send + Sync + 'static,
    {
        let (status, retryable, retry_after) = (error.status(), error.is_retryable(), error.retry_after());
        let (message, request_id) = (error.message().map(str::to_owned), error.request_id().map(str::to_owned));
        let kind = kind_of(&error);
        let mut this = Self::new(provider, operation, kind, Problem::Caused(Box::new(error)));
        this.0.status = status;
        this.0.message = message;
        this.0.request_id = request_id;
        this.0.retryable = retryable;
        this.0.retry_after = retry_after;
        this
    }

    /// A failure of any other origin, for providers that are not made of generated clients. Its text is shown, so it
    /// must not hold secrets.
    pub fn other(
        provider: impl Into<String>,
        operation: Operation,
        kind: ErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let mut this = Self::new(provider, operation, kind, Problem::Caused(source.into()));
        this.0.retryable = matches!(kind, ErrorKind::Transport | ErrorKind::RateLimited);
        this
    }

    /// A provider has asked to wait, and is not asked for so long.
    pub(crate) fn held(provider: impl Into<String>, wait: Duration) -> Self {
        let told = format!("not looked at: it asked to wait, for another {} s", wait.as_secs().max(1));
        let mut this = Self::new(provider, Operation::List, ErrorKind::RateLimited, Problem::Said(told));
        this.0.retryable = true;
        this.0.retry_after = Some(wait);
        this
    }

    /// There is no provider of that name, but those of the others.
    pub(crate) fn unknown_provider<'a>(
        provider: &str,
        operation: Operation,
        others: impl Iterator<Item = &'a str>,
    ) -> Self {
        let others: Vec<String> = others.map(|name| format!("`{name}`")).collect();
        let told =
            if others.is_empty() { "there are none".to_owned() } else { format!("there are: {}", others.join(", ")) };
        Self::new(provider, operation, ErrorKind::UnknownProvider, Problem::UnknownProvider(told))
    }

    fn new(provider: impl Into<String>, operation: Operation, kind: ErrorKind, problem: Problem) -> Self {
        let provider = provider.into();
        let (status, message, request_id) = (None, None, None);
        let (retryable, retry_after) = (false, None);
        Self(Box::new(Inner {
            provider,
            operation,
            kind,
            problem,
            status,
            message,
            request_id,
            retryable,
            retry_after,
        }))
    }

    /// The same as another kind, for vendors whose statuses do not mean what they usually mean.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The name of the provider.
    pub fn provider(&self) -> &str {
        &self.0.provider
    }

    /// What it was asked for.
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The vendor's own words, if it said any.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The vendor's id for the request, if it sent one: what its support asks for first.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Whether the same call may well succeed later. Says nothing on whether a repeat is safe; the clients have already
    /// repeated what may be.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long to wait before the same call may be made again, if the vendor asked for that, or the client's own rate
    /// limit does: longer than the clients wait by themselves, or than the call may take.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The error of the generated client, or what a provider of another kind gave as the cause.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        match &self.0.problem {
            Problem::Caused(error) => Some(error.as_ref()),
            _ => None,
        }
    }

    /// The provider has no such operation.
    pub fn is_unsupported(&self) -> bool {
        self.kind() == ErrorKind::Unsupported
    }

    /// There is no connection with that id.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// No credential was to be had, or the vendor did not accept it.
    pub fn is_auth(&self) -> bool {
        self.kind() == ErrorKind::Auth
    }

    /// The vendor has had too many requests, or the client's own rate limit leaves the call no turn in its time.
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited
    }
}

fn kind_of<E>(error: &CallError<E>) -> ErrorKind {
    match error {
        error if error.is_rate_limited() => ErrorKind::RateLimited,
        CallError::InvalidRequest(_) => ErrorKind::Invalid,
        CallError::Transport(_) => ErrorKind::Transport,
        CallError::Auth(_) => ErrorKind::Auth,
        CallError::Decode(_) => ErrorKind::Decode,
        CallError::Paging(error) => match error.kind() {
            PagingErrorKind::Reported => ErrorKind::Api,
            PagingErrorKind::TimeLimit | PagingErrorKind::Interrupted => ErrorKind::Transport,
            _ => ErrorKind::Decode,
        },
        CallError::Response(response) => match response.status().as_u16() {
            400 | 409 | 415 | 422 => ErrorKind::Invalid,
            401 | 403 => ErrorKind::Auth,
            404 | 410 => ErrorKind::NotFound,
            _ => ErrorKind::Api,
        },
        _ => ErrorKind::Api,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { provider, operation, problem, .. } = &*self.0;
        match problem {
            // The client's error begins with the API's own name of the operation.
            Problem::Caused(error) => write!(f, "{provider}: {error}"),
            _ => write!(f, "{provider}: cannot {operation}: {problem}"),
        }
    }
}

impl std::error::Error for Error {
    /// What is behind the [`cause`](Self::cause), which `Display` tells already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause()?.source()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use switchboard_runtime::InvalidRequest;

    use super::*;

    #[test]
    fn one_line_with_provider_and_operation() {
        let error = Error::unsupported("mine", Operation::Delete);
        assert_eq!(error.to_string(), "mine: cannot delete: the API has no such operation");
        assert!(error.is_unsupported() && !error.is_retryable() && error.source().is_none());

        let error = Error::invalid("mine", Operation::Create, "a name is needed");
        assert_eq!(error.to_string(), "mine: cannot create: a name is needed");
    }

    #[test]
    fn the_clients_error_is_the_cause_and_told_once() {
        let call: CallError = InvalidRequest::new("getThing", "`id` is required").into();
        let error = Error::call("mine", Operation::Get, call);
        assert_eq!(error.to_string(), "mine: getThing: `id` is required");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.cause().unwrap().is::<CallError>() && error.source().is_none());
    }

    #[test]
    fn a_failure_of_other_origin_keeps_its_kind() {
        let error = Error::other("mine", Operation::List, ErrorKind::Transport, "no line");
        assert_eq!((error.to_string().as_str(), error.is_retryable()), ("mine: no line", true));

        #[derive(Debug, thiserror::Error)]
        #[error("no line")]
        struct NoLine(#[source] std::io::Error);
        let error = Error::other("mine", Operation::List, ErrorKind::Transport, NoLine(std::io::Error::other("cut")));
        let behind = error.source().unwrap();
        assert_eq!(format!("{error}: {behind}"), "mine: no line: cut");
        assert!(error.cause().unwrap().is::<NoLine>() && behind.source().is_none());
    }

    #[test]
    fn errors_travel_and_are_small() {
        fn assert_error<T: std::error::Error + Send + Sync + 'static>() {}
        assert_error::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
