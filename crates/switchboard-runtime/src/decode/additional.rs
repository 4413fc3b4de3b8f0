//! Properties that the document does not name, where it says of what type they are.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};

use super::reading;

/// Reads the properties that a struct has no field for, as exactly as what is around them is read.
///
/// # Errors
///
/// The deserializer's, if one of them is no `T`.
pub fn additional<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let members = Value::Object(Map::deserialize(deserializer)?);
    match reading::part(&members, reading::exactness()) {
        Ok(read) => Ok(read.accept()),
        Err(unreadable) => Err(D::Error::custom(format_args!("{}: {}", unreadable.path, unreadable.message))),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::super::{BodyError, Decoder, json};
    use super::*;
    use crate::response::RawResponse;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Prices {
        name: String,
        #[serde(flatten, deserialize_with = "additional")]
        extra: BTreeMap<String, Price>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Price {
        cents: i64,
    }

    fn read(body: &'static str, strict: bool) -> Result<(Vec<Prices>, Vec<String>), BodyError> {
        let response = RawResponse::new(StatusCode::OK, HeaderMap::new(), Bytes::from_static(body.as_bytes()));
        let decoder = Decoder::new(&response).strict(strict);
        let read = json(&decoder)?;
        Ok((read, decoder.into_repairs().iter().map(ToString::to_string).collect()))
    }

    fn prices(name: &str, extra: &[(&str, i64)]) -> Prices {
        let extra = extra.iter().map(|(name, cents)| ((*name).to_owned(), Price { cents: *cents }));
        Prices { name: name.to_owned(), extra: extra.collect() }
    }

    #[test]
    fn they_are_read_as_their_type() {
        for strict in [false, true] {
            let (read, repairs) = read(r#"[{"name":"a","eu":{"cents":5},"us":{"cents":6.0}}]"#, strict).unwrap();
            assert_eq!((read, repairs), (vec![prices("a", &[("eu", 5), ("us", 6)])], vec![]));
        }
    }

    #[test]
    fn they_are_made_good_where_what_is_around_them_is_and_told_with_their_place() {
        let body = r#"[{"name":"a","eu":{"cents":"5"},"us":null},{"name":null,"uk":{}}]"#;
        let (prices_read, repairs) = read(body, false).unwrap();
        assert_eq!(prices_read, [prices("a", &[("eu", 5), ("us", 0)]), prices("", &[("uk", 0)])]);
        let mut expected = vec![
            "[0].eu.cents: is of another type than the document says",
            "[0].us: is null",
            "[0].us.cents: is missing",
            "[1].name: is null",
            "[1].uk.cents: is missing",
        ];
        let mut repairs: Vec<&str> = repairs.iter().map(String::as_str).collect();
        expected.sort_unstable();
        repairs.sort_unstable();
        assert_eq!(repairs, expected);
        assert!(read(body, true).is_err());
    }

    #[test]
    fn one_that_cannot_be_read_is_named() {
        let error = read(r#"[{"name":"a","eu":7}]"#, false).unwrap_err();
        assert!(error.message().starts_with("[0].eu: invalid type"), "{error}");
    }
}
