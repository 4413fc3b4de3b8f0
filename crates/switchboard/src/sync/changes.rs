//! What is different between what is known and what the providers list now.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Serialize, Serializer};

use super::Snapshot;
use crate::{Connection, Error, Operation, Query, State, Switchboard, Timestamp};

/// What has changed since a [`Snapshot`], and the snapshot to go on from.
///
/// Connections are [without secrets](Connection::without_secrets) here, and a change of what is withheld is not seen.
#[derive(Debug)]
#[non_exhaustive]
pub struct Changes {
    /// Connections that were not known.
    pub added: Vec<Connection>,
    /// Connections that are not as they were.
    pub changed: Vec<Change>,
    /// Connections that are gone, as they were known: their provider's list came to its proven end without them, and, where
    /// it can be asked for one connection, it says that there is none of that id. Of a look at this connection alone, the
    /// latter will do.
    pub removed: Vec<Connection>,
    /// Connections that came with something [made up in reading](Connection::is_faithful), and were known before: what is
    /// known of them stays as it is, until they come whole. Their [repairs](Connection::repairs) tell why.
    pub kept: Vec<Connection>,
    /// What went wrong. Of a provider with an error nothing is removed, whatever its list lacks.
    pub errors: Vec<Error>,
    /// What is known now: what was known, with all these changes. [`changes`](Switchboard::changes) is told against it the
    /// next time.
    pub snapshot: Arc<Snapshot>,
}

impl Changes {
    /// Whether nothing has changed. There may be errors, and connections that were [kept](Self::kept) as they were known.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// The connections that do not work, and did when they were last looked at, or were not known.
    pub fn turned_unhealthy(&self) -> impl Iterator<Item = &Connection> {
        let changed = self.changed.iter().filter(|it| !it.before.state.is_unhealthy()).map(|it| &it.after);
        self.added.iter().chain(changed).filter(|connection| connection.state.is_unhealthy())
    }

    /// The connections that did not work when they were last looked at, and are active again.
    pub fn recovered(&self) -> impl Iterator<Item = &Connection> {
        let changed = self.changed.iter().filter(|it| it.before.state.is_unhealthy()).map(|it| &it.after);
        changed.filter(|connection| connection.state == State::Active)
    }
}

impl Switchboard {
    /// All connections there are, to keep: what [`changes`](Self::changes) finds since nothing was known. It may lack those
    /// of providers that failed, of which the errors tell.
    pub async fn snapshot(&self) -> (Arc<Snapshot>, Vec<Error>) {
        let Changes { snapshot, errors, .. } = self.changes(&Snapshot::empty()).await;
        (snapshot, errors)
    }

    /// What has changed since a snapshot. Lists all connections of all providers.
    ///
    /// Nothing is told to be gone that may be there: see [`Changes::removed`]. That takes a call for each that is gone.
    pub async fn changes(&self, since: &Snapshot) -> Changes {
        changes(self, since, SystemTime::now().into(), &Query::new()).await
    }
}

/// A connection that is not as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What differs; never empty.
    pub fields: Vec<Field>,
    /// The connection as it was known.
    pub before: Connection,
    /// The connection as it is.
    pub after: Connection,
}

impl Change {
    /// What differs between two states of a connection, if anything does.
    fn between(before: Connection, after: &Connection) -> Option<Self> {
        let fields = [
            (Field::Name, before.name != after.name),
            (Field::Service, before.service != after.service),
            (Field::ExternalId, before.external_id != after.external_id),
            (Field::State, before.state != after.state),
            (Field::Categories, before.categories != after.categories),
            (Field::Created, before.created != after.created),
            (Field::Updated, before.updated != after.updated),
            (Field::LastHealthy, before.last_healthy != after.last_healthy),
            (Field::Record, before.record != after.record),
        ];
        let fields: Vec<_> = fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect();
        (!fields.is_empty()).then(|| Self { fields, before, after: after.clone() })
    }
}

