//! Builders for the structs that requests hold: setters that take what converts, and a check that nothing required is missing.
//!
//! They stand in for typify's, whose setters carry an error each and take no `&str` for an optional string.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type};
use super::structs::{boxed_fields, has_secrets, redacted_debug};
use crate::lower::idents;
use crate::plan::{Field, Presence, StructDef, TypeRef};
use crate::progenitor::print::field_key;

/// The builder of one struct.
pub fn builder(name: &str, structure: &StructDef, found: &syn::ItemStruct) -> TokenStream {
    let boxed = boxed_fields(found);
    let mut taken = BTreeSet::from(["build".to_owned(), "builder".to_owned()]);
    let members: Vec<Member<'_>> = structure
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| Member {
            field,
            setter: idents::unique([field.ident.clone(), format!("{}_value", field.ident)], &mut taken),
            boxed: boxed.get(&field_key(&field.ident, index)).copied().unwrap_or(false),
        })
        .collect();
    let type_name = ident(name);
    let docs = docs::lines(&format!("Builds a [`{name}`](super::{name})."));
    let fields = members.iter().map(Member::declaration);
    let setters: Vec<_> = members.iter().map(|member| member.setters(&mut taken)).collect();
    let values = members.iter().map(|member| member.built(name));
    let (extra_field, extra_setter, extra_value) = extra(structure, &mut taken);
    let debug = has_secrets(structure).then(|| redacted_debug(&type_name, structure));
    let derive_debug = debug.is_none().then(|| quote!(Debug,));
    quote! {
        #docs
        #[derive(Clone, #derive_debug Default)]
        pub struct #type_name { #(#fields)* #extra_field }

        #debug

        impl #type_name {
            #(#setters)*
            #extra_setter

            /// The value, or an error that names a required property that was not set.
            pub fn build(self) -> Result<super::#type_name, switchboard_runtime::InvalidRequest> {
                Ok(super::#type_name { #(#values)* #extra_value })
            }
        }

        impl TryFrom<#type_name> for super::#type_name {
            type Error = switchboard_runtime::InvalidRequest;

            fn try_from(builder: #type_name) -> Result<Self, Self::Error> {
                builder.build()
            }
        }
    }
}

/// One field of the struct.
struct Member<'a> {
    field: &'a Field,
    setter: String,
    boxed: bool,
}

impl Member<'_> {
    fn ty(&self) -> TokenStream {
        let ty = rust_type(&self.field.ty, From::Builders);
        if self.boxed { quote!(Box<#ty>) } else { ty }
    }

    fn declaration(&self) -> TokenStream {
        let (name, ty) = (ident(&self.field.ident), self.ty());
        match self.field.presence {
            Presence::OptionalNullable => quote!(#name: switchboard_runtime::Nullable<#ty>,),
            _ => quote!(#name: Option<#ty>,),
        }
    }

    fn setters(&self, taken: &mut BTreeSet<String>) -> TokenStream {
        let docs = docs::attributes(&self.field.docs, &format!("Sets {}.", code(&self.field.wire)));
        let (name, setter) = (ident(&self.field.ident), ident(&self.setter));
        let (argument, converted) = argument(&self.field.ty, From::Builders);
        let converted = if self.boxed { quote!(Box::new(#converted)) } else { converted };
        let stored = match self.field.presence {
            Presence::OptionalNullable => quote!(switchboard_runtime::Nullable::Value(#converted)),
            _ => quote!(Some(#converted)),
        };
        let null = (self.field.presence == Presence::OptionalNullable).then(|| {
            let null = ident(&idents::unique([format!("{}_null", self.setter.trim_end_matches('_'))], taken));
            let docs = docs::lines(&format!("Sets {} to null.", code(&self.field.wire)));
            quote! {
                #docs
                #[must_use]
                pub fn #null(mut self) -> Self {
                    self.#name = switchboard_runtime::Nullable::Null;
                    self
                }
            }
        });
        quote! {
            #docs
            #[must_use]
            pub fn #setter(mut self, value: #argument) -> Self {
                self.#name = #stored;
                self
            }
            #null
        }
    }

    fn built(&self, type_name: &str) -> TokenStream {
        let name = ident(&self.field.ident);
        let constant = self.field.constant.as_ref().and_then(|value| constant(&self.field.ty, value));
        match (self.field.presence, constant) {
            (Presence::Required, Some(Constant::Plain(value))) => quote!(#name: self.#name.unwrap_or(#value),),
            (Presence::Required, Some(Constant::Made(value))) => quote!(#name: self.#name.unwrap_or_else(|| #value),),
            (Presence::Optional, Some(Constant::Plain(value))) => quote!(#name: self.#name.or(Some(#value)),),
            (Presence::Optional, Some(Constant::Made(value))) => quote!(#name: self.#name.or_else(|| Some(#value)),),
            (Presence::Required, None) => {
                let (wire, setter) = (&self.field.wire, ident(&self.setter).to_string());
                quote!(#name: switchboard_runtime::required(self.#name, #type_name, #wire, #setter)?,)
            }
            _ => quote!(#name: self.#name,),
        }
    }
}

/// The only value of a property.
enum Constant {
    /// A literal.
    Plain(TokenStream),
    /// Something that is made where it is needed.
    Made(TokenStream),
}

/// The only value of a property, where its type is one that holds it without more ado.
fn constant(ty: &TypeRef, value: &Value) -> Option<Constant> {
    match (ty, value) {
        (TypeRef::Named(_) | TypeRef::String, Value::String(text)) => {
            let ty = rust_type(ty, From::Builders);
            Some(Constant::Made(quote!(#ty::from(#text))))
        }
        (TypeRef::Integer, Value::Number(number)) => {
            let number = proc_macro2::Literal::i64_unsuffixed(number.as_i64()?);
            Some(Constant::Plain(quote!(#number)))
        }
        (TypeRef::Boolean, Value::Bool(flag)) => Some(Constant::Plain(quote!(#flag))),
        _ => None,
    }
}

/// What a setter takes, and how it is converted.
pub fn argument(ty: &TypeRef, from: From) -> (TokenStream, TokenStream) {
    let spelled = rust_type(ty, from);
    match ty {
        TypeRef::Array(items) => {
            let items = rust_type(items, from);
            (quote!(impl IntoIterator<Item = impl Into<#items>>), quote!(value.into_iter().map(Into::into).collect()))
        }
        TypeRef::Integer | TypeRef::Unsigned | TypeRef::Boolean => (spelled, quote!(value)),
        _ => (quote!(impl Into<#spelled>), quote!(value.into())),
    }
}

fn extra(
    structure: &StructDef,
    taken: &mut BTreeSet<String>,
) -> (Option<TokenStream>, Option<TokenStream>, Option<TokenStream>) {
    let Some((name, ty)) = &structure.extra else { return (None, None, None) };
    let setter = ident(&idents::unique([name.clone(), format!("{name}_property")], taken));
    let (name, ty) = (ident(name), rust_type(ty, From::Builders));
    (
        Some(quote!(#name: std::collections::BTreeMap<String, #ty>,)),
        Some(quote! {
            /// Sets a property that the document does not name.
            #[must_use]
            pub fn #setter(mut self, name: impl Into<String>, value: impl Into<#ty>) -> Self {
                self.#name.insert(name.into(), value.into());
                self
            }
        }),
        Some(quote!(#name: self.#name,)),
    )
}
