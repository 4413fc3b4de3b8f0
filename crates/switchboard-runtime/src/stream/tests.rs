//! Streams over a real socket: in pieces, cut off, silent, and taken up again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::Value;

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

fn streamed(headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}").into_bytes()
}

async fn client_of(server: &Server) -> Client {
    builder(&server.url, VirtualClock::jumping()).build().unwrap()
}

#[tokio::test]
async fn bytes_arrive_as_they_come() {
    let server = Server::script([Act::Send(answer(200, &[("x-request-id", "r")], "abcdef"))]).await;
    let client = builder(&server.url, VirtualClock::jumping()).max_body(3).build().unwrap();
    let value = client.send_stream::<Undescribed>(Request::new(&GET)).await.unwrap();
    assert_eq!((value.status(), value.request_id(), value.length()), (StatusCode::OK, Some("r"), Some(6)));
    assert_eq!(value.into_inner().collect().await.unwrap(), "abcdef");
}

#[tokio::test]
async fn a_stream_cut_off_is_an_error_at_its_place() {
    let server = Server::script([Act::Send(streamed("content-length: 9", "abc"))]).await;
    let mut stream =
        client_of(&server).await.send_stream::<Undescribed>(Request::new(&GET)).await.unwrap().into_inner();
    assert_eq!(stream.try_next().await.unwrap().unwrap(), "abc");
    let error = stream.try_next().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Body), "{error}");
    assert!(stream.try_next().await.unwrap().is_none());
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_silent_stream_is_given_up() {
    let server = Server::script([Act::SendAndHang(streamed("content-length: 9", "abc"))]).await;
    let environment = VirtualClock::standing();
    let limits = Timeouts::none().idle(Duration::from_secs(5));
    let client = builder(&server.url, Arc::clone(&environment) as _).timeouts(limits).build().unwrap();
    let mut stream = client.send_stream::<Undescribed>(Request::new(&GET)).await.unwrap().into_inner();
    assert_eq!(stream.try_next().await.unwrap().unwrap(), "abc");
    let late = async {
        tokio::task::yield_now().await;
        environment.advance(Duration::from_secs(5));
    };
    let (next, ()) = futures_util::future::join(stream.try_next(), late).await;
    assert_eq!(next.unwrap_err().to_string(), "getThing: timed out: the answer was silent for 5s (`idle_timeout`)");
}

