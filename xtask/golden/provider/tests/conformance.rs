//! The provider against what all providers must keep to, over the API as its document says it, in memory: a transport in
//! place of a socket.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::{Mutex, PoisonError};

use golden_ferry::Client;
use golden_ferry::types::{Route, RouteStatus};
use golden_provider::Ferry;
use serde_json::{Value, json};
use switchboard::runtime::{BoxFuture, StatusCode, Transport, TransportFailure, TransportRequest, TransportResponse};
use switchboard::testing::Conformance;
use switchboard::{ConnectionProvider, ErrorKind, NewConnection, Query, State, Switchboard};

/// The routes of the API, two a page.
struct Api(Mutex<Vec<Value>>);

impl Api {
    fn new() -> Self {
        let route = |id: &str, source: &str, status: &str| {
            json!({
                "id": id, "title": format!("Route {id}"), "source": source, "reference": null, "status": status,
                "opened_at": "2026-01-02T03:04:05Z", "changed_at": format!("2026-02-0{id}T00:00:00Z"),
            })
        };
        let mut stuck = route("3", "mongodb", "stuck");
        stuck["trouble"] = json!({ "reason": "no space", "since": "2026-02-03T00:00:00Z" });
        stuck["reference"] = json!("orders");
        let known = vec![route("1", "postgres", "running"), route("2", "postgres", "halted"), stuck];
        Self(Mutex::new([known, vec![route("4", "mongodb", "drifting")]].concat()))
    }

    fn list(routes: &[Value], query: &str) -> Value {
        let given = |name: &str| query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
        let from = given("cursor").map_or(0, |(_, from)| from.parse().unwrap());
        let asked: Vec<&Value> =
            routes.iter().filter(|route| given("source").is_none_or(|(_, source)| route["source"] == source)).collect();
        let next = (asked.len() > from + 2).then(|| (from + 2).to_string());
        json!({ "routes": asked.into_iter().skip(from).take(2).collect::<Vec<_>>(), "next_cursor": next })
    }

    fn answer(&self, method: &str, path: &str, query: &str, body: &Value) -> (StatusCode, Value) {
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = path.strip_prefix("/v1/routes/").map(|id| routes.iter().position(|route| route["id"] == id));
        match (method, at) {
            (_, Some(None)) => (StatusCode::NOT_FOUND, json!({ "message": "there is no such route" })),
            ("GET", Some(Some(at))) => (StatusCode::OK, routes[at].clone()),
            ("DELETE", Some(Some(at))) => {
                routes.remove(at);
                (StatusCode::NO_CONTENT, Value::Null)
            }
            ("PATCH", Some(Some(at))) => {
                for (key, value) in body.as_object().unwrap() {
                    routes[at][key] = value.clone();
                }
                (StatusCode::OK, routes[at].clone())
            }
            ("GET", None) => (StatusCode::OK, Self::list(&routes, query)),
            (_, _) => {
                let mut route = body.clone();
                route["id"] = json!((routes.len() + 1).to_string());
                route["status"] = json!("running");
                route["opened_at"] = json!("2026-03-01T00:00:00Z");
                routes.push(route.clone());
                (StatusCode::CREATED, route)
            }
        }
    }
}

impl Transport for Api {
    fn send(&self, mut request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportFailure>> {
        Box::pin(async move {
            let body = match request.take_body() {
                Some(body) => serde_json::from_slice(&body.collect().await.unwrap()).unwrap(),
                None => Value::Null,
            };
            let url = request.url().strip_prefix("https://ferry.example").unwrap().to_owned();
            let (path, query) = url.split_once('?').unwrap_or((&url, ""));
            let (status, answer) = self.answer(request.method().as_str(), path, query, &body);
            let response = request.respond(status);
            Ok(if answer.is_null() { response } else { response.body(answer.to_string()) })
        })
    }
}

fn ferry() -> Ferry {
    Ferry::new(Client::builder().token("secret").transport(Api::new()).build().unwrap())
}

#[tokio::test]
async fn the_provider_keeps_to_what_all_promise() {
    let new = NewConnection::new().name("Orders").service("postgres").external_id("orders-7");
    let faults = Conformance::of(&ferry()).absent_id("99").creates(new).check().await;
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn its_routes_are_connections_on_a_board_each_with_its_typed_record() {
    let board = Switchboard::builder().provider(ferry()).build();
    let mut found = Vec::new();
    let mut connections = board.connections(&Query::new());
    while let Some(connection) = connections.next().await {
        let connection = connection.unwrap();
        let Route { title, status, .. } = connection.record.typed().unwrap();
        assert_eq!(connection.name.as_ref(), Some(&title));
        found.push((connection.state, status));
    }
    let (reason, since) = (Some("no space".to_owned()), "2026-02-03T00:00:00Z".parse().ok());
    assert_eq!(
        found,
        [
            (State::Active, RouteStatus::Running),
            (State::Paused, RouteStatus::Halted),
            (State::Unhealthy { reason, since }, RouteStatus::Stuck),
            (State::Unknown { word: Some("drifting".to_owned()) }, RouteStatus::Unknown("drifting".to_owned())),
        ]
    );
}

#[tokio::test]
async fn routes_are_paused_and_taken_up_again() {
    let ferry = ferry();
    assert_eq!(ferry.pause("1").await.unwrap().state, State::Paused);
    assert_eq!(ferry.resume("1").await.unwrap().state, State::Active);
    assert_eq!(ferry.pause("99").await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_the_api_has_to_be_told_is_asked_for_before_anything_is_sent() {
    let error = ferry().create(NewConnection::new().name("Orders")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("`name` and `service` are needed"), "{error}");
}
