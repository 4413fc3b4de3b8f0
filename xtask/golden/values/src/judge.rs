//! Whether a value is what a schema says, in the eyes of a JSON Schema validator that we did not write.

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use codegen::schema::json_schema::reference;

/// Under which name the document's schemas refer to one another.
const DOCUMENT: &str = "urn:document";

/// Judges values by the schemas of one document in the dialect of JSON Schema 2020-12.
pub(crate) struct Judge {
    registry: Registry<'static>,
}

impl Judge {
    pub(crate) fn new(document: &Value) -> Self {
        let resource = Draft::Draft202012.create_resource(document.clone());
        let registry = Registry::new().add(DOCUMENT, resource).and_then(|registry| registry.prepare());
        Self { registry: registry.unwrap_or_else(|error| panic!("{error}")) }
    }

    /// The validator of the schema at the pointer; formats are checked too.
    pub(crate) fn of(&self, pointer: &str) -> Validator {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .offline()
            .build(&json!({"$ref": reference(DOCUMENT, pointer)}))
            .unwrap_or_else(|error| panic!("{pointer}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_formats_and_places_are_understood() {
        let document = json!({"components": {"schemas": {
            "Day": {"type": "string", "format": "date"},
            "Holder": {"properties": {"day": {"$ref": "#/components/schemas/Day"}}, "required": ["day"]},
        }}});
        let judge = Judge::new(&document);
        let holder = judge.of("/components/schemas/Holder");
        assert!(holder.is_valid(&json!({"day": "2024-02-29"})));
        assert!(!holder.is_valid(&json!({"day": "2023-02-29"})) && !holder.is_valid(&json!({})));
        assert!(judge.of("/components/schemas/Holder/properties/day").is_valid(&json!("2024-02-29")));
    }
}
