//! Enums of strings, opened: a value that the document does not list is kept and can be sent back.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{self, code};
use super::rust_type::ident;
use crate::plan::{Docs, EnumDef, TypeDef};

/// Makes the open enum that progenitor saw a placeholder for.
pub fn polish(name: &str, definition: &TypeDef, values: &EnumDef) -> TokenStream {
    let docs = docs::attributes(&definition.docs, &format!("The known values of `{name}`."));
    let name = ident(name);
    let other = ident(&values.other);
    let idents: Vec<_> = values.variants.iter().map(|variant| ident(&variant.ident)).collect();
    let wires: Vec<_> = values.variants.iter().map(|variant| variant.wire.as_str()).collect();
    let variant_docs = values.variants.iter().map(|variant| {
        let prose =
            Docs { description: variant.description.clone(), deprecated: variant.deprecated, ..Docs::default() };
        docs::attributes(&prose, &format!("{} on the wire.", code(&variant.wire)))
    });
    quote! {
        #docs
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum #name {
            #(#variant_docs #idents,)*
            /// A value that the document does not list.
            #other(String),
        }

        impl #name {
            /// The values that the document lists, in its order.
            pub const VALUES: &'static [&'static str] = &[#(#wires),*];

            /// The value as it goes over the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#idents => #wires,)*
                    Self::#other(text) => text,
                }
            }
        }

        impl From<&str> for #name {
            fn from(text: &str) -> Self {
                match text {
                    #(#wires => Self::#idents,)*
                    other => Self::#other(other.to_owned()),
                }
            }
        }

        switchboard_runtime::codegen::v1::string_enum_traits!(#name);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, exchanging, only, type_a};
    use super::*;
    use crate::plan::TypeKind;

    #[test]
    fn what_is_not_listed_is_kept() {
        let plan = exchanging(&serde_json::json!({"type": "string", "enum": ["on", "switched-off"]}));
        let definition = type_a(&plan);
        let TypeKind::Enum(values) = &definition.kind else { panic!("it is no enum") };
        let found = polish("A", definition, values);
        let expected = quote! {
            #[derive(Clone)]
            #[non_exhaustive]
            pub enum A {
                On,
                SwitchedOff,
                Unknown(String),
            }
            impl A {
                pub const VALUES: &'static [&'static str] = &["on", "switched-off"];
                pub fn as_str(&self) -> &str {
                    match self {
                        Self::On => "on",
                        Self::SwitchedOff => "switched-off",
                        Self::Unknown(text) => text,
                    }
                }
            }
            impl From<&str> for A {
                fn from(text: &str) -> Self {
                    match text {
                        "on" => Self::On,
                        "switched-off" => Self::SwitchedOff,
                        other => Self::Unknown(other.to_owned()),
                    }
                }
            }
        };
        assert_items(only(found, "A"), expected);
    }
}
