//! Decoding that survives the vendor. An answer that serde refuses is read a second time, by a deserializer that knows
//! what vendors do: leave out what they promised, send null where a value was, send numbers as texts.
//!
//! It goes over a parsed [`Value`], for this is the slow path: an answer that keeps to its document never gets here. The
//! types do not take part in it. serde tells a deserializer what a type asks for, which is enough to know its empty
//! value; which properties are required it tells only by failing, so a failure is noted and the value is read again.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::{Number, Value};

use super::careless::{self, Oddity};
use super::path::Path;
use super::reading::{self, Read};
use super::repair::Fault;
use super::rules::{Budget, Rule, Rules, Such};
use crate::values::flag;
use crate::whole;

/// How exact an answer has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exactness {
    /// As [`Self::Strict`], for whoever reads again, and not strictly, whatever is not what a union's discriminator says.
    /// It is not looked for another shape then.
    Hasty,
    /// As the document says. `1.0` is an integer all the same (JSON Schema 2020-12 validation, section 6.1.1).
    Strict,
    /// Values may be null or of a neighbouring type, but what is required has to be there.
    Complete,
    /// What is missing is made up, too.
    Lenient,
}

impl Exactness {
    /// Whether anything is made good.
    pub(crate) fn is_lenient(self) -> bool {
        self > Self::Strict
    }

    fn allows(self, rule: &Rule) -> bool {
        match rule {
            Rule::Requires { .. } => self == Self::Lenient,
            Rule::NoNull { .. } | Rule::LeaveOut { .. } | Rule::OutOfRange { .. } => self.is_lenient(),
        }
    }
}

/// How deep values are made up inside of made-up ones: a type that requires itself has no end.
const DEEPEST: usize = 16;

/// Why a value cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(super) path: String,
    pub(super) message: String,
    /// What stands there, cut.
    pub(super) excerpt: Option<String>,
}

/// Reads an answer as a `T`, and tells what had to be repaired for that.
pub(super) fn read<'v, T: Deserialize<'v>>(value: &'v Value, exactness: Exactness) -> Result<Read<T>, Unreadable> {
    read_at(value, exactness, "", &Rc::default(), false)
}

/// Reads what stands at `path` as a `T`, by what is known already.
pub(super) fn read_at<'v, T: Deserialize<'v>>(
    value: &'v Value,
    exactness: Exactness,
    path: &str,
    rules: &Rc<RefCell<Rules>>,
    is_part: bool,
) -> Result<Read<T>, Unreadable> {
    let mut budget = Budget::new(value, is_part);
    loop {
        let (learned, leaves_out) = (rules.borrow().learned(), rules.borrow().leaves_out());
        let reading = Reading { exactness, rules, leaves_out };
        let here = Lenient {
            value: Some(value),
            path: Path::Written(path),
            made_up: 0,
            optional: false,
            passed_on: false,
            reading: &reading,
        };
        let Read { value: read, noted } = reading::reading(exactness, path, Some(rules), || T::deserialize(here));
        let error = match read {
            Ok(value) => return Ok(Read { value, noted }),
            Err(error) => error,
        };
        let mut rules = rules.borrow_mut();
        if let Some(rule) = error.0.rule.clone().filter(|rule| exactness.allows(rule)) {
            rules.learn(rule);
        }
        // A part may have learned it meanwhile.
        if rules.learned() == learned || !budget.take(&mut rules) {
            rules.forget(path);
            let Told { message, path, excerpt, .. } = *error.0;
            return Err(Unreadable { path: path.unwrap_or_default(), message, excerpt });
        }
    }
}

/// One reading of an answer.
struct Reading<'r> {
    exactness: Exactness,
    rules: &'r RefCell<Rules>,
    /// Whether any of the rules leaves something out.
    leaves_out: bool,
}

impl Reading<'_> {
    fn lenient(&self) -> bool {
        self.exactness.is_lenient()
    }

    fn knows(&self, rule: &Rule) -> bool {
        self.rules.borrow().contains(rule)
    }
}

/// A place in the answer. No value means that there is nothing, where something is required.
#[derive(Clone, Copy)]
struct Lenient<'v, 'r> {
    value: Option<&'v Value>,
    path: Path<'r>,
    /// How many of the values around it are made up.
    made_up: usize,
    /// Whether it need not be there.
    optional: bool,
    /// Whether it is taken as it is to be read as its type later, which tells then what that type does not hold.
    passed_on: bool,
    reading: &'r Reading<'r>,
}

