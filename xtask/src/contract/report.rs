//! What a contract test found: a table for people, JSON for programs.

use super::{
    calls::Call,
    case::{Answering, Judge},
    judge::{Judgement, Verdict},
};
use codegen::plan::Operation;
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write};

/// A whole run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The sum of all documents.
    pub totals: Counts,
    /// The documents, in the order of their names.
    pub documents: Vec<ApiReport>,
}

/// How many of what. An operation is counted once, by the worst that happened to its calls; only what a judge served
/// is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Operations of the document.
    pub operations: usize,
    /// Calls that were made.
    pub calls: usize,
    /// Operations of which a judge served a call, and that are not faulty.
    pub served: usize,
    /// Those among them with a call in which the generated crate did not keep to the document.
    pub violated: usize,
    /// Operations without such a call, but with one that shows the document to contradict itself.
    pub faulty: usize,
    /// Operations of which no judge served a call.
    pub unserved: usize,
}

/// One document.
#[derive(Debug, Serialize)]
pub struct ApiReport {
    /// The document's name.
    pub name: String,
    /// What answered.
    pub server: Answering,
    /// The numbers.
    #[serde(flatten)]
    pub counts: Counts,
    /// Why a judge does not serve the document, or no longer, in its words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unserved_because: Vec<String>,
    /// Why no call was made, or not all, where that is our fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// How long it took, the judges' start included.
    pub milliseconds: u64,
    /// The calls.
    pub calls_made: Vec<CallReport>,
}

/// One call.
#[derive(Debug, Serialize)]
pub struct CallReport {
    /// Who judged it.
    pub judge: Judge,
    /// The operation's id.
    pub operation: String,
    /// JSON pointer to it.
    pub pointer: String,
    /// `required` or `all`, and any other choice that was made.
    pub arguments: String,
    /// The request's method.
    pub method: String,
    /// The request's target: path and query as sent.
    pub target: String,
    /// The request's headers, with names in lower case.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub headers: Value,
    /// The request's body, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The answer's status.
    pub status: Option<u64>,
    /// Whether the client could read the answer.
    pub decoded: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// Its reasons.
    pub words: Vec<String>,
}

impl CallReport {
    /// A report of a call.
    pub fn new(judge: Judge, operation: &Operation, call: &Call, answer: &Value, judged: Judgement) -> Self {
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Self {
            judge,
            operation: operation.id.clone(),
            pointer: operation.pointer.clone(),
            arguments: call.variant.describe(operation),
            method: text("/request/method").unwrap_or_else(|| operation.method.clone()),
            target: text("/request/target").unwrap_or_else(|| operation.path.clone()),
            headers: answer.pointer("/request/headers").cloned().unwrap_or_default(),
            body: text("/request/body").filter(|body| !body.is_empty()),
            status: answer.pointer("/response/status").and_then(Value::as_u64),
            decoded: answer.get("response").is_some() && answer.get("problem").is_none(),
            verdict: judged.verdict,
            words: judged.words,
        }
    }
}

impl ApiReport {
    /// A report without calls.
    pub fn new(name: &str, server: Answering, operations: usize) -> Self {
        Self {
            name: name.to_owned(),
            server,
            counts: Counts { operations, unserved: operations, ..Counts::default() },
            unserved_because: Vec::new(),
            failed: None,
            milliseconds: 0,
            calls_made: Vec::new(),
        }
    }

    /// A report of a document that the generator refuses.
    pub fn refused(name: &str, server: Answering) -> Self {
        Self { failed: Some("the generator refuses this document".to_owned()), ..Self::new(name, server, 0) }
    }

    /// Counts anew, after all calls are made.
    pub fn count(&mut self) {
        let mut worst: BTreeMap<&str, Verdict> = BTreeMap::new();
        for call in &self.calls_made {
            let verdict = worst.entry(&call.pointer).or_insert(call.verdict);
            *verdict = call.verdict.max(*verdict);
        }
        let operations = |verdict| worst.values().filter(|worst| **worst == verdict).count();
        let (violated, faulty) = (operations(Verdict::Violated), operations(Verdict::Faulty));
        let served = violated + operations(Verdict::Kept);
        let unserved = self.counts.operations.saturating_sub(served + faulty);
        self.counts = Counts { calls: self.calls_made.len(), served, violated, faulty, unserved, ..self.counts };
    }

