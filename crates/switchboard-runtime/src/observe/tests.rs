//! What a tracing backend gets to see, by the names of OpenTelemetry's conventions for HTTP client spans.

use std::sync::Arc;
use std::time::Duration;

use crate::testing::called::*;
use crate::testing::spans::{Span, Spans};
use crate::testing::*;
use crate::*;

static GET_PART: Operation = Operation { path: "/things/{id}", ..operation("getPart", HttpMethod::Get, true) };

/// A span of `getPart` with these fields beside those that all have.
fn span(server: &str, others: &[(&'static str, &str)]) -> Span {
    let (address, port) = server.strip_prefix("http://").unwrap().split_once(':').unwrap();
    let all = [
        ("otel.kind", "client"),
        ("otel.name", "GET /things/{id}"),
        ("http.request.method", "GET"),
        ("url.template", "/things/{id}"),
        ("server.address", address),
        ("server.port", port),
        ("switchboard.operation", "getPart"),
    ];
    let fields = all.iter().chain(others).map(|(name, value)| (*name, (*value).to_owned())).collect();
    Span { name: "http.client", fields }
}

/// The spans of one call.
async fn traced(url: &str, limits: Timeouts, environment: Arc<dyn Environment>) -> Vec<Span> {
    let spans = Spans::listen();
    let client = builder(url, environment).timeouts(limits).max_body(100).build().unwrap();
    let mut request = Request::new(&GET_PART);
    request.parameter(&Parameter::path("id"), "7").unwrap();
    request.parameter(&Parameter::query("q"), "argument").unwrap();
    let _: Result<_, Error<Undescribed>> = client.send(request, decode::json::<serde_json::Value>).await;
    assert!(!spans.text().contains("argument"), "arguments may be secret: {}", spans.text());
    spans.own()
}

async fn traced_by(acts: impl IntoIterator<Item = Act>) -> (String, Vec<Span>) {
    let server = Server::script(acts).await;
    let spans = traced(&server.url, Timeouts::none(), VirtualClock::jumping()).await;
    (server.url, spans)
}

#[tokio::test]
async fn a_success() {
    let (server, spans) = traced_by([json(200, "{}")]).await;
    assert_eq!(spans, [span(&server, &[("http.response.status_code", "200")])]);
}

#[tokio::test]
async fn an_error_answer_has_its_status_for_a_type() {
    for code in ["404", "501"] {
        let (server, spans) = traced_by([status(code.parse().unwrap())]).await;
        let fields = [("http.response.status_code", code), ("error.type", code), ("otel.status_code", "ERROR")];
        assert_eq!(spans, [span(&server, &fields)]);
    }
    // A status that is neither a success nor an error.
    let (server, spans) = traced_by([status(304)]).await;
    assert_eq!(spans, [span(&server, &[("http.response.status_code", "304")])]);
}

#[tokio::test]
async fn a_call_that_no_document_describes_is_named_after_its_own_method_alone() {
    let spans = Spans::listen();
    let script = testing::Script::new([testing::Answer::status(204)]);
    let client = builder("http://127.0.0.1:7", VirtualClock::jumping()).transport(script).build().unwrap();
    client.request("DELETE", "/beta/7?q=argument").send().await.unwrap();
    let fields = |name: &str| spans.own()[0].fields.get(name).cloned();
    assert_eq!(fields("http.request.method").as_deref(), Some("DELETE"));
    assert_eq!((fields("otel.name").as_deref(), fields("url.template")), (Some("DELETE"), None));
    assert!(!spans.text().contains("argument") && !spans.text().contains("beta"), "{}", spans.text());
}

#[tokio::test]
async fn every_attempt_has_a_span_and_the_later_ones_are_numbered() {
    let (server, spans) = traced_by([status(503), Act::SendAndReset(vec![]), json(200, "{}")]).await;
    let refused = [("http.response.status_code", "503"), ("error.type", "503"), ("otel.status_code", "ERROR")];
    let broken = [("http.request.resend_count", "1"), ("error.type", "interrupted"), ("otel.status_code", "ERROR")];
    let well = [("http.request.resend_count", "2"), ("http.response.status_code", "200")];
    assert_eq!(spans, [span(&server, &refused), span(&server, &broken), span(&server, &well)]);
}

#[tokio::test]
async fn every_failure_has_a_type() {
    let types = |spans: &[Span]| {
        let types = spans.iter().map(|span| {
            assert_eq!(span.fields.get("otel.status_code").map(String::as_str), Some("ERROR"));
            assert_eq!(span.fields.get("http.response.status_code"), None, "no answer came");
            span.fields["error.type"].clone()
        });
        types.collect::<Vec<_>>()
    };
    let refused = traced(&nowhere().await, Timeouts::none(), VirtualClock::jumping()).await;
    assert_eq!(types(&refused), ["connect"; 4]);
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec();
    assert_eq!(types(&traced_by([Act::Send(cut)]).await.1), ["body"; 4]);
    assert_eq!(types(&traced_by([json(200, &" ".repeat(101))]).await.1), ["body_too_large"]);
    let astray = Act::Send(answer(302, &[("location", "ftp://x")], ""));
    assert_eq!(types(&traced_by([astray]).await.1), ["redirect"]);
    let server = Server::script([Act::SendAndHang(vec![])]).await;
    let limits = Timeouts::none().attempt(Duration::from_secs(9));
    let clock = VirtualClock::standing();
    let expiring = async {
        loop {
            clock.expire().await;
        }
    };
    let late = tokio::select! {
        spans = traced(&server.url, limits, clock.clone()) => spans,
        never = expiring => never,
    };
    assert_eq!(types(&late), ["timeout"; 4]);
}
