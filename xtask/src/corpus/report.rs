//! What a run over a folder found: as JSON for programs, and as a table and totals for people.

use super::{
    Outcome, Stage,
    unions::{self, Tested},
};
use crate::commands::table::counted;
use codegen::sanitize::sanitize;
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

/// The whole run, as `--report` writes it.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// The documents in the order of their file names.
    pub documents: Vec<DocumentReport<'a>>,
}

/// One document.
#[derive(Debug, Serialize)]
pub struct DocumentReport<'a> {
    /// Its file name.
    pub file: &'a str,
    /// Operations in the document.
    pub operations: usize,
    /// Methods of the crate.
    pub operations_generated: usize,
    /// Public types.
    pub types: usize,
    /// How often each thing was said another way, by code.
    pub adaptations: &'a BTreeMap<String, usize>,
    /// The last stage passed; `null` when the document could not be loaded.
    pub stage: Option<Stage>,
    /// From the document to the crate.
    pub milliseconds: u64,
    /// In rustc; `null` when it was not asked.
    pub check_milliseconds: Option<u64>,
    /// The most memory that the generator held; `null` where the system does not tell.
    pub peak_bytes: Option<u64>,
    /// What became of samples of its unions; left out when they were not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unions: Option<&'a Tested>,
    /// Why it failed, with the place; `null` when it did not.
    pub error: Option<String>,
}

impl<'a> Report<'a> {
    /// Takes over what a report tells of each document.
    pub fn new(outcomes: &'a [Outcome]) -> Self {
        let document = |outcome: &'a Outcome| DocumentReport {
            file: &outcome.file,
            operations: outcome.operations,
            operations_generated: outcome.operations_generated,
            types: outcome.types,
            adaptations: &outcome.adaptations,
            stage: outcome.stage,
            milliseconds: outcome.milliseconds,
            check_milliseconds: outcome.check.as_ref().and_then(|check| check.milliseconds),
            peak_bytes: outcome.peak_bytes,
            unions: outcome.unions.as_ref(),
            error: outcome.failure.as_ref().map(ToString::to_string),
        };
        Self { documents: outcomes.iter().map(document).collect() }
    }
}

/// The documents that failed, a line each, and the totals.
pub fn text(outcomes: &[Outcome], resumed: usize, time: Duration) -> String {
    let mut text = failures(outcomes);
    let tested = outcomes.iter().filter_map(|outcome| Some((outcome.file.as_str(), outcome.unions.as_ref()?)));
    if tested.clone().next().is_some() {
        text.push_str(&unions::text(tested));
        text.push('\n');
    }
    text.push_str(&totals(outcomes, resumed, time));
    text
}

/// Which failed, at which stage, where and why.
fn failures(outcomes: &[Outcome]) -> String {
    let rows: Vec<[String; 4]> = outcomes
        .iter()
        .filter_map(|outcome| {
            let failure = outcome.failure.as_ref()?;
            let file = sanitize(&outcome.file, 100).into_owned();
            Some([file, failed_at(outcome).to_owned(), failure.location(), failure.reason()])
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads = ["failed", "stage", "where", "why"].map(str::to_owned);
    let lines: Vec<&[String; 4]> = std::iter::once(&heads).chain(&rows).collect();
    let width = |cell: fn(&[String; 4]) -> &String| {
        lines.iter().map(|line| cell(line).chars().count()).max().unwrap_or_default()
    };
    let (file, stage, place) =
        (width(|[file, ..]| file), width(|[_, stage, ..]| stage), width(|[_, _, place, _]| place));
    let mut text = String::new();
    for [a, b, c, d] in lines {
        let _ = writeln!(text, "{a:<file$}  {b:<stage$}  {c:<place$}  {d}");
    }
    text.push('\n');
    text
}

/// The stage that a document did not pass.
fn failed_at(outcome: &Outcome) -> &'static str {
    // Whoever generated a crate that lacks something was not stopped by rustc.
    if outcome.stage == Some(Stage::Generated) && outcome.check.is_none() {
        return Stage::after(Some(Stage::Lowered));
    }
    Stage::after(outcome.stage)
}

fn totals(outcomes: &[Outcome], resumed: usize, time: Duration) -> String {
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let reached = |stage| outcomes.iter().filter(|outcome| outcome.stage >= Some(stage)).count();
    let sum = |number: fn(&Outcome) -> usize| outcomes.iter().map(number).sum::<usize>();
    let (operations, generated) = (sum(|outcome| outcome.operations), sum(|outcome| outcome.operations_generated));
    let mut text = format!("{}: {} generated", counted(outcomes.len(), "document"), reached(Stage::Generated));
    if outcomes.iter().any(|outcome| outcome.check.is_some()) {
        let _ = write!(text, ", {} compiled", reached(Stage::Compiled));
    }
    if resumed > 0 {
        let _ = write!(text, ", {resumed} of them by an earlier run");
    }
    let _ = writeln!(text, ", {failed} failed, in {}", seconds(milliseconds(time)));
    let percent = percent(generated, operations);
    let _ = writeln!(text, "{}: {generated} generated ({percent})", counted(operations, "operation"));
    let types = sum(|outcome| outcome.types);
    let adaptations = outcomes.iter().flat_map(|outcome| outcome.adaptations.values()).sum();
    let warnings = sum(|outcome| outcome.warnings);
    let parts = [counted(types, "type"), counted(adaptations, "adaptation"), counted(warnings, "warning")];
    let _ = writeln!(text, "{}", parts.join(", "));
    let spent = outcomes.iter().map(|outcome| outcome.milliseconds).sum();
    let peak = peak(outcomes.iter().map(|outcome| (outcome.peak_bytes, outcome)));
    let _ = writeln!(text, "generator: {} in all{peak}", seconds(spent));
    let checks = outcomes.iter().filter_map(|outcome| Some((outcome, outcome.check.as_ref()?)));
    if checks.clone().next().is_some() {
        let spent = checks.clone().filter_map(|(_, check)| check.milliseconds).sum();
        let warnings: usize = checks.clone().map(|(_, check)| check.warnings).sum();
        let peak = self::peak(checks.map(|(outcome, check)| (check.peak_bytes, outcome)));
        let _ = writeln!(text, "rustc: {} in all{peak}, {}", seconds(spent), counted(warnings, "warning"));
    }
    text
}

/// The share of what was generated, never rounded up to all of it.
fn percent(part: usize, whole: usize) -> String {
    if whole == 0 || part >= whole {
        return "100 %".to_owned();
    }
    let hundredths = part.saturating_mul(10_000) / whole;
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

/// The most memory, and whose it was.
fn peak<'a>(each: impl Iterator<Item = (Option<u64>, &'a Outcome)>) -> String {
    let most = each.filter_map(|(bytes, outcome)| Some((bytes?, outcome))).max_by_key(|(bytes, _)| *bytes);
    most.map(|(bytes, outcome)| format!(", at most {} MiB ({})", bytes >> 20, sanitize(&outcome.file, 100)))
        .unwrap_or_default()
}

