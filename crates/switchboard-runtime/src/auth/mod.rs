//! Who is calling. Which of the document's alternatives is used is decided here; how a token is had, kept and renewed
//! is the business of the modules below.

mod apply;
mod brought;
mod client_credentials;
mod credential;
mod pace;
mod token;

pub(crate) use self::apply::{Alternatives, Applied, Credentials, Held, header_of};
pub(crate) use self::brought::Brought;
pub(crate) use self::client_credentials::TokenEndpoint;
pub use self::client_credentials::{ClientCredentials, DEFAULT_TOKEN_LIFETIME};
pub use self::credential::{Credential, CredentialSource, Issued};
pub(crate) use self::token::{FromSource, TokenCache};

#[cfg(test)]
mod canary;
#[cfg(test)]
mod tests;
