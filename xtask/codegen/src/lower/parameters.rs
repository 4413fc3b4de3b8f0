//! Parameters: where each one goes and how its value is written (OpenAPI 3.0 section 4.7.12).

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::names::Context;
use super::operation_object::OperationObject;
use super::types::Types;
use super::{forms, idents, paging, secrets, security, styles};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::plan::{Docs, FormField, Location, Nested, Parameter, Style, TypeRef};
use crate::schema::references;
use crate::schema::shape::{Shape, TextFormat, Typed};
use crate::version::Version;
use crate::{headers, media, path_template};

/// Methods of a call that a parameter's setter must not hide.
const RESERVED: &[&str] = &["content_type", "options", "send", "send_bytes", "send_events", "send_lines", "send_text"];

/// The names that setters must not have.
pub fn reserved(source: &OperationObject<'_>, has_body: bool) -> BTreeSet<String> {
    let list = if paging::list::is_possible(source) { paging::list::LIST_METHODS } else { &[] };
    RESERVED.iter().chain(list).copied().chain(has_body.then_some("body")).map(str::to_owned).collect()
}

/// The operation's parameters and those of its path, path parameters first in the template's order; `taken` are the
/// names that setters have already.
pub fn read(
    source: &OperationObject<'_>,
    document: &Value,
    operation: &str,
    taken: &mut BTreeSet<String>,
    types: &mut Types<'_>,
) -> Vec<Parameter> {
    let mut found = declared(document, source, types);
    let template = path_template::names(source.path);
    leave_to_credentials(&mut found, document, source, types);
    found.retain(|(location, name), (_, pointer)| {
        let kept = *location != Location::Path || template.contains(name);
        if !kept {
            types.schemas.diagnostics.push(Diagnostic::warning(
                "unused-path-parameter",
                pointer.as_str(),
                format!("the path has no `{{{name}}}`: the parameter is left out"),
            ));
        }
        kept
    });
    let mut parameters = Vec::new();
    for name in &template {
        let declared = found.shift_remove(&(Location::Path, name.clone()));
        if declared.is_none() {
            types.schemas.diagnostics.push(Diagnostic::warning(
                "undeclared-path-parameter",
                &source.pointer,
                format!("`{{{name}}}` of the path is not declared: it is taken as a string"),
            ));
        }
        let (object, pointer) = declared.unwrap_or((&Value::Null, source.pointer.clone()));
        parameters.push(parameter(object, &pointer, Location::Path, name, operation, types));
    }
    for ((location, key), (object, pointer)) in found {
        let name = object.get("name").and_then(Value::as_str).unwrap_or(&key);
        parameters.push(parameter(object, &pointer, location, name, operation, types));
    }
    for parameter in &mut parameters {
        let place = pointer_join(&source.pointer, &parameter.name);
        let wanted = types.names.memory().by_words(Some(&source.pointer), &place, &parameter.name);
        let longer = format!("{}_{}", wanted.trim_end_matches('_'), parameter.location.word());
        parameter.ident = idents::unique([wanted, longer], taken);
    }
    parameters
}

type Declared<'d> = IndexMap<(Location, String), (&'d Value, String)>;

/// The name by which parameters of one place are told apart: those of headers are the same in any case (RFC 9110 section
/// 5.1).
fn key(location: Location, name: &str) -> String {
    if location == Location::Header { name.to_ascii_lowercase() } else { name.to_owned() }
}

/// All parameter objects by place and name; an operation's own replaces its path's.
fn declared<'d>(document: &'d Value, source: &OperationObject<'d>, types: &mut Types<'_>) -> Declared<'d> {
    let mut found = Declared::new();
    for (owner, owner_pointer) in [(source.item, &source.item_pointer), (source.operation, &source.pointer)] {
        let place = pointer_join(owner_pointer, "parameters");
        for (index, listed) in owner.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let pointer = pointer_join(&place, &index.to_string());
            let Some((object, pointer)) = references::resolve(document, listed, &pointer) else {
                types.schemas.diagnostics.push(references::dangling(listed, &pointer, "the parameter is left out"));
                continue;
            };
            let name = object.get("name").and_then(Value::as_str);
            let Some((location, name)) = location(object).zip(name) else {
                types.schemas.diagnostics.push(Diagnostic::warning(
                    "bad-parameter",
                    pointer,
                    "a parameter needs a name and a place that OpenAPI knows: it is left out",
                ));
                continue;
            };
            if location == Location::Header
                && let Some(reason) = headers::left_to_others(name, security::sets_authorization(document))
            {
                types.schemas.diagnostics.push(Diagnostic::adaptation(
                    "reserved-header",
                    pointer,
                    format!("`{name}` {reason}"),
                ));
                continue;
            }
            found.insert((location, key(location, name)), (object, pointer));
        }
    }
    found
}

