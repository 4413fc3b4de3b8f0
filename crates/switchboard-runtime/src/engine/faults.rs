//! What is tried again, how often, after what pauses, and what the caller gets: the whole policy as one table, every
//! fault against every kind of call, each cell over a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::{Either, select};

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

/// A cell tells how many attempts there are, and how they are spaced:
///
/// - `4b`: four, backing off: pauses of half of 250, 500 and 1000 milliseconds, by the dice;
/// - `4t`: four, with the pauses that the server asked for: 7 seconds, and a little by the dice;
/// - `1`: one, and no more, though a second would fare well;
/// - `1s`: one, whose stream opens and fails at its place;
/// - `ok`: one, and all is well.
///
/// Behind them stands what the caller gets in the end: from the call, and from a stream that it has opened.
///
/// `put` and `del` may be repeated by their method, `rep` by the word of the document, `key` by its
/// `Idempotency-Key`. `up` is a `PUT` whose body is a stream. `down` (bytes), `sse` (events) and `ndj` (lines) are
/// `GET`s whose answer is one. `page` is the second page of a list.
const TABLE: &str = "
                   get put del post rep key up  down sse  ndj page  call            stream
refused            4b  4b  4b  4b   4b  4b  4b  4b   4b   4b  4b    Connect         -
reset-unread       4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    Interrupted     -
reset              4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    Interrupted     -
closed             4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    Interrupted     -
cut-headers        4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    Interrupted     -
cut-body           4b  4b  4b  1    4b  4b  1   1s   1s   1s  4b    Body            Body
cut-chunk          4b  4b  4b  1    4b  4b  1   1s   1s   1s  4b    Body            Body
slow-headers       4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    AttemptTimeout  -
slow-body          4b  4b  4b  1    4b  4b  1   1s   1s   1s  4b    AttemptTimeout  IdleTimeout
408                4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    408             -
425                4b  4b  4b  4b   4b  4b  1   4b   4b   4b  4b    425             -
429                4b  4b  4b  4b   4b  4b  1   4b   4b   4b  4b    429             -
500                4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    500             -
502                4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    502             -
503                4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    503             -
504                4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    504             -
408-after-7s       4t  4t  4t  1    4t  4t  1   4t   4t   4t  4t    408             -
425-after-7s       4t  4t  4t  4t   4t  4t  1   4t   4t   4t  4t    425             -
429-after-7s       4t  4t  4t  4t   4t  4t  1   4t   4t   4t  4t    429             -
500-after-7s       4t  4t  4t  1    4t  4t  1   4t   4t   4t  4t    500             -
502-after-7s       4t  4t  4t  1    4t  4t  1   4t   4t   4t  4t    502             -
503-after-7s       4t  4t  4t  1    4t  4t  1   4t   4t   4t  4t    503             -
504-after-7s       4t  4t  4t  1    4t  4t  1   4t   4t   4t  4t    504             -
429-after-61s      1   1   1   1    1   1   1   1    1    1   1     429             -
503-after-61s      1   1   1   1    1   1   1   1    1    1   1     503             -
401                1   1   1   1    1   1   1   1    1    1   1     401             -
501                1   1   1   1    1   1   1   1    1    1   1     501             -
503-cut-body       4b  4b  4b  1    4b  4b  1   4b   4b   4b  4b    503             -
429-cut-after-7s   4t  4t  4t  4t   4t  4t  1   4t   4t   4t  4t    429             -
400-cut-chunk      1   1   1   1    1   1   1   1    1    1   1     400             -
400-huge           1   1   1   1    1   1   1   1    1    1   1     400             -
400-gzip-corrupt   1   1   1   1    1   1   1   1    1    1   1     400             -
html               1   1   1   1    1   1   1   ok   1s   1s  1     Decode          Decode
empty              1   1   1   1    1   1   1   ok   ok   ok  1     Decode          -
huge               1   1   1   1    1   1   1   ok   1s   1s  1     BodyTooLarge    Decode
huge-in-chunks     1   1   1   1    1   1   1   ok   1s   1s  1     BodyTooLarge    Decode
not-utf-8          1   1   1   1    1   1   1   ok   1s   1s  1     Decode          Decode
not-json           1   1   1   1    1   1   1   ok   1s   1s  1     Decode          Decode
gzip               ok  ok  ok  ok   ok  ok  ok  ok   ok   ok  ok    -               -
gzip-cut           4b  4b  4b  1    4b  4b  1   1s   1s   1s  4b    Body            Body
gzip-corrupt       4b  4b  4b  1    4b  4b  1   1s   1s   1s  4b    Body            Body
gzip-bomb          1   1   1   1    1   1   1   ok   1s   1s  1     BodyTooLarge    Decode
";

