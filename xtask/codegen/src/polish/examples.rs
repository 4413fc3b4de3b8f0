//! The example of each operation: its call with everything that it cannot do without, as code that compiles. Plain values are
//! written out; what is more than that the reader has, and the example is given.

use quote::ToTokens as _;

use super::bodies;
use super::rust_type::{From, call_module, ident, rust_type};
use crate::lower::idents;
use crate::plan::{BodyKind, EnumBase, Operation, PartContent, Payload, Plan, Required, Success, TypeKind, TypeRef};

/// The example as a code block for rustdoc.
pub fn block(operation: &Operation, plan: &Plan) -> String {
    let api = plan.api.crate_ident();
    let mut given = vec![format!("client: &{api}::Client")];
    let arguments = arguments(operation, plan, &mut given);
    let call = format!("client.{}({})", operation.method_path(), arguments.join(", "));
    format!(
        "```no_run\n# async fn example({}) -> Result<(), Box<dyn std::error::Error>> {{\n{}\n# Ok(())\n# }}\n```",
        given.join(", "),
        sent(operation, &call)
    )
}

/// How a call is sent, and what is done with what comes.
pub fn sent(operation: &Operation, call: &str) -> String {
    let each = |stream: &str, start: String| {
        format!(
            "let mut {stream} = {start};\nwhile let Some(item) = {stream}.try_next().await? {{\n    println!(\"{{item:?}}\");\n}}"
        )
    };
    if operation.paging.is_some() {
        return each("items", format!("{call}.stream()"));
    }
    match &operation.success {
        Success::One(Payload::Events(_) | Payload::Lines(_)) => {
            each("items", format!("{call}.send().await?.into_inner()"))
        }
        Success::One(Payload::Empty) => format!("{call}.send().await?;"),
        _ => format!("let answer = {call}.send().await?;"),
    }
}

