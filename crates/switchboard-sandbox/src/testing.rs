//! A light client for the sandbox's own tests: every behaviour is looked at from the other end of a socket.

use std::error::Error;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{ActiveCampaign, ApiHandle, SitecorePersonalize, UnifiedTo};

/// An API whose credentials the client knows how to send.
pub(crate) trait Target {
    fn handle(&self) -> &ApiHandle<'_>;
    fn authenticate(&self, request: RequestBuilder) -> RequestBuilder;
}

impl Target for ActiveCampaign<'_> {
    fn handle(&self) -> &ApiHandle<'_> {
        self
    }

    fn authenticate(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("Api-Token", self.token())
    }
}

impl Target for UnifiedTo<'_> {
    fn handle(&self) -> &ApiHandle<'_> {
        self
    }

    fn authenticate(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.token())
    }
}

/// Sitecore with a token that was asked for before.
impl Target for (SitecorePersonalize<'_>, &str) {
    fn handle(&self) -> &ApiHandle<'_> {
        &self.0
    }

    fn authenticate(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.1)
    }
}

/// An API, and whatever is sent as the value of that header instead of the right credentials.
impl<'a> Target for (ApiHandle<'a>, &str, &str) {
    fn handle(&self) -> &ApiHandle<'_> {
        &self.0
    }

    fn authenticate(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(self.1, self.2)
    }
}

/// A client that talks to the sandbox itself, whatever proxy the environment names.
pub(crate) fn client() -> Client {
    // In the workspace reqwest comes with TLS and without a provider for it, which it then wants named even for plain
    // HTTP. That another test has named it already is no fault.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    body: String,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, body: response.text().await? })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        &self.body
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

pub(crate) fn request(api: impl Target, method: &str, path: &str, body: Option<Value>) -> RequestBuilder {
    let url = format!("{}{path}", api.handle().base_url());
    let request = api.authenticate(client().request(method.parse().unwrap(), url));
    match body {
        Some(body) => request.json(&body),
        None => request,
    }
}

pub(crate) async fn try_send(
    api: impl Target,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> reqwest::Result<Answer> {
    Answer::read(request(api, method, path, body).send().await?).await
}

pub(crate) async fn send(api: impl Target, method: &str, path: &str, body: Option<Value>) -> Answer {
    try_send(api, method, path, body).await.unwrap()
}

pub(crate) async fn get(api: impl Target, path: &str) -> Answer {
    send(api, "GET", path, None).await
}

/// Everything that comes over the wire until the server closes, for a GET with ActiveCampaign's token.
pub(crate) async fn raw(api: ActiveCampaign<'_>, path: &str) -> String {
    let base = api.base_url();
    let (address, prefix) = base.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        format!("GET /{prefix}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nApi-Token: {}\r\n\r\n", api.token());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).await.unwrap();
    received
}

/// An error and all its causes, in one line.
pub(crate) fn causes(error: &dyn Error) -> String {
    std::iter::successors(Some(error), |error: &&dyn Error| (*error).source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
