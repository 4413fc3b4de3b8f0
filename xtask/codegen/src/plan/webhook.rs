//! What the vendor sends of its own accord, and how it is signed.

use serde::{Deserialize, Serialize};

use super::operation::Incoming;
use super::types::TypeRef;

/// What the vendor sends of its own accord: the payloads of webhooks and callbacks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Webhooks {
    /// All of them, in the document's order.
    pub all: Vec<Incoming>,
    /// Any of the webhooks that send JSON, if there are some.
    pub any: Option<AnyWebhook>,
    /// How the vendor signs what it sends, from `x-switchboard-webhooks`.
    pub signature: Option<Signature>,
}

/// Any webhook, by its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnyWebhook {
    /// Its Rust name.
    pub ident: String,
    /// The webhooks, in the document's order.
    pub variants: Vec<WebhookVariant>,
    /// Name of the variant for webhooks that the document does not list.
    pub other: String,
    /// Where a delivery says which webhook it is; none where nothing tells.
    pub name: Option<WebhookName>,
}

/// One webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookVariant {
    /// Rust name.
    pub ident: String,
    /// Key in `webhooks`.
    pub key: String,
    /// What deliveries of it say that they are: the key, and the values that the payload fixes.
    pub names: Vec<String>,
    /// The payload's type.
    pub ty: TypeRef,
    /// `deprecated`.
    pub deprecated: bool,
}

/// Where a delivery says which webhook it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookName {
    /// Nowhere: there is but one, of this name.
    Only(String),
    /// In this header.
    Header(String),
    /// In the body, at this JSON pointer.
    Body(String),
}

/// How webhooks are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signature {
    /// As Standard Webhooks says.
    Standard,
    /// HMAC-SHA256 in a way of the vendor's.
    Own(OwnSignature),
}

/// HMAC-SHA256 over a text, in a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSignature {
    /// The header.
    pub header: String,
    /// What stands between several signatures.
    pub separator: Option<char>,
    /// What stands before each.
    pub prefix: String,
    /// How it is written.
    pub encoding: SignatureEncoding,
    /// What is signed.
    pub signed: Vec<SignedPiece>,
    /// Where the time stands.
    pub timestamp: Option<SignedAt>,
    /// How far it may be off, in seconds.
    pub tolerance: u64,
    /// How secrets are handed out.
    pub secret: SecretForm,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignatureEncoding {
    /// In hexadecimal digits.
    Hex,
    /// In Base64.
    Base64,
}

/// A piece of what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedPiece {
    /// This text.
    Text(String),
    /// The body.
    Body,
    /// The time.
    Timestamp,
    /// The value of this header.
    Header(String),
}

/// Where the time of a signature stands, in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedAt {
    /// In this header.
    Header(String),
    /// Beside the signatures, behind this prefix.
    Beside(String),
}

/// How the key of signatures is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretForm {
    /// The secret is the key.
    Text,
    /// In Base64.
    Base64,
    /// In hexadecimal digits.
    Hex,
}
