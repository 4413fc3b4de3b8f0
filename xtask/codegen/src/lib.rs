//! The generator: an OpenAPI document in, the files of a crate out.
//!
//! A library without a terminal and without processes, which writes nothing: whoever calls it shows the findings, decides
//! what a document may cost, and puts the files where they belong. `xtask` does so, and so does what judges the crates.

#![forbid(unsafe_code)]
#![allow(
    unreachable_pub,
    reason = "`pub` says what a module offers to the others; what others outside use is `pub mod` below"
)]
#![allow(
    rustdoc::private_intra_doc_links,
    reason = "these docs are for who works on the generator, with `--document-private-items`"
)]

pub mod bundle;
pub mod cargo_toml;
pub mod compile;
pub mod diagnostics;
pub mod diff;
mod elsewhere;
pub mod emit;
pub mod explain;
mod features;
pub mod headers;
mod identify;
mod json_path;
pub mod lint;
pub mod load;
pub mod lower;
pub mod media;
pub mod methods;
pub mod objects;
pub mod origins;
pub mod overlay;
mod own_discriminators;
mod path_items;
mod path_template;
mod path_variables;
pub mod pipeline;
pub mod plain_file;
pub mod plan;
pub mod polish;
pub mod position;
mod progenitor;
pub mod render;
pub mod sanitize;
mod scan;
pub mod schema;
pub mod stack;
pub mod suggest;
mod swagger;
mod tag_values;
pub mod takeover;
mod target;
pub mod version;
mod yaml;

/// The generator's identity: one hash over its sources and the versions of what shapes its output (see `build.rs`).
pub const IDENTITY: &str = env!("SWITCHBOARD_GENERATOR");
