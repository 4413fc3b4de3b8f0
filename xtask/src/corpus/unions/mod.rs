//! The unions of the generated crates before a judge: a sample of each member of each union is decoded, and must come out as
//! that member, or as one that is equal on it, and be the same JSON when it is encoded again.
//!
//! Samples are made of the document alone ([`members`]). Whether a value is of a member, and of the union, is for a
//! JSON Schema validator to say that nobody here wrote; it is part of the [program](driver) that decodes the values, so that
//! the generator need not be built with it. That program is made of the crate's types and nothing else: to build their
//! clients would take many times as long.

mod driver;
mod members;
pub mod report;

pub use self::{
    members::Samples,
    report::{Tested, line, text},
};

use super::progress::Progress;
use crate::file::{self, FileError};
use crate::{
    contract::{ContractError, DriverWorkspace, Support},
    process::{self, Ended, Ending},
};
use codegen::{plan::Plan, stack::on_large_stack};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::Command,
};

/// How often a program is started again that ends before it has said everything.
const RESTARTS: usize = 25;

/// The file with the samples, in a program's package.
const SAMPLES: &str = "samples.json";

/// The folder of the programs, below that of everything that is no crate.
const FOLDER: &str = "unions";

/// What all programs have in common.
const SUPPORT: Support = Support {
    name: "unions-support",
    text: include_str!("../../../unions/support.rs"),
    manifest: r#"[package]
name = "unions-support"
version = "0.0.0"
edition = "2024"
publish = false

[lib]
path = "lib.rs"

[dependencies]
jsonschema = { version = "0.60", default-features = false }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
switchboard-runtime = { workspace = true }
"#,
};

/// Samples of the unions of the crate that `document` becomes.
pub fn sampled(document: &Value, plan: &Plan) -> Option<Samples> {
    let sampling = || on_large_stack("unions", || members::samples(document, plan));
    catch_unwind(AssertUnwindSafe(sampling)).ok()
}

/// The programs of one folder of crates.
#[derive(Debug)]
pub struct Programs {
    workspace: DriverWorkspace,
}

impl Programs {
    /// Those beside the crates in `out`.
    ///
    /// # Errors
    ///
    /// Fails when their folder cannot be made.
    pub fn open(out: &Path) -> io::Result<Self> {
        let root = out.join(super::store::FOLDER).join(FOLDER);
        fs::create_dir_all(&root)?;
        Ok(Self { workspace: DriverWorkspace::at(root.canonicalize()?, &SUPPORT) })
    }

    /// Writes the program of a crate, and its samples.
    ///
    /// # Errors
    ///
    /// Fails when a file cannot be written.
    pub fn write(
        &self,
        package: &str,
        files: &BTreeMap<String, String>,
        samples: &Samples,
    ) -> Result<(), ContractError> {
        let program = driver::package(package);
        let types = driver::types(files, &samples.unions).map_err(|error| ContractError::Build(error.to_string()))?;
        self.workspace.write_file(&program, "src/types.rs", &types)?;
        self.workspace.write_file(&program, "Cargo.toml", &driver::manifest(package))?;
        self.workspace.write_file(&program, "src/main.rs", &driver::program(package, &samples.unions))?;
        self.workspace.write_file(&program, SAMPLES, &serde_json::to_string(samples).unwrap_or_default())?;
        Ok(())
    }

    /// Forgets the samples of a crate: they are of an earlier one.
    pub fn forget(&self, package: &str) {
        let _ = fs::remove_file(self.samples(package));
    }

    /// Whether the crate's samples are there.
    pub fn has(&self, package: &str) -> bool {
        self.samples(package).is_file()
    }

    fn samples(&self, package: &str) -> PathBuf {
        self.workspace.root().join(driver::package(package)).join(SAMPLES)
    }

    /// Builds the programs of those crates that have unions, and has them decode their samples.
    ///
    /// # Errors
    ///
    /// Fails when nothing can be built at all.
    pub fn test(
        &self,
        packages: &[String],
        limits: process::Limits,
        jobs: usize,
    ) -> Result<BTreeMap<String, Tested>, ContractError> {
        let mut found = BTreeMap::new();
        let mut waiting: Vec<(String, Samples)> = Vec::new();
        for package in packages {
            match self.read(package)? {
                Some(samples) if !samples.unions.is_empty() => waiting.push((package.clone(), samples)),
                Some(_) => drop(found.insert(package.clone(), Tested::default())),
                None => {}
            }
        }
        let programs: Vec<String> = waiting.iter().map(|(package, _)| driver::package(package)).collect();
        let progress = Progress::new("building", programs.len());
        let built = self.workspace.build_programs(&programs, limits, jobs, &progress);
        progress.end();
        let built = built?;
        let progress = Progress::new("decoding", waiting.len());
        for (package, samples) in waiting {
            progress.start(&package);
            let tested = match built.get(&driver::package(&package)) {
                Some(Ok(program)) => {
                    Tested::new(&samples, &decode(program, &self.samples(&package), samples.samples.len(), limits))
                }
                Some(Err(why)) => Tested::not_built(&samples, why),
                None => Tested::not_built(&samples, "there is no program"),
            };
            progress.finish(&package, &line(&tested), !tested.is_kept());
            found.insert(package, tested);
        }
        progress.end();
        Ok(found)
    }

    fn read(&self, package: &str) -> Result<Option<Samples>, FileError> {
        let path = self.samples(package);
        match path.exists() {
            true => file::read_json(&path).map(Some),
            false => Ok(None),
        }
    }
}

/// What the program says of each sample; of one that ends it, why it ended. All together may take longer than a program may: one
/// is only to blame if nothing else was said in that time.
fn decode(program: &Path, samples: &Path, count: usize, limits: process::Limits) -> Vec<Value> {
    let mut said: Vec<Value> = Vec::with_capacity(count);
    let mut restarts = 0;
    while restarts <= RESTARTS {
        let before = said.len();
        let mut command = Command::new(program);
        command.arg(samples).arg(before.to_string());
        let ended =
            process::run(&mut command, Vec::new(), limits, |line| said.extend(serde_json::from_slice::<Value>(line)));
        if said.len() >= count {
            break;
        }
        if said.len() > before && ended.as_ref().is_ok_and(|ended| ended.ending == Ending::OutOfTime) {
            continue;
        }
        restarts += 1;
        said.push(serde_json::json!({"died": match ended {
            Ok(ended) => why(&ended, limits),
            Err(error) => format!("the program cannot be run: {error}"),
        }}));
    }
    said
}

fn why(ended: &Ended, limits: process::Limits) -> String {
    ended.why(limits, "the program").1
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::{os::unix::fs::PermissionsExt, time::Duration};

    /// What a program, a script that is given the number of the next sample, says of two samples.
    fn said(script: &str) -> Vec<Value> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let limits = process::Limits { time: Duration::from_millis(300), memory: u64::MAX };
        decode(&program, &folder.path().join("samples"), 2, limits)
    }

    #[test]
    fn a_sample_is_to_blame_for_the_time_only_if_nothing_else_was_said_in_it() {
        assert_eq!(said("echo $2; exec tail -f /dev/null"), [json!(0), json!(1)]);
        let [first, second] = said("[ $2 = 0 ] || echo 1; exec tail -f /dev/null").try_into().unwrap();
        assert_eq!((&first["died"], &second), (&json!("the program was ended after 300ms"), &json!(1)));
        let [first, second] = said("[ $2 != 0 ] || echo 0; exit 1").try_into().unwrap();
        assert!(first == json!(0) && second["died"].is_string(), "{second}");
    }
}
