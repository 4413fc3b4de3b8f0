//! What crates cost beside those that other generators make: to generate, to check, to build.
//!
//! The machines that this runs on are shared and noisy, so nothing is told by seconds alone: every step is run by each
//! generator in turn, several times, and what counts is the ratio of the medians. A generator that fails on a document is shown
//! as failed, with what it said.

pub mod measure;
pub mod peers;
pub mod table;

use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use crate::process::milliseconds;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// From the document to the crate.
    Generate,
    /// `cargo check` of the crate alone, all features, without incremental compilation; what it depends on is checked
    /// before.
    Check,
    /// The same with incremental compilation, after a file was touched.
    Touch,
    /// `cargo build --release` of the crate alone.
    Release,
    /// The same of a program that makes a call, where there is one, and its size without symbols.
    Program,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Generate, Self::Check, Self::Touch, Self::Release, Self::Program];

    /// What it is called in a table.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Check => "check",
            Self::Touch => "check after a touch",
            Self::Release => "release build",
            Self::Program => "program",
        }
    }
}

/// What a step took once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Wall-clock time.
    pub milliseconds: u64,
    /// The most memory that was held, where the system tells: by the generator, or by rustc.
    pub peak_bytes: Option<u64>,
    /// The size of the program, if one was linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_bytes: Option<u64>,
}

impl Cost {
    /// What a process took.
    pub fn new(time: Duration, peak_bytes: Option<u64>) -> Self {
        Self { milliseconds: milliseconds(time), peak_bytes, program_bytes: None }
    }
}

/// A crate that a generator made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its folder, which is that of a workspace with it as the only member.
    pub workspace: PathBuf,
    /// The name of its folder in there.
    pub package: String,
}

/// What is known of one document in the hands of one generator.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Result {
    /// The document's file name.
    pub document: String,
    /// The generator's name.
    pub generator: &'static str,
    /// Lines of Rust.
    pub lines: usize,
    /// Bytes of Rust.
    pub bytes: u64,
    /// What each step took, run by run.
    pub costs: BTreeMap<Step, Vec<Cost>>,
    /// The step that failed, and why; none is run after it.
    pub failure: Option<(Step, String)>,
}

impl Result {
    /// The median of what a step took, in milliseconds; nothing if it was not run, or failed.
    pub fn median(&self, step: Step) -> Option<u64> {
        median(self.costs.get(&step)?.iter().map(|cost| cost.milliseconds))
    }

    /// The size of the program that was linked.
    pub fn program(&self) -> Option<u64> {
        self.costs.get(&Step::Program)?.iter().find_map(|cost| cost.program_bytes)
    }

    /// The most that a step held.
    pub fn peak(&self, step: Step) -> Option<u64> {
        self.costs.get(&step)?.iter().filter_map(|cost| cost.peak_bytes).max()
    }
}

/// The value in the middle; of two, the lower one.
fn median(values: impl Iterator<Item = u64>) -> Option<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_value_that_was_measured() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([5, 1, 9].into_iter()), Some(5));
        assert_eq!(median([9, 1].into_iter()), Some(1));
    }
}
