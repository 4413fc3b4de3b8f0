//! Whether a value is what a schema describes, on its way to a server or back: JSON Schema's assertions (draft 2020-12, "Validation") with
//! OpenAPI 3.0's `nullable` and boolean bounds.
//!
//! What the document shows is sent only if it is valid, and so is what is made up; the last word is the judge's, which is
//! another program. Keywords of no known meaning are passed over, as JSON Schema says.
//!
//! The crate `jsonschema` stands beside it as a judge of the generated types, and does not replace it: it knows neither OpenAPI
//! 3.0 nor which properties travel which way, and it wants a document whose references lead somewhere and whose patterns can
//! be read. The generator asks about examples and defaults of documents as they are, and needs an answer in bounded time. What
//! is said here is held to JSON-Schema-Test-Suite (`cargo xtask json-schema`).

mod evaluated;

use super::{
    formats,
    pattern::matches,
    references::{self, MAX_CHAIN},
};
use crate::diagnostics::pointer_join;
use serde_json::{Map, Value};
use std::cell::Cell;

/// How many schemas are tried on parts of a value before it counts as valid: alternatives of alternatives have no end.
const MAX_STEPS: usize = 200_000;

/// Why a value is not what a schema describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The part of the value, as a JSON pointer.
    pub pointer: String,
    /// What is wrong with it.
    pub message: String,
}

/// What is said of a value that several alternatives describe, one of which alone may.
const SEVERAL: &str = "alternatives of `oneOf` describe";

impl Mismatch {
    /// Whether several alternatives of a `oneOf` describe the value.
    pub fn is_of_several(&self) -> bool {
        self.message.ends_with(SEVERAL)
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.pointer.is_empty() { "the whole" } else { &self.pointer };
        write!(formatter, "{place}: {}", self.message)
    }
}

/// A verdict on a part: what is wrong, and with which part of it.
type Verdict = Result<(), Mismatch>;

fn wrong(message: impl Into<String>) -> Verdict {
    Err(Mismatch { pointer: String::new(), message: message.into() })
}

fn within(name: &str, verdict: Verdict) -> Verdict {
    verdict.map_err(|fault| Mismatch { pointer: pointer_join("", name) + &fault.pointer, ..fault })
}

/// Whether a value that is sent is what a schema of the document describes.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn validate(document: &Value, schema: &Value, value: &Value) -> Verdict {
    let steps = Cell::new(MAX_STEPS);
    Validator { document, left_out: "readOnly", is_whole: true, is_typed: false, steps }.check(schema, value, 0)
}

/// Whether a value that is sent is what a schema of the document describes, and is one that its type holds.
pub fn fits_type(document: &Value, schema: &Value, value: &Value) -> bool {
    let steps = Cell::new(MAX_STEPS);
    let validator = Validator { document, left_out: "readOnly", is_whole: true, is_typed: true, steps };
    validator.check(schema, value, 0).is_ok()
}

/// Whether a value that is answered has the shape that a schema of the document describes: the types, those too that it has
/// without saying so, and what is required. Nothing else keeps a client from reading it.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn validate_answer(document: &Value, schema: &Value, value: &Value) -> Verdict {
    let steps = Cell::new(MAX_STEPS);
    Validator { document, left_out: "writeOnly", is_whole: false, is_typed: true, steps }.check(schema, value, 0)
}

/// The same as an answer.
pub fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    validate(document, schema, value).is_ok()
}

/// Whether a keyword is there and true.
pub fn flag(schema: &Map<String, Value>, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool) == Some(true)
}

/// Equality of JSON Schema: 1 and 1.0 are one number.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

struct Validator<'d> {
    document: &'d Value,
    /// The keyword of properties that may be missing on this way although they are required (OpenAPI 3.0 section 4.7.24.2).
    left_out: &'static str,
    /// Whether more counts than types and what is required.
    is_whole: bool,
    /// Whether an object is meant where `properties` stand and no `type`, as the crate takes it, though JSON Schema lets any
    /// other value pass.
    is_typed: bool,
    steps: Cell<usize>,
}

