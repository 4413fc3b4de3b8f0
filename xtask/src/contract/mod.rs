//! The contract test: every operation of a generated crate called once with the required arguments and once with all of
//! them, and judged by a program that this project did not write.
//!
//! The judge is Prism. It serves the document as the vendor should have written it, with its overlay applied and never
//! as lowered: what lowering or polish lose or alter on the wire is found here. What is sent is made of the document's
//! examples and schemas; calls go through a generated program that uses the crate as its users do.

mod calls;
mod driver;
mod judge;
mod pattern;
mod processes;
mod report;
mod sample;
mod schema;
mod thread;
mod workspace;

pub use self::{
    judge::Judge,
    processes::Prism,
    report::{ApiReport, CallReport, Report},
    workspace::DriverWorkspace,
};

use self::{
    calls::{Call, Variant},
    judge::Expected,
    processes::{Driver, Server},
    thread::Thread,
};
use crate::{
    compile::Options,
    load::Limits,
    lower, overlay,
    pipeline::{self, Findings},
    plan::{Location, Operation, Plan, SchemeKind},
    workspace::Input,
};
use serde_json::{Map, Value, json};
use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use thiserror::Error;

/// How long the calls of one document may take, and how much longer for each operation.
const PATIENCE: Duration = Duration::from_secs(60);
const PATIENCE_PER_OPERATION: Duration = Duration::from_secs(1);

/// Stack for lowering: documents nest deep.
const STACK_BYTES: usize = 256 << 20;

/// Why the test could not be made.
#[derive(Debug, Error)]
pub enum ContractError {
    /// There is no node.
    #[error(
        "`node` is missing: the contract test is judged by Prism, which runs on Node.js 18.20 or newer. Install Node.js \
         and npm (on Debian: `apt-get install nodejs npm`), then run `npm ci --prefix xtask/contract --ignore-scripts`"
    )]
    NoNode,
    /// Prism is not installed.
    #[error("Prism is not installed: run `npm ci --prefix {} --ignore-scripts`", .0.display())]
    NoPrism(PathBuf),
    /// A file.
    #[error("`{}`: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The drivers could not be built.
    #[error("cargo cannot be run: {0}")]
    Cargo(io::Error),
    /// The sandbox could not be built or started.
    #[error("the sandbox could not be built")]
    NoSandbox,
    /// The sandbox did not come up.
    #[error("the sandbox could not be started: {0}")]
    Sandbox(String),
    /// The sandbox has no such API.
    #[error("the sandbox has no API `{0}`: use `--server mock`")]
    NotInSandbox(String),
}

impl ContractError {
    fn file(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_path_buf(), error }
    }
}

/// A document that is ready to be called.
#[derive(Debug)]
pub struct Prepared {
    /// The API's name.
    pub name: String,
    document: Value,
    plan: Plan,
    package: String,
}

impl Prepared {
    /// The name of the driver.
    pub fn package(&self) -> &str {
        &self.package
    }
}

/// Brings one document to a crate and a driver; none, with the findings, if the generator refuses it.
pub fn prepare(
    input: &Input,
    limits: Limits,
    lenient: bool,
    workspace: &mut DriverWorkspace,
) -> Result<(Option<Prepared>, Findings), ContractError> {
    let sources = pipeline::read(input, limits);
    let document = pipeline::prepare(sources.clone(), lenient).document;
    let (files, findings) = pipeline::run_observed(sources, &Options { lenient, runtime: workspace::runtime() }, &());
    let Some(files) = files else { return Ok((None, findings)) };
    let text = overlay::effective(&document).unwrap_or_default();
    workspace.write_document(&input.stem, &text)?;
    let plan = plan(&input.stem, &document.value);
    workspace.write_driver(&plan, &files)?;
    let package = driver::package(&files.name);
    Ok((Some(Prepared { name: input.stem.clone(), document: document.value, plan, package }), findings))
}

/// The plan that the crate was made with.
fn plan(stem: &str, document: &Value) -> Plan {
    let lowered = || lower::lower(stem, document, &mut crate::diagnostics::Diagnostics::default()).plan;
    std::thread::scope(|scope| {
        match std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, lowered)
            .map(|thread| thread.join())
        {
            Ok(Ok(plan)) => plan,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // Without a thread of its own it is done here.
            Err(_) => lowered(),
        }
    })
}

/// The sandbox, up.
#[derive(Debug)]
pub struct Sandbox {
    _server: Server,
    settings: Value,
}

impl Sandbox {
    /// Starts it.
    pub fn start(program: &Path) -> Result<Self, ContractError> {
        let server =
            Server::start(&mut Command::new(program), |line| line.starts_with('{')).map_err(ContractError::Sandbox)?;
        let settings = serde_json::from_str(&server.announcement)
            .map_err(|_| ContractError::Sandbox(server.announcement.clone()))?;
        Ok(Self { _server: server, settings })
    }

    /// The settings of one API: base URL and credentials.
    pub fn api(&self, name: &str) -> Result<&Value, ContractError> {
        self.settings.get(name.replace('-', "_")).ok_or_else(|| ContractError::NotInSandbox(name.to_owned()))
    }
}

/// Calls every operation of one document, and judges.
pub fn run(
    prepared: &Prepared,
    document: &Path,
    prism: &Prism,
    program: Option<&Path>,
    sandbox: Option<&Value>,
) -> ApiReport {
    let begun = Instant::now();
    let who = if sandbox.is_some() { Judge::Sandbox } else { Judge::Mock };
    let mut report = ApiReport::new(&prepared.name, who, prepared.plan.operations.len());
    let result = match program {
        Some(program) => session(prepared, document, prism, program, sandbox, &mut report),
        None => {
            report.failed = Some("the driver or the generated crate does not compile".to_owned());
            Ok(())
        }
    };
    report.unserved = result.err();
    report.milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    report
}

