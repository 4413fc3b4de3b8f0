//! serde's traits for generated types: they lead to the tables, for any format that serde reads and writes.

use serde::de::{Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::{Slot, Written};
use crate::decode::{self, Here, Wanted};

/// Reads a generated type: what is read of an answer where it stands, and any other format to the letter.
///
/// # Errors
///
/// The deserializer's, and that of what is no value of this type.
pub fn deserialize<'de, T: Slot, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, Wanted::Any)
}

/// The same of a struct.
///
/// # Errors
///
/// As of [`deserialize`].
pub fn deserialize_record<'de, T: Slot, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, Wanted::Record)
}

/// The same of a text.
///
/// # Errors
///
/// As of [`deserialize`].
pub fn deserialize_text<'de, T: Slot, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, Wanted::Text)
}

/// The same of a number.
///
/// # Errors
///
/// As of [`deserialize`].
pub fn deserialize_number<'de, T: Slot, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, Wanted::Number)
}

fn read<'de, T: Slot, D: Deserializer<'de>>(deserializer: D, wanted: Wanted) -> Result<T, D::Error> {
    let here = decode::here(deserializer, wanted)?;
    let mut value = T::blank();
    match fill(here, &mut value) {
        Ok(()) => Ok(value),
        Err(message) => Err(D::Error::custom(message)),
    }
}

/// What is there, into a value: the same for all types, and compiled once.
fn fill(here: Here, value: &mut dyn Slot) -> Result<(), String> {
    here.read(&mut |at| value.fill(at))
}

/// Writes a generated type.
///
/// # Errors
///
/// The serializer's.
pub fn serialize<S: Serializer>(part: &dyn Slot, serializer: S) -> Result<S::Ok, S::Error> {
    Written(part).serialize(serializer)
}
