//! A server that answers what it is told, byte for byte, and keeps the requests as they came: bytes, not meaning, for
//! what a library understood may not be what was sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    headers: Vec<(String, String)>,
    /// The body, without its transfer coding.
    pub body: Vec<u8>,
}

/// A server on loopback that gives each connection the next answer.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Receiver<Seen>,
}

impl Server {
    /// Answers the first request with these bytes, and no other.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, seen) = channel();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let request = read(&stream);
            (&stream).write_all(&answer).unwrap();
            let _ = sender.send(request);
        });
        Self { address, seen }
    }

    /// Answers each request as it deserves, one after the other.
    pub(crate) fn serving(answer: impl Fn(&Seen) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, seen) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let request = read(&stream);
                let answer = answer(&request);
                // Noted before it is answered: who has the answer can rely on it. The test may be over by then.
                if sender.send(request).is_err() {
                    return;
                }
                let _ = (&stream).write_all(&answer);
            }
        });
        Self { address, seen }
    }

    /// Answers 204.
    pub(crate) fn accepting() -> Self {
        Self::answering("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    }

    /// Answers 200 with JSON.
    pub(crate) fn json(body: &str) -> Self {
        Self::answering(answer(200, "application/json", body))
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The request that came.
    #[track_caller]
    pub(crate) fn seen(self) -> Seen {
        // As long as a machine under load may need; nobody waits for it unless the test fails.
        self.seen.recv_timeout(Duration::from_secs(30)).expect("no request came")
    }

    /// Method and target of the request that came.
    #[track_caller]
    pub(crate) fn line(self) -> String {
        let seen = self.seen();
        format!("{} {}", seen.method, seen.target)
    }

    /// The targets of the requests that have come since this was last asked.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.seen.try_iter().map(|seen| seen.target).collect()
    }

    /// What follows `?` in the request that came.
    #[track_caller]
    pub(crate) fn query(self) -> String {
        self.seen().target.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }
}

/// Answers once, with these lines of headers.
pub(crate) fn with_headers(status: u16, headers: &[&str], body: &str) -> Server {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    Server::answering(format!(
        "HTTP/1.1 {status} X\r\n{lines}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    ))
}

/// An answer with a body and its length.
pub(crate) fn answer(status: u16, media_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

impl Seen {
    /// The values of a header, in order; names are compared as HTTP does.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// A header that is there once.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.all(name);
        assert!(found.len() <= 1, "{name}: {found:?}");
        found.first().copied()
    }

    /// The names of all headers, in lower case and in order.
    pub(crate) fn header_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort();
        names
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The pairs of a form, in alphabetical order.
    pub(crate) fn pairs(&self) -> Vec<&str> {
        let mut pairs: Vec<&str> = self.text().split('&').collect();
        pairs.sort_unstable();
        pairs
    }

    /// The parts of a multipart body: what stands before the content of each, and the content.
    pub(crate) fn parts(&self) -> Vec<(String, String)> {
        let kind = self.header("Content-Type").unwrap();
        let (_, boundary) = kind.split_once("; boundary=").unwrap();
        let text = String::from_utf8_lossy(&self.body).into_owned();
        let (parts, end) = text.rsplit_once(&format!("--{boundary}--")).unwrap();
        assert_eq!(end, "\r\n");
        parts
            .split(&format!("--{boundary}\r\n"))
            .skip(1)
            .map(|part| part.strip_suffix("\r\n").unwrap().split_once("\r\n\r\n").unwrap())
            .map(|(head, content)| {
                (head.replace("Content-Disposition: form-data; ", "").replace("\r\n", "; "), content.to_owned())
            })
            .collect()
    }
}

fn read(stream: &TcpStream) -> Seen {
    let mut reader = BufReader::new(stream);
    let first = line(&mut reader);
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let mut headers = Vec::new();
    loop {
        let line = line(&mut reader);
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut seen = Seen { method, target, headers, body: Vec::new() };
    if seen.header("Transfer-Encoding") == Some("chunked") {
        seen.body = chunks(&mut reader);
    } else if let Some(length) = seen.header("Content-Length").map(|length| length.parse().unwrap()) {
        seen.body.resize(length, 0);
        reader.read_exact(&mut seen.body).unwrap();
    }
    seen
}

fn line(reader: &mut BufReader<&TcpStream>) -> String {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().trim_end().to_owned()
}

fn chunks(reader: &mut BufReader<&TcpStream>) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let length = usize::from_str_radix(&line(reader), 16).unwrap();
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&chunk[..length]);
    }
}

/// Sends JSON as a type to the operation that answers the same: what goes out is what came in, and so is the answer,
/// which is returned.
macro_rules! echo {
    ($method:ident: $type:ty = $json:expr) => {{
        let json: serde_json::Value = $json;
        let server = $crate::server::Server::json(&json.to_string());
        let value: $type = $crate::server::round_trip(&json);
        let answer = client(&server).$method(value.clone()).send().await.unwrap().into_inner();
        assert_eq!(server.seen().json(), json);
        assert_eq!(answer, value);
        answer
    }};
}
pub(crate) use echo;

/// Decodes JSON as a type and encodes it again: nothing may be lost or changed.
#[track_caller]
pub(crate) fn round_trip<T: DeserializeOwned + Serialize>(json: &Value) -> T {
    let decoded: T = serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(serde_json::to_value(&decoded).unwrap(), *json);
    decoded
}
