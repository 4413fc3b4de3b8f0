//! Sampling: a value that a schema describes, the same every time.
//!
//! What the vendor shows is preferred to what can be made up: an example, a default, a value of an enum; what does not
//! fit its own schema is passed over.

use super::{pattern, schema};
use serde_json::{Map, Number, Value, json};

/// How much is put into a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What is required.
    Required,
    /// Everything that the document describes.
    All,
}

/// How deep optional properties are followed.
const OPTIONAL_DEPTH: usize = 5;

/// How deep anything is followed: what is required of itself has no finite sample.
const MAX_DEPTH: usize = 16;

/// How many values a sample may have before only what is required is added to it.
const BUDGET: usize = 2_000;

/// Makes samples of the schemas of one document.
#[derive(Debug)]
pub struct Sampler<'d> {
    document: &'d Value,
    extent: Extent,
    left: usize,
}

impl<'d> Sampler<'d> {
    /// A sampler for what is sent.
    pub fn new(document: &'d Value, extent: Extent) -> Self {
        Self { document, extent, left: BUDGET }
    }

    /// A value for a schema, or the first of `shown` that fits it.
    pub fn sample_or<'v>(&mut self, schema: &Value, shown: impl IntoIterator<Item = &'v Value>) -> Value {
        let shown = shown.into_iter().find(|value| self.is_good(schema, value));
        shown.cloned().unwrap_or_else(|| self.sample(schema))
    }

    /// A value for a schema.
    pub fn sample(&mut self, schema: &Value) -> Value {
        self.value(schema, 0, 0)
    }

    /// Whether a value that the document shows can be sent.
    fn is_good(&self, schema: &Value, value: &Value) -> bool {
        !value.is_null() && schema::fits(self.document, schema, value)
    }

    /// `turn` tells the items of an array apart.
    fn value(&mut self, schema: &Value, depth: usize, turn: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        let flat = schema::flatten(self.document, schema);
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        let whole = Value::Object(flat.clone());
        if let Some(shown) = self.shown(&flat, &whole, turn) {
            return shown;
        }
        if let Some(alternatives) = schema::alternatives(&flat) {
            return self.alternative(&flat, &whole, &alternatives, depth, turn);
        }
        match schema::kind(&flat) {
            Some("null") => Value::Null,
            Some("boolean") => Value::Bool(turn.is_multiple_of(2)),
            Some("integer") => number(&flat, true, turn),
            Some("number") => number(&flat, false, turn),
            Some("array") => self.array(&flat, depth),
            Some("object") => self.object(&flat, depth),
            _ => Value::String(text(&flat, turn)),
        }
    }

    /// What the schema itself shows. Objects are put together from their properties where not everything is wanted.
    fn shown(&self, flat: &Map<String, Value>, whole: &Value, turn: usize) -> Option<Value> {
        if let Some(constant) = flat.get("const") {
            return Some(constant.clone());
        }
        if let Some(values) = flat.get("enum").and_then(Value::as_array) {
            let values: Vec<&Value> = values.iter().filter(|value| self.is_good(whole, value)).collect();
            if let Some(value) = values.get(turn % values.len().max(1)) {
                return Some((*value).clone());
            }
        }
        let examples = flat.get("examples").and_then(Value::as_array).into_iter().flatten();
        let mut candidates = flat.get("example").into_iter().chain(examples).chain(flat.get("default"));
        let wanted = |value: &&Value| self.extent == Extent::All || !value.is_object();
        (turn == 0).then(|| candidates.find(|value| wanted(value) && self.is_good(whole, value)).cloned()).flatten()
    }

    /// The first alternative whose sample is what the whole schema describes.
    fn alternative(
        &mut self,
        flat: &Map<String, Value>,
        whole: &Value,
        alternatives: &[Value],
        depth: usize,
        turn: usize,
    ) -> Value {
        let mut first = None;
        let listed = ["oneOf", "anyOf"].into_iter().find_map(|key| flat.get(key)?.as_array());
        for (index, alternative) in alternatives.iter().enumerate() {
            let mut value = self.value(alternative, depth + 1, turn);
            let original = listed.and_then(|listed| listed.get(index));
            if let (Some(members), Some((name, tag))) = (value.as_object_mut(), discriminator(flat, original)) {
                members.insert(name, tag.into());
            }
            if !value.is_null() && schema::fits(self.document, whole, &value) {
                return value;
            }
            first.get_or_insert(value);
        }
        first.unwrap_or(Value::Null)
    }

    fn array(&mut self, flat: &Map<String, Value>, depth: usize) -> Value {
        let limit = |key: &str| flat.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        let count = limit("minItems").unwrap_or(0).max(1).min(limit("maxItems").unwrap_or(usize::MAX)).min(64);
        let first = flat.get("prefixItems").and_then(Value::as_array).cloned().unwrap_or_default();
        let rest = flat.get("items").cloned().unwrap_or(Value::Bool(true));
        let count = count.max(first.len());
        (0..count).map(|turn| self.value(first.get(turn).unwrap_or(&rest), depth + 1, turn)).collect()
    }

    fn object(&mut self, flat: &Map<String, Value>, depth: usize) -> Value {
        let required: Vec<&str> =
            flat.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut members = Map::new();
        let properties = flat.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let described = schema::flatten(self.document, property);
            if described.get("readOnly").and_then(Value::as_bool) == Some(true) {
                continue;
            }
            let optional = self.extent == Extent::All && depth < OPTIONAL_DEPTH && self.left > 0;
            if required.contains(&name.as_str()) || optional {
                members.insert(name.clone(), self.value(property, depth + 1, 0));
            }
        }
        let additional = flat.get("additionalProperties").cloned().unwrap_or(Value::Bool(true));
        for name in required.iter().filter(|name| properties.is_none_or(|known| !known.contains_key(**name))) {
            members.insert((*name).to_owned(), self.value(&additional, depth + 1, 0));
        }
        let least = flat.get("minProperties").and_then(Value::as_u64).unwrap_or(0).min(64);
        let asked_for = u64::from(self.extent == Extent::All && properties.is_none() && additional.is_object());
        for number in 1..=least.max(asked_for) {
            if (members.len() as u64) < least.max(asked_for) && additional.as_bool() != Some(false) {
                members.insert(format!("key{number}"), self.value(&additional, depth + 1, 0));
            }
        }
        Value::Object(members)
    }
}

