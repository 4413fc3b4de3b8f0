//! What must hold for every valid value of every schema.

use codegen::schema::{json_schema::join, references::local_pointer};
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind as Kind};
use serde_json::Value;

use crate::{
    choices::Choices,
    codec::{Mode, Schema, Through},
    documents::{Document, resolved},
    mutate::{Mutation, mutate},
    same::difference,
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
    let through = (schema.through)(value.to_string().as_bytes(), mode)?;
    serde_json::from_slice(&through.encoded).map_err(|error| format!("encoded as what is no JSON: {error}"))
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
    let composed =
        ["allOf", "oneOf", "anyOf", "$ref", "if", "discriminator"].iter().any(|key| schema.get(key).is_some());
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
    is_of_the_shape_that_is_named(case, &mutated).map_err(told)?;
    let places: Vec<String> = mutations.iter().map(Mutation::place).collect();
    match difference(&without(&mutated, &places), &without(&encoded, &places)) {
        None => Ok(mutations.clone()),
        Some(place) => Err(told(format!("differs at `{place}`: {encoded}"))),
    }
}

/// Where a discriminator names a shape, the value is what it is to that shape alone, with all that has to be made good for
/// that; and says so, whether or not the shape has a property for it.
fn is_of_the_shape_that_is_named(case: &Case<'_>, value: &Value) -> Result<(), String> {
    let Some(named) = named(case.document, case.schema.pointer, value) else { return Ok(()) };
    let body = value.to_string();
    let in_union = (case.schema.through)(body.as_bytes(), Mode::Lenient)?;
    let is_same = |alone: &Through| {
        let read = |through: &Through| serde_json::from_slice::<Value>(&through.encoded).unwrap_or_default();
        let mut shape = read(alone);
        if let (Some(members), Some((property, tag))) =
            (shape.as_object_mut(), tag(case.document, case.schema.pointer, value))
        {
            members.entry(property).or_insert_with(|| tag.into());
        }
        shape == read(&in_union) && alone.repairs == in_union.repairs
    };
    match (named.through)(body.as_bytes(), Mode::Lenient) {
        Ok(alone) if !is_same(&alone) => Err(format!(
            "is {} {:?}, and alone, as {}, {} {:?}",
            String::from_utf8_lossy(&in_union.encoded),
            in_union.repairs,
            named.pointer,
            String::from_utf8_lossy(&alone.encoded),
            alone.repairs,
        )),
        // What is nothing to the shape itself is kept whole in the union.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The schema that the value names by the discriminator of the schema at the pointer, if there is one (OpenAPI 3.0 section
/// 4.7.25).
pub(crate) fn named<'d>(document: &'d Document, pointer: &str, value: &Value) -> Option<&'d Schema> {
    let schema = resolved(&document.effective, pointer).1;
    let (_, tag) = tag(document, pointer, value)?;
    let mapping = schema.pointer("/discriminator/mapping");
    let mapped = mapping.and_then(|mapping| mapping.get(tag)).map_or(Some(tag), Value::as_str)?;
    let members = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let targets = members.filter_map(|member| local_pointer(member.get("$ref")?.as_str()?));
    let named =
        |target: &String| Some(target) == local_pointer(mapped).as_ref() || target.rsplit('/').next() == Some(mapped);
    let target = targets.into_iter().find(named)?;
    document.schemas.iter().find(|schema| schema.pointer == target)
}

/// The property by which values of the schema at the pointer are told apart, and what it says of this one.
fn tag<'d>(document: &'d Document, pointer: &str, value: &'d Value) -> Option<(&'d str, &'d str)> {
    let schema = resolved(&document.effective, pointer).1;
    let property = schema.pointer("/discriminator/propertyName")?.as_str()?;
    Some((property, value.get(property)?.as_str()?))
}

/// Whether what is added is a field that the document does not know. In a map it would be a member like the others, and
/// has to be what they are.
fn is_unknown_field(case: &Case<'_>, added: &Mutation) -> bool {
    let mut value = case.value.clone();
    let only_forbids = |error: ValidationError<'_>| match error.kind() {
        // Where they have a schema, the object is a map of these.
        Kind::UnevaluatedProperties { .. } => error.absolute_keyword_location().is_some_and(|place| {
            let keyword = place.fragment().and_then(|pointer| local_pointer(&format!("#{}", pointer.as_str())));
            let keyword = keyword.and_then(|pointer| case.document.converted.pointer(&pointer));
            keyword == Some(&Value::Bool(false))
        }),
        // Where the names have a pattern, the object is a map of these.
        Kind::AdditionalProperties { .. } => error.absolute_keyword_location().is_some_and(|place| {
            let schema = place.fragment().and_then(|pointer| local_pointer(&format!("#{}", pointer.as_str())));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shape_is_named_by_a_mapping_or_by_its_schema() {
        let document = Document::load("schemas-30");
        let schema = |name: &str| format!("/components/schemas/{name}");
        for (union, value, shape) in [
            ("Pet", json!({"kind": "kitten"}), Some("Cat")),
            ("Pet", json!({"kind": "dog"}), Some("Dog")),
            ("Pet", json!({"kind": "horse"}), None),
            ("Pet", json!({}), None),
            ("Shape", json!({"type": "Circle"}), Some("Circle")),
            ("Figure", json!({"type": "Circle"}), Some("Shape")),
            ("Figure", json!({"type": "Line"}), Some("Line")),
            ("Base", json!({"type": "special"}), None),
        ] {
            let found = named(&document, &schema(union), &value).map(|found| found.pointer.to_owned());
            assert_eq!(found, shape.map(schema), "{union}: {value}");
        }
    }
}
