//! `cargo xtask regen` as its users meet it: the program itself, on small documents, in folders of its own.

use crate::support::{Playground, document, overlay};
use std::fs;

/// `needle` stands in `haystack`, or the test fails and shows both.
#[track_caller]
fn contains(haystack: &str, needle: &str) {
    assert!(haystack.contains(needle), "no `{needle}` in:\n{haystack}");
}

#[test]
fn faults_are_placed_and_cost_only_the_crate_of_their_document() {
    let playground = Playground::new();
    let names = ["broken", "circle", "dangling", "good", "stale", "twice"];
    for name in names {
        playground.spec(&format!("{name}.json"), &document(name, "listThings"));
    }
    playground.regen(&[]).exits(0);
    let faulty = ["broken", "circle", "dangling", "stale", "twice"];
    let before: Vec<_> = faulty.iter().map(|name| playground.tree(name)).collect();
    let good = playground.tree("good");

    playground.spec("broken.json", &document("t", "listThings").replace("\"paths\": {", "\"paths\": {,"));
    playground.spec("circle.json", "{\"openapi\": \"3.0.3\",\n \"openapi\": \"3.1.0\"}");
    playground.spec("dangling.json", &document("t", "listThings").replace("schemas/Thing\"", "schemas/Things\""));
    playground.spec("good.json", &document("good", "listAllThings"));
    playground.spec("stale.overlay.json", &overlay(r#"{"target": "$.components.schemas.Gone", "remove": true}"#));
    let post = r#""post": {"operationId": "listThings"}, "get": {"#;
    playground.spec("twice.json", &document("t", "listThings").replace("\"get\": {", post));
    let run = playground.regen(&[]).exits(1);

    let errors = run.errors();
    for place in [
        "specs/broken.json:5:13",
        "specs/circle.json:2:2",
        "specs/circle.json:1:2",
        "specs/dangling.json:12:65",
        "specs/stale.overlay.json:5:12",
        "specs/twice.json:7:7",
        "specs/twice.json:8:24",
    ] {
        contains(&errors, place);
    }
    for code in
        ["not-json", "duplicate-key", "dangling-ref", "overlay-no-match", "missing-responses", "duplicate-operation-id"]
    {
        contains(&errors, &format!("error[{code}]"));
    }
    contains(&errors, "did you mean `#/components/schemas/Thing`?");
    for (name, before) in faulty.iter().zip(before) {
        assert_eq!(playground.tree(name), before, "{name} was touched");
    }
    assert_ne!(playground.tree("good"), good);
    contains(&run.output(), "6 APIs");
}

#[test]
fn what_has_not_changed_is_skipped_and_a_change_touches_one_crate() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.spec("two.json", &document("two", "listThings"));
    contains(&playground.regen(&[]).exits(0).output(), "2 written");
    contains(&playground.regen(&[]).exits(0).output(), "2 skipped");
    contains(&playground.regen(&["--force"]).exits(0).output(), "2 unchanged");
    playground.regen(&["--check"]).exits(0);
    let (one, two) = (playground.tree("one"), playground.tree("two"));

    playground.spec("two.json", &document("two", "listEverything"));
    let check = playground.regen(&["--check"]).exits(1);
    contains(&check.output(), "+++ out/two/");
    contains(&check.output(), "\n+");
    assert_eq!(playground.tree("two"), two, "a check has written");
    playground.regen(&[]).exits(0);
    assert_eq!(playground.tree("one"), one);
    assert_ne!(playground.tree("two"), two);
    playground.regen(&["--check"]).exits(0);
}

#[test]
fn a_crate_that_is_gone_or_edited_comes_back_as_it_was() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.regen(&[]).exits(0);
    let before = playground.tree("");
    fs::remove_dir_all(playground.out("one")).unwrap();
    playground.regen(&[]).exits(0);
    assert_eq!(playground.tree(""), before);
    fs::write(playground.out("one/src/lib.rs"), "edited").unwrap();
    contains(&playground.regen(&["--check"]).exits(1).output(), "-edited");
    playground.regen(&[]).exits(0);
    assert_eq!(playground.tree(""), before);
}

#[test]
fn what_was_added_by_hand_stays() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.regen(&[]).exits(0);
    fs::write(playground.out("one/CHANGELOG.md"), "# Changes\n").unwrap();
    let manifest = fs::read_to_string(playground.out("one/Cargo.toml")).unwrap();
    let version = manifest.lines().find(|line| line.starts_with("version")).unwrap().to_owned();
    let edited = manifest.replacen(&format!("\n{version}\n"), "\nversion = \"0.9.1\" # released\n", 1).replacen(
        "[package]",
        "[package]\nhomepage = \"h\"",
        1,
    );
    fs::write(playground.out("one/Cargo.toml"), edited).unwrap();
    playground.spec("one.json", &document("one", "listEverything"));
    playground.regen(&[]).exits(0);
    let manifest = fs::read_to_string(playground.out("one/Cargo.toml")).unwrap();
    contains(&manifest, "version = \"0.9.1\" # released");
    contains(&manifest, "homepage = \"h\"");
    assert!(fs::read_to_string(playground.out("one/CHANGELOG.md")).unwrap().starts_with("# Changes\n"));
    contains(&playground.regen(&[]).exits(0).output(), "1 skipped");
    playground.regen(&["--check"]).exits(0);
}

