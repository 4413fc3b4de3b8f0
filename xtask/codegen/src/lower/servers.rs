//! Servers: URL templates with variables, for the document, a path or an operation (OpenAPI 3.0 sections 4.7.5 and 4.7.6).

use std::collections::BTreeSet;

use serde_json::Value;

use super::idents;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{Server, ServerVariable};

/// The servers of the document's root; `/` when there are none, as OpenAPI says.
pub fn api(document: &Value, diagnostics: &mut Diagnostics) -> Vec<Server> {
    let mut servers = list(document.get("servers"));
    if servers.is_empty() {
        diagnostics.push(Diagnostic::adaptation(
            "no-servers",
            "",
            "the document names no server: the client needs a base URL",
        ));
        servers.push(Server { url: "/".to_owned(), description: None, ident: "new".to_owned(), variables: Vec::new() });
    }
    servers
}

/// The servers under a `servers` key.
pub fn list(servers: Option<&Value>) -> Vec<Server> {
    let listed: Vec<&Value> = servers.and_then(Value::as_array).into_iter().flatten().collect();
    let mut taken = BTreeSet::new();
    listed.iter().filter_map(|server| read(server, listed.len() == 1, &mut taken)).collect()
}

fn read(server: &Value, only: bool, taken: &mut BTreeSet<String>) -> Option<Server> {
    let url = server.get("url")?.as_str()?.trim().to_owned();
    let description = server.get("description").and_then(Value::as_str).map(str::to_owned);
    let hint = server.get("x-switchboard-name").and_then(Value::as_str);
    // OpenAPI 3.2 section 4.6: unique among the servers.
    let name = server.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    let candidates = match (hint.or(name.filter(|_| !only)), &description) {
        (Some(name), _) => vec![idents::snake(name), host_name(&url)],
        (None, _) if only => vec!["new".to_owned()],
        (None, Some(text)) if text.split_whitespace().count() <= 3 => vec![idents::snake(text), host_name(&url)],
        (None, _) => vec![host_name(&url)],
    };
    let ident = idents::unique(candidates, taken);
    let mut names = BTreeSet::new();
    let variables = variables(&url, server, &mut names);
    Some(Server { url, description, ident, variables })
}

/// The variables in the template's order; one that is not described can have any value.
fn variables(url: &str, server: &Value, taken: &mut BTreeSet<String>) -> Vec<ServerVariable> {
    let described = server.get("variables").and_then(Value::as_object);
    let mut seen = BTreeSet::new();
    url.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
        .filter(|name| seen.insert(name.clone()))
        .map(|name| {
            let variable = described.and_then(|variables| variables.get(&name));
            let text = |key: &str| variable.and_then(|variable| variable.get(key)?.as_str()).map(str::to_owned);
            let values = variable.and_then(|variable| variable.get("enum")?.as_array());
            ServerVariable {
                ident: idents::unique([idents::snake(&name)], taken),
                default: text("default").filter(|default| !default.is_empty() || may_be_empty(url, &name)),
                values: values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
                description: text("description"),
                name,
            }
        })
        .collect()
}

/// Whether a URL is left without the variable: what stands before its path it needs (RFC 3986, section 3).
fn may_be_empty(url: &str, variable: &str) -> bool {
    let Some((before, after)) = url.split_once(&format!("{{{variable}}}")) else { return false };
    let in_host = before.split_once("://").is_some_and(|(_, after_scheme)| !after_scheme.contains('/'));
    !in_host && !before.is_empty() && !after.contains("://")
}

/// `https://api-eu.example.com/v1` → `api_eu_example_com`.
fn host_name(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    idents::snake(host.split(['/', '?']).next().filter(|host| !host.is_empty()).unwrap_or("root"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_default_is_one_behind_the_host() {
        let defaults = |url: &str| {
            let variables = json!({"a": {"default": ""}, "b": {}});
            let servers = list(Some(&json!([{"url": url, "variables": variables}])));
            let variables = servers.into_iter().flat_map(|server| server.variables);
            variables.map(|variable| (variable.is_placeholder(), variable.default)).collect::<Vec<_>>()
        };
        let (empty, none) = ((false, Some(String::new())), (true, None));
        assert_eq!(defaults("https://x/{a}/{b}"), [empty.clone(), none.clone()]);
        assert_eq!(defaults("/{a}"), [empty]);
        for url in ["https://{a}.x/", "https://x:{a}/", "{a}://x", "{a}/v1"] {
            assert_eq!(defaults(url), vec![none.clone()], "{url}");
        }
    }

    #[test]
    fn a_server_has_the_name_that_the_document_gives_it() {
        let named = json!([
            {"url": "https://a.example.com", "name": "Production EU", "description": "Production"},
            {"url": "https://b.example.com", "name": "staging", "x-switchboard-name": "test"},
            {"url": "https://c.example.com", "description": "Local"},
        ]);
        let names = |servers: &Value| list(Some(servers)).into_iter().map(|server| server.ident).collect::<Vec<_>>();
        assert_eq!(names(&named), ["production_eu", "test", "local"]);
        assert_eq!(names(&json!([{"url": "/", "name": "production"}])), ["new"]);
    }
}
