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

/// Why a header parameter is left out, if it is: the words go on from its name. Credentials are the security scheme's where
/// one that is sent as `Authorization` is declared.
pub fn left_to_others(name: &str, has_scheme: bool) -> Option<&'static str> {
    match name {
        _ if is_among(OWNED, name) => Some("is set by the HTTP client itself"),
        _ if !is_ignored(name) => None,
        _ if !name.eq_ignore_ascii_case("authorization") => Some("is set from the media types"),
        _ if has_scheme => Some("is set from the security scheme"),
        _ => Some(
            "is no parameter (OpenAPI 3.0 section 4.7.12.1), and no security scheme is declared that would set it: declare \
             one in the overlay, or give the client the header by `sensitive_header`",
        ),
    }
}
