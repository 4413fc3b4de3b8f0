//! The vendor's id for a request, which its support asks for: told in a header of every answer, shown with every error.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

/// Where an id is looked for, most telling first.
static NAMES: [HeaderName; 9] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-correlation-id"),
    HeaderName::from_static("x-amzn-requestid"),
    HeaderName::from_static("x-amz-request-id"),
    HeaderName::from_static("x-ms-request-id"),
    HeaderName::from_static("x-github-request-id"),
    HeaderName::from_static("x-trace-id"),
    HeaderName::from_static("cf-ray"),
];

/// As much of an id as is shown, in characters.
const LONGEST: usize = 200;

/// The value of the header that tells the id: it shares its text with the answer, so that a call need not copy it.
#[derive(Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The id, by the headers that may carry one.
    pub(crate) fn find(headers: &HeaderMap) -> Option<Self> {
        let mut values = NAMES.iter().filter_map(|name| headers.get(name));
        values.find(|value| !text(value).is_empty()).map(|value| Self(value.clone()))
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        let text = text(&self.0);
        text.get(..LONGEST).unwrap_or(text)
    }
}

/// The text of a header's value, which holds no control characters; nothing, where it is no text.
fn text(value: &HeaderValue) -> &str {
    value.to_str().map(str::trim).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(headers: &[(&'static str, &str)]) -> Option<String> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        RequestId::find(&HeaderMap::from_iter(headers)).map(|id| id.as_str().to_owned())
    }

    #[test]
    fn the_first_header_that_tells_one_gives_the_id() {
        assert_eq!(found(&[("cf-ray", "1-FRA")]).as_deref(), Some("1-FRA"));
        assert_eq!(found(&[("cf-ray", "1-FRA"), ("x-request-id", " abc ")]).as_deref(), Some("abc"));
        assert_eq!(found(&[("cf-ray", "1-FRA"), ("x-request-id", " ")]).as_deref(), Some("1-FRA"));
        assert_eq!(found(&[("x-request-id", "é")]), None);
        assert_eq!(found(&[("x-other", "abc")]), None);
    }

    #[test]
    fn a_long_one_is_cut() {
        assert_eq!(found(&[("x-request-id", &"a".repeat(1000))]), Some("a".repeat(LONGEST)));
    }
}
