//! `diff`: what has changed for those who use the crates, between two documents, two revisions, or the last releases and now.

use crate::{
    commands::input::InputArguments,
    diff::{
        report::{self, ApiReport, PlacedChange, Presence, Report},
        sides::{Api, Folders, Made, Reading, SideError, State},
    },
    git::{GitError, Repository},
    history::{self, HistoryError},
    manifest::Manifest,
    terminal::{Exit, complain, show},
    workspace::{self, Layout, WorkspaceError},
};
use clap::{Args, ValueEnum};
use codegen::diff::{self, Side, released::Released};
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The older state: a document, or a git revision [default: the last release of each API, by its tag `CRATE-vVERSION`, or what
    /// its crate notes of it].
    old: Option<String>,
    /// The newer state: a document, or a git revision [default: the work tree].
    new: Option<String>,
    /// How the changes are written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Fail if anything breaks: a program that compiled, or a call that was right.
    #[arg(long)]
    deny_breaking: bool,
    /// Only this API, by its document's file name without its ending; may be given several times.
    #[arg(long = "api", value_name = "NAME")]
    apis: Vec<String>,
    /// The folder of the crates, which know the names that they gave [default: this repository's `crates`].
    #[arg(long, value_name = "DIR")]
    crates: Option<PathBuf>,
    /// Write the changes to a file instead of the standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    input: InputArguments,
}

/// How changes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For the text of a pull request.
    Markdown,
}

