//! What must hold for every valid value of every schema.

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind as Kind};
use serde_json::Value;

use crate::{
    choices::Choices,
    codec::{Mode, Schema},
    documents::{Document, resolved},
    json_schema::target,
    mutate::{Mutation, mutate},
    same::difference,
    schemas::join,
};

/// A valid value.
pub(crate) struct Case<'a> {
    pub(crate) document: &'a Document,
    pub(crate) schema: &'a Schema,
    pub(crate) validator: &'a Validator,
    pub(crate) value: &'a Value,
    /// What made it.
    pub(crate) choices: &'a [u32],
    /// The properties that a value must have, and that cannot be null.
    pub(crate) required: &'a [String],
}

/// What a value is when it has been decoded and encoded.
fn through(schema: &Schema, value: &Value, mode: Mode) -> Result<Value, String> {
    let encoded = (schema.through)(value.to_string().as_bytes(), mode)?;
    serde_json::from_slice(&encoded).map_err(|error| format!("encoded as what is no JSON: {error}"))
}

/// A valid value is decoded, and encoded as the same value, which is valid still.
pub(crate) fn comes_back(case: &Case<'_>) -> Result<(), String> {
    let encoded = through(case.schema, case.value, Mode::Strict)?;
    if let Some(place) = difference(case.value, &encoded) {
        return Err(format!("differs at `{place}`: {encoded}"));
    }
    if case.validator.is_valid(&encoded) { Ok(()) } else { Err(format!("is no longer valid: {encoded}")) }
}

/// The properties that values of the schema must have in requests and responses, and which are of one type that is not null.
/// What one of several alternatives requires, another may not.
pub(crate) fn required(document: &Document, pointer: &str) -> Vec<String> {
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

/// A value that is not quite what the document says is decoded, and keeps what it has of the document. Tells in which ways
/// it was not.
pub(crate) fn survives_the_vendor(case: &Case<'_>) -> Result<Vec<Mutation>, String> {
    // The value has used up the first choices: the last ones are new.
    let choices: Vec<u32> = case.choices.iter().rev().copied().collect();
    let (mutated, mutations) = mutate(case.value, &mut Choices::new(&choices), |added| is_unknown_field(case, added));
    let told = |error: String| format!("{mutations:?}: {mutated}\n    {error}");
    let encoded = through(case.schema, &mutated, Mode::Lenient).map_err(told)?;
    let places: Vec<String> = mutations.iter().map(Mutation::place).collect();
    match difference(&without(&mutated, &places), &without(&encoded, &places)) {
        None => Ok(mutations.clone()),
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
pub(crate) fn is_refused_if_incomplete(case: &Case<'_>) -> Result<(), String> {
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
