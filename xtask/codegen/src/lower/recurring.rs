//! What operations describe alike without a definition for it: parameters, and the bodies of errors, that are written out in one
//! operation after the other. What most of those of one name mean is called by that alone, as a person would call it:
//! `SortBy`, not `ListAccountsSortBy`, `ListOrdersSortBy` and so on, all of which are equal.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostics::pointer_tokens;
use crate::methods;

/// Keywords that say nothing of the values (JSON Schema 2020-12, validation, section 9; OpenAPI 3.0 section 4.7.24).
const ANNOTATIONS: &[&str] =
    &["default", "deprecated", "description", "example", "examples", "externalDocs", "readOnly", "title", "writeOnly"];

/// Keywords whose members are schemas by names, which may be those of annotations.
const BY_NAME: &[&str] = &["$defs", "definitions", "patternProperties", "properties"];

/// What makes a type of a schema.
const TYPES: &[&str] = &["allOf", "anyOf", "const", "enum", "oneOf", "properties"];

/// The schemas, without what says nothing of values, that most of those of one name have.
#[derive(Debug, Default)]
pub struct Recurring {
    parameters: BTreeMap<String, Value>,
    errors: BTreeMap<String, Value>,
}

impl Recurring {
    /// Goes through the operations of the document.
    pub fn new(document: &Value) -> Self {
        let (mut parameters, mut errors) = (Counts::default(), Counts::default());
        let items = document.get("paths").and_then(Value::as_object);
        for item in items.into_iter().flatten().map(|(_, item)| item) {
            let operations: Vec<&Value> = methods::of(item).map(|found| found.operation).collect();
            // A path's parameters are those of all its operations.
            parameters.add_parameters(item, operations.len());
            for operation in operations {
                parameters.add_parameters(operation, 1);
                let responses = operation.get("responses").and_then(Value::as_object);
                for (status, response) in responses.into_iter().flatten() {
                    errors.add(status, content(response), 1);
                }
            }
        }
        Self { parameters: parameters.into_usual(), errors: errors.into_usual() }
    }

    /// Whether most parameters of this one's name are what it is.
    pub fn is_usual_parameter(&self, object: &Value) -> bool {
        let name = object.get("name").and_then(Value::as_str);
        name.zip(schema(object)).is_some_and(|(name, schema)| is_usual(&self.parameters, name, schema))
    }

    /// Whether most errors of the status of a response, whose body's schema is at this place, are described by the same.
    pub fn is_usual_error(&self, place: &str, schema: &Value) -> bool {
        let mut tokens = pointer_tokens(place).skip_while(|token| token != "responses");
        tokens.nth(1).is_some_and(|status| is_usual(&self.errors, &status, schema))
    }
}

fn is_usual(known: &BTreeMap<String, Value>, name: &str, schema: &Value) -> bool {
    known.get(name).is_some_and(|usual| *usual == plain(schema))
}

/// How often each schema stands under a name.
#[derive(Default)]
struct Counts(BTreeMap<String, Vec<(Value, usize)>>);

impl Counts {
    fn add_parameters(&mut self, owner: &Value, times: usize) {
        for object in owner.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            self.add(object.get("name").and_then(Value::as_str).unwrap_or_default(), schema(object), times);
        }
    }

    fn add(&mut self, name: &str, schema: Option<&Value>, times: usize) {
        let Some(schema) = schema.filter(|schema| has_type(schema)).map(plain) else { return };
        let known = self.0.entry(name.to_owned()).or_default();
        match known.iter_mut().find(|(other, _)| *other == schema) {
            Some((_, count)) => *count += times,
            None => known.push((schema, times)),
        }
    }

    /// What more than half of them are, and more than one.
    fn into_usual(self) -> BTreeMap<String, Value> {
        let usual = self.0.into_iter().filter_map(|(name, known)| {
            let all: usize = known.iter().map(|(_, count)| count).sum();
            let (schema, _) = known.into_iter().find(|(_, count)| *count > 1 && *count * 2 > all)?;
            Some((name, schema))
        });
        usual.collect()
    }
}

/// The schema of a parameter that stands there itself.
fn schema(object: &Value) -> Option<&Value> {
    object.get("schema").or_else(|| content(object))
}

/// The schema under the one media type of a parameter or response.
fn content(object: &Value) -> Option<&Value> {
    let (_, content) = object.get("content")?.as_object()?.iter().next()?;
    content.get("schema")
}

/// Whether a type may be made of a schema, or of what it is a list or map of.
fn has_type(schema: &Value) -> bool {
    let held = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
    TYPES.iter().any(|key| schema.get(key).is_some()) || held.into_iter().any(has_type)
}

/// A schema without what says nothing of values.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let told = fields.iter().filter(|(key, _)| !ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-"));
            Value::Object(told.map(|(key, value)| (key.clone(), within(key, value))).collect())
        }
        Value::Array(schemas) => schemas.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// The same of what stands below a keyword.
