//! `lint`: what is wrong with documents, and nothing else.

use crate::{
    commands::input::InputArguments,
    commands::table::counted,
    fence,
    terminal::{Exit, complain, show, show_findings},
    workspace::{self, Layout},
};
use clap::Args;
use codegen::{
    diagnostics::Severity,
    pipeline::{self, Input},
    render::render,
};
use std::collections::BTreeSet;

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
    let mut parts = BTreeSet::new();
    let results: Vec<Linted> = inputs.iter().map(|input| lint(input, arguments, &mut parts)).collect();
    let documents: Vec<Linted> = results.into_iter().filter(|result| !result.is_part(&parts)).collect();
    documents.iter().for_each(|document| show_findings(&document.text));
    let errors = documents.iter().map(|document| document.errors).sum();
    let warnings = documents.iter().map(|document| document.warnings).sum();
    let totals = [counted(documents.len(), "document"), counted(errors, "error"), counted(warnings, "warning")];
    let exit = show(&(totals.join(", ") + "\n"));
    if errors > 0 { Exit::Failed } else { exit }
}

/// What was found in one document.
struct Linted {
    /// The document's file name.
    name: String,
    is_no_api: bool,
    text: String,
    errors: usize,
    warnings: usize,
}

impl Linted {
    /// Whether the file describes no API and is one of `parts`, of which another document is made.
    fn is_part(&self, parts: &BTreeSet<String>) -> bool {
        self.is_no_api && parts.contains(&self.name)
    }
}

/// Looks at one document, and notes in `parts` which files beside it belong to it.
fn lint(input: &Input, arguments: &Arguments, parts: &mut BTreeSet<String>) -> Linted {
    let sources = pipeline::read(input, arguments.input.limits());
    let findings = fence::lint(sources, arguments.input.lenient, fence::LIMITS);
    parts.extend(findings.files_beside());
    Linted {
        name: input.document.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        is_no_api: findings.is_no_api(),
        text: render(&findings, arguments.input.style()),
        errors: findings.diagnostics.count(Severity::Error),
        warnings: findings.diagnostics.count(Severity::Warning),
    }
}
