//! Keeping to a vendor's published limit. A bucket of tokens would let twice the limit through in the first stretch of
//! time (the bucket's fill, and what trickles in meanwhile), and vendors answer that with 429; so the starts of the
//! last requests are remembered, and the next may start when the oldest of them is far enough back.
//!
//! Who has to wait stands in a queue, of which only the head has a time to start at. So whoever gives up leaves no gap:
//! all behind move up. A request whose turn would come after its call's end does not queue: it would hold up the others
//! for nothing.

use std::collections::VecDeque;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use tokio::sync::{Notify, Semaphore};

use crate::api::RateLimit;
use crate::environment::Environment;

/// Lets at most so many requests start in any stretch of time of so long, those of all clients together that share it: clones
/// are one and the same.
#[derive(Clone)]
pub struct RateLimiter(Arc<Turns>);

/// What is shared.
struct Turns {
    limit: RateLimit,
    /// The head of the queue holds it. It goes to the next in the order of asking, also if its holder gives up.
    head: Semaphore,
    /// There is another time to wait for than there was.
    changed: Notify,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last starts, at most as many as the limit, oldest first.
    starts: VecDeque<Instant>,
    not_before: Option<Instant>,
    /// How many wait, the head included.
    queued: usize,
}

/// Why a request got no turn: it would have had to wait for so long, which is beyond its call's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLate {
    pub(crate) limit: RateLimit,
    pub(crate) wait: Duration,
}

/// A request's turn. It comes back to the others unless it is [taken](Self::take).
pub(crate) struct Turn<'l> {
    limiter: &'l RateLimiter,
    start: Instant,
    /// It was long in coming.
    pub(crate) waited: bool,
}

impl RateLimiter {
    /// A limiter that nobody has used yet. One that lets nothing through is refused by
    /// [`ClientBuilder::build`](crate::ClientBuilder::build).
    pub fn new(limit: RateLimit) -> Self {
        Self(Arc::new(Turns { limit, head: Semaphore::new(1), changed: Notify::new(), state: Mutex::default() }))
    }

    /// Its limit.
    pub fn limit(&self) -> RateLimit {
        self.0.limit
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next turn, in the order of asking; not at all if it would come at the deadline or after it.
    pub(crate) async fn turn(
        &self,
        environment: &dyn Environment,
        deadline: Option<Instant>,
    ) -> Result<Turn<'_>, TooLate> {
        // Most requests need not wait, and do not pay for those that do.
        if let Some(start) = self.start_at_once(environment.now()) {
            return Ok(Turn { limiter: self, start, waited: false });
        }
        let start = Box::pin(self.queue(environment, deadline)).await?;
        Ok(Turn { limiter: self, start, waited: true })
    }

    /// Starts now, if nobody waits and there is nothing to wait for.
    fn start_at_once(&self, now: Instant) -> Option<Instant> {
        let _head = self.0.head.try_acquire().ok()?;
        let mut state = self.state();
        (self.wait(&state, now, 0).is_zero()).then(|| self.start(&mut state, now))
    }

    async fn queue(&self, environment: &dyn Environment, deadline: Option<Instant>) -> Result<Instant, TooLate> {
        let in_time = |wait: Duration| {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(environment.now()));
            let late = left.is_some_and(|left| wait >= left);
            if late { Err(TooLate { limit: self.0.limit, wait }) } else { Ok(()) }
        };
        let mut place = self.stand(in_time, environment.now())?;
        let mut front = pin!(self.0.head.acquire());
        let _head = loop {
            let changed = pin!(self.0.changed.notified());
            in_time(self.wait(&self.state(), environment.now(), 0))?;
            match select(front.as_mut(), changed).await {
                Either::Left((head, _)) => break head,
                Either::Right(_) => {}
            }
        };
        loop {
            let changed = pin!(self.0.changed.notified());
            let wait = {
                let (mut state, now) = (self.state(), environment.now());
                let wait = self.wait(&state, now, 0);
                in_time(wait)?;
                if wait.is_zero() {
                    place.leave(&mut state);
                    return Ok(self.start(&mut state, now));
                }
                wait
            };
            select(environment.sleep(wait), changed).await;
        }
    }

    /// A place at the end of the queue, if that is near enough.
    fn stand(&self, in_time: impl FnOnce(Duration) -> Result<(), TooLate>, now: Instant) -> Result<Place<'_>, TooLate> {
        let mut state = self.state();
        in_time(self.wait(&state, now, state.queued))?;
        state.queued += 1;
        Ok(Place { limiter: self, left: false })
    }

    /// How far off the start is of whoever has so many before him. They start as early as may be: each as soon as the
    /// stretch of time is over that the start begins which is as many before his as the limit.
    fn wait(&self, state: &State, now: Instant, ahead: usize) -> Duration {
        let most = self.most();
        let (rounds, place) = (ahead / most, ahead % most);
        let before = place.checked_sub(most - state.starts.len().min(most)).and_then(|index| state.starts.get(index));
        let own = before
            .map_or(Duration::ZERO, |start| self.0.limit.per.saturating_sub(now.saturating_duration_since(*start)));
        let paused = state.not_before.map_or(Duration::ZERO, |moment| moment.saturating_duration_since(now));
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        own.max(paused).saturating_add(self.0.limit.per.saturating_mul(rounds))
    }

    fn start(&self, state: &mut State, now: Instant) -> Instant {
        if state.starts.len() >= self.most() {
            state.starts.pop_front();
        }
        state.starts.push_back(now);
        now
    }

    fn most(&self) -> usize {
        self.0.limit.requests.max(1) as usize
    }

    /// How long a request that came now would have to wait.
    pub(crate) fn outlook(&self, now: Instant) -> Duration {
        let state = self.state();
        self.wait(&state, now, state.queued)
    }

    /// What a request is told that came now, and whose call is over.
    pub(crate) fn too_late(&self, now: Instant) -> TooLate {
        TooLate { limit: self.0.limit, wait: self.outlook(now) }
    }

    /// Holds all further requests back until then, those that wait already, too: one of them was told to wait, and the
    /// others would be.
    pub(crate) fn pause_until(&self, moment: Instant) {
        let mut state = self.state();
        state.not_before = Some(state.not_before.map_or(moment, |before| before.max(moment)));
        drop(state);
        self.0.changed.notify_waiters();
    }
}

