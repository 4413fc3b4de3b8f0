//! Sampling: a value that a schema describes, the same every time.
//!
//! What the vendor shows is preferred to what can be made up: an example, a default, a value of an enum. What is not valid
//! by its own schema is passed over, whoever made it.
//!
//! The tests of values (`xtask/golden/values`) draw theirs another way, on purpose: any value of a schema, from choices that
//! can be drawn smaller, and by no rule of the generator. They ask whether its types hold what it did not think of.

use super::{
    flat, formats, keywords, pattern,
    valid::{self, flag},
};
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

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

/// How many more values are tried before a sample is given up: alternatives of alternatives have no end.
const PATIENCE: usize = 20_000;

/// The most items and properties that are made up, whatever a schema asks for.
const MOST: u64 = 64;

/// Makes samples of the schemas of one document.
#[derive(Debug)]
pub struct Sampler<'d> {
    document: &'d Value,
    extent: Extent,
    left: usize,
    patience: usize,
}

impl<'d> Sampler<'d> {
    /// A sampler for what is sent.
    pub fn new(document: &'d Value, extent: Extent) -> Self {
        Self { document, extent, left: BUDGET, patience: PATIENCE }
    }

    /// A value for a schema, or the first of `shown` that is valid.
    pub fn sample_or<'v>(&mut self, schema: &Value, shown: impl IntoIterator<Item = &'v Value>) -> Value {
        let shown = shown.into_iter().find_map(|value| self.good(schema, value));
        shown.unwrap_or_else(|| self.sample(schema))
    }

    /// A value for a schema; one that is not valid only if none was found.
    pub fn sample(&mut self, schema: &Value) -> Value {
        let value = self.value(schema, 0, 0);
        if self.fits(schema, &value) {
            return value;
        }
        // The more is put in, the more can be wrong; and of alternatives only what is optional may tell which is meant.
        let otherwise = if self.extent == Extent::All { Extent::Required } else { Extent::All };
        let other = Sampler::new(self.document, otherwise).value(schema, 0, 0);
        if self.fits(schema, &other) { other } else { value }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        valid::fits_type(self.document, schema, value)
    }

    /// A value that the document shows, as it can be sent: with the properties that its schema names, and if it says something.
    fn good(&self, schema: &Value, value: &Value) -> Option<Value> {
        let value = flat::prune(self.document, schema, value);
        let is_empty = value.is_null() || value.as_str() == Some("");
        (!is_empty && self.fits(schema, &value)).then_some(value)
    }

    /// `turn` tells the items of an array apart.
    fn value(&mut self, schema: &Value, depth: usize, turn: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        self.patience = self.patience.saturating_sub(1);
        if depth > MAX_DEPTH || self.patience == 0 {
            return Value::Null;
        }
        let flat = flat::flatten(self.document, schema);
        if let Some(shown) = self.shown(&flat, schema, turn) {
            return shown;
        }
        if let Some(alternatives) = flat::alternatives(&flat) {
            return self.alternative(&flat, schema, &alternatives, depth, turn);
        }
        match flat::kind(&flat) {
            Some("null") => Value::Null,
            Some("boolean") => Value::Bool(turn.is_multiple_of(2)),
            Some("integer") => self.first_good(schema, numbers(&flat, true, turn)),
            Some("number") => {
                // The format may say that it has no fraction.
                let format = flat.get("format").and_then(Value::as_str).unwrap_or_default();
                self.first_good(schema, numbers(&flat, format.starts_with("int"), turn))
            }
            Some("array") => self.array(&flat, schema, depth),
            Some("object") => self.object(&flat, schema, depth),
            _ => self.first_good(schema, texts(&flat, turn).into_iter().map(Value::String).collect()),
        }
    }

    /// The first value that is valid; the first of all if none is.
    fn first_good(&self, schema: &Value, candidates: Vec<Value>) -> Value {
        let good = candidates.iter().position(|value| self.fits(schema, value)).unwrap_or_default();
        candidates.into_iter().nth(good).unwrap_or_default()
    }

    /// What the schema itself shows. Objects are put together from their properties where not everything is wanted.
    fn shown(&self, flat: &Map<String, Value>, schema: &Value, turn: usize) -> Option<Value> {
        if let Some(constant) = flat.get("const") {
            return Some(constant.clone());
        }
        if let Some(values) = flat.get("enum").and_then(Value::as_array) {
            let good: Vec<Value> = values.iter().filter_map(|value| self.good(schema, value)).collect();
            if let Some(value) = good.get(turn % good.len().max(1)) {
                return Some(value.clone());
            }
            // Where nothing says anything, what is empty is valid still.
            if let Some(value) = values.iter().find(|value| self.fits(schema, value)) {
                return Some(value.clone());
            }
        }
        let examples = flat.get("examples").and_then(Value::as_array).into_iter().flatten();
        let candidates = flat.get("example").into_iter().chain(examples).chain(flat.get("default"));
        let mut wanted = candidates.filter(|value| self.extent == Extent::All || !value.is_object());
        (turn == 0).then(|| wanted.find_map(|value| self.good(schema, value))).flatten()
    }

    /// The first alternative whose sample is what the whole schema describes.
    fn alternative(
        &mut self,
        flat: &Map<String, Value>,
        schema: &Value,
        alternatives: &[Value],
        depth: usize,
        turn: usize,
    ) -> Value {
        let mut first = None;
        let listed = ["oneOf", "anyOf"].into_iter().find_map(|key| flat.get(key)?.as_array());
        for (index, alternative) in alternatives.iter().enumerate() {
            let mut value = self.value(alternative, depth + 1, turn);
            let original = listed.and_then(|listed| listed.get(index));
            if let Some(tag) = discriminator(flat, original) {
                value = self.tagged(value, tag, alternative);
            }
            if !value.is_null() && self.fits(schema, &value) {
                return value;
            }
            first.get_or_insert(value);
        }
        first.unwrap_or(Value::Null)
    }

    /// The value with what tells that it is of this alternative, unless the alternative fixes another value itself.
    fn tagged(&mut self, value: Value, tag: Tag, alternative: &Value) -> Value {
        let with = |known: Value| {
            let mut tagged = value.clone();
            if let Some(members) = tagged.as_object_mut() {
                members.insert(tag.property.clone(), known);
            }
            tagged
        };
        let mut forms: Vec<Value> = keywords::written(&tag.value).map(with).collect();
        match forms.iter().position(|form| self.fits(alternative, form)) {
            Some(fitting) => forms.swap_remove(fitting),
            None if !tag.is_mapped && self.fits(alternative, &value) => value,
            None => forms.into_iter().next().unwrap_or(value),
        }
    }

    fn array(&mut self, flat: &Map<String, Value>, schema: &Value, depth: usize) -> Value {
        let limit = |key: &str| flat.get(key).and_then(Value::as_u64);
        let least = limit("minItems").unwrap_or(0).min(MOST);
        let count = usize::try_from(least.max(1).min(limit("maxItems").unwrap_or(u64::MAX))).unwrap_or(1);
        let listed = |key: &str| flat.get(key).and_then(Value::as_array).cloned();
        let first = listed("prefixItems").or_else(|| listed("items")).unwrap_or_default();
        let rest = flat.get("items").filter(|items| !items.is_array()).cloned().unwrap_or(Value::Bool(true));
        let count = count.max(first.len());
        let items: Vec<Value> =
            (0..count).map(|turn| self.value(first.get(turn).unwrap_or(&rest), depth + 1, turn)).collect();
        let items = Value::Array(items);
        // An item that cannot be had is better left out.
        let empty = Value::Array(Vec::new());
        if least == 0 && !self.fits(schema, &items) && self.fits(schema, &empty) { empty } else { items }
    }

    fn object(&mut self, flat: &Map<String, Value>, schema: &Value, depth: usize) -> Value {
        let required: Vec<&str> =
            flat.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let (mut members, mut optional) = (Map::new(), BTreeMap::new());
        let properties = flat.get("properties").and_then(Value::as_object);
        for (index, (name, property)) in properties.into_iter().flatten().enumerate() {
            let described = flat::flatten(self.document, property);
            if flag(&described, "readOnly") {
                continue;
            }
            if required.contains(&name.as_str()) {
                members.insert(name.clone(), self.value(property, depth + 1, 0));
            } else if self.extent == Extent::All && depth < OPTIONAL_DEPTH && self.left > 0 {
                let value = self.value(property, depth + 1, 0);
                if self.fits(property, &value) {
                    optional.insert(index, (name.clone(), value));
                }
            }
        }
        let additional = flat.get("additionalProperties").cloned().unwrap_or(Value::Bool(true));
        for name in required.iter().filter(|name| properties.is_none_or(|known| !known.contains_key(**name))) {
            members.insert((*name).to_owned(), self.value(&additional, depth + 1, 0));
        }
        let most = flat.get("maxProperties").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let names = optional.into_values();
        self.complete(&mut members, names.collect(), most, schema);
        let least = flat.get("minProperties").and_then(Value::as_u64).unwrap_or(0).min(MOST);
        let named = properties.into_iter().flatten().filter(|(_, property)| {
            (members.len() as u64) < least && !flag(&flat::flatten(self.document, property), "readOnly")
        });
        // What is named is known to a typed client.
        for (name, property) in named.take(usize::try_from(least).unwrap_or_default()).collect::<Vec<_>>() {
            if !members.contains_key(name) {
                members.insert(name.clone(), self.value(property, depth + 1, 0));
            }
        }
        let asked_for = u64::from(self.extent == Extent::All && properties.is_none() && additional.is_object());
        for number in 1..=least.max(asked_for) {
            if (members.len() as u64) < least.max(asked_for) && additional.as_bool() != Some(false) {
                members.insert(format!("key{number}"), self.value(&additional, depth + 1, 0));
            }
        }
        Value::Object(members)
    }

    /// Adds what is optional: all of it, or where that is too much, what can be added without harm.
    fn complete(&self, members: &mut Map<String, Value>, optional: Vec<(String, Value)>, most: u64, schema: &Value) {
        let mut all = members.clone();
        all.extend(optional.iter().cloned());
        let whole = Value::Object(all);
        let is_whole = whole.as_object().is_some_and(|all| all.len() as u64 <= most);
        if is_whole && (optional.is_empty() || self.fits(schema, &whole)) {
            if let Value::Object(all) = whole {
                *members = all;
            }
            return;
        }
        let mut good = self.fits(schema, &Value::Object(members.clone()));
        for (name, value) in optional {
            let mut more = members.clone();
            more.insert(name, value);
            // What is not valid yet may become so: a property may be required in other words.
            let more = Value::Object(more);
            let becomes = self.fits(schema, &more);
            if let Value::Object(more) = more
                && (becomes || (!good && more.len() as u64 <= most))
            {
                *members = more;
                good = becomes;
            }
        }
    }
}

