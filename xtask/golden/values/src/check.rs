//! Tries the properties on samples of every schema, a test for each document.

use std::collections::BTreeSet;

use proptest::{
    collection::vec,
    num::u32::ANY,
    test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestError, TestRunner},
};
use serde_json::Value;

use crate::{
    codec::Schema,
    coverage,
    documents::{Document, resolved},
    mutate::Departures,
    properties::{Case, comes_back, is_refused_if_incomplete, required, survives_the_vendor},
    reach::Reach,
    registry::SCHEMAS,
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
    Config {
        cases,
        rng_seed,
        rng_algorithm: RngAlgorithm::XorShift,
        max_global_rejects: cases.saturating_mul(REJECTED),
        ..read
    }
}

/// Checks all properties of valid values of one schema.
fn check(document: &Document, schema: &Schema) -> Result<(), String> {
    let place = format!("{} as {}", schema.pointer, (schema.ty)());
    let pointer = document.place(schema);
    let has_value = has_value(document, &pointer);
    let validator = document.judge.of(&pointer);
    let reach =
        Reach::new(&document.converted, &document.judge, &pointer, |pointer| self::has_value(document, pointer));
    let departures = Departures::default();
    let required = required(document, &pointer);
    let result = TestRunner::new(config(reach.len())).run(&vec(ANY, 0..CHOICES), |choices| {
        let sampled = sample(&document.converted, &pointer, &choices).filter(|value| validator.is_valid(value));
        let Some(value) = sampled else { return Err(TestCaseError::reject("invalid")) };
        reach.note(&value);
        let case =
            Case { document, schema, validator: &validator, value: &value, choices: &choices, required: &required };
        let held = comes_back(&case)
            .and_then(|()| is_refused_if_incomplete(&case))
            .and_then(|()| survives_the_vendor(&case))
            .map(|mutations| departures.note(&value, &mutations));
        held.map_err(|error| TestCaseError::fail(format!("{value}\n    {error}")))
    });
    match result {
        Ok(()) if !has_value => Err(format!("{place}\n    has values after all")),
        Ok(()) => {
            let missed = [reach.missed(), departures.missed()].concat();
            if missed.is_empty() {
                Ok(())
            } else {
                Err(format!("{place}\n    no sample was ever: {}", missed.join(", ")))
            }
        }
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

macro_rules! documents {
    ($($test:ident: $name:literal,)*) => {
        const DOCUMENTS: &[&str] = &[$($name),*];
        $(
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
        )*
    };
}

documents! {
    activecampaign: "activecampaign",
    bodies: "bodies",
    compositions: "compositions",
    deep: "deep",
    families: "families",
    ferry: "ferry",
    formats: "formats",
    headers: "headers",
    media: "media",
    names: "names",
    openapi_32: "openapi-32",
    paging: "paging",
    parameters: "parameters",
    responses: "responses",
    schemas_30: "schemas-30",
    schemas_31: "schemas-31",
    servers: "servers",
    sitecore_personalize: "sitecore-personalize",
    tags: "tags",
    unified_to: "unified-to",
    xml: "xml",
    webhooks: "webhooks",
}

#[test]
fn every_document_is_tried() {
    let known: BTreeSet<&str> = SCHEMAS.iter().map(|schema| schema.document).collect();
    assert_eq!(DOCUMENTS.iter().copied().collect::<BTreeSet<_>>(), known);
}
