//! What becomes of each thing that Swagger 2.0 says elsewhere, and where findings point then.

use super::convert;
use crate::{
    diagnostics::{Diagnostics, Severity, Source},
    lint::lint,
    load::{Document, TextFile},
    pipeline::Findings,
    render::located,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn converted(value: Value) -> (Document, Diagnostics) {
    let mut document = Document { path: "x.json".into(), stem: "x".into(), value, ..Document::default() };
    let mut diagnostics = Diagnostics::default();
    convert(&mut document, false, &mut diagnostics);
    (document, diagnostics)
}

fn swagger(fields: Value) -> Value {
    let mut document = json!({"swagger": "2.0", "info": {"title": "t", "version": "1"}});
    document.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    document
}

/// The document, and the codes of all findings but the one that every Swagger document has.
fn new(fields: Value) -> (Value, Vec<&'static str>) {
    let (document, diagnostics) = converted(swagger(fields));
    let codes = diagnostics.iter().map(|finding| finding.code).filter(|code| *code != "swagger-2").collect();
    (document.value, codes)
}

fn operation(operation: Value) -> (Value, Vec<&'static str>) {
    let (document, codes) = new(json!({"paths": {"/a": {"post": operation}}}));
    (document["paths"]["/a"]["post"].clone(), codes)
}

#[test]
fn host_base_path_and_schemes_become_servers() {
    let servers = |fields: Value| new(fields).0.get("servers").cloned();
    let url = |url: &str| Some(json!([{"url": url}]));
    assert_eq!(
        servers(json!({"host": "a.example", "basePath": "/v1/", "schemes": ["https"]})),
        url("https://a.example/v1")
    );
    assert_eq!(servers(json!({"host": "a.example"})), url("https://a.example"));
    assert_eq!(servers(json!({"basePath": "v2"})), url("/v2"));
    assert_eq!(servers(json!({"host": "http://a.example/", "basePath": "/"})), url("http://a.example"));
    assert_eq!(servers(json!({"schemes": ["https"]})), None);
    let both = json!([{"url": "https://a.example"}, {"url": "http://a.example"}]);
    assert_eq!(servers(json!({"host": "a.example", "schemes": ["http", "https"]})), Some(both));
    let (document, _) = new(
        json!({"host": "a.example", "schemes": ["https"], "paths": {"/a": {"get": {"schemes": ["http"]}, "put": {"schemes": ["https"]}}}}),
    );
    assert_eq!(document["paths"]["/a"]["get"]["servers"], json!([{"url": "http://a.example"}]));
    assert_eq!(document["paths"]["/a"]["put"], json!({}));
}

#[test]
fn parameters_get_a_schema_and_a_style() {
    let array = |location: &str, format: Option<&str>| {
        let mut parameter = json!({"name": "a", "in": location, "type": "array", "items": {"type": "string"}});
        if let Some(format) = format {
            parameter["collectionFormat"] = format.into();
        }
        let (operation, codes) = operation(json!({"parameters": [parameter]}));
        let parameter = &operation["parameters"][0];
        assert_eq!(parameter["schema"], json!({"type": "array", "items": {"type": "string"}}));
        assert!(codes.len() <= 1);
        let hint = parameter.get("x-switchboard-list").and_then(Value::as_str).unwrap_or_default().to_owned();
        let word = if codes.is_empty() { hint } else { codes[0].to_owned() };
        (parameter["style"].as_str().unwrap().to_owned(), parameter["explode"].as_bool().unwrap(), word)
    };
    let unknown = "swagger-collection-format";
    for (location, format, style, explode, word) in [
        ("query", None, "form", false, ""),
        ("query", Some("csv"), "form", false, ""),
        ("query", Some("multi"), "form", true, ""),
        ("query", Some("ssv"), "spaceDelimited", false, ""),
        ("query", Some("pipes"), "pipeDelimited", false, ""),
        ("query", Some("tsv"), "form", false, "tab"),
        ("path", Some("csv"), "simple", false, ""),
        ("path", Some("pipes"), "simple", false, "pipe"),
        ("path", Some("multi"), "simple", false, unknown),
        ("header", Some("ssv"), "simple", false, "space"),
        ("header", Some("tsv"), "simple", false, "tab"),
        ("header", None, "simple", false, ""),
    ] {
        assert_eq!(array(location, format), (style.to_owned(), explode, word.to_owned()), "{location} {format:?}");
    }
    let (operation, _) = operation(json!({"parameters": [
        {"name": "a", "in": "query", "required": true, "type": "integer", "format": "int64", "default": 1, "enum": [1, 2], "x-nullable": true, "x-note": 1, "description": "d"}
    ]}));
    assert_eq!(
        operation["parameters"],
        json!([{"name": "a", "in": "query", "required": true, "x-note": 1, "description": "d",
            "schema": {"type": "integer", "format": "int64", "default": 1, "enum": [1, 2], "nullable": true}}])
    );
}

#[test]
fn a_body_becomes_a_request_body() {
    let body = json!({"name": "pet", "in": "body", "required": true, "description": "d", "schema": {"$ref": "#/definitions/Pet"}});
    let expected = json!({"required": true, "description": "d",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}});
    let definitions = json!({"Pet": {"type": "object"}});
    let (document, codes) = new(
        json!({"consumes": ["application/json"], "definitions": definitions, "paths": {"/a": {"post": {"parameters": [body]}}}}),
    );
    assert_eq!((&document["paths"]["/a"]["post"], codes), (&json!({"requestBody": expected}), vec![]));
    let (shared, codes) = new(json!({
        "parameters": {"Body": body, "Limit": {"name": "limit", "in": "query", "type": "integer"}},
        "definitions": definitions,
        "paths": {
            "/a": {"post": {"parameters": [{"$ref": "#/parameters/Limit"}, {"$ref": "#/parameters/Body"}]}},
            "/b": {"parameters": [{"$ref": "#/parameters/Body"}], "put": {"consumes": ["text/xml", "text/xml"]}}
        }
    }));
    assert_eq!(codes, ["swagger-media-type"]);
    assert_eq!(shared["components"]["requestBodies"]["Body"], expected);
    assert_eq!(
        shared["paths"]["/a"]["post"],
        json!({"parameters": [{"$ref": "#/components/parameters/Limit"}], "requestBody": {"$ref": "#/components/requestBodies/Body"}})
    );
    let xml = &shared["paths"]["/b"]["put"]["requestBody"]["content"];
    assert_eq!(*xml, json!({"text/xml": {"schema": {"$ref": "#/components/schemas/Pet"}}}));
    assert_eq!(shared["paths"]["/b"].get("parameters"), None);
}

