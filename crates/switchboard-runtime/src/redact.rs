//! The last line of defence for secrets: a vendor that echoes a credential in its answer must not get it into a log
//! by way of an error's text.
//!
//! There is no end to the ways in which a text may be written: escapes of JSON, of Rust's strings, of URLs and of HTML,
//! any of its characters or all of them, one way within another. So no writings are made up and looked for: text is read
//! as whatever it may be, character by character, beside the secret.

mod named;
mod names;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use self::named::{is_path_of_secret, named, without_named};
use crate::secret::SecretString;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What stands where a secret stood.
pub(crate) const REDACTED: &str = "[redacted]";

/// Shorter texts than this, in bytes, are not blotted out: they are no secrets, and occur everywhere.
const SHORTEST: usize = 4;

/// No character is written with more bytes than this, a few layers of escapes included.
const LONGEST_WRITING: usize = 24;

/// The secrets that went into a request.
#[derive(Clone, Default)]
pub(crate) struct Redactor(Option<Arc<Vec<SecretString>>>);

impl Redactor {
    pub(crate) fn new(secrets: Vec<SecretString>) -> Self {
        let worth: Vec<_> = secrets.into_iter().filter(|secret| secret.expose_secret().len() >= SHORTEST).collect();
        Self((!worth.is_empty()).then(|| Arc::new(worth)))
    }

    /// Knows the secrets of several.
    pub(crate) fn join<'a>(several: impl Iterator<Item = &'a Self>) -> Self {
        let secrets: Vec<_> = several.filter_map(|one| one.0.as_deref()).flatten().cloned().collect();
        Self((!secrets.is_empty()).then(|| Arc::new(secrets)))
    }

    /// `text` without the secrets, in whatever writing.
    pub(crate) fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for wanted in self.wanted() {
            let plain: String = wanted.iter().collect();
            let find = |text: &str, at: usize| match text.get(at..)?.starts_with(&plain) {
                true => Some(at + plain.len()),
                false => read(text, at, &wanted).end(wanted.len()),
            };
            if let Cow::Owned(cleaned) = blot(&clean, find) {
                clean = Cow::Owned(cleaned);
            }
        }
        clean
    }

    /// The same for text that was cut out of a longer one: a part of a secret that stands where it was cut, by an
    /// ellipsis, goes as well.
    pub(crate) fn clean_cut(&self, text: &str) -> String {
        let mut clean = self.clean(text).into_owned();
        for wanted in self.wanted() {
            if let Some(rest) = clean.strip_prefix('…').and_then(|text| without_end_of(text, &wanted)) {
                clean = format!("…{REDACTED}{rest}");
            }
            if let Some(rest) = clean.strip_suffix('…').and_then(|text| without_beginning_of(text, &wanted)) {
                clean = format!("{rest}{REDACTED}…");
            }
        }
        clean
    }

    /// What is looked for, longest first, for one may hold another: the secrets, and what of them is in any base64 that
    /// holds them, wherever in it they begin.
    fn wanted(&self) -> Vec<Vec<char>> {
        let secrets = self.0.iter().flat_map(|secrets| secrets.iter()).map(SecretString::expose_secret);
        let plain = secrets.clone().map(str::to_owned);
        let encoded = secrets.flat_map(|secret| (0..3).flat_map(move |before| in_base64(secret, before)));
        let mut all: Vec<Vec<char>> = plain.chain(encoded).map(|text| text.chars().collect()).collect();
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        all
    }
}

/// What of a secret is the same in every base64 in which so many bytes (up to two, more change nothing) stand before it:
/// the characters that it alone decides.
fn in_base64(secret: &str, before: usize) -> Vec<String> {
    let bytes = [vec![0; before], secret.as_bytes().to_vec()].concat();
    let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    let decided = |text: String| text.get(first..end).filter(|text| text.len() > SHORTEST).map(str::to_owned);
    [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)].into_iter().filter_map(decided).collect()
}

/// `text` with what is found at its places blotted out.
fn blot(text: &str, find: impl Fn(&str, usize) -> Option<usize>) -> Cow<'_, str> {
    let (mut clean, mut done, mut at) = (String::new(), 0, 0);
    while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match find(text, at) {
            Some(end) => {
                clean.push_str(&text[done..at]);
                clean.push_str(REDACTED);
                (done, at) = (end, end);
            }
            None => at += next.len_utf8(),
        }
    }
    if done == 0 && clean.is_empty() {
        return Cow::Borrowed(text);
    }
    clean.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(clean)
}

/// How far a text says the same as a secret.
struct Agreement {
    /// So many characters of the secret.
    characters: usize,
    /// So many bytes of the text, from its beginning.
    bytes: usize,
}

