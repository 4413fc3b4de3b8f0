//! What the drivers of the contract test have in common: calls are read from the standard input, a line of JSON each,
//! and what became of each is written to the standard output in the same form.
//!
//! Between the client and the server stands a relay that knows nothing of HTTP and notes the bytes: what is reported is
//! what went over the wire, not what some library says about it.

#![forbid(unsafe_code)]

use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::io::{BufRead, Read, Write};
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use switchboard_runtime::{
    Body, BuildError, ByteStream, ClientCredentials, Error, Event, EventStream, HeaderError, HeaderMap, JsonLines,
    Multipart, Part, RawResponse, ResponseHeaders, ResponseValue, StatusCode, Stream,
    codegen::v1::{Decoder, decode},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// No call may take longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of a body is reported, in bytes.
const SHOWN: usize = 256 << 10;

/// How much of a gzip body is unpacked, in bytes.
const MOST_UNPACKED: u64 = 1 << 20;

/// The first line: where the server is, and who calls.
#[derive(Clone, Debug, Deserialize)]
pub struct Setup {
    #[serde(default)]
    upstream: String,
    /// Without an upstream, where the server itself is: nothing stands between it and the client then.
    #[serde(default)]
    base_url: String,
    /// Secrets by security scheme.
    #[serde(default)]
    secrets: BTreeMap<String, String>,
    /// Whether schemes without a secret stay without; else one is made up.
    #[serde(default)]
    only_these: bool,
    #[serde(default)]
    client_credentials: BTreeMap<String, Grant>,
    /// Whether answers are read as users read them who do not ask for more.
    #[serde(default)]
    lenient: bool,
}

/// A client that asks for its tokens.
#[derive(Clone, Debug, Deserialize)]
struct Grant {
    client_id: String,
    client_secret: String,
    token_url: String,
}

impl Setup {
    /// The URL that the client is to call.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whether answers are read strictly.
    pub fn is_strict(&self) -> bool {
        !self.lenient
    }

    /// What is sent for a security scheme; none where only the others are to be used.
    pub fn secret(&self, scheme: &str) -> Option<String> {
        let made_up = || (!self.only_these).then(|| "contract-secret".to_owned());
        self.secrets.get(scheme).cloned().or_else(made_up)
    }

    /// Client id and secret, where there is a token endpoint to go to.
    pub fn client_credentials(&self, scheme: &str) -> Option<ClientCredentials> {
        let grant = self.client_credentials.get(scheme)?;
        let credentials = ClientCredentials::new(grant.client_id.clone(), grant.client_secret.clone());
        Some(credentials.token_url(grant.token_url.clone()))
    }
}

/// One call.
#[derive(Debug, Default, Deserialize)]
pub struct Arguments {
    operation: usize,
    /// Values by the setter's name.
    #[serde(default)]
    arguments: Map<String, Value>,
    #[serde(default)]
    send: usize,
    /// Whether the list is read through its stream.
    #[serde(default)]
    paged: bool,
    /// Whether a stream that could go on for ever is read to its end.
    #[serde(default)]
    whole: bool,
    /// How often a stream of events goes on where it ended.
    #[serde(default)]
    reconnects: u32,
    /// How many events are read of one that goes on.
    #[serde(default)]
    most: Option<usize>,
    /// The media type of a body, where the document leaves it open.
    #[serde(default)]
    content_type: Option<String>,
}

/// Why a call was not made, or how it failed.
#[derive(Debug)]
pub struct Problem {
    kind: &'static str,
    message: String,
    /// Status and body of the answer, if there was one.
    status: Option<u16>,
    body: Option<Vec<u8>>,
    headers: Headers,
}

impl Problem {
    fn new(kind: &'static str, message: String) -> Self {
        Self { kind, message, status: None, body: None, headers: Headers::default() }
    }

    fn arguments(what: &str, error: &dyn std::fmt::Display) -> Self {
        Self::new("arguments", format!("{what}: {error}"))
    }
}

/// What came of a call.
#[derive(Debug, Default)]
pub struct Answer {
    /// The answer as JSON; none where it has no such form.
    value: Option<Value>,
    /// The described headers, as they were read.
    headers: Headers,
}

/// How a call ended.
pub type Outcome = Result<Answer, Problem>;

/// Described headers as their methods read them: a value, or why there is none.
#[derive(Debug, Default)]
pub struct Headers(Map<String, Value>);

impl Headers {
    /// The same with one more.
    pub fn with<T: Serialize>(mut self, name: &str, read: Result<T, HeaderError>) -> Self {
        let told = match read {
            Ok(value) => json!({"value": json(&value)}),
            Err(error) if error.is_missing() => json!({"missing": true}),
            Err(error) => json!({"fault": error.to_string()}),
        };
        self.0.insert(name.to_owned(), told);
        self
    }
}

/// How the described headers of an operation's answers are read.
#[derive(Debug)]
pub struct Readers<H, E> {
    success: fn(&H) -> Headers,
    error: fn(&Error<E>) -> Headers,
}

impl<H, E> Readers<H, E> {
    /// No header is described.
    pub fn none() -> Self {
        Self { success: |_| Headers::default(), error: |_| Headers::default() }
    }

    /// Successes have these.
    pub fn success(self, success: fn(&H) -> Headers) -> Self {
        Self { success, ..self }
    }

    /// Errors have these.
    pub fn error(self, error: fn(&Error<E>) -> Headers) -> Self {
        Self { error, ..self }
    }
}

/// A call under way.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

impl Arguments {
    /// Which operation is called.
    pub fn operation(&self) -> usize {
        self.operation
    }

    /// Which method sends it.
    pub fn send(&self) -> usize {
        self.send
    }

    /// Whether the list is read through its stream.
    pub fn is_paged(&self) -> bool {
        self.paged
    }

    /// How many events of an answer are read, and how often it goes on where it ended.
    pub fn events(&self) -> (usize, u32) {
        (self.most.unwrap_or(if self.whole { usize::MAX } else { 1 }), self.reconnects)
    }

    /// The media type of a body, where the document leaves it open.
    pub fn content_type(&mut self) -> Option<String> {
        self.content_type.take()
    }

    /// The value for a setter, as the type that it takes.
    pub fn value<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let Some(value) = self.arguments.remove(name) else { return Ok(None) };
        serde_json::from_value(value).map(Some).map_err(|error| Problem::arguments(name, &error))
    }

    /// A body of bytes.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Body>, Problem> {
        Ok(self.value::<File>(name)?.map(|file| Body::from(file.bytes())))
    }

    /// A file in a form.
    pub fn file(&mut self, name: &str) -> Result<Option<Part>, Problem> {
        Ok(self.value::<File>(name)?.map(Part::from))
    }

    /// Files in a form.
    pub fn files(&mut self, name: &str) -> Result<Option<Vec<Part>>, Problem> {
        Ok(self.value::<Vec<File>>(name)?.map(|files| files.into_iter().map(Part::from).collect()))
    }

    /// A form of parts of which the document says nothing.
    pub fn multipart(&mut self, name: &str) -> Result<Option<Multipart>, Problem> {
        let Some(Value::Object(parts)) = self.value(name)? else { return Ok(None) };
        let mut form = Multipart::new();
        for (name, value) in parts {
            form.value(name, &value);
        }
        Ok(Some(form))
    }
}

