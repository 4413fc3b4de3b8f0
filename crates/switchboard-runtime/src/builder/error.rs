//! Why a client cannot be made.

use crate::error::Insecure;
use crate::fault::chain;
use crate::server::ServerProblem;

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A credential was given for a scheme that the document does not have.
    #[error("there is no security scheme `{scheme}`; there are: {known}")]
    UnknownScheme {
        /// The scheme that was named.
        scheme: &'static str,
        /// The schemes that there are.
        known: String,
    },
    /// A credential is not of the kind that its scheme asks for.
    #[error("the security scheme `{scheme}` takes {expected}, not {given}")]
    CredentialKind {
        /// The scheme.
        scheme: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What it was given.
        given: &'static str,
    },
    /// A credential holds characters that cannot be sent, or, in a header, white space at its beginning or end.
    #[error(
        "the credential for `{scheme}` is empty, or holds line breaks or other characters that cannot be sent, or white \
         space at its beginning or end"
    )]
    CredentialUnsendable {
        /// The scheme.
        scheme: &'static str,
    },
    /// Neither the document nor the credentials say where tokens are to be had.
    #[error("the security scheme `{scheme}` has no token URL: give one with the credentials")]
    NoTokenUrl {
        /// The scheme.
        scheme: &'static str,
    },
    /// The token URL is none.
    #[error("the token URL of `{scheme}` cannot be used: {reason}")]
    TokenUrl {
        /// The scheme.
        scheme: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The document has no such server.
    #[error("there is no server {index}: the API has {count}")]
    UnknownServer {
        /// The number that was named, counted from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The base URL is none, or cannot be made from the server's template.
    #[error("{0}")]
    BaseUrl(String),
    /// Every operation needs a credential, and for none of them there is one.
    #[error("no credential: every call needs {wanted}")]
    NoCredential {
        /// What would do, by the builder's methods.
        wanted: String,
    },
    /// Credentials would go over plain http to another machine.
    #[error("{0}")]
    InsecureHttp(String),
    /// A header's name or value holds characters that it must not hold, or the value begins or ends with white space.
    #[error(
        "the header `{name}` cannot be sent: its name is empty, its name or value holds characters that it must not hold, or \
         its value begins or ends with white space"
    )]
    HeaderUnsendable {
        /// The name that was given.
        name: String,
    },
    /// A header tells of the connection or the length of a body.
    #[error("the header `{name}` is set by what is sent, and not by hand")]
    HeaderNotFree {
        /// The name.
        name: String,
    },
    /// The user agent holds characters that a header must not hold.
    #[error("the user agent holds characters that a header must not hold")]
    UserAgent,
    /// A limit of nothing would let nothing through.
    #[error("the {0} must not be zero")]
    ZeroLimit(&'static str),
    /// A certificate or a private key is none, or the two do not belong together.
    #[error("{what} cannot be used: {reason}")]
    Certificate {
        /// Which of them.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The proxy's URL is none.
    #[error("the proxy `{url}` cannot be used: {reason}")]
    Proxy {
        /// The URL, without user name and password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Without the feature `transport` there is none, and none was given.
    #[error(
        "there is no transport: give one to `transport`, or turn on one of the features `rustls`, `native-tls` and `transport`"
    )]
    NoTransport,
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made: {}", chain(.0.as_ref()))]
    Http(Box<dyn std::error::Error + Send + Sync>),
}

impl From<ServerProblem> for BuildError {
    fn from(problem: ServerProblem) -> Self {
        Self::BaseUrl(problem.to_string())
    }
}

impl From<Insecure> for BuildError {
    fn from(problem: Insecure) -> Self {
        Self::InsecureHttp(problem.to_string())
    }
}
