//! The driver: a generated program that calls a generated crate as its users do, through setters and `send`.

use codegen::{
    plan::{
        Body, BodyKind, FormPart, Operation, PartContent, PartHeader, Payload, Plan, Required, ResponseHeader,
        SchemeKind, SecurityScheme, StatusVariant, Success, TypeRef,
    },
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

/// Whether the lists of a crate are read through their streams as well: such code takes long to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// Only a page of them.
    Page,
    /// Through `stream()` where a call asks for that.
    Stream,
}

/// A driver: `src/main.rs` where it is a program of its own.
pub fn program(plan: &Plan, lists: Lists) -> String {
    let credentials: String = plan.api.schemes.iter().filter_map(credential).collect();
    let arms: String = (0..plan.operations.len())
        .map(|index| format!("        {index} => call_{index}(client, arguments),\n"))
        .collect();
    let operations = plan.operations.iter().enumerate();
    let calls: String = operations.map(|(index, operation)| call(index, operation, lists)).collect();
    let headers: String = plan.headers.iter().map(|(name, headers)| header_readers(name, headers)).collect();
    format!(
        r#"//! Calls the operations of `{name}` as it is told to.

#![allow(deprecated, unused_mut, unused_variables)]

use api::Client;
use contract_support::{{Arguments, Calling, Outcome, Setup}};

pub fn main() -> std::process::ExitCode {{
    contract_support::run(client, dispatch)
}}

fn client(setup: &Setup) -> Result<Client, switchboard_runtime::BuildError> {{
    let builder = Client::builder()
        .base_url(setup.base_url())
        .strict(setup.is_strict())
        .retry(switchboard_runtime::RetryPolicy::none())
        .rate_limit(None);
{credentials}    builder.build()
}}

fn dispatch(client: &Client, arguments: Arguments) -> Calling<'_> {{
    match arguments.operation() {{
{arms}        other => unreachable!("there is no operation {{other}}"),
    }}
}}
{headers}{calls}"#,
        name = plan.api.crate_name
    )
}

/// How a secret of the set-up gets into the client; certificates belong to the transport.
fn credential(scheme: &SecurityScheme) -> Option<String> {
    let SecurityScheme { name, ident, .. } = scheme;
    let secret = format!("setup.secret({name:?})");
    let with = |arguments: &str| {
        format!(
            "    let builder = match {secret} {{\n        Some(secret) => builder.{ident}({arguments}),\n        None => \
             builder,\n    }};\n"
        )
    };
    Some(match &scheme.kind {
        SchemeKind::MutualTls => return None,
        SchemeKind::Basic => with("secret.clone(), secret"),
        SchemeKind::OAuth2 { client_credentials: Some(_) } => {
            let token = scheme.setters().pop()?;
            format!(
                "    let builder = match (setup.client_credentials({name:?}), {secret}) {{\n        (Some(grant), _) => \
                 builder.{ident}(grant),\n        (None, Some(secret)) => builder.{token}(secret),\n        (None, None) => \
                 builder,\n    }};\n"
            )
        }
        _ => with("secret"),
    })
}

/// Functions that read every header of a set, of a success and of an error.
fn header_readers(name: &str, headers: &[ResponseHeader]) -> String {
    let read = headers.iter().map(|header| format!("\n        .with({:?}, headers.{}())", header.name, header.ident));
    let read: String = read.collect();
    format!(
        r#"
#[allow(non_snake_case)]
fn read_{name}(headers: &api::headers::{name}) -> contract_support::Headers {{
    contract_support::Headers::default(){read}
}}

#[allow(dead_code, non_snake_case)]
fn read_{name}_of_error<E>(error: &switchboard_runtime::Error<E>) -> contract_support::Headers
where
    E: switchboard_runtime::ErrorHeaders<Headers = api::headers::{name}>,
{{
    error.typed_headers().map(|headers| read_{name}(&headers)).unwrap_or_default()
}}
"#
    )
}

/// What reads the headers of an operation's answers.
fn readers(operation: &Operation) -> String {
    let success = operation.headers.iter().map(|name| format!(".success(read_{name})"));
    let error = operation.error_headers.iter().map(|name| format!(".error(read_{name}_of_error)"));
    success.chain(error).fold("contract_support::Readers::none()".to_owned(), |known, next| known + &next)
}

