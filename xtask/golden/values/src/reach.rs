//! What the samples of a schema must have reached: otherwise a part of it would go untested without anybody noticing.

use std::cell::Cell;

use codegen::schema::json_schema::join;
use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::{documents::resolved, judge::Judge};

/// Something that a sample can be, and whether one was.
struct Feature {
    name: String,
    is: Box<dyn Fn(&Value) -> bool>,
    seen: Cell<bool>,
}

/// The features of one schema: each property there and not there, each type, each value of an enum, each alternative.
pub(crate) struct Reach {
    features: Vec<Feature>,
}

impl Reach {
    pub(crate) fn new(document: &Value, judge: &Judge, pointer: &str, has_value: impl Fn(&str) -> bool) -> Self {
        let mut reach = Self { features: Vec::new() };
        let (pointer, schema) = resolved(document, pointer);
        let Some(schema) = schema.as_object() else { return reach };
        for key in ["oneOf", "anyOf"] {
            for index in 0..schema.get(key).and_then(Value::as_array).map_or(0, Vec::len) {
                let validator: Validator = judge.of(&join(&join(&pointer, key), &index.to_string()));
                reach.add(format!("{key}/{index}"), move |value| validator.is_valid(value));
            }
        }
        if ["allOf", "oneOf", "anyOf", "if", "const", "$ref"].iter().any(|key| schema.contains_key(*key)) {
            return reach;
        }
        reach.values(schema);
        reach.properties(schema, |name| has_value(&join(&join(&pointer, "properties"), name)));
        reach
    }

    fn values(&mut self, schema: &Map<String, Value>) {
        let names: Vec<&str> = match schema.get("type") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(name)) => vec![name],
            _ => Vec::new(),
        };
        if let Some(listed) = schema.get("enum").and_then(Value::as_array) {
            for listed in
                listed.iter().filter(|value| names.is_empty() || names.iter().any(|name| is_of_type(value, name)))
            {
                let wanted = listed.clone();
                self.add(format!("the value {listed}"), move |value| *value == wanted);
            }
            return;
        }
        for name in names {
            let wanted = name.to_owned();
            self.add(format!("the type {name}"), move |value| is_of_type(value, &wanted));
        }
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
        if schema.contains_key("items") && schema.get("items") != Some(&Value::Bool(false)) {
            if limit("minItems").is_none_or(|least| least == 0) {
                self.add("an empty list".to_owned(), |value| value.as_array().is_some_and(Vec::is_empty));
            }
            if limit("maxItems") != Some(0) {
                self.add("a list with items".to_owned(), |value| {
                    value.as_array().is_some_and(|items| !items.is_empty())
                });
            }
        }
    }

    fn properties(&mut self, schema: &Map<String, Value>, has_value: impl Fn(&str) -> bool) {
        let required = |name: &str| {
            schema
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|names| names.iter().any(|listed| listed == name))
        };
        for name in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let (there, gone) = (name.clone(), name.clone());
            if has_value(name) {
                self.add(format!("with `{name}`"), move |value| value.get(&there).is_some());
            }
            if !required(name) {
                self.add(format!("without `{name}`"), move |value| value.is_object() && value.get(&gone).is_none());
            }
        }
        if schema.get("additionalProperties").is_some_and(Value::is_object) {
            let known = schema.get("properties").cloned().unwrap_or_default();
            self.add("with additional properties".to_owned(), move |value| {
                value.as_object().is_some_and(|object| object.keys().any(|name| known.get(name).is_none()))
            });
        }
    }

    fn add(&mut self, name: String, is: impl Fn(&Value) -> bool + 'static) {
        self.features.push(Feature { name, is: Box::new(is), seen: Cell::new(false) });
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.features.len()
    }

    pub(crate) fn note(&self, value: &Value) {
        for feature in self.features.iter().filter(|feature| !feature.seen.get()) {
            feature.seen.set((feature.is)(value));
        }
    }

    pub(crate) fn missed(&self) -> Vec<&str> {
        self.features.iter().filter(|feature| !feature.seen.get()).map(|feature| feature.name.as_str()).collect()
    }
}

/// Whether the value is of the type of JSON Schema's (2020-12 validation, section 6.1.1).
pub(crate) fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_sample_was_is_missed() {
        let document = json!({"s": {"$ref": "#/t"}, "t": {"type": ["object", "null"], "required": ["a"], "properties": {"a": {}, "b": {}}}});
        let reach = Reach::new(&document, &Judge::new(&document), "/s", |_| true);
        reach.note(&json!({"a": 1}));
        assert_eq!(reach.missed(), ["the type null", "with `b`"]);
        reach.note(&json!({"a": 1, "b": 2}));
        reach.note(&json!(null));
        assert!(reach.missed().is_empty());
    }

    #[test]
    fn values_and_alternatives_are_told_apart() {
        let document = json!({"s": {"oneOf": [{"$ref": "#/t"}, {"type": "string", "format": "date"}]}, "t": {"type": "integer", "enum": [1, 2]}});
        let judge = Judge::new(&document);
        let either = Reach::new(&document, &judge, "/s", |_| true);
        either.note(&json!(2));
        assert_eq!(either.missed(), ["oneOf/1"]);
        let listed = Reach::new(&document, &judge, "/t", |_| true);
        listed.note(&json!(2));
        assert_eq!(listed.missed(), ["the value 1"]);
    }
}
