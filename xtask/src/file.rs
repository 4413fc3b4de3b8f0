//! Files of the commands that judge and measure: JSON in and out, and errors that say which file it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

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
    fs::read_to_string(path).map_err(FileError::at(path))
}

/// Reads a file of JSON.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    serde_json::from_str(&read(path)?).map_err(FileError::at(path))
}

/// Writes a file of JSON.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
    let text = serde_json::to_string_pretty(value).map_err(FileError::at(path))?;
    fs::write(path, text + "\n").map_err(FileError::at(path))
}
