//! What only the tests of this crate need: a server on a real socket that does what it is told, including everything a
//! server should not do, and an API with one scheme of every kind.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

use crate::ClientBuilder;
use crate::api::{Api, ApiKeyLocation, HttpMethod, Operation, Requirement, SchemeKind, SecurityScheme};
use crate::environment::Environment;

/// A request as a server got it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// A header's value, its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// What a server does with a connection.
#[derive(Clone)]
pub(crate) enum Act {
    /// Reads the request, sends these bytes, closes.
    Send(Vec<u8>),
    /// Reads the request, sends these bytes, breaks the connection.
    SendAndReset(Vec<u8>),
    /// Reads the request, sends these bytes, and nothing ever after.
    SendAndHang(Vec<u8>),
    /// Breaks the connection as soon as anything of the request is there, and reads nothing. Not sooner: the client
    /// would take it for a connection that was never made.
    Reset,
}

/// An answer's bytes.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// Sends an answer of JSON.
pub(crate) fn json(status: u16, body: &str) -> Act {
    Act::Send(answer(status, &[("content-type", "application/json")], body))
}

/// Sends an answer without a body.
pub(crate) fn status(status: u16) -> Act {
    Act::Send(answer(status, &[], ""))
}

/// How a server comes to what it does.
enum Plan {
    /// One thing after the other, the last over and over.
    Script(Mutex<VecDeque<Act>>),
    /// As the request deserves.
    Answering(Box<dyn Fn(&Received) -> Act + Send + Sync>),
}

impl Plan {
    /// What to do with the next connection, as far as that is known before its request is.
    fn next(&self) -> Option<Act> {
        let Self::Script(acts) = self else { return None };
        let mut acts = acts.lock().unwrap();
        if acts.len() > 1 { acts.pop_front() } else { acts.front().cloned() }
    }
}

/// A server on a port of its own.
pub(crate) struct Server {
    pub(crate) url: String,
    log: Arc<Log>,
    /// An address taken, but not listened at: whoever calls is refused.
    closed: Mutex<Option<(TcpSocket, Plan)>>,
}

/// What a server has seen.
struct Log {
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    arrived: Semaphore,
    hung: Semaphore,
}

impl Server {
    /// Does one thing after the other; the last over and over.
    pub(crate) async fn script(acts: impl IntoIterator<Item = Act>) -> Self {
        Self::start(Plan::Script(Mutex::new(acts.into_iter().collect()))).await
    }

    /// Answers each request as it deserves.
    pub(crate) async fn answering(answer: impl Fn(&Received) -> Act + Send + Sync + 'static) -> Self {
        Self::start(Plan::Answering(Box::new(answer))).await
    }

    /// Refuses every connection until it is opened; then does one thing after the other.
    pub(crate) fn closed(acts: impl IntoIterator<Item = Act>) -> Self {
        Self::bind(Plan::Script(Mutex::new(acts.into_iter().collect())))
    }

    async fn start(plan: Plan) -> Self {
        let server = Self::bind(plan);
        server.open();
        server
    }

    fn bind(plan: Plan) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let log = Log {
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            arrived: Semaphore::new(0),
            hung: Semaphore::new(0),
        };
        Self { url, log: Arc::new(log), closed: Mutex::new(Some((socket, plan))) }
    }

    /// Begins to listen.
    pub(crate) fn open(&self) {
        let Some((socket, plan)) = self.closed.lock().unwrap().take() else { return };
        let listener = socket.listen(1024).unwrap();
        let plan = Arc::new(plan);
        let log = Arc::clone(&self.log);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                log.connections.fetch_add(1, Ordering::SeqCst);
                let act = plan.next();
                let (plan, log) = (Arc::clone(&plan), Arc::clone(&log));
                tokio::spawn(async move { serve(stream, act, &plan, &log).await });
            }
        });
    }

    /// Every request so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.log.received.lock().unwrap().clone()
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> usize {
        self.log.connections.load(Ordering::SeqCst)
    }

    /// Waits for one more request.
    pub(crate) async fn next_arrival(&self) {
        self.log.arrived.acquire().await.unwrap().forget();
    }

    /// Waits until one more answer hangs.
    pub(crate) async fn next_hang(&self) {
        self.log.hung.acquire().await.unwrap().forget();
    }
}

