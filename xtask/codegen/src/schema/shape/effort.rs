//! What merging costs, so that it can be given up.

/// What is merged for one `allOf`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Effort {
    /// The pairs so far.
    pub merges: usize,
    /// Whether a pair was left out, for there were too many, or it was too deep.
    pub gave_up: bool,
}
