//! The forms in which records come and go.

use axum::body::Bytes;
use serde_json::Value;

use super::refusal::Refusal;
use crate::table::Record;

/// The object of that name in a request body, if there is one.
pub(super) fn fields_of(name: &str, body: &Bytes) -> Result<Option<Record>, Refusal> {
    let mut body = serde_json::from_slice::<Value>(body).map_err(|_| Refusal::NotJson)?;
    match body.get_mut(name).map(Value::take) {
        Some(Value::Object(fields)) => Ok(Some(fields)),
        _ => Ok(None),
    }
}

/// Single customers and orders have links with the host, lists have links without.
pub(super) fn absolute_links(mut record: Record, base: &str) -> Record {
    for link in links(&mut record) {
        *link = link.as_str().map(|link| format!("{base}{}", link.trim_start_matches("/api/3"))).into();
    }
    record
}

pub(super) fn links(record: &mut Record) -> impl Iterator<Item = &mut Value> {
    record.get_mut("links").and_then(Value::as_object_mut).into_iter().flat_map(Record::values_mut)
}

pub(super) fn numbers_as_text(mut record: Record) -> Record {
    for value in record.values_mut().filter(|value| value.is_number()) {
        *value = value.to_string().into();
    }
    record
}

pub(super) fn without(names: &[&str], mut record: Record) -> Record {
    record.retain(|name, _| !names.contains(&name.as_str()));
    record
}
