//! progenitor: from a plan, [printed](print) for it, to the structs of a crate and to what each of its calls answers.
//!
//! What stands around a field in progenitor's output (serde's derives and attributes, conversions, builders) is left, for values
//! are read by tables; so are the arguments of its methods: a `&'a str` and an `Option<i64>` are no `impl Into<String>` and no
//! setter, and its enums are closed. What polish takes instead of them it makes of the plan.
//!
//! progenitor and typify report some documents by panicking. Lowering leaves them nothing that is known to do so; should it
//! happen all the same, the panic is caught, the schemas are tried one by one, those at fault become any JSON, and the finding
//! says which.

pub mod print;
mod skeleton;

pub use self::skeleton::Skeleton;

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    plan::Plan,
};
use openapiv3::{Components, OpenAPI, ReferenceOr, Schema};
use progenitor_impl::{CrateVers, GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs progenitor over a plan; `None`, with the findings, if no part of it can be generated.
pub fn generate(plan: &Plan, diagnostics: &mut Diagnostics) -> Option<Skeleton> {
    generate_document(print::document(plan), diagnostics)
}

fn generate_document(mut document: OpenAPI, diagnostics: &mut Diagnostics) -> Option<Skeleton> {
    let cause = match attempt(&document) {
        Ok(skeleton) => return Some(skeleton),
        Err(cause) => cause,
    };
    for (name, schema) in &mut document.components.iter_mut().flat_map(|components| &mut components.schemas) {
        if let Err(cause) = attempt(&alone(name, schema)) {
            diagnostics.push(Diagnostic::warning(
                "untypeable-schema",
                format!("/components/schemas/{name}"),
                format!("`{name}` cannot be typed ({cause}): it is any JSON"),
            ));
            *schema = ReferenceOr::Item(print::any());
        }
    }
    match attempt(&document) {
        Ok(skeleton) => Some(skeleton),
        Err(second) => {
            diagnostics.push(Diagnostic::error(
                "generator-failed",
                "",
                format!("the code could not be generated: {cause}; without the schemas at fault: {second}"),
            ));
            None
        }
    }
}

/// A document with one schema only; what that refers to is any JSON.
fn alone(name: &str, schema: &ReferenceOr<Schema>) -> OpenAPI {
    let mut components = Components::default();
    if let Ok(schema) = serde_json::to_value(schema) {
        stub_references(&schema, &mut components);
    }
    components.schemas.insert(name.to_owned(), schema.clone());
    OpenAPI { openapi: "3.0.3".to_owned(), components: Some(components), ..OpenAPI::default() }
}

/// Adds a schema of any JSON for everything that `schema` refers to.
fn stub_references(schema: &Value, stubs: &mut Components) {
    match schema {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            if let Some(target) = reference.and_then(|reference| reference.strip_prefix(print::SCHEMAS)) {
                stubs.schemas.insert(target.to_owned(), ReferenceOr::Item(print::any()));
            }
            members.values().for_each(|member| stub_references(member, stubs));
        }
        Value::Array(items) => items.iter().for_each(|item| stub_references(item, stubs)),
        _ => {}
    }
}

fn attempt(document: &OpenAPI) -> Result<Skeleton, String> {
    let outcome = silently(|| {
        let mut settings = GenerationSettings::new();
        settings
            // The builders are polish's own: progenitor would make twice the code, for types as for calls.
            .with_interface(InterfaceStyle::Positional)
            .with_tag(TagStyle::Merged)
            .with_map_type("::std::collections::BTreeMap");
        for name in print::CRATES {
            settings.with_crate(name, CrateVers::Any, None);
        }
        Generator::new(&settings).generate_tokens(document).map_err(|error| error.to_string())
    })??;
    skeleton::read(outcome).map_err(|error| error.to_string())
}

thread_local! {
    static SILENT: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs `work`; a panic becomes its message, and nothing is printed about it.
fn silently<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !SILENT.get() {
                before(info);
            }
        }));
    });
    SILENT.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    SILENT.set(false);
    outcome.map_err(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        text.unwrap_or_else(|| "a panic without a message".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_that_panics_becomes_any_json_and_is_named() {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": {},
            "components": {"schemas": {
                "Good": {"type": "object", "properties": {"bad": {"$ref": "#/components/schemas/Bad"}}},
                // Two values that become one identifier make typify panic.
                "Bad": {"type": "string", "enum": ["a-b", "a_b"]},
            }},
        });
        let mut diagnostics = Diagnostics::default();
        let skeleton = generate_document(serde_json::from_value(document).unwrap(), &mut diagnostics)
            .expect("the rest is generated");
        let codes: Vec<_> = diagnostics.iter().map(|found| (found.code, found.pointer.as_str())).collect();
        assert_eq!(codes, [("untypeable-schema", "/components/schemas/Bad")]);
        assert!(skeleton.structs.contains_key("Good"));
    }
}
