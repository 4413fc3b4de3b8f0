//! Reading by a table.

use super::{Presence, Record, Slot, Table};
use crate::decode::{At, Exactness, Fault, Object, Unread};

/// Which properties were there.
#[derive(Default)]
struct Seen {
    first: u64,
    /// Of those beyond the first 64.
    others: Vec<u64>,
}

impl Seen {
    fn word(&mut self, index: usize) -> Option<&mut u64> {
        let Some(beyond) = (index / 64).checked_sub(1) else { return Some(&mut self.first) };
        if self.others.len() <= beyond {
            self.others.resize(beyond + 1, 0);
        }
        self.others.get_mut(beyond)
    }

    /// Whether the property was there before; now it is.
    fn add(&mut self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        self.word(index).is_some_and(|word| {
            let known = *word & bit != 0;
            *word |= bit;
            known
        })
    }

    fn has(&self, index: usize) -> bool {
        let word = match (index / 64).checked_sub(1) {
            None => self.first,
            Some(beyond) => self.others.get(beyond).copied().unwrap_or_default(),
        };
        word & (1 << (index % 64)) != 0
    }

    fn is_empty(&self) -> bool {
        self.first == 0 && self.others.iter().all(|word| *word == 0)
    }
}

/// Reads an object into a struct that is empty.
///
/// # Errors
///
/// [`Unread`], if there is none, or none of this type.
pub fn record(record: &mut dyn Record, at: At<'_>) -> Result<(), Unread> {
    let table = record.table();
    let expected = || format!("struct {}", table.name);
    let names_all = !table.is_open && !table.fields.is_empty();
    let Some(object) = at.object(names_all) else { return Err(at.wrong(&expected())) };
    let seen = members(record, table, at, &object)?;
    // An object that has nothing of what the type has is something else, such as an error under a status of success.
    let is_foreign = || names_all && seen.is_empty() && !object.is_empty();
    if at.is_answer() && is_foreign() && object.reports_error() {
        return Err(at.error(format_args!("it has none of the properties of {}, and reports an error", expected())));
    }
    // Most have all that is asked for: one look tells.
    let is_asked_for = |field: &super::Field| field.presence != Presence::Optional;
    if !table.fields.iter().enumerate().any(|(index, field)| is_asked_for(field) && !seen.has(index)) {
        return Ok(());
    }
    let is_missing =
        |(index, field): &(usize, &super::Field)| field.presence == Presence::Required && !seen.has(*index);
    let mut missing = table.fields.iter().enumerate().filter(is_missing).peekable();
    let Some((_, first)) = missing.peek() else { return answered(table, &seen, object) };
    if at.exactness().is_lenient() && is_foreign() {
        return Err(at.error(format_args!("it has none of the properties of {}", expected())));
    }
    if at.exactness() != Exactness::Lenient {
        return Err(lacking(at, first.name));
    }
    for (index, field) in missing {
        let Some(slot) = record.slot(index) else { continue };
        object.make_up(field.name, &mut |nothing| slot.fill(nothing))?;
    }
    answered(table, &seen, object)
}

/// Reads the properties that are there, and says which.
fn members(record: &mut dyn Record, table: &Table, at: At<'_>, object: &Object<'_>) -> Result<Seen, Unread> {
    let mut seen = Seen::default();
    // Properties come in the order of the document more often than not.
    let mut next = 0;
    let tape = &at.reading().tape;
    for (name, member) in object.named() {
        let bytes = tape.bytes(name);
        let (before, behind) = table.fields.split_at(next.min(table.fields.len()));
        let is_it = |field: &super::Field| field.name.as_bytes() == bytes;
        let found = behind.iter().position(is_it).map(|index| index + before.len());
        let Some(index) = found.or_else(|| before.iter().position(is_it)) else {
            if !table.is_open {
                object.note_stray_error(tape.text(name), &member);
            } else if let Some(others) = record.slot(table.fields.len()) {
                others.fill_member(tape.text(name), member)?;
            }
            continue;
        };
        next = index + 1;
        let Some(slot) = record.slot(index) else { continue };
        // Of several of one name the last counts.
        if seen.add(index) {
            if !at.exactness().is_lenient() {
                return Err(at.error(format_args!("duplicate field `{}`", tape.text(name))));
            }
            slot.clear();
            member.forget_earlier();
        }
        place(slot, member)?;
    }
    Ok(seen)
}

fn lacking(at: At<'_>, name: &'static str) -> Unread {
    let mut error = Unread::missing(name);
    at.missing_in(&mut error);
    error
}

/// Tells what an answer lacks that a request need not have: the value can do without.
fn answered(table: &Table, seen: &Seen, object: Object<'_>) -> Result<(), Unread> {
    let at = object.at;
    if !at.reading().is_answer {
        return Ok(());
    }
    for (index, field) in table.fields.iter().enumerate().filter(|(_, field)| field.presence == Presence::Answered) {
        if seen.has(index) {
            continue;
        }
        if !at.exactness().is_lenient() {
            return Err(lacking(at, field.name));
        }
        object.nothing(field.name, |nothing| nothing.note(Fault::Missing));
    }
    Ok(())
}

/// Reads what stands at a place into what holds it. What need not be there, and is nothing that can be read, is left out:
/// whether it was kept is the outcome.
///
/// # Errors
///
/// [`Unread`], if it is none of what is held, and cannot be left out.
pub(crate) fn place(slot: &mut dyn Slot, at: At<'_>) -> Result<bool, Unread> {
    let mark = at.reading().mark();
    let Err(error) = slot.fill(at) else { return Ok(true) };
    let Some(fault) = at.left_out(&error).filter(|_| slot.is_optional()) else { return Err(error) };
    at.reading().rewind(mark);
    at.note(fault);
    slot.clear();
    Ok(false)
}
