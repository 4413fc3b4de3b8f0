//! The vendor's own pages.

use serde_json::Value;

use crate::plan::ExternalDocs;

/// The vendor's page about what has `externalDocs`: the API, a tag, an operation (OpenAPI 3.0 section 4.7.11).
pub fn external_docs(object: &Value) -> Option<ExternalDocs> {
    let listed = object.get("externalDocs")?;
    let text = |key: &str| listed.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    Some(ExternalDocs { url: text("url")?.to_owned(), description: text("description").map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_has_an_address() {
        let page = |docs: Value| external_docs(&json!({"externalDocs": docs}));
        assert_eq!(page(json!({"description": "More"})), None);
        assert_eq!(page(json!({"url": " "})), None);
        let found = page(json!({"url": "https://a.example ", "description": ""})).unwrap();
        assert_eq!((found.url.as_str(), found.description), ("https://a.example", None));
    }
}
