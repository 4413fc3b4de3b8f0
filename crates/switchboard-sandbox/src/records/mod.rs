//! What the sandbox holds when it starts: the example records of the vendors' documentation, or any number of made ones.

pub(crate) mod activecampaign;
pub(crate) mod sitecore_personalize;
pub(crate) mod unified_to;

use chrono::{DateTime, TimeDelta};
use serde_json::Value;

use crate::table::{FieldMaker, Record, Source, Table};

/// The records to start with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Records {
    /// The examples of the vendors' documentation, word for word: two connections of ActiveCampaign's "List all
    /// connections" page, one of Sitecore's "Retrieve connections" page. Unified.to's page has no example; there are two
    /// connections after its model. Beside them a few customers, orders, contacts, webhooks, API calls, issues,
    /// decision models and flows.
    #[default]
    Seeds,
    /// Records made from their number, always the same ones. They take no memory until a client changes them, so that a
    /// million of them is fine.
    Generated {
        /// Connections per API; customers, orders, contacts and webhooks of ActiveCampaign, webhooks, API calls and
        /// issues of Unified.to, decision models and flows of Sitecore are as many. At most 2³² - 1 are made.
        per_api: usize,
    },
}

/// How many records are made at most: with twice as many, half a minute apart, years would soon have five digits.
const MOST: u64 = u32::MAX as u64;

impl Records {
    fn table(self, seeds: impl FnOnce() -> Vec<Record>, fields: &'static [&'static str], field: FieldMaker) -> Table {
        Table::new(match self {
            Self::Seeds => Source::Fixed(seeds()),
            Self::Generated { per_api } => Source::Generated { count: (per_api as u64).min(MOST), fields, field },
        })
    }
}

/// A record made of its fields.
fn field_by_field(fields: &[&str], field: impl Fn(&str) -> Value) -> Record {
    fields.iter().map(|name| ((*name).to_owned(), field(name))).collect()
}

/// The moment that generated record number `row` was made: half a minute after the one before it.
fn moment(row: u64) -> std::time::SystemTime {
    let start = DateTime::from_timestamp(1_704_103_200, 0).unwrap_or_default(); // 2024-01-01T10:00:00Z
    let step = i64::try_from(row).ok().and_then(|row| TimeDelta::try_seconds(row.checked_mul(30)?)).unwrap_or_default();
    (start + step).into()
}

/// One of `choices`, in turn.
fn in_turn<T>(choices: &[T], row: u64) -> Option<&T> {
    let index = usize::try_from(row.checked_rem(choices.len() as u64)?).ok()?;
    choices.get(index)
}

/// The instant of a text such as `2017-02-02T14:56:05-06:00`, for tests that set the clock.
#[cfg(test)]
pub(crate) fn instant(text: &str) -> std::time::SystemTime {
    DateTime::parse_from_rfc3339(text).unwrap().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_records_are_found_again_by_their_ids() {
        let records = Records::Generated { per_api: 1_000_000 };
        let row = 999_999;
        let connection = activecampaign::connections(records).get(row).unwrap();
        assert_eq!(activecampaign::row_of(connection["id"].as_str().unwrap()), Some(row));
        let external_id = connection["externalid"].as_str().unwrap();
        assert_eq!(activecampaign::row_of_external_id(records, external_id), Some(row));
        let connection = unified_to::connections(records).get(row).unwrap();
        assert_eq!(unified_to::CONNECTION_ID.row(connection["id"].as_str().unwrap()), Some(row));
        assert_eq!(connection["created_at"], "2024-12-13T15:19:30.000Z");
        let connection = sitecore_personalize::connections(records, "").get(row).unwrap();
        assert_eq!(sitecore_personalize::row_of(records, connection["ref"].as_str().unwrap()), Some(row));
        let model = sitecore_personalize::decision_models(records, "").get(row).unwrap();
        assert_eq!(sitecore_personalize::model_row_of(records, model["ref"].as_str().unwrap()), Some(row));
    }

    #[test]
    fn of_the_most_records_the_last_is_made_and_another_is_added() {
        let records = Records::Generated { per_api: usize::MAX };
        for mut table in [
            activecampaign::connections(records),
            activecampaign::orders(records),
            unified_to::connections(records),
            sitecore_personalize::connections(records, ""),
            sitecore_personalize::decision_models(records, ""),
        ] {
            let last = Value::Object(table.get(MOST - 1).unwrap()).to_string();
            assert!(last.contains("6107-"), "{last}");
            assert_eq!(table.get(MOST), None);
            table.add(|row| field_by_field(&["row"], |_| row.into()));
            assert_eq!(table.get(MOST).unwrap()["row"], MOST);
        }
    }

    #[test]
    fn every_table_ends_where_it_should() {
        let records = Records::Generated { per_api: 2 };
        assert!(activecampaign::orders(records).get(1).is_some());
        assert_eq!(activecampaign::orders(records).get(2), None);
        assert_eq!(activecampaign::orders(Records::Seeds).get(2), None);
    }
}
