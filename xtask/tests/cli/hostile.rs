//! Documents made to hurt: each becomes a crate or an error, and the others are generated all the same.

use crate::support::Playground;
use serde_json::{Map, Value, json};

/// A document with these component schemas, which one operation answers.
fn document(schemas: Value) -> String {
    let first = schemas.as_object().and_then(|schemas| schemas.keys().next().cloned()).unwrap();
    let answer = json!({"description": "", "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{first}")}}}});
    json!({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "https://a.example"}],
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": answer}}}},
        "components": {"schemas": schemas},
    })
    .to_string()
}

/// Generates the document beside a harmless one; the texts of its crate's Rust files, where there is a crate.
fn generated(text: &str) -> Option<Vec<String>> {
    let playground = Playground::new();
    playground.spec("hostile.json", text);
    playground.spec("other.json", &document(json!({"A": {"type": "object", "properties": {"a": {"type": "string"}}}})));
    let run = playground.regen(&["--lenient"]);
    assert!(matches!(run.code(), 0 | 1), "{}", run.errors());
    assert!(playground.out("other/src/lib.rs").is_file(), "the other document has no crate: {}", run.errors());
    let names = playground.names();
    assert!(
        names
            .iter()
            .all(|name| ["specs", "out", "hostile", "other", "Cargo.toml", "Cargo.lock"].contains(&name.as_str())),
        "{names:?}"
    );
    playground
        .out("hostile")
        .is_dir()
        .then(|| playground.tree("hostile/src").into_values().map(|bytes| String::from_utf8(bytes).unwrap()).collect())
}

/// `inner` wrapped `depth` times by `wrap`.
fn nested(depth: usize, inner: Value, wrap: impl Fn(Value) -> Value) -> Value {
    (0..depth).fold(inner, |schema, _| wrap(schema))
}

#[test]
fn deep_nesting_is_a_crate_or_an_error() {
    for depth in [20, 55] {
        let wrap = |inner| json!({"type": "object", "properties": {"a": inner}});
        assert!(
            generated(&document(json!({"Deep": nested(depth, json!({"type": "string"}), wrap)}))).is_some(),
            "{depth}"
        );
    }
    // Beyond what any reader of JSON takes: written as text, because the test could not hold it either.
    let bottomless = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
    let text = document(json!({"Deep": {"example": "HERE"}})).replace("\"HERE\"", &bottomless);
    assert!(generated(&text).is_none());
    let lists = nested(50, json!({"type": "string"}), |inner| json!({"type": "array", "items": inner}));
    assert!(generated(&document(json!({"Deep": lists}))).is_some());
    let combined =
        nested(30, json!({"properties": {"a": {}}}), |inner| json!({"allOf": [inner, {"properties": {"b": {}}}]}));
    assert!(generated(&document(json!({"Deep": combined}))).is_some());
}

#[test]
fn long_chains_of_references_are_followed() {
    let reference = |index: usize| json!({"$ref": format!("#/components/schemas/S{index}")});
    let chain = |make: &dyn Fn(usize) -> Value| -> Value {
        (0..2_000)
            .map(|index| {
                (
                    format!("S{index}"),
                    if index == 1_999 { json!({"type": "object", "properties": {"x": {}}}) } else { make(index + 1) },
                )
            })
            .collect::<Map<_, _>>()
            .into()
    };
    assert!(
        generated(&document(chain(&|next| json!({"type": "object", "properties": {"next": reference(next)}}))))
            .is_some()
    );
    assert!(
        generated(&document(chain(&|next| json!({"allOf": [reference(next), {"properties": {"y": {}}}]})))).is_some()
    );
}

#[test]
fn cycles_of_every_kind_end() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    for schemas in [
        json!({"A": reference("B"), "B": reference("A")}),
        json!({"A": {"allOf": [reference("B")]}, "B": {"allOf": [reference("A")]}}),
        json!({"A": {"oneOf": [reference("A"), reference("B")]}, "B": {"anyOf": [reference("A")]}}),
        json!({"A": {"type": "array", "items": reference("B")}, "B": {"type": "object", "additionalProperties": reference("A")}}),
        json!({"A": {"type": "object", "required": ["a"], "properties": {"a": reference("A")}}}),
        json!({"A": {"allOf": [{"oneOf": [reference("A"), {"properties": {"x": {}}}]}, {"properties": {"y": reference("A")}}]}}),
    ] {
        generated(&document(schemas));
    }
}

/// The findings of a document that is read strictly, and whether it has a crate where faults are survived.
fn refused(name: &str, document: &Value) -> (String, bool) {
    let playground = Playground::new();
    playground.spec(&format!("{name}.json"), &document.to_string());
    let errors = playground.run(&["lint", "--specs", "specs"]).exits(1).errors();
    assert!(errors.contains(&format!("--> specs/{name}.json:1:")), "{errors}");
    playground.regen(&["--lenient"]).exits(0);
    (errors, playground.out(&format!("{name}/src/lib.rs")).is_file())
}