impl Arguments {
    /// A form that is begun where one of its parts is given, which are set later.
    pub fn form(&mut self, name: &str, parts: &[&str]) -> Result<Option<Multipart>, Problem> {
        let begun = parts.iter().any(|part| self.arguments.contains_key(*part));
        Ok(self.multipart(name)?.or_else(|| begun.then(Multipart::new)))
    }
}

/// A value that a call cannot be begun without.
pub fn required<T>(name: &str, value: Result<Option<T>, Problem>) -> Result<T, Problem> {
    value?.ok_or_else(|| Problem::arguments(name, &"it is required and was not given"))
}

/// Bytes as a call says them: text, or hexadecimal digits with what else there is to say of a file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum File {
    Text(String),
    Bytes { hexadecimal: String, name: Option<String>, media_type: Option<String> },
}

impl File {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes { hexadecimal, .. } => {
                let digits: Vec<u8> = hexadecimal.chars().filter_map(|c| c.to_digit(16)?.try_into().ok()).collect();
                digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
            }
        }
    }
}

impl From<File> for Part {
    fn from(file: File) -> Self {
        let part = Self::bytes(file.bytes());
        let (name, media_type) = match file {
            File::Text(_) => (Some("sample.bin".to_owned()), None),
            File::Bytes { name, media_type, .. } => (name, media_type),
        };
        let part = name.into_iter().fold(part, Self::file_name);
        media_type.into_iter().fold(part, Self::media_type)
    }
}

