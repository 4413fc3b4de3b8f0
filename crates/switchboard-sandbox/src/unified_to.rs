//! Unified.to: connections, the integrations they can be made to, webhooks, API calls and issues.
//!
//! Lists are bare arrays and errors have the form that was observed, `{statusCode, error, message}`.
//! <https://docs.unified.to/unified/connection>

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde_json::{Value, json};

use crate::{
    Clock, Records,
    clock::{in_utc, parse_moment},
    lock::lock,
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

/// The state of one workspace.
pub(crate) struct Workspace {
    clock: Arc<dyn Clock>,
    connections: Mutex<Table>,
    webhooks: Mutex<Table>,
    api_calls: Mutex<Table>,
    issues: Mutex<Table>,
}

/// A collection, and what tells it from others.
struct Collection {
    path: &'static str,
    table: fn(&Workspace) -> &Mutex<Table>,
    /// What the ids begin with, and how they go on in row 0.
    ids: records::Ids,
    /// Parameters of the list, each with the field that must equal it.
    equal: &'static [(&'static str, &'static str)],
    /// Those of them that are true or false.
    flags: &'static [&'static str],
    /// The field that `sort=name` means.
    name: &'static str,
    /// What a record must have, and of which types its fields are. Nothing for those that only the service writes.
    required: &'static [&'static str],
    fields: &'static [Field],
    /// What stays as it was when a record is replaced.
    kept: &'static [&'static str],
}

static CONNECTIONS: Collection = Collection {
    path: "/unified/connection",
    table: |workspace| &workspace.connections,
    ids: records::CONNECTION_ID,
    equal: &[("external_xref", "external_xref")],
    flags: &[],
    name: "integration_name",
    required: &["integration_type", "permissions", "categories"],
    fields: CONNECTION_FIELDS,
    kept: &READ_ONLY,
};

static WEBHOOKS: Collection = Collection {
    path: "/unified/webhook",
    table: |workspace| &workspace.webhooks,
    ids: records::WEBHOOK_ID,
    equal: &[("connection_id", "connection_id"), ("integration_type", "integration_type"), ("object", "object_type")],
    flags: &[],
    name: "object_type",
    required: &["connection_id", "object_type", "event"],
    fields: WEBHOOK_FIELDS,
    kept: &[
        "id",
        "created_at",
        "updated_at",
        "workspace_id",
        "is_paused",
        "checked_at",
        "runs",
        "is_healthy",
        "integration_type",
    ],
};

static API_CALLS: Collection = Collection {
    path: "/unified/apicall",
    table: |workspace| &workspace.api_calls,
    ids: records::API_CALL_ID,
    equal: &[
        ("connection_id", "connection_id"),
        ("webhook_id", "webhook_id"),
        ("external_xref", "external_xref"),
        ("integration_type", "integration_type"),
        ("type", "type"),
        ("is_billable", "is_billable"),
    ],
    flags: &["is_billable"],
    name: "name",
    required: &[],
    fields: &[],
    kept: &[],
};

static ISSUES: Collection = Collection {
    path: "/unified/issue",
    table: |workspace| &workspace.issues,
    ids: records::ISSUE_ID,
    equal: &[],
    flags: &[],
    name: "title",
    required: &[],
    fields: &[],
    kept: &[],
};

impl Workspace {
    pub(crate) fn new(clock: Arc<dyn Clock>, initial: Records) -> Self {
        let tables = [records::connections, records::webhooks, records::api_calls, records::issues];
        let [connections, webhooks, api_calls, issues] = tables.map(|table| Mutex::new(table(initial)));
        Self { clock, connections, webhooks, api_calls, issues }
    }
}

