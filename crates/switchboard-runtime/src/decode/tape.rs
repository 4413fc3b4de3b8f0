//! JSON as a tape: its values one after another, each with where it is written and, where it holds others, where it ends. It is
//! made in one pass and copies no text. What reads it can go back to a value, or pass over one, at no cost.
//!
//! It takes what careless servers write: a text cut in the midst of an emoji, which leaves half a surrogate pair, bytes that
//! are no UTF-8, control characters, `NaN`, numbers out of range. One such value costs itself, and not the answer.

use std::borrow::Cow;
use std::cell::Cell;

use bytes::Bytes;
use serde_json::{Map, Number, Value};

use super::path::Path;
use crate::digits;

/// How deep values may stand in one another: as deep as serde_json reads them.
const DEEPEST: usize = 128;

/// What languages write for what JSON has no word for.
const NO_VALUES: [&str; 5] = ["NaN", "nan", "Infinity", "inf", "undefined"];

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Flag(bool),
    /// A number, as it is written.
    Number,
    /// A number that is out of range.
    OutOfRange,
    /// What is no JSON value, such as `NaN`.
    NoValue,
    Text,
    /// A text that holds what is no text, for which U+FFFD stands.
    Garbled,
    List,
    Object,
}

/// One value, or the name of a member, which its value follows.
#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    /// Whether its text is not the one that is written, and is kept beside it.
    aside: bool,
    /// Where it begins in the text, in bytes; of a text what is between the quotes.
    start: u32,
    /// Where its text ends, or which of the texts beside it is; of a list or an object, the first token behind it.
    end: u32,
}

/// A value of JSON, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    text: Bytes,
    tokens: Vec<Token>,
    aside: Vec<Box<str>>,
    /// The item of a list of which a path was wanted last.
    last: Cell<Option<Last>>,
}

/// An item of a list. Paths are wanted in the order of the text, so the next one leads on from there: of very many items, each
/// with something to tell, none is counted twice.
#[derive(Clone, Copy, Debug)]
struct Last {
    list: u32,
    item: u32,
    index: usize,
}

