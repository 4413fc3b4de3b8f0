//! What stands beside a path item's `$ref` counts together with what that leads to (OpenAPI 3.1 section 4.8.9): the two
//! become one path item, so that every pass behind sees what the path really has. A path item that is a reference and
//! nothing else stays one, unless another path has the same already: an operation is one of one path, and its place is its own.
//!
//! Where both say something, which the specification leaves open, what stands beside the reference counts: it is closer to
//! the path. Parameters are one list.

use crate::{
    diagnostics::{Diagnostic, Diagnostics, pointer_join},
    load::Document,
    methods,
    origins::Origins,
    schema::references,
};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Where path items from other files are until they have been merged: no section of OpenAPI's, for 3.0 has none.
pub const SECTION: &str = "/x-switchboard-path-items";

/// Where path items are that an API answers, receives, or shares.
const HOLDERS: [&str; 4] = ["/paths", "/webhooks", "/x-webhooks", SHARED];

/// Where those are that have no path of their own.
const SHARED: &str = "/components/pathItems";

/// A path item on its way to being merged: what it has, and where each of that stands.
struct Merged {
    fields: Map<String, Value>,
    /// For every field, every parameter, and every operation below its method's name, its place in the item and in the
    /// document.
    places: Vec<(String, String)>,
}

/// Merges every path item that has both a reference and something beside it, or is what another one is.
pub fn merge(document: &mut Document, diagnostics: &mut Diagnostics) {
    let mut ids = operation_ids(&document.value);
    let before = document.origins.clone();
    let mut merged = Vec::new();
    let mut shared = HashSet::new();
    for holder in HOLDERS {
        for (name, item) in document.value.pointer(holder).and_then(Value::as_object).into_iter().flatten() {
            if !item.get("$ref").is_some_and(Value::is_string) {
                continue;
            }
            let place = pointer_join(holder, name);
            let is_alone = item.as_object().is_some_and(|fields| fields.len() == 1);
            if is_alone && (holder == SHARED || is_first(&document.value, item, &place, &mut shared, &mut ids)) {
                continue;
            }
            merged.extend(resolved(&document.value, item, &place, diagnostics).map(|item| (place, item)));
        }
    }
    for (place, mut item) in merged {
        one_id_each(&place, &mut item, &mut ids);
        put(document, &before, &place, item);
    }
    if let Some(root) = document.value.as_object_mut() {
        root.shift_remove(SECTION.trim_start_matches('/'));
    }
}

/// Whether what the path item leads to is no other's: neither in a path itself, nor where another one leads that came before. Its
/// operations have their ids then.
fn is_first(
    document: &Value,
    item: &Value,
    place: &str,
    shared: &mut HashSet<String>,
    ids: &mut HashSet<String>,
) -> bool {
    let Some((found, target)) = references::resolve(document, item, place) else { return true };
    let is_first = !HOLDERS.iter().any(|holder| *holder != SHARED && target.starts_with(&format!("{holder}/")))
        && shared.insert(target);
    if is_first {
        ids.extend(ids_of(found));
    }
    is_first
}

/// The ids of the operations that stand in paths themselves.
fn operation_ids(document: &Value) -> HashSet<String> {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    items.flat_map(|(_, item)| ids_of(item)).collect()
}

fn ids_of(item: &Value) -> Vec<String> {
    let ids = methods::of(item).filter_map(|found| found.operation.get("operationId")?.as_str().map(str::to_owned));
    ids.collect()
}

/// A path item with all that its references lead to. One that leads nowhere, or in a circle, stays, and the lint says so.
fn resolved(document: &Value, item: &Value, place: &str, diagnostics: &mut Diagnostics) -> Option<Merged> {
    let mut merged = own(item, place)?;
    let (mut item, mut seen) = (item, HashSet::from([place.to_owned()]));
    for _ in 0..references::MAX_CHAIN {
        let Some(reference) = item.get("$ref").and_then(Value::as_str) else { return Some(merged) };
        let found = references::find(document, reference).filter(|(target, _)| seen.insert(target.clone()));
        let Some((target, next)) = found else {
            merged.fields.insert("$ref".to_owned(), reference.into());
            return Some(merged);
        };
        for field in merged.add(own(next, &target)?, document) {
            diagnostics.push(Diagnostic::adaptation(
                "path-item-overlap",
                pointer_join(place, &field),
                format!("`{field}` stands both here and in `{reference}`: what stands here counts"),
            ));
        }
        item = next;
    }
    None
}

/// What a path item has itself.
fn own(item: &Value, place: &str) -> Option<Merged> {
    let mut fields = item.as_object()?.clone();
    fields.shift_remove("$ref");
    let mut places = Vec::new();
    for (key, value) in &fields {
        let at = pointer_join("", key);
        let below: Vec<String> = match (key.as_str(), value) {
            ("parameters", Value::Array(list)) => (0..list.len()).map(|index| format!("{at}/{index}")).collect(),
            (methods::ADDITIONAL, Value::Object(named)) => named.keys().map(|name| pointer_join(&at, name)).collect(),
            _ => vec![at],
        };
        places.extend(below.into_iter().map(|at| (at.clone(), format!("{place}{at}"))));
    }
    Some(Merged { fields, places })
}

