//! `corpus`: every document of a folder through the pipeline, and, if asked for, every crate through rustc.
//!
//! Documents are other people's and of any quality, so they are read leniently, and what one does costs no other.

use crate::{
    contract::ContractError,
    corpus::{
        self, Outcome, Stage,
        check::{self, CheckError},
        failure::Failure,
        generate::{self, Setup, expected_bytes},
        progress::Progress,
        report::{self, Report},
        schedule::{self, Capacity},
        select::{self, Document},
        store::Store,
        unions::Programs,
    },
    file,
    fingerprint::Inputs,
    process::{self, system},
    terminal::{Exit, complain, show, show_findings},
    workspace::{self, Layout, WorkspaceError},
    write::{self, WriteError, Writer},
};
use clap::Args;
use codegen::{emit::RuntimeDependency, load::Limits, pipeline};
use std::{
    ffi::OsString,
    io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use thiserror::Error;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of documents; overlays that stand beside them are applied.
    dir: PathBuf,
    /// Check each crate with rustc as well.
    #[arg(long)]
    compile: bool,
    /// Decode samples of every member of every union as well, and encode them again.
    #[arg(long)]
    unions: bool,
    /// Only documents whose file name matches (`*` is any text, `?` any character); may be given several times.
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Skip documents that an earlier run generated well, when neither they nor the generator have changed.
    #[arg(long)]
    resume: bool,
    /// Write what became of each document to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The folder that gets the crates, as a workspace [default: below target/corpus].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How long one document may take.
    #[arg(long, value_name = "SECONDS", default_value_t = NonZeroUsize::MIN.saturating_add(119))]
    timeout: NonZeroUsize,
    /// How much memory one document may take.
    #[arg(long, value_name = "MIB", default_value_t = NonZeroUsize::MIN.saturating_add(4095))]
    memory: NonZeroUsize,
    /// How long rustc may take for one crate.
    #[arg(long, value_name = "SECONDS", default_value_t = NonZeroUsize::MIN.saturating_add(899))]
    check_timeout: NonZeroUsize,
    /// How much memory rustc may take for one crate.
    #[arg(long, value_name = "MIB", default_value_t = NonZeroUsize::MIN.saturating_add(8191))]
    check_memory: NonZeroUsize,
    /// How many processes may work at once, if memory allows [default: as many as there are processors].
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// The greatest size of a document, in MiB.
    #[arg(long, value_name = "N", default_value_t = 64)]
    max_mib: u32,
}

/// Why there was no run.
#[derive(Debug, Error)]
enum CorpusError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("no document in `{}` matches {}", dir.display(), globs.join(", "))]
    NothingMatches { dir: PathBuf, globs: Vec<String> },
    #[error("`--out` cannot be this repository's own folder of crates")]
    OwnCrates,
    #[error("`{}` cannot be written: {error}", path.display())]
    Unwritable { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Unions(#[from] ContractError),
}

impl CorpusError {
    fn exit(&self) -> Exit {
        match self {
            Self::Workspace(_) | Self::NothingMatches { .. } | Self::OwnCrates | Self::Unwritable { .. } => Exit::Usage,
            Self::Write(_) | Self::Check(_) | Self::Unions(_) => Exit::Failed,
        }
    }
}

/// Runs all documents, and shows what became of them.
pub fn run(arguments: &Arguments) -> Exit {
    corpus(arguments).unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    })
}

fn corpus(arguments: &Arguments) -> Result<Exit, CorpusError> {
    let started = Instant::now();
    let run = Run::new(arguments)?;
    if !system::measures_memory() {
        show_findings("note: this system does not tell what a process holds: `--memory` is not kept\n");
    }
    let (mut outcomes, resumed) = run.generate()?;
    if arguments.compile {
        run.check(&mut outcomes)?;
    }
    run.test_unions(&mut outcomes)?;
    let shown = show(&report::text(&outcomes, resumed, started.elapsed()));
    if let Some(path) = &arguments.report {
        write_report(path, &outcomes)?;
    }
    Ok(if outcomes.iter().any(is_bad) { Exit::Failed } else { shown })
}

