//! Each rule on the smallest document that shows it: that it finds the fault, and that the overlay action it offers
//! takes the fault away. And all rules on any JSON at all: that none of them panics.

use super::{fault::REPAIR, lint_value};
use crate::{
    diagnostics::{Diagnostic, Diagnostics, Severity},
    load::{Document, TextFile},
    overlay::{OverlayFile, apply},
    pipeline::Findings,
    render::{Look, render},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn lint(document: &Value, lenient: bool) -> Vec<Diagnostic> {
    let mut diagnostics = Diagnostics::default();
    lint_value(document, lenient, &mut diagnostics);
    diagnostics.iter().cloned().collect()
}

/// A document with nothing wrong in it, with `fields` in addition.
fn document(version: &str, fields: Value) -> Value {
    let mut document = json!({"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}});
    document.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    document
}

/// What is found in a document with nothing wrong in it but `fields`.
pub(super) fn found(fields: &Value, lenient: bool) -> Vec<Diagnostic> {
    lint(&document("3.0.3", fields.clone()), lenient)
}

fn operation(fields: Value) -> Value {
    let mut operation = json!({"responses": {"200": {"description": "d"}}});
    operation.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    operation
}

fn get(path: &str, fields: Value) -> Value {
    document("3.0.3", json!({"paths": {path: {"get": operation(fields)}}}))
}

fn schema(schema: Value) -> Value {
    document("3.0.3", json!({"components": {"schemas": {"A": schema}}}))
}

fn repairs(diagnostic: &Diagnostic) -> Vec<Value> {
    let help = diagnostic.help.as_deref().unwrap_or_default();
    let actions = help.split_once(REPAIR).map_or("", |(_, actions)| actions);
    serde_json::from_str(&format!("[{actions}]")).unwrap()
}

fn repaired(value: &Value, actions: &[Value]) -> Value {
    let mut document = Document { path: "x".into(), stem: "x".into(), value: value.clone(), ..Document::default() };
    let overlay = json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
    let mut diagnostics = Diagnostics::default();
    apply(&mut document, &OverlayFile { value: overlay }, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    document.value
}

/// The one fault of `document` has this code and pointer; it is a warning to a lenient reader, and what is offered
/// against it helps.
#[track_caller]
fn fault(document: &Value, code: &str, pointer: &str) -> Diagnostic {
    let found = lint(document, false);
    let places: Vec<(&str, &str)> = found.iter().map(|fault| (fault.code, fault.pointer.as_str())).collect();
    assert_eq!(places, [(code, pointer)], "{found:#?}");
    let fault = found.into_iter().next().unwrap();
    assert!(fault.help.is_some(), "no help: {fault:?}");
    assert!(lint(document, true).iter().all(|fault| fault.severity == Severity::Warning));
    let actions = repairs(&fault);
    if !actions.is_empty() {
        let left = lint(&repaired(document, &actions), false);
        assert!(left.iter().all(|left| left.code != code), "{actions:?} leaves {left:#?}");
    }
    fault
}

#[track_caller]
fn repairable(document: &Value, code: &str, pointer: &str) -> Diagnostic {
    let fault = fault(document, code, pointer);
    assert!(!repairs(&fault).is_empty(), "no repair: {fault:?}");
    fault
}

#[track_caller]
fn clean(document: &Value) {
    assert_eq!(lint(document, false), []);
}

#[test]
fn what_is_never_sent_of_a_path_or_a_server_is_told() {
    let of = |paths: &[&str]| {
        let items: serde_json::Map<String, Value> =
            paths.iter().map(|path| ((*path).to_owned(), json!({"get": operation(json!({}))}))).collect();
        document("3.0.3", json!({"paths": items}))
    };
    let several = of(&["/a", "/y/#Action=A", "/y/#Action=B"]);
    let found = fault(&several, "path-fragment", "/paths/~1y~1#Action=A");
    assert_eq!(found.severity, Severity::Warning);
    assert!(found.message.ends_with("(1 more of it)"), "{}", found.message);
    clean(&of(&["/a"]));
    for url in ["https://x.com/a?version=1", "https://x.com/a#b"] {
        let found =
            repairable(&document("3.0.3", json!({"servers": [{"url": url}]})), "server-query", "/servers/0/url");
        assert_eq!(found.severity, Severity::Warning);
        assert_eq!(repairs(&found)[0]["update"], json!({"url": "https://x.com/a"}));
    }
    clean(&document("3.0.3", json!({"servers": [{"url": "https://x.com/a"}]})));
}

#[test]
fn what_no_message_can_hold_is_told() {
    let of = |parameter: Value| get("/a", json!({"parameters": [parameter]}));
    let both = of(json!({"name": "a", "in": "query", "schema": {}, "content": {"application/json": {}}}));
    let found = repairable(&both, "parameter-two-schemas", "/paths/~1a/get/parameters/0/content");
    assert_eq!(found.severity, Severity::Warning);
    let header = |name: &str| of(json!({"name": name, "in": "header", "schema": {}}));
    for name in ["X Key", "X-Key:", "Ключ", "x[y]"] {
        let found = fault(&header(name), "header-name", "/paths/~1a/get/parameters/0/name");
        assert_eq!(found.severity, Severity::Warning);
    }
    clean(&header("X-Key_1.2~"));
    let key = |name: &str| {
        let scheme = json!({"type": "apiKey", "in": "header", "name": name});
        document("3.0.3", json!({"components": {"securitySchemes": {"a": scheme}}}))
    };
    fault(&key("X Key"), "header-name", "/components/securitySchemes/a/name");
    clean(&key("X-Key"));
    let part = |name: &str| {
        let form = json!({"schema": {}, "encoding": {"a": {"headers": {name: {"schema": {}}}}}});
        get("/a", json!({"requestBody": {"content": {"multipart/form-data": form}}}))
    };
    let place = "/paths/~1a/get/requestBody/content/multipart~1form-data/encoding/a/headers/X Key";
    fault(&part("X Key"), "header-name", place);
    clean(&part("X-Key"));
    let body = |media_type: &str| {
        let answer = json!({"description": "d", "content": {media_type: {}}});
        get("/a", json!({"responses": {"200": answer}}))
    };
    for media_type in ["json", "", "application/json, text/json", "application/", "a b/c"] {
        let pointer = format!("/paths/~1a/get/responses/200/content/{}", media_type.replace('/', "~1"));
        let found = fault(&body(media_type), "media-type", &pointer);
        assert_eq!(found.severity, Severity::Warning);
    }
    for media_type in ["application/vnd.a.v1+json; charset=utf-8", "*/*", "text/*", "application/json;odata=\"a,b\""] {
        clean(&body(media_type));
    }
    clean(&document("3.2.0", json!({"components": {"mediaTypes": {"Json": {"schema": {}}}}})));
}

#[test]
fn versions() {
    clean(&document("3.0.0", json!({})));
    clean(&document("3.1.1", json!({})));
    clean(&document("3.0.0-rc1", json!({})));
    repairable(&document("3.0", json!({})), "openapi-version", "/openapi");
    clean(&document("3.2.0", json!({})));
    repairable(&document("3.3.0", json!({})), "openapi-version", "/openapi");
    for openapi in [json!("4.0.0"), json!("2.0"), json!(3.1), json!(null), json!("")] {
        let value = json!({"openapi": openapi});
        for lenient in [false, true] {
            let found = lint(&value, lenient);
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].code, found[0].severity), ("openapi-version", Severity::Error));
        }
    }
}

#[test]
fn required_fields() {
    repairable(&json!({"openapi": "3.0.3", "paths": {}}), "missing-field", "/info");
    repairable(
        &json!({"openapi": "3.0.3", "info": {"title": "t", "version": 1}, "paths": {}}),
        "missing-field",
        "/info/version",
    );
    repairable(&json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}}), "missing-field", "/paths");
    clean(&json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}}));
}

