//! Server-sent events (WHATWG HTML, section 9.2).

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use super::ByteStream;
use super::lines::ItemMeta;
use crate::engine::{Answer, Content, Engine, Mode};
use crate::environment::BoxFuture;
use crate::error::{Error, Failure};
use crate::request::Request;

/// An event whose data is longer than this, in bytes, is an error.
const LONGEST_EVENT: usize = 64 << 20;

/// How long to wait before connecting again when the server names no time; the standard leaves it to the client.
const RECONNECT_PAUSE: Duration = Duration::from_secs(3);

/// One event. Dereferences to its data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The kind of event; `message` if the server names none.
    pub kind: String,
    /// The last id that the server gave, with this event or one before.
    pub id: Option<String>,
    /// What the event says.
    pub data: T,
}

impl<T> Deref for Event<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

/// The events of an answer as they arrive, each one's data read as JSON.
///
/// An event that cannot be read is an error of its own; the events after it still come. The stream ends when the
/// server ends it, unless it was told to [`reconnect`](Self::reconnect).
pub struct EventStream<T> {
    state: State,
    parser: Parser,
    meta: ItemMeta,
    again: Again,
    item: PhantomData<fn() -> T>,
}

enum State {
    Open(ByteStream),
    Connecting(BoxFuture<'static, Result<Answer, Failure>>),
    Ended,
}

/// What it takes to connect once more.
pub(crate) struct Again {
    pub(crate) engine: Arc<Engine>,
    pub(crate) request: Option<Request>,
    pub(crate) left: u32,
    pub(crate) most: u32,
}

impl<T: DeserializeOwned> EventStream<T> {
    pub(crate) fn new(source: ByteStream, meta: ItemMeta, engine: Arc<Engine>, request: Option<Request>) -> Self {
        let again = Again { engine, request, left: 0, most: 0 };
        Self { state: State::Open(source), parser: Parser::default(), meta, again, item: PhantomData }
    }

    /// Connects again whenever the stream ends or breaks off, as browsers do: after the pause that the server names,
    /// or 3 seconds, with the last event's id in `Last-Event-ID`. Gives up after so many times in a row without an
    /// event in between, or when the server answers 204.
    ///
    /// The request is sent again for that, so this is for operations that may be repeated. A request whose body is a
    /// stream cannot.
    #[must_use]
    pub fn reconnect(mut self, most: u32) -> Self {
        self.again.most = most;
        self.again.left = most;
        self
    }

    /// The id of the last event, for going on from there another time.
    pub fn last_event_id(&self) -> Option<&str> {
        self.parser.id.as_deref()
    }

    /// The next event, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the event's data is neither the JSON of a `T` nor text that is one, any other if the answer breaks off and no
    /// other is to be had.
    pub async fn try_next(&mut self) -> Result<Option<Event<T>>, Error> {
        futures_util::TryStreamExt::try_next(self).await
    }

    /// Begins to connect again, if that is wanted and possible.
    fn start_over(&mut self) -> bool {
        let again = self.again.request.as_ref().filter(|_| self.again.left > 0).and_then(Request::try_clone);
        let Some(mut request) = again else { return false };
        self.again.left -= 1;
        if let Some(id) = self.parser.id.as_ref().and_then(|id| HeaderValue::from_bytes(id.as_bytes()).ok()) {
            request.set_header(HeaderName::from_static("last-event-id"), id);
        }
        let engine = Arc::clone(&self.again.engine);
        let pause = self.parser.retry.unwrap_or(RECONNECT_PAUSE);
        self.parser.forget_event();
        self.state = State::Connecting(Box::pin(async move {
            engine.net.environment.sleep(pause).await;
            engine.call(request, Mode::Streamed).await
        }));
        true
    }

    fn connected(&mut self, answer: Answer) -> Option<Error> {
        let Answer { context, content } = answer;
        match content {
            Content::Streamed(streamed) if streamed.response.status().as_u16() != 204 => {
                self.meta.status = streamed.response.status();
                self.meta.headers = streamed.response.headers().clone();
                self.meta.context = context.clone();
                let environment = Arc::clone(&self.again.engine.net.environment);
                self.state = State::Open(ByteStream::new(streamed, context, environment, None));
                None
            }
            Content::Streamed(_) => {
                self.state = State::Ended;
                None
            }
            Content::Whole(raw) => {
                self.state = State::Ended;
                Some(Error::Response(Box::new(crate::error::ErrorResponse::new(raw, context))))
            }
        }
    }

