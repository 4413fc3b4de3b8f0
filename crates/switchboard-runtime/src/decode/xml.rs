//! Bodies in XML, read as the JSON that they stand for: what is made good in JSON is made good here.

use std::borrow::Cow;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::characters::{Encoding, is_marked};
use super::own::Into;
use super::{
    BodyError, Decoder, Fault, Repair, excerpt, json, read_error, read_into, read_value, without_bom, without_mark,
};
use crate::media_type::{content_type, content_type_parameter};
use crate::raw_response::RawResponse;
use crate::xml::{Element, to_json};

/// The body as XML, in which a `T` stands as the table says; as JSON, if the answer says that it is that.
///
/// It is read as leniently as [`json`] reads, and with the same repairs. A root that is called otherwise than the document
/// says is a repair if it holds anything that is known, and else an error. Elements and attributes are found by their names
/// in their namespaces, or, where a server forgets about the namespace, by their names.
///
/// Text is UTF-8, UTF-16 or ISO-8859-1, as the answer or its XML declaration says. A document type definition is not read.
///
/// # Errors
///
/// [`BodyError`], as of [`json`], and with the place if the body is no well-formed XML, stands too deep within itself, is in
/// an encoding that is not read, or uses entities that XML itself does not have.
pub fn xml<T: DeserializeOwned>(decoder: &Decoder<'_>, root: &'static Element) -> Result<T, BodyError> {
    if is_json(decoder.response) {
        return json(decoder);
    }
    read_value(|into| read_xml_into(decoder, root, into))
}

fn read_xml_into(decoder: &Decoder<'_>, root: &'static Element, into: &mut Into<'_>) -> Result<(), BodyError> {
    if decoder.response.body().trim_ascii().is_empty() {
        return decoder.nothing("XML", into);
    }
    let (json, is_other) = converted(decoder.response, root)?;
    note_root(decoder, root, is_other)?;
    // What it shows is JSON that nobody sent.
    read_into(decoder, json.into(), into).map_err(|error| BodyError { excerpt: None, ..error })
}

/// The body of an error answer, as [`error_body`](super::error_body) reads JSON.
pub fn error_xml<T: DeserializeOwned>(response: &RawResponse, root: &'static Element) -> Option<T> {
    if is_json(response) {
        return read_error(without_mark(response.body()));
    }
    converted(response, root).ok().and_then(|(json, _)| read_error(json.into()))
}

/// The JSON that the XML of an answer stands for, for lists, whose pages are known by it.
///
/// # Errors
///
/// As [`xml`], but for what is wrong in the JSON.
pub fn xml_as_json(decoder: &Decoder<'_>, root: &'static Element) -> Result<Bytes, BodyError> {
    let body = decoder.response.body();
    if is_json(decoder.response) || body.trim_ascii().is_empty() {
        return Ok(body.clone());
    }
    let (json, is_other) = converted(decoder.response, root)?;
    note_root(decoder, root, is_other)?;
    Ok(json.into())
}

/// Tells that the root is called otherwise than the document says.
fn note_root(decoder: &Decoder<'_>, root: &'static Element, is_other: bool) -> Result<(), BodyError> {
    if is_other && decoder.strict {
        return Err(BodyError::new(format!("the root element is not `{}`", root.name.local)));
    }
    if is_other {
        decoder.repairs.borrow_mut().push(Repair { path: String::new(), fault: Fault::Renamed });
    }
    Ok(())
}

/// Whether an answer is JSON: it says so, or says nothing, and begins as only JSON does.
fn is_json(response: &RawResponse) -> bool {
    match content_type(response.headers()) {
        Some(_) => super::says_json(response),
        None => matches!(without_bom(response.body()).trim_ascii_start().first(), Some(b'{' | b'[')),
    }
}

fn converted(response: &RawResponse, root: &'static Element) -> Result<(Vec<u8>, bool), BodyError> {
    let text = characters(response)?;
    to_json(&text, root).map_err(|unfit| BodyError {
        excerpt: excerpt(text.as_bytes(), unfit.at),
        ..BodyError::new(format!("no XML that can be read: {}", unfit.message))
    })
}

/// The body's characters. A byte order mark says most of the encoding, then the content type, then how the document begins and
/// what it declares itself (RFC 7303, section 3; XML 1.0, appendix F).
fn characters(response: &RawResponse) -> Result<Cow<'_, str>, BodyError> {
    let body = &**response.body();
    let told = content_type_parameter(response.headers(), "charset").map(Cow::Borrowed).or_else(|| declared(body));
    match told.as_deref().map(Encoding::of) {
        None => super::characters(body, Encoding::Utf8),
        Some(Some(encoding)) => super::characters(body, encoding),
        Some(None) if is_marked(body) => super::characters(body, Encoding::Utf8),
        Some(None) => Err(BodyError::new(format!(
            "the body is in the encoding `{}`: only UTF-8, UTF-16 and ISO-8859-1 are read",
            told.unwrap_or_default().to_ascii_lowercase()
        ))),
    }
}

/// The encoding that the XML declaration names (XML 1.0, section 4.3.3), if it is not one that the declaration itself shows.
fn declared(body: &[u8]) -> Option<Cow<'_, str>> {
    if body.starts_with(b"<\0") || body.starts_with(b"\0<") {
        return Some(Cow::Borrowed("utf-16"));
    }
    let end = body.windows(2).take(LONGEST_DECLARATION).position(|pair| pair == b"?>")?;
    let declaration = String::from_utf8_lossy(body.get(..end)?.strip_prefix(b"<?xml")?).into_owned();
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    let (name, _) = rest.get(1..)?.split_once(quote)?;
    // What is read byte by byte is in no encoding of two bytes, though some servers write so, of the text that they had.
    (!Encoding::of(name).is_some_and(Encoding::is_wide)).then(|| Cow::Owned(name.to_owned()))
}

/// How far an XML declaration is looked for, in bytes.
const LONGEST_DECLARATION: usize = 256;
