//! What failed readings of an answer have taught. Each lesson costs another reading, so there is an end to them.

use std::collections::BTreeSet;

use serde_json::{Number, Value};

use crate::values::flag;

/// How many things are learned from one answer at the most. Each costs a reading of the whole.
const MOST_RULES: usize = 256;

/// How many values are looked at for that in all, but for the first few readings.
const MOST_WORK: usize = 20_000_000;
const FEWEST_RULES: usize = 8;

/// What a failed reading has taught: types are known by what serde says that they expect, such as `struct Connection`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// The type requires this property.
    Requires { expected: String, field: &'static str },
    /// The type, which takes several JSON types, does not take null.
    NoNull { expected: String },
    /// Such a value in this place of the answer, or in that of another item of the list, is nothing that could be read, and
    /// need not be there.
    LeaveOut { place: String, such: Such },
    /// What stands just here is a number that is out of range, and need not be there.
    OutOfRange { path: String },
}

/// Values that are no good for the same reason: where one object is no number, no other is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Such {
    /// An object.
    Object,
    /// A list that is not empty, which an empty map may be written as.
    List,
    /// A text that cannot be taken for a number or a boolean.
    Word,
    /// A number that is not whole.
    Fraction,
    /// This one.
    Only(String),
}

impl Such {
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(items) if !items.is_empty() => Self::List,
            Value::String(text) if text.trim().parse::<Number>().is_err() && flag::in_text(text).is_none() => {
                Self::Word
            }
            Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() != 0.0) => Self::Fraction,
            _ => Self::Only(value.to_string()),
        }
    }
}

/// All that is known so far. Whatever is read on its own inside of the answer learns for all: a type that is found at
/// every depth is to be learned about once, not once more for each level around it.
#[derive(Debug, Default)]
pub(super) struct Rules {
    known: BTreeSet<Rule>,
    /// How many were learned, those forgotten again included.
    learned: usize,
    /// How many values were looked at in vain within parts of the answer that are read on their own.
    work: usize,
}

impl Rules {
    pub(super) fn contains(&self, rule: &Rule) -> bool {
        self.known.contains(rule)
    }

    /// How many were learned by now: whoever began with fewer can try again.
    pub(super) fn learned(&self) -> usize {
        self.learned
    }

    pub(super) fn learn(&mut self, rule: Rule) {
        self.learned += usize::from(self.known.insert(rule));
    }

    /// The properties that the type requires, as far as is known.
    pub(super) fn required(&self, expected: &str) -> impl Iterator<Item = &'static str> {
        self.known.iter().filter_map(move |rule| match rule {
            Rule::Requires { expected: of, field } if of == expected => Some(*field),
            _ => None,
        })
    }

    /// Whether anything is to be left out.
    pub(super) fn leaves_out(&self) -> bool {
        self.known.iter().any(|rule| matches!(rule, Rule::LeaveOut { .. }))
    }

    /// Forgets what was to be left out of a place that is not going to be read like that after all.
    pub(super) fn forget(&mut self, place: &str) {
        let inside = |rest: &str| place.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']);
        let forgotten = |known: &str| known.strip_prefix(place).is_some_and(inside);
        self.known.retain(|rule| !matches!(rule, Rule::LeaveOut { place, .. } if forgotten(place)));
    }
}

/// How often one value may be read again.
#[derive(Debug)]
pub(super) struct Budget<'v> {
    value: &'v Value,
    /// Whether it is a part of an answer, read on its own. All parts together get what one answer gets.
    is_part: bool,
    readings: usize,
    size: Option<usize>,
}

impl<'v> Budget<'v> {
    pub(super) fn new(value: &'v Value, is_part: bool) -> Self {
        Self { value, is_part, readings: 0, size: None }
    }

    /// Takes another reading, if there is one left.
    pub(super) fn take(&mut self, rules: &mut Rules) -> bool {
        self.readings += 1;
        if !self.is_part && self.readings <= FEWEST_RULES {
            return true;
        }
        let size = *self.size.get_or_insert_with(|| count(self.value));
        let work = if self.is_part {
            rules.work = rules.work.saturating_add(size);
            rules.work
        } else {
            self.readings.saturating_mul(size)
        };
        self.readings <= MOST_RULES && work <= MOST_WORK
    }
}

/// How many values there are in a value, itself included.
pub(super) fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(budget: &mut Budget<'_>, rules: &mut Rules) -> usize {
        (0..1000).take_while(|_| budget.take(rules)).count()
    }

    #[test]
    fn a_small_answer_is_read_more_often_than_a_large_one() {
        let (small, large) = (json!([1, {"a": 2}]), Value::Array(vec![Value::Null; 1_000_000]));
        assert_eq!(count(&small), 4);
        assert_eq!(taken(&mut Budget::new(&small, false), &mut Rules::default()), MOST_RULES);
        assert_eq!(taken(&mut Budget::new(&large, false), &mut Rules::default()), 19);
        let huge = Value::Array(vec![Value::Null; 10_000_000]);
        assert_eq!(taken(&mut Budget::new(&huge, false), &mut Rules::default()), FEWEST_RULES);
    }

    #[test]
    fn parts_share_what_they_get() {
        let part = Value::Array(vec![Value::Null; 999_999]);
        let mut rules = Rules::default();
        assert_eq!(taken(&mut Budget::new(&part, true), &mut rules), 20);
        assert_eq!(taken(&mut Budget::new(&part, true), &mut rules), 0);
    }

    #[test]
    fn what_is_left_out_is_forgotten_with_its_place() {
        let rule = |place: &str| Rule::LeaveOut { place: place.to_owned(), such: Such::Word };
        let requires = Rule::Requires { expected: "struct Pet".to_owned(), field: "kind" };
        let mut rules = Rules::default();
        for rule in [rule("pets[0].size"), rule("pets[0]s"), rule("pets[0]s"), requires] {
            rules.learn(rule);
        }
        assert_eq!((rules.learned(), rules.leaves_out()), (3, true));
        rules.forget("pets[0]");
        assert!(!rules.contains(&rule("pets[0].size")) && rules.contains(&rule("pets[0]s")));
        rules.forget("");
        assert!(!rules.leaves_out());
        assert_eq!(rules.required("struct Pet").collect::<Vec<_>>(), ["kind"]);
        assert_eq!(rules.learned(), 3);
    }
}
