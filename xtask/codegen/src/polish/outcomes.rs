//! Errors by status with their typed bodies, and the enums of operations whose successes differ.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs;
use super::headers;
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Docs, Operation, Payload, Plan, Status, StatusVariant, Success, TypeRef};

/// The type of an operation's errors. There is one also where the document describes none, so that describing one later
/// changes no signature.
pub fn error_type(operation: &Operation) -> TokenStream {
    let name = error_ident(operation);
    quote!(crate::errors::#name)
}

fn error_ident(operation: &Operation) -> proc_macro2::Ident {
    ident(&format!("{}Error", operation.type_ident))
}

/// The file with the error types.
pub fn errors(plan: &Plan) -> TokenStream {
    let errors = plan.operations.iter().map(|operation| match operation.errors.is_empty() {
        true => undescribed(operation),
        false => error(operation),
    });
    quote!(#(#errors)*)
}

fn undescribed(operation: &Operation) -> TokenStream {
    let docs =
        docs::lines(&format!("What `{}` answers when it fails, of which the document says nothing.", operation.ident));
    let name = error_ident(operation);
    quote! {
        #docs
        pub type #name = switchboard_runtime::Undescribed;
    }
}

/// The file with the success enums.
pub fn successes(plan: &Plan) -> TokenStream {
    let successes = plan.operations.iter().flat_map(|operation| {
        let others = operation.other_successes.iter().map(|other| &other.success);
        std::iter::once(&operation.success).chain(others).filter_map(|found| match found {
            Success::ByStatus { ident, variants } => Some(success(operation, ident, variants)),
            Success::One(_) => None,
        })
    });
    quote!(#(#successes)*)
}

fn error(operation: &Operation) -> TokenStream {
    let name = error_ident(operation);
    let docs = docs::lines(&format!("What `{}` documents to answer when it fails.", operation.ident));
    let variants = operation.errors.iter().map(|error| {
        let docs = variant_docs(error);
        let variant = ident(&error.ident);
        match body(&error.payload) {
            Some(ty) => quote!(#docs #variant(#ty),),
            None => bare(&docs, &variant),
        }
    });
    let errors = operation.errors.as_slice();
    let whatever = errors.first().filter(|only| errors.len() == 1 && only.status == Status::Default);
    let documented = whatever.map_or_else(
        || {
            let arms = errors.iter().map(|error| {
                let (pattern, value) = (pattern(error.status), error_value(error));
                quote!(#pattern => #value,)
            });
            let rest = (!errors.iter().any(|error| error.status == Status::Default)).then(|| quote!(_ => None,));
            quote!(match response.status().as_u16() { #(#arms)* #rest })
        },
        error_value,
    );
    let is_read = whatever.is_none_or(|only| body(&only.payload).is_some());
    let response = if is_read { quote!(response) } else { quote!(_) };
    let headers = headers::error_type(operation).map(|headers| {
        quote! {
            impl switchboard_runtime::ErrorHeaders for #name {
                type Headers = #headers;
            }
        }
    });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// Any other answer, or one that is not what the document describes for its status.
            Undocumented(switchboard_runtime::Undocumented),
        }

        impl switchboard_runtime::ErrorBody for #name {
            fn documented(#response: &switchboard_runtime::RawResponse) -> Option<Self> {
                #documented
            }

            fn undocumented(body: switchboard_runtime::Undocumented) -> Self {
                Self::Undocumented(body)
            }
        }

        #headers
    }
}

/// A variant without a body, which is matched as one that has any is, `Variant { .. }`: should the document describe a body
/// later, nobody's `match` breaks.
fn bare(docs: &TokenStream, variant: &proc_macro2::Ident) -> TokenStream {
    quote!(#docs #[non_exhaustive] #variant,)
}

/// What makes the variant of an error of the answer.
fn error_value(error: &StatusVariant) -> TokenStream {
    let variant = ident(&error.ident);
    let decoded = match &error.payload {
        Payload::Json(_) => quote!(switchboard_runtime::codegen::v1::decode::error_body(response)),
        Payload::Xml(_, root) => {
            let root = ident(root);
            quote!(switchboard_runtime::codegen::v1::decode::error_xml(response, &crate::xml::#root))
        }
        Payload::AsSaid(_) => quote!(switchboard_runtime::codegen::v1::decode::error_as_said(response)),
        _ => return quote!(Some(Self::#variant)),
    };
    match error.payload.value() {
        Some(TypeRef::Named(_)) => quote!(#decoded.map(|body| Self::#variant(Box::new(body)))),
        _ => quote!(#decoded.map(Self::#variant)),
    }
}

/// The type that an error's body is decoded into; bodies that are not JSON stay raw.
fn body(payload: &Payload) -> Option<TokenStream> {
    let ty = payload.value()?;
    let spelled = rust_type(ty, From::Outside);
    Some(if matches!(ty, TypeRef::Named(_)) { quote!(Box<#spelled>) } else { spelled })
}

fn success(operation: &Operation, name: &str, variants: &[StatusVariant]) -> TokenStream {
    let docs = docs::lines(&format!("What `{}` answers, by status.", operation.ident));
    let name = ident(name);
    let declarations = variants.iter().map(|variant| {
        let docs = variant_docs(variant);
        let variant_name = ident(&variant.ident);
        match success_body(&variant.payload) {
            Some((ty, _)) => quote!(#docs #variant_name(#ty),),
            None => bare(&docs, &variant_name),
        }
    });
    let arms = variants.iter().map(|variant| {
        let (variant_name, pattern) = (ident(&variant.ident), pattern(variant.status));
        match success_body(&variant.payload) {
            Some((_, decode)) => quote!(#pattern => #decode.map(Self::#variant_name),),
            None => quote!(#pattern => Ok(Self::#variant_name),),
        }
    });
    let rest = (!variants.iter().any(|variant| variant.status == Status::Default))
        .then(|| quote!(_ => Err(switchboard_runtime::BodyError::unexpected_status(decoder.status())),));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#declarations)* }

        impl #name {
            pub(crate) fn decode(decoder: &switchboard_runtime::codegen::v1::Decoder<'_>) -> Result<Self, switchboard_runtime::BodyError> {
                match decoder.status().as_u16() { #(#arms)* #rest }
            }
        }
    }
}

fn success_body(payload: &Payload) -> Option<(TokenStream, TokenStream)> {
    let read = |decoded: TokenStream, ty: &TypeRef| {
        let spelled = rust_type(ty, From::Outside);
        match ty {
            TypeRef::Named(_) => (quote!(Box<#spelled>), quote!(#decoded.map(Box::new))),
            _ => (spelled, decoded),
        }
    };
    match payload {
        Payload::Json(ty) => Some(read(quote!(switchboard_runtime::codegen::v1::decode::json(decoder)), ty)),
        Payload::AsSaid(ty) => Some(read(quote!(switchboard_runtime::codegen::v1::decode::as_said(decoder)), ty)),
        Payload::Xml(ty, root) => {
            let root = ident(root);
            Some(read(quote!(switchboard_runtime::codegen::v1::decode::xml(decoder, &crate::xml::#root)), ty))
        }
        Payload::Text | Payload::Events(_) | Payload::Lines(_) => {
            Some((quote!(String), quote!(switchboard_runtime::codegen::v1::decode::text(decoder))))
        }
        Payload::Binary | Payload::Redirect => {
            Some((quote!(switchboard_runtime::Bytes), quote!(switchboard_runtime::codegen::v1::decode::bytes(decoder))))
        }
        Payload::Empty => None,
    }
}

fn pattern(status: Status) -> TokenStream {
    match status {
        Status::Code(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(#code)
        }
        Status::Range(class) => {
            let (first, last) = (Literal::u16_unsuffixed(class * 100), Literal::u16_unsuffixed(class * 100 + 99));
            quote!(#first..=#last)
        }
        Status::Default => quote!(_),
    }
}

fn variant_docs(variant: &StatusVariant) -> TokenStream {
    let status = match variant.status {
        Status::Code(code) => format!("Status {code}"),
        Status::Range(class) => format!("Statuses {class}00 to {class}99"),
        Status::Default => "Any other status".to_owned(),
    };
    let prose = Docs { description: variant.description.clone(), ..Docs::default() };
    let said = docs::markdown(&prose, "");
    docs::lines(&if said.is_empty() || said.chars().all(|character| character.is_ascii_digit()) {
        format!("{status}.")
    } else {
        format!("{status}: {said}")
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, only, operation};
    use super::*;

    fn answering(responses: serde_json::Value) -> Operation {
        operation(&serde_json::json!({"operationId": "get", "responses": responses}))
    }

    fn described(schema: serde_json::Value) -> serde_json::Value {
        serde_json::json!({"description": "", "content": {"application/json": {"schema": schema}}})
    }

    #[test]
    fn an_error_is_read_by_its_status() {
        let found = answering(serde_json::json!({
            "404": described(serde_json::json!({"type": "string"})), "5XX": {"description": ""},
        }));
        let expected = quote! {
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum GetError {
                NotFound(String),
                #[non_exhaustive]
                ServerError,
                Undocumented(switchboard_runtime::Undocumented),
            }
            impl switchboard_runtime::ErrorBody for GetError {
                fn documented(response: &switchboard_runtime::RawResponse) -> Option<Self> {
                    match response.status().as_u16() {
                        404 => switchboard_runtime::codegen::v1::decode::error_body(response).map(Self::NotFound),
                        500..=599 => Some(Self::ServerError),
                        _ => None,
                    }
                }
                fn undocumented(body: switchboard_runtime::Undocumented) -> Self {
                    Self::Undocumented(body)
                }
            }
        };
        assert_items(error(&found), expected);
    }

    #[test]
    fn successes_that_differ_are_an_enum_by_status() {
        let found = answering(serde_json::json!({
            "200": described(serde_json::json!({"type": "integer"})), "202": {"description": ""},
        }));
        let Success::ByStatus { ident, variants } = &found.success else { panic!("they do not differ") };
        let made = success(&found, ident, variants);
        let expected = quote! {
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum GetSuccess {
                Ok(i64),
                #[non_exhaustive]
                Accepted,
            }
            impl GetSuccess {
                pub(crate) fn decode(decoder: &switchboard_runtime::codegen::v1::Decoder<'_>) -> Result<Self, switchboard_runtime::BodyError> {
                    match decoder.status().as_u16() {
                        200 => switchboard_runtime::codegen::v1::decode::json(decoder).map(Self::Ok),
                        202 => Ok(Self::Accepted),
                        _ => Err(switchboard_runtime::BodyError::unexpected_status(decoder.status())),
                    }
                }
            }
        };
        assert_items(only(made, ident), expected);
    }
}
