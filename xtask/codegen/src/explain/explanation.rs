//! The explanation of one code.

use std::fmt;

/// What one code means.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code, for example `dangling-ref`.
    pub code: &'static str,
    /// What is so, in a few words.
    pub title: &'static str,
    /// What it means and what to do, in a few sentences.
    pub text: &'static str,
    /// A piece of a document or of generated code that shows it.
    pub before: &'static str,
    /// The same piece when it is put right, or what becomes of it.
    pub after: &'static str,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, title, text, before, after } = self;
        let indented = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        write!(f, "{code}: {title}\n\n{text}\n\nbefore\n\n{}\nafter\n\n{}", indented(before), indented(after))
    }
}
