//! Handshakes by the operating system's library with a real TLS server.

use super::testing::*;
use crate::testing::*;

#[tokio::test]
async fn a_server_is_trusted_by_its_authority_and_else_sent_nothing() {
    let authority = Authority::new();
    let server = TlsServer::start(&authority, "127.0.0.1", None, well()).await;
    call(new(&server.url).root_certificates(&authority.pem), &GET).await.unwrap();
    assert_eq!(server.received().len(), 1);
    let text = refused_at_once(call(new(&server.url), &GET).await);
    assert!(
        text.contains("no secure connection to 127.0.0.1:")
            && text.contains(": the server's certificate is not trusted"),
        "{text}"
    );
    let other = TlsServer::start(&authority, "api.example.com", None, well()).await;
    refused_at_once(call(new(&other.url).root_certificates(&authority.pem), &GET).await);
    assert_eq!((server.received().len(), other.received().len()), (1, 0));
}
