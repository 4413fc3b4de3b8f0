//! What a vendor sends of its own accord: told apart by its name and, with the feature `webhooks`, checked for who sent it
//! before anything of it is read.

#[cfg(feature = "webhooks")]
mod error;
mod name;
#[cfg(feature = "webhooks")]
mod secret;
#[cfg(feature = "webhooks")]
mod signature;
#[cfg(feature = "webhooks")]
mod verifier;

#[cfg(feature = "webhooks")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhooks")))]
pub use self::error::{InvalidSecret, WebhookError};
pub use self::name::{Name, Named, Told};
#[cfg(feature = "webhooks")]
#[doc(hidden)]
pub use self::secret::KeyForm;
#[cfg(feature = "webhooks")]
#[doc(hidden)]
pub use self::signature::{Encoding, Piece, STANDARD, Signature, Timestamp};
#[cfg(feature = "webhooks")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhooks")))]
pub use self::verifier::Verifier;
