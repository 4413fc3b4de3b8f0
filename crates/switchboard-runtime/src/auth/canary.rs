//! Whatever goes wrong, and however it is looked at, the canary does not sing: every kind of credential against every
//! way for a secret to come back, and everything that can be printed is.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;

use crate::testing::called::*;
#[cfg(feature = "tracing")]
use crate::testing::spans::Spans;
use crate::testing::*;
use crate::*;

/// The secret. Its special characters are written otherwise in a URL, in a form, in JSON and in HTML.
const CANARY: &str = "c4n4ry/+&\"s3cr3t";

/// Parts of it that no writing changes. Not even one of them may show.
const FRAGMENTS: [&str; 2] = ["c4n4ry", "s3cr3t"];

/// All that was printed, by the place where it was.
#[derive(Default)]
struct Printed(Mutex<String>);

impl Printed {
    /// Takes what was printed in some place.
    fn add(&self, place: &str, text: &str) {
        let encoded = ["c4n4ry", ":c4n4ry", "x:c4n4ry", "xx:c4n4ry"].map(|text| STANDARD.encode(text)[..6].to_owned());
        // How `4n4r` begins in JSON's and Rust's escapes.
        let escaped = ["\\u0034\\u006e".to_owned(), "\\u{34}\\u{6e}".to_owned()];
        for fragment in FRAGMENTS.iter().map(|fragment| (*fragment).to_owned()).chain(encoded).chain(escaped) {
            if let Some(at) = text.find(&fragment) {
                let before: String = text[..at].chars().rev().take(200).collect();
                panic!("{place}: `{fragment}` shows behind `{}`", before.chars().rev().collect::<String>());
            }
        }
        writeln!(self.0.lock().unwrap(), "{place}: {text}").unwrap();
    }

    fn debug(&self, place: &str, value: &dyn Debug) {
        self.add(place, &format!("{value:?} {value:#?}"));
    }

    fn error(&self, place: &str, error: &dyn std::error::Error) {
        self.add(place, &format!("{error} {error:?} {error:#?}"));
        if let Some(cause) = error.source() {
            self.error(place, cause);
        }
    }

    fn outcome<T: Debug, E: Debug + 'static>(&self, place: &str, outcome: &Result<T, Error<E>>) {
        match outcome {
            Ok(value) => self.debug(place, value),
            Err(error) => {
                self.error(place, error);
                self.add(place, error.message().unwrap_or_default());
                if let Error::Decode(error) = error {
                    self.error(place, error.error());
                    self.add(place, error.path().unwrap_or_default());
                    self.add(place, error.excerpt().unwrap_or_default());
                }
            }
        }
    }
}

/// Prints all that it is told, as a caller's own might.
impl Observer for Printed {
    fn before(&self, attempt: &Attempt) {
        self.debug("observer", attempt);
    }

    fn after(&self, attempt: &Attempt, result: &AttemptResult) {
        self.debug("observer", &(attempt, result));
    }
}

/// Gives out the secret.
struct Source(&'static str);

impl CredentialSource for Source {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async { Ok(Issued::new(format!("{}{CANARY}", self.0))) })
    }
}

/// Every kind of credential, for every kind of scheme that takes it.
fn credentials() -> Vec<(&'static str, Credential)> {
    let key = || Credential::ApiKey(CANARY.into());
    let bearer = || Credential::Bearer(CANARY.into());
    let source = |before| Credential::Source(Arc::new(Source(before)));
    let client = || ClientCredentials::new("id", CANARY);
    vec![
        ("key", key()),
        ("query", key()),
        ("cookie", key()),
        ("other", key()),
        ("basic", Credential::Basic { username: "user".into(), password: CANARY.into() }),
        ("basic", Credential::Basic { username: CANARY.into(), password: "".into() }),
        ("bearer", bearer()),
        ("other", bearer()),
        ("oauth", bearer()),
        ("oidc", bearer()),
        ("oauth", Credential::ClientCredentials(client())),
        ("oauth", Credential::ClientCredentials(client().client_auth(ClientAuth::Basic))),
        ("oidc", Credential::ClientCredentials(client().token_url("/token"))),
        ("key", source("")),
        ("query", source("")),
        ("cookie", source("")),
        ("basic", source("x:")),
        ("bearer", source("")),
        ("other", source("")),
        ("oauth", source("")),
        ("oidc", source("")),
    ]
}

