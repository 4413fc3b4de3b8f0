//! Which calls are made, and with what: every operation of the plan, with arguments sampled from the document.

use codegen::schema::{
    flat,
    sample::{Extent, Sampler},
    valid,
};
use codegen::{
    media, methods,
    plan::{Body, BodyKind, Location, Operation, Parameter, PartContent, Plan, Style},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Number of the operation in the plan.
    pub operation: usize,
    /// What it tries.
    #[serde(skip)]
    pub variant: Variant,
    /// Values by the setter's name, the body's among them.
    pub arguments: Map<String, Value>,
    /// Which of the methods that send it is used: 0 for `send`, else the number of the other success.
    pub send: usize,
    /// The media type of the body, where the document names a range alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The JSON that goes in as the body: what comes out must be the same.
    #[serde(skip)]
    pub json: Option<Value>,
    /// The fields that go in as a form.
    #[serde(skip)]
    pub form: Option<Value>,
    /// The arguments for which nothing valid was found.
    #[serde(skip)]
    pub unsound: Vec<Unsound>,
}

/// An argument that is not what its schema describes, because no such value was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    /// Where a parameter is; none for the body.
    pub place: Option<Location>,
    /// The parameter's name.
    pub name: String,
    /// What is wrong with it.
    pub fault: String,
    /// Why there is no valid value, where that can be seen.
    pub contradiction: Option<String>,
    /// Whether all that is wrong is that several alternatives describe it, of which the discriminator names one.
    pub is_told_apart: bool,
}

impl Unsound {
    /// An argument, unless it is valid.
    fn new(document: &Value, place: Option<Location>, name: &str, schema: &Value, value: &Value) -> Option<Self> {
        let fault = valid::validate(document, schema, value).err()?;
        Some(Self {
            place,
            name: name.to_owned(),
            contradiction: flat::contradiction(document, schema),
            is_told_apart: fault.is_of_several() && flat::is_told_apart(document, schema, value, &fault.pointer),
            fault: fault.to_string(),
        })
    }
}

impl Call {
    /// The body that is sent, in the media type that was chosen.
    pub fn body<'o>(&self, operation: &'o Operation) -> Option<&'o Body> {
        match self.variant {
            Variant::OtherBody(index) => operation.other_bodies.get(index),
            Variant::Required => operation.body.as_ref().filter(|body| body.required),
            Variant::All | Variant::OtherSuccess(_) => operation.body.as_ref(),
        }
    }
}

/// What a call of an operation tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Only what is required.
    Required,
    /// All arguments.
    All,
    /// All arguments, the body in another media type.
    OtherBody(usize),
    /// All arguments, the answer in another media type.
    OtherSuccess(usize),
}

impl Variant {
    /// The variants that make a difference.
    pub fn of(operation: &Operation) -> Vec<Self> {
        let body = operation.body.as_ref();
        let optional = operation.parameters.iter().any(|parameter| !parameter.required) || body.is_some();
        optional
            .then_some(Self::Required)
            .into_iter()
            .chain([Self::All])
            .chain((0..operation.other_bodies.len()).map(Self::OtherBody))
            .chain((0..operation.other_successes.len()).map(Self::OtherSuccess))
            .collect()
    }

    /// The variant in words.
    pub fn describe(self, operation: &Operation) -> String {
        let missing = "?";
        match self {
            Self::Required => "required".to_owned(),
            Self::All => "all".to_owned(),
            Self::OtherBody(index) => {
                let body = operation.other_bodies.get(index);
                format!("all, as {}", body.map_or(missing, |body| body.media_type.as_str()))
            }
            Self::OtherSuccess(index) => {
                let success = operation.other_successes.get(index);
                format!("all, accepting {}", success.map_or(missing, |success| success.media_type.as_str()))
            }
        }
    }
}

