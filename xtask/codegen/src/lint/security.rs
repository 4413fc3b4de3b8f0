//! Rules about what requests are signed with.

use super::{
    fault::{Fault, Faults, Id, Rule},
    model::{Kind, Model},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const UNKNOWN_SCHEME: Rule = Rule::survivable("unknown-security-scheme");

/// Each scheme that is required and not declared is one fault, however many operations require it.
pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    let declared = model.document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let mut unknown: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for node in model.of(Kind::SecurityRequirement) {
        for (name, _) in node.fields() {
            if !declared.is_some_and(|declared| declared.contains_key(name)) {
                unknown.entry(name).or_default().push(node.id);
            }
        }
    }
    for (name, places) in unknown {
        let Some(first) = places.first() else { continue };
        let message = format!("the security scheme `{name}` is required in {} and not declared", counted(places.len()));
        let fault = Fault::new(UNKNOWN_SCHEME, model, *first, &[name], message);
        let known = declared.into_iter().flat_map(|declared| declared.keys());
        let near = faults.suggester.nearest(name, known.map(String::as_str));
        let fault = match near {
            Some(near) => fault.help(format!("there is `{near}`: correct the name")),
            None => fault.help("declare it; a bearer token is only an example"),
        };
        let scheme = json!({"type": "http", "scheme": "bearer"});
        let update = json!({"components": {"securitySchemes": {name: scheme}}});
        faults.push(fault.repair_update(faults, "", update));
    }
}

fn counted(places: usize) -> String {
    if places == 1 { "1 place".to_owned() } else { format!("{places} places") }
}
