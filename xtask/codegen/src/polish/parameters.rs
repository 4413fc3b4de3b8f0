//! Arguments of a call: the field, the setter and the description of each, which a part's headers have, too.

use proc_macro2::TokenStream;
use quote::quote;

use super::builders::argument;
use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Nested, Parameter, Style, TypeRef};

/// What is said of an argument that was not set and must be: which it is, and the methods of which one sets it.
pub fn unset<'a>(what: &str, setters: impl IntoIterator<Item = &'a str>) -> String {
    let setters: Vec<String> = setters.into_iter().map(|setter| format!("`.{}(…)`", ident(setter))).collect();
    format!("{what} is required and was not set: call {}", setters.join(" or "))
}

/// The type of the field that keeps a parameter.
pub fn parameter_type(parameter: &Parameter) -> TokenStream {
    let ty = rust_type(&parameter.ty, From::Outside);
    if parameter.required { ty } else { quote!(Option<#ty>) }
}

/// The setter of a parameter, or of a part's header.
pub fn setter(parameter: &Parameter) -> TokenStream {
    let docs = docs::attributes(
        &parameter.docs,
        &format!("Sets the {} parameter {}.", parameter.location.word(), code(&parameter.name)),
    );
    let (name, ty) = (ident(&parameter.ident), rust_type(&parameter.ty, From::Outside));
    let some = (!parameter.required).then(|| quote!(.map(Some)));
    if let TypeRef::Array(_) = &parameter.ty {
        let (argument, converted) = argument(&parameter.ty, From::Outside);
        let stored = if parameter.required { converted } else { quote!(Some(#converted)) };
        return quote! {
            #docs
            pub fn #name(mut self, value: #argument) -> Self {
                self.#name = Ok(#stored);
                self
            }
        };
    }
    let wire = &parameter.name;
    quote! {
        #docs
        pub fn #name(mut self, value: impl TryInto<#ty, Error: std::fmt::Display>) -> Self {
            self.#name = value.try_into()#some.map_err(|error| switchboard_runtime::unfit(#wire, error));
            self
        }
    }
}

/// The runtime's description of a parameter.
pub fn described(parameter: &Parameter) -> TokenStream {
    let name = &parameter.name;
    let place = ident(parameter.location.word());
    // What the runtime takes where nothing else is said.
    let default_style = parameter.location.default_style();
    let style = (parameter.style != default_style).then(|| {
        let style = style(parameter.style);
        quote!(.style(switchboard_runtime::Style::#style))
    });
    let explode = (parameter.explode != default_style.explodes()).then(|| {
        let explode = parameter.explode;
        quote!(.explode(#explode))
    });
    let reserved = parameter.allow_reserved.then(|| quote!(.allow_reserved(true)));
    let nested = nested(parameter.nested);
    quote!(switchboard_runtime::Parameter::#place(#name) #style #explode #reserved #nested)
}

/// What is said of how values within values are written, where it is not as usual.
pub fn nested(nested: Nested) -> Option<TokenStream> {
    let word = ident(match nested {
        Nested::Usual => return None,
        Nested::Json => "Json",
        Nested::Repeat => "Repeat",
        Nested::Brackets => "Brackets",
        Nested::Index => "Index",
        Nested::Comma => "Comma",
        Nested::Space => "Space",
        Nested::Tab => "Tab",
        Nested::Pipe => "Pipe",
    });
    Some(quote!(.nested(switchboard_runtime::Nested::#word)))
}

pub fn style(style: Style) -> proc_macro2::Ident {
    ident(match style {
        Style::Simple => "Simple",
        Style::Label => "Label",
        Style::Matrix => "Matrix",
        Style::Form => "Form",
        Style::Cookie => "Cookie",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::TabDelimited => "TabDelimited",
        Style::DeepObject => "DeepObject",
        Style::Json => "Json",
    })
}
