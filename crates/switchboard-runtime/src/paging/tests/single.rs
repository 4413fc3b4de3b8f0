//! A page with an item that cannot be read.

use super::*;

#[derive(Debug, Deserialize)]
struct Envelope {
    items: Vec<Thing>,
    #[allow(dead_code, reason = "it is there to be read")]
    total: u64,
}

#[derive(Debug, Deserialize)]
struct Thing {
    name: String,
}

fn things(server: &Server) -> Items<Thing, Undescribed> {
    let list = List::json(&PAGING, |page: &mut Envelope| Some(&mut page.items));
    list.items(client(server), Ok(Request::new(&GET)))
}

const BAD: &str = r#"{ "items": [ {"name":"a"}, {"name":[]}, {"name":"c"} ], "total": 5 }"#;
const GOOD: &str = r#"{"items":[{"name":"d"},{"name":"e"}],"total":5}"#;

#[tokio::test]
async fn the_others_arrive_and_the_list_goes_on() {
    let server = Server::script([json(200, BAD), json(200, GOOD)]).await;
    let mut things = things(&server);
    let mut seen = Vec::new();
    loop {
        match things.try_next().await {
            Ok(Some(thing)) => seen.push(thing.name),
            Ok(None) => break,
            Err(Error::Decode(error)) => {
                assert_eq!(error.path(), Some("items[1].name"));
                assert_eq!(error.raw_body(), r#"{"name":[]}"#);
                assert_eq!((error.operation(), error.status()), ("getThing", StatusCode::OK));
                seen.push("!".to_owned());
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(seen, ["a", "!", "c", "d", "e"]);
    assert_eq!(targets(&server), ["/things?limit=3", "/things?limit=3&offset=3"]);
}

#[tokio::test]
async fn one_that_could_not_be_read_counts_as_done() {
    let server = Server::script([json(200, BAD), json(200, BAD), json(200, GOOD)]).await;
    let mut first = things(&server);
    first.try_next().await.unwrap();
    first.try_next().await.unwrap_err();
    let rest = things(&server).starting_at(first.position().unwrap()).collect_all().await.unwrap();
    assert_eq!(rest.into_iter().map(|thing| thing.name).collect::<Vec<_>>(), ["c", "d", "e"]);
}

#[tokio::test]
async fn what_nobody_reads_of_an_item_does_not_end_the_list() {
    let latin1 = |name: &str| {
        let body = format!(r#"{{"items":[{{"name":"{name}","city":"K?ln"}}],"total":2}}"#).into_bytes();
        body.into_iter().map(|byte| if byte == b'?' { 0xf6 } else { byte }).collect::<Vec<_>>()
    };
    let page = |name| Act::Send(answer(200, &[], latin1(name)));
    let server = Server::script([page("a"), page("b")]).await;
    let names: Vec<_> = things(&server).map_ok(|thing| thing.name).try_collect().await.unwrap();
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn what_is_wrong_beside_the_items_ends_the_list() {
    for body in [
        r#"{"items":[{"name":"a"}],"total":"?"}"#,
        r#"{"items":[{"name":[]}],"total":"?"}"#,
        r#"{"items":"none","total":1}"#,
    ] {
        let server = Server::script([json(200, body)]).await;
        let mut things = things(&server);
        assert!(matches!(things.try_next().await.unwrap_err(), Error::Decode(_)), "{body}");
        assert!(things.try_next().await.unwrap().is_none());
        assert_eq!(server.received().len(), 1);
        let again = things.position().unwrap();
        assert_eq!(again.to_string(), "1/testing/getThing/0/offset/0", "the page can be asked for again");
    }
}

#[tokio::test]
async fn pages_are_whole_or_not_at_all() {
    let server = Server::script([json(200, BAD), json(200, GOOD)]).await;
    let list = List::json(&PAGING, |page: &mut Envelope| Some(&mut page.items));
    let mut pages: Pages<Envelope, Undescribed> = list.pages(client(&server), Ok(Request::new(&GET)));
    let Error::Decode(error) = pages.try_next().await.unwrap_err() else { panic!("another error") };
    assert_eq!(error.path(), Some("items[1].name"));
    let names: Vec<_> = error.raw().items::<Thing>("/items").unwrap().map(|thing| thing.ok()).collect();
    assert!(matches!(names.as_slice(), [Some(_), None, Some(_)]));
    assert!(pages.try_next().await.unwrap().is_none());
}
