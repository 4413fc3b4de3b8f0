//! Members that a caller adds to a body, beside those that the document describes. The others stay as they were written, to the
//! digit.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::media_type::essence;
use crate::percent;

/// Whether a member that is added takes the place of one of its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precedence {
    Added,
    Present,
}

/// A body with members added; nothing if it is neither an object of JSON nor a form.
pub(crate) fn added(
    content_type: Option<&str>,
    body: &[u8],
    members: &[(String, Value)],
    precedence: Precedence,
) -> Option<Bytes> {
    let essence = content_type.map(|text| essence(text).to_ascii_lowercase());
    match essence.as_deref() {
        Some("application/x-www-form-urlencoded") => Some(form(body, members, precedence).into()),
        None | Some("application/json") => json(body, members, precedence),
        Some(essence) if essence.ends_with("+json") => json(body, members, precedence),
        Some(_) => None,
    }
}

fn json(body: &[u8], added: &[(String, Value)], precedence: Precedence) -> Option<Bytes> {
    let Members(mut members) = serde_json::from_slice(body).ok()?;
    for (name, value) in added {
        let value = serde_json::value::to_raw_value(value).ok()?;
        match members.iter_mut().find(|(known, _)| known == name) {
            Some(_) if precedence == Precedence::Present => {}
            Some((_, old)) => *old = value,
            None => members.push((name.clone(), value)),
        }
    }
    serde_json::to_vec(&Members(members)).ok().map(Bytes::from)
}

/// Texts are sent as they are, and all else as its JSON.
fn form(body: &[u8], added: &[(String, Value)], precedence: Precedence) -> String {
    let added: Vec<(String, String)> = added
        .iter()
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (percent::encode_form(name), percent::encode_form(&text))
        })
        .collect();
    let body = String::from_utf8_lossy(body);
    let name = |pair: &str| pair.split('=').next().unwrap_or(pair).to_owned();
    let mut present: Vec<&str> = body.split('&').filter(|pair| !pair.is_empty()).collect();
    let mut added = added;
    match precedence {
        Precedence::Added => present.retain(|pair| !added.iter().any(|(known, _)| *known == name(pair))),
        Precedence::Present => added.retain(|(known, _)| !present.iter().any(|pair| *known == name(pair))),
    }
    let added = added.iter().map(|(name, value)| format!("{name}={value}"));
    present.into_iter().map(str::to_owned).chain(added).collect::<Vec<_>>().join("&")
}

/// The members of an object in their order, each as it was written.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(content_type: Option<&str>, body: &str) -> Option<String> {
        let members = [("a".to_owned(), json!("x y")), ("n".to_owned(), json!({"b": [1, null]}))];
        added(content_type, body.as_bytes(), &members, Precedence::Added)
            .map(|body| String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn what_is_there_already_stays_as_it_was_written() {
        let body = r#"{"z": 12345678901234567890.10, "a": 1, "m": "\u00e9"}"#;
        let wanted = r#"{"z":12345678901234567890.10,"a":"x y","m":"\u00e9","n":{"b":[1,null]}}"#;
        assert_eq!(text(Some("application/json; charset=utf-8"), body).unwrap(), wanted);
        assert_eq!(text(Some("application/merge-patch+json"), "{}").unwrap(), r#"{"a":"x y","n":{"b":[1,null]}}"#);
        assert_eq!(text(None, "{}").unwrap(), r#"{"a":"x y","n":{"b":[1,null]}}"#);
    }

    #[test]
    fn of_a_form_members_are_pairs() {
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(text(form, "a=1&b=2&a=3").unwrap(), "b=2&a=x+y&n=%7B%22b%22%3A%5B1%2Cnull%5D%7D");
        assert_eq!(text(form, "").unwrap(), "a=x+y&n=%7B%22b%22%3A%5B1%2Cnull%5D%7D");
    }

    #[test]
    fn what_is_present_may_go_before() {
        let added = |content_type, body: &str| {
            let members = [("a".to_owned(), json!(1)), ("b".to_owned(), json!(2))];
            let body = added(Some(content_type), body.as_bytes(), &members, Precedence::Present).unwrap();
            String::from_utf8(body.to_vec()).unwrap()
        };
        assert_eq!(added("application/json", r#"{"a":null}"#), r#"{"a":null,"b":2}"#);
        assert_eq!(added("application/x-www-form-urlencoded", "a="), "a=&b=2");
    }

    #[test]
    fn what_has_no_members_takes_none() {
        for (content_type, body) in
            [("application/json", "[1]"), ("application/json", "1"), ("application/xml", "<a/>"), ("text/plain", "{}")]
        {
            assert_eq!(text(Some(content_type), body), None, "{content_type} {body}");
        }
    }
}
