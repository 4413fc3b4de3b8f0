//! Where snapshots are kept between two runs of a program.

use std::path::PathBuf;

use super::Snapshot;

/// Keeps one [`Snapshot`]. Calls wait for the disk: an async program makes them where it may wait.
pub trait SnapshotStore: Send {
    /// What was saved last, or `None` if nothing was.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if something is there that cannot be read. It is left as it is.
    fn load(&mut self) -> Result<Option<Snapshot>, StoreError>;

    /// Puts a snapshot in the place of the one that was saved last. If that fails, or the machine stops while it is being
    /// done, the old one is still there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    fn save(&mut self, snapshot: &Snapshot) -> Result<(), StoreError>;
}

/// Why a snapshot cannot be loaded or saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system or the database says.
        reason: String,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system or the database says.
        reason: String,
    },
    /// The file is something else than a snapshot, or damaged.
    #[error("{} is no snapshot, or damaged: {reason}; name another file, or move this one away to start anew", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was written by a later version of this crate.
    #[error("{} has the format {found}, and this version knows none after {known}: use a later one", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The number of its format.
        found: u64,
        /// The number of the latest format that is known.
        known: u64,
    },
}
