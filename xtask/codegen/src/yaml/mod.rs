//! YAML as documents use it: the subset that says what JSON can say (YAML 1.2.2, chapter 10.3, the core schema), with the
//! place of every node.
//!
//! The parser gives events; [`Tree`] keeps them as nodes, of which the loader makes a JSON value, and in which findings
//! are placed. Nothing here trusts the text: nesting and the expansion of aliases are bounded, and nothing recurses
//! deeper than the nesting that is allowed.

mod convert;
mod padded;
mod scalar;
mod tree;

pub use convert::to_value;
pub use tree::{Content, Id, Tree, is_merge};
