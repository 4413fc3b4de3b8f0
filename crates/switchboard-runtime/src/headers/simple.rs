//! Values in the style `simple`, read as whatever the reader asks for: a text alone does not tell whether `1,2` is a list.

use std::fmt;
use std::str::FromStr;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::decode::{Builder, Exactness, Here, Kind, Tape, Wanted, lay};

/// A value, or a part of one.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    /// Whether objects are `name=value`, and not `name,value`.
    pub(super) explode: bool,
    /// What stands between the parts.
    pub(super) between: char,
}

impl<'t> Text<'t> {
    /// The parts, without white space around them and without empty ones (RFC 9110, section 5.6.1).
    fn parts(self) -> impl Iterator<Item = Self> {
        split(self.text, self.between)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(move |text| Self { text, ..self })
    }

    fn members(self) -> Result<Vec<(Self, Self)>, Misfit> {
        const NO_PAIRS: Misfit = Misfit("it is no list of names and values");
        if self.explode {
            let pair = |part: Self| {
                let (name, value) = part.text.split_once('=').ok_or(NO_PAIRS)?;
                Ok((Self { text: name.trim_end(), ..self }, Self { text: value.trim_start(), ..self }))
            };
            return self.parts().map(pair).collect();
        }
        let mut parts = self.parts();
        let mut members = Vec::new();
        while let Some(name) = parts.next() {
            members.push((name, parts.next().ok_or(NO_PAIRS)?));
        }
        Ok(members)
    }

    /// The value for a type that is read from a tape.
    fn tape(self, wanted: Wanted) -> Result<Tape, Misfit> {
        let mut tape = Builder::default();
        if wanted == Wanted::Record {
            let open = tape.push(Kind::Object);
            for (name, value) in self.members()? {
                tape.push_text(Kind::Text, name.text);
                tape.push_text(Kind::Text, value.text);
            }
            tape.close(open);
        } else {
            tape.push_text(Kind::Text, self.text);
        }
        tape.finish().ok_or(Misfit("it is too long"))
    }

    fn parsed<T: FromStr>(self, fault: &'static str) -> Result<T, Misfit> {
        self.text.trim().parse().map_err(|_| Misfit(fault))
    }
}

/// Splits a text, but not within quotes (RFC 9110, section 5.6.4): `a="x,y", b` has two parts.
fn split(text: &str, between: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = end_of_part(text, between);
        rest = text.get(end..).and_then(|behind| behind.strip_prefix(between));
        text.get(..end)
    })
}

fn end_of_part(text: &str, between: char) -> usize {
    let (mut at, mut before) = (0, None);
    while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
        at += match next {
            _ if next == between => return at,
            // A quote within a word is one of its characters, such as that of inches.
            '"' if matches!(before, None | Some('=')) => quoted(text, at),
            _ => next.len_utf8(),
        };
        before = if next.is_whitespace() { before } else { Some(next) };
    }
    text.len()
}

/// How long the quoted string is that begins at a place; a quote that none closes is a character.
fn quoted(text: &str, at: usize) -> usize {
    let mut is_escaped = false;
    let behind = text.get(at + 1..).unwrap_or_default();
    let end = behind.char_indices().find(|(_, next)| {
        let closes = *next == '"' && !is_escaped;
        is_escaped = *next == '\\' && !is_escaped;
        closes
    });
    end.map_or(1, |(end, _)| end + 2)
}

macro_rules! numbers {
    ($($method:ident $visit:ident $fault:literal,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            visitor.$visit(self.parsed($fault)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_borrowed_str(self.text)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let is = |word: &str| self.text.trim().eq_ignore_ascii_case(word);
        match (is("true"), is("false")) {
            (false, false) => Err(Misfit("it is neither `true` nor `false`")),
            (flag, _) => visitor.visit_bool(flag),
        }
    }

    numbers! {
        deserialize_i8 visit_i8 "it is no whole number",
        deserialize_i16 visit_i16 "it is no whole number",
        deserialize_i32 visit_i32 "it is no whole number",
        deserialize_i64 visit_i64 "it is no whole number",
        deserialize_u8 visit_u8 "it is no whole number",
        deserialize_u16 visit_u16 "it is no whole number",
        deserialize_u32 visit_u32 "it is no whole number",
        deserialize_u64 visit_u64 "it is no whole number",
        deserialize_f32 visit_f32 "it is no number",
        deserialize_f64 visit_f64 "it is no number",
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        match Wanted::by(name) {
            None => visitor.visit_newtype_struct(self),
            // A number, and a struct's values, are texts here, whatever they say.
            Some(wanted) => {
                let is_other = matches!(wanted, Wanted::Record | Wanted::Number);
                let exactness = if is_other { Exactness::Complete } else { Exactness::Strict };
                lay(Here::whole(self.tape(wanted)?, exactness));
                visitor.visit_unit()
            }
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_seq(SeqDeserializer::new(self.parts()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(MapDeserializer::new(self.members()?.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Misfit> for Text<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// What a text is not. What it says instead is left out, for it may be a secret.
#[derive(Debug)]
pub(super) struct Misfit(&'static str);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("it is of another type")
    }
}
