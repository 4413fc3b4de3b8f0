//! Which calls are made, and with what: every operation of the plan, with arguments sampled from the document.

use super::{
    sample::{Extent, Sampler},
    schema,
};
use crate::plan::{Body, BodyKind, Location, Operation, Parameter, Plan};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Number of the operation in the plan.
    pub operation: usize,
    /// How much is sent.
    #[serde(skip)]
    pub extent: Extent,
    /// Values by the setter's name.
    pub parameters: Map<String, Value>,
    /// The body: JSON, text, or the fields of a form of parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// A call of one operation.
pub fn call(document: &Value, plan: &Plan, index: usize, extent: Extent) -> Option<Call> {
    let operation = plan.operations.get(index)?;
    let wanted = |required: bool| required || extent == Extent::All;
    let parameters = operation
        .parameters
        .iter()
        .filter(|parameter| wanted(parameter.required))
        .map(|parameter| (parameter.ident.clone(), parameter_value(document, operation, parameter, extent)))
        .collect();
    let body = operation.body.as_ref().filter(|body| wanted(body.required));
    let body = body.map(|body| body_value(document, operation, body, extent));
    Some(Call { operation: index, extent, parameters, body })
}

/// Whether leaving out what is optional changes anything.
pub fn has_optional_arguments(operation: &Operation) -> bool {
    operation.parameters.iter().any(|parameter| !parameter.required) || operation.body.is_some()
}

fn parameter_value(document: &Value, operation: &Operation, parameter: &Parameter, extent: Extent) -> Value {
    let object = declared(document, operation, parameter);
    let content = object.get("content").and_then(Value::as_object).and_then(|content| content.values().next());
    let place = content.unwrap_or(&object);
    let schema = place.get("schema").cloned().unwrap_or_else(|| json!({"type": "string"}));
    // Parameters are few and small: whatever they are made of is sent.
    let extent = if parameter.required { extent } else { Extent::All };
    let shown = examples(document, place);
    let value = Sampler::new(document, extent).sample_or(&schema, &shown);
    // An empty segment of the path is another path.
    match (&value, parameter.location) {
        (Value::String(text), Location::Path) if text.is_empty() => json!("sample"),
        _ => value,
    }
}

/// The parameter object of a planned parameter.
fn declared(document: &Value, operation: &Operation, parameter: &Parameter) -> Value {
    let item = operation.pointer.rsplit_once('/').map_or("", |(item, _)| item);
    let place = match parameter.location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    };
    let is_meant = |object: &Value| {
        object.get("name").and_then(Value::as_str) == Some(&parameter.name)
            && object.get("in").and_then(Value::as_str) == Some(place)
    };
    [operation.pointer.as_str(), item]
        .into_iter()
        .filter_map(|owner| document.pointer(owner)?.get("parameters")?.as_array())
        .flatten()
        .map(|listed| schema::resolve(document, listed))
        .find(is_meant)
        .unwrap_or(Value::Null)
}

/// The examples beside a schema.
fn examples(document: &Value, place: &Value) -> Vec<Value> {
    let listed = place.get("examples").and_then(Value::as_object).into_iter().flatten();
    let named = listed.filter_map(|(_, example)| schema::resolve(document, example).get("value").cloned());
    place.get("example").cloned().into_iter().chain(named).map(unquoted).collect()
}

