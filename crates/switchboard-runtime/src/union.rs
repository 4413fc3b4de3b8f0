//! `oneOf` and `anyOf`: which of several shapes a value has.
//!
//! The discriminator decides where there is one. Where the answer is read leniently, a value that is not quite the shape
//! that it names is made good as any value of that shape would be. Otherwise the shape is chosen that keeps the value
//! whole, else the one that keeps most of it, so that shapes whose properties overlap or are all optional do not swallow
//! one another. A shape that keeps nothing of the value does not fit, and without a discriminator nothing is made good:
//! which shape was meant would be a guess.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Visitor};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::decode::{self, Exactness, Read};

/// Decodes a value as one shape.
pub type Shape<T> = fn(&Value, How) -> Option<Shaped<T>>;

/// How exactly a value has to be of a shape.
#[derive(Clone, Copy, Debug)]
pub struct How(Exactness);

/// A value in one of the shapes.
#[derive(Debug)]
pub struct Shaped<T>(Read<T>);

/// The value as an `S`, in a `T`, if it is one: an object is no list of its properties' values, as it is to serde, and a
/// whole number is one however it is written.
pub fn shape<S: DeserializeOwned, T>(value: &Value, how: How, into: fn(S) -> T) -> Option<Shaped<T>> {
    decode::part::<S>(value, how.0).ok().map(|read| Shaped(read.map(into)))
}

/// The property that tells shapes apart (OpenAPI 3.0 section 4.7.25).
#[derive(Clone, Copy, Debug)]
pub struct Discriminator<'a> {
    /// Its name; empty when the document names none.
    pub property: &'a str,
    /// Its values, each with the index of the shape it stands for.
    pub values: &'a [(&'a str, usize)],
}

/// Reads a value as the shape that fits it best, or as `other` if it fits none.
///
/// # Errors
///
/// The deserializer's, if there is no JSON value.
pub fn read<'de, D: Deserializer<'de>, T: Serialize>(
    deserializer: D,
    discriminator: &Discriminator<'_>,
    shapes: &[Shape<T>],
    other: fn(Value) -> T,
) -> Result<T, D::Error> {
    let union = Union { discriminator, shapes, other };
    // So that whoever reads what is around it knows that this is read on its own.
    deserializer.deserialize_newtype_struct(decode::UNION, union)
}

/// Serializes a shape that does not declare the discriminator's property, with the value that stands for the shape.
///
/// # Errors
///
/// The serializer's, and that of a value that is no JSON.
pub fn tagged<T: Serialize + ?Sized, S: Serializer>(
    value: &T,
    property: &str,
    tag: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(S::Error::custom)?;
    if let Value::Object(members) = &mut value {
        // Among additional properties it may have come from the vendor.
        members.entry(property).or_insert_with(|| tag.into());
    }
    value.serialize(serializer)
}

struct Union<'a, T> {
    discriminator: &'a Discriminator<'a>,
    shapes: &'a [Shape<T>],
    other: fn(Value) -> T,
}

impl<'de, T: Serialize> Visitor<'de> for Union<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let chosen = choose(&value, self.discriminator, self.shapes);
        Ok(chosen.unwrap_or_else(|| {
            decode::unknown();
            (self.other)(value)
        }))
    }
}

/// The value as the shape that fits it best, or nothing if it fits none.
fn choose<T: Serialize>(value: &Value, discriminator: &Discriminator<'_>, shapes: &[Shape<T>]) -> Option<T> {
    let exactness = decode::exactness();
    let named = named(value, discriminator);
    if let Some(shape) = named.and_then(|index| shapes.get(index)) {
        match shape(value, How(exactness)) {
            Some(Shaped(read)) => return Some(read.accept()),
            None => decode::misfit(),
        }
        if exactness == Exactness::Hasty {
            return None;
        }
    }
    let others = shapes.iter().enumerate().filter(|(index, _)| Some(*index) != named).map(|(_, shape)| shape);
    let exact = if exactness.is_lenient() { Exactness::Hasty } else { exactness };
    let (shape, Shaped(read)) = best(value, others, How(exact))?;
    // It was chosen for what it is to the letter. In it may be what is named, and is not.
    let again = if read.misfit() && exactness.is_lenient() { shape(value, How(exactness)) } else { None };
    Some(again.map_or(read, |Shaped(read)| read).accept())
}

/// The shape that keeps most of the value, and the value in it.
fn best<'s, T: Serialize>(
    value: &Value,
    shapes: impl Iterator<Item = &'s Shape<T>>,
    how: How,
) -> Option<(&'s Shape<T>, Shaped<T>)> {
    let mut best = None;
    let mut most = 0;
    for shape in shapes {
        if !decode::may_try(value) {
            return None;
        }
        // A union in the union keeps anything whole, and knows what it does not know.
        let shaped = shape(value, how).filter(|Shaped(read)| !read.unknown());
        let Some(shaped) = shaped else { continue };
        let Ok(encoded) = serde_json::to_value(&shaped.0.value) else { continue };
        if same(value, &encoded) {
            return Some((shape, shaped));
        }
        let kept = kept(value, &encoded);
        if best.is_none() || kept > most {
            (best, most) = (Some((shape, shaped)), kept);
        }
    }
    let empty = match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    best.filter(|_| most > 0 || empty)
}

