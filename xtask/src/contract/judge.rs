//! What the judges' words mean: whose fault it is when a call does not go as the document says.

use super::{
    answer, calls,
    case::{Answering, Case, Complaint, Excuse, Judge, Words},
    headers, limits, prism, steady,
};
use codegen::schema::valid::same;
use serde::Serialize;
use serde_json::Value;

/// How a call went, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The judge itself cannot serve the call.
    Unserved,
    /// As the document says, in both directions.
    Kept,
    /// The document contradicts itself, so that nobody could keep to it.
    Faulty,
    /// Not as the document says, or the answer could not be read.
    Violated,
}

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The judge's words, or those of the client; for a call that was kept, what else is worth knowing.
    pub words: Vec<String>,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let message = if self.message.is_empty() { "no message" } else { &self.message };
        match self.location.as_slice() {
            [] => formatter.write_str(message),
            place => write!(formatter, "{}: {message}", place.join(".")),
        }
    }
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
pub fn judge(answering: Answering, judge: Judge, report: &Value, case: Case<'_>) -> Judgement {
    let text = |pointer: &str| report.pointer(pointer).and_then(Value::as_str);
    let (problem, message) = (text("/problem/kind"), text("/problem/message").unwrap_or_default());
    let Words { request, answer: about_answer, unserved } = match judge {
        Judge::Prism => prism::words(report),
        Judge::Steady => steady::words(report),
    };
    // Whose fault the words are about.
    let (mut ours, mut documents, mut judges) = (Vec::new(), Vec::new(), unserved);
    if answering == Answering::Sandbox {
        ours.extend(about_answer.iter().map(Complaint::to_string));
    }
    for complaint in &request {
        match limits::excuse(judge, &case, complaint).or_else(|| contradiction(&case, complaint)) {
            Some(Excuse::Judge(why)) => judges.push(format!("{complaint} ({why})")),
            Some(Excuse::Document(why)) => documents.push(format!("{complaint} ({why})")),
            None => ours.push(complaint.to_string()),
        }
    }
    ours.extend(changed_on_the_way(report, case.call.json.as_ref()));
    ours.extend(invented_headers(report, case.headers));
    ours.extend(headers::misread(&case, report));
    let is_served = judges.is_empty() && documents.is_empty();
    match problem {
        None => {}
        // What is not as it should be need not be answered as it should be.
        Some(_) if !is_served => judges.push(message.to_owned()),
        Some("request" | "arguments") if case.call.form.as_ref().is_some_and(|form| !form.is_object()) => {
            documents.push(format!("a form is described as what is no object: {message}"));
        }
        Some("arguments") => ours.push(format!("the sample is not what the setter takes: {message}")),
        Some("decode") => match answer::fault(&case, report).or_else(|| limits::ambiguous(&case)) {
            Some(Excuse::Document(why)) => documents.push(format!("{why}; {message}")),
            Some(Excuse::Judge(why)) => judges.push(format!("{why}; {message}")),
            None if about_answer.is_empty() => ours.push(format!("the answer does not decode: {message}")),
            None => judges.extend(about_answer.iter().map(Complaint::to_string).chain([message.to_owned()])),
        },
        // The mock answers a success wherever one is described.
        Some("response") if answering == Answering::Mock && ours.is_empty() => {
            let words = vec![format!("no success is described: {message}")];
            return Judgement { verdict: Verdict::Kept, words };
        }
        Some("transport") if answering == Answering::Mock => judges.push(message.to_owned()),
        Some(_) => ours.push(message.to_owned()),
    }
    if !ours.is_empty() {
        return Judgement::violated(ours);
    }
    let verdict = match (judges.is_empty(), documents.is_empty()) {
        (_, false) => Verdict::Faulty,
        (false, true) => Verdict::Unserved,
        (true, true) => Verdict::Kept,
    };
    documents.extend(judges);
    if verdict == Verdict::Kept {
        // Nobody minded.
        documents.extend(about_answer.iter().map(Complaint::to_string));
    }
    Judgement { verdict, words: documents }
}

