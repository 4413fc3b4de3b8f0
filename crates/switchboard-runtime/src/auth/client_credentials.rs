//! OAuth 2.0 client credentials (RFC 6749, section 4.4): the request for a token and its answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::secret::SecretString;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;
use url::Url;

use super::source::Issued;
use super::token::Fetch;
use crate::api::{ClientAuth, ClientCredentialsFlow};
use crate::body::Body;
use crate::environment::BoxFuture;
use crate::error::{AuthProblem, find_message};
use crate::exchange::{Net, Outgoing};
use crate::fault::{TransportErrorKind, TransportFault};
use crate::percent::encode_form;
use crate::raw_response::RawResponse;
use crate::redact::Redactor;
use crate::retry::Outcome;
use crate::retry_after::told_pause;
use crate::server::without_secrets;
use crate::text::cut;

/// How long a token is used whose answer does not say how long it lives (`expires_in` is only recommended by RFC 6749,
/// section 5.1): 5 minutes. A token that dies sooner is renewed on the 401.
pub const DEFAULT_TOKEN_LIFETIME: Duration = Duration::from_secs(300);

/// Token answers are small; anything longer, in bytes, is none.
const LARGEST_ANSWER: u64 = 1 << 20;

/// A client's id and secret, and what to ask for with them. What is left out, but for scopes, comes from the document.
#[derive(Clone)]
pub struct ClientCredentials {
    client_id: String,
    client_secret: SecretString,
    token_url: Option<String>,
    scopes: Vec<String>,
    audience: Option<String>,
    client_auth: Option<ClientAuth>,
}

impl ClientCredentials {
    /// An id and its secret.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            token_url: None,
            scopes: Vec::new(),
            audience: None,
            client_auth: None,
        }
    }

    /// The same with another place to have tokens from.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// The same with scopes to ask for. Unless told, none are asked for, and the vendor says which a token has.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The same with another audience.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The same with another way to show who the client is.
    #[must_use]
    pub fn client_auth(mut self, how: ClientAuth) -> Self {
        self.client_auth = Some(how);
        self
    }

    /// The place to have tokens from, by the caller or else by the document.
    pub(crate) fn effective_token_url<'a>(&'a self, flow: Option<&'a ClientCredentialsFlow>) -> Option<&'a str> {
        self.token_url.as_deref().or(flow.map(|flow| flow.token_url)).filter(|url| !url.is_empty())
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCredentials([redacted])")
    }
}

/// Fetches tokens for one scheme.
pub(crate) struct TokenEndpoint {
    scheme: &'static str,
    url: Url,
    credentials: ClientCredentials,
    scope: String,
    audience: Option<String>,
    client_auth: ClientAuth,
    net: Arc<Net>,
    redactor: Redactor,
}

/// Why a try for a token failed, and whether another may fare better.
struct Refusal {
    problem: AuthProblem,
    outcome: Outcome,
    told: Option<Duration>,
}

impl TokenEndpoint {
    pub(crate) fn new(
        scheme: &'static str,
        url: Url,
        credentials: ClientCredentials,
        flow: Option<&ClientCredentialsFlow>,
        net: Arc<Net>,
    ) -> Self {
        let scope = credentials.scopes.join(" ");
        let audience = credentials.audience.clone().or(flow.and_then(|flow| flow.audience).map(str::to_owned));
        let client_auth = credentials.client_auth.or(flow.map(|flow| flow.client_auth)).unwrap_or(ClientAuth::Form);
        let redactor = Redactor::new(vec![credentials.client_secret.clone()]);
        Self { scheme, url, credentials, scope, audience, client_auth, net, redactor }
    }

