//! Responses: what each status carries, which of them are success, and the enums by status where they differ.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use serde_json::Value;

use super::headers::{self, Of};
use super::names::Context;
use super::operation_object::OperationObject;
use super::types::Types;
use super::{content, events, examples, idents, sequence, xml};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::media::{self, Encoding};
use crate::plan::{
    ErrorResponse, EventData, Events, Example, OtherSuccess, Payload, Status, StatusVariant, Success, TypeRef,
};
use crate::schema::references;

/// What an operation answers.
pub struct Outcome {
    /// On success.
    pub success: Success,
    /// With these statuses.
    pub success_statuses: Vec<Status>,
    /// On success, if the caller asks for another media type.
    pub others: Vec<OtherSuccess>,
    /// Otherwise.
    pub errors: Vec<ErrorResponse>,
    /// What the client asks for.
    pub accept: String,
    /// The type of the headers of a success.
    pub headers: Option<String>,
    /// The type of the headers of an error.
    pub error_headers: Option<String>,
}

/// One response object with the media types it names.
struct Response<'d> {
    status: Status,
    object: &'d Value,
    pointer: String,
}

impl Response<'_> {
    /// What describes it, and where.
    fn place(&self) -> (&Value, &str) {
        (self.object, &self.pointer)
    }
}

/// Reads the operation's responses.
pub fn read(
    document: &Value,
    source: &OperationObject<'_>,
    operation: &str,
    types: &mut Types<'_>,
    examples: &mut Vec<Example>,
) -> Outcome {
    let responses = listed(document, source, types);
    let (success, errors) = split(responses);
    let mut success_statuses: Vec<Status> = success.iter().map(|response| response.status).collect();
    success_statuses.sort_unstable();
    let headers = headers::read(success.iter().map(Response::place), Of::Success, types);
    let error_headers = headers::read(errors.iter().map(Response::place), Of::Error, types);
    let head = source.method == "HEAD";
    let mut reader =
        Reader { document, operation, head, types, examples, accepted: Vec::new(), others: Vec::new(), error: None };
    let mut taken = BTreeSet::new();
    let successes: Vec<StatusVariant> =
        success.iter().map(|response| reader.variant(response, &format!("{operation}Response"), &mut taken)).collect();
    let others = std::mem::take(&mut reader.others);
    let mut taken = BTreeSet::new();
    let errors = errors.iter().map(|response| {
        reader.error = Some(response.status);
        reader.variant(response, &format!("{operation}{}", status_name(response.status)), &mut taken)
    });
    let mut errors: Vec<StatusVariant> = errors.collect();
    errors.sort_by_key(|error| error.status);
    // What the caller asks for: the media types of all bodies that the client can read.
    // What is no media range (RFC 9110 section 12.5.1) may come as anything.
    let range = |media_type: &String| if media_type.contains('/') { media_type.clone() } else { "*/*".to_owned() };
    let accept = reader.accepted.iter().map(range).collect::<IndexSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
    let place = pointer_join(&source.pointer, "responses");
    let others = others.into_iter().map(|other| other.succeed(&successes, operation, &place, types)).collect();
    let name = format!("{operation}Success");
    let success = succeed(successes, name, operation, &place, types);
    if matches!(success, Success::ByStatus { .. }) {
        let has_default = errors.iter().any(|error| error.status == Status::Default);
        let beside = if has_default { "; what `default` describes is an error" } else { "" };
        types.schemas.diagnostics.push(Diagnostic::adaptation(
            "several-successes",
            place,
            format!("the success statuses carry different bodies: they are an enum{beside}"),
        ));
    }
    Outcome { accept, success, success_statuses, others, errors, headers, error_headers }
}

/// An answer in a media type that is not the first, of one or several statuses.
struct Other {
    ident: String,
    media_type: String,
    payloads: Vec<(Status, Payload)>,
}

impl Other {
    /// What the operation yields if this media type is asked for: what does not come in it comes as ever.
    fn succeed(self, successes: &[StatusVariant], operation: &str, place: &str, types: &mut Types<'_>) -> OtherSuccess {
        let mut variants = successes.to_vec();
        for variant in &mut variants {
            if let Some((_, payload)) = self.payloads.iter().find(|(status, _)| *status == variant.status) {
                variant.payload = payload.clone();
            }
        }
        let word = self.ident.strip_prefix("send_").unwrap_or(&self.ident);
        let name = format!("{operation}{}Success", idents::pascal(word));
        OtherSuccess {
            success: succeed(variants, name, operation, place, types),
            ident: self.ident,
            media_type: self.media_type,
        }
    }
}

