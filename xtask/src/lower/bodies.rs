//! Request bodies: which media type is sent, and how it is encoded.

use serde_json::{Map, Value};

use super::media::{self, Encoding};
use super::operations::Source;
use super::types::{Context, Types};
use super::{examples, references};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::plan::{Body, BodyKind, Example, FormField, Style, TypeRef};

/// The operation's body, if it has one; its examples go to `found`.
pub fn read(
    document: &Value,
    source: &Source<'_>,
    operation: &str,
    types: &mut Types<'_>,
    found: &mut Vec<Example>,
) -> Option<Body> {
    let listed = source.operation.get("requestBody")?;
    let pointer = pointer_join(&source.pointer, "requestBody");
    let Some((object, pointer)) = references::resolve(document, listed, &pointer) else {
        types.schemas.diagnostics.push(Diagnostic::warning(
            "dangling-ref",
            &pointer,
            "the request body's `$ref` leads nowhere: the body can be any JSON",
        ));
        return Some(Body {
            media_type: "application/json".to_owned(),
            kind: BodyKind::Json(TypeRef::Any),
            required: false,
            description: None,
        });
    };
    let content = object.get("content")?.as_object()?;
    let (media_type, content_object) = preferred(content)?;
    let place = pointer_join(&pointer_join(&pointer, "content"), media_type);
    if content.len() > 1 {
        types.schemas.diagnostics.push(Diagnostic::adaptation(
            "media-type-choice",
            pointer_join(&pointer, "content"),
            format!("of {} media types `{media_type}` is sent", content.len()),
        ));
    }
    let kind = kind(media_type, content_object, &place, operation, types);
    if let BodyKind::Json(ty) = &kind {
        found.extend(examples::read(document, content_object, &place, "request", ty));
    }
    Some(Body {
        media_type: sent(media_type).to_owned(),
        kind,
        required: object.get("required").and_then(Value::as_bool).unwrap_or(false),
        description: object.get("description").and_then(Value::as_str).map(str::to_owned),
    })
}

/// The media type that can be typed best; of equals the first.
fn preferred(content: &Map<String, Value>) -> Option<(&String, &Value)> {
    content.iter().min_by_key(|(media_type, _)| match media::encoding(media_type) {
        Encoding::Json => 0,
        Encoding::Form => 1,
        Encoding::Multipart => 2,
        Encoding::Lines | Encoding::Events | Encoding::Text => 3,
        Encoding::Binary => 4,
    })
}

/// What the `Content-Type` header says: ranges are made exact.
fn sent(media_type: &str) -> &str {
    match media_type {
        "*/*" | "application/*" | "" => "application/json",
        exact => exact,
    }
}

fn kind(media_type: &str, content: &Value, place: &str, operation: &str, types: &mut Types<'_>) -> BodyKind {
    let encoding = media::encoding(media_type);
    if !matches!(encoding, Encoding::Json | Encoding::Form) {
        return match encoding {
            Encoding::Multipart => BodyKind::Multipart,
            Encoding::Text | Encoding::Lines | Encoding::Events => BodyKind::Text,
            _ => BodyKind::Binary,
        };
    }
    let ty = match content.get("schema") {
        Some(schema) => {
            let typed = types.schemas.parse(schema, &pointer_join(place, "schema"));
            types.type_of(&typed, &Context::root(format!("{operation}Request"), operation)).0
        }
        None => {
            types.schemas.diagnostics.push(Diagnostic::adaptation(
                "no-schema",
                place,
                "the body has no schema: it can be any JSON",
            ));
            TypeRef::Any
        }
    };
    if encoding == Encoding::Json { BodyKind::Json(ty) } else { BodyKind::Form(ty, form_fields(content)) }
}

/// The `encoding` of a form's fields (OpenAPI 3.0 section 4.7.15).
fn form_fields(content: &Value) -> Vec<FormField> {
    let listed = content.get("encoding").and_then(Value::as_object);
    listed
        .into_iter()
        .flatten()
        .map(|(name, encoding)| {
            let style = match encoding.get("style").and_then(Value::as_str) {
                Some("spaceDelimited") => Style::SpaceDelimited,
                Some("pipeDelimited") => Style::PipeDelimited,
                Some("deepObject") => Style::DeepObject,
                _ => Style::Form,
            };
            let json = encoding
                .get("contentType")
                .and_then(Value::as_str)
                .is_some_and(|media_type| media::encoding(media_type) == Encoding::Json);
            FormField {
                name: name.clone(),
                style: if json { Style::Json } else { style },
                explode: encoding
                    .get("explode")
                    .and_then(Value::as_bool)
                    .unwrap_or(matches!(style, Style::Form | Style::DeepObject)),
                allow_reserved: encoding.get("allowReserved").and_then(Value::as_bool).unwrap_or(false),
            }
        })
        .collect()
}
