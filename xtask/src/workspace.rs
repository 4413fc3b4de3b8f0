//! Where things are: the documents, the generated crates, and the runtime that these call.

use crate::{
    file::{self, FileError},
    manifest::{self, Manifest},
};
use codegen::{emit::RuntimeDependency, load::EXTENSIONS, pipeline::Input, plain_file};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Which folders a run works on.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The folder of documents and overlays.
    pub specs: PathBuf,
    /// The folder that gets one folder per crate.
    pub out: PathBuf,
    /// Where crates are put together before they are swapped in: never below this repository's `crates`, of which cargo
    /// takes every folder for a member of the workspace.
    pub staging: PathBuf,
    /// Whether `out` becomes a workspace of its own.
    pub own_workspace: bool,
    /// How the crates name the runtime.
    pub runtime: RuntimeDependency,
}

/// Why there is nothing to work on.
#[derive(Debug, Error)]
pub enum WorkspaceError {
    /// The folder of documents cannot be listed.
    #[error("the folder of documents `{}` cannot be read: {error}", path.display())]
    Specs {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The folder of documents has none.
    #[error("there is no OpenAPI document (`*.json`, `*.yaml`) in `{}`", .0.display())]
    Empty(PathBuf),
    /// Two overlays of one document, of which one would be passed over.
    #[error("`{}` and `{}` are overlays of one document: make one of them", .0.display(), .1.display())]
    TwoOverlays(PathBuf, PathBuf),
    /// A name on the command line that no document has.
    #[error("there is no document named `{name}` in `{}`{}", specs.display(), suggestion(known))]
    UnknownApi {
        /// The name.
        name: String,
        /// The folder of documents.
        specs: PathBuf,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A path that has no absolute form.
    #[error("the path `{}` cannot be resolved: {error}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

fn suggestion(known: &[String]) -> String {
    format!(" (there are: {})", known.join(", "))
}

const STAGING: &str = ".switchboard-staging";

/// This repository's root.
pub fn repository() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

impl Layout {
    /// The folders that a command line names; without any, this repository's own.
    ///
    /// # Errors
    ///
    /// Fails when the working folder is gone.
    pub fn new(specs: Option<PathBuf>, out: Option<PathBuf>) -> Result<Self, WorkspaceError> {
        let repository = repository();
        let crates = repository.join("crates");
        let own_workspace = match &out {
            Some(out) => absolute(out)? != crates,
            None => false,
        };
        let runtime = if own_workspace {
            runtime_by_path(&repository, crates.join("switchboard-runtime"))
        } else {
            RuntimeDependency::Workspace
        };
        let out = out.unwrap_or_else(|| shorten(&crates));
        let staging = if own_workspace { out.join(STAGING) } else { repository.join(STAGING) };
        Ok(Self {
            specs: specs.unwrap_or_else(|| shorten(&repository.join("specs"))),
            out,
            staging,
            own_workspace,
            runtime,
        })
    }
}

/// The runtime as crates outside of this repository name it: by its folder and by the version that is there.
fn runtime_by_path(repository: &Path, path: PathBuf) -> RuntimeDependency {
    let parse = |file: PathBuf| plain_file::read_to_string(&file).ok()?.parse::<toml_edit::DocumentMut>().ok();
    let version_in = |document: Option<toml_edit::DocumentMut>, keys: &[&str]| {
        let document = document?;
        let table = keys.iter().try_fold(document.as_item(), |item, key| item.get(key))?;
        Some(table.get("version")?.as_str()?.to_owned())
    };
    let version = version_in(parse(path.join("Cargo.toml")), &["package"])
        .or_else(|| version_in(parse(repository.join("Cargo.toml")), &["workspace", "package"]))
        .unwrap_or_else(|| "*".to_owned());
    RuntimeDependency::Path { path, version }
}

fn absolute(path: &Path) -> Result<PathBuf, WorkspaceError> {
    std::path::absolute(path)
        .map(|path| path.canonicalize().unwrap_or(path))
        .map_err(|error| WorkspaceError::Path { path: path.to_path_buf(), error })
}

/// `path` as seen from the working folder, where it is inside of it: what a reader expects in messages.
fn shorten(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}

/// The APIs in `specs`, in the order of their names; `names` picks some of them, none means all. Two documents may have
/// one name: one of them may be part of the other, which only their content tells.
///
/// # Errors
///
/// Fails when the folder cannot be read or is empty, for names that are not there, and for two overlays of one document.
pub fn inputs(specs: &Path, names: &[String]) -> Result<Vec<Input>, WorkspaceError> {
    let all = all_inputs(specs)?;
    if all.is_empty() {
        return Err(WorkspaceError::Empty(specs.to_path_buf()));
    }
    if let Some(name) = names.iter().find(|name| !all.iter().any(|input| input.stem == **name)) {
        let mut known: Vec<String> = all.into_iter().map(|input| input.stem).collect();
        known.dedup();
        return Err(WorkspaceError::UnknownApi { name: name.clone(), specs: specs.to_path_buf(), known });
    }
    Ok(all.into_iter().filter(|input| names.is_empty() || names.contains(&input.stem)).collect())
}

/// The files of `specs` that have one name.
#[derive(Default)]
struct Namesakes {
    documents: Vec<PathBuf>,
    overlay: Option<PathBuf>,
}

fn all_inputs(specs: &Path) -> Result<Vec<Input>, WorkspaceError> {
    let failed = |error: io::Error| WorkspaceError::Specs { path: specs.to_path_buf(), error };
    let mut paths = std::fs::read_dir(specs)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<PathBuf>>>())
        .map_err(failed)?;
    paths.sort();
    let mut found: BTreeMap<String, Namesakes> = BTreeMap::new();
    for path in paths {
        let Some((stem, is_overlay)) = api_name(&path) else { continue };
        let namesakes = found.entry(stem).or_default();
        if !is_overlay {
            namesakes.documents.push(path);
        } else if let Some(other) = namesakes.overlay.replace(path.clone()) {
            return Err(WorkspaceError::TwoOverlays(other, path));
        }
    }
    Ok(found.into_iter().flat_map(|(stem, namesakes)| apis(specs, &stem, namesakes)).collect())
}

/// The name of the API that a file is about, and whether it is an overlay; `None` for files that are neither.
fn api_name(path: &Path) -> Option<(String, bool)> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let (stem, extension) = name.rsplit_once('.')?;
    if !EXTENSIONS.contains(&extension) || stem.is_empty() || stem.starts_with('.') {
        return None;
    }
    Some(match stem.strip_suffix(".overlay") {
        Some(stem) => (stem.to_owned(), true),
        None => (stem.to_owned(), false),
    })
}

fn apis(specs: &Path, stem: &str, namesakes: Namesakes) -> Vec<Input> {
    let Namesakes { documents, overlay } = namesakes;
    let has_document = !documents.is_empty();
    let documents = if has_document { documents } else { vec![specs.join(format!("{stem}.json"))] };
    let input = |document| Input { stem: stem.to_owned(), document, overlay: overlay.clone(), has_document };
    documents.into_iter().map(input).collect()
}

/// What the names of licences' files begin with.
pub const LICENCE: &str = "LICENSE";

/// The texts of the licences at the root of a workspace, by their files' names.
///
/// # Errors
///
/// Fails when one cannot be read: the crates would go without it.
pub fn licences(root: &Path) -> Result<BTreeMap<String, String>, FileError> {
    let mut texts = BTreeMap::new();
    for entry in std::fs::read_dir(root).map_err(FileError::at(root))? {
        let entry = entry.map_err(FileError::at(root))?;
        if let Some(name) = entry.file_name().to_str().filter(|name| name.starts_with(LICENCE)) {
            texts.insert(name.to_owned(), file::read(&entry.path())?.replace("\r\n", "\n"));
        }
    }
    Ok(texts)
}

/// The generated crates in `out` by folder name. What cannot be read is left out: writing there will say so.
pub fn generated_crates(out: &Path) -> BTreeMap<String, Manifest> {
    let Ok(entries) = std::fs::read_dir(out) else { return BTreeMap::new() };
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let manifest = Manifest::read(&entry.path()).ok()??;
            Some((entry.file_name().into_string().ok()?, manifest))
        })
        .collect()
}

