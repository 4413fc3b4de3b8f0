//! The properties, a test for each document.

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind as Kind};
use proptest::{
    collection::vec,
    num::u32::ANY,
    test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestError, TestRunner},
};
use serde_json::Value;

use crate::{
    choices::Choices,
    codec::{Mode, Schema},
    coverage,
    documents::{Document, resolved},
    json_schema::target,
    mutate::{Mutation, mutate},
    reach::Reach,
    same::difference,
    sample::sample,
    schemas::join,
};

/// The most decisions that make a value.
const CHOICES: usize = 96;

/// How many samples may be invalid for each that is valid.
const REJECTED: u32 = 8;

/// How many samples there are at least for each thing that they must reach.
const PER_FEATURE: u32 = 16;

/// Schemas of which no sample is valid, and why.
const WITHOUT_VALUE: &[(&str, &str, &str)] = &[
    (
        "names",
        "/components/schemas/Hostile/properties/a",
        "one of several strings, but of a pattern that none of them has",
    ),
    ("schemas-30", "/components/schemas/Enums/properties/list", "a list, but one of two strings"),
    ("schemas-30", "/components/schemas/Enums/properties/numbersAsText", "a whole number, but one of two strings"),
    ("schemas-30", "/components/schemas/Odd/properties/backwards", "longer than it may be"),
    (
        "schemas-30",
        "/components/schemas/Odd/properties/lookaround",
        "strings cannot be made of a pattern that looks around",
    ),
];

fn has_value(document: &Document, pointer: &str) -> bool {
    let (pointer, schema) = resolved(&document.converted, pointer);
    let listed = WITHOUT_VALUE.iter().any(|(name, listed, _)| *name == document.name && *listed == pointer);
    *schema != Value::Bool(false) && !listed
}

fn config(features: usize) -> Config {
    let read = Config { failure_persistence: None, max_shrink_iters: 4096, ..Config::default() };
    let rng_seed = if read.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { read.rng_seed };
    let cases = read.cases.max(PER_FEATURE.saturating_mul(features.try_into().unwrap_or(u32::MAX)));
    Config {
        cases,
        rng_seed,
        rng_algorithm: RngAlgorithm::XorShift,
        max_global_rejects: cases.saturating_mul(REJECTED),
        ..read
    }
}

/// A valid value.
struct Case<'a> {
    document: &'a Document,
    schema: &'a Schema,
    validator: &'a Validator,
    value: &'a Value,
    /// What made it.
    choices: &'a [u32],
    /// The properties that a value must have, and that cannot be null.
    required: &'a [String],
}

/// Checks all properties of valid values of one schema.
fn check(document: &Document, schema: &Schema) -> Result<(), String> {
    let place = format!("{} as {}", schema.pointer, (schema.ty)());
    let pointer = document.place(schema);
    let has_value = has_value(document, &pointer);
    let validator = document.judge.of(&pointer);
    let reach =
        Reach::new(&document.converted, &document.judge, &pointer, |pointer| self::has_value(document, pointer));
    let required = required(document, &pointer);
    let result = TestRunner::new(config(reach.len())).run(&vec(ANY, 0..CHOICES), |choices| {
        let sampled = sample(&document.converted, &pointer, &choices).filter(|value| validator.is_valid(value));
        let Some(value) = sampled else { return Err(TestCaseError::reject("invalid")) };
        reach.note(&value);
        let case =
            Case { document, schema, validator: &validator, value: &value, choices: &choices, required: &required };
        let held = comes_back(&case).and_then(|()| survives_the_vendor(&case)).and_then(|()| strictness(&case));
        held.map_err(|error| TestCaseError::fail(format!("{value}\n    {error}")))
    });
    match result {
        Ok(()) if !has_value => Err(format!("{place}\n    has values after all")),
        Ok(()) if reach.missed().is_empty() => Ok(()),
        Ok(()) => Err(format!("{place}\n    no sample was ever: {}", reach.missed().join(", "))),
        Err(TestError::Fail(reason, _)) => Err(format!("{place}\n    {reason}")),
        Err(TestError::Abort(_)) if !has_value => Ok(()),
        Err(TestError::Abort(reason)) => Err(format!("{place}\n    too few valid samples: {reason}")),
    }
}

/// Checks all properties of valid values of all schemas of a document.
fn check_all(document: &Document) {
    let schemas = document.distinct();
    let failures: Vec<String> = schemas.iter().filter_map(|schema| check(document, schema).err()).collect();
    assert!(failures.is_empty(), "{} of {} schemas:\n{}", failures.len(), schemas.len(), failures.join("\n"));
}

/// What a value is when it has been decoded and encoded.
fn through(schema: &Schema, value: &Value, mode: Mode) -> Result<Value, String> {
    let encoded = (schema.through)(value.to_string().as_bytes(), mode)?;
    serde_json::from_slice(&encoded).map_err(|error| format!("encoded as what is no JSON: {error}"))
}

/// A valid value is decoded, and encoded as the same value, which is valid still.
fn comes_back(case: &Case<'_>) -> Result<(), String> {
    let encoded = through(case.schema, case.value, Mode::Strict)?;
    if let Some(place) = difference(case.value, &encoded) {
        return Err(format!("differs at `{place}`: {encoded}"));
    }
    if case.validator.is_valid(&encoded) { Ok(()) } else { Err(format!("is no longer valid: {encoded}")) }
}

