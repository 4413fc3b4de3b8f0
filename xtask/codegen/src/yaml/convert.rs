//! From YAML nodes to a JSON value, and what is lost or guessed on the way.
//!
//! Aliases are copies in JSON, so a small text can stand for a value without bound; how much they may add is limited.
//! Where a plain scalar is not of the type that its field must have, what the author meant is taken, and said.

use super::{
    scalar::{Plain, resolve, spoken_boolean},
    tree::{Content, Id, Scalar, Tag, Tree, is_merge, too_deep},
};
use crate::{
    diagnostics::{Diagnostic, Severity},
    load::{KEY_TOO_LONG, MAX_DEPTH, MAX_KEY, key_too_long},
};
use serde_json::{Map, Value};
use std::{borrow::Cow, collections::HashMap};

/// How much aliases may add, at least: in bytes of text and [`NODE`] for each value.
const MIN_EXPANSION: usize = 16 << 20;

/// How much aliases may add for each byte of the text.
const EXPANSION_FACTOR: usize = 8;

/// What a value costs beside its text.
const NODE: usize = 32;

/// Fields that OpenAPI wants a boolean for; people write `yes` and `no` there.
const BOOLEANS: [&str; 15] = [
    "required",
    "deprecated",
    "nullable",
    "readOnly",
    "writeOnly",
    "explode",
    "allowReserved",
    "allowEmptyValue",
    "uniqueItems",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "additionalProperties",
    "attribute",
    "wrapped",
    "x-nullable",
];

/// Fields that OpenAPI wants a string for, wherever they are; people write versions and numbers there.
const TEXTS: [&str; 6] = ["description", "summary", "title", "operationId", "pattern", "$ref"];

/// The JSON value of a tree, or `None` when there is none that could be used; with all that is to say of it.
pub fn to_value(text: &str, tree: &Tree<'_>, lenient: bool) -> (Option<Value>, Vec<Diagnostic>) {
    let Some(root) = tree.root() else { return (Some(Value::Null), Vec::new()) };
    let mut converter = Converter {
        tree,
        severity: if lenient { Severity::Warning } else { Severity::Error },
        budget: MIN_EXPANSION.saturating_add(text.len().saturating_mul(EXPANSION_FACTOR)),
        aliases: 0,
        alias: root,
        dead: false,
        findings: Vec::new(),
    };
    let value = converter.value(root, 0, Place::default());
    let is_usable = !converter.dead && converter.findings.iter().all(|finding| finding.code != KEY_TOO_LONG);
    (is_usable.then_some(value), converter.findings)
}

struct Converter<'a, 't> {
    tree: &'a Tree<'t>,
    /// How much a fault weighs that leaves a value to go on with.
    severity: Severity,
    /// What aliases may still add.
    budget: usize,
    /// How many aliases lead to the node in hand.
    aliases: usize,
    /// The outermost of them.
    alias: Id,
    /// Whether to give up.
    dead: bool,
    findings: Vec<Diagnostic>,
}

/// Where a value stands, as far as it decides what a scalar means there.
#[derive(Clone, Copy, Debug, Default)]
struct Place<'p> {
    /// The key of the value.
    key: &'p str,
    /// The key of the mapping that the value is in.
    above: &'p str,
    /// Whether the value is one that a schema of text allows.
    of_text: bool,
}

/// What a field's value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meant {
    Anything,
    Text,
    Boolean,
}

impl Place<'_> {
    fn meant(&self, depth: usize) -> Meant {
        let is_version = (depth == 1 && matches!(self.key, "openapi" | "swagger" | "overlay" | "version"))
            || (depth == 2 && self.above == "info" && self.key == "version");
        if self.of_text || is_version || TEXTS.contains(&self.key) {
            Meant::Text
        } else if BOOLEANS.contains(&self.key) {
            Meant::Boolean
        } else {
            Meant::Anything
        }
    }
}

impl<'a, 't> Converter<'a, 't> {
    /// The value of a node. Recursion is bounded by `depth`.
    fn value(&mut self, id: Id, depth: usize, place: Place<'_>) -> Value {
        let tree = self.tree;
        let Some(content) = tree.content(id) else { return Value::Null };
        if self.dead || !self.pays(content) {
            return Value::Null;
        }
        if depth >= MAX_DEPTH && !matches!(content, Content::Scalar(_)) {
            return self.give_up(too_deep(tree.range(id).start));
        }
        match content {
            Content::Scalar(scalar) => self.scalar(id, scalar, place.meant(depth)),
            Content::Sequence(items) => {
                let place = Place { key: "", ..place };
                items.iter().map(|item| self.value(*item, depth + 1, place)).collect()
            }
            Content::Mapping(entries) => Value::Object(self.mapping(entries, depth, place.key)),
            Content::Alias(target) => {
                self.enter_alias(id);
                let value = self.value(*target, depth, place);
                self.aliases -= 1;
                value
            }
        }
    }

