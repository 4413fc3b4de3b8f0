//! What goes over the wire beside what an operation says: how messages are framed and packed. The server is a real socket.

use std::sync::Arc;

use futures_util::stream;

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

type Outcome = Result<ResponseValue<serde_json::Value>, Error<Undescribed>>;

fn client(server: &Server) -> Client {
    builder(&server.url, VirtualClock::jumping()).build().unwrap()
}

/// What comes of an answer that is read as JSON, as bytes, and as a stream: the text, or the error.
async fn in_three_ways(act: Act) -> [Result<String, String>; 3] {
    let server = Server::script([act]).await;
    let client = builder(&server.url, VirtualClock::jumping()).retry(RetryPolicy::none()).build().unwrap();
    let typed: Outcome = client.send(Request::new(&GET), decode::json).await;
    let raw = client.send::<Bytes, Undescribed>(Request::new(&GET), decode::bytes).await;
    let streamed = match client.send_stream::<Undescribed>(Request::new(&GET)).await {
        Ok(stream) => stream.into_inner().collect().await,
        Err(error) => Err(error.into()),
    };
    let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
    [
        typed.map(|value| value.to_string()).map_err(|error| error.to_string()),
        raw.map(|value| text(value.into_inner())).map_err(|error| error.to_string()),
        streamed.map(text).map_err(|error| error.to_string()),
    ]
}

#[cfg(feature = "gzip")]
mod packed {
    use std::io::Write as _;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn packed(coding: &str, body: impl AsRef<[u8]>) -> Act {
        Act::Send(answer(200, &[("content-encoding", coding)], body))
    }

    #[tokio::test]
    async fn a_coding_is_known_by_any_of_its_names() {
        for coding in ["gzip", "GZIP", "Gzip", "x-gzip", "X-GZIP", "identity, gzip"] {
            let read = in_three_ways(packed(coding, gzip("[1,2,3]"))).await;
            assert_eq!(read, [const { "[1,2,3]" }; 3].map(|text| Ok(text.to_owned())), "{coding}");
        }
    }

    #[tokio::test]
    async fn all_members_are_read() {
        let body = [gzip("[1,2"), gzip(",3"), gzip("]")].concat();
        assert_eq!(in_three_ways(packed("gzip", body)).await, [const { "[1,2,3]" }; 3].map(|text| Ok(text.to_owned())));
    }

