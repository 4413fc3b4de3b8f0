//! `contract`: generated crates against their documents, before judges that this project did not write.

use crate::file;
use crate::{
    commands::input::InputArguments,
    contract::{
        self, Answering, ApiReport, ContractError, DriverWorkspace, Drivers, Judges, Prepared, Report, Sandbox, Session,
    },
    corpus::{
        generate::expected_bytes,
        progress::Progress,
        schedule::{self, Capacity},
        select::{self, Document},
    },
    fence,
    process::{self, system},
    terminal::{Exit, complain, show, show_findings},
    workspace::{self, Layout, WorkspaceError},
};
use clap::Args;
use codegen::render::render;
use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this API, by its document's file name without `.json`; may be given several times.
    #[arg(long = "api", value_name = "NAME")]
    apis: Vec<String>,
    /// Only so many documents of the folder: those whose file names' BLAKE3 hashes come first.
    #[arg(long, value_name = "N", conflicts_with = "apis")]
    sample: Option<NonZeroUsize>,
    /// What answers: the judges, one after the other, or the sandbox behind Prism (for this repository's documents only).
    #[arg(long, value_enum, default_value_t = Answering::Mock)]
    server: Answering,
    /// Write every call and what was said of it to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How many programs may work at once, if memory allows [default: as many as there are processors].
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// How long the calls of one document may take for each judge, its start included.
    #[arg(long, value_name = "SECONDS", default_value_t = NonZeroUsize::MIN.saturating_add(599))]
    timeout: NonZeroUsize,
    /// How much memory a judge may take for one document, and the driver as well.
    #[arg(long, value_name = "MIB", default_value_t = NonZeroUsize::MIN.saturating_add(4095))]
    memory: NonZeroUsize,
    #[command(flatten)]
    input: InputArguments,
}

/// What rustc may take for one crate or driver.
const RUSTC_LIMITS: process::Limits = process::Limits { time: Duration::from_secs(1800), memory: 12 << 30 };

/// Builds the drivers, makes the calls, and shows what was found.
pub fn run(arguments: &Arguments) -> Exit {
    let documents = Layout::new(arguments.input.specs.clone(), None)
        .and_then(|layout| Ok((documents(arguments, &layout)?, layout)));
    let (documents, layout) = match documents {
        Ok(found) => found,
        Err(error) => {
            complain(&error);
            return Exit::Usage;
        }
    };
    match test(arguments, &documents, &layout) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&error);
            match error {
                ContractError::NoNode | ContractError::NotInstalled { .. } | ContractError::NotInSandbox(_) => {
                    Exit::Usage
                }
                _ => Exit::Failed,
            }
        }
    }
}

/// The documents that the command line asks for. What their packages are called does not depend on that.
fn documents(arguments: &Arguments, layout: &Layout) -> Result<Vec<Document>, WorkspaceError> {
    // Names that no document has are an error.
    workspace::inputs(&layout.specs, &arguments.apis)?;
    let mut documents = select::documents(workspace::inputs(&layout.specs, &[])?, &[]);
    documents.retain(|document| arguments.apis.is_empty() || arguments.apis.contains(&document.input.stem));
    Ok(match arguments.sample {
        Some(count) => contract::by_hash(documents, count.get(), |document| document.file.clone()),
        None => documents,
    })
}

fn test(arguments: &Arguments, documents: &[Document], layout: &Layout) -> Result<Exit, ContractError> {
    let run = Run {
        arguments,
        judges: Judges::find(&workspace::repository().join("xtask/contract"))?,
        workspace: DriverWorkspace::new(&layout.specs),
    };
    let (prepared, mut reports) = run.prepare(documents)?;
    let sandbox = match arguments.server {
        Answering::Mock => None,
        Answering::Sandbox => Some(Sandbox::start(&run.workspace.build_sandbox()?, run.limits())?),
    };
    let drivers = run.build()?;
    reports.extend(run.call(&prepared, &drivers, sandbox.as_ref())?);
    let report = Report::new(reports);
    if let Some(path) = &arguments.report {
        file::write_json(path, &report)?;
    }
    let exit = show(&report.to_text(arguments.input.verbose));
    Ok(if report.is_kept() { exit } else { Exit::Failed })
}

