//! The other programs of the contract test: the judges, the sandbox, the drivers. Whatever happens, none outlives the run, and
//! none takes more than its share of memory and time.

use crate::process::{self, system};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a server may take until it listens. Prism reads a document of some MiB in about a minute.
const START_PATIENCE: Duration = Duration::from_secs(180);

/// How often it is looked how much memory a program holds.
const TICK: Duration = Duration::from_millis(50);

/// How long to wait for the last words of a program.
const LAST_PATIENCE: Duration = Duration::from_secs(1);

/// How many of a program's words are kept, and how many are told.
const KEPT_LINES: usize = 60;
const LAST_LINES: usize = 8;

/// A program that ends when this is dropped, or when it holds more memory than it may.
#[derive(Debug)]
struct Running {
    child: Arc<Mutex<Child>>,
    is_over: Arc<AtomicBool>,
    memory: u64,
}

impl Running {
    fn start(command: &mut Command, memory: u64) -> Result<Self, String> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = Arc::new(Mutex::new(child.map_err(|error| error.to_string())?));
        let running = Self { child, is_over: Arc::default(), memory };
        let (child, is_over) = (Arc::clone(&running.child), Arc::clone(&running.is_over));
        thread::spawn(move || watch(&child, &is_over, memory));
        Ok(running)
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        lock(&self.child)
    }

    /// How it ended; `None` while it runs.
    fn epitaph(&self) -> Option<String> {
        let status = self.child().try_wait().ok().flatten()?;
        Some(match self.is_over.load(Ordering::Relaxed) {
            true => format!("it was ended when it held more than {} MiB", self.memory >> 20),
            false => format!("it ended ({status})"),
        })
    }
}

/// Ends a program that takes too much; returns when it has ended.
fn watch(child: &Mutex<Child>, is_over: &AtomicBool, memory: u64) {
    loop {
        {
            let mut child = lock(child);
            // Its number is its own until somebody has asked how it ended.
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            if system::usage(child.id()).is_some_and(|usage| usage.resident > memory) {
                is_over.store(true, Ordering::Relaxed);
                let _ = child.kill();
            }
        }
        thread::sleep(TICK);
    }
}

fn lock(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut child = self.child();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// A server that is up.
#[derive(Debug)]
pub struct Server {
    running: Running,
    /// The line in which it said so.
    pub announcement: String,
    output: Receiver<String>,
    said: Vec<String>,
}

impl Server {
    /// Starts a server, and waits for the line of its output that `is_up` knows.
    ///
    /// # Errors
    ///
    /// What the server said, if it ended or was not up in time.
    pub fn start(command: &mut Command, limits: process::Limits, is_up: fn(&str) -> bool) -> Result<Self, String> {
        // The input is never written to: that it ends tells the program that this one has.
        let running = Running::start(command, limits.memory)?;
        let (sender, output) = channel();
        {
            let mut child = running.child();
            child.stdout.take().into_iter().for_each(|stdout| forward(stdout, sender.clone()));
            child.stderr.take().into_iter().for_each(|stderr| forward(stderr, sender.clone()));
        }
        drop(sender);
        let patience = START_PATIENCE.min(limits.time);
        let deadline = Instant::now() + patience;
        let mut said = Vec::new();
        loop {
            match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if is_up(&line) => return Ok(Self { running, announcement: line, output, said }),
                Ok(line) => said.push(line),
                Err(RecvTimeoutError::Timeout) => return Err(format!("not up after {} s", patience.as_secs())),
                Err(RecvTimeoutError::Disconnected) => return Err(last_words(running.epitaph(), &said)),
            }
        }
    }

    /// Hears what it has said since it was asked last; returns its last words if it has ended.
    pub fn ended(&mut self) -> Option<String> {
        self.said.extend(self.output.try_iter());
        self.said.drain(..self.said.len().saturating_sub(KEPT_LINES));
        let epitaph = self.running.epitaph()?;
        self.said.extend(self.output.iter());
        Some(last_words(Some(epitaph), &self.said))
    }
}

