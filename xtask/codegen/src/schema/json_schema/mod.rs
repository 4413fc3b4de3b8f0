//! A document's schemas as JSON Schema 2020-12, each in its place, so that a validator which knows nothing of OpenAPI can
//! judge values by them.
//!
//! | OpenAPI | JSON Schema |
//! |---|---|
//! | 3.0: `nullable: true` | `null` among the types, or among the alternatives where no type is given |
//! | 3.0: `exclusiveMinimum: true` beside `minimum` | the limit itself under `exclusiveMinimum` |
//! | 3.0: keywords beside `$ref` | nothing (section 4.7.23.1) |
//! | `oneOf` | `anyOf`: where alternatives overlap, what fits several of them is sent like any other value |
//! | `discriminator` | each alternative demands its own values of the property (3.0 section 4.7.25, 3.1 section 4.8.25): those that are mapped to it, those that it lists itself, or its name |
//! | a parent's `discriminator` | what extends it demands its own values of the property, and those of what extends that |
//! | a reference with letters that a URI does not have | the same, percent-encoded |
//! | a `pattern` that is no regular expression | nothing |

mod families;
mod mapping;
pub mod places;

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use self::{mapping::mapped, places::schemas};
use super::{flat::flatten, keywords::written, references::local_pointer};
pub use crate::diagnostics::pointer_join as join;
use crate::version;

/// The document with its schemas in the dialect of JSON Schema 2020-12. `is_pattern` tells whether the validator can match a
/// pattern.
pub fn convert(document: &Value, is_pattern: impl Fn(&str) -> bool) -> Value {
    let classic = version::is_of_3_0(document);
    let mut converted = document.clone();
    // The inner ones first: what is inside of a schema may move to where its pointer no longer leads.
    for pointer in schemas(document).into_keys().rev() {
        if let Some(Value::Object(schema)) = converted.pointer_mut(&pointer) {
            if classic {
                from_3_0(schema);
            }
            spell_out_discriminator(schema, document);
            allow_several(schema);
            encode_reference(schema);
            drop_broken_pattern(schema, &is_pattern);
        }
    }
    families::spell_out(&mut converted, document);
    converted
}

fn from_3_0(schema: &mut Map<String, Value>) {
    if schema.contains_key("$ref") {
        schema.retain(|key, _| key == "$ref");
        return;
    }
    for (limit, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if schema.get(exclusive).is_some_and(Value::is_boolean)
            && schema.remove(exclusive) == Some(Value::Bool(true))
            && let Some(value) = schema.remove(limit)
        {
            schema.insert(exclusive.to_owned(), value);
        }
    }
    if schema.remove("nullable") == Some(Value::Bool(true)) {
        allow_null(schema);
    }
}

fn allow_null(schema: &mut Map<String, Value>) {
    if let Some(name) = schema.get("type").cloned() {
        schema.insert("type".to_owned(), json!([name, "null"]));
    } else if schema.contains_key("properties") {
        schema.insert("type".to_owned(), json!(["object", "null"]));
    } else if let Some(Value::Array(members)) =
        ["oneOf", "anyOf"].into_iter().find(|key| schema.contains_key(*key)).and_then(|key| schema.get_mut(key))
    {
        members.push(json!({"type": "null"}));
    } else if let Some(all) = schema.remove("allOf") {
        schema.insert("anyOf".to_owned(), json!([{"allOf": all}, {"type": "null"}]));
    }
}

fn spell_out_discriminator(schema: &mut Map<String, Value>, document: &Value) {
    let Some(discriminator) = schema.get("discriminator").cloned() else { return };
    let Some(property) = discriminator.get("propertyName").and_then(Value::as_str) else { return };
    for key in ["oneOf", "anyOf"] {
        for member in schema.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(reference) = member.get("$ref").and_then(Value::as_str).map(str::to_owned) else { continue };
            let mapped = mapped(&discriminator, &reference);
            let listed = || lists_values(document, &json!({"$ref": reference}), property, &mut BTreeSet::new());
            if mapped.is_empty() && listed() {
                *member = json!({"allOf": [member.clone()], "required": [property]});
                continue;
            }
            *member = tagged(member.clone(), &reference, property, mapped);
        }
    }
}

/// A member, which is `reference`, with the values of the property that stand for it: those that are mapped to it, or its
/// name.
fn tagged(member: Value, reference: &str, property: &str, mapped: Vec<String>) -> Value {
    let name = reference.rsplit('/').next().unwrap_or_default();
    let values = if mapped.is_empty() { vec![name.to_owned()] } else { mapped };
    let values: Vec<Value> = values.iter().flat_map(|value| written(value)).collect();
    json!({"allOf": [member], "properties": {property: {"enum": values}}, "required": [property]})
}

