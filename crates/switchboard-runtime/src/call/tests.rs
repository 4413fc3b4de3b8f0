//! What goes over the wire of what a call was given, in whatever order.

use futures_util::stream;
use serde_json::json;

use super::*;
use crate::api::HttpMethod;
use crate::decode;
use crate::environment::SystemEnvironment;
use crate::error::Undescribed;
use crate::form_part::FormPart;
use crate::parameter::Style;
use crate::testing::{Received, Server, builder, status};

static LIST: Operation = Operation::new("listThings", HttpMethod::Get, "/things/{id}").parameters(&[
    Parameter::path("id"),
    Parameter::query("id"),
    Parameter::query("filter").style(Style::DeepObject),
    Parameter::query("limit"),
    Parameter::header("X-Trace"),
    Parameter::cookie("session"),
    Parameter::cookie("theme"),
]);
static UPLOAD: Operation = Operation::new("upload", HttpMethod::Post, "/files").form_parts(&[
    FormPart::new("file").media_type("image/png").required(),
    FormPart::json("note").headers(&[Parameter::header("X-Rate")], &["X-Rate"]),
    FormPart::new("tags"),
]);
const JSON: &str = "application/json";

/// What a server sees of a call, or what the caller is told.
async fn sent(
    operation: &'static Operation,
    fill: impl for<'a> FnOnce(Call<'a>) -> Call<'a>,
) -> Result<Received, String> {
    let server = Server::script([status(204)]).await;
    let client = builder(&server.url, std::sync::Arc::new(SystemEnvironment)).build().unwrap();
    let call = fill(Call::new(&client, operation));
    match call.send::<_, Undescribed>(decode::empty).await {
        Ok(_) => Ok(server.received().remove(0)),
        Err(error) => {
            assert!(server.received().is_empty(), "it was told and sent");
            Err(error.to_string())
        }
    }
}

#[tokio::test]
async fn arguments_stand_in_the_documents_order_and_the_last_value_counts() {
    let found = sent(&LIST, |call| {
        call.cookie("theme", "dark")
            .query("limit", &1)
            .header("X-Trace", "a")
            .cookie("session", "s")
            .query("filter", &json!({"a": 1, "b": 2}))
            .query("id", "q")
            .path("id", "x")
            .query("filter", &json!({"c": 3}))
            .query("limit", &2)
            .header("X-Trace", "b")
            .path("id", "y")
    });
    let found = found.await.unwrap();
    assert_eq!(found.target, "/things/y?id=q&filter%5Bc%5D=3&limit=2");
    assert_eq!(found.headers.iter().filter(|(name, _)| name == "x-trace").count(), 1);
    assert_eq!((found.header("x-trace"), found.header("cookie")), (Some("b"), Some("session=s; theme=dark")));
}

#[tokio::test]
async fn what_was_set_is_taken_back_by_null() {
    let found = sent(&LIST, |call| {
        call.path("id", "x").query("limit", &1).header("X-Trace", "a").query("limit", &()).header("X-Trace", &())
    });
    let found = found.await.unwrap();
    assert_eq!((found.target.as_str(), found.header("x-trace")), ("/things/x", None));
}

