//! The state of all connections as one page that needs nothing else: for a cron job, or a pull request.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use switchboard::{Connection, StateKind, Timestamp};

use crate::Failure;

/// What stands before what changes, and after it.
const BEGIN: &str = include_str!("page.html");
const END: &str = include_str!("page_end.html");

/// The page: what went wrong, the unhealthy first of each service, and the services by provider. Of the `providers`, each
/// with whether its list is complete, those are there, too, that have no connections.
pub(crate) fn page<'a>(
    providers: impl IntoIterator<Item = (&'a str, bool)>,
    connections: &'a [Connection],
    errors: &[String],
    now: Timestamp,
) -> Result<String, Failure> {
    let mut page = BEGIN.to_owned();
    let mut sections: Sections<'a> =
        providers.into_iter().map(|(provider, complete)| (provider, (complete, Services::new()))).collect();
    for connection in connections {
        let (_, services) = sections.entry(&connection.provider).or_default();
        services.entry(connection.service.as_deref().unwrap_or_default()).or_default().push(connection);
    }
    body(&mut page, connections, sections, errors, now).map_err(Failure::failed)?;
    page.push_str(END);
    Ok(page)
}

/// The connections of each service.
type Services<'a> = BTreeMap<&'a str, Vec<&'a Connection>>;

/// By provider, whether its list is complete, and what came of it.
type Sections<'a> = BTreeMap<&'a str, (bool, Services<'a>)>;

fn body(
    page: &mut String,
    connections: &[Connection],
    sections: Sections<'_>,
    errors: &[String],
    now: Timestamp,
) -> fmt::Result {
    let mut counts: BTreeMap<StateKind, usize> = BTreeMap::new();
    for connection in connections {
        *counts.entry(connection.state.kind()).or_default() += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    writeln!(page, "<p>{counts}. Seen {}, as all times here in UTC.</p>", Moment(now))?;
    for error in errors {
        writeln!(page, "<p class=\"error\" role=\"alert\">{}</p>", Escaped(error))?;
    }
    write!(
        page,
        "<form role=\"search\"><input id=\"text\" type=\"search\" placeholder=\"Name, id, service…\" aria-label=\"Text to look for\">"
    )?;
    write!(page, "<select id=\"state\" aria-label=\"State\"><option value=\"\">Any state</option>")?;
    for state in StateKind::ALL {
        write!(page, "<option>{state}</option>")?;
    }
    writeln!(page, "</select></form>\n<main>")?;
    for (provider, (complete, services)) in sections {
        writeln!(page, "<section><h2>{}</h2>", Escaped(provider))?;
        match (complete, services.is_empty()) {
            (false, _) => writeln!(page, "<p class=\"error\">The list is not complete.</p>")?,
            (true, true) => writeln!(page, "<p>None.</p>")?,
            (true, false) => {}
        }
        for (service, connections) in services {
            section(page, service, connections)?;
        }
        writeln!(page, "</section>")?;
    }
    writeln!(page, "<p id=\"none\" hidden>There is no such connection.</p>\n</main>")
}

fn section(page: &mut String, service: &str, mut connections: Vec<&Connection>) -> fmt::Result {
    connections.sort_by_key(|connection| !connection.state.is_unhealthy());
    let service = if service.is_empty() { "no service" } else { service };
    writeln!(page, "<section><h3>{}</h3><table><thead><tr>", Escaped(service))?;
    for heading in HEADINGS {
        write!(page, "<th scope=\"col\">{heading}</th>")?;
    }
    writeln!(page, "</tr></thead><tbody>")?;
    for connection in connections {
        row(page, connection)?;
    }
    writeln!(page, "</tbody></table></section>")
}

const HEADINGS: [&str; 5] = ["Name", "Id", "External id", "State", UPDATED];
const UPDATED: &str = "Updated";

fn row(page: &mut String, connection: &Connection) -> fmt::Result {
    let Connection { provider, id, name, service, external_id, state, updated, .. } = connection;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (name, external_id, kind) = (text(name), text(external_id), state.kind());
    let searched = [provider, id, &name, &text(service), &external_id, &state.to_string()].map(|it| it.to_lowercase());
    write!(page, "<tr data-state=\"{kind}\" data-text=\"{}\">", Escaped(&searched.join(" ")))?;
    let cells = [(&name, ""), (id, ""), (&external_id, ""), (&state.to_string(), kind.as_str())];
    for ((cell, class), heading) in cells.into_iter().zip(HEADINGS) {
        write!(page, "<td data-label=\"{heading}\" class=\"{class}\">{}</td>", Escaped(cell))?;
    }
    write!(page, "<td data-label=\"{UPDATED}\">")?;
    if let Some(updated) = updated {
        write!(page, "{}", Moment(*updated))?;
    }
    writeln!(page, "</td></tr>")
}

/// A moment to the second, as people read it; to machines it says all of it.
struct Moment(Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = self.0.to_string();
        let seconds = moment.split(['.', 'Z']).next().unwrap_or_default();
        write!(f, "<time datetime=\"{moment}\">{}</time>", seconds.replacen('T', " ", 1))
    }
}

/// Text as it may stand in an element or a quoted attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if c.is_control() => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use switchboard::State;

    use super::*;

    #[test]
    fn everything_is_escaped() {
        let evil = "\"><script>alert('x')</script>&";
        let mut connection = Connection::new(evil, evil, json!({}));
        connection.name = Some(evil.to_owned());
        connection.service = Some(evil.to_owned());
        connection.external_id = Some(evil.to_owned());
        connection.state = State::Unhealthy { reason: Some(evil.to_owned()), since: None };
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let page = page([(evil, true)], &[connection], &[evil.to_owned()], now).unwrap();
        assert_eq!(page.matches("<script>").count(), 1, "its own");
        assert!(!page.contains("alert('x')"), "{page}");
        assert!(page.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"));
        assert!(page.contains("1 unhealthy. Seen <time datetime=\"2026-01-01T00:00:00Z\">2026-01-01 00:00:00</time>"));
    }

    #[test]
    fn a_provider_without_connections_is_there() {
        let providers = [("empty", true), ("failed", false)];
        let page = page(providers, &[], &[], "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        assert!(page.contains("<h2>empty</h2>\n<p>None.</p>"), "{page}");
        assert!(page.contains("<h2>failed</h2>\n<p class=\"error\">The list is not complete.</p>"), "{page}");
    }

    #[test]
    fn the_unhealthy_come_first() {
        let connection = |id: &str, state| {
            let mut connection = Connection::new("a", id, json!({}));
            connection.state = state;
            connection
        };
        let well = connection("well", State::Active);
        let ill = connection("ill", State::Unhealthy { reason: None, since: None });
        let page = page([], &[well, ill], &[], "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        assert!(page.find(">ill<").unwrap() < page.find(">well<").unwrap());
    }
}