/// Whether a document failed, or a value of its unions did not come back.
fn is_bad(outcome: &Outcome) -> bool {
    outcome.failure.is_some() || outcome.unions.as_ref().is_some_and(|tested| !tested.is_kept())
}

/// What a run works with.
struct Run<'a> {
    arguments: &'a Arguments,
    documents: Vec<Document>,
    out: PathBuf,
    staging: PathBuf,
    runtime: RuntimeDependency,
    store: Store,
    unions: Programs,
}

impl<'a> Run<'a> {
    fn new(arguments: &'a Arguments) -> Result<Self, CorpusError> {
        let inputs = workspace::inputs(&arguments.dir, &[])?;
        let documents = select::documents(inputs, &arguments.only);
        if documents.is_empty() {
            return Err(CorpusError::NothingMatches { dir: arguments.dir.clone(), globs: arguments.only.clone() });
        }
        if let Some(path) = &arguments.report {
            // What is known before the work is done is not found out after it.
            file::check_writable(path).map_err(|error| CorpusError::Unwritable { path: path.clone(), error })?;
        }
        let out = arguments.out.clone().unwrap_or_else(|| default_out(&arguments.dir));
        let Layout { out, staging, own_workspace, runtime, .. } = Layout::new(Some(arguments.dir.clone()), Some(out))?;
        if !own_workspace {
            return Err(CorpusError::OwnCrates);
        }
        let store = Store::open(&out).map_err(|error| CorpusError::Unwritable { path: out.clone(), error })?;
        let unions = Programs::open(&out).map_err(|error| CorpusError::Unwritable { path: out.clone(), error })?;
        Ok(Self { arguments, documents, out, staging, runtime, store, unions })
    }

    fn jobs(&self) -> NonZeroUsize {
        let processors = || NonZeroUsize::new(system::parallelism()).unwrap_or(NonZeroUsize::MIN);
        self.arguments.jobs.unwrap_or_else(processors)
    }

    /// Brings every document to a crate. Also tells how many were so already.
    fn generate(&self) -> Result<(Vec<Outcome>, usize), CorpusError> {
        let writer = Writer::open(&self.out, &self.staging)?;
        let process = limits(self.arguments.timeout, self.arguments.memory);
        let file = Limits { max_bytes: u64::from(self.arguments.max_mib) << 20 };
        let unions = self.arguments.unions.then_some(&self.unions);
        let setup = Setup { out: &self.out, file, process, writer: &writer, unions };
        let progress = Progress::new("generating", self.documents.len());
        let results: Mutex<Vec<(Outcome, bool)>> = Mutex::default();
        let capacity = Capacity { jobs: self.jobs(), bytes: system::available_memory() };
        let expected = |document: &Document| expected_bytes(document, process.memory);
        schedule::run(&self.documents, capacity, expected, |document| {
            progress.start(&document.file);
            let result = self.generate_one(document, &setup);
            progress.finish(&document.file, &report::line(&result.0), result.0.failure.is_some());
            results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
        });
        progress.end();
        let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        let resumed = results.iter().filter(|(_, resumed)| *resumed).count();
        let mut outcomes: Vec<Outcome> = results.into_iter().map(|(outcome, _)| outcome).collect();
        outcomes.sort_by(|a, b| a.file.cmp(&b.file));
        Ok((corpus::without_parts(outcomes), resumed))
    }

    /// Brings a document to a crate, unless it is one already; then with `true`.
    fn generate_one(&self, document: &Document, setup: &Setup<'_>) -> (Outcome, bool) {
        let mut inputs = self.inputs(document, setup.file);
        if self.arguments.resume
            && (setup.unions.is_none() || self.unions.has(&document.package))
            && let Some(outcome) = self.store.good(document, &inputs, setup.file)
        {
            return (outcome, true);
        }
        self.unions.forget(&document.package);
        let mut outcome = generate::generate(document, &mut inputs, setup);
        if let Err(error) = self.store.keep(&inputs, &outcome)
            && outcome.failure.is_none()
        {
            outcome.failure = Some(Failure::new(error.code(), &error.to_string()));
        }
        (outcome, false)
    }

