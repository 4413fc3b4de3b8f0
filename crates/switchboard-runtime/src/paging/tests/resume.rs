//! Leaving a list, and taking it up again.

use super::*;
use crate::paging::PagingStyle;

/// Reads the list again and again, each time up to one item further than before, from where the time before stopped.
async fn in_steps(server: &Server, paging: &'static Paging, step: usize) -> Vec<u64> {
    let mut all = Vec::new();
    let mut kept: Option<String> = None;
    loop {
        let mut items = items(server, Request::new(&GET), paging);
        if let Some(text) = &kept {
            items = items.starting_at(text.parse().unwrap());
        }
        for _ in 0..step {
            match items.try_next().await.unwrap() {
                Some(item) => all.push(item),
                None => return all,
            }
        }
        kept = Some(items.position().unwrap().to_string());
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_wherever_the_list_is_left() {
    static PAGED: Paging = Paging { total: Some("/total"), ..plain(PagingStyle::Page { page: "page", first: 1 }) };
    static CURSOR: Paging = plain(PagingStyle::Cursor { cursor: "after", next: "/next" });
    static LINK: Paging = plain(PagingStyle::Link { next: "/link" });
    // Each item is its own key, and the first is the zeroth.
    static LAST: Paging = plain(PagingStyle::LastItem { cursor: "behind", last: "" });
    let server = Server::answering(|request| {
        let at = number(request, "offset").or_else(|| number(request, "after"));
        let at = at.or_else(|| Some(number(request, "behind")? + 1));
        let at = at.or_else(|| Some((number(request, "page")? - 1) * 3)).unwrap_or(0);
        let items: Vec<u64> = (at..8.min(at + 3)).collect();
        let next =
            if at + 3 < 8 { format!(r#","next":{0},"link":"/things?after={0}""#, at + 3) } else { String::new() };
        json(200, &format!(r#"{{"items":{items:?},"total":8{next}}}"#))
    })
    .await;
    for paging in [&PAGING, &PAGED, &CURSOR, &LINK, &LAST] {
        for step in 1..=9 {
            assert_eq!(in_steps(&server, paging, step).await, (0..8).collect::<Vec<_>>(), "{paging:?}, {step}");
        }
    }
}

#[tokio::test]
async fn in_the_middle_of_a_page_that_page_is_fetched_once_more() {
    let server = list(9, 100, "").await;
    let mut first = items(&server, Request::new(&GET), &PAGING);
    for _ in 0..4 {
        first.try_next().await.unwrap();
    }
    let position = first.position().unwrap();
    let rest = items(&server, Request::new(&GET), &PAGING).starting_at(position).collect_all().await.unwrap();
    assert_eq!(rest, [4, 5, 6, 7, 8]);
    assert_eq!(targets(&server)[2], "/things?limit=3&offset=3");
}

#[tokio::test]
async fn after_the_last_item_of_a_page_the_next_is_fetched() {
    let server = list(9, 100, "").await;
    let mut first = items(&server, Request::new(&GET), &PAGING).read_ahead(3);
    for _ in 0..3 {
        first.try_next().await.unwrap();
    }
    let position = first.position().unwrap();
    drop(first);
    let server = list(9, 100, "").await;
    let mut rest = pages(&server, Request::new(&GET), &PAGING).starting_at(position);
    assert_eq!(rest.try_next().await.unwrap().unwrap().items, [3, 4, 5]);
    assert_eq!(targets(&server), ["/things?limit=3&offset=3"]);
    let position = rest.position().unwrap();
    let rest = items(&server, Request::new(&GET), &PAGING).starting_at(position);
    assert_eq!(rest.collect_all().await.unwrap(), [6, 7, 8]);
}

#[tokio::test]
async fn a_page_that_failed_is_fetched_again() {
    let server = Server::script([json(200, r#"{"items":[1,2,3]}"#), status(403), json(200, r#"{"items":[4]}"#)]).await;
    let mut first = items(&server, Request::new(&GET), &PAGING);
    while first.try_next().await.is_ok() {}
    let position = first.position().unwrap();
    let rest = items(&server, Request::new(&GET), &PAGING).starting_at(position);
    assert_eq!(rest.collect_all().await.unwrap(), [4]);
    assert_eq!(targets(&server)[1..], ["/things?limit=3&offset=3", "/things?limit=3&offset=3"]);
}

#[tokio::test]
async fn behind_the_end_there_is_nothing_and_nothing_is_sent() {
    let server = list(2, 100, "").await;
    let mut first = items(&server, Request::new(&GET), &PAGING);
    while first.try_next().await.unwrap().is_some() {}
    let sent = server.received().len();
    let rest = items(&server, Request::new(&GET), &PAGING).starting_at(first.position().unwrap());
    assert!(rest.collect_all().await.unwrap().is_empty());
    assert_eq!(server.received().len(), sent);
}

#[tokio::test]
async fn a_position_in_another_list_is_refused() {
    let server = list(9, 100, "").await;
    for (text, said) in [
        ("1/testing/listOthers/0/offset/3", "that of `listOthers` of `testing`"),
        ("1/other/getThing/0/offset/3", "that of `getThing` of `other`"),
        ("1/testing/getThing/0/page/3", "paged in another way"),
        ("1/testing/getThing/0/cursor/3", "paged in another way"),
    ] {
        let position: Position = text.parse().unwrap();
        let error = items(&server, Request::new(&GET), &PAGING).starting_at(position.clone()).collect_all().await;
        let error = error.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)) && error.to_string().contains(said), "{error}");
        let mut pages = pages(&server, Request::new(&GET), &PAGING).starting_at(position);
        assert!(pages.try_next().await.is_err());
        assert!(pages.try_next().await.unwrap().is_none());
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_stream_that_has_been_read_from_does_not_jump() {
    let server = list(9, 100, "").await;
    let mut first = items(&server, Request::new(&GET), &PAGING);
    first.try_next().await.unwrap();
    let position = first.position().unwrap();
    let mut first = first.starting_at(position);
    assert!(matches!(first.try_next().await.unwrap_err(), Error::InvalidRequest(_)));
    assert_eq!(first.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn a_link_in_a_position_is_looked_at_like_any_other() {
    static LINK: Paging = plain(PagingStyle::Link { next: "/link" });
    let server = Server::script([json(200, r#"{"items":[1]}"#)]).await;
    for link in ["%2F%2Fevil.example%2Fthings", "https%3A%2F%2Fevil.example%2Fthings"] {
        let position: Position = format!("1/testing/getThing/0/link/{link}").parse().unwrap();
        let error = items(&server, Request::new(&GET), &LINK).starting_at(position).collect_all().await.unwrap_err();
        assert!(matches!(error, Error::Paging(_)) && error.to_string().contains("evil.example"), "{error}");
    }
    assert!(server.received().is_empty());
}
