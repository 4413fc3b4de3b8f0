//! What has changed of an API as a whole: servers, credentials, limits, and what the vendor sends.

use super::change::{Class, Kind};
use super::draft::{Draft, redescribed, type_words};
use super::relation::{Pair, Relation, Way};
use super::renames;
use crate::diagnostics::pointer_join;
use crate::plan::{
    Incoming, Location, Origin, Plan, RateLimit, SchemeKind, SecurityScheme, Server, ServerVariable, Webhooks,
};

/// Where the API's own servers stand: those of an operation may be relative to them.
const SERVERS: &str = "/servers";

/// All that has changed of the API as a whole.
pub fn compare(pair: &Pair<'_>) -> Vec<Draft> {
    let (old, new) = (&pair.old.api, &pair.new.api);
    let mut found = Vec::new();
    if old.version != new.version {
        let words = format!("the vendor's document is of version `{}`, it was `{}`", new.version, old.version);
        found.push(Draft::new(Kind::DocumentVersionChanged, Class::Info, words).at("/info/version", "/info/version"));
    }
    if (&old.title, &old.description, &old.manifest) != (&new.title, &new.description, &new.manifest) {
        found.push(redescribed("the API").at("/info", "/info"));
    }
    found.extend(servers("calls", (SERVERS, &old.servers), (SERVERS, &new.servers)));
    schemes(pair, &mut found);
    if old.rate_limit != new.rate_limit {
        let words = |limit: Option<RateLimit>| match limit {
            Some(limit) => format!("{} requests in {} ms", limit.requests, limit.milliseconds),
            None => "as many requests as wanted".to_owned(),
        };
        let said = format!("the client sends {}, it was {}", words(new.rate_limit), words(old.rate_limit));
        let place = "/x-switchboard-rate-limit";
        found.push(Draft::new(Kind::RateLimitChanged, Class::Warning, &*said).at(place, place).on_the_wire(said));
    }
    webhooks(pair, &mut found);
    found
}

/// What has changed of where `what` goes.
pub fn servers(what: &str, (before, old): (&str, &[Server]), (after, new): (&str, &[Server])) -> Vec<Draft> {
    let silent = |server: &Server| Server { description: None, ..server.clone() };
    let plain = |servers: &[Server]| servers.iter().map(silent).collect::<Vec<_>>();
    if plain(old) == plain(new) {
        let is_same = old.iter().zip(new).all(|(old, new)| old.description == new.description);
        return if is_same { Vec::new() } else { vec![redescribed("a server").at(before, after)] };
    }
    let urls = |servers: &[Server]| servers.iter().map(|server| format!("`{}`", server.url)).collect::<Vec<_>>();
    let words = match (urls(old), urls(new)) {
        (old, new) if old == new => format!("the variables of the servers that {what} go to have changed"),
        (old, new) => {
            let named =
                |urls: Vec<String>| if urls.is_empty() { "the API's servers".to_owned() } else { urls.join(", ") };
            format!("{what} go to {}, it was {}", named(new), named(old))
        }
    };
    let class = class_of_servers(old, new, after == SERVERS);
    let draft = Draft::new(Kind::ServerChanged, class, &*words).at(before, after).on_the_wire(words);
    vec![draft.of_items(["Server".to_owned(), "ClientBuilder::server".to_owned()])]
}

/// What other servers mean to a program that is not changed: it calls something else where the one that it called is gone, is
/// no more the first, which is called where nobody names one, takes fewer values of a variable or others for what is left out,
/// or stands before those of the API. One of the API's own without a host is none to call.
fn class_of_servers(old: &[Server], new: &[Server], are_own: bool) -> Class {
    let has_host = |server: &Server| !server.url.starts_with('/');
    if are_own && old.iter().any(has_host) && !new.iter().any(has_host) {
        return Class::Breaking;
    }
    let does_more = |was: &ServerVariable, is: &ServerVariable| {
        let takes_all =
            is.values.is_empty() || !was.values.is_empty() && was.values.iter().all(|value| is.values.contains(value));
        (&was.name, &was.default) == (&is.name, &is.default) && takes_all
    };
    // A variable that is new stands for what stood in its place, where that is its default.
    let is_kept = |was: &Server, is: &Server| {
        let known = |name: &str| was.variables.iter().any(|variable| variable.name == name);
        let now = |name: &str| is.variables.iter().find(|variable| variable.name == name);
        was.url == is.by_defaults(|variable| !known(&variable.name))
            && was.variables.iter().all(|was| now(&was.name).is_some_and(|is| does_more(was, is)))
    };
    let is_first_kept = old.first().zip(new.first()).is_none_or(|(was, is)| is_kept(was, is));
    let are_all_kept = old.iter().all(|was| new.iter().any(|is| is_kept(was, is)));
    let is_elsewhere = old.is_empty() != new.is_empty() || !is_first_kept || !are_all_kept;
    if is_elsewhere { Class::Warning } else { Class::Info }
}

