//! Bodies as the document describes them, by what the plan says of them.

use serde_json::json;

use super::super::testing;
use super::*;
use crate::plan::{Operation, Style};

/// The operation that sends this `content`, in a document with these component schemas.
fn sending(content: &Value, schemas: &Value) -> Operation {
    let body = json!({"required": true, "content": content});
    let paths = json!({"/a": {"post": {"operationId": "o", "requestBody": body, "responses": {}}}});
    testing::plan(&paths, schemas).operations.remove(0)
}

/// Setter, media type, and kind of every body.
fn bodies(operation: &Operation) -> Vec<(&str, &str, &BodyKind)> {
    let all = operation.body.iter().chain(&operation.other_bodies);
    all.map(|body| (body.ident.as_str(), body.media_type.as_str(), &body.kind)).collect()
}

#[test]
fn text_that_is_not_sent_as_json_is_sent_as_it_is() {
    let schemas = json!({
        "Text": {"type": "string"}, "Kind": {"enum": ["a", "b"]}, "File": {"type": "string", "format": "binary"},
        "Again": {"$ref": "#/components/schemas/File"},
    });
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    for (media_type, schema, kind) in [
        ("*/*", json!({"type": "string"}), BodyKind::Binary),
        ("*/*", reference("Text"), BodyKind::Binary),
        ("*/*", json!({"allOf": [reference("Text")], "description": "d"}), BodyKind::Binary),
        ("*/*", reference("Kind"), BodyKind::Binary),
        ("*/*", reference("Again"), BodyKind::Binary),
        ("application/*", json!({"type": "string", "format": "date"}), BodyKind::Binary),
        ("application/json", reference("Again"), BodyKind::Binary),
        ("application/octet-stream", json!({"type": "string"}), BodyKind::Binary),
        ("text/*", json!({"type": "string"}), BodyKind::Text),
        ("application/x-www-form-urlencoded", reference("Text"), BodyKind::Text),
        ("application/json", json!({"type": "string"}), BodyKind::Json(TypeRef::String)),
    ] {
        let operation = sending(&json!({media_type: {"schema": schema}}), &schemas);
        assert_eq!(operation.body.unwrap().kind, kind, "{media_type} {schema}");
    }
}

#[test]
fn what_a_range_leaves_open_the_caller_says() {
    let body = |media_type: &str| {
        let operation = sending(&json!({media_type: {"schema": {"type": "string"}}}), &json!({}));
        operation.body.map(|body| (body.media_type, body.open_media_type)).unwrap()
    };
    assert_eq!(body("*/*"), ("application/octet-stream".to_owned(), true));
    assert_eq!(body("text/*"), ("text/plain".to_owned(), true));
    assert_eq!(body("image/*"), ("image/*".to_owned(), true));
}

#[test]
fn an_exact_media_type_goes_before_a_range() {
    let object = json!({"schema": {"type": "object", "properties": {"a": {"type": "string"}}}});
    let operation = sending(&json!({"*/*": object, "application/vnd.a+json": object}), &json!({}));
    assert_eq!(operation.body.unwrap().media_type, "application/vnd.a+json");
}

#[test]
fn every_version_of_a_media_type_has_its_setter() {
    let content = json!({
        "application/json;version=4": {"schema": {"type": "integer"}},
        "application/json; Version=\"5\"; charset=utf-8": {"schema": {"type": "integer"}},
        "application/json; charset=utf-8": {"schema": {"type": "integer"}},
    });
    let operation = sending(&content, &json!({}));
    let json = BodyKind::Json(TypeRef::Integer);
    assert_eq!(
        bodies(&operation),
        [
            ("body", "application/json;version=4", &json),
            ("body_json_version_5", "application/json; Version=\"5\"; charset=utf-8", &json),
            ("body_json", "application/json; charset=utf-8", &json),
        ]
    );
}

