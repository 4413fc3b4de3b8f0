//! OpenAPI's parameter styles (OpenAPI 3.0, section 4.7.12): from a JSON value to the text that goes over the wire.
//! The value is converted to `serde_json::Value` once, at the generic edge; everything here compiles once.
//!
//! Where the 3.0.3 and 3.0.4 texts differ (`label` without `explode`), 3.0.4 is followed: it corrects the example to
//! what RFC 6570, which both refer to, prescribes.

use std::borrow::Cow;

use serde_json::Value;

use crate::percent;

/// How one parameter of an operation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name as the document spells it.
    pub name: &'static str,
    /// Where it goes.
    pub location: Location,
    /// How arrays and objects are written.
    pub style: Style,
    /// Arrays and objects are written as separate values.
    pub explode: bool,
    /// Reserved characters are sent as they are (query only).
    pub allow_reserved: bool,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// A segment, or a part of one, of the path.
    Path,
    /// A pair of the query.
    Query,
    /// A header.
    Header,
    /// A pair of the `Cookie` header.
    Cookie,
}

/// The styles of OpenAPI 3.0, and `content: application/json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `blue,black,brown` (path, header).
    Simple,
    /// `.blue.black.brown` (path).
    Label,
    /// `;color=blue,black,brown` (path).
    Matrix,
    /// `color=blue,black,brown` (query, cookie).
    Form,
    /// `color=blue%20black%20brown` (query).
    SpaceDelimited,
    /// `color=blue%7Cblack%7Cbrown` (query).
    PipeDelimited,
    /// `color%5BR%5D=100&color%5BG%5D=200` (query). What is nested deeper, which the specification leaves open, is
    /// written with further brackets, items of arrays with their index.
    DeepObject,
    /// `content: application/json`: the JSON text of the value.
    Json,
}

impl Parameter {
    /// A path parameter: `simple`, not exploded.
    pub const fn path(name: &'static str) -> Self {
        Self { name, location: Location::Path, style: Style::Simple, explode: false, allow_reserved: false }
    }

    /// A query parameter: `form`, exploded.
    pub const fn query(name: &'static str) -> Self {
        Self { name, location: Location::Query, style: Style::Form, explode: true, allow_reserved: false }
    }

    /// A header parameter: `simple`, not exploded.
    pub const fn header(name: &'static str) -> Self {
        Self { name, location: Location::Header, style: Style::Simple, explode: false, allow_reserved: false }
    }

    /// A cookie parameter: `form`, exploded.
    pub const fn cookie(name: &'static str) -> Self {
        Self { name, location: Location::Cookie, style: Style::Form, explode: true, allow_reserved: false }
    }

    /// The same with another style.
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// The same with another `explode`.
    pub const fn explode(mut self, explode: bool) -> Self {
        self.explode = explode;
        self
    }

    /// The same with another `allowReserved`.
    pub const fn allow_reserved(mut self, allow_reserved: bool) -> Self {
        self.allow_reserved = allow_reserved;
        self
    }
}

/// A pair, both halves already encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A way to encode one piece of text.
type Encode<'a> = &'a dyn Fn(&str) -> String;

/// The text of a path or header parameter; `None` when there is nothing to send.
pub(crate) fn render_text(parameter: &Parameter, value: Value) -> Option<String> {
    let encode: Encode<'_> = match parameter.location {
        Location::Header => &str::to_owned,
        _ => &percent::encode,
    };
    Some(match (parameter.style, value) {
        (_, Value::Null) => return None,
        (Style::Json, value) => encode(&value.to_string()),
        (Style::Label, value) => label(parameter, &value, encode),
        (Style::Matrix, value) => matrix(parameter, &value, encode),
        // What most values are: a text that is sent as it is.
        (_, Value::String(text)) if parameter.location == Location::Header => text,
        (_, Value::String(text)) => percent::encode_owned(text),
        (_, value) => joined(&value, ",", parameter.explode, encode),
    })
}

