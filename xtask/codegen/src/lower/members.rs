//! The names of what a type has: fields, values, alternatives, and what holds all others. Those that were given before stay when
//! something is added beside them that would have them.
//!
//! What has just the name that it asks for need not be noted. So a type that was there, and of which nothing is noted, has called
//! everything by its first name, and what holds all others as in all types.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;

use super::idents;
use super::lock::Memory;
use super::readable::LONGEST;
use crate::plan::MemberNames;

/// What the keys of what is several alternatives at once begin with.
const TOGETHER: char = '+';

/// The names within one type.
pub struct Members {
    /// Whether the type was there.
    is_known: bool,
    before: BTreeMap<String, String>,
    now: MemberNames,
    taken: BTreeSet<String>,
    /// What is called by each name, as the document spells it.
    texts: BTreeMap<String, String>,
    /// What holds all others, if that has a name already, and what it could be called.
    others: Option<String>,
    candidates: [&'static str; 3],
    is_regular: bool,
}

impl Members {
    /// Of the type that is called `name`. What holds all others is called by the first of `candidates`, unless something else is.
    pub fn new(name: &str, candidates: [&'static str; 3], memory: &Memory) -> Self {
        let before = memory.members(name);
        let [usual, ..] = candidates;
        let others = before.as_ref().map(|before| before.others.clone().unwrap_or_else(|| usual.to_owned()));
        let taken = others.iter().cloned().collect();
        Self {
            is_known: before.is_some(),
            before: before.unwrap_or_default().names,
            now: MemberNames::default(),
            taken,
            texts: BTreeMap::new(),
            others,
            candidates,
            is_regular: true,
        }
    }

    /// Keeps the names of those that are still there, by their keys. What the document or a hint names is not kept.
    pub fn keep<'a>(&mut self, keys: impl IntoIterator<Item = &'a str>) {
        let keys: BTreeSet<&str> = keys.into_iter().collect();
        self.before.retain(|key, _| keys.contains(key.as_str()) || key.starts_with(TOGETHER));
        self.taken.extend(self.before.values().cloned());
    }

    /// Whether the type was there.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// What the member with this key was called, if that was noted.
    pub fn before(&self, key: &str) -> Option<&str> {
        self.before.get(key).map(String::as_str)
    }

    /// Nothing holds all others.
    pub fn without_others(&mut self) {
        if let Some(others) = self.others.take() {
            self.taken.remove(&others);
        }
    }

    /// What the field of a property is called: by its words, as in all types that were not there, or whose fields are.
    pub fn field(&mut self, wire: &str) -> String {
        let (plain, whole) = (idents::snake(wire), idents::snake(&idents::whole(wire)));
        if plain == whole || (self.is_known && !self.is_by_words()) {
            return self.name_of(wire, vec![plain], wire);
        }
        self.note_all();
        self.name_of(wire, vec![whole, plain], wire)
    }

    /// Whether a field was called by its words that would have another name letter by letter.
    fn is_by_words(&self) -> bool {
        let by_words = |(wire, name): (&String, &String)| {
            *name == idents::snake(&idents::whole(wire)) && *name != idents::snake(wire)
        };
        self.before.iter().any(by_words)
    }

    /// Notes all names, for they depend on what else there is.
    pub fn note_all(&mut self) {
        self.is_regular = false;
    }

    /// What the member with this key is called: what it was, else the first of `candidates` that is free.
    pub fn name(&mut self, key: &str, candidates: Vec<String>) -> String {
        self.name_or(key, candidates, None)
    }

    /// The same, and of those that are called alike each by how `text` is spelled.
    pub fn name_of(&mut self, key: &str, candidates: Vec<String>, text: &str) -> String {
        let plain = candidates.last().cloned().unwrap_or_default();
        let other = self.texts.get(&plain).map_or("", String::as_str);
        let spelled = idents::spelling(text, other).map(|spelling| match plain.chars().next() {
            Some(first) if first.is_uppercase() => format!("{plain}{spelling}"),
            _ => idents::snake(&format!("{plain}_{}", spelling.to_snake_case())),
        });
        let name = self.name_or(key, candidates, spelled);
        self.texts.entry(name.clone()).or_insert_with(|| text.to_owned());
        name
    }

    fn name_or(&mut self, key: &str, candidates: Vec<String>, spelled: Option<String>) -> String {
        if let Some(name) = self.before.get(key).filter(|_| !self.now.names.contains_key(key)) {
            self.is_regular &= candidates.first() == Some(name);
            self.now.names.insert(key.to_owned(), name.clone());
            return name.clone();
        }
        // What holds all others stays what it is, so that something of that very name is called by more than that.
        let beside = candidates.last().filter(|last| self.others.as_ref() == Some(*last)).map(|last| more(last));
        let first = candidates.first().cloned();
        let name = idents::unique(candidates.into_iter().chain(beside).chain(spelled), &mut self.taken);
        self.is_regular &= first.as_ref() == Some(&name);
        self.now.names.entry(key.to_owned()).or_insert_with(|| name.clone());
        name
    }