#[test]
fn a_json_patch_is_a_list_and_a_merge_patch_what_is_described() {
    let patch = json!({"schema": {"$ref": "#/components/schemas/Patch"}});
    let content = json!({
        "application/json-patch+json": patch, "application/merge-patch+json": patch,
        "application/strategic-merge-patch+json": patch,
    });
    let schemas = json!({"Patch": {"type": "object", "properties": {"a": {"type": "string"}}}});
    let operation = sending(&content, &schemas);
    let (list, object) =
        (BodyKind::Json(TypeRef::Array(Box::new(TypeRef::Any))), BodyKind::Json(TypeRef::Named("Patch".to_owned())));
    assert_eq!(
        bodies(&operation),
        [
            ("body", "application/json-patch+json", &list),
            ("body_merge_patch_json", "application/merge-patch+json", &object)
        ]
    );
    let described = json!({"application/json-patch+json": {"schema": {"type": "array", "items": {"type": "integer"}}}});
    let operation = sending(&described, &json!({}));
    assert_eq!(operation.body.unwrap().kind, BodyKind::Json(TypeRef::Array(Box::new(TypeRef::Integer))));
}

#[test]
fn a_json_patch_that_is_described_as_an_object_is_one() {
    let patch = json!({"schema": {"$ref": "#/components/schemas/Patch"}});
    let schemas = json!({"Patch": {"type": "object", "properties": {"a": {"type": "string"}}}});
    let (object, list) =
        (BodyKind::Json(TypeRef::Named("Patch".to_owned())), BodyKind::Json(TypeRef::Array(Box::new(TypeRef::Any))));
    // Servers that read one thing under several names; a schema of nothing is that of no thing.
    for (content, kind) in [
        (json!({"application/json-patch+json": patch}), &object),
        (json!({"application/json-patch+json": patch, "application/json": patch, "text/json": patch}), &object),
        (json!({"application/json-patch+json": {"schema": {"type": "object"}}}), &list),
        (json!({"application/json-patch+json": {}}), &list),
    ] {
        let operation = sending(&content, &schemas);
        assert_eq!(bodies(&operation), [("body", "application/json-patch+json", kind)], "{content}");
    }
}

/// The parts of a multipart body with this schema and encoding, in a document of this version.
fn form(version: &str, properties: &Value, encoding: &Value, schemas: &Value) -> (Vec<FormPart>, Vec<&'static str>) {
    let content = json!({"schema": {"type": "object", "properties": properties}, "encoding": encoding});
    let body = json!({"content": {"multipart/form-data": content}});
    let document = json!({
        "openapi": version, "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
        "paths": {"/a": {"post": {"operationId": "o", "requestBody": body, "responses": {}}}},
        "components": {"schemas": schemas, "headers": {"Rate": {"required": true, "schema": {"type": "integer"}}}},
    });
    let mut diagnostics = crate::diagnostics::Diagnostics::default();
    let mut plan = super::super::lower("t", &document, &mut diagnostics);
    let parts = plan.operations.remove(0).body.unwrap().parts;
    (parts, diagnostics.iter().map(|found| found.code).collect())
}

#[test]
fn a_part_is_written_in_its_style_where_the_version_has_one() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let properties = json!({"a": list, "b": list, "c": list, "d": list, "e": list});
    let encoding = json!({
        "a": {"style": "form", "explode": false}, "b": {"style": "pipeDelimited", "contentType": "application/json"},
        "c": {"contentType": "application/json"}, "d": {"x-switchboard-list": "tab"}, "e": {"allowReserved": true},
    });
    let styles = |version: &str| {
        let (parts, _) = form(version, &properties, &encoding, &json!({}));
        parts.into_iter().map(|part| part.style.map(|style| (style.style, style.explode))).collect::<Vec<_>>()
    };
    let tab = Some((Style::TabDelimited, false));
    assert_eq!(
        styles("3.1.0"),
        [Some((Style::Form, false)), Some((Style::PipeDelimited, false)), None, tab, Some((Style::Form, true))]
    );
    let (parts, _) = form("3.1.0", &properties, &encoding, &json!({}));
    let reserved = parts.iter().filter(|part| part.style.as_ref().is_some_and(|style| style.allow_reserved));
    assert_eq!(reserved.map(|part| part.name.as_str()).collect::<Vec<_>>(), ["e"]);
    assert_eq!(styles("3.0.3"), [None, None, None, tab, None]);
}

