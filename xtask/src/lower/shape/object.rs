//! Objects: known properties, `additionalProperties`, `patternProperties`, and `required` names that no property declares.

use serde_json::{Map, Value};

use super::{Object, Property, Schemas, Shape, Typed};
use crate::diagnostics::{Diagnostic, pointer_join};

impl Schemas<'_> {
    /// The shape of a schema that describes objects.
    pub(super) fn object(&mut self, schema: &Map<String, Value>, pointer: &str) -> Shape {
        let extended = schema.contains_key("discriminator");
        let mut object = Object { additional: self.additional(schema, pointer), extended, ..Object::default() };
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let place = pointer_join(pointer, "properties");
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let typed = self.nested(property, &pointer_join(&place, name));
            // OpenAPI 3.0's predecessor marked properties with `required: true`; documents in the wild still do.
            let required =
                required.contains(&name.as_str()) || property.get("required").and_then(Value::as_bool) == Some(true);
            object.properties.insert(name.clone(), Property { typed, required });
        }
        for name in
            required.iter().filter(|name| schema.get("properties").is_none_or(|known| known.get(**name).is_none()))
        {
            let typed = Typed::new(Shape::Any, pointer);
            object.properties.insert((*name).to_owned(), Property { typed, required: true });
        }
        if object.properties.is_empty() {
            let values = object.additional.unwrap_or_else(|| Box::new(Typed::new(Shape::Any, pointer)));
            return Shape::Map(values);
        }
        Shape::Object(object)
    }

    /// What additional properties hold: only where the document allows them expressly.
    fn additional(&mut self, schema: &Map<String, Value>, pointer: &str) -> Option<Box<Typed>> {
        if let Some(patterns) =
            schema.get("patternProperties").and_then(Value::as_object).filter(|patterns| !patterns.is_empty())
        {
            self.diagnostics.push(Diagnostic::adaptation(
                "pattern-properties",
                pointer,
                "properties named by a pattern are kept as additional properties",
            ));
            let place = pointer_join(pointer, "patternProperties");
            let only = patterns.iter().next().filter(|_| patterns.len() == 1 && schema.get("properties").is_none());
            return Some(Box::new(match only {
                Some((pattern, values)) => self.nested(values, &pointer_join(&place, pattern)),
                None => Typed::new(Shape::Any, place),
            }));
        }
        let place = pointer_join(pointer, "additionalProperties");
        match schema.get("additionalProperties")? {
            Value::Bool(false) => None,
            values @ Value::Object(_) => Some(Box::new(self.nested(values, &place))),
            _ => Some(Box::new(Typed::new(Shape::Any, place))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{properties, shape};
    use super::*;

    #[test]
    fn required_names_that_no_property_declares_are_properties_too() {
        assert_eq!(properties(&shape(&json!({"properties": {"a": {}}, "required": ["a", "b"]}))), ["a!", "b!"]);
    }

    #[test]
    fn additional_properties_are_kept_where_they_are_allowed_expressly() {
        for (schema, kept) in [
            (json!({"properties": {"a": {}}}), false),
            (json!({"properties": {"a": {}}, "additionalProperties": false}), false),
            (json!({"properties": {"a": {}}, "additionalProperties": true}), true),
            (json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}), true),
            (json!({"properties": {"a": {}}, "patternProperties": {"^x-": {"type": "string"}}}), true),
        ] {
            let Shape::Object(object) = shape(&schema) else { panic!("no object") };
            assert_eq!(object.additional.is_some(), kept, "{schema}");
        }
        let Shape::Map(values) = shape(&json!({"patternProperties": {"^x-": {"type": "integer"}}})) else {
            panic!("no map")
        };
        assert_eq!(values.shape, Shape::Integer(false));
    }
}
