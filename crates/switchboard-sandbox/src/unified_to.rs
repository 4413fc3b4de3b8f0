//! Unified.to: connections, the integrations they can be made to, and webhooks.
//!
//! Lists are bare arrays and errors have the form that was observed, `{statusCode, error, message}`.
//! <https://docs.unified.to/unified/connection>

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{delete, get},
};
use serde_json::{Value, json};

use crate::{
    Clock, Records,
    clock::{in_utc, parse_moment},
    records::unified_to as records,
    table::{Record, Row, Selection, Table},
    types::{self, Field, Type},
    wire::{self, Pairs},
};

/// The API key that the workspace accepts.
pub(crate) const TOKEN: &str = "sandbox-unified-to-token";

/// Records per page, unless asked for otherwise, and at most (reference/pagination).
const PAGE: (u64, u64) = (100, 100);

/// What the service sets by itself: a client may send these back, they are not taken from it.
const READ_ONLY: [&str; 7] =
    ["id", "created_at", "updated_at", "workspace_id", "is_paused", "last_healthy_at", "last_unhealthy_at"];

/// What a connection must have.
const CONNECTION_REQUIRES: &[&str] = &["integration_type", "permissions", "categories"];

/// The state of one workspace.
pub(crate) struct Workspace {
    clock: Arc<dyn Clock>,
    connections: Mutex<Table>,
    webhooks: Mutex<Table>,
}

impl Workspace {
    pub(crate) fn new(clock: Arc<dyn Clock>, initial: Records) -> Self {
        let (connections, webhooks) = (records::connections(initial), records::webhooks(initial));
        Self { clock, connections: Mutex::new(connections), webhooks: Mutex::new(webhooks) }
    }

    fn connections(&self) -> MutexGuard<'_, Table> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn webhooks(&self) -> MutexGuard<'_, Table> {
        self.webhooks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The paths below the base URL.
pub(crate) fn router(workspace: Arc<Workspace>) -> Router {
    let connection = get(get_connection).put(update_connection).patch(patch_connection).delete(remove_connection);
    Router::new()
        .route("/unified/connection", get(list_connections).post(create_connection))
        .route("/unified/connection/{id}", connection)
        .route("/unified/integration", get(list_integrations))
        .route("/unified/webhook", get(list_webhooks).post(create_webhook))
        .route("/unified/webhook/{id}", delete(remove_webhook))
        .layer(from_fn_with_state(workspace.clone(), admit))
        // These two are called by front ends, so that they ask for no key.
        .route("/unified/integration/workspace/{workspace_id}", get(list_active_integrations))
        .route("/unified/integration/auth/{workspace_id}/{integration_type}", get(auth_url))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "Not Found") })
        .method_not_allowed_fallback(|| async { error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed") })
        .with_state(workspace)
}

/// The only form of error that was ever observed.
pub(crate) fn error(status: StatusCode, message: &str) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    wire::json(status, &json!({ "statusCode": status.as_u16(), "error": reason, "message": message }))
}

/// Lets a request through that has the key (as a bearer token, or bare as the vendor's SDK sends it), and whose body,
/// if it must have one, says that it is JSON.
async fn admit(_: State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, rest) = sent.split_once(' ').unwrap_or_default();
    let token = if scheme.eq_ignore_ascii_case("bearer") { rest.trim() } else { sent };
    if token != TOKEN {
        return error(StatusCode::UNAUTHORIZED, "Missing authentication");
    }
    let has_body = matches!(request.method().as_str(), "POST" | "PUT" | "PATCH");
    if has_body && !wire::has_content_type(headers, "application/json") {
        return error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type");
    }
    next.run(request).await
}

async fn list_connections(
    State(workspace): State<Arc<Workspace>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Pairs::of_query(query.as_deref());
    let equal = ["external_xref"].map(|name| (name, query.filled(name)));
    list(&mut workspace.connections(), &query, &equal, "integration_name")
}

