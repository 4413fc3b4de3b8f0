//! Documents in several files, on disks of their own.

use crate::{
    diagnostics::Source,
    load::{Document, Limits, Syntax},
    pipeline::{self, Checked, Findings, Input},
    render::located,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{fs, path::Path};

fn input(folder: &Path, name: &str) -> Input {
    Input { stem: "root".to_owned(), document: folder.join(name), overlay: None, has_document: true }
}

fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The document after all passes that read it.
fn checked(folder: &Path, name: &str, lenient: bool) -> Checked {
    let input = input(folder, name);
    pipeline::check(pipeline::read(&input, Limits::default()), lenient)
}

fn bundled(files: &[(&str, &str)]) -> Document {
    let folder = written(files);
    let checked = checked(folder.path(), files[0].0, false);
    assert!(!checked.diagnostics.has_errors(), "{:?}", checked.diagnostics);
    checked.document
}

/// `code file:line:column` of each finding but adaptations.
fn places(folder: &Path, findings: &Findings) -> Vec<String> {
    located(findings, |finding| finding.severity > crate::diagnostics::Severity::Adaptation)
        .into_iter()
        .map(|located| {
            let file = located.place.file.path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            let place = located.place.span.map_or(String::new(), |span| format!(":{}:{}", span.line, span.column));
            format!("{} {file}{place}", located.diagnostic.code)
        })
        .collect()
}

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let folder = written(files);
    places(folder.path(), &checked(folder.path(), files[0].0, false).into_findings())
}

const ROOT: &str = "openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
paths:
  /pets:
    $ref: paths/pets.yaml
components:
  schemas:
    Pet:
      $ref: schemas/pet.json
";

const PATHS: &str = "get:
  operationId: listPets
  parameters:
    - $ref: ../common.yaml#/parameters/Limit
  responses:
    '200':
      description: All pets.
      content:
        application/json:
          schema:
            type: array
            items: {$ref: ../schemas/pet.json}
    default:
      $ref: ../common.yaml#/responses/Failed
";

const COMMON: &str = "parameters:
  Limit: {name: limit, in: query, schema: {type: integer}}
responses:
  Failed:
    description: It failed.
    content:
      application/json:
        schema: {$ref: '#/Fault'}
Fault:
  type: object
  properties:
    cause: {$ref: '#/Fault'}
";

const PET: &str = r##"{"type": "object", "properties": {"owner": {"$ref": "owner.yml"}, "friend": {"$ref": "#"}}}"##;

const OWNER: &str = "type: object\nproperties:\n  pets:\n    type: array\n    items: {$ref: ./pet.json}\n";

const FILES: [(&str, &str); 5] = [
    ("root.yaml", ROOT),
    ("paths/pets.yaml", PATHS),
    ("common.yaml", COMMON),
    ("schemas/pet.json", PET),
    ("schemas/owner.yml", OWNER),
];

#[test]
fn a_document_in_several_files_becomes_one() {
    let document = bundled(&FILES);
    let schemas = json!({
        "Pet": {"type": "object", "properties": {
            "owner": {"$ref": "#/components/schemas/owner"}, "friend": {"$ref": "#/components/schemas/Pet"}
        }},
        "owner": {"type": "object", "properties": {
            "pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}
        }},
        "Fault": {"type": "object", "properties": {"cause": {"$ref": "#/components/schemas/Fault"}}}
    });
    assert_eq!(document.value["components"]["schemas"], schemas);
    let get = &document.value["paths"]["/pets"]["get"];
    assert_eq!(get["parameters"], json!([{"$ref": "#/components/parameters/Limit"}]));
    assert_eq!(get["responses"]["default"], json!({"$ref": "#/components/responses/Failed"}));
    assert_eq!(document.parts.len(), 4);
    let origin = document.origins.resolve("/components/schemas/Fault/properties/cause");
    let file = document.parts.iter().position(|part| part.path.ends_with("common.yaml")).unwrap();
    assert_eq!((origin.source, origin.pointer.as_str()), (Source::Part(file), "/Fault/properties/cause"));
    assert_eq!(Syntax::of(&document.parts[file].path), Syntax::Yaml);
}

#[test]
fn findings_point_at_the_file_that_has_the_fault() {
    let mut files = FILES;
    let owner = OWNER.replace("./pet.json", "'#/Pet'");
    let common = COMMON.replace("'#/Fault'}\n", "'#/Faults'}\n");
    let paths = PATHS.replace("parameters:\n    - $ref: ../common.yaml#/parameters/Limit\n", "parameters: 3\n");
    (files[1].1, files[2].1, files[4].1) = (&paths, &common, &owner);
    assert_eq!(
        faults(&files),
        ["wrong-type paths/pets.yaml:3:15", "dangling-ref schemas/owner.yml:5:19", "dangling-ref common.yaml:8:24"]
    );
}

