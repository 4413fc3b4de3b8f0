//! What a crate was when it was released, kept beside it so that the next state can be compared without a repository and
//! without a network.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::Change;
use super::face::Face;
use super::version::Version;
use super::{Side, compare};
use crate::diagnostics::Diagnostics;
use crate::lower::lower_again;
use crate::plan::{Lock, Plan};

/// A crate as it was released. The document is kept, and not the plan, for plans change with the generator and documents do
/// not; the face is that of the crate that was released, whichever generator has made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Released {
    /// The version.
    pub version: Version,
    /// The names that the crate had given.
    pub names: Lock,
    /// What programs could name.
    pub face: Face,
    /// The document with its overlay applied.
    pub document: Value,
}

impl Released {
    /// What has changed since then. A document that the generator of today cannot follow any more tells nothing; the face
    /// still does.
    pub fn changes(&self, stem: &str, plan: &Plan, face: &Face) -> Vec<Change> {
        let lower = || lower_again(stem, &self.document, self.names.clone(), &mut Diagnostics::default());
        let before = catch_unwind(AssertUnwindSafe(lower));
        let old = before.as_ref().unwrap_or(plan);
        compare(Side { plan: old, face: &self.face }, Side { plan, face })
    }
}
