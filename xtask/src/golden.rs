//! The crate that `regen` makes of a document in this repository, without writing it: for the tests that compare it with
//! the crates in `golden/`, which are called over a socket.

use crate::registry;
use codegen::{
    cargo_toml,
    compile::{Compiled, Options},
    emit::{CrateFiles, RuntimeDependency},
    load::Limits,
    pipeline::{self, Input, Keeper},
    plan::Plan,
    render::{self, Look},
};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// The crate's files by their path in its folder, and the number of operations that they call.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The package's name.
    pub name: String,
    /// The files.
    pub files: BTreeMap<String, String>,
    /// How many operations have a method.
    pub operations: usize,
    /// What they were made from.
    pub plan: Plan,
    /// What the plan was made from: the document with its overlay applied.
    pub document: Value,
}

/// Generates the crate of one document; `manifest` is the `Cargo.toml` that is there, whose keys by hand are kept.
///
/// # Errors
///
/// The findings as they are shown on a terminal, if there is an error among them.
pub fn generate(document: &Path, lenient: bool, manifest: Option<&str>) -> Result<Generated, String> {
    let input = input(document);
    let options = Options::new(lenient, RuntimeDependency::Workspace);
    let keeper = Keeper::default();
    let (compiled, findings) = pipeline::run(pipeline::read(&input, Limits::default()), &options, &keeper);
    let Some(Compiled { files: mut crate_files, plan }) = compiled else {
        return Err(render::render(&findings, Look::default()));
    };
    if let Some(generated) = crate_files.files.get_mut("Cargo.toml") {
        *generated = cargo_toml::merge(manifest, generated, &[]).map_err(|error| error.to_string())?.text;
    }
    let CrateFiles { name, files, summary, .. } = crate_files;
    Ok(Generated { name, files, operations: summary.operations, plan, document: keeper.into_document() })
}

/// The document with the overlay that stands beside it applied: what the crate is made of.
///
/// # Errors
///
/// The findings as they are shown on a terminal, if there is an error among them.
pub fn effective(document: &Path) -> Result<Value, String> {
    let checked = pipeline::prepare(pipeline::read(&input(document), Limits::default()), false);
    if checked.diagnostics.has_errors() {
        return Err(render::render(&checked.into_findings(), Look::default()));
    }
    Ok(checked.document.value)
}

/// The Rust type that values of each schema of the document have, by the schema's JSON pointer.
pub fn registry(made: &Generated) -> BTreeMap<String, String> {
    let module = format!("{}::types", made.plan.api.crate_ident());
    registry::registry(&made.document, &made.plan, &module)
}

fn input(document: &Path) -> Input {
    let stem = document.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let overlay = Some(document.with_extension("overlay.json")).filter(|overlay| overlay.exists());
    Input { stem, document: document.to_path_buf(), overlay, has_document: true }
}
