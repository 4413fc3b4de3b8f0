//! Connections. An update takes the states as numbers and answers them as text; a create and a retrieve answer none.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    account::Shared,
    forms::{fields_of, links, without},
    lists::{is_taken, list},
    refusal::{Refusal, fault, not_provided, valid},
    resources,
};
use crate::{
    Records,
    clock::with_offset,
    records::activecampaign as records,
    table::{Record, Table, record},
    types::{Field, Type},
    wire,
};

/// The fields that a client may write. The first five are required when a connection is created.
const WRITABLE: [&str; 6] = ["service", "externalid", "name", "logoUrl", "linkUrl", "listId"];
const REQUIRED: usize = 5;

/// The name around a connection.
const CONNECTION: &str = "connection";

pub(super) async fn all(State(account): State<Shared>, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    list(&mut account.connections(), "connections", query.as_deref(), None, |record| record)
}

pub(super) async fn one(State(account): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let connection = records::row_of(&id).and_then(|row| account.connections().get(row));
    let connection = connection.ok_or(Refusal::NotFound("Connection", id))?;
    Ok(wire::json(StatusCode::OK, &json!({ "connection": created_form(connection) })))
}

pub(super) async fn create(State(account): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let fields = fields_of(CONNECTION, &body)?.unwrap_or_default();
    well_typed(&fields)?;
    let missing = WRITABLE
        .into_iter()
        .take(REQUIRED)
        .filter(|name| !is_given(&fields, name))
        .map(|name| not_provided(CONNECTION, name));
    valid(missing.collect())?;
    let now = with_offset(account.clock.now());
    let mut connections = account.connections();
    must_be_new(&connections, &fields, account.records, None)?;
    let connection = connections.add(|row| {
        let id = row + 1;
        let mut connection = record!({
            "isInternal": "0", "status": "1", "syncStatus": "0", "lastSync": null, "listId": "0", "cdate": now,
            "udate": now, "links": { "customers": format!("/api/3/connections/{id}/customers") }, "id": id.to_string(),
        });
        write(&mut connection, &fields);
        connection
    });
    Ok(wire::json(StatusCode::CREATED, &json!({ "connection": created_form(connection) })))
}

pub(super) async fn update(
    State(account): State<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = fields_of(CONNECTION, &body)?;
    let mut connections = account.connections();
    let found = records::row_of(&id).and_then(|row| Some((row, connections.get(row)?)));
    let (row, mut connection) = found.ok_or(Refusal::NotFound("Connection", id))?;
    let fields = sent.ok_or_else(|| Refusal::Invalid(vec![resources::nothing(CONNECTION)]))?;
    well_typed(&fields)?;
    valid(update_faults(&fields))?;
    write(&mut connection, &fields);
    must_be_new(&connections, &connection, account.records, Some(row))?;
    connection.insert("udate".into(), with_offset(account.clock.now()).into());
    connections.put(row, connection.clone());
    Ok(wire::json(StatusCode::OK, &json!({ "connection": without(&["lastSync"], connection) })))
}

pub(super) async fn delete(State(account): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let deleted = records::row_of(&id).is_some_and(|row| account.connections().remove(row));
    if deleted { Ok(wire::json(StatusCode::OK, &json!({}))) } else { Err(Refusal::NotFound("Connection", id)) }
}

/// The types of a connection's fields. What comes back as text, the state, goes in as a number.
const FIELDS: &[Field] = &[
    ("service", Type::Text),
    ("externalid", Type::Text),
    ("name", Type::Text),
    ("logoUrl", Type::Text),
    ("linkUrl", Type::Text),
    ("listId", Type::Text),
    ("status", Type::Whole),
    ("syncStatus", Type::Whole),
];

fn well_typed(fields: &Record) -> Result<(), Refusal> {
    resources::well_typed(CONNECTION, fields, FIELDS)
}

/// Whether a field has a value: the two URLs may be empty, what tells one connection from another may not.
fn is_given(fields: &Record, name: &str) -> bool {
    let value = fields.get(name).and_then(wire::text_of);
    value.is_some_and(|text| !text.is_empty() || matches!(name, "logoUrl" | "linkUrl"))
}

fn update_faults(fields: &Record) -> Vec<Value> {
    let emptied = ["service", "externalid", "name"].into_iter().filter(|name| fields.contains_key(*name));
    let emptied = emptied.filter(|name| !is_given(fields, name)).map(|name| not_provided(CONNECTION, name));
    let states = ["status", "syncStatus"].into_iter().filter_map(|name| Some((name, fields.get(name)?)));
    let wrong = states.filter(|(_, value)| !matches!(wire::text_of(value).as_deref(), Some("0" | "1")));
    emptied.chain(wrong.map(|(name, _)| fault(&format!("The connection {name} is not valid."), name))).collect()
}

/// Puts what the client sent into a record. Status and syncStatus come as numbers and are kept as text.
fn write(connection: &mut Record, fields: &Record) {
    for name in WRITABLE.into_iter().chain(["status", "syncStatus"]) {
        if let Some(text) = fields.get(name).and_then(wire::text_of) {
            connection.insert(name.into(), text.into());
        }
    }
}

/// No other connection may have the same service and external id.
fn must_be_new(connections: &Table, fields: &Record, records: Records, own: Option<u64>) -> Result<(), Refusal> {
    let external_id = fields.get("externalid").and_then(Value::as_str).unwrap_or_default();
    let unchanged = records::row_of_external_id(records, external_id);
    let fault = json!({ "title": "The integration already exists in the system." });
    let is_taken = is_taken(connections, fields, &["service", "externalid"], unchanged, own);
    if is_taken { Err(Refusal::Invalid(vec![fault])) } else { Ok(()) }
}

/// A connection as a create or retrieve answers it: `isInternal` as a number, no state, another form of link.
fn created_form(connection: Record) -> Record {
    let mut connection = without(&["status", "syncStatus", "lastSync"], connection);
    let is_internal = connection.get("isInternal").is_some_and(|text| text == "1");
    connection.insert("isInternal".into(), u8::from(is_internal).into());
    for link in links(&mut connection) {
        *link = link.as_str().map(|link| link.trim_start_matches("/api/3")).into();
    }
    connection
}