fn call(index: usize, operation: &Operation, lists: Lists) -> String {
    let mut text = format!(
        "\n// {}\nfn call_{index}(client: &Client, mut arguments: Arguments) -> Calling<'_> {{\n    Box::pin(async move {{\n{}",
        operation.id.escape_debug(),
        begun(operation)
    );
    let required = operation.required();
    let is_argument = |argument: Required<'_>| required.contains(&argument);
    let typed = |ty: &TypeRef| format!("value::<{}>", spelled(ty, "api::types"));
    for parameter in operation.parameters.iter().filter(|parameter| !is_argument(Required::Parameter(parameter))) {
        text.push_str(&setting(&parameter.ident, &parameter.ident, &typed(&parameter.ty), "value"));
    }
    for body in
        operation.bodies().filter(|_| operation.body.as_ref().is_none_or(|first| !is_argument(Required::Body(first))))
    {
        // A form whose parts begin the call takes others besides.
        let setter = operation.body.as_ref().map_or("body", |first| &first.ident);
        text.push_str(&setting(setter, &body.ident, &body_reader(body), &body_value(operation, body)));
    }
    for part in operation.bodies().flat_map(|body| &body.parts) {
        if !is_argument(Required::Part(part)) {
            text.push_str(&setting(&part.ident, &part.ident, &part_reader(part), "value"));
        }
        for PartHeader { parameter, .. } in &part.headers {
            text.push_str(&setting(&parameter.ident, &parameter.ident, &typed(&parameter.ty), "value"));
        }
    }
    if operation.bodies().any(|body| body.open_media_type) {
        text.push_str(
            "    if let Some(media_type) = arguments.content_type() {\n        call = call.content_type(media_type);\n    }\n",
        );
    }
    if lists == Lists::Stream && operation.paging.is_some() {
        text.push_str(
            "    if arguments.is_paged() {\n        return contract_support::list(call.stream()).await;\n    }\n",
        );
    }
    text.push_str("    match arguments.send() {\n");
    for (index, other) in operation.other_successes.iter().enumerate() {
        let sent = reading(operation, &other.success, &other.ident);
        text.push_str(&format!("        {} => {sent}.await,\n", index + 1));
    }
    let sent = reading(operation, &operation.success, "send");
    text.push_str(&format!("        _ => {sent}.await,\n    }}\n    }})\n}}\n"));
    text
}

/// What begins the call, with what it cannot be begun without.
fn begun(operation: &Operation) -> String {
    let mut text = String::new();
    let mut names = Vec::new();
    for required in operation.required() {
        let name = required.ident();
        let given = match required {
            Required::Parameter(parameter) => read(name, &format!("value::<{}>", spelled(&parameter.ty, "api::types"))),
            Required::Part(part) => read(name, &part_reader(part)),
            Required::Body(_) => body(operation),
        };
        // The argument's name may be that of something else here.
        text.push_str(&format!("    let given_{name} = contract_support::required({name:?}, {given})?;\n"));
        names.push(match &operation.required_ident {
            Some(_) => format!("{name}: given_{name}"),
            None => format!("given_{name}"),
        });
    }
    let arguments = match &operation.required_ident {
        Some(struct_name) => format!("api::{}::{struct_name} {{ {} }}", operation.calls_module(), names.join(", ")),
        None => names.join(", "),
    };
    format!("{text}    let mut call = client.{}({arguments});\n", operation.method_path())
}

/// A value that may be there.
fn read(name: &str, read: &str) -> String {
    format!("arguments.{read}({name:?})")
}

/// The body that is given, of all that there may be.
fn body(operation: &Operation) -> String {
    let given = operation.bodies().map(|body| {
        let parts: Vec<&str> = body.parts.iter().map(|part| part.ident.as_str()).collect();
        let given = match parts.as_slice() {
            [] => read(&body.ident, &body_reader(body)),
            parts => format!("arguments.form({:?}, &{parts:?})", body.ident),
        };
        match &operation.body_ident {
            Some(_) => format!("{given}?.map(|value| {})", body_value(operation, body)),
            None => format!("{given}?"),
        }
    });
    let mut given = given.collect::<Vec<_>>().into_iter();
    let first = given.next().unwrap_or_default();
    let whole =
        given.fold(first, |known, next| format!("match {known} {{ Some(value) => Some(value), None => {next} }}"));
    format!("Ok({whole})")
}

/// A body that was read, as the call takes it.
fn body_value(operation: &Operation, body: &Body) -> String {
    match &operation.body_ident {
        Some(name) => format!("api::{}::{name}::{}(value)", operation.calls_module(), body.variant),
        None => "value".to_owned(),
    }
}

