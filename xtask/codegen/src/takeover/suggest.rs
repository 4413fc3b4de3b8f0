//! Overlay actions for whoever knows the API to think about: what a document leaves open, and a hint could say. They stand
//! beside the actions of the overlay, in `x-suggestions`, and do nothing there.

use serde_json::{Value, json};

use crate::lint::json_path;

/// Titles that say nothing of whose API it is.
const EMPTY_WORDS: &[&str] =
    &["api", "rest", "openapi", "swagger", "documentation", "docs", "reference", "the", "public"];

/// What the last word of a path says whose `POST` only reads.
const READS: &[&str] = &["search", "query", "lookup", "filter", "list", "count", "validate", "preview", "calculate"];

/// Actions with their reasons, in the document's order.
pub fn suggestions(document: &Value) -> Vec<Value> {
    let whole = [title(document), server(document), security(document)];
    whole.into_iter().flatten().chain(repeatable(document)).collect()
}

fn suggestion(target: &str, reason: &str, update: &Value) -> Value {
    json!({"target": target, "description": reason, "update": update})
}

fn title(document: &Value) -> Option<Value> {
    let title = document.pointer("/info/title").and_then(Value::as_str).unwrap_or_default();
    let says = |word: &str| {
        let word = word.to_lowercase();
        let is_version = word.trim_start_matches('v').chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        !is_version && !EMPTY_WORDS.contains(&word.as_str())
    };
    let is_empty = !title.split(|letter: char| !letter.is_alphanumeric() && letter != '.').any(says);
    let reason = format!("The title is only `{title}`: say whose API it is.");
    is_empty.then(|| suggestion("$.info", &reason, &json!({"title": "…"})))
}

fn server(document: &Value) -> Option<Value> {
    let urls = document.get("servers").and_then(Value::as_array).into_iter().flatten();
    let mut urls = urls.filter_map(|server| server.get("url").and_then(Value::as_str));
    let has_host = document.get("host").is_some() || urls.any(|url| url.contains("://"));
    let reason = "No server is named: without one, whoever makes a client has to give its address.";
    (!has_host).then(|| suggestion("$", reason, &json!({"servers": [{"url": "https://…"}]})))
}

fn security(document: &Value) -> Option<Value> {
    let is_declared = ["/components/securitySchemes", "/securityDefinitions"]
        .iter()
        .any(|place| document.pointer(place).and_then(Value::as_object).is_some_and(|schemes| !schemes.is_empty()));
    let reason = "No credential is declared: if calls need one, say how it is sent (here: `Authorization: Bearer …`).";
    let update = json!({
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    });
    (!is_declared).then(|| suggestion("$", reason, &update))
}

/// A `POST` is sent once; one that only reads may be sent again when an answer is lost.
fn repeatable(document: &Value) -> Vec<Value> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let reads = |path: &str| {
        let last = path.rsplit('/').find(|part| !part.is_empty() && !part.starts_with('{')).unwrap_or_default();
        last.split(['-', '_', ':', '.']).any(|word| READS.contains(&word.to_lowercase().as_str()))
    };
    let posts = paths.filter(|(path, item)| reads(path) && item.get("post").is_some());
    let reason = "It reads like one that changes nothing: then it may be sent again when no answer comes.";
    let hint = json!({"x-switchboard-repeatable": true});
    let pointer = |path: &str| format!("{}/post", crate::diagnostics::pointer_join("/paths", path));
    posts.map(|(path, _)| suggestion(&json_path(document, &pointer(path)), reason, &hint)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(document: &Value) -> Vec<String> {
        suggestions(document).iter().map(|found| found["target"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn what_a_document_leaves_open_is_asked_for() {
        let bare = json!({"openapi": "3.1.0", "info": {"title": "API v3.1"}, "servers": [{"url": "/v3"}], "paths": {
            "/pets/search": {"post": {}, "get": {}}, "/pets": {"post": {}}, "/pets/{id}/lookup-all": {"post": {}}}});
        let expected = ["$.info", "$", "$", "$.paths['/pets/search'].post", "$.paths['/pets/{id}/lookup-all'].post"];
        assert_eq!(targets(&bare), expected);
        let whole = json!({"openapi": "3.1.0", "info": {"title": "Pets"}, "servers": [{"url": "https://pets.test"}],
            "components": {"securitySchemes": {"key": {"type": "http", "scheme": "basic"}}}});
        assert_eq!(targets(&whole), Vec::<String>::new());
    }
}
