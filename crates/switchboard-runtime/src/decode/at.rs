//! A place in an answer, and what can be read there: one set of rules for every type, of which the tables of generated types,
//! the members of unions and serde's types are three uses.
//!
//! Where it is read leniently, a value says what it says in whatever type it is written, what is null or missing takes the
//! empty value of its type, and what need not be there and says nothing is left out. All of that is noted, with its place.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Number, Value};

use super::path::Path;
use super::repair::{Fault, Repair};
use super::tape::{Kind, Tape};
use crate::reported::{is_error, is_told, names_error};
use crate::text::cut;
use crate::values::{decimal::is_number, flag};
use crate::whole;

/// How many characters of a path are told: a vendor's keys can be of any length.
const LONGEST_PATH: usize = 3000;

/// How deep values are made up inside of made-up ones: a type that requires itself has no end.
const DEEPEST: u8 = 16;

/// How exact an answer has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exactness {
    /// As [`Self::Strict`], for whoever tries several shapes, and reads the one that fits again, and not strictly, where a
    /// union in it is not what its discriminator says. It is not looked for another shape then.
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
}

/// An answer that is being read, and what is to be told of it.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) tape: Tape,
    /// Whether it is an answer: a value of any other format may have been written to be sent.
    pub(crate) is_answer: bool,
    /// How many repairs are told.
    most: usize,
    repairs: RefCell<Vec<Repair>>,
    /// How many strangers the value has that is being tried in a shape; nothing where none is tried.
    pub(crate) strangers: Cell<Option<usize>>,
    /// Whether a union holds a value that is not what its discriminator says.
    pub(crate) misfit: Cell<bool>,
    /// The last value of a union that is of none of its shapes.
    pub(crate) unknown: Cell<Option<u32>>,
    /// How many values were looked at, deep within, only to see which shape they have.
    pub(crate) tried: Cell<usize>,
    /// How many readings go on, one inside of another.
    pub(crate) depth: Cell<usize>,
    /// What types that are not generated have said by failing.
    pub(crate) learned: RefCell<BTreeSet<Lesson>>,
    /// What failed, while serde's own error goes up.
    pub(crate) failed: RefCell<Option<Unread>>,
    /// The value of a member that reports an error, beside what the whole answer was read as, which has no such property.
    pub(crate) stray_error: Cell<Option<u32>>,
}

/// What a type that is not generated says by failing: it does not tell before what it requires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lesson {
    /// The struct of that name requires this property.
    Requires(&'static str, &'static str),
    /// What is read at that token, and does not tell its name, requires this property.
    RequiresHere(u32, &'static str),
    /// The value at that token is nothing that can be read, and need not be there.
    LeaveOut(u32),
}

impl Reading {
    pub(crate) fn new(tape: Tape, most: usize) -> Self {
        Self {
            tape,
            is_answer: true,
            most,
            repairs: RefCell::default(),
            strangers: Cell::new(None),
            misfit: Cell::new(false),
            unknown: Cell::new(None),
            tried: Cell::new(0),
            depth: Cell::new(0),
            learned: RefCell::default(),
            failed: RefCell::default(),
            stray_error: Cell::new(None),
        }
    }

    /// Of what is no answer: of it nothing is told.
    pub(crate) fn of_other(tape: Tape) -> Self {
        Self { is_answer: false, ..Self::new(tape, 0) }
    }

    /// The whole answer.
    pub(crate) fn root(&self, exactness: Exactness) -> At<'_> {
        At { reading: self, spot: Spot::Token(0), exactness, is_optional: false, made_up: 0 }
    }

    /// How many repairs are noted, to come back to.
    pub(crate) fn mark(&self) -> usize {
        self.repairs.borrow().len()
    }

    /// Forgets the repairs of what was read in vain.
    pub(crate) fn rewind(&self, mark: usize) {
        self.repairs.borrow_mut().truncate(mark);
    }

    pub(crate) fn take_repairs(&self) -> Vec<Repair> {
        self.repairs.take()
    }

    /// Notes strangers in what is being tried, if anything is.
    pub(crate) fn add_strangers(&self, count: usize) {
        self.strangers.set(self.strangers.get().map(|known| known.saturating_add(count)));
    }

    fn note(&self, path: impl FnOnce() -> String, fault: Fault) {
        let mut repairs = self.repairs.borrow_mut();
        if repairs.len() < self.most {
            repairs.push(Repair { path: cut(&path(), LONGEST_PATH).into_owned(), fault });
        }
    }
}

