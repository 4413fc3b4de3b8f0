//! `json-schema`: generated types before the schemas and values of a suite that this project did not write.

use crate::file;
use crate::{
    corpus::select::matches,
    process::{self, system},
    schema_test::{Crates, Report, Reviewed, SchemaTestError, Session, Suite},
    terminal::{Exit, complain, show},
    workspace,
};
use clap::Args;
use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of the suite, which has `tests` and `remotes`.
    #[arg(long, value_name = "DIR")]
    suite: PathBuf,
    /// Only the suite's files whose names match, such as `unevaluated*` or `optional/*`; may be given several times.
    #[arg(long = "only", value_name = "GLOB")]
    only: Vec<String>,
    /// Write every value with what became of it to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write down what is kept and lost now as what must be kept and may be lost from now on.
    #[arg(long, conflicts_with = "only")]
    write_baseline: bool,
    /// How many rustc may work at once [default: as many as there are processors].
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Show the values that are not kept for a reason.
    #[arg(long, short)]
    verbose: bool,
}

/// What rustc may take for one crate.
const RUSTC_LIMITS: process::Limits = process::Limits { time: Duration::from_secs(1800), memory: 12 << 30 };

/// What the program that reads the values may take.
const LIMITS: process::Limits = process::Limits { time: Duration::from_secs(180), memory: 1 << 30 };

/// Makes crates of the suite's schemas, brings its values through their types, and shows what became of them.
pub fn run(arguments: &Arguments) -> Exit {
    match test(arguments) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&error);
            if matches!(error, SchemaTestError::NoSuite(_)) { Exit::Usage } else { Exit::Failed }
        }
    }
}

fn test(arguments: &Arguments) -> Result<Exit, SchemaTestError> {
    let suite = Suite::read(&arguments.suite)?;
    let reviewed = Reviewed::read(&workspace::repository().join("xtask/json-schema"))?;
    let is_picked =
        |keyword: &str| arguments.only.is_empty() || arguments.only.iter().any(|glob| matches(glob, keyword));
    let crates = Crates::make(&suite, &suite.pick(|group| is_picked(&group.keyword)))?;
    let jobs = arguments.jobs.map_or_else(system::parallelism, NonZeroUsize::get);
    let program = crates.build(RUSTC_LIMITS, jobs)?;
    let outcomes = Session { suite: &suite, program: &program, limits: LIMITS }.run(&crates.answers);
    let is_whole = arguments.only.is_empty();
    let report = Report::new(&suite, &crates.answers, outcomes, crates.verdicts, &reviewed, is_whole);
    if let Some(path) = &arguments.report {
        file::write_json(path, &report)?;
    }
    if arguments.write_baseline {
        reviewed.write_baseline(&report.baseline())?;
    }
    let exit = show(&report.to_text(arguments.verbose));
    Ok(if report.is_kept() || arguments.write_baseline { exit } else { Exit::Failed })
}
