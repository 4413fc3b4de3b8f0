//! Links to the next page, followed as they are given.

use super::*;
use crate::paging::PagingStyle;

static LINK: Paging = plain(PagingStyle::Link { next: "/next" });
static HEADER: Paging = plain(PagingStyle::LinkHeader);

#[tokio::test]
async fn a_link_is_relative_to_the_url_that_answered() {
    for (paging, head) in [(&LINK, ""), (&HEADER, "<more?page=2>; rel=next")] {
        let server = Server::answering(move |request| match request.target.as_str() {
            "/things" => Act::Send(answer(307, &[("location", "/v2/all/things")], "")),
            "/v2/all/things" => Act::Send(answer(200, &[("link", head)], r#"{"items":[1],"next":"more?page=2"}"#)),
            "/v2/all/more?page=2" => json(200, r#"{"items":[2]}"#),
            _ => status(404),
        })
        .await;
        assert_eq!(items(&server, Request::new(&GET), paging).collect_all().await.unwrap(), [1, 2], "{head}");
        assert_eq!(targets(&server), ["/things", "/v2/all/things", "/v2/all/more?page=2"]);
    }
}

#[tokio::test]
async fn a_link_relative_to_another_host_is_not_followed() {
    let other = Server::script([json(200, r#"{"items":[1],"next":"more?page=2"}"#)]).await;
    let location = format!("{}/things", other.url);
    let server = Server::script([Act::Send(answer(307, &[("location", &location)], ""))]).await;
    let mut items = items(&server, Request::new(&GET), &LINK);
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    let error = items.try_next().await.unwrap_err().to_string();
    assert!(error.contains(&format!("from {} to {},", server.url, other.url)), "{error}");
    assert_eq!((server.received().len(), other.received().len()), (1, 1));
}

#[tokio::test]
async fn titles_in_any_letters_leave_the_header_as_it_is() {
    for title in [&b"\xc3\x9cbersicht"[..], b"\xdcbersicht"] {
        let first = [
            b"HTTP/1.1 200 X\r\ncontent-length: 13\r\nconnection: close\r\nlink: </things?a=\xc3\xa9&page=2>; title=\"",
            title,
            b"\"; rel=\"next\"\r\n\r\n{\"items\":[1]}",
        ]
        .concat();
        let server = Server::script([Act::Send(first), json(200, r#"{"items":[2]}"#)]).await;
        let (all, sent) = (items(&server, Request::new(&GET), &HEADER).collect_all().await.unwrap(), targets(&server));
        assert_eq!((all, sent[1].as_str()), (vec![1, 2], "/things?a=%C3%A9&page=2"));
    }
}

#[tokio::test]
async fn a_link_header_that_cannot_be_read_proves_no_end() {
    for header in ["https://a/things?page=2; rel=next", "<https://a/things?page=2; rel=next", "<x> rel=prev, y"] {
        let server = Server::script([Act::Send(answer(200, &[("link", header)], r#"{"items":[1]}"#))]).await;
        let mut items = items(&server, Request::new(&GET), &HEADER);
        assert_eq!(items.try_next().await.unwrap(), Some(1));
        let error = items.try_next().await.unwrap_err();
        assert!(matches!(error, Error::Paging(_)), "{header}: {error}");
    }
}

#[tokio::test]
async fn nothing_but_a_declared_key_is_taken_out_of_a_link() {
    static KEYED: Operation =
        Operation { security: &[&[needs("query"), needs("basic")]], ..operation("listThings", HttpMethod::Get, true) };
    let first = r#"{"items":[1],"next":"/things?role=admin&page=2&api_key=s3cret&name=admin"}"#;
    let server = Server::script([json(200, first), json(200, r#"{"items":[2]}"#)]).await;
    let client = builder(&server.url, VirtualClock::jumping());
    let client = client.credential("query", Credential::ApiKey("s3cret".into()));
    let client = client.credential("basic", Credential::Basic { username: "admin".into(), password: "".into() });
    let list = listed(&LINK).items::<Undescribed>(client.build().unwrap(), Ok(Request::new(&KEYED)));
    assert_eq!(list.collect_all().await.unwrap(), [1, 2]);
    assert_eq!(targets(&server)[1], "/things?role=admin&page=2&name=admin&api_key=s3cret");
}

#[tokio::test]
async fn a_path_that_begins_with_two_slashes_is_a_path() {
    let server = Server::answering(|request| match request.target.as_str() {
        "/things" => {
            let host = request.header("host").unwrap();
            json(200, &format!(r#"{{"items":[1],"next":"http://{host}//evil.example/things?page=2"}}"#))
        }
        "//evil.example/things?page=2" => json(200, r#"{"items":[2],"next":"?page=3"}"#),
        "//evil.example/things?page=3" => json(200, r#"{"items":[3]}"#),
        _ => status(404),
    })
    .await;
    let mut first = items(&server, Request::new(&GET), &LINK);
    assert_eq!(first.try_next().await.unwrap(), Some(1));
    let saved: Position = first.position().unwrap().to_string().parse().unwrap();
    assert_eq!(first.collect_all().await.unwrap(), [2, 3]);
    let rest = items(&server, Request::new(&GET), &LINK).starting_at(saved);
    assert_eq!(rest.collect_all().await.unwrap(), [2, 3]);
}