/// Why nothing was compared.
#[derive(Debug, Error)]
enum DiffError {
    #[error(transparent)]
    Side(#[from] SideError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("there is no API named `{0}` in either state")]
    UnknownApi(String),
    #[error("the changes cannot be said in JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the changes cannot be written to `{}`: {error}", path.display())]
    Out { path: PathBuf, error: io::Error },
}

/// Compares, and shows what has changed.
pub fn run(arguments: &Arguments) -> Exit {
    compare(arguments).unwrap_or_else(|error| {
        complain(&error);
        match error {
            DiffError::Json(_) | DiffError::Out { .. } => Exit::Failed,
            _ => Exit::Usage,
        }
    })
}

fn compare(arguments: &Arguments) -> Result<Exit, DiffError> {
    let layout = Layout::new(arguments.input.specs.clone(), arguments.crates.clone())?;
    let folders = Folders { specs: layout.specs, crates: layout.out };
    let reading =
        Reading { lenient: arguments.input.lenient, limits: arguments.input.limits(), look: arguments.input.style() };
    let (report, is_whole) = match &arguments.old {
        Some(old) => two_states(arguments, &folders, old, reading)?,
        None => since_releases(arguments, &folders, reading)?,
    };
    let text = match arguments.format {
        Format::Text => report::text(&report, arguments.input.verbose),
        Format::Json => serde_json::to_string_pretty(&report)? + "\n",
        Format::Markdown => report::markdown(&report),
    };
    let shown = match &arguments.out {
        Some(path) => {
            std::fs::write(path, text).map_err(|error| DiffError::Out { path: path.clone(), error })?;
            Exit::Done
        }
        None => show(&text),
    };
    let breaks = arguments.deny_breaking && report.apis.iter().any(ApiReport::is_breaking);
    Ok(if breaks || !is_whole { Exit::Failed } else { shown })
}

fn state(folders: &Folders, name: &str) -> Result<State, SideError> {
    let path = Path::new(name);
    if path.is_file() { Ok(State::document(path)) } else { State::revision(folders, name) }
}

fn two_states(
    arguments: &Arguments,
    folders: &Folders,
    old: &str,
    reading: Reading,
) -> Result<(Report, bool), DiffError> {
    let mut old = state(folders, old)?;
    let mut new = match &arguments.new {
        Some(new) => state(folders, new)?,
        None => State::now(folders)?,
    };
    let known =
        |old: &State, new: &State| -> BTreeSet<String> { old.apis.keys().chain(new.apis.keys()).cloned().collect() };
    let there = known(&old, &new);
    if let Some(unknown) = arguments.apis.iter().find(|name| !there.contains(*name)) {
        return Err(DiffError::UnknownApi(unknown.clone()));
    }
    let is_document = |name: Option<&String>| name.is_some_and(|name| Path::new(name).is_file());
    if is_document(arguments.old.as_ref()) || is_document(arguments.new.as_ref()) {
        bring_together(&mut old, &mut new, &arguments.apis);
    }
    let wanted =
        known(&old, &new).into_iter().filter(|name| arguments.apis.is_empty() || arguments.apis.contains(name));
    let mut apis = Vec::new();
    let mut is_whole = true;
    for name in wanted {
        match (old.apis.get(&name), new.apis.get(&name)) {
            (Some(was), Some(is)) => match api(&name, (&old, was), (&new, is), reading) {
                Some(report) => apis.push(report),
                None => is_whole = false,
            },
            (None, _) => apis.push(ApiReport::alone(name, Presence::Added)),
            (_, None) => apis.push(ApiReport::alone(name, Presence::Removed)),
        }
    }
    Ok((Report { old: old.name.clone(), new: new.name.clone(), apis }, is_whole))
}

/// A document is compared with one API: with that of the name that is asked for, else of its own name, else with the other
/// document, whatever that is called.
fn bring_together(old: &mut State, new: &mut State, wanted: &[String]) {
    let names = |state: &State| state.apis.keys().cloned().collect::<Vec<_>>();
    let name = match (wanted, names(old).as_slice(), names(new).as_slice()) {
        ([wanted], ..) => wanted.clone(),
        (_, [only], others) if others.contains(only) => only.clone(),
        (_, others, [only]) if others.contains(only) => only.clone(),
        (_, [only], _) | (_, _, [only]) => only.clone(),
        _ => return,
    };
    for state in [old, new] {
        if state.apis.len() == 1
            && let Some((_, api)) = state.apis.pop_first()
        {
            state.apis.insert(name.clone(), api);
        }
        state.apis.retain(|other, _| *other == name);
    }
}

/// Each API since its last release; those that were never released are new.
fn since_releases(arguments: &Arguments, folders: &Folders, reading: Reading) -> Result<(Report, bool), DiffError> {
    let now = State::now(folders)?;
    workspace::inputs(&folders.specs, &arguments.apis)?;
    // Without git, crates know what they were released as.
    let repository = Repository::of(&folders.specs).ok();
    let crates = workspace::generated_crates(&folders.crates);
    let mut apis = Vec::new();
    let mut is_whole = true;
    for (name, is) in now.apis.iter().filter(|(name, _)| arguments.apis.is_empty() || arguments.apis.contains(name)) {
        let source = is.input.document.file_name().map(|name| name.to_string_lossy().into_owned());
        let made = crates.iter().find(|(_, manifest)| source.as_deref() == Some(&*manifest.source));
        let package = made.map_or(name, |(package, _)| package);
        let beginning = format!("{package}-v");
        let tags = repository.as_ref().map(|repository| repository.tags(&beginning)).transpose()?;
        let Some(version) = last(tags.unwrap_or_default()) else {
            match history::released(&folders.crates.join(package))? {
                Some(released) => match since(name, is, released, reading) {
                    Some(report) => apis.push(report),
                    None => is_whole = false,
                },
                None => apis.push(ApiReport::alone(name.clone(), Presence::Added)),
            }
            continue;
        };
        let release = State::revision(folders, &format!("{beginning}{version}"))?;
        match release.apis.get(name).map(|was| api(name, (&release, was), (&now, is), reading)) {
            Some(Some(report)) => apis.push(report),
            Some(None) => is_whole = false,
            None => apis.push(ApiReport::alone(name.clone(), Presence::Added)),
        }
    }
    let gone = gone(folders, repository.as_ref(), &now)?.into_iter();
    let gone = gone.filter(|name| arguments.apis.is_empty() || arguments.apis.contains(name));
    apis.extend(gone.map(|name| ApiReport::alone(name, Presence::Removed)));
    apis.sort_by(|one, other| one.name.cmp(&other.name));
    Ok((Report { old: "the last release".to_owned(), new: now.name, apis }, is_whole))
}

/// The APIs that the last release had, or that crates are of, and whose documents are gone.
fn gone(folders: &Folders, repository: Option<&Repository>, now: &State) -> Result<BTreeSet<String>, DiffError> {
    let crates = workspace::generated_crates(&folders.crates).into_values();
    let stem = |manifest: Manifest| Some(Path::new(&manifest.source).file_stem()?.to_string_lossy().into_owned());
    let mut known: BTreeSet<String> = crates.filter_map(stem).collect();
    if let Some(tag) = repository.map(Repository::last_release).transpose()?.flatten() {
        known.extend(State::revision(folders, &tag)?.apis.into_keys());
    }
    known.retain(|name| !now.apis.contains_key(name));
    Ok(known)
}

/// One API since what its crate notes of the last release; nothing where its document has faults, which are shown.
fn since(name: &str, is: &Api, released: Released, reading: Reading) -> Option<ApiReport> {
    let (after, changes) = Made::since(is, released, reading)?;
    let places = after.places(changes.iter().filter_map(|change| change.after.as_deref()));
    let placed = changes.into_iter().map(|change| {
        let new_place = change.after.as_ref().and_then(|pointer| places.get(pointer)).cloned();
        PlacedChange { change, old_place: None, new_place }
    });
    Some(ApiReport::compared(name.to_owned(), placed.collect()))
}

/// The greatest of these versions; what is none does not count.
fn last(versions: Vec<String>) -> Option<String> {
    let parts = |version: &str| -> Option<Vec<u64>> { version.split('.').map(|part| part.parse().ok()).collect() };
    let known = versions.into_iter().filter_map(|version| Some((parts(&version)?, version)));
    known.max().map(|(_, version)| version)
}

/// One API in two states; nothing where one of its documents has faults, which are shown.
fn api(name: &str, (old, was): (&State, &Api), (new, is): (&State, &Api), reading: Reading) -> Option<ApiReport> {
    let before = Made::of(old, was, name, None, reading)?;
    let after = Made::of(new, is, name, Some(&before.plan), reading)?;
    let changes =
        diff::compare(Side { plan: &before.plan, face: &before.face }, Side { plan: &after.plan, face: &after.face });
    let old_places = before.places(changes.iter().filter_map(|change| change.before.as_deref()));
    let new_places = after.places(changes.iter().filter_map(|change| change.after.as_deref()));
    let placed = changes.into_iter().map(|change| {
        let old_place = change.before.as_ref().and_then(|pointer| old_places.get(pointer)).cloned();
        let new_place = change.after.as_ref().and_then(|pointer| new_places.get(pointer)).cloned();
        PlacedChange { change, old_place, new_place }
    });
    Some(ApiReport::compared(name.to_owned(), placed.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers() {
        let versions = ["0.9.0", "0.10.0", "0.2.0", "next"].map(str::to_owned).to_vec();
        assert_eq!(last(versions).as_deref(), Some("0.10.0"));
        assert_eq!(last(vec!["next".to_owned()]), None);
    }
}
