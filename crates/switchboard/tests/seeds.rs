//! The example bodies of the vendors' pages, each as the page shows it and, where the page's OpenAPI definition holds it
//! once more, as the text stored there. They decode through the clients and through the facade, and lose no field.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{AC, SITECORE, UNIFIED, board, sandbox};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use switchboard::{Connection, NewConnection, NewRecord, Query, activecampaign, sitecore_personalize, unified_to};
use switchboard_sandbox::{ApiHandle, Fault};

/// All forms in which a body stands in a file of `tests/data`; one that is stored as text is read.
fn bodies(file: &str, name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(file).unwrap();
    let forms = file[name].as_object().unwrap().values();
    forms.map(|form| form.as_str().map_or(form.clone(), |text| serde_json::from_str(text).unwrap())).collect()
}

fn activecampaign_bodies(name: &str) -> Vec<Value> {
    bodies(include_str!("data/activecampaign.json"), name)
}

fn unified_to_bodies(name: &str) -> Vec<Value> {
    bodies(include_str!("data/unified-to.json"), name)
}

fn sitecore_bodies(name: &str) -> Vec<Value> {
    bodies(include_str!("data/sitecore-personalize.json"), name)
}

/// Decodes as `T` and encodes again.
fn through<T: DeserializeOwned + Serialize>(body: &Value) -> Value {
    encoded(&serde_json::from_value::<T>(body.clone()).unwrap())
}

/// Encodes, with `1800.0` written as `1800`: to JSON they are one number, to `Value` they are not.
fn encoded(value: &impl Serialize) -> Value {
    fn whole(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(whole),
            Value::Object(fields) => fields.values_mut().for_each(whole),
            Value::Number(number) => {
                let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0);
                *value = float.map_or(json!(number), |float| json!(float as i64));
            }
            _ => {}
        }
    }
    let mut value = serde_json::to_value(value).unwrap();
    whole(&mut value);
    value
}

#[test]
fn every_body_goes_through_the_clients() {
    use activecampaign::types as ac;
    for body in activecampaign_bodies("list") {
        assert_eq!(through::<ac::ConnectionList>(&body), body);
    }
    for body in activecampaign_bodies("list_bad_request") {
        assert_eq!(through::<ac::ErrorList>(&body), body);
    }
    for body in activecampaign_bodies("create_request") {
        assert_eq!(through::<ac::CreateConnectionRequest>(&body), body);
    }
    for body in activecampaign_bodies("create") {
        assert_eq!(through::<ac::ConnectionResponse>(&body), body);
    }
    for body in unified_to_bodies("list") {
        assert_eq!(through::<Vec<unified_to::types::Connection>>(&body), body);
    }
    for body in sitecore_bodies("list") {
        assert_eq!(through::<sitecore_personalize::types::ConnectionList>(&body), body);
    }
}

/// Serves a body in answer to the next call for connections, in place of the sandbox's own.
fn serve(api: ApiHandle<'_>, body: &Value) {
    api.misbehave(Fault::status(200).with_body(body.to_string()).on_path("connection"));
}

fn records(connections: &[Connection]) -> Value {
    connections.iter().map(|connection| encoded(&connection.record)).collect()
}

#[tokio::test]
async fn every_list_goes_through_the_facade() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let (ac, unified, sitecore) = (sandbox.activecampaign(), sandbox.unified_to(), sandbox.sitecore_personalize());
    let lists = [
        (AC, *ac, activecampaign_bodies("list"), "/connections"),
        (UNIFIED, *unified, unified_to_bodies("list"), ""),
        (SITECORE, *sitecore, sitecore_bodies("list"), "/items"),
    ];
    for (provider, api, bodies, items) in lists {
        for body in bodies {
            serve(api, &body);
            let (connections, errors) = board.connections(&Query::new().provider(provider)).collect_all().await;
            assert!(errors.is_empty(), "{errors:?}");
            assert_eq!(Some(&records(&connections)), body.pointer(items), "{provider}");
            assert!(connections.iter().all(|it| it.name.is_some() && it.service.is_some() && it.updated.is_some()));
        }
    }
    // Each was read from the body served, on one page.
    assert_eq!((ac.request_count(), unified.request_count(), sitecore.request_count()), (2, 1, 2));
}

#[tokio::test]
async fn the_create_example_goes_through_the_facade() {
    let sandbox = sandbox().await;
    let (board, api) = (board(&sandbox), sandbox.activecampaign());
    for (request, answer) in activecampaign_bodies("create_request").into_iter().zip(activecampaign_bodies("create")) {
        let body: activecampaign::types::CreateConnectionRequest = serde_json::from_value(request.clone()).unwrap();
        serve(*api, &answer);
        // Where the state is looked up.
        api.misbehave(Fault::status(500).on_method("GET"));
        let new = NewConnection::new().record(NewRecord::from(body.connection));
        let created = board.create(AC, new).await.unwrap();
        assert_eq!(encoded(&created.record), answer["connection"]);
        assert_eq!((created.id.as_str(), created.external_id.as_deref()), ("1", Some("toystore123")));
        let sent = api.requests().into_iter().rfind(|it| it.method == "POST").unwrap();
        assert_eq!(sent.json().unwrap(), request);
    }
    assert_eq!(api.request_count(), 4);
}

#[tokio::test]
async fn the_error_example_goes_through_the_facade() {
    let sandbox = sandbox().await;
    for body in activecampaign_bodies("list_bad_request") {
        sandbox.activecampaign().misbehave(Fault::status(400).with_body(body.to_string()));
        let (_, errors) = board(&sandbox).connections(&Query::new().provider(AC)).collect_all().await;
        assert_eq!(errors[0].to_string(), "activecampaign: list-all-connections: 400 Bad Request: {}");
    }
}

#[tokio::test]
async fn the_query_example_goes_over_the_wire() {
    let sandbox = sandbox().await;
    let file: Value = serde_json::from_str(include_str!("data/unified-to.json")).unwrap();
    let text = |name: &str| file["query"][name].as_str().unwrap();
    let client = common::unified_to(&sandbox);
    let call = client
        .list_unified_connections()
        .limit(text("limit").parse::<i64>().unwrap())
        .offset(text("offset").parse::<i64>().unwrap())
        .updated_gte(text("updated_gte"))
        .sort(text("sort"))
        .order(text("order"))
        .external_xref(text("external_xref"))
        .categories([text("categories")])
        .env(text("env"));
    let found = call.send().await.unwrap();
    assert_eq!(found.len(), 1);
    let sent: Value = sandbox.requests()[0].query.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    assert_eq!(sent, file["query"]);
}

/// The record of a Unified.to connection may hold the customer's tokens.
#[test]
fn a_records_secrets_are_not_shown() {
    let body = &unified_to_bodies("list")[0][0];
    let record: unified_to::types::Connection = serde_json::from_value(body.clone()).unwrap();
    let connection = Connection::new(UNIFIED, "1", record.clone());
    let shown = format!("{connection:?} {:?}", NewConnection::new().record(record));
    assert!(body.to_string().contains("canary") && !shown.contains("canary"), "{shown}");
}
