//! Following `$ref`: parameters, responses, bodies, headers and path items are read through it wherever they are used;
//! schemas stay references, by the pointer of what they refer to.

use crate::diagnostics::pointer_join;
use serde_json::Value;

/// How many references may lead to one another before it counts as a cycle; no real document needs more than a few.
pub const MAX_CHAIN: usize = 64;

/// The JSON pointer in a local reference (`#/a/b` → `/a/b`), with percent-encoding undone (RFC 6901 section 6).
pub fn local_pointer(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        let encoded = (byte == b'%').then(|| {
            let digits = [rest.clone().next()?, rest.clone().nth(1)?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
        });
        match encoded.flatten() {
            Some(decoded) => {
                bytes.push(decoded);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    let pointer = String::from_utf8(bytes).ok()?;
    (pointer.is_empty() || pointer.starts_with('/')).then_some(pointer)
}

/// The pointer of the schema that a mapping names.
pub fn mapped(reference: &str) -> String {
    local_pointer(reference).unwrap_or_else(|| pointer_join("/components/schemas", reference))
}

/// What a local reference leads to, which may be a reference again.
pub fn target<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    document.pointer(&local_pointer(reference)?)
}

/// `node` itself, or what its chain of `$ref` leads to, with the pointer of what was found; `None` if it leads nowhere.
pub fn resolve<'a>(document: &'a Value, node: &'a Value, pointer: &str) -> Option<(&'a Value, String)> {
    let mut found = node;
    let mut place = pointer.to_owned();
    for _ in 0..MAX_CHAIN {
        let Some(reference) = found.get("$ref").and_then(Value::as_str) else {
            return Some((found, place));
        };
        place = local_pointer(reference)?;
        found = document.pointer(&place)?;
    }
    None
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
    fn chains_end_and_cycles_are_noticed() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"name": "x"}, "c": {"$ref": "#/c"}});
        let node = json!({"$ref": "#/a"});
        assert_eq!(resolve(&document, &node, "/x"), Some((&json!({"name": "x"}), "/b".to_owned())));
        assert_eq!(resolve(&document, &json!({"$ref": "#/c"}), ""), None);
    }
}
