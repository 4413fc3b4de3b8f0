//! `corpus` as its users meet it: a folder of documents of any quality, and what became of each.

use crate::support::{Playground, Run, document};
use serde_json::{Value, json};
use std::fs;

/// Runs the command on the folder of documents; the report comes back beside what was answered.
fn corpus(playground: &Playground, arguments: &[&str]) -> (Run, Vec<Value>) {
    let report = playground.root().join("report.json");
    let run = playground.run(&[&["corpus", "specs", "--out", "out", "--report", "report.json"], arguments].concat());
    let text = fs::read_to_string(report).unwrap_or_default();
    let report: Value = serde_json::from_str(&text).unwrap_or_default();
    (run, report.get("documents").and_then(Value::as_array).cloned().unwrap_or_default())
}

/// A document that is good, one that is none, and one that is only good enough.
fn three_documents() -> Playground {
    let playground = Playground::new();
    playground.spec("good.json", &document("one", "listThings"));
    playground.spec("broken.json", "{\n  \"openapi\": \"3.0.3\",\n}\n");
    playground.spec("faulty.json", &document("two", "listThings").replace("schemas/Thing\"", "schemas/Things\""));
    playground.spec("index.csv", "file,operations\n");
    playground
}

#[test]
fn every_document_is_run_and_the_report_tells_what_became_of_it() {
    let playground = three_documents();
    let (run, documents) = corpus(&playground, &[]);
    let run = run.exits(1);
    let told: Vec<_> =
        documents.iter().map(|told| [&told["file"], &told["stage"], &told["operations_generated"]]).collect();
    assert_eq!(
        told,
        [
            [&json!("broken.json"), &Value::Null, &json!(0)],
            [&json!("faulty.json"), &json!("generated"), &json!(1)],
            [&json!("good.json"), &json!("generated"), &json!(1)],
        ]
    );
    assert_eq!((&documents[2]["operations"], &documents[2]["error"]), (&json!(1), &Value::Null));
    assert!(documents[0]["error"].as_str().unwrap().starts_with("specs/broken.json:3:1: error[not-json]: "));
    let output = run.output();
    assert!(
        output.starts_with("failed       stage  where                  why\nbroken.json  load   specs/broken.json:3:1")
    );
    assert!(output.contains("\n3 documents: 2 generated, 1 failed, in ") && output.contains("2 generated (100 %)"));
    assert!(playground.out("good/src/client.rs").is_file() && playground.out("faulty/Cargo.toml").is_file());
    assert!(!playground.out("broken").exists());
}

#[test]
fn documents_are_picked_by_their_names() {
    let playground = three_documents();
    let (run, documents) = corpus(&playground, &["--only", "g*.json", "--only", "fault?.json"]);
    run.exits(0);
    assert_eq!(documents.len(), 2);
    let (run, _) = corpus(&playground, &["--only", "*.yml"]);
    assert!(run.exits(2).errors().contains("no document in `specs` matches *.yml"));
    playground.run(&["corpus", "nowhere"]).exits(2);
}

#[test]
fn a_resumed_run_does_only_what_is_left() {
    let playground = three_documents();
    let progress = |arguments: &[&str]| corpus(&playground, arguments).0.exits(1).output();
    progress(&[]);
    assert!(progress(&["--resume"]).contains("2 generated, 2 of them by an earlier run, 1 failed"));
    playground.spec("good.json", &document("changed", "listThings"));
    fs::remove_file(playground.out("faulty/src/lib.rs")).unwrap();
    assert!(progress(&["--resume"]).contains("2 generated, 1 failed"));
    assert!(playground.out("faulty/src/lib.rs").is_file());
    assert!(!progress(&[]).contains("earlier run"));
}

#[test]
fn two_documents_that_ask_for_one_name_get_two_packages() {
    let playground = Playground::new();
    let hinted =
        |title: &str| document(title, "listThings").replacen('{', "{\"x-switchboard-crate\": {\"name\": \"x\"},", 1);
    playground.spec("a b.json", &hinted("one"));
    playground.spec("a-b.json", &hinted("two"));
    let (run, documents) = corpus(&playground, &[]);
    run.exits(0);
    assert_eq!(documents.len(), 2);
    let manifest = |name: &str| fs::read_to_string(playground.out(name).join("Cargo.toml")).unwrap();
    assert!(manifest("a-b").contains("name = \"a-b\"") && manifest("a-b-2").contains("name = \"a-b-2\""));
}