/// The property that tells the alternatives of a union apart, and its value for one of them (OpenAPI 3.0 section
/// 4.7.25).
fn discriminator(flat: &Map<String, Value>, alternative: Option<&Value>) -> Option<(String, String)> {
    let discriminator = flat.get("discriminator")?;
    let name = discriminator.get("propertyName")?.as_str()?;
    let reference = alternative?.get("$ref")?.as_str()?;
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let schema_name = reference.rsplit('/').next().unwrap_or(reference);
    let mapped = mapping.into_iter().flatten().find_map(|(tag, target)| {
        let target = target.as_str()?;
        (target == reference || target == schema_name).then(|| tag.clone())
    });
    Some((name.to_owned(), mapped.unwrap_or_else(|| schema_name.to_owned())))
}

/// A number within the bounds, as near to one as they allow.
fn number(flat: &Map<String, Value>, integer: bool, turn: usize) -> Value {
    let bound = |key: &str| flat.get(key).and_then(Value::as_f64);
    let exclusive = |key: &str| flat.get(key).and_then(Value::as_bool) == Some(true);
    let step = bound("multipleOf").filter(|step| *step > 0.0);
    let gap = step.unwrap_or(if integer { 1.0 } else { 0.5 });
    let least = bound("exclusiveMinimum")
        .map(|least| least + gap)
        .or_else(|| bound("minimum").map(|least| if exclusive("exclusiveMinimum") { least + gap } else { least }));
    let most = bound("exclusiveMaximum")
        .map(|most| most - gap)
        .or_else(|| bound("maximum").map(|most| if exclusive("exclusiveMaximum") { most - gap } else { most }));
    let start = if integer { 1.0 } else { 1.5 };
    let mut value = start + turn as f64;
    value = most.map_or(value, |most| value.min(most));
    value = least.map_or(value, |least| value.max(least + turn as f64 * gap));
    if let Some(step) = step {
        value = (value / step).ceil() * step;
    } else if integer {
        value = value.ceil();
    }
    // Whole numbers are written without a fraction, whatever their type.
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { Number::from_f64(value).into() }
}

