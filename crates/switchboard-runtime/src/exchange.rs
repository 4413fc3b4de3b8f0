//! One exchange with a server: send, follow redirects, read the answer within its limits, whatever transport carries it.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, ready, select};
use futures_util::{StreamExt, TryFutureExt, TryStreamExt, stream};
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE,
    HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LOCATION,
    RANGE, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::body::{Body, BodyStream, Content};
use crate::coding::{CodingError, Packing};
use crate::environment::Environment;
use crate::fault::{BoxError, TransportErrorKind, TransportFault};
use crate::raw_response::RawResponse;
use crate::retry::RetryPolicy;
use crate::timeouts::Timeouts;
use crate::transport::{Transport, TransportFailure, TransportRequest, TransportResponse};

/// How often a call may be sent on.
const MOST_REDIRECTS: usize = 10;

/// What every exchange of a client needs.
pub(crate) struct Net {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeouts: Timeouts,
    pub(crate) user_agent: HeaderValue,
}

/// A request as it goes out.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Body>,
}

impl Net {
    /// Sends a request that is for one server alone, such as one whose body is a secret, and reads the answer whole. No
    /// redirect takes it to another origin, and no answer from there is taken for this server's.
    pub(crate) async fn fetch(
        &self,
        outgoing: Outgoing,
        limit: Option<Duration>,
        max_body: u64,
    ) -> Result<RawResponse, TransportFault> {
        let Outgoing { method, url, headers, body } = outgoing;
        let outgoing = |body| Outgoing { method: method.clone(), url: url.clone(), headers: headers.clone(), body };
        let work = pin!(async {
            let mut response = self.open(Bounds::SameOrigin, outgoing, body).await?;
            // An HTTP client of the caller's own may have followed redirects by itself.
            if !same_place(&url, response.url()) {
                return Err(leads_away(None, response.url()));
            }
            read(&mut response, max_body).await
        });
        self.within(limit.map(|limit| (limit, TransportErrorKind::AttemptTimeout(limit))), work).await
    }

    /// Does something within a time limit, which comes with what it means if that runs out. The work stays where it is:
    /// every hand that a future goes through makes the one around it larger by its size.
    pub(crate) async fn within<T>(
        &self,
        limit: Option<(Duration, TransportErrorKind)>,
        work: Pin<&mut impl Future<Output = Result<T, TransportFault>>>,
    ) -> Result<T, TransportFault> {
        let Some((limit, kind)) = limit else { return work.await };
        match select(work, self.environment.time_limit(limit)).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(TransportFault::new(kind)),
        }
    }

    /// Sends the request made around a body and waits for the headers of the answer, going where redirects lead if it
    /// `follows` them.
    ///
    /// Few requests are redirected, so what that takes is only made when it is, and kept out of this future: every
    /// call pays for the size of the future that it is.
    pub(crate) async fn open(
        &self,
        bounds: Bounds,
        outgoing: impl Fn(Option<Body>) -> Outgoing,
        body: Option<Body>,
    ) -> Result<Incoming, TransportFault> {
        let resent = body.as_ref().map(Body::try_clone);
        let response = self.send(outgoing(body)).await?;
        if bounds == Bounds::Nowhere || !response.status.is_redirection() {
            return Ok(response.into());
        }
        let resendable = !matches!(resent, Some(None));
        let again = Again { outgoing: outgoing(resent.flatten()), resendable };
        Box::pin(self.follow(bounds, again, response)).await.map(Incoming::from)
    }

    /// Goes where redirects lead.
    async fn follow(
        &self,
        bounds: Bounds,
        mut again: Again,
        mut response: TransportResponse,
    ) -> Result<TransportResponse, TransportFault> {
        for _ in 0..MOST_REDIRECTS {
            let Some(next) = redirect(bounds, again, &response)? else { return Ok(response) };
            again = next.try_clone();
            response = self.send(next).await?;
        }
        match redirect(bounds, again, &response)? {
            None => Ok(response),
            Some(_) => Err(TransportFault::because(
                TransportErrorKind::Redirect,
                format!("more than {MOST_REDIRECTS} redirects"),
            )),
        }
    }

    fn send(&self, outgoing: Outgoing) -> impl Future<Output = Result<TransportResponse, TransportFault>> + use<'_> {
        let Outgoing { method, url, mut headers, body } = outgoing;
        let length = body.as_ref().map_or(Some(0), Body::length);
        // RFC 9110, section 8.6: where a method means a body, none is said to be none. Some servers insist on it (411).
        if length == Some(0) && matches!(method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if cfg!(feature = "gzip") && !headers.contains_key(RANGE) {
            headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip"));
        }
        let mut stream_failed = None;
        let body = body.map(|body| match body.0 {
            Content::Stream { source, .. } => {
                if let Some(length) = length {
                    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
                }
                let failed = Arc::clone(stream_failed.insert(Arc::new(AtomicBool::new(false))));
                Body(Content::Stream { source: wrap(source, length, failed), length })
            }
            bytes => Body(bytes),
        });
        let sent = self.transport.send(TransportRequest { method, url, headers, body });
        sent.map_err(move |TransportFailure { kind, host, cause }| {
            let is_streams = stream_failed.is_some_and(|failed| failed.load(Ordering::Relaxed));
            let kind = if is_streams { TransportErrorKind::RequestBody } else { kind };
            TransportFault { kind, host, source: Some(cause) }
        })
    }
}

