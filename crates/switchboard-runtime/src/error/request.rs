//! Requests that cannot be sent as they are asked for.

use std::borrow::Cow;
use std::fmt;

use crate::text::cut;

/// How many characters of a reason that is not our own are shown.
const REASON_SHOWN: usize = 200;

/// The arguments of a call make no valid request; nothing was sent.
#[derive(Debug)]
pub struct InvalidRequest(Box<Inner>);

#[derive(Debug)]
struct Inner {
    operation: &'static str,
    problem: RequestProblem,
}

/// What can be wrong with a request. Values are left out of the texts: they may be secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestProblem {
    #[error("the path parameter `{0}` is missing")]
    MissingPathParameter(String),
    #[error("the path parameter `{0}` must not be empty")]
    EmptyPathParameter(&'static str),
    #[error("a segment of the path would be `.` or `..`, which every URL parser takes for a step, encoded or not")]
    DotSegment,
    #[error("the {place} `{name}` holds characters that a header must not hold")]
    InvalidHeader { place: &'static str, name: String },
    #[error("the header `{0}` is set by the transport itself, and cannot be set by hand")]
    OwnedHeader(String),
    #[error("`{name}` is no JSON value: {cause}")]
    NotJson { name: &'static str, cause: serde_json::Error },
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

/// The value of a required property, or an error that says which type lacks which property, and by which method of its
/// builder it is set.
pub fn required<T>(
    value: Option<T>,
    type_name: &'static str,
    property: &'static str,
    setter: &'static str,
) -> Result<T, InvalidRequest> {
    value.ok_or_else(|| {
        let message = format!("the property `{property}` is required and was not set: call `.{setter}(…)`");
        InvalidRequest::new(type_name, message)
    })
}

/// What is to be said of an argument that cannot be made of the value given: its name, as the document has it, and the
/// reason that the value's own conversion gives.
pub(crate) fn unfit(argument: &str, reason: impl fmt::Display) -> Cow<'static, str> {
    let reason = reason.to_string();
    format!("`{argument}` cannot be made of the value given: {}", cut(&reason, REASON_SHOWN)).into()
}
