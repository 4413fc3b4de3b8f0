//! Requests that cannot be sent as they are asked for.

use std::fmt;

use crate::parameter::Divided;

/// The arguments of a call make no valid request; nothing was sent.
#[derive(Clone, Debug)]
pub struct InvalidRequest(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    operation: &'static str,
    problem: RequestProblem,
}

/// What can be wrong with a request. Values are left out of the texts: they may be secret.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum RequestProblem {
    #[error("the path parameter `{0}` is missing")]
    MissingPathParameter(String),
    #[error("the path parameter `{0}` must not be empty")]
    EmptyPathParameter(&'static str),
    #[error("the {place} parameter `{name}` is required, and nothing of its value is sent")]
    MissingParameter { place: &'static str, name: &'static str },
    #[error("a segment of the path would be `.` or `..`, which every URL parser takes for a step, encoded or not")]
    DotSegment,
    #[error("`{name}` cannot be sent: {divided}")]
    Divided { name: String, divided: Divided },
    #[error("the {place} `{name}` holds characters that a header must not hold")]
    InvalidHeader { place: &'static str, name: String },
    #[error("the header `{0}` begins or ends with white space, which whoever receives it takes away")]
    PaddedHeader(String),
    #[error("the header `{0}` is set by the transport itself, and cannot be set by hand")]
    OwnedHeader(String),
    #[error("`{name}` is no JSON value: {cause}")]
    NotJson { name: &'static str, cause: String },
    #[error("a form must be an object, and this is {0}")]
    FormNotObject(&'static str),
    #[error("`{0}` is no HTTP method")]
    NoMethod(&'static str),
    #[error("the API names no server: give the client a base URL")]
    NoServer,
    #[error("the server's URL is invalid: {0}")]
    InvalidServer(String),
    #[error("the body is one of `{0}`, a range of media types: say with `content_type` which it is")]
    OpenMediaType(String),
    #[error("{0}")]
    Other(String),
}

impl RequestProblem {
    /// That a value would be read as another.
    pub(crate) fn divided(name: &str, divided: Divided) -> Self {
        Self::Divided { name: name.to_owned(), divided }
    }

    /// That a value is not representable in JSON.
    pub(crate) fn not_json(name: &'static str, cause: &serde_json::Error) -> Self {
        Self::NotJson { name, cause: cause.to_string() }
    }
}

impl InvalidRequest {
    /// An error found by code outside the runtime, before a request was made.
    pub fn new(operation: &'static str, message: impl Into<String>) -> Self {
        Self::of(operation, RequestProblem::Other(message.into()))
    }

    pub(crate) fn of(operation: &'static str, problem: RequestProblem) -> Self {
        Self(Box::new(Inner { operation, problem }))
    }

    /// The operation's id.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.operation, self.0.problem)
    }
}

impl std::error::Error for InvalidRequest {}
