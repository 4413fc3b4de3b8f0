//! What the emitters' tests share: tokens compared as syntax, without what they say for people.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::VisitMut;

use crate::lower::testing::plan;
use crate::plan::{Operation, Plan, StructDef, TypeDef, TypeKind};

/// Takes the documentation away.
struct Undocumented;

impl VisitMut for Undocumented {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    }
}

/// That an emitter made these items, documentation apart.
pub fn assert_items(found: TokenStream, expected: TokenStream) {
    let read = |tokens: TokenStream| {
        let text = tokens.to_string();
        let mut file = syn::parse2::<syn::File>(tokens).unwrap_or_else(|error| panic!("{error}: {text}"));
        Undocumented.visit_file_mut(&mut file);
        prettyplease::unparse(&file)
    };
    assert_eq!(read(found), read(expected));
}

/// That an emitter made these members of an `impl`.
pub fn assert_members(found: TokenStream, expected: TokenStream) {
    assert_items(quote::quote!(impl Thing { #found }), quote::quote!(impl Thing { #expected }));
}

/// That an emitter made this expression or type.
pub fn assert_tokens(found: TokenStream, expected: TokenStream) {
    assert_eq!(found.to_string(), expected.to_string());
}

/// What an emitter made, but for the items whose name or type is another.
pub fn only(found: TokenStream, name: &str) -> TokenStream {
    let file = syn::parse2::<syn::File>(found).unwrap();
    let is_wanted = |item: &syn::Item| match item {
        syn::Item::Struct(item) => item.ident == name,
        syn::Item::Enum(item) => item.ident == name,
        syn::Item::Static(item) => item.ident == name,
        syn::Item::Impl(item) => item.self_ty.to_token_stream().to_string() == name,
        _ => false,
    };
    file.items.into_iter().filter(is_wanted).map(ToTokens::into_token_stream).collect()
}

/// The plan of a document with one operation, a `POST` of `/a` that sends and gets the schema `A`.
pub fn exchanging(schema: &serde_json::Value) -> Plan {
    let content = serde_json::json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
    let operation = serde_json::json!({"operationId": "change", "requestBody": {"content": content, "required": true},
        "responses": {"200": {"description": "", "content": content}}});
    plan(&serde_json::json!({"/a": {"post": operation}}), &serde_json::json!({"A": schema}))
}

/// The type `A` of a plan.
pub fn type_a(plan: &Plan) -> &TypeDef {
    plan.types.get("A").unwrap()
}

/// The struct that the type `A` of a plan is.
pub fn struct_a(plan: &Plan) -> &StructDef {
    let TypeKind::Struct(structure) = &type_a(plan).kind else { panic!("it is no struct") };
    structure
}

/// The one operation of a document, a `GET` of `/a/{id}`.
pub fn operation(operation: &serde_json::Value) -> Operation {
    crate::lower::testing::operation("/a/{id}", operation).0
}