impl Validator<'_> {
    /// `chain` counts the schemas that were followed for this very value.
    fn check(&self, schema: &Value, value: &Value, chain: usize) -> Verdict {
        let left = self.steps.get();
        if left == 0 || chain > MAX_CHAIN {
            return Ok(());
        }
        self.steps.set(left - 1);
        let schema = match schema {
            Value::Bool(false) => return wrong("nothing is allowed here"),
            Value::Object(schema) => schema,
            _ => return Ok(()),
        };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
            && let Some((_, target)) = references::find(self.document, reference)
        {
            self.check(target, value, chain + 1)?;
            if !references::siblings_count(self.document) {
                return Ok(());
            }
        }
        let nullable = ["nullable", "x-nullable"].into_iter().any(|key| flag(schema, key));
        if value.is_null() && nullable {
            return Ok(());
        }
        check_type(schema, value)?;
        if self.is_typed && !value.is_object() && means_object(schema) {
            return wrong("it is no object, as `properties` say");
        }
        if self.is_whole {
            check_listed(schema, value)?;
        }
        match value {
            Value::String(text) if self.is_whole => check_text(schema, text)?,
            Value::Number(number) if self.is_whole => check_number(schema, number)?,
            Value::Array(items) => self.check_items(schema, items)?,
            Value::Object(members) => self.check_members(schema, members)?,
            _ => {}
        }
        self.check_combined(schema, value, chain + 1)?;
        self.check_unevaluated(schema, value, chain + 1)
    }

    fn check_items(&self, schema: &Map<String, Value>, items: &[Value]) -> Verdict {
        if self.is_whole {
            length(schema, items.len(), ["minItems", "maxItems"], "items")?;
            let twice = |(index, item): (usize, &Value)| items.iter().take(index).any(|other| same(other, item));
            if flag(schema, "uniqueItems") && items.iter().enumerate().any(twice) {
                return wrong("an item is there twice");
            }
        }
        // `items` as a list is what draft 7 called `prefixItems`.
        let listed = |key: &str| schema.get(key).and_then(Value::as_array).map(Vec::as_slice);
        let prefix = listed("prefixItems").or_else(|| listed("items")).unwrap_or_default();
        let rest =
            schema.get(if schema.get("items").is_some_and(Value::is_array) { "additionalItems" } else { "items" });
        for (index, item) in items.iter().enumerate() {
            if let Some(schema) = prefix.get(index).or(rest) {
                within(&index.to_string(), self.check(schema, item, 0))?;
            }
        }
        if let Some(wanted) = schema.get("contains").filter(|_| self.is_whole) {
            let found = items.iter().filter(|item| self.check(wanted, item, 0).is_ok()).count() as f64;
            let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
            if found < bound("minContains").unwrap_or(1.0) || bound("maxContains").is_some_and(|most| found > most) {
                return wrong(format!("{found} items are what `contains` asks for"));
            }
        }
        Ok(())
    }

    fn check_members(&self, schema: &Map<String, Value>, members: &Map<String, Value>) -> Verdict {
        if self.is_whole {
            length(schema, members.len(), ["minProperties", "maxProperties"], "properties")?;
            check_dependent(schema, members)?;
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let known = |name: &str| properties.and_then(|properties| properties.get(name));
        let is_left_out = |schema: &Value| self.is_left_out(schema, 0);
        for name in words(schema.get("required")) {
            if !members.contains_key(name) && !known(name).is_some_and(is_left_out) {
                return wrong(format!("`{name}` is missing"));
            }
        }
        for (name, value) in members {
            within(name, self.check_member(schema, name, value))?;
        }
        Ok(())
    }

    fn check_member(&self, schema: &Map<String, Value>, name: &str, value: &Value) -> Verdict {
        if let Some(names) = schema.get("propertyNames").filter(|_| self.is_whole) {
            self.check(names, &Value::String(name.to_owned()), 0)?;
        }
        let mut is_known = false;
        if let Some(property) = schema.get("properties").and_then(|properties| properties.get(name)) {
            is_known = true;
            self.check(property, value, 0)?;
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
        for (_, property) in patterns.filter(|(pattern, _)| matches(pattern, name)) {
            is_known = true;
            self.check(property, value, 0)?;
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) if !self.is_whole => Ok(()),
            Some(Value::Bool(false)) if !is_known => wrong("the schema does not know this property"),
            Some(additional) if !is_known => self.check(additional, value, 0),
            _ => Ok(()),
        }
    }

    fn is_left_out(&self, schema: &Value, chain: usize) -> bool {
        let Some(schema) = schema.as_object().filter(|_| chain <= MAX_CHAIN) else { return false };
        let reference = schema.get("$ref").and_then(Value::as_str);
        let target = reference.and_then(|reference| references::find(self.document, reference)).map(|(_, found)| found);
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        flag(schema, self.left_out) || target.into_iter().chain(parts).any(|part| self.is_left_out(part, chain + 1))
    }

    fn check_combined(&self, schema: &Map<String, Value>, value: &Value, chain: usize) -> Verdict {
        let listed = |key: &str| schema.get(key).and_then(Value::as_array).filter(|list| !list.is_empty());
        for part in listed("allOf").into_iter().flatten() {
            self.check(part, value, chain)?;
        }
        let fitting = |list: &Vec<Value>| list.iter().filter(|part| self.check(part, value, chain).is_ok()).count();
        if let Some(list) = listed("anyOf")
            && fitting(list) == 0
        {
            return wrong(self.nearest(list, value, chain, "anyOf"));
        }
        if let Some(list) = listed("oneOf") {
            match fitting(list) {
                0 => return wrong(self.nearest(list, value, chain, "oneOf")),
                1 => {}
                _ if !self.is_whole => {}
                count => return wrong(format!("it is what {count} {SEVERAL}")),
            }
        }
        if !self.is_whole {
            return Ok(());
        }
        if let Some(not) = schema.get("not").filter(|not| not.is_object() || not.as_bool() == Some(true))
            && self.check(not, value, chain).is_ok()
        {
            return wrong("it is what `not` describes");
        }
        if let Some(condition) = schema.get("if") {
            let branch = if self.check(condition, value, chain).is_ok() { "then" } else { "else" };
            schema.get(branch).map_or(Ok(()), |branch| self.check(branch, value, chain))?;
        }
        dependent(schema, value).filter(|part| !part.is_array()).try_for_each(|part| self.check(part, value, chain))
    }

    /// Why none of the alternatives fits: the one that comes nearest tells most.
    fn nearest(&self, list: &[Value], value: &Value, chain: usize, key: &str) -> String {
        let faults = list.iter().filter_map(|part| self.check(part, value, chain).err());
        let nearest = faults.max_by_key(|fault| fault.pointer.len());
        let nearest = nearest.map_or_else(String::new, |fault| format!("; the nearest says of {fault}"));
        format!("no alternative of `{key}` describes it{nearest}")
    }
}

