//! The switchboard: several providers behind one front.

use std::fmt;
use std::sync::Arc;

use futures_util::stream;

use crate::upsert::{Turns, upsert};
use crate::{
    Connection, ConnectionChange, ConnectionProvider, ConnectionStream, Connections, Error, NewConnection, Operation,
    Query, Settings, SettingsError, TestReport, Upserted,
};

/// Several providers behind one front. Cheap to clone.
#[derive(Clone, Default)]
pub struct Switchboard {
    providers: Arc<[Arc<dyn ConnectionProvider>]>,
    turns: Arc<Turns>,
}

impl Switchboard {
    /// Starts with no provider.
    pub fn builder() -> SwitchboardBuilder {
        SwitchboardBuilder::default()
    }

    /// The providers for which the environment has credentials; [`Settings`] tells the variables. There may be none.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if what is set is not enough for a provider, or cannot be used.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_settings(&Settings::from_env())
    }

    /// The providers for which there are credentials in the settings.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if what is set is not enough for a provider, or cannot be used.
    pub fn from_settings(settings: &Settings<'_>) -> Result<Self, SettingsError> {
        let (mut builder, mut errors) = (Self::builder(), Vec::new());
        for (_, from_settings) in crate::providers::FROM_SETTINGS {
            match from_settings(settings, None) {
                Ok(Some(provider)) => builder = builder.shared_provider(provider),
                Ok(None) => {}
                Err(error) => errors.push(error),
            }
        }
        match SettingsError::of(errors) {
            Some(error) => Err(error),
            None => Ok(builder.build()),
        }
    }

    /// The providers, in the order they were added.
    pub fn providers(&self) -> impl Iterator<Item = &Arc<dyn ConnectionProvider>> {
        self.providers.iter()
    }

    /// The provider of that name.
    pub fn provider(&self, name: &str) -> Option<&Arc<dyn ConnectionProvider>> {
        self.providers.iter().find(|provider| provider.name() == name)
    }

    /// Whether there is no provider at all.
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    /// The connections that a query asks for, of all providers at once.
    ///
    /// Each provider's connections come in its vendor's order; among providers, whichever has one at hand gets its
    /// turn, and none gets a second one while another waits with its first. Nothing is sent before the stream is read.
    /// From then on all providers fetch at the same time, each no further than the page that its next connection is on,
    /// so memory stays flat however slow the reader is. Dropping the stream cancels what is under way.
    ///
    /// A provider that fails yields its [`Error`], which says which one it is, and the others go on. So does a name in
    /// [`Query::providers`] that there is no provider of. [`Connections::listed`] tells in the end whose list is complete.
    pub fn connections(&self, query: &Query) -> Connections {
        let asked = self.providers().filter(|provider| {
            query.providers.is_empty() || query.providers.iter().any(|name| name == provider.name())
        });
        let lists = asked.map(|provider| (provider.name().to_owned(), provider.list(query)));
        let missing = query.providers.iter().filter(|name| self.provider(name).is_none());
        let missing = missing.map(|name| {
            let error: ConnectionStream = Box::pin(stream::iter([Err(self.unknown(name, Operation::List))]));
            (name.clone(), error)
        });
        Connections::merge(lists.chain(missing))
    }

    /// The connections of all providers with this id on the other side: the list with that one filter, which tells each
    /// provider's completeness, too. Where the API cannot filter by it
    /// ([`Filter::ExternalId`](crate::Filter::ExternalId)), that takes reading the whole list; Sitecore Personalize, whose
    /// connections have no such id, is not asked.
    pub fn find(&self, external_id: impl Into<String>) -> Connections {
        self.connections(&Query::new().external_id(external_id))
    }

    /// One connection of a provider.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider, or [`UnknownProvider`](crate::ErrorKind::UnknownProvider).
    pub async fn get(&self, provider: &str, id: &str) -> Result<Connection, Error> {
        self.named(provider, Operation::Get)?.get(id).await
    }

    /// Creates a connection with a provider.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider, or [`UnknownProvider`](crate::ErrorKind::UnknownProvider).
    pub async fn create(&self, provider: &str, new: NewConnection) -> Result<Connection, Error> {
        self.named(provider, Operation::Create)?.create(new).await
    }

    /// Changes a connection of a provider.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider, or [`UnknownProvider`](crate::ErrorKind::UnknownProvider).
    pub async fn update(&self, provider: &str, id: &str, change: ConnectionChange) -> Result<Connection, Error> {
        self.named(provider, Operation::Update)?.update(id, change).await
    }

    /// Deletes a connection of a provider.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider, or [`UnknownProvider`](crate::ErrorKind::UnknownProvider).
    pub async fn delete(&self, provider: &str, id: &str) -> Result<(), Error> {
        self.named(provider, Operation::Delete)?.delete(id).await
    }

    /// Lets a connection of a provider rest.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider, or [`UnknownProvider`](crate::ErrorKind::UnknownProvider).
    pub async fn pause(&self, provider: &str, id: &str) -> Result<Connection, Error> {
        self.named(provider, Operation::Pause)?.pause(id).await
    }

    /// Takes a connection of a provider up again that rests.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider, or [`UnknownProvider`](crate::ErrorKind::UnknownProvider).
    pub async fn resume(&self, provider: &str, id: &str) -> Result<Connection, Error> {
        self.named(provider, Operation::Resume)?.resume(id).await
    }

    /// Has the vendor try out whether a connection works. That it does not is no error, but a [`TestReport`].
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider, or [`UnknownProvider`](crate::ErrorKind::UnknownProvider).
    pub async fn test(&self, provider: &str, id: &str) -> Result<TestReport, Error> {
        self.named(provider, Operation::Test)?.test(id).await
    }

    /// Creates the connection with that external id, and service if it has one; or changes the one that is there to what
    /// is asked for. Calling it again changes nothing, so that it may be repeated after any failure.
    ///
    /// It lists the connections with that external id, and then creates, changes, or lets be. How safe that is when
    /// several do it at once depends on who they are:
    ///
    /// - calls of one switchboard and its clones take turns;
    /// - of several programs, where [`ExternalIds::Unique`](crate::ExternalIds::Unique): the server refuses the second
    ///   one, which then finds what the first one made, and goes on with that;
    /// - where [`ExternalIds::Shared`](crate::ExternalIds::Shared), nothing keeps two programs from creating one each.
    ///   What was created is looked for once more, and what else is there is told in [`Upserted::duplicates`].
    ///
    /// Changed is the name if it differs, and all that the [record](NewConnection::record) says, if there is one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the provider; [`UnknownProvider`](crate::ErrorKind::UnknownProvider);
    /// [`Invalid`](crate::ErrorKind::Invalid), before anything is sent, without an external id, with an empty one, or where the
    /// API has none;
    /// [`Ambiguous`](crate::ErrorKind::Ambiguous) if several connections have it: then nothing was changed.
    pub async fn upsert(&self, provider: &str, new: NewConnection) -> Result<Upserted, Error> {
        let provider = self.named(provider, Operation::Create)?;
        upsert(&self.turns, &**provider, new).await
    }

    fn named(&self, name: &str, operation: Operation) -> Result<&Arc<dyn ConnectionProvider>, Error> {
        self.provider(name).ok_or_else(|| self.unknown(name, operation))
    }

    fn unknown(&self, name: &str, operation: Operation) -> Error {
        Error::unknown_provider(name, operation, self.providers().map(|provider| provider.name()))
    }
}