/// What tells that a value is of one of several alternatives.
struct Tag {
    property: String,
    value: String,
    /// Whether the document maps the value; else it is the schema's name.
    is_mapped: bool,
}

/// The property that tells the alternatives of a union apart, and its value for one of them (OpenAPI 3.0 section
/// 4.7.25).
fn discriminator(flat: &Map<String, Value>, alternative: Option<&Value>) -> Option<Tag> {
    let discriminator = flat.get("discriminator")?;
    let property = discriminator.get("propertyName")?.as_str()?.to_owned();
    let reference = alternative?.get("$ref")?.as_str()?;
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let schema_name = reference.rsplit('/').next().unwrap_or(reference);
    let mapped = mapping.into_iter().flatten().find_map(|(tag, target)| {
        let target = target.as_str()?;
        (target == reference || target == schema_name).then(|| tag.clone())
    });
    let is_mapped = mapped.is_some();
    Some(Tag { property, value: mapped.unwrap_or_else(|| schema_name.to_owned()), is_mapped })
}

/// Numbers to try: as near to one as the bounds allow, then the bounds themselves and what lies between.
fn numbers(flat: &Map<String, Value>, integer: bool, turn: usize) -> Vec<Value> {
    let bound = |key: &str| flat.get(key).and_then(Value::as_f64);
    let step = bound("multipleOf").filter(|step| *step > 0.0);
    let gap = step.unwrap_or(if integer { 1.0 } else { 0.5 });
    let (least, most) =
        (bound("exclusiveMinimum").or(bound("minimum")), bound("exclusiveMaximum").or(bound("maximum")));
    let start = if integer { 1.0 } else { 1.5 };
    let turn = turn as f64;
    let mut near = start + turn;
    near = most.map_or(near, |most| near.min(most));
    near = least.map_or(near, |least| near.max(least + turn * gap));
    let stepped = step.map_or(near.ceil(), |step| (near / step).ceil() * step);
    let between = least.zip(most).map(|(least, most)| f64::midpoint(least, most));
    let around = least.into_iter().chain(most).chain(between);
    let all =
        [near, stepped, 0.0, gap].into_iter().chain(around.flat_map(|number| [number, number + gap, number - gap]));
    all.filter(|number| !integer || number.fract() == 0.0).map(written).collect()
}

