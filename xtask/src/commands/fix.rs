//! `lint --fix`: the overlay actions that findings propose, and what they propose of those that are there, written into the
//! overlay once somebody has seen them.

use crate::{
    terminal::{complain, show},
    write::{self, WriteError},
};
use codegen::{
    diagnostics::{Correction, Diagnostic, Source, pointer_tokens},
    pipeline::{Findings, Input},
    sanitize::{self, sanitize},
    takeover::extend,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
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
        "`{}` is no overlay in JSON, and `--fix` writes no other: do it by hand, in YAML an action is an item of `actions`, \
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

/// What findings propose for an overlay.
struct Proposals {
    /// The actions to add.
    actions: Vec<String>,
    /// What becomes of those that are there, by their number from 0.
    corrections: BTreeMap<usize, Correction>,
}

impl Proposals {
    fn of(findings: &Findings) -> Self {
        let mut actions: Vec<String> = Vec::new();
        for action in findings.diagnostics.iter().flat_map(|finding| &finding.repair) {
            if !actions.contains(action) {
                actions.push(action.clone());
            }
        }
        // Of two for one action the first counts: the document is looked at again.
        let mut corrections = BTreeMap::new();
        for (index, correction) in findings.diagnostics.iter().filter_map(correction) {
            corrections.entry(index).or_insert(correction);
        }
        Self { actions, corrections }
    }

    fn is_none(&self) -> bool {
        self.actions.is_empty() && self.corrections.is_empty()
    }

    /// All of it, as people read it.
    fn text(&self, input: &Input, findings: &Findings) -> String {
        let path = overlay(input);
        let mut text = String::new();
        if !self.corrections.is_empty() {
            text += &format!("to correct in {}:\n", sanitize::path(&path));
        }
        let own = findings.overlay.as_ref().and_then(|file| serde_json::from_str::<Value>(&file.text).ok());
        let own = own.as_ref().and_then(|overlay| overlay.get("actions"));
        for (index, correction) in &self.corrections {
            let action = own.and_then(|actions| actions.get(*index)).unwrap_or(&Value::Null);
            let line = match (correction, action.get("target")) {
                (Correction::Target(now), Some(Value::String(target))) => format!("target {now} instead of {target}"),
                (Correction::Target(now), _) => format!("target {now}"),
                (Correction::Removed, _) => format!("remove {action}"),
            };
            text += &format!("  {}\n", sanitize(&line, MAX_ACTION));
        }
        if !self.actions.is_empty() {
            text += &format!("to add to {}:\n", sanitize::path(&path));
        }
        for action in &self.actions {
            text += &format!("  {}\n", sanitize(action, MAX_ACTION));
        }
        text
    }
}

/// What a finding proposes of an action of the overlay, with the action's number.
fn correction(finding: &Diagnostic) -> Option<(usize, Correction)> {
    let correction = finding.correction.as_ref().filter(|_| finding.source == Source::Overlay)?;
    let index = pointer_tokens(&finding.pointer).nth(1)?.parse().ok()?;
    Some((index, correction.clone()))
}

/// Shows what findings propose, and writes it if `agreed`, or if whoever sits at the terminal agrees.
pub fn fix(input: &Input, findings: &Findings, agreed: bool) -> Fixed {
    let proposals = Proposals::of(findings);
    if proposals.is_none() {
        return Fixed::Nothing;
    }
    let path = overlay(input);
    show(&proposals.text(input, findings));
    if !agreed && !agrees() {
        return Fixed::Left;
    }
    let written = text(input, findings, &proposals).and_then(|text| Ok(write::write_file(&path, &text)?));
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

/// The overlay with all that is proposed.
fn text(input: &Input, findings: &Findings, proposals: &Proposals) -> Result<String, FixError> {
    match &findings.overlay {
        Some(file) => {
            let is_json = file.path.extension().is_some_and(|ending| ending == "json");
            let text = Some(&file.text).filter(|_| is_json);
            let corrected = text.and_then(|text| extend::with_corrections(text, &proposals.corrections));
            let extended = match proposals.actions.as_slice() {
                [] => corrected,
                actions => corrected.and_then(|text| extend::with_actions(&text, actions)),
            };
            extended.ok_or_else(|| FixError::NotJson(file.path.clone()))
        }
        None => Ok(extend::new(&format!("Corrections of the document of {}", input.stem), &proposals.actions)),
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
