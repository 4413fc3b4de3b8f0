//! Waiting for calls without an async runtime of one's own: for scripts, build tools, and programs that are not async.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use futures_core::Stream;
use tokio::runtime::{Builder, Runtime};

/// Waits for a future, such as a call's `send()`.
///
/// Connections and timers live on one thread in the background, begun with the first wait and shared by all. The future
/// itself is polled on the caller's thread, so it may borrow whatever it likes.
///
/// ```no_run
/// use switchboard_runtime::blocking::Wait;
/// # use switchboard_runtime::{Client, Error};
///
/// # fn list(client: &Client) -> Result<(), Error> {
/// let connections = client.request("GET", "/connections").send().wait()?;
/// # Ok(())
/// # }
/// ```
///
/// It blocks the thread, so it has no place within async code. There it does not panic, but holds up whatever else the
/// thread was to do.
///
/// A connection, and the fetch of a token, goes on only while the runtime runs in which a call began it. So a client whose
/// calls are awaited in a runtime of one thread is not for waiting here: a connection that it has kept from there stands
/// still, and the call takes as long as its time limits let it. A client of its own for either has no such trouble.
pub trait Wait: Future + Sized {
    /// The outcome, once there is one.
    ///
    /// # Panics
    ///
    /// If the system refuses to start the thread in the background.
    fn wait(self) -> Self::Output {
        let _entered = background().enter();
        block_on(self)
    }
}

impl<F: Future> Wait for F {}

/// Reads a stream, such as a call's `stream()`, as an iterator.
///
/// ```no_run
/// use switchboard_runtime::blocking::WaitEach;
/// # use switchboard_runtime::{Error, Items};
///
/// # fn print(items: Items<String, switchboard_runtime::Undescribed>) -> Result<(), Error> {
/// for item in items.wait_each() {
///     println!("{}", item?);
/// }
/// # Ok(())
/// # }
/// ```
pub trait WaitEach: Stream + Sized {
    /// The items, each waited for when it is asked for.
    fn wait_each(self) -> Each<Self> {
        Each(Box::pin(self))
    }
}

impl<S: Stream> WaitEach for S {}

/// The items of a stream. Made by [`WaitEach::wait_each`].
#[derive(Debug)]
#[must_use = "nothing is fetched until the items are asked for"]
pub struct Each<S>(std::pin::Pin<Box<S>>);

impl<S: Stream> Iterator for Each<S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<S::Item> {
        std::future::poll_fn(|cx| self.0.as_mut().poll_next(cx)).wait()
    }
}

/// The runtime that connections and timers live on.
fn background() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| match start() {
        Ok(runtime) => runtime,
        Err(error) => panic!("the thread for connections cannot be started: {error}"),
    })
}

fn start() -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).thread_name("switchboard-blocking").enable_all().build()
}

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls on this thread until there is an outcome. tokio's own would panic within async code.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(std::sync::Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::called::*;
    use crate::testing::*;
    use crate::*;

    /// A server on the background runtime, as no other is there.
    fn server() -> Server {
        Server::script([json(200, "[1,2]"), json(200, "[3]")]).wait()
    }

    #[test]
    fn a_call_is_waited_for_without_a_runtime() {
        let server = server();
        let client = builder(&server.url, VirtualClock::jumping()).build().unwrap();
        let call = || client.send::<Vec<u8>, Undescribed>(Request::new(&GET), decode::json);
        assert_eq!(*call().wait().unwrap(), [1, 2]);
        assert_eq!(*call().wait().unwrap(), [3]);
    }

    #[test]
    fn limits_hold_while_waiting() {
        let server = Server::script([]).wait();
        let client = ClientBuilder::new(&API).base_url(&server.url).retry(RetryPolicy::none()).build().unwrap();
        let call = client.send::<Vec<u8>, Undescribed>(Request::new(&GET), decode::json);
        assert!(call.wait().is_err());
    }

    #[test]
    fn a_stream_is_an_iterator() {
        let items = futures_util::stream::iter([1, 2, 3]);
        assert_eq!(items.wait_each().sum::<i32>(), 6);
    }

    #[tokio::test]
    async fn within_async_code_it_blocks_but_does_not_panic() {
        assert_eq!(async { 7 }.wait(), 7);
    }
}
