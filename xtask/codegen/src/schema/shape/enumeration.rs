//! `enum` and `const`: strings become open enums, and so do whole numbers that have names; other numbers and mixed values keep
//! their JSON type, with the list in the docs.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{EnumValue, Schemas, Shape, Typed, Variant};
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
        let says = |names: &[&str]| types.iter().any(|name| names.contains(&name.as_str()));
        if values.iter().all(|value| value.is_string()) && !says(&["integer", "number", "boolean"]) {
            return Some((Shape::Enum(named(schema, &values)), None));
        }
        // What is not of the type declared comes as the one or as the other.
        let are_numbers = types.is_empty() || (says(&["integer", "number"]) && !says(&["string"]));
        if values.iter().all(|value| value.is_i64()) && are_numbers {
            let numbers = named(schema, &values);
            if numbers.iter().any(|number| number.name.is_some()) {
                return Some((Shape::IntegerEnum(numbers), None));
            }
        }
        let shape = if values.iter().all(|value| value.is_i64() || value.is_u64()) && are_numbers {
            if says(&["number"]) { Shape::Number } else { Shape::Integer(values.iter().any(|value| !value.is_i64())) }
        } else if values.iter().all(|value| value.is_number()) && are_numbers {
            Shape::Number
        } else if values.iter().all(|value| value.is_boolean()) && (types.is_empty() || says(&["boolean"])) {
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

/// Distinct strings or numbers in order, with the names and descriptions that common extensions give them.
fn named(schema: &Map<String, Value>, values: &[&Value]) -> Vec<EnumValue> {
    let mut seen = BTreeSet::new();
    let texts = values.iter().enumerate().map(|(index, value)| (index, text(value)));
    texts
        .filter(|(_, value)| seen.insert(value.clone()))
        .map(|(index, value)| {
            let said = |keys: &[&str], property| {
                let beside = keys.iter().find_map(|key| extension(schema.get(*key)?, index, &value));
                beside.or_else(|| listed_by_autorest(schema, &value, property))
            };
            EnumValue {
                name: said(&["x-enum-varnames", "x-enumNames", "x-enum-names"], "name"),
                description: said(&["x-enum-descriptions", "x-enumDescriptions", "x-enum-description"], "description"),
                deprecated: false,
                value,
            }
        })
        .collect()
}

/// A value as it is written.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What an extension says of a value: by its place in the list, or by the value itself.
fn extension(said: &Value, index: usize, value: &str) -> Option<String> {
    let found = match said {
        Value::Array(list) => list.get(index),
        Value::Object(map) => map.get(value),
        _ => None,
    };
    found?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// What `x-ms-enum` says of a value, which lists them with their properties.
fn listed_by_autorest(schema: &Map<String, Value>, value: &str, property: &str) -> Option<String> {
    let listed = schema.get("x-ms-enum")?.get("values")?.as_array()?;
    let found = listed.iter().find(|listed| listed.get("value").is_some_and(|known| text(known) == value))?;
    found.get(property)?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The numbers of alternatives that are constants, if any of them has a name: the title of its schema, or the schema's own.
/// `resolved` are the alternatives with their references followed.
pub(super) fn named_constants(variants: &[Variant], resolved: &[Typed]) -> Option<Vec<EnumValue>> {
    let mut seen = BTreeSet::new();
    let mut found: Vec<EnumValue> = Vec::new();
    for (variant, typed) in variants.iter().zip(resolved) {
        let values = match (&typed.shape, typed.values.as_deref()?) {
            (Shape::IntegerEnum(values), _) => values.clone(),
            (Shape::Integer(false), [only]) => {
                let name = typed.name.clone().or_else(|| typed.docs.title.clone()).or_else(|| variant.name.clone());
                let description = variant.typed.docs.description.clone().or_else(|| typed.docs.description.clone());
                let deprecated = typed.docs.deprecated || variant.typed.docs.deprecated;
                vec![EnumValue { value: only.to_string(), name, description, deprecated }]
            }
            (Shape::Integer(false), several) => {
                let plain = |value: &Value| EnumValue {
                    value: value.to_string(),
                    name: None,
                    description: None,
                    deprecated: false,
                };
                several.iter().map(plain).collect()
            }
            _ => return None,
        };
        found.extend(values.into_iter().filter(|value| seen.insert(value.value.clone())));
    }
    found.iter().any(|value| value.name.is_some()).then_some(found)
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
        for mixed in [
            json!({"type": "integer", "enum": ["1", "2"]}),
            json!({"type": "string", "enum": [true, false]}),
            json!({"type": "boolean", "enum": [0, 1]}),
        ] {
            let (typed, codes) = understand(&json!({}), &mixed);
            assert_eq!((typed.shape, codes), (Shape::Scalar, vec!["mixed-enum"]), "{mixed}");
        }
        assert_eq!(shape(&json!({"type": ["boolean", "string"], "enum": [true]})), Shape::Boolean);
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

    /// The values with their names and what is said of them.
    fn said(shape: &Shape) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let (Shape::Enum(values) | Shape::IntegerEnum(values)) = shape else { panic!("no enum: {shape:?}") };
        let said = values.iter().map(|value| (&*value.value, value.name.as_deref(), value.description.as_deref()));
        said.collect()
    }

    #[test]
    fn names_from_extensions_are_kept() {
        for (key, names) in [
            ("x-enum-varnames", json!(["One", "Two"])),
            ("x-enumNames", json!({"1": "One", "2": "Two"})),
            (
                "x-ms-enum",
                json!({"name": "N", "values": [{"value": "2", "name": "Two"}, {"value": "1", "name": "One"}]}),
            ),
        ] {
            let found = shape(&json!({"type": "string", "enum": ["1", "2"], key: names}));
            assert_eq!(said(&found), [("1", Some("One"), None), ("2", Some("Two"), None)], "{key}");
        }
    }

    #[test]
    fn numbers_with_names_are_an_enum() {
        let expected = [("-1", Some("None"), Some("Nothing")), ("10", Some("Some"), None), ("11", None, None)];
        for kind in ["integer", "number"] {
            let schema = json!({
                "type": kind, "enum": [-1, 10, 11, 10],
                "x-enum-varnames": ["None", "Some"], "x-enum-descriptions": ["Nothing", ""],
            });
            let found = shape(&schema);
            assert!(matches!(found, Shape::IntegerEnum(_)));
            assert_eq!(said(&found), expected);
        }
        let keyed =
            json!({"enum": [1, 2], "x-ms-enum": {"values": [{"value": 2, "name": "Two", "description": "Both"}]}});
        assert_eq!(said(&shape(&keyed)), [("1", None, None), ("2", Some("Two"), Some("Both"))]);
        let beyond = json!({"enum": [1, 18_446_744_073_709_551_615_u64], "x-enum-varnames": ["One", "Most"]});
        assert_eq!(shape(&beyond), Shape::Integer(true));
        assert_eq!(shape(&json!({"type": "integer", "enum": [1], "x-enum-varnames": [""]})), Shape::Integer(false));
    }
}
