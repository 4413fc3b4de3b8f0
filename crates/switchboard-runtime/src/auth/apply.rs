//! From an operation's security requirements to headers, query pairs and cookies.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::token::TokenCache;
use crate::api::{ApiKeyLocation, Operation, Requirement, SchemeKind, SecurityScheme};
use crate::error::AuthProblem;
use crate::parameter::Pair;
use crate::percent;
use crate::redact::Redactor;

/// The credentials that a client was given, by scheme.
#[derive(Default)]
pub(crate) struct Credentials {
    held: BTreeMap<&'static str, Held>,
}

/// One credential, ready for use.
pub(crate) enum Held {
    /// Sent as it is, where the scheme says.
    Fixed(SecretString),
    /// `username:password`.
    Basic(SecretString),
    /// Fetched when needed.
    Fetched(Arc<TokenCache>),
    /// The HTTP client presents a certificate.
    Certificate,
}

/// What a request carries to prove who is calling.
#[derive(Default)]
pub(crate) struct Applied {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<Pair>,
    pub(crate) cookies: Vec<String>,
    pub(crate) redactor: Redactor,
    /// What could be fetched anew if the vendor does not accept it.
    fetched: Vec<(Arc<TokenCache>, u64)>,
}

impl Applied {
    /// Forgets the fetched credentials; `false` if there was none, so that another try would fare no better.
    pub(crate) fn reject(&self) -> bool {
        self.fetched.iter().for_each(|(cache, generation)| cache.reject(*generation));
        !self.fetched.is_empty()
    }
}

impl Credentials {
    pub(crate) fn hold(&mut self, scheme: &'static str, held: Held) {
        self.held.insert(scheme, held);
    }

    /// The names of the schemes for which there is a credential.
    pub(crate) fn schemes(&self) -> impl Iterator<Item = &'static str> {
        self.held.keys().copied()
    }

    /// The first alternative for which every credential is there. One without any is the last resort: whoever hands
    /// in a credential wants it used.
    fn choose(&self, operation: &Operation) -> Result<&'static [Requirement], AuthProblem> {
        let alternatives = operation.security;
        let met = |combination: &&&'static [Requirement]| {
            !combination.is_empty() && combination.iter().all(|needed| self.held.contains_key(needed.scheme))
        };
        let anonymous = alternatives.is_empty() || alternatives.iter().any(|combination| combination.is_empty());
        match alternatives.iter().find(met) {
            Some(combination) => Ok(combination),
            None if anonymous => Ok(&[]),
            None => Err(AuthProblem::NoCredential(alternatives)),
        }
    }

    /// What a call of an operation carries, tokens fetched where they have to be.
    pub(crate) async fn apply(
        &self,
        schemes: &'static [SecurityScheme],
        operation: &'static Operation,
    ) -> Result<Applied, AuthProblem> {
        let mut applied = Applied::default();
        let mut secrets = Vec::new();
        for requirement in self.choose(operation)? {
            let scheme = schemes.iter().find(|scheme| scheme.name == requirement.scheme);
            let (Some(scheme), Some(held)) = (scheme, self.held.get(requirement.scheme)) else { continue };
            let secret = match held {
                Held::Certificate => continue,
                Held::Fixed(secret) | Held::Basic(secret) => secret.clone(),
                Held::Fetched(cache) => {
                    let token = cache.get().await?;
                    applied.fetched.push((Arc::clone(cache), token.generation));
                    token.secret
                }
            };
            put(scheme, &secret, &mut applied)?;
            secrets.extend(parts(&scheme.kind, &secret));
            secrets.push(secret);
        }
        applied.redactor = Redactor::new(secrets);
        Ok(applied)
    }
}

/// What else must not show: the password alone (the user name, where there is none: then that is the key), and both
/// as they are sent.
fn parts(kind: &SchemeKind, secret: &SecretString) -> Vec<SecretString> {
    let text = secret.expose_secret();
    match (kind, text.split_once(':')) {
        (SchemeKind::Basic, Some((key, ""))) => vec![key.into(), STANDARD.encode(text).into()],
        (SchemeKind::Basic, Some((_, password))) => vec![password.into(), STANDARD.encode(text).into()],
        _ => Vec::new(),
    }
}

/// Puts a secret where its scheme says.
fn put(scheme: &'static SecurityScheme, secret: &SecretString, applied: &mut Applied) -> Result<(), AuthProblem> {
    let text = secret.expose_secret();
    match &scheme.kind {
        SchemeKind::ApiKey { location: ApiKeyLocation::Query, name } => {
            applied.query.push(Pair { name: percent::encode(name), value: percent::encode(text) });
        }
        SchemeKind::ApiKey { location: ApiKeyLocation::Cookie, name } => {
            if text.contains(|c: char| c == ';' || c.is_control()) {
                return Err(AuthProblem::Unsendable { scheme: scheme.name });
            }
            applied.cookies.push(format!("{name}={text}"));
        }
        SchemeKind::ApiKey { location: ApiKeyLocation::Header, name } => {
            let name = HeaderName::from_bytes(name.as_bytes());
            let name = name.map_err(|_| AuthProblem::Unsendable { scheme: scheme.name })?;
            applied.headers.push((name, sensitive(secret, scheme.name)?));
        }
        SchemeKind::Basic => authorization(scheme.name, "Basic", &STANDARD.encode(text), applied)?,
        SchemeKind::Bearer | SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect => {
            authorization(scheme.name, "Bearer", text, applied)?;
        }
        SchemeKind::HttpOther { scheme: kind } => authorization(scheme.name, kind, text, applied)?,
        SchemeKind::MutualTls => {}
    }
    Ok(())
}

fn authorization(scheme: &'static str, kind: &str, text: &str, applied: &mut Applied) -> Result<(), AuthProblem> {
    let value = SecretString::from(format!("{kind} {text}"));
    applied.headers.push((AUTHORIZATION, sensitive(&value, scheme)?));
    Ok(())
}

/// A header's value that no one prints.
pub(crate) fn sensitive(secret: &SecretString, scheme: &'static str) -> Result<HeaderValue, AuthProblem> {
    let value = HeaderValue::from_str(secret.expose_secret());
    let mut value = value.map_err(|_| AuthProblem::Unsendable { scheme })?;
    value.set_sensitive(true);
    Ok(value)
}
