//! Request bodies: which media type is sent, and how it is encoded.

use std::collections::BTreeSet;

use serde_json::Value;

use super::media::{self, Encoding};
use super::operations::Source;
use super::shape::{Shape, TextFormat};
use super::types::{Context, Types};
use super::{examples, idents, references};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::plan::{Body, BodyKind, Example, FormField, FormPart, PartContent, Style, TypeRef};

/// The operation's body in each of its media types, the one that can be typed best first; its examples go to `found`.
pub fn read(
    document: &Value,
    source: &Source<'_>,
    operation: &str,
    types: &mut Types<'_>,
    found: &mut Vec<Example>,
) -> Vec<Body> {
    let Some(listed) = source.operation.get("requestBody") else { return Vec::new() };
    let pointer = pointer_join(&source.pointer, "requestBody");
    let Some((object, pointer)) = references::resolve(document, listed, &pointer) else {
        types.schemas.diagnostics.push(Diagnostic::warning(
            "dangling-ref",
            &pointer,
            "the request body's `$ref` leads nowhere: the body can be any JSON",
        ));
        return vec![body("application/json", BodyKind::Json(TypeRef::Any), &Value::Null)];
    };
    let content = object.get("content").and_then(Value::as_object);
    let mut listed: Vec<(&String, &Value)> = content.into_iter().flatten().collect();
    listed.sort_by_key(|(media_type, _)| rank(media_type));
    let mut bodies: Vec<Body> = Vec::new();
    for (media_type, content) in listed {
        let place = pointer_join(&pointer_join(&pointer, "content"), media_type);
        let kind = kind(media_type, content, &place, operation, types);
        if let BodyKind::Json(ty) = &kind {
            found.extend(examples::read(document, content, &place, "request", ty));
        }
        // One encoding of one type is one setter, whatever it is called on the wire.
        if let Some(known) = bodies.iter_mut().find(|known| known.kind == kind) {
            if kind == BodyKind::Multipart {
                types.schemas.diagnostics.push(Diagnostic::adaptation(
                    "media-type-choice",
                    place,
                    format!("the body has several parts as `{}` too: that is what is sent", known.media_type),
                ));
            } else {
                known.open_media_type = true;
            }
            continue;
        }
        let mut body = body(media_type, kind, object);
        if body.kind == BodyKind::Multipart {
            body.parts = parts(content, &place, operation, types);
        }
        bodies.push(body);
    }
    bodies
}

fn body(media_type: &str, kind: BodyKind, object: &Value) -> Body {
    Body {
        ident: "body".to_owned(),
        media_type: sent(media_type).to_owned(),
        open_media_type: media_type.contains('*')
            && !matches!(media::encoding(media_type), Encoding::Json | Encoding::Multipart),
        parts: Vec::new(),
        kind,
        required: object.get("required").and_then(Value::as_bool).unwrap_or(false),
        description: object.get("description").and_then(Value::as_str).map(str::to_owned),
    }
}

/// Gives the bodies and their parts names that no parameter has: the first is `body`, the others say what they are.
pub fn name(bodies: &mut [Body], taken: &mut BTreeSet<String>) {
    for (index, body) in bodies.iter_mut().enumerate() {
        let suffix = match &body.kind {
            BodyKind::Json(_) => idents::snake(body.media_type.split([';', '/']).nth(1).unwrap_or("json")),
            BodyKind::Form(..) => "form".to_owned(),
            BodyKind::Text => "text".to_owned(),
            BodyKind::Binary => "bytes".to_owned(),
            BodyKind::Multipart => "multipart".to_owned(),
        };
        let wanted = if index == 0 { "body".to_owned() } else { format!("body_{suffix}") };
        body.ident = idents::unique([wanted], taken);
        for part in &mut body.parts {
            let wanted = idents::snake(&part.name);
            part.ident = idents::unique([wanted.clone(), format!("{}_part", wanted.trim_end_matches('_'))], taken);
        }
    }
}

/// How well a media type can be typed; of equals the document's order decides.
fn rank(media_type: &str) -> u8 {
    match media::encoding(media_type) {
        Encoding::Json => 0,
        Encoding::Form => 1,
        Encoding::Multipart => 2,
        Encoding::Lines | Encoding::Events | Encoding::Text => 3,
        Encoding::Binary => 4,
    }
}

/// The parts that a form's schema names, files apart from values.
fn parts(content: &Value, place: &str, operation: &str, types: &mut Types<'_>) -> Vec<FormPart> {
    let Some(schema) = content.get("schema") else { return Vec::new() };
    let typed = types.schemas.parse(schema, &pointer_join(place, "schema"));
    let resolved = types.schemas.resolved(&typed);
    let Shape::Object(object) = &resolved.shape else { return Vec::new() };
    let mut parts = Vec::new();
    for (name, property) in &object.properties {
        let shape = types.schemas.resolved(&property.typed).shape;
        let is_file = |shape: &Shape| *shape == Shape::Text(TextFormat::Binary);
        let content_type = content
            .pointer(&pointer_join(&pointer_join("/encoding", name), "contentType"))
            .or_else(|| types.schemas.document().pointer(&property.typed.pointer)?.get("contentMediaType"))
            .and_then(Value::as_str);
        let part = match &shape {
            shape if is_file(shape) => PartContent::File,
            // OpenAPI 3.1 section 4.8.14.4: bytes need no schema, only a media type.
            Shape::Any if content_type.is_some_and(|text| media::encoding(text) == Encoding::Binary) => {
                PartContent::File
            }
            Shape::Array(items) if is_file(&types.schemas.resolved(items).shape) => PartContent::Files,
            _ => {
                let context = Context::named(vec![format!("{operation}{}", idents::pascal(name))]);
                PartContent::Value(types.root(&property.typed, &context).0)
            }
        };
        parts.push(FormPart {
            name: name.clone(),
            ident: String::new(),
            content: part,
            // Several media types are the caller's choice.
            media_type: content_type.filter(|text| !text.contains([',', '*'])).map(str::to_owned),
            required: property.required && !property.typed.docs.read_only,
            docs: property.typed.docs.clone(),
        });
    }
    parts
}

/// What the `Content-Type` header says: ranges are made exact.
fn sent(media_type: &str) -> &str {
    match media_type {
        "*/*" | "application/*" | "" => "application/json",
        "multipart/*" => "multipart/form-data",
        // A range is no media type: bytes are sent as bytes until the caller says what they are.
        range if range.contains('*') => "application/octet-stream",
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
            types.root(&typed, &Context::root(format!("{operation}Request"), operation)).0
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
