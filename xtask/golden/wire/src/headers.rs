//! `headers.json`: what the document describes of an answer's headers is read as it is described.

use golden_headers::errors::ListThingsError;
use golden_headers::headers::{FaultCountStateHeaders, StateHeaders};
use golden_headers::responses::PutThingSuccess;
use golden_headers::types::{Policy, State};
use golden_headers::{Client, Error, ResponseValue, runtime};
use runtime::{HeaderMap, RetryPolicy};

use crate::server::{Server, with_headers as answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

fn policy(limit: i64, per: Option<&str>, hard: Option<bool>) -> Policy {
    serde_json::from_value(serde_json::json!({"limit": limit, "per": per, "hard": hard.unwrap_or_default()})).unwrap()
}

#[tokio::test]
async fn every_kind_of_header_is_read_as_the_document_describes_it() {
    let server = answer(
        200,
        &[
            "x-total: 12",
            "IS-LAST: true",
            "Last-Seen: 2024-01-02T03:04:05Z",
            "Trace: 67e55044-10b1-426f-9247-bb680e5fe0c8",
            "Load: 0.5",
            "State: ill",
            "Tags: a, b",
            "Tags: c",
            "Sizes: 1,2",
            "Policy: limit,5,per,day,hard,true",
            "Window: limit=6,hard=false",
            r#"Meta: {"limit": 7, "per": "a,b", "hard": true}"#,
            "Set-Cookie: a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            "Set-Cookie: b=2",
            "Get: it",
            "Content-Type: application/json",
        ],
        "[]",
    );
    let response = client(&server).list_things().send().await.unwrap();
    let headers = response.headers();
    assert_eq!(headers.x_total(), Ok(12));
    assert_eq!(headers.is_last(), Ok(Some(true)));
    assert_eq!(headers.last_seen().unwrap().unwrap().as_str(), "2024-01-02T03:04:05Z");
    assert_eq!(headers.trace().unwrap().unwrap().to_string(), "67e55044-10b1-426f-9247-bb680e5fe0c8");
    assert_eq!(headers.load(), Ok(Some(0.5)));
    assert_eq!(headers.state(), Ok(Some(State::Ill)));
    assert_eq!(headers.tags().unwrap().unwrap(), ["a", "b", "c"]);
    assert_eq!(headers.sizes().unwrap().unwrap(), [1, 2]);
    assert_eq!(headers.policy(), Ok(Some(policy(5, Some("day"), Some(true)))));
    assert_eq!(headers.window().unwrap().unwrap().limit, 6);
    assert_eq!(headers.meta(), Ok(Some(policy(7, Some("a,b"), Some(true)))));
    let cookies = headers.set_cookie().unwrap().unwrap();
    assert_eq!(cookies, ["a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "b=2"]);
    #[expect(deprecated, reason = "the document deprecates it, and it is read all the same")]
    let deprecated = headers.get_header();
    assert_eq!(deprecated, Ok(Some("it".to_owned())));
    // All of them are there by name, too.
    assert_eq!(headers.get("x-total").unwrap(), "12");
    let map: &HeaderMap = headers;
    assert_eq!(map.len(), 18);
}

#[tokio::test]
async fn a_header_that_is_not_as_described_costs_no_other() {
    let server = answer(200, &["State: odd", "Load: s3cr3t"], "[]");
    let response = client(&server).list_things().send().await.unwrap();
    let headers = response.headers();
    assert_eq!(headers.state(), Ok(Some(State::Unknown("odd".to_owned()))));
    assert_eq!(headers.sizes(), Ok(None));
    let missing = headers.x_total().unwrap_err();
    assert_eq!((missing.name(), missing.is_missing()), ("X-Total", true));
    let unfit = headers.load().unwrap_err();
    assert_eq!(unfit.to_string(), "the header `Load` is not what the document describes: it is no number");
    assert!(!format!("{response:?} {headers:?} {unfit:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn an_error_has_the_headers_of_all_errors() {
    for status in [404, 500] {
        let server = answer(status, &["Fault-Count: 2", "state: well", "Retry-After: 7"], "");
        let error = client(&server).list_things().send().await.unwrap_err();
        let headers: FaultCountStateHeaders = error.typed_headers().unwrap();
        assert_eq!((headers.fault_count(), headers.state()), (Ok(Some(2)), Ok(Some(State::Well))));
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
        let Error::Response(error) = error else { panic!("{error:?}") };
        assert_eq!(error.typed_headers().fault_count(), Ok(Some(2)));
        assert!(matches!(error.body(), ListThingsError::ClientError { .. } | ListThingsError::Default { .. }));
    }
    let nowhere = Client::builder().base_url("http://127.0.0.1:1").retry(RetryPolicy::none()).build().unwrap();
    assert!(nowhere.list_things().send().await.unwrap_err().typed_headers().is_none());
}

#[tokio::test]
async fn answers_that_differ_by_status_and_streams_have_headers_too() {
    let server = answer(201, &["State: well", "Location: /things/1", "Content-Type: text/plain"], "made");
    let made: ResponseValue<PutThingSuccess, StateHeaders> = client(&server).put_thing().send().await.unwrap();
    assert_eq!(*made, PutThingSuccess::Created("made".to_owned()));
    assert_eq!((made.headers().state(), made.location()), (Ok(Some(State::Well)), Some("/things/1")));

    let server = answer(200, &["State: ill", "Content-Type: text/event-stream"], "");
    let events = client(&server).watch_things().send().await.unwrap();
    assert_eq!(events.headers().state(), Ok(Some(State::Ill)));

    let server = answer(204, &["State: ill"], "");
    assert_eq!(client(&server).delete_things().send().await.unwrap().headers().state(), Ok(Some(State::Ill)));
}
