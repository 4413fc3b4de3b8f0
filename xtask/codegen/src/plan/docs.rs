//! What the document says in prose.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the document says in prose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Docs {
    /// `title`, where it says more than the name.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// The value that the server assumes when it is left out.
    pub default: Option<Value>,
    /// Short facts such as `at most 100 characters`, and lists of allowed values that are not an enum.
    pub constraints: Vec<String>,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// Whether values are never shown: the document says so, or the name, or a hint.
    pub secret: bool,
}
