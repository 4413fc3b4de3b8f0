//! The facade against the sandbox, over real sockets: what the unified model promises must hold for all three APIs.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{AC, SITECORE, UNIFIED, board, sandbox};
use serde_json::json;
use switchboard::runtime::Scalar;
use switchboard::{
    AppliedBy, Connection, ConnectionChange, Error, ErrorKind, Filter, NewConnection, NewRecord, Operation, Query,
    Record, RecordChange, State, StateKind, Switchboard, Timestamp, UnifiedTo, UpsertOutcome, activecampaign,
    sitecore_personalize, unified_to,
};
use switchboard_sandbox::{Fault, ManualClock, Records, Sandbox};

fn ids(connections: &[Connection], provider: &str) -> Vec<String> {
    connections.iter().filter(|it| it.provider == provider).map(|it| it.id.clone()).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn listed(board: &Switchboard, query: &Query) -> Vec<Connection> {
    let (connections, errors) = board.connections(query).collect_all().await;
    assert!(errors.is_empty(), "{errors:?}");
    connections
}

#[tokio::test]
async fn all_three_are_listed() {
    let sandbox = sandbox().await;
    let connections = listed(&board(&sandbox), &Query::default()).await;
    assert_eq!(ids(&connections, AC), ["1", "2"]);
    assert_eq!(ids(&connections, UNIFIED), ["6659f1c2a7d3b80012c4e5f6", "6659f1c2a7d3b80012c4e5f7"]);
    assert_eq!(ids(&connections, SITECORE), ["65aeee1b-d0ba-478b-ac97-a6fced1b2a4a"]);
    let hubspot = connections.iter().find(|it| it.id.ends_with("f6")).unwrap();
    assert_eq!((&hubspot.state, hubspot.service.as_deref()), (&State::Active, Some("hubspot")));
    let bamboo = connections.iter().find(|it| it.id.ends_with("f7")).unwrap();
    assert_eq!((&bamboo.state, bamboo.external_id.as_deref()), (&State::Paused, Some("user-2")));
}

#[tokio::test]
async fn pages_follow_one_another() {
    let sandbox = Sandbox::builder().records(Records::Generated { per_api: 250 }).start().await.unwrap();
    let board = board(&sandbox);
    let connections = listed(&board, &Query::default()).await;
    for provider in [AC, UNIFIED, SITECORE] {
        let ids = ids(&connections, provider);
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 250, "{provider}");
    }
    let limits = |limit: &str| sandbox.requests().iter().filter(|it| it.query_value("limit") == Some(limit)).count();
    assert_eq!(limits("100"), 6);
    // A page size is kept within what the APIs allow.
    listed(&board, &Query::new().page_size(1_000_000)).await;
    assert_eq!(limits("100"), 12);
    listed(&board, &Query::new().page_size(90)).await;
    assert_eq!(limits("90"), 6);
}

#[tokio::test]
async fn a_failing_provider_does_not_stop_the_others() {
    let sandbox = sandbox().await;
    sandbox.unified_to().misbehave(Fault::status(503).always());
    let (connections, errors) = board(&sandbox).connections(&Query::default()).collect_all().await;
    assert_eq!((ids(&connections, AC).len(), ids(&connections, SITECORE).len()), (2, 1));
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert_eq!((error.provider(), error.operation(), error.kind()), (UNIFIED, Operation::List, ErrorKind::Api));
    assert_eq!(error.status().unwrap(), 503);
    assert!(error.is_retryable());
    assert_eq!(error.to_string(), "unified-to: listUnifiedConnections: 503 Service Unavailable: Service Unavailable");
}

#[tokio::test]
async fn a_provider_that_fails_on_its_second_page_has_given_its_first() {
    let sandbox = Sandbox::builder().records(Records::Generated { per_api: 150 }).start().await.unwrap();
    sandbox.activecampaign().misbehave(Fault::CutOff.nth(2));
    let (connections, errors) = board(&sandbox).connections(&Query::default()).collect_all().await;
    let counts = [AC, UNIFIED, SITECORE].map(|provider| ids(&connections, provider).len());
    assert_eq!(counts, [100, 150, 150]);
    assert_eq!((errors.len(), errors[0].provider(), errors[0].kind()), (1, AC, ErrorKind::Transport));
}

