//! When credentials are fetched, by whom, how often, and what calls do meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::{Either, join_all, select};

use super::{call, oauth, token, token_requests, token_server};
use crate::testing::called::*;
use crate::testing::*;
use crate::*;

/// A client that asks for tokens at a server.
fn client(server: &Server, environment: Arc<VirtualClock>) -> Client {
    let credentials = oauth(ClientCredentials::new("id", "secret"));
    builder(&server.url, environment as _).credential("oauth", credentials).build().unwrap()
}

/// Lets everything happen that needs no time.
async fn settle() {
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_fetch_outlives_the_call_that_began_it() {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let (fetched, opened) = (Arc::new(AtomicU32::new(0)), Arc::clone(&gate));
    struct Slow(Arc<AtomicU32>, Arc<tokio::sync::Semaphore>);
    impl CredentialSource for Slow {
        fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
            Box::pin(async {
                self.0.fetch_add(1, Ordering::SeqCst);
                self.1.acquire().await?.forget();
                Ok(Issued::new("secret"))
            })
        }
    }
    let server = Server::script([status(200)]).await;
    let environment = VirtualClock::standing();
    let client = builder(&server.url, Arc::clone(&environment) as _)
        .credential("key", Credential::Source(Arc::new(Slow(Arc::clone(&fetched), opened))))
        .timeout(Duration::from_millis(250))
        .build()
        .unwrap();
    for _ in 0..3 {
        let (outcome, ()) = tokio::join!(call(&client, secured!("key")), environment.expire());
        let Err(Error::Transport(error)) = outcome else { panic!("{outcome:?}") };
        assert!(error.is_timeout() && error.is_not_sent());
        let told = "getThing: timed out: not done within 250ms (`timeout`): no credential came in that time";
        assert_eq!(error.to_string(), told);
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 1, "three calls waited for one fetch");
    gate.add_permits(1);
    call(&client, secured!("key")).await.unwrap();
    assert_eq!((fetched.load(Ordering::SeqCst), server.received().len()), (1, 1));
}

#[tokio::test]
async fn calls_go_on_however_long_a_renewal_takes() {
    let server =
        token_server(|number| if number == 1 { token(1, 1000) } else { Act::SendAndHang(b"HTTP/1.1 200".to_vec()) })
            .await;
    let environment = VirtualClock::standing();
    let client = client(&server, Arc::clone(&environment));
    call(&client, secured!("oauth")).await.unwrap();
    environment.advance(Duration::from_secs(950));
    for _ in 0..20 {
        call(&client, secured!("oauth")).await.unwrap();
    }
    server.next_hang().await;
    call(&client, secured!("oauth")).await.unwrap();
    assert_eq!(token_requests(&server), 2, "one renewal is under way, and no other is begun");
}

#[tokio::test]
async fn a_credential_that_is_never_accepted_costs_few_fetches() {
    let issued = Arc::new(AtomicU32::new(0));
    let server = Server::answering(move |request| match request.target.as_str() {
        "/token" => token(issued.fetch_add(1, Ordering::SeqCst) + 1, 900),
        _ => json(401, r#"{"message":"no"}"#),
    })
    .await;
    let environment = VirtualClock::standing();
    let client = client(&server, Arc::clone(&environment));
    for at in 0..20 {
        let error = call(&client, secured!("oauth")).await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (401, if at == 0 { 2 } else { 1 }));
        environment.advance(Duration::from_millis(100));
    }
    assert_eq!(token_requests(&server), 2);
    // It may have been put right: after a minute it is asked again, once.
    environment.advance(Duration::from_secs(60));
    for _ in 0..20 {
        call(&client, secured!("oauth")).await.unwrap_err();
    }
    assert_eq!(token_requests(&server), 3);
}

