//! The value that stands for a schema in a discriminator's property, as Swagger 2.0's users say it beside the schema itself:
//! `x-discriminator-value` and `x-ms-discriminator-value`, for Swagger 2.0 has no `mapping` (section "Schema Object"). It
//! becomes an entry of the `mapping` (OpenAPI 3.0 section 4.7.25) of each discriminator that can meet the schema, so that
//! every pass behind reads one way of saying it. What a mapping says itself counts.

use crate::diagnostics::pointer_join;
use crate::lint::{Kind, visit};
use crate::schema::references;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where the value of a schema stands.
const WORDS: [&str; 2] = ["x-discriminator-value", "x-ms-discriminator-value"];

/// How many generations are looked at.
const MAX_GENERATIONS: usize = 32;

/// Writes the values of schemas into the mappings of their discriminators.
pub fn spell_out(document: &mut Value) {
    let values = values(document);
    if values.is_empty() {
        return;
    }
    let children = children(document);
    let mut found = Vec::new();
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| {
        if kind == Kind::Schema && fields.get("discriminator").is_some_and(Value::is_object) {
            found.push((pointer.to_owned(), alternatives(document, fields, pointer, &children)));
        }
    });
    for (pointer, alternatives) in found {
        let discriminator = document.pointer_mut(&pointer).and_then(|schema| schema.get_mut("discriminator"));
        let Some(discriminator) = discriminator.and_then(Value::as_object_mut) else { continue };
        let mapping = discriminator.entry("mapping").or_insert_with(|| Value::Object(Map::new()));
        let Some(mapping) = mapping.as_object_mut() else { continue };
        for alternative in alternatives {
            if let Some(value) = values.get(&alternative).filter(|_| !names(mapping, &alternative)) {
                mapping.entry(value.as_str()).or_insert_with(|| format!("#{alternative}").into());
            }
        }
        if mapping.is_empty() {
            discriminator.shift_remove("mapping");
        }
    }
}

/// Whether a mapping leads to the schema at a pointer.
fn names(mapping: &Map<String, Value>, pointer: &str) -> bool {
    mapping.values().any(|target| target.as_str().is_some_and(|target| references::mapped(target) == pointer))
}

/// The value of each component that has one, beside its own words or in a part of it.
fn values(document: &Value) -> BTreeMap<String, String> {
    let components = document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    let said = |schema: &Value| WORDS.iter().find_map(|word| schema.get(*word)?.as_str().map(str::to_owned));
    let found = components.filter_map(|(name, schema)| {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let value = said(schema).or_else(|| parts.filter(|part| part.get("$ref").is_none()).find_map(said))?;
        Some((pointer_join("/components/schemas", name), value))
    });
    found.collect()
}

/// The components that extend each, in the document's order.
fn children(document: &Value) -> BTreeMap<String, Vec<String>> {
    let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, schema) in document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten() {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for (parent, _) in parts.filter_map(|part| references::find(document, part.get("$ref")?.as_str()?)) {
            children.entry(parent).or_default().push(pointer_join("/components/schemas", name));
        }
    }
    children
}

/// What the discriminator of a schema tells apart: its alternatives, or itself and what extends it.
fn alternatives(
    document: &Value,
    fields: &Map<String, Value>,
    pointer: &str,
    children: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    let listed = ["oneOf", "anyOf"].into_iter().filter_map(|key| fields.get(key)?.as_array()).flatten();
    let mut found: Vec<String> = listed
        .filter_map(|alternative| Some(references::find(document, alternative.get("$ref")?.as_str()?)?.0))
        .collect();
    if !found.is_empty() {
        return found;
    }
    let (mut seen, mut generation) = (BTreeSet::from([pointer.to_owned()]), vec![pointer.to_owned()]);
    for _ in 0..MAX_GENERATIONS {
        let next = generation.iter().filter_map(|pointer| children.get(pointer)).flatten().cloned().collect::<Vec<_>>();
        found.append(&mut generation);
        generation = next.into_iter().filter(|pointer| seen.insert(pointer.clone())).collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mapping(document: &Value, place: &str) -> Value {
        document
            .pointer(place)
            .and_then(|schema| schema.get("discriminator")?.get("mapping"))
            .cloned()
            .unwrap_or_default()
    }

    #[test]
    fn the_value_of_a_schema_is_in_the_mappings_that_meet_it() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let kind = json!({"propertyName": "kind"});
        let mut document = json!({
            "openapi": "3.0.3",
            "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {
                "oneOf": [reference("Cat"), reference("Dog"), reference("Cow")],
                "discriminator": {"propertyName": "kind", "mapping": {"dog": "Dog"}},
            }}}}}}}},
            "components": {"schemas": {
                "Pet": {"discriminator": kind, "x-ms-discriminator-value": "pet"},
                "Cat": {"allOf": [reference("Pet")], "x-discriminator-value": "cat.v1"},
                "Lion": {"allOf": [reference("Cat"), {"x-ms-discriminator-value": "lion"}]},
                "Dog": {"allOf": [reference("Pet")], "x-discriminator-value": "dog.v1"},
                "Cow": {"allOf": [reference("Pet")], "x-ms-discriminator-value": 7},
                "Rock": {"x-discriminator-value": "rock"},
            }},
        });
        spell_out(&mut document);
        let to = |name: &str| format!("#/components/schemas/{name}");
        let union = "/paths/~1a/get/responses/200/content/application~1json/schema";
        assert_eq!(mapping(&document, union), json!({"dog": "Dog", "cat.v1": to("Cat")}));
        assert_eq!(
            mapping(&document, "/components/schemas/Pet"),
            json!({"pet": to("Pet"), "cat.v1": to("Cat"), "dog.v1": to("Dog"), "lion": to("Lion")})
        );
    }
}
