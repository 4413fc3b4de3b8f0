//! References by name become references by place (JSON Schema 2020-12 sections 8.2 and 9.2): those to what a schema calls
//! itself by `$id`, `$anchor` or `$dynamicAnchor`, or a document by `$self` (OpenAPI 3.2 section 4.1.2.2.2), and those that are
//! relative to an `$id`. The passes behind know one kind of
//! reference, a JSON pointer from the document's root; an `$id` that has done its work is taken out, for nothing may be
//! relative to it any more.

mod names;
mod templates;

pub use self::names::join;
use self::{
    names::{Names, Target, written},
    templates::Copies,
};
use crate::{
    bundle::walk::{Found, Slot, walk},
    diagnostics::{Diagnostic, Diagnostics, pointer_join},
};
use serde_json::Value;

/// The words, behind a `$`, without which there is nothing to do here.
const WORDS: [&str; 5] = ["id", "anchor", "dynamicAnchor", "dynamicRef", "self"];

/// Whether a text may have names that references go by.
pub fn may_have_names(text: &str) -> bool {
    // All begin alike, and that is looked for once.
    text.split('$').skip(1).any(|behind| WORDS.iter().any(|word| behind.starts_with(word)))
}

/// Makes references by name in `value`, which is what `slot` says, references by place.
pub fn identify(value: &mut Value, slot: Slot, diagnostics: &mut Diagnostics) {
    let walk = walk("", slot, value, false);
    let names = Names::of(&walk, value);
    if names.is_empty() && walk.dynamic.is_empty() {
        return;
    }
    let copies = Copies::of(&names, &walk, value);
    for found in &walk.found {
        let target = names.target(found, value);
        put(value, found, target, diagnostics);
    }
    for (place, copy) in copies.make(value) {
        if let Some(schema) = value.pointer_mut(&place).and_then(Value::as_object_mut) {
            templates::fill(schema, copy);
        }
    }
    for found in &walk.dynamic {
        let target = match names.target(found, value) {
            // Whoever means another one has a copy.
            Target::Several(Some(own)) if !copies.unresolved.contains(&found.pointer) => Target::Place(own),
            target => target,
        };
        put(value, found, target, diagnostics);
    }
    for resource in names.resources.keys() {
        if let Some(schema) = value.pointer_mut(resource).and_then(Value::as_object_mut) {
            schema.shift_remove("$id");
        }
    }
}

fn put(value: &mut Value, found: &Found, target: Target, diagnostics: &mut Diagnostics) {
    let key = if found.is_dynamic { "$dynamicRef" } else { "$ref" };
    let place = if found.is_mapping { found.pointer.clone() } else { pointer_join(&found.pointer, key) };
    let written = match target {
        Target::AsWritten => found.reference.clone(),
        Target::Place(pointer) => written(&pointer),
        Target::Beyond(pointer) => {
            let message =
                format!("`{}` is not in the schema that it is relative to: the document's is taken", found.reference);
            diagnostics.push(Diagnostic::adaptation("beyond-id", place.as_str(), message));
            written(&pointer)
        }
        Target::Several(_) => {
            let message =
                format!("what `{}` leads to depends on where a value comes from: it is any JSON", found.reference);
            diagnostics.push(Diagnostic::adaptation("dynamic-ref", place.as_str(), message));
            return remove(value, &found.pointer, key);
        }
    };
    if found.is_dynamic {
        remove(value, &found.pointer, key);
        if let Some(schema) = value.pointer_mut(&found.pointer).and_then(Value::as_object_mut) {
            templates::refer(schema, &written);
        }
    } else if let Some(reference) = value.pointer_mut(&place) {
        *reference = Value::String(written);
    }
}

