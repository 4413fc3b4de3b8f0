//! Complaints that say nothing of the request: what a judge is known not to read, and what the document leaves open.
//!
//! These are properties of documents, never documents. Each rule names what in the judge it goes back to; an operation that
//! meets one is listed with the judge's words and with the rule's.

use super::{
    ambiguity, calls,
    case::{Case, Complaint, Excuse, Judge},
    steady,
};
use codegen::{
    headers,
    media::essence,
    methods,
    plan::{Body, BodyKind, Location, Operation, Parameter, Style},
    schema::flat,
};
use serde_json::Value;

fn prism(why: &str) -> Option<Excuse> {
    Some(Excuse::Judge(why.to_owned()))
}

/// Why a complaint says nothing of the request; none if it does.
pub fn excuse(judge: Judge, case: &Case<'_>, complaint: &Complaint) -> Option<Excuse> {
    if is_newer(case.operation) {
        return prism("the judges know OpenAPI 3.1, which has no such method or place");
    }
    if is_packed(case) && complaint.place().first().is_none_or(|part| *part == "body") {
        return prism("the judges do not unpack a body that has a `Content-Encoding`");
    }
    if let Some(excuse) = ambiguous(case).or_else(|| left_open(case, complaint)) {
        return Some(excuse);
    }
    if is_of_no_parameter(complaint) {
        return prism(
            "OpenAPI says that this header is no parameter (3.0 section 4.7.12.1), which the judges do not know",
        );
    }
    match judge {
        Judge::Prism => excuse_of_prism(case, complaint),
        Judge::Steady => steady::excuse(case, complaint),
    }
}

/// Whether the call packs its body, as a header parameter of the operation says.
fn is_packed(case: &Case<'_>) -> bool {
    case.operation.parameters.iter().any(|parameter| {
        parameter.location == Location::Header
            && parameter.name.eq_ignore_ascii_case("content-encoding")
            && case.call.arguments.contains_key(&parameter.ident)
    })
}

/// Whether an operation is one that only OpenAPI 3.2 can describe.
fn is_newer(operation: &Operation) -> bool {
    let is_whole = |parameter: &Parameter| parameter.location == Location::QueryString;
    operation.method == "QUERY" || methods::is_sendable(&operation.method) || operation.parameters.iter().any(is_whole)
}

/// Whether the complaint is about a header that is ignored where it is listed as a parameter.
fn is_of_no_parameter(complaint: &Complaint) -> bool {
    let place = complaint.place();
    let name = match place.as_slice() {
        ["header", name, ..] => Some(*name),
        ["header"] => quoted(&complaint.message),
        _ => None,
    };
    name.is_some_and(headers::is_ignored)
}

/// The complaint is about something that OpenAPI does not say how to write.
fn left_open(case: &Case<'_>, complaint: &Complaint) -> Option<Excuse> {
    let document = |why: &str| Some(Excuse::Document(why.to_owned()));
    let place = complaint.place();
    let (part, name) = match place.as_slice() {
        [part, name, ..] => (*part, *name),
        [part] => (*part, quoted(&complaint.message)?),
        [] => return None,
    };
    let field = case.call.form.as_ref().and_then(|form| form.get(name)).filter(|_| part == "body");
    let meant = case.operation.parameters.iter().find(|parameter| is_meant(parameter, part, name));
    let argument =
        meant.filter(|meant| meant.style != Style::Json).and_then(|meant| case.call.arguments.get(&meant.ident));
    if field.or(argument).is_some_and(calls::is_nested) {
        return document("OpenAPI does not say how this style writes values within values (3.0 section 4.7.12.3)");
    }
    let writes_into = |other: &Parameter| {
        let outer = other.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
        outer && case.call.arguments.contains_key(&other.ident)
    };
    if meant.is_some_and(|meant| meant.style == Style::DeepObject) && case.operation.parameters.iter().any(writes_into)
    {
        return document("another parameter's name is that of a property of this one, as `deepObject` writes it");
    }
    None
}

