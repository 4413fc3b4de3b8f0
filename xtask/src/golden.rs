//! The crate that `regen` makes of a document in this repository, without writing it: for the tests that compare it with
//! the crates in `golden/`, which are called over a socket.

use crate::{
    cargo_toml,
    compile::{Options, RuntimeDependency},
    load::Limits,
    pipeline,
    render::{self, Style},
    workspace::Input,
};
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
}

/// Generates the crate of one document; `manifest` is the `Cargo.toml` that is there, whose keys by hand are kept.
///
/// # Errors
///
/// The findings as they are shown on a terminal, if there is an error among them.
pub fn generate(document: &Path, lenient: bool, manifest: Option<&str>) -> Result<Generated, String> {
    let stem = document.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let input = Input { stem, document: document.to_path_buf(), overlay: None, has_document: true };
    let options = Options { lenient, runtime: RuntimeDependency::Workspace };
    let (files, findings) = pipeline::run_observed(pipeline::read(&input, Limits::default()), &options, &());
    let Some(mut crate_files) = files else {
        return Err(render::render(&findings, Style { colour: false, verbose: false }));
    };
    if let Some(generated) = crate_files.files.get_mut("Cargo.toml") {
        *generated = cargo_toml::merge(manifest, generated, &[]).map_err(|error| error.to_string())?.text;
    }
    Ok(Generated { name: crate_files.name, files: crate_files.files, operations: crate_files.summary.operations })
}
