//! What has changed since last time: for callers who keep a table of all connections of their own, and must not take a
//! connection for gone because a list was cut short.

mod changes;
mod file;
mod handle;
mod snapshot;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod watch;

pub use self::changes::{Change, Changes, Field};
pub use self::file::FileStore;
pub use self::handle::WatchHandle;
pub use self::snapshot::Snapshot;
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use self::sqlite::SqliteStore;
pub use self::store::{SnapshotStore, StoreError};
pub use self::watch::Watch;
