//! Builders for the structs that requests hold: setters that take what converts, and a check that nothing required is missing.
//!
//! They stand in for typify's, whose setters carry an error each and take no `&str` for an optional string.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type};
use super::structs::{has_secrets, redacted_debug};
use crate::lower::idents;
use crate::plan::{Field, Presence, StructDef, TypeRef};

/// The builder of one struct.
pub fn builder(name: &str, structure: &StructDef) -> TokenStream {
    let mut taken = BTreeSet::from(["build".to_owned(), "builder".to_owned()]);
    let members: Vec<Member<'_>> = structure
        .fields
        .iter()
        .map(|field| Member {
            field,
            setter: idents::unique([field.ident.clone(), format!("{}_value", field.ident)], &mut taken),
        })
        .collect();
    let type_name = ident(name);
    let docs = docs::lines(&format!("Builds a [`{name}`](super::{name})."));
    let fields = members.iter().map(Member::declaration);
    let fields_taken = structure.fields.iter().map(|field| field.ident.as_str());
    let fields_taken = fields_taken.chain(structure.extra.iter().map(|(name, _)| name.as_str()));
    let misfits = ident(&idents::unique(["misfits".to_owned()], &mut fields_taken.map(str::to_owned).collect()));
    let setters: Vec<_> = members.iter().map(|member| member.setters(&misfits, &mut taken)).collect();
    let values = members.iter().map(|member| member.built(name));
    let (extra_field, extra_setter, extra_value) = extra(structure, &misfits, &mut taken);
    let debug = has_secrets(structure).then(|| redacted_debug(&type_name, structure));
    let derive_debug = debug.is_none().then(|| quote!(Debug,));
    quote! {
        #docs
        #[derive(Clone, #derive_debug Default)]
        pub struct #type_name {
            #(#fields)*
            #extra_field
            /// What could not be made of the values given.
            #misfits: switchboard_runtime::codegen::v1::Misfits,
        }

        #debug

        impl #type_name {
            #(#setters)*
            #extra_setter

            /// The value, or an error that names a property that could not be made of what was given, or is required and was
            /// not set.
            pub fn build(self) -> Result<super::#type_name, switchboard_runtime::InvalidRequest> {
                self.#misfits.none(#name)?;
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
}

impl Member<'_> {
    fn ty(&self) -> TokenStream {
        let ty = rust_type(&self.field.ty, From::Builders);
        if self.field.boxed { quote!(Box<#ty>) } else { ty }
    }

    fn declaration(&self) -> TokenStream {
        let (name, ty) = (ident(&self.field.ident), self.ty());
        match self.field.presence {
            Presence::OptionalNullable => quote!(#name: switchboard_runtime::Nullable<#ty>,),
            _ => quote!(#name: Option<#ty>,),
        }
    }

    fn setters(&self, misfits: &proc_macro2::Ident, taken: &mut BTreeSet<String>) -> TokenStream {
        let docs = docs::attributes(&self.field.docs, &format!("Sets {}.", code(&self.field.wire)));
        let (name, setter) = (ident(&self.field.ident), ident(&self.setter));
        let ((argument, fit), wire) = (argument(&self.field.ty, From::Builders), &self.field.wire);
        let boxed = self.field.boxed.then(|| quote!(.map(Box::new)));
        let stored = quote!(self.#misfits.#fit(#wire, value) #boxed);
        let stored = match self.field.presence {
            Presence::OptionalNullable => quote!(switchboard_runtime::Nullable::from_option(#stored)),
            _ => stored,
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
                quote!(#name: switchboard_runtime::codegen::v1::required(self.#name, #type_name, #wire, #setter)?,)
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

/// What a setter takes, and the runtime's function that makes the value of it: one rule for all setters.
pub fn argument(ty: &TypeRef, from: From) -> (TokenStream, proc_macro2::Ident) {
    match ty {
        TypeRef::Array(items) => {
            let items = fitting(&rust_type(items, from));
            (quote!(impl IntoIterator<Item = #items>), ident("fit_all"))
        }
        _ => (fitting(&rust_type(ty, from)), ident("fit")),
    }
}

/// Whatever can be made into a value.
pub fn fitting(ty: &TokenStream) -> TokenStream {
    quote!(impl switchboard_runtime::Fits<#ty>)
}

fn extra(
    structure: &StructDef,
    misfits: &proc_macro2::Ident,
    taken: &mut BTreeSet<String>,
) -> (Option<TokenStream>, Option<TokenStream>, Option<TokenStream>) {
    let Some((name, ty)) = &structure.extra else { return (None, None, None) };
    let setter = ident(&idents::unique([name.clone(), format!("{name}_property")], taken));
    let (name, ty) = (ident(name), rust_type(ty, From::Builders));
    let argument = fitting(&ty);
    (
        Some(quote!(#name: std::collections::BTreeMap<String, #ty>,)),
        Some(quote! {
            /// Sets a property that the document does not name.
            #[must_use]
            pub fn #setter(mut self, name: impl Into<String>, value: #argument) -> Self {
                self.#misfits.fit_extra(&mut self.#name, name.into(), value);
                self
            }
        }),
        Some(quote!(#name: self.#name,)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, exchanging, struct_a};
    use super::*;

    #[test]
    fn what_is_required_is_asked_for_and_what_is_fixed_is_not() {
        let schema = serde_json::json!({"type": "object", "required": ["name", "kind"], "properties": {
            "name": {"type": "string"}, "kind": {"type": "integer", "const": 7}, "nick": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": {"type": "string"}},
        }});
        let plan = exchanging(&schema);
        let expected = quote! {
            #[derive(Clone, Debug, Default)]
            pub struct A {
                name: Option<String>,
                kind: Option<i64>,
                nick: switchboard_runtime::Nullable<String>,
                tags: Option<Vec<String>>,
                misfits: switchboard_runtime::codegen::v1::Misfits,
            }
            impl A {
                #[must_use]
                pub fn name(mut self, value: impl switchboard_runtime::Fits<String>) -> Self {
                    self.name = self.misfits.fit("name", value);
                    self
                }
                #[must_use]
                pub fn kind(mut self, value: impl switchboard_runtime::Fits<i64>) -> Self {
                    self.kind = self.misfits.fit("kind", value);
                    self
                }
                #[must_use]
                pub fn nick(mut self, value: impl switchboard_runtime::Fits<String>) -> Self {
                    self.nick = switchboard_runtime::Nullable::from_option(self.misfits.fit("nick", value));
                    self
                }
                #[must_use]
                pub fn nick_null(mut self) -> Self {
                    self.nick = switchboard_runtime::Nullable::Null;
                    self
                }
                #[must_use]
                pub fn tags(mut self, value: impl IntoIterator<Item = impl switchboard_runtime::Fits<String>>) -> Self {
                    self.tags = self.misfits.fit_all("tags", value);
                    self
                }
                pub fn build(self) -> Result<super::A, switchboard_runtime::InvalidRequest> {
                    self.misfits.none("A")?;
                    Ok(super::A {
                        name: switchboard_runtime::codegen::v1::required(self.name, "A", "name", "name")?,
                        kind: self.kind.unwrap_or(7),
                        nick: self.nick,
                        tags: self.tags,
                    })
                }
            }
            impl TryFrom<A> for super::A {
                type Error = switchboard_runtime::InvalidRequest;
                fn try_from(builder: A) -> Result<Self, Self::Error> {
                    builder.build()
                }
            }
        };
        assert_items(builder("A", struct_a(&plan)), expected);
    }
}
