//! Server-sent events (WHATWG HTML, section 9.2).

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::{ControlFlow, Deref};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::lines::ItemMeta;
use super::{ByteStream, StreamEnd};
use crate::engine::{Answer, Content, Engine, Mode};
use crate::environment::BoxFuture;
use crate::error::{Error, ErrorResponse, Failure, Undescribed};
use crate::media_type::content_type;
use crate::owned::unpadded;
use crate::request::Request;
use crate::text::cut;

/// How much is kept, in bytes, of an answer that may turn out to be something else than events.
const OPENING: usize = 4 << 10;

/// How long to wait before connecting again when the server names no time; the standard leaves it to the client.
const RECONNECT_PAUSE: Duration = Duration::from_secs(3);

/// The shortest and the longest such pause, whatever the server says: one that says 0 is not to be beset hundreds of
/// times a second, and one that says a year has lost its reader.
const LEAST_PAUSE: Duration = Duration::from_millis(500);
const GREATEST_PAUSE: Duration = Duration::from_secs(60);

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

/// What an event says, before it is read.
pub struct EventData<'e> {
    kind: &'e str,
    data: Bytes,
    meta: &'e ItemMeta,
    /// Whether it has turned out to be JSON.
    is_json: Cell<bool>,
    /// Whether it was to be JSON, and is nothing.
    is_nothing: Cell<bool>,
    /// The error that it reports beside what the document describes.
    reported: Cell<Option<Error>>,
}

impl EventData<'_> {
    /// The kind of event; `message` if the server names none.
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// The data as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if it is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.data.trim_ascii().is_empty() {
            self.is_nothing.set(true);
            return Err(self.meta.error(self.data.clone(), "the event is empty where the document promises JSON"));
        }
        match self.meta.decode(self.data.clone()) {
            Ok((item, reported)) => {
                self.reported.set(reported);
                Ok(item)
            }
            Err(error) => {
                self.is_json.set(serde_json::from_slice::<IgnoredAny>(&self.data).is_ok());
                Err(error)
            }
        }
    }

    /// The data as the text that it is, whatever it looks like.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if it is no UTF-8, or a `T` is no text.
    pub fn text<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.is_json.set(false);
        self.meta.decode_text(&self.data)
    }

    /// The data as JSON, or as the text that it is where a `T` can be text: an event's data need not be JSON, and the
    /// document does not say what it is.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if it is neither.
    pub fn said<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.json().or_else(|error| self.meta.decode_text(&self.data).map_err(|_| error))
    }
}