    /// RFC 6749, section 4.4.2.
    fn request(&self) -> Result<Outgoing, AuthProblem> {
        let id = &self.credentials.client_id;
        let secret = self.credentials.client_secret.expose_secret();
        let mut fields = vec![("grant_type", "client_credentials")];
        let mut headers = HeaderMap::new();
        match self.client_auth {
            ClientAuth::Form => fields.extend([("client_id", id.as_str()), ("client_secret", secret)]),
            ClientAuth::Basic => {
                headers.insert(AUTHORIZATION, basic(id, secret, self.scheme)?);
            }
        }
        fields.extend(self.audience.as_deref().map(|audience| ("audience", audience)));
        fields.extend((!self.scope.is_empty()).then_some(("scope", self.scope.as_str())));
        let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode_form(value))).collect();

        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.net.user_agent.clone());
        let body = Some(Body::from(form.join("&")));
        Ok(Outgoing { method: Method::POST, url: self.url.clone(), headers, body })
    }

    /// Asking for a token twice does no harm, so it is tried again as a repeatable operation is.
    async fn fetch_token(&self) -> Result<Issued, AuthProblem> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let refusal = match self.try_once().await {
                Ok(issued) => return Ok(issued),
                Err(refusal) => *refusal,
            };
            let pause = self.net.retry.pause(attempts, refusal.told, self.net.environment.random());
            match pause.filter(|_| refusal.outcome.may_repeat(true)) {
                Some(pause) => self.net.environment.sleep(pause).await,
                None => return Err(refusal.problem),
            }
        }
    }

    async fn try_once(&self) -> Result<Issued, Box<Refusal>> {
        let outgoing = self.request().map_err(|problem| {
            Box::new(Refusal { problem, outcome: Outcome::Failed(TransportErrorKind::RequestBody), told: None })
        })?;
        let limit = self.net.timeouts.attempt;
        let raw = self.net.fetch(outgoing, limit, LARGEST_ANSWER).await.map_err(|fault| self.unreachable(fault))?;
        if !raw.status().is_success() {
            return Err(self.refused(&raw));
        }
        read(&raw).map_err(|reason| {
            let (scheme, status) = (self.scheme, raw.status());
            let problem = match reason {
                NoToken::Told(message) => AuthProblem::TokenError { scheme, status, message: self.shown(&message) },
                NoToken::Unreadable(message) => AuthProblem::TokenUnreadable { scheme, message: self.shown(&message) },
            };
            Box::new(Refusal { problem, outcome: Outcome::Answer(status), told: None })
        })
    }

    fn unreachable(&self, fault: TransportFault) -> Box<Refusal> {
        let (outcome, message) = (Outcome::Failed(fault.kind), fault.to_string());
        let TransportFault { kind, source, .. } = fault;
        let source = source.map(Arc::from);
        let problem = AuthProblem::TokenUnreachable { scheme: self.scheme, kind, message, source };
        Box::new(Refusal { problem, outcome, told: None })
    }

    /// A vendor's words as they may be shown.
    fn shown(&self, text: &str) -> String {
        cut(&self.redactor.clean(text), 200).into_owned()
    }

    fn refused(&self, raw: &RawResponse) -> Box<Refusal> {
        let leads = raw.headers().get(LOCATION).filter(|_| raw.status().is_redirection());
        let leads = leads.and_then(|location| self.url.join(location.to_str().ok()?).ok());
        let message = match leads {
            Some(target) => Some(format!("it leads to {}", self.shown(&without_secrets(&target)))),
            None => find_message(raw).map(|message| self.shown(&message)),
        };
        let problem = AuthProblem::TokenRefused { scheme: self.scheme, status: raw.status(), message };
        let told = told_pause(raw.status(), raw.headers(), self.net.environment.system_time());
        Box::new(Refusal { problem, outcome: Outcome::Answer(raw.status()), told })
    }
}

impl Fetch for TokenEndpoint {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, AuthProblem>> {
        Box::pin(self.fetch_token())
    }

    fn scheme(&self) -> &'static str {
        self.scheme
    }
}

/// RFC 6749, section 2.3.1: both halves are form-encoded before they are joined.
fn basic(id: &str, secret: &str, scheme: &'static str) -> Result<HeaderValue, AuthProblem> {
    let joined = SecretString::from(format!("{}:{}", encode_form(id), encode_form(secret)));
    let encoded = SecretString::from(format!("Basic {}", STANDARD.encode(joined.expose_secret())));
    let mut value = HeaderValue::from_str(encoded.expose_secret()).map_err(|_| AuthProblem::Unsendable { scheme })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Why an answer that reports success gives no token.
#[derive(Debug, PartialEq)]
enum NoToken {
    /// It holds an `error`; in the vendor's words.
    Told(String),
    Unreadable(String),
}

/// An answer of a token endpoint (RFC 6749, sections 5.1 and 5.2). Its life is read apart: whatever stands there, the
/// token is good.
#[derive(Deserialize)]
struct Answer<'a> {
    access_token: Option<String>,
    token_type: Option<String>,
    #[serde(borrow)]
    expires_in: Option<&'a RawValue>,
    error: Option<Value>,
    error_description: Option<String>,
}

