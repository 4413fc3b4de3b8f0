//! What a generated crate says of an operation that answers with a list: plain data, made at compile time.

use serde::de::DeserializeOwned;

use super::{Decode, Items, Pages, Translate};
use crate::client::Client;
use crate::decode;
use crate::error::{ErrorBody, InvalidRequest};
use crate::request::Request;

/// How a list comes in pages. Pointers are JSON pointers (RFC 6901) into the body of a page; in place of one,
/// `header:NAME` is the answer's header of that name, but for those to the items and into them.
///
/// Arguments are query parameters by their names; headers, as `header:NAME`; or, with a slash before it, JSON pointers to
/// members of the request's JSON body.
#[derive(Debug)]
pub struct Paging {
    /// How one page leads to the next.
    pub style: Style,
    /// The argument that says how many items a page is to have, if there is one.
    pub limit: Option<&'static str>,
    /// How many items to ask for when the caller does not say; `None` asks for no number. A page with fewer items than
    /// were asked for is the last one, unless the page tells otherwise, or more were asked for than this: servers cut
    /// that down. Where no argument says it, how many items a full page has.
    pub page_size: Option<u64>,
    /// The pointer to the items; empty if the body is the list.
    pub items: &'static str,
    /// The pointer to the number of all items.
    pub total: Option<&'static str>,
    /// The pointer to the number of all pages.
    pub total_pages: Option<&'static str>,
    /// The pointer to what says whether there is another page.
    pub has_more: Option<&'static str>,
    /// What stands for a list without items, beside `[]`. Anything else in the place of a list is an error.
    pub empty: Empty,
    /// Whether a list ends where a page leads to one that was asked for already, as some APIs have it. Else that is an
    /// error.
    pub repeat_ends: bool,
    /// Whether links are followed by GET, without a body, whatever method began the list. Else by the operation's own.
    pub links_by_get: bool,
    /// Query parameters by which a caller may begin elsewhere than at the first item, beside the style's own: who sets one
    /// is not told by the total that items are missing.
    pub begins: &'static [&'static str],
}

/// What an API sends in the place of a list that has no items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Empty {
    /// The list, or what it stands in, is left out, as servers of protobuf's kind do (ProtoJSON, "Field Presence").
    pub absent: bool,
    /// `null` stands in its place.
    pub null: bool,
    /// The whole body is empty, as with status 204.
    pub body: bool,
}

impl Empty {
    /// Nothing but `[]`.
    pub const LIST: Self = Self { absent: false, null: false, body: false };
    /// The list may be left out.
    pub const ABSENT: Self = Self { absent: true, ..Self::LIST };
}

/// How one page leads to the next.
#[derive(Debug)]
pub enum Style {
    /// By how many items to pass over.
    Offset {
        /// The argument with that number.
        offset: &'static str,
    },
    /// By the page's number.
    Page {
        /// The argument with the number.
        page: &'static str,
        /// The number of the first page.
        first: u64,
    },
    /// By a value that the page before tells.
    Cursor {
        /// The argument that takes the value; in a body as JSON, just as the page has it.
        cursor: &'static str,
        /// The pointer to the value.
        next: &'static str,
    },
    /// By a value of the last item of the page before, such as its id.
    LastItem {
        /// The argument that takes the value; in a body as JSON, just as the item has it.
        cursor: &'static str,
        /// The pointer to the value, within the item.
        last: &'static str,
    },
    /// By a URL that the page before tells in its body.
    Link {
        /// The pointer to the URL, or to an object whose `href` it is.
        next: &'static str,
    },
    /// By the URL of the `Link` header whose relation is `next` (RFC 8288).
    LinkHeader,
}

/// An operation that answers with a list: pages of type `P` with items of type `T`.
#[derive(Debug)]
pub struct List<P, T> {
    pub(super) paging: &'static Paging,
    pub(super) page: Decode<P>,
    pub(super) item: Decode<T>,
    pub(super) items: fn(&mut P) -> Option<&mut Vec<T>>,
    pub(super) translate: Option<Translate>,
}

impl<P: DeserializeOwned + 'static, T: DeserializeOwned + Send + 'static> List<P, T> {
    /// A list in pages of JSON. `items` leads to the items of a page; a page without any may have `None`.
    pub const fn json(paging: &'static Paging, items: fn(&mut P) -> Option<&mut Vec<T>>) -> Self {
        Self { paging, page: decode::json, item: decode::json, items, translate: None }
    }

    /// A list in pages of another kind: `translate` gives the JSON that a page stands for.
    pub const fn translated(
        paging: &'static Paging,
        items: fn(&mut P) -> Option<&mut Vec<T>>,
        translate: Translate,
    ) -> Self {
        Self { translate: Some(translate), ..Self::json(paging, items) }
    }

    /// The items of the list that a request begins, page after page. Nothing is sent before the first is asked for.
    pub fn items<E: ErrorBody>(self, client: Client, request: Result<Request, InvalidRequest>) -> Items<T, E> {
        Items::new(self, client, request)
    }

    /// The same list page by page.
    pub fn pages<E: ErrorBody>(self, client: Client, request: Result<Request, InvalidRequest>) -> Pages<P, E> {
        Pages::new(self, client, request)
    }
}
