//! What the errors of calls say: once, in one line, with what the reader needs to act on it, and no secret.

use std::time::Duration;

use futures_util::future::{Either, select};

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

type Outcome = Result<ResponseValue<()>, Error<Undescribed>>;

async fn call(client: &Client) -> Error<Undescribed> {
    let outcome: Outcome = client.send(Request::new(&GET), decode::empty).await;
    outcome.unwrap_err()
}

/// An error and what is behind it, as reporters print them. Nothing may be in it twice.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    let parts: Vec<&str> = told.split(": ").collect();
    for (index, part) in parts.iter().enumerate() {
        assert!(!parts[index + 1..].iter().any(|other| other.contains(part)), "`{part}` is told twice: {told}");
    }
    told
}

/// A call that hangs until one of its time limits strikes.
async fn late(bytes: &[u8], limits: Timeouts) -> Error<Undescribed> {
    let server = Server::script([Act::SendAndHang(bytes.to_vec())]).await;
    let environment = VirtualClock::standing();
    let client = builder(&server.url, std::sync::Arc::clone(&environment) as _)
        .timeouts(limits)
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let strike = async {
        server.next_hang().await;
        environment.expire().await;
        std::future::pending::<()>().await
    };
    match select(Box::pin(call(&client)), Box::pin(strike)).await {
        Either::Left((error, _)) => error,
        Either::Right(_) => unreachable!("it never ends"),
    }
}

#[tokio::test]
async fn a_failed_connection_names_host_and_port_once_and_no_secret() {
    let place = nowhere().await;
    let port = place.rsplit_once(':').unwrap().1;
    for (url, host) in [("http://127.0.0.1", "127.0.0.1"), ("http://localhost", "localhost")] {
        let client = builder(&format!("{url}:{port}/s3cr3t-path"), VirtualClock::jumping()).build().unwrap();
        let mut request = Request::new(&GET);
        request.set_options(CallOptions::new().query("key", "s3cr3t-key"));
        let outcome: Outcome = client.send(request, decode::empty).await;
        let told = chain(&outcome.unwrap_err());
        assert!(told.starts_with(&format!("getThing: no connection to {host}:{port}: ")), "{told}");
        assert!(told.contains("refused") && told.ends_with(" (4 attempts)"), "{told}");
        assert!(!told.contains("s3cr3t"), "{told}");
    }
}

#[tokio::test]
async fn a_broken_connection_names_host_and_port_too() {
    let server = Server::script([Act::SendAndReset(vec![])]).await;
    let client = builder(&server.url, VirtualClock::jumping()).retry(RetryPolicy::none()).build().unwrap();
    let told = chain(&call(&client).await);
    let place = server.url.strip_prefix("http://").unwrap();
    assert!(
        told.starts_with(&format!("getThing: the connection to {place} failed before the answer came: ")),
        "{told}"
    );
}

#[tokio::test]
async fn a_timeout_says_which_limit() {
    let limit = Duration::from_secs(9);
    let error = late(b"", Timeouts::none().attempt(limit)).await;
    assert_eq!(chain(&error), "getThing: timed out: no answer within 9s (`attempt_timeout`)");
    let error = late(b"", Timeouts::none().whole(limit)).await;
    assert_eq!(chain(&error), "getThing: timed out: not done within 9s (`timeout`)");
    assert!(error.is_timeout());
}

#[tokio::test]
async fn an_answer_cut_off_is_told_once() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\na",
    ] {
        let server = Server::script([Act::Send(answer.as_bytes().to_vec())]).await;
        let client = builder(&server.url, VirtualClock::jumping()).retry(RetryPolicy::none()).build().unwrap();
        let told = chain(&call(&client).await);
        assert!(told.starts_with("getThing: the answer broke off"), "{told}");
    }
}

#[tokio::test]
async fn a_pause_that_is_not_made_is_told() {
    for (after, told) in [
        ("3000", "; asks to wait 50 min, longer than 60s (`max_retry_after`)"),
        ("99999999999999999999", "; asks to wait more than a hundred years, longer than 60s (`max_retry_after`)"),
        ("45", "; asks to wait 45s, and the call has 10s left (`timeout`)"),
    ] {
        let server =
            Server::script([Act::Send(answer(503, &[("retry-after", after)], "{\"message\":\"busy\"}"))]).await;
        let whole = Duration::from_secs(10);
        let environment = VirtualClock::jumping();
        let client = builder(&server.url, environment).timeout(whole).build().unwrap();
        let error = call(&client).await;
        assert_eq!(error.to_string(), format!("getThing: 503 Service Unavailable: busy{told}"));
        assert!(error.retry_after().is_some_and(|pause| pause >= Duration::from_secs(45)));
    }
}

