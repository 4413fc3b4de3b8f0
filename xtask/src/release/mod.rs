//! Publishing: which crates, in which order, in which versions and why; what has to be true before; and the doing of it, which
//! may be stopped anywhere and goes on where it was.

pub mod checks;
pub mod execute;
pub mod former;
pub mod package;
pub mod plan;
pub mod verdict;
