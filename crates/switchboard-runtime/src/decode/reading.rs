//! What goes on around a value that is read on its own, inside of another one.
//!
//! serde gives a struct the properties that it has no field for as it finds them, and a union takes its value as it is, to
//! see which shape it has. Both read them as their types later, and what reads the answer around them does not see that.
//! So it leaves word here, on the thread that reads, of how exact it is and where it is, and finds here what had to be
//! made good.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;

use super::careless;
use super::lenient::{self, Exactness, Unreadable};
use super::repair::{Fault, Repair};
use super::rules::{Rules, count};
use crate::text::cut;

/// How many repairs of an answer are told unless somebody wants more; it can have one for each of its records.
pub(super) const MOST_REPAIRS: usize = 100;

/// How many characters of a path are told: a vendor's keys can be of any length.
pub(super) const LONGEST_PATH: usize = 3000;

/// How many readings may go on, one inside of another, before it counts how often a value is tried in another shape.
const FREELY_TRIED: usize = 5;
const MOST_TRIED: usize = 1_000_000;

/// One reading.
#[derive(Debug)]
struct Reading {
    exactness: Exactness,
    /// What was learned so far; nothing where nothing is made good.
    rules: Option<Rc<RefCell<Rules>>>,
    /// Where the value stands.
    start: String,
    /// What is being read: the innermost of what may have something in it that is read on its own.
    path: String,
    noted: Noted,
}

/// What is to be told of a reading.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) repairs: Vec<Repair>,
    /// Whether a union holds a value that is not what its discriminator says.
    pub(super) misfit: bool,
    /// Whether what was read is a union, and the value of none of its shapes.
    pub(super) unknown: bool,
}

/// What was read, and what is to be told of it.
#[derive(Debug)]
pub(crate) struct Read<T> {
    pub(crate) value: T,
    pub(super) noted: Noted,
}

impl<T> Read<T> {
    /// Whether it holds a union's value that is not what its discriminator says.
    pub(crate) fn misfit(&self) -> bool {
        self.noted.misfit
    }

    /// Whether this is a union's value that is of none of its shapes.
    pub(crate) fn unknown(&self) -> bool {
        self.noted.unknown
    }

    pub(crate) fn map<U>(self, map: impl FnOnce(T) -> U) -> Read<U> {
        Read { value: map(self.value), noted: self.noted }
    }

    /// The value, as a part of what is being read around it.
    pub(crate) fn accept(self) -> T {
        last(|around| {
            around.noted.misfit |= self.noted.misfit;
            around.noted.unknown |= self.noted.unknown && around.path == around.start;
            let left = MOST.get().saturating_sub(around.noted.repairs.len());
            around.noted.repairs.extend(self.noted.repairs.into_iter().take(left));
        });
        self.value
    }
}

