//! Lists: filtered, ordered, and in pages.

use axum::{http::StatusCode, response::Response};
use serde_json::json;

use super::refusal::Refusal;
use crate::{
    table::{Record, Row, Selection, Table},
    wire::{self, Pairs},
};

/// Records per page, unless asked for otherwise, and at most (/reference/pagination).
const PAGE: (u64, u64) = (20, 100);

/// A choice of rows besides `filters[…]`: what tells it from any other, and the choice.
pub(super) type Narrowing<'a> = (&'a str, &'a dyn Fn(Row<'_>) -> bool);

/// A list under its plural name, with the total as text, whatever a page holds (/reference/pagination).
pub(super) fn list(
    table: &mut Table,
    name: &'static str,
    query: Option<&str>,
    narrowing: Option<Narrowing<'_>>,
    form: impl Fn(Record) -> Record,
) -> Result<Response, Refusal> {
    let query = Pairs::of_query(query);
    let filters = query.bracketed("filters").map(|(field, value)| (field_named(field), value)).collect::<Vec<_>>();
    let order = query
        .bracketed("orders")
        .map(|(field, direction)| match direction.to_ascii_uppercase().as_str() {
            "ASC" => Ok((field_named(field).to_owned(), false)),
            "DESC" => Ok((field_named(field).to_owned(), true)),
            _ => Err(Refusal::Nonsense("orders")),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (narrowed, is_in) = narrowing.unzip();
    let matches = |row: Row<'_>| {
        is_in.is_none_or(|is_in| is_in(row)) && filters.iter().all(|(field, wanted)| matches(row, field, wanted))
    };
    let (offset, limit) = query.page(PAGE.0, PAGE.1)?;
    let (records, total) = table.select(&Selection {
        key: format!("{filters:?} {order:?} {narrowed:?}"),
        filter: if filters.is_empty() && is_in.is_none() { None } else { Some(&matches) },
        order,
        offset,
        limit,
    });
    let records = records.into_iter().map(form).collect::<Vec<_>>();
    let body = json!({ name: records, "meta": { "total": total.to_string() } });
    Ok(wire::with_list_at(name, wire::json(StatusCode::OK, &body)))
}

/// The field of a record that a filter or an ordering means; some names differ.
fn field_named(filter: &str) -> &str {
    match filter {
        "external_created_date" => "externalCreatedDate",
        "first_name" => "firstName",
        "last_name" => "lastName",
        other => other,
    }
}

/// Whether a record passes a filter. Dates are filtered by day; a filter of an unknown field lets everything through.
fn matches(row: Row<'_>, field: &str, wanted: &str) -> bool {
    match (row.field(field), row.text(field)) {
        (None, _) => true,
        (_, Some(text)) if field == "externalCreatedDate" => text.starts_with(wanted),
        (_, text) => text.unwrap_or_default() == wanted,
    }
}

/// Whether another record has the same in all of these fields. Among those that nobody changed only one can: a table may
/// be too long to look through.
pub(super) fn is_taken(
    table: &Table,
    fields: &Record,
    names: &[&str],
    unchanged: Option<u64>,
    own: Option<u64>,
) -> bool {
    let same = |other: &Record| names.iter().all(|name| other.get(*name) == fields.get(*name));
    let unchanged = unchanged.filter(|row| Some(*row) != own).and_then(|row| table.get(row));
    unchanged.is_some_and(|other| same(&other)) || table.changes().any(|(row, other)| Some(row) != own && same(other))
}
