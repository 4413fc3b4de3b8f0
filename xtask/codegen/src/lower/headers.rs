//! Response headers: which of them the answers of an operation have, and the sets of them, for most operations of a document
//! have the same few (OpenAPI 3.0 section 4.7.17).

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::names::Context;
use super::types::Types;
use super::{idents, parameters};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::methods::is_token;
use crate::plan::{Docs, HeaderForm, ResponseHeader, Style, TypeRef};
use crate::schema::references;
use crate::schema::shape::{Shape, TextFormat};

/// Whose headers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Those of a success.
    Success,
    /// Those of an error.
    Error,
}

/// Headers that say how a message is framed or packed. The HTTP client acts on them, and has removed some.
const FRAMING: &[&str] =
    &["connection", "content-encoding", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade"];

/// Methods of the map of headers that an accessor must not hide.
const MAP_METHODS: &[&str] = &[
    "append",
    "as_map",
    "as_ref",
    "borrow",
    "capacity",
    "clear",
    "clone",
    "contains_key",
    "deref",
    "drain",
    "entry",
    "eq",
    "fmt",
    "from",
    "get",
    "get_all",
    "get_mut",
    "insert",
    "into",
    "into_iter",
    "is_empty",
    "iter",
    "iter_mut",
    "keys",
    "keys_len",
    "len",
    "ne",
    "remove",
    "reserve",
    "to_owned",
    "values",
    "values_mut",
];

/// The name of the type of the headers that these response objects have, each with its pointer: whatever one of them has. It
/// is promised if all of them promise it, and the operation answers nothing else.
pub fn read<'r>(
    responses: impl ExactSizeIterator<Item = (&'r Value, &'r str)>,
    of: Of,
    types: &mut Types<'_>,
) -> Option<String> {
    let answers = responses.len();
    let mut found: IndexMap<String, (ResponseHeader, usize)> = IndexMap::new();
    for (response, pointer) in responses {
        let place = pointer_join(pointer, "headers");
        for (name, header) in response.get("headers").and_then(Value::as_object).into_iter().flat_map(Map::iter) {
            let Some(header) = header_of(name, header, &pointer_join(&place, name), of, types) else { continue };
            let promised = usize::from(header.required);
            match found.get_mut(&name.to_ascii_lowercase()) {
                None => {
                    found.insert(name.to_ascii_lowercase(), (header, promised));
                }
                Some((known, count)) => {
                    *count += promised;
                    // What differs by status is what it is on the wire.
                    if (&known.ty, known.form) != (&header.ty, header.form) {
                        (known.ty, known.form) = (TypeRef::String, HeaderForm::Simple);
                    }
                }
            }
        }
    }
    let mut taken = MAP_METHODS.iter().map(|name| (*name).to_owned()).collect();
    let set = found.into_values().map(|(header, promised)| {
        let wanted = idents::snake(&header.name);
        let longer = format!("{}_header", wanted.trim_end_matches('_'));
        let required = of == Of::Success && promised == answers;
        ResponseHeader { ident: idents::unique([wanted, longer], &mut taken), required, ..header }
    });
    let set = set.collect();
    types.headers.name(set)
}

/// Why a header has no accessor, if it has none.
fn left_out(name: &str, of: Of) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        _ if !is_token(name) => Some("no header can have this name"),
        "location" if of == Of::Success => Some("`location()` of the answer has it"),
        "retry-after" if of == Of::Error => Some("`retry_after()` of the error has it"),
        lower if FRAMING.contains(&lower) => Some("the HTTP client acts on it"),
        _ => None,
    }
}

/// The header that the object at `pointer`, or what it refers to, describes.
fn header_of(name: &str, object: &Value, pointer: &str, of: Of, types: &mut Types<'_>) -> Option<ResponseHeader> {
    // It is no header of an answer to OpenAPI (3.0 section 4.7.17): the media type says it.
    if name.eq_ignore_ascii_case("content-type") {
        return None;
    }
    if let Some(why) = left_out(name, of) {
        let message = format!("the header `{name}` of the answer has no accessor: {why}");
        types.schemas.diagnostics.push(Diagnostic::adaptation("response-headers", pointer, message));
        return None;
    }
    let document = types.schemas.document();
    let Some((object, place)) = references::resolve(document, object, pointer) else {
        types.schemas.diagnostics.push(references::dangling(object, pointer, "the header has no accessor"));
        return None;
    };
    let name = name.to_owned();
    if let Some(known) = types.headers.read.get(&place) {
        return Some(ResponseHeader { name, ..known.clone() });
    }
    let header = described(name, object, &place, types);
    types.headers.read.insert(place, header.clone());
    Some(header)
}

