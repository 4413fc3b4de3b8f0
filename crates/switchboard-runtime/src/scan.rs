//! Takes a JSON text (RFC 8259) apart without reading it. A page's facts stand beside items that are read right after, as
//! their own type: whether those are in order is found out then, so here it is enough to see where they end.
//!
//! A text that is cut off is noticed. What is wrong within a value that is passed over is not.

use std::borrow::Cow;

/// A place in a JSON text.
pub(crate) struct Scanner<'b> {
    rest: &'b [u8],
}

/// The first byte behind the white space that a JSON text goes on with.
pub(crate) fn peek(rest: &mut &[u8]) -> Option<u8> {
    *rest = rest.trim_ascii_start();
    rest.first().copied()
}

/// Passes over a byte, if it comes next.
pub(crate) fn take(rest: &mut &[u8], byte: u8) -> Option<()> {
    peek(rest).filter(|next| *next == byte)?;
    *rest = rest.get(1..)?;
    Some(())
}

impl<'b> Scanner<'b> {
    pub(crate) fn new(text: &'b [u8]) -> Self {
        Self { rest: text }
    }

    /// The first byte of the value that comes next.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        peek(&mut self.rest)
    }

    /// Passes over a byte, if it comes next.
    fn take(&mut self, byte: u8) -> Option<()> {
        take(&mut self.rest, byte)
    }

    /// The value that comes next, as it is written.
    pub(crate) fn value(&mut self) -> Option<&'b [u8]> {
        self.peek()?;
        let (value, rest) = self.rest.split_at_checked(length(self.rest)?)?;
        self.rest = rest;
        Some(value)
    }

    /// Goes into a list or an object, whose first byte is `open`.
    pub(crate) fn enter(&mut self, open: u8) -> Option<Within> {
        self.take(open)?;
        Some(Within { close: if open == b'{' { b'}' } else { b']' }, begun: false })
    }

    /// Goes on to the next element or member of what was entered; `false` behind the last. What was there must have been
    /// passed over.
    pub(crate) fn next(&mut self, within: &mut Within) -> Option<bool> {
        if self.take(within.close).is_some() {
            return Some(false);
        }
        if within.begun {
            self.take(b',')?;
        }
        within.begun = true;
        Some(true)
    }

    /// The name of the member that comes next.
    pub(crate) fn name(&mut self) -> Option<Cow<'b, str>> {
        self.peek().filter(|next| *next == b'"')?;
        let quoted = self.value()?;
        self.take(b':')?;
        let plain = quoted.get(1..quoted.len().checked_sub(1)?)?;
        if plain.contains(&b'\\') {
            return serde_json::from_slice(quoted).ok().map(Cow::Owned);
        }
        Some(String::from_utf8_lossy(plain))
    }
}

/// A list or an object that is gone through.
pub(crate) struct Within {
    close: u8,
    begun: bool,
}

/// How long the value is that a text begins with.
fn length(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' => string_length(text),
        b'{' | b'[' => nested_length(text),
        _ => {
            let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b'"') || byte.is_ascii_whitespace();
            let length = text.iter().position(ends).unwrap_or(text.len());
            (length > 0).then_some(length)
        }
    }
}

fn string_length(text: &[u8]) -> Option<usize> {
    let mut rest = text.get(1..)?;
    loop {
        let plain = match rest.split_first_chunk() {
            Some((word, behind)) => match ordinary(u64::from_le_bytes(*word)) {
                8 => {
                    rest = behind;
                    continue;
                }
                plain => plain,
            },
            None => rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?,
        };
        rest = rest.get(plain..)?;
        if rest.first() == Some(&b'"') {
            return Some(text.len() - rest.len() + 1);
        }
        // What is escaped is no end, whatever it is.
        rest = rest.get(2..)?;
    }
}

/// How many of eight bytes, the lowest first, come before a quote or a backslash. All are looked at at once: the second
/// scan of each page is most of what a list costs beside reading it.
fn ordinary(word: u64) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // The lowest byte that is set is the first that was zero; what is above it may be wrong.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let found = zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64));
    (found.trailing_zeros() / 8) as usize
}

/// Without recursion: however deep a text is, it costs no stack.
fn nested_length(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => {
                at += string_length(text.get(at..)?)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<&str> {
        Scanner::new(text.as_bytes()).value().map(|value| std::str::from_utf8(value).unwrap())
    }

    #[test]
    fn values_end_where_they_end() {
        for value in [
            "0",
            "-1.5e+3",
            "true",
            "null",
            r#""""#,
            r#""a\"]}b""#,
            r#""\\""#,
            "[]",
            "{}",
            r#"[1,[2,{"a":"]"}],"}"]"#,
            r#"{"a":{"b":"\\\""},"c":[{}]}"#,
            r#""é\u00e9😀""#,
        ] {
            for behind in ["", ",1", "]", "}", " ]", "\n,"] {
                assert_eq!(first(&format!(" \t{value}{behind}")), Some(value), "{value}{behind}");
            }
        }
    }

    #[test]
    fn what_is_cut_off_has_no_end() {
        let whole = r#"{"a":[1,"x\"y",{"b":"\\"}],"c":{}}"#;
        for cut in 0..whole.len() {
            assert_eq!(first(&whole[..cut]), None, "{}", &whole[..cut]);
        }
        for text in ["", " ", ",", "]", r#""a\"#, r#""a\""#] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn strings_end_at_their_quote_wherever_it_falls() {
        for length in 0..40 {
            for escaped in [r#"\""#, r"\\", ""] {
                for other in ["x", "€", "\u{1}", "!", "#", "[", "]", "é", "\u{7f}", "\u{80}"] {
                    let text = format!("\"{}{escaped}{}\"", other.repeat(length), other.repeat(40 - length));
                    assert_eq!(first(&format!("{text},\"")), Some(text.as_str()));
                    assert_eq!(first(&text[..text.len() - 1]), None, "{text}");
                }
            }
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
        assert_eq!(first(&deep).map(str::len), Some(2_000_000));
    }

    #[test]
    fn members_and_elements_are_gone_through() {
        let mut scanner = Scanner::new(br#" { "a" : 1 , "\u0062\"":[ 2,"x" ], "":{} } , "#);
        let mut seen = Vec::new();
        let mut within = scanner.enter(b'{').unwrap();
        while scanner.next(&mut within).unwrap() {
            let name = scanner.name().unwrap();
            seen.push((name.into_owned(), std::str::from_utf8(scanner.value().unwrap()).unwrap()));
        }
        let expected = [("a", "1"), ("b\"", r#"[ 2,"x" ]"#), ("", "{}")];
        assert_eq!(seen, expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(scanner.peek(), Some(b','));
        for text in ["{1:2}", r#"{"a" 1}"#, r#"{"a"}"#] {
            let mut scanner = Scanner::new(text.as_bytes());
            let mut within = scanner.enter(b'{').unwrap();
            assert!(scanner.next(&mut within).unwrap() && scanner.name().is_none(), "{text}");
        }
        let mut scanner = Scanner::new(b"[1 2]");
        let mut within = scanner.enter(b'[').unwrap();
        assert!(scanner.next(&mut within).unwrap() && scanner.value().is_some());
        assert_eq!(scanner.next(&mut within), None);
        assert!(scanner.enter(b'{').is_none());
    }
}
