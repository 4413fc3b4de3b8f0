//! `cargo xtask add` and `remove`.

use crate::support::{Playground, document};
use std::fs;

#[track_caller]
fn contains(haystack: &str, needle: &str) {
    assert!(haystack.contains(needle), "no `{needle}` in:\n{haystack}");
}

const FOLDERS: [&str; 4] = ["--specs", "specs", "--out", "out"];

fn write(playground: &Playground, name: &str, text: &str) {
    fs::write(playground.root().join(name), text).unwrap();
}

/// A page as ReadMe writes them: an example, and the definition.
fn page(definition: &str) -> String {
    format!(
        "# List things\n\n```json\nGET /things\n{{\"name\": \"a\"}}\n```\n\n# OpenAPI definition\n\n```json\n{definition}\n```\n"
    )
}

#[test]
fn a_document_is_taken_over_as_it_is_and_taken_away_again() {
    let playground = Playground::new();
    let text = document("Things", "listThings");
    write(&playground, "vendor.json", &text);
    let add = |name: &str| playground.run(&[&["add", name, "vendor.json"], &FOLDERS[..]].concat());
    contains(&add("my-things").exits(0).output(), "1 operation");
    assert_eq!(fs::read_to_string(playground.root().join("specs/my-things.json")).unwrap(), text);
    let manifest = fs::read_to_string(playground.out("my-things/Cargo.toml")).unwrap();
    contains(&manifest, "description = \"Client for the API Things\"");
    contains(&manifest, "keywords = [\"my\", \"things\", \"api\", \"client\"]");
    contains(&add("my-things").exits(2).errors(), "there is an API named `my-things` already");
    for name in ["../x", "fn"] {
        contains(&add(name).exits(2).errors(), "cannot be a package name: give the API another one");
    }

    let address = playground.run(&[&["add", "far", "https://api.example/openapi.json"], &FOLDERS[..]].concat());
    let told = "nothing is fetched: download the document first, for example with `curl -LO 'https://";
    contains(&address.exits(2).errors(), told);

    // What the crate would be is thought about as well.
    let nameless = text.replace("\"operationId\"", "\"x-id\"");
    write(&playground, "nameless.json", &nameless);
    playground.run(&[&["add", "nameless", "nameless.json"], &FOLDERS[..]].concat()).exits(0);
    let overlay = fs::read_to_string(playground.root().join("specs/nameless.overlay.json")).unwrap();
    contains(&overlay, "\"x-switchboard-name\": \"get_things\"");
    playground.run(&[&["remove", "nameless"], &FOLDERS[..]].concat()).exits(0);

    // Neither a crate that cannot be told to be the API's is passed over, nor one whose document is gone already.
    let manifest = fs::read_to_string(playground.out("my-things/.switchboard.json")).unwrap();
    fs::write(playground.out("my-things/.switchboard.json"), format!("<<<<<<< ours\n{manifest}")).unwrap();
    let remove = || playground.run(&[&["remove", "my-things"], &FOLDERS[..]].concat());
    contains(&remove().exits(1).errors(), "my-things/.switchboard.json` cannot be read");
    assert!(playground.root().join("specs/my-things.json").is_file());
    fs::write(playground.out("my-things/.switchboard.json"), manifest).unwrap();
    fs::remove_file(playground.root().join("specs/my-things.json")).unwrap();

    fs::write(playground.out("my-things/NOTES.md"), "mine").unwrap();
    remove().exits(0);
    assert_eq!(playground.tree("my-things").len(), 1, "what is by hand stays, and nothing else");
    assert_eq!(fs::read_dir(playground.root().join("specs")).unwrap().count(), 0);
    remove().exits(2);
}

