//! The runtime's `call!`: the type of a call, in a line what it answers and how it is sent, and one for each of what may be set.
//! What a line cannot say is written out beside it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, Item, LitStr, Macro, Token, Type, parenthesized};

use super::docs::attributes_of;
use super::rust_type::{From, ident};
use super::setters::Taken;
use crate::plan::TypeRef;

/// What the macro is told.
#[derive(Clone)]
pub struct CallType {
    pub head: Head,
    pub list: Option<List>,
    pub setters: Vec<Setter>,
}

/// The call itself.
#[derive(Clone)]
pub struct Head {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    /// Whether it can be sent but once, for its body can be a stream.
    pub once: bool,
    pub answer: Type,
    pub error: Type,
    /// The answer's headers, where they are typed.
    pub headers: Option<Type>,
    /// How it is sent, unless that is written out.
    pub send: Option<Send>,
}

/// The runtime's method that sends a call, with what reads the answer.
#[derive(Clone)]
pub struct Send {
    pub method: Ident,
    pub read: Option<Expr>,
}

/// How its list comes in pages.
#[derive(Clone)]
pub struct List {
    pub item: Type,
    pub page: Type,
    /// A page's headers, where they are typed.
    pub headers: Option<Type>,
    pub described: Expr,
}

/// A method that sets what may be left out.
#[derive(Clone)]
pub struct Setter {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub taken: Taken,
    /// The runtime's method that it is set by, and its name on the wire.
    pub place: Ident,
    pub wire: LitStr,
}

/// What sets what may be left out of a call: lines of its table, and methods that no line can say.
#[derive(Default)]
pub struct Setters {
    pub lines: Vec<Setter>,
    pub written: Vec<TokenStream>,
}

impl Setters {
    /// Adds a method, `written` out where there is no line of it.
    pub fn add(&mut self, line: Option<Setter>, written: impl FnOnce() -> TokenStream) {
        match line {
            Some(line) => self.lines.push(line),
            None => self.written.push(written()),
        }
    }
}

impl Setter {
    /// The method that sets what the runtime's method `place` does, by its name on the wire; none if no line can say it.
    pub fn new(docs: TokenStream, name: &str, ty: &TypeRef, (place, wire): (&str, &str)) -> Option<Self> {
        let taken = Taken::new(ty, From::Outside)?;
        let wire = LitStr::new(wire, Span::call_site());
        Some(Self { attributes: attributes_of(docs), name: ident(name), taken, place: ident(place), wire })
    }
}