/// Some tools keep an example as JSON in a string.
fn unquoted(value: Value) -> Value {
    match &value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

fn body_value(document: &Value, operation: &Operation, body: &Body, extent: Extent) -> Value {
    let listed = document.pointer(&operation.pointer).and_then(|operation| operation.get("requestBody"));
    let object = listed.map(|listed| schema::resolve(document, listed)).unwrap_or_default();
    let content = object.get("content").and_then(Value::as_object);
    // A media range is sent as an exact type.
    let media = content.and_then(|content| content.get(&body.media_type).or_else(|| content.values().next()));
    let media = media.cloned().unwrap_or_default();
    let schema = media.get("schema").cloned().unwrap_or(Value::Bool(true));
    let mut sampler = Sampler::new(document, extent);
    match &body.kind {
        BodyKind::Json(_) | BodyKind::Form(..) => {
            let shown = if extent == Extent::All { examples(document, &media) } else { Vec::new() };
            sampler.sample_or(&schema, &shown)
        }
        BodyKind::Text | BodyKind::Binary => match sampler.sample_or(&schema, &examples(document, &media)) {
            Value::String(text) => Value::String(text),
            other => Value::String(other.to_string()),
        },
        BodyKind::Multipart => parts(document, &schema, &media, &mut sampler),
    }
}

/// The fields of a form of parts, and which of them are files (OpenAPI 3.0 section 4.7.14.4, 3.1 section 4.8.14.3).
fn parts(document: &Value, schema: &Value, media: &Value, sampler: &mut Sampler<'_>) -> Value {
    let Value::Object(sampled) = sampler.sample(schema) else { return json!([]) };
    let flat = schema::flatten(document, schema);
    let field = |(name, value): (String, Value)| {
        let described = flat.get("properties").and_then(|known| known.get(&name));
        let described = described.map(|known| schema::flatten(document, known)).unwrap_or_default();
        let items = described.get("items").map(|items| schema::flatten(document, items));
        let (described, value) = match (items.filter(is_file), value) {
            (Some(items), Value::Array(values)) => (items, values.into_iter().next().unwrap_or_default()),
            (_, value) => (described, value),
        };
        let media_type = media.get("encoding").and_then(|encoding| encoding.get(&name)?.get("contentType")?.as_str());
        // Of several types or a range the sender chooses; the document's words are then no media type.
        let media_type = media_type.filter(|text| !text.contains([',', '*']));
        json!({"name": name, "value": value, "file": is_file(&described), "media_type": media_type})
    };
    sampled.into_iter().map(field).collect()
}

fn is_file(schema: &Map<String, Value>) -> bool {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    text("format") == Some("binary") || (text("contentMediaType").is_some() && text("contentEncoding").is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostics::Diagnostics, lower};

    fn planned(document: &Value) -> Plan {
        lower::lower("sample", document, &mut Diagnostics::default()).plan
    }

    fn both(document: &Value) -> [Call; 2] {
        let plan = planned(document);
        [Extent::Required, Extent::All].map(|extent| call(document, &plan, 0, extent).unwrap())
    }

    #[test]
    fn required_arguments_and_all_of_them() {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "components": {"parameters": {"Limit": {"name": "page[limit]", "in": "query", "schema": {"type": "integer", "maximum": 50}}}},
            "paths": {"/a/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}, "example": "e1"}],
                "put": {
                    "parameters": [{"$ref": "#/components/parameters/Limit"}],
                    "requestBody": {"required": true, "content": {"application/json": {
                        "schema": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}},
                        "examples": {"one": {"value": "{\"a\": \"shown\", \"b\": false}"}},
                    }}},
                    "responses": {"200": {"description": ""}},
                },
            }},
        });
        let [required, all] = both(&document);
        assert_eq!(Value::Object(required.parameters), json!({"id": "e1"}));
        assert_eq!(required.body, Some(json!({"a": "sample"})));
        assert_eq!(Value::Object(all.parameters), json!({"id": "e1", "page_limit": 1}));
        assert_eq!(all.body, Some(json!({"a": "shown", "b": false})));
    }

    #[test]
    fn parts_say_which_of_them_are_files() {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {
                "requestBody": {"content": {"multipart/form-data": {
                    "schema": {"type": "object", "required": ["file"], "properties": {
                        "file": {"type": "string", "format": "binary"}, "note": {"type": "object", "properties": {"x": {"type": "integer"}}},
                    }},
                    "encoding": {"file": {"contentType": "image/png"}},
                }}},
                "responses": {"200": {"description": ""}},
            }}},
        });
        let [required, all] = both(&document);
        assert_eq!(required.body, None);
        let file = json!({"name": "file", "value": "sample", "file": true, "media_type": "image/png"});
        let note = json!({"name": "note", "value": {"x": 1}, "file": false, "media_type": null});
        assert_eq!(all.body, Some(json!([file, note])));
    }
}
