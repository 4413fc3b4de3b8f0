//! `cargo xtask release` in a workspace of two packages: the plan, the checks, and a registry that fails half-way.

#![cfg(unix)]

use crate::support::{Playground, Run};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

#[track_caller]
fn contains(haystack: &str, needle: &str) {
    assert!(haystack.contains(needle), "no `{needle}` in:\n{haystack}");
}

/// A cargo that publishes to a file, and refuses a package while there is a file `refuse-NAME`. It has a judge of faces where
/// there is a file `faces`, whose text is what that says.
const CARGO: &str = r#"#!/bin/sh
if [ "$1" = semver-checks ]; then
    [ -e faces ] || exit 101
    [ "$2" = --version ] || { cat faces; echo "$@" >> asked; exit 1; }
    exit 0
fi
if [ "$1" != publish ]; then exec cargo "$@"; fi
for name; do :; done
if [ -e "refuse-$name" ]; then echo "the registry is out of order" >&2; exit 101; fi
if grep -qx "$name" published 2>/dev/null; then echo "error: crate $name@0.1.0 already exists on crates.io index" >&2; exit 101; fi
echo "$name" >> published
"#;

const PACKAGE: &str = r#"[package]
name = "NAME"
version = "0.1.0"
edition = "2024"
rust-version = "1.88"
description = "d"
license = "MIT"
repository = "https://github.com/a/b"
readme = "README.md"
keywords = ["k"]
categories = ["api-bindings"]
"#;

