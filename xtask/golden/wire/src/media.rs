//! `media.json`: media types and what they leave open, and values within values.

use golden_media::calls::SendVersionsBody;
use golden_media::runtime::Part;
use golden_media::types::{Note, NotePatch, Page};
use golden_media::{CallOptions, Client, Error, RetryPolicy, errors, responses};
use serde_json::json;

use crate::server::{Server, answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

fn moved() -> Vec<u8> {
    "HTTP/1.1 302 X\r\nLocation: /there?x=1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nmoved".into()
}

#[tokio::test]
async fn text_under_any_media_type_is_sent_as_it_is_and_read_as_the_answer_says() {
    for (media_type, body, expected) in [
        ("text/plain", "plain", "plain"),
        ("text/plain; charset=utf-8", "\"quoted\"", "\"quoted\""),
        ("application/json", "\"quoted\"", "quoted"),
        ("application/octet-stream", "plain", "plain"),
    ] {
        let server = Server::answering(answer(200, media_type, body));
        let found = client(&server).send_any_text("a \"b\"").send().await.unwrap();
        assert_eq!(*found, expected, "{media_type}");
        let seen = server.seen();
        assert_eq!((seen.header("Content-Type"), seen.text()), (Some("application/octet-stream"), "a \"b\""));
        assert_eq!(seen.header("Accept"), Some("*/*"));
    }
    let server = Server::answering(answer(200, "text/plain", ""));
    client(&server).send_any_text(vec![0, 255]).content_type("application/zip").send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), &seen.body[..]), (Some("application/zip"), &[0, 255][..]));
}

#[tokio::test]
async fn bytes_behind_a_reference_are_bytes_both_ways() {
    let server = Server::answering(answer(200, "image/png", [1, 255]));
    let found = client(&server).send_any_bytes(vec![0, 254]).send().await.unwrap();
    assert_eq!(found.into_inner().collect().await.unwrap()[..], [1, 255]);
    assert_eq!(server.seen().body, [0, 254]);
}

#[tokio::test]
async fn what_is_any_json_or_an_error_may_be_text_too() {
    let server = Server::answering(answer(200, "text/html", "<p>"));
    assert_eq!(client(&server).any_errors().send().await.unwrap().into_inner(), json!("<p>"));
    let server = Server::json(r#"{"a":1}"#);
    assert_eq!(client(&server).any_errors().send().await.unwrap().into_inner(), json!({"a": 1}));
    let server = Server::answering(answer(400, "text/plain", "no such thing"));
    let Error::Response(error) = client(&server).any_errors().send().await.unwrap_err() else { panic!("no answer") };
    assert_eq!(*error.body(), errors::AnyErrorsError::BadRequest("no such thing".to_owned()));
}

#[tokio::test]
async fn text_that_is_no_json_is_never_quoted() {
    let server = Server::accepting();
    client(&server).send_octets("a \"b\"").send().await.unwrap();
    assert_eq!(server.seen().text(), "a \"b\"");
    let server = Server::accepting();
    client(&server).send_form_text("a=1&b=2").send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), seen.text()), (Some("application/x-www-form-urlencoded"), "a=1&b=2"));
}