/// What `reference` leads to as it is meant where `parent` is referred to, whose discriminator tells apart what extends it
/// (OpenAPI 3.0 section 4.7.25): with its values of the property. Nothing if the parent has none.
pub fn of_family(parent: &Value, reference: &str) -> Option<Value> {
    let discriminator = parent.get("discriminator")?;
    let property = discriminator.get("propertyName")?.as_str()?;
    Some(tagged(json!({"$ref": reference}), reference, property, mapped(discriminator, reference)))
}

/// Whether the schema says itself which values the property has: it, what it is made of, or each of its alternatives. What
/// was `seen` does: where one does not, nothing more is asked.
fn lists_values(document: &Value, schema: &Value, property: &str, seen: &mut BTreeSet<String>) -> bool {
    let target = schema.get("$ref").and_then(Value::as_str);
    if target.is_some_and(|target| !seen.insert(target.to_owned())) {
        return true;
    }
    let flat = flatten(document, schema);
    let listed = flat.get("properties").and_then(|properties| properties.get(property)).is_some_and(|property| {
        let property = flatten(document, property);
        ["const", "enum"].iter().any(|key| property.contains_key(*key))
    });
    let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| flat.get(*key)?.as_array());
    let lists = |member: &Value| lists_values(document, member, property, seen);
    listed || alternatives.is_some_and(|members| !members.is_empty() && members.iter().all(lists))
}

fn allow_several(schema: &mut Map<String, Value>) {
    if !schema.contains_key("anyOf")
        && let Some(members) = schema.remove("oneOf")
    {
        schema.insert("anyOf".to_owned(), members);
    }
}

/// Where what was at `pointer` in the document is when it has been converted.
pub fn located(converted: &Value, pointer: &str) -> String {
    let mut place = String::new();
    for token in pointer.split('/').skip(1) {
        let next = format!("{place}/{token}");
        let moved = token == "oneOf" && converted.pointer(&next).is_none();
        place = if moved { format!("{place}/anyOf") } else { next };
    }
    place
}

fn encode_reference(schema: &mut Map<String, Value>) {
    if let Some(Value::String(found)) = schema.get_mut("$ref")
        && let Some(pointer) = local_pointer(found)
    {
        *found = reference("", &pointer);
    }
}

fn drop_broken_pattern(schema: &mut Map<String, Value>, is_pattern: impl Fn(&str) -> bool) {
    if !schema.get("pattern").and_then(Value::as_str).is_none_or(is_pattern) {
        schema.remove("pattern");
    }
}