fn read(raw: &RawResponse) -> Result<Issued, NoToken> {
    let unreadable = |reason: &str| NoToken::Unreadable(reason.to_owned());
    // What cannot be read is not shown: it may hold a token.
    let answer: Answer<'_> = serde_json::from_slice(raw.body()).map_err(|error| match error.classify() {
        Category::Data => unreadable("the answer is not what a token endpoint sends"),
        _ => unreadable("the answer is not JSON"),
    })?;
    if let Some(told) = told(&answer, raw) {
        return Err(NoToken::Told(told));
    }
    let token = answer.access_token.filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| unreadable("the answer holds no access_token"))?;
    // Each use of these must be signed anew (draft-ietf-oauth-v2-http-mac; RFC 9449), which is not done here.
    let unusable = |kind: &String| ["mac", "dpop", "pop"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    if let Some(kind) = answer.token_type.filter(unusable) {
        return Err(NoToken::Unreadable(format!(
            "a token of the token_type `{kind}` cannot be sent as a bearer token"
        )));
    }
    let lifetime = answer.expires_in.and_then(|told| lifetime(told.get()));
    Ok(Issued::new(token).expires_in(lifetime.unwrap_or(DEFAULT_TOKEN_LIFETIME)))
}

/// The vendor's words in an answer that is an error in spite of its status.
fn told(answer: &Answer<'_>, raw: &RawResponse) -> Option<String> {
    match (&answer.error, &answer.error_description) {
        (None | Some(Value::Null | Value::Bool(false)), _) => None,
        (Some(Value::String(error)), _) if error.is_empty() => None,
        (Some(Value::String(error)), Some(description)) => Some(format!("{error}: {description}")),
        (Some(Value::String(error)), None) => Some(error.clone()),
        (Some(error), _) => Some(find_message(raw).unwrap_or_else(|| error.to_string())),
    }
}

/// Seconds, as JSON; some vendors write them as a string. What is longer than any type is as long as can be. Nothing, and
/// less, is no life: some vendors say so of a token that does not expire, and no vendor issues one that is of no use.
fn lifetime(told: &str) -> Option<Duration> {
    let seconds: f64 = told.trim_matches(|c: char| c == '"' || c.is_whitespace()).parse().ok()?;
    (seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn lifetime(answer: &'static str) -> Result<Duration, NoToken> {
        let raw = RawResponse::new(StatusCode::OK, HeaderMap::new(), answer);
        read(&raw).map(|issued| issued.expires_in.unwrap())
    }

    #[test]
    fn lifetimes_in_their_forms() {
        for (told, expected) in [
            ("900", Duration::from_secs(900)),
            ("\"900\"", Duration::from_secs(900)),
            ("\" 900 \"", Duration::from_secs(900)),
            ("0.5", Duration::from_millis(500)),
            ("1e30", Duration::MAX),
            ("1e400", Duration::MAX),
            ("-1", DEFAULT_TOKEN_LIFETIME),
            ("0", DEFAULT_TOKEN_LIFETIME),
            ("null", DEFAULT_TOKEN_LIFETIME),
            ("\"NaN\"", DEFAULT_TOKEN_LIFETIME),
            ("\"3600s\"", DEFAULT_TOKEN_LIFETIME),
            ("{}", DEFAULT_TOKEN_LIFETIME),
        ] {
            let answer = format!(r#"{{"access_token":"t","expires_in":{told}}}"#);
            assert_eq!(lifetime(answer.leak()), Ok(expected), "{told}");
        }
        assert_eq!(lifetime(r#"{"access_token":"t"}"#), Ok(DEFAULT_TOKEN_LIFETIME));
    }

    #[test]
    fn an_answer_without_a_token_is_not_shown() {
        let unreadable = |reason: &str| Err(NoToken::Unreadable(reason.to_owned()));
        assert_eq!(lifetime("<html>t0ken"), unreadable("the answer is not JSON"));
        assert_eq!(lifetime(r#"{"token":"t0ken"}"#), unreadable("the answer holds no access_token"));
        assert_eq!(
            lifetime(r#"{"access_token":["t0ken"]}"#),
            unreadable("the answer is not what a token endpoint sends")
        );
    }

    #[test]
    fn basic_encodes_both_halves() {
        let value = basic("a:b", "c d", "oauth").unwrap();
        assert!(value.is_sensitive());
        assert_eq!(value.to_str().unwrap(), format!("Basic {}", STANDARD.encode("a%3Ab:c+d")));
    }
}