/// The pairs of a query or cookie parameter; none when there is nothing to send.
pub(crate) fn render_pairs(parameter: &Parameter, value: &Value) -> Vec<Pair> {
    match parameter.location {
        Location::Cookie => pairs(parameter, value, &str::to_owned, &percent::encode_cookie),
        _ => pairs(parameter, value, &percent::encode, &|text| percent::encode_value(text, parameter.allow_reserved)),
    }
}

/// The pairs of one property of a form body.
pub(crate) fn render_form(parameter: &Parameter, value: &Value) -> Vec<Pair> {
    pairs(parameter, value, &percent::encode_form, &|text| {
        if parameter.allow_reserved { percent::encode_value(text, true) } else { percent::encode_form(text) }
    })
}

fn pairs(parameter: &Parameter, value: &Value, encode_name: Encode<'_>, encode: Encode<'_>) -> Vec<Pair> {
    if value.is_null() {
        return Vec::new();
    }
    let name = encode_name(parameter.name);
    let value = match (parameter.style, value) {
        (Style::Json, _) => encode(&value.to_string()),
        (Style::DeepObject, Value::Object(_) | Value::Array(_)) => {
            let mut found = Vec::new();
            deep_object(parameter.name.to_owned(), value, encode_name, encode, &mut found);
            return found;
        }
        (_, Value::Array(items)) if parameter.explode => {
            let items = items.iter().filter_map(scalar);
            return items.map(|item| Pair { name: name.clone(), value: encode(&item) }).collect();
        }
        (_, Value::Object(members)) if parameter.explode => {
            let members = members.iter().filter_map(|(key, member)| Some((key, scalar(member)?)));
            return members.map(|(key, text)| Pair { name: encode_name(key), value: encode(&text) }).collect();
        }
        (_, Value::Array(items)) if !items.iter().any(|item| !item.is_null()) => return Vec::new(),
        (_, Value::Object(members)) if !members.values().any(|member| !member.is_null()) => return Vec::new(),
        (Style::SpaceDelimited, _) => joined(value, "%20", false, encode),
        (Style::PipeDelimited, _) => joined(value, "%7C", false, encode),
        _ => joined(value, ",", false, encode),
    };
    vec![Pair { name, value }]
}

fn deep_object(name: String, value: &Value, encode_name: Encode<'_>, encode: Encode<'_>, found: &mut Vec<Pair>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                deep_object(format!("{name}[{key}]"), member, encode_name, encode, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                deep_object(format!("{name}[{index}]"), item, encode_name, encode, found);
            }
        }
        _ => found.extend(scalar(value).map(|text| Pair { name: encode_name(&name), value: encode(&text) })),
    }
}

/// RFC 6570, section 3.2.5.
fn label(parameter: &Parameter, value: &Value, encode: Encode<'_>) -> String {
    let separator = if parameter.explode { "." } else { "," };
    format!(".{}", joined(value, separator, parameter.explode, encode))
}

/// RFC 6570, section 3.2.7. An empty string is the bare name.
fn matrix(parameter: &Parameter, value: &Value, encode: Encode<'_>) -> String {
    let name = encode(parameter.name);
    match value {
        Value::Array(items) if parameter.explode => {
            items.iter().filter_map(scalar).map(|item| format!(";{name}={}", encode(&item))).collect()
        }
        Value::Object(members) if parameter.explode => members
            .iter()
            .filter_map(|(key, member)| Some(format!(";{}={}", encode(key), encode(&scalar(member)?))))
            .collect(),
        _ => match joined(value, ",", false, encode) {
            text if text.is_empty() => format!(";{name}"),
            text => format!(";{name}={text}"),
        },
    }
}

/// A value in one piece: arrays as `a,b`, objects as `k,v` or, with `pairs`, as `k=v`.
fn joined(value: &Value, separator: &str, pairs: bool, encode: Encode<'_>) -> String {
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(scalar).map(|item| encode(&item)).collect(),
        Value::Object(members) => {
            let between = if pairs { "=" } else { separator };
            members
                .iter()
                .filter_map(|(key, member)| Some(format!("{}{between}{}", encode(key), encode(&scalar(member)?))))
                .collect()
        }
        _ => return scalar(value).map(|text| encode(&text)).unwrap_or_default(),
    };
    parts.join(separator)
}

