//! Words of OpenAPI 3.2 in a document that says it is older. What they mean is not in doubt, and generators of documents write
//! `itemSchema` and the like into documents of 3.1: they are read as what they are, and told, one warning a word. So are words
//! that OpenAPI 3.1 has no more.

use super::{
    fault::{Fault, Faults, Rule},
    model::{Model, Node},
};
use crate::objects::{ADDED, Added, Kind};
use crate::version::Version;
use serde_json::Value;

const NEWER: Rule = Rule::survivable("newer-word");
const OLDER: Rule = Rule::survivable("older-word");

/// Fields that hold words, and those words, which are new.
const VALUES: [(Kind, &str, &str); 2] = [(Kind::Parameter, "in", "querystring"), (Kind::Parameter, "style", "cookie")];

/// Fields further below an object that are new.
const BELOW: [(Kind, [&str; 2]); 2] =
    [(Kind::Schema, ["discriminator", "defaultMapping"]), (Kind::Schema, ["xml", "nodeType"])];

/// Words of schemas that OpenAPI 3.0 alone has, with what 3.1 says instead. Of the bounds, what is true is of 3.0.
const REMOVED: [(&str, &str); 3] = [
    ("nullable", "`\"type\": [\"string\", \"null\"]`"),
    ("exclusiveMinimum", "`exclusiveMinimum` with the bound in place of `minimum`"),
    ("exclusiveMaximum", "`exclusiveMaximum` with the bound in place of `maximum`"),
];

/// Words of OpenAPI 3.0 in a document that says it is newer, one warning a word: there they mean nothing, and generators of
/// documents write them all the same.
fn check_removed(model: &Model<'_>, faults: &mut Faults<'_>) {
    for (word, instead) in REMOVED {
        let has = |node: &&Node<'_>| node.get(word) == Some(&Value::Bool(true));
        let mut places = model.of(Kind::Schema).filter(has);
        let Some(first) = places.next() else { continue };
        let (more, version) = (more(places.count()), version(model));
        let message =
            format!("`{word}: true` is of OpenAPI 3.0, and the document is of {version}: it is read as in 3.0{more}");
        let fault = Fault::new(OLDER, model, first.id, &[word], message);
        faults.push(fault.help(format!("write {instead}")).warning());
    }
}

fn version<'d>(model: &Model<'d>) -> &'d str {
    model.document.get("openapi").and_then(Value::as_str).unwrap_or_default()
}

/// How many more places have a word.
fn more(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => ", and in 1 more place".to_owned(),
        others => format!(", and in {others} more places"),
    }
}

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    if model.version > Version::V30 {
        check_removed(model, faults);
    }
    if model.version >= Version::V32 {
        return;
    }
    for Added { of: kind, word: field, .. } in ADDED {
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
    let (more, version) = (more(places.count()), version(model));
    let message = format!("`{word}` is of OpenAPI 3.2, and the document is of {version}: it is read as in 3.2{more}");
    let fault = Fault::new(NEWER, model, first.id, below, message);
    faults.push(fault.help("say `\"openapi\": \"3.2.0\"`, or leave the word out").warning());
}
