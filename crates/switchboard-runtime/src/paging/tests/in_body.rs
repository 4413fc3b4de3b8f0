//! Lists that are asked for by a JSON body, and told there which page is wanted.

use super::*;
use crate::paging::PagingStyle;

fn asking(body: Option<&str>) -> Request {
    let mut request = Request::new(&POST);
    if let Some(body) = body {
        request.body("application/json", Body::from(body.to_owned()));
    }
    request
}

/// The body of each request, and the items that came.
async fn walk(
    paging: &'static Paging,
    body: Option<&str>,
    answers: impl IntoIterator<Item = &'static str>,
) -> (Vec<String>, Result<Vec<u64>, String>) {
    let server = Server::script(answers.into_iter().map(|body| json(200, body))).await;
    let found = items(&server, asking(body), paging).collect_all().await;
    (bodies(&server), found.map_err(|error| error.to_string()))
}

fn bodies(server: &Server) -> Vec<String> {
    server.received().into_iter().map(|request| String::from_utf8(request.body).unwrap()).collect()
}

static CURSOR: Paging = Paging {
    limit: Some("/page/size"),
    has_more: Some("/more"),
    ..plain(PagingStyle::Cursor { cursor: "/page/after", next: "/next" })
};

#[tokio::test]
async fn a_cursor_is_sent_as_it_was_told_and_the_rest_stays() {
    let asked = r#"{"z":1e400,"page":{"size": 1.0},"a":[ ]}"#;
    let answers = [
        r#"{"items":[1],"next":"b\"c"}"#,
        r#"{"items":[2],"next":17}"#,
        r#"{"items":[3],"next":["x",1.50]}"#,
        r#"{"items":[4],"next":null}"#,
    ];
    let (sent, found) = walk(&CURSOR, Some(asked), answers).await;
    let expected =
        [r#""b\"c""#, "17", r#"["x",1.50]"#].map(|next| asked.replace("1.0", &format!(r#"1.0,"after":{next}"#)));
    assert_eq!(sent, [&[asked.to_owned()], expected.as_slice()].concat());
    assert_eq!(found, Ok(vec![1, 2, 3, 4]));
}

#[tokio::test]
async fn numbers_are_sent_as_numbers_and_the_callers_are_kept() {
    static OFFSET: Paging =
        Paging { limit: Some("/limit"), page_size: Some(2), ..plain(PagingStyle::Offset { offset: "/offset" }) };
    let answers = [r#"{"items":[1,2]}"#, r#"{"items":[3]}"#];
    let expected = [r#"{"limit":2}"#, r#"{"limit":2,"offset":2}"#].map(str::to_owned);
    assert_eq!(walk(&OFFSET, None, answers).await, (expected.into(), Ok(vec![1, 2, 3])), "without a body there is one");
    let expected = [r#"{"offset":10,"limit":2}"#, r#"{"offset":12,"limit":2}"#].map(str::to_owned);
    assert_eq!(walk(&OFFSET, Some(r#"{"offset":10,"limit":2}"#), answers).await, (expected.into(), Ok(vec![1, 2, 3])));

    static PAGE: Paging = Paging { total: Some("/total"), ..plain(PagingStyle::Page { page: "/page", first: 1 }) };
    let answers = [r#"{"items":[1,2],"total":3}"#, r#"{"items":[3],"total":3}"#];
    let expected = [r#"{"q":"x"}"#, r#"{"q":"x","page":2}"#].map(str::to_owned);
    assert_eq!(walk(&PAGE, Some(r#"{"q":"x"}"#), answers).await, (expected.into(), Ok(vec![1, 2, 3])));
}

#[tokio::test]
async fn the_last_items_value_goes_into_the_body_too() {
    static LAST: Paging = plain(PagingStyle::LastItem { cursor: "/search_after", last: "" });
    let answers = [r#"{"items":[4,0]}"#, r#"{"items":[7]}"#, r#"{"items":[]}"#];
    let expected = ["{}", r#"{"search_after":0}"#, r#"{"search_after":7}"#].map(str::to_owned);
    assert_eq!(walk(&LAST, Some("{}"), answers).await, (expected.into(), Ok(vec![4, 0, 7])));
}

#[tokio::test]
async fn a_body_without_a_place_is_an_error_before_anything_is_sent() {
    static SIZED: Paging = Paging { page_size: Some(2), ..CURSOR_OF_ANY };
    const CURSOR_OF_ANY: Paging =
        Paging { limit: Some("/page/size"), ..plain(PagingStyle::Cursor { cursor: "/a", next: "/b" }) };
    let (sent, found) = walk(&SIZED, Some("[]"), []).await;
    let expected = "createThing: the page is asked for by `/page/size`, but the body has no place for it";
    assert_eq!((sent.len(), found.unwrap_err().as_str()), (0, expected));
}

#[tokio::test]
async fn a_list_by_a_body_is_taken_up_again() {
    let answers = [r#"{"items":[1,2],"next":"a\"/b"}"#, r#"{"items":[3],"next":null}"#];
    let server = Server::script(answers.map(|body| json(200, body))).await;
    let mut first = items(&server, asking(Some("{}")), &CURSOR);
    for _ in 0..2 {
        first.try_next().await.unwrap();
    }
    let text = first.position().unwrap().to_string();
    let rest = items(&server, asking(Some("{}")), &CURSOR).starting_at(text.parse().unwrap());
    assert_eq!(rest.collect_all().await.unwrap(), [3]);
    assert_eq!(bodies(&server), ["{}", r#"{"page":{"after":"a\"/b"}}"#]);

    let broken: Position = "1/testing/createThing/0/cursor/a%7D".parse().unwrap();
    let error = items(&server, asking(Some("{}")), &CURSOR).starting_at(broken).collect_all().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
}

#[tokio::test]
async fn a_cursor_in_a_body_that_repeats_is_noticed() {
    let answers = [r#"{"items":[1],"next":{"k":1}}"#, r#"{"items":[2],"next":{"k":1}}"#];
    let (sent, found) = walk(&CURSOR, Some("{}"), answers).await;
    assert_eq!(sent.len(), 2);
    assert!(found.unwrap_err().contains("round in a circle"));
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_again_is_no_end() {
    static TOLD: Paging = plain(PagingStyle::Cursor { cursor: "after", next: "/next" });
    let server = Server::script([json(200, r#"{"items":[1],"next":"b"}"#)]).await;
    let mut request = Request::new(&POST);
    request.body("application/json", Body::stream(futures_util::stream::iter([Ok::<_, std::io::Error>("{}")])));
    let mut items = items(&server, request, &TOLD);
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    let error = items.try_next().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)) && error.to_string().contains("sent again"), "{error}");
    assert_eq!(items.position().unwrap().to_string(), "1/testing/createThing/0/cursor/b/1");
}
