//! Which credential goes where, when tokens are fetched, and where redirects take them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

/// `GET /things` with security alternatives.
macro_rules! secured {
    ($($scheme:literal),+) => {{
        static OPERATION: Operation = Operation {
            security: &[&[$(needs($scheme)),+]],
            ..operation("getThing", HttpMethod::Get, true)
        };
        &OPERATION
    }};
}

mod fetches;
mod places;

async fn call(client: &Client, operation: &'static Operation) -> Result<ResponseValue<()>, Error<Undescribed>> {
    client.send(Request::new(operation), decode::empty).await
}

fn oauth(credentials: ClientCredentials) -> Credential {
    Credential::ClientCredentials(credentials)
}

/// A server that hands out tokens and counts them, and takes only those that `accepts` likes.
async fn token_server(answer_token: impl Fn(u32) -> Act + Send + Sync + 'static) -> Server {
    let issued = AtomicU32::new(0);
    Server::answering(move |request| match request.target.as_str() {
        "/token" => answer_token(issued.fetch_add(1, Ordering::SeqCst) + 1),
        _ => json(200, "{}"),
    })
    .await
}

fn token(number: u32, expires_in: u32) -> Act {
    json(200, &format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":{expires_in}}}"#))
}

fn token_requests(server: &Server) -> usize {
    server.received().iter().filter(|request| request.target == "/token").count()
}

#[tokio::test]
async fn every_scheme_puts_its_credential_in_its_place() {
    let basic = format!("Basic {}", STANDARD.encode("user:pa:ss"));
    let cases: [(&'static Operation, &'static str, Credential, &str, &str); 7] = [
        (secured!("key"), "key", Credential::ApiKey("k/1".into()), "api-token", "k/1"),
        (secured!("query"), "query", Credential::ApiKey("k/1 &".into()), "", "/things?api_key=k%2F1%20%26"),
        (secured!("cookie"), "cookie", Credential::ApiKey("k/1".into()), "cookie", "session=k/1"),
        (
            secured!("basic"),
            "basic",
            Credential::Basic { username: "user".into(), password: "pa:ss".into() },
            "authorization",
            &basic,
        ),
        (secured!("bearer"), "bearer", Credential::Bearer("t".into()), "authorization", "Bearer t"),
        (secured!("other"), "other", Credential::ApiKey("t=1".into()), "authorization", "Token t=1"),
        (secured!("oidc"), "oidc", Credential::Bearer("t".into()), "authorization", "Bearer t"),
    ];
    for (operation, scheme, credential, header, expected) in cases {
        let server = Server::script([status(200)]).await;
        let client = builder(&server.url, VirtualClock::jumping()).credential(scheme, credential).build().unwrap();
        call(&client, operation).await.unwrap();
        let received = &server.received()[0];
        let found = if header.is_empty() { Some(received.target.as_str()) } else { received.header(header) };
        assert_eq!(found, Some(expected), "{scheme}");
    }
}

#[tokio::test]
async fn a_key_in_the_query_goes_behind_the_arguments() {
    let server = Server::script([status(200)]).await;
    let key = Credential::ApiKey("k".into());
    let client = builder(&server.url, VirtualClock::jumping()).credential("query", key).build().unwrap();
    let mut request = Request::new(secured!("query"));
    request.parameter(&Parameter::query("a"), &1).unwrap();
    client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    assert_eq!(server.received()[0].target, "/things?a=1&api_key=k");
}

#[tokio::test]
async fn alternatives_and_combinations() {
    static EITHER: Operation = Operation {
        security: &[&[needs("key"), needs("bearer")], &[needs("basic")], &[needs("query")]],
        ..operation("either", HttpMethod::Get, true)
    };
    static OPTIONAL: Operation =
        Operation { security: &[&[], &[needs("key")]], ..operation("optional", HttpMethod::Get, true) };
    let server = Server::script([status(200)]).await;
    let (key, bearer) = (Credential::ApiKey("k".into()), Credential::Bearer("t".into()));
    let new = || builder(&server.url, VirtualClock::jumping());
    let last = || server.received().pop().unwrap();

    // A combination is sent whole.
    let client = new().credential("key", key.clone()).credential("bearer", bearer.clone()).build().unwrap();
    call(&client, &EITHER).await.unwrap();
    assert_eq!((last().header("api-token"), last().header("authorization")), (Some("k"), Some("Bearer t")));

    // A combination that is not complete is passed over, whatever else could be met.
    let client = new().credential("key", key.clone()).credential("query", key.clone()).build().unwrap();
    call(&client, &EITHER).await.unwrap();
    assert_eq!((last().header("api-token"), last().target.as_str()), (None, "/things?api_key=k"));

    // A credential that is there is used, even if none would do.
    call(&client, &OPTIONAL).await.unwrap();
    assert_eq!(last().header("api-token"), Some("k"));
    call(&new().build().unwrap(), &OPTIONAL).await.unwrap();
    assert_eq!(last().header("api-token"), None);

    // `security: []` sends none.
    call(&client, &GET).await.unwrap();
    assert_eq!((last().header("api-token"), last().target.as_str()), (None, "/things"));

    // What cannot be met is not sent.
    let before = server.received().len();
    for client in [new().build().unwrap(), new().credential("key", key).build().unwrap()] {
        let error = call(&client, &EITHER).await.unwrap_err();
        assert_eq!(error.to_string(), "either: no credential: this needs `key` and `bearer`, or `basic`, or `query`");
        assert!(error.is_auth() && !error.is_retryable() && error.attempts() == 0);
    }
    assert_eq!(server.received().len(), before);
}

#[tokio::test]
async fn openid_connect_takes_a_token_or_fetches_one() {
    let server = token_server(|number| token(number, 900)).await;
    let tokens = format!("{}/token", server.url);
    let cases = [
        (Credential::Bearer("given".into()), "Bearer given", 0),
        (oauth(ClientCredentials::new("id", "secret").token_url(tokens)), "Bearer token-1", 1),
    ];
    for (credential, expected, fetched) in cases {
        let client = builder(&server.url, VirtualClock::jumping()).credential("oidc", credential).build().unwrap();
        for _ in 0..2 {
            call(&client, secured!("oidc")).await.unwrap();
            assert_eq!(server.received().pop().unwrap().header("authorization"), Some(expected));
        }
        assert_eq!(token_requests(&server), fetched);
    }
}

#[tokio::test]
async fn mutual_tls_is_the_callers_http_client() {
    let server = Server::script([status(200)]).await;
    call(&builder(&server.url, VirtualClock::jumping()).build().unwrap(), secured!("mtls")).await.unwrap();
    let client = ClientBuilder::new(&API).base_url(server.url.as_str()).build().unwrap();
    assert!(call(&client, secured!("mtls")).await.unwrap_err().is_auth());
}

#[tokio::test]
async fn client_credentials_by_form_and_by_basic() {
    let server = token_server(|number| token(number, 900)).await;
    let cases = [
        (
            ClientCredentials::new("id", "se&cret"),
            None,
            "grant_type=client_credentials&client_id=id&client_secret=se%26cret&audience=https%3A%2F%2Fapi",
        ),
        (
            ClientCredentials::new("id", "secret").scopes(["own"]).audience("other").client_auth(ClientAuth::Basic),
            Some(format!("Basic {}", STANDARD.encode("id:secret"))),
            "grant_type=client_credentials&audience=other&scope=own",
        ),
        (
            ClientCredentials::new("id", "secret").scopes(Vec::<String>::new()),
            None,
            "grant_type=client_credentials&client_id=id&client_secret=secret&audience=https%3A%2F%2Fapi",
        ),
    ];
    for (credentials, authorization, form) in cases {
        let client =
            builder(&server.url, VirtualClock::jumping()).credential("oauth", oauth(credentials)).build().unwrap();
        call(&client, secured!("oauth")).await.unwrap();
        let [.., asked, used] = &server.received()[..] else { panic!("two requests") };
        assert_eq!((asked.method.as_str(), asked.text()), ("POST", form));
        assert_eq!(asked.header("authorization"), authorization.as_deref());
        assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
        assert!(used.header("authorization").unwrap().starts_with("Bearer token-"));
    }
}

/// Tokens as a vendor's server keeps them: only the last one is good, until it expires or is revoked.
#[derive(Default)]
struct Issuer {
    issued: u32,
    good_until: Option<Instant>,
    /// Calls that were answered with what they asked for, and with 401.
    accepted: u32,
    refused: u32,
}

impl Issuer {
    fn issue(&mut self, now: Instant, lifetime: u32) -> Act {
        self.issued += 1;
        self.good_until = Some(now + Duration::from_secs(lifetime.into()));
        token(self.issued, lifetime)
    }

    fn accepts(&mut self, now: Instant, authorization: Option<&str>) -> bool {
        let good = self.good_until.is_some_and(|until| now < until);
        let accepted = good && authorization == Some(&format!("Bearer token-{}", self.issued));
        *(if accepted { &mut self.accepted } else { &mut self.refused }) += 1;
        accepted
    }
}

/// What happens to a token while a thousand calls go on.
#[derive(Clone, Copy, Debug)]
enum End {
    Expires,
    Revoked,
}

#[tokio::test]
async fn a_thousand_calls_at_once_fetch_one_token_for_each_that_ends() {
    const LIFETIME: u32 = 100;
    const AT_ONCE: u32 = 32;
    const ENDS: [u32; 5] = [100, 200, 300, 400, 500];
    for end in [End::Expires, End::Revoked] {
        let environment = VirtualClock::standing();
        let issuer = Arc::new(Mutex::new(Issuer::default()));
        let (clock, state) = (Arc::clone(&environment), Arc::clone(&issuer));
        let server = Server::answering(move |request| {
            let mut issuer = state.lock().unwrap();
            if request.target == "/token" {
                return issuer.issue(clock.now(), LIFETIME);
            }
            if !issuer.accepts(clock.now(), request.header("authorization")) {
                return json(401, r#"{"message":"invalid token"}"#);
            }
            if ENDS.contains(&issuer.accepted) {
                // Other calls are on their way with the same token.
                match end {
                    End::Expires => clock.advance(Duration::from_secs(LIFETIME.into())),
                    End::Revoked => issuer.good_until = None,
                }
            }
            json(200, "{}")
        })
        .await;
        let client = builder(&server.url, Arc::clone(&environment) as _)
            .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
            .concurrency(AT_ONCE as usize)
            .build()
            .unwrap();
        let outcomes = join_all((0..1000).map(|_| call(&client, secured!("oauth")))).await;
        let attempts: u32 = outcomes.iter().map(|outcome| outcome.as_ref().unwrap().attempts()).sum();
        let issuer = issuer.lock().unwrap();
        assert_eq!((issuer.issued, issuer.accepted), (1 + ENDS.len() as u32, 1000), "{end:?}");
        assert_eq!(attempts, 1000 + issuer.refused, "{end:?}: every refusal is one more attempt, and no other is");
        let most = ENDS.len() as u32 * (AT_ONCE - 1);
        assert!((1..=most).contains(&issuer.refused), "{end:?}: only calls under way: {}", issuer.refused);
    }
}

#[tokio::test]
async fn a_call_that_waits_for_its_turn_does_not_take_an_old_token_with_it() {
    let server = token_server(|number| token(number, 10)).await;
    let environment = VirtualClock::jumping();
    let client = builder(&server.url, Arc::clone(&environment) as _)
        .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
        .rate_limit(RateLimit { requests: 1, per: Duration::from_secs(60) })
        .build()
        .unwrap();
    for _ in 0..3 {
        call(&client, secured!("oauth")).await.unwrap();
    }
    let received = server.received();
    let used: Vec<_> = received.iter().filter_map(|request| request.header("authorization")).collect();
    assert_eq!(used, ["Bearer token-1", "Bearer token-2", "Bearer token-3"]);
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_expiry() {
    let server = token_server(|number| token(number, 1000)).await;
    let environment = VirtualClock::standing();
    let client = builder(&server.url, Arc::clone(&environment) as _)
        .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
        .build()
        .unwrap();
    // 60 seconds, less than a tenth of 1000, before the end.
    for (seconds, fetched, used) in [(0, 1, 1), (939, 1, 1), (1, 2, 1), (0, 2, 2)] {
        environment.advance(Duration::from_secs(seconds));
        call(&client, secured!("oauth")).await.unwrap();
        let received = server.received();
        let calls: Vec<_> = received.iter().filter_map(|request| request.header("authorization")).collect();
        assert_eq!(calls.last(), Some(&format!("Bearer token-{used}").as_str()));
        // The renewal goes on beside the calls.
        for _ in 0..2000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(token_requests(&server), fetched);
    }
}

#[tokio::test]
async fn a_token_that_still_serves_survives_a_failed_renewal() {
    let server = token_server(|number| if number == 1 { token(1, 100) } else { status(400) }).await;
    let environment = VirtualClock::standing();
    let client = builder(&server.url, Arc::clone(&environment) as _)
        .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
        .build()
        .unwrap();
    call(&client, secured!("oauth")).await.unwrap();
    environment.advance(Duration::from_secs(91));
    for _ in 0..5 {
        call(&client, secured!("oauth")).await.unwrap();
        for _ in 0..2000 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(token_requests(&server), 2, "one renewal failed, and is not tried with every call");
    environment.advance(Duration::from_secs(9));
    let error = call(&client, secured!("oauth")).await.unwrap_err();
    assert_eq!(error.to_string(), "getThing: no token for `oauth`: the token endpoint answered 400 Bad Request");
}

#[tokio::test]
async fn a_failed_fetch_fails_all_who_waited_for_it_at_once() {
    let server =
        token_server(|_| json(401, r#"{"error":"invalid_client","error_description":"Unknown client s3cr3t"}"#)).await;
    let client = builder(&server.url, VirtualClock::standing())
        .credential("oauth", oauth(ClientCredentials::new("id", "s3cr3t")))
        .build()
        .unwrap();
    let outcomes = join_all((0..50).map(|_| call(&client, secured!("oauth")))).await;
    assert_eq!(token_requests(&server), 1);
    for outcome in outcomes {
        let text = outcome.unwrap_err().to_string();
        let expected =
            "getThing: no token for `oauth`: the token endpoint answered 401 Unauthorized: Unknown client [redacted]";
        assert_eq!(text, expected);
    }
    assert_eq!(server.received().len(), 1, "nothing went to the API");
}

#[tokio::test]
async fn a_token_endpoint_with_a_passing_fault_is_asked_again() {
    let server = token_server(|number| if number < 3 { status(503) } else { token(number, 100) }).await;
    let client = builder(&server.url, VirtualClock::jumping())
        .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
        .build()
        .unwrap();
    call(&client, secured!("oauth")).await.unwrap();
    assert_eq!(token_requests(&server), 3);

    let nowhere = oauth(ClientCredentials::new("id", "secret").token_url(nowhere().await));
    let client = builder(&server.url, VirtualClock::jumping()).credential("oauth", nowhere).build().unwrap();
    let error = call(&client, secured!("oauth")).await.unwrap_err();
    assert!(error.is_auth() && error.is_retryable() && error.to_string().contains("no connection"), "{error}");
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_renewed_once() {
    let issued = AtomicU32::new(0);
    let server = Server::answering(move |request| match (request.target.as_str(), request.header("authorization")) {
        ("/token", _) => token(issued.fetch_add(1, Ordering::SeqCst) + 1, 900),
        (_, Some("Bearer token-2")) => json(200, "{}"),
        _ => json(401, r#"{"message":"expired"}"#),
    })
    .await;
    let new = || {
        builder(&server.url, VirtualClock::jumping())
            .credential("oauth", oauth(ClientCredentials::new("id", "secret")))
            .build()
            .unwrap()
    };
    static POST_OAUTH: Operation =
        Operation { security: &[&[needs("oauth")]], ..operation("createThing", HttpMethod::Post, false) };
    let client = new();
    assert_eq!(call(&client, &POST_OAUTH).await.unwrap().attempts(), 2, "a 401 was not looked at, so a POST may");
    assert_eq!(call(&client, &POST_OAUTH).await.unwrap().attempts(), 1);
    // Tokens 3 and 4 are not accepted either.
    let error = call(&new(), secured!("oauth")).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts(), error.is_auth()), (401, 2, true));
    assert_eq!(token_requests(&server), 4);
}

#[tokio::test]
async fn a_401_without_anything_to_renew_is_final() {
    let server = Server::script([status(401)]).await;
    let client = builder(&server.url, VirtualClock::jumping())
        .credential("key", Credential::ApiKey("k".into()))
        .build()
        .unwrap();
    assert_eq!(call(&client, secured!("key")).await.unwrap_err().attempts(), 1);
}

/// Gives out `secret-1`, `secret-2` and so on.
struct Counting {
    fetched: AtomicU32,
    lifetime: Option<Duration>,
}

impl CredentialSource for Counting {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async {
            let number = self.fetched.fetch_add(1, Ordering::SeqCst) + 1;
            let issued = Issued::new(format!("secret-{number}"));
            Ok(self.lifetime.map_or(issued.clone(), |lifetime| issued.expires_in(lifetime)))
        })
    }
}

#[tokio::test]
async fn a_source_is_asked_as_seldom_as_it_says() {
    for (lifetime, expected) in [(None, ["secret-1"; 3]), (Some(Duration::ZERO), ["secret-1", "secret-2", "secret-3"])]
    {
        let server = Server::script([status(200)]).await;
        let source = Credential::Source(Arc::new(Counting { fetched: AtomicU32::new(0), lifetime }));
        let client = builder(&server.url, VirtualClock::standing()).credential("key", source).build().unwrap();
        for _ in 0..3 {
            call(&client, secured!("key")).await.unwrap();
        }
        let received = server.received();
        let seen: Vec<_> = received.iter().filter_map(|request| request.header("api-token")).collect();
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn a_source_that_fails_is_named() {
    struct Failing;
    impl CredentialSource for Failing {
        fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
            Box::pin(async { Err("the vault is shut".into()) })
        }
    }
    let client = builder("http://127.0.0.1:9", VirtualClock::jumping())
        .credential("bearer", Credential::Source(Arc::new(Failing)))
        .build()
        .unwrap();
    let error = call(&client, secured!("bearer")).await.unwrap_err();
    assert_eq!(error.to_string(), "getThing: no credential for `bearer`: the vault is shut");
    assert!(error.cause().is_some());
}

#[tokio::test]
async fn redirects_take_no_credential_to_another_host() {
    let other = Server::script([status(200)]).await;
    for code in [301, 302, 303, 307, 308] {
        let location = format!("{}/there?x=1", other.url);
        let server = Server::script([Act::Send(answer(code, &[("location", &location)], ""))]).await;
        let client = builder(&server.url, VirtualClock::jumping())
            .credential("key", Credential::ApiKey("canary".into()))
            .credential("query", Credential::ApiKey("canary".into()))
            .credential("cookie", Credential::ApiKey("canary".into()))
            .credential("bearer", Credential::Bearer("canary".into()))
            .build()
            .unwrap();
        let mut request = Request::new(secured!("key", "query", "cookie", "bearer"));
        request.parameter(&Parameter::header("X-Session"), "canary").unwrap();
        client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
        let arrived = other.received().pop().unwrap();
        assert_eq!(arrived.target, "/there?x=1");
        assert!(!format!("{arrived:?}").contains("canary"), "{arrived:?}");
        assert!(arrived.header("accept").is_some() && arrived.header("user-agent").is_some());
    }
}

#[tokio::test]
async fn redirects_on_the_same_host_keep_credentials() {
    let moved = Act::Send(answer(307, &[("location", "/there")], ""));
    let server = Server::script([moved, status(200)]).await;
    let client = builder(&server.url, VirtualClock::jumping())
        .credential("key", Credential::ApiKey("k".into()))
        .build()
        .unwrap();
    static POST_KEY: Operation =
        Operation { security: &[&[needs("key")]], ..operation("createThing", HttpMethod::Post, false) };
    let mut request = Request::new(&POST_KEY);
    request.json("application/json", &1).unwrap();
    let value = client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    let arrived = server.received().pop().unwrap();
    assert_eq!((arrived.method.as_str(), arrived.target.as_str(), arrived.text()), ("POST", "/there", "1"));
    assert_eq!((arrived.header("api-token"), value.attempts()), (Some("k"), 1));
}

#[tokio::test]
async fn a_write_does_not_become_a_read_unasked() {
    for (code, method) in [(301, None), (302, None), (303, Some("GET")), (308, Some("POST"))] {
        let moved = Act::Send(answer(code, &[("location", "/there")], ""));
        let server = Server::script([moved, status(200)]).await;
        let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
        let mut request = Request::new(&POST);
        request.json("application/json", &1).unwrap();
        let outcome: Result<_, Error<Undescribed>> = client.send(request, decode::empty).await;
        let received = server.received();
        assert_eq!(outcome.is_ok(), method.is_some(), "{code}");
        assert_eq!(received.get(1).map(|second| second.method.as_str()), method);
        if method == Some("GET") {
            assert!(received[1].body.is_empty() && received[1].header("content-type").is_none());
        }
    }
}

#[tokio::test]
async fn redirects_without_end_end() {
    let server = Server::script([Act::Send(answer(302, &[("location", "/things")], ""))]).await;
    let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
    let error = call(&client, &GET).await.unwrap_err();
    assert!(error.to_string().contains("more than 10 redirects"), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(server.received().len(), 11);
}
