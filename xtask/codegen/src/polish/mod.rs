//! Polish: from the plan, and what progenitor made of it, to the code that users read; one syntax tree a module.
//!
//! Every name, type, attribute and line of docs is made from the plan. Of progenitor's output this is read, as a [`Skeleton`]:
//! whether a struct is there, else the type holds any JSON; and that an operation has a method, with its generics. So
//! progenitor and typify check that the plan can be said in Rust; they write no line of the crate.

mod arguments;
mod bodies;
mod calls;
mod client;
mod conversions;
mod description;
pub mod docs;
mod enums;
mod headers;
mod outcomes;
mod paging;
mod parameters;
mod paths;
mod requests;
mod rust_type;
mod scopes;
mod structs;
#[cfg(test)]
mod testing;
mod unions;
mod webhooks;
mod xml;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

pub use self::rust_type::spelled;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{Plan, TypeKind};
use crate::progenitor::Skeleton;
use crate::progenitor::print::{operation_key, type_key};

/// The crate's modules by file name below `src/`, as syntax trees.
pub type Modules = BTreeMap<&'static str, syn::File>;

/// Makes the crate's modules of the plan and of progenitor's output.
pub fn polish(skeleton: &Skeleton, plan: &Plan, diagnostics: &mut Diagnostics) -> Option<Modules> {
    let parts = [
        ("api.rs", description::api(plan)),
        ("operations.rs", description::operations(plan)),
        ("client.rs", client::client(plan)),
        ("types.rs", types(plan, skeleton)),
        ("calls.rs", calls(plan, skeleton, diagnostics)),
        ("errors.rs", outcomes::errors(plan)),
        ("responses.rs", outcomes::successes(plan)),
        ("headers.rs", headers::headers(plan)),
        ("webhooks.rs", webhooks::webhooks(plan)),
        ("xml.rs", xml::tables(plan)),
    ];
    let mut modules = Modules::new();
    for (name, tokens) in parts {
        match syn::parse2::<syn::File>(tokens) {
            Ok(mut module) if !module.items.is_empty() => {
                paths::shorten(&mut module);
                modules.insert(name, module);
            }
            Ok(_) => {}
            Err(error) => {
                diagnostics.push(Diagnostic::error("generator-failed", "", format!("`{name}` is no Rust: {error}")))
            }
        }
    }
    (!diagnostics.has_errors()).then_some(modules)
}

fn types(plan: &Plan, skeleton: &Skeleton) -> TokenStream {
    let mut names = plan.types.keys().cloned().collect();
    let types = plan.types.iter().enumerate().map(|(index, (name, definition))| match &definition.kind {
        TypeKind::Struct(structure) => {
            if !skeleton.structs.contains(&type_key(name, index)) {
                return structs::loose(name, definition);
            }
            let made = structs::polish(name, definition, structure);
            let request = requests::request(name, definition, structure, &mut names);
            quote!(#made #request)
        }
        TypeKind::Enum(values) => enums::polish(name, definition, values),
        TypeKind::Union(union) => {
            let made = unions::polish(name, definition, union);
            let conversions = conversions::of_union(name, union, plan);
            quote!(#made #conversions)
        }
        TypeKind::Newtype(ty) => newtype(name, definition, ty),
    });
    quote!(#(#types)*)
}

fn newtype(name: &str, definition: &crate::plan::TypeDef, ty: &crate::plan::TypeRef) -> TokenStream {
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

fn calls(plan: &Plan, skeleton: &Skeleton, diagnostics: &mut Diagnostics) -> TokenStream {
    let calls = plan.operations.iter().enumerate().filter_map(|(index, operation)| {
        let found = skeleton.calls.get(&operation_key(index));
        if found.is_none() {
            diagnostics.push(Diagnostic::error(
                "generator-failed",
                &operation.pointer,
                format!("progenitor made no call of `{}`", operation.id),
            ));
        }
        Some(calls::call(operation, found?))
    });
    quote!(#(#calls)*)
}