/// Takes out what the operation's credentials are sent as: the client sets it, and a name is sent once.
fn leave_to_credentials(
    found: &mut Declared<'_>,
    document: &Value,
    source: &OperationObject<'_>,
    types: &mut Types<'_>,
) {
    for (place, name, scheme) in security::keys(document, source) {
        if let Some((_, pointer)) = found.shift_remove(&(place, key(place, &name))) {
            types.schemas.diagnostics.push(Diagnostic::adaptation(
                "credential-parameter",
                pointer,
                format!("`{name}` is what the security scheme `{scheme}` is sent as: it is given to the client"),
            ));
        }
    }
}

fn location(object: &Value) -> Option<Location> {
    match object.get("in")?.as_str()? {
        "path" => Some(Location::Path),
        "query" => Some(Location::Query),
        "header" => Some(Location::Header),
        "cookie" => Some(Location::Cookie),
        "querystring" => Some(Location::QueryString),
        _ => None,
    }
}

/// The parameter, or the header of a part, that `object` describes, as yet without a name in Rust.
pub fn parameter(
    object: &Value,
    pointer: &str,
    location: Location,
    name: &str,
    operation: &str,
    types: &mut Types<'_>,
) -> Parameter {
    let typed = typed(object, pointer, types);
    tell_lost(object, location, pointer, &typed, types);
    let several = matches!(typed.shape, Shape::Array(_));
    let word = idents::pascal(&if several { idents::singular(name) } else { name.to_owned() });
    let own = format!("{operation}{word}");
    let context = match types.recurring.is_usual_parameter(object) {
        true => recurring(&word, &typed, own),
        false => Context::named(operation, vec![own]),
    };
    let (ty, _) = types.root(&typed, &context);
    // In a place without types everything is text: bytes too.
    let ty = if typed.shape == Shape::Text(TextFormat::Binary) { TypeRef::String } else { ty };
    let (style, explode) = written(object, location, pointer, types);
    let hint = styles::nested(object, pointer, types.schemas.diagnostics);
    if hint.is_none() && location != Location::QueryString {
        styles::tell_open(&typed, style, explode, pointer, &mut types.schemas);
    }
    let required = location == Location::Path || object.get("required").and_then(Value::as_bool).unwrap_or(false);
    let mut docs = docs(object, &typed);
    docs.secret = secrets::is_secret(name, &typed, &ty, &docs, types.schemas.document());
    let says_reserved = object.get("allowReserved").and_then(Value::as_bool).unwrap_or(false);
    Parameter {
        name: name.to_owned(),
        ident: String::new(),
        location,
        style,
        explode,
        allow_reserved: says_reserved && may_keep_reserved(location == Location::Query, types.schemas.document()),
        slashes: location == Location::Path && super::slashes::stay(object, pointer, types.schemas.diagnostics),
        fields: whole_query(object, location, pointer, &typed, types),
        nested: hint.unwrap_or(Nested::Usual),
        required,
        constant: types.constant(&typed).filter(|value| required && is_plain(value)),
        ty,
        docs,
        pointer: pointer.to_owned(),
    }
}

/// How the type of a parameter is called that several operations have. A word is enough for words; what has parts, or can be
/// one of several, is none: the filter `created_at` is no date.
fn recurring(word: &str, typed: &Typed, own: String) -> Context {
    let element = if let Shape::Array(items) = &typed.shape { items } else { typed };
    let longer = format!("{word}Parameter");
    match element.shape {
        Shape::Enum(_) | Shape::IntegerEnum(_) => Context::recurring([word.to_owned(), longer], own),
        _ => Context::recurring([longer, format!("{word}Filter")], own),
    }
}

