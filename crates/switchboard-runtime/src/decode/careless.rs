//! JSON as careless servers write it: a text cut in the midst of an emoji, which leaves half a surrogate pair, bytes that are
//! no UTF-8, control characters, `NaN`, numbers out of range. One such value costs itself, and not the answer.
//!
//! A [`Value`] holds neither what is wrong nor all digits of a number. What it does not hold is kept beside it, by its place,
//! for whoever reads it as something that does.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Number, Value};

use super::digits;
use super::path::Path;
use super::reading::LONGEST_PATH;
use super::repair::{Fault, Repair};
use crate::scan;
use crate::text::cut;

/// How deep values may stand in one another: as deep as serde_json reads them.
const DEEPEST: usize = 128;

/// What languages write for what JSON has no word for.
const NO_VALUES: [&str; 5] = ["NaN", "nan", "Infinity", "inf", "undefined"];

/// A JSON text, read.
pub(crate) struct Parsed {
    /// What it says.
    pub(crate) value: Value,
    /// What the value does not hold.
    pub(super) oddities: Rc<Oddities>,
}

/// What values do not hold, by their places.
pub(super) type Oddities = BTreeMap<String, Oddity>;

/// What a value does not hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Oddity {
    /// The number's own text; whether it is another number than the value.
    Digits { text: String, lost: bool },
    /// The text of a number that is out of range. The value is null.
    OutOfRange(String),
    /// What is wrong with what is written there.
    Wrong(Fault),
}

impl Parsed {
    /// What is wrong with what is written, so that no reading can make it right.
    pub(super) fn faults(&self) -> impl Iterator<Item = Repair> {
        self.oddities.iter().filter_map(|(path, oddity)| match oddity {
            Oddity::Wrong(fault) => Some(Repair { path: cut(path, LONGEST_PATH).into_owned(), fault: *fault }),
            Oddity::Digits { .. } | Oddity::OutOfRange(_) => None,
        })
    }

    /// Where the first value stands that is no JSON value, or none that can be held.
    pub(super) fn first_fault(&self) -> Option<&str> {
        let broken = |oddity: &Oddity| !matches!(oddity, Oddity::Digits { .. });
        self.oddities.iter().find(|(_, oddity)| broken(oddity)).map(|(path, _)| path.as_str())
    }
}

thread_local! {
    /// What the values do not hold that are being read.
    static ODDITIES: RefCell<Rc<Oddities>> = RefCell::default();
}

/// Reads a value while what it does not hold is at hand.
pub(super) fn beside<T>(parsed: &Parsed, read: impl FnOnce() -> T) -> T {
    /// Puts back what was at hand before, however the reading ends.
    struct Back(Rc<Oddities>);

    impl Drop for Back {
        fn drop(&mut self) {
            ODDITIES.set(std::mem::take(&mut self.0));
        }
    }

    let _back = Back(ODDITIES.replace(Rc::clone(&parsed.oddities)));
    read()
}

/// What the value at a place does not hold.
pub(super) fn oddity(path: impl FnOnce() -> String) -> Option<Oddity> {
    ODDITIES.with_borrow(|oddities| if oddities.is_empty() { None } else { oddities.get(&path()).cloned() })
}

/// The places at and within a place whose numbers are not held.
pub(super) fn lost_within(path: impl FnOnce() -> String) -> Vec<String> {
    ODDITIES.with_borrow(|oddities| {
        if oddities.is_empty() {
            return Vec::new();
        }
        let around = path();
        let inside = |rest: &str| around.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']);
        let found = oddities.range(around.clone()..).take_while(|(path, _)| path.starts_with(&around));
        let lost = found.filter(|(path, oddity)| {
            let is_lost = matches!(oddity, Oddity::Digits { lost: true, .. } | Oddity::OutOfRange(_));
            is_lost && path.get(around.len()..).is_some_and(inside)
        });
        lost.map(|(path, _)| path.clone()).collect()
    })
}

/// Reads a JSON text; nothing, if it is none even so.
pub(crate) fn parse(text: &[u8]) -> Option<Parsed> {
    let mut parser = Parser { rest: text, oddities: Oddities::new() };
    let value = parser.value(&Path::Written(""), 0)?;
    parser.rest.trim_ascii().is_empty().then(|| Parsed { value, oddities: Rc::new(parser.oddities) })
}

