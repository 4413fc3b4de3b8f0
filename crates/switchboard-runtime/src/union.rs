//! `oneOf` and `anyOf`: which of several shapes a value has.
//!
//! The properties decide that tell shapes apart: a discriminator, or those of which the shapes fix the value. A shape that
//! fixes another value is out of the question. Where one shape alone is named, and the answer is read leniently, a value that
//! is not quite that shape is made good as any value of it would be. Otherwise the shape is chosen that keeps the value
//! whole, of several the one in which the fewest texts are unlisted and the fewest unions of no shape, else the one that keeps
//! most of it, so that shapes whose properties overlap or are all optional, and open enums, do not swallow one another. A shape
//! whose schema [forbids](limits) the value stands back behind those that do not. A shape that keeps nothing of the value does
//! not fit, and where none is named nothing is made good: which shape was meant would be a guess.

mod limits;
mod set;

use std::cmp::Reverse;

use serde_json::Value;

pub use self::limits::Limit;
use self::set::Set;
use crate::decode::{At, Exactness, Fault, Kind, Tape, Unread};
use crate::table::{Slot, Written};

/// How many readings may go on, one inside of another, before it counts how often a value is tried in another shape.
const FREELY_TRIED: usize = 5;
const MOST_TRIED: usize = 1_000_000;

/// A union.
pub trait Choice {
    /// What tells its shapes apart.
    fn table(&self) -> &'static UnionTable;

    /// Takes the shape with that index, which is empty then, to be read into.
    fn shape(&mut self, index: usize) -> Option<&mut dyn Slot>;

    /// Keeps a value of none of the shapes, as it came.
    fn keep(&mut self, value: Value);

    /// What it is of all that is read and written.
    fn whole(&self) -> &dyn Slot;
}

/// What tells the shapes of a union apart.
#[derive(Debug)]
pub struct UnionTable {
    told: &'static [Discriminator<'static>],
    shapes: usize,
    default: Option<usize>,
    limits: &'static [(usize, Limit<'static>)],
}

impl UnionTable {
    /// So many shapes, and what tells them apart, the most telling property first.
    pub const fn new(told: &'static [Discriminator<'static>], shapes: usize) -> Self {
        Self { told, shapes, default: None, limits: &[] }
    }

    /// What the schemas of shapes forbid that the shapes' types do not know, each with the index of the shape.
    #[must_use]
    pub const fn limits(self, limits: &'static [(usize, Limit<'static>)]) -> Self {
        Self { limits, ..self }
    }

    /// What the first of `told` names no shape of, or is not in the value, is of the shape with this index (OpenAPI 3.2
    /// section 4.25, `defaultMapping`).
    #[must_use]
    pub const fn default(self, default: usize) -> Self {
        Self { default: Some(default), ..self }
    }
}

/// A property that tells shapes apart: a `discriminator` (OpenAPI 3.0 section 4.7.25), or one that shapes fix by `const` or
/// an `enum`.
#[derive(Clone, Copy, Debug)]
pub struct Discriminator<'a> {
    /// Its name, or the steps that lead to it through properties and, by their indexes, the items of lists.
    pub(crate) path: &'a [&'a str],
    /// Its values as texts, each with the index of a shape that may have it.
    pub(crate) values: &'a [(&'a str, usize)],
    /// The shapes that can have no other value.
    pub(crate) fixed: &'a [usize],
    /// Those among them that must have the property.
    pub(crate) required: &'a [usize],
}

impl<'a> Discriminator<'a> {
    /// A property, by the steps that lead to it, with its values, each with the index of a shape that may have it.
    pub const fn new(path: &'a [&'a str], values: &'a [(&'a str, usize)]) -> Self {
        Self { path, values, fixed: &[], required: &[] }
    }

    /// The same with the shapes that can have no other value.
    #[must_use]
    pub const fn fixed(self, fixed: &'a [usize]) -> Self {
        Self { fixed, ..self }
    }

    /// The same with those among the fixed that must have the property.
    #[must_use]
    pub const fn required(self, required: &'a [usize]) -> Self {
        Self { required, ..self }
    }
}

/// Reads a value as the shape that fits it best, or keeps it as it came if it fits none.
///
/// # Errors
///
/// [`Unread`], if it is none that can be kept.
pub fn read(union: &mut dyn Choice, at: At<'_>) -> Result<(), Unread> {
    let Some(token) = at.token() else {
        at.note(Fault::Missing);
        union.keep(Value::Null);
        return Ok(());
    };
    if choose(union, at, token) {
        return Ok(());
    }
    let reading = at.reading();
    reading.add_strangers(1);
    reading.unknown.set(Some(token));
    if at.is_answer() {
        reading.stray_error.set(None);
    }
    union.keep(at.any()?);
    Ok(())
}

