//! Files of the commands that judge and measure: JSON in and out, and errors that say which file it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use codegen::plain_file;
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// A file that cannot be read or written, or is not of its form.
#[derive(Debug, Error)]
#[error("`{}`: {error}", path.display())]
pub struct FileError {
    path: PathBuf,
    error: io::Error,
}

impl FileError {
    /// What is wrong with the file at `path`.
    pub fn at<E: Into<io::Error>>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_path_buf();
        |error| Self { path, error: error.into() }
    }
}

/// Reads a file of text.
pub fn read(path: &Path) -> Result<String, FileError> {
    plain_file::read_to_string(path).map_err(FileError::at(path))
}

/// Reads a file of JSON.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    serde_json::from_str(&read(path)?).map_err(FileError::at(path))
}

/// Opens a file as for writing and leaves it as it is. A pipe that nobody reads from is a fault, and nothing to wait for.
///
/// # Errors
///
/// Fails when it cannot be written.
pub fn check_writable(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    options.open(path).map(drop)
}

/// Writes a file of JSON.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
    let text = serde_json::to_string_pretty(value).map_err(FileError::at(path))?;
    check_writable(path).and_then(|()| fs::write(path, text + "\n")).map_err(FileError::at(path))
}
