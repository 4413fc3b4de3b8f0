//! Pages that are fetched before they are asked for.

use super::*;

/// One item a page, for ever.
async fn endless() -> Server {
    Server::answering(|request| json(200, &format!(r#"{{"items":[{}]}}"#, number(request, "offset").unwrap_or(0))))
        .await
}

#[tokio::test]
async fn so_many_pages_are_fetched_ahead_and_no_more() {
    let server = endless().await;
    let mut items = items(&server, Request::new(&GET), &NO_LIMIT).read_ahead(2);
    tokio::task::yield_now().await;
    assert!(server.received().is_empty(), "nothing is fetched before the first item is asked for");
    for expected in 0..4 {
        assert_eq!(items.try_next().await.unwrap(), Some(expected));
        // The page that was just taken, and the two behind it.
        while (server.received().len() as u64) < expected + 3 {
            server.next_arrival().await;
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.received().len() as u64, expected + 3);
    }
}

#[tokio::test]
async fn pages_can_be_read_ahead_too() {
    let server = list(7, 100, "").await;
    let pages: Vec<_> = pages(&server, Request::new(&GET), &PAGING).read_ahead(8).try_collect().await.unwrap();
    assert_eq!(pages.iter().map(|page| page.items.len()).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(server.received().len(), 3, "nothing is fetched behind the end");
}

#[tokio::test]
async fn errors_keep_their_place() {
    let pages = [json(200, r#"{"items":[1,2,3]}"#), json(200, r#"{"items":[4,5,6]}"#), status(403)];
    let server = Server::script(pages).await;
    let mut items = items(&server, Request::new(&GET), &PAGING).read_ahead(5);
    for expected in 1..=6 {
        assert_eq!(items.try_next().await.unwrap(), Some(expected));
    }
    assert!(items.try_next().await.unwrap_err().is_auth());
    assert_eq!(items.try_next().await.unwrap(), None);
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_stream_that_is_dropped_ends_its_task() {
    // The second page never comes.
    let server = Server::script([json(200, r#"{"items":[0]}"#), Act::SendAndHang(Vec::new())]).await;
    let environment = VirtualClock::jumping();
    let client = builder(&server.url, std::sync::Arc::clone(&environment) as _).build().unwrap();
    let mut items: Items<u64, Undescribed> = listed(&NO_LIMIT).items(client, Ok(Request::new(&GET))).read_ahead(1);
    assert_eq!(items.try_next().await.unwrap(), Some(0));
    server.next_arrival().await;
    server.next_arrival().await;
    assert!(std::sync::Arc::strong_count(&environment) > 1);
    drop(items);
    // The client is gone when the task is, for nobody else has it; a task that goes on would wait for ever.
    while std::sync::Arc::strong_count(&environment) > 1 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn where_there_is_no_tokio_each_page_is_fetched_when_it_is_asked_for() {
    let pages = testing::Script::new(
        ["[1,2,3]", "[4]"].map(|items| testing::Answer::json(200, format!(r#"{{"items":{items}}}"#))),
    );
    let client = builder("https://api.test", VirtualClock::jumping()).transport(pages).build().unwrap();
    let items: Items<u64, Undescribed> = listed(&PAGING).items(client, Ok(Request::new(&GET))).read_ahead(5);
    let mut all = std::pin::pin!(items.try_collect::<Vec<_>>());
    let polled = all.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    let std::task::Poll::Ready(Ok(all)) = polled else { panic!("{polled:?}") };
    assert_eq!(all, [1, 2, 3, 4]);
}