fn words(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn check_type(schema: &Map<String, Value>, value: &Value) -> Verdict {
    let fits = match schema.get("type") {
        Some(Value::String(kind)) => is_of(value, kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(|kind| is_of(value, kind)),
        _ => true,
    };
    match schema.get("type") {
        Some(kind) if !fits => wrong(format!("it is not of the type {kind}")),
        _ => Ok(()),
    }
}

/// Whether a schema describes an object and says no type: a default, or a value that is listed, says that another is meant.
fn means_object(schema: &Map<String, Value>) -> bool {
    let is_open = ["type", "default", "enum", "const", "oneOf", "anyOf", "allOf", "$ref"];
    let has_properties = schema.get("properties").and_then(Value::as_object).is_some_and(|known| !known.is_empty());
    has_properties && !is_open.iter().any(|key| schema.contains_key(*key))
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn check_listed(schema: &Map<String, Value>, value: &Value) -> Verdict {
    if schema.get("const").is_some_and(|constant| !same(constant, value)) {
        return wrong("it is not the value of `const`");
    }
    let listed = schema.get("enum").and_then(Value::as_array);
    if listed.is_some_and(|values| !values.iter().any(|listed| same(listed, value))) {
        return wrong("it is none of the values of `enum`");
    }
    Ok(())
}

fn check_dependent(schema: &Map<String, Value>, members: &Map<String, Value>) -> Verdict {
    let listed = ["dependentRequired", "dependencies"].into_iter().filter_map(|key| schema.get(key)?.as_object());
    for (name, needed) in listed.flatten() {
        if members.contains_key(name) && !words(Some(needed)).all(|name| members.contains_key(name)) {
            return wrong(format!("something that `{name}` needs is missing"));
        }
    }
    Ok(())
}

/// What further describes a value for a member that it has: schemas, and, by the keyword of draft 7, lists of names.
fn dependent<'s>(schema: &'s Map<String, Value>, value: &Value) -> impl Iterator<Item = &'s Value> {
    let listed = ["dependentSchemas", "dependencies"].into_iter().filter_map(|key| schema.get(key)?.as_object());
    listed.flatten().filter(|(name, _)| value.get(name.as_str()).is_some()).map(|(_, part)| part)
}

fn check_text(schema: &Map<String, Value>, text: &str) -> Verdict {
    length(schema, text.chars().count(), ["minLength", "maxLength"], "characters")?;
    let word = |key: &str| schema.get(key).and_then(Value::as_str);
    if word("pattern").is_some_and(|pattern| !matches(pattern, text)) {
        return wrong("it does not match the pattern");
    }
    match word("format") {
        Some(format) if !formats::has(format, text) => wrong(format!("it is not of the format {format}")),
        _ => Ok(()),
    }
}

/// Bounds in the forms of OpenAPI 3.0 and of 3.1.
fn check_number(schema: &Map<String, Value>, number: &serde_json::Number) -> Verdict {
    let Some(number) = number.as_f64() else { return Ok(()) };
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let too_small = bound("minimum")
        .is_some_and(|least| number < least || (number == least && flag(schema, "exclusiveMinimum")))
        || bound("exclusiveMinimum").is_some_and(|least| number <= least);
    let too_great = bound("maximum")
        .is_some_and(|most| number > most || (number == most && flag(schema, "exclusiveMaximum")))
        || bound("exclusiveMaximum").is_some_and(|most| number >= most);
    if too_small || too_great {
        return wrong("it is out of bounds");
    }
    if let Some(step) = bound("multipleOf").filter(|step| *step > 0.0) {
        let steps = number / step;
        // What is too much for a float is a multiple of nothing.
        if !steps.is_finite() || (steps - steps.round()).abs() > 1e-9 * steps.abs().max(1.0) {
            return wrong(format!("it is no multiple of {step}"));
        }
    }
    let fits = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number),
        // Beyond this a number does not survive all programs (RFC 8259, section 6).
        Some("int64") => number.abs() <= formats::MAX_SAFE_INTEGER,
        _ => true,
    };
    if fits { Ok(()) } else { wrong("it is out of the format's bounds") }
}

