//! progenitor, whose panics are caught: whatever it makes of a schema, the process goes on and the culprit is found.
//!
//! progenitor and typify report some documents by panicking. Lowering leaves them nothing that is known to do so; should it
//! happen all the same, the schemas are tried one by one, those at fault become any JSON, and the finding says which.
//!
//! Its structs are no part of the crate, for they would cost more than they give. Of the 568 fields of the structs of the three
//! crates in `specs/` 508 have the name that typify gives them, and 359 the type as well; it would be more if dates and scalars were
//! named to it (`x-rust-type`), but its lists and maps cannot be absent, and a `null` is nothing to it. What it writes around fields
//! (derives, attributes, conversions) is of no use where values are read by tables. So some five of a hundred tokens of a crate
//! would be its own, for a second way to name and to type things that has to be corrected field by field. What is asked of it is
//! whether a plan can be said in Rust.

pub mod print;
mod skeleton;

pub use self::skeleton::Skeleton;

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    plan::Plan,
};
use openapiv3::{AdditionalProperties, Components, OpenAPI, ReferenceOr, Schema, SchemaKind, Type};
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
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
    stub_references(schema, &mut components);
    components.schemas.insert(name.to_owned(), schema.clone());
    OpenAPI { openapi: "3.0.3".to_owned(), components: Some(components), ..OpenAPI::default() }
}

/// Adds a schema of any JSON for everything that `schema` refers to, as far as schemas are [printed](print).
fn stub_references(schema: &ReferenceOr<Schema>, stubs: &mut Components) {
    let schema = match schema {
        ReferenceOr::Reference { reference } => {
            if let Some(target) = reference.strip_prefix(print::SCHEMAS) {
                stubs.schemas.insert(target.to_owned(), ReferenceOr::Item(print::any()));
            }
            return;
        }
        ReferenceOr::Item(schema) => schema,
    };
    match &schema.schema_kind {
        SchemaKind::Type(Type::Array(list)) => {
            list.items.iter().for_each(|items| stub_references(&items.clone().unbox(), stubs));
        }
        SchemaKind::Type(Type::Object(object)) => {
            object.properties.values().for_each(|property| stub_references(&property.clone().unbox(), stubs));
            if let Some(AdditionalProperties::Schema(values)) = &object.additional_properties {
                stub_references(values, stubs);
            }
        }
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
        Generator::new(&settings).generate_tokens(document).map_err(|error| error.to_string())
    })??;
    Ok(skeleton::read(outcome))
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
        assert!(skeleton.structs.contains("Good"));
    }
}
