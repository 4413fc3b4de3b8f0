//! A list as a stream of its items, whatever pages they come in.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::Decode;
use super::list::List;
use super::position::{Place, Position};
use super::source::Source;
use super::walk::Page;
use crate::client::Client;
use crate::context::Context;
use crate::decode::{BodyError, Decoder, Repair, parts, path};
use crate::error::{DecodeError, Error, ErrorBody, InvalidRequest, PagingProblem};
use crate::raw_response::RawResponse;
use crate::request::Request;

/// The items of a list, whatever pages they come in. The next page is fetched when the last item of one is taken, unless
/// some are [read ahead](Self::read_ahead).
///
/// An item that cannot be read is an [`Error::Decode`] in its place, and the list goes on behind it. After any other
/// error there are no more items; [`position`](Self::position) then says where a later stream takes the list up.
///
/// # Where a list ends
///
/// `None` means that the list was at its end, by what the server said:
///
/// | style | proof of the end |
/// |---|---|
/// | offset | as many items as the `total`; else no `has_more`; else a page shorter than `page_size`; else an empty list |
/// | page | the last of `total_pages`; else as many items as the `total`; else no `has_more`, a short page, an empty list |
/// | cursor | a page without the next cursor, or with `has_more` that says no |
/// | last item | `has_more` that says no; else a page shorter than `page_size`; else an empty list |
/// | link, `Link` header | a page without a link to the next one |
///
/// Whatever is told goes before what can be seen, and an end that anything on the page speaks against is no proof: a
/// `total` that is not reached, `has_more`, more `total_pages`. It is an [`Error::Paging`] then, and so is whatever comes in
/// the place of a page: an empty body, `null` for the list, a list that is not there, an answer that is an error. The least
/// total that any page told counts, for lists change while they are read; it is held to as long as it is known how many
/// items came before, which it is from the list's beginning or a saved position on, and not where the caller begins in the
/// middle. A list may be left out for an empty one where the document does not require it and the pages tell a cursor or a
/// link: servers of protobuf's kind do so. Without a total a page cut short by the server cannot be told from the last one
/// where a short page is the proof.
///
/// A page that leads to one that was asked for already is an [`Error::Paging`] before any item comes twice (some 40 bytes
/// are kept for each page), as is a server that answers each offset or number with the same page, and a hundred
/// [empty pages](Self::max_empty_pages) in a row that lead to yet another one.
#[must_use = "nothing is fetched until the stream is read"]
pub struct Items<T, E> {
    source: Source,
    open: Box<Open<T, E>>,
    page: Option<Current<T>>,
    /// What had to be made good in the item that was given last.
    repairs: Vec<Repair>,
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
    /// All of them could be read. What had to be made good in them, in their order, with the number of the item.
    Whole { items: std::vec::IntoIter<T>, repairs: VecDeque<(u64, Repair)> },
    /// They have to be read one by one.
    Each {
        items: std::iter::Enumerate<std::vec::IntoIter<RawResponse>>,
        read: Decode<T>,
        list: String,
        context: Context,
    },
}

impl<P: DeserializeOwned + 'static, T: DeserializeOwned + Send + 'static> List<P, T> {
    /// The items of the list that a request begins, page after page. Nothing is sent before the first is asked for.
    pub fn items<E: ErrorBody>(self, client: Client, request: Result<Request, InvalidRequest>) -> Items<T, E> {
        let (client, request) = client.settled(request);
        Items::new(self, client, request)
    }
}

