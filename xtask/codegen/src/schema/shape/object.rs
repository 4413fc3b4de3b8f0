//! Objects: known properties, `additionalProperties`, `patternProperties`, and `required` names that no property declares.

use serde_json::{Map, Value};

use super::{Object, Origin, Property, Schemas, Shape, Typed};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::schema::keywords::allows_nothing;

/// What describes the properties that nothing else does.
const OTHERS: [&str; 2] = ["additionalProperties", "unevaluatedProperties"];

impl Schemas<'_> {
    /// The shape of a schema that describes objects.
    pub(super) fn object(&mut self, schema: &Map<String, Value>, pointer: &str) -> Shape {
        let extended = schema.contains_key("discriminator");
        let closed = schema.get("additionalProperties").is_some_and(allows_nothing);
        let additional = self.additional(schema, pointer);
        let mut object = Object { additional, extended, closed, ..Object::default() };
        let required: Vec<&str> = strings(schema.get("required")).collect();
        let place = pointer_join(pointer, "properties");
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let typed = self.nested(property, &pointer_join(&place, name));
            // OpenAPI 3.0's predecessor marked properties with `required: true`; documents in the wild still do.
            let required =
                required.contains(&name.as_str()) || property.get("required").and_then(Value::as_bool) == Some(true);
            object.properties.insert(name.clone(), Property::new(typed, required, Origin::Described));
        }
        let described = object.properties.len();
        self.conditional(schema, pointer, &mut object);
        if described == 0 && !object.properties.is_empty() && !closed {
            // Nobody said what else is there, and nobody said that nothing is.
            object.additional.get_or_insert_with(|| Box::new(Typed::new(Shape::Any, pointer)));
        }
        // What no other keyword speaks of is of what the additional properties are.
        let others = object.additional.clone().filter(|_| describes_others(schema));
        for name in required {
            let typed = others.as_deref().cloned().unwrap_or_else(|| Typed::new(Shape::Any, pointer));
            let mentioned = Property::new(typed, true, Origin::Mentioned);
            object.properties.entry(name.to_owned()).or_insert(mentioned).required = true;
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
            let only = only.filter(|(_, values)| holds_what_is_beside(values, schema));
            let values = only.map(|(pattern, values)| self.nested(values, &pointer_join(&place, pattern)));
            return Some(Box::new(values.unwrap_or_else(|| Typed::new(Shape::Any, place))));
        }
        // What is not evaluated by `properties` here or in a schema beside, as one type, is what is additional to them.
        let Some(key) = OTHERS.into_iter().find(|key| schema.contains_key(*key)) else {
            // Where only names are described, they are names of properties that may be there.
            // So is it where there have to be more than are described.
            let key = ["propertyNames", "minProperties"].into_iter().find(|key| schema.contains_key(*key))?;
            let described = schema.get("properties").and_then(Value::as_object).map_or(0, Map::len);
            let least = schema.get("minProperties").and_then(Value::as_u64).unwrap_or(0);
            let are_more = described > 0 && usize::try_from(least).is_ok_and(|least| least > described);
            return (key == "propertyNames" || are_more)
                .then(|| Box::new(Typed::new(Shape::Any, pointer_join(pointer, key))));
        };
        let place = pointer_join(pointer, key);
        match schema.get(key)? {
            nothing if allows_nothing(nothing) => None,
            values @ Value::Object(_) => Some(Box::new(self.nested(values, &place))),
            _ => Some(Box::new(Typed::new(Shape::Any, place))),
        }
    }
}

/// Whether a schema describes all properties that it does not name, by a schema for them.
fn describes_others(schema: &Map<String, Value>) -> bool {
    let key = OTHERS.into_iter().find(|key| schema.contains_key(*key));
    !schema.contains_key("patternProperties") && key.is_some_and(|key| schema.get(key).is_some_and(Value::is_object))
}

/// Whether what a pattern describes is also what those values are whose names are of no pattern. Where nothing is said of these
/// there are none, as where `properties` stand alone.
fn holds_what_is_beside(values: &Value, schema: &Map<String, Value>) -> bool {
    let beside = OTHERS.into_iter().find_map(|key| schema.get(key));
    beside.is_none_or(|others| allows_nothing(others) || others == values)
}

