//! `securityDefinitions` become security schemes.

use super::{Converter, add};
use crate::diagnostics::pointer_join;
use serde_json::{Map, Value, json};

impl Converter<'_> {
    /// Adds the security schemes to the components.
    pub(super) fn security_schemes(&mut self, definitions: &Value, components: &mut Map<String, Value>) {
        self.moved("/components/securitySchemes", "/securityDefinitions");
        for (name, scheme) in definitions.as_object().into_iter().flatten() {
            let place = pointer_join("/components/securitySchemes", name);
            let scheme = self.security_scheme(scheme, &place, &pointer_join("/securityDefinitions", name));
            add(components, "securitySchemes", name, scheme);
        }
    }

    fn security_scheme(&mut self, scheme: &Value, place: &str, old: &str) -> Value {
        let Some(fields) = scheme.as_object() else { return scheme.clone() };
        match fields.get("type").and_then(Value::as_str) {
            Some("basic") => {
                let mut new = fields.clone();
                new.insert("type".to_owned(), "http".into());
                new.insert("scheme".to_owned(), "basic".into());
                Value::Object(new)
            }
            Some("oauth2") => self.oauth2(fields, place, old),
            _ => scheme.clone(),
        }
    }

    fn oauth2(&mut self, fields: &Map<String, Value>, place: &str, old: &str) -> Value {
        let written = fields.get("flow").and_then(Value::as_str).unwrap_or_default();
        let flow = match written {
            "application" => "clientCredentials",
            "accessCode" => "authorizationCode",
            other => other,
        };
        let is_of_flow = |key: &str| matches!(key, "authorizationUrl" | "tokenUrl" | "scopes");
        let mut settings: Map<String, Value> =
            fields.iter().filter(|(key, _)| is_of_flow(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
        settings.entry("scopes").or_insert_with(|| json!({}));
        let mut new: Map<String, Value> = fields
            .iter()
            .filter(|(key, _)| !is_of_flow(key) && key.as_str() != "flow")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let flows: Map<String, Value> = if flow.is_empty() {
            Map::new()
        } else {
            [(flow.to_owned(), Value::Object(settings))].into_iter().collect()
        };
        new.insert("flows".to_owned(), Value::Object(flows));
        self.moved(format!("{place}/flows"), format!("{old}/flow"));
        self.moved(pointer_join(&format!("{place}/flows"), flow), old);
        Value::Object(new)
    }
}
