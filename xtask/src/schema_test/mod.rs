//! The schema test: every schema of JSON-Schema-Test-Suite, which this project did not write, becomes a type, and every value
//! that the suite calls valid is read into its type and written again, unchanged.
//!
//! Schemas are those of draft 2020-12, which OpenAPI 3.1 takes over as it is. They stand in documents as those of any other
//! API, and crates are made of these; the values go through the types as an answer's and a request's body do.

mod checker;
mod crates;
mod document;
mod driver;
mod number;
mod report;
mod reviewed;
mod session;
mod suite;
mod value;

pub use self::{crates::Crates, report::Report, reviewed::Reviewed, session::Session, suite::Suite};

use crate::file::FileError;
use std::path::PathBuf;
use thiserror::Error;

/// Why the test could not be made.
#[derive(Debug, Error)]
pub enum SchemaTestError {
    /// The suite is not there.
    #[error("the suite is not in `{}`: run `xtask/json-schema/run.sh`, which fetches it", .0.display())]
    NoSuite(PathBuf),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The program that reads the values could not be built.
    #[error("the crates cannot be built: {0}")]
    Build(String),
}