fn git(playground: &Playground, arguments: &[&str]) -> String {
    let output = Command::new("git").current_dir(playground.root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn write(playground: &Playground, path: &str, text: &str) {
    let path = playground.root().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A committed workspace: `client` needs `runtime`.
fn workspace() -> Playground {
    let playground = Playground::new();
    let put = |path: &str, text: &str| write(&playground, path, text);
    put("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"client\", \"runtime\"]\n");
    put(
        "client/Cargo.toml",
        &(PACKAGE.replace("NAME", "client")
            + "\n[dependencies]\nruntime = { path = \"../runtime\", version = \"0.1.0\" }\n"),
    );
    put("runtime/Cargo.toml", &PACKAGE.replace("NAME", "runtime"));
    put("LICENSE-MIT", "The licence.\n");
    put(".gitignore", "published\nrefuse-*\ncargo.sh\nfaces\nasked\ntarget\nCargo.lock\n");
    for name in ["client", "runtime"] {
        put(&format!("{name}/src/lib.rs"), "");
        put(&format!("{name}/README.md"), "");
        put(&format!("{name}/LICENSE-MIT"), "The licence.\n");
        put(&format!("{name}/CHANGELOG.md"), "# Changelog\n\n## [0.1.0] - Unreleased\n\n- All of it.\n");
    }
    put("cargo.sh", CARGO);
    fs::set_permissions(playground.root().join("cargo.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    git(&playground, &["init", "-q"]);
    for (key, value) in
        [("user.name", "t"), ("user.email", "t@t.invalid"), ("commit.gpgsign", "false"), ("tag.gpgsign", "false")]
    {
        git(&playground, &["config", key, value]);
    }
    commit(&playground);
    playground
}

fn commit(playground: &Playground) {
    git(playground, &["add", "-A"]);
    git(playground, &["commit", "-q", "-m", "m"]);
}

fn release(playground: &Playground, more: &[&str]) -> Run {
    let skip = ["--skip", "packages", "--skip", "docs", "--skip", "tests", "--day", "2026-11-29", "--root", "."];
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("release").args(skip).args(more).current_dir(playground.root());
    Run(command.env("CARGO", playground.root().join("cargo.sh")).output().unwrap())
}

#[test]
fn the_plan_has_an_order_and_reasons_and_the_checks_say_what_is_wrong() {
    let playground = workspace();
    let output = release(&playground, &[]).exits(0).output();
    contains(&output, "  1  runtime  0.1.0  release: the first one\n  2  client   0.1.0  release: the first one\n");
    contains(&output, "licences: well\npackages: left out\n");
    assert_eq!(git(&playground, &["tag"]), "");

    write(&playground, "client/Cargo.toml", &PACKAGE.replace("NAME", "client").replace("github.com", "example.com"));
    fs::remove_file(playground.root().join("runtime/LICENSE-MIT")).unwrap();
    let output = release(&playground, &["--execute"]).exits(1).output();
    contains(&output, "clean-tree: wrong\n  M client/Cargo.toml\n");
    contains(&output, "metadata: wrong\n  `client` has the address `https://example.com/a/b`, which leads nowhere\n");
    contains(&output, "licences: wrong\n  `runtime` has no `LICENSE-MIT` as the workspace has it\n");
    assert_eq!(git(&playground, &["tag"]), "", "released although something is wrong");
}

#[test]
fn a_release_that_stops_goes_on_where_it_was() {
    let playground = workspace();
    let published = || fs::read_to_string(playground.root().join("published")).unwrap();
    write(&playground, "refuse-client", "");
    let stopped = release(&playground, &["--execute"]).exits(1);
    contains(&stopped.errors(), "`client` cannot be published: the registry is out of order");
    assert_eq!((git(&playground, &["tag"]).as_str(), published().as_str()), ("runtime-v0.1.0\n", "runtime\n"));
    let changelog = fs::read_to_string(playground.root().join("client/CHANGELOG.md")).unwrap();
    contains(&changelog, "## [0.1.0] - 2026-11-29\n\n- All of it.\n");

    // It was published, and the run was stopped before the tag.
    fs::remove_file(playground.root().join("refuse-client")).unwrap();
    fs::write(playground.root().join("published"), "runtime\nclient\n").unwrap();
    release(&playground, &["--execute"]).exits(0);
    assert_eq!(git(&playground, &["tag"]), "client-v0.1.0\nruntime-v0.1.0\n");
    assert_eq!(published(), "runtime\nclient\n");
    let done = release(&playground, &["--execute"]).exits(0).output();
    contains(&done, "  1  runtime  0.1.0  released already\n  2  client   0.1.0  released already\n");

    // What has changed since needs a version of its own, and says why.
    write(&playground, "runtime/src/lib.rs", "//! Other.\n");
    commit(&playground);
    let stale = release(&playground, &[]).exits(1).output();
    contains(&stale, "versions: wrong\n  `runtime` has changed since `runtime-v0.1.0`: raise its version\n");
    write(
        &playground,
        "runtime/Cargo.toml",
        &PACKAGE.replace("NAME", "runtime").replace("version = \"0.1.0\"", "version = \"0.2.0\""),
    );
    write(
        &playground,
        "runtime/CHANGELOG.md",
        "# Changelog\n\n## [0.2.0] - Unreleased\n\n- **Breaking:** all.\n- More.\n",
    );
    write(
        &playground,
        "client/Cargo.toml",
        &(PACKAGE.replace("NAME", "client").replace("version = \"0.1.0\"", "version = \"0.1.1\"")
            + "\n[dependencies]\nruntime = { path = \"../runtime\", version = \"0.2.0\" }\n"),
    );
    commit(&playground);
    let next = release(&playground, &[]).exits(0).output();
    contains(
        &next,
        "  1  runtime  0.2.0  release: 2 changes, 1 of them breaking\n  2  client   0.1.1  release: its version is another\n",
    );
}

#[test]
fn what_was_released_before_judges_what_is_released_now() {
    let playground = workspace();
    let runtime = |version: &str, body: &str| {
        let manifest = PACKAGE.replace("NAME", "runtime").replace("0.1.0", version);
        write(&playground, "runtime/Cargo.toml", &manifest);
        write(&playground, "runtime/src/lib.rs", body);
        write(&playground, "client/Cargo.toml", &PACKAGE.replace("NAME", "client"));
        commit(&playground);
    };
    write(&playground, "runtime/examples/use.rs", "fn main() {\n    runtime::old();\n}\n");
    write(&playground, "runtime/tests/it.rs", "#[test]\nfn it_is_two() {\n    assert_eq!(runtime::two(), 2);\n}\n");
    runtime("0.1.0", "pub fn old() {}\npub fn two() -> u8 { 2 }\n");
    for name in ["client-v0.1.0", "runtime-v0.1.0"] {
        git(&playground, &["tag", name]);
    }

    // The new programs are right, the old ones are what counts: of the compiler and of themselves.
    write(&playground, "runtime/examples/use.rs", "fn main() {}\n");
    fs::remove_file(playground.root().join("runtime/tests/it.rs")).unwrap();
    runtime("0.1.1", "pub fn old() {}\npub fn two() -> u8 { 3 }\n");
    let output = release(&playground, &[]).exits(1).output();
    contains(&output, "old-programs: wrong\n  runtime-v0.1.0: ");
    contains(&output, "it_is_two");
    runtime("0.1.1", "pub fn new() {}\npub fn two() -> u8 { 2 }\n");
    let broken = "runtime-v0.1.0: runtime/examples/use.rs:2:14: error[E0425]";
    contains(&release(&playground, &[]).exits(1).output(), &format!("old-programs: wrong\n  {broken}"));
    runtime("0.2.0", "pub fn new() {}\npub fn two() -> u8 { 2 }\n");
    let output = release(&playground, &[]).exits(0).output();
    contains(&output, &format!("old-programs: well\n  {broken}"));

    contains(&output, "semver: left out: cargo-semver-checks is not installed");
    write(&playground, "faces", "function_missing\n");
    contains(&release(&playground, &[]).exits(1).output(), "semver: wrong\n  function_missing\n");
    let asked = fs::read_to_string(playground.root().join("asked")).unwrap();
    assert_eq!(asked, "semver-checks --baseline-rev runtime-v0.1.0 --package runtime\n");
}

#[test]
fn what_this_repository_publishes_has_what_a_release_asks_for() {
    let skip = ["clean-tree", "drift", "versions", "packages", "semver", "old-programs", "docs", "tests"]
        .map(|check| ["--skip", check])
        .concat();
    // A copy whose packages are for a registry of its own is released to that.
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml")).unwrap();
    let registry = manifest.split_once("registry = \"").and_then(|(_, rest)| rest.split('"').next());
    let registry = registry.map(|name| ["--registry", name]).into_iter().flatten();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = Run(command.arg("release").args(skip).args(registry).output().unwrap()).exits(0).output();
    contains(&output, "metadata: well\nlicences: well\n");
    assert!(!output.contains("golden"), "crates of tests would be published:\n{output}");
}
