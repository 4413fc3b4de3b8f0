//! Where the schemas of an OpenAPI document are, and what each of them is for: found without what the generator understands of
//! schemas.

use crate::schema::references::{self, MAX_CHAIN};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{diagnostics::pointer_join as join, headers, media, methods};

/// What a schema describes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A value that a client sends or reads.
    Value,
    /// A part of a value that means something only together with what stands beside it: of the schema at this pointer.
    PartOf(String),
    /// What a value must not be, or under which condition it must be something.
    Condition,
    /// A whole body that is no JSON: bytes, text, several parts.
    OtherBody,
    /// A header of a response, which is read from text.
    Header,
    /// Something that no client sends or reads: what is beside the body of a request of the server's, a body where HTTP has
    /// none, a header that the specification says to ignore, an object that nothing in the document refers to.
    Unused,
}

/// Keywords whose value is a schema (JSON Schema 2020-12 core, section 10.3), and those whose value is a map or a list of them.
const ONE: &[&str] = &["items", "additionalProperties"];
const NAMED: &[&str] = &["properties", "patternProperties"];
const LISTED: &[&str] = &["allOf", "oneOf", "anyOf", "prefixItems"];
const CONDITIONS: &[&str] =
    &["not", "if", "then", "else", "propertyNames", "contains", "unevaluatedProperties", "unevaluatedItems"];
/// Each schema's role by its JSON pointer.
pub fn schemas(document: &Value) -> BTreeMap<String, Role> {
    let mut references = BTreeSet::new();
    collect_references(document, &mut references);
    let mut walk = Walk { root: document, references, found: BTreeMap::new() };
    walk.document(document);
    walk.found
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            found.extend(
                object.get("$ref").and_then(Value::as_str).map(|target| target.trim_start_matches('#').to_owned()),
            );
            object.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect_references(value, found)),
        _ => {}
    }
}

struct Walk<'d> {
    root: &'d Value,
    references: BTreeSet<String>,
    found: BTreeMap<String, Role>,
}

