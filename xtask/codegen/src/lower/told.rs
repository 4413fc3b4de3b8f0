//! Findings about words that a document repeats: each is told once, at its first place, with how many more there are.

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Diagnostics};

/// What is told of which words, in the order in which they are met.
#[derive(Debug, Default)]
pub struct Told {
    /// By code, word and message: the first place, and how many more places there are.
    found: IndexMap<(&'static str, String, String), (String, usize)>,
}

impl Told {
    /// Notes a word at a place; `message` says what becomes of it.
    pub fn note(&mut self, code: &'static str, word: &str, message: impl Into<String>, pointer: String) {
        let key = (code, word.to_owned(), message.into());
        self.found.entry(key).and_modify(|(_, others)| *others += 1).or_insert((pointer, 0));
    }

    /// Tells all of it.
    pub fn tell(self, diagnostics: &mut Diagnostics) {
        for ((code, _, message), (pointer, others)) in self.found {
            let more = if others == 0 { String::new() } else { format!(" ({others} more of it)") };
            diagnostics.push(Diagnostic::adaptation(code, pointer, format!("{message}{more}")));
        }
    }
}