fn failed<E: std::fmt::Debug>(error: Error<E>) -> Problem {
    let kind = match &error {
        Error::InvalidRequest(_) => "request",
        Error::Transport(_) => "transport",
        Error::Auth(_) => "auth",
        Error::Response(_) => "response",
        _ => "decode",
    };
    Problem {
        status: error.status().map(|status| status.as_u16()),
        body: error.raw_body().map(|body| body.to_vec()),
        ..Problem::new(kind, error.to_string())
    }
}

/// Waits for the answer, and reads the headers that are described, also where it is an error.
async fn made<T, H: ResponseHeaders, E: std::fmt::Debug>(
    call: impl Future<Output = Result<ResponseValue<T, H>, Error<E>>>,
    readers: &Readers<H, E>,
) -> Result<(T, Headers), Problem> {
    match call.await {
        Ok(answer) => {
            let headers = (readers.success)(answer.headers());
            Ok((answer.into_inner(), headers))
        }
        Err(error) => {
            let headers = (readers.error)(&error);
            Err(Problem { headers, ..failed(error) })
        }
    }
}

/// What was read, as JSON again.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Option<Value> {
    serde_json::to_value(value).ok()
}

/// A call whose answer is one value.
pub async fn answer<T: Serialize, H: ResponseHeaders, E: std::fmt::Debug>(
    call: impl Future<Output = Result<ResponseValue<T, H>, Error<E>>>,
    readers: Readers<H, E>,
) -> Outcome {
    by_status(call, readers, json).await
}

/// A call whose answer differs by status: `read` makes JSON of it.
pub async fn by_status<T, H: ResponseHeaders, E: std::fmt::Debug>(
    call: impl Future<Output = Result<ResponseValue<T, H>, Error<E>>>,
    readers: Readers<H, E>,
    read: impl FnOnce(&T) -> Option<Value>,
) -> Outcome {
    let (value, headers) = made(call, &readers).await?;
    Ok(Answer { value: read(&value), headers })
}

/// A call whose answer is bytes: they are reported as text of hexadecimal digits.
pub async fn stream<H: ResponseHeaders, E: std::fmt::Debug>(
    call: impl Future<Output = Result<ResponseValue<ByteStream, H>, Error<E>>>,
    readers: Readers<H, E>,
) -> Outcome {
    let (bytes, headers) = made(call, &readers).await?;
    let mut text = String::new();
    items(bytes, usize::MAX, |bytes| text.push_str(&hexadecimal(&bytes))).await?;
    Ok(Answer { value: Some(text.into()), headers })
}

/// Bytes, two digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A call whose answer is server-sent events. The first is enough, unless more are asked for: such a stream goes on.
pub async fn events<T: DeserializeOwned + Serialize, H: ResponseHeaders, E: std::fmt::Debug>(
    call: impl Future<Output = Result<ResponseValue<EventStream<T>, H>, Error<E>>>,
    readers: Readers<H, E>,
    (most, reconnects): (usize, u32),
) -> Outcome {
    let (events, headers) = made(call, &readers).await?;
    let mut read = Vec::new();
    let keep = |event: Event<T>| read.push(json!({"event": event.kind, "id": event.id, "data": json(&event.data)}));
    items(events.reconnect(reconnects), most, keep).await?;
    Ok(Answer { value: Some(Value::Array(read)), headers })
}

/// A call whose answer is NDJSON.
pub async fn lines<T: DeserializeOwned + Serialize, H: ResponseHeaders, E: std::fmt::Debug>(
    call: impl Future<Output = Result<ResponseValue<JsonLines<T>, H>, Error<E>>>,
    readers: Readers<H, E>,
) -> Outcome {
    let (lines, headers) = made(call, &readers).await?;
    list(lines).await.map(|answer| Answer { headers, ..answer })
}

