//! Overlay actions for whoever knows the API to think about: what a document leaves open, and a hint could say. They stand
//! beside the actions of the overlay, in `x-suggestions`, and do nothing there.

use serde_json::{Value, json};

use crate::diagnostics::pointer_join;
use crate::json_path::json_path;
use crate::lower;
use crate::plan::{Location, Operation, Parameter, Plan, Success, TypeKind, TypeRef};

/// Titles that say nothing of whose API it is.
const EMPTY_WORDS: &[&str] =
    &["api", "rest", "openapi", "swagger", "documentation", "docs", "reference", "the", "public"];

/// What the last word of a path says whose `POST` only reads, beside what says that it reads a list.
const READS: &[&str] = &["count", "validate", "preview", "calculate"];

/// How many of a kind are suggested: who looks at these knows what to do about the others.
const MOST: usize = 10;

/// Actions with their reasons, in the document's order.
pub fn suggestions(document: &Value) -> Vec<Value> {
    let whole = [title(document), server(document), security(document)];
    whole.into_iter().flatten().chain(repeatable(document)).collect()
}

fn suggestion(target: &str, reason: &str, update: &Value) -> Value {
    json!({"target": target, "description": reason, "update": update})
}

fn title(document: &Value) -> Option<Value> {
    let title = document.pointer("/info/title").and_then(Value::as_str).unwrap_or_default();
    let says = |word: &str| {
        let word = word.to_lowercase();
        let is_version = word.trim_start_matches('v').chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        !is_version && !EMPTY_WORDS.contains(&word.as_str())
    };
    let is_empty = !title.split(|letter: char| !letter.is_alphanumeric() && letter != '.').any(says);
    let reason = format!("The title is only `{title}`: say whose API it is.");
    is_empty.then(|| suggestion("$.info", &reason, &json!({"title": "…"})))
}

fn server(document: &Value) -> Option<Value> {
    let urls = document.get("servers").and_then(Value::as_array).into_iter().flatten();
    let mut urls = urls.filter_map(|server| server.get("url").and_then(Value::as_str));
    let has_host = document.get("host").is_some() || urls.any(|url| url.contains("://"));
    let reason = "No server is named: without one, whoever makes a client has to give its address.";
    (!has_host).then(|| suggestion("$", reason, &json!({"servers": [{"url": "https://…"}]})))
}

fn security(document: &Value) -> Option<Value> {
    let is_declared = ["/components/securitySchemes", "/securityDefinitions"]
        .iter()
        .any(|place| document.pointer(place).and_then(Value::as_object).is_some_and(|schemes| !schemes.is_empty()));
    let reason = "No credential is declared: if calls need one, say how it is sent (here: `Authorization: Bearer …`).";
    let update = json!({
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    });
    (!is_declared).then(|| suggestion("$", reason, &update))
}

/// A `POST` is sent once; one that only reads may be sent again when an answer is lost.
fn repeatable(document: &Value) -> Vec<Value> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let reads = |path: &str| {
        let last = path.rsplit('/').find(|part| !part.is_empty() && !part.starts_with('{')).unwrap_or_default();
        last.split(['-', '_', ':', '.'])
            .any(|word| READS.iter().chain(lower::READS).any(|read| word.eq_ignore_ascii_case(read)))
    };
    let posts = paths.filter(|(path, item)| reads(path) && item.get("post").is_some());
    let reason = "It reads like one that changes nothing: then it may be sent again when no answer comes.";
    let hint = json!({"x-switchboard-repeatable": true});
    let pointer = |path: &str| format!("{}/post", crate::diagnostics::pointer_join("/paths", path));
    posts.map(|(path, _)| suggestion(&json_path(document, &pointer(path)), reason, &hint)).collect()
}

/// Actions for what the crate would be: names that nobody gave, lists whose pages are not recognised, and values that are
/// hidden for what they are called. `document` is the one that the plan was made of.
pub fn of_plan(document: &Value, plan: &Plan) -> Vec<Value> {
    [names(document, plan), paging(document, plan), secrets(document, plan)].concat()
}

/// The first of these, the last of which tells how many more there are.
fn some(mut found: Vec<Value>) -> Vec<Value> {
    let Some(more) = found.len().checked_sub(MOST).filter(|more| *more > 0) else { return found };
    found.truncate(MOST);
    if let Some(reason) = found.last_mut().and_then(|last| last.get_mut("description")) {
        *reason = format!("{} There are {more} more like it.", reason.as_str().unwrap_or_default()).into();
    }
    found
}

fn names(document: &Value, plan: &Plan) -> Vec<Value> {
    let is_nameless = |operation: &&Operation| {
        document.pointer(&operation.pointer).is_some_and(|source| source.get("operationId").is_none())
    };
    let operations = plan.operations.iter().filter(is_nameless).map(|operation| {
        let reason = format!("It has no `operationId`, so that it is called after its path: `{}`.", operation.ident);
        suggestion(&json_path(document, &operation.pointer), &reason, &json!({"x-switchboard-name": operation.ident}))
    });
    let types = plan.types.iter().filter(|(name, definition)| {
        let is_named = document.pointer(&definition.pointer).is_some() && !is_component(&definition.pointer);
        is_named && name.ends_with(|letter: char| letter.is_ascii_digit())
    });
    let types = types.map(|(name, definition)| {
        let reason = format!("Nothing tells this type from others but a number: it is called `{name}`.");
        suggestion(&json_path(document, &definition.pointer), &reason, &json!({"x-switchboard-name": "…"}))
    });
    [some(operations.collect()), some(types.collect())].concat()
}

