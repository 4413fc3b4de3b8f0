//! `servers.json`: where calls go, and what they carry to say who is calling.

use golden_servers::{Client, ClientBuilder, ClientCredentials, Error, Server as Place};

use crate::server::{Seen, Server};

fn builder(server: &Server) -> ClientBuilder {
    Client::builder().base_url(server.url())
}

/// A client of the document's own server on loopback.
fn local(server: &Server) -> Client {
    let port = server.url().rsplit_once(':').map(|(_, port)| port.to_owned()).unwrap();
    Client::builder().server(Place::local().port(port)).bearer("t").build().unwrap()
}

fn credentials(seen: &Seen) -> (Option<&str>, Option<&str>, Option<&str>) {
    (seen.header("Authorization"), seen.header("X-Key"), seen.header("Cookie"))
}

#[tokio::test]
async fn the_documents_server_with_its_variables() {
    let server = Server::accepting();
    local(&server).inherited().send().await.unwrap();
    assert_eq!(server.line(), "GET /local/inherited");
}

#[tokio::test]
async fn the_server_of_a_path_and_of_an_operation() {
    let server = Server::accepting();
    local(&server).server_of_the_path().send().await.unwrap();
    assert_eq!(server.line(), "GET /of-path/own-server");

    let server = Server::accepting();
    local(&server).server_of_the_operation().send().await.unwrap();
    assert_eq!(server.line(), "POST /eu/sub/own-server", "relative to the document's");
}

#[tokio::test]
async fn a_base_url_replaces_every_server() {
    let server = Server::accepting();
    builder(&server).bearer("t").build().unwrap().server_of_the_path().send().await.unwrap();
    assert_eq!(server.line(), "GET /own-server");
}

#[tokio::test]
async fn a_server_variable_has_one_of_its_values() {
    let error = Client::builder().server(Place::production("acme").port("80")).build().unwrap_err();
    assert!(error.to_string().contains("443, 8443"), "{error}");
    assert!(Client::builder().server(Place::production("evil.example.com/x")).build().is_err());
    Client::builder().server(Place::production("acme").port("8443").version("v3")).build().unwrap();
}

#[tokio::test]
async fn bearer_where_the_operation_says_nothing() {
    let server = Server::accepting();
    builder(&server).bearer("t0ken").build().unwrap().inherited().send().await.unwrap();
    assert_eq!(credentials(&server.seen()), (Some("Bearer t0ken"), None, None));
}

#[tokio::test]
async fn keys_in_header_query_and_cookie() {
    let server = Server::accepting();
    builder(&server).header_key("k").build().unwrap().header_key().send().await.unwrap();
    assert_eq!(credentials(&server.seen()), (None, Some("k"), None));

    let server = Server::accepting();
    builder(&server).query_key("k&1").build().unwrap().query_key().q("x").send().await.unwrap();
    assert_eq!(server.line(), "GET /query-key?q=x&api%20key=k%261");

    let server = Server::accepting();
    builder(&server).cookie_key("k").build().unwrap().cookie_key().c("x").send().await.unwrap();
    assert_eq!(server.seen().header("Cookie"), Some("c=x; session=k"));
}

#[tokio::test]
async fn basic_another_http_scheme_and_a_ready_oauth_token() {
    let server = Server::accepting();
    builder(&server).basic("user", "päss").build().unwrap().basic().send().await.unwrap();
    assert_eq!(server.seen().header("Authorization"), Some("Basic dXNlcjpww6Rzcw=="));

    let server = Server::accepting();
    builder(&server).token("abc").build().unwrap().other_scheme().send().await.unwrap();
    assert_eq!(server.seen().header("Authorization"), Some("Token abc"));

    let server = Server::accepting();
    builder(&server).oauth("abc").build().unwrap().oauth().send().await.unwrap();
    assert_eq!(server.seen().header("Authorization"), Some("Bearer abc"));
}

#[tokio::test]
async fn client_credentials_are_exchanged_for_a_token() {
    let tokens = Server::json(r#"{"access_token":"abc","token_type":"Bearer","expires_in":3600}"#);
    let server = Server::accepting();
    let credentials =
        ClientCredentials::new("id", "s3cret").token_url(format!("{}/token", tokens.url())).scopes(["read"]);
    let client = builder(&server).machine(credentials).build().unwrap();
    client.client_credentials().send().await.unwrap();
    assert_eq!(server.seen().header("Authorization"), Some("Bearer abc"));
    let seen = tokens.seen();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/token"));
    let expected = ["client_id=id", "client_secret=s3cret", "grant_type=client_credentials", "scope=read"];
    assert_eq!(seen.pairs(), expected);

    let server = Server::accepting();
    builder(&server).machine_token("abc").build().unwrap().client_credentials().send().await.unwrap();
    assert_eq!(server.seen().header("Authorization"), Some("Bearer abc"), "a token that is there already");
}

#[tokio::test]
async fn a_combination_needs_all_its_credentials() {
    let server = Server::accepting();
    let error = builder(&server).bearer("t").build().unwrap().combined().send().await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error}");
    builder(&server).bearer("t").header_key("k").build().unwrap().combined().send().await.unwrap();
    assert_eq!(credentials(&server.seen()), (Some("Bearer t"), Some("k"), None));
}

#[tokio::test]
async fn of_alternatives_the_first_that_can_be_met() {
    let server = Server::accepting();
    builder(&server).query_key("k").bearer("t").build().unwrap().alternatives().send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.target.as_str(), credentials(&seen)), ("/either?api%20key=k", (None, None, None)));

    let server = Server::accepting();
    builder(&server).query_key("k").basic("u", "p").build().unwrap().alternatives().send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.target.as_str(), seen.header("Authorization")), ("/either", Some("Basic dTpw")));
}

#[tokio::test]
async fn a_credential_is_optional_where_nothing_is_an_alternative() {
    let server = Server::accepting();
    builder(&server).build().unwrap().optional().send().await.unwrap();
    assert_eq!(credentials(&server.seen()), (None, None, None));
    let server = Server::accepting();
    builder(&server).header_key("k").build().unwrap().optional().send().await.unwrap();
    assert_eq!(credentials(&server.seen()), (None, Some("k"), None));
}

#[tokio::test]
async fn empty_security_sends_nothing() {
    let server = Server::accepting();
    let client = builder(&server).bearer("t").header_key("k").query_key("q").cookie_key("c").basic("u", "p");
    client.build().unwrap().anonymous().send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.target.as_str(), credentials(&seen)), ("/open", (None, None, None)));
}

#[test]
fn no_secret_is_shown() {
    let client = Client::builder().base_url("http://127.0.0.1:1").bearer("s3cret").basic("u", "s3cret");
    assert!(!format!("{client:?}").contains("s3cret"));
    assert!(!format!("{:?}", client.build().unwrap()).contains("s3cret"));
}
