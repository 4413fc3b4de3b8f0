//! Arguments of a call: the field, the setter and the description of each, which a part's headers have, too.

use proc_macro2::TokenStream;
use quote::quote;

use super::builders::argument;
use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Nested, Parameter, Style};

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
    let (name, wire) = (ident(&parameter.ident), &parameter.name);
    let (argument, fit) = argument(&parameter.ty, From::Outside);
    let some = (!parameter.required).then(|| quote!(.map(Some)));
    quote! {
        #docs
        pub fn #name(mut self, value: #argument) -> Self {
            self.#name = switchboard_runtime::codegen::v1::#fit(#wire, value)#some;
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
        quote!(.style(switchboard_runtime::codegen::v1::Style::#style))
    });
    let explode = (parameter.explode != default_style.explodes()).then(|| {
        let explode = parameter.explode;
        quote!(.explode(#explode))
    });
    let reserved = parameter.allow_reserved.then(|| quote!(.allow_reserved(true)));
    let nested = nested(parameter.nested);
    quote!(switchboard_runtime::codegen::v1::Parameter::#place(#name) #style #explode #reserved #nested)
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
    Some(quote!(.nested(switchboard_runtime::codegen::v1::Nested::#word)))
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

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_members, assert_tokens, operation};
    use super::*;

    fn parameter(parameter: serde_json::Value) -> Parameter {
        let found =
            operation(&serde_json::json!({"parameters": [parameter], "responses": {"204": {"description": ""}}}));
        found.parameters.into_iter().find(|found| found.name == "x").unwrap()
    }

    #[test]
    fn a_parameter_says_only_what_differs_from_the_default() {
        let text = serde_json::json!({"type": "string"});
        let list = serde_json::json!({"type": "array", "items": text});
        for (said, expected) in [
            (serde_json::json!({"name": "x", "in": "query", "schema": text}), quote!(query("x"))),
            (
                serde_json::json!({"name": "x", "in": "query", "schema": list, "style": "pipeDelimited", "allowReserved": true}),
                quote!(
                    query("x")
                        .style(switchboard_runtime::codegen::v1::Style::PipeDelimited)
                        .explode(false)
                        .allow_reserved(true)
                ),
            ),
            (
                serde_json::json!({"name": "x", "in": "query", "schema": list, "explode": false}),
                quote!(query("x").explode(false)),
            ),
            (
                serde_json::json!({"name": "x", "in": "header", "content": {"application/json": {"schema": list}}}),
                quote!(header("x").style(switchboard_runtime::codegen::v1::Style::Json)),
            ),
            (serde_json::json!({"name": "x", "in": "cookie", "schema": text}), quote!(cookie("x"))),
        ] {
            assert_tokens(described(&parameter(said)), quote!(switchboard_runtime::codegen::v1::Parameter::#expected));
        }
    }

    #[test]
    fn setters_take_what_converts() {
        let required = serde_json::json!({"name": "x", "in": "query", "required": true, "schema": {"type": "integer"}});
        let expected = quote! {
            pub fn x(mut self, value: impl switchboard_runtime::Fits<i64>) -> Self {
                self.x = switchboard_runtime::codegen::v1::fit("x", value);
                self
            }
        };
        assert_members(setter(&parameter(required)), expected);
        let list =
            serde_json::json!({"name": "x", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}});
        let expected = quote! {
            pub fn x(mut self, value: impl IntoIterator<Item = impl switchboard_runtime::Fits<String>>) -> Self {
                self.x = switchboard_runtime::codegen::v1::fit_all("x", value).map(Some);
                self
            }
        };
        assert_members(setter(&parameter(list)), expected);
    }
}
