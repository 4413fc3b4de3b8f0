//! What a person has looked at: why values are not kept, and how far the types have come, which only may become more.

use crate::corpus::select::matches;
use crate::file::{self, FileError};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Values that are not kept, with the reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotKept {
    /// The values' names; `*` is any text.
    pub values: Vec<String>,
    /// Why.
    pub reason: String,
}

/// The file of what was reviewed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewedFile {
    not_kept: Vec<NotKept>,
}

/// How far the types have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// How many values are kept, by the suite's files.
    pub kept: BTreeMap<String, usize>,
    /// What is lost without a reason.
    pub lost: BTreeSet<String>,
}

/// Both files.
#[derive(Clone, Debug)]
pub struct Reviewed {
    not_kept: Vec<NotKept>,
    /// How far the types had come.
    pub baseline: Baseline,
    baseline_path: PathBuf,
}

impl Reviewed {
    /// Reads `reviewed.json` and `baseline.json`.
    ///
    /// # Errors
    ///
    /// Fails when they are not there, or not of their form.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let ReviewedFile { not_kept } = file::read_json(&folder.join("reviewed.json"))?;
        let baseline_path = folder.join("baseline.json");
        let baseline = file::read_json(&baseline_path)?;
        Ok(Self { not_kept, baseline, baseline_path })
    }

    /// Why a value is not kept.
    pub fn reason(&self, value: &str) -> Option<&str> {
        let mut entries = self.not_kept.iter().filter(|entry| entry.values.iter().any(|glob| matches(glob, value)));
        entries.next().map(|entry| entry.reason.as_str())
    }

    /// The patterns that none of the lost values has.
    pub fn idle<'r>(&'r self, lost: &[&str]) -> Vec<&'r str> {
        let globs = self.not_kept.iter().flat_map(|entry| &entry.values);
        globs.filter(|glob| !lost.iter().any(|name| matches(glob, name))).map(String::as_str).collect()
    }

    /// Writes down how far the types have come now.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be written.
    pub fn write_baseline(&self, baseline: &Baseline) -> Result<(), FileError> {
        file::write_json(&self.baseline_path, baseline)
    }
}
