//! `From` for what stands in a type so plainly that nobody has to say how: each shape of a union that its type tells apart
//! from the others, each body of an operation, and the one property that an object cannot do without.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::arguments;
use super::rust_type::{From, ident, rust_type};
use crate::plan::{BodyKind, EnumBase, Operation, Plan, TypeKind, TypeRef, UnionDef};

/// `From` each shape that only one variant has.
pub fn of_union(name: &str, union: &UnionDef, plan: &Plan) -> TokenStream {
    let shapes = union.variants.iter().map(|variant| Shape {
        ident: ident(&variant.ident),
        ty: &variant.ty,
        boxed: matches!(variant.ty, TypeRef::Named(_)),
        is_text_enum: match &variant.ty {
            TypeRef::Named(name) => plan
                .types
                .get(name)
                .is_some_and(|found| matches!(&found.kind, TypeKind::Enum(values) if values.base == EnumBase::Text)),
            _ => false,
        },
    });
    let shapes: Vec<_> = shapes.collect();
    let is_only = |shape: &&Shape<'_>| shapes.iter().filter(|other| other.ty == shape.ty).count() == 1;
    of_shapes(&ident(name), &shapes, shapes.iter().filter(is_only), From::Types)
}

/// `From` each of an operation's bodies; of one type that is sent in several ways, the first is meant: it can be typed best.
pub fn of_bodies(name: &str, operation: &Operation) -> TokenStream {
    const TEXT: &TypeRef = &TypeRef::String;
    let shapes = operation.bodies().filter_map(|body| {
        let ty = body.kind.value().or((body.kind == BodyKind::Text).then_some(TEXT))?;
        Some(Shape { ident: ident(&body.variant), ty, boxed: false, is_text_enum: false })
    });
    let shapes: Vec<_> = shapes.collect();
    let is_first = |(index, shape): &(usize, &Shape<'_>)| !shapes.iter().take(*index).any(|other| other.ty == shape.ty);
    let first = shapes.iter().enumerate().filter(is_first).map(|(_, shape)| shape);
    of_shapes(&ident(name), &shapes, first, From::Outside)
}

/// One variant of an enum.
struct Shape<'a> {
    ident: Ident,
    ty: &'a TypeRef,
    boxed: bool,
    is_text_enum: bool,
}

impl Shape<'_> {
    fn is_text(&self) -> bool {
        self.is_text_enum || self.ty.is_text()
    }

    fn is_number(&self) -> bool {
        matches!(self.ty, TypeRef::Integer | TypeRef::Unsigned | TypeRef::Number | TypeRef::Decimal)
    }

    fn is_collection(&self) -> bool {
        matches!(self.ty, TypeRef::Array(_) | TypeRef::Map(_))
    }
}

