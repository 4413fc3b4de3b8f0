//! Snapshots, and what changes between them, over real sockets: nothing that is there is told to be gone.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use common::{AC, SITECORE, UNIFIED, board, sandbox};
use futures_util::{StreamExt, stream};
use switchboard::runtime::Environment;
use switchboard::{
    BoxFuture, Changes, Connection, ConnectionChange, Field, FileStore, NewConnection, RecordChange, Snapshot,
    SnapshotStore, StoreError, Switchboard, UpsertOutcome, Watch,
};
use switchboard_sandbox::{Fault, Records, Sandbox};

fn ids<'a>(connections: impl IntoIterator<Item = &'a Connection>) -> Vec<&'a str> {
    connections.into_iter().map(|it| it.id.as_str()).collect()
}

fn shop(number: usize) -> NewConnection {
    let new = NewConnection::new().service("fooCommerce").external_id(format!("shop-{number}"));
    new.name(format!("Shop {number}"))
}

/// Tells ActiveCampaign that a connection is in trouble (0), or not (1).
async fn set_status(board: &Switchboard, id: &str, status: i32) {
    let record = RecordChange::from(switchboard::activecampaign::types::ConnectionUpdate::new().status(status));
    board.update(AC, id, ConnectionChange::new().record(record)).await.unwrap();
}

async fn well(board: &Switchboard, since: &Snapshot) -> Changes {
    let changes = board.changes(since).await;
    assert!(changes.errors.is_empty(), "{:?}", changes.errors);
    changes
}

#[tokio::test]
async fn what_was_added_changed_and_removed_is_told_once() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let (snapshot, errors) = board.snapshot().await;
    assert_eq!((snapshot.len(), errors.len()), (5, 0));
    assert!(well(&board, &snapshot).await.is_empty());

    board.create(AC, shop(1)).await.unwrap();
    set_status(&board, "2", 0).await;
    board.delete(AC, "1").await.unwrap();
    let changes = well(&board, &snapshot).await;
    assert_eq!((ids(&changes.added), ids(&changes.removed)), (vec!["3"], vec!["1"]));
    assert_eq!(changes.changed.len(), 1);
    assert_eq!(changes.changed[0].fields, [Field::State, Field::Updated, Field::Record]);
    assert_eq!((ids(changes.turned_unhealthy()), ids(changes.recovered())), (vec!["2"], vec![]));

    let next = well(&board, &changes.snapshot).await;
    assert!(next.is_empty());
    set_status(&board, "2", 1).await;
    assert_eq!(ids(well(&board, &next.snapshot).await.recovered()), ["2"]);
}

#[tokio::test]
async fn what_a_list_lacks_that_failed_or_left_it_out_is_not_gone() {
    let sandbox = Sandbox::builder().records(Records::Generated { per_api: 150 }).start().await.unwrap();
    let board = board(&sandbox);
    let (before, _) = board.snapshot().await;
    assert_eq!(before.len(), 450);
    for fault in [Fault::CutOff, Fault::status(500), Fault::EmptyBody, Fault::ShortList(1), Fault::MalformedJson] {
        for api in [*sandbox.activecampaign(), *sandbox.unified_to(), *sandbox.sitecore_personalize()] {
            api.misbehave(fault.clone().on_path("/connection").on_method("GET"));
            let changes = board.changes(&before).await;
            assert_eq!((changes.is_empty(), changes.snapshot.len()), (true, 450), "{fault:?}: {:?}", changes.removed);
            api.behave();
        }
    }
}

#[tokio::test]
async fn what_has_moved_to_another_environment_is_gone_from_this_one() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let (before, _) = board.snapshot().await;
    let moved = before.connections().find(|it| it.provider == UNIFIED).unwrap().id.clone();
    let record: serde_json::Value = serde_json::json!({
        "integration_type": "hubspot", "permissions": [], "categories": [], "environment": "Sandbox",
    });
    let record = RecordChange::read(UNIFIED, record).unwrap();
    board.update(UNIFIED, &moved, ConnectionChange::new().record(record)).await.unwrap();
    let error = board.get(UNIFIED, &moved).await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("in the environment \"Sandbox\""), "{error}");
    // Another one that is gone is told beside it.
    let other = before.connections().filter(|it| it.provider == UNIFIED).last().unwrap().id.clone();
    board.delete(UNIFIED, &other).await.unwrap();
    let changes = well(&board, &before).await;
    assert_eq!(ids(&changes.removed), [moved.as_str(), other.as_str()]);
    assert!(well(&board, &changes.snapshot).await.is_empty());
    // In its new environment it is there.
    let there = switchboard::UnifiedTo::new(common::unified_to(&sandbox)).environment("Sandbox");
    let there = Switchboard::builder().provider(there).build();
    assert_eq!(ids(&well(&there, &Snapshot::empty()).await.added), [moved.as_str()]);
    assert_eq!(there.get(UNIFIED, &moved).await.unwrap().id, moved);
}

#[tokio::test]
async fn what_was_made_up_in_reading_is_no_change() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let (before, _) = board.snapshot().await;
    sandbox.unified_to().misbehave(Fault::missing_field("integration_type"));
    let changes = well(&board, &before).await;
    assert!(changes.is_empty() && changes.snapshot.connections().eq(before.connections()));
    // It is told, with what was wrong and without what is secret.
    let kept = &changes.kept[0];
    assert_eq!(
        (ids(&changes.kept).len(), kept.repairs[0].to_string()),
        (2, "[0].integration_type: is missing".to_owned())
    );
    assert_eq!(kept.withheld, ["auth"]);
}