/// Whole numbers are written without a fraction, whatever their type.
fn written(number: f64) -> Value {
    match number.fract() == 0.0 && number.abs() <= formats::MAX_SAFE_INTEGER {
        true => json!(number as i64),
        false => Number::from_f64(number).into(),
    }
}

/// Texts to try: in the pattern and in the format that are asked for, and of the length.
fn texts(flat: &Map<String, Value>, turn: usize) -> Vec<String> {
    let word = |key: &str| flat.get(key).and_then(Value::as_str);
    let limit = |key: &str| flat.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let least = limit("minLength").unwrap_or(0);
    let of_pattern = word("pattern").into_iter().flat_map(|text| {
        // An end that is not anchored takes what is needed.
        [pattern::sample(text, least), pattern::sample(text, 0)]
    });
    let plain = if turn == 0 { "sample".to_owned() } else { format!("sample{turn}") };
    let of_format = word("format").and_then(|format| formats::sample(format, turn));
    let made = of_pattern.flatten().chain(of_format).chain([plain]);
    made.flat_map(|text| {
        let stretched = stretch(&text, least, limit("maxLength").unwrap_or(usize::MAX));
        [text, stretched]
    })
    .collect()
}

/// A text brought to a length.
fn stretch(text: &str, least: usize, most: usize) -> String {
    let length = text.chars().count();
    let missing = least.min(100_000).saturating_sub(length);
    let longer: String = text.chars().chain(std::iter::repeat_n('x', missing)).collect();
    // The end tells the items of an array apart.
    let excess = longer.chars().count().saturating_sub(most);
    longer.chars().skip(excess).collect()
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
                assert!(valid::fits(&json!({}), &schema, &sample), "{schema}: {sample}");
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
        let document = json!({"s": {"Cat": {"type": "object", "properties": {"kind": {"const": "cat"}}}}});
        assert_eq!(Sampler::new(&document, Extent::All).sample(&schema), json!({"kind": "cat"}));
        let document = json!({"s": {"Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "integer"}}}}});
        let mut numbered = schema.clone();
        numbered["discriminator"]["mapping"] = json!({"7": "#/s/Cat"});
        assert_eq!(Sampler::new(&document, Extent::All).sample(&numbered), json!({"kind": 7}));
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
