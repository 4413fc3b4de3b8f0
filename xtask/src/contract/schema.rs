//! Schemas as the sampler reads them: references followed, `allOf` put together, and a check whether a value fits.
//!
//! The check is no validator: it knows the keywords that decide whether a sample is worth sending. The judge is another
//! program.

use regress::Regex;
use serde_json::{Map, Value};

/// How many references may lead to one another; a longer chain is a cycle.
const MAX_CHAIN: usize = 32;

/// How deep values are compared with schemas; deeper parts count as fitting.
const MAX_DEPTH: usize = 24;

/// `node`, or what its `$ref` leads to; `null` where that is nowhere. What stands beside a reference counts as well
/// (OpenAPI 3.1 section 4.8.23), unless the target says the same.
pub fn resolve(document: &Value, node: &Value) -> Value {
    let mut found = node.clone();
    for _ in 0..MAX_CHAIN {
        let Some(reference) = found.get("$ref").and_then(Value::as_str) else { return found };
        let target = local_pointer(reference).and_then(|pointer| document.pointer(&pointer));
        let Some(target) = target else { return Value::Null };
        let mut merged = target.clone();
        if let (Some(merged), Some(beside)) = (merged.as_object_mut(), found.as_object()) {
            for (key, value) in beside.iter().filter(|(key, _)| *key != "$ref") {
                merged.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        found = merged;
    }
    Value::Null
}

/// The pointer in a local reference, percent-encoding undone (RFC 6901 section 6).
fn local_pointer(reference: &str) -> Option<String> {
    let mut parts = reference.strip_prefix('#')?.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// A schema without `$ref` and `allOf` at its top.
pub fn flatten(document: &Value, schema: &Value) -> Map<String, Value> {
    flatten_to(document, schema, MAX_CHAIN)
}

fn flatten_to(document: &Value, schema: &Value, depth: usize) -> Map<String, Value> {
    let Value::Object(mut flat) = resolve(document, schema) else { return Map::new() };
    let Some(Value::Array(parts)) = flat.remove("allOf") else { return flat };
    if depth == 0 {
        return flat;
    }
    for part in &parts {
        for (key, value) in flatten_to(document, part, depth - 1) {
            merge(&mut flat, key, value);
        }
    }
    flat
}

/// Adds a keyword of another part of an `allOf`.
fn merge(flat: &mut Map<String, Value>, key: String, value: Value) {
    match (key.as_str(), flat.get_mut(&key), value) {
        (_, None, value) => {
            flat.insert(key, value);
        }
        ("properties", Some(Value::Object(mine)), Value::Object(other)) => {
            for (name, schema) in other {
                match mine.get_mut(&name) {
                    // Both count: the one that says more comes last, so that neither is lost.
                    Some(known) if *known != schema => {
                        let both = vec![known.take(), schema];
                        *known = Value::Object(Map::from_iter([("allOf".to_owned(), Value::Array(both))]));
                    }
                    Some(_) => {}
                    None => {
                        mine.insert(name, schema);
                    }
                }
            }
        }
        ("required", Some(Value::Array(mine)), Value::Array(other)) => {
            for name in other {
                if !mine.contains(&name) {
                    mine.push(name);
                }
            }
        }
        ("enum", Some(Value::Array(mine)), Value::Array(other)) => mine.retain(|value| other.contains(value)),
        _ => {}
    }
}

/// The alternatives of `oneOf` or `anyOf`, each with what the schema says beside them.
pub fn alternatives(flat: &Map<String, Value>) -> Option<Vec<Value>> {
    let (key, listed) = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|key| Some((key, flat.get(key)?.as_array().filter(|list| !list.is_empty())?)))?;
    let mut beside = flat.clone();
    for gone in [key, "discriminator", "example", "examples", "default"] {
        beside.remove(gone);
    }
    let with = |alternative: &Value| match beside.is_empty() {
        true => alternative.clone(),
        false => serde_json::json!({"allOf": [alternative, beside]}),
    };
    Some(listed.iter().map(with).collect())
}

/// The type that a value should have; none where any will do.
pub fn kind(flat: &Map<String, Value>) -> Option<&str> {
    match flat.get("type") {
        Some(Value::String(kind)) => return Some(kind),
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            let first = kinds.next();
            return if first == Some("null") { kinds.next().or(first) } else { first };
        }
        _ => {}
    }
    let has = |keys: &[&str]| keys.iter().any(|key| flat.contains_key(*key));
    if has(&["properties", "additionalProperties", "required", "minProperties"]) {
        Some("object")
    } else if has(&["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]) {
        Some("array")
    } else if has(&["pattern", "minLength", "maxLength", "format"]) {
        Some("string")
    } else if has(&["minimum", "maximum", "multipleOf"]) {
        Some("number")
    } else {
        None
    }
}

/// Whether a value keeps to a schema, as far as is known here.
pub fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    fits_to(document, schema, value, MAX_DEPTH)
}

fn fits_to(document: &Value, schema: &Value, value: &Value, depth: usize) -> bool {
    if depth == 0 || schema.as_bool() == Some(true) {
        return true;
    }
    let flat = flatten(document, schema);
    let nullable = flat.get("nullable").and_then(Value::as_bool) == Some(true);
    if value.is_null() && nullable {
        return true;
    }
    let typed = match flat.get("type") {
        Some(Value::String(kind)) => is_of(value, kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(|kind| is_of(value, kind)),
        _ => true,
    };
    let listed = flat.get("enum").and_then(Value::as_array).is_none_or(|values| values.contains(value));
    let constant = flat.get("const").is_none_or(|constant| constant == value);
    let fitting = |key: &str| {
        let listed = flat.get(key)?.as_array().filter(|list| !list.is_empty())?;
        Some(listed.iter().filter(|schema| fits_to(document, schema, value, depth - 1)).count())
    };
    typed
        && listed
        && constant
        && fitting("oneOf").is_none_or(|count| count == 1)
        && fitting("anyOf").is_none_or(|count| count > 0)
        && fits_kind(document, &flat, value, depth)
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => {
            value.as_i64().is_some()
                || value.as_u64().is_some()
                || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn fits_kind(document: &Value, flat: &Map<String, Value>, value: &Value, depth: usize) -> bool {
    let limit = |key: &str| flat.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let within = |length: usize, least: &str, most: &str| {
        limit(least).is_none_or(|least| length >= least) && limit(most).is_none_or(|most| length <= most)
    };
    match value {
        Value::String(text) => {
            within(text.chars().count(), "minLength", "maxLength")
                && flat.get("pattern").and_then(Value::as_str).is_none_or(|pattern| matches(pattern, text))
                && flat.get("format").and_then(Value::as_str).is_none_or(|format| has_format(format, text))
        }
        Value::Number(number) => number.as_f64().is_none_or(|number| within_bounds(flat, number)),
        Value::Array(items) => {
            within(items.len(), "minItems", "maxItems")
                && flat
                    .get("items")
                    .is_none_or(|schema| items.iter().all(|item| fits_to(document, schema, item, depth - 1)))
        }
        Value::Object(members) => fits_object(document, flat, members, depth),
        _ => true,
    }
}

fn fits_object(document: &Value, flat: &Map<String, Value>, members: &Map<String, Value>, depth: usize) -> bool {
    let properties = flat.get("properties").and_then(Value::as_object);
    let known = |name: &str| properties.and_then(|properties| properties.get(name));
    let is_read_only =
        |schema: &Value| flatten(document, schema).get("readOnly").and_then(Value::as_bool) == Some(true);
    let required = flat.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let complete =
        required.filter(|name| !known(name).is_some_and(is_read_only)).all(|name| members.contains_key(name));
    let closed = flat.get("additionalProperties").and_then(Value::as_bool) == Some(false);
    complete
        && members.iter().all(|(name, value)| match known(name) {
            Some(schema) => fits_to(document, schema, value, depth - 1),
            None => !closed,
        })
}

/// Whether a number is within `minimum`, `maximum` and their exclusive forms of both OpenAPI 3.0 and 3.1.
fn within_bounds(flat: &Map<String, Value>, number: f64) -> bool {
    let bound = |key: &str| flat.get(key).and_then(Value::as_f64);
    let exclusive = |key: &str| flat.get(key).and_then(Value::as_bool) == Some(true);
    bound("minimum").is_none_or(|least| number > least || (number == least && !exclusive("exclusiveMinimum")))
        && bound("maximum").is_none_or(|most| number < most || (number == most && !exclusive("exclusiveMaximum")))
        && bound("exclusiveMinimum").is_none_or(|least| number > least)
        && bound("exclusiveMaximum").is_none_or(|most| number < most)
}

/// Whether `text` has a match of an ECMA-262 pattern; a pattern that is none is matched by anything.
pub fn matches(pattern: &str, text: &str) -> bool {
    Regex::with_flags(pattern, "u")
        .or_else(|_| Regex::new(pattern))
        .map_or(true, |pattern| pattern.find(text).is_some())
}

/// A rough check of the formats that decide about types; others are taken as kept to.
fn has_format(format: &str, text: &str) -> bool {
    let parts = |separator: char, count: usize| text.split(separator).count() == count;
    let digits_or =
        |others: &str| text.chars().all(|character| character.is_ascii_digit() || others.contains(character));
    match format {
        "date-time" => text.len() >= 20 && text.get(10..11).is_some_and(|mark| mark.eq_ignore_ascii_case("t")),
        "date" => text.len() == 10 && parts('-', 3) && digits_or("-"),
        "uuid" => text.len() == 36 && parts('-', 5) && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-'),
        "email" => parts('@', 2),
        "uri" | "url" => text.contains(':'),
        "ipv4" => parts('.', 4) && digits_or("."),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_parts_of_an_all_of_are_one_schema() {
        let document =
            json!({"s": {"A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}}});
        let schema =
            json!({"allOf": [{"$ref": "#/s/A"}, {"required": ["b"], "properties": {"b": {"type": "integer"}}}]});
        let flat = flatten(&document, &schema);
        assert_eq!(flat.get("required"), Some(&json!(["a", "b"])));
        assert!(fits(&document, &schema, &json!({"a": "x", "b": 1})));
        assert!(!fits(&document, &schema, &json!({"a": "x"})));
        assert!(!fits(&document, &schema, &json!({"a": "x", "b": "1"})));
    }

    #[test]
    fn cycles_of_references_end() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}, "c": {"allOf": [{"$ref": "#/c"}]}});
        assert!(flatten(&document, &json!({"$ref": "#/a"})).is_empty());
        flatten(&document, &json!({"$ref": "#/c"}));
        assert!(resolve(&document, &json!({"$ref": "elsewhere.json#/a"})).is_null());
    }

    #[test]
    fn one_of_means_exactly_one() {
        let schema = json!({"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 3}]});
        assert!(fits(&json!({}), &schema, &json!("long")));
        assert!(!fits(&json!({}), &schema, &json!("abc")));
    }

    #[test]
    fn bounds_of_both_versions() {
        let (old, new) = (json!({"minimum": 1, "exclusiveMinimum": true}), json!({"exclusiveMinimum": 1}));
        for schema in [old, new] {
            assert!(!fits(&json!({}), &schema, &json!(1)) && fits(&json!({}), &schema, &json!(2)), "{schema}");
        }
    }

    #[test]
    fn patterns_are_those_of_ecma_262() {
        let schema = json!({"type": "string", "pattern": "^(?!x)[a-z]+$"});
        assert!(fits(&json!({}), &schema, &json!("ab")) && !fits(&json!({}), &schema, &json!("xb")));
        assert!(fits(&json!({}), &json!({"pattern": "("}), &json!("anything")));
    }
}
