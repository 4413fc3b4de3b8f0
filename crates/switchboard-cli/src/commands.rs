//! The commands that look at connections, or change one.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use serde_json::{Value, json};
use switchboard::{
    AppliedBy, Connection, ConnectionChange, ConnectionProvider, Connections, ErrorKind, Filter, Listed, NewRecord,
    Query, RecordChange, Switchboard,
};

use crate::args::{Format, Id, Output, Parts};
use crate::cells::{COLUMNS, cells, csv_line, shown};
use crate::progress::Progress;
use crate::{Failure, complain, table};

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

    fn writes_as_they_come(&self) -> bool {
        matches!(self.format, Format::Ndjson | Format::Csv)
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

/// Reads a list to its end, and writes what comes; errors go to standard error. Tells whether every provider's list is complete.
async fn each(
    mut connections: Connections,
    mut writer: Writer,
    made: impl Fn(Connection) -> Connection,
) -> Result<bool, Failure> {
    let mut progress = Progress::new(writer.writes_as_they_come());
    while let Some(item) = connections.next().await {
        match item {
            Ok(connection) => writer.write(made(connection))?,
            Err(error) => progress.complain(error),
        }
        progress.step();
    }
    progress.end();
    for listed in connections.listed().iter().filter(|listed| !listed.is_complete()) {
        let (provider, count) = (shown(&listed.provider), listed.connections);
        complain(format_args!("{provider}: the list is not complete, {count} connections came"));
    }
    writer.end()?;
    Ok(connections.listed().iter().all(Listed::is_complete))
}

pub(crate) async fn list(board: &Switchboard, query: &Query, output: Output) -> Result<bool, Failure> {
    let writer = Writer::begin(output, output.format())?;
    each(board.connections(query), writer, Connection::without_secrets).await
}

pub(crate) async fn export(
    board: &Switchboard,
    query: &Query,
    output: Output,
    with_secrets: bool,
) -> Result<bool, Failure> {
    let format = if output.format() == Format::Table { Format::Ndjson } else { output.format() };
    let writer = Writer::begin(output, format)?;
    let made = if with_secrets { |connection| connection } else { Connection::without_secrets };
    each(board.connections(query), writer, made).await
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

/// Whether a file of that name could be written: told before anything is sent, not when all is read.
pub(crate) fn has_folder(path: &Path) -> Result<(), Failure> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => {
            let (path, folder) = (path.display(), folder.display());
            Err(Failure::usage(format_args!("cannot write {path}: there is no folder {folder}")))
        }
        None => Ok(()),
    }
}

/// Writes comma-separated values with a heading.
pub(crate) fn write_csv<const N: usize>(
    heading: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), Failure> {
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
