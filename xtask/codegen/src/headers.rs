//! Headers of requests that are no parameters: others say them, and a document that lists one is not followed.

/// Headers that are described elsewhere in a document and ignored as parameters (OpenAPI 3.0 section 4.7.12.2.1).
const IGNORED: &[&str] = &["accept", "content-type", "authorization"];

/// Headers that say how a message is framed and where it goes. The runtime refuses them from whoever sets them by hand
/// (`owned.rs` there), for they follow from the request.
const OWNED: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn is_among(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether OpenAPI says that a header of this name is no parameter.
pub fn is_ignored(name: &str) -> bool {
    is_among(IGNORED, name)
}

/// Why a header parameter is left out, if it is: the words go on from its name.
pub fn left_to_others(name: &str) -> Option<&'static str> {
    if is_ignored(name) {
        return Some("is set from the media types and the security scheme");
    }
    is_among(OWNED, name).then_some("is set by the HTTP client itself")
}
