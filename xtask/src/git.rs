//! What is asked of git: the state of folders at a revision, and which releases are tagged.
//!
//! Git is asked as a program. Nothing but [`Repository::commit_all`] and [`Repository::tag`] changes the repository, its index or
//! the work tree.

use std::{
    ffi::OsStr,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use thiserror::Error;

/// Why git gives no answer.
#[derive(Debug, Error)]
pub enum GitError {
    /// The program cannot be run.
    #[error("git cannot be run: {0}")]
    Program(#[from] io::Error),
    /// The folder is in no repository.
    #[error("`{}` is in no git repository", .0.display())]
    NoRepository(PathBuf),
    /// There is no such revision.
    #[error("`{0}` is neither a file nor a revision that git knows")]
    Revision(String),
    /// Git refuses.
    #[error("`git {command}` failed: {reason}")]
    Failed {
        /// What was asked.
        command: String,
        /// What git says of it.
        reason: String,
    },
}

/// A repository with a work tree.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The repository that `folder` is in.
    ///
    /// # Errors
    ///
    /// Fails when it is in none, and when there is no git.
    pub fn of(folder: &Path) -> Result<Self, GitError> {
        let output = Command::new("git").arg("-C").arg(folder).args(["rev-parse", "--show-toplevel"]).output()?;
        let root = String::from_utf8_lossy(&output.stdout).trim_end_matches(['\r', '\n']).to_owned();
        if !output.status.success() || root.is_empty() {
            return Err(GitError::NoRepository(folder.to_path_buf()));
        }
        Ok(Self { root: PathBuf::from(root) })
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).stdin(Stdio::null());
        command
    }

    fn ask<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Vec<u8>, GitError> {
        let output = self.command().args(arguments).output()?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let command = arguments.first().map(|word| word.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
        Err(GitError::Failed { command, reason: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
    }

    /// The commit that a name stands for.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn commit(&self, name: &str) -> Result<String, GitError> {
        let unknown = || GitError::Revision(name.to_owned());
        if name.starts_with('-') {
            return Err(unknown());
        }
        let found = self.ask(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]);
        let commit = found.map_err(|error| match error {
            GitError::Failed { .. } => unknown(),
            other => other,
        })?;
        Ok(String::from_utf8_lossy(&commit).trim().to_owned())
    }

    /// The tags that begin so, without that beginning.
    ///
    /// # Errors
    ///
    /// Fails when git does.
    pub fn tags(&self, beginning: &str) -> Result<Vec<String>, GitError> {
        let found = self.ask(&["tag", "--list"])?;
        let found = String::from_utf8_lossy(&found);
        Ok(found.lines().filter_map(|tag| tag.strip_prefix(beginning)).map(str::to_owned).collect())
    }

    /// The last tag of a release that led to what is checked out; none where there is none.
    ///
    /// # Errors
    ///
    /// Fails when git cannot be run.
    pub fn last_release(&self) -> Result<Option<String>, GitError> {
        match self.ask(&["describe", "--tags", "--abbrev=0", "--match", "*-v[0-9]*"]) {
            Ok(found) => Ok(Some(String::from_utf8_lossy(&found).trim().to_owned())),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether there is such a tag.
    ///
    /// # Errors
    ///
    /// Fails when git does.
    pub fn has_tag(&self, name: &str) -> Result<bool, GitError> {
        Ok(self.tags(name)?.iter().any(String::is_empty))
    }

    /// Whether anything that is packaged below `folder` is not as it was at a tag.
    ///
    /// # Errors
    ///
    /// Fails when git does.
    pub fn has_changed_since(&self, tag: &str, folder: &Path) -> Result<bool, GitError> {
        let mut arguments: Vec<&OsStr> = ["diff", "--name-only", tag, "--"].into_iter().map(OsStr::new).collect();
        let within = self.within(folder).filter(|within| !within.as_os_str().is_empty());
        // The repository's own folder has no name in it.
        let within = within.unwrap_or_else(|| PathBuf::from("."));
        arguments.extend([within.as_os_str(), OsStr::new(":(exclude,glob)**/.switchboard*.json")]);
        Ok(!self.ask(&arguments)?.is_empty())
    }

    /// What is not committed, a path each.
    ///
    /// # Errors
    ///
    /// Fails when git does.
    pub fn uncommitted(&self) -> Result<Vec<String>, GitError> {
        let found = self.ask(&["status", "--porcelain"])?;
        Ok(String::from_utf8_lossy(&found).lines().map(|line| line.trim().to_owned()).collect())
    }

    /// Commits all that is not; nothing where nothing is.
    ///
    /// # Errors
    ///
    /// Fails when git does.
    pub fn commit_all(&self, message: &str) -> Result<(), GitError> {
        if self.uncommitted()?.is_empty() {
            return Ok(());
        }
        self.ask(&["add", "--all"])?;
        self.ask(&["commit", "--quiet", "--message", message])?;
        Ok(())
    }

    /// Tags what is checked out.
    ///
    /// # Errors
    ///
    /// Fails when git does, and when there is such a tag.
    pub fn tag(&self, name: &str, message: &str) -> Result<(), GitError> {
        self.ask(&["tag", "--annotate", name, "--message", message])?;
        Ok(())
    }

    /// Where `folder` is in the repository; nothing if it is elsewhere.
    fn within(&self, folder: &Path) -> Option<PathBuf> {
        let real = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
        real(folder)?.strip_prefix(real(&self.root)?).ok().map(Path::to_path_buf)
    }

    /// Writes what `folder` held at a commit to `target`, which gets the same files below it. A folder that was not there,
    /// or is in no repository, holds nothing.
    ///
    /// # Errors
    ///
    /// Fails when git does, and when nothing can be written.
    pub fn extract(&self, commit: &str, folder: &Path, target: &Path) -> Result<(), GitError> {
        std::fs::create_dir_all(target)?;
        let Some(within) = self.within(folder) else { return Ok(()) };
        let mut arguments: Vec<&OsStr> =
            ["ls-tree", "-r", "-z", "--name-only", commit, "--"].into_iter().map(OsStr::new).collect();
        if within.as_os_str().is_empty() {
            arguments.pop();
        } else {
            arguments.push(within.as_os_str());
        }
        let names = self.ask(&arguments)?;
        let staging = tempfile::tempdir()?;
        let index = staging.path().join("index");
        let tree = staging.path().join("tree");
        let mut prefix = tree.clone().into_os_string();
        prefix.push("/");
        let with_index = || {
            let mut command = self.command();
            command.env("GIT_INDEX_FILE", &index).stdout(Stdio::null()).stderr(Stdio::piped());
            command
        };
        finish("read-tree", with_index().args(["read-tree", commit]), &[])?;
        let mut flag = OsStr::new("--prefix=").to_os_string();
        flag.push(&prefix);
        finish("checkout-index", with_index().args(["checkout-index", "-q", "-z", "--stdin"]).arg(flag), &names)?;
        move_all(&tree.join(within), target)?;
        Ok(())
    }
}

fn finish(name: &str, command: &mut Command, input: &[u8]) -> Result<(), GitError> {
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input)?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(GitError::Failed { command: name.to_owned(), reason })
}

/// Copies files: the two folders may be on two file systems.
fn move_all(from: &Path, to: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            move_all(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
