//! Third pass: every fault of a document at once, each with its place, what is wrong and what to do.
//!
//! The document is first read into a flat [model](model::Model) of the objects that OpenAPI knows; each file beside this
//! one is a family of rules over it. Nothing here recurses over the document, and no value of whatever shape makes a rule
//! panic: a rule that does not find what it looks for has nothing to say.
//!
//! A fault stops the document's crate. With `lenient` it is a warning instead: the passes behind then give up the
//! smallest part they can.

mod fault;
mod fields;
mod hints;
mod media_types;
mod model;
mod operations;
mod parameters;
mod paths;
mod references;
mod schemas;
mod security;
mod servers;
mod structure;
mod versions;

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    load::Document,
};
use fault::Faults;
use model::Model;
use serde_json::Value;

/// The families of rules.
const FAMILIES: [fn(&Model<'_>, &mut Faults<'_>); 12] = [
    structure::check,
    fields::check,
    versions::check,
    references::check,
    operations::check,
    paths::check,
    parameters::check,
    media_types::check,
    security::check,
    servers::check,
    schemas::check,
    hints::check,
];

/// Pushes every fault of the document, in the document's order.
pub fn lint(document: &Document, lenient: bool, diagnostics: &mut Diagnostics) {
    let mut found = Diagnostics::default();
    lint_value(&document.value, lenient, &mut found);
    diagnostics.extend(found.into_iter().map(|finding| with_reason(document, finding)));
}

/// The finding that a reference leads out of the document, with why it could not be followed.
fn with_reason(document: &Document, mut finding: Diagnostic) -> Diagnostic {
    let help = finding.help.take().unwrap_or_default();
    match document.unbundled.get(&finding.pointer) {
        Some(reason) if finding.code == references::EXTERNAL_REF && !help.contains("did you mean") => {
            finding.code = reason.code;
            finding.message.clone_from(&reason.message);
            let repair = help.find(fault::REPAIR).and_then(|at| help.get(at..));
            finding.help = Some(match repair {
                Some(repair) => format!("{}; {repair}", reason.help),
                None => reason.help.clone(),
            });
        }
        _ => finding.help = Some(help).filter(|help| !help.is_empty()),
    }
    finding
}

fn lint_value(document: &Value, lenient: bool, diagnostics: &mut Diagnostics) {
    let mut faults = Faults::new(document, lenient);
    let Some(version) = structure::version(document, &mut faults) else {
        diagnostics.extend(faults.into_diagnostics());
        return;
    };
    let model = Model::read(document, version, &mut faults);
    for family in FAMILIES {
        family(&model, &mut faults);
    }
    diagnostics.extend(faults.into_diagnostics());
}

#[cfg(test)]
mod tests;
