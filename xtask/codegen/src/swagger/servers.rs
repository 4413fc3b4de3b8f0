//! `host`, `basePath` and `schemes` become servers, and so does an extension of vendors whose hosts have variables.

use super::{Converter, TEMPLATE};
use crate::{path_template, schema::references};
use serde_json::{Map, Value, json};

impl Converter<'_> {
    /// The servers of the document; `None` when it says nothing about them.
    pub(super) fn servers(&mut self) -> Option<Value> {
        if let Some(server) = self.of_template() {
            self.moved("/servers", format!("/{TEMPLATE}"));
            return Some(json!([server]));
        }
        let first = ["host", "basePath"].into_iter().find(|key| self.old.get(key).is_some())?;
        let urls = self.urls(self.old.get("schemes"))?;
        for index in 0..urls.len() {
            self.moved(format!("/servers/{index}"), format!("/{first}"));
            self.moved(format!("/servers/{index}/url"), format!("/{first}"));
        }
        Some(urls.into_iter().map(|url| json!({"url": url})).collect())
    }

    /// The servers of an operation that has schemes of its own; `None` when they are those of the document.
    pub(super) fn servers_of_operation(&mut self, schemes: &Value, place: &str) -> Option<Value> {
        self.old.get("host").filter(|_| self.of_template().is_none())?;
        let urls = self.urls(Some(schemes))?;
        if Some(&urls) == self.urls(self.old.get("schemes")).as_ref() {
            return None;
        }
        self.moved(format!("{place}/servers"), format!("{place}/schemes"));
        Some(urls.into_iter().map(|url| json!({"url": url})).collect())
    }

    /// The server whose host has variables. Without a default each is asked for, as what is empty is.
    fn of_template(&self) -> Option<Value> {
        let said = self.old.get(TEMPLATE)?;
        let host = said.get("hostTemplate")?.as_str()?.trim_end_matches('/');
        let declared = said.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let declared = declared.map(|entry| references::resolve(self.old, entry, "").map_or(entry, |(found, _)| found));
        let declared: Vec<&Value> = declared.collect();
        let variable = |name: String| {
            let found = declared.iter().find(|parameter| parameter.get("name").is_some_and(|said| *said == name));
            let field = |key: &str| found.and_then(|parameter| parameter.get(key)).cloned();
            let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let values: Option<Vec<String>> =
                field("enum").and_then(|values| Some(values.as_array()?.iter().cloned().map(text).collect()));
            let first = values.as_ref().and_then(|values| values.first().cloned());
            let mut fields = Map::new();
            fields.insert("default".to_owned(), field("default").map(text).or(first).unwrap_or_default().into());
            fields.extend(values.map(|values| ("enum".to_owned(), values.into())));
            fields.extend(field("description").map(|description| ("description".to_owned(), description)));
            (name, Value::Object(fields))
        };
        let variables: Map<String, Value> = path_template::names(host).into_iter().map(variable).collect();
        let is_whole = said.get("useSchemePrefix") == Some(&Value::Bool(false)) || host.contains("://");
        let scheme = schemes(self.old.get("schemes")).first().map(|scheme| format!("{scheme}://"));
        let scheme = scheme.filter(|_| !is_whole).unwrap_or_default();
        Some(json!({"url": format!("{scheme}{host}{}", self.base()), "variables": variables}))
    }

    /// The base path, which begins with a slash where there is one.
    fn base(&self) -> String {
        let base = self.old.get("basePath").and_then(Value::as_str).unwrap_or_default().trim().trim_end_matches('/');
        if base.is_empty() || base.starts_with('/') { base.to_owned() } else { format!("/{base}") }
    }

    /// A URL for each scheme, those that encrypt first. Without schemes that of the document's own address counts, which
    /// is not known: what is public is encrypted today.
    fn urls(&self, schemes: Option<&Value>) -> Option<Vec<String>> {
        let text = |key: &str| self.old.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let host = text("host").map(|host| host.trim_end_matches('/'));
        let base = self.base();
        let Some(host) = host else {
            return (!base.is_empty()).then(|| vec![base]);
        };
        // Some write the whole address there.
        if host.contains("://") {
            return Some(vec![format!("{host}{base}")]);
        }
        Some(self::schemes(schemes).into_iter().map(|scheme| format!("{scheme}://{host}{base}")).collect())
    }
}

/// The schemes of HTTP among those that are listed, the one that encrypts first; that alone where none is.
fn schemes(listed: Option<&Value>) -> Vec<&str> {
    let listed = listed.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut schemes: Vec<&str> = listed.filter(|scheme| matches!(*scheme, "http" | "https")).collect();
    schemes.sort_by_key(|scheme| *scheme != "https");
    schemes.dedup();
    if schemes.is_empty() {
        schemes.push("https");
    }
    schemes
}
