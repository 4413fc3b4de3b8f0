//! A blocking command: prints the connections that their vendor lets rest, without a line of async code.
//!
//! ```console
//! cargo run -p switchboard --features blocking --example paused
//! ```

mod common;

use std::io::{self, Write};

use common::BoxError;
use switchboard::runtime::blocking::{Wait, WaitEach};
use switchboard::{Query, StateKind};

fn main() -> Result<(), BoxError> {
    let (board, _sandbox) = common::board().wait()?;
    for connection in board.connections(&Query::new().state(StateKind::Paused)).wait_each() {
        let connection = connection?;
        // `println!` panics where standard output is full or closed.
        writeln!(io::stdout(), "{} {} {}", connection.provider, connection.id, connection.name.unwrap_or_default())?;
    }
    Ok(())
}
