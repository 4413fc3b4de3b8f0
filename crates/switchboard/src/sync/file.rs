//! A snapshot as a file of JSON.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::{Snapshot, SnapshotStore, StoreError};
use crate::{Connection, Timestamp};

/// The number of the format that is written.
const VERSION: u64 = 1;
const FORMAT: &str = "switchboard-snapshot";

/// Keeps a snapshot in a file: `{"format": "switchboard-snapshot", "version": 1, "taken": …, "connections": […]}`, with
/// connections as [`CONNECTION_SCHEMA`](crate::CONNECTION_SCHEMA) describes them.
///
/// It is written beside the old one, under a name of its own that ends in `.new`, and takes its place when it is whole and on
/// the disk. On Unix only its owner may read it. Of several programs that save at once, the last one's stays.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

/// What says how the rest is to be read.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

#[derive(Deserialize)]
struct Body {
    taken: Option<Timestamp>,
    connections: Vec<Connection>,
}

#[derive(Serialize)]
struct Whole<'a> {
    format: &'a str,
    version: u64,
    taken: Option<Timestamp>,
    connections: Vec<&'a Connection>,
}

impl FileStore {
    /// Keeps it in the file of that name, which need not be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn malformed(&self, reason: impl ToString) -> StoreError {
        StoreError::Malformed { path: self.path.clone(), reason: reason.to_string() }
    }
}

impl SnapshotStore for FileStore {
    fn load(&mut self) -> Result<Option<Snapshot>, StoreError> {
        let read = |error: io::Error| StoreError::Read { path: self.path.clone(), reason: error.to_string() };
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(read(error)),
        };
        let Head { format, version } = serde_json::from_slice(&text).map_err(|error| self.malformed(error))?;
        if format != FORMAT {
            return Err(self.malformed(format_args!("its format is {format:?}")));
        }
        if version > VERSION {
            return Err(StoreError::Version { path: self.path.clone(), found: version, known: VERSION });
        }
        let Body { taken, connections } = serde_json::from_slice(&text).map_err(|error| self.malformed(error))?;
        Ok(Some(Snapshot::new(taken, connections)))
    }

    fn save(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let connections = snapshot.connections().collect();
        let whole = Whole { format: FORMAT, version: VERSION, taken: snapshot.taken(), connections };
        replace(&self.path, |file| Ok(serde_json::to_writer(file, &whole)?))
            .map_err(|error| StoreError::Write { path: self.path.clone(), reason: error.to_string() })
    }
}

/// Puts a new file in the place of an old one, when it is whole.
fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    // Of a link, the file that it leads to: the link itself would be replaced, and that file stay as it was.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (new, file) = beside(path)?;
    let mut file = BufWriter::new(file);
    let written = write(&mut file).and_then(|()| file.flush()).and_then(|()| file.get_ref().sync_all());
    let replaced = written.and_then(|()| fs::rename(&new, path));
    if replaced.is_err() {
        // On a full disk it is in the way; that it cannot be removed says less than the error that there is.
        drop(fs::remove_file(&new));
    }
    replaced
}

/// How many names this process has given to new files.
static NAMES: AtomicU64 = AtomicU64::new(0);

/// A new file beside an old one, under a name that no other writer has: two that wrote into one file would spoil it.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    loop {
        let mut new = path.as_os_str().to_owned();
        new.push(format!(".{}-{}.new", std::process::id(), NAMES.fetch_add(1, Ordering::Relaxed)));
        match options.open(&new) {
            // What a process of the same number left behind, here or on another machine.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (new.into(), file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use serde_json::json;

    use super::*;

    fn directory(name: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("switchboard-file-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    fn snapshot(connections: usize) -> Snapshot {
        Snapshot::new(None, (0..connections).map(|id| Connection::new("mine", id.to_string(), json!({}))))
    }

    #[test]
    fn of_two_that_save_at_once_neither_fails_and_the_file_is_always_whole() {
        let directory = directory("two");
        let path = directory.join("connections.json");
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            let save = |connections| {
                let (path, is_done) = (&path, &is_done);
                move || {
                    let snapshot = snapshot(connections);
                    (0..30).for_each(|_| FileStore::new(path).save(&snapshot).unwrap());
                    is_done.store(true, Ordering::Relaxed);
                }
            };
            scope.spawn(save(2000));
            scope.spawn(save(1));
            while !is_done.load(Ordering::Relaxed) {
                let known = FileStore::new(&path).load().unwrap();
                assert!(known.is_none_or(|known| [1, 2000].contains(&known.len())));
            }
        });
        let left: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [path]);
        fs::remove_dir_all(directory).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_what_it_leads_to_is_written() {
        let directory = directory("link");
        let (path, link) = (directory.join("connections.json"), directory.join("link.json"));
        FileStore::new(&path).save(&snapshot(1)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        FileStore::new(&link).save(&snapshot(2)).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
        assert_eq!(FileStore::new(&path).load().unwrap().unwrap().len(), 2);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn what_cannot_be_put_in_its_place_does_not_stay_beside_it() {
        let directory = directory("place");
        // A folder that is not empty gives its place to no file.
        let path = directory.join("connections.json");
        fs::create_dir_all(path.join("within")).unwrap();
        assert!(FileStore::new(&path).save(&snapshot(1)).is_err());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(directory).unwrap();
    }
}
