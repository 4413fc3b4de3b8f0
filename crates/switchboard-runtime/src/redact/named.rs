//! Values whose names say that they are secret, in texts of JSON, and of `Debug`: what the answer itself holds, and no
//! request did.
//!
//! Such a text may be cut off anywhere, and stand within another string. So it is not parsed: what is looked for is a name
//! in quotes with a colon behind it, and where the value behind that ends.

use std::borrow::Cow;
use std::ops::Range;

use super::REDACTED;
use super::names::is_name_of_secret;

/// Names longer than this, in bytes, with their quotes, are not looked at.
const LONGEST_NAME: usize = 100;

/// `text` without the values whose names say that they are secret.
pub(crate) fn without_named(text: &str) -> Cow<'_, str> {
    let found = named(text.as_bytes());
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut clean, mut done) = (String::new(), 0);
    for value in found {
        clean.push_str(text.get(done..value.start).unwrap_or_default());
        clean.push_str(REDACTED);
        done = value.end;
    }
    clean.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(clean)
}

/// Where in a text the values are whose names say that they are secret, each to the end of the text if it has none. Numbers,
/// yes and no, and what is empty are to be seen.
pub(crate) fn named(text: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(open) = next_quote(text, at) {
        // Any quote may begin a string: the text may have been cut within one, and one may hold others.
        at = open + 1;
        let Some((name, value)) = member(text, open) else { continue };
        if !is_name_of_secret(name.trim_end_matches('\\')) {
            continue;
        }
        let value = value..end_of_value(text, value);
        at = value.end;
        if text.get(value.clone()).is_some_and(tells) {
            found.push(value);
        }
    }
    found
}

/// The name whose first quote is at `open`, and where its value begins, if that is a member.
fn member(text: &[u8], open: usize) -> Option<(Cow<'_, str>, usize)> {
    let near = text.get(..open + LONGEST_NAME).unwrap_or(text);
    let close = end_of_string(near, open) - 1;
    let name = text.get(open + 1..close).filter(|_| near.get(close) == Some(&b'"'))?;
    Some((String::from_utf8_lossy(name), value_of(text, close + 1)?))
}

/// Whether a path such as `logins[3].password` leads through a name of a secret.
pub(crate) fn is_path_of_secret(path: &str) -> bool {
    path.split(['.', '[', ']']).any(is_name_of_secret)
}

fn next_quote(text: &[u8], from: usize) -> Option<usize> {
    text.get(from..)?.iter().position(|byte| *byte == b'"').map(|at| from + at)
}

