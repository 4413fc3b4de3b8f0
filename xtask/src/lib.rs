//! The generator and the maintainer's commands: `cargo xtask --help`.
//!
//! A library, because two programs are made of it: `xtask` in the workspace, and the one in `standalone/` that the alias
//! runs. Cargo cannot load a workspace in which a generated crate is missing or broken, and that is when it is needed most.

#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "only `main` is linked to: `pub` says what a module offers to the others")]

mod bundle;
mod cargo_toml;
mod cli;
mod commands;
mod compile;
mod conformance;
mod contract;
mod corpus;
mod diagnostics;
mod elsewhere;
mod emit;
mod explain;
mod fence;
mod fingerprint;
#[cfg(test)]
mod fuzz;
mod generate;
pub mod golden;
mod identify;
pub mod json_schema;
mod lint;
mod load;
mod lower;
mod manifest;
mod methods;
mod origins;
mod overlay;
mod path_items;
mod pipeline;
mod plan;
mod polish;
mod position;
mod process;
mod registry;
mod render;
mod report;
mod scan;
mod schema_test;
mod swagger;
mod wire;
mod worker;
mod workspace;
mod write;
mod yaml;

/// Runs the command line.
pub fn main() -> std::process::ExitCode {
    cli::main()
}
