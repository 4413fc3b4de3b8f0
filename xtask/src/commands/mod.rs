//! The commands, one file each: they read the command line's words, run passes, and show what came out.

pub mod add;
pub mod bench;
mod changes;
pub mod conformance;
pub mod contract;
pub mod corpus;
pub mod diff;
pub mod difference;
pub mod effective;
pub mod explain;
mod fix;
mod input;
pub mod json_schema;
pub mod lint;
pub mod regen;
pub mod release;
pub mod table;
pub mod work;
