//! Schemas as the sampler and the check of answers read them: references followed, `allOf` put together.

use super::{
    formats, pattern,
    references::{self, MAX_CHAIN},
    valid::{self, flag},
};
use crate::diagnostics::{pointer_join, pointer_tokens};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How deep contradictions are looked for.
const CONTRADICTION_DEPTH: usize = 6;

/// `node`, or what its `$ref` leads to; `null` where that is nowhere. What [counts](references::counts_beside)
/// beside a reference is there as well, unless the target says the same.
pub fn resolve(document: &Value, node: &Value) -> Value {
    let mut found = node.clone();
    for _ in 0..MAX_CHAIN {
        let Some(reference) = found.get("$ref").and_then(Value::as_str) else { return found };
        let Some((_, target)) = references::find(document, reference) else { return Value::Null };
        let mut merged = target.clone();
        if let (Some(merged), Some(beside)) = (merged.as_object_mut(), found.as_object()) {
            let counts = |key: &str| key != "$ref" && references::counts_beside(document, key);
            for (key, value) in beside.iter().filter(|(key, _)| counts(key)) {
                merged.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        found = merged;
    }
    Value::Null
}

/// A schema without `$ref` and `allOf` at its top.
pub fn flatten(document: &Value, schema: &Value) -> Map<String, Value> {
    flatten_to(document, schema, &mut BTreeSet::new(), MAX_CHAIN)
}

/// Of a part that was `seen` before, everything is there already.
fn flatten_to(document: &Value, schema: &Value, seen: &mut BTreeSet<String>, depth: usize) -> Map<String, Value> {
    let bare = schema.as_object().filter(|schema| schema.len() == 1);
    let target = bare.and_then(|schema| schema.get("$ref")?.as_str());
    if target.is_some_and(|target| !seen.insert(target.to_owned())) {
        return Map::new();
    }
    let Value::Object(mut flat) = resolve(document, schema) else { return Map::new() };
    let Some(Value::Array(parts)) = flat.remove("allOf") else { return flat };
    if depth == 0 {
        return flat;
    }
    for part in &parts {
        for (key, value) in flatten_to(document, part, seen, depth - 1) {
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
        ("type", Some(mine), other) => narrow(mine, other),
        (_, Some(mine), other) => {
            let (Some(one), Some(two)) = (mine.as_f64(), other.as_f64()) else { return };
            let is_narrower =
                (key.to_lowercase().contains("min") && two > one) || (key.to_lowercase().contains("max") && two < one);
            if is_narrower {
                *mine = other;
            }
        }
    }
}

/// Why no value is valid by a schema, where that can be seen.
pub fn contradiction(document: &Value, schema: &Value) -> Option<String> {
    contradiction_to(document, schema, CONTRADICTION_DEPTH)
}

fn contradiction_to(document: &Value, schema: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let flat = flatten(document, schema);
    let list = |key: &str| flat.get(key).and_then(Value::as_array).filter(|list| !list.is_empty());
    if let Some(list) = list("oneOf") {
        let bare: Vec<Map<String, Value>> = list.iter().map(|part| assertions(document, part)).collect();
        let has_twin = |part: &Map<String, Value>| bare.iter().filter(|other| *other == part).count() > 1;
        if bare.iter().all(|part| part.is_empty() || has_twin(part)) && bare.len() > 1 {
            return Some("the alternatives of `oneOf` are the same".to_owned());
        }
        if bare.len() > 1 && are_one_object(&bare) {
            return Some("what an alternative of `oneOf` describes, the others allow".to_owned());
        }
    }
    if let Some(name) = forbidden(document, schema, &flat, MAX_CHAIN) {
        return Some(format!("`{name}` is required, and no part that is closed has it in its `properties`"));
    }
    if let Some(values) = list("enum") {
        let bare =
            Value::Object(flat.iter().filter(|(key, _)| *key != "enum").map(|(k, v)| (k.clone(), v.clone())).collect());
        let faults: Option<Vec<valid::Mismatch>> =
            values.iter().map(|value| valid::validate(document, &bare, value).err()).collect();
        if let Some(fault) = faults.iter().flatten().next() {
            return Some(format!("no value of `enum` is valid: {}", fault.message));
        }
    }
    if flat.get("pattern").and_then(Value::as_str).is_some_and(pattern::is_impossible) {
        return Some("no text matches the pattern".to_owned());
    }
    let bound = |key: &str| flat.get(key).and_then(Value::as_f64);
    for what in ["imum", "Length", "Items", "Properties"] {
        if let (Some(least), Some(most)) = (bound(&format!("min{what}")), bound(&format!("max{what}")))
            && least > most
        {
            return Some(format!("`min{what}` is greater than `max{what}`"));
        }
    }
    let format = flat.get("format").and_then(Value::as_str);
    if let Some((format, length)) = format.and_then(|format| Some((format, formats::length(format)?)))
        && (bound("minLength").is_some_and(|least| least > length.into())
            || bound("maxLength").is_some_and(|most| most < length.into()))
    {
        return Some(format!("a text of the format `{format}` has {length} characters"));
    }
    let properties = flat.get("properties").and_then(Value::as_object);
    let required = list("required").into_iter().flatten().filter_map(Value::as_str);
    let mut required = required.filter_map(|name| Some((name, properties?.get(name)?)));
    required.find_map(|(name, schema)| Some(format!("`{name}`: {}", contradiction_to(document, schema, depth)?)))
}

/// Whether schemas are of open objects that require the same, and say the same of what they share: an object of one is one of
/// each.
fn are_one_object(parts: &[Map<String, Value>]) -> bool {
    let properties = |part: &Map<String, Value>| part.get("properties").and_then(Value::as_object).cloned();
    let is_open = |part: &Map<String, Value>| {
        kind(part) == Some("object")
            && part.keys().all(|key| ["type", "properties", "required"].contains(&key.as_str()))
    };
    let agree = |one: &Map<String, Value>, two: &Map<String, Value>| {
        let (mine, other) = (properties(one).unwrap_or_default(), properties(two).unwrap_or_default());
        one.get("required") == two.get("required")
            && mine.iter().all(|(name, schema)| other.get(name).is_none_or(|known| known == schema))
    };
    parts.iter().all(is_open) && parts.iter().all(|one| parts.iter().all(|two| agree(one, two)))
}

/// A property that the whole requires and that a closed part of its `allOf` does not have: `additionalProperties` sees the
/// `properties` beside it alone.
fn forbidden(document: &Value, part: &Value, whole: &Map<String, Value>, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let part = resolve(document, part);
    if part.get("additionalProperties") == Some(&Value::Bool(false)) && part.get("patternProperties").is_none() {
        let required = whole.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let known = |name: &str| part.get("properties").is_some_and(|properties| properties.get(name).is_some());
        if let Some(name) = required.into_iter().find(|name| !known(name)) {
            return Some(name.to_owned());
        }
    }
    let parts = part.get("allOf").and_then(Value::as_array).into_iter().flatten();
    parts.into_iter().find_map(|part| forbidden(document, part, whole, depth))
}

/// What a schema asserts, without what it says for people.
fn assertions(document: &Value, schema: &Value) -> Map<String, Value> {
    let flat = flatten(document, schema).into_iter();
    flat.filter(|(key, _)| !references::ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-")).collect()
}

/// Keeps the types that are allowed on both sides, if there are any.
fn narrow(mine: &mut Value, other: Value) {
    let list = |value: Value| if let Value::Array(list) = value { list } else { vec![value] };
    let other = list(other);
    let both: Vec<Value> = list(mine.clone()).into_iter().filter(|kind| other.contains(kind)).collect();
    match <[Value; 1]>::try_from(both) {
        Ok([one]) => *mine = one,
        Err(both) if !both.is_empty() => *mine = Value::Array(both),
        Err(_) => {}
    }
}

/// A value without the properties that its schema does not name and those that are only read. A typed client does not send
/// them: what a schema names is closed unless it says otherwise, and what names nothing is open.
pub fn prune(document: &Value, schema: &Value, value: &Value) -> Value {
    prune_to(document, schema, value, MAX_CHAIN)
}

fn prune_to(document: &Value, schema: &Value, value: &Value, depth: usize) -> Value {
    if depth == 0 || !(value.is_object() || value.is_array()) {
        return value.clone();
    }
    let mut parts = Vec::new();
    gather(document, schema, value, &mut parts, MAX_CHAIN);
    match value {
        Value::Array(items) => {
            let Some(schema) = parts.iter().find_map(|part| part.get("items")) else { return value.clone() };
            items.iter().map(|item| prune_to(document, schema, item, depth - 1)).collect()
        }
        Value::Object(members) => {
            let properties: Vec<&Map<String, Value>> =
                parts.iter().filter_map(|part| part.get("properties")?.as_object()).collect();
            let is_open = properties.iter().all(|properties| properties.is_empty())
                || parts.iter().any(|part| {
                    part.contains_key("patternProperties")
                        || part.get("additionalProperties").is_some_and(|more| more.as_bool() != Some(false))
                });
            let is_required = |name: &String| {
                let mut required = parts.iter().filter_map(|part| part.get("required")?.as_array());
                required.any(|required| required.iter().any(|required| required.as_str() == Some(name)))
            };
            let kept = members.iter().filter_map(|(name, value)| {
                match properties.iter().find_map(|properties| properties.get(name)) {
                    Some(schema) if flag(&flatten(document, schema), "readOnly") => None,
                    Some(schema) => Some((name.clone(), prune_to(document, schema, value, depth - 1))),
                    None => (is_open || is_required(name)).then(|| (name.clone(), value.clone())),
                }
            });
            Value::Object(kept.collect())
        }
        _ => value.clone(),
    }
}

/// A schema and those of its alternatives that describe a value; all of them, if none does.
fn gather(document: &Value, schema: &Value, value: &Value, parts: &mut Vec<Map<String, Value>>, depth: usize) {
    if depth == 0 {
        return;
    }
    let flat = flatten(document, schema);
    for key in ["oneOf", "anyOf"] {
        let listed = || flat.get(key).and_then(Value::as_array).into_iter().flatten();
        let fitting: Vec<&Value> = listed().filter(|part| valid::fits(document, part, value)).collect();
        let chosen = if fitting.is_empty() { listed().collect() } else { fitting };
        chosen.into_iter().for_each(|part| gather(document, part, value, parts, depth - 1));
    }
    parts.push(flat);
}

/// Whether a discriminator tells which of several alternatives the part of a value at `pointer` is (OpenAPI 3.0 section
/// 4.7.25).
pub fn is_told_apart(document: &Value, schema: &Value, value: &Value, pointer: &str) -> bool {
    told_apart(document, schema, value, &pointer_tokens(pointer).collect::<Vec<_>>())
}

fn told_apart(document: &Value, schema: &Value, value: &Value, way: &[String]) -> bool {
    let mut parts = Vec::new();
    gather(document, schema, value, &mut parts, MAX_CHAIN);
    let [token, rest @ ..] = way else { return parts.iter().any(|part| part.contains_key("discriminator")) };
    let Some(inner) = value.pointer(&pointer_join("", token)) else { return false };
    let mut below = parts.iter().filter_map(|part| match value.is_array() {
        true => part.get("items"),
        false => part.get("properties").and_then(|all| all.get(token)).or_else(|| part.get("additionalProperties")),
    });
    below.any(|schema| told_apart(document, schema, inner, rest))
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
        assert_eq!(flat.get("properties"), Some(&json!({"a": {"type": "string"}, "b": {"type": "integer"}})));
    }

    #[test]
    fn what_stands_beside_a_reference_counts_since_3_1() {
        let resolved = |version: &str| {
            let document = json!({"openapi": version, "a": {"type": "string"}});
            let schema = json!({"$ref": "#/a", "maxLength": 1, "readOnly": true});
            assert_eq!(valid::fits(&document, &schema, &json!("ab")), version == "3.0.3", "{version}");
            resolve(&document, &schema)
        };
        assert_eq!(resolved("3.0.3"), json!({"type": "string", "readOnly": true}));
        assert_eq!(resolved("3.1.0"), json!({"type": "string", "maxLength": 1, "readOnly": true}));
    }

    #[test]
    fn cycles_of_references_end() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}, "c": {"allOf": [{"$ref": "#/c"}]}});
        assert!(flatten(&document, &json!({"$ref": "#/a"})).is_empty());
        flatten(&document, &json!({"$ref": "#/c"}));
        assert!(resolve(&document, &json!({"$ref": "elsewhere.json#/a"})).is_null());
    }

    #[test]
    fn a_part_that_comes_by_many_ways_counts_once() {
        let reference = |level: usize| json!({"$ref": format!("#/s/L{level}")});
        // Thirty levels: a thousand million ways, and thirty schemas.
        let level = |level: usize| match level {
            0 => json!({"type": "object", "required": ["z"]}),
            _ => json!({"allOf": [
                {"allOf": [reference(level - 1), {"required": [format!("a{level}")]}]},
                {"allOf": [reference(level - 1), {"required": [format!("b{level}")]}]},
            ]}),
        };
        let schemas: Map<String, Value> = (0..=30).map(|index| (format!("L{index}"), level(index))).collect();
        let flat = flatten(&json!({"s": schemas}), &reference(15));
        assert_eq!(flat.get("required").and_then(Value::as_array).map(Vec::len), Some(31));
    }

    #[test]
    fn the_narrower_of_two_parts_counts() {
        let schema = json!({"allOf": [{"type": ["string", "null"], "minLength": 1}, {"type": "string", "minLength": 3, "maxLength": 9}]});
        let flat = flatten(&json!({}), &schema);
        assert_eq!(Value::Object(flat), json!({"type": "string", "minLength": 3, "maxLength": 9}));
    }

    #[test]
    fn what_a_schema_does_not_name_is_not_sent() {
        let schema = json!({
            "properties": {"a": {"type": "array", "items": {"properties": {"b": {}}}}, "id": {"readOnly": true}},
            "anyOf": [{"properties": {"c": {}}}, {"properties": {"d": {"additionalProperties": true, "properties": {"e": {}}}}}],
        });
        let shown = json!({"a": [{"b": 1, "x": 1}], "id": 1, "c": {"free": 1}, "d": {"e": 1, "f": 2}, "y": 1});
        let kept = json!({"a": [{"b": 1}], "c": {"free": 1}, "d": {"e": 1, "f": 2}});
        assert_eq!(prune(&json!({}), &schema, &shown), kept);
        let schema = json!({"oneOf": [
            {"required": ["a", "b"], "properties": {"a": {}, "b": {"type": "object"}}}, {"required": ["a"], "properties": {"a": {}}},
        ]});
        assert_eq!(prune(&json!({}), &schema, &json!({"a": 1, "b": []})), json!({"a": 1}));
    }

    #[test]
    fn contradictions_are_seen() {
        let found = |schema: Value| contradiction(&json!({}), &schema).is_some();
        assert!(found(json!({"type": "string", "format": "uuid", "maxLength": 24})));
        assert!(!found(json!({"type": "string", "format": "uuid", "maxLength": 36})));
        assert!(found(json!({"oneOf": [{"description": "any"}, {"title": "any"}]})));
        assert!(found(json!({"required": ["a"], "properties": {"a": {"type": "integer", "enum": ["1"]}}})));
        assert!(found(json!({"minLength": 2, "maxLength": 1})));
        let open =
            |name: &str| json!({"type": "object", "properties": {"id": {"type": "string"}, name: {"type": "string"}}});
        assert!(found(json!({"oneOf": [open("a"), open("b")]})));
        let mut closed = open("b");
        closed["additionalProperties"] = json!(false);
        assert!(!found(json!({"oneOf": [open("a"), closed]})));
        let key = json!({"required": ["key"], "properties": {"key": {}}});
        assert!(found(json!({"allOf": [key, closed]})) && found(json!({"allOf": [closed], "required": ["key"]})));
        assert!(!found(json!({"allOf": [{"required": ["b"]}, closed]})));
        assert!(!found(json!({"oneOf": [{"type": "string"}, {"type": "integer"}]})));
        assert!(!found(json!({"enum": ["a"], "properties": {"a": {"enum": [1], "type": "string"}}})));
    }

    #[test]
    fn a_discriminator_tells_alternatives_apart() {
        let pet = json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}});
        let document = json!({"s": {"Cat": pet, "Dog": pet}});
        let mut pets =
            json!({"oneOf": [{"$ref": "#/s/Cat"}, {"$ref": "#/s/Dog"}], "discriminator": {"propertyName": "kind"}});
        let value = json!({"pets": [{"kind": "Cat"}]});
        let within = |pets: &Value| json!({"properties": {"pets": {"type": "array", "items": pets}}});
        assert!(is_told_apart(&document, &within(&pets), &value, "/pets/0"));
        assert!(!is_told_apart(&document, &within(&pets), &value, "/pets"));
        let fault = valid::validate(&document, &pets, &value["pets"][0]).unwrap_err();
        assert!(fault.is_of_several() && is_told_apart(&document, &pets, &value["pets"][0], &fault.pointer));
        pets.as_object_mut().unwrap().remove("discriminator");
        assert!(!is_told_apart(&document, &within(&pets), &value, "/pets/0"));
    }
}
