//! Rules about servers and the variables in their URLs.

use super::{
    fault::{Fault, Faults, Rule},
    model::{Model, Node},
    structure::require_text,
};
use crate::objects::Kind;
use serde_json::{Value, json};

const UNDEFINED: Rule = Rule::survivable("server-variable-undefined");
const QUERY: Rule = Rule::survivable("server-query");
const DEFAULT: Rule = Rule::survivable("server-variable-default");

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    for server in model.of(Kind::Server) {
        if faults.is_full() {
            return;
        }
        require_text(model, server, "url", "https://api.example.com", faults);
        check_variables(model, server, faults);
        check_query(model, server, faults);
    }
    for variable in model.of(Kind::ServerVariable) {
        if faults.is_full() {
            return;
        }
        check_default(model, variable, faults);
    }
}

/// Every `{name}` of a URL needs a variable.
fn check_variables(model: &Model<'_>, server: &Node<'_>, faults: &mut Faults<'_>) {
    let variables = server.get("variables");
    let mut rest = server.text("url").unwrap_or_default();
    while let Some((name, behind)) = rest.split_once('{').and_then(|(_, after)| after.split_once('}')) {
        rest = behind;
        if variables.is_some_and(|variables| variables.get(name).is_some()) {
            continue;
        }
        let message = format!("the server's URL has the variable `{name}`, which is not described");
        let fault = Fault::new(UNDEFINED, model, server.id, &["url"], message)
            .help("give it the default that fits")
            .repair_update(faults, &model.pointer(server.id), json!({"variables": {name: {"default": name}}}));
        faults.push(fault);
    }
}

/// A server's URL has neither query nor fragment (OpenAPI 3.2, section 4.6): paths are appended to it.
fn check_query(model: &Model<'_>, server: &Node<'_>, faults: &mut Faults<'_>) {
    let Some(url) = server.text("url") else { return };
    let Some((place, rest)) = url.find(['?', '#']).map(|at| url.split_at(at)) else { return };
    let what = if rest.starts_with('?') { "query" } else { "fragment" };
    let message = format!("the server's URL has a {what}, behind which no path can stand: the client refuses it");
    let fault = Fault::new(QUERY, model, server.id, &["url"], message)
        .warning()
        .help("make the query a parameter of the operations; a caller can give the client another base URL")
        .repair_update(faults, &model.pointer(server.id), json!({"url": place}));
    faults.push(fault);
}

fn check_default(model: &Model<'_>, variable: &Node<'_>, faults: &mut Faults<'_>) {
    if !variable.value.is_object() {
        return;
    }
    let name = variable.name();
    let values: Vec<&str> =
        variable.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let message = match variable.get("default") {
        Some(Value::String(default)) if values.is_empty() || values.contains(&default.as_str()) => return,
        Some(Value::String(default)) => format!("`{default}` is none of the values of the server variable `{name}`"),
        Some(other) => format!("the default of the server variable `{name}` must be a string, it is {other}"),
        None => format!("the server variable `{name}` has no default"),
    };
    let default = values.first().copied().unwrap_or(name);
    let fault = Fault::new(DEFAULT, model, variable.id, &["default"], message)
        .help("a server is chosen without asking for its variables: each needs a default, one of its values")
        .repair_update(faults, &model.pointer(variable.id), json!({"default": default}));
    faults.push(fault);
}
