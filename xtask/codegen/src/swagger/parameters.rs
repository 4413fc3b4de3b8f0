//! Parameters: those in the path, the query and headers get a schema of what stood beside their name; those that are a
//! body, or part of a form, become request bodies.

use super::{Converter, add, given::Given};
use crate::{
    diagnostics::{Severity, pointer_join},
    lower::styles,
};
use serde_json::{Map, Value};

impl<'d> Converter<'d> {
    /// The parameters of an operation or a path.
    pub(super) fn given(&self, owner: &'d Value, place: &str) -> Vec<Given<'d>> {
        let list = owner.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate();
        list.map(|(index, written)| {
            let pointer = format!("{place}/parameters/{index}");
            // What leads nowhere stays, and the lint says so.
            let (value, resolved) = self.resolve(written, &pointer).unwrap_or((written, pointer.clone()));
            Given { written, pointer, value, resolved }
        })
        .collect()
    }

    /// The parameters that stay parameters, as they are to stand in the list at `place`.
    pub(super) fn plain_parameters(&mut self, given: &[Given<'d>], place: &str) -> Vec<Value> {
        let mut list = Vec::new();
        for parameter in given.iter().filter(|given| !given.is_body() && !given.is_form()) {
            let new = format!("{place}/{}", list.len());
            self.moved(new.clone(), parameter.pointer.clone());
            let value = if parameter.written.get("$ref").is_some() {
                parameter.written.clone()
            } else {
                self.parameter(parameter.written, &new, &parameter.pointer)
            };
            list.push(value);
        }
        list
    }

    /// Adds the parameters that operations share to the components. Those of forms go where they are used.
    pub(super) fn shared_parameters(&mut self, parameters: &'d Value, components: &mut Map<String, Value>) {
        for (name, written) in parameters.as_object().into_iter().flatten() {
            let pointer = pointer_join("/parameters", name);
            let (value, resolved) = self.resolve(written, &pointer).unwrap_or((written, pointer.clone()));
            let given = Given { written, pointer: pointer.clone(), value, resolved };
            if given.is_body() {
                let place = pointer_join("/components/requestBodies", name);
                let types = self.media(&Value::Null, "consumes", &place);
                let body = self.body(&given, &place, &types);
                add(components, "requestBodies", name, body);
            } else if !given.is_form() {
                let place = pointer_join("/components/parameters", name);
                self.moved(place.clone(), pointer.clone());
                let is_reference = written.get("$ref").is_some();
                let parameter = if is_reference { written.clone() } else { self.parameter(written, &place, &pointer) };
                add(components, "parameters", name, parameter);
            }
        }
    }

    /// A parameter with the schema of its value, or a header, which is the same without name and place.
    pub(super) fn parameter(&mut self, written: &Value, place: &str, old: &str) -> Value {
        let Some(fields) = written.as_object() else { return written.clone() };
        let mut new = Map::new();
        for (key, value) in fields.iter().filter(|(key, _)| !is_of_schema(key)) {
            let key = if key == "x-example" && !fields.contains_key("example") { "example" } else { key };
            new.insert(key.to_owned(), value.clone());
        }
        self.moved(format!("{place}/schema"), old);
        let schema = self.schema_of_parameter(fields, &format!("{place}/schema"), old);
        new.insert("schema".to_owned(), schema);
        let is_array = fields.get("type").and_then(Value::as_str) == Some("array");
        if is_array && !fields.contains_key("schema") {
            let location = fields.get("in").and_then(Value::as_str).unwrap_or("header");
            new.extend(self.style(fields, location, place));
        }
        Value::Object(new)
    }

    /// What stands beside a parameter's name, as a schema. Some write a schema there already.
    pub(super) fn schema_of_parameter(&mut self, fields: &Map<String, Value>, place: &str, old: &str) -> Value {
        if let Some(schema) = fields.get("schema") {
            return self.schema(schema, place, &format!("{old}/schema"));
        }
        let own = fields.iter().filter(|(key, _)| is_of_schema(key));
        let own: Map<String, Value> = own.map(|(key, value)| (key.clone(), value.clone())).collect();
        self.schema(&Value::Object(own), place, old)
    }

    /// How a list is written: Swagger's `collectionFormat` as OpenAPI's style, and as hints where that has no word for it.
    /// Without one, values are parted by commas.
    pub(super) fn style(&mut self, fields: &Map<String, Value>, location: &str, place: &str) -> Map<String, Value> {
        let format = fields.get("collectionFormat").and_then(Value::as_str).unwrap_or("csv");
        let is_query = matches!(location, "query" | "formData" | "form");
        let plain = if is_query { "form" } else { "simple" };
        let (style, explode, hint) = match (is_query, format) {
            (_, "csv") => (plain, false, None),
            (true, "multi") => (plain, true, None),
            (true, "ssv") => ("spaceDelimited", false, None),
            (true, "pipes") => ("pipeDelimited", false, None),
            (false, "ssv") => (plain, false, Some("space")),
            (false, "pipes") => (plain, false, Some("pipe")),
            (_, "tsv") => (plain, false, Some("tab")),
            _ => {
                self.unknown_format(format, place);
                (plain, false, None)
            }
        };
        let mut said = Map::new();
        said.insert("style".to_owned(), style.into());
        said.insert("explode".to_owned(), explode.into());
        said.extend(hint.map(|hint| (styles::LIST.to_owned(), hint.into())));
        // An answer's header has no place, and nobody writes what is in it.
        if fields.contains_key("in") {
            said.extend(self.nested(fields, place).map(|hint| (styles::NESTED.to_owned(), hint.into())));
        }
        said
    }

    /// How the lists within a list are written.
    fn nested(&mut self, fields: &Map<String, Value>, place: &str) -> Option<&'static str> {
        let items = fields.get("items")?;
        if items.get("type").and_then(Value::as_str) != Some("array") {
            return None;
        }
        let format = items.get("collectionFormat").and_then(Value::as_str).unwrap_or("csv");
        Some(word(format).unwrap_or_else(|| {
            self.unknown_format(format, place);
            "comma"
        }))
    }

    fn unknown_format(&mut self, format: &str, place: &str) {
        let message = format!("there is no `{format}` here: the values are parted by commas");
        let help = "correct `collectionFormat` in the document, or say how the list is written in the overlay";
        self.find(Severity::Warning, "swagger-collection-format", place, message, help);
    }
}

/// The hint's word for a format that is one piece.
pub(super) fn word(format: &str) -> Option<&'static str> {
    match format {
        "csv" => Some("comma"),
        "ssv" => Some("space"),
        "tsv" => Some("tab"),
        "pipes" => Some("pipe"),
        _ => None,
    }
}

/// Whether a field of a parameter is one of its value, and not of the parameter (Swagger 2.0, Parameter Object).
fn is_of_schema(key: &str) -> bool {
    let is_known = matches!(
        key,
        "type"
            | "format"
            | "items"
            | "collectionFormat"
            | "default"
            | "maximum"
            | "exclusiveMaximum"
            | "minimum"
            | "exclusiveMinimum"
            | "maxLength"
            | "minLength"
            | "pattern"
            | "maxItems"
            | "minItems"
            | "uniqueItems"
            | "enum"
            | "multipleOf"
            | "x-nullable"
            | "schema"
            | "title"
            | "properties"
            | "additionalProperties"
    );
    is_known || key.starts_with("x-enum") || key == "x-ms-enum"
}
