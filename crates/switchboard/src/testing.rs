//! What any provider must keep to, for authors of providers to test theirs: the facade's promises hold only as far as its
//! providers' do.
//!
//! ```
//! # use switchboard::{BoxFuture, Capabilities, Connection, ConnectionProvider, ConnectionStream, Error, ErrorKind};
//! # use switchboard::{Operation, Query};
//! # struct Fixed;
//! # impl ConnectionProvider for Fixed {
//! #     fn name(&self) -> &str { "fixed" }
//! #     fn capabilities(&self) -> Capabilities { Capabilities::NONE.with(Operation::List).with(Operation::Get) }
//! #     fn list(&self, query: &Query) -> ConnectionStream {
//! #         query.select(futures_util::stream::iter([Ok(Connection::new("fixed", "1", serde_json::json!({})))]))
//! #     }
//! #     fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
//! #         Box::pin(async move {
//! #             match id {
//! #                 "1" => Ok(Connection::new("fixed", "1", serde_json::json!({}))),
//! #                 _ => Err(Error::other("fixed", Operation::Get, ErrorKind::NotFound, "there is none")),
//! #             }
//! #         })
//! #     }
//! # }
//! # futures_util::FutureExt::now_or_never(async {
//! use switchboard::testing::Conformance;
//!
//! let faults = Conformance::of(&Fixed).absent_id("2").check().await;
//! assert!(faults.is_empty(), "{faults:#?}");
//! # }).unwrap();
//! ```

use std::collections::BTreeSet;

use futures_util::StreamExt;

use crate::{
    AppliedBy, Connection, ConnectionChange, ConnectionProvider, Error, ExternalIds, Filter, NewConnection, Operation,
    Query,
};

/// A check of a provider against what [`ConnectionProvider`] promises.
///
/// Needs a service behind it that nobody else changes meanwhile, with a few connections. It reads; to have it write, give it
/// [something to create](Self::creates).
#[must_use = "`check` does it"]
pub struct Conformance<'a> {
    provider: &'a dyn ConnectionProvider,
    absent_id: String,
    creates: Option<NewConnection>,
}

/// Notes down what is not as it should be.
struct Faults(Vec<String>);

impl Faults {
    fn expect(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.0.push(otherwise());
        }
    }
}

impl<'a> Conformance<'a> {
    /// Checks this provider.
    pub fn of(provider: &'a dyn ConnectionProvider) -> Self {
        Self { provider, absent_id: "999999999".to_owned(), creates: None }
    }

    /// An id, of the form that the vendor's have, that no connection has. Without this call: 999999999.
    pub fn absent_id(self, id: impl Into<String>) -> Self {
        Self { absent_id: id.into(), ..self }
    }

    /// Creates this connection, looks at it, changes its name and deletes it, as far as the provider can.
    pub fn creates(self, new: NewConnection) -> Self {
        Self { creates: Some(new), ..self }
    }

    /// What is not as it should be, a sentence each; nothing if all is well.
    pub async fn check(&self) -> Vec<String> {
        let mut faults = Faults(Vec::new());
        faults.expect(!self.provider.name().is_empty(), || "the name is empty".to_owned());
        self.refusals(&mut faults).await;
        let listed = self.list(&mut faults).await;
        self.lookups(&mut faults, &listed).await;
        self.filters(&mut faults, &listed).await;
        if let Some(new) = &self.creates {
            self.life(&mut faults, new.clone()).await;
        }
        faults.0
    }

    fn can(&self, operation: Operation) -> bool {
        self.provider.capabilities().can(operation)
    }

    /// What is not among the capabilities is refused as unsupported.
    async fn refusals(&self, faults: &mut Faults) {
        let (provider, id) = (self.provider, self.absent_id.as_str());
        for operation in Operation::ALL.iter().filter(|operation| !self.can(**operation)) {
            let refused = match operation {
                Operation::List => provider
                    .list(&Query::new())
                    .next()
                    .await
                    .unwrap_or(Ok(Connection::new("", "", serde_json::Value::Null)))
                    .map(drop),
                Operation::Get => provider.get(id).await.map(drop),
                Operation::Create => provider.create(NewConnection::new()).await.map(drop),
                Operation::Update => provider.update(id, ConnectionChange::new()).await.map(drop),
                Operation::Delete => provider.delete(id).await,
                Operation::Pause => provider.pause(id).await.map(drop),
                Operation::Resume => provider.resume(id).await.map(drop),
                Operation::Test => provider.test(id).await.map(drop),
            };
            faults.expect(refused.as_ref().is_err_and(Error::is_unsupported), || {
                format!("{operation} is not among the capabilities, but not refused as unsupported: {refused:?}")
            });
        }
    }

    /// Connections carry the provider's name, and ids that are no other's.
    async fn list(&self, faults: &mut Faults) -> Vec<Connection> {
        if !self.can(Operation::List) {
            return Vec::new();
        }
        let listed = self.all(faults, &Query::new()).await;
        let mut ids = BTreeSet::new();
        for connection in &listed {
            self.looks_right(faults, connection);
            faults.expect(ids.insert(&connection.id), || format!("two connections have the id {:?}", connection.id));
        }
        listed
    }