/// The text of a value inside a parameter; `None` for null. What is nested deeper than the style can say, which the
/// specification leaves open, is written as JSON.
pub(crate) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Number(number) => Cow::Owned(match number.as_f64().filter(|_| number.is_f64()) {
            // 100.0 is the integer 100 to a server that declared `type: number`; "100.0" is not to all of them.
            Some(float) => float.to_string(),
            None => number.to_string(),
        }),
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Query pairs as they will stand in the URL.
    fn query(style: Style, explode: bool, value: Value) -> String {
        let parameter = Parameter::query("color").style(style).explode(explode);
        let pairs = render_pairs(&parameter, &value);
        pairs.iter().map(|pair| format!("{}={}", pair.name, pair.value)).collect::<Vec<_>>().join("&")
    }

    fn path(style: Style, explode: bool, value: Value) -> String {
        render_text(&Parameter::path("color").style(style).explode(explode), value).unwrap()
    }

    fn header(explode: bool, value: Value) -> String {
        render_text(&Parameter::header("color").explode(explode), value).unwrap()
    }

    fn empty() -> Value {
        json!("")
    }
    fn string() -> Value {
        json!("blue")
    }
    fn array() -> Value {
        json!(["blue", "black", "brown"])
    }
    fn object() -> Value {
        // serde_json keeps members in alphabetical order by default; the table's order is R, G, B.
        json!({"B": 150, "G": 200, "R": 100})
    }

    #[test]
    fn matrix_collapsed() {
        assert_eq!(path(Style::Matrix, false, empty()), ";color");
        assert_eq!(path(Style::Matrix, false, string()), ";color=blue");
        assert_eq!(path(Style::Matrix, false, array()), ";color=blue,black,brown");
        assert_eq!(path(Style::Matrix, false, object()), ";color=B,150,G,200,R,100");
    }

    #[test]
    fn matrix_exploded() {
        assert_eq!(path(Style::Matrix, true, empty()), ";color");
        assert_eq!(path(Style::Matrix, true, string()), ";color=blue");
        assert_eq!(path(Style::Matrix, true, array()), ";color=blue;color=black;color=brown");
        assert_eq!(path(Style::Matrix, true, object()), ";B=150;G=200;R=100");
    }

    #[test]
    fn label_collapsed() {
        assert_eq!(path(Style::Label, false, empty()), ".");
        assert_eq!(path(Style::Label, false, string()), ".blue");
        assert_eq!(path(Style::Label, false, array()), ".blue,black,brown");
        assert_eq!(path(Style::Label, false, object()), ".B,150,G,200,R,100");
    }

    #[test]
    fn label_exploded() {
        assert_eq!(path(Style::Label, true, empty()), ".");
        assert_eq!(path(Style::Label, true, string()), ".blue");
        assert_eq!(path(Style::Label, true, array()), ".blue.black.brown");
        assert_eq!(path(Style::Label, true, object()), ".B=150.G=200.R=100");
    }

    #[test]
    fn simple_collapsed() {
        assert_eq!(path(Style::Simple, false, empty()), "");
        assert_eq!(path(Style::Simple, false, string()), "blue");
        assert_eq!(path(Style::Simple, false, array()), "blue,black,brown");
        assert_eq!(path(Style::Simple, false, object()), "B,150,G,200,R,100");
    }

    #[test]
    fn simple_exploded() {
        assert_eq!(path(Style::Simple, true, empty()), "");
        assert_eq!(path(Style::Simple, true, string()), "blue");
        assert_eq!(path(Style::Simple, true, array()), "blue,black,brown");
        assert_eq!(path(Style::Simple, true, object()), "B=150,G=200,R=100");
    }

    #[test]
    fn simple_in_a_header_is_not_encoded() {
        assert_eq!(header(false, json!("a b/c")), "a b/c");
        assert_eq!(header(false, object()), "B,150,G,200,R,100");
        assert_eq!(header(true, object()), "B=150,G=200,R=100");
    }

    #[test]
    fn form_collapsed() {
        assert_eq!(query(Style::Form, false, empty()), "color=");
        assert_eq!(query(Style::Form, false, string()), "color=blue");
        assert_eq!(query(Style::Form, false, array()), "color=blue,black,brown");
        assert_eq!(query(Style::Form, false, object()), "color=B,150,G,200,R,100");
    }

    #[test]
    fn form_exploded() {
        assert_eq!(query(Style::Form, true, empty()), "color=");
        assert_eq!(query(Style::Form, true, string()), "color=blue");
        assert_eq!(query(Style::Form, true, array()), "color=blue&color=black&color=brown");
        assert_eq!(query(Style::Form, true, object()), "B=150&G=200&R=100");
    }

    #[test]
    fn space_delimited() {
        assert_eq!(query(Style::SpaceDelimited, false, array()), "color=blue%20black%20brown");
        assert_eq!(query(Style::SpaceDelimited, false, object()), "color=B%20150%20G%20200%20R%20100");
        // Not defined by the table; the same as form, as the style's text had it in OpenAPI 2 ("multi").
        assert_eq!(query(Style::SpaceDelimited, true, array()), "color=blue&color=black&color=brown");
    }

    #[test]
    fn pipe_delimited() {
        assert_eq!(query(Style::PipeDelimited, false, array()), "color=blue%7Cblack%7Cbrown");
        assert_eq!(query(Style::PipeDelimited, false, object()), "color=B%7C150%7CG%7C200%7CR%7C100");
        assert_eq!(query(Style::PipeDelimited, true, array()), "color=blue&color=black&color=brown");
    }

    #[test]
    fn deep_object() {
        assert_eq!(query(Style::DeepObject, true, object()), "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100");
        assert_eq!(
            query(Style::DeepObject, true, json!({"a": {"b": [1, 2]}, "n": null})),
            "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D=2"
        );
        assert_eq!(query(Style::DeepObject, true, string()), "color=blue");
    }

    #[test]
    fn json_content() {
        assert_eq!(query(Style::Json, false, json!({"a": [1]})), "color=%7B%22a%22%3A%5B1%5D%7D");
        assert_eq!(path(Style::Json, false, json!([1])), "%5B1%5D");
    }

    #[test]
    fn null_and_empty_arrays_send_nothing() {
        for style in [Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject, Style::Json] {
            assert_eq!(query(style, true, Value::Null), "");
        }
        assert_eq!(query(Style::Form, true, json!([])), "");
        assert_eq!(query(Style::Form, false, json!([])), "");
        assert_eq!(query(Style::Form, false, json!([null])), "");
        assert_eq!(query(Style::Form, true, json!([null, 1])), "color=1");
        assert_eq!(render_text(&Parameter::path("color"), Value::Null), None);
    }

    #[test]
    fn numbers_and_booleans() {
        assert_eq!(query(Style::Form, true, json!(100.0)), "color=100");
        assert_eq!(query(Style::Form, true, json!(0.25)), "color=0.25");
        assert_eq!(query(Style::Form, true, json!(u64::MAX)), "color=18446744073709551615");
        assert_eq!(query(Style::Form, true, json!(true)), "color=true");
    }

    #[test]
    fn bracket_names_are_encoded_and_reserved_characters_kept_on_request() {
        let named = render_pairs(&Parameter::query("filters[service]"), &json!("a/b"));
        assert_eq!(named, [Pair { name: "filters%5Bservice%5D".into(), value: "a%2Fb".into() }]);
        let reserved = render_pairs(&Parameter::query("url").allow_reserved(true), &json!("http://x/?a=b"));
        assert_eq!(reserved, [Pair { name: "url".into(), value: "http://x/?a=b".into() }]);
    }

    #[test]
    fn cookies_keep_what_a_cookie_may_hold() {
        let pairs = render_pairs(&Parameter::cookie("session"), &json!("a=b/c d"));
        assert_eq!(pairs, [Pair { name: "session".into(), value: "a=b/c%20d".into() }]);
    }

    #[test]
    fn nested_values_become_json() {
        assert_eq!(query(Style::Form, true, json!([{"a": 1}])), "color=%7B%22a%22%3A1%7D");
    }
}
