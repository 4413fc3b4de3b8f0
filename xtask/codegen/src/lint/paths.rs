//! Rules about paths: their templates, and the parameters that fill them.

use super::{
    fault::{Fault, Faults, Rule},
    model::{ApiOperation, Model, Node},
};
use crate::json_path::quoted;
use crate::objects::Kind;
use crate::{methods, path_template::shape};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

const NO_SLASH: Rule = Rule::survivable("path-without-slash");
const TEMPLATE: Rule = Rule::survivable("path-template");
const DUPLICATE: Rule = Rule::survivable("duplicate-path");
const UNDECLARED: Rule = Rule::survivable("path-parameter-undeclared");
const DOTS: Rule = Rule::survivable("path-dots");
const FRAGMENT: Rule = Rule::survivable("path-fragment");
const UNUSED: Rule = Rule::survivable("path-parameter-unused");

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    check_names(model, faults);
    check_fragments(model, faults);
    for api in model.operations() {
        if faults.is_full() {
            return;
        }
        check_operation(model, &api, faults);
    }
    let items =
        model.of(Kind::PathItem).filter(|item| model.parent(item).is_some_and(|paths| paths.kind == Kind::Paths));
    for item in items {
        let variables: HashSet<&str> = variables(item.name()).into_iter().collect();
        for declared in declared(model, item.value).filter(|declared| !variables.contains(declared.name)) {
            unused(model, item, item.name(), &declared, faults);
        }
    }
}

/// The names between braces of a path.
fn variables(path: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        if !name.is_empty() && !name.contains('{') && !found.contains(&name) {
            found.push(name);
        }
        rest = behind;
    }
    found
}

/// Whether every brace has its partner, with a name between.
fn is_balanced(path: &str) -> bool {
    let mut name: Option<usize> = None;
    for character in path.chars() {
        name = match (character, name) {
            ('{', None) => Some(0),
            ('}', Some(length)) if length > 0 => None,
            ('{' | '}', _) => return false,
            (_, Some(length)) => Some(length + 1),
            (_, None) => None,
        };
    }
    name.is_none()
}

/// Whether a segment is one or two dots, encoded or not (WHATWG URL, section 4.1), also where a backslash ends it, which is a
/// slash to such a URL.
fn has_dots(path: &str) -> bool {
    let before_query = path.split(['?', '#']).next().unwrap_or_default();
    let plain = before_query.to_ascii_lowercase().replace("%2e", ".");
    plain.split(['/', '\\']).any(|segment| matches!(segment, "." | ".."))
}

fn check_names(model: &Model<'_>, faults: &mut Faults<'_>) {
    let mut shapes: HashMap<String, Vec<&Node<'_>>> = HashMap::new();
    for item in model.of(Kind::PathItem) {
        if faults.is_full() {
            return;
        }
        let Some(paths) = model.parent(item).filter(|paths| paths.kind == Kind::Paths) else { continue };
        let path = item.name();
        let pointer = model.pointer(item.id);
        if !path.starts_with('/') {
            let message = format!("the path `{path}` does not begin with a slash");
            let fault = Fault::at(NO_SLASH, item.id, pointer.clone(), message)
                .repair_update(faults, &model.pointer(paths.id), json!({format!("/{path}"): item.value}))
                .repair_remove(faults, &pointer);
            faults.push(fault);
        }
        if has_dots(path) {
            let message = format!(
                "`{path}` has a segment `.` or `..`, which every URL parser takes for a step: another path is called"
            );
            let help = "write the path that is meant";
            faults.push(Fault::at(DOTS, item.id, pointer.clone(), message).help(help));
        }
        if !is_balanced(path) {
            let message = format!("the braces of `{path}` do not match");
            let help = "a variable is written `{name}`; correct the path in the document";
            faults.push(Fault::at(TEMPLATE, item.id, pointer, message).help(help));
        }
        let same = shapes.entry(shape(path)).or_default();
        if let Some(earlier) = same.first() {
            duplicate(model, earlier, item, faults);
        }
        same.push(item);
    }
}

/// Paths with a fragment, which is never sent (RFC 9110, section 7.1): told once, for documents that tell operations apart by
/// it do so of all.
fn check_fragments(model: &Model<'_>, faults: &mut Faults<'_>) {
    let is_path = |item: &&Node<'_>| model.parent(item).is_some_and(|paths| paths.kind == Kind::Paths);
    let mut found = model.of(Kind::PathItem).filter(is_path).filter(|item| item.name().contains('#'));
    let Some(first) = found.next() else { return };
    let more = match found.count() {
        0 => String::new(),
        more => format!(" ({more} more of it)"),
    };
    let message = format!("what follows the `#` of `{}` is not sent{more}", first.name());
    let help = "let a parameter say what the server is to tell these requests by";
    faults.push(Fault::new(FRAGMENT, model, first.id, &[], message).warning().help(help));
}

