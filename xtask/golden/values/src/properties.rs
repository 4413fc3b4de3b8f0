//! The properties, a test for each document.

use jsonschema::Validator;
use proptest::{
    collection::vec,
    num::u32::ANY,
    test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner},
};
use serde_json::Value;

use crate::{
    choices::Choices,
    codec::{Mode, Schema},
    coverage,
    documents::{Document, resolved},
    mutate::{Mutation, mutate},
    reach::Reach,
    same::difference,
    sample::sample,
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
    Config { cases, rng_seed, max_global_rejects: cases.saturating_mul(REJECTED), ..read }
}

/// A valid value.
struct Case<'a> {
    schema: &'a Schema,
    validator: &'a Validator,
    value: &'a Value,
    /// What made it.
    choices: &'a [u32],
}

/// Checks a property of valid values of one schema.
fn check(
    document: &Document,
    schema: &Schema,
    property: &impl Fn(&Case<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let place = format!("{} as {}", schema.pointer, (schema.ty)());
    let pointer = document.place(schema);
    let has_value = has_value(document, &pointer);
    let validator = document.judge.of(&pointer);
    let reach =
        Reach::new(&document.converted, &document.judge, &pointer, |pointer| self::has_value(document, pointer));
    let result = TestRunner::new(config(reach.len())).run(&vec(ANY, 0..CHOICES), |choices| {
        let sampled = sample(&document.converted, &pointer, &choices).filter(|value| validator.is_valid(value));
        let Some(value) = sampled else { return Err(TestCaseError::reject("invalid")) };
        reach.note(&value);
        let case = Case { schema, validator: &validator, value: &value, choices: &choices };
        property(&case).map_err(|error| TestCaseError::fail(format!("{value}\n    {error}")))
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

/// Checks a property of valid values of all schemas of a document.
fn check_all(name: &'static str, property: impl Fn(&Case<'_>) -> Result<(), String>) {
    let document = Document::load(name);
    let schemas = document.distinct();
    let failures: Vec<String> = schemas.iter().filter_map(|schema| check(&document, schema, &property).err()).collect();
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

/// A value that is not quite what the document says is decoded, and keeps what it has of the document; a strict client
/// refuses it where something that must be there is not.
fn survives_the_vendor(case: &Case<'_>) -> Result<(), String> {
    // The value has used up the first choices: the last ones are new.
    let choices: Vec<u32> = case.choices.iter().rev().copied().collect();
    let (mutated, mutations) = mutate(case.value, &mut Choices::new(&choices));
    let told = |error: String| format!("{mutations:?}: {mutated}\n    {error}");
    let encoded = through(case.schema, &mutated, Mode::Lenient).map_err(told)?;
    let places: Vec<String> = mutations.iter().map(Mutation::place).collect();
    match difference(&without(&mutated, &places), &without(&encoded, &places)) {
        None => Ok(()),
        Some(place) => Err(told(format!("differs at `{place}`: {encoded}"))),
    }
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
            fn valid_values_come_back() {
                check_all($name, comes_back);
            }

            #[test]
            fn values_that_are_not_quite_valid_are_decoded() {
                check_all($name, survives_the_vendor);
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