    fn enter_alias(&mut self, id: Id) {
        if self.aliases == 0 {
            self.alias = id;
        }
        self.aliases += 1;
    }

    /// Takes a node's cost from what aliases may add.
    fn pays(&mut self, content: &Content<'_>) -> bool {
        if self.aliases == 0 {
            return true;
        }
        let text = if let Content::Scalar(scalar) = content { scalar.text.len() } else { 0 };
        match self.budget.checked_sub(NODE + text) {
            Some(rest) => {
                self.budget = rest;
                true
            }
            None => {
                let finding = Diagnostic::error("yaml-expansion", "", "aliases make the document absurdly large")
                    .at_offset(self.tree.range(self.alias).start)
                    .with_help("this is the one that is too much: use `$ref` and `components` instead");
                self.give_up(finding);
                false
            }
        }
    }

    fn give_up(&mut self, finding: Diagnostic) -> Value {
        if !self.dead {
            self.findings.push(finding);
        }
        self.dead = true;
        Value::Null
    }

    /// Notes a finding about a node; what aliases repeat is told once.
    fn find(&mut self, id: Id, severity: Severity, code: &'static str, message: String, help: &str) {
        if self.aliases == 0 {
            let offset = self.tree.range(id).start;
            self.findings.push(Diagnostic::new(severity, code, "", message).at_offset(offset).with_help(help));
        }
    }

    fn scalar(&mut self, id: Id, scalar: &Scalar<'_>, meant: Meant) -> Value {
        let text = || Value::String(scalar.text.clone().into_owned());
        let is_plain = match scalar.tag {
            Tag::None => scalar.plain,
            Tag::Text => false,
            Tag::Plain => true,
            Tag::Unknown => {
                let message = "this tag is one that only some program knows".to_owned();
                let help = "write out what it stands for: nothing is included or computed while a document is read";
                self.find(id, self.severity, "yaml-tag", message, help);
                scalar.plain
            }
        };
        if !is_plain {
            return text();
        }
        match (resolve(&scalar.text), meant) {
            (Plain::Value(Value::Null), _) => Value::Null,
            (Plain::Value(_) | Plain::NotJson, Meant::Text) => {
                self.guessed(id, &scalar.text, "text");
                text()
            }
            (Plain::Text, Meant::Boolean) => match spoken_boolean(&scalar.text) {
                Some(boolean) => {
                    self.guessed(id, &scalar.text, if boolean { "`true`" } else { "`false`" });
                    Value::Bool(boolean)
                }
                None => text(),
            },
            (Plain::Value(value), _) => value,
            (Plain::Text, _) => text(),
            (Plain::NotJson, _) => {
                let message = format!("JSON has no word for the number `{}`", scalar.text);
                self.find(id, self.severity, "yaml-number", message, "leave it out, or quote it if text is meant");
                Value::Null
            }
        }
    }

    fn guessed(&mut self, id: Id, text: &str, meant: &str) {
        let message = format!("`{text}` is read as {meant}, which is what the field must be");
        let help = "YAML 1.2 reads it otherwise: quote text, and write booleans as `true` and `false`";
        self.find(id, Severity::Adaptation, "yaml-scalar", message, help);
    }

    fn mapping(&mut self, entries: &[(Id, Id)], depth: usize, own: &str) -> Map<String, Value> {
        let tree = self.tree;
        let keys: Vec<Option<Cow<'_, str>>> = entries.iter().map(|(key, _)| self.key(*key)).collect();
        self.check_keys(entries, &keys);
        let is_text = entries.iter().zip(&keys).any(|((_, value), key)| {
            key.as_deref() == Some("type")
                && matches!(tree.resolved(*value), Some(Content::Scalar(Scalar { text, .. })) if text == "string")
        });
        let mut fields = Map::new();
        for ((key_id, value_id), key) in entries.iter().zip(&keys) {
            let Some(key) = key else { continue };
            if tree.content(*key_id).is_some_and(is_merge) {
                self.merge(*value_id, depth, own, &keys, &mut fields);
                continue;
            }
            let of_text = is_text && matches!(key.as_ref(), "enum" | "default" | "const");
            let value = self.value(*value_id, depth + 1, Place { key, above: own, of_text });
            fields.insert(key.clone().into_owned(), value);
        }
        fields
    }

