//! What the rules have to say, and the overlay actions that would repair it.

use crate::diagnostics::{Diagnostic, Severity};
use crate::json_path::{common_path, json_path};
use crate::suggest::Suggester;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An object of the document, by its place in the [model](super::model::Model): parents come before their children.
pub(super) type Id = usize;

/// A rule: its code, and whether the passes behind can do without its part of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    code: &'static str,
    survivable: bool,
}

impl Rule {
    /// A rule whose faults cost the smallest part around them when the document is read leniently.
    pub(super) const fn survivable(code: &'static str) -> Self {
        Self { code, survivable: true }
    }

    /// A rule without which there is nothing to generate.
    pub(super) const fn fatal(code: &'static str) -> Self {
        Self { code, survivable: false }
    }
}

/// One fault, before it is weighed.
#[derive(Debug)]
pub(super) struct Fault {
    rule: Rule,
    /// For the order of the faults: the object that it was found in.
    node: Id,
    pointer: String,
    message: String,
    notes: Vec<(String, String)>,
    help: Option<String>,
    repair: Vec<Repair>,
    weight: Option<Severity>,
}

impl Fault {
    /// A fault at a pointer.
    pub(super) fn at(rule: Rule, node: Id, pointer: String, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { rule, node, pointer, message, notes: Vec::new(), help: None, repair: Vec::new(), weight: None }
    }

    /// What to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A second place.
    pub(super) fn note(mut self, pointer: String, message: impl Into<String>) -> Self {
        self.notes.push((pointer, message.into()));
        self
    }

    /// A warning whether or not the document is read leniently: it is against the specification, and harms nobody.
    pub(super) fn warning(mut self) -> Self {
        self.weight = Some(Severity::Warning);
        self
    }

    /// The overlay action that merges `update` into the object at `pointer`.
    pub(super) fn repair_update(self, faults: &Faults<'_>, pointer: &str, update: Value) -> Self {
        self.repair(faults, pointer, json!({"update": update}))
    }

    /// The overlay action that removes what is at `pointer`.
    pub(super) fn repair_remove(self, faults: &Faults<'_>, pointer: &str) -> Self {
        self.repair(faults, pointer, json!({"remove": true}))
    }

    /// The overlay action that makes a change at a JSONPath.
    pub(super) fn repair_path(mut self, target: String, change: Value) -> Self {
        self.repair.push(Repair { pointer: None, target, change });
        self
    }

    fn repair(mut self, faults: &Faults<'_>, pointer: &str, change: Value) -> Self {
        let target = json_path(faults.document, pointer);
        self.repair.push(Repair { pointer: Some(pointer.to_owned()), target, change });
        self
    }
}

/// An overlay action.
#[derive(Debug)]
struct Repair {
    /// Where the target leads, where that is one place.
    pointer: Option<String>,
    target: String,
    /// All of the action but its target.
    change: Value,
}

impl Repair {
    fn action(&self) -> Value {
        let mut action = json!({"target": self.target});
        if let (Value::Object(action), Value::Object(change)) = (&mut action, &self.change) {
            action.extend(change.clone());
        }
        action
    }
}

/// Stands before the overlay actions in a help text.
pub(super) const REPAIR: &str = "to repair it, add to the overlay's actions:\n";

/// The longest actions that are offered, in bytes; longer ones are no help.
const MAX_REPAIR: usize = 3000;

const TOO_MANY: Rule = Rule::survivable("too-many-faults");

/// How much text all faults of a document may take, in bytes: long names in a thousand faults must not fill the memory.
const MAX_TEXT: usize = 32 << 20;

/// How often a fault's pointer comes again in its notes and its overlay action, about.
const REPEATED: usize = 2;

/// All faults of a document.
pub(super) struct Faults<'d> {
    document: &'d Value,
    lenient: bool,
    list: Vec<Fault>,
    text: usize,
    /// Finds names that may have been meant.
    pub(super) suggester: Suggester,
}

impl<'d> Faults<'d> {
    pub(super) fn new(document: &'d Value, lenient: bool) -> Self {
        Self { document, lenient, list: Vec::new(), text: 0, suggester: Suggester::default() }
    }

    pub(super) fn push(&mut self, fault: Fault) {
        let was_full = self.is_full();
        self.text += fault.pointer.len() + fault.message.len() + REPEATED * fault.pointer.len();
        match (was_full, self.is_full()) {
            (false, false) => self.list.push(fault),
            (false, true) => self.list.push(
                Fault::at(TOO_MANY, Id::MAX, String::new(), "there are more faults than can be shown")
                    .help("repair those above, and look again"),
            ),
            (true, _) => {}
        }
    }

    /// Whether there are so many faults that no more are taken: rules then stop looking.
    pub(super) fn is_full(&self) -> bool {
        self.text > MAX_TEXT
    }

    /// The faults in the document's order.
    pub(super) fn into_diagnostics(mut self) -> impl Iterator<Item = Diagnostic> {
        self.list.sort_by_key(|fault| fault.node);
        unite(self.document, &mut self.list);
        let lenient = self.lenient;
        self.list.into_iter().map(move |fault| weigh(fault, lenient))
    }
}

/// Where faults of one rule are repaired by the same change, and one path leads to all of their places and to no other, the
/// first of them offers that.
fn unite(document: &Value, faults: &mut [Fault]) {
    let mut alike: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
    for (index, fault) in faults.iter().enumerate() {
        if let [repair @ Repair { pointer: Some(_), .. }] = fault.repair.as_slice() {
            alike.entry((fault.rule.code, repair.change.to_string())).or_default().push(index);
        }
    }
    let united: Vec<(usize, usize, String)> = alike
        .into_values()
        .filter(|indices| indices.len() > 1)
        .filter_map(|indices| {
            let places = indices.iter().filter_map(|index| faults.get(*index)?.repair.first()?.pointer.as_deref());
            Some((*indices.first()?, indices.len(), common_path(document, &places.collect())?))
        })
        .collect();
    for (index, count, target) in united {
        let Some(fault) = faults.get_mut(index) else { continue };
        fault.repair.iter_mut().for_each(|repair| repair.target.clone_from(&target));
        let all = format!("one action repairs all {count} of these");
        fault.help = Some(fault.help.take().map_or(all.clone(), |help| format!("{help}; {all}")));
    }
}

fn weigh(fault: Fault, lenient: bool) -> Diagnostic {
    let severity = if lenient && fault.rule.survivable { Severity::Warning } else { Severity::Error };
    let severity = fault.weight.unwrap_or(severity);
    let mut diagnostic = Diagnostic::new(severity, fault.rule.code, fault.pointer, fault.message);
    for (pointer, message) in fault.notes {
        diagnostic = diagnostic.with_note(pointer, message);
    }
    diagnostic.repair = fault.repair.iter().map(|repair| repair.action().to_string()).collect();
    let actions = diagnostic.repair.join(",\n");
    let repair = (!actions.is_empty() && actions.len() <= MAX_REPAIR).then(|| format!("{REPAIR}{actions}"));
    let help: Vec<String> = fault.help.into_iter().chain(repair).collect();
    if help.is_empty() { diagnostic } else { diagnostic.with_help(help.join("; ")) }
}