/// Text in the format, pattern and length that are asked for.
fn text(flat: &Map<String, Value>, turn: usize) -> String {
    let word = |key: &str| flat.get(key).and_then(Value::as_str);
    let limit = |key: &str| flat.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    if let Some(found) = word("pattern").and_then(|text| pattern::sample(text, limit("minLength").unwrap_or(0))) {
        return found;
    }
    let mut text = match word("format").unwrap_or_default() {
        "date-time" => format!("2024-01-{:02}T10:30:00Z", 15 + turn % 10),
        "date" => format!("2024-01-{:02}", 15 + turn % 10),
        "time" => "10:30:00Z".to_owned(),
        "duration" => "P1D".to_owned(),
        "uuid" => format!("123e4567-e89b-42d3-a456-{:012x}", 0x4266_1417_4000_u64 + turn as u64),
        "email" | "idn-email" => format!("sample{turn}@example.com"),
        "uri" | "url" | "iri" => format!("https://example.com/{turn}"),
        "uri-reference" => format!("/sample/{turn}"),
        "hostname" | "idn-hostname" => "example.com".to_owned(),
        "ipv4" => "192.0.2.1".to_owned(),
        "ipv6" => "2001:db8::1".to_owned(),
        "byte" => "c2FtcGxl".to_owned(),
        "json-pointer" => "/sample".to_owned(),
        "regex" => "^a$".to_owned(),
        _ if turn == 0 => "sample".to_owned(),
        _ => format!("sample{turn}"),
    };
    let length = text.chars().count();
    text.extend(std::iter::repeat_n('x', limit("minLength").unwrap_or(0).min(100_000).saturating_sub(length)));
    match limit("maxLength") {
        Some(most) if text.chars().count() > most => {
            // The end tells the items of an array apart.
            text.chars().skip(text.chars().count() - most).collect()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(schema: &Value) -> [Value; 2] {
        let document = json!({});
        [Extent::Required, Extent::All].map(|extent| Sampler::new(&document, extent).sample(schema))
    }

    #[test]
    fn what_the_document_shows_goes_first_if_it_fits() {
        let schema = json!({"type": "string", "example": "shown", "default": "assumed"});
        assert_eq!(samples(&schema), [json!("shown"), json!("shown")]);
        let schema = json!({"type": "integer", "example": "1", "default": 7});
        assert_eq!(samples(&schema), [json!(7), json!(7)]);
        let schema = json!({"type": ["null", "string"], "enum": [null, "b"]});
        assert_eq!(samples(&schema), [json!("b"), json!("b")]);
    }

    #[test]
    fn required_properties_only_or_all() {
        let schema = json!({
            "type": "object", "required": ["a", "d"], "example": {"a": "whole", "d": 1},
            "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}, "c": {"type": "string", "readOnly": true}},
        });
        assert_eq!(samples(&schema), [json!({"a": "sample", "d": "sample"}), json!({"a": "whole", "d": 1})]);
        let schema = json!({"properties": {"b": {"type": "boolean"}, "c": {"type": "string", "readOnly": true}}});
        assert_eq!(samples(&schema), [json!({}), json!({"b": true})]);
    }

    #[test]
    fn limits_are_kept() {
        for schema in [
            json!({"type": "string", "minLength": 10, "maxLength": 12}),
            json!({"type": "string", "maxLength": 2}),
            json!({"type": "string", "pattern": "^[A-Z]{2}-\\d{3,}$"}),
            json!({"type": "integer", "minimum": 5, "multipleOf": 4}),
            json!({"type": "integer", "exclusiveMaximum": 1}),
            json!({"type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 1}),
            json!({"type": "array", "minItems": 3, "uniqueItems": true, "items": {"type": "string", "maxLength": 3}}),
            json!({"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}}),
        ] {
            for sample in samples(&schema) {
                assert!(schema::fits(&json!({}), &schema, &sample), "{schema}: {sample}");
            }
        }
        let items = json!({"type": "array", "minItems": 3, "items": {"type": "string", "maxLength": 3}});
        assert_eq!(samples(&items)[0], json!(["ple", "le1", "le2"]));
    }

    #[test]
    fn unions_are_told_apart() {
        let document = json!({"s": {
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "claws": {"type": "integer"}}},
        }});
        let schema = json!({"oneOf": [{"$ref": "#/s/Cat"}], "discriminator": {"propertyName": "kind"}});
        let sample = Sampler::new(&document, Extent::All).sample(&schema);
        assert_eq!(sample, json!({"kind": "Cat", "claws": 1}));
        let schema = json!({"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 9}, {"type": "integer"}]});
        assert_eq!(samples(&schema), [json!(1), json!(1)]);
    }

    #[test]
    fn recursion_ends() {
        let document = json!({"s": {"Node": {"type": "object", "required": ["next"], "properties": {
            "next": {"$ref": "#/s/Node"}, "children": {"type": "array", "items": {"$ref": "#/s/Node"}},
        }}}});
        let sample = Sampler::new(&document, Extent::All).sample(&json!({"$ref": "#/s/Node"}));
        assert!(sample.pointer("/next/next").is_some() && sample.to_string().len() < 1 << 20);
    }
}