#[tokio::test]
async fn what_the_server_asked_for_is_told_of_every_error_answer() {
    let limits = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800")];
    let left = [("x-ratelimit-remaining", "4999"), ("x-ratelimit-reset", "3000")];
    for (code, headers, pause) in [
        (403, &limits[..], Some(1800)),
        (413, &[("retry-after", "5")], Some(5)),
        (401, &[("retry-after", "5")], Some(5)),
        (429, &[("retry-after", "5")], Some(5)),
        (502, &left[..], None),
        (404, &[], None),
    ] {
        let server = Server::script([Act::Send(answer(code, headers, ""))]).await;
        let environment = VirtualClock::jumping();
        let client = builder(&server.url, std::sync::Arc::clone(&environment) as _).build().unwrap();
        let error = call(&client).await;
        assert_eq!(error.retry_after().map(|pause| pause.as_secs()), pause, "{error}");
        assert_eq!(error.to_string().contains("asks to wait"), pause.is_some(), "{error}");
        let own_pauses = environment.slept().iter().filter(|pause| **pause < Duration::from_secs(5)).count();
        assert_eq!(own_pauses, if code == 502 { 3 } else { 0 }, "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_is_long_in_coming_is_told_with_its_limit() {
    /// A name that is never found.
    struct Never;
    impl reqwest::dns::Resolve for Never {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(std::future::pending())
        }
    }
    let limit = Duration::from_millis(1);
    let resolver = std::sync::Arc::new(Never);
    let client = Client::builder(&API)
        .base_url("http://api.example.com/s3cr3t")
        .environment(VirtualClock::jumping())
        .timeouts(Timeouts::none().connect(limit))
        .configure_http(|http| http.no_proxy().dns_resolver(resolver))
        .build()
        .unwrap();
    let error = call(&client).await;
    let Error::Transport(transport) = &error else { panic!("{error}") };
    assert_eq!((transport.kind(), transport.attempts()), (TransportErrorKind::ConnectTimeout(Some(limit)), 4));
    assert_eq!(transport.host(), Some("api.example.com:80"));
    assert!(transport.is_timeout() && transport.is_not_sent() && error.is_retryable());
    let told = "getThing: timed out: no connection within 1ms (`connect_timeout`), to api.example.com:80 (4 attempts)";
    assert_eq!(chain(&error), told);
}

#[tokio::test]
async fn a_time_limit_of_the_http_clients_own_is_one_too() {
    for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"] {
        let server = Server::script([Act::SendAndHang(begun.into())]).await;
        let client = builder(&server.url, VirtualClock::jumping())
            .configure_http(|http| http.no_proxy().timeout(Duration::from_millis(1)))
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let error = call(&client).await;
        assert!(error.is_timeout() && error.is_retryable() && chain(&error).contains("timed out"), "{error}");
    }
}

#[tokio::test]
async fn redirects_without_end_that_the_http_client_follows_itself_are_told_once() {
    let server = Server::answering(|_| Act::Send(answer(302, &[("location", "/on")], ""))).await;
    let http = crate::tls::configure(reqwest::Client::builder().no_proxy(), None, &Default::default()).unwrap();
    let http = http.redirect(reqwest::redirect::Policy::limited(2)).build().unwrap();
    let client = builder(&server.url, VirtualClock::jumping()).http_client(http).build().unwrap();
    let error = call(&client).await;
    assert!(chain(&error).starts_with("getThing: redirected without end, or to where no call can go: "), "{error}");
    assert!(!error.is_retryable() && server.received().len() == 3, "{}", server.received().len());
}

#[derive(Debug, thiserror::Error)]
#[error("no secret")]
struct NoSecret(#[source] std::io::Error);

/// A source of credentials that has none, and why.
struct Sealed;

impl CredentialSource for Sealed {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async { Err(NoSecret(std::io::Error::other("the vault is sealed")).into()) })
    }
}

#[tokio::test]
async fn what_fails_for_want_of_a_credential_is_told_once_down_to_its_cause() {
    static SECURED: Operation =
        Operation { security: &[&[needs("bearer")]], ..operation("getThing", HttpMethod::Get, true) };
    let source = Credential::Source(std::sync::Arc::new(Sealed));
    let client = builder("http://127.0.0.1:9", VirtualClock::jumping()).credential("bearer", source).build().unwrap();
    let outcome: Outcome = client.send(Request::new(&SECURED), decode::empty).await;
    let error = outcome.unwrap_err();
    assert_eq!(chain(&error), "getThing: no credential for `bearer`: no secret: the vault is sealed");
    assert!(error.cause().unwrap().is::<NoSecret>());
}

#[tokio::test]
async fn a_token_endpoint_out_of_reach_is_named_and_told_once() {
    static SECURED: Operation =
        Operation { security: &[&[needs("oauth")]], ..operation("getThing", HttpMethod::Get, true) };
    let place = nowhere().await;
    let credentials = ClientCredentials::new("id", "s3cr3t").token_url(format!("{place}/s3cr3t-path"));
    let client = builder("http://127.0.0.1:9", VirtualClock::jumping())
        .credential("oauth", Credential::ClientCredentials(credentials))
        .build()
        .unwrap();
    let outcome: Outcome = client.send(Request::new(&SECURED), decode::empty).await;
    let told = chain(&outcome.unwrap_err());
    let host = place.strip_prefix("http://").unwrap();
    assert!(told.starts_with(&format!("getThing: no token for `oauth`: no connection to {host}: ")), "{told}");
    assert!(!told.contains("s3cr3t"), "{told}");
}

#[tokio::test]
async fn a_403_that_asks_to_wait_is_one_for_a_limit() {
    for (head, limited) in [(("retry-after", "60"), true), (("x-ratelimit-remaining", "0"), true), (("a", "b"), false)]
    {
        let server = Server::script([Act::Send(answer(403, &[head], ""))]).await;
        let error = call(&builder(&server.url, VirtualClock::jumping()).build().unwrap()).await;
        assert_eq!(
            (error.is_rate_limited(), error.is_retryable(), error.is_auth()),
            (limited, limited, true),
            "{error}"
        );
    }
}
