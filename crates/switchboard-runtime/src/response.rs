//! The value that is made of an answer, with what came beside it.

use std::fmt;
use std::ops::Deref;

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};

use crate::decode::Repair;
use crate::headers::ResponseHeaders;
use crate::redact::Redactor;
use crate::request_id::RequestId;

/// A decoded value, and what came beside it. Dereferences to the value. `H` are its headers: a type that has a method for each
/// of those that the document describes, where it describes any.
#[derive(Clone)]
pub struct ResponseValue<T, H = HeaderMap> {
    value: T,
    meta: Meta<H>,
}

/// What is known of an answer beside its body.
#[derive(Clone)]
pub(crate) struct Meta<H = HeaderMap> {
    pub(crate) status: StatusCode,
    pub(crate) headers: H,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) attempts: u32,
    pub(crate) repairs: Vec<Repair>,
    pub(crate) redactor: Redactor,
}

impl<T> ResponseValue<T> {
    pub(crate) fn new(value: T, meta: Meta) -> Self {
        Self { value, meta }
    }

    /// A value made up, for tests of code that is given one.
    pub fn from_value(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        let request_id = RequestId::find(&headers);
        let redactor = Redactor::default();
        Self { value, meta: Meta { status, headers, request_id, attempts: 1, repairs: Vec::new(), redactor } }
    }

    /// The same with headers that the document describes.
    pub fn with_headers<H: ResponseHeaders>(self) -> ResponseValue<T, H> {
        let Meta { status, headers, request_id, attempts, repairs, redactor } = self.meta;
        let meta = Meta { status, headers: headers.into(), request_id, attempts, repairs, redactor };
        ResponseValue { value: self.value, meta }
    }
}

impl<T, H: ResponseHeaders> ResponseValue<T, H> {
    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.meta.status
    }

    /// The headers of the answer: all of them as a map, which what the document describes of them dereferences to.
    pub fn headers(&self) -> &H {
        &self.meta.headers
    }

    /// Where the answer says that what it is about is (`Location`; RFC 9110, section 10.2.2): where a redirect that was
    /// not followed leads, or what was made. It may be relative to the URL that was called.
    pub fn location(&self) -> Option<&str> {
        self.meta.headers.as_map().get(LOCATION)?.to_str().ok()
    }

    /// The vendor's id for the request, if it sent one.
    pub fn request_id(&self) -> Option<&str> {
        self.meta.request_id.as_ref().map(RequestId::as_str)
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// Where the answer does not keep to the document, and an empty value or one of another type was taken; of very many
    /// the first hundred ([`Repair::MOST_TOLD`]). Always empty where the client is strict. [`ClientBuilder::on_repair`](crate::ClientBuilder::on_repair)
    /// and [`CallOptions::on_repair`](crate::CallOptions::on_repair) are told the same.
    pub fn repairs(&self) -> &[Repair] {
        &self.meta.repairs
    }

    /// Another value beside the same status and headers: `ResponseValue::map(response, |value| …)`. No method, for values such
    /// as `Option` have one of that name.
    pub fn map<U>(response: Self, f: impl FnOnce(T) -> U) -> ResponseValue<U, H> {
        ResponseValue { value: f(response.value), meta: response.meta }
    }
}

impl<T, H> Deref for ResponseValue<T, H> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T, H> std::ops::DerefMut for ResponseValue<T, H> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Searched for secrets: some vendors answer with the very key that they were called with.
impl<T: fmt::Debug, H: ResponseHeaders> fmt::Debug for ResponseValue<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if f.alternate() { format!("{:#?}", self.value) } else { format!("{:?}", self.value) };
        f.debug_struct("ResponseValue")
            .field("status", &self.meta.status)
            .field("request_id", &self.request_id().map(|id| self.meta.redactor.clean(id)))
            .field("value", &format_args!("{}", self.meta.redactor.clean(&value)))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_value_has_methods_for_is_not_in_the_way() {
        let value = ResponseValue::from_value(Some("a".to_owned()), StatusCode::OK, HeaderMap::new());
        assert_eq!(value.as_ref().map(String::len), Some(1));
        assert_eq!(value.as_deref(), Some("a"));
    }

    #[test]
    fn a_value_dereferences_and_maps() {
        let value = ResponseValue::from_value(vec![1, 2], StatusCode::OK, HeaderMap::new());
        assert_eq!(value.len(), 2);
        assert_eq!(ResponseValue::map(value, |items| items.len()).into_inner(), 2);
    }
}
