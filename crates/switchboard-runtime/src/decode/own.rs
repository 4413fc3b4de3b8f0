//! Types that are not generated, and serde's own, read by the same rules: a place in an answer as serde's deserializer.
//!
//! What such a type requires it says only by failing, so an answer that leaves that out is read again, with what was learned.
//! Generated types know what they require, wherever they stand. serde has no way to hand them the place where they are read,
//! so it lies ready for them while serde leads from one to the other.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Number;

use super::at::{At, Exactness, Lesson, Object, Reading, Unread};
use super::capture::Capture;
use super::repair::Fault;
use super::tape::{Builder, Kind, Tape};
use crate::whole;

/// How often an answer is read again for types that say what they require by failing, and how many values are looked at for
/// that in all, but for the first few readings.
const MOST_READINGS: usize = 256;
const MOST_WORK: usize = 20_000_000;
const FEWEST_READINGS: usize = 8;

/// What a generated type is made of, for formats in which a text can be any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Record,
    Text,
    Number,
    Any,
}

impl Wanted {
    const ALL: [Self; 4] = [Self::Record, Self::Text, Self::Number, Self::Any];

    /// The name by which a deserializer of this crate knows that a generated type asks.
    fn name(self) -> &'static str {
        match self {
            Self::Record => "$switchboard::Record",
            Self::Text => "$switchboard::Text",
            Self::Number => "$switchboard::Number",
            Self::Any => "$switchboard::Any",
        }
    }

    /// What asks by that name.
    pub(crate) fn by(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wanted| wanted.name() == name)
    }
}

thread_local! {
    /// Where the generated type stands that is about to read itself.
    static HERE: Cell<Option<Here>> = const { Cell::new(None) };
}

/// Lays ready where a generated type is read.
pub(crate) fn lay(here: Here) {
    HERE.set(Some(here));
}

/// Where a generated type is read.
#[derive(Debug)]
pub(crate) struct Here {
    reading: Rc<Reading>,
    token: u32,
    /// The names of required properties that lead from there to nothing.
    missing: Vec<&'static str>,
    exactness: Exactness,
}

impl Here {
    /// The whole of a value that is read on its own.
    pub(crate) fn whole(tape: Tape, exactness: Exactness) -> Self {
        let reading = Rc::new(Reading::of_other(tape));
        Self { reading, token: 0, missing: Vec::new(), exactness }
    }

