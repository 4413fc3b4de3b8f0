//! Unified.to's connections: customers' authorizations of integrations.
//!
//! <https://docs.unified.to/unified/connection>

use std::sync::Arc;

use serde_json::Value;
use switchboard_runtime::{DateTime, Error as CallError, ErrorBody, RawCall, Repair};
use unified_to::calls::GetUnifiedIntegrationAuth;
use unified_to::types;
use unified_to::{Client, ResponseValue, Server};

use crate::call_settings::with_calls;
use crate::connection::property_of;
use crate::records::unified_to::{Record, RecordChange};
use crate::settings::both;
use crate::{
    BoxFuture, Capabilities, Connection, ConnectionChange, ConnectionProvider, ConnectionStream, Error, ErrorKind,
    ExternalIds, Filter, NewConnection, Operation, Query, Settings, SettingsError, State, Timestamp,
};

/// The longest page (<https://docs.unified.to/reference/pagination>).
const LONGEST_PAGE: u32 = 100;

/// The environment of a connection that does not say which one.
const PRODUCTION: &str = "Production";

/// What of a record the filters look at.
const LOOKED_AT: &[(Filter, &[&str])] = &[
    (Filter::Service, &["integration_type"]),
    (Filter::ExternalId, &["external_xref"]),
    (Filter::State, &["is_paused", "last_healthy_at", "last_unhealthy_at"]),
    (Filter::Category, &["categories"]),
];

/// What a change without a record sends back as it is.
const SENT_BACK: [&str; 3] = ["integration_type", "permissions", "categories"];

const API_KEY: &str = "UNIFIED_TO_API_KEY";
const REGION: &str = "UNIFIED_TO_REGION";
const BASE_URL: &str = "UNIFIED_TO_BASE_URL";
const ENVIRONMENT: &str = "UNIFIED_TO_ENVIRONMENT";

/// The connections of a Unified.to workspace, in one of its environments.
///
/// | [`Connection`] | is |
/// |---|---|
/// | `id` | `id` |
/// | `name` | `integration_name`: connections have no name of their own |
/// | `service` | `integration_type` |
/// | `external_id` | `external_xref`: your own id of the customer |
/// | `state` | paused if `is_paused`; else unhealthy if `last_unhealthy_at` is later than `last_healthy_at`, since then, for the reason `last_unhealthy_code`; else active if there is a `last_healthy_at`; else unknown |
/// | `categories` | `categories` |
/// | `created`, `updated`, `last_healthy` | `created_at`, `updated_at`, `last_healthy_at` |
///
/// To create one takes permissions, categories and credentials, so it takes a [record](NewConnection::record); customers
/// normally make connections themselves, at the URL that [`authorization`](Self::authorization) asks for. A change is sent as a `PATCH`. The vendor's
/// document requires the type of the integration, its permissions and its categories there, too: unless the change has a
/// record, they are read from the connection first, and sent as they are.
#[derive(Clone, Debug)]
pub struct UnifiedTo {
    client: Client,
    name: Arc<str>,
    environment: Option<String>,
}

impl UnifiedTo {
    /// The name that the provider has unless it is given another: `unified-to`.
    pub const NAME: &'static str = "unified-to";

    /// The connections of the workspace that the client is for.
    pub fn new(client: Client) -> Self {
        Self { client, name: Self::NAME.into(), environment: None }
    }

    /// The same under another name, for boards with several workspaces or environments.
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Lists, and creates, the connections of another environment of the workspace than `Production`. The API lists one
    /// environment at a time; to [`get`](ConnectionProvider::get), a connection that says that it is in another one than this
    /// provider's is not found.
    #[must_use]
    pub fn environment(self, environment: impl Into<String>) -> Self {
        Self { environment: Some(environment.into()), ..self }
    }

