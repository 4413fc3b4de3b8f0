//! The command line: what there is to say, and what each command answers with.
//!
//! Exit codes: 0 done, 1 a document or a check failed, 2 wrong usage.

use crate::{commands, corpus, process::system, worker};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

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
    /// Take over an API: from its document, from fragments of it, or from pages that embed it.
    Add(commands::add::Arguments),
    /// Take an API away, with its crate.
    Remove(commands::add::RemoveArguments),
    /// Look for faults in documents, and generate nothing.
    Lint(commands::lint::Arguments),
    /// Tell what has changed for those who use the crates: in the document, in Rust, and on the wire.
    Diff(commands::diff::Arguments),
    /// Plan a release and check all that has to be true of it; publish, if that is wanted.
    Release(commands::release::Arguments),
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
    /// Measure what crates cost to generate, check and build, beside those of other generators.
    Bench(commands::bench::Arguments),
    /// Tell what the code of a finding means.
    Explain(commands::explain::Arguments),
    /// Do something with one document for the process that waits for it.
    #[command(hide = true, name = worker::COMMAND)]
    Work(worker::Arguments),
    /// Become another program that ends when the process that started it does.
    #[command(hide = true, name = system::EXEC)]
    CorpusExec(commands::corpus::ExecArguments),
}

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    if let Some(exit) = corpus::rustc::as_wrapper() {
        return exit.into();
    }
    let exit = match Cli::parse().command {
        Command::Regen(arguments) => commands::regen::run(&arguments),
        Command::Add(arguments) => commands::add::run(&arguments),
        Command::Remove(arguments) => commands::add::run_remove(&arguments),
        Command::Lint(arguments) => commands::lint::run(&arguments),
        Command::Diff(arguments) => commands::diff::run(&arguments),
        Command::Release(arguments) => commands::release::run(&arguments),
        Command::Effective(arguments) => commands::effective::run(&arguments),
        Command::Contract(arguments) => commands::contract::run(&arguments),
        Command::Conformance(arguments) => commands::conformance::run(&arguments),
        Command::JsonSchema(arguments) => commands::json_schema::run(&arguments),
        Command::Corpus(arguments) => commands::corpus::run(&arguments),
        Command::Bench(arguments) => commands::bench::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Work(arguments) => commands::work::run(&arguments),
        Command::CorpusExec(arguments) => commands::corpus::exec(&arguments),
    };
    exit.into()
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