/// Reads the responses of one operation.
struct Reader<'r, 'd, 't> {
    document: &'d Value,
    operation: &'r str,
    /// Whether the method is HEAD, whose answers have no body (RFC 9110 section 9.3.2).
    head: bool,
    /// The status of the error that is read; of errors there are no other methods.
    error: Option<Status>,
    types: &'r mut Types<'t>,
    examples: &'r mut Vec<Example>,
    accepted: Vec<String>,
    others: Vec<Other>,
}

fn listed<'d>(document: &'d Value, source: &OperationObject<'d>, types: &mut Types<'_>) -> Vec<Response<'d>> {
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
            let consequence = "the response's body can be anything";
            types.schemas.diagnostics.push(references::dangling(response, &pointer, consequence));
            continue;
        };
        found.push(Response { status, object, pointer });
    }
    found
}

/// What a key of the responses stands for.
pub fn status(key: &str) -> Option<Status> {
    if key.eq_ignore_ascii_case("default") {
        return Some(Status::Default);
    }
    if let Some(class) = key.to_ascii_uppercase().strip_suffix("XX") {
        return class.parse().ok().filter(|class| (1..=5).contains(class)).map(Status::Range);
    }
    key.parse().ok().filter(|code| (100..=599).contains(code)).map(Status::Code)
}

/// Success first: 2xx; where there is none, what leads elsewhere, else `default`. What is left and no success is an error.
fn split(responses: Vec<Response<'_>>) -> (Vec<Response<'_>>, Vec<Response<'_>>) {
    let is_success = |status: Status| matches!(status, Status::Code(200..=299) | Status::Range(2));
    let wanted: [&dyn Fn(Status) -> bool; 3] = [&is_success, &leads_elsewhere, &|status| status == Status::Default];
    let found = wanted.into_iter().find(|wanted| responses.iter().any(|response| wanted(response.status)));
    let (success, rest): (Vec<_>, Vec<_>) =
        responses.into_iter().partition(|response| found.is_some_and(|wanted| wanted(response.status)));
    let is_error = |status: Status| matches!(status, Status::Default | Status::Code(400..=599) | Status::Range(4 | 5));
    let errors = rest.into_iter().filter(|response| is_error(response.status)).collect();
    (success, errors)
}

/// Whether answers of the status say where what was asked for is (RFC 9110 section 15.4); 304 says that it is known.
pub fn leads_elsewhere(status: Status) -> bool {
    matches!(status, Status::Code(300..=303 | 307 | 308) | Status::Range(3))
}

