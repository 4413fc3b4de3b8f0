//! What the vendor sends of its own accord: a name for each payload of a webhook or callback, one type of any webhook, and the
//! check of who sent it.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::by_feature::Part;
use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type};
use crate::plan::{
    AnyWebhook, Incoming, Origin, OwnSignature, Plan, SecretForm, Signature, SignatureEncoding, SignedAt, SignedPiece,
    TypeRef, WebhookName, WebhookVariant,
};

/// The names, with what they are needed for.
pub fn webhooks(plan: &Plan) -> Vec<Part> {
    let webhooks = &plan.webhooks;
    let features = |feature: Option<&str>| feature.map(str::to_owned).into_iter().collect::<BTreeSet<_>>();
    let any = webhooks.any.as_ref().map(|found| {
        let signature = webhooks.signature.as_ref();
        let verifier = signature.map(|signature| verifier(found, signature, &plan.api.crate_ident()));
        let made = any(found);
        let code = quote!(#made #verifier);
        Part {
            name: found.ident.clone(),
            owner: String::new(),
            features: features(plan.layout.webhooks.as_deref()),
            code,
        }
    });
    let names = webhooks.all.iter().map(|incoming| Part {
        name: incoming.ident.clone(),
        owner: String::new(),
        features: features(plan.layout.origin(&incoming.origin)),
        code: payload(incoming),
    });
    any.into_iter().chain(names).collect()
}

fn payload(incoming: &Incoming) -> TokenStream {
    let what = match &incoming.origin {
        Origin::Webhook { name } => format!("What the webhook {} sends", code(name)),
        Origin::Callback { name, operation, tag, url } => format!(
            "What the callback {} of {} sends to {}",
            code(name),
            docs::method(tag.as_ref(), operation),
            code(url)
        ),
    };
    let sent = format!("`{}` of {}", incoming.method, code(&incoming.media_type));
    let said = docs::markdown(&incoming.docs, "");
    let docs = docs::lines(&format!("{what}, by {sent}.\n\n{}", said.trim_start()));
    let (name, ty) = (ident(&incoming.ident), rust_type(&incoming.ty, From::Outside));
    quote! {
        #docs
        pub type #name = #ty;
    }
}

/// One type of any webhook.
fn any(any: &AnyWebhook) -> TokenStream {
    let (name, other) = (ident(&any.ident), ident(&any.other));
    let variants = any.variants.iter().map(variant);
    let arms = any.variants.iter().map(|variant| {
        let (names, ident, ty) = (&variant.names, ident(&variant.ident), rust_type(&variant.ty, From::Outside));
        let made = match variant.ty {
            TypeRef::Named(_) => quote!(Self::#ident(Box::new(sent))),
            _ => quote!(Self::#ident(sent)),
        };
        quote!(#(#names)|* => switchboard_runtime::Delivery::<#ty>::json(body)?.map(|sent| #made),)
    });
    let keys = any.variants.iter().map(|variant| &variant.key);
    let told = any.name.as_ref().map(|place| told(&name, place));
    quote! {
        /// Any webhook. What is of none that the document lists is kept whole.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A webhook that the document does not list.
            #other {
                /// What it is called; empty, if it does not say.
                name: String,
                /// What it sends.
                body: serde_json::Value,
            },
        }

        impl #name {
            /// The webhooks that the document lists, in its order.
            pub const NAMES: &'static [&'static str] = &[#(#keys),*];

            /// Reads the body of a webhook of that name. Whether the vendor sent it is not asked.
            ///
            /// # Errors
            ///
            /// [`BodyError`] if it is not what that webhook sends.
            pub fn named(name: &str, body: impl Into<switchboard_runtime::Bytes>) -> Result<switchboard_runtime::Delivery<Self>, switchboard_runtime::BodyError> {
                let body = body.into();
                Ok(match name {
                    #(#arms)*
                    _ => switchboard_runtime::Delivery::<serde_json::Value>::json(body)?.map(|body| Self::#other { name: name.to_owned(), body }),
                })
            }
        }

        impl switchboard_runtime::webhooks::Named for #name {
            fn named(name: &str, body: switchboard_runtime::Bytes) -> Result<switchboard_runtime::Delivery<Self>, switchboard_runtime::BodyError> {
                Self::named(name, body)
            }
        }

        #told
    }
}

fn variant(variant: &WebhookVariant) -> TokenStream {
    let docs = docs::lines(&format!("The webhook {}.", code(&variant.key)));
    let deprecated = variant.deprecated.then(docs::deprecated);
    let (name, ty) = (ident(&variant.ident), rust_type(&variant.ty, From::Outside));
    let ty = if matches!(variant.ty, TypeRef::Named(_)) { quote!(Box<#ty>) } else { ty };
    quote!(#docs #deprecated #name(#ty),)
}

/// Reads a delivery as what it says it is.
fn told(name: &proc_macro2::Ident, place: &WebhookName) -> TokenStream {
    let (made, said) = match place {
        WebhookName::Only(only) => (quote!(Only(#only)), "There is but one webhook".to_owned()),
        WebhookName::Header(header) => (quote!(Header(#header)), format!("Its name is the header {}", code(header))),
        WebhookName::Body(pointer) => {
            (quote!(Body(#pointer)), format!("Its name stands in the body, at {}", code(pointer)))
        }
    };
    let docs = docs::lines(&format!("Reads a delivery. {said}. Whether the vendor sent it is not asked."));
    quote! {
        impl #name {
            #docs
            ///
            /// # Errors
            ///
            /// [`BodyError`] if it is not what that webhook sends.
            pub fn read(headers: &switchboard_runtime::HeaderMap, body: impl Into<switchboard_runtime::Bytes>) -> Result<switchboard_runtime::Delivery<Self>, switchboard_runtime::BodyError> {
                switchboard_runtime::webhooks::Told::told(headers, body.into())
            }
        }

        impl switchboard_runtime::webhooks::Told for #name {
            const NAME: switchboard_runtime::webhooks::Name = switchboard_runtime::webhooks::Name::#made;
        }
    }
}

/// The check of who sent a delivery.
fn verifier(any: &AnyWebhook, signature: &Signature, crate_name: &str) -> TokenStream {
    let name = ident(&any.ident);
    let made = match signature {
        Signature::Standard => quote!(switchboard_runtime::codegen::v1::webhooks::STANDARD),
        Signature::Own(own) => self::signature(own),
    };
    let (first, call) = match &any.name {
        Some(_) => ("", "read(headers, body)"),
        None => ("name: &str, ", "read_named(name, headers, body)"),
    };
    let docs = docs::lines(&format!(
        "Checks who sent a delivery before it is read, by the secret that the vendor signs with.\n\n```no_run\n\
         # use {crate_name}::{{runtime, webhooks}};\n\
         # fn receive({first}headers: &runtime::HeaderMap, body: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {{\n\
         let verifier = webhooks::verifier(\"secret\")?;\n\
         let delivery: runtime::Delivery<webhooks::{name}> = verifier.{call}?;\n\
         # Ok(())\n# }}\n```\n\n# Errors\n\nIf the secret is empty, or not encoded as the vendor's are.",
    ));
    quote! {
        /// How the vendor signs.
        static SIGNATURE: switchboard_runtime::codegen::v1::webhooks::Signature = #made;

        #docs
        pub fn verifier(
            secret: impl Into<switchboard_runtime::SecretString>,
        ) -> Result<switchboard_runtime::webhooks::Verifier<#name>, switchboard_runtime::webhooks::InvalidSecret> {
            switchboard_runtime::webhooks::Verifier::new(&SIGNATURE, secret)
        }
    }
}

/// A way of signing, of which what is usual is not said.
fn signature(own: &OwnSignature) -> TokenStream {
    let v1 = quote!(switchboard_runtime::codegen::v1::webhooks);
    let header = &own.header;
    let signed = own.signed.iter().map(|piece| match piece {
        SignedPiece::Text(text) => quote!(#v1::Piece::Text(#text)),
        SignedPiece::Body => quote!(#v1::Piece::Body),
        SignedPiece::Timestamp => quote!(#v1::Piece::Timestamp),
        SignedPiece::Header(name) => quote!(#v1::Piece::Header(#name)),
    });
    let separator = own.separator.map(|separator| quote!(.separator(#separator)));
    let prefix = Some(&own.prefix).filter(|prefix| !prefix.is_empty()).map(|prefix| quote!(.prefix(#prefix)));
    let encoding = match own.encoding {
        SignatureEncoding::Hex => None,
        SignatureEncoding::Base64 => Some(quote!(.encoding(#v1::Encoding::Base64))),
    };
    let timestamp = own.timestamp.as_ref().map(|timestamp| {
        let place = match timestamp {
            SignedAt::Header(name) => quote!(Header(#name)),
            SignedAt::Beside(prefix) => quote!(Beside(#prefix)),
        };
        let tolerance = proc_macro2::Literal::u64_unsuffixed(own.tolerance);
        quote!(.timestamp(#v1::Timestamp::#place).tolerance(#tolerance))
    });
    let secret = match own.secret {
        SecretForm::Text => None,
        SecretForm::Base64 => Some(quote!(.secret(#v1::KeyForm::Base64))),
        SecretForm::Hex => Some(quote!(.secret(#v1::KeyForm::Hex))),
    };
    quote!(#v1::Signature::new(#header, &[#(#signed),*]) #separator #prefix #encoding #timestamp #secret)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_items;
    use super::*;

    fn plan(fields: serde_json::Value) -> Plan {
        let mut document = serde_json::json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}});
        document.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        crate::lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default())
    }

    fn whole(plan: &Plan) -> TokenStream {
        webhooks(plan).into_iter().map(|part| part.code).collect()
    }

    fn paid() -> serde_json::Value {
        serde_json::json!({"order.paid": {"post": {"requestBody": {"content": {"application/json": {
            "schema": {"type": "array", "items": {"type": "string"}},
        }}}}}})
    }

    #[test]
    fn a_payload_has_the_name_of_its_webhook_and_any_webhook_is_read_by_its_name() {
        let plan = plan(serde_json::json!({"webhooks": paid()}));
        let expected = quote! {
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum AnyWebhook {
                OrderPaid(Vec<String>),
                Unknown { name: String, body: serde_json::Value },
            }
            impl AnyWebhook {
                pub const NAMES: &'static [&'static str] = &["order.paid"];
                pub fn named(name: &str, body: impl Into<switchboard_runtime::Bytes>) -> Result<switchboard_runtime::Delivery<Self>, switchboard_runtime::BodyError> {
                    let body = body.into();
                    Ok(match name {
                        "order.paid" => switchboard_runtime::Delivery::<Vec<String> >::json(body)?.map(|sent| Self::OrderPaid(sent)),
                        _ => switchboard_runtime::Delivery::<serde_json::Value>::json(body)?.map(|body| Self::Unknown { name: name.to_owned(), body }),
                    })
                }
            }
            impl switchboard_runtime::webhooks::Named for AnyWebhook {
                fn named(name: &str, body: switchboard_runtime::Bytes) -> Result<switchboard_runtime::Delivery<Self>, switchboard_runtime::BodyError> {
                    Self::named(name, body)
                }
            }
            impl AnyWebhook {
                pub fn read(headers: &switchboard_runtime::HeaderMap, body: impl Into<switchboard_runtime::Bytes>) -> Result<switchboard_runtime::Delivery<Self>, switchboard_runtime::BodyError> {
                    switchboard_runtime::webhooks::Told::told(headers, body.into())
                }
            }
            impl switchboard_runtime::webhooks::Told for AnyWebhook {
                const NAME: switchboard_runtime::webhooks::Name =
                    switchboard_runtime::webhooks::Name::Only("order.paid");
            }
            pub type OrderPaid = Vec<String>;
        };
        assert_items(whole(&plan), expected);
    }

    #[test]
    fn a_signature_is_data() {
        let hint = serde_json::json!({"signature": {
            "header": "X-Sig", "prefix": "v1=", "separator": ",", "signed": "{timestamp}.{body}", "timestamp": {"prefix": "t="},
        }});
        let plan = plan(serde_json::json!({"webhooks": paid(), "x-switchboard-webhooks": hint}));
        let made = whole(&plan).to_string();
        let v1 = quote!(switchboard_runtime::codegen::v1::webhooks);
        for part in [
            quote!(#v1::Signature::new("X-Sig", &[#v1::Piece::Timestamp, #v1::Piece::Text("."), #v1::Piece::Body])),
            quote!(.separator(',').prefix("v1=").timestamp(#v1::Timestamp::Beside("t=")).tolerance(300);),
            quote!(-> Result<switchboard_runtime::webhooks::Verifier<AnyWebhook>, switchboard_runtime::webhooks::InvalidSecret>),
        ] {
            assert!(made.contains(&part.to_string()), "{part}\n{made}");
        }
    }
}
