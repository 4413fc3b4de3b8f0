//! What Prism's words mean: whose fault it is when a call does not go as the document says.

use serde::Serialize;
use serde_json::Value;

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Judge {
    /// Prism alone: it answers from the document.
    Mock,
    /// Prism before the sandbox.
    Sandbox,
}

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As the document says, in both directions.
    Kept,
    /// Prism itself cannot serve the operation, or its own answer is not what the document says.
    Unserved,
    /// Not as the document says, or the answer could not be read.
    Violated,
}

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Prism's words, or those of the client; for a call that was kept, what else is worth knowing.
    pub words: Vec<String>,
}

/// Prism's errors that are about the request (its `errors.js` of router, validator and mocker). All others say that
/// Prism does not know what to answer.
const ABOUT_REQUESTS: [&str; 6] = [
    "NO_PATH_MATCHED_ERROR",
    "NO_METHOD_MATCHED_ERROR",
    "UNPROCESSABLE_ENTITY",
    "UNAUTHORIZED",
    "INVALID_CONTENT_TYPE",
    "NOT_ACCEPTABLE",
];

/// What a call may and must carry, beside what Prism knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The JSON that goes in as the body.
    pub json: Option<&'a Value>,
    /// Whether Prism takes the body for text, whatever its schema: it reads JSON and forms only.
    pub is_opaque: bool,
    /// Names of the headers that the document describes, credentials included.
    pub headers: &'a [String],
}

/// Headers that HTTP itself needs or that say who calls (RFC 9110), in lower case.
const PLAIN_HEADERS: [&str; 9] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "transfer-encoding",
    "user-agent",
];

/// Judges what a driver reports of a call.
pub fn judge(judge: Judge, report: &Value, expected: Expected<'_>) -> Judgement {
    let problem = report.get("problem");
    let problem_kind = problem.and_then(|problem| problem.get("kind")).and_then(Value::as_str);
    let message = problem.and_then(|problem| problem.get("message")).and_then(Value::as_str).unwrap_or_default();
    let (about_requests, about_answers) = violations(report);
    let mut ours = about_requests;
    let mut theirs = Vec::new();
    match judge {
        Judge::Sandbox => ours.extend(about_answers.iter().cloned()),
        Judge::Mock => theirs.extend(about_answers.iter().cloned()),
    }
    match error_of_prism(report) {
        Some((true, words)) => ours.extend(words),
        Some((false, words)) => {
            theirs.extend(words);
            return if ours.is_empty() { unserved(theirs) } else { violated(ours) };
        }
        None => {}
    }
    if expected.is_opaque {
        let (unread, rest) = ours.into_iter().partition(|words: &String| is_about_body(words));
        theirs.extend::<Vec<String>>(unread);
        ours = rest;
    }
    ours.extend(changed_on_the_way(report, expected.json));
    ours.extend(invented_headers(report, expected.headers));
    match problem_kind {
        None => {}
        Some("arguments") => ours.push(format!("the sample is not what the setter takes: {message}")),
        Some("decode") if about_answers.is_empty() => ours.push(format!("the answer does not decode: {message}")),
        // What is not as described need not decode.
        Some("decode") => theirs.push(format!("the answer does not decode: {message}")),
        // The mock answers a success wherever one is described.
        Some("response") if judge == Judge::Mock => theirs.push(format!("no success is described: {message}")),
        Some("transport") if judge == Judge::Mock => theirs.push(message.to_owned()),
        Some(_) => ours.push(message.to_owned()),
    }
    match (ours.is_empty(), problem_kind.is_none()) {
        (false, _) => violated(ours),
        (true, false) => unserved(theirs),
        (true, true) => Judgement { verdict: Verdict::Kept, words: theirs },
    }
}

fn violated(mut words: Vec<String>) -> Judgement {
    words.dedup();
    Judgement { verdict: Verdict::Violated, words }
}

fn unserved(words: Vec<String>) -> Judgement {
    Judgement { verdict: Verdict::Unserved, words }
}

