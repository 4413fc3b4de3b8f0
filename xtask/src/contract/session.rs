//! The calls of one document: for each judge, that and the driver are started, every call is made and judged, and what ends
//! on the way is started again, so that one call costs no other.

use super::{
    ContractError, Prepared,
    calls::{self, Call, Variant},
    case::{Answering, Case, Judge},
    judge::{self, Judgement},
    prism::Prism,
    processes::{Driver, Server},
    report::{ApiReport, CallReport},
    steady::Steady,
    thread::Thread,
};
use crate::process;
use codegen::plan::{Location, Operation, Plan, SchemeKind};
use serde_json::{Map, Value, json};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// How long a driver may take for one call; it waits less for an answer itself.
const CALL_PATIENCE: Duration = Duration::from_secs(30);

/// How often the servers of one document are started again, if there is time.
const RESTARTS: usize = 25;

/// The judges as they are installed.
#[derive(Clone, Debug)]
pub struct Judges {
    prism: Prism,
    steady: Steady,
}

impl Judges {
    /// Finds them below `folder`, which has their `package.json`.
    ///
    /// # Errors
    ///
    /// Says what to install, and how.
    pub fn find(folder: &Path) -> Result<Self, ContractError> {
        Ok(Self { prism: Prism::find(folder)?, steady: Steady::find(folder)? })
    }
}

/// What the calls of one document are made with.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The document.
    pub api: &'a Prepared,
    /// The file that the judges serve.
    pub document: &'a Path,
    /// The judges.
    pub judges: &'a Judges,
    /// The settings of the sandbox, where that answers.
    pub sandbox: Option<&'a Value>,
    /// How long all calls may take for one judge, and how much memory judge and driver may hold, each.
    pub limits: process::Limits,
}

/// The programs that a call goes through.
struct Line {
    server: Server,
    driver: Driver,
}

/// Why there is no line.
enum Down {
    /// The judge does not serve the document.
    Judge(String),
    /// The driver does not run.
    Driver(String),
}

impl Session<'_> {
    /// Calls every operation through the driver, if there is one, and judges.
    pub fn run(&self, driver: Result<&Path, &str>) -> ApiReport {
        let begun = Instant::now();
        let who = if self.sandbox.is_some() { Answering::Sandbox } else { Answering::Mock };
        let mut report = ApiReport::new(&self.api.name, who, self.api.plan.operations.len());
        match driver {
            Ok(program) => {
                for judge in who.judges() {
                    self.call_all(*judge, program, &mut report);
                }
            }
            Err(why) => report.failed = Some(why.to_owned()),
        }
        report.count();
        report.milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        report
    }

    fn start(&self, judge: Judge, program: &Path, deadline: Instant) -> Result<Line, Down> {
        let upstream = self.sandbox.and_then(|sandbox| sandbox.get("base_url")?.as_str());
        let limits = process::Limits { time: left(deadline), ..self.limits };
        let started = match judge {
            Judge::Prism => self.judges.prism.start(self.document, upstream, limits),
            Judge::Steady => self.judges.steady.start(self.document, limits),
        };
        let (server, address) = started.map_err(Down::Judge)?;
        let setup = setup(&self.api.plan, &address, self.sandbox);
        let driver = Driver::start(Command::new(program), &setup, limits.memory).map_err(Down::Driver)?;
        Ok(Line { server, driver })
    }

    fn call_all(&self, judge: Judge, program: &Path, report: &mut ApiReport) {
        let deadline = Instant::now() + self.limits.time;
        let earlier = report.calls_made.len();
        let Prepared { plan, document, name, .. } = self.api;
        let mut thread = self.sandbox.map(|_| Thread::new(name)).unwrap_or_default();
        let mut line = None;
        let mut starts_left = 1 + RESTARTS;
        for mut call in calls(document, plan, report.server) {
            let Some(operation) = plan.operations.get(call.operation) else { continue };
            if left(deadline).is_zero() {
                let made = report.calls_made.len() - earlier;
                report.unserved_because.push(format!("{judge}: the time was over after {made} calls"));
                return;
            }
            if line.is_none() {
                if starts_left == 0 {
                    let made = report.calls_made.len() - earlier;
                    let why = "it had to be started too often";
                    report.unserved_because.push(format!("{judge}: given up after {made} calls: {why}"));
                    return;
                }
                starts_left -= 1;
                match self.start(judge, program, deadline) {
                    Ok(up) => line = Some(up),
                    Err(Down::Judge(words)) => {
                        report.unserved_because.push(format!("{judge}: {words}"));
                        return;
                    }
                    Err(Down::Driver(words)) => {
                        report.failed = Some(words);
                        return;
                    }
                }
            }
            let Some(Line { server, driver }) = &mut line else { return };
            thread.apply(operation, &mut call);
            let request = serde_json::to_value(&call).unwrap_or_default();
            let answer = driver.call(&request, CALL_PATIENCE.min(left(deadline)));
            let ended = server.ended();
            let (answer, judged) = match (answer, &ended) {
                (Ok(answer), None) => {
                    let headers = headers(plan, operation);
                    let case = Case { document, operation, call: &call, headers: &headers };
                    let judged = judge::judge(report.server, judge, &answer, case);
                    (answer, judged)
                }
                (answer, Some(words)) => {
                    (answer.unwrap_or_default(), Judgement::unserved(vec![format!("{judge} ended: {words}")]))
                }
                (Err(words), None) => (Value::Null, Judgement::violated(vec![words])),
            };
            thread.keep(operation, &answer);
            // A server that leaves one call without an answer is still at it when the next one comes.
            if ended.is_some() || answer.is_null() || judge::is_silent(&answer) {
                line = None;
            }
            report.calls_made.push(CallReport::new(judge, operation, &call, &answer, judged));
        }
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// The headers that the document describes for an operation.
fn headers(plan: &Plan, operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().filter_map(|parameter| match parameter.location {
        Location::Header => Some(parameter.name.clone()),
        Location::Cookie => Some("cookie".to_owned()),
        Location::Path | Location::Query | Location::QueryString => None,
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
fn calls(document: &Value, plan: &Plan, who: Answering) -> Vec<Call> {
    let mut order: Vec<usize> = (0..plan.operations.len()).collect();
    let method = |index: usize| plan.operations.get(index).map_or("", |operation| operation.method.as_str());
    if who == Answering::Sandbox {
        order.sort_by_key(|index| match method(*index) {
            "POST" => 0,
            "GET" | "HEAD" | "OPTIONS" => 1,
            "DELETE" => 3,
            _ => 2,
        });
    }
    let variants = |index: usize| {
        let once = who == Answering::Sandbox && !matches!(method(index), "GET" | "HEAD" | "OPTIONS");
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
    use codegen::{diagnostics::Diagnostics, lower::lower};

    #[test]
    fn a_server_with_a_memory_deletes_last() {
        let response = json!({"responses": {"200": {"description": ""}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"delete": response, "get": response, "post": response}},
        });
        let plan = lower("sample", &document, &mut Diagnostics::default());
        let methods = |who| -> Vec<String> {
            let calls = calls(&document, &plan, who);
            calls.iter().map(|call| plan.operations[call.operation].method.clone()).collect()
        };
        assert_eq!(methods(Answering::Sandbox), ["POST", "GET", "DELETE"]);
        assert_eq!(methods(Answering::Mock).len(), 3);
    }
}
