//! What a page says, as far as going on is concerned.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::argument::{header, is_in_body};
use super::description::{Paging, PagingStyle};
use super::lack::{self, Lack};
use crate::pointer::{Found, find, is_number};
use crate::reported::is_told;
use crate::values::flag;
use crate::whole;

/// What a page says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// What stands where its items belong.
    pub(super) list: Listed,
    /// The text of the items, from the first to the last.
    pub(super) text: Option<Bytes>,
    /// How many items there are in all.
    pub(super) total: Option<u64>,
    /// How many pages there are in all.
    pub(super) total_pages: Option<u64>,
    /// Whether there is another page.
    pub(super) has_more: Option<bool>,
    /// The cursor of the next page, be it told or the last item's, or its URL.
    pub(super) next: Option<String>,
    /// Whether something went wrong with the whole page, by its own words.
    pub(super) failed: bool,
    /// Whether an error stands beside the items.
    pub(super) error_beside: bool,
}

/// What stands where the items of a page belong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Listed {
    /// A list of so many.
    Items(u64),
    /// No list.
    Lacking(Lack),
}

impl Default for Listed {
    fn default() -> Self {
        Self::Items(0)
    }
}

/// Members of a body that say whether it is an error, looked for beside every list. Those of a list that is empty, or not
/// there, are looked at more closely.
const VERDICTS: [&str; 4] = ["/success", "/ok", "/error", "/errors"];

impl Facts {
    /// How many items are on the page.
    pub(super) fn items(&self) -> u64 {
        match self.list {
            Listed::Items(items) => items,
            Listed::Lacking(_) => 0,
        }
    }

    /// Reads what stands in the headers of a page beside its body.
    pub(super) fn read_headers(&mut self, paging: &Paging, headers: &HeaderMap) {
        let said = |pointer: Option<&str>| {
            let value = headers.get(header(pointer?)?)?;
            // Spaces around a header's value are no part of it (RFC 9110, section 5.5).
            Some(Value::from(value.to_str().ok()?.trim()))
        };
        self.total = said(paging.total).as_ref().and_then(count).or(self.total);
        self.total_pages = said(paging.total_pages).as_ref().and_then(count).or(self.total_pages);
        self.has_more = said(paging.has_more).as_ref().and_then(flag::in_value).or(self.has_more);
        if let Some(value) = said(successor_at(&paging.style)) {
            let text = Some(value).and_then(text_of_successor);
            // A body takes it as JSON: a header holds text.
            self.next = match paging.style {
                PagingStyle::Cursor { cursor, .. } if is_in_body(cursor) => {
                    text.map(|text| Value::from(text).to_string())
                }
                _ => text,
            };
        }
    }

    /// Reads the body of a page.
    pub(super) fn read(paging: &Paging, body: &Bytes) -> Self {
        let inside = |pointer: Option<&'static str>| pointer.filter(|pointer| header(pointer).is_none());
        let body = body.slice_ref(crate::decode::without_bom(body));
        let verdict = |at: usize| VERDICTS.get(at).copied().filter(|pointer| *pointer != paging.items);
        let pointers = [
            Some(paging.items),
            inside(paging.total),
            inside(paging.total_pages),
            inside(paging.has_more),
            inside(successor_at(&paging.style)),
            verdict(0),
            verdict(1),
            verdict(2),
            verdict(3),
        ];
        let lacking = || Listed::Lacking(lack::of(&body, paging.items));
        let Some([items, total, total_pages, has_more, told, success, ok, error, errors]) = find(&body, pointers)
        else {
            return Self { list: lacking(), ..Self::default() };
        };
        let mut facts = Self {
            total: value(total).as_ref().and_then(count),
            total_pages: value(total_pages).as_ref().and_then(count),
            has_more: value(has_more).as_ref().and_then(flag::in_value),
            next: match paging.style {
                PagingStyle::Cursor { cursor, .. } if is_in_body(cursor) => json(told).filter(|json| !leads_back(json)),
                // Spaces around a URL are no part of it (URL Standard, section 4.4).
                PagingStyle::Link { .. } => successor(told).map(|link| link.trim().to_owned()),
                _ => successor(told),
            },
            failed: [success, ok].into_iter().filter_map(value).any(|flag| flag::in_value(&flag) == Some(false)),
            error_beside: [error, errors].into_iter().any(is_error),
            ..Self::default()
        };
        let Found::List(items) = items else {
            facts.list = lacking();
            return facts;
        };
        facts.list = Listed::Items(items.len() as u64);
        facts.failed |= items.is_empty() && (facts.error_beside || lack::reports_error(&body, paging.items));
        let start = |text: &[u8]| text.as_ptr() as usize - body.as_ptr() as usize;
        let ends = items.first().zip(items.last());
        facts.text = ends.map(|(first, last)| body.slice(start(first)..start(last) + last.len()));
        if let PagingStyle::LastItem { cursor, last } = paging.style {
            facts.next = items.last().and_then(|item| own(item, last, is_in_body(cursor)));
        }
        facts
    }
}