    /// The API's own client, for all that is not about connections.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The call for the URL where a customer makes the connection that is asked for, which is how connections to this API
    /// normally come about. The [service](NewConnection::service) is needed; the external id, and the environment of this
    /// provider, go along. What else there is to say, the call's own methods say.
    ///
    /// ```no_run
    /// # async fn run(provider: switchboard::UnifiedTo) -> Result<(), Box<dyn std::error::Error>> {
    /// use switchboard::NewConnection;
    ///
    /// let wanted = NewConnection::new().service("hubspot").external_id("customer-7");
    /// let call = provider.authorization("64f0c1b2d3e4f5a6b7c8d9e0", &wanted)?;
    /// let url = call.success_redirect("https://example.com/connected").send().await?.into_inner();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) without a service.
    pub fn authorization(
        &self,
        workspace_id: &str,
        wanted: &NewConnection,
    ) -> Result<GetUnifiedIntegrationAuth<'_>, Error> {
        let service = wanted.service.as_deref();
        let service = service.ok_or_else(|| self.invalid(Operation::Create, "`service` is needed"))?;
        let mut call = self.client.get_unified_integration_auth(workspace_id, service);
        if let Some(id) = &wanted.external_id {
            call = call.external_xref(id.as_str());
        }
        if let Some(environment) = &self.environment {
            call = call.env(environment.as_str());
        }
        Ok(call)
    }

    /// A call of the connected service's own API, with the credentials of the connection, for what Unified.to has no common form
    /// of. The path is the service's, as its documentation has it; the answer is the service's, too.
    ///
    /// ```no_run
    /// # async fn run(provider: switchboard::UnifiedTo) -> Result<(), Box<dyn std::error::Error>> {
    /// let call = provider.passthrough("GET", "6659f1c2a7d3b80012c4e5f6", "/crm/v3/owners").query("limit", "10");
    /// let owners = call.send_json::<serde_json::Value>().await?.into_inner();
    /// # Ok(())
    /// # }
    /// ```
    pub fn passthrough(&self, method: &str, connection_id: &str, path: &str) -> RawCall {
        let id: String = connection_id.bytes().map(in_path).collect();
        self.client.request(method, &format!("/passthrough/{id}/{}", path.trim_start_matches('/')))
    }

    /// The connection that a delivery of one of the API's webhooks is about, by its id, for
    /// [`WatchHandle::look_at`](crate::WatchHandle::look_at). `None` if the body says nothing of a connection, or of one in
    /// another environment than this provider's.
    ///
    /// It is a hint, and no more is made of it. The vendor signs deliveries, but does not document to the byte what is signed,
    /// so nothing is verified here.
    ///
    /// <https://docs.unified.to/guides/how_to_create_and_configure_webhooks>
    pub fn connection_of(&self, delivery: &[u8]) -> Option<String> {
        let delivery: Value = serde_json::from_slice(delivery).ok()?;
        let webhook = delivery.get("webhook")?;
        let environment = webhook.get("environment").and_then(Value::as_str).unwrap_or(PRODUCTION);
        let is_ours = environment == self.environment.as_deref().unwrap_or(PRODUCTION);
        webhook.get("connection_id")?.as_str().filter(|id| is_ours && !id.is_empty()).map(str::to_owned)
    }

    /// The workspace that the settings name, or `None` if they name none; see [`Settings`].
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if what is set is not enough, or cannot be used.
    pub fn from_settings(settings: &Settings<'_>) -> Result<Option<Self>, SettingsError> {
        let Some(given) = settings.group(&[API_KEY, REGION, BASE_URL, ENVIRONMENT])? else { return Ok(None) };
        let at = given.url(BASE_URL).and_then(|url| match url {
            Some(url) => Ok(Client::builder().base_url(url)),
            None => Ok(Client::builder().server(server(given.get(REGION))?)),
        });
        let ((key, at), calls) = both(both(given.required(API_KEY), at), settings.call_settings())?;
        let builder = with_calls!(at.jwt(key), calls);
        let client = builder.build().map_err(|reason| SettingsError::Client { provider: Self::NAME, reason })?;
        Ok(Some(Self { environment: given.get(ENVIRONMENT).map(str::to_owned), ..Self::new(client) }))
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

    /// Why a connection is none of this provider's, if it says that it is in another environment.
    fn elsewhere(&self, connection: &Connection) -> Option<String> {
        let crate::Record::UnifiedTo(record) = &connection.record else { return None };
        let (own, its) = (self.environment.as_deref().unwrap_or(PRODUCTION), record.environment.as_deref()?);
        let is_elsewhere = !its.is_empty() && its != own;
        is_elsewhere.then(|| format!("{:?} is in the environment {its:?}, and not in {own:?}", connection.id))
    }

    /// What a change without a record must send beside what it changes.
    async fn unchanged(&self, id: &str) -> Result<RecordChange, Error> {
        let answer = self.client.get_unified_connection(id).send().await;
        let answer = answer.map_err(|error| Error::call(&*self.name, Operation::Update, error))?;
        let is_sent = |repair: &&Repair| SENT_BACK.contains(&property_of(repair));
        super::made_good::whole(&self.name, answer.repairs().iter().filter(is_sent))?;
        let now = answer.into_inner();
        Ok(RecordChange::new(now.integration_type, now.permissions, now.categories))
    }
}