impl Turn<'_> {
    /// The request starts.
    pub(crate) fn take(self) {
        std::mem::forget(self);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.state();
        if let Some(index) = state.starts.iter().rposition(|start| *start == self.start) {
            state.starts.remove(index);
        }
        drop(state);
        self.limiter.0.changed.notify_waiters();
    }
}

/// A place in the queue, which is given up when whoever stands there goes away.
struct Place<'l> {
    limiter: &'l RateLimiter,
    left: bool,
}

impl Place<'_> {
    /// Goes away, in one with what else is changed.
    fn leave(&mut self, state: &mut State) {
        self.left = true;
        state.queued = state.queued.saturating_sub(1);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.left {
            let limiter = self.limiter;
            self.leave(&mut limiter.state());
        }
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").field("limit", &self.0.limit).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;

    use super::*;
    use crate::testing::VirtualClock;

    const SECOND: Duration = Duration::from_secs(1);

    /// A limiter on a clock that stands until it is pushed.
    fn limiter(requests: u32) -> (Arc<RateLimiter>, Arc<VirtualClock>) {
        (Arc::new(RateLimiter::new(RateLimit { requests, per: SECOND })), VirtualClock::standing())
    }

    type Waiting<'w> = BoxFuture<'w, Result<bool, TooLate>>;

    /// Asks for a turn, and takes it when it comes. Tells whether it was waited for.
    fn ask<'w>(limiter: &'w RateLimiter, environment: &'w VirtualClock, within: Option<Duration>) -> Waiting<'w> {
        let deadline = within.map(|within| environment.now() + within);
        Box::pin(async move {
            let turn = limiter.turn(environment, deadline).await?;
            let waited = turn.waited;
            turn.take();
            Ok(waited)
        })
    }

    /// How many of them come to their turns now.
    fn come(waiting: &mut Vec<Waiting<'_>>) -> usize {
        let before = waiting.len();
        waiting.retain_mut(|turn| turn.now_or_never().is_none());
        before - waiting.len()
    }

    #[test]
    fn never_more_than_the_limit_in_any_stretch() {
        let (limiter, environment) = limiter(5);
        let mut waiting: Vec<_> = (0..12).map(|_| ask(&limiter, &environment, None)).collect();
        let mut starts = vec![];
        for _ in 0..24 {
            starts.push(come(&mut waiting));
            environment.advance(SECOND / 10);
        }
        let at: Vec<(usize, usize)> = starts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        assert_eq!(at, [(0, 5), (10, 5), (20, 2)]);
    }

    #[test]
    fn time_that_has_passed_counts() {
        let (limiter, environment) = limiter(2);
        let taken = |wanted| assert_eq!(ask(&limiter, &environment, None).now_or_never(), wanted);
        taken(Some(Ok(false)));
        environment.advance(Duration::from_millis(600));
        taken(Some(Ok(false)));
        environment.advance(Duration::from_millis(399));
        taken(None);
        environment.advance(Duration::from_millis(1));
        taken(Some(Ok(false)));
        environment.advance(Duration::from_millis(599));
        taken(None);
        assert_eq!(limiter.outlook(environment.now()), Duration::from_millis(1));
    }

    #[test]
    fn who_gives_up_leaves_no_gap_wherever_he_stands() {
        let (limiter, environment) = limiter(1);
        let mut waiting: Vec<_> = (0..6).map(|_| ask(&limiter, &environment, None)).collect();
        assert_eq!(come(&mut waiting), 1);
        // The head of the five, the last, and one between.
        for index in [4, 2, 0] {
            drop(waiting.remove(index));
        }
        for left in [1, 0] {
            assert_eq!((come(&mut waiting), limiter.outlook(environment.now())), (0, SECOND * (left + 2)));
            environment.advance(SECOND);
            assert_eq!((come(&mut waiting), waiting.len()), (1, left as usize));
        }
        environment.advance(SECOND);
        assert_eq!(ask(&limiter, &environment, None).now_or_never(), Some(Ok(false)));
    }

    #[test]
    fn a_turn_that_is_not_taken_comes_back() {
        let (limiter, environment) = limiter(1);
        drop(limiter.turn(&*environment, None).now_or_never().unwrap().ok());
        assert_eq!(ask(&limiter, &environment, None).now_or_never(), Some(Ok(false)));
        assert_eq!(ask(&limiter, &environment, None).now_or_never(), None);
    }

    #[test]
    fn who_would_come_too_late_is_refused_at_once_and_holds_nobody_up() {
        let (limiter, environment) = limiter(2);
        let mut waiting: Vec<_> = (0..5).map(|_| ask(&limiter, &environment, Some(SECOND * 5 / 2))).collect();
        assert_eq!(come(&mut waiting), 2);
        for _ in 0..3 {
            let limit = RateLimit { requests: 2, per: SECOND };
            let late = ask(&limiter, &environment, Some(SECOND)).now_or_never();
            assert_eq!(late, Some(Err(TooLate { limit, wait: 2 * SECOND })), "the sixth would come in two seconds");
        }
        assert_eq!(limiter.outlook(environment.now()), 2 * SECOND, "they took no place");
        // With more time there is a turn, in order.
        waiting.push(ask(&limiter, &environment, Some(3 * SECOND)));
        environment.advance(SECOND);
        assert_eq!(come(&mut waiting), 2);
        environment.advance(SECOND);
        assert_eq!(come(&mut waiting), 2);
    }

    #[test]
    fn a_pause_holds_for_all_and_who_cannot_wait_so_long_is_told_at_once() {
        let (limiter, environment) = limiter(2);
        let now = environment.now();
        let mut waiting: Vec<_> = (0..4).map(|_| ask(&limiter, &environment, None)).collect();
        assert_eq!(come(&mut waiting), 2);
        // Behind the head, and in the time of neither.
        let mut hurried = ask(&limiter, &environment, Some(5 * SECOND));
        assert!((&mut hurried).now_or_never().is_none());
        limiter.pause_until(now + 30 * SECOND);
        limiter.pause_until(now + 3 * SECOND);
        assert!(matches!(hurried.now_or_never(), Some(Err(late)) if late.wait == 30 * SECOND));
        environment.advance(SECOND);
        assert_eq!(come(&mut waiting), 0, "who waited before the pause waits for its end, too");
        assert_eq!(limiter.outlook(environment.now()), 30 * SECOND, "29 and one more round");
        environment.advance(29 * SECOND);
        assert_eq!(come(&mut waiting), 2);
    }

    #[test]
    fn the_outlook_is_what_comes_true() {
        for requests in 1..5 {
            let (limiter, environment) = limiter(requests);
            let start = environment.now();
            let mut waiting = vec![];
            // At odd times, more than the limit lets through.
            let mut due = vec![];
            for step in 0..40u32 {
                for _ in 0..step * 37 % 90 {
                    environment.advance(Duration::from_millis(1));
                    come(&mut waiting);
                }
                let now = environment.now();
                due.push(now.duration_since(start) + limiter.outlook(now));
                waiting.push(ask(&limiter, &environment, None));
                come(&mut waiting);
            }
            let mut came = vec![];
            let mut at = environment.now().duration_since(start);
            let before = due.len() - waiting.len();
            while !waiting.is_empty() {
                let now = environment.now();
                for _ in 0..come(&mut waiting) {
                    came.push(at);
                }
                let step = Duration::from_millis(1);
                environment.advance(step);
                at = now.duration_since(start) + step;
            }
            assert_eq!(came, due[before..], "{requests}");
        }
    }

    #[test]
    fn no_length_of_time_is_too_long_to_reckon_with() {
        let limiter = RateLimiter::new(RateLimit { requests: 1, per: Duration::MAX });
        let environment = VirtualClock::standing();
        let mut waiting: Vec<_> = (0..3).map(|_| ask(&limiter, &environment, Some(SECOND))).collect();
        let outcomes: Vec<_> = waiting.iter_mut().map(|turn| turn.now_or_never()).collect();
        assert!(matches!(outcomes[..], [Some(Ok(false)), Some(Err(_)), Some(Err(_))]), "{outcomes:?}");
    }
}
