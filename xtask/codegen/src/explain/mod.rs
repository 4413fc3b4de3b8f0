//! What each code means, with a before and an after.

mod explanation;
mod lowering;
mod passes;

pub use self::explanation::Explanation;

/// All explanations: those of the passes that read documents and write crates, and those of lowering.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    passes::EXPLANATIONS.iter().chain(lowering::EXPLANATIONS)
}