/// A byte of a segment of a path (RFC 3986, 2.1 and 2.3).
fn in_path(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

/// The vendor's servers, by the region that the account was made in; North America is the one without a suffix.
fn server(region: Option<&str>) -> Result<Server, SettingsError> {
    match region.unwrap_or("na").to_ascii_lowercase().as_str() {
        "na" => Ok(Server::na()),
        "eu" => Ok(Server::eu()),
        "au" => Ok(Server::au()),
        _ => Err(SettingsError::Invalid { name: REGION, expected: "na, eu or au" }),
    }
}

impl ConnectionProvider for UnifiedTo {
    fn name(&self) -> &str {
        &self.name
    }

    fn api(&self) -> &str {
        Self::NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::READ_AND_WRITE
            .filtered_by_server(Filter::ExternalId)
            .filtered_by_server(Filter::UpdatedSince)
            .filtered_by_server(Filter::Category)
            .with_external_ids(ExternalIds::Shared)
    }

    fn list(&self, query: &Query) -> ConnectionStream {
        let mut call = self.client.list_unified_connections();
        if let Some(id) = &query.external_id {
            call = call.external_xref(id.as_str());
        }
        if let Some(moment) = query.updated_since {
            // The vendor documents moments in UTC, YYYY-MM-DDTHH:MM:SSZ.
            call = call.updated_gte(moment.to_string());
        }
        if let Some(category) = &query.category {
            call = call.categories([category.as_str()]);
        }
        if let Some(environment) = &self.environment {
            call = call.env(environment.as_str());
        }
        if let Some(size) = query.page_size {
            call = call.limit(size.clamp(1, LONGEST_PAGE));
        }
        let name = Arc::clone(&self.name);
        let connections = super::listed::connections(call.stream(), "id", move |record| match record {
            Ok(record) => unified(&name, Operation::List, record),
            Err(error) => Err(Error::call(&*name, Operation::List, error)),
        });
        query.select_of(connections, LOOKED_AT)
    }

    /// One that was moved to another environment is there, and none of this provider's: its list lacks it, and whoever asks
    /// because of that must hear so.
    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move {
            let connection = self.one(Operation::Get, self.client.get_unified_connection(id).send().await)?;
            match self.elsewhere(&connection) {
                Some(reason) => Err(Error::other(&*self.name, Operation::Get, ErrorKind::NotFound, reason)),
                None => Ok(connection),
            }
        })
    }

    fn create(&self, new: NewConnection) -> BoxFuture<'_, Result<Connection, Error>> {
        Box::pin(async move {
            let NewConnection { name, service, external_id, record } = new;
            let Some(crate::NewRecord::UnifiedTo(body)) = record else {
                let reason = "the vendor's own record is needed, as `createUnifiedConnection` takes it";
                return Err(self.invalid(Operation::Create, reason));
            };
            let mut body = changed(*body, name, service, external_id);
            // Or else this provider would not list what it has created.
            body.environment = body.environment.or_else(|| self.environment.clone());
            self.one(Operation::Create, self.client.create_unified_connection(body).send().await)
        })
    }

    fn update<'a>(&'a self, id: &'a str, change: ConnectionChange) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move {
            if change.is_empty() {
                return Err(self.invalid(Operation::Update, "there is nothing to change"));
            }
            let ConnectionChange { name, service, external_id, record } = change;
            let body = match record {
                None => self.unchanged(id).await?,
                Some(crate::RecordChange::UnifiedTo(body)) => *body,
                Some(_) => {
                    let reason = "the record must be a `unified_to::types::Connection`";
                    return Err(self.invalid(Operation::Update, reason));
                }
            };
            let body = changed(body, name, service, external_id);
            self.one(Operation::Update, self.client.patch_unified_connection(id, body).send().await)
        })
    }

    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let answer = self.client.remove_unified_connection(id).send().await;
            answer.map(drop).map_err(|error| Error::call(&*self.name, Operation::Delete, error))
        })
    }
}

