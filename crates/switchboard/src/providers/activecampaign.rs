//! ActiveCampaign's connections: deep-data integrations of an account with shops and other services.
//!
//! <https://developers.activecampaign.com/reference/connections>

use std::sync::Arc;

use activecampaign::types::{self, ConnectionResponse};
use activecampaign::{Client, ResponseValue, Server};
use futures_util::StreamExt;
use switchboard_runtime::{Error as CallError, ErrorBody};

use crate::call_settings::with_calls;
use crate::records::activecampaign::{NewRecord, Record, RecordChange};
use crate::settings::both;
use crate::{
    BoxFuture, Capabilities, Connection, ConnectionChange, ConnectionProvider, ConnectionStream, Error, ErrorKind,
    ExternalIds, Filter, NewConnection, Operation, Query, Settings, SettingsError, State, Timestamp,
};

/// The longest page (<https://developers.activecampaign.com/reference/pagination>).
const LONGEST_PAGE: u32 = 100;

/// What of a record the filters look at.
const LOOKED_AT: &[(Filter, &[&str])] =
    &[(Filter::Service, &["service"]), (Filter::ExternalId, &["externalid"]), (Filter::State, &["status"])];

const API_TOKEN: &str = "ACTIVECAMPAIGN_API_TOKEN";
const ACCOUNT: &str = "ACTIVECAMPAIGN_ACCOUNT";
const BASE_URL: &str = "ACTIVECAMPAIGN_BASE_URL";

/// The connections of an ActiveCampaign account.
///
/// | [`Connection`] | is |
/// |---|---|
/// | `id`, `name`, `service` | `id`, `name`, `service` |
/// | `external_id` | `externalid`: the id of the account in the outside service |
/// | `state` | `status`: 1 active, 0 unhealthy; any other is unknown, with its value |
/// | `categories`, `last_healthy` | none |
/// | `created`, `updated` | `cdate`, `udate` |
///
/// The answers to `get` and `create` leave `status` out, and the list has it. So that the state does not depend on the call,
/// a connection that comes without it is looked up in the list, filtered by its service and external id: a second call for
/// each `get` and `create`. If it fails after something was created, that is no error, and the state is unknown.
///
/// To create one takes a service, an external id and a name. The vendor also requires two URLs, of a logo and of a page
/// to manage the integration: they are sent empty, as its own examples have them, unless the
/// [record](NewConnection::record) says more.
#[derive(Clone, Debug)]
pub struct ActiveCampaign {
    client: Client,
    name: Arc<str>,
}

impl ActiveCampaign {
    /// The name that the provider has unless it is given another: `activecampaign`.
    pub const NAME: &'static str = "activecampaign";

    /// The connections of the account that the client is for.
    pub fn new(client: Client) -> Self {
        Self { client, name: Self::NAME.into() }
    }

    /// The same under another name, for boards with several accounts.
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The API's own client, for all that is not about connections.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The account that the settings name, or `None` if they name none; see [`Settings`].
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if what is set is not enough, or cannot be used.
    pub fn from_settings(settings: &Settings<'_>) -> Result<Option<Self>, SettingsError> {
        let Some(given) = settings.group(&[API_TOKEN, ACCOUNT, BASE_URL])? else { return Ok(None) };
        let at = given.url(BASE_URL).and_then(|url| match url {
            Some(url) => Ok(Client::builder().base_url(url)),
            None => Ok(Client::builder().server(server(given.required_without(ACCOUNT, BASE_URL)?)?)),
        });
        let ((token, at), calls) = both(both(given.required(API_TOKEN), at), settings.call_settings())?;
        let builder = with_calls!(at.api_token(token), calls);
        let client = builder.build().map_err(|reason| SettingsError::Client { provider: Self::NAME, reason })?;
        Ok(Some(Self::new(client)))
    }

    fn invalid(&self, operation: Operation, reason: impl ToString) -> Error {
        Error::invalid(&*self.name, operation, reason.to_string())
    }

    /// The one connection of an answer.
    async fn one<E: ErrorBody>(
        &self,
        operation: Operation,
        answer: Result<ResponseValue<ConnectionResponse>, CallError<E>>,
    ) -> Result<Connection, Error> {
        let answer = answer.map_err(|error| failed(&self.name, operation, error))?;
        let repairs = answer.repairs().to_vec();
        let record = answer.into_inner().connection;
        let record =
            record.ok_or_else(|| Error::unreadable(&*self.name, operation, "the answer holds no connection"))?;
        let tells_state = record.status.is_some();
        let connection = Connection { repairs, ..unified(&self.name, operation, record)? };
        if tells_state {
            return Ok(connection);
        }
        match self.as_listed(&connection).await {
            Ok(listed) => Ok(listed.unwrap_or(connection)),
            // What was asked for is done.
            Err(_) if operation != Operation::Get => Ok(connection),
            Err(error) => Err(error),
        }
    }

