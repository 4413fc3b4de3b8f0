//! What a generated crate says of an operation that answers with a list: plain data, made at compile time.

/// How a list comes in pages. Pointers are JSON pointers (RFC 6901) into the body of a page; in place of one,
/// `header:NAME` is the answer's header of that name, but for those to the items and into them.
///
/// Arguments are query parameters by their names; headers, as `header:NAME`; or, with a slash before it, JSON pointers to
/// members of the request's JSON body.
#[derive(Debug)]
pub struct Paging {
    /// How one page leads to the next.
    pub(crate) style: PagingStyle,
    /// The argument that says how many items a page is to have, if there is one.
    pub(crate) limit: Option<&'static str>,
    /// How many items to ask for when the caller does not say; `None` asks for no number. A page with fewer items than
    /// were asked for is the last one, unless the page tells otherwise, or more were asked for than this: servers cut
    /// that down. Where no argument says it, how many items a full page has.
    pub(crate) page_size: Option<u64>,
    /// The pointer to the items; empty if the body is the list.
    pub(crate) items: &'static str,
    /// The pointer to the number of all items.
    pub(crate) total: Option<&'static str>,
    /// The pointer to the number of all pages.
    pub(crate) total_pages: Option<&'static str>,
    /// The pointer to what says whether there is another page.
    pub(crate) has_more: Option<&'static str>,
    /// What stands for a list without items, beside `[]`. Anything else in the place of a list is an error.
    pub(crate) empty: Empty,
    /// Whether a list ends where a page leads to one that was asked for already, as some APIs have it. Else that is an
    /// error.
    pub(crate) repeat_ends: bool,
    /// Whether links are followed by GET, without a body, whatever method began the list. Else by the operation's own.
    pub(crate) links_by_get: bool,
    /// Query parameters by which a caller may begin elsewhere than at the first item, beside the style's own: who sets one
    /// is not told by the total that items are missing, nor led on in the opposite way, be it `after` for `before`.
    pub(crate) begins: &'static [&'static str],
}

impl Paging {
    const fn by(style: PagingStyle, items: &'static str) -> Self {
        Self {
            style,
            limit: None,
            page_size: None,
            items,
            total: None,
            total_pages: None,
            has_more: None,
            empty: Empty::LIST,
            repeat_ends: false,
            links_by_get: false,
            begins: &[],
        }
    }

    /// Pages that the argument `offset` asks for: how many items to pass over. `items` is the pointer to the items, here
    /// and below; empty if the body is the list.
    pub const fn offset(items: &'static str, offset: &'static str) -> Self {
        Self::by(PagingStyle::Offset { offset }, items)
    }

    /// Pages that the argument `page` asks for by their numbers, from `first`.
    pub const fn page(items: &'static str, page: &'static str, first: u64) -> Self {
        Self::by(PagingStyle::Page { page, first }, items)
    }

    /// Pages that the argument `cursor` asks for with what is at the pointer `next` of the page before; in a body as JSON,
    /// just as the page has it.
    pub const fn cursor(items: &'static str, cursor: &'static str, next: &'static str) -> Self {
        Self::by(PagingStyle::Cursor { cursor, next }, items)
    }

    /// Pages that the argument `cursor` asks for with what is at the pointer `last` of the last item of the page before.
    pub const fn last_item(items: &'static str, cursor: &'static str, last: &'static str) -> Self {
        Self::by(PagingStyle::LastItem { cursor, last }, items)
    }

    /// Pages that the page before leads to by a URL, or an object whose `href` is one, at the pointer `next`.
    pub const fn link(items: &'static str, next: &'static str) -> Self {
        Self::by(PagingStyle::Link { next }, items)
    }

    /// Pages that the page before leads to by its header `Link`, relation `next` (RFC 8288).
    pub const fn link_header(items: &'static str) -> Self {
        Self::by(PagingStyle::LinkHeader, items)
    }

    /// The same with the argument that says how many items a page is to have.
    #[must_use]
    pub const fn limit(self, limit: &'static str) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The same with how many items to ask for when the caller does not say; without an argument for it, how many a full
    /// page has.
    #[must_use]
    pub const fn page_size(self, items: u64) -> Self {
        Self { page_size: Some(items), ..self }
    }

    /// The same with the pointer to the number of all items.
    #[must_use]
    pub const fn total(self, pointer: &'static str) -> Self {
        Self { total: Some(pointer), ..self }
    }

    /// The same with the pointer to the number of all pages.
    #[must_use]
    pub const fn total_pages(self, pointer: &'static str) -> Self {
        Self { total_pages: Some(pointer), ..self }
    }

    /// The same with the pointer to what says whether there is another page.
    #[must_use]
    pub const fn has_more(self, pointer: &'static str) -> Self {
        Self { has_more: Some(pointer), ..self }
    }

    /// The same, where the list, or what it stands in, is left out if it is empty, as servers of protobuf's kind do
    /// (ProtoJSON, "Field Presence").
    #[must_use]
    pub const fn empty_if_absent(mut self) -> Self {
        self.empty.absent = true;
        self
    }

    /// The same, where `null` stands for an empty list.
    #[must_use]
    pub const fn empty_if_null(mut self) -> Self {
        self.empty.null = true;
        self
    }

    /// The same, where no body at all, as with status 204, stands for an empty list.
    #[must_use]
    pub const fn empty_if_no_body(mut self) -> Self {
        self.empty.body = true;
        self
    }

    /// The same, where a list ends if a page leads to one that was asked for already.
    #[must_use]
    pub const fn repeat_ends(self) -> Self {
        Self { repeat_ends: true, ..self }
    }

    /// The same, where links are followed by GET, without a body, whatever method began the list.
    #[must_use]
    pub const fn links_by_get(self) -> Self {
        Self { links_by_get: true, ..self }
    }

    /// The same with query parameters by which a caller may begin elsewhere than at the first item, beside the style's own.
    #[must_use]
    pub const fn begins(self, parameters: &'static [&'static str]) -> Self {
        Self { begins: parameters, ..self }
    }
}

/// What an API sends in the place of a list that has no items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Empty {
    /// The list, or what it stands in, is left out, as servers of protobuf's kind do (ProtoJSON, "Field Presence").
    pub(crate) absent: bool,
    /// `null` stands in its place.
    pub(crate) null: bool,
    /// The whole body is empty, as with status 204.
    pub(crate) body: bool,
}

impl Empty {
    /// Nothing but `[]`.
    pub(crate) const LIST: Self = Self { absent: false, null: false, body: false };
}

/// How one page leads to the next.
#[derive(Debug)]
pub(crate) enum PagingStyle {
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
