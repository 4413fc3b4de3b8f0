//! Hashes that tell whether a crate is still what its inputs make of it.
//!
//! Line ends are normalised first, so that a checkout on Windows has the same hashes.

use codegen::{
    IDENTITY,
    diagnostics::{Diagnostics, Source},
    emit::RuntimeDependency,
    load::{Limits, TextFile, read},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// Everything that decides what a crate looks like, hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The document's file.
    pub document: String,
    /// The overlay's file, where there is one.
    pub overlay: Option<String>,
    /// The other files that the document refers to, by their paths from its folder; a file that is not there has no hash.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, String>,
    /// The generator, and what it was asked for.
    pub generator: String,
}

impl Inputs {
    /// The fingerprint of one document, of which only its own file is known yet.
    pub fn new(document: &str, overlay: Option<&str>, runtime: &RuntimeDependency) -> Self {
        Self {
            document: hash(document.as_bytes()),
            overlay: overlay.map(|text| hash(text.as_bytes())),
            parts: BTreeMap::new(),
            generator: generator(runtime),
        }
    }

    /// The same with the files that references of the document, which is in `folder`, lead to.
    #[must_use]
    pub fn with_parts(mut self, folder: &Path, parts: &[TextFile], missing: &[String]) -> Self {
        self.parts = missing.iter().map(|path| (path.clone(), String::new())).collect();
        self.parts.extend(parts.iter().map(|part| (relative(folder, &part.path), hash(part.text.as_bytes()))));
        self
    }

    /// Whether what was made from `other`, of the document in `folder`, would be made from these inputs, too. The files
    /// that the document refers to are those that it referred to then, unless one of them is another now.
    pub fn are_still(&self, other: &Self, folder: &Path, limits: Limits) -> bool {
        let own = |inputs: &Self| (inputs.document.clone(), inputs.overlay.clone(), inputs.generator.clone());
        own(self) == own(other) && other.parts.iter().all(|(path, hash)| is_still(&folder.join(path), hash, limits))
    }
}

fn relative(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn is_still(path: &Path, expected: &str, limits: Limits) -> bool {
    if expected.is_empty() {
        return !path.exists();
    }
    let mut diagnostics = Diagnostics::default();
    let file = read(path.to_path_buf(), Source::Part(0), limits, &mut diagnostics);
    !diagnostics.has_errors() && hash(file.text.as_bytes()) == expected
}

/// In its own repository the generator is known by its code alone; elsewhere the crates also hold the runtime's path.
fn generator(runtime: &RuntimeDependency) -> String {
    match runtime {
        RuntimeDependency::Workspace => IDENTITY.to_owned(),
        other => hash(format!("{IDENTITY} {other:?}").as_bytes()),
    }
}

/// The BLAKE3 hash of `bytes` with CRLF read as LF, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\r') {
        let (line, end) = rest.split_at(at);
        hasher.update(line);
        rest = end.get(1..).unwrap_or_default();
        if !rest.starts_with(b"\n") {
            hasher.update(b"\r");
        }
    }
    hasher.update(rest);
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_do_not_count_and_everything_else_does() {
        assert_eq!(hash(b"a\r\nb\r\n"), hash(b"a\nb\n"));
        assert_ne!(hash(b"a\rb"), hash(b"ab"));
        assert_ne!(hash(b"a\n"), hash(b"a"));
    }

    #[test]
    fn parts_are_looked_at_where_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let base = Inputs::new("{}", None, &RuntimeDependency::Workspace);
        let part = TextFile { path: path.clone(), text: "{}\n".to_owned() };
        let made = base.clone().with_parts(folder.path(), &[part], &["b.json".to_owned()]);
        assert_eq!(made.parts.keys().collect::<Vec<_>>(), ["a.json", "b.json"]);
        let still = || base.are_still(&made, folder.path(), Limits::default());
        assert!(!still());
        std::fs::write(&path, "{}\r\n").unwrap();
        assert!(still());
        std::fs::write(folder.path().join("b.json"), "{}").unwrap();
        assert!(!still());
        assert!(base.are_still(&base, folder.path(), Limits::default()));
    }

    #[test]
    fn each_input_changes_the_fingerprint() {
        let base = Inputs::new("{}", None, &RuntimeDependency::Workspace);
        assert_ne!(base, Inputs::new("{ }", None, &RuntimeDependency::Workspace));
        assert_ne!(base, Inputs::new("{}", Some("{}"), &RuntimeDependency::Workspace));
        assert_eq!(base, Inputs::new("{}", None, &RuntimeDependency::Workspace));
    }
}
