//! The tables of how values stand in XML, as they grow.

use super::idents;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{Xml, XmlName, XmlShape};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The tables as they grow.
#[derive(Debug, Default)]
pub struct Shapes {
    pub(super) plan: Xml,
    /// The statics of definitions, with the name that items take over if they have none; reserved before it is known what
    /// they hold, for they may contain themselves.
    pub(super) definitions: BTreeMap<(String, Option<XmlName>), String>,
    pub(super) faults: Faults,
    taken: BTreeSet<String>,
    /// The first static of each shape: there can be thousands of both.
    names: HashMap<XmlShape, String>,
}

impl Shapes {
    /// What was found; faults are told.
    pub fn into_plan(mut self, diagnostics: &mut Diagnostics) -> Xml {
        self.faults.tell(diagnostics);
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
        if let Some(known) = self.names.get(&shape) {
            return known.clone();
        }
        let name = self.reserve(name);
        self.insert(name.clone(), shape);
        name
    }

    /// Gives the static of a reserved name its shape.
    pub(super) fn insert(&mut self, name: String, shape: XmlShape) {
        self.names.entry(shape.clone()).or_insert_with(|| name.clone());
        self.plan.shapes.insert(name, shape);
    }
}

/// What is known of prefixes until all of the document was seen.
#[derive(Debug, Default)]
pub struct Faults {
    /// By prefixes for which no namespace is said, the first place.
    pub(super) unbound: IndexMap<String, String>,
    pub(super) bound: BTreeSet<String>,
}

impl Faults {
    /// Tells what could only be known at the end.
    fn tell(self, diagnostics: &mut Diagnostics) {
        for (prefix, place) in self.unbound.into_iter().filter(|(prefix, _)| !self.bound.contains(prefix)) {
            let message = format!(
                "nothing says which namespace the prefix `{prefix}` stands for: it is not declared where it is written"
            );
            let help = "say the URI beside the prefix, as `\"namespace\"` in its XML Object";
            diagnostics.push(Diagnostic::warning("xml-prefix", place, message).with_help(help));
        }
    }
}
