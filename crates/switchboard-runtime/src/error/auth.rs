//! Calls for which no credential was to be had.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::{TransportErrorKind, chain};

/// No credential was to be had for a call; nothing was sent to the API.
///
/// `Display` says it all in one line, down to the last cause, so there is no [source](Error::source) to print behind it;
/// [`cause`](Self::cause) has it for whoever wants to know its type.
#[derive(Debug)]
pub struct AuthError {
    operation: &'static str,
    attempts: u32,
    problem: AuthProblem,
}

/// Cloned to every call that waited for the same token.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum AuthProblem {
    #[error("no credential: this needs {}", wanted(.0))]
    NoCredential(&'static [&'static [crate::api::Requirement]]),
    #[error("no token for `{scheme}`: the token endpoint answered {status}{}", separated(.message))]
    TokenRefused { scheme: &'static str, status: StatusCode, message: Option<String> },
    #[error("no token for `{scheme}`: {message}")]
    TokenUnreadable { scheme: &'static str, message: String },
    #[error("no token for `{scheme}`: {message}")]
    TokenUnreachable {
        scheme: &'static str,
        kind: TransportErrorKind,
        message: String,
        source: Option<Arc<dyn Error + Send + Sync>>,
    },
    #[error("no credential for `{scheme}`: {}", chain(.source.as_ref()))]
    Source { scheme: &'static str, source: Arc<dyn Error + Send + Sync> },
    #[error("the credential for `{scheme}` holds characters that a header must not hold")]
    Unsendable { scheme: &'static str },
}

/// The schemes that an operation asks for, as a sentence: "`a` and `b`, or `c`".
fn wanted(alternatives: &[&[crate::api::Requirement]]) -> String {
    let combinations = alternatives.iter().filter(|combination| !combination.is_empty());
    let sentences = combinations.map(|combination| {
        combination.iter().map(|requirement| format!("`{}`", requirement.scheme)).collect::<Vec<_>>().join(" and ")
    });
    sentences.collect::<Vec<_>>().join(", or ")
}

fn separated(message: &Option<String>) -> String {
    message.as_ref().map(|message| format!(": {message}")).unwrap_or_default()
}

impl AuthError {
    pub(crate) fn new(operation: &'static str, attempts: u32, problem: AuthProblem) -> Self {
        Self { operation, attempts, problem }
    }

    /// The operation's id.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// How many times the request itself had been sent before; more than 0 if the vendor stopped accepting a token
    /// and no other was to be had.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The schemes that would do: every inner list is one alternative. Empty if a credential was given, but of no use.
    pub fn wanted(&self) -> Vec<Vec<&'static str>> {
        match &self.problem {
            AuthProblem::NoCredential(alternatives) => alternatives
                .iter()
                .filter(|combination| !combination.is_empty())
                .map(|combination| combination.iter().map(|requirement| requirement.scheme).collect())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What is behind it: the error of a source of the caller's own, or of the HTTP client.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match &self.problem {
            AuthProblem::TokenUnreachable { source: Some(source), .. } | AuthProblem::Source { source, .. } => {
                Some(source.as_ref())
            }
            _ => None,
        }
    }

    /// The token endpoint was out of reach or had a passing fault.
    pub fn is_retryable(&self) -> bool {
        match &self.problem {
            AuthProblem::TokenUnreachable { kind, .. } => kind.is_passing(),
            AuthProblem::TokenRefused { status, .. } => super::is_passing(*status),
            _ => false,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.problem)
    }
}

impl Error for AuthError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Requirement;

    static WANTED: &[&[Requirement]] = &[
        &[Requirement { scheme: "key", scopes: &[] }, Requirement { scheme: "secret", scopes: &[] }],
        &[Requirement { scheme: "token", scopes: &[] }],
    ];

    #[test]
    fn names_the_schemes_wanted() {
        let error = AuthError::new("listThings", 0, AuthProblem::NoCredential(WANTED));
        assert_eq!(error.to_string(), "listThings: no credential: this needs `key` and `secret`, or `token`");
        assert_eq!(error.wanted(), [vec!["key", "secret"], vec!["token"]]);
        assert!(!error.is_retryable());
    }
}
