//! Whether an answer was read as the suite says it was given.

use super::scenario::{Body, Response};
use codegen::schema::valid::same;
use serde_json::Value;

/// What is wrong with what a driver reports of a call; nothing, if it went as it should.
pub fn fault(report: &Value, expected: &Response) -> Option<String> {
    let problem = report.get("problem");
    let text = |key: &str| problem.and_then(|problem| problem.get(key)?.as_str()).unwrap_or_default();
    let status = problem.and_then(|problem| problem.get("status")?.as_u64());
    if (200..300).contains(&expected.status) {
        return match problem {
            None => value_fault(report.get("value").unwrap_or(&Value::Null), expected.body.as_ref()?),
            Some(_) => Some(format!("{}: {} {}", text("kind"), text("message"), text("body")).trim_end().to_owned()),
        };
    }
    if status != Some(u64::from(expected.status)) {
        return Some(format!("status {} was to come, and there came: {}", expected.status, text("message")));
    }
    let body: Value = serde_json::from_str(text("body")).unwrap_or_default();
    let told: Value = serde_json::from_str(expected.body.as_ref()?.text()?).ok()?;
    (!same(&body, &told)).then(|| format!("the error's body is {body}, not {told}"))
}

/// Whether an answer came, and was refused by how it is read.
pub fn is_refused(report: &Value) -> bool {
    report.pointer("/problem/kind").and_then(Value::as_str) == Some("decode")
}

/// How many events an answer has.
pub fn events(expected: &Response) -> usize {
    expected.body.as_ref().map_or(0, |body| data(&body.read_as_text()).len())
}

/// Leaves of the events that were read those of the first answer: the scenario does not tell what comes when the stream is
/// taken up again.
pub fn keep_first_answer(report: &mut Value, expected: &Response) {
    if let Some(Value::Array(read)) = report.get_mut("value") {
        read.truncate(events(expected));
    }
}

/// What is wrong with a value that was read.
fn value_fault(value: &Value, expected: &Body) -> Option<String> {
    let essence = expected.essence();
    if value.as_str().is_some_and(|read| read == expected.hexadecimal()) {
        return None;
    }
    let expected = match essence.as_str() {
        "text/event-stream" => return events_fault(value, &expected.read_as_text()),
        "application/jsonl" => Value::Array(lines(&expected.read_as_text())),
        json if json.ends_with("json") => serde_json::from_str(expected.text()?).ok()?,
        _ => Value::from(expected.text().map_or_else(|| expected.hexadecimal(), str::to_owned)),
    };
    (!same(value, &expected)).then(|| format!("{value} was read, not {expected}"))
}

/// What is wrong with events, by their data: JSON, or text where the document says no more.
fn events_fault(value: &Value, sent: &str) -> Option<String> {
    let sent = data(sent);
    let read: Vec<&Value> = value.as_array().into_iter().flatten().filter_map(|event| event.get("data")).collect();
    let is_read = |(read, sent): (&&Value, &String)| {
        read.as_str() == Some(sent.as_str()) || serde_json::from_str(sent).is_ok_and(|sent: Value| same(read, &sent))
    };
    let are_read = read.len() == sent.len() && read.iter().zip(&sent).all(is_read);
    (!are_read).then(|| format!("the events {read:?} were read, not {sent:?}"))
}

/// The data of the events of an answer. The suite's word for the end is no event of its own.
fn data(sent: &str) -> Vec<String> {
    let datum = |line: &str| line.strip_prefix("data:").map(|data| data.trim().to_owned());
    let data = sent.split("\n\n").filter_map(|event| event.lines().find_map(datum));
    data.filter(|data| data != "[DONE]").collect()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The items of all pages, one after the other: the only list in each.
pub fn all_items<'a>(pages: impl Iterator<Item = &'a Response>) -> Vec<Value> {
    let items = |page: &Response| {
        let body: Value = serde_json::from_str(page.body.as_ref()?.text()?).ok()?;
        first_list(&body)
    };
    pages.filter_map(items).flatten().collect()
}

fn first_list(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::Object(members) => members.values().find_map(first_list),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn response(status: u16, media_type: &str, content: &str) -> Response {
        let body = json!({"contentType": media_type, "content": content});
        Response { status, body: serde_json::from_value(body).unwrap() }
    }

    #[test]
    fn what_was_read_must_be_what_was_sent() {
        let expected = response(200, "application/json", r#"{"a":1.0}"#);
        assert_eq!(fault(&json!({"value": {"a": 1}}), &expected), None);
        assert!(fault(&json!({"value": {"a": 2}}), &expected).is_some());
        assert!(fault(&json!({}), &expected).is_some());
        let problem = json!({"kind": "decode", "message": "no", "status": 200});
        assert!(fault(&json!({"problem": problem}), &expected).is_some());
    }

    #[test]
    fn an_error_that_was_to_come_is_no_fault() {
        let expected = response(404, "application/json", r#"{"code":"x"}"#);
        let problem =
            |status: u16, body: &str| json!({"problem": {"kind": "response", "status": status, "body": body}});
        assert_eq!(fault(&problem(404, r#"{"code": "x"}"#), &expected), None);
        assert!(fault(&problem(404, "{}"), &expected).is_some());
        assert!(fault(&problem(400, r#"{"code": "x"}"#), &expected).is_some());
        assert!(fault(&json!({"value": null}), &expected).is_some());
    }

    #[test]
    fn events_are_compared_by_their_data() {
        let expected = response(200, "text/event-stream", "event: a\ndata: {\"x\":1}\n\ndata: [DONE]\n\n");
        assert_eq!(fault(&json!({"value": [{"data": {"x": 1}}]}), &expected), None);
        assert_eq!(fault(&json!({"value": [{"data": "{\"x\":1}"}]}), &expected), None);
        assert!(fault(&json!({"value": [{"data": {"x": 2}}]}), &expected).is_some());
        assert!(fault(&json!({"value": []}), &expected).is_some());
    }

    #[test]
    fn what_comes_after_a_reconnection_is_not_told() {
        let expected = response(200, "text/event-stream", "id: 1\ndata: {\"x\":1}\n\n");
        let mut report = json!({"value": [{"data": {"x": 1}}, {"data": {"x": 2}}]});
        assert!(fault(&report, &expected).is_some());
        keep_first_answer(&mut report, &expected);
        assert_eq!(fault(&report, &expected), None);
        let mut refused = json!({"problem": {"kind": "decode"}});
        keep_first_answer(&mut refused, &expected);
        assert!(is_refused(&refused) && !is_refused(&report));
    }

    #[test]
    fn a_list_is_the_items_of_its_pages() {
        let pages =
            [response(200, "application/json", r#"{"p":{"pets":[1]}}"#), response(200, "application/json", "[2]")];
        assert_eq!(all_items(pages.iter()), [json!(1), json!(2)]);
    }
}
