//! `multipart/form-data` (RFC 7578), streamed: a file of any size goes from where it is read to the socket.

use std::fmt;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::Value;

use crate::body::{Body, BodyStream, Content};
use crate::fault::BoxError;
use crate::media_type;
use crate::parameter::{self, Parameter};
use crate::values::decimal::to_value;

/// The media type of forms, whose parts have names.
pub(crate) const FORM_DATA: &str = "multipart/form-data";

/// The media type of a part of JSON, where nothing else is said.
pub(crate) const JSON: &str = "application/json";

/// A form of several parts.
#[derive(Debug, Default)]
pub struct Multipart {
    parts: Vec<(String, Part)>,
    /// The first fault found while parts were added; told when the form is put into a request.
    problem: Option<(String, String)>,
}

/// One part of a form: a body, and what is said about it.
#[derive(Debug)]
pub struct Part {
    body: Body,
    file_name: Option<String>,
    media_type: Option<String>,
    /// Headers of its own, beside those that are made of the above.
    headers: Vec<(String, String)>,
    /// Whether it is bytes, whose media type must be said, rather than text.
    bytes: bool,
}

impl Part {
    /// Text, sent without a media type of its own, which stands for `text/plain` (RFC 7578, section 4.4).
    pub fn text(text: impl Into<String>) -> Self {
        Self { body: Body::from(text.into()), file_name: None, media_type: None, headers: Vec::new(), bytes: false }
    }

    /// Bytes, as `application/octet-stream` unless [`media_type`](Self::media_type) says otherwise.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::from(Body::from(bytes))
    }

    /// A stream, as `application/octet-stream` unless [`media_type`](Self::media_type) says otherwise.
    pub fn stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self::from(Body::stream(stream))
    }

    /// The same with a file name.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// The same with another media type.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// The same with a header of its own, in place of one of the same name; `Content-Disposition` and `Content-Type` are
    /// made of the part's name, file name and media type. Characters that a header must not hold are left out.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
        self
    }

    /// The same with the media type that the document gives the part, unless the part has one already.
    #[must_use]
    pub fn default_media_type(mut self, media_type: &str) -> Self {
        self.media_type.get_or_insert_with(|| media_type.to_owned());
        self
    }

    /// The same part once more, unless it is a stream.
    fn try_clone(&self) -> Option<Self> {
        Some(Self {
            body: self.body.try_clone()?,
            file_name: self.file_name.clone(),
            media_type: self.media_type.clone(),
            headers: self.headers.clone(),
            bytes: self.bytes,
        })
    }
}

impl From<Body> for Part {
    fn from(body: Body) -> Self {
        Self { body, file_name: None, media_type: None, headers: Vec::new(), bytes: true }
    }
}

impl From<Vec<u8>> for Part {
    fn from(bytes: Vec<u8>) -> Self {
        Self::bytes(bytes)
    }
}

impl From<Bytes> for Part {
    fn from(bytes: Bytes) -> Self {
        Self::bytes(bytes)
    }
}

impl Multipart {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part.
    pub fn part(&mut self, name: impl Into<String>, part: impl Into<Part>) {
        self.parts.push((name.into(), part.into()));
    }

    /// Adds a part of text.
    pub fn text(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.part(name, Part::text(text));
    }

    /// Adds a part of JSON. `null` sends nothing.
    pub fn json<T: Serialize + ?Sized>(&mut self, name: impl Into<String>, value: &T) {
        self.add_json(&name.into(), JSON, to_value(value));
    }

    /// Adds a value the way OpenAPI does unless told otherwise (OpenAPI 3.0, section 4.7.14.4): plain values as text,
    /// objects as JSON, arrays as one part for each item. `null` sends nothing.
    pub fn value<T: Serialize + ?Sized>(&mut self, name: impl Into<String>, value: &T) {
        self.add_value(&name.into(), to_value(value));
    }

    /// The same, with the media type that the document gives the part where the value is plain. What is written as JSON
    /// says so, whatever the document claims.
    pub fn value_as<T: Serialize + ?Sized>(&mut self, name: impl Into<String>, media_type: &str, value: &T) {
        self.add_value_as(&name.into(), media_type, to_value(value));
    }

    /// Adds a value in a style of its own (OpenAPI 3.1, section 4.8.15): as the pairs that it would be in a form, each a
    /// part of text. `null` sends nothing.
    pub fn styled<T: Serialize + ?Sized>(&mut self, parameter: &Parameter, value: &T) {
        self.add_styled(parameter, to_value(value));
    }

    /// Sets a header of all parts of a name, unless one has it already. `null` sets nothing.
    pub fn part_header<T: Serialize + ?Sized>(&mut self, name: &str, header: &Parameter, value: &T) {
        self.add_part_header(name, header, to_value(value));
    }