#[test]
fn fields_of_the_wrong_type() {
    repairable(&document("3.1.0", json!({"paths": []})), "wrong-type", "/paths");
    repairable(&get("/a", json!({"parameters": {}})), "wrong-type", "/paths/~1a/get/parameters");
    repairable(&get("/a", json!({"parameters": [1]})), "wrong-type", "/paths/~1a/get/parameters/0");
    repairable(&get("/a", json!({"operationId": 1})), "wrong-type", "/paths/~1a/get/operationId");
    repairable(&schema(json!({"properties": []})), "wrong-type", "/components/schemas/A/properties");
    repairable(&schema(json!({"items": null})), "wrong-type", "/components/schemas/A/items");
    clean(&schema(json!({"items": [{}, true], "additionalProperties": false})));
}

#[test]
fn responses() {
    let without = document("3.0.3", json!({"paths": {"/a": {"get": {}}}}));
    repairable(&without, "missing-responses", "/paths/~1a/get");
    clean(&document("3.1.0", json!({"paths": {"/a": {"get": {}}}})));
    let status = |status: &str| get("/a", json!({"responses": {status: {"description": "d"}}}));
    for known in ["200", "default", "4XX", "599", "x-note"] {
        clean(&status(known));
    }
    for unknown in ["20", "600", "ok", "2000", "6xx"] {
        repairable(&status(unknown), "invalid-status", &format!("/paths/~1a/get/responses/{unknown}"));
    }
}

