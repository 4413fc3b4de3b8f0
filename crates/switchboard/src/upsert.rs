//! Create or change, whichever it takes: by the id on the other side, and safe to call again.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures_util::TryStreamExt;
use futures_util::lock::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::{
    Connection, ConnectionChange, ConnectionProvider, Error, ErrorKind, ExternalIds, NewConnection, Operation, Query,
};

/// What came of [`upsert`](crate::Switchboard::upsert).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Upserted {
    /// The connection as it is now.
    pub connection: Connection,
    /// What it took.
    pub outcome: UpsertOutcome,
    /// Further connections with the same external id, which somebody else made at the same time, where the server lets
    /// them. They are left as they are.
    pub duplicates: Vec<Connection>,
}

/// What an [upsert](crate::Switchboard::upsert) took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UpsertOutcome {
    /// There was none: it was created.
    Created,
    /// It was there, and was changed.
    Updated,
    /// It was there as it should be: nothing was sent to change it.
    Unchanged,
}

impl UpsertOutcome {
    /// The outcome as a lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

impl fmt::Display for UpsertOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The upserts that are under way, each by provider and external id, so that those of one process take turns.
#[derive(Default)]
pub(crate) struct Turns(Mutex<BTreeMap<(String, String), Weak<Turn>>>);

type Turn = AsyncMutex<()>;

impl Turns {
    /// Waits until no other upsert of that connection is under way.
    async fn take(&self, provider: &str, external_id: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| turn.strong_count() > 0);
            let key = (provider.to_owned(), external_id.to_owned());
            let running = turns.get(&key).and_then(Weak::upgrade);
            let turn = running.unwrap_or_default();
            turns.insert(key, Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }
}

/// See [`Switchboard::upsert`](crate::Switchboard::upsert).
pub(crate) async fn upsert(
    turns: &Turns,
    provider: &dyn ConnectionProvider,
    new: NewConnection,
) -> Result<Upserted, Error> {
    let name = provider.name();
    let invalid = |reason: &str| Error::invalid(name, Operation::Create, reason);
    let external_ids = provider.capabilities().external_ids();
    if external_ids == ExternalIds::None {
        return Err(invalid("connections of this API have no `external_id` to find them again by"));
    }
    // By an empty one nothing is found, or all that there is.
    let Some(external_id) = new.external_id.clone().filter(|id| !id.is_empty()) else {
        return Err(invalid("`external_id` is needed, to find the connection again by"));
    };
    let _turn = turns.take(name, &external_id).await;
    let mut query = Query::new().external_id(external_id);
    // The service tells two connections of one external id apart, whether it is said in common words or in the vendor's.
    let of_record = || new.record.as_ref().and_then(|record| record.service()).map(str::to_owned);
    query.service = new.service.clone().or_else(of_record);

    if let Some(found) = the_one(name, found(provider, &query).await?)? {
        return settled(provider, found, new).await;
    }
    match provider.create(new.clone()).await {
        Ok(connection) => {
            let duplicates = match external_ids {
                ExternalIds::Shared => {
                    let others = found(provider, &query).await.unwrap_or_default().into_iter();
                    others.filter(|other| other.id != connection.id).collect()
                }
                _ => Vec::new(),
            };
            Ok(Upserted { connection, outcome: UpsertOutcome::Created, duplicates })
        }
        // Somebody else may have been faster; then it is there now.
        Err(error) if error.kind() == ErrorKind::Invalid && external_ids == ExternalIds::Unique => {
            match the_one(name, found(provider, &query).await?)? {
                Some(found) => settled(provider, found, new).await,
                None => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// All connections that the query asks for.
async fn found(provider: &dyn ConnectionProvider, query: &Query) -> Result<Vec<Connection>, Error> {
    provider.list(query).try_collect().await
}

/// The connection that was found, if one was. Which of several is meant nobody can tell.
fn the_one(provider: &str, found: Vec<Connection>) -> Result<Option<Connection>, Error> {
    if found.len() > 1 {
        let ids: Vec<_> = found.iter().map(|connection| connection.id.as_str()).collect();
        let reason = format!("several connections have that external id: {}; change one by its id", ids.join(", "));
        return Err(Error::ambiguous(provider, Operation::Update, reason));
    }
    Ok(found.into_iter().next())
}

/// Brings a connection that is there to what it should be.
async fn settled(provider: &dyn ConnectionProvider, found: Connection, new: NewConnection) -> Result<Upserted, Error> {
    let NewConnection { name, service, external_id, record } = new;
    let change = match record {
        // As when it is created, what is said in common words goes before what the record says.
        Some(record) => ConnectionChange { name, service, external_id, record: Some(record.into()) },
        None => {
            let name = name.filter(|name| Some(name) != found.name.as_ref());
            ConnectionChange { name, ..ConnectionChange::default() }
        }
    };
    let (connection, outcome) = if change.is_empty() {
        (found, UpsertOutcome::Unchanged)
    } else {
        (provider.update(&found.id, change).await?, UpsertOutcome::Updated)
    };
    Ok(Upserted { connection, outcome, duplicates: Vec::new() })
}
