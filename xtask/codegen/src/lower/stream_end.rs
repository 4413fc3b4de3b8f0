//! The hint `x-switchboard-stream-end`: what ends a stream of events, or of lines, before the server closes it. OpenAPI has
//! no word for that.

use serde_json::Value;

use super::operation_object::OperationObject;
use super::responses::Outcome;
use super::types::Types;
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::plan::{Payload, StreamEnd, Success};

/// The hint's name.
const HINT: &str = "x-switchboard-stream-end";

/// What the hint of an operation says.
pub fn read(source: &OperationObject<'_>, outcome: &Outcome, types: &mut Types<'_>) -> Option<StreamEnd> {
    let hint = source.operation.get(HINT)?;
    let checked = parse(hint).and_then(|end| fits(end, outcome));
    checked
        .map_err(|message| {
            let help =
                r#"write it as "[DONE]", the data of the last event, as {"event": "done"}, its kind, or as false"#;
            let place = pointer_join(&source.pointer, HINT);
            types.schemas.diagnostics.push(Diagnostic::error("bad-hint", place, message).with_help(help));
        })
        .ok()
}

fn parse(hint: &Value) -> Result<StreamEnd, String> {
    let told = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let empty = || "what ends the stream is an empty text".to_owned();
    match hint {
        Value::Bool(false) => Ok(StreamEnd::Never),
        Value::String(text) => told(text).map(StreamEnd::Data).ok_or_else(empty),
        Value::Object(members) => match members.iter().next() {
            Some((name, Value::String(text))) if members.len() == 1 => match name.as_str() {
                "data" => told(text).map(StreamEnd::Data).ok_or_else(empty),
                "event" => told(text).map(StreamEnd::Event).ok_or_else(empty),
                _ => Err(format!("what ends a stream is its `data` or its `event`, not its `{name}`")),
            },
            _ => Err("what ends a stream is one text".to_owned()),
        },
        _ => Err("what ends a stream is a text, an object with one, or `false`".to_owned()),
    }
}

/// A hint that nobody follows would be wrong in silence.
fn fits(end: StreamEnd, outcome: &Outcome) -> Result<StreamEnd, String> {
    let all = std::iter::once(&outcome.success).chain(outcome.others.iter().map(|other| &other.success));
    let mut payloads = all.filter_map(|success| match success {
        Success::One(payload) => Some(payload),
        // Answers that differ by status are read whole.
        Success::ByStatus { .. } => None,
    });
    let streams = |payload: &Payload| match payload {
        Payload::Events(_) => true,
        Payload::Lines(_) => matches!(end, StreamEnd::Data(_)),
        _ => false,
    };
    if payloads.any(streams) {
        Ok(end)
    } else {
        Err("no answer of this operation is a stream that could end so".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::plan;
    use crate::plan::StreamEnd;

    fn document(media_type: &str, hint: &Value) -> (Option<StreamEnd>, Vec<String>) {
        let paths = json!({"/chat": {"post": {"operationId": "chat", "x-switchboard-stream-end": hint,
            "responses": {"200": {"description": "", "content": {media_type: {"schema": {"type": "object"}}}}}}}});
        let document = json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths});
        let mut found = crate::diagnostics::Diagnostics::default();
        let plan = super::super::lower("t", &document, &mut found);
        let errors = found.iter().filter(|found| found.code == "bad-hint");
        let places = errors.map(|found| format!("{}: {}", found.pointer, found.message)).collect();
        (plan.operations[0].stream_end.clone(), places)
    }

    #[test]
    fn the_hint_says_what_ends_a_stream() {
        let data = || Some(StreamEnd::Data("[DONE]".to_owned()));
        for (hint, expected) in [
            (json!("[DONE]"), data()),
            (json!({"data": "[DONE]"}), data()),
            (json!({"event": "done"}), Some(StreamEnd::Event("done".to_owned()))),
            (json!(false), Some(StreamEnd::Never)),
        ] {
            assert_eq!(document("text/event-stream", &hint), (expected, vec![]), "{hint}");
        }
        assert_eq!(document("application/x-ndjson", &json!("[DONE]")), (data(), vec![]));
        assert_eq!(plan(&json!({"/a": {"get": {"responses": {}}}}), &json!({})).operations[0].stream_end, None);
    }

    #[test]
    fn a_hint_that_cannot_be_followed_is_an_error_with_its_place() {
        for hint in
            [json!(true), json!(""), json!({}), json!({"kind": "x"}), json!({"event": "a", "data": "b"}), json!([1])]
        {
            let (end, errors) = document("text/event-stream", &hint);
            assert!(end.is_none() && errors.len() == 1, "{hint}: {errors:?}");
            assert!(errors[0].starts_with("/paths/~1chat/post/x-switchboard-stream-end: "), "{errors:?}");
        }
        for (media_type, hint) in
            [("application/json", json!("[DONE]")), ("application/x-ndjson", json!({"event": "done"}))]
        {
            assert_eq!(document(media_type, &hint).1.len(), 1, "{media_type}");
        }
    }
}
