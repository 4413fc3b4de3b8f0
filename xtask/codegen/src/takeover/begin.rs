//! The overlay that a new API begins with: what the crate's page at the registry says, for whoever knows the API to put right.

use serde_json::{Value, json};

use super::suggest::suggestions;

/// An overlay for a document that has none.
pub fn overlay(name: &str, document: &Value) -> Value {
    let title = document.pointer("/info/title").and_then(Value::as_str).unwrap_or(name);
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut keywords: Vec<&str> = name.split(['-', '_']).filter(|word| word.len() > 1).take(3).collect();
    keywords.extend(["api", "client"].iter().filter(|word| !name.split(['-', '_']).any(|part| part == **word)));
    let package = json!({
        "description": format!("Client for the API {title}"),
        "keywords": keywords,
        "categories": ["api-bindings", "web-programming::http-client"],
    });
    let action = json!({
        "target": "$",
        "description": "What the crate's page at the registry says.",
        "update": {"x-switchboard-crate": package},
    });
    let info = json!({"title": format!("Corrections of and hints for {title}"), "version": "1.0.0"});
    let mut overlay = json!({"overlay": "1.0.0", "info": info, "actions": [action]});
    suggest(&mut overlay, suggestions(document));
    overlay
}

/// Adds actions to think about.
pub fn suggest(overlay: &mut Value, more: Vec<Value>) {
    let Some(overlay) = overlay.as_object_mut().filter(|_| !more.is_empty()) else { return };
    let known = overlay.entry("x-suggestions").or_insert_with(|| json!([]));
    if let Some(known) = known.as_array_mut() {
        known.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_has_something_to_show() {
        let made = overlay("pet-store", &json!({"info": {"title": "The\n Pets"}}));
        let package = &made["actions"][0]["update"]["x-switchboard-crate"];
        assert_eq!(package["description"], "Client for the API The Pets");
        assert_eq!(package["keywords"], json!(["pet", "store", "api", "client"]));
    }
}
