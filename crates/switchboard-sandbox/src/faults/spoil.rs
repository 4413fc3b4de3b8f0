//! What a fault makes of a request on its way in, and of an answer on its way out.

use std::{
    io::{self, Write as _},
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    http::{
        HeaderName, HeaderValue, Uri, header,
        response::{Parts, Response as HttpResponse},
        uri::PathAndQuery,
    },
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use hyper::body::Frame;
use serde_json::Value;

use super::Fault;
use crate::wire::ListAt;

/// The target of a request, without what its query says under this name.
pub(crate) fn without_parameter(uri: &Uri, name: &str) -> Uri {
    let is_other = |pair: &&str| form_urlencoded::parse(pair.as_bytes()).all(|(key, _)| key != name);
    let query = uri.query().unwrap_or_default().split('&').filter(is_other).collect::<Vec<_>>().join("&");
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = format!("{}?{query}", uri.path()).parse::<PathAndQuery>().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

/// The answer of a [`Fault::Status`]: the API's own error, with what the fault says instead or beside it.
pub(crate) async fn amend(
    mut response: Response,
    headers: &[(String, String)],
    body: Option<&str>,
) -> Result<Response, Broken> {
    let headers: Vec<_> = headers.iter().filter_map(|(name, value)| header_of(name, value)).collect();
    for (name, _) in &headers {
        response.headers_mut().remove(name);
    }
    for (name, value) in headers {
        response.headers_mut().append(name, value);
    }
    if let Some(body) = body {
        *response.body_mut() = Body::from(body.to_owned());
    }
    let (parts, body) = response.into_parts();
    whole(parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
}

/// A header as a fault says it, if it can be one.
fn header_of(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, value.parse().ok()?))
}

/// An answer with all of its body. No server writes one that says another length, so that its bytes are written.
fn whole(parts: Parts, body: Bytes) -> Result<Response, Broken> {
    // These have none, whatever length they say (RFC 9110, 8.6): it would be read as the next answer.
    let body = if matches!(parts.status.as_u16(), 204 | 304) { Bytes::new() } else { body };
    let said = parts.headers.get(header::CONTENT_LENGTH);
    if said.is_none_or(|said| said.as_bytes() == body.len().to_string().as_bytes()) {
        Ok(HttpResponse::from_parts(parts, Body::from(body)))
    } else {
        Err(Broken::Bytes(message(&parts, &body, "")))
    }
}

/// Spoils an answer, if the fault is one of those that happen to answers.
pub(crate) async fn spoil(fault: &Fault, response: Response) -> Result<Response, Broken> {
    let (mut parts, body) = response.into_parts();
    // The sandbox's own bodies are in memory: reading one cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = match fault {
        Fault::CutOff => {
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
            Body::new(CutOff(vec![body.slice(..body.len() / 2)]))
        }
        Fault::LongerBody(rest) => return Err(Broken::Bytes(message(&parts, &body, rest))),
        Fault::MalformedJson => Body::from(body.slice(..body.len() / 2)),
        Fault::EmptyBody => Body::empty(),
        Fault::Header { name, value } => {
            if let Some((name, value)) = header_of(name, value) {
                parts.headers.insert(name, value);
            }
            return whole(parts, body);
        }
        Fault::Gzip { coding, members, rest } => {
            if let Ok(coding) = coding.parse() {
                parts.headers.insert(header::CONTENT_ENCODING, coding);
            }
            // Writing to memory cannot fail.
            Body::from(compressed(&body, *members, rest).unwrap_or_default())
        }
        Fault::MissingList if list_at(&parts) == Some("") => Body::empty(),
        _ => edited(fault, list_at(&parts), body),
    };
    Ok(HttpResponse::from_parts(parts, body))
}