#[test]
fn a_copy_of_what_is_shared_takes_no_reference_over() {
    // As most write it: `paths` before what they refer to.
    let (document, _) = new(json!({
        "consumes": ["application/json"], "produces": ["application/json"],
        "paths": {
            "/a": {"post": {
                "consumes": ["text/xml"], "produces": ["text/xml"], "parameters": [{"$ref": "#/parameters/Body"}],
                "responses": {"400": {"$ref": "#/responses/Bad"}}
            }},
            "/b": {"post": {"parameters": [{"$ref": "#/parameters/Body"}], "responses": {"400": {"$ref": "#/responses/Bad"}}}}
        },
        "parameters": {"Body": {"name": "b", "in": "body", "schema": {"type": "object"}}},
        "responses": {"Bad": {"description": "", "schema": {"type": "object"}}}
    }));
    assert_eq!(
        document["paths"]["/b"]["post"],
        json!({
            "requestBody": {"$ref": "#/components/requestBodies/Body"},
            "responses": {"400": {"$ref": "#/components/responses/Bad"}}
        })
    );
    let own = &document["paths"]["/a"]["post"];
    assert!(
        own["requestBody"]["content"]["text/xml"].is_object()
            && own["responses"]["400"]["content"]["text/xml"].is_object()
    );
}

