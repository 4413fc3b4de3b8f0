//! Values read back from the text of a request, as its style writes them (OpenAPI 3.1, "Style Values"; RFC 6570): the suite
//! tells what goes over the wire, and a caller sets values.

use codegen::plan::Style;
use serde_json::{Map, Value};

/// What the text of a path segment or header can mean, the most structured first. The schema tells which it is.
pub fn readings(text: &str, style: Style, explode: bool, name: &str) -> Vec<Value> {
    let (text, separator) = match style {
        Style::Label => (text.strip_prefix('.').unwrap_or(text), if explode { '.' } else { ',' }),
        Style::Matrix => (text.strip_prefix(';').unwrap_or(text), if explode { ';' } else { ',' }),
        Style::SpaceDelimited => (text, ' '),
        Style::PipeDelimited => (text, '|'),
        Style::TabDelimited => (text, '\t'),
        Style::Json => return serde_json::from_str(text).into_iter().collect(),
        Style::Simple | Style::Form | Style::Cookie | Style::DeepObject => (text, ','),
    };
    let own = |item: &str| item.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).map(str::to_owned);
    // `;name=a,b`, and `;name=a;name=b`.
    let whole = if style == Style::Matrix && !explode { own(text).unwrap_or_default() } else { text.to_owned() };
    let items: Vec<&str> = if whole.is_empty() { Vec::new() } else { whole.split(separator).collect() };
    let listed: Vec<String> = match style {
        Style::Matrix if explode => items.iter().map(|item| own(item).unwrap_or_else(|| (*item).to_owned())).collect(),
        _ => items.iter().map(|item| (*item).to_owned()).collect(),
    };
    let pairs: Option<Vec<(&str, &str)>> = if explode {
        items.iter().map(|item| item.split_once('=')).collect()
    } else {
        items.chunks(2).map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
    };
    let single = match style {
        Style::Matrix => own(text).unwrap_or(whole.clone()),
        _ => whole.clone(),
    };
    let objects = pairs.filter(|pairs| !pairs.is_empty()).map(|pairs| object(&pairs)).unwrap_or_default();
    objects.into_iter().chain(lists(&listed)).chain(scalars(&single)).collect()
}

/// An object of texts, and of what the texts are as JSON.
fn object(pairs: &[(&str, &str)]) -> Vec<Value> {
    let of = |read: fn(&str) -> Value| {
        Value::Object(pairs.iter().map(|(name, text)| ((*name).to_owned(), read(text))).collect::<Map<_, _>>())
    };
    vec![of(typed), of(|text| Value::String(text.to_owned()))]
}

/// A list of texts, and of what the texts are as JSON.
pub fn lists(items: &[String]) -> Vec<Value> {
    let of = |read: fn(&str) -> Value| Value::Array(items.iter().map(|text| read(text)).collect());
    vec![of(typed), of(|text| Value::String(text.to_owned()))]
}

/// A text, and what it is as JSON.
pub fn scalars(text: &str) -> Vec<Value> {
    vec![typed(text), Value::String(text.to_owned())]
}

/// A number, `true` or `false`; any other text is itself.
fn typed(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_style_is_read_back() {
        for (text, style, explode, meant) in [
            ("a", Style::Simple, false, json!("a")),
            ("7", Style::Simple, false, json!(7)),
            (".a,b", Style::Label, false, json!(["a", "b"])),
            (".a.b", Style::Label, true, json!(["a", "b"])),
            (";p=a,b", Style::Matrix, false, json!(["a", "b"])),
            (";p=a;p=b", Style::Matrix, true, json!(["a", "b"])),
            ("a,1,b,2", Style::Simple, false, json!({"a": 1, "b": 2})),
            (";a=1;b=2", Style::Matrix, true, json!({"a": 1, "b": 2})),
            ("a|b", Style::PipeDelimited, false, json!(["a", "b"])),
            ("{\"a\":1}", Style::Json, false, json!({"a": 1})),
        ] {
            let readings = readings(text, style, explode, "p");
            assert!(readings.contains(&meant), "{text}: {readings:?}");
        }
    }
}
