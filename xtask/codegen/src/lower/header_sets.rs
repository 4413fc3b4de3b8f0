//! The sets of headers that answers have, each of which is a type: most operations of a document have the same few.
//!
//! A set is called after its headers, and keeps the name that it had when one comes or goes: those who wrote it keep what they
//! wrote.

use super::idents;
use super::lock::{self, Claim, Memory};
use super::readable::without_middle;
use crate::diagnostics::pointer_join;
use crate::plan::{Operation, ResponseHeader};
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

/// Which set of an operation.
type Slot = fn(&mut Operation) -> &mut Option<String>;

/// The sets that an operation has, with what their place is below the operation's.
const SLOTS: [(Slot, &str); 2] =
    [(|operation| &mut operation.headers, "success"), (|operation| &mut operation.error_headers, "error")];

impl HeaderSets {
    /// The name of the set's type; none of an empty set.
    pub(super) fn name(&mut self, set: Vec<ResponseHeader>) -> Option<String> {
        if let Some((known, _)) = self.sets.iter().find(|(_, known)| **known == set) {
            return Some(known.clone());
        }
        let name = idents::unique([what_it_holds(&set)?], &mut self.taken);
        self.sets.insert(name.clone(), set);
        Some(name)
    }

    /// The sets by the names of their types, in the order in which they were found, by the names that they had. Where the
    /// operations of one have parted, those keep it whose set is what it says, or the most of them.
    pub fn settle(self, operations: &mut [Operation], memory: &mut Memory) -> IndexMap<String, Vec<ResponseHeader>> {
        let names = self.names(operations, memory);
        let renamed = |name: &String| names.get(name).cloned().unwrap_or_else(|| name.clone());
        for operation in operations {
            for (slot, key) in SLOTS {
                let place = pointer_join(&operation.pointer, key);
                let Some(name) = slot(operation) else { continue };
                *name = renamed(name);
                memory.note_header_set(&place, name);
            }
        }
        self.sets.into_iter().map(|(name, set)| (renamed(&name), set)).collect()
    }

    /// What each set is called, by what it would be called if there were none before.
    fn names(&self, operations: &mut [Operation], memory: &Memory) -> BTreeMap<String, String> {
        let mut had: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut owned: BTreeMap<String, String> = BTreeMap::new();
        for operation in operations {
            let owner = operation.owner.clone();
            for (slot, key) in SLOTS {
                if let Some(name) = slot(operation).clone() {
                    let word = if key == "error" { "ErrorHeaders" } else { "Headers" };
                    owned.entry(name).or_insert_with(|| without_middle(&format!("{owner}{word}")));
                }
                let before = memory.header_set(&pointer_join(&operation.pointer, key)).map(str::to_owned);
                if let Some((name, before)) = slot(operation).clone().zip(before) {
                    *had.entry((name, before)).or_default() += 1;
                }
            }
        }
        let says = |name: &str| self.sets.get(name).and_then(|set| what_it_holds(set));
        let claim = |((by, name), of): ((String, String), usize)| {
            let is_apt = says(&by).as_ref() == Some(&name);
            Claim { by, name, is_apt, of }
        };
        let mut names = lock::kept(had.into_iter().map(claim));
        let mut taken: BTreeSet<String> = names.values().cloned().collect();
        for (name, set) in &self.sets {
            let Some(wanted) = what_it_holds(set).filter(|_| !names.contains_key(name)) else { continue };
            // Of sets of the same headers, that say something else of them, the second is called by whose it is.
            let candidates = [wanted].into_iter().chain(owned.get(name).cloned());
            names.insert(name.clone(), idents::unique(candidates, &mut taken));
        }
        names
    }
}

/// What a set is called after what it holds; none of an empty set.
fn what_it_holds(set: &[ResponseHeader]) -> Option<String> {
    let first = idents::pascal(&set.first()?.name);
    let names: String = set.iter().map(|header| idents::pascal(&header.name)).collect();
    Some(match (names.len(), common_words(set)) {
        (..=LONGEST, _) => format!("{names}Headers"),
        (_, Some(common)) => format!("{common}Headers"),
        (_, None) => format!("{first}AndMoreHeaders"),
    })
}

