//! The conformance test: every scenario of `@typespec/http-specs`, a suite for client generators that this project did not
//! write, called through generated crates before Spector, its server.
//!
//! The suite's APIs are emitted as OpenAPI in three versions, and a crate is made of each document as of any other. What is
//! sent and what must come back is the suite's own data; the server checks the requests, and at the end tells which
//! scenarios it saw pass.

mod arguments;
mod judge;
mod report;
mod reviewed;
mod scenario;
mod session;
mod suite;
mod template;
mod text;
mod workspace;
mod xml;

pub use self::{
    report::{Report, VersionReport},
    reviewed::Reviewed,
    session::{Api, NO_DOCUMENT, Session},
    suite::{Suite, VERSIONS},
    workspace::Workspace,
};

use crate::file::FileError;
use std::path::PathBuf;
use thiserror::Error;

/// Why the test could not be made.
#[derive(Debug, Error)]
pub enum ConformanceError {
    /// There is no node, or an old one.
    #[error(
        "Node.js 22 or newer is missing: the suite runs on it. Run `npm ci --prefix {} --ignore-scripts`, which installs one \
         beside the suite on Linux, or install it",
        .0.display()
    )]
    NoNode(PathBuf),
    /// The suite is not installed.
    #[error("the suite is not installed: run `npm ci --prefix {} --ignore-scripts`", .0.display())]
    NoSuite(PathBuf),
    /// The suite's APIs did not become documents.
    #[error("the suite's documents cannot be made: {0}")]
    Emit(String),
    /// The server did not come up, or ended.
    #[error("the suite's server: {0}")]
    Server(String),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The drivers could not be built.
    #[error("the drivers cannot be built: {0}")]
    Build(String),
}