#[test]
fn a_document_that_meets_the_limit_fails_alone() {
    let playground = Playground::new();
    playground.spec("good.json", &document("one", "listThings"));
    let schema = format!("\"type\": \"object\", \"description\": \"{}\"", "x".repeat(24 << 20));
    playground.spec("large.json", &document("one", "listThings").replace("\"type\": \"object\"", &schema));
    let (run, documents) = corpus(&playground, &["--memory", "64"]);
    if !cfg!(target_os = "linux") {
        return;
    }
    run.exits(1);
    assert_eq!(documents[0]["error"], Value::Null);
    assert!(documents[1]["error"].as_str().unwrap().starts_with("specs/large.json: error[memory-limit]: "));
}

/// The program in rustc's place, as cargo calls it for the package `x`.
#[cfg(unix)]
fn wrapped(playground: &Playground, seconds: u64, program: &[&str]) -> (Run, Value) {
    let setup = json!({"notes": playground.root(), "seconds": seconds, "bytes": 4_u64 << 30});
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(program).current_dir(playground.root());
    command.env("SWITCHBOARD_CORPUS_RUSTC", setup.to_string()).env("CARGO_PKG_NAME", "x");
    let run = Run(command.output().unwrap());
    let note = fs::read_to_string(playground.root().join("x.json")).unwrap_or_default();
    (run, serde_json::from_str(&note).unwrap_or_default())
}

#[cfg(unix)]
#[test]
fn what_runs_in_rustcs_place_is_timed_limited_and_otherwise_the_same() {
    let playground = Playground::new();
    let (run, note) = wrapped(&playground, 60, &["sh", "-c", "echo out; echo oh >&2"]);
    let run = run.exits(0);
    assert_eq!((run.output().as_str(), run.errors().as_str()), ("out\n", "oh\n"));
    assert!(note["milliseconds"].is_u64() && note["limit"].is_null(), "{note}");
    assert!(wrapped(&playground, 60, &["sh", "-c", "exit 3"]).1["limit"].is_null());
    let (run, note) = wrapped(&playground, 0, &["sleep", "600"]);
    run.exits(1);
    assert_eq!(note["limit"], "time-limit");
    assert!(!playground.root().join("x.running").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_whose_parent_is_gone_does_not_start() {
    let playground = Playground::new();
    let own = std::process::id().to_string();
    playground.run(&["corpus-exec", "--parent", &own, "--", "sh", "-c", "exit 7"]).exits(7);
    playground.run(&["corpus-exec", "--parent", "1", "--", "sh", "-c", "exit 7"]).exits(1);
}

#[test]
fn files_that_a_document_is_made_of_are_no_documents_themselves() {
    let playground = Playground::new();
    playground
        .spec("one.json", &document("one", "listThings").replace("#/components/schemas/Thing", "parts.json#/Thing"));
    playground.spec("parts.json", r#"{"Thing": {"type": "object", "properties": {"name": {"type": "string"}}}}"#);
    let (run, documents) = corpus(&playground, &[]);
    run.exits(0);
    assert_eq!(documents.len(), 1);
    let resumed =
        |playground: &Playground| corpus(playground, &["--resume"]).0.exits(0).output().contains("1 of them by an");
    assert!(resumed(&playground));
    playground.spec("parts.json", r#"{"Thing": {"type": "object"}}"#);
    assert!(!resumed(&playground));
}

#[test]
fn types_that_nest_deeper_than_a_usual_stack_are_counted() {
    let levels = 200;
    let mut schemas = serde_json::Map::new();
    for level in 0..levels {
        let items = json!({"$ref": format!("#/components/schemas/L{}", level + 1)});
        schemas.insert(format!("L{level}"), json!({"type": "array", "items": items}));
    }
    schemas.insert(format!("L{levels}"), json!({"type": "string"}));
    let answer = json!({"schema": {"$ref": "#/components/schemas/L0"}});
    let operation = json!({"operationId": "read", "responses": {"200": {"description": "", "content": {"application/json": answer}}}});
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/x": {"get": operation}},
        "components": {"schemas": schemas},
    });
    let playground = Playground::new();
    playground.spec("deep.json", &document.to_string());
    let (run, documents) = corpus(&playground, &[]);
    run.exits(0);
    assert_eq!(documents[0]["operations_generated"], json!(1));
}
