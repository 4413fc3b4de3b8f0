//! An idempotent create: has these shops connected, however often it runs and wherever an earlier run has stopped.
//!
//! ```console
//! cargo run -p switchboard --example ensure
//! ```

mod common;

use std::io::{self, Write};
use std::process::ExitCode;

use common::BoxError;
use futures_util::{StreamExt, stream};
use switchboard::{ActiveCampaign, NewConnection};

const SHOPS: [(&str, &str); 3] =
    [("foo.myshopify.com", "Foo, Inc."), ("bar.myshopify.com", "Bar, Inc."), ("baz.myshopify.com", "Baz, Inc.")];

#[tokio::main]
async fn main() -> Result<ExitCode, BoxError> {
    let (board, _sandbox) = common::board().await?;
    let wanted = SHOPS.map(|(id, name)| NewConnection::new().service("shopify").external_id(id).name(name));

    let mut outcomes = board.upsert_all(ActiveCampaign::NAME, stream::iter(wanted), 2);
    let mut code = ExitCode::SUCCESS;
    while let Some((number, outcome)) = outcomes.next().await {
        match outcome {
            Ok(it) => writeln!(io::stdout(), "shop {number}: {} as {}", it.outcome, it.connection.id)?,
            Err(error) => {
                eprintln!("shop {number}: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}
