//! The doing: changelogs get their day and what is released is noted, in one commit; then each package is published and tagged,
//! one after the other. Whatever is done is not done again, so a run that was stopped is finished by the next one.

use super::{
    checks::own,
    package::{Package, cargo},
    plan::ReleasePlan,
    verdict::program,
};
use crate::{
    git::{GitError, Repository},
    history::CHANGELOG,
    terminal::show,
};
use codegen::{diff::changelog, plain_file};
use std::{io, path::Path};
use thiserror::Error;

/// Why a release stopped. The next run goes on from there.
#[derive(Debug, Error)]
pub enum ExecuteError {
    /// Git refuses.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A changelog cannot be written.
    #[error("a changelog cannot be written: {0}")]
    Changelog(#[from] io::Error),
    /// The crates cannot be noted as released.
    #[error("what is released cannot be noted: {0}")]
    Note(String),
    /// The registry refuses.
    #[error("`{package}` cannot be published: {reason}")]
    Publish {
        /// The package.
        package: String,
        /// What cargo says.
        reason: String,
    },
}

/// How it is done.
#[derive(Clone, Copy, Debug)]
pub struct Manner<'a> {
    /// The day that is written into the changelogs, as `2026-11-29`.
    pub day: &'a str,
    /// The registry; none for crates.io.
    pub registry: Option<&'a str>,
    /// Whether the generated crates are this repository's, and note what they are released as.
    pub is_own: bool,
}

/// Publishes and tags what the plan has.
///
/// # Errors
///
/// Fails at the first step that does.
pub fn execute(
    root: &Path,
    repository: &Repository,
    plan: &ReleasePlan,
    manner: Manner<'_>,
) -> Result<(), ExecuteError> {
    let releases: Vec<&Package> = plan.releases().collect();
    prepare(root, repository, &releases, manner)?;
    for package in releases {
        publish(root, package, manner.registry)?;
        repository.tag(&package.tag(), &format!("{} {}", package.name, package.version))?;
        show(&format!("released {} {}\n", package.name, package.version));
    }
    Ok(())
}

/// Dates the changelogs and notes what is released; nothing where a run before has done so.
fn prepare(
    root: &Path,
    repository: &Repository,
    releases: &[&Package],
    manner: Manner<'_>,
) -> Result<(), ExecuteError> {
    for package in releases {
        let path = package.folder().join(CHANGELOG);
        let Ok(text) = plain_file::read_to_string(&path) else { continue };
        let dated = changelog::release(&text, &package.version, manner.day);
        if dated != text && !changelog::is_dated(&text, &package.version) {
            crate::write::write_file(&path, &dated).map_err(|error| ExecuteError::Note(error.to_string()))?;
        }
    }
    if manner.is_own {
        let wrong = program(own(root, &["regen", "--as-released"])?);
        if !wrong.is_empty() {
            return Err(ExecuteError::Note(wrong.join("\n")));
        }
    }
    let names: Vec<String> = releases.iter().map(|package| format!("{} {}", package.name, package.version)).collect();
    repository.commit_all(&format!("Release {}", names.join(", ")))?;
    Ok(())
}

fn publish(root: &Path, package: &Package, registry: Option<&str>) -> Result<(), ExecuteError> {
    let mut command = cargo(root, &["publish", "--locked", "--no-verify"], &[package]);
    if let Some(registry) = registry {
        command.args(["--registry", registry]);
    }
    let wrong = program(command).join("\n");
    // A run that was stopped between publishing and tagging has published it.
    let exists = format!("{}@{} already exists", package.name, package.version);
    let is_there = wrong.contains(&exists) || wrong.contains("already uploaded");
    if wrong.is_empty() || is_there {
        return Ok(());
    }
    Err(ExecuteError::Publish { package: package.name.clone(), reason: wrong })
}
