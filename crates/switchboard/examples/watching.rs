//! A watch: says which connections turned unhealthy and which came back, every five minutes, until so many looks were taken.
//!
//! ```console
//! cargo run -p switchboard --example watching -- 1
//! ```

mod common;

use std::io::{self, Write};
use std::time::Duration;

use common::BoxError;
use futures_util::StreamExt;
use switchboard::Watch;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let (board, _sandbox) = common::board().await?;
    let most = std::env::args().nth(1).map_or(Ok(usize::MAX), |text| text.parse())?;

    let mut looks = board.watch(Watch::every(Duration::from_secs(300))).take(most);
    while let Some(changes) = looks.next().await {
        for connection in changes.turned_unhealthy() {
            writeln!(io::stdout(), "{} {}: {}", connection.provider, connection.id, connection.state)?;
        }
        for connection in changes.recovered() {
            writeln!(io::stdout(), "{} {} works again", connection.provider, connection.id)?;
        }
        changes.errors.iter().for_each(|error| eprintln!("{error}"));
    }
    Ok(())
}
