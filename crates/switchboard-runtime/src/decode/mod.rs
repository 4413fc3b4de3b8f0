//! From an answer's body to a value, in one reading: what the vendor did not keep to is made good where it is found, and what
//! cannot be made good is told with its field, not with its byte alone, for whoever has to mend it.

mod at;
mod capture;
mod characters;
mod items;
mod own;
mod path;
mod repair;
mod tape;
#[cfg(feature = "xml")]
mod xml;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use self::characters::Encoding;

pub use self::at::{At, Unread};
pub(crate) use self::at::{Exactness, Object, Reading};
pub(crate) use self::items::parts;
pub(crate) use self::own::{Here, Wanted, ask, here, laid, lay};
pub(crate) use self::path::{of_pointer as path, unescaped};
pub use self::repair::{Fault, Repair};
pub(crate) use self::tape::{Builder, Kind, Tape};
#[cfg(feature = "xml")]
pub use self::xml::{error_xml, xml, xml_as_json};
use crate::media_type::content_type_parameter;
use crate::raw_response::RawResponse;
use crate::redact::{REDACTED, is_path_of_secret, named, without_named};
use crate::text::cut;
use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

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
        Self { message: cut(&message.into(), LONGEST).into_owned(), path: None, excerpt: None }
    }

    /// The document lists several successes, and this status is none of them. What it says of all others (`default`) is
    /// read as an error's, which an answer of a success is not.
    pub fn unexpected_status(status: StatusCode) -> Self {
        Self::new(format!("the document lists no success with the status {status}"))
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
        self.message = redactor.clean_cut(&self.message);
        self.path = self.path.map(|path| redactor.clean_cut(&path));
        self.excerpt = self.excerpt.map(|excerpt| redactor.clean_cut(&excerpt));
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

impl RawResponse {
    /// The body as JSON; see [`json`](fn@json).
    ///
    /// # Errors
    ///
    /// [`BodyError`] if it is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, BodyError> {
        json(&Decoder::new(self))
    }

    /// The body as text; see [`text`](fn@text).
    ///
    /// # Errors
    ///
    /// [`BodyError`] if it is not text in the encoding that it says it is in.
    pub fn text(&self) -> Result<String, BodyError> {
        text(&Decoder::new(self))
    }
}

/// What decoders read: an answer, and how exact about it the client wants them to be.
#[derive(Debug)]
pub struct Decoder<'a> {
    response: &'a RawResponse,
    strict: bool,
    most_repairs: usize,
    repairs: RefCell<Vec<Repair>>,
    /// An error that the answer reports beside what was read of it.
    stray_error: RefCell<Option<BodyError>>,
}

impl<'a> Decoder<'a> {
    /// Reads an answer as the runtime does unless it is told otherwise: leniently.
    pub fn new(response: &'a RawResponse) -> Self {
        Self {
            response,
            strict: false,
            most_repairs: Repair::MOST_TOLD,
            repairs: RefCell::default(),
            stray_error: RefCell::default(),
        }
    }

    /// Whether a body that does not keep to the document is an error, even where a reasonable value exists. A union's value
    /// is no error even so: it is kept as it came.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// How many repairs are told, for an answer that is many records.
    pub(crate) fn most_repairs(mut self, most: usize) -> Self {
        self.most_repairs = most;
        self
    }

    /// The answer.
    pub fn response(&self) -> &'a RawResponse {
        self.response
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Takes the error that the answer reports beside what was read of it.
    pub(crate) fn take_stray_error(&self) -> Option<BodyError> {
        self.stray_error.take()
    }

    /// What had to be made good so far; of very many, the first hundred. An error that is reported beside what was read, and that
    /// nobody took, is among it.
    pub fn into_repairs(self) -> Vec<Repair> {
        let mut repairs = self.repairs.into_inner();
        let reported = self.stray_error.into_inner();
        repairs.extend(reported.map(|error| Repair { path: error.path.unwrap_or_default(), fault: Fault::Reported }));
        repairs
    }
}

/// The body as JSON, whatever the content type says: vendors mislabel it, and what is JSON can be read.
///
/// An empty body stands for `null` or `{}`, whichever the type accepts: vendors answer 200 with nothing where their
/// document promises an object. It is noted as a repair.
///
/// Unless the decoder is strict, a required property that is missing or null takes the empty value of its type (an
/// empty text, 0, `false`, an empty list), and texts, numbers and booleans that say the same are taken for one another;
/// as yes and no count `true`, `yes`, `y`, `on`, 1 and their opposites, and an empty text is an empty value, too.
/// A value of any other type, other than a list, is left out where the document requires none. A union's value is read in
/// the same way as the shape that its discriminator names. Each such repair is noted. What has nothing of what the document
/// names is an error all the same. An error that is reported in a property that the document does not name, beside what it names,
/// is a repair, too, and an error where the decoder is strict.
///
/// What a careless server writes costs the value, and not the answer: where a text holds what is none (half a surrogate
/// pair, bytes that are no UTF-8) U+FFFD stands for it, and what is no JSON value, such as `NaN`, is taken for null. A number
/// that is read as text keeps its digits. One that its type does not hold to the last digit, be it a float or any JSON, is
/// read as the nearest that it holds. Each of these is a repair, too, and an error where the decoder is strict.
///
/// # Errors
///
/// [`BodyError`], with the path of the field at fault, if the body is not the JSON of a `T`.
pub fn json<T: DeserializeOwned>(decoder: &Decoder<'_>) -> Result<T, BodyError> {
    read_value(|into| read_into(decoder, without_mark(decoder.response.body()), into))
}

