//! Time, sleep and chance, handed in: whatever waits or draws lots goes through an [`Environment`], so that a test can
//! run a day of backing off in no time at all.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// A boxed future, as the traits of this crate return them.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a client gets the time, its pauses and its randomness from.
pub trait Environment: Send + Sync + 'static {
    /// The time on a clock that never goes back, for measuring.
    fn now(&self) -> Instant;

    /// The time of day, for comparing with dates that a server sends.
    fn system_time(&self) -> SystemTime;

    /// A pause: completes after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Completes when something that is under way has taken `duration`, which is too long. In the way of time that is a pause as
    /// any other; a clock of a test can tell them apart, to pass over pauses and let nothing run out.
    fn time_limit(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.sleep(duration)
    }

    /// Any number, all equally likely. Used to spread retries, not for secrets.
    fn random(&self) -> u64;
}

/// The real thing: the system's clocks, tokio's timer, a fast random number generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        fastrand::u64(..)
    }
}