fn schemes(pair: &Pair<'_>, found: &mut Vec<Draft>) {
    let (old, new) = (&pair.old.api, &pair.new.api);
    let renamed = renames::schemes(old, new);
    let name = |scheme: &SecurityScheme| renamed.get(&scheme.name).unwrap_or(&scheme.name).clone();
    let place = |scheme: &SecurityScheme| pointer_join("/components/securitySchemes", &scheme.name);
    let items = |scheme: &SecurityScheme| {
        scheme.setters().into_iter().map(|setter| format!("ClientBuilder::{setter}")).collect::<Vec<_>>()
    };
    for scheme in &old.schemes {
        let Some(now) = new.schemes.iter().find(|other| other.name == name(scheme)) else {
            let words = format!("the credential `{}` is gone: {}", scheme.ident, sent_as(scheme));
            found.push(
                Draft::new(Kind::AuthChanged, Class::Breaking, words).before(&place(scheme)).of_items(items(scheme)),
            );
            continue;
        };
        let all = || items(scheme).into_iter().chain(items(now));
        if scheme.kind != now.kind {
            let words = match (sent_as(now), sent_as(scheme)) {
                (is, was) if is == was => format!("the credential `{}` is asked for in another way", now.ident),
                (is, was) => format!("the credential `{}` goes as {is}, it was {was}", now.ident),
            };
            let draft = Draft::new(Kind::AuthChanged, Class::Breaking, &*words).at(&place(scheme), &place(now));
            found.push(draft.on_the_wire(words).of_items(all()));
        } else if scheme.ident != now.ident {
            let words = format!("the credential `{}` is called `{}` now", scheme.ident, now.ident);
            let draft = Draft::new(Kind::AuthChanged, Class::Info, words).at(&place(scheme), &place(now));
            found.push(draft.of_items(all()).kept_by(&place(now), "x-switchboard-name", &scheme.ident));
        }
        if (&scheme.description, &scheme.scopes) != (&now.description, &now.scopes) {
            found.push(redescribed(&format!("the credential `{}`", now.ident)).at(&place(scheme), &place(now)));
        }
        if scheme.deprecated != now.deprecated {
            let what = format!("the credential `{}`", now.ident);
            found.push(super::draft::deprecation(&what, now.deprecated).at(&place(scheme), &place(now)));
        }
    }
    for scheme in new.schemes.iter().filter(|scheme| !old.schemes.iter().any(|other| name(other) == scheme.name)) {
        let words = format!("new: the credential `{}`, {}", scheme.ident, sent_as(scheme));
        found.push(Draft::new(Kind::AuthChanged, Class::Info, words).after(&place(scheme)).of_items(items(scheme)));
    }
}

/// How a credential goes over the wire, in words.
fn sent_as(scheme: &SecurityScheme) -> String {
    match &scheme.kind {
        SchemeKind::ApiKey { location, name } => match location {
            Location::Header => format!("the header `{name}`"),
            other => format!("the {} parameter `{name}`", other.word()),
        },
        SchemeKind::Basic => "HTTP basic".to_owned(),
        SchemeKind::Bearer => "a bearer token".to_owned(),
        SchemeKind::HttpOther { scheme } => format!("HTTP `{scheme}`"),
        SchemeKind::OAuth2 { client_credentials: Some(flow) } => {
            format!("a bearer token, which is asked for at `{}`", flow.token_url)
        }
        SchemeKind::OAuth2 { client_credentials: None } => "a bearer token of OAuth 2".to_owned(),
        SchemeKind::OpenIdConnect => "a bearer token of OpenID Connect".to_owned(),
        SchemeKind::MutualTls => "a client certificate".to_owned(),
    }
}

