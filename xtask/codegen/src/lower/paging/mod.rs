//! Paging: how the pages of a list follow one another. The overlay says it by a [hint], or the document makes it
//! [plain](recognise).

mod argument;
mod hint;
pub mod list;
mod page;
mod recognise;
mod values;
mod walk;

use indexmap::IndexMap;
use serde_json::Value;

use self::hint::Hint;
use self::list::HINT;
pub use self::recognise::{READS, style_of};
use self::values::{is_link_object, is_scalar};
use self::walk::walk;
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::plan::{Empty, Operation, Paging, PagingStyle, Presence, Step, Success, TypeDef, TypeRef};

/// Finds out how each operation pages, by its hint if it has one.
pub fn read(
    document: &Value,
    operations: &mut [Operation],
    types: &IndexMap<String, TypeDef>,
    diagnostics: &mut Diagnostics,
) {
    for operation in operations {
        let Some(source) = document.pointer(&operation.pointer) else { continue };
        if let Some(hint) = source.get(HINT) {
            operation.paging = hinted(hint, operation, types, diagnostics);
        } else if let Some(mut paging) = recognise::paging(document, operation, types)
            && settle(&mut paging, None, operation, types).is_ok()
        {
            let message = format!("the operation has `stream` and `pages`: {}", shown(&paging));
            diagnostics.push(Diagnostic::adaptation("paging", &operation.pointer, message));
            operation.paging = Some(paging);
        }
    }
}

fn hinted(
    hint: &Value,
    operation: &Operation,
    types: &IndexMap<String, TypeDef>,
    diagnostics: &mut Diagnostics,
) -> Option<Paging> {
    let fault =
        |message, help| Diagnostic::error("bad-hint", pointer_join(&operation.pointer, HINT), message).with_help(help);
    let Hint { mut paging, empty } = match hint::parse(hint) {
        Ok(hint) => hint?,
        Err(bad) => {
            diagnostics.push(fault(bad.message, bad.help));
            return None;
        }
    };
    match settle(&mut paging, empty, operation, types) {
        Ok(()) => Some(paging),
        Err(message) => {
            let help = "point at properties of the success response's schema, or name its headers as `header:NAME`; name query parameters of the operation, its headers as `header:NAME`, or point at members of its JSON body";
            diagnostics.push(fault(message, help));
            None
        }
    }
}

/// How a list is paged, in a few words.
fn shown(paging: &Paging) -> String {
    let items = if paging.items.is_empty() { "the body".to_owned() } else { format!("`{}`", paging.items) };
    let way = match &paging.style {
        PagingStyle::Offset { offset } => format!("by `{offset}`, which counts items"),
        PagingStyle::Page { page, first } => format!("by `{page}`, which counts pages from {first}"),
        PagingStyle::Cursor { cursor, next } => format!("by `{cursor}`, which takes `{next}` of the page before"),
        PagingStyle::LastItem { cursor, last } => {
            let value = if last.is_empty() { "the last item".to_owned() } else { format!("`{last}` of the last item") };
            format!("by `{cursor}`, which takes {value} of the page before")
        }
        PagingStyle::Link { next } => format!("by the link `{next}`"),
        PagingStyle::LinkHeader => "by the header `Link`".to_owned(),
    };
    format!("the items are {items}, paged {way}")
}

/// Finds what the pointers lead to, and the parameters, or tells what is not there. `empty` is what the hint says to stand
/// for a list without items.
fn settle(
    paging: &mut Paging,
    empty: Option<Empty>,
    operation: &Operation,
    types: &IndexMap<String, TypeDef>,
) -> Result<(), String> {
    let place = match &paging.style {
        PagingStyle::Offset { offset } => Some(offset),
        PagingStyle::Page { page, .. } => Some(page),
        PagingStyle::Cursor { cursor, .. } | PagingStyle::LastItem { cursor, .. } => Some(cursor),
        PagingStyle::Link { .. } | PagingStyle::LinkHeader => None,
    };
    for name in place.into_iter().chain(&paging.limit) {
        let takes_cursor = matches!(paging.style, PagingStyle::Cursor { .. } | PagingStyle::LastItem { .. });
        argument::check(name, takes_cursor && paging.limit.as_ref() != Some(name), operation, types)?;
    }
    let Success::One(payload) = &operation.success else {
        return Err("the operation has no single success response".to_owned());
    };
    let Some(page) = payload.value() else {
        return Err("the operation's success response is neither JSON nor XML".to_owned());
    };
    let (path, found) = walk(page, &paging.items, types)?;
    paging.empty = empty.unwrap_or(Empty { absent: may_be_absent(&paging.style, &path), ..Empty::default() });
    paging.begins = recognise::begins(paging, operation);
    paging.path = path;
    paging.item = match found {
        TypeRef::Array(item) => *item,
        TypeRef::Any => TypeRef::Any,
        _ => return Err(format!("the items, `{}`, are no list", paging.items)),
    };
    for (name, pointer) in [("total", &paging.total), ("total_pages", &paging.total_pages)] {
        let Some(pointer) = pointer else { continue };
        let found = told(page, pointer, types)?;
        if !is_scalar(&found) {
            return Err(format!("`{name}`, `{pointer}`, is no number and no string"));
        }
    }
    if let Some(pointer) = &paging.has_more {
        let found = told(page, pointer, types)?;
        if found != TypeRef::Boolean && !is_scalar(&found) {
            return Err(format!("`has_more`, `{pointer}`, is no boolean"));
        }
    }
    match &paging.style {
        PagingStyle::Cursor { cursor, next } => {
            let found = told(page, next, types)?;
            let cursor = argument::takes(cursor, &found);
            cursor.then_some(()).ok_or_else(|| format!("`next`, `{next}`, is no string and no number"))
        }
        PagingStyle::LastItem { cursor, last } => {
            let (_, found) = walk(&paging.item, last, types)?;
            let cursor = argument::takes(cursor, &found);
            cursor.then_some(()).ok_or_else(|| format!("`last`, `{last}`, is no string and no number of an item"))
        }
        PagingStyle::Link { next } => {
            let found = told(page, next, types)?;
            let link = is_scalar(&found) || is_link_object(&found, types);
            link.then_some(()).ok_or_else(|| format!("`next`, `{next}`, is no string and no object with `href`"))
        }
        _ => Ok(()),
    }
}

/// The type of what a page tells beside its items: what stands there in its body, or the text of a header, which documents
/// often say nothing of.
fn told(page: &TypeRef, pointer: &str, types: &IndexMap<String, TypeDef>) -> Result<TypeRef, String> {
    match argument::header(pointer) {
        Some("") => Err(format!("`{pointer}` names no header")),
        Some(_) => Ok(TypeRef::String),
        None => walk(page, pointer, types).map(|(_, found)| found),
    }
}

/// Whether a list may be left out for an empty one: the document does not require it, nor what it stands in, and its pages
/// tell their successor, so that one that tells none is the last. By an offset or a number such a page could be anything.
fn may_be_absent(style: &PagingStyle, path: &[Step]) -> bool {
    let leads_on = matches!(style, PagingStyle::Cursor { .. } | PagingStyle::Link { .. } | PagingStyle::LinkHeader);
    leads_on
        && path.iter().any(|step| match step {
            Step::Field { presence, .. } => matches!(presence, Presence::Optional | Presence::OptionalNullable),
            Step::Key(_) | Step::Any(_) => true,
            Step::Inner | Step::Nullable => false,
        })
}

#[cfg(test)]
mod tests;
