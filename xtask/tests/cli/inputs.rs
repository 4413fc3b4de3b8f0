//! What documents can be written in: YAML, several files, and Swagger 2.0.

use crate::support::{Playground, document, overlay};
use std::fs;

/// `needle` stands in `haystack`, or the test fails and shows both.
#[track_caller]
fn contains(haystack: &str, needle: &str) {
    assert!(haystack.contains(needle), "no `{needle}` in:\n{haystack}");
}

const YAML: &str = "openapi: 3.0.3
info: {title: one, version: 1.0.0}
servers:
  - url: https://api.example.com
paths:
  /things:
    get:
      operationId: listThings
      responses:
        200:
          description: All things.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
components:
  schemas:
    Thing:
      type: object
      properties:
        name: {type: string}
";

const SWAGGER: &str = r##"{"swagger": "2.0",
"info": {"title": "one", "version": "1.0.0"},
"host": "api.example.com", "schemes": ["https"],
"produces": ["application/json"],
"paths": {"/things": {"get": {
"operationId": "listThings",
"responses": {"200": {"description": "All things.",
"schema": {"$ref": "#/definitions/Thing"}}}
}}},
"definitions": {"Thing": {"type": "object", "properties": {"name": {"type": "string"}}}}
}"##;

/// Writes the document in several files.
fn split(playground: &Playground) {
    playground.spec(
        "one.yaml",
        &YAML.replace("schema: {$ref: '#/components/schemas/Thing'}", "schema: {$ref: 'schemas/thing.json'}").replace(
            "      type: object\n      properties:\n        name: {type: string}\n",
            "      $ref: common.yaml#/Thing\n",
        ),
    );
    fs::create_dir_all(playground.root().join("specs/schemas")).unwrap();
    playground.spec("schemas/thing.json", r##"{"$ref": "../common.yaml#/Thing"}"##);
    playground.spec("common.yaml", "Thing:\n  type: object\n  properties:\n    name: {type: string}\n");
}

/// The generated sources, without what names the document.
fn sources(playground: &Playground) -> Vec<(String, String)> {
    let tree = playground.tree("one/src");
    let text = |content: &[u8]| String::from_utf8(content.to_vec()).unwrap();
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    tree.iter().map(|(path, content)| (name(path), text(content))).collect()
}

#[test]
fn yaml_split_and_swagger_documents_give_the_crate_of_the_same_document_in_json() {
    let json = Playground::new();
    json.spec("one.json", &document("one", "listThings"));
    json.regen(&[]).exits(0);
    let expected = sources(&json);

    let yaml = Playground::new();
    yaml.spec("one.yaml", YAML);
    yaml.regen(&[]).exits(0);
    assert_eq!(sources(&yaml), expected);

    let parts = Playground::new();
    split(&parts);
    contains(&parts.regen(&[]).exits(0).output(), "1 API");
    assert_eq!(sources(&parts), expected);

    let swagger = Playground::new();
    swagger.spec("one.json", SWAGGER);
    swagger.regen(&[]).exits(0);
    assert_eq!(sources(&swagger), expected);
}

#[test]
fn a_change_in_any_file_of_a_document_is_noticed() {
    let playground = Playground::new();
    split(&playground);
    playground.regen(&[]).exits(0);
    contains(&playground.regen(&[]).exits(0).output(), "1 skipped");
    playground.regen(&["--check"]).exits(0);
    playground.spec("common.yaml", "Thing:\n  type: object\n  properties:\n    label: {type: string}\n");
    playground.regen(&["--check"]).exits(1);
    contains(&playground.regen(&[]).exits(0).output(), "1 written");
    contains(&playground.regen(&[]).exits(0).output(), "1 skipped");
    fs::remove_file(playground.root().join("specs/schemas/thing.json")).unwrap();
    contains(&playground.regen(&[]).exits(1).errors(), "error[ref-file]");
}

#[test]
fn a_file_that_nobody_refers_to_is_a_document_and_a_part_is_none() {
    let playground = Playground::new();
    split(&playground);
    playground.spec("one.json", "{\"Thing\": {}}");
    let run = playground.regen(&[]).exits(1);
    contains(&run.errors(), "specs/one.json:1:1");
    contains(&run.output(), "2 APIs");
    fs::remove_file(playground.root().join("specs/one.json")).unwrap();
    assert_eq!(playground.run(&["lint", "--specs", "specs"]).exits(0).output(), "1 document, 0 errors, 0 warnings\n");
    playground.spec("one.json", &document("one", "listThings"));
    contains(&playground.regen(&[]).exits(1).errors(), "error[duplicate-package]");
}

#[test]
fn faults_are_placed_in_the_file_that_has_them() {
    let playground = Playground::new();
    playground.spec(
        "twice.yaml",
        &YAML.replace("info: {title: one, version: 1.0.0}", "info: {title: a, title: b, version: 1}"),
    );
    playground.spec("tab.yaml", "openapi: 3.0.3\ninfo:\n\ttitle: t\n");
    playground.spec("dangling.yml", &YAML.replace("schemas/Thing'}", "schemas/Things'}"));
    playground.spec("remote.yaml", &YAML.replace("'#/components/schemas/Thing'", "'https://example.com/thing.json'"));
    playground.spec("outside.yaml", &YAML.replace("'#/components/schemas/Thing'", "'../secret.json'"));
    playground.spec("part.yaml", &YAML.replace("'#/components/schemas/Thing'", "thing.part.json"));
    playground.spec("thing.part.json", "{\"type\": \"object\",\n \"properties\": {\"a\": {\"$ref\": \"#/Nothing\"}}}");
    playground.spec("swagger.json", &SWAGGER.replace("definitions/Thing\"", "definitions/Things\""));
    playground.spec("stale.yaml", YAML);
    playground.spec(
        "stale.overlay.yaml",
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n  - target: $.gone\n    remove: true\n",
    );
    let errors = playground.run(&["lint", "--specs", "specs"]).exits(1).errors();
    for (code, place) in [
        ("duplicate-key", "specs/twice.yaml:2:18"),
        ("not-yaml", "specs/tab.yaml:"),
        ("dangling-ref", "specs/dangling.yml:14:30"),
        ("external-ref", "specs/remote.yaml:14:30"),
        ("ref-outside", "specs/outside.yaml:14:30"),
        ("dangling-ref", "specs/thing.part.json:2:31"),
        ("dangling-ref", "specs/swagger.json:8:20"),
        ("overlay-no-match", "specs/stale.overlay.yaml:4:13"),
    ] {
        let found = errors
            .split("\n\n")
            .any(|finding| finding.contains(&format!("error[{code}]")) && finding.contains(&format!("--> {place}")));
        assert!(found, "no {code} at {place} in:\n{errors}");
    }
    contains(&errors, "npx @redocly/cli bundle");
}

#[test]
fn effective_shows_the_document_in_one_piece() {
    let playground = Playground::new();
    split(&playground);
    let output = playground.run(&["effective", "one", "--specs", "specs"]).exits(0).output();
    contains(&output, "\"$ref\": \"#/components/schemas/Thing\"");
    assert!(!output.contains("common.yaml"), "{output}");
}

#[test]
fn effective_tells_of_the_files_that_are_not_in_it() {
    let playground = Playground::new();
    let document = document("one", "listThings").replace("#/components/schemas/Thing\"", "missing.json\"");
    playground.spec("one.json", &document);
    let shown = playground.run(&["effective", "one", "--specs", "specs"]).exits(0);
    contains(&shown.output(), "missing.json");
    contains(&shown.errors(), "warning[ref-file]: ");
    // What the overlay has taken away is missed no more.
    playground.spec("one.overlay.json", &overlay(r#"{"target": "$.paths['/things']", "remove": true}"#));
    assert_eq!(playground.run(&["effective", "one", "--specs", "specs"]).exits(0).errors(), "");
}

#[test]
fn a_file_without_content_has_a_place() {
    let playground = Playground::new();
    playground.spec("json.json", "");
    playground.spec("yaml.yaml", "");
    playground.spec("blank.yml", "\n\n");
    playground.spec("sound.json", &document("Sound", "list"));
    playground.spec("sound.overlay.yaml", "");
    playground
        .spec("split.json", &document("Split", "list").replace("\"#/components/schemas/Thing\"", "\"part.yaml\""));
    playground.spec("part.yaml", "");
    let errors = playground.run(&["lint", "--specs", "specs"]).exits(1).errors();
    for place in ["json.json", "yaml.yaml", "blank.yml", "sound.overlay.yaml", "part.yaml"] {
        contains(&errors, &format!("--> specs/{place}:1:1\n"));
    }
}
