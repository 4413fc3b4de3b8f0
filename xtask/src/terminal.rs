//! The terminal: what is written to the two streams, and how a command ends.

use codegen::{
    diagnostics::Severity,
    render::{Look, render_plain},
};
use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Done,
    /// A document or a check failed.
    Failed,
    /// The command line asks for what cannot be.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Failed => Self::from(1),
            Exit::Usage => Self::from(2),
        }
    }
}

/// Whether the standard error stream takes colours (<https://no-color.org>).
pub fn colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Shows an error that is not about a place in a document.
pub fn complain(message: &dyn Display) {
    complain_with_help(message, None);
}

/// The same with what to do about it, where that is known.
pub fn complain_with_help(message: &dyn Display, help: Option<&str>) {
    let style = Look { colour: colour(), ..Look::default() };
    show_findings(&render_plain(Severity::Error, message, help, style));
}

/// Writes findings to the standard error stream. Nobody is left to tell when that fails.
pub fn show_findings(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Writes results to the standard output stream. A reader that has seen enough and closed the pipe is no failure.
pub fn show(text: &str) -> Exit {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => Exit::Done,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            complain(&format!("cannot write to the standard output: {error}"));
            Exit::Failed
        }
    }
}
