//! `bodies.json`: request bodies in every encoding.

use futures_util::stream;
use golden_bodies::calls::SendEitherWayBody;
use golden_bodies::types::{Address, AddressPatch, Note, NotePatch, Profile, ProfilePatch, SendFormRequest};
use golden_bodies::{Client, runtime};
use runtime::{Body, Multipart, Part};
use serde_json::json;

use crate::server::{Seen, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

fn note() -> Note {
    Note::new("é\"")
}

/// Media type and text of the body.
fn sent(seen: &Seen) -> (Option<&str>, &str) {
    (seen.header("Content-Type"), seen.text())
}

#[tokio::test]
async fn json_with_only_what_is_set() {
    let server = Server::accepting();
    client(&server).send_json(note()).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(sent(&seen), (Some("application/json"), r#"{"text":"é\""}"#));
    assert_eq!(seen.header("Content-Length"), Some("15"));
}

#[tokio::test]
async fn json_of_what_is_required_and_what_may_be_left_out() {
    let server = Server::accepting();
    client(&server).send_json(Note::new("a").stars(1)).send().await.unwrap();
    assert_eq!(server.seen().json(), json!({"text": "a", "stars": 1}));
}

#[tokio::test]
async fn what_holds_one_thing_may_be_given_as_that() {
    let server = Server::accepting();
    client(&server).send_json("a").send().await.unwrap();
    assert_eq!(server.seen().json(), json!({"text": "a"}));
}

#[tokio::test]
async fn an_optional_body_left_out_is_no_body_and_no_media_type() {
    let server = Server::accepting();
    client(&server).send_json_optionally().send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.method.as_str(), seen.header("Content-Type"), seen.text()), ("PUT", None, ""));

    let server = Server::accepting();
    client(&server).send_json_optionally().body(note()).send().await.unwrap();
    assert_eq!(server.seen().json(), json!({"text": "é\""}));
}

#[tokio::test]
async fn a_patch_tells_absent_null_and_value_apart() {
    let server = Server::accepting();
    client(&server).change_note(NotePatch::new().text_null()).send().await.unwrap();
    assert_eq!(sent(&server.seen()), (Some("application/merge-patch+json"), r#"{"text":null}"#));

    let server = Server::accepting();
    client(&server).change_note(NotePatch::new().stars(5).text_null()).send().await.unwrap();
    assert_eq!(server.seen().json(), json!({"text": null, "stars": 5}));

    let server = Server::accepting();
    client(&server).change_note(NotePatch::default()).send().await.unwrap();
    assert_eq!(server.seen().text(), "{}");
}

#[tokio::test]
async fn a_merge_patch_removes_whatever_may_be_left_out_and_the_same_schema_elsewhere_has_no_null() {
    let server = Server::accepting();
    let history = || [Address::new().city("b")];
    let patch = ProfilePatch::new()
        .name_null()
        .address(AddressPatch::new().city_null().zip("1"))
        .notes([("a".to_owned(), None)])
        .history(history());
    client(&server).change_profile(patch).send().await.unwrap();
    let expected = json!({
        "name": null, "address": {"city": null, "zip": "1"}, "notes": {"a": null}, "history": [{"city": "b"}],
    });
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), seen.json()), (Some("application/merge-patch+json"), expected));

    let server = Server::accepting();
    let whole = Profile::new().name("x").history(history());
    client(&server).change_profile(whole).send().await.unwrap();
    assert_eq!(sent(&server.seen()), (Some("application/json"), r#"{"name":"x","history":[{"city":"b"}]}"#));
}

#[tokio::test]
async fn get_and_delete_with_bodies() {
    let server = Server::accepting();
    client(&server).search_with_body().body(note()).send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.method.as_str(), seen.json()), ("GET", json!({"text": "é\""})));

    let server = Server::accepting();
    client(&server).delete_with_body().body([1, 2]).send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.method.as_str(), seen.text()), ("DELETE", "[1,2]"));
}

#[tokio::test]
async fn vendor_media_types_and_parameters_are_sent_as_documented() {
    let server = Server::accepting();
    client(&server).send_vendor_json(note()).send().await.unwrap();
    assert_eq!(server.seen().header("Content-Type"), Some("application/vnd.example.v2+json"));

    let server = Server::accepting();
    client(&server).send_shared_body(note()).send().await.unwrap();
    assert_eq!(server.seen().header("Content-Type"), Some("application/json; charset=utf-8"));
}

#[tokio::test]
async fn a_body_without_a_schema_is_any_json() {
    let server = Server::accepting();
    client(&server).send_anything(json!(["a", {"b": null}])).send().await.unwrap();
    assert_eq!(sent(&server.seen()), (Some("application/json"), r#"["a",{"b":null}]"#));
}

#[tokio::test]
async fn the_caller_chooses_among_encodings() {
    let server = Server::accepting();
    client(&server).send_either_way(note()).send().await.unwrap();
    assert_eq!(server.seen().header("Content-Type"), Some("application/json"));

    let server = Server::accepting();
    client(&server).send_either_way(SendEitherWayBody::Form(Note::new("a b").stars(1))).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.pairs(), ["stars=1", "text=a+b"]);

    let server = Server::accepting();
    client(&server).send_either_way("plain").send().await.unwrap();
    assert_eq!(sent(&server.seen()), (Some("text/plain"), "plain"));

    let server = Server::accepting();
    client(&server).send_either_way(Body::from(vec![1, 2])).send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), &seen.body[..]), (Some("application/octet-stream"), &[1, 2][..]));

    let server = Server::accepting();
    client(&server).send_either_way(Multipart::new()).attachment(vec![b'x']).send().await.unwrap();
    let part = ("name=\"attachment\"; Content-Type: application/octet-stream".to_owned(), "x".to_owned());
    assert_eq!(server.seen().parts(), [part]);
}

