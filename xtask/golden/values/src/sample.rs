//! Values as a schema describes them, drawn from choices: any of them, where the generator's sampler (`codegen::schema::sample`)
//! makes the one that is best to show and to send, the same every time.
//!
//! The two share no rule, on purpose. That one reads a schema by the generator's rules (`flat`, `valid`), from which the types
//! come as well: what these misunderstand, values by the same rules would never show. This one follows the dialect that the
//! judge knows, and keeps what the judge calls valid.
//!
//! What a schema describes is less than what it fails to forbid: an object has no properties, a tuple no places that the
//! schema does not speak of, and `properties` without a `type` means an object. Whether a sample is valid is not decided here: constraints that
//! only rule out some values (`not`, `uniqueItems`, …) are left to the judge, and what he refuses is thrown away.

use std::collections::{BTreeMap, BTreeSet};

use codegen::schema::references::local_pointer;
use serde_json::{Map, Value, json};

use crate::{choices::Choices, numbers, reach::is_of_type, same::difference, text};

/// How deep values nest; what has to nest deeper has no value.
const MAX_DEPTH: usize = 8;

/// How often other alternatives are tried where the one that was drawn has no value.
const MAX_ATTEMPTS: usize = 8;

const TYPES: &[&str] = &["object", "array", "string", "integer", "number", "boolean", "null"];

/// Names of properties that a document leaves open.
const NAMES: &[&str] = &["a", "x-1", "", "übung", "two words", "0", "$ref", "type", "a/b~c", "\"quoted\"", "日本"];

/// Samples values of one document's schemas, in the dialect of JSON Schema 2020-12.
pub(crate) struct Sampler<'d, 'c> {
    document: &'d Value,
    choices: Choices<'c>,
    /// Whether optional properties are there: never, always, or as it is drawn for each.
    density: usize,
}

/// Schemas that hold at once, without references and compositions.
#[derive(Default)]
struct Demand<'d> {
    schemas: Vec<&'d Map<String, Value>>,
    /// Whether an alternative was drawn on the way.
    drawn: bool,
}

/// A value of the schema at the pointer; none if these choices lead to none.
pub(crate) fn sample(document: &Value, pointer: &str, choices: &[u32]) -> Option<Value> {
    let mut choices = Choices::new(choices);
    let density = choices.below(4);
    let mut sampler = Sampler { document, choices, density };
    sampler.value(&[document.pointer(pointer)?], 0)
}

