//! Percent-encoding, in one place: which characters stay as they are is what most wire bugs are about.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const UNRESERVED_ONLY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `allowReserved` (OpenAPI 3.0, section 4.7.12): the reserved characters of RFC 3986 stay, save the two that would
/// end the value: `#` starts the fragment, `&` the next pair. For `%`, see [`reserved_kept`].
const RESERVED_KEPT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'#')
    .add(b'&');

/// The same in a path, where three characters more would end the value (OpenAPI 3.2 section 4.8.2).
const RESERVED_KEPT_IN_PATH: &AsciiSet = &RESERVED_KEPT.add(b'/').add(b'?').remove(b'&');

/// What a cookie's value may not hold (RFC 6265, section 4.1.1), and `%` so that decoding gives back the value.
const COOKIE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// Not by way of `Display`, which costs several times as much for the text that most values are: one without anything to
/// encode.
fn percent_encoded(text: &str, set: &'static AsciiSet) -> String {
    Cow::from(utf8_percent_encode(text, set)).into_owned()
}

/// The reserved expansion of RFC 6570, section 3.2.3, which OpenAPI (3.1.1, section 4.8.12.2.1) names for `allowReserved`:
/// what is encoded already stays as it is, and any other `%` is encoded as all else is.
fn reserved_kept(text: &str, set: &'static AsciiSet) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        kept.push_str(&percent_encoded(before, set));
        let digits = after.split_at_checked(2).filter(|(two, _)| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        kept.push_str(if digits.is_some() { "%" } else { "%25" });
        rest = after;
    }
    kept + &percent_encoded(rest, set)
}

/// [`encode`] of a text that is not needed any more: one without anything to encode is kept.
pub(crate) fn encode_owned(text: String) -> String {
    // A borrowed text is either the text itself or one encoded byte, such as `%20`.
    let encoded = match Cow::from(utf8_percent_encode(&text, UNRESERVED_ONLY)) {
        Cow::Borrowed(same) if same == text => None,
        encoded => Some(encoded.into_owned()),
    };
    encoded.unwrap_or(text)
}

/// Encodes all but unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    percent_encoded(text, UNRESERVED_ONLY)
}

/// Encodes a query value; `allow_reserved` keeps reserved characters, and what is encoded already.
pub(crate) fn encode_value(text: &str, allow_reserved: bool) -> String {
    if allow_reserved { reserved_kept(text, RESERVED_KEPT) } else { encode(text) }
}

/// Encodes a value in a path that keeps its reserved characters.
pub(crate) fn encode_segment(text: &str) -> String {
    reserved_kept(text, RESERVED_KEPT_IN_PATH)
}

/// Encodes what a cookie's value may not hold.
pub(crate) fn encode_cookie(text: &str) -> String {
    percent_encoded(text, COOKIE)
}

/// Encodes for `application/x-www-form-urlencoded` (WHATWG URL, section 5.2): as `encode`, with a space as `+`.
pub(crate) fn encode_form(text: &str) -> String {
    encode(text).replace("%20", "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_unreserved_is_encoded() {
        assert_eq!(encode("filters[service]"), "filters%5Bservice%5D");
        assert_eq!(encode("aZ09-._~"), "aZ09-._~");
        for character in (0..=0x17f).filter_map(char::from_u32) {
            let text = character.to_string();
            assert_eq!(encode_owned(text.clone()), encode(&text), "{text:?}");
        }
        assert_eq!(encode("a/b c+é"), "a%2Fb%20c%2B%C3%A9");
    }

    #[test]
    fn reserved_characters_stay_unless_they_would_end_the_value() {
        assert_eq!(encode_value(":/?@!$'()*+,;=[]", true), ":/?@!$'()*+,;=[]");
        assert_eq!(encode_value("a&b#c d%", true), "a%26b%23c%20d%25");
        assert_eq!(encode_value("a:b", false), "a%3Ab");
        assert_eq!(encode_segment("a/b?c#d&e:f;g%"), "a%2Fb%3Fc%23d&e:f;g%25");
    }

    #[test]
    fn what_is_encoded_already_is_reserved_too() {
        // RFC 6570, section 3.2.3.
        assert_eq!(encode_value("100%25%20a%2fb", true), "100%25%20a%2fb");
        assert_eq!(encode_value("%zz %2 % %é%2F%", true), "%25zz%20%252%20%25%20%25%C3%A9%2F%25");
        assert_eq!(encode_value("%20", false), "%2520");
        assert_eq!(encode_segment("a%2Fb/c%"), "a%2Fb%2Fc%25");
    }

    #[test]
    fn form_and_cookie() {
        assert_eq!(encode_form("a b+c"), "a+b%2Bc");
        assert_eq!(encode_cookie("a=b; c"), "a=b%3B%20c");
    }
}
