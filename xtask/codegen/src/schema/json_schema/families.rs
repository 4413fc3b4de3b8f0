//! The tags of schemas that extend another one, whose `discriminator` tells them apart (OpenAPI 3.0 section 4.7.25): a value
//! of such a schema has its own tag, or that of what extends it further. Where the parent lists those that extend it, it demands of
//! each what it says beside: that a value is one of them is what is being said.

use super::mapping::mapped;
use crate::schema::{families::Families, keywords::written, references};
use serde_json::{Value, json};

/// Adds to each component that extends one with a discriminator which values the property can have.
pub fn spell_out(converted: &mut Value, document: &Value) {
    let families = Families::of(document);
    for pointer in families.parents.keys() {
        leave_alternatives(converted, document, &families, pointer);
    }
    for pointer in families.parents.keys() {
        let Some((property, values)) = tags(document, &families, pointer) else { continue };
        let values: Vec<Value> = values.iter().flat_map(|value| written(value)).collect();
        let schema = converted.pointer_mut(pointer).and_then(|schema| schema.get_mut("allOf"));
        if let Some(Value::Array(members)) = schema {
            members.push(json!({"properties": {property.clone(): {"enum": values}}, "required": [property]}));
        }
    }
}

/// Puts in the place of each parent that lists the component, or what extends it, what the parent says beside.
fn leave_alternatives(converted: &mut Value, document: &Value, families: &Families, pointer: &str) {
    let members = document.pointer(pointer).and_then(|schema| schema.get("allOf")?.as_array()).into_iter().flatten();
    for (index, member) in members.enumerate() {
        let parent = member.get("$ref").and_then(Value::as_str).and_then(|target| references::find(document, target));
        let Some((parent, _)) = parent.filter(|(_, found)| families.are_listed(document, found, pointer)) else {
            continue;
        };
        let own = converted.pointer(&parent).and_then(Value::as_object).map(references::beside_alternatives);
        if let Some(place) = converted.pointer_mut(&format!("{pointer}/allOf/{index}")) {
            *place = Value::Object(own.unwrap_or_default());
        }
    }
}

/// The property that tells apart what the component extends, and its values for the component and for what extends it.
fn tags(document: &Value, families: &Families, pointer: &str) -> Option<(String, Vec<String>)> {
    let discriminator = families.inherited(document, pointer)?;
    let property = discriminator.get("propertyName")?.as_str()?.to_owned();
    if fixes(document.pointer(pointer)?, &property) {
        return None;
    }
    let heirs = Families::reached(pointer, &families.children);
    let values = std::iter::once(pointer.to_owned()).chain(heirs).flat_map(|pointer| {
        let reference = format!("#{pointer}");
        let mapped = mapped(discriminator, &reference);
        let name = pointer.rsplit('/').next().unwrap_or_default().to_owned();
        if mapped.is_empty() { vec![name] } else { mapped }
    });
    Some((property, values.collect()))
}

/// Whether the schema says itself which one value the property has.
fn fixes(schema: &Value, property: &str) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten().chain([schema]);
    parts.filter_map(|part| part.get("properties")?.get(property)).any(|property| {
        property.get("const").is_some()
            || property.get("enum").and_then(Value::as_array).is_some_and(|list| list.len() == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_demands_of_those_that_it_lists_what_it_says_beside() {
        let listed = json!([{"$ref": "#/components/schemas/Car"}]);
        let parent = |key: &str| json!({"required": ["kind"], key: listed, "discriminator": {"propertyName": "kind"}});
        for key in references::ALTERNATIVES {
            let car = json!({"allOf": [{"$ref": "#/components/schemas/Vehicle"}, {"required": ["doors"]}]});
            let document = json!({"openapi": "3.1.0", "components": {"schemas": {"Vehicle": parent(key), "Car": car}}});
            let mut converted = document.clone();
            spell_out(&mut converted, &document);
            let demanded = json!([
                {"required": ["kind"], "discriminator": {"propertyName": "kind"}}, {"required": ["doors"]},
                {"properties": {"kind": {"enum": ["Car"]}}, "required": ["kind"]},
            ]);
            assert_eq!(converted["components"]["schemas"]["Car"]["allOf"], demanded);
        }
    }

    #[test]
    fn what_extends_a_parent_has_its_own_tags_and_those_of_what_extends_it() {
        let child =
            |parent: &str, more: Value| json!({"allOf": [{"$ref": format!("#/components/schemas/{parent}")}, more]});
        let schemas = json!({
            "Animal": {"discriminator": {"propertyName": "kind", "mapping": {"lion": "#/components/schemas/Lion", "leo": "Lion"}}},
            "Cat": child("Animal", json!({})), "Lion": child("Cat", json!({})),
            "Dog": child("Animal", json!({"properties": {"kind": {"const": "dog"}}})),
            "Tree": {"type": "object"}, "Oak": child("Tree", json!({})),
        });
        let document = json!({"openapi": "3.1.0", "components": {"schemas": schemas}});
        let mut converted = document.clone();
        spell_out(&mut converted, &document);
        let added = |name: &str| converted["components"]["schemas"][name]["allOf"].get(2).cloned();
        let tagged = |values: &[&str]| Some(json!({"properties": {"kind": {"enum": values}}, "required": ["kind"]}));
        assert_eq!(added("Cat"), tagged(&["Cat", "lion", "leo"]));
        assert_eq!(added("Lion"), tagged(&["lion", "leo"]));
        assert_eq!((added("Dog"), added("Oak")), (None, None));
    }
}
