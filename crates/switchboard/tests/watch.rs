//! A watch that looks where it is told to, over real sockets, in a time of the test's own.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use common::{AC, SITECORE, UNIFIED, board, sandbox};
use futures_util::{Stream, StreamExt};
use switchboard::runtime::Environment;
use switchboard::{
    BoxFuture, Changes, Connection, ConnectionChange, ErrorKind, RecordChange, Switchboard, Watch, WatchHandle,
    unified_to,
};
use switchboard_sandbox::{Fault, Sandbox};
use tokio::sync::Notify;

const HOUR: Duration = Duration::from_secs(3600);
const HUBSPOT: &str = "6659f1c2a7d3b80012c4e5f6";
const BAMBOO: &str = "6659f1c2a7d3b80012c4e5f7";

/// A time in which what is shorter than a minute is over at once, and the rest when the test says so.
#[derive(Default)]
struct Time {
    pauses: Mutex<Vec<Duration>>,
    over: Arc<Notify>,
    /// How much of it has passed.
    passed: Arc<Mutex<Duration>>,
    start: Mutex<Option<Instant>>,
}

impl Environment for Time {
    fn now(&self) -> Instant {
        *self.start.lock().unwrap().get_or_insert_with(Instant::now) + *self.passed.lock().unwrap()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.pauses.lock().unwrap().push(duration);
        let (over, passed) = (Arc::clone(&self.over), Arc::clone(&self.passed));
        Box::pin(async move {
            if duration >= Duration::from_secs(60) {
                over.notified().await;
            }
            *passed.lock().unwrap() += duration;
        })
    }

    fn random(&self) -> u64 {
        0
    }
}

/// A watch that has looked at everything once, and will again in an hour.
struct Watched {
    sandbox: Sandbox,
    board: Switchboard,
    time: Arc<Time>,
    handle: WatchHandle,
    looks: Pin<Box<dyn Stream<Item = Changes> + Send>>,
}

impl Watched {
    async fn start() -> Self {
        let sandbox = sandbox().await;
        let (board, time) = (board(&sandbox), Arc::new(Time::default()));
        let (known, _) = board.snapshot().await;
        let watch = Watch::every(HOUR).since(known).environment(time.clone());
        let handle = watch.handle();
        let mut this = Self { looks: board.watch(watch), sandbox, board, time, handle };
        assert!(this.next().await.is_empty());
        this
    }

    async fn next(&mut self) -> Changes {
        self.looks.next().await.unwrap()
    }

    /// How many requests the three APIs have had.
    fn requests(&self) -> [u64; 3] {
        let (ac, unified) = (self.sandbox.activecampaign(), self.sandbox.unified_to());
        [ac.request_count(), unified.request_count(), self.sandbox.sitecore_personalize().request_count()]
    }

    /// Whether nothing comes, and nobody is asked, for a while.
    async fn is_quiet(&mut self) -> bool {
        let before = self.requests();
        let nothing = tokio::time::timeout(Duration::from_millis(200), self.looks.next()).await.is_err();
        nothing && self.requests() == before
    }
}

fn ids<'a>(connections: impl IntoIterator<Item = &'a Connection>) -> Vec<&'a str> {
    connections.into_iter().map(|it| it.id.as_str()).collect()
}

/// Gives a connection of Unified.to another id on the other side.
async fn change(board: &Switchboard, id: &str) {
    board.update(UNIFIED, id, ConnectionChange::new().external_id("another")).await.unwrap();
}

