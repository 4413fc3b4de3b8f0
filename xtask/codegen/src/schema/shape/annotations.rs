//! What a schema says in prose, and the constraints that a client leaves to the server to check.
//!
//! Constraints (lengths, ranges, patterns) become documentation: a client that enforced them would reject what the
//! vendor's server sends or accepts after a change.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Typed;
use crate::plan::Docs;
use crate::schema::formats;
use crate::schema::keywords::allows_nothing;

/// Reads title, description, default and the like.
pub fn docs(schema: &Map<String, Value>) -> Docs {
    let text = |key: &str| {
        schema.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let flag = |key: &str| schema.get(key).and_then(Value::as_bool).unwrap_or(false);
    Docs {
        title: text("title"),
        description: text("description"),
        deprecated: flag("deprecated"),
        default: schema.get("default").filter(|value| !value.is_null()).cloned(),
        constraints: constraints(schema),
        unsaid: unsaid(schema),
        read_only: flag("readOnly"),
        write_only: flag("writeOnly"),
        secret: is_secret(schema) || schema.get("items").and_then(Value::as_object).is_some_and(is_secret),
    }
}

/// `format: password`: "a hint to obscure the value" (OpenAPI format registry).
fn is_secret(schema: &Map<String, Value>) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("password")
}

/// `example`, or the first of `examples`.
pub fn example(schema: &Map<String, Value>) -> Option<Value> {
    schema.get("example").or_else(|| schema.get("examples")?.as_array()?.first()).cloned()
}

/// Lays the prose of `schema`, which wraps `inner`, over that of `inner`.
pub fn overlay(schema: &Map<String, Value>, inner: &mut Typed) {
    let outer = docs(schema);
    inner.docs.title = outer.title.or(inner.docs.title.take());
    inner.docs.description = outer.description.or(inner.docs.description.take());
    inner.docs.default = outer.default.or(inner.docs.default.take());
    inner.docs.unsaid.extend(outer.unsaid);
    for limit in outer.constraints {
        if !inner.docs.constraints.contains(&limit) {
            inner.docs.constraints.push(limit);
        }
    }
    inner.docs.deprecated |= outer.deprecated;
    inner.docs.read_only |= outer.read_only;
    inner.docs.write_only |= outer.write_only;
    inner.docs.secret |= outer.secret;
    if let Some(name) = name(schema) {
        inner.name = Some(name);
    }
    if let Some(example) = example(schema) {
        inner.example = Some(example);
    }
}