/// serde's error, with its place, and with what it teaches. On the heap, for it goes up through every value around it.
#[derive(Debug)]
struct Error(Box<Told>);

#[derive(Debug)]
struct Told {
    message: String,
    path: Option<String>,
    excerpt: Option<String>,
    /// The excerpt is as long as it may be.
    shown: bool,
    teaches: Option<Lesson>,
    rule: Option<Rule>,
}

/// What a type says of itself by failing; the deserializer that hears of it knows which type that is.
#[derive(Clone, Copy, Debug)]
enum Lesson {
    Requires(&'static str),
    NoNull,
    /// What is here is of another type. Lost on whoever is not right around it.
    OfAnotherType,
    /// What is here is a number that is out of range.
    OutOfRange,
}

impl Error {
    fn new(message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self(Box::new(Told { message, path: None, excerpt: None, shown: false, teaches: None, rule: None }))
    }

    fn teaching(mut self, lesson: Lesson) -> Self {
        self.0.teaches = Some(lesson);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format_args!("missing field `{field}`")).teaching(Lesson::Requires(field))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let error = Self::new(format_args!("invalid type: {found}, expected {expected}"));
        if matches!(found, Unexpected::Unit) { error.teaching(Lesson::NoNull) } else { error }
    }
}

/// What a visitor says that it wants: for a struct its name, which is how rules know it again.
fn expected<'de, V: Visitor<'de>>(visitor: &V) -> String {
    (visitor as &dyn Expected).to_string()
}

impl<'v, 'r> Lenient<'v, 'r> {
    /// What is wanted here, for rules to go by. A strict reading, such as that of each shape of a union, has no rules.
    fn wanted<'de, V: Visitor<'de>>(&self, visitor: &V) -> String {
        if self.reading.lenient() { expected(visitor) } else { String::new() }
    }

    /// Whether there is nothing here that could be read, and an empty value is to be taken.
    fn is_empty(&self) -> bool {
        self.reading.lenient() && self.value.is_none_or(Value::is_null)
    }

    /// Whether there is an empty text where a number or a boolean is required: what is nothing to a vendor that writes all
    /// values as texts. What need not be there is left out instead.
    fn is_blank(&self) -> bool {
        let blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        self.reading.lenient() && !self.optional && self.value.is_some_and(blank)
    }

    /// Whether a reading before has found that this is to be left out, which is noted then.
    fn is_left_out(&self) -> bool {
        let left_out = self.reading.leaves_out && self.left_out().is_some_and(|rule| self.reading.knows(&rule));
        if left_out {
            self.note(Fault::Unreadable);
        }
        left_out
    }

    /// The rule by which what is here is left out.
    fn left_out(&self) -> Option<Rule> {
        let such = Such::of(self.value?);
        Some(Rule::LeaveOut { place: self.path.of_any_item(), such })
    }

    fn note(&self, fault: Fault) {
        reading::repaired(|| self.path.to_string(), fault);
    }

    /// Notes that an empty value is taken for what is not here.
    fn note_empty(&self) {
        match self.oddity() {
            Some(Oddity::OutOfRange(_)) => self.note(Fault::Imprecise),
            // It was told with all else that is wrong with the text.
            Some(Oddity::Wrong(_)) => {}
            _ => self.note(if self.value.is_some() { Fault::Null } else { Fault::Missing }),
        }
    }

    /// What the value here does not hold.
    fn oddity(&self) -> Option<Oddity> {
        self.value.filter(|value| value.is_number() || value.is_null())?;
        careless::oddity(|| self.path.to_string())
    }

    /// Notes the numbers here, and in what is here, that no value holds.
    fn note_lost(&self) {
        if !self.passed_on {
            for path in careless::lost_within(|| self.path.to_string()) {
                reading::repaired(|| path, Fault::Imprecise);
            }
        }
    }

    /// The error of a value that is none of what is wanted.
    fn wrong<'de, V: Visitor<'de>>(&self, visitor: &V) -> Error {
        let found = match self.value {
            None => Unexpected::Other("nothing"),
            Some(value) => unexpected(value),
        };
        let error = <Error as de::Error>::invalid_type(found, visitor);
        self.place(error.teaching(Lesson::OfAnotherType))
    }

