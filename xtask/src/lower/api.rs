//! What concerns the API as a whole: its name, title, servers, security schemes, and the hints for its manifest.

use serde_json::Value;

use super::{security, servers};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{Api, Manifest, RateLimit};

/// Reads the API's facts.
pub fn read(stem: &str, document: &Value, diagnostics: &mut Diagnostics) -> Api {
    let info = |key: &str| {
        document.pointer(&format!("/info/{key}")).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    };
    let hints = document.get("x-switchboard-crate");
    let strings = |key: &str| -> Vec<String> {
        let listed = hints.and_then(|hints| hints.get(key)?.as_array());
        listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
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
        manifest: Manifest {
            description: text("description"),
            keywords: strings("keywords"),
            categories: strings("categories"),
        },
    }
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
    let Some((requests, seconds)) = requests.zip(seconds) else {
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
    use super::*;

    #[test]
    fn a_stem_becomes_a_package_name() {
        assert_eq!(package_name("Unified.to API"), "unified-to-api");
        assert_eq!(package_name("../../etc"), "etc");
        assert_eq!(package_name("3scale"), "api-3scale");
        assert_eq!(package_name("…"), "api");
    }
}
