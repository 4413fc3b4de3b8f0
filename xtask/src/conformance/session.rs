//! The calls of one version: every scenario is called through its crate, and judged.

use super::{
    arguments::{self, Matched},
    judge,
    report::{Outcome, ScenarioReport},
    reviewed::Reviewed,
    scenario::{Body, Call, Content, Response, Scenario},
    xml,
};
use crate::{contract::Driver, process};
use codegen::plan::Plan;
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// How a cause begins that says that an operation is missing.
pub const NO_DOCUMENT: &str = "no document has";

/// How long a driver may take for one call; it waits less for an answer itself.
const CALL_PATIENCE: Duration = Duration::from_secs(30);

/// A document with its crate.
#[derive(Debug)]
pub struct Api {
    /// The document's name: that of the API, or with a version of its own behind it.
    pub stem: String,
    /// Its crate's package.
    pub package: String,
    /// The document.
    pub document: Value,
    /// The plan of its crate.
    pub plan: Plan,
}

/// What the calls of one version are made with.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The documents.
    pub apis: &'a [Api],
    /// The program that calls their crates.
    pub program: &'a Path,
    /// Where the server is.
    pub address: &'a str,
    /// What a person has looked at.
    pub reviewed: &'a Reviewed,
    /// What a driver may take.
    pub limits: process::Limits,
}

/// How answers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// By the letter of the document.
    Strict,
    /// As a client does that nothing is said to.
    Usual,
}