/// The end of what a program said before it ended, and how it ended.
fn last_words(epitaph: Option<String>, said: &[String]) -> String {
    // Where in Prism something happened says nothing of the document.
    let is_told = |line: &&str| !line.is_empty() && !line.starts_with("at ");
    let words: Vec<&str> = said.iter().map(|line| line.trim()).filter(is_told).collect();
    let last = words.get(words.len().saturating_sub(LAST_LINES)..).unwrap_or_default();
    let epitaph = epitaph.unwrap_or_else(|| "it closed its output".to_owned());
    if last.is_empty() { epitaph } else { format!("{epitaph}: {}", last.join(" | ")) }
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

/// A driver at work: a line in, a line out.
#[derive(Debug)]
pub struct Driver {
    running: Running,
    input: ChildStdin,
    output: Receiver<String>,
    errors: Receiver<String>,
}

impl Driver {
    /// Starts a driver.
    ///
    /// # Errors
    ///
    /// The driver's words, if it does not run.
    pub fn start(mut command: Command, setup: &Value, memory: u64) -> Result<Self, String> {
        // The servers are on this machine.
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        let running = Running::start(&mut command, memory)?;
        let taken = {
            let mut child = running.child();
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        };
        let (Some(input), Some(stdout), Some(stderr)) = taken else { return Err("it has no pipes".to_owned()) };
        let ((lines, output), (words, errors)) = (channel(), channel());
        forward(stdout, lines);
        forward(stderr, words);
        let mut driver = Self { running, input, output, errors };
        driver.write(setup)?;
        Ok(driver)
    }

    fn write(&mut self, value: &Value) -> Result<(), String> {
        writeln!(self.input, "{value}").and_then(|()| self.input.flush()).map_err(|_| self.last_words())
    }

    /// Makes a call, and tells what became of it.
    ///
    /// # Errors
    ///
    /// The driver's last words, if it gives no answer: it is of no use then.
    pub fn call(&mut self, call: &Value, patience: Duration) -> Result<Value, String> {
        self.write(call)?;
        match self.output.recv_timeout(patience) {
            Ok(line) => serde_json::from_str(&line).map_err(|error| format!("the driver's answer: {error}")),
            Err(RecvTimeoutError::Timeout) => Err(format!("the driver gave no answer within {} s", patience.as_secs())),
            Err(RecvTimeoutError::Disconnected) => Err(self.last_words()),
        }
    }

    fn last_words(&self) -> String {
        let said: Vec<String> = std::iter::from_fn(|| self.errors.recv_timeout(LAST_PATIENCE).ok()).collect();
        format!("the driver: {}", last_words(self.running.epitaph(), &said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: process::Limits = process::Limits { time: Duration::from_secs(60), memory: 1 << 30 };

    #[test]
    fn a_server_that_ends_is_quoted() {
        let mut command = Command::new("cargo");
        command.arg("no-such-command-of-cargo");
        let error = Server::start(&mut command, LIMITS, |_| false).unwrap_err();
        assert!(error.contains("no-such-command-of-cargo"), "{error}");
    }

    #[cfg(unix)]
    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[cfg(unix)]
    #[test]
    fn a_server_that_ends_later_is_quoted_too() {
        let mut server =
            Server::start(&mut shell("echo up; read line; echo why >&2"), LIMITS, |line| line == "up").unwrap();
        assert_eq!(server.ended(), None);
        server.running.child().stdin.take();
        let words = std::iter::from_fn(|| Some(server.ended())).find_map(|words| words).unwrap();
        assert!(words.contains("it ended") && words.ends_with(": why"), "{words}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_that_takes_all_memory_is_ended() {
        let limits = process::Limits { memory: 64 << 20, ..LIMITS };
        let mut server =
            Server::start(&mut shell("echo up; exec tail /dev/zero"), limits, |line| line == "up").unwrap();
        let words = std::iter::from_fn(|| Some(server.ended())).find_map(|words| words).unwrap();
        assert!(words.contains("more than 64 MiB"), "{words}");
    }
}
