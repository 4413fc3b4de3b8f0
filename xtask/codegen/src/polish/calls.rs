//! The calls: a builder for each operation, which sends what the wire plan says.
//!
//! Setters are as progenitor means them: each takes what converts and remembers a failure until the call is
//! made. What goes over the wire, and how the answer is read, comes from the plan.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Signature;

use super::bodies;
use super::description::static_name;
use super::docs::{self, code};
use super::parameters::{described, parameter_type, setter, unset};
use super::rust_type::{From, ident, payload, rust_type};
use super::{headers, outcomes, paging};
use crate::plan::{EventData, Events, Location, Operation, OtherSuccess, Payload, StreamEnd, Style, Success, TypeRef};

/// The builder of one operation; `found` is the method that progenitor made of it, of which the generics count.
pub fn call(operation: &Operation, found: &Signature) -> TokenStream {
    let name = ident(&operation.type_ident);
    let method = &operation.ident;
    let docs = docs::lines(&format!("The call made by [`Client::{method}`](crate::Client::{method})."));
    let derives = if bodies::streams(operation) { quote!(Debug) } else { quote!(Clone, Debug) };
    let lifetime = &found.generics;
    let fields = operation.parameters.iter().map(|parameter| {
        let (name, ty) = (ident(&parameter.ident), parameter_type(parameter));
        quote!(#name: Result<#ty, std::borrow::Cow<'static, str>>,)
    });
    let initial = operation.parameters.iter().map(|parameter| {
        let name = ident(&parameter.ident);
        if parameter.required {
            let message = unset(&code(&parameter.name), [parameter.ident.as_str()]);
            quote!(#name: Err(#message.into()),)
        } else {
            quote!(#name: Ok(None),)
        }
    });
    let setters = operation.parameters.iter().map(setter);
    let body = bodies::bodies(operation);
    let (body_fields, initial_body, body_setters) = (&body.fields, &body.initial, &body.setters);
    let into_request = into_request(operation, &body.put);
    let send = send(operation);
    let others = operation.other_successes.iter().map(|other| send_other(operation, other));
    let list = paging::list(operation);
    quote! {
        #docs
        #[derive(#derives)]
        #[must_use = "nothing is sent before `send` is awaited"]
        pub struct #name #lifetime {
            client: &'a crate::Client,
            #(#fields)*
            #body_fields
            options: switchboard_runtime::CallOptions,
        }

        impl #lifetime #name #lifetime {
            pub(crate) fn new(client: &'a crate::Client) -> Self {
                Self { client, #(#initial)* #initial_body options: switchboard_runtime::CallOptions::new() }
            }

            #(#setters)*
            #body_setters

            /// What this call does otherwise than its client: time limits, repeats, headers that the document does not know of.
            pub fn options(mut self, options: switchboard_runtime::CallOptions) -> Self {
                self.options = options;
                self
            }

            #into_request
            #send
            #(#others)*
            #list
        }
    }
}

fn into_request(operation: &Operation, body: &TokenStream) -> TokenStream {
    let description = static_name(operation);
    let uses = operation.parameters.iter().map(|parameter| {
        let name = ident(&parameter.ident);
        let value = quote!(&self.#name.map_err(invalid)?);
        match (parameter.location, parameter.style) {
            (Location::QueryString, Style::Form) => {
                let fields = bodies::fields(&parameter.fields);
                quote!(request.query_form(#value, #fields)?;)
            }
            (Location::QueryString, Style::Json) => quote!(request.query_json(#value)?;),
            (Location::QueryString, _) => quote!(request.query_text(#value)?;),
            _ => {
                let described = described(parameter);
                quote!(request.parameter(&#described, #value)?;)
            }
        }
    });
    let has_arguments = !operation.parameters.is_empty() || operation.body.is_some();
    let invalid = has_arguments.then(|| {
        quote! {
            let invalid = |message: std::borrow::Cow<'static, str>| switchboard_runtime::InvalidRequest::new(crate::operations::#description.id(), message);
        }
    });
    quote! {
        fn into_request(self) -> Result<switchboard_runtime::codegen::v1::Request, switchboard_runtime::InvalidRequest> {
            #invalid
            let mut request = switchboard_runtime::codegen::v1::Request::new(&crate::operations::#description);
            #(#uses)*
            #body
            request.set_options(self.options);
            Ok(request)
        }
    }
}

fn send(operation: &Operation) -> TokenStream {
    let docs = docs::lines(&format!("Sends {}.", code(&format!("{} {}", operation.method, operation.path))));
    let error = outcomes::error_type(operation);
    let (output, call) = succeeded(operation, &operation.success);
    let (end, told) = stream_end(operation, &operation.success).unzip();
    let mutable = end.is_some().then(|| quote!(mut));
    quote! {
        #docs
        pub async fn send(self) -> Result<#output, switchboard_runtime::Error<#error>> {
            #end
            let client = self.client.core();
            let #mutable request = self.into_request()?;
            #told
            #call
        }
    }
}

/// What ends a stream, where the document says so, and how the request is told.
fn stream_end(operation: &Operation, success: &Success) -> Option<(TokenStream, TokenStream)> {
    let Success::One(found) = success else { return None };
    let end = match (operation.stream_end.as_ref()?, found) {
        (StreamEnd::Data(text), Payload::Events(_) | Payload::Lines(_)) => quote!(StreamEnd::data(#text)),
        (StreamEnd::Event(kind), Payload::Events(_)) => quote!(StreamEnd::event(#kind)),
        (StreamEnd::Never, Payload::Events(_)) => quote!(StreamEnd::NEVER),
        _ => return None,
    };
    let constant =
        quote!(const END: switchboard_runtime::codegen::v1::StreamEnd = switchboard_runtime::codegen::v1::#end;);
    Some((constant, quote!(request.set_stream_end(&END);)))
}

/// The answer that a success yields, and how it is waited for.
fn succeeded(operation: &Operation, success: &Success) -> (TokenStream, TokenStream) {
    let (value, call) = match success {
        Success::ByStatus { ident: name, .. } => {
            let name = ident(name);
            (quote!(crate::responses::#name), quote!(client.send(request, crate::responses::#name::decode).await))
        }
        Success::One(found) => (payload(found), sent(found)),
    };
    match headers::success_type(operation) {
        Some(headers) => (
            quote!(switchboard_runtime::ResponseValue<#value, #headers>),
            quote!(#call.map(switchboard_runtime::ResponseValue::with_headers)),
        ),
        None => (quote!(switchboard_runtime::ResponseValue<#value>), call),
    }
}

/// How a payload is waited for.
fn sent(found: &Payload) -> TokenStream {
    match found {
        Payload::Json(_) => {
            let ty = payload(found);
            quote!(client.send(request, switchboard_runtime::codegen::v1::decode::json::<#ty>).await)
        }
        Payload::Xml(_, root) => {
            let (ty, root) = (payload(found), ident(root));
            quote!(client.send(request, |decoder| switchboard_runtime::codegen::v1::decode::xml::<#ty>(decoder, &crate::xml::#root)).await)
        }
        Payload::AsSaid(_) => {
            let ty = payload(found);
            quote!(client.send(request, switchboard_runtime::codegen::v1::decode::as_said::<#ty>).await)
        }
        Payload::Text => quote!(client.send(request, switchboard_runtime::codegen::v1::decode::text).await),
        Payload::Empty => quote!(client.send(request, switchboard_runtime::codegen::v1::decode::empty).await),
        Payload::Binary => quote!(client.send_stream(request).await),
        Payload::Redirect => quote!(client.send_redirect(request).await),
        Payload::Events(events) => sent_events(events),
        Payload::Lines(_) => quote!(client.send_lines(request).await),
    }
}

/// How events are waited for, whose data is read as the document says.
fn sent_events(events: &Events) -> TokenStream {
    let way = |data: EventData| match data {
        EventData::Unsaid => quote!(said),
        EventData::Json => quote!(json),
        EventData::Text => quote!(text),
    };
    if events.kinds.is_empty() && events.data == EventData::Unsaid {
        return quote!(client.send_events(request).await);
    }
    let others = way(events.data);
    if events.kinds.is_empty() {
        return quote!(client.send_events_read(request, |event| event.#others()).await);
    }
    let union = rust_type(&events.ty, From::Outside);
    let kinds = events.kinds.iter().map(|found| {
        let (kind, way) = (&found.kind, way(found.data));
        let Some(variant) = found.variant.as_deref().map(ident) else { return quote!(#kind => event.#way(),) };
        match &found.ty {
            TypeRef::Named(_) => quote!(#kind => event.#way().map(|data| #union::#variant(Box::new(data))),),
            _ => quote!(#kind => event.#way().map(#union::#variant),),
        }
    });
    quote! {
        client.send_events_read(request, |event| match event.kind() { #(#kinds)* _ => event.#others() }).await
    }
}

/// The same call, answered in another media type.
fn send_other(operation: &Operation, other: &OtherSuccess) -> TokenStream {
    let docs = docs::lines(&format!("Sends the same and asks for {}.", code(&other.media_type)));
    let error = outcomes::error_type(operation);
    let (end, told) = stream_end(operation, &other.success).unzip();
    let (name, media_type) = (ident(&other.ident), &other.media_type);
    let (output, call) = succeeded(operation, &other.success);
    quote! {
        #docs
        pub async fn #name(self) -> Result<#output, switchboard_runtime::Error<#error>> {
            #end
            let client = self.client.core();
            let mut request = self.into_request()?;
            request.set_accept(#media_type);
            #told
            #call
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_members, operation};
    use super::*;

    #[test]
    fn a_call_sends_its_arguments_and_reads_what_is_described() {
        let content = serde_json::json!({"application/json": {"schema": {"type": "integer"}}, "text/csv": {}});
        let found = operation(&serde_json::json!({
            "operationId": "count", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "", "content": content}},
        }));
        let expected = quote! {
            fn into_request(self) -> Result<switchboard_runtime::codegen::v1::Request, switchboard_runtime::InvalidRequest> {
                let invalid = |message: std::borrow::Cow<'static, str>| switchboard_runtime::InvalidRequest::new(crate::operations::COUNT.id(), message);
                let mut request = switchboard_runtime::codegen::v1::Request::new(&crate::operations::COUNT);
                request.parameter(&switchboard_runtime::codegen::v1::Parameter::path("id"), &self.id.map_err(invalid)?)?;
                request.set_options(self.options);
                Ok(request)
            }
        };
        assert_members(into_request(&found, &quote!()), expected);
        let other = found.other_successes.first().unwrap();
        let expected = quote! {
            pub async fn send_text(self) -> Result<switchboard_runtime::ResponseValue<String>, switchboard_runtime::Error<crate::errors::CountError>> {
                let client = self.client.core();
                let mut request = self.into_request()?;
                request.set_accept("text/csv");
                client.send(request, switchboard_runtime::codegen::v1::decode::text).await
            }
        };
        assert_members(send_other(&found, other), expected);
    }
}