#[tokio::test]
async fn a_list_that_ends_without_proof_is_an_error() {
    let answered = |body: &str| Fault::Status { status: 200, headers: Vec::new(), body: Some(body.to_owned()) };
    for fault in [
        Fault::EmptyBody,
        answered("null"),
        answered("{}"),
        answered(r#"{"error":{"message":"try later"}}"#),
        answered(r#"{"connections":null,"items":null}"#),
    ] {
        let sandbox = Sandbox::builder().records(Records::Generated { per_api: 150 }).start().await.unwrap();
        sandbox.activecampaign().misbehave(fault.clone().nth(2));
        sandbox.unified_to().misbehave(fault.clone().nth(2));
        // The first request is for a token.
        sandbox.sitecore_personalize().misbehave(fault.clone().nth(2));
        let (connections, errors) = board(&sandbox).connections(&Query::default()).collect_all().await;
        let counts = [AC, UNIFIED, SITECORE].map(|provider| ids(&connections, provider).len());
        assert_eq!(counts, [100, 100, 0], "{fault:?}");
        let mut failed: Vec<_> = errors.iter().map(Error::provider).collect();
        failed.sort_unstable();
        assert_eq!(failed, [AC, SITECORE, UNIFIED], "{fault:?}: {errors:?}");
        assert!(errors.iter().all(|it| matches!(it.kind(), ErrorKind::Decode | ErrorKind::Api)), "{errors:?}");
    }
}

#[tokio::test]
async fn what_was_made_good_is_on_the_connection() {
    let sandbox = sandbox().await;
    sandbox.activecampaign().misbehave(Fault::missing_field("service").always());
    sandbox.unified_to().misbehave(Fault::missing_field("integration_type").always());
    sandbox.sitecore_personalize().misbehave(Fault::missing_field("name").always());
    let board = board(&sandbox);
    let connections = listed(&board, &Query::default()).await;
    let told =
        |connection: &Connection| -> Vec<String> { connection.repairs.iter().map(ToString::to_string).collect() };
    let of =
        |provider: &str| -> Vec<_> { connections.iter().filter(|it| it.provider == provider).flat_map(told).collect() };
    assert_eq!(of(UNIFIED), ["[0].integration_type: is missing", "[1].integration_type: is missing"]);
    let one = board.get(UNIFIED, "6659f1c2a7d3b80012c4e5f6").await.unwrap();
    assert_eq!(told(&one), ["integration_type: is missing"]);
    assert!(!one.is_faithful());
}

#[tokio::test]
async fn of_a_list_that_needs_more_repairs_than_are_told_the_rest_is_an_error() {
    let sandbox = Sandbox::builder().records(Records::Generated { per_api: 150 }).start().await.unwrap();
    // Where the API pages, what had to be made good is told of each page.
    for (api, field) in [(*sandbox.unified_to(), "integration_name"), (*sandbox.sitecore_personalize(), "name")] {
        api.misbehave(Fault::replaced_field(field, json!({ "no": "text" })).on_path("/connection").always());
    }
    let (connections, errors) = board(&sandbox).connections(&Query::new()).collect_all().await;
    let counts = [AC, UNIFIED, SITECORE].map(|provider| ids(&connections, provider).len());
    let unfaithful = connections.iter().filter(|it| !it.is_faithful()).count();
    assert_eq!((counts, unfaithful), ([150, 150, 99], 249));
    assert!(errors.len() == 1 && errors[0].to_string().ends_with("the rest is left out"), "{errors:?}");
}

#[tokio::test]
async fn all_providers_are_asked_at_once() {
    let clock = ManualClock::at(std::time::SystemTime::UNIX_EPOCH);
    let sandbox = Sandbox::builder().clock(clock.clone()).start().await.unwrap();
    sandbox.misbehave(Fault::Slow(Duration::from_secs(60)).times(3));
    let board = board(&sandbox);
    let list = tokio::spawn(async move { board.connections(&Query::default()).collect_all().await });
    // Sitecore's is the one for a token. None of the three has been answered yet.
    sandbox.wait_for_requests(3).await;
    assert!(!list.is_finished());
    assert!([sandbox.activecampaign().request_count(), sandbox.unified_to().request_count()].iter().all(|it| *it == 1));
    clock.advance(Duration::from_secs(60));
    let (connections, errors) = list.await.unwrap();
    assert_eq!((connections.len(), errors.len()), (5, 0));
}

#[tokio::test]
async fn nothing_is_sent_before_the_stream_is_read_and_no_page_ahead_of_the_reader() {
    let sandbox = Sandbox::builder().records(Records::Generated { per_api: 500 }).start().await.unwrap();
    let mut connections = board(&sandbox).connections(&Query::new().provider(AC));
    assert_eq!(sandbox.request_count(), 0);
    for _ in 0..100 {
        connections.next().await.unwrap().unwrap();
    }
    assert_eq!(sandbox.request_count(), 1);
    connections.next().await.unwrap().unwrap();
    assert_eq!(sandbox.request_count(), 2);
    drop(connections);
    assert_eq!(sandbox.request_count(), 2);
}

#[tokio::test]
async fn what_an_api_cannot_do_is_not_sent() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    assert!(!board.provider(SITECORE).unwrap().capabilities().can(Operation::Delete));
    let errors = [
        board.delete(SITECORE, "65aeee1b-d0ba-478b-ac97-a6fced1b2a4a").await.unwrap_err(),
        board.create(AC, NewConnection::new().name("Only a name")).await.unwrap_err(),
        board.create(UNIFIED, NewConnection::new().service("hubspot")).await.unwrap_err(),
        board.create(SITECORE, NewConnection::new().name("Only a name")).await.unwrap_err(),
        board.update(SITECORE, "1", ConnectionChange::new().external_id("x")).await.unwrap_err(),
        board.update(UNIFIED, "1", ConnectionChange::new()).await.unwrap_err(),
        board.get(AC, "").await.unwrap_err(),
        board.get("nobody", "1").await.unwrap_err(),
    ];
    use ErrorKind::{Invalid, UnknownProvider, Unsupported};
    let expected = [Unsupported, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, UnknownProvider];
    assert_eq!(errors.each_ref().map(Error::kind), expected);
    assert_eq!(errors[0].to_string(), "sitecore-personalize: cannot delete: the API has no such operation");
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn filters_mean_the_same_whoever_applies_them() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    for (query, expected) in [
        (Query::new().service("shopify"), vec!["1"]),
        (Query::new().service("bamboohr"), vec!["6659f1c2a7d3b80012c4e5f7"]),
        (Query::new().external_id("user-1"), vec!["6659f1c2a7d3b80012c4e5f6"]),
        (Query::new().external_id("johndoe@example.com"), vec!["2"]),
        (Query::new().state(StateKind::Paused), vec!["6659f1c2a7d3b80012c4e5f7"]),
        (Query::new().category("crm"), vec!["6659f1c2a7d3b80012c4e5f6"]),
        (
            // The sample of the vendor's page, in another offset.
            Query::new().updated_since(at("2026-06-19T23:00:27.214+02:00")).provider(UNIFIED),
            vec!["6659f1c2a7d3b80012c4e5f6"],
        ),
        (Query::new().updated_since(at("2017-02-03T21:54:51Z")).provider(AC), vec!["2"]),
        (Query::new().updated_since(at("2026-01-01T00:00:00Z")).provider(SITECORE), vec![]),
    ] {
        let found: Vec<_> = listed(&board, &query).await.into_iter().map(|it| it.id).collect();
        assert_eq!(found, expected, "{query:?}");
    }
    let sent = |name: &str, value: &str| sandbox.requests().iter().any(|it| it.query_value(name) == Some(value));
    assert!(sent("filters[service]", "shopify") && sent("filters[externalid]", "user-1"));
    assert!(
        sent("categories", "crm") && sent("external_xref", "user-1") && sent("updated_gte", "2026-06-19T21:00:27.214Z")
    );
    let capabilities = |name: &str| board.provider(name).unwrap().capabilities();
    assert_eq!(capabilities(AC).filter(Filter::UpdatedSince), AppliedBy::Client);
    assert_eq!(capabilities(UNIFIED).filter(Filter::UpdatedSince), AppliedBy::Server);
}

#[tokio::test]
async fn an_activecampaign_connection_lives() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let new = NewConnection::new().service("fooCommerce").external_id("toystore123").name("Toystore, Inc.");
    let created = board.create(AC, new.clone()).await.unwrap();
    assert_eq!((created.id.as_str(), &created.state), ("3", &State::Active));
    assert_eq!(board.create(AC, new).await.unwrap_err().kind(), ErrorKind::Invalid);

    assert_eq!(board.get(AC, "3").await.unwrap().external_id.as_deref(), Some("toystore123"));
    let change = RecordChange::from(switchboard::activecampaign::types::ConnectionUpdate::new().status(0));
    let updated = board.update(AC, "3", ConnectionChange::new().name("Toystore, Ltd.").record(change)).await.unwrap();
    assert_eq!((updated.name.as_deref(), updated.state.kind()), (Some("Toystore, Ltd."), StateKind::Unhealthy));
    // The answer to a `get` leaves the state out.
    let got = board.get(AC, "3").await.unwrap();
    let listed = listed(&board, &Query::new().external_id("toystore123")).await;
    assert_eq!((got.state.kind(), &[got][..]), (StateKind::Unhealthy, &listed[..]));
    let Record::ActiveCampaign(record) = &updated.record else { panic!("{updated:?}") };
    assert_eq!((record.status.clone(), record.logo_url.as_deref()), (Some(Scalar::from("0")), Some("")));

    board.delete(AC, "3").await.unwrap();
    let gone = board.delete(AC, "3").await.unwrap_err();
    assert!(gone.is_not_found());
    assert_eq!(gone.message(), Some("No Result found for Connection with id 3"));
}

