//! The two that are compared: where their documents are, and how they are brought to a plan and a face.

use crate::{
    fence,
    git::{GitError, Repository},
    manifest::Manifest,
    terminal::show_findings,
    workspace::{self, WorkspaceError},
};
use codegen::{
    compile::Options,
    diagnostics::{Diagnostic, Diagnostics},
    diff::{change::Change, face::Face, released::Released},
    emit::RuntimeDependency,
    load::Limits,
    pipeline::{self, Findings, Input},
    plan::{Lock, Plan},
    render::{Look, located, render},
    sanitize,
    stack::on_large_stack,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use thiserror::Error;

/// Why two states cannot be compared.
#[derive(Debug, Error)]
pub enum SideError {
    /// There are no documents.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// Git does not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// Documents of a revision cannot be written anywhere.
    #[error("there is no room for documents of a revision: {0}")]
    Io(#[from] std::io::Error),
}

/// Where documents and crates are, and how they are read.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The folder of documents and overlays.
    pub specs: PathBuf,
    /// The folder of crates, which know the names that they gave.
    pub crates: PathBuf,
}

/// The documents of one moment.
pub struct State {
    /// What the moment is called.
    pub name: String,
    /// The APIs by their names.
    pub apis: BTreeMap<String, Api>,
    /// Where its files are shown to be, if that is not where they are.
    shown: Option<(PathBuf, PathBuf)>,
    /// The folder that they are in as long as they are needed.
    _folder: Option<TempDir>,
}

/// The files of one API, and the names that its crate had.
pub struct Api {
    /// The files.
    pub input: Input,
    /// The names.
    pub names: Option<Lock>,
}

impl State {
    /// One document with its overlay.
    pub fn document(path: &Path) -> Self {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let overlays = ["json", "yaml", "yml"].map(|ending| path.with_file_name(format!("{stem}.overlay.{ending}")));
        let overlay = overlays.into_iter().find(|overlay| overlay.is_file());
        let input = Input { stem: stem.clone(), document: path.to_path_buf(), overlay, has_document: true };
        let name = sanitize::path(path);
        Self { name, apis: BTreeMap::from([(stem, Api { input, names: None })]), shown: None, _folder: None }
    }

    /// The documents that are in the folders now.
    ///
    /// # Errors
    ///
    /// Fails when there are none.
    pub fn now(folders: &Folders) -> Result<Self, SideError> {
        let apis = apis(&folders.specs, &folders.crates)?;
        Ok(Self { name: "now".to_owned(), apis, shown: None, _folder: None })
    }

    /// The documents that were in the folders at a revision.
    ///
    /// # Errors
    ///
    /// Fails when there is no such revision, and when git does.
    pub fn revision(folders: &Folders, name: &str) -> Result<Self, SideError> {
        let repository = Repository::of(&folders.specs)?;
        let commit = repository.commit(name)?;
        let folder = tempfile::tempdir()?;
        let (specs, crates) = (folder.path().join("specs"), folder.path().join("crates"));
        repository.extract(&commit, &folders.specs, &specs)?;
        repository.extract(&commit, &folders.crates, &crates)?;
        // At a revision before the first document there was no API.
        let apis = match apis(&specs, &crates) {
            Err(SideError::Workspace(WorkspaceError::Empty(_))) => BTreeMap::new(),
            apis => apis?,
        };
        let shown = PathBuf::from(format!("{name}:{}", folders.specs.display()));
        Ok(Self { name: name.to_owned(), apis, shown: Some((specs, shown)), _folder: Some(folder) })
    }

    /// A path as it is shown.
    fn shown(&self, path: &Path) -> PathBuf {
        let moved = self.shown.as_ref().and_then(|(from, to)| Some(to.join(path.strip_prefix(from).ok()?)));
        moved.unwrap_or_else(|| path.to_path_buf())
    }
}

fn apis(specs: &Path, crates: &Path) -> Result<BTreeMap<String, Api>, SideError> {
    let known: Vec<Manifest> = workspace::generated_crates(crates).into_values().collect();
    let inputs = workspace::inputs(specs, &[])?.into_iter().map(|input| {
        let source = input.document.file_name().map(|name| name.to_string_lossy().into_owned());
        let made = known.iter().find(|manifest| source.as_deref() == Some(&*manifest.source));
        let names = made.map(|manifest| manifest.names.clone());
        (input.stem.clone(), Api { input, names })
    });
    Ok(inputs.collect())
}

/// The code of what stands at the place of a change: it is looked up as findings are, and is none that anybody sees.
const PLACE: &str = "place";

/// One API of one moment, as a crate in memory.
pub struct Made {
    /// Every decision about the crate.
    pub plan: Plan,
    /// What programs can name of it.
    pub face: Face,
    findings: Findings,
}

/// How documents are read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Whether faults are tolerated.
    pub lenient: bool,
    /// What a file may cost.
    pub limits: Limits,
    /// How findings are shown.
    pub look: Look,
}

impl Made {
    /// Brings an API of `state` to a crate, which has the names that it had, else those of `before`. Nothing where the
    /// document has faults, which are shown.
    pub fn of(state: &State, api: &Api, stem: &str, before: Option<&Plan>, reading: Reading) -> Option<Self> {
        let input = Input { stem: stem.to_owned(), ..api.input.clone() };
        let sources = pipeline::read(&input, reading.limits);
        let names = api.names.clone().or_else(|| before.map(|plan| plan.names.clone())).unwrap_or_default();
        let options = Options { names, ..Options::new(reading.lenient, RuntimeDependency::Workspace) };
        let (compiled, mut findings) = fence::run(sources, &options, fence::LIMITS);
        findings.document.path = state.shown(&findings.document.path);
        findings.overlay.iter_mut().chain(&mut findings.parts).for_each(|file| file.path = state.shown(&file.path));
        let Some(compiled) = compiled else {
            show_findings(&render(&findings, reading.look));
            return None;
        };
        let face = on_large_stack("face", || Face::of(&compiled.files.files));
        Some(Self { plan: compiled.plan, face, findings })
    }

    /// The same of what is there now, with what has changed since the crate was released.
    pub fn since(api: &Api, released: Released, reading: Reading) -> Option<(Self, Vec<Change>)> {
        let sources = pipeline::read(&api.input, reading.limits);
        let names = api.names.clone().unwrap_or_else(|| released.names.clone());
        let options = Options { names, ..Options::new(reading.lenient, RuntimeDependency::Workspace) };
        let (made, findings) = fence::run_traced(sources, &options, Some(released), fence::LIMITS);
        let Some((compiled, traced)) = made else {
            show_findings(&render(&findings, reading.look));
            return None;
        };
        Some((Self { plan: compiled.plan, face: traced.face, findings }, traced.changes))
    }

    /// Where pointers into the document lead: file, line and column. Several changes may be of one place.
    pub fn places<'p>(&self, pointers: impl IntoIterator<Item = &'p str>) -> BTreeMap<String, String> {
        let mut diagnostics = Diagnostics::default();
        diagnostics.extend(pointers.into_iter().map(|pointer| Diagnostic::adaptation(PLACE, pointer, "")));
        let findings = Findings { diagnostics, ..self.findings.clone() };
        let found = located(&findings, |_| true);
        let places = found.into_iter().map(|located| {
            let path = sanitize::path(&located.place.file.path);
            let place = match located.place.span {
                Some(span) => format!("{path}:{}:{}", span.line, span.column),
                None => path,
            };
            (located.diagnostic.pointer.clone(), place)
        });
        places.collect()
    }
}
