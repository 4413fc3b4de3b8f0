//! Misbehaviour on demand: what can go wrong between a client and an API, and when it shall.

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use hyper::body::Frame;
use serde_json::Value;

use crate::journal::{Api, ReceivedRequest};

/// Something that goes wrong with one request.
///
/// A fault is turned into a [`Misbehavior`], which says which requests it is for: without more words, the next one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes this much later, measured on the sandbox's [`Clock`](crate::Clock).
    Slow(Duration),
    /// The connection is reset (TCP RST) without an answer, and the request has no effect.
    Reset,
    /// The request has its effect, but the connection ends in the middle of the answer's body.
    CutOff,
    /// The request is not looked at; this is answered instead.
    Status {
        /// The HTTP status, e.g. 503. What is no status becomes 500.
        status: u16,
        /// Headers to send along, e.g. `Retry-After`.
        headers: Vec<(String, String)>,
        /// The body, sent as `application/json`; `None` for an error body as the API in question writes it.
        body: Option<String>,
    },
    /// The body breaks off in the middle, in an HTTP message that is otherwise complete.
    MalformedJson,
    /// The answer has its status, but no body.
    EmptyBody,
    /// Every property of this name in the answer, at any depth, gets a value that no document knows. In an array of
    /// values it is put behind those that are there.
    UnknownEnumValue {
        /// The property's name, e.g. `systemType`.
        field: String,
        /// The value to send.
        value: String,
    },
    /// Every property of this name is taken out of the answer, at any depth.
    MissingField(String),
    /// Every property of this name in the answer, at any depth, gets this value: `null`, or another type than promised.
    ReplacedField {
        /// The property's name.
        field: String,
        /// The value to send.
        value: Value,
    },
    /// Every object in the answer gets one more property.
    ExtraField {
        /// The property's name.
        field: String,
        /// The value to send.
        value: Value,
    },
}

impl Fault {
    /// An error answer in the API's own words.
    pub fn status(status: u16) -> Self {
        Self::Status { status, headers: Vec::new(), body: None }
    }

    /// 429 with `Retry-After`: whole seconds, or an HTTP date (RFC 9110, 10.2.3).
    pub fn too_many_requests(retry_after: impl Into<String>) -> Self {
        Self::status(429).with_header("Retry-After", retry_after)
    }

    /// See [`Fault::UnknownEnumValue`].
    pub fn unknown_enum_value(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self::UnknownEnumValue { field: field.into(), value: value.into() }
    }

    /// See [`Fault::MissingField`].
    pub fn missing_field(field: impl Into<String>) -> Self {
        Self::MissingField(field.into())
    }

    /// Adds a header to a [`Fault::Status`]; other faults stay as they are.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// Gives a [`Fault::Status`] another body than the API's own; other faults stay as they are.
    #[must_use]
    pub fn with_body(mut self, text: impl Into<String>) -> Self {
        if let Self::Status { body, .. } = &mut self {
            *body = Some(text.into());
        }
        self
    }

    /// This fault for the first `times` requests.
    pub fn times(self, times: usize) -> Misbehavior {
        Misbehavior::from(self).times(times)
    }

    /// This fault for every request.
    pub fn always(self) -> Misbehavior {
        Misbehavior::from(self).always()
    }

    /// This fault for the `nth` request from now on, counted from 1.
    pub fn nth(self, nth: usize) -> Misbehavior {
        Misbehavior::from(self).nth(nth)
    }

    /// This fault for requests whose path contains `part`.
    pub fn on_path(self, part: impl Into<String>) -> Misbehavior {
        Misbehavior::from(self).on_path(part)
    }

    /// This fault for requests of that method.
    pub fn on_method(self, method: impl Into<String>) -> Misbehavior {
        Misbehavior::from(self).on_method(method)
    }
}

/// A [`Fault`], and the requests it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Misbehavior {
    fault: Fault,
    api: Option<Api>,
    method: Option<String>,
    path: Option<String>,
    nth: usize,
    times: Option<usize>,
    seen: usize,
}

impl From<Fault> for Misbehavior {
    /// The next request.
    fn from(fault: Fault) -> Self {
        Self { fault, api: None, method: None, path: None, nth: 1, times: Some(1), seen: 0 }
    }
}

