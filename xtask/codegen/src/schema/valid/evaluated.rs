//! Which members and items of a value a schema speaks of, its parts and alternatives included: what is left is what
//! `unevaluatedProperties` and `unevaluatedItems` are about (JSON Schema 2020-12 core, section 11).

use super::super::{
    keywords::allows_nothing,
    pattern::matches,
    references::{self, MAX_CHAIN},
};
use super::{Validator, Verdict, within};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a schema speaks of.
#[derive(Debug, Default)]
struct Evaluated {
    /// All there is.
    is_all: bool,
    names: BTreeSet<String>,
    indices: BTreeSet<usize>,
}

impl Evaluated {
    fn add(&mut self, other: Self) {
        self.is_all |= other.is_all;
        self.names.extend(other.names);
        self.indices.extend(other.indices);
    }
}

impl Validator<'_> {
    /// Whether what the schema does not speak of is as it demands of the rest.
    pub(super) fn check_unevaluated(&self, schema: &Map<String, Value>, value: &Value, chain: usize) -> Verdict {
        let key = match value {
            Value::Object(_) => "unevaluatedProperties",
            Value::Array(_) => "unevaluatedItems",
            _ => return Ok(()),
        };
        let Some(rest) = schema.get(key).filter(|rest| self.is_whole || !allows_nothing(rest)) else { return Ok(()) };
        let found = self.evaluated(schema, value, chain, Some(key));
        if found.is_all {
            return Ok(());
        }
        let check = |name: &str, part: &Value| within(name, self.check(rest, part, 0));
        match value {
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| !found.names.contains(*name))
                .try_for_each(|(name, part)| check(name, part)),
            Value::Array(items) => {
                let left = items.iter().enumerate().filter(|(index, _)| !found.indices.contains(index));
                left.into_iter().try_for_each(|(index, part)| check(&index.to_string(), part))
            }
            _ => Ok(()),
        }
    }

    /// What a schema that describes the value speaks of; `but` is the keyword that asks.
    fn evaluated(&self, schema: &Map<String, Value>, value: &Value, chain: usize, but: Option<&str>) -> Evaluated {
        let mut found = Evaluated::default();
        let left = self.steps.get();
        if left == 0 || chain > MAX_CHAIN {
            found.is_all = true;
            return found;
        }
        self.steps.set(left - 1);
        let says = |key: &str| but != Some(key) && schema.contains_key(key);
        match value {
            Value::Object(members) => {
                found.is_all = says("additionalProperties") || says("unevaluatedProperties");
                found.names.extend(members.keys().filter(|name| is_named(schema, name)).cloned());
            }
            Value::Array(items) => {
                let is_list = schema.get("items").is_some_and(Value::is_array);
                found.is_all = (says("items") && !is_list) || says("additionalItems") || says("unevaluatedItems");
                let prefix = schema.get(if is_list { "items" } else { "prefixItems" }).and_then(Value::as_array);
                found.indices.extend(0..prefix.map_or(0, Vec::len));
                if let Some(wanted) = schema.get("contains") {
                    let is_wanted = |(_, item): &(usize, &Value)| self.check(wanted, item, 0).is_ok();
                    found.indices.extend(items.iter().enumerate().filter(is_wanted).map(|(index, _)| index));
                }
            }
            _ => {}
        }
        for part in self.in_place(schema, value, chain) {
            if let Value::Object(part) = part {
                found.add(self.evaluated(part, value, chain + 1, None));
            }
        }
        found
    }

    /// The schemas within a schema that describe the very same value, as far as they do.
    fn in_place<'s>(&'s self, schema: &'s Map<String, Value>, value: &Value, chain: usize) -> Vec<&'s Value> {
        let mut parts = Vec::new();
        let reference = schema.get("$ref").and_then(Value::as_str);
        parts.extend(reference.and_then(|reference| references::find(self.document, reference)).map(|(_, part)| part));
        let fits = |part: &&Value| self.check(part, value, chain + 1).is_ok();
        let listed = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
        parts.extend(listed("allOf"));
        parts.extend(listed("anyOf").chain(listed("oneOf")).filter(fits));
        if let Some(condition) = schema.get("if") {
            let holds = fits(&condition);
            parts.extend(holds.then_some(condition));
            parts.extend(schema.get(if holds { "then" } else { "else" }));
        }
        parts.extend(super::dependent(schema, value).filter(|part| part.is_object()));
        parts
    }
}

fn is_named(schema: &Map<String, Value>, name: &str) -> bool {
    let members = |key: &str| schema.get(key).and_then(Value::as_object);
    members("properties").is_some_and(|properties| properties.contains_key(name))
        || members("patternProperties").is_some_and(|patterns| patterns.keys().any(|pattern| matches(pattern, name)))
}
