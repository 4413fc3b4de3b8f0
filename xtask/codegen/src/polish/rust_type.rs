//! Rust spellings of the plan's types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::plan::{Operation, Payload, Presence, TypeRef};

/// An identifier; names from lowering are valid, whatever else comes is an error in lowering.
pub fn ident(name: &str) -> Ident {
    syn::parse_str(name).unwrap_or_else(|_| Ident::new("invalid_identifier", Span::call_site()))
}

/// From where a type is named: decides how the module of types is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Inside the module of types.
    Types,
    /// Elsewhere in the crate.
    Outside,
}

/// The Rust type.
pub fn rust_type(ty: &TypeRef, from: From) -> TokenStream {
    match ty {
        TypeRef::String => quote!(String),
        TypeRef::DateTime => quote!(switchboard_runtime::DateTime),
        TypeRef::Date => quote!(switchboard_runtime::Date),
        TypeRef::Uuid => quote!(switchboard_runtime::Uuid),
        TypeRef::Base64 => quote!(switchboard_runtime::Base64),
        TypeRef::Base64Url => quote!(switchboard_runtime::Base64Url),
        TypeRef::DecimalText => quote!(switchboard_runtime::DecimalText),
        TypeRef::Decimal => quote!(switchboard_runtime::Decimal),
        TypeRef::Integer => quote!(i64),
        TypeRef::Unsigned => quote!(u64),
        TypeRef::Number => quote!(f64),
        TypeRef::Boolean => quote!(bool),
        TypeRef::Scalar => quote!(switchboard_runtime::Scalar),
        TypeRef::Any => quote!(serde_json::Value),
        TypeRef::Named(name) => {
            let name = ident(name);
            match from {
                From::Types => quote!(#name),
                From::Outside => quote!(crate::types::#name),
            }
        }
        TypeRef::Array(items) => {
            let items = rust_type(items, from);
            quote!(Vec<#items>)
        }
        TypeRef::Map(values) => {
            let values = rust_type(values, from);
            quote!(std::collections::BTreeMap<String, #values>)
        }
        TypeRef::Nullable(inner) => {
            let inner = rust_type(inner, from);
            quote!(Option<#inner>)
        }
    }
}

/// The module of an operation's call, and of what stands beside it.
pub fn call_module(operation: &Operation) -> TokenStream {
    by_tag(quote!(crate::calls), operation)
}

/// The module of an operation's description.
pub fn operation_module(operation: &Operation) -> TokenStream {
    by_tag(quote!(crate::operations), operation)
}

fn by_tag(module: TokenStream, operation: &Operation) -> TokenStream {
    let tag = operation.tag.iter().map(|tag| ident(&tag.module));
    quote!(#module #(::#tag)*)
}

/// The type of a field that may be absent or null.
pub fn wrapped(ty: TokenStream, presence: Presence) -> TokenStream {
    match presence {
        Presence::Required => ty,
        Presence::RequiredNullable | Presence::Optional => quote!(Option<#ty>),
        Presence::OptionalNullable => quote!(switchboard_runtime::Nullable<#ty>),
    }
}

/// The type that a payload is decoded into.
pub fn payload(payload: &Payload) -> TokenStream {
    match payload {
        Payload::Json(ty) | Payload::Xml(ty, _) | Payload::AsSaid(ty) => rust_type(ty, From::Outside),
        Payload::Text => quote!(String),
        Payload::Binary | Payload::Redirect => quote!(switchboard_runtime::ByteStream),
        Payload::Events(events) => {
            let ty = rust_type(&events.ty, From::Outside);
            quote!(switchboard_runtime::EventStream<#ty>)
        }
        Payload::Lines(ty) => {
            let ty = rust_type(ty, From::Outside);
            quote!(switchboard_runtime::JsonLines<#ty>)
        }
        Payload::Empty => quote!(()),
    }
}

/// The type as text, with the module of types at `types`.
pub fn spelled(ty: &TypeRef, types: &str) -> String {
    match ty {
        TypeRef::Named(name) => format!("{types}::{name}"),
        TypeRef::Array(items) => format!("Vec<{}>", spelled(items, types)),
        TypeRef::Map(values) => format!("std::collections::BTreeMap<String, {}>", spelled(values, types)),
        TypeRef::Nullable(inner) => format!("Option<{}>", spelled(inner, types)),
        plain => rust_type(plain, From::Types).to_string().replace(' ', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_type_is_reached_from_where_it_is_used() {
        let ty = TypeRef::Map(Box::new(TypeRef::Nullable(Box::new(TypeRef::Array(Box::new(TypeRef::Named(
            "A".to_owned(),
        )))))));
        for (from, path) in [(From::Types, quote!(A)), (From::Outside, quote!(crate::types::A))] {
            let expected = quote!(std::collections::BTreeMap<String, Option<Vec<#path> > >);
            assert_eq!(rust_type(&ty, from).to_string(), expected.to_string());
        }
        assert_eq!(spelled(&ty, "api::types"), "std::collections::BTreeMap<String, Option<Vec<api::types::A>>>");
        assert_eq!(spelled(&TypeRef::Date, "api::types"), "switchboard_runtime::Date");
    }

    #[test]
    fn presence_wraps_a_type() {
        let spelled = |presence| wrapped(quote!(u8), presence).to_string();
        assert_eq!(spelled(Presence::Required), quote!(u8).to_string());
        assert_eq!(spelled(Presence::RequiredNullable), quote!(Option<u8>).to_string());
        assert_eq!(spelled(Presence::Optional), quote!(Option<u8>).to_string());
        assert_eq!(spelled(Presence::OptionalNullable), quote!(switchboard_runtime::Nullable<u8>).to_string());
    }

    #[test]
    fn what_is_no_identifier_does_not_pass_for_one() {
        assert_eq!(ident("r#type").to_string(), "r#type");
        assert_eq!(ident("not a name").to_string(), "invalid_identifier");
    }
}
