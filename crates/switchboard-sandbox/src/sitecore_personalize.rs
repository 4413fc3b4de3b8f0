//! Sitecore Personalize: the token endpoint, connections, decision models and flows.
//!
//! <https://doc.sitecore.com/personalize/en/developers/api/connection-rest-api.html>

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hyper::body::Frame;
use serde_json::{Value, json};

use crate::{
    Clock, Records,
    clock::in_utc,
    lock::lock,
    records::sitecore_personalize as records,
    table::{Record, Selection, Table, record},
    types::{self, Field, Type},
    wire::{self, Pairs},
};

/// The API key and its secret.
pub(crate) const CLIENT_ID: &str = "sandbox-client-id";
pub(crate) const CLIENT_SECRET: &str = "sandbox-client-secret";
/// What a token must be asked for.
pub(crate) const AUDIENCE: &str = "https://api.sitecorecloud.io";

const SCOPE: &str = "personalize.decision_models:manage personalize.templates:manage \
                     personalize.external_webservices:manage personalize.flows:manage";

/// Rows per chunk of a list's body.
const CHUNK: u64 = 100;

/// What the answer to a create or an update leaves out of a record, as the vendor's examples show.
const NOT_IN_CREATED: [&str; 6] =
    ["revision", "exampleValue", "inputMappings", "outputMappings", "customHeaders", "urlParameters"];

/// The state of one tenant.
pub(crate) struct Tenant {
    base: String,
    clock: Arc<dyn Clock>,
    records: Records,
    token_lifetime: Duration,
    tokens: Mutex<Tokens>,
    connections: Mutex<Table>,
    models: Mutex<Table>,
    /// What decision models were before they were changed, in order.
    revisions: Mutex<BTreeMap<u64, Vec<Record>>>,
    flows: Mutex<Table>,
}

/// The tokens that were given out, and when each of them ends.
#[derive(Default)]
struct Tokens {
    requests: u64,
    valid_until: BTreeMap<String, SystemTime>,
}

impl Tenant {
    pub(crate) fn new(base: String, clock: Arc<dyn Clock>, records: Records, token_lifetime: Duration) -> Self {
        let tables = [records::connections, records::decision_models, records::flows];
        let [connections, models, flows] = tables.map(|table| Mutex::new(table(records, &base)));
        let (tokens, revisions) = (Mutex::default(), Mutex::default());
        Self { base, clock, records, token_lifetime, tokens, connections, models, revisions, flows }
    }

    /// How often a token was asked for, also in vain.
    pub(crate) fn token_requests(&self) -> u64 {
        self.tokens().requests
    }

    /// Makes all tokens that were given out worthless, before their time.
    pub(crate) fn revoke_tokens(&self) {
        self.tokens().valid_until.clear();
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }

    fn connections(&self) -> MutexGuard<'_, Table> {
        lock(&self.connections)
    }

    fn models(&self) -> MutexGuard<'_, Table> {
        lock(&self.models)
    }

    /// The row of a decision model, and the model.
    fn model(&self, reference: &str) -> Result<(u64, Record), Refusal> {
        let row = records::model_row_of(self.records, reference).ok_or(Refusal::NotFound)?;
        Ok((row, self.models().get(row).ok_or(Refusal::NotFound)?))
    }
}

