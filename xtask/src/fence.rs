//! All that is done with a document, in a process of its own: one that takes too long, or too much memory, or overflows a
//! stack, costs what was wanted of it and nothing else.
//!
//! The process that waits reads files and shows findings; it never looks into a document. So findings come with their
//! places.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::{
    cli::Exit,
    compile::{self, Options},
    diagnostics::{Diagnostic, Diagnostics},
    emit::CrateFiles,
    load::Document,
    overlay,
    pipeline::{self, Findings, Sources},
    process::{self, Ended, Ending},
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
        options: Options,
    },
}

/// What is wanted of the files of an API.
#[derive(Debug, Serialize, Deserialize)]
pub enum Wanted {
    /// What is wrong with them.
    Findings,
    /// The document with its overlay applied; faults do not matter.
    Effective,
    /// The crate.
    Crate(Options),
}

/// What came out.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Answer {
    files: Option<CrateFiles>,
    effective: Option<Result<String, String>>,
    findings: wire::Findings,
}

/// What is wrong with an API.
pub fn lint(sources: Sources, lenient: bool, limits: process::Limits) -> Findings {
    ask(sources, lenient, Wanted::Findings, limits).1
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

/// All passes up to the files of the crate; none when there is an error among the findings.
pub fn run(sources: Sources, options: &Options, limits: process::Limits) -> (Option<CrateFiles>, Findings) {
    let (answer, findings) = ask(sources, options.lenient, Wanted::Crate(options.clone()), limits);
    (answer.files.filter(|_| !findings.diagnostics.has_errors()), findings)
}

/// Has a process do what is wanted.
fn ask(sources: Sources, lenient: bool, wanted: Wanted, limits: process::Limits) -> (Answer, Findings) {
    let job = worker::Job::Document(Job::Files { sources: wire::Sources::of(&sources), lenient, wanted });
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

/// The files of the crate of a document that has been checked; none when there is an error among the findings.
pub fn compile(
    document: &Document,
    options: &Options,
    limits: process::Limits,
    diagnostics: &mut Diagnostics,
) -> Option<CrateFiles> {
    let (stem, options) = (document.stem.clone(), options.clone());
    let job = worker::Job::Document(Job::Document { stem, document: document.value.to_string(), options });
    match answer(&job, limits) {
        Ok(answer) => {
            diagnostics.extend(answer.findings.into_diagnostics());
            answer.files.filter(|_| !diagnostics.has_errors())
        }
        Err(culprit) => {
            diagnostics.push(*culprit);
            None
        }
    }
}

/// What a process answers, or why it does not.
fn answer(job: &worker::Job, limits: process::Limits) -> Result<Answer, Box<Diagnostic>> {
    let mut answer: Option<Answer> = None;
    let ended = worker::run(job, limits, |line| answer = serde_json::from_slice(line).ok());
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
    worker::say(&match job {
        Job::Files { sources, lenient, wanted } => of_files(sources.received(), lenient, &wanted),
        Job::Document { stem, document, options } => of_document(&stem, &document, &options),
    })
}

fn of_files(sources: Sources, lenient: bool, wanted: &Wanted) -> Answer {
    let mut answer = Answer::default();
    let findings = match wanted {
        Wanted::Findings => pipeline::check(sources, lenient).into_findings(),
        Wanted::Effective => {
            let checked = pipeline::prepare(sources, lenient);
            answer.effective = (!checked.document.value.is_null())
                .then(|| overlay::effective(&checked.document).map_err(|error| error.to_string()));
            checked.into_findings()
        }
        Wanted::Crate(options) => {
            let (files, findings) = pipeline::run(sources, options);
            answer.files = files;
            findings
        }
    };
    Answer { findings: wire::Findings::of(&findings), ..answer }
}

fn of_document(stem: &str, document: &str, options: &Options) -> Answer {
    let Ok(document) = serde_json::from_str(document) else { return Answer::default() };
    let mut diagnostics = Diagnostics::default();
    let files = compile::compile(stem, &document, options, &|| {}, &mut diagnostics);
    let findings = Findings { diagnostics, ..Findings::default() };
    Answer { files, findings: wire::Findings::unplaced(&findings), ..Answer::default() }
}