/// The words that the names of all headers begin with: more than the `X` of what is no standard.
fn common_words(set: &[ResponseHeader]) -> Option<String> {
    let names: Vec<String> = set.iter().map(|header| idents::snake(&header.name)).collect();
    let (first, others) = names.split_first()?;
    let alike = |(at, word): &(usize, &str)| others.iter().all(|other| other.split('_').nth(*at) == Some(*word));
    let common: Vec<&str> = first.split('_').enumerate().take_while(alike).map(|(_, word)| word).collect();
    (common.iter().any(|word| word.len() > 1)).then(|| idents::pascal(&common.join("_")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::{lower, lower_again};
    use crate::plan::Plan;

    /// The operations `a`, `b` and so on, with the headers of their answers.
    fn document(headers: &[&[&str]]) -> Value {
        let paths = headers.iter().zip('a'..).map(|(headers, id)| {
            let headers: Map<String, Value> =
                headers.iter().map(|name| ((*name).to_owned(), json!({"schema": {"type": "integer"}}))).collect();
            let responses = json!({"200": {"description": "", "headers": headers}});
            (format!("/{id}"), json!({"get": {"operationId": id.to_string(), "responses": responses}}))
        });
        let paths: Map<String, Value> = paths.collect();
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "paths": paths})
    }

    fn names(plan: &Plan) -> Vec<&str> {
        let names: Vec<_> = plan.operations.iter().map(|it| it.headers.as_deref().unwrap_or_default()).collect();
        assert!(names.iter().all(|name| name.is_empty() || plan.headers.contains_key(*name)));
        names
    }

    #[test]
    fn a_set_of_many_is_called_by_what_they_have_in_common() {
        let limits: &[&str] = &["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];
        let others: &[&str] = &["X-Request-Identifier", "X-Total-Number-Of-Items", "Link"];
        let plan = lower("t", &document(&[limits, others]), &mut Diagnostics::default());
        assert_eq!(names(&plan), ["XRateLimitHeaders", "XRequestIdentifierAndMoreHeaders"]);
    }

    #[test]
    fn a_set_keeps_its_name_while_headers_come_and_go() {
        let before =
            lower("t", &document(&[&["Total"], &["Total"], &["Total"], &["Page"]]), &mut Diagnostics::default());
        assert_eq!(names(&before), ["TotalHeaders", "TotalHeaders", "TotalHeaders", "PageHeaders"]);
        let again = |headers: &[&[&str]]| {
            let document = document(headers);
            let plan = lower_again("t", &document, before.names.clone(), &mut Diagnostics::default());
            assert_eq!(lower_again("t", &document, plan.names.clone(), &mut Diagnostics::default()), plan);
            names(&plan).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let more: &[&str] = &["Total", "More"];
        // All of them have one more.
        assert_eq!(again(&[more, more, more, &["Page"]]), names(&before));
        // One has; then all but one; then all, and the last one has none.
        assert_eq!(again(&[more, &["Total"], &["Total"], &["Page"]])[..2], ["TotalMoreHeaders", "TotalHeaders"]);
        assert_eq!(
            again(&[more, more, &["Total"], &["Page"]])[..3],
            ["TotalMoreHeaders", "TotalMoreHeaders", "TotalHeaders"]
        );
        assert_eq!(again(&[more, more, more, &[]]), ["TotalHeaders", "TotalHeaders", "TotalHeaders", ""]);
        // Who comes to have what others have is called as they are.
        assert_eq!(again(&[&["Total"], &["Total"], &["Total"], &["Total"]]), ["TotalHeaders"; 4]);
        // A name that is kept is no other's.
        assert_eq!(again(&[more, more, more, &["Page"], &["Total"]])[4], "EHeaders");
    }
}
