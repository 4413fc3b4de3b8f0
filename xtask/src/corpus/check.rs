//! The generated crates before rustc: one workspace, one target folder, one run of cargo. What the contract test builds of
//! them is built here too.
//!
//! Cargo reuses what has not changed, shares what all crates need, and goes on after a failure; its messages tell which
//! package they are about. How much runs at once is bounded by the memory there is, and so is [each rustc](super::rustc).

use super::{
    Check,
    failure::Failure,
    progress::Progress,
    rustc::{VARIABLE, Wrapper},
    store,
};
use crate::{
    codes,
    process::{self, system},
    workspace,
    write::{self, WriteError},
};
use codegen::plain_file;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};
use thiserror::Error;

/// What rustc is expected to take for one crate, in bytes; measured on the largest crates of the vendors' documents.
const EXPECTED_BYTES: u64 = 3 << 30;

/// How often to look which packages rustc is at.
const TICK: Duration = Duration::from_millis(250);

/// Why nothing could be checked.
#[derive(Debug, Error)]
pub enum CheckError {
    /// A file of the workspace cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A folder or file beside the crates cannot be made.
    #[error("cannot prepare `{}`: {error}", path.display())]
    Prepare {
        /// The path.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Cargo cannot be run.
    #[error("cargo cannot be run: {0}")]
    Cargo(io::Error),
}

fn prepare(path: &Path) -> impl FnOnce(io::Error) -> CheckError {
    let path = path.to_path_buf();
    |error| CheckError::Prepare { path, error }
}

/// What rustc made of one package.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// Time, memory and warnings.
    pub check: Check,
    /// The first error.
    pub failure: Option<Failure>,
    /// The program, if the package is one and was built.
    pub program: Option<PathBuf>,
}

/// A workspace that is there, and what cargo is to do with it.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The workspace's folder; its members are folders in it.
    pub folder: &'a Path,
    /// The members that are asked about.
    pub packages: &'a [String],
    /// The subcommand, and its arguments.
    pub words: &'a [&'a str],
    /// What is said of a package that is done.
    pub done: &'static str,
    /// Where the artifacts go.
    pub target: &'a Path,
    /// What rustc may cost for one package.
    pub limits: process::Limits,
    /// How many packages may be worked on at once, if memory allows.
    pub jobs: usize,
    /// Whether rustc keeps what it needs to be quicker the next time.
    pub is_incremental: bool,
}

/// Checks `packages`, all of them folders in `out`.
///
/// # Errors
///
/// Fails when the workspace cannot be made or cargo cannot be run.
pub fn check(
    out: &Path,
    packages: &[String],
    limits: process::Limits,
    jobs: usize,
    progress: &Progress,
) -> Result<BTreeMap<String, Verdict>, CheckError> {
    let out = out.canonicalize().map_err(prepare(out))?;
    make_workspace(&out, packages)?;
    let words = ["check", "--lib", "--all-features"];
    let target = out.join("target");
    let task = Task {
        folder: &out,
        packages,
        words: &words,
        done: "checked",
        target: &target,
        limits,
        jobs,
        // Nobody changes a line of these crates and builds again: what that needs is only slow and large.
        is_incremental: false,
    };
    compile(&task, progress)
}

/// Runs cargo over a workspace, and tells what became of the packages.
///
/// # Errors
///
/// Fails when cargo cannot be run.
pub fn compile(task: &Task<'_>, progress: &Progress) -> Result<BTreeMap<String, Verdict>, CheckError> {
    let Task { folder, packages, limits, .. } = *task;
    let notes = folder.join(store::FOLDER).join("checks");
    fs::create_dir_all(&notes).map_err(prepare(&notes))?;
    let wrapper = Wrapper { notes, seconds: limits.time.as_secs(), bytes: limits.memory };
    wrapper.clear(packages);
    let program = wrapper_program(&folder.join(store::FOLDER))?;
    let offline = is_complete(task);
    let mut command = cargo(task).map_err(CheckError::Cargo)?;
    command.args(task.words).args(["--workspace", "--keep-going", "--message-format=json"]);
    command.arg("--jobs").arg(jobs_within_memory(task.jobs, limits.memory).to_string());
    command.args(offline.then_some("--offline"));
    let setup = serde_json::to_string(&wrapper).map_err(|error| CheckError::Cargo(error.into()))?;
    // A wrapper that caches would not know what to make of ours.
    command.env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", program).env(VARIABLE, setup);
    let mut found = Found::new(folder, packages, task.done);
    let words = listen(&mut command, &wrapper, progress, &mut found).map_err(CheckError::Cargo)?;
    Ok(found.verdicts(&wrapper, &words))
}