impl fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.providers().map(|provider| provider.name())).finish()
    }
}

/// Makes a [`Switchboard`].
#[derive(Default)]
#[must_use = "`build` makes the switchboard"]
pub struct SwitchboardBuilder {
    providers: Vec<Arc<dyn ConnectionProvider>>,
}

impl SwitchboardBuilder {
    /// Adds a provider. It takes the place of one that has the same name: two accounts of one API need a name each.
    pub fn provider(self, provider: impl ConnectionProvider + 'static) -> Self {
        self.shared_provider(Arc::new(provider))
    }

    /// Adds a provider that others may hold, too. It takes the place of one that has the same name.
    pub fn shared_provider(mut self, provider: Arc<dyn ConnectionProvider>) -> Self {
        match self.providers.iter_mut().find(|other| other.name() == provider.name()) {
            Some(other) => *other = provider,
            None => self.providers.push(provider),
        }
        self
    }

    /// Makes the switchboard.
    pub fn build(self) -> Switchboard {
        Switchboard { providers: self.providers.into(), turns: Arc::default() }
    }
}

impl fmt::Debug for SwitchboardBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.providers.iter().map(|provider| provider.name())).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ErrorKind;

    /// As many connections as it says, and then an error if there is one to come.
    struct Fake(&'static str, u32, bool);

    impl ConnectionProvider for Fake {
        fn name(&self) -> &str {
            self.0
        }

        fn list(&self, query: &Query) -> ConnectionStream {
            let Self(name, count, fails) = *self;
            let good = (0..count).map(move |id| Ok(Connection::new(name, id.to_string(), json!({}))));
            let bad = fails.then(|| Err(Error::other(name, Operation::List, ErrorKind::Api, "out of order")));
            query.select(stream::iter(good.chain(bad)))
        }
    }

    fn names(items: &[Connection]) -> Vec<String> {
        items.iter().map(|item| format!("{}{}", item.provider, item.id)).collect()
    }

    #[tokio::test]
    async fn providers_take_turns_and_a_failing_one_does_not_stop_the_others() {
        let board = Switchboard::builder().provider(Fake("a", 3, false)).provider(Fake("b", 1, true)).build();
        let (connections, errors) = board.connections(&Query::new()).collect_all().await;
        assert_eq!(names(&connections), ["a0", "b0", "a1", "a2"]);
        assert_eq!(errors.iter().map(Error::to_string).collect::<Vec<_>>(), ["b: out of order"]);
    }

    #[tokio::test]
    async fn only_the_providers_asked_for_and_an_error_for_those_that_are_not_there() {
        let board = Switchboard::builder().provider(Fake("a", 1, false)).provider(Fake("b", 1, false)).build();
        let query = Query::new().provider("b").provider("c");
        let (connections, errors) = board.connections(&query).collect_all().await;
        assert_eq!(names(&connections), ["b0"]);
        assert_eq!(errors[0].to_string(), "c: cannot list: there is no provider of this name; there are: `a`, `b`");
        assert_eq!(board.get("c", "1").await.unwrap_err().kind(), ErrorKind::UnknownProvider);
        let error = Switchboard::default().delete("c", "1").await.unwrap_err();
        assert_eq!(error.to_string(), "c: cannot delete: there is no provider of this name; there are none");
    }

    #[test]
    fn a_provider_takes_the_place_of_one_with_its_name() {
        let builder = Switchboard::builder().provider(Fake("a", 1, false)).provider(Fake("b", 1, false));
        let board = builder.provider(Fake("a", 2, false)).build();
        assert_eq!(format!("{board:?}"), r#"["a", "b"]"#);
        assert!(Switchboard::default().is_empty() && !board.is_empty());
    }

    #[test]
    fn a_board_and_its_streams_travel() {
        fn assert_travels<T: Send + 'static>() {}
        assert_travels::<Switchboard>();
        assert_travels::<Connections>();
        assert_travels::<std::sync::Mutex<Switchboard>>();
    }
}
