//! All connections as they were at some time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::{Connection, Timestamp};

/// The connections that a program knows of: what [`changes`](crate::Switchboard::changes) is told against.
///
/// It holds them [without secrets](Connection::without_secrets), for it is made to be kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    taken: Option<Timestamp>,
    /// By provider, and by id.
    connections: BTreeMap<String, BTreeMap<String, Connection>>,
}

impl Snapshot {
    /// A snapshot with no connection in it: all that there are have been added since.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A snapshot of these connections, taken at that time, for [stores](crate::SnapshotStore) of your own.
    pub fn new(taken: Option<Timestamp>, connections: impl IntoIterator<Item = Connection>) -> Self {
        let mut this = Self { taken, connections: BTreeMap::new() };
        for connection in connections {
            this.put(connection);
        }
        this
    }

    /// When the connections were listed; `None` of an empty one.
    pub fn taken(&self) -> Option<Timestamp> {
        self.taken
    }

    /// The connections, by provider and id.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values().flat_map(BTreeMap::values)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.connections.values().map(BTreeMap::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.connections.values().all(BTreeMap::is_empty)
    }

    /// One connection.
    pub fn get(&self, provider: &str, id: &str) -> Option<&Connection> {
        self.connections.get(provider)?.get(id)
    }

    /// The connections of one provider.
    pub(super) fn of(&self, provider: &str) -> impl Iterator<Item = &Connection> {
        self.connections.get(provider).into_iter().flat_map(BTreeMap::values)
    }

    /// Puts a connection in, without its secrets, and returns the one that it takes the place of.
    pub(super) fn put(&mut self, connection: Connection) -> Option<Connection> {
        let connection = Connection { repairs: Vec::new(), ..connection.without_secrets() };
        let of_provider = self.connections.entry(connection.provider.clone()).or_default();
        match of_provider.entry(connection.id.clone()) {
            Entry::Occupied(mut place) => Some(place.insert(connection)),
            Entry::Vacant(place) => {
                place.insert(connection);
                None
            }
        }
    }

    /// Takes a connection out, if it is there.
    pub(super) fn remove(&mut self, provider: &str, id: &str) -> Option<Connection> {
        self.connections.get_mut(provider)?.remove(id)
    }

    /// The same, taken at that time.
    pub(super) fn taken_at(self, taken: Timestamp) -> Self {
        Self { taken: Some(taken), ..self }
    }
}