#[tokio::test]
async fn what_is_created_stands_though_its_state_cannot_be_looked_up() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    sandbox.activecampaign().misbehave(Fault::status(500).on_method("GET"));
    let new = NewConnection::new().service("fooCommerce").external_id("toystore123").name("Toystore, Inc.");
    let created = board.create(AC, new).await.unwrap();
    assert_eq!((created.id.as_str(), &created.state), ("3", &State::UNTOLD));
    sandbox.activecampaign().misbehave(Fault::status(500).on_path("/connections").nth(2));
    assert_eq!(board.get(AC, "3").await.unwrap_err().status().unwrap(), 500);
}

#[tokio::test]
async fn an_external_id_is_found_over_all_and_where_there_is_none_nobody_is_asked() {
    let sandbox = sandbox().await;
    let (found, errors) = board(&sandbox).find("user-2").collect_all().await;
    assert_eq!((ids(&found, UNIFIED).len(), found.len(), errors.len()), (1, 1, 0));
    assert_eq!(sandbox.sitecore_personalize().request_count(), 0);
}

#[tokio::test]
async fn an_upsert_creates_once_however_often_and_by_however_many_it_is_called() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let shop = NewConnection::new().service("fooCommerce").external_id("toystore123").name("Toystore, Inc.");
    let record = unified_to::types::Connection::new("hubspot", ["crm_deal_read"], ["crm"]);
    let customer = NewConnection::new().external_id("user-9").record(record);
    for (provider, new) in [(AC, shop), (UNIFIED, customer)] {
        let upserts = (0..8).map(|_| board.upsert(provider, new.clone()));
        let outcomes = futures_util::future::join_all(upserts).await;
        let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        let created = outcomes.iter().filter(|it| it.outcome == UpsertOutcome::Created).count();
        assert_eq!((created, outcomes.iter().all(|it| it.duplicates.is_empty())), (1, true), "{provider}");
        let query = Query::new().provider(provider).external_id(new.external_id.clone().unwrap());
        assert_eq!(listed(&board, &query).await.len(), 1);
    }
    let renamed = NewConnection::new().service("fooCommerce").external_id("toystore123").name("Toystore, Ltd.");
    let updated = board.upsert(AC, renamed.clone()).await.unwrap();
    assert_eq!((updated.outcome, updated.connection.name.as_deref()), (UpsertOutcome::Updated, Some("Toystore, Ltd.")));
    assert_eq!(board.upsert(AC, renamed).await.unwrap().outcome, UpsertOutcome::Unchanged);
}