/// The folders in `out` that hold generated crates, also those whose manifests cannot be read.
pub fn crate_folders(out: &Path) -> BTreeSet<String> {
    let is_crate = |folder: &Path| match folder.join(manifest::FILE).symlink_metadata() {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    };
    let entries = std::fs::read_dir(out).into_iter().flatten().filter_map(Result::ok);
    entries.filter(|entry| is_crate(&entry.path())).filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_found_with_their_overlays_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.json", "a.overlay.json", "c.overlay.json", ".hidden.json", "readme.md"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = inputs(folder.path(), &[]).unwrap();
        let names: Vec<(&str, bool, bool)> =
            found.iter().map(|input| (input.stem.as_str(), input.has_document, input.overlay.is_some())).collect();
        assert_eq!(names, [("a", true, true), ("b", true, false), ("c", false, true)]);
        assert_eq!(inputs(folder.path(), &["b".to_owned()]).unwrap().len(), 1);
        let error = inputs(folder.path(), &["d".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("`d`") && error.contains("a, b, c"), "{error}");
    }

    #[test]
    fn documents_may_be_yaml_and_those_in_folders_below_are_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("schemas")).unwrap();
        for name in ["b.yaml", "b.overlay.yml", "a.yml", "a.json", "schemas/pet.yaml"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = inputs(folder.path(), &[]).unwrap();
        let names: Vec<(String, bool)> = found
            .iter()
            .map(|input| (input.document.file_name().unwrap().to_string_lossy().into_owned(), input.overlay.is_some()))
            .collect();
        let expected = [("a.json", false), ("a.yml", false), ("b.yaml", true)];
        assert_eq!(names, expected.map(|(name, overlay)| (name.to_owned(), overlay)));
        std::fs::write(folder.path().join("b.overlay.json"), "").unwrap();
        assert!(matches!(inputs(folder.path(), &[]), Err(WorkspaceError::TwoOverlays(..))));
    }

    #[test]
    fn a_folder_without_documents_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(inputs(folder.path(), &[]), Err(WorkspaceError::Empty(_))));
        assert!(matches!(inputs(&folder.path().join("missing"), &[]), Err(WorkspaceError::Specs { .. })));
    }

    #[test]
    fn without_folders_the_repository_itself_is_meant() {
        let layout = Layout::new(None, None).unwrap();
        assert!(!layout.own_workspace);
        let out = repository().join("crates");
        assert!(!Layout::new(Some("x".into()), Some(out)).unwrap().own_workspace);
        assert!(Layout::new(Some("x".into()), Some("y".into())).unwrap().own_workspace);
    }
}
