//! `lint`: what is wrong with documents, and nothing else.

use crate::{
    cli::{Exit, InputArguments, complain, show, show_findings},
    commands::table::counted,
    diagnostics::Severity,
    pipeline,
    render::render,
    workspace::{self, Layout},
};
use clap::Args;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The APIs; all when none is named.
    names: Vec<String>,
    #[command(flatten)]
    input: InputArguments,
}

/// Shows the findings of each document in the order of their names, and a line that sums them up.
pub fn run(arguments: &Arguments) -> Exit {
    let inputs = Layout::new(arguments.input.specs.clone(), None)
        .and_then(|layout| workspace::inputs(&layout.specs, &arguments.names));
    let inputs = match inputs {
        Ok(inputs) => inputs,
        Err(error) => {
            complain(&error);
            return Exit::Usage;
        }
    };
    let (mut errors, mut warnings) = (0, 0);
    for input in &inputs {
        let sources = pipeline::read(input, arguments.input.limits());
        let findings = pipeline::check(sources, arguments.input.lenient).into_findings();
        errors += findings.diagnostics.count(Severity::Error);
        warnings += findings.diagnostics.count(Severity::Warning);
        show_findings(&render(&findings, arguments.input.style()));
    }
    let totals = [counted(inputs.len(), "document"), counted(errors, "error"), counted(warnings, "warning")];
    let exit = show(&(totals.join(", ") + "\n"));
    if errors > 0 { Exit::Failed } else { exit }
}