/// All items of a list.
pub async fn list<T: Serialize, E: std::fmt::Debug>(stream: impl Stream<Item = Result<T, Error<E>>>) -> Outcome {
    let mut read = Vec::new();
    items(stream, usize::MAX, |item| read.extend(json(&item))).await?;
    Ok(Answer { value: Some(Value::Array(read)), headers: Headers::default() })
}

/// Reads up to `most` items.
async fn items<T, E: std::fmt::Debug>(
    stream: impl Stream<Item = Result<T, Error<E>>>,
    most: usize,
    mut keep: impl FnMut(T),
) -> Result<(), Problem> {
    let mut stream = pin!(stream);
    for _ in 0..most {
        match poll_fn(|context| stream.as_mut().poll_next(context)).await {
            Some(item) => keep(item.map_err(failed)?),
            None => break,
        }
    }
    Ok(())
}

/// Reads JSON as an answer's body is read, and writes the value as a request's body is written. What is to the letter may
/// not become anything else where an answer is read leniently.
pub fn read_back<T: DeserializeOwned + Serialize>(value: &str) -> Result<String, String> {
    let response = RawResponse::new(StatusCode::OK, HeaderMap::new(), value.to_owned());
    let read = |strict: bool| -> Result<String, String> {
        let read: T = decode::json(&Decoder::new(&response).strict(strict)).map_err(|error| error.to_string())?;
        serde_json::to_string(&read).map_err(|error| format!("it cannot be written: {error}"))
    };
    let written = read(true)?;
    match read(false) {
        Ok(leniently) if leniently == written => Ok(written),
        Ok(leniently) => Err(format!("read leniently it becomes {leniently}, and else {written}")),
        Err(error) => Err(format!("read leniently it is refused: {error}")),
    }
}

/// A value for [`read_values`], and which type it is for.
#[derive(Deserialize)]
struct Line {
    schema: usize,
    value: String,
}

