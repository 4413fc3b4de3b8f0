//! How a vendor signs what it sends: which text is signed, and where the signature stands.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::HeaderMap;

use super::error::WebhookError;
use super::secret::{KeyForm, from_hex};

/// How a vendor signs: HMAC-SHA256 over a text, in a header.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub(super) header: &'static str,
    separator: Option<char>,
    prefix: &'static str,
    encoding: Encoding,
    signed: &'static [Piece],
    timestamp: Option<Timestamp>,
    pub(super) tolerance: Duration,
    pub(super) secret: KeyForm,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// In hexadecimal digits of either case.
    Hex,
    /// In Base64 (RFC 4648, section 4).
    Base64,
}

/// A piece of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece {
    /// This text.
    Text(&'static str),
    /// The body, as it came.
    Body,
    /// The time, as it is written.
    Timestamp,
    /// The value of a header.
    Header(&'static str),
}

/// Where the time stands, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timestamp {
    /// In a header of its own.
    Header(&'static str),
    /// Beside the signatures, behind this prefix.
    Beside(&'static str),
}

/// Standard Webhooks 1.0, "Signature scheme": symmetric.
pub const STANDARD: Signature = Signature::new(
    "webhook-signature",
    &[Piece::Header("webhook-id"), Piece::Text("."), Piece::Timestamp, Piece::Text("."), Piece::Body],
)
.separator(' ')
.prefix("v1,")
.encoding(Encoding::Base64)
.timestamp(Timestamp::Header("webhook-timestamp"))
.secret(KeyForm::Base64);

impl Signature {
    /// A header that is the signature of a text, in hexadecimal digits, with a secret that is the key.
    pub const fn new(header: &'static str, signed: &'static [Piece]) -> Self {
        Self {
            header,
            separator: None,
            prefix: "",
            encoding: Encoding::Hex,
            signed,
            timestamp: None,
            // What Standard Webhooks recommends.
            tolerance: Duration::from_secs(300),
            secret: KeyForm::Text,
        }
    }

    /// The same, where this stands between several values of the header.
    #[must_use]
    pub const fn separator(self, separator: char) -> Self {
        Self { separator: Some(separator), ..self }
    }

    /// The same, where this stands before each signature: what begins otherwise is none.
    #[must_use]
    pub const fn prefix(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// The same, written otherwise.
    #[must_use]
    pub const fn encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// The same, where it is said when it was signed.
    #[must_use]
    pub const fn timestamp(self, timestamp: Timestamp) -> Self {
        Self { timestamp: Some(timestamp), ..self }
    }

    /// The same, where the time may be off by so many seconds, unless the user says otherwise.
    #[must_use]
    pub const fn tolerance(self, seconds: u64) -> Self {
        Self { tolerance: Duration::from_secs(seconds), ..self }
    }

    /// The same, with secrets that say their key otherwise.
    #[must_use]
    pub const fn secret(self, secret: KeyForm) -> Self {
        Self { secret, ..self }
    }

    /// What stands in the header, in its parts.
    fn parts<'h>(&self, headers: &'h HeaderMap) -> Result<Vec<&'h str>, WebhookError> {
        let value = header(headers, self.header)?;
        Ok(match self.separator {
            Some(separator) => value.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect(),
            None => vec![value.trim()],
        })
    }

    /// The signatures that can be read.
    pub(super) fn signatures(&self, headers: &HeaderMap) -> Result<Vec<Vec<u8>>, WebhookError> {
        let texts = self.parts(headers)?;
        let texts = texts.into_iter().filter_map(|part| part.strip_prefix(self.prefix));
        let found: Vec<_> = texts.filter_map(|text| self.encoding.decode(text)).collect();
        if found.is_empty() { Err(WebhookError::InvalidHeader(self.header)) } else { Ok(found) }
    }

    /// When it was signed, as it is written; nothing where that is not said.
    pub(super) fn signed_at<'h>(&self, headers: &'h HeaderMap) -> Result<Option<&'h str>, WebhookError> {
        match self.timestamp {
            None => Ok(None),
            Some(Timestamp::Header(name)) => header(headers, name).map(|text| Some(text.trim())),
            Some(Timestamp::Beside(prefix)) => {
                let parts = self.parts(headers)?;
                let found = parts.into_iter().find_map(|part| part.strip_prefix(prefix));
                found.map(Some).ok_or(WebhookError::InvalidHeader(self.header))
            }
        }
    }

    /// The time that a text says.
    pub(super) fn seconds(&self, text: &str) -> Result<u64, WebhookError> {
        let place = match self.timestamp {
            Some(Timestamp::Header(name)) => name,
            _ => self.header,
        };
        text.parse().map_err(|_| WebhookError::InvalidHeader(place))
    }

    /// What is signed.
    pub(super) fn message<'m>(
        &self,
        headers: &'m HeaderMap,
        timestamp: Option<&'m str>,
        body: &'m [u8],
    ) -> Result<Vec<&'m [u8]>, WebhookError> {
        let pieces = self.signed.iter().map(|piece| {
            Ok(match piece {
                Piece::Text(text) => text.as_bytes(),
                Piece::Body => body,
                Piece::Timestamp => timestamp.unwrap_or_default().as_bytes(),
                Piece::Header(name) => header(headers, name)?.as_bytes(),
            })
        });
        pieces.collect()
    }
}

impl Encoding {
    fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => from_hex(text),
            Self::Base64 => BASE64.decode(text).ok(),
        }
    }
}

/// The only value of a header, which must be text.
fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, WebhookError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(WebhookError::MissingHeader(name))?;
    // Of two of one name nobody knows which was signed.
    if values.next().is_some() {
        return Err(WebhookError::InvalidHeader(name));
    }
    value.to_str().map_err(|_| WebhookError::InvalidHeader(name))
}