/// Where something stands, or should.
#[derive(Clone, Copy)]
enum Spot<'c> {
    Token(u32),
    /// Nothing, where a property is required.
    Nothing {
        around: &'c Spot<'c>,
        name: &'static str,
    },
}

impl Spot<'_> {
    /// The token that is there, or around it, and the way from that.
    fn token(&self) -> (u32, Option<String>) {
        match self {
            Self::Token(token) => (*token, None),
            Self::Nothing { around, name } => {
                let (token, way) = around.token();
                (token, Some(Path::Written(&way.unwrap_or_default()).with(name)))
            }
        }
    }
}

/// A place in an answer.
#[derive(Clone, Copy)]
pub struct At<'c> {
    pub(crate) reading: &'c Reading,
    spot: Spot<'c>,
    exactness: Exactness,
    /// Whether it need not be there.
    is_optional: bool,
    /// How many of the values around it are made up.
    made_up: u8,
}

impl fmt::Debug for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("At").field(&self.path()).finish()
    }
}

/// Why a value cannot be read. On the heap, for it goes up through every value around it.
#[derive(Debug)]
pub struct Unread(Box<Told>);

#[derive(Debug)]
struct Told {
    message: String,
    /// The token at fault, or around it, and the way from that.
    place: Option<(u32, Option<String>)>,
    /// Why it can be left out, if it need not be there.
    dispensable: Option<Fault>,
    /// The required property that is missing, as a type says that is not generated.
    missing: Option<&'static str>,
}

