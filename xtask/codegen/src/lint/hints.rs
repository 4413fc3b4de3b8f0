//! Rules about hints to the generator: an `x-switchboard-…` that nobody reads is a mistake of whoever wrote it, for a hint
//! that is passed over in silence does harm only later.

use super::{
    fault::{Fault, Faults, Rule},
    model::{Model, Node},
};
use crate::objects::Kind;
use serde_json::Value;

const BAD_HINT: Rule = Rule::fatal("bad-hint");

/// What all hints begin with.
const PREFIX: &str = "x-switchboard-";

/// What a hint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Yes or no.
    Flag,
    /// A text that is not empty.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// What is read, and checked, where it is used.
    More,
}

/// The hints, the objects that have them, and what they say.
const HINTS: [(Kind, &str, Takes); 23] = [
    (Kind::Root, "x-switchboard-crate", Takes::More),
    (Kind::Root, "x-switchboard-layout", Takes::OneOf(&["flat", "tags"])),
    (Kind::Root, "x-switchboard-lenient", Takes::Flag),
    (Kind::Root, "x-switchboard-rate-limit", Takes::More),
    (Kind::Root, "x-switchboard-webhooks", Takes::More),
    (Kind::Operation, "x-switchboard-name", Takes::Text),
    (Kind::Operation, "x-switchboard-paging", Takes::More),
    (Kind::Operation, "x-switchboard-repeatable", Takes::Flag),
    (Kind::Operation, "x-switchboard-stream-end", Takes::More),
    (Kind::Operation, "x-switchboard-tag", Takes::Text),
    (Kind::Parameter, "x-switchboard-list", Takes::More),
    (Kind::Parameter, "x-switchboard-nested", Takes::More),
    (Kind::Parameter, "x-switchboard-slashes", Takes::Flag),
    (Kind::Header, "x-switchboard-list", Takes::More),
    (Kind::Encoding, "x-switchboard-list", Takes::More),
    (Kind::Encoding, "x-switchboard-nested", Takes::More),
    (Kind::Schema, "x-switchboard-name", Takes::Text),
    (Kind::Schema, "x-switchboard-secret", Takes::Flag),
    (Kind::SecurityScheme, "x-switchboard-name", Takes::Text),
    (Kind::Server, "x-switchboard-name", Takes::Text),
    (Kind::Tag, "x-switchboard-name", Takes::Text),
    (Kind::OAuthFlow, "x-switchboard-audience", Takes::Text),
    (Kind::OAuthFlow, "x-switchboard-client-auth", Takes::OneOf(&["form", "basic"])),
];

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    for node in model.nodes() {
        for (key, value) in node.fields().filter(|(key, _)| key.starts_with(PREFIX)) {
            let fault = match HINTS.iter().find(|(kind, name, _)| *kind == node.kind && name == key) {
                Some((_, _, takes)) => takes.refuse(value).map(|expected| {
                    Fault::new(BAD_HINT, model, node.id, &[key], format!("`{key}` must be {expected}, it is `{value}`"))
                }),
                None => Some(unknown(model, node, key, faults)),
            };
            fault.into_iter().for_each(|fault| faults.push(fault));
        }
    }
}

impl Takes {
    /// What a value should be that it is not.
    fn refuse(self, value: &Value) -> Option<String> {
        let text = value.as_str().unwrap_or_default();
        match self {
            Self::Flag => (!value.is_boolean()).then(|| "true or false".to_owned()),
            Self::Text => text.is_empty().then(|| "a text".to_owned()),
            Self::OneOf(all) => (!all.contains(&text)).then(|| format!("one of `{}`", all.join("`, `"))),
            Self::More => None,
        }
    }
}

