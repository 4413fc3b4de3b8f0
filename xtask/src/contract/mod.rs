//! The contract test: every operation of a generated crate called once with the required arguments and once with all of
//! them, and judged by programs that this project did not write.
//!
//! The judges are Prism and Steady. They serve the document as the vendor should have written it, with its overlay applied
//! and never as lowered: what lowering or polish lose or alter on the wire is found here. What is sent is made of the document's
//! examples and schemas; calls go through a generated program that uses the crate as its users do.

mod ambiguity;
mod answer;
mod calls;
mod case;
mod choose;
mod driver;
mod error;
mod headers;
mod judge;
mod limits;
mod prism;
mod processes;
mod report;
mod served;
mod session;
mod steady;
mod thread;
mod workspace;

pub use self::{
    calls::declared,
    case::Answering,
    choose::by_hash,
    driver::{Lists, program as driver_program},
    error::ContractError,
    processes::{Driver, Server},
    report::{ApiReport, Report},
    session::{Judges, Session},
    workspace::{DriverWorkspace, Drivers, Support},
};

use crate::{corpus::select::Document, fence, process};
use codegen::{
    compile::{Compiled, Options},
    emit::CrateFiles,
    load::Limits,
    pipeline::{self, Findings},
    plan::Plan,
};
use serde_json::Value;
use std::{path::Path, process::Command, sync::Mutex};

/// A document that is ready to be called.
#[derive(Debug)]
pub struct Prepared {
    /// The API's name.
    pub name: String,
    /// Its package, which names its driver too.
    pub package: String,
    document: Value,
    plan: Plan,
}

impl Prepared {
    /// How much memory a judge is expected to take for it, in bytes: what decides how many documents are called at once.
    pub fn expected_bytes(&self) -> u64 {
        /// Measured on documents of vendors with Prism: itself, and the most that it takes for an operation.
        const BASE: u64 = 256 << 20;
        const PER_OPERATION: u64 = 1 << 20;
        BASE.saturating_add(PER_OPERATION.saturating_mul(self.plan.operations.len() as u64))
    }
}

/// A document as far as the generator brings it.
#[derive(Debug)]
pub struct Brought {
    /// The document with its overlay applied, as text: what a judge is served.
    pub effective: String,
    /// The same as a value.
    pub document: Value,
    /// The plan of its crate.
    pub plan: Plan,
    /// The crate.
    pub files: CrateFiles,
}

/// Brings one document to a crate; none, with the findings, if the generator refuses it.
pub fn bring(document: &Document, limits: Limits, lenient: bool) -> (Option<Brought>, Findings) {
    let mut checked = pipeline::check(pipeline::read(&document.input, limits), lenient);
    if checked.diagnostics.has_errors() {
        return (None, checked.into_findings());
    }
    let effective = served::text(&checked.document);
    // Two documents of a folder may ask for one name.
    checked.document.stem.clone_from(&document.package);
    if let Some(hints) = checked.document.value.get_mut("x-switchboard-crate").and_then(Value::as_object_mut) {
        hints.shift_remove("name");
    }
    let options = Options::new(checked.lenient, workspace::runtime());
    let compiled = fence::compile(&checked.document, &options, fence::LIMITS, &mut checked.diagnostics);
    let Some(Compiled { plan, files }) = compiled else { return (None, checked.into_findings()) };
    let document = std::mem::take(&mut checked.document.value);
    (Some(Brought { effective, document, plan, files }), checked.into_findings())
}

/// Brings one document to a crate and a driver; none, with the findings, if the generator refuses it.
///
/// # Errors
///
/// Fails when a file cannot be written.
pub fn prepare(
    document: &Document,
    limits: Limits,
    lenient: bool,
    workspace: &DriverWorkspace,
) -> Result<(Option<Prepared>, Findings), ContractError> {
    let (brought, findings) = bring(document, limits, lenient);
    let Some(Brought { effective, document: value, plan, files }) = brought else { return Ok((None, findings)) };
    workspace.write_document(&document.package, &effective)?;
    workspace.write_driver(&plan, &files)?;
    let prepared = Prepared { name: document.input.stem.clone(), package: files.name, document: value, plan };
    Ok((Some(prepared), findings))
}

/// The sandbox, up.
#[derive(Debug)]
pub struct Sandbox {
    /// Locked so that threads can share the settings.
    _server: Mutex<Server>,
    settings: Value,
}

impl Sandbox {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// The sandbox's words, if it does not come up.
    pub fn start(program: &Path, limits: process::Limits) -> Result<Self, ContractError> {
        let server = Server::start(&mut Command::new(program), limits, |line| line.starts_with('{'))
            .map_err(ContractError::Sandbox)?;
        let settings = serde_json::from_str(&server.announcement)
            .map_err(|_| ContractError::Sandbox(server.announcement.clone()))?;
        Ok(Self { _server: Mutex::new(server), settings })
    }

    /// The settings of one API: base URL and credentials.
    ///
    /// # Errors
    ///
    /// Fails for an API that the sandbox does not have.
    pub fn api(&self, name: &str) -> Result<&Value, ContractError> {
        self.settings.get(name.replace('-', "_")).ok_or_else(|| ContractError::NotInSandbox(name.to_owned()))
    }
}
