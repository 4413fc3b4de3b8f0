//! How many requests an account may send: a sliding window, the strictest reading of "n requests per second".

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

/// The requests that were let through within the last window.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    requests: usize,
    window: Duration,
    passed: VecDeque<SystemTime>,
}

/// What the limiter says about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Requests per window.
    pub(crate) limit: usize,
    /// How many more would pass right now.
    pub(crate) remaining: usize,
    /// The request does not pass: whole seconds, at least one, after which it would.
    pub(crate) retry_after: Option<u64>,
}

impl RateLimiter {
    /// Lets `requests` through in any stretch of time as long as `window`.
    pub(crate) fn new(requests: usize, window: Duration) -> Self {
        Self { requests, window, passed: VecDeque::new() }
    }

    /// Counts a request that comes at `now`; one that does not pass does not count.
    pub(crate) fn check(&mut self, now: SystemTime) -> Verdict {
        while self.passed.front().is_some_and(|time| now.duration_since(*time).is_ok_and(|age| age >= self.window)) {
            self.passed.pop_front();
        }
        let retry_after = if self.passed.len() < self.requests {
            self.passed.push_back(now);
            None
        } else {
            let age = self.passed.front().and_then(|time| now.duration_since(*time).ok()).unwrap_or_default();
            let wait = self.window.saturating_sub(age);
            Some((wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1))
        };
        Verdict { limit: self.requests, remaining: self.requests.saturating_sub(self.passed.len()), retry_after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides() {
        let mut limiter = RateLimiter::new(2, Duration::from_secs(1));
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        assert_eq!(limiter.check(at(0)), Verdict { limit: 2, remaining: 1, retry_after: None });
        assert_eq!(limiter.check(at(900)), Verdict { limit: 2, remaining: 0, retry_after: None });
        assert_eq!(limiter.check(at(950)), Verdict { limit: 2, remaining: 0, retry_after: Some(1) });
        assert_eq!(limiter.check(at(1000)), Verdict { limit: 2, remaining: 0, retry_after: None });
        assert_eq!(limiter.check(at(1001)).retry_after, Some(1));
    }
}
