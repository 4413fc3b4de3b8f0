//! `oneOf` and `anyOf`: which of several shapes a value has.
//!
//! The discriminator decides where there is one that fits. Otherwise the shape is chosen that keeps the value whole, else
//! the one that keeps most of it, so that shapes whose properties overlap or are all optional do not swallow one another.
//! A shape that keeps nothing of the value does not fit.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Decodes a value as one shape.
pub type Shape<T> = fn(&Value) -> Option<T>;

/// The value as a `T`, if it is exactly that: an object is no list of its properties' values, as it is to serde, and a
/// whole number is one however it is written.
pub fn shape<T: DeserializeOwned>(value: &Value) -> Option<T> {
    crate::decode::exact(value)
}

/// The property that tells shapes apart (OpenAPI 3.0 section 4.7.25).
#[derive(Clone, Copy, Debug)]
pub struct Discriminator<'a> {
    /// Its name; empty when the document names none.
    pub property: &'a str,
    /// Its values, each with the index of the shape it stands for.
    pub values: &'a [(&'a str, usize)],
}

/// The value as the shape that fits it best, or nothing if it fits none.
pub fn choose<T: Serialize>(value: &Value, discriminator: &Discriminator<'_>, shapes: &[Shape<T>]) -> Option<T> {
    if let Some(named) = named(value, discriminator).and_then(|index| shapes.get(index)?(value)) {
        return Some(named);
    }
    let mut best: Option<(usize, T)> = None;
    for decoded in shapes.iter().filter_map(|shape| shape(value)) {
        let Ok(encoded) = serde_json::to_value(&decoded) else { continue };
        if same(value, &encoded) {
            return Some(decoded);
        }
        let kept = kept(value, &encoded);
        if best.as_ref().is_none_or(|(most, _)| kept > *most) {
            best = Some((kept, decoded));
        }
    }
    let empty = |value: &Value| match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    best.filter(|(kept, _)| *kept > 0 || empty(value)).map(|(_, decoded)| decoded)
}

fn named(value: &Value, discriminator: &Discriminator<'_>) -> Option<usize> {
    let tag = value.get(discriminator.property)?.as_str()?;
    discriminator.values.iter().find(|(known, _)| *known == tag).map(|(_, index)| *index)
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

    const SHAPES: &[Shape<Pet>] = &[|value| shape(value).map(Pet::Cat), |value| shape(value).map(Pet::Dog)];
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
}