/// Whether a value can be written as a literal.
fn is_plain(value: &Value) -> bool {
    value.is_string() || value.is_boolean() || value.is_i64()
}

/// Before OpenAPI 3.2 `allowReserved` is for queries alone (3.0 section 4.7.12.2.2, 3.2 section 4.12.2.2).
pub(super) fn may_keep_reserved(is_query: bool, document: &Value) -> bool {
    is_query || Version::of(document) == Some(Version::V32)
}

/// The fields of the form that is the whole query, as those of a body are.
fn whole_query(
    object: &Value,
    location: Location,
    pointer: &str,
    typed: &Typed,
    types: &mut Types<'_>,
) -> Vec<FormField> {
    match content(object).filter(|_| location == Location::QueryString) {
        Some((media_type, content)) => {
            let place = pointer_join(&pointer_join(pointer, "content"), media_type);
            forms::form_fields(content, &place, Some(typed), types)
        }
        None => Vec::new(),
    }
}

/// A parameter has one media type (OpenAPI 3.0 section 4.7.12.1): another is not sent. Nor is a value of several parts sent in
/// any but JSON, unless it is the whole query.
fn tell_lost(object: &Value, location: Location, pointer: &str, typed: &Typed, types: &mut Types<'_>) {
    if let Some((media_type, _)) = content(object).filter(|_| location != Location::QueryString) {
        let shape = types.schemas.resolved(typed).shape;
        let has_parts = matches!(shape, Shape::Object(_) | Shape::Map(_) | Shape::Array(_) | Shape::Union(_));
        if has_parts && media::encoding(media_type) != media::Encoding::Json {
            types.schemas.diagnostics.push(Diagnostic::adaptation(
                "unmade-media-type",
                pointer_join(&pointer_join(pointer, "content"), media_type),
                format!("a value is not written as `{media_type}` here, but in the style that parameters have"),
            ));
        }
    }
    let listed = object.get("content").and_then(Value::as_object).into_iter().flatten();
    for (media_type, _) in listed.skip(1) {
        types.schemas.diagnostics.push(Diagnostic::adaptation(
            "unmade-media-type",
            pointer_join(&pointer_join(pointer, "content"), media_type),
            format!("a parameter has one media type: nothing is sent as `{media_type}`"),
        ));
    }
}

/// The one media type of a parameter, and what is said of it.
fn content(object: &Value) -> Option<(&String, &Value)> {
    object.get("content").and_then(Value::as_object).and_then(|content| content.iter().next())
}

/// The schema of a parameter, in `schema` or under the one media type of `content`.
pub fn typed(object: &Value, pointer: &str, types: &mut Types<'_>) -> Typed {
    if let Some(schema) = object.get("schema") {
        return types.schemas.parse(schema, &pointer_join(pointer, "schema"));
    }
    match content(object) {
        Some((media_type, content)) => {
            let place = pointer_join(&pointer_join(pointer, "content"), media_type);
            content.get("schema").map_or_else(
                || Typed::new(Shape::Any, pointer_join(&place, "schema")),
                |schema| types.schemas.parse(schema, &pointer_join(&place, "schema")),
            )
        }
        // Neither: a value of which nothing is known but that it is written as text.
        None => Typed::new(Shape::Text(TextFormat::Plain), pointer_join(pointer, "schema")),
    }
}

/// The style, and whether lists and objects are exploded.
pub fn written(object: &Value, location: Location, pointer: &str, types: &mut Types<'_>) -> (Style, bool) {
    if let Some(hint) = styles::list(object, pointer, location, types.schemas.diagnostics) {
        return hint;
    }
    let style = style(object, location, pointer, types);
    let explode = object.get("explode").and_then(Value::as_bool);
    (style, explode.unwrap_or(style.explodes()))
}