    fn looks_right(&self, faults: &mut Faults, connection: &Connection) {
        let (name, its) = (self.provider.name(), &connection.provider);
        faults.expect(its == name, || format!("a connection of {name:?} says that it is of {its:?}"));
        faults.expect(!connection.id.is_empty(), || "a connection has an empty id".to_owned());
    }

    async fn all(&self, faults: &mut Faults, query: &Query) -> Vec<Connection> {
        let mut list = self.provider.list(query);
        let mut listed = Vec::new();
        while let Some(item) = list.next().await {
            match item {
                Ok(connection) => listed.push(connection),
                Err(error) => faults.0.push(format!("the list of {query:?} fails: {error}")),
            }
        }
        listed
    }

    /// A connection is the same looked up as listed, and one that is not there is not found.
    async fn lookups(&self, faults: &mut Faults, listed: &[Connection]) {
        if !self.can(Operation::Get) {
            return;
        }
        if let Some(connection) = listed.first() {
            match self.provider.get(&connection.id).await {
                Ok(got) => {
                    let same = (&got.id, &got.state, &got.external_id)
                        == (&connection.id, &connection.state, &connection.external_id);
                    faults.expect(same, || format!("looked up, a connection is {got:?}; listed, it is {connection:?}"));
                }
                Err(error) => faults.0.push(format!("a listed connection cannot be looked up: {error}")),
            }
        }
        let absent = self.provider.get(&self.absent_id).await;
        faults.expect(absent.as_ref().is_err_and(Error::is_not_found), || {
            format!("an id that no connection has is not told to be not found: {absent:?}")
        });
        let named = absent.as_ref().err().is_none_or(|error| error.provider() == self.provider.name());
        faults.expect(named, || "an error carries another provider's name".to_owned());
    }

    /// A filter gives what the whole list has of it, whoever applies it.
    async fn filters(&self, faults: &mut Faults, listed: &[Connection]) {
        for connection in listed.first().into_iter().chain(listed.last()) {
            let mut queries = vec![Query::new().state(connection.state.kind())];
            queries.extend(connection.service.as_ref().map(|service| Query::new().service(service)));
            queries.extend(connection.external_id.as_ref().map(|id| Query::new().external_id(id)));
            queries.extend(connection.categories.first().map(|category| Query::new().category(category)));
            queries.extend(connection.updated.map(|updated| Query::new().updated_since(updated)));
            for query in queries {
                let ids = |connections: &[Connection]| -> BTreeSet<String> {
                    connections.iter().map(|connection| connection.id.clone()).collect()
                };
                let expected: Vec<_> = listed.iter().filter(|it| query.matches(it)).cloned().collect();
                let found = self.all(faults, &query).await;
                faults.expect(ids(&found) == ids(&expected), || {
                    format!("{query:?} gives {:?}, and of the whole list {:?} match", ids(&found), ids(&expected))
                });
            }
        }
        let external_ids = self.provider.capabilities().external_ids();
        let have_none = listed.iter().all(|connection| connection.external_id.is_none());
        faults.expect(external_ids != ExternalIds::None || have_none, || {
            "connections have external ids, and the capabilities say that they have none".to_owned()
        });
        let by_server = self.provider.capabilities().filter(Filter::ExternalId) == AppliedBy::Server;
        faults.expect(!by_server || external_ids != ExternalIds::None, || {
            "the server filters by external ids, and the capabilities say that there are none".to_owned()
        });
    }

    /// What is created is there, can be changed, and is gone when it is deleted.
    async fn life(&self, faults: &mut Faults, new: NewConnection) {
        let created = match self.provider.create(new).await {
            Ok(created) => created,
            Err(error) => return faults.0.push(format!("what is to be created is not: {error}")),
        };
        self.looks_right(faults, &created);
        if self.can(Operation::Update) {
            let renamed = self.provider.update(&created.id, ConnectionChange::new().name("Renamed")).await;
            let is_renamed =
                renamed.as_ref().is_ok_and(|it| it.id == created.id && it.name.as_deref() == Some("Renamed"));
            faults.expect(is_renamed, || format!("a change of the name gives {renamed:?}"));
            let nothing = self.provider.update(&created.id, ConnectionChange::new()).await;
            faults.expect(nothing.is_err(), || "a change of nothing is not refused".to_owned());
        }
        if self.can(Operation::Delete) {
            if let Err(error) = self.provider.delete(&created.id).await {
                faults.0.push(format!("what was created cannot be deleted: {error}"));
            }
            let gone = self.provider.get(&created.id).await;
            let is_gone = !self.can(Operation::Get) || gone.as_ref().is_err_and(Error::is_not_found);
            faults.expect(is_gone, || format!("what was deleted is not told to be not found: {gone:?}"));
        }
    }
}