#[test]
fn parts_of_a_form_become_one_request_body() {
    let text = json!({"name": "a", "in": "formData", "type": "string", "required": true, "description": "d"});
    let list = json!({"name": "l", "in": "formData", "type": "array", "items": {"type": "integer"}, "collectionFormat": "multi"});
    let file = json!({"name": "f", "in": "formData", "type": "file"});
    let (form, _) = operation(json!({"parameters": [text, list]}));
    assert_eq!(
        form["requestBody"],
        json!({"required": true, "content": {"application/x-www-form-urlencoded": {
            "schema": {"type": "object", "required": ["a"], "properties": {
                "a": {"type": "string", "description": "d"}, "l": {"type": "array", "items": {"type": "integer"}}}},
            "encoding": {"l": {"style": "form", "explode": true}}
        }}})
    );
    let both = ["multipart/form-data", "application/x-www-form-urlencoded"];
    let types = |operation: &Value| {
        operation["requestBody"]["content"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(types(&operation(json!({"consumes": both, "parameters": [text]})).0), both);
    let (upload, _) = operation(json!({"consumes": both, "parameters": [text, file]}));
    assert_eq!(types(&upload), ["multipart/form-data"]);
    let property = &upload["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]["f"];
    assert_eq!(*property, json!({"type": "string", "format": "binary"}));
    assert_eq!(
        types(&operation(json!({"consumes": ["application/json"], "parameters": [file]})).0),
        ["multipart/form-data"]
    );
    let body = json!({"name": "b", "in": "body", "schema": {}});
    assert_eq!(
        operation(json!({"consumes": ["application/json"], "parameters": [body, text]})).1,
        ["swagger-two-bodies"]
    );
}

#[test]
fn a_list_is_written_as_its_format_says_wherever_it_stands() {
    let list = json!({"name": "l", "in": "formData", "type": "array", "items": {"type": "integer"}});
    let with = |format: &str| {
        let mut list = list.clone();
        list["collectionFormat"] = format.into();
        list
    };
    let encoding = |consumes: &str, list: Value| {
        let is_known = list["collectionFormat"] != "dashes";
        let (form, codes) = operation(json!({"consumes": [consumes], "parameters": [list]}));
        assert_eq!(codes.is_empty(), is_known, "{codes:?}");
        form["requestBody"]["content"][consumes]["encoding"]["l"].clone()
    };
    let multipart = "multipart/form-data";
    assert_eq!(encoding(multipart, list.clone())["x-switchboard-list"], "comma");
    for (format, word) in [("csv", "comma"), ("ssv", "space"), ("tsv", "tab"), ("pipes", "pipe"), ("dashes", "comma")] {
        assert_eq!(encoding(multipart, with(format))["x-switchboard-list"], word);
    }
    assert_eq!(encoding(multipart, with("multi")), json!({"style": "form", "explode": true}));
    let urlencoded = encoding("application/x-www-form-urlencoded", with("tsv"));
    assert_eq!(urlencoded["x-switchboard-list"], "tab");
    let nested = |inner: Option<&str>| {
        let mut items = json!({"type": "array", "items": {"type": "integer"}});
        if let Some(inner) = inner {
            items["collectionFormat"] = inner.into();
        }
        let list = json!({"name": "l", "in": "query", "type": "array", "collectionFormat": "multi", "items": items});
        operation(json!({"parameters": [list]})).0["parameters"][0]["x-switchboard-nested"].clone()
    };
    assert_eq!([nested(None), nested(Some("pipes"))], ["comma", "pipe"]);
    // An answer's header is read, and nothing is written within its value.
    let lists = json!({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}});
    let answered = operation(json!({"responses": {"200": {"description": "", "headers": {"X-L": lists}}}})).0;
    assert_eq!(answered["responses"]["200"]["headers"]["X-L"]["explode"], false);
    assert_eq!(answered["responses"]["200"]["headers"]["X-L"].get("x-switchboard-nested"), None);
}

#[test]
fn a_host_with_variables_is_a_server() {
    let server = |fields: Value| new(fields).0["servers"].clone();
    let parameter = |fields: Value| {
        let mut parameter = json!({"in": "path", "type": "string", "required": true});
        parameter.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        parameter
    };
    let whole = json!({
        "x-ms-parameterized-host": {
            "hostTemplate": "{Endpoint}/vision/{version}", "useSchemePrefix": false,
            "parameters": [{"$ref": "#/parameters/Endpoint"}, parameter(json!({"name": "version", "enum": ["v1", "v2"]}))],
        },
        "basePath": "/read", "schemes": ["http"],
        "parameters": {"Endpoint": parameter(json!({"name": "Endpoint", "description": "Where"}))},
    });
    let variables = json!({"Endpoint": {"default": "", "description": "Where"}, "version": {"default": "v1", "enum": ["v1", "v2"]}});
    assert_eq!(server(whole), json!([{"url": "{Endpoint}/vision/{version}/read", "variables": variables}]));
    let prefixed = json!({
        "host": "none.example", "schemes": ["http", "https"],
        "x-ms-parameterized-host": {"hostTemplate": "{account}.{host}", "parameters": [
            parameter(json!({"name": "account"})), parameter(json!({"name": "host", "default": "example.com"})),
        ]},
    });
    let variables = json!({"account": {"default": ""}, "host": {"default": "example.com"}});
    assert_eq!(server(prefixed), json!([{"url": "https://{account}.{host}", "variables": variables}]));
}

#[test]
fn what_is_produced_becomes_content() {
    let responses = |fields: Value| {
        let (operation, codes) = operation(fields);
        (operation["responses"]["200"].clone(), codes)
    };
    let response = json!({"200": {"description": "d", "schema": {"type": "object"},
        "headers": {"X-Rate": {"type": "integer", "description": "r"}}, "examples": {"application/json": {"a": 1}}}});
    assert_eq!(
        responses(json!({"produces": ["application/json", "text/xml"], "responses": response})),
        (
            json!({"description": "d", "headers": {"X-Rate": {"description": "r", "schema": {"type": "integer"}}}, "content": {
                "application/json": {"schema": {"type": "object"}, "example": {"a": 1}},
                "text/xml": {"schema": {"type": "object"}}
            }}),
            vec![]
        )
    );
    assert_eq!(responses(json!({"responses": {"200": {"description": "d"}}})), (json!({"description": "d"}), vec![]));
    let file = json!({"200": {"description": "d", "schema": {"type": "file"}}});
    assert_eq!(
        responses(json!({"responses": file})).0["content"],
        json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}})
    );
    let object = json!({"200": {"description": "d", "schema": {"type": "object"}}});
    let json_content = json!({"application/json": {"schema": {"type": "object"}}});
    for produces in [json!([]), json!(["application/pdf"])] {
        let (response, codes) = responses(json!({"produces": produces, "responses": object}));
        assert_eq!((&response["content"], codes), (&json_content, vec!["swagger-media-type"]));
    }
    let (document, _) = new(json!({
        "produces": ["application/json"],
        "responses": {"Gone": {"description": "g", "schema": {"type": "string"}}},
        "paths": {"/a": {
            "get": {"responses": {"410": {"$ref": "#/responses/Gone"}}},
            "put": {"produces": ["text/plain"], "responses": {"410": {"$ref": "#/responses/Gone"}}}
        }}
    }));
    assert_eq!(document["paths"]["/a"]["get"]["responses"]["410"], json!({"$ref": "#/components/responses/Gone"}));
    assert_eq!(
        document["paths"]["/a"]["put"]["responses"]["410"],
        json!({"description": "g", "content": {"text/plain": {"schema": {"type": "string"}}}})
    );
}