#[test]
fn the_media_type_of_a_part_is_found_wherever_its_schema_stands() {
    let schemas = json!({
        "Image": {"type": "string", "contentMediaType": "image/png"},
        "Again": {"$ref": "#/components/schemas/Image"},
        "Text": {"type": "string", "contentMediaType": "text/csv"},
        "Coded": {"type": "string", "contentEncoding": "base64"},
        "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
    });
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let properties = json!({
        "direct": reference("Image"), "twice": reference("Again"), "all": {"allOf": [reference("Image")]},
        "list": {"type": "array", "items": reference("Again")}, "text": {"anyOf": [reference("Text"), {"type": "null"}]},
        "coded": reference("Coded"), "loop": reference("Loop"),
    });
    let (parts, _) = form("3.1.0", &properties, &json!({}), &schemas);
    let found: Vec<_> =
        parts.iter().map(|part| (part.media_type.as_deref(), matches!(part.content, PartContent::Value(_)))).collect();
    let image = Some("image/png");
    assert_eq!(
        found,
        [
            (image, false),
            (image, false),
            (image, false),
            (image, false),
            (Some("text/csv"), true),
            (Some("application/octet-stream"), true),
            // Of what demands itself nothing is left: it says nothing.
            (None, false),
        ]
    );
}

#[test]
fn a_part_without_a_type_is_a_file_where_the_version_says_so() {
    let schemas = json!({"File": {"description": "d"}, "Kinds": {"type": ["string", "object"]}});
    let properties = json!({
        "bare": {}, "all": {"$ref": "#/components/schemas/File"}, "list": {"type": "array", "items": {}},
        "range": {}, "several": {"contentMediaType": "image/png"}, "json": {}, "coded": {"contentEncoding": "base64"},
        "kinds": {"$ref": "#/components/schemas/Kinds"},
        "one": {"oneOf": [{"type": "string", "enum": ["a"]}, {"enum": [""]}, {"type": "null"}]},
    });
    let encoding = json!({
        "range": {"contentType": "*/*"}, "several": {"contentType": "image/png, image/jpeg"},
        "json": {"contentType": "application/json"},
    });
    let found = |version: &str| -> Vec<(String, &str)> {
        let (parts, _) = form(version, &properties, &encoding, &schemas);
        let word = |content: &PartContent| match content {
            PartContent::File => "file",
            PartContent::Files => "files",
            PartContent::Value(_) => "value",
        };
        parts.iter().map(|part| (part.name.clone(), word(&part.content))).collect()
    };
    let named = |words: [&'static str; 9]| -> Vec<(String, &str)> {
        let names = ["bare", "all", "list", "range", "several", "json", "coded", "kinds", "one"];
        names.into_iter().map(str::to_owned).zip(words).collect()
    };
    assert_eq!(found("3.1.0"), named(["file", "file", "files", "file", "file", "value", "value", "value", "value"]));
    let media_type_only = ["value", "value", "value", "value", "file", "value", "value", "value", "value"];
    assert_eq!(found("3.0.3"), named(media_type_only), "bytes are what the encoding says to be bytes");
}

#[test]
fn of_several_media_types_the_caller_says_which() {
    let properties = json!({"photo": {"type": "string", "format": "binary"}, "note": {"type": "string"}});
    let several = json!({"contentType": "image/png,image/jpeg"});
    let (parts, _) = form("3.0.3", &properties, &json!({"photo": several, "note": several}), &json!({}));
    let said: Vec<_> = parts.iter().flat_map(|part| &part.docs.constraints).collect();
    assert_eq!(said, ["one of `image/png`, `image/jpeg`, which `Part::media_type` says"]);
}

#[test]
fn an_object_that_is_not_written_as_the_document_says_is_told() {
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let told = |media_type: &str, schema: &Value| {
        let encoding = json!({"p": {"contentType": media_type}});
        let (_, codes) = form("3.0.3", &json!({"p": schema}), &encoding, &json!({}));
        codes.contains(&"unmade-media-type")
    };
    assert!(told("text/plain", &object) && told("text/csv", &json!({"type": "array", "items": object})));
    for media_type in
        ["application/json; charset=utf-8", "application/vnd.a+json", "application/xml", "text/plain, application/json"]
    {
        assert!(!told(media_type, &object), "{media_type}");
    }
    assert!(
        !told("text/csv", &json!({"type": "string"}))
            && !told("text/csv", &json!({"type": "array", "items": {"type": "string"}}))
    );
}

#[test]
fn a_form_that_can_have_no_fields_is_told() {
    let told = |schema: Value| {
        let body = json!({"required": true, "content": {"application/x-www-form-urlencoded": {"schema": schema}}});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {"/a": {"post": {"operationId": "o", "requestBody": body, "responses": {}}}},
        });
        let mut diagnostics = crate::diagnostics::Diagnostics::default();
        super::super::lower("t", &document, &mut diagnostics);
        diagnostics.iter().any(|found| found.code == "unmade-media-type")
    };
    assert!(told(json!({"type": "array", "items": {"type": "string"}})) && told(json!({"type": "integer"})));
    // A text is sent as the caller writes it.
    assert!(!told(json!({"type": "string"})));
    for schema in
        [json!({}), json!({"type": "object"}), json!({"oneOf": [{"properties": {"a": {}}}, {"type": "string"}]})]
    {
        assert!(!told(schema.clone()), "{schema}");
    }
}

