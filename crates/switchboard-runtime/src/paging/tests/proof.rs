//! Lists end only on proof of their end: whatever else comes in the place of a page is an error, read strictly or not.

use super::*;
use crate::paging::PagingStyle;

const PAGE: PagingStyle = PagingStyle::Page { page: "page", first: 1 };
const CURSOR: PagingStyle = PagingStyle::Cursor { cursor: "after", next: "/next" };
const LINK: PagingStyle = PagingStyle::Link { next: "/next" };
const LAST: PagingStyle = PagingStyle::LastItem { cursor: "after", last: "" };

static OFFSET: Paging = Paging { page_size: Some(2), ..plain(PagingStyle::Offset { offset: "offset" }) };
static PAGED: Paging = plain(PAGE);
static BY_CURSOR: Paging = plain(CURSOR);
static BY_LINK: Paging = plain(LINK);
static BY_LAST: Paging = plain(LAST);
static TOLD: Paging = told(PagingStyle::Offset { offset: "offset" });
static PAGED_TOLD: Paging = told(PAGE);
static CURSOR_TOLD: Paging = told(CURSOR);
static LINK_TOLD: Paging = told(LINK);
static LAST_TOLD: Paging = told(LAST);

const fn told(style: PagingStyle) -> Paging {
    Paging { total: Some("/total"), has_more: Some("/more"), ..plain(style) }
}

/// A page that does not need its list to be read.
#[derive(Debug, Deserialize)]
struct Loose {
    items: Option<Vec<u64>>,
}

fn loose(server: &Server, paging: &'static Paging, strict: bool) -> Items<u64, Undescribed> {
    let client = builder(&server.url, VirtualClock::jumping()).strict(strict).build().unwrap();
    List::json(paging, |page: &mut Loose| page.items.as_mut()).items(client, Ok(Request::new(&GET)))
}

/// The items up to the end or the first error, the error, and where the stream stands then.
async fn read(mut items: Items<u64, Undescribed>) -> (Vec<u64>, Option<Error<Undescribed>>, String) {
    let mut all = Vec::new();
    let error = loop {
        match items.try_next().await {
            Ok(Some(item)) => all.push(item),
            Ok(None) => break None,
            Err(error) => {
                assert_eq!(items.try_next().await.unwrap(), None, "behind an error there is nothing");
                break Some(error);
            }
        }
    };
    (all, error, items.position().unwrap().to_string())
}

/// A first page of two items that leads on, in any style.
const FIRST: &str = r#"{"items":[1,2],"next":"/things?b"}"#;

fn body(body: &str) -> Act {
    Act::Send(answer(200, &[("content-type", "application/json")], body))
}

