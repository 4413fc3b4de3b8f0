//! Every operation of the document, with an id, a method name and its part of the wire plan.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::external_docs::external_docs;
use super::lock::Memory;
use super::operation_object::OperationObject;
use super::tags::Tags;
use super::types::Types;
use super::{bodies, called, idents, parameters, responses, security, servers, stream_end, tags};
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::methods;
use crate::plan::{Operation, OperationTag, Server, TagPath};
use crate::schema::references;

/// What an operation is called.
struct Named {
    id: String,
    tag: Option<TagPath>,
    ident: String,
    type_ident: String,
    owner: String,
}

/// Reads all operations, in the document's order, and the tags that they stand by.
pub fn read(document: &Value, types: &mut Types<'_>) -> (Vec<Operation>, IndexMap<String, OperationTag>) {
    let sources = sources(document, types);
    let mut taken = BTreeSet::new();
    let ids: Vec<String> = sources.iter().map(|source| operation_id(source, &mut taken, types)).collect();
    let tags = tags::read(document, &sources, types.names.memory(), types.schemas.diagnostics);
    let module = |index: usize| tags.paths.get(index).map_or_else(String::new, |path| path.module.clone());
    let short: Vec<_> =
        called::short(&sources, &ids).into_iter().map(|name| name.map(|name| idents::whole(&name))).collect();
    let words: Vec<String> = ids.iter().map(|id| idents::whole(id)).collect();
    let methods = tags.methods(&called::called(&short, &words, module));
    // What is named after operations stands beside that of all the others.
    let called = called::called(&short, &words, |_| String::new());
    hinted(&sources, &tags, types);
    let mut operations = Vec::with_capacity(sources.len());
    for (index, (((source, id), called), methods)) in sources.iter().zip(ids).zip(called).zip(methods).enumerate() {
        let tag = tags.paths.get(index).cloned();
        let named = named(source, id, &called, tag, methods, types.names.memory());
        operations.push(operation(document, source, named, types));
    }
    for (source, operation) in sources.iter().zip(&mut operations) {
        name_beside(&source.pointer, operation, types.names.memory());
    }
    (operations, tags.tags)
}

/// Gives the names that hints ask for, before any other.
fn hinted(sources: &[OperationObject<'_>], tags: &Tags, types: &mut Types<'_>) {
    for (index, source) in sources.iter().enumerate() {
        let Some(hint) = source.operation.get("x-switchboard-name").and_then(Value::as_str) else { continue };
        let (name, module) = (idents::snake(hint), tags.paths.get(index).map_or("", |path| &path.module));
        if !types.names.memory().hinted(&source.pointer, module, &name) {
            types.schemas.diagnostics.push(Diagnostic::error(
                "bad-hint",
                pointer_join(&source.pointer, "x-switchboard-name"),
                format!("something else beside it is called `{name}`, or another operation is to be"),
            ));
        }
    }
}

/// The names of one operation that is `called` so where nothing else is.
fn named(
    source: &OperationObject<'_>,
    id: String,
    called: &str,
    tag: Option<TagPath>,
    methods: Vec<String>,
    memory: &mut Memory,
) -> Named {
    let module = tag.as_ref().map_or("", |tag| &tag.module);
    let ident = memory.method(&source.pointer, module, methods);
    // Names may differ where those of the calls would not: `get_a1` and `get_a_1`.
    let type_ident = memory.call(&source.pointer, module, idents::pascal(&ident));
    let owner = match tag {
        Some(_) => memory.owner(&source.pointer, idents::pascal(&idents::snake(called))),
        None => type_ident.clone(),
    };
    Named { id, tag, ident, type_ident, owner }
}

/// What stands beside a call has a name that no call has.
fn name_beside(place: &str, operation: &mut Operation, memory: &mut Memory) {
    let module = operation.tag.as_ref().map_or("", |tag| &tag.module);
    let mut named =
        |number: usize, word: &str| Some(memory.beside_call(place, module, number, &operation.type_ident, word));
    let (required, body) = (operation.required().len() > Operation::MAX_ARGUMENTS, !operation.other_bodies.is_empty());
    let required = if required { named(2, "Required") } else { None };
    let body = if body { named(3, "Body") } else { None };
    (operation.required_ident, operation.body_ident) = (required, body);
}

fn sources<'d>(document: &'d Value, types: &mut Types<'_>) -> Vec<OperationObject<'d>> {
    let mut sources = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        if path.starts_with("x-") {
            continue;
        }
        let pointer = pointer_join("/paths", path);
        // What stands beside a reference has been merged with what that leads to, unless it leads nowhere.
        let (item, item_pointer) = references::resolve(document, item, &pointer).unwrap_or_else(|| {
            let consequence = "the path has the operations that stand beside it";
            types.schemas.diagnostics.push(references::dangling(item, &pointer, consequence));
            (item, pointer.clone())
        });
        sources.extend(methods::of(item).map(|found| OperationObject {
            path,
            method: found.method,
            item,
            item_pointer: item_pointer.clone(),
            operation: found.operation,
            pointer: format!("{item_pointer}{}", found.pointer),
        }));
    }
    sources
}

