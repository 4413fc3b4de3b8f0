//! The workspace of drivers: documents, generated crates and the programs that call them, built with the versions and the
//! target folder of this repository, so that dependencies are compiled once.

use super::{ContractError, driver};
use crate::file::{self, FileError};
use crate::{
    corpus::{
        check::{self, Task, Verdict},
        progress::Progress,
    },
    process, workspace,
};
use codegen::{emit::CrateFiles, emit::RuntimeDependency, plain_file, plan::Plan};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

/// A library that all programs of a workspace use.
#[derive(Debug)]
pub struct Support {
    /// Its package.
    pub name: &'static str,
    /// Its `Cargo.toml`.
    pub manifest: &'static str,
    /// Its code.
    pub text: &'static str,
}

/// What all drivers have in common.
const SUPPORT: Support = Support {
    name: "contract-support",
    text: include_str!("../../contract/driver/support.rs"),
    manifest: r#"[package]
name = "contract-support"
version = "0.0.0"
edition = "2024"
publish = false

[lib]
path = "lib.rs"

[dependencies]
flate2 = { version = "1.1", default-features = false, features = ["rust_backend"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
switchboard-runtime = { workspace = true }
tokio = { version = "1", default-features = false, features = ["io-util", "net", "rt", "time"] }
"#,
};

/// The program that calls all crates.
const ALL_NAME: &str = "contract-all";

const ALL_MANIFEST: &str = r#"[package]
name = "contract-all"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
contract-support = { path = "../contract-support" }
"#;

/// The workspace's folder, and where its programs are built.
#[derive(Debug)]
pub struct DriverWorkspace {
    root: PathBuf,
    target: PathBuf,
    support: &'static Support,
    /// The crates with a driver.
    crates: Mutex<BTreeSet<String>>,
}

/// The drivers by the crate that they call, or why there is none.
pub type Drivers = BTreeMap<String, Result<PathBuf, String>>;

impl DriverWorkspace {
    /// The workspace for the documents of one folder; this repository's own is called `specs`.
    pub fn new(specs: &Path) -> Self {
        let repository = workspace::repository();
        let whole = specs.canonicalize().unwrap_or_else(|_| specs.to_path_buf());
        let name = if whole == repository.join("specs") {
            "specs".to_owned()
        } else {
            let hash = blake3::hash(whole.to_string_lossy().as_bytes()).to_hex();
            format!("other-{}", hash.get(..12).unwrap_or_default())
        };
        Self::named(&format!("contract/{name}"))
    }

    /// A workspace of that name, for crates that one program calls.
    pub fn named(name: &str) -> Self {
        let target = target();
        Self { root: target.join(name), target, support: &SUPPORT, crates: Mutex::default() }
    }

    /// A workspace in a folder of its own, for programs with something else in common.
    pub fn at(root: PathBuf, support: &'static Support) -> Self {
        Self { root, target: target(), support, crates: Mutex::default() }
    }

    /// The workspace's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a document is kept for Prism.
    pub fn document(&self, package: &str) -> PathBuf {
        self.root.join("documents").join(format!("{package}.json"))
    }

    /// Writes a document for Prism.
    pub fn write_document(&self, package: &str, text: &str) -> Result<(), FileError> {
        write(&self.document(package), text)
    }

    /// Writes a generated crate and its driver.
    pub fn write_driver(&self, plan: &Plan, files: &CrateFiles) -> Result<(), ContractError> {
        let name = &files.name;
        self.write_sources(name, files)?;
        let folder = self.root.join(driver::package(name));
        write(&folder.join("Cargo.toml"), &driver::manifest(name))?;
        write(&folder.join("src/main.rs"), &driver::program(plan, driver::Lists::Page))?;
        self.crates.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        Ok(())
    }

    /// Writes a generated crate under a name of its own, and its driver as a library.
    pub fn write_library(&self, name: &str, files: &CrateFiles, driver: &str) -> Result<(), ContractError> {
        let mut files = files.clone();
        if let Some(text) = files.files.get_mut("Cargo.toml")
            && let Ok(mut manifest) = text.parse::<DocumentMut>()
        {
            if let Some(package) = manifest.get_mut("package").and_then(Item::as_table_mut) {
                package.insert("name", value(name));
            }
            *text = manifest.to_string();
        }
        self.write_sources(name, &files)?;
        let folder = self.root.join(driver::package(name));
        write(&folder.join("Cargo.toml"), &driver::manifest(name))?;
        write(&folder.join("src/lib.rs"), driver)?;
        self.crates.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        Ok(())
    }

    /// Writes a file of a package.
    pub fn write_file(&self, package: &str, path: &str, text: &str) -> Result<(), FileError> {
        write(&self.root.join(package).join(path), text)
    }

    /// Builds programs that were written file by file.
    pub fn build_programs(
        &self,
        packages: &[String],
        limits: process::Limits,
        jobs: usize,
        progress: &Progress,
    ) -> Result<Drivers, ContractError> {
        let mut verdicts = self.compile(packages, limits, jobs, progress)?;
        let mut program = |name: &String| {
            let Verdict { program, failure, .. } = verdicts.remove(name).unwrap_or_default();
            program.ok_or_else(|| failure.map_or_else(String::new, |failure| failure.to_string()))
        };
        Ok(packages.iter().map(|name| (name.clone(), program(name))).collect())
    }

    fn write_sources(&self, name: &str, files: &CrateFiles) -> Result<(), ContractError> {
        let folder = self.root.join(name);
        // All of them, for the manifest names examples and tests, which are not built.
        for (path, text) in &files.files {
            write(&folder.join(path), text)?;
        }
        Ok(())
    }

    /// How many packages there are to build.
    pub fn packages(&self) -> usize {
        self.crates.lock().unwrap_or_else(PoisonError::into_inner).len() * 2
    }

    /// Builds all drivers, each rustc within `limits`, and at most `jobs` at once.
    pub fn build(&self, limits: process::Limits, jobs: usize, progress: &Progress) -> Result<Drivers, ContractError> {
        let crates = self.crates.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let packages: Vec<String> = crates.iter().flat_map(|name| [name.clone(), driver::package(name)]).collect();
        let mut verdicts = self.compile(&packages, limits, jobs, progress)?;
        let mut driver = |name: &String| {
            let of_crate = verdicts.remove(name).unwrap_or_default();
            let of_driver = verdicts.remove(&driver::package(name)).unwrap_or_default();
            if let Some(failure) = of_crate.failure {
                return Err(format!("the generated crate does not compile: {failure}"));
            }
            let failed = || of_driver.failure.map_or_else(String::new, |failure| failure.to_string());
            of_driver.program.ok_or_else(|| format!("the driver does not compile: {}", failed()))
        };
        Ok(crates.iter().map(|name| (name.clone(), driver(name))).collect())
    }

    /// Builds the one program that calls all crates, whose drivers are libraries: `driver_<crate>` in `program`.
    pub fn build_one(
        &self,
        program: &str,
        limits: process::Limits,
        jobs: usize,
        progress: &Progress,
    ) -> Result<PathBuf, ContractError> {
        let crates = self.crates.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let folder = self.root.join(ALL_NAME);
        let drivers = crates.iter().map(|name| {
            let package = driver::package(name);
            format!("driver_{} = {{ package = \"{package}\", path = \"../{package}\" }}\n", name.replace('-', "_"))
        });
        write(&folder.join("Cargo.toml"), &format!("{ALL_MANIFEST}{}", drivers.collect::<String>()))?;
        write(&folder.join("src/main.rs"), program)?;
        let packages = crates.iter().flat_map(|name| [name.clone(), driver::package(name)]);
        let packages: Vec<String> = packages.chain([ALL_NAME.to_owned()]).collect();
        let verdicts = self.compile(&packages, limits, jobs, progress)?;
        if let Some(program) = verdicts.get(ALL_NAME).and_then(|verdict| verdict.program.clone()) {
            return Ok(program);
        }
        let failures =
            verdicts.iter().filter_map(|(name, verdict)| Some(format!("{name}: {}", verdict.failure.as_ref()?)));
        Err(ContractError::Build(failures.collect::<Vec<_>>().join("\n")))
    }

    /// Writes the workspace around `packages`, and builds them.
    fn compile(
        &self,
        packages: &[String],
        limits: process::Limits,
        jobs: usize,
        progress: &Progress,
    ) -> Result<BTreeMap<String, Verdict>, ContractError> {
        write(&self.root.join(self.support.name).join("Cargo.toml"), self.support.manifest)?;
        write(&self.root.join(self.support.name).join("lib.rs"), self.support.text)?;
        write(&self.root.join("Cargo.toml"), &self.manifest(packages)?)?;
        let lock = workspace::repository().join("Cargo.lock");
        if lock.is_file() {
            write(&self.root.join("Cargo.lock"), &file::read(&lock)?)?;
        }
        let task = Task {
            folder: &self.root,
            packages,
            words: &["build"],
            done: "built",
            target: &self.target,
            limits,
            jobs,
            is_incremental: false,
        };
        check::compile(&task, progress).map_err(|error| ContractError::Build(error.to_string()))
    }

    /// Builds the sandbox, which is a program of this repository. What is wrong with it goes to the standard error stream.
    pub fn build_sandbox(&self) -> Result<PathBuf, ContractError> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["build", "--quiet", "--message-format", "json-render-diagnostics"])
            .args(["--package", "switchboard-sandbox"])
            .current_dir(workspace::repository())
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| ContractError::Build(error.to_string()))?;
        let program = |line: &str| {
            let message: Value = serde_json::from_str(line).ok()?;
            Some(PathBuf::from(message.get("executable")?.as_str()?))
        };
        String::from_utf8_lossy(&output.stdout).lines().find_map(program).ok_or(ContractError::NoSandbox)
    }

    /// The workspace's `Cargo.toml`, with the profiles of this repository's: dependencies are the same then.
    fn manifest(&self, packages: &[String]) -> Result<String, ContractError> {
        let own = workspace::repository().join("Cargo.toml");
        let own: DocumentMut = file::read(&own)?.parse().unwrap_or_default();
        let mut runtime = InlineTable::new();
        let folder = workspace::repository().join("crates/switchboard-runtime");
        runtime.insert("path", folder.to_string_lossy().into_owned().into());
        let mut dependencies = Table::new();
        dependencies.insert("switchboard-runtime", value(runtime));
        let members = std::iter::once(self.support.name).chain(packages.iter().map(String::as_str));
        let mut table = Table::new();
        table.insert("resolver", value("3"));
        table.insert("members", value(members.collect::<toml_edit::Array>()));
        table.insert("dependencies", Item::Table(dependencies));
        let mut manifest = DocumentMut::new();
        manifest.insert("workspace", Item::Table(table));
        if let Some(profiles) = own.get("profile") {
            manifest.insert("profile", profiles.clone());
        }
        Ok(manifest.to_string())
    }
}

/// Where this repository's artifacts go.
fn target() -> PathBuf {
    let repository = workspace::repository();
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |folder| repository.join(folder))
}

/// How the crates of the workspace name the runtime.
pub fn runtime() -> RuntimeDependency {
    RuntimeDependency::Path {
        path: workspace::repository().join("crates/switchboard-runtime"),
        version: "*".to_owned(),
    }
}

/// Writes a file, unless it is as it should be: cargo goes by the time of change.
fn write(path: &Path, text: &str) -> Result<(), FileError> {
    if plain_file::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(path, text)).map_err(FileError::at(path))
}
