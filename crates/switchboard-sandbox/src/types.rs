//! The JSON types of what clients send. A service that kept a value of another type would answer with it later, and tell
//! whoever wrote the client nothing.

use serde_json::Value;

/// A type that a field may be documented with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    /// A date and a time, as RFC 3339 writes them.
    Moment,
    Number,
    /// A whole number that every program tells apart from the next one (RFC 8259, section 6).
    Whole,
    /// A whole number of 32 bits.
    Short,
    Flag,
    Object,
    List,
    Texts,
    Objects,
    /// An object whose values are texts.
    TextByName,
    /// One of these texts.
    OneOf(&'static [&'static str]),
}

impl Type {
    pub(crate) fn is_of(self, value: &Value) -> bool {
        let each = |is: fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(is));
        match self {
            Self::Text => value.is_string(),
            Self::Moment => value.as_str().is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok()),
            Self::Number => value.is_number(),
            Self::Whole => is_whole(value, MOST),
            Self::Short => is_whole(value, f64::from(i32::MAX)),
            Self::Flag => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::List => value.is_array(),
            Self::Texts => each(Value::is_string),
            Self::Objects => each(Value::is_object),
            Self::TextByName => value.as_object().is_some_and(|it| it.values().all(Value::is_string)),
            Self::OneOf(texts) => value.as_str().is_some_and(|text| texts.contains(&text)),
        }
    }
}

/// The greatest whole number that a double tells from the next one.
const MOST: f64 = 9_007_199_254_740_991.0;

/// `1.0` is an integer (JSON Schema 2020-12 validation, section 6.1.1).
fn is_whole(value: &Value, most: f64) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0 && number.abs() <= most)
}

/// The path of a field, and its type: `request.requestType`, or `customHeaders[].name` of each in a list.
pub(crate) type Field = (&'static str, Type);

/// The path of the first field that is there and not of its type. What is no field of these may be anything.
pub(crate) fn mistyped(sent: &Value, fields: &[Field]) -> Option<&'static str> {
    let is_right = |(path, expected): &&Field| every(sent, path, &|value| expected.is_of(value));
    fields.iter().find(|field| !is_right(field)).map(|(path, _)| *path)
}

/// Whether all that stands at a path is right.
fn every(value: &Value, path: &str, is_right: &dyn Fn(&Value) -> bool) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let (name, is_list) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    let Some(value) = value.get(name) else { return true };
    let below = |value: &Value| rest.map_or_else(|| is_right(value), |rest| every(value, rest, is_right));
    if is_list { value.as_array().is_none_or(|values| values.iter().all(below)) } else { below(value) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_field_that_is_not_of_its_type_is_named_however_deep_it_is() {
        let fields = [
            ("name", Type::Text),
            ("headers", Type::Objects),
            ("headers[].name", Type::Text),
            ("auth.mutual", Type::Flag),
            ("timeout", Type::Whole),
            ("list", Type::Short),
            ("tags", Type::Texts),
            ("filters", Type::TextByName),
            ("event", Type::OneOf(&["created", "deleted"])),
            ("at", Type::Moment),
        ];
        let right = json!({
            "name": "a", "headers": [{ "name": "b" }, {}], "auth": { "mutual": true }, "timeout": 1.0, "list": 7, "tags": [], "filters": { "a": "b" },
            "event": "created", "at": "2026-01-01T00:00:00Z", "new": 1,
        });
        assert_eq!(mistyped(&right, &fields), None);
        for (wrong, path) in [
            (json!({ "name": null }), "name"),
            (json!({ "headers": [1] }), "headers"),
            (json!({ "headers": [{ "name": "b" }, { "name": 1 }] }), "headers[].name"),
            (json!({ "auth": { "mutual": "yes" } }), "auth.mutual"),
            (json!({ "timeout": 1.5 }), "timeout"),
            (json!({ "timeout": 1e38 }), "timeout"),
            (json!({ "list": 2_147_483_648_u64 }), "list"),
            (json!({ "tags": ["a", {}] }), "tags"),
            (json!({ "filters": { "a": 1 } }), "filters"),
            (json!({ "event": "renamed" }), "event"),
            (json!({ "at": "" }), "at"),
        ] {
            assert_eq!(mistyped(&wrong, &fields), Some(path), "{wrong}");
        }
    }
}