/// What became of a document before its calls, and its report if it was refused.
type Outcome = (ApiReport, Result<Option<Prepared>, ContractError>);

/// What a run works with.
struct Run<'a> {
    arguments: &'a Arguments,
    judges: Judges,
    workspace: DriverWorkspace,
}

impl Run<'_> {
    fn limits(&self) -> process::Limits {
        let number = |number: NonZeroUsize| u64::try_from(number.get()).unwrap_or(u64::MAX);
        process::Limits {
            time: Duration::from_secs(number(self.arguments.timeout)),
            memory: number(self.arguments.memory).saturating_mul(1 << 20),
        }
    }

    fn capacity(&self) -> Capacity {
        let processors = || NonZeroUsize::new(system::parallelism()).unwrap_or(NonZeroUsize::MIN);
        Capacity { jobs: self.arguments.jobs.unwrap_or_else(processors), bytes: system::available_memory() }
    }

    /// Brings every document to a crate and a driver; those that are refused are reported as such.
    fn prepare(&self, documents: &[Document]) -> Result<(Vec<Prepared>, Vec<ApiReport>), ContractError> {
        let progress = Progress::new("generating", documents.len());
        let results: Mutex<Vec<Outcome>> = Mutex::default();
        let expected = |document: &Document| expected_bytes(document, fence::LIMITS.memory);
        let input = &self.arguments.input;
        schedule::run(documents, self.capacity(), expected, |document| {
            progress.start(&document.file);
            let result = contract::prepare(document, input.limits(), input.lenient, &self.workspace);
            let (line, failed) = match &result {
                Ok((Some(_), _)) => ("generated".to_owned(), false),
                Ok((None, findings)) => {
                    show_findings(&render(findings, input.style()));
                    ("refused".to_owned(), true)
                }
                Err(error) => (error.to_string(), true),
            };
            progress.finish(&document.file, &line, failed);
            let refused = ApiReport::refused(&document.input.stem, self.arguments.server);
            let result = result.map(|(prepared, _)| prepared);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((refused, result));
        });
        progress.end();
        let (mut prepared, mut refused) = (Vec::new(), Vec::new());
        for (report, result) in results.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match result? {
                Some(ready) => prepared.push(ready),
                None => refused.push(report),
            }
        }
        prepared.sort_by(|a: &Prepared, b| a.package.cmp(&b.package));
        Ok((prepared, refused))
    }

    fn build(&self) -> Result<Drivers, ContractError> {
        let progress = Progress::new("building", self.workspace.packages());
        let drivers = self.workspace.build(RUSTC_LIMITS, self.capacity().jobs.get(), &progress);
        progress.end();
        drivers
    }

    /// Makes all calls, those of several documents at once.
    fn call(
        &self,
        prepared: &[Prepared],
        drivers: &Drivers,
        sandbox: Option<&Sandbox>,
    ) -> Result<Vec<ApiReport>, ContractError> {
        let progress = Progress::new("calling", prepared.len());
        let results: Mutex<Vec<Result<ApiReport, ContractError>>> = Mutex::default();
        let expected = |api: &Prepared| api.expected_bytes().min(self.limits().memory);
        schedule::run(prepared, self.capacity(), expected, |api| {
            progress.start(&api.name);
            let result = sandbox.map(|sandbox| sandbox.api(&api.name)).transpose().map(|settings| {
                let document = self.workspace.document(&api.package);
                let session = Session {
                    api,
                    document: &document,
                    judges: &self.judges,
                    sandbox: settings,
                    limits: self.limits(),
                };
                session.run(match drivers.get(&api.package) {
                    Some(Ok(program)) => Ok(program),
                    Some(Err(why)) => Err(why),
                    None => Err("there is no driver"),
                })
            });
            let (line, failed) = match &result {
                Ok(report) => (report.line(), !report.is_kept()),
                Err(error) => (error.to_string(), true),
            };
            progress.finish(&api.name, &line, failed);
            results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
        });
        progress.end();
        results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }
}
