//! What methods take, by one rule for all of them: whatever converts by `Into`; of lists and maps whatever can be gone through,
//! each item by the same rule. No conversion can fail: what can, is a value's own constructor.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust_type::{From, rust_type};
use crate::plan::TypeRef;

/// What a method takes for a type.
pub fn taken(ty: &TypeRef, from: From) -> TokenStream {
    match ty {
        // Literals of these are of no other type, or would be taken for one that does not convert.
        TypeRef::Boolean | TypeRef::Unsigned => rust_type(ty, from),
        TypeRef::Array(items) => {
            let items = taken(items, from);
            quote!(impl IntoIterator<Item = #items>)
        }
        TypeRef::Map(values) => {
            let values = taken(values, from);
            quote!(impl IntoIterator<Item = (impl Into<String>, #values)>)
        }
        _ => into(&rust_type(ty, from)),
    }
}

/// The value that is made of the expression `given`.
pub fn made(ty: &TypeRef, given: &TokenStream) -> TokenStream {
    match ty {
        TypeRef::Boolean | TypeRef::Unsigned => quote!(#given),
        TypeRef::Array(items) => match &**items {
            TypeRef::Boolean | TypeRef::Unsigned => quote!(#given.into_iter().collect::<Vec<_>>()),
            TypeRef::Array(_) | TypeRef::Map(_) => {
                let item = made(items, &quote!(item));
                quote!(#given.into_iter().map(|item| #item).collect::<Vec<_>>())
            }
            _ => quote!(#given.into_iter().map(Into::into).collect::<Vec<_>>()),
        },
        TypeRef::Map(values) => {
            let value = made(values, &quote!(value));
            quote!(#given.into_iter().map(|(key, value)| (key.into(), #value)).collect::<std::collections::BTreeMap<_, _>>())
        }
        _ => quote!(#given.into()),
    }
}

/// Whatever converts to a type.
pub fn into(ty: &TokenStream) -> TokenStream {
    quote!(impl Into<#ty>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_converts_is_taken_and_lists_and_maps_by_their_items() {
        let list = |items| TypeRef::Array(Box::new(items));
        let map = |values| TypeRef::Map(Box::new(values));
        for (ty, signature, value) in [
            (TypeRef::String, quote!(impl Into<String>), quote!(x.into())),
            (TypeRef::Unsigned, quote!(u64), quote!(x)),
            (
                list(TypeRef::Date),
                quote!(impl IntoIterator<Item = impl Into<switchboard_runtime::Date>>),
                quote!(x.into_iter().map(Into::into).collect::<Vec<_>>()),
            ),
            (list(TypeRef::Boolean), quote!(impl IntoIterator<Item = bool>), quote!(x.into_iter().collect::<Vec<_>>())),
            (
                map(list(TypeRef::Integer)),
                quote!(impl IntoIterator<Item = (impl Into<String>, impl IntoIterator<Item = impl Into<i64>>)>),
                quote!(
                    x.into_iter()
                        .map(|(key, value)| (key.into(), value.into_iter().map(Into::into).collect::<Vec<_>>()))
                        .collect::<std::collections::BTreeMap<_, _>>()
                ),
            ),
        ] {
            // How `>>` is spaced depends on where it comes from.
            let spelled = |tokens: TokenStream| tokens.to_string().replace(' ', "");
            assert_eq!(spelled(taken(&ty, From::Outside)), spelled(signature));
            assert_eq!(spelled(made(&ty, &quote!(x))), spelled(value));
        }
    }
}