#[test]
fn ranges_in_lower_case_are_read_and_told_once() {
    let responses = |statuses: &[&str]| {
        let listed = statuses.iter().map(|status| ((*status).to_owned(), json!({"description": "d"})));
        json!({"responses": Value::Object(listed.collect())})
    };
    let paths = json!({"/a": {"get": responses(&["4xx", "5Xx"])}, "/b": {"get": responses(&["4xx"])}});
    let found = lint(&document("3.0.3", json!({"paths": paths})), false);
    let [finding] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((finding.code, finding.severity), ("lower-case-status", Severity::Warning));
    assert_eq!(finding.pointer, "/paths/~1a/get/responses/4xx");
    assert_eq!(finding.message, "`4xx` is read as `4XX`, and 2 more keys like it");
    let both = json!({"paths": {"/a": {"get": responses(&["4XX", "4xx"])}}});
    fault(&document("3.0.3", both), "invalid-status", "/paths/~1a/get/responses/4xx");
}

#[test]
fn alike_repairs_are_one_where_a_path_names_no_other_place() {
    let body = || json!({"post": operation(json!({"requestBody": {"required": true}}))});
    let alike = document("3.0.3", json!({"paths": {"/a": body(), "/b": body(), "/c": body()}}));
    let found = lint(&alike, false);
    assert_eq!(found.len(), 3);
    let actions = repairs(&found[0]);
    assert_eq!(actions[0]["target"], "$.paths[*].post.requestBody");
    assert!(found[0].help.as_deref().unwrap().contains("all 3"), "{:?}", found[0].help);
    assert_eq!(lint(&repaired(&alike, &actions), false), []);
    // Where the path would lead to a good one as well, each has its own.
    let good = json!({"post": operation(json!({"requestBody": {"content": {"text/plain": {}}}}))});
    let mixed = document("3.0.3", json!({"paths": {"/a": body(), "/b": body(), "/c": good}}));
    assert_eq!(repairs(&lint(&mixed, false)[0])[0]["target"], "$.paths['/a'].post.requestBody");
}

#[test]
fn request_bodies() {
    let place = "/paths/~1a/get/requestBody";
    repairable(&get("/a", json!({"requestBody": {"required": true}})), "request-body-without-content", place);
    repairable(&get("/a", json!({"requestBody": {"content": {}}})), "request-body-without-content", place);
    clean(&get("/a", json!({"requestBody": {"content": {"text/plain": {}}}})));
}

#[test]
fn references_that_lead_nowhere() {
    let place = "/components/schemas/A/$ref";
    let near = repairable(&schema(json!({"$ref": "#/components/schemas/B"})), "dangling-ref", place);
    assert!(near.help.unwrap().contains("did you mean `#/components/schemas/A`?"));
    repairable(&schema(json!({"$ref": "#/definitions/Other"})), "dangling-ref", place);
    let moved = schema(json!({"items": {"$ref": "#/definitions/A"}}));
    let moved = repairable(&moved, "dangling-ref", "/components/schemas/A/items/$ref");
    assert!(moved.help.unwrap().contains("`#/components/schemas/A`"));
    let mapping =
        schema(json!({"discriminator": {"propertyName": "t", "mapping": {"b": "#/components/schemas/AA", "c": "C"}}}));
    repairable(&mapping, "dangling-ref", "/components/schemas/A/discriminator/mapping/b");
    clean(&schema(json!({"example": {"$ref": "#/no"}, "default": {"$ref": "#/no"}, "x-a": {"$ref": "#/no"}})));
    clean(&schema(json!({"properties": {"$ref": {"type": "string"}}})));
}

#[test]
fn references_that_lead_elsewhere() {
    let place = "/components/schemas/A/items/$ref";
    let item = |reference: &str| schema(json!({"items": {"$ref": reference}}));
    for reference in ["other.json#/B", "https://example.com/x.json", "./B.yaml", ""] {
        let fault = fault(&item(reference), "external-ref", place);
        assert!(fault.help.unwrap().contains("bundle"), "{reference}");
    }
    repairable(&item("A"), "external-ref", place);
    repairable(&schema(json!({"$ref": {"type": "string"}})), "malformed-ref", "/components/schemas/A/$ref");
}

