//! `format: uuid`, as the vendor wrote it.

use serde::{Deserialize, Serialize};

use super::{InvalidValue, text_value};

/// A UUID as a vendor writes it (RFC 9562, if it keeps to `format: uuid`).
///
/// Holds the text; comparing and hashing go by the text too. Some vendors put other ids into fields that they declare
/// as UUIDs; those survive.
///
/// ```
/// use switchboard_runtime::Uuid;
///
/// let id = Uuid::from("67E55044-10B1-426F-9247-BB680E5FE0C8");
/// assert_eq!(id.parse().unwrap().to_string(), "67e55044-10b1-426f-9247-bb680e5fe0c8");
/// assert!(Uuid::from("abc@clients").parse().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uuid(String);

text_value!(Uuid);

impl Uuid {
    /// The number that the text names.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the text is in none of the forms of a UUID.
    pub fn parse(&self) -> Result<::uuid::Uuid, InvalidValue> {
        ::uuid::Uuid::parse_str(&self.0).map_err(|_| InvalidValue::new("uuid", &self.0))
    }
}

impl From<::uuid::Uuid> for Uuid {
    fn from(id: ::uuid::Uuid) -> Self {
        Self(id.to_string())
    }
}

impl TryFrom<&Uuid> for ::uuid::Uuid {
    type Error = InvalidValue;

    fn try_from(value: &Uuid) -> Result<Self, Self::Error> {
        value.parse()
    }
}

impl TryFrom<Uuid> for ::uuid::Uuid {
    type Error = InvalidValue;

    fn try_from(value: Uuid) -> Result<Self, Self::Error> {
        value.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let id = Uuid::from("67e55044-10b1-426f-9247-bb680e5fe0c8");
        assert_eq!(Uuid::from(id.parse().unwrap()), id);
        let json = serde_json::to_string(&Uuid::from("odd")).unwrap();
        assert_eq!(json, "\"odd\"");
    }
}
