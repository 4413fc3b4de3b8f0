//! `effective`: the document with its overlay applied, as the vendor should have written it.

use crate::{
    commands::input::InputArguments,
    terminal::{Exit, complain, show, show_findings},
    workspace::{self, Layout},
};
use clap::Args;
use codegen::{overlay, pipeline, render::render};

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
    let prepare = |input| pipeline::prepare(pipeline::read(input, arguments.input.limits()), arguments.input.lenient);
    let mut documents = inputs.iter().map(prepare);
    let Some(mut checked) = documents.next() else { return Exit::Usage };
    // Of two files of one name, one may be a part of the other, and is no document itself.
    if checked.document.value.is_null() {
        checked = documents.find(|other| !other.document.value.is_null()).unwrap_or(checked);
    }
    let text = overlay::effective(&checked.document);
    let failed = checked.diagnostics.has_errors();
    show_findings(&render(&checked.into_findings(), arguments.input.style()));
    match text {
        Ok(_) if failed => Exit::Failed,
        Ok(text) => show(&text),
        Err(error) => {
            complain(&error);
            Exit::Failed
        }
    }
}