/// `x-switchboard-name`.
pub fn name(schema: &Map<String, Value>) -> Option<String> {
    schema.get("x-switchboard-name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Keywords that say which values there are, and of which no type says all.
const UNSAID: [&str; 18] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
];

/// What a schema demands that is in no words; of other properties, that there are none, for else they have a type.
fn unsaid(schema: &Map<String, Value>) -> BTreeMap<String, Value> {
    let is_unsaid = |key: &str, value: &Value| key != "additionalProperties" || allows_nothing(value);
    let all = UNSAID.into_iter().filter_map(|key| Some((key, schema.get(key)?)));
    let all = all.filter(|(key, value)| is_unsaid(key, value)).chain(of_numbers(schema)).chain(of_scalars(schema));
    all.map(|(key, value)| (key.to_owned(), value.clone())).collect()
}

/// The formats of numbers that are narrower than the types that hold them.
const NARROWER: [&str; 7] = ["int8", "int16", "int32", "uint8", "uint16", "uint32", "float"];

fn of_numbers(schema: &Map<String, Value>) -> Option<(&'static str, &Value)> {
    let format = schema.get("format")?;
    let is_text = schema.get("type").is_some_and(|kind| kind == "string");
    (!is_text && NARROWER.iter().any(|narrower| format == narrower)).then_some(("format", format))
}

/// Several scalars, which are one type, whichever they are.
fn of_scalars(schema: &Map<String, Value>) -> Option<(&'static str, &Value)> {
    let kinds = schema.get("type")?;
    let is_scalar = |kind: &&Value| *kind != "null" && *kind != "object" && *kind != "array";
    let listed = kinds.as_array()?;
    let scalars = listed.iter().filter(is_scalar).count();
    (scalars > 1 && scalars == listed.iter().filter(|kind| **kind != "null").count()).then_some(("type", kinds))
}

/// What so many of something are called.
fn counted_as(counted: &str, number: &Value) -> String {
    match (counted, number.as_u64()) {
        ("", _) => String::new(),
        (_, Some(1)) => format!(" {counted}"),
        ("property", _) => " properties".to_owned(),
        _ => format!(" {counted}s"),
    }
}

/// Limits in words.
fn constraints(schema: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    let is_marked = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    for (key, before, counted) in [
        ("minLength", "at least ", "character"),
        ("maxLength", "at most ", "character"),
        ("minItems", "at least ", "item"),
        ("maxItems", "at most ", "item"),
        ("minProperties", "at least ", "property"),
        ("maxProperties", "at most ", "property"),
        ("minimum", "at least ", ""),
        ("maximum", "at most ", ""),
        ("multipleOf", "a multiple of ", ""),
    ] {
        // Before OpenAPI 3.1 a word beside the limit says that it is none of the values (3.0 section 4.7.24).
        let before = match key {
            "minimum" if is_marked("exclusiveMinimum") => "more than ",
            "maximum" if is_marked("exclusiveMaximum") => "less than ",
            _ => before,
        };
        if let Some(limit) = schema.get(key).filter(|limit| limit.is_number()) {
            found.push(format!("{before}{limit}{}", counted_as(counted, limit)));
        }
    }
    for (key, words) in [("exclusiveMinimum", "more than "), ("exclusiveMaximum", "less than ")] {
        if let Some(limit) = schema.get(key).filter(|limit| limit.is_number()) {
            found.push(format!("{words}{limit}"));
        }
    }
    if is_marked("uniqueItems") {
        found.push("no item twice".to_owned());
    }
    // Others make a type, or say nothing of what a server takes.
    let is_text = schema.get("type").is_none_or(|kind| {
        kind == "string" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "string"))
    });
    if let Some(format) =
        schema.get("format").and_then(Value::as_str).filter(|format| is_text && formats::is_checked(format))
    {
        found.push(format!("the format `{format}`"));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str).filter(|pattern| pattern.len() <= 200) {
        found.push(format!("matches `{}`", pattern.replace('`', "'")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::understand;
    use super::*;
    use serde_json::json;

    #[test]
    fn every_limit_is_said() {
        let said = |schema: Value| constraints(schema.as_object().unwrap());
        assert_eq!(
            said(json!({"type": "array", "minItems": 1, "uniqueItems": true})),
            ["at least 1 item", "no item twice"]
        );
        assert_eq!(said(json!({"uniqueItems": false})), [""; 0]);
        let object = json!({"type": "object", "minProperties": 1, "maxProperties": 2});
        assert_eq!(said(object), ["at least 1 property", "at most 2 properties"]);
        assert_eq!(said(json!({"type": "string", "format": "email"})), ["the format `email`"]);
        // What makes a type needs no words.
        assert_eq!(said(json!({"type": "string", "format": "date"})), [""; 0]);
        assert_eq!(said(json!({"type": "integer", "format": "int32"})), [""; 0]);
    }

    #[test]
    fn a_limit_beside_what_it_limits_is_said_with_its_own() {
        let components = json!({"Name": {"type": "string", "maxLength": 9}});
        let name = json!({"$ref": "#/components/schemas/Name"});
        let said = |schema: Value| understand(&components, &schema).0.docs.constraints;
        let four = ["at most 4 characters"];
        assert_eq!(said(json!({"$ref": "#/components/schemas/Name", "maxLength": 4})), four);
        assert_eq!(said(json!({"allOf": [name], "maxLength": 4})), four);
        let both = json!({"allOf": [{"type": "string", "maxLength": 9}], "maxLength": 4});
        assert_eq!(said(both), ["at most 9 characters", "at most 4 characters"]);
        let once = json!({"allOf": [{"type": "string", "maxLength": 4}], "maxLength": 4});
        assert_eq!(said(once), four);
    }

    #[test]
    fn what_a_wider_type_does_not_say_is_kept_to_compare() {
        let unsaid = |schema: Value| understand(&json!({}), &schema).0.docs.unsaid;
        let only = |key: &str, value: Value| BTreeMap::from([(key.to_owned(), value)]);
        assert_eq!(unsaid(json!({"type": "integer", "format": "int32"})), only("format", json!("int32")));
        assert_eq!(unsaid(json!({"type": "integer", "format": "int64"})), BTreeMap::new());
        assert_eq!(unsaid(json!({"type": "string", "format": "int32"})), BTreeMap::new());
        let kinds = json!(["string", "integer", "null"]);
        assert_eq!(unsaid(json!({"type": kinds})), only("type", kinds));
        assert_eq!(unsaid(json!({"type": ["string", "null"]})), BTreeMap::new());
        assert_eq!(unsaid(json!({"type": ["string", "object"]})), BTreeMap::new());
        let union = json!({"oneOf": [{"type": "string"}, {"type": "boolean"}, {"type": "string", "format": "date"}]});
        assert_eq!(unsaid(union), only("oneOf", json!(["boolean", "string"])));
        assert_eq!(
            unsaid(json!({"oneOf": [{"type": "string"}, {"type": "string", "format": "date"}]})),
            BTreeMap::new()
        );
    }

    #[test]
    fn a_limit_that_excludes_itself_is_said_so_in_either_spelling() {
        let said = |schema: Value| constraints(schema.as_object().unwrap());
        let marked = json!({"minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": true});
        assert_eq!(said(marked), ["more than 0", "less than 9"]);
        assert_eq!(said(json!({"exclusiveMinimum": 0, "exclusiveMaximum": 9})), ["more than 0", "less than 9"]);
        let unmarked = json!({"minimum": 0, "exclusiveMinimum": false, "maximum": 9});
        assert_eq!(said(unmarked), ["at least 0", "at most 9"]);
    }
}