async fn list_webhooks(
    State(workspace): State<Arc<Workspace>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Pairs::of_query(query.as_deref());
    let [connection, integration] = ["connection_id", "integration_type"].map(|name| (name, query.filled(name)));
    let equal = [connection, integration, ("object_type", query.filled("object"))];
    list(&mut workspace.webhooks(), &query, &equal, "object_type")
}

/// One page of a table. `equal` are fields and what they must be, `name` is the field that `sort=name` means.
fn list(table: &mut Table, query: &Pairs, equal: &[(&str, Option<&str>)], name: &str) -> Result<Response, Refusal> {
    let (filter, order) = (Filter::of(query, equal)?, order(query, name)?);
    // All records that nobody changed are in the default environment, so that most lists need no look at each of them.
    let is_in = |record: &Record| record.get("environment").is_some_and(|it| it == filter.environment);
    let plain = filter.is_default() && table.changes().all(|(_, record)| is_in(record));
    let (offset, limit) = query.page(PAGE.0, PAGE.1)?;
    let passes = |row: Row<'_>| filter.passes(row);
    let (page, _) = table.select(&Selection {
        key: format!("{filter:?} {order:?}"),
        filter: if plain { None } else { Some(&passes) },
        order,
        offset,
        limit,
    });
    Ok(wire::with_list_at("", wire::json(StatusCode::OK, &page.into())))
}

/// What the parameters of a list ask for.
#[derive(Debug)]
struct Filter<'a> {
    environment: &'a str,
    updated_gte: Option<String>,
    categories: Vec<String>,
    equal: Vec<(&'a str, &'a str)>,
}

impl<'a> Filter<'a> {
    fn of(query: &'a Pairs, equal: &[(&'a str, Option<&'a str>)]) -> Result<Self, Refusal> {
        let updated_gte = match query.filled("updated_gte") {
            Some(text) => Some(parse_moment(text).ok_or(Refusal::Invalid("updated_gte is not a date"))?),
            None => None,
        };
        Ok(Self {
            environment: query.filled("env").unwrap_or("Production"),
            updated_gte,
            categories: categories(query),
            equal: equal.iter().filter_map(|(name, wanted)| Some((*name, (*wanted)?))).collect(),
        })
    }

    fn is_default(&self) -> bool {
        let only_environment = self.updated_gte.is_none() && self.categories.is_empty() && self.equal.is_empty();
        only_environment && self.environment == "Production"
    }

    fn passes(&self, row: Row<'_>) -> bool {
        row.text("environment").as_deref() == Some(self.environment)
            && self.equal.iter().all(|(name, wanted)| row.text(name).as_deref() == Some(*wanted))
            && self.updated_gte.as_ref().is_none_or(|since| row.text("updated_at").is_some_and(|time| time >= *since))
            && (self.categories.is_empty() || row.field("categories").is_some_and(|has| self.wants_one_of(&has)))
    }

    /// Likewise for an integration, which belongs to no environment.
    fn passes_integration(&self, integration: &Record) -> bool {
        let updated = integration.get("updated_at").and_then(Value::as_str);
        self.updated_gte.as_deref().is_none_or(|since| updated >= Some(since))
            && (self.categories.is_empty() || integration.get("categories").is_some_and(|has| self.wants_one_of(has)))
    }

    fn wants_one_of(&self, categories: &Value) -> bool {
        categories.as_array().into_iter().flatten().any(|has| self.categories.iter().any(|wanted| has == wanted))
    }
}

