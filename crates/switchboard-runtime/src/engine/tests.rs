//! What is sent and what the caller gets, beside what the table of [faults](super::faults) tells. The server is a real
//! socket; the clock is not.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

type Outcome = Result<ResponseValue<serde_json::Value>, Error<Undescribed>>;

async fn call(client: &Client, operation: &'static Operation) -> Outcome {
    client.send(Request::new(operation), decode::json).await
}

/// What came of a call, in a word.
fn word(outcome: &Outcome) -> String {
    match outcome {
        Ok(value) => format!("ok after {}", value.attempts()),
        Err(Error::Response(error)) => format!("{} after {}", error.status().as_u16(), error.attempts()),
        Err(Error::Transport(error)) => format!("{:?} after {}", error.kind(), error.attempts()),
        Err(Error::Decode(error)) => format!("unreadable after {}", error.attempts()),
        Err(error) => format!("{error}"),
    }
}

/// Requests seen by the server and outcome, of a `GET` that may be repeated and of a `POST` that may not.
async fn both(acts: &[Act]) -> [(usize, String); 2] {
    let mut seen = Vec::new();
    for operation in [&GET, &POST] {
        let server = Server::script(acts.to_vec()).await;
        let client = builder(&server.url, VirtualClock::jumping()).max_body(1000).build().unwrap();
        let outcome = call(&client, operation).await;
        seen.push((server.received().len(), word(&outcome)));
    }
    seen.try_into().unwrap()
}

fn expect(get: (usize, &str), post: (usize, &str)) -> [(usize, String); 2] {
    [(get.0, get.1.to_owned()), (post.0, post.1.to_owned())]
}

#[tokio::test]
async fn other_statuses_are_final() {
    for code in [300, 304, 400, 401, 403, 404, 409, 418, 422, 501, 505, 599] {
        let word = format!("{code} after 1");
        assert_eq!(both(&[status(code), json(200, "{}")]).await, expect((1, &word), (1, &word)), "{code}");
    }
}

#[tokio::test]
async fn a_refused_connection_sent_nothing_so_anything_is_tried_again() {
    let url = nowhere().await;
    let client = builder(&url, VirtualClock::jumping()).build().unwrap();
    for operation in [&GET, &POST] {
        let outcome = call(&client, operation).await;
        assert_eq!(word(&outcome), "Connect after 4");
        let error = outcome.unwrap_err();
        let text = error.to_string();
        assert!(text.to_lowercase().contains("refused") && !text.contains("127.0.0.1:0"), "{text}");
        assert!(error.is_retryable() && error.cause().is_some_and(|cause| cause.is::<reqwest::Error>()));
    }
}

