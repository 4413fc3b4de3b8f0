//! Scopes in prose: which of them an operation needs, and which there are. Whoever asks for a token has to know; none is
//! asked for unless the caller says so.

use super::docs::{clean, code};
use crate::plan::{SchemeKind, Scope, SecurityScheme};

/// How many scopes of a scheme are listed. Some vendors have hundreds.
const SHOWN: usize = 100;

/// What an operation needs, if that is more than the credential itself: ``Needs `oauth` with the scope `read`.``
pub fn needed(security: &[Vec<(String, Vec<String>)>], schemes: &[SecurityScheme]) -> Option<String> {
    let has_scopes =
        |alternative: &Vec<(String, Vec<String>)>| alternative.iter().any(|(_, scopes)| !scopes.is_empty());
    if !security.iter().any(has_scopes) {
        return None;
    }
    let alternatives = security.iter().map(|alternative| {
        let parts: Vec<String> = alternative.iter().map(|(name, scopes)| requirement(name, scopes, schemes)).collect();
        if parts.is_empty() { "no credential".to_owned() } else { parts.join(" and ") }
    });
    Some(format!("Needs {}.", alternatives.collect::<Vec<_>>().join("; or ")))
}

/// One credential, with what it must allow. OpenAPI 3.1, section 4.8.30: with any scheme but OAuth 2.0 and OpenID Connect
/// these are roles.
fn requirement(name: &str, scopes: &[String], schemes: &[SecurityScheme]) -> String {
    let kind = schemes.iter().find(|scheme| scheme.name == name).map(|scheme| &scheme.kind);
    let are_scopes = matches!(kind, Some(SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect) | None);
    let word = if are_scopes { "scope" } else { "role" };
    let listed: Vec<String> = scopes.iter().map(|scope| code(scope)).collect();
    match listed.as_slice() {
        [] => code(name),
        [only] => format!("{} with the {word} {only}", code(name)),
        _ => format!("{} with the {word}s {}", code(name), listed.join(", ")),
    }
}

/// The scopes that a scheme has, as a list; nothing if it has none. `fetched` tells whether the client is to ask for a
/// token, or is given one.
pub fn listed(scheme: &SecurityScheme, fetched: bool) -> Option<String> {
    let unless = if fetched { ", of which none is asked for unless `ClientCredentials::scopes` names it" } else { "" };
    let items = scheme.scopes.iter().take(SHOWN).map(|Scope { name, description }| {
        let described = description.as_deref().map(|text| clean(text).replace('\n', " ")).unwrap_or_default();
        let separator = if described.trim().is_empty() { "" } else { ": " };
        format!("- {}{separator}{}", code(name), described.trim())
    });
    let mut lines: Vec<String> = items.collect();
    let more = scheme.scopes.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    (!lines.is_empty()).then(|| format!("The scopes that there are{unless}:\n\n{}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ClientCredentialsFlow;

    fn scheme(name: &str, kind: SchemeKind, scopes: &[(&str, Option<&str>)]) -> SecurityScheme {
        let scopes = scopes
            .iter()
            .map(|(name, description)| Scope { name: (*name).to_owned(), description: description.map(str::to_owned) });
        SecurityScheme {
            deprecated: false,
            name: name.to_owned(),
            ident: name.to_owned(),
            description: None,
            scopes: scopes.collect(),
            kind,
        }
    }

    #[test]
    fn an_operation_tells_the_scopes_that_it_needs() {
        let schemes = [
            scheme("oauth", SchemeKind::OAuth2 { client_credentials: None }, &[]),
            scheme("key", SchemeKind::Bearer, &[]),
        ];
        let needs = |security: serde_json::Value| {
            let security: Vec<_> = serde_json::from_value(security).unwrap();
            needed(&security, &schemes)
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(needs(serde_json::json!([])), None);
        assert_eq!(needs(serde_json::json!([[["key", []]], [["oauth", []]]])), None);
        assert_eq!(needs(serde_json::json!([[["oauth", ["read"]]]])), said("Needs `oauth` with the scope `read`."));
        assert_eq!(
            needs(serde_json::json!([[["oauth", ["read", "write"]], ["key", ["admin"]]], [["key", []]], []])),
            said(
                "Needs `oauth` with the scopes `read`, `write` and `key` with the role `admin`; or `key`; or no credential."
            )
        );
    }

    #[test]
    fn a_scheme_lists_its_scopes() {
        let scopes = [("read", Some("Reads\n<b>all</b>.")), ("write", Some(" ")), ("own", None)];
        let text = listed(&scheme("oauth", SchemeKind::OAuth2 { client_credentials: None }, &scopes), false).unwrap();
        assert!(text.starts_with("The scopes that there are:\n\n- `read`: Reads "), "{text}");
        assert!(text.ends_with("\n- `write`\n- `own`"), "{text}");
        let flow = ClientCredentialsFlow { token_url: String::new(), audience: None, basic_auth: false };
        let many = vec![("s", None); SHOWN + 2];
        let text =
            listed(&scheme("oauth", SchemeKind::OAuth2 { client_credentials: Some(flow) }, &many), true).unwrap();
        assert!(text.contains("none is asked for unless `ClientCredentials::scopes` names it:"), "{text}");
        assert!(text.ends_with("\n- `s`\n- and 2 more"), "{text}");
        assert_eq!(listed(&scheme("key", SchemeKind::Bearer, &[]), false), None);
    }
}