/// The categories asked for. How the service reads them is not documented; the SDK repeats the name, the samples write
/// `[crm]`, and a list behind one name or a name with brackets is what other clients would send.
fn categories(query: &Pairs) -> Vec<String> {
    let sent = query.all("categories").chain(query.all("categories[]"));
    let names = sent.flat_map(|value| value.trim_matches(['[', ']']).split(','));
    names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

fn order(query: &Pairs, name: &str) -> Result<Vec<(String, bool)>, Refusal> {
    let down = match query.filled("order") {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(Refusal::Invalid("order is neither asc nor desc")),
    };
    match query.filled("sort") {
        None if down => Ok(vec![("created_at".to_owned(), true)]),
        None => Ok(Vec::new()),
        Some("name") => Ok(vec![(name.to_owned(), down)]),
        Some(field @ ("updated_at" | "created_at")) => Ok(vec![(field.to_owned(), down)]),
        Some(_) => Err(Refusal::Invalid("sort is neither name nor updated_at nor created_at")),
    }
}

async fn get_connection(State(workspace): State<Arc<Workspace>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let connection = records::row_of(&id).and_then(|row| workspace.connections().get(row));
    Ok(wire::json(StatusCode::OK, &connection.ok_or(Refusal::NotFound)?.into()))
}

async fn create_connection(State(workspace): State<Arc<Workspace>>, body: Bytes) -> Result<Response, Refusal> {
    let mut record = record_of(&body, CONNECTION_REQUIRES, CONNECTION_FIELDS)?;
    let now = in_utc(workspace.clock.now());
    let connection = workspace.connections().add(|row| {
        record.insert("id".into(), records::id(row).into());
        record.insert("is_paused".into(), false.into());
        finish(record, &now)
    });
    Ok(wire::json(StatusCode::OK, &connection.into()))
}

async fn update_connection(
    State(workspace): State<Arc<Workspace>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let record = record_of(&body, CONNECTION_REQUIRES, CONNECTION_FIELDS)?;
    change(&workspace, &id, |mut old| {
        old.retain(|name, _| READ_ONLY.contains(&name.as_str()));
        old.into_iter().chain(record).collect()
    })
}

/// The document demands here, too, what a connection must have. Whether the service does is not known; a client that sends it is
/// right either way.
async fn patch_connection(
    State(workspace): State<Arc<Workspace>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let record = record_of(&body, CONNECTION_REQUIRES, CONNECTION_FIELDS)?;
    change(&workspace, &id, |old| old.into_iter().chain(record).collect())
}

fn change(workspace: &Workspace, id: &str, edit: impl FnOnce(Record) -> Record) -> Result<Response, Refusal> {
    let mut connections = workspace.connections();
    let row = records::row_of(id).ok_or(Refusal::NotFound)?;
    let mut record = edit(connections.get(row).ok_or(Refusal::NotFound)?);
    record.entry("environment").or_insert_with(|| "Production".into());
    record.insert("updated_at".into(), in_utc(workspace.clock.now()).into());
    connections.put(row, record.clone());
    Ok(wire::json(StatusCode::OK, &record.into()))
}

async fn remove_connection(
    State(workspace): State<Arc<Workspace>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    removed(records::row_of(&id).is_some_and(|row| workspace.connections().remove(row)))
}

async fn create_webhook(State(workspace): State<Arc<Workspace>>, body: Bytes) -> Result<Response, Refusal> {
    let mut record = record_of(&body, &["connection_id", "object_type", "event"], WEBHOOK_FIELDS)?;
    let row = record.get("connection_id").and_then(Value::as_str).and_then(records::row_of);
    let connection = row.and_then(|row| workspace.connections().get(row));
    let connection = connection.ok_or(Refusal::Invalid("connection_id is not the id of a connection"))?;
    record.extend(connection.into_iter().filter(|(name, _)| name == "integration_type"));
    record.entry("interval").or_insert_with(|| 60.into());
    record.entry("webhook_type").or_insert_with(|| "virtual".into());
    let now = in_utc(workspace.clock.now());
    let webhook = workspace.webhooks().add(|row| {
        record.insert("id".into(), records::webhook_id(row).into());
        record.insert("is_healthy".into(), true.into());
        finish(record, &now)
    });
    Ok(wire::json(StatusCode::OK, &webhook.into()))
}

async fn remove_webhook(State(workspace): State<Arc<Workspace>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    removed(records::webhook_row_of(&id).is_some_and(|row| workspace.webhooks().remove(row)))
}

async fn list_integrations(RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = Pairs::of_query(query.as_deref());
    let (active, kind) = (query.flag("active")?, query.filled("type"));
    query.flag("summary")?;
    let is_kind = |it: &Record| kind.is_none_or(|kind| it.get("type").is_some_and(|it| it == kind));
    integrations(&query, |it| (!active || is_active(it)) && is_kind(it))
}

async fn list_active_integrations(RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = Pairs::of_query(query.as_deref());
    query.flag("active").and_then(|_| query.flag("summary"))?;
    integrations(&query, is_active)
}

fn is_active(integration: &Record) -> bool {
    integration.get("is_active") == Some(&Value::Bool(true))
}

fn integrations(query: &Pairs, keep: impl Fn(&Record) -> bool) -> Result<Response, Refusal> {
    let filter = Filter::of(query, &[])?;
    let (offset, limit) = query.page(PAGE.0, PAGE.1)?;
    let page = records::integrations()
        .into_iter()
        .filter(|integration| keep(integration) && filter.passes_integration(integration))
        .skip(usize::try_from(offset).unwrap_or(usize::MAX))
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .collect::<Vec<_>>();
    Ok(wire::with_list_at("", wire::json(StatusCode::OK, &page.into())))
}

/// The languages that the page of an authorization has.
const LANGUAGES: [&str; 7] = ["en", "fr", "es", "it", "pt", "zh", "hi"];

/// Where a customer would go to authorize a connection, as text. Nothing answers there.
async fn auth_url(
    Path((workspace, integration)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Pairs::of_query(query.as_deref());
    query.flag("redirect")?;
    if query.get("lang").is_some_and(|lang| !LANGUAGES.contains(&lang)) {
        return Err(Refusal::Mistyped("lang"));
    }
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    parameters.append_pair("client_id", &workspace).append_pair("response_type", "code");
    for name in ["success_redirect", "failure_redirect", "state", "external_xref", "scopes", "lang"] {
        parameters.extend_pairs(query.all(name).map(|value| (name, value)));
    }
    let url = format!("https://{integration}.example.com/oauth/authorize?{}", parameters.finish());
    Ok(wire::with_body(StatusCode::OK, "text/plain; charset=utf-8", url))
}

/// The types of a connection's fields, those included that a client may only send back.
const CONNECTION_FIELDS: &[Field] = &[
    ("id", Type::Text),
    ("created_at", Type::Moment),
    ("updated_at", Type::Moment),
    ("workspace_id", Type::Text),
    ("is_paused", Type::Flag),
    ("last_healthy_at", Type::Moment),
    ("last_unhealthy_at", Type::Moment),
    ("integration_type", Type::Text),
    ("integration_name", Type::Text),
    ("external_xref", Type::Text),
    ("permissions", Type::Texts),
    ("categories", Type::Texts),
    ("environment", Type::Text),
    ("last_unhealthy_code", Type::Text),
    ("auth_aws_arn", Type::Text),
    ("auth_azure_keyvault_id", Type::Text),
    ("auth_gcp_secret_name", Type::Text),
    ("auth_hashi_vault_path", Type::Text),
    ("secretsmanager_id", Type::Text),
    ("secretsmanager_key", Type::Text),
    ("auth", Type::Object),
    ("auth.name", Type::Text),
    ("auth.emails", Type::Texts),
    ("auth.user_id", Type::Text),
    ("auth.access_token", Type::Text),
    ("auth.refresh_token", Type::Text),
    ("auth.expires_in", Type::Number),
    ("auth.expiry_date", Type::Moment),
    ("auth.refresh_token_expires_in", Type::Number),
    ("auth.refresh_token_expires_date", Type::Moment),
    ("auth.token", Type::Text),
    ("auth.other_auth_info", Type::Texts),
    ("auth.client_id", Type::Text),
    ("auth.client_secret", Type::Text),
    ("auth.consumer_key", Type::Text),
    ("auth.consumer_secret", Type::Text),
    ("auth.dev_api_key", Type::Text),
    ("auth.app_id", Type::Text),
    ("auth.audience", Type::Text),
    ("auth.state", Type::Text),
    ("auth.authorize_url", Type::Text),
    ("auth.token_url", Type::Text),
    ("auth.refresh_url", Type::Text),
    ("auth.api_url", Type::Text),
    ("auth.key", Type::Text),
    ("auth.pem", Type::Text),
    ("auth.meta", Type::Object),
];

/// The types of a webhook's fields.
const WEBHOOK_FIELDS: &[Field] = &[
    ("id", Type::Text),
    ("created_at", Type::Moment),
    ("updated_at", Type::Moment),
    ("workspace_id", Type::Text),
    ("connection_id", Type::Text),
    ("hook_url", Type::Text),
    ("object_type", Type::Text),
    ("event", Type::OneOf(&["created", "updated", "deleted"])),
    ("interval", Type::Number),
    ("checked_at", Type::Moment),
    ("integration_type", Type::Text),
    ("environment", Type::Text),
    ("runs", Type::Texts),
    ("fields", Type::Text),
    ("webhook_type", Type::OneOf(&["virtual", "native"])),
    ("is_healthy", Type::Flag),
    ("page_max_limit", Type::Number),
    ("filters", Type::TextByName),
    ("db_type", Type::OneOf(&["mongodb", "mysql", "postgres", "mssql", "mariadb", "supabase"])),
    ("db_url", Type::Text),
    ("db_schema", Type::Text),
    ("db_name_prefix", Type::Text),
    ("is_paused", Type::Flag),
    ("is_beta", Type::Flag),
];

/// The record in a request body, without what only the service sets. All `required` fields must be there, and all `fields` of
/// their types.
fn record_of(body: &Bytes, required: &[&'static str], fields: &[Field]) -> Result<Record, Refusal> {
    let not_an_object = Refusal::Invalid("The body is not a JSON object");
    let Ok(sent) = serde_json::from_slice::<Value>(body) else { return Err(not_an_object) };
    let mistyped = types::mistyped(&sent, fields);
    let Value::Object(mut record) = sent else { return Err(not_an_object) };
    if let Some(path) = mistyped {
        return Err(Refusal::Mistyped(path));
    }
    record.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    match required.iter().find(|name| record.get(**name).is_none_or(Value::is_null)) {
        Some(name) => Err(Refusal::Missing(name)),
        None => Ok(record),
    }
}

/// A new record with what the service sets in every one.
fn finish(mut record: Record, now: &str) -> Record {
    record.insert("created_at".into(), now.into());
    record.insert("updated_at".into(), now.into());
    record.insert("workspace_id".into(), records::WORKSPACE.into());
    record.entry("environment").or_insert_with(|| "Production".into());
    record
}

fn removed(was_there: bool) -> Result<Response, Refusal> {
    if was_there { Ok(StatusCode::OK.into_response()) } else { Err(Refusal::NotFound) }
}

/// Why a request with a good key is not granted.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("Not Found")]
    NotFound,
    #[error("{0}")]
    Invalid(&'static str),
    #[error("Missing {0}")]
    Missing(&'static str),
    #[error("{0} is of another type")]
    Mistyped(&'static str),
}

impl From<wire::Nonsense> for Refusal {
    fn from(wire::Nonsense(name): wire::Nonsense) -> Self {
        Self::Mistyped(name)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = if matches!(self, Self::NotFound) { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        error(status, &self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, Sandbox, records::instant, testing};

    const SEED: &str = "/unified/connection/6659f1c2a7d3b80012c4e5f6";

    async fn list(sandbox: &Sandbox, query: &str) -> Vec<Value> {
        let answer = testing::get(sandbox.unified_to(), &format!("/unified/connection{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json().as_array().unwrap().clone()
    }

    async fn names(sandbox: &Sandbox, query: &str) -> Vec<String> {
        list(sandbox, query).await.iter().map(|it| it["integration_type"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn the_key_is_asked_for_in_either_form() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.unified_to();
        for sent in ["Bearer wrong", "wrong"] {
            let refused = testing::get((*api, "authorization", sent), "/unified/connection").await;
            let expected = json!({ "statusCode": 401, "error": "Unauthorized", "message": "Missing authentication" });
            assert_eq!((refused.status, refused.json()), (401, expected));
        }
        for sent in [api.token().to_owned(), format!("bearer {}", api.token())] {
            assert_eq!(testing::get((*api, "authorization", sent.as_str()), "/unified/connection").await.status, 200);
        }
    }

    #[tokio::test]
    async fn lists_are_bare_and_paged() {
        let sandbox = Sandbox::builder().records(Records::Generated { per_api: 250 }).start().await.unwrap();
        assert_eq!(list(&sandbox, "").await.len(), 100);
        assert_eq!(list(&sandbox, "?limit=1000").await.len(), 100);
        assert_eq!(list(&sandbox, "?limit=100&offset=200").await.len(), 50);
        let row = list(&sandbox, "?limit=1.0&offset=249").await;
        assert_eq!(row[0]["external_xref"], "user-250");
        assert_eq!(list(&sandbox, "?external_xref=user-3&limit=100").await.len(), 1);
    }

    #[tokio::test]
    async fn categories_are_read_in_every_form() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        for query in ["categories=crm", "categories=[crm]", "categories=crm,ats", "categories[]=crm&categories[]=ats"] {
            assert_eq!(names(&sandbox, &format!("?{query}")).await, ["hubspot"], "{query}");
        }
        assert_eq!(names(&sandbox, "?categories=crm&categories=hris").await, ["hubspot", "bamboohr"]);
        assert_eq!(names(&sandbox, "?categories=kms").await, [""; 0]);
    }

    #[tokio::test]
    async fn lists_are_filtered_and_sorted() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        assert_eq!(names(&sandbox, "?updated_gte=2026-06-01").await, ["hubspot"]);
        assert_eq!(names(&sandbox, "?updated_gte=2026-06-19T23:00:27.214%2B02:00").await, ["hubspot"]);
        assert_eq!(names(&sandbox, "?sort=name&order=asc").await, ["bamboohr", "hubspot"]);
        assert_eq!(names(&sandbox, "?sort=created_at&order=desc").await, ["bamboohr", "hubspot"]);
        assert_eq!(names(&sandbox, "?external_xref=&env=Production").await, ["hubspot", "bamboohr"]);
        assert_eq!(names(&sandbox, "?env=Sandbox").await, [""; 0]);
        for query in ["?updated_gte=soon", "?sort=age", "?order=up"] {
            let answer = testing::get(sandbox.unified_to(), &format!("/unified/connection{query}")).await;
            assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("Bad Request")), "{query}");
        }
    }

    #[tokio::test]
    async fn a_connection_lives() {
        let clock = ManualClock::at(instant("2026-07-01T12:00:00.500Z"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.unified_to();
        let body = json!({
            "integration_type": "hubspot", "permissions": ["crm_deal_read"], "categories": ["crm"], "id": "mine",
            "environment": "Sandbox", "auth": { "token": "t" },
        });
        let created = testing::send(api, "POST", "/unified/connection", Some(body)).await;
        let expected = json!({
            "id": "6659f1c2a7d3b80012c4e5f8", "created_at": "2026-07-01T12:00:00.500Z",
            "updated_at": "2026-07-01T12:00:00.500Z", "workspace_id": "64f0c1b2d3e4f5a6b7c8d9e0", "is_paused": false,
            "integration_type": "hubspot", "permissions": ["crm_deal_read"], "categories": ["crm"],
            "environment": "Sandbox", "auth": { "token": "t" },
        });
        assert_eq!((created.status, created.json()), (200, expected.clone()));
        // The list shows the default environment unless told otherwise.
        assert_eq!((list(&sandbox, "").await.len(), list(&sandbox, "?env=Sandbox").await.len()), (2, 1));

        let path = "/unified/connection/6659f1c2a7d3b80012c4e5f8";
        let required = json!({ "integration_type": "hubspot", "permissions": [], "categories": ["crm"] });
        let mut part = required.clone();
        part["external_xref"] = "u".into();
        let patched = testing::send(api, "PATCH", path, Some(part)).await;
        assert_eq!((&patched.json()["external_xref"], &patched.json()["auth"]), (&json!("u"), &expected["auth"]));
        let replaced = testing::send(api, "PUT", path, Some(required)).await;
        assert_eq!((replaced.status, &replaced.json()["auth"]), (200, &Value::Null));
        assert_eq!(replaced.json()["created_at"], expected["created_at"]);
        assert_eq!(testing::get(api, path).await.json(), replaced.json());

        let removed = testing::send(api, "DELETE", path, None).await;
        assert_eq!((removed.status, removed.text()), (200, ""));
        let gone = testing::get(api, path).await;
        let expected = json!({ "statusCode": 404, "error": "Not Found", "message": "Not Found" });
        assert_eq!((gone.status, gone.json()), (404, expected));
    }

    #[tokio::test]
    async fn a_connection_must_be_whole_and_json() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.unified_to();
        let body = json!({ "integration_type": "hubspot", "permissions": [] });
        for (method, path) in [("POST", "/unified/connection"), ("PUT", SEED)] {
            let refused = testing::send(api, method, path, Some(body.clone())).await;
            assert_eq!((refused.status, &refused.json()["message"]), (400, &json!("Missing categories")));
        }
        assert_eq!(testing::send(api, "POST", "/unified/connection", None).await.status, 415);
        assert_eq!(testing::send(api, "TRACE", SEED, None).await.status, 405);
    }

    #[tokio::test]
    async fn integrations_for_the_workspace_and_for_anyone() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.unified_to();
        assert_eq!(testing::get(api, "/unified/integration").await.json().as_array().unwrap().len(), 4);
        let one = testing::get(api, "/unified/integration?type=bamboohr&active=true&limit=5").await.json();
        assert_eq!((one.as_array().unwrap().len(), &one[0]["name"]), (1, &json!("BambooHR")));
        assert_eq!(testing::get((*api, "x-other", "1"), "/unified/integration").await.status, 401);
        let path = "/unified/integration/workspace/64f0c1b2d3e4f5a6b7c8d9e0?categories=crm";
        assert_eq!(testing::get((*api, "x-other", "1"), path).await.json()[0]["type"], "hubspot");
    }

    #[tokio::test]
    async fn the_authorization_url_is_text() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let path = "/unified/integration/auth/w1/hubspot\
                    ?success_redirect=https%3A%2F%2Fa.example%2F&state=s&scopes=a&scopes=b";
        let answer = testing::get((*sandbox.unified_to(), "x-other", "1"), path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; charset=utf-8")));
        let expected = "https://hubspot.example.com/oauth/authorize?client_id=w1&response_type=code\
                        &success_redirect=https%3A%2F%2Fa.example%2F&state=s&scopes=a&scopes=b";
        assert_eq!(answer.text(), expected);
    }

    #[tokio::test]
    async fn webhooks_come_and_go() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.unified_to();
        assert_eq!(testing::get(api, "/unified/webhook").await.json()[0]["id"], "667330fba7d3b80012c4e601");
        let body = json!({
            "connection_id": "6659f1c2a7d3b80012c4e5f7", "object_type": "hris_employee", "event": "created",
            "hook_url": "https://hooks.example.com/",
        });
        let created = testing::send(api, "POST", "/unified/webhook?include_all=true", Some(body)).await;
        assert_eq!((created.status, &created.json()["integration_type"]), (200, &json!("bamboohr")));
        let of = testing::get(api, "/unified/webhook?connection_id=6659f1c2a7d3b80012c4e5f7").await.json();
        assert_eq!(of, json!([created.json()]));
        let path = format!("/unified/webhook/{}", created.json()["id"].as_str().unwrap());
        assert_eq!(testing::send(api, "DELETE", &path, None).await.status, 200);
        assert_eq!(testing::send(api, "DELETE", &path, None).await.status, 404);
        let body = json!({ "connection_id": "x", "object_type": "crm_deal", "event": "created" });
        assert_eq!(testing::send(api, "POST", "/unified/webhook", Some(body)).await.status, 400);
    }
}
