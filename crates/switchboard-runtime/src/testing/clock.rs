//! A clock that moves when it is told to, so that a test can run a day of backing off in no time at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::oneshot;

use crate::environment::{BoxFuture, Environment};

/// As far as a clock can go: a hundred years. A pause without end takes it there, and not beyond what its types hold.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A clock that stands still until it is moved, or, if made so, jumps over every pause at once. Its time of day begins at
/// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
#[derive(Debug)]
pub struct VirtualClock {
    start: Instant,
    jumps: bool,
    random: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    slept: Vec<Duration>,
    sleepers: Vec<(Duration, oneshot::Sender<()>)>,
}

impl VirtualClock {
    fn new(jumps: bool, random: u64) -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), jumps, random, state: Mutex::default() })
    }

    /// Pauses are over at once, and the clock moves on by them. Time limits run out when it has moved so far.
    pub fn jumping() -> Arc<Self> {
        Self::jumping_with(0)
    }

    /// The same with another throw of the dice, which decides how long the pauses between attempts are: of all that they may
    /// be, so much of `u64::MAX`.
    pub fn jumping_with(random: u64) -> Arc<Self> {
        Self::new(true, random)
    }

    /// Pauses and time limits are over when the clock is [moved](Self::advance).
    pub fn standing() -> Arc<Self> {
        Self::new(false, 0)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every pause so far.
    pub fn slept(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    /// How many time limits and pauses somebody waits for.
    pub fn waiting(&self) -> usize {
        self.state().sleepers.iter().filter(|(_, wake)| !wake.is_closed()).count()
    }

    /// Waits until some time limit runs, and lets it run out.
    pub async fn expire(&self) {
        let left = loop {
            {
                let mut clock = self.state();
                let now = clock.elapsed;
                clock.sleepers.retain(|(_, wake)| !wake.is_closed());
                if let Some(until) = clock.sleepers.iter().map(|(until, _)| *until).min() {
                    break until.saturating_sub(now);
                }
            }
            tokio::task::yield_now().await;
        };
        self.advance(left);
    }

    /// Moves the clock, and wakes whoever has slept long enough.
    pub fn advance(&self, by: Duration) {
        self.state().advance(by);
    }

    fn until(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.state();
        let (wake, woken) = oneshot::channel();
        let until = state.elapsed.saturating_add(duration).min(LONGEST);
        state.sleepers.push((until, wake));
        Box::pin(async {
            let _ = woken.await;
        })
    }
}

impl State {
    fn advance(&mut self, by: Duration) {
        self.elapsed = self.elapsed.saturating_add(by).min(LONGEST);
        let now = self.elapsed;
        for (_, wake) in self.sleepers.extract_if(.., |(until, _)| *until <= now) {
            let _ = wake.send(());
        }
    }
}

impl Environment for VirtualClock {
    fn now(&self) -> Instant {
        self.start + self.state().elapsed
    }

    fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(784_111_777) + self.state().elapsed
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.state();
        state.slept.push(duration);
        if self.jumps {
            state.advance(duration);
            return Box::pin(async {});
        }
        drop(state);
        self.until(duration)
    }

    fn time_limit(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.until(duration)
    }

    fn random(&self) -> u64 {
        self.random
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::testing::*;
    use crate::*;

    #[tokio::test]
    async fn time_without_end_is_no_more_than_a_clock_can_hold() {
        let clock = VirtualClock::jumping();
        let busy = || Answer::status(503).header("Retry-After", "1e300");
        let client = builder("https://api.test", clock.clone())
            .transport(Script::new([busy(), busy(), Answer::status(204)]))
            .attempt_timeout(Duration::MAX)
            .retry(RetryPolicy::default().max_retry_after(Duration::MAX))
            .build()
            .unwrap();
        client.request("GET", "/a").send().await.unwrap();
        assert_eq!(clock.slept(), [Duration::MAX; 2]);
    }

    #[tokio::test]
    async fn a_limit_without_end_can_be_let_run_out() {
        let clock = VirtualClock::standing();
        let client = builder("https://api.test", clock.clone())
            .transport(Script::new([Answer::silence()]))
            .attempt_timeout(Duration::MAX)
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let (outcome, ()) = tokio::join!(client.request("GET", "/a").send(), clock.expire());
        assert!(outcome.unwrap_err().is_timeout());
    }
}