/// Whether a parameter is that of a complaint. Prism changes names when it lists the operations at its start
/// (`prism-cli/util/paths.js`).
fn is_meant(parameter: &Parameter, part: &str, name: &str) -> bool {
    parameter.location.word() == part
        && (parameter.name.eq_ignore_ascii_case(name) || encoded(&parameter.name).eq_ignore_ascii_case(name))
}

fn excuse_of_prism(case: &Case<'_>, complaint: &Complaint) -> Option<Excuse> {
    if has_mixed_segment(&case.operation.path) {
        return prism(
            "Prism takes a segment that begins with an expression for that alone, and so finds another operation",
        );
    }
    match complaint.place().as_slice() {
        ["body", rest @ ..] => about_body(case, complaint, rest.first().copied()),
        [] if complaint.code == "required" && is_falsy(case.call.json.as_ref()) => {
            prism("Prism takes a body that is false, zero or empty for none")
        }
        [place @ ("path" | "query" | "header" | "cookie"), rest @ ..] => {
            let name = rest.first().copied().or_else(|| quoted(&complaint.message))?;
            about_parameter(case, complaint, place, name)
        }
        _ => None,
    }
}

/// The request is one of another operation as well, which the judge may have taken it for.
pub fn ambiguous(case: &Case<'_>) -> Option<Excuse> {
    // The plan's path is what is sent; the pointer has the document's.
    if case.operation.pointer.contains(['#', '?']) {
        return Some(Excuse::Document("a path has neither a query nor a fragment (RFC 3986 section 3.3)".to_owned()));
    }
    if has_slashes(case) {
        let why = "a value is several segments of the path, which is what a template does not say (OpenAPI 3.1 section 4.8.12.1)";
        return Some(Excuse::Document(why.to_owned()));
    }
    let other = ambiguity::other_path(case)?;
    Some(Excuse::Document(format!("the request is one of `{other}` as well (OpenAPI 3.1 section 4.8.8)")))
}

/// Whether a value in the path has slashes, which stay.
fn has_slashes(case: &Case<'_>) -> bool {
    let value = |ident: &str| case.call.arguments.get(ident).and_then(Value::as_str).unwrap_or_default();
    case.operation.parameters.iter().any(|parameter| parameter.slashes && value(&parameter.ident).contains('/'))
}

/// Prism's router matches `{id}:stop` where `{id}` matches as well (`router/matchPath.js`).
fn has_mixed_segment(path: &str) -> bool {
    path.split('/').any(|segment| segment.contains('{') && ambiguity::variable(segment).is_none())
}

fn is_falsy(json: Option<&Value>) -> bool {
    json.is_some_and(|json| match json {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        _ => false,
    })
}

/// The name that a message puts into quotes.
fn quoted(message: &str) -> Option<&str> {
    message.split('\'').nth(1)
}

fn about_parameter(case: &Case<'_>, complaint: &Complaint, place: &str, name: &str) -> Option<Excuse> {
    let parameter = case.operation.parameters.iter().find(|parameter| is_meant(parameter, place, name))?;
    if !parameter.name.eq_ignore_ascii_case(name) {
        return prism("Prism looks for the name percent-encoded twice");
    }
    if parameter.location == Location::Path && !is_plain_name(&parameter.name) {
        return prism("Prism reads a path as a URI template, in which the name of an expression has no such character");
    }
    let Some(value) = case.call.arguments.get(&parameter.ident) else {
        // `deserializers/style/deepObject.js` and `form.js` make an object of nothing.
        let why = "Prism reads an absent object as an empty one";
        return (!parameter.required).then(|| Excuse::Judge(why.to_owned()));
    };
    if parameter.style == Style::Json {
        return prism("Prism does not read parameters with `content`");
    }
    let schema = calls::declared(case.document, case.operation, parameter).get("schema").cloned().unwrap_or_default();
    let schema = flat::resolve(case.document, &schema);
    let says = |kind: &str| schema.get("type").and_then(Value::as_str) == Some(kind) && !is_nullable(&schema);
    if (value.is_array() && !says("array")) || (value.is_object() && !says("object")) {
        return prism(
            "Prism takes a parameter for a list or an object only if its schema says just that, and at its top",
        );
    }
    if case.is_spread_freely(parameter) {
        // `deserializers/style/form.js`.
        return prism("Prism gathers an object from the `properties` at the top of its schema alone");
    }
    coerced(case, complaint, Some((parameter.location, &parameter.name)))
}

