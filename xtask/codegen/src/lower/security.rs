//! Security schemes, and which of them an operation asks for (OpenAPI 3.0 sections 4.7.27 and 4.7.30).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{idents, lock::Memory, operation_object::OperationObject};
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::methods;
use crate::plan::{ClientCredentialsFlow, Location, Operation, SchemeKind, Scope, SecurityScheme};
use crate::schema::references;

/// Client builder methods that a scheme's own method must not hide.
const BUILDER_METHODS: &[&str] = &[
    "allow_insecure_http",
    "allow_no_credential",
    "base_url",
    "build",
    "server",
    "timeout",
    "attempt_timeout",
    "connect_timeout",
    "idle_timeout",
    "retry",
    "rate_limit",
    "transport",
    "rate_limiter",
    "concurrency",
    "user_agent",
    "http_client",
    "configure_http",
    "proxy",
    "no_proxy",
    "header",
    "sensitive_header",
    "strict",
    "on_repair",
    "root_certificates",
    "client_certificate",
    "observer",
    "max_body",
    "credential",
    "environment",
    "new",
];

/// Names the client builder's methods for the schemes.
pub fn name(document: &Value, schemes: &mut [SecurityScheme], memory: &mut Memory) {
    let mut taken: BTreeSet<String> = BUILDER_METHODS.iter().map(|name| (*name).to_owned()).collect();
    for scheme in schemes {
        let place = pointer_join("/components/securitySchemes", &scheme.name);
        let hint = document.pointer(&place).and_then(|scheme| scheme.get("x-switchboard-name")?.as_str());
        let wanted = hint.map_or_else(|| memory.by_words(None, &place, &scheme.name), idents::snake);
        scheme.ident = method(&wanted, &scheme.kind, &mut taken);
    }
}

/// The document's schemes, in order, as yet without names in Rust.
pub fn schemes(document: &Value, diagnostics: &mut Diagnostics) -> Vec<SecurityScheme> {
    let listed = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let mut schemes = Vec::new();
    for (name, scheme) in listed.into_iter().flatten() {
        let pointer = pointer_join("/components/securitySchemes", name);
        let Some((scheme, kind)) = known(document, scheme) else {
            diagnostics.push(Diagnostic::warning(
                "unknown-security",
                pointer,
                format!("`{name}` is no security scheme that OpenAPI knows: it is left out"),
            ));
            continue;
        };
        let text = |key: &str| scheme.get(key).and_then(Value::as_str);
        if is_bearer_token(&kind, name, text("description"), text("bearerFormat")) {
            diagnostics.push(described_as_bearer(document, name, &pointer, scheme));
        }
        diagnostics.extend(challenge(name, &pointer, &kind));
        schemes.push(SecurityScheme {
            ident: String::new(),
            name: name.clone(),
            description: text("description").map(str::to_owned),
            deprecated: scheme.get("deprecated").and_then(Value::as_bool).unwrap_or(false),
            scopes: scopes(scheme),
            kind,
        });
    }
    schemes
}

/// The schemes of the HTTP Authentication Scheme Registry (RFC 9110 section 16.4.1), and those in use beside it, whose
/// credentials are made for each request, of a challenge of the server's or of the request itself.
const CHALLENGED: &[&str] = &[
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
];

/// That a scheme cannot be met by what is given once.
fn challenge(name: &str, pointer: &str, kind: &SchemeKind) -> Option<Diagnostic> {
    let SchemeKind::HttpOther { scheme } = kind else { return None };
    CHALLENGED.iter().find(|known| known.eq_ignore_ascii_case(scheme))?;
    let message = format!(
        "`{name}` is the HTTP scheme `{scheme}`, whose credentials are made for each request: the client sends what it is \
         given once, with every call"
    );
    let help = "make the `Authorization` header in a transport of your own (`ClientBuilder::transport`), which sees each \
                request and its answer";
    Some(Diagnostic::warning("challenge-scheme", pointer, message).with_help(help))
}

