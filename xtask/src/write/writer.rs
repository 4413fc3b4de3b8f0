//! The folder of the crates while a run writes to it: one crate after another is swapped in as a whole.
//!
//! A new folder is staged beside the crates and takes the old one's place in one step where the system can exchange two
//! names (Linux, macOS), in two steps elsewhere; the next run mends what a killed run left. So a crate is always either
//! old or new.

use super::{
    Update,
    error::{WriteError, io_error},
    names::check_name,
};
use codegen::plain_file;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The folder of the crates, held by this run alone.
pub struct Writer {
    out: PathBuf,
    /// Where new folders are made: on the same file system, and where cargo does not look for members of a workspace.
    staging: PathBuf,
    /// Another run waits as long as this is open.
    _lock: fs::File,
}

impl Writer {
    /// Makes the folder if need be, waits for another run that writes there, and mends what a killed run left.
    ///
    /// # Errors
    ///
    /// Fails when the folder cannot be made or mended.
    pub fn open(out: &Path, staging: &Path) -> Result<Self, WriteError> {
        fs::create_dir_all(out).map_err(io_error("create", out))?;
        let lock = fs::File::open(out).map_err(io_error("open", out))?;
        wait_for_lock(&lock).map_err(io_error("lock", out))?;
        let writer = Self { out: out.to_path_buf(), staging: staging.to_path_buf(), _lock: lock };
        writer.recover()?;
        Ok(writer)
    }

    fn recover(&self) -> Result<(), WriteError> {
        let staging = &self.staging;
        match staging.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(io_error("read", staging)(error)),
            Ok(metadata) if !metadata.is_dir() => return Err(WriteError::InTheWay(staging.clone())),
            Ok(_) => {}
        }
        for entry in fs::read_dir(staging).map_err(io_error("list", staging))? {
            let entry = entry.map_err(io_error("list", staging))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(name) = name.strip_suffix(".old") else { continue };
            let folder = self.out.join(name);
            if check_name(name).is_ok() && folder.symlink_metadata().is_err() {
                fs::rename(entry.path(), &folder).map_err(io_error("restore", &folder))?;
            }
        }
        fs::remove_dir_all(staging).map_err(io_error("remove", staging))
    }

    /// Carries out a plan: afterwards the crate is new as a whole.
    ///
    /// # Errors
    ///
    /// Fails, with the old crate in place and nothing else, when the system refuses a step.
    pub fn commit(&self, plan: &Update) -> Result<(), WriteError> {
        if plan.changes.is_empty() {
            return Ok(());
        }
        let staged = self.staging.join(format!("{}.new", plan.name));
        remove_folder(&staged)?;
        let done = stage(plan, &staged).and_then(|()| self.swap(&staged, plan));
        if done.is_err() {
            // On a full disk it is in the way of whoever makes room. What was wrong is told already.
            let _ = remove_folder(&staged);
        }
        done
    }

    fn swap(&self, staged: &Path, plan: &Update) -> Result<(), WriteError> {
        let folder = &plan.folder;
        if folder.symlink_metadata().is_err() {
            return fs::rename(staged, folder).map_err(io_error("create", folder));
        }
        if exchange(staged, folder) {
            return remove_folder(staged);
        }
        self.swap_in_two_steps(staged, plan)
    }

    /// Between the two steps the crate is not there; the next run would put it back.
    pub(super) fn swap_in_two_steps(&self, staged: &Path, plan: &Update) -> Result<(), WriteError> {
        let folder = &plan.folder;
        let old = self.staging.join(format!("{}.old", plan.name));
        remove_folder(&old)?;
        fs::rename(folder, &old).map_err(io_error("replace", folder))?;
        if let Err(error) = fs::rename(staged, folder) {
            fs::rename(&old, folder).map_err(io_error("restore", folder))?;
            return Err(io_error("replace", folder)(error));
        }
        remove_folder(&old)
    }
}

impl Drop for Writer {
    /// The staging folder goes when it is empty; what is left in it is mended by the next run.
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.staging);
    }
}

fn remove_folder(folder: &Path) -> Result<(), WriteError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", folder)(error)),
        _ => Ok(()),
    }
}

/// Builds the new folder. Files that stay are linked, not copied, so that they keep their times and cargo its caches.
pub(super) fn stage(plan: &Update, staged: &Path) -> Result<(), WriteError> {
    let target = |path: &str| -> Result<PathBuf, WriteError> {
        let target = staged.join(path);
        let parent = target.parent().unwrap_or(staged);
        fs::create_dir_all(parent).map_err(io_error("create", parent))?;
        Ok(target)
    };
    for change in &plan.changes {
        if let Some(text) = &change.after {
            let target = target(&change.path)?;
            fs::write(&target, text).map_err(io_error("write", &target))?;
        }
    }
    for path in &plan.kept {
        let (source, target) = (plan.folder.join(path), target(path)?);
        keep(&source, &target).map_err(io_error("keep", &source))?;
    }
    Ok(())
}

fn keep(source: &Path, target: &Path) -> io::Result<()> {
    if source.symlink_metadata()?.is_symlink() {
        return copy_link(source, target);
    }
    fs::hard_link(source, target).or_else(|_| plain_file::open(source).and_then(|_| fs::copy(source, target)).map(drop))
}

#[cfg(unix)]
fn copy_link(source: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(source)?, target)
}

#[cfg(not(unix))]
fn copy_link(_source: &Path, _target: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "links cannot be kept on this system"))
}

/// Exchanges two folders in one step, where the system and the file system can.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(a: &Path, b: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_a: &Path, _b: &Path) -> bool {
    false
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn wait_for_lock(folder: &fs::File) -> io::Result<()> {
    use rustix::fs::{FlockOperation, flock};
    if flock(folder, FlockOperation::NonBlockingLockExclusive).is_ok() {
        return Ok(());
    }
    let _ = io::Write::write_all(&mut io::stderr(), b"waiting for another run that writes to the same folder\n");
    flock(folder, FlockOperation::LockExclusive).map_err(io::Error::from)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn wait_for_lock(_folder: &fs::File) -> io::Result<()> {
    Ok(())
}