fn style(object: &Value, location: Location, pointer: &str, types: &mut Types<'_>) -> Style {
    if let Some((media_type, _)) = content(object)
        && object.get("schema").is_none()
    {
        return match media::encoding(media_type) {
            media::Encoding::Json => Style::Json,
            // Any other text is the whole query as it is.
            media::Encoding::Form if location == Location::QueryString => Style::Form,
            _ => location.default_style(),
        };
    }
    let asked = object.get("style").and_then(Value::as_str);
    let style = match (asked, location) {
        (None, _) => Some(location.default_style()),
        (Some("simple"), Location::Path | Location::Header) => Some(Style::Simple),
        (Some("label"), Location::Path) => Some(Style::Label),
        (Some("matrix"), Location::Path) => Some(Style::Matrix),
        (Some("form"), Location::Query | Location::Cookie) => Some(Style::Form),
        (Some("cookie"), Location::Cookie) => Some(Style::Cookie),
        (Some("spaceDelimited"), Location::Query) => Some(Style::SpaceDelimited),
        (Some("pipeDelimited"), Location::Query) => Some(Style::PipeDelimited),
        (Some("deepObject"), Location::Query) => Some(Style::DeepObject),
        _ => None,
    };
    style.unwrap_or_else(|| {
        types.schemas.diagnostics.push(Diagnostic::warning(
            "bad-style",
            pointer_join(pointer, "style"),
            format!("`{}` is no style for this place: the default is used", asked.unwrap_or_default()),
        ));
        location.default_style()
    })
}

