//! What is checked before a release, and what a check says of it.

use super::plan::ReleasePlan;
use crate::git::Repository;
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is well; what is worth knowing all the same, a line each.
    Well(Vec<String>),
    /// It was not made: it was not asked for, or for the reason that is told.
    Skipped(Option<&'static str>),
    /// What is wrong, a line each.
    Wrong(Vec<String>),
}

/// What is checked.
pub struct Subject<'a> {
    /// The workspace's root.
    pub root: &'a Path,
    /// Its repository.
    pub repository: &'a Repository,
    /// What is to be released.
    pub plan: &'a ReleasePlan,
    /// The registry that it is for; none for crates.io.
    pub registry: Option<&'a str>,
}

/// How many lines of a program's last words are shown.
const LAST_LINES: usize = 12;

/// What a program says that fails; nothing of one that does not.
pub fn program(command: Command) -> Vec<String> {
    let Some(Failure { lines, ending }) = failure(command) else { return Vec::new() };
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.len().saturating_sub(LAST_LINES);
    let last = lines.get(last..).unwrap_or_default().to_vec();
    if last.is_empty() { vec![ending] } else { last }
}

/// A program that failed.
pub struct Failure {
    /// All that it said.
    pub lines: Vec<String>,
    /// How it ended, or why it was not begun.
    pub ending: String,
}

/// Runs a program, and gathers what it says if it fails.
pub fn failure(mut command: Command) -> Option<Failure> {
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => return None,
        Ok(output) => output,
        Err(error) => return Some(Failure { lines: Vec::new(), ending: error.to_string() }),
    };
    let said = [output.stdout, output.stderr].concat();
    let lines = String::from_utf8_lossy(&said).lines().map(str::to_owned).collect();
    Some(Failure { lines, ending: format!("it ended with {}", output.status) })
}
