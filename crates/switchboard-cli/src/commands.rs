//! The commands that look at connections, or change one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use serde_json::{Value, json};
use switchboard::{
    AppliedBy, Connection, ConnectionChange, ConnectionProvider, Connections, ErrorKind, Filter, Listed, NewRecord,
    Query, RecordChange, StateKind, Switchboard,
};

use crate::args::{Format, Id, Output, Parts};
use crate::cells::{COLUMNS, cells, csv_line, shown};
use crate::{Failure, complain, page, table};

/// Connections between two signs of life.
const PROGRESS_EVERY: usize = 100;

/// Writes connections as they come, or as one table or document in the end.
struct Writer {
    format: Format,
    colour: bool,
    held: Vec<Connection>,
}

impl Writer {
    fn begin(output: Output, format: Format) -> Result<Self, Failure> {
        if format == Format::Csv {
            io::stdout().write_all(csv_line(&COLUMNS.map(str::to_owned)).as_bytes())?;
        }
        Ok(Self { format, colour: table::is_coloured(output.color), held: Vec::new() })
    }

    fn write(&mut self, connection: Connection) -> Result<(), Failure> {
        match self.format {
            Format::Ndjson => writeln!(io::stdout(), "{}", json_of(&connection)?)?,
            Format::Csv => io::stdout().write_all(csv_line(&cells(&connection)).as_bytes())?,
            Format::Table | Format::Json => self.held.push(connection),
        }
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        match self.format {
            Format::Table => io::stdout()
                .write_all(table::table(self.held.iter().collect(), self.colour, table::width()).as_bytes())?,
            Format::Json => writeln!(io::stdout(), "{:#}", json_of(&self.held)?)?,
            Format::Ndjson | Format::Csv => {}
        }
        Ok(())
    }
}

pub(crate) fn json_of(value: &impl serde::Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(Failure::failed)
}

/// Reads a list to its end; errors go to standard error. Tells whether every provider's list is complete.
async fn each(
    mut connections: Connections,
    mut take: impl FnMut(Connection) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let tells_progress = io::stderr().is_terminal() && !io::stdout().is_terminal();
    let mut count = 0_usize;
    while let Some(item) = connections.next().await {
        match item {
            Ok(connection) => take(connection)?,
            Err(error) => complain(error),
        }
        count += 1;
        if tells_progress && count.is_multiple_of(PROGRESS_EVERY) {
            drop(write!(io::stderr(), "\r{count} connections"));
        }
    }
    if tells_progress && count >= PROGRESS_EVERY {
        complain(format_args!("\r{count} connections"));
    }
    for listed in connections.listed().iter().filter(|listed| !listed.is_complete()) {
        let (provider, count) = (shown(&listed.provider), listed.connections);
        complain(format_args!("{provider}: the list is not complete, {count} connections came"));
    }
    Ok(connections.listed().iter().all(Listed::is_complete))
}

pub(crate) async fn list(board: &Switchboard, query: &Query, output: Output) -> Result<bool, Failure> {
    let mut writer = Writer::begin(output, output.format())?;
    let complete = each(board.connections(query), |connection| writer.write(connection.without_secrets())).await?;
    writer.end()?;
    Ok(complete)
}

pub(crate) async fn export(
    board: &Switchboard,
    query: &Query,
    output: Output,
    with_secrets: bool,
) -> Result<bool, Failure> {
    let format = if output.format() == Format::Table { Format::Ndjson } else { output.format() };
    let mut writer = Writer::begin(output, format)?;
    let complete = each(board.connections(query), |connection| {
        writer.write(if with_secrets { connection } else { connection.without_secrets() })
    });
    let complete = complete.await?;
    writer.end()?;
    Ok(complete)
}

/// Writes one connection: a line for each part, or in another form.
pub(crate) fn show(connection: Connection, output: Output) -> Result<bool, Failure> {
    let connection = connection.without_secrets();
    match output.format() {
        Format::Table => {
            for (name, cell) in COLUMNS.iter().zip(cells(&connection)) {
                writeln!(io::stdout(), "{:13} {}", name.replace('_', " "), shown(&cell))?;
            }
        }
        Format::Json => writeln!(io::stdout(), "{:#}", json_of(&connection)?)?,
        _ => {
            let mut writer = Writer::begin(output, output.format())?;
            writer.write(connection)?;
            writer.end()?;
        }
    }
    Ok(true)
}

