//! Unions: one variant a shape, chosen by what tells the shapes apart or by what keeps most of the value, and one for what
//! fits none.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Discriminator, Docs, Tag, TypeDef, TypeRef, UnionDef};

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
    let told = union.discriminators.iter().map(discriminator);
    let read = match union.discriminators.first().and_then(|found| found.default) {
        Some(default) => {
            let default = proc_macro2::Literal::usize_unsuffixed(default);
            quote!(switchboard_runtime::codegen::v1::union::read_or(deserializer, told, shapes, #default, Self::#other))
        }
        None => quote!(switchboard_runtime::codegen::v1::union::read(deserializer, told, shapes, Self::#other)),
    };
    let serialized = union.variants.iter().zip(&idents).map(|(variant, ident)| match &variant.tag {
        Some(Tag { property, value: tag }) => {
            quote!(Self::#ident(value) => switchboard_runtime::codegen::v1::union::tagged(value, #property, #tag, serializer),)
        }
        None => quote!(Self::#ident(value) => value.serialize(serializer),),
    });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A value of none of the documented shapes, as it came.
            #other(serde_json::Value),
        }

        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    #(#serialized)*
                    Self::#other(value) => value.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let told: &[switchboard_runtime::codegen::v1::union::Discriminator<'_>] = &[#(#told),*];
                let shapes: &[switchboard_runtime::codegen::v1::union::Shape<Self>] = &[
                    #(|value, how| switchboard_runtime::codegen::v1::union::shape(value, how, Self::#idents),)*
                ];
                #read
            }
        }
    }
}

/// Structs and unions are boxed: a union is as large as its largest variant, and may contain itself.
pub fn variant_type(ty: &TypeRef) -> TokenStream {
    let spelled = rust_type(ty, From::Types);
    if matches!(ty, TypeRef::Named(_)) { quote!(Box<#spelled>) } else { spelled }
}

/// One property that tells the shapes apart.
fn discriminator(found: &Discriminator) -> TokenStream {
    let literal = |index: &usize| proc_macro2::Literal::usize_unsuffixed(*index);
    let path = &found.path;
    let values = found.mapping.iter().map(|(value, index)| {
        let index = literal(index);
        quote!((#value, #index))
    });
    let shapes = |setter: &str, shapes: &[usize]| {
        let (setter, indices) = (ident(setter), shapes.iter().map(literal));
        (!shapes.is_empty()).then(|| quote!(.#setter(&[#(#indices),*])))
    };
    let (fixed, required) = (shapes("fixed", &found.fixed), shapes("required", &found.required));
    quote! {
        switchboard_runtime::codegen::v1::union::Discriminator::new(&[#(#path),*], &[#(#values),*]) #fixed #required
    }
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
            impl serde::Serialize for A {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        Self::Cat(value) => value.serialize(serializer),
                        Self::Integer(value) => value.serialize(serializer),
                        Self::Unknown(value) => value.serialize(serializer),
                    }
                }
            }
            impl<'de> serde::Deserialize<'de> for A {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let told: &[switchboard_runtime::codegen::v1::union::Discriminator<'_>] = &[
                        switchboard_runtime::codegen::v1::union::Discriminator::new(&["kind"], &[("cat", 0)]).fixed(&[0]).required(&[0])
                    ];
                    let shapes: &[switchboard_runtime::codegen::v1::union::Shape<Self>] = &[
                        |value, how| switchboard_runtime::codegen::v1::union::shape(value, how, Self::Cat),
                        |value, how| switchboard_runtime::codegen::v1::union::shape(value, how, Self::Integer),
                    ];
                    switchboard_runtime::codegen::v1::union::read(deserializer, told, shapes, Self::Unknown)
                }
            }
        };
        assert_items(polish("A", definition, union), expected);
    }

    #[test]
    fn a_discriminator_names_the_variants_that_it_fixes_and_requires() {
        let found = Discriminator {
            path: vec!["item".to_owned(), "kind".to_owned()],
            mapping: vec![("cat".to_owned(), 0), ("dog".to_owned(), 1)],
            fixed: vec![0, 1],
            required: vec![1],
            default: None,
        };
        let expected = quote! {
            switchboard_runtime::codegen::v1::union::Discriminator::new(&["item", "kind"], &[("cat", 0), ("dog", 1)])
                .fixed(&[0, 1])
                .required(&[1])
        };
        assert_eq!(discriminator(&found).to_string(), expected.to_string());
    }
}
