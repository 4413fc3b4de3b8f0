//! The workspace of drivers: documents, generated crates and the programs that call them, built with the versions, the
//! profile and the target folder of this repository, so that dependencies are compiled once.

use super::{ContractError, driver};
use crate::{compile::RuntimeDependency, emit::CrateFiles, plan::Plan, workspace};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

/// What all drivers have in common, as it is compiled.
const SUPPORT: &str = include_str!("../../contract/driver/support.rs");

const SUPPORT_MANIFEST: &str = r#"[package]
name = "contract-support"
version = "0.0.0"
edition = "2024"
publish = false

[lib]
path = "lib.rs"

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
switchboard-runtime = { workspace = true }
tokio = { version = "1", default-features = false, features = ["io-util", "net", "rt", "time"] }
"#;

/// The workspace's folder, and where its programs are built.
#[derive(Debug)]
pub struct DriverWorkspace {
    root: PathBuf,
    target: PathBuf,
    members: Vec<String>,
}

impl DriverWorkspace {
    /// The workspace for the documents of one folder; this repository's own is called `specs`.
    pub fn new(specs: &Path) -> Self {
        let repository = workspace::repository();
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| repository.join("target"), |folder| repository.join(folder));
        let whole = specs.canonicalize().unwrap_or_else(|_| specs.to_path_buf());
        let name = if whole == repository.join("specs") {
            "specs".to_owned()
        } else {
            let hash = blake3::hash(whole.to_string_lossy().as_bytes()).to_hex();
            format!("other-{}", hash.get(..12).unwrap_or_default())
        };
        Self { root: target.join("contract").join(name), target, members: Vec::new() }
    }

    /// Where a document is kept for Prism.
    pub fn document(&self, stem: &str) -> PathBuf {
        self.root.join("documents").join(format!("{stem}.json"))
    }

    /// Writes a document for Prism.
    pub fn write_document(&self, stem: &str, text: &str) -> Result<(), ContractError> {
        write(&self.document(stem), text)
    }

    /// Writes a generated crate and its driver.
    pub fn write_driver(&mut self, plan: &Plan, files: &CrateFiles) -> Result<(), ContractError> {
        let name = &files.name;
        let folder = self.root.join("crates").join(name);
        // The crate's own tests and examples are not what is built here.
        for (path, text) in files.files.iter().filter(|(path, _)| path.starts_with("src/") || *path == "Cargo.toml") {
            write(&folder.join(path), text)?;
        }
        let folder = self.root.join("drivers").join(name);
        write(&folder.join("Cargo.toml"), &driver::manifest(name))?;
        write(&folder.join("src/main.rs"), &driver::program(plan))?;
        self.members.extend([format!("crates/{name}"), format!("drivers/{name}")]);
        Ok(())
    }

    /// Builds all drivers. What could not be built is left out; cargo has said why.
    pub fn build(&self) -> Result<BTreeMap<String, PathBuf>, ContractError> {
        write(&self.root.join("support/Cargo.toml"), SUPPORT_MANIFEST)?;
        write(&self.root.join("support/lib.rs"), SUPPORT)?;
        write(&self.root.join("Cargo.toml"), &self.manifest()?)?;
        let lock = workspace::repository().join("Cargo.lock");
        if lock.is_file() {
            let text = fs::read_to_string(&lock).map_err(|error| ContractError::file(&lock, error))?;
            fs::write(self.root.join("Cargo.lock"), text).map_err(|error| ContractError::file(&self.root, error))?;
        }
        let programs = self.cargo(&self.root, &["--workspace", "--keep-going"])?;
        Ok(programs)
    }

    /// Builds the sandbox, which is a program of this repository.
    pub fn build_sandbox(&self) -> Result<PathBuf, ContractError> {
        let mut programs = self.cargo(&workspace::repository(), &["--package", "switchboard-sandbox"])?;
        programs.remove("switchboard-sandbox").ok_or(ContractError::NoSandbox)
    }

    /// Runs `cargo build`; its findings go to the standard error stream. Returns the programs by name.
    fn cargo(&self, folder: &Path, arguments: &[&str]) -> Result<BTreeMap<String, PathBuf>, ContractError> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["build", "--quiet", "--message-format", "json-render-diagnostics"])
            .args(arguments)
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(ContractError::Cargo)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let program = |line: &str| {
            let message: Value = serde_json::from_str(line).ok()?;
            let name = message.pointer("/target/name")?.as_str()?.to_owned();
            Some((name, PathBuf::from(message.get("executable")?.as_str()?)))
        };
        Ok(text.lines().filter_map(program).collect())
    }

    /// The workspace's `Cargo.toml`, with the profiles of this repository's.
    fn manifest(&self) -> Result<String, ContractError> {
        let own = workspace::repository().join("Cargo.toml");
        let text = fs::read_to_string(&own).map_err(|error| ContractError::file(&own, error))?;
        let own: DocumentMut = text.parse().unwrap_or_default();
        let mut runtime = InlineTable::new();
        let folder = workspace::repository().join("crates/switchboard-runtime");
        runtime.insert("path", folder.to_string_lossy().into_owned().into());
        let mut dependencies = Table::new();
        dependencies.insert("switchboard-runtime", value(runtime));
        let mut table = Table::new();
        table.insert("resolver", value("3"));
        table.insert(
            "members",
            value(
                std::iter::once("support").chain(self.members.iter().map(String::as_str)).collect::<toml_edit::Array>(),
            ),
        );
        table.insert("dependencies", Item::Table(dependencies));
        let mut manifest = DocumentMut::new();
        manifest.insert("workspace", Item::Table(table));
        if let Some(profiles) = own.get("profile") {
            manifest.insert("profile", profiles.clone());
        }
        Ok(manifest.to_string())
    }
}

/// How the crates of the workspace name the runtime.
pub fn runtime() -> RuntimeDependency {
    RuntimeDependency::Path {
        path: workspace::repository().join("crates/switchboard-runtime"),
        version: "*".to_owned(),
    }
}

/// Writes a file, unless it is as it should be: cargo goes by the time of change.
fn write(path: &Path, text: &str) -> Result<(), ContractError> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(path, text)).map_err(|error: io::Error| ContractError::file(path, error))
}
