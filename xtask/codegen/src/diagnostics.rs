//! What the pipeline found in a document: one shape for faults, warnings and adaptations, whichever pass found them.
//!
//! Passes know JSON pointers; only the loader knows lines and columns. A [`Diagnostic`] therefore carries the pointer,
//! and the place in the file is looked up when it is rendered.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ops::Range;

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters, from 1.
    pub column: usize,
    /// The bytes to underline: a string or number itself; of an object or array that has a name, the name.
    pub bytes: Range<usize>,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document said something that the lowered dialect cannot say; the crate keeps its meaning another way.
    Adaptation,
    /// Something was given up, renamed or typed loosely; the crate is generated all the same.
    Warning,
    /// The document's crate cannot be generated.
    Error,
}

/// Which of a document's files a finding speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The document, with its overlay applied: what the overlay wrote is then found in the overlay's file.
    #[default]
    Document,
    /// The overlay's file itself, for example an action that matches nothing.
    Overlay,
    /// Another file that the document refers to, by its place among them.
    Part(#[serde(skip)] usize),
}

impl Source {
    /// Which of the other files it is; nothing for the document and its overlay.
    pub fn part(self) -> usize {
        match self {
            Self::Part(index) => index,
            Self::Document | Self::Overlay => 0,
        }
    }

    /// The same, of the other files this one.
    #[must_use]
    pub fn with_part(self, index: usize) -> Self {
        match self {
            Self::Part(_) => Self::Part(index),
            Self::Document | Self::Overlay => self,
        }
    }
}

/// A place that has been looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Which of the API's files: the document, its overlay, and the others.
    pub file: usize,
    /// Where in it; `None` when the file has no text.
    pub span: Option<Span>,
}

/// A second place that belongs to a finding, in the same [`Source`] as the finding itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What is at that place, for example `first used here`.
    pub message: String,
    /// Where, as an RFC 6901 JSON pointer.
    pub pointer: String,
    /// Where, in bytes from the start of the file: instead of the pointer, where a pointer cannot tell.
    #[serde(skip)]
    pub offset: Option<usize>,
    /// The same, if it has been looked up.
    #[serde(skip)]
    pub pin: Option<Pin>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The finding's stable code, for example `dangling-ref`; `cargo xtask explain CODE` tells what it means.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What is so, in one sentence, with the names that matter.
    pub message: String,
    /// Which file the pointer leads into.
    pub source: Source,
    /// Where, as an RFC 6901 JSON pointer into the document with its overlay applied; empty for the whole document.
    pub pointer: String,
    /// Where, in bytes from the start of the file: instead of the pointer, where the text is no JSON.
    #[serde(skip)]
    pub offset: Option<usize>,
    /// The same, if it has been looked up.
    #[serde(skip)]
    pub pin: Option<Pin>,
    /// Further places that belong to the finding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The overlay actions that repair it, each as JSON. The help shows them, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repair: Vec<String>,
    /// What the overlay's action that it is about should become. The help says so, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
}

/// What becomes of an overlay's action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Correction {
    /// It gets this target.
    Target(String),
    /// It goes.
    Removed,
}

impl Diagnostic {
    /// A finding without help text.
    pub fn new(severity: Severity, code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            source: Source::Document,
            pointer: pointer.into(),
            offset: None,
            pin: None,
            notes: Vec::new(),
            help: None,
            repair: Vec::new(),
            correction: None,
        }
    }

    /// A fault that stops the document.
    pub fn error(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, pointer, message)
    }

    /// Something given up or loosened.
    pub fn warning(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, pointer, message)
    }

    /// Something said another way.
    pub fn adaptation(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Adaptation, code, pointer, message)
    }

    /// The same finding with what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same finding with what should become of the overlay's action that it is about.
    #[must_use]
    pub fn with_correction(mut self, correction: Correction) -> Self {
        self.correction = Some(correction);
        self
    }

    /// The same finding, in `source` instead of in the document.
    #[must_use]
    pub fn in_source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// The same finding at a byte of the file instead of at a pointer.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same finding with a second place.
    #[must_use]
    pub fn with_note(mut self, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        self.notes.push(Note { message: message.into(), pointer: pointer.into(), offset: None, pin: None });
        self
    }

    /// The same finding with a second place, given in bytes from the start of the file.
    #[must_use]
    pub fn with_note_at_offset(mut self, offset: usize, message: impl Into<String>) -> Self {
        self.notes.push(Note { message: message.into(), pointer: String::new(), offset: Some(offset), pin: None });
        self
    }
}

