//! Errors by status with their typed bodies, and the enums of operations whose successes differ.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::by_feature::Part;
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

/// The name that users write for the type of an operation's errors.
pub fn error_ident(operation: &Operation) -> proc_macro2::Ident {
    ident(&operation.error_ident)
}

/// The error types, with what they are needed for. Operations that describe the same answers share an enum; each has a name of
/// its own for it.
pub fn errors(plan: &Plan) -> Vec<Part> {
    let mut shared: IndexMap<&str, Vec<&Operation>> = IndexMap::new();
    for operation in &plan.operations {
        if let Some(name) = &operation.error_enum {
            shared.entry(name).or_default().push(operation);
        }
    }
    let enums = shared.into_iter().map(|(name, same)| Part {
        name: name.to_owned(),
        owner: String::new(),
        features: features(&same, plan),
        code: error(name, &same),
    });
    let aliases = plan.operations.iter().filter_map(|operation| {
        let own = error_ident(operation);
        let code = match &operation.error_enum {
            None => undescribed(operation),
            Some(name) if own == name => return None,
            Some(name) => {
                let docs =
                    docs::lines(&format!("What `{}` documents to answer when it fails.", operation.method_path()));
                let name = ident(name);
                quote!(#docs pub type #own = #name;)
            }
        };
        Some(Part { name: own.to_string(), owner: String::new(), features: features(&[operation], plan), code })
    });
    enums.chain(aliases).collect()
}

/// The features of operations.
fn features(operations: &[&Operation], plan: &Plan) -> BTreeSet<String> {
    operations.iter().filter_map(|operation| plan.layout.feature(operation)).map(str::to_owned).collect()
}

fn undescribed(operation: &Operation) -> TokenStream {
    let docs = docs::lines(&format!(
        "What `{}` answers when it fails, of which the document says nothing.",
        operation.method_path()
    ));
    let name = error_ident(operation);
    quote! {
        #docs
        pub type #name = switchboard_runtime::Undescribed;
    }
}

/// The success enums, with what they are needed for.
pub fn successes(plan: &Plan) -> Vec<Part> {
    let successes = plan.operations.iter().flat_map(|operation| {
        let others = operation.other_successes.iter().map(|other| &other.success);
        std::iter::once(&operation.success).chain(others).filter_map(|found| match found {
            Success::ByStatus { ident, variants } => Some(Part {
                name: ident.clone(),
                owner: String::new(),
                features: features(&[operation], plan),
                code: success(operation, ident, variants),
            }),
            Success::One(_) => None,
        })
    });
    successes.collect()
}

/// The enum of operations that describe the same.
fn error(name: &str, same: &[&Operation]) -> TokenStream {
    let Some(operation) = same.first() else { return quote!() };
    let docs = docs::lines(&match same {
        [only] => format!("What `{}` documents to answer when it fails.", only.method_path()),
        _ => {
            format!("What `{}` and {} more document to answer when they fail.", operation.method_path(), same.len() - 1)
        }
    });
    let name = ident(name);
    let errors = &operation.errors;
    let variants = errors.iter().map(|error| {
        // What only some of them say is not said of all.
        let said = |other: &&Operation| {
            let of_status = other.errors.iter().find(|other| other.status == error.status);
            of_status.is_some_and(|other| other.description == error.description)
        };
        let description = error.description.clone().filter(|_| same.iter().all(said));
        let docs = variant_docs(&StatusVariant { description, ..error.clone() });
        let variant = ident(&error.ident);
        match body(&error.payload) {
            Some(ty) => quote!(#docs #variant(#ty),),
            None => bare(&docs, &variant),
        }
    });
    let rows = errors.iter().map(|error| {
        let (pattern, variant, read) = (pattern(error.status), ident(&error.ident), read(&error.payload));
        quote!(#pattern => #variant #read;)
    });
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

        switchboard_runtime::codegen::v1::error_enum! { #name; #(#rows)* }

        #headers
    }
}

/// A variant without a body, which is matched as one that has any is, `Variant { .. }`: should the document describe a body
/// later, nobody's `match` breaks.
fn bare(docs: &TokenStream, variant: &proc_macro2::Ident) -> TokenStream {
    quote!(#docs #[non_exhaustive] #variant,)
}

/// What reads the body of an error, where it has a typed one.
fn read(payload: &Payload) -> Option<TokenStream> {
    match payload {
        Payload::Json(_) => Some(quote!((error_body))),
        Payload::Xml(_, root) => {
            let root = ident(root);
            Some(quote!((error_xml, &crate::xml::#root)))
        }
        Payload::AsSaid(_) => Some(quote!((error_as_said))),
        _ => None,
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
            switchboard_runtime::codegen::v1::error_enum! {
                GetError; 404 => NotFound(error_body); 500..=599 => ServerError;
            }
        };
        assert_items(error("GetError", &[&found]), expected);
    }

    #[test]
    fn operations_that_describe_the_same_share_an_enum_that_says_what_it_holds() {
        let text = || described(serde_json::json!({"type": "string"}));
        let said = |description: &str| {
            let mut text = text();
            text["description"] = serde_json::json!(description);
            text
        };
        let get = |id: &str, responses: serde_json::Value| serde_json::json!({"get": {"operationId": id, "responses": responses}});
        let plan = crate::lower::testing::plan(
            &serde_json::json!({
                "/a": get("a", serde_json::json!({"403": said("one"), "404": said("same")})),
                "/b": get("b", serde_json::json!({"404": said("same"), "403": said("two")})),
                "/c": get("c", serde_json::json!({"404": {"description": ""}})),
                "/d": get("d", serde_json::json!({"404": text()})),
                "/e": get("e", serde_json::json!({"404": text()})),
                "/f": get("f", serde_json::json!({"404": described(serde_json::json!({"type": "integer"}))})),
                "/g": get("g", serde_json::json!({"404": described(serde_json::json!({"type": "integer"}))})),
            }),
            &serde_json::json!({}),
        );
        let code = errors(&plan).into_iter().map(|part| part.code);
        let text = quote!(#(#code)*);
        let file: syn::File = syn::parse2(text.clone()).unwrap();
        let spelled = file.items.iter().filter_map(|item| match item {
            syn::Item::Enum(item) => Some(item.ident.to_string()),
            syn::Item::Type(item) => Some(format!("{} = {}", item.ident, quote::ToTokens::to_token_stream(&item.ty))),
            _ => None,
        });
        let expected = [
            "ForbiddenOrNotFoundError",
            "CError",
            "NotFoundError",
            "FError",
            "AError = ForbiddenOrNotFoundError",
            "BError = ForbiddenOrNotFoundError",
            "DError = NotFoundError",
            "EError = NotFoundError",
            "GError = FError",
        ];
        assert_eq!(spelled.collect::<Vec<_>>(), expected);
        let text = text.to_string();
        assert!(text.contains("Status 404: same") && !text.contains(": one") && text.contains("Status 403."), "{text}");
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