    /// Goes on as the error of what is around this value.
    fn leave(&self, error: Error) -> Error {
        let mut error = self.place(error);
        error.0.teaches = None;
        error
    }

    /// Says where an error is, if nobody closer by has.
    fn place(&self, mut error: Error) -> Error {
        error.0.path.get_or_insert_with(|| self.path.to_string());
        // A strict reading is one of many, of a union's shapes, or has failed before, with an excerpt of the text itself.
        let Some(value) = self.value.filter(|_| !error.0.shown && self.reading.lenient()) else { return error };
        // As much of what is around the fault as fits; of what does not fit, the beginning.
        match (beginning(value), &error.0.excerpt) {
            ((text, true), _) => error.0.excerpt = Some(text),
            ((text, false), None) => (error.0.excerpt, error.0.shown) = (Some(text), true),
            ((_, false), Some(_)) => error.0.shown = true,
        }
        error
    }

    /// Says where an error is, and which rule it stands for.
    fn place_of(&self, mut error: Error, expected: String) -> Error {
        match error.0.teaches.take() {
            Some(Lesson::Requires(field)) if error.0.path.is_none() => {
                error.0.path = Some(self.path.with(field));
                error.0.rule = Some(Rule::Requires { expected, field });
            }
            Some(Lesson::NoNull) if error.0.path.is_none() => error.0.rule = Some(Rule::NoNull { expected }),
            _ => {}
        }
        self.place(error)
    }

    /// An object; `fields` are the properties that the type has, where it says so.
    fn map<V: Visitor<'v>>(self, visitor: V, fields: &[&str]) -> Result<V::Value, Error> {
        let made_up = self.made_up + usize::from(self.value.is_none_or(Value::is_null));
        let members = match self.value {
            Some(Value::Object(members)) => Some(members),
            // An answer of nothing but null is no record at all.
            Some(Value::Null) if self.path.is_root() && !fields.is_empty() => {
                return Err(self.wrong(&visitor));
            }
            _ if self.is_empty() && made_up <= DEEPEST => {
                self.note_empty();
                None
            }
            // PHP, which writes an empty map as an empty list.
            Some(Value::Array(items)) if items.is_empty() && self.reading.lenient() => {
                self.note(Fault::Converted);
                None
            }
            _ => return Err(self.wrong(&visitor)),
        };
        let wanted = self.wanted(&visitor);
        let there = |field: &str| members.is_some_and(|members| members.contains_key(field));
        let missing: Vec<_> = self.reading.rules.borrow().required(&wanted).filter(|field| !there(field)).collect();
        // An object that has nothing of what the type has is something else, such as an error under a status of success.
        let something = members.is_some_and(|members| !members.is_empty());
        if something && !missing.is_empty() && !fields.is_empty() && !fields.iter().any(|field| there(field)) {
            return Err(self.place(Error::new(format_args!("it has none of the properties of {wanted}"))));
        }
        let members = Members {
            of: self,
            made_up,
            entries: members.map(serde_json::Map::iter),
            missing: missing.into_iter(),
            next: None,
        };
        // What may have additional properties does not tell which others it has.
        let read = if fields.is_empty() {
            reading::at(|| self.path.to_string(), || visitor.visit_map(members))
        } else {
            visitor.visit_map(members)
        };
        read.map_err(|error| self.place_of(error, wanted))
    }

    fn seq<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = match self.value {
            Some(Value::Array(items)) => items.as_slice(),
            Some(Value::Object(members)) if members.is_empty() && self.reading.lenient() => {
                self.note(Fault::Converted);
                &[]
            }
            _ if self.is_empty() => {
                self.note_empty();
                &[]
            }
            // A list is never left out: what looks like an empty one could be a page of records lost.
            _ => return Err(self.leave(self.wrong(&visitor))),
        };
        let items = Elements { of: self, items: items.iter().enumerate() };
        visitor.visit_seq(items).map_err(|error| self.place(error))
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V, whole: bool) -> Result<V::Value, Error> {
        let read = match self.value {
            Some(Value::Number(number)) => {
                if let Some(Oddity::Digits { lost: true, .. }) = self.oddity() {
                    self.note(Fault::Imprecise);
                }
                visit_number(number, whole, visitor)
            }
            _ if self.optional && matches!(self.oddity(), Some(Oddity::OutOfRange(_))) => {
                return Err(self.place(self.wrong(&visitor).teaching(Lesson::OutOfRange)));
            }
            _ if self.is_empty() => {
                self.note_empty();
                visitor.visit_u64(0)
            }
            _ if self.is_blank() => {
                self.note(Fault::Converted);
                visitor.visit_u64(0)
            }
            Some(Value::String(text)) if self.reading.lenient() => match text.trim().parse::<Number>() {
                Ok(number) => {
                    self.note(Fault::Converted);
                    visit_number(&number, whole, visitor)
                }
                Err(_) => Err(self.wrong(&visitor)),
            },
            _ => Err(self.wrong(&visitor)),
        };
        // A fraction is no integer, nor is what is too large for one.
        read.map_err(|error| self.place(error.teaching(Lesson::OfAnotherType)))
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let read = match self.value {
            Some(Value::String(text)) => visitor.visit_str(text),
            // A number as it is written: `1.10` is no `1.1` to whoever takes it for a text.
            Some(Value::Number(_) | Value::Null)
                if self.reading.lenient()
                    && let Some(Oddity::Digits { text, .. } | Oddity::OutOfRange(text)) = self.oddity() =>
            {
                self.note(Fault::Converted);
                visitor.visit_string(text)
            }
            _ if self.is_empty() => {
                self.note_empty();
                visitor.visit_str("")
            }
            Some(value @ (Value::Number(_) | Value::Bool(_))) if self.reading.lenient() => {
                self.note(Fault::Converted);
                visitor.visit_string(value.to_string())
            }
            _ => Err(self.wrong(&visitor)),
        };
        read.map_err(|error| self.place(error))
    }
}