fn part_reader(part: &FormPart) -> String {
    match &part.content {
        PartContent::File => "file".to_owned(),
        PartContent::Files => "files".to_owned(),
        PartContent::Value(ty) => format!("value::<{}>", spelled(ty, "api::types")),
    }
}

/// Calls a setter, if there is a value for it.
fn setting(setter: &str, name: &str, read: &str, value: &str) -> String {
    format!("    if let Some(value) = arguments.{read}({name:?})? {{\n        call = call.{setter}({value});\n    }}\n")
}

fn body_reader(body: &Body) -> String {
    match &body.kind {
        BodyKind::Json(ty) | BodyKind::Xml(ty, _) | BodyKind::Form(ty, _) | BodyKind::Lines(ty) => {
            format!("value::<{}>", spelled(ty, "api::types"))
        }
        BodyKind::Text => "value::<String>".to_owned(),
        BodyKind::Binary => "bytes".to_owned(),
        BodyKind::Multipart => "multipart".to_owned(),
    }
}

/// Sends a call with `method`, and reads the answer to its end.
fn reading(operation: &Operation, success: &Success, method: &str) -> String {
    let given = format!("call.{method}(), {}", readers(operation));
    match success {
        Success::One(Payload::Binary | Payload::Redirect) => format!("contract_support::stream({given})"),
        Success::One(Payload::Events(_)) => format!("contract_support::events({given}, arguments.events())"),
        Success::One(Payload::Lines(_)) => format!("contract_support::lines({given})"),
        Success::One(Payload::Json(_) | Payload::Xml(..) | Payload::AsSaid(_) | Payload::Text | Payload::Empty) => {
            format!("contract_support::answer({given})")
        }
        Success::ByStatus { ident, variants } => by_status(ident, variants, &given),
    }
}

/// Sends a call whose success is an enum by status.
fn by_status(ident: &str, variants: &[StatusVariant], given: &str) -> String {
    let arms = variants.iter().filter_map(|variant| {
        let read = match &variant.payload {
            Payload::Json(_) | Payload::Xml(..) | Payload::AsSaid(_) | Payload::Text => "contract_support::json(value)",
            Payload::Binary => "Some(contract_support::hexadecimal(value).into())",
            Payload::Events(_) | Payload::Lines(_) | Payload::Redirect | Payload::Empty => return None,
        };
        Some(format!("            api::responses::{ident}::{}(value) => {read},\n", variant.ident))
    });
    let arms: String = arms.collect();
    format!("contract_support::by_status({given}, |answer| match answer {{\n{arms}            _ => None,\n        }})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    #[test]
    fn of_several_bodies_the_one_is_given_that_there_are_arguments_for() {
        let schema = json!({"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}});
        let content =
            json!({"application/json": {"schema": {"type": "integer"}}, "multipart/form-data": {"schema": schema}});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {"operationId": "send", "requestBody": {"required": true, "content": content}, "responses": {}}}},
        });
        let program = program(&lower::lower("sample", &document, &mut Diagnostics::default()), Lists::Page);
        syn::parse_file(&program).unwrap_or_else(|error| panic!("{error}\n{program}"));
        for part in [
            "match arguments.value::<i64>(\"body\")?.map(|value| api::calls::SendBody::Json(value))",
            "arguments.form(\"body_multipart\", &[\"file\"])?.map(|value| api::calls::SendBody::Multipart(value))",
            "call = call.file(value)",
        ] {
            assert!(program.contains(part), "{part}\n{program}");
        }
    }

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
            }, "head": {
                "operationId": "look",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"description": "", "headers": {"X-Total": {"schema": {"type": "integer"}}}},
                    "404": {"description": "", "headers": {"X-Why": {"schema": {"type": "string"}}}},
                },
            }}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let program = program(&plan, Lists::Page);
        syn::parse_file(&program).unwrap_or_else(|error| panic!("{error}\n{program}"));
        for part in [
            "let given_id = contract_support::required(\"id\", arguments.value::<i64>(\"id\"))?;",
            "let mut call = client.say_hello(given_id);",
            "call = call.type_(value)",
            "arguments.bytes(\"body\")",
            "contract_support::stream(call.send(), contract_support::Readers::none())",
            "    contract_support::Headers::default()\n        .with(\"X-Total\", headers.x_total())\n",
            "Readers::none().success(read_XTotalHeaders).error(read_XWhyHeaders_of_error)",
            "builder.key(secret)",
            "builder.grant_token(",
        ] {
            assert!(program.contains(part), "{part}\n{program}");
        }
    }
}
