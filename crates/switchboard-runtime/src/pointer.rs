//! Values at JSON pointers (RFC 6901): found in one pass over a body whose rest is skipped unread, and put there without
//! touching the rest. It needs no type of the body, so it also works on one that does not keep to its type.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::decode::{Tape, unescaped};
use crate::scan::Scanner;

/// What stands at a pointer.
#[derive(Debug, Default)]
pub(crate) enum Found<'b> {
    /// Nothing.
    #[default]
    Absent,
    /// A list, its elements unread.
    List(Vec<&'b [u8]>),
    /// Anything else, and how it is written: a value does not hold all digits of a number.
    Value(Value, &'b [u8]),
}

impl<'b> Found<'b> {
    /// A value that is no list. One that a careless server wrote is read as far as it can be.
    fn read(text: &'b [u8]) -> Option<Self> {
        let value = match serde_json::from_slice(text) {
            Ok(value) => value,
            // Within a list a number out of range, or a word that is no value, does not count as none.
            Err(_) => match Tape::parse([b"[", text, b"]"].concat().into())?.value(0, &mut |_| {}) {
                Value::Array(mut items) => items.pop()?,
                _ => return None,
            },
        };
        Some(if value.is_null() && !is_number(text) { Self::Absent } else { Self::Value(value, text) })
    }
}

/// Whether what is written there is a number, be it in range or not.
pub(crate) fn is_number(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| *byte == b'-' || byte.is_ascii_digit())
}

/// What stands at each of the pointers, in their order; `None` if the body is cut off, or no JSON as far as it was looked
/// at.
pub(crate) fn find<'b, const N: usize>(body: &'b [u8], pointers: [Option<&str>; N]) -> Option<[Found<'b>; N]> {
    let mut found = [const { Found::Absent }; N];
    let wanted = pointers.iter().zip(&mut found).filter_map(|(pointer, slot)| Some(((*pointer)?, slot))).collect();
    seek(&mut Scanner::new(body), wanted)?;
    Some(found)
}

/// What is wanted of a value: the rests of the pointers that lead through it, and where the finds go.
type Wanted<'s, 'b> = Vec<(&'s str, &'s mut Found<'b>)>;

/// Looks for what is wanted in the value that comes next, and passes over it.
fn seek<'b>(scanner: &mut Scanner<'b>, mut wanted: Wanted<'_, 'b>) -> Option<()> {
    if wanted.is_empty() {
        return scanner.value().map(drop);
    }
    if let Some(leaf) = wanted.iter().position(|(pointer, _)| pointer.is_empty()) {
        let found = leaf_value(scanner)?;
        let (_, slot) = wanted.swap_remove(leaf);
        // Other pointers may lead further, into what was just read.
        for (pointer, inner) in wanted {
            if let Found::Value(_, text) = found {
                [*inner] = find(text, [Some(pointer)])?;
            }
        }
        *slot = found;
        return Some(());
    }
    let Some(open @ (b'{' | b'[')) = scanner.peek() else { return scanner.value().map(drop) };
    let mut within = scanner.enter(open)?;
    let mut index = 0_u64;
    while scanner.next(&mut within)? {
        let name = if open == b'{' { scanner.name()? } else { index.to_string().into() };
        seek(scanner, of(&mut wanted, &name))?;
        index += 1;
    }
    Some(())
}

/// What is wanted of a member, or of an element.
fn of<'s, 'b>(wanted: &'s mut Wanted<'_, 'b>, name: &str) -> Wanted<'s, 'b> {
    let rest = |pointer: &'s str| {
        let (token, rest) = first(pointer)?;
        (token == name || (token.contains('~') && unescaped(token) == name)).then_some(rest)
    };
    wanted.iter_mut().filter_map(|(pointer, slot)| Some((rest(pointer)?, &mut **slot))).collect()
}

/// Reads what a pointer leads to.
fn leaf_value<'b>(scanner: &mut Scanner<'b>) -> Option<Found<'b>> {
    if scanner.peek()? != b'[' {
        return Found::read(scanner.value()?);
    }
    let mut within = scanner.enter(b'[')?;
    let mut list = Vec::new();
    while scanner.next(&mut within)? {
        list.push(scanner.value()?);
    }
    Some(Found::List(list))
}