/// The shape that the value says it is of.
fn named(value: &Value, discriminator: &Discriminator<'_>) -> Option<usize> {
    let index = |tag: &str| discriminator.values.iter().find(|(known, _)| *known == tag).map(|(_, index)| *index);
    match value.get(discriminator.property)? {
        Value::String(tag) => index(tag),
        // A mapping's keys are texts, whatever the property is.
        tag @ (Value::Number(_) | Value::Bool(_)) => index(&tag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// How many leaves of `value` are in `encoded` too.
fn kept(value: &Value, encoded: &Value) -> usize {
    match (value, encoded) {
        (Value::Object(before), Value::Object(after)) => {
            before.iter().filter_map(|(name, value)| Some(1 + kept(value, after.get(name)?))).sum()
        }
        (Value::Array(before), Value::Array(after)) => {
            before.iter().zip(after).map(|(before, after)| kept(before, after)).sum()
        }
        (before, after) => usize::from(same(before, after)),
    }
}

/// Whether both are the same JSON value: `1` and `1.0` are one number (RFC 8259, section 6), whatever type held it.
fn same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            before.len() == after.len()
                && before.iter().all(|(name, value)| after.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| same(before, after))
        }
        (Value::Number(before), Value::Number(after)) if before.is_f64() != after.is_f64() => {
            before.as_f64() == after.as_f64()
        }
        (before, after) => before == after,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Pet {
        Cat(Cat),
        Dog(Dog),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Cat {
        #[serde(skip_serializing_if = "Option::is_none")]
        lives: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Dog {
        #[serde(skip_serializing_if = "Option::is_none")]
        bark: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
    }

    const SHAPES: &[Shape<Pet>] = &[|value, how| shape(value, how, Pet::Cat), |value, how| shape(value, how, Pet::Dog)];
    const NONE: Discriminator<'static> = Discriminator { property: "", values: &[] };

    #[test]
    fn the_shape_that_keeps_the_value_wins() {
        let dog = Pet::Dog(Dog { bark: Some("wau".to_owned()), kind: None });
        assert_eq!(choose(&json!({"bark": "wau"}), &NONE, SHAPES), Some(dog));
        // Neither keeps everything; a dog keeps more.
        let dog = Pet::Dog(Dog { bark: Some("wau".to_owned()), kind: None });
        assert_eq!(choose(&json!({"bark": "wau", "new": 1}), &NONE, SHAPES), Some(dog));
        assert_eq!(choose(&json!(7), &NONE, SHAPES), None);
    }

    #[test]
    fn a_shape_that_keeps_nothing_does_not_fit() {
        assert_eq!(choose(&json!({"new": 1}), &NONE, SHAPES), None);
        assert_eq!(choose(&json!([7, "cat"]), &NONE, SHAPES), None, "a list is no object");
        let cat = Pet::Cat(Cat { lives: None, kind: None });
        assert_eq!(choose(&json!({}), &NONE, SHAPES), Some(cat));
        let cat = Pet::Cat(Cat { lives: Some(9), kind: None });
        assert_eq!(choose(&json!({"lives": 9.0}), &NONE, SHAPES), Some(cat));
    }

    #[test]
    fn a_whole_number_in_a_shape_with_a_fraction_is_kept() {
        assert!(same(&json!({"a": [1, 2.5]}), &json!({"a": [1.0, 2.5]})));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1.5})));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1, "b": null})));
        assert_eq!(kept(&json!({"a": 1}), &json!({"a": 1.0})), 2);
    }

    #[test]
    fn the_discriminator_decides_unless_its_shape_does_not_fit() {
        let tag = Discriminator { property: "kind", values: &[("dog", 1), ("cat", 0)] };
        let cat = Pet::Cat(Cat { lives: None, kind: Some("cat".to_owned()) });
        assert_eq!(choose(&json!({"kind": "cat", "bark": "?"}), &tag, SHAPES), Some(cat));
        let dog = Pet::Dog(Dog { bark: Some("wau".to_owned()), kind: Some("cat".to_owned()) });
        assert_eq!(choose(&json!({"kind": "cat", "bark": "wau", "lives": "nine"}), &tag, SHAPES), Some(dog));
    }

    #[derive(Debug, PartialEq)]
    enum Animal {
        Cat(Box<Kitten>),
        Dog(Box<Puppy>),
        /// A union in the union.
        Bird(Box<Bird>),
        Unknown(Value),
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Kitten {
        kind: String,
        lives: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        age: Option<i64>,
        #[serde(default)]
        friends: Vec<Animal>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Puppy {
        kind: String,
        bark: String,
        #[serde(flatten, deserialize_with = "decode::additional")]
        others: std::collections::BTreeMap<String, Animal>,
    }

    #[derive(Debug, PartialEq)]
    enum Bird {
        Tit(Box<Tit>),
        Unknown(Value),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Tit {
        #[serde(rename = "class")]
        name: i64,
        song: String,
    }

    /// Without a discriminator.
    #[derive(Debug, PartialEq)]
    enum Answer {
        Owner(Box<Owner>),
        Cats(Vec<Kitten>),
        Unknown(Value),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Owner {
        pets: Vec<Animal>,
    }

    macro_rules! union {
        ($name:ident, $property:literal, $values:expr, $($shape:ident)*) => {
            impl Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        $(Self::$shape(value) => value.serialize(serializer),)*
                        Self::Unknown(value) => value.serialize(serializer),
                    }
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let tag = Discriminator { property: $property, values: $values };
                    let shapes: &[Shape<Self>] = &[$(|value, how| shape(value, how, Self::$shape),)*];
                    read(deserializer, &tag, shapes, Self::Unknown)
                }
            }
        };
    }

    union!(Animal, "kind", &[("cat", 0), ("dog", 1), ("bird", 2)], Cat Dog Bird);
    union!(Bird, "class", &[("7", 0)], Tit);
    union!(Answer, "", &[], Owner Cats);

    fn decoded<T: DeserializeOwned>(body: &str, strict: bool) -> (T, Vec<String>) {
        let response = crate::RawResponse::new(http::StatusCode::OK, http::HeaderMap::new(), body.to_owned());
        let decoder = crate::Decoder::new(&response).strict(strict);
        let value = decode::json(&decoder).unwrap();
        (value, decoder.into_repairs().iter().map(ToString::to_string).collect())
    }

    fn kitten(lives: i64, friends: Vec<Animal>) -> Animal {
        Animal::Cat(Box::new(Kitten { kind: "cat".to_owned(), lives, age: None, friends }))
    }

    #[test]
    fn what_is_not_quite_the_shape_that_is_named_is_made_good_as_that_shape() {
        for (body, lives, repairs) in [
            (r#"{"kind":"cat"}"#, 0, &["lives: is missing"][..]),
            (r#"{"kind":"cat","lives":null}"#, 0, &["lives: is null"]),
            (
                r#"{"kind":"cat","lives":"9","age":[]}"#,
                9,
                &["age: cannot be read, and is left out", "lives: is of another type than the document says"],
            ),
            (r#"{"kind":"cat","lives":9.0}"#, 9, &[]),
        ] {
            let (cat, mut said) = decoded::<Animal>(body, false);
            said.sort();
            assert_eq!(
                (cat, said),
                (kitten(lives, vec![]), repairs.iter().map(ToString::to_string).collect()),
                "{body}"
            );
            let plain = decoded::<Kitten>(body, false);
            assert_eq!(plain.1.len(), repairs.len(), "a struct is read the same way: {body}");
            if !repairs.is_empty() {
                let whole = Animal::Unknown(serde_json::from_str(body).unwrap());
                assert_eq!(decoded::<Animal>(body, true), (whole, vec![]), "kept whole where nothing is made good");
            }
        }
    }

    #[test]
    fn a_repair_is_told_with_its_whole_path_however_deep_it_is() {
        let body = r#"{"owners":[{"pets":[{"kind":"dog","bark":"wau","ben":{"kind":"cat","friends":[
            {"kind":"cat","lives":1},{"kind":"cat","lives":"2"},{"kind":"bird","class":7}]}}]}]}"#;
        let (owners, repairs) = decoded::<std::collections::BTreeMap<String, Vec<Owner>>>(body, false);
        let tit = Animal::Bird(Box::new(Bird::Tit(Box::new(Tit { name: 7, song: String::new() }))));
        let ben = kitten(0, vec![kitten(1, vec![]), kitten(2, vec![]), tit]);
        let others = std::collections::BTreeMap::from([("ben".to_owned(), ben)]);
        let dog = Animal::Dog(Box::new(Puppy { kind: "dog".to_owned(), bark: "wau".to_owned(), others }));
        assert_eq!(owners["owners"], [Owner { pets: vec![dog] }]);
        assert_eq!(
            repairs,
            [
                "owners[0].pets[0].ben.friends[1].lives: is of another type than the document says",
                "owners[0].pets[0].ben.friends[2].song: is missing",
                "owners[0].pets[0].ben.lives: is missing",
            ]
        );
    }

    #[test]
    fn what_is_named_is_made_good_within_a_shape_that_was_chosen_without_a_name() {
        let (owner, repairs) = decoded::<Answer>(r#"{"pets":[{"kind":"cat"}]}"#, false);
        assert_eq!(owner, Answer::Owner(Box::new(Owner { pets: vec![kitten(0, vec![])] })));
        assert_eq!(repairs, ["pets[0].lives: is missing"]);
    }

    #[test]
    fn nothing_is_made_good_where_no_shape_is_named() {
        for body in [
            r#"{"lives":"9"}"#,
            r#"{"kind":null,"lives":"9"}"#,
            r#"{"kind":"horse","lives":"9"}"#,
            r#"{"kind":["cat"],"lives":"9"}"#,
            "[1]",
        ] {
            let whole = Animal::Unknown(serde_json::from_str(body).unwrap());
            assert_eq!(decoded::<Animal>(body, false), (whole, vec![]), "{body}");
        }
        let body = r#"[{"kind":"cat","lives":"9"}]"#;
        let whole = Answer::Unknown(serde_json::from_str(body).unwrap());
        assert_eq!(decoded::<Answer>(body, false), (whole, vec![]), "which shape is meant would be a guess");
    }

    #[test]
    fn a_union_in_the_union_does_not_swallow_what_it_does_not_know() {
        let cat = r#"{"lives":9,"kind":"kitten","new":true}"#;
        assert_eq!(decoded::<Animal>(cat, true).0, {
            let kind = "kitten".to_owned();
            Animal::Cat(Box::new(Kitten { kind, lives: 9, ..Kitten::default() }))
        });
        let tit = Animal::Bird(Box::new(Bird::Tit(Box::new(Tit { name: 7, song: "si".to_owned() }))));
        assert_eq!(decoded::<Animal>(r#"{"class":7,"song":"si"}"#, true).0, tit);
        let named = Animal::Bird(Box::new(Bird::Unknown(json!({"kind": "bird", "class": 8}))));
        assert_eq!(decoded::<Animal>(r#"{"kind":"bird","class":8}"#, false).0, named);
    }

    #[test]
    fn what_cannot_be_made_good_is_kept_whole_and_costs_nothing_else() {
        let body = r#"[{"kind":"cat","lives":"many","age":"old"},{"kind":"cat"}]"#;
        let (cats, repairs) = decoded::<Vec<Animal>>(body, false);
        let whole = Animal::Unknown(json!({"kind": "cat", "lives": "many", "age": "old"}));
        assert_eq!((cats, repairs), (vec![whole, kitten(0, vec![])], vec!["[1].lives: is missing".to_owned()]));
    }

    #[test]
    fn what_is_missing_at_every_depth_is_learned_once() {
        let depth = 40;
        let body = format!("{}{}", r#"{"kind":"cat","friends":["#.repeat(depth), "]}".repeat(depth));
        let (mut cats, repairs) = decoded::<Vec<Animal>>(&format!("[{body}]"), false);
        assert_eq!(repairs.len(), depth);
        let mut found = 0;
        while let Some(Animal::Cat(mut cat)) = cats.pop() {
            found += 1;
            cats = std::mem::take(&mut cat.friends);
        }
        assert_eq!(found, depth);
    }

    #[test]
    fn what_has_to_be_tried_at_every_depth_comes_to_an_end() {
        #[derive(Debug, PartialEq)]
        enum Term {
            And(Box<And>),
            Or(Box<Or>),
            Unknown(Value),
        }

        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct And {
            terms: Vec<Term>,
            and: bool,
        }

        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Or {
            terms: Vec<Term>,
            or: bool,
        }

        union!(Term, "", &[], And Or);

        let term = |depth: usize| format!("{}{}", r#"{"terms":["#.repeat(depth), r#"],"or":true}"#.repeat(depth));
        let deep = |mut term: Term| {
            for depth in 0.. {
                term = match term {
                    Term::Or(mut or) if !or.terms.is_empty() => or.terms.remove(0),
                    Term::Or(_) => return depth + 1,
                    _ => return depth,
                };
            }
            0
        };
        for strict in [false, true] {
            assert_eq!(deep(decoded(&term(8), strict).0), 8);
            assert!(deep(decoded(&term(60), strict).0) < 60);
        }
    }

    #[test]
    fn very_many_that_need_different_repairs_do_not_use_up_what_the_answer_gets() {
        let cats = vec![r#"{"kind":"cat","lives":1,"age":"old"}"#; 400].join(",");
        let (owners, repairs) = decoded::<Vec<Owner>>(&format!(r#"[{{"pets":[{cats}]}},{{}}]"#), false);
        let cats = owners[0].pets.iter().filter(|pet| matches!(pet, Animal::Cat(_))).count();
        assert_eq!((cats, owners[1].pets.len(), repairs.len()), (400, 0, 100));
    }
}
