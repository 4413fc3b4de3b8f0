//! Values at JSON pointers (RFC 6901), found in one pass over a body whose rest is skipped unread. It needs no type of the
//! body, so it also works on one that does not keep to its type.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// What stands at a pointer.
#[derive(Debug, Default)]
pub(crate) enum Found<'b> {
    /// Nothing.
    #[default]
    Absent,
    /// A list, its elements unread.
    List(Vec<&'b RawValue>),
    /// Anything else.
    Value(Value),
}

impl From<Value> for Found<'_> {
    fn from(value: Value) -> Self {
        if value.is_null() { Self::Absent } else { Self::Value(value) }
    }
}

/// What stands at each of the pointers, in their order.
///
/// # Errors
///
/// The decoder's, if the body is no JSON.
pub(crate) fn find<'b, const N: usize>(
    body: &'b [u8],
    pointers: [Option<&str>; N],
) -> Result<[Found<'b>; N], serde_json::Error> {
    let mut found = [const { Found::Absent }; N];
    let wanted = pointers.iter().zip(&mut found).filter_map(|(pointer, slot)| Some(((*pointer)?, slot))).collect();
    Seek(wanted).deserialize(&mut serde_json::Deserializer::from_slice(body))?;
    Ok(found)
}

/// A pointer's token as the name that it stands for (RFC 6901, section 4).
pub(crate) fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// What is wanted of a value: the rests of the pointers that lead through it, and where the finds go.
struct Seek<'s, 'b>(Vec<(&'s str, &'s mut Found<'b>)>);

impl<'s, 'b> Seek<'s, 'b> {
    /// What is wanted of a member, or of an element.
    fn of(&mut self, name: &str) -> Seek<'_, 'b> {
        let rest = |pointer: &'s str| {
            let (token, rest) = match pointer.get(1..)?.find('/') {
                Some(end) => (pointer.get(1..=end)?, pointer.get(end + 1..)?),
                None => (pointer.get(1..)?, ""),
            };
            (token == name || unescaped(token) == name).then_some(rest)
        };
        Seek(self.0.iter_mut().filter_map(|(pointer, slot)| Some((rest(pointer)?, &mut **slot))).collect())
    }
}

impl<'b> DeserializeSeed<'b> for Seek<'_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(mut self, deserializer: D) -> Result<(), D::Error> {
        if self.0.is_empty() {
            return IgnoredAny::deserialize(deserializer).map(drop);
        }
        let Some(leaf) = self.0.iter().position(|(pointer, _)| pointer.is_empty()) else {
            return deserializer.deserialize_any(self);
        };
        let found = deserializer.deserialize_any(Leaf)?;
        let (_, slot) = self.0.swap_remove(leaf);
        // Other pointers may lead further, into what was just read.
        for (pointer, inner) in self.0 {
            if let Found::Value(value) = &found {
                *inner = value.pointer(pointer).cloned().map_or(Found::Absent, Found::from);
            }
        }
        *slot = found;
        Ok(())
    }
}

/// A scalar where something is looked for in it has nothing in it.
macro_rules! nothing_in_scalars {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }

        fn visit_unit<E>(self) -> Result<(), E> {
            Ok(())
        }

        fn visit_bool<E>(self, _: bool) -> Result<(), E> {
            Ok(())
        }

        fn visit_i64<E>(self, _: i64) -> Result<(), E> {
            Ok(())
        }

        fn visit_u64<E>(self, _: u64) -> Result<(), E> {
            Ok(())
        }

        fn visit_f64<E>(self, _: f64) -> Result<(), E> {
            Ok(())
        }

        fn visit_str<E>(self, _: &str) -> Result<(), E> {
            Ok(())
        }
    };
}

impl<'b> Visitor<'b> for Seek<'_, 'b> {
    type Value = ();

    nothing_in_scalars!();

