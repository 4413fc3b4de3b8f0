//! `paging.json`: lists in every style of paging, hinted or plain; what is asked for page by page, and where it ends.

use futures_util::TryStreamExt as _;
use golden_paging::runtime::paging::Position;
use golden_paging::types::Thing;
use golden_paging::{Client, Error};
use switchboard_runtime::ErrorBody;
use switchboard_runtime::paging::Items;

use crate::server::{Seen, Server, answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).query_key("s3cret").build().unwrap()
}

fn json(body: &str) -> Vec<u8> {
    answer(200, "application/json", body)
}

/// Answers by the request's target, without what is the same for all of an operation.
fn by_target(answers: &'static [(&'static str, &'static str)]) -> Server {
    Server::serving(move |seen| match answers.iter().find(|(target, _)| *target == seen.target) {
        Some((_, body)) => json(body),
        None => answer(404, "text/plain", format!("nothing at {}", seen.target)),
    })
}

async fn names<E: ErrorBody>(items: Items<Thing, E>) -> Vec<String> {
    items.map_ok(|thing| thing.name).try_collect().await.unwrap()
}

/// What a list gives up to its first error, and that error.
async fn names_and_error<E: ErrorBody>(mut items: Items<Thing, E>) -> (Vec<String>, Error<E>) {
    let mut names = Vec::new();
    loop {
        match items.try_next().await {
            Ok(thing) => names.push(thing.expect("the list came to its end").name),
            Err(error) => {
                assert!(items.try_next().await.unwrap().is_none(), "nothing comes behind the error");
                return (names, error);
            }
        }
    }
}

