//! What a generated crate says of itself: `.switchboard.json` in its folder.
//!
//! It tells the generated files from those that somebody added by hand, whether anything needs to be generated again,
//! and which folders are the generator's at all: a folder without it is never written to.

use crate::fingerprint::Inputs;
use codegen::{diff::version::Version, plain_file, plan::Lock};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// The manifest's name in a crate's folder.
pub const FILE: &str = ".switchboard.json";

const GENERATED: &str = "by `cargo xtask regen`: do not edit";

/// A generated crate's manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Who wrote the crate, for readers.
    pub generated: String,
    /// The document's file name in its folder.
    pub source: String,
    /// What the crate was made from.
    pub inputs: Inputs,
    /// Whether faults of the document were tolerated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lenient: bool,
    /// The crate's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The least version that the crate could have: one that is another was given by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_version: Option<Version>,
    /// A version that is lower than what has changed since the last release asks for, and that somebody has allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_version: Option<Version>,
    /// The numbers that a run shows for the crate, also when it is skipped.
    pub summary: Counts,
    /// The keys of `Cargo.toml` that the generator wrote, as dotted paths; the others are by hand.
    pub cargo_toml: Vec<String>,
    /// The names of methods and types, by the places of what they are of: what has a name keeps it.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub names: Lock,
    /// The generated files with their BLAKE3 hashes, line ends normalised.
    pub files: BTreeMap<String, String>,
}

/// What a crate holds and what was found on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Methods that call the API.
    pub operations: usize,
    /// Public types.
    pub types: usize,
    /// Lines of Rust.
    pub lines: usize,
    /// How often each thing was said another way than the document says it, by code.
    pub adaptations: BTreeMap<String, usize>,
    /// How many warnings there were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warnings: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn is_empty(names: &Lock) -> bool {
    *names == Lock::default()
}

impl Manifest {
    /// A manifest that lists nothing yet.
    pub fn new(source: String, inputs: Inputs, lenient: bool, summary: Counts) -> Self {
        Self { generated: GENERATED.to_owned(), source, inputs, lenient, summary, ..Self::default() }
    }

    /// The same with the crate's names.
    #[must_use]
    pub fn with_names(self, names: Lock) -> Self {
        Self { names, ..self }
    }

    /// The same with the crate's version.
    #[must_use]
    pub fn with_version(self, version: Version, least: Version, allowed_version: Option<Version>) -> Self {
        Self { version: Some(version), least_version: Some(least), allowed_version, ..self }
    }

    /// The manifest in `folder`: `None` when there is none.
    ///
    /// # Errors
    ///
    /// Fails when it is there and cannot be read, for example after a merge conflict.
    pub fn read(folder: &Path) -> std::io::Result<Option<Self>> {
        match plain_file::read(&folder.join(FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(std::io::Error::from),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The manifest as text.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be said in JSON, which its types rule out.
    pub fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
