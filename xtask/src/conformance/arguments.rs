//! From what a scenario sends to the arguments of an operation: a caller sets values, the suite tells their text.

use super::{
    scenario::{Body, Call, Content},
    template, text, xml,
};
use crate::contract::declared;
use codegen::plan::{BodyKind, Location, Operation, Parameter, PartContent, Plan, SchemeKind, Style, TypeRef};
use codegen::schema::{
    flat::{flatten, resolve},
    valid::fits,
};
use serde_json::{Map, Value, json};

/// An operation that a scenario calls, and how.
#[derive(Debug)]
pub struct Matched<'a> {
    /// Number of the operation in the plan.
    pub index: usize,
    /// The operation.
    pub operation: &'a Operation,
    /// The base URL: the server's address, and the path of the document's server.
    pub base_url: String,
    /// The text of the path's parameters.
    path: Vec<(String, String)>,
    /// How well the path fits.
    pub fixed: usize,
}

/// The operation that is meant, by method and path.
pub fn find<'a>(plan: &'a Plan, call: &Call, address: &str) -> Option<Matched<'a>> {
    // What the server's router would take for a parameter.
    let uri = call.uri.replace('\\', "");
    let operations = plan.operations.iter().enumerate().filter(|(_, operation)| operation.method == call.method);
    let matched = operations.filter_map(|(index, operation)| {
        let servers = if operation.servers.is_empty() { &plan.api.servers } else { &operation.servers };
        let server = base_path(&servers.first()?.url).trim_end_matches('/').to_owned();
        let whole = format!("{server}{}", operation.path);
        // To the server's router a slash at the end makes no difference.
        let path = template::captures(&whole, &uri).or_else(|| template::captures(whole.strip_suffix('/')?, &uri))?;
        let value = |name: &str| path.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let base_url = format!("{address}{}", template::fill(&server, value));
        let fixed = template::fixed(&server) + template::fixed(&operation.path);
        Some(Matched { index, operation, base_url, path, fixed })
    });
    matched.max_by_key(|matched| matched.fixed)
}

/// A server's URL without what stands for the address: scheme and host, or a variable in their place.
fn base_path(url: &str) -> &str {
    let behind = url.split_once("://").map_or(url, |(_, rest)| rest);
    if behind.starts_with('/') {
        behind
    } else {
        behind.find('/').map_or("", |start| behind.get(start..).unwrap_or(""))
    }
}

