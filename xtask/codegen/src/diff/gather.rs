//! One change where a reader sees one: what comes or goes within something else is told with it, and what befalls many
//! operations alike is told once.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Class, Kind};
use super::draft::Draft;

/// How many operations a change befalls at most that is told of each.
const EACH: usize = 3;

/// The same changes, fewer of them.
pub fn gather(drafts: Vec<Draft>) -> Vec<Draft> {
    alike(within(drafts))
}

/// Types that stand within something that is new, other or gone, told with that.
fn within(drafts: Vec<Draft>) -> Vec<Draft> {
    let owners: Vec<Option<usize>> = (0..).zip(&drafts).map(|(index, draft)| owner(&drafts, index, draft)).collect();
    let mut items: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (draft, owner) in drafts.iter().zip(&owners) {
        if let Some(owner) = owner {
            items.entry(*owner).or_default().extend(draft.items.iter().cloned());
        }
    }
    let left = drafts.into_iter().zip(owners).enumerate().filter(|(_, (_, owner))| owner.is_none());
    left.map(|(index, (draft, _))| draft.of_items(items.remove(&index).into_iter().flatten())).collect()
}

/// What a type is told with: the innermost change that stands around it and is about no type, else the outermost type.
fn owner(drafts: &[Draft], index: usize, draft: &Draft) -> Option<usize> {
    let place: fn(&Draft) -> Option<&String> = match draft.kind {
        Kind::TypeAdded => |draft| draft.after.as_ref(),
        Kind::TypeRemoved => |draft| draft.before.as_ref(),
        _ => return None,
    };
    let own = place(draft)?;
    let around = (0..).zip(drafts).filter_map(|(other, outer)| {
        let outer_place = place(outer)?;
        let rest = own.strip_prefix(outer_place.as_str())?;
        let is_around = rest.starts_with('/') || (rest.is_empty() && outer.kind != draft.kind);
        let may_own = outer.kind == draft.kind || is_whole(outer.kind);
        (other != index && is_around && may_own).then_some((outer.kind == draft.kind, outer_place.len(), other))
    });
    let (types, others): (Vec<_>, Vec<_>) = around.partition(|(is_type, ..)| *is_type);
    let innermost = others.iter().max_by_key(|(_, length, _)| *length);
    let outermost = types.iter().min_by_key(|(_, length, _)| *length);
    innermost.or(outermost).map(|(_, _, other)| *other)
}

/// Whether a change is about a whole place in a document: whatever stands within that is a part of the change.
fn is_whole(kind: Kind) -> bool {
    use Kind::{
        BodyAdded, BodyChanged, BodyRemoved, ErrorAdded, ErrorChanged, ErrorRemoved, FieldAdded, FieldRemoved,
        FieldTypeChanged, FieldTypeNarrowed, FieldTypeWidened, OperationAdded, OperationRemoved, ParameterAdded,
        ParameterRemoved, ParameterTypeChanged, ResponseChanged, WebhookAdded, WebhookRemoved,
    };
    matches!(
        kind,
        OperationAdded | OperationRemoved | ParameterAdded | ParameterRemoved | ParameterTypeChanged | BodyAdded
    ) || matches!(kind, BodyRemoved | BodyChanged | ResponseChanged | ErrorAdded | ErrorRemoved | ErrorChanged)
        || matches!(kind, FieldAdded | FieldRemoved | FieldTypeChanged | FieldTypeNarrowed | FieldTypeWidened)
        || matches!(kind, WebhookAdded | WebhookRemoved)
}

/// Changes that befall many operations alike as one, which stands where it befell the first of them.
fn alike(drafts: Vec<Draft>) -> Vec<Draft> {
    let key = |draft: &Draft| -> Option<(Kind, Class, String)> {
        Some((draft.kind, draft.class, draft.alike.as_ref()?.words.clone()))
    };
    let mut counts: BTreeMap<(Kind, Class, String), usize> = BTreeMap::new();
    drafts.iter().filter_map(key).for_each(|key| *counts.entry(key).or_default() += 1);
    counts.retain(|_, count| *count > EACH);
    let mut places: BTreeMap<(Kind, Class, String), usize> = BTreeMap::new();
    let mut found: Vec<Draft> = Vec::new();
    for mut draft in drafts {
        let Some((key, count)) = key(&draft).and_then(|key| counts.get(&key).map(|count| (key, *count))) else {
            found.push(draft);
            continue;
        };
        if let Some(first) = places.get(&key).and_then(|at| found.get_mut(*at)) {
            let known: BTreeSet<&String> = first.items.iter().collect();
            let more: Vec<String> = draft.items.into_iter().filter(|item| !known.contains(item)).collect();
            first.items.extend(more);
            continue;
        }
        places.insert(key, found.len());
        if let Some(alike) = draft.alike.take() {
            draft.words = format!("{} and {} more {}", alike.subject, count - 1, alike.words);
            draft.wire = draft.wire.map(|_| draft.words.clone());
        }
        found.push(draft);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(drafts: Vec<Draft>) -> Vec<(String, Vec<String>)> {
        gather(drafts).into_iter().map(|draft| (draft.words, draft.items)).collect()
    }

    fn draft(kind: Kind, words: &str, after: &str) -> Draft {
        Draft::new(kind, Class::Info, words).after(after).of_items([words.to_owned()])
    }

    #[test]
    fn a_type_within_what_is_new_is_told_with_it() {
        let drafts = vec![
            draft(Kind::TypeAdded, "inner", "/a/responses/400/schema"),
            draft(Kind::ErrorAdded, "error", "/a/responses/400"),
            draft(Kind::TypeAdded, "other", "/b"),
            draft(Kind::TypeAdded, "part", "/b/properties/c"),
            draft(Kind::TypeAdded, "another", "/bb"),
            draft(Kind::FieldMadeOptional, "field", "/bb"),
        ];
        let both = |first: &str, second: &str| vec![first.to_owned(), second.to_owned()];
        let alone = |words: &str| (words.to_owned(), vec![words.to_owned()]);
        let expected = [
            ("error".to_owned(), both("error", "inner")),
            ("other".to_owned(), both("other", "part")),
            alone("another"),
            alone("field"),
        ];
        assert_eq!(told(drafts), expected);
    }

    #[test]
    fn what_befalls_many_operations_is_told_once() {
        let drafts = |count: usize| -> Vec<Draft> {
            let draft = |index: usize| {
                let subject = format!("`{index}`");
                draft(Kind::ErrorAdded, &format!("{subject} documents more"), "/a").alike(&subject, "document more")
            };
            (0..count).map(draft).collect()
        };
        assert_eq!(told(drafts(EACH)).len(), EACH);
        let many = told(drafts(5));
        assert_eq!((many.len(), many[0].0.as_str(), many[0].1.len()), (1, "`0` and 4 more document more", 5));
    }
}
