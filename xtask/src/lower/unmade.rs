//! What the document says and no code is made of, each with its place: nothing disappears without a word.
//!
//! It is data for the reader of `-v` and of a report, who knows whether it matters: response headers are there for whoever
//! asks for them by name, links and callbacks are for other programs than a client.

use super::references;
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::plan::Operation;
use serde_json::{Map, Value};

/// Tells it of the operations and of the document as a whole.
pub fn tell(document: &Value, operations: &[Operation], diagnostics: &mut Diagnostics) {
    if let Some((names, pointer)) = named(document, "webhooks", "") {
        let message = format!("nothing is generated for the webhooks {names}: they are calls that the vendor makes");
        diagnostics.push(Diagnostic::adaptation("webhooks", pointer, message));
    }
    for operation in operations {
        let Some(found) = document.pointer(&operation.pointer) else { continue };
        if let Some((names, pointer)) = named(found, "callbacks", &operation.pointer) {
            let message =
                format!("nothing is generated for the callbacks {names}: they are calls that the vendor makes");
            diagnostics.push(Diagnostic::adaptation("callbacks", pointer, message));
        }
        answers(document, found, &operation.pointer, diagnostics);
    }
}

fn answers(document: &Value, operation: &Value, pointer: &str, diagnostics: &mut Diagnostics) {
    let place = pointer_join(pointer, "responses");
    let listed = || fields(operation, "responses").filter(|(key, _)| !key.starts_with("x-"));
    let class = |key: &str| key.bytes().next().unwrap_or_default();
    let succeeds = listed().any(|(key, _)| class(key) == b'2');
    // Where nothing else is a success, what leads elsewhere is one; these statuses do not.
    let is_redirect = |key: &str| class(key) == b'3' && !matches!(key, "304" | "305" | "306");
    for (key, answer) in listed() {
        let pointer = pointer_join(&place, key);
        if class(key) == b'1' || (class(key) == b'3' && (succeeds || !is_redirect(key))) {
            let why = match class(key) {
                b'1' => "the HTTP client keeps to itself what comes before the answer",
                _ => "redirects are followed, or told as an undocumented answer",
            };
            let message = format!("nothing is generated for the answer `{key}`: {why}");
            diagnostics.push(Diagnostic::adaptation("unmade-answer", &pointer, message));
        }
        let Some((answer, pointer)) = references::resolve(document, answer, &pointer) else { continue };
        if let Some((names, pointer)) = named(answer, "headers", &pointer) {
            let message =
                format!("the answer's headers {names} have no accessors: `headers()` has them by their names");
            diagnostics.push(Diagnostic::adaptation("response-headers", pointer, message));
        }
        if let Some((names, pointer)) = named(answer, "links", &pointer) {
            let message = format!("nothing is generated for the links {names}: call the operations that they name");
            diagnostics.push(Diagnostic::adaptation("links", pointer, message));
        }
    }
}

fn fields<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

/// The most names that are told.
const MAX_NAMES: usize = 5;

/// The names in the field `key`, as text, and its pointer; none where there are none. `Content-Type` is no header of an
/// answer to OpenAPI (3.0 section 4.7.17).
fn named(value: &Value, key: &str, pointer: &str) -> Option<(String, String)> {
    let is_told = |name: &&String| !name.starts_with("x-switchboard-") && !name.eq_ignore_ascii_case("content-type");
    let names: Vec<String> =
        fields(value, key).map(|(name, _)| name).filter(is_told).map(|name| format!("`{name}`")).collect();
    let more = names.len().checked_sub(MAX_NAMES).filter(|more| *more > 0);
    let shown = names.get(..names.len().min(MAX_NAMES))?.join(", ");
    let shown = more.map_or(shown.clone(), |more| format!("{shown} and {more} more"));
    (!names.is_empty()).then(|| (shown, pointer_join(pointer, key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::lower;
    use serde_json::json;

    fn told(paths: Value, webhooks: Value) -> Vec<(&'static str, String)> {
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": paths, "webhooks": webhooks});
        let mut diagnostics = Diagnostics::default();
        lower("t", &document, &mut diagnostics);
        let told = ["webhooks", "callbacks", "unmade-answer", "response-headers", "links"];
        let found = diagnostics.iter().filter(|finding| told.contains(&finding.code));
        found.map(|finding| (finding.code, finding.pointer.clone())).collect()
    }

    #[test]
    fn whatever_no_code_is_made_of_is_told_with_its_place() {
        let ok = json!({
            "description": "", "headers": {"X-Left": {}, "content-type": {}}, "links": {"next": {"operationId": "o"}},
        });
        let responses =
            json!({"200": ok, "100": {"description": ""}, "304": {"description": ""}, "default": {"description": ""}});
        let paths = json!({"/a": {"post": {"operationId": "o", "responses": responses, "callbacks": {"done": {}}}}});
        let place = |rest: &str| format!("/paths/~1a/post/{rest}");
        assert_eq!(
            told(paths, json!({"pinged": {}})),
            [
                ("webhooks", "/webhooks".to_owned()),
                ("callbacks", place("callbacks")),
                ("response-headers", place("responses/200/headers")),
                ("links", place("responses/200/links")),
                ("unmade-answer", place("responses/100")),
                ("unmade-answer", place("responses/304")),
            ]
        );
    }

    #[test]
    fn what_code_is_made_of_is_not_told() {
        let found =
            json!({"302": {"description": "", "headers": {"Content-Type": {}}}, "x-note": {"headers": {"a": {}}}});
        assert_eq!(told(json!({"/a": {"get": {"operationId": "o", "responses": found}}}), json!({})), []);
    }

    #[test]
    fn many_names_are_counted() {
        let names: Map<String, Value> = (0..8).map(|at| (format!("n{at}"), json!({}))).collect();
        let found = named(&json!({"links": names}), "links", "/a");
        assert_eq!(found, Some(("`n0`, `n1`, `n2`, `n3`, `n4` and 3 more".to_owned(), "/a/links".to_owned())));
    }
}