/// `GET /things` for one scheme.
fn secured(scheme: &'static str) -> &'static Operation {
    let security = Box::leak(Box::new([&*Box::leak(Box::new([needs(scheme)])) as &[Requirement]]));
    Box::leak(Box::new(Operation { security, ..operation("getThing", HttpMethod::Get, true) }))
}

/// The secret in every writing in which a server may give it back.
fn echoes() -> Vec<String> {
    let json = serde_json::to_string(CANARY).unwrap();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap().to_owned();
    vec![
        crate::percent::encode(CANARY),
        crate::percent::encode(CANARY).replace("%2F", "%2f").replace("%2B", "%2b"),
        json.replace('/', "\\/"),
        json,
        CANARY.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
    ]
}

/// What a server may do to bring a secret to light, or to bring about any kind of error.
fn acts() -> Vec<(String, Act)> {
    let html = CANARY.replace('&', "&amp;").replace('"', "&quot;");
    let mut acts = vec![
        ("no answer".to_owned(), Act::SendAndReset(vec![])),
        ("reset".to_owned(), Act::Reset),
        ("a body cut off".to_owned(), Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n".to_vec())),
        ("a page".to_owned(), Act::Send(answer(500, &[("x-request-id", CANARY)], format!("<html>{html}</html>")))),
        ("plain text".to_owned(), Act::Send(answer(403, &[("content-type", "text/plain")], CANARY))),
        ("headers".to_owned(), Act::Send(answer(404, &[("x-echo", CANARY), ("x-request-id", CANARY)], ""))),
        ("no token any more".to_owned(), json(401, "{}")),
        ("a content type".to_owned(), Act::Send(answer(200, &[("content-type", CANARY)], "{"))),
    ];
    for (place, code) in [("elsewhere", 302), ("far away", 307)] {
        let encoded = crate::percent::encode(CANARY);
        let targets = [
            format!("ftp://x/?key={encoded}"),
            format!("/things?key={encoded}"),
            format!("http://user:{encoded}@127.0.0.1:9/"),
        ];
        for target in targets {
            acts.push((format!("redirected {place}"), Act::Send(answer(code, &[("location", &target)], ""))));
        }
    }
    for echo in echoes() {
        acts.extend([
            ("a message".to_owned(), json(400, &format!(r#"{{"message":"the key {echo} is not good"}}"#))),
            ("another body".to_owned(), json(422, &format!(r#"{{"given":{{"{echo}":["{echo}"]}}}}"#))),
            ("a success".to_owned(), json(200, &format!(r#"["{echo}"]"#))),
            ("a wrong type".to_owned(), json(200, &format!(r#"{{"{echo}":["{echo}"]}}"#))),
            ("a wrong item".to_owned(), json(200, &format!(r#"[{{"{echo}": "{echo}"}}]"#))),
            ("no JSON".to_owned(), json(200, &format!(r#"["a", {echo}"#))),
        ]);
    }
    acts
}

/// An error body that is shown as it is.
#[derive(Debug)]
#[expect(dead_code, reason = "it is there to be printed")]
enum Echo {
    Documented(serde_json::Value),
    Undocumented(Undocumented),
}

impl ErrorBody for Echo {
    fn documented(response: &RawResponse) -> Option<Self> {
        decode::error_body(response).map(Self::Documented)
    }

    fn undocumented(body: Undocumented) -> Self {
        Self::Undocumented(body)
    }
}

/// Calls in every way, and prints all that there is to print.
async fn call(printed: &Printed, place: &str, client: &Client, operation: &'static Operation) {
    let request = || Request::new(operation);
    printed.debug(place, client);
    printed.debug(place, &request());
    let outcome: Result<ResponseValue<Vec<String>>, Error<Echo>> = client.send(request(), decode::json).await;
    printed.outcome(place, &outcome);
    if let Err(error) = outcome {
        printed.error(place, &error.erase());
    }
    let outcome: Result<ResponseValue<ByteStream>, Error<Echo>> = client.send_stream(request()).await;
    printed.outcome(place, &outcome);
    if let Ok(stream) = outcome {
        // The bytes themselves are the caller's.
        printed.outcome(place, &stream.into_inner().collect().await.map(|bytes| bytes.len()));
    }
    let outcome: Result<ResponseValue<EventStream<u8>>, Error<Echo>> = client.send_events(request()).await;
    printed.outcome(place, &outcome);
    if let Ok(events) = outcome {
        events.into_inner().for_each(|event| async move { printed.outcome(place, &event) }).await;
    }
    let outcome: Result<ResponseValue<JsonLines<u8>>, Error<Echo>> = client.send_lines(request()).await;
    printed.outcome(place, &outcome);
    if let Ok(lines) = outcome {
        lines.into_inner().for_each(|line| async move { printed.outcome(place, &line) }).await;
    }
    static PAGING: paging::Paging = crate::testing::by_offset(1);
    let list = paging::List::<Vec<String>, String>::json(&PAGING, |page| Some(page));
    let items: Items<String, Echo> = list.items(client.clone(), Ok(request()));
    printed.debug(place, &items);
    // The items themselves are the caller's. Pages that are all the same make a list fail.
    items.for_each(|item| async move { printed.outcome(place, &item.map(|_| ())) }).await;
}

/// A server whose token endpoint does one thing, and the rest of it another, until it is told to do otherwise.
struct Stage {
    server: Server,
    token: Arc<Mutex<Act>>,
    act: Arc<Mutex<Act>>,
}

impl Stage {
    async fn set() -> Self {
        let (token, act) = (Arc::new(Mutex::new(good_token())), Arc::new(Mutex::new(json(200, "{}"))));
        let (tokens, acts) = (Arc::clone(&token), Arc::clone(&act));
        let server = Server::answering(move |request| {
            let act = if request.target == "/token" { &tokens } else { &acts };
            act.lock().unwrap().clone()
        });
        Self { server: server.await, token, act }
    }
}

fn good_token() -> Act {
    json(200, &serde_json::json!({"access_token": CANARY, "token_type": "Bearer", "expires_in": 900}).to_string())
}

fn client(printed: &Arc<Printed>, url: &str, scheme: &'static str, credential: Credential) -> Client {
    printed.debug(scheme, &credential);
    let builder = builder(url, VirtualClock::jumping()).credential(scheme, credential);
    let builder = builder.observer(Arc::clone(printed) as _).retry(RetryPolicy::default().max_attempts(2));
    printed.debug(scheme, &builder);
    builder.build().unwrap()
}

#[tokio::test]
async fn no_secret_shows_whatever_a_server_does() {
    #[cfg(feature = "tracing")]
    let spans = Spans::listen();
    let printed = Arc::new(Printed::default());
    let nowhere = nowhere().await;
    let stage = Stage::set().await;
    for (scheme, credential) in credentials() {
        let operation = secured(scheme);
        let there = client(&printed, &stage.server.url, scheme, credential.clone());
        for (name, act) in acts() {
            *stage.act.lock().unwrap() = act;
            call(&printed, &format!("{scheme}, {name}"), &there, operation).await;
        }
        let elsewhere = client(&printed, &nowhere, scheme, credential);
        call(&printed, &format!("{scheme}, no connection"), &elsewhere, operation).await;
    }
    #[cfg(feature = "tracing")]
    printed.add("tracing", &spans.text());
    let text = printed.0.lock().unwrap();
    // It was there to be seen, and each kind of error was.
    for kind in ["[redacted]", "TransportError", "ErrorResponse", "DecodeError", "PagingError", "ResponseValue"] {
        assert!(text.contains(kind), "{kind}");
    }
}

/// Wherever an excerpt or a message ends, it does not end with half a secret.
#[tokio::test]
async fn no_part_of_a_secret_shows_where_text_is_cut() {
    let printed = Arc::new(Printed::default());
    let stage = Stage::set().await;
    let client = client(&printed, &stage.server.url, "key", Credential::ApiKey(CANARY.into()));
    let operation = secured("key");
    for echo in echoes() {
        let x = |length: usize| "x".repeat(length);
        let around = (30..80).map(|length| format!(r#"[{{"{echo}{0}":[], "{0}{echo}":7}}]"#, x(length)));
        let message = (230..300).map(|length| format!(r#"[["{}{echo}"]]"#, x(length)));
        let path = (280..310).map(|length| format!(r#"[{{"{}{echo}":"x"}}]"#, x(length)));
        for body in around.chain(message).chain(path) {
            *stage.act.lock().unwrap() = json(200, &body);
            let request = Request::new(operation);
            let outcome = client.send::<Vec<BTreeMap<String, u8>>, Echo>(request, decode::json).await;
            assert!(matches!(outcome, Err(Error::Decode(_))), "{outcome:?}");
            printed.outcome("cut", &outcome);
        }
    }
}

#[tokio::test]
async fn no_secret_shows_whatever_a_token_endpoint_does() {
    #[cfg(feature = "tracing")]
    let spans = Spans::listen();
    let printed = Arc::new(Printed::default());
    let mut acts = acts();
    for token in [format!("{CANARY}\n"), String::new()] {
        let body = serde_json::json!({"access_token": token, "id_token": CANARY}).to_string();
        acts.push(("a token that cannot be sent".to_owned(), json(200, &body)));
    }
    let stage = Stage::set().await;
    for (scheme, credential) in credentials() {
        if !matches!(credential, Credential::ClientCredentials(_)) {
            continue;
        }
        let operation = secured(scheme);
        for (name, act) in &acts {
            *stage.token.lock().unwrap() = act.clone();
            let client = client(&printed, &stage.server.url, scheme, credential.clone());
            call(&printed, &format!("{scheme}, token endpoint, {name}"), &client, operation).await;
        }
    }
    // Some vendors have a key in the token endpoint's URL.
    let url = format!("{}/token?key={}", nowhere().await, crate::percent::encode(CANARY));
    let credential = Credential::ClientCredentials(ClientCredentials::new("id", CANARY).token_url(url));
    let client = client(&printed, "http://127.0.0.1:9", "oauth", credential);
    call(&printed, "token endpoint, no connection", &client, secured("oauth")).await;
    #[cfg(feature = "tracing")]
    printed.add("tracing", &spans.text());
    assert!(printed.0.lock().unwrap().contains("AuthError"));
}

#[test]
fn no_secret_shows_when_a_client_cannot_be_made() {
    let printed = Printed::default();
    let new = || ClientBuilder::new(&API);
    let base = || new().base_url("http://127.0.0.1:9");
    let unsendable = || SecretString::from(format!("{CANARY}\n"));
    let at_token = |url: String| {
        base().credential("oauth", Credential::ClientCredentials(ClientCredentials::new("id", CANARY).token_url(url)))
    };
    let builders = [
        new().base_url(format!("https://user:{CANARY}@x.com")),
        new().base_url(format!("https://{}@x.com", crate::percent::encode(CANARY))),
        new().base_url(format!("https://x.com?key={CANARY}")),
        new().base_url(format!("https://x.com#{CANARY}")),
        new().base_url(format!("ftp://user:{CANARY}@x.com?key={CANARY}")),
        new().base_url(format!("user:{CANARY}@x.com")),
        base().credential("none", Credential::ApiKey(CANARY.into())),
        base().credential("basic", Credential::ApiKey(CANARY.into())),
        base().credential("key", Credential::Basic { username: CANARY.into(), password: CANARY.into() }),
        base().credential("mtls", Credential::Source(Arc::new(Source("")))),
        base().credential("oidc", Credential::ClientCredentials(ClientCredentials::new(CANARY, CANARY))),
        base().credential("key", Credential::ApiKey(unsendable())),
        base().credential("bearer", Credential::Bearer(unsendable())),
        base().credential("basic", Credential::Basic { username: format!("{CANARY}:"), password: CANARY.into() }),
        at_token(format!("https://user:{CANARY}@x.com")),
        at_token(format!("https://x:{CANARY}/")),
        at_token(format!("ftp://x.com?key={CANARY}")),
    ];
    for builder in builders {
        printed.debug("builder", &builder);
        printed.error("build", &builder.build().unwrap_err());
    }
}

#[tokio::test]
async fn no_argument_shows_where_no_answer_tells_it() {
    let printed = Printed::default();
    static PART: Operation = Operation { path: "/things/{id}", ..operation("putPart", HttpMethod::Put, true) };
    for act in [Act::SendAndReset(vec![]), Act::Send(answer(302, &[("location", "ftp://x")], "")), json(500, "{}")] {
        let server = Server::script([act]).await;
        let mut request = Request::new(&PART);
        request.parameter(&Parameter::path("id"), CANARY).unwrap();
        request.parameter(&Parameter::query("q"), CANARY).unwrap();
        request.parameter(&Parameter::header("x-header"), CANARY).unwrap();
        request.parameter(&Parameter::cookie("c"), CANARY).unwrap();
        request.json("application/json", &[CANARY]).unwrap();
        printed.debug("request", &request);
        let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
        let outcome: Result<ResponseValue<u8>, Error<Undescribed>> = client.send(request, decode::json).await;
        assert!(outcome.is_err());
        printed.outcome("arguments", &outcome);
    }
    let mut request = Request::new(&PART);
    let broken = request.parameter(&Parameter::header("x-header"), &format!("{CANARY}\n")).unwrap_err();
    printed.error("header", &broken);
    let nested = BTreeMap::from([((CANARY, CANARY), CANARY)]);
    printed.error("body", &request.json("application/json", &nested).unwrap_err());
    request.parameter(&Parameter::path("id"), "..").unwrap();
    request.parameter(&Parameter::query("q"), CANARY).unwrap();
    let client = builder("http://127.0.0.1:9", VirtualClock::jumping()).build().unwrap();
    let outcome: Result<ResponseValue<u8>, Error<Undescribed>> = client.send(request, decode::json).await;
    printed.outcome("path", &outcome);
}

/// A panic of the caller's own code shows what that code says. It takes nothing of ours with it, and leaves the client
/// as good as before.
#[tokio::test]
async fn a_panic_of_an_observer_shows_nothing_and_breaks_nothing() {
    struct Panicking(std::sync::atomic::AtomicBool);
    impl Observer for Panicking {
        fn after(&self, attempt: &Attempt, result: &AttemptResult) {
            if !self.0.swap(true, std::sync::atomic::Ordering::SeqCst) {
                panic!("after {attempt:?} {result:?}");
            }
        }
    }
    let printed = Printed::default();
    let server = Server::script([json(200, "[]")]).await;
    let observer = Arc::new(Panicking(std::sync::atomic::AtomicBool::new(false)));
    let client = builder(&server.url, VirtualClock::jumping())
        .credential("query", Credential::ApiKey(CANARY.into()))
        .concurrency(1)
        .observer(observer)
        .build()
        .unwrap();
    let send = |client: Client| async move {
        let request = Request::new(secured("query"));
        client.send::<_, Undescribed>(request, decode::json::<Vec<u8>>).await.map(|value| value.attempts())
    };
    let panic = tokio::spawn(send(client.clone())).await.unwrap_err().into_panic();
    printed.add("panic", panic.downcast_ref::<String>().unwrap());
    assert_eq!(send(client).await.unwrap(), 1);
}