    /// A connection as the list has it, which says more than other answers; `None` if it is not there.
    async fn as_listed(&self, connection: &Connection) -> Result<Option<Connection>, Error> {
        let (Some(service), Some(external_id)) = (&connection.service, &connection.external_id) else {
            return Ok(None);
        };
        let mut list = self.list(&Query::new().service(service).external_id(external_id));
        while let Some(listed) = list.next().await {
            let listed = listed?;
            if listed.id == connection.id {
                return Ok(Some(listed));
            }
        }
        Ok(None)
    }
}

/// The vendor's server of an account. Whoever gives a host's name in its place would call a host of a longer name.
fn server(account: &str) -> Result<Server, SettingsError> {
    let is_name = account.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let expected = "the account's name alone, as in https://{account}.api-us1.com/api/3";
    if is_name { Ok(Server::new(account)) } else { Err(SettingsError::Invalid { name: ACCOUNT, expected }) }
}

impl ConnectionProvider for ActiveCampaign {
    fn name(&self) -> &str {
        &self.name
    }

    fn api(&self) -> &str {
        Self::NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::READ_AND_WRITE
            .filtered_by_server(Filter::Service)
            .filtered_by_server(Filter::ExternalId)
            .with_external_ids(ExternalIds::Unique)
    }

    fn list(&self, query: &Query) -> ConnectionStream {
        let mut call = self.client.list_all_connections();
        if let Some(service) = &query.service {
            call = call.filters_service(service.as_str());
        }
        if let Some(id) = &query.external_id {
            call = call.filters_externalid(id.as_str());
        }
        if let Some(size) = query.page_size {
            call = call.limit(size.clamp(1, LONGEST_PAGE));
        }
        let name = Arc::clone(&self.name);
        // Whether the vendor's filters mean "equals" or "contains" depends on the endpoint: `select` sees to the former.
        let connections = super::listed::connections(call.stream(), "id", move |record| match record {
            Ok(record) => unified(&name, Operation::List, record),
            Err(error) => Err(failed(&name, Operation::List, error)),
        });
        query.select_of(connections, LOOKED_AT)
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move { self.one(Operation::Get, self.client.get_connection(id).send().await).await })
    }

    fn create(&self, new: NewConnection) -> BoxFuture<'_, Result<Connection, Error>> {
        Box::pin(async move {
            let connection = body_to_create(new).map_err(|reason| self.invalid(Operation::Create, reason))?;
            self.one(Operation::Create, self.client.create_connection(connection).send().await).await
        })
    }

    fn update<'a>(&'a self, id: &'a str, change: ConnectionChange) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move {
            let connection = body_to_update(change).map_err(|reason| self.invalid(Operation::Update, reason))?;
            self.one(Operation::Update, self.client.update_connection(id, connection).send().await).await
        })
    }

    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let answer = self.client.delete_connection(id).send().await;
            answer.map(drop).map_err(|error| failed(&self.name, Operation::Delete, error))
        })
    }
}

fn unified(provider: &str, operation: Operation, record: Record) -> Result<Connection, Error> {
    // By an empty one nothing would be found again.
    let Some(id) = record.id.clone().filter(|id| !id.is_empty()) else {
        return Err(Error::unreadable(provider, operation, "a connection without an `id`"));
    };
    Ok(Connection {
        name: record.name.clone(),
        service: record.service.clone(),
        external_id: record.externalid.clone(),
        state: state(&record),
        created: record.cdate.as_ref().and_then(Timestamp::read),
        updated: record.udate.as_ref().and_then(Timestamp::read),
        ..Connection::new(provider, id, record)
    })
}

/// `status` goes out as a number and comes back as text: 1 connected, 0 error.
fn state(record: &Record) -> State {
    match record.status.as_ref().map(|status| (status.as_i64(), status)) {
        Some((Some(1), _)) => State::Active,
        Some((Some(0), _)) => State::Unhealthy { reason: None, since: None },
        Some((_, status)) => State::Unknown { word: Some(status.to_string()) },
        None => State::UNTOLD,
    }
}

/// The vendor answers 404 on some resources and 403 on others for an id that does not exist, with the same words.
fn failed<E: ErrorBody>(provider: &str, operation: Operation, error: CallError<E>) -> Error {
    let is_missing = error.message().is_some_and(|message| message.starts_with("No Result found"));
    let error = Error::call(provider, operation, error);
    if is_missing && error.is_auth() { error.with_kind(ErrorKind::NotFound) } else { error }
}

fn body_to_create(new: NewConnection) -> Result<NewRecord, String> {
    let NewConnection { name, service, external_id, record } = new;
    if let Some(record) = record {
        let crate::NewRecord::ActiveCampaign(mut body) = record else { return Err(foreign("NewConnection")) };
        body.name = name.unwrap_or(body.name);
        body.service = service.unwrap_or(body.service);
        body.externalid = external_id.unwrap_or(body.externalid);
        return Ok(*body);
    }
    let needed = |value: Option<String>, name: &str| value.ok_or_else(|| format!("`{name}` is needed"));
    Ok(NewRecord::new(types::NewConnectionRequired {
        service: needed(service, "service")?,
        externalid: needed(external_id, "external_id")?,
        name: needed(name, "name")?,
        logo_url: String::new(),
        link_url: String::new(),
    }))
}

