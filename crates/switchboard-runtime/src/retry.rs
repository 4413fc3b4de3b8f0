//! Trying again. Only what may be sent twice is; never sooner than the server asks; and not by so many calls at once
//! that a struggling server is finished off.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;

use crate::fault::TransportErrorKind;
use crate::retry_after::is_passing;

/// When, how often and after what pause a call is tried again.
///
/// Tried again is
/// - what was certainly not sent (no connection), whatever the operation;
/// - a request answered with 429, whatever the operation: the server refused to look at it;
/// - a request answered with 425, whatever the operation: the server did not risk processing it so early, and expects it
///   again (RFC 8470, section 5.2);
/// - a repeatable request, if the connection failed, an attempt took too long, or the answer was 408, 500, 502, 503 or
///   504. Repeatable is what the operation's method or the document makes so, and whatever carries an
///   `Idempotency-Key`.
///
/// The pause doubles with each attempt and is drawn at random between nothing and that ("full jitter"). Where the
/// server names a time (`Retry-After` in seconds or as a date, RFC 9110, section 10.2.3, of several the longest;
/// `retry-after-ms` goes before it; else the reset of a rate limit
/// that its `RateLimit` or `X-RateLimit` headers say is used up, or with 429 of any) that is kept instead, with a little
/// random on top. If it is not, since it is longer than [`max_retry_after`](Self::max_retry_after) or than the call may
/// take, the error says so, and [`ErrorResponse::retry_after`](crate::ErrorResponse::retry_after) how long it is. A body
/// that is a stream is not sent twice: such a request is only tried again where there was no connection. Nothing is tried
/// again where no connection can be made at all: where there is no trust in a certificate, or the proxy wants a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts in all, the first included. 4 by default; 1 never tries again.
    pub max_attempts: u32,
    /// The longest first pause. 250 milliseconds by default.
    pub base: Duration,
    /// The longest pause of one's own choice. 20 seconds by default.
    pub max_pause: Duration,
    /// The longest pause that a server may ask for. If it asks for longer, the call fails at once, for to come back
    /// early would be as rude as useless. 60 seconds by default.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base: Duration::from_millis(250),
            max_pause: Duration::from_secs(20),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Never tries again.
    pub fn none() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// The same with another number of attempts, the first included.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The same with another longest first pause.
    #[must_use]
    pub fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// The same with another longest pause of one's own choice.
    #[must_use]
    pub fn max_pause(mut self, pause: Duration) -> Self {
        self.max_pause = pause;
        self
    }

    /// The same with another longest pause that a server may ask for.
    #[must_use]
    pub fn max_retry_after(mut self, pause: Duration) -> Self {
        self.max_retry_after = pause;
        self
    }

    /// The pause after the given number of attempts, or `None` if the call is to fail.
    pub(crate) fn pause(&self, attempts: u32, told: Option<Duration>, random: u64) -> Option<Duration> {
        if attempts >= self.max_attempts {
            return None;
        }
        match told {
            Some(told) if told > self.max_retry_after => None,
            Some(told) => Some(told.saturating_add(fraction(self.base, random))),
            None => {
                let doublings = attempts.saturating_sub(1).min(31);
                Some(fraction(self.base.saturating_mul(1 << doublings).min(self.max_pause), random))
            }
        }
    }
}

/// A part of `most`, all parts equally likely.
fn fraction(most: Duration, random: u64) -> Duration {
    // The upper 53 bits fit a float exactly: a number from 0 up to, not including, 1.
    let part = (random >> 11) as f64 / (1u64 << 53) as f64;
    most.mul_f64(part)
}

/// What became of an attempt, as far as trying again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answer(StatusCode),
    Failed(TransportErrorKind),
}

impl Outcome {
    /// Whether trying again is both of use and harmless.
    pub(crate) fn may_repeat(self, repeatable: bool) -> bool {
        match self {
            Self::Answer(StatusCode::TOO_MANY_REQUESTS | StatusCode::TOO_EARLY) => true,
            Self::Answer(status) => repeatable && is_passing(status),
            Self::Failed(kind) if kind.is_unconnected() => true,
            Self::Failed(
                TransportErrorKind::Interrupted | TransportErrorKind::Body | TransportErrorKind::AttemptTimeout(_),
            ) => repeatable,
            Self::Failed(_) => false,
        }
    }
}