#[tokio::test]
async fn the_first_fault_in_the_documents_order_is_told_until_it_is_mended() {
    fn broken(call: Call<'_>) -> Call<'_> {
        call.header("X-Trace", "a\nb").path("id", "")
    }
    let empty = "listThings: the path parameter `id` must not be empty";
    assert_eq!(sent(&LIST, broken).await.unwrap_err(), empty);
    let header = "listThings: the header `X-Trace` holds characters that a header must not hold";
    assert_eq!(sent(&LIST, |call| broken(call).path("id", "x")).await.unwrap_err(), header);
    assert!(sent(&LIST, |call| broken(call).path("id", "x").header("X-Trace", "b")).await.is_ok());
    let unset = "listThings: the path parameter `id` is missing";
    assert_eq!(sent(&LIST, |call| call).await.unwrap_err(), unset);
    let undeclared = "listThings: the operation declares no parameter `other`";
    assert_eq!(sent(&LIST, |call| call.path("id", "x").query("other", &1)).await.unwrap_err(), undeclared);
}

#[tokio::test]
async fn options_come_after_what_the_call_was_given() {
    let options = || CallOptions::new().query("limit", "9").header("X-Trace", "o");
    let found = sent(&LIST, |call| call.options(options()).path("id", "x").query("limit", &1).header("X-Trace", "a"));
    let found = found.await.unwrap();
    assert_eq!((found.target.as_str(), found.header("x-trace")), ("/things/x?limit=9", Some("o")));
}

#[tokio::test]
async fn the_last_body_counts_under_the_media_type_that_was_said() {
    let found = sent(&UPLOAD, |call| {
        call.json(JSON, "a").content_type("text/csv".to_owned()).text("text/plain", "b".to_owned())
    });
    let found = found.await.unwrap();
    assert_eq!((found.text(), found.header("content-type")), ("b", Some("text/csv")));
    let found = sent(&UPLOAD, |call| call.multipart(Multipart::new()).json(JSON, "a")).await.unwrap();
    assert_eq!((found.text(), found.header("content-type")), ("\"a\"", Some(JSON)));
}

/// The names of a form's parts, each with its headers.
fn parts(found: &Received) -> Vec<String> {
    let text = found.text();
    let parts = text.split("--switchboard-").filter_map(|part| part.split_once("\r\n")?.1.split_once("\r\n\r\n"));
    parts.map(|(head, body)| format!("{} {}", head.replace("\r\n", " "), body.trim_end())).collect()
}

#[tokio::test]
async fn parts_stand_in_the_documents_order_each_with_its_headers() {
    let found = sent(&UPLOAD, |call| {
        call.part("tags", &["a", "b"])
            .part_header("note", "X-Rate", &7)
            .part("note", &json!({"n": 1}))
            .file("file", Part::text("old"))
            .file("file", Part::text("new"))
    });
    let disposition = "Content-Disposition: form-data; name=";
    let expected = [
        format!("{disposition}\"file\" Content-Type: image/png new"),
        format!("{disposition}\"note\" Content-Type: application/json X-Rate: 7 {{\"n\":1}}"),
        format!("{disposition}\"tags\" a"),
        format!("{disposition}\"tags\" b"),
    ];
    assert_eq!(parts(&found.await.unwrap()), expected);
}

#[tokio::test]
async fn what_a_form_lacks_is_told() {
    for (expected, fill) in [
        (
            "the part `file` is required and was not set",
            (|call| call.part("tags", "a")) as for<'a> fn(Call<'a>) -> Call<'a>,
        ),
        ("the header `X-Rate` of the part `note` is required and was not set", |call| {
            call.file("file", Part::text("x")).part("note", "n")
        }),
        ("the header `X-Rate` is of the part `note`, which was not set", |call| {
            call.file("file", Part::text("x")).part_header("note", "X-Rate", &1)
        }),
        ("the operation declares no part `other`", |call| call.file("file", Part::text("x")).part("other", "n")),
        ("the operation declares no part `other`", |call| call.part("other", "n").json(JSON, "a")),
        ("more than one request body was set", |call| call.file("file", Part::text("x")).json(JSON, "a")),
    ] {
        assert_eq!(sent(&UPLOAD, fill).await.unwrap_err(), format!("upload: {expected}"));
    }
}

#[tokio::test]
async fn a_clone_is_the_same_call_and_of_a_stream_it_tells_that_there_is_none() {
    let found = sent(&UPLOAD, |call| call.file("file", Part::text("x")).clone()).await.unwrap();
    assert_eq!(parts(&found).len(), 1);
    let once = "upload: the body is a stream, which is sent only once";
    let streamed = || Body::stream(stream::iter([Ok::<_, std::io::Error>("x")]));
    assert_eq!(sent(&UPLOAD, |call| call.body("text/plain", streamed()).clone()).await.unwrap_err(), once);
    assert_eq!(sent(&UPLOAD, |call| call.file("file", Part::from(streamed())).clone()).await.unwrap_err(), once);
}

#[test]
fn debug_shows_names_only() {
    let client = builder("http://localhost", std::sync::Arc::new(SystemEnvironment)).build().unwrap();
    let call = Call::new(&client, &UPLOAD).part("note", "hunter2").json(JSON, "hunter2");
    let list = Call::new(&client, &LIST).query("limit", "hunter2").cookie("session", "hunter2").path("id", "hunter2");
    let shown = format!("{call:?} {list:?}");
    assert!(shown.contains("limit") && !shown.contains("hunter2"), "{shown}");
}
