//! A list as a stream of its items, whatever pages they come in.

use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll, ready};

use futures_core::Stream;

use super::Decode;
use super::list::List;
use super::position::{Place, Position};
use super::source::Source;
use super::walk::Page;
use crate::client::{Client, decoded};
use crate::decode::{Decoder, parts, path};
use crate::error::{Context, DecodeError, Error, ErrorBody, InvalidRequest};
use crate::request::Request;
use crate::response::RawResponse;

/// The items of a list, whatever pages they come in. The next page is fetched when the last item of one is taken, unless
/// some are [read ahead](Self::read_ahead).
///
/// An item that cannot be read is an [`Error::Decode`] in its place, and the list goes on behind it. After any other
/// error there are no more items.
#[must_use = "nothing is fetched until the stream is read"]
pub struct Items<T, E> {
    source: Source,
    open: Box<Open<T, E>>,
    page: Option<Current<T>>,
    /// Comes before everything else.
    error: Option<Error<E>>,
}

/// Reads a page.
type Open<T, E> = dyn Fn(RawResponse, Context) -> Result<Opened<T>, Error<E>> + Send + Sync;

/// The page whose items are being taken.
struct Current<T> {
    items: Opened<T>,
    place: Place,
    taken: u64,
    next: Option<Place>,
}

/// The items of a page.
enum Opened<T> {
    /// All of them could be read.
    Whole(std::vec::IntoIter<T>),
    /// They have to be read one by one.
    Each {
        items: std::iter::Enumerate<std::vec::IntoIter<RawResponse>>,
        read: Decode<T>,
        list: String,
        context: Context,
    },
}

impl<T: Send + 'static, E: ErrorBody> Items<T, E> {
    pub(super) fn new<P: 'static>(list: List<P, T>, client: Client, request: Result<Request, InvalidRequest>) -> Self {
        let source = Source::new(client, request, list.paging);
        Self { source, open: Box::new(move |raw, context| open(&list, raw, context)), page: None, error: None }
    }

    /// A list that fails at once.
    pub fn failed(error: Error<E>) -> Self {
        Self {
            source: Source::ended(error.operation()),
            open: Box::new(|_, _| Ok(Opened::Whole(Vec::new().into_iter()))),
            page: None,
            error: Some(error),
        }
    }

    /// Fetches up to `pages` pages before they are asked for, in a task of its own; 0, as at the beginning, fetches each
    /// page when its first item is asked for. To be said before the stream is read. Dropping the stream ends the task.
    ///
    /// The stream must then be read inside a Tokio runtime.
    pub fn read_ahead(mut self, pages: usize) -> Self {
        self.source.read_ahead(pages);
        self
    }

    /// Begins at a position in the list, instead of where the call's own arguments lead. With a position in another list,
    /// or where the stream has been read from already, it is a single [`Error::InvalidRequest`].
    ///
    /// Where the position is in the middle of a page, that page is fetched once more.
    pub fn starting_at(mut self, position: Position) -> Self {
        self.source.start_at(position);
        self.page = None;
        self
    }

    /// Where a later stream begins that is to give what this one has not given yet. `None` if the call's arguments made
    /// no valid request. An item that could not be read counts as given.
    pub fn position(&self) -> Option<Position> {
        self.source.position().cloned()
    }

    /// The next item, or `None` after the last.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] for an item that cannot be read, after which the list goes on; any [`Error`] of the call for a
    /// page, after which there are no more items.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error<E>> {
        futures_util::TryStreamExt::try_next(self).await
    }

    /// All items there are, in memory.
    ///
    /// # Errors
    ///
    /// The first [`Error`], be it of one item or of a page; the items before it are lost then.
    pub async fn collect_all(mut self) -> Result<Vec<T>, Error<E>> {
        let mut all = Vec::new();
        while let Some(item) = self.try_next().await? {
            all.push(item);
        }
        Ok(all)
    }

    /// The next item of the current page, and where that leaves the stream.
    fn next_of_page(&mut self) -> Option<Result<T, Error<E>>> {
        let page = self.page.as_mut()?;
        let item = page.items.next();
        if item.is_some() {
            page.taken += 1;
        }
        match &page.next {
            Some(next) if page.items.is_empty() => {
                self.source.at(next, 0);
                self.page = None;
            }
            _ => {
                self.source.at(&page.place, page.taken);
            }
        }
        item
    }

    fn turn_to(&mut self, page: Page) -> Result<(), Error<E>> {
        let mut items = (self.open)(page.raw, page.context)?;
        let taken = (0..self.source.skip()).take_while(|_| items.skip()).count() as u64;
        self.page = Some(Current { items, place: page.place, taken, next: page.next });
        Ok(())
    }
}

