//! How lists come in pages.

use serde::{Deserialize, Serialize};

use super::types::{Presence, TypeRef};

/// How pages follow one another. Pointers are JSON pointers into the body of a page, with names as on the wire; but for those
/// to the items and into them, they may be headers of the answer, as `header:NAME`. Arguments are names of query parameters,
/// headers as `header:NAME`, or JSON pointers to members of the request's JSON body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paging {
    /// How one page leads to the next.
    pub style: PagingStyle,
    /// Argument with the page's size.
    pub limit: Option<String>,
    /// Items per page when the caller sets none; `None` leaves it to the server.
    pub page_size: Option<u64>,
    /// To the items; empty when the body is the array.
    pub items: String,
    /// The same as Rust fields.
    pub path: Vec<Step>,
    /// The items' type.
    pub item: TypeRef,
    /// To the number of all items.
    pub total: Option<String>,
    /// To the number of all pages.
    pub total_pages: Option<String>,
    /// To what says whether there is another page.
    pub has_more: Option<String>,
    /// What stands for a list without items, beside `[]`.
    pub empty: Empty,
    /// Whether the list ends where a page leads to one that was asked for already.
    pub repeat_ends: bool,
    /// Whether links are followed by GET, whatever method began the list.
    pub links_by_get: bool,
    /// Query parameters by which a caller may begin elsewhere than at the first item, beside the style's own.
    pub begins: Vec<String>,
}

/// What an API sends in the place of a list that has no items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Empty {
    /// The list is left out.
    pub absent: bool,
    /// `null` stands in its place.
    pub null: bool,
    /// The whole body is empty.
    pub body: bool,
}

/// How one page leads to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PagingStyle {
    /// By how many items to pass over.
    Offset {
        /// Argument with that number.
        offset: String,
    },
    /// By the page's number.
    Page {
        /// Argument with the number.
        page: String,
        /// The number of the first page.
        first: u64,
    },
    /// By a value that the page before tells.
    Cursor {
        /// Argument that takes the value.
        cursor: String,
        /// To the value.
        next: String,
    },
    /// By a value of the last item of the page before.
    LastItem {
        /// Argument that takes the value.
        cursor: String,
        /// To the value, within the item.
        last: String,
    },
    /// By a URL that the page before tells in its body.
    Link {
        /// To the URL.
        next: String,
    },
    /// By the URL of the `Link` header.
    LinkHeader,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Into a struct.
    Field {
        /// The field's Rust name.
        ident: String,
        /// How the field is wrapped.
        presence: Presence,
    },
    /// Into what a name for a type holds.
    Inner,
    /// Into what may be null.
    Nullable,
    /// Into a map.
    Key(String),
    /// Into any JSON, by the rest of the pointer.
    Any(String),
}
