use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::called::*;
use crate::testing::{API, Answer, Recorder, Script, VirtualClock, needs};
use crate::*;

/// A client whose requests are answered by a script, and what it sent.
fn client(answers: impl IntoIterator<Item = Answer>) -> (Client, Arc<Recorder>, Arc<VirtualClock>) {
    let (recorder, clock) = (Recorder::of(Script::new(answers)), VirtualClock::jumping());
    let builder = ClientBuilder::new(&SECURED).base_url("https://api.test/v3").credential("key", key("k"));
    let client = builder.transport(Arc::clone(&recorder)).environment(clock.clone()).build().unwrap();
    (client, recorder, clock)
}

static SECURED: Api = Api { security: &[&[needs("oauth")], &[needs("key")]], ..API };

fn key(text: &str) -> Credential {
    Credential::ApiKey(text.into())
}

#[tokio::test]
async fn any_method_and_path_goes_by_the_clients_credentials_and_retries() {
    let (client, recorder, clock) = client([Answer::status(503).header("Retry-After", "7"), Answer::json(200, "[1]")]);
    let answer = client.request("PUT", "/beta/a%20b?x=1").query("q", "ä&").json(&json!({"a": 1})).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.json::<Vec<u8>>().unwrap()), (200, vec![1]));
    assert_eq!(clock.slept(), [Duration::from_secs(7)]);
    let sent = recorder.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!((sent[1].method(), sent[1].url()), ("PUT", "https://api.test/v3/beta/a%20b?x=1&q=%C3%A4%26"));
    assert_eq!((sent[1].header("api-token"), sent[1].json::<Value>().unwrap()), (Some("k"), json!({"a": 1})));
    assert_eq!(sent[0].status().unwrap().as_u16(), 503);
}

#[tokio::test]
async fn what_is_not_idempotent_is_sent_once_unless_the_caller_knows_better() {
    let (client, recorder, _) = self::client([Answer::status(503), Answer::status(503), Answer::status(204)]);
    let error = client.request("PURGE", "/cache").send().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts(), recorder.sent().len()), (503, 1, 1));
    let options = CallOptions::new().repeatable(true);
    client.request("PURGE", "/cache").options(options).send().await.unwrap();
    assert_eq!(recorder.sent()[2].method(), "PURGE");
}

#[tokio::test]
async fn nothing_goes_to_another_server_or_by_what_is_no_method() {
    let (client, recorder, _) = client([]);
    for (method, path) in [("GET", "https://evil.test/a"), ("GET", "a"), ("GET", ""), ("G T", "/a"), ("", "/a")] {
        let error = client.request(method, path).send().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{method} {path}: {error}");
    }
    let error = client.request("GET", "/a").header("Content-Length", "1").send().await.unwrap_err();
    assert!(error.to_string().contains("content-length"), "{error}");
    client.request("GET", "//evil.test/a").send().await.unwrap_err();
    assert!(recorder.sent().iter().all(|sent| sent.url().starts_with("https://api.test/")), "{:?}", recorder.sent());
}

#[tokio::test]
async fn a_path_does_not_climb_and_is_called_as_it_is_or_not_at_all() {
    let (client, recorder, _) = client([Answer::status(204), Answer::status(204)]);
    for path in
        ["/things/../admin", "/..", "/a/%2E./b", "/a\\..\\..\\b", "/./a", "/a/..?q=1", "/a\r\nb", "/a\tb", "/a?q=1\n"]
    {
        let error = client.request("DELETE", path).send().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{path:?}: {error}");
    }
    for path in ["/a.b/...?q=../c", "/a#/../b"] {
        client.request("GET", path).send().await.unwrap();
    }
    let sent: Vec<_> = recorder.sent().iter().map(|sent| sent.url().to_owned()).collect();
    assert_eq!(sent, ["https://api.test/v3/a.b/...?q=../c", "https://api.test/v3/a"]);
}

#[tokio::test]
async fn a_client_without_the_credential_calls_without() {
    let recorder = Recorder::of(Script::new([Answer::status(204)]));
    static FREE: Api = Api { anonymous: true, ..SECURED };
    let builder = ClientBuilder::new(&FREE).base_url("https://api.test");
    let client = builder.transport(Arc::clone(&recorder)).build().unwrap();
    client.request("GET", "/a").send().await.unwrap();
    assert_eq!(recorder.sent()[0].header("api-token"), None);
}