fn of_shapes<'a, 'b: 'a>(
    target: &Ident,
    all: &[Shape<'_>],
    wanted: impl Iterator<Item = &'a Shape<'b>>,
    place: From,
) -> TokenStream {
    let is_only_collection = {
        let mut kinds = all.iter().filter(|shape| shape.is_collection()).map(|shape| shape.ty);
        let first = kinds.next();
        kinds.all(|other| Some(other) == first)
    };
    let texts = all.iter().filter(|shape| shape.is_text()).count();
    let numbers = all.iter().filter(|shape| shape.is_number()).count();
    let impls = wanted.filter(|shape| is_convertible(shape.ty)).map(|shape| {
        let variant = &shape.ident;
        let wrap = |value: TokenStream| match shape.boxed {
            true => quote!(Self::#variant(Box::new(#value))),
            false => quote!(Self::#variant(#value)),
        };
        let loose = Loose {
            // Of several kinds of text the one that says no more than that is meant.
            text: *shape.ty == TypeRef::String || (texts == 1 && shape.is_text()),
            whole: numbers == 1 && *shape.ty == TypeRef::Integer,
            items: is_only_collection && shape.is_collection(),
        };
        impls(target, shape.ty, loose, place, &wrap)
    });
    quote!(#(#impls)*)
}

/// `From` the only property that an object cannot do without, by its constructor.
pub fn of_property(name: &str, ty: &TypeRef) -> Option<TokenStream> {
    let is_itself = matches!(ty, TypeRef::Named(own) if own == name);
    if is_itself || !is_convertible(ty) {
        return None;
    }
    let target = ident(name);
    // The constructor takes all of these.
    let made = quote!(Self::new(value));
    let exact = rust_type(ty, From::Types);
    let mut impls = vec![from(&target, &quote!(), &exact, &made)];
    if *ty == TypeRef::String {
        impls.push(from(&target, &quote!(), &quote!(&str), &made));
    }
    if let Some((generics, array)) = array(&target, ty, From::Types) {
        impls.push(from(&target, &generics, &array, &made));
    }
    Some(quote!(#(#impls)*))
}

/// What is taken beside the very type.
#[derive(Clone, Copy)]
struct Loose {
    /// Any text, where the type holds some.
    text: bool,
    /// A literal without a type.
    whole: bool,
    /// An array of what converts to the items.
    items: bool,
}

/// Of `null` nobody can say what it is of, and of any JSON nothing is told apart.
fn is_convertible(ty: &TypeRef) -> bool {
    !matches!(ty, TypeRef::Nullable(_) | TypeRef::Any)
}

fn impls(
    target: &Ident,
    ty: &TypeRef,
    loose: Loose,
    place: From,
    wrap: &dyn Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let exact = rust_type(ty, place);
    let mut made = vec![from(target, &quote!(), &exact, &wrap(quote!(value)))];
    if loose.text {
        made.push(from(target, &quote!(), &quote!(&str), &wrap(quote!(value.into()))));
        if *ty != TypeRef::String {
            made.push(from(target, &quote!(), &quote!(String), &wrap(quote!(value.into()))));
        }
    }
    if loose.whole {
        made.push(from(target, &quote!(), &quote!(i32), &wrap(quote!(value.into()))));
    }
    if let Some((generics, array)) = array(target, ty, place).filter(|_| loose.items) {
        made.push(from(target, &generics, &array, &wrap(arguments::made(ty, &quote!(value)))));
    }
    quote!(#(#made)*)
}

/// An array of what converts to the items of a list or the members of a map; not of what is gone through in turn.
fn array(target: &Ident, ty: &TypeRef, place: From) -> Option<(TokenStream, TokenStream)> {
    let plain =
        |ty: &TypeRef| !matches!(ty, TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Boolean | TypeRef::Unsigned);
    match ty {
        TypeRef::Array(items) if plain(items) => {
            let items = rust_type(items, place);
            let [v, n] = free(["V", "N"], &quote!(#target #items));
            Some((quote!(<#v: Into<#items>, const #n: usize>), quote!([#v; #n])))
        }
        TypeRef::Map(values) if plain(values) => {
            let values = rust_type(values, place);
            let [k, v, n] = free(["K", "V", "N"], &quote!(#target #values));
            Some((quote!(<#k: Into<String>, #v: Into<#values>, const #n: usize>), quote!([(#k, #v); #n])))
        }
        _ => None,
    }
}

/// Names of generics that are none of the types that stand beside them.
fn free<const COUNT: usize>(wanted: [&str; COUNT], beside: &TokenStream) -> [Ident; COUNT] {
    let taken: BTreeSet<String> = beside.clone().into_iter().map(|token| token.to_string()).collect();
    wanted.map(|name| if taken.contains(name) { ident(&format!("{name}0")) } else { ident(name) })
}

fn from(target: &Ident, generics: &TokenStream, given: &TokenStream, made: &TokenStream) -> TokenStream {
    quote! {
        impl #generics From<#given> for #target {
            fn from(value: #given) -> Self {
                #made
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, exchanging, type_a};
    use super::*;

    fn found(schema: &serde_json::Value) -> TokenStream {
        let plan = exchanging(schema);
        let TypeKind::Union(union) = &type_a(&plan).kind else { panic!("it is no union") };
        of_union("A", union, &plan)
    }

    #[test]
    fn generics_are_called_like_no_type_beside_them() {
        let list = serde_json::json!({"type": "array", "items": {"type": "string"}});
        let plan = exchanging(&serde_json::json!({"oneOf": [list, {"type": "boolean"}]}));
        let TypeKind::Union(union) = &type_a(&plan).kind else { panic!("it is no union") };
        for (name, expected) in [
            ("V", quote!(impl<V0: Into<String>, const N: usize>)),
            ("N", quote!(impl<V: Into<String>, const N0: usize>)),
        ] {
            let made = of_union(name, union, &plan).to_string();
            assert!(made.contains(&expected.to_string()), "{made}");
        }
    }

    #[test]
    fn text_and_maps_convert_as_they_are_written() {
        let values = serde_json::json!({"type": "object", "additionalProperties": {"type": "string"}});
        let expected = quote! {
            impl From<String> for A {
                fn from(value: String) -> Self {
                    Self::Text(value)
                }
            }
            impl From<&str> for A {
                fn from(value: &str) -> Self {
                    Self::Text(value.into())
                }
            }
            impl From<std::collections::BTreeMap<String, String>> for A {
                fn from(value: std::collections::BTreeMap<String, String>) -> Self {
                    Self::Map(value)
                }
            }
            impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for A {
                fn from(value: [(K, V); N]) -> Self {
                    Self::Map(value.into_iter().map(|(key, value)| (key.into(), value.into())).collect::<std::collections::BTreeMap<_, _>>())
                }
            }
        };
        assert_items(found(&serde_json::json!({"oneOf": [{"type": "string"}, values]})), expected);
    }

    #[test]
    fn of_two_shapes_of_one_type_neither_converts() {
        let text = |format: &str| serde_json::json!({"type": "string", "title": format});
        let made = found(&serde_json::json!({"oneOf": [
            {"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": text("a")},
        ]}));
        let made = made.to_string();
        assert!(made.contains("Vec < i64 >") && made.contains("Vec < String >") && !made.contains("const N"), "{made}");
    }

    #[test]
    fn a_literal_number_is_whole_where_only_that_is_a_number() {
        let made = |other: &str| {
            let list = serde_json::json!({"type": "array", "items": {"type": "integer"}});
            found(&serde_json::json!({"oneOf": [{"type": "integer"}, {"type": other}, list]})).to_string()
        };
        assert!(made("boolean").contains("From < i32 >"));
        assert!(!made("number").contains("From < i32 >"));
    }
}
