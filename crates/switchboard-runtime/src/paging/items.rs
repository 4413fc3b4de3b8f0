//! A list as a stream of its items, whatever pages they come in.

use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll, ready};

use futures_core::Stream;

use super::{Fetcher, PageInfo};
use crate::error::{Error, ErrorBody};

/// The items of a list, whatever pages they come in. The next page is fetched when the last item of one is taken.
#[must_use = "nothing is fetched until the stream is read"]
pub struct Items<T, E> {
    inner: Pin<Box<dyn Stream<Item = Result<T, Error<E>>> + Send>>,
}

impl<T: Send + 'static, E: ErrorBody> Items<T, E> {
    pub(crate) fn new<P: 'static>(
        fetcher: Fetcher<P, E>,
        items: fn(P) -> Vec<T>,
        total: Option<fn(&P) -> Option<u64>>,
    ) -> Self {
        Self { inner: Box::pin(Flat { fetcher, items, total, waiting: Vec::new().into_iter() }) }
    }

    /// A list that fails at once.
    pub fn failed(error: Error<E>) -> Self {
        Self { inner: Box::pin(futures_util::stream::iter([Err(error)])) }
    }

    /// The next item, or `None` after the last.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the call for a page; after one there are no more items.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error<E>> {
        futures_util::TryStreamExt::try_next(&mut self.inner).await
    }

    /// All items there are, in memory.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the call for a page; the items before it are lost then.
    pub async fn collect_all(mut self) -> Result<Vec<T>, Error<E>> {
        let mut all = Vec::new();
        while let Some(item) = self.try_next().await? {
            all.push(item);
        }
        Ok(all)
    }
}

impl<T, E> Stream for Items<T, E> {
    type Item = Result<T, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        self.inner.as_mut().poll_next(cx)
    }
}

impl<T, E> fmt::Debug for Items<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

/// Pages, taken apart.
struct Flat<P, T, E> {
    fetcher: Fetcher<P, E>,
    items: fn(P) -> Vec<T>,
    total: Option<fn(&P) -> Option<u64>>,
    waiting: std::vec::IntoIter<T>,
}

// Nothing in it is pinned in place: what has to be, is boxed.
impl<P, T, E> Unpin for Flat<P, T, E> {}

impl<P: 'static, T, E: ErrorBody> Stream for Flat<P, T, E> {
    type Item = Result<T, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.waiting.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let (page, body) = match ready!(self.fetcher.poll_page(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(fetched)) => fetched,
            };
            let total = self.total.and_then(|total| total(&page));
            let items = (self.items)(page.into_inner());
            if let Err(error) = self.fetcher.advance(body, PageInfo { items: items.len() as u64, total }) {
                return Poll::Ready(Some(Err(error)));
            }
            self.waiting = items.into_iter();
        }
    }
}
