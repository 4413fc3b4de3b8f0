//! Values that are not quite what their schema says, as vendors send them.

use std::cell::Cell;

use codegen::schema::json_schema::join;
use serde_json::{Map, Value, json};

use crate::choices::Choices;

/// One departure from the document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mutation {
    /// The property at the pointer is gone.
    Dropped(String),
    /// The property or item at the pointer is null.
    Nulled(String),
    /// The text at the pointer is another one, which no enum lists.
    Unknown(String),
    /// The number or boolean at the pointer is written as a text.
    Written(String),
    /// The object at the pointer has this property more.
    Added(String, &'static str),
}

/// A text that is in no document.
const UNKNOWN: &str = "no document lists this";

/// Properties that are in no document: one of each type.
const ADDED: &[&str] = &["x-added", "addedByTheVendor", "added_object", "añadido"];

/// How many kinds of departures there are.
const KINDS: usize = 5;

/// The most departures in one value.
const MOST: usize = 4;

impl Mutation {
    /// Where the value differs from what was valid.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Dropped(place) | Self::Nulled(place) | Self::Unknown(place) | Self::Written(place) => place.clone(),
            Self::Added(object, name) => join(object, name),
        }
    }

    /// Makes the departure, unless an earlier one has taken away the place for it.
    pub(crate) fn apply(&self, value: &mut Value) -> bool {
        match self {
            Self::Dropped(place) => parent(value, place).is_some_and(|(object, name)| {
                let left = || object.keys().filter(|key| **key != name);
                // An object of which nothing is left but what was added is something else, and no record any more.
                let is_record = left().count() == 0 || left().any(|key| !ADDED.contains(&key.as_str()));
                is_record && object.shift_remove(&name).is_some()
            }),
            Self::Nulled(place) => replace(value, place, Value::Null),
            Self::Unknown(place) => replace(value, place, json!(UNKNOWN)),
            Self::Written(place) => match value.pointer(place) {
                Some(found @ (Value::Number(_) | Value::Bool(_))) => {
                    let text = json!(found.to_string());
                    replace(value, place, text)
                }
                _ => false,
            },
            Self::Added(place, name) => match value.pointer_mut(place) {
                Some(Value::Object(object)) if !object.is_empty() => {
                    object.insert((*name).to_owned(), added(name));
                    true
                }
                _ => false,
            },
        }
    }
}

/// The value with one to a few departures, at any depth; the departures themselves, in order. `may_add` tells whether an
/// object may get a property of that name, and is no map, of which all members are alike.
pub(crate) fn mutate(
    value: &Value,
    choices: &mut Choices<'_>,
    may_add: impl Fn(&Mutation) -> bool,
) -> (Value, Vec<Mutation>) {
    let mut mutated = value.clone();
    let mut made = Vec::new();
    for _ in 0..=choices.below(MOST) {
        let mutation = possible(&mutated, choices)
            .filter(|mutation| !matches!(mutation, Mutation::Added(..)) || may_add(mutation))
            .filter(|mutation| !is_no_text(mutation, &made))
            .filter(|mutation| mutation.apply(&mut mutated));
        if let Some(mutation) = mutation {
            made.push(mutation);
        }
    }
    (mutated, made)
}

/// Whether there is a text only because what is no text was written as one.
fn is_no_text(mutation: &Mutation, made: &[Mutation]) -> bool {
    matches!(mutation, Mutation::Unknown(place) if made.contains(&Mutation::Written(place.clone())))
}

/// One departure that the value has a place for.
fn possible(value: &Value, choices: &mut Choices<'_>) -> Option<Mutation> {
    let mut members = Vec::new();
    collect(value, String::new(), &mut members);
    let objects: Vec<&String> =
        members.iter().filter(|member| member.value.is_object()).map(|member| &member.place).collect();
    let texts: Vec<&String> =
        members.iter().filter(|member| member.value.is_string()).map(|member| &member.place).collect();
    let others: Vec<&String> =
        members.iter().filter(|member| member.is_written_otherwise()).map(|member| &member.place).collect();
    let fields: Vec<&String> = members.iter().filter(|member| member.is_field).map(|member| &member.place).collect();
    let inner: Vec<&String> =
        members.iter().filter(|member| !member.place.is_empty()).map(|member| &member.place).collect();
    let kind = choices.below(KINDS);
    // Where there is no place for the kind drawn, the next is tried.
    (kind..kind + KINDS).find_map(|kind| match kind % KINDS {
        0 => choices.one(&fields).map(|place| Mutation::Dropped((*place).clone())),
        1 => choices.one(&inner).map(|place| Mutation::Nulled((*place).clone())),
        2 => choices.one(&texts).map(|place| Mutation::Unknown((*place).clone())),
        4 => choices.one(&others).map(|place| Mutation::Written((*place).clone())),
        _ => {
            let name = *choices.one(ADDED)?;
            choices.one(&objects).map(|place| Mutation::Added((*place).clone(), name))
        }
    })
}

/// Whether the values of one schema were departed from in each way in which they could be.
#[derive(Debug, Default)]
pub(crate) struct Departures {
    possible: Cell<[bool; 4]>,
    made: Cell<[bool; 4]>,
}

