//! `regen`: all documents to crates. One document's faults never stop the others.
//!
//! First every document is brought to a crate in memory, side by side; then names are compared, for two documents may
//! ask for one name; then what differs is written.

use crate::{
    commands::input::InputArguments,
    commands::{changes, difference, table},
    dependents,
    fence::{self, Traced},
    file::{self, FileError},
    fingerprint::{Inputs, hash},
    history::{self, Generated, History, HistoryError, Settled},
    manifest::{Counts, Manifest},
    report::{self, ApiReport, Report, Status},
    terminal::{Exit, complain_with_help, show, show_findings},
    workspace::{self, Layout, WorkspaceError},
    write::{self, Folder, Update, WriteError, Writer},
};
use clap::Args;
use codegen::{
    compile::Options,
    diagnostics::{Diagnostic, Severity},
    diff::{change::Change, version::Version},
    emit::CrateFiles,
    pipeline::{self, Findings, Input},
    render::{Look, render, render_plain},
    sanitize,
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use thiserror::Error;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Write nothing; show what would change, and fail if anything would.
    #[arg(long)]
    check: bool,
    /// Only this API, by its document's file name without its ending; may be given several times.
    #[arg(long = "api", value_name = "NAME")]
    apis: Vec<String>,
    /// The folder that gets the crates; any but this repository's `crates` becomes a workspace that builds by itself.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write what was done and found to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Generate also what has not changed.
    #[arg(long)]
    force: bool,
    /// Leave versions that somebody has lowered, although what has changed since the last release asks for more.
    #[arg(long)]
    allow_breaking: bool,
    /// Take what is generated now for what is released in the version that the crate has: changes are counted from here.
    #[arg(long)]
    as_released: bool,
    #[command(flatten)]
    input: InputArguments,
}

impl Arguments {
    /// What `regen --api NAME` says.
    pub fn of_api(name: &str, out: Option<PathBuf>, input: InputArguments) -> Self {
        let apis = vec![name.to_owned()];
        Self { check: false, apis, out, report: None, force: false, allow_breaking: false, as_released: false, input }
    }

    /// Whether what shows the crates counts as released as well: with all of them, not with some, for what it has to tell of
    /// the others is still to come.
    fn all_are_released(&self) -> bool {
        self.as_released && self.apis.is_empty()
    }
}

/// Why there was no run.
#[derive(Debug, Error)]
enum RegenError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("`--specs` needs `--out`: crates of other documents do not belong in this repository")]
    SpecsWithoutOut,
    #[error("the report cannot be written to `{}`: {error}", path.display())]
    Report { path: PathBuf, error: io::Error },
    #[error("threads cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Licence(#[from] FileError),
}

impl RegenError {
    fn exit(&self) -> Exit {
        match self {
            Self::Workspace(_) | Self::SpecsWithoutOut | Self::Report { .. } => Exit::Usage,
            Self::Threads(_) | Self::Write(_) | Self::Licence(_) => Exit::Failed,
        }
    }

    fn help(&self) -> Option<&'static str> {
        if let Self::Write(error) = self { Some(error.help()) } else { None }
    }
}

/// Generates, writes or compares, and shows what was done.
pub fn run(arguments: &Arguments) -> Exit {
    regen(arguments).unwrap_or_else(|error| {
        complain_with_help(&error, error.help());
        error.exit()
    })
}

/// One API on its way.
struct Api {
    input: Input,
    inputs: Inputs,
    findings: Findings,
    state: State,
    time: Duration,
}

enum State {
    Failed,
    Skipped { folder: String, counts: Counts },
    Compiled(Box<(CrateFiles, Generated)>),
    Done(Box<Done>),
}

/// A crate that is written, or compared.
struct Done {
    folder: String,
    counts: Counts,
    status: Status,
    files: usize,
    unchanged: usize,
    /// How it differs, where that is all that is wanted.
    diff: String,
    /// Its version, and that of its last release.
    version: Settled,
    /// What has changed since then.
    changes: Vec<Change>,
}

impl Api {
    fn fail(&mut self, finding: Diagnostic) {
        self.findings.diagnostics.push(finding);
        self.state = State::Failed;
    }

    fn overlay(&self) -> Option<PathBuf> {
        self.input.overlay.clone()
    }