/// Whether a schema has a name of its own in the document.
fn is_component(pointer: &str) -> bool {
    pointer.strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'))
}

fn paging(document: &Value, plan: &Plan) -> Vec<Value> {
    let lists = plan.operations.iter().filter(|operation| operation.paging.is_none() && operation.method == "GET");
    let found = lists.filter_map(|operation| {
        let style =
            |parameter: &Parameter| lower::style_of(&parameter.name).filter(|_| parameter.location == Location::Query);
        let (name, style) = operation.parameters.iter().find_map(|found| Some((&found.name, style(found)?)))?;
        let items = items(operation, plan)?;
        let hint = match style {
            "cursor" => json!({"style": style, style: name, "next": "/…", "items": items}),
            _ => json!({"style": style, style: name, "items": items}),
        };
        let reason = format!(
            "It takes `{name}` and answers with a list, but the document does not say how pages follow one another."
        );
        Some(suggestion(&json_path(document, &operation.pointer), &reason, &json!({"x-switchboard-paging": hint})))
    });
    some(found.collect())
}

/// Where the only list of an answer is.
fn items(operation: &Operation, plan: &Plan) -> Option<String> {
    let Success::One(payload) = &operation.success else { return None };
    match payload.value()? {
        TypeRef::Array(_) => Some(String::new()),
        TypeRef::Named(name) => match &plan.types.get(name)?.kind {
            TypeKind::Struct(answer) => {
                let mut lists = answer.fields.iter().filter(|field| matches!(field.ty, TypeRef::Array(_)));
                let only = lists.next().filter(|_| lists.next().is_none())?;
                Some(pointer_join("", &only.wire))
            }
            _ => None,
        },
        _ => None,
    }
}

fn secrets(document: &Value, plan: &Plan) -> Vec<Value> {
    let fields = plan.types.values().filter_map(|definition| match &definition.kind {
        TypeKind::Struct(structure) => Some((definition, structure)),
        _ => None,
    });
    let fields = fields.flat_map(|(definition, structure)| {
        structure
            .fields
            .iter()
            .filter(|field| field.docs.secret)
            .map(|field| (pointer_join(&format!("{}/properties", definition.pointer), &field.wire), &field.wire))
    });
    let is_unsaid = |pointer: &str| {
        document.pointer(pointer).is_some_and(|schema| {
            let is_password = schema.get("format").is_some_and(|said| *said == "password");
            let is_write_only = schema.get("writeOnly").is_some_and(|said| *said == true);
            let is_elsewhere = schema.get("$ref").is_some() || schema.get("x-switchboard-secret").is_some();
            !is_password && !is_write_only && !is_elsewhere
        })
    };
    let found = fields.filter(|(pointer, _)| is_unsaid(pointer)).map(|(pointer, name)| {
        let reason =
            format!("`Debug` hides it, for `{name}` is what secrets are called: say `false` where it is none.");
        suggestion(&json_path(document, &pointer), &reason, &json!({"x-switchboard-secret": true}))
    });
    some(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(document: &Value) -> Vec<String> {
        suggestions(document).iter().map(|found| found["target"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn what_a_document_leaves_open_is_asked_for() {
        let bare = json!({"openapi": "3.1.0", "info": {"title": "API v3.1"}, "servers": [{"url": "/v3"}], "paths": {
            "/pets/search": {"post": {}, "get": {}}, "/pets": {"post": {}}, "/pets/{id}/lookup-all": {"post": {}}}});
        let expected = ["$.info", "$", "$", "$.paths['/pets/search'].post", "$.paths['/pets/{id}/lookup-all'].post"];
        assert_eq!(targets(&bare), expected);
        let whole = json!({"openapi": "3.1.0", "info": {"title": "Pets"}, "servers": [{"url": "https://pets.test"}],
            "components": {"securitySchemes": {"key": {"type": "http", "scheme": "basic"}}}});
        assert_eq!(targets(&whole), Vec::<String>::new());
    }

    #[test]
    fn what_the_crate_would_be_is_asked_about() {
        let list = json!({"type": "object", "properties": {"pets": {"type": "array", "items": {"type": "string"}}, "api_key": {"type": "string"}}});
        let answer =
            |schema: Value| json!({"200": {"description": "", "content": {"application/json": {"schema": schema}}}});
        let page = json!([{"name": "page", "in": "query", "schema": {"type": "integer"}}]);
        let get = json!({"parameters": page, "responses": answer(list)});
        let named = json!({"operationId": "get", "responses": answer(json!({"type": "string"}))});
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {"/pets": {"get": get}, "/one": {"get": named}}});
        let plan = lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default());
        let found = of_plan(&document, &plan);
        let updates: Vec<&Value> = found.iter().map(|found| &found["update"]).collect();
        let paging = json!({"x-switchboard-paging": {"style": "page", "page": "page", "items": "/pets"}});
        assert_eq!(
            updates,
            [&json!({"x-switchboard-name": "get_pets"}), &paging, &json!({"x-switchboard-secret": true})]
        );
        assert_eq!(found[1]["target"], "$.paths['/pets'].get");
    }

    #[test]
    fn of_many_of_a_kind_a_few_are_shown_and_the_rest_counted() {
        let many = (0..MOST + 2).map(|_| suggestion("$", "Why.", &json!({}))).collect();
        let some = some(many);
        assert_eq!((some.len(), &some[MOST - 1]["description"]), (MOST, &json!("Why. There are 2 more like it.")));
    }
}
