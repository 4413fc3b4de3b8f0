//! A vendor changes its document: what the maintainer is told, from the difference to the plan of the next release, for every kind
//! of change that the generator's own tests have.

use crate::support::Playground;
use serde_json::Value;
use std::{fs, path::Path, process::Command};

fn story() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("codegen/src/diff/story.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// JSON Merge Patch (RFC 7396, section 2).
fn patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let fields = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            fields.remove(key);
        } else {
            self::patch(fields.entry(key.as_str()).or_insert(Value::Null), value);
        }
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn commit(playground: &Playground) {
    git(playground.root(), &["add", "-A"]);
    git(playground.root(), &["commit", "-q", "-m", "m"]);
}

/// Lets the crate be published, which those of other folders than this repository's are not.
fn publish(playground: &Playground) {
    let path = playground.out("pets/Cargo.toml");
    let manifest = fs::read_to_string(&path).unwrap();
    fs::write(path, manifest.replace("publish = false\n", "")).unwrap();
}

#[test]
fn every_change_of_the_story_leads_to_its_release() {
    let story = story();
    let playground = Playground::new();
    let write = |document: &Value| playground.spec("pets.json", &serde_json::to_string_pretty(document).unwrap());
    write(&story["document"]);
    playground.regen(&[]).exits(0);
    publish(&playground);
    git(playground.root(), &["init", "-q"]);
    commit(&playground);
    git(playground.root(), &["tag", "pets-v0.1.0"]);
    for case in story["cases"].as_array().unwrap() {
        let (name, changes) = (case["name"].as_str().unwrap(), case["changes"].as_array().unwrap());
        git(playground.root(), &["checkout", "-q", "-f", "pets-v0.1.0"]);
        let mut document = story["document"].clone();
        patch(&mut document, &case["patch"]);
        write(&document);
        playground.regen(&[]).exits(0);
        publish(&playground);
        commit_if_any(&playground, changes);
        let version = released(changes);
        let manifest = fs::read_to_string(playground.out("pets/Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("version = \"{version}\"")), "{name}: {manifest}");

        let told = playground.run(&["diff", "--specs", "specs", "--crates", "out", "--format", "json"]).exits(0);
        let told: Value = serde_json::from_str(&told.output()).unwrap();
        let words = |changes: &[Value]| changes.iter().map(|change| change["words"].clone()).collect::<Vec<_>>();
        assert_eq!(words(told["apis"][0]["changes"].as_array().unwrap()), words(changes), "{name}");

        let skip = ["metadata", "licences", "packages", "semver", "old-programs", "docs", "tests"]
            .map(|check| ["--skip", check])
            .concat();
        let plan = playground.run(&[&["release", "--root", "out"], &skip[..]].concat()).exits(0);
        assert!(plan.output().contains(&planned(version, changes)), "{name}:\n{}", plan.output());
    }
}

fn commit_if_any(playground: &Playground, changes: &[Value]) {
    if !changes.is_empty() {
        commit(playground);
    }
}

/// The version that these changes ask for behind 0.1.0.
fn released(changes: &[Value]) -> &'static str {
    match changes.iter().any(|change| change["bump"] == "major") {
        true => "0.2.0",
        false if changes.is_empty() => "0.1.0",
        false => "0.1.1",
    }
}

/// What the plan of a release says.
fn planned(version: &str, changes: &[Value]) -> String {
    let line = |why: &str| format!("pets  {version}  {why}");
    let breaking = changes.iter().filter(|change| change["bump"] == "major").count();
    match changes {
        [] => line("released already"),
        [only] if only["code"] == "documentation-changed" => {
            line("release: The vendor describes one thing in other words.")
        }
        [only] => {
            let mark = if breaking > 0 { "**Breaking:** " } else { "" };
            line(&format!("release: {mark}{}.", only["words"].as_str().unwrap()))
        }
        more => line(&format!("release: {} changes, {breaking} of them breaking", more.len())),
    }
}
