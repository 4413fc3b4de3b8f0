//! What a fragment says once for all that it describes, said where it holds: its servers and its credentials are not those of
//! what other fragments describe.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::methods;
use crate::path_template::shape;

/// Where credentials are described.
const SCHEMES: &str = "/components/securitySchemes";

/// Brings a fragment to what can be added to what is there: what both have alike is called as it is there, and what the
/// fragment alone has stands with its operations. Swagger 2.0 has no place for that.
pub fn settle(merged: &Value, fragment: &mut Value) {
    if merged.get("openapi").is_some() && fragment.get("openapi").is_some() {
        share_schemes(merged, fragment);
        place_servers(merged, fragment);
        place_security(merged, fragment);
    }
}

/// A credential that is sent as one that is there is that one.
fn share_schemes(merged: &Value, fragment: &mut Value) {
    let Some(known) = merged.pointer(SCHEMES).and_then(Value::as_object) else { return };
    let Some(own) = fragment.pointer_mut(SCHEMES).and_then(Value::as_object_mut) else { return };
    let sent = |scheme: &Value| {
        ["type", "in", "name", "scheme", "flows", "openIdConnectUrl"].map(|key| scheme.get(key).cloned())
    };
    let strangers = own.iter().filter(|(name, _)| !known.contains_key(*name));
    let alike = strangers.filter_map(|(name, scheme)| {
        let (shared, _) = known.iter().find(|(_, other)| sent(other) == sent(scheme))?;
        Some((name.clone(), shared.clone()))
    });
    let shared: BTreeMap<String, String> = alike.collect();
    own.retain(|name, _| !shared.contains_key(name));
    rename(fragment, &shared);
    for_operations(fragment, &mut |operation| rename(operation, &shared));
}

/// Calls the credentials of a list of alternatives as they are called elsewhere.
fn rename(holder: &mut Value, names: &BTreeMap<String, String>) {
    for way in holder.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(schemes) = way.as_object_mut() else { continue };
        let renamed = std::mem::take(schemes).into_iter();
        *schemes = renamed.map(|(name, scopes)| (names.get(&name).unwrap_or(&name).clone(), scopes)).collect();
    }
}

/// Servers that are there are not said again. Others are those of the fragment's own paths, unless it knows one that is there,
/// or describes what is there: then they are more servers of the same.
fn place_servers(merged: &Value, fragment: &mut Value) {
    let listed = |value: &Value| value.get("servers").and_then(Value::as_array).cloned().unwrap_or_default();
    let (known, mut own) = (listed(merged), listed(fragment));
    let url = |server: &Value| {
        let url = server.get("url").and_then(Value::as_str).unwrap_or_default();
        shape(url.trim_end_matches('/'))
    };
    if known.is_empty() || own.is_empty() {
        return;
    }
    let before = own.len();
    own.retain(|server| !known.iter().any(|other| url(other) == url(server)));
    let is_another = own.len() == before && !describes_known(merged, fragment);
    let Some(fields) = fragment.as_object_mut() else { return };
    if !is_another {
        fields.insert("servers".to_owned(), Value::Array(own));
        return;
    }
    fields.shift_remove("servers");
    for item in fields.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        if let Some(item) = item.as_object_mut() {
            item.entry("servers").or_insert_with(|| Value::Array(own.clone()));
        }
    }
}

/// Whether a fragment describes a path that is there.
fn describes_known(merged: &Value, fragment: &Value) -> bool {
    let paths = |value: &Value| -> Vec<String> {
        let paths = value.get("paths").and_then(Value::as_object);
        paths.map(|paths| paths.keys().map(|path| shape(path)).collect()).unwrap_or_default()
    };
    let known = paths(merged);
    paths(fragment).iter().any(|path| known.contains(path))
}

/// What a fragment's operations need, said of each, where that is known: what nobody describes is left to be told as a conflict.
fn place_security(merged: &Value, fragment: &mut Value) {
    let Some(own) = fragment.get("security").filter(|own| merged.get("security") != Some(*own)).cloned() else {
        return;
    };
    let is_described = |name: &String| {
        [merged, &*fragment]
            .iter()
            .any(|value| value.pointer(SCHEMES).is_some_and(|schemes| schemes.get(name).is_some()))
    };
    let ways = own.as_array().into_iter().flatten().filter_map(Value::as_object);
    if !ways.flat_map(Map::keys).all(is_described) {
        return;
    }
    for_operations(fragment, &mut |operation| {
        if let Some(operation) = operation.as_object_mut() {
            operation.entry("security").or_insert_with(|| own.clone());
        }
    });
    if let Some(fields) = fragment.as_object_mut() {
        fields.shift_remove("security");
    }
}

/// Goes over the operations of a document's paths.
fn for_operations(document: &mut Value, each: &mut dyn FnMut(&mut Value)) {
    let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for item in items {
        let operations: Vec<String> = methods::of(item).map(|found| found.pointer).collect();
        for pointer in operations {
            if let Some(operation) = item.pointer_mut(&pointer) {
                each(operation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::takeover::merge::{Fragment, merge};

    fn fragment(server: &str, scheme: &str, sent_as: &str, path: &str) -> Value {
        json!({"openapi": "3.1.0", "servers": [{"url": server}], "security": [{scheme: []}],
            "paths": {path: {"get": {"operationId": path}}},
            "components": {"securitySchemes": {scheme: {"type": "apiKey", "in": "header", "name": sent_as}}}})
    }

    fn merged(first: Value, second: Value) -> Value {
        let named = |name: &str, value| Fragment { name: name.to_owned(), value };
        let (merged, conflicts) = merge(vec![named("one", first), named("two", second)]);
        assert_eq!(conflicts, []);
        merged
    }

    #[test]
    fn what_a_fragment_says_for_all_holds_for_its_own() {
        let found =
            merged(fragment("https://a/3", "key", "Token", "/x"), fragment("https://a", "other", "Other", "/3/y"));
        assert_eq!((&found["servers"], &found["security"]), (&json!([{"url": "https://a/3"}]), &json!([{"key": []}])));
        let own = &found["paths"]["/3/y"];
        assert_eq!(
            (&own["servers"], &own["get"]["security"]),
            (&json!([{"url": "https://a"}]), &json!([{"other": []}]))
        );
        assert_eq!(found["paths"]["/x"]["servers"], Value::Null);
    }

    #[test]
    fn what_is_the_same_under_another_name_is_said_once() {
        let first = fragment("https://{account}.a/3", "key", "Token", "/x");
        let found = merged(first.clone(), fragment("https://{Account}.a/3/", "other", "Token", "/y"));
        assert_eq!((&found["servers"], &found["security"]), (&first["servers"], &first["security"]));
        assert_eq!(found["components"], first["components"]);
        assert_eq!(found["paths"]["/y"], json!({"get": {"operationId": "/y"}}));
    }

    #[test]
    fn credentials_that_nobody_describes_are_a_conflict() {
        let mut second = fragment("https://a", "other", "Other", "/y");
        second["components"] = json!({});
        let before = second.clone();
        settle(&fragment("https://a", "key", "Token", "/x"), &mut second);
        assert_eq!(second["security"], before["security"]);
    }
}
