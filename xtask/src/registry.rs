//! Which Rust type each schema of a document has, down to the last property: what tests of values are made of.
//!
//! The plan knows the types of definitions, bodies and parameters; from there on a schema's keywords and its type are
//! followed together. What `allOf` merges is followed no further: its members mean something only together, and so they
//! have no types of their own.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use codegen::{
    diagnostics::pointer_join,
    plan::{Plan, Presence, StructDef, TypeKind, TypeRef},
    polish::spelled,
};

/// The Rust types by the JSON pointers of their schemas, named in the module `types`.
pub fn registry(document: &Value, plan: &Plan, types: &str) -> BTreeMap<String, String> {
    let mut walk = Walk { document, plan, found: BTreeMap::new() };
    for (pointer, ty) in &plan.schemas {
        walk.schema(pointer, ty);
    }
    walk.found.iter().map(|(pointer, ty)| (pointer.clone(), spelled(ty, types))).collect()
}

struct Walk<'a> {
    document: &'a Value,
    plan: &'a Plan,
    found: BTreeMap<String, TypeRef>,
}

impl<'a> Walk<'a> {
    /// Notes the type of the schema at `pointer`, and those of what is in it.
    fn schema(&mut self, pointer: &str, ty: &TypeRef) {
        let document = self.document;
        let Some(found) = document.pointer(pointer) else { return };
        if self.found.contains_key(pointer) {
            return;
        }
        // A definition's own type is known from the plan, wherever else it is met as a part.
        let ty = self.plan.schemas.get(pointer).unwrap_or(ty).clone();
        self.found.insert(pointer.to_owned(), ty.clone());
        let Some(schema) = found.as_object() else { return };
        let value = if let TypeRef::Nullable(inner) = &ty { inner } else { &ty };
        match composition(schema) {
            Some(key) => self.alternatives(schema, pointer, key, &ty),
            None => self.parts(schema, pointer, value),
        }
    }

    /// A value of one of the alternatives is a value of the whole. Where something stands beside them, or all must hold,
    /// they are only parts of the whole.
    fn alternatives(&mut self, schema: &Map<String, Value>, pointer: &str, key: &str, ty: &TypeRef) {
        let alone = schema.keys().all(|other| other == key || other == "type" || !is_structural(other));
        let members = schema.get(key).and_then(Value::as_array).filter(|_| key != "allOf" && alone);
        let place = pointer_join(pointer, key);
        for index in 0..members.map_or(0, Vec::len) {
            self.schema(&pointer_join(&place, &index.to_string()), ty);
        }
    }

    /// The schemas of what a value holds.
    fn parts(&mut self, schema: &Map<String, Value>, pointer: &str, ty: &TypeRef) {
        match ty {
            TypeRef::Array(items) => self.items(schema, pointer, items),
            TypeRef::Map(values) => self.values(schema, pointer, values),
            TypeRef::Any => {
                self.items(schema, pointer, ty);
                self.values(schema, pointer, ty);
                for name in keys(schema, "properties") {
                    self.schema(&pointer_join(&pointer_join(pointer, "properties"), &name), ty);
                }
            }
            TypeRef::Named(name) => match self.plan.types.get(name).map(|found| &found.kind) {
                Some(TypeKind::Struct(found)) => self.properties(schema, pointer, found),
                Some(TypeKind::Newtype(inner)) => self.parts(schema, pointer, inner),
                // A type array: each shape is one of its types.
                Some(TypeKind::Union(found)) => found.variants.iter().for_each(|variant| {
                    self.parts(schema, pointer, &variant.ty);
                }),
                Some(TypeKind::Enum(_)) | None => {}
            },
            _ => {}
        }
    }

