//! One time for a client and the sandbox that it talks to, in which nobody waits: pauses are over at once, and a time
//! limit runs out when the sandbox is as slow as that.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use switchboard::BoxFuture;
use switchboard::runtime::Environment;
use switchboard_sandbox::Clock;
use tokio::sync::oneshot;

/// What a client waits for longer than this is a time limit, not a pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Debug)]
pub(crate) struct VirtualTime {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    limits: Vec<(Duration, oneshot::Sender<()>)>,
}

impl Default for VirtualTime {
    fn default() -> Self {
        Self { start: Instant::now(), state: Mutex::default() }
    }
}

impl VirtualTime {
    fn elapsed(&self) -> Duration {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).elapsed
    }

    /// Lets time pass, and ends the time limits that it takes longer than. `true` if there was one.
    fn pass(&self, duration: Duration) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.elapsed += duration;
        let now = state.elapsed;
        // Most calls end before their limits.
        state.limits.retain(|(_, limit)| !limit.is_closed());
        let over = state.limits.extract_if(.., |(until, _)| *until <= now);
        over.filter_map(|(_, limit)| limit.send(()).ok()).count() > 0
    }
}

impl Environment for VirtualTime {
    fn now(&self) -> Instant {
        self.start + self.elapsed()
    }

    fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration <= LONGEST_PAUSE {
            self.pass(duration);
            return Box::pin(std::future::ready(()));
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (limit, over) = oneshot::channel();
        let until = state.elapsed + duration;
        state.limits.push((until, limit));
        Box::pin(async {
            let _ = over.await;
        })
    }

    fn random(&self) -> u64 {
        0
    }
}

/// The same time, as a sandbox takes it.
#[derive(Clone, Debug)]
pub(crate) struct SandboxTime(pub(crate) Arc<VirtualTime>);

impl Clock for SandboxTime {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + self.0.elapsed()
    }

    /// The sandbox is slow. An answer that comes after the client's time limit might as well never come.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if self.0.pass(duration) { Box::pin(std::future::pending()) } else { Box::pin(std::future::ready(())) }
    }
}