#[tokio::test]
async fn an_upsert_that_comes_second_goes_on_with_what_the_first_one_made() {
    let sandbox = sandbox().await;
    // Two programs: what one has created the other's list does not have yet.
    let (one, other) = (board(&sandbox), board(&sandbox));
    let shop = |name: &str| NewConnection::new().service("fooCommerce").external_id("toystore123").name(name);
    one.create(AC, shop("Toystore, Inc.")).await.unwrap();
    sandbox.activecampaign().misbehave(Fault::status(200).with_body(r#"{"connections":[],"meta":{"total":"0"}}"#));
    let second = other.upsert(AC, shop("Toystore, Ltd.")).await.unwrap();
    assert_eq!((second.outcome, second.connection.id.as_str()), (UpsertOutcome::Updated, "3"));

    // Unified.to lets both of them create one.
    let record = || unified_to::types::Connection::new("hubspot", ["crm_deal_read"], ["crm"]);
    let customer = || NewConnection::new().external_id("user-9").record(record());
    let first = one.create(UNIFIED, customer()).await.unwrap();
    sandbox.unified_to().misbehave(Fault::status(200).with_body("[]"));
    let second = other.upsert(UNIFIED, customer()).await.unwrap();
    assert_eq!((second.outcome, ids(&second.duplicates, UNIFIED)), (UpsertOutcome::Created, vec![first.id]));
    let third = other.upsert(UNIFIED, customer()).await.unwrap_err();
    assert_eq!(third.kind(), ErrorKind::Ambiguous);
}

#[tokio::test]
async fn an_upsert_leaves_the_connections_of_other_services_alone_whoever_says_which_it_is() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let of = |service: &str| {
        let record = unified_to::types::Connection::new(service, ["crm_deal_read"], ["crm"]);
        NewConnection::new().external_id("user-9").record(record)
    };
    let first = board.upsert(UNIFIED, of("salesforce")).await.unwrap().connection;
    let second = board.upsert(UNIFIED, of("hubspot")).await.unwrap();
    assert_eq!((second.outcome, second.duplicates.len()), (UpsertOutcome::Created, 0));
    assert_eq!(board.get(UNIFIED, &first.id).await.unwrap().service.as_deref(), Some("salesforce"));
    assert_eq!(board.upsert(UNIFIED, of("hubspot")).await.unwrap().connection.id, second.connection.id);
}

#[tokio::test]
async fn an_upsert_that_is_repeated_says_the_same_of_what_a_record_says_otherwise() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let record = activecampaign::types::NewConnection::new(activecampaign::types::NewConnectionRequired {
        service: "fooCommerce".to_owned(),
        externalid: "another".to_owned(),
        name: "Another".to_owned(),
        logo_url: String::new(),
        link_url: String::new(),
    });
    let shop = NewConnection::new().external_id("toystore123").name("Toystore, Inc.").record(record);
    for outcome in [UpsertOutcome::Created, UpsertOutcome::Updated, UpsertOutcome::Updated] {
        let upserted = board.upsert(AC, shop.clone()).await.unwrap();
        let Connection { external_id, name, .. } = upserted.connection;
        assert_eq!((upserted.outcome, external_id.as_deref()), (outcome, Some("toystore123")));
        assert_eq!(name.as_deref(), Some("Toystore, Inc."));
    }
}

