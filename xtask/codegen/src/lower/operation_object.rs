//! One operation as it stands in the document, for all that reads a part of it.

use serde_json::Value;

/// One operation as it stands in the document.
pub struct OperationObject<'d> {
    /// The path template.
    pub path: &'d str,
    /// The HTTP method as it is sent.
    pub method: String,
    /// Its path item.
    pub item: &'d Value,
    /// JSON pointer to the path item.
    pub item_pointer: String,
    /// The operation object.
    pub operation: &'d Value,
    /// JSON pointer to it.
    pub pointer: String,
}
