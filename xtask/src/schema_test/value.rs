//! Whether two texts are the same JSON value (JSON Schema 2020-12 section 4.2.2): objects in any order, numbers by value and
//! to the last digit, which no type of a JSON library holds.

use super::number::Decimal;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Whether both texts are JSON, and the same value.
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    match (one.bytes().next(), other.bytes().next()) {
        (Some(b'{'), Some(b'{')) => members(one).zip(members(other)).is_some_and(|(one, other)| {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same(one.get(), other.get())))
        }),
        (Some(b'['), Some(b'[')) => items(one).zip(items(other)).is_some_and(|(one, other)| {
            one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| same(one.get(), other.get()))
        }),
        (Some(b'"'), Some(b'"')) => text(one).is_some() && text(one) == text(other),
        _ => match (Decimal::parse(one), Decimal::parse(other)) {
            (Some(one), Some(other)) => one == other,
            (None, None) => one == other && ["null", "true", "false"].contains(&one),
            _ => false,
        },
    }
}

fn members(text: &str) -> Option<BTreeMap<String, Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

fn items(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

fn text(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn values_are_the_same_in_any_writing() {
        assert!(same(r#"{"a": [1, "\u0041"], "b": null}"#, r#" {"b":null,"a":[1.0,"A"]}"#));
        for (one, other) in [
            (r#"{"a": null}"#, "{}"),
            ("[1, 2]", "[2, 1]"),
            ("9007199254740993", "9007199254740992.0"),
            ("0", "false"),
            ("\"1\"", "1"),
            ("{}", "[]"),
            ("", ""),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
