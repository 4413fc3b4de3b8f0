//! The headers of answers: a type for each set of them, with a method for each header.

use proc_macro2::TokenStream;
use quote::quote;

use super::by_feature::Part;
use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Docs, HeaderForm, Operation, Plan, ResponseHeader};

/// How many headers the documentation of a set names.
const SHOWN: usize = 4;

/// The types, with what they are needed for.
pub fn headers(plan: &Plan) -> Vec<Part> {
    let sets = plan.headers.iter().map(|(name, headers)| Part {
        name: name.clone(),
        features: plan.layout.headers.get(name).cloned().unwrap_or_default(),
        code: set(name, headers),
    });
    sets.collect()
}

/// The type of the headers of an operation's successes, if it has one.
pub fn success_type(operation: &Operation) -> Option<TokenStream> {
    operation.headers.as_deref().map(outside)
}

/// The type of the headers of an operation's errors, if it has one.
pub fn error_type(operation: &Operation) -> Option<TokenStream> {
    operation.error_headers.as_deref().map(outside)
}

fn outside(name: &str) -> TokenStream {
    let name = ident(name);
    quote!(crate::headers::#name)
}

fn set(name: &str, headers: &[ResponseHeader]) -> TokenStream {
    let named: Vec<String> = headers.iter().take(SHOWN).map(|header| code(&header.name)).collect();
    let more = if headers.len() > SHOWN { " and more" } else { "" };
    let docs = docs::lines(&format!("The headers of an answer, among them {}{more}.", named.join(", ")));
    let name = ident(name);
    let accessors = headers.iter().map(accessor);
    quote! {
        #docs
        #[derive(Clone)]
        pub struct #name(switchboard_runtime::HeaderMap);

        switchboard_runtime::codegen::v1::response_headers!(#name);

        impl #name { #(#accessors)* }
    }
}

fn accessor(header: &ResponseHeader) -> TokenStream {
    let wire = header.name.as_str();
    let said = docs::markdown(&Docs { deprecated: false, ..header.docs.clone() }, "");
    let deprecated = header.docs.deprecated.then(docs::deprecated);
    let separator = if said.is_empty() || said.starts_with('\n') { "." } else { ": " };
    let docs = docs::lines(&format!("{}{separator}{said}", code(wire)));
    let (name, ty) = (ident(&header.ident), rust_type(&header.ty, From::Outside));
    let form = ident(match header.form {
        HeaderForm::Simple => "simple",
        HeaderForm::Exploded => "exploded",
        HeaderForm::Parted(_) => "parted",
        HeaderForm::Json => "json",
        HeaderForm::Lines => "lines",
    });
    let between = match header.form {
        HeaderForm::Parted(between) => Some(quote!(, #between)),
        _ => None,
    };
    let read = quote!(switchboard_runtime::codegen::v1::headers::#form(self, #wire #between));
    let (ty, read) = match header.required {
        true => (ty, quote!(switchboard_runtime::codegen::v1::headers::required(#wire, #read))),
        false => (quote!(Option<#ty>), read),
    };
    quote! {
        #docs
        #deprecated
        pub fn #name(&self) -> Result<#ty, switchboard_runtime::HeaderError> {
            #read
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_items;
    use super::*;

    #[test]
    fn each_header_has_a_method_that_reads_it() {
        let header =
            |required: bool, schema: serde_json::Value| serde_json::json!({"required": required, "schema": schema});
        let headers = serde_json::json!({
            "X-Total": header(true, serde_json::json!({"type": "integer"})),
            "Piped": {"x-switchboard-list": "pipe", "schema": {"type": "array", "items": {"type": "string"}}},
            "Tags": {"deprecated": true, "schema": {"type": "array", "items": {"type": "string"}}},
        });
        let operation =
            serde_json::json!({"operationId": "get", "responses": {"200": {"description": "", "headers": headers}}});
        let plan = crate::lower::testing::plan(&serde_json::json!({"/a": {"get": operation}}), &serde_json::json!({}));
        let expected = quote! {
            #[derive(Clone)]
            pub struct XTotalPipedTagsHeaders(switchboard_runtime::HeaderMap);
            switchboard_runtime::codegen::v1::response_headers!(XTotalPipedTagsHeaders);
            impl XTotalPipedTagsHeaders {
                pub fn x_total(&self) -> Result<i64, switchboard_runtime::HeaderError> {
                    switchboard_runtime::codegen::v1::headers::required(
                        "X-Total",
                        switchboard_runtime::codegen::v1::headers::simple(self, "X-Total"),
                    )
                }
                pub fn piped(&self) -> Result<Option<Vec<String>>, switchboard_runtime::HeaderError> {
                    switchboard_runtime::codegen::v1::headers::parted(self, "Piped", '|')
                }
                #[deprecated = "the vendor's document says so"]
                pub fn tags(&self) -> Result<Option<Vec<String>>, switchboard_runtime::HeaderError> {
                    switchboard_runtime::codegen::v1::headers::simple(self, "Tags")
                }
            }
        };
        assert_items(self::headers(&plan).remove(0).code, expected);
    }
}