/// One of the parts of a [`Connection`] that can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Field {
    /// [`Connection::name`].
    Name,
    /// [`Connection::service`].
    Service,
    /// [`Connection::external_id`].
    ExternalId,
    /// [`Connection::state`].
    State,
    /// [`Connection::categories`].
    Categories,
    /// [`Connection::created`].
    Created,
    /// [`Connection::updated`].
    Updated,
    /// [`Connection::last_healthy`].
    LastHealthy,
    /// [`Connection::record`]; of what the other parts are taken from, it has the vendor's form.
    Record,
}

impl Field {
    /// The field by its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Service => "service",
            Self::ExternalId => "external_id",
            Self::State => "state",
            Self::Categories => "categories",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::LastHealthy => "last_healthy",
            Self::Record => "record",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// See [`Switchboard::changes`].
///
/// The query says of which providers.
pub(super) async fn changes(board: &Switchboard, since: &Snapshot, now: Timestamp, query: &Query) -> Changes {
    let mut changes = Changes::none();
    let mut snapshot = since.clone().taken_at(now);
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut connections = board.connections(query);
    while let Some(item) = connections.next().await {
        match item {
            Ok(connection) => {
                seen.entry(connection.provider.clone()).or_default().insert(connection.id.clone());
                changes.note(&mut snapshot, connection);
            }
            Err(error) => changes.errors.push(error),
        }
    }
    for listed in connections.listed().iter().filter(|listed| listed.is_complete()) {
        let seen = seen.remove(&listed.provider).unwrap_or_default();
        let missing: Vec<_> = since.of(&listed.provider).filter(|it| !seen.contains(&it.id)).cloned().collect();
        match confirmed(board, &listed.provider, &missing).await {
            Ok(()) => changes.removed.extend(missing),
            Err(error) => changes.errors.push(error),
        }
    }
    for connection in &changes.removed {
        snapshot.remove(&connection.provider, &connection.id);
    }
    changes.snapshot = Arc::new(snapshot);
    changes
}

/// What has changed of these connections alone, each a provider's name and an id.
pub(super) async fn changes_of(
    board: &Switchboard,
    since: &Snapshot,
    connections: &BTreeSet<(String, String)>,
) -> Changes {
    let mut changes = Changes::none();
    let mut snapshot = since.clone();
    for (provider, id) in connections {
        match board.get(provider, id).await {
            Ok(connection) => changes.note(&mut snapshot, connection),
            Err(error) if error.is_not_found() => changes.removed.extend(snapshot.remove(provider, id)),
            Err(error) => changes.errors.push(error),
        }
    }
    changes.snapshot = Arc::new(snapshot);
    changes
}

impl Changes {
    fn none() -> Self {
        Self {
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            kept: Vec::new(),
            errors: Vec::new(),
            snapshot: Arc::default(),
        }
    }

    /// Puts a connection into the snapshot, and notes down what is new of it.
    fn note(&mut self, snapshot: &mut Snapshot, connection: Connection) {
        let is_known = snapshot.get(&connection.provider, &connection.id).is_some();
        if is_known && !connection.is_faithful() {
            self.kept.push(connection.without_secrets());
            return;
        }
        let (provider, id) = (connection.provider.clone(), connection.id.clone());
        let before = snapshot.put(connection);
        let Some(after) = snapshot.get(&provider, &id) else { return };
        match before {
            None => self.added.push(after.clone()),
            Some(before) => self.changed.extend(Change::between(before, after)),
        }
    }
}

/// Asks for the connections that a list lacks. A list by offset passes over one when another is deleted while it is read,
/// and nobody can tell that from the list.
async fn confirmed(board: &Switchboard, provider: &str, missing: &[Connection]) -> Result<(), Error> {
    let Some(provider) = board.provider(provider).filter(|it| it.capabilities().can(Operation::Get)) else {
        return Ok(());
    };
    for Connection { id, .. } in missing {
        match provider.get(id).await {
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
            Ok(_) => {
                let reason = format!("the list left out a connection that is there: {id}");
                return Err(Error::unreadable(provider.name(), Operation::List, reason));
            }
        }
    }
    Ok(())
}
