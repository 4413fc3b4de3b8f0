//! Calls for which no credential was to be had.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::api::{Requirement, Setter};
use crate::fault::{TransportErrorKind, chain};
use crate::retry_after::is_passing;

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
    #[error("no credential: this needs {}", wanted(.alternatives, .setters))]
    NoCredential { alternatives: &'static [&'static [Requirement]], setters: &'static [Setter] },
    #[error("{0}")]
    Insecure(Insecure),
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
    #[error("no token for `{scheme}`: the token endpoint answered {status} with an error: {message}")]
    TokenError { scheme: &'static str, status: StatusCode, message: String },
    #[error("no credential for `{scheme}`: {}", chain(.source.as_ref()))]
    Source { scheme: &'static str, source: Arc<dyn Error + Send + Sync> },
    #[error("no credential for `{scheme}`: fetching it panicked")]
    Panicked { scheme: &'static str },
    #[error("no credential for `{scheme}`: the runtime that it was fetched on is shut down")]
    Unfinished { scheme: &'static str },
    /// A fetch failed before the call came, and it is too soon for another.
    #[error("{problem} ({ago:?} ago; the next fetch is in {left:?} at the soonest)")]
    Remembered { problem: Box<AuthProblem>, ago: Duration, left: Duration },
    #[error(
        "the credential for `{scheme}` holds characters that a header must not hold, or begins or ends with white space"
    )]
    Unsendable { scheme: &'static str },
}

impl AuthProblem {
    /// The problem itself, whenever it was.
    fn first(&self) -> &Self {
        match self {
            Self::Remembered { problem, .. } => problem,
            problem => problem,
        }
    }
}

/// Credentials, a client's secret among them, would go where anybody on the way could read them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "credentials would go over plain http to `{0}`, where anybody on the way can read them: use https, or allow it with \
     `allow_insecure_http(true)`"
)]
pub(crate) struct Insecure(pub(crate) String);

/// What would do, by the builder's methods where they are known, as a sentence: "`a()` and `b()`, or `c()`".
pub(crate) fn wanted(alternatives: &[&[Requirement]], setters: &[Setter]) -> String {
    let named = |requirement: &Requirement| match setters.iter().find(|setter| setter.scheme == requirement.scheme) {
        Some(Setter { methods: methods @ [_, ..], .. }) => {
            methods.iter().map(|method| format!("`{method}()`")).collect::<Vec<_>>().join(" or ")
        }
        _ => format!("`{}`", requirement.scheme),
    };
    let combinations = alternatives.iter().filter(|combination| !combination.is_empty());
    let sentences = combinations.map(|combination| combination.iter().map(named).collect::<Vec<_>>().join(" and "));
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
            AuthProblem::NoCredential { alternatives, .. } => alternatives
                .iter()
                .filter(|combination| !combination.is_empty())
                .map(|combination| combination.iter().map(|requirement| requirement.scheme).collect())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What is behind it: the error of a source of the caller's own, or of the HTTP client.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match self.problem.first() {
            AuthProblem::TokenUnreachable { source: Some(source), .. } | AuthProblem::Source { source, .. } => {
                Some(source.as_ref())
            }
            _ => None,
        }
    }

    /// The token endpoint was out of reach or had a passing fault.
    pub fn is_retryable(&self) -> bool {
        match self.problem.first() {
            AuthProblem::TokenUnreachable { kind, .. } => kind.is_passing(),
            AuthProblem::TokenRefused { status, .. } => is_passing(*status),
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

    static WANTED: &[&[Requirement]] =
        &[&[Requirement { scheme: "key" }, Requirement { scheme: "secret" }], &[Requirement { scheme: "token" }]];

    #[test]
    fn names_the_methods_wanted_or_else_the_schemes() {
        let error = |setters| {
            let problem = AuthProblem::NoCredential { alternatives: WANTED, setters };
            AuthError::new("listThings", 0, problem)
        };
        assert_eq!(error(&[]).to_string(), "listThings: no credential: this needs `key` and `secret`, or `token`");
        static SETTERS: &[Setter] = &[
            Setter { scheme: "key", methods: &["api_key"] },
            Setter { scheme: "token", methods: &["oauth2", "oauth2_token"] },
            Setter { scheme: "secret", methods: &[] },
        ];
        let expected =
            "listThings: no credential: this needs `api_key()` and `secret`, or `oauth2()` or `oauth2_token()`";
        assert_eq!(error(SETTERS).to_string(), expected);
        assert_eq!(error(SETTERS).wanted(), [vec!["key", "secret"], vec!["token"]]);
        assert!(!error(SETTERS).is_retryable());
    }
}
