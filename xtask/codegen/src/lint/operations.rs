//! Rules about operations' methods and ids.

use super::{
    fault::{Fault, Faults, Rule},
    model::{ApiOperation, Model},
};
use crate::methods;
use crate::objects::Kind;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

const DUPLICATE_ID: Rule = Rule::survivable("duplicate-operation-id");
const METHOD: Rule = Rule::survivable("bad-method");

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    check_methods(model, faults);
    check_ids(model, faults);
}

/// What `additionalOperations` names must be methods that have no field of their own (OpenAPI 3.2 section 4.9).
fn check_methods(model: &Model<'_>, faults: &mut Faults<'_>) {
    let named = model.of(Kind::Operation).filter(|node| node.is_entry() && !methods::is_sendable(node.name()));
    for node in named {
        let name = node.name();
        let field = name.to_ascii_lowercase();
        let (message, help) = if methods::FIELDS.contains(&field.as_str()) {
            (format!("`{name}` has a field of its own"), format!("describe it under `{field}` of the path"))
        } else if name == "CONNECT" {
            let message = "`CONNECT` asks a proxy for a tunnel and has no path: nothing is generated for it";
            (message.to_owned(), "no client of an API calls it (RFC 9110, section 9.3.6)".to_owned())
        } else {
            (format!("`{name}` is no HTTP method"), "a method is one word (RFC 9110, section 9.1)".to_owned())
        };
        let fault = Fault::new(METHOD, model, node.id, &[], message).help(help);
        faults.push(fault.repair_remove(faults, &model.pointer(node.id)));
    }
}

fn check_ids(model: &Model<'_>, faults: &mut Faults<'_>) {
    let mut taken: HashSet<String> =
        model.operations().filter_map(|api| api.operation.text("operationId").map(str::to_owned)).collect();
    let mut first: HashMap<&str, ApiOperation<'_, '_>> = HashMap::new();
    for api in model.operations() {
        if faults.is_full() {
            return;
        }
        let id = match api.operation.get("operationId") {
            None => continue,
            Some(Value::String(id)) => id.as_str(),
            Some(other) => {
                faults.push(model.wrong_type(api.operation.id, &["operationId"], "a string", other, faults));
                continue;
            }
        };
        let Some(earlier) = first.get(id) else {
            first.insert(id, api);
            continue;
        };
        let free = free_id(&api, &mut taken);
        let message = format!("`{id}` is the id of two operations: `{}` and `{}`", earlier.display(), api.display());
        let fault = Fault::new(DUPLICATE_ID, model, api.operation.id, &["operationId"], message)
            .note(model.pointer_below(earlier.operation.id, &["operationId"]), "it is used here first")
            .repair_update(faults, &model.pointer(api.operation.id), json!({"operationId": free}));
        faults.push(fault);
    }
}

/// An id that no operation has, made of the method and the path.
fn free_id(api: &ApiOperation<'_, '_>, taken: &mut HashSet<String>) -> String {
    let words = api.item.name().split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<&str> = std::iter::once(api.operation.name()).chain(words.filter(|word| !word.is_empty())).collect();
    let base = words.join("_").to_lowercase();
    let mut free = base.clone();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{base}_{number}");
        number += 1;
    }
    free
}