/// The paths below the base URL.
pub(crate) fn router(workspace: Arc<Workspace>) -> Router {
    Router::new()
        .merge(CONNECTIONS.writable())
        .route("/unified/connection", post(create_connection))
        .route("/unified/integration", get(list_integrations))
        .merge(WEBHOOKS.writable())
        .route("/unified/webhook", post(create_webhook))
        .route("/unified/webhook/{id}/trigger", put(trigger_webhook))
        .merge(API_CALLS.readable())
        .merge(ISSUES.readable())
        .layer(from_fn_with_state(workspace.clone(), admit))
        // These are called by front ends, so that they ask for no key.
        .route("/unified/integration/workspace/{workspace_id}", get(list_active_integrations))
        .route("/unified/integration/auth/{workspace_id}/{integration_type}", get(auth_url))
        .route("/unified/integration/login/{workspace_id}/{integration_type}", get(auth_url))
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
    let has_body =
        matches!(request.method().as_str(), "POST" | "PUT" | "PATCH") && !request.uri().path().ends_with("/trigger");
    if has_body && !wire::has_content_type(headers, "application/json") {
        return error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type");
    }
    next.run(request).await
}

impl Collection {
    /// The list, and one record of it.
    fn readable(&'static self) -> Router<Arc<Workspace>> {
        let all = move |State(workspace): State<Arc<Workspace>>, RawQuery(query): RawQuery| async move {
            let query = Pairs::of_query(query.as_deref());
            self.flags.iter().try_for_each(|name| query.flag(name).map(drop))?;
            let equal = self.equal.iter().map(|(name, field)| (*field, query.filled(name))).collect::<Vec<_>>();
            list(&mut self.rows(&workspace), &query, &equal, self.name)
        };
        let one = move |State(workspace): State<Arc<Workspace>>, Path(id): Path<String>| async move {
            let record = self.ids.row(&id).and_then(|row| self.rows(&workspace).get(row));
            record.map(|record| wire::json(StatusCode::OK, &record.into())).ok_or(Refusal::NotFound)
        };
        Router::new().route(self.path, get(all)).route(&format!("{}/{{id}}", self.path), get(one))
    }

    /// The same, and what changes a record.
    fn writable(&'static self) -> Router<Arc<Workspace>> {
        let replace = move |State(workspace): State<Arc<Workspace>>, Path(id): Path<String>, body: Bytes| async move {
            let record = self.record_of(&body)?;
            self.change(&workspace, &id, |mut old| {
                old.retain(|name, _| self.kept.contains(&name.as_str()));
                old.into_iter().chain(record).collect()
            })
        };
        // The document demands here, too, what a record must have. Whether the service does is not known; a client that
        // sends it is right either way.
        let patch = move |State(workspace): State<Arc<Workspace>>, Path(id): Path<String>, body: Bytes| async move {
            let record = self.record_of(&body)?;
            self.change(&workspace, &id, |old| old.into_iter().chain(record).collect())
        };
        let remove = move |State(workspace): State<Arc<Workspace>>, Path(id): Path<String>| async move {
            let was_there = self.ids.row(&id).is_some_and(|row| self.rows(&workspace).remove(row));
            if was_there { Ok(StatusCode::OK) } else { Err(Refusal::NotFound) }
        };
        self.readable().route(&format!("{}/{{id}}", self.path), put(replace).patch(patch).delete(remove))
    }

    fn rows<'a>(&self, workspace: &'a Workspace) -> MutexGuard<'a, Table> {
        lock((self.table)(workspace))
    }

    fn record_of(&self, body: &Bytes) -> Result<Record, Refusal> {
        record_of(body, self.required, self.fields)
    }

    fn change(
        &self,
        workspace: &Workspace,
        id: &str,
        edit: impl FnOnce(Record) -> Record,
    ) -> Result<Response, Refusal> {
        let mut rows = self.rows(workspace);
        let row = self.ids.row(id).ok_or(Refusal::NotFound)?;
        let mut record = edit(rows.get(row).ok_or(Refusal::NotFound)?);
        record.entry("environment").or_insert_with(|| "Production".into());
        record.insert("updated_at".into(), in_utc(workspace.clock.now()).into());
        rows.put(row, record.clone());
        Ok(wire::json(StatusCode::OK, &record.into()))
    }
}

