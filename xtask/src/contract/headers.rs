//! Described headers of answers: whether their methods read what came.

use super::{answer, case::Case};
use codegen::schema::{flat::resolve, valid};
use serde_json::{Map, Value};

/// What the methods for headers read that did not come so, or did not read that came as it is described.
pub fn misread(case: &Case<'_>, report: &Value) -> Vec<String> {
    let read = report.get("headers").and_then(Value::as_object).into_iter().flatten();
    let described = described(case, report).unwrap_or_default();
    let came = report.pointer("/response/headers").and_then(Value::as_object);
    let faults = read.filter_map(|(name, told)| {
        let came = came?.get(&name.to_ascii_lowercase()).and_then(Value::as_str);
        let header = described.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, header)| header);
        // Lines of `Set-Cookie` are not joined (RFC 9110, section 5.3): they are read as a list, whatever the schema says.
        let expected = came.zip(header).and_then(|(text, header)| match name.eq_ignore_ascii_case("set-cookie") {
            true => Some(Value::from(vec![text])),
            false => expected(case.document, header, text),
        });
        fault(told, came, expected.as_ref()).map(|fault| format!("the header `{name}` {fault}"))
    });
    faults.collect()
}

/// The headers that the document describes for an answer, those of its status before any others of its kind.
fn described(case: &Case<'_>, report: &Value) -> Option<Map<String, Value>> {
    let response = answer::described(case, report.pointer("/response/status")?.as_u64()?)?;
    response.get("headers")?.as_object().cloned()
}

fn fault(told: &Value, came: Option<&str>, expected: Option<&Value>) -> Option<String> {
    let value = told.get("value");
    match (came, expected) {
        (None, _) => {
            value.filter(|value| !value.is_null()).map(|value| format!("did not come, and is read as {value}"))
        }
        (Some(_), _) if told.get("missing").is_some() => Some("came, and is said to be missing".to_owned()),
        (Some(text), Some(expected)) if !value.is_some_and(|value| valid::same(value, expected)) => {
            let read = value.or_else(|| told.get("fault")).unwrap_or(&Value::Null);
            Some(format!("came as `{text}`, and is read as {read}"))
        }
        _ => None,
    }
}

/// What the text of a header says by its schema; none where that is not one thing alone.
fn expected(document: &Value, header: &Value, text: &str) -> Option<Value> {
    let header = resolve(document, header);
    let schema = match header.get("content").and_then(Value::as_object) {
        Some(content) => {
            let media = content.values().next()?;
            let value = serde_json::from_str(text).ok()?;
            return valid::validate_answer(document, media.get("schema")?, &value).is_ok().then_some(value);
        }
        None => header.get("schema")?,
    };
    let plain = |text: &str| serde_json::from_str::<Value>(text).ok().filter(|value| !value.is_string());
    let items = || text.split(',').map(str::trim);
    let readings = [
        Some(Value::from(text)),
        plain(text),
        Some(items().map(Value::from).collect()),
        items().map(plain).collect::<Option<Value>>(),
    ];
    let mut fitting =
        readings.into_iter().flatten().filter(|value| valid::validate_answer(document, schema, value).is_ok());
    let first = fitting.next();
    first.filter(|_| fitting.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::calls::{Variant, call};
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    fn found(came: &Value, read: &Value) -> Vec<String> {
        let list = json!({"type": "array", "items": {"type": "integer"}});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": {"description": "", "headers": {
                "Set-Cookie": {"schema": {"type": "string"}}, "X-Count": {"schema": {"type": "integer"}}, "X-Name": {"schema": {"type": "string"}}, "X-List": {"schema": list},
            }}}}}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let call = call(&document, &plan, 0, Variant::All).unwrap();
        let case = Case { document: &document, operation: &plan.operations[0], call: &call, headers: &[] };
        misread(&case, &json!({"response": {"status": 200, "headers": came}, "headers": read}))
    }

    #[test]
    fn what_is_read_is_what_came() {
        let came = json!({"x-count": "7", "x-name": "7", "x-list": "1, 2"});
        let right = json!({"X-Count": {"value": 7}, "X-Name": {"value": "7"}, "X-List": {"value": [1, 2]}});
        assert_eq!(found(&came, &right), Vec::<String>::new());
        let wrong = json!({"X-Count": {"value": 8}, "X-Name": {"missing": true}, "X-List": {"fault": "why"}});
        let words = [
            "the header `X-Count` came as `7`, and is read as 8",
            "the header `X-List` came as `1, 2`, and is read as \"why\"",
            "the header `X-Name` came, and is said to be missing",
        ];
        let mut said = found(&came, &wrong);
        said.sort();
        assert_eq!(said, words);
    }

    #[test]
    fn cookies_are_lines() {
        let (came, line) = (json!({"set-cookie": "a=1, b"}), json!({"Set-Cookie": {"value": ["a=1, b"]}}));
        assert_eq!(found(&came, &line), Vec::<String>::new());
        assert_eq!(found(&came, &json!({"Set-Cookie": {"value": ["a=1", "b"]}})).len(), 1);
    }

    #[test]
    fn what_did_not_come_as_described_is_not_ours() {
        assert_eq!(found(&json!({"x-count": "many"}), &json!({"X-Count": {"fault": "why"}})), Vec::<String>::new());
        assert_eq!(found(&json!({}), &json!({"X-Count": {"missing": true}})), Vec::<String>::new());
        assert_eq!(found(&json!({}), &json!({"X-Count": {"value": 1}})).len(), 1);
    }
}
