//! The little of HTTP that all three APIs share: reading a query, writing a JSON answer.

use std::num::IntErrorKind;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

/// A decoded query or form, in the order it was sent, names as often as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pairs(pub(crate) Vec<(String, String)>);

impl Pairs {
    /// Reads `application/x-www-form-urlencoded` text, which is what a query is written in as well.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The pairs of a request's query, if it has one.
    pub(crate) fn of_query(query: Option<&str>) -> Self {
        Self::parse(query.unwrap_or_default().as_bytes())
    }

    /// The first value of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The first value of that name, unless it is empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Every value of that name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What stands in brackets after `name`, and its value: `filters[service]=shopify` gives `("service", "shopify")`.
    pub(crate) fn bracketed(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(key, value)| {
            let field = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((field, value.as_str()))
        })
    }

    /// A whole number that may be written as a decimal one (`50.0`), since some documents call it a `number`. One that is too
    /// large for its type is the largest.
    fn number(&self, name: &'static str) -> Result<Option<u64>, Nonsense> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let whole = text
            .split_once('.')
            .map_or(text, |(whole, rest)| if rest.bytes().all(|b| b == b'0') { whole } else { text });
        match whole.parse() {
            Ok(number) => Ok(Some(number)),
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => Ok(Some(u64::MAX)),
            Err(_) => Err(Nonsense(name)),
        }
    }

    /// The page asked for: `offset`, and `limit` with its default, cut down to `most`. A limit of 0 counts as not sent.
    pub(crate) fn page(&self, default: u64, most: u64) -> Result<(u64, u64), Nonsense> {
        let limit = self.number("limit")?.filter(|limit| *limit > 0).unwrap_or(default);
        Ok((self.number("offset")?.unwrap_or(0), limit.min(most)))
    }

    /// A parameter that says yes or no.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Nonsense> {
        match self.get(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(Nonsense(name)),
        }
    }
}

/// The parameter of a query whose value is none of its type. What the services make of it is not documented; a client that sends it
/// has a fault that its author wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nonsense(pub(crate) &'static str);

/// An answer with a JSON body.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    with_body(status, "application/json", body.to_string())
}

/// An answer with a body of another type.
pub(crate) fn with_body(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Where the list of an answer stands: the name of a property, or `""` if the answer is the list. It goes along with the
/// answer, unseen by the client, for the faults that happen to lists.
#[derive(Clone, Copy)]
pub(crate) struct ListAt(pub(crate) &'static str);

/// Tells where the list of an answer stands.
pub(crate) fn with_list_at(name: &'static str, mut response: Response) -> Response {
    response.extensions_mut().insert(ListAt(name));
    response
}

/// Whether the request says that its body is of the media type `expected`; parameters such as the charset are left
/// aside.
pub(crate) fn has_content_type(headers: &HeaderMap, expected: &str) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

/// A field as the text that a filter compares it with; `None` for what is missing, null or no scalar.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_names_are_read_encoded_or_not() {
        let query = Pairs::of_query(Some("filters%5Bservice%5D=a+b&filters[externalid]=c&other=d"));
        assert_eq!(query.bracketed("filters").collect::<Vec<_>>(), [("service", "a b"), ("externalid", "c")]);
    }

    #[test]
    fn a_page_is_clamped_and_nonsense_is_told() {
        assert_eq!(Pairs::of_query(None).page(20, 100), Ok((0, 20)));
        assert_eq!(Pairs::of_query(Some("limit=1000&offset=7")).page(20, 100), Ok((7, 100)));
        assert_eq!(Pairs::of_query(Some("limit=50.0")).page(20, 100), Ok((0, 50)));
        let large = "99999999999999999999";
        let query = format!("limit={large}&offset={large}.0");
        assert_eq!(Pairs::of_query(Some(&query)).page(20, 100), Ok((u64::MAX, 100)));
        assert_eq!(Pairs::of_query(Some("limit=-1")).page(20, 100), Err(Nonsense("limit")));
        assert_eq!(Pairs::of_query(Some("offset=x")).page(20, 100), Err(Nonsense("offset")));
        assert_eq!(Pairs::of_query(Some("active=1&summary=null")).flag("active"), Ok(true));
        assert_eq!(Pairs::of_query(Some("active=1&summary=null")).flag("summary"), Err(Nonsense("summary")));
    }
}
