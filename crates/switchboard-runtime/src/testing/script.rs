//! A transport that answers from a script.

use std::collections::VecDeque;
use std::fmt;
use std::future::pending;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::body::Body;
use crate::environment::BoxFuture;
use crate::fault::TransportErrorKind;
use crate::transport::{Transport, TransportFailure, TransportRequest, TransportResponse};

/// Answers each request with the next of its answers, whatever the request is. A request that comes when there are none left
/// fails, with an error that says so and is not tried again.
#[derive(Debug)]
pub struct Script {
    answers: Mutex<VecDeque<Answer>>,
}

impl Script {
    /// The answers, in their order.
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: Mutex::new(answers.into_iter().collect()) }
    }

    /// How many answers nobody has asked for yet.
    pub fn left(&self) -> usize {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Transport for Script {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportFailure>> {
        let answer = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(answer) = answer else {
            let told = format!("the script has no answer left for {} {}", request.method(), request.shown_url());
            return Box::pin(async { Err(TransportFailure::new(TransportErrorKind::NotTaken, told)) });
        };
        match answer.0 {
            Kind::Answer { status, headers, body } => {
                Box::pin(async move { Ok(request.respond(status).headers(headers).body(body)) })
            }
            Kind::Failure(kind) => Box::pin(async move { Err(TransportFailure::new(kind, "the script says so")) }),
            Kind::Silence => Box::pin(pending()),
        }
    }
}

/// What a script does with a request.
pub struct Answer(Kind);

enum Kind {
    Answer { status: StatusCode, headers: HeaderMap, body: Body },
    Failure(TransportErrorKind),
    Silence,
}

impl Answer {
    /// A status without a body.
    ///
    /// # Panics
    ///
    /// If it is no status: from 100 to 999.
    pub fn status(status: u16) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else { panic!("{status} is no status") };
        Self(Kind::Answer { status, headers: HeaderMap::new(), body: Body::from(Bytes::new()) })
    }

    /// A status with a body of JSON, given as text.
    ///
    /// # Panics
    ///
    /// As [`status`](Self::status).
    pub fn json(status: u16, text: impl Into<String>) -> Self {
        Self::status(status).header(CONTENT_TYPE.as_str(), "application/json").body(text.into())
    }

    /// No answer, for this reason. The client tries again or not, as with any other transport.
    pub fn failure(kind: TransportErrorKind) -> Self {
        Self(Kind::Failure(kind))
    }

    /// No answer ever: what ends the call is its time limit, which a [`VirtualClock`](super::VirtualClock) lets run out when it
    /// is told to, by [`expire`](super::VirtualClock::expire) beside the call.
    pub fn silence() -> Self {
        Self(Kind::Silence)
    }

    /// The same with one more header; without effect where there is no answer.
    ///
    /// # Panics
    ///
    /// If it cannot be a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Answer { headers, .. } = &mut self.0 {
            match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
                (Ok(name), Ok(value)) => headers.append(name, value),
                _ => panic!("`{name}: {value}` is no header"),
            };
        }
        self
    }

    /// The same with a body, which may be a stream; without effect where there is no answer.
    #[must_use]
    pub fn body(mut self, content: impl Into<Body>) -> Self {
        if let Kind::Answer { body, .. } = &mut self.0 {
            *body = content.into();
        }
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Answer { status, .. } => write!(f, "Answer({})", status.as_u16()),
            Kind::Failure(kind) => write!(f, "Answer({kind:?})"),
            Kind::Silence => f.write_str("Answer(silence)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::*;
    use crate::*;

    #[tokio::test]
    async fn a_request_too_many_fails_for_what_it_is() {
        let builder = builder("https://api.test", VirtualClock::jumping());
        let client = builder.transport(Script::new([])).build().unwrap();
        let error = client.request("GET", "/a?key=secret").send().await.unwrap_err();
        let Error::Transport(error) = error else { panic!("{error}") };
        let told = "the transport does not take the request: the script has no answer left for GET https://api.test/a…";
        assert_eq!(error.to_string(), format!("request: {told}"));
        assert!(!error.is_retryable() && error.is_not_sent() && error.attempts() == 1);
    }
}