/// Two paths that differ only in the names of their variables. The specification forbids it (OpenAPI 3.1, section
/// 4.8.8.2); it harms nobody who calls them: each operation is sent as it says, and the server knows what it means.
fn duplicate<'d>(model: &Model<'d>, earlier: &Node<'d>, item: &Node<'d>, faults: &mut Faults<'_>) {
    let is_shared = |own: methods::Found<'_>| methods::of(earlier.value).any(|known| known.method == own.method);
    let message = format!("`{}` and `{}` are the same path to a server", earlier.name(), item.name());
    let help = if methods::of(item.value).any(is_shared) {
        "two operations are one request to it: remove one of them if it is not meant"
    } else {
        "name the variables alike and make one path of the two"
    };
    let fault = Fault::new(DUPLICATE, model, item.id, &[], message).note(model.pointer(earlier.id), "it is here first");
    faults.push(fault.warning().help(help));
}

/// A path parameter that is declared, directly or by reference.
struct Declared<'d> {
    name: &'d str,
    /// The entry of the list: the parameter, or the reference to it.
    entry: &'d Value,
    index: usize,
}

fn declared<'m, 'd>(model: &'m Model<'d>, holder: &'d Value) -> impl Iterator<Item = Declared<'d>> + use<'m, 'd> {
    let list = holder.get("parameters").and_then(Value::as_array);
    (0..).zip(list.into_iter().flatten()).filter_map(move |(index, entry)| {
        let parameter = model.resolve(entry)?;
        let is_path = parameter.get("in").and_then(Value::as_str) == Some("path");
        let name = parameter.get("name").and_then(Value::as_str)?;
        is_path.then_some(Declared { name, entry, index })
    })
}

fn check_operation(model: &Model<'_>, api: &ApiOperation<'_, '_>, faults: &mut Faults<'_>) {
    let path = api.item.name();
    let variables = variables(path);
    let own: Vec<Declared<'_>> = declared(model, api.operation.value).collect();
    let names: HashSet<&str> = own
        .iter()
        .map(|declared| declared.name)
        .chain(declared(model, api.item.value).map(|shared| shared.name))
        .collect();
    let mut spare: Vec<&Declared<'_>> = own.iter().filter(|declared| !variables.contains(&declared.name)).collect();
    for variable in variables.iter().filter(|variable| !names.contains(*variable)) {
        if faults.is_full() {
            return;
        }
        let message = format!("`{}` does not declare the parameter `{variable}` of its path", api.display());
        let fault = Fault::new(UNDECLARED, model, api.operation.id, &[], message);
        let near = faults.suggester.nearest(variable, spare.iter().map(|declared| declared.name));
        let renamed =
            spare.iter().position(|declared| Some(declared.name) == near && declared.entry.get("$ref").is_none());
        let operation = model.pointer(api.operation.id);
        let fault = match renamed.map(|index| spare.remove(index)) {
            Some(declared) => {
                fault.help(format!("it declares `{}`, which is not in the path", declared.name)).repair_update(
                    faults,
                    &format!("{operation}/parameters/{}", declared.index),
                    json!({"name": variable}),
                )
            }
            None => {
                let parameter = json!({"name": variable, "in": "path", "required": true, "schema": {"type": "string"}});
                fault.repair_update(faults, &operation, json!({"parameters": [parameter]}))
            }
        };
        faults.push(fault);
    }
    for declared in spare {
        unused(model, api.operation, path, declared, faults);
    }
}

fn unused(model: &Model<'_>, holder: &Node<'_>, path: &str, declared: &Declared<'_>, faults: &mut Faults<'_>) {
    let pointer = model.pointer_below(holder.id, &["parameters", &declared.index.to_string()]);
    let message = format!("the path parameter `{}` is not in the path `{path}`", declared.name);
    // By name, not by index: the index changes when another action removes a parameter before this one.
    let filter = match declared.entry.get("$ref").and_then(Value::as_str) {
        Some(reference) => format!("?@['$ref']=={}", quoted(reference)),
        None => format!("?@.name=={} && @.in=='path'", quoted(declared.name)),
    };
    let list = crate::json_path::json_path(model.document, &model.pointer_below(holder.id, &["parameters"]));
    let fault = Fault::at(UNUSED, holder.id, pointer, message)
        .repair_path(format!("{list}[{filter}]"), json!({"remove": true}));
    faults.push(fault);
}
