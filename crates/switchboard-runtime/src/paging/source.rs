//! Where a stream's pages come from: fetched when they are asked for, or by a task that keeps a few ahead.

use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll, ready};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Translate;
use super::description::Paging;
use super::position::{Place, Position};
use super::walk::{Fetched, Halt, Walk};
use crate::client::Client;
use crate::environment::BoxFuture;
use crate::error::{Error, ErrorBody, Failure, InvalidRequest, PagingError, PagingProblem};
use crate::request::Request;

/// The pages of a list.
pub(super) struct Source {
    state: State,
    ahead: usize,
    /// Where the page after the last one taken begins, as far as that makes sense.
    position: Option<Position>,
    /// How many items of the first page a position passes over.
    skip: u64,
    /// Whether a page has been asked for.
    begun: bool,
    operation: &'static str,
}

enum State {
    Idle(Box<Walk>),
    Fetching(BoxFuture<'static, (Box<Walk>, Option<Fetched>)>),
    Ahead(Ahead),
    Failed(Option<Halt>),
    Ended,
}

impl Source {
    pub(super) fn new(
        client: Client,
        request: Result<Request, InvalidRequest>,
        paging: &'static Paging,
        translate: Option<Translate>,
    ) -> Self {
        match request.and_then(|request| Walk::new(client, request, paging)) {
            Ok(mut walk) => {
                walk.translate(translate);
                let (position, operation) = (Some(walk.position()), walk.operation());
                Self { position, ..Self::without_pages(State::Idle(Box::new(walk)), operation) }
            }
            Err(error) => Self::failed(error),
        }
    }

    /// Without any page.
    pub(super) fn ended(operation: &'static str) -> Self {
        Self::without_pages(State::Ended, operation)
    }

    fn failed(error: InvalidRequest) -> Self {
        let operation = error.operation();
        let halt = Halt::Failure(Failure::InvalidRequest(error));
        Self::without_pages(State::Failed(Some(halt)), operation)
    }

    fn without_pages(state: State, operation: &'static str) -> Self {
        Self { state, ahead: 0, position: None, skip: 0, begun: false, operation }
    }

    /// Keeps up to so many pages ahead of the one that was taken last.
    pub(super) fn read_ahead(&mut self, pages: usize) {
        self.ahead = pages.min(tokio::sync::Semaphore::MAX_PERMITS);
    }

    /// How many empty pages in a row may lead to another one.
    pub(super) fn max_empty_pages(&mut self, pages: u32) {
        if let State::Idle(walk) = &mut self.state {
            walk.max_empty_pages(pages);
        }
    }

    /// How long the list may take in all.
    pub(super) fn time_limit(&mut self, limit: Option<Duration>) {
        if let State::Idle(walk) = &mut self.state {
            walk.time_limit(limit);
        }
    }

    /// Begins elsewhere.
    pub(super) fn start_at(&mut self, position: Position) {
        if self.begun {
            let message = "the stream has been read from: a position must be given before that";
            *self = Self::failed(InvalidRequest::new(self.operation, message));
        }
        let State::Idle(walk) = &mut self.state else { return };
        match walk.start_at(&position) {
            Ok(()) => {
                self.skip = position.taken;
                self.position = Some(position);
            }
            Err(error) => *self = Self::failed(error),
        }
    }

    /// Where a later stream would have to begin to get what this one has not given out, if `taken` items of the page
    /// given out last are done with, or all of it.
    pub(super) fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Takes note that of the page at `place` so many items are done with.
    pub(super) fn at(&mut self, place: &Place, taken: u64) {
        if let Some(position) = &mut self.position {
            // Called for every item: the place is copied once a page.
            if position.place != *place {
                position.place = place.clone();
            }
            position.taken = taken;
        }
    }

    /// How many items of the page that was just taken are to be passed over.
    pub(super) fn skip(&mut self) -> u64 {
        std::mem::take(&mut self.skip)
    }

    /// A fault of the page that was just taken.
    pub(super) fn fault<E: ErrorBody>(&self, problem: PagingProblem, page: u64) -> Error<E> {
        let fault = PagingError::new(self.operation, problem, page, self.position.clone());
        Halt::Fault(fault).into_error()
    }

    /// No more pages.
    pub(super) fn end(&mut self) {
        self.state = State::Ended;
    }

    pub(super) fn poll_page(&mut self, cx: &mut task::Context<'_>) -> Poll<Option<Fetched>> {
        self.begun = true;
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Failed(halt) => {
                    let halt = halt.take();
                    self.state = State::Ended;
                    return Poll::Ready(halt.map(Err));
                }
                State::Idle(_) => {
                    let State::Idle(walk) = std::mem::replace(&mut self.state, State::Ended) else { continue };
                    self.state = match Handle::try_current() {
                        Ok(runtime) if self.ahead > 0 => State::Ahead(Ahead::new(&runtime, walk, self.ahead)),
                        _ => fetch(walk),
                    };
                }
                State::Fetching(call) => {
                    let (walk, fetched) = ready!(call.as_mut().poll(cx));
                    self.state = match fetched {
                        Some(Ok(_)) => State::Idle(walk),
                        Some(Err(_)) | None => State::Ended,
                    };
                    return Poll::Ready(fetched);
                }
                State::Ahead(ahead) => {
                    let fetched = ready!(ahead.poll_page(cx, self.position.as_ref()));
                    if !matches!(fetched, Some(Ok(_))) {
                        self.state = State::Ended;
                    }
                    return Poll::Ready(fetched);
                }
            }
        }
    }
}

fn fetch(mut walk: Box<Walk>) -> State {
    State::Fetching(Box::pin(async move {
        let fetched = walk.next().await;
        (walk, fetched)
    }))
}

/// A task that fetches pages before they are asked for, until so many wait. Ends with its stream.
struct Ahead {
    pages: mpsc::Receiver<Fetched>,
    task: JoinHandle<()>,
    operation: &'static str,
    /// How many pages were taken.
    taken: u64,
}

impl Ahead {
    fn new(runtime: &Handle, walk: Box<Walk>, pages: usize) -> Self {
        let operation = walk.operation();
        let (sender, receiver) = mpsc::channel(pages);
        let work = run(walk, sender);
        #[cfg(feature = "tracing")]
        let work = tracing::Instrument::in_current_span(work);
        Self { pages: receiver, task: runtime.spawn(work), operation, taken: 0 }
    }

    fn poll_page(&mut self, cx: &mut task::Context<'_>, position: Option<&Position>) -> Poll<Option<Fetched>> {
        if let Some(fetched) = ready!(self.pages.poll_recv(cx)) {
            self.taken += 1;
            return Poll::Ready(Some(fetched));
        }
        // A task that panicked has not come to the end of the list.
        match ready!(Pin::new(&mut self.task).poll(cx)) {
            Ok(()) => Poll::Ready(None),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => {
                    let position = position.cloned();
                    let fault = PagingError::new(self.operation, PagingProblem::Interrupted, self.taken + 1, position);
                    Poll::Ready(Some(Err(Halt::Fault(fault))))
                }
            },
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(mut walk: Box<Walk>, pages: mpsc::Sender<Fetched>) {
    // A page is fetched only when there is room for it, so that none waits outside the channel.
    while let Ok(room) = pages.reserve().await {
        let Some(fetched) = walk.next().await else { return };
        room.send(fetched);
    }
}