/// How a value begins, as JSON, and whether that is all of it.
fn beginning(value: &Value) -> (String, bool) {
    const MOST: usize = 120;
    /// Takes so many bytes and no more: a value can be as large as the answer.
    struct Beginning(Vec<u8>);

    impl std::io::Write for Beginning {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.extend_from_slice(bytes);
            if self.0.len() > 4 * MOST { Err(std::io::ErrorKind::WriteZero.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let mut text = Beginning(Vec::new());
    // An error means that there is more than is wanted.
    let whole = serde_json::to_writer(&mut text, value).is_ok();
    let text = String::from_utf8_lossy(&text.0);
    let shown = crate::text::cut(&text, MOST);
    let whole = whole && shown.len() == text.len();
    (shown.into_owned(), whole)
}

/// Numbers by their value: 1.0 is an integer.
fn visit_number<'de, V: Visitor<'de>>(number: &Number, whole: bool, visitor: V) -> Result<V::Value, Error> {
    let float = number.as_f64();
    let integer = float.filter(|_| whole);
    match (number.as_u64().or_else(|| integer.and_then(whole::unsigned)), number.as_i64(), float) {
        (Some(number), ..) => visitor.visit_u64(number),
        (_, Some(number), _) => visitor.visit_i64(number),
        (.., Some(float)) => match integer.and_then(whole::signed) {
            Some(number) => visitor.visit_i64(number),
            None => visitor.visit_f64(float),
        },
        _ => Err(Error::new("a number that is out of range")),
    }
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(flag) => Unexpected::Bool(*flag),
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => Unexpected::Unsigned(number),
            (_, Some(number), _) => Unexpected::Signed(number),
            (.., Some(number)) => Unexpected::Float(number),
            _ => Unexpected::Other("number"),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

macro_rules! numbers {
    ($whole:literal: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.number(visitor, $whole)
        })*
    };
}

impl<'de> Deserializer<'de> for Lenient<'de, '_> {
    type Error = Error;

    /// What takes several JSON types takes the value as it is: which of them is meant is its own affair.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note_lost();
        let wanted = self.wanted(&visitor);
        let empty = self.value.is_none_or(Value::is_null);
        if empty && self.reading.knows(&Rule::NoNull { expected: wanted.clone() }) {
            self.note_empty();
            return visitor.visit_str("").map_err(|error| self.place(error));
        }
        let read = match self.value {
            None => {
                self.note(Fault::Missing);
                visitor.visit_unit()
            }
            Some(Value::Null) => visitor.visit_unit(),
            Some(value) => value.deserialize_any(visitor).map_err(Error::new),
        };
        read.map_err(|error| self.place_of(error, wanted))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let flag = match self.value {
            Some(Value::Bool(flag)) => *flag,
            _ if self.is_empty() => {
                self.note_empty();
                false
            }
            _ if self.is_blank() => {
                self.note(Fault::Converted);
                false
            }
            _ => match self.value.filter(|_| self.reading.lenient()).and_then(flag::in_value) {
                Some(flag) => {
                    self.note(Fault::Converted);
                    flag
                }
                None => return Err(self.wrong(&visitor)),
            },
        };
        visitor.visit_bool(flag).map_err(|error| self.place(error))
    }

    numbers! { true: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
    deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 }
    numbers! { false: deserialize_f32 deserialize_f64 }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let out_of_range = || matches!(self.oddity(), Some(Oddity::OutOfRange(_)));
        let unheld = || self.reading.knows(&Rule::OutOfRange { path: self.path.to_string() });
        let read = match self.value {
            Some(Value::Null) if self.reading.lenient() && out_of_range() => {
                if unheld() {
                    self.note(Fault::Imprecise);
                    visitor.visit_none()
                } else {
                    // A text holds it.
                    visitor.visit_some(Lenient { optional: true, ..self })
                }
            }
            None | Some(Value::Null) => visitor.visit_none(),
            Some(_) => visitor.visit_some(Lenient { optional: true, ..self }),
        };
        read.map_err(|error| {
            let mut error = self.place(error);
            match error.0.teaches {
                Some(Lesson::OfAnotherType) => error.0.rule = self.left_out(),
                Some(Lesson::OutOfRange) => error.0.rule = Some(Rule::OutOfRange { path: self.path.to_string() }),
                _ => {}
            }
            error
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        // What it holds may be read on its own, as a union's value is.
        let inner = Lenient { passed_on: name == super::UNION, ..self };
        let read = reading::at(|| self.path.to_string(), || visitor.visit_newtype_struct(inner));
        read.map_err(|error| self.place(error))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.map(visitor, &[])
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.map(visitor, fields)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let value = self.value.unwrap_or(&Value::Null);
        value.deserialize_enum(name, variants, visitor).map_err(|error| self.place(Error::new(error)))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf identifier }
}

/// The properties of an object: those that are there, then those that should be.
struct Members<'v, 'r> {
    of: Lenient<'v, 'r>,
    made_up: usize,
    entries: Option<serde_json::map::Iter<'v>>,
    missing: std::vec::IntoIter<&'static str>,
    next: Option<(&'v str, Option<&'v Value>)>,
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let (of, entries) = (self.of, self.entries.as_mut());
        // What is left out is as if it had never been there: sent back, it changes nothing.
        let kept = |key: &str, value: &'de Value| {
            !(Lenient { value: Some(value), path: Path::Key { parent: &of.path, key }, ..of }).is_left_out()
        };
        let there = entries.and_then(|entries| entries.find(|(key, value)| kept(key, value)));
        self.next = there.map(|(key, value)| (key.as_str(), Some(value)));
        self.next = self.next.or_else(|| self.missing.next().map(|field| (field, None)));
        let Some((key, _)) = self.next else { return Ok(None) };
        let path = Path::Key { parent: &self.of.path, key };
        let read = seed.deserialize(BorrowedStrDeserializer::new(key));
        read.map(Some).map_err(|error| Lenient { path, ..self.of }.leave(error))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((key, value)) = self.next.take() else {
            return Err(Error::new("a value was asked for before its key"));
        };
        let path = Path::Key { parent: &self.of.path, key };
        let here =
            Lenient { value, path, made_up: self.made_up, optional: false, passed_on: false, reading: self.of.reading };
        seed.deserialize(here).map_err(|error| here.leave(error))
    }
}

/// The elements of a list.
struct Elements<'v, 'r> {
    of: Lenient<'v, 'r>,
    items: std::iter::Enumerate<std::slice::Iter<'v, Value>>,
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some((index, value)) = self.items.next() else { return Ok(None) };
        let path = Path::Index { parent: &self.of.path, index };
        let mut here = Lenient {
            value: Some(value),
            path,
            made_up: 0,
            optional: false,
            passed_on: false,
            reading: self.of.reading,
        };
        if here.is_left_out() {
            here.value = Some(&Value::Null);
        }
        seed.deserialize(here).map(Some).map_err(|error| here.leave(error))
    }
}
