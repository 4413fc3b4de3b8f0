//! Parameters of a call: how each is set and described, which a part's headers are, too.

use proc_macro2::TokenStream;
use quote::quote;

use serde_json::Value;

use super::docs::{self, code};
use super::rust_type::{From, ident};
use super::{arguments, call_type};
use crate::plan::{FormField, Location, Nested, Parameter, Style};

/// What is said of a parameter.
pub fn documented(parameter: &Parameter) -> TokenStream {
    docs::attributes(
        &parameter.docs,
        &format!("Sets the {} parameter {}.", parameter.location.word(), code(&parameter.name)),
    )
}

/// The line that sets a parameter, where one can say it.
pub fn line(parameter: &Parameter) -> Option<call_type::Setter> {
    let place = (parameter.location != Location::QueryString).then(|| parameter.location.word())?;
    call_type::Setter::new(documented(parameter), &parameter.ident, &parameter.ty, (place, &parameter.name))
}

/// The method that sets a parameter.
pub fn setter(parameter: &Parameter) -> TokenStream {
    let (docs, name) = (documented(parameter), ident(&parameter.ident));
    let taken = arguments::taken(&parameter.ty, From::Outside);
    let set = set(parameter, &arguments::made(&parameter.ty, &quote!(value)));
    quote! {
        #docs
        pub fn #name(self, value: #taken) -> Self {
            Self(self.0 #set)
        }
    }
}

/// How a call is given the value of a parameter.
pub fn set(parameter: &Parameter, value: &TokenStream) -> TokenStream {
    set_reference(parameter, &quote!(&#value))
}

/// How a call is given the only value of a parameter, which is plain.
pub fn set_constant(parameter: &Parameter, value: &Value) -> TokenStream {
    set_reference(
        parameter,
        &match value {
            Value::String(text) => quote!(#text),
            Value::Bool(flag) => quote!(&#flag),
            other => {
                // Without its type a number is an `i32`, which does not hold them all.
                let number = proc_macro2::Literal::i64_suffixed(other.as_i64().unwrap_or_default());
                quote!(&#number)
            }
        },
    )
}

fn set_reference(parameter: &Parameter, value: &TokenStream) -> TokenStream {
    let name = &parameter.name;
    let place = ident(parameter.location.word());
    match (parameter.location, parameter.style) {
        (Location::QueryString, Style::Form) => {
            let fields = fields(&parameter.fields);
            quote!(.query_form(#value, #fields))
        }
        (Location::QueryString, Style::Json) => quote!(.query_json(#value)),
        (Location::QueryString, _) => quote!(.query_text(#value)),
        _ => quote!(.#place(#name, #value)),
    }
}

/// The fields of a form that are not written in the default style.
pub fn fields(fields: &[FormField]) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (name, described) = (&field.name, described_field(field));
        quote!((#name, #described))
    });
    quote!(const { &[#(#fields),*] })
}

/// The runtime's description of a field in a style.
pub fn described_field(field: &FormField) -> TokenStream {
    let (name, style, explode, reserved) = (&field.name, style(field.style), field.explode, field.allow_reserved);
    let nested = nested(field.nested);
    quote!(switchboard_runtime::codegen::v1::Parameter::query(#name).style(switchboard_runtime::codegen::v1::Style::#style).explode(#explode).allow_reserved(#reserved) #nested)
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
    let slashes = parameter.slashes.then(|| quote!(.slashes()));
    let nested = nested(parameter.nested);
    // Those of a path are required without being told.
    let required = (parameter.required && parameter.location != Location::Path).then(|| quote!(.required()));
    quote!(switchboard_runtime::codegen::v1::Parameter::#place(#name) #style #explode #reserved #slashes #nested #required)
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
            (
                serde_json::json!({"name": "x", "in": "query", "schema": list, "explode": false, "required": true}),
                quote!(query("x").explode(false).required()),
            ),
        ] {
            assert_tokens(described(&parameter(said)), quote!(switchboard_runtime::codegen::v1::Parameter::#expected));
        }
    }

    #[test]
    fn a_value_of_several_segments_keeps_its_slashes() {
        let text = parameter(serde_json::json!({"name": "x", "in": "query", "schema": {"type": "string"}}));
        let path = Parameter { location: Location::Path, style: Style::Simple, explode: false, slashes: true, ..text };
        let expected = quote!(switchboard_runtime::codegen::v1::Parameter::path("x").slashes());
        assert_tokens(described(&path), expected);
    }

    #[test]
    fn the_only_value_of_a_number_is_as_wide_as_its_type() {
        let found = parameter(serde_json::json!({
            "name": "x", "in": "query", "required": true,
            "schema": {"type": "integer", "format": "int64", "enum": [10_000_000_000_i64]},
        }));
        let only = found.constant.clone().unwrap();
        assert_tokens(set_constant(&found, &only), quote!(.query("x", &10000000000i64)));
    }

    #[test]
    fn setters_take_what_converts() {
        let number = serde_json::json!({"name": "x", "in": "query", "schema": {"type": "integer"}});
        let expected = quote! {
            pub fn x(self, value: impl Into<i64>) -> Self {
                Self(self.0.query("x", &value.into()))
            }
        };
        assert_members(setter(&parameter(number)), expected);
        let list =
            serde_json::json!({"name": "x", "in": "header", "schema": {"type": "array", "items": {"type": "string"}}});
        let expected = quote! {
            pub fn x(self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
                Self(self.0.header("x", &value.into_iter().map(Into::into).collect::<Vec<_>>()))
            }
        };
        assert_members(setter(&parameter(list)), expected);
    }
}
