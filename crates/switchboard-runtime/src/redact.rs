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

    /// Knows the secrets of several.
    pub(crate) fn join<'a>(several: impl Iterator<Item = &'a Self>) -> Self {
        let secrets: Vec<_> = several.filter_map(|one| one.0.as_deref()).flatten().cloned().collect();
        Self((!secrets.is_empty()).then(|| Arc::new(secrets)))
    }

    /// `text` without the secrets, in whatever writing.
    pub(crate) fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for writing in self.writings() {
            if clean.contains(&writing) {
                clean = Cow::Owned(clean.replace(&writing, REDACTED));
            }
        }
        clean
    }

    /// The same for text that was cut out of a longer one: a part of a secret that stands where it was cut, by an
    /// ellipsis, goes as well.
    pub(crate) fn clean_cut(&self, text: &str) -> String {
        let mut clean = self.clean(text).into_owned();
        for writing in self.writings() {
            let parts = writing.char_indices().map(|(at, _)| at).skip(1).filter(|at| writing.len() - at >= SHORTEST);
            let ends = parts.filter_map(|at| writing.get(at..));
            let cut = |end: &str| Some(clean.strip_prefix('…')?.strip_prefix(end)?.to_owned());
            if let Some(rest) = ends.clone().find_map(cut) {
                clean = format!("…{REDACTED}{rest}");
            }
            let beginnings = writing.char_indices().rev().map(|(at, _)| at).filter(|at| *at >= SHORTEST);
            let cut = |at: usize| Some(clean.strip_suffix('…')?.strip_suffix(writing.get(..at)?)?.to_owned());
            if let Some(rest) = beginnings.clone().find_map(cut) {
                clean = format!("{rest}{REDACTED}…");
            }
        }
        clean
    }

    /// Every way in which the secrets may be written, longest first: one may hold another.
    fn writings(&self) -> Vec<String> {
        let secrets = self.0.iter().flat_map(|secrets| secrets.iter());
        let mut all: Vec<String> = secrets.flat_map(|secret| writings(secret.expose_secret())).collect();
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        all
    }
}

/// A secret plainly, percent-encoded with hexadecimal digits of either case, as form data, as the text of a JSON or a
/// Rust string (some vendors escape every slash in JSON), and as the text of HTML.
fn writings(secret: &str) -> [String; 7] {
    let percent = crate::percent::encode(secret);
    let mut lower = String::with_capacity(percent.len());
    let mut digits = 0;
    for c in percent.chars() {
        lower.push(if digits > 0 { c.to_ascii_lowercase() } else { c });
        digits = if c == '%' { 2 } else { usize::saturating_sub(digits, 1) };
    }
    let json = secret.replace('\\', "\\\\").replace('"', "\\\"");
    let slashes = json.replace('/', "\\/");
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    [secret.to_owned(), crate::percent::encode_form(secret), percent, lower, json, slashes, html]
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
    fn blots_out_secrets_in_any_writing() {
        let redactor = Redactor::new(vec!["k/ey 1".into(), "a\"b&c".into(), "ab".into()]);
        let plain = "got k/ey 1, k%2Fey%201, k%2fey%201, k%2Fey+1, k\\/ey 1, a\"b&c, a\\\"b&c, a&quot;b&amp;c, ab";
        assert_eq!(redactor.clean(plain), format!("got {}ab", "[redacted], ".repeat(8)));
        assert_eq!(Redactor::default().clean("k/ey1"), "k/ey1");
    }

    #[test]
    fn blots_out_parts_of_secrets_where_text_was_cut() {
        let redactor = Redactor::new(vec!["0123456789".into()]);
        for (cut, clean) in [
            ("…456789 is bad", "…[redacted] is bad"),
            ("bad is 012345…", "bad is [redacted]…"),
            ("…123456789 and 012345678…", "…[redacted] and [redacted]…"),
            ("…0123456789…", "…[redacted]…"),
            ("…789 and 012…", "…789 and 012…"),
            ("456789 and 012345", "456789 and 012345"),
        ] {
            assert_eq!(redactor.clean_cut(cut), clean);
        }
    }
}
