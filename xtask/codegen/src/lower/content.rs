//! What a media type's schema says about bodies that need not be JSON: whether they are bytes, or text, and which media type
//! and encoding the schema itself names.

use serde_json::Value;

use crate::diagnostics::{Diagnostic, pointer_join};
use crate::media::{self, Encoding};
use crate::schema::references;
use crate::schema::shape::{Schemas, Shape, TextFormat, Typed};

/// How many references, members and lists lead from a property to what it says about its content.
const MAX_DEPTH: usize = 16;

/// The shape of the media type object at `place`, after all references; `None` if it has no schema.
pub fn shape(object: &Value, place: &str, schemas: &mut Schemas<'_>) -> Option<Shape> {
    let typed = schemas.parse(object.get("schema")?, &pointer_join(place, "schema"));
    Some(schemas.resolved(&typed).shape)
}

/// Whether values are bytes.
pub fn is_bytes(shape: &Shape) -> bool {
    *shape == Shape::Text(TextFormat::Binary)
}

/// Tells that a body which is sent or read as bytes is the text of their Base64 (OpenAPI 3.1 section 4.8.14.4).
pub fn tell_encoded(object: &Value, place: &str, schemas: &mut Schemas<'_>) {
    let place = pointer_join(place, "schema");
    let Some(encoding) = keyword(schemas.document(), &place, "contentEncoding") else { return };
    let is_coded = ["base64", "base64url"].iter().any(|known| encoding.eq_ignore_ascii_case(known));
    if object.get("schema").is_some() && is_coded {
        let message = format!(
            "the body is text in `{encoding}`: the bytes of it are that text, which is written and read by the caller"
        );
        schemas.diagnostics.push(Diagnostic::adaptation("encoded-body", place, message));
    }
}

/// Whether the media type object at `place` describes bytes: by its shape, or, where the media type leaves open what a body
/// is, by a schema that says no more than of which media type the content is.
pub fn describes_bytes(media_type: &str, object: &Value, place: &str, schemas: &mut Schemas<'_>) -> bool {
    let Some(schema) = object.get("schema") else { return false };
    let typed = schemas.parse(schema, &pointer_join(place, "schema"));
    let typed = schemas.resolved(&typed);
    is_bytes(&typed.shape)
        || (media::is_open(media_type)
            && is_untyped(&typed, schemas)
            && keyword(schemas.document(), &typed.pointer, "contentMediaType").is_some_and(names_no_json))
}

/// How many files a part of a form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Files {
    One,
    Several,
}

/// How many files a part of a form with this schema is. Where only one of several alternatives is a file, the part is one all the
/// same, for a part of any other kind can be given as a file's, and no file as anything else.
pub fn files(typed: &Typed, media_type: Option<&str>, schemas: &mut Schemas<'_>) -> Option<Files> {
    let found = how_many(typed, schemas, |one, schemas| is_file(one, media_type, schemas));
    if found.is_some() {
        return found;
    }
    let whole = schemas.resolved(typed);
    let (whole, is_list) = match &whole.shape {
        Shape::Array(items) => (schemas.resolved(items), true),
        _ => (whole, false),
    };
    let alternatives = alternatives(&whole.pointer, schemas);
    let found = alternatives.iter().filter_map(|one| how_many(one, schemas, says_file)).max()?;
    schemas.diagnostics.push(Diagnostic::adaptation(
        "file-or-other",
        typed.pointer.as_str(),
        "a file or something else: the part is given as a file, and what is none as one of text (`Part::text`)",
    ));
    Some(if is_list { Files::Several } else { found })
}

