//! Lists over a real socket, and where they end: what holds for all of them here, by the most common style; the rest by
//! theme.

mod ahead;
mod in_body;
mod last_item;
mod links;
mod proof;
mod repairs;
mod repeats;
mod resume;
mod single;
mod styles;

use futures_core::Stream;
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::*;
use crate::testing::called::*;
use crate::testing::*;
use crate::*;

static PAGING: Paging = Paging {
    limit: Some("limit"),
    page_size: Some(3),
    total: Some("/total"),
    ..plain(paging::PagingStyle::Offset { offset: "offset" })
};
static NO_LIMIT: Paging =
    Paging { limit: None, page_size: None, ..plain(paging::PagingStyle::Offset { offset: "offset" }) };

/// A style, and nothing told beside it.
pub(super) const fn plain(style: paging::PagingStyle) -> Paging {
    Paging {
        style,
        limit: None,
        page_size: None,
        items: "/items",
        total: None,
        total_pages: None,
        has_more: None,
        empty: Empty::LIST,
        repeat_ends: false,
        links_by_get: false,
        begins: &[],
    }
}

#[derive(Debug, Deserialize)]
struct Page {
    items: Vec<u64>,
}

const fn listed(paging: &'static Paging) -> List<Page, u64> {
    List::json(paging, |page: &mut Page| Some(&mut page.items))
}