impl Matched<'_> {
    /// The line for the driver.
    ///
    /// # Errors
    ///
    /// What the scenario sends and the operation has no place for.
    pub fn line(&self, document: &Value, call: &Call, paged: bool) -> Result<Value, String> {
        let mut arguments = Map::new();
        let mut query = call.request.query.clone();
        let mut headers = call.request.headers.clone();
        let (exploded, others): (Vec<&Parameter>, Vec<&Parameter>) =
            self.operation.parameters.iter().partition(|parameter| takes_the_rest(document, self.operation, parameter));
        // What takes whatever name comes is served last.
        for parameter in others.into_iter().chain(exploded) {
            let schema = schema(document, self.operation, parameter);
            let readings = match parameter.location {
                Location::Path => self.path_value(parameter),
                Location::Query => query_value(document, parameter, &schema, &mut query),
                Location::Header => take(&mut headers, &parameter.name)
                    .map(|value| text::readings(&plain(&value), parameter.style, parameter.explode, &parameter.name)),
                Location::Cookie | Location::QueryString => None,
            };
            let Some(readings) = readings else { continue };
            let value = readings.iter().find(|value| fits(document, &schema, value)).or(readings.last());
            arguments.extend(value.map(|value| (parameter.ident.clone(), value.clone())));
        }
        if let Some(name) = query.keys().next() {
            return Err(format!("the operation has no query parameter `{name}`"));
        }
        let mut content_type = None;
        match (&call.request.body, &self.operation.body) {
            (Some(body), _) => content_type = self.body(document, body, &call.request.headers, &mut arguments)?,
            // What the suite does not look at is as little as there can be.
            (None, Some(body)) if body.required && matches!(body.kind, BodyKind::Json(_)) => {
                arguments.insert(body.ident.clone(), json!({}));
            }
            (None, _) => {}
        }
        let send = self.send(&headers);
        Ok(json!({
            "operation": self.index, "arguments": arguments, "send": send, "paged": paged, "whole": true,
            "content_type": content_type,
        }))
    }

    fn path_value(&self, parameter: &Parameter) -> Option<Vec<Value>> {
        let (_, raw) = self.path.iter().find(|(name, _)| *name == parameter.name)?;
        let text = decoded(raw);
        Some(text::readings(&text, parameter.style, parameter.explode, &parameter.name))
    }

    /// Which method asks for the media type that is accepted.
    fn send(&self, headers: &Map<String, Value>) -> usize {
        let accepted =
            headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("accept")).map(|(_, value)| plain(value));
        let others = &self.operation.other_successes;
        accepted
            .and_then(|accepted| others.iter().position(|other| other.media_type == accepted))
            .map_or(0, |at| at + 1)
    }

    /// Sets the body; the media type to name, where the document leaves it open.
    fn body(
        &self,
        document: &Value,
        sent: &Body,
        headers: &Map<String, Value>,
        arguments: &mut Map<String, Value>,
    ) -> Result<Option<String>, String> {
        // A header says more than what the suite's helper for the body says.
        let told = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let media_type = told.map_or_else(|| sent.essence(), |(_, value)| plain(value));
        let bodies = || self.operation.body.iter().chain(&self.operation.other_bodies);
        let is_sent = |body: &&codegen::plan::Body| body.media_type.eq_ignore_ascii_case(&media_type);
        let body = bodies().find(is_sent).or(self.operation.body.as_ref()).ok_or("the operation takes no body")?;
        let value = match &body.kind {
            BodyKind::Json(_) | BodyKind::Form(..) => {
                serde_json::from_str(&sent.read_as_text()).map_err(|error| format!("the body is no JSON: {error}"))?
            }
            BodyKind::Xml(..) => {
                let schema = request_schema(document, self.operation, &body.media_type);
                xml::value(document, &schema, &sent.read_as_text())?
            }
            BodyKind::Lines(_) => {
                let text = sent.read_as_text();
                let lines = text.lines().filter(|line| !line.trim().is_empty());
                let items: Result<Vec<Value>, _> = lines.map(serde_json::from_str).collect();
                Value::Array(items.map_err(|error| format!("a line of the body is no JSON: {error}"))?)
            }
            // The suite writes a text as JSON where its helper for JSON made it.
            BodyKind::Text => match serde_json::from_str(&sent.read_as_text()) {
                Ok(Value::String(text)) if sent.essence() == "application/json" => Value::String(text),
                _ => Value::from(sent.read_as_text()),
            },
            BodyKind::Binary => match &sent.content {
                Some(Content::Text(text)) => Value::from(text.as_str()),
                _ => json!({"hexadecimal": sent.hexadecimal()}),
            },
            BodyKind::Multipart => {
                let names = || sent.files.iter().map(|file| &file.fieldname).chain(sent.parts.keys());
                if let Some(name) = names().find(|name| body.parts.iter().all(|part| part.name != **name)) {
                    return Err(format!("the form has no part `{name}`"));
                }
                for part in &body.parts {
                    let value = part_value(sent, &part.name, &part.content);
                    arguments.extend(value.map(|value| (part.ident.clone(), value)));
                }
                return Ok(None);
            }
        };
        arguments.insert(body.ident.clone(), value);
        let is_named = body.open_media_type && !body.media_type.eq_ignore_ascii_case(&media_type);
        Ok(is_named.then_some(media_type))
    }
}

/// The schema of a body in a media type.
fn request_schema(document: &Value, operation: &Operation, media_type: &str) -> Value {
    let listed = document.pointer(&operation.pointer).and_then(|operation| operation.get("requestBody"));
    content_schema(&listed.map(|listed| resolve(document, listed)).unwrap_or_default(), media_type)
}

/// The schema of an answer in a media type.
pub fn answer_schema(document: &Value, operation: &Operation, status: u16, media_type: &str) -> Value {
    let answers = document.pointer(&operation.pointer).and_then(|operation| operation.get("responses"));
    let listed = answers.and_then(|answers| answers.get(status.to_string()).or_else(|| answers.get("default")));
    content_schema(&listed.map(|listed| resolve(document, listed)).unwrap_or_default(), media_type)
}

fn content_schema(object: &Value, media_type: &str) -> Value {
    let content = object.get("content").and_then(Value::as_object);
    let found = content.and_then(|content| content.get(media_type).or_else(|| content.values().next()));
    found.and_then(|media| media.get("schema")).cloned().unwrap_or_default()
}