    /// The same with the media type that the document gives it.
    pub(crate) fn add_json(&mut self, name: &str, media_type: &str, value: serde_json::Result<Value>) {
        self.add(name.to_owned(), value, |value| json_part(value, media_type));
    }

    pub(crate) fn add_value(&mut self, name: &str, value: serde_json::Result<Value>) {
        self.add(name.to_owned(), value, |value| default_part(value, false));
    }

    pub(crate) fn add_value_as(&mut self, name: &str, media_type: &str, value: serde_json::Result<Value>) {
        let first = self.parts.len();
        self.add_value(name, value);
        for (_, part) in self.parts.iter_mut().skip(first) {
            part.media_type.get_or_insert_with(|| media_type.to_owned());
        }
    }

    #[cfg(feature = "xml")]
    pub(crate) fn add_xml(
        &mut self,
        name: &str,
        media_type: &str,
        root: &crate::xml::Element,
        value: serde_json::Result<Value>,
    ) {
        let items = match value {
            Ok(Value::Null) => return,
            Ok(Value::Array(items)) => items,
            Ok(value) => vec![value],
            Err(error) => return self.note(name.to_owned(), &error),
        };
        for item in items {
            match crate::xml::from_json(&item, root) {
                Ok(bytes) => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    self.parts.push((name.to_owned(), Part::text(text).media_type(media_type)));
                }
                Err(reason) => drop(self.problem.get_or_insert_with(|| (name.to_owned(), reason))),
            }
        }
    }

    pub(crate) fn add_styled(&mut self, parameter: &Parameter, value: serde_json::Result<Value>) {
        let pairs = match value {
            Ok(value) => parameter::render_parts(parameter, &value),
            Err(error) => return self.note(parameter.name.to_owned(), &error),
        };
        match pairs {
            Ok(pairs) => self.parts.extend(pairs.into_iter().map(|pair| (pair.name, Part::text(pair.value)))),
            Err(divided) => self.note(parameter.name.to_owned(), &divided),
        }
    }

    pub(crate) fn add_part_header(&mut self, name: &str, header: &Parameter, value: serde_json::Result<Value>) {
        let text = match value {
            Ok(value) => parameter::render_text(header, value),
            Err(error) => return self.note(name.to_owned(), &error),
        };
        let text = match text {
            Ok(Some(text)) => text,
            Ok(None) if header.required => {
                let told = format_args!("its header `{}` is required, and nothing of its value is sent", header.name);
                return self.note(name.to_owned(), &told);
            }
            Ok(None) => return,
            Err(divided) => {
                return self.note(name.to_owned(), &format_args!("its header `{}`: {divided}", header.name));
            }
        };
        for (_, part) in self.parts.iter_mut().filter(|(known, _)| known == name) {
            if !part.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(header.name)) {
                part.headers.push((header.name.to_owned(), text.clone()));
            }
        }
    }

    /// Adds all parts of another form.
    pub(crate) fn append(&mut self, other: Self) {
        self.parts.extend(other.parts);
        self.problem = self.problem.take().or(other.problem);
    }

    /// The same form once more, unless a part is a stream.
    pub(crate) fn try_clone(&self) -> Option<Self> {
        let parts = self.parts.iter().map(|(name, part)| Some((name.clone(), part.try_clone()?)));
        Some(Self { parts: parts.collect::<Option<_>>()?, problem: self.problem.clone() })
    }

    /// Keeps the first fault.
    fn note(&mut self, name: String, error: &dyn fmt::Display) {
        self.problem.get_or_insert_with(|| (name, error.to_string()));
    }

    fn add(&mut self, name: String, value: serde_json::Result<Value>, parts: impl FnOnce(&Value) -> Vec<Part>) {
        match value {
            Ok(value) => self.parts.extend(parts(&value).into_iter().map(|part| (name.clone(), part))),
            Err(error) => self.note(name, &error),
        }
    }

    /// The media type and the body that the form comes to.
    pub(crate) fn encode(self, media_type: &str, boundary: &str) -> Result<(String, Body), (String, String)> {
        match self.problem {
            Some(problem) => Err(problem),
            None => {
                // Beside it may stand what a document says more of it, such as a charset; what parts its parts is made here.
                let named = media_type::essence(media_type).eq_ignore_ascii_case(FORM_DATA);
                let beside = media_type.split(';').map(str::trim);
                let beside: Vec<&str> =
                    beside.filter(|said| !said.to_ascii_lowercase().starts_with("boundary=")).collect();
                let media_type = format!("{}; boundary={boundary}", beside.join("; "));
                Ok((media_type, assemble(self.parts, named, boundary)))
            }
        }
    }
}

fn json_part(value: &Value, media_type: &str) -> Vec<Part> {
    if value.is_null() {
        return Vec::new();
    }
    vec![Part::text(value.to_string()).media_type(media_type)]
}