/// Complaints about an argument that is not valid because nothing can be, or only to who reads no discriminator.
fn contradiction(case: &Case<'_>, complaint: &Complaint) -> Option<Excuse> {
    let place = complaint.place();
    let about = |argument: &calls::Unsound| match (argument.place, place.as_slice()) {
        (None, ["body", ..]) => true,
        (Some(location), [first, name, ..]) => location.word() == *first && name.eq_ignore_ascii_case(&argument.name),
        _ => false,
    };
    let unsound = case.call.unsound.iter().find(|argument| about(argument))?;
    if unsound.is_told_apart {
        let why = "judges do not read the discriminator, which names one of the alternatives that fit";
        return Some(Excuse::Judge(why.to_owned()));
    }
    let why = unsound.contradiction.as_ref()?;
    Some(Excuse::Document(format!("nothing is valid by the schema: {why}")))
}

impl Judgement {
    /// It did not go as the document says.
    pub fn violated(mut words: Vec<String>) -> Self {
        words.dedup();
        Self { verdict: Verdict::Violated, words }
    }

    /// The judge could not serve it.
    pub fn unserved(words: Vec<String>) -> Self {
        Self { verdict: Verdict::Unserved, words }
    }
}

/// Whether a call was left without an answer.
pub fn is_silent(report: &Value) -> bool {
    report.pointer("/problem/kind").and_then(Value::as_str) == Some("transport")
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

fn cut(text: &str) -> String {
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::calls::{Variant, call};
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    fn judged(who: Answering, report: &Value) -> Judgement {
        let answer = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": answer}}}},
            }}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let call = call(&document, &plan, 0, Variant::All).unwrap();
        judge(
            who,
            Judge::Prism,
            report,
            Case { document: &document, operation: &plan.operations[0], call: &call, headers: &[] },
        )
    }

    fn with_header(violations: &Value) -> Value {
        json!({"response": {
            "status": 200,
            "headers": {"content-type": "application/json", "sl-violations": violations.to_string()},
            "body": "{}",
        }})
    }

    #[test]
    fn a_request_that_is_wrong_is_ours() {
        let found = json!([{"location": ["request", "query", "limit"], "severity": "Error", "code": "type", "message": "must be integer"}]);
        let judged = judged(Answering::Mock, &with_header(&found));
        assert_eq!(judged, Judgement::violated(vec!["request.query.limit: must be integer".to_owned()]));
    }

    #[test]
    fn an_answer_that_is_wrong_is_not_ours_unless_the_sandbox_gave_it() {
        let report = with_header(&json!([{"location": ["response", "body"], "message": "must have a"}]));
        assert_eq!(judged(Answering::Mock, &report).verdict, Verdict::Kept);
        assert_eq!(judged(Answering::Sandbox, &report).verdict, Verdict::Violated);
    }

    #[test]
    fn what_prism_cuts_off_is_read_as_far_as_it_goes() {
        let mut report = with_header(&json!([]));
        let text = "Too many violations! [{\"location\":[\"request\"],\"message\":\"m\"},{\"location\":[\"resp";
        report["response"]["headers"]["sl-violations"] = json!(text);
        assert_eq!(judged(Answering::Mock, &report).words, ["request: m"]);
    }

    #[test]
    fn what_is_deprecated_may_be_called() {
        let report =
            with_header(&json!([{"location": ["request", "query", "old"], "code": "deprecated", "message": ""}]));
        assert_eq!(judged(Answering::Sandbox, &report).verdict, Verdict::Kept);
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
        assert_eq!(judged(Answering::Mock, &report("SCHEMA_TOO_COMPLEX")).verdict, Verdict::Unserved);
        assert_eq!(judged(Answering::Mock, &report("UNPROCESSABLE_ENTITY")).verdict, Verdict::Violated);
    }

    #[test]
    fn what_does_not_decode_is_ours_unless_it_is_not_as_described() {
        let mut report = with_header(&json!([]));
        report["problem"] = json!({"kind": "decode", "message": "missing field"});
        assert_eq!(judged(Answering::Mock, &report).verdict, Verdict::Unserved);
        report["response"]["body"] = json!("{\"a\": \"x\"}");
        assert_eq!(judged(Answering::Mock, &report).verdict, Verdict::Violated);
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
