//! The files that references lead to: found, read and parsed once, never outside of the document's own folder.

use super::{
    refusal::{Refusal, refuse},
    walk::Slot,
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics, Severity, Source},
    identify,
    load::{Limits, TextFile, parse, read},
    objects::Kind,
    sanitize,
    schema::references::percent_decode,
};
use serde_json::Value;
use std::{
    collections::HashMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// How many files one document may have.
const MAX_FILES: usize = 10_000;

/// The root document among the files.
pub const ROOT: usize = 0;

/// A file that a reference leads to.
#[derive(Debug)]
pub struct File {
    /// Its path, from the document's folder, with forward slashes.
    pub relative: String,
    /// Its content; of the root document, nothing, for that is being worked on.
    pub value: Value,
}

/// All files of one document.
pub struct Files {
    /// The root document's folder as the user gave it.
    shown: PathBuf,
    /// The same, without symbolic links; `None` when there is no such folder.
    folder: Option<PathBuf>,
    list: Vec<File>,
    known: HashMap<PathBuf, Result<usize, Refusal>>,
    /// The files as text, for messages: that at 0 is [`Self::list`]'s at 1.
    pub parts: Vec<TextFile>,
    /// The files that are not there.
    pub missing: Vec<String>,
    /// What the files of the document may take together, in bytes.
    limit: u64,
    left: u64,
    lenient: bool,
}

impl Files {
    /// Only the root document, at `path`.
    pub fn new(path: &Path, limits: Limits, lenient: bool) -> Self {
        let shown = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let folder = if shown.as_os_str().is_empty() { Path::new(".") } else { &shown }.canonicalize().ok();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let known = path.canonicalize().map(|path| (path, Ok(ROOT))).into_iter().collect();
        let list = vec![File { relative: name, value: Value::Null }];
        let limit = limits.max_bytes;
        Self { shown, folder, list, known, parts: Vec::new(), missing: Vec::new(), limit, left: limit, lenient }
    }

    /// A file that was opened.
    pub fn get(&self, file: usize) -> Option<&File> {
        self.list.get(file)
    }

    /// How much text all parts have, in bytes.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.text.len()).sum()
    }

    /// The file that `path`, written in the file `from`, leads to.
    pub fn open(&mut self, from: usize, path: &str, diagnostics: &mut Diagnostics) -> Result<usize, Refusal> {
        let base = self.get(from).map(|file| file.relative.clone()).unwrap_or_default();
        let relative = relative(&base, path)?;
        let folder = self.folder.clone().unwrap_or_default();
        let found = match folder.join(&relative).canonicalize() {
            Ok(found) => found,
            Err(error) => return Err(self.absent(relative, &error)),
        };
        if !found.starts_with(&folder) {
            return Err(outside(path));
        }
        if let Some(known) = self.known.get(&found) {
            return known.clone();
        }
        let opened = self.load(relative, diagnostics);
        self.known.insert(found, opened.clone());
        opened
    }

    fn absent(&mut self, relative: String, error: &std::io::Error) -> Refusal {
        let shown = sanitize::path(&self.shown.join(&relative));
        let refusal = match error.kind() {
            ErrorKind::NotFound => refuse(
                "ref-file",
                format!("there is no file `{shown}`"),
                "files are looked for from the folder of the file that refers to them: add it, or correct the path",
            ),
            _ => refuse("ref-file", format!("`{shown}` cannot be read: {error}"), "check the path and its permissions"),
        };
        if !self.missing.contains(&relative) {
            self.missing.push(relative);
        }
        refusal
    }

    /// Reads a file. What is wrong in it is told at its own place, and what is wrong with it where it is referred to.
    fn load(&mut self, relative: String, diagnostics: &mut Diagnostics) -> Result<usize, Refusal> {
        let path = self.shown.join(&relative);
        let shown = sanitize::path(&path);
        if self.list.len() >= MAX_FILES {
            let help =
                "bundle the document into one file first, for example with `npx @redocly/cli bundle FILE -o FILE`";
            return Err(refuse("ref-file", format!("the document has more than {MAX_FILES} files"), help));
        }
        let source = Source::Part(self.parts.len());
        let mut found = Diagnostics::default();
        let text = read(path, source, Limits { max_bytes: self.left }, &mut found);
        if text.text.is_empty()
            && let Some(finding) = found.iter().find(|finding| finding.severity == Severity::Error)
        {
            self.missing.push(relative);
            let limit = self.limit;
            let refusal = match finding.code {
                "too-large" => (
                    format!("`{shown}` is too large: all files of a document may have {limit} bytes together"),
                    "if the document is really that large, raise the limit with `--max-mib`",
                ),
                _ => (format!("`{shown}` cannot be used: {}", finding.message), "make it a file that can be read"),
            };
            return Err(refuse("ref-file", refusal.0, refusal.1));
        }
        self.left = self.left.saturating_sub(text.text.len() as u64);
        let parsed = if found.has_errors() { None } else { parse(&text, source, self.lenient, &mut found) };
        let mut usable = parsed.filter(|_| self.lenient || !found.has_errors());
        if let Some(parsed) = usable.as_mut().filter(|_| identify::may_have_names(&text.text)) {
            // A part that is no document of its own is a schema, as far as names go.
            let is_document = parsed.value.get("openapi").is_some() || parsed.value.get("components").is_some();
            let kind = if is_document { Kind::Root } else { Kind::Schema };
            identify::identify(&mut parsed.value, Slot::One(kind), &mut found);
        }
        self.parts.push(text);
        diagnostics.extend(found.into_iter().map(|finding| self.weigh(finding.in_source(source))));
        // Its place stays taken when it cannot be used: findings are about it.
        let is_usable = usable.is_some();
        self.list.push(File { relative, value: usable.map(|parsed| parsed.value).unwrap_or_default() });
        if is_usable {
            return Ok(self.list.len() - 1);
        }
        let help = "repair that file, or correct the path";
        Err(refuse("ref-file", format!("`{shown}` cannot be used: it has faults of its own"), help))
    }

    /// A part that cannot be used costs a lenient reader no more than what refers to it.
    fn weigh(&self, mut finding: Diagnostic) -> Diagnostic {
        if self.lenient && finding.severity == Severity::Error {
            finding.severity = Severity::Warning;
        }
        finding
    }
}