fn remove(value: &mut Value, pointer: &str, key: &str) {
    if let Some(schema) = value.pointer_mut(pointer).and_then(Value::as_object_mut) {
        schema.shift_remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::Kind;
    use serde_json::json;

    /// The references of the document's schemas after the pass, by what has them, and the codes of what was found.
    fn references(schemas: Value) -> (Vec<(String, String)>, Vec<&'static str>) {
        let mut document = json!({"openapi": "3.1.0", "components": {"schemas": schemas}});
        let mut diagnostics = Diagnostics::default();
        identify(&mut document, Slot::One(Kind::Root), &mut diagnostics);
        let walk = walk("", Slot::One(Kind::Root), &document, false);
        assert!(walk.dynamic.is_empty());
        let short = |pointer: &str| pointer.replace("/components/schemas", "").replace("/properties", "");
        let found = walk.found.iter().map(|found| (short(&found.pointer), short(&found.reference))).collect();
        (found, diagnostics.iter().map(|finding| finding.code).collect())
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(place, target)| ((*place).to_owned(), (*target).to_owned())).collect()
    }

    #[test]
    fn anchors_and_ids_are_found_and_what_is_relative_to_them() {
        let (found, codes) = references(json!({
            "A": {"$id": "https://x.example/schemas/a", "properties": {
                "anchored": {"$ref": "#here"}, "whole": {"$ref": "#"}, "pointed": {"$ref": "#/$defs/D"},
                "sibling": {"$ref": "b"}, "up": {"$ref": "../other/c.json#/$defs/D"}, "abroad": {"$ref": "b#there"},
                "inner": {"$ref": "../other/e.json"},
            }, "$defs": {"D": {"$anchor": "here"}}},
            "B": {"$id": "/schemas/b", "$anchor": "there"},
            "X": {"$id": "https://x.example/schemas/b", "properties": {"y": {"$anchor": "there"}}},
            "C": {"$id": "https://x.example/other/c.json", "$defs": {"D": {}, "E": {"$id": "e.json"}}},
            "User": {"properties": {"a": {"$ref": "https://x.example/schemas/a#here"}, "plain": {"$ref": "#/components/schemas/A"}}},
        }));
        assert_eq!(
            found,
            pairs(&[
                ("/A/anchored", "#/A/$defs/D"),
                ("/A/whole", "#/A"),
                ("/A/pointed", "#/A/$defs/D"),
                ("/A/sibling", "#/X"),
                ("/A/up", "#/C/$defs/D"),
                ("/A/abroad", "#/X/y"),
                ("/A/inner", "#/C/$defs/E"),
                ("/User/a", "#/A/$defs/D"),
                ("/User/plain", "#/A"),
            ])
        );
        assert!(codes.is_empty(), "{codes:?}");
    }

    #[test]
    fn a_pointer_within_a_resource_is_not_the_documents() {
        let schemas = json!({
            "Item": {"type": "integer"},
            "List": {"$id": "list", "$ref": "#/components/schemas/Item", "components": {"schemas": {"Item": {"type": "string"}}}},
            "Loose": {"$id": "loose", "$ref": "#/components/schemas/Item"},
            "Gone": {"$id": "gone", "$ref": "#/$defs/Nothing"},
        });
        let (found, codes) = references(schemas);
        assert_eq!(found, pairs(&[("/List", "#/List/Item"), ("/Loose", "#/Item"), ("/Gone", "#/$defs/Nothing")]));
        assert_eq!(codes, ["beyond-id"]);
    }

    #[test]
    fn a_dynamic_reference_is_one_where_only_one_schema_can_be_meant() {
        let (found, codes) = references(json!({
            "Tree": {"$id": "tree", "$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}},
        }));
        assert_eq!((found, codes), (pairs(&[("/Tree/child", "#/Tree")]), vec![]));
        let (found, _) = references(json!({
            "A": {"$anchor": "fixed", "properties": {"x": {"$dynamicRef": "#fixed"}, "y": {"$dynamicRef": "#/components/schemas/A"}}},
        }));
        assert_eq!(found, pairs(&[("/A/x", "#/A"), ("/A/y", "#/A")]));
    }

    #[test]
    fn a_dynamic_reference_leads_where_the_schema_that_was_come_from_says() {
        let (found, codes) = references(json!({
            "Tree": {"$id": "tree", "$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}},
            "Strict": {"$id": "strict", "$dynamicAnchor": "node", "$ref": "tree", "required": ["child"]},
        }));
        let expected = [("/Tree/child", "#/Tree"), ("/Strict/allOf/0/child", "#/Strict")];
        assert_eq!((found, codes), (pairs(&expected), vec![]));
    }

    #[test]
    fn a_template_is_copied_for_whoever_fills_it() {
        let of = |kind: &str| {
            json!({
                "$id": format!("{kind}s"), "$ref": "page",
                "$defs": {"item": {"$dynamicAnchor": "T", "$ref": kind}},
            })
        };
        let schemas = json!({
            "Page": {"$id": "page", "$ref": "list", "properties": {"next": {"type": "string"}}},
            "List": {
                "$id": "list",
                "properties": {"items": {"type": "array", "items": {"$dynamicRef": "#T"}}, "meta": {"$ref": "#/$defs/meta"}},
                "$defs": {"default": {"$dynamicAnchor": "T"}, "meta": {"type": "object"}},
            },
            "User": {"$id": "user", "type": "object"}, "Pet": {"$id": "pet", "type": "object"},
            "Users": of("user"), "Pets": of("pet"), "All": {"properties": {"pets": {"$ref": "pets"}, "pages": {"$ref": "page"}}},
        });
        let (found, codes) = references(schemas);
        let expected = [
            ("/Page", "#/List"),
            ("/List/items/items", "#/List/$defs/default"),
            ("/List/meta", "#/List/$defs/meta"),
            ("/Users/$defs/item", "#/User"),
            ("/Users/allOf/0/allOf/0/items/items", "#/Users/$defs/item"),
            ("/Users/allOf/0/allOf/0/meta", "#/List/$defs/meta"),
            ("/Pets/$defs/item", "#/Pet"),
            ("/Pets/allOf/0/allOf/0/items/items", "#/Pets/$defs/item"),
            ("/Pets/allOf/0/allOf/0/meta", "#/List/$defs/meta"),
            ("/All/pets", "#/Pets"),
            ("/All/pages", "#/Page"),
        ];
        assert_eq!((found, codes), (pairs(&expected), vec![]));
    }

    #[test]
    fn a_template_that_refers_to_itself_is_copied_once() {
        let (found, codes) = references(json!({
            "Tree": {
                "$id": "tree",
                "properties": {"value": {"$dynamicRef": "#T"}, "children": {"items": {"$ref": "#/$defs/node"}}},
                "$defs": {"node": {"properties": {"tree": {"$ref": "#"}}}, "default": {"$dynamicAnchor": "T"}},
            },
            "Texts": {"$id": "texts", "$ref": "tree", "$defs": {"of": {"$dynamicAnchor": "T", "type": "string"}}},
        }));
        let expected = [
            ("/Tree/value", "#/Tree/$defs/default"),
            ("/Tree/children/items", "#/Tree/$defs/node"),
            ("/Tree/$defs/node/tree", "#/Tree"),
            ("/Texts/allOf/0/value", "#/Texts/$defs/of"),
            ("/Texts/allOf/0/children/items/allOf/0/tree", "#/Texts/allOf/0"),
        ];
        assert_eq!((found, codes), (pairs(&expected), vec![]));
    }

    #[test]
    fn what_would_take_too_many_copies_is_any_json_and_told() {
        let all: Vec<String> = (0..8).map(|index| format!("s{index}")).collect();
        let schema = |id: &String| {
            let properties: serde_json::Map<String, Value> =
                all.iter().map(|other| (other.clone(), json!({"$ref": other}))).collect();
            (id.clone(), json!({"$id": id, "properties": properties}))
        };
        let mut schemas: serde_json::Map<String, Value> = all.iter().map(schema).collect();
        schemas["s0"]["properties"]["open"] = json!({"$dynamicRef": "#T"});
        schemas["s0"]["$defs"] = json!({"default": {"$dynamicAnchor": "T"}});
        schemas.insert("x".to_owned(), json!({"$id": "x", "$ref": "s0", "$defs": {"of": {"$dynamicAnchor": "T"}}}));
        let (found, codes) = references(Value::Object(schemas));
        assert_eq!(codes, ["dynamic-ref"]);
        assert!(found.contains(&("/x".to_owned(), "#/s0".to_owned())), "{found:?}");
    }

    #[test]
    fn references_are_joined_to_their_base() {
        for (base, reference, expected) in [
            ("https://a.example/b/c", "d", "https://a.example/b/d"),
            ("https://a.example/b/c", "./d", "https://a.example/b/d"),
            ("https://a.example/b/c", "../d", "https://a.example/d"),
            ("https://a.example/b/c", "/d", "https://a.example/d"),
            ("https://a.example", "d", "https://a.example/d"),
            ("https://a.example/b", "//c.example/d", "https://c.example/d"),
            ("https://a.example/b", "urn:c", "urn:c"),
            ("a/b", "c", "a/c"),
            ("", "c", "c"),
            ("b", "", "b"),
        ] {
            assert_eq!(join(base, reference), expected, "{base} {reference}");
        }
    }
}
