//! rustc under limits: what cargo calls in rustc's place for the crates of the corpus.
//!
//! Cargo tells neither how long a crate took nor how much memory, and ends none that takes too much. So it is told to run
//! rustc through this program (Cargo reference, `build.rustc-workspace-wrapper`), which notes both down for each package.

use crate::process::milliseconds;
use crate::{
    process::{self, Ending, system},
    terminal::Exit,
};
use codegen::plain_file;
use serde::{Deserialize, Serialize};
use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
    process::Command,
    time::Duration,
};

/// The environment variable that makes this program a wrapper of rustc: a [`Wrapper`] as JSON.
pub const VARIABLE: &str = "SWITCHBOARD_CORPUS_RUSTC";

/// What a wrapper works with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wrapper {
    /// Where the notes go.
    pub notes: PathBuf,
    /// How long rustc may take for a package, in seconds.
    pub seconds: u64,
    /// How much memory it may hold, in bytes.
    pub bytes: u64,
}

/// What is noted down of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How long rustc took.
    pub milliseconds: u64,
    /// The most memory it held.
    pub peak_bytes: Option<u64>,
    /// Which limit ended it, by the code of the failure.
    pub limit: Option<String>,
}

impl Wrapper {
    /// The limits.
    pub fn limits(&self) -> process::Limits {
        process::Limits { time: Duration::from_secs(self.seconds), memory: self.bytes }
    }

    fn note_path(&self, package: &str) -> PathBuf {
        self.notes.join(format!("{package}.json"))
    }

    fn mark_path(&self, package: &str) -> PathBuf {
        self.notes.join(format!("{package}.running"))
    }

    /// The note of a package, if rustc was ever run for it.
    pub fn note(&self, package: &str) -> Option<Note> {
        serde_json::from_slice(&plain_file::read(&self.note_path(package)).ok()?).ok()
    }

    /// The packages that rustc is at.
    pub fn running(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(&self.notes) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".running")?.to_owned()))
            .collect();
        names.sort();
        names
    }

    /// Removes what a run that was ended left behind, and the notes of packages that rustc did not finish.
    pub fn clear(&self, packages: &[String]) {
        for package in self.running() {
            let _ = std::fs::remove_file(self.mark_path(&package));
        }
        for package in packages {
            if self.note(package).is_some_and(|note| note.limit.is_some()) {
                let _ = std::fs::remove_file(self.note_path(package));
            }
        }
    }
}

/// Runs as a wrapper if that is what this process was started for.
pub fn as_wrapper() -> Option<Exit> {
    let setup = std::env::var(VARIABLE).ok()?;
    let mut words = std::env::args_os().skip(1);
    let rustc = words.next()?;
    // Cargo itself is started by this program under another name, with the same environment.
    if rustc == system::EXEC {
        return None;
    }
    let setup: Wrapper = serde_json::from_str(&setup).ok()?;
    Some(wrap(&setup, &rustc, words.collect()))
}

fn wrap(setup: &Wrapper, rustc: &OsStr, words: Vec<OsString>) -> Exit {
    // Cargo sets it for packages only, not when it asks rustc who it is.
    let package = std::env::var("CARGO_PKG_NAME").ok().filter(|name| crate::write::check_name(name).is_ok());
    let Some(package) = package else {
        let error = system::become_program(Command::new(rustc).args(words));
        crate::terminal::complain(&format!("rustc cannot be run: {error}"));
        return Exit::Failed;
    };
    let Ok(mut command) = system::tied(rustc) else { return Exit::Failed };
    let _ = std::fs::write(setup.mark_path(&package), "");
    let ended = process::run_attached(command.args(words).env_remove(VARIABLE), setup.limits());
    let _ = std::fs::remove_file(setup.mark_path(&package));
    let Ok(ended) = ended else { return Exit::Failed };
    let (exit, limit) = match ended.ending {
        Ending::Exited(status) if status.success() => (Exit::Done, None),
        Ending::Exited(_) => (Exit::Failed, None),
        Ending::OutOfTime => (Exit::Failed, Some(process::TIME_LIMIT)),
        Ending::OutOfMemory => (Exit::Failed, Some(process::MEMORY_LIMIT)),
    };
    let note =
        Note { milliseconds: milliseconds(ended.time), peak_bytes: ended.peak_bytes, limit: limit.map(str::to_owned) };
    // Without a note, time and memory are unknown, and nothing else is lost.
    if let Ok(text) = serde_json::to_string(&note) {
        let _ = crate::write::write_file(&setup.note_path(&package), &text);
    }
    exit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_marks_are_found_by_package() {
        let folder = tempfile::tempdir().unwrap();
        let wrapper = Wrapper { notes: folder.path().to_path_buf(), seconds: 3, bytes: 5 };
        let note = Note { milliseconds: 1, peak_bytes: Some(2), limit: None };
        std::fs::write(wrapper.note_path("a"), serde_json::to_string(&note).unwrap()).unwrap();
        std::fs::write(wrapper.mark_path("c"), "").unwrap();
        std::fs::write(wrapper.mark_path("b"), "").unwrap();
        assert_eq!(wrapper.note("a"), Some(note));
        assert_eq!(wrapper.note("b"), None);
        assert_eq!(wrapper.running(), ["b", "c"]);
        let limited = Note { limit: Some("time-limit".to_owned()), ..Note::default() };
        std::fs::write(wrapper.note_path("b"), serde_json::to_string(&limited).unwrap()).unwrap();
        wrapper.clear(&["a".to_owned(), "b".to_owned()]);
        assert!(wrapper.running().is_empty() && wrapper.note("b").is_none() && wrapper.note("a").is_some());
        assert_eq!(wrapper.limits().time, Duration::from_secs(3));
    }
}