#[test]
fn references_in_a_circle() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    fault(&schema(reference("A")), "ref-cycle", "/components/schemas/A/$ref");
    let schemas = json!({"Z": reference("A"), "A": reference("B"), "B": reference("C"), "C": reference("A"), "Y": reference("B")});
    let found = fault(
        &document("3.0.3", json!({"components": {"schemas": schemas}})),
        "ref-cycle",
        "/components/schemas/A/$ref",
    );
    let notes: Vec<&str> = found.notes.iter().map(|note| note.pointer.as_str()).collect();
    assert_eq!(notes, ["/components/schemas/B/$ref", "/components/schemas/C/$ref"]);
    clean(&schema(json!({"properties": {"self": {"$ref": "#/components/schemas/A"}}})));
}

#[test]
fn schemas_in_a_circle() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    for key in ["oneOf", "anyOf", "allOf"] {
        let place = format!("/components/schemas/A/{key}/0");
        repairable(&schema(json!({key: [reference("A")]})), "schema-circle", &place);
    }
    let of_both = schema(json!({"oneOf": [{"type": "string"}, {"anyOf": [{"type": "integer"}, reference("A")]}]}));
    repairable(&of_both, "schema-circle", "/components/schemas/A/oneOf/1/anyOf/1");
    let two = json!({"A": {"oneOf": [reference("B"), {"type": "string"}]}, "B": {"anyOf": [{"type": "object"}, reference("A")]}});
    repairable(
        &document("3.1.0", json!({"components": {"schemas": two}})),
        "schema-circle",
        "/components/schemas/B/anyOf/1",
    );
    clean(&schema(json!({"oneOf": [{"type": "array", "items": reference("A")}, {"type": "string"}]})));
    clean(&schema(json!({"allOf": [reference("A"), {"properties": {"a": {}}}]})));
}

#[test]
fn operation_ids() {
    let paths =
        json!({"/a": {"get": operation(json!({"operationId": "x"})), "post": operation(json!({"operationId": "x"}))}});
    let found = repairable(
        &document("3.0.3", json!({"paths": paths})),
        "duplicate-operation-id",
        "/paths/~1a/post/operationId",
    );
    assert_eq!(found.notes[0].pointer, "/paths/~1a/get/operationId");
    assert_eq!(repairs(&found)[0]["update"]["operationId"], "post_a");
    let webhooks = json!({"webhooks": {"w": {"post": {"operationId": "x"}}}, "paths": {"/a": {"get": operation(json!({"operationId": "x"}))}}});
    clean(&document("3.1.0", webhooks));
}

#[test]
fn calls_that_the_vendor_makes_have_faults_too() {
    let body = json!({"content": {"application/json": {"schema": {"$ref": "#/nowhere"}}}});
    let broken = json!({"post": {"requestBody": body, "responses": {"200": {"description": ""}}}});
    let place = "post/requestBody/content/application~1json/schema/$ref";
    let places = |version: &str, fields: Value| -> Vec<_> {
        let found = lint(&document(version, fields), false).into_iter();
        found.map(|fault| (fault.code, fault.pointer)).collect()
    };
    let expected = |before: &str| vec![("dangling-ref", format!("{before}/{place}"))];
    assert_eq!(places("3.1.0", json!({"webhooks": {"w": broken}})), expected("/webhooks/w"));
    assert_eq!(places("3.0.3", json!({"x-webhooks": {"x-note": true, "w": broken}})), expected("/x-webhooks/w"));
    let paths = json!({"/a": {"get": operation(json!({"callbacks": {"c": {"{$url}": broken}}}))}});
    assert_eq!(places("3.0.3", json!({"paths": paths})), expected("/paths/~1a/get/callbacks/c/{$url}"));
}

fn path_parameter(name: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
}

#[test]
fn path_parameters() {
    let place = "/paths/~1a~1{id}/get";
    let with = |parameters: Value| get("/a/{id}", json!({"parameters": parameters}));
    clean(&with(json!([path_parameter("id")])));
    repairable(&get("/a/{id}", json!({})), "path-parameter-undeclared", place);
    let renamed = repairable(&with(json!([path_parameter("Id")])), "path-parameter-undeclared", place);
    assert_eq!(repairs(&renamed)[0]["update"], json!({"name": "id"}));
    let unused = with(json!([path_parameter("other"), path_parameter("id")]));
    repairable(&unused, "path-parameter-unused", "/paths/~1a~1{id}/get/parameters/0");
    let shared = json!({"/a": {"parameters": [{"$ref": "#/components/parameters/p"}], "get": operation(json!({}))}});
    let shared =
        document("3.0.3", json!({"paths": shared, "components": {"parameters": {"p": path_parameter("it's")}}}));
    repairable(&shared, "path-parameter-unused", "/paths/~1a/parameters/0");
    let optional = with(json!([{"name": "id", "in": "path", "schema": {}}]));
    repairable(&optional, "path-parameter-optional", "/paths/~1a~1{id}/get/parameters/0/required");
}

