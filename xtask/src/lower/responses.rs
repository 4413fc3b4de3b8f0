//! Responses: what each status carries, which of them are success, and the enums by status where they differ.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use serde_json::Value;

use super::media::{self, Encoding};
use super::operations::Source;
use super::types::{Context, Types};
use super::{examples, idents, references};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::plan::{ErrorResponse, Example, OtherSuccess, Payload, Status, StatusVariant, Success, TypeRef};

/// What an operation answers.
pub struct Outcome {
    /// On success.
    pub success: Success,
    /// On success, if the caller asks for another media type.
    pub others: Vec<OtherSuccess>,
    /// Otherwise.
    pub errors: Vec<ErrorResponse>,
    /// What the client asks for.
    pub accept: String,
}

/// One response object with the media types it names.
struct Response<'d> {
    status: Status,
    object: &'d Value,
    pointer: String,
}

/// Reads the operation's responses.
pub fn read(
    document: &Value,
    source: &Source<'_>,
    operation: &str,
    types: &mut Types<'_>,
    examples: &mut Vec<Example>,
) -> Outcome {
    let responses = listed(document, source, types);
    let (success, errors) = split(responses);
    let head = source.method == "head";
    let mut reader = Reader { document, operation, head, types, examples, accepted: Vec::new(), others: Vec::new() };
    let mut taken = BTreeSet::new();
    let successes: Vec<StatusVariant> =
        success.iter().map(|response| reader.variant(response, &format!("{operation}Response"), &mut taken)).collect();
    let others = std::mem::take(&mut reader.others);
    let mut taken = BTreeSet::new();
    let mut errors: Vec<StatusVariant> = errors
        .iter()
        .map(|response| reader.variant(response, &format!("{operation}{}", status_name(response.status)), &mut taken))
        .collect();
    errors.sort_by_key(|error| error.status);
    // What the caller asks for: the media types of all bodies that the client can read.
    // What is no media range (RFC 9110 section 12.5.1) may come as anything.
    let range = |media_type: &String| if media_type.contains('/') { media_type.clone() } else { "*/*".to_owned() };
    let accept = reader.accepted.iter().map(range).collect::<IndexSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
    let success = succeed(successes, operation, source, types);
    let others = if matches!(success, Success::One(_)) { others } else { Vec::new() };
    Outcome { accept, success, others, errors }
}

/// Reads the responses of one operation.
struct Reader<'r, 'd, 't> {
    document: &'d Value,
    operation: &'r str,
    /// Whether the method is HEAD, whose answers have no body (RFC 9110 section 9.3.2).
    head: bool,
    types: &'r mut Types<'t>,
    examples: &'r mut Vec<Example>,
    accepted: Vec<String>,
    others: Vec<OtherSuccess>,
}

fn listed<'d>(document: &'d Value, source: &Source<'d>, types: &mut Types<'_>) -> Vec<Response<'d>> {
    let place = pointer_join(&source.pointer, "responses");
    let mut found = Vec::new();
    for (key, response) in source.operation.get("responses").and_then(Value::as_object).into_iter().flatten() {
        if key.starts_with("x-") {
            continue;
        }
        let pointer = pointer_join(&place, key);
        let Some(status) = status(key) else {
            types.schemas.diagnostics.push(Diagnostic::warning(
                "bad-status",
                pointer,
                format!("`{key}` is no status code, no range and not `default`: the response is left out"),
            ));
            continue;
        };
        let Some((object, pointer)) = references::resolve(document, response, &pointer) else {
            types.schemas.diagnostics.push(Diagnostic::warning(
                "dangling-ref",
                pointer,
                "the response's `$ref` leads nowhere: its body can be anything",
            ));
            continue;
        };
        found.push(Response { status, object, pointer });
    }
    found
}

fn status(key: &str) -> Option<Status> {
    if key.eq_ignore_ascii_case("default") {
        return Some(Status::Default);
    }
    if let Some(class) = key.to_ascii_uppercase().strip_suffix("XX") {
        return class.parse().ok().filter(|class| (1..=5).contains(class)).map(Status::Range);
    }
    key.parse().ok().filter(|code| (100..=599).contains(code)).map(Status::Code)
}

