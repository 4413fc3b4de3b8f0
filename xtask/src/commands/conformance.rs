//! `conformance`: generated crates before the scenarios of a suite for client generators that this project did not write.

use crate::file::{self, FileError};
use crate::{
    conformance::{
        Api, ConformanceError, NO_DOCUMENT, Report, Reviewed, Session, Suite, VERSIONS, VersionReport, Workspace,
    },
    contract,
    corpus::{
        generate::expected_bytes,
        progress::Progress,
        schedule::{self, Capacity},
        select::{self, Document, matches},
    },
    fence,
    process::{self, system},
    terminal::{Exit, complain, show, show_findings},
    workspace,
};
use clap::Args;
use codegen::{
    load::Limits,
    pipeline::Input,
    render::{Look, render},
};
use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this version of OpenAPI (3.0, 3.1 or 3.2); may be given several times.
    #[arg(long = "openapi", value_name = "VERSION", value_parser = VERSIONS)]
    versions: Vec<String>,
    /// Only the APIs whose names match, such as `type-*`; may be given several times.
    #[arg(long = "only", value_name = "GLOB")]
    only: Vec<String>,
    /// Write every scenario with its outcome and causes to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write down what fails now as what may fail from now on.
    #[arg(long, conflicts_with_all = ["only", "versions"])]
    write_baseline: bool,
    /// How many programs may work at once [default: as many as there are processors].
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Show what cannot be said in OpenAPI, and why.
    #[arg(long, short)]
    verbose: bool,
}

/// What rustc may take for one crate or driver.
const RUSTC_LIMITS: process::Limits = process::Limits { time: Duration::from_secs(1800), memory: 12 << 30 };

/// What the server and a driver may take.
const LIMITS: process::Limits = process::Limits { time: Duration::from_secs(180), memory: 2 << 30 };

/// The greatest size of a document.
const DOCUMENT_LIMITS: Limits = Limits { max_bytes: 64 << 20 };

/// Makes the suite's documents and their crates, calls every scenario, and shows what became of them.
pub fn run(arguments: &Arguments) -> Exit {
    match test(arguments) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&error);
            match error {
                ConformanceError::NoNode(_) | ConformanceError::NoSuite(_) => Exit::Usage,
                _ => Exit::Failed,
            }
        }
    }
}

fn test(arguments: &Arguments) -> Result<Exit, ConformanceError> {
    let folder = workspace::repository().join("xtask/conformance");
    let suite = Suite::find(&folder)?;
    let reviewed = Reviewed::read(&folder)?;
    let mut workspace = Workspace::new();
    let emitted = suite.emit(&workspace.root().join("suite"))?;
    let wanted = |version: &&str| arguments.versions.is_empty() || arguments.versions.iter().any(|own| own == version);
    let versions: Vec<&str> = VERSIONS.into_iter().filter(wanted).collect();
    let is_picked = |api: &str| arguments.only.is_empty() || arguments.only.iter().any(|glob| matches(glob, api));
    let mut apis = Vec::new();
    for version in &versions {
        let documents = documents(&emitted.folder.join(version), &folder.join("overlays"), &is_picked)?;
        apis.push(generate(version, &documents, &mut workspace, arguments)?);
    }
    let progress = Progress::new("building", workspace.packages());
    let program = workspace.build(RUSTC_LIMITS, jobs(arguments).get(), &progress);
    progress.end();
    let program = program?;
    let mut reports = Vec::new();
    for (version, apis) in versions.iter().zip(&apis) {
        let server = suite.serve(LIMITS)?;
        let address = server.address();
        let mut scenarios = emitted.scenarios(&address)?;
        scenarios.retain(|scenario| is_picked(&scenario.api));
        let session = Session { apis, program: &program, address: &address, reviewed: &reviewed, limits: LIMITS };
        let mut called = session.run(&scenarios, jobs(arguments).get());
        for scenario in &mut called {
            let is_missing = scenario.causes.iter().any(|cause| cause.starts_with(NO_DOCUMENT));
            if let Some(lost) = emitted.failures.get(&scenario.api).filter(|_| is_missing) {
                scenario.causes.push(format!("the suite says of this API: {lost}"));
            }
        }
        let is_whole = arguments.only.is_empty();
        reports.push(VersionReport::new(version, called, &server.coverage()?, &reviewed, is_whole));
    }
    let report = Report { versions: reports };
    if let Some(path) = &arguments.report {
        file::write_json(path, &report)?;
    }
    if arguments.write_baseline {
        reviewed.write_baseline(report.failing())?;
    }
    let exit = show(&report.to_text(arguments.verbose));
    Ok(if report.is_kept() || arguments.write_baseline { exit } else { Exit::Failed })
}

fn jobs(arguments: &Arguments) -> NonZeroUsize {
    arguments.jobs.unwrap_or_else(|| NonZeroUsize::new(system::parallelism()).unwrap_or(NonZeroUsize::MIN))
}

/// The documents of one version, each with the overlay of its name where there is one.
fn documents(
    folder: &Path,
    overlays: &Path,
    is_picked: &dyn Fn(&str) -> bool,
) -> Result<Vec<Document>, ConformanceError> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder).map_err(FileError::at(folder))? {
        let document = entry.map_err(FileError::at(folder))?.path();
        let stem = document.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let overlay = Some(overlays.join(format!("{stem}.overlay.json"))).filter(|path| path.is_file());
        inputs.push(Input { stem, document, overlay, has_document: true });
    }
    let mut documents = select::documents(inputs, &[]);
    documents.retain(|document| is_picked(&document.input.stem));
    Ok(documents)
}

/// Brings every document to a crate.
fn generate(
    version: &str,
    documents: &[Document],
    workspace: &mut Workspace,
    arguments: &Arguments,
) -> Result<Vec<Api>, ConformanceError> {
    let progress = Progress::new("generating", documents.len());
    let brought = Mutex::new(Vec::new());
    let capacity = Capacity { jobs: jobs(arguments), bytes: system::available_memory() };
    schedule::run(
        documents,
        capacity,
        |document| expected_bytes(document, fence::LIMITS.memory),
        |document| {
            let name = format!("{} {version}", document.input.stem);
            progress.start(&name);
            // Some of the documents break OpenAPI's rules, and nobody mends them: they are read as their users would.
            let (made, findings) = contract::bring(document, DOCUMENT_LIMITS, true);
            if made.is_none() {
                show_findings(&render(&findings, Look::default()));
            }
            progress.finish(&name, if made.is_some() { "generated" } else { "refused" }, made.is_none());
            let mut brought = brought.lock().unwrap_or_else(PoisonError::into_inner);
            brought.extend(made.map(|made| (document.input.stem.clone(), made)));
        },
    );
    progress.end();
    let mut brought = brought.into_inner().unwrap_or_else(PoisonError::into_inner);
    brought.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut apis = Vec::new();
    for (stem, made) in brought {
        let package = workspace.add(&made.files.name, &made)?;
        apis.push(Api { stem, package, document: made.document, plan: made.plan });
    }
    Ok(apis)
}
