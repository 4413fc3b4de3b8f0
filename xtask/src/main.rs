//! The generator and the maintainer's commands: `cargo xtask --help`.

#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "nobody links to a program: `pub` says what a module offers to the others")]

mod cargo_toml;
mod cli;
mod commands;
mod compile;
mod diagnostics;
mod emit;
mod explain;
mod fingerprint;
mod generate;
mod lint;
mod load;
mod lower;
mod manifest;
mod origins;
mod overlay;
mod pipeline;
mod plan;
mod polish;
mod position;
mod render;
mod report;
mod scan;
mod workspace;
mod write;

fn main() -> std::process::ExitCode {
    cli::main()
}
