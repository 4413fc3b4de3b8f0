//! Mirrors the connections of all providers into a table, and removes from it what is gone.
//!
//! With credentials in the environment (see `switchboard::Settings`) it mirrors the real services, without them a
//! sandbox. The table is a JSON file, if one is named; what is in it already is brought up to date.
//!
//! ```console
//! cargo run -p switchboard --example mirror -- connections.json
//! ```
//!
//! Before a row is removed its provider is asked whether the connection is really gone; `--unconfirmed` takes the lists'
//! word for it.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use common::BoxError;
use serde::{Deserialize, Serialize};
use switchboard::{Connection, Error, Operation, Query, Switchboard};

/// A row for each connection: by provider, and by the provider's id.
pub(crate) type Table = BTreeMap<String, BTreeMap<String, Row>>;

/// What is kept of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    name: Option<String>,
    service: Option<String>,
    external_id: Option<String>,
    state: String,
}

impl From<Connection> for Row {
    fn from(Connection { name, service, external_id, state, .. }: Connection) -> Self {
        Self { name, service, external_id, state: state.to_string() }
    }
}

/// What it takes for a row to be removed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Removal {
    /// The provider's list came to its end without an error, and the connection was not in it.
    Unlisted,
    /// Besides, the provider says that there is no such connection when it is asked for it: a call for each row that
    /// goes. A list by offset passes over a connection when another one is deleted while it is read, and nobody can tell
    /// that from the list.
    Confirmed,
}

/// What became of a provider's rows, or why none was removed.
pub(crate) type Outcome = Result<Changes, Error>;

/// Ids of a provider's connections.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Their rows are gone.
    pub(crate) removed: BTreeSet<String>,
    /// They are there, but their rows were left as they were: what came was not as the provider promises, and something
    /// had to be made up for it to be read at all.
    pub(crate) kept: BTreeSet<String>,
}

/// What a provider's list holds.
#[derive(Default)]
struct Listed {
    ids: BTreeSet<String>,
    kept: BTreeSet<String>,
}

/// Brings the table up to date, and says for each provider what became of its rows. `page_size` is how many connections
/// to ask for at once; `None` is as many as an API allows.
///
/// Every connection that comes is written, whatever comes after it, unless it would put what was made up over what is known. What did not come is removed only if the provider
/// had no error at all: an error means that the list may lack some.
pub(crate) async fn mirror(
    board: &Switchboard,
    table: &mut Table,
    page_size: Option<u32>,
    removal: Removal,
) -> BTreeMap<String, Outcome> {
    let mut listed: BTreeMap<String, Result<Listed, Error>> =
        board.providers().map(|provider| (provider.name().to_owned(), Ok(Listed::default()))).collect();
    let mut query = Query::new();
    query.page_size = page_size;
    let mut connections = board.connections(&query);
    while let Some(item) = connections.next().await {
        match item {
            Ok(connection) => {
                let (provider, id) = (connection.provider.clone(), connection.id.clone());
                let rows = table.entry(provider.clone()).or_default();
                let is_made_up = !connection.is_faithful() && rows.contains_key(&id);
                if !is_made_up {
                    rows.insert(id.clone(), Row::from(connection));
                }
                if let Some(Ok(Listed { ids, kept })) = listed.get_mut(&provider) {
                    kept.extend(is_made_up.then(|| id.clone()));
                    ids.insert(id);
                }
            }
            // The first error is the one that says most.
            Err(error) => match listed.get_mut(error.provider()) {
                Some(Err(_)) => {}
                _ => drop(listed.insert(error.provider().to_owned(), Err(error))),
            },
        }
    }
    let mut outcomes = BTreeMap::new();
    for (provider, listed) in listed {
        let rows = table.entry(provider.clone()).or_default();
        let outcome = match listed {
            Ok(Listed { ids, kept }) => {
                remove(board, &provider, rows, &ids, removal).await.map(|removed| Changes { removed, kept })
            }
            Err(error) => Err(error),
        };
        outcomes.insert(provider, outcome);
    }
    outcomes
}

/// Removes the rows that are not `listed`, and returns their ids.
async fn remove(
    board: &Switchboard,
    provider: &str,
    rows: &mut BTreeMap<String, Row>,
    listed: &BTreeSet<String>,
    removal: Removal,
) -> Result<BTreeSet<String>, Error> {
    let gone: BTreeSet<String> = rows.keys().filter(|id| !listed.contains(*id)).cloned().collect();
    if removal == Removal::Confirmed {
        for id in &gone {
            match board.get(provider, id).await {
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    let reason = format!("the list left out a connection that is there: {id}");
                    return Err(Error::unreadable(provider, Operation::List, reason));
                }
            }
        }
    }
    rows.retain(|id, _| !gone.contains(id));
    Ok(gone)
}

#[tokio::main]
async fn main() -> ExitCode {
    let (options, files): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|it| it == "--unconfirmed");
    let removal = if options.is_empty() { Removal::Confirmed } else { Removal::Unlisted };
    match run(files.into_iter().next(), removal).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Mirrors into the file of that name, if there is a name, and tells whether every provider was mirrored.
async fn run(file: Option<String>, removal: Removal) -> Result<ExitCode, BoxError> {
    let (board, _sandbox) = common::board().await?;
    let mut table = match file.as_ref().map(std::fs::read) {
        Some(Ok(text)) => serde_json::from_slice(&text)?,
        Some(Err(error)) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => Table::new(),
    };
    let outcomes = mirror(&board, &mut table, None, removal).await;
    if let Some(file) = file {
        // A table that is half written must not take the place of one that was whole.
        let new = format!("{file}.new");
        std::fs::write(&new, serde_json::to_vec_pretty(&table)?)?;
        std::fs::rename(new, file)?;
    }
    // `println!` panics where standard output is full or closed.
    let mut out = io::stdout();
    for (provider, outcome) in &outcomes {
        let rows = table.get(provider).map_or(0, BTreeMap::len);
        match outcome {
            Ok(Changes { removed, kept }) => {
                writeln!(out, "{provider}: {rows} rows, {} removed, {} left as they were", removed.len(), kept.len())?;
            }
            Err(error) => {
                writeln!(out, "{provider}: {rows} rows, none removed, for the list may not be whole: {error}")?;
            }
        }
    }
    Ok(if outcomes.values().all(Result::is_ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