/// What Prism says in its header `sl-violations`, of the request and of the answer.
fn violations(report: &Value) -> (Vec<String>, Vec<String>) {
    let Some(text) = report.pointer("/response/headers/sl-violations").and_then(Value::as_str) else {
        return (Vec::new(), Vec::new());
    };
    let found = listed(text);
    if found.is_empty() {
        return (vec![text.to_owned()], Vec::new());
    }
    // To call what is deprecated is no violation.
    let found = found.iter().filter(|found| found.get("code").and_then(Value::as_str) != Some("deprecated"));
    let (requests, answers): (Vec<&Value>, Vec<&Value>) =
        found.partition(|found| found.pointer("/location/0").and_then(Value::as_str) != Some("response"));
    let words = |found: Vec<&Value>| found.into_iter().map(violation).collect();
    (words(requests), words(answers))
}

/// The violations of a header. Too many for one are cut off by Prism: then it is no JSON any more, but its parts are.
fn listed(text: &str) -> Vec<Value> {
    if let Ok(Value::Array(found)) = serde_json::from_str(text) {
        return found;
    }
    let starts = text.match_indices("{\"location\"").filter_map(|(start, _)| text.get(start..));
    starts.filter_map(|rest| serde_json::Deserializer::from_str(rest).into_iter().next()?.ok()).collect()
}

fn violation(found: &Value) -> String {
    let place: Vec<&str> =
        found.get("location").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let message = found.get("message").and_then(Value::as_str).unwrap_or("no message");
    format!("{}: {message}", place.join("."))
}

/// An error that Prism answers itself: whether it is about the request, and its words.
fn error_of_prism(report: &Value) -> Option<(bool, Vec<String>)> {
    let response = report.get("response")?;
    let media_type = response.pointer("/headers/content-type")?.as_str()?;
    let body: Value = serde_json::from_str(response.get("body")?.as_str()?).ok()?;
    let kind = body.get("type")?.as_str()?;
    if !media_type.starts_with("application/problem+json") || !kind.contains("stoplight.io/prism") {
        return None;
    }
    let kind = kind.rsplit('#').next().unwrap_or(kind);
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut words = vec![format!("{kind}: {}. {}", text("title"), text("detail"))];
    words.extend(body.get("validation").and_then(Value::as_array).into_iter().flatten().map(violation));
    Some((ABOUT_REQUESTS.contains(&kind), words))
}

fn is_about_body(words: &str) -> bool {
    ["request.body", "body", "UNPROCESSABLE_ENTITY"].iter().any(|start| words.starts_with(start))
}

/// A JSON body that is not what went in: the types of the crate have lost or altered something.
fn changed_on_the_way(report: &Value, sent: Option<&Value>) -> Option<String> {
    let sent = sent?;
    let text = report.pointer("/request/body")?.as_str()?;
    match serde_json::from_str::<Value>(text) {
        Ok(went) if same(&went, sent) => None,
        Ok(went) => Some(format!(
            "the body was changed on its way: {} became {}",
            cut(&sent.to_string()),
            cut(&went.to_string())
        )),
        Err(error) => Some(format!("the body is no JSON: {error}: {}", cut(text))),
    }
}

/// Headers that nobody asked for: a judge of what is described does not look at them.
fn invented_headers(report: &Value, described: &[String]) -> Vec<String> {
    let sent = report.pointer("/request/headers").and_then(Value::as_object).into_iter().flatten();
    let is_known = |name: &str| {
        PLAIN_HEADERS.contains(&name) || described.iter().any(|described| described.eq_ignore_ascii_case(name))
    };
    sent.filter(|(name, _)| !is_known(name))
        .map(|(name, _)| format!("the document does not describe the header `{name}`"))
        .collect()
}

