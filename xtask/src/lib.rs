//! The generator and the maintainer's commands: `cargo xtask --help`.
//!
//! A library, because two programs are made of it: `xtask` in the workspace, and the one in `standalone/` that the alias
//! runs. Cargo cannot load a workspace in which a generated crate is missing or broken, and that is when it is needed most.

#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "only `main` is linked to: `pub` says what a module offers to the others")]

mod annotate;
mod bench;
mod cli;
pub mod codes;
mod commands;
mod conformance;
mod contract;
mod corpus;
mod dependents;
mod diff;
mod fence;
mod file;
mod fingerprint;
#[cfg(test)]
mod fuzz;
mod git;
pub mod golden;
mod history;
mod lock_file;
mod manifest;
mod process;
mod registry;
mod release;
mod report;
mod schema_test;
mod terminal;
mod wire;
mod worker;
mod workspace;
mod write;

/// Runs the command line.
pub fn main() -> std::process::ExitCode {
    cli::main()
}
