//! Where operations stand, on the client itself or by tag, and what of the crate each of its features needs.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::api::ExternalDocs;
use super::operation::{Operation, Origin, TagPath};

/// Turns on all tags, and what no operation needs.
pub const ALL_TAGS: &str = "all-tags";

/// Turns on the client and its calls.
pub const CLIENT: &str = "client";

/// How a crate is laid out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The tags that operations stand by, by the names of their modules and in the document's order; none where all
    /// operations stand on the client itself.
    pub tags: IndexMap<String, OperationTag>,
    /// The feature of what the vendor sends of its own accord, where tags have features and there is any.
    pub webhooks: Option<String>,
    /// The features any of which needs a type, by the types' names.
    pub types: BTreeMap<String, BTreeSet<String>>,
    /// The same of the headers of answers.
    pub headers: BTreeMap<String, BTreeSet<String>>,
}

impl Layout {
    /// Whether operations stand by tag.
    pub fn is_by_tag(&self) -> bool {
        !self.tags.is_empty()
    }

    /// The features of the tags, each once, in the order of the tags.
    pub fn tag_features(&self) -> Vec<&str> {
        let mut features: Vec<&str> = Vec::new();
        for tag in self.tags.values() {
            if !features.contains(&tag.feature.as_str()) {
                features.push(&tag.feature);
            }
        }
        features
    }

    /// The feature of an operation, where it has one.
    pub fn feature(&self, operation: &Operation) -> Option<&str> {
        self.feature_of(operation.tag.as_ref()?)
    }

    /// The feature of what the vendor sends on account of `origin`, where it has one.
    pub fn origin(&self, origin: &Origin) -> Option<&str> {
        match origin {
            Origin::Webhook { .. } => self.webhooks.as_deref(),
            Origin::Callback { tag, .. } => self.feature_of(tag.as_ref()?),
        }
    }

    /// Whether a feature is that of a tag.
    pub fn is_of_tag(&self, feature: &str) -> bool {
        self.tags.values().any(|tag| tag.feature == feature)
    }

    fn feature_of(&self, tag: &TagPath) -> Option<&str> {
        Some(self.tags.get(&tag.module)?.feature.as_str())
    }
}

/// A tag that operations stand by (OpenAPI 3.0 section 4.7.22); or those that have none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationTag {
    /// `name`; of several tags that come to one module, that of the first; none of operations without a tag.
    pub name: Option<String>,
    /// The type of what the client's method of this name returns.
    pub type_ident: String,
    /// The feature that turns it on.
    pub feature: String,
    /// `description`.
    pub description: Option<String>,
    /// `externalDocs`.
    pub external_docs: Option<ExternalDocs>,
}

/// Whether operations stand on the client itself, or by tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arrangement {
    /// All on the client.
    Flat,
    /// By tag.
    Tags,
}

/// The names that a tag has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagNames {
    /// The method of the client, and the module of the calls.
    pub module: String,
    /// The feature that turns it on.
    pub feature: String,
}
