//! Polish: from the plan, and what progenitor made of it, to the code that users read; one syntax tree a module.
//!
//! Of progenitor's output, a [`Skeleton`], come the fields of structs with their types, and the types of what calls answer, in
//! the [spelling] of the crate; names, attributes and docs are put to them, and all that progenitor cannot say is made
//! of the plan beside them.

mod arguments;
mod bodies;
mod by_feature;
pub(crate) mod call_type;
mod calls;
mod client;
mod conversions;
mod description;
pub mod docs;
mod enums;
pub mod examples;
mod headers;
mod outcomes;
mod paging;
mod parameters;
mod paths;
mod requests;
mod rust_type;
mod scopes;
pub(crate) mod setters;
mod spelling;
mod structs;
mod tags;
#[cfg(test)]
mod testing;
mod unions;
mod uses;
mod webhooks;
mod xml;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, ItemStruct, Type};

pub use self::by_feature::file_stem;
pub use self::rust_type::spelled;
use self::rust_type::{From, ident};
use self::spelling::Spelling;
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_tokens};
use crate::plan::{Operation, Plan, TypeDef, TypeKind};
use crate::progenitor::Skeleton;
use crate::progenitor::print::{operation_key, type_key};
use by_feature::Part;
use uses::Uses;

/// The crate's modules by their paths below `src/`, without `.rs`, as syntax trees.
pub type Modules = BTreeMap<String, syn::File>;

/// Makes the crate's modules of the plan and of progenitor's output.
pub fn polish(skeleton: &Skeleton, plan: &Plan, diagnostics: &mut Diagnostics) -> Option<Modules> {
    let spelling = Spelling::new(plan);
    let mut files: Vec<(String, syn::Result<syn::File>)> = Vec::new();
    for (name, tokens) in
        [("api", description::api(plan)), ("client", client::client(plan)), ("xml", xml::tables(plan))]
    {
        files.push((name.to_owned(), syn::parse2(tokens)));
    }
    for (name, tokens) in by_tag(plan, skeleton, &spelling, diagnostics) {
        files.push((name, syn::parse2(tokens)));
    }
    for (name, parts) in [
        ("types", types(plan, skeleton, &spelling, diagnostics)),
        ("errors", outcomes::errors(plan)),
        ("responses", outcomes::successes(plan)),
        ("headers", headers::headers(plan)),
        ("webhooks", webhooks::webhooks(plan)),
    ] {
        match by_feature::files(name, parts, &plan.layout) {
            Ok(found) => files.extend(found.into_iter().map(|(name, file)| (name, Ok(file)))),
            Err(error) => files.push((name.to_owned(), Err(error))),
        }
    }
    let mut modules = Modules::new();
    for (name, file) in files {
        match file {
            Ok(mut module) if !module.items.is_empty() => {
                paths::shorten(&mut module, &name);
                modules.insert(name, module);
            }
            Ok(_) => {}
            Err(error) => {
                diagnostics.push(Diagnostic::error("generator-failed", "", format!("`{name}.rs` is no Rust: {error}")))
            }
        }
    }
    (!diagnostics.has_errors()).then_some(modules)
}

/// The types, with what they are needed for.
fn types(plan: &Plan, skeleton: &Skeleton, spelling: &Spelling<'_>, diagnostics: &mut Diagnostics) -> Vec<Part> {
    let uses = Uses::new(plan);
    let types = plan.types.iter().enumerate().filter_map(|(index, (name, definition))| {
        let made = skeleton.structs.get(&type_key(name, index));
        let Some(code) = type_code(plan, made, spelling, name, &described(name, definition, &uses)) else {
            diagnostics.push(Diagnostic::error(
                "generator-failed",
                &definition.pointer,
                format!("progenitor made no struct of `{name}`"),
            ));
            return None;
        };
        let features = plan.layout.types.get(name).cloned().unwrap_or_default();
        Some(Part { name: name.clone(), owner: owner(&definition.pointer), features, code })
    });
    types.collect()
}

/// A type with what is known of it where the document says nothing.
fn described<'p>(name: &str, definition: &'p TypeDef, uses: &Uses<'_>) -> Cow<'p, TypeDef> {
    let is_silent = definition.docs.description.is_none() && definition.docs.title.is_none();
    match uses.told(name).filter(|_| is_silent) {
        Some(told) => {
            let mut definition = definition.clone();
            definition.docs.description = Some(told);
            Cow::Owned(definition)
        }
        None => Cow::Borrowed(definition),
    }
}

/// The definition, or the operation, that a type's schema is in.
fn owner(pointer: &str) -> String {
    pointer_tokens(pointer).take(3).collect::<Vec<_>>().join("/")
}