#[tokio::test]
async fn what_a_filter_looks_at_and_was_made_up_leaves_nothing_out_in_silence() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let none = serde_json::Value::Null;
    let known = board.get(UNIFIED, "6659f1c2a7d3b80012c4e5f6").await.unwrap().external_id.unwrap();
    for (api, field, value, query) in [
        (*sandbox.unified_to(), "integration_type", none, Query::new().provider(UNIFIED).service("hubspot")),
        (*sandbox.unified_to(), "external_xref", json!({}), Query::new().provider(UNIFIED).external_id(known)),
        (*sandbox.activecampaign(), "status", json!({}), Query::new().provider(AC).state(StateKind::Active)),
        (
            *sandbox.sitecore_personalize(),
            "archived",
            json!({}),
            Query::new().provider(SITECORE).state(StateKind::Active),
        ),
    ] {
        api.misbehave(Fault::replaced_field(field, value).on_path("/connection").always());
        let mut found = board.connections(&query);
        let mut errors = Vec::new();
        while let Some(item) = found.next().await {
            errors.extend(item.err().map(|error| error.to_string()));
        }
        assert!(
            errors.iter().any(|error| error.contains("cannot be told") && error.contains(field)),
            "{field} {errors:?}"
        );
        assert!(!found.listed()[0].is_complete(), "{field}");
        // Where nothing is filtered by it, all are there.
        let mut all = board.connections(&Query::new().provider(query.providers[0].as_str()));
        while let Some(item) = all.next().await {
            assert!(item.is_ok(), "{field}");
        }
        sandbox.behave();
    }
}

