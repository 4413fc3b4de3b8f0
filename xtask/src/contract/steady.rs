//! Steady: how it is found and started, and what its words are about.
//!
//! It serves what Prism cannot, event streams and NDJSON among it, and reads documents with code of its own.

use super::{
    ContractError,
    case::{Case, Complaint, Excuse, Words},
    processes::Server,
};
use crate::process;
use codegen::plan::{Body, BodyKind, Location, Parameter};
use codegen::schema::flat;
use serde_json::Value;
use std::{
    env::consts,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// How often another port is tried, where one was taken since it was found free.
const PORTS: usize = 5;

/// Steady as it is installed.
#[derive(Clone, Debug)]
pub struct Steady {
    program: PathBuf,
}

impl Steady {
    /// Finds Steady below `folder`, which has its `package.json`.
    ///
    /// # Errors
    ///
    /// Says what to install, and how.
    pub fn find(folder: &Path) -> Result<Self, ContractError> {
        let (os, arch) = platform(consts::OS, consts::ARCH);
        let program = folder.join(format!("node_modules/@stdy/cli-{os}-{arch}/bin/steady{}", consts::EXE_SUFFIX));
        match program.is_file() {
            true => Ok(Self { program }),
            false => Err(ContractError::NotInstalled { judge: "Steady", folder: folder.to_path_buf() }),
        }
    }

    /// Starts Steady; answers are made from the document. Returns where it listens, too.
    ///
    /// # Errors
    ///
    /// Steady's words, if it does not come up.
    pub fn start(&self, document: &Path, limits: process::Limits) -> Result<(Server, String), String> {
        let mut words = String::new();
        for _ in 0..PORTS {
            // It does not tell which port it was given, so it is told one that is free.
            let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
            let address = listener.local_addr().map_err(|error| error.to_string())?;
            drop(listener);
            let mut command = self.command();
            command
                .args(["--host", "127.0.0.1", "--port", &address.port().to_string(), "--log-format", "json"])
                .arg("--reject-on-sdk-error=false")
                .arg(document)
                .env("NO_COLOR", "1");
            match Server::start(&mut command, limits, |line| line.starts_with("{\"type\":\"startup\"")) {
                Ok(server) => return Ok((server, address.to_string())),
                Err(error) if error.contains("Address already in use") => words = error,
                Err(error) => return Err(error),
            }
        }
        Err(words)
    }

    /// The program, which ends when whoever started it is gone, however that ended, where the system can see to that: it
    /// does not look at its standard input.
    fn command(&self) -> Command {
        const LEASH: [&str; 3] = ["--pdeathsig", "KILL", "--"];
        let has_leash = || {
            let mut trial = Command::new("setpriv");
            trial.args(LEASH).arg("true").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            trial.status().is_ok_and(|status| status.success())
        };
        if !has_leash() {
            return Command::new(&self.program);
        }
        let mut command = Command::new("setpriv");
        command.args(LEASH).arg(&self.program);
        command
    }
}

/// A platform by npm's names.
fn platform<'n>(os: &'n str, arch: &'n str) -> (&'n str, &'n str) {
    let os = match os {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let arch = match arch {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    (os, arch)
}

/// What Steady says of a call, in headers of its answer: a code, a place and a message for each complaint. Codes that begin
/// with E2 and E3 are about the request, all others about the document or about what Steady cannot tell.
pub fn words(report: &Value) -> Words {
    let mut words = Words::default();
    let Some(headers) = report.pointer("/response/headers") else { return words };
    let text = |name: &str| headers.get(name).and_then(Value::as_str);
    if text("x-steady-request-valid") != Some("false") {
        return words;
    }
    for number in 1.. {
        let part = |name: &str| text(&format!("x-steady-error-{number}-{name}")).map(str::to_owned);
        let Some(code) = part("code") else { break };
        let message = part("message").unwrap_or_default();
        let place = part("path").unwrap_or_default();
        let location = place.split('.').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let complaint = Complaint { location, code, message };
        match complaint.code.get(..2) {
            Some("E2" | "E3") => words.request.push(complaint),
            _ => words.unserved.push(complaint.to_string()),
        }
    }
    if words.request.is_empty() && words.unserved.is_empty() {
        words.request.push(Complaint { message: "not valid, without a reason".to_owned(), ..Complaint::default() });
    }
    words
}

/// Why a complaint says nothing of the request; none if it does.
pub fn excuse(case: &Case<'_>, complaint: &Complaint) -> Option<Excuse> {
    let judge = |why: &str| Some(Excuse::Judge(why.to_owned()));
    let body = case.call.body(case.operation);
    if case.operation.path.contains("//") {
        return judge("Steady takes a path with an empty segment for that without it");
    }
    match complaint.place().as_slice() {
        ["body", ..] if body.is_some() && matches!(case.operation.method.as_str(), "GET" | "HEAD" | "DELETE") => {
            judge("Steady does not read the body of such a method")
        }
        ["body", ..] if body.is_some_and(is_text_to_steady) => {
            judge("Steady takes what is neither JSON nor a form for one text")
        }
        // A list of one comes as the item; that of several fields is a list to it as well.
        ["body", name, ..]
            if case.call.form.as_ref().and_then(|form| form.get(*name)).is_some_and(is_made_of_others) =>
        {
            judge("Steady reads a field of a form as one text")
        }
        ["body", name, ..] if body.is_some_and(is_form) && !is_at_the_top(case, name) => judge(
            "Steady reads as other than text only the fields of a form that stand in `properties`, at the top of its schema",
        ),
        ["query", name, ..] if is_of_free_object(case, name) => {
            judge("Steady gathers an object from the `properties` at the top of its schema alone")
        }
        [] if has_two_in_one(&case.operation.path) => judge("Steady finds no path with two expressions in one segment"),
        _ => None,
    }
}

/// Whether a name in the query is of an object that goes as its properties, and has some that its schema does not name.
fn is_of_free_object(case: &Case<'_>, name: &str) -> bool {
    let is_its = |parameter: &&Parameter| {
        let value = case.call.arguments.get(&parameter.ident);
        parameter.name == name || value.is_some_and(|value| value.get(name).is_some())
    };
    let mut parameters = case.operation.parameters.iter().filter(|parameter| parameter.location == Location::Query);
    parameters.any(|parameter| is_its(&parameter) && case.is_spread_freely(parameter))
}

/// Whether a segment of a path holds more than one expression.
fn has_two_in_one(path: &str) -> bool {
    path.split('/').any(|segment| segment.matches('{').count() > 1)
}

/// Whether Steady does not look into a body of this kind.
fn is_text_to_steady(body: &Body) -> bool {
    match body.kind {
        BodyKind::Xml(..) | BodyKind::Lines(_) | BodyKind::Text | BodyKind::Binary => true,
        BodyKind::Multipart => !body.media_type.eq_ignore_ascii_case("multipart/form-data"),
        BodyKind::Json(_) | BodyKind::Form(..) => false,
    }
}

fn is_form(body: &Body) -> bool {
    matches!(body.kind, BodyKind::Form(..) | BodyKind::Multipart)
}

/// Whether a field of the form stands in the `properties` of the schema itself.
fn is_at_the_top(case: &Case<'_>, name: &str) -> bool {
    let media_type = case.call.body(case.operation).map(|body| body.media_type.as_str()).unwrap_or_default();
    let content = case.content().unwrap_or_default();
    let schema = content.get(media_type).and_then(|media| media.get("schema"));
    let schema = schema.map(|schema| flat::resolve(case.document, schema)).unwrap_or_default();
    schema.get("properties").is_some_and(|properties| properties.get(name).is_some())
}

fn is_made_of_others(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_read_from_the_headers() {
        let headers = json!({
            "x-steady-request-valid": "false", "x-steady-error-count": "2",
            "x-steady-error-1-code": "E3003", "x-steady-error-1-path": "query.limit",
            "x-steady-error-1-message": "Expected type integer, got string",
            "x-steady-error-2-code": "E5001", "x-steady-error-2-message": "it is not clear",
        });
        let words = words(&json!({"response": {"headers": headers}}));
        assert_eq!(words.request.iter().map(Complaint::place).collect::<Vec<_>>(), [["query", "limit"]]);
        assert_eq!(words.unserved, ["it is not clear"]);
    }

    #[test]
    fn a_verdict_without_a_reason_counts_and_a_good_one_says_nothing() {
        let said = |valid: &str| words(&json!({"response": {"headers": {"x-steady-request-valid": valid}}}));
        assert_eq!((said("false").request.len(), said("true").request.len()), (1, 0));
    }
}