    /// Whether the crate keeps to its document, as far as could be judged.
    pub fn is_kept(&self) -> bool {
        self.failed.is_none() && self.counts.violated == 0
    }

    /// The numbers in words.
    pub fn line(&self) -> String {
        let Counts { operations, calls, served, violated, faulty, unserved } = self.counts;
        let numbers = format!(
            "{operations} operations, {calls} calls, {served} served, {violated} of them violated, {faulty} faulty, \
             {unserved} unserved"
        );
        let why = self.failed.iter().chain(&self.unserved_because).map(|why| format!(": {}", cut(why)));
        std::iter::once(numbers).chain(why).collect()
    }

    fn calls(&self, verdict: Verdict) -> impl Iterator<Item = &CallReport> {
        self.calls_made.iter().filter(move |call| call.verdict == verdict)
    }
}

/// What a table says of one document.
fn row(name: &str, counts: &Counts, milliseconds: u64) -> [String; 8] {
    let Counts { operations, calls, served, violated, faulty, unserved } = *counts;
    let [a, b, c, d, e, f] = [operations, calls, served, violated, faulty, unserved].map(|number| number.to_string());
    [name.to_owned(), a, b, c, d, e, f, format!("{:.1} s", milliseconds as f64 / 1000.0)]
}

impl Report {
    /// Puts the reports of all documents together.
    pub fn new(mut documents: Vec<ApiReport>) -> Self {
        documents.sort_by(|a, b| a.name.cmp(&b.name));
        let mut totals = Counts::default();
        for ApiReport { counts, .. } in &documents {
            totals.operations += counts.operations;
            totals.calls += counts.calls;
            totals.served += counts.served;
            totals.violated += counts.violated;
            totals.faulty += counts.faulty;
            totals.unserved += counts.unserved;
        }
        Self { totals, documents }
    }

    /// Whether all crates keep to their documents, as far as could be judged.
    pub fn is_kept(&self) -> bool {
        self.documents.iter().all(ApiReport::is_kept)
    }

    /// A table of the documents, what is left to be said of the calls, and the sum of it all.
    pub fn to_text(&self, verbose: bool) -> String {
        let mut text = self.table();
        let failed = self.documents.iter().filter_map(|api| Some((&api.name, api.failed.as_ref()?)));
        section(&mut text, "failed", failed.map(|(name, why)| format!("{name}: {why}")));
        let unserved = self.documents.iter().flat_map(|api| api.unserved_because.iter().map(|why| (&api.name, why)));
        section(
            &mut text,
            "documents that a judge does not serve",
            unserved.map(|(name, why)| format!("{name}: {why}")),
        );
        section(&mut text, "violations", self.calls(Verdict::Violated));
        if verbose {
            section(&mut text, "faults of the documents", self.calls(Verdict::Faulty));
            section(&mut text, "calls that a judge does not serve", self.calls(Verdict::Unserved));
            section(&mut text, "kept", self.calls(Verdict::Kept));
        } else {
            section(&mut text, "faults of the documents", self.reasons(Verdict::Faulty));
            section(&mut text, "calls that a judge does not serve", self.reasons(Verdict::Unserved));
        }
        let _ = writeln!(text, "\n{}", self.summary());
        text
    }

    fn table(&self) -> String {
        let heads = ["document", "operations", "calls", "served", "violated", "faulty", "unserved", "time"];
        let mut rows = vec![heads.map(str::to_owned)];
        rows.extend(self.documents.iter().map(|api| row(&api.name, &api.counts, api.milliseconds)));
        let width = |cell: usize| rows.iter().filter_map(|row| row.get(cell)).map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = (0..heads.len()).map(|cell| width(cell).unwrap_or_default()).collect();
        let mut text = String::new();
        for row in &rows {
            for (cell, (content, width)) in row.iter().zip(&widths).enumerate() {
                let _ = match cell {
                    0 => write!(text, "{content:<width$}"),
                    _ => write!(text, "  {content:>width$}"),
                };
            }
            text.push('\n');
        }
        text
    }

    /// The calls with a verdict, each with its place and its reasons.
    fn calls(&self, verdict: Verdict) -> impl Iterator<Item = String> {
        let calls = self.documents.iter().flat_map(move |api| api.calls(verdict).map(move |call| (api, call)));
        calls.map(|(api, call)| {
            let CallReport { judge, operation, pointer, arguments, method, target, .. } = call;
            let status = call.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let words: String = call.words.iter().map(|words| format!("\n        {}", cut(words))).collect();
            let target = cut(target);
            format!(
                "{}: {operation} ({arguments}; {judge}): {method} {target}: {status}\n      #{pointer}{words}",
                api.name
            )
        })
    }