/// As many as fit, at least one.
fn jobs_within_memory(jobs: usize, limit: u64) -> usize {
    let each = EXPECTED_BYTES.min(limit).max(1);
    let fitting = system::available_memory().map_or(jobs, |bytes| usize::try_from(bytes / each).unwrap_or(jobs));
    jobs.min(fitting).max(1)
}

/// `Cargo.toml` and `Cargo.lock` around the crates. The versions are those of this repository.
fn make_workspace(out: &Path, packages: &[String]) -> Result<(), CheckError> {
    if let Some(change) = write::plan_workspace(out, &packages.iter().cloned().collect())? {
        write::write_file(&out.join(&change.path), change.after.as_deref().unwrap_or_default())?;
    }
    let lock = workspace::repository().join("Cargo.lock");
    match plain_file::read_to_string(&lock) {
        Ok(text) => Ok(write::write_file(&out.join("Cargo.lock"), &text)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(prepare(&lock)(error)),
    }
}

/// This program under a name that stays: cargo builds again what another wrapper has built.
fn wrapper_program(folder: &Path) -> Result<PathBuf, CheckError> {
    let program = folder.join("rustc-wrapper").with_extension(std::env::consts::EXE_EXTENSION);
    let itself = std::env::current_exe().map_err(prepare(&program))?;
    if let Err(error) = fs::remove_file(&program)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(prepare(&program)(error));
    }
    // Not a link: that would lead nowhere once the program is built anew.
    fs::hard_link(&itself, &program).or_else(|_| fs::copy(&itself, &program).map(drop)).map_err(prepare(&program))?;
    Ok(program)
}

fn cargo(task: &Task<'_>) -> io::Result<Command> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = system::tied(&program)?;
    command.current_dir(task.folder).stdin(Stdio::null());
    // What the cargo that runs this program says of it is not about these crates.
    for name in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
        command.env_remove(name);
    }
    command.env("CARGO_TARGET_DIR", task.target);
    command.env("CARGO_INCREMENTAL", if task.is_incremental { "1" } else { "0" }).env("CARGO_PROFILE_DEV_DEBUG", "0");
    Ok(command)
}

