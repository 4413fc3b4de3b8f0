//! The results of a run, kept in the folder of crates as they come in: what `--resume` reads.

use super::{Outcome, select::Document};
use crate::{
    fingerprint::Inputs,
    manifest::Manifest,
    write::{self, WriteError},
};
use codegen::{load::Limits, plain_file};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The folder of everything that is no crate, below the folder of crates.
pub const FOLDER: &str = ".corpus";

/// A folder of results.
#[derive(Debug)]
pub struct Store {
    crates: PathBuf,
    results: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    inputs: Inputs,
    outcome: Outcome,
}

impl Store {
    /// The results beside the crates in `crates`.
    ///
    /// # Errors
    ///
    /// Fails when the folder cannot be made.
    pub fn open(crates: &Path) -> std::io::Result<Self> {
        let results = crates.join(FOLDER).join("results");
        std::fs::create_dir_all(&results)?;
        Ok(Self { crates: crates.to_path_buf(), results })
    }

    fn path(&self, package: &str) -> PathBuf {
        self.results.join(format!("{package}.json"))
    }

    /// Keeps a result, in one step.
    ///
    /// # Errors
    ///
    /// Fails when the system refuses.
    pub fn keep(&self, inputs: &Inputs, outcome: &Outcome) -> Result<(), WriteError> {
        let path = self.path(&outcome.package);
        let stored = Stored { inputs: inputs.clone(), outcome: outcome.clone() };
        let text = serde_json::to_string(&stored).map_err(|error| WriteError::Io {
            action: "write",
            path: path.clone(),
            error: error.into(),
        })?;
        write::write_file(&path, &text)
    }

    /// The result of `document`, if it is good, comes from the same inputs, and the crate is still as it was made.
    pub fn good(&self, document: &Document, inputs: &Inputs, limits: Limits) -> Option<Outcome> {
        let Document { file, package, input, .. } = document;
        let bytes = plain_file::read(&self.path(package)).ok()?;
        let Stored { inputs: former, outcome } = serde_json::from_slice(&bytes).ok()?;
        let documents = input.document.parent().unwrap_or(Path::new(""));
        if !inputs.are_still(&former, documents, limits) || outcome.file != *file || !outcome.is_generated() {
            return None;
        }
        let folder = self.crates.join(package);
        let manifest = Manifest::read(&folder).ok()??;
        (manifest.inputs == former && write::is_untouched(&folder, &manifest)).then_some(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        corpus::{Stage, failure::Failure},
        fingerprint::hash,
        manifest::Counts,
    };
    use codegen::emit::RuntimeDependency;
    use codegen::pipeline::Input;

    #[test]
    fn only_a_good_result_of_the_same_inputs_with_its_crate_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let inputs = Inputs::new("{}", None, &RuntimeDependency::Workspace);
        let found = |file: &str, inputs: &Inputs| {
            let input = Input {
                stem: "a".to_owned(),
                document: format!("docs/{file}").into(),
                overlay: None,
                has_document: true,
            };
            let document = Document { input, file: file.to_owned(), package: "a".to_owned(), bytes: 0 };
            store.good(&document, inputs, Limits::default())
        };
        let good = Outcome {
            file: "a.json".to_owned(),
            package: "a".to_owned(),
            stage: Some(Stage::Generated),
            ..Outcome::default()
        };
        store.keep(&inputs, &good).unwrap();
        assert_eq!(found("a.json", &inputs), None, "there is no crate");

        let crate_folder = folder.path().join("a");
        std::fs::create_dir(&crate_folder).unwrap();
        std::fs::write(crate_folder.join("x.rs"), "1").unwrap();
        let mut manifest = Manifest::new("a.json".to_owned(), inputs.clone(), true, Counts::default());
        manifest.files.insert("x.rs".to_owned(), hash(b"1"));
        std::fs::write(crate_folder.join(crate::manifest::FILE), manifest.to_text().unwrap()).unwrap();
        assert_eq!(found("a.json", &inputs).as_ref(), Some(&good));
        assert_eq!(found("b.json", &inputs), None);
        assert_eq!(found("a.json", &Inputs::new("{ }", None, &RuntimeDependency::Workspace)), None);

        store.keep(&inputs, &Outcome { failure: Some(Failure::new("x", "y")), ..good.clone() }).unwrap();
        assert_eq!(found("a.json", &inputs), None, "it failed");
        store.keep(&inputs, &good).unwrap();
        std::fs::write(crate_folder.join("x.rs"), "2").unwrap();
        assert_eq!(found("a.json", &inputs), None, "somebody changed the crate");
    }
}
