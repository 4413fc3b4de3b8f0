//! One document from the outside: its worker is started and listened to, and the crate that it hands over is written.

use super::{
    Outcome, Stage,
    failure::Failure,
    select::Document,
    unions::Programs,
    worker::{Done, Job, Message},
};
use crate::{
    codes,
    fingerprint::Inputs,
    manifest::{Counts, Manifest},
    process::{self, Ended, Ending},
    worker,
    write::{Folder, Writer},
};
use codegen::{
    emit::{CrateFiles, Summary},
    load::Limits,
    sanitize,
};
use std::path::{Path, PathBuf};

/// What all documents are generated with.
pub struct Setup<'a> {
    /// The folder of crates.
    pub out: &'a Path,
    /// What a document's file may cost.
    pub file: Limits,
    /// What a document's process may cost.
    pub process: process::Limits,
    /// The folder of crates, held.
    pub writer: &'a Writer,
    /// The programs that test unions, if that is asked for.
    pub unions: Option<&'a Programs>,
}

/// How much memory a document is expected to take, in bytes: what decides how many are worked on at once, while the limit
/// decides how far one may go.
pub fn expected_bytes(document: &Document, limit: u64) -> u64 {
    /// Measured on documents of vendors: the program itself, and what the largest take for each byte of the file.
    const BASE: u64 = 64 << 20;
    const PER_BYTE: u64 = 600;
    BASE.saturating_add(document.bytes.saturating_mul(PER_BYTE)).min(limit)
}

/// Brings a document to a crate on the disk. `inputs` gets the files that the document turns out to be made of.
pub fn generate(document: &Document, inputs: &mut Inputs, setup: &Setup<'_>) -> Outcome {
    let mut heard = Heard::default();
    let ended = worker::run(&job(document, setup), setup.process, |line| heard.hear(line));
    let mut outcome = Outcome {
        file: document.file.clone(),
        package: document.package.clone(),
        operations: heard.operations,
        stage: heard.stage,
        ..Outcome::default()
    };
    match (ended, heard.done) {
        (Ok(Ended { ending: Ending::Exited(_), .. }), Some(done)) => {
            settle(&mut outcome, document, inputs, *done, setup)
        }
        (Ok(ended), _) => outcome.fail_with(&ended, setup.process),
        (Err(error), _) => {
            let message = format!("the document's process cannot be run: {error}");
            outcome.failure = Some(Failure::new(process::PROCESS_DIED, &message));
        }
    }
    if let Some(failure) = outcome.failure.take() {
        let failure = if failure.file.is_some() { failure } else { failure.in_file(&path(document), None) };
        outcome.failure = Some(failure);
    }
    outcome
}

fn path(document: &Document) -> String {
    sanitize::path(&document.input.document)
}

fn job(document: &Document, setup: &Setup<'_>) -> Job {
    Job {
        document: document.input.document.clone().into_os_string(),
        overlay: document.input.overlay.clone().map(PathBuf::into_os_string),
        package: document.package.clone(),
        out: setup.out.as_os_str().to_owned(),
        max_bytes: setup.file.max_bytes,
        unions: setup.unions.is_some(),
    }
}

/// What a worker has said so far.
#[derive(Default)]
struct Heard {
    stage: Option<Stage>,
    operations: usize,
    done: Option<Box<Done>>,
}

impl Heard {
    /// Takes a line; what is no message is somebody else's.
    fn hear(&mut self, line: &[u8]) {
        match serde_json::from_slice(line) {
            Ok(Message::Loaded(operations)) => {
                self.stage = Some(Stage::Loaded);
                self.operations = operations;
            }
            Ok(Message::Lowered) => self.stage = Some(Stage::Lowered),
            Ok(Message::Done(done)) => self.done = Some(done),
            Err(_) => {}
        }
    }
}

impl Outcome {
    /// The worker ended without a result.
    fn fail_with(&mut self, ended: &Ended, limits: process::Limits) {
        self.milliseconds = process::milliseconds(ended.time);
        self.peak_bytes = ended.peak_bytes;
        let (code, message) = ended.why(limits, "the document's process");
        self.failure = Some(Failure::new(code, &message));
    }
}

/// Takes over what a worker made.
fn settle(outcome: &mut Outcome, document: &Document, inputs: &mut Inputs, done: Done, setup: &Setup<'_>) {
    let Done { files, unions, summary: (operations, types, lines), methods, adaptations, warnings, failure, .. } = done;
    outcome.types = types;
    outcome.adaptations.clone_from(&adaptations);
    outcome.warnings = warnings;
    outcome.milliseconds = done.milliseconds;
    outcome.peak_bytes = done.peak_bytes;
    outcome.failure = failure;
    (outcome.beside, outcome.is_no_api) = (done.beside, done.is_no_api);
    inputs.parts = done.parts;
    let Some(files) = files.filter(|_| outcome.failure.is_none()) else {
        let nothing = || Failure::new(process::PROCESS_DIED, "there is neither a crate nor a finding");
        outcome.failure.get_or_insert_with(nothing);
        return;
    };
    outcome.operations_generated = methods;
    let files = CrateFiles { name: document.package.clone(), files, summary: Summary { operations, types, lines } };
    let counts = Counts { operations, types, lines, adaptations, warnings };
    let manifest = Manifest::new(document.file.clone(), inputs.clone(), warnings > 0, counts);
    let written = Folder::open(setup.out, &files.name)
        .and_then(|folder| folder.plan(&files, manifest))
        .and_then(|plan| setup.writer.commit(&plan));
    match written {
        Ok(()) => outcome.stage = Some(Stage::Generated),
        Err(error) => outcome.failure = Some(Failure::new(error.code(), &error.to_string())),
    }
    if let Some(programs) = setup.unions {
        let written = match &unions {
            Some(samples) => {
                programs.write(&document.package, &files.files, samples).map_err(|error| error.to_string())
            }
            None => Err("the unions cannot be sampled".to_owned()),
        };
        if let Err(error) = written {
            outcome.failure = Some(Failure::new(codes::NOT_CHECKED, &error));
        }
    }
    if outcome.failure.is_none() && methods != outcome.operations {
        let message = format!("the document has {} operations, the client {methods} methods", outcome.operations);
        outcome.failure = Some(Failure::new(codes::OPERATIONS_LOST, &message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_heard_up_to_where_it_came() {
        let mut heard = Heard::default();
        heard.hear(b"a library prints something");
        assert_eq!(heard.stage, None);
        heard.hear(&serde_json::to_vec(&Message::Loaded(7)).unwrap());
        assert_eq!((heard.stage, heard.operations), (Some(Stage::Loaded), 7));
        heard.hear(&serde_json::to_vec(&Message::Lowered).unwrap());
        heard.hear(b"{\"done\": ");
        assert_eq!(heard.stage, Some(Stage::Lowered));
        assert!(heard.done.is_none());
    }
}
