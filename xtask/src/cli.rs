//! The command line: what there is to say, and what each command answers with.
//!
//! Exit codes: 0 done, 1 a document or a check failed, 2 wrong usage.

use crate::{
    commands, corpus,
    diagnostics::Severity,
    load::Limits,
    process::system,
    render::{Style, render_plain},
    worker,
};
use clap::{Args, Parser, Subcommand};
use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Makes Rust client crates from OpenAPI documents.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate the crates of all documents whose inputs have changed.
    Regen(commands::regen::Arguments),
    /// Look for faults in documents, and generate nothing.
    Lint(commands::lint::Arguments),
    /// Print a document with its overlay applied.
    Effective(commands::effective::Arguments),
    /// Call every operation of the generated crates, and let Prism and Steady judge the requests and the answers.
    Contract(commands::contract::Arguments),
    /// Call every scenario of a suite for client generators through crates made of its documents.
    Conformance(commands::conformance::Arguments),
    /// Bring every value of a suite for JSON Schema through types that are made of its schemas.
    JsonSchema(commands::json_schema::Arguments),
    /// Run every document of a folder through the generator, and its crates through rustc if asked for.
    Corpus(commands::corpus::Arguments),
    /// Tell what the code of a finding means.
    Explain(commands::explain::Arguments),
    /// Do something with one document for the process that waits for it.
    #[command(hide = true, name = worker::COMMAND)]
    Work(worker::Arguments),
    /// Become another program that ends when the process that started it does.
    #[command(hide = true, name = system::EXEC)]
    CorpusExec(commands::corpus::ExecArguments),
}

/// Where documents are read from, and what is shown of the findings.
#[derive(Clone, Debug, Args)]
pub struct InputArguments {
    /// The folder of documents and overlays [default: this repository's `specs`].
    #[arg(long, value_name = "DIR")]
    pub specs: Option<PathBuf>,
    /// The greatest size of a document, in MiB.
    #[arg(long, value_name = "N", default_value_t = 64)]
    max_mib: u32,
    /// Carry on where a document is broken, with the least loss: faults become warnings.
    #[arg(long)]
    pub lenient: bool,
    /// Show adaptations as well.
    #[arg(long, short)]
    pub verbose: bool,
}

impl InputArguments {
    /// What a file may cost.
    pub fn limits(&self) -> Limits {
        Limits { max_bytes: u64::from(self.max_mib) << 20 }
    }

    /// How findings are shown on the standard error stream.
    pub fn style(&self) -> Style {
        Style { colour: colour(), verbose: self.verbose }
    }
}

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

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    if let Some(exit) = corpus::rustc::as_wrapper() {
        return exit.into();
    }
    let exit = match Cli::parse().command {
        Command::Regen(arguments) => commands::regen::run(&arguments),
        Command::Lint(arguments) => commands::lint::run(&arguments),
        Command::Effective(arguments) => commands::effective::run(&arguments),
        Command::Contract(arguments) => commands::contract::run(&arguments),
        Command::Conformance(arguments) => commands::conformance::run(&arguments),
        Command::JsonSchema(arguments) => commands::json_schema::run(&arguments),
        Command::Corpus(arguments) => commands::corpus::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Work(arguments) => worker::work(&arguments),
        Command::CorpusExec(arguments) => commands::corpus::exec(&arguments),
    };
    exit.into()
}

/// Whether the standard error stream takes colours (<https://no-color.org>).
fn colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Shows an error that is not about a place in a document.
pub fn complain(message: &dyn Display) {
    let style = Style { colour: colour(), verbose: false };
    show_findings(&render_plain(Severity::Error, message, None, style));
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
