//! What became of one document.

use super::{failure::Failure, unions::report::Tested};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far a document has come: the last stage that it passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It is an OpenAPI document, and its overlay is applied.
    Loaded,
    /// Its plan is there.
    Lowered,
    /// Its crate is there.
    Generated,
    /// rustc takes its crate.
    Compiled,
}

impl Stage {
    /// What comes after `passed`, as a verb: where a document failed that went no further.
    pub fn after(passed: Option<Self>) -> &'static str {
        match passed {
            None => "load",
            Some(Self::Loaded) => "lower",
            Some(Self::Lowered) => "generate",
            Some(Self::Generated | Self::Compiled) => "compile",
        }
    }
}

/// What became of one document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The document's file name.
    pub file: String,
    /// The package that its crate is, in the folder of crates.
    pub package: String,
    /// Operations in the document.
    pub operations: usize,
    /// Methods of the crate that call the API.
    pub operations_generated: usize,
    /// Public types.
    pub types: usize,
    /// How often each thing was said another way than the document says it, by code.
    pub adaptations: BTreeMap<String, usize>,
    /// What was given up or loosened.
    pub warnings: usize,
    /// The last stage that it passed; `None` when it could not be loaded.
    pub stage: Option<Stage>,
    /// How long it took until the crate was there, or until it failed.
    pub milliseconds: u64,
    /// The most memory that the generator held; `None` where the system does not tell.
    pub peak_bytes: Option<u64>,
    /// What rustc made of the crate; `None` when it was not asked.
    pub check: Option<Check>,
    /// What became of samples of its unions; `None` when they were not tested.
    pub unions: Option<Tested>,
    /// What it failed at.
    pub failure: Option<Failure>,
    /// The files beside the document that it is made of as well.
    pub beside: BTreeSet<String>,
    /// Whether the file describes no API.
    pub is_no_api: bool,
}

/// What rustc made of a crate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// How long rustc took when it last looked at the crate as it is.
    pub milliseconds: Option<u64>,
    /// The most memory that rustc held then.
    pub peak_bytes: Option<u64>,
    /// Warnings in generated code.
    pub warnings: usize,
}

impl Outcome {
    /// Whether the crate was brought as far as generation goes.
    pub fn is_generated(&self) -> bool {
        self.failure.is_none() && self.stage >= Some(Stage::Generated)
    }
}

/// Leaves out the files that describe no API and that a document beside them refers to: they are parts of that.
pub fn without_parts(mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let parts: BTreeSet<String> = outcomes.iter().flat_map(|outcome| outcome.beside.iter().cloned()).collect();
    outcomes.retain(|outcome| !(outcome.is_no_api && parts.contains(&outcome.file)));
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_in_order_and_each_is_followed_by_what_can_fail_next() {
        assert!(None < Some(Stage::Loaded) && Stage::Loaded < Stage::Lowered && Stage::Generated < Stage::Compiled);
        let next = [None, Some(Stage::Loaded), Some(Stage::Lowered), Some(Stage::Generated)].map(Stage::after);
        assert_eq!(next, ["load", "lower", "generate", "compile"]);
    }
}