/// A value, by what reads it without knowing its type: reading is compiled once, and not once more for each type.
fn read_value<T: DeserializeOwned>(
    read: impl FnOnce(&mut own::Into<'_>) -> Result<(), BodyError>,
) -> Result<T, BodyError> {
    let mut value = None;
    read(&mut |own| T::deserialize(own).map(|read| value = Some(read)))?;
    value.ok_or_else(|| BodyError::new("nothing was read"))
}

fn read_into(decoder: &Decoder<'_>, body: Bytes, into: &mut own::Into<'_>) -> Result<(), BodyError> {
    if body.trim_ascii().is_empty() {
        return decoder.nothing("JSON", into);
    }
    let Some(tape) = Tape::parse(body.clone()) else { return Err(not_json(decoder.response, &body)) };
    let exactness = if decoder.strict { Exactness::Strict } else { Exactness::Lenient };
    let reading = Rc::new(Reading::new(tape, decoder.most_repairs));
    match own::read(&reading, exactness, into) {
        Ok(()) => {
            match reading.stray_error.get().map(|token| stray(&reading.tape, token)) {
                Some(error) if decoder.strict => return Err(error),
                error => decoder.stray_error.replace(error),
            };
            decoder.told(reading)
        }
        Err(unread) => Err(unreadable(&reading.tape, &unread, &body, decoder.strict)),
    }
}

/// What is said of an error that is reported where the document knows of none.
fn stray(tape: &Tape, token: u32) -> BodyError {
    let path = Some(tape.path(token)).filter(|path| !path.is_empty());
    let message = "it reports an error, beside what the document describes";
    BodyError { path, excerpt: shown(tape, token), ..BodyError::new(message) }
}

impl Decoder<'_> {
    /// What stands for a body that did not come, where one of such a format was promised.
    fn nothing(&self, promised: &str, into: &mut own::Into<'_>) -> Result<(), BodyError> {
        let is_read = ["null", "{}"].into_iter().any(|stands| {
            let reading = Tape::parse(Bytes::from_static(stands.as_bytes())).map(Reading::of_other).map(Rc::new);
            reading.is_some_and(|reading| own::read(&reading, Exactness::Strict, into).is_ok())
        });
        if !is_read {
            return Err(BodyError::new(format!("the body is empty where the document promises {promised}")));
        }
        self.repairs.borrow_mut().push(Repair { path: String::new(), fault: Fault::Missing });
        Ok(())
    }

    /// Keeps what had to be made good; where nothing is to be, it is an error.
    fn told(&self, reading: Rc<Reading>) -> Result<(), BodyError> {
        let repairs = reading.take_repairs();
        match repairs.first().filter(|_| self.strict) {
            Some(Repair { path, fault }) => {
                let path = Some(path.clone()).filter(|path| !path.is_empty());
                Err(BodyError { path, ..BodyError::new(format!("the number {fault}")) })
            }
            None => {
                self.repairs.borrow_mut().extend(repairs);
                Ok(())
            }
        }
    }
}

/// What is wrong with a body of JSON. Whoever wants it to the letter sees the text itself, and all else the values.
fn unreadable(tape: &Tape, unread: &Unread, body: &[u8], strict: bool) -> BodyError {
    let path = Some(unread.path(tape)).filter(|path| !path.is_empty());
    let path = path.map(|path| cut(&path, LONGEST).into_owned());
    let at = tape.offset(unread.token());
    let (message, excerpt) = if strict {
        let (line, column) = line_and_column(body, at);
        (format!("{unread} at line {line} column {column}"), excerpt(body, at))
    } else {
        (unread.to_string(), shown(tape, unread.token()))
    };
    if path.as_deref().is_some_and(is_path_of_secret) {
        return BodyError { message: cut(&without_value(&message), LONGEST).into_owned(), path, excerpt: None };
    }
    BodyError { message: cut(&message, LONGEST).into_owned(), path, excerpt }
}

/// What is wrong with a secret, without it: serde repeats the value at fault in quotes.
fn without_value(message: &str) -> String {
    ['"', '`'].iter().fold(message.to_owned(), |message, quote| {
        // This is about a name, not about a value.
        let is_name = message.starts_with("missing field");
        match (message.find(*quote), message.rfind(*quote)) {
            (Some(first), Some(last)) if first < last && !is_name => {
                let around = message.get(..first).zip(message.get(last + 1..));
                around.map_or_else(String::new, |(before, after)| format!("{before}{REDACTED}{after}"))
            }
            _ => message,
        }
    })
}

/// As much of what is around a fault as fits; of what does not fit, the beginning.
fn shown(tape: &Tape, token: u32) -> Option<String> {
    let mut found = None;
    for around in tape.around(token).into_iter().rev() {
        match (beginning(&tape.value(around, &mut |_| {})), found.is_some()) {
            ((text, true), _) => found = Some(text),
            ((text, false), false) => return Some(text),
            ((_, false), true) => break,
        }
    }
    found
}

