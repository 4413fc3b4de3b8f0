//! Keeping to a vendor's published limit. A bucket of tokens would let twice the limit through in the first stretch of
//! time (the bucket's fill, and what trickles in meanwhile), and vendors answer that with 429; so the starts of the
//! last requests are remembered, and the next may start when the oldest of them is far enough back.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::api::RateLimit;

/// Lets at most so many requests start in any stretch of time of so long.
pub(crate) struct RateLimiter {
    limit: RateLimit,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last starts, at most as many as the limit, oldest first; some of them may lie ahead.
    starts: VecDeque<Instant>,
    not_before: Option<Instant>,
}

impl RateLimiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self { limit, state: Mutex::default() }
    }

    /// Takes the next start, in the order of asking, and tells how far off it is. A caller who gives up waiting has
    /// used it all the same: fewer requests start then than might, never more.
    pub(crate) fn reserve(&self, now: Instant) -> Duration {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut start = state.not_before.map_or(now, |moment| moment.max(now));
        if state.starts.len() >= self.limit.requests.max(1) as usize
            && let Some(oldest) = state.starts.pop_front()
        {
            start = start.max(oldest + self.limit.per);
        }
        start = state.starts.back().map_or(start, |last| start.max(*last));
        state.starts.push_back(start);
        start.saturating_duration_since(now)
    }

    /// Holds all further requests back until then: one of them was told to wait, and the others would be, too.
    pub(crate) fn pause_until(&self, moment: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.not_before = Some(state.not_before.map_or(moment, |before| before.max(moment)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(requests: u32) -> (RateLimiter, Instant) {
        (RateLimiter::new(RateLimit { requests, per: Duration::from_secs(1) }), Instant::now())
    }

    #[test]
    fn never_more_than_the_limit_in_any_stretch() {
        let (limiter, start) = limiter(5);
        let waits: Vec<u64> = (0..12).map(|_| limiter.reserve(start).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2]);
    }

    #[test]
    fn time_that_has_passed_counts() {
        let (limiter, start) = limiter(2);
        limiter.reserve(start);
        limiter.reserve(start + Duration::from_millis(600));
        assert_eq!(limiter.reserve(start + Duration::from_millis(700)), Duration::from_millis(300));
        assert_eq!(limiter.reserve(start + Duration::from_millis(1100)), Duration::from_millis(500));
    }

    #[test]
    fn a_pause_holds_for_all() {
        let (limiter, start) = limiter(2);
        limiter.pause_until(start + Duration::from_secs(30));
        limiter.pause_until(start + Duration::from_secs(3));
        assert_eq!(limiter.reserve(start), Duration::from_secs(30));
        assert_eq!(limiter.reserve(start + Duration::from_secs(31)), Duration::ZERO);
    }
}