#[test]
fn a_body_of_which_only_the_content_is_described_is_bytes() {
    let schemas = json!({"Image": {"contentMediaType": "image/png"}});
    for (media_type, schema, is_bytes) in [
        ("*/*", json!({"contentMediaType": "*/*"}), true),
        ("*/*", json!({"$ref": "#/components/schemas/Image"}), true),
        ("*/*", json!({"contentMediaType": "application/json"}), false),
        ("*/*", json!({"contentMediaType": "image/png", "type": "object"}), false),
        ("*/*", json!({}), false),
        ("application/json", json!({"contentMediaType": "application/json"}), false),
    ] {
        let operation = sending(&json!({media_type: {"schema": schema}}), &schemas);
        assert_eq!(operation.body.unwrap().kind == BodyKind::Binary, is_bytes, "{media_type} {schema}");
    }
}

#[test]
fn a_body_that_may_be_null_is_told() {
    let codes = |schema: Value| {
        let body = json!({"required": true, "content": {"application/json": {"schema": schema}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {"/a": {"post": {"operationId": "o", "requestBody": body, "responses": {}}}},
        });
        let mut diagnostics = crate::diagnostics::Diagnostics::default();
        super::super::lower("t", &document, &mut diagnostics);
        diagnostics.iter().filter(|found| found.code == "null-body").count()
    };
    assert_eq!(
        [codes(json!({"type": ["string", "null"]})), codes(json!({"type": "string"})), codes(json!({}))],
        [1, 0, 0]
    );
}

#[test]
fn a_part_of_which_one_alternative_is_a_file_is_given_as_one() {
    let binary = json!({"type": "string", "format": "binary"});
    let text = json!({"type": "string"});
    let list = |items: &Value| json!({"type": "array", "items": items});
    for (schema, expected) in [
        (json!({"anyOf": [binary, list(&binary)]}), PartContent::Files),
        (json!({"oneOf": [binary, {"type": "string", "format": "uri"}]}), PartContent::File),
        (list(&json!({"oneOf": [text, binary]})), PartContent::Files),
        (json!({"anyOf": [text, {}]}), PartContent::Value(TypeRef::Any)),
    ] {
        let (parts, codes) = form("3.1.0", &json!({"part": schema}), &json!({}), &json!({}));
        assert_eq!(parts[0].content, expected, "{schema}");
        assert_eq!(codes.contains(&"file-or-other"), !matches!(expected, PartContent::Value(_)), "{schema}");
    }
}

#[test]
fn headers_of_parts_have_setters() {
    let properties = json!({"file": {"type": "string", "format": "binary"}, "note": {"type": "string"}});
    let encoding = json!({
        "file": {"headers": {"X-Rate": {"$ref": "#/components/headers/Rate"}, "Content-type": {"schema": {"type": "string"}}}},
        "note": {"headers": {"X-Tags": {"schema": {"type": "array", "items": {"type": "string"}}}}},
    });
    let (parts, _) = form("3.0.3", &properties, &encoding, &json!({}));
    let headers: Vec<_> = parts
        .iter()
        .flat_map(|part| &part.headers)
        .map(|header| (header.parameter.ident.as_str(), header.parameter.name.as_str(), header.required))
        .collect();
    assert_eq!(headers, [("file_x_rate", "X-Rate", true), ("note_x_tags", "X-Tags", false)]);
    assert!(parts.iter().all(|part| part.style.is_none()));
}

#[test]
fn a_field_with_nothing_said_of_its_style_is_written_as_ever() {
    let content = json!({"application/x-www-form-urlencoded": {
        "schema": {"type": "object", "properties": {"a": {"type": "object"}, "b": {"type": "array", "items": {"type": "object"}}}},
        "encoding": {"a": {"headers": {}}, "b": {"explode": true, "x-switchboard-nested": "index"}},
    }});
    let operation = sending(&content, &json!({}));
    let Some(BodyKind::Form(_, fields)) = operation.body.map(|body| body.kind) else { panic!("no form") };
    let fields: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.style, field.nested)).collect();
    assert_eq!(fields, [("b", Style::Form, Nested::Index)]);
}

