//! Pages of documentation that embed the OpenAPI definition of what they describe, as ReadMe writes them in Markdown.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostics::{Diagnostics, Source};
use crate::load::{TextFile, parse};

/// What begins and ends a block of code (CommonMark 0.31, section 4.5).
const FENCE: &str = "```";

/// The definitions in a page, in its order: blocks of code that hold an OpenAPI document in JSON or YAML. A block may begin in
/// the middle of a line, for pages are kept without their line ends, too.
pub fn definitions(page: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(begin) = rest.find(FENCE) {
        let block = rest.get(begin + FENCE.len()..).unwrap_or_default();
        if let Some((value, length)) = json(block) {
            found.push(value);
            rest = block.get(length..).unwrap_or_default();
            continue;
        }
        let end = block.find(FENCE).unwrap_or(block.len());
        found.extend(yaml(block.get(..end).unwrap_or_default()));
        rest = block.get(end + FENCE.len()..).unwrap_or_default();
    }
    found
}

/// Whether a page ends within a definition.
pub fn is_cut_off(page: &str) -> bool {
    let begins = |text: &str| {
        let first = text.trim_start().strip_prefix('{').map(str::trim_start);
        first.is_some_and(|first| first.starts_with("\"openapi\"") || first.starts_with("\"swagger\""))
    };
    page.match_indices(FENCE).any(|(at, _)| {
        let block = page.get(at + FENCE.len()..).unwrap_or_default();
        let text = block.find('{').and_then(|begin| block.get(begin..)).filter(|text| begins(text));
        text.is_some_and(|text| serde_json::from_str::<Value>(text).is_err_and(|error| error.is_eof()))
    })
}

/// Whether a value is an OpenAPI document.
pub fn is_definition(value: &Value) -> bool {
    ["openapi", "swagger"].iter().any(|key| value.get(key).is_some_and(Value::is_string))
}

/// The definition that a block holds behind its first words, and where it ends.
fn json(block: &str) -> Option<(Value, usize)> {
    let begin = block.find('{')?;
    if block.get(..begin)?.contains(FENCE) {
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(block.get(begin..)?).into_iter::<Value>();
    let value = reader.next()?.ok().filter(is_definition)?;
    Some((value, begin + reader.byte_offset()))
}

fn yaml(block: &str) -> Option<Value> {
    let (_, text) = block.split_once('\n')?;
    let file = TextFile { path: PathBuf::from("page.yaml"), text: text.to_owned() };
    let parsed = parse(&file, Source::Document, false, &mut Diagnostics::default())?;
    Value::deserialize(parsed.value).ok().filter(is_definition)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn definitions_are_found_between_examples() {
        let json_page = "# List ```json GET /a { \"a\": 1 } ``` # OpenAPI definition ```json { \"openapi\": \"3.1.0\", \"x\": \"a ``` b\" } ``` ```json {\"b\": 2} ```";
        assert_eq!(definitions(json_page), [json!({"openapi": "3.1.0", "x": "a ``` b"})]);
        let yaml_page = "text\n\n```yaml\nopenapi: 3.0.3\npaths: {}\n```\n\n```json\n{\"swagger\": \"2.0\"}\n```\n";
        assert_eq!(definitions(yaml_page), [json!({"openapi": "3.0.3", "paths": {}}), json!({"swagger": "2.0"})]);
        let cut = json_page.get(..json_page.find("\"x\"").unwrap()).unwrap();
        assert!(is_cut_off(cut) && !is_cut_off(json_page) && !is_cut_off(yaml_page));
        for page in ["", "```", "```json", "no ```json { \"openapi\": ``` end", "{\"openapi\": \"3.1.0\"}"] {
            assert_eq!(definitions(page), Vec::<Value>::new(), "{page}");
        }
    }
}
