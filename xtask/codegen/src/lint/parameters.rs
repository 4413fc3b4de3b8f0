//! Rules about single parameters, and about lists of them.

use super::{
    fault::{Fault, Faults, Rule},
    model::{ApiOperation, Model, Node},
    structure::require_text,
};
use crate::json_path::json_path;
use crate::methods;
use crate::objects::Kind;
use serde_json::{Value, json};
use std::collections::HashMap;

const DUPLICATE: Rule = Rule::survivable("duplicate-parameter");
const OPTIONAL_PATH: Rule = Rule::survivable("path-parameter-optional");
const WITHOUT_SCHEMA: Rule = Rule::survivable("parameter-without-schema");
const TWO_SCHEMAS: Rule = Rule::survivable("parameter-two-schemas");
const HEADER_NAME: Rule = Rule::survivable("header-name");
const LOCATION: Rule = Rule::survivable("parameter-location");
const STYLE: Rule = Rule::survivable("parameter-style");
const TWO_QUERIES: Rule = Rule::survivable("two-queries");

/// The styles of each location (OpenAPI 3.2, section 4.12.3); the first is the default.
const STYLES: [(&str, &[&str]); 5] = [
    ("path", &["simple", "label", "matrix"]),
    ("query", &["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
    ("header", &["simple"]),
    ("cookie", &["form", "cookie"]),
    (WHOLE_QUERY, &[]),
];

/// The location of what is all of the query string, written as its one media type says.
const WHOLE_QUERY: &str = "querystring";

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    for node in model.of(Kind::Parameter).filter(|node| !node.is_reference() && node.value.is_object()) {
        if faults.is_full() {
            return;
        }
        require_text(model, node, "name", "name", faults);
        match location(node) {
            Some((_, styles)) => check_style(model, node, styles, faults),
            None => bad_location(model, node, faults),
        }
        check_required(model, node, faults);
        check_schema(model, node, faults);
        check_one_schema(model, node, faults);
    }
    check_header_names(model, faults);
    for api in model.operations() {
        check_queries(model, &api, faults);
    }
    for node in model.of(Kind::PathItem).chain(model.of(Kind::Operation)) {
        if faults.is_full() {
            return;
        }
        check_duplicates(model, node, faults);
    }
}

fn location(node: &Node<'_>) -> Option<(&'static str, &'static [&'static str])> {
    let location = node.text("in")?;
    STYLES.into_iter().find(|(name, _)| *name == location)
}

fn bad_location(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    let name = node.text("name").unwrap_or_default();
    let (message, help) = match node.text("in") {
        Some("body") => (
            format!("the parameter `{name}` is in the body: that is Swagger 2.0"),
            "describe the body with `requestBody`; this parameter has to go",
        ),
        Some("formData") => (
            format!("the parameter `{name}` is form data: that is Swagger 2.0"),
            "describe the form with `requestBody`; this parameter has to go",
        ),
        Some(other) => (
            format!("the parameter `{name}` is in `{other}`, which is no place for a parameter"),
            "`in` is `path`, `query`, `querystring`, `header` or `cookie`",
        ),
        None => (
            format!("the parameter `{name}` does not say where it goes"),
            "`in` is `path`, `query`, `querystring`, `header` or `cookie`",
        ),
    };
    let fault = Fault::new(LOCATION, model, node.id, &["in"], message).help(help);
    let pointer = model.pointer(node.id);
    faults.push(if matches!(node.text("in"), Some("body" | "formData")) && node.index().is_some() {
        let list = pointer.rsplit_once('/').map_or("", |(list, _)| list);
        let target = format!("{}[?@.in=='{}']", json_path(model.document, list), node.text("in").unwrap_or_default());
        fault.repair_path(target, json!({"remove": true}))
    } else {
        fault.repair_update(faults, &pointer, json!({"in": "query"}))
    });
}

fn check_style(model: &Model<'_>, node: &Node<'_>, styles: &[&str], faults: &mut Faults<'_>) {
    let Some(style) = node.get("style") else { return };
    if style.as_str().is_some_and(|style| styles.contains(&style)) {
        return;
    }
    let (name, place) = (node.text("name").unwrap_or_default(), node.text("in").unwrap_or_default());
    let message = format!("the {place} parameter `{name}` has the style {style}");
    let known: Vec<String> = styles.iter().map(|style| format!("`{style}`")).collect();
    let fault = Fault::new(STYLE, model, node.id, &["style"], message);
    faults.push(match styles.first() {
        Some(usual) => fault.help(format!("a {place} parameter's style is {}", known.join(", "))).repair_update(
            faults,
            &model.pointer(node.id),
            json!({"style": usual}),
        ),
        None => fault
            .help("its media type says how it is written")
            .repair_remove(faults, &model.pointer_below(node.id, &["style"])),
    });
}

fn check_required(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    if node.text("in") == Some("path") && node.get("required") != Some(&Value::Bool(true)) {
        let message = format!("the path parameter `{}` is not required", node.text("name").unwrap_or_default());
        let fault = Fault::new(OPTIONAL_PATH, model, node.id, &["required"], message)
            .help("a path cannot be written without its parameters")
            .repair_update(faults, &model.pointer(node.id), json!({"required": true}));
        faults.push(fault);
    }
}