/// A reference to the schema at the pointer, percent-encoded as a URI's fragment must be (RFC 6901 section 6).
pub fn reference(base: &str, pointer: &str) -> String {
    let mut text = format!("{base}#");
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(version: &str, schema: &Value) -> Value {
        let document = json!({"openapi": version, "components": {"schemas": {"A": schema}}});
        convert(&document, |pattern| !pattern.contains("([")).pointer("/components/schemas/A").unwrap().clone()
    }

    #[test]
    fn nullable_is_a_type_or_an_alternative() {
        for (classic, modern) in [
            (json!({"type": "string", "nullable": true}), json!({"type": ["string", "null"]})),
            (json!({"type": "string", "nullable": false}), json!({"type": "string"})),
            (json!({"nullable": true, "properties": {}}), json!({"properties": {}, "type": ["object", "null"]})),
            (json!({"nullable": true, "anyOf": [{}]}), json!({"anyOf": [{}, {"type": "null"}]})),
            (json!({"nullable": true, "allOf": [{}]}), json!({"anyOf": [{"allOf": [{}]}, {"type": "null"}]})),
        ] {
            assert_eq!(converted("3.0.3", &classic), modern);
            assert_eq!(converted("3.1.0", &classic), classic, "3.1 has no `nullable`");
        }
    }

    #[test]
    fn exclusive_limits_are_numbers_and_nothing_stands_beside_a_reference() {
        let limits = json!({"minimum": 1, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": false});
        assert_eq!(converted("3.0.3", &limits), json!({"exclusiveMinimum": 1, "maximum": 2}));
        let reference = json!({"$ref": "#/components/schemas/B", "required": ["x"]});
        assert_eq!(converted("3.0.3", &reference), json!({"$ref": "#/components/schemas/B"}));
        assert_eq!(converted("3.1.0", &reference), reference);
    }

    #[test]
    fn a_discriminator_is_demanded_of_each_alternative() {
        let schema = json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "kitten": "Cat"}},
        });
        let kind = |member: &Value| member["properties"]["kind"]["enum"].clone();
        let found = converted("3.1.0", &schema);
        assert_eq!(kind(&found["anyOf"][0]), json!(["cat", "kitten"]));
        assert_eq!(kind(&found["anyOf"][1]), json!(["Dog"]));
        assert_eq!(found["anyOf"][1]["required"], json!(["kind"]));
    }

    #[test]
    fn the_values_of_a_mapping_are_of_the_propertys_type() {
        let schema = json!({
            "oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Yes"}],
            "discriminator": {"propertyName": "kind", "mapping": {"1": "One", "-2.5": "One", "true": "Yes", "null": "Yes"}},
        });
        let found = converted("3.1.0", &schema);
        let kind = |member: &Value| member["properties"]["kind"]["enum"].clone();
        assert_eq!(kind(&found["anyOf"][0]), json!(["1", 1, "-2.5", -2.5]));
        assert_eq!(kind(&found["anyOf"][1]), json!(["true", true, "null"]));
    }

    #[test]
    fn values_that_a_member_lists_itself_stand_for_it_wherever_it_lists_them() {
        let component = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let fixed = |value: &str| json!({"properties": {"kind": {"enum": [value]}}});
        let of = json!([component("Base"), component("Extended"), component("Either")]);
        let document = json!({"openapi": "3.1.0", "components": {"schemas": {
            "Base": fixed("base"), "Extended": {"allOf": [component("Base"), {"required": ["more"]}]},
            "Either": {"oneOf": [fixed("a"), fixed("b")]},
            "A": {"oneOf": of, "discriminator": {"propertyName": "kind"}},
        }}});
        let found = convert(&document, |_| true);
        let members = found.pointer("/components/schemas/A/anyOf").and_then(Value::as_array).unwrap();
        assert_eq!(members.len(), 3);
        assert!(members.iter().all(|member| member.get("properties").is_none() && member["required"][0] == "kind"));
    }

    #[test]
    fn alternatives_of_alternatives_are_each_asked_once() {
        let component = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        // Ten levels of six: sixty million ways, and sixty schemas.
        let mut schemas: Map<String, Value> = Map::new();
        for level in 0..10 {
            let below: Vec<Value> = (0..6).map(|index| component(&format!("S{}-{index}", level + 1))).collect();
            schemas.extend((0..6).map(|index| (format!("S{level}-{index}"), json!({"oneOf": below}))));
        }
        schemas.extend((0..6).map(|index| (format!("S10-{index}"), json!({"properties": {"kind": {"enum": ["a"]}}}))));
        let of: Vec<Value> = (0..6).map(|index| component(&format!("S0-{index}"))).collect();
        schemas.insert("Root".to_owned(), json!({"oneOf": of, "discriminator": {"propertyName": "kind"}}));
        // What leads back to itself says nothing of its own.
        schemas.insert(
            "Loop".to_owned(),
            json!({"oneOf": [component("Loop")], "discriminator": {"propertyName": "kind"}}),
        );
        let document = json!({"openapi": "3.1.0", "components": {"schemas": schemas}});
        let found = convert(&document, |_| true);
        let members = found.pointer("/components/schemas/Root/anyOf").and_then(Value::as_array).unwrap();
        assert!(members.iter().all(|member| member.get("properties").is_none() && member["required"][0] == "kind"));
    }

    #[test]
    fn alternatives_may_overlap_and_are_found_where_they_have_moved() {
        let schema = converted("3.1.0", &json!({"oneOf": [{}, {"properties": {"oneOf": {"oneOf": [true]}}}]}));
        assert_eq!(schema, json!({"anyOf": [{}, {"properties": {"oneOf": {"anyOf": [true]}}}]}));
        assert_eq!(located(&schema, "/oneOf/1/properties/oneOf/oneOf/0"), "/anyOf/1/properties/oneOf/anyOf/0");
    }

    #[test]
    fn a_pattern_that_is_none_is_dropped() {
        assert_eq!(converted("3.1.0", &json!({"pattern": "([a-z"})), json!({}));
        assert_eq!(converted("3.1.0", &json!({"pattern": "^a$"})), json!({"pattern": "^a$"}));
    }

    #[test]
    fn references_are_encoded_as_fragments() {
        let pointer = "/paths/~1a~1{id}/get";
        assert_eq!(reference("urn:x", pointer), "urn:x#/paths/~1a~1%7Bid%7D/get");
        assert_eq!(local_pointer("#/paths/~1a~1%7Bid%7D/get").as_deref(), Some(pointer));
        assert_eq!(converted("3.1.0", &json!({"$ref": "#/é%7E"})), json!({"$ref": "#/%C3%A9~"}));
    }
}
