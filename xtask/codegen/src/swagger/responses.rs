//! Responses: what an operation produces becomes the `content` of each.

use super::{Converter, JSON, add, media_types, streams::LINES};
use crate::diagnostics::{Severity, pointer_join};
use serde_json::{Map, Value, json};

impl<'d> Converter<'d> {
    /// Adds the responses that operations share to the components.
    pub(super) fn shared_responses(&mut self, responses: &'d Value, components: &mut Map<String, Value>) {
        for (name, response) in responses.as_object().into_iter().flatten() {
            let (place, old) = (pointer_join("/components/responses", name), pointer_join("/responses", name));
            self.moved(place.clone(), old.clone());
            let response = self.response(response, &Value::Null, &place, &old);
            add(components, "responses", name, response);
        }
    }

    /// The responses of the operation at `place`.
    pub(super) fn responses(&mut self, responses: &'d Value, operation: &Value, place: &str) -> Value {
        let Some(entries) = responses.as_object() else { return responses.clone() };
        let mut new = Map::new();
        for (status, written) in entries {
            let at = pointer_join(&format!("{place}/responses"), status);
            let is_reference = written.get("$ref").is_some();
            // A shared response is of the operation's own media types where it has some.
            let response = match self.resolve(written, &at) {
                Some((shared, old)) if is_reference && operation.get("produces").is_some() => {
                    self.moved(at.clone(), old.clone());
                    self.response(shared, operation, &at, &old)
                }
                _ if is_reference || status.starts_with("x-") => written.clone(),
                _ => self.response(written, operation, &at, &at),
            };
            new.insert(status.clone(), response);
        }
        Value::Object(new)
    }

    fn response(&mut self, response: &Value, operation: &Value, place: &str, old: &str) -> Value {
        let Some(fields) = response.as_object().filter(|fields| !fields.contains_key("$ref")) else {
            return response.clone();
        };
        let mut new = Map::new();
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("schema" | "examples", _) => {}
                ("headers", Value::Object(headers)) => {
                    let headers = headers.iter().map(|(name, header)| {
                        let below = |base: &str| pointer_join(&format!("{base}/headers"), name);
                        (name.clone(), self.parameter(header, &below(place), &below(old)))
                    });
                    new.insert(key.clone(), Value::Object(headers.collect()));
                }
                _ => {
                    new.insert(key.clone(), value.clone());
                }
            }
        }
        if let Some(content) = self.response_content(fields, operation, place, old) {
            new.insert("content".to_owned(), content);
        }
        Value::Object(new)
    }

    fn response_content(
        &mut self,
        fields: &Map<String, Value>,
        operation: &Value,
        place: &str,
        old: &str,
    ) -> Option<Value> {
        let schema = fields.get("schema");
        let examples = fields.get("examples").and_then(Value::as_object);
        let examples = examples.filter(|examples| examples.keys().any(|key| key.contains('/')));
        if schema.is_none() && examples.is_none() {
            return None;
        }
        let types = self.response_types(schema, examples, operation, place);
        let first = types.first().map(String::as_str).unwrap_or_default();
        let schema_at = |media_type: &str| format!("{}/schema", pointer_join(&format!("{place}/content"), media_type));
        let converted = schema.map(|schema| self.schema(schema, &schema_at(first), &format!("{old}/schema")));
        let mut content = Map::new();
        for media_type in types {
            let mut media = json!({});
            if let Some(media) = media.as_object_mut() {
                media.extend(converted.clone().map(|schema| ("schema".to_owned(), schema)));
                let example = examples.and_then(|examples| examples.get(&media_type));
                media.extend(example.map(|example| ("example".to_owned(), example.clone())));
            }
            self.moved(schema_at(&media_type), format!("{old}/schema"));
            content.insert(media_type, media);
        }
        Some(Value::Object(content))
    }

    /// The media types of a response: those that the operation produces, or the document, else those of its examples.
    fn response_types(
        &mut self,
        schema: Option<&Value>,
        examples: Option<&Map<String, Value>>,
        operation: &Value,
        place: &str,
    ) -> Vec<String> {
        if schema.is_some_and(|schema| self.is_stream(schema)) {
            let message = format!("the answer is a stream of these, as the title says: it is taken for `{LINES}`");
            let help = "say in the overlay, under `content`, what it is if that is wrong";
            self.find(Severity::Adaptation, "swagger-media-type", place, message, help);
            return vec![LINES.to_owned()];
        }
        let is_file = schema.is_some_and(|schema| schema.get("type").and_then(Value::as_str) == Some("file"));
        let named = media_types(operation, "produces").or_else(|| self.produces.clone()).unwrap_or_default();
        let of_examples =
            examples.into_iter().flatten().map(|(name, _)| name.clone()).filter(|name| name.contains('/'));
        if named.is_empty() {
            let of_examples: Vec<String> = of_examples.collect();
            return match (of_examples.is_empty(), is_file) {
                (false, _) => of_examples,
                (true, true) => vec!["application/octet-stream".to_owned()],
                (true, false) => self.media(operation, "produces", place),
            };
        }
        if schema.is_none() || is_file || is_text(schema) || named.iter().any(|name| carries_objects(name)) {
            return named;
        }
        // What produces PDF says so of its errors, too.
        let message = format!("none of what is produced here can be what the schema says: it is taken for `{JSON}`");
        let help = "say in the overlay, under `content`, what it is if that is wrong";
        self.find(Severity::Adaptation, "swagger-media-type", place, message, help);
        vec![JSON.to_owned()]
    }
}

fn is_text(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| schema.get("type").and_then(Value::as_str) == Some("string"))
}

/// Whether objects can be written in a media type, as far as its name tells.
fn carries_objects(media_type: &str) -> bool {
    let name = media_type.to_ascii_lowercase();
    let words = ["json", "xml", "yaml", "urlencoded", "form-data", "msgpack", "protobuf", "cbor"];
    name.starts_with("text/") || name.starts_with("*/") || words.iter().any(|word| name.contains(word))
}
