//! A list as a stream of its pages, for those who want what stands beside the items.

use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll, ready};

use futures_core::Stream;

use super::{Fetcher, PageInfo};
use crate::error::{Error, ErrorBody};
use crate::response::ResponseValue;

/// The pages of a list, one after the other.
#[must_use = "nothing is fetched until the stream is read"]
pub struct Pages<P, E> {
    fetcher: Fetcher<P, E>,
    items: fn(&P) -> usize,
    total: Option<fn(&P) -> Option<u64>>,
}

impl<P: 'static, E: ErrorBody> Pages<P, E> {
    pub(crate) fn new(fetcher: Fetcher<P, E>, items: fn(&P) -> usize, total: Option<fn(&P) -> Option<u64>>) -> Self {
        Self { fetcher, items, total }
    }

    /// The next page, or `None` after the last.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the call; after one there are no more pages.
    pub async fn try_next(&mut self) -> Result<Option<ResponseValue<P>>, Error<E>> {
        futures_util::TryStreamExt::try_next(self).await
    }
}

impl<P: 'static, E: ErrorBody> Stream for Pages<P, E> {
    type Item = Result<ResponseValue<P>, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(fetched) = ready!(self.fetcher.poll_page(cx)) else { return Poll::Ready(None) };
        Poll::Ready(Some(fetched.and_then(|(page, body)| {
            let items = (self.items)(&page) as u64;
            let total = self.total.and_then(|total| total(&page));
            self.fetcher.advance(body, PageInfo { items, total })?;
            Ok(page)
        })))
    }
}

// Nothing in it is pinned in place: what has to be, is boxed.
impl<P, E> Unpin for Pages<P, E> {}

impl<P, E> fmt::Debug for Pages<P, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}