/// How many files something is: one, or a list of them.
fn how_many(
    typed: &Typed,
    schemas: &mut Schemas<'_>,
    is_file: impl Fn(&Typed, &mut Schemas<'_>) -> bool,
) -> Option<Files> {
    if is_file(typed, schemas) {
        return Some(Files::One);
    }
    match schemas.resolved(typed).shape {
        Shape::Array(items) => is_file(&items, schemas).then_some(Files::Several),
        _ => None,
    }
}

/// Whether an alternative says itself that it is bytes: one that says nothing may be anything.
fn says_file(typed: &Typed, schemas: &mut Schemas<'_>) -> bool {
    let typed = schemas.resolved(typed);
    let media_type = || keyword(schemas.document(), &typed.pointer, "contentMediaType");
    is_bytes(&typed.shape) || (is_untyped(&typed, schemas) && media_type().is_some_and(names_no_json))
}

/// The alternatives of the schema at a place.
fn alternatives(pointer: &str, schemas: &mut Schemas<'_>) -> Vec<Typed> {
    let schema = schemas.document().pointer(pointer);
    let mut found = Vec::new();
    for key in references::ALTERNATIVES {
        for (index, member) in schema.and_then(|schema| schema.get(key)?.as_array()).into_iter().flatten().enumerate() {
            let place = pointer_join(&pointer_join(pointer, key), &index.to_string());
            found.push(schemas.parse(member, &place));
        }
    }
    found
}

/// Whether a part of a form with this schema is bytes, and its media type what its encoding or its schema say.
fn is_file(typed: &Typed, media_type: Option<&str>, schemas: &mut Schemas<'_>) -> bool {
    let typed = schemas.resolved(typed);
    let is_encoded = keyword(schemas.document(), &typed.pointer, "contentEncoding").is_some();
    let is_binary = media_type.is_some_and(|text| media::encoding(text) == Encoding::Binary);
    is_bytes(&typed.shape)
        || (typed.shape == Shape::Any && is_binary && !is_encoded)
        || (is_untyped(&typed, schemas) && media_type.is_none_or(names_no_json))
}

/// Whether a schema says nothing of a type, which in OpenAPI 3.1 is what bytes need (section 4.8.14.4, "Considerations for
/// File Uploads"; for parts section 4.8.15.1, whose default is `application/octet-stream`). In JSON such a value is any.
fn is_untyped(typed: &Typed, schemas: &Schemas<'_>) -> bool {
    // Values that are listed, or alternatives, are something else than bytes, though no type may hold them.
    let says_more =
        |schema: &Value| ["enum", "const", "oneOf", "anyOf"].iter().any(|keyword| schema.get(keyword).is_some());
    schemas.is_modern()
        && !schemas.document().pointer(&typed.pointer).is_some_and(says_more)
        && typed.shape == Shape::Any
        && typed.untyped
        && keyword(schemas.document(), &typed.pointer, "contentEncoding").is_none()
}

/// Whether media types, or the ranges that they may be of, need not be JSON.
fn names_no_json(media_types: &str) -> bool {
    let mut all = media_types.split(',');
    all.any(|one| media::is_range(one) || matches!(media::encoding(one), Encoding::Binary | Encoding::Text))
}

/// Whether values are text, and nothing but text.
pub fn is_text(shape: &Shape) -> bool {
    matches!(shape, Shape::Text(_) | Shape::Enum(_))
}

/// Whether any text is a value.
pub fn holds_text(shape: &Shape, schemas: &mut Schemas<'_>) -> bool {
    match shape {
        Shape::Any | Shape::Scalar => true,
        Shape::Union(union) => union.variants.iter().any(|variant| {
            let shape = schemas.resolved(&variant.typed).shape;
            is_text(&shape) || matches!(shape, Shape::Any | Shape::Scalar)
        }),
        other => is_text(other),
    }
}

/// What a keyword for content, such as `contentMediaType`, says of the schema at `pointer`: its own, else that of what it
/// refers to, consists of, or lists.
pub fn keyword<'d>(document: &'d Value, pointer: &str, keyword: &str) -> Option<&'d str> {
    fn find<'d>(document: &'d Value, schema: &'d Value, keyword: &str, depth: usize) -> Option<&'d str> {
        let deeper = |schema: &'d Value| find(document, schema, keyword, depth.checked_sub(1)?);
        let own = schema.get(keyword).and_then(Value::as_str);
        let referred = || deeper(references::find(document, schema.get("$ref")?.as_str()?)?.1);
        let members = || {
            let lists = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
            lists.flatten().find_map(deeper)
        };
        own.or_else(referred).or_else(members).or_else(|| deeper(schema.get("items")?))
    }
    find(document, document.pointer(pointer)?, keyword, MAX_DEPTH)
}