    /// Ends, or begins again.
    fn end(&mut self, error: Option<Error>) -> Option<Result<Event<T>, Error>> {
        if self.start_over() {
            return None;
        }
        self.state = State::Ended;
        error.map(Err)
    }
}

impl<T: DeserializeOwned> Stream for EventStream<T> {
    type Item = Result<Event<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.parser.events.pop_front() {
                self.again.left = self.again.most;
                let data = self.meta.decode_or_text(Bytes::from(event.data));
                return Poll::Ready(Some(data.map(|data| Event { kind: event.kind, id: event.id, data })));
            }
            let ended = match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Open(source) => match ready!(Pin::new(source).poll_next(cx)) {
                    Some(Ok(piece)) => {
                        self.parser.add(&piece);
                        if self.parser.is_too_long() {
                            self.state = State::Ended;
                            return Poll::Ready(Some(Err(self.meta.error(Bytes::new(), "an event is too long"))));
                        }
                        continue;
                    }
                    Some(Err(error)) => self.end(Some(error)),
                    None => self.end(None),
                },
                State::Connecting(call) => match ready!(call.as_mut().poll(cx)) {
                    Ok(answer) => self.connected(answer).map(Err),
                    Err(failure) => self.end(Some(failure.into())),
                },
            };
            if ended.is_some() {
                return Poll::Ready(ended);
            }
        }
    }
}

impl<T> std::fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventStream").finish_non_exhaustive()
    }
}

/// An event before its data is read.
#[derive(Debug, PartialEq, Eq)]
struct RawEvent {
    kind: String,
    id: Option<String>,
    data: Vec<u8>,
}

/// The standard's parser (WHATWG HTML, section 9.2.6).
#[derive(Default)]
struct Parser {
    line: Vec<u8>,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_cr: bool,
    begun: bool,
    data: Vec<u8>,
    has_data: bool,
    kind: String,
    /// The id told last; it counts once its event is complete.
    told_id: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    events: VecDeque<RawEvent>,
}

impl Parser {
    fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.after_cr = *byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    self.end_line(&line);
                }
                _ => {
                    self.after_cr = false;
                    self.line.push(*byte);
                }
            }
        }
    }

    fn end_line(&mut self, line: &[u8]) {
        let line = if self.begun { line } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) };
        self.begun = true;
        if line.is_empty() {
            return self.dispatch();
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = match colon {
            None => (line, &[][..]),
            Some(at) => (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default()),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = || String::from_utf8_lossy(value).into_owned();
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"event" => self.kind = text(),
            b"id" if !value.contains(&0) => self.told_id = Some(text()).filter(|id| !id.is_empty()),
            b"retry" if value.iter().all(u8::is_ascii_digit) => {
                self.retry = text().parse().ok().map(Duration::from_millis);
            }
            // A comment, or a field of the future.
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let data = std::mem::take(&mut self.data);
        let kind = std::mem::take(&mut self.kind);
        self.id.clone_from(&self.told_id);
        // The standard drops events without data.
        if std::mem::take(&mut self.has_data) {
            let kind = if kind.is_empty() { "message".to_owned() } else { kind };
            self.events.push_back(RawEvent { kind, id: self.id.clone(), data });
        }
    }

    /// What was begun when the connection broke is not completed by the next.
    fn forget_event(&mut self) {
        let (id, retry) = (self.id.take(), self.retry);
        *self = Self { told_id: id.clone(), id, retry, ..Self::default() };
    }

    fn is_too_long(&self) -> bool {
        self.line.len() + self.data.len() > LONGEST_EVENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, size: usize) -> (Vec<RawEvent>, Parser) {
        let mut parser = Parser::default();
        text.as_bytes().chunks(size).for_each(|piece| parser.add(piece));
        (parser.events.drain(..).collect(), parser)
    }

    fn event(kind: &str, id: Option<&str>, data: &str) -> RawEvent {
        RawEvent { kind: kind.to_owned(), id: id.map(str::to_owned), data: data.into() }
    }

    #[test]
    fn events_in_any_pieces() {
        let text = "\u{feff}: hello\ndata: {\"a\":\ndata:1}\n\nevent: add\r\nid: 7\r\ndata: x\r\n\r\ndata\rretry: 10\r\rid\ndata: y\n\ndata: cut off";
        for size in 1..20 {
            let (events, parser) = parse(text, size);
            let expected = [
                event("message", None, "{\"a\":\n1}"),
                event("add", Some("7"), "x"),
                event("message", Some("7"), ""),
                event("message", None, "y"),
            ];
            assert_eq!(events, expected, "{size}");
            assert_eq!(parser.retry, Some(Duration::from_millis(10)));
        }
    }

    #[test]
    fn events_without_data_are_dropped() {
        assert_eq!(parse("event: ping\nid: 3\n\n", 64).0, []);
        assert_eq!(parse("event: ping\nid: 3\n\ndata: a\n\n", 64).0, [event("message", Some("3"), "a")]);
    }

    #[test]
    fn an_event_cut_off_is_forgotten_with_its_id() {
        let (_, mut parser) = parse("id: 3\ndata: a\n\nid: 4\ndata: b", 64);
        parser.forget_event();
        parser.add(b"data: c\n\n");
        assert_eq!(parser.events, [event("message", Some("3"), "c")]);
    }
}