impl<'d> Sampler<'d, '_> {
    /// A value of all the schemas.
    fn value(&mut self, schemas: &[&'d Value], depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        for attempt in 0..MAX_ATTEMPTS {
            let mut demand = Demand::default();
            let sampled = self.demand(schemas, attempt, &mut demand, &mut BTreeSet::new());
            let sampled = sampled.and_then(|()| self.plain(&demand.schemas, depth));
            if sampled.is_some() || !demand.drawn {
                return sampled;
            }
        }
        None
    }

    /// Follows references, takes all that must hold together, and draws one of each list of alternatives.
    fn demand(
        &mut self,
        schemas: &[&'d Value],
        attempt: usize,
        demand: &mut Demand<'d>,
        seen: &mut BTreeSet<String>,
    ) -> Option<()> {
        for schema in schemas {
            let schema = match schema {
                Value::Object(schema) => schema,
                Value::Bool(true) => continue,
                _ => return None,
            };
            demand.schemas.push(schema);
            if let Some(pointer) = schema.get("$ref").and_then(Value::as_str).and_then(local_pointer)
                && seen.insert(pointer.clone())
            {
                self.demand(&[self.document.pointer(&pointer)?], attempt, demand, seen)?;
            }
            let list = |key| schema.get(key).and_then(Value::as_array).filter(|list: &&Vec<Value>| !list.is_empty());
            if let Some(all) = list("allOf") {
                self.demand(&all.iter().collect::<Vec<_>>(), attempt, demand, seen)?;
            }
            for members in ["oneOf", "anyOf"].into_iter().filter_map(list) {
                demand.drawn = true;
                let index = (self.choices.below(members.len()) + attempt) % members.len();
                // Of an alternative that was met before, nothing new is demanded.
                self.demand(&[members.get(index)?], attempt, demand, seen)?;
            }
            for (_, branch) in schema.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten() {
                demand.drawn = true;
                if self.choices.flag() {
                    self.demand(&[branch], attempt, demand, seen)?;
                }
            }
            let branch = if schema.contains_key("if") { self.choices.one(&["then", "else"]) } else { None };
            if let Some(branch) = branch.and_then(|key| schema.get(*key)).filter(|branch| branch.is_object()) {
                demand.drawn = true;
                self.demand(&[branch], attempt, demand, seen)?;
            }
        }
        Some(())
    }

    /// A value of schemas that need no further looking up.
    fn plain(&mut self, schemas: &[&'d Map<String, Value>], depth: usize) -> Option<Value> {
        let types = types(schemas);
        let lists = schemas.iter().filter_map(|schema| match (schema.get("const"), schema.get("enum")) {
            (Some(only), _) => Some(vec![only]),
            (None, listed) => Some(listed?.as_array()?.iter().collect()),
        });
        let common = lists.reduce(|left, right| {
            left.into_iter().filter(|value| right.iter().any(|other| difference(value, other).is_none())).collect()
        });
        if let Some(listed) = common {
            let of_type = |value: &&&Value| types.iter().any(|name| is_of_type(value, name));
            let listed: Vec<&Value> = listed.iter().filter(of_type).copied().collect();
            return self.choices.one(&listed).map(|value| (*value).clone());
        }
        match *self.choices.one(&types)? {
            "null" => Some(Value::Null),
            "boolean" => Some(Value::Bool(self.choices.flag())),
            "integer" => numbers::integer(schemas, &mut self.choices),
            "number" => numbers::number(schemas, &mut self.choices),
            "string" => text::string(schemas, &mut self.choices).map(Value::String),
            "array" => self.array(schemas, depth),
            _ => self.object(schemas, depth),
        }
    }

    fn array(&mut self, schemas: &[&'d Map<String, Value>], depth: usize) -> Option<Value> {
        let limits = |key: &'static str| schemas.iter().filter_map(move |schema| schema.get(key)?.as_u64());
        let shortest = limits("minItems").max().unwrap_or(0);
        let places = || schemas.iter().filter_map(|schema| schema.get("prefixItems")?.as_array());
        let listed = places().map(|places| places.len() as u64).max();
        let goes_on = listed.is_none() || schemas.iter().any(|schema| schema.contains_key("items"));
        let longest = listed.unwrap_or(0).max(shortest) + if goes_on { 3 } else { 0 };
        let longest = limits("maxItems").min().unwrap_or(longest).min(longest);
        let length = shortest + u64::from(self.choices.number()) % (longest.checked_sub(shortest)? + 1);
        let mut items = Vec::new();
        for index in 0..length as usize {
            let mut demanded: Vec<&'d Value> = Vec::new();
            for schema in schemas {
                let place = schema.get("prefixItems").and_then(|places| places.get(index));
                demanded.extend(place.or_else(|| schema.get("items")));
            }
            match self.value(&demanded, depth + 1) {
                Some(item) => items.push(item),
                // What has no value ends the list, if it may end here.
                None if index as u64 >= shortest => break,
                None => return None,
            }
        }
        Some(Value::Array(items))
    }

    fn object(&mut self, schemas: &[&'d Map<String, Value>], depth: usize) -> Option<Value> {
        let mut known: BTreeMap<&'d String, Vec<&'d Value>> = BTreeMap::new();
        for schema in schemas {
            for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                known.entry(name).or_default().push(property);
            }
        }
        let lists = |key: &'static str| schemas.iter().filter_map(move |schema| schema.get(key)?.as_array()).flatten();
        let required: BTreeSet<&str> = lists("required").filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, demanded) in &known {
            let required = required.contains(name.as_str());
            if !required && !self.is_present(depth) {
                continue;
            }
            match self.value(demanded, depth + 1) {
                Some(value) => drop(object.insert((*name).clone(), value)),
                None if required => return None,
                None => {}
            }
        }
        for name in required.into_iter().filter(|name| !known.keys().any(|known| known == name)) {
            let value = self.additional_value(schemas, depth)?;
            object.insert(name.to_owned(), value);
        }
        self.additional(schemas, &known, &mut object, depth);
        let dependents = schemas.iter().filter_map(|schema| schema.get("dependentRequired")?.as_object()).flatten();
        for (_, names) in dependents.filter(|(name, _)| object.contains_key(*name)).collect::<Vec<_>>() {
            for name in names.as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !object.contains_key(name) {
                    let demanded =
                        known.iter().find(|(known, _)| **known == name).map(|(_, demanded)| demanded.clone());
                    let value = match demanded {
                        Some(demanded) => self.value(&demanded, depth + 1)?,
                        None => self.additional_value(schemas, depth)?,
                    };
                    object.insert(name.to_owned(), value);
                }
            }
        }
        Some(Value::Object(object))
    }

    fn is_present(&mut self, depth: usize) -> bool {
        match self.density {
            0 => false,
            // Everything, but not without end in a schema that contains itself.
            1 => depth < MAX_DEPTH / 2,
            _ => self.choices.flag(),
        }
    }

    /// Properties that the schemas allow without naming them.
    fn additional(
        &mut self,
        schemas: &[&'d Map<String, Value>],
        known: &BTreeMap<&'d String, Vec<&'d Value>>,
        object: &mut Map<String, Value>,
        depth: usize,
    ) {
        let patterns: Vec<(&'d String, &'d Value)> =
            schemas.iter().filter_map(|schema| schema.get("patternProperties")?.as_object()).flatten().collect();
        let expressly = schemas.iter().any(|schema| {
            schema.get("additionalProperties").is_some_and(|values| values.is_object() || *values == Value::Bool(true))
        });
        let speaks = |schema: &&&Map<String, Value>| !schema.contains_key("$ref") && !schema.contains_key("allOf");
        let free = known.is_empty() && patterns.is_empty() && schemas.iter().filter(speaks).count() <= 1;
        let closed = schemas.iter().any(|schema| schema.get("additionalProperties") == Some(&Value::Bool(false)));
        let wanted =
            schemas.iter().filter_map(|schema| schema.get("minProperties")?.as_u64()).max().unwrap_or(0) as usize;
        let count = self.choices.below(4).max(wanted.saturating_sub(object.len()));
        for _ in 0..count {
            let drawn = self.choices.below(patterns.len() + 1);
            let (name, value) = match patterns.get(drawn) {
                Some((pattern, values)) => {
                    (text::matching(pattern, &mut self.choices), self.value(&[values], depth + 1))
                }
                None if expressly || (free && !closed) => {
                    (self.choices.one(NAMES).map(|name| (*name).to_owned()), self.additional_value(schemas, depth))
                }
                None => continue,
            };
            if let (Some(name), Some(value)) = (name, value)
                && !known.keys().any(|known| **known == name)
            {
                object.insert(name, value);
            }
        }
    }

    fn additional_value(&mut self, schemas: &[&'d Map<String, Value>], depth: usize) -> Option<Value> {
        let demanded: Vec<&'d Value> = schemas
            .iter()
            .filter_map(|schema| schema.get("additionalProperties"))
            .filter(|values| values.is_object())
            .collect();
        self.value(&demanded, depth + 1)
    }
}

/// The types that values of all the schemas can have.
fn types(schemas: &[&Map<String, Value>]) -> Vec<&'static str> {
    let mut types: Vec<&str> = TYPES.to_vec();
    let mut said = false;
    for schema in schemas {
        let named: Vec<&str> = match schema.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        said = true;
        types.retain(|name| named.contains(name) || (*name == "integer" && named.contains(&"number")));
    }
    if said {
        // A whole number is a number: where numbers are meant, it is one choice of theirs.
        if types.contains(&"number") {
            types.retain(|name| *name != "integer");
        }
        return types;
    }
    let speaks_of = |keys: &[&str]| schemas.iter().any(|schema| keys.iter().any(|key| schema.contains_key(*key)));
    if speaks_of(&["properties", "required", "additionalProperties", "patternProperties"]) {
        return vec!["object"];
    }
    if speaks_of(&["items", "prefixItems"]) {
        return vec!["array"];
    }
    if speaks_of(&["pattern", "minLength", "maxLength"]) {
        return vec!["string"];
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that some lists of choices lead to.
    fn reached(document: &Value) -> Vec<Value> {
        let mut found = Vec::new();
        for seed in 0..2000_u32 {
            let choices: Vec<u32> =
                (0..40_u32).map(|index| (seed + 1).wrapping_mul(2_654_435_761).rotate_left(index) >> 8).collect();
            found.extend(sample(document, "/s", &choices).filter(|value| !found.contains(value)));
        }
        found
    }

    #[test]
    fn properties_are_there_and_not_there_and_null() {
        let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": ["boolean", "null"]}, "b": {"const": 1}}});
        let found = reached(&json!({"s": schema}));
        for a in [json!(false), json!(true), json!(null)] {
            assert!(found.contains(&json!({"a": a})) && found.contains(&json!({"a": a, "b": 1})), "{found:?}");
        }
        assert_eq!(found.len(), 6);
    }

    #[test]
    fn every_enum_value_and_every_alternative_is_reached() {
        let document = json!({"s": {"oneOf": [{"enum": ["a", "b"]}, {"anyOf": [{"const": 1}, {"$ref": "#/t"}]}]}, "t": {"type": "null"}});
        let found = reached(&document);
        assert_eq!(found.len(), 4);
        assert!([json!("a"), json!("b"), json!(1), Value::Null].iter().all(|value| found.contains(value)), "{found:?}");
    }

    #[test]
    fn what_must_hold_together_is_sampled_together() {
        let schema = json!({"allOf": [{"$ref": "#/t"}, {"required": ["b"], "properties": {"b": {"const": 2}}}], "required": ["a"]});
        let found = reached(&json!({"s": schema, "t": {"properties": {"a": {"const": 1}}}}));
        assert_eq!(found, [json!({"a": 1, "b": 2})]);
    }

    #[test]
    fn lists_are_empty_and_not_and_places_have_schemas_of_their_own() {
        let schema = json!({"type": "array", "prefixItems": [{"const": 1}], "items": {"const": 2}});
        let found = reached(&json!({"s": schema}));
        assert!([json!([]), json!([1]), json!([1, 2, 2])].iter().all(|value| found.contains(value)), "{found:?}");
        assert_eq!(
            reached(&json!({"s": {"type": "array", "prefixItems": [{"const": 1}], "items": false}})),
            [json!([1]), json!([])]
        );
    }

    #[test]
    fn properties_without_names_are_added_where_the_schema_speaks_of_them() {
        let named =
            |schema: Value| reached(&json!({"s": schema})).iter().filter(|value| value.get("x-1").is_some()).count();
        assert!(named(json!({"type": "object"})) > 0);
        assert!(named(json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}})) > 0);
        assert_eq!(named(json!({"properties": {"a": {"const": 1}}})), 0);
        assert_eq!(named(json!({"additionalProperties": false})), 0);
    }

    #[test]
    fn schemas_that_contain_themselves_end_and_those_that_must_without_end_have_no_value() {
        let document = json!({"s": {"properties": {"s": {"$ref": "#/s"}}, "type": "object"}});
        assert!(reached(&document).iter().any(|value| value.pointer("/s/s/s").is_some()));
        let either = json!({"s": {"required": ["s"], "properties": {"s": {"oneOf": [{"$ref": "#/s"}, {"const": 1}]}}}});
        assert!(reached(&either).contains(&json!({"s": 1})));
        assert!(reached(&json!({"s": {"required": ["s"], "properties": {"s": {"$ref": "#/s"}}}})).is_empty());
        assert!(reached(&json!({"s": false})).is_empty());
    }
}
