//! Values through the unions of a generated crate: each is judged by a JSON Schema validator that knows nothing of the
//! crate, decoded as the union, and encoded again.

#![forbid(unsafe_code)]

use jsonschema::{Draft, Registry, Validator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufWriter, Write, stdout},
    process::ExitCode,
};
use switchboard_runtime::{
    HeaderMap, RawResponse, StatusCode,
    codegen::v1::{Decoder, decode},
};

/// Under which name the document's schemas refer to one another.
const DOCUMENT: &str = "urn:document";

/// Stack for values that nest deep.
const STACK_BYTES: usize = 256 << 20;

/// A value of a union, read and written again.
pub struct Read {
    /// The number of its variant; none for what is no variant that the document describes.
    variant: Option<usize>,
    /// The value encoded again.
    encoded: Value,
}

/// Reads a value as a union of the crate.
pub type Through = fn(&Value) -> Result<Read, String>;

/// A value as a union, whose variants are numbered.
///
/// # Errors
///
/// Fails on what the union refuses.
pub fn through<T: DeserializeOwned + Serialize>(
    value: &Value,
    variant: fn(&T) -> Option<usize>,
) -> Result<Read, String> {
    let response = RawResponse::new(StatusCode::OK, HeaderMap::new(), value.to_string().into_bytes());
    let decoder = Decoder::new(&response).strict(true);
    let read = decode::json(&decoder).map_err(|error| error.to_string())?;
    let encoded = serde_json::to_value(&read).map_err(|error| error.to_string())?;
    Ok(Read { variant: variant(&read), encoded })
}

#[derive(Deserialize)]
struct Samples {
    document: Value,
    unions: Vec<Union>,
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Union {
    schema: Option<Value>,
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
struct Variant {
    schema: Option<Value>,
}

#[derive(Deserialize)]
struct Sample {
    union: usize,
    variant: Option<usize>,
    schema: Value,
    is_listed: bool,
    value: Value,
}

/// Reads samples from the file that the command line names, from the number on that it names, and says of each what became of it.
pub fn run(unions: &'static [Through]) -> ExitCode {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || judge(unions));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::FAILURE,
    }
}

fn judge(unions: &'static [Through]) -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("there is no file")?;
    let first: usize = arguments.next().and_then(|number| number.parse().ok()).unwrap_or_default();
    let text = std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
    let Samples { document, unions: described, samples } =
        serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let mut judge = Judge::new(document)?;
    let mut output = BufWriter::new(stdout().lock());
    let mut current = None;
    for sample in samples.iter().skip(first) {
        // A validator holds all that its schema refers to, once more: of a whole document that is more than a machine has.
        if current.replace(sample.union) != Some(sample.union) {
            judge.validators.clear();
        }
        let (Some(union), Some(described)) = (unions.get(sample.union), described.get(sample.union)) else {
            return Err("there is no such union".to_owned());
        };
        let said = judge.say(sample, *union, described);
        writeln!(output, "{said}").and_then(|()| output.flush()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

struct Judge {
    registry: Registry<'static>,
    validators: BTreeMap<String, Result<Validator, String>>,
}

impl Judge {
    fn new(mut document: Value) -> Result<Self, String> {
        drop_broken_patterns(&mut document);
        let resource = Draft::Draft202012.create_resource(document);
        let registry = Registry::new().add(DOCUMENT, resource).and_then(|registry| registry.prepare());
        Ok(Self { registry: registry.map_err(|error| error.to_string())?, validators: BTreeMap::new() })
    }

    /// What is wrong with a value, if anything is.
    fn fault(&mut self, schema: &Value, value: &Value) -> Option<String> {
        let registry = &self.registry;
        let validator = self.validators.entry(schema.to_string()).or_insert_with(|| {
            let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(registry);
            let options = options.should_validate_formats(true).offline();
            options.build(&absolute(schema)).map_err(|error| format!("the schema cannot be read: {error}"))
        });
        match validator {
            Ok(validator) => {
                let error = validator.iter_errors(value).next()?;
                Some(format!("{}: {error}", error.instance_path()))
            }
            Err(error) => Some(error.clone()),
        }
    }

    fn say(&mut self, sample: &Sample, union: Through, described: &Union) -> Value {
        let Sample { value, .. } = sample;
        if let Some(fault) = self.fault(&sample.schema, value) {
            return json!({"invalid": fault});
        }
        if let Some(fault) =
            described.schema.as_ref().filter(|_| sample.is_listed).and_then(|schema| self.fault(schema, value))
        {
            return json!({"invalid": format!("as a value of the union: {fault}")});
        }
        let Read { variant, encoded } = match union(value) {
            Ok(decoded) => decoded,
            Err(error) => return json!({"refused": error}),
        };
        if !same(value, &encoded) {
            return json!({"changed": {"variant": variant, "into": encoded}});
        }
        let Some(index) = variant else { return json!({"unknown": true}) };
        if sample.variant == Some(index) {
            return json!({"kept": true});
        }
        let schema = described.variants.get(index).and_then(|variant| variant.schema.as_ref());
        match schema.and_then(|schema| self.fault(schema, value)) {
            None => json!({"equal": index}),
            Some(fault) => json!({"other": {"variant": index, "fault": fault}}),
        }
    }
}

/// The schema with its references into the document.
fn absolute(schema: &Value) -> Value {
    match schema {
        Value::Object(schema) => schema
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) if key == "$ref" && text.starts_with('#') => {
                    (key.clone(), Value::String(format!("{DOCUMENT}{text}")))
                }
                value => (key.clone(), absolute(value)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(absolute).collect(),
        other => other.clone(),
    }
}

/// Takes out the patterns that are none to the validator: it reads no schema with one.
fn drop_broken_patterns(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let is_broken = |pattern: &Value| {
                pattern.is_string() && jsonschema::options().offline().build(&json!({"pattern": pattern})).is_err()
            };
            if fields.get("pattern").is_some_and(is_broken) {
                fields.remove("pattern");
            }
            fields.values_mut().for_each(drop_broken_patterns);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_broken_patterns),
        _ => {}
    }
}

/// Equality of JSON: 1 and 1.0 are one number (RFC 8259, section 6).
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}
