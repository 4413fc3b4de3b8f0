//! The commands that tell what has changed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use switchboard::{Changes, Connection, FileStore, Snapshot, SnapshotStore, Switchboard, Watch};

use crate::args::{Format, Output};
use crate::cells::{csv_line, shown};
use crate::commands::{has_folder, json_of};
use crate::{Failure, complain};

/// The store, and what it remembers. What cannot be read is not written over, and a folder that is not there could not be
/// written to when all is told: nothing is sent before that is known.
fn opened(path: &Path) -> Result<(FileStore, Option<Snapshot>), Failure> {
    let mut store = FileStore::new(path);
    let before = store.load().map_err(Failure::usage)?;
    has_folder(path)?;
    Ok((store, before))
}

pub(crate) async fn changes(board: &Switchboard, path: &Path, keep: bool, output: Output) -> Result<bool, Failure> {
    let (mut store, before) = opened(path)?;
    let before = before.unwrap_or_else(Snapshot::empty);
    let changes = board.changes(&before).await;
    complain_of(&changes);
    head(output)?;
    if output.format() == Format::Json {
        writeln!(io::stdout(), "{:#}", Value::Array(lines(&changes)?))?;
    } else {
        tell(&changes, output)?;
    }
    // First told, then remembered: what is not told is told the next time.
    if !keep {
        store.save(&changes.snapshot).map_err(Failure::failed)?;
    }
    Ok(changes.errors.is_empty())
}

pub(crate) async fn watch(
    board: &Switchboard,
    path: Option<PathBuf>,
    interval: Duration,
    looks: Option<usize>,
    output: Output,
) -> Result<bool, Failure> {
    let (mut store, before) = path.as_deref().map(opened).transpose()?.unzip();
    let before = before.flatten();
    let mut stream = board.watch(Watch::every(interval).since(Arc::new(before.unwrap_or_default())));
    let (mut left, mut is_well) = (looks, true);
    head(output)?;
    while left != Some(0) {
        // An interrupt ends the process between two looks or within one; what was told is remembered by then.
        let Some(changes) = stream.next().await else { break };
        complain_of(&changes);
        tell(&changes, output)?;
        if let Some(store) = &mut store {
            store.save(&changes.snapshot).map_err(Failure::failed)?;
        }
        // That the last look went well does not undo what another one has told.
        is_well &= changes.errors.is_empty();
        left = left.map(|left| left - 1);
    }
    Ok(is_well)
}

/// Writes what stands above all changes.
fn head(output: Output) -> Result<(), Failure> {
    if output.format() == Format::Csv {
        let heading = ["change", "provider", "id", "state", "fields"].map(str::to_owned);
        io::stdout().write_all(csv_line(&heading).as_bytes())?;
    }
    Ok(())
}

/// Tells on standard error what went wrong, in whichever form the changes are written.
fn complain_of(changes: &Changes) {
    for connection in &changes.kept {
        let repairs: Vec<_> = connection.repairs.iter().map(ToString::to_string).collect();
        let (provider, id) = (shown(&connection.provider), shown(&connection.id));
        let repairs = repairs.join("; ");
        complain(format_args!("{provider}: {id} stays as it was known, for it did not come whole: {repairs}"));
    }
    for error in &changes.errors {
        complain(error);
    }
}

/// Writes what has changed, a line each.
fn tell(changes: &Changes, output: Output) -> Result<(), Failure> {
    match output.format() {
        Format::Table => {
            for (what, connection, fields) in each(changes) {
                let (provider, id) = (shown(&connection.provider), shown(&connection.id));
                let name = shown(connection.name.as_deref().unwrap_or_default());
                let state = shown(&connection.state.to_string());
                let fields = if fields.is_empty() { String::new() } else { format!(" [{}]", fields.join(", ")) };
                writeln!(io::stdout(), "{what:8} {provider} {id} {name}: {state}{fields}")?;
            }
        }
        Format::Csv => {
            for (what, connection, fields) in each(changes) {
                let cells =
                    [what, &connection.provider, &connection.id, &connection.state.to_string(), &fields.join(" ")];
                io::stdout().write_all(csv_line(&cells.map(str::to_owned)).as_bytes())?;
            }
        }
        Format::Json | Format::Ndjson => {
            for line in lines(changes)? {
                writeln!(io::stdout(), "{line}")?;
            }
        }
    }
    Ok(io::stdout().flush()?)
}

/// Every change: what it is, the connection, and the fields that differ.
fn each(changes: &Changes) -> impl Iterator<Item = (&'static str, &Connection, Vec<&'static str>)> {
    let added = changes.added.iter().map(|connection| ("added", connection, Vec::new()));
    let changed = changes.changed.iter().map(|change| {
        let fields = change.fields.iter().map(|field| field.as_str()).collect();
        ("changed", &change.after, fields)
    });
    let removed = changes.removed.iter().map(|connection| ("removed", connection, Vec::new()));
    added.chain(changed).chain(removed)
}

fn lines(changes: &Changes) -> Result<Vec<Value>, Failure> {
    // Of what was added or removed no fields differ.
    let line = |(what, connection, fields): (&str, &Connection, Vec<&str>)| {
        Ok(json!({ "change": what, "fields": fields, "connection": json_of(connection)? }))
    };
    each(changes).map(line).collect()
}
