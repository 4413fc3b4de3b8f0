//! `bench`: crates of ours beside those of the other generators that are installed.

use crate::{
    bench::{
        Made, Result, Step,
        measure::{self, Place},
        peers::{self, Generator, PeerError},
        table,
    },
    corpus::select::{self, Document},
    file,
    process::Limits,
    terminal::{Exit, complain, show, show_findings},
    workspace::{self, WorkspaceError},
    write::{self, WriteError},
};
use clap::Args;
use std::{
    io,
    num::{NonZeroU64, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};
use thiserror::Error;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of documents.
    dir: PathBuf,
    /// Only documents whose file name matches (`*` is any text, `?` any character); may be given several times.
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Only these generators beside ours; may be given several times [default: all that are installed].
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(peers::names()))]
    with: Vec<String>,
    /// Only these steps; may be given several times.
    #[arg(long, value_name = "STEP", value_enum)]
    step: Vec<Step>,
    /// How often each step is run by each generator, in turn.
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN.saturating_add(2))]
    runs: NonZeroUsize,
    /// The folder that gets the crates [default: target/bench].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The folder of programs that make a call, each `STEM/GENERATOR.rs` by its document and whose crate it calls
    /// [default: xtask/bench].
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Write everything that was measured to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How long one step may take.
    #[arg(long, value_name = "SECONDS", default_value_t = NonZeroU64::MIN.saturating_add(899))]
    timeout: NonZeroU64,
    /// How much memory one process may take.
    #[arg(long, value_name = "MIB", default_value_t = NonZeroU64::MIN.saturating_add(8191))]
    memory: NonZeroU64,
}

/// Why there was no run.
#[derive(Debug, Error)]
enum BenchError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("no document in `{}` matches {}", dir.display(), globs.join(", "))]
    NothingMatches { dir: PathBuf, globs: Vec<String> },
    #[error("`{0}` is not installed: `{1}` does that")]
    Missing(&'static str, &'static str),
    #[error("`{}` cannot be made: {error}", path.display())]
    Folder { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl BenchError {
    fn exit(&self) -> Exit {
        if matches!(self, Self::Write(_)) { Exit::Failed } else { Exit::Usage }
    }
}

/// Measures, and shows the tables.
pub fn run(arguments: &Arguments) -> Exit {
    bench(arguments).unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    })
}

fn bench(arguments: &Arguments) -> std::result::Result<Exit, BenchError> {
    let documents = select::documents(workspace::inputs(&arguments.dir, &[])?, &arguments.only);
    if documents.is_empty() {
        return Err(BenchError::NothingMatches { dir: arguments.dir.clone(), globs: arguments.only.clone() });
    }
    let generators = generators(&arguments.with)?;
    let out = arguments.out.clone().unwrap_or_else(|| workspace::repository().join("target/bench"));
    std::fs::create_dir_all(&out).map_err(|error| BenchError::Folder { path: out.clone(), error })?;
    let out = out.canonicalize().map_err(|error| BenchError::Folder { path: out.clone(), error })?;
    let steps: Vec<Step> =
        Step::ALL.into_iter().filter(|step| arguments.step.is_empty() || arguments.step.contains(step)).collect();
    let limits = Limits {
        time: Duration::from_secs(arguments.timeout.get()),
        memory: arguments.memory.get().saturating_mul(1 << 20),
    };
    let programs = arguments.programs.clone().unwrap_or_else(|| workspace::repository().join("xtask/bench"));
    let run = Run { generators, out, programs, steps, runs: arguments.runs.get(), limits };
    let mut results = Vec::new();
    for document in &documents {
        results.extend(run.document(document));
    }
    if let Some(path) = &arguments.report {
        let text = serde_json::to_string_pretty(&results).unwrap_or_default();
        write::write_file(path, &(text + "\n"))?;
    }
    Ok(show(&table::text(&results, &run.steps)))
}

/// Ours, and the others that are there; what is asked for by name must be.
fn generators(with: &[String]) -> std::result::Result<Vec<&'static Generator>, BenchError> {
    let mut generators = Vec::new();
    for generator in peers::ALL {
        let asked = with.iter().any(|name| name == generator.name);
        match generator.is_installed() {
            true if generator.is_ours() || with.is_empty() || asked => generators.push(generator),
            false if asked => return Err(BenchError::Missing(generator.name, generator.install)),
            false if with.is_empty() => show_findings(&format!(
                "note: `{}` is not installed, and left out: `{}` does that\n",
                generator.name, generator.install
            )),
            _ => {}
        }
    }
    Ok(generators)
}

/// What a run works with.
struct Run {
    generators: Vec<&'static Generator>,
    out: PathBuf,
    programs: PathBuf,
    steps: Vec<Step>,
    runs: usize,
    limits: Limits,
}

impl Run {
    /// All steps of all generators on one document, step by step, in turn.
    fn document(&self, document: &Document) -> Vec<Result> {
        let mut results: Vec<(Result, Option<Made>)> = self
            .generators
            .iter()
            .map(|generator| {
                let result = Result { document: document.file.clone(), generator: generator.name, ..Result::default() };
                (result, None)
            })
            .collect();
        // Without a crate there is nothing to measure, whether its making is asked for or not.
        let all =
            std::iter::once(Step::Generate).chain(self.steps.iter().copied().filter(|step| *step != Step::Generate));
        for step in all {
            let runs = if step == Step::Generate && !self.steps.contains(&step) { 1 } else { self.runs };
            for run in 0..runs {
                for (generator, (result, made)) in self.generators.iter().zip(&mut results) {
                    if result.failure.is_some() || (generator.only_generates && step != Step::Generate) {
                        continue;
                    }
                    if step == Step::Program && !self.program(document, generator).is_file() {
                        let path = self.program(document, generator);
                        show_findings(&format!("note: there is no `{}`, and no program is built\n", path.display()));
                        continue;
                    }
                    show_findings(&format!(
                        "{}: {}, {} {}/{runs}\n",
                        document.file,
                        generator.name,
                        step.title(),
                        run + 1
                    ));
                    if let Err(error) = self.step(document, generator, step, run, result, made) {
                        result.failure = Some((step, error.to_string()));
                    }
                }
            }
        }
        results.into_iter().map(|(result, _)| result).collect()
    }

    /// The source of the program that calls the crate of a generator.
    fn program(&self, document: &Document, generator: &Generator) -> PathBuf {
        self.programs.join(&document.input.stem).join(format!("{}.rs", generator.name))
    }

    fn step(
        &self,
        document: &Document,
        generator: &Generator,
        step: Step,
        run: usize,
        result: &mut Result,
        made: &mut Option<Made>,
    ) -> std::result::Result<(), PeerError> {
        let folder = self.out.join(generator.folder());
        let place = Place { target: folder.join("target"), limits: self.limits };
        let cost = match made {
            Some(made) if step != Step::Generate => {
                if run == 0 && step == Step::Program {
                    measure::put_program(made, &file::read(&self.program(document, generator))?)?;
                }
                if run == 0 {
                    measure::prepare(made, step, &place)?;
                }
                measure::run(made, step, &place)?
            }
            _ => {
                let (found, cost) = generator.generate(document, &folder, self.limits)?;
                (result.lines, result.bytes) = measure::size(&found)?;
                *made = Some(found);
                cost
            }
        };
        result.costs.entry(step).or_default().push(cost);
        Ok(())
    }
}
