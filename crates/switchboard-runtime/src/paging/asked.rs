//! Which pages a list has been asked for, and which have come, so that one that leads or comes back is noticed before any
//! item comes twice.
//!
//! A page's place, or where places are counted its items, is kept as a hash of 128 bits: some 40 bytes a page, however long
//! it or its cursor is. Two with one hash would end a list with an error; that is less likely than a fault of the memory.

use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use serde_json::Value;

/// The places that were asked for.
#[derive(Debug, Default)]
pub(super) struct Asked(HashMap<u128, u64>);

/// Whether a place is asked for once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// It is new.
    New,
    /// It was asked for already, for another page led to it.
    Again,
    /// It was asked for already, because this very page led to it: the page has come before.
    SamePage,
}

impl Asked {
    /// Takes note that a page with this text leads to a place.
    pub(super) fn note(&mut self, place: &str, page: Option<&[u8]>) -> Asking {
        let page = page.map_or(0, fingerprint);
        match self.0.entry(key(place)) {
            Entry::Vacant(entry) => {
                entry.insert(page);
                Asking::New
            }
            Entry::Occupied(entry) if *entry.get() == page && page != 0 => Asking::SamePage,
            Entry::Occupied(_) => Asking::Again,
        }
    }
}

/// The pages that have come.
#[derive(Debug, Default)]
pub(super) struct Came(HashSet<(u64, u32, usize)>);

impl Came {
    /// Takes note of a page's items; `true` if they have come already.
    pub(super) fn again(&mut self, items: &[u8]) -> bool {
        // The ends tell most pages apart, and all between them counts at little cost.
        !self.0.insert((fingerprint(items), crc32fast::hash(items), items.len()))
    }
}

/// Whether the items of a page are one number or flag, over and over. Texts are names more often than values.
pub(super) fn is_one_value(items: &[u8]) -> bool {
    let list = [b"[", items, b"]"].concat();
    let Ok(values) = serde_json::from_slice::<Vec<Value>>(&list) else { return false };
    let first = values.first().filter(|first| matches!(first, Value::Null | Value::Bool(_) | Value::Number(_)));
    first.is_some_and(|first| values.iter().all(|value| value == first))
}

fn key(place: &str) -> u128 {
    (u128::from(hash(0, place)) << 64) | u128::from(hash(1, place))
}

/// How many bytes at either end of a page's items are compared: who leads to the same place and has the same ends is the
/// same page.
const END: usize = 256;

fn fingerprint(items: &[u8]) -> u64 {
    let end = items.len().min(END);
    let (first, last) = (items.get(..end), items.get(items.len() - end..));
    hash(items.len(), (first, last)).max(1)
}

fn hash(seed: usize, value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, value).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_no_record() {
        for items in ["0", "0, 0,0", "null,null", "true"] {
            assert!(is_one_value(items.as_bytes()), "{items}");
        }
        for items in ["", "1,2", "\"a\"", "{}", "{\"id\":1}", "[1],[1]", "1,"] {
            assert!(!is_one_value(items.as_bytes()), "{items}");
        }
    }

    #[test]
    fn a_page_that_differs_in_its_midst_is_another() {
        let page = |middle: &str| format!("{}{middle}{}", "a".repeat(1000), "z".repeat(1000)).into_bytes();
        let mut came = Came::default();
        assert_eq!([&page("m"), &page("n"), &page("m")].map(|page| came.again(page)), [false, false, true]);
    }

    #[test]
    fn a_place_is_new_once() {
        let mut asked = Asked::default();
        assert_eq!(asked.note("a", None), Asking::New);
        assert_eq!(asked.note("b", Some(b"1,2")), Asking::New);
        assert_eq!(asked.note("a", Some(b"3,4")), Asking::Again);
        assert_eq!(asked.note("b", Some(b"3,4")), Asking::Again);
        assert_eq!(asked.note("b", Some(b"1,2")), Asking::SamePage);
        assert_eq!(asked.note("b", None), Asking::Again, "two pages without items are not known to be one");
        assert!((0..1000).all(|place: u32| asked.note(&place.to_string(), None) == Asking::New));
    }
}