#[test]
fn json_values_one_after_the_other_are_a_list() {
    let list = |ty: TypeRef| BodyKind::Lines(TypeRef::Array(Box::new(ty)));
    let thing = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    for (media_type, content, expected) in [
        ("application/jsonl", json!({"itemSchema": {"type": "integer"}}), list(TypeRef::Integer)),
        (
            "application/x-ndjson",
            json!({"schema": {"type": "array", "items": {"type": "integer"}}}),
            list(TypeRef::Integer),
        ),
        (
            "application/geo+json-seq",
            json!({"itemSchema": {"type": ["null", "string"]}}),
            list(TypeRef::Nullable(Box::new(TypeRef::String))),
        ),
        ("application/x-ndjson", json!({"schema": thing}), list(TypeRef::Named("OLine".to_owned()))),
        ("application/x-ndjson", json!({"schema": {"type": "string"}}), BodyKind::Text),
        ("application/x-ndjson", json!({"schema": {"type": "string", "format": "binary"}}), BodyKind::Text),
        ("application/x-ndjson", json!({}), BodyKind::Text),
    ] {
        let body = json!({"requestBody": {"content": {media_type: content}}, "operationId": "o", "responses": {}});
        let (found, codes) = testing::operation("/a", &body);
        assert_eq!((found.body.map(|body| body.kind), codes), (Some(expected), vec![]), "{media_type} {content}");
    }
}

#[test]
fn lines_and_a_text_sequence_are_two_bodies_and_kinds_of_lines_one() {
    let item = json!({"itemSchema": {"type": "integer"}});
    let content = json!({"application/jsonl": item, "application/json-seq": item, "application/x-ndjson": item});
    let operation = sending(&content, &json!({}));
    let found: Vec<_> = operation.bodies().map(|body| (body.variant.as_str(), body.media_type.as_str())).collect();
    assert_eq!(found, [("Lines", "application/jsonl"), ("Sequence", "application/json-seq")]);
    assert!(operation.body.is_some_and(|body| body.open_media_type));
}

#[test]
fn bytes_that_are_text_in_base64_are_told() {
    for (media_type, encoding, told) in [
        ("image/png", json!("base64"), true),
        ("application/octet-stream", json!("base64url"), true),
        ("image/png", json!("8bit"), false),
        ("image/png", json!(null), false),
    ] {
        let content = json!({media_type: {"schema": {"type": "string", "contentEncoding": encoding}}});
        let sent = json!({"requestBody": {"content": content}, "operationId": "o", "responses": {}});
        let answered = json!({"operationId": "o", "responses": {"200": {"description": "", "content": content}}});
        for body in [sent, answered] {
            let (_, codes) = testing::operation("/a", &body);
            assert_eq!(codes.contains(&"encoded-body"), told, "{body}");
        }
    }
}

#[test]
fn events_of_a_body_are_written_by_the_caller_which_is_told() {
    let content = json!({"text/event-stream": {"itemSchema": {"type": "integer"}}});
    let body = json!({"requestBody": {"content": content}, "operationId": "o", "responses": {}});
    let (found, codes) = testing::operation("/a", &body);
    assert_eq!((found.body.map(|body| body.kind), codes), (Some(BodyKind::Text), vec!["unmade-word"]));
}

#[test]
fn parts_in_xml_have_a_root_where_they_are_more_than_text() {
    let thing = json!({"$ref": "#/components/schemas/Thing"});
    let properties =
        json!({"one": thing, "many": {"type": "array", "items": thing}, "text": {"type": "string"}, "json": thing});
    let xml = json!({"contentType": "application/xml; charset=utf-8"});
    let content = json!({"multipart/form-data": {
        "schema": {"type": "object", "properties": properties}, "encoding": {"one": xml, "many": xml, "text": xml},
    }});
    let schemas = json!({"Thing": {"type": "object", "properties": {"id": {"type": "integer"}}}});
    let parts = sending(&content, &schemas).body.map(|body| body.parts).unwrap_or_default();
    let found: Vec<_> = parts.iter().map(|part| (part.name.as_str(), part.xml.as_deref())).collect();
    assert_eq!(found, [("one", Some("THING_ROOT")), ("many", Some("THING_ROOT")), ("text", None), ("json", None)]);
}
