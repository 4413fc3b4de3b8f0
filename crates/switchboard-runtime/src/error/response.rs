//! Answers that are no success, or that report one but cannot be read.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};

use super::{ErrorBody, Undocumented, find_message};
use crate::coding::still_packed_with;
use crate::context::Context;
use crate::decode::{BodyError, Decoder};
use crate::headers::ErrorHeaders;
use crate::raw_response::RawResponse;
use crate::redact::without_named;
use crate::text::{LONGEST, cut, shown};

/// How many characters of a body without a message are shown.
const BODY_SHOWN: usize = 200;

/// How many characters of a typed body are shown to whoever debugs, and how many bytes of it are searched for secrets.
const DEBUG_SHOWN: usize = 1000;
const DEBUG_GATHERED: usize = 4 * DEBUG_SHOWN;

/// An answer whose status is no success.
pub struct ErrorResponse<E> {
    raw: RawResponse,
    context: Context,
    body: E,
    message: Option<String>,
}

impl<E: ErrorBody> ErrorResponse<E> {
    pub(crate) fn new(raw: RawResponse, context: Context) -> Self {
        let body = E::documented(&raw).unwrap_or_else(|| E::undocumented(Undocumented::new(&raw)));
        let message = body.message().or_else(|| find_message(&raw));
        let message = message.map(|message| cut(&context.redactor.clean(&message), LONGEST).into_owned());
        Self { raw, context, body, message }
    }
}

impl<E: ErrorHeaders> ErrorResponse<E> {
    /// The headers, with a method for each of those that the document describes for the operation's errors: a copy, as
    /// errors are few.
    pub fn typed_headers(&self) -> E::Headers {
        self.headers().clone().into()
    }
}

impl<E> ErrorResponse<E> {
    /// The operation's id.
    pub fn operation(&self) -> &'static str {
        self.context.operation
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.raw.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.raw.headers()
    }

    /// The typed body: by status what the document describes, or what stands for the rest.
    pub fn body(&self) -> &E {
        &self.body
    }

    /// The typed body alone.
    pub fn into_body(self) -> E {
        self.body
    }

    /// The body as it came. Unlike everything that is displayed, it is not searched for secrets.
    pub fn raw_body(&self) -> &Bytes {
        self.raw.body()
    }

    /// The whole answer as it came.
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// The vendor's id for the request, if it sent one.
    pub fn request_id(&self) -> Option<&str> {
        self.context.request_id()
    }

    /// The vendor's own words, if it said any.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        self.context.attempts
    }

    /// How long the server asks to wait before the next request, from when the answer came: by `Retry-After` (RFC 9110,
    /// section 10.2.3), or until a rate limit that is used up is whole again. [`Duration::MAX`] is longer than can be
    /// said. Not heeded are times longer than [`RetryPolicy::max_retry_after`](crate::RetryPolicy::max_retry_after) or
    /// than the call may take; `Display` says so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.context.asked.as_ref().map(|asked| asked.pause)
    }

    pub(crate) fn erase(self) -> ErrorResponse<Undocumented> {
        let body = Undocumented::new(&self.raw);
        ErrorResponse { raw: self.raw, context: self.context, body, message: self.message }
    }
}

impl<E> fmt::Display for ErrorResponse<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.context.operation, self.raw.status())?;
        match &self.message {
            Some(message) => write!(f, ": {message}")?,
            None if self.raw.body().is_empty() => {}
            None => match still_packed_with(self.raw.headers()) {
                Some(coding) => write!(f, ": its body is packed with `{coding}`, which cannot be unpacked")?,
                None => {
                    let body = said_text(&self.raw);
                    write!(f, ": {}", cut(&self.context.redactor.clean(&without_named(&body)), BODY_SHOWN))?;
                }
            },
        }
        if let Some(place) = self.raw.headers().get(LOCATION).filter(|_| self.raw.status().is_redirection()) {
            let place = String::from_utf8_lossy(place.as_bytes());
            let place = crate::server::shown(&self.context.redactor.clean(&place));
            write!(f, "; it leads to {place}, where the call was not sent")?;
        }
        if let Some(fault) = self.raw.cut_off() {
            write!(f, "; of its body not all came: {fault}")?;
        }
        if let Some(asked) = &self.context.asked {
            write!(f, "; {asked}")?;
        }
        write_tail(f, &self.context)
    }
}

/// A body as text in the charset that it says; whatever does not fit that shows as such.
fn said_text(raw: &RawResponse) -> Cow<'_, str> {
    match crate::decode::text(&Decoder::new(raw)) {
        Ok(text) => Cow::Owned(text),
        Err(_) => String::from_utf8_lossy(raw.body()),
    }
}

/// `(request id abc, 3 attempts)`, as far as there is something to say.
fn write_tail(f: &mut fmt::Formatter<'_>, context: &Context) -> fmt::Result {
    let parts = context.shown();
    if parts.is_empty() { Ok(()) } else { write!(f, " ({})", parts.join(", ")) }
}