/// Whether a key that is sent as `Authorization`, as it is given, is spoken of as a token with a word before it.
fn is_bearer_token(kind: &SchemeKind, name: &str, description: Option<&str>, format: Option<&str>) -> bool {
    let is_authorization = matches!(kind, SchemeKind::ApiKey { location: Location::Header, name }
        if name.eq_ignore_ascii_case("authorization"));
    let said = [name, description.unwrap_or_default()].map(str::to_ascii_lowercase);
    let speaks = ["bearer", "jwt", "json web token", "basic auth"];
    is_authorization && (format.is_some() || said.iter().any(|said| speaks.iter().any(|word| said.contains(word))))
}

fn described_as_bearer(document: &Value, name: &str, pointer: &str, scheme: &Value) -> Diagnostic {
    let said = scheme.get("description").and_then(Value::as_str).unwrap_or(name).to_ascii_lowercase();
    let kind = if said.contains("basic auth") && !said.contains("bearer") { "basic" } else { "bearer" };
    let target = crate::json_path::json_path(document, pointer);
    let change = json!([
        {"target": target, "remove": true},
        {"target": "$.components.securitySchemes", "update": {name: {"type": "http", "scheme": kind}}},
    ]);
    let message = format!(
        "`{name}` is sent as `Authorization` just as it is given, but is described as a {kind} credential, before which the \
         word `{}` stands",
        if kind == "basic" { "Basic" } else { "Bearer" }
    );
    let help = format!("if the client is to put the word there, add to the overlay's actions:\n{}", actions(&change));
    Diagnostic::warning("authorization-key", pointer, message).with_help(help)
}

/// Overlay actions as they are shown.
fn actions(list: &Value) -> String {
    let lines = list.as_array().into_iter().flatten().map(|action| action.to_string());
    lines.collect::<Vec<_>>().join(",\n")
}

/// Whether the document declares schemes and says of no operation, nor of all, which of them it needs.
fn is_silent(document: &Value) -> bool {
    let mut items = document.get("paths").and_then(Value::as_object).into_iter().flatten().map(|(_, item)| item);
    let says = |item: &Value| methods::of(item).any(|found| found.operation.get("security").is_some());
    document.get("security").is_none() && !items.any(says)
}