/// `Err`: Prism does not serve the document at all.
fn session(
    prepared: &Prepared,
    document: &Path,
    prism: &Prism,
    program: &Path,
    sandbox: Option<&Value>,
    report: &mut ApiReport,
) -> Result<(), String> {
    let upstream = sandbox.and_then(|sandbox| sandbox.get("base_url")?.as_str());
    let started = match upstream {
        Some(url) => prism.proxy(document, url),
        None => prism.mock(document),
    };
    let (server, address) = started?;
    let setup = setup(&prepared.plan, &address, sandbox);
    let mut driver = match Driver::start(program, &setup) {
        Ok(driver) => driver,
        Err(message) => {
            report.failed = Some(message);
            return Ok(());
        }
    };
    let operations = u32::try_from(prepared.plan.operations.len()).unwrap_or(u32::MAX);
    let deadline = Instant::now() + PATIENCE + PATIENCE_PER_OPERATION.saturating_mul(operations);
    let mut thread = sandbox.map(|_| Thread::new(&prepared.name)).unwrap_or_default();
    for mut call in calls(&prepared.document, &prepared.plan, report.server) {
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(operation) = prepared.plan.operations.get(call.operation) else { continue };
        thread.apply(operation, &mut call);
        let request = serde_json::to_value(&call).unwrap_or_default();
        let answer = match driver.call(&request, left) {
            Ok(answer) => answer,
            Err(message) => {
                report.failed = Some(format!("{}: {message}", operation.id));
                break;
            }
        };
        let judged = judge::judge(
            report.server,
            &answer,
            Expected {
                json: call.json.as_ref(),
                is_opaque: call.is_opaque,
                headers: &headers(&prepared.plan, operation),
            },
        );
        thread.keep(operation, &answer);
        report.calls.push(CallReport::new(operation, &call, &answer, judged));
        // Whatever it says of a request is in its answer too.
        server.said();
    }
    Ok(())
}

/// The headers that the document describes for an operation.
fn headers(plan: &Plan, operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().filter_map(|parameter| match parameter.location {
        Location::Header => Some(parameter.name.clone()),
        Location::Cookie => Some("cookie".to_owned()),
        Location::Path | Location::Query => None,
    });
    let asked_for = |name: &str| operation.security.iter().flatten().any(|(scheme, _)| scheme == name);
    let schemes = plan.api.schemes.iter().filter(|scheme| asked_for(&scheme.name));
    let credentials = schemes.map(|scheme| match &scheme.kind {
        SchemeKind::ApiKey { location: Location::Header, name } => name.clone(),
        SchemeKind::ApiKey { location: Location::Cookie, .. } => "cookie".to_owned(),
        _ => "authorization".to_owned(),
    });
    parameters.chain(credentials).collect()
}

/// What the driver is told first.
fn setup(plan: &Plan, address: &str, sandbox: Option<&Value>) -> Value {
    let text = |key: &str| sandbox.and_then(|sandbox| sandbox.get(key)?.as_str());
    let (mut secrets, mut grants) = (Map::new(), Map::new());
    for scheme in &plan.api.schemes {
        if let Some(token) = text("token") {
            secrets.insert(scheme.name.clone(), token.into());
        }
        if let (SchemeKind::OAuth2 { client_credentials: Some(_) }, Some(url)) = (&scheme.kind, text("token_url")) {
            let grant =
                json!({"client_id": text("client_id"), "client_secret": text("client_secret"), "token_url": url});
            grants.insert(scheme.name.clone(), grant);
        }
    }
    json!({"upstream": address, "secrets": secrets, "client_credentials": grants})
}

/// The calls in their order. A server with a memory is asked to create before to change, and to delete last; what
/// changes something is called once there.
fn calls(document: &Value, plan: &Plan, who: Judge) -> Vec<Call> {
    let mut order: Vec<usize> = (0..plan.operations.len()).collect();
    let method = |index: usize| plan.operations.get(index).map_or("", |operation| operation.method.as_str());
    if who == Judge::Sandbox {
        order.sort_by_key(|index| match method(*index) {
            "POST" => 0,
            "GET" | "HEAD" | "OPTIONS" => 1,
            "DELETE" => 3,
            _ => 2,
        });
    }
    let variants = |index: usize| {
        let once = who == Judge::Sandbox && !matches!(method(index), "GET" | "HEAD" | "OPTIONS");
        match plan.operations.get(index) {
            Some(operation) if !once => Variant::of(operation),
            _ => vec![Variant::All],
        }
    };
    order
        .into_iter()
        .flat_map(|index| variants(index).into_iter().map(move |variant| (index, variant)))
        .filter_map(|(index, variant)| calls::call(document, plan, index, variant))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_with_a_memory_deletes_last() {
        let response = json!({"responses": {"200": {"description": ""}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"delete": response, "get": response, "post": response}},
        });
        let plan = plan("sample", &document);
        let methods = |who| -> Vec<String> {
            let calls = calls(&document, &plan, who);
            calls.iter().map(|call| plan.operations[call.operation].method.clone()).collect()
        };
        assert_eq!(methods(Judge::Sandbox), ["POST", "GET", "DELETE"]);
        assert_eq!(methods(Judge::Mock).len(), 3);
    }
}
