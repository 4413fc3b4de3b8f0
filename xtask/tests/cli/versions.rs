//! Versions and changelogs of generated crates, from one vendor's document to the next.

use crate::support::{Playground, document};
use std::fs;

#[track_caller]
fn contains(haystack: &str, needle: &str) {
    assert!(haystack.contains(needle), "no `{needle}` in:\n{haystack}");
}

/// The same document after the vendor has made the name of a thing a number.
fn broken() -> String {
    document("one", "listThings").replace("{\"type\": \"string\"}", "{\"type\": \"integer\"}")
}

/// The same document after the vendor has described an answer otherwise.
fn described() -> String {
    document("one", "listThings")
        .replace("{\"type\": \"string\"}", "{\"type\": \"string\", \"description\": \"Its name.\"}")
}

fn read(playground: &Playground, path: &str) -> String {
    fs::read_to_string(playground.out(path)).unwrap()
}

fn version(playground: &Playground) -> String {
    let manifest = read(playground, "one/Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \"")).unwrap();
    line.split('"').next().unwrap().to_owned()
}

#[test]
fn a_change_gives_a_version_and_an_entry_and_nothing_the_second_time() {
    let playground = Playground::started();
    assert_eq!(version(&playground), "0.1.0");
    contains(&read(&playground, "one/CHANGELOG.md"), "## [0.1.0]\n\nThe first release.\n");
    let before = playground.tree("");

    playground.spec("one.json", &broken());
    let output = playground.regen(&[]).exits(0).output();
    contains(&output, "one 0.2.0: 1 breaking; for programs: major since 0.1.0\n");
    contains(&output, "  breaking: `Thing::name` is `i64`, it was `String`\n");
    assert_eq!(version(&playground), "0.2.0");
    let changelog = read(&playground, "one/CHANGELOG.md");
    contains(&changelog, "## [0.2.0] - Unreleased\n");
    contains(&changelog, "### Changed\n\n- **Breaking:** `Thing::name` is `i64`, it was `String`.\n");
    let changed = playground.tree("");
    contains(&playground.regen(&[]).exits(0).output(), "1 skipped");
    contains(&playground.regen(&["--force"]).exits(0).output(), "1 unchanged");
    playground.regen(&["--check"]).exits(0);
    assert_eq!(playground.tree(""), changed);

    playground.spec("one.json", &document("one", "listThings"));
    contains(&playground.regen(&["--check"]).exits(1).output(), "-version = \"0.2.0\"\n+version = \"0.1.0\"");
    playground.regen(&[]).exits(0);
    assert_eq!(playground.tree(""), before, "a change that is taken back leaves something");
}

#[test]
fn without_a_tag_the_crate_knows_what_was_released() {
    let playground = Playground::started();
    playground.spec("one.json", &broken());
    let since = playground.run(&["diff", "--specs", "specs", "--crates", "out"]).exits(0).output();
    contains(&since, "one: 1 breaking; for programs: major\n");
    contains(&since, "document  is at specs/one.json:20:50\n");
}

#[test]
fn a_description_is_a_patch() {
    let playground = Playground::started();
    playground.spec("one.json", &described());
    contains(&playground.regen(&[]).exits(0).output(), "one 0.1.1: 1 info; for programs: patch since 0.1.0\n");
    assert_eq!(version(&playground), "0.1.1");
    contains(&read(&playground, "one/CHANGELOG.md"), "- The vendor describes one thing in other words.\n");
}

#[test]
fn a_version_may_be_raised_and_not_lowered() {
    let playground = Playground::started();
    playground.spec("one.json", &broken());
    playground.regen(&[]).exits(0);
    let give = |version: &str| {
        let text = read(&playground, "one/Cargo.toml");
        let old = text.lines().find(|line| line.starts_with("version = ")).unwrap().to_owned();
        fs::write(playground.out("one/Cargo.toml"), text.replace(&old, &format!("version = \"{version}\""))).unwrap();
    };
    give("0.1.5");
    let errors = playground.regen(&[]).exits(1).errors();
    contains(&errors, "error[version-lowered]: `one`: the version 0.1.5 is too low");
    contains(&errors, "needs 0.2.0 at least");
    playground.regen(&["--allow-breaking"]).exits(0);
    assert_eq!(version(&playground), "0.1.5");
    contains(&playground.regen(&["--force"]).exits(0).output(), "1 unchanged");
    give("1.0.0");
    playground.regen(&[]).exits(0);
    contains(&read(&playground, "one/CHANGELOG.md"), "## [1.0.0] - Unreleased");
    playground.regen(&["--force"]).exits(0);
    assert_eq!(version(&playground), "1.0.0");
}

#[test]
fn what_somebody_adds_to_the_changelog_stays() {
    let playground = Playground::started();
    playground.spec("one.json", &broken());
    playground.regen(&[]).exits(0);
    let mine = read(&playground, "one/CHANGELOG.md").replace("The first release.", "The first release.\n\nMine.");
    fs::write(playground.out("one/CHANGELOG.md"), &mine).unwrap();
    playground.regen(&[]).exits(0);
    assert_eq!(read(&playground, "one/CHANGELOG.md"), mine);
    playground.spec("one.json", &described());
    playground.regen(&[]).exits(0);
    let changelog = read(&playground, "one/CHANGELOG.md");
    contains(&changelog, "Mine.");
    contains(&changelog, "## [0.1.1] - Unreleased");
    assert!(!changelog.contains("i64"), "{changelog}");
}

#[test]
fn what_counts_as_released_is_said() {
    let playground = Playground::started();
    playground.spec("one.json", &broken());
    playground.regen(&["--as-released"]).exits(0);
    assert_eq!(version(&playground), "0.1.0");
    contains(&playground.regen(&[]).exits(0).output(), "1 skipped");
    playground.spec("one.json", &document("one", "listThings"));
    playground.regen(&[]).exits(0);
    contains(&read(&playground, "one/CHANGELOG.md"), "`Thing::name` is `String`, it was `i64`");
    fs::write(playground.out("one/.switchboard-release.json"), "<<<<<<<").unwrap();
    contains(&playground.regen(&[]).exits(1).errors(), "error[unreadable-release]");
}