/// The value for one part of a form.
fn part_value(sent: &Body, name: &str, content: &PartContent) -> Option<Value> {
    let mut files = sent.files.iter().filter(|file| file.fieldname == name).map(
        |file| json!({"hexadecimal": file.buffer.hexadecimal, "name": file.originalname, "media_type": file.mimetype}),
    );
    match content {
        PartContent::Value(TypeRef::String) => sent.parts.get(name).map(|value| plain(value).into()),
        PartContent::Value(_) => sent.parts.get(name).cloned(),
        PartContent::File => files.next().or_else(|| sent.parts.get(name).map(|value| plain(value).into())),
        PartContent::Files => Some(Value::Array(files.collect())).filter(|files| files != &json!([])),
    }
}

/// Whether a call that shows no credential is one that needs none.
pub fn may_be_anonymous(operation: &Operation) -> bool {
    operation.security.is_empty() || operation.security.iter().any(Vec::is_empty)
}

/// The credentials that a call shows, by scheme.
pub fn secrets(plan: &Plan, call: &Call) -> Map<String, Value> {
    let header = |name: &str| {
        let found = call.request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| plain(value))
    };
    let authorization = |scheme: &str| {
        let text = header("authorization")?;
        let (named, secret) = text.split_once(' ')?;
        named.eq_ignore_ascii_case(scheme).then(|| secret.to_owned())
    };
    let secret = |kind: &SchemeKind| match kind {
        SchemeKind::ApiKey { location: Location::Header, name } => header(name),
        SchemeKind::ApiKey { .. } | SchemeKind::MutualTls => None,
        SchemeKind::Basic => authorization("Basic"),
        SchemeKind::HttpOther { scheme } => authorization(scheme),
        SchemeKind::Bearer | SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect => authorization("Bearer"),
    };
    let secrets =
        plan.api.schemes.iter().filter_map(|scheme| Some((scheme.name.clone(), secret(&scheme.kind)?.into())));
    secrets.collect()
}

/// The schema of a parameter.
fn schema(document: &Value, operation: &Operation, parameter: &Parameter) -> Value {
    let object = declared(document, operation, parameter);
    let content = object.get("content").and_then(Value::as_object).and_then(|content| content.values().next());
    content.unwrap_or(&object).get("schema").cloned().unwrap_or_else(|| json!({"type": "string"}))
}

/// Whether a parameter is an object that is sent as its properties.
fn takes_the_rest(document: &Value, operation: &Operation, parameter: &Parameter) -> bool {
    let is_spread = parameter.location == Location::Query && parameter.style == Style::Form && parameter.explode;
    is_spread && is_object(document, &schema(document, operation, parameter))
}

fn is_object(document: &Value, schema: &Value) -> bool {
    let flat = flatten(document, schema);
    flat.get("type").and_then(Value::as_str) == Some("object")
        || flat.contains_key("properties")
        || flat.contains_key("additionalProperties")
}

/// What a query parameter can be, taken out of the query.
fn query_value(
    document: &Value,
    parameter: &Parameter,
    schema: &Value,
    query: &mut Map<String, Value>,
) -> Option<Vec<Value>> {
    let Parameter { name, style, explode, .. } = parameter;
    let members = |pairs: Vec<(String, Value)>| {
        (!pairs.is_empty()).then(|| {
            let typed = |(name, value): (String, Value)| (name, text::scalars(&plain(&value)).swap_remove(0));
            vec![
                Value::Object(pairs.clone().into_iter().map(typed).collect()),
                Value::Object(pairs.into_iter().collect()),
            ]
        })
    };
    match style {
        Style::DeepObject => {
            let own =
                |key: &str| key.strip_prefix(name.as_str())?.strip_prefix('[')?.strip_suffix(']').map(str::to_owned);
            let keys: Vec<(String, String)> = query.keys().filter_map(|key| Some((own(key)?, key.clone()))).collect();
            let taken = keys.into_iter().filter_map(|(member, key)| Some((member, query.shift_remove(&key)?)));
            members(taken.collect())
        }
        Style::Form if *explode && is_object(document, schema) => members(std::mem::take(query).into_iter().collect()),
        Style::Form if *explode => match query.shift_remove(name)? {
            Value::Array(items) => Some(text::lists(&items.iter().map(plain).collect::<Vec<_>>())),
            value => {
                let text = plain(&value);
                Some(text::lists(std::slice::from_ref(&text)).into_iter().chain(text::scalars(&text)).collect())
            }
        },
        _ => match query.shift_remove(name)? {
            Value::Array(items) => Some(text::lists(&items.iter().map(plain).collect::<Vec<_>>())),
            value => Some(text::readings(&plain(&value), *style, *explode, name)),
        },
    }
}

fn take(headers: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let key = headers.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    headers.shift_remove(&key)
}

