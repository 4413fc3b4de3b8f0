//! HTTP over TCP and TLS, by reqwest: what a client has unless it is given another transport. The only module that sees the
//! HTTP client at work; whatever it reports loses its URL here, for URLs may hold API keys.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use url::Url;

use super::{Transport, TransportFailure, TransportRequest, TransportResponse};
use crate::body::{Body, Content};
use crate::environment::BoxFuture;
use crate::fault::{BoxError, Told, TransportErrorKind};
use crate::lasting::Lasting;

/// An HTTP client.
pub(crate) struct Tcp {
    pub(crate) http: reqwest::Client,
    pub(super) way: Way,
    /// How long opening a connection may take; not known of a client that was handed in.
    pub(crate) connect_limit: Option<Duration>,
}

/// By which way calls go. The HTTP client does not say whom it could not reach, the host or a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Straight, or as a client that was handed in knows alone.
    Untold,
    /// By the proxy that the client was given.
    Proxy,
    /// By one that the environment names, if it names one and makes no exception of the host.
    Environment,
}

impl Way {
    /// What may be out of reach in place of the host.
    fn doubt(self, scheme: &str, names: impl Fn(&str) -> bool) -> Option<String> {
        let own: &[&str] =
            if scheme == "https" { &["HTTPS_PROXY", "https_proxy"] } else { &["HTTP_PROXY", "http_proxy"] };
        let proxy = match self {
            Self::Untold => return None,
            Self::Proxy => "it is called by way of the proxy given to `proxy`".to_owned(),
            Self::Environment => {
                let name = own.iter().chain(&["ALL_PROXY", "all_proxy"]).find(|name| names(name))?;
                format!("the environment's {name} names a proxy")
            }
        };
        Some(format!("{proxy}, which may be what cannot be reached"))
    }
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
            // Only an HTTP client of the caller's own follows any.
            None if error.is_redirect() => TransportErrorKind::Redirect,
            None => TransportErrorKind::Interrupted,
        };
        let host = error.url().and_then(host_and_port);
        let is_named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let url = error.url().filter(|_| kind.is_unconnected());
        let doubt = url.and_then(|url| self.way.doubt(url.scheme(), is_named));
        let cause = cause(error);
        let cause = match (lasting, doubt) {
            (Some(lasting), _) => lasting.told(cause),
            (None, Some(doubt)) => Told::of(doubt, cause),
            (None, None) => cause,
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

/// Whether what is behind an error of the transport is a time limit: the HTTP client may have some of its own.
pub(crate) fn is_timeout(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
}

/// What is behind an error of the HTTP client, without the URL.
pub(crate) fn cause(error: reqwest::Error) -> BoxError {
    error.without_url().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_may_be_out_of_reach_is_named() {
        let doubt = |scheme, name: &str| Way::Environment.doubt(scheme, |it| it == name);
        let told = "the environment's HTTP_PROXY names a proxy, which may be what cannot be reached";
        assert_eq!(doubt("http", "HTTP_PROXY").as_deref(), Some(told));
        assert!(doubt("https", "all_proxy").is_some_and(|told| told.contains("all_proxy")));
        assert_eq!((doubt("https", "HTTP_PROXY"), doubt("http", "https_proxy")), (None, None));
        assert_eq!(Way::Untold.doubt("http", |_| true), None);
    }

    #[test]
    fn of_a_url_host_and_port_are_told_and_nothing_else() {
        let told = |url: &str| host_and_port(&Url::parse(url).unwrap()).map(String::from);
        assert_eq!(told("https://user:pass@api.example.com/path?key=1#x").unwrap(), "api.example.com:443");
        assert_eq!(told("http://[::1]:8080/").unwrap(), "[::1]:8080");
        assert_eq!(told("data:secret"), None);
    }
}
