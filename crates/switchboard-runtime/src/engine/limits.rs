//! What a client's own limits do to its calls when there are more of them than the limits let through: time limits, the
//! rate limit, the limit on calls at once. The server is a real socket; the clock is not.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinHandle;

use crate::testing::called::*;
use crate::testing::*;
use crate::*;

type Outcome = Result<ResponseValue<()>, Error<Undescribed>>;

const SECOND: Duration = Duration::from_secs(1);

/// A client of its own limits, and the calls that it has made.
struct Scene {
    server: Server,
    environment: Arc<VirtualClock>,
    client: Client,
    running: Vec<JoinHandle<Outcome>>,
    succeeded: usize,
    failed: Vec<Error<Undescribed>>,
}

impl Scene {
    async fn new(act: Act, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let server = Server::script([act]).await;
        let environment = VirtualClock::standing();
        let client = set(builder(&server.url, Arc::clone(&environment) as _)).build().unwrap();
        Self { server, environment, client, running: vec![], succeeded: 0, failed: vec![] }
    }

    /// Five a second, and two seconds for a call.
    async fn paced() -> Self {
        Self::new(status(200), |builder| builder.rate_limit(RateLimit { requests: 5, per: SECOND }).timeout(2 * SECOND))
            .await
    }

    fn begin(&mut self) {
        let client = self.client.clone();
        self.running.push(tokio::spawn(async move { client.send(Request::new(&GET), decode::empty).await }));
    }

    /// Lets everything happen that needs no time.
    async fn settle(&mut self) {
        loop {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            for task in std::mem::take(&mut self.running) {
                if !task.is_finished() {
                    self.running.push(task);
                    continue;
                }
                match task.now_or_never().unwrap().unwrap() {
                    Ok(_) => self.succeeded += 1,
                    Err(error) => self.failed.push(error),
                }
            }
            if self.server.received().len() == self.succeeded {
                return;
            }
        }
    }

    async fn pass(&mut self, time: Duration) {
        self.settle().await;
        self.environment.advance(time);
        self.settle().await;
    }
}

#[tokio::test]
async fn twice_the_rate_limit_gets_what_the_limit_lets_through() {
    let mut scene = Scene::paced().await;
    for _ in 0..100 {
        scene.begin();
        scene.pass(Duration::from_millis(100)).await;
    }
    assert!(scene.succeeded >= 50, "{} of 100 in ten seconds", scene.succeeded);
    scene.pass(3 * SECOND).await;
    assert_eq!(scene.running.len(), 0, "everyone knows by now");
    let before = scene.succeeded;
    scene.begin();
    for _ in 0..1000 {
        scene.settle().await;
    }
    assert_eq!(scene.succeeded, before + 1, "a lone call does not wait");
}

#[tokio::test]
async fn a_turn_that_nobody_waits_for_any_more_comes_back() {
    let mut scene = Scene::paced().await;
    for _ in 0..10 {
        scene.begin();
        scene.settle().await;
    }
    while scene.succeeded < 5 {
        scene.settle().await;
    }
    assert_eq!(scene.running.len(), 5);
    for task in scene.running.drain(..) {
        task.abort();
    }
    scene.pass(SECOND).await;
    (0..5).for_each(|_| scene.begin());
    for _ in 0..1000 {
        scene.settle().await;
    }
    assert_eq!(scene.succeeded, 10, "five more at once");
}

#[tokio::test]
async fn a_call_whose_turn_comes_too_late_is_told_so_at_once() {
    let mut scene = Scene::paced().await;
    for _ in 0..16 {
        scene.begin();
        scene.settle().await;
    }
    while scene.succeeded < 5 {
        scene.settle().await;
    }
    assert_eq!((scene.running.len(), scene.failed.len()), (5, 6));
    let error = &scene.failed[0];
    assert_eq!(
        error.to_string(),
        "getThing: the client's rate limit leaves no turn in time: it would come in 2s, beyond the call's end \
         (`timeout`): at most 5 requests in 1s (`rate_limit`)"
    );
    assert!(error.is_retryable() && error.is_rate_limited() && !error.is_timeout() && error.attempts() == 0);
    assert_eq!(error.retry_after(), Some(2 * SECOND));
}

#[tokio::test]
async fn who_waits_for_his_turn_waits_for_the_end_of_a_pause_too_or_is_told_at_once() {
    let refused = Act::Send(answer(429, &[("retry-after", "30")], ""));
    let mut scene =
        Scene::new(refused, |builder| builder.rate_limit(RateLimit { requests: 1, per: SECOND }).timeout(10 * SECOND))
            .await;
    (0..3).for_each(|_| scene.begin());
    scene.environment.advance(Duration::ZERO);
    while scene.failed.len() < 3 {
        tokio::task::yield_now().await;
        for task in std::mem::take(&mut scene.running) {
            match task.is_finished() {
                true => scene.failed.extend(task.await.unwrap().err()),
                false => scene.running.push(task),
            }
        }
    }
    let told: Vec<_> = scene.failed.iter().map(|error| (error.status().is_some(), error.retry_after())).collect();
    assert_eq!(told, [(true, Some(30 * SECOND)), (false, Some(30 * SECOND)), (false, Some(30 * SECOND))]);
    assert_eq!(scene.server.received().len(), 1);
}

#[tokio::test]
async fn a_call_that_waits_for_others_to_end_says_so() {
    let mut scene = Scene::new(Act::SendAndHang(vec![]), |builder| builder.concurrency(1).timeout(None)).await;
    let client = scene.client.clone();
    let first = tokio::spawn(async move { client.send::<_, Undescribed>(Request::new(&GET), decode::empty).await });
    scene.server.next_hang().await;
    let mut request = Request::new(&GET);
    request.set_options(CallOptions::new().timeout(2 * SECOND));
    let client = scene.client.clone();
    let second = tokio::spawn(async move { client.send::<_, Undescribed>(request, decode::empty).await });
    scene.environment.expire().await;
    let error = second.await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "getThing: timed out: no other call ended within 2s (`timeout`): at most 1 at once (`concurrency`)"
    );
    first.abort();
    scene.running.clear();
}
