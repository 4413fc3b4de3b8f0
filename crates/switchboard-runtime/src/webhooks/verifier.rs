//! Who sent a delivery: the vendor, who knows the secret, and lately.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::HeaderMap;

use super::error::{InvalidSecret, WebhookError};
use super::name::{Named, Told};
use super::secret::{Key, is_of, key};
use super::signature::Signature;
use crate::delivery::Delivery;
use crate::environment::{Environment, SystemEnvironment};
use crate::secret::SecretString;

/// Checks who sent a delivery, and reads it. The function `verifier` of a generated crate's module `webhooks` makes one.
///
/// The body has to be the bytes that came: whatever parses and prints it again changes it. It is read only once its signature is
/// found to be the vendor's, which is compared in a time that does not depend on it, and lately made.
pub struct Verifier<T> {
    signature: &'static Signature,
    keys: Vec<Key>,
    tolerance: Duration,
    environment: Arc<dyn Environment>,
    reads: PhantomData<fn() -> T>,
}

impl<T> Verifier<T> {
    /// Of a vendor that signs like this, by a secret.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`] if it is empty, or not encoded as the vendor's secrets are.
    #[doc(hidden)]
    pub fn new(signature: &'static Signature, secret: impl Into<SecretString>) -> Result<Self, InvalidSecret> {
        let keys = vec![key(signature.secret, &secret.into())?];
        let (tolerance, environment) = (signature.tolerance, Arc::new(SystemEnvironment));
        Ok(Self { signature, keys, tolerance, environment, reads: PhantomData })
    }

    /// Takes the signatures of another secret as well: the old one, or the new one, while it is changed.
    ///
    /// # Errors
    ///
    /// As for the first.
    pub fn or_secret(mut self, secret: impl Into<SecretString>) -> Result<Self, InvalidSecret> {
        self.keys.push(key(self.signature.secret, &secret.into())?);
        Ok(self)
    }

    /// How far the time of the signature may be off, in either direction, where the vendor signs that. Five minutes, unless the
    /// vendor says otherwise.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// By whose clock: the system's, unless a test has its own.
    #[must_use]
    pub fn environment(mut self, environment: Arc<dyn Environment>) -> Self {
        self.environment = environment;
        self
    }

    /// Whether the vendor sent a body, lately, with these headers.
    ///
    /// # Errors
    ///
    /// [`WebhookError`], which says why not.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), WebhookError> {
        let signatures = self.signature.signatures(headers)?;
        let timestamp = self.signature.signed_at(headers)?;
        let message = self.signature.message(headers, timestamp, body)?;
        let is_right = |key: &Key| signatures.iter().any(|signature| is_of(key, &message, signature));
        if !self.keys.iter().any(is_right) {
            return Err(WebhookError::WrongSignature);
        }
        timestamp.map_or(Ok(()), |text| self.check_age(self.signature.seconds(text)?))
    }

    fn check_age(&self, seconds: u64) -> Result<(), WebhookError> {
        let now = self.environment.system_time();
        let (off, early) = match UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) {
            Some(signed) => apart(now, signed),
            None => (Duration::MAX, true),
        };
        if off <= self.tolerance {
            return Ok(());
        }
        Err(WebhookError::OutOfTolerance { off, early, tolerance: self.tolerance })
    }
}

/// How far from now a time is, and whether it is yet to come.
fn apart(now: SystemTime, then: SystemTime) -> (Duration, bool) {
    match now.duration_since(then) {
        Ok(off) => (off, false),
        Err(error) => (error.duration(), true),
    }
}

impl<T: Named> Verifier<T> {
    /// Checks a delivery, and reads it as the webhook of that name: what the vendor was asked to send to this address.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] if the vendor did not send it lately, or it is not what that webhook sends.
    pub fn read_named(
        &self,
        name: &str,
        headers: &HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<Delivery<T>, WebhookError> {
        let body = body.into();
        self.verify(headers, &body)?;
        Ok(T::named(name, body)?)
    }
}

impl<T: Told> Verifier<T> {
    /// Checks a delivery, and reads it as the webhook that it says it is.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] if the vendor did not send it lately, or it is not what that webhook sends.
    pub fn read(&self, headers: &HeaderMap, body: impl Into<Bytes>) -> Result<Delivery<T>, WebhookError> {
        let body = body.into();
        self.verify(headers, &body)?;
        Ok(T::told(headers, body)?)
    }
}

/// Without the keys.
impl<T> fmt::Debug for Verifier<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("header", &self.signature.header).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
