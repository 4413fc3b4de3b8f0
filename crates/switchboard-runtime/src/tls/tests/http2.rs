//! HTTP/2 with a real server: calls share a connection, and what HTTP/2 says of a call that failed is believed.

use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use bytes::Bytes;
use h2::Reason;
use h2::server::SendResponse;
use http::{Method, Response};
use tokio_rustls::TlsAcceptor;

use super::*;

/// What the server does with a stream, the last over and over again.
#[derive(Clone, Copy)]
enum Act {
    /// Answers.
    Answer,
    /// Ends the stream before any answer.
    Reset(Reason),
    /// Ends it in the midst of one.
    Cut,
    /// Answers with a body that is not as long as it says.
    Declares(u64),
    /// Ends the connection, as if the stream might have been processed.
    GoAway,
}

struct Http2Server {
    url: String,
    connections: Arc<AtomicUsize>,
    received: Arc<Mutex<Vec<Method>>>,
}

impl Http2Server {
    async fn start(authority: &Authority, script: &'static [Act]) -> Self {
        let mut config = server_config(authority, "127.0.0.1", None);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let server = Self { url, connections: Arc::default(), received: Arc::default() };
        let (connections, received) = (Arc::clone(&server.connections), Arc::clone(&server.received));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                let (acceptor, received) = (acceptor.clone(), Arc::clone(&received));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
                    while let Some(Ok((request, respond))) = connection.accept().await {
                        let act = take_note(&received, request.method().clone(), script);
                        if let Act::GoAway = act {
                            connection.abrupt_shutdown(Reason::NO_ERROR);
                        } else {
                            act.perform(respond);
                        }
                    }
                });
            }
        });
        server
    }

    /// How many connections there were, and the methods of all streams.
    fn seen(&self) -> (usize, Vec<Method>) {
        (self.connections.load(Ordering::Relaxed), self.received.lock().unwrap().clone())
    }
}

fn take_note(received: &Mutex<Vec<Method>>, method: Method, script: &[Act]) -> Act {
    let mut received = received.lock().unwrap();
    received.push(method);
    script[(received.len() - 1).min(script.len() - 1)]
}

impl Act {
    fn perform(self, mut respond: SendResponse<Bytes>) {
        let head = Response::builder().header("content-type", "application/json").body(()).unwrap();
        match self {
            Self::Answer => respond.send_response(head, false).unwrap().send_data("{}".into(), true).unwrap(),
            Self::Reset(reason) => respond.send_reset(reason),
            Self::Cut => {
                let mut body = respond.send_response(head, false).unwrap();
                body.send_data("{".into(), false).unwrap();
                body.send_reset(Reason::INTERNAL_ERROR);
            }
            Self::Declares(length) => {
                let head = Response::builder().header("content-length", length).body(()).unwrap();
                respond.send_response(head, false).unwrap().send_data("{}  ".into(), true).unwrap();
            }
            Self::GoAway => unreachable!("for the connection to do"),
        }
    }
}

async fn outcome(operation: &'static Operation, script: &'static [Act]) -> (String, usize, usize) {
    let authority = Authority::new();
    let server = Http2Server::start(&authority, script).await;
    let outcome = call(new(&server.url).root_certificates(&authority.pem), operation).await;
    let (connections, received) = server.seen();
    let word = match outcome {
        Ok(response) => format!("ok after {}", response.attempts()),
        Err(Error::Transport(error)) => format!("{:?} after {}", error.kind(), error.attempts()),
        Err(error) => panic!("{error:?}"),
    };
    (word, connections, received.len())
}

#[tokio::test]
async fn calls_share_a_connection() {
    let authority = Authority::new();
    let server = Http2Server::start(&authority, &[Act::Answer]).await;
    let client = new(&server.url).root_certificates(&authority.pem).build().unwrap();
    let call = || client.send::<(), Undescribed>(Request::new(&GET), decode::empty);
    call().await.unwrap();
    let several = futures_util::future::join_all((0..20).map(|_| call())).await;
    assert!(several.iter().all(Result::is_ok));
    assert_eq!(server.seen(), (1, vec![Method::GET; 21]));
}

#[tokio::test]
async fn a_server_without_it_is_spoken_to_by_http_1() {
    let authority = Authority::new();
    let server = TlsServer::start(&authority, "127.0.0.1", None, well()).await;
    call(new(&server.url).root_certificates(&authority.pem), &GET).await.unwrap();
    assert!(server.received()[0].starts_with("GET /things HTTP/1.1\r\n"));
}

/// RFC 9113, section 8.1.1: such an answer is malformed, be it too short or too long.
#[tokio::test]
async fn a_body_is_as_long_as_it_was_declared() {
    assert_eq!(outcome(&GET, &[Act::Declares(4)]).await.0, "ok after 1");
    for length in [2, 5] {
        let script = Box::leak(Box::new([Act::Declares(length)]));
        let word = outcome(&POST, script).await.0;
        assert!(["Body after 1", "Interrupted after 1"].contains(&word.as_str()), "{length}: {word}");
    }
}

/// RFC 9113, section 8.7: a stream that was refused was not processed, and may be sent again whatever its method.
#[tokio::test]
async fn what_was_certainly_not_processed_is_sent_again() {
    let refused = &[Act::Reset(Reason::REFUSED_STREAM), Act::Answer];
    assert_eq!(outcome(&POST, refused).await, ("ok after 1".to_owned(), 1, 2));
}

#[tokio::test]
async fn what_may_have_been_processed_is_sent_again_only_where_that_is_safe() {
    let reset = &[Act::Reset(Reason::INTERNAL_ERROR), Act::Answer];
    assert_eq!(outcome(&GET, reset).await, ("ok after 2".to_owned(), 1, 2));
    assert_eq!(outcome(&POST, reset).await, ("Interrupted after 1".to_owned(), 1, 1));
    let gone = &[Act::GoAway, Act::Answer];
    assert_eq!(outcome(&GET, gone).await, ("ok after 2".to_owned(), 2, 2));
    assert_eq!(outcome(&POST, gone).await, ("Interrupted after 1".to_owned(), 1, 1));
    // Whether the beginning of the answer is still seen depends on which comes first.
    let cut = &[Act::Cut, Act::Answer];
    assert_eq!(outcome(&GET, cut).await, ("ok after 2".to_owned(), 1, 2));
    let (word, connections, streams) = outcome(&POST, cut).await;
    assert!(["Body after 1", "Interrupted after 1"].contains(&word.as_str()), "{word}");
    assert_eq!((connections, streams), (1, 1));
}