impl Reader<'_, '_, '_> {
    fn variant(&mut self, response: &Response<'_>, name: &str, taken: &mut BTreeSet<String>) -> StatusVariant {
        let ident = idents::unique([status_name(response.status)], taken);
        StatusVariant {
            status: response.status,
            payload: self.payload(response, name, &ident),
            ident,
            description: prose(response.object),
        }
    }

    fn payload(&mut self, response: &Response<'_>, name: &str, ident: &str) -> Payload {
        let place = pointer_join(&response.pointer, "content");
        if leads_elsewhere(response.status) && !self.head {
            self.types.schemas.diagnostics.push(Diagnostic::adaptation(
                "redirect-only",
                response.pointer.as_str(),
                "the answer leads elsewhere: the call gives its location, or the bytes that are there",
            ));
            return Payload::Redirect;
        }
        let content = response.object.get("content").and_then(Value::as_object);
        let mut listed: Vec<(&String, &Value)> = content.into_iter().flatten().collect();
        if (self.head || is_bodiless(response.status)) && !listed.is_empty() {
            listed.sort_by_key(|(media_type, _)| rank(media::encoding(media_type), media_type));
            self.accept(listed.first().map(|(media_type, _)| media_type.as_str()));
            self.types.schemas.diagnostics.push(Diagnostic::adaptation(
                "bodiless-answer",
                place,
                "HTTP has no body here, whatever the document describes: nothing is read",
            ));
            return Payload::Empty;
        }
        let mut read: Vec<(&String, &Value, Payload)> = Vec::new();
        listed.sort_by_key(|(media_type, object)| self.rank(media_type, object, &pointer_join(&place, media_type)));
        for (media_type, object) in listed {
            let first = read.first().map(|(.., payload)| payload);
            let payload = self.decoded(media_type, object, &pointer_join(&place, media_type), name, first);
            read.push((media_type, object, payload));
        }
        let Some((media_type, object, chosen)) = read.first() else { return Payload::Empty };
        self.accept(Some(media_type));
        if let Payload::Json(ty) | Payload::AsSaid(ty) = chosen {
            let place = pointer_join(&place, media_type);
            self.examples.extend(examples::read(self.document, object, &place, ident, ty));
        }
        for index in 1..read.len() {
            let is_made = self.other(response.status, index, &read);
            self.tell_lost(index, is_made, &read, &place);
        }
        let either = self.error.is_some().then(|| either(&read)).flatten();
        either.unwrap_or_else(|| chosen.clone())
    }

    fn accept(&mut self, media_type: Option<&str>) {
        let media_type = media_type.filter(|media_type| !self.accepted.iter().any(|known| known == media_type));
        self.accepted.extend(media_type.map(str::to_owned));
    }

    /// Tells of a media type that nothing asks for, or, of an error, whose type is not that of the error.
    fn tell_lost(&mut self, index: usize, is_made: bool, read: &[(&String, &Value, Payload)], place: &str) {
        let Some(((media_type, _, payload), (first, _, chosen))) = read.get(index).zip(read.first()) else { return };
        // An error has its text and bytes beside what it is read as.
        let is_same_in_xml = || matches!((payload, chosen), (Payload::Xml(ty, _), Payload::Json(first)) if ty == first);
        let is_typed = match payload {
            Payload::Json(_) | Payload::AsSaid(_) => payload != chosen,
            Payload::Xml(..) => self.error.is_some() && payload != chosen && !is_same_in_xml(),
            _ => false,
        };
        let message = match self.error.is_some() {
            true if is_typed => {
                format!("an error is read as `{first}` describes it: what `{media_type}` describes has no type")
            }
            false if !is_made => format!(
                "nothing asks for `{media_type}`: {}",
                if is_typed {
                    "it is a range that no method could be named after".to_owned()
                } else {
                    format!("it is read as `{first}`, or another that has a method, is")
                }
            ),
            _ => return,
        };
        self.types.schemas.diagnostics.push(Diagnostic::adaptation(
            "unmade-media-type",
            pointer_join(place, media_type),
            message,
        ));
    }

    /// Keeps what another media type carries, if it has to be read in another way, is another version, or another format.
    /// Whether there is a method that asks for it.
    fn other(&mut self, status: Status, index: usize, read: &[(&String, &Value, Payload)]) -> bool {
        let Some(((media_type, _, payload), (_, _, chosen))) = read.get(index).zip(read.first()) else { return false };
        let is_version = read.iter().any(|(other, ..)| media::are_versions(media_type, other))
            && !read.iter().take(index).any(|(other, ..)| media::are_same(media_type, other));
        let is_named = read.iter().take(index).any(|(other, ..)| media::words(other) == media::words(media_type));
        let is_xml = matches!(payload, Payload::Xml(..));
        let named = match is_xml && is_named {
            // `text/xml` beside `application/xml`.
            true => format!("send_{}", idents::snake(&media::essence(media_type).replace(['/', '+'], "-"))),
            false => format!("send_{}", idents::snake(&media::words(media_type))),
        };
        let ident = match payload {
            Payload::Events(_) => "send_events".to_owned(),
            Payload::Lines(_) => "send_lines".to_owned(),
            Payload::Text => "send_text".to_owned(),
            Payload::Binary => "send_bytes".to_owned(),
            // A range names nothing that a method could be named after.
            Payload::Json(_) | Payload::Xml(..) | Payload::AsSaid(_) if media::is_range(media_type) => return false,
            // Another type, or the same in XML, has a method named after its media type.
            Payload::Json(_) | Payload::Xml(..) | Payload::AsSaid(_) => named.clone(),
            Payload::Empty | Payload::Redirect => return false,
        };
        if let Some(known) = self.others.iter_mut().find(|other| other.media_type == **media_type) {
            known.payloads.push((status, payload.clone()));
            return true;
        }
        let has = |ident: &str| self.others.iter().any(|other| other.ident == ident);
        // Which format of text, of XML or of bytes comes is the caller's choice.
        let is_format = !media::is_range(media_type)
            && (is_xml || (matches!(payload, Payload::Text | Payload::Binary) && !is_named));
        let alike = |other: &Payload| match payload {
            Payload::Json(_) | Payload::Xml(..) | Payload::Lines(_) | Payload::Events(_) => payload == other,
            _ => std::mem::discriminant(payload) == std::mem::discriminant(other),
        };
        let ident =
            if is_version && has(&ident) || is_format && (has(&ident) || alike(chosen)) { named } else { ident };
        let known = self.others.iter().flat_map(|other| &other.payloads).any(|(_, other)| alike(other));
        let is_typed = matches!(payload, Payload::Json(_) | Payload::Xml(..) | Payload::Lines(_) | Payload::Events(_));
        let read_alike = alike(chosen) || (known && is_typed);
        let is_made = !has(&ident) && (is_version || is_format || !read_alike);
        if is_made {
            let payloads = vec![(status, payload.clone())];
            self.others.push(Other { ident, media_type: (*media_type).clone(), payloads });
        }
        is_made
    }

    /// How well a media type can be read; of equals the document's order decides.
    fn rank(&mut self, media_type: &str, object: &Value, place: &str) -> (u8, bool) {
        let encoding = match media::encoding(media_type) {
            Encoding::Json if self.is_bytes(media_type, object, place) => Encoding::Binary,
            Encoding::Xml if !xml::is_typed(object, place, self.types) => Encoding::Text,
            other => other,
        };
        rank(encoding, media_type)
    }

    fn is_bytes(&mut self, media_type: &str, object: &Value, place: &str) -> bool {
        content::describes_bytes(media_type, object, place, &mut self.types.schemas)
    }

    /// What a media type carries. `first` is what the one carries that is read.
    fn decoded(
        &mut self,
        media_type: &str,
        object: &Value,
        place: &str,
        name: &str,
        first: Option<&Payload>,
    ) -> Payload {
        match media::encoding(media_type) {
            Encoding::Json if self.is_bytes(media_type, object, place) => Payload::Binary,
            Encoding::Json if media::is_open(media_type) && self.holds_text(object, place) => {
                Payload::AsSaid(self.typed(object, place, name))
            }
            Encoding::Json => Payload::Json(self.typed(object, place, name)),
            Encoding::Events => Payload::Events(self.events(object, place, &format!("{name}Event"))),
            // A string is all of the lines, of which nothing is said then.
            Encoding::Lines => match self.item(object, place, &format!("{name}Line")) {
                TypeRef::String if !has_item(object) => Payload::Lines(TypeRef::Any),
                ty => Payload::Lines(ty),
            },
            Encoding::Xml if xml::is_typed(object, place, self.types) => self.xml(object, place, name, first),
            Encoding::Xml | Encoding::Text => Payload::Text,
            Encoding::Form | Encoding::Multipart | Encoding::Binary => {
                content::tell_encoded(object, place, &mut self.types.schemas);
                Payload::Binary
            }
        }
    }

    fn xml(&mut self, object: &Value, place: &str, name: &str, first: Option<&Payload>) -> Payload {
        let ty = self.typed(object, place, name);
        // Of an error one media type is read, and another that holds the same in XML.
        match first.filter(|_| self.error.is_some()) {
            None => {}
            Some(Payload::Json(first)) if *first == ty => {}
            Some(Payload::Xml(first, root)) if *first == ty => return Payload::Xml(ty, root.clone()),
            Some(_) => return Payload::Xml(ty, String::new()),
        }
        let schema = object.get("schema").unwrap_or(&Value::Null);
        let typed = self.types.schemas.parse(schema, &pointer_join(place, "schema"));
        let root = xml::root(&typed, &ty, self.types);
        Payload::Xml(ty, root)
    }

    /// Whether text is a value of the type: then what is no JSON can be read, too.
    fn holds_text(&mut self, object: &Value, place: &str) -> bool {
        let shape = content::shape(object, place, &mut self.types.schemas);
        shape.is_none_or(|shape| content::holds_text(&shape, &mut self.types.schemas))
    }

    /// The events of a stream.
    fn events(&mut self, object: &Value, place: &str, name: &str) -> Events {
        if has_item(object) {
            return events::read(&pointer_join(place, sequence::ITEM), name, self.operation, self.types);
        }
        // Older versions have no word for an event: a schema is that of its data.
        Events { ty: self.item(object, place, name), data: EventData::Unsaid, kinds: Vec::new() }
    }

    /// The type of one item of a stream.
    fn item(&mut self, object: &Value, place: &str, name: &str) -> TypeRef {
        let item = sequence::item(object, place, name, self.operation, self.types);
        item.unwrap_or_else(|| self.typed(object, place, name))
    }

    fn typed(&mut self, object: &Value, place: &str, name: &str) -> TypeRef {
        let Some(schema) = object.get("schema") else { return TypeRef::Any };
        let typed = self.types.schemas.parse(schema, &pointer_join(place, "schema"));
        let context = match self.error.filter(|_| self.types.recurring.is_usual_error(place, schema)) {
            Some(status) => recurring(status, name),
            None => Context::root(name.to_owned(), self.operation),
        };
        self.types.whole(&typed, &context)
    }
}