impl Agreement {
    /// Where it ends, if all of it is said.
    fn end(&self, whole: usize) -> Option<usize> {
        (self.characters == whole).then_some(self.bytes)
    }
}

/// Reads a text from some place as far as it says what is wanted.
fn read(text: &str, at: usize, wanted: &[char]) -> Agreement {
    let (mut bytes, mut characters) = (at, 0);
    while let Some(character) = wanted.get(characters) {
        let Some(length) = text.get(bytes..).and_then(|rest| writing_of(rest, *character)) else { break };
        bytes += length;
        characters += 1;
    }
    Agreement { characters, bytes }
}

/// How many bytes at the beginning of a text write a character, in any way that there is. What begins an escape may also
/// stand for itself.
fn writing_of(text: &str, wanted: char) -> Option<usize> {
    let escape = match text.as_bytes().first()? {
        b'\\' => escaped(text, wanted),
        b'%' => percent(text, wanted),
        b'&' => entity(text, wanted),
        b'+' => (wanted == ' ').then_some(1),
        _ => None,
    };
    // Two backslashes may be one that is escaped, and four as well.
    let again = || text.bytes().take_while(|byte| wanted == '\\' && *byte == b'\\').count();
    escape.or_else(|| text.starts_with(wanted).then(|| wanted.len_utf8().max(again())))
}

/// Escapes of JSON (RFC 8259, section 7), of Rust and of JavaScript, behind one backslash or, within another string, more.
fn escaped(text: &str, wanted: char) -> Option<usize> {
    let rest = text.trim_start_matches('\\');
    let slashes = text.len() - rest.len();
    if rest.starts_with(wanted) && wanted.is_ascii_punctuation() {
        return Some(slashes + 1);
    }
    let (digits, end) = match rest.as_bytes() {
        [b'u', b'{', ..] => (2..rest.find('}')?, rest.find('}')? + 1),
        [b'u', ..] => (1..5, 5),
        [b'x', ..] => (1..3, 3),
        _ => return None,
    };
    let unit = hexadecimal(rest, digits)?;
    if char::from_u32(unit) == Some(wanted) {
        return Some(slashes + end);
    }
    // A character beyond the 16 bits is a pair of surrogates.
    let mut pair = [0; 2];
    let [high, low] = wanted.encode_utf16(&mut pair) else { return None };
    let next = rest.get(end..)?;
    let after = next.trim_start_matches('\\').strip_prefix('u')?;
    let said = unit == u32::from(*high) && hexadecimal(after, 0..4)? == u32::from(*low);
    said.then(|| text.len() - after.len() + 4)
}

/// Percent-encoding (RFC 3986, section 2.1) of each byte, or of that again.
fn percent(text: &str, wanted: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let mut rest = text;
    for byte in wanted.encode_utf8(&mut bytes).bytes() {
        rest = rest.strip_prefix('%')?;
        while let Some(inner) = rest.strip_prefix("25").filter(|inner| hexadecimal(inner, 0..2).is_some()) {
            rest = inner;
        }
        if hexadecimal(rest, 0..2)? != u32::from(byte) {
            return None;
        }
        rest = rest.get(2..)?;
    }
    Some(text.len() - rest.len())
}

/// Character references of HTML, or of that again.
fn entity(text: &str, wanted: char) -> Option<usize> {
    let mut rest = text.strip_prefix('&')?;
    while let Some(inner) = rest.strip_prefix("amp;").filter(|inner| inner.starts_with('#') || wanted != '&') {
        rest = inner;
    }
    let (name, after) = rest.split_at_checked(rest.bytes().take(LONGEST_WRITING).position(|byte| byte == b';')?)?;
    let said = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => u32::from(
            *[("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')]
                .iter()
                .find_map(|(known, character)| (*known == name).then_some(character))?,
        ),
    };
    (char::from_u32(said) == Some(wanted)).then(|| text.len() - after.len() + 1)
}

fn hexadecimal(text: &str, digits: Range<usize>) -> Option<u32> {
    let digits = text.get(digits)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// A part of a secret that is long enough to be one.
fn is_worth(part: &[char]) -> bool {
    part.iter().map(|character| character.len_utf8()).sum::<usize>() >= SHORTEST
}

/// What of a text may be left over of one character's writing, or stand before a writing.
fn is_of_a_writing(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit() || b"\\%&#{};ux+".contains(&byte))
}

/// A text that begins in the midst of a secret, without what there is of it.
fn without_end_of<'t>(text: &'t str, wanted: &[char]) -> Option<&'t str> {
    let ends = (1..wanted.len()).filter_map(|from| wanted.get(from..)).take_while(|end| is_worth(end));
    ends.flat_map(|end| (0..LONGEST_WRITING).map(move |skipped| (end, skipped))).find_map(|(end, skipped)| {
        text.get(..skipped).filter(|skipped| is_of_a_writing(skipped))?;
        text.get(read(text, skipped, end).end(end.len())?..)
    })
}