/// The longest body, event or line of these tests, in bytes.
const MAX_BODY: usize = 1000;

/// The time limits of an attempt and of silence, and no other.
const ATTEMPT: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Get,
    Put,
    Delete,
    Post,
    Repeatable,
    Keyed,
    Upload,
    Download,
    Events,
    Lines,
    Page,
}

/// The kinds, in the order of the table.
const KINDS: [(&str, Kind); 11] = [
    ("get", Kind::Get),
    ("put", Kind::Put),
    ("del", Kind::Delete),
    ("post", Kind::Post),
    ("rep", Kind::Repeatable),
    ("key", Kind::Keyed),
    ("up", Kind::Upload),
    ("down", Kind::Download),
    ("sse", Kind::Events),
    ("ndj", Kind::Lines),
    ("page", Kind::Page),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Refused,
    ResetUnread,
    Reset,
    Closed,
    CutHeaders,
    CutBody,
    CutChunk,
    SlowHeaders,
    SlowBody,
    Status(u16),
    StatusAfter(u16, u32),
    /// An error answer with a body that is not whole.
    Broken(u16, Broken),
    Html,
    Empty,
    Huge,
    HugeInChunks,
    NotUtf8,
    NotJson,
    Gzip,
    GzipCut,
    GzipCorrupt,
    GzipBomb,
}

/// What is wrong with an error's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    Cut,
    /// And the answer asks to wait so many seconds.
    CutAfter(u32),
    CutChunk,
    Huge,
    GzipCorrupt,
}

/// The statuses that pass.
const PASSING: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];

/// The faults, in the order of the table.
fn faults() -> Vec<(String, Fault)> {
    let broken = [
        ("refused", Fault::Refused),
        ("reset-unread", Fault::ResetUnread),
        ("reset", Fault::Reset),
        ("closed", Fault::Closed),
        ("cut-headers", Fault::CutHeaders),
        ("cut-body", Fault::CutBody),
        ("cut-chunk", Fault::CutChunk),
        ("slow-headers", Fault::SlowHeaders),
        ("slow-body", Fault::SlowBody),
    ];
    let errors = [
        ("503-cut-body", Fault::Broken(503, Broken::Cut)),
        ("429-cut-after-7s", Fault::Broken(429, Broken::CutAfter(7))),
        ("400-cut-chunk", Fault::Broken(400, Broken::CutChunk)),
        ("400-huge", Fault::Broken(400, Broken::Huge)),
        ("400-gzip-corrupt", Fault::Broken(400, Broken::GzipCorrupt)),
    ];
    let unreadable = [
        ("html", Fault::Html),
        ("empty", Fault::Empty),
        ("huge", Fault::Huge),
        ("huge-in-chunks", Fault::HugeInChunks),
        ("not-utf-8", Fault::NotUtf8),
        ("not-json", Fault::NotJson),
        ("gzip", Fault::Gzip),
        ("gzip-cut", Fault::GzipCut),
        ("gzip-corrupt", Fault::GzipCorrupt),
        ("gzip-bomb", Fault::GzipBomb),
    ];
    let named = |(name, fault): (&str, Fault)| (name.to_owned(), fault);
    let statuses = PASSING.map(|code| (code.to_string(), Fault::Status(code)));
    let told = PASSING.map(|code| (code, 7)).into_iter().chain([(429, 61), (503, 61)]);
    let told = told.map(|(code, after)| (format!("{code}-after-{after}s"), Fault::StatusAfter(code, after)));
    let last = [401, 501].map(|code| (code.to_string(), Fault::Status(code)));
    let all = broken.into_iter().map(named).chain(statuses).chain(told).chain(last);
    let all = all.chain(errors.into_iter().map(named));
    all.chain(unreadable.into_iter().map(named)).collect()
}