/// Whether the document speaks of additional properties, of which these are the values: that an object is a map of anything
/// is how documents write "an object" too, and adds nothing to what others say of it.
pub(super) fn is_express(values: &Typed) -> bool {
    let keyword = values.pointer.rsplit('/').next().unwrap_or_default();
    values.shape != Shape::Any
        || ["additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames", "minProperties"]
            .contains(&keyword)
}

/// The texts of a list.
pub(super) fn strings(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
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
    fn a_property_that_is_only_required_is_what_additional_ones_are() {
        let of = |schema: serde_json::Value| {
            let Shape::Object(object) = shape(&schema) else { panic!("no object: {schema}") };
            object.properties["b"].typed.shape.clone()
        };
        let integer = json!({"type": "integer"});
        let with =
            |key: &str, value: serde_json::Value| json!({"properties": {"a": {}}, "required": ["b"], key: value});
        assert_eq!(of(with("additionalProperties", integer.clone())), Shape::Integer(false));
        assert_eq!(of(with("unevaluatedProperties", integer.clone())), Shape::Integer(false));
        assert_eq!(of(with("additionalProperties", json!(true))), Shape::Any);
        assert_eq!(of(with("patternProperties", json!({"^x-": integer}))), Shape::Any);
        // Nothing is named, and so nothing is left of a map.
        assert_eq!(of(json!({"additionalProperties": integer, "required": ["b"]})), Shape::Integer(false));
    }

    #[test]
    fn additional_properties_are_kept_where_they_are_allowed_expressly() {
        for (schema, kept) in [
            (json!({"properties": {"a": {}}}), false),
            (json!({"properties": {"a": {}}, "additionalProperties": false}), false),
            (json!({"properties": {"a": {}}, "additionalProperties": true}), true),
            (json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}), true),
            (json!({"properties": {"a": {}}, "patternProperties": {"^x-": {"type": "string"}}}), true),
            (json!({"properties": {"a": {}}, "unevaluatedProperties": true}), true),
            (json!({"properties": {"a": {}}, "minProperties": 1}), false),
            (json!({"properties": {"a": {}}, "minProperties": 2}), true),
            (json!({"properties": {"a": {}}, "unevaluatedProperties": {"type": "string"}}), true),
            (json!({"properties": {"a": {}}, "unevaluatedProperties": false}), false),
            (json!({"properties": {"a": {}}, "unevaluatedProperties": {"not": {}}}), false),
            (json!({"properties": {"a": {}}, "additionalProperties": {"not": {}}}), false),
            (json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": true}), true),
            (json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}), false),
            (json!({"properties": {"a": {}}, "propertyNames": {"pattern": "^[a-z]+$"}}), true),
        ] {
            let Shape::Object(object) = shape(&schema) else { panic!("no object") };
            assert_eq!(object.additional.is_some(), kept, "{schema}");
        }
        let Shape::Map(values) = shape(&json!({"patternProperties": {"^x-": {"type": "integer"}}})) else {
            panic!("no map")
        };
        assert_eq!(values.shape, Shape::Integer(false));
    }

    #[test]
    fn what_is_beside_a_pattern_is_not_typed_by_it() {
        let of = |beside: &str, values: serde_json::Value| {
            let schema = json!({"patternProperties": {"^x-": {"type": "string"}}, beside: values});
            let Shape::Map(values) = shape(&schema) else { panic!("no map") };
            values.shape
        };
        let text = Shape::Text(super::super::TextFormat::Plain);
        for beside in ["additionalProperties", "unevaluatedProperties"] {
            assert_eq!(of(beside, json!({"type": "integer"})), Shape::Any, "{beside}");
            assert_eq!(of(beside, json!(true)), Shape::Any, "{beside}");
            assert_eq!(of(beside, json!(false)), text, "{beside}");
            assert_eq!(of(beside, json!({"type": "string"})), text, "{beside}");
        }
        assert_eq!(of("title", json!("nothing is said")), text);
    }
}