/// Success first: 2xx; where there is none, `default`, else redirects. What is left and no success is an error.
fn split(responses: Vec<Response<'_>>) -> (Vec<Response<'_>>, Vec<Response<'_>>) {
    let class = |status: Status| match status {
        Status::Code(code) => code / 100,
        Status::Range(class) => class,
        Status::Default => 0,
    };
    let wanted =
        [2, 0, 3].into_iter().find(|wanted| responses.iter().any(|response| class(response.status) == *wanted));
    let (success, rest): (Vec<_>, Vec<_>) =
        responses.into_iter().partition(|response| Some(class(response.status)) == wanted);
    let errors = rest.into_iter().filter(|response| matches!(class(response.status), 0 | 4 | 5)).collect();
    (success, errors)
}

impl Reader<'_, '_, '_> {
    fn variant(&mut self, response: &Response<'_>, name: &str, taken: &mut BTreeSet<String>) -> StatusVariant {
        let ident = idents::unique([status_name(response.status)], taken);
        StatusVariant {
            status: response.status,
            payload: self.payload(response, name, &ident),
            ident,
            description: response.object.get("description").and_then(Value::as_str).map(str::to_owned),
        }
    }

    fn payload(&mut self, response: &Response<'_>, name: &str, ident: &str) -> Payload {
        let content = response.object.get("content").and_then(Value::as_object);
        let mut listed: Vec<(&String, &Value)> = content.into_iter().flatten().collect();
        listed.sort_by_key(|(media_type, _)| rank(media_type));
        let mut listed = listed.into_iter();
        let Some((media_type, object)) = listed.next() else { return Payload::Empty };
        let place = pointer_join(&response.pointer, "content");
        if !self.accepted.contains(media_type) {
            self.accepted.push(media_type.clone());
        }
        if self.head || is_bodiless(response.status) {
            self.types.schemas.diagnostics.push(Diagnostic::adaptation(
                "bodiless-answer",
                place,
                "HTTP has no body here, whatever the document describes: nothing is read",
            ));
            return Payload::Empty;
        }
        let chosen = self.decoded(media_type, object, &pointer_join(&place, media_type), name);
        if let Payload::Json(ty) = &chosen {
            let place = pointer_join(&place, media_type);
            self.examples.extend(examples::read(self.document, object, &place, ident, ty));
        }
        for (media_type, object) in listed {
            let payload = self.decoded(media_type, object, &pointer_join(&place, media_type), name);
            self.other(media_type, payload, &chosen);
        }
        chosen
    }

    /// Keeps what another media type carries, if it has to be read in another way.
    fn other(&mut self, media_type: &str, payload: Payload, chosen: &Payload) {
        let ident = match &payload {
            Payload::Events(_) => "send_events".to_owned(),
            Payload::Lines(_) => "send_lines".to_owned(),
            Payload::Text => "send_text".to_owned(),
            Payload::Binary => "send_bytes".to_owned(),
            // A range names nothing that a method could be named after.
            Payload::Json(_) if media_type.contains('*') => return,
            // JSON of another type has a method named after its media type.
            Payload::Json(_) => format!("send_{}", idents::snake(&media::subtype(media_type).replace('+', "-"))),
            Payload::Empty => return,
        };
        let read_alike = match &payload {
            Payload::Json(_) => payload == *chosen || self.others.iter().any(|other| other.payload == payload),
            _ => std::mem::discriminant(&payload) == std::mem::discriminant(chosen),
        };
        if !read_alike && !self.others.iter().any(|other| other.ident == ident) {
            self.others.push(OtherSuccess { ident, media_type: media_type.to_owned(), payload });
        }
    }

    fn decoded(&mut self, media_type: &str, object: &Value, place: &str, name: &str) -> Payload {
        match media::encoding(media_type) {
            Encoding::Json if is_binary(object) => Payload::Binary,
            Encoding::Json => Payload::Json(self.typed(object, place, name)),
            Encoding::Events => Payload::Events(self.typed(object, place, &format!("{name}Event"))),
            Encoding::Lines => Payload::Lines(self.typed(object, place, &format!("{name}Line"))),
            Encoding::Text => Payload::Text,
            Encoding::Form | Encoding::Multipart | Encoding::Binary => Payload::Binary,
        }
    }

    fn typed(&mut self, object: &Value, place: &str, name: &str) -> TypeRef {
        let Some(schema) = object.get("schema") else { return TypeRef::Any };
        let typed = self.types.schemas.parse(schema, &pointer_join(place, "schema"));
        let context = Context::root(name.to_owned(), self.operation);
        match self.types.root(&typed, &context) {
            (ty, true) => TypeRef::Nullable(Box::new(ty)),
            (ty, false) => ty,
        }
    }
}

