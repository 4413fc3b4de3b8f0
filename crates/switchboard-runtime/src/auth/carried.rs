//! From a credential to headers, query pairs and cookies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};

use crate::api::{ApiKeyLocation, SchemeKind, SecurityScheme};
use crate::error::AuthProblem;
use crate::owned::is_padded;
use crate::parameter::Pair;
use crate::percent;
use crate::redact::Redactor;
use crate::secret::SecretString;

/// What one credential puts into a request.
#[derive(Default)]
pub(crate) struct Carried {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<Pair>,
    pub(crate) cookies: Vec<String>,
    pub(super) redactor: Redactor,
}

impl Carried {
    pub(super) fn new(scheme: &'static SecurityScheme, secret: SecretString) -> Result<Self, AuthProblem> {
        let mut carried = Self::default();
        put(scheme, &secret, &mut carried)?;
        let mut secrets = parts(&scheme.kind, &secret);
        secrets.push(secret);
        carried.redactor = Redactor::new(secrets);
        Ok(carried)
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

/// The header in which a scheme's credential is sent, if it is one.
pub(crate) fn header_of(kind: &SchemeKind) -> Option<HeaderName> {
    match kind {
        SchemeKind::ApiKey { location: ApiKeyLocation::Header, name } => name.parse().ok(),
        SchemeKind::ApiKey { .. } | SchemeKind::MutualTls => None,
        _ => Some(AUTHORIZATION),
    }
}

/// Puts a secret where its scheme says.
fn put(scheme: &'static SecurityScheme, secret: &SecretString, carried: &mut Carried) -> Result<(), AuthProblem> {
    let text = secret.expose_secret();
    match &scheme.kind {
        SchemeKind::ApiKey { location: ApiKeyLocation::Query, name } => {
            carried.query.push(Pair { name: percent::encode(name), value: percent::encode(text) });
        }
        SchemeKind::ApiKey { location: ApiKeyLocation::Cookie, name } => {
            if text.contains(|c: char| c == ';' || c.is_control()) {
                return Err(AuthProblem::Unsendable { scheme: scheme.name });
            }
            carried.cookies.push(format!("{name}={text}"));
        }
        SchemeKind::ApiKey { location: ApiKeyLocation::Header, name } => {
            let name = HeaderName::from_bytes(name.as_bytes());
            let name = name.map_err(|_| AuthProblem::Unsendable { scheme: scheme.name })?;
            carried.headers.push((name, sensitive(secret, scheme.name)?));
        }
        SchemeKind::Basic => authorization(scheme.name, "Basic", &STANDARD.encode(text), carried)?,
        SchemeKind::Bearer | SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect => {
            authorization(scheme.name, "Bearer", text, carried)?;
        }
        SchemeKind::HttpOther { scheme: kind } => authorization(scheme.name, kind, text, carried)?,
        SchemeKind::MutualTls => {}
    }
    Ok(())
}

fn authorization(scheme: &'static str, kind: &str, text: &str, carried: &mut Carried) -> Result<(), AuthProblem> {
    let value = SecretString::from(format!("{kind} {text}"));
    carried.headers.push((AUTHORIZATION, sensitive(&value, scheme)?));
    Ok(())
}

/// A header's value that no one prints.
pub(crate) fn sensitive(secret: &SecretString, scheme: &'static str) -> Result<HeaderValue, AuthProblem> {
    let value = HeaderValue::from_str(secret.expose_secret());
    let value = value.ok().filter(|value| !is_padded(value));
    let mut value = value.ok_or(AuthProblem::Unsendable { scheme })?;
    value.set_sensitive(true);
    Ok(value)
}