/// How many backslashes stand before a place: none before the quote of a string, one within another string.
fn slashes(text: &[u8], at: usize) -> usize {
    text.get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// Behind the quote that ends the string whose first quote is at `open`. Within another string both are escaped alike, and
/// the escapes between them once more (RFC 8259, section 7).
fn end_of_string(text: &[u8], open: usize) -> usize {
    let level = slashes(text, open);
    let mut at = open + 1;
    while let Some(quote) = next_quote(text, at) {
        if slashes(text, quote) % (2 * level + 2) == level {
            return quote + 1;
        }
        at = quote + 1;
    }
    text.len()
}

/// Where the value begins whose name ends at `end`.
fn value_of(text: &[u8], end: usize) -> Option<usize> {
    let after = without_space(text, end);
    (text.get(after) == Some(&b':')).then(|| without_space(text, after + 1)).filter(|value| *value < text.len())
}

fn without_space(text: &[u8], from: usize) -> usize {
    from + text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where a value ends: a string, what stands in brackets, with the name of its type before them in a text of `Debug`, or a
/// word.
fn end_of_value(text: &[u8], begin: usize) -> usize {
    let rest = text.get(begin..).unwrap_or_default();
    let quote = begin + rest.iter().take_while(|byte| **byte == b'\\').count();
    if text.get(quote) == Some(&b'"') {
        return end_of_string(text, quote);
    }
    let ends = |byte: &u8| b",]})\"\\".contains(byte);
    let opens = |byte: &u8| b"[{(".contains(byte);
    match rest.iter().position(|byte| ends(byte) || opens(byte)) {
        Some(at) if rest.get(at).is_some_and(opens) => end_of_brackets(text, begin + at),
        Some(at) => begin + at,
        None => text.len(),
    }
}

/// Behind the bracket that closes the one at `open`; brackets within strings are none.
fn end_of_brackets(text: &[u8], open: usize) -> usize {
    let (mut depth, mut at) = (0_usize, open);
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => at = end_of_string(text, at - 1),
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Whether a value tells anything of a secret, as JSON or as `Debug` shows it.
fn tells(value: &[u8]) -> bool {
    const SEEN: [&str; 6] = ["null", "true", "false", "Null", "None", "Object "];
    let text = String::from_utf8_lossy(value);
    let bare = text.trim().trim_matches(['"', '\\', '[', ']', '{', '}']);
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let wrapped = |name: &str| bare.strip_prefix(name).is_some_and(|rest| rest.starts_with('('));
    let is_text = text.trim_start_matches('\\').starts_with('"');
    let is_seen = SEEN.contains(&bare) || is_number(bare) || wrapped("Bool") || wrapped("Number");
    !bare.trim().is_empty() && (is_text || !is_seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_of_a_secret_by_any_of_its_names() {
        assert!(is_path_of_secret("logins[3].password") && is_path_of_secret("token.at[0]"));
        assert!(!is_path_of_secret("logins[3].name") && !is_path_of_secret(""));
    }

    #[test]
    fn what_is_named_as_a_secret_goes() {
        for (text, expected) in [
            (r#"{"password":"a","b":1}"#, r#"{"password":[redacted],"b":1}"#),
            (r#"{"password" : "a\"]}\\","b":1}"#, r#"{"password" : [redacted],"b":1}"#),
            (r#"{"password":["a",{"b":"]"}],"c":1}"#, r#"{"password":[redacted],"c":1}"#),
            (r#"{"token":"a","token":"b"}"#, r#"{"token":[redacted],"token":[redacted]}"#),
            (r#"cut","password":"a"}"#, r#"cut","password":[redacted]}"#),
            (r#"{"password":"cut"#, r#"{"password":[redacted]"#),
            (r#"{"password":["a","#, r#"{"password":[redacted]"#),
            (r#"{"password":hunter2}"#, r#"{"password":[redacted]}"#),
            (r#"{"password":"12345"}"#, r#"{"password":[redacted]}"#),
            (r#"{"password": String("a)"), "b": Number(1)}"#, r#"{"password": [redacted], "b": Number(1)}"#),
            (r#"{"tokens": Array [String("a")], "b": 1}"#, r#"{"tokens": [redacted], "b": 1}"#),
            (r#"{\"password\":\"a\\\"b\",\"c\":1}"#, r#"{\"password\":[redacted],\"c\":1}"#),
            (r#"Text("{\"token\": \"a\"}")"#, r#"Text("{\"token\": [redacted]}")"#),
        ] {
            assert_eq!(without_named(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_quotes_is_gone_through_once() {
        for part in ["\"", "\\\"", "\"\\\"", "\"token", "\"token\":", "\\\\\\\""] {
            without_named(&part.repeat(1 << 16));
        }
    }

    #[test]
    fn all_else_stays() {
        for text in [
            "",
            "\"",
            "\"\"\"",
            r#"{"name":"a","tokens":17,"password":null,"secret":true,"token":""}"#,
            r#"{"password":[],"secret":{},"token": Null, "jwt": Bool(true), "pwd": Number(5)}"#,
            r#"{"name":"password","b":1}"#,
            r#"{"token":"#,
            r#"["password", "ä"]"#,
            "<html>password: x</html>",
        ] {
            assert_eq!(without_named(text), text);
        }
    }
}