#[test]
fn no_document_writes_outside_of_its_own_crate() {
    let playground = Playground::new();
    playground.spec("title.json", &document("../../title", "../../../listThings"));
    for (stem, name) in [("name", "../name"), ("absolute", "/tmp/absolute"), ("dots", ".."), ("device", "nul")] {
        let named = document(stem, "listThings")
            .replace("\"paths\"", &format!("\"x-switchboard-crate\": {{\"name\": \"{name}\"}},\n  \"paths\""));
        playground.spec(&format!("{stem}.json"), &named);
    }
    playground.regen(&[]);
    let allowed = ["out", "specs", "Cargo.toml", "title", "name", "absolute", "dots", "device"];
    for name in playground.names() {
        assert!(allowed.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn a_crate_that_was_made_by_hand_is_refused() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    fs::create_dir_all(playground.out("one/src")).unwrap();
    fs::write(playground.out("one/src/lib.rs"), "by hand").unwrap();
    let before = playground.tree("one");
    contains(&playground.regen(&[]).exits(1).errors(), "error[not-generated]");
    assert_eq!(playground.tree("one"), before);
}

#[test]
fn two_documents_cannot_have_one_crate() {
    let playground = Playground::new();
    let same = |title: &str| {
        document(title, "listThings")
            .replace("\"paths\"", "\"x-switchboard-crate\": {\"name\": \"same\"},\n  \"paths\"")
    };
    playground.spec("one.json", &same("one"));
    playground.regen(&[]).exits(0);
    let before = playground.tree("same");
    playground.spec("two.json", &same("two"));
    let errors = playground.regen(&["--api", "two"]).exits(1).errors();
    contains(&errors, "specs/one.json");
    contains(&errors, "specs/two.json:5:35");
    playground.regen(&[]).exits(1);
    assert_eq!(playground.tree("same"), before);
}

#[test]
fn leftovers_are_named() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.spec("two.json", &document("two", "listThings"));
    playground.regen(&[]).exits(0);
    fs::remove_file(playground.root().join("specs/two.json")).unwrap();
    let errors = playground.regen(&[]).exits(0).errors();
    contains(&errors, "`out/two` was made from `specs/two.json`, which is gone");
    contains(&errors, "`cargo xtask remove` with the document's name takes it away");
    playground.spec("two.overlay.json", &overlay(r#"{"target": "$.info", "update": {}}"#));
    contains(&playground.regen(&[]).exits(1).errors(), "error[overlay-orphan]");
}

#[test]
fn what_a_killed_run_left_is_mended() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.regen(&[]).exits(0);
    let before = playground.tree("");
    fs::create_dir_all(playground.out(".switchboard-staging/one.new/src")).unwrap();
    fs::rename(playground.out("one"), playground.out(".switchboard-staging/one.old")).unwrap();
    contains(&playground.regen(&[]).exits(0).output(), "1 skipped");
    assert_eq!(playground.tree(""), before);
}

#[test]
fn the_report_says_it_all() {
    let playground = Playground::new();
    playground.spec("bad.json", &document("t", "listThings").replace("schemas/Thing\"", "schemas/Things\""));
    playground.spec("good.json", &document("t", "listThings"));
    let nowhere = r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}"#;
    playground.spec("nowhere.json", nowhere);
    playground.regen(&["--report", "report.json"]).exits(1);
    let text = fs::read_to_string(playground.root().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let [bad, good, nowhere] = report["apis"].as_array().unwrap().as_slice() else { panic!("{text}") };
    assert_eq!(
        (&bad["name"], &bad["status"], &bad["crate"]),
        (&"bad".into(), &"failed".into(), &serde_json::Value::Null)
    );
    let error = &bad["errors"][0];
    assert_eq!((&error["code"], &error["line"], &error["column"]), (&"dangling-ref".into(), &12.into(), &65.into()));
    assert_eq!(
        (&good["status"], &good["operations"], &good["crate"]),
        (&"written".into(), &1.into(), &"out/good".into())
    );
    assert_eq!(good["document"], "specs/good.json");
    let adapted = nowhere["adapted"].as_array().unwrap().iter().find(|found| found["code"] == "no-servers").unwrap();
    assert_eq!((&adapted["file"], adapted["line"].is_u64()), (&"specs/nowhere.json".into(), true));
    assert!(good["files_written"].as_u64().unwrap() > 0 && good["milliseconds"].is_u64());
}

#[test]
fn a_lenient_crate_is_not_taken_for_a_sound_one() {
    let playground = Playground::new();
    playground.spec("one.json", &document("t", "listThings").replace("schemas/Thing\"", "schemas/Things\""));
    contains(&playground.regen(&["--lenient"]).exits(0).errors(), "warning[dangling-ref]");
    contains(&playground.regen(&["--lenient"]).exits(0).output(), "skipped");
    playground.regen(&[]).exits(1);
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let playground = Playground::new();
    contains(&playground.regen(&[]).exits(2).errors(), "no OpenAPI document");
    playground.spec("one.json", &document("one", "listThings"));
    contains(&playground.regen(&["--api", "two"]).exits(2).errors(), "there are: one");
    contains(&playground.run(&["regen", "--specs", "specs"]).exits(2).errors(), "--out");
    contains(&playground.regen(&["--report", "missing/report.json"]).exits(2).errors(), "missing/report.json");
    playground.run(&["regen", "--no-such-option"]).exits(2);
    playground.run(&["regen", "--specs", "missing", "--out", "out"]).exits(2);
    assert!(!playground.out("one").exists());
}

#[test]
fn a_workspace_of_somebody_else_is_left_alone() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    fs::create_dir(playground.out("")).unwrap();
    fs::write(playground.out("Cargo.toml"), "[workspace]\n").unwrap();
    contains(&playground.regen(&[]).exits(1).errors(), "was added by hand");
    assert_eq!(fs::read_to_string(playground.out("Cargo.toml")).unwrap(), "[workspace]\n");
}

#[test]
fn names_stay_when_an_operation_comes_before_those_that_have_them() {
    let playground = Playground::new();
    let answer = |property: &str| {
        format!(
            r#"{{"200": {{"description": "", "content": {{"application/json": {{"schema": {{"type": "object", "properties": {{
                "pet": {{"type": "object", "properties": {{"{property}": {{"type": "string"}}}}}}}}}}}}}}}}}}"#
        )
    };
    let old = format!(r#""/things": {{"put": {{"operationId": "putThing", "responses": {}}}, "get""#, answer("old"));
    let before = document("t", "listThings").replace(
        r#""/things": {
      "get""#,
        &old,
    );
    playground.spec("pets.json", &before);
    playground.regen(&[]).exits(0);
    let types = || fs::read_to_string(playground.out("pets/src/types.rs")).unwrap();
    let has = |name: &str, field: &str| {
        let types = types();
        let start = types.find(&format!("pub struct {name} {{")).unwrap_or_else(|| panic!("no {name} in {types}"));
        contains(types[start..].split("\n}").next().unwrap(), &format!("pub {field}:"));
    };
    has("Pet", "old");

    let new = format!(r#""paths": {{"/new": {{"get": {{"operationId": "getNew", "responses": {}}}}},"#, answer("new"));
    playground.spec("pets.json", &before.replace(r#""paths": {"#, &new));
    playground.regen(&[]).exits(0);
    has("Pet", "old");
    has("GetNewPet", "new");
    playground.regen(&["--check"]).exits(0);
}

#[cfg(unix)]
mod other_than_files {
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::{collections::BTreeMap, os::unix::fs::symlink, path::Path};

    fn make_pipe(path: &Path) {
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    }

    #[test]
    fn a_pipe_where_a_file_was_is_an_error_and_nothing_to_wait_for() {
        for (name, words) in [
            ("Cargo.toml", "it is no plain file"),
            ("one", "was not generated"),
            ("one/.switchboard.json", "is in the way of a generated file"),
            ("one/.switchboard-release.json", "is in the way of a generated file"),
            ("one/CHANGELOG.md", "is in the way of a generated file"),
            ("one/Cargo.toml", "is in the way of a generated file"),
            ("one/src/lib.rs", "is in the way of a generated file"),
        ] {
            let playground = Playground::started();
            fs::rename(playground.out(name), playground.root().join("aside")).unwrap();
            make_pipe(&playground.out(name));
            for arguments in [&["--check"][..], &[]] {
                let errors = playground.regen(arguments).exits(1).errors();
                contains(&errors, words);
                contains(&errors, "help: ");
            }
            assert!(!playground.out(name).is_file() && playground.out(name).exists(), "{name}");
        }
        let playground = Playground::started();
        make_pipe(&playground.root().join("report"));
        contains(&playground.regen(&["--report", "report"]).exits(2).errors(), "cannot be written to `report`");
    }

    #[test]
    fn what_is_behind_a_link_is_not_the_crate() {
        for name in ["one/README.md", "one/.switchboard.json", "one/src", "one"] {
            let playground = Playground::started();
            let outside = playground.root().join("outside");
            fs::rename(playground.out(name), &outside).unwrap();
            symlink(&outside, playground.out(name)).unwrap();
            let read = || if outside.is_dir() { playground.tree("../outside") } else { BTreeMap::new() };
            let before = read();
            // Also where nothing has changed.
            contains(&playground.regen(&[]).exits(1).errors(), "help: ");
            playground.run(&["remove", "one", "--specs", "specs", "--out", "out"]);
            assert_eq!((read(), outside.exists()), (before, true), "{name}");
        }
    }

    #[test]
    fn a_crate_whose_manifest_is_damaged_stays_a_member() {
        let playground = Playground::started();
        fs::write(playground.out("one/.switchboard.json"), "<<<<").unwrap();
        let before = playground.tree("");
        playground.regen(&[]).exits(1);
        assert_eq!(playground.tree(""), before);
    }
}