impl Unread {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self(Box::new(Told { message: message.to_string(), place: None, dispensable: None, missing: None }))
    }

    pub(crate) fn missing(name: &'static str) -> Self {
        let mut error = Self::new(format_args!("missing field `{name}`"));
        error.0.missing = Some(name);
        error
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The same of a value that can be left out, if it need not be there.
    pub(crate) fn dispensable(mut self) -> Self {
        self.0.dispensable.get_or_insert(Fault::Unreadable);
        self
    }

    /// The token at fault, or around it.
    pub(crate) fn token(&self) -> u32 {
        self.0.place.as_ref().map_or(0, |(token, _)| *token)
    }

    /// Where it is, in an answer.
    pub(crate) fn path(&self, tape: &Tape) -> String {
        match &self.0.place {
            None => String::new(),
            Some((token, None)) => tape.path(*token),
            Some((token, Some(way))) => Path::Written(&tape.path(*token)).then(way),
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Unread {}

impl<'c> At<'c> {
    pub(crate) fn reading(&self) -> &'c Reading {
        self.reading
    }

    pub(crate) fn exactness(&self) -> Exactness {
        self.exactness
    }

    pub(crate) fn is_lenient(&self) -> bool {
        self.exactness.is_lenient()
    }

    /// The same place, for whoever reads it so exactly.
    pub(crate) fn exactly(self, exactness: Exactness) -> Self {
        Self { exactness, ..self }
    }

    /// The same place, of what need not be there.
    pub(crate) fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    /// The place of another token.
    pub(crate) fn go(self, token: u32) -> Self {
        Self { spot: Spot::Token(token), is_optional: false, ..self }
    }

    /// The token, if there is one.
    pub(crate) fn token(&self) -> Option<u32> {
        match self.spot {
            Spot::Token(token) => Some(token),
            Spot::Nothing { .. } => None,
        }
    }

    /// The token that is here, or around what should be.
    pub(crate) fn nearest(&self) -> u32 {
        self.spot.token().0
    }

    /// Whether there is null here, or nothing, where that may be. What is no value counts as null, and a number that is out of
    /// range counts as one: a text holds it.
    pub(crate) fn is_absent(&self) -> bool {
        match self.kind() {
            None => {
                self.note(Fault::Missing);
                true
            }
            Some(Kind::Null) => true,
            Some(Kind::NoValue) if self.is_lenient() => {
                self.note(Fault::NoValue);
                true
            }
            Some(_) => false,
        }
    }

    /// What stands here; nothing, where something is required.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.token().map(|token| self.reading.tape.kind(token))
    }

    /// Whether there is nothing here but null, or what is no value.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.kind(), None | Some(Kind::Null | Kind::NoValue | Kind::OutOfRange))
    }

    /// Whether this is the whole answer.
    pub(crate) fn is_root(&self) -> bool {
        self.token() == Some(0)
    }

    fn text_here(&self) -> &'c str {
        self.token().map_or("", |token| self.reading.tape.text(token))
    }

    fn number_here(&self) -> Option<Number> {
        self.token().and_then(|token| self.reading.tape.number(token))
    }

    fn path(&self) -> String {
        let (token, way) = self.spot.token();
        let path = self.reading.tape.path(token);
        way.map(|way| Path::Written(&path).then(&way)).unwrap_or(path)
    }

    pub(crate) fn note(&self, fault: Fault) {
        self.reading.note(|| self.path(), fault);
    }

    /// Forgets what was told of an earlier value of the same name: the last counts.
    pub(crate) fn forget_earlier(&self) {
        let path = self.path();
        let inside = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        let is_of_it = |repair: &Repair| repair.path.strip_prefix(&path).is_some_and(inside);
        self.reading.repairs.borrow_mut().retain(|repair| !is_of_it(repair));
    }

    /// Notes that an empty value is taken for what is not here.
    pub(crate) fn note_empty(&self) {
        self.note(match self.kind() {
            None => Fault::Missing,
            Some(Kind::NoValue) => Fault::NoValue,
            Some(Kind::OutOfRange) => Fault::Imprecise,
            Some(_) => Fault::Null,
        });
    }

    /// Whether it is all of an answer.
    pub(crate) fn is_answer(&self) -> bool {
        self.reading.is_answer && self.is_root()
    }

    /// Whether an empty value is to be taken here.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_lenient() && self.is_nothing()
    }

    /// Whether there is an empty text where a number or a boolean is required: what is nothing to a vendor that writes all
    /// values as texts. What need not be there is left out instead.
    fn is_blank(&self) -> bool {
        self.is_lenient() && !self.is_optional && self.kind() == Some(Kind::Text) && self.text_here().trim().is_empty()
    }

    /// Says where an error is, if nobody closer by has.
    pub(crate) fn place(&self, mut error: Unread) -> Unread {
        error.0.place.get_or_insert_with(|| self.spot.token());
        error
    }

    pub(crate) fn error(&self, message: impl fmt::Display) -> Unread {
        self.place(Unread::new(message))
    }

    /// The error of a value that is none of what is wanted.
    pub(crate) fn wrong(&self, expected: &str) -> Unread {
        let mut error = self.error(format_args!("invalid type: {}, expected {expected}", self.found()));
        error.0.dispensable = Some(Fault::Unreadable);
        error
    }

    /// The same of what is never left out: what looks like an empty list could be a page of records lost.
    pub(crate) fn all_wrong(&self, expected: &str) -> Unread {
        let mut error = self.wrong(expected);
        error.0.dispensable = None;
        error
    }

    /// The error of a number that is out of range, if that is what stands here.
    pub(crate) fn out_of_range(&self) -> Option<Unread> {
        if self.kind() != Some(Kind::OutOfRange) || (self.is_lenient() && !self.is_optional) {
            return None;
        }
        let mut error = self.error("number out of range");
        error.0.dispensable = Some(Fault::Imprecise);
        Some(error)
    }

    /// What stands here, in an error's words.
    fn found(&self) -> String {
        match self.kind() {
            None => "nothing".to_owned(),
            Some(Kind::Null | Kind::NoValue | Kind::OutOfRange) => "null".to_owned(),
            Some(Kind::Flag(flag)) => format!("boolean `{flag}`"),
            Some(Kind::Number) => match self.number_here() {
                Some(number) if number.is_f64() => format!("floating point `{number}`"),
                _ => format!("integer `{}`", self.text_here()),
            },
            Some(Kind::Text | Kind::Garbled) => format!("string {:?}", cut(self.text_here(), LONGEST_FOUND)),
            Some(Kind::List) => "sequence".to_owned(),
            Some(Kind::Object) => "map".to_owned(),
        }
    }

    /// Whether an error is of the value here, which says nothing and need not be there, and why it is left out.
    pub(crate) fn left_out(&self, error: &Unread) -> Option<Fault> {
        let is_here = self.token().is_some_and(|token| error.0.place == Some((token, None)));
        error.0.dispensable.filter(|_| is_here && self.is_lenient())
    }

    /// What an error of the value here teaches of a type that is not generated.
    pub(crate) fn missing_in(&self, error: &mut Unread) -> Option<&'static str> {
        let missing = error.0.missing.take()?;
        let (token, way) = self.spot.token();
        let way = Path::Written(&way.unwrap_or_default()).with(missing);
        error.0.place = Some((token, Some(way)));
        Some(missing)
    }

    /// The value, whatever it is. Numbers in it that no value holds to the last digit are noted.
    pub(crate) fn any(self) -> Result<Value, Unread> {
        let Some(token) = self.token() else {
            self.note(Fault::Missing);
            return Ok(Value::Null);
        };
        let tape = &self.reading.tape;
        let mut first_odd = None;
        let value = tape.value(token, &mut |odd| match tape.kind(odd) {
            Kind::Number => self.go(odd).note(Fault::Imprecise),
            _ if !self.is_lenient() => first_odd = first_odd.or(Some(odd)),
            Kind::Garbled => self.go(odd).note(Fault::Garbled),
            _ => self.go(odd).note_empty(),
        });
        match first_odd.map(|odd| self.go(odd)) {
            Some(odd) => Err(odd.error(odd.oddity())),
            None => Ok(value),
        }
    }

    /// What is wrong with what is written here.
    fn oddity(&self) -> String {
        match self.kind() {
            Some(Kind::OutOfRange) => "number out of range".to_owned(),
            Some(Kind::NoValue) => format!("the value {}", Fault::NoValue),
            _ => format!("the text {}", Fault::Garbled),
        }
    }

    /// A text. A number as it is written: `1.10` is no `1.1` to whoever takes it for a text.
    pub(crate) fn text(self, expected: &str) -> Result<Cow<'c, str>, Unread> {
        match self.kind() {
            Some(Kind::Text) => return Ok(Cow::Borrowed(self.text_here())),
            _ if !self.is_lenient() => {}
            Some(Kind::Garbled) => {
                self.note(Fault::Garbled);
                return Ok(Cow::Borrowed(self.text_here()));
            }
            Some(Kind::Number | Kind::OutOfRange) => {
                self.note(Fault::Converted);
                return Ok(Cow::Borrowed(self.text_here()));
            }
            Some(Kind::Flag(flag)) => {
                self.note(Fault::Converted);
                return Ok(Cow::Borrowed(if flag { "true" } else { "false" }));
            }
            None | Some(Kind::Null | Kind::NoValue) => {
                self.note_empty();
                return Ok(Cow::Borrowed(""));
            }
            Some(Kind::List | Kind::Object) => {}
        }
        match self.kind() {
            Some(Kind::Garbled | Kind::NoValue) => Err(self.error(self.oddity())),
            _ => Err(self.wrong(expected)),
        }
    }

    /// The text of an open enum, which lists some.
    ///
    /// # Errors
    ///
    /// [`Unread`], if there is none.
    pub fn listed(self, values: &[&str]) -> Result<Cow<'c, str>, Unread> {
        let text = self.text("a string")?;
        // Nearly always nothing is tried.
        if self.reading.strangers.get().is_some() && !values.contains(&&*text) {
            self.reading.add_strangers(1);
        }
        Ok(text)
    }

    /// `true` or `false`.
    pub(crate) fn flag(self) -> Result<bool, Unread> {
        if let Some(error) = self.out_of_range() {
            return Err(error);
        }
        let said = match self.kind() {
            Some(Kind::Flag(flag)) => return Ok(flag),
            _ if self.is_empty() => {
                self.note_empty();
                return Ok(false);
            }
            _ if self.is_blank() => Some(false),
            _ if !self.is_lenient() => None,
            Some(Kind::Number) => self.number_here().and_then(|number| number.as_f64()).and_then(flag::in_number),
            Some(Kind::Text) => flag::in_text(self.text_here()),
            _ => None,
        };
        let Some(said) = said else { return Err(self.wrong("a boolean")) };
        self.note(Fault::Converted);
        Ok(said)
    }

    /// A number, whatever it is.
    pub(crate) fn number(self, expected: &str) -> Result<Number, Unread> {
        if let Some(error) = self.out_of_range() {
            return Err(error);
        }
        match self.kind() {
            Some(Kind::Number) => {
                if self.token().is_some_and(|token| self.reading.tape.is_lost(token)) {
                    self.note(Fault::Imprecise);
                }
                self.number_here().ok_or_else(|| self.wrong(expected))
            }
            _ if self.is_empty() => {
                self.note_empty();
                Ok(0.into())
            }
            _ if self.is_blank() => {
                self.note(Fault::Converted);
                Ok(0.into())
            }
            Some(Kind::Text) if self.is_lenient() => {
                let number = self.text_here().trim().parse().map_err(|_| self.wrong(expected))?;
                self.note(Fault::Converted);
                Ok(number)
            }
            _ => Err(self.wrong(expected)),
        }
    }

    /// A number to the last digit, as it is written.
    pub(crate) fn digits(self, expected: &str) -> Result<Cow<'c, str>, Unread> {
        match self.kind() {
            // No digits are out of range.
            Some(Kind::Number | Kind::OutOfRange) => Ok(Cow::Borrowed(self.text_here())),
            Some(Kind::Text) if self.is_lenient() && is_number(self.text_here().trim()) => {
                self.note(Fault::Converted);
                Ok(Cow::Borrowed(self.text_here().trim()))
            }
            _ => self.number(expected).map(|number| Cow::Owned(number.to_string())),
        }
    }

    /// A number as a float.
    pub(crate) fn float(self, expected: &str) -> Result<f64, Unread> {
        self.number_as_float(expected)?.as_f64().ok_or_else(|| self.wrong(expected))
    }

    /// A number that becomes a float. What is whole may have more digits than one holds, which is told.
    pub(crate) fn number_as_float(self, expected: &str) -> Result<Number, Unread> {
        let number = self.number(expected)?;
        let float = number.as_f64().unwrap_or_default();
        let is_held = number.as_i64().is_none_or(|whole| whole::signed(float) == Some(whole))
            && number.as_u64().is_none_or(|whole| whole::unsigned(float) == Some(whole));
        if !is_held {
            self.note(Fault::Imprecise);
        }
        Ok(number)
    }

    /// An integer that a type holds. `1.0` is one.
    pub(crate) fn integer<N: TryFrom<i128> + std::str::FromStr>(self, expected: &str) -> Result<N, Unread> {
        // Nearly always it is one as it is written.
        if self.kind() == Some(Kind::Number)
            && let Ok(number) = self.text_here().parse()
        {
            return Ok(number);
        }
        let number = self.number(expected)?;
        let float = number.as_f64();
        let whole = (number.as_i64().map(i128::from)).or_else(|| number.as_u64().map(i128::from)).or_else(|| {
            let float = float?;
            whole::signed(float).map(i128::from).or_else(|| whole::unsigned(float).map(i128::from))
        });
        whole.and_then(|whole| N::try_from(whole).ok()).ok_or_else(|| self.wrong(expected))
    }

    /// The items of a list, one after another.
    pub(crate) fn items(self, each: &mut dyn FnMut(At<'_>) -> Result<(), Unread>) -> Result<(), Unread> {
        match (self.kind(), self.token()) {
            (Some(Kind::List), Some(list)) => {
                for item in self.reading.tape.items(list) {
                    each(Self { made_up: 0, ..self.go(item) })?;
                }
                Ok(())
            }
            (Some(Kind::Object), Some(object)) if self.is_lenient() && self.reading.tape.is_empty(object) => {
                self.note(Fault::Converted);
                Ok(())
            }
            _ if self.is_empty() => {
                self.note_empty();
                Ok(())
            }
            _ => Err(self.all_wrong("a sequence")),
        }
    }

    /// The object that is here, or an empty one where that is taken for what is. `is_record` tells whether it names
    /// properties, and nothing else.
    pub(crate) fn object(self, is_record: bool) -> Option<Object<'c>> {
        let tape = &self.reading.tape;
        let made_up = self.made_up + u8::from(self.is_nothing());
        let token = match (self.kind(), self.token()) {
            (Some(Kind::Object), token) => token,
            // An answer of nothing but null is no record at all.
            (Some(Kind::Null), _) if self.is_root() && is_record => return None,
            _ if self.is_empty() && made_up <= DEEPEST => {
                self.note_empty();
                None
            }
            // PHP, which writes an empty map as an empty list.
            (Some(Kind::List), Some(list)) if self.is_lenient() && tape.is_empty(list) => {
                self.note(Fault::Converted);
                None
            }
            _ => return None,
        };
        Some(Object { at: Self { made_up, is_optional: false, ..self }, token })
    }
}

