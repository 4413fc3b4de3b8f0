//! Variables of a path that say more than a name, as routers write them: `{proxy+}`, `{*rest}`, `{+name}`, `{id:[0-9]+}`,
//! `{name=projects/*}`. OpenAPI knows names alone (3.1 section 4.8.8.1), and what declares the parameter has that name: the
//! path is written with it, so that every pass behind sees one way of saying it. A variable that takes several segments of a
//! path is noted at its parameter by [`SLASHES`].
//!
//! A variable in the query that a path is written with is no variable of the path where a query parameter of that name is
//! declared: `/search?q={q}` is `/search`, and the parameter says the rest.
//!
//! A parameter that is declared under all that stands between the braces is called so, and nothing of it is read.

use crate::{
    diagnostics::{Diagnostic, Diagnostics, pointer_join},
    load::Document,
    methods,
    schema::references,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The hint that a path parameter's slashes stay, for they part segments.
pub const SLASHES: &str = "x-switchboard-slashes";

/// What a router's variable comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Variable<'p> {
    /// All that stands between the braces.
    written: &'p str,
    name: &'p str,
    /// Whether it takes several segments.
    slashes: bool,
}

/// A path that is written otherwise from here on.
struct Renamed {
    from: String,
    to: String,
    /// The parameters that keep their slashes: where each stands, and what is there then.
    marked: Vec<(String, Value)>,
}

/// Writes the paths with the names of their parameters.
pub fn name_plainly(document: &mut Document, diagnostics: &mut Diagnostics) {
    let Some(paths) = document.value.get("paths").and_then(Value::as_object) else { return };
    let mut taken: BTreeSet<String> = paths.keys().cloned().collect();
    let found: Vec<Renamed> =
        paths.iter().filter_map(|(path, item)| renamed(&document.value, path, item, &mut taken)).collect();
    if found.is_empty() {
        return;
    }
    let before = document.origins.clone();
    for renamed in &found {
        for (place, parameter) in &renamed.marked {
            if let Some(there) = document.value.pointer_mut(place) {
                *there = parameter.clone();
            }
        }
    }
    let Some(paths) = document.value.get_mut("paths").and_then(Value::as_object_mut) else { return };
    let new_name = |path: String| found.iter().find(|one| one.from == path).map_or(path, |one| one.to.clone());
    *paths = std::mem::take(paths).into_iter().map(|(path, item)| (new_name(path), item)).collect::<Map<_, _>>();
    for Renamed { from, to, .. } in &found {
        let place = pointer_join("/paths", to);
        document.origins.moved(&place, &before, &pointer_join("/paths", from));
        let message = format!("`{from}` says more than the names of parameters: to OpenAPI it is `{to}`");
        diagnostics.push(Diagnostic::adaptation("path-variable", place, message));
    }
}

/// What becomes of a path, if any of its variables says more than the name of a parameter.
fn renamed(document: &Value, path: &str, item: &Value, taken: &mut BTreeSet<String>) -> Option<Renamed> {
    let place = pointer_join("/paths", path);
    let unasked = without_asked(document, path, item, &place);
    let declared = declared(document, item, &place, "path");
    let is_declared = |name: &str| declared.iter().any(|(_, parameter)| is_named(parameter, name));
    let written = written(&unasked);
    let is_meant = |variable: &Variable<'_>| {
        !is_declared(variable.written) && is_declared(variable.name) && !written.contains(&variable.name)
    };
    let variables: Vec<_> = written.iter().filter_map(|written| variable(written)).filter(is_meant).collect();
    let to = variables.iter().fold(unasked.clone(), |path, variable| {
        path.replace(&format!("{{{}}}", variable.written), &format!("{{{}}}", variable.name))
    });
    if to == path || !taken.insert(to.clone()) {
        return None;
    }
    let keeps = |parameter: &Value| {
        variables.iter().any(|variable| variable.slashes && is_named(parameter, variable.name))
            && parameter.get(SLASHES).is_none()
    };
    let marked = declared.into_iter().filter(|(_, parameter)| keeps(parameter)).map(|(place, mut parameter)| {
        if let Some(fields) = parameter.as_object_mut() {
            fields.insert(SLASHES.to_owned(), true.into());
        }
        (place, parameter)
    });
    Some(Renamed { from: path.to_owned(), marked: marked.collect(), to })
}

