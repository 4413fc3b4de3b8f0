//! `responses.json`: how each answer is read, by its status and media type.

use futures_util::TryStreamExt as _;
use golden_responses::errors::{HeadOnlyError, RangesError};
use golden_responses::responses::{SeveralSuccessesSuccess, SuccessOrNothingSuccess};
use golden_responses::types::Thing;
use golden_responses::{Client, Error, runtime};
use runtime::{Nullable, RetryPolicy};
use serde_json::json;

use crate::server::{Server, answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

fn thing(id: i64) -> Thing {
    serde_json::from_value(json!({"id": id})).unwrap()
}

const THING: &str = r#"{"id":1}"#;

#[tokio::test]
async fn several_successes_are_told_apart_by_status() {
    for (answer, expected) in [
        (answer(200, "application/json", THING), "Ok"),
        (answer(201, "application/json", r#"{"number":"7"}"#), "Created"),
        (answer(202, "text/plain", "soon"), "Accepted"),
        (answer(204, "text/plain", ""), "NoContent"),
    ] {
        let server = Server::answering(answer);
        let found = client(&server).several_successes().send().await.unwrap().into_inner();
        let name = match found {
            SeveralSuccessesSuccess::Ok(found) if *found == thing(1) => "Ok",
            SeveralSuccessesSuccess::Created(receipt) if receipt.number == "7" => "Created",
            SeveralSuccessesSuccess::Accepted(text) if text == "soon" => "Accepted",
            SeveralSuccessesSuccess::NoContent { .. } => "NoContent",
            other => panic!("{other:?}"),
        };
        assert_eq!(name, expected);
        assert_eq!(server.seen().header("Accept"), Some("application/json, text/plain"));
    }
}

#[tokio::test]
async fn a_success_status_that_is_not_documented_is_an_error_where_bodies_differ() {
    let server = Server::answering(answer(206, "application/json", THING));
    assert!(matches!(client(&server).several_successes().send().await, Err(Error::Decode(_))));
}

#[tokio::test]
async fn successes_with_one_body_are_one_type() {
    for status in [200, 201] {
        let server = Server::answering(answer(status, "application/json", THING));
        let found = client(&server).same_success().send().await.unwrap();
        assert_eq!((found.status().as_u16(), found.into_inner()), (status, thing(1)));
    }
}

#[tokio::test]
async fn a_success_beside_204() {
    let server = Server::json(THING);
    let found = client(&server).success_or_nothing().send().await.unwrap().into_inner();
    assert_eq!(found, SuccessOrNothingSuccess::Ok(Box::new(thing(1))));
    let found = client(&Server::accepting()).success_or_nothing().send().await.unwrap().into_inner();
    assert!(matches!(found, SuccessOrNothingSuccess::NoContent { .. }));
}

#[tokio::test]
async fn a_range_of_successes() {
    let server = Server::answering(answer(203, "application/json", THING));
    assert_eq!(client(&server).ranges().send().await.unwrap().into_inner(), thing(1));
    assert_eq!(server.seen().header("Accept"), Some("application/json, text/plain, application/problem+json"));
}

#[tokio::test]
async fn errors_by_exact_status_then_range_then_default() {
    let call = async |status, media_type, body| {
        let server = Server::answering(answer(status, media_type, body));
        client(&server).ranges().send().await.unwrap_err()
    };
    let error = call(404, "application/json", r#"{"resource":"x"}"#).await;
    assert!(matches!(error.body(), Some(RangesError::NotFound(body)) if body.resource == "x"), "{error:?}");
    let error = call(422, "application/json", r#"{"code":7}"#).await;
    assert!(matches!(error.body(), Some(RangesError::ClientError(body)) if body.code == 7), "{error:?}");
    let error = call(500, "text/plain", "broken").await;
    assert!(matches!(error.body(), Some(RangesError::ServerError { .. })), "{error:?}");
    assert_eq!(error.raw_body().map(|body| &body[..]), Some(&b"broken"[..]));
    let error = call(302, "application/problem+json", r#"{"title":"moved"}"#).await;
    assert!(matches!(error.body(), Some(RangesError::Default(_))), "{error:?}");
}

#[tokio::test]
async fn an_error_body_that_is_not_as_documented_is_there_raw() {
    let server = Server::answering(answer(404, "text/html", "<h1>gone</h1>"));
    let error = client(&server).ranges().send().await.unwrap_err();
    assert!(error.is_not_found());
    assert!(matches!(error.body(), Some(RangesError::Undocumented(body)) if &body.body()[..] == b"<h1>gone</h1>"));
    assert_eq!(error.raw_body().map(|body| &body[..]), Some(&b"<h1>gone</h1>"[..]));
}

#[tokio::test]
async fn default_alone_is_the_success() {
    let server = Server::answering(answer(202, "application/json", THING));
    assert_eq!(client(&server).only_default().send().await.unwrap().into_inner(), thing(1));
    let server = Server::answering(answer(500, "application/json", r#"{"message":"no"}"#));
    let error = client(&server).only_default().send().await.unwrap_err();
    assert_eq!((error.status().map(|status| status.as_u16()), error.message()), (Some(500), Some("no")));
}

#[tokio::test]
async fn where_no_success_is_described_whatever_comes_is_kept() {
    let server = Server::answering(answer(200, "application/x-odd", "bytes"));
    let found = client(&server).nothing_said().send().await.unwrap().into_inner();
    assert_eq!(&found.collect().await.unwrap()[..], b"bytes");
}

#[tokio::test]
async fn structured_suffixes_are_json_and_asked_for_by_name() {
    let server = Server::answering(answer(200, "application/hal+json", THING));
    assert_eq!(client(&server).vendor_json().send().await.unwrap().into_inner(), thing(1));
    assert_eq!(server.seen().header("Accept"), Some("application/hal+json"));
}

#[tokio::test]
async fn the_caller_chooses_the_media_type_of_the_answer() {
    let server = Server::json(THING);
    assert_eq!(client(&server).several_media_types().send().await.unwrap().into_inner(), thing(1));
    assert_eq!(server.seen().header("Accept"), Some("application/json"));

    let server = Server::answering(answer(200, "text/csv", "a,b"));
    assert_eq!(client(&server).several_media_types().send_text().await.unwrap().into_inner(), "a,b");
    assert_eq!(server.seen().header("Accept"), Some("text/csv"));

    let server = Server::answering(answer(200, "application/vnd.acme.receipt+json", r#"{"number":"7"}"#));
    let found = client(&server).several_media_types().send_vnd_acme_receipt_json().await.unwrap();
    assert_eq!(found.number, "7");
    assert_eq!(server.seen().header("Accept"), Some("application/vnd.acme.receipt+json"));

    let server = Server::answering(answer(200, "application/pdf", [0, 255]));
    let found = client(&server).several_media_types().send_bytes().await.unwrap().into_inner();
    assert_eq!(&found.collect().await.unwrap()[..], [0, 255]);
    assert_eq!(server.seen().header("Accept"), Some("application/pdf"));
}

#[tokio::test]
async fn lists_maps_scalars_and_any_json_at_the_top() {
    let server = Server::json(r#"[{"id":1},{"id":2}]"#);
    assert_eq!(client(&server).list_of_things().send().await.unwrap().into_inner(), [thing(1), thing(2)]);

    let server = Server::json(r#"{"a":[{"id":1}],"b":[]}"#);
    let found = client(&server).map_of_things().send().await.unwrap().into_inner();
    assert_eq!((found["a"].len(), found["b"].len()), (1, 0));

    assert_eq!(client(&Server::json("7")).a_number().send().await.unwrap().into_inner(), Some(7));
    assert_eq!(client(&Server::json("null")).a_number().send().await.unwrap().into_inner(), None);

    let found = client(&Server::json(r#"[1,{"a":null}]"#)).any_json().send().await.unwrap().into_inner();
    assert_eq!(found, json!([1, {"a": null}]));
}

#[tokio::test]
async fn an_empty_body_where_json_is_promised() {
    let found = client(&Server::json("")).same_success().send().await.unwrap().into_inner();
    assert_eq!(found, serde_json::from_str(r"{}").unwrap());
    assert_eq!(client(&Server::json("")).a_number().send().await.unwrap().into_inner(), None);
    assert!(matches!(client(&Server::json("")).list_of_things().send().await, Err(Error::Decode(_))));
}

#[tokio::test]
async fn null_absent_and_unknown_properties_in_an_answer() {
    let server = Server::json(r#"{"name":null,"new":{"deep":[1]}}"#);
    let found = client(&server).same_success().send().await.unwrap().into_inner();
    assert_eq!((found.id, found.name), (None, Nullable::Null));
}

#[tokio::test]
async fn a_fault_in_the_answer_is_named_by_its_path() {
    let server = Server::json(r#"[{"id":1},{"id":"two"}]"#);
    let strict = Client::builder().base_url(server.url()).strict(true).build().unwrap();
    let error = strict.list_of_things().send().await.unwrap_err();
    assert!(error.to_string().contains("[1].id"), "{error}");
}

#[tokio::test]
async fn text_in_its_character_set() {
    let server = Server::answering(answer(200, "text/html; charset=utf-8", "<p>é</p>"));
    assert_eq!(client(&server).text().send().await.unwrap().into_inner(), "<p>é</p>");
    assert_eq!(server.seen().header("Accept"), Some("text/html"));
    let server = Server::answering(answer(200, "text/html; charset=ISO-8859-1", [0xe9]));
    assert_eq!(client(&server).text().send().await.unwrap().into_inner(), "é");
}

#[tokio::test]
async fn binary_answers_are_streams() {
    let server = Server::answering(answer(200, "image/png", [0, 1, 2, 255]));
    let found = client(&server).binary().send().await.unwrap().into_inner();
    assert_eq!(found.length(), Some(4));
    assert_eq!(&found.collect().await.unwrap()[..], [0, 1, 2, 255]);

    let server = Server::answering(answer(200, "application/json", THING));
    let found = client(&server).binary_of_any_type().send().await.unwrap().into_inner();
    assert_eq!(&found.collect().await.unwrap()[..], THING.as_bytes());
    assert_eq!(server.seen().header("Accept"), Some("*/*"));
}

#[tokio::test]
async fn server_sent_events_are_a_stream_of_items() {
    let body = ": hello\n\nid: 4\nevent: made\ndata: {\"id\":\ndata: 1}\n\ndata: {\"id\":2}\n\n";
    let server = Server::answering(answer(200, "text/event-stream", body));
    let events = client(&server).events().send().await.unwrap().into_inner();
    let events: Vec<_> = events.try_collect().await.unwrap();
    let found: Vec<_> = events.iter().map(|event| (event.kind.as_str(), event.id.as_deref(), event.data.id)).collect();
    assert_eq!(found, [("made", Some("4"), Some(1)), ("message", Some("4"), Some(2))]);
    assert_eq!(server.seen().header("Accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn events_whose_data_is_text() {
    let body = "data: hello\n\ndata: two\ndata: lines\n\ndata: [DONE]\n\n";
    let server = Server::answering(answer(200, "text/event-stream", body));
    let events = client(&server).text_events().send().await.unwrap().into_inner();
    let events: Vec<_> = events.map_ok(|event| event.data).try_collect().await.unwrap();
    assert_eq!(events, ["hello", "two\nlines", "[DONE]"]);

    let server = Server::answering(answer(200, "text/event-stream", "data: {\"a\":1}\n\ndata: [DONE]\n\n"));
    let events = client(&server).untyped_events().send().await.unwrap().into_inner();
    let events: Vec<_> = events.map_ok(|event| event.data).try_collect().await.unwrap();
    assert_eq!(events, [json!({"a": 1})], "among JSON it is no item");
}

#[tokio::test]
async fn every_method_of_http() {
    macro_rules! line {
        ($method:ident => $line:expr) => {
            let server = Server::accepting();
            client(&server).$method().send().await.unwrap();
            assert_eq!(server.line(), $line);
        };
    }
    line!(options_method => "OPTIONS /methods");
    line!(trace_method => "TRACE /methods");
    line!(put_method => "PUT /methods");
    line!(patch_method => "PATCH /methods");
}

#[tokio::test]
async fn newline_delimited_json_is_a_stream_of_items() {
    let server = Server::answering(answer(200, "application/x-ndjson", "{\"id\":1}\r\n\n{\"id\":2}\nEND\n{\"id\":3}"));
    let lines = client(&server).lines().send().await.unwrap().into_inner();
    let lines: Vec<Thing> = lines.try_collect().await.unwrap();
    assert_eq!(lines, [thing(1), thing(2)]);
}

#[tokio::test]
async fn json_or_events_as_the_caller_asks() {
    let server = Server::json(THING);
    assert_eq!(client(&server).json_or_events().send().await.unwrap().into_inner(), thing(1));
    let server = Server::answering(answer(
        200,
        "text/event-stream",
        "data: {\"number\":\"1\"}\n\nevent: done\ndata: {\"number\":\"2\"}\n\ndata: {}\n\n",
    ));
    let events = client(&server).json_or_events().send_events().await.unwrap().into_inner();
    let events: Vec<_> = events.try_collect().await.unwrap();
    assert_eq!((events.len(), events[0].number.as_str()), (1, "1"));
    assert_eq!(server.seen().header("Accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn head_has_no_body() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n");
    client(&server).head_only().send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.method.as_str(), seen.header("Accept")), ("HEAD", Some("application/json")));
    let server = Server::answering("HTTP/1.1 404 No\r\nContent-Length: 9\r\nConnection: close\r\n\r\n");
    let error = client(&server).head_only().send().await.unwrap_err();
    assert!(matches!(error.body(), Some(HeadOnlyError::NotFound { .. })));
}

#[tokio::test]
async fn a_204_has_no_body_whatever_is_described() {
    let server = Server::accepting();
    client(&server).body_beside204().send().await.unwrap();
    assert_eq!(server.line(), "DELETE /deleted");
}

#[tokio::test]
async fn a_redirect_that_is_all_the_document_describes_is_followed() {
    let last = Server::accepting();
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {}/there\r\nConnection: close\r\n\r\n", last.url());
    let first = Server::answering(head);
    client(&first).redirected().send().await.unwrap();
    assert_eq!((first.line(), last.line()), ("GET /redirect".to_owned(), "GET /there".to_owned()));
}
