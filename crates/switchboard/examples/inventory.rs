//! One table of the connections of all providers.
//!
//! With credentials in the environment (see `switchboard::Settings`) it asks the real services. Without, it starts a
//! sandbox on loopback that behaves like them, with the records of the vendors' own examples.
//!
//! ```console
//! cargo run -p switchboard --example inventory
//! ```

mod common;

use std::io::{self, Write};
use std::process::ExitCode;

use common::BoxError;
use switchboard::{Connection, Query};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Lists, prints, and tells whether every provider answered.
async fn run() -> Result<ExitCode, BoxError> {
    let (board, _sandbox) = common::board().await?;
    let (mut connections, errors) = board.connections(&Query::default()).collect_all().await;
    // They come as they come; a table reads better by provider.
    connections.sort_by(|one, other| one.provider.cmp(&other.provider));
    // `print!` panics where standard output is full or closed.
    let mut out = io::stdout();
    write!(out, "{}", table(&connections))?;
    let (all, providers, failed) = (connections.len(), board.providers().count(), errors.len());
    writeln!(out, "\nconnections: {all}, providers: {providers}, failed: {failed}")?;
    for error in &errors {
        eprintln!("{error}");
    }
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

const HEAD: [&str; 7] = ["PROVIDER", "ID", "NAME", "SERVICE", "EXTERNAL ID", "STATE", "UPDATED"];

/// The connections, a line each, every column as wide as its widest cell.
fn table(connections: &[Connection]) -> String {
    let rows: Vec<[String; 7]> = std::iter::once(HEAD.map(str::to_owned)).chain(connections.iter().map(row)).collect();
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(connection: &Connection) -> [String; 7] {
    let Connection { provider, id, name, service, external_id, state, updated, .. } = connection;
    let updated = updated.map(|time| time.to_string());
    [
        shown(Some(provider)),
        shown(Some(id)),
        shown(name.as_deref()),
        shown(service.as_deref()),
        shown(external_id.as_deref()),
        shown(Some(&state.to_string())),
        shown(updated.as_deref()),
    ]
}

/// A cell. What comes from outside must not move the cursor or break the line.
fn shown(text: Option<&str>) -> String {
    match text {
        None | Some("") => "-".to_owned(),
        Some(text) => text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect(),
    }
}