/// How well a media type can be read; of equals the document's order decides.
fn rank(media_type: &str) -> u8 {
    match media::encoding(media_type) {
        Encoding::Json => 0,
        Encoding::Events => 1,
        Encoding::Lines => 2,
        Encoding::Text => 3,
        Encoding::Form | Encoding::Multipart | Encoding::Binary => 4,
    }
}

/// Statuses whose answers have no body (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
fn is_bodiless(status: Status) -> bool {
    matches!(status, Status::Code(204 | 205 | 304))
}

/// `*/*` with a binary schema means bytes, not JSON.
fn is_binary(object: &Value) -> bool {
    object.pointer("/schema/format").and_then(Value::as_str) == Some("binary")
}

/// One payload where all successes carry the same, else an enum by status.
fn succeed(mut successes: Vec<StatusVariant>, operation: &str, source: &Source<'_>, types: &mut Types<'_>) -> Success {
    let Some(first) = successes.first() else {
        // Nothing said: whatever comes is kept.
        return Success::One(Payload::Binary);
    };
    if successes.iter().all(|variant| variant.payload == first.payload) {
        return Success::One(first.payload.clone());
    }
    types.schemas.diagnostics.push(Diagnostic::adaptation(
        "several-successes",
        pointer_join(&source.pointer, "responses"),
        "the success statuses carry different bodies: they are an enum",
    ));
    for variant in &mut successes {
        // A stream cannot be told from the others before it is read: the enum holds its text or bytes.
        variant.payload = match std::mem::replace(&mut variant.payload, Payload::Empty) {
            Payload::Events(_) | Payload::Lines(_) => Payload::Text,
            other => other,
        };
    }
    successes.sort_by_key(|variant| variant.status);
    let ident = types.reserve(vec![format!("{operation}Success"), format!("{operation}Outcome")]);
    Success::ByStatus { ident, variants: successes }
}

/// A variant's name: the status's reason phrase (RFC 9110 section 15 and the IANA registry).
pub fn status_name(status: Status) -> String {
    let code = match status {
        Status::Code(code) => code,
        Status::Range(2) => return "Success".to_owned(),
        Status::Range(3) => return "Redirection".to_owned(),
        Status::Range(4) => return "ClientError".to_owned(),
        Status::Range(5) => return "ServerError".to_owned(),
        Status::Range(_) => return "Informational".to_owned(),
        Status::Default => return "Default".to_owned(),
    };
    match REASONS.iter().find(|(known, _)| *known == code) {
        Some((_, reason)) => (*reason).to_owned(),
        None => format!("Status{code}"),
    }
}

