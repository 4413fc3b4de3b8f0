//! Sitecore Personalize's connections: the outside systems that decision models read from and write to.
//!
//! <https://doc.sitecore.com/personalize/en/developers/api/connection-rest-api.html>

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use sitecore_personalize::types;
use sitecore_personalize::{Client, ClientCredentials, ResponseValue, Server};
use switchboard_runtime::{Error as CallError, ErrorBody, Repair};

use crate::call_settings::with_calls;
use crate::records::sitecore_personalize::{Record, RecordChange};
use crate::settings::both;
use crate::{
    BoxFuture, Capabilities, Connection, ConnectionChange, ConnectionProvider, ConnectionStream, Error, Filter,
    NewConnection, Operation, Query, Settings, SettingsError, State, TestReport, Timestamp,
};

const CLIENT_ID: &str = "SITECORE_PERSONALIZE_CLIENT_ID";
const CLIENT_SECRET: &str = "SITECORE_PERSONALIZE_CLIENT_SECRET";
const REGION: &str = "SITECORE_PERSONALIZE_REGION";
const BASE_URL: &str = "SITECORE_PERSONALIZE_BASE_URL";
const TOKEN_URL: &str = "SITECORE_PERSONALIZE_TOKEN_URL";

/// What of a record the filters look at.
const LOOKED_AT: &[(Filter, &[&str])] = &[(Filter::Service, &["systemType"]), (Filter::State, &["archived"])];

/// What the service sets by itself, so that a draft made of a record goes without it.
const SET_BY_SERVICE: [&str; 8] =
    ["clientKey", "href", "ref", "modifiedByRef", "modifiedByUserRef", "modifiedAt", "revision", "archived"];

/// The connections of a Sitecore Personalize tenant.
///
/// | [`Connection`] | is |
/// |---|---|
/// | `id`, `name` | `ref`, `name` |
/// | `service` | `systemType`: the kind of system at the other end |
/// | `external_id` | none |
/// | `state` | `archived`: archived, or else active; the API does not tell whether a connection works, but can [test](ConnectionProvider::test) it |
/// | `categories`, `created`, `last_healthy` | none |
/// | `updated` | `modifiedAt` |
///
/// The API documents no way to delete one, and no filters. To create one takes a [record](NewConnection::record), for
/// what is called and how. A change sends the whole connection, so without a record it is read first; since the API does
/// not tell the secrets of connections, one that authenticates takes a record to change, lest its secret be lost.
#[derive(Clone, Debug)]
pub struct SitecorePersonalize {
    client: Client,
    name: Arc<str>,
}

impl SitecorePersonalize {
    /// The name that the provider has unless it is given another: `sitecore-personalize`.
    pub const NAME: &'static str = "sitecore-personalize";

    /// The connections of the tenant that the client is for.
    pub fn new(client: Client) -> Self {
        Self { client, name: Self::NAME.into() }
    }

    /// The same under another name, for boards with several tenants.
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The API's own client, for all that is not about connections.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The tenant that the settings name, or `None` if they name none; see [`Settings`].
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if what is set is not enough, or cannot be used.
    pub fn from_settings(settings: &Settings<'_>) -> Result<Option<Self>, SettingsError> {
        let names = [CLIENT_ID, CLIENT_SECRET, REGION, BASE_URL, TOKEN_URL];
        let Some(given) = settings.group(&names)? else { return Ok(None) };
        let at = given.url(BASE_URL).and_then(|url| match url {
            Some(url) => Ok(Client::builder().base_url(url)),
            None => Ok(Client::builder().server(server(given.required_without(REGION, BASE_URL)?)?)),
        });
        let key = both(given.required(CLIENT_ID), given.required(CLIENT_SECRET));
        let urls = both(at, given.url(TOKEN_URL));
        let (((id, secret), (at, token_url)), calls) = both(both(key, urls), settings.call_settings())?;
        let credentials = ClientCredentials::new(id, secret);
        let credentials = match token_url {
            Some(url) => credentials.token_url(url),
            None => credentials,
        };
        let builder = with_calls!(at.oauth2(credentials), calls);
        let client = builder.build().map_err(|reason| SettingsError::Client { provider: Self::NAME, reason })?;
        Ok(Some(Self::new(client)))
    }

