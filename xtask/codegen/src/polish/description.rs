//! The statics that describe the API and its operations to the runtime.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::rust_type::ident;
use super::{bodies, parameters};
use crate::lower::idents;
use crate::methods;
use crate::plan::{Location, Operation, Plan, SchemeKind, SecurityScheme, Server};

/// The file with the API's description.
pub fn api(plan: &Plan) -> TokenStream {
    let api = &plan.api;
    let servers = servers(&api.servers);
    let schemes = list("schemes", api.schemes.iter().map(scheme));
    let setters = list(
        "setters",
        api.schemes.iter().map(|scheme| {
            let (name, methods) = (&scheme.name, scheme.setters());
            quote!(Setter::new(#name, &[#(#methods),*]))
        }),
    );
    let needed = needed(&plan.operations);
    let is_free = |operation: &Operation| operation.security.is_empty() || operation.security.iter().any(Vec::is_empty);
    let anonymous = (!needed.is_empty() && plan.operations.iter().any(is_free)).then(|| quote!(.anonymous()));
    let security = list("security", needed.iter().map(|schemes| quote!(&[#(Requirement::new(#schemes)),*])));
    let rate_limit = api.rate_limit.map(|limit| {
        let requests = Literal::u32_unsuffixed(limit.requests);
        let milliseconds = Literal::u64_unsuffixed(limit.milliseconds);
        quote! {
            .rate_limit(RateLimit::new(
                #requests,
                std::time::Duration::from_millis(#milliseconds),
            ))
        }
    });
    quote! {
        use switchboard_runtime::codegen::v1::*;

        /// What the runtime has to know about the API as a whole.
        pub(crate) static API: Api =
            Api::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
                #servers #schemes #rate_limit #setters #security #anonymous;
    }
}

/// The setter for a list, unless that is empty.
fn list(setter: &str, items: impl IntoIterator<Item = TokenStream>) -> Option<TokenStream> {
    let mut items = items.into_iter().peekable();
    items.peek()?;
    let setter = ident(setter);
    Some(quote!(.#setter(&[#(#items),*])))
}

/// The alternatives of all operations, each once, in their order, but for those without a credential.
fn needed(operations: &[Operation]) -> Vec<Vec<&str>> {
    let mut needed: Vec<Vec<&str>> = Vec::new();
    for alternative in operations.iter().flat_map(|operation| &operation.security) {
        let schemes: Vec<&str> = alternative.iter().map(|(scheme, _)| scheme.as_str()).collect();
        if !schemes.is_empty() && !needed.contains(&schemes) {
            needed.push(schemes);
        }
    }
    needed
}

/// A file with the descriptions of operations.
pub fn operations(operations: &[&Operation]) -> TokenStream {
    // A document may have webhooks alone.
    let needed = (!operations.is_empty()).then(|| {
        quote!(
            use switchboard_runtime::codegen::v1::*;
        )
    });
    let operations = operations.iter().map(|found| operation(found));
    quote! {
        #needed

        #(#operations)*
    }
}

/// The static of one operation.
pub fn static_name(operation: &Operation) -> proc_macro2::Ident {
    ident(&idents::screaming(&operation.ident))
}

/// What differs from what the runtime takes for granted.
fn operation(operation: &Operation) -> TokenStream {
    let name = static_name(operation);
    let (id, path, accept) = (&operation.id, &operation.path, &operation.accept);
    let security = list(
        "security",
        operation.security.iter().map(|combination| {
            let combination = combination.iter().map(|(scheme, _)| quote!(Requirement::new(#scheme)));
            quote!(&[#(#combination),*])
        }),
    );
    let (method, servers) = (method(&operation.method), servers(&operation.servers));
    let accept = (!accept.is_empty()).then(|| quote!(.accept(#accept)));
    let repeatable = operation.repeatable;
    let repeatable =
        (repeatable != methods::is_idempotent(&operation.method)).then(|| quote!(.repeatable(#repeatable)));
    let declared = operation.parameters.iter().filter(|parameter| parameter.location != Location::QueryString);
    let parameters = list("parameters", declared.map(parameters::described));
    let form = bodies::form(operation);
    quote! {
        pub(crate) static #name: Operation =
            Operation::new(#id, #method, #path) #parameters #form #security #servers #accept #repeatable;
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

fn servers(servers: &[Server]) -> Option<TokenStream> {
    list(
        "servers",
        servers.iter().map(|server| {
            let url = &server.url;
            let variables = list(
                "variables",
                server.variables.iter().map(|variable| {
                    let name = &variable.name;
                    let default = variable.default.as_ref().filter(|_| !variable.is_placeholder());
                    let default = default.map(|default| quote!(.default(#default)));
                    let values = list("values", variable.values.iter().map(|value| quote!(#value)));
                    quote!(ServerVariable::new(#name) #default #values)
                }),
            );
            quote!(ServerTemplate::new(#url) #variables)
        }),
    )
}

fn scheme(scheme: &SecurityScheme) -> TokenStream {
    let name = &scheme.name;
    let made = match &scheme.kind {
        SchemeKind::ApiKey { location, name: key } => {
            let location = ident(match location {
                Location::Query => "Query",
                Location::Cookie => "Cookie",
                Location::Header | Location::Path | Location::QueryString => "Header",
            });
            quote!(api_key(#name, ApiKeyLocation::#location, #key))
        }
        SchemeKind::Basic => quote!(basic(#name)),
        SchemeKind::Bearer => quote!(bearer(#name)),
        SchemeKind::HttpOther { scheme } => quote!(http(#name, #scheme)),
        SchemeKind::OAuth2 { client_credentials: None } => quote!(oauth2(#name)),
        SchemeKind::OAuth2 { client_credentials: Some(flow) } => {
            let token_url = &flow.token_url;
            let audience = flow.audience.as_ref().map(|audience| quote!(.audience(#audience)));
            let basic = flow.basic_auth.then(|| quote!(.client_auth(ClientAuth::Basic)));
            quote!(client_credentials(#name, ClientCredentialsFlow::new(#token_url) #audience #basic))
        }
        SchemeKind::OpenIdConnect => quote!(open_id_connect(#name)),
        SchemeKind::MutualTls => quote!(mutual_tls(#name)),
    };
    quote!(SecurityScheme::#made)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, assert_tokens, operation as lowered};
    use super::*;
    use crate::plan::ClientCredentialsFlow;

    #[test]
    fn an_operation_says_what_differs_from_what_is_taken_for_granted() {
        let found = lowered(&serde_json::json!({"operationId": "getIt", "security": [{}], "responses": {"200": {
            "description": "", "content": {"application/json": {"schema": {"type": "string"}}},
        }}}));
        let expected = quote! {
            pub(crate) static GET_IT: Operation =
                Operation::new("getIt", HttpMethod::Get, "/a/{id}")
                    .parameters(&[switchboard_runtime::codegen::v1::Parameter::path("id")])
                    .security(&[&[]])
                    .accept("application/json");
        };
        assert_items(operation(&found), expected);
    }

    #[test]
    fn methods_without_a_field_of_their_own_keep_their_spelling() {
        assert_tokens(method("QUERY"), quote!(HttpMethod::Query));
        assert_tokens(method("LINK"), quote!(HttpMethod::Other("LINK")));
    }

    #[test]
    fn each_kind_of_scheme_has_its_constructor() {
        let flow = ClientCredentialsFlow {
            token_url: "/token".to_owned(),
            audience: Some("api".to_owned()),
            basic_auth: true,
        };
        for (kind, expected) in [
            (
                SchemeKind::ApiKey { location: Location::Query, name: "key".to_owned() },
                quote!(api_key("a", ApiKeyLocation::Query, "key")),
            ),
            (SchemeKind::Basic, quote!(basic("a"))),
            (SchemeKind::HttpOther { scheme: "Token".to_owned() }, quote!(http("a", "Token"))),
            (
                SchemeKind::OAuth2 { client_credentials: Some(flow) },
                quote!(client_credentials(
                    "a",
                    ClientCredentialsFlow::new("/token").audience("api").client_auth(ClientAuth::Basic)
                )),
            ),
            (SchemeKind::MutualTls, quote!(mutual_tls("a"))),
        ] {
            let name = "a".to_owned();
            let found = SecurityScheme {
                ident: name.clone(),
                name,
                description: None,
                deprecated: false,
                scopes: vec![],
                kind,
            };
            assert_tokens(scheme(&found), quote!(SecurityScheme::#expected));
        }
    }

    #[test]
    fn a_file_without_an_operation_needs_nothing() {
        assert_tokens(super::operations(&[]), quote!());
    }

    #[test]
    fn the_default_of_a_placeholder_is_none() {
        let document = serde_json::json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {},
            "servers": [{"url": "https://{account}.{region}/", "variables": {
                "account": {"default": "youraccount"}, "region": {"default": "eu", "enum": ["eu", "us"]},
            }}],
        });
        let plan = crate::lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default());
        let expected = quote! {
            .servers(&[ServerTemplate::new("https://{account}.{region}/").variables(&[
                ServerVariable::new("account"),
                ServerVariable::new("region").default("eu").values(&["eu", "us"])
            ])])
        };
        assert_tokens(servers(&plan.api.servers).unwrap_or_default(), expected);
    }
}