/// The kind, not the data: that may be secret.
impl std::fmt::Debug for EventData<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventData").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// How an event is read.
pub type ReadEvent<T> = fn(&EventData<'_>) -> Result<T, Error>;

/// The events of an answer as they arrive, each one's data read as the document says, as JSON if it says nothing.
///
/// An event that cannot be read is an error of its own; the events after it still come. One that reports an error in a property
/// that the document does not describe is an item, and the error comes after it; read strictly, it is the error alone. One
/// without data, by which servers keep a connection open, is none where data is JSON. One longer than the client's
/// [`max_body`](crate::ClientBuilder::max_body) ends the stream, and so does silence that is longer than an
/// [`idle_timeout`](crate::ClientBuilder::idle_timeout) that was set on client or call; unless one was, events may be as
/// long in coming as they like. An answer that ends without a single field or comment of the format, such as a page that
/// asks to sign in, is an error, whatever its content type.
///
/// The stream ends with the event that says so, which is no item: what the document names, else `data: [DONE]` where all
/// data before it was JSON. It also ends when the server ends it, unless it was told to [`reconnect`](Self::reconnect).
pub struct EventStream<T> {
    state: State,
    parser: Parser,
    meta: ItemMeta,
    /// What ends the stream before the answer ends.
    end: StreamEnd,
    /// Whether the data of all events so far was JSON.
    only_json: bool,
    again: Again,
    read: ReadEvent<T>,
    /// The error that the last event reported beside its item.
    reported: Option<Error>,
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
    /// How long an answer may be silent.
    pub(crate) idle: Option<Duration>,
}

impl Again {
    pub(crate) fn new(engine: Arc<Engine>, request: Option<Request>, idle: Option<Duration>) -> Self {
        Self { engine, request, left: 0, most: 0, idle }
    }

    /// How long to wait before the next connection: twice as long after each that brought no event.
    fn pause(&self, told: Option<Duration>) -> Duration {
        let in_vain = self.most.saturating_sub(self.left).min(31);
        let first = told.unwrap_or(RECONNECT_PAUSE).clamp(LEAST_PAUSE, GREATEST_PAUSE);
        first.saturating_mul(1 << in_vain).min(GREATEST_PAUSE)
    }
}

impl<T> EventStream<T> {
    pub(crate) fn new(source: ByteStream, meta: ItemMeta, end: StreamEnd, again: Again, read: ReadEvent<T>) -> Self {
        let parser = Parser::new(source.max_item);
        Self { state: State::Open(source), parser, meta, end, only_json: true, again, read, reported: None }
    }

    /// Connects again whenever the stream ends, breaks off, or is silent for longer than an
    /// [`idle_timeout`](crate::ClientBuilder::idle_timeout) that was set, as browsers do, with the last event's id in
    /// `Last-Event-ID`: after the pause that the server names in `retry`, but half a second at least and a minute at
    /// most, or after 3 seconds; each time in a row that brings no event doubles it, up to a minute. Gives up after so
    /// many times in a row without an event in between, with the error of the last one if it was one, or when the server
    /// answers 204 (which is the end) or with an error. As long as events come it goes on, until the stream is dropped.
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
    /// [`Error::Decode`] if the event's data is not what the document says, any other if the answer breaks off and no other is
    /// to be had.
    pub async fn try_next(&mut self) -> Result<Option<Event<T>>, Error> {
        futures_util::TryStreamExt::try_next(self).await
    }

    /// Begins to connect again, if that is wanted and possible.
    fn start_over(&mut self) -> bool {
        let again = self.again.request.as_ref().filter(|_| self.again.left > 0).and_then(Request::try_clone);
        let Some(mut request) = again else { return false };
        let pause = self.again.pause(self.parser.retry);
        self.again.left -= 1;
        // As a header carries it.
        let id = self.parser.id.as_deref().map(unpadded);
        if let Some(id) = id.and_then(|id| HeaderValue::from_bytes(id.as_bytes()).ok()) {
            request.set_header(HeaderName::from_static("last-event-id"), id);
        }
        let engine = Arc::clone(&self.again.engine);
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
                self.state = State::Open(ByteStream::new(streamed, context, environment, self.again.idle));
                None
            }
            Content::Streamed(_) => {
                self.state = State::Ended;
                None
            }
            Content::Whole(raw) => {
                self.state = State::Ended;
                Some(Error::Response(Box::new(ErrorResponse::<Undescribed>::new(raw, context).erase())))
            }
        }
    }

    /// What an event is to who reads the stream; nothing if it holds none.
    fn heard(&mut self, event: RawEvent) -> ControlFlow<Option<Result<Event<T>, Error>>> {
        self.again.left = self.again.most;
        if self.end.is_event(&event.kind, &event.data, self.only_json) {
            self.state = State::Ended;
            self.parser = Parser::default();
            return ControlFlow::Break(None);
        }
        let told = EventData {
            kind: &event.kind,
            data: Bytes::from(event.data),
            meta: &self.meta,
            is_json: Cell::new(true),
            is_nothing: Cell::new(false),
            reported: Cell::new(None),
        };
        let data = (self.read)(&told);
        if data.is_err() && told.is_nothing.get() {
            return ControlFlow::Continue(());
        }
        self.only_json &= told.is_json.get();
        self.reported = told.reported.take();
        ControlFlow::Break(Some(data.map(|data| Event { kind: event.kind, id: event.id, data })))
    }

    /// What is wrong with an answer that was none of events, or held one that is too long.
    fn fault(&mut self, ended: bool) -> Option<Error> {
        let message = if self.parser.too_long {
            format!("an event is longer than {} bytes", self.parser.limit)
        } else if ended && self.parser.is_foreign() {
            let kind = content_type(&self.meta.headers).map(|kind| format!("; the content type is {}", cut(kind, 80)));
            format!("the answer holds no server-sent events{}", kind.unwrap_or_default())
        } else {
            return None;
        };
        self.state = State::Ended;
        let opening = std::mem::take(&mut self.parser.opening);
        Some(self.meta.error(Bytes::from(opening), &message))
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

impl<T> Stream for EventStream<T> {
    type Item = Result<Event<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(error) = self.reported.take() {
                return Poll::Ready(Some(Err(error)));
            }
            if let Some(event) = self.parser.events.pop_front() {
                match self.heard(event) {
                    ControlFlow::Continue(()) => continue,
                    ControlFlow::Break(item) => return Poll::Ready(item),
                }
            }
            if !matches!(self.state, State::Ended)
                && let Some(error) = self.fault(false)
            {
                return Poll::Ready(Some(Err(error)));
            }
            let ended = match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Open(source) => match ready!(Pin::new(source).poll_next(cx)) {
                    Some(Ok(piece)) => {
                        self.parser.add(&piece);
                        continue;
                    }
                    Some(Err(error)) => self.end(Some(error)),
                    None => match self.fault(true) {
                        Some(error) => Some(Err(error)),
                        None => self.end(None),
                    },
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
    /// The longest event, in bytes: nothing else keeps a server from filling the memory.
    limit: usize,
    /// There was a longer one. It and what comes after it is not kept.
    too_long: bool,
    /// A field or a comment of the format was there.
    recognised: bool,
    /// How the answer begins, until something is recognised.
    opening: Vec<u8>,
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
    fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    fn add(&mut self, piece: &[u8]) {
        if !self.recognised {
            let room = OPENING.saturating_sub(self.opening.len()).min(piece.len());
            self.opening.extend_from_slice(piece.get(..room).unwrap_or_default());
        }
        for byte in piece {
            if self.too_long {
                return;
            }
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
                    self.too_long = self.line.len() + self.data.len() > self.limit;
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
        let (field, value) = split_field(line);
        self.recognised |= is_known(field);
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
            // More digits than a number has are a number all the same.
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry = Some(Duration::from_millis(text().parse().unwrap_or(u64::MAX)));
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
        *self = Self { told_id: id.clone(), id, retry, ..Self::new(self.limit) };
    }

    /// Something came, and nothing of it was of the format, not even a last line that was not ended.
    fn is_foreign(&self) -> bool {
        let begun = !self.line.is_empty() && is_known(split_field(&self.line).0);
        !self.recognised && !begun && !self.opening.trim_ascii().is_empty()
    }
}

/// A line's field name and value. A comment is a line whose field has no name.
fn split_field(line: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = line.splitn(2, |byte| *byte == b':');
    let (field, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    (field, value.strip_prefix(b" ").unwrap_or(value))
}

fn is_known(field: &[u8]) -> bool {
    matches!(field, b"" | b"data" | b"event" | b"id" | b"retry")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, size: usize) -> (Vec<RawEvent>, Parser) {
        let mut parser = Parser::new(usize::MAX);
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

    #[test]
    fn an_event_may_only_be_so_long_in_any_pieces() {
        for size in 1..40 {
            let mut parser = Parser::new(9);
            b"data: abc\n\ndata: abcd\n\ndata: abc\n\n".chunks(size).for_each(|piece| parser.add(piece));
            assert_eq!((parser.events.len(), parser.too_long), (1, true), "{size}");
        }
    }

    #[test]
    fn what_is_not_of_the_format_is_told_from_what_is() {
        for foreign in ["<html>\n<a href=\"http://x\">\n</html>", "{\"error\": \"x\"}", "Not now\n\n"] {
            assert!(parse(foreign, 64).1.is_foreign(), "{foreign}");
        }
        for own in ["", "\n\n", ": hello", ":\n", "id: 1\n", "data: cut", "retry", "\u{feff}data: 1\n\n"] {
            assert!(!parse(own, 64).1.is_foreign(), "{own}");
        }
    }
}
