//! The statics that describe the API and its operations to the runtime.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::rust_type::ident;
use crate::lower::idents;
use crate::methods;
use crate::plan::{Location, Operation, Plan, SchemeKind, Server};

/// The file with the API's description.
pub fn api(plan: &Plan) -> TokenStream {
    let api = &plan.api;
    let facts = credential_facts(plan);
    let servers = servers(&api.servers);
    let schemes = api.schemes.iter().map(|scheme| {
        let (name, kind) = (&scheme.name, scheme_kind(&scheme.kind));
        quote!(SecurityScheme { name: #name, kind: #kind })
    });
    let rate_limit = match api.rate_limit {
        Some(limit) => {
            let requests = Literal::u32_unsuffixed(limit.requests);
            let milliseconds = Literal::u64_unsuffixed(limit.milliseconds);
            quote!(Some(RateLimit { requests: #requests, per: std::time::Duration::from_millis(#milliseconds) }))
        }
        None => quote!(None),
    };
    quote! {
        use switchboard_runtime::api::*;

        /// What the runtime has to know about the API as a whole.
        pub(crate) static API: Api = Api {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            servers: &[#servers],
            schemes: &[#(#schemes),*],
            rate_limit: #rate_limit,
            request_id_headers: &[],
        };

        #facts
    }
}

/// What errors about a missing credential need.
fn credential_facts(plan: &Plan) -> TokenStream {
    let setters = plan.api.schemes.iter().map(|scheme| {
        let (name, methods) = (&scheme.name, scheme.setters());
        quote!(Setter { scheme: #name, methods: &[#(#methods),*] })
    });
    let needed = needed(&plan.operations);
    let needed = needed.iter().map(|schemes| {
        let requirements = schemes.iter().map(|scheme| quote!(Requirement { scheme: #scheme, scopes: &[] }));
        quote!(&[#(#requirements),*])
    });
    quote! {
        /// By which methods credentials are given, and without which of them there is no call.
        pub(crate) static CREDENTIALS: CredentialFacts = CredentialFacts {
            setters: &[#(#setters),*],
            needed: &[#(#needed),*],
        };
    }
}

/// The alternatives of all operations, each once, in their order; none if an operation needs no credential.
fn needed(operations: &[Operation]) -> Vec<Vec<&str>> {
    let mut needed: Vec<Vec<&str>> = Vec::new();
    for operation in operations {
        if operation.security.is_empty() || operation.security.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        for alternative in &operation.security {
            let schemes: Vec<&str> = alternative.iter().map(|(scheme, _)| scheme.as_str()).collect();
            if !needed.contains(&schemes) {
                needed.push(schemes);
            }
        }
    }
    needed
}

/// The file with the operations' descriptions.
pub fn operations(plan: &Plan) -> TokenStream {
    let operations = plan.operations.iter().map(operation);
    quote! {
        use switchboard_runtime::api::*;

        #(#operations)*
    }
}

/// The static of one operation.
pub fn static_name(operation: &Operation) -> proc_macro2::Ident {
    ident(&idents::screaming(&operation.ident))
}

fn operation(operation: &Operation) -> TokenStream {
    let name = static_name(operation);
    let (id, path, accept, repeatable) = (&operation.id, &operation.path, &operation.accept, operation.repeatable);
    let method = method(&operation.method);
    let security = operation.security.iter().map(|combination| {
        let combination =
            combination.iter().map(|(scheme, scopes)| quote!(Requirement { scheme: #scheme, scopes: &[#(#scopes),*] }));
        quote!(&[#(#combination),*])
    });
    let servers = servers(&operation.servers);
    quote! {
        pub(crate) static #name: Operation = Operation {
            id: #id,
            method: #method,
            path: #path,
            security: &[#(#security),*],
            servers: &[#servers],
            accept: #accept,
            repeatable: #repeatable,
        };
    }
}

/// The runtime's word for a method; those of a field of their own have names there.
fn method(method: &str) -> TokenStream {
    if methods::is_sendable(method) {
        return quote!(HttpMethod::Other(#method));
    }
    let name = ident(&idents::pascal(&method.to_lowercase()));
    quote!(HttpMethod::#name)
}

fn servers(servers: &[Server]) -> TokenStream {
    let servers = servers.iter().map(|server| {
        let (url, description) = (&server.url, server.description.as_deref().unwrap_or_default());
        let variables = server.variables.iter().map(|variable| {
            let (name, values) = (&variable.name, &variable.values);
            let default = if super::client::is_placeholder(variable) { "" } else { variable.default.as_str() };
            quote!(ServerVariable { name: #name, default: #default, values: &[#(#values),*] })
        });
        quote!(ServerTemplate { url: #url, description: #description, variables: &[#(#variables),*] })
    });
    quote!(#(#servers),*)
}

fn scheme_kind(kind: &SchemeKind) -> TokenStream {
    match kind {
        SchemeKind::ApiKey { location, name } => {
            let location = ident(match location {
                Location::Query => "Query",
                Location::Cookie => "Cookie",
                Location::Header | Location::Path | Location::QueryString => "Header",
            });
            quote!(SchemeKind::ApiKey { location: ApiKeyLocation::#location, name: #name })
        }
        SchemeKind::Basic => quote!(SchemeKind::Basic),
        SchemeKind::Bearer => quote!(SchemeKind::Bearer),
        SchemeKind::HttpOther { scheme } => quote!(SchemeKind::HttpOther { scheme: #scheme }),
        SchemeKind::OAuth2 { client_credentials: None } => quote!(SchemeKind::OAuth2 { client_credentials: None }),
        SchemeKind::OAuth2 { client_credentials: Some(flow) } => {
            let token_url = &flow.token_url;
            let audience = match &flow.audience {
                Some(audience) => quote!(Some(#audience)),
                None => quote!(None),
            };
            let client_auth = ident(if flow.basic_auth { "Basic" } else { "Form" });
            quote! {
                SchemeKind::OAuth2 {
                    client_credentials: Some(ClientCredentialsFlow {
                        token_url: #token_url,
                        scopes: &[],
                        audience: #audience,
                        client_auth: ClientAuth::#client_auth,
                    }),
                }
            }
        }
        SchemeKind::OpenIdConnect => quote!(SchemeKind::OpenIdConnect),
        SchemeKind::MutualTls => quote!(SchemeKind::MutualTls),
    }
}
