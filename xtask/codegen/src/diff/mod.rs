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
mod named;
mod operations;
mod relation;
pub mod released;
mod renames;
mod types;
pub mod version;

use std::collections::{BTreeMap, BTreeSet};

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
    let paths: BTreeMap<String, String> =
        renamed.iter().map(|(old, new)| (types::path(old), types::path(new))).collect();
    let mut changes = join(drafts, old.face.changes(new.face, &paths));
    for change in changes.iter_mut().filter(|change| change.code == Kind::TypeRenamed) {
        give_both_names(change, &paths);
    }
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
    made.chain(left.into_iter().map(of_item)).collect()
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
        let is_about_answers = |kind: Kind| {
            use Kind::{ErrorAdded, ErrorChanged, ErrorRemoved, HeaderAdded, HeaderChanged, HeaderRemoved};
            matches!(kind, ErrorAdded | ErrorChanged | ErrorRemoved | HeaderAdded | HeaderChanged | HeaderRemoved)
                || matches!(kind, Kind::OperationAdded | Kind::OperationRemoved)
        };
        return all(&|draft| is_about_answers(draft.kind)).into_iter().take(1).collect();
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

/// An item that has changed for a reason that the document does not show.
fn of_item(item: ItemChange) -> Change {
    let (code, words) = match (&item.before, &item.after) {
        (None, _) => (Kind::ItemAdded, format!("new: `{}`", item.path)),
        (_, None) => (Kind::ItemRemoved, format!("`{}` is gone", item.path)),
        (Some(before), Some(after)) => (Kind::ItemChanged, format!("`{}` is `{after}`, it was `{before}`", item.path)),
    };
    let (bump, items) = (item.bump, vec![item]);
    Change { code, class: Class::Info, bump, words, wire: None, before: None, after: None, items, action: None }
}

/// A type that is called otherwise is gone under its old name and new under the other.
fn give_both_names(change: &mut Change, paths: &BTreeMap<String, String>) {
    let known: BTreeSet<String> = change.items.iter().map(|item| item.path.clone()).collect();
    let named = |path: &str| change.words.contains(&format!("`{}`", path.trim_start_matches("types::")));
    let Some((old, new)) = paths.iter().find(|(old, new)| named(old) && named(new)) else { return };
    let text = Some("type".to_owned());
    if !known.contains(old) {
        change.items.push(ItemChange { path: old.clone(), before: text.clone(), after: None, bump: Bump::Major });
        change.items.push(ItemChange { path: new.clone(), before: None, after: text, bump: Bump::Minor });
    }
    change.bump = Bump::Major;
}

#[cfg(test)]
mod tests;
