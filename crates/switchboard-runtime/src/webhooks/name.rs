//! Which webhook a delivery is of.

use bytes::Bytes;
use http::HeaderMap;

use crate::decode::BodyError;
use crate::delivery::Delivery;
use crate::pointer::{self, Found};

/// Any webhook of an API, read by its name.
pub trait Named: Sized {
    /// Reads the body of a webhook of that name; of a name that the document does not list, whatever JSON it is.
    ///
    /// # Errors
    ///
    /// [`BodyError`] if it is not what that webhook sends.
    fn named(name: &str, body: Bytes) -> Result<Delivery<Self>, BodyError>;
}

/// Any webhook of an API where a delivery says which one it is.
pub trait Told: Named {
    /// Where it says so.
    const NAME: Name;

    /// Reads a delivery, as the webhook that it says it is.
    ///
    /// # Errors
    ///
    /// As [`named`](Named::named).
    fn told(headers: &HeaderMap, body: Bytes) -> Result<Delivery<Self>, BodyError> {
        Self::named(&Self::NAME.of(headers, &body), body)
    }
}

/// Where a delivery says which webhook it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Name {
    /// Nowhere: there is but one.
    Only(&'static str),
    /// In a header.
    Header(&'static str),
    /// In the body, at a JSON pointer (RFC 6901).
    Body(&'static str),
}

impl Name {
    /// The name; empty, if it is not where it should be.
    fn of(self, headers: &HeaderMap, body: &[u8]) -> String {
        match self {
            Self::Only(name) => name.to_owned(),
            Self::Header(name) => {
                headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim().to_owned()
            }
            Self::Body(pointer) => match pointer::find(body, [Some(pointer)]) {
                Some([Found::Value(serde_json::Value::String(name), _)]) => name,
                Some([Found::Value(value, _)]) if value.is_number() => value.to_string(),
                _ => String::new(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_stands_in_a_header_or_in_the_body() {
        let mut headers = HeaderMap::new();
        headers.insert("x-event", " pet.born ".parse().unwrap());
        let body = br#"{"meta": {"type": "pet.sold", "code": 7}, "list": []}"#;
        for (place, name) in [
            (Name::Only("ping"), "ping"),
            (Name::Header("X-Event"), "pet.born"),
            (Name::Header("X-Other"), ""),
            (Name::Body("/meta/type"), "pet.sold"),
            (Name::Body("/meta/code"), "7"),
            (Name::Body("/meta/none"), ""),
            (Name::Body("/list"), ""),
        ] {
            assert_eq!(place.of(&headers, body), name, "{place:?}");
        }
        assert_eq!(Name::Body("/type").of(&headers, b"no JSON"), "");
    }
}