#[test]
fn pages_of_documentation_are_merged_and_conflicts_shown() {
    let playground = Playground::new();
    write(&playground, "list.md", &page(&document("Things", "listThings")));
    write(&playground, "add.md", &page(&document("Things", "addThing").replace("\"get\"", "\"post\"")));
    let add = |more: &[&str]| playground.run(&[&["add", "things"], more, &FOLDERS[..]].concat());
    contains(&add(&["list.md", "add.md"]).exits(0).output(), "2 operations");
    let merged = fs::read_to_string(playground.root().join("specs/things.json")).unwrap();
    let merged: serde_json::Value = serde_json::from_str(&merged).unwrap();
    assert_eq!(merged["paths"]["/things"]["post"]["operationId"], "addThing");

    let playground = Playground::new();
    write(&playground, "one.md", &page(&document("Things", "listThings")));
    write(&playground, "two.md", &page(&document("Things", "allThings")));
    write(&playground, "none.md", "# Nothing\n\n```json\n{}\n```\n");
    let add = |more: &[&str]| playground.run(&[&["add", "things"], more, &FOLDERS[..]].concat());
    let errors = add(&["one.md", "two.md"]).exits(1).errors();
    contains(&errors, "/paths/~1things/get/operationId: \"listThings\", but in two.md \"allThings\"");
    assert!(!playground.root().join("specs/things.json").exists());
    contains(&add(&["one.md", "none.md"]).exits(1).errors(), "`none.md` holds no OpenAPI definition");
    // What is wrong with a source is said as of a document: where, and what to do.
    write(&playground, "three.txt", &document("Things", "listThings"));
    contains(
        &add(&["three.txt"]).exits(1).errors(),
        "as a page of documentation: the name of a document ends in `.json`",
    );
    write(&playground, "four.json", "{\n  \"openapi\": oops\n}\n");
    contains(&add(&["four.json"]).exits(1).errors(), "the file is no JSON: expected value in line 2");
    write(&playground, "five.json", "openapi: 3.0.3\n");
    contains(&add(&["five.json"]).exits(1).errors(), "give the file a name that ends in `.yaml`");
    add(&["one.md", "two.md", "--first-wins"]).exits(0);
}

#[test]
fn what_cannot_be_added_leaves_nothing_unless_it_is_to_be_kept() {
    let playground = Playground::new();
    let faulty = document("Things", "getThing").replace("\"/things\"", "\"/things/{id}\"");
    write(&playground, "vendor.json", &faulty);
    let add = |more: &[&str]| playground.run(&[&["add", "things", "vendor.json"], more, &FOLDERS[..]].concat());
    let failed = add(&[]).exits(1);
    contains(&failed.errors(), "error[path-parameter-undeclared]");
    contains(&failed.output(), "nothing was added; `--keep` leaves document and overlay there");
    assert_eq!(fs::read_dir(playground.root().join("specs")).unwrap().count(), 0);
    assert!(!playground.out("things").exists());

    add(&["--keep"]).exits(1);
    playground.run(&["lint", "--specs", "specs", "--fix", "--yes"]).exits(0);
    contains(&playground.regen(&[]).exits(0).output(), "1 operation");
}

/// Pages as they are kept without their line ends, in files of any name: each has an example, and its part of the definition.
#[test]
fn pages_without_line_ends_give_the_document_that_they_are_parts_of() {
    let playground = Playground::new();
    let whole = document("v3", "list-things");
    let mut whole: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let mut other = whole["paths"]["/things"]["get"].clone();
    other["operationId"] = "create-thing".into();
    whole["paths"]["/things"]["post"] = other;
    for (name, method) in [("000.txt", "get"), ("001.txt", "post")] {
        let mut part = whole.clone();
        part["paths"]["/things"] = serde_json::json!({method: whole["paths"]["/things"][method]});
        part["x-readme-fauxas"] = true.into();
        let text = page(&part.to_string()).split_whitespace().collect::<Vec<_>>().join(" ");
        write(&playground, name, &text);
    }
    let add = playground.run(&[&["add", "things", "000.txt", "001.txt"], &FOLDERS[..]].concat());
    contains(&add.exits(0).output(), "2 operations");
    let merged = fs::read_to_string(playground.root().join("specs/things.json")).unwrap();
    let mut merged: serde_json::Value = serde_json::from_str(&merged).unwrap();
    merged.as_object_mut().unwrap().remove("x-readme-fauxas");
    assert_eq!(merged, whole);
}
