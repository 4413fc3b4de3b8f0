//! The client: a builder with the document's servers and one method for each credential, and a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{self, code};
use super::rust_type::{call_module, ident};
use super::{bodies, calls, examples, outcomes, scopes};
use crate::lower::idents;
use crate::plan::{
    Api, Docs, Layout, Operation, Plan, Required, SchemeKind, SecurityScheme, Server, ServerVariable, Status,
};

/// The file with the client.
pub fn client(plan: &Plan) -> TokenStream {
    let api = &plan.api;
    let about = Docs { description: api.description.clone(), ..Docs::default() };
    let docs = docs::attributes(&about, &format!("A client for {}.", docs::clean(&api.title)));
    let methods = plan.operations.iter().filter(|found| found.tag.is_none()).map(|operation| method(operation, plan));
    let tags = tags(&plan.layout).map(|table| docs::lines(&format!("\n{table}")));
    // What stands on the client for a tag is made elsewhere.
    let shared = plan.layout.is_by_tag().then(|| quote!(pub(crate)));
    let builder = client_builder(api);
    let server = server(&api.servers);
    quote! {
        #docs
        ///
        /// Cheap to clone: clones share connections, credentials and limits.
        #tags
        #[derive(Clone, Debug)]
        pub struct Client {
            #shared core: switchboard_runtime::codegen::v1::Client,
        }

        impl Client {
            /// Starts building a client.
            pub fn builder() -> ClientBuilder {
                ClientBuilder { inner: switchboard_runtime::codegen::v1::ClientBuilder::new(&crate::api::API) }
            }

            /// The same client seen otherwise: all its calls have these options, unless they say otherwise themselves.
            /// Connections, credentials and limits are shared.
            #[must_use]
            pub fn with(&self, options: switchboard_runtime::CallOptions) -> Self {
                Self { core: self.core.with(options) }
            }

            /// A call of any method and path below the server's, for what the document does not describe. Credentials,
            /// limits and retries are those of any other call.
            pub fn request(&self, method: &str, path: &str) -> switchboard_runtime::RawCall {
                self.core.request(method, path)
            }

            #(#methods)*
        }

        #builder
        #server
    }
}

/// The table of the tags.
fn tags(layout: &Layout) -> Option<String> {
    let rows = layout.tags.iter().map(|(module, tag)| {
        let first = docs::first_in_cell(tag.description.as_deref().unwrap_or_default());
        format!("| [`{module}`](Self::{module}) | {first} |")
    });
    layout.is_by_tag().then(|| {
        let rows = rows.collect::<Vec<_>>().join("\n");
        format!("Operations stand by tag, each with a Cargo feature of its own:\n\n| | |\n|---|---|\n{rows}")
    })
}

/// One method, with the vendor's prose in a form that rustdoc takes.
pub fn method(operation: &Operation, plan: &Plan) -> TokenStream {
    let (name, ty) = (ident(&operation.ident), ident(&operation.type_ident));
    let (arguments, call) = calls::start(operation);
    let module = call_module(operation);
    // A call outlives what stands on the client for its tag.
    let lifetime = if operation.tag.is_some() { quote!('a) } else { quote!('_) };
    let mut text = prose(operation);
    let request = code(&format!("{} {}", operation.method, operation.path));
    let needed = scopes::needed(&operation.security, &plan.api.schemes);
    let beside = [
        arguments_documented(operation),
        needed,
        operation.external_docs.as_ref().map(docs::page),
        Some(examples::block(operation, plan)),
        errors_documented(operation),
    ];
    for part in std::iter::once(request).chain(beside.into_iter().flatten()) {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&part);
    }
    let docs = docs::lines(&text);
    let deprecated = operation.deprecated.then(docs::deprecated);
    quote! {
        #docs
        #deprecated
        pub fn #name(&self #(, #arguments)*) -> #module::#ty<#lifetime> {
            #call
        }
    }
}