#[test]
fn what_cannot_be_followed_is_told_at_the_reference() {
    let root = |reference: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    A: {{items: {{$ref: '{reference}'}}}}\n"
        )
    };
    let codes =
        |reference: &str| faults(&[("root.yaml", &root(reference)), ("broken.json", "{\"a\": ,}"), ("b.txt", "{}")]);
    assert_eq!(codes("missing.yaml"), ["ref-file root.yaml:6:23"]);
    assert_eq!(codes("../outside.yaml"), ["ref-outside root.yaml:6:23"]);
    assert_eq!(codes("/etc/passwd"), ["ref-outside root.yaml:6:23"]);
    assert_eq!(codes("https://example.com/a.yaml"), ["external-ref root.yaml:6:23"]);
    assert_eq!(codes("file:///etc/passwd"), ["external-ref root.yaml:6:23"]);
    assert_eq!(codes("broken.json"), ["not-json broken.json:1:7", "ref-file root.yaml:6:23"]);
    assert_eq!(codes("b.txt#/Nowhere"), ["dangling-ref root.yaml:6:23"]);
    assert_eq!(codes("A"), ["external-ref root.yaml:6:23"]);
    let folder = written(&[("root.yaml", &root("."))]);
    assert_eq!(
        places(folder.path(), &checked(folder.path(), "root.yaml", false).into_findings()),
        ["ref-file root.yaml:6:23"]
    );
    let lenient = checked(written(&[("root.yaml", &root("missing.yaml"))]).path(), "root.yaml", true);
    assert!(!lenient.diagnostics.has_errors());
    assert_eq!(lenient.document.missing, ["missing.yaml"]);
}

#[test]
fn a_file_that_is_too_large_is_told_at_the_reference() {
    let folder = written(&[
        ("root.yaml", &ROOT.replace("paths/pets.yaml", "big.yaml")),
        ("big.yaml", &"#".repeat(2000)),
        ("schemas/pet.json", "{}"),
    ]);
    let sources = pipeline::read(&input(folder.path(), "root.yaml"), Limits { max_bytes: 1000 });
    assert_eq!(places(folder.path(), &pipeline::check(sources, false).into_findings()), ["ref-file root.yaml:5:11"]);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let outside = written(&[("pet.yaml", "type: string\n")]);
    let folder = written(&[("root.yaml", &ROOT.replace("/pets:\n    $ref: paths/pets.yaml", "/pets: {}"))]);
    fs::create_dir(folder.path().join("schemas")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("pet.yaml"), folder.path().join("schemas/pet.json")).unwrap();
    let findings = checked(folder.path(), "root.yaml", false).into_findings();
    assert_eq!(places(folder.path(), &findings), ["ref-outside root.yaml:8:13"]);
}

#[test]
fn sections_and_operations_may_be_files_too() {
    let document = bundled(&[
        (
            "root.json",
            r#"{"openapi": "3.1.0", "info": {"$ref": "info.yaml"}, "paths": {"$ref": "paths.yaml"}, "components": {"schemas": {"$ref": "schemas/_index.yaml", "C": {"type": "integer"}}}}"#,
        ),
        ("info.yaml", "title: t\nversion: 1.0\n"),
        ("paths.yaml", "/a:\n  get: {$ref: 'a.yaml#/get'}\n"),
        (
            "a.yaml",
            "get:\n  operationId: getA\n  responses:\n    200: {description: d, content: {application/json: {schema: {$ref: schemas/A.yaml}}}}\n",
        ),
        ("schemas/_index.yaml", "A: {$ref: A.yaml}\nB: {$ref: '#/A'}\nC: {type: string}\n"),
        ("schemas/A.yaml", "type: string\n"),
    ]);
    assert_eq!(document.value["info"], json!({"title": "t", "version": "1.0"}));
    assert_eq!(document.value["paths"]["/a"]["get"]["operationId"], "getA");
    assert_eq!(
        document.value["components"]["schemas"],
        json!({"A": {"type": "string"}, "B": {"$ref": "#/components/schemas/A"}, "C": {"type": "integer"}})
    );
    let origin = document.origins.resolve("/components/schemas/C/type");
    assert_eq!((origin.source, origin.pointer.as_str()), (Source::Document, "/components/schemas/C/type"));
}

