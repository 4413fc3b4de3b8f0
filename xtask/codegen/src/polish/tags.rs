//! What stands on the client for a tag: a method, and the type that it returns, which has the methods of the tag's operations.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust_type::ident;
use super::{client, docs};
use crate::plan::{Operation, OperationTag, Plan};

/// The type of a tag, and the client's method that returns it.
pub fn tag(module: &str, tag: &OperationTag, operations: &[&Operation], plan: &Plan) -> TokenStream {
    let (method, name) = (ident(module), ident(&tag.type_ident));
    let methods = operations.iter().map(|operation| client::method(operation, plan));
    let docs = docs::lines(&described(tag));
    let title = docs::lines(&title(tag));
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name<'a> {
            core: &'a switchboard_runtime::codegen::v1::Client,
        }

        impl crate::Client {
            #title
            pub fn #method(&self) -> #name<'_> {
                #name { core: &self.core }
            }
        }

        impl<'a> #name<'a> {
            #(#methods)*
        }
    }
}

fn title(tag: &OperationTag) -> String {
    match &tag.name {
        Some(name) => format!("The operations of the tag {}.", docs::code(name)),
        None => "The operations without a tag.".to_owned(),
    }
}

/// What the document says of a tag.
fn described(tag: &OperationTag) -> String {
    let said = tag.description.as_deref().map(docs::clean);
    let page = tag.external_docs.as_ref().map(docs::page);
    let parts = [Some(title(tag)), said, page];
    parts.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
}
