//! From an operation's security requirements to the credentials that a call carries.

use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::SmallVec;

use super::alternatives::Alternatives;
use super::brought::Brought;
use super::carried::Carried;
use super::token::TokenCache;
use crate::api::{Requirement, SecurityScheme, Setter};
use crate::error::AuthProblem;
use crate::redact::Redactor;
use crate::secret::SecretString;

/// The credentials that a client was given, by scheme.
#[derive(Default)]
pub(crate) struct Credentials {
    held: BTreeMap<&'static str, Held>,
    /// Stands for the sensitive headers that every call carries; they are not to show either.
    headers: Option<Arc<Carried>>,
    setters: &'static [Setter],
}

/// One credential, ready for use.
pub(crate) enum Held {
    /// Always the same.
    Fixed(Result<Arc<Carried>, AuthProblem>),
    /// Fetched when needed.
    Fetched(Arc<TokenCache>),
    /// Sent by others: the HTTP client presents a certificate, or the client has a header of its own.
    Elsewhere,
}

impl Held {
    /// A secret that is at hand: the bare key or token, for basic `username:password`.
    pub(crate) fn fixed(scheme: &'static SecurityScheme, secret: SecretString) -> Self {
        Self::Fixed(Carried::new(scheme, secret).map(Arc::new))
    }
}

/// What a request carries to prove who is calling.
#[derive(Default)]
pub(crate) struct Applied {
    pub(crate) carried: SmallVec<[Arc<Carried>; 1]>,
    /// What could be fetched anew if the vendor does not accept it.
    fetched: Vec<(Arc<TokenCache>, u64)>,
}

impl Applied {
    /// Forgets the fetched credentials; `None` if there was none. Tells whether another try would carry others.
    pub(crate) fn reject(&self) -> Option<bool> {
        let renewed = self.fetched.iter().map(|(cache, generation)| cache.reject(*generation));
        renewed.reduce(|one, other| one || other)
    }

    /// The vendor took the fetched credentials for good.
    pub(crate) fn accept(&self) {
        self.fetched.iter().for_each(|(cache, generation)| cache.accept(*generation));
    }

    /// Knows all the secrets.
    pub(crate) fn redactor(&self) -> Redactor {
        match self.carried.as_slice() {
            [only] => only.redactor.clone(),
            several => Redactor::join(several.iter().map(|carried| &carried.redactor)),
        }
    }
}

impl Credentials {
    pub(crate) fn hold(&mut self, scheme: &'static str, held: Held) {
        self.held.insert(scheme, held);
    }

    /// The headers that every call carries hold secrets.
    pub(crate) fn hold_headers(&mut self, secrets: Vec<SecretString>) {
        let carried = Carried { redactor: Redactor::new(secrets), ..Carried::default() };
        self.headers = Some(Arc::new(carried));
    }

    /// How whoever has no credential is told to give one.
    pub(crate) fn set_by(&mut self, setters: &'static [Setter]) {
        self.setters = setters;
    }

    /// Whether there is something that must not be read on the way.
    pub(crate) fn are_secret(&self) -> bool {
        self.headers.is_some() || self.held.values().any(|held| !matches!(held, Held::Elsewhere))
    }

    /// Whether every credential of a combination is there.
    pub(crate) fn meet(&self, combination: &[Requirement]) -> bool {
        combination.iter().all(|needed| self.held.contains_key(needed.scheme))
    }

    /// The names of the schemes for which there is a credential.
    pub(crate) fn schemes(&self) -> impl Iterator<Item = &'static str> {
        self.held.keys().copied()
    }

    /// The first alternative for which every credential is there, of those for which the call brings one, if there are any.
    /// One without any is the last resort: whoever hands in a credential wants it used.
    fn choose(
        &self,
        alternatives: Alternatives,
        brought: Option<&Brought>,
    ) -> Result<&'static [Requirement], AuthProblem> {
        let Alternatives { alternatives, anonymous } = alternatives;
        let is_brought = |needed: &Requirement| brought.is_some_and(|brought| brought.has(needed.scheme));
        let is_there = |needed: &Requirement| self.held.contains_key(needed.scheme) || is_brought(needed);
        let met = |combination: &&&'static [Requirement]| !combination.is_empty() && combination.iter().all(is_there);
        let chosen = alternatives.iter().filter(met).find(|combination| combination.iter().any(is_brought));
        let anonymous =
            anonymous || alternatives.is_empty() || alternatives.iter().any(|combination| combination.is_empty());
        match chosen.or_else(|| alternatives.iter().find(met)) {
            Some(combination) => Ok(combination),
            None if anonymous => Ok(&[]),
            None => Err(AuthProblem::NoCredential { alternatives, setters: self.setters }),
        }
    }

    /// What a call of an operation carries beside what it brings itself, tokens fetched where they have to be.
    pub(crate) async fn apply(
        &self,
        schemes: &'static [SecurityScheme],
        alternatives: Alternatives,
        brought: Option<&Brought>,
    ) -> Result<Applied, AuthProblem> {
        let mut applied = Applied::default();
        applied.carried.extend(self.headers.clone());
        applied.carried.extend(brought.map(|brought| Arc::clone(&brought.carried)));
        let is_brought = |scheme| brought.is_some_and(|brought| brought.has(scheme));
        for requirement in self.choose(alternatives, brought)?.iter().filter(|needed| !is_brought(needed.scheme)) {
            let scheme = schemes.iter().find(|scheme| scheme.name == requirement.scheme);
            let (Some(scheme), Some(held)) = (scheme, self.held.get(requirement.scheme)) else { continue };
            applied.carried.push(match held {
                Held::Elsewhere => continue,
                Held::Fixed(carried) => carried.clone()?,
                Held::Fetched(cache) => {
                    // In a box of its own: what a fetch needs, a call without one need not carry about.
                    let token = Box::pin(cache.get()).await?;
                    applied.fetched.push((Arc::clone(cache), token.generation));
                    Arc::new(Carried::new(scheme, token.secret)?)
                }
            });
        }
        Ok(applied)
    }
}