/// One page of a table. `equal` are fields and what they must be, `name` is the field that `sort=name` means.
fn list(table: &mut Table, query: &Pairs, equal: &[(&str, Option<&str>)], name: &str) -> Result<Response, Refusal> {
    let (filter, order) = (Filter::of(query, equal)?, order(query, name)?);
    // All records that nobody changed are in the default environment, so that most lists need no look at each of them.
    let is_in = |record: &Record| record.get("environment").is_none_or(|it| it == filter.environment);
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
    /// Whether a call has failed; other records know nothing of the kind.
    failed: Option<bool>,
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
            failed: query.filled("error").map(|_| query.flag("error")).transpose()?,
        })
    }

    fn is_default(&self) -> bool {
        let is_free = self.updated_gte.is_none() && self.failed.is_none() && self.environment == "Production";
        is_free && self.categories.is_empty() && self.equal.is_empty()
    }

    fn passes(&self, row: Row<'_>) -> bool {
        // Some records belong to no environment, and some are made and never changed.
        let time = || row.text("updated_at").or_else(|| row.text("created_at"));
        row.text("environment").is_none_or(|own| own == self.environment)
            && self.equal.iter().all(|(name, wanted)| row.text(name).as_deref() == Some(*wanted))
            && self.updated_gte.as_ref().is_none_or(|since| time().is_some_and(|time| time >= *since))
            && self.failed.is_none_or(|failed| row.field("error").is_some() == failed)
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
    let down = match query.get("order") {
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

async fn create_connection(State(workspace): State<Arc<Workspace>>, body: Bytes) -> Result<Response, Refusal> {
    let mut record = CONNECTIONS.record_of(&body)?;
    let now = in_utc(workspace.clock.now());
    let connection = CONNECTIONS.rows(&workspace).add(|row| {
        record.insert("id".into(), CONNECTIONS.ids.of(row).into());
        record.insert("is_paused".into(), false.into());
        finish(record, &now)
    });
    Ok(wire::json(StatusCode::OK, &connection.into()))
}

async fn create_webhook(State(workspace): State<Arc<Workspace>>, body: Bytes) -> Result<Response, Refusal> {
    let mut record = WEBHOOKS.record_of(&body)?;
    let row = record.get("connection_id").and_then(Value::as_str).and_then(|id| CONNECTIONS.ids.row(id));
    let connection = row.and_then(|row| CONNECTIONS.rows(&workspace).get(row));
    let connection = connection.ok_or(Refusal::Invalid("connection_id is not the id of a connection"))?;
    record.extend(connection.into_iter().filter(|(name, _)| name == "integration_type"));
    record.entry("interval").or_insert_with(|| 60.into());
    record.entry("webhook_type").or_insert_with(|| "virtual".into());
    let now = in_utc(workspace.clock.now());
    let webhook = WEBHOOKS.rows(&workspace).add(|row| {
        record.insert("id".into(), WEBHOOKS.ids.of(row).into());
        record.insert("is_healthy".into(), true.into());
        finish(record, &now)
    });
    Ok(wire::json(StatusCode::OK, &webhook.into()))
}

/// Notes that a webhook has looked for new records. There are none.
async fn trigger_webhook(
    State(workspace): State<Arc<Workspace>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let now = in_utc(workspace.clock.now());
    WEBHOOKS.change(&workspace, &id, |mut webhook| {
        webhook.insert("checked_at".into(), now.into());
        webhook
    })?;
    Ok(StatusCode::OK)
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

/// Where a customer would go to authorize a connection, or a user to sign in, as text. Nothing answers there.
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

    #[tokio::test]
    async fn a_webhook_is_replaced_changed_and_triggered() {
        let clock = ManualClock::at(instant("2026-07-01T00:00:00Z"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.unified_to();
        let list = testing::get(api, "/unified/webhook").await.json();
        let (id, connection) = (list[0]["id"].as_str().unwrap().to_owned(), list[0]["connection_id"].clone());
        let path = format!("/unified/webhook/{id}");
        assert_eq!(testing::get(api, &path).await.json(), list[0]);

        let body = json!({ "connection_id": connection, "object_type": "crm_deal", "event": "created", "interval": 5 });
        let replaced = testing::send(api, "PUT", &path, Some(body.clone())).await;
        let webhook = replaced.json();
        assert_eq!((replaced.status, &webhook["interval"], &webhook["hook_url"]), (200, &json!(5), &Value::Null));
        assert_eq!(
            (&webhook["is_healthy"], &webhook["updated_at"]),
            (&json!(true), &json!("2026-07-01T00:00:00.000Z"))
        );
        let mut change = body.clone();
        change["db_schema"] = json!("public");
        let patched = testing::send(api, "PATCH", &path, Some(change)).await.json();
        assert_eq!((&patched["db_schema"], &patched["interval"]), (&json!("public"), &json!(5)));
        assert_eq!(testing::send(api, "PATCH", &path, Some(json!({ "interval": 6 }))).await.status, 400);

        let triggered = testing::send(api, "PUT", &format!("{path}/trigger"), None).await;
        assert_eq!((triggered.status, triggered.text()), (200, ""));
        assert_eq!(testing::get(api, &path).await.json()["checked_at"], "2026-07-01T00:00:00.000Z");
        testing::send(api, "DELETE", &path, None).await;
        for (method, path) in [("GET", path.clone()), ("PUT", path.clone()), ("PUT", format!("{path}/trigger"))] {
            let body = (!path.ends_with("/trigger")).then(|| body.clone());
            assert_eq!(testing::send(api, method, &path, body).await.status, 404, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn api_calls_and_issues_are_read() {
        let sandbox = Sandbox::builder().records(Records::Generated { per_api: 250 }).start().await.unwrap();
        let api = sandbox.unified_to();
        let calls = testing::get(api, "/unified/apicall?type=webhook&limit=2&offset=1").await.json();
        assert_eq!((calls.as_array().unwrap().len(), &calls[0]["status"]), (2, &json!("200")));
        let path = format!("/unified/apicall/{}", calls[0]["id"].as_str().unwrap());
        assert_eq!(testing::get(api, &path).await.json(), calls[0]);
        for (query, count) in [
            ("limit=100&offset=200", 50),
            ("is_billable=true&offset=100", 25),
            ("error=true", 0),
            ("error=false&offset=200", 50),
            ("env=Sandbox", 0),
            ("updated_gte=2024-01-01T12:00:00Z&offset=0&limit=100", 10),
            ("integration_type=hubspot", 63),
        ] {
            let calls = testing::get(api, &format!("/unified/apicall?{query}")).await.json();
            assert_eq!(calls.as_array().unwrap().len(), count, "{query}");
        }
        assert_eq!(testing::get(api, "/unified/apicall?error=maybe").await.status, 400);
        let issues = testing::get(api, "/unified/issue?sort=name&order=desc&limit=1").await.json();
        assert_eq!(issues[0]["title"], "Issue 99");
        let path = format!("/unified/issue/{}", issues[0]["id"].as_str().unwrap());
        assert_eq!(testing::get(api, &path).await.json(), issues[0]);
        assert_eq!(testing::get(api, "/unified/issue/none").await.status, 404);
        assert_eq!(testing::send(api, "DELETE", &path, None).await.status, 405);
        assert_eq!(testing::get((*api, "X-Other", "1"), "/unified/issue").await.status, 401);
    }

    #[tokio::test]
    async fn a_login_needs_no_key() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let path = "/unified/integration/login/w/hubspot?success_redirect=https://app.example.com/in&state=s";
        let url = testing::get((*sandbox.unified_to(), "X-Other", "1"), path).await;
        assert_eq!((url.status, url.header("content-type")), (200, Some("text/plain; charset=utf-8")));
        assert!(url.text().contains("hubspot") && url.text().contains("state=s"), "{}", url.text());
    }
}
