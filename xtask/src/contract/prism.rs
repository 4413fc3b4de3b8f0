//! Prism: how it is found and started, and what its words are about.

use super::{
    ContractError,
    case::{Complaint, Words},
    processes::Server,
};
use crate::process;
use serde::Deserialize;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Prism as it is installed, and the program that runs it.
#[derive(Clone, Debug)]
pub struct Prism {
    script: PathBuf,
    leash: PathBuf,
}

impl Prism {
    /// Finds Prism below `folder`, which has its `package.json`.
    ///
    /// # Errors
    ///
    /// Says what to install, and how.
    pub fn find(folder: &Path) -> Result<Self, ContractError> {
        let runs = Command::new("node").arg("--version").stdin(Stdio::null()).output();
        if !runs.is_ok_and(|output| output.status.success()) {
            return Err(ContractError::NoNode);
        }
        let script = folder.join("node_modules/@stoplight/prism-cli/dist/index.js");
        if !script.is_file() {
            return Err(ContractError::NotInstalled { judge: "Prism", folder: folder.to_path_buf() });
        }
        Ok(Self { script, leash: folder.join("leash.cjs") })
    }

    /// Starts Prism: before another server, if there is one; else answers are made from the document. Returns where it
    /// listens, too.
    ///
    /// # Errors
    ///
    /// Prism's words, if it does not come up.
    pub fn start(
        &self,
        document: &Path,
        upstream: Option<&str>,
        limits: process::Limits,
    ) -> Result<(Server, String), String> {
        let command = if upstream.is_some() { "proxy" } else { "mock" };
        let mut node = Command::new("node");
        // Node.js tells what it ran out of, which whoever ends it from outside cannot.
        node.arg(format!("--max-old-space-size={}", (limits.memory >> 20) * 3 / 4));
        // Port 0 is whatever is free. CORS would answer OPTIONS before the document is asked.
        node.arg("--require")
            .arg(&self.leash)
            .arg(&self.script)
            .args([command, "--host", "127.0.0.1", "--port", "0", "--cors=false"])
            .arg(document);
        node.args(upstream).env("NO_COLOR", "1").env("FORCE_COLOR", "0").env_remove("NODE_OPTIONS");
        let server = Server::start(&mut node, limits, |line| listening(line).is_some())?;
        let address = listening(&server.announcement).unwrap_or_default().to_owned();
        Ok((server, address))
    }
}

/// Host and port in Prism's announcement.
fn listening(line: &str) -> Option<&str> {
    line.split_once("Prism is listening on http://").map(|(_, address)| address.trim())
}

/// Prism's errors that are about the request (its `errors.js` of router, validator and mocker). All others say that
/// Prism does not know what to answer.
const ABOUT_REQUESTS: [&str; 6] = [
    "NO_PATH_MATCHED_ERROR",
    "NO_METHOD_MATCHED_ERROR",
    "UNPROCESSABLE_ENTITY",
    "UNAUTHORIZED",
    "INVALID_CONTENT_TYPE",
    "NOT_ACCEPTABLE",
];

/// What Prism says of a call, in its header `sl-violations` and in errors that it answers itself.
pub fn words(report: &Value) -> Words {
    let (request, answer) = complaints(report);
    let mut words = Words { request, answer, unserved: Vec::new() };
    match error(report) {
        Some(error) if ABOUT_REQUESTS.contains(&error.kind.as_str()) => {
            if error.complaints.is_empty() && words.request.is_empty() {
                words.request.push(Complaint { code: error.kind, message: error.words, ..Complaint::default() });
            }
            words.request.extend(error.complaints);
        }
        Some(error) => words.unserved.push(error.words),
        None => {}
    }
    words
}

/// Complaints of the request and of the answer.
fn complaints(report: &Value) -> (Vec<Complaint>, Vec<Complaint>) {
    let Some(text) = report.pointer("/response/headers/sl-violations").and_then(Value::as_str) else {
        return (Vec::new(), Vec::new());
    };
    let found = listed(text);
    if found.is_empty() && text != "[]" {
        return (vec![Complaint { message: text.to_owned(), ..Complaint::default() }], Vec::new());
    }
    // To call what is deprecated is no violation.
    let found = found.into_iter().filter(|complaint| complaint.code != "deprecated");
    found.partition(|complaint| complaint.location.first().map(String::as_str) != Some("response"))
}

/// The complaints in a header. Too many for one are cut off by Prism: then it is no JSON any more, but its parts are.
fn listed(text: &str) -> Vec<Complaint> {
    if let Ok(found) = serde_json::from_str(text) {
        return found;
    }
    let starts = text.match_indices("{\"location\"").filter_map(|(start, _)| text.get(start..));
    starts.filter_map(|rest| serde_json::Deserializer::from_str(rest).into_iter().next()?.ok()).collect()
}

/// An error that Prism answers itself.
struct PrismError {
    kind: String,
    words: String,
    complaints: Vec<Complaint>,
}

fn error(report: &Value) -> Option<PrismError> {
    let response = report.get("response")?;
    let media_type = response.pointer("/headers/content-type")?.as_str()?;
    let body: Value = serde_json::from_str(response.get("body")?.as_str()?).ok()?;
    let kind = body.get("type")?.as_str()?;
    if !media_type.starts_with("application/problem+json") || !kind.contains("stoplight.io/prism") {
        return None;
    }
    let kind = kind.rsplit('#').next().unwrap_or(kind).to_owned();
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let words = format!("{kind}: {}. {}", text("title"), text("detail"));
    let complaints = body.get("validation").and_then(|found| Vec::deserialize(found).ok()).unwrap_or_default();
    Some(PrismError { kind, words, complaints })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_announcement() {
        let line = "[7:23:54 PM] › [CLI] ▶  start     Prism is listening on http://127.0.0.1:41187";
        assert_eq!(listening(line), Some("127.0.0.1:41187"));
        assert_eq!(listening("GET http://127.0.0.1:41187/a"), None);
    }
}