#[tokio::test]
async fn it_asks_for_the_one_that_a_webhook_is_about_and_for_no_other() {
    let mut watched = Watched::start().await;
    assert!(watched.is_quiet().await);
    change(&watched.board, HUBSPOT).await;
    let before = watched.requests();
    // As a receiver of webhooks does, however often it is delivered.
    let client = unified_to::Client::builder().jwt("secret").build().unwrap();
    let delivery =
        format!(r#"{{"data":[],"webhook":{{"connection_id":"{HUBSPOT}","event":"updated"}},"nonce":"1","sig":"?"}}"#);
    let id = switchboard::UnifiedTo::new(client).connection_of(delivery.as_bytes()).unwrap();
    (0..1000).for_each(|_| watched.handle.look_at(UNIFIED, id.as_str()));
    let changes = watched.next().await;
    assert_eq!((changes.changed.len(), ids(&changes.removed).len(), changes.errors.len()), (1, 0, 0));
    assert_eq!(changes.changed[0].after.external_id.as_deref(), Some("another"));
    let [ac, unified, sitecore] = before;
    assert_eq!(watched.requests(), [ac, unified + 1, sitecore]);
    // A second was waited for what else may come, and the pause goes on where it was.
    assert_eq!(*watched.time.pauses.lock().unwrap(), [HOUR, Duration::from_secs(1)]);
    assert!(watched.is_quiet().await);
    watched.time.over.notify_one();
    assert!(watched.next().await.is_empty());
    assert!(watched.requests()[0] > ac);
}

#[tokio::test]
async fn what_is_new_and_what_is_gone_is_told() {
    let mut watched = Watched::start().await;
    watched.board.delete(UNIFIED, BAMBOO).await.unwrap();
    let record = unified_to::types::Connection::new("slack", ["messaging_message_read"], ["messaging"]);
    let new = switchboard::NewConnection::new().record(switchboard::NewRecord::from(record));
    let created = watched.board.create(UNIFIED, new).await.unwrap();
    watched.handle.look_at(UNIFIED, BAMBOO);
    watched.handle.look_at(UNIFIED, created.id.as_str());
    watched.handle.look_at(UNIFIED, "forged");
    watched.handle.look_at("nobody", "1");
    let changes = watched.next().await;
    assert_eq!((ids(&changes.added), ids(&changes.removed)), (vec![created.id.as_str()], vec![BAMBOO]));
    assert_eq!((changes.errors.len(), changes.errors[0].kind()), (1, ErrorKind::UnknownProvider));
    // The next look at everything has nothing to add.
    watched.handle.look_again();
    let changes = watched.next().await;
    assert!(changes.is_empty() && changes.errors.is_empty(), "{changes:?}");
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_not_gone() {
    let mut watched = Watched::start().await;
    for fault in [Fault::status(500), Fault::CutOff, Fault::MalformedJson, Fault::EmptyBody, Fault::Reset] {
        for (provider, id) in [(AC, "1"), (UNIFIED, HUBSPOT), (SITECORE, "65aeee1b-d0ba-478b-ac97-a6fced1b2a4a")] {
            watched.sandbox.misbehave(fault.clone().on_path("/connection").on_method("GET").always());
            watched.handle.look_at(provider, id);
            let changes = watched.next().await;
            assert_eq!((changes.is_empty(), changes.snapshot.len()), (true, 5), "{provider} {fault:?}: {changes:?}");
            assert_eq!(changes.errors.len(), 1, "{provider} {fault:?}");
            watched.sandbox.behave();
        }
    }
}

#[tokio::test]
async fn a_vendor_that_asks_to_wait_is_not_asked_before() {
    let mut watched = Watched::start().await;
    watched.sandbox.unified_to().misbehave(Fault::too_many_requests("600"));
    watched.handle.look_at(UNIFIED, HUBSPOT);
    assert_eq!(watched.next().await.errors[0].kind(), ErrorKind::RateLimited);
    change(&watched.board, HUBSPOT).await;
    watched.handle.look_at(UNIFIED, HUBSPOT);
    assert!(watched.is_quiet().await);
    assert_eq!(watched.time.pauses.lock().unwrap().last(), Some(&Duration::from_secs(599)), "after the second");
    watched.time.over.notify_waiters();
    let changes = watched.next().await;
    assert_eq!(changes.added.len() + changes.changed.len(), 1, "{changes:?}");
}

#[tokio::test]
async fn a_vendor_that_asks_to_wait_keeps_nobody_from_looking_at_the_others() {
    let mut watched = Watched::start().await;
    watched.sandbox.unified_to().misbehave(Fault::too_many_requests("86400"));
    watched.handle.look_again();
    assert_eq!(watched.next().await.errors[0].kind(), ErrorKind::RateLimited);
    let [ac, unified, sitecore] = watched.requests();
    watched.board.delete(AC, "1").await.unwrap();
    watched.handle.look_again();
    let changes = watched.next().await;
    assert_eq!((ids(&changes.removed), changes.errors.len()), (vec!["1"], 1), "{changes:?}");
    let told = &changes.errors[0];
    assert!(told.provider() == UNIFIED && told.to_string().contains("asked to wait, for another 863"), "{told}");
    assert_eq!(watched.requests()[1], unified);
    assert!(watched.requests()[0] > ac + 1 && watched.requests()[2] > sitecore);
    // What was known of it stays.
    assert!(changes.snapshot.get(UNIFIED, HUBSPOT).is_some());
}

#[tokio::test]
async fn a_look_at_everything_is_a_look_at_what_was_asked_for() {
    let mut watched = Watched::start().await;
    // Who asks for longer than the pause has the next look be one at everything.
    watched.sandbox.unified_to().misbehave(Fault::too_many_requests("7200"));
    watched.handle.look_at(UNIFIED, HUBSPOT);
    assert_eq!(watched.next().await.errors[0].kind(), ErrorKind::RateLimited);
    watched.handle.look_at(UNIFIED, HUBSPOT);
    assert!(watched.is_quiet().await);
    watched.time.over.notify_waiters();
    assert!(watched.next().await.is_empty());
    assert!(watched.is_quiet().await);
}

#[tokio::test]
async fn a_connection_that_is_in_trouble_is_told_before_the_hour_is_over() {
    let mut watched = Watched::start().await;
    let record = RecordChange::from(switchboard::activecampaign::types::ConnectionUpdate::new().status(0));
    watched.board.update(AC, "2", ConnectionChange::new().record(record)).await.unwrap();
    watched.handle.look_at(AC, "2");
    let changes = watched.next().await;
    assert_eq!(ids(changes.turned_unhealthy()), ["2"]);
    assert_eq!(
        changes.changed[0].fields,
        [switchboard::Field::State, switchboard::Field::Updated, switchboard::Field::Record]
    );
}