/// A call of one operation.
pub fn call(document: &Value, plan: &Plan, index: usize, variant: Variant) -> Option<Call> {
    let operation = plan.operations.get(index)?;
    let extent = if variant == Variant::Required { Extent::Required } else { Extent::All };
    let send = match variant {
        Variant::OtherSuccess(index) => index + 1,
        _ => 0,
    };
    let (arguments, unsound) = (Map::new(), Vec::new());
    let mut call =
        Call { operation: index, variant, arguments, send, content_type: None, json: None, form: None, unsound };
    let mut wire_names = BTreeSet::new();
    // What is required has its name first.
    let (required, optional): (Vec<&Parameter>, Vec<&Parameter>) =
        operation.parameters.iter().partition(|parameter| parameter.required);
    for parameter in required.into_iter().chain(optional.into_iter().filter(|_| extent == Extent::All)) {
        let (schema, value) = parameter_value(document, operation, parameter, extent);
        let value = expressible(document, parameter, &schema, value);
        let unsound = Unsound::new(document, Some(parameter.location), &parameter.name, &schema, &value);
        let names = names_on_the_wire(parameter, &value);
        let is_ambiguous =
            names.iter().any(|name| wire_names.contains(name)) || (parameter.style != Style::Json && is_nested(&value));
        // What cannot be had, or not be told from others, is better left out.
        if !parameter.required && (unsound.is_some() || is_ambiguous) {
            continue;
        }
        wire_names.extend(names);
        call.unsound.extend(unsound);
        call.arguments.insert(parameter.ident.clone(), value);
    }
    if let Some(body) = call.body(operation) {
        add_body(document, operation, body, extent, &mut call);
    }
    Some(call)
}

/// A parameter's value without what its style has no form for (OpenAPI 3.0 section 4.7.12.3): values within values, as far as
/// they may be missing.
fn expressible(document: &Value, parameter: &Parameter, schema: &Value, value: Value) -> Value {
    if parameter.style == Style::Json || !is_nested(&value) {
        return value;
    }
    let Value::Object(mut members) = value else { return value };
    let nested: Vec<String> = members
        .iter()
        .filter(|(_, value)| value.is_array() || value.is_object())
        .map(|(name, _)| name.clone())
        .collect();
    for name in nested {
        let kept = members.shift_remove(&name);
        if let Some(kept) = kept.filter(|_| !valid::fits(document, schema, &Value::Object(members.clone()))) {
            members.insert(name, kept);
        }
    }
    Value::Object(members)
}

/// The names that a parameter has on the wire, each with its place: an object may be sent as its properties.
fn names_on_the_wire(parameter: &Parameter, value: &Value) -> Vec<(&'static str, String)> {
    let names: Vec<&String> = match value {
        Value::Object(members) if parameter.style == Style::Form && parameter.explode => members.keys().collect(),
        _ => vec![&parameter.name],
    };
    names.into_iter().map(|name| (parameter.location.word(), name.clone())).collect()
}

/// The schema of a parameter, and a value.
fn parameter_value(document: &Value, operation: &Operation, parameter: &Parameter, extent: Extent) -> (Value, Value) {
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
        (Value::String(text), Location::Path) if text.is_empty() => (schema, json!("sample")),
        _ => (schema, value),
    }
}

/// The parameter object of a planned parameter.
pub fn declared(document: &Value, operation: &Operation, parameter: &Parameter) -> Value {
    let item = methods::item(&operation.pointer);
    let place = parameter.location.word();
    let is_meant = |object: &Value| {
        object.get("name").and_then(Value::as_str) == Some(&parameter.name)
            && object.get("in").and_then(Value::as_str) == Some(place)
    };
    [operation.pointer.as_str(), item]
        .into_iter()
        .filter_map(|owner| document.pointer(owner)?.get("parameters")?.as_array())
        .flatten()
        .map(|listed| flat::resolve(document, listed))
        .find(is_meant)
        .unwrap_or(Value::Null)
}

/// Whether a list or an object holds another one.
pub fn is_nested(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| item.is_array() || item.is_object()),
        Value::Object(members) => members.values().any(|value| value.is_array() || value.is_object()),
        _ => false,
    }
}

/// The examples beside a schema.
fn examples(document: &Value, place: &Value) -> Vec<Value> {
    let listed = place.get("examples").and_then(Value::as_object).into_iter().flatten();
    let value = |example: &Value| example.get("dataValue").or_else(|| example.get("value")).cloned();
    let named = listed.filter_map(|(_, example)| value(&flat::resolve(document, example)));
    place.get("example").cloned().into_iter().chain(named).map(unquoted).collect()
}

