//! The connections of several APIs on the command line: `switchboard --help` tells what it can do.
#![forbid(unsafe_code)]

mod args;
mod cells;
mod commands;
mod health;
mod page;
mod progress;
mod source;
mod sync;
mod table;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Arguments, Command};

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The command or the configuration is wrong, and nothing was changed.
    is_usage: bool,
    message: String,
}

impl Failure {
    /// The command or the configuration is wrong, and nothing was changed.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { is_usage: true, message: message.to_string() }
    }

    /// Something failed on the way.
    pub(crate) fn failed(message: impl fmt::Display) -> Self {
        Self { is_usage: false, message: message.to_string() }
    }
}

/// A refusal of the facade itself is the caller's to mend. Nothing was sent then, or, where it took a look at the connection
/// to know better, nothing that changes any.
impl From<switchboard::Error> for Failure {
    fn from(error: switchboard::Error) -> Self {
        use switchboard::ErrorKind::{Invalid, UnknownProvider, Unsupported};
        let is_usage = error.status().is_none() && matches!(error.kind(), Invalid | UnknownProvider | Unsupported);
        Self { is_usage, message: error.to_string() }
    }
}

/// Standard output is gone, or full.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { is_usage: false, message: String::new() },
            _ => Self::failed(format_args!("cannot write: {error}")),
        }
    }
}

/// Writes a line to standard error. That nobody reads it, or that it is full, is no reason to stop half-way.
pub(crate) fn complain(line: impl fmt::Display) {
    drop(writeln!(io::stderr(), "{line}"));
}

#[tokio::main]
async fn main() -> ExitCode {
    // Clap ends with 2 on a wrong command, and with 0 after the help.
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(Failure { is_usage, message }) => {
            // Who reads the output may have seen enough of it; then there is nothing to say.
            if !message.is_empty() {
                complain(message);
            }
            ExitCode::from(if is_usage { 2 } else { 1 })
        }
    }
}

/// Does what is asked for, and tells whether all was well.
async fn run(Arguments { source, output, command }: Arguments) -> Result<bool, Failure> {
    match &command {
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "switchboard", &mut script);
            io::stdout().write_all(&script)?;
            return Ok(true);
        }
        Command::Man { dir: Some(dir) } => {
            let unusable = |error| Failure::usage(format_args!("cannot write into {}: {error}", dir.display()));
            clap_mangen::generate_to(Arguments::command(), dir).map_err(unusable)?;
            return Ok(true);
        }
        Command::Man { dir: None } => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
            io::stdout().write_all(&page)?;
            return Ok(true);
        }
        _ => {}
    }
    let (board, _sandbox) = source::board(&source).await?;
    match command {
        Command::List(filters) => commands::list(&board, &filters.query(&board)?, output).await,
        Command::Export { filters, with_secrets } => {
            commands::export(&board, &filters.query(&board)?, output, with_secrets).await
        }
        Command::Get(id) => commands::show(board.get(&id.provider, &id.id).await?, output),
        Command::Create { provider, parts, upsert } => {
            commands::create(&board, &provider, &parts, upsert, output).await
        }
        Command::Update { id, parts } => commands::update(&board, &id, &parts, output).await,
        Command::Delete(id) => {
            board.delete(&id.provider, &id.id).await?;
            Ok(true)
        }
        Command::Test(id) => commands::test(&board, &id, output).await,
        Command::Health { filters, html } => {
            health::health(&board, &filters.query(&board)?, html.as_deref(), output).await
        }
        Command::Changes { store, keep } => sync::changes(&board, &store.store, keep, output).await,
        Command::Watch { store, interval, looks } => sync::watch(&board, store, interval, looks, output).await,
        Command::Providers => commands::providers(&board, output),
        Command::Completions { .. } | Command::Man { .. } => Ok(true),
    }
}
