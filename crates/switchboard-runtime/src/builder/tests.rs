//! What a builder refuses, and in what words.

use std::sync::Arc;

use crate::testing::*;
use crate::*;

fn refusal(builder: ClientBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

fn new() -> ClientBuilder {
    ClientBuilder::new(&API).base_url("http://127.0.0.1:9")
}

#[test]
fn a_scheme_must_exist() {
    let text = refusal(new().credential("kye", Credential::ApiKey("k".into())));
    assert_eq!(
        text,
        "there is no security scheme `kye`; there are: key, query, cookie, basic, bearer, other, oauth, oidc, mtls"
    );
}

#[test]
fn a_credential_must_be_of_the_kind_that_its_scheme_takes() {
    let basic = || Credential::Basic { username: "u".into(), password: "p".into() };
    let cases = [
        ("key", basic(), "the security scheme `key` takes an API key, not a user name and password"),
        (
            "basic",
            Credential::ApiKey("k".into()),
            "the security scheme `basic` takes a user name and password, not an API key",
        ),
        ("bearer", Credential::ApiKey("k".into()), "the security scheme `bearer` takes a bearer token, not an API key"),
        (
            "oauth",
            Credential::ApiKey("k".into()),
            "the security scheme `oauth` takes a bearer token or client credentials, not an API key",
        ),
        (
            "mtls",
            Credential::Bearer("k".into()),
            "the security scheme `mtls` takes a certificate, set up in the HTTP client, not a bearer token",
        ),
    ];
    for (scheme, credential, expected) in cases {
        assert_eq!(refusal(new().credential(scheme, credential)), expected);
    }
}

#[test]
fn a_credential_must_be_sendable() {
    for secret in ["", "a\nb", "ü", "a\u{0}"] {
        let text = refusal(new().credential("key", Credential::ApiKey(secret.into())));
        assert!(text.starts_with("the credential for `key` is empty, or holds line breaks"), "{text}");
    }
    let credential = Credential::Basic { username: "a:b".into(), password: "p".into() };
    assert!(refusal(new().credential("basic", credential)).contains("`basic`"));
}

#[test]
fn token_urls_must_be_had_and_be_urls() {
    let credentials = || ClientCredentials::new("id", "secret");
    let text = refusal(new().credential("oidc", Credential::ClientCredentials(credentials())));
    assert_eq!(text, "the security scheme `oidc` has no token URL: give one with the credentials");
    for url in ["ftp://x/token", "https://u:hunter2@x/token", "http://"] {
        let given = Credential::ClientCredentials(credentials().token_url(url));
        let text = refusal(new().credential("oauth", given));
        assert!(text.starts_with("the token URL of `oauth` cannot be used") && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn servers_must_exist_and_have_their_variables() {
    static API: Api = Api {
        name: "t",
        version: "1",
        servers: &[ServerTemplate {
            url: "https://{account}.example.com",
            description: "",
            variables: &[ServerVariable { name: "account", default: "", values: &[] }],
        }],
        schemes: &[],
        rate_limit: None,
        request_id_headers: &[],
    };
    let new = || ClientBuilder::new(&API);
    assert_eq!(refusal(new()), "the server variable `account` needs a value");
    assert_eq!(refusal(new().server(1, vec![])), "there is no server 1: the API has 1");
    let text = refusal(new().server(0, vec![("acount", "a".into())]));
    assert_eq!(text, "there is no server variable `acount`; there are: account");
    let client = new().server(0, vec![("account", "acme".into())]).build().unwrap();
    assert!(format!("{client:?}").contains("https://acme.example.com/"));
    assert!(refusal(new().base_url("acme.example.com")).contains("is relative"));
    new().base_url("https://127.0.0.1").build().unwrap();
}

#[test]
fn limits_of_nothing_are_refused() {
    assert_eq!(refusal(new().concurrency(0)), "the concurrency limit must not be zero");
    let limit = RateLimit { requests: 0, per: std::time::Duration::from_secs(1) };
    assert_eq!(refusal(new().rate_limit(limit)), "the rate limit must not be zero");
    assert_eq!(refusal(new().retry(RetryPolicy::default().max_attempts(0))), "the number of attempts must not be zero");
    assert_eq!(refusal(new().user_agent("a\nb")), "the user agent holds characters that a header must not hold");
}

#[test]
fn debug_shows_no_secret() {
    let builder = new()
        .credential("key", Credential::ApiKey("canary".into()))
        .credential("basic", Credential::Basic { username: "canary".into(), password: "canary".into() })
        .credential("oauth", Credential::ClientCredentials(ClientCredentials::new("canary", "canary")));
    let before = format!("{builder:?}");
    let client = builder.build().unwrap();
    let after = format!("{client:?}");
    assert!(!format!("{before}{after}").contains("canary"), "{before}{after}");
    assert!(after.contains("\"key\"") && after.contains("\"oauth\""), "{after}");
}

#[test]
fn generated_builders_pass_the_common_methods_on() {
    struct Generated {
        inner: ClientBuilder,
    }
    // In a generated crate they are public.
    #[allow(dead_code, unreachable_pub)]
    impl Generated {
        crate::client_builder_methods!();
    }
    let builder = Generated { inner: ClientBuilder::new(&API) }
        .base_url("http://127.0.0.1:9")
        .timeout(None)
        .attempt_timeout(std::time::Duration::from_secs(1))
        .connect_timeout(std::time::Duration::from_secs(1))
        .idle_timeout(None)
        .retry(RetryPolicy::none())
        .rate_limit(None)
        .concurrency(4)
        .user_agent("mine/1")
        .max_body(1)
        .configure_http(|http| http.no_proxy())
        .environment(Arc::new(SystemEnvironment));
    let client = builder.inner.build().unwrap();
    let http = crate::tls::configure(reqwest::Client::builder(), None, &Default::default()).unwrap().build().unwrap();
    let own = Generated { inner: ClientBuilder::new(&API) }.base_url("http://127.0.0.1:9").http_client(http);
    own.inner.build().unwrap();
    assert_eq!(client.api().name, "testing");
}