impl Session<'_> {
    /// Calls all scenarios, several at once; those of one API one after the other, for its paths are shared.
    pub fn run(&self, scenarios: &[Scenario], jobs: usize) -> Vec<ScenarioReport> {
        let groups: Vec<&[Scenario]> = scenarios.chunk_by(|one, next| one.api == next.api).collect();
        let (next, reports) = (Mutex::new(groups.into_iter()), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..jobs.max(1) {
                scope.spawn(|| {
                    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
                    while let Some(group) = take() {
                        let made: Vec<ScenarioReport> = group.iter().map(|scenario| self.scenario(scenario)).collect();
                        reports.lock().unwrap_or_else(PoisonError::into_inner).extend(made);
                    }
                });
            }
        });
        let mut reports = reports.into_inner().unwrap_or_else(PoisonError::into_inner);
        reports.sort_by(|a, b| a.name.cmp(&b.name));
        reports
    }

    fn scenario(&self, scenario: &Scenario) -> ScenarioReport {
        let is_list = self.reviewed.is_list(&scenario.name);
        // The pages behind the first are often at places that only their links know.
        let is_followed = |call: &&Call| !is_list || self.find(scenario, call).is_ok();
        // Where certain requests must be seen, those that are to be refused are the server's own trial.
        let is_asked = |call: &&Call| scenario.condition != "by-key" || call.response.status < 400;
        let calls = scenario.calls.iter().filter(is_followed).filter(is_asked);
        let (mut faults, mut refused) = (Vec::new(), Vec::new());
        let mut note = |went: Result<Option<String>, String>| match went {
            Ok(strictly) => refused.extend(strictly),
            Err(fault) => faults.push(fault),
        };
        calls.for_each(|call| note(self.call(scenario, call)));
        if is_list {
            note(self.list(scenario));
        }
        let outcome = if faults.is_empty() { Outcome::Passed } else { Outcome::Failed };
        ScenarioReport { name: scenario.name.clone(), api: scenario.api.clone(), outcome, causes: faults, refused }
    }

    /// Makes a call; what a strict reading refuses of its answer and the usual one reads.
    fn call(&self, scenario: &Scenario, call: &Call) -> Result<Option<String>, String> {
        let (api, matched) = self.find(scenario, call)?;
        let mut line = matched.line(&api.document, call, false)?;
        let reconnects = scenario.reconnects();
        if let Some(line) = line.as_object_mut().filter(|_| reconnects > 0) {
            line.insert("reconnects".to_owned(), reconnects.into());
            // One event of each answer shows that the stream went on; nothing ends it.
            line.insert("most".to_owned(), (judge::events(&call.response) + reconnects).into());
        }
        let expected = read_xml(&api.document, &matched, &call.response)?;
        self.read(api, &matched, call, &line, |mut report| {
            if reconnects > 0 {
                judge::keep_first_answer(&mut report, &expected);
            }
            judge::fault(&report, &expected)
        })
    }

    /// Makes a call whose answer is read strictly, for that tells most, and where that refuses it, as users read it who do
    /// not ask for more. What the strict reading said, where only the other one finds no fault.
    fn read(
        &self,
        api: &Api,
        matched: &Matched<'_>,
        call: &Call,
        line: &Value,
        fault: impl Fn(Value) -> Option<String>,
    ) -> Result<Option<String>, String> {
        let strictly = self.make(api, matched, call, line, Reading::Strict)?;
        let is_refused = judge::is_refused(&strictly);
        let Some(strictly) = fault(strictly) else { return Ok(None) };
        if !is_refused {
            return Err(strictly);
        }
        match fault(self.make(api, matched, call, line, Reading::Usual)?) {
            None => Ok(Some(strictly)),
            Some(fault) => Err(fault),
        }
    }

    /// The list from its first call, through `stream()`.
    fn list(&self, scenario: &Scenario) -> Result<Option<String>, String> {
        let first = scenario.calls.first().ok_or("the scenario has no call")?;
        let (api, matched) = self.find(scenario, first)?;
        if matched.operation.paging.is_none() {
            return Err("the operation has no `stream()`".to_owned());
        }
        let line = matched.line(&api.document, first, true)?;
        let pages = scenario.calls.iter().map(|call| read_xml(&api.document, &matched, &call.response));
        let pages = pages.collect::<Result<Vec<_>, _>>()?;
        let expected = Value::Array(judge::all_items(pages.iter()));
        self.read(api, &matched, first, &line, |report| {
            if let Some(problem) = report.get("problem") {
                return Some(format!("through `stream()`: {problem}"));
            }
            let read = report.get("value").unwrap_or(&Value::Null);
            let is_read = codegen::schema::valid::same(read, &expected);
            (!is_read).then(|| format!("through `stream()`: {read} was read, not {expected}"))
        })
    }

    /// The operation that is meant, in the newest of the API's documents that has it.
    fn find(&self, scenario: &Scenario, call: &Call) -> Result<(&Api, Matched<'_>), String> {
        let is_own =
            |stem: &str| stem.strip_prefix(&scenario.api).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        let own = self.apis.iter().filter(|api| is_own(&api.stem));
        let found = own.filter_map(|api| Some((api, arguments::find(&api.plan, call, self.address)?)));
        // Of the documents of an API's own versions, the one of the version that the path names.
        let names_version = |api: &Api, matched: &Matched<'_>| {
            let own = api.stem.strip_prefix(&scenario.api).unwrap_or_default().trim_start_matches('-');
            matched.base_url.rsplit([':', '/']).next().is_some_and(|last| last.replace('.', "-") == own)
        };
        let found = found.max_by_key(|(api, matched)| (matched.fixed, names_version(api, matched)));
        found.ok_or_else(|| format!("{NO_DOCUMENT} `{} {}`", call.method, call.uri))
    }

    /// Makes a call in a driver of its own: what it is set up with differs from call to call.
    fn make(
        &self,
        api: &Api,
        matched: &Matched<'_>,
        call: &Call,
        line: &Value,
        reading: Reading,
    ) -> Result<Value, String> {
        let secrets = arguments::secrets(&api.plan, call);
        // A call that is to be refused shows a secret of which the suite says no more than that it is wrong.
        let only_these = !secrets.is_empty() || arguments::may_be_anonymous(matched.operation);
        let setup = json!({
            "base_url": matched.base_url, "secrets": secrets, "only_these": only_these, "lenient": reading == Reading::Usual,
        });
        let mut command = Command::new(self.program);
        command.arg(&api.package);
        Driver::start(command, &setup, self.limits.memory)?.call(line, CALL_PATIENCE)
    }
}

/// What is to come, with the JSON that its body stands for if that is XML and an answer that reports success.
fn read_xml(document: &Value, matched: &Matched<'_>, expected: &Response) -> Result<Response, String> {
    let is_xml = |body: &Body| body.essence().ends_with("xml");
    let Some(body) = expected.body.as_ref().filter(|body| expected.status < 300 && is_xml(body)) else {
        return Ok(expected.clone());
    };
    let schema = arguments::answer_schema(document, matched.operation, expected.status, &body.essence());
    let value = xml::value(document, &schema, &body.read_as_text())?;
    let content = Some(Content::Text(value.to_string()));
    let body = Body { content_type: "application/json".to_owned(), content, ..Body::default() };
    Ok(Response { status: expected.status, body: Some(body) })
}
