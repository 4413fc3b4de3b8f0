//! Lists that come in pages, read as one stream. Pages are fetched as they are needed, one at a time, so memory stays
//! flat however long the list is.
//!
//! Every kind of paging is a step from what one page says to the request for the next. What is around it, fetching,
//! decoding, ending on errors and on pages that repeat, is the same for all.

mod count;
mod items;
mod offset;
mod pages;

use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll, ready};

use bytes::Bytes;

pub use self::count::Count;
pub use self::items::Items;
pub use self::offset::{OffsetPaging, items_by_offset, pages_by_offset};
pub use self::pages::Pages;
use crate::client::{Client, decoded, whole};
use crate::decode::{BodyError, Decoder};
use crate::engine::{Answer, Mode};
use crate::environment::BoxFuture;
use crate::error::{Error, ErrorBody, Failure, InvalidRequest, PagingError};
use crate::request::Request;
use crate::response::ResponseValue;

/// What a page says, as far as going on is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageInfo {
    /// How many items are on the page.
    pub(crate) items: u64,
    /// How many items there are in all, if the page says.
    pub(crate) total: Option<u64>,
}

/// One kind of paging.
pub(crate) trait Step: Send + 'static {
    /// Turns the caller's request into that for the first page.
    fn first(&mut self, request: &mut Request);

    /// Turns the request for a page into that for the one after it; `false` if there is none.
    fn next(&mut self, request: &mut Request, page: PageInfo) -> bool;
}

/// A page, and its body as it came.
type Fetched<P, E> = Result<(ResponseValue<P>, Bytes), Error<E>>;

/// Fetches one page after the other.
pub(crate) struct Fetcher<P, E> {
    client: Client,
    request: Option<Request>,
    step: Box<dyn Step>,
    decode: fn(&Decoder<'_>) -> Result<P, BodyError>,
    state: State<E>,
    /// The body of the page before, to notice one that repeats.
    before: Option<Bytes>,
}

enum State<E> {
    Ready,
    Fetching(BoxFuture<'static, Result<Answer, Failure>>),
    Failed(Option<Error<E>>),
    Ended,
}

impl<P: 'static, E: ErrorBody> Fetcher<P, E> {
    fn new(
        client: Client,
        request: Result<Request, InvalidRequest>,
        mut step: Box<dyn Step>,
        decode: fn(&Decoder<'_>) -> Result<P, BodyError>,
    ) -> Self {
        let (request, state) = match request {
            Ok(mut request) => {
                step.first(&mut request);
                (Some(request), State::Ready)
            }
            Err(error) => (None, State::Failed(Some(error.into()))),
        };
        Self { client, request, step, decode, state, before: None }
    }

    /// The next page. After each, [`advance`](Self::advance) says whether there is another.
    fn poll_page(&mut self, cx: &mut task::Context<'_>) -> Poll<Option<Fetched<P, E>>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Failed(error) => {
                    let error = error.take();
                    self.state = State::Ended;
                    return Poll::Ready(error.map(Err));
                }
                State::Ready => self.state = self.start(),
                State::Fetching(call) => {
                    let answer = ready!(Pin::new(call).poll(cx));
                    self.state = State::Ended;
                    return Poll::Ready(Some(self.read(answer)));
                }
            }
        }
    }

    fn read(&self, answer: Result<Answer, Failure>) -> Fetched<P, E> {
        let (raw, context) = whole(answer?)?;
        let body = raw.body().clone();
        Ok((decoded(raw, context, self.decode)?, body))
    }

    fn start(&mut self) -> State<E> {
        // A request with a stream for a body cannot be kept; nobody asks for a list with one, but if so, one page it is.
        let kept = self.request.as_ref().and_then(Request::try_clone);
        match std::mem::replace(&mut self.request, kept) {
            Some(request) => State::Fetching(self.client.call(request, Mode::Whole)),
            None => State::Ended,
        }
    }

    /// Takes note of a page, and gets ready for the one after it.
    fn advance(&mut self, body: Bytes, page: PageInfo) -> Result<(), Error<E>> {
        let Some(request) = self.request.as_mut() else { return Ok(()) };
        if page.items > 0 && self.before.as_ref() == Some(&body) {
            let message = "the same page came twice in a row: the API does not page the way it is described";
            return Err(Error::Paging(Box::new(PagingError::new(request.operation().id, message))));
        }
        self.before = Some(body);
        if self.step.next(request, page) {
            self.state = State::Ready;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
