//! Calls that the vendor makes: webhooks (OpenAPI 3.1 section 4.8.1; `x-webhooks` before, as ReDoc reads it) and callbacks
//! (OpenAPI 3.0 section 4.7.18). A client receives none; whoever does reads their bodies by the types that are made here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::names::Context;
use super::types::Types;
use super::webhooks::{self, Sent};
use super::{content, idents};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::media::{self, Encoding};
use crate::methods;
use crate::plan::{Docs, Incoming, Operation, Origin, TypeRef, Webhooks};
use crate::schema::references;
use crate::schema::shape::{Shape, Typed};

/// Where a document has its webhooks.
const WEBHOOKS: [&str; 2] = ["webhooks", "x-webhooks"];

/// A call that the vendor makes, as it stands in the document.
struct Call<'d> {
    origin: Origin,
    /// What its type is to be called.
    wanted: String,
    method: String,
    operation: &'d Value,
    pointer: String,
}

/// What a call carries, with the schema of it.
struct Payload {
    media_type: String,
    typed: Typed,
    ty: TypeRef,
}

/// Reads the webhooks, and the callbacks of the operations.
pub fn read(document: &Value, operations: &[Operation], types: &mut Types<'_>) -> Webhooks {
    let mut calls = of_document(document, types);
    for operation in operations {
        calls.extend(callbacks(document, operation, types));
    }
    let mut taken = BTreeSet::new();
    let (mut all, mut sent) = (Vec::new(), Vec::new());
    for call in calls {
        let ident = idents::unique([call.wanted.clone()], &mut taken);
        let Some(Payload { media_type, typed, ty }) = payload(document, &call, &ident, types) else { continue };
        let text = |key: &str| call.operation.get(key).and_then(Value::as_str).map(str::trim).map(str::to_owned);
        let docs = Docs {
            title: text("summary"),
            description: text("description").filter(|text| !text.is_empty()),
            deprecated: call.operation.get("deprecated").and_then(Value::as_bool).unwrap_or(false),
            ..Docs::default()
        };
        if let Origin::Webhook { name } = &call.origin
            && media::encoding(&media_type) == Encoding::Json
        {
            let (key, ty) = (name.clone(), ty.clone());
            sent.push(Sent { ident: ident.clone(), key, typed, ty, deprecated: docs.deprecated });
        }
        all.push(Incoming { origin: call.origin, ident, method: call.method.clone(), media_type, ty, docs });
    }
    let hints = webhooks::hints(document, types.schemas.diagnostics);
    let any = webhooks::any(sent, &hints, &mut taken, types);
    Webhooks { all, any, signature: hints.signature }
}

fn of_document<'d>(document: &'d Value, types: &mut Types<'_>) -> Vec<Call<'d>> {
    let mut calls = Vec::new();
    let mut known = BTreeMap::new();
    for key in WEBHOOKS {
        for (name, item) in fields(document, key) {
            // A document for readers of 3.0 and 3.1 says the same in both places.
            if known.insert(name, item) == Some(item) {
                continue;
            }
            let origin = Origin::Webhook { name: name.clone() };
            let pointer = pointer_join(&pointer_join("", key), name);
            calls.extend(of_item(document, item, &pointer, &origin, &idents::pascal(name), types));
        }
    }
    calls
}

fn callbacks<'d>(document: &'d Value, operation: &Operation, types: &mut Types<'_>) -> Vec<Call<'d>> {
    let Some(object) = document.pointer(&operation.pointer) else { return Vec::new() };
    let place = pointer_join(&operation.pointer, "callbacks");
    let mut calls = Vec::new();
    for (name, callback) in fields(object, "callbacks") {
        let Some((callback, pointer)) = resolve(document, callback, &pointer_join(&place, name), types) else {
            continue;
        };
        for (url, item) in
            callback.as_object().into_iter().flat_map(Map::iter).filter(|(url, _)| !url.starts_with("x-"))
        {
            let origin = Origin::Callback {
                name: name.clone(),
                operation: operation.ident.clone(),
                tag: operation.tag.clone(),
                url: url.clone(),
            };
            let wanted = format!("{}{}", operation.owner, idents::pascal(name));
            calls.extend(of_item(document, item, &pointer_join(&pointer, url), &origin, &wanted, types));
        }
    }
    calls
}

/// The calls of a path item; of several, all but the first have their method in their name.
fn of_item<'d>(
    document: &'d Value,
    item: &'d Value,
    pointer: &str,
    origin: &Origin,
    wanted: &str,
    types: &mut Types<'_>,
) -> Vec<Call<'d>> {
    let Some((item, pointer)) = resolve(document, item, pointer, types) else { return Vec::new() };
    let calls = methods::of(item).enumerate().map(|(index, found)| Call {
        origin: origin.clone(),
        wanted: match index {
            0 => wanted.to_owned(),
            _ => format!("{wanted}{}", idents::pascal(&found.method.to_ascii_lowercase())),
        },
        pointer: format!("{pointer}{}", found.pointer),
        method: found.method,
        operation: found.operation,
    });
    calls.collect()
}

