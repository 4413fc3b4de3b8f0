//! A list as a stream of its pages, for those who want what stands beside the items.

use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::Decode;
use super::list::List;
use super::position::Position;
use super::source::Source;
use crate::client::{Client, decoded};
use crate::error::{Error, ErrorBody, InvalidRequest};
use crate::headers::ResponseHeaders;
use crate::request::Request;
use crate::response::ResponseValue;

/// The pages of a list, one after the other. After an error there are no more pages. A list ends only on proof of its end,
/// as [`Items`](super::Items#where-a-list-ends) tells; what comes in the place of a page is an error there as well.
#[must_use = "nothing is fetched until the stream is read"]
pub struct Pages<P, E, H = HeaderMap> {
    source: Source,
    decode: Decode<P>,
    answers: std::marker::PhantomData<fn() -> (E, H)>,
}

impl<P: DeserializeOwned + 'static, T: DeserializeOwned + Send + 'static> List<P, T> {
    /// The list that a request begins, page by page. Nothing is sent before the first is asked for.
    pub fn pages<E: ErrorBody>(self, client: Client, request: Result<Request, InvalidRequest>) -> Pages<P, E> {
        let (client, request) = client.settled(request);
        Pages::new(self, client, request)
    }
}

impl<P: 'static, E: ErrorBody> Pages<P, E> {
    pub(super) fn new<T>(list: List<P, T>, client: Client, request: Result<Request, InvalidRequest>) -> Self {
        let source = Source::new(client, request, list.paging, list.translate);
        Self { source, decode: list.page, answers: std::marker::PhantomData }
    }

    /// The same, whose pages have headers that the document describes.
    pub fn with_headers<H: ResponseHeaders>(self) -> Pages<P, E, H> {
        Pages { source: self.source, decode: self.decode, answers: std::marker::PhantomData }
    }
}

impl<P: 'static, E: ErrorBody, H: ResponseHeaders> Pages<P, E, H> {
    /// Fetches up to `pages` pages before they are asked for; see [`Items::read_ahead`](super::Items::read_ahead).
    pub fn read_ahead(mut self, pages: usize) -> Self {
        self.source.read_ahead(pages);
        self
    }

    /// How many empty pages in a row may lead to another one; see [`Items::max_empty_pages`](super::Items::max_empty_pages).
    pub fn max_empty_pages(mut self, pages: u32) -> Self {
        self.source.max_empty_pages(pages);
        self
    }

    /// How long the list may take in all; see [`Items::time_limit`](super::Items::time_limit).
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.source.time_limit(limit.into());
        self
    }

    /// Begins at a position in the list; see [`Items::starting_at`](super::Items::starting_at). Where the position is in
    /// the middle of a page, that page comes whole.
    pub fn starting_at(mut self, position: Position) -> Self {
        self.source.start_at(position);
        self
    }

    /// Where a later stream begins that is to give what this one has not given yet. `None` if the call's arguments made
    /// no valid request.
    pub fn position(&self) -> Option<Position> {
        self.source.position().cloned()
    }

    /// The next page, or `None` after the last.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the call; after one there are no more pages.
    pub async fn try_next(&mut self) -> Result<Option<ResponseValue<P, H>>, Error<E>> {
        futures_util::TryStreamExt::try_next(self).await
    }
}

impl<P: 'static, E: ErrorBody, H: ResponseHeaders> Stream for Pages<P, E, H> {
    type Item = Result<ResponseValue<P, H>, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(fetched) = ready!(self.source.poll_page(cx)) else { return Poll::Ready(None) };
        let page = match fetched {
            Err(halt) => Err(halt.into_error()),
            Ok(page) => {
                let read = decoded(page.raw, page.context, self.decode);
                if let (Ok(_), Some(next)) = (&read, &page.next) {
                    self.source.at(next, 0);
                }
                read.map(ResponseValue::with_headers)
            }
        };
        if page.is_err() {
            self.source.end();
        }
        Poll::Ready(Some(page))
    }
}

// Nothing in it is pinned in place: what has to be, is boxed.
impl<P, E, H> Unpin for Pages<P, E, H> {}

impl<P, E, H> fmt::Debug for Pages<P, E, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("position", &self.source.position()).finish_non_exhaustive()
    }
}
