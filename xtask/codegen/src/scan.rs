//! A flat scan over JSON text: where every key and value stands, which `serde_json` does not tell.
//!
//! The scan is used on text that `serde_json` has accepted, so it checks nothing; on any other text it still ends, and
//! never looks outside of it. It keeps its own stack, so deep nesting costs memory, not stack.

use std::{borrow::Cow, ops::Range};

/// What stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// The name of an object's member, with its quotes.
    Key,
    /// A string with its quotes, a number, `true`, `false` or `null`.
    Scalar,
}

/// Yields the tokens of a JSON text with the bytes that they take.
pub struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// For every container that is open, whether it is an object.
    open: Vec<bool>,
    /// Whether a string that comes now is a key.
    key_is_next: bool,
}

impl<'t> Scanner<'t> {
    /// Starts at the first byte of `text`.
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, open: Vec::new(), key_is_next: false }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn string_length(&self) -> usize {
        let mut length = 1;
        loop {
            let rest = self.rest().get(length..).unwrap_or_default();
            let Some(stop) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
                return length + rest.len();
            };
            length += stop;
            match self.rest().get(length) {
                Some(b'\\') => length += 2,
                _ => return length + 1,
            }
        }
    }

    fn take(&mut self, token: Token, length: usize) -> Option<(Token, Range<usize>)> {
        let end = (self.at + length.max(1)).min(self.text.len());
        let range = self.at..end;
        self.at = end;
        Some((token, range))
    }
}

impl Iterator for Scanner<'_> {
    type Item = (Token, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match *self.rest().first()? {
                b' ' | b'\t' | b'\n' | b'\r' | b':' => self.at += 1,
                b',' => {
                    self.key_is_next = self.open.last().copied().unwrap_or(false);
                    self.at += 1;
                }
                byte @ (b'{' | b'[') => {
                    let object = byte == b'{';
                    self.open.push(object);
                    self.key_is_next = object;
                    return self.take(if object { Token::ObjectStart } else { Token::ArrayStart }, 1);
                }
                byte @ (b'}' | b']') => {
                    self.open.pop();
                    self.key_is_next = false;
                    return self.take(if byte == b'}' { Token::ObjectEnd } else { Token::ArrayEnd }, 1);
                }
                b'"' => {
                    let length = self.string_length();
                    let key = std::mem::take(&mut self.key_is_next);
                    return self.take(if key { Token::Key } else { Token::Scalar }, length);
                }
                _ => {
                    let rest = self.rest();
                    let end = rest.iter().position(|byte| b" \t\r\n,:]}[{\"".contains(byte)).unwrap_or(rest.len());
                    return self.take(Token::Scalar, end);
                }
            }
        }
    }
}

/// The string that `quoted`, the text of a key or a string with its quotes, stands for.
pub fn unquote(quoted: &str) -> Cow<'_, str> {
    if quoted.contains('\\')
        && let Ok(decoded) = serde_json::from_str::<String>(quoted)
    {
        return Cow::Owned(decoded);
    }
    let inner = quoted.strip_prefix('"').unwrap_or(quoted);
    Cow::Borrowed(inner.strip_suffix('"').unwrap_or(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(Token, &str)> {
        Scanner::new(text).map(|(token, range)| (token, &text[range])).collect()
    }

    #[test]
    fn keys_and_strings_are_told_apart() {
        use Token::*;
        let found = tokens(r#"{"a": ["b", {"c\"": -1.5e3}], "d": null}"#);
        let expected = [
            (ObjectStart, "{"),
            (Key, r#""a""#),
            (ArrayStart, "["),
            (Scalar, r#""b""#),
            (ObjectStart, "{"),
            (Key, r#""c\"""#),
            (Scalar, "-1.5e3"),
            (ObjectEnd, "}"),
            (ArrayEnd, "]"),
            (Key, r#""d""#),
            (Scalar, "null"),
            (ObjectEnd, "}"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn text_that_is_no_json_still_ends() {
        for text in ["", "\"", "\"\\", "{\"a\\", "}}}}", "[1 2 \u{feff} é", "\u{0}\u{7f}"] {
            assert!(Scanner::new(text).count() <= text.len(), "{text:?}");
        }
    }

    #[test]
    fn escapes_in_keys_are_decoded() {
        assert_eq!(unquote(r#""a\u002fb""#), "a/b");
        assert_eq!(unquote(r#""plain""#), "plain");
    }
}
