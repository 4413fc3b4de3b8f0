//! The headers that a document describes for an answer, each read as what it is described as.
//!
//! Generated crates have a type for each set of headers; it is the answer's [`HeaderMap`] with a method for each of them.
//! A header is read when it is asked for: whoever does not ask pays nothing, and one that the vendor gets wrong costs no
//! other.

mod simple;

use std::borrow::Cow;
use std::fmt;

use http::HeaderMap;
use serde::de::DeserializeOwned;

use self::simple::Text;

/// The headers of an answer, as a map or as a type that knows which there are.
pub trait ResponseHeaders: From<HeaderMap> {
    /// All of them by name.
    fn as_map(&self) -> &HeaderMap;
}

impl ResponseHeaders for HeaderMap {
    fn as_map(&self) -> &HeaderMap {
        self
    }
}

/// The typed bodies of an operation's errors, where the document describes headers beside them. Generated enums implement
/// it.
pub trait ErrorHeaders {
    /// The headers of all its error answers.
    type Headers: ResponseHeaders;
}

/// A header is not there, though the document promises it, or is not what the document describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderError {
    name: &'static str,
    fault: Option<String>,
}

impl HeaderError {
    fn unreadable(name: &'static str, fault: impl Into<String>) -> Self {
        Self { name, fault: Some(fault.into()) }
    }

    /// The header's name, as the document spells it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the header is not there at all.
    pub fn is_missing(&self) -> bool {
        self.fault.is_none()
    }
}

/// Says what was expected and not what came, for that may be a secret.
impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            None => write!(f, "the answer lacks the header `{}`, which the document promises", self.name),
            Some(fault) => write!(f, "the header `{}` is not what the document describes: {fault}", self.name),
        }
    }
}

impl std::error::Error for HeaderError {}

/// A header that the document promises.
///
/// # Errors
///
/// [`HeaderError`] if it is not there, or could not be read.
pub fn required<T>(name: &'static str, read: Result<Option<T>, HeaderError>) -> Result<T, HeaderError> {
    read?.ok_or(HeaderError { name, fault: None })
}

/// A header in the style `simple` (OpenAPI 3.0, section 4.7.12.3): a text, a number or a boolean as it is, the items of a list
/// with commas between them, an object as `name,value,name,value`. Several lines are one list (RFC 9110, section 5.3).
///
/// # Errors
///
/// [`HeaderError`] if it is no `T`.
pub fn simple<T: DeserializeOwned>(headers: &HeaderMap, name: &'static str) -> Result<Option<T>, HeaderError> {
    styled(headers, name, false, ',')
}

/// The same with `explode`: an object is `name=value,name=value`.
///
/// # Errors
///
/// As `simple`.
pub fn exploded<T: DeserializeOwned>(headers: &HeaderMap, name: &'static str) -> Result<Option<T>, HeaderError> {
    styled(headers, name, true, ',')
}

/// A list with another character than a comma between its items. Several lines are one list all the same.
///
/// # Errors
///
/// As `simple`.
pub fn parted<T: DeserializeOwned>(
    headers: &HeaderMap,
    name: &'static str,
    between: char,
) -> Result<Option<T>, HeaderError> {
    styled(headers, name, false, between)
}

fn styled<T: DeserializeOwned>(
    headers: &HeaderMap,
    name: &'static str,
    explode: bool,
    between: char,
) -> Result<Option<T>, HeaderError> {
    let Some(text) = text(headers, name, between)? else { return Ok(None) };
    let read = T::deserialize(Text { text: &text, explode, between });
    read.map(Some).map_err(|error| HeaderError::unreadable(name, error.to_string()))
}

/// A header whose value is JSON.
///
/// # Errors
///
/// [`HeaderError`] if it is not the JSON of a `T`.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, name: &'static str) -> Result<Option<T>, HeaderError> {
    let Some(text) = text(headers, name, ',')? else { return Ok(None) };
    let misfit = |error: serde_json::Error| {
        let what = if error.is_data() { "it is JSON of another type" } else { "it is no JSON" };
        HeaderError::unreadable(name, format!("{what}, as its character {} shows", error.column()))
    };
    serde_json::from_str(&text).map(Some).map_err(misfit)
}

/// A header that is a list of its lines: `Set-Cookie`, whose lines must not be joined (RFC 9110, section 5.3).
///
/// # Errors
///
/// [`HeaderError`] if a line is no text.
pub fn lines(headers: &HeaderMap, name: &'static str) -> Result<Option<Vec<String>>, HeaderError> {
    let lines: Result<Vec<_>, _> =
        headers.get_all(name).iter().map(|value| line(value, name).map(str::to_owned)).collect();
    lines.map(|lines| Some(lines).filter(|lines| !lines.is_empty()))
}

