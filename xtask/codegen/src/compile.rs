//! From a document to a crate's files: the passes between lint and write.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::emit::{self, CrateFiles, RuntimeDependency};
use crate::{generate, lower, polish};

/// What a crate is made with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Options {
    /// Whether the document's faults are tolerated.
    pub lenient: bool,
    /// How the runtime is named.
    pub runtime: RuntimeDependency,
}

/// Stack for the passes: they follow a document's nesting, and progenitor its references.
const STACK_BYTES: usize = 256 << 20;

/// lower → progenitor → polish → emit: the crate's files, or none when there is an error among the findings.
/// `lowered` is called between the first two.
///
/// Runs on a thread of its own, because documents nest deeper than a worker's stack allows; memory is only taken as used.
pub fn compile(
    stem: &str,
    document: &Value,
    options: &Options,
    lowered: &(dyn Fn() + Sync),
    diagnostics: &mut Diagnostics,
) -> Option<CrateFiles> {
    std::thread::scope(|scope| {
        let passes = || passes(stem, document, options, lowered, diagnostics);
        let thread =
            std::thread::Builder::new().name(stem.to_owned()).stack_size(STACK_BYTES).spawn_scoped(scope, passes);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(files)) => files,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => std::panic::resume_unwind(Box::new(format!("no thread could be started: {error}"))),
        }
    })
}

fn passes(
    stem: &str,
    document: &Value,
    options: &Options,
    on_lowered: &(dyn Fn() + Sync),
    diagnostics: &mut Diagnostics,
) -> Option<CrateFiles> {
    let lowered = lower::lower(stem, document, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    on_lowered();
    let generated = generate::generate(&lowered.document, diagnostics)?;
    let modules = polish::polish(generated, &lowered.plan, diagnostics)?;
    Some(emit::emit(&lowered.plan, &modules, &options.runtime))
}
