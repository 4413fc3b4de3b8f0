//! What a page says that has no items: whether it is an empty list, something else in its place, or an error under a
//! status of success. Few pages come here, so they may be read once more, and whole.

use serde_json::{Map, Value};

use crate::decode::unescaped;
use crate::reported::{is_error, sounds_like_one};

/// Why there is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// The body is empty.
    EmptyBody,
    /// The body is no JSON.
    Unreadable,
    /// In its place, or in that of what it stands in, is `null`.
    Null,
    /// It, or what it stands in, is not there.
    Absent,
    /// In its place, or in that of what it stands in, is something else.
    Else(&'static str),
    /// The answer is an error.
    Error,
}

/// Why a body has no list at a pointer.
pub(super) fn of(body: &[u8], pointer: &str) -> Lack {
    if body.trim_ascii().is_empty() {
        return Lack::EmptyBody;
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Lack::Unreadable };
    if around(&value, pointer).any(|members| is_error(members) || sounds_like_one(members)) {
        return Lack::Error;
    }
    let mut place = &value;
    for token in pointer.split('/').skip(1) {
        let next = match place {
            Value::Object(members) => members.get(&unescaped(token)),
            Value::Array(items) => token.parse().ok().and_then(|index: usize| items.get(index)),
            _ => break,
        };
        match next {
            // A list has no members, so it is one too many.
            None if place.is_object() => return Lack::Absent,
            None => break,
            Some(next) => place = next,
        }
    }
    match place {
        Value::Null => Lack::Null,
        Value::Bool(_) => Lack::Else("a boolean"),
        Value::Number(_) => Lack::Else("a number"),
        Value::String(_) => Lack::Else("a text"),
        Value::Array(_) => Lack::Else("a list"),
        Value::Object(_) => Lack::Else("an object"),
    }
}

/// Whether a page whose list is there, but empty, reports an error beside it. A message alone may be the one that nothing
/// was found.
pub(super) fn reports_error(body: &[u8], pointer: &str) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|value| around(&value, pointer).any(is_error))
}

/// The objects that a list stands in, from the outermost.
fn around<'v>(value: &'v Value, pointer: &'v str) -> impl Iterator<Item = &'v Map<String, Value>> {
    let mut tokens = pointer.split('/').skip(1);
    let next = move |members: &&'v Map<String, Value>| members.get(&unescaped(tokens.next()?))?.as_object();
    std::iter::successors(value.as_object(), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_place_of_a_list_is_told_apart() {
        for (body, pointer, expected) in [
            ("", "/a", Lack::EmptyBody),
            (" \n", "", Lack::EmptyBody),
            ("<html>", "/a", Lack::Unreadable),
            (r#"{"a":[1"#, "/a", Lack::Unreadable),
            ("null", "/a", Lack::Null),
            ("null", "", Lack::Null),
            (r#"{"a":null}"#, "/a", Lack::Null),
            (r#"{"a":null}"#, "/a/b", Lack::Null),
            ("{}", "/a", Lack::Absent),
            (r#"{"a":{}}"#, "/a/b", Lack::Absent),
            (r#"{"b":[1]}"#, "/a", Lack::Absent),
            ("{}", "", Lack::Else("an object")),
            ("[]", "/a", Lack::Else("a list")),
            (r#"{"a":[]}"#, "/a/b", Lack::Else("a list")),
            (r#"{"a":{}}"#, "/a", Lack::Else("an object")),
            (r#"{"a":"x"}"#, "/a", Lack::Else("a text")),
            (r#"{"a":7}"#, "/a/b", Lack::Else("a number")),
            ("true", "/a", Lack::Else("a boolean")),
        ] {
            assert_eq!(of(body.as_bytes(), pointer), expected, "{body} {pointer}");
        }
    }

    #[test]
    fn members_of_an_error_in_place_of_a_list_are_known() {
        for body in [
            r#"{"error":"x"}"#,
            r#"{"error":{"code":5}}"#,
            r#"{"errors":[{"title":"x"}]}"#,
            r#"{"Error":true}"#,
            r#"{"errorCode":"E7"}"#,
            r#"{"errcode":40001,"errmsg":"invalid credential"}"#,
            r#"{"fault":{"faultstring":"x"}}"#,
            r#"{"success":false}"#,
            r#"{"success":"false"}"#,
            r#"{"ok":false}"#,
            r#"{"isError":true}"#,
            r#"{"status":"error"}"#,
            r#"{"status":"FAILED"}"#,
            r#"{"status":404,"title":"Not Found"}"#,
            r#"{"statusCode":"500"}"#,
            r#"{"code":7,"message":"denied"}"#,
            r#"{"message":"Internal server error"}"#,
            r#"{"detail":"Not found."}"#,
            r#"{"a":{"error":"x"}}"#,
            r#"{"message":"x","a":null}"#,
        ] {
            assert_eq!(of(body.as_bytes(), "/a/b"), Lack::Error, "{body}");
        }
        for body in [
            r#"{"error":null,"errors":[],"errorCode":0,"errmsg":"","fault":{}}"#,
            r#"{"error":{"code":"ok","message":"","log_id":"x"}}"#,
            r#"{"errors":{"a":[],"b":null}}"#,
            r#"{"code":0,"message":"done with it"}"#,
            r#"{"code":"200","msg":"all is well"}"#,
            r#"{"success":true,"message":"nothing was found"}"#,
            r#"{"status":"ok","message":"nothing was found"}"#,
            r#"{"message":"success"}"#,
            r#"{"message":""}"#,
            r#"{"status":1,"description":"A list of things.","kind":"list"}"#,
            r#"{"error":"no","result":"ok"}"#,
        ] {
            assert_eq!(of(body.as_bytes(), "/a/b"), Lack::Absent, "{body}");
        }
    }

    #[test]
    fn beside_an_empty_list_only_what_is_certain_is_an_error() {
        for body in [
            r#"{"a":[],"error":"x"}"#,
            r#"{"a":[],"errors":["x"]}"#,
            r#"{"a":[],"success":false,"message":"x"}"#,
            r#"{"a":[],"status":"error"}"#,
        ] {
            assert!(reports_error(body.as_bytes(), "/a"), "{body}");
        }
        for body in ["[]", r#"{"a":[],"message":"nothing found"}"#, r#"{"a":[],"code":404,"detail":"x","errors":[]}"#] {
            assert!(!reports_error(body.as_bytes(), "/a"), "{body}");
        }
        assert!(reports_error(br#"{"a":{"b":[],"error":"x"}}"#, "/a/b"), "in what the list stands in");
    }
}