/// All lines of a header, joined as RFC 9110, section 5.3, says, or as the items of its list are.
fn text<'h>(headers: &'h HeaderMap, name: &'static str, between: char) -> Result<Option<Cow<'h, str>>, HeaderError> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else { return Ok(None) };
    let mut text = Cow::Borrowed(line(first, name)?);
    for value in values {
        let text = text.to_mut();
        text.push(between);
        text.push(' ');
        text.push_str(line(value, name)?);
    }
    Ok(Some(text))
}

fn line<'h>(value: &'h http::HeaderValue, name: &'static str) -> Result<&'h str, HeaderError> {
    std::str::from_utf8(value.as_bytes()).map_err(|_| HeaderError::unreadable(name, "it is no text in UTF-8"))
}

/// Makes a newtype of [`HeaderMap`] the headers of an answer. Generated crates add a method for each header.
///
/// ```
/// use switchboard_runtime::codegen::v1::{headers, response_headers};
/// use switchboard_runtime::{HeaderError, HeaderMap};
///
/// #[derive(Clone)]
/// pub struct Total(HeaderMap);
///
/// impl Total {
///     pub fn x_total(&self) -> Result<Option<i64>, HeaderError> {
///         headers::simple(self, "X-Total")
///     }
/// }
///
/// response_headers!(Total);
///
/// let mut map = HeaderMap::new();
/// map.insert("x-total", "7".parse()?);
/// assert_eq!(Total::from(map).x_total()?, Some(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __response_headers {
    ($name:ident) => {
        impl ::std::convert::From<$crate::HeaderMap> for $name {
            #[inline]
            fn from(headers: $crate::HeaderMap) -> Self {
                Self(headers)
            }
        }

        impl $crate::ResponseHeaders for $name {
            #[inline]
            fn as_map(&self) -> &$crate::HeaderMap {
                &self.0
            }
        }

        /// The headers that the document does not describe.
        impl ::std::ops::Deref for $name {
            type Target = $crate::HeaderMap;

            #[inline]
            fn deref(&self) -> &$crate::HeaderMap {
                &self.0
            }
        }

        /// Only the names are shown: values may be nobody's business.
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0.keys().collect::<::std::vec::Vec<_>>()).finish()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use http::{HeaderName, HeaderValue};
    use serde::Deserialize;

    use super::*;
    use crate::{Date, DateTime, Scalar, Uuid};

    const NAME: &str = "X-Value";

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let name = HeaderName::from_static("x-value");
        HeaderMap::from_iter(lines.iter().map(|line| (name.clone(), HeaderValue::from_static(line))))
    }

    fn read<T: DeserializeOwned>(line: &'static str) -> Result<Option<T>, HeaderError> {
        simple(&headers(&[line]), NAME)
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Policy {
        limit: i64,
        burst: Option<bool>,
        name: String,
    }

    /// A state.
    #[derive(Clone)]
    enum State {
        Up,
        Unknown(String),
    }

    crate::__string_enum! { State else Unknown; Up "up"; }

    #[test]
    fn items_may_be_parted_by_other_characters_than_commas() {
        let list = |lines: &[&'static str], between: char| parted::<Vec<String>>(&headers(lines), NAME, between);
        let expected = |items: &[&str]| Ok(Some(items.iter().map(ToString::to_string).collect::<Vec<_>>()));
        assert_eq!(list(&["a,b|c"], '|'), expected(&["a,b", "c"]));
        assert_eq!(list(&["a  b", "c"], ' '), expected(&["a", "b", "c"]));
        assert_eq!(parted::<Vec<i64>>(&headers(&["1\t2"]), NAME, '\t'), Ok(Some(vec![1, 2])));
    }

    #[test]
    fn every_type_is_read_from_its_text() {
        assert_eq!(read("a, b"), Ok(Some("a, b".to_owned())));
        assert_eq!((read("-7"), read("18446744073709551615")), (Ok(Some(-7i64)), Ok(Some(u64::MAX))));
        assert_eq!((read("1.5"), read("7")), (Ok(Some(1.5f64)), Ok(Some(7.0f64))));
        assert_eq!((read("true"), read("False")), (Ok(Some(true)), Ok(Some(false))));
        assert_eq!(read(State::VALUES[0]), Ok(Some(State::Up)));
        assert_eq!(read("sideways"), Ok(Some(State::Unknown("sideways".to_owned()))));
        assert_eq!(read("2024-01-02"), Ok(Some(Date::from("2024-01-02".to_owned()))));
        assert_eq!(read("2024-01-02T03:04:05Z"), Ok(Some(DateTime::from("2024-01-02T03:04:05Z".to_owned()))));
        let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        assert_eq!(read::<Uuid>(id).unwrap().unwrap().to_string(), id);
        assert_eq!(read("7"), Ok(Some(Scalar::Text("7".to_owned()))));
        assert_eq!(read("a"), Ok(Some(serde_json::Value::from("a"))));
        assert_eq!(read("a"), Ok(Some(Some("a".to_owned()))));
    }

    #[test]
    fn lists_and_objects_have_commas_between_their_parts() {
        assert_eq!(read("1,2 ,\t3,"), Ok(Some(vec![1, 2, 3])));
        assert_eq!(read(""), Ok(Some(Vec::<i64>::new())));
        assert_eq!(simple(&headers(&["1, 2", "3"]), NAME), Ok(Some(vec![1, 2, 3])));
        let policy = || Policy { limit: 5, burst: Some(true), name: "a=b".to_owned() };
        assert_eq!(read("limit,5,burst,true,name,a=b"), Ok(Some(policy())));
        assert_eq!(exploded(&headers(&["limit=5, burst=true, name=a=b"]), NAME), Ok(Some(policy())));
        let map = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]);
        assert_eq!(read("a,1,b,2"), Ok(Some(map)));
    }

    #[test]
    fn what_stands_in_quotes_is_one_part() {
        let list = |text: &'static str| simple::<Vec<String>>(&headers(&[text]), NAME).unwrap().unwrap();
        assert_eq!(list(r#"<a>; rel="x,y", <b>"#), [r#"<a>; rel="x,y""#, "<b>"]);
        assert_eq!(list(r#""a, \"b", c"#), [r#""a, \"b""#, "c"]);
        // A quote within a word, and one that none closes, are characters.
        assert_eq!(list(r#"5",7", "a, b"#), [r#"5""#, r#"7""#, r#""a"#, "b"]);
    }

    #[test]
    fn a_header_that_is_not_there_is_none_unless_it_is_promised() {
        let none = HeaderMap::new();
        assert_eq!(simple::<i64>(&none, NAME), Ok(None));
        assert_eq!(json::<i64>(&none, NAME), Ok(None));
        assert_eq!(lines(&none, NAME), Ok(None));
        let error = required(NAME, simple::<i64>(&none, NAME)).unwrap_err();
        assert!(error.is_missing());
        assert_eq!(error.to_string(), "the answer lacks the header `X-Value`, which the document promises");
        assert_eq!(required(NAME, read::<i64>("1")), Ok(1));
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_does_not_repeat_it() {
        let told = |error: HeaderError| {
            assert!(!error.is_missing() && error.name() == NAME);
            let text = error.to_string();
            assert!(!text.contains("s3cr3t"), "{text}");
            text.strip_prefix("the header `X-Value` is not what the document describes: ").unwrap().to_owned()
        };
        assert_eq!(told(read::<i64>("s3cr3t").unwrap_err()), "it is no whole number");
        assert_eq!(told(read::<i64>("").unwrap_err()), "it is no whole number");
        assert_eq!(told(read::<u64>("-1").unwrap_err()), "it is no whole number");
        assert_eq!(told(read::<f64>("s3cr3t").unwrap_err()), "it is no number");
        assert_eq!(told(read::<bool>("s3cr3t").unwrap_err()), "it is neither `true` nor `false`");
        assert_eq!(told(read::<Vec<i64>>("1,s3cr3t").unwrap_err()), "it is no whole number");
        assert_eq!(told(read::<Policy>("limit,5,s3cr3t").unwrap_err()), "it is no list of names and values");
        assert_eq!(
            told(exploded::<Policy>(&headers(&["s3cr3t"]), NAME).unwrap_err()),
            "it is no list of names and values"
        );
        assert_eq!(told(read::<(bool, u8)>("true").unwrap_err()), "it is of another type");
        assert_eq!(
            told(json::<i64>(&headers(&["\"s3cr3t\""]), NAME).unwrap_err()),
            "it is JSON of another type, as its character 8 shows"
        );
        assert_eq!(
            told(json::<i64>(&headers(&["s3cr3t"]), NAME).unwrap_err()),
            "it is no JSON, as its character 1 shows"
        );
        let mut bytes = HeaderMap::new();
        bytes.insert("x-value", HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(told(simple::<String>(&bytes, NAME).unwrap_err()), "it is no text in UTF-8");
    }

    #[test]
    fn json_and_lines_are_read_as_they_are() {
        assert_eq!(json(&headers(&["{\"a\": [1", "2]}"]), NAME), Ok(Some(serde_json::json!({"a": [1, 2]}))));
        let cookies = headers(&["a=1; Expires=Wed, 21 Oct 2015", "b=2"]);
        assert_eq!(lines(&cookies, NAME).unwrap().unwrap(), ["a=1; Expires=Wed, 21 Oct 2015", "b=2"]);
    }
}