impl<T: Send + 'static, E: ErrorBody> Stream for Items<T, E> {
    type Item = Result<T, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(error) = self.error.take() {
            return Poll::Ready(Some(Err(error)));
        }
        loop {
            if let Some(item) = self.next_of_page() {
                return Poll::Ready(Some(item));
            }
            let turned = match ready!(self.source.poll_page(cx)) {
                None => return Poll::Ready(None),
                Some(Err(halt)) => Err(halt.into_error()),
                Some(Ok(page)) => self.turn_to(page),
            };
            if let Err(error) = turned {
                self.page = None;
                self.source.end();
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

// Nothing in it is pinned in place: what has to be, is boxed.
impl<T, E> Unpin for Items<T, E> {}

impl<T, E> fmt::Debug for Items<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("position", &self.source.position()).finish_non_exhaustive()
    }
}

/// Reads a page: whole, as most can be; else item by item, if it is the items alone that cannot be read.
fn open<P, T, E>(list: &List<P, T>, raw: RawResponse, context: Context) -> Result<Opened<T>, Error<E>> {
    let call = context.clone();
    let error = match decoded(raw, context, list.page) {
        Ok(page) => {
            let items = (list.items)(&mut page.into_inner()).map(std::mem::take).unwrap_or_default();
            return Ok(Opened::Whole(items.into_iter()));
        }
        Err(error) => error,
    };
    let Error::Decode(unread) = &error else { return Err(error) };
    let Ok(items) = parts(unread.raw(), list.paging.items) else { return Err(error) };
    let rest = without(unread.raw(), &items);
    if (list.page)(&Decoder::new(&rest).strict(call.strict)).is_err() {
        return Err(error);
    }
    let place = path(list.paging.items);
    Ok(Opened::Each { items: items.into_iter().enumerate(), read: list.item, list: place, context: call })
}

/// A page with its items taken out.
fn without(page: &RawResponse, items: &[RawResponse]) -> RawResponse {
    let body = page.body();
    let start = |part: &RawResponse| part.body().as_ptr() as usize - body.as_ptr() as usize;
    let rest = items.first().zip(items.last()).and_then(|(first, last)| {
        Some([body.get(..start(first))?, body.get(start(last) + last.body().len()..)?].concat())
    });
    RawResponse::new(page.status(), page.headers().clone(), rest.unwrap_or_else(|| body.to_vec()))
}

impl<T> Opened<T> {
    fn next<E>(&mut self) -> Option<Result<T, Error<E>>> {
        match self {
            Self::Whole(items) => items.next().map(Ok),
            Self::Each { items, read, list, context } => {
                let (index, item) = items.next()?;
                let decoder = Decoder::new(&item).strict(context.strict);
                Some(read(&decoder).map_err(|error| {
                    let error = error.within(list, index);
                    Error::Decode(Box::new(DecodeError::new(item, context.clone(), error)))
                }))
            }
        }
    }

    /// Passes over an item; `false` if there is none.
    fn skip(&mut self) -> bool {
        match self {
            Self::Whole(items) => items.next().is_some(),
            Self::Each { items, .. } => items.next().is_some(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Whole(items) => items.len() == 0,
            Self::Each { items, .. } => items.len() == 0,
        }
    }
}
