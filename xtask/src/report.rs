//! What a run did, as JSON: for whoever reads it with a program.

use crate::manifest::Counts;
use codegen::{
    diagnostics::{Diagnostic, Severity},
    diff::{change::Change, version::Version},
    pipeline::Findings,
    render, sanitize,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How a document fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The crate was generated, and files of it were written.
    Written,
    /// The crate was generated, and is as it was.
    Unchanged,
    /// Nothing that decides about the crate has changed, so it was not generated.
    Skipped,
    /// The crate is not what it should be: only a check says so, it writes nothing.
    Differs,
    /// The document has faults, or the crate could not be written.
    Failed,
}

/// A whole run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The documents by name.
    pub apis: Vec<ApiReport>,
}

/// One document.
#[derive(Debug, Serialize)]
pub struct ApiReport {
    /// The API's name: the document's file name without `.json` or `.yaml`.
    pub name: String,
    /// The document's path.
    pub document: String,
    /// The crate's folder; `null` when there is none.
    #[serde(rename = "crate")]
    pub folder: Option<String>,
    /// Methods that call the API.
    pub operations: usize,
    /// Public types.
    pub types: usize,
    /// How often each thing was said another way than the document says it, by code.
    pub adaptations: BTreeMap<String, usize>,
    /// Each of them. Empty for a crate that was skipped.
    pub adapted: Vec<Finding>,
    /// What was given up or loosened. Empty for a crate that was skipped.
    pub warnings: Vec<Finding>,
    /// What stopped the crate.
    pub errors: Vec<Finding>,
    /// The crate's version; `null` when there is none.
    pub version: Option<Version>,
    /// What has changed since the crate's last release. Empty for a crate that was skipped.
    pub changes: Vec<Change>,
    /// How it went.
    pub status: Status,
    /// How many files were written, or would be.
    pub files_written: usize,
    /// Lines of Rust.
    pub lines: usize,
    /// How long it took.
    pub milliseconds: u64,
}

/// A finding with its place in a file.
#[derive(Debug, Serialize)]
pub struct Finding {
    #[serde(flatten)]
    diagnostic: Diagnostic,
    file: String,
    line: Option<usize>,
    column: Option<usize>,
}

/// All findings of one weight, with their places.
pub fn findings(findings: &Findings, severity: Severity) -> Vec<Finding> {
    placed(findings, |finding| finding.severity == severity)
}

/// The findings that are `wanted`, with their places.
pub fn placed(findings: &Findings, wanted: impl FnMut(&Diagnostic) -> bool) -> Vec<Finding> {
    render::located(findings, wanted)
        .into_iter()
        .map(|located| Finding {
            diagnostic: located.diagnostic.clone(),
            file: sanitize::path(&located.place.file.path),
            line: located.place.span.as_ref().map(|span| span.line),
            column: located.place.span.as_ref().map(|span| span.column),
        })
        .collect()
}

/// How often each adaptation was made, and how many warnings there were, beside the crate's own numbers.
pub fn counts(findings: &Findings, operations: usize, types: usize, lines: usize) -> Counts {
    let mut adaptations = BTreeMap::new();
    for finding in findings.diagnostics.iter().filter(|finding| finding.severity == Severity::Adaptation) {
        *adaptations.entry(finding.code.to_owned()).or_insert(0) += 1;
    }
    Counts { operations, types, lines, adaptations, warnings: findings.diagnostics.count(Severity::Warning) }
}
