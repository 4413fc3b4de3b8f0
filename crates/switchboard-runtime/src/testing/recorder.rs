//! A transport that keeps what was sent by way of another.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::environment::BoxFuture;
use crate::fault::TransportErrorKind;
use crate::transport::{Transport, TransportFailure, TransportRequest, TransportResponse};

/// Keeps each request that goes out by way of another transport, with the status that came back. Bodies are read into memory
/// before they are sent.
pub struct Recorder {
    inner: Box<dyn Transport>,
    sent: Mutex<Vec<Sent>>,
}

impl Recorder {
    /// A recorder of what goes out by way of `inner`: shared, for the client has it and the test asks it.
    pub fn of(inner: impl Transport) -> Arc<Self> {
        Arc::new(Self { inner: Box::new(inner), sent: Mutex::default() })
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All requests so far, in their order; each attempt of a call is one, and so is each request for a token.
    pub fn sent(&self) -> Vec<Sent> {
        self.kept().clone()
    }

    fn keep(&self, request: &TransportRequest, body: Bytes) -> usize {
        let mut kept = self.kept();
        kept.push(Sent {
            method: request.method().clone(),
            url: request.url().to_owned(),
            headers: request.headers().clone(),
            body,
            status: None,
        });
        kept.len() - 1
    }
}

impl Transport for Recorder {
    fn send(&self, mut request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportFailure>> {
        Box::pin(async move {
            let body = match request.take_body() {
                Some(body) => {
                    let read = body.collect().await;
                    let bytes = read.map_err(|cause| TransportFailure::new(TransportErrorKind::RequestBody, cause))?;
                    request.body = Some(Body::from(bytes.clone()));
                    bytes
                }
                None => Bytes::new(),
            };
            let index = self.keep(&request, body);
            let response = self.inner.send(request).await?;
            if let Some(sent) = self.kept().get_mut(index) {
                sent.status = Some(response.status());
            }
            Ok(response)
        })
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("sent", &*self.kept()).finish_non_exhaustive()
    }
}

/// A request as it went out.
#[derive(Clone)]
pub struct Sent {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Bytes,
    status: Option<StatusCode>,
}

impl Sent {
    /// The method.
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The whole URL, percent-encoded as it was sent.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A header's value, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers that the client set; what frames the message is the transport's.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body; empty if there was none.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body, as the JSON of a `T`.
    ///
    /// # Errors
    ///
    /// serde's, if it is none.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The status that came back, if any did.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }
}

/// Credentials are among the headers, and may be in the query: of the former the names are shown, of the URL what comes before
/// the latter.
impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent")
            .field("method", &self.method)
            .field("url", &crate::server::shown(&self.url))
            .field("headers", &self.headers.keys().map(http::HeaderName::as_str).collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("status", &self.status)
            .finish()
    }
}
