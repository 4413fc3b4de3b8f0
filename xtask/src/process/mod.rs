//! One program under a limit of time and memory: started, listened to, watched, and ended if need be.

pub mod system;

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// What a program may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Wall-clock time.
    pub time: Duration,
    /// Resident memory in bytes, where the system tells.
    pub memory: u64,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, or by somebody else.
    Exited(ExitStatus),
    /// Its time was over.
    OutOfTime,
    /// It held more memory than it may.
    OutOfMemory,
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub ending: Ending,
    /// The most memory it held, as far as seen from here: short peaks may be missed.
    pub peak_bytes: Option<u64>,
    /// How long it ran.
    pub time: Duration,
    /// The end of what it wrote to its standard error stream.
    pub last_words: String,
}

/// How often a program is looked after: more often while it is young, for most are done soon.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

/// How much of the standard error stream is kept.
const LAST_WORDS: usize = 4096;

/// How long to wait for the rest of the output of a program that has ended: another may hold the other end.
const REST: Duration = Duration::from_secs(5);

/// The longest line that is taken from a program; whatever it says beyond is no answer.
const MAX_LINE: u64 = 1 << 30;

/// The code for a program that was ended for its time.
pub const TIME_LIMIT: &str = "time-limit";
/// The code for a program that was ended for its memory.
pub const MEMORY_LIMIT: &str = "memory-limit";
/// The code for a program that ended by itself, before its time.
pub const PROCESS_DIED: &str = "process-died";

impl Ended {
    /// Why a program that should have given an answer gave none: a code, and a sentence about `who` that was.
    pub fn why(&self, limits: Limits, who: &str) -> (&'static str, String) {
        match self.ending {
            Ending::OutOfTime => (TIME_LIMIT, format!("{who} was ended after {:?}", limits.time)),
            Ending::OutOfMemory => {
                (MEMORY_LIMIT, format!("{who} was ended when it held more than {} MiB", limits.memory >> 20))
            }
            // Only a request beyond the limit is refused: the watcher would have ended it for what it holds.
            Ending::Exited(_) if self.last_words.contains("memory allocation of ") => {
                (MEMORY_LIMIT, format!("{who} asked for more than {} MiB", limits.memory >> 20))
            }
            Ending::Exited(status) => {
                (PROCESS_DIED, format!("{who} gave no result: {}", epitaph(status, &self.last_words)))
            }
        }
    }
}

/// A program that ends when this is dropped.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program; it finds `input` on its standard input, and `on_line` gets every line of its standard output without
/// its end.
///
/// # Errors
///
/// Fails when the program cannot be started or watched.
pub fn run(command: &mut Command, input: Vec<u8>, limits: Limits, mut on_line: impl FnMut(&[u8])) -> io::Result<Ended> {
    let mut running = Running(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
    if let Some(mut stream) = running.0.stdin.take() {
        // A program that has heard enough, or has ended, is no failure; it ends the writing, too.
        thread::spawn(move || stream.write_all(&input));
    }
    let lines = running.0.stdout.take().map(lines);
    let words = running.0.stderr.take().map(last_words);
    let mut watch = Watch::new(limits);
    let mut open = true;
    let ending = loop {
        match &lines {
            Some(lines) if open => match lines.recv_timeout(watch.pause()) {
                Ok(line) => on_line(&line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => open = false,
            },
            _ => thread::sleep(watch.pause()),
        }
        if let Some(ending) = watch.look(&mut running.0)? {
            break ending;
        }
    };
    while let Some(Ok(line)) = lines.as_ref().map(|lines| lines.recv_timeout(REST)) {
        on_line(&line);
    }
    let (time, peak_bytes) = (watch.started.elapsed(), watch.peak_bytes);
    drop(running);
    Ok(Ended { ending, peak_bytes, time, last_words: words.map(last).unwrap_or_default() })
}

/// Runs a program on the streams of this one.
///
/// # Errors
///
/// Fails when the program cannot be started or watched.
pub fn run_attached(command: &mut Command, limits: Limits) -> io::Result<Ended> {
    let mut running = Running(command.spawn()?);
    let mut watch = Watch::new(limits);
    let ending = loop {
        thread::sleep(watch.pause());
        if let Some(ending) = watch.look(&mut running.0)? {
            break ending;
        }
    };
    Ok(Ended { ending, peak_bytes: watch.peak_bytes, time: watch.started.elapsed(), last_words: String::new() })
}

/// What is known of a program while it runs.
struct Watch {
    limits: Limits,
    started: Instant,
    peak_bytes: Option<u64>,
    pause: Duration,
}

impl Watch {
    fn new(limits: Limits) -> Self {
        Self { limits, started: Instant::now(), peak_bytes: None, pause: PATIENCE.0 }
    }

    fn pause(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = (pause * 2).min(PATIENCE.1);
        pause
    }

    /// How it ended, if it has ended, or has been ended now.
    fn look(&mut self, child: &mut Child) -> io::Result<Option<Ending>> {
        let usage = system::usage(child.id());
        if let Some(status) = child.try_wait()? {
            return Ok(Some(Ending::Exited(status)));
        }
        if let Some(usage) = usage {
            self.peak_bytes = self.peak_bytes.max(Some(usage.peak));
        }
        let ending = if usage.is_some_and(|usage| usage.resident > self.limits.memory) {
            Ending::OutOfMemory
        } else if self.started.elapsed() > self.limits.time {
            Ending::OutOfTime
        } else {
            return Ok(None);
        };
        child.kill()?;
        child.wait()?;
        Ok(Some(ending))
    }
}

/// Sends the lines of a stream to where they are read, until either end is gone.
fn lines(stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver): (SyncSender<Vec<u8>>, _) = sync_channel(4);
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            match reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
                Ok(1..) if line.pop() == Some(b'\n') && sender.send(line).is_ok() => {}
                _ => break,
            }
        }
    });
    receiver
}

