//! Swagger 2.0 becomes OpenAPI 3.0 (<https://swagger.io/specification/v2/>): what the older version says in other places
//! or words moves to where the passes behind look for it.
//!
//! Every move is remembered, so that findings point at what the vendor wrote. What the newer version says just as well is
//! told once, for the document; what had to be guessed or has no equal is told where it stands.

mod bodies;
mod given;
mod parameters;
mod responses;
mod schemas;
mod security;
mod servers;
mod streams;

#[cfg(test)]
mod tests;

use crate::{
    bundle::walk::{Slot, walk},
    diagnostics::{Diagnostic, Diagnostics, Severity, pointer_join},
    load::Document,
    methods,
    objects::Kind,
    origins::Origins,
    schema::references,
};
use given::Given;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The version that documents are converted to.
const TARGET: &str = "3.0.3";

/// The media type where the document names none.
const JSON: &str = "application/json";

/// A host with variables, in place of `host` (`hostTemplate`, `useSchemePrefix`, `parameters`).
const TEMPLATE: &str = "x-ms-parameterized-host";

/// The extension that documents of gateways keep the items of streams in.
const STREAMS: &str = "x-stream-definitions";

/// What a conversion knows and notes.
struct Converter<'d> {
    /// The document as it was.
    old: &'d Value,
    lenient: bool,
    /// Where things are and where they were, outer ones first.
    moves: Vec<(String, String)>,
    findings: Vec<Diagnostic>,
    /// What operations take and give unless they say otherwise.
    consumes: Option<Vec<String>>,
    produces: Option<Vec<String>>,
}

/// Converts a document that calls itself Swagger 2.0; any other stays as it is.
pub fn convert(document: &mut Document, lenient: bool, diagnostics: &mut Diagnostics) {
    let Some(version) = document.value.get("swagger") else { return };
    if document.value.get("openapi").is_some() {
        return;
    }
    let is_2 = version.as_str().is_some_and(|version| version.trim() == "2.0" || version.trim() == "2")
        || version.as_f64() == Some(2.0);
    if !is_2 {
        let shown = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        let message = format!("`{shown}` is no version of Swagger that is read: that is 2.0");
        let help = "convert the document to OpenAPI 3, for example with `npx api-spec-converter`";
        diagnostics.push(Diagnostic::error("swagger-version", "/swagger", message).with_help(help));
        document.value = Value::Null;
        return;
    }
    let old = std::mem::take(&mut document.value);
    let mut converter = Converter::new(&old, lenient);
    document.value = converter.document();
    let Converter { moves, findings, .. } = converter;
    document.origins = relocated(&document.origins, &moves);
    let now = new_places(&moves);
    rewrite_references(&mut document.value, &old, &now);
    document.unbundled = std::mem::take(&mut document.unbundled)
        .into_iter()
        .map(|(pointer, reason)| (moved_pointer(&now, &pointer).unwrap_or(pointer), reason))
        .collect();
    let message = format!("this is a Swagger 2.0 document: it is read as OpenAPI {TARGET}");
    diagnostics.push(Diagnostic::adaptation("swagger-2", "/openapi", message));
    diagnostics.extend(findings);
}

/// The origins of the new document.
fn relocated(old: &Origins, moves: &[(String, String)]) -> Origins {
    let mut origins = old.clone();
    for (new, before) in moves {
        origins.moved(new, old, before);
    }
    origins
}

/// Where what has moved is now, by where it was. What operations share is among the components: what one of them has of it with
/// media types of its own is a copy, which no other refers to.
fn new_places(moves: &[(String, String)]) -> HashMap<&str, &str> {
    let mut now = HashMap::new();
    let (shared, copied): (Vec<_>, Vec<_>) = moves.iter().partition(|(new, _)| new.starts_with("/components/"));
    for (new, before) in shared.into_iter().chain(copied) {
        now.entry(before.as_str()).or_insert(new.as_str());
    }
    now
}