#[tokio::test]
async fn an_error_answer_to_a_stream_is_read_whole() {
    let server = Server::script([json(404, r#"{"message":"no such file"}"#)]).await;
    let error = client_of(&server).await.send_stream::<Undescribed>(Request::new(&GET)).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.message(), Some("no such file"));
}

#[tokio::test]
async fn lines_are_items_and_a_bad_one_costs_only_itself() {
    let body = "{\"a\":1}\nnonsense\r\n\n{\"a\":2}";
    let server = Server::script([Act::Send(answer(200, &[("content-type", "application/x-ndjson")], body))]).await;
    let mut lines =
        client_of(&server).await.send_lines::<Value, Undescribed>(Request::new(&GET)).await.unwrap().into_inner();
    assert_eq!(lines.try_next().await.unwrap().unwrap()["a"], 1);
    let error = lines.try_next().await.unwrap_err();
    assert!(matches!(&error, Error::Decode(error) if error.raw_body() == "nonsense\r"), "{error:?}");
    assert_eq!(lines.try_next().await.unwrap().unwrap()["a"], 2);
    assert!(lines.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn events_are_items_and_a_bad_one_costs_only_itself() {
    let body = "id: 1\nevent: add\ndata: {\"a\":1}\n\ndata: nonsense\n\ndata: {\"a\":2}\n\n";
    let server = Server::script([Act::Send(answer(200, &[("content-type", "text/event-stream")], body))]).await;
    let client = client_of(&server).await;
    let call = client.send_events::<BTreeMap<String, i64>, Undescribed>(Request::new(&GET));
    let mut events = call.await.unwrap().into_inner();
    let event = events.try_next().await.unwrap().unwrap();
    assert_eq!((event.kind.as_str(), event.id.as_deref(), event.get("a")), ("add", Some("1"), Some(&1)));
    assert!(matches!(events.try_next().await, Err(Error::Decode(_))));
    assert_eq!(events.try_next().await.unwrap().unwrap().data["a"], 2);
    assert!(events.try_next().await.unwrap().is_none());
    assert_eq!(server.received().len(), 1, "it was not told to reconnect");
}

#[tokio::test]
async fn the_data_of_an_event_may_be_text_where_text_fits() {
    let body = "data: hello\n\ndata: \"quoted\"\n\ndata: 7\n\n";
    let server = Server::script([Act::Send(answer(200, &[("content-type", "text/event-stream")], body))]).await;
    let client = client_of(&server).await;
    let events = client.send_events::<String, Undescribed>(Request::new(&GET)).await.unwrap().into_inner();
    let events: Vec<_> = events.map_ok(|event| event.data).try_collect().await.unwrap();
    assert_eq!(events, ["hello", "quoted", "7"]);
}

#[tokio::test]
async fn events_are_taken_up_again_after_the_last_one() {
    let server = Server::script([
        Act::Send(answer(200, &[], "retry: 1500\nid:  1 \ndata: 1\n\nid: 2\ndata: cut")),
        Act::SendAndReset(streamed("content-length: 99", "id: 3\ndata: 2\n\n")),
        Act::Send(answer(204, &[], "")),
    ])
    .await;
    let environment = VirtualClock::jumping();
    let client = builder(&server.url, Arc::clone(&environment) as _).build().unwrap();
    let events = client.send_events::<u8, Undescribed>(Request::new(&GET)).await.unwrap().into_inner().reconnect(2);
    let found: Vec<u8> = events.map_ok(|event| event.data).try_collect().await.unwrap();
    assert_eq!(found, [1, 2]);
    let received = server.received();
    let ids: Vec<_> = received.iter().map(|request| request.header("last-event-id")).collect();
    assert_eq!(ids, [None, Some("1"), Some("3")]);
    assert_eq!(environment.slept(), [Duration::from_millis(1500); 2]);
}

#[tokio::test]
async fn reconnecting_ends_when_nothing_comes_of_it() {
    let server = Server::script([Act::Send(answer(200, &[], "data: 1\n\n")), Act::Send(answer(200, &[], ""))]).await;
    let client = client_of(&server).await;
    let events = client.send_events::<u8, Undescribed>(Request::new(&GET)).await.unwrap().into_inner().reconnect(3);
    let found: Vec<u8> = events.map_ok(|event| event.data).try_collect().await.unwrap();
    assert_eq!((found, server.received().len()), (vec![1], 4));
}

/// The pauses before a stream of events was taken up again.
async fn pauses_of(first: &str, again: u32, rest: &str) -> Vec<Duration> {
    let events = |body: &str| Act::Send(answer(200, &[], body));
    let server = Server::script([events(first), events(rest)]).await;
    let environment = VirtualClock::jumping();
    let client = builder(&server.url, Arc::clone(&environment) as _).build().unwrap();
    let events = client.send_events::<u8, Undescribed>(Request::new(&GET)).await.unwrap();
    let mut events = events.into_inner().reconnect(again);
    for _ in 0..20 {
        if events.try_next().await.unwrap().is_none() {
            break;
        }
    }
    environment.slept()
}

#[tokio::test]
async fn a_server_cannot_make_a_client_come_back_at_once_or_never() {
    for (retry, pause) in [
        ("retry: 0\n", Duration::from_millis(500)),
        ("retry: 499\n", Duration::from_millis(500)),
        ("", Duration::from_secs(3)),
        ("retry: soon\n", Duration::from_secs(3)),
        ("retry:\n", Duration::from_secs(3)),
        ("retry: 7000\n", Duration::from_secs(7)),
        ("retry: 86400000\n", Duration::from_secs(60)),
        ("retry: 99999999999999999999999\n", Duration::from_secs(60)),
    ] {
        let event = format!("{retry}data: 1\n\n");
        assert_eq!(pauses_of(&event, 1, &event).await, [pause; 19], "{retry}");
    }
}

#[tokio::test]
async fn connections_that_bring_nothing_come_less_and_less_often() {
    let seconds = |pauses: Vec<Duration>| pauses.iter().map(Duration::as_secs_f32).collect::<Vec<_>>();
    assert_eq!(seconds(pauses_of("data: 1\n\n", 7, "").await), [3.0, 6.0, 12.0, 24.0, 48.0, 60.0, 60.0]);
    assert_eq!(seconds(pauses_of("retry: 0\ndata: 1\n\n", 3, ": hello\n").await), [0.5, 1.0, 2.0]);
}

/// What comes of a stream of events that is silent after the first, when the clock is pushed by so many seconds, or
/// nothing if that is waited for without a limit.
async fn silent_events(client: ClientBuilder, options: CallOptions, environment: &VirtualClock) -> Option<String> {
    let client = client.build().unwrap();
    let mut request = Request::new(&GET);
    request.set_options(options);
    let mut events = client.send_events::<u8, Undescribed>(request).await.unwrap().into_inner();
    assert_eq!(events.try_next().await.unwrap().unwrap().data, 1);
    let silent = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        environment.advance(Duration::from_secs(3600));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    };
    match futures_util::future::select(Box::pin(events.try_next()), Box::pin(silent)).await {
        futures_util::future::Either::Left((outcome, _)) => Some(outcome.unwrap_err().to_string()),
        futures_util::future::Either::Right(_) => None,
    }
}

#[tokio::test]
async fn a_limit_of_silence_that_was_set_holds_for_events() {
    let limit = Duration::from_secs(5);
    let server = Server::script([Act::SendAndHang(streamed("content-type: text/event-stream", "data: 1\n\n"))]).await;
    let environment = VirtualClock::standing();
    let client = |limits: Timeouts| builder(&server.url, Arc::clone(&environment) as _).timeouts(limits);
    let unset = Timeouts::default().whole(None).attempt(None);
    let none = CallOptions::new;
    assert_eq!(silent_events(client(unset), none(), &environment).await, None, "not set");
    assert_eq!(silent_events(client(unset).idle_timeout(None), none(), &environment).await, None, "set to none");
    assert_eq!(silent_events(client(unset).idle_timeout(limit), none().idle_timeout(None), &environment).await, None);
    for (builder, options) in [
        (client(unset.idle(limit)), none()),
        (client(unset).idle_timeout(limit), none()),
        (client(unset).idle_timeout(Duration::from_secs(60)), none()),
        (client(unset), none().idle_timeout(limit)),
        (client(unset).idle_timeout(None), none().idle_timeout(limit)),
    ] {
        let told = silent_events(builder, options, &environment).await.expect("a limit");
        assert!(told.contains("timed out") && told.contains("silent for") && told.contains("idle_timeout"), "{told}");
    }
}

#[tokio::test]
async fn silent_events_are_taken_up_again_and_the_limit_holds_for_what_comes_then() {
    let event =
        |number: u8| Act::SendAndHang(streamed("content-type: text/event-stream", &format!("data: {number}\n\n")));
    let hang = Act::SendAndHang(streamed("content-type: text/event-stream", ""));
    let server = Server::script([event(1), event(2), hang]).await;
    let limit = Duration::from_secs(5);
    let environment = VirtualClock::jumping();
    let client = builder(&server.url, Arc::clone(&environment) as _).idle_timeout(limit).build().unwrap();
    let events = client.send_events::<u8, Undescribed>(Request::new(&GET)).await.unwrap().into_inner().reconnect(2);
    let read = async {
        let mut events = events;
        let mut found = vec![];
        loop {
            match events.try_next().await {
                Ok(Some(event)) => found.push(event.data),
                end => return (found, end.unwrap_err().is_timeout()),
            }
        }
    };
    let late = async {
        loop {
            server.next_hang().await;
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
            environment.expire().await;
        }
    };
    match futures_util::future::select(Box::pin(read), Box::pin(late)).await {
        futures_util::future::Either::Left((outcome, _)) => assert_eq!(outcome, (vec![1, 2], true)),
        futures_util::future::Either::Right(_) => unreachable!("it never ends"),
    }
    assert_eq!(server.received().len(), 4, "and twice in vain");
}

#[tokio::test]
async fn a_streamed_form_arrives_whole() {
    let server = Server::script([status(200)]).await;
    let pieces = futures_util::stream::iter(["ab", "cd"].map(Ok::<_, std::io::Error>));
    let mut form = Multipart::new();
    form.text("title", "t");
    form.part("file", Part::stream(pieces).file_name("a.bin").media_type("image/png"));
    let mut request = Request::new(&POST);
    request.multipart(form);
    client_of(&server).await.send::<_, Undescribed>(request, decode::empty).await.unwrap();
    let received = &server.received()[0];
    let boundary = received.header("content-type").unwrap().split_once("boundary=").unwrap().1;
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nt\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: image/png\r\n\r\nabcd\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(received.text(), expected);
}

/// The events of an answer whose stream ends as is said, read as a `T`, with how often it was asked for.
async fn events_until<T: serde::de::DeserializeOwned>(end: Option<&'static StreamEnd>, body: &str) -> (Vec<T>, usize) {
    let server =
        Server::script([Act::Send(answer(200, &[("content-type", "text/event-stream")], body)), status(204)]).await;
    let mut request = Request::new(&GET);
    end.into_iter().for_each(|end| request.set_stream_end(end));
    let events = client_of(&server).await.send_events::<T, Undescribed>(request).await.unwrap();
    let items = events.into_inner().reconnect(1).map_ok(|event| event.data).try_collect().await.unwrap();
    (items, server.received().len())
}

#[tokio::test]
async fn done_ends_a_stream_of_json_and_is_no_item() {
    let body = "data: {\"a\":1}\n\ndata: [DONE]\n\ndata: {\"a\":2}\n\n";
    let (typed, asked) = events_until::<BTreeMap<String, i64>>(None, body).await;
    assert_eq!((typed, asked), (vec![BTreeMap::from([("a".to_owned(), 1)])], 1));
    // What can be any text, or anything, is no other stream for that.
    assert_eq!(events_until::<Value>(None, body).await, (vec![serde_json::json!({"a": 1})], 1));
    assert_eq!(events_until::<String>(None, body).await, (vec!["{\"a\":1}".to_owned()], 1));
    assert_eq!(events_until::<Value>(None, "data: [DONE]\n\n").await, (vec![], 1));
}

#[tokio::test]
async fn among_texts_done_is_a_text() {
    let (read, asked) = events_until::<String>(None, "data: Well\n\ndata: [DONE]\n\n").await;
    assert_eq!((&read[..], asked), (&["Well".to_owned(), "[DONE]".to_owned()][..], 2));
}

#[tokio::test]
async fn a_stream_ends_as_the_document_says() {
    static BYE: StreamEnd = StreamEnd::data("bye");
    static END: StreamEnd = StreamEnd::event("end");
    let body = "data: [DONE]\n\nevent: note\ndata: bye\n\nevent: end\ndata: {\"sum\":3}\n\ndata: 7\n\n";
    assert_eq!(events_until::<Value>(Some(&BYE), body).await, (vec![Value::from("[DONE]")], 1));
    assert_eq!(events_until::<Value>(Some(&END), body).await, (vec![Value::from("[DONE]"), Value::from("bye")], 1));
    let (all, asked) = events_until::<Value>(Some(&StreamEnd::NEVER), body).await;
    assert_eq!((all.len(), asked), (4, 2));
}

#[tokio::test]
async fn lines_end_where_the_document_says() {
    static BYE: StreamEnd = StreamEnd::data("[DONE]");
    for (end, expected) in [(Some(&BYE), vec![Ok(1)]), (None, vec![Ok(1), Err(()), Ok(2)])] {
        let server = Server::script([Act::Send(answer(200, &[], "1\n[DONE]\n2\n"))]).await;
        let mut request = Request::new(&GET);
        end.into_iter().for_each(|end| request.set_stream_end(end));
        let mut lines = client_of(&server).await.send_lines::<u8, Undescribed>(request).await.unwrap().into_inner();
        let mut read = Vec::new();
        while let Some(item) = lines.try_next().await.map_err(drop).transpose() {
            read.push(item);
        }
        assert_eq!(read, expected);
    }
}

#[tokio::test]
async fn the_data_of_an_event_is_read_as_the_document_says() {
    let body = "event: text\ndata: \"quoted\"\n\nevent: json\ndata: \"quoted\"\n\nevent: text\ndata: null\n\ndata: plain\n\n\
                event: json\ndata: plain\n\nevent: text\ndata: [DONE]\n\ndata: 7\n\n";
    let server = Server::script([Act::Send(streamed("content-type: text/event-stream", body))]).await;
    let client = client_of(&server).await;
    let read: ReadEvent<Value> = |event| match event.kind() {
        "text" => event.text().map(Value::String),
        "json" => event.json(),
        _ => event.said(),
    };
    let events = client.send_events_read::<_, Undescribed>(Request::new(&GET), read).await.unwrap();
    let mut events = events.into_inner();
    let mut found = Vec::new();
    loop {
        match events.try_next().await {
            Ok(Some(event)) => found.push(event.data.to_string()),
            Ok(None) => break,
            Err(error) => found.push(error.to_string()),
        }
    }
    let refused = found.remove(4);
    assert!(refused.starts_with("getThing: "), "{refused}");
    // `[DONE]` ends nothing where data is text.
    assert_eq!(found, ["\"\\\"quoted\\\"\"", "\"quoted\"", "\"null\"", "\"plain\"", "\"[DONE]\"", "7"]);
}

#[tokio::test]
async fn a_json_text_sequence_is_lines_whose_values_may_have_several() {
    let body = "\u{1e}{\n  \"a\": 1\n}\n\u{1e}[2]\n\u{1e}3\n";
    let server = Server::script([Act::Send(streamed("content-type: application/json-seq", body))]).await;
    let lines = client_of(&server).await.send_lines::<Value, Undescribed>(Request::new(&GET)).await.unwrap();
    let found: Vec<Value> = lines.into_inner().try_collect().await.unwrap();
    assert_eq!(found, [serde_json::json!({"a": 1}), serde_json::json!([2]), serde_json::json!(3)]);
}

#[tokio::test]
async fn an_event_that_is_empty_or_an_error_is_no_item() {
    #[derive(Debug, Default)]
    struct Chunk {
        text: Option<String>,
    }
    crate::__record! { Chunk; 0 text "text" optional; }

    let body = "data: {\"text\":\"a\"}\n\nevent: ping\ndata:\n\nevent: error\ndata: {\"error\":{\"message\":\"Overloaded\"}}\n\n\
                data: {\"text\":\"b\"}\n\n";
    let server = Server::script([Act::Send(streamed("content-type: text/event-stream", body))]).await;
    let events = client_of(&server).await.send_events::<Chunk, Undescribed>(Request::new(&GET)).await.unwrap();
    let mut events = events.into_inner();
    let mut found = Vec::new();
    loop {
        match events.try_next().await {
            Ok(Some(event)) => found.push(event.data.text.unwrap_or_default()),
            Ok(None) => break,
            Err(error) => found.push(error.to_string()),
        }
    }
    assert_eq!((found.len(), &*found[0], &*found[2]), (3, "a", "b"));
    assert!(found[1].contains("reports an error") && found[1].contains("Overloaded"), "{}", found[1]);
    // A text may be empty.
    assert_eq!(events_until::<String>(None, "data:\n\ndata: a\n\n").await.0, ["", "a"]);
}

#[tokio::test]
async fn an_error_beside_an_item_comes_after_it() {
    #[derive(Debug, Default)]
    struct Chunk {
        id: Option<String>,
    }
    crate::__record! { Chunk; 0 id "id" optional; }
    #[derive(Debug, Default)]
    struct Told {
        id: Option<String>,
        error: Option<Value>,
    }
    crate::__record! { Told; 0 id "id" optional; 1 error "error" optional; }

    let failed = r#"{"id":"a","error":{"code":502,"message":"Overloaded"}}"#;
    let well = r#"{"id":"b","error":null,"errors":[]}"#;
    let events = async |data: &str| {
        let server = Server::script([Act::Send(streamed("content-type: text/event-stream", data))]).await;
        client_of(&server).await.send_events::<Chunk, Undescribed>(Request::new(&GET)).await.unwrap().into_inner()
    };
    let mut found = events(&format!("data: {failed}\n\ndata: {well}\n\n")).await;
    assert_eq!(found.try_next().await.unwrap().unwrap().data.id.as_deref(), Some("a"));
    let error = found.try_next().await.unwrap_err();
    let said = error.to_string();
    let expected = "error: it reports an error, beside what the document describes, near `{";
    assert!(said.contains(expected) && said.contains("Overloaded"), "{said}");
    assert_eq!(error.raw_body().unwrap(), failed);
    assert_eq!(found.try_next().await.unwrap().unwrap().data.id.as_deref(), Some("b"));
    assert!(found.try_next().await.unwrap().is_none());

    let lines = || streamed("content-type: application/jsonl", &format!("{failed}\n{well}\n"));
    let server = Server::script([Act::Send(lines()), Act::Send(lines())]).await;
    let client = client_of(&server).await;
    let mut found = client.send_lines::<Chunk, Undescribed>(Request::new(&GET)).await.unwrap().into_inner();
    assert_eq!(found.try_next().await.unwrap().unwrap().id.as_deref(), Some("a"));
    assert!(found.try_next().await.unwrap_err().to_string().contains("Overloaded"));
    assert_eq!(found.try_next().await.unwrap().unwrap().id.as_deref(), Some("b"));
    // A type that has the property holds it.
    let found = client.send_lines::<Told, Undescribed>(Request::new(&GET)).await.unwrap().into_inner();
    let found: Vec<_> = found.try_collect().await.unwrap();
    assert!(found.len() == 2 && found[0].id.is_some() && found[0].error.is_some(), "{found:?}");
}