#[test]
fn definitions_become_schemas_and_references_follow() {
    let (document, _) = new(json!({"definitions": {
        "Pet": {"discriminator": "kind", "required": ["kind"], "properties": {
            "kind": {"type": "string"},
            "owner": {"$ref": "#/definitions/A%20B/properties/x", "x-nullable": true},
            "file": {"type": ["string", "null"], "x-nullable": false}
        }},
        "A B": {"properties": {"x": {"type": "string", "x-nullable": true}}},
        "List": {"type": "array", "items": {"$ref": "#/definitions/Pet"}, "example": {"$ref": "#/definitions/Pet"}}
    }}));
    assert_eq!(
        document["components"]["schemas"],
        json!({
            "Pet": {"discriminator": {"propertyName": "kind"}, "required": ["kind"], "properties": {
                "kind": {"type": "string"},
                "owner": {"allOf": [{"$ref": "#/components/schemas/A B/properties/x"}], "nullable": true},
                "file": {"type": "string", "nullable": true}
            }},
            "A B": {"properties": {"x": {"type": "string", "nullable": true}}},
            "List": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}, "example": {"$ref": "#/definitions/Pet"}}
        })
    );
}

#[test]
fn security_definitions_become_schemes() {
    let (document, _) = new(json!({"securityDefinitions": {
        "basic": {"type": "basic", "description": "d"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "app": {"type": "oauth2", "flow": "application", "tokenUrl": "https://a/t", "scopes": {"r": "read"}},
        "code": {"type": "oauth2", "flow": "accessCode", "tokenUrl": "https://a/t", "authorizationUrl": "https://a/a"}
    }}));
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({
            "basic": {"type": "http", "description": "d", "scheme": "basic"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "app": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a/t", "scopes": {"r": "read"}}}},
            "code": {"type": "oauth2", "flows": {"authorizationCode": {"tokenUrl": "https://a/t", "authorizationUrl": "https://a/a", "scopes": {}}}}
        })
    );
}

#[test]
fn other_documents_stay_and_other_versions_are_refused() {
    let openapi = json!({"openapi": "3.0.3", "swagger": "2.0"});
    assert_eq!(converted(openapi.clone()).0.value, openapi);
    assert_eq!(converted(json!({"swagger": 2.0})).0.value, json!({"openapi": "3.0.3"}));
    let (document, diagnostics) = converted(json!({"swagger": "1.2"}));
    assert!(document.value.is_null() && diagnostics.has_errors());
}

#[test]
fn findings_point_at_what_the_vendor_wrote() {
    let text = r##"{"swagger": "2.0",
"info": {"title": "t", "version": "1"},
"host": "{region}.example.com",
"consumes": ["application/json"],
"produces": ["application/json"],
"paths": {"/a": {"post": {
"parameters": [
{"name": "b", "in": "body", "schema": {"$ref": "#/definitions/Gone"}},
{"name": "q", "in": "query", "type": "array", "items": {"type": 7}}
],
"responses": {"200": {"description": "d",
"schema": {"$ref": "#/definitions/Gone2"}}}
}}},
"definitions": {"A":
{"$ref": "#/definitions/Gone3"}}}"##;
    let value: Value = serde_json::from_str(text).unwrap();
    let (document, mut diagnostics) = converted(value);
    lint(&document, false, &mut diagnostics);
    let file = TextFile { path: "x.json".into(), text: text.to_owned() };
    let findings = Findings { document: file, diagnostics, origins: document.origins, ..Findings::default() };
    let mut places: Vec<(usize, &str)> = located(&findings, |finding| finding.severity == Severity::Error)
        .into_iter()
        .map(|located| (located.place.span.unwrap().line, located.diagnostic.code))
        .collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            (3, "server-variable-undefined"),
            (8, "dangling-ref"),
            (9, "unknown-schema-type"),
            (12, "dangling-ref"),
            (15, "dangling-ref")
        ]
    );
    assert_eq!(
        findings.origins.resolve("/paths/~1a/post/parameters/0/schema/items").pointer,
        "/paths/~1a/post/parameters/1/items"
    );
    assert_eq!(findings.origins.resolve("/openapi").source, Source::Document);
}

