//! Example bodies, wherever a media type object keeps them (OpenAPI 3.0 sections 4.7.14 and 4.7.19).

use serde_json::Value;

use super::idents;
use crate::diagnostics::pointer_join;
use crate::plan::{Example, TypeRef};
use crate::schema::references;

/// The examples of one media type object; `name` says whose they are.
pub fn read(document: &Value, content: &Value, pointer: &str, name: &str, ty: &TypeRef) -> Vec<Example> {
    let mut found = Vec::new();
    let mut add = |name: String, pointer: String, value: &Value| {
        found.push(Example { name: idents::snake(&name), pointer, ty: ty.clone(), value: parsed(value, ty) });
    };
    if let Some(value) = content.get("example") {
        add(name.to_owned(), pointer_join(pointer, "example"), value);
    }
    let place = pointer_join(pointer, "examples");
    for (key, example) in content.get("examples").and_then(Value::as_object).into_iter().flatten() {
        let Some((example, pointer)) = references::resolve(document, example, &pointer_join(&place, key)) else {
            continue;
        };
        // OpenAPI 3.2 section 4.19: `dataValue` is the value itself, `value` may also be how it is written.
        for field in ["dataValue", "value"] {
            if let Some(value) = example.get(field) {
                add(format!("{name} {key}"), pointer_join(&pointer, field), value);
                break;
            }
        }
    }
    found
}

/// Some tools store an example as JSON in a string: what is meant is the JSON, unless the body is text.
fn parsed(value: &Value, ty: &TypeRef) -> Value {
    match (value, ty) {
        (Value::String(_), TypeRef::String | TypeRef::Scalar | TypeRef::Any) => value.clone(),
        (Value::String(text), _) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn examples_stored_as_text_are_read_as_json() {
        let content = json!({"examples": {"Result": {"value": "{\"a\": 1}"}, "Other": {"$ref": "#/x"}}});
        let document = json!({"x": {"value": {"a": 2}}});
        let found = read(&document, &content, "/c", "ok", &TypeRef::Any);
        assert_eq!(found.iter().map(|example| example.name.as_str()).collect::<Vec<_>>(), ["ok_result", "ok_other"]);
        let data = json!({"examples": {"a": {"dataValue": {"a": 3}, "serializedValue": "{}"}, "b": {"serializedValue": "{}"}}});
        let found_data = read(&document, &data, "/c", "ok", &TypeRef::Any);
        assert_eq!(found_data.len(), 1);
        assert_eq!(
            (&found_data[0].value, found_data[0].pointer.as_str()),
            (&json!({"a": 3}), "/c/examples/a/dataValue")
        );
        let found = read(&document, &content, "/c", "ok", &TypeRef::Named("A".to_owned()));
        assert_eq!(
            found.iter().map(|example| example.value.clone()).collect::<Vec<_>>(),
            [json!({"a": 1}), json!({"a": 2})]
        );
    }
}
