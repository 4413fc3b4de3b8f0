//! Cutting text to a length that fits an error message.

use std::borrow::Cow;

/// At most `limit` characters of `text`, on one line, with an ellipsis where something was left out.
pub(crate) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    let text = text.trim();
    // No text has more characters than bytes; most are short.
    let end = if text.len() <= limit { None } else { text.char_indices().nth(limit).map(|(at, _)| at) };
    let shown = end.and_then(|at| text.get(..at)).unwrap_or(text);
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    if end.is_none() && (shown.bytes().all(plain) || !shown.contains(char::is_control)) {
        return Cow::Borrowed(shown);
    }
    let mut line: String = shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if end.is_some() {
        line.push('…');
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn cuts_at_characters_and_keeps_to_one_line() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("äöüß", 3), "äöü…");
        assert_eq!(cut(" a\nb\r\n", 10), "a b");
    }
}
