//! What the events of a stream say, by the schema of an item (OpenAPI 3.2 section 4.14.4): that describes an event as an object
//! whose `data` is a string, and what the string holds by `contentSchema`. Kinds of events are alternatives that fix `event`.

use indexmap::IndexMap;
use serde_json::Value;

use super::names::Context;
use super::types::{Types, wrapped};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::media::{self, Encoding};
use crate::plan::{EventData, EventKind, Events, Operation, Payload, Success, TypeDef, TypeKind, TypeRef};
use crate::schema::references;
use crate::schema::shape::{Shape, TextFormat, Typed, Variant};

/// How many schemas lead from an item to its alternatives.
const MAX_DEPTH: usize = 16;

/// What ends a stream, by a custom older than OpenAPI, and is no event of the document's.
const DONE: &str = "[DONE]";

/// The fields of an event (WHATWG HTML, section 9.2.6).
const FIELDS: [&str; 4] = ["event", "data", "id", "retry"];

/// One alternative of what an event is.
#[derive(Clone, Debug, Default)]
struct Alternative<'d> {
    /// The kinds that it is of; none if it does not say.
    kinds: Vec<String>,
    /// The schema of its data, and its pointer.
    data: Option<(&'d Value, String)>,
    /// Whether it names a field of events at all.
    is_event: bool,
}

/// The events of a media type object whose `itemSchema` stands at `pointer`; `name` is that of their type.
pub fn read(pointer: &str, name: &str, operation: &str, types: &mut Types<'_>) -> Events {
    let document = types.schemas.document();
    let Some(schema) = document.pointer(pointer) else {
        return Events { ty: TypeRef::Any, data: EventData::Unsaid, kinds: Vec::new() };
    };
    let mut alternatives = Vec::new();
    collect(document, schema, pointer, &Alternative::default(), MAX_DEPTH, &mut alternatives);
    if !alternatives.iter().any(|found| found.is_event) {
        types.schemas.diagnostics.push(Diagnostic::adaptation(
            "event-without-data",
            pointer,
            "the schema of an event names no field of events: it is taken for that of its data",
        ));
        let typed = types.schemas.parse(schema, pointer);
        return Events { ty: root(&typed, name, operation, types), data: EventData::Unsaid, kinds: Vec::new() };
    }
    let mut read: Vec<(Vec<String>, Typed, EventData)> = Vec::new();
    for found in alternatives {
        let (typed, data) = data(&found, pointer, types);
        if !is_done(&typed) {
            read.push((found.kinds, typed, data));
        }
    }
    typed(read, pointer, name, operation, types)
}

/// The type of all events' data, and how that of each kind is read.
fn typed(
    read: Vec<(Vec<String>, Typed, EventData)>,
    pointer: &str,
    name: &str,
    operation: &str,
    types: &mut Types<'_>,
) -> Events {
    let variant = |(kinds, typed, _): &(Vec<String>, Typed, EventData)| Variant {
        name: kinds.first().cloned(),
        typed: typed.clone(),
    };
    let union = types.schemas.one_of(read.iter().map(variant).collect(), None, pointer);
    // The schema of the item is that of an event, and not of what its data says.
    let is_of_several = union.pointer == pointer;
    let ty = if is_of_several { element(&union, name, operation, types) } else { root(&union, name, operation, types) };
    // What events say of whose kind nothing is known: all that the document describes, in one way, or in several.
    let unnamed = read.iter().filter(|(kinds, ..)| kinds.is_empty()).map(|(_, _, data)| *data);
    let ways: Vec<EventData> = unnamed.collect();
    let all = |wanted: EventData| ways.iter().all(|way| *way == wanted) && !ways.is_empty();
    let data = [EventData::Json, EventData::Text].into_iter().find(|way| all(*way)).unwrap_or(EventData::Unsaid);
    let mut kinds: IndexMap<String, EventKind> = IndexMap::new();
    for (named, typed, data) in read {
        for kind in named {
            let ty = element(&typed, &format!("{name}{}", super::idents::pascal(&kind)), operation, types);
            kinds.entry(kind.clone()).or_insert(EventKind { kind, ty, data, variant: None });
        }
    }
    let kinds = kinds.into_values().filter(|kind| kind.data != data || kind.ty != ty).collect();
    Events { ty, data, kinds }
}

/// A type that is not the type of a schema's whole place.
fn element(typed: &Typed, name: &str, operation: &str, types: &mut Types<'_>) -> TypeRef {
    let (ty, nullable) = types.type_of(typed, &Context::named(operation, vec![name.to_owned()]));
    wrapped(ty, nullable)
}

fn root(typed: &Typed, name: &str, operation: &str, types: &mut Types<'_>) -> TypeRef {
    types.whole(typed, &Context::root(name.to_owned(), operation))
}

