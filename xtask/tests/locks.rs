//! Two workspaces build the generator: they must build the same one.

use std::collections::BTreeSet;
use std::path::Path;

/// `name version` of every package in a lock file.
fn packages(lock: &str) -> BTreeSet<String> {
    let lines: Vec<&str> = lock.lines().collect();
    lines
        .windows(2)
        .filter_map(|pair| {
            let [name, version] = pair else { return None };
            Some(format!("{} {}", name.strip_prefix("name = ")?, version.strip_prefix("version = ")?))
        })
        .collect()
}

#[test]
fn the_standalone_generator_is_built_of_the_workspaces_versions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
    let workspace = packages(&read("../Cargo.lock"));
    let standalone = packages(&read("standalone/Cargo.lock"));
    let strange: Vec<_> =
        standalone.difference(&workspace).filter(|package| !package.contains("xtask-standalone")).collect();
    assert!(
        strange.is_empty(),
        "not in the workspace's lock file: {strange:?}; copy Cargo.lock to xtask/standalone/ and run `cargo xtask regen`"
    );
}