/// What the document says of an operation: its summary, unless that is but the id, and its description, which may begin with the
/// summary over again.
fn prose(operation: &Operation) -> String {
    let text = |prose: &Option<String>| prose.as_deref().map(docs::clean).unwrap_or_default();
    let (summary, description) = (text(&operation.summary), text(&operation.description));
    let summary = summary.trim_end_matches('.');
    let is_id = summary != summary.to_lowercase()
        && !summary.contains(char::is_whitespace)
        && idents::snake(summary) == idents::snake(&operation.id);
    let again = description.split_at_checked(summary.len()).filter(|(start, rest)| {
        start.eq_ignore_ascii_case(summary) && (rest.is_empty() || rest.starts_with(['.', '\n']))
    });
    let rest = again.map_or(&*description, |(_, rest)| rest.trim_start_matches('.').trim_start());
    match (summary.is_empty() || is_id && !rest.is_empty(), rest.is_empty()) {
        (true, _) => description,
        (false, true) => summary.to_owned(),
        (false, false) => format!("{summary}\n\n{rest}"),
    }
}

/// The statuses that the document describes as errors, with the type that tells them.
fn errors_documented(operation: &Operation) -> Option<String> {
    let mut statuses: Vec<Status> = operation.errors.iter().map(|error| error.status).collect();
    statuses.sort_unstable();
    let said = statuses.iter().map(|status| match status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "any other".to_owned(),
    });
    let said: Vec<String> = said.collect();
    let said = match (said.split_last()?, statuses.as_slice()) {
        (_, [Status::Default]) => "any status that is no success".to_owned(),
        ((last, []), _) => format!("the status {last}"),
        ((last, [first]), [_, Status::Default]) => format!("the status {first} and {last}"),
        ((last, others), _) => format!("the statuses {} and {last}", others.join(", ")),
    };
    let name = outcomes::error_ident(operation);
    Some(format!("# Errors\n\n[`{name}`](crate::errors::{name}) for {said}."))
}