fn within(key: &str, value: &Value) -> Value {
    let Some(named) = value.as_object().filter(|_| BY_NAME.contains(&key)) else { return plain(value) };
    Value::Object(named.iter().map(|(name, schema)| (name.clone(), plain(schema))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::{lower, lower_again, testing};
    use crate::plan::Plan;

    fn words(values: &[&str]) -> Value {
        json!({"type": "string", "enum": values})
    }

    fn sorted(id: &str, schema: &Value) -> Value {
        json!({"operationId": id, "parameters": [{"name": "sort_by", "in": "query", "schema": schema}], "responses": {}})
    }

    fn failing(id: &str, property: &str) -> Value {
        let part = json!({"type": "object", "properties": {property: {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {"errors": {"type": "array", "items": part}}});
        let answer = json!({"description": id, "content": {"application/json": {"schema": schema}}});
        json!({"operationId": id, "responses": {"204": {"description": ""}, "404": answer, "default": answer}})
    }

    fn document(operations: &[(&str, Value)], schemas: &Value) -> Value {
        let paths: serde_json::Map<String, Value> =
            operations.iter().map(|(path, operation)| ((*path).to_owned(), json!({"get": operation}))).collect();
        testing::document(&Value::Object(paths), schemas)
    }

    fn plan(operations: &[(&str, Value)], schemas: &Value) -> Plan {
        lower("t", &document(operations, schemas), &mut Diagnostics::default())
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.types.keys().map(String::as_str).collect()
    }

    #[test]
    fn a_parameter_that_most_operations_have_is_called_by_its_own_name() {
        let (usual, other) = (words(&["id", "name"]), words(&["date"]));
        let mut told = usual.clone();
        told["description"] = json!("How.");
        let operations = [
            ("/a", sorted("a", &usual)),
            ("/b", sorted("b", &other)),
            ("/c", sorted("c", &told)),
            ("/d", sorted("d", &usual)),
        ];
        assert_eq!(names(&plan(&operations, &json!({}))), ["SortBy", "BSortBy"]);
        // Half of them are not most.
        assert_eq!(names(&plan(&operations[1..3], &json!({}))), ["BSortBy", "CSortBy"]);
        assert_eq!(names(&plan(&operations[..1], &json!({}))), ["ASortBy"]);
        // A definition of that name keeps it.
        assert_eq!(names(&plan(&operations, &json!({"SortBy": other}))), ["SortBy", "SortByParameter", "BSortBy"]);
    }

    #[test]
    fn a_word_that_says_too_little_is_called_a_parameter() {
        let called = |name: &str, schema: &Value| -> Vec<String> {
            let of = |id: &str| json!({"operationId": id, "parameters": [{"name": name, "in": "query", "schema": schema}], "responses": {}});
            names(&plan(&[("/a", of("a")), ("/b", of("b"))], &json!({}))).into_iter().map(str::to_owned).collect()
        };
        assert_eq!(called("status", &words(&["on", "off"])), ["StatusParameter"]);
        let range = json!({"type": "object", "properties": {"gt": {"type": "string"}, "lt": {"type": "string"}}});
        assert_eq!(called("created_at", &range), ["CreatedAtParameter"]);
        assert_eq!(called("fields", &json!({"type": "array", "items": words(&["a", "b"])})), ["Field"]);
    }

    #[test]
    fn errors_that_most_operations_describe_alike_are_called_by_their_status() {
        let operations = [("/a", failing("a", "why")), ("/b", failing("b", "why")), ("/c", failing("c", "other"))];
        assert_eq!(
            names(&plan(&operations, &json!({}))),
            ["NotFound", "ErrorBody", "CNotFound", "NotFoundError", "ErrorBodyError", "CNotFoundError"]
        );
    }

    #[test]
    fn names_stay_when_what_most_operations_have_changes() {
        let (usual, other) = (words(&["id", "name"]), words(&["date"]));
        let first = [("/a", sorted("a", &usual)), ("/b", sorted("b", &usual)), ("/c", sorted("c", &other))];
        let before = plan(&first, &json!({}));
        assert_eq!(names(&before), ["SortBy", "CSortBy"]);
        let more = [
            ("/c", sorted("c", &other)),
            ("/d", sorted("d", &other)),
            ("/e", sorted("e", &other)),
            ("/a", sorted("a", &usual)),
            ("/b", sorted("b", &usual)),
        ];
        let again = |before: &Plan, operations: &[(&str, Value)]| {
            lower_again("t", &document(operations, &json!({})), before.names.clone(), &mut Diagnostics::default())
        };
        let after = again(&before, &more);
        assert_eq!(names(&after), ["CSortBy", "SortByParameter", "SortBy"]);
        // Of a crate whose operations each had a type of their own.
        let mut old = plan(&first[..1], &json!({}));
        assert_eq!(names(&old), ["ASortBy"]);
        old = again(&old, &first);
        assert_eq!(names(&old), ["ASortBy", "SortBy", "CSortBy"]);
    }
}
