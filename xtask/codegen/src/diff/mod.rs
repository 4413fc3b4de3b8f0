//! What has changed between two documents, for those who use the crate: in the document, on the wire, and in Rust.
//!
//! The plans tell what has changed and why, the faces of the crates what that means to programs: each change has the Rust
//! items that changed with it, and what no change of the plans accounts for is a change of its own. So the verdict on a
//! crate is never milder than its face.

mod api;
mod arguments;
pub mod change;
pub mod changelog;
mod draft;
pub mod face;
mod gather;
mod named;
mod operations;
mod relation;
pub mod released;
mod renames;
mod types;
pub mod version;
mod written_out;
mod xml;

use self::change::{Bump, Change, Class, ItemChange, Kind};
use self::draft::Draft;
use self::face::{Face, below};
use self::relation::Pair;
use crate::plan::Plan;

/// One of the two that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Every decision about the crate.
    pub plan: &'a Plan,
    /// What programs can name of it.
    pub face: &'a Face,
}

/// All that has changed, what matters most first.
pub fn compare(old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let renamed = renames::types(old.plan, new.plan);
    let pair = Pair { old: old.plan, new: new.plan, renamed: &renamed };
    let mut drafts = api::compare(&pair);
    drafts.extend(operations::compare(&pair));
    drafts.extend(types::compare(&pair));
    let both = renamed.iter().filter_map(|(before, now)| {
        let (old, new) = (old.plan.types.get(before)?, new.plan.types.get(now)?);
        Some(types::paths(before, old).into_iter().zip(types::paths(now, new)))
    });
    let paths = both.flatten().collect();
    let mut changes = join(gather::gather(drafts), old.face.changes(new.face, &paths));
    changes.sort_by(|a, b| (b.bump, b.class, a.code, &a.words).cmp(&(a.bump, a.class, b.code, &b.words)));
    changes.dedup();
    changes
}

/// The greatest that any of the changes is; nothing where there is none.
pub fn bump(changes: &[Change]) -> Option<Bump> {
    changes.iter().map(|change| change.bump).max()
}

/// Gives each change the items that it accounts for, and each item that is left a change of its own.
fn join(drafts: Vec<Draft>, items: Vec<ItemChange>) -> Vec<Change> {
    let mut given: Vec<Vec<ItemChange>> = vec![Vec::new(); drafts.len()];
    let mut left = Vec::new();
    for item in items {
        let owners = owners(&drafts, &item);
        if owners.is_empty() {
            left.push(item);
            continue;
        }
        for owner in owners {
            if let Some(given) = given.get_mut(owner) {
                given.push(item.clone());
            }
        }
    }
    let made = drafts.into_iter().zip(given).map(|(draft, items)| {
        let bump = items.iter().map(|item| item.bump).max().unwrap_or(Bump::Patch);
        let Draft { kind, class, words, wire, before, after, action, .. } = draft;
        Change { code: kind, class, bump, words, wire, before, after, items, action }
    });
    made.chain(of_items(left)).collect()
}

/// The changes that account for an item: those that name it or what it is part of, else those about the type that it
/// belongs to, else, of the types of errors, which operations share, all that are about errors.
fn owners(drafts: &[Draft], item: &ItemChange) -> Vec<usize> {
    let all = |fits: &dyn Fn(&Draft) -> bool| -> Vec<usize> {
        (0..).zip(drafts).filter(|(_, draft)| fits(draft)).map(|(index, _)| index).collect()
    };
    let named = all(&|draft| draft.items.iter().any(|path| below(&item.path, path).is_some()));
    if !named.is_empty() {
        return named;
    }
    let owner = owner(&item.path);
    if owner.starts_with("errors::") || owner.starts_with("headers::") {
        use Kind::{ErrorAdded, ErrorChanged, ErrorRemoved, HeaderAdded, HeaderChanged, HeaderRemoved};
        let first = |kinds: &[Kind]| all(&|draft| kinds.contains(&draft.kind)).into_iter().next();
        let about_answers = first(&[ErrorAdded, ErrorChanged, ErrorRemoved, HeaderAdded, HeaderChanged, HeaderRemoved]);
        return about_answers.or_else(|| first(&[Kind::OperationAdded, Kind::OperationRemoved])).into_iter().collect();
    }
    all(&|draft| draft.items.iter().any(|path| self::owner(path) == owner)).into_iter().take(1).collect()
}

/// The type that an item is, or belongs to.
fn owner(path: &str) -> &str {
    let end = path.find(['.', ' ']).unwrap_or(path.len());
    let path = path.get(..end).unwrap_or(path).trim_end_matches(':');
    let is_module = |name: &str| name.starts_with(|first: char| first.is_lowercase() || first == '_');
    let mut end = 0;
    for name in path.split("::") {
        end += name.len();
        if !is_module(name) {
            break;
        }
        end += "::".len();
    }
    path.get(..end).unwrap_or(path)
}

/// How many items of one type are named that have come or gone.
pub const NAMED: usize = 3;

/// Items that have changed for a reason that the document does not show: what has come to a type, and what has gone from it, is
/// one change each.
fn of_items(left: Vec<ItemChange>) -> Vec<Change> {
    let mut grouped: Vec<((Kind, String), Vec<ItemChange>)> = Vec::new();
    for item in left {
        let key = match (&item.before, &item.after) {
            (None, _) => (Kind::ItemAdded, owner(&item.path).to_owned()),
            (_, None) => (Kind::ItemRemoved, owner(&item.path).to_owned()),
            _ => (Kind::ItemChanged, item.path.clone()),
        };
        match grouped.iter_mut().find(|(known, _)| *known == key) {
            Some((_, items)) => items.push(item),
            None => grouped.push((key, vec![item])),
        }
    }
    let change = |((code, _), items): ((Kind, String), Vec<ItemChange>)| {
        let bump = items.iter().map(|item| item.bump).max().unwrap_or(Bump::Patch);
        let words = item_words(code, &items);
        Change { code, class: Class::Info, bump, words, wire: None, before: None, after: None, items, action: None }
    };
    grouped.into_iter().map(change).collect()
}

fn item_words(code: Kind, items: &[ItemChange]) -> String {
    let names: Vec<String> = items.iter().take(NAMED).map(|item| format!("`{}`", item.path)).collect();
    let names = names.join(", ");
    let more = items.len().saturating_sub(NAMED);
    let names = if more > 0 { format!("{names} and {more} more") } else { names };
    match (code, items) {
        (Kind::ItemAdded, _) => format!("new: {names}"),
        (Kind::ItemRemoved, [_]) => format!("{names} is gone"),
        (Kind::ItemChanged, [ItemChange { before: Some(before), after: Some(after), .. }, ..]) => {
            format!("{names} is `{after}`, it was `{before}`")
        }
        _ => format!("{names} are gone"),
    }
}

#[cfg(test)]
mod tests;
