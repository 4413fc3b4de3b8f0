//! The driver: a generated program that calls a generated crate as its users do, through setters and `send`.

use crate::{
    plan::{Body, BodyKind, Operation, PartContent, PartHeader, Payload, Plan, SchemeKind, SecurityScheme, Success},
    polish::spelled,
};

/// The name of a driver's package and program.
pub fn package(crate_name: &str) -> String {
    format!("contract-{crate_name}")
}

/// `Cargo.toml` of a driver, beside the crate that it calls.
pub fn manifest(crate_name: &str) -> String {
    format!(
        r#"[package]
name = "{package}"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
api = {{ package = "{crate_name}", path = "../{crate_name}" }}
contract-support = {{ path = "../contract-support" }}
serde_json = "1"
switchboard-runtime = {{ workspace = true }}
"#,
        package = package(crate_name)
    )
}

/// `src/main.rs` of a driver.
pub fn program(plan: &Plan) -> String {
    let credentials: String = plan.api.schemes.iter().filter_map(credential).collect();
    let arms: String = (0..plan.operations.len())
        .map(|index| format!("        {index} => Box::pin(call_{index}(client, arguments)),\n"))
        .collect();
    let calls: String = plan.operations.iter().enumerate().map(|(index, operation)| call(index, operation)).collect();
    format!(
        r#"//! Calls the operations of `{name}` as it is told to.

#![allow(deprecated, unused_mut, unused_variables)]

use api::Client;
use contract_support::{{Arguments, Calling, Outcome, Setup}};

fn main() -> std::process::ExitCode {{
    contract_support::run(client, dispatch)
}}

fn client(setup: &Setup) -> Result<Client, switchboard_runtime::BuildError> {{
    let builder = Client::builder()
        .base_url(setup.base_url())
        .strict(true)
        .retry(switchboard_runtime::RetryPolicy::none())
        .rate_limit(None);
{credentials}    builder.build()
}}

fn dispatch(client: &Client, arguments: Arguments) -> Calling<'_> {{
    match arguments.operation() {{
{arms}        other => unreachable!("there is no operation {{other}}"),
    }}
}}
{calls}"#,
        name = plan.api.crate_name
    )
}

/// How a secret of the set-up gets into the client; certificates belong to the transport.
fn credential(scheme: &SecurityScheme) -> Option<String> {
    let SecurityScheme { name, ident, .. } = scheme;
    Some(match &scheme.kind {
        SchemeKind::MutualTls => return None,
        SchemeKind::Basic => {
            format!("    let builder = builder.{ident}(setup.secret({name:?}), setup.secret({name:?}));\n")
        }
        SchemeKind::OAuth2 { client_credentials: Some(_) } => {
            let token = scheme.setters().pop()?;
            format!(
                "    let builder = match setup.client_credentials({name:?}) {{\n        Some(grant) => \
                 builder.{ident}(grant),\n        None => builder.{token}(setup.secret({name:?})),\n    }};\n"
            )
        }
        _ => format!("    let builder = builder.{ident}(setup.secret({name:?}));\n"),
    })
}

fn call(index: usize, operation: &Operation) -> String {
    let mut text = format!(
        "\n// {}\nasync fn call_{index}(client: &Client, mut arguments: Arguments) -> Outcome {{\n    let mut call = \
         client.{}();\n",
        operation.id.escape_debug(),
        operation.ident
    );
    for parameter in &operation.parameters {
        let ty = spelled(&parameter.ty, "api::types");
        text.push_str(&setting(&parameter.ident, &format!("value::<{ty}>")));
    }
    for body in operation.body.iter().chain(&operation.other_bodies) {
        text.push_str(&setting(&body.ident, &body_reader(body)));
        for part in &body.parts {
            let read = match &part.content {
                PartContent::File => "file".to_owned(),
                PartContent::Files => "files".to_owned(),
                PartContent::Value(ty) => format!("value::<{}>", spelled(ty, "api::types")),
            };
            text.push_str(&setting(&part.ident, &read));
            for PartHeader { parameter, .. } in &part.headers {
                let ty = spelled(&parameter.ty, "api::types");
                text.push_str(&setting(&parameter.ident, &format!("value::<{ty}>")));
            }
        }
    }
    text.push_str("    match arguments.send() {\n");
    for (index, other) in operation.other_successes.iter().enumerate() {
        let (number, reader, method) = (index + 1, success_reader(&other.success), &other.ident);
        text.push_str(&format!("        {number} => contract_support::{reader}(call.{method}()).await,\n"));
    }
    let reader = success_reader(&operation.success);
    text.push_str(&format!("        _ => contract_support::{reader}(call.send()).await,\n    }}\n}}\n"));
    text
}

/// Calls a setter, if there is a value for it.
fn setting(setter: &str, read: &str) -> String {
    format!("    if let Some(value) = arguments.{read}({setter:?})? {{\n        call = call.{setter}(value);\n    }}\n")
}

fn body_reader(body: &Body) -> String {
    match &body.kind {
        BodyKind::Json(ty) | BodyKind::Form(ty, _) => format!("value::<{}>", spelled(ty, "api::types")),
        BodyKind::Text => "value::<String>".to_owned(),
        BodyKind::Binary => "bytes".to_owned(),
        BodyKind::Multipart => "multipart".to_owned(),
    }
}

/// The function that reads an answer to its end.
fn success_reader(success: &Success) -> &'static str {
    match success {
        Success::One(Payload::Binary | Payload::Redirect) => "stream",
        Success::One(Payload::Events(_)) => "events",
        Success::One(Payload::Lines(_)) => "lines",
        Success::One(Payload::Json(_) | Payload::AsSaid(_) | Payload::Text | Payload::Empty)
        | Success::ByStatus { .. } => "answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    #[test]
    fn a_driver_is_rust_and_names_every_setter() {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "components": {"securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "login": {"type": "http", "scheme": "basic"},
                "grant": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://example.com", "scopes": {}}}},
            }},
            "paths": {"/a/{id}": {"put": {
                "operationId": "say \"hello\"",
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
                    {"name": "type", "in": "query", "schema": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}},
                ],
                "requestBody": {"content": {"application/octet-stream": {}}},
                "responses": {"200": {"description": "", "content": {"application/octet-stream": {}}}},
            }}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default()).plan;
        let program = program(&plan);
        syn::parse_file(&program).unwrap_or_else(|error| panic!("{error}\n{program}"));
        for part in [
            "arguments.value::<i64>(\"id\")",
            "call = call.type_(value)",
            "arguments.bytes(\"body\")",
            "contract_support::stream(call.send())",
            "builder.key(setup.secret(\"key\"))",
            "builder.grant_token(",
        ] {
            assert!(program.contains(part), "{part}\n{program}");
        }
    }
}
