//! The front page: what a user needs first, in the order of the need. The crate's root and its README are both made of it, so
//! that they say the same; only links and code are written as each place has them.

use super::example::{self, Call};
use crate::features::{FEATURES, Feature};
use crate::plan::{ALL_TAGS, AnyWebhook, CLIENT, Location, Operation, Plan, SchemeKind, SecurityScheme};
use crate::polish::{docs, examples};

/// Where the page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The root of the crate: rustdoc leads to what is named, and compiles the code.
    Root,
    /// The README, which is read elsewhere.
    Readme,
}

/// How many operations are listed; more are left to the documentation of the client.
const SHOWN: usize = 60;

/// The page below its title; `call` is the first call that it shows.
pub fn page(plan: &Plan, call: Option<Call<'_>>, place: Place) -> String {
    let page = Page { plan, place };
    let first = call.map(|call| page.code(&example::body(plan, call), &page.asynchronous("")));
    let sections = [
        first,
        page.credentials(),
        page.operations(),
        page.lists(),
        page.errors(),
        page.webhooks(),
        Some(page.features()),
        page.vendor(),
    ];
    sections.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

struct Page<'a> {
    plan: &'a Plan,
    place: Place,
}

impl Page<'_> {
    /// Code; `around` is what rustdoc needs to compile it, before and behind it.
    fn code(&self, code: &str, around: &(String, String)) -> String {
        match self.place {
            Place::Readme => format!("```rust\n{}\n```", code.trim_end()),
            Place::Root => format!("```no_run\n{}\n{}\n{}\n```", around.0, code.trim_end(), around.1),
        }
    }

    /// A function that waits, around what is shown, which takes what it is given.
    fn asynchronous(&self, given: &str) -> (String, String) {
        let before = format!("# async fn example({given}) -> Result<(), Box<dyn std::error::Error>> {{");
        (before, "# Ok(())\n# }".to_owned())
    }

    /// The name of something, which leads there in the root's documentation.
    fn link(&self, shown: &str, target: &str) -> String {
        match self.place {
            Place::Root if shown == target => format!("[`{shown}`]"),
            Place::Root => format!("[`{shown}`]({target})"),
            Place::Readme => format!("`{shown}`"),
        }
    }

    /// How the client is told who calls.
    fn credentials(&self) -> Option<String> {
        let schemes = &self.plan.api.schemes;
        if schemes.is_empty() {
            return None;
        }
        let several = if schemes.len() > 1 { " Each operation says which of them it takes." } else { "" };
        let mut text =
            format!("## Credentials\n\nThe client's builder takes them, and shows them to nobody.{several}\n");
        for scheme in schemes {
            let setters: Vec<String> =
                scheme.setters().iter().map(|name| self.link(name, &format!("ClientBuilder::{name}"))).collect();
            text.push_str(&format!("\n* {}: {}", setters.join(" or "), carried(scheme)));
        }
        Some(text)
    }

    /// Tables of the operations: by tag where they stand by tag, and of each where there are not too many.
    fn operations(&self) -> Option<String> {
        let operations = &self.plan.operations;
        if operations.is_empty() {
            return None;
        }
        let mut text = "## Operations\n\n".to_owned();
        text.push_str(&self.tags());
        if self.plan.layout.is_by_tag() && operations.len() > SHOWN {
            return Some(text.trim_end().to_owned());
        }
        text.push_str("| method | request | |\n|---|---|---|\n");
        for operation in operations.iter().take(SHOWN) {
            text.push_str(&format!(
                "| {} | `{} {}` | {} |\n",
                self.method(operation),
                operation.method,
                operation.path.replace(['`', '|'], "'"),
                docs::cell(operation.summary.as_deref().unwrap_or_default())
            ));
        }
        if operations.len() > SHOWN {
            let client = self.link("Client", "Client");
            text.push_str(&format!("\nAnd {} more: see {client}.", operations.len() - SHOWN));
        }
        Some(text.trim_end().to_owned())
    }

    fn method(&self, operation: &Operation) -> String {
        self.link(&operation.method_path(), &operation.method_item())
    }

    /// A table of the tags that operations stand by.
    fn tags(&self) -> String {
        let layout = &self.plan.layout;
        if !layout.is_by_tag() {
            return String::new();
        }
        let mut text = "They stand by tag:\n\n| tag | feature | operations | |\n|---|---|---|---|\n".to_owned();
        for (module, tag) in &layout.tags {
            let is_of_tag = |found: &&Operation| found.tag.as_ref().is_some_and(|path| path.module == *module);
            let said = tag.description.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "| {} | `{}` | {} | {} |\n",
                self.link(&format!("client.{module}()"), &format!("Client::{module}")),
                tag.feature,
                self.plan.operations.iter().filter(is_of_tag).count(),
                docs::first_in_cell(said)
            ));
        }
        text + "\n"
    }

    /// How lists are gone through.
    fn lists(&self) -> Option<String> {
        let lists: Vec<&Operation> =
            self.plan.operations.iter().filter(|operation| operation.paging.is_some()).collect();
        // One that the vendor has given up is shown only where there is no other.
        let (list, arguments) = lists
            .iter()
            .filter_map(|list| Some((list, example::arguments(list, self.plan)?)))
            .min_by_key(|(list, _)| list.deprecated)?;
        let code = examples::sent(list, &format!("client.{}({})", list.method_path(), arguments.join(", ")));
        let given = format!("client: {}::Client", self.plan.api.crate_ident());
        let count = match lists.len() {
            1 => "One operation is a list that comes".to_owned(),
            count => format!("{count} operations are lists that come"),
        };
        Some(format!(
            "## Lists\n\n{count} in pages. `stream()` fetches each when it is needed, `pages()` gives them as they are:\n\n{}",
            self.code(&code, &self.asynchronous(&given))
        ))
    }

    /// What a call fails with, and what else an answer tells.
    fn errors(&self) -> Option<String> {
        let plan = self.plan;
        if plan.operations.is_empty() {
            return None;
        }
        let error = self.link("Error", "Error");
        let mut text = format!(
            "## Errors\n\nA call fails with {error}: `Error::Response` has the status, the API's message and the body, typed \
             where the document describes it; the others say that there was no answer, or none that can be read. What may be \
             repeated is repeated first."
        );
        if !plan.headers.is_empty() {
            text.push_str(&format!(
                " Headers that the document describes have a method each, of `headers()` of an answer and `typed_headers()` of an \
                 error: see {}.",
                self.link("headers", "headers")
            ));
        }
        Some(text)
    }

    /// How what the vendor sends of its own accord is read.
    fn webhooks(&self) -> Option<String> {
        let payload = self.plan.webhooks.all.first()?;
        let mut text = format!(
            "## Webhooks\n\nWhat webhooks and callbacks send has a type in {}, such as {}; your server reads it by \
             `runtime::Delivery`.",
            self.link("webhooks", "webhooks"),
            self.link(&payload.ident, &format!("webhooks::{}", payload.ident)),
        );
        let Some(any) = &self.plan.webhooks.any else { return Some(text) };
        let name = self.link(&any.ident, &format!("webhooks::{}", any.ident));
        match &self.plan.webhooks.signature {
            Some(_) => text.push_str(&format!(
                " {name} is any of the webhooks, read once its signature is checked:\n\n{}",
                self.verified(any)
            )),
            None => text.push_str(&format!(
                " {name} reads any of the webhooks by its name. Who sent it is for your server to check."
            )),
        }
        Some(text)
    }

    fn verified(&self, any: &AnyWebhook) -> String {
        let (name, api) = (&any.ident, self.plan.api.crate_ident());
        let (given, read) = match any.name {
            Some(_) => ("", "read(headers, body)"),
            None => ("name: &str, ", "read_named(name, headers, body)"),
        };
        let code = format!(
            "let verifier = webhooks::verifier(\"secret\")?;\nlet delivery: runtime::Delivery<webhooks::{name}> = verifier.{read}?;"
        );
        let before = format!(
            "# use {api}::{{runtime, webhooks}};\n# fn example({given}headers: &runtime::HeaderMap, body: Vec<u8>) -> Result<(), \
             Box<dyn std::error::Error>> {{"
        );
        self.code(&code, &(before, "# Ok(())\n# }".to_owned()))
    }

    /// What Cargo features there are.
    fn features(&self) -> String {
        let mut text = "## Features\n\n| feature | default | what it does |\n|---|---|---|".to_owned();
        let mut row = |name: &str, default: bool, does: &str| {
            text.push_str(&format!("\n| `{name}` | {}| {does} |", if default { "yes " } else { "" }));
        };
        row(CLIENT, true, "the client and its calls; without it the crate is types alone");
        if self.plan.layout.is_by_tag() {
            row(
                ALL_TAGS,
                true,
                "the features of all tags, which are listed above: each compiles its operations, and the types that they need",
            );
        }
        if let Some(webhooks) = &self.plan.layout.webhooks {
            row(webhooks, true, "the types of what webhooks send");
        }
        for Feature { name, default, does } in FEATURES {
            row(name, *default, does);
        }
        text
    }

    /// The vendor's own page about the API.
    fn vendor(&self) -> Option<String> {
        self.plan.api.external_docs.as_ref().map(|page| format!("## The API\n\n{}.", docs::page(page)))
    }
}

