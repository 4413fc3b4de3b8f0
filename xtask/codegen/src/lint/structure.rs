//! Rules about what an OpenAPI document must have at all.

use super::{
    fault::{Fault, Faults, Rule},
    model::{Model, Node},
};
use crate::objects::Kind;
use crate::{load::kind as kind_of_value, version::Version};
use serde_json::{Value, json};

const VERSION: Rule = Rule::survivable("openapi-version");
const NOT_OPENAPI_3: Rule = Rule::fatal("openapi-version");
const MISSING_FIELD: Rule = Rule::survivable("missing-field");
const MISSING_RESPONSES: Rule = Rule::survivable("missing-responses");
const BODY_WITHOUT_CONTENT: Rule = Rule::survivable("request-body-without-content");
const INVALID_STATUS: Rule = Rule::survivable("invalid-status");
const LOWER_CASE_STATUS: Rule = Rule::survivable("lower-case-status");

/// The version that the document is written in; `None`, with a fault, when it is none that can be read.
pub(super) fn version(document: &Value, faults: &mut Faults<'_>) -> Option<Version> {
    let written = document.get("openapi");
    let text = written.and_then(Value::as_str).unwrap_or_default();
    let Some(version) = Version::of(document) else {
        let found = written.map_or("missing".to_owned(), |value| match value.as_str() {
            Some(text) => format!("`{text}`"),
            None => kind_of_value(value).to_owned(),
        });
        let message = format!("`openapi` must be a version of OpenAPI 3, it is {found}");
        let fault = Fault::at(NOT_OPENAPI_3, 0, "/openapi".to_owned(), message);
        faults.push(fault.help("OpenAPI 3.0, 3.1 and 3.2 are read: convert the document, or correct the version"));
        return None;
    };
    let mut parts = text.split('.').skip(1);
    let is_exact = matches!(parts.next(), Some("0" | "1" | "2")) && parts.next().is_some_and(is_number_with_suffix);
    if !is_exact {
        let example = match version {
            Version::V30 => "3.0.3",
            Version::V31 => "3.1.0",
            Version::V32 => "3.2.0",
        };
        let message = format!("`{text}` is no version that is read: that is 3.0.x, 3.1.x and 3.2.x");
        let fault = Fault::at(VERSION, 0, "/openapi".to_owned(), message);
        faults.push(fault.repair_update(faults, "", json!({"openapi": example})));
    }
    Some(version)
}

/// `3`, and `0-rc1` of release candidates.
fn is_number_with_suffix(patch: &str) -> bool {
    patch.bytes().next().is_some_and(|first| first.is_ascii_digit())
}

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    check_root(model, faults);
    check_lower_case(model, faults);
    for node in model.nodes() {
        if faults.is_full() {
            return;
        }
        match node.kind {
            Kind::Info => {
                require_text(model, node, "title", "Untitled API", faults);
                require_text(model, node, "version", "1.0.0", faults);
            }
            Kind::Operation => check_operation(model, node, faults),
            Kind::RequestBody => check_request_body(model, node, faults),
            Kind::Responses => check_statuses(model, node, faults),
            Kind::SecurityScheme if !node.is_reference() => require_text(model, node, "type", "http", faults),
            _ => {}
        }
    }
}

fn check_root(model: &Model<'_>, faults: &mut Faults<'_>) {
    let missing =
        |field: &str| Fault::at(MISSING_FIELD, 0, format!("/{field}"), format!("the document has no `{field}`"));
    if model.document.get("info").is_none() {
        let update = json!({"info": {"title": "Untitled API", "version": "1.0.0"}});
        faults.push(missing("info").repair_update(faults, "", update));
    }
    if model.document.get("paths").is_none() && model.version == Version::V30 {
        faults.push(missing("paths").help("nothing can be called without it").repair_update(
            faults,
            "",
            json!({"paths": {}}),
        ));
    }
}

/// The fault that a field is missing or is no string, with an overlay action that sets it.
pub(super) fn require_text(model: &Model<'_>, node: &Node<'_>, field: &str, example: &str, faults: &mut Faults<'_>) {
    let found = match node.get(field) {
        Some(Value::String(_)) => return,
        _ if !node.value.is_object() => return,
        Some(other) => format!("must be a string, it is {}", kind_of_value(other)),
        None => "is missing".to_owned(),
    };
    let fault = Fault::new(MISSING_FIELD, model, node.id, &[field], format!("`{field}` {found}"));
    faults.push(fault.repair_update(faults, &model.pointer(node.id), json!({field: example})));
}

fn check_operation(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    let may_omit = model.version >= Version::V31;
    if node.get("responses").is_none() && node.value.is_object() && !may_omit {
        let fault = Fault::new(MISSING_RESPONSES, model, node.id, &[], "the operation does not say what it answers");
        let update = json!({"responses": {"200": {"description": "Success"}}});
        faults.push(fault.repair_update(faults, &model.pointer(node.id), update));
    }
}

fn check_request_body(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    let has_content = match node.get("content") {
        Some(Value::Object(types)) => !types.is_empty(),
        Some(_) => true,
        None => node.is_reference() || !node.value.is_object(),
    };
    if !has_content {
        let message = "the request body names no media type";
        let fault = Fault::new(BODY_WITHOUT_CONTENT, model, node.id, &[], message);
        let update = json!({"content": {"application/json": {"schema": {}}}});
        faults.push(fault.repair_update(faults, &model.pointer(node.id), update));
    }
}

fn check_statuses(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    for (status, _) in node.fields() {
        if is_status(status) || status.starts_with("x-") || means_range(node, status) {
            continue;
        }
        let pointer = model.pointer_below(node.id, &[status]);
        let fault = Fault::at(INVALID_STATUS, node.id, pointer.clone(), format!("`{status}` is no status"));
        let fault = fault.help("statuses are `200`, a range such as `2XX`, or `default`");
        faults.push(fault.repair_remove(faults, &pointer));
    }
}

/// Ranges in lower case are read as what they mean: one warning for all of them, for a vendor who writes one writes many.
fn check_lower_case(model: &Model<'_>, faults: &mut Faults<'_>) {
    let ranges =
        |node: &Node<'_>| node.fields().map(|(status, _)| status).filter(|status| means_range(node, status)).count();
    let first = model.of(Kind::Responses).find_map(|node| {
        let (status, _) = node.fields().find(|(status, _)| means_range(node, status))?;
        Some((node, status))
    });
    let Some((node, status)) = first else { return };
    let upper = status.to_ascii_uppercase();
    let others = model.of(Kind::Responses).map(ranges).sum::<usize>() - 1;
    let more = match others {
        0 => String::new(),
        1 => ", and 1 more key like it".to_owned(),
        _ => format!(", and {others} more keys like it"),
    };
    let message = format!("`{status}` is read as `{upper}`{more}");
    let fault = Fault::new(LOWER_CASE_STATUS, model, node.id, &[status], message);
    faults.push(fault.help("OpenAPI writes ranges with a capital `X` (3.1 section 4.8.16)").warning());
}

/// Whether a key is a range but for its case, and the range itself is not there too.
fn means_range(node: &Node<'_>, key: &str) -> bool {
    let upper = key.to_ascii_uppercase();
    upper != key && upper.ends_with("XX") && is_status(&upper) && node.get(&upper).is_none()
}

/// A status, a range of them, or `default` (OpenAPI 3.1, section 4.8.16).
fn is_status(key: &str) -> bool {
    match key.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] | [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] => true,
        _ => key == "default",
    }
}
