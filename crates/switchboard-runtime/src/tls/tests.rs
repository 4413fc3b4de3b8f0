//! Handshakes with a real TLS server, whose certificate an authority of the test's own has signed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::testing::*;
use crate::*;

#[cfg(feature = "http2")]
mod http2;

/// An authority, and what it has signed.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// Each is of a name of its own: those of one name would be taken for one another.
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        let name = format!("Authority {}", COUNT.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for a name, and its key, in PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        roots
    }
}

/// What a server presents itself with: a certificate for `name`. It asks for one that `clients` has signed, if given.
fn server_config(authority: &Authority, name: &str, clients: Option<&Authority>) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(clients.roots()), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let (certificate, key) = authority.sign(name);
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    builder.with_single_cert(chain, key).unwrap()
}

/// A server that answers the same to all.
struct TlsServer {
    url: String,
    /// The heads of the requests so far.
    received: Arc<Mutex<Vec<String>>>,
}

impl TlsServer {
    async fn start(authority: &Authority, name: &str, clients: Option<&Authority>, answer: Vec<u8>) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(server_config(authority, name, clients)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, log, answer) = (acceptor.clone(), Arc::clone(&log), answer.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut head = vec![];
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    log.lock().unwrap().push(String::from_utf8(head).unwrap());
                    let _ = stream.write_all(&answer).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { url, received }
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

fn well() -> Vec<u8> {
    answer(200, &[("content-type", "application/json")], "{}")
}

fn new(url: &str) -> ClientBuilder {
    ClientBuilder::new(&API)
        .base_url(url)
        .environment(VirtualEnvironment::jumping())
        .timeouts(Timeouts::none())
        .no_proxy()
}

async fn call(builder: ClientBuilder, operation: &'static Operation) -> Result<ResponseValue<()>, Error> {
    builder.build().unwrap().send(Request::new(operation), decode::empty).await
}

/// The kind of the transport's error, and what is said of it.
fn kind(outcome: Result<ResponseValue<()>, Error>) -> (TransportErrorKind, String) {
    match outcome {
        Err(Error::Transport(error)) => (error.kind(), error.to_string()),
        other => panic!("{other:?}"),
    }
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
    let (kind, text) = kind(call(new(&server.url).root_certificates(Authority::new().pem), &POST).await);
    assert_eq!(kind, TransportErrorKind::Connect);
    assert!(text.contains("invalid peer certificate: UnknownIssuer"), "{text}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_server_under_another_name_is_sent_nothing() {
    let authority = Authority::new();
    let server = TlsServer::start(&authority, "api.example.com", None, well()).await;
    let (kind, text) = kind(call(new(&server.url).root_certificates(&authority.pem), &POST).await);
    assert_eq!(kind, TransportErrorKind::Connect);
    assert!(text.contains("not valid for name \"127.0.0.1\"") && text.contains("api.example.com"), "{text}");
    assert!(server.received().is_empty());
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
    let error = kind(call(trusting().client_certificate(&stranger, its_key.as_str()), &SECURED).await);
    assert!(error.1.contains("received fatal alert"), "{}", error.1);
    let error = kind(call(trusting(), &GET).await);
    assert!(error.1.contains("received fatal alert: CertificateRequired"), "{}", error.1);

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