    fn invalid(&self, operation: Operation, reason: impl Into<String>) -> Error {
        Error::invalid(&*self.name, operation, reason)
    }

    /// The connection that an answer is.
    fn one<E: ErrorBody>(
        &self,
        operation: Operation,
        answer: Result<ResponseValue<Record>, CallError<E>>,
    ) -> Result<Connection, Error> {
        let answer = answer.map_err(|error| Error::call(&*self.name, operation, error))?;
        let repairs = answer.repairs().to_vec();
        Ok(Connection { repairs, ..unified(&self.name, operation, answer.into_inner())? })
    }

    /// The connection as it is, as the body of an update.
    async fn unchanged(&self, id: &str) -> Result<RecordChange, Error> {
        let answer = self.client.retrieve_connection(id).send().await;
        let answer = answer.map_err(|error| Error::call(&*self.name, Operation::Update, error))?;
        super::made_good::whole(&self.name, answer.repairs())?;
        draft_of(&answer.into_inner()).map_err(|reason| self.invalid(Operation::Update, reason))
    }
}

/// The vendor's servers, by the region of the tenant.
fn server(region: &str) -> Result<Server, SettingsError> {
    match region.to_ascii_lowercase().as_str() {
        "eu" => Ok(Server::eu()),
        "us" => Ok(Server::us()),
        "ap" => Ok(Server::ap()),
        "jp" | "jpe" => Ok(Server::jp()),
        _ => Err(SettingsError::Invalid { name: REGION, expected: "eu, us, ap or jp" }),
    }
}

impl ConnectionProvider for SitecorePersonalize {
    fn name(&self) -> &str {
        &self.name
    }

    fn api(&self) -> &str {
        Self::NAME
    }

    fn capabilities(&self) -> Capabilities {
        let reading = Capabilities::NONE.with(Operation::List).with(Operation::Get).with(Operation::Test);
        reading.with(Operation::Create).with(Operation::Update)
    }

    fn list(&self, query: &Query) -> ConnectionStream {
        if query.external_id.is_some() || query.category.is_some() {
            // Its connections have neither.
            return Box::pin(stream::empty());
        }
        let (client, name) = (self.client.clone(), Arc::clone(&self.name));
        // No paging is documented: the list comes as a whole.
        let answer = stream::once(async move { (client.retrieve_connections().send().await, name) });
        let connections = answer.flat_map(|(answer, name)| {
            stream::iter(match answer {
                Ok(list) => listed(&name, list),
                Err(error) => vec![Err(Error::call(&*name, Operation::List, error))],
            })
        });
        query.select_of(connections, LOOKED_AT)
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move { self.one(Operation::Get, self.client.retrieve_connection(id).send().await) })
    }

    fn create(&self, new: NewConnection) -> BoxFuture<'_, Result<Connection, Error>> {
        Box::pin(async move {
            let NewConnection { name, service, external_id, record } = new;
            let Some(crate::NewRecord::SitecorePersonalize(body)) = record else {
                let reason = "the vendor's own record is needed, as `createConnection` takes it";
                return Err(self.invalid(Operation::Create, reason));
            };
            let body = changed(*body, name, service, external_id);
            let body = body.map_err(|reason| self.invalid(Operation::Create, reason))?;
            self.one(Operation::Create, self.client.create_connection(body).send().await)
        })
    }

    fn update<'a>(&'a self, id: &'a str, change: ConnectionChange) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move {
            if change.is_empty() {
                return Err(self.invalid(Operation::Update, "there is nothing to change"));
            }
            let ConnectionChange { name, service, external_id, record } = change;
            if external_id.is_some() {
                return Err(self.invalid(Operation::Update, NO_EXTERNAL_ID));
            }
            let body = match record {
                None => self.unchanged(id).await?,
                Some(crate::RecordChange::SitecorePersonalize(body)) => *body,
                Some(_) => {
                    let reason = "the record must be a `sitecore_personalize::types::ConnectionDraft`";
                    return Err(self.invalid(Operation::Update, reason));
                }
            };
            let body = changed(body, name, service, None);
            let body = body.map_err(|reason| self.invalid(Operation::Update, reason))?;
            self.one(Operation::Update, self.client.update_connection(id, body).send().await)
        })
    }

    fn test<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<TestReport, Error>> {
        Box::pin(async move {
            let connection = self.client.retrieve_connection(id).send().await;
            let connection = connection.map_err(|error| Error::call(&*self.name, Operation::Test, error))?;
            let result = self.client.test_connection(connection.into_inner()).send().await;
            let result = result.map_err(|error| Error::call(&*self.name, Operation::Test, error))?;
            Ok(report(&result))
        })
    }
}

