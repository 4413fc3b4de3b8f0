//! All that is done with a document, in a process of its own: one that takes too long, or too much memory, or overflows a
//! stack, costs what was wanted of it and nothing else.
//!
//! The process that waits reads files and shows findings; it never looks into a document. So findings come with their
//! places.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

use codegen::{
    bundle,
    compile::{self, Compiled, Options},
    diagnostics::{Diagnostic, Diagnostics},
    diff::{change::Change, face::Face, released::Released},
    load::Document,
    overlay,
    pipeline::{self, Findings, Keeper, Sources},
    plan::Plan,
    stack::on_large_stack,
};

use crate::{
    process::{self, Ended, Ending},
    terminal::Exit,
    wire, worker,
};

/// What one document may cost. The largest that is known takes a tenth of it.
pub const LIMITS: process::Limits = process::Limits { time: Duration::from_secs(600), memory: 8 << 30 };

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
pub enum Job {
    /// Something is wanted of the files of an API.
    Files {
        /// The files.
        sources: wire::Sources,
        /// Whether the document's faults are tolerated.
        lenient: bool,
        /// What.
        wanted: Wanted,
    },
    /// The crate of a document that has been checked.
    Document {
        /// The name of its file without its ending.
        stem: String,
        /// The document, as text: no deeper in the job than it was when it was read.
        document: String,
        /// What the crate is made with.
        options: Box<Options>,
    },
}

impl worker::Job for Job {
    const KIND: &str = "document";
}

/// What is wanted of the files of an API.
#[derive(Debug, Serialize, Deserialize)]
pub enum Wanted {
    /// What is wrong with them, and what a crate of them would say otherwise than they do.
    Findings,
    /// The document with its overlay applied, and the plan of its crate.
    Plan,
    /// The document with its overlay applied; faults do not matter.
    Effective,
    /// The crate.
    Crate(Box<Options>),
    /// The crate, and what has changed since it was released.
    Traced(Box<Options>, Option<Box<Released>>),
}

/// What is known of a crate beside its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Traced {
    /// What programs can name.
    pub face: Face,
    /// The document with its overlay applied.
    pub document: Value,
    /// What has changed since the release; nothing where there was none.
    pub changes: Vec<Change>,
}

/// What came out.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Answer {
    compiled: Option<Compiled>,
    traced: Option<Traced>,
    effective: Option<Result<String, String>>,
    planned: Option<(Value, Plan)>,
    findings: wire::Findings,
}

/// What is wrong with an API, and what a crate of it would say otherwise than its document does.
pub fn lint(sources: Sources, lenient: bool, limits: process::Limits) -> Findings {
    ask(sources, lenient, Wanted::Findings, limits).1
}

/// The document with its overlay applied, and the plan of its crate; nothing where there can be none.
pub fn plan(sources: Sources, lenient: bool, limits: process::Limits) -> Option<(Value, Plan)> {
    ask(sources, lenient, Wanted::Plan, limits).0.planned
}

/// The document with its overlay applied, or why it cannot be written down; nothing where the file is no document.
pub fn effective(
    sources: Sources,
    lenient: bool,
    limits: process::Limits,
) -> (Option<Result<String, String>>, Findings) {
    let (answer, findings) = ask(sources, lenient, Wanted::Effective, limits);
    (answer.effective, findings)
}

/// All passes up to the crate; none when there is an error among the findings.
pub fn run(sources: Sources, options: &Options, limits: process::Limits) -> (Option<Compiled>, Findings) {
    let (answer, findings) = ask(sources, options.lenient, Wanted::Crate(Box::new(options.clone())), limits);
    (answer.compiled.filter(|_| !findings.diagnostics.has_errors()), findings)
}

/// The same, and what has changed since the crate was released.
pub fn run_traced(
    sources: Sources,
    options: &Options,
    released: Option<Released>,
    limits: process::Limits,
) -> (Option<(Compiled, Traced)>, Findings) {
    let wanted = Wanted::Traced(Box::new(options.clone()), released.map(Box::new));
    let (answer, findings) = ask(sources, options.lenient, wanted, limits);
    let made = answer.compiled.zip(answer.traced);
    (made.filter(|_| !findings.diagnostics.has_errors()), findings)
}

/// Has a process do what is wanted.
fn ask(sources: Sources, lenient: bool, wanted: Wanted, limits: process::Limits) -> (Answer, Findings) {
    let job = Job::Files { sources: wire::Sources::of(&sources), lenient, wanted };
    match answer(&job, limits) {
        Ok(mut answer) => {
            let findings = std::mem::take(&mut answer.findings).received(sources.document, sources.overlay);
            (answer, findings)
        }
        Err(culprit) => {
            let mut findings = Findings::of_files(sources);
            findings.diagnostics.push(*culprit);
            (Answer::default(), findings)
        }
    }
}

