//! What a builder refuses, and in what words.

use std::sync::Arc;

use crate::testing::called::*;
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
fn what_a_header_loses_on_its_way_is_refused() {
    for padded in [" k", "k ", "k\t"] {
        for scheme in ["key", "oauth"] {
            let credential =
                if scheme == "key" { Credential::ApiKey(padded.into()) } else { Credential::Bearer(padded.into()) };
            let text = refusal(new().credential(scheme, credential));
            assert!(text.ends_with("or white space at its beginning or end"), "{text}");
        }
        let text = refusal(new().header("X-Key", padded));
        assert!(text.ends_with("or its value begins or ends with white space"), "{text}");
    }
    // What stands in a query is encoded.
    new()
        .credential("query", Credential::ApiKey(" k".into()))
        .credential("key", Credential::ApiKey("a b".into()))
        .build()
        .unwrap();
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
    static API: Api = Api::new("t", "1")
        .servers(&[ServerTemplate::new("https://{account}.example.com").variables(&[ServerVariable::new("account")])]);
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
        crate::codegen::v1::client_builder_methods!();
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
        .header("x-note", "n")
        .sensitive_header("x-key", "k")
        .allow_insecure_http(true)
        .configure_http(|http| http.no_proxy())
        .environment(Arc::new(SystemEnvironment));
    let client = builder.inner.build().unwrap();
    let http = crate::tls::configure(reqwest::Client::builder(), None, &Default::default()).unwrap().build().unwrap();
    let own = Generated { inner: ClientBuilder::new(&API) }.base_url("http://127.0.0.1:9").http_client(http);
    own.inner.build().unwrap();
    assert_eq!(client.api().name, "testing");
}

#[test]
fn hosts_that_are_this_machine_may_be_called_without_tls() {
    let build =
        |url: &str| ClientBuilder::new(&API).base_url(url).credential("key", Credential::ApiKey("k".into())).build();
    for url in [
        "http://127.0.0.1:8080",
        "http://127.9.9.9",
        "http://localhost",
        "http://LocalHost.:80",
        "http://api.localhost",
        "http://[::1]:8080",
        "http://[::ffff:127.0.0.1]",
        "https://api.example.com",
        "https://10.0.0.1",
    ] {
        build(url).unwrap();
    }
    for url in [
        "http://api:8080",
        "http://localhost.example.com",
        "http://notlocalhost",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "http://[::2]",
        "http://[::ffff:10.0.0.1]",
        "http://127.0.0.1.example.com",
    ] {
        let text = build(url).unwrap_err().to_string();
        assert!(text.contains("plain http") && text.contains("`http://"), "{text}");
        ClientBuilder::new(&API).base_url(url).build().unwrap();
    }
}

#[test]
fn headers_must_be_sendable_and_the_callers_to_set() {
    for (name, value) in [("x note", "s3cr3t"), ("", "s3cr3t"), ("x-note", "a\nb"), ("x-note", "a\u{0}")] {
        assert!(refusal(new().header(name, value)).contains(&format!("the header `{name}` cannot be sent")));
        let text = refusal(new().sensitive_header(name, value));
        assert!(text.contains("cannot be sent") && !text.contains(value), "{text}");
    }
    for name in ["Content-Length", "transfer-encoding", "Connection", "Host"] {
        let text = refusal(new().header(name, "1"));
        assert_eq!(text, format!("the header `{}` is set by what is sent, and not by hand", name.to_lowercase()));
    }
}

#[test]
fn a_client_that_could_make_no_call_for_want_of_a_credential_is_refused() {
    static TOLD: Api = Api {
        setters: &[
            Setter::new("key", &["api_key"]),
            Setter::new("oauth", &["oauth2", "oauth2_token"]),
            Setter::new("mtls", &["client_certificate"]),
        ],
        security: &[&[needs("key"), needs("basic")], &[needs("oauth")], &[needs("mtls")]],
        ..API
    };
    let text = "no credential: every call needs `api_key()` and `basic`, or `oauth2()` or `oauth2_token()`, or \
                `client_certificate()`";
    let new = || ClientBuilder::new(&TOLD).base_url("http://127.0.0.1:9");
    let key = || Credential::ApiKey("k".into());
    assert_eq!(refusal(new()), text);
    assert_eq!(refusal(new().credential("key", key())), text);
    assert_eq!(refusal(new().credential("query", key())), text);
    new().credential("oauth", Credential::Bearer("t".into())).build().unwrap();
    new().configure_http(|http| http).build().unwrap();
    new().sensitive_header("Authorization", "own").build().unwrap();
    let basic = Credential::Basic { username: "u".into(), password: "p".into() };
    new().credential("key", key()).credential("basic", basic).build().unwrap();
    // Each call brings its own.
    new().allow_no_credential(true).build().unwrap();
    // An operation needs none.
    static FREE: Api = Api { anonymous: true, ..TOLD };
    ClientBuilder::new(&FREE).base_url("http://127.0.0.1:9").build().unwrap();
}
