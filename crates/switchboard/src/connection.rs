//! The unified connection: what all APIs say about one, in one form, beside the record in which each says it.

use std::fmt;

use serde::{Serialize, Serializer};
use switchboard_runtime::{DateTime, Repair};

use crate::Record;

/// An account of an outside service that is joined to a platform.
///
/// Where a provider's record does not have a thing, it is `None`. Which of the vendor's fields each of them is taken
/// from, the documentation of each provider tells.
///
/// Serializes with the vendor's record, and that may hold credentials of the connected service; `Debug` leaves the
/// record out for that reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Connection {
    /// The name of the provider that the connection is from, as [`Switchboard::provider`](crate::Switchboard::provider)
    /// takes it.
    pub provider: String,
    /// The vendor's id of the connection, as `get`, `update` and `delete` take it. Unique within the provider.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// The outside service, as the vendor calls it.
    pub service: Option<String>,
    /// The id on the other side: of the account in the outside service, or of your own customer.
    pub external_id: Option<String>,
    /// Whether it works, as far as the vendor says.
    pub state: State,
    /// When it was made, as the vendor writes it.
    pub created: Option<DateTime>,
    /// When it was last changed, as the vendor writes it.
    pub updated: Option<DateTime>,
    /// The vendor's own record, with every field that came.
    pub record: Record,
    /// Where the vendor's answer does not keep to its document, and an empty value or one of another type was taken: in this
    /// connection, with its place in the answer that it came in, for example `connections[3].name`. Mostly there is none.
    /// It says something of the answer and nothing of the connection, so it is not serialized.
    #[serde(skip)]
    pub repairs: Vec<Repair>,
}

impl Connection {
    /// A connection of which nothing more is known yet, for providers to fill in.
    pub fn new(provider: impl Into<String>, id: impl Into<String>, record: impl Into<Record>) -> Self {
        Self {
            provider: provider.into(),
            id: id.into(),
            name: None,
            service: None,
            external_id: None,
            state: State::Unknown,
            created: None,
            updated: None,
            record: record.into(),
            repairs: Vec::new(),
        }
    }
}

/// Whether a connection works, as far as its vendor says. How it is told from a record is a rule of each provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// In use, and the vendor reports nothing against it.
    Connected,
    /// The vendor reports that it does not work.
    Error,
    /// The vendor lets it rest.
    Paused,
    /// Put away.
    Archived,
    /// The record does not say, or says something that is not known here.
    #[default]
    Unknown,
}

impl State {
    /// The state as a lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Error => "error",
            Self::Paused => "paused",
            Self::Archived => "archived",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn serializes_whole_and_debugs_without_the_record() {
        let connection = Connection::new("mine", "7", json!({ "token": "canary" }));
        let encoded = serde_json::to_value(&connection).unwrap();
        assert_eq!((&encoded["state"], &encoded["record"]["token"]), (&json!("unknown"), &json!("canary")));
        let shown = format!("{connection:?}");
        assert!(shown.contains("\"mine\"") && !shown.contains("canary"), "{shown}");
    }
}