pub(crate) async fn create(
    board: &Switchboard,
    provider: &str,
    parts: &Parts,
    upsert: bool,
    output: Output,
) -> Result<bool, Failure> {
    let mut new = parts.new_connection();
    new.record = record(board, provider, parts, NewRecord::read)?;
    if !upsert {
        return show(board.create(provider, new).await.map_err(refused)?, output);
    }
    let upserted = board.upsert(provider, new).await.map_err(refused)?;
    for duplicate in &upserted.duplicates {
        let id = shown(&duplicate.id);
        complain(format_args!("{provider}: another connection has the same external id: {id}"));
    }
    complain(upserted.outcome);
    show(upserted.connection, output)?;
    Ok(upserted.duplicates.is_empty())
}

pub(crate) async fn update(board: &Switchboard, id: &Id, parts: &Parts, output: Output) -> Result<bool, Failure> {
    let mut change = ConnectionChange::new();
    change.name.clone_from(&parts.name);
    change.service.clone_from(&parts.service);
    change.external_id.clone_from(&parts.external_id);
    change.record = record(board, &id.provider, parts, RecordChange::read)?;
    show(board.update(&id.provider, &id.id, change).await.map_err(refused)?, output)
}

/// Why a connection is not created or changed. Where parts are missing or too many, the facade names them as a program says them.
fn refused(error: switchboard::Error) -> Failure {
    let is_about_parts = error.kind() == ErrorKind::Invalid;
    match Failure::from(error) {
        Failure { is_usage: true, message } if is_about_parts => Failure::usage(format_args!(
            "{message}\nwhat a connection is to be is said with --name, --service, --external-id, and, for all else, \
             --record FILE: the vendor's own record, in JSON"
        )),
        failure => failure,
    }
}

/// The record that a file holds, as the provider's API takes it. What of it the client would not send is an error: a name
/// that is misspelt, or one level too many, would change nothing and be told as done.
fn record<T: serde::Serialize>(
    board: &Switchboard,
    provider: &str,
    parts: &Parts,
    read: fn(&str, Value) -> Result<T, serde_json::Error>,
) -> Result<Option<T>, Failure> {
    // Which provider is unknown, the facade says better.
    let (Some(path), Some(provider)) = (&parts.record, board.provider(provider)) else { return Ok(None) };
    let unusable = |reason: String| Failure::usage(format_args!("cannot use {}: {reason}", path.display()));
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let value: Value = serde_json::from_str(&text.map_err(|error| unusable(error.to_string()))?)
        .map_err(|error| unusable(error.to_string()))?;
    let api = provider.api();
    let record = read(api, value.clone()).map_err(|error| unusable(format!("as a record of {api}: {error}")))?;
    match lost(&value, &json_of(&record)?) {
        None => Ok(Some(record)),
        Some(name) => Err(unusable(format!("`{}` is nothing that {api} takes there", shown(&name)))),
    }
}

/// A property that is given, and is not in what is sent. One that says nothing may be left out.
fn lost(given: &Value, sent: &Value) -> Option<String> {
    let says_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(properties) => properties.is_empty(),
        _ => false,
    };
    match (given, sent) {
        (Value::Object(given), Value::Object(sent)) => {
            given.iter().filter(|(_, value)| !says_nothing(value)).find_map(|(name, value)| match sent.get(name) {
                Some(sent) => lost(value, sent).map(|within| format!("{name}.{within}")),
                None => Some(name.clone()),
            })
        }
        (Value::Array(given), Value::Array(sent)) => given.iter().zip(sent).find_map(|(given, sent)| lost(given, sent)),
        _ => None,
    }
}

