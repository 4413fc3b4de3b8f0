//! What the keywords of schemas are about.

use serde_json::{Map, Value};

/// Keywords that say what values are, beside those that only describe them.
const STRUCTURAL: &[&str] = &[
    "type",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "unevaluatedProperties",
    "propertyNames",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "items",
    "prefixItems",
    "enum",
    "const",
    "allOf",
    "oneOf",
    "anyOf",
    "format",
];

/// Whether `schema` says anything about what values are.
pub fn is_structural(schema: &Map<String, Value>) -> bool {
    STRUCTURAL.iter().any(|key| schema.contains_key(*key))
}

/// Whether nothing is valid by a schema.
pub fn allows_nothing(schema: &Value) -> bool {
    match schema {
        Value::Object(schema) => match schema.get("not") {
            Some(Value::Object(not)) => not.is_empty(),
            not => not == Some(&Value::Bool(true)),
        },
        other => *other == Value::Bool(false),
    }
}

/// What a key of a discriminator's `mapping` stands for: itself, and the number or truth value that it is written like, for keys are texts whatever
/// the property is.
pub fn written(value: &str) -> impl Iterator<Item = Value> {
    let other = serde_json::from_str(value).ok().filter(|other: &Value| other.is_number() || other.is_boolean());
    std::iter::once(Value::from(value)).chain(other)
}