/// How a value begins, as JSON, and whether that is all of it.
fn beginning(value: &serde_json::Value) -> (String, bool) {
    const MOST: usize = 120;
    /// Takes so many bytes and no more: a value can be as large as the answer.
    struct Beginning(Vec<u8>);

    impl std::io::Write for Beginning {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.extend_from_slice(bytes);
            if self.0.len() > 4 * MOST { Err(std::io::ErrorKind::WriteZero.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let mut text = Beginning(Vec::new());
    // An error means that there is more than is wanted.
    let whole = serde_json::to_writer(&mut text, value).is_ok();
    let text = String::from_utf8_lossy(&text.0);
    let text = without_named(&text);
    let shown = cut(&text, MOST);
    let whole = whole && shown.len() == text.len();
    (shown.into_owned(), whole)
}

/// The body of an error answer, if it is what the document describes. Here what is missing is not made up: an error
/// without what is promised is another error, and the raw body tells more than an empty one.
pub fn error_body<T: DeserializeOwned>(response: &RawResponse) -> Option<T> {
    read_error(without_mark(response.body()))
}

fn read_error<T: DeserializeOwned>(body: Bytes) -> Option<T> {
    let mut value = None;
    read_error_into(body, &mut |own| T::deserialize(own).map(|read| value = Some(read)))?;
    value
}

fn read_error_into(body: Bytes, into: &mut own::Into<'_>) -> Option<()> {
    let reading = Rc::new(Reading::new(Tape::parse(body)?, 0));
    own::read(&reading, Exactness::Complete, into).ok()
}

/// The body as what the answer says that it is, where the document leaves that open: JSON, or a text that is the value
/// itself. An answer that does not say is JSON if it can be read as that.
///
/// # Errors
///
/// As [`json`], and as [`text`].
pub fn as_said<T: DeserializeOwned>(decoder: &Decoder<'_>) -> Result<T, BodyError> {
    if says_json(decoder.response) {
        return json(decoder);
    }
    serde_json::from_value(serde_json::Value::String(text(decoder)?)).or_else(|_| json(decoder))
}

/// The same of the body of an error answer.
pub fn error_as_said<T: DeserializeOwned>(response: &RawResponse) -> Option<T> {
    if says_json(response) {
        return error_body(response);
    }
    let text = text(&Decoder::new(response)).ok()?;
    serde_json::from_value(serde_json::Value::String(text)).ok().or_else(|| error_body(response))
}

/// Whether an answer says that it is JSON (RFC 6839, section 3.1), or does not say what it is, and is.
fn says_json(response: &RawResponse) -> bool {
    match response.content_type() {
        Some(media_type) => {
            let subtype = media_type.rsplit_once('/').map_or(media_type, |(_, subtype)| subtype);
            let suffix = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
            suffix.eq_ignore_ascii_case("json")
        }
        None => serde_json::from_slice::<serde::de::IgnoredAny>(without_bom(response.body())).is_ok(),
    }
}

/// Nothing, whatever came: where the document promises no body, one that comes all the same is of no interest.
///
/// # Errors
///
/// None; the signature is that of the other decoders.
pub fn empty(_: &Decoder<'_>) -> Result<(), BodyError> {
    Ok(())
}

/// The body as text, in UTF-8 unless a byte order mark or the content type says that it is in UTF-16 or ISO 8859-1.
///
/// # Errors
///
/// [`BodyError`] if it is not.
pub fn text(decoder: &Decoder<'_>) -> Result<String, BodyError> {
    let response = decoder.response;
    // One that is not known may well be one that UTF-8 reads as well, such as ASCII by another name.
    let told = content_type_parameter(response.headers(), "charset").and_then(Encoding::of).unwrap_or(Encoding::Utf8);
    characters(response.body(), told).map(Cow::into_owned)
}

/// The characters of a body, in the encoding that a mark tells, or else in that one.
fn characters(body: &[u8], told: Encoding) -> Result<Cow<'_, str>, BodyError> {
    characters::read(body, told).map_err(|foreign| BodyError {
        excerpt: foreign.at.and_then(|at| excerpt(body, at)),
        ..BodyError::new(foreign.message)
    })
}

/// The body as it came.
///
/// # Errors
///
/// None; the signature is that of the other decoders.
pub fn bytes(decoder: &Decoder<'_>) -> Result<Bytes, BodyError> {
    Ok(decoder.response.body().clone())
}

/// RFC 8259, section 8.1: a parser may ignore a byte order mark.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The same, of a body that is kept.
fn without_mark(body: &Bytes) -> Bytes {
    body.slice_ref(without_bom(body))
}

fn not_json(response: &RawResponse, body: &[u8]) -> BodyError {
    let (error, at) = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(_) => ("it is larger than what is read".to_owned(), 0),
        Err(error) => (error.to_string(), offset(body, error.line(), error.column())),
    };
    let message = match response.content_type() {
        Some(kind) => format!("not JSON: {error}; the content type is {}", cut(kind, 80)),
        None => format!("not JSON: {error}"),
    };
    BodyError { message, path: None, excerpt: excerpt(body, at) }
}

/// The byte that a line and a column, both counted from 1, stand for.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let before: usize = body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (before + column).min(body.len())
}

/// The line of a byte, counted from 1, and how many bytes are before it there.
fn line_and_column(body: &[u8], at: usize) -> (usize, usize) {
    let before = body.get(..at).unwrap_or(body);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    (line, at.saturating_sub(start))
}

/// A stretch of the body around a byte; whatever is not UTF-8 shows as such, and what its name says is secret does not.
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
    let text = open_text(body, start, end);
    let text = cut(&text, usize::MAX);
    (!text.is_empty()).then(|| {
        let before = if start > 0 { "…" } else { "" };
        let after = if end < body.len() { "…" } else { "" };
        format!("{before}{text}{after}")
    })
}