#[tokio::test]
async fn what_is_said_in_another_type_is_a_change_like_any_other() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let (before, _) = board.snapshot().await;
    // The document says text. A service that is called 7 is a service all the same.
    sandbox.unified_to().misbehave(Fault::replaced_field("integration_type", 7).always());
    let changes = well(&board, &before).await;
    assert_eq!((changes.changed.len(), changes.kept.len()), (2, 0), "{:?}", changes.kept);
    assert_eq!(changes.changed[0].fields, [Field::Service, Field::Record]);
    assert_eq!(changes.changed[0].after.service.as_deref(), Some("7"));
    assert!(well(&board, &changes.snapshot).await.is_empty());
}

fn directory(name: &str) -> std::path::PathBuf {
    let directory = std::env::temp_dir().join(format!("switchboard-sync-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

#[tokio::test]
async fn a_file_keeps_a_snapshot_without_secrets() {
    let sandbox = sandbox().await;
    let (snapshot, _) = board(&sandbox).snapshot().await;
    let directory = directory("file");
    let mut store = FileStore::new(directory.join("connections.json"));
    assert_eq!(store.load().unwrap(), None);
    store.save(&Snapshot::empty()).unwrap();
    store.save(&snapshot).unwrap();
    assert_eq!(store.load().unwrap().as_ref(), Some(&*snapshot));
    let text = std::fs::read_to_string(store.path()).unwrap();
    assert!(!text.contains("admin@foo.example.com") && text.contains("\"withheld\":[\"auth\"]"));
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(store.path()).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_file_that_cannot_be_read_is_left_as_it_is_and_the_error_says_what_to_do() {
    let directory = directory("unreadable");
    let mut store = FileStore::new(directory.join("connections.json"));
    for (text, expected) in [
        ("{\"format\":\"switchboard-snapshot\",\"version\":2}", "has the format 2"),
        ("{\"format\":\"other\",\"version\":1}", "is no snapshot, or damaged: its format is \"other\""),
        ("{\"format\":\"switchboard-snapshot\",\"version\":1,\"conn", "move this one away to start anew"),
        ("", "is no snapshot, or damaged"),
    ] {
        std::fs::write(store.path(), text).unwrap();
        let error = store.load().unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(std::fs::read_to_string(store.path()).unwrap(), text);
    }
    let mut nowhere = FileStore::new(directory.join("not/there.json"));
    assert!(matches!(nowhere.save(&Snapshot::empty()), Err(StoreError::Write { .. })));
    std::fs::remove_dir_all(directory).unwrap();
}

/// Notes down pauses, and takes none.
#[derive(Default)]
struct Pauses(Mutex<Vec<Duration>>);

impl Environment for Pauses {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        1 << 63
    }
}

#[tokio::test]
async fn a_watch_pauses_with_jitter_and_for_as_long_as_a_vendor_asks() {
    let sandbox = sandbox().await;
    let (board, pauses) = (board(&sandbox), Arc::new(Pauses::default()));
    let (known, _) = board.snapshot().await;
    let watch = Watch::every(Duration::from_secs(60)).jitter(Duration::from_secs(10));
    let mut looks = board.watch(watch.since(known).environment(pauses.clone()));
    assert!(looks.next().await.unwrap().is_empty());
    set_status(&board, "1", 0).await;
    sandbox.unified_to().misbehave(Fault::too_many_requests("600"));
    let second = looks.next().await.unwrap();
    assert_eq!((ids(second.turned_unhealthy()), second.errors.len()), (vec!["1"], 1));
    // The others are looked at when it is time; when all ask, they are left alone.
    sandbox.misbehave(Fault::too_many_requests("700").always());
    assert_eq!(looks.next().await.unwrap().errors.len(), 3);
    sandbox.behave();
    // Who asked for less is asked again, and the two others are not.
    let last = looks.next().await.unwrap();
    assert_eq!((last.is_empty(), last.errors.len()), (true, 2), "{last:?}");
    let pauses: Vec<_> = pauses.0.lock().unwrap().iter().map(|pause| pause.as_secs_f64().round()).collect();
    assert_eq!(pauses, [65.0, 65.0, 600.0]);
}

#[tokio::test]
async fn many_are_upserted_a_few_at_a_time_and_a_second_run_creates_nothing() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    // One call that fails is one outcome, and what the next run has to do.
    sandbox.activecampaign().misbehave(Fault::status(500).on_method("POST").nth(7));
    let run = async || {
        let outcomes = board.upsert_all(AC, stream::iter((0..20).map(shop)), 4).collect::<Vec<_>>().await;
        let created =
            outcomes.iter().filter(|(_, it)| it.as_ref().is_ok_and(|it| it.outcome == UpsertOutcome::Created));
        let failed = outcomes.iter().filter(|(_, it)| it.is_err()).count();
        let mut numbers: Vec<_> = outcomes.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..20).collect::<Vec<_>>());
        (created.count(), failed)
    };
    assert_eq!(run().await, (19, 1));
    assert_eq!(run().await, (1, 0));
    assert_eq!(run().await, (0, 0));
    assert_eq!(well(&board, &Snapshot::empty()).await.added.iter().filter(|it| it.provider == AC).count(), 22);
    let none = board.upsert_all(SITECORE, stream::iter([shop(1)]), 1).collect::<Vec<_>>().await;
    assert!(none[0].1.is_err());
}
