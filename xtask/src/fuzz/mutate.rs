//! Changes of a document: what is there goes, comes twice, stands elsewhere, is of another type, refers to anything, or is
//! wrapped in what only schemas are wrapped in.

use super::random::Random;
use codegen::diagnostics::{pointer_join, pointer_tokens};
use serde_json::{Map, Value, json};

/// Words that have hurt somebody.
const WORDS: [&str; 17] = [
    "",
    " ",
    "../../etc/passwd",
    "/absolute",
    "a\\b",
    "*/ fn main() {}",
    "\"#; panic!()",
    "{}{{",
    "r#type",
    "Self",
    "\u{202e}x",
    "\u{0}",
    "😀",
    "a/b~c",
    "application/json",
    "x-switchboard-layout",
    "x-switchboard-name",
];

/// Keys that OpenAPI gives a meaning.
const KEYS: [&str; 25] = [
    "type",
    "properties",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "$ref",
    "required",
    "enum",
    "const",
    "discriminator",
    "format",
    "nullable",
    "additionalProperties",
    "schema",
    "content",
    "parameters",
    "responses",
    "security",
    "servers",
    "default",
    "example",
    "x-switchboard-paging",
    "x-switchboard-tag",
    "$id",
];

/// How deep a schema is wrapped at the most: deeper than types stand in one another in any API.
const WRAPS: usize = 40;

/// The same of what holds its schema twice.
const TWICE: usize = 6;

pub(super) struct Mutator<'r> {
    random: &'r mut Random,
    corpus: &'r [Value],
}

impl<'r> Mutator<'r> {
    pub(super) fn new(random: &'r mut Random, corpus: &'r [Value]) -> Self {
        Self { random, corpus }
    }

    /// One of the documents, changed once or a few times.
    pub(super) fn document(mut self) -> Value {
        let mut document = self.random.pick(self.corpus).cloned().unwrap_or_default();
        for _ in 0..=self.random.below(8) {
            self.change(&mut document);
        }
        document
    }

    /// An overlay for a document, of actions that may mean nothing.
    pub(super) fn overlay(mut self, document: &Value) -> Value {
        let places = pointers(document);
        let actions: Vec<Value> = (0..=self.random.below(4))
            .map(|_| {
                let place = self.random.pick(&places).cloned().unwrap_or_default();
                let tokens = pointer_tokens(&place);
                let target = tokens.fold("$".to_owned(), |path, token| path + &format!("[{}]", Value::from(token)));
                let target = if self.random.one_in(6) { self.word() } else { target };
                match self.random.below(3) {
                    0 => json!({"target": target, "remove": true}),
                    1 => json!({"target": target, "update": self.piece()}),
                    _ => json!({"target": target, "update": {self.key(): self.piece()}}),
                }
            })
            .collect();
        let mut overlay = json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
        if self.random.one_in(6) {
            self.change(&mut overlay);
        }
        overlay
    }

    fn change(&mut self, document: &mut Value) {
        let places = pointers(document);
        let Some(place) = self.random.pick(&places).cloned() else { return };
        let other = self.random.pick(&places).cloned().unwrap_or_default();
        match self.random.below(10) {
            0 | 1 => self.put(document, &place, |mutator, _| mutator.piece()),
            2 => {
                let moved = document.pointer(&other).cloned().unwrap_or_default();
                self.put(document, &place, |_, _| moved);
            }
            3 | 4 => self.put(document, &place, |_, _| json!({"$ref": format!("#{other}")})),
            5 | 6 => self.put(document, &place, Self::wrapped),
            7 => self.put(document, &place, |mutator, value| mutator.without(value)),
            8 => self.put(document, &place, |mutator, value| mutator.with_more(value)),
            _ => self.put(document, &place, |mutator, _| Value::from(mutator.word())),
        }
    }

    fn put(&mut self, document: &mut Value, place: &str, make: impl FnOnce(&mut Self, Value) -> Value) {
        // Nothing is read that is deeper or larger than this, and so nothing is learned from it.
        if document.to_string().len() > 400_000 || place.matches('/').count() > 60 {
            return;
        }
        if let Some(found) = document.pointer_mut(place) {
            *found = make(self, found.take());
        }
    }

