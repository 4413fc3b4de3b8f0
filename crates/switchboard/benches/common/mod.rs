//! What the benchmarks share: a server that costs the client's thread nothing, and the same calls generated and written
//! by hand.
//!
//! All that a client does, it does on the benchmark's own thread, by tokio's current-thread runtime; the server has
//! threads of its own. So the CPU time and the allocations of that one thread are those of the client side alone.

pub(crate) mod by_hand;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use reqwest::header::{HeaderMap, HeaderValue};
use switchboard::activecampaign;

/// How many records a page holds.
pub(crate) const PAGE: u64 = 100;

/// A server on loopback that answers `GET /connections/1` with one record and `GET /connections` with a page of 100,
/// one of `total`. Its answers are made beforehand.
pub(crate) fn serve(total: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let one = answer(&format!(r#"{{"connection":{}}}"#, record(1)));
    let answers = Arc::new((one, answer(&page(total))));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            std::thread::spawn(move || converse(stream, &answers));
        }
    });
    url
}

/// Answers one request after the other, none of which has a body.
fn converse(mut stream: TcpStream, (one, page): &(Vec<u8>, Vec<u8>)) {
    let _ = stream.set_nodelay(true);
    // Each page has another first record: a list in which one came again would be taken for one that does not page.
    let mut page = page.clone();
    let place = page.windows(FIRST.len()).position(|window| window == FIRST.as_bytes()).expect("a first record");
    let mut buffer = [0; 8192];
    let mut filled = 0;
    while let Ok(length @ 1..) = stream.read(&mut buffer[filled..]) {
        filled += length;
        if !buffer[..filled].ends_with(b"\r\n\r\n") {
            continue;
        }
        let head = std::str::from_utf8(&buffer[..filled]).expect("ASCII");
        let target = head.split(' ').nth(1).expect("a request line");
        let offset: u64 = target.split_once("offset=").map_or(0, |(_, digits)| digits.parse().expect("a number"));
        page[place..place + FIRST.len()].copy_from_slice(format!("{offset:010}").as_bytes());
        let answer = if target.contains("/connections/") { one } else { &page };
        if stream.write_all(answer).is_err() {
            return;
        }
        filled = 0;
    }
}

fn answer(body: &str) -> Vec<u8> {
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\ndate: Thu, 02 Feb 2017 19:09:07 GMT\r\ncontent-type: application/json\r\nserver: nginx\r\n\
                cache-control: no-cache, private\r\nx-request-id: 5b1e2f6e-9c61-4f2b-8c39-0f7f6b8f5a10\r\n";
    format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes()
}

/// A record in the form of the document's example.
fn record(id: impl std::fmt::Display) -> String {
    format!(
        r#"{{"service":"shopify","externalid":"foo-{id}.myshopify.com","name":"Foo {id}, Inc.","isInternal":"1","status":"1","syncStatus":"0","lastSync":"2017-02-02T13:09:07-06:00","logoUrl":"http://example.com/i/foo.png","linkUrl":"http://example.com/foo/","listId":"0","cdate":"2017-02-02T13:09:07-06:00","udate":"2017-02-02T13:09:12-06:00","links":{{"customers":"/api/3/connections/{id}/customers"}},"id":"{id}"}}"#
    )
}

/// The id of the first record of a page, as it is made beforehand.
const FIRST: &str = "0000000000";

fn page(total: u64) -> String {
    let records: Vec<String> = std::iter::once(record(FIRST)).chain((1..PAGE).map(record)).collect();
    format!(r#"{{"connections":[{}],"meta":{{"total":"{total}"}}}}"#, records.join(","))
}

/// The generated client. The vendor's published rate limit is taken off: its pauses are what it is for.
pub(crate) fn generated(url: &str) -> activecampaign::Client {
    let builder = activecampaign::Client::builder().base_url(url).api_token("secret").rate_limit(None);
    builder.no_proxy().build().expect("a client")
}

/// Reads the generated client's stream of connections to its end, and counts them.
pub(crate) async fn count_generated(client: &activecampaign::Client) -> u64 {
    let items = client.list_all_connections().stream();
    items.try_fold(0, |count, _| std::future::ready(Ok(count + 1))).await.expect("a list")
}

/// What a careful user writes with reqwest and serde.
#[derive(Clone)]
pub(crate) struct HandWritten {
    http: reqwest::Client,
    base_url: String,
}

impl HandWritten {
    pub(crate) fn new(url: &str) -> Self {
        let mut token = HeaderValue::from_static("secret");
        token.set_sensitive(true);
        let http = reqwest::Client::builder()
            .user_agent("hand-written/1.0")
            .default_headers(HeaderMap::from_iter([("api-token".parse().expect("a name"), token)]))
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .expect("a client");
        Self { http, base_url: url.to_owned() }
    }

    /// `GET /connections/{id}`
    pub(crate) async fn get(&self, id: &str) -> Result<by_hand::ConnectionResponse, reqwest::Error> {
        let url = format!("{}/connections/{id}", self.base_url);
        self.http.get(url).send().await?.error_for_status()?.json().await
    }

    /// `GET /connections`
    pub(crate) async fn list(&self, limit: u64, offset: u64) -> Result<by_hand::ConnectionList, reqwest::Error> {
        let url = format!("{}/connections", self.base_url);
        let query = [("limit", limit), ("offset", offset)];
        self.http.get(url).query(&query).send().await?.error_for_status()?.json().await
    }

    /// Reads every connection, page after page, and counts them.
    pub(crate) async fn count(&self) -> u64 {
        let mut offset = 0;
        let mut count = 0;
        loop {
            let page = self.list(PAGE, offset).await.expect("a page");
            let connections = page.connections.unwrap_or_default();
            let total = page.meta.and_then(|meta| meta.total).and_then(|total| total.as_str()?.parse().ok());
            offset += connections.len() as u64;
            let last = connections.is_empty() || total.is_some_and(|total: u64| offset >= total);
            connections.into_iter().for_each(|_| count += 1);
            if last {
                return count;
            }
        }
    }
}

/// The calls that are compared, each of which reads all that it gets.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    /// One record.
    Get,
    /// A page of 100.
    List,
}

impl Case {
    pub(crate) const ALL: [(&str, Self); 2] = [("get one record", Self::Get), ("list a page of 100", Self::List)];

    pub(crate) async fn generated(self, client: &activecampaign::Client) {
        match self {
            Self::Get => {
                let answer = client.get_connection("1").send().await.expect("an answer");
                assert!(answer.connection.is_some());
            }
            Self::List => {
                let answer = client.list_all_connections().limit(100).offset(0).send().await.expect("an answer");
                assert_eq!(answer.connections.as_ref().map(Vec::len), Some(100));
            }
        }
    }

    pub(crate) async fn hand_written(self, client: &HandWritten) {
        match self {
            Self::Get => assert!(client.get("1").await.expect("an answer").connection.is_some()),
            Self::List => {
                let answer = client.list(PAGE, 0).await.expect("an answer");
                assert_eq!(answer.connections.as_ref().map(Vec::len), Some(100));
            }
        }
    }
}

/// All of a client's work is done on the thread that waits for it.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    // The HTTP client by itself, unlike the one that the runtime makes, looks for a provider of the whole process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
