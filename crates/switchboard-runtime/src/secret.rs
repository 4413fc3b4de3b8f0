//! Secrets: text that is shown to nobody, and wiped from memory when it is no longer needed.

use std::fmt;

use secrecy::ExposeSecret;

/// A secret text: a key, a password, a token. `Debug` does not show it, and its memory is overwritten when the last copy goes
/// away.
///
/// ```
/// use switchboard_runtime::SecretString;
///
/// let token = SecretString::from("s3cr3t");
/// assert_eq!(format!("{token:?}"), "SecretString(…)");
/// assert_eq!(token.expose_secret(), "s3cr3t");
/// ```
#[derive(Clone)]
pub struct SecretString(secrecy::SecretString);

impl SecretString {
    /// The text. Whoever asks for it sees to it that it is not shown.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for SecretString {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for SecretString {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<Box<str>> for SecretString {
    fn from(text: Box<str>) -> Self {
        Self(text.into())
    }
}

#[cfg(feature = "secrecy-0-10")]
#[cfg_attr(docsrs, doc(cfg(feature = "secrecy-0-10")))]
impl From<secrecy::SecretString> for SecretString {
    fn from(secret: secrecy::SecretString) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretString(…)")
    }
}