/// What came of a test. Any status below 400 is that of a service that took the request.
fn report(result: &types::ConnectionTestResult) -> TestReport {
    let status = result.status_code.and_then(|status| u16::try_from(status).ok());
    let took = result.execution_time_in_milliseconds.and_then(|millis| u64::try_from(millis).ok());
    TestReport {
        works: status.map(|status| (100..400).contains(&status)),
        status,
        took: took.map(Duration::from_millis),
        ..TestReport::new(serde_json::to_value(result).unwrap_or_default())
    }
}

/// The connections of an answer. One without the list is no empty list, nor is one that has something else in its place:
/// nothing says that the tenant has no connections.
fn listed(name: &str, answer: ResponseValue<types::ConnectionList>) -> Vec<Result<Connection, Error>> {
    let repairs = answer.repairs().to_vec();
    let is_made_up = repairs.iter().any(|repair| repair.path == "items");
    let Some(records) = answer.into_inner().items.filter(|_| !is_made_up) else {
        return vec![Err(Error::unreadable(name, Operation::List, "the answer holds no list of connections"))];
    };
    let place = |index: usize| format!("items[{index}]");
    let repaired = |index: usize| {
        let place = place(index);
        let of_it = |repair: &&Repair| repair.path.starts_with(&place);
        repairs.iter().filter(of_it).cloned().collect()
    };
    // What had to be made good after the last that is told nobody knows.
    let last_told = repairs.last().filter(|_| repairs.len() >= Repair::MOST_TOLD).map(|repair| repair.path.as_str());
    let is_told = |(index, _): &(usize, _)| last_told.is_none_or(|path| !path.starts_with(&place(*index)));
    let too_many = "so much had to be made good in the list that not all of it is told: the rest is left out";
    let untold = last_told.map(|_| Err(Error::unreadable(name, Operation::List, too_many)));
    let records = records.into_iter().enumerate().take_while(is_told);
    let unified = records.map(|(index, record)| {
        let connection = unified(name, Operation::List, record)?;
        if repairs.is_empty() { Ok(connection) } else { super::made_good::told(connection, repaired(index), "ref") }
    });
    unified.chain(untold).collect()
}

const NO_EXTERNAL_ID: &str = "connections of this API have no `external_id`";

/// A body with the parts that are common to all APIs put on top.
fn changed(
    mut body: types::ConnectionDraft,
    name: Option<String>,
    service: Option<String>,
    external_id: Option<String>,
) -> Result<types::ConnectionDraft, &'static str> {
    if external_id.is_some() {
        return Err(NO_EXTERNAL_ID);
    }
    body.name = name.unwrap_or(body.name);
    body.system_type = service.unwrap_or(body.system_type);
    Ok(body)
}