#[test]
fn path_names() {
    repairable(&get("a", json!({})), "path-without-slash", "/paths/a");
    for path in ["/{", "/}", "/{}", "/{a{b}}", "/{a"] {
        let found = lint(&get(path, json!({})), false);
        assert!(found.iter().any(|fault| fault.code == "path-template"), "{path}: {found:?}");
    }
    let item = |method: &str, name: &str| json!({method: operation(json!({"parameters": [path_parameter(name)]}))});
    let paths =
        |other: &str| document("3.0.3", json!({"paths": {"/a/{x}": item("get", "x"), "/a/{y}": item(other, "y")}}));
    for method in ["get", "put"] {
        let harmless = lint(&paths(method), false);
        assert_eq!((harmless[0].code, harmless[0].severity), ("duplicate-path", Severity::Warning), "{method}");
    }
}

#[test]
fn parameters() {
    let with = |parameter: Value| get("/a", json!({"parameters": [parameter]}));
    let place = |field: &str| format!("/paths/~1a/get/parameters/0{field}");
    clean(&with(json!({"name": "a", "in": "query", "content": {"application/json": {}}})));
    repairable(&with(json!({"name": "a", "in": "query"})), "parameter-without-schema", &place(""));
    repairable(&with(json!({"in": "query", "schema": {}})), "missing-field", &place("/name"));
    for location in [json!("body"), json!("formData"), json!("params"), json!(1)] {
        repairable(&with(json!({"name": "a", "in": location, "schema": {}})), "parameter-location", &place("/in"));
    }
    for (location, style) in
        [("query", json!("simple")), ("header", json!("form")), ("cookie", json!(1)), ("query", json!("csv"))]
    {
        let parameter = json!({"name": "a", "in": location, "schema": {}, "style": style});
        repairable(&with(parameter), "parameter-style", &place("/style"));
    }
    let twice = |a: &str, b: &str, location: &str| {
        let parameter = |name: &str| json!({"name": name, "in": location, "schema": {}});
        get("/a", json!({"parameters": [parameter(a), parameter("z"), parameter(b), parameter(b)]}))
    };
    let found = repairable(&twice("X-A", "x-a", "header"), "duplicate-parameter", "/paths/~1a/get/parameters/2");
    assert_eq!(repairs(&found)[0]["target"], "$.paths['/a'].get.parameters[2,3]");
}

#[test]
fn security() {
    let schemes = json!({"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}});
    let with = |name: &str| document("3.0.3", json!({"security": [{name: []}, {}], "components": schemes}));
    clean(&with("token"));
    let found = repairable(&with("tokens"), "unknown-security-scheme", "/security/0/tokens");
    assert!(found.help.unwrap().contains("`token`"));
    let many = document("3.0.3", json!({"security": [{"a": []}, {"a": []}, {"a": []}]}));
    assert!(repairable(&many, "unknown-security-scheme", "/security/0/a").message.contains("3 places"));
    repairable(
        &document("3.0.3", json!({"components": {"securitySchemes": {"a": {}}}})),
        "missing-field",
        "/components/securitySchemes/a/type",
    );
}

#[test]
fn credentials_that_take_each_others_place() {
    let schemes = json!({
        "basic": {"type": "http", "scheme": "basic"}, "bearer": {"type": "http", "scheme": "bearer"},
        "one": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "two": {"type": "apiKey", "in": "header", "name": "x-key"},
        "own": {"type": "apiKey", "in": "header", "name": "Cookie"},
        "jar": {"type": "apiKey", "in": "cookie", "name": "a"}, "tin": {"type": "apiKey", "in": "cookie", "name": "b"},
        "asked": {"type": "apiKey", "in": "query", "name": "key"}, "Asked": {"type": "apiKey", "in": "query", "name": "Key"},
    });
    let with = |names: &[&str]| {
        let all: serde_json::Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), json!([]))).collect();
        document("3.0.3", json!({"security": [{"asked": []}, all], "components": {"securitySchemes": schemes}}))
    };
    for names in [["basic", "bearer"], ["one", "two"], ["jar", "own"]] {
        let found = fault(&with(&names), "same-place-credentials", "/security/1");
        assert_eq!(found.severity, Severity::Warning);
        assert!(names.iter().all(|name| found.message.contains(&format!("`{name}`"))), "{}", found.message);
        assert!(found.help.is_some());
    }
    for names in [["basic", "one"], ["jar", "tin"], ["asked", "Asked"]] {
        clean(&with(&names));
    }
}