/// Some tools keep an example as JSON in a string.
fn unquoted(value: Value) -> Value {
    match &value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

/// Sets a body: one value, or one for each part of a form.
fn add_body(document: &Value, operation: &Operation, body: &Body, extent: Extent, call: &mut Call) {
    let listed = document.pointer(&operation.pointer).and_then(|operation| operation.get("requestBody"));
    let object = listed.map(|listed| flat::resolve(document, listed)).unwrap_or_default();
    let content = object.get("content").and_then(Value::as_object);
    // A media range is sent as an exact type.
    let media = content.and_then(|content| content.get(&body.media_type).or_else(|| content.values().next()));
    let media = media.cloned().unwrap_or_default();
    let mut schema = media.get("schema").cloned().unwrap_or(Value::Bool(true));
    if matches!(body.kind, BodyKind::Lines(_)) {
        let is_list = flat::kind(&flat::flatten(document, &schema)) == Some("array");
        let item = media.get("itemSchema").or((!is_list).then_some(&schema));
        schema = item.map_or_else(|| schema.clone(), |item| json!({"type": "array", "items": item}));
    }
    call.content_type = media::is_range(&body.media_type).then(|| one_of(&body.media_type));
    let mut sampler = Sampler::new(document, extent);
    let shown = if extent == Extent::All { examples(document, &media) } else { Vec::new() };
    let is_form = matches!(body.kind, BodyKind::Form(..) | BodyKind::Multipart);
    let mut value = match &body.kind {
        BodyKind::Json(_) | BodyKind::Xml(..) | BodyKind::Form(..) => sampler.sample_or(&schema, &shown),
        BodyKind::Lines(_) => sampler.sample(&schema),
        BodyKind::Text | BodyKind::Binary => match sampler.sample_or(&schema, &examples(document, &media)) {
            Value::String(text) => Value::String(text),
            other => Value::String(other.to_string()),
        },
        BodyKind::Multipart => sampler.sample(&schema),
    };
    // A form without fields is no body at all.
    if is_form && value.as_object().is_some_and(Map::is_empty) {
        value = Sampler::new(document, Extent::All).sample(&schema);
    }
    if !matches!(body.kind, BodyKind::Text | BodyKind::Binary) {
        call.unsound.extend(Unsound::new(document, None, "", &schema, &value));
    }
    match &body.kind {
        BodyKind::Json(_) => call.json = Some(value.clone()),
        BodyKind::Form(..) | BodyKind::Multipart => call.form = Some(value.clone()),
        BodyKind::Xml(..) | BodyKind::Lines(_) | BodyKind::Text | BodyKind::Binary => {}
    }
    match &body.kind {
        BodyKind::Multipart => call.arguments.extend(parts(document, &media, body, &value, &mut sampler)),
        _ => call.arguments.extend([(body.ident.clone(), value)]),
    }
}

/// A media type of a range.
fn one_of(range: &str) -> String {
    let known = |kind: &str| match kind {
        "image" => "png",
        "audio" => "mpeg",
        "video" => "mp4",
        _ => "x-sample",
    };
    range.split_once('/').map_or(range.to_owned(), |(kind, _)| format!("{kind}/{}", known(kind)))
}

/// The parts of a form: those with a setter of their own, each with its headers, and the whole where there is none.
fn parts(
    document: &Value,
    media: &Value,
    body: &Body,
    sampled: &Value,
    sampler: &mut Sampler<'_>,
) -> Map<String, Value> {
    if body.parts.is_empty() {
        return Map::from_iter([(body.ident.clone(), sampled.clone())]);
    }
    let wanted = body.parts.iter().filter(|part| part.required || sampled.get(&part.name).is_some());
    let mut arguments = Map::new();
    for part in wanted {
        let value = sampled.get(&part.name).cloned();
        let value = match (&part.content, value) {
            (PartContent::Value(_), Some(value)) => value,
            (PartContent::Value(_), None) => sampler.sample(&Value::Bool(true)),
            (PartContent::File, _) => json!("sample"),
            (PartContent::Files, _) => json!(["sample", "sample"]),
        };
        arguments.insert(part.ident.clone(), value);
        for header in &part.headers {
            let listed = media.get("encoding").and_then(|encoding| encoding.get(&part.name)?.get("headers"));
            let listed = listed.and_then(|headers| headers.get(&header.parameter.name)).unwrap_or(&Value::Null);
            let object = flat::resolve(document, listed);
            let schema = object.get("schema").cloned().unwrap_or_else(|| json!({"type": "string"}));
            arguments.insert(header.parameter.ident.clone(), sampler.sample(&schema));
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{diagnostics::Diagnostics, lower};

    fn planned(document: &Value) -> Plan {
        lower::lower("sample", document, &mut Diagnostics::default())
    }

    fn both(document: &Value) -> [Call; 2] {
        let plan = planned(document);
        [Variant::Required, Variant::All].map(|variant| call(document, &plan, 0, variant).unwrap())
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
        assert_eq!(Value::Object(required.arguments), json!({"id": "e1", "body": {"a": "sample"}}));
        let shown = json!({"a": "shown", "b": false});
        assert_eq!(Value::Object(all.arguments), json!({"id": "e1", "page_limit": 1, "body": shown}));
        assert_eq!(all.json, Some(shown));
    }

    #[test]
    fn parameters_are_what_their_style_can_say_and_have_names_of_their_own() {
        let object = |properties: Value| json!({"type": "object", "properties": properties});
        let text = json!({"type": "string"});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {
                "parameters": [
                    {"name": "one", "in": "query", "schema": object(json!({"a": text, "deep": object(json!({"b": text}))}))},
                    {"name": "two", "in": "query", "schema": object(json!({"a": text}))},
                    {"name": "list", "in": "query", "schema": {"type": "array", "items": object(json!({"b": text}))}},
                    {"name": "last", "in": "query", "content": {"application/json": {"schema": object(json!({"c": object(json!({"b": text}))}))}}},
                ],
                "responses": {"200": {"description": ""}},
            }}},
        });
        let [_, all] = both(&document);
        let last = json!({"c": {"b": "sample"}});
        assert_eq!(Value::Object(all.arguments), json!({"one": {"a": "sample"}, "last": last}));
    }

    #[test]
    fn each_part_of_a_form_has_its_setter() {
        let schema = json!({"type": "object", "required": ["file"], "properties": {
            "file": {"type": "string", "format": "binary"},
            "note": {"type": "object", "properties": {"x": {"type": "integer"}}},
        }});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {
                "requestBody": {"content": {"multipart/form-data": {"schema": schema}}},
                "responses": {"200": {"description": ""}},
            }}},
        });
        let [required, all] = both(&document);
        assert!(required.arguments.is_empty());
        assert_eq!(Value::Object(all.arguments), json!({"file": "sample", "note": {"x": 1}}));
    }

    #[test]
    fn the_headers_of_a_part_are_set_with_it() {
        let media = json!({
            "schema": {"type": "object", "properties": {"note": {"type": "string"}}},
            "encoding": {"note": {"headers": {"X-Rate": {"required": true, "schema": {"type": "integer"}}}}},
        });
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {
                "requestBody": {"content": {"multipart/form-data": media}}, "responses": {"200": {"description": ""}},
            }}},
        });
        let [_, all] = both(&document);
        assert_eq!(Value::Object(all.arguments), json!({"note": "sample", "note_x_rate": 1}));
    }

    #[test]
    fn every_media_type_is_tried() {
        let schema = json!({"schema": {"type": "object", "properties": {"a": {"type": "string"}}}});
        let answer = json!({"description": "", "content": {"application/json": schema, "text/csv": {}}});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {
                "requestBody": {"content": {"application/json": schema, "application/x-www-form-urlencoded": schema}},
                "responses": {"200": answer},
            }}},
        });
        let plan = planned(&document);
        let operation = &plan.operations[0];
        let words: Vec<String> = Variant::of(operation).iter().map(|variant| variant.describe(operation)).collect();
        let others = ["all, as application/x-www-form-urlencoded", "all, accepting text/csv"];
        assert_eq!(words, [["required", "all"], others].concat());
        let form = call(&document, &plan, 0, Variant::OtherBody(0)).unwrap();
        assert_eq!((form.arguments.len(), form.json), (1, None));
        assert_eq!(call(&document, &plan, 0, Variant::OtherSuccess(0)).unwrap().send, 1);
    }
}
