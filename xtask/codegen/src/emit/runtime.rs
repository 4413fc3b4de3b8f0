//! How a generated crate names the runtime.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How a generated `Cargo.toml` names the runtime.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RuntimeDependency {
    /// By inheritance from the workspace: in this repository.
    Workspace,
    /// By its folder and version: elsewhere.
    Path {
        /// The runtime's folder, absolute.
        path: PathBuf,
        /// The version that is there.
        version: String,
    },
}
