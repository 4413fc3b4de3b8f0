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
    compile::{self, Compiled, Options},
    diagnostics::{Diagnostic, Diagnostics, Severity},
    load::Document,
    pipeline::{self, Findings, Sources},
    stack::on_large_stack,
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
    compiled: Option<Compiled>,
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

/// All passes up to the crate; none when there is an error among the findings. Those that make code run in
/// a process of their own, within `limits`.
pub fn run(sources: Sources, options: &Options, limits: process::Limits) -> (Option<Compiled>, Findings) {
    let mut checked = pipeline::check(sources, options.lenient);
    let compiled = if checked.diagnostics.has_errors() {
        None
    } else {
        let options = Options { lenient: checked.lenient, ..options.clone() };
        compile(&checked.document, &options, limits, &mut checked.diagnostics)
    };
    (compiled, checked.into_findings())
}

/// The crate, made elsewhere; none when there is an error among the findings.
pub fn compile(
    document: &Document,
    options: &Options,
    limits: process::Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Compiled> {
    let job = Job { stem: document.stem.clone(), options: options.clone() };
    let mut answer: Option<Answer> = None;
    let ended = start(&job, &document.value, limits).and_then(|(mut command, job)| {
        let ended = process::run(&mut command, limits, |line| answer = heard(line));
        drop(job);
        ended
    });
    match (ended, answer) {
        (Ok(Ended { ending: Ending::Exited(_), .. }), Some(answer)) => {
            diagnostics.extend(answer.findings.into_iter().map(Finding::received));
            answer.compiled.filter(|_| !diagnostics.has_errors())
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
    let compiled = compile::compile(&job.stem, &document, &job.options, &|| {}, &mut diagnostics);
    let answer = Answer { compiled, findings: diagnostics.iter().map(Finding::sent).collect() };
    match on_large_stack("answer", || say(&answer)) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Failed,
    }
}

fn say(answer: &Answer) -> io::Result<()> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut output, answer)?;
    output.write_all(b"\n")?;
    output.flush()
}

/// What was said in a line. A plan nests as deep as its types, which are no deeper than the document's process bore.
fn heard(line: &[u8]) -> Option<Answer> {
    on_large_stack("answer", || {
        let mut deserializer = serde_json::Deserializer::from_slice(line);
        deserializer.disable_recursion_limit();
        Answer::deserialize(&mut deserializer).ok()
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{emit::RuntimeDependency, plan::TypeRef};

    #[test]
    fn a_plan_comes_back_beside_its_files_however_deep_its_types_are() {
        let schemas = serde_json::json!({"A": {"type": "string"}});
        let document = serde_json::json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": schemas}});
        let options = Options { lenient: false, runtime: RuntimeDependency::Workspace };
        let mut compiled = compile::compile("t", &document, &options, &|| {}, &mut Diagnostics::default()).unwrap();
        let deep = (0..1000).fold(TypeRef::String, |inner, _| TypeRef::Array(Box::new(inner)));
        compiled.plan.schemas.insert("/deep".to_owned(), deep);
        let answer = Answer { compiled: Some(compiled.clone()), findings: Vec::new() };
        let mut line = Vec::new();
        on_large_stack("test", || serde_json::to_writer(&mut line, &answer)).unwrap();
        let heard = heard(&line).unwrap().compiled.unwrap();
        assert_eq!(heard.plan, compiled.plan);
        assert_eq!(heard.files.files, compiled.files.files);
    }
}
