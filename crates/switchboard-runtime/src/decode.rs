//! From an answer's body to a value. The fast way is taken first; only when it fails is the body read again to find
//! out where, for whoever has to mend it needs the field, not the byte.

mod items;

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

pub(crate) use self::items::{parts, path};
use crate::response::{RawResponse, content_type_parameter};
use crate::text::cut;

/// How much of a body is shown around a fault, in bytes to either side.
const EXCERPT: usize = 60;

/// How many characters of a message, or of a path, are kept: serde repeats the value at fault, however long it is.
const LONGEST: usize = 300;

/// A body is not what the document promises.
#[derive(Clone, Debug)]
pub struct BodyError {
    message: String,
    path: Option<String>,
    excerpt: Option<String>,
}

impl BodyError {
    /// An error in the decoder's own words.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), path: None, excerpt: None }
    }

    /// The document promises nothing for this status.
    pub fn unexpected_status(status: StatusCode) -> Self {
        Self::new(format!("the document describes no body for status {status}"))
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The field at fault, for example `connections[3].name`; none if the body as a whole is at fault.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The body around the fault.
    pub fn excerpt(&self) -> Option<&str> {
        self.excerpt.as_deref()
    }

    pub(crate) fn clean(mut self, redactor: &crate::redact::Redactor) -> Self {
        self.message = redactor.clean(&self.message).into_owned();
        self.excerpt = self.excerpt.map(|excerpt| redactor.clean(&excerpt).into_owned());
        self
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.excerpt {
            Some(excerpt) => write!(f, ", near `{excerpt}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for BodyError {}

/// The body as JSON, whatever the content type says: vendors mislabel it, and what is JSON can be read.
///
/// An empty body stands for `null` or `{}`, whichever the type accepts: vendors answer 200 with nothing where their
/// document promises an object.
///
/// # Errors
///
/// [`BodyError`], with the path of the field at fault, if the body is not the JSON of a `T`.
pub fn json<T: DeserializeOwned>(response: &RawResponse) -> Result<T, BodyError> {
    let body = without_bom(response.body());
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        Err(_) if body.trim_ascii().is_empty() => empty_json(),
        Err(error) => Err(locate::<T>(response, body, error)),
    }
}

/// Nothing, whatever came: where the document promises no body, one that comes all the same is of no interest.
///
/// # Errors
///
/// None; the signature is that of the other decoders.
pub fn empty(_: &RawResponse) -> Result<(), BodyError> {
    Ok(())
}

/// The body as text, in UTF-8 unless the content type says ISO 8859-1.
///
/// # Errors
///
/// [`BodyError`] if it is not UTF-8.
pub fn text(response: &RawResponse) -> Result<String, BodyError> {
    let latin1 = content_type_parameter(response.headers(), "charset")
        .is_some_and(|charset| ["iso-8859-1", "latin1"].iter().any(|name| charset.eq_ignore_ascii_case(name)));
    if latin1 {
        return Ok(response.body().iter().copied().map(char::from).collect());
    }
    match std::str::from_utf8(without_bom(response.body())) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(BodyError {
            message: format!("the body is not UTF-8: {error}"),
            path: None,
            excerpt: excerpt(response.body(), error.valid_up_to()),
        }),
    }
}

/// The body as it came.
///
/// # Errors
///
/// None; the signature is that of the other decoders.
pub fn bytes(response: &RawResponse) -> Result<Bytes, BodyError> {
    Ok(response.body().clone())
}

/// RFC 8259, section 8.1: a parser may ignore a byte order mark.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn empty_json<T: DeserializeOwned>() -> Result<T, BodyError> {
    serde_json::from_str("null")
        .or_else(|_| serde_json::from_str("{}"))
        .map_err(|_| BodyError::new("the body is empty where the document promises JSON"))
}

/// Reads a body that failed once more, this time keeping track of where.
fn locate<T: DeserializeOwned>(response: &RawResponse, body: &[u8], error: serde_json::Error) -> BodyError {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let path = serde_path_to_error::deserialize::<_, T>(&mut deserializer).err().map(|error| error.path().to_string());
    describe(response, body, &error, path)
}

fn describe(response: &RawResponse, body: &[u8], error: &serde_json::Error, path: Option<String>) -> BodyError {
    let message = match error.classify() {
        serde_json::error::Category::Data => cut(&error.to_string(), LONGEST).into_owned(),
        _ => match response.content_type() {
            Some(kind) => format!("not JSON: {error}; the content type is {}", cut(kind, 80)),
            None => format!("not JSON: {error}"),
        },
    };
    BodyError {
        message,
        path: path.filter(|path| path != "." && path != "?").map(|path| cut(&path, LONGEST).into_owned()),
        excerpt: excerpt(body, offset(body, error.line(), error.column())),
    }
}

/// The byte that a line and a column, both counted from 1, stand for.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let before: usize = body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (before + column).min(body.len())
}

