//! `enum` and `const`: strings become open enums; numbers and mixed values keep their JSON type, with the list in the docs.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{EnumValue, Schemas, Shape};
use crate::diagnostics::Diagnostic;

/// The values that `enum` or `const` allows, if the schema has one.
fn allowed(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (schema.get("const"), schema.get("enum").and_then(Value::as_array)) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(values)) if !values.is_empty() => Some(values.iter().collect()),
        _ => None,
    }
}

/// Whether one of the allowed values is `null`.
pub fn allows_null(schema: &Map<String, Value>) -> bool {
    allowed(schema).is_some_and(|values| values.iter().any(|value| value.is_null()))
}

/// The values that `enum` or `const` allows, but for `null`; nothing if that leaves none.
pub fn values(schema: &Map<String, Value>) -> Option<Vec<Value>> {
    let values: Vec<Value> = allowed(schema)?.into_iter().filter(|value| !value.is_null()).cloned().collect();
    (!values.is_empty()).then_some(values)
}

impl Schemas<'_> {
    /// The shape of a schema with `enum` or `const`, and the list of values for the docs where they are no Rust enum.
    pub(super) fn enumeration(
        &mut self,
        schema: &Map<String, Value>,
        types: &[String],
        pointer: &str,
    ) -> Option<(Shape, Option<String>)> {
        let values: Vec<&Value> = allowed(schema)?.into_iter().filter(|value| !value.is_null()).collect();
        if values.is_empty() {
            return Some((Shape::Any, None));
        }
        let holds_others = |name: &String| matches!(name.as_str(), "array" | "object");
        if !types.is_empty() && types.iter().all(holds_others) && !values.iter().any(|value| is_structured(value)) {
            self.diagnostics.push(Diagnostic::adaptation(
                "mixed-enum",
                pointer,
                "no value of the type declared is in the enum: typed as declared",
            ));
            return None;
        }
        let listed = listed(&values);
        let number_typed = types.iter().any(|name| matches!(name.as_str(), "integer" | "number" | "boolean"));
        if values.iter().all(|value| value.is_string()) && !number_typed {
            return Some((Shape::Enum(strings(schema, &values)), None));
        }
        let shape = if values.iter().all(|value| value.is_i64() || value.is_u64())
            && !types.iter().any(|name| name == "string")
        {
            if types.iter().any(|name| name == "number") {
                Shape::Number
            } else {
                Shape::Integer(values.iter().any(|value| !value.is_i64()))
            }
        } else if values.iter().all(|value| value.is_number()) && !types.iter().any(|name| name == "string") {
            Shape::Number
        } else if values.iter().all(|value| value.is_boolean()) {
            Shape::Boolean
        } else if values.iter().all(|value| value.is_string() || value.is_number() || value.is_boolean()) {
            self.diagnostics.push(Diagnostic::adaptation(
                "mixed-enum",
                pointer,
                "the enum's values are of several types, or not of the type declared: typed as a scalar",
            ));
            Shape::Scalar
        } else {
            self.diagnostics.push(Diagnostic::adaptation(
                "structured-enum",
                pointer,
                "the enum has objects or lists as values: typed as any JSON",
            ));
            Shape::Any
        };
        Some((shape, Some(listed)))
    }
}

fn is_structured(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

/// Distinct strings in order, with the names and descriptions that common extensions give them.
fn strings(schema: &Map<String, Value>, values: &[&Value]) -> Vec<EnumValue> {
    let extension = |keys: [&str; 3], index: usize, value: &str| {
        keys.iter().find_map(|key| match schema.get(*key)? {
            Value::Array(list) => list.get(index)?.as_str().map(str::to_owned),
            Value::Object(map) => map.get(value)?.as_str().map(str::to_owned),
            _ => None,
        })
    };
    let mut seen = BTreeSet::new();
    values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| value.as_str().map(|value| (index, value)))
        .filter(|(_, value)| seen.insert((*value).to_owned()))
        .map(|(index, value)| EnumValue {
            value: value.to_owned(),
            name: extension(["x-enum-varnames", "x-enumNames", "x-enum-names"], index, value),
            description: extension(["x-enum-descriptions", "x-enumDescriptions", "x-enum-description"], index, value),
            deprecated: false,
        })
        .collect()
}

/// The values as a list in the docs, cut where it would be longer than a reader wants.
fn listed(values: &[&Value]) -> String {
    let mut shown: Vec<String> =
        values.iter().take(20).map(|value| format!("`{}`", value.to_string().replace('`', "'"))).collect();
    if values.len() > shown.len() {
        shown.push(format!("and {} more", values.len() - shown.len()));
    }
    format!("one of {}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{shape, understand};
    use super::*;

    fn values(shape: &Shape) -> Vec<&str> {
        match shape {
            Shape::Enum(values) => values.iter().map(|value| value.value.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn strings_are_an_enum_null_is_a_flag_and_doubles_go() {
        let (typed, _) = understand(&json!({}), &json!({"enum": ["a", "A", "", null, "a"]}));
        assert_eq!(values(&typed.shape), ["a", "A", ""]);
        assert!(typed.nullable);
        assert_eq!(values(&shape(&json!({"const": "only"}))), ["only"]);
    }

    #[test]
    fn numbers_keep_their_type_and_are_listed() {
        let (typed, _) = understand(&json!({}), &json!({"type": "integer", "enum": [1, 2]}));
        assert_eq!(typed.shape, Shape::Integer(false));
        assert_eq!(typed.docs.constraints, ["one of `1`, `2`"]);
        assert_eq!(shape(&json!({"enum": [1, 18_446_744_073_709_551_615_u64]})), Shape::Integer(true));
        assert_eq!(shape(&json!({"enum": [1, 2.5]})), Shape::Number);
        assert_eq!(shape(&json!({"enum": [true]})), Shape::Boolean);
    }

    #[test]
    fn values_of_several_types_are_a_scalar_and_objects_any_json() {
        assert_eq!(shape(&json!({"type": "integer", "enum": ["1", "2"]})), Shape::Scalar);
        assert_eq!(shape(&json!({"enum": [1, "a", true]})), Shape::Scalar);
        assert_eq!(shape(&json!({"enum": [{"a": 1}]})), Shape::Any);
    }

    #[test]
    fn an_enum_of_what_the_declared_type_cannot_be_is_passed_over() {
        let schema = json!({"type": "array", "enum": ["a", "b"], "items": {"type": "string"}});
        let (typed, codes) = understand(&json!({}), &schema);
        assert!(matches!(typed.shape, Shape::Array(_)));
        assert_eq!(codes, ["mixed-enum"]);
    }

    #[test]
    fn names_from_extensions_are_kept() {
        let Shape::Enum(values) = shape(&json!({"enum": ["1", "2"], "x-enum-varnames": ["One", "Two"]})) else {
            panic!("no enum")
        };
        assert_eq!(values.iter().filter_map(|value| value.name.as_deref()).collect::<Vec<_>>(), ["One", "Two"]);
    }
}
