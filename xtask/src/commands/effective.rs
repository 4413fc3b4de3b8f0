//! `effective`: the document with its overlay applied, as the vendor should have written it.

use crate::{
    cli::{Exit, InputArguments, complain, show, show_findings},
    overlay, pipeline,
    render::render,
    workspace::{self, Layout},
};
use clap::Args;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The API: the document's file name without `.json`.
    name: String,
    #[command(flatten)]
    input: InputArguments,
}

/// Prints the document. Faults of the document itself do not matter here; those of its overlay do.
pub fn run(arguments: &Arguments) -> Exit {
    let inputs = Layout::new(arguments.input.specs.clone(), None)
        .and_then(|layout| workspace::inputs(&layout.specs, std::slice::from_ref(&arguments.name)));
    let input = match inputs.map(|inputs| inputs.into_iter().next()) {
        Ok(Some(input)) => input,
        Ok(None) => return Exit::Usage,
        Err(error) => {
            complain(&error);
            return Exit::Usage;
        }
    };
    let checked = pipeline::prepare(pipeline::read(&input, arguments.input.limits()), arguments.input.lenient);
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