#[test]
fn whatever_refers_to_itself_is_told_and_survived() {
    let kinds = [
        ("parameters", "/paths/~1a/get/parameters"),
        ("requestBodies", "/paths/~1a/get/requestBody"),
        ("responses", "/paths/~1a/get/responses/400"),
        ("headers", "/paths/~1a/get/responses/200/headers"),
        ("links", "/paths/~1a/get/responses/200/links"),
        ("callbacks", "/paths/~1a/get/callbacks"),
        ("pathItems", "/paths/~1b"),
        ("schemas", "/paths/~1a/get/responses/200/content/application~1json/schema"),
        ("securitySchemes", "/x-nothing"),
    ];
    for (kind, place) in kinds {
        let mut document: Value = serde_json::from_str(&document(json!({"A": {"type": "object"}}))).unwrap();
        let reference = |name: &str| json!({"$ref": format!("#/components/{kind}/{name}")});
        document["components"][kind]["P"] = reference("Q");
        document["components"][kind]["Q"] = reference("P");
        let used = match kind {
            "parameters" => json!([reference("P")]),
            "headers" | "links" | "callbacks" => json!({"h": reference("P")}),
            _ => reference("P"),
        };
        let (parent, key) = place.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/");
        document.pointer_mut(parent).unwrap()[key] = used;
        let (errors, survived) = refused("circle", &document);
        assert!(errors.contains("error[ref-cycle]") && survived, "{kind}: {errors}");
    }
}

#[test]
fn schemas_that_demand_themselves_are_told_and_survived() {
    let a = json!({"$ref": "#/components/schemas/A"});
    let b = json!({"$ref": "#/components/schemas/B"});
    let text = json!({"type": "string"});
    for schemas in [
        json!({"A": {"anyOf": [a]}}),
        json!({"A": {"oneOf": [a, text]}}),
        json!({"A": {"allOf": [a]}}),
        json!({"A": {"oneOf": [b, text]}, "B": {"anyOf": [a, {"type": "object"}]}}),
        json!({"A": {"allOf": [b]}, "B": {"allOf": [a]}}),
        json!({"A": {"oneOf": [{"oneOf": [text, {"anyOf": [a, {"type": "object"}]}]}, {"type": "array", "items": a}]}}),
    ] {
        let mut document: Value = serde_json::from_str(&document(schemas.clone())).unwrap();
        let media = json!({"application/json": {"schema": a, "example": {"a": 1}}});
        document["paths"]["/a"]["post"] =
            json!({"operationId": "b", "requestBody": {"content": media}, "responses": {"204": {"description": ""}}});
        let (errors, survived) = refused("circle", &document);
        assert!(errors.contains("error[schema-circle]") && survived, "{schemas}: {errors}");
    }
}

#[test]
fn an_enormous_enum_and_many_operations_are_a_crate() {
    let values: Vec<String> = (0..20_000).map(|index| format!("value {index}")).collect();
    let text = generated(&document(json!({"A": {"type": "string", "enum": values}}))).unwrap().concat();
    assert!(text.contains("Value19999"));

    let paths: Map<String, Value> = (0..1_000)
        .map(|index| (format!("/a/{index}/{{id}}"), json!({"get": {"responses": {"204": {"description": ""}}}})))
        .collect();
    let many =
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "paths": paths})
            .to_string();
    let text = generated(&many).unwrap().concat();
    assert_eq!(text.matches("\ncall! {").count(), 1_000);
}

#[test]
fn ten_megabytes_of_prose_are_a_crate() {
    let description = "All work and no play. ".repeat(500_000);
    assert!(
        generated(&document(json!({"A": {"type": "object", "description": description, "properties": {"a": {}}}})))
            .is_some()
    );
}

#[test]
fn nothing_in_a_document_becomes_code() {
    let poison =
        "\"; } */ #[doc(hidden)] fn poison() {} /* \u{202E} {{}} ```rust\npoison!()\n``` </b> \u{0}\r\n../../poison";
    let schema = json!({
        "type": "object", "title": poison, "description": poison, "default": poison, "pattern": poison,
        "properties": {
            poison: {"type": "string", "enum": [poison, "../../poison"], "description": poison},
            "b": {"type": "integer", "enum": [1], "description": poison},
        },
    });
    let mut whole: Value = serde_json::from_str(&document(json!({"A": schema}))).unwrap();
    let info = json!({"title": poison, "description": poison, "version": poison});
    if let Some(members) = whole.as_object_mut() {
        members.insert("info".to_owned(), info);
        members.insert(
            "servers".to_owned(),
            json!([{"url": "https://a.example/{v}", "description": poison, "variables": {"v": {"default": poison}}}]),
        );
        members.insert(
            "x-switchboard-crate".to_owned(),
            json!({"description": poison, "keywords": [poison], "categories": [poison]}),
        );
    }
    let files = generated(&whole.to_string()).unwrap();
    for file in &files {
        assert!(syn::parse_file(file).is_ok(), "{file}");
    }
    let text = files.concat();
    for line in text.lines().filter(|line| line.contains("fn poison")) {
        let line = line.trim_start();
        let quoted = line.starts_with("//") || line.contains('"');
        assert!(quoted, "outside of text: {line}");
    }
    assert!(!text.contains('\u{202E}'));
}
