//! Request bodies: which media type is sent, and how it is encoded.

use std::collections::BTreeSet;

use serde_json::Value;

use super::content::{self, Files};
use super::forms::{form_field, form_fields, says_style};
use super::names::Context;
use super::operation_object::OperationObject;
use super::types::Types;
use super::{examples, idents, parameters, sequence, styles, xml};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::media::{self, Encoding};
use crate::plan::{Body, BodyKind, Example, FormField, FormPart, Location, Nested, PartContent, PartHeader, TypeRef};
use crate::schema::references;
use crate::schema::shape::{Shape, Typed};

/// The operation's body in each of its media types, the one that can be typed best first; its examples go to `found`.
pub fn read(
    document: &Value,
    source: &OperationObject<'_>,
    operation: &str,
    types: &mut Types<'_>,
    found: &mut Vec<Example>,
) -> Vec<Body> {
    let Some(listed) = source.operation.get("requestBody") else { return Vec::new() };
    let pointer = pointer_join(&source.pointer, "requestBody");
    let Some((object, pointer)) = references::resolve(document, listed, &pointer) else {
        types.schemas.diagnostics.push(references::dangling(listed, &pointer, "the body can be any JSON"));
        return vec![body("application/json", Encoding::Json, BodyKind::Json(TypeRef::Any), &Value::Null)];
    };
    let content = object.get("content").and_then(Value::as_object);
    let listed: Vec<(&String, &Value)> = content.into_iter().flatten().collect();
    let mut ranked: Vec<(&String, &Value, Encoding)> = Vec::new();
    for (media_type, content) in &listed {
        let place = pointer_join(&pointer_join(&pointer, "content"), media_type);
        ranked.push((media_type, content, encoding(media_type, content, &place, types)));
    }
    ranked.sort_by_key(|(media_type, _, encoding)| (rank(*encoding), media::is_range(media_type)));
    let mut bodies: Vec<Body> = Vec::new();
    for (media_type, content, encoding) in ranked {
        let place = pointer_join(&pointer_join(&pointer, "content"), media_type);
        let is_version = listed.iter().any(|(other, _)| media::are_versions(media_type, other))
            && !bodies.iter().any(|known| media::are_same(media_type, &known.media_type));
        let kind = if is_undescribed_patch(media_type, content, &listed, &place, types) {
            BodyKind::Json(TypeRef::Array(Box::new(TypeRef::Any)))
        } else {
            kind(encoding, content, &place, operation, types)
        };
        if kind == BodyKind::Binary {
            content::tell_encoded(content, &place, &mut types.schemas);
        }
        if kind == BodyKind::Text && content.get("itemSchema").is_some() {
            types.schemas.diagnostics.push(Diagnostic::adaptation(
                "unmade-word",
                pointer_join(&place, "itemSchema"),
                "nothing is generated for the `itemSchema` of a body: it is sent as the text that the caller writes",
            ));
        }
        if let BodyKind::Json(ty) = &kind {
            found.extend(examples::read(document, content, &place, "request", ty));
        }
        // One encoding of one type is one body, whatever it is called on the wire; only versions are told apart, merge
        // patches, in which null says more, and JSON text sequences, in which more than a line parts the values.
        let is_alike = |known: &&mut Body| {
            known.kind == kind
                && !(is_version && matches!(kind, BodyKind::Json(_) | BodyKind::Xml(..)))
                && [media::is_merge_patch, media::is_text_sequence]
                    .iter()
                    .all(|is| is(&known.media_type) == is(media_type))
        };
        if let Some(known) = bodies.iter_mut().find(is_alike) {
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
        let mut body = body(media_type, encoding, kind, object);
        if body.kind == BodyKind::Multipart {
            body.parts = parts(content, &place, operation, types);
        }
        bodies.push(body);
    }
    bodies
}

fn body(media_type: &str, encoding: Encoding, kind: BodyKind, object: &Value) -> Body {
    Body {
        ident: "body".to_owned(),
        variant: String::new(),
        media_type: sent(media_type, encoding).to_owned(),
        open_media_type: media::is_range(media_type)
            && !matches!(encoding, Encoding::Json | Encoding::Xml | Encoding::Multipart),
        parts: Vec::new(),
        kind,
        required: object.get("required").and_then(Value::as_bool).unwrap_or(false),
        description: object.get("description").and_then(Value::as_str).map(str::to_owned),
    }
}

/// Gives the bodies and their parts names that no parameter has: the first is `body`, the others say what they are.
pub fn name(bodies: &mut [Body], taken: &mut BTreeSet<String>) {
    let mut variants = BTreeSet::new();
    for (index, body) in bodies.iter_mut().enumerate() {
        let suffix = match &body.kind {
            BodyKind::Json(_) | BodyKind::Xml(..) => idents::snake(&media::words(&body.media_type)),
            BodyKind::Form(..) => "form".to_owned(),
            BodyKind::Lines(_) if media::is_text_sequence(&body.media_type) => "sequence".to_owned(),
            BodyKind::Lines(_) => "lines".to_owned(),
            BodyKind::Text => "text".to_owned(),
            BodyKind::Binary => "bytes".to_owned(),
            BodyKind::Multipart => "multipart".to_owned(),
        };
        let wanted = if index == 0 { "body".to_owned() } else { format!("body_{suffix}") };
        body.ident = idents::unique([wanted], taken);
        body.variant = idents::unique([idents::pascal(&suffix)], &mut variants);
        for part in &mut body.parts {
            let wanted = idents::snake(&part.name);
            part.ident = idents::unique([wanted.clone(), format!("{}_part", wanted.trim_end_matches('_'))], taken);
            for header in &mut part.headers {
                let wanted = idents::snake(&format!("{}-{}", part.name, header.parameter.name));
                header.parameter.ident = idents::unique([wanted.clone(), format!("{wanted}_header")], taken);
            }
        }
    }
}

/// How the body of a media type is encoded, which its schema has a say in: bytes are never JSON, and text is JSON only where
/// the media type says so.
fn encoding(media_type: &str, content: &Value, place: &str, types: &mut Types<'_>) -> Encoding {
    let named = match media::encoding(media_type) {
        Encoding::Xml if !xml::is_typed(content, place, types) => Encoding::Text,
        named => named,
    };
    if !matches!(named, Encoding::Json | Encoding::Form) {
        return named;
    }
    if content::describes_bytes(media_type, content, place, &mut types.schemas) {
        return Encoding::Binary;
    }
    match content::shape(content, place, &mut types.schemas) {
        Some(shape) if content::is_text(&shape) && named == Encoding::Form => Encoding::Text,
        Some(shape) if content::is_text(&shape) && media::is_open(media_type) => Encoding::Binary,
        _ => named,
    }
}

/// How well an encoding can be typed; of equals the document's order decides.
fn rank(encoding: Encoding) -> u8 {
    match encoding {
        Encoding::Json => 0,
        Encoding::Form => 1,
        Encoding::Multipart => 2,
        Encoding::Xml => 3,
        Encoding::Lines => 4,
        Encoding::Events | Encoding::Text => 5,
        Encoding::Binary => 6,
    }
}

/// The parts that a form's schema names, files apart from values.
fn parts(media: &Value, place: &str, operation: &str, types: &mut Types<'_>) -> Vec<FormPart> {
    let Some(schema) = media.get("schema") else { return Vec::new() };
    let typed = types.schemas.parse(schema, &pointer_join(place, "schema"));
    let resolved = types.schemas.resolved(&typed);
    let Shape::Object(object) = &resolved.shape else {
        if matches!(resolved.shape, Shape::Union(_)) {
            types.schemas.diagnostics.push(Diagnostic::adaptation(
                "unmade-parts",
                pointer_join(place, "schema"),
                "the form is one of several: it has no methods for its parts, which the caller puts together",
            ));
        }
        return Vec::new();
    };
    let mut parts = Vec::new();
    for (name, property) in &object.properties {
        let encoding_place = pointer_join(&pointer_join(place, "encoding"), name);
        let encoding = media.pointer(&pointer_join("/encoding", name)).unwrap_or(&Value::Null);
        let keyword = |name: &str| content::keyword(types.schemas.document(), &property.typed.pointer, name);
        let content_type = encoding
            .get("contentType")
            .and_then(Value::as_str)
            .or_else(|| keyword("contentMediaType"))
            // Bytes written as text, of no kind that is known (OpenAPI 3.1 section 4.8.14.4).
            .or_else(|| keyword("contentEncoding").map(|_| "application/octet-stream"));
        // Several media types are the caller's choice.
        let media_type = content_type.filter(|text| !text.contains([',', '*']));
        let part = match content::files(&property.typed, content_type, &mut types.schemas) {
            Some(Files::One) => PartContent::File,
            Some(Files::Several) => PartContent::Files,
            None => {
                let context = Context::named(operation, vec![format!("{operation}{}", idents::pascal(name))]);
                PartContent::Value(types.root(&property.typed, &context).0)
            }
        };
        let style = part_style(name, encoding, &encoding_place, types);
        if let Some(field) = style.as_ref().filter(|field| field.nested == Nested::Usual) {
            styles::tell_open(&property.typed, field.style, field.explode, &encoding_place, &mut types.schemas);
        }
        let xml = match &part {
            PartContent::Value(ty) if style.is_none() => xml_root(&property.typed, ty, content_type, types),
            _ => None,
        };
        if matches!(part, PartContent::Value(_)) && style.is_none() {
            tell_json(&property.typed, media_type, &encoding_place, types);
        }
        let mut docs = property.typed.docs.clone();
        docs.constraints.extend(one_of_several(content_type, &part));
        parts.push(FormPart {
            name: name.clone(),
            ident: String::new(),
            content: part,
            xml,
            media_type: media_type.map(str::to_owned),
            style,
            headers: part_headers(name, encoding, &encoding_place, operation, types),
            required: property.required && !property.typed.docs.read_only,
            docs,
        });
    }
    parts
}

/// That the caller says of which of several media types a file is.
fn one_of_several(content_type: Option<&str>, content: &PartContent) -> Option<String> {
    let several = content_type.filter(|text| text.contains(',') && !matches!(content, PartContent::Value(_)))?;
    let named: Vec<String> = several.split(',').map(|media_type| format!("`{}`", media_type.trim())).collect();
    Some(format!("one of {}, which `Part::media_type` says", named.join(", ")))
}

/// Tells of an object in a part whose media type is of nothing that objects are written as: the part is JSON, and says so.
fn tell_json(typed: &Typed, media_type: Option<&str>, place: &str, types: &mut Types<'_>) {
    let Some(media_type) = media_type else { return };
    let shape = match types.schemas.resolved(typed).shape {
        Shape::Array(items) => types.schemas.resolved(&items).shape,
        shape => shape,
    };
    let is_written = matches!(media::encoding(media_type), Encoding::Json | Encoding::Xml);
    if matches!(shape, Shape::Object(_) | Shape::Map(_)) && !is_written {
        types.schemas.diagnostics.push(Diagnostic::adaptation(
            "unmade-media-type",
            pointer_join(place, "contentType"),
            format!("an object is not written as `{media_type}`: it is JSON, and the part says that it is"),
        ));
    }
}

/// The static of the root that a part has in XML, where its media type is XML and its value more than a text. A list is a part
/// for each item (OpenAPI 3.0 section 4.7.14.4).
fn xml_root(typed: &Typed, ty: &TypeRef, media_type: Option<&str>, types: &mut Types<'_>) -> Option<String> {
    if media_type.is_none_or(|media_type| media::encoding(media_type) != Encoding::Xml) {
        return None;
    }
    let (typed, ty) = match (types.schemas.resolved(typed).shape, ty) {
        (Shape::Array(items), TypeRef::Array(item)) => (*items, item.as_ref()),
        _ => (typed.clone(), ty),
    };
    let shape = types.schemas.resolved(&typed).shape;
    matches!(shape, Shape::Object(_) | Shape::Map(_) | Shape::Union(_)).then(|| xml::root(&typed, ty, types))
}

/// The style of a part. Only OpenAPI 3.1 has them for parts (section 4.8.15.1), where a style that is said counts in place
/// of a media type; a hint says it in any version.
fn part_style(name: &str, encoding: &Value, place: &str, types: &mut Types<'_>) -> Option<FormField> {
    let is_styled = styles::is_hinted(encoding) || (says_style(encoding) && types.schemas.is_modern());
    is_styled.then(|| {
        // A media type that is said as well is ignored (the same section).
        let encoding = encoding.as_object().into_iter().flatten().filter(|(key, _)| *key != "contentType");
        let encoding = encoding.map(|(key, value)| (key.clone(), value.clone())).collect();
        form_field(name, &Value::Object(encoding), place, types)
    })
}

/// The headers of a part, each with a setter; `Content-Type` is said elsewhere and ignored (OpenAPI 3.0 section 4.7.15.1).
fn part_headers(part: &str, encoding: &Value, place: &str, operation: &str, types: &mut Types<'_>) -> Vec<PartHeader> {
    let mut headers = Vec::new();
    let listed = encoding.get("headers").and_then(Value::as_object).into_iter().flatten();
    for (name, listed) in listed.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type")) {
        let pointer = pointer_join(&pointer_join(place, "headers"), name);
        let Some((object, pointer)) = references::resolve(types.schemas.document(), listed, &pointer) else {
            types.schemas.diagnostics.push(references::dangling(listed, &pointer, "the header is left out"));
            continue;
        };
        let operation = format!("{operation}{}", idents::pascal(part));
        let mut parameter = parameters::parameter(object, &pointer, Location::Header, name, &operation, types);
        let required = std::mem::take(&mut parameter.required);
        headers.push(PartHeader { parameter, required });
    }
    headers
}

