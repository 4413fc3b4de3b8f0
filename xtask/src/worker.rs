//! The process of one document: this program once more, with a job on its standard input, that answers in lines of JSON.
//!
//! Nothing of a job stands in a file: whoever ends this process, or the one that waits for it, leaves nothing behind.

use crate::{
    process::{self, Ended, system},
    terminal::Exit,
};
use clap::Args;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
    process::Command,
};

/// The subcommand that a process is started with.
pub const COMMAND: &str = "work";

/// Addresses beyond the memory that may be held: stacks, the program itself, and what was given back.
const SPARE_ADDRESSES: u64 = 2 << 30;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The process that waits for this one.
    #[arg(long)]
    parent: u32,
    /// How much memory may be asked for, in bytes.
    #[arg(long)]
    addresses: u64,
}

/// What a process is to do, as it is read by the process that does it.
pub trait Job: Serialize {
    /// The word for its kind.
    const KIND: &str;
}

/// Has a process do the job; `on_line` gets every line of what it says.
///
/// # Errors
///
/// Fails when the job cannot be written down, and when no process can be started or watched.
pub fn run<J: Job>(job: &J, limits: process::Limits, on_line: impl FnMut(&[u8])) -> io::Result<Ended> {
    let mut command = Command::new(system::this_program()?);
    command.arg(COMMAND).arg("--parent").arg(std::process::id().to_string());
    command.arg("--addresses").arg(limits.memory.saturating_add(SPARE_ADDRESSES).to_string());
    process::run(&mut command, serde_json::to_vec(&BTreeMap::from([(J::KIND, job)]))?, limits, on_line)
}

/// The job that is on standard input, by the word for its kind; none if this process is not to do one.
pub fn job<J: DeserializeOwned>(arguments: &Arguments) -> Option<J> {
    if !system::end_with(arguments.parent) {
        return None;
    }
    system::limit_addresses(arguments.addresses);
    let text = io::read_to_string(io::stdin().lock()).ok()?;
    serde_json::from_str(&text).ok()
}

/// Says one thing, on a line of its own. When nobody listens any more there is nothing to do about it.
pub fn say(message: &impl Serialize) -> Exit {
    let mut output = BufWriter::new(io::stdout().lock());
    let said = serde_json::to_writer(&mut output, message).map_err(io::Error::from);
    match said.and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush()) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Failed,
    }
}