/// The crate of a document that has been checked; none when there is an error among the findings.
pub fn compile(
    document: &Document,
    options: &Options,
    limits: process::Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Compiled> {
    let (stem, options) = (document.stem.clone(), Box::new(options.clone()));
    let job = Job::Document { stem, document: document.value.to_string(), options };
    match answer(&job, limits) {
        Ok(answer) => {
            diagnostics.extend(answer.findings.into_diagnostics());
            answer.compiled.filter(|_| !diagnostics.has_errors())
        }
        Err(culprit) => {
            diagnostics.push(*culprit);
            None
        }
    }
}

/// What a process answers, or why it does not.
fn answer(job: &Job, limits: process::Limits) -> Result<Answer, Box<Diagnostic>> {
    let mut answer: Option<Answer> = None;
    let ended = worker::run(job, limits, |line| answer = heard(line));
    let (code, message) = match (ended, answer) {
        (Ok(Ended { ending: Ending::Exited(_), .. }), Some(answer)) => return Ok(answer),
        (Ok(ended), _) => ended.why(limits, "the document's process"),
        (Err(error), _) => (process::PROCESS_DIED, format!("the document's process cannot be run: {error}")),
    };
    // Nobody looks into the document here, not even for its beginning.
    Err(Box::new(Diagnostic::error(code, "", message).at_offset(0)))
}

/// Does a job, and says on standard output what came out.
pub fn work(job: Job) -> Exit {
    let answer = match job {
        Job::Files { sources, lenient, wanted } => of_files(sources.received(), lenient, &wanted),
        Job::Document { stem, document, options } => of_document(&stem, &document, &options),
    };
    on_large_stack("answer", || worker::say(&answer))
}

/// What was said in a line. A plan nests as deep as its types, which are no deeper than the document's process bore.
fn heard(line: &[u8]) -> Option<Answer> {
    on_large_stack("answer", || {
        let mut deserializer = serde_json::Deserializer::from_slice(line);
        deserializer.disable_recursion_limit();
        Answer::deserialize(&mut deserializer).ok()
    })
}

fn of_files(sources: Sources, lenient: bool, wanted: &Wanted) -> Answer {
    let mut answer = Answer::default();
    let findings = match wanted {
        Wanted::Findings => pipeline::explore(sources, lenient).1.into_findings(),
        Wanted::Plan => {
            let (plan, mut checked) = pipeline::explore(sources, lenient);
            answer.planned = plan.map(|plan| (std::mem::take(&mut checked.document.value), plan));
            checked.into_findings()
        }
        Wanted::Effective => {
            let mut checked = pipeline::prepare(sources, lenient);
            bundle::tell_what_is_left(&checked.document, &mut checked.diagnostics);
            answer.effective = (!checked.document.value.is_null())
                .then(|| overlay::effective(&checked.document).map_err(|error| error.to_string()));
            checked.into_findings()
        }
        Wanted::Crate(options) => {
            let (compiled, findings) = pipeline::run(sources, options, &());
            answer.compiled = compiled;
            findings
        }
        Wanted::Traced(options, released) => {
            let stem = sources.stem.clone();
            let keeper = Keeper::default();
            let (compiled, findings) = pipeline::run(sources, options, &keeper);
            answer.traced = compiled
                .as_ref()
                .map(|made| on_large_stack("traced", || traced(&stem, made, keeper, released.as_deref())));
            answer.compiled = compiled;
            findings
        }
    };
    Answer { findings: wire::Findings::of(&findings), ..answer }
}

fn traced(stem: &str, made: &Compiled, keeper: Keeper, released: Option<&Released>) -> Traced {
    let face = Face::of(&made.files.files);
    let changes = released.map(|released| released.changes(stem, &made.plan, &face)).unwrap_or_default();
    Traced { face, document: keeper.into_document(), changes }
}

fn of_document(stem: &str, document: &str, options: &Options) -> Answer {
    let Ok(document) = serde_json::from_str(document) else { return Answer::default() };
    let mut diagnostics = Diagnostics::default();
    let compiled = compile::compile(stem, &document, options, &|| {}, &mut diagnostics);
    let findings = Findings { diagnostics, ..Findings::default() };
    Answer { compiled, findings: wire::Findings::unplaced(&findings), ..Answer::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{emit::RuntimeDependency, plan::TypeRef};

    #[test]
    fn a_plan_comes_back_beside_its_files_however_deep_its_types_are() {
        let schemas = serde_json::json!({"A": {"type": "string"}});
        let document = serde_json::json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": schemas}});
        let options = Options::new(false, RuntimeDependency::Workspace);
        let mut compiled = compile::compile("t", &document, &options, &|| {}, &mut Diagnostics::default()).unwrap();
        let deep = (0..1000).fold(TypeRef::String, |inner, _| TypeRef::Array(Box::new(inner)));
        compiled.plan.schemas.insert("/deep".to_owned(), deep);
        let answer = Answer { compiled: Some(compiled.clone()), ..Answer::default() };
        let mut line = Vec::new();
        on_large_stack("test", || serde_json::to_writer(&mut line, &answer)).unwrap();
        let heard = heard(&line).unwrap().compiled.unwrap();
        assert_eq!(heard.plan, compiled.plan);
        assert_eq!(heard.files.files, compiled.files.files);
    }
}
