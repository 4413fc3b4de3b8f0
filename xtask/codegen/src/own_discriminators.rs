//! The `discriminator` that a component writes into a part of its `allOf`, as what is its own beside what it extends, is the
//! component's: `allOf` says that a value is all of its parts at once (OpenAPI 3.0 section 4.7.24.1). It moves up to the
//! component, where every pass behind looks for it, if other components extend that.
//!
//! What a component says itself counts, and so does the first of several. That of a union is for the union's alternatives.

use crate::{
    diagnostics::pointer_join,
    load::Document,
    schema::{families::Families, references::ALTERNATIVES},
};
use serde_json::Value;

/// How many parts are in each other.
const MAX_DEPTH: usize = 8;

/// Moves them.
pub fn move_up(document: &mut Document) {
    let families = Families::of(&document.value);
    let before = document.origins.clone();
    let bases = families.children.keys().filter(|base| base.starts_with("/components/schemas/"));
    let found: Vec<_> = bases.filter_map(|base| Some((base, inner(document.value.pointer(base)?, base, 0)?))).collect();
    for (base, part) in found {
        let said = document.value.pointer_mut(&part).and_then(Value::as_object_mut);
        let Some(said) = said.and_then(|part| part.shift_remove("discriminator")) else { continue };
        let Some(own) = document.value.pointer_mut(base).and_then(Value::as_object_mut) else { continue };
        own.insert("discriminator".to_owned(), said);
        let from = pointer_join(&part, "discriminator");
        document.origins.moved(&pointer_join(base, "discriminator"), &before, &from);
    }
}

/// The pointer of the part of the schema at `pointer` that has its discriminator; none if the schema has one itself, or is a union.
fn inner(schema: &Value, pointer: &str, depth: usize) -> Option<String> {
    let ends = ["discriminator", "$ref"].iter().chain(&ALTERNATIVES).any(|key| schema.get(*key).is_some());
    let parts = schema.get("allOf").filter(|_| !ends && depth < MAX_DEPTH)?.as_array()?;
    parts.iter().enumerate().find_map(|(index, part)| {
        let place = format!("{pointer}/allOf/{index}");
        let is_part = ["$ref"].iter().chain(&ALTERNATIVES).all(|key| part.get(*key).is_none());
        let has_it = is_part && part.get("discriminator").is_some_and(Value::is_object);
        if has_it { Some(place) } else { inner(part, &place, depth + 1) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn moved(schemas: Value) -> Document {
        let value = json!({"openapi": "3.0.3", "components": {"schemas": schemas}});
        let mut document = Document { value, ..Document::default() };
        move_up(&mut document);
        document
    }

    fn kind(name: &str) -> Value {
        json!({"type": "object", "discriminator": {"propertyName": name}})
    }

    #[test]
    fn what_a_part_tells_its_heirs_apart_by_is_the_components_own() {
        let extends =
            |name: &str, own: Value| json!({"allOf": [{"$ref": format!("#/components/schemas/{name}")}, own]});
        let document = moved(json!({
            "Animal": kind("kind"),
            "Mammal": extends("Animal", json!({"allOf": [kind("sub")]})),
            "Bat": extends("Mammal", kind("wing")),
            "Either": {"allOf": [{"oneOf": [{}, {}], "discriminator": {"propertyName": "k"}}]},
            "One": extends("Either", json!({})),
            "Own": {"discriminator": {"propertyName": "own"}, "allOf": [kind("inner")]},
            "Heir": extends("Own", json!({})),
        }));
        let said =
            |place: &str| document.value.pointer(&format!("/components/schemas/{place}/discriminator/propertyName"));
        let said = |place: &str| said(place).and_then(Value::as_str);
        assert_eq!((said("Mammal"), said("Mammal/allOf/1/allOf/0")), (Some("sub"), None));
        assert_eq!(
            document.origins.resolve("/components/schemas/Mammal/discriminator/propertyName").pointer,
            "/components/schemas/Mammal/allOf/1/allOf/0/discriminator/propertyName"
        );
        // Nobody extends it.
        assert_eq!((said("Bat"), said("Bat/allOf/1")), (None, Some("wing")));
        assert_eq!((said("Either"), said("Either/allOf/0")), (None, Some("k")));
        assert_eq!((said("Own"), said("Own/allOf/0")), (Some("own"), Some("inner")));
    }
}
