//! Which components extend which: `allOf` with a reference.

use super::references;
use crate::diagnostics::pointer_join;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many generations are looked at.
const MAX_GENERATIONS: usize = 32;

/// Which components extend which.
#[derive(Debug, Default)]
pub struct Families {
    /// The parents of each, by their pointers.
    pub parents: BTreeMap<String, Vec<String>>,
    /// The children of each, in the document's order.
    pub children: BTreeMap<String, Vec<String>>,
}

impl Families {
    /// Those of a document.
    pub fn of(document: &Value) -> Self {
        let mut families = Self::default();
        let components = document.pointer("/components/schemas").and_then(Value::as_object);
        for (name, schema) in components.into_iter().flatten() {
            let child = pointer_join("/components/schemas", name);
            let members = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
            for (parent, _) in members.filter_map(|member| references::find(document, member.get("$ref")?.as_str()?)) {
                families.parents.entry(child.clone()).or_default().push(parent.clone());
                families.children.entry(parent).or_default().push(child.clone());
            }
        }
        families
    }

    /// Whether `parent` has the component, or what extends it, among its alternatives: then it only names who extends it by them.
    pub fn are_listed(&self, document: &Value, parent: &Value, pointer: &str) -> bool {
        let Some(parent) = parent.as_object() else { return false };
        let listed: Vec<String> = references::alternatives(document, parent).collect();
        // Most parents list nobody, and of those none is looked for.
        !listed.is_empty()
            && (listed.iter().any(|found| found == pointer)
                || Self::reached(pointer, &self.children).iter().any(|heir| listed.contains(heir)))
    }

    /// The discriminator that the nearest parent of the component has for it: that of a union tells its members apart, and is for
    /// those that extend it and are listed.
    pub fn inherited<'d>(&self, document: &'d Value, pointer: &str) -> Option<&'d Value> {
        Self::reached(pointer, &self.parents).into_iter().find_map(|parent| {
            let parent = document.pointer(&parent)?;
            let discriminator = parent.get("discriminator")?;
            let is_union = references::ALTERNATIVES.iter().any(|key| parent.get(*key).is_some());
            (!is_union || self.are_listed(document, parent, pointer)).then_some(discriminator)
        })
    }

    /// Everything that `next` leads to from `pointer`, which is not among it, nearest first.
    pub fn reached(pointer: &str, next: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let mut seen = BTreeSet::from([pointer.to_owned()]);
        let mut found: Vec<String> = Vec::new();
        let mut generation = vec![pointer.to_owned()];
        for _ in 0..MAX_GENERATIONS {
            generation = generation.iter().filter_map(|pointer| next.get(pointer)).flatten().cloned().collect();
            generation.retain(|pointer| seen.insert(pointer.clone()));
            found.extend(generation.iter().cloned());
        }
        found
    }
}
