//! What a call needs of credentials, before it is known which of them there are.

use crate::api::Requirement;

/// What a call needs of credentials.
#[derive(Clone, Copy)]
pub(crate) struct Alternatives {
    /// Combinations, of which one will do.
    pub(crate) alternatives: &'static [&'static [Requirement]],
    /// Whether it can do without, whatever the combinations say.
    pub(crate) anonymous: bool,
}
