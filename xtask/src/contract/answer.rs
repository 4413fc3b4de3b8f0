//! Answers that are not as described: whether the document shows what its own schema forbids, or the judge made it up.

use super::{case::Case, case::Excuse};
use codegen::media::{Encoding, encoding, essence};
use codegen::schema::{
    flat::{self, resolve},
    formats, references, valid,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// How many values that the document shows are looked at.
const MOST_SHOWN: usize = 10_000;

/// Why an answer is not what the document describes; none if it is.
pub fn fault(case: &Case<'_>, report: &Value) -> Option<Excuse> {
    let response = report.get("response")?;
    let media_type = response.pointer("/headers/content-type").and_then(Value::as_str).unwrap_or_default();
    let media = media(case, response.get("status")?.as_u64()?, media_type)?;
    let text = response.get("body")?.as_str()?;
    let Ok(body) = serde_json::from_str::<Value>(text) else {
        return Some(Excuse::Judge("the answer is no JSON".to_owned()));
    };
    if encoding(media_type) == Encoding::Lines && text.trim().contains('\n') {
        return Some(Excuse::Judge("of values that come one a line the judge writes one over several".to_owned()));
    }
    let Err(fault) = valid::validate_answer(case.document, media.get("schema")?, &body) else {
        let why = "the judge's numbers are doubles, which do not hold an integer of the answer";
        return has_large_integer(&body).then(|| Excuse::Judge(why.to_owned()));
    };
    let message = format!("the answer is not as described: {fault}");
    Some(match is_shown(case.document, &media, &body, &fault.pointer) {
        true => Excuse::Document(format!("{message}, as the document shows it")),
        false => Excuse::Judge(message),
    })
}

fn has_large_integer(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.as_f64().is_some_and(|number| number.fract() == 0.0 && number.abs() > formats::MAX_SAFE_INTEGER)
        }
        Value::Array(items) => items.iter().any(has_large_integer),
        Value::Object(members) => members.values().any(has_large_integer),
        _ => false,
    }
}

/// The response object that describes an answer.
pub fn described(case: &Case<'_>, status: u64) -> Option<Value> {
    let responses = case.document.pointer(&case.operation.pointer)?.get("responses")?;
    let names =
        [status.to_string(), format!("{}XX", status / 100), format!("{}xx", status / 100), "default".to_owned()];
    Some(resolve(case.document, names.iter().find_map(|name| responses.get(name))?).clone())
}

/// The media type object of an answer.
fn media(case: &Case<'_>, status: u64, media_type: &str) -> Option<Value> {
    let response = described(case, status)?;
    let content = response.get("content")?.as_object()?;
    let exact = content.iter().find(|(name, _)| essence(name).eq_ignore_ascii_case(essence(media_type)));
    exact.or_else(|| content.iter().next()).map(|(_, media)| media.clone())
}

/// Whether the part of the answer at `pointer`, or something that holds it, stands in the document as an example.
fn is_shown(document: &Value, media: &Value, body: &Value, pointer: &str) -> bool {
    let mut shown = Shown { document, values: Vec::new(), seen: BTreeSet::new() };
    shown.beside(media);
    if let Some(schema) = media.get("schema") {
        shown.within(schema);
    }
    let ends = pointer.match_indices('/').map(|(end, _)| end).chain([pointer.len()]);
    let parts = ends.filter_map(|end| body.pointer(pointer.get(..end)?));
    parts.into_iter().any(|part| shown.values.iter().any(|value| valid::same(value, part)))
}

/// The values that a document shows for a schema.
struct Shown<'d> {
    document: &'d Value,
    values: Vec<Value>,
    seen: BTreeSet<String>,
}

impl Shown<'_> {
    /// Examples beside a schema.
    fn beside(&mut self, place: &Value) {
        let named = place.get("examples").and_then(Value::as_object).into_iter().flatten();
        let named = named.filter_map(|(_, example)| flat::resolve(self.document, example).get("value").cloned());
        self.values.extend(place.get("example").cloned().into_iter().chain(named));
    }

    /// Examples in a schema and all its parts.
    fn within(&mut self, node: &Value) {
        match node {
            Value::Array(items) => items.iter().for_each(|item| self.within(item)),
            Value::Object(members) => {
                if self.values.len() > MOST_SHOWN {
                    return;
                }
                if let Some(reference) = members.get("$ref").and_then(Value::as_str)
                    && self.seen.insert(reference.to_owned())
                    && let Some((_, target)) = references::find(self.document, reference)
                {
                    self.within(target);
                }
                for key in ["example", "default", "x-example"] {
                    self.values.extend(members.get(key).cloned());
                }
                let listed = ["examples", "enum"].into_iter().filter_map(|key| members.get(key)?.as_array());
                self.values.extend(listed.flatten().cloned());
                members
                    .values()
                    .filter(|value| value.is_object() || value.is_array())
                    .for_each(|value| self.within(value));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::calls::{Variant, call};
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    fn found(body: &str) -> Option<Excuse> {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "components": {"schemas": {"A": {"properties": {
                "b": {"type": "integer", "example": "one"}, "c": {"type": "integer"},
            }}}},
            "paths": {"/a": {"get": {"responses": {"2XX": {"description": "", "content": {
                "application/json; charset=utf-8": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
            }}}}}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let call = call(&document, &plan, 0, Variant::All).unwrap();
        let case = Case { document: &document, operation: &plan.operations[0], call: &call, headers: &[] };
        let report =
            json!({"response": {"status": 201, "headers": {"content-type": "application/json"}, "body": body}});
        fault(&case, &report)
    }

    #[test]
    fn what_the_document_shows_is_its_own_fault_and_the_rest_is_the_judges() {
        assert!(matches!(found("[{\"b\": \"one\"}]"), Some(Excuse::Document(_))));
        assert!(matches!(found("[{\"c\": \"two\"}]"), Some(Excuse::Judge(_))));
        assert!(matches!(found("oops"), Some(Excuse::Judge(_))));
        assert_eq!(found("[{\n\"c\": 1\n}]"), None);
        assert!(matches!(found("[{\"b\": 9223372036854776000}]"), Some(Excuse::Judge(_))));
        assert_eq!(found("[{\"b\": 1}]"), None);
    }
}