/// The text from one byte to another, without secrets: the name of one may stand before it.
fn open_text(body: &[u8], start: usize, end: usize) -> String {
    let text = |from: usize, to: usize| String::from_utf8_lossy(body.get(from..to).unwrap_or_default());
    let (mut open, mut at) = (String::new(), start);
    for secret in named(body).into_iter().filter(|secret| secret.start < end && secret.end > start) {
        open.push_str(&text(at, secret.start));
        open.push_str(REDACTED);
        at = secret.end;
    }
    open.push_str(&text(at, end));
    open
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use http::HeaderMap;
    use serde::Deserialize;
    use serde_json::Value;

    use crate::Nullable;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Page {
        connections: Vec<Connection>,
    }

    crate::__record! { Page; 0 connections "connections" optional; }

    #[derive(Debug, PartialEq)]
    struct Connection {
        name: String,
    }

    crate::__record! { Connection; 0 name "name" required; }

    fn response(content_type: &'static str, body: impl Into<Bytes>) -> RawResponse {
        let headers =
            HeaderMap::from_iter([(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type))]);
        RawResponse::new(StatusCode::OK, headers, body)
    }

    // The decoders as a client that is not told otherwise calls them.
    fn json<T: DeserializeOwned>(response: &RawResponse) -> Result<T, BodyError> {
        super::json(&Decoder::new(response))
    }

    fn strict<T: DeserializeOwned>(body: &'static str) -> Result<T, BodyError> {
        super::json(&Decoder::new(&response("application/json", body)).strict(true))
    }

    fn text(response: &RawResponse) -> Result<String, BodyError> {
        super::text(&Decoder::new(response))
    }

    /// What is read, and what had to be made good.
    fn lenient<T: DeserializeOwned>(body: &'static str) -> Result<(T, Vec<String>), BodyError> {
        let response = response("application/json", body);
        let decoder = Decoder::new(&response);
        let value = super::json(&decoder)?;
        Ok((value, decoder.into_repairs().iter().map(Repair::to_string).collect()))
    }

    #[test]
    fn json_under_any_name() {
        for kind in ["application/json", "application/problem+json", "text/html", ""] {
            assert_eq!(json::<Vec<u8>>(&response(kind, "[1]")).unwrap(), [1], "{kind}");
        }
        assert_eq!(json::<Vec<u8>>(&response("", "\u{feff}[1]")).unwrap(), [1]);
    }

    #[test]
    fn a_list_is_no_object() {
        #[derive(Debug, PartialEq)]
        struct Point {
            x: i64,
            y: i64,
        }
        #[derive(Debug, Default, PartialEq)]
        struct Map {
            colour: Option<String>,
            origin: Option<Point>,
            more: Vec<Map>,
        }
        crate::__record! { Point; 0 x "x" required; 1 y "y" required; }
        crate::__record! { Map; 0 colour "colour" optional; 1 origin "origin" optional; 2 more "more" optional; }
        let wrong = "invalid type: sequence, expected struct Point";
        for body in ["[1,2]", "[]", "[[1],2]"] {
            assert!(strict::<Point>(body).unwrap_err().message().starts_with(wrong), "{body}");
            assert_eq!(lenient::<Point>(body).is_err(), body != "[]", "{body}");
        }
        for (body, place) in [
            ("[]", ""),
            (r#"["red"]"#, ""),
            (r#"{"origin":[1,2]}"#, "origin"),
            (r#"{"more":[{},["red"]]}"#, "more[1]"),
            (r#"{"more":[{"more":[[]]}]}"#, "more[0].more[0]"),
        ] {
            let error = strict::<Map>(body).unwrap_err();
            assert_eq!(error.path().unwrap_or_default(), place, "{body}");
        }
        // An empty one is how PHP writes an empty object, and says so much.
        let (read, repairs) = lenient::<Map>(r#"{"colour":"red","more":[[]]}"#).unwrap();
        assert_eq!(read, Map { colour: Some("red".to_owned()), more: vec![Map::default()], ..Map::default() });
        assert_eq!(repairs, ["more[0]: is of another type than the document says"]);
        let (read, repairs) = lenient::<Map>(r#"{"origin":[1,2]}"#).unwrap();
        assert_eq!(read, Map::default());
        assert_eq!(repairs, ["origin: cannot be read, and is left out"]);
        let (read, repairs) = lenient::<Map>(r#"{"origin":{"x":1,"y":2},"more":[]}"#).unwrap();
        assert_eq!((read.origin, repairs), (Some(Point { x: 1, y: 2 }), Vec::new()));
    }

    #[test]
    fn a_number_is_read_to_its_last_digit() {
        for text in ["95819.90000000001", "8.383658838626809e-78", "-7.803913958627244e173"] {
            let read: Vec<f64> = json(&response("", format!("[{text}]"))).unwrap();
            assert_eq!(read, [text.parse::<f64>().unwrap()], "{text}");
        }
    }

    #[test]
    fn secrets_of_the_body_are_in_no_error() {
        #[derive(Debug)]
        struct Login {
            access_token: String,
            n: i64,
        }
        crate::__record! { Login; 0 access_token "access_token" required; 1 n "n" required; }
        let shown = |error: BodyError| format!("{error} {error:?}");
        for body in [
            r#"{"access_token":"s3cr3t","n":{}}"#,
            r#"{"access_token":"s3cr3t","n":"#,
            r#"{"access_token":["s3cr3t"],"n":1}"#,
            r#"{"n":1,"access_token":{"of":"s3cr3t"}}"#,
        ] {
            let lenient = shown(json::<Login>(&response("", body)).unwrap_err());
            let strict = shown(strict::<Login>(body).unwrap_err());
            assert!(!lenient.contains("s3cr3t") && !strict.contains("s3cr3t"), "{lenient} {strict}");
        }
        let long = format!(r#"{{"access_token":"{}","n":?}}"#, "s3cr3t".repeat(50));
        let error = json::<Login>(&response("", long)).unwrap_err();
        assert_eq!(error.excerpt(), Some(r#"…[redacted],"n":?}"#));
        let error = json::<BTreeMap<String, u8>>(&response("", r#"{"password":"hunter2"}"#)).unwrap_err();
        assert!(!shown(error.clone()).contains("hunter2"), "{error}");
    }

    #[test]
    fn an_empty_body_is_null_or_an_empty_object() {
        assert_eq!(json::<Option<u8>>(&response("", "")).unwrap(), None);
        assert_eq!(json::<Page>(&response("", " \r\n")).unwrap(), Page { connections: vec![] });
        assert_eq!(json::<serde_json::Value>(&response("", "")).unwrap(), serde_json::Value::Null);
        assert_eq!(lenient::<Page>("").unwrap().1, ["the body is missing"]);
        assert_eq!(lenient::<Option<u8>>(" ").unwrap().1, ["the body is missing"]);
        assert_eq!(strict::<Page>("").unwrap(), Page { connections: vec![] });
        let error = json::<Connection>(&response("", "")).unwrap_err();
        assert_eq!(error.to_string(), "the body is empty where the document promises JSON");
    }

    #[test]
    fn a_success_that_is_not_listed_is_not_said_to_be_undescribed() {
        let error = BodyError::unexpected_status(StatusCode::CREATED);
        assert_eq!(error.to_string(), "the document lists no success with the status 201 Created");
    }

    #[test]
    fn a_wrong_field_is_named_and_shown() {
        let body = r#"{"connections":[{"name":"a"},{"name":[7]}]}"#;
        let error = json::<Page>(&response("application/json", body)).unwrap_err();
        assert_eq!(error.path(), Some("connections[1].name"));
        assert_eq!(error.message(), "invalid type: sequence, expected a string");
        assert_eq!(error.excerpt(), Some(body));
        let error = strict::<Page>(body).unwrap_err();
        assert_eq!(error.path(), Some("connections[1].name"));
        assert_eq!(error.message(), "invalid type: sequence, expected a string at line 1 column 37");
        assert_eq!(error.excerpt(), Some(body));
    }

    #[test]
    fn strictly_what_is_missing_or_null_is_an_error_that_names_it() {
        let error = strict::<Page>(r#"{"connections":[{}]}"#).unwrap_err();
        assert_eq!(error.path(), Some("connections[0].name"));
        assert!(error.message().starts_with("missing field `name`"), "{error}");
        for body in [r#"{"connections":[{"name":null}]}"#, r#"{"connections":[{"name":7}]}"#] {
            assert_eq!(strict::<Page>(body).unwrap_err().path(), Some("connections[0].name"));
        }
    }

    #[derive(Debug, PartialEq)]
    struct Ledger {
        id: Option<String>,
        amount: f64,
        tax: Option<f64>,
        any: Value,
        scalar: Option<crate::Scalar>,
        others: BTreeMap<String, Value>,
    }

    crate::__record! {
        Ledger;
        0 id "id" optional;
        1 amount "amount" optional;
        2 tax "tax" optional;
        3 any "any" optional;
        4 scalar "scalar" optional;
        .. 5 others;
    }

    #[test]
    fn a_number_that_is_read_as_text_keeps_its_digits() {
        for number in
            ["12345678901234567890123", "1.10", "0.1000000000000000055", "1e400", "-0", "1E2", "9007199254740993"]
        {
            let body: &'static str = format!(r#"[{{"id":{number}}},{{"id":"x"}}]"#).leak();
            let (read, repairs) = lenient::<Vec<Ledger>>(body).unwrap();
            assert_eq!(read[0].id.as_deref(), Some(number));
            assert_eq!(repairs, ["[0].id: is of another type than the document says"]);
            assert_eq!(strict::<Vec<Ledger>>(body).unwrap_err().path(), Some("[0].id"));
            let (read, repairs) = lenient::<Vec<String>>(format!("[{number}]").leak()).unwrap();
            assert_eq!((&read[0][..], repairs.len()), (number, 1));
        }
    }

    #[test]
    fn digits_that_a_type_does_not_hold_are_told() {
        let lost = "12345678901234567890123";
        for (body, place) in [
            (format!(r#"{{"amount":{lost}}}"#), "amount"),
            (r#"{"tax":0.1000000000000000055}"#.to_owned(), "tax"),
            (format!(r#"{{"any":{lost}}}"#), "any"),
            (format!(r#"{{"any":{{"deep":[1,{lost}]}}}}"#), "any.deep[1]"),
            (format!(r#"{{"other":{lost}}}"#), "other"),
            (format!(r#"{{"scalar":{lost}}}"#), "scalar"),
        ] {
            let (_, repairs) = lenient::<Ledger>(body.clone().leak()).unwrap();
            assert_eq!(repairs, [format!("{place}: has digits that its type does not hold")], "{body}");
            let error = strict::<Ledger>(body.leak()).unwrap_err();
            let expected = format!("{place}: the number has digits that its type does not hold");
            assert_eq!(error.to_string(), expected);
        }
        for body in [
            r#"{"amount":0.10000000000000001,"any":[9007199254740993,18446744073709551615,1.50],"scalar":18446744073709551615}"#,
            r#"{"id":"12345678901234567890123","any":"0.1000000000000000055"}"#,
        ] {
            assert_eq!(lenient::<Ledger>(body).unwrap().1, Vec::<String>::new(), "{body}");
            strict::<Ledger>(body).unwrap();
        }
    }

    #[test]
    fn a_number_out_of_range_costs_itself() {
        let body = r#"[{"amount":1e400,"tax":1e400,"any":[1e400,1],"new":-1e999},{"amount":2,"tax":0.5}]"#;
        let (read, mut repairs) = lenient::<Vec<Ledger>>(body).unwrap();
        assert_eq!((read[0].amount, read[0].tax, read[1].amount, read[1].tax), (0.0, None, 2.0, Some(0.5)));
        assert_eq!(read[0].any, serde_json::json!([null, 1]));
        repairs.sort_unstable();
        let places = ["[0].amount", "[0].any[0]", "[0].new", "[0].tax"];
        assert_eq!(repairs, places.map(|place| format!("{place}: has digits that its type does not hold")));
        let error = strict::<Vec<Ledger>>(body).unwrap_err();
        assert!(error.message().starts_with("number out of range") && error.path().is_some(), "{error}");
    }

    #[test]
    fn what_a_careless_server_writes_costs_the_value() {
        for (value, read_as, told) in [
            (&br#""Jos\ud83d""#[..], Some("Jos\u{fffd}"), "id: holds what is no text"),
            (br#""\ude00!""#, Some("\u{fffd}!"), "id: holds what is no text"),
            (b"\"a\xe9b\"", Some("a\u{fffd}b"), "id: holds what is no text"),
            (b"\"a\nb\"", Some("a\nb"), "id: holds what is no text"),
            (b"\"it\\'s\"", Some("it's"), "id: holds what is no text"),
            (b"NaN", None, "id: is no JSON value"),
            (b"-Infinity", None, "id: is no JSON value"),
            (b"undefined", None, "id: is no JSON value"),
        ] {
            let body = [&b"\xef\xbb\xbf{\"id\":"[..], value, b",\"amount\":7}"].concat();
            let response = response("application/json", body);
            let decoder = Decoder::new(&response);
            let read: Ledger = super::json(&decoder).unwrap();
            assert_eq!((read.id.as_deref(), read.amount), (read_as, 7.0));
            assert_eq!(decoder.into_repairs().iter().map(Repair::to_string).collect::<Vec<_>>(), [told]);
            let error = super::json::<Ledger>(&Decoder::new(&response).strict(true)).unwrap_err();
            assert_eq!(error.path(), Some("id"), "{error}");
            assert!(!error.to_string().contains('\n'));
            let items: Vec<_> = RawResponse::new(
                StatusCode::OK,
                HeaderMap::new(),
                [b"[{\"id\":", value, b"},{\"id\":\"x\"}]"].concat(),
            )
            .items::<Ledger>("")
            .unwrap()
            .collect();
            assert!(items.len() == 2 && items.iter().all(Result::is_ok));
        }
        // A value that is required is the empty one, and told once.
        let (read, repairs) = lenient::<Vec<Connection>>(r#"[{"name":NaN},{"name":"b"}]"#).unwrap();
        assert_eq!((&read[0].name[..], &read[1].name[..]), ("", "b"));
        assert_eq!(repairs, ["[0].name: is no JSON value"]);
        for body in ["{\"id\":\"x\"", "<html>", "NaN", "{\"id\":'x'}", "{\"id\":1,}"] {
            let error = lenient::<Ledger>(body).unwrap_err();
            assert!(error.message().starts_with("not JSON"), "{body}: {error}");
        }
    }

    #[derive(Debug, PartialEq)]
    struct Record {
        text: String,
        integer: i64,
        number: f64,
        flag: bool,
        list: Vec<i64>,
        map: BTreeMap<String, i64>,
        nested: Box<Nested>,
        scalar: crate::Scalar,
        moment: crate::DateTime,
        anything: Value,
        note: Nullable<String>,
        maybe: Option<String>,
    }

    crate::__record! {
        Record;
        0 text "text" required;
        1 integer "integer" required;
        2 number "number" required;
        3 flag "flag" required;
        4 list "list" required;
        5 map "map" required;
        6 nested "nested" required;
        7 scalar "scalar" required;
        8 moment "moment" required;
        9 anything "anything" required;
        10 note "note" optional;
        11 maybe "maybe" optional;
    }

    #[derive(Debug, Default, PartialEq)]
    struct Nested {
        id: String,
        extra: BTreeMap<String, Value>,
    }

    crate::__record! { Nested; 0 id "id" required; .. 1 extra; }

    fn empty_record() -> Record {
        Record {
            text: String::new(),
            integer: 0,
            number: 0.0,
            flag: false,
            list: Vec::new(),
            map: BTreeMap::new(),
            nested: Box::default(),
            scalar: "".into(),
            moment: "".into(),
            anything: Value::Null,
            note: crate::Nullable::Absent,
            maybe: None,
        }
    }

    #[test]
    fn what_is_missing_takes_the_empty_value_of_its_type() {
        let (records, repairs) = lenient::<Vec<Record>>(r#"[{"text":"a"},{}]"#).unwrap();
        assert_eq!(records, [Record { text: "a".to_owned(), ..empty_record() }, empty_record()]);
        assert!(repairs.contains(&"[1].text: is missing".to_owned()), "{repairs:?}");
        // One for each property and one for the id within `nested`; what may be absent needs no repair.
        assert_eq!(repairs.len(), 10 + 11);
    }

    #[test]
    fn what_is_null_takes_the_empty_value_of_its_type() {
        let body = r#"{"text":null,"integer":null,"number":null,"flag":null,"list":null,"map":null,"nested":null,
            "scalar":null,"moment":null,"anything":null,"note":null,"maybe":null}"#;
        let (record, repairs) = lenient::<Record>(body).unwrap();
        assert_eq!(record, Record { note: crate::Nullable::Null, ..empty_record() });
        assert_eq!(repairs.len(), 10, "{repairs:?}");
        assert!(repairs.contains(&"text: is null".to_owned()), "{repairs:?}");
        assert!(repairs.contains(&"nested.id: is missing".to_owned()), "{repairs:?}");
    }

    #[test]
    fn values_of_a_neighbouring_type_are_taken_for_what_they_say() {
        let body = r#"{"text":7,"integer":"7","number":" 1.5 ","flag":"1","list":{},"map":[],"nested":{"id":true},
            "scalar":1,"moment":"x","anything":[]}"#;
        let (record, repairs) = lenient::<Record>(body).unwrap();
        assert_eq!((record.text.as_str(), record.integer, record.number, record.flag), ("7", 7, 1.5, true));
        assert_eq!(record.nested.id, "true");
        assert_eq!(repairs.len(), 7, "{repairs:?}");
        assert!(lenient::<Record>(r#"{"integer":"seven"}"#).is_err());
        assert!(lenient::<Record>(r#"{"flag":2}"#).is_err());
    }

    #[test]
    fn a_boolean_is_what_the_vendor_says_in_its_own_words() {
        let (flags, repairs) = lenient::<Vec<bool>>(r#"[true,"Yes","off",1,0.0," N "]"#).unwrap();
        assert_eq!((flags, repairs.len()), (vec![true, true, false, true, false, false], 5));
        assert!(strict::<Vec<bool>>(r#"["yes"]"#).is_err());
    }

    #[test]
    fn what_is_wrong_with_every_record_costs_none_of_them() {
        #[derive(Debug, PartialEq)]
        struct Record {
            id: i64,
            size: Option<i64>,
            names: Option<BTreeMap<String, String>>,
        }
        crate::__record! { Record; 0 id "id" required; 1 size "size" optional; 2 names "names" optional; }
        let sizes = [r#"{"cm":7}"#, "[7]", r#""7""#, "7.5", r#""7 cm""#, "7"];
        let names = [r#"["a"]"#, r#"{"a":"b"}"#, "[]"];
        let record = |id: usize| {
            let (size, names) = (sizes[id % sizes.len()], names[id % names.len()]);
            // Each of the words is another one.
            let size = size.replace("cm", &format!("cm{id}"));
            format!(r#"{{"id":{id},"size":{size},"names":{names}}}"#)
        };
        let body = format!("[{}]", (0..3000).map(record).collect::<Vec<_>>().join(","));
        let (records, _) = lenient::<Vec<Record>>(body.leak()).unwrap();
        assert_eq!(records.len(), 3000);
        for record in records {
            let size = [None, None, Some(7), None, None, Some(7)][record.id as usize % 6];
            let names = [None, Some(1), Some(0)][record.id as usize % 3];
            assert_eq!((record.size, record.names.map(|names| names.len())), (size, names), "{}", record.id);
        }
    }

    #[test]
    fn an_empty_text_is_no_number_and_no_boolean() {
        #[derive(Debug, PartialEq)]
        struct Written {
            size: i64,
            price: f64,
            sold: bool,
            weight: Option<f64>,
            new: Option<bool>,
        }
        crate::__record! {
            Written;
            0 size "size" required;
            1 price "price" required;
            2 sold "sold" required;
            3 weight "weight" optional;
            4 new "new" optional;
        }
        let (written, repairs) =
            lenient::<Written>(r#"{"size":"","price":" ","sold":"","weight":"","new":""}"#).unwrap();
        assert_eq!(written, Written { size: 0, price: 0.0, sold: false, weight: None, new: None });
        assert_eq!(repairs.len(), 5, "{repairs:?}");
        assert!(repairs.contains(&"weight: cannot be read, and is left out".to_owned()), "{repairs:?}");
    }

    #[test]
    fn a_whole_number_is_an_integer_however_it_is_written() {
        assert_eq!(strict::<Vec<i64>>("[1.0, -2.0, 1e3]").unwrap(), [1, -2, 1000]);
        assert_eq!(lenient::<Vec<u64>>("[1.0]").unwrap(), (vec![1], vec![]));
        for body in ["[1.5]", "[1e300]"] {
            assert!(lenient::<Vec<i64>>(body).is_err());
        }
    }

    #[test]
    fn what_may_be_absent_and_is_of_no_use_is_left_out() {
        #[derive(Debug, PartialEq)]
        struct Sparse {
            id: String,
            size: Option<i64>,
            owner: Nullable<Box<Connection>>,
            list: Option<Vec<String>>,
        }
        crate::__record! {
            Sparse;
            0 id "id" required;
            1 size "size" optional;
            2 owner "owner" optional;
            3 list "list" optional;
        }
        let body = r#"[{"id":"a","size":"large","owner":"b"},{"id":"c","size":3,"owner":{"name":"d"}}]"#;
        let (records, mut repairs) = lenient::<Vec<Sparse>>(body).unwrap();
        // Without serde_json's `preserve_order` they come in the order of their names.
        repairs.sort();
        let owner = Nullable::Value(Box::new(Connection { name: "d".to_owned() }));
        let sparse = |id: &str, size, owner| Sparse { id: id.to_owned(), size, owner, list: None };
        assert_eq!(records, [sparse("a", None, Nullable::Absent), sparse("c", Some(3), owner)]);
        let said = |field: &str| format!("[0].{field}: cannot be read, and is left out");
        assert_eq!(repairs, [said("owner"), said("size")]);
        assert_eq!(lenient::<Vec<Option<i64>>>(r#"[1,"x"]"#).unwrap().0, [Some(1), None]);
        // Neither is what holds the fault, nor a list: records would be lost.
        for (body, path) in [
            (r#"[{"id":"a","owner":{"name":[]}}]"#, "[0].owner.name"),
            (r#"[{"id":"a","list":"none"}]"#, "[0].list"),
            (r#"[{"id":"a","list":[{}]}]"#, "[0].list[0]"),
        ] {
            assert_eq!(lenient::<Vec<Sparse>>(body).unwrap_err().path(), Some(path));
        }
    }

    #[test]
    fn what_is_something_else_altogether_is_not_made_good() {
        let error = lenient::<Connection>(r#"{"error":"no such account"}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "it has none of the properties of struct Connection, and reports an error, near `{\"error\":\"no such account\"}`"
        );
        assert!(lenient::<Connection>("null").is_err());
        assert!(lenient::<Connection>("[1]").is_err());
        assert_eq!(lenient::<Vec<Connection>>("null").unwrap().0, []);
    }

    #[test]
    fn a_type_without_end_is_not_made_up() {
        #[derive(Debug, Deserialize)]
        struct Endless {
            #[allow(dead_code)]
            next: Box<Endless>,
        }
        assert!(lenient::<Endless>("{}").is_err());
    }

    #[test]
    fn an_error_body_may_be_sloppy_but_not_another() {
        let body = |body: &'static str| error_body::<Connection>(&response("", body));
        assert_eq!(body(r#"{"name":null}"#), Some(Connection { name: String::new() }));
        assert_eq!(body("{}"), None);
    }

    #[test]
    fn repairs_of_very_many_records_are_told_in_part() {
        let body = format!("{{\"connections\":[{}{{}}]}}", "{},".repeat(5000));
        let response = response("", body);
        let decoder = Decoder::new(&response);
        assert_eq!(super::json::<Page>(&decoder).unwrap().connections.len(), 5001);
        assert_eq!(decoder.into_repairs().len(), 100);
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
    fn text_of_two_bytes_a_character_is_not_read_as_one_with_zeros() {
        for (kind, order) in [
            ("text/plain; charset=UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ("text/plain; charset=\"utf-16be\"", u16::to_be_bytes),
            ("text/plain; charset=utf-16", u16::to_be_bytes),
        ] {
            let wide = |text: &str| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
            assert_eq!(text(&response(kind, wide("grun"))).unwrap(), "grun", "{kind}");
            assert_eq!(text(&response("text/plain", wide("\u{feff}grün"))).unwrap(), "grün", "{kind}");
            let odd = text(&response(kind, &b"\0g\0"[..])).unwrap_err();
            assert_eq!(odd.message(), "the body is no UTF-16", "{kind}");
        }
    }

    #[test]
    fn an_error_beside_what_the_document_names_is_told() {
        let (read, repairs) = lenient::<Connection>(r#"{"name":"a","error":{"code":7,"message":"no"}}"#).unwrap();
        assert_eq!(read.name, "a");
        assert_eq!(repairs, ["error: reports an error, beside what the document describes"]);
        let error = strict::<Connection>(r#"{"name":"a","errors":["full"]}"#).unwrap_err().to_string();
        assert!(
            error.starts_with("errors: it reports an error, beside what the document describes, near `{"),
            "{error}"
        );
        for well in [r#"{"name":"a","error":null,"errors":[]}"#, r#"{"name":"a","error":"none","more":{"error":1}}"#] {
            assert_eq!(lenient::<Connection>(well).unwrap().1, [""; 0], "{well}");
            strict::<Connection>(well).unwrap();
        }
    }

    #[test]
    fn nothing_is_read_where_nothing_is_promised() {
        empty(&Decoder::new(&response("text/html", "<html>"))).unwrap();
        assert_eq!(bytes(&Decoder::new(&response("", "a"))).unwrap(), "a");
    }

    #[test]
    fn where_the_document_leaves_it_open_the_answer_says_what_it_is() {
        let text = |media_type: &'static str, body: &'static str| {
            as_said::<Value>(&Decoder::new(&response(media_type, body))).unwrap()
        };
        assert_eq!(text("text/plain", "plain"), "plain");
        assert_eq!(text("text/plain; charset=utf-8", "\"quoted\""), "\"quoted\"");
        assert_eq!(text("text/html", "7"), "7");
        assert_eq!(text("application/json", "\"quoted\""), "quoted");
        assert_eq!(text("application/problem+json", "7"), 7);
        assert_eq!(text("", "{\"a\":1}"), serde_json::json!({"a": 1}));
        assert_eq!(text("", "plain"), "plain");
        // What no text can be is JSON all the same.
        assert_eq!(as_said::<Vec<u8>>(&Decoder::new(&response("text/plain", "[1]"))).unwrap(), [1]);
        assert!(as_said::<String>(&Decoder::new(&response("application/json", "plain"))).is_err());
        assert_eq!(error_as_said::<String>(&response("text/plain", "no such thing")).as_deref(), Some("no such thing"));
        assert_eq!(error_as_said::<String>(&response("application/json", "\"no\"")).as_deref(), Some("no"));
    }
}
