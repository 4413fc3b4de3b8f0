//! Paging by offset and limit.

use super::{Fetcher, Items, PageInfo, Pages, Step};
use crate::client::Client;
use crate::decode::{BodyError, Decoder};
use crate::error::{ErrorBody, InvalidRequest};
use crate::request::Request;

/// The names of an API's offset paging.
#[derive(Debug)]
pub struct OffsetPaging {
    /// The query parameter that says how many items to pass over.
    pub offset: &'static str,
    /// The query parameter that says how many items to send, if there is one.
    pub limit: Option<&'static str>,
    /// How many items to ask for when the caller does not say.
    pub page_size: u64,
}

/// Where a list has got to.
struct Offset {
    paging: &'static OffsetPaging,
    at: u64,
    /// The limit that is sent; none if the API takes none.
    limit: Option<u64>,
}

impl Offset {
    fn boxed(paging: &'static OffsetPaging) -> Box<dyn Step> {
        Box::new(Self { paging, at: 0, limit: None })
    }
}

impl Step for Offset {
    /// A list begins where the caller says, with pages as long as the caller says.
    fn first(&mut self, request: &mut Request) {
        let number = |request: &Request, name: &str| request.query(name)?.trim().parse::<u64>().ok();
        self.at = number(request, self.paging.offset).unwrap_or(0);
        if let Some(name) = self.paging.limit {
            if request.query(name).is_none() {
                request.set_query(name, self.paging.page_size.to_string());
            }
            self.limit = number(request, name).filter(|limit| *limit > 0);
        }
    }

    /// A total that the vendor tells is believed over a short page: one that gives fewer items a page than it was
    /// asked for has more. Without a total a short page is the last. Nothing is believed over an empty page.
    fn next(&mut self, request: &mut Request, page: PageInfo) -> bool {
        self.at = self.at.saturating_add(page.items);
        let more = match page.total.filter(|total| *total > 0) {
            Some(total) => self.at < total,
            None => self.limit.is_none_or(|limit| page.items >= limit),
        };
        if page.items == 0 || !more {
            return false;
        }
        request.set_query(self.paging.offset, self.at.to_string());
        true
    }
}

/// The items of a list that is paged by offset and limit.
///
/// Begins at the caller's offset, if the request has one. Ends when the vendor's total, if it tells one above 0, is
/// reached; else with a page shorter than the limit; in any case with an empty page. A page that is the same as the
/// one before ends it with [`Error::Paging`](crate::Error::Paging).
pub fn items_by_offset<P, T, E>(
    client: Client,
    request: Result<Request, InvalidRequest>,
    paging: &'static OffsetPaging,
    decode: fn(&Decoder<'_>) -> Result<P, BodyError>,
    items: fn(P) -> Vec<T>,
    total: Option<fn(&P) -> Option<u64>>,
) -> Items<T, E>
where
    P: 'static,
    T: Send + 'static,
    E: ErrorBody,
{
    Items::new(Fetcher::new(client, request, Offset::boxed(paging), decode), items, total)
}

/// The pages of a list that is paged by offset and limit; begins and ends as [`items_by_offset`] does. `items` counts
/// the items of a page.
pub fn pages_by_offset<P, E>(
    client: Client,
    request: Result<Request, InvalidRequest>,
    paging: &'static OffsetPaging,
    decode: fn(&Decoder<'_>) -> Result<P, BodyError>,
    items: fn(&P) -> usize,
    total: Option<fn(&P) -> Option<u64>>,
) -> Pages<P, E>
where
    P: 'static,
    E: ErrorBody,
{
    Pages::new(Fetcher::new(client, request, Offset::boxed(paging), decode), items, total)
}
