//! `contract`: generated crates against their documents, before a judge that this project did not write.

use crate::{
    cli::{Exit, InputArguments, complain, show, show_findings},
    contract::{self, ApiReport, ContractError, DriverWorkspace, Judge, Prepared, Prism, Report, Sandbox},
    render::render,
    workspace::{self, Layout},
};
use clap::Args;
use std::path::{Path, PathBuf};

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this API, by its document's file name without `.json`; may be given several times.
    #[arg(long = "api", value_name = "NAME")]
    apis: Vec<String>,
    /// What answers: Prism alone, or the sandbox behind it (for this repository's documents only).
    #[arg(long, value_enum, default_value_t = Judge::Mock)]
    server: Judge,
    /// Write every call and what Prism said of it to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    input: InputArguments,
}

/// Builds the drivers, makes the calls, and shows what was found.
pub fn run(arguments: &Arguments) -> Exit {
    let inputs = Layout::new(arguments.input.specs.clone(), None)
        .and_then(|layout| Ok((workspace::inputs(&layout.specs, &arguments.apis)?, layout)));
    let (inputs, layout) = match inputs {
        Ok(found) => found,
        Err(error) => {
            complain(&error);
            return Exit::Usage;
        }
    };
    match test(arguments, &inputs, &layout) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&error);
            match error {
                ContractError::NoNode | ContractError::NoPrism(_) | ContractError::NotInSandbox(_) => Exit::Usage,
                _ => Exit::Failed,
            }
        }
    }
}

fn test(arguments: &Arguments, inputs: &[workspace::Input], layout: &Layout) -> Result<Exit, ContractError> {
    let prism = Prism::find(&workspace::repository().join("xtask/contract"))?;
    let mut drivers = DriverWorkspace::new(&layout.specs);
    let mut prepared: Vec<Prepared> = Vec::new();
    let mut report = Report::default();
    for input in inputs {
        let (ready, findings) =
            contract::prepare(input, arguments.input.limits(), arguments.input.lenient, &mut drivers)?;
        match ready {
            Some(ready) => prepared.push(ready),
            None => {
                show_findings(&render(&findings, arguments.input.style()));
                report.apis.push(ApiReport::refused(&input.stem, arguments.server));
            }
        }
    }
    let sandbox = match arguments.server {
        Judge::Mock => None,
        Judge::Sandbox => Some(Sandbox::start(&drivers.build_sandbox()?)?),
    };
    let programs = drivers.build()?;
    for api in &prepared {
        let settings = sandbox.as_ref().map(|sandbox| sandbox.api(&api.name)).transpose()?;
        let program = programs.get(api.package()).map(PathBuf::as_path);
        let found = contract::run(api, &drivers.document(&api.name), &prism, program, settings);
        show(&found.to_text(arguments.input.verbose));
        report.apis.push(found);
    }
    if let Some(path) = &arguments.report {
        write_report(path, &report)?;
    }
    let exit = show(&report.summary());
    let kept = report.apis.iter().all(ApiReport::is_kept);
    Ok(if kept { exit } else { Exit::Failed })
}

fn write_report(path: &Path, report: &Report) -> Result<(), ContractError> {
    let text = serde_json::to_string_pretty(report).map(|text| text + "\n").map_err(std::io::Error::from);
    text.and_then(|text| std::fs::write(path, text))
        .map_err(|error| ContractError::File { path: path.to_path_buf(), error })
}