/// A value as its text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Percent-encoding undone (RFC 3986, section 2.1).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high << 4 | low));
                rest = behind.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{diagnostics::Diagnostics, lower};

    fn line(operation: Value, uri: &str, request: Value) -> Result<Value, String> {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "servers": [{"url": "{endpoint}/v/{version}", "variables": {
                "endpoint": {"default": ""}, "version": {"default": "1"},
            }}],
            "paths": {"/a/{id}": {"put": operation}, "/a/{id}/b": {"put": {"responses": {}}}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let call = json!({"method": "PUT", "uri": uri, "request": request, "response": {"status": 200}});
        let call: Call = serde_json::from_value(call).unwrap();
        let matched = find(&plan, &call, "http://localhost:1").ok_or("no operation")?;
        assert_eq!(matched.base_url, "http://localhost:1/v/2");
        matched.line(&document, &call, false)
    }

    fn parameter(name: &str, place: &str, more: Value) -> Value {
        let mut object = json!({"name": name, "in": place, "required": place == "path"});
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        object
    }

    #[test]
    fn text_on_the_wire_becomes_values_by_the_schema() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        let object = json!({"type": "object", "properties": {"x": {"type": "integer"}}});
        let operation = json!({
            "parameters": [
                parameter("id", "path", json!({"schema": {"type": "string"}})),
                parameter("tags", "query", json!({"schema": list, "style": "pipeDelimited", "explode": false})),
                parameter("rest", "query", json!({"schema": object})),
                parameter("f", "query", json!({"schema": object, "style": "deepObject"})),
                parameter("X-Size", "header", json!({"schema": {"type": "integer"}})),
            ],
            "requestBody": {"content": {"application/json": {"schema": {"type": "boolean"}}}},
            "responses": {"200": {"description": ""}},
        });
        let request = json!({
            "query": {"tags": "a|b", "x": 1, "f[x]": "2"}, "headers": {"x-size": "3"},
            "body": {"contentType": "application/json", "content": "true"},
        });
        let found = line(operation, "/v/2/a/7", request).unwrap();
        let arguments = json!({
            "id": "7", "tags": ["a", "b"], "rest": {"x": 1}, "f": {"x": 2}, "x_size": 3, "body": true,
        });
        assert_eq!(found["arguments"], arguments);
    }

    #[test]
    fn a_media_type_that_is_left_open_is_named() {
        let operation = json!({
            "requestBody": {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
            "responses": {"200": {"description": ""}},
        });
        let body = json!({"body": {"contentType": "image/png", "content": {"$bytes": "ff"}}});
        let found = line(operation, "/v/2/a/7", body).unwrap();
        assert_eq!(
            (&found["content_type"], &found["arguments"]["body"]),
            (&json!("image/png"), &json!({"hexadecimal": "ff"}))
        );
    }

    #[test]
    fn what_has_no_place_is_told() {
        let operation = json!({
            "parameters": [parameter("id", "path", json!({"schema": {"type": "string"}}))],
            "responses": {"200": {"description": ""}},
        });
        let unknown = line(operation.clone(), "/v/2/a/7", json!({"query": {"other": 1}}));
        assert_eq!(unknown, Err("the operation has no query parameter `other`".to_owned()));
        let body = json!({"body": {"contentType": "application/json", "content": "1"}});
        assert_eq!(line(operation, "/v/2/a/7", body), Err("the operation takes no body".to_owned()));
    }

    #[test]
    fn a_form_is_set_part_by_part() {
        let properties = json!({"label": {"type": "string"}, "file": {"type": "string", "format": "binary"}});
        let schema = json!({"type": "object", "properties": properties});
        let operation = json!({
            "requestBody": {"content": {"multipart/form-data": {"schema": schema}}},
            "responses": {"200": {"description": ""}},
        });
        let file = json!({
            "fieldname": "file", "originalname": "a.png", "mimetype": "image/png", "buffer": {"$bytes": "ff"},
        });
        let body = json!({"contentType": "multipart/form-data", "parts": {"label": 1}, "files": [file]});
        let operation = |parts: Value| line(operation.clone(), "/v/2/a/7", json!({"body": parts}));
        let found = operation(body).unwrap();
        let part = json!({"hexadecimal": "ff", "name": "a.png", "media_type": "image/png"});
        assert_eq!(found["arguments"]["file"], part);
        assert_eq!(found["arguments"]["label"], json!("1"));
        let unknown = operation(json!({"contentType": "multipart/form-data", "parts": {"other": 1}}));
        assert_eq!(unknown, Err("the form has no part `other`".to_owned()));
    }
}
