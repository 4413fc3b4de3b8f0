//! To which places credentials go: not in the clear over a network, and headers of the client's own no further than the
//! server that they are for.

use super::{call, oauth, token, token_requests, token_server};
use crate::testing::called::*;
use crate::testing::*;
use crate::*;

/// Where a server of this machine can be reached by an address that is not known to be loopback.
fn outside(server: &Server) -> String {
    server.url.replace("127.0.0.1", "0.0.0.0")
}

fn new(url: &str) -> ClientBuilder {
    builder(url, VirtualClock::standing())
}

#[tokio::test]
async fn no_credential_goes_over_plain_http_to_another_host_unless_that_is_allowed() {
    let server = Server::script([status(200)]).await;
    let outside = outside(&server);
    let key = || Credential::ApiKey("s3cr3t".into());
    let text = new(&outside).credential("key", key()).build().unwrap_err().to_string();
    assert!(text.starts_with(&format!("credentials would go over plain http to `{outside}`")), "{text}");
    assert!(text.contains("https") && text.contains("`allow_insecure_http(true)`"), "{text}");
    let header = new(&outside).sensitive_header("x-key", "s3cr3t").build().unwrap_err().to_string();
    assert_eq!(header, text);

    // It is said by the call, where it is only known there.
    let client = new(&server.url).credential("key", key()).build().unwrap();
    let mut request = Request::new(secured!("key"));
    request.set_options(CallOptions::new().base_url(outside.as_str()));
    let error = client.send::<_, Undescribed>(request, decode::empty).await.unwrap_err();
    assert_eq!(error.to_string(), format!("getThing: {text}"));
    assert!(error.is_auth() && !error.is_retryable());
    let mut request = Request::new(&GET);
    let options = CallOptions::new().base_url(outside.as_str()).header("Authorization", "Bearer s3cr3t");
    request.set_options(options);
    assert!(client.send::<_, Undescribed>(request, decode::empty).await.unwrap_err().is_auth());
    assert_eq!(server.connections(), 0);

    // What holds no credential goes anywhere.
    let mut request = Request::new(&GET);
    request.set_options(CallOptions::new().base_url(outside.as_str()));
    client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    call(&new(&outside).header("x-note", "n").build().unwrap(), &GET).await.unwrap();

    let client = new(&outside).credential("key", key()).allow_insecure_http(true).build().unwrap();
    call(&client, secured!("key")).await.unwrap();
    assert_eq!(server.received().pop().unwrap().header("api-token"), Some("s3cr3t"));
}

#[tokio::test]
async fn no_client_secret_goes_over_plain_http_to_another_host_unless_that_is_allowed() {
    let server = token_server(|number| token(number, 900)).await;
    let credentials = || oauth(ClientCredentials::new("id", "s3cr3t").token_url(format!("{}/token", outside(&server))));
    let text = new(&server.url).credential("oauth", credentials()).build().unwrap_err().to_string();
    assert!(text.contains("plain http") && text.contains("0.0.0.0"), "{text}");
    let client = new(&server.url).credential("oauth", credentials()).allow_insecure_http(true).build().unwrap();
    call(&client, secured!("oauth")).await.unwrap();
}

#[tokio::test]
async fn headers_of_the_client_go_with_every_call_and_to_no_other_host() {
    let other = Server::script([status(200)]).await;
    let location = format!("{}/there", other.url);
    let server = Server::answering(move |request| match request.header("x-lead") {
        Some("away") => Act::Send(answer(307, &[("location", &location)], "")),
        Some("on") if request.target == "/things" => Act::Send(answer(307, &[("location", "/on")], "")),
        _ => status(200),
    })
    .await;
    let client = new(&server.url)
        .header("X-Note", "a")
        .header("x-note", "b")
        .sensitive_header("X-Key", "s3cr3t")
        .build()
        .unwrap();
    call(&client, &GET).await.unwrap();
    let arrived = server.received().pop().unwrap();
    assert_eq!((arrived.header("x-note"), arrived.header("x-key")), (Some("b"), Some("s3cr3t")));

    let send = |header: &'static str, value: &'static str| {
        let mut request = Request::new(&GET);
        request.set_options(CallOptions::new().header(header, value));
        client.send::<(), Undescribed>(request, decode::empty)
    };
    send("X-Key", "of the call").await.unwrap();
    assert_eq!(server.received().pop().unwrap().header("x-key"), Some("of the call"));
    send("x-lead", "on").await.unwrap();
    let arrived = server.received().pop().unwrap();
    assert_eq!((arrived.target.as_str(), arrived.header("x-key")), ("/on", Some("s3cr3t")));
    send("x-lead", "away").await.unwrap();
    let arrived = other.received().pop().unwrap();
    assert_eq!((arrived.header("x-note"), arrived.header("x-key")), (None, None));
}

