//! Cursors that are a value of the last item, which the page itself does not tell.

use indexmap::IndexMap;

use super::super::page::{Leaf, Page, plain};
use super::super::values::{is_token, is_whole};
use super::super::walk::walk;
use super::request::{Argument, Request};
use super::words::{CURSORS, is_has_more};
use crate::diagnostics::pointer_join;
use crate::plan::{Field, PagingStyle, TypeDef, TypeKind, TypeRef};

/// Parameters that take the id of the item to go on behind, by a convention that has no other meaning.
const BEHIND: &[&str] = &["startafter", "startingafter"];

/// Beginnings of names that go on with the property that the parameter takes: `start_after_event_id`, `after_id`.
const BEHIND_WHAT: &[&str] = &["startingafter", "startafter", "after"];

/// Parameters that are no cursors by their name alone.
const TOLD: &[&str] = &["lastid", "lastseenid", "sinceid"];

/// How a document says that a parameter is for paging.
const PAGING: &[&str] = &["pagina", "page", "next", "previous", "subsequent"];

/// How it says that a value is that of the last item: after the name of its property.
const OF_THE_LAST: &[&str] = &[" of the last ", " for the last ", " from the last "];

/// How it says that a value is told by the vendor, or means something else.
const ELSEWHERE: &[&str] =
    &["opaque", "token", "base64", "encoded", "header", "next_", "next`", "date", "timestamp", "unix", "time "];

/// A parameter that takes a property of the last item, where the document makes that plain: by the end that the page tells
/// beside a name that leaves no doubt, or in so many words. A page with another cursor is led on by that one.
pub fn last_item(
    request: &Request<'_>,
    page: &Page<'_>,
    response: &TypeRef,
    types: &IndexMap<String, TypeDef>,
) -> Option<PagingStyle> {
    if !request.only_reads() {
        return None;
    }
    let fields = item(response, page, types)?;
    let property = |name: &str| fields.iter().find(|field| plain(&field.wire) == name && is_token(&field.ty));
    let has_more = page.leaves.iter().any(is_has_more);
    request.arguments().iter().filter(|argument| is_token(argument.ty)).find_map(|argument| {
        let named = || by_name(argument).filter(|_| has_more && !argument.says(ELSEWHERE)).and_then(&property);
        let field = told(argument, &property).or_else(named)?;
        let fits = is_whole(&field.ty) || !is_whole(argument.ty);
        let alone = !page.leaves.iter().any(|leaf| leads_on(leaf, argument));
        (fits && alone)
            .then(|| PagingStyle::LastItem { cursor: argument.name.clone(), last: pointer_join("", &field.wire) })
    })
}

/// The properties of an item.
fn item<'t>(response: &TypeRef, page: &Page<'_>, types: &'t IndexMap<String, TypeDef>) -> Option<&'t [Field]> {
    let (_, TypeRef::Array(item)) = walk(response, &page.items, types).ok()? else { return None };
    let TypeRef::Named(name) = *item else { return None };
    match &types.get(&name)?.kind {
        TypeKind::Struct(structure) => Some(&structure.fields),
        _ => None,
    }
}

/// The property that a parameter takes by its name, in plain letters. One that is called nothing but `after` may take a
/// date as well.
fn by_name<'a>(argument: &'a Argument<'_>) -> Option<&'a str> {
    let name = argument.plain.as_str();
    let for_paging = argument.says(&["cursor", " id", "identifier"]) || argument.says(PAGING);
    if BEHIND.contains(&name) || (name == "after" && for_paging) {
        return Some("id");
    }
    BEHIND_WHAT.iter().find_map(|beginning| name.strip_prefix(beginning)).filter(|what| what.ends_with("id"))
}

/// The property of which the document says that the parameter takes that of the last item.
fn told<'t>(argument: &Argument<'_>, property: &dyn Fn(&str) -> Option<&'t Field>) -> Option<&'t Field> {
    let name = argument.plain.as_str();
    if !(CURSORS.contains(&name) || BEHIND.contains(&name) || TOLD.contains(&name)) || !argument.says(PAGING) {
        return None;
    }
    let in_words = || {
        OF_THE_LAST.iter().find_map(|phrase| {
            let (before, _) = argument.prose.split_once(phrase)?;
            let word = plain(before.split_whitespace().next_back()?);
            property(if word == "identifier" { "id" } else { &word })
        })
    };
    let by_example = || {
        let said = argument.says(&["ending with"]) && argument.says(&[" id "]);
        said.then(|| property("id")).flatten()
    };
    in_words().or_else(by_example)
}

/// Whether a page tells something that may be the next cursor.
fn leads_on(leaf: &Leaf<'_>, argument: &Argument<'_>) -> bool {
    let is_value = !matches!(leaf.field.ty, TypeRef::Boolean | TypeRef::Array(_));
    let named = ["after", "bookmark", "continuation", "cursor", "marker", "next", "token"];
    is_value && (leaf.name == argument.plain || named.iter().any(|word| leaf.name.contains(word)))
}
