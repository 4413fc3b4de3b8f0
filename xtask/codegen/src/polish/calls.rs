//! The calls: a type for each operation, whose methods set what may be left out and send what was set. It holds one value of
//! the runtime, which does the work; what goes over the wire, and how the answer is read, comes from the plan. What all of them
//! have alike the runtime's `call!` makes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Type, parse_quote};

use super::call_type::{self, CallType, Head, Setters};
use super::docs::{self, attributes_of, code};
use super::parameters::{self, set, set_constant};
use super::rust_type::{From, call_module, ident, operation_module, payload, rust_type};
use super::{arguments, bodies, headers, outcomes, paging, structs};
use crate::plan::{
    EventData, Events, Operation, OtherSuccess, PartContent, Payload, Required, StreamEnd, Success, TypeRef,
};

/// The call of one operation, whose answer progenitor says the type of, unless it is one of several.
pub fn call(operation: &Operation, answer: &Type) -> TokenStream {
    let name = ident(&operation.type_ident);
    let mut setters = Setters::default();
    for parameter in operation.parameters.iter().filter(|one| !one.required || one.constant.is_some()) {
        setters.add(parameters::line(parameter), || parameters::setter(parameter));
    }
    bodies::setters(operation, &mut setters);
    let (answered, line, send) = send(operation, answer);
    let error = outcomes::error_type(operation);
    let head = Head {
        attributes: attributes_of(docs::lines(&described(operation))),
        name: name.clone(),
        once: bodies::streams(operation),
        answer: parse_quote!(#answered),
        error: parse_quote!(#error),
        headers: headers::success_type(operation).map(|headers| parse_quote!(#headers)),
        send: line,
    };
    let others = operation.other_successes.iter().map(|other| send_other(operation, other));
    let Setters { lines, written } = setters;
    let told = CallType { head, list: paging::list(operation, answer), setters: lines };
    let more = quote!(#(#written)* #send #(#others)*);
    let more = (!more.is_empty()).then(|| quote!(impl #name<'_> { #more }));
    let (required, body) = (required_struct(operation), bodies::one_of(operation));
    quote! {
        switchboard_runtime::codegen::v1::call! { #told }

        #more
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

/// What is said of a call.
fn described(operation: &Operation) -> String {
    let method = docs::method(operation.tag.as_ref(), &operation.ident);
    let made = format!("The call made by {method}: {}.", code(&format!("{} {}", operation.method, operation.path)));
    match operation.servers.first() {
        Some(server) => format!("{made} It goes to {}, unless the client has a base URL.", code(&server.url)),
        None => made,
    }
}

/// What a call answers, and how it is sent: in a line, or written out.
fn send(operation: &Operation, answer: &Type) -> (TokenStream, Option<call_type::Send>, Option<TokenStream>) {
    let success = &operation.success;
    let (answer, waited) = match success {
        Success::One(found) => (quote!(#answer), waited(found)),
        Success::ByStatus { .. } => succeeded(success),
    };
    if let Some(line) = waited.line.filter(|_| stream_end(operation, success).is_none()) {
        return (answer, Some(line), None);
    }
    let written = sending(operation, success, &docs::lines("Sends the call."), &ident("send"), &quote!());
    (answer, None, Some(written))
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
    let (value, call) = succeeded(success);
    let (headers, map) = match headers::success_type(operation) {
        Some(headers) => (quote!(, #headers), quote!(.map(switchboard_runtime::ResponseValue::with_headers))),
        None => (quote!(), quote!()),
    };
    let (end, told) = stream_end(operation, success).unzip();
    quote! {
        #docs
        pub async fn #name(self) -> Result<switchboard_runtime::ResponseValue<#value #headers>, switchboard_runtime::Error<#error>> {
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

/// The answer that a success yields, and how it is waited for.
fn succeeded(success: &Success) -> (TokenStream, Waited) {
    match success {
        Success::ByStatus { ident: name, .. } => {
            let name = ident(name);
            (quote!(crate::responses::#name), Waited::line("send", Some(quote!(crate::responses::#name::decode))))
        }
        Success::One(found) => (payload(found), waited(found)),
    }
}

/// How an answer is waited for.
struct Waited {
    call: TokenStream,
    /// The same where a line can say it.
    line: Option<call_type::Send>,
}

impl Waited {
    fn line(method: &str, read: Option<TokenStream>) -> Self {
        let method = ident(method);
        let call = quote!(#method(#read));
        Self { line: Some(call_type::Send { method, read: read.map(|read| parse_quote!(#read)) }), call }
    }

    fn written(call: TokenStream) -> Self {
        Self { call, line: None }
    }
}

impl ToTokens for Waited {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.call.to_tokens(tokens);
    }
}

/// How a payload is waited for.
fn waited(found: &Payload) -> Waited {
    let decoded = |how: TokenStream| Waited::line("send", Some(quote!(switchboard_runtime::codegen::v1::decode::#how)));
    match found {
        Payload::Json(_) => decoded(quote!(json)),
        Payload::Xml(_, root) => {
            let root = ident(root);
            let read = quote!(|decoder| switchboard_runtime::codegen::v1::decode::xml(decoder, &crate::xml::#root));
            Waited::line("send", Some(read))
        }
        Payload::AsSaid(_) => decoded(quote!(as_said)),
        Payload::Text => decoded(quote!(text)),
        Payload::Empty => decoded(quote!(empty)),
        Payload::Binary => Waited::line("send_stream", None),
        Payload::Redirect => Waited::line("send_redirect", None),
        Payload::Events(events) => waited_events(events),
        Payload::Lines(_) => Waited::line("send_lines", None),
    }
}

/// How events are waited for, whose data is read as the document says.
fn waited_events(events: &Events) -> Waited {
    let way = |data: EventData| match data {
        EventData::Unsaid => quote!(said),
        EventData::Json => quote!(json),
        EventData::Text => quote!(text),
    };
    if events.kinds.is_empty() && events.data == EventData::Unsaid {
        return Waited::line("send_events", None);
    }
    let others = way(events.data);
    if events.kinds.is_empty() {
        return Waited::line("send_events_read", Some(quote!(|event| event.#others())));
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
    Waited::written(quote! {
        send_events_read(|event| match event.kind() { #(#kinds)* _ => event.#others() })
    })
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
        let made = super::call(&found, &parse_quote!(i64));
        let expected = quote! {
            switchboard_runtime::codegen::v1::call! {
                #[doc = " The call made by [`Client::count`](crate::Client::count): `GET /a/{id}`."]
                Count -> i64, crate::errors::CountError = send(switchboard_runtime::codegen::v1::decode::json);
                #[doc = " Sets the header parameter `v`."]
                v(crate::types::CountV) = header "v";
                #[doc = " Sets the query parameter `q`."]
                q(String) = query "q";
            }
            impl Count<'_> {
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
