//! The bodies of error answers: those that the document describes, and those that it says nothing about, or that are not what it
//! says. Every real API has them.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::decode::BodyError;
use crate::raw_response::RawResponse;

/// The typed body of an operation's error answers. Generated enums implement it, with a variant for each status that the
/// document describes and one for the rest.
pub trait ErrorBody: Sized + fmt::Debug + Send + Sync + 'static {
    /// The body of an error answer, or `None` if the document describes none for its status, or the body does not
    /// keep to the description: an error that cannot be read is no reason to hide it.
    fn documented(response: &RawResponse) -> Option<Self>;

    /// What stands for an answer that the document does not describe.
    fn undocumented(body: Undocumented) -> Self;

    /// The vendor's words, where the type knows better than the runtime's own search.
    fn message(&self) -> Option<String> {
        None
    }
}

/// The body of an error answer that the document does not describe.
#[derive(Clone, PartialEq, Eq)]
pub struct Undocumented {
    status: StatusCode,
    body: Bytes,
}

impl Undocumented {
    pub(crate) fn new(response: &RawResponse) -> Self {
        Self { status: response.status(), body: response.body().clone() }
    }

    /// The status of the answer. One that the document lists stands here too, if the body is not what it lists for it.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body as it came.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON of the caller's own idea.
    ///
    /// # Errors
    ///
    /// [`BodyError`] if it is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, BodyError> {
        RawResponse::new(self.status, http::HeaderMap::new(), self.body.clone()).json()
    }
}

/// What operations answer when they fail of whose errors the document says nothing. A generated crate has a name of its own for
/// it, one for each such operation: should the document describe an error later, that name becomes an enum, and whoever
/// matched this one matches that as well.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Undescribed {
    /// Any answer.
    Undocumented(Undocumented),
}

impl ErrorBody for Undescribed {
    fn documented(_: &RawResponse) -> Option<Self> {
        None
    }

    fn undocumented(body: Undocumented) -> Self {
        Self::Undocumented(body)
    }
}

/// The size only: the body is nobody's business.
impl fmt::Debug for Undocumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = format_args!("{} bytes", self.body.len());
        f.debug_struct("Undocumented").field("status", &self.status).field("body", &body).finish()
    }
}
