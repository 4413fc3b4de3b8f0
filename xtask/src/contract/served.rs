//! The document as the judges are served it: with its overlay applied, and without what stops a judge and says nothing of what
//! goes over the wire.
//!
//! An extension that holds a reference is data (3.1.1 section 4.9), and so is a keyword beside the `$ref` of a schema in
//! OpenAPI 3.0 (section 4.7.23). A schema whose `$ref` leads nowhere says nothing, which lenient generating takes for any
//! JSON as well. What OpenAPI 3.2 added goes too: Media Type Objects stand where they are used by now.

use codegen::{
    load::Document,
    objects::{Kind, child, visit},
    schema::references,
    version::{self, Version},
};
use serde_json::{Map, Value};

/// The document's text.
pub fn text(document: &Document) -> String {
    let mut value = document.value.clone();
    strip(&mut value);
    before_3_2(&mut value);
    format!("{value:#}\n")
}

/// Makes a document of OpenAPI 3.2 one of 3.1, which differ in what was added (3.2.0 section 4.1): what says nothing to a judge
/// of 3.1 is left as it is.
fn before_3_2(document: &mut Value) {
    if Version::of(document) != Some(Version::V32) {
        return;
    }
    if let Some(root) = document.as_object_mut() {
        root.insert("openapi".to_owned(), "3.1.1".into());
        root.shift_remove("$self");
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.shift_remove("mediaTypes");
    }
}

/// Takes what judges stop at out of every object that OpenAPI knows.
fn strip(document: &mut Value) {
    let mut found: Vec<(String, String)> = Vec::new();
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| {
        let target = fields.get("$ref").and_then(Value::as_str).filter(|_| kind == Kind::Schema);
        let is_nowhere =
            target.is_some_and(|target| target.starts_with("#/") && references::find(document, target).is_none());
        let is_alone = target.is_some() && version::is_of_3_0(document);
        let is_strange = |key: &str, field: &Value| {
            let is_extension = key.starts_with("x-") && child(kind, key).is_none();
            is_nowhere || (is_alone && key != "$ref") || (is_extension && holds_reference(field))
        };
        let strange = fields.iter().filter(|(key, field)| is_strange(key, field));
        found.extend(strange.map(|(key, _)| (pointer.to_owned(), key.clone())));
    });
    for (pointer, key) in found {
        if let Some(fields) = document.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            fields.shift_remove(&key);
        }
    }
}

fn holds_reference(value: &Value) -> bool {
    let is_reference = |fields: &Map<String, Value>| fields.get("$ref").is_some_and(Value::is_string);
    match value {
        Value::Object(fields) => is_reference(fields) || fields.values().any(holds_reference),
        Value::Array(items) => items.iter().any(holds_reference),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn extensions_that_hold_a_reference_go_and_nothing_else() {
        let reference = json!({"$ref": "#/nowhere"});
        let schema = json!({
            "x-a": {"b": [reference]}, "x-kept": 1,
            "properties": {"x-name": {"$ref": "#/components/schemas/A"}},
            "example": {"x-data": reference},
        });
        let mut document = json!({
            "x-a": reference,
            "paths": {"/a": {"get": {"x-a": [reference], "responses": {"200": {"headers": {"x-b": {"schema": schema}}}}}}},
            "components": {"schemas": {"A": {"oneOf": [schema]}}},
        });
        strip(&mut document);
        let mut kept = schema;
        kept.as_object_mut().unwrap().remove("x-a");
        assert_eq!(
            document,
            json!({
                "paths": {"/a": {"get": {"responses": {"200": {"headers": {"x-b": {"schema": kept}}}}}}},
                "components": {"schemas": {"A": {"oneOf": [kept]}}},
            })
        );
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_any_json_and_one_of_3_0_stands_alone() {
        let served = |version: &str| {
            let reference = |target: &str| json!({"$ref": target, "nullable": true});
            let mut document = json!({"openapi": version, "components": {"schemas": {
                "A": {"properties": {"lost": reference("#/$defs/Lost"), "kept": reference("#/components/schemas/B%20b")}}, "B b": {},
            }}});
            strip(&mut document);
            document["components"]["schemas"]["A"]["properties"].clone()
        };
        let target = "#/components/schemas/B%20b";
        assert_eq!(served("3.0.1"), json!({"lost": {}, "kept": {"$ref": target}}));
        assert_eq!(served("3.1.0"), json!({"lost": {}, "kept": {"$ref": target, "nullable": true}}));
    }

    #[test]
    fn judges_of_3_1_are_served_3_1() {
        let mut document = json!({
            "openapi": "3.2.0", "$self": "https://a.example.com", "paths": {},
            "components": {"mediaTypes": {"A": {}}, "schemas": {"A": {}}},
        });
        before_3_2(&mut document);
        assert_eq!(document, json!({"openapi": "3.1.1", "paths": {}, "components": {"schemas": {"A": {}}}}));
    }
}
