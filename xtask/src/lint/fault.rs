//! What the rules have to say, and the overlay actions that would repair it.

use super::{
    model::{Id, Model, json_path},
    suggest::Suggester,
};
use crate::diagnostics::{Diagnostic, Severity};
use serde_json::{Value, json};

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
    repair: Vec<Value>,
    weight: Option<Severity>,
}

impl Fault {
    /// A fault in the object `node`, at the path `below` it.
    pub(super) fn new(rule: Rule, model: &Model<'_>, node: Id, below: &[&str], message: impl Into<String>) -> Self {
        Self::at(rule, node, model.pointer_below(node, below), message)
    }

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
        let target = json_path(faults.document, pointer);
        self.repair(json!({"target": target, "update": update}))
    }

    /// The overlay action that removes what is at `pointer`.
    pub(super) fn repair_remove(self, faults: &Faults<'_>, pointer: &str) -> Self {
        let target = json_path(faults.document, pointer);
        self.repair(json!({"target": target, "remove": true}))
    }

    /// An overlay action that repairs the fault, after those that were given before.
    pub(super) fn repair(mut self, action: Value) -> Self {
        self.repair.push(action);
        self
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
        let lenient = self.lenient;
        self.list.into_iter().map(move |fault| weigh(fault, lenient))
    }
}

fn weigh(fault: Fault, lenient: bool) -> Diagnostic {
    let severity = if lenient && fault.rule.survivable { Severity::Warning } else { Severity::Error };
    let severity = fault.weight.unwrap_or(severity);
    let mut diagnostic = Diagnostic::new(severity, fault.rule.code, fault.pointer, fault.message);
    for (pointer, message) in fault.notes {
        diagnostic = diagnostic.with_note(pointer, message);
    }
    let actions: Vec<String> = fault.repair.iter().map(Value::to_string).collect();
    let actions = actions.join(",\n");
    let repair = (!actions.is_empty() && actions.len() <= MAX_REPAIR).then(|| format!("{REPAIR}{actions}"));
    let help: Vec<String> = fault.help.into_iter().chain(repair).collect();
    if help.is_empty() { diagnostic } else { diagnostic.with_help(help.join("; ")) }
}