fn webhooks(pair: &Pair<'_>, found: &mut Vec<Draft>) {
    let (old, new) = (&pair.old.webhooks, &pair.new.webhooks);
    let key = |incoming: &Incoming| match &incoming.origin {
        Origin::Webhook { name } => (name.clone(), String::new(), incoming.method.clone()),
        Origin::Callback { name, operation, .. } => (name.clone(), operation.clone(), incoming.method.clone()),
    };
    let place = |incoming: &Incoming| match &incoming.origin {
        Origin::Webhook { name } => pointer_join("/webhooks", name),
        Origin::Callback { .. } => "/paths".to_owned(),
    };
    for sent in &old.all {
        let Some(now) = new.all.iter().find(|other| key(other) == key(sent)) else {
            let words = format!("`webhooks::{}` is gone", sent.ident);
            found.push(
                Draft::new(Kind::WebhookRemoved, Class::Warning, words)
                    .before(&place(sent))
                    .of_items(named(pair.old, sent)),
            );
            continue;
        };
        let relation = pair.relation(&sent.ty, &now.ty);
        if relation != Relation::Same || sent.media_type != now.media_type {
            let what = format!("`webhooks::{}`", now.ident);
            let words = match (type_words(&now.ty), type_words(&sent.ty)) {
                (is, was) if is == was => format!("{what} comes as `{}`, it was `{}`", now.media_type, sent.media_type),
                (is, was) => format!("{what} is {is}, it was {was}"),
            };
            let draft = Draft::new(Kind::WebhookChanged, relation.class(Way::ANSWERED).max(Class::Warning), words);
            found.push(
                draft
                    .at(&place(sent), &place(now))
                    .of_items(named(pair.old, sent).into_iter().chain(named(pair.new, now))),
            );
        } else if sent.ident != now.ident {
            let words = format!("`webhooks::{}` is called `webhooks::{}` now", sent.ident, now.ident);
            let draft = Draft::new(Kind::WebhookChanged, Class::Info, words).at(&place(sent), &place(now));
            found.push(draft.of_items(named(pair.old, sent).into_iter().chain(named(pair.new, now))));
        }
        if sent.docs != now.docs {
            found.push(redescribed(&format!("`webhooks::{}`", now.ident)).at(&place(sent), &place(now)));
        }
    }
    found.extend(told_apart(old, new));
    for sent in new.all.iter().filter(|sent| !old.all.iter().any(|other| key(other) == key(sent))) {
        let words = format!("new: `webhooks::{}`", sent.ident);
        found.push(
            Draft::new(Kind::WebhookAdded, Class::Info, words).after(&place(sent)).of_items(named(pair.new, sent)),
        );
    }
}

/// The items by which programs read what is sent: its own, and its place among all.
fn named(plan: &Plan, incoming: &Incoming) -> Vec<String> {
    let mut items = vec![format!("webhooks::{}", incoming.ident)];
    if let (Some(any), Origin::Webhook { name }) = (&plan.webhooks.any, &incoming.origin) {
        let own = any.variants.iter().filter(|variant| variant.key == *name);
        items.extend(own.map(|variant| format!("webhooks::{}::{}", any.ident, variant.ident)));
    }
    items
}

/// How webhooks say who sent them, and which they are. Where there was none, or is none any more, the items tell.
fn told_apart(old: &Webhooks, new: &Webhooks) -> Vec<Draft> {
    let mut found = Vec::new();
    let mut push = |class: Class, words: String, items: Vec<String>| {
        found.push(Draft::new(Kind::WebhookChanged, class, words).of_items(items));
    };
    if let (Some(was), Some(is)) = (&old.signature, &new.signature)
        && was != is
    {
        let words = "webhooks say who sent them in another way".to_owned();
        push(Class::Breaking, words, vec!["webhooks::verifier".to_owned()]);
    }
    if let (Some(was), Some(is)) = (&old.any, &new.any)
        && was.name != is.name
    {
        let own = format!("webhooks::{}", is.ident);
        let items = vec![format!("{own}::read"), format!("{own}: Told")];
        match (&was.name, &is.name) {
            (_, None) => {
                push(Class::Warning, format!("`{own}::read` is gone: nothing tells which webhook came"), items)
            }
            (None, _) => push(Class::Info, format!("new: `{own}::read`"), items),
            _ => push(Class::Breaking, "webhooks say which they are in another way".to_owned(), items),
        }
    }
    found
}