#[tokio::test]
async fn what_was_made_up_in_reading_is_not_sent_back_as_what_is() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let system = json!({
        "name": "Web service", "systemType": "DATA_SYSTEM", "auth": { "authType": "NONE" },
        "request": { "requestType": "GET", "url": "https://example.com/" }, "description": "What it is for",
    });
    let system = NewRecord::read(SITECORE, system).unwrap();
    let system = board.create(SITECORE, NewConnection::new().record(system)).await.unwrap().id;
    let customer = "6659f1c2a7d3b80012c4e5f6";
    for (api, provider, id, fault) in [
        (*sandbox.unified_to(), UNIFIED, customer, Fault::replaced_field("permissions", serde_json::Value::Null)),
        (*sandbox.unified_to(), UNIFIED, customer, Fault::missing_field("integration_type")),
        (*sandbox.sitecore_personalize(), SITECORE, &system, Fault::replaced_field("description", json!([1]))),
    ] {
        let change = || ConnectionChange::new().name("Another name");
        let before = board.get(provider, id).await.unwrap();
        api.misbehave(fault.clone().on_method("GET"));
        let error = board.update(provider, id, change()).await.unwrap_err();
        assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("did not come whole"), "{error}");
        assert_eq!(board.get(provider, id).await.unwrap(), before, "{fault:?}");
        assert!(board.update(provider, id, change()).await.is_ok(), "{fault:?}");
    }
}

#[tokio::test]
async fn an_upsert_that_makes_no_sense_sends_nothing() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    for (provider, new) in [
        (AC, NewConnection::new().name("No id")),
        (AC, NewConnection::new().service("fooCommerce").external_id("").name("No id either")),
        (SITECORE, NewConnection::new().external_id("x").name("No such id")),
    ] {
        assert_eq!(board.upsert(provider, new).await.unwrap_err().kind(), ErrorKind::Invalid);
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn a_connection_is_tried_out_where_the_api_can() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let report = board.test(SITECORE, "65aeee1b-d0ba-478b-ac97-a6fced1b2a4a").await.unwrap();
    assert_eq!((report.works, report.status, report.took), (Some(true), Some(202), Some(Duration::from_millis(351))));
    for error in [
        board.test(AC, "1").await.map(drop).unwrap_err(),
        board.pause(UNIFIED, "1").await.map(drop).unwrap_err(),
        board.resume(SITECORE, "1").await.map(drop).unwrap_err(),
    ] {
        assert!(error.is_unsupported(), "{error}");
    }
}

#[tokio::test]
async fn every_connection_keeps_to_the_published_schema_and_is_read_again() {
    let sandbox = sandbox().await;
    let schema: serde_json::Value = serde_json::from_str(switchboard::CONNECTION_SCHEMA).unwrap();
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for connection in listed(&board(&sandbox), &Query::new()).await {
        for connection in [connection.clone(), connection.without_secrets()] {
            let form = serde_json::to_value(&connection).unwrap();
            let faults: Vec<_> = schema.iter_errors(&form).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{form}: {faults:?}");
            assert_eq!(serde_json::from_value::<Connection>(form).unwrap(), connection);
        }
    }
    assert!(!schema.is_valid(&serde_json::json!({ "provider": "a", "id": "1", "record": {} })));
}