/// Makes every reference lead to where its target is now.
fn rewrite_references(document: &mut Value, old: &Value, now: &HashMap<&str, &str>) {
    for found in walk("", Slot::One(Kind::Root), document, false).found {
        let Some((pointer, _)) = references::find(old, &found.reference) else { continue };
        let Some(moved) = moved_pointer(now, &pointer) else { continue };
        let place = if found.is_mapping { found.pointer } else { pointer_join(&found.pointer, "$ref") };
        if let Some(reference) = document.pointer_mut(&place) {
            *reference = Value::String(format!("#{}", moved.replace('%', "%25")));
        }
    }
}

/// Where the value at `pointer` is now, if it or what it is in has moved.
fn moved_pointer(now: &HashMap<&str, &str>, pointer: &str) -> Option<String> {
    let ends = pointer.char_indices().rev().filter(|(_, character)| *character == '/').map(|(end, _)| end);
    std::iter::once(pointer.len()).chain(ends).find_map(|end| {
        let (before, below) = pointer.split_at_checked(end)?;
        let now = now.get(before)?;
        Some(format!("{now}{below}"))
    })
}

impl<'d> Converter<'d> {
    fn new(old: &'d Value, lenient: bool) -> Self {
        let (consumes, produces) = (media_types(old, "consumes"), media_types(old, "produces"));
        Self { old, lenient, moves: Vec::new(), findings: Vec::new(), consumes, produces }
    }

    /// Notes that what was at `old` is at `new`.
    fn moved(&mut self, new: impl Into<String>, old: impl Into<String>) {
        self.moves.push((new.into(), old.into()));
    }

    fn find(&mut self, severity: Severity, code: &'static str, place: &str, message: String, help: &str) {
        self.findings.push(Diagnostic::new(severity, code, place, message).with_help(help));
    }

    /// How much a fault weighs that the rest can do without.
    fn fault(&self) -> Severity {
        if self.lenient { Severity::Warning } else { Severity::Error }
    }

    fn document(&mut self) -> Value {
        let mut new = Map::new();
        let mut components = Map::new();
        for (key, value) in self.old.as_object().into_iter().flatten() {
            match key.as_str() {
                "swagger" => {
                    new.insert("openapi".to_owned(), TARGET.into());
                    self.moved("/openapi", "/swagger");
                }
                "host" | "basePath" | "schemes" | TEMPLATE => {
                    if !new.contains_key("servers")
                        && let Some(servers) = self.servers()
                    {
                        new.insert("servers".to_owned(), servers);
                    }
                }
                "consumes" | "produces" => {}
                "paths" => {
                    new.insert(key.clone(), self.paths(value));
                }
                "definitions" => self.definitions(value, &mut components),
                STREAMS => self.stream_definitions(value, &mut components),
                "parameters" => self.shared_parameters(value, &mut components),
                "responses" => self.shared_responses(value, &mut components),
                "securityDefinitions" => self.security_schemes(value, &mut components),
                _ => {
                    new.insert(key.clone(), value.clone());
                }
            }
        }
        if !components.is_empty() {
            new.insert("components".to_owned(), Value::Object(components));
        }
        Value::Object(new)
    }

    fn paths(&mut self, paths: &'d Value) -> Value {
        let Some(paths) = paths.as_object() else { return paths.clone() };
        let converted = paths.iter().map(|(path, item)| {
            let place = pointer_join("/paths", path);
            let is_item = item.is_object() && !path.starts_with("x-");
            (path.clone(), if is_item { self.path_item(item, &place) } else { item.clone() })
        });
        Value::Object(converted.collect())
    }

