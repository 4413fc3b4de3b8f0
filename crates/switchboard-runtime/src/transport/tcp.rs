//! HTTP over TCP and TLS, by reqwest: what a client has unless it is given another transport. The only module that sees the
//! HTTP client at work; whatever it reports loses its URL here, for URLs may hold API keys.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use url::Url;

use super::{Transport, TransportFailure, TransportRequest, TransportResponse};
use crate::body::{Body, Content};
use crate::environment::BoxFuture;
use crate::fault::{BoxError, TransportErrorKind};
use crate::lasting::Lasting;

/// An HTTP client.
pub(crate) struct Tcp {
    pub(crate) http: reqwest::Client,
    /// How long opening a connection may take; not known of a client that was handed in.
    pub(crate) connect_limit: Option<Duration>,
}

impl Transport for Tcp {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportFailure>> {
        let TransportRequest { method, url, headers, body } = request;
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = headers;
        *request.body_mut() = body.map(|body| match body.0 {
            Content::Bytes(bytes) => reqwest::Body::from(bytes),
            Content::Stream { source, .. } => reqwest::Body::wrap_stream(source),
        });
        // What is boxed holds what is under way, and not the request once more.
        let response = self.http.execute(request);
        Box::pin(async move {
            match response.await {
                Ok(response) => Ok(received(response)),
                Err(error) => Err(self.failure(error)),
            }
        })
    }
}

impl Tcp {
    fn failure(&self, error: reqwest::Error) -> TransportFailure {
        let lasting = Lasting::of(&error);
        let kind = match lasting {
            Some(lasting) => lasting.kind,
            None if error.is_connect() && error.is_timeout() => TransportErrorKind::ConnectTimeout(self.connect_limit),
            None if error.is_connect() => TransportErrorKind::Connect,
            None => TransportErrorKind::Interrupted,
        };
        let host = error.url().and_then(host_and_port);
        let cause = cause(error);
        let cause = match lasting {
            Some(lasting) => lasting.told(cause),
            None => cause,
        };
        TransportFailure { kind, host, cause }
    }
}

fn received(mut response: reqwest::Response) -> TransportResponse {
    let (status, url, length) = (response.status(), Box::new(response.url().clone()), response.content_length());
    let headers = std::mem::take(response.headers_mut());
    let source = response.bytes_stream().map_err(cause).boxed();
    TransportResponse { status, headers, url, body: Body(Content::Stream { source, length }) }
}

/// Whom a URL calls, and nothing else of it.
fn host_and_port(url: &Url) -> Option<Box<str>> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?).into())
}

/// What is behind an error of the HTTP client, without the URL.
pub(crate) fn cause(error: reqwest::Error) -> BoxError {
    error.without_url().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_url_host_and_port_are_told_and_nothing_else() {
        let told = |url: &str| host_and_port(&Url::parse(url).unwrap()).map(String::from);
        assert_eq!(told("https://user:pass@api.example.com/path?key=1#x").unwrap(), "api.example.com:443");
        assert_eq!(told("http://[::1]:8080/").unwrap(), "[::1]:8080");
        assert_eq!(told("data:secret"), None);
    }
}