/// A stretch of the body around a byte; whatever is not UTF-8 shows as such.
fn excerpt(body: &[u8], at: usize) -> Option<String> {
    let mut start = at.saturating_sub(EXCERPT);
    let mut end = at.saturating_add(EXCERPT).min(body.len());
    // Not to cut through a character: its later bytes all begin with the bits 10.
    let inside = |index: usize| body.get(index).is_some_and(|byte| byte & 0xC0 == 0x80);
    while start > 0 && inside(start) {
        start -= 1;
    }
    while end < body.len() && inside(end) {
        end += 1;
    }
    let text = String::from_utf8_lossy(body.get(start..end)?);
    let text = cut(&text, usize::MAX);
    (!text.is_empty()).then(|| {
        let before = if start > 0 { "…" } else { "" };
        let after = if end < body.len() { "…" } else { "" };
        format!("{before}{text}{after}")
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Page {
        #[serde(default)]
        connections: Vec<Connection>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Connection {
        name: String,
    }

    fn response(content_type: &'static str, body: impl Into<Bytes>) -> RawResponse {
        let headers =
            HeaderMap::from_iter([(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type))]);
        RawResponse::new(StatusCode::OK, headers, body)
    }

    #[test]
    fn json_under_any_name() {
        for kind in ["application/json", "application/problem+json", "text/html", ""] {
            assert_eq!(json::<Vec<u8>>(&response(kind, "[1]")).unwrap(), [1], "{kind}");
        }
        assert_eq!(json::<Vec<u8>>(&response("", "\u{feff}[1]")).unwrap(), [1]);
    }

    #[test]
    fn an_empty_body_is_null_or_an_empty_object() {
        assert_eq!(json::<Option<u8>>(&response("", "")).unwrap(), None);
        assert_eq!(json::<Page>(&response("", " \r\n")).unwrap(), Page { connections: vec![] });
        assert_eq!(json::<serde_json::Value>(&response("", "")).unwrap(), serde_json::Value::Null);
        let error = json::<Connection>(&response("", "")).unwrap_err();
        assert_eq!(error.to_string(), "the body is empty where the document promises JSON");
    }

    #[test]
    fn a_wrong_field_is_named_and_shown() {
        let error =
            json::<Page>(&response("application/json", r#"{"connections":[{"name":"a"},{"name":7}]}"#)).unwrap_err();
        assert_eq!(error.path(), Some("connections[1].name"));
        assert_eq!(error.message(), "invalid type: integer `7`, expected a string at line 1 column 38");
        assert_eq!(error.excerpt(), Some(r#"{"connections":[{"name":"a"},{"name":7}]}"#));
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = json::<Page>(&response("", r#"{"connections":[{}]}"#)).unwrap_err();
        assert_eq!(error.path(), Some("connections[0]"));
        assert!(error.message().starts_with("missing field `name`"), "{error}");
    }

    #[test]
    fn what_is_not_json_says_what_it_says_it_is() {
        let error = json::<Page>(&response("text/html; charset=utf-8", "<html>Sign in</html>")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "not JSON: expected value at line 1 column 1; the content type is text/html, near `<html>Sign in</html>`"
        );
    }

    #[test]
    fn malformed_and_non_utf8_bodies_are_errors() {
        for body in [&b"{\"connections\":["[..], b"{\"connections\":\xff}", b"{} {}", b"[1"] {
            json::<Page>(&response("application/json", body)).unwrap_err();
        }
    }

    #[test]
    fn an_excerpt_is_short_and_whole_characters() {
        let body = format!("[{}\"ä\", x{}]", "1,".repeat(500), ",1".repeat(500));
        let error = json::<serde_json::Value>(&response("", body)).unwrap_err();
        let excerpt = error.excerpt().unwrap();
        assert!(excerpt.starts_with('…') && excerpt.ends_with('…') && excerpt.contains("\"ä\", x"), "{excerpt}");
        assert!(excerpt.len() < 140);
    }

    #[test]
    fn a_long_value_at_fault_is_cut() {
        let body = format!(r#"{{"connections":[{{"name":{{"{0}":"{0}"}}}},"{0}"]}}"#, "a\\n".repeat(5000));
        let error = json::<Page>(&response("", body)).unwrap_err();
        assert!(error.to_string().len() < 500 && !error.to_string().contains('\n'), "{error}");
        let error = json::<Vec<u8>>(&response("", format!("[\"{}\"]", "b\\n".repeat(5000)))).unwrap_err();
        assert!(error.to_string().chars().count() < 500 && !error.to_string().contains('\n'), "{error}");
    }

    #[test]
    fn text_in_its_encoding() {
        assert_eq!(text(&response("text/plain", "grün")).unwrap(), "grün");
        assert_eq!(text(&response("text/plain; charset=ISO-8859-1", &b"gr\xfcn"[..])).unwrap(), "grün");
        assert!(
            text(&response("text/plain", &b"gr\xfcn"[..])).unwrap_err().message().starts_with("the body is not UTF-8")
        );
    }

    #[test]
    fn nothing_is_read_where_nothing_is_promised() {
        empty(&response("text/html", "<html>")).unwrap();
        assert_eq!(bytes(&response("", "a")).unwrap(), "a");
    }
}