    /// Anything: a value of any type, or a part of another document.
    fn piece(&mut self) -> Value {
        match self.random.below(8) {
            0 => Value::Null,
            1 => Value::Bool(self.random.one_in(2)),
            2 => self
                .random
                .pick(&[json!(0), json!(-1), json!(1e308), json!(u64::MAX), json!(0.5)])
                .cloned()
                .unwrap_or_default(),
            3 => Value::from(self.word()),
            4 => json!([]),
            5 => json!({}),
            _ => {
                let document = self.random.pick(self.corpus).cloned().unwrap_or_default();
                let places = pointers(&document);
                let place = self.random.pick(&places).cloned().unwrap_or_default();
                document.pointer(&place).filter(|_| !place.is_empty()).cloned().unwrap_or_default()
            }
        }
    }

    fn wrapped(&mut self, value: Value) -> Value {
        let beside = self.piece();
        let levels = if self.random.one_in(6) { self.random.below(WRAPS) } else { 1 };
        let kind = self.random.below(9);
        // What has its schema twice is twice as large at every level.
        let levels = if kind < 7 { levels } else { levels.min(TWICE) };
        (0..levels).fold(value, |inner, _| match kind {
            0 => json!({"allOf": [inner, beside]}),
            1 => json!({"oneOf": [inner, {"type": "string"}]}),
            2 => json!({"anyOf": [inner, beside]}),
            3 => json!({"type": "array", "items": inner}),
            4 => json!({"type": "object", "properties": {"a": inner}, "required": ["a"]}),
            5 => json!({"additionalProperties": inner}),
            7 => json!({"allOf": [inner, inner]}),
            8 => json!({"oneOf": [{"allOf": [inner, beside]}, {"allOf": [inner, {"type": "object"}]}]}),
            _ => json!({"type": ["object", "null"], "then": inner}),
        })
    }

    fn without(&mut self, mut value: Value) -> Value {
        match &mut value {
            Value::Object(members) => {
                let keys: Vec<String> = members.keys().cloned().collect();
                self.random.pick(&keys).and_then(|key| members.shift_remove(key));
            }
            Value::Array(items) if !items.is_empty() => drop(items.remove(self.random.below(items.len()))),
            _ => return Value::Null,
        }
        value
    }

    fn with_more(&mut self, mut value: Value) -> Value {
        let (key, piece) = (self.key(), self.piece());
        match &mut value {
            Value::Object(members) => drop(members.insert(key, piece)),
            Value::Array(items) => {
                let again = items.first().cloned().unwrap_or(piece);
                items.push(again);
            }
            _ => return Value::Object(Map::from_iter([(key, piece)])),
        }
        value
    }

    fn key(&mut self) -> String {
        if self.random.one_in(3) {
            self.word()
        } else {
            self.random.pick(&KEYS).copied().unwrap_or_default().to_owned()
        }
    }

    fn word(&mut self) -> String {
        self.random.pick(&WORDS).copied().unwrap_or_default().to_owned()
    }
}

/// The places in a value, the value itself last, so that it is changed seldom.
fn pointers(value: &Value) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![(String::new(), value)]);
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                open.extend(members.iter().map(|(key, value)| (pointer_join(&pointer, key), value)));
            }
            Value::Array(items) => {
                open.extend(
                    items.iter().enumerate().map(|(index, value)| (pointer_join(&pointer, &index.to_string()), value)),
                );
            }
            _ => {}
        }
        found.push(pointer);
    }
    found
}

/// A text with a few of its characters changed, or without its end.
pub(super) fn text(random: &mut Random, text: String) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    if random.one_in(3) {
        characters.truncate(random.below(characters.len()));
    }
    for _ in 0..random.below(4) {
        let place = random.below(characters.len());
        let other = random.pick(&['{', '}', '"', '\\', '\n', '\t', ':', '&', '*', '\u{feff}', '0']).copied();
        if let (Some(found), Some(other)) = (characters.get_mut(place), other) {
            *found = other;
        }
    }
    characters.into_iter().collect()
}