    /// The name of what is several of the alternatives at once: of the first of them and the other one, if that is all. What was
    /// there before such names were noted has theirs as it was then.
    pub fn together(&mut self, first: &str, other: Option<&str>) -> String {
        let whole = format!("{first}And{}", other.unwrap_or("More"));
        let name = match other {
            None if self.is_known => "Several".to_owned(),
            Some(other) if !self.is_known && whole.chars().count() > LONGEST => joint(first, other),
            _ => whole.clone(),
        };
        self.name(&format!("{TOGETHER}{whole}"), vec![name])
    }

    /// What holds all others is called: what it was, else the first of the candidates that is free.
    pub fn others(&mut self) -> String {
        let candidates = self.candidates.map(str::to_owned);
        let name = self.others.clone().unwrap_or_else(|| idents::unique(candidates, &mut self.taken));
        self.is_regular &= self.candidates.first() == Some(&name.as_str());
        self.now.others = Some(name.clone());
        name
    }

    /// What has to be noted.
    pub fn into_names(self) -> Option<MemberNames> {
        (!self.is_regular).then_some(self.now)
    }
}

/// A name for what is two alternatives at once. Where that is too long, the words that both begin with, or end with, stand once.
fn joint(left: &str, right: &str) -> String {
    let words = |name: &str| name.to_snake_case().split('_').map(str::to_owned).collect::<Vec<_>>();
    let (left, right) = (words(left), words(right));
    let begins = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let ends = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    let left = left.iter().take(left.len() - ends.min(left.len() - 1));
    let right = right.iter().skip(begins.min(right.len() - 1));
    let words: Vec<String> = left.cloned().chain(["and".to_owned()]).chain(right.cloned()).collect();
    idents::pascal(&words.join("_"))
}

/// A name that says the same and is another: `UnknownValue`, `extra_property`.
fn more(name: &str) -> String {
    match name.chars().next() {
        Some(first) if first.is_uppercase() => format!("{name}Value"),
        _ => format!("{name}_property"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::{lower, lower_again};
    use crate::plan::{Plan, TypeKind};

    fn document(schema: &Value) -> Value {
        let value = json!({"$ref": "#/components/schemas/Value"});
        let content = json!({"application/json": {"schema": value}});
        let get = json!({"operationId": "get", "responses": {"200": {"description": "", "content": content}}});
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {"/": {"get": get}}, "components": {"schemas": {"Value": schema}}})
    }

    fn first(schema: &Value) -> Plan {
        lower("t", &document(schema), &mut Diagnostics::default())
    }

    fn again(before: &Plan, schema: &Value) -> Plan {
        lower_again("t", &document(schema), before.names.clone(), &mut Diagnostics::default())
    }

    /// What is in the type, what holds all others last.
    fn names(plan: &Plan) -> Vec<&str> {
        match &plan.types["Value"].kind {
            TypeKind::Struct(found) => {
                let fields = found.fields.iter().map(|field| field.ident.as_str());
                fields.chain(found.extra.as_ref().map(|(name, _)| name.as_str())).collect()
            }
            TypeKind::Enum(found) => {
                found.variants.iter().map(|value| value.ident.as_str()).chain([found.other.as_str()]).collect()
            }
            TypeKind::Union(found) => {
                found.variants.iter().map(|shape| shape.ident.as_str()).chain([found.other.as_str()]).collect()
            }
            TypeKind::Newtype(_) => panic!("a newtype"),
        }
    }

    #[test]
    fn a_value_takes_no_name_that_another_has() {
        let values = |values: &[&str]| json!({"type": "string", "enum": values});
        let before = first(&values(&["a", "b"]));
        assert_eq!(names(&before), ["A", "B", "Unknown"]);
        let more = again(&before, &values(&["unknown", "a", "b"]));
        assert_eq!(names(&more), ["UnknownValue", "A", "B", "Unknown"]);
        assert_eq!(again(&more, &values(&["unknown", "a", "b"])), more);
        let alike = again(&more, &values(&["UNKNOWN", "unknown", "a", "b"]));
        assert_eq!(names(&alike), ["UnknownUppercase", "UnknownValue", "A", "B", "Unknown"]);

        // Of a document that is new it has the plain name, and keeps it.
        let known = first(&values(&["unknown", "a"]));
        assert_eq!(names(&known), ["Unknown", "A", "Other"]);
        assert_eq!(names(&again(&known, &values(&["other", "unknown", "a"]))), ["OtherValue", "Unknown", "A", "Other"]);
        assert_eq!(names(&again(&known, &values(&["a"]))), ["A", "Other"]);
        assert_eq!(names(&first(&values(&["other", "unknown"]))), ["Other", "Unknown", "Unlisted"]);
    }

    #[test]
    fn a_name_that_is_asked_for_is_given_whatever_was_before() {
        let before = first(&json!({"type": "string", "enum": ["a", "A", "unknown"]}));
        assert_eq!(names(&before), ["A", "AUppercase", "Unknown", "Other"]);
        let named =
            json!({"type": "string", "enum": ["a", "A", "unknown"], "x-enum-varnames": ["Small", "Great", "No"]});
        assert_eq!(names(&again(&before, &named)), ["Small", "Great", "No", "Other"]);
    }

    #[test]
    fn an_alternative_keeps_its_name_when_others_come() {
        let list = |of: &str| json!({"type": "array", "items": {"type": of}});
        let before = first(&json!({"oneOf": [{"type": "string"}, list("string")]}));
        assert_eq!(names(&before), ["Text", "List", "Unknown"]);
        let more = json!({"oneOf": [list("integer"), {"type": "string"}, list("string")]});
        assert_eq!(names(&first(&more)), ["IntegerList", "Text", "TextList", "Unknown"]);
        let kept = again(&before, &more);
        assert_eq!(names(&kept), ["IntegerList", "Text", "List", "Unknown"]);
        assert_eq!(again(&kept, &more), kept);
    }

    #[test]
    fn what_is_alike_is_told_apart_by_how_it_is_spelled() {
        let values = json!({"type": "string", "enum": ["docs.count", "docsCount", "ASC", "asc", "1m", "1M"]});
        let expected = ["DocsCount", "DocsCountCamelCase", "Asc", "AscLowercase", "N1m", "N1mUppercase", "Unknown"];
        assert_eq!(names(&first(&values)), expected);
        let text = json!({"type": "string"});
        let object =
            json!({"type": "object", "properties": {"T": text, "t": text, "createdAt": text, "created_at": text}});
        let before = first(&object);
        assert_eq!(names(&before), ["t", "t_lowercase", "created_at", "created_at_underscored"]);
        assert_eq!(again(&before, &object), before);
    }

    #[test]
    fn what_is_more_than_two_alternatives_at_once_is_called_by_the_first() {
        let object = |title: &str| json!({"title": title, "type": "object", "properties": {title: {"type": "string"}}});
        let schema = json!({"anyOf": [object("One"), object("Two"), object("Three")]});
        assert_eq!(names(&first(&schema)), ["One", "Two", "Three", "OneAndMore", "Unknown"]);
    }

    #[test]
    fn what_is_two_alternatives_at_once_has_a_name_that_can_be_read() {
        let (left, right) = ("CloudRouterRouteAggregationAndExpression", "CloudRouterRouteAggregationOrExpression");
        let object = |title: &str, name: &str| json!({"title": title, "type": "object", "properties": {name: {"type": "string"}}});
        let schema = json!({"anyOf": [object(left, "and"), object(right, "or")]});
        let before = first(&schema);
        assert_eq!(names(&before)[2], "CloudRouterRouteAggregationAndAndOrExpression");
        assert_eq!(again(&before, &schema), before);
        // Of a crate that is older than such names.
        let mut old = before.clone();
        for noted in old.names.members.iter_mut().flat_map(BTreeMap::values_mut) {
            noted.names.retain(|key, _| !key.starts_with(super::TOGETHER));
        }
        let kept = again(&old, &schema);
        assert_eq!(names(&kept)[2], format!("{left}And{right}"));
        assert_eq!(again(&kept, &schema), kept);
    }

    #[test]
    fn a_property_takes_no_name_that_the_others_have() {
        let before =
            first(&json!({"type": "object", "additionalProperties": true, "properties": {"a": {"type": "string"}}}));
        assert_eq!(names(&before), ["a", "extra"]);
        let more = json!({"type": "object", "additionalProperties": true, "properties": {
            "extra": {"type": "string"}, "a": {"type": "string"},
        }});
        assert_eq!(names(&again(&before, &more)), ["extra_property", "a", "extra"]);
        assert_eq!(names(&first(&more)), ["extra", "a", "additional_properties"]);
    }

    #[test]
    fn a_crate_whose_generator_noted_nothing_is_made_as_if_it_were_new() {
        let schema = json!({"type": "string", "enum": ["unknown", "a"]});
        let mut before = first(&schema);
        before.names.members = None;
        assert_eq!(names(&again(&before, &schema)), ["Unknown", "A", "Other"]);
    }
}