/// Adds the alternatives of the schema at `pointer`, which has what `outer` says, too.
fn collect<'d>(
    document: &'d Value,
    schema: &'d Value,
    pointer: &str,
    outer: &Alternative<'d>,
    depth: usize,
    found: &mut Vec<Alternative<'d>>,
) {
    let resolved = references::resolve(document, schema, pointer).filter(|_| depth > 0);
    let Some((schema, pointer)) = resolved else { return };
    let mut own = outer.clone();
    add(document, schema, &pointer, depth, &mut own);
    let listed = |key: &'static str| {
        let members = schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate();
        members.map(move |(index, member)| (key, index, member))
    };
    let members: Vec<_> = ["oneOf", "anyOf"].into_iter().flat_map(listed).collect();
    for (key, index, member) in &members {
        let place = format!("{pointer}/{key}/{index}");
        collect(document, member, &place, &own, depth - 1, found);
    }
    // Alternatives may stand in a member that must hold with the others.
    let nested = listed("allOf").filter(|(_, _, member)| {
        let member = references::resolve(document, member, "").map_or(*member, |(member, _)| member);
        ["oneOf", "anyOf"].iter().any(|key| member.get(*key).is_some())
    });
    let before = found.len();
    for (key, index, member) in nested.filter(|_| members.is_empty()) {
        collect(document, member, &format!("{pointer}/{key}/{index}"), &own, depth - 1, found);
    }
    if members.is_empty() && found.len() == before {
        found.push(own);
    }
}

/// Adds what a schema, and those that must hold with it, say of the fields of an event.
fn add<'d>(document: &'d Value, schema: &'d Value, pointer: &str, depth: usize, known: &mut Alternative<'d>) {
    for (index, member) in schema.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let place = format!("{pointer}/allOf/{index}");
        if let Some((member, place)) = references::resolve(document, member, &place).filter(|_| depth > 0) {
            add(document, member, &place, depth - 1, known);
        }
    }
    let property = |name: &str| {
        let place = pointer_join(&pointer_join(pointer, "properties"), name);
        let property = schema.get("properties")?.get(name)?;
        Some(references::resolve(document, property, &place).unwrap_or((property, place)))
    };
    known.is_event |= FIELDS.iter().any(|name| property(name).is_some());
    if let Some((event, _)) = property("event") {
        let listed = event.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let values = event.get("const").into_iter().chain(listed);
        let kinds: Vec<String> = values.filter_map(Value::as_str).map(str::to_owned).collect();
        if !kinds.is_empty() {
            known.kinds = kinds;
        }
    }
    if let Some(data) = property("data") {
        known.data = Some(data);
    }
}

/// What an alternative's data is, and how it is read.
fn data(found: &Alternative<'_>, pointer: &str, types: &mut Types<'_>) -> (Typed, EventData) {
    let Some((schema, place)) = &found.data else { return (Typed::new(Shape::Any, pointer), EventData::Unsaid) };
    let said = schema.get("contentMediaType").and_then(Value::as_str).map(media::encoding);
    let is_json = said == Some(Encoding::Json);
    match schema.get("contentSchema").filter(|_| is_json || said.is_none()) {
        Some(content) => (types.schemas.parse(content, &pointer_join(place, "contentSchema")), EventData::Json),
        None if is_json => (Typed::new(Shape::Any, place.as_str()), EventData::Json),
        None => {
            let typed = types.schemas.parse(schema, place);
            let shape = types.schemas.resolved(&typed).shape;
            match shape {
                Shape::Any if said.is_some() => {
                    (Typed::new(Shape::Text(TextFormat::Plain), place.as_str()), EventData::Text)
                }
                Shape::Any => (typed, EventData::Unsaid),
                // Bytes are no text, but an event has nothing else.
                Shape::Text(TextFormat::Binary) => {
                    (Typed::new(Shape::Text(TextFormat::Plain), place.as_str()), EventData::Text)
                }
                Shape::Text(_) | Shape::Enum(_) => (typed, EventData::Text),
                // No string is an object: what is meant is its JSON.
                _ => (typed, EventData::Json),
            }
        }
    }
}

/// Whether the data is the text that ends a stream, and nothing else.
fn is_done(typed: &Typed) -> bool {
    matches!(&typed.shape, Shape::Enum(values) if values.len() == 1 && values.iter().all(|value| value.value == DONE))
}

/// Finds the variants of the kinds, once the types are known.
pub fn bind(operations: &mut [Operation], types: &IndexMap<String, TypeDef>) {
    for operation in operations {
        let others = operation.other_successes.iter_mut().map(|other| &mut other.success);
        for success in std::iter::once(&mut operation.success).chain(others) {
            if let Success::One(Payload::Events(events)) = success {
                bind_one(events, types);
            }
        }
    }
}

fn bind_one(events: &mut Events, types: &IndexMap<String, TypeDef>) {
    let TypeRef::Named(name) = &events.ty else { return };
    let Some(TypeKind::Union(union)) = types.get(name).map(|definition| &definition.kind) else { return };
    for kind in events.kinds.iter_mut().filter(|kind| kind.ty != events.ty) {
        kind.variant = union.variants.iter().find(|variant| variant.ty == kind.ty).map(|variant| variant.ident.clone());
    }
}