impl Misbehavior {
    /// How many requests it happens to.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// It happens to every request, from the [`nth`](Self::nth) on.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// It happens first to the `nth` of the requests that it is for, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: usize) -> Self {
        self.nth = nth;
        self
    }

    /// It is for requests whose path, without what the API's base URL says, contains `part`.
    #[must_use]
    pub fn on_path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    /// It is for requests of that method, e.g. `GET`.
    #[must_use]
    pub fn on_method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// It is for requests to that API.
    #[must_use]
    pub fn on_api(mut self, api: Api) -> Self {
        self.api = Some(api);
        self
    }

    fn is_for(&self, request: &ReceivedRequest) -> bool {
        self.api.is_none_or(|api| request.api == Some(api))
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self.path.as_ref().is_none_or(|part| request.path.contains(part))
    }

    /// Counts a request and says whether the fault happens to it, unless another one does.
    fn is_due(&mut self, request: &ReceivedRequest) -> bool {
        if !self.is_for(request) {
            return false;
        }
        self.seen += 1;
        self.seen >= self.nth && self.times != Some(0)
    }
}

/// The faults to come, in the order they were asked for.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Misbehavior>>);

impl Faults {
    pub(crate) fn add(&self, misbehavior: Misbehavior) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(misbehavior);
    }

    /// Forgets the faults that are only for `api`, or all of them.
    pub(crate) fn clear(&self, api: Option<Api>) {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.retain(|misbehavior| api.is_some() && misbehavior.api != api);
    }

    /// The fault that happens to this request: the first one that is due. All count it.
    pub(crate) fn take(&self, request: &ReceivedRequest) -> Option<Fault> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = None;
        for misbehavior in faults.iter_mut() {
            if misbehavior.is_due(request) && taken.is_none() {
                misbehavior.times = misbehavior.times.map(|times| times - 1);
                taken = Some(misbehavior.fault.clone());
            }
        }
        faults.retain(|misbehavior| misbehavior.times != Some(0));
        taken
    }
}

/// The answer of a [`Fault::Status`]: the API's own error, with what the fault says instead or beside it.
pub(crate) fn amend(mut response: Response, headers: &[(String, String)], body: Option<&str>) -> Response {
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().append(name, value);
        }
    }
    if let Some(body) = body {
        *response.body_mut() = Body::from(body.to_owned());
    }
    response
}

/// Spoils an answer, if the fault is one of those that happen to answers.
pub(crate) async fn spoil(fault: &Fault, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    // The sandbox's own bodies are in memory: reading one cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = match fault {
        Fault::CutOff => {
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
            Body::new(CutOff(vec![body.slice(..body.len() / 2)]))
        }
        Fault::MalformedJson => Body::from(body.slice(..body.len() / 2)),
        Fault::EmptyBody => Body::empty(),
        _ => edited(fault, body),
    };
    Response::from_parts(parts, body)
}

fn edited(fault: &Fault, body: Bytes) -> Body {
    match serde_json::from_slice(&body) {
        Ok(mut value) => {
            edit(fault, &mut value);
            Body::from(value.to_string())
        }
        Err(_) => Body::from(body),
    }
}

/// Applies a fault that is about properties to every object in `value`.
fn edit(fault: &Fault, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| edit(fault, item)),
        Value::Object(object) => {
            object.values_mut().for_each(|item| edit(fault, item));
            match fault {
                Fault::MissingField(field) => drop(object.remove(field)),
                Fault::ExtraField { field, value } => drop(object.insert(field.clone(), value.clone())),
                Fault::ReplacedField { field, value } => {
                    object.entry(field).and_modify(|old| *old = value.clone());
                }
                Fault::UnknownEnumValue { field, value } => {
                    object.entry(field).and_modify(|old| match old {
                        Value::Array(items) => items.push(value.as_str().into()),
                        old => *old = value.as_str().into(),
                    });
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// A body that fails after its first frame, whereupon the server drops the connection.
struct CutOff(Vec<Bytes>);

impl HttpBody for CutOff {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.0.pop() {
            Some(half) if !half.is_empty() => {
                // An empty frame is left to come, so that the half is on the wire before the failure.
                self.0.push(Bytes::new());
                Poll::Ready(Some(Ok(Frame::data(half))))
            }
            Some(_) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            None => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into()))),
        }
    }
}