fn resolve<'d>(
    document: &'d Value,
    object: &'d Value,
    pointer: &str,
    types: &mut Types<'_>,
) -> Option<(&'d Value, String)> {
    let found = references::resolve(document, object, pointer);
    if found.is_none() {
        let consequence = "what the vendor sends has no type";
        types.schemas.diagnostics.push(references::dangling(object, pointer, consequence));
    }
    found
}

/// What a call carries, as JSON if it may, else as a form; anything else has no type, which is told.
fn payload(document: &Value, call: &Call<'_>, ident: &str, types: &mut Types<'_>) -> Option<Payload> {
    let place = pointer_join(&call.pointer, "requestBody");
    let body = call.operation.get("requestBody").and_then(|body| resolve(document, body, &place, types));
    let (body, place) = body.unwrap_or((&Value::Null, call.pointer.clone()));
    let place = pointer_join(&place, "content");
    let mut listed: Vec<(&String, &Value, Encoding)> = Vec::new();
    for (media_type, object) in fields(body, "content") {
        let at = pointer_join(&place, media_type);
        let shape = content::shape(object, &at, &mut types.schemas);
        let encoding = match (media::encoding(media_type), shape) {
            (_, Some(shape)) if content::is_bytes(&shape) => Encoding::Binary,
            (Encoding::Form, Some(Shape::Text(_)) | None) => Encoding::Text,
            (encoding, _) => encoding,
        };
        listed.push((media_type, object, encoding));
    }
    let rank = |encoding: Encoding| match encoding {
        Encoding::Json => Some(0),
        Encoding::Form => Some(1),
        _ => None,
    };
    let best = listed.iter().filter_map(|found| Some((rank(found.2)?, found))).min_by_key(|(rank, _)| *rank);
    let chosen = best.map(|(_, (media_type, object, _))| (*media_type, *object));
    let left: Vec<String> = listed
        .iter()
        .map(|found| found.0)
        .filter(|name| chosen.is_none_or(|(media_type, _)| *name != media_type))
        .map(|name| format!("`{name}`"))
        .collect();
    tell_left(call, chosen.is_some(), &left, types);
    let (media_type, object) = chosen?;
    let place = pointer_join(&pointer_join(&place, media_type), "schema");
    let typed = match object.get("schema") {
        Some(schema) => types.schemas.parse(schema, &place),
        None => Typed::new(Shape::Any, place),
    };
    let ty = types.whole(&typed, &context(ident));
    Some(Payload { media_type: media_type.clone(), typed, ty })
}

/// The owner of what webhooks carry: equal payloads are one type.
const ANY: &str = "AnyWebhook";

/// Where a payload stands.
fn context(ident: &str) -> Context {
    Context { owner: ANY.to_owned(), ..Context::root(format!("{ident}Payload"), ident) }
}

/// Tells what of a call has no type.
fn tell_left(call: &Call<'_>, has_type: bool, left: &[String], types: &mut Types<'_>) {
    let (code, named) = match &call.origin {
        Origin::Webhook { name } => ("webhooks", format!("the webhook `{name}`")),
        Origin::Callback { name, .. } => ("callbacks", format!("the callback `{name}`")),
    };
    let mut tell = |pointer: &str, message: String| {
        types.schemas.diagnostics.push(Diagnostic::adaptation(code, pointer, message));
    };
    if call.operation.get("parameters").and_then(Value::as_array).is_some_and(|listed| !listed.is_empty()) {
        let message = format!("nothing is generated for the parameters of {named}: whoever receives it has them");
        tell(&pointer_join(&call.pointer, "parameters"), message);
    }
    let answers = fields(call.operation, "responses");
    if answers.into_iter().any(|(_, answer)| answer.get("content").is_some() || answer.get("headers").is_some()) {
        let message =
            format!("nothing is generated for what {named} is to be answered: your server says it in its own way");
        tell(&pointer_join(&call.pointer, "responses"), message);
    }
    let message = match (has_type, left) {
        (true, []) => return,
        (true, left) => format!("{named} has a type for one of its bodies, and none for {}", left.join(", ")),
        (false, []) => format!("nothing is generated for {named}: it has no body"),
        (false, left) => format!("nothing is generated for {named}: its body is {}, and no JSON", left.join(", ")),
    };
    tell(&call.pointer, message);
}