/// A scope that is missing is no reason to fetch, and a vendor that says 401 for it says so for ever.
#[tokio::test]
async fn an_operation_that_is_never_allowed_costs_few_fetches_beside_those_that_are() {
    let issued = Arc::new(AtomicU32::new(0));
    let server = Server::answering(move |request| match (request.target.as_str(), request.method.as_str()) {
        ("/token", _) => token(issued.fetch_add(1, Ordering::SeqCst) + 1, 900),
        (_, "GET") => json(200, "{}"),
        _ => json(401, r#"{"message":"no"}"#),
    })
    .await;
    static DELETE: Operation =
        Operation { security: &[&[needs("oauth")]], ..operation("deleteThing", HttpMethod::Delete, true) };
    let environment = VirtualClock::standing();
    let client = client(&server, Arc::clone(&environment));
    for _ in 0..20 {
        call(&client, secured!("oauth")).await.unwrap();
        call(&client, &DELETE).await.unwrap_err();
    }
    let at_once = token_requests(&server);
    assert!((2..=8).contains(&at_once), "{at_once}");
    // Ten minutes of it: one fetch in ten seconds at most.
    for _ in 0..600 {
        environment.advance(Duration::from_secs(1));
        call(&client, secured!("oauth")).await.unwrap();
        call(&client, &DELETE).await.unwrap_err();
    }
    assert!(token_requests(&server) <= at_once + 61, "{}", token_requests(&server));
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_is_not_asked_by_every_call() {
    let good = Arc::new(AtomicBool::new(false));
    let is_good = Arc::clone(&good);
    let server = token_server(move |number| match is_good.load(Ordering::SeqCst) {
        true => token(number, 900),
        false => json(400, r#"{"error":"invalid_client"}"#),
    })
    .await;
    let environment = VirtualClock::standing();
    let client = client(&server, Arc::clone(&environment));
    let first = call(&client, secured!("oauth")).await.unwrap_err().to_string();
    let expected = "getThing: no token for `oauth`: the token endpoint answered 400 Bad Request: invalid_client";
    assert_eq!(first, expected);
    environment.advance(Duration::from_millis(400));
    for _ in 0..20 {
        let error = call(&client, secured!("oauth")).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{expected} (400ms ago; the next fetch is in 600ms at the soonest)"));
        assert!(error.is_auth() && !error.is_retryable());
    }
    assert_eq!(token_requests(&server), 1);
    // Each failure doubles the pause: 1, 2, 4 seconds, and a minute at most.
    for (pushed, asked) in [(599, 1), (1, 2), (1999, 2), (1, 3), (3999, 3), (1, 4)] {
        environment.advance(Duration::from_millis(pushed));
        call(&client, secured!("oauth")).await.unwrap_err();
        assert_eq!(token_requests(&server), asked);
    }
    for _ in 0..10 {
        environment.advance(Duration::from_secs(60));
        call(&client, secured!("oauth")).await.unwrap_err();
    }
    assert_eq!(token_requests(&server), 14);
    good.store(true, Ordering::SeqCst);
    environment.advance(Duration::from_secs(60));
    call(&client, secured!("oauth")).await.unwrap();
}

#[test]
fn a_fetch_whose_runtime_is_gone_is_begun_anew() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let servers = runtime();
    let server = servers.block_on(token_server(|number| match number {
        1 => Act::SendAndHang(b"HTTP/1.1 200".to_vec()),
        _ => token(number, 900),
    }));
    let client = client(&server, VirtualClock::standing());
    let first = runtime();
    first.block_on(async {
        let waits = Box::pin(call(&client, secured!("oauth")));
        let Either::Right(_) = select(waits, Box::pin(server.next_hang())).await else { panic!("no token") };
    });
    // Somebody waits for the fetch that dies with it.
    let waits = std::thread::spawn({
        let client = client.clone();
        move || runtime().block_on(async { tokio::join!(call(&client, secured!("oauth")), settle()).0.is_ok() })
    });
    drop(first);
    assert!(waits.join().unwrap());
    assert_eq!(token_requests(&server), 2);
}

#[tokio::test]
async fn a_fetch_that_never_ends_is_given_up_on() {
    let server = token_server(|number| match number {
        1 => Act::SendAndHang(b"HTTP/1.1 200".to_vec()),
        _ => token(number, 900),
    })
    .await;
    let environment = VirtualClock::standing();
    let client = client(&server, Arc::clone(&environment));
    let waits = tokio::spawn({
        let client = client.clone();
        async move { call(&client, secured!("oauth")).await.is_ok() }
    });
    server.next_hang().await;
    environment.advance(Duration::from_secs(121));
    call(&client, secured!("oauth")).await.unwrap();
    assert!(waits.await.unwrap(), "who waited for the first takes what the second brought");
    assert_eq!(token_requests(&server), 2);
}

#[tokio::test]
async fn a_source_that_panics_is_an_error() {
    struct Panicking;
    impl CredentialSource for Panicking {
        fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
            panic!("no vault");
        }
    }
    let client = builder("http://127.0.0.1:9", VirtualClock::standing())
        .credential("key", Credential::Source(Arc::new(Panicking)))
        .build()
        .unwrap();
    for outcome in join_all((0..3).map(|_| call(&client, secured!("key")))).await {
        assert_eq!(outcome.unwrap_err().to_string(), "getThing: no credential for `key`: fetching it panicked");
    }
}

#[tokio::test]
async fn a_token_request_is_not_sent_on_to_another_origin() {
    let other = Server::script([token(7, 900)]).await;
    for code in [301, 302, 303, 307, 308] {
        let location = format!("{}/token?secret=1", other.url.replace("http://", "http://user:word@"));
        let server =
            token_server(move |_| Act::Send(answer(code, &[("location", &location)], r#"{"access_token":"t"}"#))).await;
        let error = call(&client(&server, VirtualClock::standing()), secured!("oauth")).await.unwrap_err();
        let text = error.to_string();
        let place = format!("{}/token", other.url);
        assert!(text.contains(&place) && text.contains(&code.to_string()), "{text}");
        assert!(!text.contains("secret=1") && !text.contains("word"), "{text}");
        assert!(error.is_auth() && !error.is_retryable(), "{text}");
        assert_eq!((server.received().len(), other.received().len()), (1, 0), "{code}");
    }
}

#[tokio::test]
async fn a_token_request_is_sent_on_within_its_origin() {
    for code in [307, 308] {
        let server = Server::answering(move |request| match request.target.as_str() {
            "/token" => Act::Send(answer(code, &[("location", "/token2")], "")),
            "/token2" => token(1, 900),
            _ => json(200, "{}"),
        })
        .await;
        call(&client(&server, VirtualClock::standing()), secured!("oauth")).await.unwrap();
        let received = server.received();
        assert_eq!((received[1].target.as_str(), received[1].text()), ("/token2", received[0].text()));
    }
}

/// An HTTP client of the caller's own may follow redirects by itself. What comes from elsewhere is not believed.
#[tokio::test]
async fn a_token_from_another_origin_is_not_used() {
    let other = Server::script([token(7, 900)]).await;
    let location = format!("{}/token", other.url);
    let server = token_server(move |_| Act::Send(answer(307, &[("location", &location)], ""))).await;
    let http = crate::tls::configure(reqwest::Client::builder().no_proxy(), None, &Default::default()).unwrap();
    let client = ClientBuilder::new(&API)
        .base_url(&server.url)
        .http_client(http.build().unwrap())
        .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
        .build()
        .unwrap();
    let text = call(&client, secured!("oauth")).await.unwrap_err().to_string();
    assert!(text.contains(&other.url), "{text}");
    assert_eq!(server.received().len(), 1, "the API got no token");
}

#[tokio::test]
async fn an_answer_that_is_an_error_shows_its_words() {
    for (body, words) in [
        (r#"{"error":"invalid_scope","error_description":"No such scope"}"#, "invalid_scope: No such scope"),
        (r#"{"error":"invalid_scope"}"#, "invalid_scope"),
        (r#"{"ok":false,"error":"bad_client secret"}"#, "bad_client [redacted]"),
        (r#"{"error":{"message":"Unknown client"}}"#, "Unknown client"),
        (r#"{"error":"invalid_scope","access_token":""}"#, "invalid_scope"),
        (r#"{"error":"slow_down","access_token":"t"}"#, "slow_down"),
    ] {
        let server = token_server(move |_| json(200, body)).await;
        let text = call(&client(&server, VirtualClock::standing()), secured!("oauth")).await.unwrap_err();
        let expected =
            format!("getThing: no token for `oauth`: the token endpoint answered 200 OK with an error: {words}");
        assert_eq!(text.to_string(), expected);
    }
}

#[tokio::test]
async fn a_token_of_a_type_that_cannot_be_used_is_not_sent() {
    for (kind, good) in [("bearer", true), ("BEARER", true), ("mac", false), ("DPoP", false)] {
        let body = format!(r#"{{"access_token":"t0ken","token_type":"{kind}","expires_in":900}}"#);
        let server = token_server(move |_| json(200, &body)).await;
        let outcome = call(&client(&server, VirtualClock::standing()), secured!("oauth")).await;
        assert_eq!(outcome.is_ok(), good, "{kind}");
        if let Err(error) = outcome {
            let text = error.to_string();
            assert!(text.contains(kind) && text.contains("token_type") && !text.contains("t0ken"), "{text}");
        }
    }
}

/// What a token's life is told as, and how often it is asked for by five calls an hour apart.
#[tokio::test]
async fn a_life_beyond_any_type_is_long() {
    for (told, asked) in [
        ("1e30", 1),
        ("1e400", 1),
        ("99999999999999999999999", 1),
        (r#""1e400""#, 1),
        (r#""Infinity""#, 1),
        ("3600", 5),
        ("0", 5),
        ("-1", 5),
    ] {
        let body = format!(r#"{{"access_token":"t","token_type":"bearer","expires_in":{told}}}"#);
        let server = token_server(move |_| json(200, &body)).await;
        let environment = VirtualClock::standing();
        let client = client(&server, Arc::clone(&environment));
        for _ in 0..5 {
            for _ in 0..3 {
                call(&client, secured!("oauth")).await.unwrap();
            }
            environment.advance(Duration::from_secs(3601));
        }
        assert_eq!(token_requests(&server), asked, "{told}");
    }
}

/// Polls by hand, as another executor than tokio's does.
fn without_tokio<T>(work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        if let std::task::Poll::Ready(outcome) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return outcome;
        }
    }
}

#[test]
fn where_there_is_no_tokio_a_call_that_needs_a_token_fetches_it_itself() {
    let token = |number| Answer::json(200, format!(r#"{{"access_token":"token-{number}","expires_in":1000}}"#));
    let refused = || Answer::json(400, r#"{"error":"invalid_client"}"#);
    let done = || Answer::status(204);
    let answers = [token(1), done(), done(), done(), token(2), done(), refused(), token(3), done()];
    let recorder = Recorder::of(Script::new(answers));
    let environment = VirtualClock::jumping();
    let client = builder("https://api.test", Arc::clone(&environment) as _)
        .transport(Arc::clone(&recorder))
        .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
        .build()
        .unwrap();
    // How much time has gone by, how many calls come at once, and whether they go well.
    for (gone, calls, good) in [(0, 2, true), (950, 1, true), (60, 1, true), (1000, 1, false), (60, 1, true)] {
        environment.advance(Duration::from_secs(gone));
        let outcomes = without_tokio(join_all((0..calls).map(|_| call(&client, secured!("oauth")))));
        assert!(outcomes.iter().all(|outcome| outcome.is_ok() == good), "{gone}: {outcomes:?}");
    }
    let sent = recorder.sent();
    let carried: Vec<_> = sent.iter().filter_map(|sent| sent.header("authorization")).collect();
    assert_eq!(carried, ["token-1", "token-1", "token-1", "token-2", "token-3"].map(|token| format!("Bearer {token}")));
}

#[test]
fn where_there_is_no_tokio_a_fetch_ends_with_the_call_that_began_it_and_another_goes_on() {
    struct Slow(AtomicU32);
    impl CredentialSource for Slow {
        fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
            Box::pin(async {
                if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
                    std::future::pending::<()>().await;
                }
                Ok(Issued::new("secret"))
            })
        }
    }
    let client = builder("https://api.test", VirtualClock::standing())
        .transport(Script::new([Answer::status(204)]))
        .credential("key", Credential::Source(Arc::new(Slow(AtomicU32::new(0)))))
        .build()
        .unwrap();
    let mut first = Box::pin(call(&client, secured!("key")));
    let mut second = Box::pin(call(&client, secured!("key")));
    let mut context = Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending() && second.as_mut().poll(&mut context).is_pending());
    drop(first);
    without_tokio(second).unwrap();
}
