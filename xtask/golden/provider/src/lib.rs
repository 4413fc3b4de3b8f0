//! A provider of one's own, outside of the facade: the routes of an API of which the facade knows nothing, as connections
//! beside those of the three. One file, over the crate that the generator makes of that API's document.

use futures_util::StreamExt;
use golden_ferry::Client;
use golden_ferry::types::{NewRoute, Route, RouteChange, RouteStatus};
use switchboard::runtime::{Error as CallError, ErrorBody, ResponseValue};
use switchboard::{
    BoxFuture, Capabilities, Connection, ConnectionChange, ConnectionProvider, ConnectionStream, Error, ExternalIds,
    Filter, NewConnection, Operation, Query, State, Timestamp,
};

/// The longest page that the API gives.
const LONGEST_PAGE: u32 = 100;

/// The routes of an account.
#[derive(Clone, Debug)]
pub struct Ferry {
    client: Client,
}

impl Ferry {
    /// The name by which the provider is asked for.
    pub const NAME: &'static str = "ferry";

    /// The routes of the account that the client is for.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The route after a change, for to pause and to resume one are changes like any other.
    async fn change(&self, operation: Operation, id: &str, change: RouteChange) -> Result<Connection, Error> {
        one(operation, self.client.update_route(id, change).send().await)
    }
}

impl ConnectionProvider for Ferry {
    fn name(&self) -> &str {
        Self::NAME
    }

    // What the API can do, and which filters its server applies. The rest is refused as unsupported by the trait's own methods.
    fn capabilities(&self) -> Capabilities {
        Capabilities::READ_AND_WRITE
            .with(Operation::Pause)
            .with(Operation::Resume)
            .filtered_by_server(Filter::Service)
            .with_external_ids(ExternalIds::Shared)
    }

    // `select` applies every filter; what the server applies already, it finds true.
    fn list(&self, query: &Query) -> ConnectionStream {
        let mut call = self.client.list_routes();
        if let Some(service) = &query.service {
            call = call.source(service.as_str());
        }
        if let Some(size) = query.page_size {
            call = call.limit(size.clamp(1, LONGEST_PAGE));
        }
        query.select(call.stream().map(|route| match route {
            Ok(route) => unified(Operation::List, route),
            Err(error) => Err(Error::call(Self::NAME, Operation::List, error)),
        }))
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move { one(Operation::Get, self.client.get_route(id).send().await) })
    }

    // What the API must be told and the caller did not say is the caller's fault, told before anything is sent.
    fn create(&self, new: NewConnection) -> BoxFuture<'_, Result<Connection, Error>> {
        Box::pin(async move {
            let (Some(name), Some(service)) = (new.name, new.service) else {
                return Err(Error::invalid(Self::NAME, Operation::Create, "`name` and `service` are needed"));
            };
            if new.record.is_some() {
                return Err(Error::invalid(Self::NAME, Operation::Create, "there is no record that says more"));
            }
            let mut route = NewRoute::new(name, service);
            route.reference = new.external_id;
            one(Operation::Create, self.client.create_route(route).send().await)
        })
    }

    fn update<'a>(&'a self, id: &'a str, change: ConnectionChange) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move {
            match change {
                ConnectionChange { name: Some(name), service: None, external_id: None, record: None, .. } => {
                    self.change(Operation::Update, id, RouteChange::new().title(name)).await
                }
                _ => Err(Error::invalid(Self::NAME, Operation::Update, "the name, and nothing else, can be changed")),
            }
        })
    }

    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let answer = self.client.delete_route(id).send().await;
            answer.map(drop).map_err(|error| Error::call(Self::NAME, Operation::Delete, error))
        })
    }

    fn pause<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(self.change(Operation::Pause, id, RouteChange::new().status(RouteStatus::Halted)))
    }

    fn resume<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(self.change(Operation::Resume, id, RouteChange::new().status(RouteStatus::Running)))
    }
}

/// The connection that an answer is.
fn one<E: ErrorBody>(
    operation: Operation,
    answer: Result<ResponseValue<Route>, CallError<E>>,
) -> Result<Connection, Error> {
    let route = answer.map_err(|error| Error::call(Ferry::NAME, operation, error))?;
    unified(operation, route.into_inner())
}

/// What all connections have in common, and the vendor's own record beside it.
fn unified(operation: Operation, route: Route) -> Result<Connection, Error> {
    let record = serde_json::to_value(&route);
    let record = record.map_err(|error| Error::unreadable(Ferry::NAME, operation, error.to_string()))?;
    let mut connection = Connection::new(Ferry::NAME, route.id, record);
    connection.name = Some(route.title);
    connection.service = Some(route.source);
    connection.external_id = route.reference.into_option();
    connection.created = Timestamp::read(&route.opened_at);
    connection.updated = route.changed_at.as_ref().and_then(Timestamp::read);
    connection.state = match route.status {
        RouteStatus::Running => State::Active,
        RouteStatus::Halted => State::Paused,
        RouteStatus::Stuck => {
            let trouble = route.trouble.map(|trouble| (trouble.reason, Timestamp::read(&trouble.since)));
            let (reason, since) = trouble.unzip();
            State::Unhealthy { reason, since: since.flatten() }
        }
        other => State::Unknown { word: Some(other.as_str().to_owned()) },
    };
    Ok(connection)
}
