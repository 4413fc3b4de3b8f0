//! Why the test could not be made.

use crate::file::FileError;
use std::path::PathBuf;
use thiserror::Error;

/// Why the test could not be made.
#[derive(Debug, Error)]
pub enum ContractError {
    /// There is no node.
    #[error(
        "`node` is missing: Prism, a judge of the contract test, runs on Node.js 18.20 or newer. Install Node.js \
         and npm (on Debian: `apt-get install nodejs npm`), then run `npm ci --prefix xtask/contract --ignore-scripts`"
    )]
    NoNode,
    /// A judge is not installed.
    #[error("{judge} is not installed: run `npm ci --prefix {} --ignore-scripts`", folder.display())]
    NotInstalled {
        /// Which.
        judge: &'static str,
        /// The folder with the `package.json` that names it.
        folder: PathBuf,
    },
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The drivers could not be built at all.
    #[error("the drivers cannot be built: {0}")]
    Build(String),
    /// The sandbox could not be built or started.
    #[error("the sandbox could not be built")]
    NoSandbox,
    /// The sandbox did not come up.
    #[error("the sandbox could not be started: {0}")]
    Sandbox(String),
    /// The sandbox has no such API.
    #[error("the sandbox has no API `{0}`: use `--server mock`")]
    NotInSandbox(String),
}
