//! Polish: from the plan, and what progenitor made of it, to the code that users read; one syntax tree a module.
//!
//! Every name, type, attribute and line of docs is made from the plan. Of progenitor's output this is read, as a [`Skeleton`]:
//! whether a struct is there, else the type holds any JSON; and that an operation has a method. So progenitor and
//! typify check that the plan can be said in Rust; they write no line of the crate.

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
mod structs;
mod tags;
#[cfg(test)]
mod testing;
mod unions;
mod webhooks;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

pub use self::by_feature::file_stem;
pub use self::rust_type::spelled;
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_tokens};
use crate::plan::{Operation, Plan, TypeDef, TypeKind};
use crate::progenitor::Skeleton;
use crate::progenitor::print::{operation_key, type_key};
use by_feature::Part;

/// The crate's modules by their paths below `src/`, without `.rs`, as syntax trees.
pub type Modules = BTreeMap<String, syn::File>;

/// Makes the crate's modules of the plan and of progenitor's output.
pub fn polish(skeleton: &Skeleton, plan: &Plan, diagnostics: &mut Diagnostics) -> Option<Modules> {
    let mut files: Vec<(String, syn::Result<syn::File>)> = Vec::new();
    for (name, tokens) in
        [("api", description::api(plan)), ("client", client::client(plan)), ("xml", xml::tables(plan))]
    {
        files.push((name.to_owned(), syn::parse2(tokens)));
    }
    for (name, tokens) in by_tag(plan, skeleton, diagnostics) {
        files.push((name, syn::parse2(tokens)));
    }
    for (name, parts) in [
        ("types", types(plan, skeleton)),
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
fn types(plan: &Plan, skeleton: &Skeleton) -> Vec<Part> {
    let types = plan.types.iter().enumerate().map(|(index, (name, definition))| Part {
        name: name.clone(),
        owner: owner(&definition.pointer),
        features: plan.layout.types.get(name).cloned().unwrap_or_default(),
        code: type_code(plan, skeleton, index, name, definition),
    });
    types.collect()
}

/// The definition, or the operation, that a type's schema is in.
fn owner(pointer: &str) -> String {
    pointer_tokens(pointer).take(3).collect::<Vec<_>>().join("/")
}

fn type_code(plan: &Plan, skeleton: &Skeleton, index: usize, name: &str, definition: &TypeDef) -> TokenStream {
    match &definition.kind {
        TypeKind::Struct(structure) => {
            if !skeleton.structs.contains(&type_key(name, index)) {
                return structs::loose(name, definition);
            }
            let made = structs::polish(name, definition, structure);
            let request = requests::request(name, definition, structure);
            quote!(#made #request)
        }
        TypeKind::Enum(values) => enums::polish(name, definition, values),
        TypeKind::Union(union) => {
            let made = unions::polish(name, definition, union);
            let conversions = conversions::of_union(name, union, plan);
            quote!(#made #conversions)
        }
        TypeKind::Newtype(ty) => newtype(name, definition, ty),
    }
}

fn newtype(name: &str, definition: &TypeDef, ty: &crate::plan::TypeRef) -> TokenStream {
    let docs = docs::attributes(&definition.docs, &format!("`{name}` of the API."));
    let (name, ty) = (rust_type::ident(name), rust_type::rust_type(ty, rust_type::From::Types));
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
fn by_tag(plan: &Plan, skeleton: &Skeleton, diagnostics: &mut Diagnostics) -> Vec<(String, TokenStream)> {
    if !plan.layout.is_by_tag() {
        let all: Vec<&Operation> = plan.operations.iter().collect();
        let calls = calls(plan, skeleton, None, diagnostics);
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
        let calls = calls(plan, skeleton, Some(module), diagnostics);
        files.push((format!("calls/{stem}"), quote!(#tag #calls)));
        files.push((format!("operations/{stem}"), description::operations(&operations)));
    }
    files.extend([("calls".to_owned(), calls_root), ("operations".to_owned(), operations_root)]);
    files
}

/// The calls of the operations that stand by a tag, or on the client itself.
fn calls(plan: &Plan, skeleton: &Skeleton, module: Option<&str>, diagnostics: &mut Diagnostics) -> TokenStream {
    let operations = plan.operations.iter().enumerate();
    let of_module =
        operations.filter(|(_, operation)| operation.tag.as_ref().map(|path| path.module.as_str()) == module);
    let calls = of_module.filter_map(|(index, operation)| {
        if !skeleton.calls.contains(&operation_key(index)) {
            diagnostics.push(Diagnostic::error(
                "generator-failed",
                &operation.pointer,
                format!("progenitor made no call of `{}`", operation.id),
            ));
            return None;
        }
        Some(calls::call(operation))
    });
    quote!(#(#calls)*)
}
