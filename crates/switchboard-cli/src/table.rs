//! A table for people: every column as wide as its widest cell, the state in colour.

use std::io::IsTerminal;

use switchboard::{Connection, StateKind};

use crate::args::When;
use crate::cells::{COLUMNS, cells, shown};

/// Whether to use colour on standard output. See <https://no-color.org/>.
pub(crate) fn is_coloured(when: When) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

/// The connections as a table with a heading. They come as they come; a table reads better by provider.
pub(crate) fn table(mut connections: Vec<&Connection>, colour: bool) -> String {
    connections.sort_by_key(|connection| &connection.provider);
    let heading = COLUMNS.map(|name| name.replace('_', " ").to_uppercase());
    let rows = connections.iter().map(|connection| (cells(connection).map(|cell| shown(&cell)), Some(*connection)));
    let rows: Vec<_> = std::iter::once((heading, None)).chain(rows).collect();
    let mut widths = [0; COLUMNS.len()];
    for (row, _) in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |(row, connection): &([String; COLUMNS.len()], Option<&Connection>)| {
        let cells = row.iter().zip(widths).zip(COLUMNS).map(|((cell, width), name)| {
            let cell = format!("{cell:width$}");
            match connection {
                Some(connection) if colour && name == "state" => painted(&cell, connection.state.kind()),
                None if colour => format!("\u{1b}[1m{cell}\u{1b}[0m"),
                _ => cell,
            }
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn painted(text: &str, state: StateKind) -> String {
    let colour = match state {
        StateKind::Active => 32,
        StateKind::Unhealthy => 31,
        StateKind::Paused | StateKind::Disabled => 33,
        _ => 90,
    };
    format!("\u{1b}[{colour}m{text}\u{1b}[0m")
}
