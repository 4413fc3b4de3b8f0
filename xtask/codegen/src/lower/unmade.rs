//! What the document says and no code is made of, each with its place: nothing disappears without a word.
//!
//! It is data for the reader of `-v` and of a report, who knows whether it matters. What response headers, webhooks and
//! callbacks have no code for is told where they are read.

use super::responses;
use super::told::Told;
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join, pointer_tokens};
use crate::media::{self, Encoding};
use crate::objects::{ADDED, Kind, visit};
use crate::plan::{Operation, Payload, Success};
use crate::schema::references;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Extensions that stand for operations and servers.
const EXTENSIONS: [(&str, &str); 2] =
    [("x-ms-paths", "`paths` has these"), ("x-ms-parameterized-host", "a host with variables is one of the `servers`")];

/// The extension that is an operation of whatever method.
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

/// The flows of OAuth 2 that somebody has to log in for; that of devices is told with the other words of OpenAPI 3.2.
const FLOWS: [&str; 3] = ["implicit", "password", "authorizationCode"];

/// Tells it of the operations and of the document as a whole.
pub fn tell(document: &Value, operations: &[Operation], diagnostics: &mut Diagnostics) {
    words(document, diagnostics);
    for operation in operations {
        let Some(found) = document.pointer(&operation.pointer) else { continue };
        answers(document, found, operation, diagnostics);
    }
}

/// Tells of each word once, at its first place.
fn words(document: &Value, diagnostics: &mut Diagnostics) {
    let mut told = Told::default();
    let extended = extended(document);
    let mut note = |word: &str, why: &str, pointer: String| {
        told.note("unmade-word", word, format!("nothing is generated for `{word}`: {why}"), pointer);
    };
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| {
        let added = ADDED.iter().filter(|added| added.of == kind && fields.contains_key(added.word));
        for (word, why) in added.filter_map(|added| Some((added.word, added.unmade?))) {
            note(word, why, pointer_join(pointer, word));
        }
        if kind == Kind::OAuthFlows {
            for word in FLOWS.into_iter().filter(|word| fields.contains_key(*word)) {
                note(
                    word,
                    "it needs a person: the client takes the token that came of it",
                    pointer_join(pointer, word),
                );
            }
        }
        // A component is of whatever media type it stands under where it is used, and is told there.
        let is_used = !pointer.starts_with("/components/mediaTypes/");
        if kind == Kind::MediaType && is_used && fields.contains_key("itemSchema") && !is_sequence(pointer) {
            note("itemSchema", "the media type is no sequence of items", pointer_join(pointer, "itemSchema"));
        }
        if kind == Kind::Schema {
            for (word, why) in unmade_of_schema(fields, pointer, &extended) {
                note(word, why, pointer_join(pointer, word));
            }
        }
    });
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        if item.get(ANY_METHOD).is_some() {
            let why = "it stands for all methods that the path does not name: name the ones that are called";
            note(ANY_METHOD, why, pointer_join(&pointer_join("/paths", path), ANY_METHOD));
        }
    }
    for (word, why) in EXTENSIONS.into_iter().filter(|(word, _)| document.get(*word).is_some()) {
        note(word, why, pointer_join("", word));
    }
    for (index, tag) in document.get("tags").and_then(Value::as_array).into_iter().flatten().enumerate() {
        for word in ["parent", "kind", "summary"].into_iter().filter(|word| tag.get(*word).is_some()) {
            note(word, "the client's methods stand side by side", format!("/tags/{index}/{word}"));
        }
    }
    told.tell(diagnostics);
}

/// The schemas that others take by `allOf`.
fn extended(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(Kind::Root, document, "", &mut |_, fields, _| {
        let parts = fields.get("allOf").and_then(Value::as_array).into_iter().flatten();
        found.extend(parts.filter_map(|part| references::local_pointer(part.get("$ref")?.as_str()?)));
    });
    found
}