/// How many characters of a text are shown where it is at fault.
const LONGEST_FOUND: usize = 200;

/// An object that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Object<'c> {
    pub(crate) at: At<'c>,
    /// Where it begins; nothing, if an empty one is taken for what is there.
    pub(crate) token: Option<u32>,
}

impl<'c> Object<'c> {
    /// Its members, each by its name.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'c str, At<'c>)> {
        let tape = &self.at.reading.tape;
        self.named().map(move |(name, at)| (tape.text(name), at))
    }

    /// Its members, each by the token of its name.
    pub(crate) fn named(self) -> impl Iterator<Item = (u32, At<'c>)> {
        let members = self.token.into_iter().flat_map(move |object| self.at.reading.tape.members(object));
        members.map(move |name| (name, self.at.go(name + 1)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.token.is_none_or(|object| self.at.reading.tape.is_empty(object))
    }

    /// Whether its members say for certain that something went wrong.
    pub(crate) fn reports_error(&self) -> bool {
        let value = self.token.map(|object| self.at.reading.tape.value(object, &mut |_| {}));
        value.as_ref().and_then(Value::as_object).is_some_and(is_error)
    }

    /// Remembers a member of a whole answer that its type has no property for, if it reports an error, and none before it does.
    pub(crate) fn note_stray_error(&self, name: &str, member: &At<'_>) {
        let Reading { stray_error, tape, .. } = self.at.reading;
        if !self.at.is_answer() || stray_error.get().is_some() || !names_error(name) {
            return;
        }
        let is_error = |token: &u32| is_told(&tape.value(*token, &mut |_| {}));
        stray_error.set(member.token().filter(is_error));
    }

    /// Reads nothing where a required property is missing.
    pub(crate) fn make_up(
        &self,
        name: &'static str,
        read: &mut dyn FnMut(At<'_>) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        self.nothing(name, read)
    }

    /// The same, whatever comes of it.
    pub(crate) fn nothing<T>(&self, name: &'static str, read: impl FnOnce(At<'_>) -> T) -> T {
        let spot = Spot::Nothing { around: &self.at.spot, name };
        read(At { spot, ..self.at })
    }
}