struct Parser<'b> {
    rest: &'b [u8],
    oddities: Oddities,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<u8> {
        scan::peek(&mut self.rest)
    }

    /// Passes over a byte, if it comes next.
    fn take(&mut self, byte: u8) -> Option<()> {
        scan::take(&mut self.rest, byte)
    }

    fn note(&mut self, path: &Path<'_>, oddity: Oddity) {
        self.oddities.insert(path.to_string(), oddity);
    }

    fn value(&mut self, path: &Path<'_>, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'{' => self.object(path, depth),
            b'[' => self.list(path, depth),
            b'"' => self.text(path).map(Value::String),
            _ => self.word(path),
        }
    }

    fn object(&mut self, path: &Path<'_>, depth: usize) -> Option<Value> {
        self.take(b'{')?;
        let mut members = Map::new();
        let mut more = self.take(b'}').is_none();
        while more {
            self.peek().filter(|next| *next == b'"')?;
            let key = self.text(path)?;
            self.take(b':')?;
            let place = Path::Key { parent: path, key: &key };
            if members.contains_key(&key) {
                // Of several of one name the last counts.
                let forgotten = place.to_string();
                self.oddities.retain(|path, _| !path.starts_with(&forgotten));
            }
            let value = self.value(&place, depth + 1)?;
            members.insert(key, value);
            more = self.take(b',').is_some();
            if !more {
                self.take(b'}')?;
            }
        }
        Some(Value::Object(members))
    }

    fn list(&mut self, path: &Path<'_>, depth: usize) -> Option<Value> {
        self.take(b'[')?;
        let mut items = Vec::new();
        let mut more = self.take(b']').is_none();
        while more {
            let place = Path::Index { parent: path, index: items.len() };
            items.push(self.value(&place, depth + 1)?);
            more = self.take(b',').is_some();
            if !more {
                self.take(b']')?;
            }
        }
        Some(Value::Array(items))
    }

    /// A number, `true`, `false`, `null`, or what stands in the place of one.
    fn word(&mut self, path: &Path<'_>) -> Option<Value> {
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
        let (word, rest) = self.rest.split_at(self.rest.iter().take_while(|byte| part(byte)).count());
        self.rest = rest;
        let word = std::str::from_utf8(word).ok().filter(|word| !word.is_empty())?;
        match word {
            "null" => return Some(Value::Null),
            "true" => return Some(Value::Bool(true)),
            "false" => return Some(Value::Bool(false)),
            _ => {}
        }
        if let Ok(number) = word.parse::<Number>() {
            if number.to_string() != word {
                let lost = digits::is_lost(word, &number);
                self.note(path, Oddity::Digits { text: word.to_owned(), lost });
            }
            return Some(Value::Number(number));
        }
        let is_number = serde_json::from_str::<&serde_json::value::RawValue>(word).is_ok();
        if is_number {
            self.note(path, Oddity::OutOfRange(word.to_owned()));
            return Some(Value::Null);
        }
        // What is nothing but a word could be anything, and so could any other word.
        let digits = word.bytes().any(|byte| byte.is_ascii_digit()) && word.bytes().all(is_of_a_number);
        if path.is_root() || !(digits || NO_VALUES.contains(&word.trim_start_matches(['-', '+']))) {
            return None;
        }
        self.note(path, Oddity::Wrong(Fault::NoValue));
        Some(Value::Null)
    }

    fn text(&mut self, path: &Path<'_>) -> Option<String> {
        let inner = self.rest.get(1..)?;
        let mut end = 0;
        loop {
            match inner.get(end)? {
                b'"' => break,
                // What is escaped is no end, whatever it is.
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        let (quoted, inner) = (self.rest.get(..end + 2)?, inner.get(..end)?);
        self.rest = self.rest.get(end + 2..)?;
        if let Ok(text) = serde_json::from_slice(quoted) {
            return Some(text);
        }
        self.note(path, Oddity::Wrong(Fault::Garbled));
        Some(garbled(inner))
    }
}

/// Whether a byte can be a part of a number, as `+1`, `.5` and `007` have it, which JSON has not.
fn is_of_a_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')
}

