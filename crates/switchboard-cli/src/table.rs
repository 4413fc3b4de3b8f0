//! A table for people: every column as wide as its widest cell, the state in colour.

use std::io::IsTerminal;

use switchboard::{Connection, StateKind};
use unicode_width::UnicodeWidthStr;

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

/// The columns that a narrow terminal goes without, the first one first; `get` and the other forms have them.
const DISPENSABLE: [&str; 5] = ["last_healthy", "categories", "updated", "external_id", "service"];

/// The column that is cut short where the others alone fill a terminal, and how much of it is left at least.
const CUT: (&str, usize) = ("name", 8);

/// How many columns of text standard output has, if it is a terminal.
pub(crate) fn width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(terminal_size::Width(width), _)| width.into())
}

/// The connections as a table with a heading, as wide as it takes, or, where a width is given, without the columns that do not
/// fit. They come as they come; a table reads better by provider.
pub(crate) fn table(mut connections: Vec<&Connection>, colour: bool, width: Option<usize>) -> String {
    connections.sort_by_key(|connection| &connection.provider);
    let states: Vec<_> = connections.iter().map(|connection| connection.state.kind()).collect();
    let rows: Vec<_> = connections.iter().map(|connection| cells(connection)).collect();
    let columns = COLUMNS.iter().enumerate().map(|(index, name)| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| for_people(name, cell));
        Column { name, cells: std::iter::once(name.replace('_', " ").to_uppercase()).chain(cells).collect() }
    });
    let columns = fitted(columns.collect(), width.unwrap_or(usize::MAX));
    let line = |row: usize| {
        let cells = columns.iter().filter_map(|column| {
            let cell = column.cells.get(row)?;
            let cell = format!("{cell}{}", " ".repeat(column.width().saturating_sub(cell.width())));
            Some(match row.checked_sub(1).and_then(|row| states.get(row)) {
                Some(state) if colour && column.name == "state" => painted(&cell, *state),
                None if colour => format!("\u{1b}[1m{cell}\u{1b}[0m"),
                _ => cell,
            })
        });
        format!("{}\n", cells.collect::<Vec<_>>().join(BETWEEN).trim_end())
    };
    (0..=rows.len()).map(line).collect()
}

/// What stands between two columns.
const BETWEEN: &str = "  ";

/// A column: its heading, and a cell for each connection.
struct Column {
    name: &'static str,
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.width()).max().unwrap_or_default()
    }
}

/// A cell that moves no cursor; of a time, the whole seconds.
fn for_people(column: &str, cell: &str) -> String {
    match cell.split_once('.') {
        Some((seconds, _)) if matches!(column, "updated" | "last_healthy") => format!("{}Z", shown(seconds)),
        _ => shown(cell),
    }
}

/// The columns that fit into a width. What tells connections apart stays whole even where it does not.
fn fitted(mut columns: Vec<Column>, width: usize) -> Vec<Column> {
    let excess = |columns: &[Column]| {
        let all: usize = columns.iter().map(|column| column.width() + BETWEEN.len()).sum();
        all.saturating_sub(BETWEEN.len()).saturating_sub(width)
    };
    for name in DISPENSABLE {
        if excess(&columns) > 0 {
            columns.retain(|column| column.name != name);
        }
    }
    let (excess, (cut, least)) = (excess(&columns), CUT);
    if let Some(column) = columns.iter_mut().find(|column| excess > 0 && column.name == cut) {
        let width = column.width().saturating_sub(excess).max(least);
        for cell in column.cells.iter_mut().filter(|cell| cell.width() > width) {
            while cell.width() >= width {
                cell.pop();
            }
            cell.push('…');
        }
    }
    columns
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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use switchboard::State;

    use super::*;

    fn connection() -> Connection {
        let mut connection = Connection::new("unified-to", "6659f1c2a7d3b80012c4e5f7", json!({}));
        connection.name = Some("A name that is rather long".to_owned());
        connection.service = Some("bamboohr".to_owned());
        connection.state = State::Paused;
        connection.updated = "2026-05-30T08:45:10.002Z".parse().ok();
        connection
    }

    #[test]
    fn a_narrow_terminal_goes_without_columns_and_never_without_the_id() {
        let table = |width| table(vec![&connection()], false, width);
        let whole = table(None);
        assert!(whole.contains("LAST HEALTHY") && whole.contains("2026-05-30T08:45:10Z"), "{whole}");
        let widest = |text: &str| text.lines().map(UnicodeWidthStr::width).max().unwrap();
        assert_eq!(table(Some(widest(&whole))), whole);
        for (width, last) in [(120, "UPDATED"), (100, "STATE"), (70, "STATE"), (60, "STATE")] {
            let fitted = table(Some(width));
            assert!(widest(&fitted) <= width && fitted.lines().next().unwrap().ends_with(last), "{fitted}");
            assert!(fitted.contains("6659f1c2a7d3b80012c4e5f7") && fitted.contains("paused"), "{fitted}");
        }
        assert!(table(Some(10)).contains("6659f1c2a7d3b80012c4e5f7  A name …  paused"), "{}", table(Some(10)));
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let mut one = connection();
        one.name = Some("株式会社".to_owned());
        let table = table(vec![&one, &connection()], false, None);
        let services: Vec<_> =
            table.lines().map(|line| line.split("bamboohr").next().unwrap().width()).skip(1).collect();
        assert_eq!(services[0], services[1], "{table}");
    }
}
