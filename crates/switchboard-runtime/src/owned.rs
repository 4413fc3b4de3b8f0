//! Headers that say how a message is framed and where it goes. They follow from the request, and one set by hand could
//! only agree with it or break it: a wrong `Content-Length` makes one request look like two. And values of headers that do
//! not arrive as they are.

use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

/// Those of HTTP itself (RFC 9110, sections 7.2, 7.6.1, 7.8, 8.6, 10.1.1 and 11.7.2; RFC 9112, section 6.1). The host is
/// the base URL's, and what a proxy is told is the proxy's settings'.
const OWNED: [HeaderName; 9] =
    [CONNECTION, CONTENT_LENGTH, EXPECT, HOST, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Those of before there were standards for them (RFC 9110, section 7.6.1; RFC 7540, section 3.2.1).
const OWNED_OF_OLD: [&str; 3] = ["http2-settings", "keep-alive", "proxy-connection"];

/// Whether the transport sets a header by itself, so that nobody else may.
pub(crate) fn is_owned_by_transport(name: &HeaderName) -> bool {
    OWNED.contains(name) || OWNED_OF_OLD.contains(&name.as_str())
}

/// A text without the white space at its ends that is none of it to whoever receives it in a header (RFC 9110, section 5.5).
pub(crate) fn unpadded(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Whether a value begins or ends with such white space: it would arrive as another.
pub(crate) fn is_padded(value: &HeaderValue) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    is_space(value.as_bytes().first()) || is_space(value.as_bytes().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_loses_spaces_and_tabs_at_its_ends_and_nothing_else() {
        assert_eq!(unpadded(" \ta b\u{3000}\u{a0} "), "a b\u{3000}\u{a0}");
        let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).unwrap();
        for (text, is_lost) in [(" a", true), ("a\t", true), ("a\u{3000}", false), ("a b", false), ("", false)] {
            assert_eq!(is_padded(&value(text)), is_lost, "{text:?}");
        }
    }

    #[test]
    fn framing_and_routing_are_the_transports() {
        let owned = |name: &str| is_owned_by_transport(&HeaderName::from_bytes(name.as_bytes()).unwrap());
        for name in ["Content-Length", "transfer-encoding", "Host", "Connection", "Keep-Alive", "Proxy-Connection"] {
            assert!(owned(name), "{name}");
        }
        for name in ["Content-Type", "Accept", "Authorization", "Cookie", "Range", "Content-Encoding", "X-Host"] {
            assert!(!owned(name), "{name}");
        }
    }
}