impl<T: Send + 'static, E: ErrorBody> Items<T, E> {
    pub(super) fn new<P: 'static>(list: List<P, T>, client: Client, request: Result<Request, InvalidRequest>) -> Self {
        let source = Source::new(client, request, list.paging, list.translate);
        Self::of(source, Box::new(move |raw, context| open(&list, raw, context)), None)
    }

    /// A list that fails at once.
    pub fn failed(error: Error<E>) -> Self {
        let nothing = || Opened::Whole { items: Vec::new().into_iter(), repairs: VecDeque::new() };
        Self::of(Source::ended(error.operation()), Box::new(move |_, _| Ok(nothing())), Some(error))
    }

    fn of(source: Source, open: Box<Open<T, E>>, error: Option<Error<E>>) -> Self {
        Self { source, open, page: None, repairs: Vec::new(), error }
    }

    /// Fetches up to `pages` pages before they are asked for, in a task of its own; 0, as at the beginning, fetches each
    /// page when its first item is asked for. To be said before the stream is read. Dropping the stream ends the task.
    ///
    /// Where the stream is read outside of a Tokio runtime there are no tasks, and no page is fetched ahead.
    pub fn read_ahead(mut self, pages: usize) -> Self {
        self.source.read_ahead(pages);
        self
    }

    /// How many empty pages in a row may lead to another one, 100 unless said otherwise. One more is an [`Error::Paging`],
    /// whose position is that of the page after it. To be said before the stream is read.
    pub fn max_empty_pages(mut self, pages: u32) -> Self {
        self.source.max_empty_pages(pages);
        self
    }

    /// How long the list may take in all, by the client's [`Environment`](crate::Environment), from when its first page is
    /// asked for; `None`, as at the beginning, for as long as it takes. When the time is up, a call under way is given up,
    /// and what comes in place of the next page is an [`Error::Paging`] for which
    /// [`is_timeout`](crate::Error::is_timeout) holds and whose position is that of the page. The time that the reader
    /// takes for the items counts as well. To be said before the stream is read.
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.source.time_limit(limit.into());
        self
    }

    /// What had to be made good in the item that was given last, with its place in its page:
    /// `connections[3].integration_type`. Empty where the server keeps to its document. What is wrong beside the items,
    /// [`on_repair`](crate::ClientBuilder::on_repair) is told, and the pages of [`Pages`](super::Pages) tell.
    ///
    /// ```
    /// # async fn each(mut items: switchboard_runtime::Items<u64, switchboard_runtime::Undescribed>) -> Result<(), switchboard_runtime::Error> {
    /// while let Some(item) = items.try_next().await? {
    ///     for repair in items.repairs() {
    ///         eprintln!("{item}: {repair}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
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
        if !self.repairs.is_empty() {
            self.repairs.clear();
        }
        let item = page.items.next(page.taken, &mut self.repairs);
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
        item.map(|item| item.map_err(Error::Decode))
    }

    fn turn_to(&mut self, page: Page) -> Result<(), Error<E>> {
        let mut items = (self.open)(page.raw, page.context)?;
        let read = items.len();
        if read != page.items {
            let problem = PagingProblem::Lost { expected: page.items, read };
            return Err(self.source.fault(problem, page.number));
        }
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

/// How many repairs of a page are told: enough for a hundred records with a hundred faults each.
const MOST_REPAIRS: usize = 10_000;

/// Reads a page: whole, as most can be; else item by item.
fn open<P, T, E>(list: &List<P, T>, raw: RawResponse, context: Context) -> Result<Opened<T>, Error<E>> {
    let mut page = None;
    let read = read(list.paging.items, raw, context, &mut |decoder| (list.page)(decoder).map(|read| page = Some(read)));
    match read.map_err(Error::Decode)? {
        Read::Whole(repairs) => {
            let items = page.as_mut().and_then(list.items).map(std::mem::take).unwrap_or_default();
            Ok(Opened::Whole { items: items.into_iter(), repairs })
        }
        Read::Each { items, list: place, context } => {
            Ok(Opened::Each { items: items.into_iter().enumerate(), read: list.item, list: place, context })
        }
    }
}

/// How a page was read.
enum Read {
    /// Whole, and what had to be made good in its items.
    Whole(VecDeque<(u64, Repair)>),
    /// Without its items, which have to be read one by one.
    Each { items: Vec<RawResponse>, list: String, context: Context },
}

/// Reads a page, whatever its type: item by item, if it is the items alone that cannot be read, or so many things have to be
/// made good in them that not all would be told.
fn read(
    list: &str,
    raw: RawResponse,
    context: Context,
    page: &mut dyn FnMut(&Decoder<'_>) -> Result<(), BodyError>,
) -> Result<Read, Box<DecodeError>> {
    let decoder = Decoder::new(&raw).strict(context.strict).most_repairs(MOST_REPAIRS);
    let error = match page(&decoder) {
        Ok(()) => {
            let repairs = decoder.into_repairs();
            if repairs.len() < MOST_REPAIRS {
                context.tell(&repairs);
                return Ok(Read::Whole(by_item(list, repairs)));
            }
            None
        }
        Err(error) => Some(error),
    };
    let failed = |raw, error| Box::new(DecodeError::new(raw, context.clone(), error));
    let items = match (parts(&raw, list), error) {
        (Ok(items), error) => {
            let rest = without(&raw, &items);
            let decoder = Decoder::new(&rest).strict(context.strict);
            if let Err(unread) = page(&decoder) {
                return Err(failed(raw, error.unwrap_or(unread)));
            }
            context.tell(&decoder.into_repairs());
            items
        }
        (Err(none), error) => return Err(failed(raw, error.unwrap_or(none))),
    };
    Ok(Read::Each { items, list: path(list), context })
}

/// The repairs of a page's items, in the order of the items.
fn by_item(list: &str, repairs: Vec<Repair>) -> VecDeque<(u64, Repair)> {
    if repairs.is_empty() {
        return VecDeque::new();
    }
    let list = path(list);
    let item = |repair: &Repair| {
        let (index, _) = repair.path.strip_prefix(list.as_str())?.strip_prefix('[')?.split_once(']')?;
        index.parse::<u64>().ok()
    };
    let mut of_items: Vec<_> = repairs.into_iter().filter_map(|repair| Some((item(&repair)?, repair))).collect();
    of_items.sort_by_key(|(index, _)| *index);
    of_items.into()
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

/// Takes the repairs of an item. Those of items that were passed over go.
fn take(all: &mut VecDeque<(u64, Repair)>, number: u64, repairs: &mut Vec<Repair>) {
    while all.front().is_some_and(|(index, _)| *index <= number) {
        repairs.extend(all.pop_front().filter(|(index, _)| *index == number).map(|(_, repair)| repair));
    }
}

/// Tells the repairs of an item that was read on its own.
fn tell(decoder: Decoder<'_>, list: &str, index: usize, context: &Context, repairs: &mut Vec<Repair>) {
    repairs.extend(decoder.into_repairs().into_iter().map(|repair| repair.within(list, index)));
    context.tell(repairs);
}

fn lost(item: RawResponse, context: &Context, error: BodyError) -> Box<DecodeError> {
    Box::new(DecodeError::new(item, context.clone(), error))
}

impl<T> Opened<T> {
    /// The next item, which is the one of this number, and what had to be made good in it.
    fn next(&mut self, number: u64, repairs: &mut Vec<Repair>) -> Option<Result<T, Box<DecodeError>>> {
        match self {
            Self::Whole { items, repairs: all } => {
                let item = items.next()?;
                take(all, number, repairs);
                Some(Ok(item))
            }
            Self::Each { items, read, list, context } => {
                let (index, item) = items.next()?;
                let decoder = Decoder::new(&item).strict(context.strict);
                Some(match read(&decoder) {
                    Ok(value) => {
                        tell(decoder, list, index, context, repairs);
                        Ok(value)
                    }
                    Err(error) => Err(lost(item, context, error.within(list, index))),
                })
            }
        }
    }

    /// Passes over an item; `false` if there is none.
    fn skip(&mut self) -> bool {
        match self {
            Self::Whole { items, .. } => items.next().is_some(),
            Self::Each { items, .. } => items.next().is_some(),
        }
    }

    /// How many items are left.
    fn len(&self) -> u64 {
        match self {
            Self::Whole { items, .. } => items.len() as u64,
            Self::Each { items, .. } => items.len() as u64,
        }
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