/// A body with the parts that are common to all APIs put on top.
fn changed(
    mut body: types::Connection,
    name: Option<String>,
    service: Option<String>,
    external_id: Option<String>,
) -> types::Connection {
    body.integration_name = name.or(body.integration_name);
    body.integration_type = service.unwrap_or(body.integration_type);
    body.external_xref = external_id.or(body.external_xref);
    body
}

fn unified(provider: &str, operation: Operation, record: Record) -> Result<Connection, Error> {
    // By an empty one nothing would be found again.
    let Some(id) = record.id.clone().filter(|id| !id.is_empty()) else {
        return Err(Error::unreadable(provider, operation, "a connection without an `id`"));
    };
    Ok(Connection {
        name: record.integration_name.clone(),
        service: Some(record.integration_type.clone()),
        external_id: record.external_xref.clone(),
        state: state(&record),
        categories: record.categories.iter().map(|category| category.as_str().to_owned()).collect(),
        created: record.created_at.as_ref().and_then(Timestamp::read),
        updated: record.updated_at.as_ref().and_then(Timestamp::read),
        last_healthy: record.last_healthy_at.as_ref().and_then(Timestamp::read),
        ..Connection::new(provider, id, record)
    })
}

/// What the vendor saw last decides. A time that cannot be read tells nothing.
fn state(record: &Record) -> State {
    let moment = |time: &Option<DateTime>| time.as_ref().and_then(Timestamp::read);
    let (healthy, unhealthy) = (moment(&record.last_healthy_at), moment(&record.last_unhealthy_at));
    match (healthy, unhealthy) {
        _ if record.is_paused == Some(true) => State::Paused,
        // Without a moment that is less than any.
        (healthy, Some(since)) if healthy < Some(since) => {
            State::Unhealthy { reason: record.last_unhealthy_code.clone(), since: Some(since) }
        }
        (Some(_), _) => State::Active,
        _ => State::UNTOLD,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn connection(mut more: Value) -> Connection {
        let mut record =
            json!({ "id": "6659", "integration_type": "hubspot", "permissions": [], "categories": ["crm"] });
        record.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
        let unified = unified("unified-to", Operation::Get, serde_json::from_value(record.clone()).unwrap()).unwrap();
        assert_eq!(serde_json::to_value(&unified.record).unwrap(), record);
        unified
    }

    #[test]
    fn every_part_is_taken_from_its_field() {
        let connection = connection(json!({
            "integration_name": "HubSpot", "external_xref": "user-1", "is_paused": false,
            "created_at": "2026-03-02T09:15:00.000Z", "updated_at": "2026-06-19T21:00:27.214Z",
        }));
        assert_eq!((connection.provider.as_str(), connection.id.as_str()), ("unified-to", "6659"));
        assert_eq!(connection.name.as_deref(), Some("HubSpot"));
        assert_eq!(connection.service.as_deref(), Some("hubspot"));
        assert_eq!(connection.external_id.as_deref(), Some("user-1"));
        assert_eq!(connection.categories, ["crm"]);
        assert_eq!(connection.created.unwrap().to_string(), "2026-03-02T09:15:00Z");
        assert_eq!(connection.updated.unwrap().to_string(), "2026-06-19T21:00:27.214Z");
    }

    #[test]
    fn what_was_seen_last_is_the_state() {
        let (early, late) = ("2026-06-01T00:00:00Z", "2026-06-01T02:00:00+01:00");
        let unhealthy = |since: &str| format!("unhealthy since {since}");
        let down = json!({ "last_healthy_at": early, "last_unhealthy_at": late, "last_unhealthy_code": "401" });
        for (more, state) in [
            (json!({}), "unknown".to_owned()),
            (json!({ "is_paused": false }), "unknown".to_owned()),
            (json!({ "last_healthy_at": early }), "active".to_owned()),
            (json!({ "last_unhealthy_at": early }), unhealthy(early)),
            (down, "unhealthy (401) since 2026-06-01T01:00:00Z".to_owned()),
            (json!({ "last_healthy_at": late, "last_unhealthy_at": early }), "active".to_owned()),
            (json!({ "last_healthy_at": early, "last_unhealthy_at": "never" }), "active".to_owned()),
            (json!({ "last_healthy_at": early, "is_paused": true }), "paused".to_owned()),
        ] {
            assert_eq!(connection(more.clone()).state.to_string(), state, "{more}");
        }
    }

    #[test]
    fn credentials_are_withheld() {
        let safe = connection(json!({ "auth": { "access_token": "canary" }, "new": "canary" })).without_secrets();
        assert_eq!(safe.withheld, ["auth", "new"]);
        assert!(!serde_json::to_string(&safe).unwrap().contains("canary"));
        let crate::Record::UnifiedTo(record) = &safe.record else { panic!("{safe:?}") };
        assert_eq!(record.integration_type, "hubspot");
    }

    #[test]
    fn regions_are_known_by_name() {
        assert_eq!(server(None).unwrap(), Server::na());
        assert_eq!(server(Some("EU")).unwrap(), Server::eu());
        let error = server(Some("mars")).unwrap_err().to_string();
        assert_eq!(error, "UNIFIED_TO_REGION must be na, eu or au");
    }

    #[test]
    fn a_delivery_leads_to_its_connection_in_this_environment_alone() {
        let client = Client::builder().jwt("secret").build().unwrap();
        let production = UnifiedTo::new(client);
        let testing = production.clone().environment("Sandbox");
        let delivery =
            |webhook: Value| json!({ "data": [{}], "webhook": webhook, "nonce": "n", "sig": "s" }).to_string();
        let of = |provider: &UnifiedTo, body: &str| provider.connection_of(body.as_bytes());
        let plain = delivery(json!({ "id": "w", "connection_id": "6659", "event": "updated" }));
        assert_eq!((of(&production, &plain), of(&testing, &plain)), (Some("6659".to_owned()), None));
        let other = delivery(json!({ "connection_id": "6659", "environment": "Sandbox" }));
        assert_eq!((of(&production, &other), of(&testing, &other)), (None, Some("6659".to_owned())));
        for body in ["", "[]", "{}", &delivery(json!(null)), &delivery(json!({ "connection_id": "" }))] {
            assert_eq!(of(&production, body), None, "{body}");
        }
    }
}
