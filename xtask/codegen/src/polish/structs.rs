//! Structs: the document's names and order, what can be absent or null told apart, additional properties kept.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemStruct;

use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type, wrapped};
use crate::plan::{Field, Presence, StructDef, TypeDef, TypeRef};

/// One struct; `found` is what progenitor made of it, which tells whether it can be typed.
pub fn polish(name: &str, definition: &TypeDef, structure: &StructDef, found: &ItemStruct) -> TokenStream {
    if !matches!(found.fields, syn::Fields::Named(_)) {
        return loose(name, definition);
    }
    let fields = structure.fields.iter().map(field);
    let extra = structure.extra.as_ref().map(|(name, ty)| {
        // serde reads these on its own, and knows nothing of how exact the client wants to be: where that matters the
        // runtime does it.
        let read = (*ty != TypeRef::Any)
            .then(|| quote!(, deserialize_with = "switchboard_runtime::codegen::v1::decode::additional"));
        let (name, ty) = (ident(name), rust_type(ty, From::Types));
        quote! {
            /// Properties that the document does not name.
            #[serde(flatten #read)]
            pub #name: std::collections::BTreeMap<String, #ty>,
        }
    });
    let docs = docs::attributes(&definition.docs, &format!("`{name}` of the API."));
    let default = has_default(structure).then(|| quote!(Default,));
    let builder = definition.in_request.then(|| builder_method(name));
    let debug = has_secrets(structure).then(|| redacted_debug(&ident(name), structure));
    let derive_debug = debug.is_none().then(|| quote!(Debug,));
    let name = ident(name);
    quote! {
        #docs
        #[derive(Clone, #derive_debug #default PartialEq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            #extra
        }
        #debug
        #builder
    }
}

/// Whether a property holds a secret.
pub fn has_secrets(structure: &StructDef) -> bool {
    structure.fields.iter().any(|field| field.docs.secret)
}

/// `Debug` that tells of secrets only that they are there.
pub fn redacted_debug(name: &proc_macro2::Ident, structure: &StructDef) -> TokenStream {
    let text = name.to_string();
    let fields = structure.fields.iter().map(|field| {
        let (name, label) = (ident(&field.ident), &field.ident);
        if field.docs.secret { quote!(.field(#label, &"[secret]")) } else { quote!(.field(#label, &self.#name)) }
    });
    let extra = structure.extra.as_ref().map(|(label, _)| {
        let name = ident(label);
        // What the document does not name may be secret too: its names are enough.
        quote!(.field(#label, &self.#name.keys()))
    });
    quote! {
        impl std::fmt::Debug for #name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(#text) #(#fields)* #extra .finish()
            }
        }
    }
}

/// Whether nothing in it is required, nor always sent.
pub fn has_default(structure: &StructDef) -> bool {
    structure.fields.iter().all(|field| field.presence != Presence::Required && field.constant.is_none())
}

fn builder_method(name: &str) -> TokenStream {
    let name = ident(name);
    quote! {
        impl #name {
            /// Starts building a value.
            pub fn builder() -> builder::#name {
                Default::default()
            }
        }
    }
}

/// A struct that could not be typed holds any JSON.
pub fn loose(name: &str, definition: &TypeDef) -> TokenStream {
    let docs = docs::attributes(&definition.docs, &format!("`{name}` of the API."));
    let name = ident(name);
    quote! {
        #docs
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct #name(
            /// The value as it came.
            pub serde_json::Value,
        );
    }
}

fn field(field: &Field) -> TokenStream {
    let docs = docs::attributes(&field.docs, &format!("The property {}.", code(&field.wire)));
    let ty = rust_type(&field.ty, From::Types);
    let ty = wrapped(if field.boxed { quote!(Box<#ty>) } else { ty }, field.presence);
    let mut serde = Vec::new();
    if field.wire != field.ident {
        let wire = &field.wire;
        serde.push(quote!(rename = #wire));
    }
    match field.presence {
        Presence::Required | Presence::RequiredNullable => {}
        Presence::Optional => serde.push(quote!(default, skip_serializing_if = "Option::is_none")),
        Presence::OptionalNullable => {
            serde.push(quote!(default, skip_serializing_if = "switchboard_runtime::Nullable::is_absent"))
        }
    }
    let serde = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    let name = ident(&field.ident);
    quote! {
        #docs
        #serde
        pub #name: #ty,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, exchanging, only, struct_a, type_a};
    use super::*;

    fn found(schema: &serde_json::Value) -> TokenStream {
        let plan = exchanging(schema);
        let fields = struct_a(&plan).fields.iter().map(|field| ident(&field.ident));
        let seen = syn::parse_quote!(pub struct A { #(pub #fields: String),* });
        polish("A", type_a(&plan), struct_a(&plan), &seen)
    }

    #[test]
    fn absent_and_null_are_told_apart() {
        let text = serde_json::json!({"type": "string"});
        let nullable = serde_json::json!({"type": ["string", "null"]});
        let schema = serde_json::json!({
            "type": "object", "required": ["always", "mayBeNull"], "additionalProperties": {"type": "integer"},
            "properties": {"always": text, "mayBeNull": nullable, "sometimes": text, "any": nullable},
        });
        let expected = quote! {
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[non_exhaustive]
            pub struct A {
                pub always: String,
                #[serde(rename = "mayBeNull")]
                pub may_be_null: Option<String>,
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub sometimes: Option<String>,
                #[serde(default, skip_serializing_if = "switchboard_runtime::Nullable::is_absent")]
                pub any: switchboard_runtime::Nullable<String>,
                #[serde(flatten, deserialize_with = "switchboard_runtime::codegen::v1::decode::additional")]
                pub extra: std::collections::BTreeMap<String, i64>,
            }
            impl A {
                pub fn builder() -> builder::A {
                    Default::default()
                }
            }
        };
        assert_items(found(&schema), expected);
    }

    #[test]
    fn secrets_are_not_shown() {
        let schema = serde_json::json!({"type": "object", "properties": {
            "name": {"type": "string"}, "key": {"type": "string", "format": "password"},
        }});
        let debug = quote! {
            impl std::fmt::Debug for A {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.debug_struct("A").field("name", &self.name).field("key", &"[secret]").finish()
                }
            }
        };
        let made = only(found(&schema), "A");
        let file: syn::File = syn::parse2(made).unwrap();
        assert!(file.items.contains(&syn::parse2(debug).unwrap()));
    }

    #[test]
    fn a_box_stands_where_the_plan_says() {
        let plan = exchanging(
            &serde_json::json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}),
        );
        let member = Field { boxed: true, ..struct_a(&plan).fields[0].clone() };
        let made = field(&member).to_string();
        assert!(made.ends_with(&quote!(pub a: Box<String>,).to_string()), "{made}");
    }
}