/// The bytes of an answer whose `Content-Length`, unless it says another one, counts the body, but not the `rest` behind it.
fn message(parts: &Parts, body: &[u8], rest: &str) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    for (name, value) in &parts.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    if !parts.headers.contains_key(header::CONTENT_LENGTH) {
        bytes.extend(format!("content-length: {}\r\n", body.len()).into_bytes());
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// The body as members of gzip, with the `rest` behind them.
fn compressed(body: &[u8], members: usize, rest: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for member in body.chunks(body.len().div_ceil(members.max(1)).max(1)) {
        let mut encoder = GzEncoder::new(&mut bytes, Compression::fast());
        encoder.write_all(member)?;
        encoder.finish()?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// The property that holds the answer's list, if it is an answer with a list; `""` if it is the list.
fn list_at(parts: &Parts) -> Option<&'static str> {
    parts.extensions.get::<ListAt>().map(|ListAt(name)| *name)
}

/// What stands for a value that is no JSON until the rest is written. No record holds it.
const PLACEHOLDER: &str = "\u{0}the sandbox's raw field\u{0}";

fn edited(fault: &Fault, list: Option<&str>, body: Bytes) -> Body {
    let Ok(mut value) = serde_json::from_slice(&body) else { return Body::from(body) };
    if let Some(name) = list {
        edit_list(fault, &mut value, name);
    }
    edit(fault, &mut value);
    let text = value.to_string();
    Body::from(match fault {
        Fault::RawField { text: raw, .. } => text.replace(&Value::from(PLACEHOLDER).to_string(), raw),
        _ => text,
    })
}

/// Applies a fault that is about the list of an answer.
fn edit_list(fault: &Fault, answer: &mut Value, name: &str) {
    if let (Fault::MissingList, Value::Object(object)) = (fault, &mut *answer) {
        object.remove(name);
        return;
    }
    let Some(list) = (if name.is_empty() { Some(answer) } else { answer.get_mut(name) }) else { return };
    match (fault, list) {
        (Fault::ReplacedList(value), list) => *list = value.clone(),
        (Fault::ShortList(most), Value::Array(items)) => items.truncate(*most),
        _ => {}
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
                Fault::RawField { field, .. } => {
                    object.entry(field).and_modify(|old| *old = PLACEHOLDER.into());
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

/// Why a connection ends without an answer that the server would write.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// It is to be reset.
    #[error("the connection is to be reset")]
    Reset,
    /// These bytes are all that is still to be sent.
    #[error("the answer is no HTTP message")]
    Bytes(Vec<u8>),
}

#[cfg(test)]
mod tests {
    use std::{io::Read as _, time::Duration};

    use serde_json::json;

    use super::*;
    use crate::{ManualClock, Records, Sandbox, testing};

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
    async fn what_has_no_body_gets_none_whatever_length_it_says() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        for length in ["5", "0"] {
            sandbox.misbehave(Fault::status(304).with_header("Content-Length", length).with_body("hello, you"));
            let raw = testing::raw(sandbox.activecampaign(), "/connections").await;
            assert!(raw.starts_with("HTTP/1.1 304 ") && raw.ends_with("\r\n\r\n"), "{raw}");
        }
    }

    #[tokio::test]
    async fn an_error_can_have_the_status_of_success() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.misbehave(Fault::SoftError(401));
        let answer = testing::get(sandbox.unified_to(), "/unified/connection").await;
        let expected = json!({ "statusCode": 401, "error": "Unauthorized", "message": "Unauthorized" });
        assert_eq!((answer.status, answer.json()), (200, expected));
    }

    #[tokio::test]
    async fn a_parameter_that_is_ignored_is_seen_in_the_journal_only() {
        let sandbox = Sandbox::builder().records(Records::Generated { per_api: 5 }).start().await.unwrap();
        let api = sandbox.activecampaign();
        api.misbehave(Fault::IgnoredParameter("offset".to_owned()));
        let page = testing::get(api, "/connections?limit=2&offset=2").await.json();
        assert_eq!((&page["connections"][0]["id"], &page["meta"]["total"]), (&json!("1"), &json!("5")));
        assert_eq!(page["connections"].as_array().unwrap().len(), 2);
        assert_eq!(api.requests()[0].query_value("offset"), Some("2"));
    }

    #[test]
    fn a_parameter_is_told_by_its_decoded_name() {
        for (target, expected) in [("/a?b=1&%62=2&c=%20", "/a?c=%20"), ("/a?b=1", "/a?"), ("/a", "/a?")] {
            assert_eq!(without_parameter(&target.parse().unwrap(), "b").to_string(), expected);
        }
    }

    #[tokio::test]
    async fn a_longer_body_is_declared_shorter_and_ends_the_connection() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let body = testing::get(sandbox.activecampaign(), "/connections").await.text().to_owned();
        sandbox.misbehave(Fault::LongerBody("{}".to_owned()));
        let raw = testing::raw(sandbox.activecampaign(), "/connections").await;
        let (head, sent) = raw.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"), "{head}");
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
        assert_eq!(sent, body + "{}");
    }

    #[tokio::test]
    async fn a_header_takes_the_place_of_its_like() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.misbehave(Fault::header("Content-Type", "text/html"));
        let answer = testing::get(sandbox.activecampaign(), "/connections").await;
        assert_eq!((answer.header("content-type"), &answer.json()["meta"]["total"]), (Some("text/html"), &json!("2")));
    }

    #[tokio::test]
    async fn a_length_that_is_not_the_bodys_is_sent_as_it_is() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let error = r#"{"message":"Service Unavailable"}"#;
        for length in ["5", "999999", "many"] {
            sandbox.misbehave(Fault::header("Content-Length", length));
            sandbox.misbehave(Fault::status(503).with_header("Content-Length", length));
            for body in ["\"meta\":{\"total\":\"2\"}}", error] {
                let raw = testing::raw(sandbox.activecampaign(), "/connections").await;
                let (head, sent) = raw.split_once("\r\n\r\n").unwrap();
                assert!(head.contains(&format!("content-length: {length}\r\n")) && sent.ends_with(body), "{raw}");
            }
        }
    }

    #[tokio::test]
    async fn headers_of_an_error_take_the_place_of_their_likes_and_no_status_is_informational() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let error = Fault::status(101).with_header("Content-Type", "text/html").with_body("<h1>");
        sandbox.misbehave(error.with_header("Link", "<a>").with_header("Link", "<b>"));
        let raw = testing::raw(sandbox.activecampaign(), "/connections").await;
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 500 ") && head.contains("link: <a>\r\nlink: <b>\r\n"), "{head}");
        assert_eq!((head.matches("content-type: ").collect::<Vec<_>>().len(), body), (1, "<h1>"));
    }

    #[tokio::test]
    async fn gzip_comes_under_any_name_and_in_several_members() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let plain = testing::get(sandbox.unified_to(), "/unified/connection").await.text().to_owned();
        sandbox.misbehave(Fault::Gzip { coding: "X-GZIP".to_owned(), members: 3, rest: "over".to_owned() });
        let response = testing::request(sandbox.unified_to(), "GET", "/unified/connection", None).send().await.unwrap();
        assert_eq!(response.headers()["content-encoding"], "X-GZIP");
        let packed = response.bytes().await.unwrap();
        let members = packed.strip_suffix(b"over").unwrap();
        let starts = members.windows(3).filter(|bytes| bytes == b"\x1f\x8b\x08").count();
        let mut unpacked = String::new();
        flate2::read::MultiGzDecoder::new(members).read_to_string(&mut unpacked).unwrap();
        assert_eq!((starts, unpacked), (3, plain));
    }

    #[tokio::test]
    async fn lists_are_spoiled_wherever_they_stand_and_nothing_else_is() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let [wrapped, bare] = [sandbox.activecampaign().base_url(), sandbox.unified_to().base_url()];
        let spoiled = async |fault: Fault, url: String| {
            sandbox.misbehave(fault);
            let request = testing::client().get(url).header("Api-Token", sandbox.activecampaign().token());
            request.bearer_auth(sandbox.unified_to().token()).send().await.unwrap().text().await.unwrap()
        };
        let [wrapped, bare] = [wrapped + "/connections", bare + "/unified/connection"];
        let total = json!({ "meta": { "total": "2" } }).to_string();
        assert_eq!(spoiled(Fault::MissingList, wrapped.clone()).await, total);
        assert_eq!(spoiled(Fault::MissingList, bare.clone()).await, "");
        let none = json!({ "connections": null, "meta": { "total": "2" } }).to_string();
        assert_eq!(spoiled(Fault::ReplacedList(Value::Null), wrapped.clone()).await, none);
        assert_eq!(spoiled(Fault::ReplacedList(json!({})), bare.clone()).await, "{}");
        let short: Value = serde_json::from_str(&spoiled(Fault::ShortList(1), wrapped.clone()).await).unwrap();
        assert_eq!((&short["connections"][0]["id"], &short["connections"][1]), (&json!("1"), &Value::Null));
        let short: Value = serde_json::from_str(&spoiled(Fault::ShortList(1), bare).await).unwrap();
        assert_eq!(short.as_array().unwrap().len(), 1);
        for fault in [Fault::MissingList, Fault::ReplacedList(Value::Null), Fault::ShortList(0)] {
            let one: Value = serde_json::from_str(&spoiled(fault, wrapped.clone() + "/1").await).unwrap();
            assert_eq!(one["connection"]["id"], "1");
        }
    }

    #[tokio::test]
    async fn a_raw_field_need_not_be_json() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.misbehave(Fault::raw_field("name", r#""\ud83d""#));
        let answer = testing::get(sandbox.activecampaign(), "/connections").await;
        assert_eq!(answer.text().matches(r#""name":"\ud83d""#).count(), 2);
        assert!(!answer.text().contains("Foo, Inc."));
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
