//! What a person has looked at: why values are not kept, and how far the types have come, which only may become more.

use crate::corpus::select::matches;
use crate::file::{self, FileError};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Values that are not kept, or judged otherwise than the suite does, with the reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The values' names; `*` is any text.
    pub values: Vec<String>,
    /// Why.
    pub reason: String,
}

/// The file of what was reviewed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewedFile {
    not_kept: Vec<Entry>,
    judged_otherwise: Vec<Entry>,
}

/// The reasons of one kind.
#[derive(Clone, Debug)]
pub struct Reasons(Vec<Entry>);

impl Reasons {
    /// The reason that a value has.
    pub fn of(&self, value: &str) -> Option<&str> {
        let mut entries = self.0.iter().filter(|entry| entry.values.iter().any(|glob| matches(glob, value)));
        entries.next().map(|entry| entry.reason.as_str())
    }

    /// The patterns that none of these values has.
    pub fn idle<'r>(&'r self, values: &[&str]) -> impl Iterator<Item = &'r str> {
        let globs = self.0.iter().flat_map(|entry| &entry.values);
        globs.filter(|glob| !values.iter().any(|name| matches(glob, name))).map(String::as_str)
    }
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
    /// The values that the types do not keep.
    pub not_kept: Reasons,
    /// The values of which the generator's own validator says something else than the suite.
    pub judged_otherwise: Reasons,
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
        let ReviewedFile { not_kept, judged_otherwise } = file::read_json(&folder.join("reviewed.json"))?;
        let baseline_path = folder.join("baseline.json");
        let baseline = file::read_json(&baseline_path)?;
        Ok(Self { not_kept: Reasons(not_kept), judged_otherwise: Reasons(judged_otherwise), baseline, baseline_path })
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
