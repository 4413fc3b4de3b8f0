//! A nightly mirror: brings a table of all connections up to date, in an SQLite database that can be asked more. A provider that
//! fails loses no row.
//!
//! ```console
//! cargo run -p switchboard --features sqlite --example nightly -- connections.db
//! ```

mod common;

use std::io::{self, Write};
use std::process::ExitCode;

use common::BoxError;
use switchboard::{Changes, Snapshot, SnapshotStore, SqliteStore};

#[tokio::main]
async fn main() -> Result<ExitCode, BoxError> {
    let (board, _sandbox) = common::board().await?;
    let mut table = SqliteStore::open(std::env::args().nth(1).unwrap_or_else(|| "connections.db".to_owned()))?;
    let before = table.load()?.unwrap_or_else(Snapshot::empty);

    let changes = board.changes(&before).await;
    table.save(&changes.snapshot)?;

    let Changes { added, changed, removed, kept, errors, snapshot, .. } = changes;
    let (rows, added, changed, removed) = (snapshot.len(), added.len(), changed.len(), removed.len());
    // `println!` panics where standard output is full or closed.
    writeln!(io::stdout(), "{rows} rows: {added} added, {changed} changed, {removed} removed")?;
    kept.iter().for_each(|it| eprintln!("{} {} stays as it was: {:?}", it.provider, it.id, it.repairs));
    errors.iter().for_each(|error| eprintln!("{error}"));
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
