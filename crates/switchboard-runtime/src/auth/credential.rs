//! What callers hand in to prove who they are.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::secret::SecretString;

use super::ClientCredentials;
use crate::environment::BoxFuture;

/// A credential for one security scheme.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// For `apiKey` schemes, and for `http` schemes other than basic and bearer.
    ApiKey(SecretString),
    /// A token that is at hand, for `http` bearer, `oauth2` and `openIdConnect`.
    Bearer(SecretString),
    /// For `http` basic.
    Basic {
        /// The user name.
        username: String,
        /// The password.
        password: SecretString,
    },
    /// For `oauth2`: tokens are fetched, kept and renewed.
    ClientCredentials(ClientCredentials),
    /// The caller's own way to come by credentials, for any scheme.
    Source(Arc<dyn CredentialSource>),
}

/// Which kind, and nothing else: user names are secrets with some vendors.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiKey(_) => "ApiKey([redacted])",
            Self::Bearer(_) => "Bearer([redacted])",
            Self::Basic { .. } => "Basic([redacted])",
            Self::ClientCredentials(_) => "ClientCredentials([redacted])",
            Self::Source(_) => "Source",
        })
    }
}

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
    fn debug_tells_the_kind_only() {
        let all = [
            Credential::ApiKey("canary".into()),
            Credential::Bearer("canary".into()),
            Credential::Basic { username: "canary".into(), password: "canary".into() },
            Credential::ClientCredentials(ClientCredentials::new("canary", "canary")),
        ];
        assert!(!format!("{all:?} {:?}", Issued::new("canary")).contains("canary"));
    }
}
