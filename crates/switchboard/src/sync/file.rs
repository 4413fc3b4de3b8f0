//! A snapshot as a file of JSON.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Snapshot, SnapshotStore, StoreError};
use crate::{Connection, Timestamp};

/// The number of the format that is written.
const VERSION: u64 = 1;
const FORMAT: &str = "switchboard-snapshot";

/// Keeps a snapshot in a file: `{"format": "switchboard-snapshot", "version": 1, "taken": …, "connections": […]}`, with
/// connections as [`CONNECTION_SCHEMA`](crate::CONNECTION_SCHEMA) describes them.
///
/// It is written beside the old one, with the ending `.new`, and takes its place when it is whole and on the disk. On Unix
/// only its owner may read it.
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
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = BufWriter::new(options.open(&new)?);
    write(&mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    fs::rename(&new, path)
}
