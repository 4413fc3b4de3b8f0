//! The small commands as their users meet them.

use crate::support::{Playground, document, overlay};
use std::{
    io::Read,
    process::{Command, Stdio},
};

#[test]
fn effective_prints_the_corrected_document_in_its_own_order() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings"));
    playground.spec("one.overlay.json", &overlay(r#"{"target": "$.info", "update": {"title": "Better", "x-new": 1}}"#));
    let output = playground.run(&["effective", "one", "--specs", "specs"]).exits(0).output();
    assert!(
        output
            .contains("  \"info\": {\n    \"title\": \"Better\",\n    \"version\": \"1.0.0\",\n    \"x-new\": 1\n  },"),
        "{output}"
    );
    assert!(output.starts_with("{\n  \"openapi\": \"3.0.3\",") && output.ends_with("}\n"));
    playground.run(&["effective", "two", "--specs", "specs"]).exits(2);
    playground.spec("one.overlay.json", &overlay(r#"{"target": "$.gone", "remove": true}"#));
    let failed = playground.run(&["effective", "one", "--specs", "specs"]).exits(1);
    assert!(failed.output().is_empty() && failed.errors().contains("one.overlay.json:5:12"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let playground = Playground::new();
    let padding = "x".repeat(1 << 20);
    playground.spec("one.json", &document(&padding, "listThings"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["effective", "one", "--specs", "specs"])
        .current_dir(playground.root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    output.read_exact(&mut [0; 10]).unwrap();
    drop(output);
    let result = child.wait_with_output().unwrap();
    assert!(result.status.success() && result.stderr.is_empty(), "{}", String::from_utf8_lossy(&result.stderr));
}

#[test]
fn lint_shows_findings_and_writes_nothing() {
    let playground = Playground::new();
    playground.spec("good.json", &document("one", "listThings"));
    playground.spec("bad.json", &document("one", "listThings").replace("schemas/Thing\"", "schemas/Things\""));
    let all = playground.run(&["lint", "--specs", "specs"]).exits(1);
    assert_eq!(all.output(), "2 documents, 1 error, 0 warnings\n");
    assert!(all.errors().contains("specs/bad.json:12:65"), "{}", all.errors());
    playground.run(&["lint", "good", "--specs", "specs"]).exits(0);
    let lenient = playground.run(&["lint", "bad", "--lenient", "--specs", "specs"]).exits(0);
    assert!(lenient.output().starts_with("1 document, 0 errors, "), "{}", lenient.output());
}

#[test]
fn lint_shows_what_a_crate_would_not_be_as_the_document_says() {
    let playground = Playground::new();
    playground.spec("a.json", r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}"#);
    assert_eq!(playground.run(&["lint", "--specs", "specs"]).exits(0).errors(), "");
    let all = playground.run(&["lint", "--specs", "specs", "--verbose"]).exits(0);
    assert_eq!(all.output(), "1 document, 0 errors, 0 warnings\n");
    assert!(all.errors().contains("adaptation[no-servers]"), "{}", all.errors());
}

#[test]
fn lint_warns_of_what_generating_warns_of() {
    let playground = Playground::new();
    let required = document("one", "listThings")
        .replace(r#"{"type": "object", "#, r#"{"type": "object", "required": ["ghost"], "#);
    playground.spec("a.json", &required);
    let linted = playground.run(&["lint", "--specs", "specs"]).exits(0);
    assert!(linted.errors().contains("warning[undescribed-required]"), "{}", linted.errors());
    assert_eq!(linted.output(), "1 document, 0 errors, 1 warning\n");
    let made = playground.run(&["regen", "--specs", "specs", "--out", "out"]).exits(0);
    assert!(made.errors().contains("warning[undescribed-required]"), "{}", made.errors());
}

#[test]
fn an_action_that_is_offered_can_be_pasted() {
    let playground = Playground::new();
    playground.spec("one.json", &document("one", "listThings").replace("schemas/Thing\"", "schemas/Things\""));
    let errors = playground.run(&["lint", "--specs", "specs"]).exits(1).errors();
    let action = errors.lines().map(str::trim).find(|line| line.starts_with("{\"target\"")).unwrap();
    playground.spec("one.overlay.json", &overlay(action));
    playground.run(&["lint", "--specs", "specs"]).exits(0);
}

#[test]
fn hostile_documents_give_findings_and_nothing_else() {
    let playground = Playground::new();
    playground.spec("deep.json", &"[".repeat(1 << 20));
    playground.spec("deep-keys.json", &"{\"a\":".repeat(1 << 20));
    playground.spec(
        "escape.json",
        &document("t", "\\u001b[2J\\u202e").replace("schemas/Thing\"", "schemas/\\u001b[31m\\u202e\""),
    );
    playground.spec("binary.json", "{\"openapi\": \"3.0.3\", \"\u{0}\": 1}");
    let run = playground.run(&["lint", "--specs", "specs"]).exits(1);
    let errors = run.errors();
    assert!(errors.contains("error[too-deep]") && errors.contains("error[not-json]"), "{errors}");
    assert!(!errors.contains(['\u{1b}', '\u{202e}', '\u{0}']), "{errors:?}");
}

#[test]
fn explain_tells_what_a_code_means() {
    let playground = Playground::new();
    let one = playground.run(&["explain", "dangling-ref"]).exits(0).output();
    assert!(one.starts_with("dangling-ref: ") && one.contains("\nbefore\n") && one.contains("\nafter\n"));
    let all = playground.run(&["explain"]).exits(0).output();
    assert!(all.contains("dangling-ref"));
    let change = playground.run(&["explain", "field-removed"]).exits(0).output();
    assert!(change.ends_with("\nA property is gone.\n") && all.contains("field-removed"), "{change}");
    let near = playground.run(&["explain", "danglingref"]).exits(2).errors();
    assert!(near.contains("did you mean `dangling-ref`?"), "{near}");
}

/// A document whose operation does not declare the parameter of its path.
fn undeclared() -> String {
    document("Things", "getThing").replace("\"/things\"", "\"/things/{id}\"")
}

#[test]
fn what_findings_propose_is_shown_and_written_once_somebody_agrees() {
    let playground = Playground::new();
    playground.spec("things.json", &undeclared());
    let lint = |more: &[&str]| playground.run(&[&["lint", "--specs", "specs"], more].concat());
    let overlay = playground.root().join("specs/things.overlay.json");
    let shown = lint(&["--fix"]).exits(1);
    assert!(shown.output().contains("to add to specs/things.overlay.json:\n  {"), "{}", shown.output());
    assert!(shown.output().contains("`--yes` writes them") && !overlay.exists());
    let fixed = lint(&["--fix", "--yes"]).exits(0).output();
    assert!(fixed.ends_with("wrote specs/things.overlay.json\n1 document, 0 errors, 0 warnings\n"), "{fixed}");
    assert_eq!(lint(&["--fix"]).exits(0).output(), "1 document, 0 errors, 0 warnings\n");
    // What the overlay has stays, to the letter.
    let text = "{\"overlay\": \"1.0.0\", \"info\": {\"title\": \"t\", \"version\": \"1\"},\n\"actions\": [\n\t{\"target\": \"$.info\", \"update\": {\"version\": \"2\"}}]}\n";
    std::fs::write(&overlay, text).unwrap();
    lint(&["--fix", "--yes"]).exits(0);
    let extended = std::fs::read_to_string(&overlay).unwrap();
    let (mine, ending) = text.split_at(text.rfind(']').unwrap());
    assert!(extended.starts_with(mine) && extended.ends_with(ending), "{extended}");
}

#[test]
fn actions_follow_what_the_vendor_has_moved_and_go_when_it_is_corrected() {
    let playground = Playground::new();
    playground.spec("things.json", &document("Things", "getThing"));
    let overlay = |target: &str, more: &str| {
        format!(
            "{{\"overlay\": \"1.0.0\", \"info\": {{\"title\": \"t\", \"version\": \"1\"}}, \"actions\": [\n  {more}{{\"target\": \"{target}\", \"update\": {{\"deprecated\": true}}}}\n]}}\n"
        )
    };
    let stale = "{\"target\": \"$.info\", \"update\": {\"title\": \"Things\"}},\n  ";
    let path = playground.root().join("specs/things.overlay.json");
    std::fs::write(&path, overlay("$.paths['/thing'].get", stale)).unwrap();
    let lint = |more: &[&str]| playground.run(&[&["lint", "--specs", "specs"], more].concat());
    let shown = lint(&["--fix"]).exits(1).output();
    let expected = "to correct in specs/things.overlay.json:\n  remove {\"target\":\"$.info\",\"update\":{\"title\":\"Things\"}}\n  \
                    target $.paths['/things'].get instead of $.paths['/thing'].get\n";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(lint(&["--fix", "--yes"]).exits(0).output().ends_with("1 document, 0 errors, 0 warnings\n"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), overlay("$.paths['/things'].get", ""));
}

#[test]
fn findings_are_for_programs_and_pull_requests_too() {
    let playground = Playground::new();
    playground.spec("things.json", &undeclared());
    let lint = |more: &[&str]| playground.run(&[&["lint", "--specs", "specs"], more].concat()).exits(1);
    let found: serde_json::Value = serde_json::from_str(&lint(&["--format", "json"]).output()).unwrap();
    let finding = &found[0]["findings"][0];
    assert_eq!((&finding["code"], &finding["line"]), (&"path-parameter-undeclared".into(), &7.into()));
    let annotation = lint(&["--format", "github"]).output();
    let expected = "::error file=specs/things.json,line=7,col=7,title=path-parameter-undeclared::`GET /things/{id}`";
    assert!(annotation.starts_with(expected), "{annotation}");
    let quiet = lint(&["--quiet"]);
    assert!(quiet.output().is_empty() && quiet.errors().starts_with("error[path-parameter-undeclared]"));
    let both = |more: &[&str]| -> Vec<serde_json::Value> {
        let found: serde_json::Value =
            serde_json::from_str(&lint(&[&["--format", "json"], more].concat()).output()).unwrap();
        found[0]["findings"].as_array().unwrap().iter().map(|finding| finding["severity"].clone()).collect()
    };
    let odd = undeclared().replacen("\"200\"", "\"4xx\": {\"description\": \"\"}, \"200\"", 1);
    playground.spec("things.json", &odd);
    assert!(both(&[]).contains(&"warning".into()));
    assert_eq!(both(&["--quiet"]), ["error"]);
}
