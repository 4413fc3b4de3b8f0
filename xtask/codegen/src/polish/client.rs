//! The client: a builder with the document's servers and one method for each credential, and a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{self, code};
use super::rust_type::ident;
use super::scopes;
use crate::plan::{Api, Docs, Operation, Plan, SchemeKind, SecurityScheme, Server, ServerVariable};

/// Whether the default of a server variable only holds the place of a value that each user has their own of.
pub fn is_placeholder(variable: &ServerVariable) -> bool {
    let plain =
        |text: &str| text.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase();
    let default = plain(&variable.default);
    variable.values.is_empty()
        && (default.is_empty()
            || default == plain(&variable.name)
            || default.starts_with("your")
            || variable.default.starts_with(['<', '{']))
}

/// The file with the client.
pub fn client(plan: &Plan) -> TokenStream {
    let api = &plan.api;
    let about = Docs { description: api.description.clone(), ..Docs::default() };
    let docs = docs::attributes(&about, &format!("A client for {}.", docs::clean(&api.title)));
    let methods = plan.operations.iter().map(|operation| method(operation, &api.schemes));
    let builder = client_builder(api);
    let server = server(&api.servers);
    quote! {
        #docs
        ///
        /// Cheap to clone: clones share connections, credentials and limits.
        #[derive(Clone, Debug)]
        pub struct Client {
            core: switchboard_runtime::codegen::v1::Client,
        }

        impl Client {
            /// Starts building a client.
            pub fn builder() -> ClientBuilder {
                ClientBuilder { inner: switchboard_runtime::codegen::v1::ClientBuilder::new(&crate::api::API) }
            }

            pub(crate) fn core(&self) -> &switchboard_runtime::codegen::v1::Client {
                &self.core
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

/// One method, with the vendor's prose in a form that rustdoc takes.
fn method(operation: &Operation, schemes: &[SecurityScheme]) -> TokenStream {
    let (name, call) = (ident(&operation.ident), ident(&operation.type_ident));
    let summary = operation.summary.as_deref().map(|summary| docs::clean(summary.trim_end_matches('.')));
    let mut text = summary.clone().unwrap_or_default();
    let description = operation.description.as_deref().map(docs::clean).filter(|description| {
        description.trim_end_matches('.') != summary.as_deref().unwrap_or_default().trim_end_matches('.')
    });
    let request = code(&format!("{} {}", operation.method, operation.path));
    for part in description.into_iter().chain([request]).chain(scopes::needed(&operation.security, schemes)) {
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
        pub fn #name(&self) -> crate::builder::#call<'_> {
            crate::builder::#call::new(self)
        }
    }
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
        .filter(|variable| !is_placeholder(variable) && !servers.iter().any(|server| server.ident == variable.ident))
        .filter(|variable| seen.insert(variable.ident.clone()))
        .map(variable_setter);
    let only_plain = servers
        .iter()
        .all(|server| server.ident == "new" && server.variables.iter().all(|variable| !is_placeholder(variable)));
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
        .filter(|variable| is_placeholder(variable))
        .map(|variable| ident(&variable.ident))
        .collect();
    let names = server.variables.iter().filter(|variable| is_placeholder(variable)).map(|variable| &variable.name);
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
    let default = (!variable.default.is_empty()).then(|| serde_json::Value::String(variable.default.clone()));
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

    #[test]
    fn a_method_starts_its_call() {
        let found = operation(&serde_json::json!({"operationId": "getIt", "deprecated": true, "responses": {}}));
        let expected = quote! {
            #[deprecated = "the vendor's document says so"]
            pub fn get_it(&self) -> crate::builder::GetIt<'_> {
                crate::builder::GetIt::new(self)
            }
        };
        assert_members(method(&found, &[]), expected);
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