#[tokio::test]
async fn every_version_of_a_media_type_can_be_asked_for_and_sent() {
    let server = Server::json(r#"{"stars":1}"#);
    client(&server).read_versions().send().await.unwrap();
    assert_eq!(server.seen().header("Accept"), Some("application/json;version=3"));
    let server = Server::json(r#"{"stars":1}"#);
    let found = client(&server).read_versions().send_json_version_4().await.unwrap();
    assert_eq!(found.stars, Some(1));
    assert_eq!(server.seen().header("Accept"), Some("application/json;version=4"));

    let note = Note::new().stars(2);
    let server = Server::accepting();
    client(&server).send_versions(note.clone()).send().await.unwrap();
    assert_eq!(server.seen().header("Content-Type"), Some("application/json;version=3"));
    let server = Server::accepting();
    client(&server).send_versions(SendVersionsBody::JsonVersion4(note)).send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), seen.text()), (Some("application/json;version=4"), r#"{"stars":2}"#));
}

#[tokio::test]
async fn a_version_has_its_method_where_successes_differ_by_status_too() {
    let server = Server::json(r#"{"count":2}"#);
    let found = client(&server).delete_versions().send_json_version_4().await.unwrap().into_inner();
    let responses::DeleteVersionsJsonVersion4Success::Ok(count) = found else { panic!("another status") };
    assert_eq!(count.count, Some(2));
    let server = Server::accepting();
    let found = client(&server).delete_versions().send().await.unwrap().into_inner();
    assert!(matches!(found, responses::DeleteVersionsSuccess::NoContent { .. }));
}

#[tokio::test]
async fn json_that_is_a_stream_comes_line_by_line() {
    let server = Server::answering(answer(200, "application/json;stream=watch", "{\"stars\":1}\n{\"stars\":2}\n"));
    let mut lines = client(&server).watch_notes().send_lines().await.unwrap().into_inner();
    let mut stars = Vec::new();
    while let Some(note) = lines.try_next().await.unwrap() {
        stars.push(note.stars);
    }
    assert_eq!(stars, [Some(1), Some(2)]);
    assert_eq!(server.seen().header("Accept"), Some("application/json;stream=watch"));
}

#[tokio::test]
async fn each_kind_of_patch_has_its_type() {
    let server = Server::accepting();
    let operation = json!({"op": "remove", "path": "/text"});
    client(&server).patch_note([operation]).send().await.unwrap();
    let seen = server.seen();
    let sent = (seen.header("Content-Type"), seen.json());
    assert_eq!(sent, (Some("application/json-patch+json"), json!([{"op": "remove", "path": "/text"}])));
    let server = Server::accepting();
    client(&server).patch_note(NotePatch::new().stars(1)).send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), seen.text()), (Some("application/merge-patch+json"), r#"{"stars":1}"#));
}

#[tokio::test]
async fn a_redirect_gives_the_bytes_that_it_leads_to_or_its_location() {
    let server = Server::serving(|seen| match seen.target.as_str() {
        "/download" => moved(),
        _ => answer(200, "application/zip", "bytes"),
    });
    let found = client(&server).download().send().await.unwrap();
    assert_eq!((found.status().as_u16(), found.location()), (200, None));
    assert_eq!(found.into_inner().collect().await.unwrap(), "bytes");
    assert_eq!(server.targets(), ["/download", "/there?x=1"]);

    let server = Server::answering(moved());
    let options = CallOptions::new().follow_redirects(false);
    let found = client(&server).download().options(options).send().await.unwrap();
    assert_eq!((found.status().as_u16(), found.location()), (302, Some("/there?x=1")));

    let server = Server::answering(moved());
    let found = client(&server).sign_in().send().await.unwrap();
    assert_eq!((found.status().as_u16(), found.location()), (302, Some("/there?x=1")));
    assert_eq!(found.into_inner().collect().await.unwrap(), "moved");

    let server = Server::answering(answer(500, "application/json", r#"{"count":1}"#));
    let Error::Response(error) = client(&server).sign_in().send().await.unwrap_err() else { panic!("no answer") };
    let errors::SignInError::Default(count) = error.body() else { panic!("another error") };
    assert_eq!(count.count, Some(1));
}

#[tokio::test]
async fn what_only_a_media_type_is_said_of_is_bytes_both_ways() {
    let server = Server::accepting();
    client(&server).send_picture().body(vec![137, 255]).content_type("image/png").send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), &seen.body[..]), (Some("image/png"), &[137, 255][..]));

    let server = Server::accepting();
    let client = client(&server);
    let page = Part::bytes("p").file_name("p.png").media_type("image/png");
    let call = client.send_pictures("7", vec![b'c']).pages([page, Part::bytes("q")]);
    call.send().await.unwrap();
    let heads: Vec<(String, String)> = server.seen().parts();
    let head = |at: usize| heads[at].0.as_str();
    assert_eq!((heads.len(), head(0), heads[0].1.as_str()), (4, "name=\"id\"", "7"));
    assert!(head(1).contains("name=\"cover\"") && !head(1).contains("json"), "{heads:?}");
    assert_eq!(head(2), "name=\"pages\"; filename=\"p.png\"; Content-Type: image/png");
    assert_eq!([1, 2, 3].map(|at| heads[at].1.as_str()), ["c", "p", "q"]);
}

#[tokio::test]
async fn the_format_of_an_answer_is_the_callers_choice() {
    let server = Server::answering(answer(200, "image/png", [1, 255]));
    let found = client(&server).see_picture().send().await.unwrap();
    assert_eq!(found.into_inner().collect().await.unwrap()[..], [1, 255]);
    assert_eq!(server.seen().header("Accept"), Some("image/png"));
    let server = Server::answering(answer(200, "image/jpeg", [2, 254]));
    let found = client(&server).see_picture().send_jpeg().await.unwrap();
    assert_eq!(found.into_inner().collect().await.unwrap()[..], [2, 254]);
    assert_eq!(server.seen().header("Accept"), Some("image/jpeg"));
}

