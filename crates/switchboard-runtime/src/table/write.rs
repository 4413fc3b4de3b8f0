//! Writing by a table.

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use serde_json::Value;

use super::{Mapping, Presence, Record, Sequence, Slot, View};
use crate::values::{decimal, finite};
use crate::whole;

/// A part as serde writes it.
pub(crate) struct Written<'p>(pub(crate) &'p dyn Slot);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.view().serialize(serializer)
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            View::Absent | View::Null => serializer.serialize_none(),
            View::Flag(flag) => serializer.serialize_bool(flag),
            View::Signed(number) => serializer.serialize_i64(number),
            View::Unsigned(number) => serializer.serialize_u64(number),
            View::Float(number) => write_number(number, serializer),
            View::Digits(digits) => decimal::serialize_digits(digits, serializer),
            View::Text(text) => serializer.serialize_str(text),
            View::Any(value) => value.serialize(serializer),
            View::List(list) => write_list(list, serializer),
            View::Map(map) => write_map(map, serializer),
            View::Record(record) => write_record(record, serializer),
            View::Tagged(property, tag, part) => tagged(&Written(part), property, tag, serializer),
        }
    }
}

/// Serializes a shape that does not declare the discriminator's property, with the value that stands for the shape.
pub(super) fn tagged<T: Serialize + ?Sized, S: Serializer>(
    value: &T,
    property: &str,
    tag: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = decimal::to_plain_value(value).map_err(S::Error::custom)?;
    if let Value::Object(members) = &mut value {
        // Among additional properties it may have come from the vendor.
        members.entry(property).or_insert_with(|| tag.into());
    }
    value.serialize(serializer)
}

/// A number as most write it: `5`, where it is whole, for a reader of integers may refuse `5.0`. One that JSON has no word for
/// (RFC 8259, section 6) is refused, where serde_json would write `null`; formats that are no text hold it.
fn write_number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        finite::told(number)?;
    }
    match whole::signed(number).filter(|whole| *whole != 0 || number.is_sign_positive()) {
        Some(whole) => serializer.serialize_i64(whole),
        None => serializer.serialize_f64(number),
    }
}

fn write_list<S: Serializer>(list: &dyn Sequence, serializer: S) -> Result<S::Ok, S::Error> {
    let mut items = serializer.serialize_seq(Some(list.len()))?;
    for item in (0..list.len()).filter_map(|index| list.item(index)) {
        items.serialize_element(&Written(item))?;
    }
    items.end()
}

fn write_map<S: Serializer>(map: &dyn Mapping, serializer: S) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_map(Some(map.len()))?;
    write_members::<S>(map, &mut members)?;
    members.end()
}

fn write_members<S: Serializer>(map: &dyn Mapping, members: &mut S::SerializeMap) -> Result<(), S::Error> {
    let mut refused = None;
    map.each(&mut |name, part| {
        refused = members.serialize_entry(name, &Written(part)).err();
        refused.is_none()
    });
    refused.map_or(Ok(()), Err)
}

/// The properties that are there, by their names in the document.
fn properties(record: &dyn Record) -> impl Iterator<Item = (&'static str, View<'_>)> {
    let fields = record.table().fields.iter().enumerate();
    fields.filter_map(|(index, field)| {
        let view = record.part(index)?.view();
        let is_there = field.presence == Presence::Required || !matches!(view, View::Absent);
        is_there.then_some((field.name, view))
    })
}

fn write_record<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    let table = record.table();
    let others = record.part(table.fields.len()).map(Slot::view);
    if let Some(View::Map(others)) = others {
        let mut members = serializer.serialize_map(None)?;
        for (name, view) in properties(record) {
            members.serialize_entry(name, &view)?;
        }
        write_members::<S>(others, &mut members)?;
        return members.end();
    }
    // What is written for people to read has no need of a number before.
    let count = if serializer.is_human_readable() { table.fields.len() } else { properties(record).count() };
    let mut members = serializer.serialize_struct(table.name, count)?;
    for (name, view) in properties(record) {
        members.serialize_field(name, &view)?;
    }
    members.end()
}