impl Departures {
    pub(crate) fn note(&self, value: &Value, mutations: &[Mutation]) {
        let mut members = Vec::new();
        collect(value, String::new(), &mut members);
        let fields = members.iter().any(|member| member.is_field);
        let [dropped, nulled, unknown, written] = self.possible.get();
        self.possible.set([
            dropped || fields,
            nulled || fields,
            unknown || members.iter().any(|member| member.value.is_string()),
            written || members.iter().any(Member::is_written_otherwise),
        ]);
        let [dropped, nulled, unknown, written] = self.made.get();
        let made = |kind: fn(&Mutation) -> bool| mutations.iter().any(kind);
        self.made.set([
            dropped || made(|mutation| matches!(mutation, Mutation::Dropped(_))),
            nulled || made(|mutation| matches!(mutation, Mutation::Nulled(_))),
            unknown || made(|mutation| matches!(mutation, Mutation::Unknown(_))),
            written || made(|mutation| matches!(mutation, Mutation::Written(_))),
        ]);
    }

    pub(crate) fn missed(&self) -> Vec<&'static str> {
        let ways = ["without a property", "with a null", "with an unknown text", "with a number or boolean as text"];
        let both = self.possible.get().into_iter().zip(self.made.get());
        ways.into_iter().zip(both).filter(|(_, (possible, made))| *possible && !made).map(|(way, _)| way).collect()
    }
}

struct Member<'v> {
    place: String,
    value: &'v Value,
    is_field: bool,
}

impl Member<'_> {
    /// Whether vendors may write it as a text.
    fn is_written_otherwise(&self) -> bool {
        !self.place.is_empty() && (self.value.is_number() || self.value.is_boolean())
    }
}

fn collect<'v>(value: &'v Value, place: String, found: &mut Vec<Member<'v>>) {
    found.push(Member { place: place.clone(), value, is_field: false });
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let index = found.len();
                collect(value, join(&place, name), found);
                if let Some(member) = found.get_mut(index) {
                    member.is_field = true;
                }
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, join(&place, &index.to_string()), found));
        }
        _ => {}
    }
}

fn added(name: &str) -> Value {
    match ADDED.iter().position(|known| *known == name) {
        Some(0) => json!(1.5),
        Some(1) => json!([null, "a"]),
        Some(2) => json!({"a": {"b": [true]}}),
        _ => Value::Null,
    }
}

fn replace(value: &mut Value, place: &str, by: Value) -> bool {
    match value.pointer_mut(place) {
        Some(found) if *found != by => {
            *found = by;
            true
        }
        _ => false,
    }
}

fn parent<'v>(value: &'v mut Value, place: &str) -> Option<(&'v mut Map<String, Value>, String)> {
    let (parent, name) = place.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    Some((value.pointer_mut(parent)?.as_object_mut()?, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_reached_by_every_kind_that_fits_it() {
        let value = json!({"a": {"b/c": "x"}, "d": [1]});
        let mut reached: Vec<Mutation> = Vec::new();
        for kind in 0..5 {
            for place in 0..24 {
                reached.extend(mutate(&value, &mut Choices::new(&[0, kind, place, place / 4]), |_| true).1);
            }
        }
        let at = |place: &str| place.to_owned();
        for expected in [
            Mutation::Dropped(at("/a/b~1c")),
            Mutation::Dropped(at("/d")),
            Mutation::Nulled(at("/d/0")),
            Mutation::Nulled(at("/a")),
            Mutation::Unknown(at("/a/b~1c")),
            Mutation::Written(at("/d/0")),
            Mutation::Added(at(""), ADDED[0]),
            Mutation::Added(at("/a"), ADDED[2]),
        ] {
            assert!(reached.contains(&expected), "{expected:?}: {reached:?}");
        }
        assert!(
            !reached.contains(&Mutation::Dropped(at("/d/0"))) && !reached.contains(&Mutation::Nulled(String::new()))
        );
    }

    #[test]
    fn departures_are_made_one_after_the_other() {
        let value = json!({"a": "x", "b": 1});
        let (mutated, made) = mutate(&value, &mut Choices::new(&[1, 0, 0, 1, 0]), |_| true);
        assert_eq!(mutated, json!({"b": null}));
        assert_eq!(made, [Mutation::Dropped("/a".to_owned()), Mutation::Nulled("/b".to_owned())]);
        let mutated =
            |value: Value, choices: &[u32], may_add| mutate(&value, &mut Choices::new(choices), |_| may_add).0;
        assert_eq!(mutated(json!({}), &[0, 3], true), json!({}), "nothing is left of a record");
        let once = mutated(json!({"a": 1}), &[1, 3, 0, 0, 0, 0], true);
        assert_eq!(once, json!({"a": 1, "x-added": 1.5}), "nothing of the record would be left");
        assert_eq!(mutated(json!(1), &[3], true), json!(1));
        assert_eq!(mutated(value.clone(), &[0, 3], false), value);
        assert_eq!(mutated(json!([1]), &[1, 4, 0, 2, 0], false), json!(["1"]), "this is no text that could be another");
    }

    #[test]
    fn departures_that_were_possible_and_never_made_are_told() {
        let departures = Departures::default();
        departures.note(&json!(1), &[]);
        assert!(departures.missed().is_empty());
        departures.note(&json!({"a": "x"}), &[Mutation::Nulled("/a".to_owned())]);
        assert_eq!(departures.missed(), ["without a property", "with an unknown text"]);
        departures.note(&json!([1]), &[]);
        assert_eq!(departures.missed().last(), Some(&"with a number or boolean as text"));
    }
}
