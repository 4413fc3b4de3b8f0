//! A snapshot as a table of an SQLite database, for those who want to ask it more.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use rusqlite::{Connection as Database, OptionalExtension, TransactionBehavior, params};

use super::{Snapshot, SnapshotStore, StoreError};
use crate::{Connection, Timestamp};

/// The number of the format that is written, as the database's `user_version`.
const VERSION: u32 = 1;
/// The database's `application_id`: `swbd`.
const APPLICATION: u32 = 0x7377_6264;

const TABLES: &str = "
    CREATE TABLE snapshot (taken TEXT);
    CREATE TABLE connection (
        provider TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        service TEXT,
        external_id TEXT,
        state TEXT NOT NULL,
        updated TEXT,
        json TEXT NOT NULL,
        PRIMARY KEY (provider, id)
    ) WITHOUT ROWID;
";

/// Keeps a snapshot in the table `connection` of an SQLite database: provider, id, name, service, external id, the kind of
/// state, and when it was updated, as columns to ask for; and the whole in `json`, as
/// [`CONNECTION_SCHEMA`](crate::CONNECTION_SCHEMA) describes it.
///
/// Saving is one transaction, in which only the rows that differ are written.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    database: Database,
}

impl SqliteStore {
    /// Opens the database of that name, which need not be there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be opened, or is another program's, or a later version's.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let failed = |error: rusqlite::Error| StoreError::Read { path: path.clone(), reason: error.to_string() };
        keep_from_others(&path);
        let mut database = Database::open(&path).map_err(failed)?;
        let malformed =
            |error: rusqlite::Error| StoreError::Malformed { path: path.clone(), reason: error.to_string() };
        if number(&database, "application_id").map_err(malformed)? != APPLICATION {
            found_new(&path, &mut database)?;
        }
        match number(&database, "user_version").map_err(malformed)? {
            VERSION => Ok(Self { path, database }),
            found => Err(StoreError::Version { path, found: found.into(), known: VERSION.into() }),
        }
    }

    fn read(&self, error: impl ToString) -> StoreError {
        StoreError::Read { path: self.path.clone(), reason: error.to_string() }
    }
}

/// Makes a file that is not there yet one that only its owner may read. What hinders that, SQLite will tell.
fn keep_from_others(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}

/// A number that the database has in its head.
fn number(database: &Database, name: &str) -> Result<u32, rusqlite::Error> {
    database.pragma_query_value(None, name, |row| row.get(0))
}

/// Makes the tables in a database that has none. Only one program at a time looks whether it has: another may be making
/// them, and then they are there.
fn found_new(path: &Path, database: &mut Database) -> Result<(), StoreError> {
    let write = |error: rusqlite::Error| StoreError::Write { path: path.to_owned(), reason: error.to_string() };
    let database = database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(write)?;
    if number(&database, "application_id").map_err(write)? == APPLICATION {
        return Ok(());
    }
    let tables: u32 = database.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(write)?;
    if tables > 0 {
        let reason = "it is a database of another program".to_owned();
        return Err(StoreError::Malformed { path: path.to_owned(), reason });
    }
    let make = format!("{TABLES} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};");
    database.execute_batch(&make).map_err(write)?;
    database.commit().map_err(write)
}

impl SnapshotStore for SqliteStore {
    fn load(&mut self) -> Result<Option<Snapshot>, StoreError> {
        let taken = self.database.query_row("SELECT taken FROM snapshot", [], |row| row.get::<_, Option<String>>(0));
        let Some(taken) = taken.optional().map_err(|error| self.read(error))? else { return Ok(None) };
        let malformed = |reason: String| StoreError::Malformed { path: self.path.clone(), reason };
        let taken =
            taken.map(|text| text.parse::<Timestamp>()).transpose().map_err(|error| malformed(error.to_string()))?;
        let mut rows = self.database.prepare("SELECT json FROM connection").map_err(|error| self.read(error))?;
        let rows = rows.query_map([], |row| row.get::<_, String>(0)).map_err(|error| self.read(error))?;
        let mut connections = Vec::new();
        for json in rows {
            let json = json.map_err(|error| self.read(error))?;
            let connection = serde_json::from_str::<Connection>(&json);
            connections.push(connection.map_err(|error| malformed(error.to_string()))?);
        }
        Ok(Some(Snapshot::new(taken, connections)))
    }

    fn save(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        save(&mut self.database, snapshot)
            .map_err(|reason| StoreError::Write { path: self.path.clone(), reason: reason.to_string() })
    }
}

fn save(database: &mut Database, snapshot: &Snapshot) -> Result<(), Box<dyn std::error::Error>> {
    let transaction = database.transaction()?;
    transaction.execute("DELETE FROM snapshot", [])?;
    transaction.execute("INSERT INTO snapshot (taken) VALUES (?1)", [snapshot.taken().map(|it| it.to_string())])?;
    {
        let known: Vec<(String, String)> = transaction
            .prepare("SELECT provider, id FROM connection")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut remove = transaction.prepare("DELETE FROM connection WHERE provider = ?1 AND id = ?2")?;
        for (provider, id) in known.iter().filter(|(provider, id)| snapshot.get(provider, id).is_none()) {
            remove.execute([provider, id])?;
        }
        let mut put = transaction.prepare(
            "INSERT INTO connection (provider, id, name, service, external_id, state, updated, json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (provider, id) DO UPDATE SET name = excluded.name, service = excluded.service,
             external_id = excluded.external_id, state = excluded.state, updated = excluded.updated,
             json = excluded.json WHERE json <> excluded.json",
        )?;
        for connection in snapshot.connections() {
            let Connection { provider, id, name, service, external_id, state, updated, .. } = connection;
            let updated = updated.map(|it| it.to_string());
            let json = serde_json::to_string(connection)?;
            put.execute(params![provider, id, name, service, external_id, state.kind().as_str(), updated, json])?;
        }
    }
    transaction.commit()?;
    Ok(())
}
