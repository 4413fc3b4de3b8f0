//! `lint`: what is wrong with documents, and the overlay actions that repair it.

use crate::{
    annotate::annotations,
    commands::{
        fix::{self, Fixed},
        input::InputArguments,
        table::counted,
    },
    fence, report,
    terminal::{Exit, complain, show, show_findings},
    workspace::{self, Layout},
};
use clap::{Args, ValueEnum};
use codegen::{
    diagnostics::Severity,
    pipeline::{self, Findings, Input},
    render::{Look, render},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The APIs; all when none is named.
    names: Vec<String>,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Add the actions that findings propose to the overlays, once they have been shown and somebody agrees.
    #[arg(long, conflicts_with = "format")]
    fix: bool,
    /// Agree to what `--fix` shows.
    #[arg(long, requires = "fix")]
    yes: bool,
    #[command(flatten)]
    input: InputArguments,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, on the standard error stream.
    #[default]
    Text,
    /// For programs.
    Json,
    /// As annotations of a pull request on GitHub.
    Github,
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
    let exit = match arguments.format {
        Format::Text => {
            documents.iter().for_each(|document| show_findings(&document.text));
            if arguments.input.quiet { Exit::Done } else { show(&totals(&documents)) }
        }
        Format::Github => show(&documents.iter().map(|document| document.text.as_str()).collect::<String>()),
        Format::Json => match serde_json::to_string_pretty(&documents) {
            Ok(text) => show(&(text + "\n")),
            Err(error) => {
                complain(&error);
                Exit::Failed
            }
        },
    };
    let is_well = documents.iter().all(|document| document.errors == 0 && !document.is_left);
    if is_well { exit } else { Exit::Failed }
}

fn totals(documents: &[Linted]) -> String {
    let errors = documents.iter().map(|document| document.errors).sum();
    let warnings = documents.iter().map(|document| document.warnings).sum();
    let totals = [counted(documents.len(), "document"), counted(errors, "error"), counted(warnings, "warning")];
    totals.join(", ") + "\n"
}

/// What was found in one document.
#[derive(Serialize)]
struct Linted {
    /// The document's file name.
    document: String,
    errors: usize,
    warnings: usize,
    /// All findings, where programs want them.
    findings: Vec<report::Finding>,
    #[serde(skip)]
    is_no_api: bool,
    /// The findings as they are shown.
    #[serde(skip)]
    text: String,
    /// Whether actions that could be written are not.
    #[serde(skip)]
    is_left: bool,
}

impl Linted {
    /// Whether the file describes no API and is one of `parts`, of which another document is made.
    fn is_part(&self, parts: &BTreeSet<String>) -> bool {
        self.is_no_api && parts.contains(&self.document)
    }
}

/// Looks at one document, and notes in `parts` which files beside it belong to it. What is repaired is looked at once more.
fn lint(input: &Input, arguments: &Arguments, parts: &mut BTreeSet<String>) -> Linted {
    let look = |input: &Input| {
        let sources = pipeline::read(input, arguments.input.limits());
        fence::lint(sources, arguments.input.lenient, fence::LIMITS)
    };
    let mut findings = look(input);
    let fixed = if arguments.fix { fix::fix(input, &findings, arguments.yes) } else { Fixed::Nothing };
    if fixed == Fixed::Written {
        findings = look(&Input { overlay: Some(fix::overlay(input)), ..input.clone() });
    }
    parts.extend(findings.files_beside());
    Linted {
        document: input.document.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        errors: findings.diagnostics.count(Severity::Error),
        warnings: findings.diagnostics.count(Severity::Warning),
        is_no_api: findings.is_no_api(),
        is_left: fixed == Fixed::Left,
        text: shown(&findings, arguments),
        findings: match arguments.format {
            Format::Json => {
                let look = arguments.input.style();
                report::placed(&findings, |finding| look.shows(finding.severity))
            }
            Format::Text | Format::Github => Vec::new(),
        },
    }
}

fn shown(findings: &Findings, arguments: &Arguments) -> String {
    match arguments.format {
        Format::Text => render(findings, Look { all: Some("`--format json`"), ..arguments.input.style() }),
        Format::Github => annotations(findings, arguments.input.style()),
        Format::Json => String::new(),
    }
}
