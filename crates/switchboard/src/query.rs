//! What to list. A query means the same for every provider: what a server cannot filter is filtered here.

use std::pin::Pin;

use futures_core::Stream;
use futures_util::{StreamExt, future};

use crate::connection::{is_made_up, property_of};
use crate::{Connection, Error, Filter, Operation, StateKind, Timestamp};

/// The connections of one provider, one by one, as a provider lists them.
pub type ConnectionStream = Pin<Box<dyn Stream<Item = Result<Connection, Error>> + Send>>;

/// Which connections to list. The default is all of them.
///
/// ```
/// use switchboard::Query;
///
/// let query = Query::new().service("shopify").updated_since("2026-01-01T00:00:00Z".parse()?).provider("activecampaign");
/// assert_eq!(query.service.as_deref(), Some("shopify"));
/// # Ok::<(), switchboard::runtime::InvalidValue>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// Only connections to this service, exactly as the vendor writes it ([`Connection::service`]).
    pub service: Option<String>,
    /// Only connections with this id on the other side ([`Connection::external_id`]).
    pub external_id: Option<String>,
    /// Only connections changed at or after this moment. One whose record does not tell when it was changed is kept:
    /// one too many does less harm than one that is missed.
    pub updated_since: Option<Timestamp>,
    /// Only connections in one of these states; empty for any.
    pub states: Vec<StateKind>,
    /// Only connections of this category, exactly as the vendor writes it ([`Connection::categories`]).
    pub category: Option<String>,
    /// Only these providers, by name; empty for all.
    pub providers: Vec<String>,
    /// How many connections to fetch at once, where the API pages. Kept within what the API allows; without it, that is
    /// as many as it allows.
    pub page_size: Option<u32>,
}

impl Query {
    /// All connections of all providers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only connections to this service, exactly as the vendor writes it.
    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// Only connections with this id on the other side.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Only connections in this state, beside others named so.
    #[must_use]
    pub fn state(mut self, state: StateKind) -> Self {
        self.states.push(state);
        self
    }

    /// Only connections of this category, exactly as the vendor writes it.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// Only connections changed at or after this moment.
    #[must_use]
    pub fn updated_since(mut self, moment: Timestamp) -> Self {
        self.updated_since = Some(moment);
        self
    }

    /// Only this provider, beside others named so.
    #[must_use]
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.providers.push(name.into());
        self
    }

    /// How many connections to fetch at once.
    #[must_use]
    pub fn page_size(mut self, connections: u32) -> Self {
        self.page_size = Some(connections);
        self
    }

    /// Whether a connection is one of those asked for.
    pub fn matches(&self, connection: &Connection) -> bool {
        let equal = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        (self.providers.is_empty() || self.providers.contains(&connection.provider))
            && equal(&self.service, &connection.service)
            && equal(&self.external_id, &connection.external_id)
            && (self.states.is_empty() || self.states.contains(&connection.state.kind()))
            && self.category.as_ref().is_none_or(|wanted| connection.categories.contains(wanted))
            && self.is_recent(connection)
    }

    fn is_recent(&self, connection: &Connection) -> bool {
        match (self.updated_since, connection.updated) {
            (Some(since), Some(updated)) => updated >= since,
            _ => true,
        }
    }

    /// What a provider's list is to end with: leaves out the connections that were not asked for. Errors pass.
    pub fn select(
        &self,
        connections: impl Stream<Item = Result<Connection, Error>> + Send + 'static,
    ) -> ConnectionStream {
        self.select_of(connections, &[])
    }

    /// The same for a provider of which is known what of its records the filters look at. Where that had to be made up in
    /// reading, nobody can tell whether the connection was asked for: it is an error, and the list is not complete.
    pub(crate) fn select_of(
        &self,
        connections: impl Stream<Item = Result<Connection, Error>> + Send + 'static,
        looked_at: &'static [(Filter, &'static [&'static str])],
    ) -> ConnectionStream {
        // The stream is one provider's: its name need not be compared for every connection.
        let query = Self { providers: Vec::new(), ..self.clone() };
        Box::pin(connections.filter_map(move |item| {
            future::ready(match item {
                Ok(connection) if !query.matches(&connection) => query.doubt(&connection, looked_at).map(Err),
                item => Some(item),
            })
        }))
    }

    /// Why nobody can tell whether a connection that does not match was asked for.
    fn doubt(&self, connection: &Connection, looked_at: &[(Filter, &[&str])]) -> Option<Error> {
        let is_asked = |filter: &Filter| match filter {
            Filter::Service => self.service.is_some(),
            Filter::ExternalId => self.external_id.is_some(),
            Filter::UpdatedSince => self.updated_since.is_some(),
            Filter::State => !self.states.is_empty(),
            Filter::Category => self.category.is_some(),
        };
        let asked: Vec<&str> =
            looked_at.iter().filter(|(filter, _)| is_asked(filter)).flat_map(|(_, names)| *names).copied().collect();
        let made_up = connection.repairs.iter().find(|it| is_made_up(it) && asked.contains(&property_of(it)))?;
        let reason = format!("whether {} is one of those asked for cannot be told: {made_up}", connection.id);
        Some(Error::unreadable(connection.provider.as_str(), Operation::List, reason))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn connection() -> Connection {
        let mut connection = Connection::new("mine", "1", json!({}));
        connection.service = Some("shopify".to_owned());
        connection.updated = "2026-01-01T00:00:00-06:00".parse().ok();
        connection.categories = vec!["crm".to_owned(), "martech".to_owned()];
        connection
    }

    #[test]
    fn the_default_matches_everything() {
        assert!(Query::new().matches(&connection()));
        assert!(Query::new().matches(&Connection::new("", "", json!(null))));
    }

    #[test]
    fn every_filter_filters() {
        let connection = connection();
        assert!(Query::new().service("shopify").provider("other").provider("mine").matches(&connection));
        for other in [
            Query::new().service("Shopify"),
            Query::new().external_id("x"),
            Query::new().provider("other"),
            Query::new().updated_since(at("2026-01-01T06:00:01Z")),
            Query::new().state(StateKind::Active).state(StateKind::Paused),
            Query::new().category("hris"),
        ] {
            assert!(!other.matches(&connection), "{other:?}");
        }
    }

    #[test]
    fn what_does_not_tell_when_it_was_changed_is_kept() {
        let mut connection = connection();
        let query = Query::new().updated_since(at("2026-01-01T06:00:00Z"));
        assert!(query.matches(&connection));
        connection.updated = None;
        assert!(query.matches(&connection));
    }

    #[test]
    fn any_of_the_states_will_do() {
        let query = Query::new().state(StateKind::Unhealthy).state(StateKind::Unknown).category("martech");
        assert!(query.matches(&connection()));
    }
}