/// Whether a reference leads to somewhere that is no file here: `https://…`, `//host/…`, `urn:…`.
pub fn is_remote(reference: &str) -> bool {
    let scheme = reference.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    is_scheme || reference.starts_with("//")
}

/// `path`, as it is written in the file `base`, from the document's folder.
fn relative(base: &str, path: &str) -> Result<String, Refusal> {
    let decoded = percent_decode(path).replace('\\', "/");
    let is_drive = decoded.as_bytes().get(1) == Some(&b':');
    if decoded.starts_with('/') || is_drive {
        return Err(outside(path));
    }
    let mut steps: Vec<&str> = base.split('/').collect();
    steps.pop();
    for step in decoded.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop().ok_or_else(|| outside(path))?;
            }
            name => steps.push(name),
        }
    }
    Ok(steps.join("/"))
}

fn outside(path: &str) -> Refusal {
    refuse(
        "ref-outside",
        format!("`{path}` leads out of the document's folder"),
        "only files in that folder and below it are read: move the file there, or bundle the document into one file \
         first, for example with `npx @redocly/cli bundle FILE -o FILE`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_from_the_file_that_has_them() {
        let is = |base: &str, path: &str| relative(base, path).ok();
        assert_eq!(is("x.yaml", "./a/b.json").as_deref(), Some("a/b.json"));
        assert_eq!(is("a/x.yaml", "../b.json").as_deref(), Some("b.json"));
        assert_eq!(is("a/x.yaml", "c\\my%20d.json").as_deref(), Some("a/c/my d.json"));
        for path in ["../b.json", "/etc/passwd", "C:\\b.json", "a/../../b.json", "%2e%2e/b.json", "..\\b.json"] {
            assert_eq!(is("x.yaml", path), None, "{path}");
        }
    }

    #[test]
    fn what_is_remote_is_told_apart() {
        for reference in ["https://a.example/b.json", "HTTP://a", "//a.example/b", "urn:a:b", "file:///etc/passwd"] {
            assert!(is_remote(reference), "{reference}");
        }
        for reference in ["a.json", "./a.json#/b:c", "a/b.json", "C:\\a.json", "#/a"] {
            assert!(!is_remote(reference), "{reference}");
        }
    }
}