async fn serve(mut stream: TcpStream, act: Option<Act>, plan: &Plan, log: &Log) {
    if let Some(Act::Reset) = act {
        let _ = stream.peek(&mut [0]).await;
        stream.set_zero_linger().unwrap();
        return;
    }
    let Some(request) = read_request(&mut stream).await else { return };
    log.received.lock().unwrap().push(request.clone());
    let act = match plan {
        Plan::Script(_) => act,
        Plan::Answering(answer) => Some(answer(&request)),
    };
    let (bytes, after) = match act {
        Some(Act::Send(bytes)) => (bytes, None),
        Some(Act::SendAndReset(bytes)) => (bytes, Some(true)),
        Some(Act::SendAndHang(bytes)) => (bytes, Some(false)),
        Some(Act::Reset) | None => (Vec::new(), Some(true)),
    };
    let _ = stream.write_all(&bytes).await;
    let _ = stream.flush().await;
    log.arrived.add_permits(1);
    match after {
        None => {
            let _ = stream.shutdown().await;
            // Until the other side has read all, or the rest is lost in a reset.
            let _ = stream.read(&mut [0; 16]).await;
        }
        Some(true) => stream.set_zero_linger().unwrap(),
        Some(false) => {
            log.hung.add_permits(1);
            std::future::pending().await
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut rest = bytes.split_off(head_end + 4);
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let mut request = Received {
        method: first.next().unwrap().to_owned(),
        target: first.next().unwrap().to_owned(),
        ..Received::default()
    };
    request.headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_lowercase(), v.to_owned())).collect();
    if let Some(length) = request.header("content-length") {
        let length: usize = length.parse().unwrap();
        while rest.len() < length {
            more(stream, &mut rest).await?;
        }
        request.body = rest;
    } else if request.header("transfer-encoding") == Some("chunked") {
        while !rest.ends_with(b"0\r\n\r\n") {
            more(stream, &mut rest).await?;
        }
        request.body = unchunk(&rest);
    }
    Some(request)
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    match stream.read(&mut buffer).await {
        Ok(0) | Err(_) => None,
        Ok(length) => {
            bytes.extend_from_slice(&buffer[..length]);
            Some(())
        }
    }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 4 + length..];
    }
    body
}

/// An address at which nobody listens, nor ever will: it stays taken.
pub(crate) async fn nowhere() -> String {
    let server = Server::closed([]);
    let url = server.url.clone();
    std::mem::forget(server);
    url
}

/// What generated code calls by name, for tests that stand for it.
pub(crate) mod called {
    pub(crate) use crate::api::*;
    pub(crate) use crate::parameter::Parameter;
    pub(crate) use crate::request::Request;
    pub(crate) use crate::stream::{ReadEvent, StreamEnd};
}

/// An API with one scheme of every kind.
pub(crate) static API: Api = Api {
    name: "testing",
    version: "1.2.3",
    servers: &[],
    schemes: &[
        SecurityScheme {
            name: "key",
            kind: SchemeKind::ApiKey { location: ApiKeyLocation::Header, name: "Api-Token" },
        },
        SecurityScheme { name: "query", kind: SchemeKind::ApiKey { location: ApiKeyLocation::Query, name: "api_key" } },
        SecurityScheme {
            name: "cookie",
            kind: SchemeKind::ApiKey { location: ApiKeyLocation::Cookie, name: "session" },
        },
        SecurityScheme { name: "basic", kind: SchemeKind::Basic },
        SecurityScheme { name: "bearer", kind: SchemeKind::Bearer },
        SecurityScheme { name: "other", kind: SchemeKind::HttpOther { scheme: "Token" } },
        SecurityScheme {
            name: "oauth",
            kind: SchemeKind::OAuth2 {
                client_credentials: Some(crate::api::ClientCredentialsFlow {
                    token_url: "/token",
                    audience: Some("https://api"),
                    client_auth: crate::ClientAuth::Form,
                }),
            },
        },
        SecurityScheme { name: "oidc", kind: SchemeKind::OpenIdConnect },
        SecurityScheme { name: "mtls", kind: SchemeKind::MutualTls },
    ],
    rate_limit: None,
    setters: &[],
    security: &[],
    anonymous: false,
};

/// One requirement without scopes.
pub(crate) const fn needs(scheme: &'static str) -> Requirement {
    Requirement { scheme }
}

/// An operation without security.
pub(crate) const fn operation(id: &'static str, method: HttpMethod, repeatable: bool) -> Operation {
    Operation::new(id, method, "/things").accept("application/json").repeatable(repeatable)
}

/// A list whose pages are arrays of so many items.
pub(crate) const fn by_offset(page_size: u64) -> crate::paging::Paging {
    crate::paging::Paging {
        style: crate::paging::PagingStyle::Offset { offset: "offset" },
        limit: Some("limit"),
        page_size: Some(page_size),
        items: "",
        total: None,
        total_pages: None,
        has_more: None,
        empty: crate::paging::Empty::LIST,
        repeat_ends: false,
        links_by_get: false,
        begins: &[],
    }
}

pub(crate) static GET: Operation = operation("getThing", HttpMethod::Get, true);
pub(crate) static POST: Operation = operation("createThing", HttpMethod::Post, false);

/// A client for a server, without time limits, that no proxy comes between.
pub(crate) fn builder(url: &str, environment: Arc<dyn Environment>) -> ClientBuilder {
    ClientBuilder::new(&API)
        .base_url(url)
        .environment(environment)
        .timeouts(crate::Timeouts::none())
        .configure_http(|http| http.no_proxy())
}