    fn items(&mut self, schema: &Map<String, Value>, pointer: &str, items: &TypeRef) {
        let place = pointer_join(pointer, "prefixItems");
        for index in 0..schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len) {
            self.schema(&pointer_join(&place, &index.to_string()), items);
        }
        if schema.contains_key("items") {
            self.schema(&pointer_join(pointer, "items"), items);
        }
    }

    fn values(&mut self, schema: &Map<String, Value>, pointer: &str, values: &TypeRef) {
        if schema.get("additionalProperties").is_some_and(Value::is_object) {
            self.schema(&pointer_join(pointer, "additionalProperties"), values);
        }
        for pattern in keys(schema, "patternProperties") {
            self.schema(&pointer_join(&pointer_join(pointer, "patternProperties"), &pattern), values);
        }
    }

    fn properties(&mut self, schema: &Map<String, Value>, pointer: &str, structure: &'a StructDef) {
        let place = pointer_join(pointer, "properties");
        let declared = schema.get("properties").and_then(Value::as_object);
        for field in structure.fields.iter().filter(|field| declared.is_some_and(|all| all.contains_key(&field.wire))) {
            let ty = match field.presence {
                Presence::Required | Presence::Optional => field.ty.clone(),
                Presence::RequiredNullable | Presence::OptionalNullable => nullable(&field.ty),
            };
            self.schema(&pointer_join(&place, &field.wire), &ty);
        }
        if let Some((_, values)) = &structure.extra {
            self.values(schema, pointer, values);
        }
    }
}

/// The keyword that composes the schema of others.
fn composition(schema: &Map<String, Value>) -> Option<&'static str> {
    ["allOf", "oneOf", "anyOf"].into_iter().find(|key| schema.contains_key(*key))
}

/// Whether a keyword beside a composition adds to it.
fn is_structural(key: &str) -> bool {
    matches!(
        key,
        "$ref"
            | "properties"
            | "required"
            | "additionalProperties"
            | "items"
            | "enum"
            | "const"
            | "allOf"
            | "oneOf"
            | "anyOf"
    )
}

fn keys(schema: &Map<String, Value>, key: &str) -> Vec<String> {
    schema.get(key).and_then(Value::as_object).map(|found| found.keys().cloned().collect()).unwrap_or_default()
}

fn nullable(ty: &TypeRef) -> TypeRef {
    match ty {
        TypeRef::Nullable(_) | TypeRef::Any => ty.clone(),
        _ => TypeRef::Nullable(Box::new(ty.clone())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use codegen::{diagnostics::Diagnostics, lower::lower};

    fn types(schemas: &Value) -> Vec<(String, String)> {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": schemas}});
        let found = registry(&document, &lower("t", &document, &mut Diagnostics::default()), "t");
        let short = |pointer: &str| pointer.trim_start_matches("/components/schemas/").to_owned();
        found.iter().map(|(pointer, ty)| (short(pointer), ty.clone())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(pointer, ty)| ((*pointer).to_owned(), (*ty).to_owned())).collect()
    }

    #[test]
    fn properties_items_and_values_have_types() {
        let schemas = json!({"A": {"properties": {
            "list": {"type": "array", "items": {"type": ["integer", "null"]}},
            "map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/A"}},
        }}});
        let expected = [
            ("A", "t::A"),
            ("A/properties/list", "Vec<Option<i64>>"),
            ("A/properties/list/items", "Option<i64>"),
            ("A/properties/map", "std::collections::BTreeMap<String,t::A>"),
            ("A/properties/map/additionalProperties", "t::A"),
        ];
        let found: Vec<_> = types(&schemas).into_iter().map(|(pointer, ty)| (pointer, ty.replace(' ', ""))).collect();
        assert_eq!(found, pairs(&expected));
    }

    #[test]
    fn alternatives_have_the_type_of_the_whole_and_members_of_all_of_none() {
        let schemas = json!({
            "Either": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "Both": {"allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}]},
        });
        let expected = [
            ("Both", "t::Both"),
            ("Either", "t::Either"),
            ("Either/oneOf/0", "t::Either"),
            ("Either/oneOf/1", "t::Either"),
            ("Either/oneOf/1/items", "String"),
        ];
        assert_eq!(types(&schemas), pairs(&expected));
    }
}
