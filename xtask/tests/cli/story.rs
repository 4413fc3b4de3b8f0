//! A vendor changes its document: what the maintainer is told, from the difference to the plan of the next release, for every kind
//! of change that the generator's own tests have.

use crate::support::Playground;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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

/// The crate as rustdoc describes it, for cargo-semver-checks. What it depends on is built once for all.
fn described(playground: &Playground, name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/semver");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(playground.out("")).args(["rustdoc", "--lib", "--package", "pets", "--no-default-features"]);
    command.args([
        "--features",
        "client",
        "--",
        "-Zunstable-options",
        "--output-format",
        "json",
        "--cap-lints",
        "allow",
    ]);
    // The form is no stable one: cargo-semver-checks asks for it in the same way.
    let output = command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &target).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let kept = playground.root().join(format!("{name}.json"));
    fs::copy(target.join("doc/pets.json"), &kept).unwrap();
    kept
}

/// What cargo-semver-checks says that must change of the version, in the words that the story has for it.
fn judged(before: &Path, after: &Path) -> &'static str {
    let mut command = Command::new(env!("CARGO"));
    command.args(["semver-checks", "--release-type", "patch", "--baseline-rustdoc"]).arg(before);
    let output = command.arg("--current-rustdoc").arg(after).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    match said.lines().find(|line| line.trim_start().starts_with("Summary")) {
        Some(line) if line.contains("new major version") => "major",
        Some(line) if line.contains("new minor version") => "minor",
        Some(line) if line.contains("no semver update required") => "patch",
        _ => panic!("{said}"),
    }
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

/// The two verdicts on every change, ours and that of those who wrote cargo-semver-checks. Where they are not the same the story
/// says why.
#[test]
#[ignore = "needs cargo-semver-checks, and builds a crate for every change: a minute or two"]
fn cargo_semver_checks_says_the_same_or_the_story_says_why() {
    let story = story();
    let playground = Playground::new();
    let write = |document: &Value| playground.spec("pets.json", &serde_json::to_string_pretty(document).unwrap());
    write(&story["document"]);
    playground.regen(&[]).exits(0);
    git(playground.root(), &["init", "-q"]);
    commit(&playground);
    let before = described(&playground, "before");
    let mut wrong = Vec::new();
    for case in story["cases"].as_array().unwrap() {
        let mut document = story["document"].clone();
        patch(&mut document, &case["patch"]);
        git(playground.root(), &["reset", "-q", "--hard"]);
        write(&document);
        playground.regen(&[]).exits(0);
        let theirs = judged(&before, &described(&playground, "after"));
        let bump = |bump: &str| case["changes"].as_array().unwrap().iter().any(|change| change["bump"] == bump);
        let ours = ["major", "minor"].into_iter().find(|word| bump(word)).unwrap_or("patch");
        let told = case["semver-checks"]["says"].as_str().unwrap_or(ours);
        if theirs != told || (theirs == ours) != case["semver-checks"].is_null() {
            wrong.push(format!("{}: ours {ours}, theirs {theirs}, said to be {told}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        more if breaking == 0 => line(&format!("release: {} changes", more.len())),
        more => line(&format!("release: {} changes, {breaking} of them breaking", more.len())),
    }
}