/// What is between quotes, as far as it is text; U+FFFD stands for what is not.
fn garbled(inner: &[u8]) -> String {
    let inner = String::from_utf8_lossy(inner);
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => text.push(unit(&mut rest)),
            other => text.extend(other),
        }
    }
    text
}

/// The character behind `\u`; one beyond the first plane takes two escapes (RFC 8259, section 7).
fn unit(rest: &mut std::str::Chars<'_>) -> char {
    let four = |text: &str| text.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(first) = four(rest.as_str()) else { return char::REPLACEMENT_CHARACTER };
    *rest = rest.as_str().get(4..).unwrap_or_default().chars();
    let second = rest.as_str().strip_prefix("\\u").and_then(four);
    let mut pair = char::decode_utf16([first].into_iter().chain(second));
    match pair.next() {
        Some(Ok(c)) => {
            if c.len_utf16() == 2 {
                *rest = rest.as_str().get(6..).unwrap_or_default().chars();
            }
            c
        }
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &[u8]) -> (Value, Vec<String>) {
        let parsed = parse(text).unwrap();
        let told = parsed.oddities.iter().map(|(path, oddity)| format!("{path}: {oddity:?}")).collect();
        (parsed.value, told)
    }

    #[test]
    fn what_is_json_is_read_as_it_is() {
        for text in [
            "null",
            " [ ] ",
            "{}",
            r#"{"a":[1,-2.5,1e3,"x\"\\\u00e9\ud83d\ude00",true,null,{"b":{}}],"":""}"#,
            "\"text\"",
            "7",
            r#"{"a":1,"a":2}"#,
        ] {
            assert_eq!(read(text.as_bytes()).0, serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(deep(120).as_bytes()).is_some() && parse(deep(1_000_000).as_bytes()).is_none());
    }

    #[test]
    fn what_is_no_json_even_so_is_none() {
        for text in [
            "",
            " ",
            "<html>",
            "undefined",
            "{",
            "[1,",
            "[1 2]",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "[]]",
            "\"x",
            "[<b>]",
            "{\"a\":1,}",
            "'a'",
            "\"a\\\"",
            "/* */ []",
            "[DONE]",
            "[x]",
            "[None]",
            "[abc1]",
            "NaN",
        ] {
            assert!(parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn a_value_costs_itself_alone() {
        let body = br#"{"a":"x\ud83d","b":["\ude00\ud83d!","\ud83d\u0041","\ud83d\ude00"],"c":NaN,"d":[-Infinity,1],"e":1e400,"f":"ok"}"#;
        let (value, told) = read(body);
        let expected = json!({"a": "x\u{fffd}", "b": ["\u{fffd}\u{fffd}!", "\u{fffd}A", "😀"], "c": null, "d": [null, 1], "e": null,
            "f": "ok"});
        assert_eq!(value, expected);
        assert_eq!(
            told,
            [
                "a: Wrong(Garbled)",
                "b[0]: Wrong(Garbled)",
                "b[1]: Wrong(Garbled)",
                "c: Wrong(NoValue)",
                "d[0]: Wrong(NoValue)",
                "e: OutOfRange(\"1e400\")"
            ]
        );
        assert_eq!(read(b"[\"a\xffb\",\"c\nd\",\"\\x\\'\\u12\"]").0, json!(["a\u{fffd}b", "c\nd", "x'\u{fffd}12"]));
    }

    #[test]
    fn digits_are_kept_beside_the_value() {
        let (value, told) = read(b"{\"a\":1.10,\"b\":[12345678901234567890123],\"c\":7}");
        assert_eq!(value["c"], 7);
        assert_eq!(
            told,
            [
                "a: Digits { text: \"1.10\", lost: false }",
                "b[0]: Digits { text: \"12345678901234567890123\", lost: true }"
            ]
        );
        assert_eq!(read(br#"{"a":{"b":1e400},"a":1}"#), (json!({"a": 1}), vec![]));
    }
}
