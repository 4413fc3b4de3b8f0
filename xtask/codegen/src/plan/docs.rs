//! What the document says in prose.

use std::collections::BTreeMap;

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
    /// What the schema demands by keywords that neither types nor docs speak of, by keyword: who compares two versions of the
    /// document is told that it is another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unsaid: BTreeMap<String, Value>,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// Whether values are never shown: the document says so, or the name, or a hint.
    pub secret: bool,
}