fn length(schema: &Map<String, Value>, length: usize, keys: [&str; 2], what: &str) -> Verdict {
    let [least, most] = keys.map(|key| schema.get(key).and_then(Value::as_f64));
    let length = length as f64;
    if least.is_some_and(|least| length < least) || most.is_some_and(|most| length > most) {
        return wrong(format!("it has {length} {what}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, good: &[Value], bad: &[Value]) {
        let document =
            json!({"s": {"A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}}});
        for value in good {
            assert_eq!(validate(&document, &schema, value), Ok(()), "{schema}: {value}");
        }
        for value in bad {
            assert!(validate(&document, &schema, value).is_err(), "{schema}: {value}");
        }
    }

    #[test]
    fn properties_mean_an_object_to_a_type() {
        let schema = json!({"properties": {"a": {"properties": {"b": {"type": "string"}}}}});
        let (text, object) = (json!({"a": "{}"}), json!({"a": {}}));
        assert!(fits(&json!({}), &schema, &text) && !fits_type(&json!({}), &schema, &text));
        assert!(validate_answer(&json!({}), &schema, &text).is_err());
        assert!(fits_type(&json!({}), &schema, &object) && validate_answer(&json!({}), &schema, &object).is_ok());
        let any = json!({"properties": {"b": {}}, "default": 7});
        assert!(fits_type(&json!({}), &any, &json!("x")), "its own default is another value");
    }

    #[test]
    fn types_and_listed_values() {
        check(json!({"type": "integer"}), &[json!(1), json!(1.0)], &[json!(1.5), json!("1"), json!(null)]);
        check(json!({"type": "string", "nullable": true, "enum": ["a"]}), &[json!("a"), json!(null)], &[json!("b")]);
        check(json!({"type": ["string", "null"]}), &[json!("a"), json!(null)], &[json!(1)]);
        check(json!({"const": {"a": 1}}), &[json!({"a": 1.0})], &[json!({"a": 2})]);
        check(json!(false), &[], &[json!(1)]);
    }

    #[test]
    fn numbers_keep_bounds_of_both_versions_and_formats() {
        for schema in [json!({"minimum": 1, "exclusiveMinimum": true}), json!({"exclusiveMinimum": 1})] {
            check(schema, &[json!(2)], &[json!(1)]);
        }
        check(json!({"multipleOf": 0.01}), &[json!(0.07), json!(19.99)], &[json!(0.005)]);
        check(json!({"format": "int32"}), &[json!(7)], &[json!(3_000_000_000_u64)]);
        check(json!({"format": "int64"}), &[json!(3_000_000_000_u64)], &[json!(i64::MAX)]);
    }

    #[test]
    fn text_keeps_to_length_pattern_and_format() {
        check(json!({"minLength": 2, "maxLength": 3}), &[json!("äöü")], &[json!("a"), json!("abcd")]);
        check(json!({"pattern": "^(?!x)[a-z]+$"}), &[json!("ab")], &[json!("xb")]);
        check(json!({"pattern": "("}), &[json!("anything")], &[]);
        check(json!({"format": "date"}), &[json!("2024-02-29")], &[json!("29.2.2024")]);
    }

    #[test]
    fn lists() {
        check(json!({"items": {"type": "string"}, "minItems": 1}), &[json!(["a"])], &[json!([]), json!([1])]);
        check(json!({"uniqueItems": true}), &[json!([1, 2])], &[json!([1, 1.0])]);
        check(
            json!({"prefixItems": [{"type": "string"}], "items": false}),
            &[json!(["a"])],
            &[json!(["a", 1]), json!([1])],
        );
        check(json!({"contains": {"type": "null"}}), &[json!([1, null])], &[json!([1])]);
        let contains = json!({"contains": {"type": "null"}, "minContains": 0, "maxContains": 1.0});
        check(contains, &[json!([]), json!([null, 1])], &[json!([null, null])]);
    }

    #[test]
    fn objects() {
        check(json!({"$ref": "#/s/A"}), &[json!({"a": "x", "b": 1})], &[json!({}), json!({"a": 1})]);
        check(
            json!({"properties": {"a": {}}, "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": false}),
            &[json!({"a": 1, "x-b": "c"})],
            &[json!({"b": 1}), json!({"x-b": 1})],
        );
        check(json!({"additionalProperties": {"type": "integer"}}), &[json!({"b": 1})], &[json!({"b": "1"})]);
        check(json!({"dependentRequired": {"a": ["b"]}}), &[json!({}), json!({"a": 1, "b": 1})], &[json!({"a": 1})]);
        check(json!({"propertyNames": {"maxLength": 1}, "maxProperties": 1}), &[json!({"a": 1})], &[json!({"ab": 1})]);
        let read_only = json!({"required": ["a"], "properties": {"a": {"allOf": [{"readOnly": true}]}}});
        assert!(validate_answer(&json!({}), &read_only, &json!({})).is_err());
        let narrow = json!({"additionalProperties": false, "properties": {"a": {"pattern": "x", "type": "string", "enum": ["y"]}}});
        assert_eq!(validate_answer(&json!({}), &narrow, &json!({"a": "z", "b": 1})), Ok(()));
        assert!(validate_answer(&json!({}), &narrow, &json!({"a": 1})).is_err());
        check(read_only, &[json!({})], &[]);
    }

    #[test]
    fn combinations() {
        let all = json!({"allOf": [{"$ref": "#/s/A"}, {"required": ["b"]}]});
        check(all, &[json!({"a": "x", "b": 1})], &[json!({"a": "x"}), json!({"b": 1})]);
        check(
            json!({"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 3}]}),
            &[json!("long")],
            &[json!("abc"), json!(1)],
        );
        check(json!({"anyOf": [{"type": "string"}, {"maxLength": 3}]}), &[json!("abc")], &[]);
        check(json!({"not": {"required": ["a", "b"]}}), &[json!({"a": 1})], &[json!({"a": 1, "b": 1})]);
        check(json!({"not": true}), &[], &[json!(1)]);
        for dependent in ["dependentSchemas", "dependencies"] {
            let schema = json!({dependent: {"a": {"required": ["b"]}, "c": false}});
            check(schema, &[json!({}), json!({"a": 1, "b": 1})], &[json!({"a": 1}), json!({"c": 1})]);
        }
        check(json!({"dependencies": {"a": ["b"]}}), &[json!({"b": 1})], &[json!({"a": 1})]);
        check(
            json!({"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}),
            &[json!({"a": 1, "b": 1}), json!({"c": 1})],
            &[json!({"a": 1}), json!({})],
        );
    }

    #[test]
    fn what_no_part_speaks_of() {
        let rest = json!({"type": "integer"});
        check(
            json!({"allOf": [{"$ref": "#/s/A"}], "anyOf": [{"properties": {"b": {"const": 1}}, "required": ["b"]}, {}],
                "if": {"required": ["c"], "properties": {"c": true}}, "unevaluatedProperties": rest}),
            &[json!({"a": "x", "b": 1, "c": "x", "d": 2})],
            &[json!({"a": "x", "d": "x"}), json!({"a": "x", "b": "x"})],
        );
        check(
            json!({"prefixItems": [true], "contains": {"const": "x"}, "unevaluatedItems": false}),
            &[json!(["a", "x"]), json!(["x", "x"])],
            &[json!(["a", "x", "b"])],
        );
        let closed = json!({"properties": {"a": true}, "unevaluatedProperties": false});
        check(closed.clone(), &[json!({"a": 1})], &[json!({"b": 1})]);
        assert_eq!(validate_answer(&json!({}), &closed, &json!({"b": 1})), Ok(()));
    }

    #[test]
    fn the_place_of_a_fault_is_told() {
        let schema = json!({"properties": {"a/b": {"items": {"type": "string"}}}});
        let fault = validate(&json!({}), &schema, &json!({"a/b": ["x", 1]})).unwrap_err();
        assert_eq!(fault.to_string(), "/a~1b/1: it is not of the type \"string\"");
    }

    #[test]
    fn cycles_end() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"allOf": [{"$ref": "#/a"}]}});
        assert_eq!(validate(&document, &json!({"$ref": "#/a"}), &json!(1)), Ok(()));
    }
}