/// Runs a driver that makes no calls: each line is a value, which `read_back` brings through its type.
pub fn read_values(read_back: fn(usize, &str) -> Result<String, String>) -> ExitCode {
    // The first line sets up a client, and here is none.
    for line in std::io::stdin().lock().lines().skip(1) {
        let read = line.map_err(|error| error.to_string());
        let read = read.and_then(|line| serde_json::from_str::<Line>(&line).map_err(|error| error.to_string()));
        let answer = match read.and_then(|read| read_back(read.schema, &read.value)) {
            Ok(written) => json!({"written": written}),
            Err(problem) => json!({"problem": problem}),
        };
        let mut output = std::io::stdout().lock();
        if writeln!(output, "{answer}").and_then(|()| output.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Runs a driver: `build` makes the client, `dispatch` makes one call.
pub fn run<C>(
    build: fn(&Setup) -> Result<C, BuildError>,
    dispatch: for<'a> fn(&'a C, Arguments) -> Calling<'a>,
) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result =
        runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(serve(build, dispatch)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

async fn serve<C>(
    build: fn(&Setup) -> Result<C, BuildError>,
    dispatch: for<'a> fn(&'a C, Arguments) -> Calling<'a>,
) -> Result<(), String> {
    let mut lines = std::io::stdin().lock().lines();
    let first = lines.next().ok_or("the set-up is missing")?.map_err(|error| error.to_string())?;
    let mut setup: Setup = serde_json::from_str(&first).map_err(|error| format!("the set-up: {error}"))?;
    let record = Record::default();
    if !setup.upstream.is_empty() {
        setup.base_url = relay(setup.upstream.clone(), record.clone()).await.map_err(|error| error.to_string())?;
    }
    let client = build(&setup).map_err(|error| format!("the client cannot be built: {error}"))?;
    for line in lines {
        let line = line.map_err(|error| error.to_string())?;
        let arguments = serde_json::from_str(&line).map_err(|error| format!("the call: {error}"))?;
        record.clear();
        let outcome = match tokio::time::timeout(PATIENCE, dispatch(&client, arguments)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Problem::new("transport", format!("no answer within {PATIENCE:?}"))),
        };
        let mut report = record.report();
        let headers = match outcome {
            Ok(answer) => {
                report.extend(answer.value.map(|value| ("value".to_owned(), value)));
                answer.headers
            }
            Err(problem) => {
                let body = problem.body.map(|body| String::from_utf8_lossy(&body).into_owned());
                let told = json!({
                    "kind": problem.kind, "message": problem.message, "status": problem.status, "body": body,
                });
                report.insert("problem".to_owned(), told);
                problem.headers
            }
        };
        report.insert("headers".to_owned(), headers.0.into());
        let mut output = std::io::stdout().lock();
        writeln!(output, "{}", Value::Object(report))
            .and_then(|()| output.flush())
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The bytes that went to the server and came back.
#[derive(Clone, Debug, Default)]
struct Record(Arc<Mutex<[Vec<u8>; 2]>>);

impl Record {
    fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
    }

    fn add(&self, direction: usize, bytes: &[u8]) {
        let mut both = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(noted) = both.get_mut(direction) {
            noted.extend_from_slice(bytes);
        }
    }

    fn report(&self) -> Map<String, Value> {
        let [sent, received] = &*self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut report = Map::new();
        if let Some((line, message)) = message(sent) {
            let mut words = line.split(' ');
            let mut request = message;
            request.insert("method".to_owned(), words.next().unwrap_or_default().into());
            request.insert("target".to_owned(), words.next().unwrap_or_default().into());
            report.insert("request".to_owned(), request.into());
        }
        if let Some((line, mut response)) = message(received) {
            let status = line.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
            response.insert("status".to_owned(), status.into());
            report.insert("response".to_owned(), response.into());
        }
        report
    }
}

/// The first line of an HTTP/1.1 message (RFC 9112, section 2.1), its headers with names in lower case, and its body.
fn message(bytes: &[u8]) -> Option<(String, Map<String, Value>)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, body) = bytes.split_at_checked(end)?;
    let head = String::from_utf8_lossy(head).into_owned();
    let mut lines = head.split("\r\n");
    let first = lines.next()?.to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = body.get(4..).unwrap_or_default();
    let body = match (headers.get("transfer-encoding"), headers.get("content-length").map(|length| length.parse())) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => unchunked(body),
        (_, Some(Ok(length))) => body.get(..length).unwrap_or(body).to_vec(),
        _ => body.to_vec(),
    };
    let body = match headers.get("content-encoding") {
        Some(coding) if coding.eq_ignore_ascii_case("gzip") => unpacked(&body),
        _ => body,
    };
    let text = String::from_utf8_lossy(body.get(..SHOWN).unwrap_or(&body)).into_owned();
    let mut message = Map::new();
    message.insert("headers".to_owned(), json!(headers));
    message.insert("body".to_owned(), text.into());
    Some((first, message))
}

/// What is in a gzip body, as far as it goes.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    // What was unpacked before a fault is there all the same.
    let _ = MultiGzDecoder::new(bytes).take(MOST_UNPACKED).read_to_end(&mut whole);
    whole
}

/// A body without its chunks' sizes (RFC 9112, section 7.1).
fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") else { return whole };
        let (line, rest) = bytes.split_at(end);
        let size = String::from_utf8_lossy(line);
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(2..2 + size).filter(|chunk| !chunk.is_empty()) else { return whole };
        whole.extend_from_slice(chunk);
        bytes = rest.get(4 + size..).unwrap_or_default();
    }
}

/// Listens, passes everything on to `upstream` (host and port) and back, and notes it. Returns its own URL.
async fn relay(upstream: String, record: Record) -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            if let Ok(server) = TcpStream::connect(&upstream).await {
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(pass(from_client, to_server, record.clone(), 0));
                tokio::spawn(pass(from_server, to_client, record.clone(), 1));
            }
        }
    });
    Ok(url)
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, record: Record, direction: usize) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let bytes = buffer.get(..count).unwrap_or_default();
        record.add(direction, bytes);
        if to.write_all(bytes).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