    /// Takes over the entries of another mapping, or of several of which the first counts most. What the mapping itself
    /// has counts more.
    fn merge(
        &mut self,
        id: Id,
        depth: usize,
        own: &str,
        keys: &[Option<Cow<'_, str>>],
        fields: &mut Map<String, Value>,
    ) {
        let tree = self.tree;
        let sources = match tree.resolved(id) {
            Some(Content::Sequence(items)) => items.clone(),
            _ => vec![id],
        };
        let own_keys: std::collections::HashSet<&str> = keys.iter().flatten().map(AsRef::as_ref).collect();
        for source in sources {
            if !matches!(tree.resolved(source), Some(Content::Mapping(_))) {
                let message = "`<<` takes a mapping or a list of mappings".to_owned();
                self.find(source, self.severity, "yaml-merge", message, "quote the key if that is its name");
                continue;
            }
            self.enter_alias(source);
            let merged = self.value(source, depth + 1, Place { key: own, ..Place::default() });
            self.aliases -= 1;
            let Value::Object(merged) = merged else { return };
            for (key, value) in merged {
                if !own_keys.contains(key.as_str()) && !fields.contains_key(&key) {
                    fields.insert(key, value);
                }
            }
        }
    }

    /// The text of a key: numbers and booleans are names as they are written, for responses have the keys 200 and 404.
    fn key(&mut self, id: Id) -> Option<Cow<'a, str>> {
        let tree = self.tree;
        match tree.resolved(id) {
            Some(Content::Scalar(Scalar { text, plain, tag }))
                if !*plain || *tag == Tag::Text || resolve(text) != Plain::Value(Value::Null) =>
            {
                if text.len() > MAX_KEY && self.aliases == 0 {
                    self.findings.push(key_too_long(tree.range(id).start));
                }
                Some(Cow::Borrowed(text.as_ref()))
            }
            _ => {
                let message = "a key must be text, a number or a boolean".to_owned();
                self.find(id, self.severity, "yaml-key", message, "quote the key if it is a name");
                None
            }
        }
    }

