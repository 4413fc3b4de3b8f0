//! A whole folder of documents, each through the pipeline in a process of its own, and what became of them.
//!
//! Documents come from anywhere: one may take the generator all the memory there is, or never let go of it. So each is
//! brought to a crate by a [`worker`], which a [`process`] limit ends, and which says how far it came; this process
//! writes the crates, and has [`rustc`] check them, under limits too. Results are [stored](store) one by one, so that
//! an interrupted run can be resumed.

pub mod check;
pub mod failure;
pub mod generate;
pub mod operations;
pub mod outcome;
pub mod progress;
pub mod report;
pub mod rustc;
pub mod schedule;
pub mod select;
pub mod store;
pub mod unions;
pub mod worker;

pub use self::outcome::{Check, Outcome, Stage, without_parts};