#[tokio::test]
async fn a_body_too_large_is_refused_and_not_asked_for_again() {
    let announced = answer(200, &[], vec![b' '; 1001]);
    let chunked = [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n".to_vec(), vec![b' '; 1001]].concat();
    for bytes in [announced, chunked] {
        let outcome = both(&[Act::SendAndHang(bytes)]).await;
        assert_eq!(outcome, expect((1, "BodyTooLarge(1000) after 1"), (1, "BodyTooLarge(1000) after 1")));
    }
    assert_eq!(both(&[json(200, &format!("[{}]", " ".repeat(998)))]).await[0].1, "ok after 1");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_not_asked_for_again() {
    for act in [
        json(200, "{\"a\":"),
        Act::Send(answer(200, &[("content-type", "text/html")], "<html>")),
        Act::Send(answer(200, &[], b"[\xff]")),
    ] {
        assert_eq!(both(&[act]).await, expect((1, "unreadable after 1"), (1, "unreadable after 1")));
    }
    assert_eq!(both(&[status(200)]).await, expect((1, "ok after 1"), (1, "ok after 1")));
    assert_eq!(both(&[status(204)]).await, expect((1, "ok after 1"), (1, "ok after 1")));
}

#[tokio::test]
async fn retry_after_is_kept_in_both_forms_unless_it_is_too_long() {
    for (value, pause) in [("7", 7), ("Sun, 06 Nov 1994 08:49:47 GMT", 10)] {
        let asked = Act::Send(answer(503, &[("retry-after", value)], ""));
        let server = Server::script([asked, json(200, "{}")]).await;
        let environment = VirtualClock::jumping();
        let client = builder(&server.url, Arc::clone(&environment) as _).build().unwrap();
        assert_eq!(word(&call(&client, &GET).await), "ok after 2");
        assert_eq!(environment.slept(), [Duration::from_secs(pause)]);
    }
    let asked = Act::Send(answer(429, &[("retry-after", "61")], "{\"message\":\"slow down\"}"));
    assert_eq!(both(&[asked]).await, expect((1, "429 after 1"), (1, "429 after 1")));
    let asked = Act::Send(answer(503, &[("retry-after", "1")], ""));
    assert_eq!(both(&[asked, json(200, "{}")]).await[1], (1, "503 after 1".to_owned()), "a POST is not sent again");
}

#[tokio::test]
async fn a_call_may_have_policies_of_its_own() {
    let server = Server::script([status(500)]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let mut request = Request::new(&POST);
    request.set_options(CallOptions::new().repeatable(true).retry(RetryPolicy::default().max_attempts(2)));
    let outcome: Outcome = client.send(request, decode::json).await;
    assert_eq!(word(&outcome), "500 after 2");
}

#[tokio::test]
async fn an_idempotency_key_makes_a_call_repeatable_however_it_is_set() {
    static KEYED: Operation = operation("createThing", HttpMethod::Post, false);
    let attempts = async |prepare: fn(&mut Request)| {
        let server = Server::script([status(500)]).await;
        let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
        let mut request = Request::new(&KEYED);
        prepare(&mut request);
        let outcome: Outcome = client.send(request, decode::json).await;
        let keys: Vec<_> =
            server.received().iter().map(|request| request.header("idempotency-key").map(str::to_owned)).collect();
        assert!(keys.windows(2).all(|two| two[0] == two[1]), "{keys:?}");
        outcome.unwrap_err().attempts()
    };
    let header = |request: &mut Request| {
        request.set_header(HeaderName::from_static("idempotency-key"), HeaderValue::from_static("k"));
    };
    assert_eq!(attempts(|_| {}).await, 1);
    assert_eq!(attempts(header).await, 4);
    assert_eq!(attempts(|request| request.parameter(&Parameter::header("Idempotency-Key"), "k").unwrap()).await, 4);
    let unset =
        |request: &mut Request| request.parameter(&Parameter::header("Idempotency-Key"), &None::<&str>).unwrap();
    assert_eq!(attempts(unset).await, 1);
    // Whoever says otherwise is believed.
    let forbidden = |request: &mut Request| {
        request.set_header(HeaderName::from_static("idempotency-key"), HeaderValue::from_static("k"));
        request.set_options(CallOptions::new().repeatable(false));
    };
    assert_eq!(attempts(forbidden).await, 1);
}

#[tokio::test]
async fn the_budget_is_shared_by_all_calls() {
    let server = Server::script([status(500)]).await;
    let policy = RetryPolicy::default().max_attempts(51);
    let client = builder(&server.url, VirtualClock::jumping()).retry(policy).build().unwrap();
    assert_eq!(word(&call(&client, &GET).await), "500 after 51");
    assert_eq!(word(&call(&client, &GET).await), "500 after 51");
    assert_eq!(word(&call(&client.clone(), &GET).await), "500 after 1");
}

#[tokio::test]
async fn one_attempt_may_take_only_so_long() {
    for bytes in
        [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"]
    {
        let server = Server::script([Act::SendAndHang(bytes.to_vec()), json(200, "{}")]).await;
        let environment = VirtualClock::standing();
        let limits = Timeouts::none().attempt(Duration::from_secs(9));
        let client = builder(&server.url, Arc::clone(&environment) as _).timeouts(limits).build().unwrap();
        let slow = async {
            server.next_arrival().await;
            environment.advance(Duration::from_secs(9));
            server.next_arrival().await;
        };
        // The pause before the second attempt is nothing, by the dice; it ends with the next push, of nothing.
        let pushing = async {
            loop {
                environment.advance(Duration::ZERO);
                tokio::task::yield_now().await;
            }
        };
        let both = futures_util::future::join(call(&client, &GET), slow);
        let (outcome, ()) = match futures_util::future::select(Box::pin(both), Box::pin(pushing)).await {
            futures_util::future::Either::Left((both, _)) => both,
            futures_util::future::Either::Right(((), _)) => panic!("pushing ends"),
        };
        assert_eq!(word(&outcome), "ok after 2");
    }
}

#[tokio::test]
async fn a_whole_call_may_take_only_so_long() {
    let server = Server::script([Act::SendAndHang(vec![])]).await;
    let environment = VirtualClock::standing();
    let limits = Timeouts::none().whole(Duration::from_secs(20)).attempt(Duration::from_secs(60));
    let client = builder(&server.url, Arc::clone(&environment) as _).timeouts(limits).build().unwrap();
    let late = async {
        server.next_arrival().await;
        environment.advance(Duration::from_secs(20));
    };
    let (outcome, ()) = futures_util::future::join(call(&client, &GET), late).await;
    assert_eq!(word(&outcome), "WholeTimeout(20s) after 1");
    let error = outcome.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable());
    assert_eq!(error.to_string(), "getThing: timed out: not done within 20s (`timeout`)");
}

#[tokio::test]
async fn a_pause_beyond_the_end_of_the_call_is_not_begun() {
    let asked = Act::Send(answer(429, &[("retry-after", "30")], ""));
    let server = Server::script([asked]).await;
    let environment = VirtualClock::standing();
    let limits = Timeouts::none().whole(Duration::from_secs(20));
    let client = builder(&server.url, environment).timeouts(limits).build().unwrap();
    assert_eq!(word(&call(&client, &GET).await), "429 after 1");
}

#[tokio::test]
async fn only_what_was_asked_for_is_sent() {
    let server = Server::script([json(200, "{}")]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let mut request = Request::new(&POST);
    request.json("application/json", &serde_json::json!({"a": 1})).unwrap();
    client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    let received = &server.received()[0];
    assert_eq!((received.method.as_str(), received.target.as_str(), received.text()), ("POST", "/things", "{\"a\":1}"));
    let mut names: Vec<&str> = received.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let expected: &[&str] = if cfg!(feature = "gzip") {
        &["accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"]
    } else {
        &["accept", "content-length", "content-type", "host", "user-agent"]
    };
    assert_eq!(names, expected);
    assert_eq!(received.header("accept"), Some("application/json"));
    assert_eq!(received.header("user-agent"), Some(concat!("testing/1.2.3 switchboard/", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn parameters_arrive_where_they_belong() {
    static OPERATION: Operation = Operation { path: "/things/{id}", ..operation("getThing", HttpMethod::Get, true) };
    let server = Server::script([json(200, "{}")]).await;
    let client = builder(&format!("{}/api/3/", server.url), VirtualClock::jumping()).build().unwrap();
    let mut request = Request::new(&OPERATION);
    request.parameter(&Parameter::path("id"), "a/b ü").unwrap();
    request.parameter(&Parameter::query("filters[x]"), "1&2").unwrap();
    request.parameter(&Parameter::header("X-Flag"), &true).unwrap();
    request.parameter(&Parameter::cookie("c"), "d e").unwrap();
    client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    let received = &server.received()[0];
    assert_eq!(received.target, "/api/3/things/a%2Fb%20%C3%BC?filters%5Bx%5D=1%262");
    assert_eq!(received.header("x-flag"), Some("true"));
    assert_eq!(received.header("cookie"), Some("c=d%20e"));
}

#[tokio::test]
async fn an_error_tells_all_there_is() {
    let body = r#"{"errors":[{"title":"The connection service was not provided."}]}"#;
    let refusal = answer(422, &[("content-type", "application/json"), ("x-request-id", "r-9")], body);
    let server = Server::script([Act::Send(refusal)]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let error = call(&client, &POST).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "createThing: 422 Unprocessable Entity: The connection service was not provided. (request id r-9)"
    );
    assert_eq!(error.status(), Some(StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(error.raw_body().unwrap(), body);
    assert_eq!((error.operation(), error.attempts(), error.request_id()), ("createThing", 1, Some("r-9")));
    assert!(!error.is_retryable() && !error.is_auth() && !error.is_not_found() && !error.is_rate_limited());
}

#[tokio::test]
async fn a_decode_error_tells_where() {
    let server = Server::script([json(200, r#"{"a":[1,"x"]}"#)]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let decode = decode::json::<std::collections::BTreeMap<String, Vec<u8>>>;
    let error: Error<Undescribed> = client.send(Request::new(&GET), decode).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("getThing: 200 OK, but its body cannot be read: a[1]: invalid type: string \"x\""),
        "{text}"
    );
    assert!(text.contains(r#"near `{"a":[1,"x"]}`"#), "{text}");
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn gzip_is_unpacked_and_counted_unpacked() {
    // `[1,2,3]`, packed by gzip without a name or a time.
    const PACKED: &[u8] =
        &[31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 139, 54, 212, 49, 210, 49, 142, 5, 0, 233, 179, 109, 253, 7, 0, 0, 0];
    let packed = || Act::Send(answer(200, &[("content-encoding", "gzip")], PACKED));
    let server = Server::script([packed()]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let value: ResponseValue<Vec<u8>> = client.send::<_, Undescribed>(Request::new(&GET), decode::json).await.unwrap();
    assert_eq!(*value, [1, 2, 3]);
    let client = builder(&server.url, VirtualClock::jumping()).max_body(6).build().unwrap();
    assert_eq!(word(&call(&client, &GET).await), "BodyTooLarge(6) after 1");
    let broken = Act::Send(answer(200, &[("content-encoding", "gzip")], &PACKED[..15]));
    assert_eq!(both(&[broken]).await, expect((4, "Body after 4"), (1, "Body after 1")));
}

#[tokio::test]
async fn the_rate_limit_spreads_calls_out() {
    let server = Server::script([json(200, "{}")]).await;
    let environment = VirtualClock::standing();
    let limit = RateLimit { requests: 2, per: Duration::from_secs(1) };
    let client = builder(&server.url, Arc::clone(&environment) as _).rate_limit(limit).build().unwrap();
    let calls = join_all((0..5).map(|_| call(&client, &GET)));
    let clock = async {
        for expected in [2, 2, 1] {
            for _ in 0..expected {
                server.next_arrival().await;
            }
            environment.advance(Duration::from_secs(1));
        }
    };
    let (outcomes, ()) = futures_util::future::join(calls, clock).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(environment.slept(), [Duration::from_secs(1); 2], "only the head of the queue has a time to wait for");
}

#[tokio::test]
async fn a_429_holds_all_calls_back_where_there_is_a_limit() {
    let asked = Act::Send(answer(429, &[("retry-after", "30")], ""));
    let server = Server::script([asked, json(200, "{}")]).await;
    let environment = VirtualClock::standing();
    let limit = RateLimit { requests: 100, per: Duration::from_secs(1) };
    let client = builder(&server.url, Arc::clone(&environment) as _)
        .rate_limit(limit)
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    assert_eq!(word(&call(&client, &GET).await), "429 after 1");
    let (outcome, ()) = futures_util::future::join(call(&client, &GET), async {
        while environment.slept().is_empty() {
            tokio::task::yield_now().await;
        }
        environment.advance(Duration::from_secs(30));
    })
    .await;
    assert_eq!(word(&outcome), "ok after 1");
    assert_eq!(environment.slept(), [Duration::from_secs(30)]);
}

#[tokio::test]
async fn only_so_many_calls_are_under_way_at_once() {
    struct Gauge(AtomicU32, AtomicU32);
    impl Observer for Gauge {
        fn before(&self, _: &Attempt) {
            let now = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            self.1.fetch_max(now, Ordering::SeqCst);
        }
        fn after(&self, _: &Attempt, _: &AttemptResult) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let server = Server::script([json(200, "{}")]).await;
    let gauge = Arc::new(Gauge(AtomicU32::new(0), AtomicU32::new(0)));
    let client =
        builder(&server.url, VirtualClock::jumping()).concurrency(3).observer(Arc::clone(&gauge) as _).build().unwrap();
    let outcomes = join_all((0..12).map(|_| call(&client, &GET))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(gauge.1.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_observer_is_told_of_every_attempt() {
    #[derive(Default)]
    struct Log(Mutex<Vec<String>>);
    impl Observer for Log {
        fn headers(&self, attempt: &Attempt) -> HeaderMap {
            let number = HeaderValue::from(attempt.number);
            HeaderMap::from_iter([(HeaderName::from_static("x-attempt"), number)])
        }

        fn after(&self, attempt: &Attempt, result: &AttemptResult) {
            let line = format!("{} {} {:?} {:?}", attempt.operation.id, attempt.number, result.status, result.error);
            self.0.lock().unwrap().push(line);
        }
    }
    let server = Server::script([status(503), Act::SendAndReset(vec![]), json(200, "{}")]).await;
    let log = Arc::new(Log::default());
    let client = builder(&server.url, VirtualClock::jumping()).observer(Arc::clone(&log) as _).build().unwrap();
    call(&client, &GET).await.unwrap();
    let lines = log.0.lock().unwrap().clone();
    assert_eq!(lines, ["getThing 1 Some(503) None", "getThing 2 None Some(Interrupted)", "getThing 3 Some(200) None"]);
    let sent: Vec<_> = server.received().iter().map(|request| request.header("x-attempt").map(str::to_owned)).collect();
    assert_eq!(sent, ["1", "2", "3"].map(|number| Some(number.to_owned())));
}

#[tokio::test]
async fn an_observer_is_told_the_method_of_a_call_that_no_document_describes() {
    #[derive(Default)]
    struct Log(Mutex<Vec<String>>);
    impl Observer for Log {
        fn after(&self, attempt: &Attempt<'_>, _: &AttemptResult) {
            let operation = attempt.operation;
            let line = format!("{} {} `{}`", attempt.method, operation.id(), operation.path);
            self.0.lock().unwrap().push(line);
        }
    }
    let log = Arc::new(Log::default());
    let client = builder("https://api.test", VirtualClock::jumping())
        .transport(Script::new([testing::Answer::status(204), testing::Answer::status(204)]))
        .observer(Arc::clone(&log) as _)
        .build()
        .unwrap();
    client.request("PURGE", "/cache/7").send().await.unwrap();
    client.send::<_, Undescribed>(Request::new(&POST), decode::empty).await.unwrap();
    assert_eq!(*log.0.lock().unwrap(), ["PURGE request ``", "POST createThing `/things`"]);
}

#[tokio::test]
async fn an_observer_is_told_of_an_attempt_that_is_given_up() {
    #[derive(Default)]
    struct Balance(AtomicU32, AtomicU32);
    impl Observer for Balance {
        fn before(&self, _: &Attempt) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }

        fn after(&self, _: &Attempt, result: &AttemptResult) {
            assert!(result.status.is_none() && result.error.is_none());
            self.1.fetch_add(1, Ordering::SeqCst);
        }
    }
    let server = Server::script([Act::SendAndHang(vec![])]).await;
    let balance = Arc::new(Balance::default());
    let client = builder(&server.url, VirtualClock::standing()).observer(Arc::clone(&balance) as _).build().unwrap();
    // The call is dropped as soon as its request has arrived.
    drop(futures_util::future::select(Box::pin(call(&client, &GET)), Box::pin(server.next_arrival())).await);
    assert_eq!((balance.0.load(Ordering::SeqCst), balance.1.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn streams_are_sent_once_and_only_once() {
    let pieces = || futures_util::stream::iter(["ab", "cd"].map(Ok::<_, std::io::Error>));
    for (body, length) in [(Body::stream(pieces()), None), (Body::sized_stream(pieces(), 4), Some("4"))] {
        let server = Server::script([status(429), json(200, "{}")]).await;
        let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
        let mut request = Request::new(&POST);
        request.body("application/octet-stream", body);
        let outcome: Outcome = client.send(request, decode::json).await;
        assert_eq!(word(&outcome), "429 after 1");
        let received = server.received();
        assert_eq!((received.len(), received[0].text(), received[0].header("content-length")), (1, "abcd", length));
    }
}

#[tokio::test]
async fn a_stream_of_which_nothing_was_sent_is_sent_once_there_is_a_connection() {
    for kind in [TransportErrorKind::Connect, TransportErrorKind::ConnectTimeout(None)] {
        let script = Script::new([Answer::failure(kind), Answer::json(200, "{}")]);
        let client = builder("https://api.test", VirtualClock::jumping()).transport(script).build().unwrap();
        let mut request = Request::new(&POST);
        let pieces = futures_util::stream::iter(["ab", "cd"].map(Ok::<_, std::io::Error>));
        request.body("application/octet-stream", Body::stream(pieces));
        let outcome: Outcome = client.send(request, decode::json).await;
        assert_eq!(word(&outcome), "ok after 2", "{kind:?}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_as_such() {
    let server = Server::script([json(200, "{}")]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let mut request = Request::new(&POST);
    let pieces = [Ok("ab"), Err(std::io::Error::other("the disk is gone"))];
    request.body("text/plain", Body::stream(futures_util::stream::iter(pieces)));
    let outcome: Outcome = client.send(request, decode::json).await;
    assert_eq!(word(&outcome), "RequestBody after 1");
    assert!(outcome.unwrap_err().to_string().contains("the disk is gone"));
}

#[tokio::test]
async fn operations_may_have_servers_of_their_own() {
    static API: Api = Api::new("t", "1").servers(&[ServerTemplate::new("http://127.0.0.1:9")]);
    let server = Server::script([json(200, "{}")]).await;
    let url: &'static str = Box::leak(server.url.clone().into_boxed_str());
    let servers = Box::leak(Box::new([ServerTemplate::new(url)]));
    let operation = Box::leak(Box::new(Operation { servers, ..operation("getThing", HttpMethod::Get, true) }));
    let client = |builder: ClientBuilder| {
        let environment = VirtualClock::jumping();
        builder
            .environment(environment)
            .timeouts(Timeouts::none())
            .configure_http(|http| http.no_proxy())
            .build()
            .unwrap()
    };
    assert_eq!(word(&call(&client(ClientBuilder::new(&API)), operation).await), "ok after 1");
    let elsewhere = client(ClientBuilder::new(&API).base_url(nowhere().await));
    assert_eq!(word(&call(&elsewhere, operation).await), "Connect after 4");
    static BARE: Api = Api::new("t", "1");
    let error = call(&client(ClientBuilder::new(&BARE)), &GET).await.unwrap_err();
    assert_eq!(error.to_string(), "getThing: the API names no server: give the client a base URL");
}

#[tokio::test]
async fn nothing_is_sent_for_an_invalid_request() {
    let server = Server::script([json(200, "{}")]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let mut request = Request::new(&POST);
    let mut form = Multipart::new();
    form.json("part", &std::collections::BTreeMap::from([((1, 2), 3)]));
    request.multipart(form);
    let outcome: Outcome = client.send(request, decode::json).await;
    assert!(matches!(outcome, Err(Error::InvalidRequest(_))));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_proxy_gets_the_whole_url_and_credentials_of_its_own() {
    let proxy = Server::script([json(200, "{}")]).await;
    let through = |proxy: String, environment: Arc<VirtualClock>| {
        let builder = ClientBuilder::new(&API).base_url("http://api.example.com/v3").environment(environment);
        let builder = builder.timeouts(Timeouts::none()).proxy(proxy).allow_insecure_http(true);
        builder.credential("key", Credential::ApiKey("api-key".into()))
    };
    static KEYED: Operation =
        Operation { security: &[&[needs("key")]], ..operation("getThing", HttpMethod::Get, true) };
    let url = proxy.url.replace("http://", "http://user:c4n4ry%2F@");
    let builder = through(url, VirtualClock::jumping());
    assert!(!format!("{builder:?}").contains("c4n4ry"));
    let client = builder.build().unwrap();
    assert!(!format!("{client:?}").contains("c4n4ry"));
    assert_eq!(word(&call(&client, &KEYED).await), "ok after 1");
    let received = proxy.received().pop().unwrap();
    assert_eq!(received.target, "http://api.example.com/v3/things");
    assert_eq!(received.header("host"), Some("api.example.com"));
    assert_eq!(received.header("api-token"), Some("api-key"));
    // `user:c4n4ry/`, as RFC 7617 has it.
    assert_eq!(received.header("proxy-authorization"), Some("Basic dXNlcjpjNG40cnkv"));

    // One that is out of reach, or says no, is told of without its password.
    let url = nowhere().await.replace("http://", "http://user:c4n4ry@");
    let outcome = call(&through(url, VirtualClock::jumping()).build().unwrap(), &KEYED).await;
    assert_eq!(word(&outcome), "Connect after 4");
    let told =
        "no connection to api.example.com:80: it is called by way of the proxy given to `proxy`, which may be what";
    assert!(outcome.as_ref().unwrap_err().to_string().contains(told), "{outcome:?}");
    assert!(!format!("{outcome:?} {outcome:#?} {}", outcome.as_ref().unwrap_err()).contains("c4n4ry"));
    let strict = Server::script([status(407)]).await;
    let outcome = call(&through(strict.url, VirtualClock::jumping()).build().unwrap(), &KEYED).await;
    assert_eq!(word(&outcome), "407 after 1");
}

#[tokio::test]
async fn no_proxy_goes_straight() {
    let server = Server::script([json(200, "{}")]).await;
    let builder = || ClientBuilder::new(&API).base_url(server.url.as_str()).environment(VirtualClock::jumping());
    // What was said last holds.
    let proxy = nowhere().await;
    let client = builder().timeouts(Timeouts::none()).proxy(proxy.as_str()).no_proxy().build().unwrap();
    assert_eq!(word(&call(&client, &GET).await), "ok after 1");
    assert_eq!(server.received()[0].target, "/things");
    for (url, reason) in [
        ("socks9://user:c4n4ry@x", "it must begin with http:// or https://"),
        ("http://user:c4n4ry@x:y", "invalid port number"),
        ("user:c4n4ry@x", "it must begin with http:// or https://"),
    ] {
        let error = builder().proxy(url).build().unwrap_err();
        assert_eq!(error.to_string().split_once(": ").unwrap().1, reason);
        assert!(!format!("{error} {error:?}").contains("c4n4ry"), "{error}");
    }
}

#[test]
fn what_is_boxed_for_a_call_is_small() {
    let client = builder("http://127.0.0.1:9", VirtualClock::jumping()).build().unwrap();
    let call = client.call(Request::new(&GET), crate::engine::Mode::Whole);
    // Common allocators hand out up to a kilobyte from a cache of each thread. Spans take some more.
    let most = if cfg!(feature = "tracing") { 1280 } else { 1024 };
    assert!(size_of_val(&*call) <= most, "{} bytes", size_of_val(&*call));
}

#[tokio::test]
async fn an_answer_that_leads_elsewhere_gives_what_is_there() {
    let moved = || Act::Send(answer(302, &[("location", "/there")], "moved"));
    let server = Server::script([moved(), Act::Send(answer(200, &[], "bytes"))]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let found: Result<_, Error<Undescribed>> = client.send_redirect(Request::new(&GET)).await;
    let found = found.unwrap();
    assert_eq!((found.status().as_u16(), found.location()), (200, None));
    assert_eq!(found.into_inner().collect().await.unwrap(), "bytes");

    // A write does not become a read: what leads elsewhere is the answer.
    let server = Server::script([moved()]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let found: Result<_, Error<Undescribed>> = client.send_redirect(Request::new(&POST)).await;
    let found = found.unwrap();
    assert_eq!((found.status().as_u16(), found.location()), (302, Some("/there")));
    assert_eq!(found.into_inner().collect().await.unwrap(), "moved");

    let server = Server::script([status(404)]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let refused: Result<_, Error<Undescribed>> = client.send_redirect(Request::new(&GET)).await;
    assert!(matches!(refused, Err(Error::Response(_))));
}

#[tokio::test]
async fn a_redirect_leads_where_it_says_in_characters_too() {
    let moved = Act::Send(answer(302, &[("location", "/caf\u{e9}")], ""));
    let server = Server::script([moved, status(200)]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    assert_eq!(word(&call(&client, &GET).await), "ok after 1");
    assert_eq!(server.received()[1].target, "/caf%C3%A9");
}

#[tokio::test]
async fn an_error_whose_body_broke_off_says_so() {
    let cut = Act::Send(b"HTTP/1.1 409 X\r\ncontent-type: text/plain\r\ncontent-length: 99\r\n\r\nbusy".to_vec());
    let server = Server::script([cut]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let error = call(&client, &GET).await.unwrap_err();
    let told = "getThing: 409 Conflict: busy; of its body not all came: the answer broke off or could not be unpacked";
    assert_eq!(error.to_string(), told);
}

#[tokio::test]
async fn a_call_can_be_told_not_to_go_where_a_redirect_leads() {
    let moved = Act::Send(answer(302, &[("location", "/there")], ""));
    let server = Server::script([moved]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let staying = || {
        let mut request = Request::new(&GET);
        request.set_options(CallOptions::new().follow_redirects(false));
        request
    };
    let found: Result<_, Error<Undescribed>> = client.send_redirect(staying()).await;
    assert_eq!(found.unwrap().location(), Some("/there"));
    let refused: Outcome = client.send(staying(), decode::json).await;
    assert_eq!(word(&refused), "302 after 1");
    assert_eq!(server.received().len(), 2);
}
