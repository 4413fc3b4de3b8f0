//! Why a document failed, in one shape: a finding of the pipeline, an error of rustc, a limit, the end of a process.

use codegen::sanitize::sanitize;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest message that is kept, in characters.
const MAX_MESSAGE: usize = 600;

/// Why a document failed, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A code that `cargo xtask explain` knows, or one of rustc's; empty for errors of rustc that have none.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// The file at fault, where one is.
    pub file: Option<String>,
    /// The place in it: line and column, both from 1.
    pub place: Option<(usize, usize)>,
    /// How many more errors there are.
    pub more: usize,
}

impl Failure {
    /// A failure that is not about a place in a file.
    pub fn new(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: one_line(message), ..Self::default() }
    }

    /// The same failure, in a file.
    #[must_use]
    pub fn in_file(mut self, file: &str, place: Option<(usize, usize)>) -> Self {
        self.file = Some(sanitize(file, MAX_MESSAGE).into_owned());
        self.place = place;
        self
    }

    /// The same failure, the first of several.
    #[must_use]
    pub fn first_of(mut self, errors: usize) -> Self {
        self.more = errors.saturating_sub(1);
        self
    }

    /// `file:line:column`, as far as known.
    pub fn location(&self) -> String {
        match (&self.file, self.place) {
            (Some(file), Some((line, column))) => format!("{file}:{line}:{column}"),
            (Some(file), None) => file.clone(),
            (None, _) => String::new(),
        }
    }

    /// `error[code]: message`.
    pub fn reason(&self) -> String {
        let Self { code, message, more, .. } = self;
        let code = if code.is_empty() { String::new() } else { format!("[{code}]") };
        let more = if *more == 0 { String::new() } else { format!(" (and {more} more)") };
        format!("error{code}: {message}{more}")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location() {
            location if location.is_empty() => f.write_str(&self.reason()),
            location => write!(f, "{location}: {}", self.reason()),
        }
    }
}

/// A text of whatever origin on one line, and short.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    sanitize(&words, MAX_MESSAGE).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_like_a_compilers() {
        let failure = Failure::new("dangling-ref", "`#/b`\n leads \u{1b}[2J nowhere");
        assert_eq!(failure.to_string(), "error[dangling-ref]: `#/b` leads \\u{1b}[2J nowhere");
        let failure = failure.in_file("a/x.json", Some((3, 4))).first_of(3);
        assert!(failure.to_string().starts_with("a/x.json:3:4: error[dangling-ref]: "));
        assert!(failure.to_string().ends_with(" (and 2 more)"));
        assert_eq!(Failure::new("", "m").in_file("x", None).to_string(), "x: error: m");
    }
}