impl Merged {
    /// Adds what the item's reference leads to, and returns which fields are not taken from there.
    fn add(&mut self, target: Merged, document: &Value) -> Vec<String> {
        let mut passed_over = Vec::new();
        for (key, value) in target.fields {
            let from = |at: &str| target.places.iter().find(|(place, _)| place == at).map(|(_, from)| from.clone());
            match (self.fields.get_mut(&key), value) {
                (None, value) => {
                    let below = format!("{}/", pointer_join("", &key));
                    let is_of_key = |at: &str| at == below.trim_end_matches('/') || at.starts_with(&below);
                    self.places.extend(target.places.iter().filter(|(at, _)| is_of_key(at)).cloned());
                    self.fields.insert(key, value);
                }
                (Some(Value::Array(own)), Value::Array(list)) if key == "parameters" => {
                    for (index, parameter) in list.into_iter().enumerate() {
                        if own.iter().any(|own| is_same(own, &parameter, document)) {
                            continue;
                        }
                        let place = format!("/parameters/{}", own.len());
                        self.places.extend(from(&format!("/parameters/{index}")).map(|from| (place, from)));
                        own.push(parameter);
                    }
                }
                (Some(Value::Object(own)), Value::Object(named)) if key == methods::ADDITIONAL => {
                    for (method, operation) in named {
                        let at = pointer_join(&pointer_join("", &key), &method);
                        if own.contains_key(&method) {
                            passed_over.push(format!("{key}/{method}"));
                            continue;
                        }
                        self.places.extend(from(&at).map(|from| (at, from)));
                        own.insert(method, operation);
                    }
                }
                // What the two say in words does not contradict.
                (Some(_), _) if matches!(key.as_str(), "summary" | "description") => {}
                (Some(_), _) => passed_over.push(key),
            }
        }
        passed_over
    }
}

/// Whether two parameters are for the same place and name; those of headers are the same in any case (RFC 9110 section 5.1).
fn is_same(left: &Value, right: &Value, document: &Value) -> bool {
    let key = |parameter: &Value| {
        let (parameter, _) = references::resolve(document, parameter, "")?;
        let text = |field: &str| parameter.get(field)?.as_str().map(str::to_owned);
        let (place, name) = (text("in")?, text("name")?);
        Some((place == "header").then(|| name.to_ascii_lowercase()).map_or((place.clone(), name), |name| (place, name)))
    };
    key(left).is_some_and(|left| key(right) == Some(left))
}

/// An operation that is shared has its id once, where it comes first; the others are named after their paths.
fn one_id_each(place: &str, item: &mut Merged, ids: &mut HashSet<String>) {
    let mut fields = Value::Object(std::mem::take(&mut item.fields));
    let own = format!("{place}/");
    let pointers: Vec<String> = methods::of(&fields).map(|found| found.pointer).collect();
    for pointer in pointers {
        let is_own = item.places.iter().any(|(at, from)| *at == pointer && from.starts_with(&own));
        let Some(operation) = fields.pointer_mut(&pointer).and_then(Value::as_object_mut).filter(|_| !is_own) else {
            continue;
        };
        let id = operation.get("operationId").and_then(Value::as_str).map(str::to_owned);
        if id.is_some_and(|id| !ids.insert(id)) {
            operation.shift_remove("operationId");
        }
    }
    if let Value::Object(fields) = fields {
        item.fields = fields;
    }
}

