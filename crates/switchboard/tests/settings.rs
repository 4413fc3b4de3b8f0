//! Credentials, addresses and how calls are made, from names and values: what a board that is set up so does on the wire.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use common::{AC, UNIFIED, sandbox};
use serde_json::{Value, json};
use switchboard::runtime::{Attempt, Observer};
use switchboard::{CallSettings, Connection, Error, Query, Settings, SettingsError, Switchboard, UnifiedTo};
use switchboard_sandbox::{Fault, Sandbox};

async fn listed(board: &Switchboard, provider: &str) -> (Vec<Connection>, Vec<Error>) {
    board.connections(&Query::new().provider(provider)).collect_all().await
}

/// What a test has set, as `name=value` pairs.
fn settings<'a>(pairs: &'a [(&'a str, String)]) -> Settings<'a> {
    Settings::from_fn(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()))
}

/// Where the sandbox is, and its credentials.
fn all_of(sandbox: &Sandbox) -> [(&'static str, String); 8] {
    let (ac, unified, sitecore) = (sandbox.activecampaign(), sandbox.unified_to(), sandbox.sitecore_personalize());
    [
        ("ACTIVECAMPAIGN_BASE_URL", format!(" {}/ ", ac.base_url())),
        ("ACTIVECAMPAIGN_API_TOKEN", format!("{}\n", ac.token())),
        ("UNIFIED_TO_BASE_URL", unified.base_url()),
        ("UNIFIED_TO_API_KEY", unified.token().to_owned()),
        ("SITECORE_PERSONALIZE_BASE_URL", sitecore.base_url()),
        ("SITECORE_PERSONALIZE_TOKEN_URL", sitecore.token_url()),
        ("SITECORE_PERSONALIZE_CLIENT_ID", sitecore.client_id().to_owned()),
        ("SITECORE_PERSONALIZE_CLIENT_SECRET", sitecore.client_secret().to_owned()),
    ]
}

/// A board in the sandbox with these settings beside.
fn with<'a>(sandbox: &Sandbox, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> Switchboard {
    let mut pairs: Vec<_> = all_of(sandbox).into();
    pairs.extend(more.into_iter().map(|(name, value)| (name, value.to_owned())));
    Switchboard::from_settings(&settings(&pairs)).unwrap()
}

#[tokio::test]
async fn settings_make_a_board() {
    let sandbox = sandbox().await;
    let pairs = all_of(&sandbox);
    let board = Switchboard::from_settings(&settings(&pairs)).unwrap();
    let (connections, errors) = board.connections(&Query::default()).collect_all().await;
    assert_eq!((connections.len(), errors.len()), (5, 0), "{errors:?}");
    assert_eq!(format!("{board:?}"), r#"["activecampaign", "unified-to", "sitecore-personalize"]"#);

    let only = Switchboard::from_settings(&settings(&pairs[2..4])).unwrap();
    assert_eq!(format!("{only:?}"), r#"["unified-to"]"#);
    assert!(Switchboard::from_settings(&settings(&[])).unwrap().is_empty());
}

#[test]
fn half_a_setting_names_the_other_half() {
    for (set, expected) in [
        (
            vec!["ACTIVECAMPAIGN_API_TOKEN"],
            "neither ACTIVECAMPAIGN_ACCOUNT nor ACTIVECAMPAIGN_BASE_URL is set, but ACTIVECAMPAIGN_API_TOKEN is",
        ),
        (vec!["ACTIVECAMPAIGN_ACCOUNT"], "ACTIVECAMPAIGN_API_TOKEN is not set, but ACTIVECAMPAIGN_ACCOUNT is"),
        (
            vec!["UNIFIED_TO_REGION"],
            "UNIFIED_TO_API_KEY is not set, but UNIFIED_TO_REGION is\nUNIFIED_TO_REGION must be na, eu or au",
        ),
        (vec!["UNIFIED_TO_REGION", "UNIFIED_TO_API_KEY"], "UNIFIED_TO_REGION must be na, eu or au"),
        (
            vec!["SITECORE_PERSONALIZE_CLIENT_ID"],
            "SITECORE_PERSONALIZE_CLIENT_SECRET is not set, but SITECORE_PERSONALIZE_CLIENT_ID is\n\
             neither SITECORE_PERSONALIZE_REGION nor SITECORE_PERSONALIZE_BASE_URL is set, but \
             SITECORE_PERSONALIZE_CLIENT_ID is",
        ),
        (
            vec!["SITECORE_PERSONALIZE_CLIENT_ID", "SITECORE_PERSONALIZE_CLIENT_SECRET"],
            "neither SITECORE_PERSONALIZE_REGION nor SITECORE_PERSONALIZE_BASE_URL is set, but \
             SITECORE_PERSONALIZE_CLIENT_ID is",
        ),
        (
            vec!["ACTIVECAMPAIGN_API_TOKEN", "ACTIVECAMPAIGN_BASE_URL"],
            "ACTIVECAMPAIGN_BASE_URL must be a URL that begins with https:// or http://",
        ),
    ] {
        let pairs: Vec<_> = set.into_iter().map(|name| (name, "canary".to_owned())).collect();
        let error = Switchboard::from_settings(&settings(&pairs)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_value_that_no_client_takes_is_not_shown() {
    let pairs =
        [("ACTIVECAMPAIGN_API_TOKEN", "canary\u{7f}".to_owned()), ("ACTIVECAMPAIGN_ACCOUNT", "acme".to_owned())];
    let error = Switchboard::from_settings(&settings(&pairs)).unwrap_err();
    assert!(matches!(error, SettingsError::Client { provider: "activecampaign", .. }));
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn nothing_shows_a_credential() {
    let pairs = [("UNIFIED_TO_API_KEY", "canary".to_owned())];
    let board = Switchboard::from_settings(&settings(&pairs)).unwrap();
    let unified = UnifiedTo::from_settings(&settings(&pairs)).unwrap().unwrap();
    assert!(!format!("{board:?} {unified:?} {:?}", settings(&pairs)).contains("canary"));
}

#[tokio::test]
async fn strictness_and_repeats_are_settings() {
    let sandbox = sandbox().await;
    let made_good = || sandbox.unified_to().misbehave(Fault::replaced_field("is_paused", "yes, I am"));
    made_good();
    let (connections, errors) = listed(&with(&sandbox, []), UNIFIED).await;
    assert_eq!((connections.len(), errors.len()), (2, 0), "{errors:?}");
    made_good();
    let (connections, errors) = listed(&with(&sandbox, [("SWITCHBOARD_STRICT", "true")]), UNIFIED).await;
    assert_eq!((connections.len(), errors.len()), (0, 2), "{errors:?}");

    for (retries, fails) in [("0", true), ("1", false)] {
        sandbox.unified_to().misbehave(Fault::too_many_requests("0"));
        let before = sandbox.unified_to().request_count();
        let (_, errors) = listed(&with(&sandbox, [("SWITCHBOARD_RETRIES", retries)]), UNIFIED).await;
        assert_eq!(errors.len(), usize::from(fails), "{errors:?}");
        assert_eq!(sandbox.unified_to().request_count() - before, if fails { 1 } else { 2 });
    }
}

#[tokio::test]
async fn a_proxy_and_plain_http_are_settings() {
    let sandbox = sandbox().await;
    let (proxy, token) = (format!("http://{}", sandbox.address()), sandbox.activecampaign().token().to_owned());
    let mut pairs = vec![
        ("ACTIVECAMPAIGN_BASE_URL", "http://nowhere.example/activecampaign/api/3".to_owned()),
        ("ACTIVECAMPAIGN_API_TOKEN", token),
        ("SWITCHBOARD_PROXY", proxy),
    ];
    let refused = Switchboard::from_settings(&settings(&pairs)).unwrap_err().to_string();
    assert!(refused.ends_with(", or the setting SWITCHBOARD_INSECURE_HTTP"), "{refused}");
    pairs.push(("SWITCHBOARD_INSECURE_HTTP", "true".to_owned()));
    let (connections, errors) = listed(&Switchboard::from_settings(&settings(&pairs)).unwrap(), AC).await;
    assert_eq!((connections.len(), errors.len()), (2, 0), "{errors:?}");
}

#[tokio::test]
async fn an_environment_of_the_workspace_is_a_setting() {
    let sandbox = sandbox().await;
    listed(&with(&sandbox, [("UNIFIED_TO_ENVIRONMENT", "Testing")]), UNIFIED).await;
    assert_eq!(sandbox.unified_to().requests()[0].query_value("env"), Some("Testing"));
}

struct Counted(Arc<AtomicUsize>);

impl Observer for Counted {
    fn before(&self, _: &Attempt<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Hooks, which only code has, beside credentials from elsewhere: of the environment's kind, and of accounts.
#[tokio::test]
async fn hooks_go_with_settings_and_with_accounts() {
    let sandbox = sandbox().await;
    let (attempts, repaired) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let told = Arc::clone(&repaired);
    let calls = CallSettings::new()
        .observer(Arc::new(Counted(Arc::clone(&attempts))))
        .on_repair(move |it| told.lock().unwrap().push(it.operation.to_owned()));

    let pairs = all_of(&sandbox);
    let by_settings = Switchboard::from_settings(&settings(&pairs).calls(calls.clone())).unwrap();
    let account: Value = pairs[..2].iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let mut accounts = json!({ AC: account });
    accounts[AC]["api"] = json!(AC);
    let by_accounts = Switchboard::from_accounts_with(&accounts.to_string(), &calls).unwrap();
    for (number, board) in [by_settings, by_accounts].iter().enumerate() {
        sandbox.activecampaign().misbehave(Fault::replaced_field("name", 5));
        let (connections, errors) = listed(board, AC).await;
        assert_eq!((connections.len(), errors.len()), (2, 0), "{errors:?}");
        assert_eq!((attempts.load(Ordering::Relaxed), repaired.lock().unwrap().len()), (number + 1, number + 1));
    }
    assert_eq!(repaired.lock().unwrap()[0], "list-all-connections");
}

#[test]
fn what_is_wrong_with_calls_is_told_once_and_at_once() {
    let wrong = [
        ("SWITCHBOARD_TIMEOUT", "0"),
        ("SWITCHBOARD_CONNECT_TIMEOUT", "soon"),
        ("SWITCHBOARD_RETRIES", "-1"),
        ("SWITCHBOARD_STRICT", "yes"),
        ("UNIFIED_TO_API_KEY", "canary"),
        ("UNIFIED_TO_REGION", "mars"),
        ("ACTIVECAMPAIGN_API_TOKEN", "canary"),
        ("ACTIVECAMPAIGN_ACCOUNT", "acme.api-us1.com"),
    ];
    let pairs = wrong.map(|(name, value)| (name, value.to_owned()));
    let told = Switchboard::from_settings(&settings(&pairs)).unwrap_err().to_string();
    let lines: Vec<_> = told.lines().map(|line| line.split(" must be").next().unwrap_or(line)).collect();
    let mut named: Vec<_> = wrong.iter().map(|(name, _)| *name).filter(|name| !name.contains("_API_")).collect();
    named.sort_unstable();
    let mut sorted = lines.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, named, "{told}");
    assert!(!told.contains("canary"), "{told}");
}

#[test]
fn an_account_knows_the_settings_of_calls() {
    let account = |more: &str| format!(r#"{{ "a": {{ "api": "unified-to"{more} }} }}"#);
    let refused = |more| Switchboard::from_accounts(&account(more)).unwrap_err().to_string();
    let told = refused(r#", "UNIFIED_TO_REGION": "mars", "SWITCHBOARD_TIMEOUT": "soon""#);
    let expected = "a: UNIFIED_TO_API_KEY is not set, but UNIFIED_TO_REGION is\n\
                    a: UNIFIED_TO_REGION must be na, eu or au\n\
                    a: SWITCHBOARD_TIMEOUT must be a number of seconds above 0";
    assert_eq!(told, expected);
    let told = refused(r#", "SWITCHBOARD_TIMEOUT": "5""#);
    assert!(told.starts_with("a: none of UNIFIED_TO_API_KEY, ") && !told.contains("SWITCHBOARD"), "{told}");
    let told = refused(r#", "UNIFIED_TO_API_KEY": "canary", "SWITCHBOARD_STRICT": true"#);
    assert_eq!(told, "a: SWITCHBOARD_STRICT must be text");
}