    /// Reads what is here.
    ///
    /// # Errors
    ///
    /// What is wrong, in words; in an answer with its place, which is kept there.
    pub(crate) fn read(self, fill: &mut dyn FnMut(At<'_>) -> Result<(), Unread>) -> Result<(), String> {
        let at = self.reading.root(self.exactness).go(self.token);
        let read = within(at, &self.missing, fill);
        read.map_err(|error| {
            let message = error.message().to_owned();
            self.reading.failed.replace(Some(error));
            message
        })
    }
}

/// Goes on to nothing, by the names of required properties.
fn within(
    at: At<'_>,
    names: &[&'static str],
    fill: &mut dyn FnMut(At<'_>) -> Result<(), Unread>,
) -> Result<(), Unread> {
    match names.split_first() {
        None => fill(at),
        Some((name, rest)) => Object { at, token: None }.make_up(name, &mut |nothing| within(nothing, rest, fill)),
    }
}

/// Where a generated type is read, by its deserializer: a place in an answer, or a value in any other format, which is read to
/// the letter.
pub(crate) fn here<'de, D: Deserializer<'de>>(deserializer: D, wanted: Wanted) -> Result<Here, D::Error> {
    struct Ask;

    macro_rules! capture {
        ($($method:ident($value:ident: $ty:ty),)*) => {$(
            fn $method<E: de::Error>(self, $value: $ty) -> Result<Here, E> {
                captured(|capture| capture.$method($value))
            }
        )*};
    }

    impl<'de> Visitor<'de> for Ask {
        type Value = Here;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value")
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Here, D::Error> {
            captured(|capture| deserializer.deserialize_any(capture))
        }

        fn visit_unit<E: de::Error>(self) -> Result<Here, E> {
            laid().map_or_else(|| captured(|capture| capture.visit_unit()), Ok)
        }

        fn visit_none<E: de::Error>(self) -> Result<Here, E> {
            captured(|capture| capture.visit_unit())
        }

        capture! {
            visit_bool(flag: bool),
            visit_i64(number: i64),
            visit_u64(number: u64),
            visit_f64(number: f64),
            visit_str(text: &str),
            visit_string(text: String),
        }

        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Here, A::Error> {
            captured(|capture| capture.visit_seq(items))
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Here, A::Error> {
            captured(|capture| capture.visit_map(members))
        }
    }

    ask(deserializer, wanted, Ask)
}

/// Asks a deserializer for the place that it stands at: one of this crate lays that ready and visits nothing, and any other
/// visits what it has.
pub(crate) fn ask<'de, D: Deserializer<'de>, V: Visitor<'de>>(
    deserializer: D,
    wanted: Wanted,
    visitor: V,
) -> Result<V::Value, D::Error> {
    HERE.set(None);
    deserializer.deserialize_newtype_struct(wanted.name(), visitor)
}

/// The place that was asked for, if one was laid ready.
pub(crate) fn laid() -> Option<Here> {
    HERE.take()
}

fn captured<E: de::Error>(put: impl FnOnce(Capture<'_>) -> Result<(), E>) -> Result<Here, E> {
    let mut tape = Builder::default();
    put(Capture(&mut tape))?;
    let tape = tape.finish().ok_or_else(|| E::custom("it is larger than what is read"))?;
    Ok(Here::whole(tape, Exactness::Strict))
}

/// Reads what stands at a place into what it knows: the one step of reading that is compiled for each type.
pub(super) type Into<'i> = dyn FnMut(Own<'_>) -> Result<(), Unread> + 'i;

/// Reads an answer.
///
/// # Errors
///
/// What is wrong with it, and where.
pub(super) fn read(reading: &Rc<Reading>, exactness: Exactness, into: &mut Into<'_>) -> Result<(), Unread> {
    let size = reading.tape.next(0) as usize;
    let mut readings = 0;
    loop {
        let learned = reading.learned.borrow().len();
        let error = match into(Own { at: reading.root(exactness), shared: reading, missing: None }) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        readings += 1;
        let may_again = readings <= FEWEST_READINGS || (readings <= MOST_READINGS && readings * size <= MOST_WORK);
        if may_again && reading.learned.borrow().len() > learned {
            reading.rewind(0);
            continue;
        }
        // What a generated type found knows better where it is.
        let failed = reading.failed.take().filter(|failed| failed.message() == error.message());
        return Err(failed.unwrap_or(error));
    }
}

/// A place in an answer, for serde.
#[derive(Clone, Copy)]
pub(super) struct Own<'c> {
    at: At<'c>,
    shared: &'c Rc<Reading>,
    /// The way here from the last token, where there is nothing here.
    missing: Option<&'c Missing<'c>>,
}

struct Missing<'c> {
    around: Option<&'c Missing<'c>>,
    name: &'static str,
}

impl Missing<'_> {
    fn names(&self) -> Vec<&'static str> {
        let mut names = self.around.map(Missing::names).unwrap_or_default();
        names.push(self.name);
        names
    }
}

impl de::Error for Unread {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::missing(field)
    }
}

/// What a visitor says that it wants.
fn expected<'de, V: Visitor<'de>>(visitor: &V) -> String {
    (visitor as &dyn Expected).to_string()
}

/// Numbers by their value: 1.0 is an integer.
fn visit_number<'de, V: Visitor<'de>>(number: &Number, is_whole: bool, visitor: V) -> Result<V::Value, Unread> {
    let float = number.as_f64();
    let integer = float.filter(|_| is_whole);
    match (number.as_u64().or_else(|| integer.and_then(whole::unsigned)), number.as_i64(), float) {
        (Some(number), ..) => visitor.visit_u64(number),
        (_, Some(number), _) => visitor.visit_i64(number),
        (.., Some(float)) => match integer.and_then(whole::signed) {
            Some(number) => visitor.visit_i64(number),
            None => visitor.visit_f64(float),
        },
        _ => Err(de::Error::invalid_type(Unexpected::Other("number"), &visitor)),
    }
}

