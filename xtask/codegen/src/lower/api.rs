//! What concerns the API as a whole: its name, title, servers, security schemes, and the hints for its manifest.

use serde_json::{Map, Value};

use super::external_docs::external_docs;
use super::{security, servers};
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::plan::{Api, Manifest, RateLimit};

/// Reads the API's facts.
pub fn read(stem: &str, document: &Value, diagnostics: &mut Diagnostics) -> Api {
    let info = |key: &str| {
        document.pointer(&format!("/info/{key}")).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    };
    let hints = crate_hints(document, diagnostics);
    let strings = |key: &str, default: &[&str]| -> Vec<String> {
        let listed = hints.and_then(|hints| hints.get(key)?.as_array());
        match listed {
            Some(listed) => listed.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            None => default.iter().map(|text| (*text).to_owned()).collect(),
        }
    };
    let text = |key: &str| hints.and_then(|hints| hints.get(key)?.as_str()).map(str::to_owned);
    Api {
        crate_name: text("name").unwrap_or_else(|| package_name(stem)),
        title: info("title").unwrap_or(stem).to_owned(),
        description: info("description").map(str::to_owned),
        version: info("version").unwrap_or("unknown").to_owned(),
        servers: servers::api(document, diagnostics),
        schemes: security::schemes(document, diagnostics),
        rate_limit: rate_limit(document, diagnostics),
        external_docs: external_docs(document),
        manifest: Manifest {
            description: text("description"),
            keywords: strings("keywords", DEFAULT_KEYWORDS),
            categories: strings("categories", DEFAULT_CATEGORIES),
        },
    }
}

/// What a registry finds a client by where nobody says more: without them a crate cannot be published decently.
const DEFAULT_KEYWORDS: &[&str] = &["api", "client", "openapi", "sdk"];
const DEFAULT_CATEGORIES: &[&str] = &["api-bindings"];

/// `x-switchboard-crate`, if it can be read.
fn crate_hints<'d>(document: &'d Value, diagnostics: &mut Diagnostics) -> Option<&'d Map<String, Value>> {
    const PLACE: &str = "/x-switchboard-crate";
    let hints = document.get("x-switchboard-crate")?;
    let mut fault = |pointer: String, message: String| {
        let example =
            "write it as {\"name\": \"…\", \"description\": \"…\", \"keywords\": [\"…\"], \"categories\": [\"…\"]}";
        diagnostics.push(Diagnostic::error("bad-hint", pointer, message).with_help(example));
    };
    let Some(hints) = hints.as_object() else {
        fault(PLACE.to_owned(), "`x-switchboard-crate` must be an object".to_owned());
        return None;
    };
    for (key, value) in hints {
        let is_texts = || value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
        let message = match key.as_str() {
            "name" | "description" if value.is_string() => continue,
            "keywords" | "categories" if is_texts() => continue,
            "name" | "description" => format!("`{key}` must be a text"),
            "keywords" | "categories" => format!("`{key}` must be a list of texts"),
            _ => format!("`x-switchboard-crate` has no member `{key}`"),
        };
        fault(pointer_join(PLACE, key), message);
    }
    Some(hints)
}

/// A Cargo package name from a file's name (Cargo reference, "The name field").
pub fn package_name(stem: &str) -> String {
    let mut name = String::new();
    for character in stem.chars() {
        match character {
            'a'..='z' | '0'..='9' | '_' => name.push(character),
            'A'..='Z' => name.push(character.to_ascii_lowercase()),
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name = name.trim_matches('-').to_owned();
    if name.starts_with(|first: char| first.is_ascii_lowercase()) { name } else { format!("api-{name}") }
        .trim_end_matches('-')
        .to_owned()
}

/// `x-switchboard-rate-limit`: `{"requests": 5, "seconds": 1}`.
fn rate_limit(document: &Value, diagnostics: &mut Diagnostics) -> Option<RateLimit> {
    let hint = document.get("x-switchboard-rate-limit")?;
    let requests = hint
        .get("requests")
        .and_then(Value::as_u64)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number > 0);
    let seconds = hint.get("seconds").and_then(Value::as_f64).filter(|number| *number > 0.0 && *number <= 86_400.0);
    let is_known = |key: &String| matches!(key.as_str(), "requests" | "seconds");
    let knows_all = hint.as_object().is_some_and(|hint| hint.keys().all(is_known));
    let Some((requests, seconds)) = requests.zip(seconds).filter(|_| knows_all) else {
        diagnostics.push(
            Diagnostic::error(
                "bad-hint",
                "/x-switchboard-rate-limit",
                "the rate limit is not a number of requests and of seconds",
            )
            .with_help("write it as {\"requests\": 5, \"seconds\": 1}"),
        );
        return None;
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a day's milliseconds")]
    let milliseconds = (seconds * 1000.0).round() as u64;
    Some(RateLimit { requests, milliseconds: milliseconds.max(1) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(field: &str, hint: Value) -> Vec<String> {
        let mut diagnostics = Diagnostics::default();
        read("x", &json!({"servers": [{"url": "/"}], field: hint}), &mut diagnostics);
        diagnostics.iter().filter(|found| found.code == "bad-hint").map(|found| found.pointer.clone()).collect()
    }

    #[test]
    fn hints_that_cannot_be_read_are_errors_at_their_place() {
        let hint = |hint| faults("x-switchboard-crate", hint);
        assert_eq!(hint(json!({"name": "a", "keywords": ["b"]})), [""; 0]);
        assert_eq!(hint(json!({"keyword": ["b"]})), ["/x-switchboard-crate/keyword"]);
        assert_eq!(hint(json!({"keywords": "b"})), ["/x-switchboard-crate/keywords"]);
        assert_eq!(hint(json!([])), ["/x-switchboard-crate"]);
        let limit = |hint| faults("x-switchboard-rate-limit", hint);
        assert_eq!(limit(json!({"requests": 5, "seconds": 1})), [""; 0]);
        assert_eq!(limit(json!({"requests": 5, "seconds": 1, "second": 1})), ["/x-switchboard-rate-limit"]);
    }

    #[test]
    fn a_crate_is_found_by_something_where_nobody_says_by_what() {
        let manifest = |hint: Value| {
            let document = json!({"servers": [{"url": "/"}], "x-switchboard-crate": hint});
            read("x", &document, &mut Diagnostics::default()).manifest
        };
        assert_eq!(manifest(json!({})).categories, DEFAULT_CATEGORIES);
        assert_eq!(manifest(json!({"keywords": ["a"]})).keywords, ["a"]);
    }

    #[test]
    fn a_stem_becomes_a_package_name() {
        assert_eq!(package_name("Unified.to API"), "unified-to-api");
        assert_eq!(package_name("../../etc"), "etc");
        assert_eq!(package_name("3scale"), "api-3scale");
        assert_eq!(package_name("…"), "api");
    }
}
