//! Where things are: the documents, the generated crates, and the runtime that these call.

use crate::{compile::RuntimeDependency, manifest::Manifest};
use std::{
    collections::BTreeMap,
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

/// The files of one API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The API's name: the document's file name without `.json`.
    pub stem: String,
    /// The document; of an overlay that stands alone, where it should be.
    pub document: PathBuf,
    /// The overlay, where there is one.
    pub overlay: Option<PathBuf>,
    /// Whether the document is there: an overlay may stand alone by mistake.
    pub has_document: bool,
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
    #[error("there is no OpenAPI document (`*.json`) in `{}`", .0.display())]
    Empty(PathBuf),
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
    let parse = |file: PathBuf| std::fs::read_to_string(file).ok()?.parse::<toml_edit::DocumentMut>().ok();
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

/// The APIs in `specs`, in the order of their names; `names` picks some of them, none means all.
///
/// # Errors
///
/// Fails when the folder cannot be read or is empty, and for names that are not there.
pub fn inputs(specs: &Path, names: &[String]) -> Result<Vec<Input>, WorkspaceError> {
    let all = all_inputs(specs).map_err(|error| WorkspaceError::Specs { path: specs.to_path_buf(), error })?;
    if all.is_empty() {
        return Err(WorkspaceError::Empty(specs.to_path_buf()));
    }
    if let Some(name) = names.iter().find(|name| !all.contains_key(*name)) {
        return Err(WorkspaceError::UnknownApi {
            name: name.clone(),
            specs: specs.to_path_buf(),
            known: all.into_keys().collect(),
        });
    }
    Ok(all.into_values().filter(|input| names.is_empty() || names.contains(&input.stem)).collect())
}

fn all_inputs(specs: &Path) -> io::Result<BTreeMap<String, Input>> {
    let mut found: BTreeMap<String, Input> = BTreeMap::new();
    for entry in std::fs::read_dir(specs)? {
        let path = entry?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        let Some(stem) = name.strip_suffix(".json").filter(|stem| !stem.is_empty() && !stem.starts_with('.')) else {
            continue;
        };
        let (stem, is_overlay) = match stem.strip_suffix(".overlay") {
            Some(stem) => (stem, true),
            None => (stem, false),
        };
        let input = found.entry(stem.to_owned()).or_insert_with(|| Input {
            stem: stem.to_owned(),
            document: specs.join(format!("{stem}.json")),
            overlay: None,
            has_document: false,
        });
        if is_overlay {
            input.overlay = Some(path);
        } else {
            input.document = path;
            input.has_document = true;
        }
    }
    Ok(found)
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