fn milliseconds(time: Duration) -> u64 {
    crate::process::milliseconds(time)
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// What is said of a document that is done.
pub fn line(outcome: &Outcome) -> String {
    match &outcome.failure {
        Some(failure) => failure.to_string(),
        None => format!(
            "{}, {}, {}",
            counted(outcome.operations_generated, "operation"),
            counted(outcome.types, "type"),
            seconds(outcome.milliseconds)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Check, failure::Failure};

    fn outcomes() -> Vec<Outcome> {
        let good = Outcome {
            file: "a.json".to_owned(),
            operations: 3,
            operations_generated: 3,
            types: 2,
            adaptations: [("x".to_owned(), 4)].into(),
            stage: Some(Stage::Compiled),
            milliseconds: 1234,
            peak_bytes: Some(5 << 20),
            check: Some(Check { milliseconds: Some(2000), peak_bytes: Some(7 << 20), warnings: 1 }),
            ..Outcome::default()
        };
        let bad = Outcome {
            file: "bb.json".to_owned(),
            operations: 1,
            stage: Some(Stage::Loaded),
            milliseconds: 1,
            failure: Some(Failure::new("time-limit", "too long").in_file("d/bb.json", Some((1, 2)))),
            ..Outcome::default()
        };
        vec![good, bad]
    }

    #[test]
    fn the_table_tells_what_failed_and_the_totals_sum_up() {
        let expected = "\
failed   stage  where          why
bb.json  lower  d/bb.json:1:2  error[time-limit]: too long

2 documents: 1 generated, 1 compiled, 1 failed, in 2.0 s
4 operations: 3 generated (75.00 %)
2 types, 4 adaptations, 0 warnings
generator: 1.2 s in all, at most 5 MiB (a.json)
rustc: 2.0 s in all, at most 7 MiB (a.json), 1 warning
";
        assert_eq!(text(&outcomes(), 0, Duration::from_secs(2)), expected);
        let good = text(&outcomes()[..1], 1, Duration::ZERO);
        assert!(
            good.starts_with("1 document: 1 generated, 1 compiled, 1 of them by an earlier run, 0 failed"),
            "{good}"
        );
    }

    #[test]
    fn the_report_has_these_fields() {
        let json = serde_json::to_value(Report::new(&outcomes())).unwrap();
        let expected = serde_json::json!({"documents": [
            {"file": "a.json", "operations": 3, "operations_generated": 3, "types": 2, "adaptations": {"x": 4},
             "stage": "compiled", "milliseconds": 1234, "check_milliseconds": 2000, "peak_bytes": 5 << 20, "error": null},
            {"file": "bb.json", "operations": 1, "operations_generated": 0, "types": 0, "adaptations": {},
             "stage": "loaded", "milliseconds": 1, "check_milliseconds": null, "peak_bytes": null,
             "error": "d/bb.json:1:2: error[time-limit]: too long"},
        ]});
        assert_eq!(json, expected);
    }

    #[test]
    fn all_is_said_only_of_all() {
        assert_eq!([percent(0, 0), percent(9_999_999, 10_000_000)], ["100 %", "99.99 %"]);
    }
}
