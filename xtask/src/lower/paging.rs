//! Paging: from `x-switchboard-paging` to the fields that a page's items and total stand in.

use indexmap::IndexMap;
use serde_json::Value;

use super::operations::Source;
use super::types::Types;
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join, pointer_tokens};
use crate::plan::{Location, Operation, Paging, Payload, Presence, Step, Success, TypeDef, TypeKind, TypeRef};

/// The hint as it stands, with field names as on the wire; [`resolve`] makes Rust fields of them.
pub fn hint(source: &Source<'_>, types: &mut Types<'_>) -> Option<Paging> {
    let hint = source.operation.get("x-switchboard-paging")?;
    let pointer = pointer_join(&source.pointer, "x-switchboard-paging");
    let text = |key: &str| hint.get(key).and_then(Value::as_str).map(str::to_owned);
    let known = text("style").is_some_and(|style| style == "offset");
    let Some((offset, items)) = text("offset").zip(text("items")).filter(|_| known) else {
        let fault = Diagnostic::error(
            "bad-hint",
            pointer,
            "the paging hint lacks `style`, `offset` or `items`, or its style is unknown",
        );
        types.schemas.diagnostics.push(fault.with_help(
            "write it as {\"style\": \"offset\", \"offset\": \"offset\", \"limit\": \"limit\", \"page_size\": 100, \"items\": \"/data\"}",
        ));
        return None;
    };
    Some(Paging {
        offset,
        limit: text("limit"),
        page_size: hint.get("page_size").and_then(Value::as_u64).unwrap_or(100).max(1),
        items: steps(&items),
        item: TypeRef::Any,
        total: text("total").map(|total| steps(&total)),
    })
}

fn steps(pointer: &str) -> Vec<Step> {
    pointer_tokens(pointer).map(|ident| Step { ident, presence: Presence::Required }).collect()
}

/// Finds the Rust fields that the hints' pointers mean.
pub fn resolve(operations: &mut [Operation], types: &IndexMap<String, TypeDef>, diagnostics: &mut Diagnostics) {
    for operation in operations {
        let Some(mut paging) = operation.paging.take() else { continue };
        match settle(&mut paging, operation, types) {
            Ok(()) => operation.paging = Some(paging),
            Err(cause) => diagnostics.push(
                Diagnostic::error("bad-hint", pointer_join(&operation.pointer, "x-switchboard-paging"), cause)
                    .with_help(
                        "point at fields of the success response's schema, and at query parameters of the operation",
                    ),
            ),
        }
    }
}

fn settle(paging: &mut Paging, operation: &Operation, types: &IndexMap<String, TypeDef>) -> Result<(), String> {
    for name in std::iter::once(&paging.offset).chain(&paging.limit) {
        if !operation
            .parameters
            .iter()
            .any(|parameter| parameter.location == Location::Query && parameter.name == *name)
        {
            return Err(format!("the operation has no query parameter `{name}`"));
        }
    }
    let Success::One(Payload::Json(page)) = &operation.success else {
        return Err("the operation has no single JSON success response".to_owned());
    };
    let items = walk(page, &mut paging.items, types)?;
    let TypeRef::Array(item) = items else {
        return Err("the items are no list".to_owned());
    };
    paging.item = *item;
    if let Some(total) = &mut paging.total {
        match walk(page, total, types)? {
            TypeRef::String | TypeRef::Integer | TypeRef::Unsigned | TypeRef::Number | TypeRef::Scalar => {}
            _ => return Err("the total is no number and no string".to_owned()),
        }
    }
    Ok(())
}

/// Follows `steps` from `root`, filling in each field's Rust name and presence; the type at the end.
fn walk(root: &TypeRef, steps: &mut [Step], types: &IndexMap<String, TypeDef>) -> Result<TypeRef, String> {
    let mut current = root.clone();
    for step in steps {
        let TypeRef::Named(name) = &current else {
            return Err(format!("`{}` is looked for in something that has no known properties", step.ident));
        };
        let Some(TypeKind::Struct(structure)) = types.get(name).map(|definition| &definition.kind) else {
            return Err(format!("`{name}` has no known properties"));
        };
        let field = structure
            .fields
            .iter()
            .find(|field| field.wire == step.ident)
            .ok_or_else(|| format!("`{name}` has no property `{}`", step.ident))?;
        step.ident.clone_from(&field.ident);
        step.presence = field.presence;
        current = field.ty.clone();
    }
    Ok(current)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::operation;
    use super::*;

    fn listing(hint: &Value) -> Value {
        json!({"operationId": "o", "x-switchboard-paging": hint,
        "parameters": [{"name": "offset", "in": "query", "schema": {"type": "integer"}}],
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "required": ["fooItems"], "properties": {
            "fooItems": {"type": "array", "items": {"type": "string"}},
            "meta": {"type": "object", "properties": {"total": {"type": ["string", "integer"]}}},
        }}}}}}})
    }

    #[test]
    fn pointers_become_fields() {
        let (found, codes) = operation(
            "/a",
            &listing(&json!({"style": "offset", "offset": "offset", "items": "/fooItems", "total": "/meta/total"})),
        );
        let paging = found.paging.expect("there is paging");
        assert_eq!(paging.items, [Step { ident: "foo_items".to_owned(), presence: Presence::Required }]);
        assert_eq!(paging.item, TypeRef::String);
        assert_eq!(paging.total.map(|steps| steps.len()), Some(2));
        assert!(!codes.contains(&"bad-hint"));
    }

    #[test]
    fn a_hint_that_cannot_be_followed_is_an_error() {
        for hint in [
            json!({"style": "offset", "offset": "skip", "items": "/fooItems"}),
            json!({"style": "offset", "offset": "offset", "items": "/nothing"}),
            json!({"style": "offset", "offset": "offset", "items": "/meta"}),
            json!({"style": "magic", "offset": "offset", "items": "/fooItems"}),
        ] {
            let (found, codes) = operation("/a", &listing(&hint));
            assert!(found.paging.is_none() && codes.contains(&"bad-hint"), "{hint}");
        }
    }
}