/// A JSON text with another value at a pointer. All else stays as it is written, byte by byte. A member that is missing is
/// added behind the others; an object that is missing on the way, or null, is made.
///
/// # Errors
///
/// The decoder's, if the text is no JSON, or the pointer leads into something that is no object.
pub(crate) fn put(json: &str, pointer: &str, value: &str) -> Result<String, serde_json::Error> {
    let Some((token, rest)) = first(pointer) else { return Ok(value.to_owned()) };
    let text = if json == "null" { "{}" } else { json };
    let name = unescaped(token);
    let mut decoder = serde_json::Deserializer::from_str(text);
    let members = decoder.deserialize_map(Members(&name))?;
    decoder.end()?;
    let Some(member) = members.member else {
        let value = put("null", rest, value)?;
        let head = text.trim_end().strip_suffix('}').unwrap_or_default().trim_end();
        let comma = if members.any { "," } else { "" };
        return Ok(format!("{head}{comma}{}:{value}}}", Value::from(name)));
    };
    let start = member.get().as_ptr() as usize - text.as_ptr() as usize;
    let before = text.get(..start).unwrap_or_default();
    let behind = text.get(start + member.get().len()..).unwrap_or_default();
    Ok(format!("{before}{}{behind}", put(member.get(), rest, value)?))
}

/// What there is to know of an object's members.
#[derive(Default)]
struct Membership<'b> {
    /// The one by the name; of several the last, as most decoders have it.
    member: Option<&'b RawValue>,
    /// Whether there are any.
    any: bool,
}

/// Looks for a member by its name.
struct Members<'n>(&'n str);

impl<'b> Visitor<'b> for Members<'_> {
    type Value = Membership<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut members: A) -> Result<Membership<'b>, A::Error> {
        let mut found = Membership::default();
        while let Some((name, value)) = members.next_entry::<std::borrow::Cow<'b, str>, &'b RawValue>()? {
            found.any = true;
            if name == self.0 {
                found.member = Some(value);
            }
        }
        Ok(found)
    }
}