/// How a credential goes over the wire, in words.
fn carried(scheme: &SecurityScheme) -> String {
    match &scheme.kind {
        SchemeKind::ApiKey { location, name } => {
            let place = match location {
                Location::Query => "query parameter",
                other => other.word(),
            };
            format!("a key, sent as the {place} {}.", docs::code(name))
        }
        SchemeKind::Basic => "a user name and a password (HTTP Basic).".to_owned(),
        SchemeKind::Bearer => "a bearer token.".to_owned(),
        SchemeKind::HttpOther { scheme } => {
            format!("what follows {} in the `Authorization` header.", docs::code(scheme))
        }
        SchemeKind::OAuth2 { client_credentials: Some(_) } => {
            "OAuth 2: a client id and secret, for which tokens are fetched and refreshed, or a token of your own."
                .to_owned()
        }
        SchemeKind::OAuth2 { client_credentials: None } => "an OAuth 2 access token.".to_owned(),
        SchemeKind::OpenIdConnect => "an OpenID Connect token.".to_owned(),
        SchemeKind::MutualTls => "a client certificate.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::lower::lower;

    fn page(place: Place) -> String {
        let items = json!({"type": "array", "items": {"type": "string"}});
        let answer = json!({"200": {"description": "", "content": {"application/json": {"schema": items}}}});
        let parameter = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "integer"}});
        let list = json!({"operationId": "listPets", "summary": "All | pets", "responses": answer,
            "parameters": [parameter("offset"), parameter("limit")],
            "x-switchboard-paging": {"style": "offset", "items": "", "offset": "offset", "limit": "limit"}});
        let event = json!({"type": "object", "properties": {"id": {"type": "string"}}});
        let webhook = json!({"post": {"requestBody": {"content": {"application/json": {"schema": event}}}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "servers": [{"url": "https://pets.example"}],
            "paths": {"/pets": {"get": list}}, "webhooks": {"born": webhook},
            "x-switchboard-webhooks": {"signature": "standard-webhooks"}, "security": [{"key": []}],
            "externalDocs": {"url": "https://pets.example/docs"},
            "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Api-Key"}}},
        });
        let plan = lower("pets", &document, &mut Diagnostics::default());
        super::page(&plan, example::choose(&plan), place)
    }

    #[test]
    fn what_is_needed_first_comes_first() {
        let page = page(Place::Readme);
        let titles: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let expected = ["Credentials", "Operations", "Lists", "Errors", "Webhooks", "Features", "The API"];
        assert_eq!(titles, expected);
        assert!(page.starts_with("```rust\nuse pets::{Client, Server};"), "{page}");
        for part in [
            "* `key`: a key, sent as the header `Api-Key`.",
            "| `list_pets` | `GET /pets` | All \\| pets |",
            "let mut items = client.list_pets().stream();",
            "verifier.read(headers, body)?;",
            "The vendor's page: <https://pets.example/docs>.",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    #[test]
    fn the_root_and_the_readme_say_the_same() {
        let root = page(Place::Root);
        assert!(
            root.contains("[`list_pets`](Client::list_pets)") && root.contains("[`AnyWebhook`](webhooks::AnyWebhook)")
        );
        // Links lead somewhere, and what rustdoc needs to compile the code is hidden.
        let link = regress::Regex::new(r"\[(`[^`]+`)\](\([^)]*\))?").unwrap();
        let bare = link.replace_all(&root, "$1");
        let lines = bare.lines().filter(|line| !line.starts_with("# "));
        let read: Vec<String> = lines.map(|line| line.replace("```no_run", "```rust")).collect();
        assert_eq!(read.join("\n"), page(Place::Readme));
    }
}