/// The parameter's prose, with its schema's where it says nothing itself.
pub fn docs(object: &Value, typed: &Typed) -> Docs {
    let mut docs = typed.docs.clone();
    if let Some(description) =
        object.get("description").and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    {
        docs.description = Some(description.to_owned());
    }
    docs.deprecated |= object.get("deprecated").and_then(Value::as_bool).unwrap_or(false);
    docs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::operation;
    use super::*;

    #[test]
    fn path_parameters_come_first_whether_declared_or_not() {
        let (found, codes) = operation(
            "/a/{x}/{y}",
            &json!({"operationId": "o", "responses": {}, "parameters": [
                {"name": "q", "in": "query", "schema": {"type": "integer"}},
                {"name": "y", "in": "path", "required": true, "schema": {"type": "integer"}},
                {"name": "z", "in": "path", "required": true, "schema": {"type": "integer"}},
            ]}),
        );
        let names: Vec<_> = found
            .parameters
            .iter()
            .map(|parameter| (parameter.name.as_str(), parameter.required, parameter.ty.clone()))
            .collect();
        assert_eq!(
            names,
            [("x", true, TypeRef::String), ("y", true, TypeRef::Integer), ("q", false, TypeRef::Integer)]
        );
        assert_eq!(codes, ["unused-path-parameter", "undeclared-path-parameter"]);
    }

    #[test]
    fn what_a_credential_is_sent_as_is_no_parameter() {
        let parameters = json!([
            {"name": "X-API-Key", "in": "header", "required": true, "schema": {"type": "string"}},
            {"name": "key", "in": "query", "schema": {"type": "string"}},
        ]);
        let found = |security: Value| {
            let operation =
                json!({"operationId": "o", "responses": {}, "parameters": parameters, "security": security});
            let document = json!({
                "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
                "paths": {"/a": {"get": operation}}, "components": {"securitySchemes": {
                    "Header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                    "Query": {"type": "apiKey", "in": "query", "name": "key"},
                }},
            });
            let mut diagnostics = crate::diagnostics::Diagnostics::default();
            let plan = super::super::lower("t", &document, &mut diagnostics);
            let names = plan.operations[0].parameters.iter().map(|found| found.name.clone()).collect::<Vec<_>>();
            (names, diagnostics.iter().filter(|found| found.code == "credential-parameter").count())
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(found(json!([{"Header": []}])), (names(&["key"]), 1));
        assert_eq!(found(json!([{"Header": []}, {"Query": []}])), (names(&[]), 2));
        assert_eq!(found(json!([])), (names(&["X-API-Key", "key"]), 0));
    }

    #[test]
    fn styles_and_their_defaults_are_those_of_the_place() {
        let (found, codes) = operation(
            "/a",
            &json!({"operationId": "o", "responses": {}, "parameters": [
                {"name": "a", "in": "query", "schema": {}},
                {"name": "b", "in": "query", "schema": {}, "style": "pipeDelimited"},
                {"name": "c", "in": "header", "schema": {}},
                {"name": "d", "in": "cookie", "schema": {}, "style": "matrix"},
                {"name": "e", "in": "query", "content": {"application/json": {"schema": {}}}},
                {"name": "Accept", "in": "header", "schema": {}},
                {"name": "content-length", "in": "header", "required": true, "schema": {"type": "integer"}},
                {"name": "Host", "in": "header", "schema": {}},
            ]}),
        );
        let styles: Vec<_> = found.parameters.iter().map(|parameter| (parameter.style, parameter.explode)).collect();
        assert_eq!(
            styles,
            [
                (Style::Form, true),
                (Style::PipeDelimited, false),
                (Style::Simple, false),
                (Style::Form, true),
                (Style::Json, false)
            ]
        );
        assert_eq!(codes, ["reserved-header", "reserved-header", "reserved-header", "bad-style"]);
    }

    #[test]
    fn a_header_of_credentials_is_said_to_be_the_schemes_only_where_there_is_one() {
        let told = |fields: Value| {
            let parameters = json!([{"name": "Authorization", "in": "header", "schema": {}}]);
            let mut document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {
                "get": {"operationId": "o", "parameters": parameters, "responses": {}},
            }}});
            document.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            let mut diagnostics = crate::diagnostics::Diagnostics::default();
            crate::lower::lower("t", &document, &mut diagnostics);
            diagnostics.iter().find(|found| found.code == "reserved-header").unwrap().message.clone()
        };
        let scheme = json!({"key": {"type": "http", "scheme": "bearer"}});
        assert_eq!(
            told(json!({"components": {"securitySchemes": scheme}})),
            "`Authorization` is set from the security scheme"
        );
        let bare = told(json!({}));
        assert!(bare.contains("no security scheme is declared") && bare.contains("sensitive_header"), "{bare}");
    }

    #[test]
    fn a_cookie_is_written_in_its_own_style() {
        let (found, codes) = operation(
            "/a",
            &json!({"operationId": "o", "responses": {}, "parameters": [
                {"name": "a", "in": "cookie", "schema": {}, "style": "cookie"},
                {"name": "b", "in": "cookie", "schema": {}, "style": "cookie", "explode": false},
                {"name": "c", "in": "query", "schema": {}, "style": "cookie"},
            ]}),
        );
        let styles: Vec<_> =
            found.parameters.iter().map(|found| (format!("{:?}", found.style), found.explode)).collect();
        let style = |name: &str, explode| (name.to_owned(), explode);
        assert_eq!(styles, [style("Cookie", true), style("Cookie", false), style("Form", true)]);
        assert_eq!(codes, ["bad-style"]);
    }

    #[test]
    fn of_several_media_types_of_a_parameter_the_others_are_told() {
        let content = json!({"application/json": {"schema": {}}, "text/plain": {}});
        let parameter = json!({"name": "q", "in": "query", "content": content});
        let (found, codes) = operation("/a", &json!({"operationId": "o", "responses": {}, "parameters": [parameter]}));
        assert_eq!((found.parameters[0].style, codes), (Style::Json, vec!["unmade-media-type"]));
        let of = |media_type: &str, ty: &str| json!([{"name": "f", "in": "query", "content": {media_type: {"schema": {"type": ty}}}}]);
        for (media_type, ty, told) in [
            ("application/xml", "object", true),
            ("text/csv", "array", true),
            ("application/xml", "string", false),
            ("application/vnd.a+json", "object", false),
        ] {
            let (_, codes) =
                operation("/a", &json!({"operationId": "o", "parameters": of(media_type, ty), "responses": {}}));
            assert_eq!(codes.contains(&"unmade-media-type"), told, "{media_type} {ty}");
        }
    }

    #[test]
    fn the_whole_query_is_one_value() {
        let whole = |media_type: &str, schema: Value| {
            let parameter = json!({"name": "q", "in": "querystring", "required": true, "content": {media_type: {"schema": schema}}});
            let (found, codes) =
                operation("/a", &json!({"operationId": "o", "responses": {}, "parameters": [parameter]}));
            (
                found
                    .parameters
                    .first()
                    .map(|found| (found.location.word(), found.required, format!("{:?}", found.style))),
                codes,
            )
        };
        let found = |style: &str| (Some(("querystring", true, style.to_owned())), vec![]);
        let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        assert_eq!(whole("application/x-www-form-urlencoded", object.clone()), found("Form"));
        assert_eq!(whole("application/json", object), found("Json"));
        assert_eq!(whole("application/jsonpath", json!({"type": "string"})), found("Simple"));
    }

    #[test]
    fn one_name_in_two_places_and_the_builders_own_words_stay_apart() {
        let (found, _) = operation(
            "/a/{id}",
            &json!({"operationId": "o", "responses": {}, "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {}},
                {"name": "id", "in": "query", "schema": {}},
                {"name": "send", "in": "query", "schema": {}},
                {"name": "pages", "in": "query", "schema": {}},
                {"name": "stream", "in": "query", "schema": {}},
            ]}),
        );
        assert_eq!(
            found.parameters.iter().map(|parameter| parameter.ident.as_str()).collect::<Vec<_>>(),
            ["id", "id_query", "send_query", "pages_query", "stream_query"]
        );
    }

    #[test]
    fn a_header_of_the_operation_replaces_its_paths_in_any_case() {
        let header = |name: &str, required: bool, ty: &str| json!({"name": name, "in": "header", "required": required, "schema": {"type": ty}});
        for (shared, own) in [("X-Tenant", "x-tenant"), ("x-tenant", "X-TENANT"), ("X-Tenant", "X-Tenant")] {
            let plan = super::super::testing::plan(
                &json!({"/a": {
                    "parameters": [header(shared, false, "string"), header("ACCEPT", true, "string"), header("content-Type", true, "string")],
                    "get": {"operationId": "o", "parameters": [header(own, true, "integer")], "responses": {}},
                }}),
                &json!({}),
            );
            let found: Vec<_> = plan.operations[0]
                .parameters
                .iter()
                .map(|found| (found.name.as_str(), found.required, &found.ty))
                .collect();
            assert_eq!(found, [(own, true, &TypeRef::Integer)], "{shared}");
        }
    }

    #[test]
    fn what_openapi_leaves_open_is_told_and_a_hint_says_how_it_is() {
        let sort = json!({"type": "object", "properties": {"sort": {"type": "array", "items": {"type": "string"}}}});
        let lists = json!({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}});
        let flat = json!({"type": "array", "items": {"type": "integer"}});
        let (found, codes) = operation(
            "/a",
            &json!({"operationId": "o", "responses": {}, "parameters": [
                {"name": "a", "in": "query", "schema": sort},
                {"name": "b", "in": "query", "schema": sort, "x-switchboard-nested": "brackets"},
                {"name": "c", "in": "query", "schema": lists},
                {"name": "d", "in": "query", "schema": flat, "x-switchboard-list": "tab"},
                {"name": "e", "in": "header", "schema": flat, "x-switchboard-list": "pipe"},
                {"name": "f", "in": "header", "schema": flat, "x-switchboard-list": "repeat"},
                {"name": "g", "in": "query", "schema": sort, "x-switchboard-nested": "yes"},
                {"name": "h", "in": "query", "content": {"application/json": {"schema": sort}}},
            ]}),
        );
        let written: Vec<_> = found.parameters.iter().map(|found| (found.style, found.explode, found.nested)).collect();
        assert_eq!(
            written[..5],
            [
                (Style::Form, true, Nested::Usual),
                (Style::Form, true, Nested::Brackets),
                (Style::Form, true, Nested::Usual),
                (Style::TabDelimited, false, Nested::Usual),
                (Style::PipeDelimited, false, Nested::Usual),
            ]
        );
        assert_eq!(codes, ["nested-style", "nested-style", "bad-hint", "bad-hint", "nested-style"]);
    }
}