fn put(document: &mut Document, before: &Origins, place: &str, item: Merged) {
    let Some(there) = document.value.pointer_mut(place) else { return };
    *there = Value::Object(item.fields);
    for (at, from) in item.places {
        document.origins.moved(&format!("{place}{at}"), before, &from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(value: Value) -> (Document, Vec<&'static str>) {
        let mut document = Document { value, ..Document::default() };
        let mut diagnostics = Diagnostics::default();
        merge(&mut document, &mut diagnostics);
        (document, diagnostics.iter().map(|finding| finding.code).collect())
    }

    fn header(name: &str) -> Value {
        json!({"name": name, "in": "header", "required": true, "schema": {"type": "string"}})
    }

    #[test]
    fn what_stands_beside_a_reference_joins_what_it_leads_to() {
        let (document, codes) = merged(json!({
            "paths": {"/a": {
                "$ref": "#/components/pathItems/A", "parameters": [header("X-Own"), header("x-both")],
                "put": {"operationId": "own"}, "servers": [{"url": "/own"}],
            }},
            "components": {"pathItems": {"A": {
                "$ref": "#/components/pathItems/B", "parameters": [header("X-Both"), header("X-A")],
                "get": {"operationId": "get"}, "put": {"operationId": "other"},
            }, "B": {"servers": [{"url": "/b"}], "delete": {"operationId": "delete"}, "parameters": [header("X-B")]}}},
        }));
        assert_eq!(
            document.value["paths"]["/a"],
            json!({
                "parameters": [header("X-Own"), header("x-both"), header("X-A"), header("X-B")],
                "put": {"operationId": "own"}, "servers": [{"url": "/own"}], "get": {"operationId": "get"},
                "delete": {"operationId": "delete"},
            })
        );
        assert_eq!(codes, ["path-item-overlap", "path-item-overlap"]);
        let origin = |pointer: &str| document.origins.resolve(pointer).pointer;
        assert_eq!(origin("/paths/~1a/parameters/1/name"), "/paths/~1a/parameters/1/name");
        assert_eq!(origin("/paths/~1a/parameters/2/name"), "/components/pathItems/A/parameters/1/name");
        assert_eq!(origin("/paths/~1a/parameters/3"), "/components/pathItems/B/parameters/0");
        assert_eq!(origin("/paths/~1a/get/operationId"), "/components/pathItems/A/get/operationId");
        assert_eq!(origin("/paths/~1a/put"), "/paths/~1a/put");
    }

    #[test]
    fn methods_of_other_names_join_one_by_one() {
        let (document, codes) = merged(json!({
            "paths": {
                "/a": {"$ref": "#/paths/~1b", "additionalOperations": {"COPY": {"operationId": "own"}}},
                "/b": {"query": {"operationId": "q"}, "additionalOperations": {
                    "COPY": {"operationId": "copy"}, "MOVE": {"operationId": "move"},
                }},
            },
        }));
        let item = &document.value["paths"]["/a"];
        assert_eq!(item["additionalOperations"], json!({"COPY": {"operationId": "own"}, "MOVE": {}}));
        assert_eq!((&item["query"], codes), (&json!({}), vec!["path-item-overlap"]));
        let origin = document.origins.resolve("/paths/~1a/additionalOperations/MOVE").pointer;
        assert_eq!(origin, "/paths/~1b/additionalOperations/MOVE");
    }

    #[test]
    fn a_shared_operation_has_its_id_once() {
        let beside = |name: &str| json!({"$ref": "#/components/pathItems/A", "parameters": [header(name)]});
        let (document, _) = merged(json!({
            "paths": {"/a": beside("a"), "/b": beside("b"), "/c": {"$ref": "#/paths/~1d", "summary": "c"}, "/d": {"put": {"operationId": "d"}}},
            "components": {"pathItems": {"A": {"get": {"operationId": "get"}}}},
        }));
        let paths = &document.value["paths"];
        assert_eq!(paths["/a"]["get"], json!({"operationId": "get"}));
        assert_eq!([&paths["/b"]["get"], &paths["/c"]["put"]], [&json!({}), &json!({})]);
    }

    #[test]
    fn a_path_item_of_several_paths_is_each_ones_own() {
        let reference = |target: &str| json!({"$ref": target});
        let (document, codes) = merged(json!({
            "paths": {
                "/a": {"get": {"operationId": "a"}}, "/b": reference("#/paths/~1a"),
                "/c": reference("#/components/pathItems/C"), "/d": reference("#/components/pathItems/D"),
            },
            "webhooks": {"e": reference("#/components/pathItems/C")},
            "components": {"pathItems": {"C": {"put": {"operationId": "c"}}, "D": reference("#/components/pathItems/C")}},
        }));
        let paths = &document.value["paths"];
        assert_eq!(paths["/b"], json!({"get": {}}));
        assert_eq!(paths["/c"], reference("#/components/pathItems/C"));
        assert_eq!([&paths["/d"], &document.value["webhooks"]["e"]], [&json!({"put": {}}), &json!({"put": {}})]);
        assert!(codes.is_empty(), "{codes:?}");
        assert_eq!(document.origins.resolve("/paths/~1b/get").pointer, "/paths/~1a/get");
    }

    #[test]
    fn references_alone_into_nothing_or_in_a_circle_stay() {
        let paths = json!({
            "/alone": {"$ref": "#/x-b"}, "/gone": {"$ref": "#/nowhere", "get": {}},
            "/circle": {"$ref": "#/paths/~1circle", "get": {}},
        });
        assert_eq!(merged(json!({"paths": paths, "x-b": {"get": {}}})).0.value["paths"], paths);
        let (document, _) = merged(json!({"paths": {
            "/a": {"$ref": "#/paths/~1b", "get": {}}, "/b": {"$ref": "#/nowhere", "put": {}},
        }}));
        assert_eq!(document.value["paths"]["/a"], json!({"get": {}, "put": {}, "$ref": "#/nowhere"}));
    }
}