    fn visit_map<A: MapAccess<'b>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<std::borrow::Cow<'b, str>>()? {
            members.next_value_seed(self.of(&name))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'b>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0_u64;
        while elements.next_element_seed(self.of(&index.to_string()))?.is_some() {
            index += 1;
        }
        Ok(())
    }
}

/// Reads what a pointer leads to.
struct Leaf;

impl<'b> Visitor<'b> for Leaf {
    type Value = Found<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Found<'b>, E> {
        Ok(Found::Absent)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Found<'b>, E> {
        Ok(Found::Value(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Found<'b>, E> {
        Ok(Found::Value(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Found<'b>, E> {
        Ok(Found::Value(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Found<'b>, E> {
        Ok(Found::Value(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Found<'b>, E> {
        Ok(Found::Value(value.into()))
    }

    fn visit_map<A: MapAccess<'b>>(self, members: A) -> Result<Found<'b>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(members)).map(Found::Value)
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut elements: A) -> Result<Found<'b>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Found::List(list))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(body: &str, pointer: &str) -> Option<Value> {
        match find(body.as_bytes(), [Some(pointer)]).unwrap() {
            [Found::Absent] => None,
            [Found::Value(value)] => Some(value),
            [Found::List(list)] => Some(json!(list.iter().map(|raw| raw.get()).collect::<Vec<_>>())),
        }
    }

    #[test]
    fn pointers_lead_where_rfc_6901_says() {
        let body = r#"{"":0,"a/b":1,"m~n":2," ":3,"c":{"c":[{"d":"x"},7]},"é":4}"#;
        for (pointer, expected) in [
            ("/", json!(0)),
            ("/a~1b", json!(1)),
            ("/m~0n", json!(2)),
            ("/ ", json!(3)),
            ("/é", json!(4)),
            ("/c/c/0/d", json!("x")),
            ("/c/c/1", json!(7)),
            ("/c/c", json!([r#"{"d":"x"}"#, "7"])),
        ] {
            assert_eq!(value(body, pointer), Some(expected), "{pointer}");
        }
        assert_eq!(value("[1, 2 ]", ""), Some(json!(["1", "2"])));
    }

    #[test]
    fn what_is_missing_null_or_inside_a_scalar_is_absent() {
        for pointer in ["/x", "/n", "/s/x", "/l/5", "/l/x", "/o/x/y", "/i/x", "/f/x", "/b/x"] {
            let body = r#"{"n":null,"s":"text","l":[1],"o":{},"i":-1,"f":0.5,"b":true}"#;
            assert_eq!(value(body, pointer), None, "{pointer}");
        }
    }

    #[test]
    fn several_are_found_in_one_pass_and_the_rest_is_not_looked_at() {
        let body = br#"{"data":[{"x":1},{"x":"\ud83d\ude00"}],"meta":{"total":"7","page":{"next":"n"}}}"#;
        let pointers = [Some("/meta/page/next"), Some("/data"), None, Some("/meta/total")];
        let [next, data, none, total] = find(body, pointers).unwrap();
        assert!(matches!(next, Found::Value(Value::String(text)) if text == "n"));
        assert!(matches!(data, Found::List(list) if list.len() == 2));
        assert!(matches!(none, Found::Absent));
        assert!(matches!(total, Found::Value(Value::String(text)) if text == "7"));
    }

    #[test]
    fn one_pointer_may_lead_into_what_another_leads_to() {
        let body = br#"{"next":{"href":"/x","last":null,"page":2}}"#;
        let pointers = [Some("/next/page"), Some("/next"), Some("/next/last"), Some("/next/none"), Some("/next")];
        let [page, next, last, none, again] = find(body, pointers).unwrap();
        assert!(matches!(page, Found::Value(page) if page == 2));
        assert!(matches!((last, none), (Found::Absent, Found::Absent)));
        for next in [next, again] {
            assert!(matches!(next, Found::Value(next) if next["href"] == "/x"));
        }
    }

    #[test]
    fn a_body_cut_off_is_an_error() {
        find(br#"{"data":[1,2"#, [Some("/data")]).unwrap_err();
    }
}
