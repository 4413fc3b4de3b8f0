//! Whether the slashes of a path parameter's value stay. They are encoded, for OpenAPI takes a value for one segment (3.1 section
//! 4.8.12.1), and servers whose values are several segments do not find those then: a full resource name, a scope, the path
//! of a file.
//!
//! The hint says it, an extension that vendors say it by, or the parameter's pattern where that can be nothing but a path:
//! segments of which some are fixed and some are anything but a slash.

use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::path_variables::SLASHES;
use serde_json::Value;

/// What vendors call it.
const SKIP_ENCODING: &str = "x-ms-skip-url-encoding";

/// Whether they stay; what the pattern alone says is told.
pub fn stay(object: &Value, pointer: &str, diagnostics: &mut Diagnostics) -> bool {
    let said = [SLASHES, SKIP_ENCODING].into_iter().find_map(|word| object.get(word)?.as_bool());
    said.unwrap_or_else(|| {
        let pattern = object.get("schema").and_then(|schema| schema.get("pattern")?.as_str());
        let is_path = pattern.is_some_and(is_of_segments);
        if is_path {
            let message = "the pattern is a path of several segments: slashes stay, where others are encoded";
            let finding = Diagnostic::adaptation("path-slashes", pointer_join(pointer, "schema/pattern"), message);
            diagnostics.push(finding.with_help(format!("`{SLASHES}: false` encodes them")));
        }
        is_path
    })
}

/// Whether a pattern is segments of a path, some fixed and some open: `projects/[^/]+/topics/[^/]+`.
fn is_of_segments(pattern: &str) -> bool {
    let bare = pattern.trim_start_matches('^').trim_end_matches('$').replace("[^/]", ".");
    let is_open = |segment: &str| matches!(segment, ".+" | ".*");
    let is_fixed = |segment: &str| {
        !segment.is_empty() && segment.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '-'))
    };
    let segments: Vec<&str> = bare.split('/').collect();
    let all = segments.iter().all(|segment| is_open(segment) || is_fixed(segment));
    all && segments.iter().any(|segment| is_open(segment)) && segments.iter().any(|segment| is_fixed(segment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn slashes_stay_where_a_word_says_so_or_a_pattern() {
        let pattern = |pattern: &str| json!({"schema": {"type": "string", "pattern": pattern}});
        for (object, stays, is_told) in [
            (json!({}), false, false),
            (json!({"x-switchboard-slashes": true}), true, false),
            (json!({"x-ms-skip-url-encoding": true}), true, false),
            (json!({"x-ms-skip-url-encoding": true, "x-switchboard-slashes": false}), false, false),
            (pattern("projects/[^/]+"), true, true),
            (pattern("^users/[^/]+/.+$"), true, true),
            (pattern("[^/]+/[^/]+"), false, false),
            (pattern("projects/one"), false, false),
            (pattern("arn:[a-z]+/[^/]+"), false, false),
            (pattern("[^/]+"), false, false),
        ] {
            let mut diagnostics = Diagnostics::default();
            assert_eq!(stay(&object, "/p", &mut diagnostics), stays, "{object}");
            assert_eq!(diagnostics.iter().any(|finding| finding.code == "path-slashes"), is_told, "{object}");
        }
    }
}
