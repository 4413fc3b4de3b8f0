//! A provider of one's own, outside of the crate: the webhooks of a Unified.to workspace as connections, beside the three
//! that are there. One file, made from a generated client; that of any other document will do as well.
//!
//! ```console
//! cargo run -p switchboard --example own_provider
//! ```

use std::io::{self, Write};

use futures_util::StreamExt;
use switchboard::unified_to::{Client, types::Webhook};
use switchboard::{
    BoxFuture, Capabilities, Connection, ConnectionProvider, ConnectionStream, Error, ErrorKind, Operation, Query,
    State, Switchboard, Timestamp,
};
use switchboard_sandbox::Sandbox;

/// The webhooks of a workspace.
pub(crate) struct Webhooks {
    client: Client,
}

impl Webhooks {
    const NAME: &'static str = "webhooks";

    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }
}

impl ConnectionProvider for Webhooks {
    fn name(&self) -> &str {
        Self::NAME
    }

    // What the API can do. The rest is refused as unsupported, by the trait's own methods.
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE.with(Operation::List).with(Operation::Get).with(Operation::Delete)
    }

    // `select` applies every filter that the server does not.
    fn list(&self, query: &Query) -> ConnectionStream {
        let webhooks = self.client.list_unified_webhooks().stream();
        query.select(webhooks.map(|webhook| match webhook {
            Ok(webhook) => unified(webhook),
            Err(error) => Err(Error::call(Self::NAME, Operation::List, error)),
        }))
    }

    // This document has no operation that gives one webhook: the list has it, or nobody has.
    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        Box::pin(async move {
            let mut list = self.list(&Query::new());
            while let Some(webhook) = list.next().await {
                let webhook = webhook?;
                if webhook.id == id {
                    return Ok(webhook);
                }
            }
            Err(Error::other(Self::NAME, Operation::Get, ErrorKind::NotFound, format!("there is no webhook {id}")))
        })
    }

    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let answer = self.client.remove_unified_webhook(id).send().await;
            answer.map(drop).map_err(|error| Error::call(Self::NAME, Operation::Delete, error))
        })
    }
}

/// What all connections have in common, and the vendor's own record beside it.
fn unified(webhook: Webhook) -> Result<Connection, Error> {
    let unreadable = |reason: String| Error::unreadable(Webhooks::NAME, Operation::List, reason);
    let id = webhook.id.clone().ok_or_else(|| unreadable("a webhook without an `id`".to_owned()))?;
    let record = serde_json::to_value(&webhook).map_err(|error| unreadable(error.to_string()))?;
    let mut connection = Connection::new(Webhooks::NAME, id, record);
    connection.name = webhook.hook_url;
    connection.service = webhook.integration_type;
    connection.created = webhook.created_at.as_ref().and_then(Timestamp::read);
    connection.updated = webhook.updated_at.as_ref().and_then(Timestamp::read);
    connection.state = match (webhook.is_paused, webhook.is_healthy) {
        (Some(true), _) => State::Paused,
        (_, Some(true)) => State::Active,
        (_, Some(false)) => State::Unhealthy { reason: None, since: None },
        _ => State::UNTOLD,
    };
    Ok(connection)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().start().await?;
    let api = sandbox.unified_to();
    let client = Client::builder().base_url(api.base_url()).jwt(api.token()).no_proxy().build()?;
    let board = Switchboard::builder().provider(Webhooks::new(client)).build();
    let mut connections = board.connections(&Query::new());
    while let Some(connection) = connections.next().await {
        let connection = connection?;
        // Beside what all have in common, the record is there as the client has it.
        let Webhook { object_type, event, .. } = connection.record.typed()?;
        let name = connection.name.unwrap_or_default();
        let (object, event) = (object_type.as_str(), event.as_str());
        writeln!(io::stdout(), "{} {name}: {}, for {object} {event}", connection.provider, connection.state)?;
    }
    Ok(())
}
