//! Requests that belong to several operations: where two paths of a document match the same request, whoever answers it
//! chooses, and a judge that chose the other operation says nothing of the one that was meant.

use super::case::Case;
use codegen::plan::Location;
use serde_json::Value;

/// Another path of the document that the request of a call is of as well, and no less than of its own.
///
/// A path without variables goes before those with some, and paths that differ only in the names of their variables must
/// not be there (OpenAPI 3.1, section 4.8.8); what else matches twice is left open there.
pub fn other_path<'d>(case: &Case<'d>) -> Option<&'d str> {
    let paths = case.document.get("paths")?.as_object()?;
    let (method, own) = (case.operation.pointer.rsplit('/').next()?, case.operation.path.as_str());
    let request: Vec<String> = own.split('/').map(|segment| filled(segment, case)).collect();
    let names = paths.iter().filter(|(_, item)| item.get(method).is_some()).map(|(name, _)| name.as_str());
    names.into_iter().find(|name| *name != own && matches(name, &request) && !is_more_concrete(own, name))
}

/// A segment of the request.
fn filled(segment: &str, case: &Case<'_>) -> String {
    let Some(name) = variable(segment) else { return segment.to_owned() };
    let parameters = case.operation.parameters.iter();
    let mut meant = parameters.filter(|parameter| parameter.location == Location::Path && parameter.name == name);
    match meant.next().and_then(|parameter| case.call.arguments.get(&parameter.ident)) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => segment.to_owned(),
    }
}

/// The name of a segment that is a variable.
pub fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}').filter(|name| !name.contains(['{', '}']))
}

fn matches(path: &str, request: &[String]) -> bool {
    let mut segments = path.split('/');
    let all = request.iter().all(|given| {
        segments.next().is_some_and(|segment| segment == given || (variable(segment).is_some() && !given.is_empty()))
    });
    all && segments.next().is_none()
}

/// Whether `own` says in plain text all that `other` does, and more.
fn is_more_concrete(own: &str, other: &str) -> bool {
    let is_variable = |segment: &str| variable(segment).is_some();
    let pairs = || own.split('/').zip(other.split('/')).map(|(own, other)| (is_variable(own), is_variable(other)));
    pairs().all(|(own, other)| !own || other) && pairs().any(|(own, other)| !own && other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::calls::{Variant, call};
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    /// The path that a call of `own` is of as well, in a document that has `others` too.
    fn other(own: &str, others: &[&str]) -> Option<String> {
        let parameter = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"const": "me"}});
        let item = |path: &str| {
            let parameters: Vec<Value> = path.split('/').filter_map(variable).map(parameter).collect();
            json!({"get": {"parameters": parameters, "responses": {"200": {"description": ""}}}})
        };
        let mut paths = serde_json::Map::from_iter([(own.to_owned(), item(own))]);
        paths.extend(others.iter().map(|path| ((*path).to_owned(), item(path))));
        paths.insert("/{any}".to_owned(), json!({"post": {"responses": {"200": {"description": ""}}}}));
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths});
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let index = plan.operations.iter().position(|operation| operation.path == own).unwrap();
        let call = call(&document, &plan, index, Variant::All).unwrap();
        let case = Case { document: &document, operation: &plan.operations[index], call: &call, headers: &[] };
        other_path(&case).map(str::to_owned)
    }

    #[test]
    fn a_request_may_be_of_several_operations() {
        assert_eq!(other("/{mount}/config", &["/{path}/config"]).as_deref(), Some("/{path}/config"));
        assert_eq!(other("/{kind}/x", &["/me/{id}"]).as_deref(), Some("/me/{id}"), "left open");
        assert_eq!(other("/users/{id}", &["/users/me"]).as_deref(), Some("/users/me"), "what is plain goes first");
    }

    #[test]
    fn most_are_of_one() {
        assert_eq!(other("/users/me", &["/users/{id}"]), None, "what is plain goes first");
        assert_eq!(other("/users/{id}", &["/users/you", "/users", "/users/{id}/x", "/groups/{id}"]), None);
        assert_eq!(other("/{id}", &[]), None, "of another method");
    }
}