fn unknown(model: &Model<'_>, node: &Node<'_>, key: &str, faults: &mut Faults<'_>) -> Fault {
    let fault = |message| Fault::new(BAD_HINT, model, node.id, &[key], message);
    let mut elsewhere =
        HINTS.iter().filter(|(_, name, _)| *name == key).map(|(kind, ..)| kind.with_article()).peekable();
    if elsewhere.peek().is_some() {
        let places: Vec<&str> = elsewhere.collect();
        return fault(format!("nobody reads `{key}` here")).help(format!("it belongs to {}", places.join(", or ")));
    }
    let message = format!("there is no hint `{key}`");
    // What all names begin with says nothing of which was meant.
    let bare = |name: &'static str| name.strip_prefix(PREFIX).unwrap_or(name);
    let wanted = key.strip_prefix(PREFIX).unwrap_or(key);
    let here = HINTS.iter().filter(|(kind, ..)| *kind == node.kind).map(|(_, name, _)| bare(name));
    let near = faults.suggester.nearest(wanted, here);
    let near = near.or_else(|| faults.suggester.nearest(wanted, HINTS.iter().map(|(_, name, _)| bare(name))));
    match near {
        Some(near) => fault(message).help(format!("there is `{PREFIX}{near}`: correct the name")),
        None => {
            let mut names: Vec<&str> = HINTS.iter().map(|(_, name, _)| *name).collect();
            names.dedup();
            fault(message).help(format!("the hints are {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::super::tests::found;
    use super::{HINTS, PREFIX};

    #[test]
    fn the_book_tells_of_every_hint_and_of_no_other() {
        let book = include_str!("../../../../docs/src/overlays.md");
        let told: BTreeSet<&str> = book
            .split(|letter: char| !(letter.is_ascii_lowercase() || letter == '-'))
            .filter(|word| word.starts_with(PREFIX) && *word != PREFIX)
            .collect();
        assert_eq!(told, HINTS.iter().map(|(_, name, _)| *name).collect());
    }

    #[test]
    fn a_hint_that_nobody_reads_is_an_error_with_the_one_that_was_meant() {
        for (document, pointer, help) in [
            (json!({"x-switchboard-crat": {}}), "/x-switchboard-crat", "there is `x-switchboard-crate`"),
            (json!({"x-switchboard-paging": {}}), "/x-switchboard-paging", "it belongs to an operation"),
            (
                json!({"x-switchboard-name": "A"}),
                "/x-switchboard-name",
                "it belongs to an operation, or a schema, or a security scheme, or a server, or a tag",
            ),
            (json!({"x-switchboard-colour": "red"}), "/x-switchboard-colour", "the hints are x-switchboard-crate,"),
        ] {
            for lenient in [false, true] {
                let found = found(&document, lenient);
                let [finding] = found.as_slice() else { panic!("{found:?}") };
                assert_eq!((finding.code, finding.pointer.as_str()), ("bad-hint", pointer));
                assert!(finding.help.as_deref().is_some_and(|found| found.contains(help)), "{finding:?}");
            }
        }
    }

    #[test]
    fn a_hint_that_says_what_cannot_be_said_is_an_error() {
        let flows = |how: &str| {
            let flow = json!({"tokenUrl": "/t", "scopes": {}, "x-switchboard-client-auth": how});
            json!({"components": {"securitySchemes": {"a": {"type": "oauth2", "flows": {"clientCredentials": flow}}}}})
        };
        for (document, is_right) in [
            (json!({"x-switchboard-layout": "tag"}), false),
            (json!({"x-switchboard-layout": "tags"}), true),
            (json!({"tags": [{"name": "a", "x-switchboard-name": 1}]}), false),
            (json!({"tags": [{"name": "a", "x-switchboard-name": "b"}]}), true),
            (json!({"x-switchboard-lenient": "yes"}), false),
            (json!({"x-switchboard-lenient": true}), true),
            (json!({"components": {"schemas": {"A": {"x-switchboard-name": ""}}}}), false),
            (json!({"components": {"schemas": {"A": {"x-switchboard-name": "B"}}}}), true),
            (flows("basics"), false),
            (flows("basic"), true),
        ] {
            let codes: Vec<_> = found(&document, false).iter().map(|finding| finding.code).collect();
            assert_eq!(codes, if is_right { vec![] } else { vec!["bad-hint"] }, "{document}");
        }
    }
}