/// Reads the value as the shape that fits it best; whether there is one.
fn choose(union: &mut dyn Choice, at: At<'_>, token: u32) -> bool {
    let (table, reading, exactness) = (union.table(), at.reading(), at.exactness());
    let Told { named, excluded } = tell(&reading.tape, token, table.told);
    let says_nothing = || says_nothing(&reading.tape, token, table.told);
    let default = table.default.filter(|index| !excluded.contains(*index) && says_nothing());
    let named = default.or(named);
    if let Some(index) = named.filter(|index| *index < table.shapes) {
        if fits(union, index, at) {
            return true;
        }
        reading.misfit.set(true);
        if exactness == Exactness::Hasty {
            return false;
        }
    }
    let possible = |index: &usize| Some(*index) != named && !excluded.contains(*index);
    let exact = if exactness.is_lenient() { Exactness::Hasty } else { exactness };
    let around = reading.misfit.replace(false);
    let best = best(union, (0..table.shapes).filter(possible), at.exactly(exact), token);
    reading.misfit.set(around);
    let Some(Best { index, strangers, is_last, is_misfit, is_whole }) = best else { return false };
    // What says that it is none of the shapes is one only as far as nothing of it is lost by that.
    if !is_whole && is_of_another(&reading.tape, token, table) {
        return false;
    }
    // It was chosen for what it is to the letter. In it may be what is named, and is not.
    if is_misfit && exactness.is_lenient() && fits(union, index, at) {
        return true;
    }
    let is_kept = is_last && !(is_misfit && exactness.is_lenient());
    let fits = is_kept || fits(union, index, at.exactly(exact));
    reading.misfit.set(reading.misfit.get() | is_misfit);
    // Which shape it is was guessed, where all of them are told by what is not there: in a union around this one, a shape
    // goes first that needs no guess.
    let is_guess = table.default.is_none() && is_untold(&reading.tape, token, table);
    reading.add_strangers(strangers + usize::from(is_guess));
    fits
}

/// Reads the value as one shape, if it is one.
fn fits(union: &mut dyn Choice, index: usize, at: At<'_>) -> bool {
    let (reading, mark) = (at.reading(), at.reading().mark());
    if at.is_answer() {
        // What a shape that was tried before has no property for.
        reading.stray_error.set(None);
    }
    reading.depth.set(reading.depth.get() + 1);
    let fits = union.shape(index).is_some_and(|shape| shape.fill(at).is_ok());
    reading.depth.set(reading.depth.get() - 1);
    if !fits {
        reading.rewind(mark);
    }
    fits
}

/// A shape that fits a value.
struct Best {
    index: usize,
    /// How much of the value is what nothing in the shape lists or knows.
    strangers: usize,
    /// Whether it was tried last, so that the union holds it.
    is_last: bool,
    /// Whether a union in it holds what is not what its discriminator says.
    is_misfit: bool,
    /// Whether all of the value is kept.
    is_whole: bool,
}

/// The shape that keeps most of the value, and does not forbid it; of those that keep it whole, the one with the fewest
/// strangers.
fn best(union: &mut dyn Choice, shapes: impl Iterator<Item = usize>, at: At<'_>, token: u32) -> Option<Best> {
    let (reading, mark) = (at.reading(), at.reading().mark());
    let value = reading.tape.value(token, &mut |_| {});
    let limits = union.table().limits;
    let forbidden = limits::forbidden(&reading.tape, token, limits);
    let is_empty = is_empty(&value);
    let mut best: Option<Best> = None;
    // Whether the shape allows it, whether all of it is kept, how much, and with how many strangers.
    let mut most = (false, false, 0, Reverse(usize::MAX));
    for index in shapes {
        if !may_try(at, token) {
            return None;
        }
        if let Some(best) = &mut best {
            best.is_last = false;
        }
        reading.rewind(mark);
        reading.misfit.set(false);
        let around = (reading.strangers.replace(Some(0)), reading.unknown.take());
        let fits = fits(union, index, at);
        let strangers = reading.strangers.replace(around.0).unwrap_or_default();
        let unknown = reading.unknown.replace(around.1);
        // A union in the union keeps anything whole, and knows what it does not know.
        if !fits || unknown == Some(token) {
            continue;
        }
        let Ok(encoded) = serde_json::to_value(Written(union.whole())) else { continue };
        let whole = same(&value, &encoded);
        let found = Best { index, strangers, is_last: true, is_misfit: reading.misfit.get(), is_whole: whole };
        let allowed = !forbidden.contains(index) && !limits::is_beyond(&value, &encoded, index, limits);
        if allowed && whole && strangers == 0 {
            return Some(found);
        }
        let kept = kept(&value, &encoded);
        if !(whole || kept > 0 || is_empty) {
            continue;
        }
        let rank = (allowed, whole, kept, Reverse(strangers));
        if best.is_none() || rank > most {
            (best, most) = (Some(found), rank);
        }
    }
    best
}

