//! A table of records that may be a million rows long: rows are made when they are looked at, and only what a client
//! changed is kept.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One record: what becomes a JSON object on the wire.
pub(crate) type Record = Map<String, Value>;

/// Writes a [`Record`] as `json!` writes a value.
macro_rules! record {
    ($($object:tt)*) => {
        match serde_json::json!($($object)*) {
            serde_json::Value::Object(record) => record,
            _ => serde_json::Map::new(),
        }
    };
}
pub(crate) use record;

/// Where the rows come from that nobody has changed.
pub(crate) enum Source {
    /// Records written down.
    Fixed(Vec<Record>),
    /// Records made from their row number, one field at a time, so that a filter need not make whole records.
    Generated { count: u64, fields: &'static [&'static str], field: FieldMaker },
}

/// Makes one field of one row.
pub(crate) type FieldMaker = Box<dyn Fn(u64, &str) -> Value + Send + Sync>;

impl Source {
    fn len(&self) -> u64 {
        match self {
            Self::Fixed(records) => records.len() as u64,
            Self::Generated { count, .. } => *count,
        }
    }

    fn record(&self, row: u64) -> Option<Record> {
        match self {
            Self::Fixed(records) => records.get(usize::try_from(row).ok()?).cloned(),
            Self::Generated { count, fields, field } if row < *count => {
                Some(fields.iter().map(|name| ((*name).to_owned(), field(row, name))).collect())
            }
            Self::Generated { .. } => None,
        }
    }

    fn field(&self, row: u64, name: &str) -> Option<Value> {
        match self {
            Self::Fixed(records) => records.get(usize::try_from(row).ok()?)?.get(name).cloned(),
            Self::Generated { count, fields, field } => {
                (row < *count && fields.contains(&name)).then(|| field(row, name))
            }
        }
    }
}

/// The records of one resource. A row keeps its number for life; numbers are not given out twice.
pub(crate) struct Table {
    source: Source,
    /// Rows that differ from the source: changed, added, or (`None`) deleted.
    changed: BTreeMap<u64, Option<Record>>,
    next: u64,
    /// The rows that the last filter and order picked: a client that pages through them asks the same again and again.
    /// Any change empties it.
    selected: Option<(String, Vec<u64>)>,
}

/// What a list call asks for.
pub(crate) struct Selection<'a> {
    /// Tells this filter and order from any other one.
    pub(crate) key: String,
    /// Whether a row belongs to the result; `None` takes all.
    pub(crate) filter: Option<&'a dyn Fn(Row<'_>) -> bool>,
    /// The fields to sort by, the first one first, and whether downwards. Without any: in the order of creation.
    pub(crate) order: Vec<(String, bool)>,
    /// Rows to leave out at the start.
    pub(crate) offset: u64,
    /// Rows to return at most.
    pub(crate) limit: u64,
}

/// One row of a table, of which only those fields are made that somebody looks at.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    table: &'a Table,
    number: u64,
}

impl Row<'_> {
    /// A field of the record, if it has it.
    pub(crate) fn field(&self, name: &str) -> Option<Value> {
        match self.table.changed.get(&self.number) {
            Some(record) => record.as_ref()?.get(name).cloned(),
            None => self.table.source.field(self.number, name),
        }
    }

    /// A scalar field as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.field(name).as_ref().and_then(crate::wire::text_of)
    }
}

/// What a row is sorted by: numbers, also those written as text, go by their value and before other text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Missing,
    Number(u64),
    Text(String),
}

impl SortKey {
    fn of(row: Row<'_>, name: &str) -> Self {
        match row.text(name) {
            None => Self::Missing,
            Some(text) => text.parse().map_or(Self::Text(text), Self::Number),
        }
    }
}

/// An empty table.
impl Default for Table {
    fn default() -> Self {
        Self::new(Source::Fixed(Vec::new()))
    }
}

impl Table {
    /// A table with the rows of `source`.
    pub(crate) fn new(source: Source) -> Self {
        Self { next: source.len(), source, changed: BTreeMap::new(), selected: None }
    }

    /// The record of that row.
    pub(crate) fn get(&self, row: u64) -> Option<Record> {
        match self.changed.get(&row) {
            Some(record) => record.clone(),
            None => self.source.record(row),
        }
    }

