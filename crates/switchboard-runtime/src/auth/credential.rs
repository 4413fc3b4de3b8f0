//! What callers hand in to prove who they are.

use std::fmt;
use std::sync::Arc;

use super::client_credentials::ClientCredentials;
use super::source::CredentialSource;
use crate::secret::SecretString;

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
        assert!(!format!("{all:?}").contains("canary"));
    }
}
