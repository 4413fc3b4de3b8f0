//! `effective`: the document with its overlay applied, as the vendor should have written it.

use crate::{
    commands::input::InputArguments,
    fence,
    terminal::{Exit, complain, show, show_findings},
    workspace::{self, Layout},
};
use clap::Args;
use codegen::{pipeline, render::render};

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The API: the document's file name without `.json` or `.yaml`.
    name: String,
    #[command(flatten)]
    input: InputArguments,
}

/// Prints the document. Faults of the document itself do not matter here; those of its overlay do.
pub fn run(arguments: &Arguments) -> Exit {
    let inputs = Layout::new(arguments.input.specs.clone(), None)
        .and_then(|layout| workspace::inputs(&layout.specs, std::slice::from_ref(&arguments.name)));
    let inputs = match inputs {
        Ok(inputs) => inputs,
        Err(error) => {
            complain(&error);
            return Exit::Usage;
        }
    };
    let effective = |input| {
        fence::effective(pipeline::read(input, arguments.input.limits()), arguments.input.lenient, fence::LIMITS)
    };
    let mut documents = inputs.iter().map(effective);
    let Some(mut found) = documents.next() else { return Exit::Usage };
    // Of two files of one name, one may be a part of the other, and is no document itself.
    if found.0.is_none() {
        found = documents.find(|(text, _)| text.is_some()).unwrap_or(found);
    }
    let (text, findings) = found;
    show_findings(&render(&findings, arguments.input.style()));
    match text {
        Some(Ok(text)) if !findings.diagnostics.has_errors() => show(&text),
        Some(Err(error)) => {
            complain(&error);
            Exit::Failed
        }
        _ => Exit::Failed,
    }
}