impl CallType {
    /// What the macro's call stands for, as it would be written out, without what the methods do.
    pub fn written_out(&self) -> Vec<Item> {
        let Head { name, once, answer, error, headers, send, .. } = &self.head;
        let clone = (!once).then(|| quote!(#[derive(Clone)]));
        let headers = headers.iter();
        let answer = quote!(ResponseValue<#answer #(, #headers)*>);
        let send = send.iter().map(|_| quote!(pub async fn send(self) -> Result<#answer, Error<#error>> {}));
        let setters = self.setters.iter().map(|Setter { attributes, name, taken, .. }| {
            let argument = taken.argument();
            quote!(#(#attributes)* pub fn #name(self, value: #argument) -> Self {})
        });
        let list = self.list.iter().map(|List { item, page, headers, .. }| {
            let headers = headers.iter();
            quote! {
                pub fn stream(self) -> Items<#item, #error> {}
                pub fn pages(self) -> Pages<#page, #error #(, #headers)*> {}
            }
        });
        let written = quote! {
            #clone
            #[derive(Debug)]
            pub struct #name<'a>(pub(crate) Call<'a>);
            impl #name<'_> {
                #(#setters)*
                #(#send)*
                #(#list)*
            }
        };
        syn::parse2::<syn::File>(written).map(|file| file.items).unwrap_or_default()
    }

    fn visit(&mut self, visitor: &mut impl VisitMut) {
        visitor.visit_type_mut(&mut self.head.answer);
        visitor.visit_type_mut(&mut self.head.error);
        self.head.headers.iter_mut().for_each(|headers| visitor.visit_type_mut(headers));
        if let Some(Send { read: Some(read), .. }) = &mut self.head.send {
            visitor.visit_expr_mut(read);
        }
        if let Some(List { item, page, headers, described }) = &mut self.list {
            visitor.visit_type_mut(item);
            visitor.visit_type_mut(page);
            headers.iter_mut().for_each(|headers| visitor.visit_type_mut(headers));
            visitor.visit_expr_mut(described);
        }
        self.setters.iter_mut().for_each(|setter| visitor.visit_type_mut(setter.taken.ty()));
    }
}

/// What the macro was told, where it is this one.
pub fn read(called: &Macro) -> Option<CallType> {
    let is_this = called.path.segments.last().is_some_and(|last| last.ident == "call");
    is_this.then(|| called.parse_body().ok()).flatten()
}

/// Shows what a macro's call names, where the macro is this one.
pub fn visit(called: &mut Macro, visitor: &mut impl VisitMut) {
    let Some(mut told) = read(called) else { return };
    told.visit(visitor);
    called.tokens = quote!(#told);
}

impl ToTokens for CallType {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Head { attributes, name, once, answer, error, headers, send } = &self.head;
        let headers = headers.iter();
        let once = once.then(|| quote!((once)));
        let send = send.iter().map(|Send { method, read }| quote!(= #method(#read)));
        tokens.append_all(quote!(#(#attributes)* #name #once -> #answer, #error #(, #headers)* #(#send)*;));
        if let Some(List { item, page, headers, described }) = &self.list {
            let headers = headers.iter();
            tokens.append_all(quote!(..#item, #page #(, #headers)* = #described;));
        }
        tokens.append_all(&self.setters);
    }
}

impl ToTokens for Setter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, name, taken, place, wire } = self;
        tokens.append_all(quote!(#(#attributes)* #name(#taken) = #place #wire;));
    }
}

impl Parse for CallType {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let head = input.parse()?;
        let list = if input.peek(Token![..]) { Some(input.parse()?) } else { None };
        let mut setters = Vec::new();
        while !input.is_empty() {
            setters.push(input.parse()?);
        }
        Ok(Self { head, list, setters })
    }
}

impl Parse for Head {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (attributes, name) = (input.call(Attribute::parse_outer)?, input.parse()?);
        let once = input.peek(syn::token::Paren);
        if once {
            let word;
            parenthesized!(word in input);
            word.parse::<Ident>()?;
        }
        input.parse::<Token![->]>()?;
        let answer = input.parse()?;
        input.parse::<Token![,]>()?;
        let error = input.parse()?;
        let headers = headers(input)?;
        let send = if input.parse::<Option<Token![=]>>()?.is_some() { Some(input.parse()?) } else { None };
        input.parse::<Token![;]>()?;
        Ok(Self { attributes, name, once, answer, error, headers, send })
    }
}

/// The type of headers, behind others.
fn headers(input: ParseStream<'_>) -> syn::Result<Option<Type>> {
    if input.parse::<Option<Token![,]>>()?.is_some() { input.parse().map(Some) } else { Ok(None) }
}

impl Parse for Send {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let method = input.parse()?;
        let read;
        parenthesized!(read in input);
        Ok(Self { method, read: if read.is_empty() { None } else { Some(read.parse()?) } })
    }
}

impl Parse for List {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![..]>()?;
        let item = input.parse()?;
        input.parse::<Token![,]>()?;
        let page = input.parse()?;
        let headers = headers(input)?;
        input.parse::<Token![=]>()?;
        let described = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self { item, page, headers, described })
    }
}

impl Parse for Setter {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (attributes, name) = (input.call(Attribute::parse_outer)?, input.parse()?);
        let taken;
        parenthesized!(taken in input);
        let taken = taken.parse()?;
        input.parse::<Token![=]>()?;
        let (place, wire) = (input.parse()?, input.parse()?);
        input.parse::<Token![;]>()?;
        Ok(Self { attributes, name, taken, place, wire })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn told() -> Macro {
        parse_quote! {
            a::call! {
                /// The call.
                List -> Vec<types::Pet>, errors::ListError, headers::Total = send(decode::json);
                ..types::Pet, Vec<types::Pet>, headers::Total = paging::List::json(&paging::Paging::link_header(""), |page| Some(page));
                #[deprecated = "x"]
                limit(i64) = query "limit";
                tags([types::Tag]) = header "X-Tags";
            }
        }
    }

    #[test]
    fn what_is_told_is_read_as_it_was_written() {
        let called = told();
        let read = read(&called).unwrap();
        assert_eq!(quote!(#read).to_string(), called.tokens.to_string());
        for other in [
            quote!(Get -> runtime::ByteStream, errors::GetError = send_stream();),
            quote!(Put(once) -> (), errors::PutError;),
        ] {
            let read: CallType = syn::parse2(other.clone()).unwrap();
            assert_eq!(quote!(#read).to_string(), other.to_string());
        }
        assert!(super::read(&parse_quote!(a::other! { b -> c, d; })).is_none());
    }

    #[test]
    fn what_it_stands_for_is_what_would_be_written() {
        let items = read(&told()).unwrap().written_out();
        let expected: syn::File = parse_quote! {
            #[derive(Clone)]
            #[derive(Debug)]
            pub struct List<'a>(pub(crate) Call<'a>);
            impl List<'_> {
                #[deprecated = "x"]
                pub fn limit(self, value: impl Into<i64>) -> Self {}
                pub fn tags(self, value: impl IntoIterator<Item = impl Into<types::Tag>>) -> Self {}
                pub async fn send(self) -> Result<ResponseValue<Vec<types::Pet>, headers::Total>, Error<errors::ListError>> {}
                pub fn stream(self) -> Items<types::Pet, errors::ListError> {}
                pub fn pages(self) -> Pages<Vec<types::Pet>, errors::ListError, headers::Total> {}
            }
        };
        assert_eq!(items, expected.items);
    }

    #[test]
    fn all_paths_are_shown() {
        struct Seen(Vec<String>);
        impl VisitMut for Seen {
            fn visit_path_mut(&mut self, path: &mut syn::Path) {
                self.0.push(path.to_token_stream().to_string().replace(' ', ""));
                syn::visit_mut::visit_path_mut(self, path);
            }
        }
        let mut seen = Seen(Vec::new());
        visit(&mut told(), &mut seen);
        let expected = [
            "Vec<types::Pet>",
            "types::Pet",
            "errors::ListError",
            "headers::Total",
            "decode::json",
            "types::Pet",
            "Vec<types::Pet>",
            "types::Pet",
            "headers::Total",
            "paging::List::json",
            "paging::Paging::link_header",
            "Some",
            "page",
            "i64",
            "types::Tag",
        ];
        assert_eq!(seen.0, expected);
    }
}
