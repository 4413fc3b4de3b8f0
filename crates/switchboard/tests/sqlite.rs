//! Snapshots in a database.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{AC, board, sandbox};
use switchboard::{NewConnection, Snapshot, SnapshotStore, SqliteStore, StoreError};

#[tokio::test]
async fn a_database_keeps_a_snapshot_that_can_be_asked() {
    let sandbox = sandbox().await;
    let board = board(&sandbox);
    let path = std::env::temp_dir().join(format!("switchboard-{}.sqlite", std::process::id()));
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.load().unwrap(), None);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let (first, _) = board.snapshot().await;
    store.save(&first).unwrap();
    board.create(AC, NewConnection::new().service("fooCommerce").external_id("shop-1").name("Shop")).await.unwrap();
    board.delete(AC, "1").await.unwrap();
    let second = board.changes(&store.load().unwrap().unwrap()).await.snapshot;
    store.save(&second).unwrap();
    drop(store);

    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.load().unwrap().as_ref(), Some(&*second));
    let database = rusqlite::Connection::open(&path).unwrap();
    let ids: Vec<String> = database
        .prepare("SELECT id FROM connection WHERE provider = 'activecampaign' AND state = 'active' ORDER BY id")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(ids, ["2", "3"]);
    store.save(&Snapshot::empty()).unwrap();
    assert_eq!(store.load().unwrap(), Some(Snapshot::empty()));

    database.execute_batch("PRAGMA user_version = 2").unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Version { found: 2, .. })));
    fs::remove_file(&path).unwrap();
}

#[test]
fn what_is_no_database_or_anothers_is_left_as_it_is() {
    let path = std::env::temp_dir().join(format!("switchboard-other-{}.sqlite", std::process::id()));
    fs::write(&path, "no database at all, however long it may be").unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("is no snapshot, or damaged"), "{error}");
    fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (a)").unwrap();
    let before = fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("it is a database of another program"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::remove_file(&path).unwrap();
}

#[test]
fn of_those_that_open_a_new_one_at_once_all_can_save() {
    for round in 0..20 {
        let path = std::env::temp_dir().join(format!("switchboard-new-{round}-{}.sqlite", std::process::id()));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| SqliteStore::open(&path).unwrap().save(&Snapshot::empty()).unwrap());
            }
        });
        assert_eq!(SqliteStore::open(&path).unwrap().load().unwrap(), Some(Snapshot::empty()));
        fs::remove_file(&path).unwrap();
    }
}
