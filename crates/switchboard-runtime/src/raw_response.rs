//! An answer as it came.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::fault::TransportErrorKind;
use crate::media_type::content_type;

/// An answer as it came, its body read to the end and unpacked. Of an error answer whose body breaks off, or is longer than the
/// client's limit, there is as much as came: [`cut_off`](Self::cut_off) tells.
#[derive(Clone)]
pub struct RawResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// The URL that answered, where somebody needs it. It may hold a key, so nobody is shown it.
    url: Option<Box<Url>>,
    cut_off: Option<Box<TransportErrorKind>>,
}

impl RawResponse {
    /// An answer made up, for tests of code that reads one.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { status, headers, body: body.into(), url: None, cut_off: None }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Why the body is not whole, which that of an error answer need not be.
    pub fn cut_off(&self) -> Option<TransportErrorKind> {
        self.cut_off.as_deref().copied()
    }

    /// The media type without its parameters, as the server spells it.
    pub fn content_type(&self) -> Option<&str> {
        content_type(&self.headers)
    }

    /// The same answer with another body.
    pub(crate) fn with_body(self, body: Bytes) -> Self {
        Self { body, ..self }
    }

    pub(crate) fn answered_by(self, url: Option<Box<Url>>) -> Self {
        Self { url, ..self }
    }

    pub(crate) fn cut_off_by(self, fault: Option<TransportErrorKind>) -> Self {
        Self { cut_off: fault.map(Box::new), ..self }
    }

    pub(crate) fn url(&self) -> Option<&Url> {
        self.url.as_deref()
    }

    pub(crate) fn into_parts(self) -> (StatusCode, HeaderMap, Bytes) {
        (self.status, self.headers, self.body)
    }
}

/// Bodies and headers may hold what is nobody's business; a log gets their size and names.
impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().map(http::HeaderName::as_str).collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;

    use super::*;

    fn typed(value: &'static str) -> RawResponse {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, http::HeaderValue::from_static(value))]);
        RawResponse::new(StatusCode::OK, headers, "secret")
    }

    #[test]
    fn debug_shows_no_body() {
        let shown = format!("{:?}", typed("text/plain"));
        assert_eq!(shown, "RawResponse { status: 200, headers: [\"content-type\"], body: 6 bytes }");
    }
}
