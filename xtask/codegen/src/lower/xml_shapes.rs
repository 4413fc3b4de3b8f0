//! The tables of how values stand in XML, as they grow.

use super::idents;
use crate::plan::{Xml, XmlName, XmlShape};
use std::collections::{BTreeMap, BTreeSet};

/// The tables as they grow.
#[derive(Debug, Default)]
pub struct Shapes {
    pub(super) plan: Xml,
    /// The statics of definitions, with the name that items take over if they have none; reserved before it is known what
    /// they hold, for they may contain themselves.
    pub(super) definitions: BTreeMap<(String, Option<XmlName>), String>,
    taken: BTreeSet<String>,
}

impl Shapes {
    /// What was found.
    pub fn into_plan(mut self) -> Xml {
        self.plan.shapes.sort_keys();
        self.plan.roots.sort_keys();
        self.plan
    }

    pub(super) fn reserve(&mut self, name: &str) -> String {
        let wanted = idents::screaming(&idents::snake(name));
        idents::unique([wanted], &mut self.taken)
    }

    /// The static of a shape: that of an equal one, or a new one.
    pub(super) fn add(&mut self, name: &str, shape: XmlShape) -> String {
        if let Some((known, _)) = self.plan.shapes.iter().find(|(_, known)| **known == shape) {
            return known.clone();
        }
        let name = self.reserve(name);
        self.plan.shapes.insert(name.clone(), shape);
        name
    }
}
