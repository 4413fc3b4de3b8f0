//! Locks that outlive a panic: a test that fails within one request must not take the others' answers with it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the lock holds, also after a panic of whoever held it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
