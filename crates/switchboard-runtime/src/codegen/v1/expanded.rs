//! What the macros expand to.

pub use serde;
