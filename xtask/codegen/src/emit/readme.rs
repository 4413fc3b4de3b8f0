//! The generated crate's README: what it is, a first call, and where the rest is said.

use super::example::{self, Call};
use super::features::{FEATURES, Feature};
use crate::plan::Plan;
use crate::polish::docs;

/// `README.md`.
pub fn readme(plan: &Plan, call: Option<Call<'_>>) -> String {
    let api = &plan.api;
    let name = &api.crate_name;
    let mut text = format!("# {name}\n\n");
    let about = api.manifest.description.clone().unwrap_or_else(|| format!("A client for {}.", api.title));
    text.push_str(&docs::clean(&about));
    if !text.ends_with('.') {
        text.push('.');
    }
    text.push_str(&format!(
        "\n\nGenerated from the OpenAPI document of {} (version {}) by Switchboard; nobody edits it by hand.\n\n",
        docs::clean(&api.title).replace('\n', " "),
        docs::clean(&api.version).replace('\n', " "),
    ));
    if let Some(call) = call {
        text.push_str("```rust\n");
        text.push_str(&example::body(plan, call));
        text.push_str("```\n\n");
    }
    text.push_str(&operations(plan));
    text.push_str(&beside(plan));
    text.push_str(&features());
    text.push_str("\n## Licence\n\nMIT OR Apache-2.0, at your option. The API's own terms are its vendor's.\n");
    text
}

/// What Cargo features there are.
fn features() -> String {
    let mut text = "\n## Features\n\n| feature | default | what it does |\n|---|---|---|\n".to_owned();
    for Feature { name, default, does } in FEATURES {
        text.push_str(&format!("| `{name}` | {}| {does} |\n", if *default { "yes " } else { "" }));
    }
    text
}

/// What there is beside the operations: headers of answers, and what the vendor sends of its own accord.
fn beside(plan: &Plan) -> String {
    let mut text = String::new();
    if !plan.headers.is_empty() {
        text.push_str(
            "\nHeaders that the document describes have a method each: see the module `headers`, for `headers()` of a \
             response and `typed_headers()` of an error.\n",
        );
    }
    text.push_str(&webhooks(plan));
    text
}

/// How what the vendor sends of its own accord is read.
fn webhooks(plan: &Plan) -> String {
    let Some(payload) = plan.webhooks.all.first() else { return String::new() };
    let mut text = format!(
        "\n## Webhooks\n\nWhat webhooks and callbacks send has a type in the module `webhooks`, such as `{}`. Your server reads it by \
         `runtime::Delivery`.\n",
        payload.ident
    );
    let Some(any) = &plan.webhooks.any else { return text };
    let name = &any.ident;
    let (told, read) = match any.name {
        Some(_) => ("", "read"),
        None => ("name, ", "read_named"),
    };
    let reading = if any.name.is_some() { "read(&headers, body)" } else { "named(name, body)" };
    match &plan.webhooks.signature {
        Some(_) => text.push_str(&format!(
            "`{name}` is any of the webhooks, checked by its signature before it is read:\n\n```rust\n\
             let verifier = webhooks::verifier(secret)?;\n\
             let delivery: Delivery<{name}> = verifier.{read}({told}&headers, body)?;\n```\n",
        )),
        None => text.push_str(&format!(
            "`{name}::{reading}?` reads any of the webhooks. Who sent it is for your server to check.\n"
        )),
    }
    text
}

/// A table of the operations; long ones are left to the docs.
fn operations(plan: &Plan) -> String {
    const SHOWN: usize = 60;
    let mut text = "| method | request | |\n|---|---|---|\n".to_owned();
    for operation in plan.operations.iter().take(SHOWN) {
        let summary =
            docs::clean(operation.summary.as_deref().unwrap_or_default()).replace('|', "\\|").replace('\n', " ");
        text.push_str(&format!(
            "| `{}` | `{} {}` | {summary} |\n",
            operation.ident,
            operation.method,
            operation.path.replace(['`', '|'], "'")
        ));
    }
    if plan.operations.len() > SHOWN {
        text.push_str(&format!("\nAnd {} more: see the documentation of `Client`.\n", plan.operations.len() - SHOWN));
    }
    text
}