fn number(request: &Received, name: &str) -> Option<u64> {
    let (_, query) = request.target.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

/// A list of numbers from 0, `clamp` of them a page at most, with the total told in the form given.
async fn list(length: u64, clamp: u64, total: &'static str) -> Server {
    Server::answering(move |request| {
        let offset = number(request, "offset").unwrap_or(0).min(length);
        let limit = number(request, "limit").unwrap_or(clamp).min(clamp);
        let items: Vec<u64> = (offset..length.min(offset + limit)).collect();
        json(200, &format!(r#"{{"items":{items:?}{total}}}"#))
    })
    .await
}

fn client(server: &Server) -> Client {
    builder(&server.url, VirtualClock::jumping()).build().unwrap()
}

fn items(server: &Server, request: Request, paging: &'static Paging) -> Items<u64, Undescribed> {
    listed(paging).items(client(server), Ok(request))
}

fn pages(server: &Server, request: Request, paging: &'static Paging) -> Pages<Page, Undescribed> {
    listed(paging).pages(client(server), Ok(request))
}

fn targets(server: &Server) -> Vec<String> {
    server.received().into_iter().map(|request| request.target).collect()
}

#[tokio::test]
async fn a_short_page_is_the_last() {
    let server = list(7, 100, "").await;
    let all = items(&server, Request::new(&GET), &PAGING).collect_all().await.unwrap();
    assert_eq!(all, (0..7).collect::<Vec<_>>());
    assert_eq!(targets(&server), ["/things?limit=3", "/things?limit=3&offset=3", "/things?limit=3&offset=6"]);
}

#[tokio::test]
async fn a_full_last_page_takes_one_more_call() {
    let server = list(6, 100, "").await;
    assert_eq!(items(&server, Request::new(&GET), &PAGING).collect_all().await.unwrap().len(), 6);
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_total_saves_the_call_and_is_read_in_any_form() {
    for total in [r#","total":6"#, r#","total":"6""#, r#","total":6.0"#] {
        let server = list(6, 100, total).await;
        assert_eq!(items(&server, Request::new(&GET), &PAGING).collect_all().await.unwrap().len(), 6);
        assert_eq!(server.received().len(), 2, "{total}");
    }
}

#[tokio::test]
async fn a_total_of_nothing_or_nonsense_is_no_total() {
    for total in [r#","total":0"#, r#","total":null"#, r#","total":"?""#] {
        let server = list(4, 100, total).await;
        assert_eq!(items(&server, Request::new(&GET), &PAGING).collect_all().await.unwrap().len(), 4, "{total}");
    }
}

#[tokio::test]
async fn a_vendor_that_gives_shorter_pages_than_asked_for_loses_nothing_if_it_tells_the_total() {
    let server = list(7, 2, r#","total":7"#).await;
    assert_eq!(items(&server, Request::new(&GET), &PAGING).collect_all().await.unwrap(), (0..7).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_empty_page_is_the_end_unless_there_was_to_be_more() {
    let server = list(4, 100, r#","total":1000"#).await;
    let error = items(&server, Request::new(&GET), &PAGING).collect_all().await.unwrap_err();
    let said = "getThing: the list ends after 4 of 1000 items (page 3, position 1/testing/getThing/0/offset/4)";
    assert_eq!(error.to_string(), said);
    let server = list(0, 100, "").await;
    assert!(items(&server, Request::new(&GET), &PAGING).collect_all().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_callers_offset_and_limit_are_kept() {
    let server = list(9, 100, "").await;
    let mut request = Request::new(&GET);
    request.parameter(&Parameter::query("offset"), &2).unwrap();
    request.parameter(&Parameter::query("limit"), &2).unwrap();
    assert_eq!(items(&server, request, &PAGING).collect_all().await.unwrap(), (2..9).collect::<Vec<_>>());
    let expected = [2, 4, 6, 8].map(|offset| format!("/things?offset={offset}&limit=2"));
    assert_eq!(targets(&server), expected);
}

#[tokio::test]
async fn a_server_that_cuts_down_a_large_page_loses_nothing() {
    let server = list(7, 3, "").await;
    let mut request = Request::new(&GET);
    request.parameter(&Parameter::query("limit"), &1000).unwrap();
    assert_eq!(items(&server, request, &PAGING).collect_all().await.unwrap(), (0..7).collect::<Vec<_>>());
}

#[tokio::test]
async fn without_a_limit_only_an_empty_page_is_the_last() {
    let server = list(5, 2, "").await;
    assert_eq!(items(&server, Request::new(&GET), &NO_LIMIT).collect_all().await.unwrap().len(), 5);
    assert_eq!(targets(&server).last().unwrap(), "/things?offset=5");
}

#[tokio::test]
async fn a_page_that_repeats_ends_it_with_an_error_whatever_else_is_on_it() {
    let pages = [r#"{"items":[1,2,3],"at":1}"#, r#"{"items":[1,2,3],"at":2}"#];
    let server = Server::script(pages.map(|page| json(200, page))).await;
    let mut items = items(&server, Request::new(&GET), &PAGING);
    for expected in 1..=3 {
        assert_eq!(items.try_next().await.unwrap(), Some(expected));
    }
    let error = items.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Paging(_)) && error.to_string().starts_with("getThing: the same page came twice"));
    assert_eq!(items.try_next().await.unwrap(), None);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn an_error_ends_it_after_the_items_before() {
    let server = Server::script([json(200, r#"{"items":[1,2,3]}"#), status(403)]).await;
    let mut items = items(&server, Request::new(&GET), &PAGING);
    for _ in 0..3 {
        items.try_next().await.unwrap().unwrap();
    }
    assert!(items.try_next().await.unwrap_err().is_auth());
    assert_eq!(items.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn pages_are_fetched_as_they_are_needed() {
    let server = list(100, 100, "").await;
    let mut items = items(&server, Request::new(&GET), &PAGING);
    assert!(server.received().is_empty());
    for _ in 0..3 {
        items.try_next().await.unwrap();
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn an_invalid_request_is_the_first_item() {
    let client = builder("http://127.0.0.1:9", VirtualClock::jumping()).build().unwrap();
    let request = Err(InvalidRequest::new("getThing", "no good"));
    let mut items: Items<u64, Undescribed> = listed(&PAGING).items(client, request);
    assert_eq!(items.try_next().await.unwrap_err().to_string(), "getThing: no good");
    assert_eq!(items.try_next().await.unwrap(), None);

    let failed = Items::<u64, Undescribed>::failed(InvalidRequest::new("getThing", "no good").into());
    assert!(failed.collect_all().await.is_err());
}

#[tokio::test]
async fn pages_come_with_what_stands_beside_the_items() {
    let server = list(5, 100, r#","total":5"#).await;
    let pages: Vec<_> = pages(&server, Request::new(&GET), &PAGING).try_collect().await.unwrap();
    assert_eq!(pages.iter().map(|page| page.items.len()).collect::<Vec<_>>(), [3, 2]);
    assert!(pages.iter().all(|page| page.status() == StatusCode::OK));
}

#[tokio::test]
async fn streams_can_be_spawned() {
    fn assert_stream<S: Stream + Send + Unpin + 'static>(_: &S) {}
    let server = list(1, 100, "").await;
    let items = items(&server, Request::new(&GET), &PAGING);
    assert_stream(&items);
    assert_eq!(tokio::spawn(items.collect_all()).await.unwrap().unwrap(), [0]);
}
