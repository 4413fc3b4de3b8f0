//! What a provider can do. Not every API can do everything, and callers should be able to know before they ask.

use std::fmt;

/// One of the things that can be asked of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operation {
    /// List connections.
    List,
    /// Look up one connection by its id.
    Get,
    /// Create a connection.
    Create,
    /// Change a connection.
    Update,
    /// Delete a connection.
    Delete,
    /// Let a connection rest.
    Pause,
    /// Take a connection up again that rests.
    Resume,
    /// Try out whether a connection works.
    Test,
}

impl Operation {
    /// All that there are.
    pub const ALL: &'static [Self] =
        &[Self::List, Self::Get, Self::Create, Self::Update, Self::Delete, Self::Pause, Self::Resume, Self::Test];

    /// The operation as a lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One of the filters of a [`Query`](crate::Query).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Filter {
    /// [`Query::service`](crate::Query::service).
    Service,
    /// [`Query::external_id`](crate::Query::external_id).
    ExternalId,
    /// [`Query::updated_since`](crate::Query::updated_since).
    UpdatedSince,
    /// [`Query::states`](crate::Query::states).
    State,
    /// [`Query::category`](crate::Query::category).
    Category,
}

impl Filter {
    /// All that there are.
    pub const ALL: &'static [Self] =
        &[Self::Service, Self::ExternalId, Self::UpdatedSince, Self::State, Self::Category];

    /// The filter by the name of what it looks at.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::ExternalId => "external_id",
            Self::UpdatedSince => "updated",
            Self::State => "state",
            Self::Category => "category",
        }
    }
}

/// What a provider has in the way of [external ids](crate::Connection::external_id), and with it how far
/// [`upsert`](crate::Switchboard::upsert) can go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExternalIds {
    /// Its connections have none.
    #[default]
    None,
    /// Several connections may have the same one.
    Shared,
    /// The server refuses a second connection to the same service with the same one, whoever asks for it.
    Unique,
}

/// Who applies a filter. The result is the same; what is fetched for it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppliedBy {
    /// The server: only what matches is fetched.
    Server,
    /// This crate: everything is fetched, and what does not match is left out.
    Client,
}

/// What a provider can do: its operations, the filters that its server applies, and its external ids.
///
/// ```
/// use switchboard::{AppliedBy, Capabilities, Filter, Operation};
///
/// const READ_ONLY: Capabilities =
///     Capabilities::NONE.with(Operation::List).with(Operation::Get).filtered_by_server(Filter::Service);
///
/// assert!(READ_ONLY.can(Operation::List) && !READ_ONLY.can(Operation::Delete));
/// assert_eq!(READ_ONLY.filter(Filter::Service), AppliedBy::Server);
/// assert_eq!(READ_ONLY.filter(Filter::UpdatedSince), AppliedBy::Client);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Capabilities {
    operations: u16,
    by_server: u8,
    external_ids: ExternalIds,
}

impl Capabilities {
    /// Nothing at all.
    pub const NONE: Self = Self { operations: 0, by_server: 0, external_ids: ExternalIds::None };
    /// List, get, create, update and delete, with all filters applied by the client.
    pub const READ_AND_WRITE: Self = Self::NONE
        .with(Operation::List)
        .with(Operation::Get)
        .with(Operation::Create)
        .with(Operation::Update)
        .with(Operation::Delete);

    /// The same and one more operation.
    #[must_use]
    pub const fn with(self, operation: Operation) -> Self {
        Self { operations: self.operations | (1 << operation as u8), ..self }
    }

    /// The same with a filter that the server applies.
    #[must_use]
    pub const fn filtered_by_server(self, filter: Filter) -> Self {
        Self { by_server: self.by_server | (1 << filter as u8), ..self }
    }

    /// The same with external ids.
    #[must_use]
    pub const fn with_external_ids(self, external_ids: ExternalIds) -> Self {
        Self { external_ids, ..self }
    }

    /// What the provider has in the way of external ids.
    pub const fn external_ids(self) -> ExternalIds {
        self.external_ids
    }

    /// Whether the provider has that operation.
    pub const fn can(self, operation: Operation) -> bool {
        self.operations & (1 << operation as u8) != 0
    }

    /// Who applies a filter.
    pub const fn filter(self, filter: Filter) -> AppliedBy {
        if self.by_server & (1 << filter as u8) != 0 { AppliedBy::Server } else { AppliedBy::Client }
    }

    /// The operations that the provider has.
    pub fn operations(self) -> impl Iterator<Item = Operation> {
        Operation::ALL.iter().copied().filter(move |operation| self.can(*operation))
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_server = Filter::ALL.iter().filter(|filter| self.filter(**filter) == AppliedBy::Server);
        f.debug_struct("Capabilities")
            .field("operations", &self.operations().collect::<Vec<_>>())
            .field("filtered_by_server", &by_server.collect::<Vec<_>>())
            .field("external_ids", &self.external_ids)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_and_filter_is_its_own() {
        for operation in Operation::ALL {
            let only = Capabilities::NONE.with(*operation);
            assert_eq!(only.operations().collect::<Vec<_>>(), [*operation]);
        }
        assert_eq!(Capabilities::READ_AND_WRITE.operations().collect::<Vec<_>>(), Operation::ALL[..5]);
        let shown = format!("{:?}", Capabilities::NONE.with(Operation::Get).filtered_by_server(Filter::ExternalId));
        assert_eq!(shown, "Capabilities { operations: [Get], filtered_by_server: [ExternalId], external_ids: None }");
    }
}
