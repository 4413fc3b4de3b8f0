//! Handshakes by rustls with a real TLS server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rustls::ClientConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::testing::*;
use crate::testing::called::*;
use crate::testing::*;
use crate::*;

#[cfg(feature = "http2")]
mod http2;

/// The kind of the transport's error, and what is said of it.
fn kind(outcome: Result<ResponseValue<()>, Error<Undescribed>>) -> (TransportErrorKind, String) {
    match outcome {
        Err(Error::Transport(error)) => (error.kind(), error.to_string()),
        other => panic!("{other:?}"),
    }
}

/// A server that says the same to all, whatever they say, and how many came.
async fn blunt(answer: &'static [u8]) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            // All that has come is read, so that what is sent is not lost to a reset.
            let _ = stream.read(&mut [0; 16 << 10]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    (address, count)
}

#[tokio::test]
async fn a_server_is_trusted_by_its_authority() {
    let authority = Authority::new();
    let server = TlsServer::start(&authority, "127.0.0.1", None, well()).await;
    call(new(&server.url).root_certificates(&authority.pem), &GET).await.unwrap();
    // Several at once, and one after the other.
    let others = [Authority::new().pem, authority.pem.clone()].concat();
    call(new(&server.url).root_certificates(&others), &GET).await.unwrap();
    let builder = new(&server.url).root_certificates(&authority.pem).root_certificates(Authority::new().pem);
    call(builder, &GET).await.unwrap();
    // By a TLS configuration of the caller's own.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(authority.roots()).with_no_client_auth();
    let builder = new(&server.url).root_certificates(&others);
    call(builder.configure_http(|http| http.tls_backend_preconfigured(config)), &GET).await.unwrap();
    assert_eq!(server.received().len(), 4);
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_sent_nothing() {
    let authority = Authority::new();
    let server = TlsServer::start(&authority, "127.0.0.1", None, well()).await;
    for operation in [&POST, &GET] {
        let text = refused_at_once(call(new(&server.url).root_certificates(Authority::new().pem), operation).await);
        assert!(
            text.contains("no secure connection to 127.0.0.1:")
                && text.contains(": nobody whom this client trusts vouches for"),
            "{text}"
        );
        assert!(
            text.contains("`root_certificates`") && text.contains("invalid peer certificate: UnknownIssuer"),
            "{text}"
        );
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_server_under_another_name_is_sent_nothing() {
    let authority = Authority::new();
    let server = TlsServer::start(&authority, "api.example.com", None, well()).await;
    let text = refused_at_once(call(new(&server.url).root_certificates(&authority.pem), &GET).await);
    assert!(text.contains("the server's certificate is that of another host; is the base URL right?"), "{text}");
    assert!(text.contains("not valid for name \"127.0.0.1\"") && text.contains("api.example.com"), "{text}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_token_endpoint_that_nobody_vouches_for_is_told_at_once() {
    static SECURED: Operation =
        Operation { security: &[&[needs("oidc")]], ..operation("getThing", HttpMethod::Get, true) };
    let server = TlsServer::start(&Authority::new(), "127.0.0.1", None, well()).await;
    let credentials = ClientCredentials::new("id", "c4n4ry").token_url(&server.url);
    let environment = VirtualClock::jumping();
    let builder = new(&server.url).root_certificates(Authority::new().pem).environment(Arc::clone(&environment) as _);
    let builder = builder.credential("oidc", Credential::ClientCredentials(credentials));
    let error = call(builder, &SECURED).await.unwrap_err();
    assert!(!error.is_retryable() && environment.slept().is_empty(), "{error}");
    let text = error.to_string();
    assert!(text.contains("no token for `oidc`: no secure connection to 127.0.0.1:"), "{text}");
    assert!(text.contains(": nobody whom this client trusts"), "{text}");
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_told_at_once() {
    for (year, said) in [(2000, "has expired"), (3000, "is not valid yet")] {
        let mut authority = Authority::new();
        authority.valid = Some(year);
        let server = TlsServer::start(&authority, "127.0.0.1", None, well()).await;
        let text = refused_at_once(call(new(&server.url).root_certificates(&authority.pem), &GET).await);
        assert!(text.contains(&format!("the server's certificate {said}, unless the clock here is wrong")), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_told_at_once() {
    let (address, count) = blunt(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
    let text = refused_at_once(call(new(&format!("https://{address}")), &GET).await);
    assert!(text.contains("the server does not speak TLS there"), "{text}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_breaks_off_in_the_handshake_is_tried_again() {
    let (address, count) = blunt(b"").await;
    let (kind, text) = kind(call(new(&format!("https://{address}")), &POST).await);
    assert_eq!((kind, count.load(Ordering::SeqCst)), (TransportErrorKind::Connect, 4));
    assert!(text.ends_with("(4 attempts)"), "{text}");
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_told_at_once() {
    const REFUSAL: &[u8] =
        b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
    let (address, count) = blunt(REFUSAL).await;
    let through = |url: &str| new(url).proxy(format!("http://user:c4n4ry@{address}"));
    let Err(Error::Transport(error)) = call(through("https://api.example.com"), &POST).await else { panic!() };
    assert_eq!((error.kind(), error.attempts()), (TransportErrorKind::Proxy, 1), "{error}");
    assert!(error.is_not_sent() && !error.is_retryable());
    let text = error.to_string();
    assert!(
        text.contains(
            "the proxy refuses the way to api.example.com:443: it asks for a user name and a password, or for others"
        ),
        "{text}"
    );
    assert!(!format!("{error:?} {text}").contains("c4n4ry"));
    // Without TLS there is no tunnel, and the refusal is an answer.
    let error = call(through("http://api.example.com"), &POST).await.unwrap_err();
    assert!(matches!(&error, Error::Response(error) if error.status() == 407 && error.attempts() == 1), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_proxy_that_fails_otherwise_is_tried_again() {
    let (address, count) = blunt(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").await;
    let builder = new("https://api.example.com").proxy(format!("http://{address}"));
    assert_eq!(kind(call(builder, &POST).await).0, TransportErrorKind::Connect);
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn what_cannot_be_spoken_is_told_at_once() {
    let builder = new("http://127.0.0.1:9").configure_http(|http| http.https_only(true));
    let Err(Error::Transport(error)) = call(builder, &POST).await else { panic!() };
    assert_eq!((error.kind(), error.attempts()), (TransportErrorKind::Url, 1), "{error}");
    assert!(error.to_string().contains("a client speaks http and https, and https only with"), "{error}");
    assert!(error.is_not_sent() && !error.is_retryable());
}

#[tokio::test]
async fn mutual_tls_shows_the_clients_certificate() {
    static SECURED: Operation =
        Operation { security: &[&[needs("mtls")]], ..operation("getThing", HttpMethod::Get, true) };
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = TlsServer::start(&authority, "127.0.0.1", Some(&clients), well()).await;
    let trusting = || new(&server.url).root_certificates(&authority.pem);

    let (certificate, key) = clients.sign("client");
    call(trusting().client_certificate(&certificate, key.as_str()), &SECURED).await.unwrap();
    assert_eq!(server.received().len(), 1);

    // Signed by somebody else, or not there at all: it is the server that breaks off.
    let (stranger, its_key) = Authority::new().sign("client");
    let text = refused_at_once(call(trusting().client_certificate(&stranger, its_key.as_str()), &SECURED).await);
    assert!(text.contains("`client_certificate`") && text.contains("received fatal alert"), "{text}");
    let text = refused_at_once(call(trusting(), &GET).await);
    assert!(text.contains("received fatal alert: CertificateRequired"), "{text}");

    // Where the document asks for a certificate, a client without one does not even try.
    let error = call(trusting(), &SECURED).await.unwrap_err();
    assert_eq!(error.to_string(), "getThing: no credential: this needs `mtls`");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn certificates_that_are_none_are_told_when_the_client_is_made() {
    let authority = Authority::new();
    let (certificate, key) = authority.sign("client");
    let (_, other_key) = authority.sign("client");
    let said = |builder: ClientBuilder| builder.build().unwrap_err().to_string();
    let new = || new("https://127.0.0.1:9");
    let text = said(new().root_certificates(""));
    assert_eq!(text, "the root certificate cannot be used: there is no certificate in the PEM");
    let text = said(new().root_certificates("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"));
    assert!(text.starts_with("the root certificate cannot be used: "), "{text}");
    let text = said(new().client_certificate(&certificate, certificate.as_str()));
    assert_eq!(text, "the client certificate cannot be used: its private key is no PEM of a private key");
    let text = said(new().client_certificate(&certificate, other_key.as_str()));
    assert!(text.starts_with("the client certificate cannot be used: "), "{text}");
    let builder = new().client_certificate(&certificate, key.as_str());
    assert!(!format!("{builder:?}").contains("PRIVATE"));
    builder.root_certificates(&authority.pem).build().unwrap();
}

#[tokio::test]
async fn redirects_go_from_http_to_https_and_never_back() {
    static KEYED: Operation =
        Operation { security: &[&[needs("key")]], ..operation("getThing", HttpMethod::Get, true) };
    let moved = |to: &str| answer(307, &[("location", to)], "");
    let authority = Authority::new();
    let secure = TlsServer::start(&authority, "127.0.0.1", None, well()).await;
    let plain = Server::script([Act::Send(moved(&format!("{}/there", secure.url)))]).await;
    let builder =
        |url: &str| new(url).root_certificates(&authority.pem).credential("key", Credential::ApiKey("canary".into()));
    call(builder(&plain.url), &KEYED).await.unwrap();
    let arrived = secure.received().pop().unwrap();
    assert!(arrived.starts_with("GET /there ") && !arrived.contains("canary"), "another port is another place");
    assert_eq!(plain.received()[0].header("api-token"), Some("canary"));

    let back = TlsServer::start(&authority, "127.0.0.1", None, moved(&format!("{}/there", plain.url))).await;
    let (kind, text) = kind(call(builder(&back.url), &KEYED).await);
    assert_eq!(kind, TransportErrorKind::Redirect);
    assert!(text.contains("redirected from https to something else"), "{text}");
    assert_eq!((back.received().len(), plain.received().len()), (1, 1));

    // On the same server the credential goes along.
    let answers = Authority::new();
    let here = TlsServer::start(&answers, "127.0.0.1", None, moved("/things")).await;
    let outcome = call(builder(&here.url).root_certificates(&answers.pem), &KEYED).await;
    assert!(outcome.is_err() && here.received().iter().all(|head| head.contains("api-token: canary")));
}