#[test]
fn servers() {
    let with = |server: Value| document("3.0.3", json!({"servers": [server]}));
    clean(&with(json!({"url": "https://{a}.b", "variables": {"a": {"default": "x", "enum": ["x"]}}})));
    repairable(&with(json!({"url": "https://{a}.b"})), "server-variable-undefined", "/servers/0/url");
    repairable(&with(json!({})), "missing-field", "/servers/0/url");
    for variable in [json!({}), json!({"default": 443}), json!({"default": "x", "enum": ["y", "z"]})] {
        let server = json!({"url": "https://{a}.b", "variables": {"a": variable}});
        repairable(&with(server), "server-variable-default", "/servers/0/variables/a/default");
    }
}

#[test]
fn schemas() {
    for kind in [
        json!("String"),
        json!("datetime"),
        json!("any"),
        json!(1),
        json!([]),
        json!(["string", "int"]),
        json!(["Null"]),
    ] {
        repairable(&schema(json!({"type": kind})), "unknown-schema-type", "/components/schemas/A/type");
    }
    clean(&schema(json!({"type": ["string", "null"], "pattern": "(((", "required": ["a"], "enum": [null]})));
    for required in [json!(true), json!("a"), json!([1])] {
        repairable(&schema(json!({"required": required})), "required-not-array", "/components/schemas/A/required");
    }
    repairable(&schema(json!({"enum": []})), "empty-enum", "/components/schemas/A/enum");
    repairable(&schema(json!({"enum": "a"})), "wrong-type", "/components/schemas/A/enum");
}

#[test]
fn faults_come_all_at_once_in_the_documents_order() {
    let document = json!({"openapi": "3.0.3", "info": {}, "paths": {"a": {"get": {"parameters": [{"name": "x"}]}}},
        "components": {"schemas": {"A": {"enum": []}}}});
    let codes: Vec<&str> = lint(&document, false).iter().map(|fault| fault.code).collect();
    let expected = [
        "missing-field",
        "missing-field",
        "path-without-slash",
        "missing-responses",
        "parameter-location",
        "parameter-without-schema",
        "empty-enum",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn a_document_with_very_many_faults_takes_no_quadratic_time() {
    let refs: serde_json::Map<String, Value> = (0..20_000)
        .map(|n| (format!("Schema{n}"), json!({"$ref": format!("#/components/schemas/Missing{n}")})))
        .collect();
    let found = lint(&document("3.0.3", json!({"components": {"schemas": refs}})), false);
    assert_eq!(found.len(), 20_000);
}

/// A document in which every object that rules look at occurs.
fn seed() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://{a}/x", "variables": {"a": {"default": "d", "enum": ["d"]}}}],
        "security": [{"s": []}],
        "paths": {"/a/{id}": {
            "parameters": [{"$ref": "#/components/parameters/P"}],
            "post": {
                "operationId": "o",
                "parameters": [{"name": "q", "in": "query", "style": "form", "schema": {"type": "array", "items": {"type": "string"}}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}, "encoding": {}}}},
                "responses": {"200": {"description": "d", "headers": {"h": {"schema": {}}}, "content": {}}},
                "callbacks": {"c": {"{$url}": {"get": {}}}}
            }
        }},
        "components": {
            "parameters": {"P": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}},
            "schemas": {"S": {"required": ["a"], "enum": [1], "allOf": [{"$ref": "#/components/schemas/T"}],
                "discriminator": {"mapping": {"a": "#/components/schemas/T"}}}, "T": {"$anchor": "t", "$id": "i"}},
            "securitySchemes": {"s": {"type": "http", "scheme": "bearer"}}
        }
    })
}

fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(key, value)| (crate::diagnostics::pointer_join(&pointer, key), value)));
            }
            Value::Array(items) => {
                open.extend((0..).zip(items).map(|(index, item)| (format!("{pointer}/{index}"), item)))
            }
            _ => {}
        }
        found.push(pointer);
    }
    found
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("$ref".to_owned()),
        Just("#/components/schemas/S".to_owned()),
        Just("#/components/schemas/T/$ref".to_owned()),
        Just("/a/{id}".to_owned()),
        Just("path".to_owned()),
        Just("parameters".to_owned()),
        Just("schema".to_owned()),
        "[a-z#/{}%~'$\u{202e}é]{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..4).prop_map(|fields| fields.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_json_at_all_makes_a_rule_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any_json()), 1..5), lenient: bool) {
        let mut document = seed();
        for (place, value) in edits {
            let pointers = pointers(&document);
            let pointer: &String = place.get(&pointers);
            *document.pointer_mut(pointer).unwrap() = value;
        }
        let mut diagnostics = Diagnostics::default();
        lint_value(&document, lenient, &mut diagnostics);
        for diagnostic in diagnostics.iter() {
            repairs(diagnostic);
        }
        let text = serde_json::to_string_pretty(&document).unwrap();
        let file = TextFile { path: "x.json".into(), text };
        let findings = Findings { document: file, diagnostics, ..Findings::default() };
        render(&findings, Look { verbose: true, ..Look::default() });
    }

    #[test]
    fn no_overlay_at_all_makes_it_panic(value in any_json(), update in any_json(), target in "\\$(\\.(paths|\\*|\\.a)|\\[[0-2*]\\]){0,4}") {
        let actions = json!([{"target": target, "update": update}, {"target": target, "remove": true}, value]);
        let overlay = json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
        let mut document = Document { path: "x".into(), stem: "x".into(), value: seed(), ..Document::default() };
        apply(&mut document, &OverlayFile { value: overlay }, &mut Diagnostics::default());
        apply(&mut document, &OverlayFile { value }, &mut Diagnostics::default());
    }
}

#[test]
fn operations_of_other_methods_are_looked_at_like_all() {
    let paths = |item: Value| document("3.2.0", json!({"paths": {"/a": item}}));
    let operation = |id: &str| json!({"operationId": id, "responses": {}});
    clean(&paths(
        json!({"query": operation("a"), "additionalOperations": {"COPY": operation("b"), "copy": operation("c")}}),
    ));
    repairable(
        &paths(json!({"get": operation("a"), "additionalOperations": {"COPY": operation("a")}})),
        "duplicate-operation-id",
        "/paths/~1a/additionalOperations/COPY/operationId",
    );
    let named = |method: &str| paths(json!({"additionalOperations": {method: {"responses": {}}}}));
    for wrong in ["GET", "QUERY", "CO PY", "", "CONNECT"] {
        repairable(&named(wrong), "bad-method", &format!("/paths/~1a/additionalOperations/{wrong}"));
    }
}

#[test]
fn words_of_a_later_version_are_read_and_told_once_each() {
    let content = json!({"text/event-stream": {"itemSchema": {}}});
    let answer = json!({"responses": {"200": {"description": "d", "content": content}, "201": {"description": "d", "content": content}}});
    let later = |version: &str| {
        document(
            version,
            json!({"paths": {"/a": {"query": answer, "additionalOperations": {"COPY": {"responses": {}}}}}}),
        )
    };
    let found = lint(&later("3.1.0"), false);
    let places: Vec<_> = found.iter().map(|found| (found.code, found.severity, found.pointer.as_str())).collect();
    let newer = |place| ("newer-word", Severity::Warning, place);
    assert_eq!(
        places,
        [
            newer("/paths/~1a/query"),
            newer("/paths/~1a/additionalOperations"),
            newer("/paths/~1a/query/responses/200/content/text~1event-stream/itemSchema"),
        ]
    );
    assert!(found[2].message.contains("and in 1 more place"), "{}", found[2].message);
    clean(&later("3.2.0"));
}

#[test]
fn a_parameter_may_be_the_whole_query() {
    let parameters =
        |list: Value| document("3.2.0", json!({"paths": {"/a": {"get": {"parameters": list, "responses": {}}}}}));
    let content = json!({"application/x-www-form-urlencoded": {"schema": {"type": "object"}}});
    let whole = json!({"name": "q", "in": "querystring", "content": content});
    clean(&parameters(json!([whole, {"name": "c", "in": "cookie", "style": "cookie", "schema": {}}])));
    let pair = json!({"name": "a", "in": "query", "schema": {}});
    fault(&parameters(json!([pair, whole])), "two-queries", "/paths/~1a/get/parameters/1");
    repairable(
        &parameters(json!([{"name": "q", "in": "querystring", "schema": {}}])),
        "parameter-without-schema",
        "/paths/~1a/get/parameters/0",
    );
    repairable(
        &parameters(json!([{"name": "q", "in": "querystring", "style": "form", "content": content}])),
        "parameter-style",
        "/paths/~1a/get/parameters/0/style",
    );
}