fn seed() -> Value {
    swagger(json!({
        "host": "a.example", "schemes": ["https"], "consumes": ["application/json"], "produces": ["application/json"],
        "parameters": {"B": {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/A"}}},
        "responses": {"R": {"description": "d", "schema": {"type": "file"}, "headers": {"H": {"type": "array"}}}},
        "definitions": {"A": {"properties": {"a": {"$ref": "#/definitions/A", "x-nullable": true}}, "discriminator": "a"}},
        "securityDefinitions": {"o": {"type": "oauth2", "flow": "implicit"}},
        "paths": {"/a": {"parameters": [{"$ref": "#/parameters/B"}], "post": {
            "schemes": ["http"],
            "parameters": [{"name": "f", "in": "formData", "type": "array", "items": {"type": "file"}}],
            "responses": {"200": {"$ref": "#/responses/R"}}
        }}}
    }))
}

fn pointers(value: &Value) -> Vec<String> {
    let mut found = vec![];
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(key, field)| (crate::diagnostics::pointer_join(&pointer, key), field)))
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)))
            }
            _ => {}
        }
        found.push(pointer);
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_at_all_makes_it_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any_value()), 1..4)) {
        let mut value = seed();
        for (place, change) in changes {
            let pointers = pointers(&value);
            let pointer = &pointers[place.index(pointers.len())];
            *value.pointer_mut(pointer).unwrap() = change;
        }
        let (document, mut diagnostics) = converted(value);
        if document.value.is_object() {
            lint(&document, true, &mut diagnostics);
        }
        for finding in diagnostics.iter() {
            document.origins.resolve(&finding.pointer);
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let texts = ["#/definitions/A", "#/parameters/B", "body", "formData", "file", "array", "#", "tsv", "2.0"];
    let keys = ["$ref", "in", "name", "type", "schema", "items", "properties", "a/b", "get", "parameters"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        prop::sample::select(texts.to_vec()).prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 20, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..4)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
        ]
    })
}

