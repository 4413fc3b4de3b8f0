//! What a request is told of the page that is wanted, by a query parameter, by a header, as `header:NAME`, or, as a JSON
//! pointer, by a member of its JSON body.

use indexmap::IndexMap;

use super::values::is_scalar;
use super::walk::walk;
use crate::plan::{Body, BodyKind, Location, Operation, TypeDef, TypeRef};

/// What the runtime makes a body of that the caller left out.
const MADE: &str = "application/json";

/// Whether an argument stands in the body.
fn is_in_body(name: &str) -> bool {
    name.starts_with('/')
}

/// The header that is meant, of the request or of a page; `None` for what stands elsewhere.
pub fn header(name: &str) -> Option<&str> {
    name.strip_prefix("header:")
}

/// Tells what is wrong with an argument, if the operation has no such one.
pub fn check(
    name: &str,
    takes_cursor: bool,
    operation: &Operation,
    types: &IndexMap<String, TypeDef>,
) -> Result<(), String> {
    if let Some(header) = header(name) {
        let mut headers = operation.parameters.iter().filter(|parameter| parameter.location == Location::Header);
        let found = headers.any(|parameter| parameter.name.eq_ignore_ascii_case(header));
        return found.then_some(()).ok_or_else(|| format!("the operation has no header `{header}`"));
    }
    if !is_in_body(name) {
        let mut queries = operation.parameters.iter().filter(|parameter| parameter.location == Location::Query);
        let found = queries.any(|parameter| parameter.name == name);
        return found.then_some(()).ok_or_else(|| format!("the operation has no query parameter `{name}`"));
    }
    let json = operation.body.as_ref().and_then(json);
    let json = json.ok_or_else(|| format!("the operation has no JSON body that `{name}` could be a member of"))?;
    let (_, found) = walk(json, name, types)?;
    let counts =
        matches!(found, TypeRef::Integer | TypeRef::Unsigned | TypeRef::Number | TypeRef::Scalar | TypeRef::Any);
    if !takes_cursor && !counts {
        return Err(format!("`{name}` of the body is no number"));
    }
    (found != TypeRef::Boolean).then_some(()).ok_or_else(|| format!("`{name}` of the body takes no cursor"))
}

/// Whether an argument can take a cursor of a type: a body takes any JSON, a query texts and numbers.
pub fn takes(name: &str, cursor: &TypeRef) -> bool {
    if is_in_body(name) { *cursor != TypeRef::Boolean } else { is_scalar(cursor) }
}

/// The type of a body that can be told the page: of JSON, and of the kind that is made where it may be left out.
pub fn json(body: &Body) -> Option<&TypeRef> {
    match &body.kind {
        BodyKind::Json(ty) if body.required || body.media_type == MADE => Some(ty),
        _ => None,
    }
}