/// The error that makes the server reset a connection instead of answering.
#[derive(Debug, thiserror::Error)]
#[error("the connection is to be reset")]
pub(crate) struct ConnectionReset;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{ManualClock, Sandbox, testing};

    fn edited_by(fault: &Fault) -> Value {
        let mut value = json!({ "type": "A", "items": [{ "type": "B", "id": 1 }], "kinds": ["C"] });
        edit(fault, &mut value);
        value
    }

    #[test]
    fn properties_are_edited_at_any_depth() {
        let expected = json!({ "type": "X", "items": [{ "type": "X", "id": 1 }], "kinds": ["C"] });
        assert_eq!(edited_by(&Fault::unknown_enum_value("type", "X")), expected);
        let expected = json!({ "type": "A", "items": [{ "type": "B", "id": 1 }], "kinds": ["C", "X"] });
        assert_eq!(edited_by(&Fault::unknown_enum_value("kinds", "X")), expected);
        let expected = json!({ "items": [{ "id": 1 }], "kinds": ["C"] });
        assert_eq!(edited_by(&Fault::missing_field("type")), expected);
        let expected = json!({ "type": "A", "items": [{ "type": "B", "id": null }], "kinds": ["C"] });
        assert_eq!(edited_by(&Fault::ReplacedField { field: "id".into(), value: Value::Null }), expected);
        let expected = json!({ "type": "A", "items": [{ "type": "B", "id": 1, "n": 2 }], "kinds": ["C"], "n": 2 });
        assert_eq!(edited_by(&Fault::ExtraField { field: "n".into(), value: json!(2) }), expected);
    }

    #[tokio::test]
    async fn faults_queue_up_one_request_each() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.misbehave(Fault::status(500));
        sandbox.misbehave(Fault::too_many_requests("30"));
        let first = testing::get(sandbox.activecampaign(), "/connections").await;
        assert_eq!((first.status, &first.json()["message"]), (500, &json!("Internal Server Error")));
        let second = testing::get(sandbox.unified_to(), "/unified/connection").await;
        assert_eq!((second.status, second.header("retry-after")), (429, Some("30")));
        let expected = json!({ "statusCode": 429, "error": "Too Many Requests", "message": "Too Many Requests" });
        assert_eq!(second.json(), expected);
        assert_eq!(testing::get(sandbox.activecampaign(), "/connections").await.status, 200);
    }

    #[tokio::test]
    async fn a_fault_can_be_for_some_requests_only() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.activecampaign().misbehave(Fault::status(503).on_method("GET").on_path("/connections").nth(2).times(2));
        let mut statuses = Vec::new();
        for path in ["/connections", "/users/me", "/connections", "/connections/1", "/connections"] {
            statuses.push(testing::get(sandbox.activecampaign(), path).await.status);
        }
        assert_eq!(statuses, [200, 200, 503, 503, 200]);
    }

    #[tokio::test]
    async fn a_lasting_fault_lasts_until_it_is_called_off() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.unified_to().misbehave(Fault::status(500).with_body("oops").always());
        for _ in 0..3 {
            assert_eq!(testing::get(sandbox.unified_to(), "/unified/connection").await.text(), "oops");
        }
        assert_eq!(testing::get(sandbox.activecampaign(), "/connections").await.status, 200);
        sandbox.activecampaign().behave();
        assert_eq!(testing::get(sandbox.unified_to(), "/unified/connection").await.status, 500);
        sandbox.unified_to().behave();
        assert_eq!(testing::get(sandbox.unified_to(), "/unified/connection").await.status, 200);
    }

    #[tokio::test]
    async fn a_reset_request_has_no_effect_and_a_cut_off_one_has() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        api.misbehave(Fault::Reset);
        let error = testing::try_send(api, "DELETE", "/connections/1", None).await.unwrap_err();
        assert!(testing::causes(&error).contains("reset"), "{}", testing::causes(&error));
        assert_eq!(testing::get(api, "/connections/1").await.status, 200);

        api.misbehave(Fault::CutOff);
        let error = testing::try_send(api, "DELETE", "/connections/1", None).await.unwrap_err();
        assert!(error.is_body() || error.is_decode(), "the head came, the body did not: {error:?}");
        assert_eq!(testing::get(api, "/connections/1").await.status, 404);
    }

    #[tokio::test]
    async fn half_a_body_reaches_the_client_before_the_cut() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.activecampaign().misbehave(Fault::CutOff);
        let raw = testing::raw(sandbox.activecampaign(), "/connections").await;
        assert!(raw.starts_with("HTTP/1.1 200 OK") && raw.contains("\"connections\":["), "{raw}");
    }

    #[tokio::test]
    async fn broken_and_empty_bodies_come_in_whole_messages() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.misbehave(Fault::MalformedJson);
        let half = testing::get(sandbox.activecampaign(), "/connections").await;
        assert!(half.status == 200 && serde_json::from_str::<Value>(half.text()).is_err());
        sandbox.misbehave(Fault::EmptyBody);
        let empty = testing::get(sandbox.activecampaign(), "/connections").await;
        assert_eq!((empty.status, empty.text()), (200, ""));
    }

    #[tokio::test]
    async fn slowness_is_measured_on_the_sandboxs_clock() {
        let clock = ManualClock::at(std::time::SystemTime::UNIX_EPOCH);
        let sandbox = Sandbox::builder().clock(clock.clone()).start().await.unwrap();
        sandbox.misbehave(Fault::Slow(Duration::from_secs(60)));
        let request = testing::request(sandbox.activecampaign(), "GET", "/connections", None);
        let answer = tokio::spawn(request.send());
        sandbox.wait_for_requests(1).await;
        assert!(!answer.is_finished());
        clock.advance(Duration::from_secs(60));
        assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    }
}
