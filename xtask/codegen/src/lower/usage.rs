//! Which types requests reach and which responses do: constructors are made for the former, and only the latter may grow
//! fields without breaking anyone.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::plan::{
    Body, Operation, PartContent, Payload, Presence, ResponseHeader, Success, TypeDef, TypeKind, TypeRef, Webhooks,
};

/// Marks every type with who reaches it, and makes fields optional that one of the two sides never sends.
pub fn mark(
    operations: &[Operation],
    headers: &IndexMap<String, Vec<ResponseHeader>>,
    webhooks: &Webhooks,
    types: &mut IndexMap<String, TypeDef>,
) {
    let mut requests = Vec::new();
    let mut responses: Vec<&TypeRef> = headers.values().flatten().map(|header| &header.ty).collect();
    responses.extend(webhooks.all.iter().map(|incoming| &incoming.ty));
    for operation in operations {
        requests.extend(self::requests(operation, |_| true));
        responses.extend(self::responses(operation));
    }
    let requests = reached(&requests, types);
    let responses = reached(&responses, types);
    for (name, definition) in types.iter_mut() {
        let orphan = !requests.contains(name) && !responses.contains(name);
        definition.in_request = requests.contains(name) || orphan;
        definition.in_response = responses.contains(name) || orphan;
        loosen(definition);
    }
}

/// The types that an operation sends: its parameters', and those of the bodies that are asked for.
pub fn requests(operation: &Operation, wanted: impl Fn(&Body) -> bool) -> Vec<&TypeRef> {
    let mut found: Vec<&TypeRef> = operation.parameters.iter().map(|parameter| &parameter.ty).collect();
    for body in operation.body.iter().chain(&operation.other_bodies).filter(|body| wanted(body)) {
        found.extend(body.kind.value());
        for part in &body.parts {
            if let PartContent::Value(ty) = &part.content {
                found.push(ty);
            }
            found.extend(part.headers.iter().map(|header| &header.parameter.ty));
        }
    }
    found
}

/// The types that an operation answers with, on success and otherwise.
pub fn responses(operation: &Operation) -> Vec<&TypeRef> {
    let others = operation.other_successes.iter().map(|other| &other.success);
    let successes = std::iter::once(&operation.success).chain(others).flat_map(payloads);
    let mut found = Vec::new();
    for payload in successes.chain(operation.errors.iter().map(|error| &error.payload)) {
        found.extend(payload.value());
        match payload {
            Payload::Lines(ty) => found.push(ty),
            Payload::Events(events) => {
                found.push(&events.ty);
                found.extend(events.kinds.iter().map(|kind| &kind.ty));
            }
            _ => {}
        }
    }
    found
}

/// All that a success may carry.
fn payloads(success: &Success) -> Vec<&Payload> {
    match success {
        Success::One(payload) => vec![payload],
        Success::ByStatus { variants, .. } => variants.iter().map(|variant| &variant.payload).collect(),
    }
}

/// A `readOnly` property is never sent, a `writeOnly` one never comes back: each is required of the other side alone (OpenAPI
/// 3.0 section 4.7.24.1).
fn loosen(definition: &mut TypeDef) {
    let (in_request, in_response) = (definition.in_request, definition.in_response);
    if let TypeKind::Struct(structure) = &mut definition.kind {
        for field in &mut structure.fields {
            if (in_request && field.docs.read_only) || (in_response && field.docs.write_only) {
                // The constructor asks for it all the same, where it only does not come back.
                field.demanded = in_request && !field.docs.read_only && field.presence == Presence::Required;
                field.answered = in_response && !field.docs.write_only && field.presence.is_required();
                field.presence = match field.presence {
                    Presence::Required => Presence::Optional,
                    Presence::RequiredNullable => Presence::OptionalNullable,
                    other => other,
                };
            }
        }
    }
}

/// The names of all types that `roots` lead to.
pub fn reached(roots: &[&TypeRef], types: &IndexMap<String, TypeDef>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&TypeRef> = roots.to_vec();
    while let Some(ty) = open.pop() {
        match ty {
            TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => open.push(inner),
            TypeRef::Named(name) if found.insert(name.clone()) => {
                open.extend(types.get(name).into_iter().flat_map(|definition| definition.kind.held()));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::plan;
    use serde_json::json;

    #[test]
    fn types_know_who_reaches_them_through_whatever_holds_them() {
        let object = |property: serde_json::Value| json!({"type": "object", "properties": {"p": property}});
        let content = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
        let schemas = json!({
            "Sent": object(json!({"type": "array", "items": {"$ref": "#/components/schemas/Both"}})),
            "Got": {"oneOf": [object(json!({"$ref": "#/components/schemas/Both"})), {"type": "string"}]},
            "Both": {"type": "object", "required": ["id", "key"], "properties": {
                "id": {"type": "string", "readOnly": true}, "key": {"type": "string", "writeOnly": true},
            }},
            "Orphan": object(json!({"type": "string"})),
        });
        let operation =
            json!({"operationId": "a", "requestBody": content("Sent"), "responses": {"200": content("Got")}});
        let plan = plan(&json!({"/a": {"post": operation}}), &schemas);
        let sides = |name: &str| plan.types.get(name).map(|found| (found.in_request, found.in_response)).unwrap();
        assert_eq!(
            (sides("Sent"), sides("Got"), sides("Both"), sides("Orphan")),
            ((true, false), (false, true), (true, true), (true, true))
        );
        let TypeKind::Struct(both) = &plan.types["Both"].kind else { panic!("it is no struct") };
        let presences: Vec<_> = both.fields.iter().map(|field| field.presence).collect();
        assert_eq!(presences, [Presence::Optional, Presence::Optional], "one side never sends each");
        let demanded: Vec<_> = both.fields.iter().map(|field| field.demanded).collect();
        assert_eq!(demanded, [false, true], "what is sent must have the one that does not come back");
        let answered: Vec<_> = both.fields.iter().map(|field| field.answered).collect();
        assert_eq!(answered, [true, false], "what comes back must have the one that is not sent");
    }
}