impl Tape {
    /// Reads a JSON text; nothing, if it is none even so, or of more than 4 GiB.
    pub(crate) fn parse(text: Bytes) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        // A guess that is seldom too small: a member of an object is two tokens.
        let tokens = Vec::with_capacity(text.len() / 12 + 4);
        let mut parser = Parser { text: &text, at: 0, tokens, aside: Vec::new() };
        parser.value(0)?;
        parser.space();
        let is_whole = parser.at == text.len();
        let (tokens, aside) = (parser.tokens, parser.aside);
        is_whole.then_some(Self { text, tokens, aside, last: Cell::new(None) })
    }

    pub(crate) fn kind(&self, token: u32) -> Kind {
        self.tokens.get(token as usize).map_or(Kind::Null, |token| token.kind)
    }

    /// The token behind a value.
    pub(crate) fn next(&self, token: u32) -> u32 {
        match self.tokens.get(token as usize) {
            Some(Token { kind: Kind::List | Kind::Object, end, .. }) => *end,
            _ => token + 1,
        }
    }

    /// The text of a text or a number; nothing, of all else.
    pub(crate) fn text(&self, token: u32) -> &str {
        std::str::from_utf8(self.bytes(token)).unwrap_or_default()
    }

    /// The same as its bytes, for whoever only compares it.
    pub(crate) fn bytes(&self, token: u32) -> &[u8] {
        let Some(token) = self.tokens.get(token as usize) else { return b"" };
        match token {
            Token { kind: Kind::List | Kind::Object | Kind::Null | Kind::Flag(_), .. } => b"",
            Token { aside: true, end, .. } => self.aside.get(*end as usize).map_or(b"", |text| text.as_bytes()),
            Token { start, end, .. } => self.text.get(*start as usize..*end as usize).unwrap_or_default(),
        }
    }

    /// Where a value begins in the text, in bytes.
    pub(crate) fn offset(&self, token: u32) -> usize {
        self.tokens.get(token as usize).map_or(0, |token| token.start as usize)
    }

    /// The items of a list.
    pub(crate) fn items(&self, list: u32) -> impl Iterator<Item = u32> {
        let end = self.next(list);
        let inside = move |token: &u32| *token < end;
        std::iter::successors(Some(list + 1).filter(inside), move |item| Some(self.next(*item)).filter(inside))
    }

    /// The members of an object: the tokens of their names, each with that of its value behind it.
    pub(crate) fn members(&self, object: u32) -> impl Iterator<Item = u32> {
        let end = self.next(object);
        let inside = move |token: &u32| *token < end;
        std::iter::successors(Some(object + 1).filter(inside), move |name| Some(self.next(*name + 1)).filter(inside))
    }

    /// The member of that name; of several the last.
    pub(crate) fn member(&self, object: u32, name: &str) -> Option<u32> {
        let members = self.members(object).filter(|member| self.bytes(*member) == name.as_bytes());
        members.last().map(|member| member + 1)
    }

    /// Whether a list or an object holds nothing.
    pub(crate) fn is_empty(&self, token: u32) -> bool {
        self.next(token) == token + 1
    }

    /// The number that a token is, if it is one.
    pub(crate) fn number(&self, token: u32) -> Option<Number> {
        if self.kind(token) != Kind::Number {
            return None;
        }
        let text = self.text(token);
        let whole = text.parse().ok().map(u64::into).or_else(|| text.parse().ok().map(|number: i64| number.into()));
        // `-0` is a float.
        whole.filter(|_| text != "-0").or_else(|| text.parse().ok())
    }

    /// Whether a number has digits that a float does not hold.
    pub(crate) fn is_lost(&self, token: u32) -> bool {
        let text = self.text(token);
        match self.kind(token) {
            Kind::OutOfRange => true,
            Kind::Number => {
                (text.len() >= digits::HELD || text.contains(['e', 'E']))
                    && self.number(token).is_some_and(|number| digits::is_lost(text, &number))
            }
            _ => false,
        }
    }

    /// What stands there. `odd` gets the tokens that the value does not hold, or not whole.
    pub(crate) fn value(&self, token: u32, odd: &mut dyn FnMut(u32)) -> Value {
        match self.kind(token) {
            Kind::Null => Value::Null,
            Kind::Flag(flag) => Value::Bool(flag),
            Kind::OutOfRange | Kind::NoValue => {
                odd(token);
                Value::Null
            }
            Kind::Number => {
                if self.is_lost(token) {
                    odd(token);
                }
                self.number(token).map_or(Value::Null, Value::Number)
            }
            Kind::Text => Value::String(self.text(token).to_owned()),
            Kind::Garbled => {
                odd(token);
                Value::String(self.text(token).to_owned())
            }
            Kind::List => Value::Array(self.items(token).map(|item| self.value(item, odd)).collect()),
            Kind::Object => {
                let mut members = Map::new();
                for name in self.members(token) {
                    members.insert(self.text(name).to_owned(), self.value(name + 1, odd));
                }
                Value::Object(members)
            }
        }
    }

    /// Where a token stands, as errors and repairs write it.
    pub(crate) fn path(&self, token: u32) -> String {
        self.way(0, token, &Path::Written(""))
    }

    /// What stands at a path, unless it is null.
    pub(crate) fn at(&self, value: u32, path: &[&str]) -> Option<u32> {
        let found = path.iter().try_fold(value, |value, step| match self.kind(value) {
            Kind::Object => self.member(value, step),
            Kind::List => self.items(value).nth(step.parse::<usize>().ok()?),
            _ => None,
        });
        found.filter(|found| !matches!(self.kind(*found), Kind::Null | Kind::NoValue | Kind::OutOfRange))
    }

    fn way(&self, from: u32, to: u32, path: &Path<'_>) -> String {
        let leads = |inner: u32| inner <= to && to < self.next(inner);
        match self.kind(from) {
            _ if from == to => path.to_string(),
            Kind::List => match self.item_around(from, to) {
                Some((index, item)) => self.way(item, to, &Path::Index { parent: path, index }),
                None => path.to_string(),
            },
            Kind::Object => match self.members(from).find(|name| *name == to || leads(*name + 1)) {
                Some(name) if name == to => path.to_string(),
                Some(name) => self.way(name + 1, to, &Path::Key { parent: path, key: self.text(name) }),
                None => path.to_string(),
            },
            _ => path.to_string(),
        }
    }

    /// The item of a list that a token is in, and its index.
    fn item_around(&self, list: u32, to: u32) -> Option<(usize, u32)> {
        let last = self.last.get().filter(|last| last.list == list && last.item <= to);
        let (first, mut index) = last.map_or((list + 1, 0), |last| (last.item, last.index));
        let (end, mut item) = (self.next(list), first);
        while item < end {
            let next = self.next(item);
            if to < next {
                // Of lists in one another the outermost has most to count.
                if self.last.get().is_none_or(|last| list <= last.list || self.next(last.list) <= list) {
                    self.last.set(Some(Last { list, item, index }));
                }
                return Some((index, item));
            }
            (item, index) = (next, index + 1);
        }
        None
    }

    /// The values around a token, from the whole to the token itself.
    pub(crate) fn around(&self, token: u32) -> Vec<u32> {
        let mut around = vec![0];
        let mut here = 0;
        let leads = |inner: u32| inner <= token && token < self.next(inner);
        while here != token {
            let inner = match self.kind(here) {
                Kind::List => self.items(here).find(|item| leads(*item)),
                Kind::Object => self.members(here).map(|name| name + 1).find(|value| leads(*value)),
                _ => None,
            };
            let Some(inner) = inner else { break };
            around.push(inner);
            here = inner;
        }
        around
    }
}