    /// The first reason of each call with a verdict, those of one document together.
    fn reasons(&self, verdict: Verdict) -> impl Iterator<Item = String> {
        self.documents.iter().flat_map(move |api| {
            let mut reasons: BTreeMap<&str, Vec<&CallReport>> = BTreeMap::new();
            for call in api.calls(verdict) {
                reasons.entry(call.words.first().map_or("", String::as_str)).or_default().push(call);
            }
            reasons.into_iter().filter_map(move |(reason, calls)| {
                let CallReport { judge, operation, pointer, .. } = calls.first()?;
                let more = match calls.len() {
                    1 => String::new(),
                    count => format!(", and {} more calls", count - 1),
                };
                Some(format!("{}: {operation} (#{pointer}){more}: {judge}: {}", api.name, cut(reason)))
            })
        })
    }

    /// The sum of it all, in one line.
    fn summary(&self) -> String {
        let Counts { operations, calls, served, violated, faulty, unserved } = self.totals;
        let failed = self.documents.iter().filter(|api| api.failed.is_some()).count();
        format!(
            "{} documents, {failed} failed; {operations} operations, {calls} calls: {unserved} operations not served, \
             {faulty} faulty, {served} served, {violated} of them violated\noperations served without a violation: {}",
            self.documents.len(),
            percent(served - violated, served),
        )
    }
}

/// Adds a list under its head, unless it is empty.
fn section(text: &mut String, head: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            let _ = writeln!(text, "\n{head}");
        }
        let _ = writeln!(text, "    {line}");
    }
}

/// A share in hundredths of a per cent, never rounded up to all.
fn percent(part: usize, whole: usize) -> String {
    let hundredths = (part * 10_000).checked_div(whole).unwrap_or(10_000);
    format!("{part} of {whole} ({}.{:02} %)", hundredths / 100, hundredths % 100)
}

/// Text that leaves room for others.
fn cut(text: &str) -> String {
    let text = text.replace('\n', " ");
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str, verdict: Verdict) -> CallReport {
        CallReport {
            judge: Judge::Prism,
            operation: operation.to_owned(),
            pointer: format!("/paths/~1a/{operation}"),
            arguments: "all".to_owned(),
            method: "GET".to_owned(),
            target: "/a".to_owned(),
            headers: Value::Null,
            body: None,
            status: Some(200),
            decoded: true,
            verdict,
            words: vec!["why".to_owned()],
        }
    }

    fn report(verdicts: &[(&str, Verdict)]) -> ApiReport {
        let mut report = ApiReport::new("sample", Answering::Mock, 5);
        report.calls_made = verdicts.iter().map(|(operation, verdict)| call(operation, *verdict)).collect();
        report.count();
        report
    }

    #[test]
    fn an_operation_counts_once_by_its_worst_call() {
        use Verdict::{Faulty, Kept, Unserved, Violated};
        let verdicts =
            [("get", Kept), ("get", Violated), ("put", Unserved), ("put", Kept), ("post", Faulty), ("head", Unserved)];
        let report = report(&verdicts);
        let counts = Counts { operations: 5, calls: 6, served: 2, violated: 1, faulty: 1, unserved: 2 };
        assert_eq!(report.counts, counts);
        assert!(!report.is_kept());
    }

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        assert_eq!(percent(9_999_999, 10_000_000), "9999999 of 10000000 (99.99 %)");
        assert_eq!(percent(0, 0), "0 of 0 (100.00 %)");
    }

    #[test]
    fn what_is_left_is_listed_with_its_place_and_cause() {
        let text = Report::new(vec![report(&[("get", Verdict::Violated), ("put", Verdict::Unserved)])]).to_text(false);
        assert!(
            text.contains("violations\n    sample: get (all; Prism): GET /a: 200\n      #/paths/~1a/get\n        why"),
            "{text}"
        );
        assert!(text.contains("    sample: put (#/paths/~1a/put): Prism: why"), "{text}");
        assert!(text.ends_with("without a violation: 0 of 1 (0.00 %)\n"), "{text}");
    }
}
