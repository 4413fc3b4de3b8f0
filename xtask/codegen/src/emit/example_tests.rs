//! Tests in the generated crate: the document's own examples decode, and nothing in them is lost.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::lower::idents;
use crate::plan::{EnumBase, Plan, Presence, TypeKind, TypeRef};
use crate::polish::spelled;

/// An example longer than this would make the crate's tests larger than its code.
const MAX_EXAMPLE: usize = 20_000;

/// The test's name.
pub const NAME: &str = "examples";

/// `tests/examples.rs`, if the document has examples of named types: what it says of itself, and the code.
pub fn examples(plan: &Plan) -> Option<(String, String)> {
    let mut body = String::new();
    let mut taken = BTreeSet::new();
    let types = format!("{}::types", plan.api.crate_ident());
    for operation in &plan.operations {
        for example in operation.examples.iter().filter(|example| conforms(&example.value, &example.ty, plan)) {
            let Some(json) = printed(&example.value) else { continue };
            let wanted = format!("{}_{}", operation.owner.to_snake_case(), example.name.trim_matches('_'));
            let name = idents::unique([wanted], &mut taken);
            let ty = spelled(&example.ty, &types);
            let _ = write!(
                body,
                "\n#[test]\nfn {name}() -> serde_json::Result<()> {{\n    keeps_everything::<{ty}>({json})\n}}\n"
            );
        }
    }
    (!body.is_empty()).then(|| (DOCS.to_owned(), format!("{HEADER}{body}")))
}

/// Whether `value` is what its schema says, to the last property: an example that is not would prove nothing.
pub fn conforms(value: &Value, ty: &TypeRef, plan: &Plan) -> bool {
    match ty {
        TypeRef::Any => true,
        TypeRef::String
        | TypeRef::DateTime
        | TypeRef::Date
        | TypeRef::Uuid
        | TypeRef::Base64
        | TypeRef::Base64Url
        | TypeRef::DecimalText => value.is_string(),
        TypeRef::Integer => value.is_i64(),
        TypeRef::Unsigned => value.is_u64(),
        // A whole number would come back with a fraction: equal to a reader, not to a comparison.
        TypeRef::Number => value.is_f64(),
        TypeRef::Decimal => value.is_number(),
        TypeRef::Boolean => value.is_boolean(),
        TypeRef::Scalar => value.is_string() || value.is_i64() || value.is_f64() || value.is_boolean(),
        TypeRef::Nullable(inner) => value.is_null() || conforms(value, inner, plan),
        TypeRef::Array(items) => {
            value.as_array().is_some_and(|list| list.iter().all(|item| conforms(item, items, plan)))
        }
        TypeRef::Map(values) => {
            value.as_object().is_some_and(|map| map.values().all(|value| conforms(value, values, plan)))
        }
        TypeRef::Named(name) => {
            plan.types.get(name).is_some_and(|definition| conforms_to(value, &definition.kind, plan))
        }
    }
}

fn conforms_to(value: &Value, kind: &TypeKind, plan: &Plan) -> bool {
    match kind {
        TypeKind::Enum(values) => match values.base {
            EnumBase::Text => value.is_string(),
            EnumBase::Integer => value.is_i64(),
        },
        TypeKind::Newtype(ty) => conforms(value, ty, plan),
        TypeKind::Union(union) => union.variants.iter().any(|variant| conforms(value, &variant.ty, plan)),
        TypeKind::Struct(structure) => value.as_object().is_some_and(|members| {
            let known = structure.fields.iter().all(|field| match (members.get(&field.wire), field.presence) {
                (None, Presence::Optional | Presence::OptionalNullable) => true,
                (None, _) => false,
                (Some(Value::Null), presence) if field.ty != TypeRef::Any => {
                    matches!(presence, Presence::RequiredNullable | Presence::OptionalNullable)
                }
                (Some(value), _) => conforms(value, &field.ty, plan),
            });
            let additional =
                members.iter().filter(|(name, _)| !structure.fields.iter().any(|field| field.wire == **name));
            known
                && additional
                    .into_iter()
                    .all(|(_, value)| structure.extra.as_ref().is_some_and(|(_, ty)| conforms(value, ty, plan)))
        }),
    }
}

/// The example as a Rust literal.
fn printed(value: &Value) -> Option<String> {
    let json = serde_json::to_string_pretty(value).ok().filter(|json| json.len() <= MAX_EXAMPLE)?;
    if json.chars().any(|character| matches!(character, '\r' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')) {
        return Some(proc_macro2::Literal::string(&json).to_string());
    }
    let hashes = "#".repeat((1..).find(|count| !json.contains(&format!("\"{}", "#".repeat(*count)))).unwrap_or(1));
    Some(format!("r{hashes}\"{json}\"{hashes}"))
}

const DOCS: &str = "//! The document's examples decode, and encode again without losing a field.";

const HEADER: &str = "use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Decodes `json` as `T`, encodes that, and compares.
fn keeps_everything<T: DeserializeOwned + Serialize>(json: &str) -> serde_json::Result<()> {
    let document: Value = serde_json::from_str(json)?;
    let typed: T = serde_json::from_value(document.clone())?;
    assert_eq!(serde_json::to_value(&typed)?, document);
    Ok(())
}
";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lower::testing::plan;

    #[test]
    fn an_example_proves_something_only_if_it_is_what_the_schema_says() {
        let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": ["string", "null"]}}});
        let plan = plan(&json!({}), &json!({"A": schema}));
        let named = TypeRef::Named("A".to_owned());
        let conforming = |value| conforms(&value, &named, &plan);
        assert!(conforming(json!({"a": 1})) && conforming(json!({"a": 1, "b": null})));
        for value in [json!({}), json!({"a": null}), json!({"a": "1"}), json!({"a": 1, "c": 2}), json!([])] {
            assert!(!conforming(value.clone()), "{value}");
        }
    }

    #[test]
    fn an_example_is_a_literal_whatever_is_in_it() {
        for value in [json!("\"#"), json!("\"##"), json!("\r"), json!("\u{202e}"), json!({"a": [1]})] {
            let literal: syn::LitStr = syn::parse_str(&printed(&value).unwrap()).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&literal.value()).unwrap(), value);
        }
        assert_eq!(printed(&json!("a".repeat(MAX_EXAMPLE))), None);
    }
}