/// A tape of what comes from elsewhere than a text.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    text: Vec<u8>,
    tokens: Vec<Token>,
}

impl Builder {
    /// Puts on what has no text, or begins a list or an object. What it returns closes that again.
    pub(crate) fn push(&mut self, kind: Kind) -> usize {
        let start = index(self.text.len());
        self.tokens.push(Token { kind, aside: false, start, end: start });
        self.tokens.len() - 1
    }

    pub(crate) fn push_text(&mut self, kind: Kind, text: &str) {
        let token = self.push(kind);
        self.text.extend_from_slice(text.as_bytes());
        let end = index(self.text.len());
        if let Some(token) = self.tokens.get_mut(token) {
            token.end = end;
        }
    }

    /// A list or an object ends.
    pub(crate) fn close(&mut self, open: usize) {
        let end = index(self.tokens.len());
        if let Some(token) = self.tokens.get_mut(open) {
            token.end = end;
        }
    }

    /// The tape; nothing, if there is more than 4 GiB of text on it.
    pub(crate) fn finish(self) -> Option<Tape> {
        u32::try_from(self.text.len().max(self.tokens.len())).ok()?;
        Some(Tape { text: self.text.into(), tokens: self.tokens, ..Tape::default() })
    }
}

/// An index as tokens hold it; whoever goes beyond is refused in the end.
fn index(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

struct Parser<'b> {
    text: &'b [u8],
    at: usize,
    tokens: Vec<Token>,
    aside: Vec<Box<str>>,
}

