//! What generated crates are written against, apart from what people use.
//!
//! A generated crate that was published outlives the runtime that it was made with: Cargo gives it any later minor version.
//! So all that only generated code names stands in a module with a version, and in no other place. What is in [`v1`] stays as
//! it is: it may gain items, and its types may gain setters, but nothing goes away or takes more arguments. Its statics
//! are made by const constructors and setters, never by struct literals, for a field that is new would break those. What has
//! to change otherwise begins a `v2` beside it.
//!
//! `xtask/golden/published` holds crates as they were generated for each release; they are built with this runtime.

pub mod v1;
