//! `explain`: what the code of a finding means, with a before and an after.

use crate::{
    codes,
    terminal::{Exit, complain, show},
};
use clap::Args;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The code, for example `dangling-ref`; without one, all codes are listed.
    code: Option<String>,
}

/// Prints one explanation, or the list of all codes.
pub fn run(arguments: &Arguments) -> Exit {
    let Some(code) = &arguments.code else {
        return show(&codes::list());
    };
    match codes::find(code).map(ToString::to_string).or_else(|| codes::change(code)) {
        Some(explanation) => show(&explanation),
        None => {
            complain(&format!(
                "there is no code `{code}`{}; `cargo xtask explain` lists them all",
                codes::nearest(code).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
            ));
            Exit::Usage
        }
    }
}
