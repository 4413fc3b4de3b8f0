//! Two states of APIs, brought to crates in memory and compared: what `cargo xtask diff` shows.

pub mod report;
pub mod sides;
