//! What generated types are made of, as data: a table a type names its properties and says which are required, and one match
//! leads from an index to a property. Reading and writing happen once, in code that knows the table and not the type: derived
//! code would be checked, and compiled, once more for each.

mod macros;
mod parts;
mod read;
mod serde_impl;
#[cfg(test)]
mod tests;
mod write;

pub use serde_json::Value;

pub(crate) use self::read::place;
pub use self::read::record;
pub use self::serde_impl::{deserialize, deserialize_number, deserialize_record, deserialize_text, serialize};
pub(crate) use self::write::Written;
pub use crate::decode::{At, Unread};
pub use crate::union::{Choice, UnionTable, read as union};

/// What a generated type is, or has a property of.
pub trait Slot {
    /// The empty value: of what may be absent that it is, an empty text, 0, `false`, an empty list.
    fn blank() -> Self
    where
        Self: Sized;

    /// Becomes the empty value.
    fn clear(&mut self);

    /// Becomes what stands there.
    ///
    /// # Errors
    ///
    /// [`Unread`], if that is nothing of this type, as exactly as it is read. Then it is of no value that counts.
    fn fill(&mut self, at: At<'_>) -> Result<(), Unread>;

    /// Takes a member into a map; all else has none.
    ///
    /// # Errors
    ///
    /// As [`fill`](Self::fill).
    fn fill_member(&mut self, _name: &str, _at: At<'_>) -> Result<(), Unread> {
        Ok(())
    }

    /// Whether it need not be there.
    fn is_optional(&self) -> bool {
        false
    }

    /// What is to be written.
    fn view(&self) -> View<'_>;
}

/// A value to be written.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum View<'v> {
    /// It is not there. Where something has to be written, it is null.
    Absent,
    /// Null.
    Null,
    /// A boolean.
    Flag(bool),
    /// An integer.
    Signed(i64),
    /// An integer.
    Unsigned(u64),
    /// Any other number.
    Float(f64),
    /// A number to the last digit, as JSON writes it.
    Digits(&'v str),
    /// A text.
    Text(&'v str),
    /// Any JSON.
    Any(&'v Value),
    /// A list.
    List(&'v dyn Sequence),
    /// An object whose properties are not known before.
    Map(&'v dyn Mapping),
    /// An object.
    Record(&'v dyn Record),
    /// An object, with a property that tells its shape where it has none of that name.
    Tagged(&'static str, &'static str, &'v dyn Slot),
}

/// A list to be written.
pub trait Sequence {
    /// How many items it has.
    fn len(&self) -> usize;

    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    fn item(&self, index: usize) -> Option<&dyn Slot>;
}

/// An object to be written, whose properties are not known before.
pub trait Mapping {
    /// How many members it has.
    fn len(&self) -> usize;

    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its members in their order, until one is refused.
    fn each(&self, then: &mut dyn FnMut(&str, &dyn Slot) -> bool);
}

/// A struct.
pub trait Record {
    /// What it is.
    fn table(&self) -> &'static Table;

    /// A property to read into, by its index in the table; behind the last, the map of those that the document does not name.
    fn slot(&mut self, index: usize) -> Option<&mut dyn Slot>;

    /// A property to write, in the same way.
    fn part(&self, index: usize) -> Option<&dyn Slot>;
}

/// What a struct is.
#[derive(Debug)]
pub struct Table {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
    /// Whether it keeps what the document does not name.
    pub(crate) is_open: bool,
}

impl Table {
    /// A struct with these properties.
    pub const fn new(name: &'static str, fields: &'static [Field], is_open: bool) -> Self {
        Self { name, fields, is_open }
    }
}

/// One property.
#[derive(Debug)]
pub struct Field {
    /// Its name in the document.
    pub(crate) name: &'static str,
    pub(crate) presence: Presence,
}

/// Whether a property has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
    /// An answer has to have it, though a request need not.
    Answered,
}

impl Field {
    /// A property that has to be there.
    pub const fn required(name: &'static str) -> Self {
        Self { name, presence: Presence::Required }
    }

    /// One that may be absent.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, presence: Presence::Optional }
    }

    /// One that may be absent, but not from an answer.
    pub const fn answered(name: &'static str) -> Self {
        Self { name, presence: Presence::Answered }
    }
}
