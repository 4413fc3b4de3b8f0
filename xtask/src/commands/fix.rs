//! `lint --fix`: the overlay actions that findings propose, written into the overlay once somebody has seen them.

use crate::{
    terminal::{complain, show},
    write::{self, WriteError},
};
use codegen::{
    pipeline::{Findings, Input},
    sanitize::{self, sanitize},
    takeover::extend,
};
use std::{
    io::{self, BufRead, IsTerminal},
    path::PathBuf,
};
use thiserror::Error;

/// The longest action that is shown as a whole, in characters.
const MAX_ACTION: usize = 3000;

/// Why an overlay is left as it is.
#[derive(Debug, Error)]
enum FixError {
    #[error(
        "`{}` is no overlay in JSON, and `--fix` writes no other: add the actions by hand, in YAML each as an item of `actions`, \
         which may be written as it stands above",
        sanitize::path(.0)
    )]
    NotJson(PathBuf),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What was done about the findings of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// No finding proposes anything.
    Nothing,
    /// The actions are in the overlay.
    Written,
    /// Somebody has to agree first, or the overlay cannot be written.
    Left,
}

/// Shows the actions that findings propose, and writes them if `agreed`, or if whoever sits at the terminal agrees.
pub fn fix(input: &Input, findings: &Findings, agreed: bool) -> Fixed {
    let mut actions: Vec<String> = Vec::new();
    for action in findings.diagnostics.iter().flat_map(|finding| &finding.repair) {
        if !actions.contains(action) {
            actions.push(action.clone());
        }
    }
    if actions.is_empty() {
        return Fixed::Nothing;
    }
    let path = overlay(input);
    let lines: String = actions.iter().map(|action| format!("  {}\n", sanitize(action, MAX_ACTION))).collect();
    show(&format!("to add to {}:\n{lines}", sanitize::path(&path)));
    if !agreed && !agrees() {
        return Fixed::Left;
    }
    let written = text(input, findings, &actions).and_then(|text| Ok(write::write_file(&path, &text)?));
    match written {
        Ok(()) => {
            show(&format!("wrote {}\n", sanitize::path(&path)));
            Fixed::Written
        }
        Err(error) => {
            complain(&error);
            Fixed::Left
        }
    }
}

/// Where the actions go: into the overlay that there is, or else into a new one beside the document.
pub fn overlay(input: &Input) -> PathBuf {
    let beside = || input.document.with_file_name(format!("{}.overlay.json", input.stem));
    input.overlay.clone().unwrap_or_else(beside)
}

/// The overlay with these actions.
fn text(input: &Input, findings: &Findings, actions: &[String]) -> Result<String, FixError> {
    match &findings.overlay {
        Some(file) => {
            let is_json = file.path.extension().is_some_and(|ending| ending == "json");
            let extended = Some(&file.text).filter(|_| is_json).and_then(|text| extend::with_actions(text, actions));
            extended.ok_or_else(|| FixError::NotJson(file.path.clone()))
        }
        None => Ok(extend::new(&format!("Corrections of the document of {}", input.stem), actions)),
    }
}

/// Whether somebody at a terminal says yes. Without one nobody can.
fn agrees() -> bool {
    if !io::stdin().is_terminal() {
        show("`--yes` writes them\n");
        return false;
    }
    show("write them? [y/N] ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "yes")
}