fn described(name: String, object: &Value, pointer: &str, types: &mut Types<'_>) -> ResponseHeader {
    let typed = parameters::typed(object, pointer, types);
    let docs = parameters::docs(object, &typed);
    let docs = Docs { secret: false, read_only: false, write_only: false, ..docs };
    let required = object.get("required").and_then(Value::as_bool).unwrap_or(false);
    // Its lines are one cookie each and cannot be one text (RFC 9110 section 5.3), whatever the document calls them.
    let is_cookie = name.eq_ignore_ascii_case("set-cookie");
    let (style, explode) = parameters::written(object, crate::plan::Location::Header, pointer, types);
    let form = match (is_cookie, style, explode) {
        (true, ..) => HeaderForm::Lines,
        (_, Style::Json, _) => HeaderForm::Json,
        (_, Style::SpaceDelimited, _) => HeaderForm::Parted(' '),
        (_, Style::TabDelimited, _) => HeaderForm::Parted('\t'),
        (_, Style::PipeDelimited, _) => HeaderForm::Parted('|'),
        (_, _, true) => HeaderForm::Exploded,
        (_, _, false) => HeaderForm::Simple,
    };
    // A text does not tell which of several shapes it is of.
    let is_text = |shape: &Shape| matches!(shape, Shape::Any | Shape::Union(_) | Shape::Text(TextFormat::Binary));
    let ty = match form {
        HeaderForm::Lines => TypeRef::Array(Box::new(TypeRef::String)),
        HeaderForm::Simple | HeaderForm::Exploded | HeaderForm::Parted(_)
            if is_text(&types.schemas.resolved(&typed).shape) =>
        {
            TypeRef::String
        }
        _ => types.root(&typed, &Context::named(&name, vec![idents::pascal(&name)])).0,
    };
    ResponseHeader { ident: String::new(), name, form, required, ty, docs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::lower::lower;
    use crate::plan::Plan;
    use serde_json::json;

    fn document(responses: Value, components: Value) -> Value {
        json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {"/a": {"get": {"operationId": "o", "responses": responses}}}, "components": components})
    }

    fn plan(responses: Value, components: Value) -> (Plan, Vec<(&'static str, String)>) {
        let mut diagnostics = Diagnostics::default();
        let plan = lower("t", &document(responses, components), &mut diagnostics);
        (plan, diagnostics.iter().map(|found| (found.code, found.pointer.clone())).collect())
    }

    fn answer(headers: Value) -> Value {
        json!({"description": "", "headers": headers})
    }

    /// The names of the headers of a success, with their methods, forms, types, and whether they are promised.
    fn success(responses: Value) -> Vec<(String, String, HeaderForm, TypeRef, bool)> {
        let (plan, _) = plan(responses, json!({}));
        let Some(name) = &plan.operations[0].headers else { return Vec::new() };
        let set = plan.headers[name].iter().cloned();
        set.map(|header| (header.name, header.ident, header.form, header.ty, header.required)).collect()
    }

    #[test]
    fn a_header_is_of_the_type_that_the_document_says() {
        let list = |items: Value| json!({"schema": {"type": "array", "items": items}});
        let found = success(json!({"200": answer(json!({
            "X-Total": {"schema": {"type": "integer"}},
            "Is-Last": {"schema": {"type": "boolean"}, "required": true},
            "Tags": list(json!({"type": "string"})),
            "Since": {"schema": {"type": "string", "format": "date-time"}},
            "Loose": {},
            "Either": {"schema": {"oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}},
            "Meta": {"content": {"application/json": {"schema": {"type": "array", "items": {"type": "integer"}}}}},
            "Pairs": {"explode": true, "schema": {"type": "object", "additionalProperties": {"type": "number"}}},
            "Piped": {"x-switchboard-list": "pipe", "schema": {"type": "array", "items": {"type": "integer"}}},
            "set-cookie": {"schema": {"type": "string"}},
            "Get": {"schema": {"type": "string"}},
        }))}));
        let named = |name: &str, ident: &str, form, ty| (name.to_owned(), ident.to_owned(), form, ty, false);
        let array = |ty| TypeRef::Array(Box::new(ty));
        let (last, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|header| header.4);
        assert_eq!(last[0].0, "Is-Last");
        assert_eq!(
            rest,
            [
                named("X-Total", "x_total", HeaderForm::Simple, TypeRef::Integer),
                named("Tags", "tags", HeaderForm::Simple, array(TypeRef::String)),
                named("Since", "since", HeaderForm::Simple, TypeRef::DateTime),
                named("Loose", "loose", HeaderForm::Simple, TypeRef::String),
                named("Either", "either", HeaderForm::Simple, TypeRef::String),
                named("Meta", "meta", HeaderForm::Json, array(TypeRef::Integer)),
                named("Pairs", "pairs", HeaderForm::Exploded, TypeRef::Map(Box::new(TypeRef::Number))),
                named("Piped", "piped", HeaderForm::Parted('|'), array(TypeRef::Integer)),
                named("set-cookie", "set_cookie", HeaderForm::Lines, array(TypeRef::String)),
                named("Get", "get_header", HeaderForm::Simple, TypeRef::String),
            ]
        );
    }

    #[test]
    fn a_header_is_promised_if_every_success_promises_it() {
        let promised = |name: &str| json!({name: {"required": true, "schema": {"type": "integer"}}});
        let found =
            success(json!({"200": answer(promised("A")), "2XX": answer(promised("a")), "404": answer(json!({}))}));
        assert_eq!(found, [("A".to_owned(), "a".to_owned(), HeaderForm::Simple, TypeRef::Integer, true)]);
        let found = success(json!({"200": answer(promised("A")), "204": answer(json!({}))}));
        assert!(!found[0].4);
        let text = json!({"A": {"required": true, "schema": {"type": "string"}}});
        let found = success(json!({"200": answer(promised("A")), "204": answer(text)}));
        assert_eq!((&found[0].3, found[0].4), (&TypeRef::String, true));
    }

    #[test]
    fn errors_have_headers_of_their_own_of_which_none_is_promised() {
        let header = |name: &str| json!({name: {"required": true, "schema": {"type": "integer"}}});
        let responses = json!({
            "200": answer(json!({})), "429": answer(header("Wait")), "4XX": answer(header("Left")), "default": answer(header("wait")),
        });
        let (plan, _) = plan(responses, json!({}));
        assert_eq!(plan.operations[0].headers, None);
        let name = plan.operations[0].error_headers.as_deref().unwrap();
        assert_eq!(name, "WaitLeftHeaders");
        let found: Vec<_> = plan.headers[name].iter().map(|header| (header.name.as_str(), header.required)).collect();
        assert_eq!(found, [("Wait", false), ("Left", false)]);
    }

    #[test]
    fn equal_sets_are_one_and_long_names_are_cut() {
        let shared = json!({"headers": {"Total": {"schema": {"$ref": "#/components/schemas/State"}}},
            "schemas": {"State": {"type": "string", "enum": ["a", "b"]}}});
        let total = json!({"Total": {"$ref": "#/components/headers/Total"}});
        let (found, codes) = plan(json!({"200": answer(total.clone()), "400": answer(total)}), shared);
        assert_eq!(codes, []);
        assert_eq!(found.operations[0].headers.as_deref(), Some("TotalHeaders"));
        assert_eq!(found.operations[0].headers, found.operations[0].error_headers);
        assert_eq!(found.headers["TotalHeaders"][0].ty, TypeRef::Named("State".to_owned()));
        assert!(found.types["State"].in_response && !found.types["State"].in_request);

        let many: Map<String, Value> = (0..5).map(|at| (format!("X-Rate-Limit-{at}"), json!({}))).collect();
        let (found, _) = plan(json!({"200": answer(Value::Object(many))}), json!({}));
        assert_eq!(found.operations[0].headers.as_deref(), Some("XRateLimitHeaders"));
    }

    #[test]
    fn a_header_without_an_accessor_is_told() {
        let headers = json!({"Content-Type": {}, "LOCATION": {}, "Content-Length": {}, "Retry-After": {}, "No Header": {},
            "Lost": {"$ref": "#/components/headers/Lost"}});
        let (plan, told) = plan(json!({"200": answer(headers.clone()), "503": answer(headers)}), json!({}));
        let names = |set: &Option<String>| -> Vec<_> {
            plan.headers[set.as_ref().unwrap()].iter().map(|header| header.name.as_str()).collect()
        };
        assert_eq!(names(&plan.operations[0].headers), ["Retry-After"]);
        assert_eq!(names(&plan.operations[0].error_headers), ["LOCATION"]);
        let place = |status: u16, name: &str| format!("/paths/~1a/get/responses/{status}/headers/{name}");
        let expected = [
            ("response-headers", place(200, "LOCATION")),
            ("response-headers", place(200, "Content-Length")),
            ("response-headers", place(200, "No Header")),
            ("dangling-ref", place(200, "Lost/$ref")),
            ("response-headers", place(503, "Content-Length")),
            ("response-headers", place(503, "Retry-After")),
            ("response-headers", place(503, "No Header")),
            ("dangling-ref", place(503, "Lost/$ref")),
        ];
        assert_eq!(told, expected);
    }
}
