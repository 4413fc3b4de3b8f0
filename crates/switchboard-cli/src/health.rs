//! How many connections are in which state, and which of them do not work.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use switchboard::{Connection, Connections, Listed, Query, StateKind, Switchboard};

use crate::args::{Format, Output};
use crate::cells::shown;
use crate::commands::{has_folder, json_of, write_csv};
use crate::progress::Progress;
use crate::{Failure, page, table};

/// What is known of the health of connections, when all lists are read.
struct Health {
    connections: Vec<Connection>,
    /// Every provider that was asked, those that have no connections, too.
    listed: Vec<Listed>,
    errors: Vec<String>,
}

/// How many connections are in which state.
type Counts = BTreeMap<StateKind, usize>;

impl Health {
    async fn of(mut connections: Connections) -> Self {
        let (mut all, mut errors, mut progress) = (Vec::new(), Vec::new(), Progress::new(false));
        while let Some(item) = connections.next().await {
            match item {
                Ok(connection) => all.push(connection.without_secrets()),
                Err(error) => {
                    progress.complain(&error);
                    errors.push(error.to_string());
                }
            }
            progress.step();
        }
        progress.end();
        Self { connections: all, listed: connections.listed().to_vec(), errors }
    }

    fn is_complete(&self) -> bool {
        self.listed.iter().all(Listed::is_complete)
    }

    fn unhealthy(&self) -> Vec<&Connection> {
        self.connections.iter().filter(|connection| connection.state.is_unhealthy()).collect()
    }

    /// The counts of each provider.
    fn counts(&self) -> BTreeMap<&str, Counts> {
        let mut counts: BTreeMap<_, Counts> =
            self.listed.iter().map(|listed| (listed.provider.as_str(), Counts::new())).collect();
        for connection in &self.connections {
            *counts.entry(&connection.provider).or_default().entry(connection.state.kind()).or_default() += 1;
        }
        counts
    }

    /// Whether the list of that provider came to its end.
    fn is_complete_of(&self, provider: &str) -> bool {
        self.listed.iter().filter(|listed| listed.provider == provider).all(Listed::is_complete)
    }

    fn json(&self) -> Result<Value, Failure> {
        let counts = self.counts().into_iter().map(|(provider, states)| {
            let states = states.iter().map(|(state, count)| (state.as_str().to_owned(), json!(count)));
            (provider.to_owned(), Value::Object(states.collect()))
        });
        let (complete, unhealthy) = (self.is_complete(), self.unhealthy());
        Ok(json!({
            "healthy": complete && unhealthy.is_empty(), "complete": complete,
            "providers": Value::Object(counts.collect()), "unhealthy": json_of(&unhealthy)?, "errors": self.errors,
        }))
    }

    /// A row for each state of each provider, and one for a provider that is known to have no connections.
    fn rows(&self) -> Vec<[String; 3]> {
        let rows = self.counts().into_iter().flat_map(|(provider, states)| {
            let none = states.is_empty() && self.is_complete_of(provider);
            let none = none.then(|| [provider.to_owned(), String::new(), "0".to_owned()]);
            let row =
                move |(state, count): (StateKind, usize)| [provider.to_owned(), state.to_string(), count.to_string()];
            none.into_iter().chain(states.into_iter().map(row))
        });
        rows.collect()
    }

    fn write_for_people(&self, output: Output) -> io::Result<()> {
        for (provider, states) in self.counts() {
            let mut parts: Vec<_> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
            if parts.is_empty() {
                parts.push("none".to_owned());
            }
            if !self.is_complete_of(provider) {
                parts.push("and the list is not complete".to_owned());
            }
            writeln!(io::stdout(), "{}: {}", shown(provider), parts.join(", "))?;
        }
        let unhealthy = self.unhealthy();
        if unhealthy.is_empty() {
            return Ok(());
        }
        let table = table::table(unhealthy, table::is_coloured(output.color), table::width());
        write!(io::stdout(), "\n{table}")
    }
}

/// Writes a file whole or not at all: a page that is cut off, as by a full disk, would look like all there is. What is no file,
/// such as a terminal, is written to.
fn put(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
        return fs::write(path, text);
    }
    let mut new = path.as_os_str().to_owned();
    new.push(format!(".{}.new", std::process::id()));
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // That it cannot be removed says less than the error that there is.
        drop(fs::remove_file(&new));
    }
    written
}

/// How many connections are in which state, by provider; and those that are unhealthy. All is well if none is, and every
/// list is complete. A page takes the place of what is for people, and stands beside every other form.
pub(crate) async fn health(
    board: &Switchboard,
    query: &Query,
    html: Option<&Path>,
    output: Output,
) -> Result<bool, Failure> {
    html.map_or(Ok(()), has_folder)?;
    let health = Health::of(board.connections(query)).await;
    if let Some(path) = html {
        let providers = health.listed.iter().map(|listed| (listed.provider.as_str(), listed.is_complete()));
        let page = page::page(providers, &health.connections, &health.errors, std::time::SystemTime::now().into())?;
        put(path, &page).map_err(|error| Failure::failed(format_args!("cannot write {}: {error}", path.display())))?;
    }
    match output.format() {
        Format::Table if html.is_some() => {}
        Format::Table => health.write_for_people(output)?,
        Format::Csv => write_csv(&["provider", "state", "connections"], health.rows())?,
        Format::Json | Format::Ndjson => writeln!(io::stdout(), "{}", health.json()?)?,
    }
    Ok(health.is_complete() && health.unhealthy().is_empty())
}