/// All findings of one document, in the order the passes made them, each once: what several operations share is read for each.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    #[serde(skip)]
    known: HashSet<Known>,
}

/// What two findings that say the same of one place have in common.
type Known = (&'static str, Source, String, Option<usize>, String);

impl Diagnostics {
    /// Adds a finding, unless it is there. What says more than one that is there, behind its words, says it there.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let Diagnostic { code, source, pointer, offset, message, .. } = &diagnostic;
        if let Some((said, _)) = message.split_once(": ") {
            let less = (*code, *source, pointer.clone(), *offset, said.to_owned());
            let is_less = |known: &&mut Diagnostic| {
                (known.code, known.source, &known.pointer, known.offset, known.message.as_str())
                    == (*code, *source, pointer, *offset, said)
            };
            if self.known.contains(&less)
                && let Some(known) = self.all.iter_mut().find(is_less)
            {
                known.message.clone_from(message);
                self.known.insert((code, *source, pointer.clone(), *offset, message.clone()));
                return;
            }
        }
        if self.known.insert((code, *source, pointer.clone(), *offset, message.clone())) {
            self.all.push(diagnostic);
        }
    }

    /// The findings, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// Whether any finding stops the document.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many findings weigh `severity`.
    pub fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        iter.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

/// What leads from `outer` to `pointer`, where it is that or within it: nothing, or further steps.
pub fn pointer_below<'p>(pointer: &'p str, outer: &str) -> Option<&'p str> {
    pointer.strip_prefix(outer).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Adds one reference token to a JSON pointer, escaped as RFC 6901 section 3 says.
pub fn pointer_join(pointer: &str, token: &str) -> String {
    let mut joined = String::with_capacity(pointer.len() + token.len() + 1);
    joined.push_str(pointer);
    joined.push('/');
    // Hardly any has what has to be escaped.
    if !token.contains(['~', '/']) {
        joined.push_str(token);
        return joined;
    }
    for character in token.chars() {
        match character {
            '~' => joined.push_str("~0"),
            '/' => joined.push_str("~1"),
            other => joined.push(other),
        }
    }
    joined
}

/// The reference tokens of a JSON pointer, unescaped as RFC 6901 section 4 says; none for the whole document.
pub fn pointer_tokens(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"))
}

/// The last reference token of a pointer, unescaped.
pub fn last_token(pointer: &str) -> String {
    pointer_tokens(pointer).last().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_again_is_told_once() {
        let mut found = Diagnostics::default();
        found.push(Diagnostic::warning("a", "/x", "so it is"));
        let again = [
            Diagnostic::warning("a", "/x", "so it is").with_help("help"),
            Diagnostic::warning("a", "/y", "so it is"),
            Diagnostic::warning("a", "/x", "so it is").in_source(Source::Overlay),
            Diagnostic::warning("a", "/x", "so it is").at_offset(1),
            Diagnostic::warning("a", "/x", "and so"),
            Diagnostic::warning("b", "/x", "so it is"),
        ];
        found.extend(again);
        assert_eq!(found.iter().count(), 6);
    }

    #[test]
    fn what_comes_of_a_fault_is_told_with_it() {
        let mut found = Diagnostics::default();
        found.push(Diagnostic::warning("a", "/x", "so it is").with_help("help"));
        found.push(Diagnostic::warning("a", "/y", "so it is: nothing"));
        found.push(Diagnostic::warning("a", "/x", "so it is: something"));
        found.push(Diagnostic::warning("a", "/x", "so it is: something"));
        let messages: Vec<_> = found.iter().map(|finding| (finding.message.as_str(), finding.help.is_some())).collect();
        assert_eq!(messages, [("so it is: something", true), ("so it is: nothing", false)]);
    }
}
