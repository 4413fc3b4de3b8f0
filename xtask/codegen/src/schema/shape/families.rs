//! Which components extend which: `allOf` with a reference.

use crate::{diagnostics::pointer_join, schema::references};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many generations are looked at.
const MAX_GENERATIONS: usize = 32;

/// Which components extend which.
#[derive(Debug, Default)]
pub(super) struct Families {
    /// The parents of each, by their pointers.
    pub(super) parents: BTreeMap<String, Vec<String>>,
    /// The children of each, in the document's order.
    pub(super) children: BTreeMap<String, Vec<String>>,
}

impl Families {
    /// Those of a document.
    pub(super) fn of(document: &Value) -> Self {
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

    /// Everything that `next` leads to from `pointer`, which is not among it, nearest first.
    pub(super) fn reached(pointer: &str, next: &BTreeMap<String, Vec<String>>) -> Vec<String> {
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