    /// Whether the file describes no API and is one of `parts`.
    fn is_part(&self, parts: &BTreeSet<String>) -> bool {
        let name = self.input.document.file_name().unwrap_or_default().to_string_lossy();
        parts.contains(name.as_ref()) && self.findings.is_no_api()
    }

    /// The folder that the API's crate has or is to have.
    fn folder(&self) -> Option<&str> {
        match &self.state {
            State::Failed => None,
            State::Skipped { folder, .. } => Some(folder),
            State::Done(done) => Some(&done.folder),
            State::Compiled(compiled) => Some(&compiled.0.name),
        }
    }
}

/// What a run works with.
struct Run<'a> {
    arguments: &'a Arguments,
    layout: Layout,
    /// The generated crates as they were before.
    known: BTreeMap<String, Manifest>,
    /// The licences that go into each crate: elsewhere it is for whoever has the crates to say what may be done with them.
    licences: BTreeMap<String, String>,
}

fn regen(arguments: &Arguments) -> Result<Exit, RegenError> {
    let started = Instant::now();
    if arguments.input.specs.is_some() && arguments.out.is_none() {
        return Err(RegenError::SpecsWithoutOut);
    }
    let layout = Layout::new(arguments.input.specs.clone(), arguments.out.clone())?;
    let inputs = workspace::inputs(&layout.specs, &arguments.apis)?;
    if let Some(report) = &arguments.report {
        // What is known before the work is done is not found out after it.
        file::check_writable(report).map_err(|error| RegenError::Report { path: report.clone(), error })?;
    }
    let writer = if arguments.check { None } else { Some(Writer::open(&layout.out, &layout.staging)?) };
    let known = workspace::generated_crates(&layout.out);
    let licences = if layout.own_workspace { BTreeMap::new() } else { workspace::licences(&workspace::repository())? };
    let run = Run { arguments, layout, known, licences };
    let pool = rayon::ThreadPoolBuilder::new().build()?;
    let mut apis: Vec<Api> = pool.install(|| inputs.into_par_iter().map(|input| run.generate(input)).collect());
    drop_parts(&mut apis);
    run.refuse_shared_names(&mut apis);
    pool.install(|| apis.par_iter_mut().for_each(|api| run.settle(api, writer.as_ref())));
    let workspace = run.settle_workspace(writer.as_ref(), &apis)?;
    run.finish(&apis, &workspace, started.elapsed())
}

/// Leaves out the files that describe no API and that a document beside them refers to: they are parts of that.
fn drop_parts(apis: &mut Vec<Api>) {
    let parts: BTreeSet<String> = apis.iter().flat_map(|api| api.inputs.parts.keys().cloned()).collect();
    let overlays: Vec<PathBuf> = apis.iter().filter(|api| !api.is_part(&parts)).filter_map(Api::overlay).collect();
    apis.retain(|api| {
        // An overlay that nothing is done with must not go unnoticed.
        let is_passed_over = api.overlay().is_some_and(|overlay| !overlays.contains(&overlay));
        !api.is_part(&parts) || is_passed_over
    });
}

