//! Text from outside on its way into an error or a log: cut to a length that fits, on one line, and without what makes a
//! terminal show other text than there is.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// How many characters of a message that somebody else wrote are kept.
pub(crate) const LONGEST: usize = 500;

/// At most `limit` characters of `text`, on one line, with an ellipsis where something was left out. Whatever ends lines,
/// controls terminals or turns the direction of writing becomes a space.
pub(crate) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    let text = text.trim();
    // No text has more characters than bytes; most are short.
    let end = if text.len() <= limit { None } else { text.char_indices().nth(limit).map(|(at, _)| at) };
    let shown = end.and_then(|at| text.get(..at)).unwrap_or(text);
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    if end.is_none() && (shown.bytes().all(plain) || !shown.contains(misleads)) {
        return Cow::Borrowed(shown);
    }
    let mut line: String = shown.chars().map(|c| if misleads(c) { ' ' } else { c }).collect();
    if end.is_some() {
        line.push('…');
    }
    Cow::Owned(line)
}

/// How a value shows itself, as far as is worth looking at: one can be as large as an answer. Not yet [`cut`].
pub(crate) fn shown(value: &dyn fmt::Debug, limit: usize) -> String {
    let mut beginning = Beginning { text: String::new(), left: limit };
    // An error means that there is more than is wanted.
    if write!(beginning, "{value:?}").is_err() {
        beginning.text.push('…');
    }
    beginning.text
}

/// Takes so many bytes and no more.
struct Beginning {
    text: String,
    left: usize,
}

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() <= self.left {
            self.text.push_str(text);
            self.left -= text.len();
            return Ok(());
        }
        let end = (0..=self.left).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        self.text.push_str(text.get(..end).unwrap_or_default());
        self.left = 0;
        Err(fmt::Error)
    }
}

/// Whether a character moves other text about or hides it: controls (line ends and escapes among them), the line and
/// paragraph separators, and marks of direction (Unicode Standard Annex 9, section 2).
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_characters_and_keeps_to_one_line() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("äöüß", 3), "äöü…");
        assert_eq!(cut(" a\nb\r\n", 10), "a b");
    }

    #[test]
    fn nothing_that_misleads_passes() {
        let marks = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}";
        for c in marks.chars().chain("\n\r\u{85}\u{2028}\u{2029}\u{1b}\u{7f}\u{9b}\0\t\u{b}\u{c}".chars()) {
            assert_eq!(cut(&format!("a{c}b"), 10), "a b", "{c:?}");
        }
        let arabic = "مرحبا é 👩\u{200d}💻";
        assert_eq!(cut(arabic, 100), arabic);
    }

    #[test]
    fn a_large_value_is_not_written_out() {
        assert_eq!(shown(&"abc", 10), "\"abc\"");
        let large = shown(&vec!["ä".repeat(1 << 20); 64], 1000);
        assert!(large.len() <= 1003 && large.starts_with("[\"ää") && large.ends_with('…'));
    }
}