/// The words of a schema that no code is made of, each with why.
fn unmade_of_schema(
    fields: &Map<String, Value>,
    pointer: &str,
    extended: &BTreeSet<String>,
) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    let is_union = ["oneOf", "anyOf"].iter().any(|key| fields.contains_key(*key));
    if fields.contains_key("discriminator") && !is_union && !extended.contains(pointer) {
        found.push(("discriminator", "it has no alternatives, and no schema takes it by `allOf`"));
    }
    // What the data of an event says is read.
    if fields.contains_key("contentSchema") && !pointer.ends_with("/properties/data") {
        found.push(("contentSchema", "a text that holds a document is the text"));
    }
    found
}

/// Whether the media type that a pointer ends with is one of items that come one after the other.
fn is_sequence(pointer: &str) -> bool {
    let media_type = pointer_tokens(pointer).last().unwrap_or_default();
    matches!(media::encoding(&media_type), Encoding::Events | Encoding::Lines)
}

fn answers(document: &Value, found: &Value, operation: &Operation, diagnostics: &mut Diagnostics) {
    let place = pointer_join(&operation.pointer, "responses");
    let class = |key: &str| key.bytes().next().unwrap_or_default();
    // A redirect is what the call yields where there is no success.
    let is_redirect = operation.success == Success::One(Payload::Redirect);
    let is_made = |key: &str| is_redirect && responses::status(key).is_some_and(responses::leads_elsewhere);
    for (key, answer) in fields(found, "responses").filter(|(key, _)| !key.starts_with("x-")) {
        let pointer = pointer_join(&place, key);
        if class(key) == b'1' || (class(key) == b'3' && !is_made(key)) {
            let why = match class(key) {
                b'1' => "the HTTP client keeps to itself what comes before the answer",
                _ => "redirects are followed, or told as an undocumented answer",
            };
            let message = format!("nothing is generated for the answer `{key}`: {why}");
            diagnostics.push(Diagnostic::adaptation("unmade-answer", &pointer, message));
        }
        let Some((answer, pointer)) = references::resolve(document, answer, &pointer) else { continue };
        if let Some((names, pointer)) = named(answer, "links", &pointer) {
            let message = format!("nothing is generated for the links {names}: call the operations that they name");
            diagnostics.push(Diagnostic::adaptation("links", pointer, message));
        }
    }
}

fn fields<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

/// The most names that are told.
const MAX_NAMES: usize = 5;

