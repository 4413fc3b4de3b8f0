//! What a contract test found: a table for people, JSON for programs.

use super::{
    calls::Call,
    judge::{Judge, Judgement, Verdict},
};
use crate::plan::Operation;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// A whole run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The documents with what answered, in the order of the run.
    pub apis: Vec<ApiReport>,
}

/// One document before one server.
#[derive(Debug, Serialize)]
pub struct ApiReport {
    /// The API's name.
    pub name: String,
    /// What answered.
    pub server: Judge,
    /// How many operations the document has.
    pub operations: usize,
    /// Why Prism does not serve the document at all, in its words.
    pub unserved: Option<String>,
    /// What stopped the calls, on our side.
    pub failed: Option<String>,
    /// The calls.
    pub calls: Vec<CallReport>,
    /// How long it took, Prism's start included.
    pub milliseconds: u64,
}

/// One call.
#[derive(Debug, Serialize)]
pub struct CallReport {
    /// The operation's id.
    pub operation: String,
    /// `required` or `all`, and any other choice that was made.
    pub arguments: String,
    /// The request's method.
    pub method: String,
    /// The request's target: path and query as sent.
    pub target: String,
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
    pub fn new(operation: &Operation, call: &Call, answer: &Value, judged: Judgement) -> Self {
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Self {
            operation: operation.id.clone(),
            arguments: call.variant.describe(operation),
            method: text("/request/method").unwrap_or_else(|| operation.method.clone()),
            target: text("/request/target").unwrap_or_else(|| operation.path.clone()),
            body: text("/request/body").filter(|body| !body.is_empty()),
            status: answer.pointer("/response/status").and_then(Value::as_u64),
            decoded: answer.get("problem").is_none(),
            verdict: judged.verdict,
            words: judged.words,
        }
    }
}

impl ApiReport {
    /// A report without calls.
    pub fn new(name: &str, server: Judge, operations: usize) -> Self {
        Self {
            name: name.to_owned(),
            server,
            operations,
            unserved: None,
            failed: None,
            calls: Vec::new(),
            milliseconds: 0,
        }
    }

    /// A report of a document that the generator refuses.
    pub fn refused(name: &str, server: Judge) -> Self {
        Self { failed: Some("the generator refuses this document".to_owned()), ..Self::new(name, server, 0) }
    }

    /// Whether the crate keeps to its document, as far as Prism could judge.
    pub fn is_kept(&self) -> bool {
        self.failed.is_none() && self.count(Verdict::Violated) == 0
    }

    /// How many calls ended so.
    fn count(&self, verdict: Verdict) -> usize {
        self.calls.iter().filter(|call| call.verdict == verdict).count()
    }

    /// How many operations were called at least once.
    fn called(&self) -> usize {
        self.calls.iter().map(|call| &call.operation).collect::<BTreeSet<_>>().len()
    }

    /// A line with the numbers, and a line for each call that is worth one.
    pub fn to_text(&self, verbose: bool) -> String {
        let server = match self.server {
            Judge::Mock => "mock",
            Judge::Sandbox => "sandbox",
        };
        let mut text = format!(
            "{:<28} {server:<8} {:>4} of {:>4} operations, {:>4} calls, {} violations, {} unserved, {:.1} s\n",
            self.name,
            self.called(),
            self.operations,
            self.calls.len(),
            self.count(Verdict::Violated),
            self.count(Verdict::Unserved),
            self.milliseconds as f64 / 1000.0,
        );
        let mut line = |label: &str, words: &str| text.push_str(&format!("    {label:<10} {words}\n"));
        self.failed.iter().for_each(|words| line("failed", words));
        self.unserved
            .iter()
            .for_each(|words| line("unserved", &format!("Prism does not serve this document: {words}")));
        for call in &self.calls {
            let label = match call.verdict {
                Verdict::Violated => "violation",
                Verdict::Unserved => "unserved",
                Verdict::Kept if verbose => "kept",
                Verdict::Kept => continue,
            };
            let CallReport { operation, arguments, method, target, .. } = call;
            let status = call.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            line(label, &format!("{operation} ({arguments}): {method} {target}: {status}"));
            call.words.iter().for_each(|words| line("", &format!("  {words}")));
        }
        text
    }
}

impl Report {
    /// The sum of it all, in one line.
    pub fn summary(&self) -> String {
        let sum = |count: fn(&ApiReport) -> usize| self.apis.iter().map(count).sum::<usize>();
        format!(
            "{} operations called with {} calls, {} violations, {} failed, {} unserved\n",
            sum(ApiReport::called),
            sum(|api| api.calls.len()),
            sum(|api| api.count(Verdict::Violated)),
            sum(|api| usize::from(api.failed.is_some())),
            sum(|api| api.count(Verdict::Unserved) + usize::from(api.unserved.is_some())),
        )
    }
}