fn default_part(value: &Value, nested: bool) -> Vec<Part> {
    match value {
        Value::Array(items) if !nested => items.iter().flat_map(|item| default_part(item, true)).collect(),
        Value::Array(_) | Value::Object(_) => json_part(value, JSON),
        _ => parameter::scalar(value).map(|text| Part::text(text.into_owned())).into_iter().collect(),
    }
}

/// A boundary that does not occur in what is sent, for all practical purposes.
pub(crate) fn boundary() -> String {
    format!("switchboard-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}

/// One run of bytes where every part is bytes, so that the form can be sent again; a stream otherwise.
fn assemble(parts: Vec<(String, Part)>, named: bool, boundary: &str) -> Body {
    let mut pieces: Vec<Body> = Vec::with_capacity(parts.len() * 3 + 1);
    for (name, part) in parts {
        pieces.push(Body::from(head(named.then_some(name.as_str()), &part, boundary)));
        pieces.push(part.body);
        pieces.push(Body::from("\r\n"));
    }
    pieces.push(Body::from(format!("--{boundary}--\r\n")));

    let length = pieces.iter().map(Body::length).sum::<Option<u64>>();
    let mut all = Vec::new();
    for piece in &pieces {
        match &piece.0 {
            Content::Bytes(bytes) => all.extend_from_slice(bytes),
            Content::Stream { .. } => return joined(pieces, length),
        }
    }
    Body::from(all)
}

fn joined(pieces: Vec<Body>, length: Option<u64>) -> Body {
    let sources = pieces.into_iter().map(|piece| match piece.0 {
        Content::Bytes(bytes) => Box::pin(stream::iter([Ok::<_, BoxError>(bytes)])) as BodyStream,
        Content::Stream { source, .. } => source,
    });
    let source = Box::pin(stream::iter(sources.collect::<Vec<_>>()).flatten());
    Body(Content::Stream { source, length })
}

/// What stands before a part; only those of forms have names (RFC 7578, section 4.2; RFC 2046, section 5.1).
fn head(name: Option<&str>, part: &Part, boundary: &str) -> String {
    let mut head = format!("--{boundary}");
    match (name, &part.file_name) {
        (Some(name), _) => head.push_str(&format!("\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name))),
        (None, Some(_)) => head.push_str("\r\nContent-Disposition: attachment"),
        (None, None) => {}
    }
    if let Some(file_name) = &part.file_name {
        head.push_str(&format!("; filename=\"{}\"", quoted(file_name)));
    }
    let media_type = part.media_type.as_deref().or(part.bytes.then_some("application/octet-stream"));
    if let Some(media_type) = media_type {
        head.push_str(&format!("\r\nContent-Type: {}", plain(media_type)));
    }
    for (name, value) in &part.headers {
        head.push_str(&format!("\r\n{}: {}", plain(name), plain(value)));
    }
    head.push_str("\r\n\r\n");
    head
}

/// Without what would start a header of the caller's choosing: a line break.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control() || *character == '\t').collect()
}

/// As browsers write names (WHATWG HTML, section 4.10.21.8).
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text_of(form: Multipart) -> String {
        let (media_type, body) = form.encode(FORM_DATA, "B").unwrap();
        assert_eq!(media_type, "multipart/form-data; boundary=B");
        let Content::Bytes(bytes) = body.0 else { panic!("a stream") };
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn a_form_is_one_whatever_its_media_type_says_beside() {
        for (media_type, sent) in [
            ("multipart/form-data; charset=UTF-8", "multipart/form-data; charset=UTF-8; boundary=B"),
            ("Multipart/Form-Data;boundary=--x;charset=UTF-8", "Multipart/Form-Data; charset=UTF-8; boundary=B"),
        ] {
            let mut form = Multipart::new();
            form.text("title", "A");
            let (media_type, body) = form.encode(media_type, "B").unwrap();
            assert_eq!(media_type, sent);
            let Content::Bytes(bytes) = body.0 else { panic!("a stream") };
            let text = String::from_utf8_lossy(&bytes);
            assert!(text.contains("Content-Disposition: form-data; name=\"title\""), "{text}");
        }
    }

    #[test]
    fn parts_with_names_and_types() {
        let mut form = Multipart::new();
        form.text("title", "A \"b\"");
        form.part("file", Part::bytes("x").file_name("a\"\r\n.txt").media_type("text/csv\r\nX: y"));
        assert_eq!(
            text_of(form),
            "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA \"b\"\r\n\
             --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0A.txt\"\r\n\
             Content-Type: text/csvX: y\r\n\r\nx\r\n--B--\r\n"
        );
    }

    #[test]
    fn values_by_openapis_defaults() {
        let mut form = Multipart::new();
        form.value("n", &1.0);
        form.value("none", &None::<u8>);
        form.value("list", &["a", "b"]);
        form.value("object", &json!({"k": 1}));
        let text = text_of(form);
        let bodies: Vec<&str> =
            text.split("\r\n").filter(|line| !line.contains(':') || line.starts_with('{')).collect();
        assert_eq!(bodies, ["--B", "", "1", "--B", "", "a", "--B", "", "b", "--B", "", "{\"k\":1}", "--B--", ""]);
        assert!(text.contains("name=\"object\"\r\nContent-Type: application/json\r\n"));
    }

    #[test]
    fn plain_values_have_the_media_type_given_and_json_its_own() {
        let mut form = Multipart::new();
        form.value_as("plain", "text/csv", "a,b");
        form.value_as("object", "text/csv", &json!({"k": 1}));
        let text = text_of(form);
        assert!(text.contains("name=\"plain\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n"), "{text}");
        assert!(text.contains("name=\"object\"\r\nContent-Type: application/json\r\n"), "{text}");
    }

    #[test]
    fn parts_of_what_is_no_form_have_no_names() {
        let mut form = Multipart::new();
        form.json("metadata", &json!({"a": 1}));
        form.part("media", Part::bytes("x").file_name("a.png").media_type("image/png"));
        form.text("note", "n");
        let (media_type, body) = form.encode("multipart/related", "B").unwrap();
        let Content::Bytes(bytes) = body.0 else { panic!("a stream") };
        assert_eq!(media_type, "multipart/related; boundary=B");
        assert_eq!(
            std::str::from_utf8(&bytes).unwrap(),
            "--B\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n\
             --B\r\nContent-Disposition: attachment; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nx\r\n\
             --B\r\n\r\nn\r\n--B--\r\n"
        );
    }

    #[test]
    fn a_stream_makes_it_a_stream_of_known_length_if_all_are() {
        let pieces = || stream::iter([Ok::<_, std::io::Error>("abc")]);
        let mut form = Multipart::new();
        form.part("file", Body::sized_stream(pieces(), 3));
        form.text("title", "t");
        let length = form.encode(FORM_DATA, "B").unwrap().1.length();
        let mut same = Multipart::new();
        same.part("file", Part::bytes("abc"));
        same.text("title", "t");
        assert_eq!(length, Some(text_of(same).len() as u64));

        let mut form = Multipart::new();
        form.part("file", Part::stream(pieces()));
        assert_eq!(form.encode(FORM_DATA, "B").unwrap().1.length(), None);
    }

    #[test]
    fn boundaries_differ() {
        assert_ne!(boundary(), boundary());
    }

    #[test]
    fn a_value_in_a_style_is_parts_of_text() {
        use crate::parameter::Style;
        for (parameter, expected) in [
            (Parameter::query("p").explode(false), vec![("p", "a b,c")]),
            (Parameter::query("p"), vec![("p", "a b"), ("p", "c")]),
            (Parameter::query("p").style(Style::PipeDelimited).explode(false), vec![("p", "a b|c")]),
            (Parameter::query("p").style(Style::TabDelimited).explode(false), vec![("p", "a b\tc")]),
        ] {
            let mut form = Multipart::new();
            form.styled(&parameter, &["a b", "c"]);
            let text = text_of(form);
            let names: Vec<&str> = text.split("name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let values: Vec<&str> =
                text.split("\r\n\r\n").skip(1).filter_map(|rest| rest.split("\r\n").next()).collect();
            assert_eq!(names.into_iter().zip(values).collect::<Vec<_>>(), expected, "{text}");
        }
        let mut form = Multipart::new();
        form.styled(&Parameter::query("p").style(Style::DeepObject), &json!({"k": {"l": "1&2"}}));
        assert!(text_of(form).contains("name=\"p[k][l]\"\r\n\r\n1&2\r\n"));
    }

    #[test]
    fn parts_have_headers_of_their_own() {
        let mut form = Multipart::new();
        form.part("file", Part::bytes("x").header("X-Own", "a\r\nY: b").header("x-own", "c\r\nY: d"));
        form.value("file", &1);
        form.part_header("file", &Parameter::header("X-Own"), "later");
        form.part_header("file", &Parameter::header("X-List"), &[1, 2]);
        form.part_header("file", &Parameter::header("X-None"), &None::<u8>);
        let mut other = Multipart::new();
        other.part_header("file", &Parameter::header("X-None").required(), &[0_u8; 0]);
        assert!(other.encode(FORM_DATA, "B").unwrap_err().1.contains("`X-None` is required"));
        let text = text_of(form);
        assert!(text.contains("application/octet-stream\r\nx-own: cY: d\r\nX-List: 1,2\r\n\r\nx"), "{text}");
        assert!(text.contains("name=\"file\"\r\nX-Own: later\r\nX-List: 1,2\r\n\r\n1\r\n"), "{text}");
    }
}
