//! progenitor, whose panics are caught: whatever it makes of a schema, the process goes on and the culprit is found.
//!
//! progenitor and typify report some documents by panicking. Lowering leaves them nothing that is known to do so; should it
//! happen all the same, the schemas are tried one by one, those at fault become any JSON, and the finding says which.

use std::panic::{AssertUnwindSafe, catch_unwind};

use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Diagnostics};

/// Runs progenitor over a lowered document; `None`, with the findings, if no part of it can be generated.
pub fn generate(document: &Value, diagnostics: &mut Diagnostics) -> Option<syn::File> {
    let cause = match attempt(document) {
        Ok(file) => return Some(file),
        Err(cause) => cause,
    };
    let mut loosened = document.clone();
    let names: Vec<String> = schemas(document).map(|schemas| schemas.keys().cloned().collect()).unwrap_or_default();
    for name in names {
        if let Err(cause) = attempt(&alone(document, &name)) {
            diagnostics.push(Diagnostic::warning(
                "untypeable-schema",
                format!("/components/schemas/{name}"),
                format!("`{name}` cannot be typed ({cause}): it is any JSON"),
            ));
            if let Some(schema) = loosened.pointer_mut(&format!("/components/schemas/{name}")) {
                *schema = json!({});
            }
        }
    }
    match attempt(&loosened) {
        Ok(file) => Some(file),
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

fn schemas(document: &Value) -> Option<&serde_json::Map<String, Value>> {
    document.pointer("/components/schemas")?.as_object()
}

/// The document with one schema only; what that refers to is any JSON.
fn alone(document: &Value, name: &str) -> Value {
    let mut stubs = serde_json::Map::new();
    if let Some(schema) = schemas(document).and_then(|schemas| schemas.get(name)) {
        stub_references(schema, &mut stubs);
        stubs.insert(name.to_owned(), schema.clone());
    }
    json!({"openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": {}, "components": {"schemas": stubs}})
}

/// Adds a schema of any JSON for everything that `value` refers to.
fn stub_references(value: &Value, stubs: &mut serde_json::Map<String, Value>) {
    match value {
        Value::Object(members) => {
            if let Some(target) = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix("#/components/schemas/"))
            {
                stubs.insert(target.to_owned(), json!({}));
            }
            members.values().for_each(|member| stub_references(member, stubs));
        }
        Value::Array(items) => items.iter().for_each(|item| stub_references(item, stubs)),
        _ => {}
    }
}

fn attempt(document: &Value) -> Result<syn::File, String> {
    let spec: OpenAPI = OpenAPI::deserialize_value(document)?;
    let outcome = silently(|| {
        let mut settings = GenerationSettings::new();
        settings
            // The builders are polish's own: progenitor would make twice the code, for types as for calls.
            .with_interface(InterfaceStyle::Positional)
            .with_tag(TagStyle::Merged)
            .with_map_type("::std::collections::BTreeMap");
        Generator::new(&settings).generate_tokens(&spec).map_err(|error| error.to_string())
    })??;
    syn::parse2(outcome).map_err(|error| error.to_string())
}

/// Reading a value as an OpenAPI document.
trait DeserializeValue: Sized {
    fn deserialize_value(value: &Value) -> Result<Self, String>;
}

impl DeserializeValue for OpenAPI {
    fn deserialize_value(value: &Value) -> Result<Self, String> {
        serde::Deserialize::deserialize(value).map_err(|error| error.to_string())
    }
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
        let file = generate(&document, &mut diagnostics).expect("the rest is generated");
        let codes: Vec<_> = diagnostics.iter().map(|found| (found.code, found.pointer.as_str())).collect();
        assert_eq!(codes, [("untypeable-schema", "/components/schemas/Bad")]);
        assert!(file.items.iter().any(|item| matches!(item, syn::Item::Mod(module) if module.ident == "types")));
    }
}
