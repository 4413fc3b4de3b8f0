//! Request bodies: of a parameter that is the body, or of all parameters that are parts of a form.

use super::{Converter, content, given::Given, parameters::word};
use crate::{diagnostics::pointer_join, lower::styles, media};
use serde_json::{Map, Value, json};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

impl<'d> Converter<'d> {
    /// What an operation sends; `None` for nothing. What a path's parameters say counts unless the operation's own do.
    pub(super) fn request_body(
        &mut self,
        operation: &'d Value,
        place: &str,
        own: &[Given<'d>],
        shared: &[Given<'d>],
    ) -> Option<Value> {
        let has_own = own.iter().any(|given| given.is_body() || given.is_form());
        let bodies: Vec<&Given<'d>> =
            if has_own { own } else { shared }.iter().filter(|given| given.is_body()).collect();
        let overridden =
            |given: &&Given<'d>| !own.iter().any(|other| other.is_form() && other.text("name") == given.text("name"));
        let of_path = shared.iter().filter(|given| given.is_form()).filter(overridden);
        let form: Vec<&Given<'d>> = own.iter().filter(|given| given.is_form()).chain(of_path).collect();
        if let [first, second, ..] = [bodies.as_slice(), form.get(..1).unwrap_or_default()].concat().as_slice()
            && !bodies.is_empty()
        {
            self.two_bodies(first, second, place);
        }
        let new = format!("{place}/requestBody");
        match bodies.first() {
            Some(body) => {
                let is_shared = body.written.get("$ref").is_some() && body.resolved.starts_with("/parameters/");
                if is_shared && operation.get("consumes").is_none() {
                    self.moved(new, body.pointer.clone());
                    return Some(body.written.clone());
                }
                let types = self.media(operation, "consumes", &new);
                Some(self.body(body, &new, &types))
            }
            None if form.is_empty() => None,
            None => Some(self.form(operation, &form, &new)),
        }
    }

    fn two_bodies(&mut self, first: &Given<'_>, second: &Given<'_>, place: &str) {
        let (first, second) = (first.text("name"), second.text("name"));
        let message = format!("the operation has two bodies: `{first}` and `{second}`; the first counts");
        let help = "keep one of the two: a request has one body, or a form";
        self.find(self.fault(), "swagger-two-bodies", &format!("{place}/requestBody"), message, help);
    }

    /// The request body that a parameter is.
    pub(super) fn body(&mut self, given: &Given<'d>, place: &str, types: &[String]) -> Value {
        self.moved(place, given.pointer.clone());
        let mut new = Map::new();
        let fields = given.value.as_object();
        for (key, value) in fields.into_iter().flatten() {
            let stays = matches!(key.as_str(), "description" | "required") || key.starts_with("x-");
            if stays && !matches!(key.as_str(), "x-example" | "x-examples") {
                new.insert(key.clone(), value.clone());
            }
        }
        let old = format!("{}/schema", given.resolved);
        let mut media = Map::new();
        if let Some(schema) = given.value.get("schema") {
            let first = types.first().map(String::as_str).unwrap_or_default();
            let at = format!("{}/schema", pointer_join(&format!("{place}/content"), first));
            media.insert("schema".to_owned(), self.schema(schema, &at, &old));
        }
        if let Some(example) = given.value.get("x-example") {
            media.insert("example".to_owned(), example.clone());
        }
        for media_type in types {
            let at = pointer_join(&format!("{place}/content"), media_type);
            self.moved(at.clone(), given.resolved.clone());
            self.moved(format!("{at}/schema"), old.clone());
        }
        new.insert("content".to_owned(), content(types, &Value::Object(media)));
        Value::Object(new)
    }

    /// The request body that the parts of a form make.
    fn form(&mut self, operation: &Value, parts: &[&Given<'d>], place: &str) -> Value {
        let types = self.form_types(operation, parts);
        let first = parts.first().map(|part| part.pointer.clone()).unwrap_or_default();
        self.moved(place, first.clone());
        let (mut properties, mut required, mut encoding) = (Map::new(), Vec::new(), Map::new());
        let schema_places: Vec<String> =
            types.iter().map(|name| format!("{}/schema", pointer_join(&format!("{place}/content"), name))).collect();
        for at in &schema_places {
            self.moved(at.clone(), first.clone());
        }
        for part in parts {
            let Some(fields) = part.value.as_object() else { continue };
            let name = part.text("name");
            let places: Vec<String> =
                schema_places.iter().map(|at| pointer_join(&format!("{at}/properties"), name)).collect();
            for at in &places {
                self.moved(at.clone(), part.resolved.clone());
            }
            let at = places.first().map(String::as_str).unwrap_or(place);
            properties.insert(name.to_owned(), self.part(fields, at, &part.resolved));
            if fields.get("required") == Some(&Value::Bool(true)) && !required.contains(&name) {
                required.push(name);
            }
            if fields.get("type").and_then(Value::as_str) == Some("array") {
                let mut said = self.style(fields, "formData", at);
                // OpenAPI 3.0 knows no styles of parts of their own (section 4.7.15.1); Swagger does.
                let format = part.value.get("collectionFormat").and_then(Value::as_str).unwrap_or("csv");
                // Parts of one name are what `multi` means; what is no format is parted by commas, as is told.
                let word = (format != "multi").then(|| word(format).unwrap_or("comma"));
                if let Some(word) = word.filter(|_| types.iter().any(|name| base(name) == MULTIPART)) {
                    said.insert(styles::LIST.to_owned(), word.into());
                }
                encoding.insert(name.to_owned(), Value::Object(said));
            }
        }
        let mut schema = json!({"type": "object", "properties": properties});
        let mut body = Map::new();
        if !required.is_empty() {
            body.insert("required".to_owned(), true.into());
            schema.as_object_mut().into_iter().for_each(|schema| {
                schema.insert("required".to_owned(), required.clone().into());
            });
        }
        let mut media = json!({"schema": schema});
        if !encoding.is_empty() {
            media.as_object_mut().into_iter().for_each(|media| {
                media.insert("encoding".to_owned(), Value::Object(encoding.clone()));
            });
        }
        body.insert("content".to_owned(), content(&types, &media));
        Value::Object(body)
    }

    fn part(&mut self, fields: &Map<String, Value>, place: &str, old: &str) -> Value {
        let mut schema = self.schema_of_parameter(fields, place, old);
        if let (Some(description), Some(schema)) = (fields.get("description"), schema.as_object_mut()) {
            schema.insert("description".to_owned(), description.clone());
        }
        schema
    }

    /// The media types of a form: those that are named and can be one; a file needs parts of their own.
    fn form_types(&self, operation: &Value, parts: &[&Given<'d>]) -> Vec<String> {
        let has_file = parts.iter().any(|part| {
            part.text("type") == "file" || part.value.pointer("/items/type").and_then(Value::as_str) == Some("file")
        });
        let named = super::media_types(operation, "consumes").or_else(|| self.consumes.clone()).unwrap_or_default();
        let can_be = |name: &String| match base(name).as_str() {
            MULTIPART => true,
            URLENCODED => !has_file,
            _ => false,
        };
        let types: Vec<String> = named.into_iter().filter(can_be).collect();
        if types.is_empty() { vec![if has_file { MULTIPART } else { URLENCODED }.to_owned()] } else { types }
    }
}

/// A media type without its parameters, in lower case.
fn base(media_type: &str) -> String {
    media::essence(media_type).to_ascii_lowercase()
}