impl Kind {
    fn request(self) -> Request {
        static PUT: Operation = operation("putThing", HttpMethod::Put, true);
        static DELETE: Operation = operation("deleteThing", HttpMethod::Delete, true);
        static SEARCH: Operation = operation("searchThings", HttpMethod::Post, true);
        let mut request = Request::new(match self {
            Self::Get | Self::Download | Self::Events | Self::Lines | Self::Page => &GET,
            Self::Put | Self::Upload => &PUT,
            Self::Delete => &DELETE,
            Self::Post | Self::Keyed => &POST,
            Self::Repeatable => &SEARCH,
        });
        match self {
            Self::Put | Self::Post | Self::Repeatable => request.json("application/json", &[7]).unwrap(),
            Self::Keyed => {
                request.json("application/json", &[7]).unwrap();
                request.set_header(HeaderName::from_static("idempotency-key"), HeaderValue::from_static("\"k-1\""));
            }
            Self::Upload => {
                let pieces = futures_util::stream::iter(["ab", "cd"].map(Ok::<_, std::io::Error>));
                request.body("application/octet-stream", Body::stream(pieces));
            }
            _ => {}
        }
        request
    }

    /// What every request of the kind must carry.
    fn is_whole(self, received: &Received) -> bool {
        let body: &[u8] = match self {
            Self::Put | Self::Post | Self::Repeatable | Self::Keyed => b"[7]",
            Self::Upload => b"abcd",
            _ => b"",
        };
        received.body == body && (self != Self::Keyed || received.header("idempotency-key") == Some("\"k-1\""))
    }

    fn is_stream(self) -> bool {
        matches!(self, Self::Download | Self::Events | Self::Lines)
    }

    /// A payload in the form of the kind's answers.
    fn body(self, payload: &[u8]) -> Vec<u8> {
        match self {
            Self::Events => [b"data: ", payload, b"\n\n"].concat(),
            Self::Lines => [payload, b"\n"].concat(),
            _ => payload.to_vec(),
        }
    }