impl<'c> Own<'c> {
    fn number<'de, V: Visitor<'de>>(self, visitor: V, is_whole: bool) -> Result<V::Value, Unread> {
        let at = self.at;
        let wanted = expected(&visitor);
        let number = if is_whole { at.number(&wanted)? } else { at.number_as_float(&wanted)? };
        let read = visit_number(&number, is_whole, visitor);
        // A fraction is no integer, nor is what is too large for one.
        read.map_err(|error| at.place(error).dispensable())
    }

    fn lesson(self, name: &'static str, field: &'static str) -> Lesson {
        match self.at.token() {
            Some(token) if name.is_empty() => Lesson::RequiresHere(token, field),
            _ => Lesson::Requires(name, field),
        }
    }

    /// An object; `fields` are the properties that the type has, where it says so, and `name` is its own.
    fn map<'de, V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &[&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        let (at, wanted) = (self.at, expected(&visitor));
        let Some(object) = at.object(!fields.is_empty()) else { return Err(at.wrong(&wanted)) };
        let there = |field: &str| object.members().any(|(name, _)| name == field);
        let learned = self.shared.learned.borrow();
        let required = learned.iter().filter_map(|lesson| match lesson {
            Lesson::Requires(of, field) if *of == name && !name.is_empty() => Some(*field),
            Lesson::RequiresHere(token, field) if Some(*token) == at.token() => Some(*field),
            _ => None,
        });
        let missing: Vec<_> = required.filter(|field| !there(field)).collect();
        drop(learned);
        if !missing.is_empty() && !object.is_empty() && !fields.is_empty() && !fields.iter().any(|field| there(field)) {
            return Err(at.error(format_args!("it has none of the properties of {wanted}")));
        }
        let entries = Entries { of: self, object, members: object.members(), missing: missing.into_iter(), next: None };
        visitor.visit_map(entries).map_err(|mut error| {
            if let Some(field) = at.missing_in(&mut error)
                && at.exactness() == Exactness::Lenient
            {
                self.shared.learned.borrow_mut().insert(self.lesson(name, field));
            }
            at.place(error)
        })
    }

    fn seq<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let mut tokens = Vec::new();
        let wanted = expected(&visitor);
        let items = self.at.items(&mut |item| {
            tokens.extend(item.token());
            Ok(())
        });
        items.map_err(|_| self.at.all_wrong(&wanted))?;
        visitor.visit_seq(Elements { of: self, tokens: tokens.into_iter() }).map_err(|error| self.at.place(error))
    }

    /// Hands the place over to a generated type.
    fn hand_over<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let missing = self.missing.map(Missing::names).unwrap_or_default();
        let (reading, exactness) = (Rc::clone(self.shared), self.at.exactness());
        lay(Here { reading, token: self.at.nearest(), missing, exactness });
        visitor.visit_unit()
    }
}

macro_rules! numbers {
    ($whole:literal: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
            self.number(visitor, $whole)
        })*
    };
}

