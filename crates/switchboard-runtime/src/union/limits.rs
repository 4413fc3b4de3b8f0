//! What the schemas of a union's shapes forbid that their types do not know: properties beyond those that are named,
//! properties together or without others, sizes, numbers beyond bounds, and texts of other formats.
//!
//! A value that a shape forbids is rather of a shape that does not. Where every shape forbids it, it is of the one that it
//! would be of without limits: vendors do not keep to theirs, and nothing is refused for that.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::set::Set;
use crate::decode::{Kind, Tape};

/// Something that the schema of a shape forbids.
#[derive(Clone, Copy, Debug)]
pub struct Limit<'a> {
    what: What,
    /// Properties; of a size or a format, the steps that lead to what has it.
    names: &'a [&'a str],
    least: usize,
    most: usize,
    /// The bound, or the format.
    of: &'a str,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Others,
    Together,
    Needed,
    Members,
    Items,
    Characters,
    Least,
    Greatest,
    Above,
    Below,
    Format,
}

impl<'a> Limit<'a> {
    const fn new(what: What, names: &'a [&'a str]) -> Self {
        Self { what, names, least: 0, most: usize::MAX, of: "" }
    }

    /// No property but those of the shape's type (`additionalProperties: false`).
    pub const fn closed() -> Self {
        Self::new(What::Others, &[])
    }

    /// Not all of these properties at once (`not: {required: […]}`).
    pub const fn without(names: &'a [&'a str]) -> Self {
        Self::new(What::Together, names)
    }

    /// Not the first of these properties without all others (`dependentRequired`).
    pub const fn needs(names: &'a [&'a str]) -> Self {
        Self::new(What::Needed, names)
    }

    /// A number, to which the steps lead, that is no less than [this](Self::of) (`minimum`).
    pub const fn least(path: &'a [&'a str]) -> Self {
        Self::new(What::Least, path)
    }

    /// The same that is no greater (`maximum`).
    pub const fn greatest(path: &'a [&'a str]) -> Self {
        Self::new(What::Greatest, path)
    }

    /// The same that is greater (`exclusiveMinimum`).
    pub const fn above(path: &'a [&'a str]) -> Self {
        Self::new(What::Above, path)
    }

    /// The same that is less (`exclusiveMaximum`).
    pub const fn below(path: &'a [&'a str]) -> Self {
        Self::new(What::Below, path)
    }

    /// So many members, of the object to which the steps lead (`minProperties`, `maxProperties`).
    pub const fn members(path: &'a [&'a str]) -> Self {
        Self::new(What::Members, path)
    }

    /// So many items, of the list to which the steps lead (`minItems`, `maxItems`).
    pub const fn items(path: &'a [&'a str]) -> Self {
        Self::new(What::Items, path)
    }

    /// So many characters, of the text to which the steps lead (`minLength`, `maxLength`), as JSON Schema counts them: code
    /// points (RFC 8259).
    pub const fn characters(path: &'a [&'a str]) -> Self {
        Self::new(What::Characters, path)
    }

    /// A text of this [format](Self::of), to which the steps lead (`format`).
    pub const fn format(path: &'a [&'a str]) -> Self {
        Self::new(What::Format, path)
    }

    /// The bound, as JSON writes numbers; or the format: `ipv4` (RFC 6943, section 3.1.1: four decimal numbers), `ipv6` (RFC 4291,
    /// section 2.2), `email` (RFC 5321: with an `@`), `uri` (RFC 3986: with a scheme). Of any other every text is.
    #[must_use]
    pub const fn of(self, of: &'a str) -> Self {
        Self { of, ..self }
    }

    /// No fewer than so many.
    #[must_use]
    pub const fn from(self, least: usize) -> Self {
        Self { least, ..self }
    }

    /// No more than so many.
    #[must_use]
    pub const fn to(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Whether there is a number that is not to the bound what it has to be.
    fn is_beyond(&self, tape: &Tape, value: u32, keeps_to: fn(&f64, &f64) -> bool) -> bool {
        let found = tape.at(value, self.names).filter(|found| tape.kind(*found) == Kind::Number);
        let number = found.and_then(|found| tape.number(found)?.as_f64());
        number.zip(self.of.parse().ok()).is_some_and(|(number, bound)| !keeps_to(&number, &bound))
    }

    /// Whether it forbids the value, as far as that can be seen without reading it as the shape.
    fn forbids(&self, tape: &Tape, value: u32) -> bool {
        let size = match self.what {
            What::Others => return false,
            What::Together => {
                let is_object = tape.kind(value) == Kind::Object;
                return is_object && self.names.iter().all(|name| tape.member(value, name).is_some());
            }
            What::Needed => {
                let is_object = tape.kind(value) == Kind::Object;
                let mut are_there = self.names.iter().map(|name| tape.member(value, name).is_some());
                return is_object && are_there.next() == Some(true) && are_there.any(|is_there| !is_there);
            }
            What::Least => return self.is_beyond(tape, value, f64::ge),
            What::Greatest => return self.is_beyond(tape, value, f64::le),
            What::Above => return self.is_beyond(tape, value, f64::gt),
            What::Below => return self.is_beyond(tape, value, f64::lt),
            What::Format => {
                let found = tape.at(value, self.names).filter(|found| tape.kind(*found) == Kind::Text);
                return found.is_some_and(|found| !is_of_format(tape.text(found), self.of));
            }
            What::Members | What::Items | What::Characters => tape.at(value, self.names),
        };
        let size = size.and_then(|found| match (self.what, tape.kind(found)) {
            (What::Members, Kind::Object) => Some(tape.members(found).count()),
            (What::Items, Kind::List) => Some(tape.items(found).count()),
            (What::Characters, Kind::Text | Kind::Garbled) => Some(tape.text(found).chars().count()),
            _ => None,
        });
        size.is_some_and(|size| size < self.least || size > self.most)
    }
}