fn number(seen: &Seen, name: &str) -> Option<usize> {
    let (_, query) = seen.target.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

/// So many of the things from `a` to `e`, from one on.
fn things(from: usize, count: usize) -> String {
    let things: Vec<String> =
        ["a", "b", "c", "d", "e"].iter().skip(from).take(count).map(|n| format!(r#"{{"name":"{n}"}}"#)).collect();
    format!("[{}]", things.join(","))
}

#[tokio::test]
async fn by_offset_until_the_total_is_reached() {
    let server = Server::serving(|seen| {
        let things = things(number(seen, "skip").unwrap_or(0), 2);
        json(&format!(r#"{{"page":{{"things":{things},"meta":{{"total":"5"}}}}}}"#))
    });
    let client = client(&server);
    assert_eq!(names(client.by_offset().tag("x").stream()).await, ["a", "b", "c", "d", "e"]);
    let expected = ["/offset?take=2&tag=x", "/offset?take=2&tag=x&skip=2", "/offset?take=2&tag=x&skip=4"];
    assert_eq!(server.targets().iter().map(sorted).collect::<Vec<_>>(), expected.map(sorted));

    let pages: Vec<_> = client.by_offset().skip(1).pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 2);
    let total = |page: &golden_paging::types::ByOffsetResponse| page.page.as_ref()?.meta.as_ref()?.total.clone();
    assert!(pages.iter().all(|page| page.status() == 200 && total(page).is_some_and(|total| total == "5".into())));
}

/// A target with its pairs in alphabetical order.
fn sorted(target: impl AsRef<str>) -> String {
    let (path, query) = target.as_ref().split_once('?').unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    format!("{path}?{}", pairs.join("&"))
}

#[tokio::test]
async fn missing_and_null_items_are_no_empty_list_by_offset() {
    for body in ["{}", r#"{"page":null}"#, r#"{"page":{}}"#, r#"{"page":{"things":null}}"#] {
        let server = Server::serving(move |_| json(body));
        let (names, error) = names_and_error(client(&server).by_offset().stream()).await;
        assert!(names.is_empty() && matches!(error, Error::Paging(_)), "{body}: {error}");
        assert_eq!(server.targets().len(), 1);
    }
}

#[tokio::test]
async fn by_offset_without_a_total_until_an_empty_page() {
    let server = Server::serving(|seen| json(&things(number(seen, "offset").unwrap_or(0), 3)));
    assert_eq!(names(client(&server).by_plain_offset().limit(3).stream()).await, ["a", "b", "c", "d", "e"]);
    let expected = ["/plain-offset?limit=3", "/plain-offset?limit=3&offset=3", "/plain-offset?limit=3&offset=5"];
    assert_eq!(server.targets().iter().map(sorted).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn by_page_number() {
    let server = by_target(&[
        ("/pages", r#"{"things":[{"name":"a"}],"pagination":{"total_pages":3}}"#),
        ("/pages?page=2", r#"{"things":[],"pagination":{"total_pages":3}}"#),
        ("/pages?page=3", r#"{"things":[{"name":"c"}],"pagination":{"total_pages":3}}"#),
    ]);
    assert_eq!(names(client(&server).by_page().stream()).await, ["a", "c"]);
    assert_eq!(server.targets(), ["/pages", "/pages?page=2", "/pages?page=3"]);

    let server = Server::serving(|seen| json(&things(number(seen, "p").unwrap_or(0) * 2, 2)));
    assert_eq!(names(client(&server).by_page_from_zero().stream()).await, ["a", "b", "c", "d", "e"]);
    assert_eq!(server.targets(), ["/zero-pages?n=2", "/zero-pages?n=2&p=1", "/zero-pages?n=2&p=2"]);
}

#[tokio::test]
async fn by_cursor() {
    let server = by_target(&[
        ("/cursor?limit=1", r#"{"data":[{"name":"a"}],"meta":{"next_cursor":"x/y="}}"#),
        ("/cursor?cursor=x%2Fy%3D&limit=1", r#"{"data":[],"meta":{"next_cursor":"z","has_more":true}}"#),
        ("/cursor?limit=1&cursor=x%2Fy%3D", r#"{"data":[],"meta":{"next_cursor":"z","has_more":true}}"#),
        ("/cursor?limit=1&cursor=z", r#"{"data":[{"name":"b"}],"meta":{"next_cursor":"end","has_more":false}}"#),
    ]);
    assert_eq!(names(client(&server).by_cursor().limit(1).stream()).await, ["a", "b"]);
    assert_eq!(server.targets(), ["/cursor?limit=1", "/cursor?limit=1&cursor=x%2Fy%3D", "/cursor?limit=1&cursor=z"]);
}

#[tokio::test]
async fn by_a_value_of_the_last_item() {
    let server = by_target(&[
        ("/last-item?limit=2", r#"{"data":[{"id":"a1","name":"a"},{"id":"b/2","name":"b"}],"has_more":true}"#),
        ("/last-item?limit=2&starting_after=b%2F2", r#"{"data":[{"id":"c3","name":"c"}],"has_more":false}"#),
    ]);
    let records: Vec<_> = client(&server).by_last_item().limit(2).stream().try_collect().await.unwrap();
    assert_eq!(records.iter().map(|record| record.name.as_str()).collect::<String>(), "abc");
    assert_eq!(server.targets(), ["/last-item?limit=2", "/last-item?limit=2&starting_after=b%2F2"]);

    let server = by_target(&[
        ("/keys?limit=2", r#"[{"name":"a","key":{"number":0}},{"name":"b","key":{"number":7}}]"#),
        ("/keys?limit=2&from=7", r#"[{"name":"c","key":{"number":9}},{"name":"d","key":{"number":12}}]"#),
        ("/keys?limit=2&from=12", r#"[{"name":"e"}]"#),
    ]);
    let mut first = client(&server).by_key_of_the_last_item().stream();
    for expected in ["a", "b", "c"] {
        assert_eq!(first.try_next().await.unwrap().unwrap().name, expected);
    }
    let position: Position = first.position().unwrap().to_string().parse().unwrap();
    let rest: Vec<_> = client(&server)
        .by_key_of_the_last_item()
        .stream()
        .starting_at(position)
        .map_ok(|record| record.name)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rest, ["d", "e"]);
    assert_eq!(
        server.targets(),
        ["/keys?limit=2", "/keys?limit=2&from=7", "/keys?limit=2&from=7", "/keys?limit=2&from=12"]
    );
}

#[tokio::test]
async fn a_last_item_without_its_value_is_an_error_unless_it_is_the_very_last() {
    let lacking = r#"{"data":[{"id":"a1","name":"a"},{"name":"b"}],"has_more":true}"#;
    let server = Server::serving(move |_| json(lacking));
    let mut items = client(&server).by_last_item().stream();
    for expected in ["a", "b"] {
        assert_eq!(items.try_next().await.unwrap().unwrap().name, expected);
    }
    let error = items.try_next().await.unwrap_err();
    assert!(
        matches!(error, Error::Paging(_)) && error.to_string().contains("the last item of a page lacks"),
        "{error}"
    );
    assert_eq!(server.targets(), ["/last-item"]);

    let server = Server::serving(|_| json(r#"{"data":[{"name":"b"}],"has_more":false}"#));
    assert_eq!(client(&server).by_last_item().stream().try_collect::<Vec<_>>().await.unwrap().len(), 1);
}

/// Answers by the request's body.
fn by_body(answers: &'static [(&'static str, &'static str)]) -> Server {
    Server::serving(move |seen| match answers.iter().find(|(body, _)| *body == seen.text()) {
        Some((_, body)) => json(body),
        None => answer(404, "text/plain", format!("nothing for {}", seen.text())),
    })
}

#[tokio::test]
async fn by_a_cursor_in_the_body() {
    const ANSWERS: &[(&str, &str)] = &[
        (r#"{"page_size":2}"#, r#"{"results":[{"name":"a"},{"name":"b"}],"next_cursor":"x\"/y","has_more":true}"#),
        ("", r#"{"results":[{"name":"a"},{"name":"b"}],"next_cursor":"x\"/y","has_more":true}"#),
        (
            r#"{"page_size":2,"start_cursor":"x\"/y"}"#,
            r#"{"results":[{"name":"c"}],"next_cursor":null,"has_more":false}"#,
        ),
        (r#"{"start_cursor":"x\"/y"}"#, r#"{"results":[{"name":"c"}],"next_cursor":"z","has_more":false}"#),
    ];
    let body = golden_paging::types::ByCursorInTheBodyRequest::new().page_size(2);
    for asked in [Some(body), None] {
        let server = by_body(ANSWERS);
        let client = client(&server);
        let list = || match &asked {
            Some(body) => client.by_cursor_in_the_body().tag("t").body(body.clone()).stream(),
            None => client.by_cursor_in_the_body().tag("t").stream(),
        };
        assert_eq!(names(list()).await, ["a", "b", "c"]);
        assert_eq!(server.targets(), ["/things/search?tag=t", "/things/search?tag=t"]);

        let mut first = list();
        for _ in 0..2 {
            first.try_next().await.unwrap();
        }
        let position: Position = first.position().unwrap().to_string().parse().unwrap();
        assert_eq!(names(list().starting_at(position)).await, ["c"]);
    }
}

#[tokio::test]
async fn by_a_value_of_the_last_item_in_the_body() {
    const ANSWERS: &[(&str, &str)] = &[
        (
            r#"{"query":{"z":1},"page":{"size":2}}"#,
            r#"{"hits":[{"name":"a","sort":[1,"k"]},{"name":"b","sort":[1.50, "\u00e9"]}]}"#,
        ),
        (
            r#"{"query":{"z":1},"page":{"size":2},"search_after":[1.50,"\u00e9"]}"#,
            r#"{"hits":[{"name":"c","sort":[9]}]}"#,
        ),
    ];
    let server = Server::serving(|seen| {
        assert_eq!((seen.method.as_str(), seen.header("content-type")), ("POST", Some("application/vnd.search+json")));
        let (_, body) = ANSWERS.iter().find(|(body, _)| *body == seen.text()).expect("another body");
        json(body)
    });
    let body = golden_paging::types::BySortOfTheLastItemRequest::new(serde_json::json!({"z": 1}));
    let hits: Vec<_> = client(&server).by_sort_of_the_last_item(body).stream().try_collect().await.unwrap();
    assert_eq!(hits.iter().filter_map(|hit| hit.name.as_deref()).collect::<String>(), "abc");
    assert_eq!(server.targets(), ["/records/search", "/records/search"]);
}

#[tokio::test]
async fn a_cursor_that_repeats_is_an_error_behind_its_items() {
    let server = by_target(&[
        ("/cursor", r#"{"data":[{"name":"a"}],"meta":{"next_cursor":"x"}}"#),
        ("/cursor?cursor=x", r#"{"data":[{"name":"b"}],"meta":{"next_cursor":"x"}}"#),
    ]);
    let (names, error) = names_and_error(client(&server).by_cursor().stream()).await;
    assert_eq!((names.concat().as_str(), matches!(error, Error::Paging(_))), ("ab", true), "{error}");
    assert_eq!(server.targets().len(), 2);
}

#[tokio::test]
async fn what_is_no_page_is_an_error_that_says_where_the_list_goes_on() {
    let first = r#"{"data":[{"name":"a"}],"meta":{"next_cursor":"x"}}"#;
    for (second, said) in [
        ("", "the body is empty"),
        (r#"{"data":null}"#, "`data` is null"),
        (r#"{"error":{"message":"try later"}}"#, "try later"),
        (r#"{"meta":{"has_more":true}}"#, "there are more"),
    ] {
        let server = Server::serving(move |seen| json(if seen.target == "/cursor" { first } else { second }));
        for strict in [false, true] {
            let client = Client::builder().base_url(server.url()).strict(strict).build().unwrap();
            let (names, error) = names_and_error(client.by_cursor().stream()).await;
            let Error::Paging(error) = error else { panic!("{error}") };
            assert!(names == ["a"] && error.to_string().contains(said), "{error}");
            assert_eq!((error.page(), error.position().unwrap().to_string().contains("cursor/x")), (2, true));
        }
    }
}

#[tokio::test]
async fn a_list_left_out_is_an_empty_one_where_the_document_leaves_it_optional() {
    let server = by_target(&[
        ("/cursor", r#"{"data":[{"name":"a"}],"meta":{"next_cursor":"x"}}"#),
        ("/cursor?cursor=x", r#"{"meta":{"next_cursor":"y"}}"#),
        ("/cursor?cursor=y", "{}"),
        ("/pages", "{}"),
    ]);
    assert_eq!(names(client(&server).by_cursor().stream()).await, ["a"]);
    assert_eq!(server.targets().len(), 3);
    let (none, error) = names_and_error(client(&server).by_page().stream()).await;
    assert!(none.is_empty() && matches!(error, Error::Paging(_)), "{error}");
}

#[tokio::test]
async fn what_was_made_good_is_told() {
    let server = by_target(&[("/cursor", r#"{"data":[{},{"name":"b"}],"meta":{}}"#)]);
    let mut things = client(&server).by_cursor().stream();
    assert_eq!(things.try_next().await.unwrap().unwrap().name, "");
    assert_eq!(things.repairs()[0].to_string(), "data[0].name: is missing");
    assert_eq!(things.try_next().await.unwrap().unwrap().name, "b");
    assert!(things.repairs().is_empty());
}

#[tokio::test]
async fn a_list_that_ends_by_leading_back_ends_by_its_hint() {
    let server =
        by_target(&[("/map", r#"{"rows":["a"],"next":["n"]}"#), ("/map?after=n", r#"{"rows":["b"],"next":["n"]}"#)]);
    let rows = client(&server).by_cursor_in_a_map().stream().collect_all().await.unwrap();
    assert_eq!((rows.len(), server.targets().len()), (2, 2));
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error_in_its_place() {
    let server = Server::serving(|_| json(r#"[{"name":"a"}]"#));
    let (names, error) = names_and_error(client(&server).by_plain_offset().stream()).await;
    assert_eq!((names.concat().as_str(), matches!(error, Error::Paging(_))), ("a", true), "{error}");
    assert_eq!(server.targets(), ["/plain-offset", "/plain-offset?offset=1"]);
}

#[tokio::test]
async fn by_link_in_the_body_with_the_key_sent_once_and_the_headers_kept() {
    let server = by_target(&[
        ("/links?key=s3cret", r#"{"data":[{"name":"a"}],"links":{"next":"?after=a&key=s3cret"}}"#),
        ("/links?after=a&key=s3cret", r#"{"data":[{"name":"b"}],"links":{"next":"/v2/links?after=b#c"}}"#),
        ("/v2/links?after=b&key=s3cret", r#"{"data":[{"name":"c"}],"links":{"next":null}}"#),
    ]);
    let mut items = client(&server).by_link().x_account("7").stream();
    assert_eq!(items.try_next().await.unwrap().unwrap().name, "a");
    let position = items.position().unwrap().to_string();
    assert!(position.contains("after") && !position.contains("s3cret"), "{position}");
    assert_eq!(names(items).await, ["b", "c"]);
    let rest = client(&server).by_link().stream().starting_at(position.parse().unwrap());
    assert_eq!(names(rest).await, ["b", "c"]);
}

#[tokio::test]
async fn by_link_in_an_object() {
    let server = by_target(&[
        (
            "/link-objects",
            r#"{"_embedded":{"things":[{"name":"a"}]},"_links":{"next":{"href":"/link-objects?page=2"}}}"#,
        ),
        ("/link-objects?page=2", r#"{"_embedded":{"things":[{"name":"b"}]},"_links":{}}"#),
    ]);
    assert_eq!(names(client(&server).by_link_object().stream()).await, ["a", "b"]);
}

#[tokio::test]
async fn by_link_in_the_header() {
    let server = Server::serving(|seen| {
        let link = if seen.target == "/header" {
            "</header>; rel=first, </header?page=2>; rel=\"next last\""
        } else {
            "</header>; rel=first"
        };
        let body = things(number(seen, "page").unwrap_or(0), 2);
        let head =
            format!("HTTP/1.1 200 OK\r\nLink: {link}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        [head, body].concat().into_bytes()
    });
    assert_eq!(names(client(&server).by_link_header().stream()).await, ["a", "b", "c", "d"]);
    assert_eq!(server.targets(), ["/header", "/header?page=2"]);
}

#[tokio::test]
async fn a_link_to_another_host_is_refused_and_nothing_is_sent_there() {
    let other = Server::serving(|_| json(r#"{"data":[{"name":"stolen"}]}"#));
    let link = format!(r#"{{"data":[{{"name":"a"}}],"links":{{"next":"{}/links?after=a"}}}}"#, other.url());
    let server = Server::serving(move |_| json(&link));
    let (names, error) = names_and_error(client(&server).by_link().stream()).await;
    assert_eq!((names.concat().as_str(), matches!(error, Error::Paging(_))), ("a", true), "{error}");
    let said = error.to_string();
    assert!(said.contains(&server.url()) && said.contains(&other.url()), "{said}");
    assert!(other.targets().is_empty());
}

#[tokio::test]
async fn pages_without_a_type() {
    let server = by_target(&[
        ("/any", r#"{"page":{"list":[1,{"x":2}],"next":7}}"#),
        ("/any?after=7", r#"{"page":{"list":null}}"#),
        ("/map", r#"{"rows":["a"],"next":["n"]}"#),
        ("/map?after=n", r#"{"next":[]}"#),
        ("/trees", "[[],[[]]]"),
        ("/trees?offset=2", "[]"),
    ]);
    let client = client(&server);
    let any = client.by_cursor_in_any_json().stream().collect_all().await.unwrap();
    assert_eq!(any, [serde_json::json!(1), serde_json::json!({"x": 2})]);
    assert_eq!(client.by_cursor_in_a_map().stream().collect_all().await.unwrap(), ["a"]);
    assert_eq!(client.list_of_lists().stream().collect_all().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_list_is_taken_up_again_in_the_middle_of_a_page() {
    let server = Server::serving(|seen| json(&things(number(seen, "p").unwrap_or(0) * 2, 2)));
    let client = client(&server);
    let mut first = client.by_page_from_zero().stream();
    for expected in ["a", "b", "c"] {
        assert_eq!(first.try_next().await.unwrap().unwrap().name, expected);
    }
    let kept = serde_json::to_string(&first.position()).unwrap();
    server.targets();
    let position: Position = serde_json::from_str(&kept).unwrap();
    assert_eq!(names(client.by_page_from_zero().stream().starting_at(position.clone())).await, ["d", "e"]);
    assert_eq!(server.targets(), ["/zero-pages?n=2&p=1", "/zero-pages?n=2&p=2"]);

    let (_, error) = names_and_error(client.by_cursor().stream().starting_at(position)).await;
    assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
    assert!(server.targets().is_empty());
}

#[tokio::test]
async fn no_more_pages_are_read_ahead_than_were_asked_for() {
    let server = Server::serving(|seen| json(&format!(r#"[{{"name":"{}"}}]"#, number(seen, "p").unwrap_or(0))));
    let mut items = client(&server).by_page_from_zero().n(1).stream().read_ahead(3);
    assert_eq!(items.try_next().await.unwrap().unwrap().name, "0");
    let mut seen = server.targets();
    while seen.len() < 4 {
        tokio::task::yield_now().await;
        seen.extend(server.targets());
    }
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    seen.extend(server.targets());
    assert_eq!(seen.len(), 4, "the page in hand, and three ahead of it: {seen:?}");
    assert_eq!(items.try_next().await.unwrap().unwrap().name, "1");
}

#[tokio::test]
async fn by_a_token_in_the_headers_of_both_sides() {
    let answer = |next: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-next-token: {next}\r\nX-TOTAL: 3\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
            .into_bytes()
    };
    let server = Server::serving(move |seen| match seen.header("X-Token") {
        None => answer("a/b=", r#"[{"name":"a"},{"name":"b"}]"#),
        Some(token) => answer("", &format!(r#"[{{"name":"{token}"}}]"#)),
    });
    assert_eq!(names(client(&server).by_header().stream()).await, ["a", "b", "a/b="]);
    assert_eq!(names(client(&server).by_header().x_token("mine").stream()).await, ["mine"]);
}

#[tokio::test]
async fn a_list_that_a_post_begins_goes_on_by_get() {
    let server = Server::serving(|seen| match (seen.method.as_str(), seen.text()) {
        ("POST", r#"{"name":"x"}"#) => json(r#"{"data":[{"name":"a"}],"next":"/queries/7?at=2"}"#),
        ("GET", "") if seen.header("Content-Type").is_none() => json(r#"{"data":[{"name":"b"}]}"#),
        _ => answer(400, "text/plain", "neither"),
    });
    let list = client(&server).post_then_get().body(Thing::new("x")).stream();
    assert_eq!(names(list).await, ["a", "b"]);
}

#[tokio::test]
async fn one_bad_item_is_named_and_the_others_arrive() {
    let server = by_target(&[
        ("/pages", r#"{"things":[{"name":"a"},{"name":[]},7],"pagination":{"total_pages":2}}"#),
        ("/pages?page=2", r#"{"things":[{"name":"d"}],"pagination":{"total_pages":2}}"#),
    ]);
    let mut items = client(&server).by_page().stream();
    let mut found = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(thing)) => found.push(thing.name),
            Ok(None) => break,
            Err(Error::Decode(error)) => found.push(error.path().unwrap().to_owned()),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(found, ["a", "things[1].name", "things[2]", "d"]);
}

#[tokio::test]
async fn parameters_named_as_the_methods_stand_aside() {
    let server = by_target(&[("/names?pages=1&stream=true", "[]")]);
    assert!(
        names(client(&server).parameters_named_as_methods().pages_query(1).stream_query(true).stream())
            .await
            .is_empty()
    );
}