impl<'de> Deserializer<'de> for Own<'_> {
    type Error = Unread;

    /// What takes several JSON types takes the value as it is: which of them is meant is its own affair.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let at = self.at;
        let read = match at.kind() {
            None => {
                at.note(Fault::Missing);
                visitor.visit_unit()
            }
            Some(Kind::Null | Kind::NoValue | Kind::OutOfRange) => {
                at.any()?;
                visitor.visit_unit()
            }
            Some(Kind::Flag(flag)) => visitor.visit_bool(flag),
            Some(Kind::Number) => visit_number(&at.number("a number")?, false, visitor),
            Some(Kind::Text | Kind::Garbled) => visitor.visit_str(&at.text("a string")?),
            Some(Kind::List) => return self.seq(visitor),
            Some(Kind::Object) => return self.map("", &[], visitor),
        };
        read.map_err(|error| at.place(error))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_bool(self.at.flag()?).map_err(|error| self.at.place(error))
    }

    numbers! { true: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
    deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 }
    numbers! { false: deserialize_f32 deserialize_f64 }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let text = self.at.text(&expected(&visitor))?;
        visitor.visit_str(&text).map_err(|error| self.at.place(error))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let (at, learned) = (self.at, &self.shared.learned);
        if at.is_absent() {
            return visitor.visit_none();
        }
        let lesson = at.token().map(Lesson::LeaveOut);
        if lesson.as_ref().is_some_and(|lesson| learned.borrow().contains(lesson)) {
            at.note(if at.kind() == Some(Kind::OutOfRange) { Fault::Imprecise } else { Fault::Unreadable });
            return visitor.visit_none();
        }
        visitor.visit_some(Own { at: at.optional(), ..self }).map_err(|error| {
            let failed = self.shared.failed.borrow();
            let of_part = failed.as_ref().filter(|failed| failed.message() == error.message());
            if at.left_out(of_part.unwrap_or(&error)).is_some() {
                learned.borrow_mut().extend(lesson);
            }
            at.place(error)
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        if self.at.is_lenient() || self.at.is_nothing() {
            return visitor.visit_unit();
        }
        Err(self.at.wrong(&expected(&visitor)))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Unread> {
        if Wanted::by(name).is_some() {
            return self.hand_over(visitor);
        }
        visitor.visit_newtype_struct(self).map_err(|error| self.at.place(error))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unread> {
        self.seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.map("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.map(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        let value = self.at.any()?;
        value.deserialize_enum(name, variants, visitor).map_err(|error| self.at.error(error))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf identifier }
}

/// The properties of an object: those that are there, then those that should be.
struct Entries<'c, M> {
    of: Own<'c>,
    object: Object<'c>,
    members: M,
    missing: std::vec::IntoIter<&'static str>,
    next: Option<Entry<'c>>,
}

enum Entry<'c> {
    There(At<'c>),
    Missing(&'static str),
}

impl<'c, 'de, M: Iterator<Item = (&'c str, At<'c>)>> MapAccess<'de> for Entries<'c, M> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unread> {
        let is_left_out = |at: &At<'_>| {
            let lesson = at.token().map(Lesson::LeaveOut);
            let is_known = lesson.is_some_and(|lesson| self.of.shared.learned.borrow().contains(&lesson));
            if is_known {
                at.note(if at.kind() == Some(Kind::OutOfRange) { Fault::Imprecise } else { Fault::Unreadable });
            }
            is_known
        };
        let there = self.members.find(|(_, at)| !is_left_out(at));
        let (name, entry) = match there {
            Some((name, at)) => (name, Entry::There(at)),
            None => match self.missing.next() {
                Some(name) => (name, Entry::Missing(name)),
                None => return Ok(None),
            },
        };
        self.next = Some(entry);
        seed.deserialize(StrDeserializer::<Unread>::new(name)).map(Some).map_err(|error| self.of.at.place(error))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let of = self.of;
        match self.next.take() {
            Some(Entry::There(at)) => {
                seed.deserialize(Own { at, missing: None, ..of }).map_err(|error| at.place(error))
            }
            Some(Entry::Missing(name)) => {
                let missing = Missing { around: of.missing, name };
                self.object.nothing(name, |at| {
                    seed.deserialize(Own { at, missing: Some(&missing), shared: of.shared })
                        .map_err(|error| at.place(error))
                })
            }
            None => Err(Unread::new("a value was asked for before its key")),
        }
    }
}

/// The elements of a list.
struct Elements<'c> {
    of: Own<'c>,
    tokens: std::vec::IntoIter<u32>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Unread;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unread> {
        let Some(token) = self.tokens.next() else { return Ok(None) };
        let at = self.of.at.go(token);
        seed.deserialize(Own { at, missing: None, ..self.of }).map(Some).map_err(|error| at.place(error))
    }
}