/// The properties that values of the schema must have in requests and responses, and which are of one type that is not null.
/// What one of several alternatives requires, another may not.
fn required(document: &Document, pointer: &str) -> Vec<String> {
    let alternative = |key: &&str| pointer.rsplit('/').nth(1) == Some(*key);
    if ["oneOf", "anyOf", "prefixItems"].iter().any(alternative) {
        return Vec::new();
    }
    let (place, schema) = resolved(&document.converted, pointer);
    let composed = ["allOf", "oneOf", "anyOf", "$ref", "if"].iter().any(|key| schema.get(key).is_some());
    let names = schema.get("required").and_then(Value::as_array).filter(|_| !composed).into_iter().flatten();
    let is_typed = |name: &&str| {
        let property = join(&join(&place, "properties"), name);
        let property = resolved(&document.converted, &property).1;
        // OpenAPI 3.0 section 4.7.24: then `required` concerns responses or requests only.
        let one_way = ["readOnly", "writeOnly"].iter().any(|key| property.get(key) == Some(&Value::Bool(true)));
        property.get("type").and_then(Value::as_str).is_some_and(|kind| kind != "null" && !one_way)
    };
    names.filter_map(Value::as_str).filter(is_typed).map(str::to_owned).collect()
}

/// A value that is not quite what the document says is decoded, and keeps what it has of the document; a strict client
/// refuses it where something that must be there is not.
fn survives_the_vendor(case: &Case<'_>) -> Result<(), String> {
    // The value has used up the first choices: the last ones are new.
    let choices: Vec<u32> = case.choices.iter().rev().copied().collect();
    let (mutated, mutations) = mutate(case.value, &mut Choices::new(&choices), |added| is_unknown_field(case, added));
    let told = |error: String| format!("{mutations:?}: {mutated}\n    {error}");
    let encoded = through(case.schema, &mutated, Mode::Lenient).map_err(told)?;
    let places: Vec<String> = mutations.iter().map(Mutation::place).collect();
    match difference(&without(&mutated, &places), &without(&encoded, &places)) {
        None => Ok(()),
        Some(place) => Err(told(format!("differs at `{place}`: {encoded}"))),
    }
}

/// Whether what is added is a field that the document does not know. In a map it would be a member like the others, and
/// has to be what they are.
fn is_unknown_field(case: &Case<'_>, added: &Mutation) -> bool {
    let mut value = case.value.clone();
    let only_forbids = |error: ValidationError<'_>| match error.kind() {
        Kind::UnevaluatedProperties { .. } => true,
        // Where the names have a pattern, the object is a map of these.
        Kind::AdditionalProperties { .. } => error.absolute_keyword_location().is_some_and(|place| {
            let schema = place.fragment().and_then(|pointer| target(&format!("#{}", pointer.as_str())));
            let schema = schema.as_deref().and_then(|pointer| pointer.rsplit_once('/'));
            let schema = schema.and_then(|(schema, _)| case.document.converted.pointer(schema));
            schema.is_some_and(|schema| schema.get("patternProperties").is_none())
        }),
        _ => false,
    };
    added.apply(&mut value) && case.validator.iter_errors(&value).all(only_forbids)
}

/// A strict client refuses a value without what must be there.
fn strictness(case: &Case<'_>) -> Result<(), String> {
    for name in case.required {
        let (mut dropped, mut nulled) = (case.value.clone(), case.value.clone());
        if let (Some(dropped), Some(nulled)) = (dropped.as_object_mut(), nulled.as_object_mut()) {
            dropped.shift_remove(name);
            nulled.insert(name.clone(), Value::Null);
        }
        for value in [dropped, nulled] {
            if through(case.schema, &value, Mode::Strict).is_ok() {
                return Err(format!("is decoded by a strict client too: {value}"));
            }
            through(case.schema, &value, Mode::Lenient)?;
        }
    }
    Ok(())
}

/// The value, but nothing of what is at these places.
fn without(value: &Value, places: &[String]) -> Value {
    let mut rest = value.clone();
    for place in places {
        if let Some((parent, name)) = place.rsplit_once('/') {
            match rest.pointer_mut(parent) {
                Some(Value::Object(object)) => drop(object.shift_remove(&name.replace("~1", "/").replace("~0", "~"))),
                // Items keep their places.
                Some(items) => name
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get_mut(index))
                    .map_or((), |item| *item = Value::Null),
                None => {}
            }
        }
    }
    rest
}

macro_rules! documents {
    ($($test:ident: $name:literal,)*) => {$(
        mod $test {
            use super::*;

            #[test]
            fn every_schema_has_a_type() {
                coverage::every_schema_has_a_type(&Document::load($name));
            }

            #[test]
            fn every_property_holds_for_values_of_every_schema() {
                check_all(&Document::load($name));
            }
        }
    )*};
}

documents! {
    activecampaign: "activecampaign",
    bodies: "bodies",
    names: "names",
    parameters: "parameters",
    responses: "responses",
    schemas_30: "schemas-30",
    schemas_31: "schemas-31",
    servers: "servers",
    sitecore_personalize: "sitecore-personalize",
    unified_to: "unified-to",
}