impl Walk<'_> {
    fn document(&mut self, document: &Value) {
        for (name, schema) in members(document.pointer("/components/schemas")) {
            self.schema(schema, &join("/components/schemas", name), &Role::Value);
        }
        for (path, item) in members(document.get("paths")) {
            self.path_item(item, &join("/paths", path), &Role::Value, &Role::Value);
        }
        for (name, item) in members(document.get("webhooks")) {
            self.path_item(item, &join("/webhooks", name), &Role::Unused, &Role::Value);
        }
        for kind in ["parameters", "requestBodies", "responses", "headers", "callbacks", "pathItems"] {
            for (name, object) in members(document.pointer(&join("/components", kind))) {
                let pointer = join(&join("/components", kind), name);
                let role = if self.references.contains(&pointer) { Role::Value } else { Role::Unused };
                match kind {
                    "parameters" => self.parameter(object, &pointer, &role),
                    "headers" => self.parameter(object, &pointer, &Role::Header),
                    "pathItems" => self.path_item(object, &pointer, &role, &role),
                    "callbacks" => self.callback(object, &pointer),
                    _ => self.body(object, &pointer, &role),
                }
            }
        }
    }

    /// A path item: `body` is the role of what requests hold, `role` that of what is beside it.
    fn path_item(&mut self, item: &Value, pointer: &str, role: &Role, body: &Role) {
        let listed = item.get("parameters").and_then(Value::as_array);
        for (index, parameter) in listed.into_iter().flatten().enumerate() {
            let replaced = methods::of(item).next().is_some()
                && methods::of(item).all(|found| replaces(found.operation, parameter));
            let role = if replaced { &Role::Unused } else { role };
            self.parameter(parameter, &join(&join(pointer, "parameters"), &index.to_string()), role);
        }
        for methods::Found { method, pointer: own, operation } in methods::of(item) {
            let pointer = format!("{pointer}{own}");
            self.parameters(operation, &pointer, role);
            if let Some(object) = operation.get("requestBody") {
                self.body(object, &join(&pointer, "requestBody"), body);
            }
            for (status, response) in members(operation.get("responses")) {
                // RFC 9110 sections 9.3.2, 15.3.5, 15.3.6 and 15.4.5.
                let bodiless = method == "HEAD" || ["204", "205", "304"].contains(&status.as_str());
                let role = if bodiless { &Role::Unused } else { role };
                self.body(response, &join(&join(&pointer, "responses"), status), role);
            }
            for (name, callback) in members(operation.get("callbacks")) {
                self.callback(callback, &join(&join(&pointer, "callbacks"), name));
            }
        }
    }

    fn callback(&mut self, callback: &Value, pointer: &str) {
        for (expression, item) in members(Some(callback)) {
            self.path_item(item, &join(pointer, expression), &Role::Unused, &Role::Value);
        }
    }

    fn parameters(&mut self, owner: &Value, pointer: &str, role: &Role) {
        let listed = owner.get("parameters").and_then(Value::as_array);
        for (index, parameter) in listed.into_iter().flatten().enumerate() {
            self.parameter(parameter, &join(&join(pointer, "parameters"), &index.to_string()), role);
        }
    }

    fn parameter(&mut self, parameter: &Value, pointer: &str, role: &Role) {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
        let ignored = parameter.get("in").is_some_and(|place| place == "header")
            && headers::left_to_others(name, false).is_some();
        let role = if ignored { &Role::Unused } else { role };
        if let Some(schema) = parameter.get("schema") {
            self.schema(schema, &join(pointer, "schema"), role);
        }
        self.content(parameter, pointer, role);
    }

    /// A request's or a response's body.
    fn body(&mut self, body: &Value, pointer: &str, role: &Role) {
        self.content(body, pointer, role);
        for (name, header) in members(body.get("headers")) {
            self.parameter(header, &join(&join(pointer, "headers"), name), &Role::Header);
        }
    }

    fn content(&mut self, owner: &Value, pointer: &str, role: &Role) {
        let is_answer = pointer.contains("/responses/");
        for (media_type, content) in members(owner.get("content")) {
            let pointer = join(&join(pointer, "content"), media_type);
            let schema = content.get("schema").unwrap_or(&Value::Null);
            if let Some(item) = content.get("itemSchema") {
                // That of an event says what its data is, which has the type.
                let role = if media_type == "text/event-stream" { &Role::Condition } else { role };
                self.schema(item, &join(&pointer, "itemSchema"), role);
            }
            // A patch whose schema is that of what a merge patch holds is a list all the same.
            let is_merged_too = members(owner.get("content"))
                .any(|(other, also)| media::is_merge_patch(other) && also.get("schema") == content.get("schema"));
            let is_patch = media::is_json_patch(media_type)
                && !self.is_type(schema, "array")
                && (is_merged_too || self.resolved(schema).get("properties").is_none());
            let is_value = self.is_value(media_type, schema, is_answer) && !is_patch;
            let role = if is_value { role } else { &Role::OtherBody };
            if !schema.is_null() {
                self.schema(schema, &join(&pointer, "schema"), role);
            }
            for (name, encoding) in members(content.get("encoding")) {
                self.body(encoding, &join(&join(&pointer, "encoding"), name), &Role::Header);
            }
        }
    }

    /// Whether a body is a value as a whole: neither bytes, nor text that is no JSON, nor a stream of values.
    fn is_value(&self, media_type: &str, schema: &Value, is_answer: bool) -> bool {
        let resolved = self.resolved(schema);
        let is_type = |name: &str| self.is_type(schema, name);
        let is_exact = media_type.contains("json");
        // OpenAPI 3.1: under a range bytes need no type, only a media type.
        let is_content = !is_exact && resolved.get("type").is_none() && resolved.get("contentMediaType").is_some();
        let is_bytes = resolved.get("format").is_some_and(|format| format == "binary") || is_content;
        let is_stream = media_type.contains("stream=") && is_type("array");
        let is_raw = is_type("string") && !is_exact && !(is_answer && media_type.contains('*'));
        is_json(media_type) && !is_bytes && !is_stream && !is_raw
    }

    /// What the references of a schema lead to.
    fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let mut resolved = schema;
        // A reference may lead back to itself.
        for _ in 0..MAX_CHAIN {
            let Some(reference) = resolved.get("$ref").and_then(Value::as_str) else { break };
            let Some((_, found)) = references::find(self.root, reference) else { break };
            resolved = found;
        }
        resolved
    }

    fn is_type(&self, schema: &Value, name: &str) -> bool {
        self.resolved(schema).get("type").is_some_and(|found| found == name)
    }

    fn schema(&mut self, schema: &Value, pointer: &str, role: &Role) {
        self.found.insert(pointer.to_owned(), role.clone());
        let Some(object) = schema.as_object() else { return };
        let whole = match role {
            Role::Value if is_merged(object) => &Role::PartOf(pointer.to_owned()),
            _ => role,
        };
        if let Some(content) = object.get("contentSchema") {
            // It is that of the text's content, which is only read where an event says it.
            self.schema(content, &join(pointer, "contentSchema"), &Role::Condition);
        }
        for key in ONE.iter().filter(|key| object.get(**key).is_some_and(|value| value.is_object() || **key == "items"))
        {
            self.schema(object.get(*key).unwrap_or(&Value::Null), &join(pointer, key), whole);
        }
        for key in NAMED {
            for (name, value) in members(object.get(*key)) {
                self.schema(value, &join(&join(pointer, key), name), whole);
            }
        }
        for key in LISTED {
            for (index, value) in object.get(*key).and_then(Value::as_array).into_iter().flatten().enumerate() {
                self.schema(value, &join(&join(pointer, key), &index.to_string()), whole);
            }
        }
        for key in CONDITIONS.iter().filter(|key| object.get(**key).is_some_and(Value::is_object)) {
            self.schema(object.get(*key).unwrap_or(&Value::Null), &join(pointer, key), &Role::Condition);
        }
        for (name, value) in members(object.get("$defs")) {
            let pointer = join(&join(pointer, "$defs"), name);
            let role = if self.references.contains(&pointer) { Role::Value } else { Role::Unused };
            self.schema(value, &pointer, &role);
        }
    }
}