#[test]
fn swagger_documents_may_be_split_too() {
    let root = "swagger: '2.0'
info: {title: t, version: '1'}
paths:
  /a:
    post:
      operationId: a
      parameters:
        - {name: q, in: query, type: string}
        - {name: b, in: body, schema: {$ref: pet.json}}
        - $ref: pet.json#/limit
      responses: {'200': {description: d, schema: {$ref: gone.json}}}
";
    let pet = r#"{"type": "object", "x-nullable": true, "limit": {"name": "l", "in": "query", "type": "integer"}}"#;
    let files = [("root.yaml", root), ("pet.json", pet)];
    assert_eq!(faults(&files), ["ref-file root.yaml:11:58"]);
    let folder = written(&files);
    let document = checked(folder.path(), "root.yaml", true).document;
    assert_eq!(document.value["components"]["schemas"]["pet"]["nullable"], true);
    let limit = json!({"name": "l", "in": "query", "schema": {"type": "integer"}});
    assert_eq!(document.value["components"]["parameters"]["limit"], limit);
    let origin = document.origins.resolve("/components/parameters/limit/schema/type");
    assert_eq!((origin.source, origin.pointer.as_str()), (Source::Part(0), "/limit/type"));
}

#[test]
fn names_do_not_collide_and_mappings_are_rewritten() {
    let document = bundled(&[
        (
            "root.json",
            r##"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {
                "pet": {"type": "string"},
                "Any": {"oneOf": [{"$ref": "a.json#/Pet"}, {"$ref": "a.json#/Dog"}], "discriminator": {"propertyName": "t", "mapping": {"p": "a.json#/Pet", "d": "Any", "m": "My.Dog"}}}, "My.Dog": {"type": "object"}}}}"##,
        ),
        ("a.json", r##"{"Pet": {"type": "object"}, "Dog": {"$ref": "#/Wolf"}, "Wolf": {"type": "object"}}"##),
    ]);
    let any = &document.value["components"]["schemas"]["Any"];
    assert_eq!(any["oneOf"], json!([{"$ref": "#/components/schemas/a_Pet"}, {"$ref": "#/components/schemas/Wolf"}]));
    assert_eq!(any["discriminator"]["mapping"], json!({"p": "#/components/schemas/a_Pet", "d": "Any", "m": "My.Dog"}));
}

#[test]
fn circles_of_files_end() {
    let root = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a: {$ref: a.yaml}\ncomponents:\n  schemas:\n    A: {$ref: s.yaml}\n";
    let found = faults(&[
        ("root.yaml", root),
        ("a.yaml", "$ref: b.yaml\n"),
        ("b.yaml", "$ref: a.yaml\n"),
        ("s.yaml", "$ref: s.yaml\n"),
    ]);
    assert_eq!(found, ["ref-cycle root.yaml:4:14", "ref-cycle root.yaml:7:15"]);
    let nested =
        "get:\n  responses: {'200': {description: d}}\n  callbacks:\n    c:\n      '{$request.body}': {$ref: a.yaml}\n";
    let root = root.replace("components:\n  schemas:\n    A: {$ref: s.yaml}\n", "");
    assert_eq!(faults(&[("root.yaml", &root), ("a.yaml", nested)]), ["ref-cycle a.yaml:5:33"]);
}

#[test]
fn copies_cannot_fill_the_memory() {
    // Each operation of a file is the next file's whole path item.
    let mut files = vec![(
        "root.yaml".to_owned(),
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {$ref: p0.yaml}\n".to_owned(),
    )];
    for level in 0..30 {
        let next = format!("{{callbacks: {{a: {{$ref: p{0}.yaml}}, b: {{$ref: p{0}.yaml}}}}}}", level + 1);
        let item = format!("/x: {{get: {next}, put: {next}, post: {next}}}\n/y: {{get: {next}, put: {next}}}\n");
        files.push((format!("p{level}.yaml"), item));
    }
    files.push(("p30.yaml".to_owned(), "/x: {}\n".to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = written(&files);
    let checked = checked(folder.path(), "root.yaml", false);
    assert!(checked.document.value.to_string().len() < 1 << 28);
}

#[test]
fn references_to_what_calls_itself_so_are_found_without_a_file() {
    let document = bundled(&[(
        "root.json",
        r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "components": {"schemas": {"A": {"$id": "a.json"}, "B": {"$ref": "a.json"}}}}"#,
    )]);
    assert_eq!(document.value["components"]["schemas"]["B"]["$ref"], "#/components/schemas/A");
}

#[test]
fn an_overlay_can_correct_a_reference_that_leads_nowhere() {
    let folder = written(&[
        (
            "root.json",
            r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "components": {"schemas": {"A": {"$ref": "gone.json"}}}}"#,
        ),
        (
            "root.overlay.yaml",
            "overlay: 1.0.0\ninfo: {title: t, version: 1.0.0}\nactions:\n  - target: $.components.schemas.A\n    update: {$ref: '#/components/schemas/B'}\n  - target: $.components.schemas\n    update: {B: {type: string}}\n",
        ),
    ]);
    let mut input = input(folder.path(), "root.json");
    input.overlay = Some(folder.path().join("root.overlay.yaml"));
    let checked = pipeline::check(pipeline::read(&input, Limits::default()), false);
    assert!(!checked.diagnostics.has_errors(), "{:?}", checked.diagnostics);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_parts_at_all_make_it_panic(
        place in prop::sample::select(vec![0_usize, 1, 2, 3, 4]),
        cut in 0_usize..400,
        insert in "[-{}\\[\\]:,&*<$ref#/.a0 \n\"']{0,12}",
        reference in "[a-c./#%:]{0,10}",
    ) {
        let mut texts: Vec<String> = FILES.iter().map(|(_, text)| (*text).to_owned()).collect();
        let text = &mut texts[place];
        let at = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        text.insert_str(at, &insert);
        texts[1] = texts[1].replacen("../schemas/pet.json", &reference, 1);
        let files: Vec<(&str, &str)> = FILES.iter().zip(&texts).map(|((name, _), text)| (*name, text.as_str())).collect();
        let folder = written(&files);
        for lenient in [false, true] {
            let findings = checked(folder.path(), "root.yaml", lenient).into_findings();
            places(folder.path(), &findings);
        }
    }

    #[test]
    fn no_value_at_all_makes_it_panic(part in any_value(), root in any_value()) {
        let root = json!({"openapi": "3.0.3", "paths": {"/a": root, "/b": {"$ref": "part.json#/a"}}, "components": {"schemas": {"A": {"$ref": "part.json"}}}});
        let folder = written(&[("root.json", &root.to_string()), ("part.json", &part.to_string())]);
        checked(folder.path(), "root.json", true);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let keys =
        ["$ref", "a", "get", "properties", "parameters", "responses", "items", "callbacks", "discriminator", "mapping"];
    let texts = ["part.json", "#/a", "part.json#/a", "root.json#/paths", "#", "https://a", ""];
    let leaf =
        prop_oneof![any::<bool>().prop_map(Value::from), prop::sample::select(texts.to_vec()).prop_map(Value::from)];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..4)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
        ]
    })
}

