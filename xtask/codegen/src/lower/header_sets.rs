//! The sets of headers that answers have, each of which is a type: most operations of a document have the same few.

use super::idents;
use crate::plan::ResponseHeader;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// The longest name of a set that has the names of all its headers, in characters.
const LONGEST: usize = 40;

/// Every set of headers that some answers have.
#[derive(Debug, Default)]
pub struct HeaderSets {
    /// The headers that were read, by the pointers of their objects: many answers refer to the same.
    pub(super) read: BTreeMap<String, ResponseHeader>,
    sets: IndexMap<String, Vec<ResponseHeader>>,
    taken: BTreeSet<String>,
}

impl HeaderSets {
    /// The name of the set's type; none of an empty set.
    pub(super) fn name(&mut self, set: Vec<ResponseHeader>) -> Option<String> {
        let first = idents::pascal(&set.first()?.name);
        if let Some((known, _)) = self.sets.iter().find(|(_, known)| **known == set) {
            return Some(known.clone());
        }
        let names: String = set.iter().map(|header| idents::pascal(&header.name)).collect();
        let wanted = match names.len() {
            ..=LONGEST => format!("{names}Headers"),
            _ => format!("{first}And{}MoreHeaders", set.len() - 1),
        };
        let name = idents::unique([wanted], &mut self.taken);
        self.sets.insert(name.clone(), set);
        Some(name)
    }

    /// The sets by the names of their types, in the order in which they were found.
    pub fn into_sets(self) -> IndexMap<String, Vec<ResponseHeader>> {
        self.sets
    }
}