/// The arguments; of those that are not plain, `given` gets names and types.
fn arguments(operation: &Operation, plan: &Plan, given: &mut Vec<String>) -> Vec<String> {
    let api = plan.api.crate_ident();
    // The name of the client is taken.
    let mut take = |name: &str, ty: proc_macro2::TokenStream| {
        let name = if name == "client" { "the_client" } else { name };
        let ty = ty.to_string().replace(' ', "").replace("switchboard_runtime::", "crate::runtime::");
        given.push(format!("{name}: {}", ty.replace("crate::", &format!("{api}::"))));
        name.to_owned()
    };
    if let Some(name) = &operation.required_ident {
        let (module, name) = (call_module(operation), ident(name));
        return vec![take("required", quote::quote!(#module::#name))];
    }
    let required = operation.required().into_iter();
    required
        .map(|one| match one {
            Required::Parameter(parameter) => literal(&parameter.ty, &parameter.ident, plan)
                .unwrap_or_else(|| take(&parameter.ident, rust_type(&parameter.ty, From::Outside))),
            Required::Part(part) => match &part.content {
                PartContent::File => FILE.to_owned(),
                PartContent::Files => format!("[{FILE}]"),
                PartContent::Value(ty) => {
                    literal(ty, &part.ident, plan).unwrap_or_else(|| take(&part.ident, rust_type(ty, From::Outside)))
                }
            },
            Required::Body(body) => match (&body.kind, &operation.body_ident) {
                (BodyKind::Text, None) => format!("\"{}\"", body.ident),
                (BodyKind::Binary, None) => FILE.to_owned(),
                _ => take(&body.ident, bodies::given_type(operation, body).into_token_stream()),
            },
        })
        .collect()
}

/// A file that is read as a whole.
const FILE: &str = "std::fs::read(\"file\")?";

/// A value that a method takes for a type, where one can be written without more ado; `name` is what it is of.
pub fn literal(ty: &TypeRef, name: &str, plan: &Plan) -> Option<String> {
    let plain = match ty {
        TypeRef::String | TypeRef::Scalar => return Some(format!("{:?}", text(name))),
        TypeRef::Uuid => "\"123e4567-e89b-12d3-a456-426614174000\"",
        TypeRef::DateTime => "\"2026-01-01T00:00:00Z\"",
        TypeRef::Date => "\"2026-01-01\"",
        TypeRef::Base64 | TypeRef::Base64Url => "b\"bytes\"",
        TypeRef::DecimalText => "\"9.99\"",
        TypeRef::Integer | TypeRef::Unsigned | TypeRef::Decimal => "1",
        TypeRef::Number => "1.0",
        TypeRef::Boolean => "true",
        TypeRef::Array(items) if !matches!(**items, TypeRef::Array(_)) => {
            return literal(items, &idents::singular(name), plan).map(|item| format!("[{item}]"));
        }
        TypeRef::Named(named) => return of_enum(named, plan),
        TypeRef::Any | TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Nullable(_) => return None,
    };
    Some(plain.to_owned())
}

/// The first value of an enum, as it is on the wire.
fn of_enum(name: &str, plan: &Plan) -> Option<String> {
    let TypeKind::Enum(values) = &plan.types.get(name)?.kind else { return None };
    let first = values.variants.iter().find(|variant| !variant.deprecated)?;
    match values.base {
        EnumBase::Text if first.wire.chars().all(|character| character.is_ascii_graphic() || character == ' ') => {
            Some(format!("{:?}", first.wire))
        }
        EnumBase::Integer => first.wire.parse::<i32>().ok().map(|number| number.to_string()),
        EnumBase::Text => None,
    }
}

/// A text that says what it is: ids are short.
fn text(name: &str) -> &str {
    let name = name.trim_end_matches('_');
    if !name.is_ascii() || name == "id" || name.ends_with("_id") { "1" } else { name }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lower::testing::plan;

    /// What a reader sees of the example of the only operation, and what it is given.
    fn shown(operation: Value, path: &str) -> (String, String) {
        let components = json!({
            "Order": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}},
            "Sort": {"type": "string", "enum": ["newest", "oldest"]},
        });
        let plan = plan(&json!({path: {"post": operation}}), &components);
        let block = block(&plan.operations[0], &plan);
        let lines: Vec<&str> = block.lines().collect();
        let visible = lines.iter().filter(|line| !line.starts_with('#') && !line.starts_with("```"));
        let visible = visible.copied().collect::<Vec<_>>().join("\n");
        let (_, given) = lines[1].split_once("Client").unwrap();
        (visible, given.split(')').next().unwrap().to_owned())
    }

    fn sends(content: Value) -> Value {
        json!({"operationId": "send", "requestBody": {"required": true, "content": content}, "responses": {"204": {"description": ""}}})
    }

    #[test]
    fn plain_arguments_say_what_they_are() {
        let named = |name: &str, place: &str, schema: Value| json!({"name": name, "in": place, "required": true, "schema": schema});
        let operation = json!({
            "operationId": "find", "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}},
            "parameters": [
                named("owner", "path", json!({"type": "string"})), named("order_id", "path", json!({"type": "string"})),
                named("sort", "query", json!({"$ref": "#/components/schemas/Sort"})),
                named("labels", "query", json!({"type": "array", "items": {"type": "string"}})),
            ],
        });
        let call = "let answer = client.find(\"owner\", \"1\", \"newest\", [\"label\"]).send().await?;";
        assert_eq!(shown(operation, "/{owner}/{order_id}"), (call.to_owned(), String::new()));
    }

    #[test]
    fn what_is_no_plain_value_is_given() {
        let json = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}});
        let expected = ("client.send(body).send().await?;".to_owned(), ", body: t::types::Order".to_owned());
        assert_eq!(shown(sends(json), "/a"), expected);
    }

    #[test]
    fn files_are_read_and_streams_gone_through() {
        let parts = json!({"type": "object", "required": ["file", "note"], "properties": {
            "file": {"type": "string", "format": "binary"}, "note": {"type": "string"},
        }});
        let (call, given) = shown(sends(json!({"multipart/form-data": {"schema": parts}})), "/a");
        assert_eq!(
            (call.as_str(), given.as_str()),
            ("client.send(std::fs::read(\"file\")?, \"note\").send().await?;", "")
        );
        let events = json!({"operationId": "watch", "responses": {"200": {"description": "", "content": {"text/event-stream": {}}}}});
        let (call, _) = shown(events, "/a");
        assert!(call.starts_with("let mut items = client.watch().send().await?.into_inner();\nwhile let"), "{call}");
    }
}
