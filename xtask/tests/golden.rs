//! The crates in `golden/` are what the generator makes of the documents beside them: what is proven on the wire with them
//! holds for what users get. `UPDATE_GOLDEN=1 cargo test -p xtask --test golden` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use codegen::plan::Plan;
use serde_json::Value;
use similar::TextDiff;
use xtask::golden::{Generated, generate};

/// The line by hand in the manifest of each crate: they are of no use to anybody outside.
const UNPUBLISHED: &str = "[package]\npublish = false\n";

fn golden(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(path)
}

fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(golden("specs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn generated(document: &Path) -> Generated {
    // Not what is there: nobody knows of a key there whether it is by hand or was the generator's once.
    generate(document, false, Some(UNPUBLISHED)).unwrap_or_else(|findings| panic!("{findings}"))
}

/// The crate's folder: the package's name without the prefix that all share.
fn folder(document: &Path) -> String {
    document.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Every file below a folder, by its path in it.
fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(path).unwrap().replace("\r\n", "\n"));
            }
        }
    }
    found
}

fn write(root: &Path, wanted: &BTreeMap<String, String>, present: &BTreeMap<String, String>) {
    for (name, text) in wanted.iter().filter(|(name, text)| present.get(*name) != Some(text)) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    for name in present.keys().filter(|name| !wanted.contains_key(*name)) {
        fs::remove_file(root.join(name)).unwrap();
    }
}

fn difference(root: &Path, wanted: &BTreeMap<String, String>, present: &BTreeMap<String, String>) -> String {
    let empty = String::new();
    let names: BTreeSet<&String> = wanted.keys().chain(present.keys()).collect();
    let mut text = String::new();
    for name in names {
        let (before, after) = (present.get(name).unwrap_or(&empty), wanted.get(name).unwrap_or(&empty));
        if before != after {
            let shown = root.join(name).display().to_string();
            let diff = TextDiff::from_lines(before.as_str(), after.as_str());
            text.push_str(&diff.unified_diff().context_radius(2).header(&shown, "as generated now").to_string());
        }
    }
    text
}

#[test]
fn the_golden_crates_are_what_the_generator_makes() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut text = String::new();
    for document in documents() {
        let wanted = generated(&document).files;
        let root = golden("crates").join(folder(&document));
        let present = tree(&root);
        if update {
            write(&root, &wanted, &present);
        } else {
            text.push_str(&difference(&root, &wanted, &present));
        }
    }
    assert!(text.is_empty(), "run `UPDATE_GOLDEN=1 cargo test -p xtask --test golden` if this is meant:\n{text}");
}

#[test]
fn the_plan_of_every_golden_crate_comes_back_from_text_as_it_was() {
    for document in documents() {
        let plan = generated(&document).plan;
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan, "{}", document.display());
    }
}