thread_local! {
    /// The readings that go on: one inside of another where a part is read on its own.
    static READINGS: RefCell<Vec<Reading>> = const { RefCell::new(Vec::new()) };

    /// How many repairs are told of the answer that is being read.
    static MOST: Cell<usize> = const { Cell::new(MOST_REPAIRS) };

    /// How many values were looked at, deep within, only to see which shape they have.
    static TRIED: Cell<usize> = const { Cell::new(0) };

    /// How many strangers the value has that is being tried in a shape; nothing where none is tried.
    static STRANGERS: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The innermost reading that goes on, if one does.
fn last<T>(then: impl FnOnce(&mut Reading) -> T) -> Option<T> {
    READINGS.with_borrow_mut(|readings| readings.last_mut().map(then))
}

/// How many repairs are told of the answer that is being read.
pub(super) fn most_repairs() -> usize {
    MOST.get()
}

/// Reads an answer of which so many repairs are told.
pub(super) fn telling<T>(most: usize, read: impl FnOnce() -> T) -> T {
    struct Before(usize);
    impl Drop for Before {
        fn drop(&mut self) {
            MOST.set(self.0);
        }
    }
    let _before = Before(MOST.replace(most));
    read()
}

/// Ends the reading however it ends.
struct Ending;

impl Drop for Ending {
    fn drop(&mut self) {
        if READINGS.with_borrow_mut(|readings| (readings.pop(), readings.is_empty()).1) {
            TRIED.set(0);
        }
    }
}

/// Reads what stands at `start`.
pub(super) fn reading<T>(
    exactness: Exactness,
    start: &str,
    rules: Option<&Rc<RefCell<Rules>>>,
    read: impl FnOnce() -> T,
) -> Read<T> {
    let (rules, start) = (rules.map(Rc::clone), start.to_owned());
    let path = start.clone();
    let reading = Reading { exactness, rules, start, path, noted: Noted::default() };
    READINGS.with_borrow_mut(|readings| readings.push(reading));
    let _ending = Ending;
    let value = read();
    Read { value, noted: last(|this| std::mem::take(&mut this.noted)).unwrap_or_default() }
}

/// Reads what is at `path`, and may have something in it that is read on its own.
pub(super) fn at<T>(path: impl FnOnce() -> String, read: impl FnOnce() -> T) -> T {
    let set = |path: String| last(|this| std::mem::replace(&mut this.path, path));
    let around = set(path());
    let read = read();
    set(around.unwrap_or_default());
    read
}

/// Notes what had to be made good.
pub(super) fn repaired(path: impl FnOnce() -> String, fault: Fault) {
    last(|this| {
        if this.noted.repairs.len() < MOST.get() {
            let path = cut(&path(), LONGEST_PATH).into_owned();
            let repair = Repair { path, fault };
            // What is read twice is told once; of very many, only the last are looked at.
            if !this.noted.repairs.iter().rev().take(MOST_REPAIRS).any(|known| *known == repair) {
                this.noted.repairs.push(repair);
            }
        }
    });
}

/// Notes that a union holds a value that is not what its discriminator says.
pub(crate) fn misfit() {
    last(|this| this.noted.misfit = true);
}

/// Whether a value may be tried in another shape. Each level of unions that are told apart by trying multiplies the work
/// by the number of shapes, so below a few levels there is an end to it.
pub(crate) fn may_try(value: &Value) -> bool {
    if READINGS.with_borrow(Vec::len) > FREELY_TRIED {
        TRIED.set(TRIED.get().saturating_add(count(value)));
    }
    TRIED.get() <= MOST_TRIED
}

/// Tries a value in a shape, and counts the strangers in it: texts that an open enum does not list, and values of unions
/// that are of none of their shapes. All of that is kept, but more likely it is something else.
pub(crate) fn trying<T>(read: impl FnOnce() -> T) -> (T, usize) {
    struct Before(Option<usize>);
    impl Drop for Before {
        fn drop(&mut self) {
            STRANGERS.set(self.0);
        }
    }
    let _before = Before(STRANGERS.replace(Some(0)));
    let read = read();
    (read, STRANGERS.get().unwrap_or_default())
}

/// Notes strangers in what is being tried, if anything is.
pub(crate) fn strangers(count: usize) {
    STRANGERS.set(STRANGERS.get().map(|known| known.saturating_add(count)));
}

/// Notes a stranger in what is being tried, unless it is known.
pub(crate) fn stranger_unless(is_known: impl FnOnce() -> bool) {
    // Nearly always nothing is tried.
    if STRANGERS.get().is_some() && !is_known() {
        strangers(1);
    }
}

/// Notes that the value of the union that is being read is of none of its shapes.
pub(crate) fn unknown() {
    strangers(1);
    let path = last(|this| {
        this.noted.unknown |= this.path == this.start;
        this.path.clone()
    });
    // It is kept as a value that anything fits, but not any number.
    for path in path.map(|path| careless::lost_within(|| path)).unwrap_or_default() {
        repaired(|| path, Fault::Imprecise);
    }
}

/// How exact whatever is read right now has to be.
pub(crate) fn exactness() -> Exactness {
    last(|this| this.exactness).unwrap_or(Exactness::Strict)
}

/// Reads, on its own, a value that stands where the reading around it is.
pub(crate) fn part<'v, T: Deserialize<'v>>(value: &'v Value, exactness: Exactness) -> Result<Read<T>, Unreadable> {
    let around = last(|this| {
        // What was learned to be lenient by is nothing to a strict reading.
        let rules = this.rules.clone().filter(|_| this.exactness == exactness);
        (this.path.clone(), rules.unwrap_or_default())
    });
    let (path, rules) = around.unwrap_or_default();
    lenient::read_at(value, exactness, &path, &rules, true)
}