/// How the body of an error is called that several operations describe alike.
fn recurring(status: Status, name: &str) -> Context {
    let (word, longer) = match status {
        // `DefaultError` is what the enum of such errors is called.
        Status::Default => ("ErrorBody".to_owned(), "DefaultErrorBody".to_owned()),
        _ => (status_name(status), format!("{}Body", status_name(status))),
    };
    Context::recurring([word, longer], name.to_owned())
}

/// What a response is, in words; since OpenAPI 3.2 the description may be missing, or have a summary beside it.
fn prose(object: &Value) -> Option<String> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    text("description").or_else(|| text("summary")).map(str::to_owned)
}

fn has_item(object: &Value) -> bool {
    object.get(sequence::ITEM).is_some()
}

/// The XML of an error, where it may come as JSON of the same type: whichever of the two is asked for of the success.
fn either(read: &[(&String, &Value, Payload)]) -> Option<Payload> {
    let Some((_, _, Payload::Json(chosen))) = read.first() else { return None };
    let is_same = |payload: &&Payload| matches!(payload, Payload::Xml(ty, _) if ty == chosen);
    read.iter().map(|(_, _, payload)| payload).find(is_same).cloned()
}

/// How well an encoding can be read, under an exact media type better than under a range.
fn rank(encoding: Encoding, media_type: &str) -> (u8, bool) {
    let rank = match encoding {
        Encoding::Json => 0,
        Encoding::Events => 1,
        Encoding::Lines => 2,
        Encoding::Xml => 3,
        Encoding::Text => 4,
        Encoding::Form | Encoding::Multipart | Encoding::Binary => 5,
    };
    (rank, media::is_range(media_type))
}