/// What the `Content-Type` header says. A range is no media type: until the caller says what a body is, it is what can be
/// said of any of its encoding. Of a kind of bytes, such as `image/*`, nothing can be said, and the caller has to.
fn sent(media_type: &str, encoding: Encoding) -> &str {
    match encoding {
        _ if !media::is_range(media_type) => media_type,
        Encoding::Binary if !media::is_open(media_type) => media_type,
        Encoding::Json => "application/json",
        Encoding::Xml => "application/xml",
        Encoding::Multipart => "multipart/form-data",
        Encoding::Text => "text/plain",
        _ => "application/octet-stream",
    }
}

/// Whether a body is a JSON patch, which is a list of operations (RFC 6902), and its schema is that of something else: of what
/// a merge patch beside it holds, or of nothing that has members.
fn is_undescribed_patch(
    media_type: &str,
    content: &Value,
    listed: &[(&String, &Value)],
    place: &str,
    types: &mut Types<'_>,
) -> bool {
    if !media::is_json_patch(media_type) {
        return false;
    }
    let is_described = content.get("schema").is_some_and(|schema| {
        let typed = types.schemas.parse(schema, &pointer_join(place, "schema"));
        let is_merged_too =
            || listed.iter().any(|(other, also)| media::is_merge_patch(other) && also.get("schema") == Some(schema));
        match types.schemas.resolved(&typed).shape {
            Shape::Array(_) => true,
            Shape::Object(object) => !object.properties.is_empty() && !is_merged_too(),
            Shape::Union(_) => !is_merged_too(),
            _ => false,
        }
    });
    if !is_described {
        types.schemas.diagnostics.push(Diagnostic::adaptation(
            "json-patch",
            place,
            "a JSON patch is a list of operations (RFC 6902), which the schema does not say: it is a list of any JSON",
        ));
    }
    !is_described
}

