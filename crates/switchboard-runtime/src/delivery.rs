//! What a vendor sends of its own accord, as a webhook: read as answers are, though nobody asked.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::decode::{self, BodyError, Decoder, Repair};
use crate::raw_response::RawResponse;

/// A delivery: the body of a request that a vendor made, and what had to be made good in it. Dereferences to the value.
///
/// Whether the vendor made the request is for the server that got it to find out first, by its signature.
///
/// ```
/// use switchboard_runtime::Delivery;
///
/// # #[derive(serde::Deserialize)]
/// # struct PetBorn { name: String, legs: u8 }
/// // `PetBorn` is a type of the module `webhooks` of a generated crate.
/// let born = Delivery::<PetBorn>::json(r#"{"name": "Rex", "legs": "4"}"#)?;
/// assert_eq!((born.name.as_str(), born.legs), ("Rex", 4));
/// assert_eq!(born.repairs()[0].path, "legs");
///
/// assert!(Delivery::<PetBorn>::strict_json(r#"{"name": "Rex", "legs": "4"}"#).is_err());
/// # Ok::<(), switchboard_runtime::BodyError>(())
/// ```
#[derive(Clone)]
pub struct Delivery<T> {
    value: T,
    repairs: Vec<Repair>,
}

impl<T: DeserializeOwned> Delivery<T> {
    /// Reads JSON as leniently as answers are read; see [`decode::json`].
    ///
    /// # Errors
    ///
    /// [`BodyError`], with the path of the field at fault, if it is not the JSON of a `T`.
    pub fn json(body: impl Into<Bytes>) -> Result<Self, BodyError> {
        Self::read(body.into(), false)
    }

    /// The same, where whatever does not keep to the document is an error.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json).
    pub fn strict_json(body: impl Into<Bytes>) -> Result<Self, BodyError> {
        Self::read(body.into(), true)
    }

    fn read(body: Bytes, strict: bool) -> Result<Self, BodyError> {
        let raw = RawResponse::new(StatusCode::OK, HeaderMap::new(), body);
        let decoder = Decoder::new(&raw).strict(strict);
        let value = decode::json(&decoder)?;
        Ok(Self { value, repairs: decoder.into_repairs() })
    }
}

impl<T> Delivery<T> {
    /// Where the body does not keep to the document, and an empty value or one of another type was taken; of very many the
    /// first hundred.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The same with another value, made of this one.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Delivery<U> {
        Delivery { value: make(self.value), repairs: self.repairs }
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Delivery<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Delivery<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("value", &self.value).field("repairs", &self.repairs).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Event {
        id: i64,
    }

    #[test]
    fn a_body_is_read_leniently_unless_it_is_to_be_exact() {
        let event = Delivery::<Event>::json(r#"{"id": "7"}"#).unwrap();
        assert_eq!((event.id, event.repairs().len()), (7, 1));
        assert_eq!(event.into_inner(), Event { id: 7 });
        let error = Delivery::<Event>::strict_json(r#"{"id": "7"}"#).unwrap_err();
        assert_eq!(error.path(), Some("id"));
        assert!(Delivery::<Event>::strict_json(r#"{"id": 7}"#).unwrap().repairs().is_empty());
        assert!(Delivery::<Event>::json(b"no JSON".to_vec()).is_err());
    }
}