impl Outgoing {
    /// The same once more; without its body, if that is a stream.
    fn try_clone(&self) -> Again {
        let body = self.body.as_ref().map(Body::try_clone);
        Again {
            resendable: !matches!(body, Some(None)),
            outgoing: Self {
                method: self.method.clone(),
                url: self.url.clone(),
                headers: self.headers.clone(),
                body: body.flatten(),
            },
        }
    }
}

/// What was sent, to be sent elsewhere.
struct Again {
    outgoing: Outgoing,
    resendable: bool,
}

/// How far redirects are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// To any server; elsewhere without credentials.
    Anywhere,
    SameOrigin,
    /// Nowhere: the answer that says where to go is the answer.
    Nowhere,
}

/// A server sends on what is for it alone.
fn leads_away(status: Option<StatusCode>, target: &Url) -> TransportFault {
    let target = crate::server::without_secrets(target);
    TransportFault::because(
        TransportErrorKind::Redirect,
        match status {
            Some(status) => format!("{status}: it leads to another origin, which is not asked: {target}"),
            None => format!("the HTTP client has followed a redirect to another origin: {target}"),
        },
    )
}

/// The request that a redirect asks for (RFC 9110, section 15.4), or `None` if the answer is to be taken as it is.
///
/// 301 and 302 turn a `POST` into a `GET` with browsers. An API client that did so would report a write as done that
/// never was, so only `GET` and `HEAD` follow them, and `QUERY`, which only asks, as what it is.
fn redirect(bounds: Bounds, again: Again, response: &TransportResponse) -> Result<Option<Outgoing>, TransportFault> {
    let Again { outgoing: mut next, resendable } = again;
    let reads = matches!(next.method, Method::GET | Method::HEAD);
    let follow = match response.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => reads || (next.method == "QUERY" && resendable),
        StatusCode::SEE_OTHER => true,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => resendable,
        _ => false,
    };
    let Some(location) = response.headers.get(LOCATION).filter(|_| follow) else { return Ok(None) };
    let unusable = |reason: &str| TransportFault::because(TransportErrorKind::Redirect, reason);
    // Not all servers percent-encode it; what is UTF-8 is read as such.
    let location = str::from_utf8(location.as_bytes()).map_err(|_| unusable("the Location header is no text"))?;
    let mut target = next.url.join(location).map_err(|_| unusable("the Location header is no URL"))?;
    // RFC 9110, section 4.2.4: a user name and password in a URL are of no use, and would get into traces.
    let _ = target.set_username("").and_then(|()| target.set_password(None));
    let insecure = next.url.scheme() == "https" && target.scheme() != "https";
    if insecure || !matches!(target.scheme(), "http" | "https") {
        return Err(unusable("redirected from https to something else, or to what is not the web"));
    }
    if response.status == StatusCode::SEE_OTHER && !reads {
        next.method = Method::GET;
        next.body = None;
        for header in OF_BODIES.iter().chain(&[CONTENT_LENGTH, TRANSFER_ENCODING]) {
            next.headers.remove(header);
        }
    }
    if !same_place(&next.url, &target) {
        if bounds == Bounds::SameOrigin {
            return Err(leads_away(Some(response.status), &target));
        }
        drop_credentials(&mut next.headers);
    }
    next.url = target;
    Ok(Some(next))
}