    fn inputs(&self, document: &Document, file: Limits) -> Inputs {
        let sources = pipeline::read(&document.input, file);
        let overlay = sources.overlay.as_ref().map(|file| file.text.as_str());
        Inputs::new(&sources.document.text, overlay, &self.runtime)
    }

    /// Tests the unions of all crates that are there, if that is asked for.
    fn test_unions(&self, outcomes: &mut [Outcome]) -> Result<(), CorpusError> {
        if !self.arguments.unions {
            return Ok(());
        }
        let limits = limits(self.arguments.check_timeout, self.arguments.check_memory);
        let mut tested = self.unions.test(&packages(outcomes), limits, self.jobs().get())?;
        for outcome in outcomes {
            outcome.unions = tested.remove(&outcome.package);
        }
        Ok(())
    }

    /// Has rustc look at all crates that are there.
    fn check(&self, outcomes: &mut [Outcome]) -> Result<(), CorpusError> {
        let packages = packages(outcomes);
        if packages.is_empty() {
            return Ok(());
        }
        let progress = Progress::new("checking", packages.len());
        let limits = limits(self.arguments.check_timeout, self.arguments.check_memory);
        let verdicts = check::check(&self.out, &packages, limits, self.jobs().get(), &progress);
        progress.end();
        let mut verdicts = verdicts?;
        for outcome in outcomes {
            let Some(verdict) = verdicts.remove(&outcome.package) else { continue };
            outcome.check = Some(verdict.check);
            match verdict.failure {
                None => outcome.stage = Some(Stage::Compiled),
                Some(failure) => outcome.failure = Some(failure),
            }
        }
        Ok(())
    }
}

/// The crates that are there.
fn packages(outcomes: &[Outcome]) -> Vec<String> {
    let generated = outcomes.iter().filter(|outcome| outcome.stage >= Some(Stage::Generated));
    generated.map(|outcome| outcome.package.clone()).collect()
}

fn limits(seconds: NonZeroUsize, mebibytes: NonZeroUsize) -> process::Limits {
    let number = |number: NonZeroUsize| u64::try_from(number.get()).unwrap_or(u64::MAX);
    process::Limits { time: Duration::from_secs(number(seconds)), memory: number(mebibytes).saturating_mul(1 << 20) }
}

/// Below this repository's target folder, which cargo makes and nobody commits.
fn default_out(dir: &Path) -> PathBuf {
    let absolute = dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
    let name = absolute.file_name().map_or_else(|| OsString::from("documents"), OsString::from);
    workspace::repository().join("target/corpus").join(name)
}

fn write_report(path: &Path, outcomes: &[Outcome]) -> Result<(), CorpusError> {
    let text = serde_json::to_string_pretty(&Report::new(outcomes))
        .map_err(|error| CorpusError::Unwritable { path: path.to_path_buf(), error: error.into() })?;
    Ok(write::write_file(path, &(text + "\n"))?)
}

/// What a process that becomes another program is told.
#[derive(Debug, Args)]
pub struct ExecArguments {
    /// The process with which it is to end.
    #[arg(long)]
    parent: u32,
    /// The program, and its arguments.
    #[arg(last = true, required = true)]
    words: Vec<OsString>,
}

/// Becomes another program that ends with the process that started it.
pub fn exec(arguments: &ExecArguments) -> Exit {
    let Some((program, words)) = arguments.words.split_first() else { return Exit::Usage };
    if system::end_with(arguments.parent) {
        let error = system::become_program(std::process::Command::new(program).args(words));
        complain(&format!("`{}` cannot be run: {error}", Path::new(program).display()));
    }
    Exit::Failed
}
