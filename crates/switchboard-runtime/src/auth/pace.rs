//! How often a credential is fetched. A token endpoint that is down, and an API that never accepts what it is sent, must
//! not be asked once more by every call; and what passes must not be remembered for long.

use std::time::{Duration, Instant};

use crate::error::AuthProblem;

/// After a fetch has failed the next begins no sooner than this; each further failure in a row doubles it, up to
/// [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// See [`FIRST_PAUSE`].
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A credential that is not accepted is replaced at once, but each time costs, and what it costs is paid off by time
/// passing: no more than this may be owed.
const MOST_OWED: Duration = Duration::from_secs(60);

/// The price of replacing a credential that served before: it was revoked, or expired early.
const SERVED: Duration = Duration::from_secs(10);

/// The price of replacing one that never did. The next will hardly fare better, so it takes all the credit there is.
const NEVER_SERVED: Duration = MOST_OWED;

/// Fetches that failed in a row.
#[derive(Default)]
pub(super) struct Failures {
    /// Counts all there ever were.
    count: u64,
    in_a_row: u32,
    last: Option<Failure>,
}

struct Failure {
    problem: AuthProblem,
    at: Instant,
    /// From then on there may be another fetch.
    again_at: Instant,
}

impl Failures {
    /// How many there ever were.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn add(&mut self, now: Instant, problem: AuthProblem) {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.in_a_row.min(10)).min(LONGEST_PAUSE);
        self.count += 1;
        self.in_a_row += 1;
        self.last = Some(Failure { problem, at: now, again_at: now + pause });
    }

    /// A fetch has succeeded.
    pub(super) fn end(&mut self) {
        (self.in_a_row, self.last) = (0, None);
    }

    /// Whether a fetch may begin.
    pub(super) fn allow(&self, now: Instant) -> bool {
        self.last.as_ref().is_none_or(|last| now >= last.again_at)
    }

    /// What a call is told that came when there had been so many: of a failure since as it is, of one before it with
    /// when that was. `None` if there may be another fetch.
    pub(super) fn told(&self, now: Instant, before: u64) -> Option<AuthProblem> {
        let last = self.last.as_ref()?;
        if self.count != before {
            return Some(last.problem.clone());
        }
        let left = last.again_at.checked_duration_since(now).filter(|left| !left.is_zero())?;
        let ago = now.saturating_duration_since(last.at);
        Some(AuthProblem::Remembered { problem: Box::new(last.problem.clone()), ago, left })
    }
}

/// Credentials that the vendor did not accept.
#[derive(Default)]
pub(super) struct Refusals {
    /// When all will be paid off.
    paid_at: Option<Instant>,
}

impl Refusals {
    /// Whether a credential that was not accepted may be replaced now; if so, that is paid for.
    pub(super) fn allow(&mut self, now: Instant, served: bool) -> bool {
        let price = if served { SERVED } else { NEVER_SERVED };
        let paid_at = self.paid_at.filter(|at| *at > now).unwrap_or(now) + price;
        let allowed = paid_at.saturating_duration_since(now) <= MOST_OWED;
        if allowed {
            self.paid_at = Some(paid_at);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn failures_double_the_pause_up_to_a_minute_and_a_success_ends_them() {
        let (mut failures, mut now) = (Failures::default(), Instant::now());
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert!(failures.allow(now));
            failures.add(now, AuthProblem::Unfinished { scheme: "s" });
            now += SECOND * seconds - SECOND / 2;
            assert!(!failures.allow(now) && failures.told(now, failures.count()).is_some());
            now += SECOND / 2;
            assert!(failures.told(now, failures.count()).is_none());
        }
        failures.end();
        assert!(failures.allow(now) && failures.told(now, 0).is_none());
        failures.add(now, AuthProblem::Unfinished { scheme: "s" });
        assert!(failures.allow(now + SECOND));
    }

    #[test]
    fn what_served_may_be_replaced_more_often_than_what_never_did() {
        let now = Instant::now();
        let mut served = Refusals::default();
        assert_eq!((0..20).filter(|_| served.allow(now, true)).count(), 6);
        assert_eq!((0..600).filter(|second| served.allow(now + SECOND * *second, true)).count(), 59);
        let mut never = Refusals::default();
        assert_eq!((0..601).filter(|second| never.allow(now + SECOND * *second, false)).count(), 11);
    }
}
