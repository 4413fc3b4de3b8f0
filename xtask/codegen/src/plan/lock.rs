//! Names that were given and the order of arguments, which the next crate of an API keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layout::{Arrangement, TagNames};

/// All names that a crate has, for the next time that it is made. Places are JSON pointers into the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// Whether operations stand by tag.
    pub arrangement: Option<Arrangement>,
    /// The names of the tags that operations stand by, by what the document calls them; `""` is that of operations without.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, TagNames>,
    /// The tag that each operation stands by, by the operation's place.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tagged: BTreeMap<String, String>,
    /// Where each operation stands, by its `operationId`.
    pub operations: BTreeMap<String, String>,
    /// The methods that begin calls, by the places of their operations.
    pub methods: BTreeMap<String, String>,
    /// The types of the calls, by the places of their operations.
    pub calls: BTreeMap<String, String>,
    /// What the errors and inline schemas of operations are named after, by the places of their operations; where it is
    /// not the type of the call.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<String, String>,
    /// What users call the types of operations' errors, by the places of the operations; where it is not the name of which
    /// their schemas have theirs, with `Error` behind it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub error_types: BTreeMap<String, String>,
    /// The enums that the errors of operations are read into, by the places of the operations that describe errors.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub error_enums: BTreeMap<String, String>,
    /// The types of the headers of answers, by the places of the operations with `success` or `error` behind them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub header_sets: BTreeMap<String, String>,
    /// The types, by the places of their schemas. Where schemas are merged, several types may be from one place.
    pub types: BTreeMap<String, String>,
    /// The parameters and security schemes that are called by their words where letter by letter they would be called otherwise:
    /// by the places of the operations with the parameters' names behind, and by those of the schemes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_words: BTreeMap<String, String>,
    /// The structs of what constructors require, by the names of the types that they make.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub required: BTreeMap<String, String>,
    /// The arguments of methods and constructors by their names in their order, of whatever takes more than one: by the places of
    /// the operations, and by the names of the types.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, Vec<String>>,
    /// What is within types, by the types' names: of unions all, of other types where something is not called by the first name
    /// that it asks for. None of a crate whose generator did not note it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<BTreeMap<String, MemberNames>>,
}

/// What the fields, values or alternatives of a type are called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberNames {
    /// What holds all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<String>,
    /// Each by its property, value, definition, or what it means.
    pub names: BTreeMap<String, String>,
}