#[test]
fn references_to_media_types_and_the_default_of_a_discriminator_are_followed() {
    let components = |more: Value| document("3.2.0", json!({"paths": {}, "components": more}));
    repairable(
        &components(json!({"mediaTypes": {"Abc": {}, "B": {"$ref": "#/components/mediaTypes/Abd"}}})),
        "dangling-ref",
        "/components/mediaTypes/B/$ref",
    );
    let default = |to: &str| {
        components(
            json!({"schemas": {"A": {"oneOf": [{}], "discriminator": {"propertyName": "t", "defaultMapping": to}}}}),
        )
    };
    clean(&default("#/components/schemas/A"));
    clean(&default("A"));
    fault(&default("#/components/schemas/Zzzz"), "dangling-ref", "/components/schemas/A/discriminator/defaultMapping");
}

#[test]
fn a_field_that_is_spelled_almost_as_one_is_told_with_that_one() {
    let answer = json!({"responses": {"200": {"description": "d"}}});
    let parameter = json!({"name": "a", "in": "query", "requred": true, "schema": {"type": "string"}});
    let operation = json!({"responses": {"200": {"description": "d", "Content": {}}}, "requestbody": {}, "parameters": [parameter]});
    let paths = json!({"paths": {"/a": {"GET": answer, "post": operation}, "/b": {"GET": answer, "x-note": 1}}});
    let found = found(&paths, false);
    let told: Vec<_> = found.iter().map(|found| (found.code, found.help.as_deref().unwrap_or_default())).collect();
    let meant = |field: &str| format!("`{field}` may be meant");
    let expected = ["get", "requestBody", "content", "required"].map(meant);
    assert_eq!(told, expected.each_ref().map(|help| ("unknown-field", help.as_str())));
    assert!(found.iter().all(|found| found.severity == Severity::Warning));
    assert!(found[0].message.ends_with("(1 more of it)"), "{}", found[0].message);
}

#[test]
fn a_field_that_nobody_knows_is_told_once_a_word() {
    let parameter =
        |name: &str| json!({"name": name, "in": "query", "collectionFormat": "csv", "schema": {"type": "string"}});
    let found = lint(&get("/a", json!({"parameters": [parameter("a"), parameter("b")]})), false);
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.code, only.pointer.as_str()), ("unknown-field", "/paths/~1a/get/parameters/0/collectionFormat"));
    assert!(only.help.as_deref().is_some_and(|help| help.contains("x-")), "{only:?}");
}

#[test]
fn a_default_that_its_schema_forbids_is_told() {
    let told = |value: Value| {
        let document = schema(value);
        let found = lint(&document, false);
        let codes: Vec<_> = found.iter().map(|finding| (finding.code, finding.severity)).collect();
        let actions: Vec<_> = found.iter().flat_map(repairs).collect();
        let better = if actions.is_empty() { document } else { repaired(&document, &actions) };
        (codes, better.pointer("/components/schemas/A/default").cloned())
    };
    let forbidden = vec![("forbidden-default", Severity::Warning)];
    assert_eq!(told(json!({"type": "string", "enum": ["a"], "default": "b"})), (forbidden.clone(), None));
    assert_eq!(told(json!({"type": "integer", "maximum": 3, "default": "2"})), (forbidden, Some(json!(2))));
    assert_eq!(told(json!({"type": "integer", "default": 2})), (vec![], Some(json!(2))));
}

#[test]
fn a_path_that_no_url_keeps_is_told() {
    for (path, is_told) in [
        ("/a/../b", true),
        ("/a/./b", true),
        ("/a/%2E%2e/b", true),
        ("/a/..", true),
        ("/a\\..\\b", true),
        ("/a/..b/c.", false),
        ("/a?b=/../c", false),
    ] {
        let found = lint(&get(path, json!({})), false);
        assert_eq!(found.iter().any(|finding| finding.code == "path-dots"), is_told, "{path}");
    }
}

#[test]
fn a_word_that_newer_versions_have_no_more_is_told_once() {
    let schemas = json!({"components": {"schemas": {
        "A": {"type": "string", "nullable": true}, "B": {"type": "string", "nullable": true}, "C": {"nullable": false},
        "D": {"type": "integer", "minimum": 1, "exclusiveMinimum": true}, "E": {"type": "integer", "exclusiveMinimum": 1},
    }}});
    let told = |version: &str| {
        let found = lint(&document(version, schemas.clone()), false);
        found.into_iter().map(|finding| (finding.code, finding.message)).collect::<Vec<_>>()
    };
    assert_eq!(told("3.0.3"), []);
    let found = told("3.1.0");
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|(code, _)| *code == "older-word"), "{found:?}");
    assert!(found[0].1.ends_with("it is read as in 3.0, and in 1 more place"), "{found:?}");
}