impl Run<'_> {
    /// The crate that a document has so far.
    fn former(&self, input: &Input) -> Option<(&String, &Manifest)> {
        let source = input.document.file_name()?.to_string_lossy();
        self.known.iter().find(|(_, manifest)| manifest.source == source)
    }

    /// What the crate of a document is made with: among it the names that it has.
    fn options(&self, input: &Input) -> Options {
        let names = self.former(input).map(|(_, manifest)| manifest.names.clone()).unwrap_or_default();
        Options { lenient: self.arguments.input.lenient, runtime: self.layout.runtime.clone(), names }
    }

    /// Reads a document and brings it to a crate in memory, unless nothing has changed.
    fn generate(&self, input: Input) -> Api {
        let started = Instant::now();
        let sources = pipeline::read(&input, self.arguments.input.limits());
        let overlay = sources.overlay.as_ref().map(|file| file.text.as_str());
        let inputs = Inputs::new(&sources.document.text, overlay, &self.layout.runtime);
        if !sources.diagnostics.has_errors()
            && let Some((folder, manifest)) = self.unchanged(&input, &inputs)
        {
            let state = State::Skipped { folder: folder.clone(), counts: manifest.summary.clone() };
            let inputs = manifest.inputs.clone();
            return Api { input, inputs, findings: Findings::default(), state, time: started.elapsed() };
        }
        // What cannot be read is said where the version is settled.
        let released =
            self.former(&input).and_then(|(folder, _)| history::released(&self.layout.out.join(folder)).ok()?);
        let (made, findings) = fence::run_traced(sources, &self.options(&input), released, fence::LIMITS);
        let inputs = inputs.with_parts(&self.layout.specs, &findings.parts, &findings.missing);
        let state = made.map_or(State::Failed, |(compiled, traced)| {
            let Traced { face, document, changes } = traced;
            let generated = Generated { names: compiled.plan.names, face, document, changes };
            State::Compiled(Box::new((compiled.files, generated)))
        });
        Api { input, inputs, findings, state, time: started.elapsed() }
    }

    /// The crate that was made from the same inputs, where it still is as it was made.
    fn unchanged(&self, input: &Input, inputs: &Inputs) -> Option<(&String, &Manifest)> {
        if self.arguments.check || self.arguments.force || self.arguments.as_released {
            return None;
        }
        let lenient = self.arguments.input.lenient;
        let limits = self.arguments.input.limits();
        self.former(input).filter(|(folder, manifest)| {
            manifest.version.is_some()
                && inputs.are_still(&manifest.inputs, &self.layout.specs, limits)
                && (lenient || !manifest.lenient)
                && write::is_untouched(&self.layout.out.join(folder), manifest)
                && self.has_licences(manifest)
        })
    }

    /// Whether a crate has the licences as they are now, and no others.
    fn has_licences(&self, manifest: &Manifest) -> bool {
        let own = manifest.files.iter().filter(|(name, _)| name.starts_with(workspace::LICENCE));
        let wanted = self.licences.iter().map(|(name, text)| (name, hash(text.as_bytes())));
        own.map(|(name, hash)| (name, hash.clone())).eq(wanted)
    }

    /// Two documents cannot have one crate, and neither can take that of a document that is not part of this run.
    fn refuse_shared_names(&self, apis: &mut [Api]) {
        let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for api in apis.iter() {
            if let Some(folder) = api.folder() {
                owners.entry(folder.to_owned()).or_default().push(sanitize::path(&api.input.document));
            }
        }
        for (folder, manifest) in &self.known {
            let path = self.layout.specs.join(&manifest.source);
            let shown = sanitize::path(&path);
            if let Some(owners) = owners.get_mut(folder).filter(|owners| !owners.contains(&shown))
                && path.is_file()
                && !self.moves_away(apis, &manifest.source)
            {
                owners.push(shown);
                owners.sort();
            }
        }
        for api in apis {
            let Some(folder) = api.folder().map(str::to_owned) else { continue };
            let Some(owners) = owners.get(&folder).filter(|owners| owners.len() > 1) else { continue };
            let message = format!("several documents give a crate named `{folder}`: {}", owners.join(", "));
            let finding = Diagnostic::error("duplicate-package", "/x-switchboard-crate/name", message).with_help(
                "give one of them another name with `\"x-switchboard-crate\": {\"name\": \"…\"}` at the document's root, \
                 in the overlay",
            );
            api.fail(finding);
        }
    }

    /// Whether the document `source` is part of this run and gets a crate of another name.
    fn moves_away(&self, apis: &[Api], source: &str) -> bool {
        apis.iter().any(|api| {
            api.folder().is_some()
                && api.input.document.file_name().is_some_and(|name| name.to_string_lossy() == source)
        })
    }

    /// Writes the crate, or says how it differs.
    fn settle(&self, api: &mut Api, writer: Option<&Writer>) {
        let started = Instant::now();
        let (mut files, generated) = match std::mem::replace(&mut api.state, State::Failed) {
            State::Compiled(compiled) => *compiled,
            other => return api.state = other,
        };
        let summary = files.summary;
        let counts = report::counts(&api.findings, summary.operations, summary.types, summary.lines);
        let folder = match Folder::open(&self.layout.out, &files.name) {
            Ok(folder) => folder,
            Err(error) => return api.fail(not_written(&error)),
        };
        let settled = match self.settle_version(&mut files, folder.former(), &generated) {
            Ok(settled) => settled,
            Err(error) => {
                let finding = Diagnostic::error(error.code(), "/info", format!("`{}`: {error}", files.name));
                return api.fail(finding.with_help(error.help()));
            }
        };
        let source = api.input.document.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let lenient = self.arguments.input.lenient && counts.warnings > 0;
        let manifest = Manifest::new(source, api.inputs.clone(), lenient, counts.clone())
            .with_names(generated.names)
            .with_version(settled.version.clone(), settled.least.clone(), settled.allowed.clone());
        let planned = folder.plan(&files, manifest).and_then(|plan| {
            if let Some(writer) = writer {
                writer.commit(&plan)?;
            }
            Ok(plan)
        });
        match planned {
            Ok(plan) => {
                let done = self.done(files.name, counts, &plan, settled, generated.changes);
                api.state = State::Done(Box::new(done));
            }
            Err(error) => api.fail(not_written(&error)),
        }
        api.time += started.elapsed();
    }

    /// Gives the files of a crate its version and what goes with it.
    fn settle_version(
        &self,
        files: &mut CrateFiles,
        former: &Manifest,
        generated: &Generated,
    ) -> Result<Settled, HistoryError> {
        let Arguments { allow_breaking, as_released, .. } = *self.arguments;
        files.files.extend(self.licences.clone());
        let history = History::read(&self.layout.out.join(&files.name))?;
        history.settle(files, former, generated, history::Wanted { allow_breaking, as_released })
    }

    fn done(&self, folder: String, counts: Counts, plan: &Update, version: Settled, changes: Vec<Change>) -> Done {
        let check = self.arguments.check;
        let status = match plan.changes.len() {
            0 => Status::Unchanged,
            _ if check => Status::Differs,
            _ => Status::Written,
        };
        let diff = if check { difference::show(&plan.folder, &plan.changes) } else { String::new() };
        let (files, unchanged) = (plan.changes.len(), plan.unchanged);
        Done { folder, counts, status, files, unchanged, diff, version, changes }
    }

    /// Outside of this repository, the crates get a workspace around them. Returns how it differs when only checking.
    fn settle_workspace(&self, writer: Option<&Writer>, apis: &[Api]) -> Result<String, RegenError> {
        if !self.layout.own_workspace {
            return self.settle_dependents(writer, apis);
        }
        let out = &self.layout.out;
        let mut members = workspace::crate_folders(out);
        if writer.is_none() {
            members.extend(apis.iter().filter_map(Api::folder).map(str::to_owned));
        }
        match (write::plan_workspace(out, &members)?, writer) {
            (Some(change), None) => Ok(difference::show(out, &[change])),
            (Some(change), Some(_)) => {
                write::write_file(&out.join(&change.path), change.after.as_deref().unwrap_or_default())?;
                Ok(String::new())
            }
            (None, _) => Ok(String::new()),
        }
    }

    /// In this repository, what depends on the crates follows their versions. Returns how it differs when only checking.
    fn settle_dependents(&self, writer: Option<&Writer>, apis: &[Api]) -> Result<String, RegenError> {
        let root = workspace::repository();
        let known = self.known.iter().filter_map(|(name, manifest)| Some((name.clone(), manifest.version.clone()?)));
        let mut versions: BTreeMap<String, Version> = known.collect();
        for api in apis {
            if let State::Done(done) = &api.state {
                versions.insert(done.folder.clone(), done.version.version.clone());
            }
        }
        let changes = dependents::plan(&root, "crates", &versions, self.arguments.all_are_released())?;
        if writer.is_none() {
            return Ok(difference::show(&root, &changes));
        }
        dependents::commit(&root, &changes)?;
        Ok(String::new())
    }

    /// Shows everything, in the order of the APIs' names.
    fn finish(&self, apis: &[Api], workspace_diff: &str, time: Duration) -> Result<Exit, RegenError> {
        let style = Look { all: Some("`--report FILE`"), ..self.arguments.input.style() };
        for api in apis {
            show_findings(&render(&api.findings, style));
        }
        self.warn_of_orphans(apis, style);
        let rows: Vec<table::Row> = apis.iter().map(row).collect();
        let mut text: String = apis
            .iter()
            .filter_map(|api| if let State::Done(done) = &api.state { Some(done.diff.as_str()) } else { None })
            .collect();
        text.push_str(workspace_diff);
        for api in apis {
            if let State::Done(done) = &api.state
                && done.status != Status::Unchanged
            {
                text.push_str(&changes::show(&done.folder, &done.version, &done.changes));
            }
        }
        text.push_str(&table::show(&rows, time));
        let shown = if self.arguments.input.quiet { Exit::Done } else { show(&text) };
        if let Some(path) = &self.arguments.report {
            self.write_report(path, apis)?;
        }
        let well = |row: &table::Row| !matches!(row.status, Status::Failed | Status::Differs);
        let all_well = rows.iter().all(well) && workspace_diff.is_empty();
        Ok(if all_well { shown } else { Exit::Failed })
    }

    /// A crate whose document is gone is not removed, since somebody may depend on it; but it is said.
    fn warn_of_orphans(&self, apis: &[Api], style: Look) {
        for (folder, manifest) in &self.known {
            let path = self.layout.out.join(folder);
            let document = self.layout.specs.join(&manifest.source);
            let moved = apis.iter().find(|api| {
                api.input.document.file_name().is_some_and(|name| name.to_string_lossy() == manifest.source)
                    && api.folder().is_some_and(|other| other != folder)
            });
            let taken = apis.iter().any(|api| api.folder() == Some(folder));
            let message = match moved {
                _ if taken => continue,
                Some(api) => format!(
                    "`{}` was made from `{}`, which now makes `{}`",
                    sanitize::path(&path),
                    sanitize::path(&document),
                    api.folder().unwrap_or_default()
                ),
                None if !document.is_file() => {
                    format!("`{}` was made from `{}`, which is gone", sanitize::path(&path), sanitize::path(&document))
                }
                None => continue,
            };
            let help = match moved {
                None => "if it is no longer wanted, `cargo xtask remove` with the document's name takes it away",
                Some(_) => "remove the crate's folder if it is no longer wanted",
            };
            show_findings(&render_plain(Severity::Warning, &message, Some(help), style));
        }
    }

    fn write_report(&self, path: &Path, apis: &[Api]) -> Result<(), RegenError> {
        let report = Report { apis: apis.iter().map(|api| self.api_report(api)).collect() };
        let written = serde_json::to_string_pretty(&report)
            .map_err(io::Error::from)
            .and_then(|text| std::fs::write(path, text + "\n"));
        written.map_err(|error| RegenError::Report { path: path.to_path_buf(), error })
    }

    fn api_report(&self, api: &Api) -> ApiReport {
        let row = row(api);
        let (version, changes) = match &api.state {
            State::Done(done) => (Some(done.version.version.clone()), done.changes.clone()),
            State::Skipped { folder, .. } => {
                (self.known.get(folder).and_then(|manifest| manifest.version.clone()), Vec::new())
            }
            State::Failed | State::Compiled(_) => (None, Vec::new()),
        };
        ApiReport {
            name: api.input.stem.clone(),
            document: sanitize::path(&api.input.document),
            folder: api.folder().map(|folder| sanitize::path(&self.layout.out.join(folder))),
            operations: row.counts.operations,
            types: row.counts.types,
            adaptations: row.counts.adaptations,
            adapted: report::findings(&api.findings, Severity::Adaptation),
            warnings: report::findings(&api.findings, Severity::Warning),
            errors: report::findings(&api.findings, Severity::Error),
            version,
            changes,
            status: row.status,
            files_written: row.files,
            lines: row.counts.lines,
            milliseconds: u64::try_from(api.time.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// The finding that a crate is not written.
fn not_written(error: &WriteError) -> Diagnostic {
    Diagnostic::error(error.code(), "/x-switchboard-crate/name", error.to_string()).with_help(error.help())
}

fn row(api: &Api) -> table::Row {
    let (counts, status, files, unchanged) = match &api.state {
        State::Skipped { counts, .. } => (counts.clone(), Status::Skipped, 0, 0),
        State::Done(done) => (done.counts.clone(), done.status, done.files, done.unchanged),
        State::Failed | State::Compiled(_) => (report::counts(&api.findings, 0, 0, 0), Status::Failed, 0, 0),
    };
    let errors = api.findings.diagnostics.count(Severity::Error);
    table::Row { name: api.input.stem.clone(), counts, status, files, unchanged, errors, time: api.time }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_all_crates_is_not_released_with_one_of_them() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            arguments: Arguments,
        }
        let released = |line: &[&str]| <Line as clap::Parser>::parse_from(line).arguments.all_are_released();
        assert!(released(&["regen", "--as-released"]));
        assert!(!released(&["regen"]));
        assert!(!released(&["regen", "--as-released", "--api", "pet-store"]));
    }
}