/// Statuses whose answers have no body (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
fn is_bodiless(status: Status) -> bool {
    matches!(status, Status::Code(204 | 205 | 304))
}

/// One payload where all successes carry the same, else an enum by status, `name` if nothing else is called that.
fn succeed(
    mut successes: Vec<StatusVariant>,
    name: String,
    operation: &str,
    place: &str,
    types: &mut Types<'_>,
) -> Success {
    let Some(first) = successes.first() else {
        // Nothing said: whatever comes is kept.
        return Success::One(Payload::Binary);
    };
    if successes.iter().all(|variant| variant.payload == first.payload) {
        return Success::One(first.payload.clone());
    }
    let is_stream = |variant: &StatusVariant| matches!(variant.payload, Payload::Events(_) | Payload::Lines(_));
    if successes.iter().any(is_stream) {
        let message = "one success is a stream, and others are none: its text comes whole";
        types.schemas.diagnostics.push(Diagnostic::adaptation("stream-as-text", place, message));
    }
    for variant in &mut successes {
        // A stream cannot be told from the others before it is read: the enum holds its text or bytes.
        variant.payload = match std::mem::replace(&mut variant.payload, Payload::Empty) {
            Payload::Events(_) | Payload::Lines(_) => Payload::Text,
            other => other,
        };
    }
    successes.sort_by_key(|variant| variant.status);
    let ident = types.names.reserve(place, vec![name, format!("{operation}Outcome")]);
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
    fn what_default_is_beside_several_successes_is_told() {
        let told = |responses: Value| {
            let paths = json!({"/a": {"get": {"responses": responses}}});
            let diagnostics = crate::lower::testing::findings(&paths, &json!({}));
            let told = diagnostics.iter().find(|found| found.code == "several-successes").unwrap();
            told.message.ends_with("; what `default` describes is an error")
        };
        let [text, number] = ["string", "integer"].map(|kind| json_body(&json!({"type": kind})));
        assert!(told(json!({"200": text, "201": number, "default": text})));
        assert!(!told(json!({"200": text, "201": number})));
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
        let others: Vec<_> = found.other_successes.into_iter().map(|other| (other.ident, other.success)).collect();
        assert_eq!(others, [("send_vnd_acme_long_json".to_owned(), Success::One(Payload::Json(TypeRef::Integer)))]);
        assert_eq!(codes, ["unmade-media-type"]);
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
            ("text/event-stream", Payload::Events(Events { ty: TypeRef::Any, data: EventData::Unsaid, kinds: vec![] })),
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
    fn a_string_that_describes_lines_is_all_of_them() {
        let text = json!({"type": "string"});
        for (schema, item) in [
            (text.clone(), TypeRef::Any),
            (json!({"type": "string", "description": "one document a line"}), TypeRef::Any),
            (json!({"type": "integer"}), TypeRef::Integer),
            (json!({}), TypeRef::Any),
        ] {
            let content = json!({"application/jsonl": {"schema": schema}});
            let responses = json!({"200": {"description": "", "content": content}});
            let (found, _) = operation("/a", &json!({"operationId": "o", "responses": responses}));
            assert_eq!(found.success, Success::One(Payload::Lines(item)), "{schema}");
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

    /// The operation with this `content` in its only answer, and the component schemas that it refers to.
    fn answering(content: &Value, schemas: &Value) -> crate::plan::Operation {
        let responses = json!({"200": {"description": "", "content": content}});
        let paths = json!({"/a": {"get": {"operationId": "o", "responses": responses}}});
        super::super::testing::plan(&paths, schemas).operations.remove(0)
    }

    #[test]
    fn bytes_are_bytes_behind_a_reference_too() {
        let schemas =
            json!({"File": {"type": "string", "format": "binary"}, "Again": {"$ref": "#/components/schemas/File"}});
        for schema in [
            json!({"$ref": "#/components/schemas/Again"}),
            json!({"allOf": [{"$ref": "#/components/schemas/File"}]}),
            json!({"type": "string", "contentMediaType": "image/png"}),
        ] {
            for media_type in ["*/*", "application/json"] {
                let found = answering(&json!({media_type: {"schema": schema}}), &schemas);
                assert_eq!(found.success, Success::One(Payload::Binary), "{media_type} {schema}");
            }
        }
    }

    #[test]
    fn an_answer_of_which_only_the_content_is_described_is_bytes() {
        let schemas = json!({"Any": {"contentMediaType": "*/*"}});
        for schema in [json!({"$ref": "#/components/schemas/Any"}), json!({"contentMediaType": "image/png"})] {
            let found = answering(&json!({"*/*": {"schema": schema}}), &schemas);
            assert_eq!(found.success, Success::One(Payload::Binary), "{schema}");
        }
        let found = answering(&json!({"application/json": {"schema": {"contentMediaType": "image/png"}}}), &schemas);
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::Any)));
    }

    #[test]
    fn each_kind_of_bytes_or_text_that_an_answer_can_be_has_its_method() {
        let schema = json!({"schema": {"type": "string", "format": "binary"}});
        let found = answering(&json!({"image/png": schema, "image/jpeg": schema, "image/*": schema}), &json!({}));
        let others = |found: &crate::plan::Operation| -> Vec<(String, String)> {
            found.other_successes.iter().map(|other| (other.ident.clone(), other.media_type.clone())).collect()
        };
        let pair = |ident: &str, media_type: &str| (ident.to_owned(), media_type.to_owned());
        assert_eq!((found.accept.as_str(), others(&found)), ("image/png", vec![pair("send_jpeg", "image/jpeg")]));
        let text = json!({"schema": {"type": "string"}});
        let json = json!({"schema": {"type": "integer"}});
        let content = json!({
            "application/json": json, "text/csv": text, "text/html": text, "application/pdf": schema, "image/png": schema,
        });
        let expected = vec![
            pair("send_text", "text/csv"),
            pair("send_html", "text/html"),
            pair("send_bytes", "application/pdf"),
            pair("send_png", "image/png"),
        ];
        assert_eq!(others(&answering(&content, &json!({}))), expected);
    }

    #[test]
    fn what_a_range_leaves_open_the_answer_says() {
        let schemas = json!({"Text": {"type": "string"}});
        for (schema, ty) in [
            (json!({"$ref": "#/components/schemas/Text"}), TypeRef::String),
            (json!({"type": "string"}), TypeRef::String),
            (json!({"type": ["string", "integer"]}), TypeRef::Scalar),
            (json!({}), TypeRef::Any),
        ] {
            let found = answering(&json!({"*/*": {"schema": schema}}), &schemas);
            assert_eq!(found.success, Success::One(Payload::AsSaid(ty)), "{schema}");
        }
        let found = answering(&json!({"*/*": {"schema": {"type": "integer"}}}), &schemas);
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::Integer)));
        let found = answering(&json!({"application/json": {"schema": {"type": "string"}}}), &schemas);
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::String)));
    }

    #[test]
    fn every_version_of_a_media_type_has_its_method() {
        let integer = json!({"schema": {"type": "integer"}});
        let found = answering(
            &json!({
                "application/json": integer, "application/json;version=4": integer,
                "application/json;charset=utf-8": integer, "application/json; version=5": {"schema": {"type": "string"}},
                "application/vnd.acme.v1+json": integer, "application/vnd.acme.v2+json": integer,
                "text/json": integer, "text/csv;header=present": {"schema": {"type": "string"}}, "text/csv": {"schema": {"type": "string"}},
            }),
            &json!({}),
        );
        assert_eq!(found.accept, "application/json");
        let others: Vec<_> =
            found.other_successes.iter().map(|other| (other.ident.as_str(), other.media_type.as_str())).collect();
        assert_eq!(
            others,
            [
                ("send_json_version_4", "application/json;version=4"),
                ("send_json_version_5", "application/json; version=5"),
                ("send_vnd_acme_v1_json", "application/vnd.acme.v1+json"),
                ("send_vnd_acme_v2_json", "application/vnd.acme.v2+json"),
                ("send_text", "text/csv;header=present"),
                ("send_csv", "text/csv"),
            ]
        );
    }

    #[test]
    fn an_exact_media_type_goes_before_a_range() {
        let integer = json!({"schema": {"type": "integer"}});
        let found = answering(&json!({"*/*": integer, "application/json": integer}), &json!({}));
        assert_eq!(found.accept, "application/json");
    }

    #[test]
    fn json_that_says_that_it_is_a_stream_is_one_and_a_list_of_lines_is_its_lines() {
        let list = json!({"schema": {"type": "array", "items": {"type": "integer"}}});
        let found = answering(
            &json!({"application/json": list, "application/json;stream=watch": list, "application/x-ndjson": list}),
            &json!({}),
        );
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::Array(Box::new(TypeRef::Integer)))));
        let others: Vec<_> = found
            .other_successes
            .iter()
            .map(|other| (other.ident.as_str(), other.media_type.as_str(), &other.success))
            .collect();
        let lines = Success::One(Payload::Lines(TypeRef::Integer));
        assert_eq!(others, [("send_lines", "application/json;stream=watch", &lines)]);
    }

    #[test]
    fn the_schema_of_an_item_is_that_of_the_stream() {
        let item = json!({"type": "integer"});
        let whole = json!({"type": "array", "items": {"type": "string"}});
        for (media_type, content, expected) in [
            ("application/jsonl", json!({"itemSchema": item}), TypeRef::Integer),
            ("application/x-ndjson", json!({"itemSchema": item, "schema": whole}), TypeRef::Integer),
            ("application/json-seq", json!({"itemSchema": {"type": "string"}}), TypeRef::String),
            ("application/geo+json-seq", json!({"itemSchema": item}), TypeRef::Integer),
            ("application/jsonl", json!({"schema": {"type": "array", "items": item}}), TypeRef::Integer),
        ] {
            let (found, codes) =
                operation("/a", &json!({"operationId": "o", "responses": {"200": {"content": {media_type: content}}}}));
            assert_eq!(found.success, Success::One(Payload::Lines(expected)), "{media_type}");
            assert!(codes.is_empty(), "{codes:?}");
        }
    }

    #[test]
    fn every_media_type_of_xml_has_a_method() {
        let object = json!({"schema": {"type": "object", "properties": {"a": {"type": "string"}}}});
        let sent = |media_types: &[&str]| {
            let content: serde_json::Map<String, Value> =
                media_types.iter().map(|media_type| ((*media_type).to_owned(), object.clone())).collect();
            let responses = json!({"200": {"description": "", "content": content}});
            let (found, codes) = operation("/a", &json!({"operationId": "o", "responses": responses}));
            let others = found.other_successes.into_iter().map(|other| (other.ident, other.media_type));
            (others.collect::<Vec<_>>(), codes)
        };
        let named = |ident: &str, media_type: &str| (ident.to_owned(), media_type.to_owned());
        let xml = [named("send_text_xml", "text/xml"), named("send_vnd_a_xml", "application/vnd.a+xml")];
        assert_eq!(sent(&["application/xml", "text/xml", "application/vnd.a+xml"]), (xml.to_vec(), vec![]));
        let beside_json = [&[named("send_xml", "application/xml")][..], &xml].concat();
        assert_eq!(
            sent(&["application/json", "application/xml", "text/xml", "application/vnd.a+xml"]),
            (beside_json, vec![])
        );
    }

    #[test]
    fn lines_of_another_type_have_a_method_of_their_own() {
        let of = |ty: &str| json!({"itemSchema": {"type": ty}});
        let content = json!({"application/jsonl": of("string"), "application/json-seq": of("integer"), "application/x-ndjson": of("string")});
        let (found, codes) = operation("/a", &json!({"operationId": "o", "responses": {"200": {"content": content}}}));
        let others: Vec<_> = found.other_successes.iter().map(|other| (other.ident.as_str(), &other.success)).collect();
        assert_eq!(others, [("send_lines", &Success::One(Payload::Lines(TypeRef::Integer)))]);
        assert_eq!(codes, ["unmade-media-type"]);
    }

    #[test]
    fn a_stream_that_another_status_does_not_answer_is_text_which_is_told() {
        let lines = json!({"content": {"application/jsonl": {"itemSchema": {"type": "integer"}}}});
        let (found, codes) = operation("/a", &json!({"operationId": "o", "responses": {"200": lines, "204": {}}}));
        let Success::ByStatus { variants, .. } = found.success else { panic!("no enum") };
        assert_eq!(variants[0].payload, Payload::Text);
        assert_eq!(codes, ["stream-as-text", "several-successes"]);
    }

    #[test]
    fn an_event_has_the_data_that_its_schema_says() {
        let typed = |data: Value| {
            let item = json!({"type": "object", "required": ["data"], "properties": {"event": {"type": "string"}, "data": data}});
            let content = json!({"text/event-stream": {"itemSchema": item}});
            let (found, _) = operation("/a", &json!({"operationId": "o", "responses": {"200": {"content": content}}}));
            found.success
        };
        let json =
            |schema: Value| json!({"type": "string", "contentMediaType": "application/json", "contentSchema": schema});
        let of = |ty: TypeRef, data| Success::One(Payload::Events(Events { ty, data, kinds: Vec::new() }));
        assert_eq!(typed(json(json!({"type": "integer"}))), of(TypeRef::Integer, EventData::Json));
        assert_eq!(typed(json!({"contentMediaType": "application/json"})), of(TypeRef::Any, EventData::Json));
        assert_eq!(typed(json!({"type": "string"})), of(TypeRef::String, EventData::Text));
        assert_eq!(
            typed(json!({"type": "object", "additionalProperties": {"type": "boolean"}})),
            of(TypeRef::Map(Box::new(TypeRef::Boolean)), EventData::Json)
        );
        assert_eq!(typed(json!({})), of(TypeRef::Any, EventData::Unsaid));
    }

    #[test]
    fn kinds_of_events_are_variants() {
        let json = |schema: Value| json!({"contentMediaType": "application/json", "contentSchema": schema});
        let kind = |name: &str, data: Value| json!({"properties": {"event": {"const": name}, "data": data}});
        let object = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
        let item = json!({
            "type": "object", "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
            "oneOf": [kind("added", json(object("id"))), kind("changed", json(object("id"))), kind("gone", json!({"type": "string"})),
                kind("moved", json(object("to"))), {"properties": {"data": {"const": "[DONE]"}}}],
        });
        let content = json!({"text/event-stream": {"itemSchema": item}});
        let paths = json!({"/a": {"get": {"operationId": "watch", "responses": {"200": {"content": content}}}}});
        let plan = super::super::testing::plan(&paths, &json!({}));
        let Success::One(Payload::Events(events)) = &plan.operations[0].success else { panic!("no events") };
        assert_eq!((&events.ty, events.data), (&TypeRef::Named("WatchResponseEvent".to_owned()), EventData::Unsaid));
        let kinds: Vec<_> =
            events.kinds.iter().map(|found| (found.kind.as_str(), found.data, found.variant.as_deref())).collect();
        assert_eq!(
            kinds,
            [
                ("added", EventData::Json, Some("Added")),
                ("changed", EventData::Json, Some("Added")),
                ("gone", EventData::Text, Some("Gone")),
                ("moved", EventData::Json, Some("Moved")),
            ]
        );
    }

    #[test]
    fn a_redirect_gives_what_it_leads_to_and_an_error_beside_it_is_none() {
        let body = json_body(&json!({"type": "string"}));
        for status in ["302", "3XX", "303"] {
            let responses = json!({status: {"description": ""}, "default": body});
            let (found, codes) = operation("/a", &json!({"operationId": "o", "responses": responses}));
            assert_eq!(found.success, Success::One(Payload::Redirect), "{status}");
            assert_eq!(found.errors.len(), 1);
            assert_eq!(codes, ["redirect-only"]);
        }
        let responses = json!({"304": {"description": ""}, "default": body});
        let (found, _) = operation("/a", &json!({"operationId": "o", "responses": responses}));
        assert_eq!(found.success, Success::One(Payload::Json(TypeRef::String)));
    }
}