/// The names in the field `key`, as text, and its pointer; none where there are none.
fn named(value: &Value, key: &str, pointer: &str) -> Option<(String, String)> {
    let is_told = |name: &&String| !name.starts_with("x-switchboard-");
    let names: Vec<String> =
        fields(value, key).map(|(name, _)| name).filter(is_told).map(|name| format!("`{name}`")).collect();
    let more = names.len().checked_sub(MAX_NAMES).filter(|more| *more > 0);
    let shown = names.get(..names.len().min(MAX_NAMES))?.join(", ");
    let shown = more.map_or(shown.clone(), |more| format!("{shown} and {more} more"));
    (!names.is_empty()).then(|| (shown, pointer_join(pointer, key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{lower, untyped};
    use serde_json::json;

    fn told(paths: Value, webhooks: Value) -> Vec<(&'static str, String)> {
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": paths, "webhooks": webhooks});
        let mut diagnostics = Diagnostics::default();
        lower("t", &document, &mut diagnostics);
        let told = [
            "webhooks",
            "callbacks",
            "unmade-answer",
            "response-headers",
            "links",
            "unmade-media-type",
            "media-type-choice",
        ];
        let found = diagnostics.iter().filter(|finding| told.contains(&finding.code));
        found.map(|finding| (finding.code, finding.pointer.clone())).collect()
    }

    #[test]
    fn whatever_no_code_is_made_of_is_told_with_its_place() {
        let ok = json!({
            "description": "", "headers": {"X-Left": {}, "content-type": {}}, "links": {"next": {"operationId": "o"}},
        });
        let responses =
            json!({"200": ok, "100": {"description": ""}, "304": {"description": ""}, "default": {"description": ""}});
        let paths = json!({"/a": {"post": {"operationId": "o", "responses": responses, "callbacks": {"done": {}}}}});
        let place = |rest: &str| format!("/paths/~1a/post/{rest}");
        assert_eq!(
            told(paths, json!({"pinged": {}})),
            [
                ("links", place("responses/200/links")),
                ("unmade-answer", place("responses/100")),
                ("unmade-answer", place("responses/304")),
            ]
        );
    }

    #[test]
    fn media_types_that_got_no_method_or_no_type_are_told() {
        let of = |ty: &str| json!({"schema": {"type": ty}});
        let content = json!({
            "application/json": of("string"), "text/json": of("string"), "application/*+json": of("integer"),
            "application/xml": {}, "text/html": {}, "application/json;v=2": of("string"), "image/png": {}, "image/gif": {},
        });
        let failed =
            json!({"application/problem+json": of("object"), "application/json": of("string"), "text/plain": {}});
        let responses = json!({"200": {"content": content}, "400": {"content": failed}});
        let found = told(json!({"/a": {"get": {"operationId": "o", "responses": responses}}}), json!({}));
        let place = |status: &str, media_type: &str| {
            ("unmade-media-type", format!("/paths/~1a/get/responses/{status}/content/{media_type}"))
        };
        assert_eq!(
            found,
            [place("200", "text~1json"), place("200", "application~1*+json"), place("400", "application~1json"),]
        );
    }

    #[test]
    fn bodies_that_got_no_setter_are_told() {
        let of = |ty: &str| json!({"schema": {"type": ty}});
        let content = json!({
            "application/json": of("string"), "text/json": of("string"), "application/json;v=2": of("string"),
            "multipart/form-data": {}, "multipart/mixed": {}, "text/plain": {}, "text/csv": {},
        });
        let found = told(
            json!({"/a": {"post": {"operationId": "o", "requestBody": {"content": content}, "responses": {}}}}),
            json!({}),
        );
        // Bodies in one encoding and type are one, and the caller names the media type.
        assert_eq!(found, [("media-type-choice", "/paths/~1a/post/requestBody/content/multipart~1mixed".to_owned())]);
    }

    #[test]
    fn what_code_is_made_of_is_not_told() {
        let found =
            json!({"302": {"description": "", "headers": {"Content-Type": {}}}, "x-note": {"headers": {"a": {}}}});
        assert_eq!(told(json!({"/a": {"get": {"operationId": "o", "responses": found}}}), json!({})), []);
    }

    #[test]
    fn words_that_nothing_is_made_of_are_told_once_each() {
        let flows =
            json!({"deviceAuthorization": {"scopes": {"read": "r"}}, "clientCredentials": {}, "authorizationCode": {}});
        let scheme = json!({"type": "oauth2", "flows": flows, "oauth2MetadataUrl": "/m"});
        let mixed = json!({"prefixEncoding": [{}], "itemEncoding": {"itemEncoding": {}}, "itemSchema": {}});
        let content = json!({"multipart/mixed": mixed, "application/jsonl": {"itemSchema": {}}});
        let document = json!({
            "openapi": "3.2.0", "info": {"title": "T", "version": "1"},
            "tags": [{"name": "a", "kind": "nav"}, {"name": "b", "parent": "a", "kind": "nav"}],
            "paths": {"/a": {"post": {"requestBody": {"content": content}, "responses": {}}}},
            "components": {"securitySchemes": {"s": scheme}},
        });
        let mut diagnostics = Diagnostics::default();
        words(&document, &mut diagnostics);
        let found: Vec<_> = diagnostics.iter().map(|finding| finding.pointer.as_str()).collect();
        let body = |rest: &str| format!("/paths/~1a/post/requestBody/content/multipart~1mixed/{rest}");
        let scheme = "/components/securitySchemes/s";
        assert_eq!(
            found,
            [
                body("prefixEncoding").as_str(),
                &body("itemEncoding"),
                &body("itemSchema"),
                &body("itemEncoding/itemEncoding"),
                &format!("{scheme}/oauth2MetadataUrl"),
                &format!("{scheme}/flows/deviceAuthorization"),
                &format!("{scheme}/flows/authorizationCode"),
                "/tags/0/kind",
                "/tags/1/parent",
            ]
        );
        let kind = diagnostics.iter().find(|finding| finding.pointer == "/tags/0/kind").unwrap();
        assert!(kind.message.ends_with("(1 more of it)"), "{}", kind.message);
    }

    #[test]
    fn a_media_type_that_is_only_there_to_be_referred_to_is_judged_where_it_is_used() {
        let document = json!({
            "openapi": "3.2.0", "paths": {},
            "components": {"mediaTypes": {"Lines": {"itemSchema": {"type": "integer"}}}},
        });
        let mut diagnostics = Diagnostics::default();
        words(&document, &mut diagnostics);
        assert_eq!(diagnostics.iter().map(|found| found.pointer.as_str()).collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn a_mapping_to_what_does_not_extend_the_schema_is_told() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mapping = json!({"cat": "Cat", "rock": "#/components/schemas/Rock", "cow": "Cow"});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {},
            "components": {"schemas": {
                "Pet": {
                    "type": "object", "properties": {"kind": {"type": "string"}},
                    "discriminator": {"propertyName": "kind", "mapping": mapping},
                },
                "Cat": {"allOf": [reference("Pet")]}, "Rock": {"type": "object"},
            }},
        });
        let mut diagnostics = Diagnostics::default();
        lower("t", &document, &mut diagnostics);
        let found = diagnostics.iter().filter(|finding| finding.code == "lost-mapping");
        let place = "/components/schemas/Pet/discriminator/mapping";
        assert_eq!(
            found.map(|finding| finding.pointer.clone()).collect::<Vec<_>>(),
            [format!("{place}/rock"), format!("{place}/cow")]
        );
    }

    #[test]
    fn bodies_that_have_a_shape_and_are_not_read_in_it_are_told() {
        let of = |schema: Value| json!({"schema": schema});
        let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let found = |media_type: &str, schema: &Value| {
            let content = json!({media_type: of(schema.clone())});
            let (body, answers) =
                (json!({"content": content}), json!({"200": {"description": "", "content": content}}));
            let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post": {
                "operationId": "o", "requestBody": body, "responses": answers,
            }}}});
            let mut diagnostics = Diagnostics::default();
            lower("t", &document, &mut diagnostics);
            let told = diagnostics.iter().filter(|finding| finding.code == "untyped-body");
            told.map(|finding| finding.pointer.split('/').nth(4).unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        for media_type in ["application/yaml", "text/csv", "text/plain", "application/msgpack"] {
            assert_eq!(found(media_type, &object), ["requestBody", "responses"], "{media_type}");
            assert_eq!(found(media_type, &json!({"type": "array", "items": object})).len(), 2, "{media_type}");
            for plain in [json!({"type": "string"}), json!({"type": "integer"}), json!({}), json!({"type": "object"})] {
                assert_eq!(found(media_type, &plain), [""; 0], "{media_type} {plain}");
            }
        }
        for media_type in ["application/x-www-form-urlencoded", "multipart/form-data"] {
            assert_eq!(found(media_type, &object), ["responses"], "{media_type}");
        }
        assert_eq!(found("application/json", &object), [""; 0]);
        // What is typed as JSON beside it has its type.
        let both = json!({"text/plain": of(object.clone()), "text/json": of(object.clone()), "text/csv": of(json!({"items": object}))});
        let responses = json!({"200": {"description": "", "content": both}});
        let document = json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": responses}}}});
        let mut diagnostics = Diagnostics::default();
        untyped::tell(&document, &mut diagnostics);
        let told = diagnostics.iter().map(|finding| finding.pointer.as_str());
        assert_eq!(told.collect::<Vec<_>>(), ["/paths/~1a/get/responses/200/content/text~1csv"]);
    }

    #[test]
    fn the_second_type_of_an_error_is_told_in_xml_too() {
        let xml = |name: &str| json!({"schema": {"type": "object", "properties": {name: {"type": "string"}}}});
        let failed = |name: &str| json!({"400": {"description": "", "content": {"application/json": xml("a"), "application/xml": xml(name)}}});
        let found =
            |name: &str| told(json!({"/a": {"get": {"operationId": "o", "responses": failed(name)}}}), json!({}));
        assert_eq!(found("a"), []);
        assert_eq!(
            found("b"),
            [("unmade-media-type", "/paths/~1a/get/responses/400/content/application~1xml".to_owned())]
        );
    }

    #[test]
    fn a_form_of_alternatives_has_no_parts_and_is_told() {
        let form = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
        let content = json!({"multipart/form-data": {"schema": {"oneOf": [form("a"), form("b")]}}});
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post": {
            "operationId": "o", "requestBody": {"content": content}, "responses": {},
        }}}});
        let mut diagnostics = Diagnostics::default();
        lower("t", &document, &mut diagnostics);
        let found =
            diagnostics.iter().find(|finding| finding.code == "unmade-parts").map(|found| found.pointer.as_str());
        assert_eq!(found, Some("/paths/~1a/post/requestBody/content/multipart~1form-data/schema"));
    }

    #[test]
    fn paths_that_stand_in_an_extension_are_told() {
        let paths = json!({"/a": {"x-amazon-apigateway-any-method": {}}});
        let document =
            json!({"openapi": "3.0.3", "paths": paths, "x-ms-paths": {"/a?b=c": {}}, "x-ms-parameterized-host": {}});
        let mut diagnostics = Diagnostics::default();
        words(&document, &mut diagnostics);
        let found: Vec<_> = diagnostics.iter().map(|finding| (finding.code, finding.pointer.as_str())).collect();
        let places = ["/paths/~1a/x-amazon-apigateway-any-method", "/x-ms-paths", "/x-ms-parameterized-host"];
        assert_eq!(found, places.map(|place| ("unmade-word", place)));
    }

    #[test]
    fn words_of_schemas_that_nothing_is_made_of_are_told() {
        let alone = json!({"discriminator": {"propertyName": "kind"}});
        let text = json!({"type": "string", "contentMediaType": "application/json", "contentSchema": {}});
        let event = json!({"type": "object", "properties": {"data": text}});
        let document = json!({
            "openapi": "3.1.0",
            "components": {"schemas": {
                "Alone": alone, "Pet": alone, "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}]},
                "Either": {"oneOf": [{}, {}], "discriminator": {"propertyName": "kind"}},
                "Text": text, "Event": event,
            }},
        });
        let mut diagnostics = Diagnostics::default();
        words(&document, &mut diagnostics);
        let found: Vec<_> = diagnostics.iter().map(|finding| finding.pointer.as_str()).collect();
        let expected = ["/components/schemas/Alone/discriminator", "/components/schemas/Text/contentSchema"];
        assert_eq!(found, expected);
    }

    #[test]
    fn many_names_are_counted() {
        let names: Map<String, Value> = (0..8).map(|at| (format!("n{at}"), json!({}))).collect();
        let found = named(&json!({"links": names}), "links", "/a");
        assert_eq!(found, Some(("`n0`, `n1`, `n2`, `n3`, `n4` and 3 more".to_owned(), "/a/links".to_owned())));
    }
}
