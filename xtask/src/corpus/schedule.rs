//! Many jobs at once, as long as they fit into the memory there is.

use std::{
    num::NonZeroUsize,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

/// What may be taken at once.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// How many jobs.
    pub jobs: NonZeroUsize,
    /// How many bytes; `None` where nobody knows.
    pub bytes: Option<u64>,
}

/// Does `work` for every job; `bytes` is what a job is expected to hold. The largest come first, so that none of them is
/// left when everything else is done. A job that is larger than all there is runs alone.
pub fn run<T: Sync>(jobs: &[T], capacity: Capacity, bytes: impl Fn(&T) -> u64, work: impl Fn(&T) + Sync) {
    let mut waiting: Vec<(u64, &T)> = jobs.iter().map(|job| (bytes(job), job)).collect();
    waiting.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    let queue = Queue { state: Mutex::new(State { waiting, running: 0, held: 0 }), changed: Condvar::new(), capacity };
    thread::scope(|scope| {
        for _ in 0..capacity.jobs.get().min(jobs.len()) {
            scope.spawn(|| {
                while let Some((bytes, job)) = queue.take() {
                    work(job);
                    queue.give_back(bytes);
                }
            });
        }
    });
}

struct Queue<'a, T> {
    state: Mutex<State<'a, T>>,
    changed: Condvar,
    capacity: Capacity,
}

struct State<'a, T> {
    waiting: Vec<(u64, &'a T)>,
    running: usize,
    held: u64,
}

impl<'a, T> Queue<'a, T> {
    /// The next job, when it fits; `None` when there is none left.
    fn take(&self) -> Option<(u64, &'a T)> {
        let mut state = self.lock();
        loop {
            if state.waiting.is_empty() {
                return None;
            }
            let free = self.capacity.bytes.map_or(u64::MAX, |bytes| bytes.saturating_sub(state.held));
            let fits = state.waiting.iter().position(|(bytes, _)| *bytes <= free);
            if let Some(next) = fits.or_else(|| (state.running == 0).then_some(0)) {
                let job = state.waiting.remove(next);
                state.running += 1;
                state.held = state.held.saturating_add(job.0);
                return Some(job);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, bytes: u64) {
        let mut state = self.lock();
        state.running -= 1;
        state.held = state.held.saturating_sub(bytes);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<'a, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    fn capacity(jobs: usize, bytes: Option<u64>) -> Capacity {
        Capacity { jobs: NonZeroUsize::new(jobs).unwrap(), bytes }
    }

    #[test]
    fn all_jobs_are_done_and_never_hold_more_than_there_is() {
        let jobs: Vec<u64> = (1..=60).collect();
        let (held, most, sum) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        run(
            &jobs,
            capacity(8, Some(100)),
            |bytes| *bytes,
            |bytes| {
                most.fetch_max(held.fetch_add(*bytes, SeqCst) + bytes, SeqCst);
                thread::yield_now();
                held.fetch_sub(*bytes, SeqCst);
                sum.fetch_add(*bytes, SeqCst);
            },
        );
        assert_eq!(sum.into_inner(), 60 * 61 / 2);
        assert!(most.into_inner() <= 100);
    }

    #[test]
    fn the_largest_comes_first_and_one_that_fits_nowhere_runs_alone() {
        let order = Mutex::new(Vec::new());
        run(&[1, 500, 3], capacity(1, Some(10)), |bytes| *bytes, |bytes| order.lock().unwrap().push(*bytes));
        // Those that fit go ahead of the one that does not.
        assert_eq!(order.into_inner().unwrap(), [3, 1, 500]);
        let order = Mutex::new(Vec::new());
        run(&[1, 500, 3], capacity(1, None), |bytes| *bytes, |bytes| order.lock().unwrap().push(*bytes));
        assert_eq!(order.into_inner().unwrap(), [500, 3, 1]);
    }
}
