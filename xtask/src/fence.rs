//! The passes that make code, in a process of their own: a document that takes them too long, or too much memory, or
//! overflows their stack, costs its own crate and nothing else.
//!
//! What is wrong with a document has been said before: load and lint bound their own work. What remains are the passes
//! that follow a document's references and progenitor, which nobody here wrote.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    codes,
    process::{self, Ended, Ending, system},
    terminal::Exit,
};
use codegen::{
    compile::{self, Options},
    diagnostics::{Diagnostic, Diagnostics, Severity},
    emit::CrateFiles,
    load::Document,
    pipeline::{self, Findings, Sources},
};

/// The subcommand that a process is started with.
pub const COMMAND: &str = "compile-document";

/// What one document may cost. The largest that is known takes a tenth of it.
pub const LIMITS: process::Limits = process::Limits { time: Duration::from_secs(600), memory: 8 << 30 };

/// Addresses beyond the memory that may be held: stacks, and the program itself.
const SPARE_ADDRESSES: u64 = 2 << 30;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The process that waits for this one.
    #[arg(long)]
    parent: u32,
    /// The file with the job.
    #[arg(long)]
    job: PathBuf,
    /// How much memory may be asked for, in bytes.
    #[arg(long)]
    addresses: u64,
}

/// What is to be done, beside the document: that stands in a line of its own, no deeper than it was when it was read.
#[derive(Serialize, Deserialize)]
struct Job {
    stem: String,
    options: Options,
}

/// What came out.
#[derive(Serialize, Deserialize)]
struct Answer {
    files: Option<CrateFiles>,
    findings: Vec<Finding>,
}

/// A finding on its way between processes.
#[derive(Serialize, Deserialize)]
struct Finding {
    code: String,
    severity: Severity,
    message: String,
    pointer: String,
    help: Option<String>,
}

/// All passes up to the files of the crate; none when there is an error among the findings. Those that make code run in
/// a process of their own, within `limits`.
pub fn run(sources: Sources, options: &Options, limits: process::Limits) -> (Option<CrateFiles>, Findings) {
    let mut checked = pipeline::check(sources, options.lenient);
    let files = if checked.diagnostics.has_errors() {
        None
    } else {
        let options = Options { lenient: checked.lenient, ..options.clone() };
        compile(&checked.document, &options, limits, &mut checked.diagnostics)
    };
    (files, checked.into_findings())
}

/// The crate's files, made elsewhere; none when there is an error among the findings.
pub fn compile(
    document: &Document,
    options: &Options,
    limits: process::Limits,
    diagnostics: &mut Diagnostics,
) -> Option<CrateFiles> {
    let job = Job { stem: document.stem.clone(), options: options.clone() };
    let mut answer: Option<Answer> = None;
    let ended = start(&job, &document.value, limits).and_then(|(mut command, job)| {
        let ended = process::run(&mut command, limits, |line| answer = serde_json::from_slice(line).ok());
        drop(job);
        ended
    });
    match (ended, answer) {
        (Ok(Ended { ending: Ending::Exited(_), .. }), Some(answer)) => {
            diagnostics.extend(answer.findings.into_iter().map(Finding::received));
            answer.files.filter(|_| !diagnostics.has_errors())
        }
        (Ok(ended), _) => {
            let (code, message) = ended.why(limits, "the document's process");
            diagnostics.push(Diagnostic::error(code, "", message));
            None
        }
        (Err(error), _) => {
            diagnostics.push(Diagnostic::error(
                process::PROCESS_DIED,
                "",
                format!("the document's process cannot be run: {error}"),
            ));
            None
        }
    }
}

/// The command that does the job, and the file that holds it while it is done.
fn start(job: &Job, document: &Value, limits: process::Limits) -> io::Result<(Command, tempfile::NamedTempFile)> {
    let mut file = tempfile::NamedTempFile::new()?;
    let mut output = io::BufWriter::new(&mut file);
    serde_json::to_writer(&mut output, job)?;
    output.write_all(b"\n")?;
    serde_json::to_writer(&mut output, document)?;
    output.flush()?;
    drop(output);
    let mut command = Command::new(system::this_program()?);
    command.arg(COMMAND).arg("--parent").arg(std::process::id().to_string());
    command.arg("--job").arg(file.path());
    command.arg("--addresses").arg(limits.memory.saturating_add(SPARE_ADDRESSES).to_string());
    Ok((command, file))
}

/// Does the job, and says on standard output what came out.
pub fn work(arguments: &Arguments) -> Exit {
    if !system::end_with(arguments.parent) {
        return Exit::Failed;
    }
    system::limit_addresses(arguments.addresses);
    let Ok((job, document)) = read(&arguments.job) else { return Exit::Failed };
    let mut diagnostics = Diagnostics::default();
    let files = compile::compile(&job.stem, &document, &job.options, &|| {}, &mut diagnostics);
    let answer = Answer { files, findings: diagnostics.iter().map(Finding::sent).collect() };
    let mut output = io::BufWriter::new(io::stdout().lock());
    let said = serde_json::to_writer(&mut output, &answer).map_err(io::Error::from);
    match said.and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush()) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Failed,
    }
}

fn read(path: &Path) -> io::Result<(Job, Value)> {
    let text = fs::read_to_string(path)?;
    let (job, document) = text.split_once('\n').ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok((serde_json::from_str(job)?, serde_json::from_str(document)?))
}

impl Finding {
    fn sent(finding: &Diagnostic) -> Self {
        Self {
            code: finding.code.to_owned(),
            severity: finding.severity,
            message: finding.message.clone(),
            pointer: finding.pointer.clone(),
            help: finding.help.clone(),
        }
    }

    fn received(self) -> Diagnostic {
        // Every code is explained: the registry has its own copy of it.
        let code = codes::find(&self.code).map_or("internal-error", |explanation| explanation.code);
        let finding = Diagnostic::new(self.severity, code, self.pointer, self.message);
        Diagnostic { help: self.help, ..finding }
    }
}