/// The typed body is shown, for that is what one debugs with, but searched for secrets first.
impl<E: fmt::Debug> fmt::Debug for ErrorResponse<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = shown(&self.body, DEBUG_GATHERED);
        let body = self.context.redactor.clean_cut(&without_named(&body));
        f.debug_struct("ErrorResponse")
            .field("operation", &self.context.operation)
            .field("message", &self.message)
            .field("body", &format_args!("{}", cut(&body, DEBUG_SHOWN)))
            .field("request_id", &self.context.request_id().map(|id| self.context.redactor.clean(id)))
            .field("attempts", &self.context.attempts)
            .field("raw", &self.raw)
            .finish()
    }
}

impl<E: fmt::Debug> std::error::Error for ErrorResponse<E> {}

/// An answer that reports success with a body that is not what the document promises.
pub struct DecodeError {
    raw: RawResponse,
    context: Context,
    error: BodyError,
}

impl DecodeError {
    pub(crate) fn new(raw: RawResponse, context: Context, error: BodyError) -> Self {
        let error = error.clean(&context.redactor);
        Self { raw, context, error }
    }

    /// The operation's id.
    pub fn operation(&self) -> &'static str {
        self.context.operation
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.raw.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.raw.headers()
    }

    /// The field at fault, for example `connections[3].name`; none if the body as a whole is at fault.
    pub fn path(&self) -> Option<&str> {
        self.error.path()
    }

    /// The body around the fault.
    pub fn excerpt(&self) -> Option<&str> {
        self.error.excerpt()
    }

    /// What is wrong.
    pub fn error(&self) -> &BodyError {
        &self.error
    }

    /// The body as it came.
    pub fn raw_body(&self) -> &Bytes {
        self.raw.body()
    }

    /// The whole answer as it came. For one item of a stream, its body is that item's text.
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// The vendor's id for the request, if it sent one.
    pub fn request_id(&self) -> Option<&str> {
        self.context.request_id()
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        self.context.attempts
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, but its body cannot be read: {}", self.context.operation, self.raw.status(), self.error)?;
        write_tail(f, &self.context)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("operation", &self.context.operation)
            .field("error", &self.error)
            .field("request_id", &self.context.request_id().map(|id| self.context.redactor.clean(id)))
            .field("raw", &self.raw)
            .finish()
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Undescribed;
    use crate::error::{PagingError, PagingProblem};
    use crate::redact::Redactor;
    use crate::request_id::RequestId;

    #[derive(Debug)]
    enum Typed {
        Invalid(String),
        Undocumented(Undocumented),
    }

    impl ErrorBody for Typed {
        fn documented(response: &RawResponse) -> Option<Self> {
            crate::decode::error_body(response).map(Self::Invalid)
        }

        fn undocumented(body: Undocumented) -> Self {
            Self::Undocumented(body)
        }
    }

    fn context(secret: &str) -> Context {
        let redactor = Redactor::new(vec![secret.into()]);
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static("x-request-id"),
            http::HeaderValue::from_static("r-1"),
        )]);
        let request_id = RequestId::find(&headers);
        Context {
            operation: "createConnection",
            attempts: 1,
            request_id,
            redactor,
            strict: false,
            hooks: Default::default(),
            asked: None,
        }
    }

    fn raw(status: StatusCode, body: &'static str) -> RawResponse {
        RawResponse::new(status, HeaderMap::new(), body)
    }

    #[test]
    fn one_line_with_the_vendors_words() {
        let body = r#"{"errors":[{"title":"The connection service was not provided."}]}"#;
        let error = ErrorResponse::<Undescribed>::new(raw(StatusCode::UNPROCESSABLE_ENTITY, body), context(""));
        assert_eq!(
            error.to_string(),
            "createConnection: 422 Unprocessable Entity: The connection service was not provided. (request id r-1)"
        );
    }

    #[test]
    fn a_body_without_a_message_is_shown_cut() {
        let error = ErrorResponse::<Undescribed>::new(raw(StatusCode::BAD_GATEWAY, "<html>\n</html>"), context(""));
        assert_eq!(error.to_string(), "createConnection: 502 Bad Gateway: <html> </html> (request id r-1)");
        let error = ErrorResponse::<Undescribed>::new(raw(StatusCode::BAD_GATEWAY, ""), context(""));
        assert_eq!(error.to_string(), "createConnection: 502 Bad Gateway (request id r-1)");
    }

    #[test]
    fn a_redirect_that_is_not_followed_tells_where_it_leads_without_secrets() {
        for (location, told) in
            [("https://u:hunter2@x.com/v2/hunter2?key=hunter2#hunter2", "…@x.com/v2/[redacted]…"), ("/v2/", "/v2/")]
        {
            let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
            let answer = RawResponse::new(StatusCode::MOVED_PERMANENTLY, headers, "");
            let error = ErrorResponse::<Undescribed>::new(answer, context("hunter2")).to_string();
            let expected = format!(
                "createConnection: 301 Moved Permanently; it leads to {told}, where the call was not sent (request id r-1)"
            );
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn a_body_is_read_in_the_charset_that_it_says() {
        for (kind, expected) in [
            ("text/plain; charset=iso-8859-1", "502 Bad Gateway: café"),
            ("text/html; charset=iso-8859-1", "502 Bad Gateway: <p>café"),
            ("text/html", "502 Bad Gateway: <p>caf\u{fffd}"),
        ] {
            let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, kind.parse().unwrap())]);
            let body: &[u8] = if kind.starts_with("text/plain") { b"caf\xe9" } else { b"<p>caf\xe9" };
            let answer = RawResponse::new(StatusCode::BAD_GATEWAY, headers, body);
            let error = ErrorResponse::<Undescribed>::new(answer, context(""));
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    /// Nothing that is shown is longer than this, in bytes.
    const FITS: usize = 4000;

    #[test]
    fn a_large_error_is_cut_however_it_is_shown() {
        let text = format!("\"{}\"", "ä\u{202e}".repeat(1 << 18));
        let answer = || RawResponse::new(StatusCode::CONFLICT, HeaderMap::new(), text.clone());
        let typed = ErrorResponse::<Typed>::new(answer(), context(""));
        let unreadable = DecodeError::new(answer(), context(""), BodyError::new(text.clone()));
        let paging = PagingError::new("list", PagingProblem::Link(text.clone()), 1, None);
        let date = crate::DateTime::from(text.clone()).parse().unwrap_err();
        for shown in [
            format!("{typed} {typed:?} {typed:#?}"),
            format!("{unreadable} {unreadable:?} {unreadable:#?}"),
            format!("{paging} {paging:?} {paging:#?}"),
            format!("{date} {date:?} {date:#?}"),
        ] {
            assert!(shown.len() < 3 * FITS, "{} bytes", shown.len());
            assert!(!shown.contains('\u{202e}'), "{shown}");
        }
    }

    #[test]
    fn no_error_is_of_several_lines_or_turned_around() {
        let body = "{\"message\":\"a\\nb\\u2028c\\u202ed\\u001b[31me\\u0085f\"}";
        let error = ErrorResponse::<Undescribed>::new(raw(StatusCode::CONFLICT, body), context(""));
        assert_eq!(error.message(), Some("a b c d [31me f"));
        assert_eq!(error.to_string(), "createConnection: 409 Conflict: a b c d [31me f (request id r-1)");
        assert!(!format!("{error:?}").contains(['\n', '\u{2028}', '\u{202e}', '\u{1b}', '\u{85}']));
    }

    #[test]
    fn a_secret_where_a_body_is_cut_shows_no_part() {
        for before in DEBUG_GATHERED - 60..DEBUG_GATHERED {
            let body = format!("\"{}s3cr3t-key\"", "x".repeat(before));
            let answer = RawResponse::new(StatusCode::CONFLICT, HeaderMap::new(), body);
            let error = ErrorResponse::<Typed>::new(answer, context("s3cr3t-key"));
            assert!(!format!("{error:?}").contains("s3cr"), "{before}");
        }
    }

    #[test]
    fn a_secret_of_the_answers_own_is_not_repeated() {
        let body = r#"{"code":{},"password":"hunter2"}"#;
        let error = ErrorResponse::<Undescribed>::new(raw(StatusCode::CONFLICT, body), context(""));
        let expected = r#"409 Conflict: {"code":{},"password":[redacted]}"#;
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.raw_body(), body);

        #[derive(Debug)]
        #[expect(dead_code, reason = "it is shown")]
        struct Extra(serde_json::Value);
        impl ErrorBody for Extra {
            fn documented(response: &RawResponse) -> Option<Self> {
                crate::decode::error_body(response).map(Self)
            }

            fn undocumented(_: Undocumented) -> Self {
                Self(serde_json::Value::Null)
            }
        }
        let error = ErrorResponse::<Extra>::new(raw(StatusCode::CONFLICT, body), context(""));
        let shown = format!("{error:?}");
        assert!(shown.contains(r#""password": [redacted]"#) && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn an_echoed_secret_is_not_repeated() {
        let answer = || raw(StatusCode::UNAUTHORIZED, "\"bad key s3cr3t-key\"");
        let error = ErrorResponse::<Typed>::new(answer(), context("s3cr3t-key"));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cr3t") && shown.contains("bad key [redacted]"), "{shown}");
        let Typed::Invalid(text) = error.body() else { panic!("no body") };
        assert_eq!(text, "bad key s3cr3t-key");

        let error = ErrorResponse::<Typed>::new(raw(StatusCode::CONFLICT, "{\"state\":\"busy\"}"), context(""));
        let Typed::Undocumented(body) = error.into_body() else { panic!("documented") };
        assert_eq!((body.status(), &body.body()[..]), (StatusCode::CONFLICT, &b"{\"state\":\"busy\"}"[..]));

        let unreadable = BodyError::new("not JSON near s3cr3t-key");
        let error = DecodeError::new(answer(), context("s3cr3t-key"), unreadable);
        assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    }
}
