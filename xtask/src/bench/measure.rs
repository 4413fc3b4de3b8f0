//! Runs the steps on one crate, and counts what it consists of.

use super::{Cost, Made, Step};
use crate::file::FileError;
use crate::{
    corpus::{
        check::{self, CheckError, Task},
        progress::Progress,
    },
    process::Limits,
    write::{self, WriteError},
};
use codegen::plain_file;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use thiserror::Error;

/// Why a step has no cost.
#[derive(Debug, Error)]
pub enum StepError {
    /// Cargo cannot be run.
    #[error(transparent)]
    Cargo(#[from] CheckError),
    /// A file or a program.
    #[error(transparent)]
    File(#[from] FileError),
    #[allow(missing_docs, reason = "it says it itself")]
    #[error(transparent)]
    Write(#[from] Box<WriteError>),
    /// The crate does not compile, or not within the limits.
    #[error("{0}")]
    Compile(String),
    /// Cargo did not say what rustc took.
    #[error("it is not known what rustc took")]
    Unknown,
}

/// Where crates of one generator are built: what they depend on is built once.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its target folder.
    pub target: PathBuf,
    /// What rustc may take for one crate.
    pub limits: Limits,
}

/// Lines and bytes of all Rust files of a crate.
///
/// # Errors
///
/// Fails when a file cannot be read.
pub fn size(made: &Made) -> std::result::Result<(usize, u64), StepError> {
    let mut folders = vec![made.workspace.join(&made.package).join("src")];
    let (mut lines, mut bytes) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(FileError::at(&folder))? {
            let path = entry.map_err(FileError::at(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = plain_file::read(&path).map_err(FileError::at(&path))?;
                lines += text.iter().filter(|byte| **byte == b'\n').count();
                bytes += u64::try_from(text.len()).unwrap_or(u64::MAX);
            }
        }
    }
    Ok((lines, bytes))
}

/// The manifest of a workspace with these members.
pub fn workspace_of(members: &[&str]) -> String {
    format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n")
}

/// The package, and the folder, of the program that makes a call.
const PROGRAM: &str = "bench-program";

/// Puts a program beside the crate: `main` is its source, for which there is the crate, under its own name, and tokio.
///
/// # Errors
///
/// Fails when a file cannot be written.
pub fn put_program(made: &Made, main: &str) -> std::result::Result<(), StepError> {
    let folder = made.workspace.join(PROGRAM);
    fs::create_dir_all(folder.join("src")).map_err(FileError::at(&folder))?;
    let package = &made.package;
    let manifest = format!(
        "[package]\nname = \"{PROGRAM}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         {package} = {{ path = \"../{package}\" }}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n"
    );
    let write = |path: &Path, text: &str| write::write_file(path, text).map_err(Box::new);
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("src/main.rs"), main)?;
    let workspace = workspace_of(&[package, PROGRAM]) + "\n[profile.release]\nstrip = true\n";
    write(&made.workspace.join("Cargo.toml"), &workspace)?;
    Ok(())
}

/// Builds what the crate depends on, and the crate, so that a step that follows is about the crate alone.
///
/// # Errors
///
/// Fails when the crate does not compile.
pub fn prepare(made: &Made, step: Step, place: &Place) -> std::result::Result<(), StepError> {
    compile(made, step, place).map(drop)
}

/// What a step takes for the crate, whose dependencies are built.
///
/// # Errors
///
/// Fails when the crate does not compile.
pub fn run(made: &Made, step: Step, place: &Place) -> std::result::Result<Cost, StepError> {
    touch(made, step)?;
    compile(made, step, place)
}

/// Makes cargo believe that the crate, or the program, has changed.
fn touch(made: &Made, step: Step) -> std::result::Result<(), FileError> {
    let path = made.workspace.join(match step {
        Step::Program => Path::new(PROGRAM).join("src/main.rs"),
        _ => Path::new(&made.package).join("src/lib.rs"),
    });
    // Cargo compares with when it built last, to a fraction of a second.
    let now = SystemTime::now();
    let opened = File::options().append(true).open(&path).and_then(|lib| lib.set_modified(now));
    opened.map_err(FileError::at(&path))
}

fn compile(made: &Made, step: Step, place: &Place) -> std::result::Result<Cost, StepError> {
    let words: &[&str] = match step {
        Step::Release => &["build", "--lib", "--release"],
        Step::Program => &["build", "--bins", "--release"],
        Step::Generate | Step::Check | Step::Touch => &["check", "--lib", "--all-features"],
    };
    let package = if step == Step::Program { PROGRAM } else { &*made.package };
    let packages = &[package.to_owned()];
    let task = Task {
        folder: &made.workspace,
        packages,
        words,
        done: "built",
        target: &place.target,
        limits: place.limits,
        jobs: 2,
        is_incremental: step == Step::Touch,
    };
    let verdict = check::compile(&task, &Progress::silent())?.remove(package).ok_or(StepError::Unknown)?;
    if let Some(failure) = verdict.failure {
        return Err(StepError::Compile(failure.to_string()));
    }
    let time = verdict.check.milliseconds.map(Duration::from_millis).ok_or(StepError::Unknown)?;
    let program = verdict.program.map(|path| fs::metadata(&path).map_err(FileError::at(&path))).transpose()?;
    let program_bytes = program.map(|found| found.len());
    Ok(Cost { program_bytes, ..Cost::new(time, verdict.check.peak_bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rust_files_of_a_crate_count() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("it/src");
        fs::create_dir_all(source.join("types")).unwrap();
        fs::write(source.join("lib.rs"), "//! It.\n\npub mod types;\n").unwrap();
        fs::write(source.join("types/mod.rs"), "struct A;\n").unwrap();
        fs::write(source.join("notes.md"), "none\n").unwrap();
        let made = Made { workspace: folder.path().to_path_buf(), package: "it".to_owned() };
        assert_eq!(size(&made).unwrap(), (4, 34));
    }
}
