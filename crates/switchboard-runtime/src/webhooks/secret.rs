//! From a secret, as the vendor hands it out, to the key of its signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::error::InvalidSecret;
use crate::secret::SecretString;

/// How a secret says its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyForm {
    /// It is the key.
    Text,
    /// In Base64, perhaps behind `whsec_`.
    Base64,
    /// In hexadecimal digits.
    Hex,
}

/// HMAC-SHA256 with a key (RFC 2104, RFC 6234).
pub(super) type Key = Hmac<Sha256>;

/// The key of a secret.
pub(super) fn key(form: KeyForm, secret: &SecretString) -> Result<Key, InvalidSecret> {
    let text = secret.expose_secret();
    let (bytes, expected) = match form {
        KeyForm::Text => (Some(text.as_bytes().to_vec()), "a text"),
        KeyForm::Base64 => {
            (STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).ok(), "in Base64, perhaps behind `whsec_`")
        }
        KeyForm::Hex => (from_hex(text), "in hexadecimal digits"),
    };
    let bytes = bytes.filter(|bytes| !bytes.is_empty());
    bytes.and_then(|bytes| Key::new_from_slice(&bytes).ok()).ok_or(InvalidSecret { expected })
}

/// Whether a signature is that of a message, in a time that does not tell how much of it is right.
pub(super) fn is_of(key: &Key, message: &[&[u8]], signature: &[u8]) -> bool {
    let mut mac = key.clone();
    message.iter().for_each(|piece| mac.update(piece));
    mac.verify_slice(signature).is_ok()
}

/// The bytes of pairs of hexadecimal digits.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect()
}
