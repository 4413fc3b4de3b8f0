//! The last line of defence for secrets: a vendor that echoes a credential in its answer must not get it into a log
//! by way of an error's text.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret stood.
pub(crate) const REDACTED: &str = "[redacted]";

/// Shorter texts than this are not blotted out: they are no secrets, and occur everywhere.
const SHORTEST: usize = 4;

/// The secrets that went into a request.
#[derive(Clone, Default)]
pub(crate) struct Redactor(Option<Arc<Vec<SecretString>>>);

impl Redactor {
    pub(crate) fn new(secrets: Vec<SecretString>) -> Self {
        let worth: Vec<_> = secrets.into_iter().filter(|secret| secret.expose_secret().len() >= SHORTEST).collect();
        Self((!worth.is_empty()).then(|| Arc::new(worth)))
    }

    /// `text` without the secrets, be they written plainly or percent-encoded.
    pub(crate) fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for secret in self.0.iter().flat_map(|secrets| secrets.iter()) {
            let secret = secret.expose_secret();
            for form in [Cow::Borrowed(secret), Cow::Owned(crate::percent::encode(secret))] {
                if clean.contains(form.as_ref()) {
                    clean = Cow::Owned(clean.replace(form.as_ref(), REDACTED));
                }
            }
        }
        clean
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blots_out_secrets_in_either_writing() {
        let redactor = Redactor::new(vec!["k/ey1".into(), "ab".into()]);
        assert_eq!(redactor.clean("got k/ey1 and k%2Fey1, ab"), "got [redacted] and [redacted], ab");
        assert_eq!(Redactor::default().clean("k/ey1"), "k/ey1");
    }
}
