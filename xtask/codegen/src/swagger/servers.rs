//! `host`, `basePath` and `schemes` become servers.

use super::Converter;
use serde_json::{Value, json};

impl Converter<'_> {
    /// The servers of the document; `None` when it says nothing about them.
    pub(super) fn servers(&mut self) -> Option<Value> {
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
        self.old.get("host")?;
        let urls = self.urls(Some(schemes))?;
        if Some(&urls) == self.urls(self.old.get("schemes")).as_ref() {
            return None;
        }
        self.moved(format!("{place}/servers"), format!("{place}/schemes"));
        Some(urls.into_iter().map(|url| json!({"url": url})).collect())
    }

    /// A URL for each scheme, those that encrypt first. Without schemes that of the document's own address counts, which
    /// is not known: what is public is encrypted today.
    fn urls(&self, schemes: Option<&Value>) -> Option<Vec<String>> {
        let text = |key: &str| self.old.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let host = text("host").map(|host| host.trim_end_matches('/'));
        let base = text("basePath").unwrap_or_default().trim_end_matches('/');
        let base = if base.is_empty() || base.starts_with('/') { base.to_owned() } else { format!("/{base}") };
        let Some(host) = host else {
            return (!base.is_empty()).then(|| vec![base]);
        };
        // Some write the whole address there.
        if host.contains("://") {
            return Some(vec![format!("{host}{base}")]);
        }
        let listed = schemes.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let mut schemes: Vec<&str> = listed.filter(|scheme| matches!(*scheme, "http" | "https")).collect();
        schemes.sort_by_key(|scheme| *scheme != "https");
        schemes.dedup();
        if schemes.is_empty() {
            schemes.push("https");
        }
        Some(schemes.into_iter().map(|scheme| format!("{scheme}://{host}{base}")).collect())
    }
}