#[test]
fn what_stands_beside_a_path_items_reference_to_a_file_joins_it() {
    let root = "openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
paths:
  /pets/{id}:
    $ref: paths/pets.yaml
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {$ref: 'common.yaml#/parameters/Tenant'}
    put: {operationId: putPet, responses: {'204': {description: Done.}}}
";
    let path = "parameters:
  - {name: X-Trace, in: header, required: true, schema: {type: string}}
  - {$ref: '../common.yaml#/parameters/Tenant'}
get:
  operationId: getPet
  responses: {'200': {$ref: '../common.yaml#/responses/Ok'}}
";
    let common = "parameters:
  Tenant: {name: X-Tenant, in: header, schema: {type: string}}
responses:
  Ok: {description: A pet.}
";
    let document = bundled(&[("openapi.yaml", root), ("paths/pets.yaml", path), ("common.yaml", common)]);
    let item = &document.value["paths"]["/pets/{id}"];
    let parameters: Vec<&Value> = item["parameters"].as_array().unwrap().iter().collect();
    assert_eq!(parameters.len(), 3);
    assert_eq!([&parameters[0]["name"], &parameters[2]["name"]], ["id", "X-Trace"]);
    assert_eq!([&item["get"]["operationId"], &item["put"]["operationId"]], ["getPet", "putPet"]);
    assert_eq!(document.value.get("x-switchboard-path-items"), None);
    let origin = document.origins.resolve("/paths/~1pets~1{id}/parameters/2");
    assert_eq!((origin.source, origin.pointer.as_str()), (Source::Part(0), "/parameters/0"));
}

#[test]
fn schemas_in_files_are_found_by_their_names() {
    let root = "openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths: {}
components:
  schemas:
    ByAnchor: {$ref: 'schemas/pet.json#tag'}
    ByFile: {$ref: 'schemas/pet.json'}
";
    let pet = r##"{"$id": "https://pets.example/schemas/pet.json", "type": "object", "properties": {
        "tag": {"$ref": "#tag"}, "self": {"$ref": "https://pets.example/schemas/pet.json"}, "name": {"$ref": "name.json"}
    }, "$defs": {"Tag": {"$anchor": "tag", "type": "string"}}}"##;
    let document =
        bundled(&[("openapi.yaml", root), ("schemas/pet.json", pet), ("schemas/name.json", r#"{"type": "string"}"#)]);
    let schemas = &document.value["components"]["schemas"];
    assert_eq!(schemas["ByAnchor"], json!({"$anchor": "tag", "type": "string"}));
    let pet = &schemas["ByFile"];
    assert_eq!(pet.get("$id"), None);
    let target = |property: &str| {
        let reference = pet["properties"][property]["$ref"].as_str().unwrap();
        document.value.pointer(reference.trim_start_matches('#')).unwrap()["type"].clone()
    };
    assert_eq!([target("tag"), target("self"), target("name")], ["string", "object", "string"]);
}
