//! The process of one document: runs the passes, and says on its standard output how far it is and what came out.
//!
//! It touches no file but the document: the crate goes to the process that started it, in memory. So nothing is half
//! done when it is ended.

use super::{
    failure::Failure,
    operations,
    unions::{self, Samples},
};
use crate::{fingerprint::Inputs, process::system, report, terminal::Exit, workspace::Layout};
use clap::Args;
use codegen::{
    compile::Options,
    diagnostics::Severity,
    emit::{CrateFiles, Summary},
    load::{Document, Limits},
    pipeline::{self, Findings, Input, Observer},
    render, sanitize,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufWriter, Write},
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// The subcommand that a worker is started with.
pub const COMMAND: &str = "corpus-document";

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

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The process that waits for this one.
    #[arg(long)]
    parent: u32,
    /// The document.
    #[arg(long)]
    document: PathBuf,
    /// Its overlay.
    #[arg(long)]
    overlay: Option<PathBuf>,
    /// The name of the package.
    #[arg(long)]
    package: String,
    /// The folder that gets the crate, for the way from there to the runtime.
    #[arg(long)]
    out: PathBuf,
    /// The greatest size of a file, in bytes.
    #[arg(long)]
    max_bytes: u64,
    /// How much memory may be asked for, in bytes.
    #[arg(long)]
    addresses: u64,
    /// Whether the crate's unions are to be sampled.
    #[arg(long)]
    unions: bool,
}

impl Arguments {
    /// The same, as the words of a command line.
    pub fn words(
        input: &Input,
        package: &str,
        out: &std::path::Path,
        limits: Limits,
        addresses: u64,
        unions: bool,
    ) -> Vec<std::ffi::OsString> {
        let mut words: Vec<std::ffi::OsString> = vec![COMMAND.into()];
        let mut add = |key: &str, value: &std::ffi::OsStr| words.extend([key.into(), value.to_owned()]);
        add("--parent", std::process::id().to_string().as_ref());
        add("--document", input.document.as_ref());
        if let Some(overlay) = &input.overlay {
            add("--overlay", overlay.as_ref());
        }
        add("--package", package.as_ref());
        add("--out", out.as_ref());
        add("--max-bytes", limits.max_bytes.to_string().as_ref());
        add("--addresses", addresses.to_string().as_ref());
        words.extend(unions.then(|| "--unions".into()));
        words
    }
}

/// Tells whoever waits how far the document is, and keeps it as it is read.
struct Teller {
    /// Where the document is kept, if it is needed.
    kept: Option<Mutex<Value>>,
}

impl Observer for Teller {
    fn loaded(&self, document: &mut Document) {
        say(&Message::Loaded(operations::in_document(&document.value)));
        // Two documents of a folder may ask for one name.
        if let Some(hints) = document.value.get_mut("x-switchboard-crate").and_then(Value::as_object_mut) {
            hints.shift_remove("name");
        }
        if let Some(kept) = &self.kept {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = document.value.clone();
        }
    }

    fn lowered(&self) {
        say(&Message::Lowered);
    }
}

/// Writes a line. When nobody listens any more there is nothing to do about it.
fn say(message: &Message) {
    let mut output = BufWriter::new(io::stdout().lock());
    let _ = serde_json::to_writer(&mut output, message).map_err(io::Error::from).and_then(|()| {
        output.write_all(b"\n")?;
        output.flush()
    });
}

/// Brings the document to a crate in memory.
pub fn run(arguments: &Arguments) -> Exit {
    let started = Instant::now();
    if !system::end_with(arguments.parent) {
        return Exit::Failed;
    }
    system::limit_addresses(arguments.addresses);
    let Ok(layout) = Layout::new(None, Some(arguments.out.clone())) else { return Exit::Failed };
    let input = Input {
        stem: arguments.package.clone(),
        document: arguments.document.clone(),
        overlay: arguments.overlay.clone(),
        has_document: true,
    };
    let sources = pipeline::read(&input, Limits { max_bytes: arguments.max_bytes });
    let options = Options { lenient: true, runtime: layout.runtime };
    let teller = Teller { kept: arguments.unions.then(Mutex::default) };
    let (compiled, findings) = pipeline::run_observed(sources, &options, &teller);
    let document = teller.kept.map(|kept| kept.into_inner().unwrap_or_else(PoisonError::into_inner));
    let unions =
        compiled.as_ref().zip(document).and_then(|(compiled, document)| unions::sampled(&document, &compiled.plan));
    let files = compiled.map(|compiled| compiled.files);
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let peak_bytes = system::usage(std::process::id()).map(|usage| usage.peak);
    say(&Message::Done(Box::new(Done { unions, milliseconds, peak_bytes, ..done(files, &findings) })));
    Exit::Done
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
