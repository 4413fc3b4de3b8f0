//! Where credentials come from that the client fetches.

use std::time::Duration;

use crate::environment::BoxFuture;
use crate::secret::SecretString;

/// A caller's own way to come by credentials: a vault, a token exchange, a file that something else renews.
///
/// ```
/// use switchboard_runtime::{BoxFuture, CredentialSource, Issued};
///
/// struct FromFile(std::path::PathBuf);
///
/// impl CredentialSource for FromFile {
///     fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
///         Box::pin(async {
///             let token = std::fs::read_to_string(&self.0)?;
///             Ok(Issued::new(token.trim()).expires_in(std::time::Duration::from_secs(60)))
///         })
///     }
/// }
/// ```
pub trait CredentialSource: Send + Sync + 'static {
    /// Fetches the credential. Called once for any number of calls that wait for it, again ahead of its expiry while the
    /// calls go on, and once more for a call that is answered 401; by a task of its own, so a call that gives up waiting
    /// does not end it. One that is not done after two minutes is no longer counted on, and begun again by the next call.
    ///
    /// What fails is asked again no sooner than a second later, which doubles with each failure in a row, up to a minute.
    /// Credentials that no call was ever accepted with are replaced once at once, and then once in a minute; those that
    /// served before six times at once, and then once in 10 seconds.
    ///
    /// # Errors
    ///
    /// Any; every call that waits fails with it, and so does every call until it is asked again. Its text must not hold
    /// secrets.
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>>;
}

/// What a [`CredentialSource`] gives out.
#[derive(Clone, Debug)]
pub struct Issued {
    pub(crate) secret: SecretString,
    pub(crate) expires_in: Option<Duration>,
}

impl Issued {
    /// A credential that is kept until a call with it is answered 401. For `http` basic it is `username:password`,
    /// for every other scheme the bare key or token.
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self { secret: secret.into(), expires_in: None }
    }

    /// The same, but kept no longer than this. Nothing means that it is good for one call.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_what_is_issued() {
        assert!(!format!("{:?}", Issued::new("canary")).contains("canary"));
    }
}
