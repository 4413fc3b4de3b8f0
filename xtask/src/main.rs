//! `cargo run -p xtask`; what the alias `cargo xtask` runs is the same in a workspace of its own, see `standalone/`.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    xtask::main()
}
