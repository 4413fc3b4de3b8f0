//! The JSONPath of what JSON pointers lead to (RFC 9535), as people write it in the actions of overlays.

use crate::diagnostics::{pointer_join, pointer_tokens};
use serde_json::Value;
use std::collections::BTreeSet;

/// The JSONPath of what a JSON pointer leads to, as people write it: `$.paths['/pets'].get.parameters[0]`.
pub fn json_path(document: &Value, pointer: &str) -> String {
    let mut path = String::from("$");
    let mut current = document;
    for token in pointer_tokens(pointer) {
        path.push_str(&segment(current, &token));
        current = current.pointer(&pointer_join("", &token)).unwrap_or(&Value::Null);
    }
    path
}

/// The JSONPath that leads where a JSON pointer does in an OpenAPI document that is not at hand: what is a list there, its
/// name tells.
pub fn json_path_by_names(pointer: &str) -> String {
    const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "parameters", "prefixItems", "security", "servers", "tags"];
    let tokens: Vec<String> = pointer_tokens(pointer).collect();
    let is_list = |index: usize| {
        let token = |index: usize| tokens.get(index).map(String::as_str);
        let is_named = index.checked_sub(1).and_then(token).is_some_and(|name| LISTS.contains(&name));
        // What `components` holds is a map.
        is_named && index.checked_sub(2).and_then(token) != Some("components")
    };
    let list = Value::Array(Vec::new());
    let mut path = String::from("$");
    for (index, token) in tokens.iter().enumerate() {
        let is_index = is_list(index) && token.parse::<usize>().is_ok();
        path.push_str(&segment(if is_index { &list } else { &Value::Null }, token));
    }
    path
}

/// The JSONPath that leads to all of these places and to no other, with a wildcard where they differ; none if there is no
/// such path.
pub(super) fn common_path(document: &Value, places: &BTreeSet<&str>) -> Option<String> {
    let mut ways = places.iter().map(|place| pointer_tokens(place).collect::<Vec<_>>());
    let mut pattern: Vec<Option<String>> = ways.next()?.into_iter().map(Some).collect();
    for way in ways {
        if way.len() != pattern.len() {
            return None;
        }
        for (token, other) in pattern.iter_mut().zip(way) {
            if token.as_ref() != Some(&other) {
                *token = None;
            }
        }
    }
    let mut led_to = vec![(String::new(), String::from("$"), document)];
    for token in &pattern {
        let mut next = Vec::new();
        for (pointer, path, value) in led_to {
            let inner: Vec<(String, &Value)> = match (token, value) {
                (Some(token), value) => {
                    value.pointer(&pointer_join("", token)).map(|inner| (token.clone(), inner)).into_iter().collect()
                }
                (None, Value::Object(fields)) => fields.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
                (None, Value::Array(items)) => {
                    items.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect()
                }
                (None, _) => Vec::new(),
            };
            let step = |name: &str| if token.is_some() { segment(value, name) } else { "[*]".to_owned() };
            next.extend(
                inner
                    .into_iter()
                    .map(|(name, inner)| (pointer_join(&pointer, &name), format!("{path}{}", step(&name)), inner)),
            );
        }
        led_to = next;
    }
    let path = led_to.first().map(|(_, path, _)| path.clone())?;
    let is_exact = led_to.len() == places.len()
        && led_to.iter().all(|(pointer, found, _)| places.contains(pointer.as_str()) && *found == path);
    is_exact.then_some(path)
}

/// One step of a JSONPath into a value.
fn segment(value: &Value, token: &str) -> String {
    if value.is_array() { format!("[{token}]") } else { step(token) }
}

/// One step of a JSONPath to what has this name.
pub fn step(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    if plain { format!(".{name}") } else { format!("[{}]", quoted(name)) }
}

/// A string as a JSONPath literal (RFC 9535, section 2.3.1.1).
pub fn quoted(text: &str) -> String {
    let mut literal = String::from("'");
    for character in text.chars() {
        match character {
            '\'' => literal.push_str("\\'"),
            '\\' => literal.push_str("\\\\"),
            control if u32::from(control) < 0x20 => literal.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => literal.push(other),
        }
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_are_written_as_people_write_them() {
        let document = json!({"paths": {"/it's": {"get": {"parameters": [{}], "responses": {"200": {}}}}}});
        assert_eq!(json_path(&document, "/paths/~1it's/get/parameters/0"), r"$.paths['/it\'s'].get.parameters[0]");
        assert_eq!(json_path(&document, "/paths/~1it's/get/responses/200"), r"$.paths['/it\'s'].get.responses['200']");
        assert_eq!(json_path(&document, ""), "$");
        let by_names = "/components/schemas/A/oneOf/3/properties/2";
        assert_eq!(json_path_by_names(by_names), "$.components.schemas.A.oneOf[3].properties['2']");
        assert_eq!(json_path_by_names("/components/parameters/0/schema"), "$.components.parameters['0'].schema");
    }
}
