//! Following `$ref`: parameters, responses, bodies, headers and path items are read through it wherever they are used;
//! schemas stay references, by the pointer of what they refer to.
//!
//! Whoever follows a reference does it here, so that what the lint takes for found is found by all.

use crate::{
    diagnostics::{Diagnostic, pointer_join},
    version,
};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How many references may lead to one another before it counts as a cycle; no real document needs more than a few.
pub const MAX_CHAIN: usize = 64;

/// The text with `%41` and the like decoded (RFC 3986, section 2.1); unchanged when that is no UTF-8.
pub fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hexadecimal = after.get(..2).filter(|_| *byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match hexadecimal.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The JSON pointer in a local reference (`#/a/b` → `/a/b`), with percent-encoding undone (RFC 6901 section 6).
pub fn local_pointer(reference: &str) -> Option<String> {
    pointer_of(&percent_decode(reference.strip_prefix('#')?)).map(str::to_owned)
}

fn pointer_of(fragment: &str) -> Option<&str> {
    (fragment.is_empty() || fragment.starts_with('/')).then_some(fragment)
}

/// What a local reference leads to, which may be a reference again, with its pointer. Documents have keys with a `%` that
/// they refer to as they are: that counts before what is encoded.
pub fn find<'d>(document: &'d Value, reference: &str) -> Option<(String, &'d Value)> {
    let fragment = pointer_of(reference.strip_prefix('#')?)?;
    match document.pointer(fragment) {
        Some(found) => Some((fragment.to_owned(), found)),
        None => {
            let decoded = percent_decode(fragment);
            document.pointer(&decoded).map(|found| (decoded.into_owned(), found))
        }
    }
}

/// Keywords that say something for people, and not which values there are.
pub const ANNOTATIONS: [&str; 9] =
    ["title", "description", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "externalDocs"];

/// Whether a keyword is for people, or for programs that know it.
pub fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword)
}

/// Whether a keyword beside the `$ref` of a schema counts: see [`siblings_count`]. What is said for people is heard in any
/// version, and so is `nullable`: vendors mean it.
pub fn counts_beside(document: &Value, keyword: &str) -> bool {
    keyword == "nullable" || is_annotation(keyword) || siblings_count(document)
}

/// Whether what stands beside the `$ref` of a schema says which values there are (OpenAPI 3.1 section 4.8.24.2). In 3.0 it
/// does not (section 4.7.23.1).
pub fn siblings_count(document: &Value) -> bool {
    !version::is_of_3_0(document)
}

/// The keywords of which a value need be but one of the members.
pub const ALTERNATIVES: [&str; 2] = ["oneOf", "anyOf"];

/// The pointers of what a schema refers to as its alternatives.
pub fn alternatives<'a>(document: &'a Value, schema: &'a Map<String, Value>) -> impl Iterator<Item = String> + 'a {
    let listed = ALTERNATIVES.iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
    listed.filter_map(|member| Some(find(document, member.get("$ref")?.as_str()?)?.0))
}

/// What a schema says beside its alternatives.
pub fn beside_alternatives(schema: &Map<String, Value>) -> Map<String, Value> {
    let beside = schema.iter().filter(|(key, _)| !ALTERNATIVES.contains(&key.as_str()));
    beside.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The pointer of the schema that a mapping names.
pub fn mapped(reference: &str) -> String {
    local_pointer(reference).unwrap_or_else(|| pointer_join("/components/schemas", reference))
}

/// `node` itself, or what its chain of `$ref` leads to, with the pointer of what was found; `None` if it leads nowhere.
pub fn resolve<'a>(document: &'a Value, node: &'a Value, pointer: &str) -> Option<(&'a Value, String)> {
    let mut found = node;
    let mut place = pointer.to_owned();
    for _ in 0..MAX_CHAIN {
        let Some(reference) = found.get("$ref").and_then(Value::as_str) else {
            return Some((found, place));
        };
        (place, found) = find(document, reference)?;
    }
    None
}

/// That the `$ref` of `node`, which stands at `pointer`, leads nowhere, and what comes of that: what the lint says of it, and more.
pub fn dangling(node: &Value, pointer: &str, consequence: &str) -> Diagnostic {
    let reference = node.get("$ref").and_then(Value::as_str).unwrap_or_default();
    let message = format!("`{reference}` leads nowhere in this document: {consequence}");
    Diagnostic::warning("dangling-ref", pointer_join(pointer, "$ref"), message)
}

/// The pointers of all that is referred to, each once.
pub fn targets(document: &Value) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![document]);
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).and_then(local_pointer));
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn percent_encoding_is_undone() {
        assert_eq!(local_pointer("#/paths/~1a~1%7Bid%7D").as_deref(), Some("/paths/~1a~1{id}"));
        assert_eq!(local_pointer("#/a%2").as_deref(), Some("/a%2"));
        assert_eq!(local_pointer("other.json#/a"), None);
    }

    #[test]
    fn a_key_with_a_percent_sign_is_found_as_it_is_written() {
        let document = json!({"a%20b": 1, "c d": 2, "both": 3, "bo%74h": 4});
        let found = |reference| find(&document, reference).map(|(pointer, value)| (pointer, value.clone()));
        assert_eq!(found("#/a%20b"), Some(("/a%20b".to_owned(), json!(1))));
        assert_eq!(found("#/c%20d"), Some(("/c d".to_owned(), json!(2))));
        assert_eq!(found("#/bo%74h"), Some(("/bo%74h".to_owned(), json!(4))));
        assert_eq!(found("#name"), None);
    }

    #[test]
    fn chains_end_and_cycles_are_noticed() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"name": "x"}, "c": {"$ref": "#/c"}});
        let node = json!({"$ref": "#/a"});
        assert_eq!(resolve(&document, &node, "/x"), Some((&json!({"name": "x"}), "/b".to_owned())));
        assert_eq!(resolve(&document, &json!({"$ref": "#/c"}), ""), None);
    }
}
