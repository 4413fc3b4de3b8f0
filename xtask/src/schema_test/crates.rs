//! The crates of the suite's documents. Where the generator refuses a document, each of its schemas gets one of its own: what
//! is wrong with one is not the others' fault.

use super::{
    SchemaTestError,
    checker::{self, Verdict},
    document::{Placed, documents, place},
    driver::{self, types},
    session::{Answer, Schema},
    suite::Suite,
};
use crate::file::FileError;
use crate::{
    contract::{self, Brought, ContractError, DriverWorkspace},
    corpus::{progress::Progress, select},
    process,
};
use codegen::{
    diagnostics::Severity,
    load::Limits,
    pipeline::{Findings, Input},
    plan::TypeRef,
};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The greatest size of a document.
const DOCUMENT_LIMITS: Limits = Limits { max_bytes: 64 << 20 };

/// The crates, and what became of the schemas.
#[derive(Debug)]
pub struct Crates {
    workspace: DriverWorkspace,
    packages: Vec<String>,
    /// What became of each schema, by its place in the suite.
    pub answers: BTreeMap<usize, Answer>,
    /// What the generator's own validator says of the values.
    pub verdicts: Vec<Verdict>,
}

/// What became of the schemas of a document.
struct Made {
    /// The package of its crate.
    package: Option<String>,
    answers: Vec<(usize, Answer)>,
    verdicts: Vec<Verdict>,
}

impl Crates {
    /// Makes crates of the schemas at these places in the suite.
    ///
    /// # Errors
    ///
    /// Fails when a file cannot be written.
    pub fn make(suite: &Suite, picked: &[usize]) -> Result<Self, SchemaTestError> {
        let workspace = DriverWorkspace::named("json-schema");
        let documents = documents(suite, picked);
        let progress = Progress::new("generating", documents.len());
        let make = |placed: &Placed| {
            progress.start(&placed.stem);
            let made = made(suite, placed, &workspace);
            progress.finish(&placed.stem, "done", made.is_err());
            made
        };
        let made: Result<Vec<Vec<Made>>, SchemaTestError> = documents.par_iter().map(make).collect();
        progress.end();
        let mut crates = Self { workspace, packages: Vec::new(), answers: BTreeMap::new(), verdicts: Vec::new() };
        for Made { package, answers, verdicts } in made?.into_iter().flatten() {
            crates.packages.extend(package);
            crates.answers.extend(answers);
            crates.verdicts.extend(verdicts);
        }
        Ok(crates)
    }

    /// Builds the program that brings values through the types of all crates.
    ///
    /// # Errors
    ///
    /// What does not compile.
    pub fn build(&self, limits: process::Limits, jobs: usize) -> Result<PathBuf, SchemaTestError> {
        let progress = Progress::new("building", self.packages.len() * 2 + 1);
        let program = self.workspace.build_one(&driver::program(&self.packages), limits, jobs, &progress);
        progress.end();
        program.map_err(from_contract)
    }
}

/// Makes a document's crate, or those of its schemas.
fn made(suite: &Suite, placed: &Placed, workspace: &DriverWorkspace) -> Result<Vec<Made>, SchemaTestError> {
    let (brought, findings) = bring(placed, workspace.root())?;
    let Some(brought) = brought else {
        let [only] = placed.groups[..] else {
            let alone = |index: &usize| place(suite, &format!("{}-alone-{index}", placed.stem), vec![*index]);
            let made = placed.groups.iter().map(|index| made(suite, &alone(index), workspace));
            return Ok(made.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect());
        };
        let refused = Answer { schema: Schema::Refused(first_error(&findings)), place: (String::new(), 0) };
        return Ok(vec![Made { package: None, answers: vec![(only, refused)], verdicts: Vec::new() }]);
    };
    let package = brought.files.name.clone();
    workspace.write_library(&package, &brought.files, &driver::library(&brought.plan)).map_err(from_contract)?;
    let types = types(&brought.plan);
    let answers = placed.groups.iter().enumerate().map(|(place, index)| {
        let schema = match types.get(place) {
            Some(Some(TypeRef::Any)) => Schema::Any,
            Some(Some(_)) => Schema::Typed,
            _ => Schema::Refused("its answer is not JSON".to_owned()),
        };
        (*index, Answer { schema, place: (package.clone(), place) })
    });
    let groups = placed.groups.iter().filter_map(|index| Some((*index, suite.groups.get(*index)?)));
    let verdicts = groups.flat_map(|(index, group)| checker::verdicts(&brought.document, index, group));
    Ok(vec![Made { package: Some(package.clone()), answers: answers.collect(), verdicts: verdicts.collect() }])
}

/// Brings a document to a crate as a user would who has a document with faults.
fn bring(placed: &Placed, root: &Path) -> Result<(Option<Brought>, Findings), SchemaTestError> {
    let path = root.join("documents").join(format!("{}.json", placed.stem));
    let text = format!("{:#}\n", placed.document);
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
    written.map_err(FileError::at(&path))?;
    let input = Input { stem: placed.stem.clone(), document: path, overlay: None, has_document: true };
    let brought = select::documents(vec![input], &[]).pop().map(|one| contract::bring(&one, DOCUMENT_LIMITS, true));
    Ok(brought.unwrap_or_default())
}

fn first_error(findings: &Findings) -> String {
    let mut errors = findings.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
    errors.next().map(|error| format!("{}: {}", error.code, error.message)).unwrap_or_default()
}

/// What the contract test's workspace complains of.
fn from_contract(error: ContractError) -> SchemaTestError {
    match error {
        ContractError::File(error) => error.into(),
        other => SchemaTestError::Build(other.to_string()),
    }
}