#[tokio::test]
async fn a_part_beside_a_body_that_is_no_form_is_told() {
    let server = Server::accepting();
    let error = client(&server).send_either_way(note()).attachment(vec![b'x']).send().await.unwrap_err();
    assert_eq!(error.to_string(), "sendEitherWay: more than one request body was set");
}

#[tokio::test]
async fn one_type_under_several_media_types() {
    let server = Server::accepting();
    client(&server).send_either_json(note()).send().await.unwrap();
    assert_eq!(server.seen().header("Content-Type"), Some("application/json"));

    let server = Server::accepting();
    let client = client(&server);
    client.send_either_json(note()).content_type("application/vnd.example+json").send().await.unwrap();
    assert_eq!(server.seen().header("Content-Type"), Some("application/vnd.example+json"));
}

#[tokio::test]
async fn a_form_with_an_encoding_for_each_field() {
    let (list, address) = (["a b", "c"], || Address::new().city("X Y").zip("1"));
    let form = SendFormRequest::new("n&m").count(2).plain(list).spaced(["a+b", "c"]).joined(list);
    let form = form.json(address()).deep(address()).nested(address()).url("http://a/b?c");
    let server = Server::accepting();
    client(&server).send_form(form).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    let expected = [
        "count=2",
        "deep%5Bcity%5D=X+Y",
        "deep%5Bzip%5D=1",
        "joined=a+b,c",
        "json=%7B%22city%22%3A%22X+Y%22%2C%22zip%22%3A%221%22%7D",
        "name=n%26m",
        "nested=%7B%22city%22%3A%22X+Y%22%2C%22zip%22%3A%221%22%7D",
        "plain=a+b",
        "plain=c",
        "spaced=a%2Bb%20c",
        "url=http://a/b?c",
    ];
    assert_eq!(seen.pairs(), expected);
}

#[tokio::test]
async fn multipart_with_files_values_and_json() {
    let server = Server::accepting();
    let client = client(&server);
    let chunks = stream::iter([Ok::<_, std::io::Error>("first "), Ok("second")]);
    let file = Part::stream(chunks).file_name("f\".txt").media_type("image/jpeg");
    let call = client.send_parts("t\"\r\n", file).count(3).tags(["a", "b"]);
    let call = call.address(Address::new().city("X"));
    let call = call.pages([vec![b'1'], vec![b'2']]).icon(vec![b'i']).settings([1, 2]).table("a,b");
    call.send().await.unwrap();
    let expected = [
        ("name=\"title\"", "t\"\r\n"),
        ("name=\"count\"", "3"),
        ("name=\"tags\"", "a"),
        ("name=\"tags\"", "b"),
        ("name=\"address\"; Content-Type: application/json", r#"{"city":"X"}"#),
        ("name=\"file\"; filename=\"f%22.txt\"; Content-Type: image/jpeg", "first second"),
        ("name=\"pages\"; Content-Type: application/octet-stream", "1"),
        ("name=\"pages\"; Content-Type: application/octet-stream", "2"),
        ("name=\"icon\"; Content-Type: image/png", "i"),
        ("name=\"settings\"; Content-Type: application/vnd.settings+json", "[1,2]"),
        ("name=\"table\"; Content-Type: text/csv", "a,b"),
    ];
    assert_eq!(server.seen().parts(), expected.map(|(head, content)| (head.to_owned(), content.to_owned())));
}

#[tokio::test]
async fn multipart_that_is_no_form_has_parts_without_names() {
    let server = Server::accepting();
    client(&server).send_related().metadata(Address::new().city("X")).media(vec![b'i']).send().await.unwrap();
    let seen = server.seen();
    assert!(seen.header("Content-Type").unwrap().starts_with("multipart/related; boundary="));
    let expected = [("Content-Type: application/json", r#"{"city":"X"}"#), ("Content-Type: image/png", "i")];
    assert_eq!(seen.parts(), expected.map(|(head, content)| (head.to_owned(), content.to_owned())));
}

#[tokio::test]
async fn optional_multipart_and_parts_that_the_document_does_not_name() {
    let server = Server::accepting();
    client(&server).send_parts_optionally().send().await.unwrap();
    let seen = server.seen();
    assert_eq!(sent(&seen), (None, ""));

    let server = Server::accepting();
    let mut form = Multipart::new();
    form.text("other", "x");
    client(&server).send_parts_optionally().body(form).title("t").send().await.unwrap();
    let parts = [("name=\"other\"", "x"), ("name=\"title\"", "t")];
    assert_eq!(server.seen().parts(), parts.map(|(head, content)| (head.to_owned(), content.to_owned())));
}

#[tokio::test]
async fn text_and_xml_are_sent_as_they_are() {
    let server = Server::accepting();
    client(&server).send_text("a,b\r\n").send().await.unwrap();
    assert_eq!(sent(&server.seen()), (Some("text/csv"), "a,b\r\n"));

    let server = Server::accepting();
    client(&server).send_xml("<a>é</a>").send().await.unwrap();
    assert_eq!(sent(&server.seen()), (Some("application/xml"), "<a>é</a>"));
}

#[tokio::test]
async fn binary_bodies_are_bytes_or_streams_of_a_media_type_that_a_range_leaves_open() {
    let server = Server::accepting();
    client(&server).send_bytes(vec![0, 255]).send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), &seen.body[..]), (Some("application/zip"), &[0, 255][..]));

    let server = Server::accepting();
    let chunks = stream::iter([Ok::<_, std::io::Error>(vec![1]), Ok(vec![2, 3])]);
    client(&server).send_any_image(Body::stream(chunks)).content_type("image/webp").send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), &seen.body[..]), (Some("image/webp"), &[1, 2, 3][..]));
}
