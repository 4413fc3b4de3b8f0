//! Names for what the vendor sends of its own accord: the payloads of webhooks and callbacks.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::by_feature::Part;
use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Incoming, Origin, Plan};

/// The names, with what they are needed for.
pub fn webhooks(plan: &Plan) -> Vec<Part> {
    let features = |feature: Option<&str>| feature.map(str::to_owned).into_iter().collect::<BTreeSet<_>>();
    let any = plan.webhooks.any.as_ref().map(|(name, ty)| {
        let (ident, ty) = (ident(name), rust_type(ty, From::Outside));
        let code = quote! {
            /// Whatever a webhook sends, told apart by what the document fixes; what is of none is kept whole.
            pub type #ident = #ty;
        };
        Part { name: name.clone(), features: features(plan.layout.webhooks.as_deref()), code }
    });
    let names = plan.webhooks.all.iter().map(|incoming| Part {
        name: incoming.ident.clone(),
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

#[cfg(test)]
mod tests {
    use super::super::testing::assert_items;
    use super::*;

    #[test]
    fn a_payload_has_the_name_of_its_webhook() {
        let document = serde_json::json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {},
            "webhooks": {"order.paid": {"post": {"requestBody": {"content": {"application/json": {
                "schema": {"type": "array", "items": {"type": "string"}},
            }}}}}},
        });
        let plan = crate::lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default());
        assert_items(
            webhooks(&plan).remove(0).code,
            quote!(
                pub type OrderPaid = Vec<String>;
            ),
        );
    }
}