#[tokio::test]
async fn a_sensitive_header_shows_nowhere() {
    let server = Server::script([json(400, r#"{"message":"x-key s3cr3t is not good"}"#)]).await;
    let builder = new(&server.url).sensitive_header("X-Key", "s3cr3t").header("X-Note", "n0te");
    let mut printed = format!("{builder:?} {builder:#?}");
    let client = builder.build().unwrap();
    let error = call(&client, &GET).await.unwrap_err();
    assert_eq!(error.to_string(), "getThing: 400 Bad Request: x-key [redacted] is not good");
    printed += &format!("{client:?}{error:?}");
    assert!(!printed.contains("s3cr3t") && !printed.contains("n0te"), "{printed}");
    assert!(printed.contains("x-key") && printed.contains("x-note"), "{printed}");
}

/// Whoever sets the header of a scheme has no need of its method.
#[tokio::test]
async fn a_header_of_the_client_stands_for_the_credential_that_is_sent_there() {
    let server = Server::script([status(200)]).await;
    let client = new(&server.url).sensitive_header("authorization", "Bearer own").build().unwrap();
    for operation in [secured!("bearer"), secured!("basic"), secured!("oauth"), secured!("other")] {
        call(&client, operation).await.unwrap();
        assert_eq!(server.received().pop().unwrap().header("authorization"), Some("Bearer own"));
    }
    assert!(call(&client, secured!("key")).await.unwrap_err().is_auth());
    call(&new(&server.url).header("api-token", "own").build().unwrap(), secured!("key")).await.unwrap();
    assert!(call(&new(&server.url).header("x-other", "own").build().unwrap(), secured!("key")).await.is_err());
}

/// What arrived for a call with options: the `Authorization`, the `api-token`, the cookies, the target.
async fn arrived(client: &Client, operation: &'static Operation, server: &Server, options: CallOptions) -> Vec<String> {
    let mut request = Request::new(operation);
    request.set_options(options);
    client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    let received = server.received().pop().unwrap();
    let header = |name| received.header(name).unwrap_or("-").to_owned();
    vec![header("authorization"), header("api-token"), header("cookie"), received.target.clone()]
}

#[tokio::test]
async fn a_credential_that_a_call_brings_goes_in_place_of_the_clients() {
    let server = Server::script([status(200)]).await;
    let key = || Credential::ApiKey("client".into());
    let client = new(&server.url)
        .credential("bearer", Credential::Bearer("client".into()))
        .credential("key", key())
        .credential("query", key())
        .credential("cookie", key())
        .build()
        .unwrap();
    let brought = || {
        CallOptions::new()
            .header("authorization", "Bearer call")
            .header("api-token", "call")
            .header("cookie", "a=1; session=call")
            .query("api_key", "call")
    };
    let expected = ["Bearer call", "call", "a=1; session=call", "/things?api_key=call"];
    assert_eq!(arrived(&client, secured!("bearer", "key", "cookie", "query"), &server, brought()).await, expected);
    // Whoever has none of the client's can bring all.
    let bare = new(&server.url).build().unwrap();
    assert_eq!(arrived(&bare, secured!("bearer", "key", "cookie", "query"), &server, brought()).await, expected);
    // What is not brought is the client's, a cookie beside others too.
    let some = CallOptions::new().header("cookie", "a=1");
    let expected = ["Bearer client", "-", "a=1; session=client", "/things"];
    assert_eq!(arrived(&client, secured!("bearer", "cookie"), &server, some).await, expected);
    // Of alternatives the one that the call brings is meant.
    static EITHER: Operation =
        Operation { security: &[&[needs("key")], &[needs("bearer")]], ..operation("either", HttpMethod::Get, true) };
    let one = CallOptions::new().header("authorization", "Bearer call");
    assert_eq!(arrived(&client, &EITHER, &server, one).await, ["Bearer call", "-", "-", "/things"]);

    client.request("GET", "/own?api_key=call%21").send().await.unwrap();
    let target = server.received().pop().unwrap().target;
    assert_eq!(target, "/own?api_key=call%21");
}

#[tokio::test]
async fn a_credential_that_a_call_brings_is_neither_fetched_nor_shown() {
    let server = token_server(|number| token(number, 900)).await;
    let credentials = oauth(ClientCredentials::new("id", "s3cr3t").token_url(format!("{}/token", server.url)));
    let client = new(&server.url).credential("oauth", credentials).build().unwrap();
    let options = || CallOptions::new().header("authorization", "Bearer br0ught");
    arrived(&client, secured!("oauth"), &server, options()).await;
    assert_eq!(token_requests(&server), 0);

    let refusing = Server::script([Act::Send(answer(401, &[], "\"br0ught is over\""))]).await;
    let mut request = Request::new(secured!("bearer"));
    request.set_options(options());
    let client = new(&refusing.url).build().unwrap();
    let error = client.send::<_, Undescribed>(request, decode::empty).await.map(drop).unwrap_err();
    assert!(error.to_string().contains("[redacted] is over"), "{error}");
    assert_eq!(refusing.received().len(), 1);
}