    fn answer(self, headers: &[(&str, &str)], body: &[u8]) -> Act {
        let media_type = match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
            Self::Download => "application/octet-stream",
            _ => "application/json",
        };
        Act::Send(answer(200, &[&[("content-type", media_type)], headers].concat(), body))
    }

    fn well(self) -> Act {
        self.answer(&[], &self.body(b"[3]"))
    }

    /// What the server does in place of answering well.
    fn fault(self, fault: Fault) -> Act {
        let begun =
            |head: &str| [b"HTTP/1.1 200 OK\r\n", head.as_bytes(), b"\r\n\r\n", &self.body(b"[3]")[..]].concat();
        let spaces = |count: usize| [b"[", &vec![b' '; count][..], b"]"].concat();
        let packed = |payload: &[u8]| pack(&self.body(payload));
        let gzip = |body: &[u8]| self.answer(&[("content-encoding", "gzip")], body);
        match fault {
            Fault::ResetUnread => Act::Reset,
            Fault::Reset => Act::SendAndReset(vec![]),
            // What refuses is open by then, and at fault no more.
            Fault::Refused | Fault::Closed => Act::Send(vec![]),
            Fault::CutHeaders => Act::SendAndReset(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
            Fault::CutBody => Act::Send(begun("content-length: 99")),
            Fault::CutChunk => {
                let body = self.body(b"[3]");
                let head = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n", body.len() + 9);
                Act::Send([head.as_bytes(), &body].concat())
            }
            Fault::SlowHeaders => Act::SendAndHang(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
            Fault::SlowBody => Act::SendAndHang(begun("content-length: 99")),
            Fault::Status(code) => status(code),
            Fault::StatusAfter(code, after) => Act::Send(answer(code, &[("retry-after", &after.to_string())], "")),
            Fault::Broken(code, how) => broken(code, how),
            Fault::Html => Act::Send(answer(200, &[("content-type", "text/html")], "<html>Sign in</html>")),
            Fault::Empty => self.answer(&[], b""),
            Fault::Huge => self.answer(&[], &self.body(&spaces(MAX_BODY))),
            Fault::HugeInChunks => {
                let body = self.body(&spaces(MAX_BODY));
                let head = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n", body.len());
                Act::Send([head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat())
            }
            Fault::NotUtf8 => self.answer(&[], &self.body(b"[\"\xff\"]")),
            Fault::NotJson => self.answer(&[], &self.body(b"[3")),
            Fault::Gzip => gzip(&packed(b"[3]")),
            Fault::GzipCut => {
                let packed = packed(b"[3]");
                gzip(&packed[..packed.len() - 6])
            }
            Fault::GzipCorrupt => {
                let mut packed = packed(b"[3]");
                // The checksum stands in the last eight bytes, before the length (RFC 1952, section 2.3.1).
                let checksum = packed.len() - 8;
                packed[checksum] ^= 1;
                gzip(&packed)
            }
            Fault::GzipBomb => {
                let packed = packed(&spaces(2 << 20));
                assert!(packed.len() < 3 * MAX_BODY, "it comes small");
                gzip(&packed)
            }
        }
    }
}

/// An error answer with a body that is not whole.
fn broken(code: u16, how: Broken) -> Act {
    let begun = |headers: &str, body: &str| {
        Act::Send(format!("HTTP/1.1 {code} X\r\ncontent-type: text/plain\r\n{headers}\r\n\r\n{body}").into_bytes())
    };
    match how {
        Broken::Cut => begun("content-length: 99", "no"),
        Broken::CutAfter(seconds) => begun(&format!("retry-after: {seconds}\r\ncontent-length: 99"), "no"),
        Broken::CutChunk => begun("transfer-encoding: chunked", "9\r\nno"),
        Broken::Huge => Act::Send(answer(code, &[], vec![b' '; MAX_BODY + 1])),
        Broken::GzipCorrupt => Act::Send(answer(code, &[("content-encoding", "gzip")], "no gzip")),
    }
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A cell of the table.
#[derive(Clone, Copy, Debug)]
struct Cell {
    policy: &'static str,
    call: &'static str,
    stream: &'static str,
}

/// What came of a call, or is to.
#[derive(Debug, PartialEq)]
struct Seen {
    /// `ok`, or what the call or, after an `s`, its stream failed with.
    outcome: String,
    attempts: u32,
    pauses: Vec<Duration>,
    /// Connections made, and requests that arrived whole.
    connections: usize,
    requests: usize,
}

impl Cell {
    /// What is to be seen of a fault that lasts, or of one that is over after one attempt.
    fn expected(self, kind: Kind, fault: Fault, lasts: bool) -> Seen {
        let pauses = match self.policy {
            "4b" => vec![125, 250, 500],
            "4t" => vec![7125; 3],
            _ => vec![],
        };
        let attempts = match self.policy {
            "4b" | "4t" if lasts => 4,
            "4b" | "4t" => 2,
            "1" | "1s" | "ok" => 1,
            other => panic!("`{other}` is no cell"),
        };
        let outcome = match self.policy {
            "4b" | "4t" if !lasts => "ok".to_owned(),
            "4b" | "4t" | "1" => self.call.to_owned(),
            "1s" => format!("s{}", self.stream),
            other => other.to_owned(),
        };
        let first_page = usize::from(has_page_before(kind, fault, lasts));
        let (connections, requests) = match fault {
            Fault::Refused => (attempts - if lasts { 4 } else { 1 }, attempts - if lasts { 4 } else { 1 }),
            Fault::ResetUnread => (attempts, if lasts || attempts == 1 { 0 } else { 1 }),
            _ => (attempts, attempts),
        };
        Seen {
            outcome,
            attempts,
            pauses: pauses.into_iter().map(Duration::from_millis).take(attempts as usize - 1).collect(),
            connections: connections as usize + first_page,
            requests: requests as usize + first_page,
        }
    }
}

/// The table, read: every cell that there is.
fn table() -> Vec<(String, Fault, Kind, Cell)> {
    let mut lines = TABLE.trim().lines().map(str::split_whitespace);
    let heading: Vec<&str> = lines.next().unwrap().collect();
    let columns: Vec<&str> = KINDS.iter().map(|(name, _)| *name).chain(["call", "stream"]).collect();
    assert_eq!(heading, columns, "the kinds of the table");
    let rows: Vec<Vec<&str>> = lines.map(Iterator::collect).collect();
    let named: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let faults = faults();
    assert_eq!(named, faults.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), "the faults of the table");
    let cells = rows.into_iter().zip(faults).flat_map(|(row, (name, fault))| {
        assert_eq!(row.len(), columns.len() + 1, "the cells of `{name}`");
        let [_, policies @ .., call, stream] = &row[..] else { panic!("`{name}` has no cells") };
        let cells = policies.iter().map(|policy| Cell { policy, call, stream });
        cells.zip(KINDS).map(move |(cell, (_, kind))| (name.clone(), fault, kind, cell)).collect::<Vec<_>>()
    });
    cells.collect()
}

/// A list has a page beside the one in question, unless not even the first is to be had.
fn has_page_before(kind: Kind, fault: Fault, lasts: bool) -> bool {
    kind == Kind::Page && !(fault == Fault::Refused && lasts)
}

/// Counts attempts, and opens a server that refused the first.
struct Counter {
    server: Arc<Server>,
    opens: bool,
    attempts: AtomicU32,
}

impl Observer for Counter {
    fn after(&self, _: &Attempt, _: &AttemptResult) {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        if self.opens {
            self.server.open();
        }
    }
}

fn word<E>(error: &Error<E>) -> String {
    match error {
        Error::Response(error) => error.status().as_u16().to_string(),
        Error::Transport(error) => format!("{:?}", error.kind()).split('(').next().unwrap().to_owned(),
        Error::Decode(_) => "Decode".to_owned(),
        // A page's list is looked for before the page is read, so what cannot be one is a fault of the list.
        Error::Paging(error) if error.kind() == PagingErrorKind::NoList => "Decode".to_owned(),
        error => panic!("{error}"),
    }
}

/// One call, as far as it concerns the clock.
struct Run {
    kind: Kind,
    fault: Fault,
    server: Arc<Server>,
    environment: Arc<VirtualClock>,
    /// The call has succeeded, and its stream is being read.
    opened: AtomicBool,
}

impl Run {
    /// Makes the call, and tells its outcome.
    async fn call(&self, client: &Client) -> String {
        let request = self.kind.request();
        let outcome: Result<Result<(), Error>, Error<Undescribed>> = match self.kind {
            Kind::Download => {
                let answer = client.send_stream(request).await;
                self.drain(answer.map(ResponseValue::into_inner)).await
            }
            Kind::Events => {
                let answer = client.send_events::<Vec<u8>, _>(request).await;
                self.drain(answer.map(ResponseValue::into_inner)).await
            }
            Kind::Lines => {
                let answer = client.send_lines::<Vec<u8>, _>(request).await;
                self.drain(answer.map(ResponseValue::into_inner)).await
            }
            Kind::Page => list(client, request).await.map(Ok),
            _ => client.send(request, decode::json::<Vec<u8>>).await.map(|_| Ok(())),
        };
        match outcome {
            Ok(Ok(())) => "ok".to_owned(),
            Ok(Err(error)) => format!("s{}", word(&error)),
            Err(error) => word(&error),
        }
    }

    /// Reads a stream to its end or its first fault.
    async fn drain<T>(
        &self,
        answer: Result<impl Stream<Item = Result<T, Error>>, Error<Undescribed>>,
    ) -> Result<Result<(), Error>, Error<Undescribed>> {
        let stream = answer?;
        self.opened.store(true, Ordering::SeqCst);
        Ok(std::pin::pin!(stream).try_for_each(|_| async { Ok(()) }).await)
    }

    /// Lets time limits run out for a server that hangs. Ends if none runs.
    async fn pass_time(&self) {
        let streams = self.fault == Fault::SlowBody && self.kind.is_stream();
        loop {
            if !self.opened.load(Ordering::SeqCst) {
                self.server.next_hang().await;
            }
            // What the server has sent arrives first.
            while streams && !self.opened.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
            if self.environment.waiting() == 0 {
                return;
            }
            self.environment.expire().await;
        }
    }
}

/// Reads a list whose second page is the one in question.
async fn list(client: &Client, request: Request) -> Result<(), Error<Undescribed>> {
    static PAGING: paging::Paging = by_offset(2);
    let list = paging::List::<Vec<u8>, u8>::json(&PAGING, |page| Some(page));
    let mut items = list.items(client.clone(), Ok(request));
    while items.try_next().await?.is_some() {}
    Ok(())
}

/// Makes a call of a kind to a server with a fault that lasts, or is over after one attempt.
async fn observe(kind: Kind, fault: Fault, lasts: bool) -> Seen {
    let mut acts = vec![kind.fault(fault)];
    if fault == Fault::Refused || !lasts {
        acts.push(kind.well());
    }
    if fault == Fault::Refused {
        acts.remove(0);
    }
    if kind == Kind::Page {
        acts.insert(0, kind.answer(&[], b"[1,2]"));
    }
    let server = Arc::new(Server::closed(acts));
    if fault != Fault::Refused {
        server.open();
    }
    let opens = fault == Fault::Refused && !lasts;
    let counter = Arc::new(Counter { server: Arc::clone(&server), opens, attempts: AtomicU32::new(0) });
    // Half of the longest pause, by the dice.
    let environment = VirtualClock::jumping_with(1 << 63);
    let client = builder(&server.url, Arc::clone(&environment) as _)
        .timeouts(Timeouts::none().attempt(ATTEMPT).idle(IDLE))
        .max_body(MAX_BODY as u64)
        .observer(Arc::clone(&counter) as _)
        .build()
        .unwrap();
    let run = Run {
        kind,
        fault,
        server: Arc::clone(&server),
        environment: Arc::clone(&environment),
        opened: AtomicBool::new(false),
    };
    let outcome = match select(Box::pin(run.call(&client)), Box::pin(run.pass_time())).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => panic!("{kind:?}, {fault:?}: it waits without any limit"),
    };
    let received = server.received();
    for request in &received {
        assert!(kind.is_whole(request), "{kind:?}, {fault:?}: {request:?}");
    }
    let first_page = u32::from(has_page_before(kind, fault, lasts));
    Seen {
        outcome,
        attempts: counter.attempts.load(Ordering::SeqCst) - first_page,
        pauses: environment.slept(),
        connections: server.connections(),
        requests: received.len(),
    }
}

#[tokio::test]
async fn every_fault_against_every_kind_of_call() {
    let mut surprises = Vec::new();
    for (name, fault, kind, cell) in table() {
        if name.contains("gzip") && cfg!(not(feature = "gzip")) {
            continue;
        }
        for lasts in [true, false] {
            let (expected, seen) = (cell.expected(kind, fault, lasts), observe(kind, fault, lasts).await);
            if expected != seen {
                surprises.push(format!("{name}, {kind:?}, lasts: {lasts}\n  to be: {expected:?}\n  seen:  {seen:?}"));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}