fn is_named(parameter: &Value, name: &str) -> bool {
    parameter.get("name").is_some_and(|said| said == name)
}

/// A path without the pairs of its query whose variable is a query parameter of all its operations.
fn without_asked(document: &Value, path: &str, item: &Value, place: &str) -> String {
    let Some((bare, query)) = path.split_once('?') else { return path.to_owned() };
    let is_asked = |name: &str| {
        let listed = |holder: &Value| listed(document, holder, place, "query").any(|(_, found)| is_named(found, name));
        listed(item) || methods::of(item).all(|found| listed(found.operation))
    };
    let in_path = declared(document, item, place, "path");
    let is_kept = |pair: &&str| {
        let Some((name, value)) = pair.split_once('=') else { return true };
        let variable = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
        !variable.is_some_and(|variable| !in_path.iter().any(|(_, found)| is_named(found, variable)) && is_asked(name))
    };
    let kept: Vec<&str> = query.split('&').filter(is_kept).collect();
    if kept.is_empty() { bare.to_owned() } else { format!("{bare}?{}", kept.join("&")) }
}

/// The parameters in one place of an item and of its operations: where each is listed, and what it is.
fn declared(document: &Value, item: &Value, place: &str, location: &str) -> Vec<(String, Value)> {
    let operations = methods::of(item).map(|found| (found.operation, format!("{place}{}", found.pointer)));
    let holders = [(item, place.to_owned())].into_iter().chain(operations);
    let all = |(holder, place): (_, String)| {
        let found = listed(document, holder, &place, location);
        found.map(|(place, parameter)| (place, parameter.clone())).collect::<Vec<_>>()
    };
    holders.flat_map(all).collect()
}

/// The parameters in one place that an item or an operation lists itself.
fn listed<'v>(
    document: &'v Value,
    holder: &'v Value,
    place: &str,
    location: &str,
) -> impl Iterator<Item = (String, &'v Value)> {
    let list = holder.get("parameters").and_then(Value::as_array).into_iter().flatten();
    list.enumerate().filter_map(move |(index, listed)| {
        let place = format!("{place}/parameters/{index}");
        let parameter = references::resolve(document, listed, &place).map_or(listed, |(found, _)| found);
        parameter.get("in").is_some_and(|said| said == location).then_some((place, parameter))
    })
}

