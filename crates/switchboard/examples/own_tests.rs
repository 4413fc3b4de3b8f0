//! Tests of one's own code: what a program makes of connections, tried out against the sandbox, in good times and bad.
//!
//! ```console
//! cargo test -p switchboard --example own_tests
//! ```

mod common;

use std::collections::BTreeSet;

use common::BoxError;
use switchboard::{Error, Query, StateKind, Switchboard};

/// The services that have a connection which does not work.
async fn in_trouble(board: &Switchboard) -> Result<BTreeSet<String>, Error> {
    let (connections, errors) = board.connections(&Query::new().state(StateKind::Unhealthy)).collect_all().await;
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(connections.into_iter().filter_map(|connection| connection.service).collect()),
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let (board, _sandbox) = common::board().await?;
    println!("{:?}", in_trouble(&board).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use switchboard_sandbox::{Fault, Sandbox};

    use super::*;

    #[tokio::test]
    async fn a_service_in_trouble_is_named_and_one_that_cannot_be_asked_is_an_error() -> Result<(), BoxError> {
        let sandbox = Sandbox::builder().start().await?;
        let board = common::in_sandbox(&sandbox)?;
        assert!(in_trouble(&board).await?.is_empty());

        let api = sandbox.activecampaign();
        api.misbehave(Fault::replaced_field("status", "0").always());
        assert_eq!(in_trouble(&board).await?, ["fooCommerce", "shopify"].map(str::to_owned).into());

        api.behave();
        api.misbehave(Fault::status(403).always());
        assert!(in_trouble(&board).await.is_err_and(|error| error.is_auth()));
        Ok(())
    }
}