/// The documented id, or one made from method and path; never one that another operation has.
fn operation_id(source: &OperationObject<'_>, taken: &mut BTreeSet<String>, types: &mut Types<'_>) -> String {
    let documented =
        source.operation.get("operationId").and_then(Value::as_str).map(str::trim).filter(|id| !id.is_empty());
    let wanted = match documented {
        Some(id) => id.to_owned(),
        None => {
            let made = called::made_id(&source.method, source.path);
            types.schemas.diagnostics.push(Diagnostic::adaptation(
                "missing-operation-id",
                &source.pointer,
                format!("the operation has no operationId: it is called `{made}`"),
            ));
            made
        }
    };
    let id = idents::unique([wanted.clone(), called::made_id(&source.method, source.path)], taken);
    if id != wanted {
        types.schemas.diagnostics.push(Diagnostic::warning(
            "duplicate-operation-id",
            pointer_join(&source.pointer, "operationId"),
            format!("another operation is called `{wanted}` too: this one is called `{id}`"),
        ));
    }
    id
}

fn operation(document: &Value, source: &OperationObject<'_>, named: Named, types: &mut Types<'_>) -> Operation {
    let Named { id, tag, ident, type_ident, owner } = named;
    let text = |key: &str| {
        source
            .operation
            .get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let strings = |key: &str| {
        source
            .operation
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let own_servers = own_servers(document, source, types.schemas.diagnostics);
    let mut examples = Vec::new();
    let mut bodies = bodies::read(document, source, &owner, types, &mut examples);
    let outcome = responses::read(document, source, &owner, types, &mut examples);
    let stream_end = stream_end::read(source, &outcome, types);
    let mut taken = parameters::reserved(source, !bodies.is_empty());
    taken.extend(outcome.others.iter().map(|other| other.ident.clone()));
    let parameters = parameters::read(source, document, &owner, &mut taken, types);
    taken.remove("body");
    bodies::name(&mut bodies, &mut taken);
    let mut bodies = bodies.into_iter();
    Operation {
        method: source.method.clone(),
        path: source.path.to_owned(),
        pointer: source.pointer.clone(),
        summary: text("summary"),
        description: text("description"),
        external_docs: external_docs(source.operation),
        deprecated: source.operation.get("deprecated").and_then(Value::as_bool).unwrap_or(false),
        tags: strings("tags"),
        parameters,
        body: bodies.next(),
        other_bodies: bodies.collect(),
        success: outcome.success,
        success_statuses: outcome.success_statuses,
        other_successes: outcome.others,
        errors: outcome.errors,
        error_ident: String::new(),
        error_enum: None,
        headers: outcome.headers,
        error_headers: outcome.error_headers,
        accept: outcome.accept,
        security: security::requirements(document, source),
        servers: own_servers,
        repeatable: repeatable(source),
        paging: None,
        stream_end,
        examples,
        id,
        tag,
        ident,
        type_ident,
        owner,
        required_ident: None,
        arguments: Vec::new(),
        body_ident: None,
    }
}

/// The servers of the operation or its path, where they are not the API's over again. The client can choose among the API's
/// alone, which is told where there would be a choice.
fn own_servers(document: &Value, source: &OperationObject<'_>, diagnostics: &mut Diagnostics) -> Vec<Server> {
    let place = pointer_join(&source.pointer, "servers");
    let item = source.pointer.rsplit_once('/').map_or("", |(item, _)| item);
    let own = source.operation.get("servers").map(|own| (own, place));
    let of_item = || Some((source.item.get("servers")?, pointer_join(item, "servers")));
    let Some((own, place)) = own.or_else(of_item).filter(|(own, _)| document.get("servers") != Some(*own)) else {
        return Vec::new();
    };
    let found = servers::list(Some(own));
    // What the client is told of a variable holds for all variables of that name.
    let known: BTreeSet<String> = servers::list(document.get("servers"))
        .into_iter()
        .flat_map(|server| server.variables.into_iter().map(|variable| variable.name))
        .collect();
    let is_unset = |server: &Server| server.variables.iter().any(|variable| !known.contains(&variable.name));
    if let Some(first) = found.first().filter(|first| found.len() > 1 || is_unset(first)) {
        let message = format!(
            "the call goes to `{}`, whichever of the API's servers the client has, and with the defaults of variables that these have not",
            first.url
        );
        diagnostics.push(Diagnostic::adaptation("operation-servers", place, message));
    }
    found
}

/// What `x-switchboard-repeatable` says, or else the method.
fn repeatable(source: &OperationObject<'_>) -> bool {
    let hint = source.operation.get("x-switchboard-repeatable").and_then(Value::as_bool);
    hint.unwrap_or_else(|| methods::is_idempotent(&source.method))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::plan;

    #[test]
    fn servers_that_nobody_can_choose_among_are_told() {
        let server = |url: &str| json!({"url": url});
        for (servers, kept, told) in [
            (json!([server("https://a.x"), server("https://b.x")]), 2, true),
            (json!([server("https://{a}.x")]), 1, true),
            (json!([server("https://a.x")]), 1, false),
            // These are the API's.
            (json!([server("/")]), 0, false),
        ] {
            let operation = json!({"operationId": "o", "servers": servers, "responses": {}});
            let (found, codes) = crate::lower::testing::operation("/a", &operation);
            assert_eq!((found.servers.len(), codes.contains(&"operation-servers")), (kept, told), "{servers}");
        }
    }

    #[test]
    fn operations_without_an_id_or_with_anothers_are_named_by_their_path() {
        let plan = plan(
            &json!({
                "/users/{id}/posts": {"get": {"responses": {}}, "post": {"operationId": "same", "responses": {}}},
                "/other": {"get": {"operationId": "same", "responses": {}}, "delete": {"operationId": "builder", "responses": {}}},
                "x-note": {"get": {"responses": {}}},
            }),
            &json!({}),
        );
        let names: Vec<_> = plan.operations.iter().map(|operation| operation.ident.as_str()).collect();
        assert_eq!(names, ["get_users_by_id_posts", "same", "get_other", "builder_operation"]);
    }

    #[test]
    fn query_and_methods_of_other_names_are_operations() {
        let copy = json!({"operationId": "copy", "responses": {}});
        let plan = plan(
            &json!({"/a/{id}": {
                "query": {"responses": {}},
                "additionalOperations": {"COPY": copy, "lock": {"responses": {}, "x-switchboard-repeatable": true}, "x-note": 1},
            }}),
            &json!({}),
        );
        let found: Vec<_> = plan
            .operations
            .iter()
            .map(|found| (found.ident.as_str(), found.method.as_str(), found.repeatable, found.pointer.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("query_a_by_id", "QUERY", true, "/paths/~1a~1{id}/query"),
                ("copy", "COPY", false, "/paths/~1a~1{id}/additionalOperations/COPY"),
                ("lock_a_by_id", "lock", true, "/paths/~1a~1{id}/additionalOperations/lock"),
            ]
        );
    }

    #[test]
    fn operations_behind_a_path_items_ref_are_found() {
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"$ref": "#/components/pathItems/A"}},
            "components": {"pathItems": {"A": {"get": {"operationId": "a", "responses": {}}}}}});
        let lowered = super::super::lower("t", &document, &mut crate::diagnostics::Diagnostics::default());
        assert_eq!(lowered.operations.len(), 1);
        assert_eq!(lowered.operations[0].path, "/a");
    }
}