#[tokio::test]
async fn parts_have_styles_headers_and_the_media_types_of_what_they_refer_to() {
    let server = Server::accepting();
    let client = client(&server);
    let file = Part::bytes("x").header("X-Own", "y");
    let call = client.send_styled_parts(file).joined(["a b", "c"]).piped(["d", "e"]).nested([vec![1, 2], vec![3]]);
    let deep: Note = Note::new().text("t&").stars(1);
    let call = call.deep(deep).coded("AAA=");
    call.file_x_width(7).tagged("t").tagged_x_tags(["u", "v"]).send().await.unwrap();
    let mut parts = server.seen().parts();
    // The properties of an object have no order.
    parts[3..5].sort();
    let expected = [
        ("name=\"file\"; Content-Type: image/png; X-Own: y; X-Width: 7", "x"),
        ("name=\"joined\"", "a b,c"),
        ("name=\"piped\"", "d|e"),
        ("name=\"deep[stars]\"", "1"),
        ("name=\"deep[text]\"", "t&"),
        ("name=\"nested\"", "1,2"),
        ("name=\"nested\"", "3"),
        ("name=\"tagged\"; X-Tags: u,v", "t"),
        ("name=\"coded\"; Content-Type: application/octet-stream", "AAA="),
    ];
    assert_eq!(parts, expected.map(|(head, content)| (head.to_owned(), content.to_owned())));
}

#[tokio::test]
async fn a_part_and_its_headers_belong_together() {
    let server = Server::accepting();
    let client = client(&server);
    let error = client.send_styled_parts(vec![1]).tagged("t").send().await.unwrap_err();
    assert!(error.to_string().contains("`X-Tags` of the part `tagged` is required"), "{error}");
    let error = client.send_styled_parts(vec![1]).tagged_x_tags(["u"]).send().await.unwrap_err();
    assert!(error.to_string().contains("`X-Tags` is of the part `tagged`, which was not set"), "{error}");
}

#[tokio::test]
async fn values_within_values_are_written_as_servers_or_hints_expect() {
    let page = || Page::new().page(0).sort(["name,asc", "id"]);
    let server = Server::accepting();
    let client = client(&server);
    let call = client.nested_values().page(page()).filter(page()).boxes([vec![1, 2], vec![3]]);
    call.tabs(["a", "b"]).x_piped(["c", "d"]).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.header("X-Piped"), Some("c|d"));
    let expected = "page=0&sort=name%2Casc&sort=id\
                    &filter%5Bpage%5D=0&filter%5Bsort%5D%5B%5D=name%2Casc&filter%5Bsort%5D%5B%5D=id\
                    &boxes=1,2%7C3&tabs=a%09b";
    assert_eq!(seen.target, format!("/nested?{expected}"));
}

#[tokio::test]
async fn a_header_that_an_operation_overrides_in_another_case_is_sent_once() {
    let server = Server::accepting();
    client(&server).overridden_header("t").send().await.unwrap();
    assert_eq!(server.seen().header("X-Tenant"), Some("t"));
}

#[tokio::test]
async fn what_stands_beside_a_path_items_reference_counts() {
    let server = Server::json("{}");
    let client = client(&server);
    client.get_shared("1", "s").x_trace("t").send().await.unwrap();
    let seen = server.seen();
    assert_eq!(
        (seen.target.as_str(), seen.header("X-Shared"), seen.header("X-Trace")),
        ("/shared/1", Some("s"), Some("t"))
    );
    let server = Server::accepting();
    self::client(&server).put_shared("1", "s").send().await.unwrap();
    assert_eq!(server.line(), "PUT /shared/1");
}

#[tokio::test]
async fn schemas_are_found_by_the_names_that_they_give_themselves() {
    let body = json!({
        "children": [{"label": {"en": "inner"}}], "item": {"name": "own"}, "label": {"en": "outer"},
        "leaf": {"color": "green"},
    });
    let server = Server::json(&body.to_string());
    let tree = client(&server).get_shared("1", "s").send().await.unwrap().into_inner();
    let inner = tree.children.as_ref().and_then(|children| children.first()?.label.as_ref()?.en.as_deref());
    assert_eq!(inner, Some("inner"));
    assert_eq!(tree.item.and_then(|item| item.name).as_deref(), Some("own"));
    assert_eq!(tree.leaf.and_then(|leaf| leaf.color).as_deref(), Some("green"));
}
