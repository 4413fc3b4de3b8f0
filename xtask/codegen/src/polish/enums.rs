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

        switchboard_runtime::codegen::v1::string_enum! { #name else #other; #(#idents #wires;)* }
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

        switchboard_runtime::codegen::v1::integer_enum! { #name else #other; #(#idents #wires;)* }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, exchanging, type_a};
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
            switchboard_runtime::codegen::v1::string_enum! {
                A else Unknown;
                On "on";
                SwitchedOff "switched-off";
            }
        };
        assert_items(found, expected);
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
            switchboard_runtime::codegen::v1::integer_enum! {
                A else Unknown;
                Off -1;
                On 1;
            }
        };
        assert_items(polish("A", definition, values), expected);
    }
}