#[tokio::test]
async fn a_view_has_options_of_its_own_which_a_call_goes_before() {
    let (client, recorder, _) = client((0..4).map(|_| Answer::json(200, "{}")));
    let view = client
        .with(CallOptions::new().header("x-tenant", "1").query("v", "2").body_member("beta", true))
        .with(CallOptions::new().header("x-trace", "t").query("w", "3"));
    view.request("POST", "/a").json(&json!({"a": 1})).send().await.unwrap();
    let options = CallOptions::new().header("X-Tenant", "own").query("v", "own").body_member("beta", false);
    view.request("POST", "/a").json(&json!({"a": 1})).options(options).send().await.unwrap();
    client.request("POST", "/a").json(&json!({"a": 1})).send().await.unwrap();
    view.request("DELETE", "/a").send().await.unwrap();
    let sent = recorder.sent();
    let told = |index: usize| {
        let sent = &sent[index];
        let query = sent.url().split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        (sent.header("x-tenant").map(str::to_owned), sent.header("x-trace").is_some(), query, sent.json::<Value>().ok())
    };
    assert_eq!(told(0), (Some("1".into()), true, "v=2&w=3".into(), Some(json!({"a": 1, "beta": true}))));
    assert_eq!(told(1), (Some("own".into()), true, "v=own&w=3".into(), Some(json!({"a": 1, "beta": false}))));
    assert_eq!(told(2), (None, false, String::new(), Some(json!({"a": 1}))));
    assert_eq!(told(3), (Some("1".into()), true, "v=2&w=3".into(), Some(json!({"beta": true}))));
}

#[tokio::test]
async fn a_view_holds_for_every_page_of_a_list_and_leaves_the_pages_own_arguments() {
    static PAGING: v1::paging::Paging = crate::testing::by_offset(1);
    let (client, recorder, _) = client([Answer::json(200, "[1]"), Answer::json(200, "[2]"), Answer::json(200, "[]")]);
    let view = client.with(CallOptions::new().header("x-tenant", "1").query("limit", "1"));
    let list = v1::paging::List::<Vec<u8>, u8>::json(&PAGING, |page| Some(page));
    let items: Items<u8, Undescribed> = list.items(view, Ok(Request::new(&crate::testing::GET)));
    assert_eq!(items.collect_all().await.unwrap(), [1, 2]);
    let sent = recorder.sent();
    assert!(sent.iter().all(|sent| sent.header("x-tenant") == Some("1") && sent.url().contains("limit=1")));
    assert!(sent[1].url().contains("offset=1"), "{}", sent[1].url());
}

use crate::codegen::v1;

#[tokio::test]
async fn members_of_a_body_that_has_none_fail_the_call() {
    let (client, recorder, _) = client([]);
    let options = || CallOptions::new().body_member("a", 1);
    for call in [
        client.request("POST", "/a").json(&json!([1])),
        client.request("POST", "/a").body("application/xml", "<a/>"),
        client.request("POST", "/a").body("multipart/form-data; boundary=B", "--B--"),
        client
            .request("POST", "/a")
            .body("application/json", Body::stream(futures_util::stream::empty::<Result<Bytes, std::io::Error>>())),
    ] {
        let error = call.options(options()).send().await.unwrap_err();
        assert!(
            error.to_string().contains("or a form of pairs (`application/x-www-form-urlencoded`), and this"),
            "{error}"
        );
    }
    assert!(recorder.sent().is_empty());
}

#[tokio::test]
async fn clients_that_share_a_limiter_wait_for_one_another() {
    let limiter = RateLimiter::new(RateLimit::new(2, Duration::from_secs(10)));
    let clock = VirtualClock::jumping();
    let clients = [(); 2].map(|()| {
        let script = Script::new((0..3).map(|_| Answer::status(204)));
        let builder = ClientBuilder::new(&API).base_url("https://api.test").timeouts(Timeouts::none());
        builder.rate_limiter(limiter.clone()).transport(script).environment(clock.clone()).build().unwrap()
    });
    for client in clients.iter().chain(&clients) {
        client.request("GET", "/a").send().await.unwrap();
    }
    assert_eq!(clock.slept(), [Duration::from_secs(10)]);
    let nothing = RateLimiter::new(RateLimit::new(0, Duration::from_secs(10)));
    let refused = ClientBuilder::new(&API).base_url("https://api.test").rate_limiter(nothing).build().unwrap_err();
    assert_eq!(refused.to_string(), "the rate limit must not be zero");
}
