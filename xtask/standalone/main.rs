//! What `cargo xtask` runs: the generator, in a workspace that has no generated crates.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    xtask::main()
}