/// Where a page tells what the next one is asked for by.
fn successor_at(style: &PagingStyle) -> Option<&'static str> {
    match style {
        PagingStyle::Cursor { next, .. } | PagingStyle::Link { next } => Some(next),
        PagingStyle::Offset { .. }
        | PagingStyle::Page { .. }
        | PagingStyle::LastItem { .. }
        | PagingStyle::LinkHeader => None,
    }
}

/// Whether a member by the name of an error holds one.
fn is_error(found: Found<'_>) -> bool {
    match found {
        Found::Absent => false,
        Found::Value(value, _) => is_told(&value),
        Found::List(errors) => {
            errors.into_iter().any(|error| serde_json::from_slice(error).is_ok_and(|error| is_told(&error)))
        }
    }
}

fn value(found: Found<'_>) -> Option<Value> {
    match found {
        Found::Value(value, _) => Some(value),
        Found::Absent | Found::List(_) => None,
    }
}

/// A number that counts, which vendors write as numbers and as strings.
fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().and_then(whole::unsigned)).or_else(|| value.as_str()?.trim().parse().ok())
}

/// A cursor or a URL. Nothing, an empty text and `false` mean that there is no next page, and so does zero: it would
/// lead back to the beginning. A link may be an object that holds it (JSON:API 1.1, section "Links"; HAL, section 5).
fn successor(found: Found<'_>) -> Option<String> {
    let Found::Value(value, written) = found else { return None };
    if is_number(written) { text_of_successor(Value::from(digits(written)?)) } else { text_of_successor(value) }
}

/// The text of a successor that is no number.
fn text_of_successor(value: Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Object(mut link) => match link.remove("href") {
            Some(Value::String(text)) => text,
            _ => return None,
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Number(_) => return None,
    };
    // A cursor goes back as it came: what its spaces mean, its server knows.
    let trimmed = text.trim();
    (!trimmed.is_empty() && trimmed != "0").then_some(text)
}

