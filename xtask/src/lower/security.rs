//! Security schemes, and which of them an operation asks for (OpenAPI 3.0 sections 4.7.27 and 4.7.30).

use std::collections::BTreeSet;

use serde_json::Value;

use super::{idents, references};
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::plan::{ClientCredentialsFlow, Location, SchemeKind, SecurityScheme};

/// Client builder methods that a scheme's own method must not hide.
const BUILDER_METHODS: &[&str] = &[
    "base_url",
    "build",
    "server",
    "timeout",
    "attempt_timeout",
    "connect_timeout",
    "idle_timeout",
    "retry",
    "rate_limit",
    "concurrency",
    "user_agent",
    "http_client",
    "configure_http",
    "proxy",
    "no_proxy",
    "root_certificates",
    "client_certificate",
    "observer",
    "max_body",
    "credential",
    "environment",
    "new",
];

/// The document's schemes, in order.
pub fn schemes(document: &Value, diagnostics: &mut Diagnostics) -> Vec<SecurityScheme> {
    let mut taken: BTreeSet<String> = BUILDER_METHODS.iter().map(|name| (*name).to_owned()).collect();
    let listed = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let mut schemes = Vec::new();
    for (name, scheme) in listed.into_iter().flatten() {
        let pointer = pointer_join("/components/securitySchemes", name);
        let resolved = references::resolve(document, scheme, &pointer);
        let Some(kind) = resolved.as_ref().and_then(|(scheme, _)| kind(scheme)) else {
            diagnostics.push(Diagnostic::warning(
                "unknown-security",
                pointer,
                format!("`{name}` is no security scheme that OpenAPI knows: it is left out"),
            ));
            continue;
        };
        let scheme = resolved.map_or(scheme, |(scheme, _)| scheme);
        let text = |key: &str| scheme.get(key).and_then(Value::as_str);
        let wanted = idents::snake(text("x-switchboard-name").unwrap_or(name));
        schemes.push(SecurityScheme {
            ident: method(&wanted, &kind, &mut taken),
            name: name.clone(),
            description: text("description").map(str::to_owned),
            kind,
        });
    }
    schemes
}

/// The builder's method for a scheme; client credentials have a second one for a token that is there already.
fn method(wanted: &str, kind: &SchemeKind, taken: &mut BTreeSet<String>) -> String {
    let second = |ident: &str| format!("{}_token", ident.trim_end_matches('_'));
    let fetched = matches!(kind, SchemeKind::OAuth2 { client_credentials: Some(_) });
    loop {
        let ident = idents::unique([wanted.to_owned(), format!("{wanted}_credential")], taken);
        if !fetched || taken.insert(second(&ident)) {
            return ident;
        }
    }
}

fn kind(scheme: &Value) -> Option<SchemeKind> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str);
    Some(match text("type")? {
        "apiKey" => SchemeKind::ApiKey {
            location: match text("in")? {
                "header" => Location::Header,
                "query" => Location::Query,
                "cookie" => Location::Cookie,
                _ => return None,
            },
            name: text("name")?.to_owned(),
        },
        "http" => match text("scheme")?.to_ascii_lowercase().as_str() {
            "basic" => SchemeKind::Basic,
            "bearer" => SchemeKind::Bearer,
            _ => SchemeKind::HttpOther { scheme: text("scheme")?.to_owned() },
        },
        "oauth2" => SchemeKind::OAuth2 { client_credentials: client_credentials(scheme) },
        "openIdConnect" => SchemeKind::OpenIdConnect,
        "mutualTLS" => SchemeKind::MutualTls,
        // Swagger 2.0's name survives in converted documents.
        "basic" => SchemeKind::Basic,
        _ => return None,
    })
}

fn client_credentials(scheme: &Value) -> Option<ClientCredentialsFlow> {
    let flow = scheme.get("flows")?.get("clientCredentials")?;
    let text = |key: &str| flow.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(ClientCredentialsFlow {
        token_url: text("tokenUrl")?,
        audience: text("x-switchboard-audience"),
        basic_auth: text("x-switchboard-client-auth").as_deref() == Some("basic"),
    })
}

/// An operation's alternatives: its own, else the document's. Empty: nothing is sent.
pub fn requirements(document: &Value, operation: &Value) -> Vec<Vec<(String, Vec<String>)>> {
    let listed = operation.get("security").or_else(|| document.get("security")).and_then(Value::as_array);
    let mut alternatives: Vec<Vec<(String, Vec<String>)>> = Vec::new();
    for alternative in listed.into_iter().flatten().filter_map(Value::as_object) {
        let combination = alternative
            .iter()
            .map(|(name, scopes)| {
                let scopes =
                    scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
                (name.clone(), scopes)
            })
            .collect();
        alternatives.push(combination);
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_method_of_the_builder_is_hidden_or_defined_twice() {
        let flow = json!({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}});
        let key = json!({"type": "apiKey", "in": "header", "name": "X"});
        let document = json!({"components": {"securitySchemes": {
            "idle_timeout": key, "build": key, "b_token": key, "a": flow, "a_token": key, "b": flow,
        }}});
        let found = schemes(&document, &mut Diagnostics::default());
        let methods: Vec<_> = found.iter().map(|scheme| scheme.ident.as_str()).collect();
        assert_eq!(
            methods,
            ["idle_timeout_credential", "build_credential", "b_token", "a", "a_token_credential", "b_credential"]
        );
    }
}