fn body_to_update(change: ConnectionChange) -> Result<RecordChange, String> {
    if change.is_empty() {
        return Err("there is nothing to change".to_owned());
    }
    let ConnectionChange { name, service, external_id, record } = change;
    let mut body = match record {
        None => RecordChange::default(),
        Some(crate::RecordChange::ActiveCampaign(body)) => *body,
        Some(_) => return Err(foreign("ConnectionUpdate")),
    };
    body.name = name.or(body.name);
    body.service = service.or(body.service);
    body.externalid = external_id.or(body.externalid);
    Ok(body)
}

fn foreign(expected: &str) -> String {
    format!("the record must be an `activecampaign::types::{expected}`")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn connection(record: Value) -> Connection {
        unified("activecampaign", Operation::Get, serde_json::from_value(record).unwrap()).unwrap()
    }

    #[test]
    fn every_part_is_taken_from_its_field() {
        let record = json!({
            "id": "1", "name": "Foo, Inc.", "service": "shopify", "externalid": "foo.myshopify.com", "status": "1",
            "cdate": "2017-02-02T13:09:07-06:00", "udate": "2017-02-02T13:09:12-06:00", "new": [null],
            "links": { "customers": "/api/3/connections/1/customers", "new": "canary" },
        });
        let connection = connection(record.clone());
        assert_eq!((connection.provider.as_str(), connection.id.as_str()), ("activecampaign", "1"));
        assert_eq!(connection.name.as_deref(), Some("Foo, Inc."));
        assert_eq!(connection.service.as_deref(), Some("shopify"));
        assert_eq!(connection.external_id.as_deref(), Some("foo.myshopify.com"));
        assert_eq!(connection.state, State::Active);
        assert_eq!(connection.created.unwrap().to_string(), "2017-02-02T19:09:07Z");
        assert_eq!(connection.updated.unwrap().to_string(), "2017-02-02T19:09:12Z");
        assert_eq!(serde_json::to_value(&connection.record).unwrap(), record);
        let safe = connection.without_secrets();
        assert_eq!(safe.withheld, ["links.new", "new"]);
        let links = json!({ "customers": "/api/3/connections/1/customers" });
        assert_eq!(serde_json::to_value(&safe.record).unwrap()["links"], links);
    }

    #[test]
    fn the_state_is_read_from_text_and_numbers() {
        let states = [json!("1"), json!(1), json!("0"), json!(0), json!("2"), json!("")]
            .map(|status| connection(json!({ "id": "1", "status": status })).state.to_string());
        assert_eq!(states, ["active", "active", "unhealthy", "unhealthy", "unknown (2)", "unknown ()"]);
        assert_eq!(connection(json!({ "id": "1" })).state, State::UNTOLD);
    }

    #[test]
    fn an_account_is_a_name_and_no_host() {
        assert_eq!(server("acme-eu").unwrap(), Server::new("acme-eu"));
        for other in ["acme.api-us1.com", "https://acme.api-us1.com", "acme/api", "a b"] {
            let error = server(other).unwrap_err().to_string();
            assert!(error.starts_with("ACTIVECAMPAIGN_ACCOUNT must be the account's name alone"), "{error}");
        }
    }

    #[test]
    fn a_record_without_an_id_is_an_error() {
        let error = unified("activecampaign", Operation::List, serde_json::from_value(json!({})).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "activecampaign: cannot list: a connection without an `id`");
        assert_eq!(error.kind(), ErrorKind::Decode);
    }

    #[test]
    fn what_is_missing_to_create_one_is_named() {
        let new = NewConnection::new().service("fooCommerce").external_id("toystore123");
        assert_eq!(body_to_create(new.clone()).unwrap_err(), "`name` is needed");
        let body = body_to_create(new.clone().name("Toystore, Inc.")).unwrap();
        assert_eq!(
            serde_json::to_value(body).unwrap(),
            json!({ "service": "fooCommerce", "externalid": "toystore123", "name": "Toystore, Inc.", "logoUrl": "", "linkUrl": "" })
        );
        assert!(body_to_create(new.record(json!({}))).unwrap_err().contains("types::NewConnection"));
    }

    #[test]
    fn the_common_parts_go_on_top_of_the_record() {
        let record = RecordChange::new().name("Old").status(0);
        let body = body_to_update(ConnectionChange::new().name("New").record(record)).unwrap();
        assert_eq!(serde_json::to_value(body).unwrap(), json!({ "name": "New", "status": 0 }));
        assert_eq!(body_to_update(ConnectionChange::new()).unwrap_err(), "there is nothing to change");
    }
}
