//! Reading what is a file, and nothing else: whoever opens a pipe waits for somebody to write to it, and a device may have
//! no end.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Opens a file.
///
/// # Errors
///
/// Fails when it is not there, may not be read, or is anything else than a file.
pub fn open(path: &Path) -> io::Result<File> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    File::open(path)
}

/// The content of a file.
///
/// # Errors
///
/// Fails when it cannot be opened or read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The content of a file of text.
///
/// # Errors
///
/// Fails when it cannot be opened or read, or is no UTF-8.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    #[test]
    fn what_is_no_file_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, file) = (folder.path().join("pipe"), folder.path().join("file"));
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        std::fs::write(&file, "text").unwrap();
        assert_eq!(read_to_string(&file).unwrap(), "text");
        for path in [pipe.as_path(), folder.path(), Path::new("/dev/null")] {
            assert_eq!(read(path).unwrap_err().to_string(), "it is no plain file");
        }
    }
}