pub(crate) async fn test(board: &Switchboard, id: &Id, output: Output) -> Result<bool, Failure> {
    let report = board.test(&id.provider, &id.id).await?;
    let millis = report.took.and_then(|took| u64::try_from(took.as_millis()).ok());
    match output.format() {
        Format::Table => {
            let works = match report.works {
                Some(true) => "works",
                Some(false) => "does not work",
                None => "the vendor does not say whether it works",
            };
            let status = report.status.map(|status| format!(", status {status}")).unwrap_or_default();
            let took = millis.map(|millis| format!(", {millis} ms")).unwrap_or_default();
            writeln!(io::stdout(), "{works}{status}{took}")?;
        }
        Format::Csv => {
            let text = |it: Option<String>| it.unwrap_or_default();
            let works = text(report.works.map(|it| it.to_string()));
            let (status, millis) = (report.status.map(|it| it.to_string()), millis.map(|it| it.to_string()));
            write_csv(&["works", "status", "took_ms"], [[works, text(status), text(millis)]])?;
        }
        Format::Json | Format::Ndjson => {
            writeln!(io::stdout(), "{}", json!({ "works": report.works, "status": report.status, "took_ms": millis }))?;
        }
    }
    Ok(report.works != Some(false))
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
        let (mut all, mut errors) = (Vec::new(), Vec::new());
        while let Some(item) = connections.next().await {
            match item {
                Ok(connection) => all.push(connection.without_secrets()),
                Err(error) => {
                    complain(&error);
                    errors.push(error.to_string());
                }
            }
        }
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

/// How many connections are in which state, by provider; and those that are unhealthy. All is well if none is, and every
/// list is complete. A page takes the place of what is for people, and stands beside every other form.
pub(crate) async fn health(
    board: &Switchboard,
    query: &Query,
    html: Option<&Path>,
    output: Output,
) -> Result<bool, Failure> {
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

/// Writes comma-separated values with a heading.
fn write_csv<const N: usize>(heading: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Result<(), Failure> {
    let heading = heading.map(str::to_owned);
    for row in std::iter::once(heading).chain(rows) {
        io::stdout().write_all(csv_line(&row).as_bytes())?;
    }
    Ok(())
}

/// What a provider can do, in words.
struct Abilities<'a> {
    provider: &'a str,
    api: &'a str,
    operations: Vec<&'static str>,
    filtered_by_server: Vec<&'static str>,
}

impl<'a> Abilities<'a> {
    fn of(provider: &'a dyn ConnectionProvider) -> Self {
        let capabilities = provider.capabilities();
        let is_by_server = |filter: &&Filter| capabilities.filter(**filter) == AppliedBy::Server;
        Self {
            provider: provider.name(),
            api: provider.api(),
            operations: capabilities.operations().map(|it| it.as_str()).collect(),
            filtered_by_server: Filter::ALL.iter().filter(is_by_server).map(|it| it.as_str()).collect(),
        }
    }

    fn json(&self) -> Value {
        let Self { provider, api, operations, filtered_by_server } = self;
        json!({ "provider": provider, "api": api, "operations": operations, "filtered_by_server": filtered_by_server })
    }
}

/// What each provider can do, and which filters its server applies.
pub(crate) fn providers(board: &Switchboard, output: Output) -> Result<bool, Failure> {
    let all: Vec<_> = board.providers().map(|provider| Abilities::of(&**provider)).collect();
    match output.format() {
        Format::Table => {
            for Abilities { provider, api, operations, filtered_by_server } in &all {
                let (name, operations) = (shown(provider), operations.join(", "));
                let filters =
                    if filtered_by_server.is_empty() { "nothing".to_owned() } else { filtered_by_server.join(", ") };
                writeln!(io::stdout(), "{name} ({api}): {operations}; filtered by the server: {filters}")?;
            }
        }
        Format::Json => writeln!(io::stdout(), "{:#}", Value::Array(all.iter().map(Abilities::json).collect()))?,
        Format::Ndjson => all.iter().try_for_each(|it| writeln!(io::stdout(), "{}", it.json()))?,
        Format::Csv => {
            let rows = all.iter().map(|it| {
                [it.provider.to_owned(), it.api.to_owned(), it.operations.join(" "), it.filtered_by_server.join(" ")]
            });
            write_csv(&["provider", "api", "operations", "filtered_by_server"], rows)?;
        }
    }
    Ok(true)
}