#[test]
fn every_golden_crate_has_its_document() {
    let known: BTreeSet<String> = documents().iter().map(|document| folder(document)).collect();
    let present: BTreeSet<String> = fs::read_dir(golden("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(present, known);
}

/// The operations of a document, counted without the generator's help.
fn operations(document: &Value) -> usize {
    const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
    let has = |item: &Value, method: &str| -> bool {
        let target = item["$ref"].as_str().and_then(|target| document.pointer(target.trim_start_matches('#')));
        item.get(method).is_some() || target.is_some_and(|target| target.get(method).is_some())
    };
    let paths = document["paths"].as_object().unwrap();
    let items = paths.iter().filter(|(path, _)| path.starts_with('/')).map(|(_, item)| item);
    let others = |item: &Value| item["additionalOperations"].as_object().map_or(0, |others| others.len());
    items.map(|item| METHODS.iter().filter(|method| has(item, method)).count() + others(item)).sum()
}

#[test]
fn every_operation_is_a_method() {
    for document in documents() {
        let expected = operations(&serde_json::from_str(&fs::read_to_string(&document).unwrap()).unwrap());
        let generated = generated(&document);
        let count = |sought: &str| {
            let code = generated.files.iter().filter(|(path, _)| path.starts_with("src/"));
            code.map(|(_, text)| text.matches(sought).count()).sum::<usize>()
        };
        let (methods, calls) = (count("Call::new("), count("\ncall! {"));
        assert_eq!((generated.operations, methods, calls), (expected, expected, expected), "{}", generated.name);
    }
}

/// A document with the faults that documents have.
const BROKEN: &str = r##"{
  "openapi": "3.0.3",
  "info": {"title": "Broken", "version": "1"},
  "servers": [{"url": "https://api.example.com"}],
  "paths": {
    "/a/{id}:act": {"post": {"operationId": "same", "responses": {"204": {"description": ""}}}},
    "/b/{x}/{y}": {
      "get": {
        "operationId": "same",
        "parameters": [
          {"name": "y", "in": "path", "schema": {"type": "string"}},
          {"$ref": "#/components/parameters/Missing"}
        ],
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Missing"}}}}}
      },
      "put": {"operationId": "Same", "requestBody": {"$ref": "#/components/requestBodies/Missing"}, "responses": {"ok": {"description": ""}}}
    },
    "/c": {
      "get": {
        "operationId": "same",
        "parameters": [{"name": "z", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {}
      }
    }
  }
}"##;

#[test]
fn a_broken_document_is_refused_with_all_its_faults_and_loses_no_operation_when_they_are_tolerated() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("broken.json");
    fs::write(&document, BROKEN).unwrap();

    let findings = generate(&document, false, None).unwrap_err();
    for code in ["duplicate-operation-id", "path-parameter-undeclared", "path-parameter-unused", "dangling-ref"] {
        assert!(findings.contains(&format!("error[{code}]")), "{code}: {findings}");
    }

    let generated = generate(&document, true, None).unwrap();
    assert_eq!(generated.operations, 4);
    let client = &generated.files["src/client.rs"];
    for method in ["same", "get_b_by_x_by_y", "same_operation", "get_c"] {
        assert!(client.contains(&format!("pub fn {method}(")), "{method}: {client}");
    }
    let operations = &generated.files["src/operations.rs"];
    for parameter in ["Parameter::path(\"id\")", "Parameter::path(\"x\")", "Parameter::path(\"y\")"] {
        assert!(operations.contains(parameter), "{parameter}");
    }
    assert!(!operations.contains("Parameter::path(\"z\")"), "the path has no place for it");
    assert!(operations.contains("\"/a/{id}:act\""));
}

/// Every schema of the documents here and of the repository's own, with the type that its values have.
fn registry() -> String {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let mut text = String::from(
        "// @generated by `UPDATE_GOLDEN=1 cargo test -p xtask --test golden`: do not edit.\n\n\
         //! The Rust type of each schema of the documents, by the document's file name and the schema's JSON pointer.\n\n\
         use crate::codec::Schema;\n\n\
         pub(crate) const SCHEMAS: &[Schema] = &[\n",
    );
    let mut found = documents();
    found.extend(
        ["activecampaign", "sitecore-personalize", "unified-to"].map(|name| specs.join(name).with_extension("json")),
    );
    for document in found {
        for (pointer, ty) in xtask::golden::registry(&generated(&document)) {
            text.push_str(&format!("    Schema::of::<{ty}>({:?}, {pointer:?}),\n", folder(&document)));
        }
    }
    text + "];\n"
}

#[test]
fn the_registry_of_the_tests_of_values_is_what_the_generator_plans() {
    let path = golden("values/src/registry.rs");
    let (wanted, present) = (registry(), fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n"));
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, &wanted).unwrap();
        return;
    }
    let diff = TextDiff::from_lines(present.as_str(), wanted.as_str());
    assert!(present == wanted, "{}", diff.unified_diff().context_radius(2).header("present", "as generated now"));
}