#[tokio::test]
async fn what_comes_in_place_of_a_page_is_an_error_with_its_place() {
    for paging in [&OFFSET, &PAGED, &BY_CURSOR, &BY_LINK, &BY_LAST] {
        for (second, said) in [
            ("", "the body is empty"),
            (" \r\n", "the body is empty"),
            ("null", "null"),
            (r#"{"items":null}"#, "null"),
            (r#"{"items":{}}"#, "object"),
            (r#"[]"#, "list"),
            (r#"{"error":{"code":5,"message":"database is down"}}"#, "database is down"),
            (r#"{"items":null,"errors":[{"message":"shard 3 timed out"}]}"#, "shard 3 timed out"),
            (r#"{"items":[],"error":"try later"}"#, "try later"),
            (r#"{"success":false,"items":[]}"#, "error"),
            (r#"{"code":503,"message":"unavailable"}"#, "unavailable"),
            (r#"{"status":"error","message":"no"}"#, "no"),
            (r#"{"ok":false}"#, "error"),
            (r#"{"Message":"Rate exceeded"}"#, "Rate exceeded"),
        ] {
            for strict in [false, true] {
                let server = Server::script([json(200, FIRST), body(second)]).await;
                let (all, error, position) = read(loose(&server, paging, strict)).await;
                let error = error.unwrap_or_else(|| panic!("{second} ended {paging:?}"));
                assert_eq!(all, [1, 2], "{second}");
                let text = error.to_string();
                let is_told = matches!(&error, Error::Paging(_)) && text.contains(said) && text.contains("page 2");
                assert!(is_told || matches!(&error, Error::Decode(_)), "{second}: {text}");
                assert!(!position.ends_with("end") && !position.ends_with("first"), "{second}: {position}");
            }
        }
    }
}

#[tokio::test]
async fn a_list_that_is_absent_is_an_error_where_places_are_counted() {
    for paging in [&OFFSET, &PAGED, &BY_LAST] {
        for second in ["{}", r#"{"total":0}"#, r#"{"other":[1]}"#] {
            let server = Server::script([json(200, FIRST), json(200, second)]).await;
            let (all, error, _) = read(loose(&server, paging, false)).await;
            let error = error.unwrap_or_else(|| panic!("{second} ended {paging:?}")).to_string();
            assert!(all == [1, 2] && error.contains("`items` is not there"), "{second}: {error}");
        }
    }
}

#[tokio::test]
async fn a_list_that_is_there_and_empty_is_an_end_whatever_empty_things_stand_beside_it() {
    for end in [
        r#"{"items":[]}"#,
        r#"{"items":[],"errors":[],"error":null,"success":true,"status":"ok","code":0,"message":"nothing found"}"#,
        r#"{"items":[],"error":{"code":"ok","message":"","log_id":"7"},"errmsg":"ok"}"#,
        r#"{"items":[],"total":0,"more":false}"#,
    ] {
        for paging in [&OFFSET, &PAGED, &BY_CURSOR, &BY_LINK, &BY_LAST, &TOLD, &CURSOR_TOLD] {
            let server = Server::script([json(200, FIRST), json(200, end)]).await;
            let (all, error, _) = read(loose(&server, paging, true)).await;
            assert!(error.is_none() && all == [1, 2], "{end} {paging:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_total_that_is_not_reached_is_an_error_in_every_style() {
    let total = |items: &str, rest: &str| format!(r#"{{"items":{items},"total":5{rest}}}"#);
    for (paging, place) in [
        (&TOLD, "offset/4"),
        (&PAGED_TOLD, "page/3/4"),
        (&CURSOR_TOLD, "cursor/%2Fthings%3Fc/4"),
        (&LINK_TOLD, "link/%2Fthings%3Fc/4"),
        (&LAST_TOLD, "cursor/4/4"),
    ] {
        let pages =
            [total("[1,2]", r#","next":"/things?b""#), total("[3,4]", r#","next":"/things?c""#), total("[]", "")];
        let server = Server::script(pages.map(|page| json(200, &page))).await;
        let (all, error, position) = read(loose(&server, paging, false)).await;
        let error = error.unwrap_or_else(|| panic!("{paging:?} ended")).to_string();
        assert_eq!(all, [1, 2, 3, 4]);
        assert!(error.contains("after 4 of 5"), "{error}");
        assert_eq!(position, format!("1/testing/getThing/0/{place}"));
    }
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_not_taken_for_one_cut_short() {
    let page = |items: &str, total: u64, next: &str| format!(r#"{{"items":{items},"total":{total}{next}}}"#);
    let next = r#","next":"/things?b""#;
    for (paging, first, second) in [
        // One was deleted meanwhile; one was added meanwhile; the total is that of the page.
        (&CURSOR_TOLD, page("[1,2]", 4, next), page("[3]", 3, "")),
        (&CURSOR_TOLD, page("[1,2]", 3, next), page("[3]", 4, "")),
        (&CURSOR_TOLD, page("[1,2]", 2, next), page("[3]", 1, "")),
        (&CURSOR_TOLD, page("[1,2]", 0, next), page("[3]", 0, "")),
        (&TOLD, page("[1,2]", 4, ""), page("[3]", 3, "")),
    ] {
        let server = Server::script([json(200, &first), json(200, &second)]).await;
        let (all, error, _) = read(loose(&server, paging, false)).await;
        assert!(error.is_none() && all == [1, 2, 3], "{first} {second}: {error:?}");
    }
}

#[tokio::test]
async fn more_that_is_promised_and_not_given_is_an_error() {
    for (paging, last) in [
        (&TOLD, r#"{"items":[],"more":true}"#),
        (&TOLD, r#"{"items":[3],"more":false,"total":9}"#),
        (&PAGED_TOLD, r#"{"items":[3],"more":false,"total":9}"#),
        (&CURSOR_TOLD, r#"{"items":[3],"more":true}"#),
        (&CURSOR_TOLD, r#"{"more":true}"#),
        (&CURSOR_TOLD, r#"{"items":[3],"more":false,"total":9,"next":"/things?c"}"#),
        (&LINK_TOLD, r#"{"items":[3],"more":true}"#),
        (&LAST_TOLD, r#"{"items":[],"more":true}"#),
    ] {
        let server = Server::script([json(200, FIRST), json(200, last)]).await;
        let (_, error, _) = read(loose(&server, paging, false)).await;
        assert!(matches!(error, Some(Error::Paging(_))), "{last} {paging:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_caller_who_begins_in_the_middle_is_not_told_that_the_rest_is_missing() {
    let server = Server::script([json(200, r#"{"items":[8,9],"total":9}"#)]).await;
    let mut request = Request::new(&GET);
    request.parameter(&Parameter::query("after"), "x").unwrap();
    let list = List::json(&CURSOR_TOLD, |page: &mut Loose| page.items.as_mut());
    let items: Items<u64, Undescribed> = list.items(client(&server), Ok(request));
    assert_eq!(items.collect_all().await.unwrap(), [8, 9]);
}

#[tokio::test]
async fn nor_who_begins_by_an_argument_that_only_the_document_knows_of() {
    static BEGUN: Paging = Paging { begins: &["page"], total: Some("/total"), ..plain(LINK) };
    let body = r#"{"items":[8,9],"total":9}"#;
    let list = || List::json(&BEGUN, |page: &mut Loose| page.items.as_mut());
    for (name, is_end) in [("page", true), ("tag", false)] {
        let server = Server::script([json(200, body)]).await;
        let mut request = Request::new(&GET);
        request.parameter(&Parameter::query(name), "3").unwrap();
        let found = list().items::<Undescribed>(client(&server), Ok(request)).collect_all().await;
        assert_eq!(found.is_ok(), is_end, "{name}: {found:?}");
    }
}

#[tokio::test]
async fn a_link_is_followed_whatever_is_told_beside_it() {
    let pages = [r#"{"items":[1],"more":false,"next":"/things?b"}"#, r#"{"items":[2]}"#];
    let server = Server::script(pages.map(|page| json(200, page))).await;
    let (all, error, _) = read(loose(&server, &LINK_TOLD, false)).await;
    assert!(error.is_none() && all == [1, 2], "{error:?}");
}

#[tokio::test]
async fn a_page_that_is_short_beside_an_error_is_not_the_last_for_that() {
    let pages = [r#"{"items":[1],"errors":[{"message":"shard 2 timed out"}]}"#, r#"{"items":[2]}"#];
    let server = Server::script(pages.map(|page| json(200, page))).await;
    let (all, error, _) = read(loose(&server, &OFFSET, false)).await;
    assert!(error.is_none() && all == [1, 2], "{error:?}");
}

#[tokio::test]
async fn what_a_hint_says_to_be_an_empty_list_is_one() {
    const ALL: paging::Empty = paging::Empty { absent: true, null: true, body: true };
    static BY_OFFSET: Paging = Paging { empty: ALL, ..plain(PagingStyle::Offset { offset: "offset" }) };
    static BY_ANY: Paging = Paging { empty: ALL, ..plain(CURSOR) };
    static LEFT_OUT: Paging = Paging { empty: paging::Empty { absent: true, ..paging::Empty::LIST }, ..plain(CURSOR) };
    for (paging, end) in [
        (&BY_OFFSET, "{}"),
        (&BY_OFFSET, ""),
        (&BY_ANY, r#"{"items":null}"#),
        (&BY_ANY, ""),
        (&LEFT_OUT, "{}"),
        (&LEFT_OUT, r#"{"total":2}"#),
    ] {
        let server = Server::script([json(200, FIRST), body(end)]).await;
        let (all, error, position) = read(loose(&server, paging, true)).await;
        assert!(error.is_none() && all == [1, 2] && position.ends_with("end"), "{end}: {error:?}");
    }
    let server = Server::script([json(200, r#"{"next":"b"}"#), json(200, r#"{"items":[1]}"#)]).await;
    assert_eq!(read(loose(&server, &LEFT_OUT, false)).await.0, [1], "an empty page may lead on");
    for error in [r#"{"error":"x"}"#, r#"{"items":{}}"#, "7"] {
        let server = Server::script([json(200, FIRST), json(200, error)]).await;
        assert!(read(loose(&server, &BY_ANY, false)).await.1.is_some(), "{error}");
    }
}

#[tokio::test]
async fn an_error_tells_page_place_and_the_vendors_words() {
    let second = Act::Send(answer(200, &[("x-request-id", "r-7")], r#"{"error":{"message":"database is down"}}"#));
    let server = Server::script([json(200, FIRST), second]).await;
    let (_, error, position) = read(loose(&server, &BY_CURSOR, false)).await;
    let error = error.unwrap();
    let said = "getThing: the page reports an error: database is down (page 2, position 1/testing/getThing/0/cursor/%2Fthings%3Fb/2, request id r-7)";
    assert_eq!(error.to_string(), said);
    assert_eq!((error.message(), error.request_id()), (Some("database is down"), Some("r-7")));
    assert_eq!((error.status(), error.raw_body().unwrap().len()), (Some(StatusCode::OK), 40));
    let Error::Paging(error) = error else { panic!("another error") };
    assert_eq!((error.kind(), error.page(), error.attempts()), (PagingErrorKind::Reported, 2, 1));
    assert_eq!(error.position().unwrap().to_string(), position);
    let saved = error.position().unwrap().clone();
    let rest = Server::script([json(200, r#"{"items":[3]}"#)]).await;
    let (all, error, _) = read(loose(&rest, &BY_CURSOR, false).starting_at(saved)).await;
    assert!(error.is_none() && all == [3] && targets(&rest) == ["/things?after=%2Fthings%3Fb"]);
}

#[tokio::test]
async fn items_that_the_type_does_not_reach_are_an_error() {
    let server = Server::script([json(200, r#"{"items":[1,2],"next":"b"}"#)]).await;
    let list = List::json(&BY_CURSOR, |_: &mut Loose| None);
    let mut items: Items<u64, Undescribed> = list.items(client(&server), Ok(Request::new(&GET)));
    let error = items.try_next().await.unwrap_err();
    assert!(error.to_string().contains("of the 2 items of a page 0 can be read"), "{error}");
    assert_eq!(items.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn a_position_keeps_how_many_have_come() {
    let pages = [r#"{"items":[1,2],"total":5,"next":"b"}"#, r#"{"items":[3,4],"total":5}"#];
    let server = Server::script(pages.map(|page| json(200, page))).await;
    let mut items = loose(&server, &CURSOR_TOLD, false);
    for _ in 0..2 {
        items.try_next().await.unwrap();
    }
    let saved: Position = items.position().unwrap().to_string().parse().unwrap();
    let (rest, error, _) = read(loose(&server, &CURSOR_TOLD, false).starting_at(saved)).await;
    assert_eq!(rest, [3, 4]);
    assert!(error.unwrap().to_string().contains("after 4 of 5"));
}