#[tokio::test]
async fn a_unified_to_connection_lives() {
    let sandbox = sandbox().await;
    let board = Switchboard::builder()
        .provider(UnifiedTo::new(common::unified_to(&sandbox)).named("test").environment("Sandbox"))
        .build();
    let record = unified_to::types::Connection::new("hubspot", ["crm_deal_read"], ["crm"]);
    let created = board.create("test", NewConnection::new().external_id("user-9").record(record)).await.unwrap();
    assert_eq!((created.provider.as_str(), created.external_id.as_deref()), ("test", Some("user-9")));
    assert_eq!(ids(&listed(&board, &Query::default()).await, "test"), [created.id.as_str()]);

    let updated = board.update("test", &created.id, ConnectionChange::new().external_id("user-10")).await.unwrap();
    assert_eq!(board.get("test", &created.id).await.unwrap(), updated);
    let Record::UnifiedTo(record) = &updated.record else { panic!("{updated:?}") };
    assert_eq!(record.permissions, [unified_to::types::Permission::from("crm_deal_read")]);
    assert_eq!(record.external_xref.as_deref(), Some("user-10"));

    board.delete("test", &created.id).await.unwrap();
    assert!(board.get("test", &created.id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_customer_is_sent_to_where_a_connection_is_made() {
    let sandbox = sandbox().await;
    let provider = UnifiedTo::new(common::unified_to(&sandbox)).environment("Sandbox");
    let wanted = NewConnection::new().service("hubspot").external_id("customer-7");
    let call = provider.authorization("64f0c1b2d3e4f5a6b7c8d9e0", &wanted).unwrap();
    let url = call.success_redirect("https://example.com/").send().await.unwrap().into_inner();
    assert!(url.starts_with("https://hubspot.example.com/") && url.contains("external_xref=customer-7"), "{url}");
    assert_eq!(sandbox.requests()[0].query_value("env"), Some("Sandbox"));
    let error = provider.authorization("64f0c1b2d3e4f5a6b7c8d9e0", &NewConnection::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_sitecore_connection_lives_as_far_as_the_api_goes() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    use sitecore_personalize::types::{ConnectionAuth, ConnectionDraft, OutboundRequest};
    let auth = ConnectionAuth::new().auth_type("NONE");
    let request = OutboundRequest::new().request_type("GET").connection_url("https://example.com/");
    let draft = ConnectionDraft::new("Messages", auth, request, "DESTINATION");
    let created = board.create(SITECORE, NewConnection::new().record(draft)).await.unwrap();
    assert_eq!((created.service.as_deref(), &created.state), (Some("DESTINATION"), &State::Active));

    let updated = board.update(SITECORE, &created.id, ConnectionChange::new().name("News")).await.unwrap();
    let got = board.get(SITECORE, &created.id).await.unwrap();
    assert_eq!((updated.name.as_deref(), got.name.as_deref()), (Some("News"), Some("News")));
    let Record::SitecorePersonalize(record) = &got.record else { panic!("{got:?}") };
    let url = record.request.as_ref().and_then(|request| request.connection_url.as_deref());
    assert_eq!((url, record.revision), (Some("https://example.com/"), Some(2)));

    // The seed authenticates: it is read, and left alone.
    let seed = "65aeee1b-d0ba-478b-ac97-a6fced1b2a4a";
    let refused = board.update(SITECORE, seed, ConnectionChange::new().name("News")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert!(!sandbox.requests().iter().any(|it| it.method == "PUT" && it.path.ends_with(seed)));
}

#[tokio::test]
async fn kinds_of_failures_are_the_same_for_all() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (401, ErrorKind::Auth),
        (404, ErrorKind::NotFound),
        (410, ErrorKind::NotFound),
        (418, ErrorKind::Api),
        (422, ErrorKind::Invalid),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Api),
    ] {
        for provider in [AC, UNIFIED] {
            sandbox.misbehave(Fault::status(status));
            let error = board.get(provider, "1").await.unwrap_err();
            assert_eq!((error.kind(), error.provider(), error.status().unwrap().as_u16()), (kind, provider, status));
        }
    }
    sandbox.misbehave(Fault::MalformedJson);
    assert_eq!(board.get(AC, "1").await.unwrap_err().kind(), ErrorKind::Decode);
    sandbox.misbehave(Fault::EmptyBody);
    let error = board.get(AC, "1").await.unwrap_err();
    assert_eq!(error.to_string(), "activecampaign: cannot get: the answer holds no connection");
    sandbox.misbehave(Fault::Reset);
    let error = board.get(AC, "1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, true));
}

#[tokio::test]
async fn a_403_in_the_words_of_not_found_is_not_found() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let api = sandbox.activecampaign();
    api.misbehave(Fault::status(403).with_body(r#"{"message":"No Result found for Connection with id 7"}"#));
    let error = board.delete(AC, "7").await.unwrap_err();
    assert!(error.is_not_found() && !error.is_auth());
    api.misbehave(Fault::status(403).with_body(r#"{"message":"You do not have permission."}"#));
    assert!(board.delete(AC, "7").await.unwrap_err().is_auth());
}

#[tokio::test]
async fn the_typed_body_is_behind_the_error() {
    let sandbox = sandbox().await;
    let error = board(&sandbox).get(AC, "99").await.unwrap_err();
    use switchboard::activecampaign::errors::GetConnectionError;
    let call: &switchboard::runtime::Error<GetConnectionError> = error.cause().unwrap().downcast_ref().unwrap();
    assert!(matches!(call.body(), Some(GetConnectionError::NotFound(_))), "{call:?}");
}

#[tokio::test]
async fn an_error_says_once_what_the_vendor_says_and_how_long_it_asks_to_wait() {
    let sandbox = sandbox().await;
    sandbox.activecampaign().misbehave(Fault::too_many_requests("3000"));
    let error = board(&sandbox).get(AC, "1").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3000)));
    let told = error.to_string();
    assert!(told.contains("; asks to wait 50 min"), "{told}");
    assert!(std::error::Error::source(&error).is_none(), "all is told: {told}");
}

#[tokio::test]
async fn one_odd_record_costs_only_itself() {
    let sandbox = sandbox().await;
    sandbox.activecampaign().misbehave(Fault::missing_field("id"));
    sandbox.unified_to().misbehave(Fault::unknown_enum_value("categories", "telepathy"));
    let (connections, errors) = board(&sandbox).connections(&Query::default()).collect_all().await;
    assert_eq!((connections.len(), errors.len()), (3, 2));
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::Decode && error.provider() == AC));
}

#[tokio::test]
async fn a_connection_whose_id_is_empty_is_an_error() {
    let sandbox = sandbox().await;
    for (provider, field, its) in [(AC, "id", "an `id`"), (UNIFIED, "id", "an `id`"), (SITECORE, "ref", "a `ref`")] {
        sandbox.misbehave(Fault::replaced_field(field, "").on_path("/connection"));
        let query = Query::new().provider(provider);
        let (connections, errors) = board(&sandbox).connections(&query).collect_all().await;
        assert_eq!(connections, []);
        let expected = format!("{provider}: cannot list: a connection without {its}");
        assert!(!errors.is_empty() && errors.iter().all(|error| error.to_string() == expected), "{errors:?}");
    }
}

#[tokio::test]
async fn a_connection_whose_id_is_made_up_in_reading_is_an_error() {
    let sandbox = sandbox().await;
    for (provider, field) in [(AC, "id"), (UNIFIED, "id"), (SITECORE, "ref")] {
        // Half a surrogate pair is read as U+FFFD.
        sandbox.misbehave(Fault::raw_field(field, r#""\ud83d""#).on_path("/connection"));
        let query = Query::new().provider(provider);
        let (connections, errors) = board(&sandbox).connections(&query).collect_all().await;
        assert_eq!(connections, []);
        let expected = format!("{provider}: cannot list: a connection without an id: ");
        assert!(
            !errors.is_empty() && errors.iter().all(|error| error.to_string().starts_with(&expected)),
            "{errors:?}"
        );
    }
}

#[tokio::test]
async fn what_was_made_a_list_in_reading_is_no_empty_list() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let query = Query::new().provider(SITECORE);
    for list in [serde_json::json!({}), serde_json::Value::Null] {
        let fault = Fault::ReplacedList(list.clone());
        sandbox.sitecore_personalize().misbehave(fault.on_path("/connections"));
        let (connections, errors) = board.connections(&query).collect_all().await;
        assert_eq!((connections.len(), errors.len()), (0, 1), "{list}: {errors:?}");
        assert_eq!(errors[0].to_string(), "sitecore-personalize: cannot list: the answer holds no list of connections");
    }
    let fault = Fault::ReplacedList(serde_json::json!([]));
    sandbox.sitecore_personalize().misbehave(fault.on_path("/connections"));
    assert_eq!(listed(&board, &query).await, []);
}
