//! Schemas, as all understand them: one way to follow references, one shape, one check, one sample, one export.

pub mod circles;
pub mod defaults;
pub mod families;
pub mod flat;
pub mod formats;
pub mod json_schema;
pub mod keywords;
pub mod pattern;
pub mod references;
pub mod sample;
pub mod shape;
pub mod valid;
