//! The operations of a path item: one for each of the methods that have a field of their own, and those of any other method
//! below `additionalOperations` (OpenAPI 3.2 section 4.9). Every pass that goes over operations asks here.

use crate::diagnostics::pointer_join;
use serde_json::Value;

/// The methods that have a field of their own, as the specification spells them; `query` is new in 3.2.
pub const FIELDS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The field for operations of other methods, keyed by the method in the capitalization that is sent.
pub const ADDITIONAL: &str = "additionalOperations";

/// One operation of a path item.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'v> {
    /// The method as it is sent.
    pub method: String,
    /// The JSON pointer from the path item to the operation.
    pub pointer: String,
    /// The operation.
    pub operation: &'v Value,
}

/// All operations of a path item, those with a field first. What cannot be sent ([`is_sendable`]) is none.
pub fn of(item: &Value) -> impl Iterator<Item = Found<'_>> {
    let own = FIELDS.into_iter().filter_map(|field| {
        let operation = item.get(field)?;
        Some(Found { method: field.to_ascii_uppercase(), pointer: pointer_join("", field), operation })
    });
    let others = item.get(ADDITIONAL).and_then(Value::as_object).into_iter().flatten();
    let others = others.filter(|(method, _)| is_sendable(method)).map(|(method, operation)| {
        let pointer = pointer_join(&pointer_join("", ADDITIONAL), method);
        Found { method: method.clone(), pointer, operation }
    });
    own.chain(others).filter(|found| found.operation.is_object())
}

/// The JSON pointer of the path item that the operation at `pointer` is of.
pub fn item(pointer: &str) -> &str {
    let holder = pointer.rsplit_once('/').map_or("", |(holder, _)| holder);
    holder.strip_suffix("/additionalOperations").unwrap_or(holder)
}

/// Whether a key of `additionalOperations` is a method (RFC 9110 section 9.1) that has no field of its own, and that a client
/// can call: `CONNECT` asks a proxy for a tunnel and has no path (section 9.3.6).
pub fn is_sendable(method: &str) -> bool {
    let has_field = FIELDS.iter().any(|field| field.to_ascii_uppercase() == method);
    is_token(method) && !has_field && method != "CONNECT"
}

/// Whether it is a token (RFC 9110 section 5.6.2), which names of methods and of headers are.
pub fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

/// Whether sending it twice does no more than sending it once: idempotent methods (RFC 9110 section 9.2.2; `QUERY` is safe).
/// Of methods that have no field of their own nobody here knows what a repeat does.
pub fn is_idempotent(method: &str) -> bool {
    ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "QUERY"].contains(&method)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_stand_in_fields_and_below_their_methods_names() {
        let item = json!({"additionalOperations": {"MOVE": {}, "get": {}, "GET": {}, "a b": {}}, "query": {}, "get": {}, "put": 1});
        let found: Vec<_> = of(&item).map(|found| (found.method, found.pointer)).collect();
        let expected = [
            ("GET", "/get"),
            ("QUERY", "/query"),
            ("MOVE", "/additionalOperations/MOVE"),
            ("get", "/additionalOperations/get"),
        ];
        assert_eq!(found, expected.map(|(method, pointer)| (method.to_owned(), pointer.to_owned())));
        assert_eq!(["/paths/~1a/get", "/paths/~1a/additionalOperations/MOVE"].map(super::item), ["/paths/~1a"; 2]);
    }
}
