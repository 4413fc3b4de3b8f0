//! What every generated call can be told: how exact to be with the answer, options of its own, to be waited for.

use golden_responses::responses::SeveralSuccessesSuccess;
use golden_responses::{CallOptions, Client, Error, RetryPolicy, runtime};
use runtime::blocking::Wait as _;

use crate::server::{Server, answer};

fn created(body: &str) -> Server {
    Server::answering(answer(201, "application/json", body))
}

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

#[tokio::test]
async fn an_answer_that_lacks_what_is_required_is_made_good_and_tells_so() {
    for (body, repair) in [
        (r#"{"number":null}"#, "number: is null"),
        ("{}", "number: is missing"),
        (r#"{"number":7}"#, "number: is of another type than the document says"),
    ] {
        let found = client(&created(body)).several_successes().send().await.unwrap();
        assert_eq!(found.repairs().iter().map(ToString::to_string).collect::<Vec<_>>(), [repair]);
        let SeveralSuccessesSuccess::Created(receipt) = found.into_inner() else { panic!("another status") };
        assert_eq!(receipt.number, if body.contains('7') { "7" } else { "" });
    }
    let found = client(&created(r#"{"number":"7","news":[1]}"#)).several_successes().send().await.unwrap();
    assert!(found.repairs().is_empty());
}

#[tokio::test]
async fn a_strict_client_or_call_takes_no_such_answer() {
    for body in [r#"{"number":null}"#, "{}", r#"{"number":7}"#] {
        let server = created(body);
        let strict = Client::builder().base_url(server.url()).strict(true).build().unwrap();
        let error = strict.several_successes().send().await.unwrap_err();
        let Error::Decode(error) = error else { panic!("{error:?}") };
        assert_eq!(error.path(), Some("number"));
        let server = created(body);
        let call = client(&server).several_successes().options(CallOptions::new().strict(true)).send().await;
        assert!(matches!(call, Err(Error::Decode(_))));
    }
}

#[tokio::test]
async fn what_is_something_else_is_an_error() {
    let error = client(&created(r#"{"error":"busy"}"#)).several_successes().send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "severalSuccesses: 201 Created, but its body cannot be read: it has none of the properties of struct Receipt, and \
         reports an error, near `{\"error\":\"busy\"}`"
    );
}

#[tokio::test]
async fn options_add_headers_and_query_pairs() {
    let server = Server::json(r#"{"id":1}"#);
    let options = CallOptions::new().header("X-Trace", "7").query("debug", "a b").idempotency_key("k-1");
    client(&server).ranges().options(options).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.target.split_once('?').map(|(_, query)| query), Some("debug=a%20b"));
    assert_eq!((seen.header("X-Trace"), seen.header("Idempotency-Key")), (Some("7"), Some("k-1")));
}

#[tokio::test]
async fn options_can_send_one_call_elsewhere() {
    let (here, there) = (Server::json(r#"{"id":1}"#), Server::json(r#"{"id":2}"#));
    let client = client(&here);
    let found =
        client.ranges().options(CallOptions::new().base_url(format!("{}/v2", there.url()))).send().await.unwrap();
    assert_eq!(found.id, Some(2));
    assert!(there.line().starts_with("GET /v2/"));
    let error = client.ranges().options(CallOptions::new().base_url("nonsense")).send().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_told_before_anything_is() {
    let client = Client::builder().base_url("http://127.0.0.1:9").build().unwrap();
    let error = client.ranges().options(CallOptions::new().header("X-Trace", "a\nb")).send().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
    assert!(error.to_string().contains("X-Trace"), "{error}");
}

#[test]
fn a_call_can_be_waited_for_without_a_runtime() {
    let server = Server::json(r#"{"id":1}"#);
    let client = client(&server);
    assert_eq!(client.ranges().send().wait().unwrap().id, Some(1));
}

#[tokio::test]
async fn errors_of_several_operations_are_taken_into_one() {
    async fn both(first: &Server, second: &Server) -> Result<String, Error> {
        let bytes = client(first).binary().send().await?.into_inner().collect().await?;
        let thing = client(second).ranges().send().await?.into_inner();
        Ok(format!("{} {:?}", bytes.len(), thing.id))
    }
    let json = || Server::json(r#"{"id":1}"#);
    assert_eq!(both(&json(), &json()).await.unwrap(), "8 Some(1)");
    let missing = Server::answering(answer(404, "application/json", r#"{"resource":"x"}"#));
    let error = both(&json(), &missing).await.unwrap_err();
    let body = error.raw_body().map(|body| body.to_vec()).unwrap_or_default();
    assert_eq!((error.is_not_found(), body), (true, br#"{"resource":"x"}"#.to_vec()));
}