/// What the document says of the arguments, for which rustdoc has no place of their own.
fn arguments_documented(operation: &Operation) -> Option<String> {
    if operation.required_ident.is_some() {
        return None;
    }
    let said = operation.required().into_iter().filter_map(|required| {
        let (docs, sent) = match required {
            Required::Parameter(parameter) => (parameter.docs.clone(), None),
            Required::Part(part) => (part.docs.clone(), None),
            Required::Body(body) => {
                let docs = Docs { description: body.description.clone(), ..Docs::default() };
                (docs, Some(bodies::sent_as(operation, body)))
            }
        };
        let said = docs::markdown(&docs, "");
        let said = [Some(said), sent].into_iter().flatten().filter(|text| !text.is_empty());
        let said = said.collect::<Vec<_>>().join(" ").replace('\n', "\n  ");
        (!said.is_empty()).then(|| format!("* {}: {said}", code(required.ident())))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("\n"))
}

fn client_builder(api: &Api) -> TokenStream {
    let credentials = api.schemes.iter().filter_map(credential);
    quote! {
        /// Builds a [`Client`]: where the API is, who calls, and how patient the client is.
        #[derive(Debug)]
        #[must_use = "`build` makes the client"]
        pub struct ClientBuilder {
            inner: switchboard_runtime::codegen::v1::ClientBuilder,
        }

        impl ClientBuilder {
            switchboard_runtime::codegen::v1::client_builder_methods!();

            /// Sets which of the document's servers is called.
            pub fn server(mut self, server: Server) -> Self {
                self.inner = self.inner.server(server.index, server.variables);
                self
            }

            #(#credentials)*

            /// The client, or an error that says what is missing or wrong.
            pub fn build(self) -> Result<Client, switchboard_runtime::BuildError> {
                Ok(Client { core: self.inner.build()? })
            }
        }
    }
}

/// The builder's method for one security scheme; certificates belong to the transport and have none.
fn credential(scheme: &SecurityScheme) -> Option<TokenStream> {
    let (method, name) = (ident(&scheme.ident), &scheme.name);
    let about = Docs { description: scheme.description.clone(), ..Docs::default() };
    let described = |fallback: &str, fetched: bool| {
        // No attribute: where this is the only scheme there is no other way.
        let deprecated = scheme.deprecated.then(|| "The API has deprecated it.".to_owned());
        let about = std::iter::once(docs::markdown(&about, fallback)).chain(deprecated);
        let parts = about.chain(scopes::listed(scheme, fetched));
        docs::lines(&parts.collect::<Vec<_>>().join("\n\n"))
    };
    let secret = |kind: TokenStream, fallback: &str, method: proc_macro2::Ident| {
        let docs = described(fallback, false);
        quote! {
            #docs
            pub fn #method(mut self, secret: impl Into<switchboard_runtime::SecretString>) -> Self {
                self.inner = self.inner.credential(#name, switchboard_runtime::Credential::#kind(secret.into()));
                self
            }
        }
    };
    Some(match &scheme.kind {
        SchemeKind::ApiKey { name, .. } => {
            secret(quote!(ApiKey), &format!("Sets the key that is sent as {}.", code(name)), method)
        }
        SchemeKind::Bearer | SchemeKind::OpenIdConnect => secret(quote!(Bearer), "Sets the bearer token.", method),
        SchemeKind::HttpOther { scheme } => secret(
            quote!(ApiKey),
            &format!("Sets what follows {} in the `Authorization` header.", code(scheme)),
            method,
        ),
        SchemeKind::OAuth2 { client_credentials: None } => secret(quote!(Bearer), "Sets the access token.", method),
        SchemeKind::OAuth2 { client_credentials: Some(_) } => {
            let docs = described("Sets the client id and secret that access tokens are asked for with.", true);
            let token = secret(
                quote!(Bearer),
                "Sets an access token that was got elsewhere.",
                ident(&scheme.setters().pop().unwrap_or_default()),
            );
            quote! {
                #docs
                pub fn #method(mut self, credentials: switchboard_runtime::ClientCredentials) -> Self {
                    self.inner = self.inner.credential(#name, switchboard_runtime::Credential::ClientCredentials(credentials));
                    self
                }
                #token
            }
        }
        SchemeKind::Basic => {
            let docs = described("Sets the user name and password.", false);
            quote! {
                #docs
                pub fn #method(mut self, username: impl Into<String>, password: impl Into<switchboard_runtime::SecretString>) -> Self {
                    let credential = switchboard_runtime::Credential::Basic { username: username.into(), password: password.into() };
                    self.inner = self.inner.credential(#name, credential);
                    self
                }
            }
        }
        SchemeKind::MutualTls => return None,
    })
}

/// The document's servers.
fn server(servers: &[Server]) -> TokenStream {
    let constructors = servers.iter().enumerate().map(|(index, server)| constructor(index, server));
    let mut seen = std::collections::BTreeSet::new();
    let variables = servers
        .iter()
        .flat_map(|server| &server.variables)
        .filter(|variable| !variable.is_placeholder() && !servers.iter().any(|server| server.ident == variable.ident))
        .filter(|variable| seen.insert(variable.ident.clone()))
        .map(variable_setter);
    let only_plain = servers
        .iter()
        .all(|server| server.ident == "new" && server.variables.iter().all(|variable| !variable.is_placeholder()));
    let default = only_plain.then(|| {
        quote! {
            impl Default for Server {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    });
    quote! {
        /// A server that the document names.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[must_use = "give it to `ClientBuilder::server`"]
        pub struct Server {
            index: usize,
            variables: Vec<(&'static str, String)>,
        }

        impl Server {
            #(#constructors)*
            #(#variables)*
        }

        #default
    }
}

fn constructor(index: usize, server: &Server) -> TokenStream {
    let name = ident(&server.ident);
    let mut text = server.description.as_deref().map(docs::clean).unwrap_or_default();
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(&code(&server.url));
    let docs = docs::lines(&text);
    let index = proc_macro2::Literal::usize_unsuffixed(index);
    let arguments: Vec<_> = server
        .variables
        .iter()
        .filter(|variable| variable.is_placeholder())
        .map(|variable| ident(&variable.ident))
        .collect();
    let names = server.variables.iter().filter(|variable| variable.is_placeholder()).map(|variable| &variable.name);
    quote! {
        #docs
        pub fn #name(#(#arguments: impl Into<String>),*) -> Self {
            Self { index: #index, variables: vec![#((#names, #arguments.into())),*] }
        }
    }
}

fn variable_setter(variable: &ServerVariable) -> TokenStream {
    let (name, wire) = (ident(&variable.ident), &variable.name);
    let mut constraints = Vec::new();
    if !variable.values.is_empty() {
        constraints
            .push(format!("one of {}", variable.values.iter().map(|value| code(value)).collect::<Vec<_>>().join(", ")));
    }
    let default = variable.default.clone().map(serde_json::Value::String);
    let about = Docs { description: variable.description.clone(), default, constraints, ..Docs::default() };
    let docs = docs::attributes(&about, &format!("Sets {} in the server's URL.", code(wire)));
    quote! {
        #docs
        pub fn #name(mut self, value: impl Into<String>) -> Self {
            self.variables.push((#wire, value.into()));
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, assert_members, only, operation};
    use super::*;

    fn nothing() -> Plan {
        crate::lower::testing::plan(&serde_json::json!({}), &serde_json::json!({}))
    }

    #[test]
    fn a_method_starts_its_call() {
        let found = operation(&serde_json::json!({"operationId": "getIt", "deprecated": true, "responses": {}}));
        let expected = quote! {
            #[deprecated = "the vendor's document says so"]
            pub fn get_it(&self, id: impl Into<String>) -> crate::calls::GetIt<'_> {
                crate::calls::GetIt(
                    switchboard_runtime::codegen::v1::Call::new(&self.core, &crate::operations::GET_IT).path("id", &id.into()),
                )
            }
        };
        assert_members(method(&found, &nothing()), expected);
    }

    #[test]
    fn a_method_tells_its_arguments_its_errors_and_the_vendors_page() {
        let said = |docs: serde_json::Value| {
            let found = operation(&serde_json::json!({
                "operationId": "getIt", "summary": "Get it", "externalDocs": docs,
                "parameters": [{"name": "id", "in": "path", "required": true, "description": "Which one.\nOf all.",
                    "schema": {"type": "string"}}],
                "responses": {"200": {"description": ""}, "default": {"description": ""}, "404": {"description": ""}},
            }));
            let syn::ImplItem::Fn(method) = syn::parse2(method(&found, &nothing())).unwrap() else {
                panic!("no method")
            };
            let docs = method.attrs.iter().filter_map(|attribute| match &attribute.meta {
                syn::Meta::NameValue(doc) => Some(quote::ToTokens::to_token_stream(&doc.value).to_string()),
                _ => None,
            });
            docs.map(|line| line.trim_matches('"').trim().replace("\\\"", "\"")).collect::<Vec<_>>().join("\n")
        };
        let told = |page: &str| {
            format!(
                "Get it\n\n`GET /a/{{id}}`\n\n* `id`: Which one.\nOf all.\n\n{page}\n\n```no_run\n\
                 # async fn example(client: &t::Client) -> Result<(), Box<dyn std::error::Error>> {{\n\
                 client.get_it(\"1\").send().await?;\n# Ok(())\n# }}\n```\n\n# Errors\n\n\
                 [`GetItError`](crate::errors::GetItError) for the status 404 and any other."
            )
        };
        let page = serde_json::json!({"url": "https://example.com/get", "description": "More."});
        assert_eq!(said(page), told("More: <https://example.com/get>"));
        assert_eq!(said(serde_json::json!({"url": "/get"})), told("The vendor's page: `/get`"));
    }

    #[test]
    fn a_summary_is_told_once_and_an_id_is_none() {
        for (summary, description, told) in [
            ("Get it.", "Get it.", "Get it"),
            ("Get it", "Get it. It is this.", "Get it\n\nIt is this."),
            ("Get It", "Get it\n\n- One", "Get It\n\n- One"),
            ("Get it", "Get its name.", "Get it\n\nGet its name."),
            ("GetIt", "Gets it.", "Gets it."),
            ("GetIt", "", "GetIt"),
            ("", "Gets it.", "Gets it."),
        ] {
            let found = operation(&serde_json::json!({
                "operationId": "getIt", "summary": summary, "description": description, "responses": {},
            }));
            assert_eq!(prose(&found), told, "{summary}: {description}");
        }
    }

    #[test]
    fn a_server_takes_what_each_user_has_of_their_own() {
        let document = serde_json::json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {},
            "servers": [{"url": "https://{account}.{region}/", "variables": {
                "account": {"default": "youraccount"}, "region": {"default": "eu"},
            }}],
        });
        let plan = crate::lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default());
        let expected = quote! {
            impl Server {
                pub fn new(account: impl Into<String>) -> Self {
                    Self { index: 0, variables: vec![("account", account.into())] }
                }
                pub fn region(mut self, value: impl Into<String>) -> Self {
                    self.variables.push(("region", value.into()));
                    self
                }
            }
        };
        let made = only(server(&plan.api.servers), "Server");
        let file: syn::File = syn::parse2(made).unwrap();
        let methods = file.items.iter().filter(|item| matches!(item, syn::Item::Impl(_)));
        assert_items(quote!(#(#methods)*), expected);
    }
}
