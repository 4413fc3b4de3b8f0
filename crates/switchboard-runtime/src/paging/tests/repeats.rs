//! Lists that come back to where they were, that do not come on, and that take too long.

use super::*;
use crate::paging::PagingStyle;

static CURSOR: Paging = plain(PagingStyle::Cursor { cursor: "after", next: "/next" });

async fn read(mut items: Items<u64, Undescribed>) -> (Vec<u64>, Result<(), String>) {
    let mut all = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(item)) => all.push(item),
            Ok(None) => return (all, Ok(())),
            Err(error) => {
                assert!(matches!(error, Error::Paging(_)), "{error}");
                return (all, Err(error.to_string()));
            }
        }
    }
}

#[tokio::test]
async fn no_item_comes_twice_where_cursors_lead_round() {
    // The cursors are those of the pages 1 to 3, and then 1 again.
    for length in [2, 3, 5, 9, 20, 40] {
        let server = Server::answering(move |request| {
            let page = number(request, "after").unwrap_or(0);
            let next = if page + 1 == length { 1 } else { page + 1 };
            json(200, &format!(r#"{{"items":[{page}],"next":"{next}"}}"#))
        })
        .await;
        let (all, error) = read(items(&server, Request::new(&GET), &CURSOR)).await;
        assert_eq!(all, (0..length).collect::<Vec<_>>());
        let error = error.unwrap_err();
        assert!(error.contains("asked for already"), "{error}");
        assert_eq!(server.received().len() as u64, length);
    }
}

#[tokio::test]
async fn a_server_that_heeds_no_cursor_gives_its_page_once() {
    static LAST: Paging = plain(PagingStyle::LastItem { cursor: "after", last: "" });
    static LINK: Paging = plain(PagingStyle::Link { next: "/link" });
    for paging in [&CURSOR, &LAST, &LINK] {
        let server = Server::script([json(200, r#"{"items":[1,2],"next":"b","link":"/things?page=2"}"#)]).await;
        let (all, error) = read(items(&server, Request::new(&GET), paging)).await;
        assert_eq!(all, [1, 2], "{paging:?}");
        assert!(error.is_err());
        assert_eq!(server.received().len(), 2);
    }
}

#[tokio::test]
async fn an_earlier_page_that_comes_in_place_of_a_counted_one_is_noticed() {
    static OFFSET: Paging = plain(PagingStyle::Offset { offset: "offset" });
    static PAGE: Paging = plain(PagingStyle::Page { page: "page", first: 1 });
    for paging in [&OFFSET, &PAGE] {
        let pages = [r#"{"items":[1,2]}"#, r#"{"items":[3,4]}"#, r#"{"items":[1,2]}"#, r#"{"items":[]}"#];
        let server = Server::script(pages.map(|page| json(200, page))).await;
        let (all, error) = read(items(&server, Request::new(&GET), paging)).await;
        assert_eq!((all, server.received().len()), (vec![1, 2, 3, 4], 3), "{paging:?}");
        assert!(error.unwrap_err().contains("the same page came twice"));
    }
}

#[tokio::test]
async fn a_link_back_to_the_first_page_is_noticed() {
    static LINK: Paging = plain(PagingStyle::Link { next: "/link" });
    let pages = [r#"{"items":[1],"link":"/things?page=2"}"#, r#"{"items":[2],"link":"/things"}"#];
    let server = Server::script(pages.map(|page| json(200, page))).await;
    let (all, error) = read(items(&server, Request::new(&GET), &LINK)).await;
    assert_eq!((all, error.is_err(), server.received().len()), (vec![1, 2], true, 2));
}

#[tokio::test]
async fn equal_pages_under_different_cursors_are_no_repetition() {
    let pages = [r#"{"items":[0,0],"next":"b"}"#, r#"{"items":[0,0],"next":"c"}"#, r#"{"items":[0]}"#];
    let server = Server::script(pages.map(|page| json(200, page))).await;
    let (all, end) = read(items(&server, Request::new(&GET), &CURSOR)).await;
    assert_eq!((all, end), (vec![0; 5], Ok(())));
}

#[tokio::test]
async fn plain_values_that_are_all_the_same_may_fill_two_pages_by_offset() {
    let pages = [r#"{"items":[0,0,0]}"#, r#"{"items":[0,0,0]}"#, r#"{"items":[0,0,0]}"#, r#"{"items":[0]}"#];
    let server = Server::script(pages.map(|page| json(200, page))).await;
    let (all, end) = read(items(&server, Request::new(&GET), &PAGING)).await;
    assert_eq!((all, end), (vec![0; 10], Ok(())));
}

#[tokio::test]
async fn a_list_that_ends_by_repeating_ends_there_by_a_hint() {
    static ENDS: Paging = Paging {
        repeat_ends: true,
        total: Some("/total"),
        ..plain(PagingStyle::Cursor { cursor: "after", next: "/next" })
    };
    let first = r#"{"items":[1,2],"next":"b"}"#;
    for (second, all, is_end) in [
        (r#"{"items":[3],"next":"b"}"#, &[1, 2, 3][..], true),
        (r#"{"items":[],"next":"b"}"#, &[1, 2], true),
        (r#"{"items":[1,2],"next":"b"}"#, &[1, 2], true),
        (r#"{"items":[3],"next":"b","total":9}"#, &[1, 2, 3], false),
        (r#"{"items":[1,2],"next":"b","total":9}"#, &[1, 2], false),
    ] {
        let server = Server::script([json(200, first), json(200, second)]).await;
        let (found, end) = read(items(&server, Request::new(&GET), &ENDS)).await;
        assert_eq!((found.as_slice(), end.is_ok(), server.received().len()), (all, is_end, 2), "{second}: {end:?}");
    }
}

#[tokio::test]
async fn a_list_taken_up_notices_its_own_place() {
    let server = Server::script([json(200, r#"{"items":[1,2],"next":"b"}"#)]).await;
    let position: Position = "1/testing/getThing/0/cursor/b/4".parse().unwrap();
    let (all, end) = read(items(&server, Request::new(&GET), &CURSOR).starting_at(position)).await;
    assert_eq!((all, end.is_err(), server.received().len()), (vec![1, 2], true, 1));
}

fn empties(most: u64) -> impl Fn(&Received) -> Act + Send + Sync {
    move |request| {
        let page = number(request, "after").unwrap_or(0);
        let next = if page < most { format!(r#","next":"{}""#, page + 1) } else { String::new() };
        json(200, &format!(r#"{{"items":[]{next}}}"#))
    }
}

#[tokio::test]
async fn a_hundred_empty_pages_in_a_row_are_enough() {
    let server = Server::answering(empties(100)).await;
    let (all, end) = read(items(&server, Request::new(&GET), &CURSOR)).await;
    assert_eq!((all, end), (vec![], Ok(())));
    let server = Server::answering(empties(u64::MAX)).await;
    let mut endless = items(&server, Request::new(&GET), &CURSOR);
    let error = endless.try_next().await.unwrap_err();
    assert_eq!(server.received().len(), 101);
    assert!(error.to_string().contains("101 pages in a row are empty"), "{error}");
    assert_eq!(endless.position().unwrap().to_string(), "1/testing/getThing/0/cursor/101/0");
}

#[tokio::test]
async fn as_many_empty_pages_as_the_caller_says() {
    let server = Server::answering(empties(u64::MAX)).await;
    let mut pages = pages(&server, Request::new(&GET), &CURSOR).max_empty_pages(2);
    for _ in 0..3 {
        assert!(pages.try_next().await.unwrap().unwrap().items.is_empty());
    }
    let Error::Paging(error) = pages.try_next().await.unwrap_err() else { panic!("another error") };
    assert_eq!((error.kind(), error.page()), (PagingErrorKind::EmptyPages, 3));
    assert_eq!(error.position(), pages.position().as_ref());
    assert_eq!(error.position().unwrap().to_string(), "1/testing/getThing/0/cursor/3/0");
}

const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

#[tokio::test]
async fn a_list_that_takes_too_long_is_given_up_while_a_call_hangs() {
    for ahead in [0, 3] {
        let server = Server::script([json(200, r#"{"items":[1,2],"next":"b"}"#), Act::SendAndHang(Vec::new())]).await;
        let environment = VirtualClock::standing();
        let client = builder(&server.url, std::sync::Arc::clone(&environment) as _).build().unwrap();
        let list = listed(&CURSOR).items::<Undescribed>(client, Ok(Request::new(&GET)));
        let mut items = list.time_limit(LIMIT).read_ahead(ahead);
        for expected in [1, 2] {
            assert_eq!(items.try_next().await.unwrap(), Some(expected));
        }
        let late = async {
            server.next_hang().await;
            environment.advance(LIMIT);
        };
        let (error, ()) = tokio::join!(items.try_next(), late);
        let error = error.unwrap_err();
        assert!(error.is_timeout() && error.to_string().contains("timed out"), "{error}");
        let Error::Paging(error) = error else { panic!("another error") };
        assert_eq!(error.kind(), PagingErrorKind::TimeLimit);
        assert_eq!(error.position().unwrap().to_string(), "1/testing/getThing/0/cursor/b/2");
        assert_eq!((items.position().as_ref(), items.try_next().await.unwrap()), (error.position(), None));
    }
}

#[tokio::test]
async fn time_counts_from_the_first_page_and_while_nobody_asks() {
    let server = Server::script([json(200, r#"{"items":[1],"next":"b"}"#), json(200, r#"{"items":[2]}"#)]).await;
    let environment = VirtualClock::standing();
    let client = builder(&server.url, std::sync::Arc::clone(&environment) as _).build().unwrap();
    let mut items = listed(&CURSOR).items::<Undescribed>(client, Ok(Request::new(&GET))).time_limit(LIMIT);
    environment.advance(LIMIT);
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    environment.advance(LIMIT);
    assert!(items.try_next().await.unwrap_err().is_timeout());
    assert_eq!(server.received().len(), 1, "nothing is asked for in vain");
}
