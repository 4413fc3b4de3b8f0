//! The calls: a type for each operation, whose methods set what may be left out and send what was set. It holds one value of
//! the runtime, which does the work; what goes over the wire, and how the answer is read, comes from the plan.

use proc_macro2::TokenStream;
use quote::quote;

use super::bodies;
use super::docs::{self, code};
use super::parameters::{set, set_constant, setter};
use super::rust_type::{From, call_module, ident, operation_module, payload, rust_type};
use super::{arguments, headers, outcomes, paging, structs};
use crate::plan::{
    EventData, Events, Operation, OtherSuccess, PartContent, Payload, Required, StreamEnd, Success, TypeRef,
};

/// The call of one operation.
pub fn call(operation: &Operation) -> TokenStream {
    let name = ident(&operation.type_ident);
    let method = docs::method(operation.tag.as_ref(), &operation.ident);
    let docs = docs::lines(&format!("The call made by {method}."));
    let derives = if bodies::streams(operation) { quote!(Debug) } else { quote!(Clone, Debug) };
    let optional = operation.parameters.iter().filter(|parameter| !parameter.required || parameter.constant.is_some());
    let setters = optional.map(setter);
    let bodies = bodies::setters(operation);
    let send = send(operation);
    let others = operation.other_successes.iter().map(|other| send_other(operation, other));
    let list = paging::list(operation);
    let (required, body) = (required_struct(operation), bodies::one_of(operation));
    quote! {
        #docs
        #[derive(#derives)]
        #[must_use = "nothing is sent before `send` is awaited"]
        pub struct #name<'a>(pub(crate) switchboard_runtime::codegen::v1::Call<'a>);

        impl<'a> #name<'a> {
            switchboard_runtime::codegen::v1::call_methods!();

            #(#setters)*
            #bodies
            #send
            #(#others)*
            #list
        }

        #required
        #body
    }
}