/// Equality that takes 1 and 1.0 for the same number.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn verdict(who: Judge, report: &Value) -> Verdict {
        judge(who, report, Expected::default()).verdict
    }

    fn with_header(violations: &Value) -> Value {
        json!({"response": {"status": 200, "headers": {"sl-violations": violations.to_string()}, "body": ""}})
    }

    #[test]
    fn a_request_that_is_wrong_is_ours() {
        let found = json!([{"location": ["request", "query", "limit"], "severity": "Error", "code": "type", "message": "must be integer"}]);
        let judged = judge(Judge::Mock, &with_header(&found), Expected::default());
        assert_eq!(judged, violated(vec!["request.query.limit: must be integer".to_owned()]));
    }

    #[test]
    fn an_answer_that_is_wrong_is_the_document_s_unless_the_sandbox_gave_it() {
        let report = with_header(&json!([{"location": ["response", "body"], "message": "must be object"}]));
        assert_eq!(verdict(Judge::Mock, &report), Verdict::Kept);
        assert_eq!(verdict(Judge::Sandbox, &report), Verdict::Violated);
    }

    #[test]
    fn what_prism_cuts_off_is_read_as_far_as_it_goes() {
        let mut report = with_header(&json!([]));
        let text = "Too many violations! [{\"location\":[\"response\"],\"message\":\"m\"},{\"location\":[\"resp";
        report["response"]["headers"]["sl-violations"] = json!(text);
        assert_eq!(judge(Judge::Mock, &report, Expected::default()).words, ["response: m"]);
    }

    #[test]
    fn what_is_deprecated_may_be_called() {
        let report =
            with_header(&json!([{"location": ["request", "query", "old"], "code": "deprecated", "message": ""}]));
        assert_eq!(verdict(Judge::Sandbox, &report), Verdict::Kept);
    }

    #[test]
    fn errors_of_prism_are_told_apart() {
        let report = |kind: &str| {
            let body = json!({"type": format!("https://stoplight.io/prism/errors#{kind}"), "title": "T", "status": 500, "detail": "D"});
            json!({
                "problem": {"kind": "response", "message": "500"},
                "response": {"status": 500, "headers": {"content-type": "application/problem+json"}, "body": body.to_string()},
            })
        };
        assert_eq!(verdict(Judge::Mock, &report("SCHEMA_TOO_COMPLEX")), Verdict::Unserved);
        assert_eq!(verdict(Judge::Mock, &report("UNPROCESSABLE_ENTITY")), Verdict::Violated);
    }

    #[test]
    fn what_does_not_decode_is_ours_unless_it_is_not_as_described() {
        let mut report = with_header(&json!([]));
        report["problem"] = json!({"kind": "decode", "message": "missing field"});
        assert_eq!(verdict(Judge::Mock, &report), Verdict::Violated);
        report["response"]["headers"]["sl-violations"] = json!("[{\"location\": [\"response\"], \"message\": \"m\"}]");
        assert_eq!(verdict(Judge::Mock, &report), Verdict::Unserved);
    }

    #[test]
    fn a_body_that_prism_cannot_read_is_not_judged() {
        let mut report = with_header(&json!([{"location": ["request", "body"], "message": "must be object"}]));
        report["problem"] = json!({"kind": "response", "message": "422"});
        let opaque = Expected { is_opaque: true, ..Expected::default() };
        assert_eq!(judge(Judge::Mock, &report, opaque).verdict, Verdict::Unserved);
        assert_eq!(verdict(Judge::Mock, &report), Verdict::Violated);
    }

    #[test]
    fn headers_of_our_own_are_noticed() {
        let report = json!({"request": {"headers": {"host": "", "x-key": "", "api-version": "1"}}});
        let found = invented_headers(&report, &["X-Key".to_owned()]);
        assert_eq!(found, ["the document does not describe the header `api-version`"]);
    }

    #[test]
    fn a_body_must_arrive_as_it_was_given() {
        let report = json!({"request": {"body": "{\"a\": 1.0}"}});
        assert_eq!(changed_on_the_way(&report, Some(&json!({"a": 1}))), None);
        assert!(changed_on_the_way(&report, Some(&json!({"a": 1, "b": null}))).is_some());
    }
}
