//! Properties that are there for some values only: `if`, `then`, `else`, `dependentSchemas`, `dependentRequired`, and what
//! is named where a schema says which properties go together (JSON Schema 2020-12 core, section 10.2.2; validation, 6.5.4).
//!
//! Types know no conditions. What may be there is an optional property; what it is, where the branches differ, one of
//! several shapes. Whether the condition holds is left to the server to check.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::object::strings;
use super::typed::IntoVariants;
use super::{Object, Origin, Property, Schemas, Shape, Typed};
use crate::diagnostics::{Diagnostic, pointer_join};

/// How deep unions are looked into.
const MAX_DEPTH: usize = 8;

impl Schemas<'_> {
    /// Adds the properties that `schema` speaks of only for some values.
    pub(super) fn conditional(&mut self, schema: &Map<String, Value>, pointer: &str, object: &mut Object) {
        let described = object.properties.len();
        let mut seen = BTreeSet::new();
        for (branch, place) in branches(schema, pointer) {
            let typed = self.nested(branch, &place);
            self.take_in(&typed, object, &mut seen, 0);
        }
        for name in mentioned(schema) {
            let typed = Typed::new(Shape::Any, pointer);
            object.properties.entry(name).or_insert(Property::new(typed, false, Origin::Mentioned));
        }
        if object.properties.len() > described {
            self.diagnostics.push(Diagnostic::adaptation(
                "conditional-properties",
                pointer,
                "properties that are there under a condition are optional; the server checks the condition",
            ));
        }
    }

    /// Takes in what a branch describes; a definition that it has `seen` has nothing to add.
    fn take_in(&mut self, branch: &Typed, object: &mut Object, seen: &mut BTreeSet<String>, depth: usize) {
        if branch.shape.target().is_some_and(|target| !seen.insert(target.to_owned())) {
            return;
        }
        match self.resolved(branch).shape {
            Shape::Object(found) => {
                for (name, property) in found.properties {
                    self.take_in_property(name, property, object);
                }
                object.additional = object.additional.take().or(found.additional);
            }
            Shape::Union(found) if depth < MAX_DEPTH => {
                found.variants.iter().for_each(|variant| self.take_in(&variant.typed, object, seen, depth + 1));
            }
            Shape::Map(values) if super::object::is_express(&values) => {
                object.additional.get_or_insert(values);
            }
            _ => {}
        }
    }

    fn take_in_property(&mut self, name: String, property: Property, object: &mut Object) {
        let origin = property.origin.min(Origin::Conditional);
        let found = Property { required: false, origin, ..property };
        let merged = match object.properties.get(&name) {
            Some(known) => self.either(known, &found),
            None => found,
        };
        object.properties.insert(name, merged);
    }

    /// A property of which two schemas speak, of which not both hold for every value.
    pub(super) fn either(&mut self, left: &Property, right: &Property) -> Property {
        let (required, tag) = (left.required || right.required, left.tag || right.tag);
        if left.origin != right.origin {
            let typed = if left.origin > right.origin { &left.typed } else { &right.typed };
            return Property { typed: typed.clone(), required, origin: left.origin.max(right.origin), tag };
        }
        let pointer = left.typed.pointer.clone();
        let variants = vec![left.typed.clone(), right.typed.clone()].into_variants();
        Property { typed: self.one_of(variants, None, &pointer), required, origin: left.origin, tag }
    }
}

/// Whether a schema that names no type is one of objects by what it says under a condition.
pub(super) fn describes_objects(schema: &Map<String, Value>) -> bool {
    const OF_OBJECTS: &[&str] = &["properties", "required", "allOf", "oneOf", "anyOf", "$ref"];
    let named = ["dependentRequired", "dependentSchemas", "dependencies"].iter().any(|key| schema.contains_key(*key));
    named
        || branches(schema, "").into_iter().filter_map(|(branch, _)| branch.as_object()).any(|branch| {
            branch.get("type").is_none_or(|name| name == "object")
                && (OF_OBJECTS.iter().any(|key| branch.contains_key(*key)) || describes_objects(branch))
        })
}

