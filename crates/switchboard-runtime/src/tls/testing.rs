//! A real TLS server, whose certificate an authority of the test's own has signed, and calls of it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

/// An authority, and what it has signed.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(super) pem: String,
    /// The only year in which what it signs is valid.
    pub(super) valid: Option<i32>,
}

impl Authority {
    /// Each is of a name of its own: those of one name would be taken for one another.
    pub(super) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        let name = format!("Authority {}", COUNT.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem, valid: None }
    }

    /// A certificate for a name, and its key, in PEM.
    pub(super) fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if let Some(year) = self.valid {
            params.not_before = rcgen::date_time_ymd(year, 1, 1);
            params.not_after = rcgen::date_time_ymd(year, 12, 31);
        }
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    pub(super) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        roots
    }
}

/// What a server presents itself with: a certificate for `name`. It asks for one that `clients` has signed, if given.
pub(super) fn server_config(authority: &Authority, name: &str, clients: Option<&Authority>) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
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
pub(super) struct TlsServer {
    pub(super) url: String,
    /// The heads of the requests so far.
    received: Arc<Mutex<Vec<String>>>,
}

impl TlsServer {
    pub(super) async fn start(authority: &Authority, name: &str, clients: Option<&Authority>, answer: Vec<u8>) -> Self {
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

    pub(super) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

pub(super) fn well() -> Vec<u8> {
    answer(200, &[("content-type", "application/json")], "{}")
}

pub(super) fn new(url: &str) -> ClientBuilder {
    ClientBuilder::new(&API).base_url(url).environment(VirtualClock::jumping()).timeouts(Timeouts::none()).no_proxy()
}

pub(super) async fn call(
    builder: ClientBuilder,
    operation: &'static Operation,
) -> Result<ResponseValue<()>, Error<Undescribed>> {
    builder.build().unwrap().send(Request::new(operation), decode::empty).await
}

/// What is said where there is no trust, which no second attempt is made to find.
pub(super) fn refused_at_once(outcome: Result<ResponseValue<()>, Error<Undescribed>>) -> String {
    match outcome {
        Err(Error::Transport(error)) => {
            assert_eq!((error.kind(), error.attempts()), (TransportErrorKind::Tls, 1), "{error}");
            assert!(error.is_not_sent() && !error.is_retryable());
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}