/// The paths below the base URL.
pub(crate) fn router(tenant: Arc<Tenant>) -> Router {
    Router::new()
        .route("/v2/connections", get(list_connections).post(create_connection))
        .route("/v2/connections/testConnection", post(test_connection))
        .route("/v2/connections/{ref}", get(get_connection).put(update_connection))
        .route("/v2/decisionModelDefinitions", get(list_models).post(create_model))
        .route("/v2/decisionModelDefinitions/{ref}", get(get_model).put(update_model))
        .route("/v2/decisionModelDefinitions/{ref}/revisions", get(list_revisions))
        .route("/v2/decisionModelDefinitions/{ref}/variants", get(list_variants))
        .route("/v2/decisionModelVariants/{ref}", get(get_variant))
        .route("/v3/flowDefinitions", get(list_flows))
        .route("/v3/flowDefinitions/{ref}", get(get_flow))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "The resource was not found.") })
        .layer(from_fn_with_state(tenant.clone(), admit))
        .route("/oauth/token", post(token))
        .method_not_allowed_fallback(|| async { error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.") })
        .with_state(tenant)
}

/// An error. The vendor documents that its body holds the status and a code, but not under which names: these are a
/// guess.
pub(crate) fn error(status: StatusCode, message: &str) -> Response {
    wire::json(status, &json!({ "status": status.as_u16(), "code": status.as_u16(), "message": message }))
}

/// The token endpoint: client credentials in a form (RFC 6749, 4.4), with the vendor's `audience`.
async fn token(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut tokens = tenant.tokens();
    tokens.requests += 1;
    if !wire::has_content_type(&headers, "application/x-www-form-urlencoded") {
        return refused(StatusCode::BAD_REQUEST, "invalid_request", "The request is not a form.");
    }
    let form = Pairs::parse(&body);
    if form.get("grant_type") != Some("client_credentials") {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", "The grant must be client_credentials.");
    }
    if (form.get("client_id"), form.get("client_secret")) != (Some(CLIENT_ID), Some(CLIENT_SECRET)) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "The client id or its secret is wrong.");
    }
    if form.get("audience") != Some(AUDIENCE) {
        return refused(StatusCode::FORBIDDEN, "access_denied", "The audience is missing or not known.");
    }
    let token = format!("sandbox-access-token-{}", tokens.requests);
    tokens.valid_until.insert(token.clone(), tenant.clock.now() + tenant.token_lifetime);
    let lifetime = tenant.token_lifetime.as_secs();
    let body = json!({ "access_token": token, "scope": SCOPE, "expires_in": lifetime, "token_type": "Bearer" });
    wire::json(StatusCode::OK, &body)
}

/// An error of the token endpoint (RFC 6749, 5.2).
fn refused(status: StatusCode, code: &str, description: &str) -> Response {
    wire::json(status, &json!({ "error": code, "error_description": description }))
}

/// Lets a request through that has a living token, and whose body, if it has one, is JSON.
async fn admit(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token =
        sent.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token);
    let end = token.and_then(|token| tenant.tokens().valid_until.get(token).copied());
    if end.is_none_or(|end| tenant.clock.now() >= end) {
        return error(StatusCode::UNAUTHORIZED, "The authorization details were incorrect.");
    }
    let has_body = matches!(request.method().as_str(), "POST" | "PUT");
    if has_body && !wire::has_content_type(request.headers(), "application/json") {
        return error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The media type specified is not supported.");
    }
    next.run(request).await
}

async fn list_connections(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery) -> Response {
    list(tenant, "/v2/connections", query.as_deref(), |tenant| &tenant.connections)
}

async fn list_models(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery) -> Response {
    list(tenant, "/v2/decisionModelDefinitions", query.as_deref(), |tenant| &tenant.models)
}

async fn list_flows(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery) -> Response {
    list(tenant, "/v3/flowDefinitions", query.as_deref(), |tenant| &tenant.flows)
}

/// A list. No paging is documented, so that a list without `limit` has all records; a public SDK sends `limit` and
/// `offset`, and they are obeyed.
fn list(tenant: Arc<Tenant>, path: &str, query: Option<&str>, table: fn(&Tenant) -> &Mutex<Table>) -> Response {
    let (offset, limit) = match Pairs::of_query(query).page(u64::MAX, u64::MAX) {
        Ok(page) => page,
        Err(wire::Nonsense(name)) => return error(StatusCode::BAD_REQUEST, &format!("{name} is not valid.")),
    };
    let href = Value::from(format!("{}{path}", tenant.base));
    let head = Some(format!("{{\"href\":{href},\"items\":["));
    let body = Body::new(ListBody { tenant, table, offset, limit, head });
    wire::with_list_at("items", wire::with_body(StatusCode::OK, "application/json", body))
}

/// The body of a list, made while it is sent: a list of all records may be longer than memory.
struct ListBody {
    tenant: Arc<Tenant>,
    table: fn(&Tenant) -> &Mutex<Table>,
    offset: u64,
    /// Rows still to come; 0 when the list is closed.
    limit: u64,
    /// What stands before the first row, as long as nothing was sent.
    head: Option<String>,
}