/// A record as the body that would leave it as it is, if there is nothing in it that the API does not tell.
fn draft_of(record: &Record) -> Result<RecordChange, String> {
    let kind = record.auth.as_ref().and_then(|auth| auth.auth_type.as_deref());
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("none")) {
        let reason = "the connection authenticates, the API does not tell its secret, and a change sends everything: \
                      give the whole connection, as the vendor's own record that `updateConnection` takes";
        return Err(reason.to_owned());
    }
    let unusable = |error: serde_json::Error| format!("the connection cannot be sent back as it is: {error}");
    let mut body = serde_json::to_value(record).map_err(unusable)?;
    if let Value::Object(fields) = &mut body {
        fields.retain(|name, _| !SET_BY_SERVICE.contains(&name.as_str()));
    }
    serde_json::from_value(body).map_err(unusable)
}

fn unified(provider: &str, operation: Operation, record: Record) -> Result<Connection, Error> {
    // By an empty one nothing would be found again.
    let Some(id) = record.ref_.clone().filter(|id| !id.is_empty()) else {
        return Err(Error::unreadable(provider, operation, "a connection without a `ref`"));
    };
    Ok(Connection {
        name: record.name.clone(),
        service: record.system_type.clone(),
        state: match record.archived {
            Some(true) => State::Archived,
            Some(false) => State::Active,
            None => State::UNTOLD,
        },
        updated: record.modified_at.as_ref().and_then(Timestamp::read),
        ..Connection::new(provider, id, record)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(auth: &str) -> Value {
        json!({
            "ref": "65aeee1b", "href": "https://example.com/65aeee1b", "clientKey": "k", "name": "First web service",
            "modifiedByRef": "bfe5bd9a", "modifiedAt": "2025-07-02T14:04:58.347Z", "revision": 1, "archived": false,
            "auth": { "authType": auth }, "request": { "requestType": "GET" }, "systemType": "DATA_SYSTEM", "new": {},
        })
    }

    fn connection(record: Value) -> Connection {
        unified("sitecore-personalize", Operation::Get, serde_json::from_value(record).unwrap()).unwrap()
    }

    #[test]
    fn every_part_is_taken_from_its_field() {
        let connection = connection(record("OAUTH"));
        assert_eq!((connection.provider.as_str(), connection.id.as_str()), ("sitecore-personalize", "65aeee1b"));
        assert_eq!(connection.name.as_deref(), Some("First web service"));
        assert_eq!(connection.service.as_deref(), Some("DATA_SYSTEM"));
        assert_eq!((&connection.external_id, &connection.created), (&None, &None));
        assert_eq!(connection.updated.unwrap().to_string(), "2025-07-02T14:04:58.347Z");
        assert_eq!(serde_json::to_value(&connection.record).unwrap(), record("OAUTH"));
        assert_eq!(connection.without_secrets().withheld, ["auth", "new", "request"]);
    }

    #[test]
    fn archived_is_all_that_the_state_is_told_from() {
        let states =
            [json!({ "ref": "1", "archived": true }), json!({ "ref": "1", "archived": false }), json!({ "ref": "1" })];
        assert_eq!(states.map(|record| connection(record).state), [State::Archived, State::Active, State::UNTOLD]);
    }

    #[test]
    fn a_draft_has_everything_but_what_the_service_sets() {
        let draft = draft_of(&serde_json::from_value(record("none")).unwrap()).unwrap();
        assert_eq!(
            serde_json::to_value(&draft).unwrap(),
            json!({
                "name": "First web service", "auth": { "authType": "none" }, "request": { "requestType": "GET" },
                "systemType": "DATA_SYSTEM", "new": {},
            })
        );
        assert_eq!(changed(draft, None, None, Some("x".to_owned())).unwrap_err(), NO_EXTERNAL_ID);
    }

    #[test]
    fn a_secret_that_is_not_told_is_not_lost() {
        let refused = draft_of(&serde_json::from_value(record("OAUTH")).unwrap()).unwrap_err();
        assert!(refused.contains("does not tell its secret"), "{refused}");
        assert!(draft_of(&Record::default()).is_err());
    }

    #[test]
    fn regions_are_known_by_name() {
        assert_eq!(server("JP").unwrap(), Server::jp());
        assert_eq!(server("").unwrap_err().to_string(), "SITECORE_PERSONALIZE_REGION must be eu, us, ap or jp");
    }
}