impl<'b> Parser<'b> {
    fn space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// The first byte behind the white space.
    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.text.get(self.at).copied()
    }

    /// Passes over a byte, if it comes next.
    fn take(&mut self, byte: u8) -> Option<()> {
        self.peek().filter(|next| *next == byte)?;
        self.at += 1;
        Some(())
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token { kind, aside: false, start: index(start), end: index(end) });
    }

    fn push_aside(&mut self, kind: Kind, start: usize, text: String) {
        self.tokens.push(Token { kind, aside: true, start: index(start), end: index(self.aside.len()) });
        self.aside.push(text.into());
    }

    fn close(&mut self, open: usize) {
        let end = index(self.tokens.len());
        if let Some(token) = self.tokens.get_mut(open) {
            token.end = end;
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => self.quoted(),
            _ => self.word(depth),
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        let open = self.tokens.len();
        self.push(Kind::Object, self.at, 0);
        self.at += 1;
        let mut more = self.take(b'}').is_none();
        while more {
            self.peek().filter(|next| *next == b'"')?;
            self.quoted()?;
            self.take(b':')?;
            self.value(depth + 1)?;
            more = self.take(b',').is_some();
            if !more {
                self.take(b'}')?;
            }
        }
        self.close(open);
        Some(())
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        let open = self.tokens.len();
        self.push(Kind::List, self.at, 0);
        self.at += 1;
        let mut more = self.take(b']').is_none();
        while more {
            self.value(depth + 1)?;
            more = self.take(b',').is_some();
            if !more {
                self.take(b']')?;
            }
        }
        self.close(open);
        Some(())
    }

    /// A number, `true`, `false`, `null`, or what stands in the place of one.
    fn word(&mut self, depth: usize) -> Option<()> {
        let start = self.at;
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
        self.at += self.text.get(start..)?.iter().take_while(part).count();
        let word = self.text.get(start..self.at).filter(|word| !word.is_empty())?;
        let kind = match word {
            b"null" => Kind::Null,
            b"true" => Kind::Flag(true),
            b"false" => Kind::Flag(false),
            _ if is_number(word) => {
                if is_in_range(word) {
                    Kind::Number
                } else {
                    Kind::OutOfRange
                }
            }
            // What is nothing but a word could be anything, and so could any other word.
            _ if depth > 0 && is_for_no_value(word) => Kind::NoValue,
            _ => return None,
        };
        self.push(kind, start, self.at);
        Some(())
    }

    fn quoted(&mut self) -> Option<()> {
        let start = self.at + 1;
        // Nearly all texts are nothing but characters of ASCII.
        let is_other = |byte: &u8| !matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=0x7f);
        let mut end = start + self.text.get(start..)?.iter().position(is_other)?;
        if self.text.get(end) == Some(&b'"') {
            self.at = end + 1;
            self.push(Kind::Text, start, end);
            return Some(());
        }
        let (mut is_plain, mut is_ascii) = (true, true);
        loop {
            match self.text.get(end)? {
                b'"' => break,
                // What is escaped is no end, whatever it is.
                b'\\' => {
                    is_plain = false;
                    end += 2;
                }
                byte => {
                    is_plain &= *byte >= b' ';
                    is_ascii &= byte.is_ascii();
                    end += 1;
                }
            }
        }
        let (quoted, inner) = (self.text.get(start - 1..=end)?, self.text.get(start..end)?);
        self.at = end + 1;
        if is_plain && (is_ascii || std::str::from_utf8(inner).is_ok()) {
            self.push(Kind::Text, start, end);
            return Some(());
        }
        match serde_json::from_slice(quoted) {
            Ok(text) => self.push_aside(Kind::Text, start, text),
            Err(_) => self.push_aside(Kind::Garbled, start, garbled(inner)),
        }
        Some(())
    }
}

/// Whether a word is a number (RFC 8259, section 6).
fn is_number(word: &[u8]) -> bool {
    fn digits(word: &[u8]) -> &[u8] {
        word.get(word.iter().take_while(|byte| byte.is_ascii_digit()).count()..).unwrap_or_default()
    }
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let rest = match word {
        [b'0', rest @ ..] => rest,
        [b'1'..=b'9', rest @ ..] => digits(rest),
        _ => return false,
    };
    let rest = match rest {
        [b'.', b'0'..=b'9', rest @ ..] => digits(rest),
        rest => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', b'0'..=b'9', rest @ ..] | [b'e' | b'E', b'0'..=b'9', rest @ ..] => {
            digits(rest).is_empty()
        }
        _ => false,
    }
}

/// Whether a float holds how large a number is.
fn is_in_range(number: &[u8]) -> bool {
    // The largest float has 309 digits.
    if number.len() < 300 && !number.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return true;
    }
    std::str::from_utf8(number).is_ok_and(|text| text.parse().is_ok_and(f64::is_finite))
}

/// Whether a word stands where languages have a value that JSON has not: `NaN`, or a number written as JSON does not.
fn is_for_no_value(word: &[u8]) -> bool {
    let of_a_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    let is_number = word.iter().any(u8::is_ascii_digit) && word.iter().all(of_a_number);
    let word = String::from_utf8_lossy(word);
    is_number || NO_VALUES.contains(&word.trim_start_matches(['-', '+']))
}

