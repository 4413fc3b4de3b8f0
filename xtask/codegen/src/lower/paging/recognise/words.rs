//! Words that more than one rule knows.

use super::super::page::Leaf;
use crate::plan::TypeRef;

/// Parameters that take a cursor.
pub const CURSORS: &[&str] = &[
    "after",
    "aftercursor",
    "afterid",
    "bookmark",
    "continuation",
    "continuationtoken",
    "cursor",
    "cursormark",
    "exclusivestartkey",
    "marker",
    "nextcursor",
    "nextmarker",
    "nextpagetoken",
    "nexttoken",
    "offset",
    "page",
    "pageafter",
    "pagecursor",
    "pagetoken",
    "paginationcursor",
    "paginationtoken",
    "pagingtoken",
    "scrollid",
    "startcursor",
    "startingafter",
];

/// Properties that say whether there is another page.
pub const HAS_MORE: &[&str] =
    &["hasmore", "hasmoreitems", "hasmorepages", "hasmoreresults", "hasnext", "hasnextpage", "more", "moreavailable"];

pub fn is_has_more(leaf: &Leaf<'_>) -> bool {
    HAS_MORE.contains(&leaf.name.as_str()) && leaf.field.ty == TypeRef::Boolean
}
