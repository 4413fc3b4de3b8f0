//! Who is calling. Which of the document's alternatives is used is decided here; how a token is had, kept and renewed
//! is the business of the modules below.

mod alternatives;
mod apply;
mod brought;
mod carried;
mod client_credentials;
mod credential;
mod pace;
mod source;
mod token;

pub(crate) use self::alternatives::Alternatives;
pub(crate) use self::apply::{Applied, Credentials, Held};
pub(crate) use self::brought::Brought;
pub(crate) use self::carried::header_of;
pub(crate) use self::client_credentials::TokenEndpoint;
pub use self::client_credentials::{ClientCredentials, DEFAULT_TOKEN_LIFETIME};
pub use self::credential::Credential;
pub use self::source::{CredentialSource, Issued};
pub(crate) use self::token::{FromSource, TokenCache};

#[cfg(test)]
mod canary;
#[cfg(test)]
mod tests;
