//! Credentials that a call brings itself, in the headers, the query or the cookies of its request: they go in place of the
//! client's, which is neither sent beside them nor fetched.

use std::sync::Arc;

use http::HeaderMap;
use smallvec::SmallVec;

use super::carried::{Carried, header_of};
use crate::api::{ApiKeyLocation, SchemeKind, SecurityScheme};
use crate::parameter::Pair;
use crate::percent;
use crate::redact::Redactor;
use crate::request::Request;
use crate::secret::SecretString;

/// What a call brings itself.
pub(crate) struct Brought {
    schemes: SmallVec<[&'static str; 1]>,
    /// What of it is not in the request yet, and its secrets, which are not to show.
    pub(super) carried: Arc<Carried>,
}

impl Brought {
    /// Finds in a request what stands where the schemes' credentials stand. `cookies` are all of its cookies.
    pub(crate) fn find(schemes: &'static [SecurityScheme], request: &Request, cookies: &str) -> Option<Self> {
        let (mut found_for, mut secrets, mut query) = (SmallVec::new(), Vec::new(), Vec::new());
        for scheme in schemes {
            let found = match &scheme.kind {
                SchemeKind::ApiKey { location: ApiKeyLocation::Query, name } => request.own_query(name),
                SchemeKind::ApiKey { location: ApiKeyLocation::Cookie, name } => cookie(cookies, name),
                kind => header(kind, &request.headers),
            };
            let Some(secret) = found else { continue };
            // The URL that a page led to has no credentials: those of the query would be lost.
            if let (true, SchemeKind::ApiKey { location: ApiKeyLocation::Query, name }) =
                (request.is_led(), &scheme.kind)
            {
                query.push(Pair { name: percent::encode(name), value: percent::encode(&secret) });
            }
            // Without the word before it, such as `Bearer`, it is as secret.
            secrets.extend(secret.split_once(' ').map(|(_, bare)| SecretString::from(bare.trim())));
            secrets.push(SecretString::from(secret));
            found_for.push(scheme.name);
        }
        let carried = Carried { query, redactor: Redactor::new(secrets), ..Carried::default() };
        (!found_for.is_empty()).then(|| Self { schemes: found_for, carried: Arc::new(carried) })
    }

    /// Whether there is one for a scheme.
    pub(crate) fn has(&self, scheme: &str) -> bool {
        self.schemes.contains(&scheme)
    }
}

/// The value of the header that a scheme's credential stands in.
fn header(kind: &SchemeKind, headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header_of(kind)?)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The value of a pair of a `Cookie` header (RFC 6265, section 4.2.1).
fn cookie(cookies: &str, name: &str) -> Option<String> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}