    #[tokio::test]
    async fn what_is_left_over_is_an_error_that_says_so() {
        for behind in [&b"{\"more\":1}"[..], b"\0\0\0\0\0\0\0\0\0\0\0\0"] {
            for read in in_three_ways(packed("gzip", [&gzip("[1]")[..], behind].concat())).await {
                assert_eq!(
                    read.unwrap_err(),
                    "getThing: the answer cannot be unpacked: behind the end of what is packed with gzip, bytes are left over"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_coding_that_nobody_knows_is_an_error_that_says_so() {
        for coding in ["br", "zstd", "deflate", "gzip, br", "compress"] {
            for read in in_three_ways(packed(coding, b"[1]")).await {
                let error = read.unwrap_err();
                let named = coding.trim_start_matches("gzip, ");
                assert!(error.contains(&format!("the body is packed with `{named}`")), "{coding}: {error}");
            }
        }
    }

    #[tokio::test]
    async fn of_a_coding_that_the_caller_asks_for_it_is_not_said_that_nobody_did() {
        let server = Server::script([packed("br", b"[1]")]).await;
        let mut request = Request::new(&GET);
        request.set_options(CallOptions::new().header("accept-encoding", "br"));
        let error = client(&server).send::<_, Undescribed>(request, decode::bytes).await.unwrap_err().to_string();
        let told = "getThing: the answer cannot be unpacked: the body is packed with `br`, which cannot be unpacked";
        assert_eq!((error.as_str(), server.received()[0].header("accept-encoding")), (told, Some("br")));
    }

    #[tokio::test]
    async fn an_error_answer_tells_its_status_however_it_is_packed() {
        let refusal = |coding, body: Vec<u8>| Act::Send(answer(404, &[("content-encoding", coding)], body));
        let server = Server::script([refusal("br", b"\x1b\x00".to_vec()), refusal("GZip", gzip("gone"))]).await;
        let client = client(&server);
        let mut errors = Vec::new();
        for _ in 0..2 {
            let outcome: Outcome = client.send(Request::new(&GET), decode::json).await;
            let error = outcome.unwrap_err();
            assert!(error.is_not_found());
            errors.push(error.to_string());
        }
        let packed = "getThing: 404 Not Found: its body is packed with `br`, which cannot be unpacked";
        assert_eq!(errors, [packed, "getThing: 404 Not Found: gone"]);
    }

    #[tokio::test]
    async fn an_answer_without_a_body_may_say_that_it_is_packed() {
        static HEAD: Operation = operation("headThing", HttpMethod::Head, true);
        for coding in ["gzip", "br"] {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: 99\r\n\r\n");
            let none = format!("HTTP/1.1 204 X\r\ncontent-encoding: {coding}\r\n\r\n");
            let empty = answer(200, &[("content-encoding", coding)], "");
            for (operation, bytes) in [(&HEAD, head.into_bytes()), (&GET, none.into_bytes()), (&GET, empty)] {
                let server = Server::script([Act::Send(bytes)]).await;
                let outcome = client(&server).send::<_, Undescribed>(Request::new(operation), decode::empty).await;
                assert!(outcome.is_ok(), "{coding}: {outcome:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_part_of_what_is_packed_stays_as_it_is() {
        let part = gzip("[1,2,3]").split_off(5);
        let one = ("content-range", "bytes 5-26/27");
        let several = ("content-type", "Multipart/ByteRanges; boundary=x");
        for said in [one, several] {
            let server = Server::script([Act::Send(answer(206, &[("content-encoding", "gzip"), said], &part))]).await;
            let options = CallOptions::new().header("range", "bytes=5-");
            let mut request = Request::new(&GET);
            request.set_options(options);
            let read = client(&server).send::<_, Undescribed>(request, decode::bytes).await.unwrap();
            assert_eq!((&read[..], read.headers()["content-encoding"].as_bytes()), (&part[..], &b"gzip"[..]));
            assert_eq!(server.received()[0].header("accept-encoding"), None);
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_called_a_part_and_says_of_nothing_is_a_whole_one() {
        let read = in_three_ways(Act::Send(answer(206, &[("content-encoding", "gzip")], gzip("[1,2]")))).await;
        assert_eq!(read, [const { "[1,2]" }; 3].map(|text| Ok(text.to_owned())));
    }

    #[tokio::test]
    async fn what_is_written_here_is_packed_as_its_header_says_and_bytes_are_not() {
        use std::io::Read as _;

        let server = Server::script([Act::Send(answer(200, &[], "")), Act::Send(answer(200, &[], ""))]).await;
        let client = client(&server);
        let encoding = |request: &mut Request, value| {
            request.set_header(http::header::CONTENT_ENCODING, HeaderValue::from_static(value));
        };
        let mut written = Request::new(&POST);
        encoding(&mut written, "X-GZip");
        written.json("application/json", &[1, 2]).unwrap();
        client.send::<_, Undescribed>(written, decode::empty).await.unwrap();
        let received = &server.received()[0];
        let mut text = String::new();
        flate2::read::GzDecoder::new(&received.body[..]).read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), received.header("content-encoding")), ("[1,2]", Some("X-GZip")));
        assert_eq!(received.header("content-length"), Some(received.body.len().to_string().as_str()));

        let mut bytes = Request::new(&POST);
        encoding(&mut bytes, "br");
        bytes.body("application/octet-stream", Body::from("ready"));
        client.send::<_, Undescribed>(bytes, decode::empty).await.unwrap();
        assert_eq!(server.received()[1].body, b"ready");

        let mut unknown = Request::new(&POST);
        encoding(&mut unknown, "br");
        unknown.json("application/json", &1).unwrap();
        let error = client.send::<_, Undescribed>(unknown, decode::empty).await.unwrap_err();
        assert!(error.to_string().contains("cannot be packed with `br`"), "{error}");
        assert_eq!(server.received().len(), 2);
    }

    #[tokio::test]
    async fn a_packed_body_that_is_sent_on_elsewhere_says_so_there_and_what_has_none_does_not() {
        for (code, said) in [(307, [Some("gzip"), Some("application/json")]), (303, [None, None])] {
            let there = Server::script([status(204)]).await;
            let here = Server::script([Act::Send(answer(code, &[("location", &there.url)], ""))]).await;
            let mut request = Request::new(&POST);
            request.set_header(http::header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            request.json("application/json", &[1, 2]).unwrap();
            client(&here).send::<_, Undescribed>(request, decode::empty).await.unwrap();
            let received = &there.received()[0];
            let told = ["content-encoding", "content-type"].map(|name| received.header(name));
            assert_eq!((told, received.body.is_empty()), (said, code == 303), "{code}");
        }
    }

    #[tokio::test]
    async fn a_small_body_that_is_a_large_one_is_held_to_the_limit() {
        let bomb = gzip(&" ".repeat(10 << 20));
        assert!(bomb.len() < 20_000);
        let server = Server::script([packed("gzip", gzip("").iter().chain(&bomb).copied().collect::<Vec<_>>())]).await;
        let client = builder(&server.url, VirtualClock::jumping()).max_body(1 << 20).build().unwrap();
        let error = client.send::<_, Undescribed>(Request::new(&GET), decode::bytes).await.unwrap_err();
        assert!(matches!(error, Error::Transport(error) if error.kind() == TransportErrorKind::BodyTooLarge(1 << 20)));
    }

    #[tokio::test]
    async fn gzip_is_asked_for_and_events_come_through_it_as_they_are_sent() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"data: 1\n\n").unwrap();
        encoder.flush().unwrap();
        let begun = encoder.get_ref().clone();
        let head = b"HTTP/1.1 200 X\r\ncontent-length: 999\r\ncontent-encoding: gzip\r\n\r\n";
        let server = Server::script([Act::SendAndHang([&head[..], &begun].concat())]).await;
        let events = client(&server).send_events::<u8, Undescribed>(Request::new(&GET)).await.unwrap();
        assert_eq!(events.into_inner().try_next().await.unwrap().unwrap().data, 1);
        assert_eq!(server.received()[0].header("accept-encoding"), Some("gzip"));
    }

    #[tokio::test]
    async fn a_client_of_the_callers_may_unpack_by_itself() {
        let server = Server::script([packed("gzip", gzip("[1]"))]).await;
        let http = crate::tls::configure(reqwest::Client::builder(), None, &Default::default()).unwrap();
        let http = http.no_proxy().build().unwrap();
        let client = builder(&server.url, VirtualClock::jumping()).http_client(http).build().unwrap();
        let outcome: Outcome = client.send(Request::new(&GET), decode::json).await;
        assert_eq!(outcome.unwrap().to_string(), "[1]");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_as_long_as_its_transport_says_is_none() {
    let answer = |length| {
        let pieces = stream::iter(["ab", "cd"].map(Ok::<_, std::io::Error>));
        testing::Answer::status(200).body(Body::sized_stream(pieces, length))
    };
    let script = testing::Script::new([answer(5), answer(3), answer(4)]);
    let client = builder("https://api.test", VirtualClock::jumping()).transport(script).retry(RetryPolicy::none());
    let client = client.build().unwrap();
    for told in ["it is 1 bytes shorter than it was said to be", "it is longer than it was said to be"] {
        let error = client.send::<_, Undescribed>(Request::new(&GET), decode::bytes).await.unwrap_err().to_string();
        assert_eq!(error, format!("getThing: the answer broke off or could not be unpacked: {told}"));
    }
    assert_eq!(*client.send::<_, Undescribed>(Request::new(&GET), decode::bytes).await.unwrap(), "abcd");
}

#[tokio::test]
async fn the_part_that_was_asked_for_is_asked_for_elsewhere_too() {
    let there = Server::script([Act::Send(answer(206, &[("content-range", "bytes 5-6/7")], "ab"))]).await;
    let here = Server::script([Act::Send(answer(302, &[("location", &there.url)], ""))]).await;
    let mut request = Request::new(&GET);
    request
        .set_options(CallOptions::new().header("range", "bytes=5-").header("if-range", "\"v1\"").header("x-key", "k"));
    client(&here).send::<_, Undescribed>(request, decode::bytes).await.unwrap();
    let received = &there.received()[0];
    let told = ["range", "if-range", "x-key", "accept-encoding"].map(|name| received.header(name));
    assert_eq!(told, [Some("bytes=5-"), Some("\"v1\""), None, None]);
}

#[tokio::test]
async fn a_range_of_media_types_is_not_sent() {
    let server = Server::script([status(200)]).await;
    let client = client(&server);
    let body = || {
        let mut request = Request::new(&POST);
        request.body("image/*", Body::from("pixels"));
        request
    };
    let error = client.send::<_, Undescribed>(body(), decode::empty).await.unwrap_err();
    assert!(error.to_string().contains("`image/*`, a range of media types"), "{error}");
    let mut request = body();
    request.set_content_type("image/png").unwrap();
    client.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    let received = server.received();
    assert_eq!((received.len(), received[0].header("content-type")), (1, Some("image/png")));
}

#[tokio::test]
async fn a_method_that_means_a_body_says_that_there_is_none() {
    static PUT: Operation = operation("putThing", HttpMethod::Put, true);
    static PATCH: Operation = operation("patchThing", HttpMethod::Patch, true);
    static DELETE: Operation = operation("deleteThing", HttpMethod::Delete, true);
    for (operation, length) in
        [(&POST, Some("0")), (&PUT, Some("0")), (&PATCH, Some("0")), (&GET, None), (&DELETE, None)]
    {
        let server = Server::script([status(200)]).await;
        let mut empty = Request::new(operation);
        empty.text("text/plain", String::new());
        for request in [Request::new(operation), empty] {
            client(&server).send::<_, Undescribed>(request, decode::empty).await.unwrap();
            let received = server.received().pop().unwrap();
            assert_eq!(received.header("content-length"), length, "{}", operation.id);
            assert_eq!(received.header("transfer-encoding"), None, "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn any_method_is_sent_as_it_is_spelled_and_what_is_none_is_refused() {
    static QUERY: Operation = operation("queryThings", HttpMethod::Query, true);
    static COPY: Operation = operation("copyThing", HttpMethod::Other("CoPY"), false);
    static WRONG: Operation = operation("wrong", HttpMethod::Other("CO PY"), false);
    let moved =
        |status: &str| Act::Send(format!("HTTP/1.1 {status} X\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n").into());
    for (operation, answers, sent) in [
        (&QUERY, vec![status(200)], vec!["QUERY"]),
        (&COPY, vec![status(200)], vec!["CoPY"]),
        (&QUERY, vec![moved("302"), status(200)], vec!["QUERY", "QUERY"]),
        (&QUERY, vec![moved("303"), status(200)], vec!["QUERY", "GET"]),
    ] {
        let server = Server::script(answers).await;
        let mut request = Request::new(operation);
        request.text("text/plain", "a".to_owned());
        client(&server).send::<_, Undescribed>(request, decode::empty).await.unwrap();
        let received: Vec<_> = server.received().into_iter().map(|received| received.method).collect();
        assert_eq!(received, sent);
    }
    let server = Server::script([]).await;
    let error = client(&server).send::<_, Undescribed>(Request::new(&WRONG), decode::empty).await.unwrap_err();
    assert_eq!(error.to_string(), "wrong: `CO PY` is no HTTP method");
}

#[tokio::test]
async fn a_header_of_the_transports_is_refused_before_anything_is_sent() {
    struct Sets(&'static str);
    impl Observer for Sets {
        fn headers(&self, _: &Attempt) -> HeaderMap {
            HeaderMap::from_iter([(HeaderName::from_static(self.0), HeaderValue::from_static("7"))])
        }
    }
    let server = Server::script([json(200, "{}")]).await;
    for name in ["content-length", "transfer-encoding", "connection", "host", "te", "upgrade", "expect"] {
        let expected =
            format!("createThing: the header `{name}` is set by the transport itself, and cannot be set by hand");
        let mut by_options = Request::new(&POST);
        by_options.set_options(CallOptions::new().header("x-first", "1").header(&name.to_uppercase(), "7"));
        let mut by_hand = Request::new(&POST);
        by_hand.set_header(HeaderName::from_static(name), HeaderValue::from_static("7"));
        for request in [by_options, by_hand] {
            let outcome: Outcome = client(&server).send(request, decode::json).await;
            assert_eq!(outcome.unwrap_err().to_string(), expected);
        }
        let watched = builder(&server.url, VirtualClock::jumping()).observer(Arc::new(Sets(name))).build().unwrap();
        let outcome: Outcome = watched.send(Request::new(&POST), decode::json).await;
        assert_eq!(outcome.unwrap_err().to_string(), expected);
        let error = Request::new(&POST).parameter(&Parameter::header(name), "7").unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_body_to_be_sent_is_as_long_as_it_is_said_to_be() {
    for (length, said) in
        [(3, "it is longer than it was said to be"), (5, "it is 1 bytes shorter than it was said to be")]
    {
        let server = Server::script([json(200, "{}")]).await;
        let mut request = Request::new(&POST);
        let pieces = stream::iter(["ab", "cd"].map(Ok::<_, std::io::Error>));
        request.body("application/octet-stream", Body::sized_stream(pieces, length));
        let outcome: Outcome = client(&server).send(request, decode::json).await;
        let Err(Error::Transport(error)) = outcome else { panic!("{length}: {outcome:?}") };
        assert_eq!(error.kind(), TransportErrorKind::RequestBody, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn whatever_http_allows_around_a_body_is_understood() {
    let chunked = "transfer-encoding: chunked\r\n\r\n2\r\n[1\r\n2;note=\"x\"\r\n,2\r\n1\r\n]\r\n0\r\nx-sum: 3\r\n\r\n";
    for bytes in [
        format!("HTTP/1.1 200 OK\r\n{chunked}"),
        format!("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n{chunked}"),
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n[1,2]".to_owned(),
        "HTTP/1.0 200 OK\r\n\r\n[1,2]".to_owned(),
        "HTTP/1.1 200\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\n[1,2]".to_owned(),
    ] {
        let read = in_three_ways(Act::Send(bytes.clone().into_bytes())).await;
        assert_eq!(read, [const { "[1,2]" }; 3].map(|text| Ok(text.to_owned())), "{bytes}");
    }
    // Which of two lengths holds, nobody knows (RFC 9112, section 6.3).
    for head in ["content-length: 3\r\ncontent-length: 5", "content-length: x"] {
        for read in in_three_ways(Act::Send(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n[1,2]").into_bytes())).await {
            read.unwrap_err();
        }
    }
}

/// RFC 9112, section 6.3: what comes behind a body of HTTP/1.1 is never the answer to another call.
#[tokio::test]
async fn what_comes_behind_a_body_is_no_answer() {
    let behind = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n\"evil\"";
    let first = format!("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\"a\"{behind}");
    let server = Server::script([Act::SendAndHang(first.into_bytes()), json(200, "\"b\"")]).await;
    let client = client(&server);
    for expected in ["\"a\"", "\"b\""] {
        let outcome: Outcome = client.send(Request::new(&GET), decode::json).await;
        assert_eq!(outcome.unwrap().to_string(), expected);
    }
    assert_eq!(server.connections(), 2);
}

/// A body that breaks off is an error however it is read; one without a length ends with the connection.
#[tokio::test]
async fn a_body_that_is_shorter_than_was_declared_is_an_error() {
    for bytes in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1,2]",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2]\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n[1,2]",
    ] {
        for read in in_three_ways(Act::Send(bytes.into())).await {
            assert!(read.unwrap_err().contains("broke off"), "{bytes}");
        }
    }
}
