//! From a document to a crate's files: the passes between lint and write.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::emit::{self, CrateFiles, RuntimeDependency};
use crate::plan::{Lock, Plan};
use crate::stack::on_large_stack;
use crate::{lower, polish, progenitor};

/// What a crate is made with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Options {
    /// Whether the document's faults are tolerated.
    pub lenient: bool,
    /// How the runtime is named.
    pub runtime: RuntimeDependency,
    /// The names that the crate has so far: what has one keeps it.
    #[serde(default)]
    pub names: Lock,
}

impl Options {
    /// For a crate that has no names yet.
    pub fn new(lenient: bool, runtime: RuntimeDependency) -> Self {
        Self { lenient, runtime, names: Lock::default() }
    }
}

/// A crate, and what it was made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Compiled {
    /// Every decision about the crate.
    pub plan: Plan,
    /// Its files.
    pub files: CrateFiles,
}

/// lower → progenitor → polish → emit: the crate, or none when there is an error among the findings. `lowered` is called
/// between the first two.
pub fn compile(
    stem: &str,
    document: &Value,
    options: &Options,
    lowered: &(dyn Fn() + Sync),
    diagnostics: &mut Diagnostics,
) -> Option<Compiled> {
    // The passes follow a document's nesting, and progenitor its references.
    on_large_stack(stem, || passes(stem, document, options, lowered, diagnostics))
}

/// The plan of a document of which no crate is made, and what lowering has to say of it.
pub fn survey(stem: &str, document: &Value, diagnostics: &mut Diagnostics) -> Plan {
    on_large_stack(stem, || lower::lower(stem, document, diagnostics))
}

fn passes(
    stem: &str,
    document: &Value,
    options: &Options,
    on_lowered: &(dyn Fn() + Sync),
    diagnostics: &mut Diagnostics,
) -> Option<Compiled> {
    let plan = lower::lower_again(stem, document, options.names.clone(), diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    on_lowered();
    let skeleton = progenitor::generate(&plan, diagnostics)?;
    let modules = polish::polish(&skeleton, &plan, diagnostics)?;
    let files = emit::emit(&plan, &modules, &options.runtime);
    emit::weigh(&files, diagnostics);
    Some(Compiled { plan, files })
}
