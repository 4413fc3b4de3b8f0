//! Bodies of which the document describes more than is read or sent of them: a schema with members or items under a media
//! type that no type is read from. They are text or bytes, which is told at each place.

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics, pointer_tokens};
use crate::media::{self, Encoding};
use crate::objects::{Kind, visit};
use crate::schema::flat::flatten;

/// How many alternatives lead from one to the next.
const MAX_DEPTH: usize = 8;

/// Tells it.
pub fn tell(document: &Value, diagnostics: &mut Diagnostics) {
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| {
        let Some(schema) = fields.get("schema").filter(|_| kind == Kind::MediaType) else { return };
        let tokens: Vec<String> = pointer_tokens(pointer).collect();
        let (Some(media_type), Some(how)) = (tokens.last(), untyped(&tokens)) else { return };
        if !is_typed_beside(document, schema, pointer) && has_parts(document, schema, MAX_DEPTH) {
            let message = format!("`{media_type}` is {how}: what the schema says of it has no type");
            diagnostics.push(Diagnostic::adaptation("untyped-body", pointer, message));
        }
    });
}

/// Whether the media type object at `place`, of which no type is made, describes more of the body than that it is text.
pub fn describes_in_vain(document: &Value, object: &Value, place: &str) -> bool {
    let Some(schema) = object.get("schema") else { return false };
    !is_typed_beside(document, schema, place) && has_parts(document, schema, MAX_DEPTH)
}

/// Whether what a media type describes has its type under another media type beside it.
fn is_typed_beside(document: &Value, schema: &Value, place: &str) -> bool {
    let content = place.rsplit_once('/').and_then(|(content, _)| document.pointer(content)?.as_object());
    let own = pointer_tokens(place).last();
    let is_typed = |(other, object): (&String, &Value)| {
        own.as_ref() != Some(other)
            && matches!(media::encoding(other), Encoding::Json | Encoding::Xml)
            && object.get("schema") == Some(schema)
    };
    content.into_iter().flatten().any(is_typed)
}

/// As what a body is read or sent that no type is made for; none where one is, and for what is no body.
fn untyped(tokens: &[String]) -> Option<&'static str> {
    let [.., holder, name, content, media_type] = tokens else { return None };
    let is_sent = name == "requestBody" || holder == "requestBodies";
    if content != "content" || !(is_sent || holder == "responses") {
        return None;
    }
    match (media::encoding(media_type), is_sent) {
        (Encoding::Text, true) => Some("sent as text"),
        (Encoding::Binary, true) => Some("sent as bytes"),
        (Encoding::Text, false) => Some("read as text"),
        (Encoding::Binary | Encoding::Form | Encoding::Multipart, false) => Some("read as bytes"),
        _ => None,
    }
}

/// Whether values have members or items that a schema describes.
fn has_parts(document: &Value, schema: &Value, depth: usize) -> bool {
    let flat = flatten(document, schema);
    let says = |key: &str| {
        flat.get(key).is_some_and(|said| said.as_object().is_some_and(|said| !said.is_empty()) || said.is_array())
    };
    let mut alternatives = ["oneOf", "anyOf"].into_iter().filter_map(|key| flat.get(key)?.as_array()).flatten();
    ["properties", "additionalProperties", "items", "prefixItems"].into_iter().any(says)
        || depth.checked_sub(1).is_some_and(|depth| alternatives.any(|one| has_parts(document, one, depth)))
}