/// Whether a text is of a format, as far as no text that is can be taken for one that is not.
fn is_of_format(text: &str, format: &str) -> bool {
    match format {
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "email" => text.contains('@'),
        "uri" => text.split_once(':').is_some_and(|(scheme, _)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
        }),
        _ => true,
    }
}

/// The shapes that forbid a value, as far as that can be seen without reading it.
pub(super) fn forbidden(tape: &Tape, value: u32, limits: &[(usize, Limit<'_>)]) -> Set {
    let forbidding = limits.iter().filter(|(_, limit)| limit.forbids(tape, value));
    forbidding.fold(Set::default(), |set, (index, _)| set.with(*index))
}

/// Whether a value has a property that its shape, which allows no others, does not have. A null is how vendors write that
/// there is none.
pub(super) fn is_beyond(value: &Value, encoded: &Value, index: usize, limits: &[(usize, Limit<'_>)]) -> bool {
    let is_closed = limits.iter().any(|(of, limit)| *of == index && limit.what == What::Others);
    let (Value::Object(value), Value::Object(encoded)) = (value, encoded) else { return false };
    is_closed && value.iter().any(|(name, value)| !value.is_null() && !encoded.contains_key(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::table::Slot;

    /// Which of `values` the limit forbids.
    fn forbidden_by(limit: Limit<'_>, values: &[Value]) -> Vec<bool> {
        let tape = |value: &Value| Tape::parse(value.to_string().into()).unwrap();
        values.iter().map(|value| forbidden(&tape(value), 0, &[(3, limit)]).contains(3)).collect()
    }

    #[test]
    fn sizes_are_of_what_the_steps_lead_to() {
        let values =
            [json!({"a": [[1]]}), json!({"a": [[1, 2]]}), json!({"a": [[1, 2, 3]]}), json!({"a": []}), json!([])];
        let items = Limit::items(&["a", "0"]).from(2).to(2);
        assert_eq!(forbidden_by(items, &values), [true, false, true, false, false]);
        let values = [json!({}), json!({"a": 1}), json!({"a": 1, "b": 2}), json!("ab")];
        assert_eq!(forbidden_by(Limit::members(&[]).from(1).to(1), &values), [true, false, true, false]);
        let values = [json!("äö"), json!("äöü"), json!(100), json!(null)];
        assert_eq!(forbidden_by(Limit::characters(&[]).to(2), &values), [false, true, false, false]);
    }

    #[test]
    fn texts_are_of_formats() {
        for (format, good, bad) in [
            ("ipv4", "192.0.2.1", "2001:db8::1"),
            ("ipv6", "2001:db8::1", "192.0.2.1"),
            ("email", "a@b.example", "https://b.example"),
            ("uri", "urn:isbn:1", "a@b.example"),
        ] {
            let values = [json!({"a": good}), json!({"a": bad}), json!({"a": 1}), json!({}), json!(bad)];
            let limit = Limit::format(&["a"]).of(format);
            assert_eq!(forbidden_by(limit, &values), [false, true, false, false, false], "{format}");
        }
        assert_eq!(forbidden_by(Limit::format(&[]).of("other"), &[json!("a")]), [false]);
    }

    #[test]
    fn numbers_keep_to_bounds() {
        let values = [json!({"a": 1}), json!({"a": 2}), json!({"a": 2.5}), json!({"a": "9"}), json!({}), json!(9)];
        for (limit, expected) in [
            (Limit::least(&["a"]).of("2"), [true, false, false]),
            (Limit::greatest(&["a"]).of("2"), [false, false, true]),
            (Limit::above(&["a"]).of("2"), [true, true, false]),
            (Limit::below(&["a"]).of("2.5"), [false, false, true]),
            (Limit::least(&["a"]).of("none"), [false; 3]),
        ] {
            assert_eq!(forbidden_by(limit, &values), [&expected[..], &[false; 3]].concat(), "{limit:?}");
        }
    }

    #[test]
    fn properties_that_need_others_are_forbidden_without_them() {
        let values =
            [json!({"a": 1}), json!({"a": 1, "b": 1}), json!({"b": 1}), json!({"a": 1, "b": 1, "c": null}), json!(1)];
        assert_eq!(forbidden_by(Limit::needs(&["a", "b", "c"]), &values), [true, true, false, false, false]);
    }

    #[test]
    fn properties_are_forbidden_alone_or_together() {
        let values = [json!({"a": 1}), json!({"b": null}), json!({"a": 1, "b": null}), json!(["a", "b"])];
        assert_eq!(forbidden_by(Limit::without(&["a", "b"]), &values), [false, false, true, false]);
        assert_eq!(forbidden_by(Limit::without(&["a"]), &values), [true, false, true, false]);
    }

    #[derive(Debug, PartialEq)]
    enum Role {
        Any(BTreeMap<String, Value>),
        Slug(Box<Slug>),
        Slugs(Box<Slugs>),
        Unknown(Value),
    }

    #[derive(Debug, PartialEq)]
    struct Slug {
        slug: String,
    }

    #[derive(Debug, PartialEq)]
    struct Slugs {
        slug: String,
        slugs: Option<String>,
        others: BTreeMap<String, Value>,
    }

    crate::__record! { Slug; 0 slug "slug" required; }
    crate::__record! { Slugs; 0 slug "slug" required; 1 slugs "slugs" optional; .. 2 others; }
    crate::__union! {
        Role else Unknown;
        0 Any;
        1 Slug;
        2 Slugs;
        limit 0 without ["slug"];
        limit 0 members [] from 1 to 2;
        limit 1 closed;
        limit 2 characters ["slug"] to 3;
    }

    fn shape(value: Value) -> &'static str {
        match serde_json::from_value::<Role>(value).unwrap() {
            Role::Any(_) => "any",
            Role::Slug(_) => "slug",
            Role::Slugs(_) => "slugs",
            Role::Unknown(_) => "none",
        }
    }

    #[test]
    fn what_a_shape_forbids_is_rather_another_one() {
        assert_eq!(shape(json!({"a": 1})), "any");
        assert_eq!(shape(json!({"slug": "long"})), "slug", "the first would keep it whole, too");
        assert_eq!(shape(json!({"slug": "abc", "slugs": "x"})), "slugs");
        assert_eq!(shape(json!({"slug": "abc", "new": null})), "slugs", "it is kept whole there");
    }

    #[test]
    fn what_every_shape_forbids_is_the_one_that_keeps_it_all_the_same() {
        assert_eq!(shape(json!({"a": 1, "b": 2, "c": 3})), "any");
        assert_eq!(shape(json!({"slug": "long", "new": 1})), "any");
        assert_eq!(Role::blank(), Role::Unknown(Value::Null));
    }

    #[test]
    fn a_shape_that_keeps_nothing_is_no_better_for_what_it_allows() {
        #[derive(Debug, PartialEq)]
        enum Either {
            Slug(Box<Slug>),
            Empty(Box<Empty>),
            Unknown(Value),
        }

        #[derive(Debug, PartialEq)]
        struct Empty {
            size: Option<i64>,
        }

        crate::__record! { Empty; 0 size "size" optional; }
        crate::__union! { Either else Unknown; 0 Slug; 1 Empty; limit 0 closed; }

        let read = |value: Value| serde_json::from_value::<Either>(value).unwrap();
        let slug = Either::Slug(Box::new(Slug { slug: "a".to_owned() }));
        assert_eq!(read(json!({"slug": "a", "new": 1})), slug);
        assert_eq!(read(json!({"slug": "a", "size": 1, "new": 1})), Either::Empty(Box::new(Empty { size: Some(1) })));
    }
}
