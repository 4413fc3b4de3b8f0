//! The crates of the suite's documents, and the one program that calls them all: linking is what takes longest.
//!
//! The same API in two versions of OpenAPI is often the same crate; that is built once.

use super::ConformanceError;
use crate::{
    contract::{Brought, ContractError, DriverWorkspace, Lists, driver_program},
    corpus::progress::Progress,
    process,
};
use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

/// The crates so far.
#[derive(Debug)]
pub struct Workspace {
    inner: DriverWorkspace,
    /// Packages by what they are made of.
    known: BTreeMap<String, String>,
}

impl Workspace {
    /// The workspace in its folder below cargo's target folder.
    pub fn new() -> Self {
        Self { inner: DriverWorkspace::named("conformance"), known: BTreeMap::new() }
    }

    /// Where it is.
    pub fn root(&self) -> &std::path::Path {
        self.inner.root()
    }

    /// Adds a crate, unless it is there under another version; returns its package.
    ///
    /// # Errors
    ///
    /// Fails when a file cannot be written.
    pub fn add(&mut self, stem: &str, brought: &Brought) -> Result<String, ConformanceError> {
        let mut hasher = blake3::Hasher::new();
        let driver = driver_program(&brought.plan, Lists::Stream);
        let sources = brought.files.files.iter().filter(|(path, _)| path.starts_with("src/"));
        for text in sources.flat_map(|(path, text)| [path, text]).chain([&driver]) {
            hasher.update(text.as_bytes());
            hasher.update(&[0]);
        }
        let key = format!("{stem} {}", hasher.finalize().to_hex());
        if let Some(package) = self.known.get(&key) {
            return Ok(package.clone());
        }
        let variants = self.known.keys().filter(|known| known.split(' ').next() == Some(stem)).count();
        let package = if variants == 0 { stem.to_owned() } else { format!("{stem}-variant-{variants}") };
        self.inner.write_library(&package, &brought.files, &driver).map_err(from_contract)?;
        self.known.insert(key, package.clone());
        Ok(package)
    }

    /// How many packages there are to build.
    pub fn packages(&self) -> usize {
        self.known.len() * 2 + 1
    }

    /// Builds the program that calls all crates, which takes a package's name as its argument.
    ///
    /// # Errors
    ///
    /// What does not compile.
    pub fn build(
        &self,
        limits: process::Limits,
        jobs: usize,
        progress: &Progress,
    ) -> Result<PathBuf, ConformanceError> {
        let packages: Vec<&String> = self.known.values().collect();
        let mut arms = String::new();
        for package in &packages {
            let _ = writeln!(arms, "        Some({package:?}) => driver_{}::main(),", package.replace('-', "_"));
        }
        let program = format!(
            "//! Calls the crate that it is told to.\n\nfn main() -> std::process::ExitCode {{\n    match \
             std::env::args().nth(1).as_deref() {{\n{arms}        other => {{\n            eprintln!(\"there is no crate \
             {{other:?}}\");\n            std::process::ExitCode::FAILURE\n        }}\n    }}\n}}\n"
        );
        self.inner.build_one(&program, limits, jobs, progress).map_err(from_contract)
    }
}

/// What the contract test's workspace complains of.
fn from_contract(error: ContractError) -> ConformanceError {
    match error {
        ContractError::File(error) => error.into(),
        ContractError::Build(words) => ConformanceError::Build(words),
        other => ConformanceError::Build(other.to_string()),
    }
}
