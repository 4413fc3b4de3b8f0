//! What calls of the runtime's macros stand for: the items that they make, as they would be written out.

use proc_macro2::TokenTree;
use quote::quote;
use syn::{ImplItem, Item, ItemMacro, Macro, parse_quote};

use crate::polish::{call_type, setters};

/// The items that a macro's call makes, where it makes the type itself.
pub fn whole(called: &Macro) -> Option<Vec<Item>> {
    call_type::read(called).map(|told| told.written_out())
}

/// The items that a macro's call makes of the type that it begins with, and that type: implementations, and a call of what is
/// no further told.
pub fn items(called: &ItemMacro) -> Option<(String, Vec<Item>)> {
    let made = called.mac.path.segments.last().filter(|_| called.ident.is_none())?.ident.to_string();
    let Some(TokenTree::Ident(of)) = called.mac.tokens.clone().into_iter().next() else { return None };
    let items = match made.as_str() {
        "string_enum" => quote! {
            impl #of {
                pub const VALUES: &'static [&'static str] = &[];
                pub fn as_str(&self) -> &str {}
            }
            impl From<&str> for #of {}
            string_enum_traits!(#of);
        },
        "integer_enum" => quote! {
            impl #of {
                pub const VALUES: &'static [i64] = &[];
                pub fn as_i64(self) -> i64 {}
            }
            impl From<i64> for #of {}
            integer_enum_traits!(#of);
        },
        "error_enum" => quote!(impl ErrorBody for #of {}),
        _ => return Some((of.to_string(), vec![Item::Macro(called.clone())])),
    };
    syn::parse2::<syn::File>(items).ok().map(|file| (of.to_string(), file.items))
}

/// The members that a macro's call makes within an `impl`.
pub fn members(called: &Macro) -> Vec<ImplItem> {
    let methods = setters::read(called).unwrap_or_default();
    let methods = methods.iter().flat_map(setters::Setter::methods);
    methods.map(|signature| parse_quote!(pub #signature {})).collect()
}
