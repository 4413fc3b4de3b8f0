//! Why a delivery is not taken.

use std::time::Duration;

use crate::decode::BodyError;

/// Why a delivery is not taken. No text of it, nor of the secret, stands in here but where its body was found to be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// A header that is signed, or holds the signature, is not there.
    #[error("the header `{0}` is missing")]
    MissingHeader(&'static str),
    /// A header is not of its form.
    #[error("the header `{0}` is not of the form that the vendor describes")]
    InvalidHeader(&'static str),
    /// None of the signatures is of any of the secrets: somebody else sent it, or it was changed on the way.
    #[error("no signature is that of the body")]
    WrongSignature,
    /// It was signed too long ago, or will be: somebody sends it again, or a clock is wrong.
    #[error("it was signed {} s {}, more than the {} s that are let pass", .off.as_secs(), if *.early { "from now" } else { "ago" }, .tolerance.as_secs())]
    OutOfTolerance {
        /// How far the time is off that it was signed at.
        off: Duration,
        /// Whether that is yet to come.
        early: bool,
        /// How far it may be off.
        tolerance: Duration,
    },
    /// The vendor sent it, and it is not what the document describes.
    #[error("the body cannot be read")]
    Body(#[from] BodyError),
}

/// A secret that no signature can be of: it is empty, or not encoded as the vendor's secrets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the webhooks' secret must be {expected}")]
pub struct InvalidSecret {
    pub(super) expected: &'static str,
}