/// A pointer's first token, and the rest of it; `None` if it leads nowhere further.
fn first(pointer: &str) -> Option<(&str, &str)> {
    let path = pointer.get(1..)?;
    Some(path.find('/').and_then(|end| path.split_at_checked(end)).unwrap_or((path, "")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(body: &str, pointer: &str) -> Option<Value> {
        match find(body.as_bytes(), [Some(pointer)]).unwrap() {
            [Found::Absent] => None,
            [Found::Value(value, _)] => Some(value),
            [Found::List(list)] => {
                Some(json!(list.iter().map(|raw| std::str::from_utf8(raw).unwrap()).collect::<Vec<_>>()))
            }
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
        assert!(matches!(next, Found::Value(Value::String(text), _) if text == "n"));
        assert!(matches!(data, Found::List(list) if list.len() == 2));
        assert!(matches!(none, Found::Absent));
        assert!(matches!(total, Found::Value(Value::String(text), b"\"7\"") if text == "7"));
    }

    #[test]
    fn one_pointer_may_lead_into_what_another_leads_to() {
        let body = br#"{"next":{"href":"/x","last":null,"page":2}}"#;
        let pointers = [Some("/next/page"), Some("/next"), Some("/next/last"), Some("/next/none"), Some("/next")];
        let [page, next, last, none, again] = find(body, pointers).unwrap();
        assert!(matches!(page, Found::Value(page, b"2") if page == 2));
        assert!(matches!((last, none), (Found::Absent, Found::Absent)));
        for next in [next, again] {
            assert!(matches!(next, Found::Value(next, _) if next["href"] == "/x"));
        }
    }

    #[test]
    fn what_is_put_somewhere_leaves_the_rest_as_it_is_written() {
        for (json, pointer, expected) in [
            ("{}", "/a", r#"{"a":7}"#),
            ("null", "/a/b~1c", r#"{"a":{"b/c":7}}"#),
            (r#"{"a": 1.50 , "b":[ ]}"#, "/a", r#"{"a": 7 , "b":[ ]}"#),
            (r#"{"z":1e400,"a":"x"}"#, "/a", r#"{"z":1e400,"a":7}"#),
            (
                r#"{"z":12345678901234567890123, "\u0061" : {"x":1} }"#,
                "/a",
                r#"{"z":12345678901234567890123, "\u0061" : 7 }"#,
            ),
            (r#"{ "z" : {"y":{}} }"#, "/a", r#"{ "z" : {"y":{}},"a":7}"#),
            (r#"{"z":{"y":{}}}"#, "/z/y/x", r#"{"z":{"y":{"x":7}}}"#),
            (r#"{"z":{"y":{}}}"#, "/z/w", r#"{"z":{"y":{},"w":7}}"#),
            (r#"{"z":null,"y":1}"#, "/z/x", r#"{"z":{"x":7},"y":1}"#),
            (r#"{"a":1,"a":2}"#, "/a", r#"{"a":1,"a":7}"#),
            (r#"{"a":"}"}"#, "/b", r#"{"a":"}","b":7}"#),
            ("{}", "/a\"", r#"{"a\"":7}"#),
        ] {
            assert_eq!(put(json, pointer, "7").unwrap(), expected);
        }
        for (json, pointer) in [
            ("[]", "/a"),
            ("7", "/a"),
            (r#"{"a":[]}"#, "/a/0"),
            (r#"{"a":"x"}"#, "/a/b"),
            ("a=b", "/a"),
            ("", "/a"),
            ("{}x", "/a"),
        ] {
            put(json, pointer, "7").unwrap_err();
        }
    }

    /// Any JSON, not too deep.
    fn arbitrary(random: &mut fastrand::Rng, depth: u8) -> Value {
        let mut text = || -> String {
            let characters = ['a', 'b', '/', '~', '"', '\\', '{', ']', ',', ':', ' ', '\n', 'é', '😀'];
            (0..random.usize(..12)).map(|_| characters[random.usize(..characters.len())]).collect()
        };
        let text = text();
        match random.u8(..if depth == 0 { 4 } else { 7 }) {
            0 => Value::Null,
            1 => json!(random.bool()),
            2 => json!(random.i64(-1000..1000)),
            3 => json!(text),
            4 => (0..random.usize(..4)).map(|_| arbitrary(random, depth - 1)).collect(),
            _ => {
                let members = 0..random.usize(..4);
                Value::Object(members.map(|at| (format!("{text}{at}"), arbitrary(random, depth - 1))).collect())
            }
        }
    }

    /// The pointers to all that is in a value, and to a little that is not.
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        all.extend([at.to_owned(), format!("{at}/none"), format!("{at}/7")]);
        match value {
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(index, value)| pointers(value, &format!("{at}/{index}"), all));
            }
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                pointers(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), all);
            }),
            _ => {}
        }
    }

    #[test]
    fn what_is_found_is_what_a_decoder_finds() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let whole = arbitrary(&mut random, 4);
            let mut all = Vec::new();
            pointers(&whole, "", &mut all);
            for body in [serde_json::to_string(&whole).unwrap(), serde_json::to_string_pretty(&whole).unwrap()] {
                for pointer in &all {
                    let found = match find(body.as_bytes(), [Some(pointer), None, Some("/7")]).unwrap() {
                        [Found::Absent, ..] => Value::Null,
                        [Found::Value(value, _), ..] => value,
                        [Found::List(list), ..] => {
                            list.iter().map(|item| serde_json::from_slice::<Value>(item).unwrap()).collect()
                        }
                    };
                    let expected = whole.pointer(pointer).cloned().unwrap_or_default();
                    assert_eq!(found, expected, "{pointer} of {body}");
                }
            }
        }
    }

    #[test]
    fn a_number_is_found_as_it_is_written_and_a_careless_value_as_far_as_it_can_be() {
        let body = br#"{"a":12345678901234567890123,"b":1e400,"c":"x\ud83d","d":NaN,"e":1.10,"f":{"g":-1.50}}"#;
        let pointers = ["/a", "/b", "/c", "/d", "/e", "/f/g"].map(Some);
        let found = find(body, pointers).unwrap();
        let texts = found.each_ref().map(|found| match found {
            Found::Value(_, text) => std::str::from_utf8(text).unwrap(),
            _ => "",
        });
        assert_eq!(texts, ["12345678901234567890123", "1e400", r#""x\ud83d""#, "", "1.10", "-1.50"]);
        assert!(matches!(&found[2], Found::Value(Value::String(text), _) if text == "x\u{fffd}"));
    }

    #[test]
    fn a_body_cut_off_is_an_error() {
        assert!(find(br#"{"data":[1,2"#, [Some("/data")]).is_none());
    }
}