fn fields<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> + use<'v> {
    value.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::lower::lower;
    use crate::plan::Plan;
    use serde_json::json;

    fn plan(version: &str, fields: Value) -> (Plan, Vec<(&'static str, String)>) {
        let mut document =
            json!({"openapi": version, "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}]});
        document.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let mut diagnostics = Diagnostics::default();
        let plan = lower("t", &document, &mut diagnostics);
        (plan, diagnostics.iter().map(|found| (found.code, found.pointer.clone())).collect())
    }

    fn call(schema: Value) -> Value {
        json!({"post": {"summary": "Says so.", "requestBody": {"content": {"application/json": {"schema": schema}}}}})
    }

    fn event(kind: &str) -> Value {
        json!({"type": "object", "required": ["type"], "properties": {"type": {"const": kind}, "id": {"type": "integer"}}})
    }

    fn names(plan: &Plan) -> Vec<(&str, String)> {
        let all = plan.webhooks.all.iter();
        all.map(|found| (found.ident.as_str(), crate::polish::spelled(&found.ty, "types"))).collect()
    }

    #[test]
    fn payloads_have_types_that_answers_may_hold() {
        let webhooks = json!({"pet.born": call(event("a")), "pet-died": {"$ref": "#/components/pathItems/died"}});
        let components = json!({"pathItems": {"died": call(json!({"$ref": "#/components/schemas/Died"}))},
            "schemas": {"Died": event("b")}});
        let (found, told) = plan("3.1.0", json!({"webhooks": webhooks, "components": components}));
        assert_eq!(told, []);
        let expected =
            |first: &str| vec![("PetBorn", format!("types::{first}")), ("PetDied", "types::Died".to_owned())];
        assert_eq!(names(&found), expected("PetBornPayload"));
        assert!(found.types["Died"].in_response && !found.types["Died"].in_request);
        assert_eq!(found.webhooks.all[0].docs.title.as_deref(), Some("Says so."));
        // Before 3.1 they are an extension.
        let (found, _) = plan("3.0.3", json!({"x-webhooks": {"pet.born": call(event("a"))}, "paths": {}}));
        assert_eq!(names(&found), [("PetBorn", "types::PetBornPayload".to_owned())]);
    }

    #[test]
    fn what_is_said_in_both_places_is_one_webhook() {
        let both = json!({"born": call(event("a")), "lost": call(event("b"))});
        let (found, _) = plan("3.1.0", json!({"webhooks": both, "x-webhooks": both}));
        assert_eq!(names(&found).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["Born", "Lost"]);
        let other = json!({"born": call(event("c"))});
        let (found, _) = plan("3.1.0", json!({"webhooks": both, "x-webhooks": other}));
        assert_eq!(names(&found).len(), 3);
    }

    #[test]
    fn callbacks_are_named_after_their_operation() {
        let callback = json!({"{$request.body#/url}": call(event("a")), "x-note": {}});
        let operation =
            |callback: Value| json!({"operationId": "subscribe", "callbacks": {"on data": callback}, "responses": {}});
        let shared = json!({"callbacks": {"shared": callback}});
        let reference = json!({"$ref": "#/components/callbacks/shared"});
        for (callback, components) in [(callback, json!({})), (reference, shared)] {
            let paths = json!({"/a": {"post": operation(callback)}});
            let (found, told) = plan("3.0.3", json!({"paths": paths, "components": components}));
            assert_eq!(names(&found), [("SubscribeOnData", "types::SubscribeOnDataPayload".to_owned())]);
            assert_eq!(told, []);
        }
    }

    #[test]
    fn what_has_no_type_is_told() {
        let body = |content: Value| json!({"post": {"requestBody": {"content": content}}});
        let form = json!({"schema": {"type": "object", "properties": {"a": {"type": "string"}}}});
        let webhooks = json!({
            "text": body(json!({"text/plain": {"schema": {"type": "string"}}})),
            "none": {"post": {"parameters": [{"name": "Signature", "in": "header"}], "responses": {"200": {"description": "", "content": {}}, "204": {"description": ""}}}},
            "both": body(json!({"application/x-www-form-urlencoded": form, "application/json": form})),
            "form": body(json!({"application/x-www-form-urlencoded": form, "application/xml": form})),
            "lost": {"$ref": "#/nowhere"},
            "bytes": body(json!({"application/json": {"schema": {"type": "string", "format": "binary"}}})),
        });
        let (found, told) = plan("3.1.0", json!({"webhooks": webhooks}));
        let kept: Vec<_> =
            found.webhooks.all.iter().map(|found| (found.ident.as_str(), found.media_type.as_str())).collect();
        assert_eq!(kept, [("Both", "application/json"), ("Form", "application/x-www-form-urlencoded")]);
        let told: Vec<_> = told.iter().map(|(code, pointer)| (*code, pointer.as_str())).collect();
        assert_eq!(
            told,
            [
                ("dangling-ref", "/webhooks/lost/$ref"),
                ("webhooks", "/webhooks/text/post"),
                ("webhooks", "/webhooks/none/post/parameters"),
                ("webhooks", "/webhooks/none/post/responses"),
                ("webhooks", "/webhooks/none/post"),
                ("webhooks", "/webhooks/both/post"),
                ("webhooks", "/webhooks/form/post"),
                ("webhooks", "/webhooks/bytes/post"),
            ]
        );
    }
}