fn check_schema(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    let has_content =
        node.get("content").is_some_and(|content| content.as_object().is_none_or(|types| !types.is_empty()));
    if node.text("in") == Some(WHOLE_QUERY) && !has_content {
        let message =
            format!("the parameter `{}` does not say how the query is written", node.text("name").unwrap_or_default());
        let schema = node.get("schema").cloned().unwrap_or_else(|| json!({"type": "object"}));
        let content = json!({"content": {"application/x-www-form-urlencoded": {"schema": schema}}});
        let fault = Fault::new(WITHOUT_SCHEMA, model, node.id, &[], message)
            .help("a `querystring` parameter has `content` (OpenAPI 3.2, section 4.12)")
            .repair_update(faults, &model.pointer(node.id), content);
        faults.push(fault);
    } else if node.get("schema").is_none() && !has_content {
        let message =
            format!("the parameter `{}` has neither `schema` nor `content`", node.text("name").unwrap_or_default());
        let fault = Fault::new(WITHOUT_SCHEMA, model, node.id, &[], message).repair_update(
            faults,
            &model.pointer(node.id),
            json!({"schema": {"type": "string"}}),
        );
        faults.push(fault);
    }
}

/// A parameter has one of the two (OpenAPI 3.0 section 4.7.12.1).
fn check_one_schema(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    if node.get("schema").is_none() || node.get("content").is_none() {
        return;
    }
    let name = node.text("name").unwrap_or_default();
    let message = format!("the parameter `{name}` has both `schema` and `content`: `schema` counts");
    let fault = Fault::new(TWO_SCHEMAS, model, node.id, &["content"], message)
        .warning()
        .help("leave out the one that is not meant")
        .repair_remove(faults, &model.pointer_below(node.id, &["content"]));
    faults.push(fault);
}

/// The name of a header is a token (RFC 9110, section 5.6.2): that of a parameter, a key, and a part's. Of an answer's
/// headers, which the client only reads, lowering tells.
fn check_header_names(model: &Model<'_>, faults: &mut Faults<'_>) {
    let is_of_part =
        |node: &&Node<'_>| node.is_entry() && model.parent(node).is_some_and(|parent| parent.kind == Kind::Encoding);
    let named = model.of(Kind::Parameter).chain(model.of(Kind::SecurityScheme));
    let named = named.filter(|node| node.text("in") == Some("header"));
    let named = named.filter_map(|node| Some((node, node.text("name")?, ["name"].as_slice())));
    let parts = model.of(Kind::Header).filter(is_of_part).map(|node| (node, node.name(), [].as_slice()));
    for (node, name, below) in named.chain(parts).filter(|(_, name, _)| !name.is_empty() && !methods::is_token(name)) {
        if faults.is_full() {
            return;
        }
        let message = format!("no header can be called `{name}`: a call that sets it fails");
        let fault = Fault::new(HEADER_NAME, model, node.id, below, message)
            .warning()
            .help("a header's name is of letters, digits and the like, without spaces, colons and brackets");
        faults.push(fault);
    }
}

/// What is all of the query leaves no room for another, nor for single pairs (OpenAPI 3.2, section 4.12.1).
fn check_queries(model: &Model<'_>, api: &ApiOperation<'_, '_>, faults: &mut Faults<'_>) {
    let mut wholes: Vec<String> = Vec::new();
    let mut pairs = 0;
    for holder in [api.item, api.operation] {
        let list = holder.get("parameters").and_then(Value::as_array);
        for (index, entry) in (0..).zip(list.into_iter().flatten()) {
            match model.resolve(entry).and_then(|parameter| parameter.get("in")).and_then(Value::as_str) {
                Some(WHOLE_QUERY) => wholes.push(model.pointer_below(holder.id, &["parameters", &index.to_string()])),
                Some("query") => pairs += 1,
                _ => {}
            }
        }
    }
    let Some(place) = wholes.last().filter(|_| wholes.len() > 1 || pairs > 0) else { return };
    let message = format!("`{}` has a `querystring` parameter, and others beside it in the query", api.display());
    let fault = Fault::at(TWO_QUERIES, api.operation.id, place.clone(), message);
    faults.push(fault.help("describe the pairs as properties of the one, or all of them by `query`"));
}

/// A list with a parameter twice is one fault, for removing one item moves the others.
fn check_duplicates(model: &Model<'_>, holder: &Node<'_>, faults: &mut Faults<'_>) {
    let mut first: HashMap<(&str, String), usize> = HashMap::new();
    let mut twice: Vec<(usize, usize, &str)> = Vec::new();
    let list = holder.get("parameters").and_then(Value::as_array);
    for (index, entry) in (0..).zip(list.into_iter().flatten()) {
        let parameter = model.resolve(entry);
        let text = |field: &str| parameter.and_then(|parameter| parameter.get(field)).and_then(Value::as_str);
        let (Some(place), Some(name)) = (text("in"), text("name")) else { continue };
        // Header names are the same in any case (RFC 9110, section 5.1).
        let key = (place, if place == "header" { name.to_lowercase() } else { name.to_owned() });
        match first.get(&key) {
            Some(earlier) => twice.push((*earlier, index, name)),
            None => {
                first.insert(key, index);
            }
        }
    }
    let Some((_, at, _)) = twice.first() else { return };
    let pointer = |index: usize| model.pointer_below(holder.id, &["parameters", &index.to_string()]);
    let mut names: Vec<String> = twice.iter().map(|(_, _, name)| format!("`{name}`")).collect();
    names.dedup();
    let message = format!("declared twice in one list: {}", names.join(", "));
    let fault =
        twice.iter().fold(Fault::at(DUPLICATE, holder.id, pointer(*at), message), |fault, (earlier, _, name)| {
            fault.note(pointer(*earlier), format!("`{name}` is here first"))
        });
    let indexes: Vec<String> = twice.iter().map(|(_, index, _)| index.to_string()).collect();
    let list = json_path(model.document, &model.pointer_below(holder.id, &["parameters"]));
    faults.push(fault.repair_path(format!("{list}[{}]", indexes.join(",")), json!({"remove": true})));
}