impl HttpBody for ListBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.limit == 0 {
            return Poll::Ready(None);
        }
        let limit = self.limit.min(CHUNK);
        let selection = Selection { key: String::new(), filter: None, order: Vec::new(), offset: self.offset, limit };
        let (rows, _) = lock((self.table)(&self.tenant)).select(&selection);
        let (is_first, count) = (self.head.is_some(), rows.len() as u64);
        let mut chunk = self.head.take().unwrap_or_default();
        for (index, row) in rows.into_iter().enumerate() {
            chunk.push_str(if is_first && index == 0 { "" } else { "," });
            chunk.push_str(&Value::Object(row).to_string());
        }
        self.offset += count;
        self.limit = if count < CHUNK { 0 } else { self.limit - limit };
        if self.limit == 0 {
            chunk.push_str("]}");
        }
        Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }
}

async fn get_connection(State(tenant): State<Arc<Tenant>>, Path(reference): Path<String>) -> Result<Response, Refusal> {
    found(records::row_of(tenant.records, &reference).and_then(|row| tenant.connections().get(row)))
}

async fn get_model(State(tenant): State<Arc<Tenant>>, Path(reference): Path<String>) -> Result<Response, Refusal> {
    found(tenant.model(&reference).ok().map(|(_, model)| model))
}

async fn get_flow(State(tenant): State<Arc<Tenant>>, Path(reference): Path<String>) -> Result<Response, Refusal> {
    found(records::flow_row_of(&reference).and_then(|row| lock(&tenant.flows).get(row)))
}

