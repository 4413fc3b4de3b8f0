//! The other programs of the contract test: Prism, the sandbox, the drivers. Whatever happens, none outlives the run.

use super::ContractError;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take until it listens. Prism reads a document of some MiB in about a minute.
const START_PATIENCE: Duration = Duration::from_secs(120);

/// A program that ends when this is dropped.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that is up.
#[derive(Debug)]
pub struct Server {
    _running: Running,
    /// The line in which it said so.
    pub announcement: String,
    output: Receiver<String>,
}

impl Server {
    /// Starts a server, and waits for the line of its output that `is_up` knows.
    ///
    /// # Errors
    ///
    /// What the server said, if it ended or was not up in time.
    pub fn start(command: &mut Command, is_up: fn(&str) -> bool) -> Result<Self, String> {
        // The input is never written to: that it ends tells the program that this one has.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Running(command.spawn().map_err(|error| error.to_string())?);
        let (sender, output) = channel();
        if let Some(stdout) = running.0.stdout.take() {
            forward(stdout, sender.clone());
        }
        if let Some(stderr) = running.0.stderr.take() {
            forward(stderr, sender);
        }
        let deadline = Instant::now() + START_PATIENCE;
        let mut said = Vec::new();
        loop {
            match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if is_up(&line) => return Ok(Self { _running: running, announcement: line, output }),
                Ok(line) => said.push(line),
                Err(RecvTimeoutError::Timeout) => return Err(format!("not up after {START_PATIENCE:?}")),
                Err(RecvTimeoutError::Disconnected) => return Err(last_words(&said)),
            }
        }
    }

    /// What it has said since it was asked last.
    pub fn said(&self) -> Vec<String> {
        self.output.try_iter().collect()
    }
}

/// The end of what a program said before it ended.
fn last_words(said: &[String]) -> String {
    let words: Vec<&str> = said.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    match words.get(words.len().saturating_sub(6)..) {
        Some([]) | None => "it ended without a word".to_owned(),
        Some(last) => last.join(" | "),
    }
}

/// Sends lines to where they are read, until either end is gone.
fn forward(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if sender.send(text).is_err() {
                // Nobody reads: what is written must go somewhere all the same, or the program would wait for it.
                let _ = std::io::copy(&mut reader, &mut std::io::sink());
            }
        }
    });
}

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
            return Err(ContractError::NoPrism(folder.to_path_buf()));
        }
        Ok(Self { script, leash: folder.join("leash.cjs") })
    }

    /// Prism as a server of its own: requests are judged, answers are made from the document.
    pub fn mock(&self, document: &Path) -> Result<(Server, String), String> {
        self.start("mock", document, None)
    }

    /// Prism before another server: requests and answers are judged.
    pub fn proxy(&self, document: &Path, upstream: &str) -> Result<(Server, String), String> {
        self.start("proxy", document, Some(upstream))
    }

    fn start(&self, command: &str, document: &Path, upstream: Option<&str>) -> Result<(Server, String), String> {
        let mut node = Command::new("node");
        // Port 0 is whatever is free. CORS would answer OPTIONS before the document is asked.
        node.arg("--require")
            .arg(&self.leash)
            .arg(&self.script)
            .args([command, "--host", "127.0.0.1", "--port", "0", "--cors=false"])
            .arg(document);
        node.args(upstream).env("NO_COLOR", "1").env("FORCE_COLOR", "0").env_remove("NODE_OPTIONS");
        let server = Server::start(&mut node, |line| listening(line).is_some())?;
        let address = listening(&server.announcement).unwrap_or_default().to_owned();
        Ok((server, address))
    }
}

/// Host and port in Prism's announcement.
fn listening(line: &str) -> Option<&str> {
    line.split_once("Prism is listening on http://").map(|(_, address)| address.trim())
}

/// A driver at work: a line in, a line out.
#[derive(Debug)]
pub struct Driver {
    _running: Running,
    input: ChildStdin,
    output: Receiver<String>,
    errors: Receiver<String>,
}

impl Driver {
    /// Starts a driver.
    pub fn start(program: &Path, setup: &Value) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // The servers are on this machine.
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        let mut running = Running(command.spawn().map_err(|error| error.to_string())?);
        let taken = (running.0.stdin.take(), running.0.stdout.take(), running.0.stderr.take());
        let (Some(input), Some(stdout), Some(stderr)) = taken else { return Err("it has no pipes".to_owned()) };
        let ((lines, output), (words, errors)) = (channel(), channel());
        forward(stdout, lines);
        forward(stderr, words);
        let mut driver = Self { _running: running, input, output, errors };
        driver.write(setup)?;
        Ok(driver)
    }

    fn write(&mut self, value: &Value) -> Result<(), String> {
        writeln!(self.input, "{value}").and_then(|()| self.input.flush()).map_err(|_| self.last_words())
    }

    /// Makes a call, and tells what became of it.
    pub fn call(&mut self, call: &Value, patience: Duration) -> Result<Value, String> {
        self.write(call)?;
        match self.output.recv_timeout(patience) {
            Ok(line) => serde_json::from_str(&line).map_err(|error| format!("the driver's answer: {error}")),
            Err(RecvTimeoutError::Timeout) => Err("the time for this document is over".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err(self.last_words()),
        }
    }

    fn last_words(&self) -> String {
        let said: Vec<String> = std::iter::from_fn(|| self.errors.recv_timeout(Duration::from_secs(1)).ok()).collect();
        format!("the driver: {}", last_words(&said))
    }
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

    #[test]
    fn a_server_that_ends_is_quoted() {
        let mut command = Command::new("cargo");
        command.arg("no-such-command-of-cargo");
        let error = Server::start(&mut command, |_| false).unwrap_err();
        assert!(error.contains("no-such-command-of-cargo"), "{error}");
    }
}
