//! The runtime's `setters!`: a line says what a method takes, and the runtime makes all of them alike. What reads generated code
//! again (to shorten paths, to import) knows of the types in it by this.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Macro, Signature, Token, Type, bracketed, parenthesized, parse_quote};

use super::rust_type::{From, rust_type};
use crate::plan::TypeRef;

/// A line: a field, what its method takes, and the method that makes it null.
#[derive(Clone)]
pub struct Setter {
    attributes: Vec<Attribute>,
    field: Ident,
    taken: Taken,
    null: Option<Ident>,
}

/// What a method takes.
#[derive(Clone)]
pub enum Taken {
    One(Type),
    Items(Type),
    Members(Type),
}

impl Setter {
    /// The method that sets `field`, of this type, where a line can say it.
    pub fn new(deprecated: Option<Attribute>, field: Ident, ty: &TypeRef, null: Option<Ident>) -> Option<Self> {
        let taken = Taken::new(ty, From::Types)?;
        Some(Self { attributes: deprecated.into_iter().collect(), field, taken, null })
    }

    /// The methods that the runtime makes of the line.
    pub fn methods(&self) -> Vec<Signature> {
        let argument = self.taken.argument();
        let field = &self.field;
        let setter = parse_quote!(fn #field(mut self, value: #argument) -> Self);
        let null = self.null.as_ref().map(|null| parse_quote!(fn #null(mut self) -> Self));
        std::iter::once(setter).chain(null).collect()
    }
}

impl Taken {
    /// What is taken for this type; none for what the runtime makes no method for, or what is not spelled in a word: a line is no
    /// place for more.
    pub fn new(ty: &TypeRef, from: From) -> Option<Self> {
        let spelled = |ty: &TypeRef| syn::parse2(rust_type(ty, from)).ok().filter(is_plain);
        Some(match ty {
            TypeRef::Array(items) if is_one(items) => Self::Items(spelled(items)?),
            TypeRef::Map(values) if is_one(values) => Self::Members(spelled(values)?),
            _ if is_one(ty) => Self::One(spelled(ty)?),
            _ => return None,
        })
    }

    /// The type of the method's argument.
    pub fn argument(&self) -> TokenStream {
        // Literals of these are of no other type, or would be taken for one that does not convert.
        let one = |ty: &Type| match ty {
            Type::Path(path) if path.path.is_ident("bool") || path.path.is_ident("u64") => quote!(#ty),
            _ => quote!(impl Into<#ty>),
        };
        match self {
            Self::One(ty) => one(ty),
            Self::Items(ty) => {
                let item = one(ty);
                quote!(impl IntoIterator<Item = #item>)
            }
            Self::Members(ty) => {
                let value = one(ty);
                quote!(impl IntoIterator<Item = (impl Into<String>, #value)>)
            }
        }
    }

    /// The type in it.
    pub fn ty(&mut self) -> &mut Type {
        match self {
            Self::One(ty) | Self::Items(ty) | Self::Members(ty) => ty,
        }
    }
}

fn is_one(ty: &TypeRef) -> bool {
    !matches!(ty, TypeRef::Array(_) | TypeRef::Map(_))
}

/// Whether a type has no arguments.
fn is_plain(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.iter().all(|segment| segment.arguments.is_none()))
}

impl ToTokens for Taken {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(match self {
            Self::One(ty) => quote!(#ty),
            Self::Items(ty) => quote!([#ty]),
            Self::Members(ty) => quote!([(String, #ty)]),
        });
    }
}

impl Parse for Taken {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(syn::token::Bracket) {
            return input.parse().map(Self::One);
        }
        let (items, pair);
        bracketed!(items in input);
        if !items.peek(syn::token::Paren) {
            return items.parse().map(Self::Items);
        }
        parenthesized!(pair in items);
        pair.parse::<Ident>()?;
        pair.parse::<Token![,]>()?;
        pair.parse().map(Self::Members)
    }
}

impl ToTokens for Setter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, field, taken, null } = self;
        let null = null.as_ref().map(|null| quote!(, #null()));
        tokens.append_all(quote!(#(#attributes)* #field(#taken) #null;));
    }
}

impl Parse for Setter {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (attributes, field) = (input.call(Attribute::parse_outer)?, input.parse()?);
        let taken;
        parenthesized!(taken in input);
        let taken = taken.parse()?;
        let null = if input.parse::<Option<Token![,]>>()?.is_some() {
            let null = input.parse()?;
            let empty;
            parenthesized!(empty in input);
            let _: TokenStream = empty.parse()?;
            Some(null)
        } else {
            None
        };
        input.parse::<Token![;]>()?;
        Ok(Self { attributes, field, taken, null })
    }
}

/// The macro's call within an `impl`; nothing where there is nothing to set.
pub fn call(setters: &[Setter]) -> Option<TokenStream> {
    (!setters.is_empty()).then(|| quote!(switchboard_runtime::codegen::v1::setters! { #(#setters)* }))
}

/// The lines of a macro's call, where the macro is this one.
pub fn read(called: &Macro) -> Option<Vec<Setter>> {
    let lines = |input: ParseStream<'_>| {
        let mut setters = Vec::new();
        while !input.is_empty() {
            setters.push(input.parse::<Setter>()?);
        }
        Ok(setters)
    };
    let is_this = called.path.segments.last().is_some_and(|last| last.ident == "setters");
    is_this.then(|| called.parse_body_with(lines).ok()).flatten()
}

/// Shows the types that a macro's call names, where the macro is this one.
pub fn visit_types(called: &mut Macro, mut visit: impl FnMut(&mut Type)) {
    let Some(mut setters) = read(called) else { return };
    setters.iter_mut().for_each(|setter| visit(setter.taken.ty()));
    called.tokens = quote!(#(#setters)*);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polish::rust_type::ident;

    #[test]
    fn a_line_says_what_is_taken_and_is_read_as_it_was_written() {
        let list = TypeRef::Array(Box::new(TypeRef::Date));
        let map = TypeRef::Map(Box::new(TypeRef::Boolean));
        let lines = [
            (TypeRef::String, None, quote!(a(String);)),
            (list.clone(), None, quote!(a([switchboard_runtime::Date]);)),
            (map, Some(ident("a_null")), quote!(a([(String, bool)]), a_null();)),
        ];
        for (ty, null, expected) in lines {
            let setter = Setter::new(None, ident("a"), &ty, null).unwrap();
            assert_eq!(quote!(#setter).to_string(), expected.to_string());
            let read: Setter = syn::parse2(expected.clone()).unwrap();
            assert_eq!(quote!(#read).to_string(), expected.to_string());
        }
        let nullable = TypeRef::Array(Box::new(TypeRef::Nullable(Box::new(TypeRef::String))));
        for ty in [TypeRef::Array(Box::new(list)), nullable] {
            assert!(Setter::new(None, ident("a"), &ty, None).is_none());
        }
    }

    #[test]
    fn methods_take_what_written_ones_take() {
        let map = TypeRef::Map(Box::new(TypeRef::Date));
        for ty in [TypeRef::Unsigned, TypeRef::Decimal, TypeRef::Array(Box::new(TypeRef::Boolean)), map] {
            let argument = super::super::arguments::taken(&ty, From::Types);
            let expected: Vec<Signature> =
                vec![parse_quote!(fn a(mut self, value: #argument) -> Self), parse_quote!(fn a_null(mut self) -> Self)];
            let setter = Setter::new(None, ident("a"), &ty, Some(ident("a_null"))).unwrap();
            assert_eq!(setter.methods(), expected);
        }
    }

    #[test]
    fn types_are_shown_and_can_be_changed() {
        let mut called: Macro = syn::parse_quote!(a::setters! { #[deprecated = "x"] b(c::D); e([c::F]); });
        let mut seen = Vec::new();
        visit_types(&mut called, |ty| {
            seen.push(ty.to_token_stream().to_string());
            *ty = syn::parse_quote!(G);
        });
        assert_eq!(seen, ["c :: D", "c :: F"]);
        assert_eq!(called.tokens.to_string(), quote!(#[deprecated = "x"] b(G); e([G]);).to_string());
        let mut other: Macro = syn::parse_quote!(a::other! { b(c::D); });
        visit_types(&mut other, |_| panic!("it is another macro"));
    }
}
