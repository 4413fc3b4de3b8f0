//! The crate's root: documentation, modules, and what users need from the runtime.

use super::example::Call;
use super::front::{self, Place};
use crate::plan::{ALL_TAGS, CLIENT, Payload, Plan, Success, TypeKind};
use crate::polish::{Modules, docs};

/// `src/lib.rs`.
pub fn lib(plan: &Plan, modules: &Modules, call: Option<Call<'_>>) -> String {
    let api = &plan.api;
    let mut text = String::new();
    let mut doc = |line: &str| {
        text.push_str("//!");
        if !line.is_empty() {
            text.push(' ');
            text.push_str(line);
        }
        text.push('\n');
    };
    doc(&api
        .manifest
        .description
        .clone()
        .map_or_else(|| format!("A client for {}.", docs::clean(&api.title)), |text| docs::clean(&text))
        .replace('\n', " "));
    if let Some(description) = &api.description {
        doc("");
        docs::clean(description).lines().for_each(&mut doc);
    }
    doc("");
    front::page(plan, call, Place::Root).lines().for_each(&mut doc);
    if let Some(limit) = plan.recursion_limit {
        doc("");
        doc(
            "The types of this API stand deep in one another. Where rustc says that it overflows, the crate that uses them needs",
        );
        doc(&format!("the line `#![recursion_limit = \"{limit}\"]` at its root, as this one has it."));
    }
    text.push_str("\n#![forbid(unsafe_code)]\n#![warn(missing_docs)]\n");
    if !is_ascii(plan) {
        text.push_str(ANY_SCRIPT);
    }
    if nests(plan) {
        // What the document nests, the types nest.
        text.push_str("#![allow(clippy::type_complexity)]\n");
    }
    if has_choices(plan) {
        // What stands in one of them is the document's own, large or not.
        text.push_str("#![allow(clippy::large_enum_variant)]\n");
    }
    if plan.has_deprecated() {
        // Who uses it is told; the crate has to.
        text.push_str("#![allow(deprecated)]\n");
    }
    text.push_str(&recursion_limit(plan));
    text.push('\n');
    for name in ["api", "calls", "client", "errors", "headers", "operations", "responses", "types", "webhooks", "xml"] {
        if modules.contains_key(name) {
            text.push_str(&declaration(plan, name));
        }
    }
    text.push_str(&format!("\n#[cfg(feature = \"{CLIENT}\")]\npub use client::{{Client, ClientBuilder, Server}};\n"));
    text.push_str("pub use switchboard_runtime::{\n    self as runtime, BuildError, CallOptions, ClientCredentials, Error, InvalidRequest, ResponseValue, RetryPolicy,\n    SecretString, Undocumented,\n};\n");
    text
}

/// The declaration of a module: but for what the types are, all of it is for the client.
fn declaration(plan: &Plan, name: &str) -> String {
    let public = if matches!(name, "api" | "client" | "operations" | "xml") { "" } else { "pub " };
    let cfg =
        if matches!(name, "types" | "webhooks") { String::new() } else { format!("#[cfg(feature = \"{CLIENT}\")]\n") };
    // All tables are in one file, whichever of them the tags that are on have bodies for.
    let is_partly_used = name == "xml" && plan.layout.is_by_tag();
    let allowed = if is_partly_used {
        format!("#[cfg_attr(not(feature = \"{ALL_TAGS}\"), allow(dead_code))]\n")
    } else {
        String::new()
    };
    format!("{cfg}{allowed}#[rustfmt::skip]\n{public}mod {name};\n")
}

/// Names in the document's own script are its right.
const ANY_SCRIPT: &str = "\
#![allow(
    mixed_script_confusables,
    uncommon_codepoints,
    confusable_idents,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals
)]
";

/// How deep rustc has to follow types, as the line that a crate says it with; empty where its own limit is enough.
pub fn recursion_limit(plan: &Plan) -> String {
    plan.recursion_limit.map(|limit| format!("#![recursion_limit = \"{limit}\"]\n")).unwrap_or_default()
}

/// Lists and maps in one another beyond this many come to a type that clippy calls complex.
const MAX_NESTING: usize = 2;

/// Whether any type is so deep that it would have to be given a name, which the document does not.
fn nests(plan: &Plan) -> bool {
    let field_types = plan.types.values().flat_map(|definition| definition.kind.held());
    let argument_types = plan.operations.iter().flat_map(|operation| {
        let bodies = operation.body.iter().chain(&operation.other_bodies).filter_map(|body| body.kind.value());
        operation.parameters.iter().map(|parameter| &parameter.ty).chain(bodies)
    });
    let answers = plan.operations.iter().flat_map(|operation| {
        let successes = match &operation.success {
            Success::One(payload) => vec![payload],
            Success::ByStatus { variants, .. } => variants.iter().map(|variant| &variant.payload).collect(),
        };
        successes.into_iter().chain(operation.errors.iter().map(|error| &error.payload)).filter_map(Payload::value)
    });
    field_types.chain(argument_types).chain(answers).any(|ty| ty.nesting() > MAX_NESTING)
}

/// Whether a body is an enum: by the media type that it is sent under, or by the status that it came with.
fn has_choices(plan: &Plan) -> bool {
    let is_choice = |operation: &crate::plan::Operation| {
        !operation.other_bodies.is_empty() || matches!(operation.success, Success::ByStatus { .. })
    };
    plan.operations.iter().any(is_choice)
}

fn is_ascii(plan: &Plan) -> bool {
    let type_is_ascii = |kind: &TypeKind| match kind {
        TypeKind::Struct(structure) => structure.fields.iter().all(|field| field.ident.is_ascii()),
        TypeKind::Enum(values) => values.variants.iter().all(|variant| variant.ident.is_ascii()),
        TypeKind::Union(union) => union.variants.iter().all(|variant| variant.ident.is_ascii()),
        TypeKind::Newtype(_) => true,
    };
    plan.types.iter().all(|(name, definition)| name.is_ascii() && type_is_ascii(&definition.kind))
        && plan.operations.iter().all(|operation| {
            operation.ident.is_ascii() && operation.parameters.iter().all(|parameter| parameter.ident.is_ascii())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_which_one_is_sent_or_read_are_choices() {
        let chosen = |operation: serde_json::Value| {
            let document = serde_json::json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": operation}},
            });
            has_choices(&crate::lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default()))
        };
        let json = serde_json::json!({"application/json": {"schema": {"type": "object", "properties": {"a": {}}}}});
        let answers = serde_json::json!({"200": {"description": "", "content": json}});
        assert!(!chosen(serde_json::json!({"responses": answers})));
        let mut two = answers.clone();
        two["202"] = serde_json::json!({"description": ""});
        assert!(chosen(serde_json::json!({"responses": two})));
        let mut content = json.clone();
        content["text/plain"] = serde_json::json!({"schema": {"type": "string"}});
        assert!(chosen(serde_json::json!({"requestBody": {"content": content}, "responses": answers})));
    }
}
