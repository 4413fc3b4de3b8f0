//! Unions: one variant a shape, chosen by what tells the shapes apart or by what keeps most of the value, and one for what
//! fits none.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Bound, Discriminator, Docs, Limit, Measure, Tag, TypeDef, TypeRef, UnionDef};

/// Makes the union that progenitor saw a placeholder for.
pub fn polish(name: &str, definition: &TypeDef, union: &UnionDef) -> TokenStream {
    let docs = docs::attributes(&definition.docs, "One of several shapes.");
    let name = ident(name);
    let other = ident(&union.other);
    let idents: Vec<_> = union.variants.iter().map(|variant| ident(&variant.ident)).collect();
    let variants = union.variants.iter().zip(&idents).map(|(variant, ident)| {
        let prose = Docs { description: variant.description.clone(), ..Docs::default() };
        let docs = docs::attributes(&prose, &format!("The shape `{ident}`."));
        let ty = variant_type(&variant.ty);
        quote!(#docs #ident(#ty),)
    });
    let table = table(&name, union);
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A value of none of the documented shapes, as it came.
            #other(serde_json::Value),
        }

        #table
    }
}

/// Structs and unions are boxed: a union is as large as its largest variant, and may contain itself.
pub fn variant_type(ty: &TypeRef) -> TokenStream {
    let spelled = rust_type(ty, From::Types);
    if matches!(ty, TypeRef::Named(_)) { quote!(Box<#spelled>) } else { spelled }
}

/// The table by which the runtime reads and writes a union.
fn table(name: &proc_macro2::Ident, union: &UnionDef) -> TokenStream {
    let literal = proc_macro2::Literal::usize_unsuffixed;
    let other = ident(&union.other);
    let shapes = union.variants.iter().enumerate().map(|(index, variant)| {
        let (index, ident) = (literal(index), ident(&variant.ident));
        let tag = variant.tag.as_ref().map(|Tag { property, value }| quote!(#property #value));
        quote!(#index #ident #tag;)
    });
    let told = union.discriminators.iter().map(discriminator);
    let default = union.discriminators.first().and_then(|found| found.default).map(|default| {
        let default = literal(default);
        quote!(default #default;)
    });
    let limits = union.limits.iter().map(|(index, limit)| self::limit(*index, limit));
    quote!(switchboard_runtime::codegen::v1::union! { #name else #other; #(#shapes)* #(#told)* #default #(#limits)* })
}

/// Something that the shape with this index forbids.
fn limit(index: usize, limit: &Limit) -> TokenStream {
    let index = proc_macro2::Literal::usize_unsuffixed(index);
    match limit {
        Limit::Closed => quote!(limit #index closed;),
        Limit::Without(names) => quote!(limit #index without [#(#names),*];),
        Limit::Needs(names) => quote!(limit #index needs [#(#names),*];),
        Limit::Number { path, bound, of } => {
            let bound = ident(match bound {
                Bound::Least => "least",
                Bound::Greatest => "greatest",
                Bound::Above => "above",
                Bound::Below => "below",
            });
            quote!(limit #index #bound [#(#path),*] of #of;)
        }
        Limit::Size { measure, path, least, most } => {
            let measure = ident(match measure {
                Measure::Members => "members",
                Measure::Items => "items",
                Measure::Characters => "characters",
            });
            let bound = |word: &str, bound: u64| {
                let (word, bound) = (ident(word), proc_macro2::Literal::u64_unsuffixed(bound));
                quote!(#word #bound)
            };
            let least = (*least > 0).then(|| bound("from", *least));
            let most = most.map(|most| bound("to", most));
            quote!(limit #index #measure [#(#path),*] #least #most;)
        }
        Limit::Format { path, format } => quote!(limit #index format [#(#path),*] of #format;),
    }
}

/// One property that tells the shapes apart.
fn discriminator(found: &Discriminator) -> TokenStream {
    let literal = |index: &usize| proc_macro2::Literal::usize_unsuffixed(*index);
    let path = &found.path;
    let values = found.mapping.iter().chain(&found.aliases).map(|(value, index)| {
        let index = literal(index);
        quote!(#value #index)
    });
    let (fixed, required) = (found.fixed.iter().map(literal), found.required.iter().map(literal));
    quote!(by [#(#path),*] [#(#values),*] fixed [#(#fixed),*] required [#(#required),*];)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, exchanging, type_a};
    use super::*;
    use crate::plan::TypeKind;

    #[test]
    fn variants_are_told_apart_by_what_the_document_fixes() {
        let member = |kind: &str| serde_json::json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": kind}}});
        let cat = serde_json::json!({"title": "Cat", "allOf": [member("cat")]});
        let plan = exchanging(&serde_json::json!({"oneOf": [cat, {"type": "integer"}]}));
        let definition = type_a(&plan);
        let TypeKind::Union(union) = &definition.kind else { panic!("it is no union: {definition:?}") };
        let expected = quote! {
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum A {
                Cat(Box<ACat>),
                Integer(i64),
                Unknown(serde_json::Value),
            }
            switchboard_runtime::codegen::v1::union! {
                A else Unknown;
                0 Cat;
                1 Integer;
                by ["kind"] ["cat" 0] fixed [0] required [0];
            }
        };
        assert_items(polish("A", definition, union), expected);
    }

    #[test]
    fn what_a_shape_forbids_is_a_line_each() {
        let size = |least: u64, most: Option<u64>| Limit::Size {
            measure: Measure::Items,
            path: vec!["a".to_owned()],
            least,
            most,
        };
        for (found, expected) in [
            (Limit::Closed, quote!(limit 1 closed;)),
            (Limit::Without(vec!["a".to_owned(), "b".to_owned()]), quote!(limit 1 without ["a", "b"];)),
            (Limit::Needs(vec!["a".to_owned(), "b".to_owned()]), quote!(limit 1 needs ["a", "b"];)),
            (
                Limit::Number { path: vec!["a".to_owned()], bound: Bound::Above, of: "1.5".to_owned() },
                quote!(limit 1 above ["a"] of "1.5";),
            ),
            (size(2, None), quote!(limit 1 items ["a"] from 2;)),
            (size(0, Some(0)), quote!(limit 1 items ["a"] to 0;)),
            (size(2, Some(3)), quote!(limit 1 items ["a"] from 2 to 3;)),
            (
                Limit::Format { path: vec!["a".to_owned()], format: "ipv4".to_owned() },
                quote!(limit 1 format ["a"] of "ipv4";),
            ),
        ] {
            assert_eq!(limit(1, &found).to_string(), expected.to_string());
        }
    }

    #[test]
    fn a_discriminator_names_the_variants_that_it_fixes_and_requires() {
        let found = Discriminator {
            path: vec!["item".to_owned(), "kind".to_owned()],
            mapping: vec![("cat".to_owned(), 0), ("dog".to_owned(), 1)],
            aliases: vec![("Dog".to_owned(), 1)],
            is_said: true,
            fixed: vec![0, 1],
            required: vec![1],
            default: None,
        };
        let expected = quote!(by ["item", "kind"] ["cat" 0, "dog" 1, "Dog" 1] fixed [0, 1] required [1];);
        assert_eq!(discriminator(&found).to_string(), expected.to_string());
    }
}
