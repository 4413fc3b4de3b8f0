//! Why a crate is not written, and what to do about it.

use crate::manifest;
use codegen::cargo_toml::MergeError;
use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a crate was not written. Nothing of it has changed then.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The package name cannot be a folder's name and a package's.
    #[error("`{0}` cannot be a package name")]
    PackageName(String),
    /// A file's path would leave the crate's folder, or cannot be written on every system.
    #[error("the generated path `{0}` is not a plain path inside of the crate")]
    UnsafePath(String),
    /// The folder was not made by the generator.
    #[error("`{}` was not generated: it has no `{}`", .0.display(), manifest::FILE)]
    NotGenerated(PathBuf),
    /// The folder's manifest cannot be read.
    #[error("`{}` cannot be read: {error}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file that somebody added is where the generator writes.
    #[error("`{}` was added by hand and is in the way of a generated file", .0.display())]
    InTheWay(PathBuf),
    /// A link is where the generator writes.
    #[error("`{}` is a symbolic link: the generator does not write through links", .0.display())]
    Link(PathBuf),
    /// The crate's `Cargo.toml` cannot be merged.
    #[error("`{}`: {error}", path.display())]
    CargoToml {
        /// The file.
        path: PathBuf,
        /// Why.
        error: MergeError,
    },
    /// The system refused.
    #[error("cannot {action} `{}`: {error}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl WriteError {
    /// The code of the finding that this becomes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PackageName(_) => "package-name",
            Self::UnsafePath(_) => "unsafe-path",
            Self::NotGenerated(_) => "not-generated",
            Self::Manifest { .. } => "manifest-damaged",
            Self::InTheWay(_) => "file-in-the-way",
            Self::Link(_) => "symbolic-link",
            Self::CargoToml { .. } => "cargo-toml",
            Self::Io { .. } => "write-failed",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::PackageName(_) => {
                "names are `[a-z][a-z0-9_-]*`, at most 64 characters, and not reserved: set another one with \
                 `\"x-switchboard-crate\": {\"name\": \"…\"}` at the document's root, in the overlay"
            }
            Self::UnsafePath(_) => "this is a mistake in the generator: please report it with this document",
            Self::NotGenerated(_) => {
                "give the API another name with `\"x-switchboard-crate\": {\"name\": \"…\"}` at the document's root, in \
                 the overlay, or move the folder away"
            }
            Self::Manifest { .. } => {
                "restore the file from version control, or remove the crate's folder and run again"
            }
            Self::InTheWay(_) => "rename or remove it",
            Self::Link(_) => "replace the link with what it leads to",
            Self::CargoToml { .. } => "repair the file, or remove it and run again",
            Self::Io { .. } => "check the permissions of the folder and the space on the disk",
        }
    }
}

pub(super) fn io_error<'p>(action: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> WriteError + 'p {
    move |error| WriteError::Io { action, path: path.to_path_buf(), error }
}