/// A document that declares schemes and says nowhere what they are for means them for every call, of whoever has a
/// credential: each is an alternative, and so is none.
pub fn give_if_silent(
    document: &Value,
    operations: &mut [Operation],
    schemes: &[SecurityScheme],
    diagnostics: &mut Diagnostics,
) {
    let mut bare: Vec<_> = operations.iter_mut().filter(|operation| operation.security.is_empty()).collect();
    if schemes.is_empty() || bare.is_empty() || !is_silent(document) {
        return;
    }
    for operation in &mut bare {
        let each = schemes.iter().map(|scheme| vec![(scheme.name.clone(), Vec::new())]);
        operation.security = each.chain([Vec::new()]).collect();
    }
    let alternatives: Vec<Value> = schemes.iter().map(|scheme| json!({&scheme.name: []})).collect();
    let help = format!(
        "to say that every call needs one, add to the overlay's actions:\n{}\nor, to say that none is sent:\n{}",
        actions(&json!([{"target": "$", "update": {"security": alternatives}}])),
        actions(&json!([{"target": "$", "update": {"security": []}}])),
    );
    let message =
        "security schemes are declared and required nowhere: a credential is sent with every call if one is given";
    diagnostics.push(Diagnostic::warning("security-unsaid", "/components/securitySchemes", message).with_help(help));
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

/// The scopes of all flows, each once (OpenAPI 3.0, section 4.7.29).
fn scopes(scheme: &Value) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::new();
    let flows = scheme.get("flows").and_then(Value::as_object).into_iter().flatten();
    let listed = flows.filter_map(|(_, flow)| flow.get("scopes")?.as_object()).flatten();
    for (name, description) in listed {
        if !scopes.iter().any(|known| known.name == *name) {
            scopes.push(Scope { name: name.clone(), description: description.as_str().map(str::to_owned) });
        }
    }
    scopes
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
///
/// An alternative with a scheme that is not declared, or none that OpenAPI knows, cannot be met by anybody, and is left out.
/// Where there is no other the server may still let the call through: without credentials, or with a header of the caller's.
///
/// A document that says nothing of security but describes `Authorization` as a parameter, which OpenAPI ignores, means the
/// schemes that are sent there: no call would be possible without.
pub fn requirements(document: &Value, source: &OperationObject<'_>) -> Vec<Vec<(String, Vec<String>)>> {
    let said = source.operation.get("security").or_else(|| document.get("security"));
    let Some(said) = said else { return described_as_parameter(document, source) };
    let mut alternatives: Vec<Vec<(String, Vec<String>)>> = Vec::new();
    let can_be_met = |alternative: &&Map<String, Value>| alternative.keys().all(|name| is_known(document, name));
    let listed = said.as_array().into_iter().flatten().filter_map(Value::as_object);
    for alternative in listed.filter(can_be_met) {
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

/// The keys that the operation's credentials are sent as: where each stands, its name, and that of its scheme.
pub fn keys(document: &Value, source: &OperationObject<'_>) -> Vec<(Location, String, String)> {
    let schemes = document.pointer("/components/securitySchemes");
    let named = requirements(document, source).into_iter().flatten().map(|(scheme, _)| scheme);
    let keys = named.filter_map(|scheme| match known(document, schemes?.get(&scheme)?)?.1 {
        SchemeKind::ApiKey { location, name } => Some((location, name, scheme)),
        _ => None,
    });
    keys.collect()
}

/// A scheme without references, and its kind, if that is one that OpenAPI knows.
fn known<'d>(document: &'d Value, scheme: &'d Value) -> Option<(&'d Value, SchemeKind)> {
    let (scheme, _) = references::resolve(document, scheme, "")?;
    Some((scheme, kind(scheme)?))
}

/// Whether there is a scheme of the name.
fn is_known(document: &Value, name: &str) -> bool {
    let listed = document.pointer("/components/securitySchemes").and_then(|schemes| schemes.get(name));
    listed.is_some_and(|scheme| known(document, scheme).is_some())
}

/// Whether what a scheme asks for is sent as `Authorization`.
fn is_authorization(kind: &SchemeKind) -> bool {
    match kind {
        SchemeKind::ApiKey { location, name } => {
            *location == Location::Header && name.eq_ignore_ascii_case("authorization")
        }
        SchemeKind::MutualTls => false,
        _ => true,
    }
}

/// Whether the document declares a scheme that is sent as `Authorization`.
pub fn sets_authorization(document: &Value) -> bool {
    let listed = document.pointer("/components/securitySchemes").and_then(Value::as_object).into_iter().flatten();
    listed.filter_map(|(_, scheme)| known(document, scheme)).any(|(_, kind)| is_authorization(&kind))
}

/// The schemes that are sent as `Authorization`, if the operation has a parameter of that name; and none of them, if it may
/// be left out.
fn described_as_parameter(document: &Value, source: &OperationObject<'_>) -> Vec<Vec<(String, Vec<String>)>> {
    let listed = |owner: &Value| owner.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let described = [source.operation, source.item].into_iter().flat_map(listed).find_map(|listed| {
        let (object, _) = references::resolve(document, &listed, "")?;
        let is = |key: &str, value: &str| object.get(key)?.as_str()?.eq_ignore_ascii_case(value).then_some(());
        is("in", "header")?;
        is("name", "authorization")?;
        Some(object.get("required").and_then(Value::as_bool) == Some(true))
    });
    let Some(is_required) = described else { return Vec::new() };
    let schemes = schemes(document, &mut Diagnostics::default());
    let sent = schemes.into_iter().filter(|scheme| is_authorization(&scheme.kind));
    let mut alternatives: Vec<_> = sent.map(|scheme| vec![(scheme.name, Vec::new())]).collect();
    if !is_required && !alternatives.is_empty() {
        alternatives.push(Vec::new());
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower;

    #[test]
    fn the_methods_that_the_runtime_gives_a_builder_are_all_known() {
        let file = "../../crates/switchboard-runtime/src/builder_methods.rs";
        let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let defined = text.split("pub fn ").skip(1).filter_map(|rest| rest.split('(').next());
        let unknown: Vec<&str> = defined.filter(|name| !BUILDER_METHODS.contains(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    /// The document of two operations with these schemes, and what is to be merged into it.
    fn document(schemes: Value) -> Value {
        json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "components": {"securitySchemes": schemes},
            "paths": {"/a": {"get": {"operationId": "a"}, "put": {"operationId": "b"}}},
        })
    }

    /// The alternatives of the two operations, and what was found.
    fn lowered(document: &Value) -> (Vec<Vec<Vec<String>>>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let plan = lower::lower("t", document, &mut diagnostics);
        let names = |combination: Vec<(String, Vec<String>)>| combination.into_iter().map(|(name, _)| name).collect();
        let alternatives = |operation: Operation| operation.security.into_iter().map(names).collect();
        (plan.operations.into_iter().map(alternatives).collect(), diagnostics)
    }

    #[test]
    fn schemes_that_nothing_requires_are_for_every_call_and_none_is_needed() {
        let schemes = json!({
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "odd": {"type": "magic"},
            "token": {"type": "http", "scheme": "bearer"},
        });
        let silent = document(schemes);
        let (asked, found) = lowered(&silent);
        let each = vec![vec!["key".to_owned()], vec!["token".to_owned()], vec![]];
        assert_eq!(asked, [each.clone(), each]);
        let finding = found.iter().find(|finding| finding.code == "security-unsaid").unwrap();
        assert_eq!(finding.pointer, "/components/securitySchemes");
        let help = finding.help.as_deref().unwrap();
        assert!(help.contains(r#"{"target":"$","update":{"security":[{"key":[]},{"token":[]}]}}"#), "{help}");
        assert!(help.contains(r#"{"target":"$","update":{"security":[]}}"#), "{help}");

        // What is said, even of one operation, is meant.
        let mut said = silent.clone();
        said["security"] = json!([]);
        let (asked, found) = lowered(&said);
        assert!(asked.iter().all(Vec::is_empty) && !found.iter().any(|finding| finding.code == "security-unsaid"));
        let mut said = silent.clone();
        said["paths"]["/a"]["put"]["security"] = json!([{"key": []}]);
        let (asked, found) = lowered(&said);
        assert_eq!(asked, [vec![], vec![vec!["key".to_owned()]]]);
        assert!(!found.iter().any(|finding| finding.code == "security-unsaid"));
        let (asked, found) = lowered(&document(json!({})));
        assert!(asked.iter().all(Vec::is_empty) && !found.iter().any(|finding| finding.code == "security-unsaid"));
    }

    #[test]
    fn a_key_that_is_described_as_a_token_with_a_word_before_it_is_told_of() {
        let key = |name: &str, description: &str| {
            let place = if name == "X-Key" { "X-Key" } else { "Authorization" };
            document(json!({name: {"type": "apiKey", "in": "header", "name": place, "description": description}}))
        };
        for (name, description, kind) in [
            ("bearerAuth", "", "bearer"),
            ("key", "JWT token, as in `Bearer <token>`", "bearer"),
            ("key", "HTTP Basic authentication", "basic"),
        ] {
            let (_, found) = lowered(&key(name, description));
            let finding = found.iter().find(|finding| finding.code == "authorization-key").unwrap();
            assert_eq!(finding.pointer, format!("/components/securitySchemes/{name}"));
            let help = finding.help.as_deref().unwrap();
            assert!(help.contains(&format!(r#"{{"type":"http","scheme":"{kind}"}}"#)), "{help}");
        }
        for (name, description) in [("key", "The key, as it is."), ("X-Key", "A bearer token")] {
            let (_, found) = lowered(&key(name, description));
            assert!(!found.iter().any(|finding| finding.code == "authorization-key"), "{name}");
        }
    }

    /// The methods of every client's builder, where they stand.
    #[test]
    fn every_method_of_the_builder_is_known() {
        let methods = include_str!("../../../../crates/switchboard-runtime/src/builder_methods.rs");
        let defined = methods.lines().filter_map(|line| line.trim().strip_prefix("pub fn ")?.split('(').next());
        let unknown: Vec<_> = defined.filter(|method| !BUILDER_METHODS.contains(method)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn no_method_of_the_builder_is_hidden_or_defined_twice() {
        let flow = json!({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}});
        let key = json!({"type": "apiKey", "in": "header", "name": "X"});
        let document = json!({"components": {"securitySchemes": {
            "idle_timeout": key, "build": key, "b_token": key, "a": flow, "a_token": key, "b": flow,
        }}});
        let mut found = schemes(&document, &mut Diagnostics::default());
        name(&document, &mut found, &mut Memory::new(crate::plan::Lock::default(), &document));
        let methods: Vec<_> = found.iter().map(|scheme| scheme.ident.as_str()).collect();
        assert_eq!(
            methods,
            ["idle_timeout_credential", "build_credential", "b_token", "a", "a_token_credential", "b_credential"]
        );
    }

    #[test]
    fn a_scheme_that_answers_a_challenge_is_told() {
        let told = |scheme: &str| {
            let document = json!({"components": {"securitySchemes": {"s": {"type": "http", "scheme": scheme}}}});
            let mut diagnostics = Diagnostics::default();
            let found = schemes(&document, &mut diagnostics);
            assert_eq!(found.len(), 1, "{scheme} is generated all the same");
            let warned = |found: &Diagnostic| found.severity == crate::diagnostics::Severity::Warning;
            diagnostics.iter().filter(|found| warned(found)).map(|found| found.code).collect::<Vec<_>>()
        };
        for scheme in ["digest", "Digest", "hoba", "mutual", "SCRAM-SHA-256", "negotiate", "ntlm", "dpop"] {
            assert_eq!(told(scheme), ["challenge-scheme"], "{scheme}");
        }
        for scheme in ["basic", "bearer", "token", "GoogleLogin"] {
            assert_eq!(told(scheme), [""; 0], "{scheme}");
        }
    }

    #[test]
    fn a_scope_of_several_flows_is_one() {
        let document = json!({"components": {"securitySchemes": {"oauth": {"type": "oauth2", "flows": {
            "clientCredentials": {"tokenUrl": "/t", "scopes": {"write": "Writes.", "read": ""}},
            "implicit": {"authorizationUrl": "/a", "scopes": {"read": "Reads.", "own": null}},
        }}}}});
        let found = schemes(&document, &mut Diagnostics::default());
        let scopes: Vec<_> =
            found[0].scopes.iter().map(|scope| (scope.name.as_str(), scope.description.as_deref())).collect();
        assert_eq!(scopes, [("write", Some("Writes.")), ("read", Some("")), ("own", None)]);
    }

    #[test]
    fn a_described_authorization_header_asks_for_the_schemes_that_are_sent_there() {
        let asked = |document: Value| {
            let item = document.pointer("/paths/~1a").unwrap();
            let operation = item.get("get").unwrap();
            let source = OperationObject {
                path: "/a",
                method: "GET".to_owned(),
                item,
                item_pointer: String::new(),
                operation,
                pointer: String::new(),
            };
            let alternatives = requirements(&document, &source).into_iter();
            alternatives.map(|all| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        let document = |required: bool| {
            json!({
                "components": {"securitySchemes": {
                    "key": {"type": "apiKey", "in": "header", "name": "Authorization"},
                    "other": {"type": "apiKey", "in": "header", "name": "X-Key"},
                    "token": {"type": "http", "scheme": "bearer"},
                }},
                "paths": {"/a": {"get": {"parameters": [{"name": "authorization", "in": "header", "required": required}]}}},
            })
        };
        assert_eq!(asked(document(true)), [["key"], ["token"]]);
        assert_eq!(asked(document(false)), [vec!["key"], vec!["token"], vec![]]);
        let mut said = document(true);
        said["security"] = json!([]);
        assert!(asked(said).is_empty());
        let mut said = document(true);
        said["components"]["securitySchemes"]["odd"] = json!({"type": "magic"});
        said["security"] = json!([{"token": [], "gone": []}, {"token": ["read"]}, {"odd": []}]);
        assert_eq!(asked(said.clone()), [["token"]], "the others cannot be met");
        said["security"] = json!([{"gone": []}, {"odd": []}]);
        assert!(asked(said).is_empty());
    }
}