/// The schemas that hold for some values, each with its place.
fn branches<'v>(schema: &'v Map<String, Value>, pointer: &str) -> Vec<(&'v Value, String)> {
    let mut found = Vec::new();
    for key in ["then", "else"] {
        found.extend(schema.get(key).map(|branch| (branch, pointer_join(pointer, key))));
    }
    for key in ["dependentSchemas", "dependencies"] {
        let place = pointer_join(pointer, key);
        let dependents = schema.get(key).and_then(Value::as_object).into_iter().flatten();
        found.extend(dependents.map(|(name, branch)| (branch, pointer_join(&place, name))));
    }
    found.retain(|(branch, _)| branch.is_object());
    found
}

/// The names of properties that may be there, for the schema says what follows from it.
fn mentioned(schema: &Map<String, Value>) -> Vec<String> {
    let mut names = Vec::new();
    for key in ["dependentRequired", "dependentSchemas", "dependencies"] {
        for (name, dependents) in schema.get(key).and_then(Value::as_object).into_iter().flatten() {
            names.push(name.clone());
            names.extend(strings(Some(dependents)).map(str::to_owned));
        }
    }
    if let Some(condition) = schema.get("if").and_then(Value::as_object) {
        names.extend(
            condition.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()),
        );
        names.extend(strings(condition.get("required")).map(str::to_owned));
    }
    // What must not be there together may be there alone; what must not be there alone may not be there at all.
    let together: Vec<&str> = strings(schema.get("not").and_then(|not| not.get("required"))).collect();
    if together.len() > 1 {
        names.extend(together.into_iter().map(str::to_owned));
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{properties, shape, understand};
    use super::*;

    #[test]
    fn what_is_there_under_a_condition_is_optional() {
        let schema = json!({
            "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"],
            "if": {"properties": {"a": {"const": "x"}, "i": {}}, "required": ["j"]},
            "then": {"properties": {"b": {"type": "integer"}}, "required": ["b", "t"]},
            "else": {"allOf": [{"properties": {"b": {"type": "number"}}}, {"properties": {"e": {}}}]},
            "dependentSchemas": {"d": {"oneOf": [{"properties": {"x": {}}}, {"properties": {"y": {}}}]}},
            "dependentRequired": {"m": ["n"]},
            "not": {"required": ["k", "l"]},
        });
        let (typed, codes) = understand(&json!({}), &schema);
        let names = ["a!", "b!", "t", "e", "x", "y", "m", "n", "d", "i", "j", "k", "l"];
        assert_eq!(properties(&typed.shape), names);
        assert!(codes.contains(&"conditional-properties"));
        let Shape::Object(object) = typed.shape else { panic!("no object") };
        assert_eq!(object.properties["b"].typed.shape, Shape::Number, "either branch's");
    }

    #[test]
    fn what_is_described_for_every_value_is_what_it_is_under_a_condition_too() {
        for schema in [
            json!({"properties": {"a": {"type": "number"}}, "if": {}, "then": {"properties": {"a": {"type": "integer"}}}}),
            json!({"allOf": [{"properties": {"a": {"type": "number"}}}, {"if": {}, "then": {"properties": {"a": {"type": "integer"}}}}]}),
            json!({"allOf": [{"if": {}, "then": {"properties": {"a": {"type": "integer"}}}}, {"properties": {"a": {"type": "number"}}}]}),
        ] {
            let Shape::Object(object) = shape(&schema) else { panic!("no object: {schema}") };
            assert_eq!(object.properties["a"].typed.shape, Shape::Number, "{schema}");
            assert!(object.additional.is_none(), "{schema}");
        }
    }

    #[test]
    fn an_object_of_which_nothing_is_described_keeps_everything() {
        let Shape::Object(object) = shape(&json!({"type": "object", "if": {}, "then": {"properties": {"a": {}}}}))
        else {
            panic!("no object")
        };
        assert!(object.additional.is_some());
    }

    #[test]
    fn what_must_not_be_there_is_no_property() {
        let schema = json!({"properties": {"a": {}}, "not": {"required": ["b"]}});
        assert_eq!(properties(&shape(&schema)), ["a"]);
    }
}