/// What all calls of a client may spend on trying again. Each repeat costs, each success earns a little back; when
/// nothing is left, calls fail without a second try until some succeed. A repeat that the server asked for, by naming
/// a time, is free.
pub(crate) struct RetryBudget(Mutex<u32>);

const CAPACITY: u32 = 500;
const COST: u32 = 5;

impl Default for RetryBudget {
    fn default() -> Self {
        Self(Mutex::new(CAPACITY))
    }
}

impl RetryBudget {
    /// Takes the cost of one repeat; `false` if it cannot be afforded.
    pub(crate) fn spend(&self) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(COST) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        }
    }

    /// Gives back what a call's repeats had cost, for it succeeded, and 1 beside.
    pub(crate) fn earn(&self, repeats: u32) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_add(repeats.saturating_mul(COST)).saturating_add(1).min(CAPACITY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_limit_and_are_drawn_at_random() {
        let policy =
            RetryPolicy::default().max_attempts(12).base(Duration::from_secs(1)).max_pause(Duration::from_secs(8));
        let longest: Vec<u64> =
            (1..7).map(|n| policy.pause(n, None, u64::MAX).unwrap().as_secs_f64().round() as u64).collect();
        assert_eq!(longest, [1, 2, 4, 8, 8, 8]);
        assert_eq!(policy.pause(3, None, 0), Some(Duration::ZERO));
        assert_eq!(policy.pause(12, None, 0), None);
        assert_eq!(policy.pause(1, None, 1 << 63), Some(Duration::from_millis(500)));
    }

    #[test]
    fn a_told_pause_is_kept_unless_it_is_too_long() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.pause(1, Some(Duration::from_secs(30)), 0), Some(Duration::from_secs(30)));
        assert_eq!(policy.pause(1, Some(Duration::from_secs(61)), 0), None);
        assert_eq!(policy.pause(1, Some(Duration::MAX), 0), None);
        let patient = RetryPolicy::default().max_retry_after(Duration::MAX);
        assert_eq!(patient.pause(1, Some(Duration::MAX), u64::MAX), Some(Duration::MAX));
    }

    #[test]
    fn what_may_be_repeated() {
        use TransportErrorKind::{
            AttemptTimeout, Body, BodyTooLarge, Connect, ConnectTimeout, Interrupted, Proxy, Tls, Url, WholeTimeout,
        };
        let limit = Duration::from_secs(1);
        for code in [400, 401, 404, 409, 422, 501, 505] {
            assert!(!Outcome::Answer(StatusCode::from_u16(code).unwrap()).may_repeat(true), "{code}");
        }
        for code in [408, 500, 502, 503, 504] {
            let outcome = Outcome::Answer(StatusCode::from_u16(code).unwrap());
            assert!(outcome.may_repeat(true) && !outcome.may_repeat(false), "{code}");
        }
        let refused = [StatusCode::TOO_MANY_REQUESTS, StatusCode::TOO_EARLY].map(Outcome::Answer);
        for outcome in refused.into_iter().chain([Connect, ConnectTimeout(None)].map(Outcome::Failed)) {
            assert!(outcome.may_repeat(true) && outcome.may_repeat(false));
        }
        for kind in [Interrupted, Body, AttemptTimeout(limit)] {
            assert!(Outcome::Failed(kind).may_repeat(true) && !Outcome::Failed(kind).may_repeat(false));
        }
        for kind in [BodyTooLarge(1), WholeTimeout(limit), Tls, Proxy, Url] {
            assert!(!Outcome::Failed(kind).may_repeat(true));
        }
    }

    #[test]
    fn the_budget_runs_out_and_recovers() {
        let budget = RetryBudget::default();
        assert_eq!((0..200).filter(|_| budget.spend()).count(), 100);
        (0..4).for_each(|_| budget.earn(0));
        assert!(!budget.spend());
        budget.earn(0);
        assert!(budget.spend());
        budget.earn(1000);
        assert!(budget.spend());
    }
}
