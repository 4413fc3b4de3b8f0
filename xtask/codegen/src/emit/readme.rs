//! The generated crate's README: what it is, a first call, and where the rest is said.

use super::example::{self, Call};
use crate::features::{FEATURES, Feature};
use crate::plan::{ALL_TAGS, CLIENT, Operation, Plan};
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
    text.push_str(&features(plan));
    text.push_str("\n## Licence\n\nMIT OR Apache-2.0, at your option. The API's own terms are its vendor's.\n");
    text
}

/// What Cargo features there are.
fn features(plan: &Plan) -> String {
    let mut text = "\n## Features\n\n| feature | default | what it does |\n|---|---|---|\n".to_owned();
    let mut row = |name: &str, default: bool, does: &str| {
        text.push_str(&format!("| `{name}` | {}| {does} |\n", if default { "yes " } else { "" }));
    };
    row(CLIENT, true, "the client and its calls; without it the crate is types alone");
    if plan.layout.is_by_tag() {
        row(
            ALL_TAGS,
            true,
            "the features of all tags, which are listed above: each compiles its operations, and the types that they need",
        );
    }
    if let Some(webhooks) = &plan.layout.webhooks {
        row(webhooks, true, "the types of what webhooks send");
    }
    for Feature { name, default, does } in FEATURES {
        row(name, *default, does);
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
    let mut text = tags(plan);
    if !text.is_empty() {
        if plan.operations.len() > SHOWN {
            return text;
        }
        text.push('\n');
    }
    text.push_str("| method | request | |\n|---|---|---|\n");
    for operation in plan.operations.iter().take(SHOWN) {
        text.push_str(&format!(
            "| `{}` | `{} {}` | {} |\n",
            operation.method_path(),
            operation.method,
            operation.path.replace(['`', '|'], "'"),
            in_a_cell(operation.summary.as_deref().unwrap_or_default())
        ));
    }
    if plan.operations.len() > SHOWN {
        text.push_str(&format!("\nAnd {} more: see the documentation of `Client`.\n", plan.operations.len() - SHOWN));
    }
    text
}

/// A table of the tags that operations stand by.
fn tags(plan: &Plan) -> String {
    if !plan.layout.is_by_tag() {
        return String::new();
    }
    let mut text = "Operations stand by tag:\n\n| tag | feature | operations | |\n|---|---|---|---|\n".to_owned();
    for (module, tag) in &plan.layout.tags {
        let is_of_tag = |found: &&Operation| found.tag.as_ref().is_some_and(|path| path.module == *module);
        let said = tag.description.as_deref().unwrap_or_default();
        text.push_str(&format!(
            "| `client.{module}()` | `{}` | {} | {} |\n",
            tag.feature,
            plan.operations.iter().filter(is_of_tag).count(),
            in_a_cell(said.split("\n\n").next().unwrap_or_default())
        ));
    }
    text
}

/// Prose as it may stand in a cell of a table.
fn in_a_cell(prose: &str) -> String {
    docs::clean(prose).replace('|', "\\|").replace('\n', " ")
}
