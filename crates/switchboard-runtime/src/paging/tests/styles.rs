//! One style after the other: what is asked for, and where it ends.

use super::*;
use crate::paging::PagingStyle;

/// The target of each request, and the items that came.
async fn walk(
    paging: &'static Paging,
    answers: impl IntoIterator<Item = &'static str>,
) -> (Vec<String>, Result<Vec<u64>, String>) {
    let server = Server::script(answers.into_iter().map(|body| json(200, body))).await;
    let found = items(&server, Request::new(&GET), paging).collect_all().await;
    (targets(&server), found.map_err(|error| error.to_string()))
}

#[tokio::test]
async fn page_numbers() {
    static PAGED: Paging = Paging {
        limit: Some("size"),
        page_size: Some(2),
        total: Some("/total"),
        total_pages: Some("/pages"),
        has_more: Some("/more"),
        ..plain(PagingStyle::Page { page: "page", first: 1 })
    };
    let three = ["/things?size=2", "/things?size=2&page=2", "/things?size=2&page=3"];
    let bodies = [r#"{"items":[0,1]}"#, r#"{"items":[2,3]}"#, r#"{"items":[4]}"#];
    assert_eq!(walk(&PAGED, bodies).await, (three.map(str::to_owned).into(), Ok(vec![0, 1, 2, 3, 4])));

    for body in [r#"{"items":[0],"pages":1}"#, r#"{"items":[0,1],"total":2}"#, r#"{"items":[0,1],"more":false}"#] {
        assert_eq!(walk(&PAGED, [body]).await.0.len(), 1, "{body}");
    }
    let bodies = [r#"{"items":[0],"pages":3}"#, r#"{"items":[],"pages":3}"#, r#"{"items":[1],"pages":3}"#];
    assert_eq!(walk(&PAGED, bodies).await, (three.map(str::to_owned).into(), Ok(vec![0, 1])));

    static FROM_ZERO: Paging = plain(PagingStyle::Page { page: "p", first: 0 });
    let (targets, found) = walk(&FROM_ZERO, [r#"{"items":[7]}"#, r#"{"items":[]}"#]).await;
    assert_eq!((targets, found), (vec!["/things".to_owned(), "/things?p=1".to_owned()], Ok(vec![7])));
}

#[tokio::test]
async fn the_callers_first_page_is_kept() {
    static PAGED: Paging = Paging { total: Some("/total"), ..plain(PagingStyle::Page { page: "page", first: 1 }) };
    let bodies = [r#"{"items":[4,5],"total":6}"#, r#"{"items":[6],"total":6}"#, r#"{"items":[],"total":6}"#];
    let server = Server::script(bodies.map(|body| json(200, body))).await;
    let mut request = Request::new(&GET);
    request.parameter(&Parameter::query("page"), &3).unwrap();
    assert_eq!(items(&server, request, &PAGED).collect_all().await.unwrap(), [4, 5, 6]);
    assert_eq!(targets(&server), ["/things?page=3", "/things?page=4", "/things?page=5"]);
}

static CURSOR: Paging =
    Paging { has_more: Some("/more"), ..plain(PagingStyle::Cursor { cursor: "after", next: "/meta/next" }) };

#[tokio::test]
async fn cursors() {
    for end in ["", r#","meta":null"#, r#","meta":{"next":null}"#, r#","meta":{"next":""}"#] {
        let last = format!(r#"{{"items":[4]{end}}}"#).leak();
        let bodies = [r#"{"items":[1,2],"meta":{"next":"a/b="}}"#, r#"{"items":[],"meta":{"next":17}}"#, last];
        let expected = ["/things", "/things?after=a%2Fb%3D", "/things?after=17"].map(str::to_owned);
        assert_eq!(walk(&CURSOR, bodies).await, (expected.into(), Ok(vec![1, 2, 4])), "{end}");
    }
    let (targets, found) = walk(&CURSOR, [r#"{"items":[1],"meta":{"next":"z"},"more":false}"#]).await;
    assert_eq!((targets.len(), found), (1, Ok(vec![1])));
    let (_, found) = walk(&CURSOR, [r#"{"items":[1],"more":true}"#]).await;
    let said = "getThing: a page says that there are more, but not where (page 1, position 1/testing/getThing/1/first)";
    assert_eq!(found.unwrap_err(), said);
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_it_behind_the_items() {
    let bodies = [r#"{"items":[1],"meta":{"next":"a"}}"#, r#"{"items":[2],"meta":{"next":"a"}}"#];
    let server = Server::script(bodies.map(|body| json(200, body))).await;
    let mut items = items(&server, Request::new(&GET), &CURSOR);
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    assert_eq!(items.try_next().await.unwrap(), Some(2));
    let error = items.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Paging(_)), "{error}");
    assert!(error.to_string().starts_with("getThing: the pages lead round in a circle"), "{error}");
    assert_eq!(items.try_next().await.unwrap(), None);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn empty_pages_do_not_go_round_in_a_circle_for_ever() {
    let answer = |request: &Received| {
        let next = (number(request, "after").unwrap_or(0) + 1) % 5;
        json(200, &format!(r#"{{"items":[],"meta":{{"next":"{}"}}}}"#, if next == 0 { 5 } else { next }))
    };
    let server = Server::answering(answer).await;
    let error = items(&server, Request::new(&GET), &CURSOR).collect_all().await.unwrap_err();
    assert!(matches!(error, Error::Paging(_)) && server.received().len() < 20, "{error}");
}

static LINK: Paging = plain(PagingStyle::Link { next: "/links/next" });

#[tokio::test]
async fn links_in_the_body() {
    let server = Server::answering(|request| match request.target.as_str() {
        "/things?tag=x" => json(200, r#"{"items":[1],"links":{"next":"?tag=x&page=2"}}"#),
        "/things?tag=x&page=2" => {
            let host = request.header("host").unwrap();
            json(200, &format!(r#"{{"items":[2],"links":{{"next":{{"href":"http://{host}/v2/more#x"}}}}}}"#))
        }
        _ => json(200, r#"{"items":[3],"links":{"next":null}}"#),
    })
    .await;
    let mut request = Request::new(&GET);
    request.parameter(&Parameter::query("tag"), "x").unwrap();
    request.set_header(HeaderName::from_static("x-account"), HeaderValue::from_static("7"));
    assert_eq!(items(&server, request, &LINK).collect_all().await.unwrap(), [1, 2, 3]);
    assert_eq!(targets(&server), ["/things?tag=x", "/things?tag=x&page=2", "/v2/more"]);
    assert!(server.received().iter().all(|request| request.header("x-account") == Some("7")));
}

#[tokio::test]
async fn cursors_in_headers() {
    static BOTH: Paging = Paging {
        limit: Some("header:X-Size"),
        page_size: Some(2),
        total: Some("header:X-Total"),
        ..plain(PagingStyle::Cursor { cursor: "header:X-After", next: "header:X-Next" })
    };
    let server = Server::answering(|request| match request.header("x-after") {
        None => Act::Send(answer(200, &[("x-next", "a/b="), ("x-total", "3")], r#"{"items":[1,2]}"#)),
        Some("a/b=") => Act::Send(answer(200, &[("x-next", ""), ("X-TOTAL", "3")], r#"{"items":[3]}"#)),
        Some(_) => json(500, "{}"),
    })
    .await;
    let found = items(&server, Request::new(&GET), &BOTH).collect_all().await.unwrap();
    assert_eq!((found, targets(&server)), (vec![1, 2, 3], ["/things", "/things"].map(str::to_owned).into()));
    assert!(server.received().iter().all(|request| request.header("x-size") == Some("2")));

    let mut request = Request::new(&GET);
    request.set_header(HeaderName::from_static("x-after"), HeaderValue::from_static("a/b="));
    assert_eq!(items(&server, request, &BOTH).collect_all().await.unwrap(), [3], "no total is missed from the middle");

    let server = Server::script([Act::Send(answer(200, &[("x-total", "3")], r#"{"items":[1,2]}"#))]).await;
    let error = items(&server, Request::new(&GET), &BOTH).collect_all().await.unwrap_err().to_string();
    assert!(error.contains("the list ends after 2 of 3 items"), "{error}");
}

#[tokio::test]
async fn a_link_behind_a_post_is_followed_by_get_where_that_is_said() {
    static GOT: Paging = Paging { links_by_get: true, ..plain(PagingStyle::Link { next: "/next" }) };
    static SAME: Paging = plain(PagingStyle::Link { next: "/next" });
    for (paging, method, body) in [(&GOT, "GET", ""), (&SAME, "POST", r#"{"filter":"x"}"#)] {
        let bodies = [r#"{"items":[1],"next":"/more?at=2"}"#, r#"{"items":[2]}"#];
        let server = Server::script(bodies.map(|body| json(200, body))).await;
        let mut request = Request::new(&POST);
        request.body("application/json", Body::from(r#"{"filter":"x"}"#));
        assert_eq!(items(&server, request, paging).collect_all().await.unwrap(), [1, 2]);
        let received = server.received();
        let sent: Vec<_> = received.iter().map(|request| (request.method.as_str(), request.text())).collect();
        assert_eq!(sent, [("POST", r#"{"filter":"x"}"#), (method, body)]);
        let typed: Vec<_> = received.iter().map(|request| request.header("content-type").is_some()).collect();
        assert_eq!((targets(&server)[1].as_str(), typed), ("/more?at=2", vec![true, method == "POST"]));
    }
}

#[tokio::test]
async fn a_page_that_a_link_leads_to_by_get_may_be_asked_for_twice() {
    static GOT: Paging = Paging { links_by_get: true, ..plain(PagingStyle::Link { next: "/next" }) };
    let bodies = [(200, r#"{"items":[1],"next":"/more"}"#), (503, ""), (200, r#"{"items":[2]}"#)];
    let server = Server::script(bodies.map(|(status, body)| json(status, body))).await;
    assert_eq!(items(&server, Request::new(&POST), &GOT).collect_all().await.unwrap(), [1, 2]);
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn links_in_the_header() {
    static HEADER: Paging = Paging { items: "", ..plain(PagingStyle::LinkHeader) };
    let server = Server::answering(|request| match request.target.as_str() {
        "/things" => {
            let link = "</things?page=1>; rel=\"first\", </things?page=2>; rel=\"next\"";
            Act::Send(answer(200, &[("link", link)], "[1,2]"))
        }
        _ => Act::Send(answer(200, &[("link", "</things>; rel=\"first\"")], "[3]")),
    })
    .await;
    let list = List::json(&HEADER, |page: &mut Vec<u64>| Some(page));
    let items: Items<u64, Undescribed> = list.items(client(&server), Ok(Request::new(&GET)));
    assert_eq!(items.collect_all().await.unwrap(), [1, 2, 3]);
    assert_eq!(targets(&server), ["/things", "/things?page=2"]);
}

#[tokio::test]
async fn a_link_to_elsewhere_is_not_followed_and_names_both_hosts() {
    let other = Server::script([json(200, r#"{"items":[9]}"#)]).await;
    let body = format!(r#"{{"items":[1],"links":{{"next":"{}/things?page=2"}}}}"#, other.url);
    let server = Server::script([json(200, &body)]).await;
    let mut items = items(&server, Request::new(&GET), &LINK);
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    let error = items.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Paging(_)), "{error}");
    assert!(error.to_string().contains(&format!("from {} to {},", server.url, other.url)), "{error}");
    assert_eq!(items.try_next().await.unwrap(), None);
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn a_key_in_a_link_is_not_sent_twice() {
    static KEYED: Operation =
        Operation { security: &[&[needs("query")]], ..operation("listThings", HttpMethod::Get, true) };
    let bodies = [r#"{"items":[1],"links":{"next":"/things?page=2&api_key=s3cret&copy=s3cret"}}"#, r#"{"items":[]}"#];
    let server = Server::script(bodies.map(|body| json(200, body))).await;
    let client = builder(&server.url, VirtualClock::jumping());
    let client = client.credential("query", Credential::ApiKey("s3cret".into())).build().unwrap();
    let again = client.clone();
    let mut items: Items<u64, Undescribed> = listed(&LINK).items(client, Ok(Request::new(&KEYED)));
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    let saved = items.position().unwrap();
    assert!(!format!("{saved} {saved:?} {items:?}").contains("s3cret"));
    assert_eq!(items.try_next().await.unwrap(), None);
    assert_eq!(targets(&server), ["/things?api_key=s3cret", "/things?page=2&copy=s3cret&api_key=s3cret"]);

    // The position cannot hold what the link needs, and says so rather than leading elsewhere.
    let rest = listed(&LINK).items::<Undescribed>(again, Ok(Request::new(&KEYED))).starting_at(saved);
    let error = rest.collect_all().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)) && error.to_string().contains("held a secret"), "{error}");
}

#[tokio::test]
async fn a_cursor_does_not_stand_beside_its_opposite() {
    static PAGING: Paging =
        Paging { begins: &["before"], ..plain(PagingStyle::Cursor { cursor: "after", next: "/next" }) };
    let server = Server::script([json(200, r#"{"items":[1],"next":"b"}"#)]).await;
    let mut request = Request::new(&GET);
    request.set_query("before", "f".to_owned());
    let mut items = items(&server, request, &PAGING);
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    assert!(matches!(items.try_next().await, Err(Error::Paging(_))));
    assert_eq!(targets(&server), ["/things?before=f"]);
}