/// Reads a stream to its end, and keeps what was said last.
fn last_words(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let (mut kept, mut buffer) = (VecDeque::new(), [0; 1024]);
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            kept.extend(buffer.iter().take(read));
            kept.drain(..kept.len().saturating_sub(LAST_WORDS));
        }
        kept.into()
    })
}

fn last(words: JoinHandle<Vec<u8>>) -> String {
    // The stream of a program that left another one behind does not end: nobody waits for that one.
    let deadline = Instant::now() + REST;
    while !words.is_finished() && Instant::now() < deadline {
        thread::sleep(PATIENCE.0);
    }
    let bytes = if words.is_finished() { words.join().unwrap_or_default() } else { Vec::new() };
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// How a program ended that gave no answer, with its last words.
pub fn epitaph(status: ExitStatus, last_words: &str) -> String {
    let words: Vec<&str> = last_words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match words.get(words.len().saturating_sub(4)..) {
        Some([]) | None => status.to_string(),
        Some(last) => format!("{status}: {}", last.join(" | ")),
    }
}

#[cfg(unix)]
/// A duration in whole milliseconds.
pub fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENEROUS: Limits = Limits { time: Duration::from_secs(60), memory: 1 << 30 };

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn run_all(command: &mut Command, limits: Limits) -> (Ended, Vec<String>) {
        let mut lines = Vec::new();
        let ended =
            run(command, Vec::new(), limits, |line| lines.push(String::from_utf8_lossy(line).into_owned())).unwrap();
        (ended, lines)
    }

    #[test]
    fn every_line_is_heard_and_the_last_words_are_kept() {
        let (ended, lines) = run_all(&mut shell("echo one; echo two; echo oh >&2; exit 3"), GENEROUS);
        assert_eq!(lines, ["one", "two"]);
        let Ending::Exited(status) = ended.ending else { panic!("{ended:?}") };
        assert_eq!(status.code(), Some(3));
        assert_eq!(epitaph(status, &ended.last_words), "exit status: 3: oh");
    }

    #[test]
    fn a_program_finds_its_input_or_does_not_look() {
        let input = vec![b'x'; 1 << 20];
        let mut said = Vec::new();
        run(&mut shell("wc -c"), input.clone(), GENEROUS, |line| said.extend_from_slice(line)).unwrap();
        assert_eq!(String::from_utf8_lossy(&said).trim(), (1 << 20).to_string());
        let ended = run(&mut shell("exit 0"), input, GENEROUS, |_| {}).unwrap();
        assert!(matches!(ended.ending, Ending::Exited(status) if status.success()));
    }

    #[test]
    fn a_program_that_does_not_end_is_ended_and_what_it_said_is_known() {
        let limits = Limits { time: Duration::from_millis(200), ..GENEROUS };
        let (ended, lines) = run_all(&mut shell("echo loaded; exec sleep 600"), limits);
        assert_eq!((ended.ending, lines), (Ending::OutOfTime, vec!["loaded".to_owned()]));
        assert!(ended.time < Duration::from_secs(60));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_that_takes_all_memory_is_ended() {
        // A line without an end, of which `tail` must keep all.
        let limits = Limits { memory: 64 << 20, ..GENEROUS };
        let (ended, _) = run_all(Command::new("tail").arg("/dev/zero"), limits);
        assert_eq!(ended.ending, Ending::OutOfMemory);
        assert!(ended.peak_bytes.is_some_and(|bytes| bytes > 64 << 20), "{ended:?}");
        let ended = run_attached(Command::new("tail").arg("/dev/zero"), limits).unwrap();
        assert_eq!(ended.ending, Ending::OutOfMemory);
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        assert!(run(&mut Command::new("no-such-program-anywhere"), Vec::new(), GENEROUS, |_| {}).is_err());
    }

    #[test]
    fn the_end_of_a_process_tells_which_limit_it_met() {
        let limits = Limits { time: Duration::from_secs(2), memory: 1 << 30 };
        let ended = |ending, words: &str| Ended {
            ending,
            peak_bytes: Some(5),
            time: Duration::from_millis(7),
            last_words: words.to_owned(),
        };
        let reason = |ended: Ended| {
            let (code, message) = ended.why(limits, "it");
            format!("error[{code}]: {message}")
        };
        assert_eq!(reason(ended(Ending::OutOfTime, "")), "error[time-limit]: it was ended after 2s");
        assert!(reason(ended(Ending::OutOfMemory, "")).starts_with("error[memory-limit]: it was ended when"));
        let died = Ending::Exited(ExitStatus::default());
        assert!(reason(ended(died, "memory allocation of 9 bytes failed")).starts_with("error[memory-limit]"));
        let overflow = reason(ended(died, "\nthread 'x' has overflowed its stack\nfatal runtime error\n"));
        assert!(overflow.starts_with("error[process-died]") && overflow.contains("overflowed its stack"), "{overflow}");
    }
}
