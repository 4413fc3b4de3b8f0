//! What makes a watch look before its time: somebody who heard that something has happened, such as a receiver of webhooks.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;

/// How many connections are remembered to be looked at. Where there are more, a look at everything takes fewer calls.
const MOST_CONNECTIONS: usize = 100;

/// Has a [watch](crate::Switchboard::watch) look before its next look is due, for example when a webhook was delivered; see
/// [`Watch::handle`](crate::Watch::handle). Cheap to clone, and to call from any thread.
///
/// It carries no news, only where to look: what has changed the watch asks the provider. So a forged or a late delivery does
/// no harm but a call, and deliveries that are lost are made up for by the next look.
#[derive(Clone, Default)]
pub struct WatchHandle(Arc<Shared>);

#[derive(Default)]
struct Shared {
    asked: Mutex<Asked>,
    waker: AtomicWaker,
}

/// Where a watch was asked to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nowhere.
    #[default]
    Nothing,
    /// At these connections, each a provider's name and an id.
    Connections(BTreeSet<(String, String)>),
    /// At all there are.
    Everything,
}

impl WatchHandle {
    /// Has the watch look at one connection: it is new, has changed, or is gone. However often that is said before the watch
    /// comes to it, it is one look; for very many connections, it is one look at everything.
    pub fn look_at(&self, provider: impl Into<String>, id: impl Into<String>) {
        self.ask(|asked| match asked {
            Asked::Everything => {}
            Asked::Nothing => *asked = Asked::Connections(BTreeSet::from([(provider.into(), id.into())])),
            Asked::Connections(connections) => {
                connections.insert((provider.into(), id.into()));
                if connections.len() > MOST_CONNECTIONS {
                    *asked = Asked::Everything;
                }
            }
        });
    }

    /// Has the watch look at everything.
    pub fn look_again(&self) {
        self.ask(|asked| *asked = Asked::Everything);
    }

    fn ask(&self, ask: impl FnOnce(&mut Asked)) {
        ask(&mut self.asked());
        self.0.waker.wake();
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where to look; after that, nowhere.
    pub(super) fn take(&self) -> Asked {
        std::mem::take(&mut self.asked())
    }

    /// Ready as soon as there is somewhere to look.
    pub(super) fn poll_asked(&self, cx: &mut Context<'_>) -> Poll<()> {
        // First the waker, so that nothing that is asked in between is missed.
        self.0.waker.register(cx.waker());
        if *self.asked() == Asked::Nothing { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl fmt::Debug for WatchHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchHandle").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_often_is_looked_at_once_and_too_much_is_everything() {
        let handle = WatchHandle::default();
        assert_eq!(handle.take(), Asked::Nothing);
        for _ in 0..1000 {
            handle.look_at("a", "1");
        }
        assert_eq!(handle.take(), Asked::Connections(BTreeSet::from([("a".to_owned(), "1".to_owned())])));
        for id in 0..=MOST_CONNECTIONS {
            handle.look_at("a", id.to_string());
        }
        handle.look_at("b", "1");
        assert_eq!((handle.take(), handle.take()), (Asked::Everything, Asked::Nothing));
    }
}
