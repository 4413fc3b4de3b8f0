//! Enums of strings and of whole numbers, opened: a value that the document does not list is kept and can be sent back.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::docs::{self, code};
use super::rust_type::ident;
use crate::plan::{Docs, EnumBase, EnumDef, TypeDef};

/// Makes the open enum that progenitor saw a placeholder for.
pub fn polish(name: &str, definition: &TypeDef, values: &EnumDef) -> TokenStream {
    let docs = docs::attributes(&definition.docs, &format!("The known values of `{name}`."));
    let parts = Parts {
        name: ident(name),
        other: ident(&values.other),
        idents: values.variants.iter().map(|variant| ident(&variant.ident)).collect(),
        variants: values.variants.iter().map(variant).collect(),
    };
    let made = match values.base {
        EnumBase::Text => of_texts(&parts, values.variants.iter().map(|variant| variant.wire.as_str()).collect()),
        EnumBase::Integer => of_integers(&parts, values.variants.iter().map(|variant| number(&variant.wire)).collect()),
    };
    quote!(#docs #made)
}

/// What both kinds have.
struct Parts {
    name: Ident,
    other: Ident,
    idents: Vec<Ident>,
    /// The same with their docs.
    variants: Vec<TokenStream>,
}

fn variant(variant: &crate::plan::EnumVariant) -> TokenStream {
    let prose = Docs { description: variant.description.clone(), deprecated: variant.deprecated, ..Docs::default() };
    let (docs, ident) =
        (docs::attributes(&prose, &format!("{} on the wire.", code(&variant.wire))), ident(&variant.ident));
    quote!(#docs #ident)
}

/// A number of the plan, which are all of this type.
fn number(digits: &str) -> Literal {
    Literal::i64_unsuffixed(digits.parse().unwrap_or_default())
}

fn of_texts(parts: &Parts, wires: Vec<&str>) -> TokenStream {
    let Parts { name, other, idents, variants } = parts;
    quote! {
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
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

fn of_integers(parts: &Parts, wires: Vec<Literal>) -> TokenStream {
    let Parts { name, other, idents, variants } = parts;
    quote! {
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not list.
            #other(i64),
        }

        impl #name {
            /// The values that the document lists, in its order.
            pub const VALUES: &'static [i64] = &[#(#wires),*];

            /// The value as it goes over the wire.
            pub fn as_i64(self) -> i64 {
                match self {
                    #(Self::#idents => #wires,)*
                    Self::#other(number) => number,
                }
            }
        }

        impl From<i64> for #name {
            fn from(number: i64) -> Self {
                match number {
                    #(#wires => Self::#idents,)*
                    other => Self::#other(other),
                }
            }
        }

        switchboard_runtime::codegen::v1::integer_enum_traits!(#name);
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

    #[test]
    fn a_number_that_is_not_listed_is_kept() {
        let schema = serde_json::json!({"oneOf": [
            {"const": -1, "title": "Off", "description": "Not at all.", "deprecated": true}, {"const": 1, "title": "On"},
        ]});
        let plan = exchanging(&schema);
        let definition = type_a(&plan);
        let TypeKind::Enum(values) = &definition.kind else { panic!("it is no enum") };
        let expected = quote! {
            #[derive(Clone, Copy, Debug)]
            #[non_exhaustive]
            pub enum A {
                #[deprecated = "the vendor's document says so"]
                Off,
                On,
                Unknown(i64),
            }
            impl A {
                pub const VALUES: &'static [i64] = &[-1, 1];
                pub fn as_i64(self) -> i64 {
                    match self {
                        Self::Off => -1,
                        Self::On => 1,
                        Self::Unknown(number) => number,
                    }
                }
            }
            impl From<i64> for A {
                fn from(number: i64) -> Self {
                    match number {
                        -1 => Self::Off,
                        1 => Self::On,
                        other => Self::Unknown(other),
                    }
                }
            }
        };
        assert_items(only(polish("A", definition, values), "A"), expected);
    }
}
