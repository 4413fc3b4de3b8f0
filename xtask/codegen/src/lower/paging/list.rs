//! Which calls may be for a list, and what such calls are called.

use crate::lower::operation_object::OperationObject;

/// The extension that says how an operation pages.
pub const HINT: &str = "x-switchboard-paging";

/// The methods of calls for a list.
pub const LIST_METHODS: &[&str] = &["pages", "stream"];

/// Whether an operation may turn out to page: setters of its parameters must leave room for the methods of a list.
pub fn is_possible(source: &OperationObject<'_>) -> bool {
    matches!(source.method.as_str(), "GET" | "QUERY") || source.operation.get(HINT).is_some()
}
