//! The process of one document: runs the passes, and says on its standard output how far it is and what came out.
//!
//! It touches no file but the document: the crate goes to the process that started it, in memory. So nothing is half
//! done when it is ended.

use super::{
    failure::Failure,
    operations,
    unions::{self, Samples},
};
use crate::{
    fingerprint::Inputs,
    process::system,
    report,
    terminal::Exit,
    worker::{self, say},
    workspace::Layout,
};
use codegen::{
    compile::Options,
    diagnostics::Severity,
    emit::{CrateFiles, Summary},
    load::{Document, Limits},
    pipeline::{self, Findings, Input, Keeper, Observer},
    render, sanitize,
    stack::on_large_stack,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    path::PathBuf,
    time::Instant,
};

/// What a worker says, a line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Message {
    /// The document is loaded, and has so many operations.
    Loaded(usize),
    /// The document is lowered.
    Lowered,
    /// All passes are done.
    Done(Box<Done>),
}

/// What came out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Done {
    /// The crate; `None` when the document has faults.
    pub files: Option<BTreeMap<String, String>>,
    /// Samples of the crate's unions, if they are asked for and there are any.
    pub unions: Option<Samples>,
    /// What the crate says it holds: operations, types, lines.
    pub summary: (usize, usize, usize),
    /// Methods of the client, counted in the code.
    pub methods: usize,
    /// How often each thing was said another way, by code.
    pub adaptations: BTreeMap<String, usize>,
    /// What was given up or loosened.
    pub warnings: usize,
    /// The first fault.
    pub failure: Option<Failure>,
    /// The other files that the document is made of, as its fingerprint lists them.
    pub parts: BTreeMap<String, String>,
    /// The names of those that stand beside it.
    pub beside: BTreeSet<String>,
    /// Whether the file describes no API: then it may be part of another document.
    pub is_no_api: bool,
    /// How long it took.
    pub milliseconds: u64,
    /// The most memory held.
    pub peak_bytes: Option<u64>,
}

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    /// The document.
    pub document: OsString,
    /// Its overlay.
    pub overlay: Option<OsString>,
    /// The name of the package.
    pub package: String,
    /// The folder that gets the crate, for the way from there to the runtime.
    pub out: OsString,
    /// The greatest size of a file, in bytes.
    pub max_bytes: u64,
    /// Whether the crate's unions are to be sampled.
    pub unions: bool,
}

impl worker::Job for Job {
    const KIND: &str = "corpus";
}

/// Tells whoever waits how far the document is, and keeps it as it is read.
struct Teller {
    /// Where the document is kept, if it is needed.
    kept: Option<Keeper>,
}

impl Observer for Teller {
    fn loaded(&self, document: &mut Document) {
        say(&Message::Loaded(operations::in_document(&document.value)));
        // Two documents of a folder may ask for one name.
        if let Some(hints) = document.value.get_mut("x-switchboard-crate").and_then(Value::as_object_mut) {
            hints.shift_remove("name");
        }
        if let Some(kept) = &self.kept {
            kept.loaded(document);
        }
    }

    fn lowered(&self) {
        say(&Message::Lowered);
    }
}

/// Brings the document to a crate in memory. The code that comes out nests as deep as the document's types.
pub fn work(job: Job) -> Exit {
    on_large_stack("document", || bring(job))
}

fn bring(job: Job) -> Exit {
    let started = Instant::now();
    let Ok(layout) = Layout::new(None, Some(job.out.into())) else { return Exit::Failed };
    let input = Input {
        stem: job.package.clone(),
        document: job.document.into(),
        overlay: job.overlay.map(PathBuf::from),
        has_document: true,
    };
    let sources = pipeline::read(&input, Limits { max_bytes: job.max_bytes });
    let options = Options::new(true, layout.runtime);
    let teller = Teller { kept: job.unions.then(Keeper::default) };
    let (compiled, findings) = pipeline::run(sources, &options, &teller);
    let document = teller.kept.map(Keeper::into_document);
    let unions =
        compiled.as_ref().zip(document).and_then(|(compiled, document)| unions::sampled(&document, &compiled.plan));
    let files = compiled.map(|compiled| compiled.files);
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let peak_bytes = system::usage(std::process::id()).map(|usage| usage.peak);
    say(&Message::Done(Box::new(Done { unions, milliseconds, peak_bytes, ..done(files, &findings) })))
}

fn done(files: Option<CrateFiles>, findings: &Findings) -> Done {
    let counts = report::counts(findings, 0, 0, 0);
    let Summary { operations, types, lines } = files.as_ref().map(|files| files.summary).unwrap_or_default();
    let files = files.map(|files| files.files);
    let folder = findings.document.path.parent().unwrap_or(std::path::Path::new(""));
    Done {
        methods: files.as_ref().and_then(operations::in_crate).unwrap_or_default(),
        files,
        summary: (operations, types, lines),
        adaptations: counts.adaptations,
        warnings: counts.warnings,
        failure: failure(findings),
        parts: Inputs::default().with_parts(folder, &findings.parts, &findings.missing).parts,
        beside: findings.files_beside().collect(),
        is_no_api: findings.is_no_api(),
        ..Done::default()
    }
}

/// The first fault, with its place.
fn failure(findings: &Findings) -> Option<Failure> {
    let first = findings.diagnostics.iter().find(|finding| finding.severity == Severity::Error)?;
    let located = render::located(findings, |finding| std::ptr::eq(finding, first));
    let found = located.first()?;
    let place = found.place.span.as_ref().map(|span| (span.line, span.column));
    let errors = findings.diagnostics.count(Severity::Error);
    let failure = Failure::new(found.diagnostic.code, &found.diagnostic.message);
    Some(failure.in_file(&sanitize::path(&found.place.file.path), place).first_of(errors))
}
