//! Words of OpenAPI 3.2 in a document that says it is older. What they mean is not in doubt, and generators of documents write
//! `itemSchema` and the like into documents of 3.1: they are read as what they are, and told, one warning a word.

use super::{
    fault::{Fault, Faults, Rule},
    model::{Kind, Model, Node, Version},
};
use crate::methods;
use serde_json::Value;

const NEWER: Rule = Rule::survivable("newer-word");

/// The fields that OpenAPI 3.2 added, by the object that has them.
const FIELDS: [(Kind, &str); 18] = [
    (Kind::Root, "$self"),
    (Kind::PathItem, "query"),
    (Kind::PathItem, methods::ADDITIONAL),
    (Kind::MediaType, "itemSchema"),
    (Kind::MediaType, "prefixEncoding"),
    (Kind::MediaType, "itemEncoding"),
    (Kind::MediaType, "$ref"),
    (Kind::Encoding, "encoding"),
    (Kind::Encoding, "prefixEncoding"),
    (Kind::Encoding, "itemEncoding"),
    (Kind::Components, "mediaTypes"),
    (Kind::Server, "name"),
    (Kind::Response, "summary"),
    (Kind::Example, "dataValue"),
    (Kind::Example, "serializedValue"),
    (Kind::SecurityScheme, "deprecated"),
    (Kind::SecurityScheme, "oauth2MetadataUrl"),
    (Kind::OAuthFlows, "deviceAuthorization"),
];

/// Fields that hold words, and those words, which are new.
const VALUES: [(Kind, &str, &str); 2] = [(Kind::Parameter, "in", "querystring"), (Kind::Parameter, "style", "cookie")];

/// Fields further below an object that are new.
const BELOW: [(Kind, [&str; 2]); 2] =
    [(Kind::Schema, ["discriminator", "defaultMapping"]), (Kind::Schema, ["xml", "nodeType"])];

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    if model.version >= Version::V32 {
        return;
    }
    for (kind, field) in FIELDS {
        // Beside a reference nothing counts.
        let has = |node: &&Node<'_>| node.get(field).is_some() && (field == "$ref" || !node.is_reference());
        tell(model, kind, &[field], field, has, faults);
    }
    for (kind, field, word) in VALUES {
        tell(model, kind, &[field], word, |node| node.text(field) == Some(word), faults);
    }
    for (kind, [outer, inner]) in BELOW {
        let has = |node: &&Node<'_>| node.get(outer).and_then(|outer| outer.get(inner)).is_some();
        tell(model, kind, &[outer, inner], inner, has, faults);
    }
}

/// One warning for a word, wherever in the document it is.
fn tell(
    model: &Model<'_>,
    kind: Kind,
    below: &[&str],
    word: &str,
    has: impl Fn(&&Node<'_>) -> bool,
    faults: &mut Faults<'_>,
) {
    let mut places = model.of(kind).filter(has);
    let Some(first) = places.next() else { return };
    let more = match places.count() {
        0 => String::new(),
        1 => ", and in 1 more place".to_owned(),
        others => format!(", and in {others} more places"),
    };
    let version = model.document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    let message = format!("`{word}` is of OpenAPI 3.2, and the document is of {version}: it is read as in 3.2{more}");
    let fault = Fault::new(NEWER, model, first.id, below, message);
    faults.push(fault.help("say `\"openapi\": \"3.2.0\"`, or leave the word out").warning());
}