/// Whether it is an object or a list that holds nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether a value may be tried in another shape. Each level of unions that are told apart by trying multiplies the work by the
/// number of shapes, so below a few levels there is an end to it.
fn may_try(at: At<'_>, token: u32) -> bool {
    let reading = at.reading();
    if reading.depth.get() > FREELY_TRIED {
        let values = reading.tape.next(token).saturating_sub(token) as usize;
        reading.tried.set(reading.tried.get().saturating_add(values));
    }
    reading.tried.get() <= MOST_TRIED
}

/// What a value tells of the shape that it is of.
struct Told {
    /// The only shape that it names, if there is one.
    named: Option<usize>,
    /// The shapes that it cannot be.
    excluded: Set,
}

/// What the value tells of its shape.
fn tell(tape: &Tape, value: u32, told: &[Discriminator<'_>]) -> Told {
    let (mut named, mut excluded, mut unproven) = (Set::default(), Set::default(), Set::default());
    for property in told {
        // Null is how vendors write that there is none.
        let Some(tag) = tape.at(value, property.path) else {
            // To make good what is missing here would be to make up what tells the shape.
            if named.only().is_none() {
                unproven = unproven.or(Set::of(property.required));
            }
            continue;
        };
        let matching = with_text(tape, tag, |text| {
            let known = property.values.iter().filter(|(known, _)| *known == text);
            known.fold(Set::default(), |set, (_, index)| set.with(*index))
        });
        excluded = excluded.or(Set::of(property.fixed).without(matching));
        let both = named.and(matching);
        named = match (named.is_empty(), both.is_empty()) {
            (true, _) => matching,
            (false, true) => named,
            (false, false) => both,
        };
    }
    Told { named: named.without(excluded).only().filter(|index| !unproven.contains(*index)), excluded }
}

/// Whether an object lacks what tells all its shapes apart.
fn is_untold(tape: &Tape, value: u32, table: &UnionTable) -> bool {
    tells_all(table) && first_tag(tape, value, table.told) == Some(Tag::Absent)
}

/// Whether the value says by what tells all shapes apart that it is none of them.
fn is_of_another(tape: &Tape, value: u32, table: &UnionTable) -> bool {
    tells_all(table) && first_tag(tape, value, table.told) == Some(Tag::Unknown)
}

/// Whether the first of what is told names no shape that the value, an object, could be.
fn says_nothing(tape: &Tape, value: u32, told: &[Discriminator<'_>]) -> bool {
    matches!(first_tag(tape, value, told), Some(Tag::Absent | Tag::Unknown))
}

/// Whether the first of what is told has a value for each shape.
fn tells_all(table: &UnionTable) -> bool {
    let has = |first: &Discriminator<'_>, index| first.values.iter().any(|(_, of)| *of == index);
    table.told.first().is_some_and(|first| (0..table.shapes).all(|index| has(first, index)))
}

/// What an object has of the property that tells shapes apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// Nothing.
    Absent,
    /// A value of one of the shapes.
    Known,
    /// One of none of them.
    Unknown,
}

/// What the value, if it is an object, has of the first of what is told.
fn first_tag(tape: &Tape, value: u32, told: &[Discriminator<'_>]) -> Option<Tag> {
    let first = told.first().filter(|_| tape.kind(value) == Kind::Object)?;
    let is_known = |tag| with_text(tape, tag, |text| first.values.iter().any(|(known, _)| *known == text));
    Some(match tape.at(value, first.path) {
        None => Tag::Absent,
        Some(tag) if is_known(tag) => Tag::Known,
        Some(_) => Tag::Unknown,
    })
}

/// The text that stands for a value in a mapping, whose keys are texts whatever the property is.
fn with_text<T: Default>(tape: &Tape, tag: u32, then: impl FnOnce(&str) -> T) -> T {
    match tape.kind(tag) {
        Kind::Text | Kind::Garbled => then(tape.text(tag)),
        // `1` and `1.0` are one number.
        Kind::Number => {
            let Some(number) = tape.number(tag) else { return T::default() };
            match number.as_f64().filter(|whole| number.is_f64() && whole.fract() == 0.0) {
                Some(whole) => then(&format!("{whole:.0}")),
                None => then(&number.to_string()),
            }
        }
        Kind::Flag(flag) => then(if flag { "true" } else { "false" }),
        Kind::Null | Kind::NoValue | Kind::OutOfRange | Kind::List | Kind::Object => T::default(),
    }
}

/// How many leaves of `value` are in `encoded` too.
fn kept(value: &Value, encoded: &Value) -> usize {
    match (value, encoded) {
        (Value::Object(before), Value::Object(after)) => {
            before.iter().filter_map(|(name, value)| Some(1 + kept(value, after.get(name)?))).sum()
        }
        (Value::Array(before), Value::Array(after)) => {
            before.iter().zip(after).map(|(before, after)| kept(before, after)).sum()
        }
        (before, after) => usize::from(same(before, after)),
    }
}

/// Whether both are the same JSON value: `1` and `1.0` are one number (RFC 8259, section 6), whatever type held it.
fn same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            before.len() == after.len()
                && before.iter().all(|(name, value)| after.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| same(before, after))
        }
        (Value::Number(before), Value::Number(after)) if before.is_f64() != after.is_f64() => {
            before.as_f64() == after.as_f64()
        }
        (before, after) => before == after,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;
    use crate::decode::{self, Reading};

    #[derive(Debug, PartialEq)]
    enum Pet {
        Cat(Cat),
        Dog(Dog),
        Unknown(Value),
    }

    crate::__union! { Pet else Unknown; 0 Cat; 1 Dog; }

    #[derive(Debug, PartialEq)]
    struct Cat {
        lives: Option<i64>,
        kind: Option<String>,
    }

    crate::__record! { Cat; 0 lives "lives" optional; 1 kind "kind" optional; }

    #[derive(Debug, PartialEq)]
    struct Dog {
        bark: Option<String>,
        kind: Option<String>,
    }

    crate::__record! { Dog; 0 bark "bark" optional; 1 kind "kind" optional; }

    /// A pet whose shapes are told apart by what a test says.
    struct Told(Pet, &'static UnionTable);

    impl Choice for Told {
        fn table(&self) -> &'static UnionTable {
            self.1
        }

        fn shape(&mut self, index: usize) -> Option<&mut dyn Slot> {
            self.0.shape(index)
        }

        fn keep(&mut self, value: Value) {
            self.0.keep(value);
        }

        fn whole(&self) -> &dyn Slot {
            self.0.whole()
        }
    }

    fn tape(value: &Value) -> Tape {
        Tape::parse(value.to_string().into()).unwrap()
    }

    /// The pet that a value is, by the letter.
    fn choose(value: &Value, told: &'static [Discriminator<'static>], default: Option<usize>) -> Option<Pet> {
        let table = Box::leak(Box::new(UnionTable { default, ..UnionTable::new(told, 2) }));
        let mut pet = Told(Pet::blank(), table);
        let reading = Reading::new(tape(value), 0);
        read(&mut pet, reading.root(Exactness::Strict)).unwrap();
        Some(pet.0).filter(|pet| !matches!(pet, Pet::Unknown(_)))
    }

    fn tell(value: &Value, told: &[Discriminator<'_>]) -> super::Told {
        super::tell(&tape(value), 0, told)
    }

    const NONE: &[Discriminator<'static>] = &[];

    #[test]
    fn the_shape_that_keeps_the_value_wins() {
        let dog = Pet::Dog(Dog { bark: Some("wau".to_owned()), kind: None });
        assert_eq!(choose(&json!({"bark": "wau"}), NONE, None), Some(dog));
        // Neither keeps everything; a dog keeps more.
        let dog = Pet::Dog(Dog { bark: Some("wau".to_owned()), kind: None });
        assert_eq!(choose(&json!({"bark": "wau", "new": 1}), NONE, None), Some(dog));
        assert_eq!(choose(&json!(7), NONE, None), None);
    }

    #[test]
    fn what_the_discriminator_says_nothing_of_is_the_default() {
        const TOLD: &[Discriminator<'static>] = &[Discriminator::new(&["kind"], &[("cat", 0), ("dog", 1)])];
        let read = |value: Value| choose(&value, TOLD, Some(0));
        let kind = |kind: &str| Some(kind.to_owned());
        // A dog would keep more.
        assert_eq!(read(json!({"bark": "wau", "kind": "cow"})), Some(Pet::Cat(Cat { lives: None, kind: kind("cow") })));
        assert_eq!(
            read(json!({"bark": "wau", "kind": null, "lives": 1})),
            Some(Pet::Cat(Cat { lives: Some(1), kind: None }))
        );
        assert_eq!(read(json!({"bark": "wau", "lives": 9})), Some(Pet::Cat(Cat { lives: Some(9), kind: None })));
        let dog = Pet::Dog(Dog { bark: kind("wau"), kind: kind("dog") });
        assert_eq!(read(json!({"bark": "wau", "kind": "dog"})), Some(dog));
        assert_eq!(read(json!("cat")), None);
        const FIXED: &[Discriminator<'static>] = &[Discriminator::new(&["kind"], &[("cat", 0)]).fixed(&[0])];
        let dog = Pet::Dog(Dog { bark: kind("wau"), kind: kind("cow") });
        assert_eq!(choose(&json!({"bark": "wau", "kind": "cow"}), FIXED, Some(0)), Some(dog));
    }

    #[test]
    fn a_shape_that_keeps_nothing_does_not_fit() {
        assert_eq!(choose(&json!({"new": 1}), NONE, None), None);
        assert_eq!(choose(&json!([7, "cat"]), NONE, None), None, "a list is no object");
        let cat = Pet::Cat(Cat { lives: None, kind: None });
        assert_eq!(choose(&json!({}), NONE, None), Some(cat));
        let cat = Pet::Cat(Cat { lives: Some(9), kind: None });
        assert_eq!(choose(&json!({"lives": 9.0}), NONE, None), Some(cat));
    }

    #[test]
    fn a_whole_number_in_a_shape_with_a_fraction_is_kept() {
        assert!(same(&json!({"a": [1, 2.5]}), &json!({"a": [1.0, 2.5]})));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1.5})));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1, "b": null})));
        assert_eq!(kept(&json!({"a": 1}), &json!({"a": 1.0})), 2);
    }

    #[test]
    fn the_discriminator_decides_unless_its_shape_does_not_fit() {
        const TAG: &[Discriminator<'static>] = &[Discriminator::new(&["kind"], &[("dog", 1), ("cat", 0)])];
        let cat = Pet::Cat(Cat { lives: None, kind: Some("cat".to_owned()) });
        assert_eq!(choose(&json!({"kind": "cat", "bark": "?"}), TAG, None), Some(cat));
        let dog = Pet::Dog(Dog { bark: Some("wau".to_owned()), kind: Some("cat".to_owned()) });
        assert_eq!(choose(&json!({"kind": "cat", "bark": "wau", "lives": "nine"}), TAG, None), Some(dog));
    }

    #[test]
    fn a_shape_that_fixes_another_value_is_out_of_the_question() {
        const KIND: &[Discriminator<'static>] =
            &[Discriminator::new(&["kind"], &[("cat", 0), ("dog", 1)]).fixed(&[0, 1]).required(&[0, 1])];
        let cat = |lives| Some(Pet::Cat(Cat { lives, kind: Some("cat".to_owned()) }));
        assert_eq!(choose(&json!({"kind": "cat", "bark": "wau"}), KIND, None), cat(None));
        assert_eq!(choose(&json!({"kind": "cat", "lives": 9}), KIND, None), cat(Some(9)));
        for other in [json!("horse"), json!(["cat"]), json!(7), json!(true)] {
            assert_eq!(choose(&json!({"kind": other, "lives": 9}), KIND, None), None);
        }
        let cat = Pet::Cat(Cat { lives: Some(9), kind: None });
        assert_eq!(choose(&json!({"kind": null, "lives": 9}), KIND, None), Some(cat), "null is nothing");
    }

    #[test]
    fn several_properties_together_name_a_shape() {
        let told = [
            Discriminator { path: &["t"], values: &[("m", 0), ("m", 1), ("n", 2)], fixed: &[0, 1, 2], required: &[2] },
            Discriminator { path: &["r"], values: &[("1", 0), ("true", 1)], fixed: &[0, 1], required: &[0, 1] },
        ];
        for (value, named, excluded) in [
            (json!({"t": "m", "r": true}), Some(1), &[0, 2][..]),
            (json!({"t": "m", "r": 1.0}), Some(0), &[1, 2]),
            (json!({"r": 1}), Some(0), &[1]),
            (json!({"t": "m"}), None, &[2]),
            (json!({"t": "n"}), Some(2), &[0, 1]),
            (json!({"t": "n", "r": 1}), Some(2), &[0, 1]),
            (json!({}), None, &[]),
        ] {
            let found = tell(&value, &told);
            assert_eq!((found.named, found.excluded), (named, Set::of(excluded)), "{value}");
        }
    }

    #[test]
    fn what_a_value_holds_tells_its_shape_too() {
        let values = &[("m", 0), ("n", 1)];
        let deep = [Discriminator { path: &["meta", "t"], values, fixed: &[0, 1], required: &[0, 1] }];
        assert_eq!(tell(&json!({"meta": {"t": "n"}}), &deep).named, Some(1));
        assert_eq!(tell(&json!({"meta": ["t"]}), &deep).named, None);
        let list = [Discriminator { path: &["0", "t"], values, fixed: &[0, 1], required: &[0, 1] }];
        let found = tell(&json!([{"t": "n"}]), &list);
        assert_eq!((found.named, found.excluded), (Some(1), Set::of(&[0])));
        assert_eq!(tell(&json!([]), &list).excluded, Set::default());
    }

    #[test]
    fn a_shape_is_not_named_without_what_tells_it() {
        let told = [
            Discriminator { path: &["t"], values: &[("m", 0)], fixed: &[0], required: &[0] },
            Discriminator { path: &["r"], values: &[("u", 0), ("d", 1)], fixed: &[0, 1], required: &[0, 1] },
        ];
        assert_eq!(tell(&json!({"r": "u"}), &told).named, None, "`t` would be made up");
        assert_eq!(tell(&json!({"r": "d"}), &told).named, Some(1));
        assert_eq!(tell(&json!({"t": "m"}), &told).named, Some(0));
    }

    #[test]
    fn very_many_shapes_are_told_apart() {
        let set = Set::of(&[0, 63, 64, 255, 256]);
        assert!([0, 63, 64, 255].into_iter().all(|index| set.contains(index)));
        assert!(!set.contains(256) && !set.contains(1));
        assert_eq!((Set::of(&[200]).only(), set.only(), Set::default().only()), (Some(200), None, None));
    }

    #[derive(Debug, PartialEq)]
    enum Animal {
        Cat(Box<Kitten>),
        Dog(Box<Puppy>),
        /// A union in the union.
        Bird(Box<Bird>),
        Unknown(Value),
    }

    crate::__union! {
        Animal else Unknown;
        0 Cat;
        1 Dog;
        2 Bird;
        by ["kind"] ["cat" 0, "dog" 1, "bird" 2] fixed [] required [];
    }

    #[derive(Debug, Default, PartialEq)]
    struct Kitten {
        kind: String,
        lives: i64,
        age: Option<i64>,
        friends: Vec<Animal>,
    }

    crate::__record! {
        Kitten;
        0 kind "kind" required;
        1 lives "lives" required;
        2 age "age" optional;
        3 friends "friends" optional;
    }

    #[derive(Debug, PartialEq)]
    struct Puppy {
        kind: String,
        bark: String,
        others: BTreeMap<String, Animal>,
    }

    crate::__record! { Puppy; 0 kind "kind" required; 1 bark "bark" required; .. 2 others; }

    #[derive(Debug, PartialEq)]
    enum Bird {
        Tit(Box<Tit>),
        Unknown(Value),
    }

    crate::__union! { Bird else Unknown; 0 Tit; by ["class"] ["7" 0] fixed [] required []; }

    #[derive(Debug, PartialEq)]
    struct Tit {
        name: i64,
        song: String,
    }

    crate::__record! { Tit; 0 name "class" required; 1 song "song" required; }

    /// Without a discriminator.
    #[derive(Debug, PartialEq)]
    enum Answer {
        Owner(Box<Owner>),
        Cats(Vec<Kitten>),
        Unknown(Value),
    }

    crate::__union! { Answer else Unknown; 0 Owner; 1 Cats; }

    #[derive(Debug, PartialEq)]
    struct Owner {
        pets: Vec<Animal>,
    }

    crate::__record! { Owner; 0 pets "pets" required; }

    fn decoded<T: DeserializeOwned>(body: &str, strict: bool) -> (T, Vec<String>) {
        let response = crate::RawResponse::new(http::StatusCode::OK, http::HeaderMap::new(), body.to_owned());
        let decoder = crate::decode::Decoder::new(&response).strict(strict);
        let value = decode::json(&decoder).unwrap();
        (value, decoder.into_repairs().iter().map(ToString::to_string).collect())
    }

    fn kitten(lives: i64, friends: Vec<Animal>) -> Animal {
        Animal::Cat(Box::new(Kitten { kind: "cat".to_owned(), lives, age: None, friends }))
    }

    #[test]
    fn what_is_not_quite_the_shape_that_is_named_is_made_good_as_that_shape() {
        for (body, lives, repairs) in [
            (r#"{"kind":"cat"}"#, 0, &["lives: is missing"][..]),
            (r#"{"kind":"cat","lives":null}"#, 0, &["lives: is null"]),
            (
                r#"{"kind":"cat","lives":"9","age":[]}"#,
                9,
                &["age: cannot be read, and is left out", "lives: is of another type than the document says"],
            ),
            (r#"{"kind":"cat","lives":9.0}"#, 9, &[]),
        ] {
            let (cat, mut said) = decoded::<Animal>(body, false);
            said.sort();
            assert_eq!(
                (cat, said),
                (kitten(lives, vec![]), repairs.iter().map(ToString::to_string).collect()),
                "{body}"
            );
            let plain = decoded::<Kitten>(body, false);
            assert_eq!(plain.1.len(), repairs.len(), "a struct is read the same way: {body}");
            if !repairs.is_empty() {
                let whole = Animal::Unknown(serde_json::from_str(body).unwrap());
                assert_eq!(decoded::<Animal>(body, true), (whole, vec![]), "kept whole where nothing is made good");
            }
        }
    }

    #[test]
    fn a_repair_is_told_with_its_whole_path_however_deep_it_is() {
        let body = r#"{"owners":[{"pets":[{"kind":"dog","bark":"wau","ben":{"kind":"cat","friends":[
            {"kind":"cat","lives":1},{"kind":"cat","lives":"2"},{"kind":"bird","class":7}]}}]}]}"#;
        let (owners, repairs) = decoded::<BTreeMap<String, Vec<Owner>>>(body, false);
        let tit = Animal::Bird(Box::new(Bird::Tit(Box::new(Tit { name: 7, song: String::new() }))));
        let ben = kitten(0, vec![kitten(1, vec![]), kitten(2, vec![]), tit]);
        let others = BTreeMap::from([("ben".to_owned(), ben)]);
        let dog = Animal::Dog(Box::new(Puppy { kind: "dog".to_owned(), bark: "wau".to_owned(), others }));
        assert_eq!(owners["owners"], [Owner { pets: vec![dog] }]);
        assert_eq!(
            repairs,
            [
                "owners[0].pets[0].ben.friends[1].lives: is of another type than the document says",
                "owners[0].pets[0].ben.friends[2].song: is missing",
                "owners[0].pets[0].ben.lives: is missing",
            ]
        );
    }

    #[test]
    fn what_is_named_is_made_good_within_a_shape_that_was_chosen_without_a_name() {
        let (owner, repairs) = decoded::<Answer>(r#"{"pets":[{"kind":"cat"}]}"#, false);
        assert_eq!(owner, Answer::Owner(Box::new(Owner { pets: vec![kitten(0, vec![])] })));
        assert_eq!(repairs, ["pets[0].lives: is missing"]);
    }

    #[test]
    fn nothing_is_made_good_where_no_shape_is_named() {
        for body in [
            r#"{"lives":"9"}"#,
            r#"{"kind":null,"lives":"9"}"#,
            r#"{"kind":"horse","lives":"9"}"#,
            r#"{"kind":["cat"],"lives":"9"}"#,
            "[1]",
        ] {
            let whole = Animal::Unknown(serde_json::from_str(body).unwrap());
            assert_eq!(decoded::<Animal>(body, false), (whole, vec![]), "{body}");
        }
        let body = r#"[{"kind":"cat","lives":"9"}]"#;
        let whole = Answer::Unknown(serde_json::from_str(body).unwrap());
        assert_eq!(decoded::<Answer>(body, false), (whole, vec![]), "which shape is meant would be a guess");
    }

    #[test]
    fn a_union_in_the_union_does_not_swallow_what_it_does_not_know() {
        let cat = r#"{"lives":9,"kind":"kitten","age":1,"friends":[]}"#;
        assert_eq!(decoded::<Animal>(cat, true).0, {
            let kind = "kitten".to_owned();
            Animal::Cat(Box::new(Kitten { kind, lives: 9, age: Some(1), ..Kitten::default() }))
        });
        let another = r#"{"lives":9,"kind":"kitten","new":true}"#;
        let whole = Animal::Unknown(serde_json::from_str(another).unwrap());
        assert_eq!(decoded::<Animal>(another, false).0, whole, "of what says that it is none, nothing is lost");
        let tit = Animal::Bird(Box::new(Bird::Tit(Box::new(Tit { name: 7, song: "si".to_owned() }))));
        assert_eq!(decoded::<Animal>(r#"{"class":7,"song":"si"}"#, true).0, tit);
        let named = Animal::Bird(Box::new(Bird::Unknown(json!({"kind": "bird", "class": 8}))));
        assert_eq!(decoded::<Animal>(r#"{"kind":"bird","class":8}"#, false).0, named);
    }

    #[test]
    fn a_guess_within_a_union_stands_back_behind_what_needs_none() {
        #[derive(Debug, PartialEq)]
        enum Key {
            Signing(Box<Signing>),
            Encryption(Box<Encryption>),
            Unknown(Value),
        }

        #[derive(Debug, PartialEq)]
        enum Signing {
            Rsa(Box<Web>),
            Ec(Box<Web>),
            Unknown(Value),
        }

        #[derive(Debug, PartialEq)]
        struct Web {
            kty: Option<String>,
            kid: Option<String>,
        }

        #[derive(Debug, PartialEq)]
        struct Encryption {
            kid: Option<String>,
        }

        crate::__record! { Web; 0 kty "kty" optional; 1 kid "kid" optional; }
        crate::__record! { Encryption; 0 kid "kid" optional; }
        crate::__union! { Signing else Unknown; 0 Rsa; 1 Ec; by ["kty"] ["RSA" 0, "EC" 1] fixed [] required []; }
        crate::__union! { Key else Unknown; 0 Signing; 1 Encryption; }

        for body in ["{}", r#"{"kid":"1"}"#] {
            assert!(matches!(decoded::<Key>(body, true).0, Key::Encryption(_)), "{body}");
            assert!(matches!(decoded::<Signing>(body, true).0, Signing::Rsa(_)), "{body}");
        }
        assert!(
            matches!(decoded::<Key>(r#"{"kty":"EC"}"#, true).0, Key::Signing(key) if matches!(*key, Signing::Ec(_)))
        );
    }

    #[derive(Clone)]
    enum Started {
        Pending,
        Unknown(String),
    }

    crate::__string_enum! { Started else Unknown; Pending "pending"; }

    #[derive(Clone)]
    enum Ended {
        Failed,
        Cancelled,
        Unknown(String),
    }

    crate::__string_enum! { Ended else Unknown; Failed "failed"; Cancelled "cancelled"; }

    #[derive(Debug, PartialEq)]
    enum State {
        Started(Started),
        Ended(Ended),
        Starts(Vec<Started>),
        Ends(Vec<Ended>),
        Animals(BTreeMap<String, Animal>),
        Owner(Box<Named>),
        States(Vec<State>),
        Unknown(Value),
    }

    crate::__union! {
        State else Unknown;
        0 Started;
        1 Ended;
        2 Starts;
        3 Ends;
        4 Animals;
        5 Owner;
        6 States;
    }

    #[derive(Debug, PartialEq)]
    struct Named {
        name: String,
    }

    crate::__record! { Named; 0 name "name" required; }

    #[test]
    fn what_an_open_enum_does_not_list_is_rather_another_shape() {
        let text = |text: &str| text.to_owned();
        for (body, state) in [
            (r#""pending""#, State::Started(Started::Pending)),
            (r#""failed""#, State::Ended(Ended::Failed)),
            (r#""new""#, State::Started(Started::Unknown(text("new")))),
            (r#"["failed","cancelled"]"#, State::Ends(vec![Ended::Failed, Ended::Cancelled])),
            (r#"["failed","new"]"#, State::Ends(vec![Ended::Failed, Ended::Unknown(text("new"))])),
            (r#"{"name":"n"}"#, State::Owner(Box::new(Named { name: text("n") }))),
            (
                r#"[["pending"],"failed"]"#,
                State::States(vec![State::Starts(vec![Started::Pending]), State::Ended(Ended::Failed)]),
            ),
        ] {
            assert_eq!(decoded::<State>(body, true), (state, vec![]), "{body}");
        }
        let owner = decoded::<State>(r#"{"name":"n"}"#, false).0;
        assert_eq!(owner, State::Owner(Box::new(Named { name: text("n") })), "leniently, too");
    }

    #[test]
    fn what_cannot_be_made_good_is_kept_whole_and_costs_nothing_else() {
        let body = r#"[{"kind":"cat","lives":"many","age":"old"},{"kind":"cat"}]"#;
        let (cats, repairs) = decoded::<Vec<Animal>>(body, false);
        let whole = Animal::Unknown(json!({"kind": "cat", "lives": "many", "age": "old"}));
        assert_eq!((cats, repairs), (vec![whole, kitten(0, vec![])], vec!["[1].lives: is missing".to_owned()]));
    }

    #[test]
    fn what_is_missing_at_every_depth_is_learned_once() {
        let depth = 40;
        let body = format!("{}{}", r#"{"kind":"cat","friends":["#.repeat(depth), "]}".repeat(depth));
        let (mut cats, repairs) = decoded::<Vec<Animal>>(&format!("[{body}]"), false);
        assert_eq!(repairs.len(), depth);
        let mut found = 0;
        while let Some(Animal::Cat(mut cat)) = cats.pop() {
            found += 1;
            cats = std::mem::take(&mut cat.friends);
        }
        assert_eq!(found, depth);
    }

    #[test]
    fn what_has_to_be_tried_at_every_depth_comes_to_an_end() {
        #[derive(Debug, PartialEq)]
        enum Term {
            And(Box<And>),
            Or(Box<Or>),
            Unknown(Value),
        }

        #[derive(Debug, PartialEq)]
        struct And {
            terms: Vec<Term>,
            and: bool,
        }

        #[derive(Debug, PartialEq)]
        struct Or {
            terms: Vec<Term>,
            or: bool,
        }

        crate::__union! { Term else Unknown; 0 And; 1 Or; }
        crate::__record! { And; 0 terms "terms" required; 1 and "and" required; }
        crate::__record! { Or; 0 terms "terms" required; 1 or "or" required; }

        let term = |depth: usize| format!("{}{}", r#"{"terms":["#.repeat(depth), r#"],"or":true}"#.repeat(depth));
        let deep = |mut term: Term| {
            for depth in 0.. {
                term = match term {
                    Term::Or(mut or) if !or.terms.is_empty() => or.terms.remove(0),
                    Term::Or(_) => return depth + 1,
                    _ => return depth,
                };
            }
            0
        };
        for strict in [false, true] {
            assert_eq!(deep(decoded(&term(8), strict).0), 8);
            assert!(deep(decoded(&term(60), strict).0) < 60);
        }
    }

    #[test]
    fn very_many_that_need_different_repairs_do_not_use_up_what_the_answer_gets() {
        let cats = vec![r#"{"kind":"cat","lives":1,"age":"old"}"#; 400].join(",");
        let (owners, repairs) = decoded::<Vec<Owner>>(&format!(r#"[{{"pets":[{cats}]}},{{}}]"#), false);
        let cats = owners[0].pets.iter().filter(|pet| matches!(pet, Animal::Cat(_))).count();
        assert_eq!((cats, owners[1].pets.len(), repairs.len()), (400, 0, 100));
    }
}