/// A text that ends in the midst of a secret, without what there is of it.
fn without_beginning_of<'t>(text: &'t str, wanted: &[char]) -> Option<&'t str> {
    // Nothing is longer than all of its characters in their longest writing.
    let from = text.len().saturating_sub(LONGEST_WRITING * wanted.len());
    text.char_indices().map(|(at, _)| at).skip_while(|at| *at < from).find_map(|at| {
        let said = read(text, at, wanted);
        let (left, part) = (text.get(said.bytes..)?, wanted.get(..said.characters)?);
        let is_cut = left.is_empty() || (left.len() < LONGEST_WRITING && left.starts_with(['\\', '%', '&']));
        (is_cut && is_of_a_writing(left) && is_worth(part)).then(|| text.get(..at))?
    })
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn blots_out_secrets_in_any_writing() {
        let redactor = Redactor::new(vec!["k/ey 1".into(), "a\"b&c".into(), "ab".into()]);
        let plain = "got k/ey 1, k%2Fey%201, k%2fey%201, k%2Fey+1, k\\/ey 1, a\"b&c, a\\\"b&c, a&quot;b&amp;c, ab";
        assert_eq!(redactor.clean(plain), format!("got {}ab", "[redacted], ".repeat(8)));
        assert_eq!(Redactor::default().clean("k/ey1"), "k/ey1");
    }

    #[test]
    fn blots_out_secrets_however_they_are_escaped() {
        let secret = "sk-Cä\\\"/+𝒳'<1";
        let redactor = Redactor::new(vec![secret.into()]);
        let every = |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>();
        let utf16 =
            |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
        let utf8 = |c: char| c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let json = serde_json::to_string(secret).unwrap().trim_matches('"').to_owned();
        let writings = [
            every(&utf16),
            every(&utf16).to_uppercase().replace("\\U", "\\u"),
            every(&utf16).replace('\\', "\\\\"),
            every(&|c| format!("\\u{{{:x}}}", u32::from(c))),
            every(&utf8),
            every(&utf8).to_lowercase(),
            every(&utf8).replace('%', "%25"),
            every(&|c| format!("&#{};", u32::from(c))),
            every(&|c| format!("&#x{:X};", u32::from(c))),
            every(&|c| format!("&amp;#x{:04x};", u32::from(c))),
            format!("s\\u006b-\\u0043{}", &json["sk-C".len()..]),
            json.clone(),
            format!("{secret:?}").trim_matches('"').to_owned(),
            format!("{json:?}").trim_matches('"').to_owned(),
        ];
        for writing in writings {
            assert_eq!(redactor.clean(&format!("<{writing}>, {writing}!")), "<[redacted]>, [redacted]!", "{writing}");
        }
        for other in ["sk-C", "\\u0073\\u006b-", "%73%6B", "&#115;k", "\\", "%", "&", "\\u", "%2", "&;", "\\u{"] {
            assert_eq!(redactor.clean(other), other);
        }
    }

    #[test]
    fn blots_out_secrets_within_base64() {
        let redactor = Redactor::new(vec!["c4n4ry-s3cr3t".into()]);
        for before in ["", ":", "u:", "us:", "user:"] {
            for after in ["", "\n", "::"] {
                let encoded = STANDARD.encode(format!("{before}c4n4ry-s3cr3t{after}"));
                let clean = redactor.clean(&encoded).into_owned();
                // Characters at the ends tell of what stands beside the secret, too.
                assert!(clean.contains(REDACTED) && clean.len() <= REDACTED.len() + 14, "{encoded}: {clean}");
            }
        }
    }

    #[test]
    fn blots_out_parts_of_secrets_where_text_was_cut() {
        let redactor = Redactor::new(vec!["0123456789".into()]);
        for (cut, clean) in [
            ("…456789 is bad", "…[redacted] is bad"),
            ("bad is 012345…", "bad is [redacted]…"),
            ("…123456789 and 012345678…", "…[redacted] and [redacted]…"),
            ("…0123456789…", "…[redacted]…"),
            ("…789 and 012…", "…789 and 012…"),
            ("456789 and 012345", "456789 and 012345"),
            ("…34\\u0035678\\u0039 is bad", "…[redacted] is bad"),
            ("…0034\\u003567%389 is bad", "…[redacted] is bad"),
            ("bad is 0\\u00312345\\u00…", "bad is [redacted]…"),
            ("bad is %30%31%32%33%3…", "bad is [redacted]…"),
        ] {
            assert_eq!(redactor.clean_cut(cut), clean);
        }
    }
}