    /// The rows that were changed or added since the start, and are still there.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.changed.iter().filter_map(|(row, record)| Some((*row, record.as_ref()?)))
    }

    /// Adds the record that `make` makes out of its row number, and returns it.
    pub(crate) fn add(&mut self, make: impl FnOnce(u64) -> Record) -> Record {
        let record = make(self.next);
        self.put(self.next, record.clone());
        self.next += 1;
        record
    }

    /// Puts another record in the place of the one in that row.
    pub(crate) fn put(&mut self, row: u64, record: Record) {
        self.changed.insert(row, Some(record));
        self.selected = None;
    }

    /// Deletes a record. Returns whether there was one.
    pub(crate) fn remove(&mut self, row: u64) -> bool {
        let was_there = self.is_there(row);
        if was_there {
            self.changed.insert(row, None);
            self.selected = None;
        }
        was_there
    }

    /// One page of the rows that `selection` picks, and how many it picks on all pages.
    pub(crate) fn select(&mut self, selection: &Selection<'_>) -> (Vec<Record>, u64) {
        if selection.filter.is_none() && selection.order.is_empty() {
            return self.plain_page(selection.offset, selection.limit);
        }
        let rows = match self.selected.take() {
            Some((key, rows)) if key == selection.key => rows,
            _ => self.pick(selection),
        };
        let (skip, take) = (saturating_usize(selection.offset), saturating_usize(selection.limit));
        let page = rows.iter().skip(skip).take(take).filter_map(|row| self.get(*row)).collect();
        let total = rows.len() as u64;
        self.selected = Some((selection.key.clone(), rows));
        (page, total)
    }

    /// A page of all rows in their own order, found without walking over those before it.
    fn plain_page(&self, offset: u64, limit: u64) -> (Vec<Record>, u64) {
        let deleted = || self.changed.iter().filter(|(_, record)| record.is_none()).map(|(row, _)| *row);
        let first = deleted().fold(offset, |first, row| if row <= first { first.saturating_add(1) } else { first });
        let page = (first..self.next).filter_map(|row| self.get(row)).take(saturating_usize(limit)).collect();
        (page, self.next - deleted().count() as u64)
    }

    fn pick(&self, selection: &Selection<'_>) -> Vec<u64> {
        let rows = (0..self.next)
            .filter(|number| self.is_there(*number))
            .map(|number| Row { table: self, number })
            .filter(|row| selection.filter.is_none_or(|keep| keep(*row)));
        if selection.order.is_empty() {
            return rows.map(|row| row.number).collect();
        }
        let keys = |row: Row<'_>| selection.order.iter().map(|(name, _)| SortKey::of(row, name)).collect::<Vec<_>>();
        let mut sorted = rows.map(|row| (keys(row), row.number)).collect::<Vec<_>>();
        sorted.sort_by(|(left, _), (right, _)| {
            let pairs = left.iter().zip(right).zip(&selection.order);
            pairs
                .map(|((left, right), (_, down))| if *down { right.cmp(left) } else { left.cmp(right) })
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        sorted.into_iter().map(|(_, number)| number).collect()
    }

    fn is_there(&self, row: u64) -> bool {
        row < self.next && self.changed.get(&row).is_none_or(Option::is_some)
    }
}

fn saturating_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(count: u64) -> Table {
        let field: FieldMaker =
            Box::new(|row, name| if name == "id" { json!(row) } else { json!((row % 3).to_string()) });
        Table::new(Source::Generated { count, fields: &["id", "kind"], field })
    }

    fn record(id: u64, kind: &str) -> Record {
        Map::from_iter([("id".to_owned(), id.into()), ("kind".to_owned(), kind.into())])
    }

    fn ids(
        table: &mut Table,
        order: &[(&str, bool)],
        filter: Option<&dyn Fn(Row<'_>) -> bool>,
        offset: u64,
    ) -> (Vec<u64>, u64) {
        let order = order.iter().map(|(name, down)| ((*name).to_owned(), *down)).collect();
        let key = format!("{order:?} {}", filter.is_some());
        let (page, total) = table.select(&Selection { key, filter, order, offset, limit: 3 });
        (page.iter().map(|record| record["id"].as_u64().unwrap()).collect(), total)
    }

    #[test]
    fn deleted_rows_leave_no_gap_in_a_page() {
        let mut table = table(1_000_000);
        assert!(table.remove(0) && table.remove(4) && !table.remove(4));
        assert_eq!(ids(&mut table, &[], None, 0), (vec![1, 2, 3], 999_998));
        assert_eq!(ids(&mut table, &[], None, 2), (vec![3, 5, 6], 999_998));
        assert_eq!(ids(&mut table, &[], None, 999_997), (vec![999_999], 999_998));
    }

    #[test]
    fn a_selection_follows_changes() {
        let mut table = table(7);
        let zero = |row: Row<'_>| row.text("kind").as_deref() == Some("0");
        assert_eq!(ids(&mut table, &[], Some(&zero), 0), (vec![0, 3, 6], 3));
        table.put(3, record(3, "1"));
        table.add(|row| record(row, "0"));
        assert_eq!(ids(&mut table, &[], Some(&zero), 1), (vec![6, 7], 3));
    }

    #[test]
    fn order_by_several_fields_numbers_by_value() {
        let mut table = table(12);
        assert_eq!(ids(&mut table, &[("kind", false), ("id", true)], None, 0), (vec![9, 6, 3], 12));
    }
}