/// Whether all that the crates need is on this machine: then the network is not asked.
fn is_complete(task: &Task<'_>) -> bool {
    let Ok(mut command) = cargo(task) else { return false };
    command.args(["metadata", "--format-version", "1", "--offline"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs cargo to its end, and returns what it wrote for people.
fn listen(command: &mut Command, wrapper: &Wrapper, progress: &Progress, found: &mut Found) -> io::Result<String> {
    let mut child = Ending(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
    let words = child.0.stderr.take().map(|mut stream| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    let (sender, lines) = channel();
    if let Some(stdout) = child.0.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                if let Some((package, line, failed)) = found.hear(&line) {
                    progress.finish(&package, &line, failed);
                }
            }
            Err(RecvTimeoutError::Timeout) => progress.set_running(wrapper.running()),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    child.0.wait()?;
    Ok(words.and_then(|words| words.join().ok()).unwrap_or_default())
}

/// A cargo that ends when this is dropped.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A line of cargo's (Cargo reference, "JSON messages").
#[derive(Deserialize)]
struct Line {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    message: Option<CompilerMessage>,
    executable: Option<PathBuf>,
}

/// A finding of rustc's (rustc book, "JSON Output").
#[derive(Deserialize)]
struct CompilerMessage {
    level: String,
    message: String,
    code: Option<Code>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    column_start: usize,
    is_primary: bool,
}

/// What cargo has said so far.
struct Found {
    out: PathBuf,
    done: &'static str,
    packages: BTreeMap<String, Heard>,
    /// The first error in what the crates need.
    elsewhere: Option<Failure>,
}

#[derive(Clone, Default)]
struct Heard {
    is_done: bool,
    errors: usize,
    warnings: usize,
    first: Option<Failure>,
    program: Option<PathBuf>,
}

impl Found {
    fn new(out: &Path, packages: &[String], done: &'static str) -> Self {
        let packages = packages.iter().map(|name| (name.clone(), Heard::default())).collect();
        Self { out: out.to_path_buf(), done, packages, elsewhere: None }
    }

    /// Takes a line; returns the package that is done with it, what to say of it, and whether it failed.
    fn hear(&mut self, line: &[u8]) -> Option<(String, String, bool)> {
        let line: Line = serde_json::from_slice(line).ok()?;
        let folder = line.manifest_path.parent()?;
        let name = folder.file_name()?.to_str()?.to_owned();
        let heard = match self.packages.get_mut(&name) {
            Some(heard) if folder.parent() == Some(&self.out) => heard,
            _ => {
                self.hear_elsewhere(&name, line.message);
                return None;
            }
        };
        match (line.reason.as_str(), line.message) {
            ("compiler-artifact", _) if !heard.is_done => {
                heard.is_done = true;
                heard.program = line.executable;
                Some((name, self.done.to_owned(), false))
            }
            ("compiler-message", Some(message)) => {
                let failure = heard.take(message, &self.out)?;
                Some((name, failure.to_string(), true))
            }
            _ => None,
        }
    }

    fn hear_elsewhere(&mut self, name: &str, message: Option<CompilerMessage>) {
        if let Some(message) = message.filter(CompilerMessage::is_error) {
            let text = format!("`{name}` does not compile: {}", message.message);
            self.elsewhere.get_or_insert_with(|| Failure::new(codes::NOT_CHECKED, &text));
        }
    }

    /// What became of each package, in the end. `words` is what cargo wrote for people.
    fn verdicts(self, wrapper: &Wrapper, words: &str) -> BTreeMap<String, Verdict> {
        let elsewhere = self.elsewhere;
        let verdict = |(name, heard): (String, Heard)| {
            let note = wrapper.note(&name);
            let check = Check {
                milliseconds: note.as_ref().map(|note| note.milliseconds),
                peak_bytes: note.as_ref().and_then(|note| note.peak_bytes),
                warnings: heard.warnings,
            };
            let limit = note.and_then(|note| note.limit);
            let failure = match (heard.first, limit) {
                (Some(first), _) => Some(first.first_of(heard.errors)),
                (None, _) if heard.is_done => None,
                (None, Some(code)) => Some(Failure::new(&code, "rustc was ended")),
                (None, None) => {
                    Some(elsewhere.clone().unwrap_or_else(|| Failure::new(codes::NOT_CHECKED, about(&name, words))))
                }
            };
            (name, Verdict { check, failure, program: heard.program })
        };
        self.packages.into_iter().map(verdict).collect()
    }
}

impl CompilerMessage {
    /// Whether it is an error, and not the line that sums errors up.
    fn is_error(&self) -> bool {
        self.level.starts_with("error") && !(self.code.is_none() && self.message.starts_with("aborting due to"))
    }
}

impl Heard {
    /// Counts a finding; returns it when it is the package's first error.
    fn take(&mut self, message: CompilerMessage, out: &Path) -> Option<Failure> {
        if message.level == "warning" && !message.spans.is_empty() {
            self.warnings += 1;
        }
        if !message.is_error() {
            return None;
        }
        self.errors += 1;
        if self.first.is_some() {
            return None;
        }
        let code = message.code.as_ref().map_or("", |code| code.code.as_str());
        let mut failure = Failure::new(code, &message.message);
        if let Some(span) = message.spans.iter().find(|span| span.is_primary) {
            // rustc is run in the workspace's folder, and names files from there.
            let file = codegen::sanitize::path(&out.join(&span.file_name));
            failure = failure.in_file(&file, Some((span.line_start, span.column_start)));
        }
        self.first = Some(failure.clone());
        Some(failure)
    }
}

/// What cargo wrote about a package, or at all.
fn about<'w>(package: &str, words: &'w str) -> &'w str {
    let quoted = format!("`{package}`");
    let of_package = words.lines().find(|line| line.starts_with("error") && line.contains(&quoted));
    let any = words.lines().find(|line| line.starts_with("error"));
    of_package.or(any).unwrap_or("cargo ended before it came to it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(package: &str, level: &str, text: &str, spans: serde_json::Value) -> Vec<u8> {
        let line = json!({
            "reason": "compiler-message", "manifest_path": format!("/out/{package}/Cargo.toml"),
            "message": {"level": level, "message": text, "code": {"code": "E0124"}, "spans": spans},
        });
        line.to_string().into_bytes()
    }

    fn found() -> (Found, Wrapper, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let wrapper = Wrapper { notes: folder.path().to_path_buf(), seconds: 1, bytes: 1 };
        let packages = ["good", "bad", "never"].map(str::to_owned);
        (Found::new(Path::new("/out"), &packages, "checked"), wrapper, folder)
    }

    #[test]
    fn messages_are_sorted_by_package_and_the_first_error_is_kept() {
        let (mut found, wrapper, _folder) = found();
        let span = json!([
            {"file_name": "bad/src/x.rs", "line_start": 9, "column_start": 9, "is_primary": false},
            {"file_name": "bad/src/types.rs", "line_start": 3, "column_start": 5, "is_primary": true},
        ]);
        let artifact = json!({
            "reason": "compiler-artifact", "manifest_path": "/out/good/Cargo.toml", "executable": "/target/good",
        });
        assert_eq!(found.hear(&message("good", "warning", "unused", span.clone())), None);
        let heard = found.hear(artifact.to_string().as_bytes());
        assert_eq!(heard, Some(("good".to_owned(), "checked".to_owned(), false)));
        assert!(found.hear(&message("bad", "error", "declared twice", span.clone())).unwrap().2);
        assert_eq!(found.hear(&message("bad", "error", "another", span)), None);
        assert_eq!(found.hear(b"no message"), None);
        let words = "error: no matching package\nerror: could not compile `never` (lib) (signal: 9)";
        let verdicts = found.verdicts(&wrapper, words);
        let good = Check { warnings: 1, ..Check::default() };
        assert_eq!(verdicts["good"], Verdict { check: good, failure: None, program: Some("/target/good".into()) });
        let failure = |name: &str| verdicts[name].failure.as_ref().unwrap().to_string();
        assert_eq!(failure("bad"), "/out/bad/src/types.rs:3:5: error[E0124]: declared twice (and 1 more)");
        assert_eq!(failure("never"), "error[not-checked]: error: could not compile `never` (lib) (signal: 9)");
    }

    #[test]
    fn a_limit_and_a_broken_dependency_are_told_from_the_crates_own_errors() {
        let (mut found, wrapper, folder) = found();
        found.hear(&message("../runtime", "error", "mismatched types", json!([])));
        let note = super::super::rustc::Note {
            milliseconds: 7,
            peak_bytes: Some(8),
            limit: Some(process::TIME_LIMIT.to_owned()),
        };
        std::fs::write(folder.path().join("bad.json"), serde_json::to_string(&note).unwrap()).unwrap();
        let verdicts = found.verdicts(&wrapper, "");
        let code = |name: &str| verdicts[name].failure.as_ref().unwrap().code.clone();
        assert_eq!((code("bad"), code("never")), (process::TIME_LIMIT.to_owned(), codes::NOT_CHECKED.to_owned()));
        assert_eq!(verdicts["bad"].check, Check { milliseconds: Some(7), peak_bytes: Some(8), warnings: 0 });
        assert!(verdicts["never"].failure.as_ref().unwrap().message.contains("`runtime` does not compile"));
    }

    #[test]
    fn at_least_one_runs_and_never_more_than_asked_for() {
        assert_eq!(jobs_within_memory(4, 0), 4);
        assert_eq!(jobs_within_memory(0, u64::MAX), 1);
    }
}
