//! The vendor's own words. Every API puts them elsewhere; the places known are tried, most telling first. This is for
//! people to read, so a wrong guess costs little, while no message at all costs an afternoon.

use serde_json::{Map, Value};

use crate::coding::still_packed_with;
use crate::decode::Decoder;
use crate::raw_response::RawResponse;

/// Bodies longer than this, in bytes, are not searched.
const LARGEST: usize = 1 << 20;

/// How many messages of a list are told.
const MOST: usize = 3;

/// Keys whose value is a sentence.
const SENTENCES: &[&str] = &[
    "message",
    "error_description",
    "error_message",
    "errorMessage",
    "developerMessage",
    "detail",
    "description",
    "reason",
    "msg",
];

/// The vendor's words in an answer's body, if there are any to be found.
pub(crate) fn find_message(response: &RawResponse) -> Option<String> {
    let body = response.body();
    if body.is_empty() || body.len() > LARGEST || still_packed_with(response.headers()).is_some() {
        return None;
    }
    match crate::decode::Tape::parse(body.slice_ref(crate::decode::without_bom(body))) {
        Some(tape) => in_value(&tape.value(0, &mut |_| {})),
        None => plain_text(response),
    }
}

fn plain_text(response: &RawResponse) -> Option<String> {
    let is_text = response.content_type().is_none_or(|kind| kind.eq_ignore_ascii_case("text/plain"));
    let text = crate::decode::text(&Decoder::new(response)).ok()?;
    sentence(&text).filter(|text| is_text && !text.starts_with('<'))
}

fn in_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => sentence(text),
        Value::Array(items) => list(items.iter().filter_map(in_value)),
        Value::Object(members) => in_object(members),
        _ => None,
    }
}

/// A summary, and the faults listed beside it.
fn in_object(members: &Map<String, Value>) -> Option<String> {
    let summary = summary(members);
    let faults = get(members, "errors").or_else(|| get(members, "details")).and_then(in_errors);
    let faults = faults.or_else(|| in_detail(members));
    match (summary, faults) {
        (Some(summary), Some(faults)) if !summary.contains(&faults) => {
            Some(format!("{}: {faults}", summary.trim_end_matches('.')))
        }
        (summary, faults) => summary.or(faults),
    }
}

/// What is no sentence where RFC 9457 has one: FastAPI lists the faults there, each with its `msg` ("Handling Errors").
fn in_detail(members: &Map<String, Value>) -> Option<String> {
    get(members, "detail").filter(|detail| detail.is_array() || detail.is_object()).and_then(in_value)
}

fn summary(members: &Map<String, Value>) -> Option<String> {
    let nested = || match get(members, "error") {
        Some(error @ (Value::Object(_) | Value::Array(_))) => in_value(error),
        _ => None,
    };
    // RFC 9457, section 3.1, and JSON:API: the title is the kind of fault, the detail is this one.
    let titled = || {
        let title = text(members, "title")?;
        Some(match text(members, "detail") {
            Some(detail) if detail != title => format!("{}: {detail}", title.trim_end_matches('.')),
            _ => title,
        })
    };
    let sentence = || SENTENCES.iter().find_map(|key| text(members, key));
    let bare = || text(members, "error").or_else(|| text(members, "code"));
    nested().or_else(titled).or_else(sentence).or_else(bare)
}

/// A list of faults, or an object with the faults of each field.
fn in_errors(errors: &Value) -> Option<String> {
    match errors {
        Value::Object(fields) => {
            list(fields.iter().filter_map(|(field, fault)| Some(format!("{field}: {}", in_value(fault)?))))
        }
        other => in_value(other),
    }
}

fn list(messages: impl Iterator<Item = String>) -> Option<String> {
    let mut messages: Vec<String> = messages.take(MOST + 1).collect();
    if messages.len() > MOST {
        messages.truncate(MOST);
        messages.push("…".to_owned());
    }
    (!messages.is_empty()).then(|| messages.join("; "))
}

fn get<'a>(members: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    members.get(key).or_else(|| members.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

fn text(members: &Map<String, Value>, key: &str) -> Option<String> {
    match get(members, key)? {
        Value::String(text) => sentence(text),
        Value::Array(items) => list(items.iter().filter_map(Value::as_str).filter_map(sentence)),
        _ => None,
    }
}

fn sentence(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn message(body: &'static str) -> Option<String> {
        find_message(&RawResponse::new(StatusCode::BAD_REQUEST, HeaderMap::new(), body))
    }

    #[test]
    fn places_where_vendors_put_their_words() {
        let cases = [
            (r#"{"message":"No Result found"}"#, "No Result found"),
            (
                r#"{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}"#,
                "Missing authentication",
            ),
            (r#"{"error":{"code":1,"message":"Bad key"}}"#, "Bad key"),
            (r#"{"error":"invalid_client","error_description":"Unknown client"}"#, "Unknown client"),
            (r#"{"error":"nope"}"#, "nope"),
            (
                r#"{"errors":[{"title":"A was not provided."},{"title":"B was not."}]}"#,
                "A was not provided.; B was not.",
            ),
            (r#"{"errors":[{"title":"Invalid","detail":"Name is too long"}]}"#, "Invalid: Name is too long"),
            (r#"{"errors":["a","b"]}"#, "a; b"),
            (r#"{"errors":{"name":["is required"]}}"#, "name: is required"),
            (r#"{"message":"Validation failed.","errors":[{"message":"x"}]}"#, "Validation failed: x"),
            (
                r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"No thing 7"}"#,
                "Not Found: No thing 7",
            ),
            (r#"{"detail":[{"loc":["body","password"],"msg":"too short","type":"x","input":"hunter2"}]}"#, "too short"),
            (r#"{"detail":[{"msg":"a"},{"msg":"b"}]}"#, "a; b"),
            (r#"{"detail":{"code":7,"msg":"nested"}}"#, "nested"),
            (r#"{"title":"Invalid","detail":["a","b"]}"#, "Invalid: a; b"),
            (r#"{"Message":"from .NET"}"#, "from .NET"),
            (r#"[{"message":"listed"}]"#, "listed"),
            (r#""just a string""#, "just a string"),
            ("plain words\n", "plain words"),
            (r#"{"message":"cut \ud83d","code":1e400}"#, "cut \u{fffd}"),
            ("\u{feff}{\"message\":\"marked\"}", "marked"),
        ];
        for (body, expected) in cases {
            assert_eq!(message(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn no_words_no_message() {
        for body in ["", "{}", "null", "17", "<html><body>oops</body></html>", r#"{"message":""}"#, "\u{0}{"] {
            assert!(message(body).is_none_or(|found| found == "\u{0}{"), "{body}");
        }
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(message(r#"{"errors":["a","b","c","d","e"]}"#).as_deref(), Some("a; b; c; …"));
    }
}