/// Whether credentials for one URL may be shown to the other: the same host and port, or the host's secure door.
pub(crate) fn same_place(from: &Url, to: &Url) -> bool {
    let same_door = from.scheme() == to.scheme() && from.port_or_known_default() == to.port_or_known_default();
    let secure_door = from.scheme() == "http" && to.scheme() == "https" && from.port().is_none() && to.port().is_none();
    from.host_str() == to.host_str() && (same_door || secure_door)
}

/// How a body is to be read. One that is sent on without them is another one.
const OF_BODIES: [HeaderName; 3] = [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE];

/// What is asked for, in HTTP's own words: which part, and on what condition, included. A whole file in place of its end
/// is not what was asked for.
const OF_WISHES: [HeaderName; 9] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    RANGE,
    IF_RANGE,
    IF_MATCH,
    IF_NONE_MATCH,
    IF_MODIFIED_SINCE,
    IF_UNMODIFIED_SINCE,
];

/// Keeps what any server may see. Any other header may be, or hold, a credential, and so does one that is secret.
fn drop_credentials(headers: &mut HeaderMap) {
    let is_harmless = |name: &HeaderName| OF_BODIES.contains(name) || OF_WISHES.contains(name) || name == USER_AGENT;
    let all = std::mem::take(headers);
    for (name, value) in &all {
        if is_harmless(name) && !value.is_sensitive() {
            headers.append(name.clone(), value.clone());
        }
    }
}

/// A stream as a transport takes it. Notes whether it was the stream that failed, which the transport's error leaves
/// open. One that is not as long as it was said to be fails, too: an HTTP client cuts off what is longer, in silence.
fn wrap(source: BodyStream, length: Option<u64>, failed: Arc<AtomicBool>) -> BodyStream {
    let mut left = length;
    // The end is looked at as a piece, which it is not.
    let pieces = source.map_ok(Some).chain(stream::once(ready(Ok(None))));
    Box::pin(pieces.filter_map(move |piece| {
        let checked = piece.and_then(|piece| within_length(&mut left, piece)).transpose();
        if let Some(Err(_)) = checked {
            failed.store(true, Ordering::Relaxed);
        }
        ready(checked)
    }))
}

/// A piece of a body, or its end, if the body is as long so far as it was said to be.
fn within_length(left: &mut Option<u64>, piece: Option<Bytes>) -> Result<Option<Bytes>, BoxError> {
    if let Some(left) = left {
        *left = match &piece {
            Some(piece) => left.checked_sub(piece.len() as u64).ok_or("it is longer than it was said to be")?,
            None if *left > 0 => return Err(format!("it is {left} bytes shorter than it was said to be").into()),
            None => 0,
        };
    }
    Ok(piece)
}

/// An answer whose body is still to be read.
pub(crate) struct Incoming {
    response: TransportResponse,
    /// What the body is packed with.
    packing: Option<Box<Packing>>,
}

impl From<TransportResponse> for Incoming {
    fn from(mut response: TransportResponse) -> Self {
        let packing = Packing::take(response.status, &mut response.headers);
        // What an error answer says in vain is no reason to hide its status.
        let keeps = |packing: &Packing| response.status.is_success() || !packing.is_unknown();
        Self { packing: packing.filter(keeps).map(Box::new), response }
    }
}

impl Incoming {
    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.response.status
    }

    /// The headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// The URL that answered, after all redirects.
    pub(crate) fn url(&self) -> &Url {
        &self.response.url
    }

    /// How long the body is that is still to be read, in bytes, where that is told. Of a packed one nobody knows.
    pub(crate) fn length(&self) -> Option<u64> {
        self.response.body.length().filter(|_| self.packing.is_none())
    }

    /// The next piece of the body, unpacked.
    pub(crate) async fn next_piece(&mut self) -> Result<Option<Bytes>, TransportFault> {
        let Some(packing) = &mut self.packing else { return next_chunk(&mut self.response.body).await };
        loop {
            if let Some(piece) = packing.pull(false)? {
                return Ok(Some(piece));
            }
            match next_chunk(&mut self.response.body).await? {
                Some(piece) => packing.feed(piece)?,
                None => return Ok(packing.pull(true)?),
            }
        }
    }
}

