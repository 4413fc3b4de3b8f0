//! Defaults that the schema they stand in forbids. "The default value MUST conform to the defined type" (OpenAPI 3.0 section
//! 4.7.24.2): nobody knows what the server takes instead, so what is made of a document knows nothing of them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::valid;
use crate::diagnostics::pointer_tokens;
use crate::objects::{Kind, visit};

/// Why the default of a schema is none of its values; nothing where it has none, or one that it allows. Null says that there is
/// none, and a format asserts nothing (JSON Schema 2020-12 "Validation" section 7.2.1): `now` may well be a default. So may what
/// several alternatives of a `oneOf` describe: documents say that where they mean `anyOf`, and nobody doubts the value.
pub fn fault(document: &Value, schema: &Map<String, Value>) -> Option<valid::Mismatch> {
    let default = schema.get("default").filter(|default| !default.is_null())?;
    let mut bare = schema.clone();
    bare.shift_remove("format");
    valid::validate(document, &Value::Object(bare), default).err().filter(|mismatch| !mismatch.is_of_several())
}

/// The value that is meant, where the default is only written in another type: `"5"` for 5, or 5 for `"5"`.
pub fn meant(document: &Value, schema: &Map<String, Value>) -> Option<Value> {
    let other = match schema.get("default")? {
        Value::String(text) => serde_json::from_str(text).ok().filter(|value: &Value| !value.is_null())?,
        plain @ (Value::Number(_) | Value::Bool(_)) => Value::from(plain.to_string()),
        _ => return None,
    };
    let mut corrected = schema.clone();
    corrected.insert("default".to_owned(), other.clone());
    fault(document, &corrected).is_none().then_some(other)
}

/// The document without such defaults.
pub fn without_forbidden(document: &Value) -> Cow<'_, Value> {
    let mut found = Vec::new();
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| {
        if kind == Kind::Schema && fault(document, fields).is_some() {
            found.push(pointer.to_owned());
        }
    });
    let mut document = Cow::Borrowed(document);
    for pointer in found {
        let schema = pointer_tokens(&pointer).try_fold(document.to_mut(), |value, token| match value {
            Value::Object(fields) => fields.get_mut(&token),
            Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
            _ => None,
        });
        if let Some(Value::Object(fields)) = schema {
            fields.shift_remove("default");
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_default_that_its_schema_forbids_is_found_and_taken_away() {
        for (schema, is_forbidden, other) in [
            (json!({"type": "string", "enum": ["a", "b"], "default": "c"}), true, None),
            (json!({"type": "string", "enum": ["a", "b"], "default": "b"}), false, None),
            (json!({"type": "integer", "maximum": 10, "default": 50}), true, None),
            (json!({"type": "integer", "maximum": 10, "default": "5"}), true, Some(json!(5))),
            (json!({"type": "string", "default": 1.5}), true, Some(json!("1.5"))),
            (json!({"type": "integer", "default": "five"}), true, None),
            (json!({"type": "array", "items": {"type": "string"}, "default": [1]}), true, None),
            (json!({"type": "string", "default": null}), false, None),
            (json!({"type": "string", "format": "date-time", "default": "now"}), false, None),
            (json!({"$ref": "#/components/schemas/A", "default": "x"}), false, None),
            (json!({"oneOf": [{"type": "number"}, {"type": "integer"}], "default": 1}), false, None),
            (json!({"oneOf": [{"type": "number"}, {"type": "integer"}], "default": "x"}), true, None),
        ] {
            let document = json!({
                "openapi": "3.1.0", "components": {"schemas": {"A": {"type": "string"}, "B/C": {"items": schema}}},
            });
            let fields = schema.as_object().unwrap();
            assert_eq!(fault(&document, fields).is_some(), is_forbidden, "{schema}");
            assert_eq!(meant(&document, fields).filter(|_| is_forbidden), other, "{schema}");
            let kept = without_forbidden(&document).pointer("/components/schemas/B~1C/items/default").is_some();
            assert_eq!(kept, !is_forbidden, "{schema}");
        }
    }
}