/// What is between quotes, as far as it is text; U+FFFD stands for what is not.
fn garbled(inner: &[u8]) -> String {
    let inner: Cow<'_, str> = String::from_utf8_lossy(inner);
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

    fn parse(text: &[u8]) -> Option<Tape> {
        Tape::parse(Bytes::copy_from_slice(text))
    }

    fn read(text: &[u8]) -> (Value, Vec<String>) {
        let tape = parse(text).unwrap();
        let mut odd = Vec::new();
        let value = tape.value(0, &mut |token| odd.push(format!("{}: {:?}", tape.path(token), tape.kind(token))));
        (value, odd)
    }

    #[test]
    fn what_is_json_is_read_as_it_is() {
        for text in [
            "null",
            " [ ] ",
            "{}",
            r#"{"a":[1,-2.5,1e3,-0,"x\"\\\u00e9\ud83d\ude00é",true,null,{"b":{}}],"":""}"#,
            "\"text\"",
            "7",
            r#"{"a":1,"a":2}"#,
            "[0.5,1E+2,1e-2,18446744073709551615,-9223372036854775808,18446744073709551616]",
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
        let body = br#"{"a":"x\ud83d","b":["\ude00\ud83d!","\ud83d\u0041","\ud83d\ude00"],"c":NaN,"d":[-Infinity,1,007],"e":1e400,"f":"ok"}"#;
        let (value, told) = read(body);
        let expected = json!({"a": "x\u{fffd}", "b": ["\u{fffd}\u{fffd}!", "\u{fffd}A", "😀"], "c": null,
            "d": [null, 1, null], "e": null, "f": "ok"});
        assert_eq!(value, expected);
        let odd = ["a: Garbled", "b[0]: Garbled", "b[1]: Garbled", "c: NoValue", "d[0]: NoValue", "d[2]: NoValue"];
        assert_eq!((&told[..6], &told[6..]), (&odd.map(str::to_owned)[..], &["e: OutOfRange".to_owned()][..]));
        assert_eq!(read(b"[\"a\xffb\",\"c\nd\",\"\\x\\'\\u12\"]").0, json!(["a\u{fffd}b", "c\nd", "x'\u{fffd}12"]));
    }

    #[test]
    fn digits_are_as_they_are_written() {
        let tape = parse(b"{\"a\":1.10,\"b\":[12345678901234567890123],\"c\":7}").unwrap();
        let (a, b) = (tape.member(0, "a").unwrap(), tape.member(0, "b").unwrap() + 1);
        assert_eq!((tape.text(a), tape.is_lost(a)), ("1.10", false));
        assert_eq!((tape.text(b), tape.is_lost(b), tape.path(b)), ("12345678901234567890123", true, "b[0]".to_owned()));
        assert_eq!(tape.around(b), [0, b - 1, b]);
    }

    #[test]
    fn paths_are_right_in_any_order() {
        let tape = parse(br#"{"a":[[1,[2,3]],[4]],"b":[5,{"c":[6,7]},8]}"#).unwrap();
        let paths =
            ["a", "a[0]", "a[0][0]", "a[0][1]", "a[0][1][0]", "a[0][1][1]", "a[1]", "a[1][0]", "b", "b[0]", "b[1]"];
        let tokens = [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13];
        let forth = tokens.iter().zip(paths);
        for (token, path) in forth.clone().chain(forth.clone().rev()).chain(forth) {
            assert_eq!(tape.path(*token), path);
        }
        assert_eq!(
            (tape.path(16), tape.path(17), tape.path(18)),
            ("b[1].c[0]".into(), "b[1].c[1]".into(), "b[2]".into())
        );
    }

    #[test]
    fn paths_of_very_many_items_cost_no_more_than_the_items() {
        let count = 200_000;
        let tape = parse(format!("[{}1]", "1,".repeat(count)).as_bytes()).unwrap();
        let last = (1..=count).map(|token| tape.path(u32::try_from(token).unwrap())).next_back().unwrap();
        // Counted from the first item each, they would be twenty thousand million steps, which no run of the tests waits for.
        assert_eq!(last, format!("[{}]", count - 1));
    }

    #[test]
    fn a_number_is_what_the_rfc_says() {
        for number in ["0", "-0", "10", "1.5", "0.0", "1e5", "1E+05", "-1.25e-7"] {
            assert!(is_number(number.as_bytes()), "{number}");
        }
        for word in ["", "-", "01", "+1", ".5", "1.", "1e", "1e+", "1.e5", "0x1", "1_0", "--1", "e5"] {
            assert!(!is_number(word.as_bytes()), "{word}");
        }
    }
}
