//! The program as it is run, against its own sandbox or one beside it.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use switchboard_sandbox::{Fault, Sandbox};

/// What a run has written, and its exit code.
struct Run {
    code: i32,
    out: String,
    err: String,
}

/// The program, in an environment that has nothing but what is set here.
fn program(arguments: &[&str], environment: &[(&str, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command.envs(environment.iter().map(|(name, value)| (*name, value.as_str())));
    command
}

fn run_in(environment: &[(&str, String)], arguments: &[&str]) -> Run {
    let output = program(arguments, environment).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn run(arguments: &[&str]) -> Run {
    run_in(&[], arguments)
}

/// What leads to a sandbox that outlives a run.
fn environment(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let (ac, unified) = (sandbox.activecampaign(), sandbox.unified_to());
    vec![
        ("ACTIVECAMPAIGN_BASE_URL", ac.base_url()),
        ("ACTIVECAMPAIGN_API_TOKEN", ac.token().to_owned()),
        ("UNIFIED_TO_BASE_URL", unified.base_url()),
        ("UNIFIED_TO_API_KEY", unified.token().to_owned()),
    ]
}

fn directory(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("switchboard-cli-{name}-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    directory
}

#[test]
fn the_sandbox_is_listed_in_every_form() {
    let table = run(&["--sandbox", "list"]);
    assert_eq!((table.code, table.out.lines().count(), table.err.as_str()), (0, 6, ""));
    assert!(table.out.starts_with("PROVIDER ") && !table.out.contains('\u{1b}'), "{}", table.out);
    assert!(run(&["--sandbox", "--color", "always", "list"]).out.contains("\u{1b}[32mactive"));

    let json: Value = serde_json::from_str(&run(&["--sandbox", "--json", "list"]).out).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 5);
    let ndjson = run(&["--sandbox", "--ndjson", "list", "--state", "paused"]).out;
    let paused: Value = serde_json::from_str(&ndjson).unwrap();
    assert_eq!((&paused["name"], &paused["state"]["kind"]), (&"BambooHR".into(), &"paused".into()));
    let csv = run(&["--sandbox", "--csv", "list", "--service", "shopify"]).out;
    let shop = "activecampaign,1,\"Foo, Inc.\",shopify,foo.myshopify.com,active,,2017-02-02T19:09:12Z,";
    assert_eq!(csv.lines().nth(1), Some(shop));
}

/// The lines of comma-separated values, without their ends.
fn csv(arguments: &[&str]) -> Vec<String> {
    let run = run(&[&["--sandbox", "--csv"], arguments].concat());
    assert!(run.out.lines().count() == run.out.matches("\r\n").count(), "{}", run.out);
    run.out.lines().map(str::to_owned).collect()
}

#[test]
fn every_command_keeps_to_the_form_that_is_asked_for() {
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&run(&[&["--sandbox", "--json"], arguments].concat()).out).unwrap()
    };
    let tested = ["test", "sitecore-personalize", "65aeee1b-d0ba-478b-ac97-a6fced1b2a4a"];
    assert_eq!(json(&["providers"]).as_array().unwrap().len(), 3);
    assert_eq!(json(&["health"])["providers"]["unified-to"]["paused"], 1);
    assert_eq!(json(&tested)["status"], 202);

    let providers = csv(&["providers"]);
    assert_eq!((providers.len(), providers[0].as_str()), (4, "provider,api,operations,filtered_by_server"));
    let health = csv(&["health"]);
    assert_eq!((health[0].as_str(), health[1].as_str()), ("provider,state,connections", "activecampaign,active,2"));
    assert_eq!(csv(&tested), ["works,status,took_ms", "true,202,351"]);
    assert_eq!(csv(&["get", "activecampaign", "1"]).len(), 2);
    let watched = csv(&["watch", "--looks", "1"]);
    assert_eq!((watched.len(), watched[0].as_str()), (6, "change,provider,id,state,fields"));
}

#[test]
fn secrets_are_written_only_where_they_are_asked_for() {
    let secret = "admin@foo.example.com";
    for arguments in
        [&["export"][..], &["list", "--json"], &["get", "unified-to", "6659f1c2a7d3b80012c4e5f6", "--json"]]
    {
        let run = run(&[&["--sandbox"], arguments].concat());
        assert!(run.code == 0 && !run.out.contains(secret), "{arguments:?}: {}", run.err);
    }
    assert!(run(&["--sandbox", "export", "--with-secrets"]).out.contains(secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lives() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let environment = environment(&sandbox);
    let run = |arguments: &[&str]| run_in(&environment, arguments);
    let parts = ["--service", "fooCommerce", "--external-id", "shop-1", "--name", "Shop"];
    let created = run(&[&["--json", "create", "activecampaign"][..], &parts].concat());
    let connection: Value = serde_json::from_str(&created.out).unwrap();
    assert_eq!((created.code, &connection["id"]), (0, &"3".into()));
    let again = run(&[&["create", "activecampaign"][..], &parts].concat());
    assert_eq!(again.code, 1, "{}", again.err);
    let upserted = run(&[&["create", "activecampaign", "--upsert"][..], &parts].concat());
    assert_eq!((upserted.code, upserted.err.as_str()), (0, "unchanged\n"));

    let directory = directory("record");
    let record = directory.join("record.json");
    fs::write(&record, r#"{ "status": 0 }"#).unwrap();
    let updated = run(&["update", "activecampaign", "3", "--record", record.to_str().unwrap()]);
    assert!(updated.code == 0 && updated.out.contains("unhealthy"), "{}{}", updated.out, updated.err);
    let health = run(&["health"]);
    assert_eq!(health.code, 1);
    assert!(health.out.starts_with("activecampaign: 2 active, 1 unhealthy\n"), "{}", health.out);
    assert_eq!(run(&["delete", "activecampaign", "3"]).code, 0);
    assert_eq!((run(&["get", "activecampaign", "3"]).code, run(&["health"]).code), (1, 0));
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_once_and_nothing_is_lost_when_a_provider_fails() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let environment = environment(&sandbox);
    let directory = directory("changes");
    let store = directory.join("known.json");
    let store = store.to_str().unwrap();
    let changes = |more: &[&str]| run_in(&environment, &[&["changes", "--store", store][..], more].concat());
    assert_eq!(changes(&[]).out.matches("added").count(), 4);
    assert_eq!((changes(&[]).out.as_str(), changes(&[]).code), ("", 0));

    sandbox.unified_to().misbehave(Fault::status(500).always());
    let failed = changes(&[]);
    assert_eq!((failed.code, failed.out.as_str()), (1, ""));
    let as_json = changes(&["--json"]);
    assert_eq!((as_json.code, as_json.out.trim()), (1, "[]"));
    assert_eq!(as_json.err, failed.err);
    sandbox.behave();
    sandbox.unified_to().misbehave(Fault::missing_field("integration_type"));
    let kept = changes(&[]);
    assert_eq!((kept.code, kept.out.as_str()), (0, ""));
    assert!(kept.err.contains("stays as it was known, for it did not come whole: [0].integration_type: is missing"));
    run_in(&environment, &["delete", "activecampaign", "1"]);
    let kept = changes(&["--keep", "--ndjson"]);
    let removed: Value = serde_json::from_str(&kept.out).unwrap();
    assert_eq!((&removed["change"], &removed["connection"]["id"]), (&"removed".into(), &"1".into()));
    assert!(changes(&[]).out.starts_with("removed  activecampaign 1 Foo, Inc."));

    let before = sandbox.request_count();
    fs::write(store, "{}").unwrap();
    let unreadable = changes(&[]);
    assert_eq!((unreadable.code, sandbox.request_count()), (2, before));
    assert!(unreadable.err.contains("move this one away to start anew"), "{}", unreadable.err);
    assert_eq!(fs::read_to_string(store).unwrap(), "{}");

    let watched = run_in(&environment, &["watch", "--looks", "2", "--interval", "1", "--ndjson"]);
    assert_eq!((watched.code, watched.out.lines().count()), (0, 3), "{}", watched.err);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_connections_is_named_and_one_that_failed_is_not_called_empty() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let environment = environment(&sandbox);
    for id in ["1", "2"] {
        assert_eq!(run_in(&environment, &["delete", "activecampaign", id]).code, 0);
    }
    let health = |form: &[&str]| run_in(&environment, &[&["health"], form].concat());
    assert!(health(&[]).out.starts_with("activecampaign: none\nunified-to: 1 active"), "{}", health(&[]).out);
    let json: Value = serde_json::from_str(&health(&["--json"]).out).unwrap();
    assert_eq!(json["providers"]["activecampaign"], serde_json::json!({}));
    assert_eq!(health(&["--csv"]).out.lines().nth(1), Some("activecampaign,,0"));
    sandbox.activecampaign().misbehave(Fault::status(400).always());
    let failed = health(&[]);
    let told = "activecampaign: none, and the list is not complete\n";
    assert!(failed.code == 1 && failed.out.starts_with(told), "{}", failed.out);
    assert!(!health(&["--csv"]).out.contains("activecampaign"));
}

#[test]
fn a_page_stands_beside_another_form_that_is_asked_for() {
    let directory = directory("beside");
    let path = directory.join("health.html");
    let json = run(&["--sandbox", "health", "--html", path.to_str().unwrap(), "--json"]);
    assert_eq!((json.code, path.exists()), (0, true), "{}", json.err);
    assert_eq!(serde_json::from_str::<Value>(&json.out).unwrap()["healthy"], true);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_in_which_a_look_failed_ends_with_1_however_the_last_one_went() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    sandbox.unified_to().misbehave(Fault::status(400));
    let watched = run_in(&environment(&sandbox), &["watch", "--looks", "2", "--interval", "1", "--ndjson"]);
    assert_eq!((watched.code, watched.out.lines().count()), (1, 4), "{}", watched.err);
}

#[test]
fn the_page_stands_alone() {
    let directory = directory("page");
    let path = directory.join("health.html");
    let run = run(&["--sandbox", "health", "--html", path.to_str().unwrap()]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    let page = fs::read_to_string(&path).unwrap();
    assert!(page.contains("4 active, 1 paused") && page.contains(">BambooHR<") && page.ends_with("</html>\n"));
    assert!(!page.contains("src=") && !page.contains("href="), "nothing is fetched");
    let left = fs::read_dir(&directory).unwrap().count();
    assert_eq!(left, 1, "nothing else stays beside it");
    // A file that cannot be replaced stays as it is.
    let folder = directory.join("page.html");
    fs::create_dir_all(&folder).unwrap();
    assert_eq!(self::run(&["--sandbox", "health", "--html", folder.to_str().unwrap()]).code, 1);
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_name_of_a_file_of_accounts_is_none() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let mut environment = environment(&sandbox);
    environment.push(("SWITCHBOARD_CONFIG", String::new()));
    let listed = run_in(&environment, &["list", "--ndjson"]);
    assert_eq!((listed.code, listed.out.lines().count()), (0, 4), "{}", listed.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_ends_with_2_says_what_to_do_and_sends_nothing() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let environment = environment(&sandbox);
    let directory = directory("wrong");
    let config = directory.join("accounts.json");
    fs::write(&config, r#"{ "shops": { "api": "activecampaign", "ACTIVECAMPAIGN_ACCOUNT": "acme" } }"#).unwrap();
    let config = config.to_str().unwrap();
    let malformed = directory.join("malformed.json");
    fs::write(&malformed, r#"{ "shops": { "api": "activecampaign", "ACTIVECAMPAIGN_ACCOUNT": "acme" "#).unwrap();
    let malformed = malformed.to_str().unwrap();
    // A folder is no file that could be read.
    let store = directory.to_str().unwrap();
    let region = |name: &str| [("UNIFIED_TO_API_KEY", "secret".to_owned()), ("UNIFIED_TO_REGION", name.to_owned())];
    let mode = |path, mode| {
        #[cfg(unix)]
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    mode(config, 0o600);
    mode(malformed, 0o600);
    for (environment, arguments, expected) in [
        (
            &environment[..],
            &["get", "nobody", "1"][..],
            "there is no provider of this name; there are: `activecampaign`",
        ),
        (
            &environment,
            &["list", "--provider", "nobody"],
            "nobody: there is no provider of this name; there are: `activec",
        ),
        (&environment, &["health", "--provider", "nobody", "--provider", "unified-to"], "no provider of this name"),
        (&environment, &["list", "--state", "broken"], "is no state; there are active"),
        (&environment, &["list", "--updated-since", "soon"], "soon"),
        (&environment, &["create", "activecampaign", "--name", "A"], "`service` is needed"),
        (&environment, &["create", "activecampaign", "--name", "A"], "said with --name, --service, --external-id"),
        (
            &environment,
            &["create", "unified-to", "--name", "A"],
            "the vendor's own record is needed, as `createUnifiedConnection` takes it",
        ),
        (&environment, &["create", "unified-to", "--name", "A"], "--record FILE: the vendor's own record, in JSON"),
        (&environment, &["update", "activecampaign", "1"], "there is nothing to change"),
        (&environment, &["update", "activecampaign", "1", "--record", "/nowhere"], "cannot use /nowhere"),
        (&environment, &["--json", "--csv", "list"], "cannot be used with"),
        (&environment[..1], &["list"], "ACTIVECAMPAIGN_API_TOKEN is not set, but ACTIVECAMPAIGN_BASE_URL is"),
        (&region("mars"), &["list"], "UNIFIED_TO_REGION"),
        (&region("mars"), &["list"], "na, eu or au"),
        (&[], &["list"], "try it with --sandbox"),
        (&[], &["--config", malformed, "list"], "cannot be used"),
        (&environment, &["changes", "--store", store], "cannot read"),
        (&environment, &["watch", "--store", store], "cannot read"),
        (&environment, &["changes", "--store", "/nowhere/known.json"], "there is no folder /nowhere"),
        (&environment, &["watch", "--store", "/nowhere/known.json"], "there is no folder /nowhere"),
        (&environment, &["health", "--html", "/nowhere/health.html"], "there is no folder /nowhere"),
        (&[], &["--config", "/nowhere", "list"], "cannot read /nowhere"),
        (&[], &["--config", store, "list"], "cannot read"),
        (
            &[],
            &["--config", config, "list"],
            "shops: ACTIVECAMPAIGN_API_TOKEN is not set, but ACTIVECAMPAIGN_ACCOUNT is",
        ),
    ] {
        let run = run_in(environment, arguments);
        assert!(run.code == 2 && run.err.contains(expected), "{arguments:?}: {} {}", run.code, run.err);
        assert_eq!(run.out, "");
    }
    #[cfg(unix)]
    {
        mode(config, 0o644);
        let run = run_in(&[], &["--config", config, "list"]);
        assert!(run.code == 2 && run.err.contains(&format!("chmod 600 {config}")), "{}", run.err);
    }
    assert_eq!(sandbox.request_count(), 0);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_reads_what_went_wrong_is_no_reason_to_stop() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let environment = environment(&sandbox);
    let unread = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(arguments, &environment).stderr(writer).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let shop = ["create", "activecampaign", "--service", "s", "--external-id", "1", "--name", "Shop", "--upsert"];
    let (code, out) = unread(&shop);
    assert!(code == Some(0) && out.contains("Shop"), "{code:?} {out}");
    assert_eq!(unread(&["get", "activecampaign", "99"]), (Some(1), String::new()));
    let directory = directory("unread");
    let store = directory.join("known.json");
    sandbox.unified_to().misbehave(Fault::status(500).always());
    let (code, out) = unread(&["changes", "--store", store.to_str().unwrap()]);
    assert_eq!((code, out.matches("added").count(), store.exists()), (Some(1), 3, true), "{out}");
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_which_something_would_not_be_sent_is_refused() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let environment = environment(&sandbox);
    let directory = directory("lost");
    let file = directory.join("record.json");
    let file = file.to_str().unwrap();
    let update = |record: &str| {
        fs::write(file, record).unwrap();
        run_in(&environment, &["update", "activecampaign", "1", "--record", file])
    };
    for (record, lost) in
        [(r#"{ "statuss": 0 }"#, "`statuss`"), (r#"{ "name": "A", "connection": { "status": 0 } }"#, "`connection`")]
    {
        let refused = update(record);
        assert!(refused.code == 2 && refused.err.contains(lost), "{record}: {} {}", refused.code, refused.err);
    }
    assert_eq!(sandbox.request_count(), 0);
    let updated = update(r#"{ "status": 0, "name": null }"#);
    assert!(updated.code == 0 && updated.out.contains("unhealthy"), "{}{}", updated.out, updated.err);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_a_file_are_known_by_their_names() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let directory = directory("accounts");
    let config = directory.join("accounts.json");
    let account = serde_json::json!({
        "api": "activecampaign", "ACTIVECAMPAIGN_BASE_URL": sandbox.activecampaign().base_url(),
        "ACTIVECAMPAIGN_API_TOKEN": sandbox.activecampaign().token(),
    });
    fs::write(&config, serde_json::json!({ "shops-eu": account, "shops-us": account }).to_string()).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&config, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let config = config.to_str().unwrap();
    let listed = run(&["--config", config, "--ndjson", "list"]);
    assert_eq!((listed.code, listed.out.lines().count()), (0, 4), "{}", listed.err);
    assert_eq!(listed.out.matches("\"provider\":\"shops-us\"").count(), 2);
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn completions_and_the_manual_need_no_account() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert!(run.code == 0 && run.out.contains("switchboard"), "{shell}: {}", run.err);
    }
    let manual = run(&["man"]).out;
    assert!(manual.contains(".TH switchboard 1") && manual.contains("Exit codes"), "{manual}");
    let directory = directory("man");
    assert_eq!(run(&["man", "--dir", directory.to_str().unwrap()]).code, 0);
    assert!(fs::read_to_string(directory.join("switchboard-list.1")).unwrap().contains("external"));
    fs::remove_dir_all(directory).unwrap();
}
