//! Schemas: nearly the same in both versions.

use super::{Converter, add};
use crate::diagnostics::pointer_join;
use serde_json::{Map, Value, json};

impl Converter<'_> {
    /// Adds the definitions to the components.
    pub(super) fn definitions(&mut self, definitions: &Value, components: &mut Map<String, Value>) {
        self.moved("/components/schemas", "/definitions");
        for (name, schema) in definitions.as_object().into_iter().flatten() {
            let place = pointer_join("/components/schemas", name);
            let schema = self.schema(schema, &place, &pointer_join("/definitions", name));
            add(components, "schemas", name, schema);
        }
    }

    /// The schema `schema`, which was at `old`, as it is to stand at `place`.
    pub(super) fn schema(&mut self, schema: &Value, place: &str, old: &str) -> Value {
        let Some(fields) = schema.as_object() else { return schema.clone() };
        let is_nullable = fields.get("x-nullable") == Some(&Value::Bool(true));
        if fields.contains_key("$ref") && is_nullable {
            // What stands beside a reference does not count (OpenAPI 3.0.3, section 4.7.23).
            self.moved(format!("{place}/allOf/0"), old);
            let beside: Map<String, Value> = fields
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "$ref" | "x-nullable"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let mut new = json!({"allOf": [{"$ref": fields.get("$ref")}], "nullable": true});
            new.as_object_mut().into_iter().for_each(|new| new.extend(beside.clone()));
            return new;
        }
        let mut new = Map::new();
        for (key, value) in fields {
            let (place, old) = (pointer_join(place, key), pointer_join(old, key));
            let (key, value) = match (key.as_str(), value) {
                ("properties" | "patternProperties" | "definitions", Value::Object(schemas)) => {
                    (key.as_str(), self.schemas_by_name(schemas, &place, &old))
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) | ("items", Value::Array(schemas)) => {
                    (key.as_str(), self.schemas_in_list(schemas, &place, &old))
                }
                ("items" | "additionalProperties" | "not", value) => (key.as_str(), self.schema(value, &place, &old)),
                ("x-nullable", Value::Bool(_)) => ("nullable", value.clone()),
                ("discriminator", Value::String(property)) => (key.as_str(), json!({"propertyName": property})),
                ("collectionFormat" | "allowEmptyValue", _) => continue,
                _ => (key.as_str(), value.clone()),
            };
            new.insert(key.to_owned(), value);
        }
        plain_type(&mut new);
        Value::Object(new)
    }

    fn schemas_by_name(&mut self, schemas: &Map<String, Value>, place: &str, old: &str) -> Value {
        let converted = schemas.iter().map(|(name, schema)| {
            (name.clone(), self.schema(schema, &pointer_join(place, name), &pointer_join(old, name)))
        });
        Value::Object(converted.collect())
    }

    fn schemas_in_list(&mut self, schemas: &[Value], place: &str, old: &str) -> Value {
        let numbered = schemas.iter().enumerate();
        numbered
            .map(|(index, schema)| self.schema(schema, &format!("{place}/{index}"), &format!("{old}/{index}")))
            .collect()
    }
}

/// `file` is text of any bytes, and `["string", "null"]` is what some write for what may be null.
fn plain_type(schema: &mut Map<String, Value>) {
    if schema.get("type").and_then(Value::as_str) == Some("file") {
        schema.insert("type".to_owned(), "string".into());
        schema.insert("format".to_owned(), "binary".into());
    }
    let Some(types) = schema.get("type").and_then(Value::as_array) else { return };
    let (null, others): (Vec<Value>, Vec<Value>) = types.iter().cloned().partition(|name| name == "null");
    if let ([_, ..], [single]) = (null.as_slice(), others.as_slice()) {
        let single = single.clone();
        schema.insert("type".to_owned(), single);
        schema.insert("nullable".to_owned(), true.into());
    }
}