    fn check_keys(&mut self, entries: &[(Id, Id)], keys: &[Option<Cow<'_, str>>]) {
        if self.aliases > 0 {
            return;
        }
        let mut first: HashMap<&str, usize> = HashMap::new();
        for ((id, _), key) in entries.iter().zip(keys) {
            let Some(key) = key.as_deref() else { continue };
            let offset = self.tree.range(*id).start;
            match first.get(key) {
                Some(earlier) => {
                    self.findings.push(crate::load::duplicate_key(key, *earlier, offset, self.severity));
                }
                None => {
                    first.insert(key, offset);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> (Option<Value>, Vec<(&'static str, Option<usize>)>) {
        let tree = Tree::parse(text).unwrap();
        let (value, findings) = to_value(text, &tree, false);
        (value, findings.into_iter().map(|finding| (finding.code, finding.offset)).collect())
    }

    #[track_caller]
    fn is(text: &str, expected: Value) {
        assert_eq!(read(text), (Some(expected), vec![]), "{text}");
    }

    fn codes(text: &str) -> Vec<&'static str> {
        read(text).1.into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn values_are_those_of_json() {
        is(
            "a: 1\nb: [x, 'y', \"z\\n\", null]\nc: |\n  l1\n  l2\nd: >-\n  f\n  g\n",
            json!({
                "a": 1, "b": ["x", "y", "z\n", null], "c": "l1\nl2\n", "d": "f g"
            }),
        );
        is("{\"a\": [true, 1.5], \"b\": {}}", json!({"a": [true, 1.5], "b": {}}));
        is("", json!(null));
        is(
            "countries: [NO, SE, on, y]\nday: 2001-12-14\n",
            json!({"countries": ["NO", "SE", "on", "y"], "day": "2001-12-14"}),
        );
        is("a: !!str 1\nb: !!int '2'\nc: ! 3\nd: !!binary aGk=\n", json!({"a": "1", "b": 2, "c": "3", "d": "aGk="}));
    }

    #[test]
    fn keys_that_are_numbers_or_booleans_are_names() {
        is(
            "200: a\n404: b\n5XX: c\ntrue: d\n1.0: e\n",
            json!({"200": "a", "404": "b", "5XX": "c", "true": "d", "1.0": "e"}),
        );
        assert_eq!(codes("[a]: 1\n"), ["yaml-key"]);
        assert_eq!(codes("~: 1\n"), ["yaml-key"]);
        assert_eq!(codes("? {a: b}\n: 1\n"), ["yaml-key"]);
        is("'': 1\n", json!({"": 1}));
    }

    #[test]
    fn a_key_that_is_there_twice_is_named_with_both_places() {
        let text = "200: a\n'200': b\n";
        let (_, findings) = to_value(text, &Tree::parse(text).unwrap(), false);
        assert_eq!(
            (findings[0].code, findings[0].offset, findings[0].notes[0].offset),
            ("duplicate-key", Some(7), Some(0))
        );
        assert_eq!(codes(&format!("{}: 1\n", "k".repeat(MAX_KEY + 1))), ["key-too-long"]);
    }

    #[test]
    fn aliases_are_copies_and_merges_are_overridden() {
        is("a: &x {p: 1, q: 2}\nb: *x\n", json!({"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 2}}));
        is("a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x}\n", json!({"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}}));
        is(
            "a: &x {p: 1}\nb: &y {p: 2, r: 3}\nc: {<<: [*x, *y], s: 4}\n",
            json!({"a": {"p": 1}, "b": {"p": 2, "r": 3}, "c": {"p": 1, "r": 3, "s": 4}}),
        );
        is("'<<': 1\n", json!({"<<": 1}));
        assert_eq!(codes("<<: 1\n"), ["yaml-merge"]);
    }

    #[test]
    fn aliases_cannot_fill_the_memory() {
        let mut laughs = "a0: &a0 lol\n".to_owned();
        for level in 1..=30 {
            let previous = level - 1;
            laughs.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{previous}"); 10].join(", ")));
        }
        let (value, findings) = read(&laughs);
        assert_eq!((value, findings.len(), findings[0].0), (None, 1, "yaml-expansion"));
        let mut merges = "a0: &a0 {k: v}\n".to_owned();
        for level in 1..=100 {
            let previous = level - 1;
            merges.push_str(&format!("a{level}: &a{level} {{<<: [*a{previous}, *a{previous}]}}\n"));
        }
        assert_eq!(codes(&merges), ["yaml-expansion"]);
        let mut deep = "a0: &a0 x\n".to_owned();
        for level in 1..=200 {
            deep.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
        }
        assert_eq!(codes(&deep), ["too-deep"]);
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 100].join(", "));
        assert_eq!(codes(&long), ["yaml-expansion"]);
    }

    #[test]
    fn what_the_author_meant_is_taken_and_said() {
        let (value, findings) = read("openapi: 3.1\ninfo:\n  version: 1.10\n  description: 2020\n");
        assert_eq!(value, Some(json!({"openapi": "3.1", "info": {"version": "1.10", "description": "2020"}})));
        assert_eq!(findings, [("yaml-scalar", Some(9)), ("yaml-scalar", Some(30)), ("yaml-scalar", Some(50))]);
        let (value, findings) = read("required: yes\ndeprecated: off\nname: no\n");
        assert_eq!(value, Some(json!({"required": true, "deprecated": false, "name": "no"})));
        assert_eq!(findings.len(), 2);
        let (value, _) = read("type: string\nenum: [1, true, 1.10, null, x]\ndefault: 1.10\nminLength: 1\n");
        let expected =
            json!({"type": "string", "enum": ["1", "true", "1.10", null, "x"], "default": "1.10", "minLength": 1});
        assert_eq!(value, Some(expected));
        is(
            "type: integer\nenum: [1, 2]\nx: {version: 1.10}\n",
            json!({"type": "integer", "enum": [1, 2], "x": {"version": 1.1}}),
        );
    }

    #[test]
    fn what_json_cannot_say_is_a_fault() {
        assert_eq!(codes("maximum: .inf\n"), ["yaml-number"]);
        assert_eq!(codes("a: !include other.yaml\n"), ["yaml-tag"]);
        let text = "a: !include other.yaml\n";
        let (value, findings) = to_value(text, &Tree::parse(text).unwrap(), true);
        assert_eq!((value, findings[0].severity), (Some(json!({"a": "other.yaml"})), Severity::Warning));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_at_all_is_read_or_refused(text in ".{0,60}", broken in "[-\\[\\]{}:,\"'|>&*!?#%@~<0-9a \n\t.]{0,80}") {
            for text in [text, broken] {
                if let Ok(tree) = Tree::parse(&text) {
                    to_value(&text, &tree, false);
                    to_value(&text, &tree, true);
                }
            }
        }

        #[test]
        fn json_says_the_same_as_yaml(numbers in prop::collection::vec(any::<i64>(), 0..4), text in "[ -~é\n]{0,12}", flag: bool) {
            let value = json!({"numbers": numbers, "text": text, "flag": flag, "nested": [{"a": null}]});
            for json in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                prop_assert_eq!(read(&json).0, Some(value.clone()));
            }
        }
    }
}