/// How a call begins: what the client's method takes, and the call that it makes of that.
pub fn start(operation: &Operation) -> (Vec<TokenStream>, TokenStream) {
    let required = operation.required();
    let description = super::description::static_name(operation);
    let (described, module) = (operation_module(operation), call_module(operation));
    let core = if operation.tag.is_some() { quote!(self.core) } else { quote!(&self.core) };
    let begun = quote!(switchboard_runtime::codegen::v1::Call::new(#core, &#described::#description));
    let given = |one: &Required<'_>| {
        let name = ident(one.ident());
        if operation.required_ident.is_some() { quote!(required.#name) } else { quote!(#name) }
    };
    let is_struct = operation.required_ident.is_some();
    let mut call = begun;
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let one = Required::Parameter(parameter);
        let next = match &parameter.constant {
            Some(value) => set_constant(parameter, value),
            None if is_struct => set(parameter, &given(&one)),
            None => set(parameter, &arguments::made(&parameter.ty, &given(&one))),
        };
        call = quote!(#call #next);
    }
    for one in &required {
        call = match one {
            Required::Parameter(_) => call,
            Required::Part(part) => {
                let next = bodies::set_part(part, &given(one), is_struct);
                quote!(#call #next)
            }
            Required::Body(body) => bodies::put(operation, body, call, &given(one), is_struct),
        };
    }
    let is_form = operation.body.as_ref().filter(|body| body.required && operation.other_bodies.is_empty());
    if is_form.is_some_and(|body| !body.parts.is_empty() && !body.parts.iter().any(|part| part.required)) {
        call = quote!(#call.multipart(switchboard_runtime::Multipart::new()));
    }
    let taken = match &operation.required_ident {
        Some(name) => {
            let name = ident(name);
            vec![quote!(required: #module::#name)]
        }
        None => required
            .iter()
            .map(|one| {
                let (name, ty) = (ident(one.ident()), taken(operation, one));
                quote!(#name: #ty)
            })
            .collect(),
    };
    let name = ident(&operation.type_ident);
    (taken, quote!(#module::#name (#call)))
}

/// What a method takes for what is required.
fn taken(operation: &Operation, required: &Required<'_>) -> TokenStream {
    match required {
        Required::Parameter(parameter) => arguments::taken(&parameter.ty, From::Outside),
        Required::Part(part) => bodies::part_taken(part),
        Required::Body(body) => bodies::taken(operation, body),
    }
}

/// The struct of what is required, where that is too much for arguments.
fn required_struct(operation: &Operation) -> Option<TokenStream> {
    let name = ident(operation.required_ident.as_ref()?);
    let method = docs::method(operation.tag.as_ref(), &operation.ident);
    let docs =
        docs::lines(&format!("What {method} cannot do without, by name: so much of it in a row would be mixed up."));
    let required = operation.required();
    let fields = required.iter().map(|one| {
        let name = ident(one.ident());
        let (docs, ty) = match one {
            Required::Parameter(parameter) => {
                (super::parameters::documented(parameter), rust_type(&parameter.ty, From::Outside))
            }
            Required::Part(part) => (bodies::part_documented(part), bodies::part_type(part)),
            Required::Body(body) => (bodies::documented(operation, body), bodies::given_type(operation, body)),
        };
        quote!(#docs pub #name: #ty,)
    });
    let is_secret = |one: &Required<'_>| match one {
        Required::Parameter(parameter) => parameter.docs.secret,
        Required::Part(part) => part.docs.secret,
        Required::Body(_) => false,
    };
    let has_secrets = required.iter().any(is_secret);
    let has_stream = required.iter().any(|one| match one {
        Required::Parameter(_) => false,
        Required::Part(part) => !matches!(part.content, PartContent::Value(_)),
        Required::Body(_) => bodies::streams(operation),
    });
    let clone = (!has_stream).then(|| quote!(Clone,));
    let debug = (!has_secrets).then(|| quote!(Debug,));
    let redacted =
        has_secrets.then(|| structs::redacted(&name, required.iter().map(|one| (one.ident(), is_secret(one)))));
    Some(quote! {
        #docs
        #[derive(#clone #debug)]
        pub struct #name {
            #(#fields)*
        }
        #redacted
    })
}

fn send(operation: &Operation) -> TokenStream {
    let docs = docs::lines(&format!("Sends {}.", code(&format!("{} {}", operation.method, operation.path))));
    sending(operation, &operation.success, &docs, &ident("send"), &quote!())
}

/// A method that sends the call, after what is `asked`.
fn sending(
    operation: &Operation,
    success: &Success,
    docs: &TokenStream,
    name: &proc_macro2::Ident,
    asked: &TokenStream,
) -> TokenStream {
    let error = outcomes::error_type(operation);
    let (output, call, map) = succeeded(operation, success);
    let (end, told) = stream_end(operation, success).unzip();
    quote! {
        #docs
        pub async fn #name(self) -> Result<#output, switchboard_runtime::Error<#error>> {
            #end
            self.0 #asked #told.#call.await #map
        }
    }
}

/// What ends a stream, where the document says so, and how the call is told.
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
    Some((constant, quote!(.stream_end(&END))))
}

/// The answer that a success yields, how it is waited for, and what is made of it then.
fn succeeded(operation: &Operation, success: &Success) -> (TokenStream, TokenStream, Option<TokenStream>) {
    let (value, call) = match success {
        Success::ByStatus { ident: name, .. } => {
            let name = ident(name);
            (quote!(crate::responses::#name), quote!(send(crate::responses::#name::decode)))
        }
        Success::One(found) => (payload(found), sent(found)),
    };
    match headers::success_type(operation) {
        Some(headers) => (
            quote!(switchboard_runtime::ResponseValue<#value, #headers>),
            call,
            Some(quote!(.map(switchboard_runtime::ResponseValue::with_headers))),
        ),
        None => (quote!(switchboard_runtime::ResponseValue<#value>), call, None),
    }
}

/// How a payload is waited for.
fn sent(found: &Payload) -> TokenStream {
    match found {
        Payload::Json(_) => quote!(send(switchboard_runtime::codegen::v1::decode::json)),
        Payload::Xml(_, root) => {
            let root = ident(root);
            quote!(send(|decoder| switchboard_runtime::codegen::v1::decode::xml(decoder, &crate::xml::#root)))
        }
        Payload::AsSaid(_) => quote!(send(switchboard_runtime::codegen::v1::decode::as_said)),
        Payload::Text => quote!(send(switchboard_runtime::codegen::v1::decode::text)),
        Payload::Empty => quote!(send(switchboard_runtime::codegen::v1::decode::empty)),
        Payload::Binary => quote!(send_stream()),
        Payload::Redirect => quote!(send_redirect()),
        Payload::Events(events) => sent_events(events),
        Payload::Lines(_) => quote!(send_lines()),
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
        return quote!(send_events());
    }
    let others = way(events.data);
    if events.kinds.is_empty() {
        return quote!(send_events_read(|event| event.#others()));
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
        send_events_read(|event| match event.kind() { #(#kinds)* _ => event.#others() })
    }
}

/// The same call, answered in another media type.
fn send_other(operation: &Operation, other: &OtherSuccess) -> TokenStream {
    let docs = docs::lines(&format!("Sends the same and asks for {}.", code(&other.media_type)));
    let media_type = &other.media_type;
    sending(operation, &other.success, &docs, &ident(&other.ident), &quote!(.accept(#media_type)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, assert_tokens, operation};
    use super::*;

    #[test]
    fn a_call_takes_what_is_required_and_sends_what_was_set() {
        let content = serde_json::json!({"application/json": {"schema": {"type": "integer"}}, "text/csv": {}});
        let text = serde_json::json!({"type": "string"});
        let found = operation(&serde_json::json!({
            "operationId": "count", "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": text},
                {"name": "v", "in": "header", "required": true, "schema": {"const": "1"}},
                {"name": "q", "in": "query", "schema": text},
            ],
            "responses": {"200": {"description": "", "content": content}},
        }));
        let (arguments, call) = start(&found);
        assert_tokens(quote!(#(#arguments),*), quote!(id: impl Into<String>));
        let expected = quote! {
            crate::calls::Count(
                switchboard_runtime::codegen::v1::Call::new(&self.core, &crate::operations::COUNT)
                    .path("id", &id.into())
                    .header("v", "1")
            )
        };
        assert_tokens(call, expected);
        let made = super::call(&found);
        let expected = quote! {
            #[derive(Clone, Debug)]
            #[must_use = "nothing is sent before `send` is awaited"]
            pub struct Count<'a>(pub(crate) switchboard_runtime::codegen::v1::Call<'a>);
            impl<'a> Count<'a> {
                switchboard_runtime::codegen::v1::call_methods!();
                pub fn v(self, value: impl Into<crate::types::CountV>) -> Self {
                    Self(self.0.header("v", &value.into()))
                }
                pub fn q(self, value: impl Into<String>) -> Self {
                    Self(self.0.query("q", &value.into()))
                }
                pub async fn send(self) -> Result<switchboard_runtime::ResponseValue<i64>, switchboard_runtime::Error<crate::errors::CountError>> {
                    self.0.send(switchboard_runtime::codegen::v1::decode::json).await
                }
                pub async fn send_text(self) -> Result<switchboard_runtime::ResponseValue<String>, switchboard_runtime::Error<crate::errors::CountError>> {
                    self.0.accept("text/csv").send(switchboard_runtime::codegen::v1::decode::text).await
                }
            }
        };
        assert_items(made, expected);
    }

    #[test]
    fn what_is_too_much_for_arguments_is_a_struct() {
        let parameters: Vec<_> = ["a", "b", "c", "d"]
            .map(|name| serde_json::json!({"name": name, "in": "query", "required": true, "schema": {"type": "integer"}}))
            .into();
        let found = operation(&serde_json::json!({"operationId": "sum", "parameters": parameters, "responses": {}}));
        let (arguments, call) = start(&found);
        assert_tokens(quote!(#(#arguments),*), quote!(required: crate::calls::SumRequired));
        assert!(call.to_string().contains(&quote!(.query("d", &required.d)).to_string()), "{call}");
        let expected = quote! {
            #[derive(Clone, Debug)]
            pub struct SumRequired {
                pub id: String,
                pub a: i64,
                pub b: i64,
                pub c: i64,
                pub d: i64,
            }
        };
        assert_items(required_struct(&found).unwrap(), expected);
    }
}