/// What stands between the braces of a path, which may hold braces in their turn.
fn written(path: &str) -> Vec<&str> {
    let (mut found, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (index, character) in path.char_indices() {
        match character {
            '{' => {
                if depth == 0 {
                    start = index + 1;
                }
                depth += 1;
            }
            '}' => {
                if depth == 1 {
                    found.extend(path.get(start..index));
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    found
}

/// A variable that says more than its name.
fn variable(written: &str) -> Option<Variable<'_>> {
    let (head, rule) = written.split_once([':', '=']).unwrap_or((written, ""));
    let head = head.trim();
    let name = head.trim_start_matches(['+', '*']).trim_end_matches(['+', '*', '?']);
    let is_open = head.starts_with(['+', '*']) || head.ends_with(['+', '*']);
    let slashes = is_open || takes_slashes(rule.trim());
    (!name.is_empty() && name != written).then_some(Variable { written, name, slashes })
}

/// Whether what stands behind a variable's name lets it take several segments: the name of a converter, a pattern of
/// segments, or a regular expression.
fn takes_slashes(rule: &str) -> bool {
    let rule = rule.replace("\\.", "").replace("[^/]", "");
    rule == "path" || ["/", ".+", ".*", "**"].iter().any(|open| rule.contains(open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn named(value: Value) -> (Document, Vec<&'static str>) {
        let mut document = Document { value, ..Document::default() };
        let mut diagnostics = Diagnostics::default();
        name_plainly(&mut document, &mut diagnostics);
        let codes = diagnostics.iter().map(|finding| finding.code).collect();
        (document, codes)
    }

    fn declared(name: &str) -> Value {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
    }

    #[test]
    fn a_variable_is_called_as_its_parameter() {
        for (path, name, expected, slashes) in [
            ("/a/{proxy+}", "proxy", "/a/{proxy}", true),
            ("/{+name}:undo", "name", "/{name}:undo", true),
            ("/{*rest}", "rest", "/{rest}", true),
            ("/{**rest}", "rest", "/{rest}", true),
            ("/{name=projects/*}/x", "name", "/{name}/x", true),
            ("/{name=**}", "name", "/{name}", true),
            ("/{name=*}", "name", "/{name}", false),
            ("/{file:path}", "file", "/{file}", true),
            ("/{id:.+}", "id", "/{id}", true),
            ("/{id: [a-f0-9]{24}}/x", "id", "/{id}/x", false),
            ("/{id:[^/]+}", "id", "/{id}", false),
            ("/{id:\\d+\\.+}", "id", "/{id}", false),
            ("/{id:int}", "id", "/{id}", false),
            ("/{id?}", "id", "/{id}", false),
        ] {
            let item = json!({"get": {"parameters": [declared(name)]}});
            let (document, codes) = named(json!({"paths": {path: item}}));
            assert_eq!(codes, ["path-variable"], "{path}");
            let operation = &document.value["paths"][expected]["get"];
            let hint = operation["parameters"][0].get(SLASHES);
            assert_eq!((operation.is_object(), hint), (true, slashes.then_some(&json!(true))), "{path}");
            let place = pointer_join("/paths", expected);
            assert_eq!(document.origins.resolve(&place).pointer, pointer_join("/paths", path));
        }
    }

    #[test]
    fn what_is_declared_as_it_is_written_stays() {
        for (path, name) in [("/{id:}", "id:"), ("/{id+}", "other"), ("/{id}", "id"), ("/{id}/{id+}", "id")] {
            let value = json!({"paths": {path: {"get": {"parameters": [declared(name)]}}}});
            let (document, codes) = named(value.clone());
            assert_eq!((document.value, codes.len()), (value, 0), "{path}");
        }
        let both = json!({"paths": {
            "/{id}": {"get": {"parameters": [declared("id")]}},
            "/{id+}": {"put": {"parameters": [declared("id")]}},
        }});
        assert_eq!(named(both.clone()).0.value, both);
    }

    #[test]
    fn what_a_query_parameter_says_is_no_part_of_the_path() {
        let asked = |name: &str| json!({"name": name, "in": "query"});
        let get = |parameters: Value| json!({"get": {"parameters": parameters}});
        for (path, item, expected) in [
            ("/a?q={q}", get(json!([asked("q")])), "/a"),
            ("/a?x=1&q={q}", get(json!([asked("q")])), "/a?x=1"),
            ("/a?q={text}&r={r}", get(json!([asked("q"), asked("r")])), "/a"),
            ("/a?q={q}", get(json!([declared("q")])), "/a?q={q}"),
            ("/a?q={q}", get(json!([asked("r")])), "/a?q={q}"),
            ("/a?q={q}", json!({"get": {"parameters": [asked("q")]}, "post": {}}), "/a?q={q}"),
            ("/a?q={q}", json!({"parameters": [asked("q")], "get": {}, "post": {}}), "/a"),
        ] {
            let (document, _) = named(json!({"paths": {path: item}}));
            assert_eq!(document.value["paths"].as_object().unwrap().keys().collect::<Vec<_>>(), [expected], "{path}");
        }
    }

    #[test]
    fn a_shared_parameter_keeps_its_slashes_where_the_path_says_so_alone() {
        let (document, _) = named(json!({
            "paths": {
                "/{p+}": {"parameters": [{"$ref": "#/components/parameters/p"}], "get": {}},
                "/x/{p}": {"parameters": [{"$ref": "#/components/parameters/p"}], "get": {}},
            },
            "components": {"parameters": {"p": declared("p")}},
        }));
        let marked = |path: &str| document.value["paths"][path]["parameters"][0].get(SLASHES).is_some();
        assert_eq!((marked("/{p}"), marked("/x/{p}")), (true, false));
        assert_eq!(document.value["components"]["parameters"]["p"], declared("p"));
    }
}
