//! Rules about what requests are signed with.

use super::{
    fault::{Fault, Faults, Id, Rule},
    model::Model,
};
use crate::objects::Kind;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const UNKNOWN_SCHEME: Rule = Rule::survivable("unknown-security-scheme");
const SAME_PLACE: Rule = Rule::survivable("same-place-credentials");

/// Each scheme that is required and not declared is one fault, however many operations require it.
pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    let declared = model.document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let mut unknown: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for node in model.of(Kind::SecurityRequirement) {
        for (name, _) in node.fields() {
            if !declared.is_some_and(|declared| declared.contains_key(name)) {
                unknown.entry(name).or_default().push(node.id);
            }
        }
    }
    for (name, places) in unknown {
        let Some(first) = places.first() else { continue };
        let message = format!("the security scheme `{name}` is required in {} and not declared", counted(places.len()));
        let fault = Fault::new(UNKNOWN_SCHEME, model, *first, &[name], message);
        let known = declared.into_iter().flat_map(|declared| declared.keys());
        let near = faults.suggester.nearest(name, known.map(String::as_str));
        let fault = match near {
            Some(near) => fault.help(format!("there is `{near}`: correct the name")),
            None => fault.help("declare it; a bearer token is only an example"),
        };
        let scheme = json!({"type": "http", "scheme": "bearer"});
        let update = json!({"components": {"securitySchemes": {name: scheme}}});
        faults.push(fault.repair_update(faults, "", update));
    }
    check_places(model, declared, faults);
}

/// Credentials that one requirement asks for together, and that cannot be sent together: the last takes the others' place.
fn check_places(model: &Model<'_>, declared: Option<&Map<String, Value>>, faults: &mut Faults<'_>) {
    for node in model.of(Kind::SecurityRequirement) {
        let places: Vec<(&String, Place)> =
            node.fields().filter_map(|(name, _)| Some((name, place(model.resolve(declared?.get(name)?)?)?))).collect();
        let met = places.iter().enumerate().find_map(|(index, one)| {
            let mut later = places.iter().skip(index + 1);
            Some((one, later.find(|other| one.1.meets(&other.1))?))
        });
        let Some(((one, taken), (other, _))) = met else { continue };
        let message = format!(
            "the credentials `{one}` and `{other}` are required together and both go in {}: only one of them is sent",
            taken.words()
        );
        let help =
            "where either will do, make two requirements of the one; else leave out what the server does not need";
        faults.push(Fault::new(SAME_PLACE, model, node.id, &[], message).warning().help(help));
    }
}

/// Where a credential goes.
#[derive(PartialEq)]
enum Place {
    /// In the header of this name, in lower case: names of headers know no other (RFC 9110, section 5.1).
    Header(String),
    Query(String),
    Cookie(String),
}

impl Place {
    /// Whether two cannot be sent at once: all cookies go in one header.
    fn meets(&self, other: &Self) -> bool {
        let is_whole_header = |place: &Self| *place == Self::Header("cookie".to_owned());
        let is_cookie = |place: &Self| matches!(place, Self::Cookie(_));
        self == other || (is_whole_header(self) && is_cookie(other)) || (is_cookie(self) && is_whole_header(other))
    }

    fn words(&self) -> String {
        match self {
            Self::Header(name) => format!("the header `{name}`"),
            Self::Query(name) => format!("the query parameter `{name}`"),
            Self::Cookie(name) => format!("the cookie `{name}`"),
        }
    }
}

/// Where the credential of a scheme goes; `None` for what is no part of a request, as a certificate is not.
fn place(scheme: &Value) -> Option<Place> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str);
    match (text("type")?, text("in")) {
        ("http" | "oauth2" | "openIdConnect", _) => Some(Place::Header("authorization".to_owned())),
        ("apiKey", Some("header")) => Some(Place::Header(text("name")?.to_ascii_lowercase())),
        ("apiKey", Some("query")) => Some(Place::Query(text("name")?.to_owned())),
        ("apiKey", Some("cookie")) => Some(Place::Cookie(text("name")?.to_owned())),
        _ => None,
    }
}

fn counted(places: usize) -> String {
    if places == 1 { "1 place".to_owned() } else { format!("{places} places") }
}
