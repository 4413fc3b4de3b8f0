//! What a caller wants to be: a connection that is not there yet, and a change of one that is.
//!
//! The few things that all APIs have are given directly. What only one has goes in as the body that this vendor's own
//! client takes; the direct ones then go on top of it.

use crate::{NewRecord, RecordChange};

/// A connection to create.
///
/// ```
/// use switchboard::NewConnection;
///
/// let new = NewConnection::new().service("fooCommerce").external_id("toystore123").name("Toystore, Inc.");
/// assert!(new.record.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct NewConnection {
    /// What people are to call it.
    pub name: Option<String>,
    /// The outside service.
    pub service: Option<String>,
    /// The id on the other side.
    pub external_id: Option<String>,
    /// The rest, as the vendor's own client takes it. What is set above goes before what it says.
    pub record: Option<NewRecord>,
}

impl NewConnection {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What people are to call it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The outside service.
    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// The id on the other side.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// The rest, as the vendor's own client takes it.
    #[must_use]
    pub fn record(mut self, record: impl Into<NewRecord>) -> Self {
        self.record = Some(record.into());
        self
    }
}

/// A change of a connection. What is not set stays as it is.
///
/// ```
/// use switchboard::ConnectionChange;
///
/// assert!(!ConnectionChange::new().name("Toystore, Ltd.").is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ConnectionChange {
    /// What people are to call it.
    pub name: Option<String>,
    /// The outside service.
    pub service: Option<String>,
    /// The id on the other side.
    pub external_id: Option<String>,
    /// The rest, as the vendor's own client takes it. What is set above goes before what it says.
    pub record: Option<RecordChange>,
}

impl ConnectionChange {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What people are to call it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The outside service.
    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// The id on the other side.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// The rest, as the vendor's own client takes it.
    #[must_use]
    pub fn record(mut self, record: impl Into<RecordChange>) -> Self {
        self.record = Some(record.into());
        self
    }

    /// Whether it changes nothing. Providers refuse such a change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