/// What a decision model must have is not documented, so that nothing is asked for.
async fn create_model(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Result<Response, Refusal> {
    let sent = model_of(&body)?;
    let now = in_utc(tenant.clock.now());
    let model = tenant.models().add(|row| model_at(records::new_model(row, &tenant.base), sent, 1, &now));
    Ok(wire::json(StatusCode::CREATED, &model.into()))
}

async fn update_model(
    State(tenant): State<Arc<Tenant>>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (row, before) = tenant.model(&reference)?;
    let sent = model_of(&body)?;
    let revision = before.get("revision").and_then(Value::as_u64).unwrap_or_default() + 1;
    let mut own = before.clone();
    own.retain(|name, _| matches!(name.as_str(), "clientKey" | "href" | "ref" | "archived" | "variants" | "revisions"));
    let model = model_at(own, sent, revision, &in_utc(tenant.clock.now()));
    tenant.models().put(row, model.clone());
    lock(&tenant.revisions).entry(row).or_default().push(before);
    Ok(wire::json(StatusCode::CREATED, &model.into()))
}

async fn list_revisions(State(tenant): State<Arc<Tenant>>, Path(reference): Path<String>) -> Result<Response, Refusal> {
    let (row, model) = tenant.model(&reference)?;
    let before = lock(&tenant.revisions).get(&row).cloned().unwrap_or_default();
    Ok(whole_list(model.get("revisions"), before.into_iter().chain([model.clone()]).collect()))
}

async fn list_variants(State(tenant): State<Arc<Tenant>>, Path(reference): Path<String>) -> Result<Response, Refusal> {
    let (_, model) = tenant.model(&reference)?;
    let deployed = model.get("deploymentConfiguration").and_then(|it| it.get("variants")).and_then(Value::as_array);
    let references = deployed.into_iter().flatten().filter_map(|variant| variant.get("variantRef")?.as_str());
    let variants = references.filter_map(|reference| records::variant(reference, &tenant.base)).collect();
    Ok(whole_list(model.get("variants"), variants))
}

async fn get_variant(State(tenant): State<Arc<Tenant>>, Path(reference): Path<String>) -> Result<Response, Refusal> {
    found(records::variant(&reference, &tenant.base))
}

/// A list that belongs to a record, which knows its URL.
fn whole_list(link: Option<&Value>, items: Vec<Record>) -> Response {
    let href = link.and_then(|link| link.get("href")).cloned().unwrap_or_default();
    wire::with_list_at("items", wire::json(StatusCode::OK, &json!({ "href": href, "items": items })))
}

/// The types of those fields of a decision model that are known.
const MODEL_FIELDS: &[Field] = &[
    ("name", Type::Text),
    ("description", Type::Text),
    ("revisionComment", Type::Text),
    ("archived", Type::Flag),
    ("tags", Type::Texts),
    ("deploymentConfiguration", Type::Object),
    ("deploymentConfiguration.variants", Type::Objects),
    ("deploymentConfiguration.variants[].variantRef", Type::Text),
    ("deploymentConfiguration.variants[].split", Type::Whole),
    ("deploymentConfiguration.variants[].status", Type::OneOf(&["DRAFT", "TEST", "PRODUCTION", "ARCHIVED"])),
    ("deploymentConfiguration.variants[].variantRevision", Type::Whole),
];

fn model_of(body: &Bytes) -> Result<Record, Refusal> {
    let sent = serde_json::from_slice::<Value>(body).map_err(|_| Refusal::NotAnObject)?;
    well_typed(&sent, MODEL_FIELDS)?;
    match sent {
        Value::Object(sent) => Ok(sent),
        _ => Err(Refusal::NotAnObject),
    }
}

/// A decision model with what was sent, and with what only the service sets.
fn model_at(own: Record, sent: Record, revision: u64, now: &str) -> Record {
    let mut model = record!({ "archived": false, "deploymentConfiguration": { "variants": [] } });
    model.extend(own.clone());
    model.extend(sent);
    model.extend(own.into_iter().filter(|(name, _)| name != "archived"));
    model.insert("modifiedByUserRef".into(), records::USER.into());
    model.insert("modifiedAt".into(), now.into());
    model.insert("revision".into(), revision.into());
    model
}

fn found(record: Option<Record>) -> Result<Response, Refusal> {
    record.map(|record| wire::json(StatusCode::OK, &record.into())).ok_or(Refusal::NotFound)
}

async fn create_connection(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Result<Response, Refusal> {
    let sent = draft_of(&body)?;
    let connection = tenant.connections().add(|row| {
        let reference = records::reference(row);
        let href = format!("{}/v2/connections/{reference}", tenant.base);
        let own = record!({ "clientKey": records::CLIENT_KEY, "href": href, "ref": reference, "archived": false });
        stored(own, sent, 1, &in_utc(tenant.clock.now()))
    });
    Ok(created(connection))
}

async fn update_connection(
    State(tenant): State<Arc<Tenant>>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut connections = tenant.connections();
    let row = records::row_of(tenant.records, &reference).ok_or(Refusal::NotFound)?;
    let mut own = connections.get(row).ok_or(Refusal::NotFound)?;
    let sent = draft_of(&body)?;
    let revision = own.get("revision").and_then(Value::as_u64).unwrap_or_default() + 1;
    own.retain(|name, _| matches!(name.as_str(), "clientKey" | "href" | "ref" | "archived"));
    let connection = stored(own, sent, revision, &in_utc(tenant.clock.now()));
    connections.put(row, connection.clone());
    Ok(created(connection))
}

/// Pretends to call the other system: the sandbox sends nothing to anyone.
async fn test_connection(body: Bytes) -> Result<Response, Refusal> {
    let body = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    let connection = body.get("connection").filter(|it| it.is_object()).ok_or(Refusal::Missing("connection"))?;
    well_typed(connection, FIELDS).and_then(|()| well_typed(connection, KEPT_FIELDS))?;
    let headers = connection.get("customHeaders").and_then(Value::as_array).into_iter().flatten();
    let headers = headers.filter_map(|header| Some((header.get("name")?.as_str()?, header.get("value")?)));
    let headers = headers.collect::<BTreeMap<_, _>>();
    let result = json!({ "statusCode": 202, "executionTimeInMilliseconds": 351, "request": { "headers": headers } });
    Ok(wire::json(StatusCode::OK, &result))
}

/// The fields that a client must send.
const REQUIRED: [Field; 4] =
    [("name", Type::Text), ("auth", Type::Object), ("request", Type::Object), ("systemType", Type::Text)];

/// The types of a connection's fields.
const FIELDS: &[Field] = &[
    ("description", Type::Text),
    ("auth.authType", Type::Text),
    ("auth.clientId", Type::Text),
    ("auth.accessTokenUrl", Type::Text),
    ("auth.useMutualTls", Type::Flag),
    ("auth.oauthCustomHeaders", Type::List),
    ("auth.formUrlEncodedItems", Type::List),
    ("request.requestType", Type::Text),
    ("request.connectionUrl", Type::Text),
    ("request.requestBody", Type::Text),
    ("exampleValue", Type::Text),
    ("inputMappings", Type::Objects),
    ("inputMappings[].label", Type::Text),
    ("inputMappings[].key", Type::Text),
    ("inputMappings[].type", Type::Text),
    ("inputMappings[].exampleValue", Type::Text),
    ("inputMappings[].mapping", Type::Text),
    ("outputMappings", Type::Objects),
    ("outputMappings[].label", Type::Text),
    ("outputMappings[].outputReference", Type::Text),
    ("outputMappings[].type", Type::Text),
    ("customHeaders", Type::Objects),
    ("customHeaders[].name", Type::Text),
    ("customHeaders[].value", Type::Text),
    ("urlParameters", Type::List),
    ("connectionTimeout", Type::Whole),
    ("socketTimeout", Type::Whole),
    ("icon", Type::Text),
];

/// Fields of a connection to test that no draft has.
const KEPT_FIELDS: &[Field] = &[
    ("clientKey", Type::Text),
    ("href", Type::Text),
    ("ref", Type::Text),
    ("name", Type::Text),
    ("modifiedByRef", Type::Text),
    ("modifiedByUserRef", Type::Text),
    ("modifiedAt", Type::Moment),
    ("revision", Type::Whole),
    ("archived", Type::Flag),
    ("auth", Type::Object),
    ("request", Type::Object),
    ("systemType", Type::Text),
];

/// The fields that a client sent, if all that are required are there, and all are of the right type.
fn draft_of(body: &Bytes) -> Result<Record, Refusal> {
    let sent = serde_json::from_slice::<Value>(body).map_err(|_| Refusal::NotAnObject)?;
    for (name, expected) in REQUIRED {
        if !sent.get(name).is_some_and(|value| expected.is_of(value)) {
            return Err(Refusal::Missing(name));
        }
    }
    well_typed(&sent, FIELDS)?;
    let Value::Object(mut sent) = sent else { return Err(Refusal::NotAnObject) };
    // A secret goes in and never comes out again.
    if let Some(auth) = sent.get_mut("auth").and_then(Value::as_object_mut) {
        auth.retain(|name, _| !name.to_ascii_lowercase().contains("secret"));
    }
    Ok(sent)
}

fn well_typed(sent: &Value, fields: &[Field]) -> Result<(), Refusal> {
    types::mistyped(sent, fields).map_or(Ok(()), |path| Err(Refusal::Mistyped(path)))
}

/// The record to keep: what the service sets (`own`), what was sent, and the defaults of what was not.
fn stored(own: Record, sent: Record, revision: u64, now: &str) -> Record {
    let mut record = record!({
        "exampleValue": "", "inputMappings": [], "outputMappings": [], "customHeaders": [], "urlParameters": [],
        "connectionTimeout": 1000, "socketTimeout": 1000, "icon": "assets/images/icons/connections/plug.svg",
    });
    record.extend(sent);
    record.extend(own);
    record.insert("modifiedByRef".into(), records::USER.into());
    record.insert("modifiedAt".into(), now.into());
    record.insert("revision".into(), revision.into());
    record
}

/// The answer to a create, and to an update: the vendor's table of response codes has 201 for both.
fn created(mut connection: Record) -> Response {
    connection.retain(|name, _| !NOT_IN_CREATED.contains(&name.as_str()));
    wire::json(StatusCode::CREATED, &connection.into())
}

/// Why a request with a good token is not granted.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("The resource was not found.")]
    NotFound,
    #[error("The body is not a JSON object.")]
    NotAnObject,
    #[error("{0} is required.")]
    Missing(&'static str),
    #[error("{0} is of another type.")]
    Mistyped(&'static str),
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
    use crate::{ManualClock, Sandbox, SitecorePersonalize, records::instant, testing};

    /// The example of <https://doc.sitecore.com/personalize/en/developers/api/retrieve-connections.html>, word for word.
    const LIST: &str = r#"{"href":"<baseURL>/v2/connections","items":[{"clientKey":"pqsPERS3lw12v5a9rrHPW1c4hET73GxQ",
        "href":"<baseURL>/v2/connections/65aeee1b-d0ba-478b-ac97-a6fced1b2a4a",
        "ref":"65aeee1b-d0ba-478b-ac97-a6fced1b2a4a","name":"First web service","description":"first service",
        "modifiedByRef":"bfe5bd9a-f37b-4b9d-a3e4-169674d251ea","modifiedAt":"2025-07-02T14:04:58.347Z","revision":1,
        "archived":false,"auth":{"authType":"OAUTH","clientId":"pqsPERS3lw12v5a9rrHPW1c4hET73GxQ",
        "accessTokenUrl":"<baseURL>/v2/oauth/token","useMutualTls":false,"oauthCustomHeaders":[],
        "formUrlEncodedItems":[]},"request":{"requestType":"GET",
        "connectionUrl":"<baseURL>/v2/decisionModelDefinitions/36b56832-e5b4-46ac-856d-7ae2dd26e94c"},"exampleValue":"",
        "inputMappings":[],"outputMappings":[{"label":"Archived","outputReference":"archived","type":"boolean"},
        {"label":"Client Key","outputReference":"clientKey","type":"string"},
        {"label":"Description","outputReference":"description","type":"string"},
        {"label":"Href","outputReference":"href","type":"string"},
        {"label":"Modified At","outputReference":"modifiedAt","type":"number"},
        {"label":"Modified By User Ref","outputReference":"modifiedByUserRef","type":"string"},
        {"label":"Name","outputReference":"name","type":"string"},
        {"label":"Ref","outputReference":"ref","type":"string"},
        {"label":"Revision","outputReference":"revision","type":"number"}],
        "customHeaders":[{"name":"Content-Type","value":"application/json"}],"urlParameters":[],
        "systemType":"DATA_SYSTEM","connectionTimeout":1000,"socketTimeout":1000,
        "icon":"assets/images/icons/connections/infare.png"}]}"#;

    const SEED: &str = "/v2/connections/65aeee1b-d0ba-478b-ac97-a6fced1b2a4a";

    async fn ask_for_token(api: SitecorePersonalize<'_>, changes: &[(&str, &str)]) -> testing::Answer {
        let mut form = BTreeMap::from([
            ("client_id", api.client_id()),
            ("client_secret", api.client_secret()),
            ("grant_type", "client_credentials"),
            ("audience", api.audience()),
        ]);
        form.extend(changes.iter().copied());
        let response = testing::client().post(api.token_url()).form(&form).send().await.unwrap();
        testing::Answer::read(response).await.unwrap()
    }

    async fn token(api: SitecorePersonalize<'_>) -> String {
        ask_for_token(api, &[]).await.json()["access_token"].as_str().unwrap().to_owned()
    }

    fn draft() -> Value {
        json!({
            "name": "Messages", "auth": { "authType": "OAUTH", "clientId": "c", "clientSecret": "s" },
            "request": { "requestType": "POST", "connectionUrl": "https://example.com/", "requestBody": "{}" },
            "systemType": "DESTINATION",
        })
    }

    #[tokio::test]
    async fn the_list_is_the_vendors_example() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let token = token(api).await;
        let list = testing::get((api, token.as_str()), "/v2/connections").await;
        let expected: Value = serde_json::from_str(&LIST.replace("<baseURL>", &api.base_url())).unwrap();
        assert_eq!((list.status, list.json()), (200, expected.clone()));
        let one = testing::get((api, token.as_str()), SEED).await;
        assert_eq!((one.status, one.json()), (200, expected["items"][0].clone()));
        let called = expected["items"][0]["request"]["connectionUrl"].as_str().unwrap();
        let model = testing::get((api, token.as_str()), called.strip_prefix(&api.base_url()).unwrap()).await;
        assert_eq!((model.status, &model.json()["href"]), (200, &json!(called)));
    }

    #[tokio::test]
    async fn a_token_is_given_for_the_right_form_only() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let granted = ask_for_token(api, &[]).await;
        let body = granted.json();
        assert_eq!((granted.status, &body["expires_in"], &body["token_type"]), (200, &json!(900), &json!("Bearer")));
        assert!(body["scope"].as_str().unwrap().contains("personalize.external_webservices:manage"));
        for (change, status, code) in [
            (("client_secret", "wrong"), 401, "invalid_client"),
            (("client_id", "wrong"), 401, "invalid_client"),
            (("grant_type", "password"), 400, "unsupported_grant_type"),
            (("audience", ""), 403, "access_denied"),
        ] {
            let refused = ask_for_token(api, &[change]).await;
            assert_eq!((refused.status, &refused.json()["error"]), (status, &json!(code)), "{change:?}");
        }
        let response = testing::client().post(api.token_url()).json(&json!({})).send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert_eq!(api.token_requests(), 6);
    }

    #[tokio::test]
    async fn tokens_end() {
        let clock = ManualClock::at(instant("2026-01-01T00:00:00Z"));
        let builder = Sandbox::builder().clock(clock.clone()).token_lifetime(Duration::from_secs(60));
        let sandbox = builder.start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let first = token(api).await;
        clock.advance(Duration::from_secs(59));
        assert_eq!(testing::get((api, first.as_str()), SEED).await.status, 200);
        clock.advance(Duration::from_secs(1));
        assert_eq!(testing::get((api, first.as_str()), SEED).await.status, 401);
        let second = token(api).await;
        assert_ne!(first, second);
        assert_eq!(testing::get((api, second.as_str()), SEED).await.status, 200);
        api.revoke_tokens();
        let refused = testing::get((api, second.as_str()), SEED).await;
        assert_eq!((refused.status, &refused.json()["status"]), (401, &json!(401)));
        assert_eq!(testing::get((*api, "authorization", second.as_str()), SEED).await.status, 401);
    }

    #[tokio::test]
    async fn a_list_without_limit_has_everything() {
        let sandbox = Sandbox::builder().records(Records::Generated { per_api: 250 }).start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let token = token(api).await;
        let names = |path: &'static str| {
            let answer = testing::get((api, token.as_str()), path);
            async {
                answer.await.json()["items"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect::<Vec<_>>()
            }
        };
        assert_eq!(names("/v2/connections").await.len(), 250);
        assert_eq!(names("/v2/connections?limit=100&offset=100").await[99], "Web service 200");
        assert_eq!(names("/v2/connections?limit=2&offset=249").await, ["Web service 250"]);
        assert_eq!(names("/v2/connections?offset=250").await, [""; 0]);
        assert_eq!(names("/v2/decisionModelDefinitions?limit=150").await[149], "Decision model 150");
    }

    #[tokio::test]
    async fn a_connection_lives() {
        let clock = ManualClock::at(instant("2025-12-14T08:52:11.969Z"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let token = token(api).await;
        let created = testing::send((api, token.as_str()), "POST", "/v2/connections", Some(draft())).await;
        let reference = "5c0ec0de-0000-4000-8000-000000000001";
        let href = format!("{}/v2/connections/{reference}", api.base_url());
        let expected = json!({
            "clientKey": "pqsPERS3lw12v5a9rrHPW1c4hET73GxQ", "href": href, "ref": reference, "name": "Messages",
            "modifiedByRef": "73fadb31-d0de-4ca8-848d-cef57ad78845", "modifiedAt": "2025-12-14T08:52:11.969Z",
            "archived": false, "auth": { "authType": "OAUTH", "clientId": "c" }, "request": draft()["request"],
            "systemType": "DESTINATION", "connectionTimeout": 1000, "socketTimeout": 1000,
            "icon": "assets/images/icons/connections/plug.svg",
        });
        assert_eq!((created.status, created.json()), (201, expected));

        let path = format!("/v2/connections/{reference}");
        let mut changed = draft();
        changed["description"] = "Sends them".into();
        let updated = testing::send((api, token.as_str()), "PUT", &path, Some(changed)).await;
        assert_eq!((updated.status, &updated.json()["description"]), (201, &json!("Sends them")));
        let stored = testing::get((api, token.as_str()), &path).await.json();
        assert_eq!((&stored["revision"], &stored["inputMappings"]), (&json!(2), &json!([])));
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let token = token(api).await;
        let send = |method, path, body| testing::send((api, token.as_str()), method, path, body);
        assert_eq!(send("POST", "/v2/connections", None).await.status, 415);
        let mut body = draft();
        body["auth"] = "secret".into();
        let refused = send("PUT", SEED, Some(body)).await;
        assert_eq!((refused.status, &refused.json()["message"]), (400, &json!("auth is required.")));
        assert_eq!(
            send("PUT", "/v2/connections/5c0ec0de-0000-4000-8000-0000000000ff", Some(draft())).await.status,
            404
        );
        assert_eq!(send("GET", "/v2/connections/x", None).await.status, 404);
        assert_eq!(send("GET", "/v2/decisionModelDefinitions/x", None).await.status, 404);
        // No document mentions that connections can be deleted.
        assert_eq!(send("DELETE", SEED, None).await.status, 405);
        assert_eq!(send("GET", "/v3/templates", None).await.status, 404);
    }

    #[tokio::test]
    async fn a_test_calls_nobody() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let token = token(api).await;
        let connection = testing::get((api, token.as_str()), SEED).await.json();
        let path = "/v2/connections/testConnection";
        let body = json!({ "connection": connection });
        let tested = testing::send((api, token.as_str()), "POST", path, Some(body)).await;
        let expected = json!({ "Content-Type": "application/json" });
        assert_eq!((tested.status, &tested.json()["request"]["headers"]), (200, &expected));
        assert_eq!(testing::send((api, token.as_str()), "POST", path, Some(json!({}))).await.status, 400);
        assert_eq!(sandbox.request_count(), 4);
    }

    #[tokio::test]
    async fn a_decision_model_keeps_its_revisions() {
        let clock = ManualClock::at(instant("2026-07-01T00:00:00Z"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let token = token(api).await;
        let target = (api, token.as_str());
        let models = "/v2/decisionModelDefinitions";
        let body = json!({ "name": "Choose an upsell", "ref": "mine", "tags": ["cart"] });
        let created = testing::send(target, "POST", models, Some(body)).await;
        let model = created.json();
        assert_eq!((created.status, &model["revision"], &model["archived"]), (201, &json!(1), &json!(false)));
        let path = format!("{models}/{}", model["ref"].as_str().unwrap());
        assert_eq!(testing::get(target, &path).await.json(), model);

        let body = json!({ "name": "Choose a gift", "archived": true });
        let updated = testing::send(target, "PUT", &path, Some(body)).await;
        let changed = updated.json();
        assert_eq!((updated.status, &changed["revision"], &changed["ref"]), (201, &json!(2), &model["ref"]));
        assert_eq!((&changed["archived"], &changed["tags"]), (&json!(true), &Value::Null));
        let revisions = testing::get(target, &format!("{path}/revisions")).await.json();
        assert_eq!(revisions, json!({ "href": model["revisions"]["href"], "items": [model, changed] }));
        let variants = testing::get(target, &format!("{path}/variants")).await.json();
        assert_eq!(variants["items"], json!([]));

        for (body, status) in [(json!([]), 400), (json!({ "tags": "cart" }), 400), (json!({}), 201)] {
            assert_eq!(testing::send(target, "PUT", &path, Some(body.clone())).await.status, status, "{body}");
        }
        for path in [format!("{models}/none/revisions"), format!("{models}/none/variants")] {
            assert_eq!(testing::get(target, &path).await.status, 404, "{path}");
        }
        assert_eq!(testing::send(target, "PUT", &format!("{models}/none"), Some(json!({}))).await.status, 404);
    }

    #[tokio::test]
    async fn variants_and_flows_are_read() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.sitecore_personalize();
        let token = token(api).await;
        let target = (api, token.as_str());
        let model = testing::get(target, "/v2/decisionModelDefinitions").await.json()["items"][0].clone();
        let path = model["variants"]["href"].as_str().unwrap().strip_prefix(&api.base_url()).unwrap().to_owned();
        let variants = testing::get(target, &path).await.json();
        let variant = variants["items"][0].clone();
        assert_eq!(variants["href"], model["variants"]["href"]);
        let path = variant["href"].as_str().unwrap().strip_prefix(&api.base_url()).unwrap().to_owned();
        assert_eq!(testing::get(target, &path).await.json(), variant);
        assert_eq!(testing::get(target, "/v2/decisionModelVariants/none").await.status, 404);

        let flows = testing::get(target, "/v3/flowDefinitions").await.json();
        assert_eq!(flows["href"], format!("{}/v3/flowDefinitions", api.base_url()));
        let path = format!("/v3/flowDefinitions/{}", flows["items"][0]["ref"].as_str().unwrap());
        assert_eq!(testing::get(target, &path).await.json(), flows["items"][0]);
        assert_eq!(testing::get(target, "/v3/flowDefinitions/none").await.status, 404);
    }
}