/// Whether `uri-template-lite`, by which Prism finds the arguments of a path, reads a name as one.
fn is_plain_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_%.".contains(&byte))
}

fn is_nullable(schema: &Value) -> bool {
    schema.get("nullable").and_then(Value::as_bool) == Some(true)
}

/// What `encodeURI` of ECMA-262 makes of a name.
fn encoded(name: &str) -> String {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b";/?:@&=+$,#-_.!~*'()".contains(&byte);
    name.bytes().map(|byte| if is_kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Text may be of many types: Prism tries them all at once (ajv's `coerceTypes`), so that several alternatives fit.
fn coerced(case: &Case<'_>, complaint: &Complaint, argument: Option<(Location, &str)>) -> Option<Excuse> {
    let is_sound = !case.call.unsound.iter().any(|unsound| match argument {
        Some((location, name)) => unsound.place == Some(location) && unsound.name == name,
        None => unsound.place.is_none(),
    });
    let is_about_alternatives =
        ["oneOf", "anyOf"].contains(&complaint.code.as_str()) || complaint.message.contains("in oneOf");
    (is_sound && is_about_alternatives)
        .then(|| Excuse::Judge("Prism reads text as every type at once, so that alternatives are one".to_owned()))
}

fn about_body(case: &Case<'_>, complaint: &Complaint, property: Option<&str>) -> Option<Excuse> {
    let body = case.call.body(case.operation)?;
    match &body.kind {
        BodyKind::Xml(..) | BodyKind::Lines(_) | BodyKind::Text | BodyKind::Binary => {
            prism("Prism reads JSON and forms only")
        }
        BodyKind::Multipart if !body.media_type.eq_ignore_ascii_case("multipart/form-data") => {
            prism("of multipart bodies Prism reads forms only")
        }
        BodyKind::Form(..) | BodyKind::Multipart => about_form(case, complaint, body, property),
        BodyKind::Json(_) if is_taken_for_another(case, &body.media_type) => {
            prism("Prism takes `a/b+json` for `a/json` where that is described first")
        }
        BodyKind::Json(_) => None,
    }
}

/// Prism compares media types without what stands before a `+` (`validator/utils/wildcardMediaTypeMatch.js`).
fn is_taken_for_another(case: &Case<'_>, media_type: &str) -> bool {
    let bare = |media_type: &str| {
        essence(media_type).to_ascii_lowercase().split_once('/').map(|(kind, rest)| {
            let subtype = rest.rsplit_once('+').map_or(rest, |(_, suffix)| suffix);
            (kind.to_owned(), subtype.to_owned())
        })
    };
    let content = case.content().unwrap_or_default();
    let first = content.keys().find(|known| bare(known).is_some() && bare(known) == bare(media_type));
    first.is_some_and(|first| !first.eq_ignore_ascii_case(media_type))
}

/// A field of a form is one text to Prism, and only those in `properties` are there (`validators/body.js`).
fn about_form(case: &Case<'_>, complaint: &Complaint, body: &Body, property: Option<&str>) -> Option<Excuse> {
    if complaint.message.starts_with("Reserved characters") {
        return prism("Prism takes what encodes a form for characters of its fields");
    }
    let sent = case.call.form.as_ref();
    let field = |name: &str| sent.and_then(|form| form.get(name));
    let name = property.or_else(|| quoted(&complaint.message));
    if let Some(value) = name.and_then(field) {
        if value.is_array() || value.is_object() {
            return prism("Prism reads a field of a form as one text");
        }
        let content = case.content().unwrap_or_default();
        let schema = content.get(&body.media_type).and_then(|media| media.get("schema"));
        let flat = schema.map(|schema| flat::flatten(case.document, schema)).unwrap_or_default();
        let is_declared = |name: &str| flat.get("properties").is_some_and(|properties| properties.get(name).is_some());
        if property.is_none() && !name.is_some_and(is_declared) {
            return prism("Prism reads only those fields of a form that stand in `properties`");
        }
    }
    coerced(case, complaint, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::calls::{Variant, call};
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    /// What is said of a complaint about the one operation of a document.
    fn excused(
        path: &str,
        operation: Value,
        variant: Variant,
        location: &[&str],
        code: &str,
        message: &str,
    ) -> Option<Excuse> {
        excused_by(Judge::Prism, path, operation, variant, location, code, message)
    }

    fn excused_by(
        judge: Judge,
        path: &str,
        operation: Value,
        variant: Variant,
        location: &[&str],
        code: &str,
        message: &str,
    ) -> Option<Excuse> {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {path: {"post": operation}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let call = call(&document, &plan, 0, variant).unwrap();
        let case = Case { document: &document, operation: &plan.operations[0], call: &call, headers: &[] };
        let location = location.iter().map(|word| (*word).to_owned()).collect();
        excuse(judge, &case, &Complaint { location, code: code.to_owned(), message: message.to_owned() })
    }

    fn with_query(name: &str, style: &str, schema: Value) -> Value {
        json!({"parameters": [{"name": name, "in": "query", "style": style, "schema": schema}], "responses": {"200": {"description": ""}}})
    }

    #[track_caller]
    fn is_prisms(found: Option<Excuse>) {
        assert!(matches!(found, Some(Excuse::Judge(_))), "{found:?}");
    }

    #[test]
    fn a_complaint_that_no_rule_knows_counts() {
        let operation = with_query("a", "form", json!({"type": "integer"}));
        assert_eq!(excused("/a", operation, Variant::All, &["request", "query", "a"], "type", "must be integer"), None);
    }

    #[test]
    fn what_only_openapi_3_2_can_say() {
        let content = json!({"application/json": {"schema": {"type": "object"}}});
        let parameter = json!({"name": "q", "in": "querystring", "required": true, "content": content});
        let operation = json!({"parameters": [parameter], "responses": {"200": {"description": ""}}});
        is_prisms(excused("/a", operation, Variant::All, &["request", "query"], "additionalProperties", ""));
    }

    #[test]
    fn segments_of_text_and_expressions() {
        let operation = json!({"responses": {"200": {"description": ""}}});
        is_prisms(excused("/a/{id}:stop", operation.clone(), Variant::All, &["path", "id"], "format", ""));
        assert_eq!(excused("/a/{id}", operation, Variant::All, &["path", "id"], "format", ""), None);
        assert!(has_mixed_segment("/a/{b}{c}") && !has_mixed_segment("/a/{b}/{c}"));
    }

    #[test]
    fn values_of_several_segments() {
        let said = |value: &str| {
            let schema = json!({"type": "string", "example": value});
            let parameter =
                json!({"name": "p", "in": "path", "required": true, "schema": schema, "x-switchboard-slashes": true});
            let operation = json!({"parameters": [parameter], "responses": {"200": {"description": ""}}});
            excused("/a/{p}", operation, Variant::All, &[], "NO_PATH_MATCHED_ERROR", "")
        };
        assert!(matches!(said("b/c"), Some(Excuse::Document(_))));
        assert_eq!(said("b"), None);
    }

    #[test]
    fn names_in_a_path_that_no_uri_template_has() {
        let said = |name: &str| {
            let parameter = json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
            let operation = json!({"parameters": [parameter], "responses": {"200": {"description": ""}}});
            let message = format!("Request path must have required property '{name}'");
            excused(&format!("/a/{{{name}}}"), operation, Variant::All, &["request", "path"], "required", &message)
        };
        is_prisms(said("id:"));
        assert_eq!(said("id"), None);
    }

    #[test]
    fn what_steady_does_not_find() {
        let said = |path: &str, schema: Value, location: &[&str]| {
            let operation = with_query("a", "form", schema);
            excused_by(Judge::Steady, path, operation, Variant::All, location, "E3001", "")
        };
        let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
        is_prisms(said("/a", map.clone(), &["query", "a"]));
        is_prisms(said("/a", map.clone(), &["query", "key1"]));
        assert_eq!(said("/a", map, &["query", "b"]), None);
        let named = json!({"type": "object", "properties": {"key1": {"type": "string"}}});
        assert_eq!(said("/a", named, &["query", "key1"]), None);
        is_prisms(said("/a//", json!({"type": "string"}), &["query", "a"]));
        assert_eq!(said("/a/", json!({"type": "string"}), &["query", "a"]), None);
    }

    #[test]
    fn parameters() {
        let required = "must have required property 'page%5bnumber%5d'";
        let operation = with_query("page[number]", "form", json!({"type": "integer"}));
        is_prisms(excused("/a", operation, Variant::All, &["request", "query"], "required", required));
        let object = json!({"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}});
        let operation = with_query("a", "deepObject", object);
        is_prisms(excused("/a", operation.clone(), Variant::Required, &["request", "query", "a"], "required", ""));
        let either = json!({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]});
        is_prisms(excused("/a", with_query("a", "form", either), Variant::All, &["query", "a"], "type", ""));
        // With an argument there is something to complain of.
        let operation =
            json!({"requestBody": {"content": {"application/json": {}}}, "parameters": operation["parameters"]});
        assert_eq!(excused("/a", operation, Variant::All, &["request", "query", "a"], "required", ""), None);
        let nested = json!({"type": "array", "items": {"type": "object", "properties": {"b": {"type": "string"}}}});
        let mut operation = with_query("a", "form", nested);
        operation["parameters"][0]["required"] = json!(true);
        let found = excused("/a", operation, Variant::All, &["query", "a", "0"], "type", "");
        assert!(matches!(found, Some(Excuse::Document(_))), "{found:?}");
        let operation = json!({"responses": {"200": {"description": ""}}});
        let found = excused("/a#b", operation, Variant::All, &[], "NO_PATH_MATCHED_ERROR", "");
        assert!(matches!(found, Some(Excuse::Document(_))), "{found:?}");
        let one = json!({"properties": {"b": {"type": "string"}}, "required": ["b"]});
        let spread =
            json!({"type": "object", "oneOf": [one, {"properties": {"c": {"type": "string"}}, "required": ["c"]}]});
        is_prisms(excused("/a", with_query("a", "form", spread), Variant::All, &["query", "a"], "required", ""));
        let either = json!({"oneOf": [{"type": "string"}, {"type": "integer"}]});
        is_prisms(excused("/a", with_query("a", "form", either), Variant::All, &["query", "a"], "oneOf", ""));
    }

    #[test]
    fn what_a_deep_object_and_another_parameter_both_write() {
        let parameter = |name: &str, style: &str, schema: Value| json!({"name": name, "in": "query", "style": style, "schema": schema});
        let object = json!({"type": "object", "properties": {"b": {"type": "string"}}});
        let both = json!({
            "parameters": [parameter("a", "deepObject", object.clone()), parameter("a[b]", "form", json!({"type": "string"}))],
            "responses": {"200": {"description": ""}},
        });
        let found = excused("/a", both, Variant::All, &["query", "a", "b"], "type", "");
        assert!(matches!(found, Some(Excuse::Document(_))), "{found:?}");
        let alone = with_query("a", "deepObject", object);
        assert_eq!(excused("/a", alone, Variant::All, &["query", "a", "b"], "type", ""), None);
    }

    #[test]
    fn media_types_that_prism_takes_for_one() {
        let schema = |kind: &str| json!({"schema": {"type": kind}});
        let body = |content: Value| json!({"requestBody": {"required": true, "content": content}, "responses": {"200": {"description": ""}}});
        let patch = "application/json-patch+json";
        let both = body(json!({"application/json": schema("object"), patch: schema("array")}));
        let excused = |operation: Value, variant| excused("/a", operation, variant, &["request", "body"], "type", "");
        is_prisms(excused(both.clone(), Variant::OtherBody(0)));
        assert_eq!(excused(both, Variant::All), None, "the first is taken for itself");
        assert_eq!(excused(body(json!({patch: schema("array")})), Variant::All), None);
    }

    #[test]
    fn bodies_that_are_packed() {
        let operation = |name: &str| {
            json!({
                "parameters": [{"in": "header", "name": name, "schema": {"type": "string", "enum": ["gzip"]}}],
                "requestBody": {"content": {"application/json": {"schema": {"type": "array", "items": {}}}}}, "responses": {},
            })
        };
        let excused =
            |name: &str, location: &[&str]| excused("/a", operation(name), Variant::All, location, "type", "");
        is_prisms(excused("content-encoding", &["request", "body"]));
        assert_eq!(excused("content-encoding", &["request", "query", "a"]), None);
        assert_eq!(excused("X-Encoding", &["request", "body"]), None);
    }

    /// The other judge's words about what is neither JSON nor one text.
    #[test]
    fn what_steady_takes_for_text() {
        let object = json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}, "t": {"type": "string"}}});
        let said = |media_type: &str, location: &[&str]| {
            let operation = json!({"requestBody": {"content": {media_type: {"schema": object}}}, "responses": {}});
            excused_by(
                Judge::Steady,
                "/a",
                operation,
                Variant::All,
                location,
                "E3008",
                "Expected type object, got string",
            )
        };
        for media_type in ["application/jose+jwe", "multipart/related", "text/plain"] {
            is_prisms(said(media_type, &["body"]));
        }
        for media_type in ["multipart/form-data", "application/x-www-form-urlencoded"] {
            is_prisms(said(media_type, &["body", "a"]));
            assert_eq!(said(media_type, &["body", "t"]), None, "{media_type}: of a text");
        }
        assert_eq!(said("application/json", &["body", "a"]), None);
        let number = json!({"properties": {"n": {"type": "integer"}}});
        let said = |schema: Value| {
            let content = json!({"application/x-www-form-urlencoded": {"schema": schema}});
            let operation = json!({"requestBody": {"content": content}, "responses": {}});
            let message = "Expected type integer, got string";
            excused_by(Judge::Steady, "/a", operation, Variant::All, &["body", "n"], "E3008", message)
        };
        is_prisms(said(json!({"allOf": [number]})));
        assert_eq!(said(number), None);
    }

    #[test]
    fn forms() {
        let schema = json!({
            "required": ["free"],
            "properties": {
                "list": {"type": "array", "items": {"type": "string"}}, "number": {"type": "integer"},
                "pairs": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
            },
        });
        let operation = json!({"requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}});
        let excused = |location: &[&str], message: &str| {
            excused("/a", operation.clone(), Variant::All, location, "type", message)
        };
        is_prisms(excused(&["request", "body", "list"], "must be array"));
        let found = excused(&["body", "pairs", "0"], "Expected type object, got string");
        assert!(matches!(found, Some(Excuse::Document(_))), "{found:?}");
        is_prisms(excused(&["request", "body"], "must have required property 'free'"));
        assert_eq!(excused(&["request", "body", "number"], "must be integer"), None);
    }
}
