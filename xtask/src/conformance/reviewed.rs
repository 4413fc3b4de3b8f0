//! What a person has looked at: why a scenario cannot be said in OpenAPI, which scenarios are lists, and how far the crates
//! have come, which only may become more.

use crate::corpus::select::matches;
use crate::file::{self, FileError};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Scenarios that a document cannot say, with the reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inexpressible {
    /// The scenarios' names; `*` is any text.
    pub scenarios: Vec<String>,
    /// The versions of OpenAPI that cannot say it; all, if none is named.
    #[serde(default)]
    pub versions: Vec<String>,
    /// Why.
    pub reason: String,
}

/// What was reviewed.
#[derive(Clone, Debug)]
pub struct Reviewed {
    inexpressible: Vec<Inexpressible>,
    lists: Vec<String>,
    baseline: BTreeMap<String, BTreeSet<String>>,
    baseline_path: PathBuf,
}

/// The file of what was reviewed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewedFile {
    inexpressible: Vec<Inexpressible>,
    lists: Vec<String>,
}

/// The file of the baseline: what fails, for that is short.
#[derive(Debug, Default, Deserialize, Serialize)]
struct BaselineFile {
    failing: BTreeMap<String, BTreeSet<String>>,
}

impl Reviewed {
    /// Reads `reviewed.json` and `baseline.json`.
    ///
    /// # Errors
    ///
    /// Fails when they are not there, or not of their form.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let ReviewedFile { inexpressible, lists } = file::read_json(&folder.join("reviewed.json"))?;
        let baseline_path = folder.join("baseline.json");
        let baseline: BaselineFile = file::read_json(&baseline_path)?;
        Ok(Self { inexpressible, lists, baseline: baseline.failing, baseline_path })
    }

    /// Why a version cannot say a scenario.
    pub fn reason(&self, version: &str, scenario: &str) -> Option<&str> {
        let entries = self.inexpressible.iter().filter(|entry| applies(entry, version));
        let mut entries = entries.filter(|entry| entry.scenarios.iter().any(|glob| matches(glob, scenario)));
        entries.next().map(|entry| entry.reason.as_str())
    }

    /// Whether a scenario is a list whose pages the client is to follow.
    pub fn is_list(&self, scenario: &str) -> bool {
        self.lists.iter().any(|glob| matches(glob, scenario))
    }

    /// Whether a scenario was known to fail.
    pub fn was_failing(&self, version: &str, scenario: &str) -> bool {
        self.baseline.get(version).is_some_and(|failing| failing.contains(scenario))
    }

    /// The names in both files that no scenario of the suite has.
    pub fn unknown(&self, version: &str, scenarios: &BTreeSet<String>) -> Vec<String> {
        let globs =
            self.inexpressible.iter().filter(|entry| applies(entry, version)).flat_map(|entry| &entry.scenarios);
        let failing = self.baseline.get(version).into_iter().flatten();
        let all = globs.chain(&self.lists).chain(failing);
        all.filter(|glob| !scenarios.iter().any(|name| matches(glob, name))).cloned().collect()
    }

    /// Writes down what fails now.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be written.
    pub fn write_baseline(&self, failing: BTreeMap<String, BTreeSet<String>>) -> Result<(), FileError> {
        file::write_json(&self.baseline_path, &BaselineFile { failing })
    }
}

fn applies(entry: &Inexpressible, version: &str) -> bool {
    entry.versions.is_empty() || entry.versions.iter().any(|known| known == version)
}
