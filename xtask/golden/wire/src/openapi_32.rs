//! `openapi-32.json`: what OpenAPI 3.2 added.

use futures_util::TryStreamExt;
use golden_openapi_32::types::{
    Cat, Change, Circle, FilterFilter, Pet, Polygon, QueryPetsRequest, SearchSearch, Shape, Stray, WatchResponseEvent,
};
use golden_openapi_32::{Client, Error, RetryPolicy};

use crate::server::{Seen, Server, answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).key("k").retry(RetryPolicy::none()).build().unwrap()
}

fn empty() -> Server {
    Server::answering(answer(204, "text/plain", ""))
}

#[tokio::test]
async fn query_is_sent_with_its_body() {
    let server = Server::json(r#"[{"petType":"Cat","lives":9}]"#);
    let found = client(&server).query_pets(QueryPetsRequest::new().kind("cat".to_owned())).send().await;
    assert!(matches!(&found.unwrap()[0], Pet::Cat(cat) if cat.lives == Some(9)));
    let seen: Seen = server.seen();
    assert_eq!((seen.method.as_str(), seen.target.as_str(), seen.text()), ("QUERY", "/pets", r#"{"kind":"cat"}"#));
    assert_eq!(seen.header("X-Key"), Some("k"), "a scheme that is named by a URI");
}

#[tokio::test]
async fn any_method_is_sent_as_the_document_spells_it() {
    let server = Server::answering(answer(201, "application/json", r#"{"found":"in a box"}"#));
    let found = client(&server).copy_pet("a:b/c", "/pets/2").send().await.unwrap();
    assert!(matches!(&*found, Pet::Stray(stray) if stray.found.as_deref() == Some("in a box")), "{found:?}");
    let seen = server.seen();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("COPY", "/pets/a:b%2Fc"));
}

#[tokio::test]
async fn the_whole_query_is_a_form_or_json_or_text() {
    let server = empty();
    let search = SearchSearch::new("a b&c").tags(vec!["x".to_owned(), "y".to_owned()]).ids(vec![1, 2]);
    client(&server).search(search).send().await.unwrap();
    let target = server.seen().target;
    let (path, query) = target.split_once('?').unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    assert_eq!((path, pairs), ("/search", vec!["ids=1%7C2", "q=a+b%26c", "tags=x", "tags=y"]));

    let server = empty();
    client(&server).filter().filter(FilterFilter::new().numbers(vec![1, 2])).send().await.unwrap();
    assert_eq!(server.seen().target, "/filter?%7B%22numbers%22%3A%5B1%2C2%5D%7D");
    let server = empty();
    client(&server).filter().send().await.unwrap();
    assert_eq!(server.seen().target, "/filter");
    let server = empty();
    client(&server).select("$.a.b[1:1]").send().await.unwrap();
    assert_eq!(server.seen().target, "/select?%24.a.b%5B1%3A1%5D");
}

#[tokio::test]
async fn cookies_in_their_own_style_are_not_encoded() {
    let server = empty();
    let colors = vec!["blue".to_owned(), "black".to_owned()];
    client(&server).session().token("a%20b=\"c\"").colors(colors).sizes(vec![1, 2]).send().await.unwrap();
    let expected = "token=a%20b=\"c\"; colors=blue; colors=black; sizes=1,2";
    assert_eq!(server.seen().header("Cookie"), Some(expected));
    let server = empty();
    let error = client(&server).session().token("a; admin=1").send().await.unwrap_err();
    assert!(error.to_string().contains("the cookie `token` holds characters"), "{error}");
}

#[tokio::test]
async fn events_are_of_the_kind_that_they_name() {
    let body = "event: removed\ndata: {\"id\":\"7\"}\n\nevent: added\ndata: {\"name\":\"n\"}\n\n\
                event: note\ndata: {\"id\":\"text\"}\n\nevent: added\ndata: no JSON\n\nevent: new\ndata: {\"id\":\"8\",\"x\":1}\n\n\
                event: note\ndata: null\n\n";
    let server = Server::answering(answer(200, "text/event-stream", body));
    let mut events = client(&server).watch().send().await.unwrap().into_inner();
    let mut found = Vec::new();
    loop {
        match events.try_next().await {
            Ok(Some(event)) => found.push(match event.data {
                WatchResponseEvent::Added(change) => format!("added {}", change.name),
                WatchResponseEvent::Removed(removed) => format!("removed {}", removed.id),
                WatchResponseEvent::Note(text) => format!("note {text}"),
                other => format!("{}: {other:?}", event.kind),
            }),
            Ok(None) => break,
            Err(Error::Decode(error)) => found.push(format!("fault in {}", error.operation())),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(found, ["removed 7", "added n", r#"note {"id":"text"}"#, "fault in watch", "removed 8", "note null"]);
    let server =
        Server::answering(answer(200, "text/event-stream", "event: added\ndata: {\"name\":\"n\"}\n\ndata: [DONE]\n\n"));
    let events: Vec<_> = client(&server).watch().send().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn the_data_of_events_is_json_or_text_as_the_document_says() {
    let server = Server::answering(answer(200, "text/event-stream", "data: {\"price\":1.5}\n\n"));
    let prices: Vec<_> = client(&server).prices().send().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(prices[0].price, 1.5);
    let server = Server::answering(answer(200, "text/event-stream", "data: \"quoted\"\n\ndata: null\n\ndata: 7\n\n"));
    let lines: Vec<_> = client(&server).log().send().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(lines.into_iter().map(|event| event.data).collect::<Vec<_>>(), ["\"quoted\"", "null", "7"]);
}

#[tokio::test]
async fn sequences_have_the_type_of_their_items() {
    let server =
        Server::answering(answer(200, "application/json-seq", "\u{1e}{\n\"name\":\"a\"}\n\u{1e}{\"name\":\"b\"}\n"));
    let records: Vec<_> = client(&server).records().send().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(records.iter().map(|record| record.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(server.seen().header("Accept"), Some("application/json-seq"));
    for is_other in [false, true] {
        let server = Server::answering(answer(200, "application/jsonl", "\"x\"\n\"y\"\n"));
        let names = match is_other {
            true => client(&server).records().send_lines().await.unwrap().into_inner(),
            false => client(&server).names().send().await.unwrap().into_inner(),
        };
        let names: Vec<String> = names.try_collect().await.unwrap();
        assert_eq!(names, ["x", "y"]);
        assert_eq!(server.seen().header("Accept"), Some("application/jsonl"));
    }
}

#[tokio::test]
async fn sequences_are_sent_a_value_a_line() {
    let server = empty();
    client(&server).set_names(["x", "y\nz"]).send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), seen.text()), (Some("application/jsonl"), "\"x\"\n\"y\\nz\"\n"));

    let server = empty();
    let changes = vec![Change::new("a"), Change::new("b")];
    client(&server).add_records(changes).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.header("Content-Type"), Some("application/json-seq"));
    assert_eq!(seen.text(), "\u{1e}{\"name\":\"a\"}\n\u{1e}{\"name\":\"b\"}\n");

    let server = empty();
    client(&server).set_names(Vec::<String>::new()).send().await.unwrap();
    assert_eq!(server.seen().text(), "", "no values are no lines");
}

#[tokio::test]
async fn what_a_discriminator_says_nothing_of_is_the_default() {
    let body = r#"[{"kind":"Circle","radius":1.5},{"radius":2.5},{"kind":"Square","radius":3.5,"corners":4}]"#;
    let server = Server::json(body);
    let found = client(&server).shapes().send().await.unwrap().into_inner();
    let is = |index: usize| match &found[index] {
        Shape::Circle(_) => "circle",
        Shape::Polygon(_) => "polygon",
        _ => "none",
    };
    assert_eq!([is(0), is(1), is(2)], ["circle", "polygon", "polygon"]);
    assert_eq!(serde_json::to_value(&found).unwrap(), serde_json::from_str::<serde_json::Value>(body).unwrap());

    let sent = async |shape: Shape| {
        let server = empty();
        client(&server).add_shape(shape).send().await.unwrap();
        server.seen().text().to_owned()
    };
    let polygon: Polygon = Polygon::new().corners(3);
    assert_eq!(sent(polygon.into()).await, r#"{"corners":3}"#, "nothing names the default");
    let circle: Circle = Circle::new(1.0);
    assert!(sent(circle.into()).await.contains(r#""kind":"Circle""#));

    let server = Server::json(r#"[{"petType":"Cow","found":"x"},{"found":"y"},{"petType":"Cat"}]"#);
    let pets = client(&server).query_pets(QueryPetsRequest::new()).send().await.unwrap().into_inner();
    let stray = |pet: &Pet| matches!(pet, Pet::Stray(stray) if matches!(**stray, Stray { found: Some(_), .. }));
    assert!(stray(&pets[0]) && stray(&pets[1]), "{pets:?}");
    assert!(matches!(&pets[2], Pet::Cat(cat) if matches!(**cat, Cat { lives: None, .. })), "{pets:?}");
}

#[test]
fn servers_have_the_names_that_the_document_gives_them() {
    let servers = [golden_openapi_32::Server::production(), golden_openapi_32::Server::staging()];
    assert_ne!(format!("{:?}", servers[0]), format!("{:?}", servers[1]));
}