    fn path_item(&mut self, item: &'d Value, place: &str) -> Value {
        let shared = self.given(item, place);
        let mut new = Map::new();
        for (key, value) in item.as_object().into_iter().flatten() {
            let at = pointer_join(place, key);
            let value = match key.as_str() {
                "parameters" if value.is_array() => {
                    let parameters = self.plain_parameters(&shared, &at);
                    if parameters.is_empty() {
                        continue;
                    }
                    parameters.into()
                }
                method if methods::FIELDS.contains(&method) && value.is_object() => self.operation(value, &at, &shared),
                _ => value.clone(),
            };
            new.insert(key.clone(), value);
        }
        Value::Object(new)
    }

    fn operation(&mut self, operation: &'d Value, place: &str, shared: &[Given<'d>]) -> Value {
        let own = self.given(operation, place);
        let parameters = self.plain_parameters(&own, &format!("{place}/parameters"));
        let body = self.request_body(operation, place, &own, shared);
        let mut parameters = Some(parameters).filter(|parameters| !parameters.is_empty());
        let mut body = body;
        let mut new = Map::new();
        for (key, value) in operation.as_object().into_iter().flatten() {
            if matches!(key.as_str(), "parameters" | "responses") {
                let parameters = parameters.take().map(|parameters| ("parameters".to_owned(), parameters.into()));
                new.extend(parameters.into_iter().chain(body.take().map(|body| ("requestBody".to_owned(), body))));
            }
            match key.as_str() {
                "parameters" if value.is_array() => {}
                "consumes" | "produces" => {}
                "schemes" => {
                    let servers = self.servers_of_operation(value, place);
                    new.extend(servers.map(|servers| ("servers".to_owned(), servers)));
                }
                "responses" => {
                    new.insert(key.clone(), self.responses(value, operation, place));
                }
                _ => {
                    new.insert(key.clone(), value.clone());
                }
            }
        }
        new.extend(body.map(|body| ("requestBody".to_owned(), body)));
        Value::Object(new)
    }

    /// What a value is after its references within the document, with its JSON pointer.
    fn resolve(&self, value: &'d Value, pointer: &str) -> Option<(&'d Value, String)> {
        references::resolve(self.old, value, pointer)
    }

    /// The media types of `object`'s field `field`, else those of the document; where neither names any, JSON.
    fn media(&mut self, object: &Value, field: &str, place: &str) -> Vec<String> {
        let of_document = if field == "consumes" { &self.consumes } else { &self.produces };
        let types = media_types(object, field).or_else(|| of_document.clone()).unwrap_or_default();
        if !types.is_empty() {
            return types;
        }
        let message = format!("nothing says what `{field}` is here: it is taken for `{JSON}`");
        let help = "say so in an overlay, under `content`, if it is something else";
        self.find(Severity::Adaptation, "swagger-media-type", place, message, help);
        vec![JSON.to_owned()]
    }
}

/// A list of media types, without those that are there twice.
fn media_types(object: &Value, field: &str) -> Option<Vec<String>> {
    let mut types: Vec<String> = Vec::new();
    let listed = match object.get(field)? {
        Value::Array(list) => list.as_slice(),
        single @ Value::String(_) => std::slice::from_ref(single),
        _ => return None,
    };
    for media_type in listed.iter().filter_map(Value::as_str) {
        if !types.iter().any(|known| known == media_type) {
            types.push(media_type.to_owned());
        }
    }
    Some(types)
}

/// `content` with the same for each media type.
fn content(types: &[String], media: &Value) -> Value {
    Value::Object(types.iter().map(|media_type| (media_type.clone(), media.clone())).collect())
}

/// The object in a map, made where it is not there yet.
fn section<'m>(components: &'m mut Map<String, Value>, name: &str) -> &'m mut Value {
    components.entry(name).or_insert_with(|| json!({}))
}

/// Adds an entry to a section of the components.
fn add(components: &mut Map<String, Value>, name: &str, key: &str, value: Value) {
    if let Some(entries) = section(components, name).as_object_mut() {
        entries.insert(key.to_owned(), value);
    }
}
