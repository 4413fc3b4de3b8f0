//! `cargo xtask diff` between documents, between revisions, and since the last releases.

use crate::support::{Playground, document, overlay};
use std::{fs, process::Command};

#[track_caller]
fn contains(haystack: &str, needle: &str) {
    assert!(haystack.contains(needle), "no `{needle}` in:\n{haystack}");
}

/// The same document after the vendor has made the name of a thing a number.
fn changed() -> String {
    document("one", "listThings").replace("{\"type\": \"string\"}", "{\"type\": \"integer\"}")
}

fn git(playground: &Playground, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    let mut command = Command::new("git");
    command.current_dir(playground.root()).args(identity).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn two_documents_are_compared_in_every_form() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.spec("two.json", &changed());
    let between = |more: &[&str]| playground.run(&[&["diff", "specs/one.json", "specs/two.json"], more].concat());
    let text = between(&[]).exits(0).output();
    contains(&text, "one: 1 breaking; for programs: major\n");
    contains(&text, "breaking  major  `Thing::name` is `i64`, it was `String` [field-type-changed]");
    contains(&text, "was at specs/one.json:20:50, is at specs/two.json:20:50");
    contains(&text, "types::Thing.name (major): `Option<String>` is now `Option<i64>`");
    let json = between(&["--format", "json"]).exits(0).output();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["apis"][0]["class"], &json["apis"][0]["bump"]), (&"breaking".into(), &"major".into()));
    between(&["--format", "markdown", "--out", "changes.md"]).exits(0);
    let markdown = fs::read_to_string(playground.root().join("changes.md")).unwrap();
    contains(&markdown, "### Breaking\n\n- `Thing::name` is `i64`, it was `String`");
    between(&["--deny-breaking"]).exits(1);
    let same = playground.run(&["diff", "specs/one.json", "specs/one.json", "--deny-breaking"]).exits(0);
    assert_eq!(same.output(), "one: no changes\n");
}

#[test]
fn each_change_has_its_own_place_where_several_are_of_one() {
    let playground = Playground::new();
    let document = |word: &str| {
        let get = |id: &str| {
            format!(
                r#"{{"operationId": "{id}", "summary": "{word}", "tags": ["{word}"], "deprecated": {}, "responses": {{}}}}"#,
                word == "new"
            )
        };
        let paths = ["a", "b", "c"].map(|id| format!("\"/{id}\": {{\"get\":\n{}}}", get(id))).join(",\n");
        format!(
            "{{\"openapi\": \"3.1.0\", \"info\": {{\"title\": \"T\", \"version\": \"1\"}}, \"paths\": {{\n{paths}}}}}"
        )
    };
    playground.spec("old.json", &document("old"));
    playground.spec("new.json", &document("new"));
    let told = playground.run(&["diff", "specs/old.json", "specs/new.json", "--format", "json"]).exits(0).output();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let changes = told["apis"][0]["changes"].as_array().unwrap();
    let of = |id: &str| {
        let own = changes.iter().filter(|change| change["after"] == format!("/paths/~1{id}/get"));
        own.map(|change| (change["old_place"].clone(), change["new_place"].clone())).collect::<Vec<_>>()
    };
    for (id, line) in [("a", 2), ("b", 4), ("c", 6)] {
        let place = |name: &str| serde_json::Value::from(format!("specs/{name}.json:{line}:8"));
        assert!(of(id).len() > 1, "{told:#}");
        assert!(of(id).iter().all(|both| *both == (place("old"), place("new"))), "{:?}", of(id));
    }
}

#[test]
fn a_document_is_compared_with_that_of_its_name_and_overlays_count() {
    let playground = Playground::new();
    playground.spec("one.json", &changed());
    playground.spec("other.json", &document("other", "listThings"));
    let old = playground.root().join("one.json");
    fs::write(&old, document("one", "listThings")).unwrap();
    let since = |more: &[&str]| playground.run(&[&["diff", "one.json", "--specs", "specs"], more].concat());
    contains(&since(&["--deny-breaking"]).exits(1).output(), "`Thing::name` is `i64`, it was `String`");
    let string = r#"{"target": "$.components.schemas.Thing.properties.name", "update": {"type": "string"}}"#;
    playground.spec("one.overlay.json", &overlay(string));
    assert_eq!(since(&[]).exits(0).output(), "one: no changes\n");
    contains(&since(&["--api", "other"]).exits(0).output(), "other: ");
    contains(&since(&["--api", "none"]).exits(2).errors(), "none");
}

#[test]
fn revisions_are_compared_with_the_names_that_crates_had() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.regen(&[]).exits(0);
    git(&playground, &["init", "-q"]);
    git(&playground, &["add", "-A"]);
    git(&playground, &["commit", "-q", "-m", "first"]);
    git(&playground, &["tag", "one-v0.1.0"]);
    let folders = ["--specs", "specs", "--crates", "out"];
    let diff = |arguments: &[&str]| playground.run(&[&["diff"], arguments, &folders].concat());
    assert_eq!(diff(&["HEAD"]).exits(0).output(), "one: no changes\n");
    playground.spec("one.json", &document("one", "listAll"));
    playground.spec("two.json", &document("two", "listThings"));
    let text = diff(&["HEAD"]).exits(0).output();
    contains(&text, "`list_things` keeps its name; its `operationId` is `listAll`, it was `listThings`");
    contains(&text, "was at HEAD:specs/one.json:7:7, is at specs/one.json:7:7");
    contains(&text, "two: new\n");
    git(&playground, &["add", "-A"]);
    git(&playground, &["commit", "-q", "-m", "second"]);
    contains(&diff(&["HEAD~1", "HEAD"]).exits(0).output(), "`listAll`");
    contains(&diff(&["HEAD", "HEAD~1"]).exits(0).output(), "two: gone\n");
    let released = diff(&[]).exits(0).output();
    contains(&released, "one: 1 warning; for programs: patch\n");
    contains(&released, "two: new\n");
    fs::remove_file(playground.root().join("specs/one.json")).unwrap();
    git(&playground, &["tag", "two-v0.1.0"]);
    fs::remove_dir_all(playground.out("one")).unwrap();
    assert_eq!(diff(&[]).exits(0).output(), "one: gone\ntwo: no changes\n");
    playground.spec("one.json", &document("one", "listAll"));
    git(&playground, &["checkout", "--", "out"]);
    contains(&diff(&["no-such-revision"]).exits(2).errors(), "neither a file nor a revision");
    let status = Command::new("git").current_dir(playground.root()).args(["status", "--porcelain"]).output().unwrap();
    assert!(status.stdout.is_empty(), "the work tree or the index has changed");
}

#[test]
fn a_document_with_faults_is_shown_and_fails() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.spec("bad.json", &document("one", "listThings").replace("schemas/Thing\"", "schemas/Things\""));
    let run = playground.run(&["diff", "specs/one.json", "specs/bad.json"]).exits(1);
    contains(&run.errors(), "error[dangling-ref]");
}