/// The code of a type; none if progenitor should have made a struct of it, and did not.
fn type_code(
    plan: &Plan,
    made: Option<&ItemStruct>,
    spelling: &Spelling<'_>,
    name: &str,
    definition: &TypeDef,
) -> Option<TokenStream> {
    Some(match &definition.kind {
        TypeKind::Struct(structure) => {
            let made = made?;
            // A schema that it could not type: it was shown one of any JSON in its place.
            if matches!(made.fields, Fields::Unnamed(_)) {
                return Some(structs::loose(name, definition));
            }
            let made = structs::polish(name, definition, structure, &structs::fields(made, structure, spelling)?);
            let request = requests::request(name, definition, structure);
            quote!(#made #request)
        }
        TypeKind::Enum(values) => enums::polish(name, definition, values),
        TypeKind::Union(union) => {
            let made = unions::polish(name, definition, union);
            let conversions = conversions::of_union(name, union, plan);
            quote!(#made #conversions)
        }
        TypeKind::Newtype(_) => newtype(name, definition, &spelling.of(&made?.fields.iter().next()?.ty, From::Types)),
    })
}

fn newtype(name: &str, definition: &TypeDef, ty: &Type) -> TokenStream {
    let docs = docs::attributes(&definition.docs, &format!("`{name}` of the API."));
    let name = ident(name);
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name(
            /// What it holds.
            pub #ty,
        );

        switchboard_runtime::codegen::v1::newtype!(#name);

        impl From<#ty> for #name {
            fn from(value: #ty) -> Self {
                Self(value)
            }
        }
    }
}

/// The calls and the descriptions of operations: in a file of each, or, where they stand by tag, in one for each tag.
fn by_tag(
    plan: &Plan,
    skeleton: &Skeleton,
    spelling: &Spelling<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, TokenStream)> {
    if !plan.layout.is_by_tag() {
        let all: Vec<&Operation> = plan.operations.iter().collect();
        let calls = calls(plan, skeleton, spelling, None, diagnostics);
        return vec![("calls".to_owned(), calls), ("operations".to_owned(), description::operations(&all))];
    }
    let (mut calls_root, mut operations_root, mut files) = (quote!(), quote!(), Vec::new());
    for (module, tag) in &plan.layout.tags {
        let is_of_tag = |found: &&Operation| found.tag.as_ref().is_some_and(|path| path.module == *module);
        let operations: Vec<&Operation> = plan.operations.iter().filter(is_of_tag).collect();
        let cfg = by_feature::cfg(&BTreeSet::from([tag.feature.clone()]));
        let stem = by_feature::file_stem(module);
        let of_calls = by_feature::module(&quote!(pub), "calls", module);
        calls_root.extend(quote!(#cfg #of_calls));
        let of_operations = by_feature::module(&quote!(pub(crate)), "operations", module);
        operations_root.extend(quote!(#cfg #of_operations));
        let tag = tags::tag(module, tag, &operations, plan);
        let calls = calls(plan, skeleton, spelling, Some(module), diagnostics);
        files.push((format!("calls/{stem}"), quote!(#tag #calls)));
        files.push((format!("operations/{stem}"), description::operations(&operations)));
    }
    files.extend([("calls".to_owned(), calls_root), ("operations".to_owned(), operations_root)]);
    files
}

/// The calls of the operations that stand by a tag, or on the client itself.
fn calls(
    plan: &Plan,
    skeleton: &Skeleton,
    spelling: &Spelling<'_>,
    module: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let operations = plan.operations.iter().enumerate();
    let of_module =
        operations.filter(|(_, operation)| operation.tag.as_ref().map(|path| path.module.as_str()) == module);
    let calls = of_module.filter_map(|(index, operation)| {
        let Some(answer) = skeleton.answers.get(&operation_key(index)) else {
            diagnostics.push(Diagnostic::error(
                "generator-failed",
                &operation.pointer,
                format!("progenitor made no call of `{}`", operation.id),
            ));
            return None;
        };
        Some(calls::call(operation, &spelling.of(answer, From::Outside)))
    });
    quote!(#(#calls)*)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lower::testing::plan;
    use crate::progenitor;

    /// The module of types of a document whose only operation answers with the schema `A`, and what is found on the way.
    fn types_of(schema: &serde_json::Value, change: impl FnOnce(&mut Skeleton)) -> (String, Diagnostics) {
        let answer = json!({"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}});
        let plan = plan(&json!({"/a": {"get": {"operationId": "a", "responses": answer}}}), &json!({"A": schema}));
        let mut diagnostics = Diagnostics::default();
        let mut skeleton = progenitor::generate(&plan, &mut diagnostics).unwrap();
        change(&mut skeleton);
        let parts = types(&plan, &skeleton, &Spelling::new(&plan), &mut diagnostics);
        (parts.into_iter().map(|part| part.code).collect::<TokenStream>().to_string(), diagnostics)
    }

    #[test]
    fn a_map_or_list_of_itself_holds_what_progenitor_says() {
        let itself = json!({"$ref": "#/components/schemas/A"});
        for (schema, expected) in [
            (json!({"type": "object", "additionalProperties": itself}), "std::collections::BTreeMap<String,A>"),
            (
                json!({"type": "object", "additionalProperties": {"oneOf": [itself, {"type": "null"}]}}),
                "std::collections::BTreeMap<String,Option<A>>",
            ),
            (json!({"type": "array", "items": itself}), "Vec<A>"),
        ] {
            let (code, found) = types_of(&schema, |_| {});
            assert!(code.replace(' ', "").contains(&format!("implFrom<{expected}>forA")), "{code}");
            assert_eq!(found.iter().count(), 0);
        }
    }

    #[test]
    fn a_struct_that_progenitor_did_not_make_is_told() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let (code, found) = types_of(&schema, |skeleton| skeleton.structs.clear());
        assert_eq!(code, "");
        let found: Vec<_> = found.iter().map(|found| (found.code, found.pointer.as_str())).collect();
        assert_eq!(found, [("generator-failed", "/components/schemas/A")]);
    }
}