const REASONS: &[(u16, &str)] = &[
    (200, "Ok"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "NonAuthoritativeInformation"),
    (204, "NoContent"),
    (205, "ResetContent"),
    (206, "PartialContent"),
    (207, "MultiStatus"),
    (301, "MovedPermanently"),
    (302, "Found"),
    (303, "SeeOther"),
    (304, "NotModified"),
    (307, "TemporaryRedirect"),
    (308, "PermanentRedirect"),
    (400, "BadRequest"),
    (401, "Unauthorized"),
    (402, "PaymentRequired"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (405, "MethodNotAllowed"),
    (406, "NotAcceptable"),
    (408, "RequestTimeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "LengthRequired"),
    (412, "PreconditionFailed"),
    (413, "ContentTooLarge"),
    (414, "UriTooLong"),
    (415, "UnsupportedMediaType"),
    (416, "RangeNotSatisfiable"),
    (417, "ExpectationFailed"),
    (418, "ImATeapot"),
    (421, "MisdirectedRequest"),
    (422, "UnprocessableContent"),
    (423, "Locked"),
    (424, "FailedDependency"),
    (425, "TooEarly"),
    (426, "UpgradeRequired"),
    (428, "PreconditionRequired"),
    (429, "TooManyRequests"),
    (431, "RequestHeaderFieldsTooLarge"),
    (451, "UnavailableForLegalReasons"),
    (500, "InternalServerError"),
    (501, "NotImplemented"),
    (502, "BadGateway"),
    (503, "ServiceUnavailable"),
    (504, "GatewayTimeout"),
    (507, "InsufficientStorage"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::operation;
    use super::*;

    fn json_body(schema: &Value) -> Value {
        json!({"description": "", "content": {"application/json": {"schema": schema}}})
    }

    #[test]
    fn the_same_body_for_every_success_is_one_type() {
        let body = json_body(&json!({"type": "string"}));
        let (found, codes) = operation("/a", &json!({"operationId": "o", "responses": {"200": body, "201": body}}));
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::String)));
        assert!(codes.is_empty(), "{codes:?}");
    }

    #[test]
    fn different_bodies_are_an_enum_by_status() {
        let (found, codes) = operation(
            "/a",
            &json!({"operationId": "o", "responses": {"204": {"description": ""}, "200": json_body(&json!({"type": "string"}))}}),
        );
        let Success::ByStatus { variants, .. } = found.success else { panic!("no enum") };
        let variants: Vec<_> = variants.into_iter().map(|variant| (variant.ident, variant.payload)).collect();
        assert_eq!(
            variants,
            [("Ok".to_owned(), Payload::Json(TypeRef::String)), ("NoContent".to_owned(), Payload::Empty)]
        );
        assert_eq!(codes, ["several-successes"]);
    }

    #[test]
    fn json_of_another_type_has_a_method_of_its_own() {
        let content = |ty: &str| json!({"schema": {"type": ty}});
        let (found, codes) = operation(
            "/a",
            &json!({"operationId": "o", "responses": {"200": {"description": "", "content": {
                "application/json": content("string"),
                "application/problem+json": content("string"),
                "application/vnd.acme.long+json; charset=utf-8": content("integer"),
            }}}}),
        );
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::String)));
        let others: Vec<_> = found.other_successes.into_iter().map(|other| (other.ident, other.payload)).collect();
        assert_eq!(others, [("send_vnd_acme_long_json".to_owned(), Payload::Json(TypeRef::Integer))]);
        assert!(codes.is_empty(), "{codes:?}");
    }

    #[test]
    fn where_http_has_no_body_none_is_read() {
        let body = json_body(&json!({"type": "string"}));
        let (found, codes) = operation("/a", &json!({"operationId": "o", "responses": {"204": body}}));
        assert_eq!((found.success, codes), (Success::One(Payload::Empty), vec!["bodiless-answer"]));
        let plan = super::super::testing::plan(
            &json!({"/a": {"head": {"operationId": "o", "responses": {"200": body}}}}),
            &json!({}),
        );
        let found = &plan.operations[0];
        assert_eq!((&found.success, found.accept.as_str()), (&Success::One(Payload::Empty), "application/json"));
    }

    #[test]
    fn default_is_an_error_unless_nothing_else_is_a_success() {
        let body = json_body(&json!({"type": "string"}));
        let (found, _) =
            operation("/a", &json!({"operationId": "o", "responses": {"200": body, "default": body, "4XX": body}}));
        assert_eq!(
            found.errors.iter().map(|error| error.status).collect::<Vec<_>>(),
            [Status::Range(4), Status::Default]
        );
        let (found, _) = operation("/a", &json!({"operationId": "o", "responses": {"default": body, "404": body}}));
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::String)));
        assert_eq!(found.errors.len(), 1);
    }

    #[test]
    fn media_types_decide_how_a_body_is_read() {
        for (media_type, payload) in [
            ("application/vnd.api+json", Payload::Json(TypeRef::Any)),
            ("text/csv", Payload::Text),
            ("image/png", Payload::Binary),
            ("text/event-stream", Payload::Events(TypeRef::Any)),
            ("application/x-ndjson", Payload::Lines(TypeRef::Any)),
        ] {
            let (found, _) = operation(
                "/a",
                &json!({"operationId": "o", "responses": {"200": {"description": "", "content": {media_type: {"schema": {}}}}}}),
            );
            assert_eq!((found.success, found.accept.as_str()), (Success::One(payload), media_type));
        }
    }

    #[test]
    fn what_is_no_media_range_may_come_as_anything() {
        let content = json!({"*": {"schema": {"type": "string", "format": "binary"}}});
        let error = json_body(&json!({"type": "string"}));
        let responses = json!({"200": {"description": "", "content": content}, "default": error});
        let (found, _) = operation("/a", &json!({"operationId": "o", "responses": responses}));
        assert_eq!((found.success, found.accept.as_str()), (Success::One(Payload::Binary), "*/*, application/json"));
    }
}
