//! Connections as rows of text: what tables, CSV and the page have in common.

use switchboard::Connection;

/// The columns, by their names in JSON.
pub(crate) const COLUMNS: [&str; 9] =
    ["provider", "id", "name", "service", "external_id", "state", "categories", "updated", "last_healthy"];

/// The cells of a connection; an empty one says that the vendor does not tell.
pub(crate) fn cells(connection: &Connection) -> [String; COLUMNS.len()] {
    let Connection { provider, id, name, service, external_id, state, categories, updated, last_healthy, .. } =
        connection;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        provider.clone(),
        id.clone(),
        text(name),
        text(service),
        text(external_id),
        state.to_string(),
        categories.join(" "),
        updated.map(|it| it.to_string()).unwrap_or_default(),
        last_healthy.map(|it| it.to_string()).unwrap_or_default(),
    ]
}

/// A line of comma-separated values (RFC 4180). A cell that a spreadsheet would take for a formula is quoted and begins
/// with an apostrophe, as what comes from outside must not be calculated.
pub(crate) fn csv_line(cells: &[String]) -> String {
    let quoted: Vec<_> = cells.iter().map(|cell| csv_cell(cell)).collect();
    format!("{}\r\n", quoted.join(","))
}

fn csv_cell(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !cell.contains(['"', ',', '\r', '\n']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// A text for a terminal: what comes from outside must not move the cursor or break the line.
pub(crate) fn shown(text: &str) -> String {
    if text.is_empty() {
        return "-".to_owned();
    }
    text.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect()
}

/// Characters that turn the direction of writing, end a line, or take no place.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_quoted_where_it_must_be_and_calculates_nothing() {
        let line = ["plain", "a,b", "say \"hi\"", "=1+1", ""].map(str::to_owned);
        assert_eq!(csv_line(&line), "plain,\"a,b\",\"say \"\"hi\"\"\",\"'=1+1\",\r\n");
    }

    #[test]
    fn a_terminal_gets_no_control_characters() {
        assert_eq!(shown("a\u{1b}[2Jb\nc\u{202e}d"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        for c in "\u{ad}\u{61c}\u{180e}\u{2028}\u{2029}\u{206a}\u{206f}\u{e0041}".chars() {
            assert_eq!(shown(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
        }
        assert_eq!(shown(""), "-");
    }
}
