//! The value that stands for a schema in a discriminator's property, as Swagger 2.0's users say it beside the schema itself:
//! `x-discriminator-value` and `x-ms-discriminator-value`, for Swagger 2.0 has no `mapping` (section "Schema Object"). It
//! becomes an entry of the `mapping` (OpenAPI 3.0 section 4.7.25) of each discriminator that can meet the schema, so that
//! every pass behind reads one way of saying it. What a mapping says itself counts.

use crate::diagnostics::pointer_join;
use crate::objects::{Kind, visit};
use crate::schema::{families::Families, references};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where the value of a schema stands.
const WORDS: [&str; 2] = ["x-discriminator-value", "x-ms-discriminator-value"];

/// Writes the values of schemas into the mappings of their discriminators.
pub fn spell_out(document: &mut Value) {
    let values = values(document);
    if values.is_empty() {
        return;
    }
    let families = Families::of(document);
    let mut found = Vec::new();
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| {
        if kind == Kind::Schema && fields.get("discriminator").is_some_and(Value::is_object) {
            found.push((pointer.to_owned(), alternatives(document, fields, pointer, &families)));
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

/// What the discriminator of a schema tells apart: its alternatives, or itself and what extends it.
fn alternatives(document: &Value, fields: &Map<String, Value>, pointer: &str, families: &Families) -> Vec<String> {
    let listed: Vec<String> = references::alternatives(document, fields).collect();
    if !listed.is_empty() {
        return listed;
    }
    std::iter::once(pointer.to_owned()).chain(Families::reached(pointer, &families.children)).collect()
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