/// The value of an item that its successors are asked for by, as it is: an id of zero is one like any other.
fn own(item: &[u8], pointer: &str, as_json: bool) -> Option<String> {
    let [found] = find(item, [Some(pointer)])?;
    if as_json {
        return json(found);
    }
    match found {
        Found::Value(_, written) if is_number(written) => digits(written),
        Found::Value(Value::String(text), _) => Some(text).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// A number as it is written: no float holds all of its digits.
fn digits(written: &[u8]) -> Option<String> {
    std::str::from_utf8(written).ok().map(str::to_owned)
}

/// A cursor as JSON, as it is written. Nothing, an empty value and a boolean are none.
fn json(found: Found<'_>) -> Option<String> {
    match found {
        Found::Absent | Found::Value(Value::Bool(_), _) => None,
        Found::Value(Value::String(text), _) if text.trim().is_empty() => None,
        Found::Value(Value::Object(members), _) if members.is_empty() => None,
        Found::Value(_, written) => digits(written),
        Found::List(parts) if parts.is_empty() => None,
        Found::List(parts) => {
            let text = String::from_utf8(parts.join(&b',')).ok()?;
            Some(format!("[{text}]"))
        }
    }
}

/// Zero leads back to the beginning, as a number and as a text.
fn leads_back(json: &str) -> bool {
    json.trim_matches('"').trim() == "0"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::paging::tests::plain;

    #[test]
    fn counts_are_read_in_any_form() {
        assert_eq!([json!(7), json!("7"), json!(" 7 "), json!(7.0)].map(|value| count(&value)), [Some(7); 4]);
        assert_eq!([json!(7.5), json!(-1), json!("many"), json!(true)].map(|value| count(&value)), [None; 4]);
    }

    #[test]
    fn successors_are_read_in_any_form() {
        for (value, expected) in [
            (json!("abc"), Some("abc")),
            (json!(17), Some("17")),
            (json!({"href": "/next", "title": "x"}), Some("/next")),
            (json!(" a "), Some(" a ")),
            (json!(" "), None),
            (json!(" 0 "), None),
            (json!(""), None),
            (json!(null), None),
            (json!(false), None),
            (json!(0), None),
            (json!("0"), None),
            (json!({}), None),
            (json!([]), None),
        ] {
            let body = json!({ "next": value }).to_string();
            let [found] = find(body.as_bytes(), [Some("/next")]).unwrap();
            assert_eq!(successor(found).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_numeric_cursor_keeps_its_digits() {
        for style in [
            PagingStyle::Cursor { cursor: "after", next: "/next" },
            PagingStyle::Cursor { cursor: "/after", next: "/next" },
            PagingStyle::LastItem { cursor: "after", last: "/id" },
            PagingStyle::LastItem { cursor: "/after", last: "/id" },
        ] {
            let paging = Paging { items: "/data", ..plain(style) };
            for number in ["12345678901234567890123", "1.10", "-0.1000000000000000055", "1e400", "18446744073709551616"]
            {
                let body = Bytes::from(format!(r#"{{"next":{number},"data":[{{"id":{number}}}]}}"#));
                assert_eq!(Facts::read(&paging, &body).next.as_deref(), Some(number));
            }
        }
    }

    #[test]
    fn the_last_items_value_is_taken_as_it_is() {
        let paging = Paging { items: "", ..plain(PagingStyle::LastItem { cursor: "after", last: "/key/id" }) };
        for (id, expected) in [
            (r#"" a b""#, Some(" a b")),
            ("0", Some("0")),
            (r#""0""#, Some("0")),
            ("9223372036854775808", Some("9223372036854775808")),
            (r#""""#, None),
            ("null", None),
            ("true", None),
            ("[1]", None),
        ] {
            let body = Bytes::from(format!(r#"[{{"key":{{"id":"first"}}}},{{"key":{{"id":{id}}}}}]"#));
            assert_eq!(Facts::read(&paging, &body).next.as_deref(), expected, "{id}");
        }
        for body in ["[]", "[1]", r#"[{"key":7}]"#] {
            assert_eq!(Facts::read(&paging, &Bytes::from(body)).next, None, "{body}");
        }
    }

    #[test]
    fn cursors_for_a_body_are_json() {
        let mut paging = Paging { items: "/data", ..plain(PagingStyle::Cursor { cursor: "/after", next: "/next" }) };
        let values = [
            (r#""a\"b""#, Some(r#""a\"b""#)),
            ("7", Some("7")),
            (r#""7""#, Some(r#""7""#)),
            (r#"[1.50, "x"]"#, Some(r#"[1.50,"x"]"#)),
            (r#"{"key":{"S":"x"}}"#, Some(r#"{"key":{"S":"x"}}"#)),
            ("0", None),
            (r#""0""#, None),
            (r#"" ""#, None),
            ("false", None),
            ("null", None),
            ("[]", None),
            ("{}", None),
        ];
        for (value, expected) in values {
            let body = Bytes::from(format!(r#"{{"next":{value}}}"#));
            assert_eq!(Facts::read(&paging, &body).next.as_deref(), expected, "{value}");
        }
        paging.style = PagingStyle::LastItem { cursor: "/after", last: "/sort" };
        for (value, expected) in values {
            let body = Bytes::from(format!(r#"{{"data":[{{"sort":{value}}}]}}"#));
            let expected = expected.or(value.contains('0').then_some(value));
            assert_eq!(Facts::read(&paging, &body).next.as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn all_is_read_in_one_go() {
        let paging = Paging {
            items: "/data",
            total: Some("/meta/total"),
            total_pages: Some("/meta/pages"),
            has_more: Some("/more"),
            ..plain(PagingStyle::Cursor { cursor: "after", next: "/meta/next" })
        };
        let body = r#"{"data": [ {"a":1}, 2 ], "meta": {"next":"n","total":"2","pages":1}, "more": true}"#;
        let expected = Facts {
            list: Listed::Items(2),
            text: Some(r#"{"a":1}, 2"#.into()),
            total: Some(2),
            total_pages: Some(1),
            has_more: Some(true),
            next: Some("n".to_owned()),
            failed: false,
            error_beside: false,
        };
        assert_eq!(Facts::read(&paging, &Bytes::from(body)), expected);
        for (body, lack) in [("<html>", Lack::Unreadable), (r#"{"data":{}}"#, Lack::Else("an object"))] {
            let expected = Facts { list: Listed::Lacking(lack), ..Facts::default() };
            assert_eq!(Facts::read(&paging, &Bytes::from(body)), expected);
        }
    }

    #[test]
    fn what_stands_in_headers_is_read_as_in_a_body() {
        let headers: HeaderMap = [("x-next", " 17 "), ("x-total", "3"), ("x-pages", "2"), ("x-more", "TRUE")]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .into_iter()
            .collect();
        let at_cursor = |cursor, next| Paging {
            total: Some("header:X-Total"),
            total_pages: Some("header:X-Pages"),
            has_more: Some("header:X-More"),
            ..plain(PagingStyle::Cursor { cursor, next })
        };
        for (cursor, next, expected) in [
            ("header:X-After", "header:X-Next", Some("17")),
            ("/after", "header:X-Next", Some(r#""17""#)),
            ("after", "header:X-None", None),
            ("after", "/next", Some("b")),
        ] {
            let paging = at_cursor(cursor, next);
            let mut facts = Facts::read(&paging, &Bytes::from(r#"{"items":[1],"next":"b","header:X-Total":9}"#));
            facts.read_headers(&paging, &headers);
            assert_eq!((facts.next.as_deref(), facts.total, facts.total_pages), (expected, Some(3), Some(2)));
            assert_eq!(facts.has_more, Some(true));
        }
        let mut facts = Facts::default();
        facts.read_headers(
            &at_cursor("after", "header:X-Next"),
            &[("x-next".parse().unwrap(), "0".parse().unwrap())].into_iter().collect(),
        );
        assert_eq!((facts.next, facts.total, facts.has_more), (None, None, None));
    }

    #[test]
    fn errors_beside_the_items_are_seen() {
        let paging = Paging { items: "/data", ..plain(PagingStyle::LinkHeader) };
        let seen = |body: &'static str| {
            let facts = Facts::read(&paging, &Bytes::from(body));
            (facts.failed, facts.error_beside)
        };
        assert_eq!(seen(r#"{"data":[1],"errors":[{"title":"x"}]}"#), (false, true));
        assert_eq!(seen(r#"{"data":[1],"error":{"code":"ok"},"errors":[null],"success":true}"#), (false, false));
        assert_eq!(seen(r#"{"data":[1],"success":false}"#), (true, false));
        assert_eq!(seen(r#"{"data":[],"errors":["x"]}"#), (true, true));
        let errors = Paging { items: "/errors", ..plain(PagingStyle::LinkHeader) };
        let facts = Facts::read(&errors, &Bytes::from(r#"{"errors":["x"]}"#));
        assert_eq!((facts.items(), facts.error_beside), (1, false), "a list of errors is a list");
    }
}
