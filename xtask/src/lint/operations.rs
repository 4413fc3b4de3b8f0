//! Rules about operations' ids.

use super::{
    fault::{Fault, Faults, Rule},
    model::{ApiOperation, Model},
};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

const DUPLICATE_ID: Rule = Rule::survivable("duplicate-operation-id");

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
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