#[test]
fn a_response_header_keeps_how_its_list_is_written() {
    let header = json!({"type": "array", "items": {"type": "integer"}, "collectionFormat": "ssv"});
    let responses = json!({"200": {"description": "d", "headers": {"X-List": header}}});
    let (document, _) =
        converted(swagger(json!({"host": "a.example", "paths": {"/a": {"get": {"responses": responses}}}})));
    let hint = "/paths/~1a/get/responses/200/headers/X-List/x-switchboard-list";
    assert_eq!(document.value.pointer(hint), Some(&json!("space")));
    let mut diagnostics = Diagnostics::default();
    lint(&document, false, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
}

#[test]
fn a_stream_of_grpc_is_lines() {
    let item = json!({
        "type": "object", "title": "Stream result of Thing",
        "properties": {"result": {"$ref": "#/definitions/Thing"}, "error": {"type": "object"}},
    });
    let response = |schema: Value| json!({"200": {"description": "", "schema": schema}});
    let (document, codes) = new(json!({
        "produces": ["application/json"],
        "paths": {
            "/a": {"get": {"responses": response(item.clone())}},
            "/b": {"get": {"responses": response(json!({"$ref": "#/x-stream-definitions/Thing"}))}},
            "/c": {"get": {"responses": response(json!({"$ref": "#/definitions/Thing"}))}},
        },
        "definitions": {"Thing": {"type": "object", "title": "Stream result of nothing"}},
        "x-stream-definitions": {"Thing": item},
    }));
    let content = |path: &str| &document["paths"][path]["get"]["responses"]["200"]["content"];
    assert!(content("/a").get("application/x-ndjson").is_some());
    let shared = json!({"schema": {"$ref": "#/components/schemas/ThingStreamResult"}});
    assert_eq!(content("/b"), &json!({"application/x-ndjson": shared}));
    let result = &document["components"]["schemas"]["ThingStreamResult"]["properties"]["result"];
    assert_eq!(result, &json!({"$ref": "#/components/schemas/Thing"}));
    assert!(content("/c").get("application/json").is_some());
    assert_eq!(codes, ["swagger-media-type"; 2]);
}