async fn next_chunk(body: &mut Body) -> Result<Option<Bytes>, TransportFault> {
    match &mut body.0 {
        Content::Bytes(bytes) => Ok(Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty())),
        Content::Stream { source, length } => {
            let piece = source.try_next().await;
            // What is left of its length. Not every transport sees to it that all of a body comes.
            let piece = piece.and_then(|piece| within_length(length, piece));
            piece.map_err(|cause| TransportFault::because(TransportErrorKind::Body, cause))
        }
    }
}

impl From<CodingError> for TransportFault {
    fn from(error: CodingError) -> Self {
        let kind = if error.is_passing() { TransportErrorKind::Body } else { TransportErrorKind::ContentCoding };
        Self::because(kind, error)
    }
}

/// Reads an answer to its end, but not beyond the limit. Of an error answer its status and headers matter most: what is
/// wrong with its body does not take them away, and what came of that is its body.
pub(crate) async fn read(response: &mut Incoming, max_body: u64) -> Result<RawResponse, TransportFault> {
    let too_large = || Some(TransportFault::new(TransportErrorKind::BodyTooLarge(max_body)));
    let announced = response.length().unwrap_or(0);
    let mut body = Pieces::default();
    let fault = loop {
        if announced > max_body {
            break too_large();
        }
        match response.next_piece().await {
            Ok(None) => break None,
            Ok(Some(piece)) if (body.length() + piece.len()) as u64 > max_body => break too_large(),
            Ok(Some(piece)) => body.push(piece, usize::try_from(announced).unwrap_or(0)),
            Err(broken) => break Some(broken),
        }
    };
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let fault = match fault {
        Some(fault) if !is_error => return Err(fault),
        fault => fault,
    };
    let headers = std::mem::take(&mut response.response.headers);
    Ok(RawResponse::new(response.status(), headers, body.join()).cut_off_by(fault.map(|fault| fault.kind)))
}

/// What has come of a body. One that comes in one piece, as most do, is not copied.
#[derive(Default)]
struct Pieces {
    only: Option<Bytes>,
    joined: Vec<u8>,
}

impl Pieces {
    fn length(&self) -> usize {
        self.only.as_ref().map_or(self.joined.len(), Bytes::len)
    }

    fn push(&mut self, piece: Bytes, announced: usize) {
        match self.only.take() {
            None if self.joined.is_empty() => self.only = Some(piece),
            None => self.joined.extend_from_slice(&piece),
            Some(first) => {
                self.joined.reserve(announced.max(first.len() + piece.len()));
                self.joined.extend_from_slice(&first);
                self.joined.extend_from_slice(&piece);
            }
        }
    }

    fn join(self) -> Bytes {
        self.only.unwrap_or_else(|| Bytes::from(self.joined))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_is_the_same_host_and_port_or_its_secure_door() {
        let same = |from: &str, to: &str| same_place(&Url::parse(from).unwrap(), &Url::parse(to).unwrap());
        assert!(same("https://a.com/x", "https://a.com:443/y"));
        assert!(same("http://a.com/x", "https://a.com/x"));
        for (from, to) in [
            ("https://a.com", "https://b.com"),
            ("https://a.com", "https://x.a.com"),
            ("https://a.com", "https://a.com:8443"),
            ("https://a.com", "http://a.com"),
            ("http://a.com:8080", "https://a.com"),
        ] {
            assert!(!same(from, to), "{from} {to}");
        }
    }

    #[test]
    fn only_harmless_headers_go_elsewhere() {
        let mut headers = HeaderMap::new();
        let harmless = ["accept", "content-encoding", "content-type", "if-none-match", "range", "user-agent"];
        for name in harmless.into_iter().chain(["authorization", "api-token", "cookie", "x-account"]) {
            headers.insert(name, HeaderValue::from_static("v"));
        }
        let mut secret = HeaderValue::from_static("v");
        secret.set_sensitive(true);
        headers.insert("accept-language", secret);
        drop_credentials(&mut headers);
        let mut left: Vec<_> = headers.keys().map(|name| name.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, harmless);
    }
}
