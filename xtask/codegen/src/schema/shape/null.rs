//! What schemas say about `null`, alone and together.
//!
//! A schema forbids null by its `type`, `enum` or `const`; one that has none of these leaves the question to the schemas
//! beside it (JSON Schema 2020-12 validation, section 6.1; OpenAPI 3.0.3's `nullable` adds null to a `type`).

use super::{Schemas, Shape, Typed};
use crate::schema::references::MAX_CHAIN;

/// What a schema says about `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Null {
    /// It is a value.
    Allowed,
    /// Nothing.
    Unsaid,
    /// It is no value.
    Forbidden,
}

impl Null {
    /// What holds when both hold.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Forbidden, _) | (_, Self::Forbidden) => Self::Forbidden,
            (Self::Allowed, _) | (_, Self::Allowed) => Self::Allowed,
            (Self::Unsaid, Self::Unsaid) => Self::Unsaid,
        }
    }
}

impl Typed {
    /// What it says about `null` by itself.
    fn null(&self) -> Null {
        match (self.nullable, self.untyped || self.shape == Shape::Any) {
            (true, _) => Null::Allowed,
            (false, true) => Null::Unsaid,
            (false, false) => Null::Forbidden,
        }
    }

    /// The same schema, saying this about `null`.
    pub(super) fn with_null(self, null: Null) -> Self {
        Self { nullable: null == Null::Allowed, untyped: null == Null::Unsaid, ..self }
    }
}

impl Schemas<'_> {
    /// What `typed` says about `null`, through its references too. One that is not understood yet says nothing.
    pub(super) fn null(&mut self, typed: &Typed) -> Null {
        let Shape::Ref(pointer) = &typed.shape else { return typed.null() };
        if typed.nullable {
            return Null::Allowed;
        }
        let mut pointer = pointer.clone();
        for _ in 0..MAX_CHAIN {
            match self.definition(&pointer) {
                Some(Typed { shape: Shape::Ref(next), nullable: false, .. }) => pointer = next.clone(),
                Some(found) => return found.null(),
                None => break,
            }
        }
        Null::Unsaid
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{understand, understand_in};

    fn components() -> Value {
        json!({
            "Nick": {"type": "object", "properties": {"nick": {"type": "string", "nullable": true}}},
            "Maybe": {"type": "object", "nullable": true, "properties": {"a": {"type": "string"}}},
            "Sure": {"type": "object", "properties": {"b": {"type": "string"}}},
        })
    }

    #[test]
    fn a_member_without_a_type_forbids_no_null() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        for (members, nullable) in [
            (json!([reference("Maybe"), {"required": ["a"]}]), true),
            (json!([{"required": ["a"]}, reference("Maybe")]), true),
            (json!([reference("Maybe"), {"properties": {"b": {"type": "string"}}}]), true),
            (json!([reference("Maybe"), {"allOf": [{"required": ["a"]}, {"properties": {"c": {}}}]}]), true),
            (json!([reference("Maybe"), reference("Maybe")]), true),
            (json!([reference("Maybe"), reference("Sure")]), false),
            (json!([reference("Maybe"), {"type": "object", "properties": {"b": {}}}]), false),
            (json!([reference("Sure"), {"required": ["a"]}]), false),
            (json!([{"required": ["a"]}, {"properties": {"b": {}}}]), false),
        ] {
            for version in ["3.0.3", "3.1.0"] {
                let (typed, _) = understand_in(version, &components(), &json!({"allOf": members}));
                assert_eq!(typed.nullable, nullable, "{version}: {members}");
            }
        }
    }

    #[test]
    fn a_property_keeps_its_null_where_another_member_only_requires_or_describes_it() {
        for beside in [
            json!({"required": ["nick"]}),
            json!({"required": ["nick"], "properties": {"nick": {"description": "a name"}}}),
            json!({"properties": {"nick": {"maxLength": 9}}}),
        ] {
            for members in [
                json!([{"$ref": "#/components/schemas/Nick"}, beside]),
                json!([beside, {"$ref": "#/components/schemas/Nick"}]),
            ] {
                let (typed, _) = understand(&components(), &json!({"allOf": members}));
                let super::Shape::Object(object) = typed.shape else { panic!("no object") };
                assert!(object.properties["nick"].typed.nullable, "{members}");
            }
        }
        let members = json!([{"$ref": "#/components/schemas/Nick"}, {"properties": {"nick": {"type": "string"}}}]);
        let (typed, _) = understand(&components(), &json!({"allOf": members}));
        let super::Shape::Object(object) = typed.shape else { panic!("no object") };
        assert!(!object.properties["nick"].typed.nullable);
    }
}