fn kind(encoding: Encoding, content: &Value, place: &str, operation: &str, types: &mut Types<'_>) -> BodyKind {
    match encoding {
        Encoding::Multipart => return BodyKind::Multipart,
        Encoding::Text | Encoding::Events => return BodyKind::Text,
        Encoding::Binary => return BodyKind::Binary,
        Encoding::Lines => return lines(content, place, operation, types),
        Encoding::Json | Encoding::Xml | Encoding::Form => {}
    }
    let ty = match content.get("schema") {
        Some(schema) => {
            let typed = types.schemas.parse(schema, &pointer_join(place, "schema"));
            let (ty, nullable) = types.root(&typed, &Context::root(format!("{operation}Request"), operation));
            if nullable && ty != TypeRef::Any {
                types.schemas.diagnostics.push(Diagnostic::adaptation(
                    "null-body",
                    place,
                    "the body may be `null`, which the call does not take: `Client::request` sends it",
                ));
            }
            if encoding == Encoding::Xml {
                let root = xml::root(&typed, &ty, types);
                return BodyKind::Xml(ty, root);
            }
            if encoding == Encoding::Form {
                tell_no_form(&typed, place, types);
                return BodyKind::Form(ty, form_fields(content, place, Some(&typed), types));
            }
            ty
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
    if encoding == Encoding::Json {
        BodyKind::Json(ty)
    } else {
        BodyKind::Form(ty, form_fields(content, place, None, types))
    }
}

/// Warns of a form whose schema is no object's: it has no fields to be named, and no value can be sent.
fn tell_no_form(typed: &Typed, place: &str, types: &mut Types<'_>) {
    let shape = types.schemas.resolved(typed).shape;
    if !matches!(shape, Shape::Object(_) | Shape::Map(_) | Shape::Union(_) | Shape::Any | Shape::Ref(_)) {
        types.schemas.diagnostics.push(Diagnostic::warning(
            "unmade-media-type",
            pointer_join(place, "schema"),
            "a form is an object: the call refuses all that this schema allows, and `Client::request` sends what you write",
        ));
    }
}

/// JSON values one after the other. A schema that is no list is that of each; text, or nothing at all, is all that is sent,
/// as the caller writes it.
fn lines(content: &Value, place: &str, operation: &str, types: &mut Types<'_>) -> BodyKind {
    let item = match sequence::item(content, place, &format!("{operation}Line"), operation, types) {
        Some(item) => item,
        None => match content::shape(content, place, &mut types.schemas) {
            Some(shape) if !content::is_text(&shape) => {
                let schema = content.get("schema").unwrap_or(&Value::Null);
                let typed = types.schemas.parse(schema, &pointer_join(place, "schema"));
                types.whole(&typed, &Context::root(format!("{operation}Line"), operation))
            }
            _ => return BodyKind::Text,
        },
    };
    BodyKind::Lines(TypeRef::Array(Box::new(item)))
}

#[cfg(test)]
mod tests;
