//! Every provider that comes with the crate, and one that is broken, against what all must keep to.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{AC, SITECORE, UNIFIED, board, sandbox};
use switchboard::testing::Conformance;
use switchboard::{
    Capabilities, Connection, ConnectionProvider, ConnectionStream, NewConnection, Operation, Query, unified_to,
};

#[tokio::test]
async fn the_providers_keep_to_what_they_promise() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let shop = NewConnection::new().service("fooCommerce").external_id("toystore123").name("Toystore, Inc.");
    let record = unified_to::types::Connection::new("hubspot", ["crm_deal_read"], ["crm"]);
    use switchboard::sitecore_personalize::types::{ConnectionAuth, ConnectionDraft, OutboundRequest};
    let auth = ConnectionAuth::new().auth_type("NONE");
    let request = OutboundRequest::new().request_type("GET").connection_url("https://example.com/");
    let draft = ConnectionDraft::new("Messages", auth, request, "DESTINATION");
    for (name, absent, new) in [
        (AC, "99", shop),
        (UNIFIED, "6659f1c2a7d3b80012c4e5ff", NewConnection::new().external_id("user-9").record(record)),
        (SITECORE, "65aeee1b-d0ba-478b-ac97-a6fced1b2a4b", NewConnection::new().record(draft)),
    ] {
        let provider = board.provider(name).unwrap();
        let faults = Conformance::of(&**provider).absent_id(absent).creates(new).check().await;
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

/// Gives two connections of one id, of another provider, whatever is asked for; and refuses nothing.
struct Careless;

impl ConnectionProvider for Careless {
    fn name(&self) -> &str {
        "careless"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE.with(Operation::List)
    }

    fn list(&self, _: &Query) -> ConnectionStream {
        let connection = |service: &str| {
            let mut connection = Connection::new("other", "1", serde_json::json!({}));
            connection.service = Some(service.to_owned());
            connection.external_id = Some("x".to_owned());
            Ok(connection)
        };
        Box::pin(futures_util::stream::iter([connection("a"), connection("b")]))
    }

    fn delete<'a>(&'a self, _: &'a str) -> switchboard::BoxFuture<'a, Result<(), switchboard::Error>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

#[tokio::test]
async fn what_is_broken_is_told() {
    let faults = Conformance::of(&Careless).check().await;
    for expected in [
        "delete is not among the capabilities, but not refused",
        "says that it is of \"other\"",
        "two connections have the id \"1\"",
        "capabilities say that they have none",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:#?}");
    }
}
