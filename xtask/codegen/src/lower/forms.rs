//! The fields of forms, in bodies and in queries, each with how its value is written (OpenAPI 3.0 section 4.7.15.1).

use super::styles;
use super::types::Types;
use crate::diagnostics::pointer_join;
use crate::media::{self, Encoding};
use crate::plan::{FormField, Location, Nested, Style};
use crate::schema::shape::{Shape, Typed};
use indexmap::IndexMap;
use serde_json::Value;

/// The `encoding` of a form's fields (OpenAPI 3.0 section 4.7.15), of those that are said to be written otherwise.
pub fn form_fields(media: &Value, place: &str, typed: Option<&Typed>, types: &mut Types<'_>) -> Vec<FormField> {
    let properties = match typed.map(|typed| types.schemas.resolved(typed).shape) {
        Some(Shape::Object(object)) => object.properties,
        _ => IndexMap::new(),
    };
    let mut fields = Vec::new();
    for (name, encoding) in media.get("encoding").and_then(Value::as_object).into_iter().flatten() {
        let place = pointer_join(&pointer_join(place, "encoding"), name);
        if !is_json(encoding) && !says_style(encoding) && !styles::is_hinted(encoding) {
            continue;
        }
        let field = form_field(name, encoding, &place, types);
        if let Some(property) = properties.get(name).filter(|_| field.nested == Nested::Usual) {
            styles::tell_open(&property.typed, field.style, field.explode, &place, &mut types.schemas);
        }
        fields.push(field);
    }
    fields
}

fn is_json(encoding: &Value) -> bool {
    let content_type = encoding.get("contentType").and_then(Value::as_str);
    content_type.is_some_and(|media_type| media::encoding(media_type) == Encoding::Json)
}

/// How a field is written that has an encoding at `place`.
pub fn form_field(name: &str, encoding: &Value, place: &str, types: &mut Types<'_>) -> FormField {
    let style = match encoding.get("style").and_then(Value::as_str) {
        Some("spaceDelimited") => Style::SpaceDelimited,
        Some("pipeDelimited") => Style::PipeDelimited,
        Some("deepObject") => Style::DeepObject,
        _ => Style::Form,
    };
    let explode = encoding.get("explode").and_then(Value::as_bool);
    let explode = explode.unwrap_or(style.explodes());
    let hint = styles::list(encoding, place, Location::Query, types.schemas.diagnostics);
    let (style, explode) = hint.unwrap_or((if is_json(encoding) { Style::Json } else { style }, explode));
    FormField {
        name: name.to_owned(),
        style,
        explode,
        allow_reserved: encoding.get("allowReserved").and_then(Value::as_bool).unwrap_or(false),
        nested: styles::nested(encoding, place, types.schemas.diagnostics).unwrap_or(Nested::Usual),
    }
}

/// Whether an encoding says how its value is written in the style of a form.
pub fn says_style(encoding: &Value) -> bool {
    ["style", "explode", "allowReserved"].iter().any(|key| encoding.get(*key).is_some())
}
