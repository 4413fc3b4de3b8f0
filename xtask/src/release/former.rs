//! What was released before judges what is released now: its programs are compiled and run against the new crate, and
//! cargo-semver-checks, which nobody here wrote, compares the two faces.

use super::{
    package::{Package, cargo},
    verdict::{Failure, Subject, Verdict, failure, program},
};
use crate::{
    file::{self, FileError},
    git::{GitError, Repository},
    write::{self, WriteError},
};
use codegen::diff::version::Version;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use thiserror::Error;
use toml_edit::DocumentMut;

/// The folders of a package's programs, and the tables of its manifest that are about them.
const FOLDERS: &[&str] = &["examples", "tests", "benches"];
const TABLES: &[&str] = &["dev-dependencies", "example", "test", "bench"];
/// How many lines are shown of what an old program is told.
const MOST_LINES: usize = 20;
/// What brings the judge of faces.
const INSTALL: &str = "cargo-semver-checks is not installed: `cargo install --locked cargo-semver-checks`";

/// A package that is to be released, and its last release.
struct Former<'a> {
    package: &'a Package,
    tag: String,
    /// Whether the new version tells its users that something breaks.
    breaks: bool,
}

/// Why old programs were not tried.
#[derive(Debug, Error)]
enum FormerError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{0}")]
    Manifest(#[from] toml_edit::TomlError),
    #[error("`{}` is outside of the workspace", .0.display())]
    Elsewhere(PathBuf),
}

/// Compiles and runs the programs of each package's last release against the package as it is now. Nothing may break where the
/// version says so; where the version says that something breaks, it is told what does.
pub fn programs(subject: &Subject<'_>) -> Verdict {
    match try_programs(subject) {
        Ok(verdict) => verdict,
        Err(error) => Verdict::Wrong(vec![error.to_string()]),
    }
}

fn try_programs(subject: &Subject<'_>) -> Result<Verdict, FormerError> {
    let formers = formers(subject)?;
    if formers.is_empty() {
        return Ok(Verdict::Well(Vec::new()));
    }
    let place = tempfile::tempdir().map_err(FileError::at(Path::new("the folder of temporary files")))?;
    let copy = place.path().join("new");
    subject.repository.extract("HEAD", subject.root, &copy)?;
    let (mut wrong, mut told) = (Vec::new(), Vec::new());
    for former in &formers {
        exchange(subject, former, place.path())?;
        let mut command = cargo(&copy, &["test", "--tests", "--examples", "--all-features"], &[former.package]);
        command.args(["--no-fail-fast", "--message-format", "short"]);
        command.env("CARGO_TARGET_DIR", target(subject.root));
        let broken = broken(command);
        let lines = broken.iter().map(|line| format!("{}: {line}", former.tag));
        if former.breaks { told.extend(lines) } else { wrong.extend(lines) }
    }
    Ok(if wrong.is_empty() { Verdict::Well(told) } else { Verdict::Wrong(wrong) })
}

/// What is built of this workspace serves the copy as well, as far as it is no part of the workspace.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target))
}

/// Puts the programs of the last release in the place of those that the package has now, with what they need.
fn exchange(subject: &Subject<'_>, former: &Former<'_>, place: &Path) -> Result<(), FormerError> {
    let folder = former.package.folder();
    let root = subject.root.canonicalize().map_err(FileError::at(subject.root))?;
    let within = folder.strip_prefix(root).map_err(|_| FormerError::Elsewhere(folder.to_path_buf()))?;
    let (new, old) = (place.join("new").join(within), place.join("old").join(&former.tag));
    subject.repository.extract(&former.tag, folder, &old)?;
    for programs in FOLDERS {
        let (new, old) = (new.join(programs), old.join(programs));
        if new.exists() {
            fs::remove_dir_all(&new).map_err(FileError::at(&new))?;
        }
        if old.exists() {
            fs::rename(&old, &new).map_err(FileError::at(&new))?;
        }
    }
    let path = new.join("Cargo.toml");
    let old: DocumentMut = file::read(&old.join("Cargo.toml"))?.parse()?;
    let mut manifest: DocumentMut = file::read(&path)?.parse()?;
    for table in TABLES {
        match old.get(table) {
            Some(item) => drop(manifest.insert(table, item.clone())),
            None => drop(manifest.remove(table)),
        }
    }
    write::write_file(&path, &manifest.to_string())?;
    Ok(())
}

/// What an old program is told: by the compiler, or by its own tests.
fn broken(command: Command) -> Vec<String> {
    let Some(Failure { lines: said, ending }) = failure(command) else { return Vec::new() };
    let lines = |is_told: fn(&&str) -> bool| -> Vec<String> {
        said.iter().map(|line| line.trim()).filter(is_told).map(str::to_owned).collect()
    };
    let mut told = lines(|line| line.contains(": error") || line.ends_with("... FAILED"));
    if told.is_empty() {
        told = lines(|line| line.starts_with("error"));
        told.push(ending);
    }
    if let Some(more) = told.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        told.truncate(MOST_LINES);
        told.push(format!("and {more} more"));
    }
    told
}

/// Asks cargo-semver-checks whether each version that is to be released says enough.
pub fn semver(subject: &Subject<'_>) -> Verdict {
    let formers = match formers(subject) {
        Ok(formers) => formers,
        Err(error) => return Verdict::Wrong(vec![error.to_string()]),
    };
    let libraries: Vec<&Former<'_>> = formers.iter().filter(|former| former.package.has_library()).collect();
    if libraries.is_empty() {
        return Verdict::Well(Vec::new());
    }
    if !program(cargo(subject.root, &["semver-checks", "--version"], &[])).is_empty() {
        return Verdict::Skipped(Some(INSTALL));
    }
    let asked = libraries.iter().flat_map(|former| {
        program(cargo(subject.root, &["semver-checks", "--baseline-rev", &former.tag], &[former.package]))
    });
    let wrong: Vec<String> = asked.collect();
    if wrong.is_empty() { Verdict::Well(Vec::new()) } else { Verdict::Wrong(wrong) }
}

/// The packages that are to be released and were before.
fn formers<'a>(subject: &Subject<'a>) -> Result<Vec<Former<'a>>, GitError> {
    let all = subject.plan.releases().map(|package| former(package, subject.repository));
    Ok(all.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// The last release before the version that a package has now.
fn former<'a>(package: &'a Package, repository: &Repository) -> Result<Option<Former<'a>>, GitError> {
    let beginning = format!("{}-v", package.name);
    let Ok(now) = package.version.parse::<Version>() else { return Ok(None) };
    let versions = repository.tags(&beginning)?;
    let last = versions.iter().filter_map(|version| version.parse().ok()).filter(|version| *version < now).max();
    Ok(last.map(|last: Version| Former {
        package,
        tag: format!("{beginning}{last}"),
        breaks: !last.is_compatible(&now),
    }))
}