/// Whether an operation has a parameter of its own in place of its path's; headers are the same in any case (RFC 9110
/// section 5.1).
fn replaces(operation: &Value, shared: &Value) -> bool {
    let key = |parameter: &Value| {
        let text = |field: &str| parameter.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("in"), if text("in") == "header" { text("name").to_ascii_lowercase() } else { text("name") })
    };
    let own = operation.get("parameters").and_then(Value::as_array);
    own.into_iter().flatten().any(|own| key(own) == key(shared) && own.get("name").is_some())
}

/// Whether several schemas make up the value together: what is in each of them is no whole.
fn is_merged(schema: &Map<String, Value>) -> bool {
    let has = |key: &&str| schema.contains_key(*key);
    let beside = ["$ref", "properties", "required", "additionalProperties", "items", "enum", "const"].iter().any(&has);
    let compositions = ["oneOf", "anyOf"].iter().filter(|key| has(key)).count();
    schema.contains_key("allOf") || compositions > 1 || (compositions > 0 && beside)
}

/// Whether a body of this media type is a value that has a type: JSON, JSON in lines or events, or a form.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.contains("json")
        || ["*/*", "application/*"].contains(&essence.as_str())
        || essence == "text/event-stream"
        || essence.ends_with("form-urlencoded")
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_schema_has_a_role() {
        let document = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"schema": {}}],
                "requestBody": {"content": {"application/json": {"schema": {"items": true}}, "multipart/form-data": {"schema": {}}}},
                "responses": {"200": {"headers": {"h": {"schema": {}}}}},
                "callbacks": {"c": {"{$url}": {"post": {"requestBody": {"content": {"application/json": {"schema": {}}}}}}}},
            }}},
            "components": {
                "schemas": {"A": {"allOf": [{"properties": {"x": {}}}], "not": {}}, "B": {"oneOf": [{}]}},
                "parameters": {"p": {"schema": {}}},
            },
        });
        let part = Role::PartOf("/components/schemas/A".to_owned());
        let expected = [
            ("/components/parameters/p/schema", Role::Unused),
            ("/components/schemas/A", Role::Value),
            ("/components/schemas/A/allOf/0", part.clone()),
            ("/components/schemas/A/allOf/0/properties/x", part),
            ("/components/schemas/A/not", Role::Condition),
            ("/components/schemas/B", Role::Value),
            ("/components/schemas/B/oneOf/0", Role::Value),
            ("/paths/~1a/get/callbacks/c/{$url}/post/requestBody/content/application~1json/schema", Role::Value),
            ("/paths/~1a/get/parameters/0/schema", Role::Value),
            ("/paths/~1a/get/requestBody/content/application~1json/schema", Role::Value),
            ("/paths/~1a/get/requestBody/content/application~1json/schema/items", Role::Value),
            ("/paths/~1a/get/requestBody/content/multipart~1form-data/schema", Role::OtherBody),
            ("/paths/~1a/get/responses/200/headers/h/schema", Role::Header),
        ];
        let found = schemas(&document);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected.map(|(pointer, role)| (pointer.to_owned(), role)));
    }
}
